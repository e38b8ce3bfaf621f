"""sin, cos, log and exp against mpmath at 200 bits, in units in the last place, and what happens outside it."""

import mpmath
import numba
import numpy as np
import pytest
from escapelab import vecmath

mpmath.mp.prec = 200
POINTS = 4_000
NAMES = {"sin": mpmath.sin, "cos": mpmath.cos, "log": mpmath.log, "exp": mpmath.exp}


@numba.njit
def _apply(x, out):
    for i in range(x.size):
        out[0, i], out[1, i] = vecmath.sincos(x[i])
        out[2, i], out[3, i] = vecmath.log(x[i]), vecmath.exp(x[i])
        out[4, i], out[5, i] = vecmath.sin(x[i]), vecmath.cos(x[i])


def values(name, x):
    """What the library gives at x (n,)."""
    x = np.atleast_1d(np.asarray(x, float))
    out = np.empty((6, x.size))
    _apply(x, out)
    return out[list(NAMES).index(name)]


def worst(name, x, got=None):
    """Largest error over x (n,) in units in the last place of the exact value's double."""
    got, exact = values(name, x) if got is None else got, [NAMES[name](mpmath.mpf(float(one))) for one in x]
    errors = [abs(mpmath.mpf(float(a)) - b) / float(np.spacing(abs(float(b)))) for a, b in zip(got, exact, strict=True)]
    return float(max(errors))


def spread(low, high, seed):
    return np.random.default_rng(seed).uniform(low, high, POINTS)


def quarter_turns(largest, seed):
    """Doubles next to whole multiples of pi / 2, where the reduction cancels most."""
    whole = np.random.default_rng(seed).integers(1, int(largest / 1.5707963267948966), POINTS)
    near = np.array([float(int(n) * mpmath.pi / 2) for n in whole])
    return np.concatenate([near, np.nextafter(near, 0), -near])[::3]


@pytest.mark.parametrize("name", ["sin", "cos"])
@pytest.mark.parametrize("reach", [1e-3, 1.0, 1e3, 1e9])
def test_sine_and_cosine_are_within_two_units_in_the_last_place(name, reach):
    assert worst(name, spread(-reach, reach, 0)) < 2


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_the_reduction_keeps_its_digits_next_to_whole_quarter_turns(name):
    assert worst(name, quarter_turns(1e9, 1)) < 2


@pytest.mark.parametrize(("low", "high"), [(-708, 709), (-1, 1), (-1e-3, 1e-3)])
def test_logarithm_and_exponential_are_within_one_unit_in_the_last_place(low, high):
    x = spread(low, high, 2)
    assert worst("exp", x) < 1
    assert worst("log", np.exp(x)) < 1


def test_the_logarithm_is_right_at_every_kind_of_argument_that_is_drawn():
    words = np.random.default_rng(3).integers(0, 2**32, POINTS)
    edges = np.array([0, 1, 2**31, 2**32 - 1])
    assert worst("log", (np.concatenate([words, edges]) + 0.5) / 2**32) < 1


def test_the_logarithm_is_right_next_to_one_and_at_the_ends_of_its_range():
    steps = np.arange(1, 500)
    assert worst("log", 1 + steps * 2.0**-52) < 1
    assert worst("log", 1 - steps * 2.0**-53) < 1
    assert worst("log", np.array([np.finfo(float).tiny, np.finfo(float).max])) < 1
    assert values("log", 1.0)[0] == 0


@pytest.mark.parametrize(("name", "alone"), [("sin", 4), ("cos", 5)])
def test_sine_alone_is_that_of_both(name, alone):
    x, out = spread(-100, 100, 4), np.empty((6, POINTS))
    _apply(x, out)
    assert np.array_equal(out[alone], values(name, x))


def test_sine_keeps_its_digits_a_little_beyond_its_range_and_loses_them_by_1e16():
    assert worst("sin", spread(-1e14, 1e14, 5)[:500]) < 2
    assert worst("sin", spread(0.9e16, 1e16, 5)[:100]) > 1e6


def test_sine_of_infinity_and_nan_is_nan():
    assert np.isnan([values(name, [np.inf, -np.inf, np.nan]) for name in ("sin", "cos")]).all()


def test_the_logarithm_outside_its_range_is_finite_and_means_nothing():
    outside = values("log", [0.0, -1.0, 5e-324, np.inf, np.nan])
    assert np.isfinite(outside).all()
    assert outside[0] == pytest.approx(-709.09, abs=0.01)


def test_the_exponential_is_clamped_to_its_range_and_keeps_nan():
    ends = values("exp", [-708.0, 709.0])
    assert np.array_equal(values("exp", [-1e4, 1e4]), ends)
    assert np.array_equal(values("exp", [-np.inf, np.inf]), ends)
    assert np.isnan(values("exp", [np.nan]))


@numba.njit
def _tanh(x, out):
    for i in range(x.size):
        out[i] = vecmath.tanh(x[i])


@pytest.mark.parametrize("reach", [1e-9, 1.0, 30.0, 1e6])
def test_hyperbolic_tangent_is_within_its_absolute_error(reach):
    x = np.random.default_rng(4).uniform(-reach, reach, 200_000)
    out = np.empty_like(x)
    _tanh(x, out)
    assert np.abs(out - np.tanh(x.astype(np.longdouble))).max() < 6e-16
    assert np.abs(out).max() <= 1


def test_a_sine_without_its_last_term_is_caught():
    x = spread(-0.78, 0.78, 3)
    short = x - x**3 / 6 + x**5 / 120 - x**7 / 5040 + x**9 / 362880 - x**11 / 39916800
    assert worst("sin", x, short) > 2
