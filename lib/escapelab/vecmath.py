"""sin, cos, log and exp as branch-free polynomials that LLVM turns into vector instructions.

A call of the C library in a loop over walkers stops vectorisation; these do not. They use only IEEE
additions, multiplications and fused multiply-adds in a fixed order, so they give the same bits on every
CPU. Stated ranges and errors are measured in tests/test_vecmath.py. Explained in reference/how-fast.
"""

from .plug import bits, double, fma, inlined

_TWO_OVER_PI = 0.6366197723675814
# pi/2 in three doubles (Cody and Waite 1980); with fma the reduction is exact to far below an ulp.
_P1, _P2, _P3 = 1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to the nearest whole number
_LN2_HI, _LN2_LO = 0.6931471805599453, 2.3190468138462996e-17
_LOG2E = 1.4426950408889634


@inlined
def sincos(x):
    """(sin x, cos x) for |x| <= 1e9, within 2 units in the last place; the largest error found is 1.6.

    Beyond, the reduction loses digits from 1e15 on; from 1e16 the values mean nothing, and may be far outside -1 .. 1.
    NaN and infinity give NaN.
    Coefficients: fdlibm's kernels (Sun, 1993).
    """
    shifted = fma(x, _TWO_OVER_PI, _ROUND)
    quadrant = bits(shifted)
    n = shifted - _ROUND
    r = fma(-n, _P1, x)
    r = fma(-n, _P2, r)
    r = fma(-n, _P3, r)
    z = r * r
    s = fma(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08)
    s = fma(z, s, 2.75573137070700676789e-06)
    s = fma(z, s, -1.98412698298579493134e-04)
    s = fma(z, s, 8.33333333332248946124e-03)
    s = fma(z, s, -1.66666666666666324348e-01)
    s = fma(z * r, s, r)
    c = fma(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09)
    c = fma(z, c, -2.75573143513906633035e-07)
    c = fma(z, c, 2.48015872894767294178e-05)
    c = fma(z, c, -1.38888888888741095749e-03)
    c = fma(z, c, 4.16666666666666019037e-02)
    c = fma(z * z, c, fma(-0.5, z, 1.0))
    swap = (quadrant & 1) != 0
    first = c if swap else s
    second = s if swap else c
    sine = double(bits(first) ^ ((quadrant & 2) << 62))
    cosine = double(bits(second) ^ (((quadrant + 1) & 2) << 62))
    return sine, cosine


@inlined
def sin(x):
    """sin x; see :func:`sincos`."""
    return sincos(x)[0]


@inlined
def cos(x):
    """cos x; see :func:`sincos`."""
    return sincos(x)[1]


@inlined
def log(x):
    """Natural logarithm of a positive normal double, within 1 unit in the last place; the largest error found is 0.77.

    Zero, negative numbers, subnormals, infinity and NaN are outside the range and give meaningless
    finite values. Method: fdlibm's e_log (Sun, 1993).
    """
    u = bits(x)
    exponent = (u >> 52) & 0x7FF
    mantissa = u & 0xFFFFFFFFFFFFF
    # bring the mantissa into [sqrt(1/2), sqrt(2))
    big = mantissa > 0x6A09E667F3BCD
    m = double(mantissa | (0x3FE0000000000000 if big else 0x3FF0000000000000))
    # a whole number below 2**52 in the low bits of 2**52 is that double plus 2**52
    k = double(exponent | 0x4330000000000000) - 4503599627370496.0 - (1022.0 if big else 1023.0)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * fma(w, fma(w, 1.531383769920937332e-01, 2.222219843214978396e-01), 3.999999999940941908e-01)
    t2 = fma(w, fma(w, 1.479819860511658591e-01, 1.818357216161805012e-01), 2.857142874366239149e-01)
    t2 = z * fma(w, t2, 6.666666666666735130e-01)
    half = 0.5 * f * f
    tail = fma(s, half + (t1 + t2), k * 1.90821492927058770002e-10)
    return fma(k, 6.93147180369123816490e-01, -((half - tail) - f))


@inlined
def exp(x):
    """e**x for -708 <= x <= 709, within 1 unit in the last place; the largest error found is 0.95.

    Arguments beyond are clamped to that range; NaN gives NaN.
    """
    x = min(max(x, -708.0), 709.0)
    shifted = fma(x, _LOG2E, _ROUND)
    n = shifted - _ROUND
    r = fma(-n, _LN2_HI, x)
    r = fma(-n, _LN2_LO, r)
    p = fma(r, 1.6059043836821613e-10, 2.08767569878681e-09)
    p = fma(r, p, 2.505210838544172e-08)
    p = fma(r, p, 2.755731922398589e-07)
    p = fma(r, p, 2.7557319223985893e-06)
    p = fma(r, p, 2.48015873015873e-05)
    p = fma(r, p, 1.984126984126984e-04)
    p = fma(r, p, 1.3888888888888889e-03)
    p = fma(r, p, 8.333333333333333e-03)
    p = fma(r, p, 4.1666666666666664e-02)
    p = fma(r, p, 1.6666666666666666e-01)
    p = fma(r, p, 0.5)
    p = 1.0 + fma(r * r, p, r)
    # 2**n is built in the exponent bits; n is in the low bits of the shifted number
    scale = double((bits(shifted) + 1023) << 52)
    return p * scale


@inlined
def tanh(x):
    """Hyperbolic tangent of any finite x, in [-1, 1] and within 6e-16 of it; near 0 the last digits are lost.

    1 - 2 / (1 + e^(2 x)): 2 ulps of the exponential and three roundings make 5.6e-16 at most.
    """
    return 1.0 - 2.0 / (1.0 + exp(2.0 * x))
