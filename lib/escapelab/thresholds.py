"""Step sizes at which SGD leaves a minimum: Patel's bounds and the exact limits. Explained in geometry/g10.

All are for theta' = theta - eta (Q_B theta + r_B) near a minimiser, with B a batch of k of the samples (Q, r).
A batch size of numpy.inf is the full batch.
"""

from typing import NamedTuple

import numpy as np
import scipy

from . import rng

LARGEST = 24  # dimensions of the second-moment map, whose matrix has p (p + 1) / 2 rows


class StationaryLaw(NamedTuple):
    """Law of theta around a minimiser at 0 after many steps of constant size; normal if the noise is."""

    variance: float  # of theta, in units of theta squared
    memory: float  # correlation of theta with theta one step later


def divergence_threshold(eigenvalues, s, k):
    """Patel's l(k): above it the mean error grows from every start. (batches,) or a float, like k.

    eigenvalues : (m,) the nonzero eigenvalues of E[Q], all > 0; s >= 0 the infimum (5); k > 0.

    It is 2 lambda_j / (lambda_j^2 + s / k) with j = 1 for k <= s / (lambda_1 lambda_2), j = m for
    k > s / (lambda_m lambda_(m-1)) and the fitting j between: the largest of the m fractions.

    Raises ValueError unless every eigenvalue is > 0, s >= 0 and k > 0.
    Source: Patel (19), (20) and (51), (52). Explained in geometry/g10-styblinski-tang.
    """
    lam, k = _eigenvalues(eigenvalues), _batch(k)
    spread = _spread("s", s) / k
    chosen = lam[np.sum(spread[..., None] < lam[:-1] * lam[1:], axis=-1)]
    return _like(k, 2 * chosen / (chosen**2 + spread))


def relative_divergence_threshold(eigenvalues, kappa, k):
    """Above 2 / (lambda_m (1 + kappa / k)) the mean error grows from every start; always the smallest eigenvalue.

    kappa >= 0 : infimum of v'Mv / v'E[Q]^3v. It follows from M >= kappa E[Q]^3 by the argument of Lemma 3.7.

    Raises ValueError unless every eigenvalue is > 0, kappa >= 0 and k > 0.
    Source: ours; it gives Patel's printed Table 4. Explained in geometry/g10-styblinski-tang.
    """
    lam, k = _eigenvalues(eigenvalues), _batch(k)
    return _like(k, 2 / (lam[-1] * (1 + _spread("kappa", kappa) / k)))


def convergence_threshold(eigenvalues, t, k, *, form="homogeneous", kappa=0.0):
    """Patel's u(k): below it the mean error shrinks. (batches,) or a float, like k.

    It is the smaller of 2 lambda / (a lambda^2 + t / k) over the largest and the smallest eigenvalue, where a is
    1 for "homogeneous" (18), 1 + 1 / k for "inhomogeneous" (34, its numerators set right), and 1 + kappa / k for
    "relative", which follows from M <= kappa E[Q]^3 + t E[Q]: give tau as t.

    Raises ValueError for an unknown form, a kappa where none is used, and unless every eigenvalue > 0, t >= 0, k > 0.
    Source: Patel (18), (34); the third form gives the printed Table 5. Explained in geometry/g10-styblinski-tang.
    """
    extra = {"homogeneous": 0.0, "inhomogeneous": 1.0, "relative": kappa}
    if form not in extra:
        raise ValueError(f"form must be one of {', '.join(extra)}; got {form!r}")
    if form != "relative" and kappa != 0:
        raise ValueError(f"kappa is used by the relative form only; got kappa = {kappa!r} with form {form!r}")
    lam, k = _eigenvalues(eigenvalues), _batch(k)
    a, spread = 1 + _spread("kappa", extra[form]) / k, _spread("t", t) / k
    first, last = (2 * edge / (a * edge**2 + spread) for edge in (lam[0], lam[-1]))
    return _like(k, np.minimum(first, last))


def separable_limit(mean, variance, k):
    """Exact mean-square limit where the Hessians are diagonal: min over c of 2 mean_c / (mean_c^2 + variance_c / k).

    mean, variance : (p,) of the second derivative along each coordinate, drawn with replacement; k > 0.
    Below it E|theta - E theta|^2 stays bounded, above it grows without bound, whatever the gradient noise r is.

    Raises ValueError unless every mean is > 0, every variance >= 0 and k > 0.
    Source: E(1 - eta Q_B)^2 = 1. Explained in geometry/g10-styblinski-tang.
    """
    mean, variance, k = _positive("mean", mean), np.atleast_1d(np.asarray(variance, float)), _batch(k)
    if variance.shape != mean.shape or not (np.isfinite(variance).all() and variance.min() >= 0):
        raise ValueError(f"variance must be {mean.size} finite numbers >= 0; got shape {variance.shape}")
    return _like(k, np.min(2 * mean / (mean**2 + variance / k[..., None]), axis=-1))


def mean_square_limit(hessians, k, weights=None, replace=True):
    """Exact step size below which the second moment of theta stays bounded. A float, for one batch size k.

    hessians : (n, p, p) of the samples, or (n,) in one dimension; their mean must be positive definite.
    weights : (n,) probabilities, drawn with replacement; replace=False draws k of n equal samples without.

    The second moment S maps to S - eta (H S + S H) + eta^2 B(S), B(S) = H S H + f (E[Q S Q] - H S H), with f from
    :func:`batch_factor`. Its spectral radius is below 1 exactly for eta < 1 / radius(L^-1 B), L(S) = H S + S H.

    Raises ValueError for more than LARGEST dimensions, a mean that is not positive definite, or a bad k.
    Source: Wu, Ma and E 2018. Explained in thread/c2-zero-error.
    """
    q, w, f = _samples(hessians, weights, k, replace)
    h = np.tensordot(w, q, 1)
    values, vectors = np.linalg.eigh(h)
    if values[0] <= 1e-12 * values[-1]:
        raise ValueError(f"the hessians' mean must be positive definite; its smallest eigenvalue is {values[0]:.3g}")
    q, sums = vectors.T @ q @ vectors, values[:, None] + values[None, :]
    p, mean = values.size, np.diag(values)

    def image(i, j):
        s = np.zeros((p, p))
        s[i, j] = s[j, i] = 1.0
        b = mean @ s @ mean
        b = b + f * (np.tensordot(w, q @ s @ q, 1) - b)
        return (b / sums)[rows]

    rows = np.triu_indices(p)
    matrix = np.column_stack([image(i, j) for i, j in zip(*rows, strict=True)])
    return float(1 / np.abs(np.linalg.eigvals(matrix)).max())


def almost_sure_limit(curvatures, k, weights=None, replace=True, *, batches=20_000, seed=0):
    """Step size above which almost every path from near a common minimiser leaves it: E log|1 - eta Q_B| = 0.

    curvatures : (n,) second derivatives of the samples in one dimension, mean > 0; weights, k, replace as above.
    batches : draws of Q_B, made under ``seed``; k = 1 and k = n without replacement need none.

    The first change of sign, found on a grid of 400 points an octave from the mean-square limit up; the two limits
    agree where all curvatures are equal. Raises ValueError where :func:`mean_square_limit` does.
    Source: Furstenberg and Kesten 1960. Explained in thread/c2-zero-error.
    """
    q, w, f = _samples(curvatures, weights, k, replace)
    start, q = mean_square_limit(curvatures, k, weights, replace), q[:, 0, 0]
    if f == 0 or np.ptp(q) == 0:
        return start
    means = q if k == 1 else batch_means(q, k, w if replace else None, replace=replace, batches=batches, seed=seed)
    chances = w if k == 1 else None

    def growth(eta):
        return np.average(np.log(np.maximum(np.abs(1 - eta * means), 1e-300)), weights=chances)

    surely_above = 2.01 / np.abs(means[means != 0]).min()
    low = high = start
    while growth(high) <= 0:
        low, high = high, min(high * 2 ** (1 / 400), surely_above)
    return float(scipy.optimize.brentq(growth, low, high, xtol=1e-14 * high))


def batch_means(values, k, weights=None, *, replace=True, batches=20_000, seed=0):
    """Means of random batches of k of the values (n,): (batches,). Shifted seed; ValueError unless k is whole."""
    if k != int(k):
        raise ValueError(f"the batch size k must be a whole number; got {k!r}")
    k, g, values = int(k), rng.generator(seed), np.asarray(values, dtype=np.float64)
    if replace:
        return values[g.choice(values.size, size=(batches, k), p=weights)].mean(axis=1)
    return values[np.argsort(g.random((batches, values.size)), axis=1)[:, :k]].mean(axis=1)


def stationary_law(curvature, noise_variance, eta, curvature_variance=0.0):
    """Law that theta' = (1 - eta q) theta - eta w settles into: variance and one-step correlation.

    curvature : E q > 0; curvature_variance : Var q of a batch; noise_variance : Var w, with E w = 0.

    Variance eta^2 Var w / (1 - (1 - eta E q)^2 - eta^2 Var q), which is eta Var w / (E q (2 - eta E q)) for a
    fixed q; memory 1 - eta E q. Raises ValueError where no finite variance exists: eta at or above the limit.
    Source: an autoregression of order one. Explained in thread/q1-why-it-settles.
    """
    lam, eta = float(_positive("curvature", curvature)[0]), float(_positive("eta", eta)[0])
    noise, spread = _spread("noise_variance", noise_variance), _spread("curvature_variance", curvature_variance)
    limit = 2 * lam / (lam**2 + spread)
    if eta >= limit:
        raise ValueError(f"eta must be below {limit:.6g}, where the variance becomes infinite; got {eta!r}")
    return StationaryLaw(eta * noise / (2 * lam - eta * (lam**2 + spread)), 1 - eta * lam)


def batch_factor(k, n=None, replace=True):
    """Variance of a batch mean relative to one sample's: 1 / k, or (n - k) / (k (n - 1)) without replacement."""
    k = float(_batch(k))
    if replace:
        return 1 / k
    if n is None or not 1 <= k <= n:
        raise ValueError(f"without replacement k must be between 1 and n = {n}; got {k:g}")
    return (n - k) / (k * (n - 1)) if n > 1 else 0.0


def _samples(hessians, weights, k, replace):
    q = np.asarray(hessians, dtype=np.float64)
    q = q[:, None, None] if q.ndim == 1 else q
    if q.ndim != 3 or q.shape[1] != q.shape[2] or q.size == 0 or not np.isfinite(q).all():
        raise ValueError(f"hessians must be finite, (n, p, p) or in one dimension (n,); got {np.shape(hessians)}")
    if q.shape[1] > LARGEST:
        raise ValueError(f"at most {LARGEST} dimensions here, got {q.shape[1]}; diagonal ones have separable_limit")
    if weights is not None and not replace:
        raise ValueError("weights need replace=True")
    w = np.ones(q.shape[0]) if weights is None else np.asarray(weights, float)
    if w.shape != (q.shape[0],) or not np.isfinite(w).all() or w.min() < 0 or w.sum() <= 0:
        raise ValueError(f"weights must be {q.shape[0]} numbers >= 0, not all 0; got shape {w.shape}")
    return q, w / w.sum(), batch_factor(k, q.shape[0], replace)


def _positive(name, values):
    array = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if array.ndim != 1 or array.size == 0 or not (np.isfinite(array).all() and array.min() > 0):
        raise ValueError(f"{name} must be finite and > 0; got {values!r}")
    return array


def _eigenvalues(values):
    return np.sort(_positive("eigenvalues", values))[::-1]


def _spread(name, value):
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0; got {value!r}")
    return float(value)


def _batch(k):
    array = np.asarray(k, dtype=np.float64)
    if array.size == 0 or not np.all(array > 0):
        raise ValueError(f"the batch size k must be > 0; got {k!r}")
    return array


def _like(k, values):
    return float(values) if np.ndim(k) == 0 else np.asarray(values)
