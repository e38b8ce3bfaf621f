"""The problems of Patel 2018: the stochastic quadratic and Styblinski-Tang sums."""

import numpy as np

from ..arguments import count, number
from ..plug import LANES, compiled, fma
from .objective import Objective, plugs


@compiled("gradient")
def _quadratic_gradient(theta, picks, data, c, out):
    p, k = theta.shape[0], picks.shape[0]
    rank = int(c[0])
    out[:] = 0.0
    for j in range(k):
        for i in range(LANES):
            row = data[np.uint32(picks[j, i])]
            for q in range(rank):
                product = 0.0
                for a in range(p):
                    product = fma(row[q * p + a], theta[a, i], product)
                for a in range(p):
                    out[a, i] = fma(row[q * p + a], product, out[a, i])
            for a in range(p):
                out[a, i] += row[rank * p + a]
    for a in range(p):
        for i in range(LANES):
            out[a, i] /= k


@compiled("mean")
def _quadratic_mean(theta, data, c, out):
    p = theta.shape[0]
    for a in range(p):
        g = out[a]
        g[:] = c[1 + p * p + a]
        for b in range(p):
            for i in range(LANES):
                g[i] = fma(c[1 + a * p + b], theta[b, i], g[i])


@compiled("loss")
def _quadratic_loss(theta, data, c, out):
    p = theta.shape[0]
    out[:] = 0.0
    for a in range(p):
        for i in range(LANES):
            product = 0.0
            for b in range(p):
                product = fma(c[1 + a * p + b], theta[b, i], product)
            out[i] = fma(theta[a, i], fma(0.5, product, c[1 + p * p + a]), out[i])


def stochastic_quadratic(factors, offsets=None):
    """mean over samples of theta' Q theta / 2 + r' theta with Q = A' A kept factored (Patel 2018, Problem 3.1).

    factors (n,) scalars a with Q = a^2, (n, p) rows with Q = a a', or (n, q, p) with Q = A' A; offsets r,
    zero by default, (n, p) or (n,). Samples are equally likely. Cost of a sample gradient: 2 q p.

    Raises ValueError for empty, unequal or non-finite input. Explained in geometry/g3-stochastic-quadratic.
    """
    a = np.asarray(factors, dtype=np.float64)
    a = a.reshape(a.shape + (1,) * (2 - a.ndim)) if a.ndim < 2 else a
    a = a[:, None, :] if a.ndim == 2 else a
    if a.ndim != 3 or a.size == 0:
        raise ValueError(f"factors must be (n,), (n, p) or (n, q, p) and not empty; got shape {np.shape(factors)}")
    n, rank, p = a.shape
    r = np.zeros((n, p)) if offsets is None else np.asarray(offsets, dtype=np.float64).reshape(-1, p)
    if r.shape != (n, p):
        raise ValueError(f"offsets must be ({n}, {p}) to match the factors; got shape {np.shape(offsets)}")
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(r))):
        raise ValueError("factors and offsets must be finite numbers; they hold NaN or infinity")
    mean_q = np.einsum("nqa,nqb->ab", a, a) / n
    c = np.concatenate([[rank], mean_q.ravel(), r.mean(axis=0)])
    three = plugs(_quadratic_loss, _quadratic_mean, _quadratic_gradient, c)
    return Objective("stochastic_quadratic", p, three, np.column_stack([a.reshape(n, -1), r]))


@compiled("gradient")
def _tang_gradient(theta, picks, data, c, out):
    k = picks.shape[0]
    out[:] = 0.0
    for j in range(k):
        for i in range(LANES):
            row = np.uint32(picks[j, i])
            a = np.uint32(data[row, 0])
            x = theta[a, i]
            out[a, i] += fma(fma(2.0 * data[row, 1] * x, x, data[row, 2]), x, 0.5 * data[row, 3])
    for a in range(out.shape[0] if k > 1 else 0):  # x / 1 is x, and a pass over all coordinates is what k = 1 costs
        for i in range(LANES):
            out[a, i] /= k


@compiled("partial")
def _tang_partial(theta, picks, data, c, place, out):
    for i in range(LANES):
        row = np.uint32(picks[0, i])
        place[i] = np.int32(data[row, 0])
        x = theta[np.uint32(place[i]), i]
        out[i] = fma(fma(2.0 * data[row, 1] * x, x, data[row, 2]), x, 0.5 * data[row, 3])


@compiled("mean")
def _tang_mean(theta, data, c, out):
    for a in range(theta.shape[0]):
        x, g, c1, c2, c3 = theta[a], out[a], c[3 * a], c[3 * a + 1], c[3 * a + 2]
        for i in range(LANES):
            g[i] = fma(fma(2.0 * c1 * x[i], x[i], c2), x[i], 0.5 * c3)


@compiled("loss")
def _tang_loss(theta, data, c, out):
    out[:] = 0.0
    for a in range(theta.shape[0]):
        c1, c2, c3 = c[3 * a], c[3 * a + 1], c[3 * a + 2]
        for i in range(LANES):
            x = theta[a, i]
            out[i] += 0.5 * x * fma(fma(c1 * x, x, c2), x, c3)


def styblinski_tang(dimension, *, seed, scale=17.5):
    """Styblinski-Tang sums (Patel 2018, Problem 5.1) with N = 20 p components, each on one random coordinate.

    f_i(theta) = (c1 x^4 + c2 x^2 + c3 x) / 2 at x = theta[coordinate_i], c1 ~ U(0, scale),
    c2 ~ -U(0, 16 scale), c3 ~ U(0, 5 scale); weights ~ Exp(1), normalised. The paper publishes no
    parameters: this recipe is inferred from its Tables 4 and 5. The draws are part of the definition
    (numpy's default_rng(seed)); no seed shift moves them. data (N, 4): coordinate, c1, c2, c3.

    Raises ValueError unless dimension >= 1 and scale > 0. Explained in geometry/g10-styblinski-tang.
    """
    p, scale = count("dimension", dimension, 1), number("scale", scale, above=0)
    rng = np.random.default_rng(seed)
    n = 20 * p
    coordinate = rng.integers(p, size=n)
    u = rng.random((3, n))
    c1, c2, c3 = scale * u[0], -16.0 * scale * u[1], 5.0 * scale * u[2]
    w = rng.standard_exponential(n)
    weights = w / w.sum()
    means = np.column_stack([np.bincount(coordinate, weights * c, minlength=p) for c in (c1, c2, c3)])
    three = plugs(_tang_loss, _tang_mean, _tang_gradient, means.ravel(), partial=_tang_partial)
    return Objective("styblinski_tang", p, three, np.column_stack([coordinate, c1, c2, c3]), weights)
