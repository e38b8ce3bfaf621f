"""Sums of quartics, each along one coordinate: every minimiser, and its curvature from six moments a coordinate.

The loss is the sum over components i of w_i (c1 x^4 + c2 x^2 + c3 x) / 2 with x = theta at the component's coordinate:
the Styblinski-Tang sums of Patel, Problem 5.1. Explained in geometry/g10-styblinski-tang.
"""

from typing import NamedTuple

import numpy as np


class Moments(NamedTuple):
    """Weighted sums over the components that act on each coordinate; a bare number is a power of c1, c2, c3."""

    c1: np.ndarray  # (p,)
    c2: np.ndarray  # (p,)
    c3: np.ndarray  # (p,)
    c11: np.ndarray  # (p,) sums of c1^2
    c12: np.ndarray  # (p,) sums of c1 c2
    c22: np.ndarray  # (p,) sums of c2^2


def moments(components, weights, dimension):
    """Moments of a sum of quartics.

    components : (n, 4) rows (coordinate, c1, c2, c3), coordinate a whole number 0 .. dimension - 1.
    weights : (n,) probabilities; they are normalised.

    Raises ValueError for wrong shapes, NaN, a coordinate out of range, or a negative weight.
    """
    rows, w = np.asarray(components, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] != 4 or rows.shape[0] == 0 or not np.isfinite(rows).all():
        raise ValueError(f"components must be finite rows (coordinate, c1, c2, c3); got shape {rows.shape}")
    if w.shape != rows.shape[:1] or not np.isfinite(w).all() or w.min() < 0 or w.sum() <= 0:
        raise ValueError(f"weights must be {rows.shape[0]} numbers >= 0, not all 0; got shape {w.shape}")
    place = rows[:, 0].astype(np.int64)
    if np.any(place != rows[:, 0]) or place.min() < 0 or place.max() >= dimension:
        raise ValueError(f"coordinates must be whole numbers between 0 and {dimension - 1}")
    w, (c1, c2, c3) = w / w.sum(), rows[:, 1:].T
    values = (c1, c2, c3, c1 * c1, c1 * c2, c2 * c2)
    return Moments(*(np.bincount(place, w * value, minlength=dimension) for value in values))


def minimisers(moments):
    """The two minimisers along each coordinate, exactly: (2, p), the left one first.

    They are the outer roots of 2 c1 x^3 + c2 x + c3 / 2, by the cosine formula. All 2^p choices of one per
    coordinate are minimisers of the sum.

    Raises ValueError for a coordinate that has one minimum only, or none.
    """
    with np.errstate(all="ignore"):
        linear, constant = moments.c2 / (2 * moments.c1), moments.c3 / (4 * moments.c1)
    single = ~((moments.c1 > 0) & (4 * linear**3 + 27 * constant**2 < 0))
    if single.any():
        raise ValueError(f"coordinates {np.flatnonzero(single)} do not have two minima")
    radius = 2 * np.sqrt(-linear / 3)
    angle = np.arccos(3 * constant / (linear * radius)) / 3
    return np.stack([radius * np.cos(angle + 2 * np.pi / 3), radius * np.cos(angle)])


def barriers(moments):
    """The maximum between the two minimisers along each coordinate, exactly: (p,). ValueError as for minimisers."""
    left, right = minimisers(moments)
    return -left - right


def count(moments):
    """How many minimisers the sum has: the whole number 2^p."""
    return 2 ** minimisers(moments).shape[1]


def sharpest(moments):
    """The minimiser with the larger second derivative along every coordinate: (p,)."""
    return _chosen(moments, np.argmax)


def flattest(moments):
    """The minimiser with the smaller second derivative along every coordinate: (p,)."""
    return _chosen(moments, np.argmin)


def second_derivatives(moments, theta):
    """Mean and variance over the components of the second derivative along each coordinate: two (..., p).

    theta : (..., p). A component's second derivative is 6 c1 x^2 + c2 along its own coordinate and 0 elsewhere.
    Raises ValueError if the last axis of theta is not p.
    """
    theta = np.asarray(theta, dtype=np.float64)
    if theta.shape[-1:] != moments.c1.shape:
        raise ValueError(f"theta must have {moments.c1.size} coordinates in its last axis; got shape {theta.shape}")
    square = 6 * theta**2
    mean = square * moments.c1 + moments.c2
    return mean, square**2 * moments.c11 + 2 * square * moments.c12 + moments.c22 - mean**2


def _chosen(moments, choice):
    both = minimisers(moments)
    return np.take_along_axis(both, choice(second_derivatives(moments, both)[0], axis=0)[None], axis=0)[0]
