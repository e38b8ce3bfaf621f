"""W4: step-size thresholds of a Styblinski-Tang sum averaged over a ball: eigenvalues, s, t at 1,000 points."""

import numpy as np
from escapelab import objectives, quartics, thresholds
from harness import Case, present

POINTS, RADIUS, BATCH = 1_000, 0.1, 1
J = objectives.styblinski_tang(100, seed=0)
P = J.dimension
MINIMISER = quartics.sharpest(quartics.moments(J.data, J.weights, P))


def ball(seed):
    """Points (POINTS, p) uniform in the ball around the sharpest minimiser."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(POINTS, P))
    x *= RADIUS * rng.random((POINTS, 1)) ** (1 / P) / np.linalg.norm(x, axis=1, keepdims=True)
    return MINIMISER + x


def both(eigenvalues, s, t):
    """The two thresholds."""
    lower = thresholds.divergence_threshold(eigenvalues, s, BATCH)
    return np.array([lower, thresholds.convergence_threshold(eigenvalues, t, BATCH)])


def with_library(seed):
    moments = quartics.moments(J.data, J.weights, P)
    mean, variance = quartics.second_derivatives(moments, ball(seed))
    return both(mean.mean(axis=0), variance.mean(axis=0).min(), variance.mean(axis=0).max())


def with_obvious_numpy(seed):
    place, c1, c2 = J.data[:, 0].astype(int), J.data[:, 1], J.data[:, 2]
    hessian, square = np.zeros((P, P)), np.zeros((P, P))
    for point in ball(seed):
        samples = np.zeros((J.data.shape[0], P))
        samples[np.arange(place.size), place] = 6 * c1 * point[place] ** 2 + c2
        mean = np.diag(J.weights @ samples)
        hessian += mean / POINTS
        square += (np.diag(J.weights @ samples**2) - mean @ mean) / POINTS
    spread = np.linalg.eigvalsh(square)
    return both(np.linalg.eigvalsh(hessian), spread[0], spread[-1])


def cases():
    """One; both get the same points."""
    contestants = present(escapelab=with_library, obvious=with_obvious_numpy)
    yield Case("W4, thresholds at 1,000 points", "call", 1, contestants, {"obvious NumPy": 100}, 1e-9)
