"""The thread's cost. Explained in start/two-pictures."""

import numpy as np

from ..arguments import columns
from ..plug import LANES, compiled, fma, kernel
from ..vecmath import sincos
from .objective import Objective, plugs


@compiled("gradient")
def _sine_gradient(theta, picks, data, c, out):
    k = picks.shape[0]
    a, g, x, y = theta[0], out[0], np.empty(LANES), np.empty(LANES)
    g[:] = 0.0
    for j in range(k):
        row = picks[j]
        for i in range(LANES):
            sample = np.uint32(row[i])
            x[i], y[i] = data[sample, 0], data[sample, 1]
        for i in range(LANES):
            s, co = sincos(a[i] * x[i])
            g[i] = fma((s - y[i]) * x[i], co, g[i])
    for i in range(LANES):
        g[i] *= 2.0 / k


@compiled("mean")
def _sine_mean(theta, data, c, out):
    a, g = theta[0], out[0]
    g[:] = 0.0
    for j in range(data.shape[0]):
        x, y = data[j, 0], data[j, 1]
        for i in range(LANES):
            s, co = sincos(a[i] * x)
            g[i] = fma((s - y) * x, co, g[i])
    for i in range(LANES):
        g[i] *= 2.0 / data.shape[0]


@compiled("loss")
def _sine_loss(theta, data, c, out):
    a = theta[0]
    out[:] = 0.0
    for j in range(data.shape[0]):
        x, y = data[j, 0], data[j, 1]
        for i in range(LANES):
            e = sincos(a[i] * x)[0] - y
            out[i] = fma(e, e, out[i])
    for i in range(LANES):
        out[i] /= data.shape[0]


@compiled("loss")
def _sine_curvature(theta, data, c, out):
    a = theta[0]
    out[:] = 0.0
    for j in range(data.shape[0]):
        x, y = data[j, 0], data[j, 1]
        for i in range(LANES):
            s, co = sincos(a[i] * x)
            out[i] = fma(x * x, fma(co, co, (y - s) * s), out[i])
    for i in range(LANES):
        out[i] *= 2.0 / data.shape[0]


@kernel
def _sines(x, out):
    for i in range(x.size):
        out[i] = sincos(x[i])[0]


def sine_fit(x=None, y=None, *, samples=100, noise=0.3, frequency=2.2, data_seed=3):
    """The thread's cost J(k) = mean (sin(k x_i) - y_i)^2 in one dimension.

    x, y (n,): the reader's own data. Without them, the reference data of the book: x uniform on (0, 10),
    y = sin(frequency x) + noise N(0, 1), from numpy's default_rng(data_seed), which no seed shift moves. The
    sine is the library's own, so that the data have the same bits on every CPU, and error 0 at theta = frequency
    when noise = 0.

    Raises ValueError for empty, unequal or non-finite data, and for x beyond 1e6.
    Source: the thread (mathgeek 2021). Explained in start/two-pictures.
    """
    if (x is None) != (y is None):
        raise ValueError("give both x and y, or neither")
    if x is None:
        rng = np.random.default_rng(data_seed)
        x = rng.uniform(0, 10, samples)
        y = np.empty(samples)
        _sines(frequency * x, y)
        y += noise * rng.normal(size=samples)
    data = columns(x=x, y=y)
    if np.abs(data[:, 0]).max() > 1e6:
        raise ValueError("x must be at most 1e6 in size, beyond which sin(k x) has no digits left")
    four = plugs(_sine_loss, _sine_mean, _sine_gradient, curvature=_sine_curvature)
    return Objective("sine_fit", 1, four, data)
