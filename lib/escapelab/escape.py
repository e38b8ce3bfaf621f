"""Where walkers are and when they leave: basins of a one-dimensional cost. Explained in start/two-pictures."""

from typing import NamedTuple

import numpy as np
import scipy

from .arguments import count, number


class Basins(NamedTuple):
    """Minimisers of a one-dimensional cost on an interval and the maximisers that part their basins."""

    minimisers: np.ndarray  # (m,) increasing
    minima: np.ndarray  # (m,) loss there
    edges: np.ndarray  # (m + 1,) maximisers between neighbours; the ends are the interval's
    unresolved: np.ndarray = np.empty((0, 2))  # (u, 2) ends of intervals where the gradient all but touches 0

    def which(self, theta):
        """Number of the basin of each theta (points,); -1 outside the interval."""
        theta = np.asarray(theta, float)
        inside = (theta >= self.edges[0]) & (theta <= self.edges[-1])
        return np.where(inside, np.searchsorted(self.edges[1:-1], theta, side="right"), -1)

    def nearest(self, theta):
        """Number of the minimiser nearest to theta (points,)."""
        return np.abs(np.asarray(theta, float)[..., None] - self.minimisers).argmin(axis=-1)


def basins(objective, low, high, *, points=20_001, bend=None):
    """All basins of a one-dimensional objective between low and high, as Basins.

    points : places where the search begins, equally spaced, at least 3.
    bend : a bound on |g''|, the second derivative of the gradient, on all of the interval. Without it, it is taken near
        each place as twice the largest second difference of the gradient at the five places around.

    An interval between neighbours is halved until the bound proves that it holds no stationary point (the gradient's
    chord is farther from 0 than g'' can bend it) or that the gradient is monotone on it, hence holds at most one; that
    one is found by bisection, to rounding. What is not proved at a width of 1e-9 (high - low) is in ``unresolved``:
    double roots, near-tangencies within rounding (which is measured), and stretches of zero gradient. If the gradient
    changes sign across such an interval, one stationary point of it is listed; if not, none is.

    So with a true ``bend`` the list is complete but for ``unresolved``. With the estimate it is complete where the
    gradient bends at most twice as much between places as at them: a feature much narrower than the spacing
    (high - low) / (points - 1) can be missed.

    Raises ValueError unless the objective has one dimension, low < high, bend >= 0, points >= 3, and there is a
    minimiser between them. Source: the error of linear interpolation, g'' h^2 / 8. Explained in start/two-pictures.
    """
    if objective.dimension != 1:
        raise ValueError(f"basins are found in one dimension; {objective.name} has {objective.dimension}")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"basins need low < high; got {low!r}, {high!r}")
    brackets, unresolved = _brackets(objective, low, high, count("points", points, 3), bend)
    rising = brackets[:, 2] < 0
    if not rising.any():
        raise ValueError(f"{objective.name} has no minimiser between {low} and {high}")
    minimisers = _bisect(objective, brackets[rising, 0], brackets[rising, 1], 1.0)
    maximisers = _bisect(objective, brackets[~rising, 0], brackets[~rising, 1], -1.0)
    between = maximisers[(maximisers > minimisers[0]) & (maximisers < minimisers[-1])]
    return Basins(minimisers, objective.loss(minimisers), np.concatenate([[low], between, [high]]), unresolved)


def _brackets(objective, low, high, points, bend):
    """Intervals across which the gradient changes sign, (b, 3) left, right, gradient at the left; and what is open."""
    x = np.linspace(low, high, points)
    g = objective.gradient(x)
    if (g[1:-1] == 0).any():  # a root on the grid shall lie inside an interval
        x[1:-1] += np.where(g[1:-1] == 0, 0.03125 * (x[1] - x[0]), 0.0)
        g = objective.gradient(x)
    tiny = 1e-12 * np.maximum(np.abs(x), x[1] - x[0])  # over which g does not bend: what is seen is rounding
    seen = np.abs(objective.gradient(x + tiny) - 2 * g + objective.gradient(x - tiny))
    noise, most = 4 * _near(seen, points - 1, 16), max(4 * points, 100_000)
    left, right, gl, gr = x[:-1], x[1:], g[:-1], g[1:]
    bends = _bends(x, g) if bend is None else np.full(points - 1, number("bend", bend, least=0))
    found, width = [], 1e-9 * (high - low)
    while left.size:
        h = right - left
        crossing = (gl < 0) != (gr < 0)
        empty = ~crossing & (np.minimum(np.abs(gl), np.abs(gr)) > bends * h**2 / 8 + noise)
        monotone = np.abs(gr - gl) > bends * h**2 + 2 * noise
        found.append(np.column_stack([left, right, gl])[crossing & monotone])
        still = ~(empty | monotone)
        left, right, gl, gr, bends, noise, h = (part[still] for part in (left, right, gl, gr, bends, noise, h))
        if left.size == 0 or h.max() <= width or left.size > most:
            break
        middle = 0.5 * (left + right)
        gm = objective.gradient(middle)
        if (gm == 0).any():
            middle += np.where(gm == 0, 0.03125 * h, 0.0)
            gm = objective.gradient(middle)
        left, right = np.stack([left, middle], 1).ravel(), np.stack([middle, right], 1).ravel()
        gl, gr = np.stack([gl, gm], 1).ravel(), np.stack([gm, gr], 1).ravel()
        bends, noise = np.repeat(bends, 2), np.repeat(noise, 2)
    starts = np.flatnonzero(np.concatenate([[True], left[1:] > right[:-1]])) if left.size else np.empty(0, int)
    ends = np.append(starts[1:], left.size)[: starts.size] - 1
    open_ended = np.column_stack([left[starts], right[ends]])
    crossing = (gl[starts] < 0) != (gr[ends] < 0)
    found.append(np.column_stack([open_ended, gl[starts]])[crossing])
    brackets = np.concatenate(found)
    return brackets[np.argsort(brackets[:, 0])], open_ended


def _bends(x, g):
    """Twice the largest second difference of g near each interval (points - 1,)."""
    slopes = np.diff(g) / np.diff(x)
    second = np.abs(np.diff(slopes)) / (0.5 * (x[2:] - x[:-2]))
    return 2 * _near(second, x.size - 1, 6)


def _near(values, intervals, size):
    """Largest of about so many values around each interval (intervals,)."""
    around = scipy.ndimage.maximum_filter1d(values, size, mode="nearest")
    first = (values.size - intervals) // 2  # g has one value more than there are intervals, its bends one less
    return around[np.clip(np.arange(intervals) + first, 0, values.size - 1)]


def _bisect(objective, left, right, sign):
    """Where sign * gradient changes from - to + between left and right (m,)."""
    for _ in range(80):
        middle = 0.5 * (left + right)
        below = sign * objective.gradient(middle) < 0 if middle.size else np.empty(0, bool)
        left, right = np.where(below, middle, left), np.where(below, right, middle)
    return 0.5 * (left + right)
