"""sin, cos, log and exp against NumPy's long double, in units in the last place of the double."""

import numba
import numpy as np
import pytest
from escapelab import vecmath

if np.finfo(np.longdouble).nmant < 60:
    pytest.skip("long double is no wider than double here", allow_module_level=True)


@numba.njit
def _apply(x, out):
    for i in range(x.size):
        out[0, i], out[1, i] = vecmath.sincos(x[i])
        out[2, i], out[3, i] = vecmath.log(max(abs(x[i]), 1e-300)), vecmath.exp(x[i])


def values(x):
    out = np.empty((4, x.size))
    _apply(x, out)
    return out


def ulps(got, exact):
    return np.max(np.abs((got - exact) / np.spacing(np.abs(exact.astype(np.float64)))))


@pytest.mark.parametrize("reach", [1e-3, 1.0, 10.0, 1e3, 1e6, 1e9])
def test_sine_and_cosine_are_within_two_ulps(reach):
    x = np.random.default_rng(0).uniform(-reach, reach, 200_000)
    wide = x.astype(np.longdouble)
    sine, cosine, _, _ = values(x)
    assert ulps(sine, np.sin(wide)) < 2
    assert ulps(cosine, np.cos(wide)) < 2


def test_sine_of_quadrant_edges_is_right():
    x = np.arange(-8, 9) * np.pi / 4
    assert np.allclose(values(x)[:2], [np.sin(x), np.cos(x)], rtol=0, atol=2e-16)


def test_sine_of_infinity_and_nan_is_nan():
    assert np.isnan(values(np.array([np.inf, -np.inf, np.nan]))[:2]).all()


@pytest.mark.parametrize(("low", "high"), [(-600, 690), (-1, 1), (-1e-3, 1e-3)])
def test_logarithm_is_within_two_ulps(low, high):
    x = np.exp(np.random.default_rng(1).uniform(low, high, 200_000))
    assert ulps(values(x)[2], np.log(x.astype(np.longdouble))) < 2


def test_exponential_is_within_two_ulps():
    x = np.random.default_rng(2).uniform(-708, 709, 200_000)
    assert ulps(values(x)[3], np.exp(x.astype(np.longdouble))) < 2


def test_exponential_is_clamped_to_its_range():
    low, high = values(np.array([-1e4, 1e4]))[3]
    assert low == values(np.array([-708.0]))[3][0]
    assert high == values(np.array([709.0]))[3][0]


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


def test_exponential_is_within_two_ulps_of_mpmath():
    mpmath = pytest.importorskip("mpmath")
    x = np.random.default_rng(5).uniform(-708, 709, 500)
    with mpmath.workprec(200):
        exact = [mpmath.exp(mpmath.mpf(float(v))) for v in x]
        errors = [
            abs(mpmath.mpf(float(g)) - e) / float(np.spacing(float(e)))
            for g, e in zip(values(x)[3], exact, strict=True)
        ]
    assert max(errors) < 2


def test_a_sine_without_its_last_term_is_caught():
    x = np.random.default_rng(3).uniform(-1, 1, 10_000)
    z = x.astype(np.longdouble)
    short = (z - z**3 / 6 + z**5 / 120 - z**7 / 5040 + z**9 / 362880).astype(np.float64)
    assert ulps(short, np.sin(z)) > 2
