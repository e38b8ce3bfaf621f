"""Where walkers are and when they leave: basins of a one-dimensional cost. Explained in start/two-pictures."""

from typing import NamedTuple

import numpy as np


class Basins(NamedTuple):
    """Minimisers of a one-dimensional cost on an interval and the maximisers that part their basins."""

    minimisers: np.ndarray  # (m,) increasing
    minima: np.ndarray  # (m,) loss there
    edges: np.ndarray  # (m + 1,) maximisers between neighbours; the ends are the interval's

    def which(self, theta):
        """Number of the basin of each theta (points,); -1 outside the interval."""
        theta = np.asarray(theta, float)
        inside = (theta >= self.edges[0]) & (theta <= self.edges[-1])
        return np.where(inside, np.searchsorted(self.edges[1:-1], theta, side="right"), -1)

    def nearest(self, theta):
        """Number of the minimiser nearest to theta (points,)."""
        return np.abs(np.asarray(theta, float)[..., None] - self.minimisers).argmin(axis=-1)


def basins(objective, low, high, *, points=20_001):
    """All basins of a one-dimensional objective between low and high.

    Sign changes of the gradient on ``points`` equally spaced places, then bisection to rounding. Two stationary
    points closer together than one spacing are missed: the spacing is (high - low) / (points - 1).

    Raises ValueError unless the objective has one dimension, low < high, and there is a minimiser between them.
    """
    if objective.dimension != 1:
        raise ValueError(f"basins are found in one dimension; {objective.name} has {objective.dimension}")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"basins need low < high; got {low!r}, {high!r}")
    x = np.linspace(low, high, points)
    g = objective.gradient(x)
    down = np.flatnonzero((g[:-1] < 0) & (g[1:] >= 0))
    up = np.flatnonzero((g[:-1] > 0) & (g[1:] <= 0))
    if down.size == 0:
        raise ValueError(f"{objective.name} has no minimiser between {low} and {high}")
    minimisers = _bisect(objective, x[down], x[down + 1], 1.0)
    maximisers = _bisect(objective, x[up], x[up + 1], -1.0)
    between = maximisers[(maximisers > minimisers[0]) & (maximisers < minimisers[-1])]
    return Basins(minimisers, objective.loss(minimisers), np.concatenate([[low], between, [high]]))


def _bisect(objective, left, right, sign):
    """Where sign * gradient changes from - to + between left and right (m,)."""
    for _ in range(80):
        middle = 0.5 * (left + right)
        below = sign * objective.gradient(middle) < 0 if middle.size else np.empty(0, bool)
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return 0.5 * (left + right)
