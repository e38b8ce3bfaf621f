"""One-dimensional landscapes whose minima have depth, width and curvature as asked: each set without the others.

Between a minimum and the barrier next to it the loss is the one polynomial of degree five with the given values and
curvatures and slope 0 at both ends, so the whole is twice continuously differentiable (Hermite interpolation).
"""

import numpy as np

from ..arguments import array, count, each, number
from ..plug import LANES, compiled, fma
from .objective import Objective, plugs


@compiled("loss")
def _wells_loss(theta, data, c, out):
    x = theta[0]
    for p in range(c.size // 8):
        start, origin, a0, a1, a2 = c[8 * p], c[8 * p + 1], c[8 * p + 2], c[8 * p + 3], c[8 * p + 4]
        a3, a4, a5 = c[8 * p + 5], c[8 * p + 6], c[8 * p + 7]
        for i in range(LANES):
            z = x[i] - origin
            value = fma(z, fma(z, fma(z, fma(z, fma(z, a5, a4), a3), a2), a1), a0)
            out[i] = value if x[i] >= start else out[i]


@compiled("mean")
def _wells_mean(theta, data, c, out):
    x, g = theta[0], out[0]
    for p in range(c.size // 8):
        start, origin, a1, a2 = c[8 * p], c[8 * p + 1], c[8 * p + 3], 2.0 * c[8 * p + 4]
        a3, a4, a5 = 3.0 * c[8 * p + 5], 4.0 * c[8 * p + 6], 5.0 * c[8 * p + 7]
        for i in range(LANES):
            z = x[i] - origin
            slope = fma(z, fma(z, fma(z, fma(z, a5, a4), a3), a2), a1)
            g[i] = slope if x[i] >= start else g[i]


@compiled("loss")
def _wells_curvature(theta, data, c, out):
    x = theta[0]
    for p in range(c.size // 8):
        start, origin, a2 = c[8 * p], c[8 * p + 1], 2.0 * c[8 * p + 4]
        a3, a4, a5 = 6.0 * c[8 * p + 5], 12.0 * c[8 * p + 6], 20.0 * c[8 * p + 7]
        for i in range(LANES):
            z = x[i] - origin
            bend = fma(z, fma(z, fma(z, a5, a4), a3), a2)
            out[i] = bend if x[i] >= start else out[i]


@compiled("loss")
def _wells_both(theta, data, c, out):
    bend = np.empty(LANES)
    _wells_loss(theta, data, c, out)
    _wells_curvature(theta, data, c, bend)
    for i in range(LANES):
        out[i] = max(out[i], 0.0) * max(bend[i], 0.0)


@compiled("mean")
def _notches_mean(theta, data, c, out):
    x, g = theta[0], out[0]
    for i in range(LANES):
        g[i] = c[0] * x[i]
    for p in range(c.size // 3):
        centre, width, slope = c[3 * p + 1], c[3 * p + 2], 6.0 * c[3 * p + 3] / c[3 * p + 2]
        for i in range(LANES):
            z = (x[i] - centre) / width
            u = max(fma(-z, z, 1.0), 0.0)
            g[i] = fma(slope * z, u * u, g[i])


@compiled("loss")
def _notches_loss(theta, data, c, out):
    x = theta[0]
    for i in range(LANES):
        out[i] = 0.5 * c[0] * x[i] * x[i]
    for p in range(c.size // 3):
        centre, width, depth = c[3 * p + 1], c[3 * p + 2], c[3 * p + 3]
        for i in range(LANES):
            z = (x[i] - centre) / width
            u = max(fma(-z, z, 1.0), 0.0)
            out[i] = fma(-depth * u, u * u, out[i])


def wells(minimisers, minima, *, maxima, maximisers=None, curvatures=None, barrier_curvatures=None):
    """Wells with barriers between them, all placed by hand: positions, values and curvatures.

    minimisers, minima (m,): where the minima are, increasing, and the loss there, m >= 2.
    maximisers, maxima (m - 1,): the same of the barriers; halfway between the minimisers by default.
    curvatures (m,): second derivative at the minima; a number serves all; by default that of a cosine through
    minimum and barrier, pi^2 / 2 h / w^2 for the flank of height h and width w where it is smaller.
    barrier_curvatures (m - 1,): minus the second derivative at the maxima, >= 0; by default near a cosine's.

    Outside the first and last minimiser the inner flank is mirrored up to its steepest place and goes on straight, so
    that slopes are bounded and a well next to a wall is symmetric. There are no other stationary points.

    Raises ValueError unless each barrier lies between and above its neighbours, and where a flank with these
    curvatures would turn back on itself: up to 20 h / w^2 is always possible, beyond 36 h / w^2 never.
    Source: quintic Hermite interpolation; the limits from its slope t (1 - t) q(t), q quadratic and >= 0.
    Explained in thread/f6-depth-or-width.
    """
    pieces = flanks(minimisers, minima, maxima, maximisers, curvatures, barrier_curvatures)
    more = {"curvature": _wells_curvature, "both": _wells_both}
    return Objective("wells", 1, plugs(_wells_loss, _wells_mean, constants=pieces.ravel(), **more))


def two_wells(*, depths=(1.0, 1.0), widths=(1.0, 1.0), curvatures=None, barrier_curvature=None):
    """Two wells whose depth, width and curvature are set one by one: a barrier at theta = 0 with loss 0 between them.

    depths (2,): loss of the barrier over each minimum; a number serves both, as everywhere here.
    widths (2,): distance of each minimiser from the barrier; they lie at -widths[0] and widths[1].
    curvatures (2,), barrier_curvature: as in :func:`wells`. For the noise see :func:`escapelab.scales.per_basin`.

    Raises ValueError unless depths, widths > 0 and as :func:`wells` does. Explained in thread/f6-depth-or-width.
    """
    depths, widths = each("depths", depths, 2, above=0), each("widths", widths, 2, above=0)
    tops = None if barrier_curvature is None else [barrier_curvature]
    options = {"maximisers": [0.0], "maxima": [0.0], "curvatures": curvatures, "barrier_curvatures": tops}
    return wells([-widths[0], widths[1]], -depths, **options)


def staircase(stairs=5, *, rise=0.5, barrier=0.5, width=1.0, curvature=None):
    """Minima at 0, 2 w, 4 w, ... with losses 0, rise, 2 rise, ..., so that each step up leads to a worse minimum.

    rise : of each minimum over the last; 0 for equal stairs, negative for stairs that lead down.
    barrier : > 0, height of each barrier over the higher of its two minima; the other side has barrier + abs(rise).
    width : distance w from each minimiser to its barriers. curvature : of all minima, as in :func:`wells`.

    Raises ValueError unless stairs >= 2, barrier > 0, width > 0, and as :func:`wells` does.
    Explained in thread/f2-uphill-stairs.
    """
    n, rise, width = count("stairs", stairs, 2), number("rise", rise), number("width", width, above=0)
    minima = rise * np.arange(n)
    maxima = np.maximum(minima[:-1], minima[1:]) + number("barrier", barrier, above=0)
    return wells(2.0 * width * np.arange(n), minima, maxima=maxima, curvatures=curvature)


def notches(centres=(-0.5, 0.0, 2.0), *, depths=(2.0, 4.0, 3.0), widths=(0.25, 0.2, 0.35), bowl=0.5):
    """Narrow wells cut into a wide bowl: b theta^2 / 2 - sum_j d_j (1 - z_j^2)^3, z_j = (theta - m_j) / w_j in (-1, 1).

    centres, depths, widths (m,): a number serves all. Without the bowl the minimisers are the centres, the curvature
    there is 6 d / w^2 and the steepest slope 1.717 d / w; a bowl moves each minimiser by about b m w^2 / (6 d).
    The default has the deepest notch the narrowest, as in the asker's second picture.

    Raises ValueError unless depths, widths > 0 and bowl >= 0, and for notches that overlap.
    Explained in thread/f3-only-narrow.
    """
    centres = np.atleast_1d(array("centres", centres))
    if centres.ndim != 1 or centres.size == 0:
        raise ValueError(f"centres must be a list of numbers; got shape {centres.shape}")
    depths, widths = (
        each(name, sizes, centres.size, above=0) for name, sizes in (("depths", depths), ("widths", widths))
    )
    order = np.argsort(centres)
    left, right = (centres + side * widths for side in (-1, 1))
    if np.any(right[order][:-1] > left[order][1:]):
        raise ValueError(
            f"notches must not overlap; they cover {[(float(a), float(b)) for a, b in zip(left, right, strict=True)]}"
        )
    c = np.concatenate([[number("bowl", bowl, least=0)], np.column_stack([centres, widths, depths]).ravel()])
    return Objective("notches", 1, plugs(_notches_loss, _notches_mean, constants=c))


def flanks(minimisers, minima, maxima, maximisers=None, curvatures=None, barrier_curvatures=None):
    """The pieces (pieces, 8) of :func:`wells`: start, origin and six coefficients of each. Explained there."""
    m, low = array("minimisers", minimisers), array("minima", minima)
    if m.ndim != 1 or m.size < 2 or np.any(np.diff(m) <= 0):
        raise ValueError(f"minimisers must be two or more increasing numbers; got {minimisers!r}")
    middles = 0.5 * (m[1:] + m[:-1]) if maximisers is None else array("maximisers", maximisers)
    low, high = np.broadcast_to(low, m.shape), np.broadcast_to(array("maxima", maxima), middles.shape)
    if middles.shape != (m.size - 1,) or np.any(middles <= m[:-1]) or np.any(middles >= m[1:]):
        raise ValueError(f"maximisers must lie one between each two minimisers; got {maximisers!r}")
    heights = np.column_stack([high - low[:-1], high - low[1:]])  # (m - 1, 2): seen from the left and the right
    widths = np.column_stack([middles - m[:-1], m[1:] - middles])
    if np.any(heights <= 0):
        raise ValueError(f"each maximum must be higher than the minima beside it; got {maxima!r} over {minima!r}")
    share = heights / widths**2
    if curvatures is None:
        beside = np.concatenate([share[:, 0], [np.inf]]), np.concatenate([[np.inf], share[:, 1]])
        curvatures = np.pi**2 / 2 * np.minimum(*beside)
    k = each("curvatures", curvatures, m.size, above=0)
    tops = _barrier_curvatures(np.column_stack([k[:-1], k[1:]]), share, barrier_curvatures)
    up = [_quintic(*row) for row in zip(widths[:, 0], heights[:, 0], k[:-1], -tops, strict=True)]
    down = [_quintic(*row) for row in zip(widths[:, 1], heights[:, 1], k[1:], -tops, strict=True)]
    pieces = _wall(m[0], low[0], up[0], widths[0, 0], -1)
    for j in range(m.size - 1):
        pieces += [[m[j], m[j], low[j], *up[j]], [middles[j], m[j + 1], low[j + 1], *_mirror(down[j])]]
    return np.array(pieces + _wall(m[-1], low[-1], down[-1], widths[-1, 1], 1))


def _quintic(width, height, start, end):
    """Coefficients a1 .. a5 of the flank: 0 to `height` over `width`, curvature `start` to `end`, no slope at both."""
    a, b = start * width**2, end * width**2
    cubic = 10 * height - 1.5 * a + 0.5 * b, -15 * height + 1.5 * a - b, 6 * height - 0.5 * a + 0.5 * b
    return [0.0, 0.5 * start, *(value / width**power for value, power in zip(cubic, (3, 4, 5), strict=True))]


def _mirror(coefficients):
    return [a if power % 2 == 0 else -a for power, a in enumerate(coefficients, 1)]


def _wall(place, low, coefficients, width, side):
    """The two outer pieces on one side: the flank mirrored up to its steepest place, and a straight line."""
    flank = np.polynomial.Polynomial([0, *coefficients])
    bends = [z.real for z in flank.deriv(2).roots() if abs(z.imag) < 1e-9 * width and 0 < z.real < width]
    best = max(bends, key=flank.deriv())
    line = [place + side * best, low + flank(best), side * flank.deriv()(best), 0.0, 0.0, 0.0, 0.0]
    if side < 0:
        return [[-1e300, *line], [line[0], place, low, *_mirror(coefficients)]]
    return [[place, place, low, *coefficients], [line[0], *line]]


def _barrier_curvatures(k, share, given):
    """Curvatures (m - 1,) of the barriers, as given or chosen; never such that a flank turns back on itself."""
    root = 20 * share - 5 / 9 * k  # (m - 1, 2)
    if np.any(root < 0):
        most = float((36 * share)[root < 0].min())
        raise ValueError(f"a curvature must be at most 36 depth / width^2 of its flank, here {most:g}; got {k.max():g}")
    lowest = np.max(2 / 3 * np.sqrt(k) - np.sqrt(root), axis=1)
    highest = np.min(2 / 3 * np.sqrt(k) + np.sqrt(root), axis=1)
    if given is None:
        wish = np.sqrt(np.pi**2 / 2 * share.min(axis=1))
        chosen = np.clip(wish, np.maximum(lowest, 0), highest)
    else:
        chosen = np.sqrt(each("barrier_curvatures", given, k.shape[0], least=0))
    wrong = (chosen < lowest * (1 - 1e-12)) | (chosen > highest * (1 + 1e-12))
    if np.any(wrong):
        raise ValueError(
            "a flank with these curvatures would turn back on itself: keep the curvature of each minimum below "
            f"{float(20 * share.min()):g} = 20 depth / width^2, and that of the barriers between "
            f"{np.maximum(lowest, 0) ** 2} and {np.maximum(highest, 0) ** 2}"
        )
    return chosen**2
