"""Regions whose first exit the simulator records. Explained in thread/q5-how-deep."""

import numpy as np

from .plug import LANES, compiled, make


@compiled("region")
def _everywhere(theta, c, inside):
    for i in range(LANES):
        inside[i] = 1


@compiled("region")
def _box(theta, c, inside):
    d = theta.shape[0]
    for j in range(d):
        x, low, high = theta[j], c[2 * j], c[2 * j + 1]
        for i in range(LANES):
            within = (x[i] >= low) & (x[i] <= high)
            inside[i] = within if j == 0 else inside[i] & within


@compiled("region")
def _ball(theta, c, inside):
    d = theta.shape[0]
    square = np.zeros(LANES)
    for j in range(d):
        for i in range(LANES):
            square[i] += (theta[j, i] - c[1 + j]) ** 2
    for i in range(LANES):
        inside[i] = square[i] <= c[0] * c[0]


def everywhere():
    """The whole space: no walker ever exits."""
    return make("region", _everywhere)


def interval(low, high):
    """low <= theta <= high in one dimension; raises ValueError unless low < high."""
    return box([low], [high])


def box(low, high):
    """low <= theta <= high in each coordinate; low, high (d,). Raises ValueError unless low < high."""
    low, high = np.atleast_1d(np.asarray(low, float)), np.atleast_1d(np.asarray(high, float))
    if low.shape != high.shape or low.ndim != 1 or not np.all(low < high):
        raise ValueError(f"a box needs low < high in every coordinate; got low = {low}, high = {high}")
    return make("region", _box, np.column_stack([low, high]).ravel())


def ball(centre, radius):
    """Points within ``radius`` of ``centre`` (d,) in the Euclidean norm; raises ValueError unless radius > 0."""
    if not (np.isfinite(radius) and radius > 0):
        raise ValueError(f"radius must be a number > 0; got {radius!r}")
    return make("region", _ball, np.concatenate([[radius], np.atleast_1d(np.asarray(centre, float))]))
