"""Curvature of a stochastic quadratic: what one minimum looks like to SGD. Explained in geometry/g10-styblinski-tang.

Samples have Hessians Q, symmetric and random; E[Q] is the Hessian of the loss. Patel (arXiv 1709.04718v2) measures
their spread by M = E[Q E[Q] Q] - E[Q]^3, relative to E[Q]: equations (4), (5), and (49), (50) averaged over a ball.
"""

from typing import NamedTuple

import numpy as np

from . import rng


class Curvature(NamedTuple):
    """Eigenvalues of E[Q] and the extremes of two quotients of M, over v in the range of E[Q].

    kappa E[Q]^3 <= M <= kappa E[Q]^3 + tau E[Q], and s E[Q] <= M <= t E[Q], if E[Q] has no negative eigenvalue.
    """

    eigenvalues: np.ndarray  # (m,) nonzero eigenvalues of E[Q], largest first
    s: float  # inf of v'Mv / v'E[Q]v, equation (5)
    t: float  # sup of v'Mv / v'E[Q]v, equation (4)
    kappa: float  # inf of v'Mv / v'E[Q]^3v
    tau: float  # sup of v'(M - kappa E[Q]^3)v / v'E[Q]v


def curvature(hessians=None, weights=None, *, factors=None, tolerance=1e-12):
    """Curvature at a point from the samples' Hessians.

    hessians : (n, p, p) symmetric, or (n,) in one dimension.
    weights : (n,) probabilities of the samples, by default equal; they are normalised.
    factors : (n, p) instead of hessians, for Hessians a a' of rank one.
    tolerance : eigenvalues below this share of the largest count as 0.

    The infimum and the supremum are eigenvalues of a p x p matrix. They are -inf and +inf where E[Q] has
    eigenvalues of both signs and M is not 0: v'E[Q]v then vanishes beside v'Mv.

    Raises ValueError for empty, non-finite, asymmetric or mismatched input, and for E[Q] = 0.
    Source: Patel (4), (5). Explained in geometry/g10-styblinski-tang.
    """
    if (hessians is None) == (factors is None):
        raise ValueError("give hessians (n, p, p) or factors (n, p), and not both")
    if factors is not None:
        a = _finite("factors", factors)
        if a.ndim != 2:
            raise ValueError(f"factors must have shape (n, p); got {a.shape}")
        w = sample_weights(weights, a.shape[0])
        mean = (a * w[:, None]).T @ a
        squared = (a * (w * np.einsum("ni,ij,nj->n", a, mean, a))[:, None]).T @ a
    else:
        q = symmetric(hessians)
        w = sample_weights(weights, q.shape[0])
        mean = np.tensordot(w, q, 1)
        squared = np.tensordot(w, q @ mean @ q, 1)
    return _curvature(mean, squared - mean @ mean @ mean, tolerance)


def separable_curvature(mean, variance, *, tolerance=1e-12):
    """Curvature of a loss that is a sum over coordinates, at a point or averaged over points.

    mean, variance : (p,) or (points, p) mean and variance of the second derivative along each coordinate.

    M is diagonal with entries mean x variance, so s = min variance, t = max variance, kappa = min variance / mean^2
    and tau = max (variance - kappa mean^2). Several points are averaged as in :func:`ball_curvature`.

    Raises ValueError for unequal shapes, negative variances, non-finite numbers, and a mean that is 0 everywhere.
    Source: Patel (4), (5), (49), (50) for diagonal Q. Explained in geometry/g10-styblinski-tang.
    """
    mean, variance = _finite("mean", mean), _finite("variance", variance)
    if mean.shape != variance.shape or mean.ndim not in (1, 2) or mean.size == 0:
        raise ValueError(f"mean and variance must both be (p,) or (points, p); got {mean.shape} and {variance.shape}")
    if variance.min() < 0:
        raise ValueError(f"variance must be >= 0; its smallest entry is {variance.min():.3g}")
    single = mean.ndim == 1
    mean, variance = np.atleast_2d(mean), np.atleast_2d(variance)
    size = np.abs(mean)
    keep = size > tolerance * size.max(axis=1, keepdims=True)
    if not keep.any(axis=1).all():
        raise ValueError("E[Q] is 0: a point without curvature has no thresholds")
    squares = np.where(keep, mean**2, np.inf)
    s = np.where(keep, variance, np.inf).min(axis=1)
    t = np.where(keep, variance, -np.inf).max(axis=1)
    kappa = np.where(keep, variance / squares, np.inf).min(axis=1)
    tau = np.where(keep, variance - kappa[:, None] * mean**2, -np.inf).max(axis=1)
    mixed = (np.where(keep, mean, 1).min(axis=1) < 0) & (np.where(keep, mean, -1).max(axis=1) > 0)
    mixed &= np.where(keep, variance, 0).max(axis=1) > 0
    low, high = np.where(mixed, -np.inf, 0), np.where(mixed, np.inf, 0)
    eigenvalues = _nonzero(np.sort(mean.mean(axis=0))[::-1], tolerance)
    extremes = s + low, t + high, kappa + low, tau + high
    if single:
        return Curvature(eigenvalues, *(float(values[0]) for values in extremes))
    return _average(eigenvalues, *extremes)


def ball_curvature(hessians_at, centre, radius, *, weights=None, points=1000, seed=0, tolerance=1e-12):
    """Curvature averaged over a ball: eigenvalues of the mean of E[Q], means of s, t, kappa and tau.

    hessians_at : function theta (p,) -> hessians (n, p, p) of the samples there.
    centre : (p,); radius > 0; points : how many uniform draws from the ball; seed : shifted like every seed.

    A mean of s or kappa below 0, -inf too, becomes 0. One point with a negative eigenvalue makes s = -inf there: the
    definition then says 0 for the whole ball.

    Raises ValueError as :func:`curvature` does, and for a radius or a number of points that is not positive.
    Source: Patel, Definition 3.14, (49) and (50). Explained in geometry/g10-styblinski-tang.
    """
    mean, values = 0.0, []
    for theta in ball(centre, radius, points, seed=seed):
        q = symmetric(hessians_at(theta))
        mean = mean + np.tensordot(sample_weights(weights, q.shape[0]), q, 1) / points
        values.append(curvature(q, weights, tolerance=tolerance)[1:])
    eigenvalues = _nonzero(np.linalg.eigvalsh(mean)[::-1], tolerance)
    return _average(eigenvalues, *np.transpose(values))


def ball(centre, radius, points, *, seed=0):
    """Uniform draws from the ball around centre (p,): (points, p). Raises ValueError for radius <= 0 or points < 1."""
    centre = np.atleast_1d(_finite("centre", centre))
    if centre.ndim != 1 or not (np.isfinite(radius) and radius > 0):
        raise ValueError(f"centre must be (p,) and radius a number > 0; got {centre.shape} and {radius!r}")
    if points < 1:
        raise ValueError(f"points must be at least 1; got {points!r}")
    g = rng.generator(seed)
    steps = g.standard_normal((int(points), centre.size))
    lengths = radius * g.random((int(points), 1)) ** (1 / centre.size)
    return centre + steps / np.linalg.norm(steps, axis=1, keepdims=True) * lengths


def symmetric(hessians):
    """Hessians as (n, p, p) from (n, p, p) or (n,); ValueError unless finite, not empty and symmetric."""
    q = _finite("hessians", hessians)
    if q.ndim == 1:
        q = q[:, None, None]
    if q.ndim != 3 or q.shape[1] != q.shape[2] or q.size == 0:
        raise ValueError(f"hessians must be (n, p, p), or (n,) in one dimension; got shape {np.shape(hessians)}")
    if not np.allclose(q, np.swapaxes(q, 1, 2), rtol=1e-9, atol=1e-12 * np.abs(q).max()):
        raise ValueError("hessians must be symmetric")
    return q


def sample_weights(weights, n):
    """Probabilities (n,) that sum to 1; equal if weights is None. ValueError for a wrong shape or a negative weight."""
    w = np.ones(n) if weights is None else _finite("weights", weights)
    if w.shape != (n,) or w.min() < 0 or w.sum() <= 0:
        raise ValueError(f"weights must be {n} numbers >= 0, not all 0; got shape {w.shape}")
    return w / w.sum()


def _curvature(mean, spread, tolerance):
    values, vectors = np.linalg.eigh(mean)
    eigenvalues = _nonzero(values[::-1], tolerance)
    keep = np.abs(values) > tolerance * np.abs(values).max()
    size = np.sqrt(np.abs(values[keep]))
    inside = vectors[:, keep].T @ spread @ vectors[:, keep]
    noise = 1e-13 * np.abs(values).max() ** 3
    if eigenvalues[0] > 0 > eigenvalues[-1] and np.abs(inside).max() > noise:
        return Curvature(eigenvalues, -np.inf, np.inf, -np.inf, np.inf)
    quotient = np.sign(eigenvalues[0]) * inside / np.outer(size, size)
    relative = quotient / np.outer(size, size) ** 2
    extremes = np.linalg.eigvalsh(quotient)
    kappa = np.linalg.eigvalsh(relative)[0]
    tau = np.linalg.eigvalsh(quotient - kappa * np.diag(size**4))[-1]
    return Curvature(eigenvalues, float(extremes[0]), float(extremes[-1]), float(kappa), float(tau))


def _average(eigenvalues, s, t, kappa, tau):
    s, t, kappa, tau = (float(np.mean(values)) for values in (s, t, kappa, tau))
    return Curvature(eigenvalues, max(0.0, s), t, max(0.0, kappa), tau)


def _nonzero(values, tolerance):
    keep = np.abs(values) > tolerance * np.abs(values).max()
    if not keep.any():
        raise ValueError("E[Q] is 0: a point without curvature has no thresholds")
    return values[keep]


def _finite(name, values):
    array = np.asarray(values, dtype=np.float64)
    if array.size == 0:
        raise ValueError(f"{name} are empty")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite numbers; they hold NaN or infinity")
    return array
