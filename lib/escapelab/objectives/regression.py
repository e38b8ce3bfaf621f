"""Linear and logistic regression on a reader's data. Explained in geometry/g4-one-step and practice/p4-batch-size."""

import numpy as np

from ..arguments import array, number
from ..plug import LANES, compiled, fma, inlined
from ..vecmath import exp, log
from .objective import Objective, plugs


@compiled("gradient")
def _linear_gradient(theta, picks, data, c, out):
    d, k = theta.shape[0], picks.shape[0]
    x, error = np.empty((d, LANES)), np.empty(LANES)
    out[:] = 0.0
    for j in range(k):
        for i in range(LANES):
            row = np.uint32(picks[j, i])
            error[i] = -data[row, d]
            for a in range(d):
                x[a, i] = data[row, a]
        for a in range(d):
            for i in range(LANES):
                error[i] = fma(x[a, i], theta[a, i], error[i])
        for a in range(d):
            for i in range(LANES):
                out[a, i] = fma(error[i], x[a, i], out[a, i])
    for a in range(d):
        for i in range(LANES):
            out[a, i] = fma(c[0], theta[a, i], 2.0 * out[a, i] / k)


@compiled("mean")
def _linear_mean(theta, data, c, out):
    d = theta.shape[0]
    for a in range(d):
        g = out[a]
        g[:] = -c[2 + d * d + a]
        for b in range(d):
            for i in range(LANES):
                g[i] = fma(c[2 + a * d + b], theta[b, i], g[i])


@compiled("loss")
def _linear_loss(theta, data, c, out):
    d = theta.shape[0]
    product = np.empty(LANES)
    out[:] = c[1]
    for a in range(d):
        product[:] = -2.0 * c[2 + d * d + a]
        for b in range(d):
            for i in range(LANES):
                product[i] = fma(c[2 + a * d + b], theta[b, i], product[i])
        for i in range(LANES):
            out[i] = fma(0.5 * theta[a, i], product[i], out[i])


@compiled("gradient")
def _logistic_gradient(theta, picks, data, c, out):
    d, k = theta.shape[0], picks.shape[0]
    x, z, y = np.empty((d, LANES)), np.empty(LANES), np.empty(LANES)
    out[:] = 0.0
    for j in range(k):
        for i in range(LANES):
            row = np.uint32(picks[j, i])
            y[i], z[i] = data[row, d], 0.0
            for a in range(d):
                x[a, i] = data[row, a]
        for a in range(d):
            for i in range(LANES):
                z[i] = fma(x[a, i], theta[a, i], z[i])
        for i in range(LANES):
            z[i] = 1.0 / (1.0 + exp(-z[i])) - y[i]
        for a in range(d):
            for i in range(LANES):
                out[a, i] = fma(z[i], x[a, i], out[a, i])
    for a in range(d):
        for i in range(LANES):
            out[a, i] = fma(c[0], theta[a, i], out[a, i] / k)


@inlined
def _scores(theta, data, j, z):
    """Row j times theta, of each lane."""
    z[:] = 0.0
    for a in range(theta.shape[0]):
        for i in range(LANES):
            z[i] = fma(data[j, a], theta[a, i], z[i])


@compiled("mean")
def _logistic_mean(theta, data, c, out):
    d, n = theta.shape[0], data.shape[0]
    z = np.empty(LANES)
    out[:] = 0.0
    for j in range(n):
        _scores(theta, data, j, z)
        for i in range(LANES):
            z[i] = 1.0 / (1.0 + exp(-z[i])) - data[j, d]
        for a in range(d):
            for i in range(LANES):
                out[a, i] = fma(z[i], data[j, a], out[a, i])
    for a in range(d):
        for i in range(LANES):
            out[a, i] = fma(c[0], theta[a, i], out[a, i] / n)


@compiled("loss")
def _logistic_loss(theta, data, c, out):
    d, n = theta.shape[0], data.shape[0]
    z = np.empty(LANES)
    out[:] = 0.0
    for j in range(n):
        _scores(theta, data, j, z)
        for i in range(LANES):
            out[i] += max(z[i], 0.0) + log(1.0 + exp(-abs(z[i]))) - data[j, d] * z[i]
    for i in range(LANES):
        out[i] /= n
    for a in range(d):
        for i in range(LANES):
            out[i] = fma(0.5 * c[0] * theta[a, i], theta[a, i], out[i])


def linear_regression(x, y, *, l2=0.0):
    """mean (x_i . theta - y_i)^2 + l2 |theta|^2 / 2 over n samples: squares, as in the thread's cost.

    x (n, d), or (n,) for one dimension; y (n,). A column of ones in x gives an intercept. The whole loss and its
    gradient cost d^2 however many samples there are. For losses far below mean y^2 the last digits cancel.

    Raises ValueError for empty, unequal or non-finite data or l2 < 0. Source: least squares (Legendre 1805).
    Explained in thread/f1-batch-like-dataset.
    """
    x, y, penalty = _table(x, y, l2)
    n, d = x.shape
    matrix = 2.0 / n * np.einsum("na,nb->ab", x, x) + penalty * np.eye(d)
    c = [penalty, np.einsum("n,n->", y, y) / n, *matrix.ravel(), *(2.0 / n * np.einsum("na,n->a", x, y))]
    three = plugs(_linear_loss, _linear_mean, _linear_gradient, c)
    return Objective("linear_regression", d, three, np.column_stack([x, y]))


def logistic_regression(x, y, *, l2=0.0):
    """mean log(1 + exp(z_i)) - y_i z_i + l2 |theta|^2 / 2 with z_i = x_i . theta: labels y of 0 and 1.

    x (n, d), or (n,) for one dimension; y (n,), numbers in [0, 1]. A column of ones in x gives an intercept.

    Raises ValueError for empty, unequal or non-finite data, labels outside [0, 1] or l2 < 0.
    Source: cross-entropy of the logistic model (Cox 1958). Explained in practice/p3-one-example.
    """
    x, y, penalty = _table(x, y, l2)
    if np.any((y < 0) | (y > 1)):
        raise ValueError(f"labels y must be between 0 and 1; they go from {y.min()} to {y.max()}")
    three = plugs(_logistic_loss, _logistic_mean, _logistic_gradient, [penalty])
    return Objective("logistic_regression", x.shape[1], three, np.column_stack([x, y]))


def _table(x, y, l2):
    x, y = array("x", x), array("y", y)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.size == 0 or y.shape != x.shape[:1]:
        raise ValueError(f"x must be (n, d) and y (n,), not empty; got shapes {x.shape} and {y.shape}")
    return x, y, number("l2", l2, least=0)
