"""Points and lines that have what one asks for, by Newton's method. Explained in thread/h1-high-dimensions."""

from typing import NamedTuple

import numpy as np

from .arguments import array, count, fits, number


class CriticalPoints(NamedTuple):
    """Points where the gradient of a loss vanishes, lowest first."""

    theta: np.ndarray  # (points, d)
    loss: np.ndarray  # (points,)
    eigenvalues: np.ndarray  # (points, d) of the Hessian, smallest first
    index: np.ndarray  # (points,) how many eigenvalues are negative: 0 at minima, d at maxima


class Lines(NamedTuple):
    """Straight lines origin + t direction through the space of theta."""

    origin: np.ndarray  # (lines, d)
    direction: np.ndarray  # (lines, d)


def critical_points(objective, starts, *, steps=100, reach=0.1, tolerance=1e-8):
    """Minima, saddles and maxima, as CriticalPoints: Newton's method on the gradient from each start.

    starts : (walkers, d); steps : Newton steps; reach : the longest step, times sqrt(d); tolerance : the largest
    length of the gradient that passes for 0. Each point is counted once, at six digits.

    Newton's method takes to all kinds alike, but not every start arrives, and points in wide surroundings are found
    more often: this is a sample, not a census. Short steps keep it from depending on rounding.

    Raises ValueError for starts of another shape, steps < 1, reach or tolerance <= 0, and past MEMORY_LIMIT.
    Source: Dauphin et al. 2014, section 3. Explained in thread/h1-high-dimensions.
    """
    theta, d = array("starts", starts).copy(), objective.dimension
    if theta.ndim != 2 or theta.shape[0] == 0 or theta.shape[1] != d:
        raise ValueError(f"starts must be (walkers, {d}); got shape {theta.shape}")
    reach, tolerance = number("reach", reach, above=0) * np.sqrt(d), number("tolerance", tolerance, above=0)
    fits(theta.shape[0], 2 * d, d)
    for _ in range(count("steps", steps, 1)):
        h, g = objective.hessian(theta), _gradients(objective, theta)
        h += (1e-14 * abs(h).max(axis=(1, 2)) + 1e-100)[:, None, None] * np.eye(d)
        step = np.linalg.solve(h, g[:, :, None])[:, :, 0]
        theta -= step * np.minimum(1.0, reach / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-300))
    theta = theta[np.linalg.norm(_gradients(objective, theta), axis=1) <= tolerance]
    theta = theta[np.sort(np.unique(theta.round(6), axis=0, return_index=True)[1])]
    if theta.shape[0] == 0:
        return CriticalPoints(theta, np.empty(0), np.empty((0, d)), np.empty(0, int))
    loss = objective.loss(theta)
    theta, loss = theta[np.argsort(loss)], np.sort(loss)
    eigenvalues = np.linalg.eigvalsh(objective.hessian(theta))
    return CriticalPoints(theta, loss, eigenvalues, (eigenvalues < 0).sum(axis=1))


def lines_with_losses(objective, origin, direction, t, losses, *, steps=60):
    """Straight lines along which the loss has wanted values, as Lines: least squares from given lines.

    origin, direction : (lines, d) to begin with; t : (m,) places on each line; losses : (lines, m) wanted there.
    steps : Levenberg-Marquardt steps, each the shortest that would cure the errors if the loss were linear.

    The values are met as well as the loss allows; compare ``objective.loss(origin + t direction)`` with them.

    Raises ValueError for shapes that do not fit together, steps < 1, and past MEMORY_LIMIT.
    Source: Levenberg 1944, Marquardt 1963; the question: Czarnecki et al. 2019.
    Explained in thread/h1-high-dimensions.
    """
    o, u = array("origin", origin).copy(), array("direction", direction).copy()
    t, wanted, d = array("t", t), array("losses", losses), objective.dimension
    if o.ndim != 2 or o.shape[1] != d or u.shape != o.shape or t.ndim != 1 or wanted.shape != (o.shape[0], t.size):
        raise ValueError(
            f"origin and direction must be (lines, {d}), t (m,) and losses (lines, m); "
            f"got shapes {o.shape}, {u.shape}, {t.shape} and {wanted.shape}"
        )
    fits(o.shape[0], t.size, d)
    error, damping = _along(objective, o, u, t) - wanted, np.full(o.shape[0], 1e-2)
    for _ in range(count("steps", steps, 1)):
        g = objective.gradient((o[:, None] + t[:, None] * u[:, None]).reshape(-1, d)).reshape(*wanted.shape, d)
        gram = (g @ g.swapaxes(1, 2)) * (1 + np.outer(t, t))
        size = np.trace(gram, axis1=1, axis2=2) / t.size
        gram += (damping * size + 1e-300)[:, None, None] * np.eye(t.size)
        w = np.linalg.solve(gram, error[:, :, None])[:, :, 0]
        new_o, new_u = o - np.einsum("lm,lmd->ld", w, g), u - np.einsum("lm,lmd->ld", w * t, g)
        new = _along(objective, new_o, new_u, t) - wanted
        better = (new**2).sum(axis=1) < (error**2).sum(axis=1)
        o[better], u[better], error[better] = new_o[better], new_u[better], new[better]
        damping = np.where(better, np.maximum(damping / 4, 1e-9), np.minimum(damping * 4, 1e9))
    return Lines(o, u)


def _along(objective, o, u, t):
    points = (o[:, None] + t[:, None] * u[:, None]).reshape(-1, objective.dimension)
    return objective.loss(points).reshape(o.shape[0], t.size)


def _gradients(objective, theta):
    return objective.gradient(theta).reshape(theta.shape)
