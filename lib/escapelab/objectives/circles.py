"""Quadratic-circle sums, Patel's first test problem. Explained in geometry/g8-quadratic-circle."""

import numpy as np

from ..arguments import array, count
from ..plug import LANES, compiled, fma, inlined
from .objective import Objective, plugs


@inlined
def _parts(x, y, q1, q2, q3, c1, c2, c3, c4):
    """Of one component at (x, y): its value, and its derivatives by x and y."""
    e = y - fma(q2 * x, x, q3)
    bowl = q1 * e * e
    r = np.sqrt(fma(x, x, y * y))
    t = min(max((r - c2) / (c3 - c2), 0.0), 1.0)
    circle = fma(c1 * t * t * t, fma(t, fma(6.0, t, -15.0), 10.0), c4)
    u = t * (1.0 - t)
    wall = c1 / (c3 - c2) * 30.0 * u * u / (r if r > 0.0 else 1.0)
    quadratic = bowl <= circle
    value = bowl if quadratic else circle
    dx = -4.0 * q1 * q2 * e * x if quadratic else wall * x
    dy = 2.0 * q1 * e if quadratic else wall * y
    return value, dx, dy


@compiled("gradient")
def _circle_gradient(theta, picks, data, c, out):
    k = picks.shape[0]
    row = np.empty((7, LANES))
    out[:] = 0.0
    for j in range(k):
        for i in range(LANES):
            sample = np.uint32(picks[j, i])
            for a in range(7):
                row[a, i] = data[sample, a]
        for i in range(LANES):
            _, dx, dy = _parts(
                theta[0, i], theta[1, i], row[0, i], row[1, i], row[2, i], row[3, i], row[4, i], row[5, i], row[6, i]
            )
            out[0, i] += dx
            out[1, i] += dy
    for i in range(LANES):
        out[0, i] /= k
        out[1, i] /= k


@compiled("mean")
def _circle_mean(theta, data, c, out):
    out[:] = 0.0
    for j in range(data.shape[0]):
        q1, q2, q3, c1, c2, c3, c4 = data[j, 0], data[j, 1], data[j, 2], data[j, 3], data[j, 4], data[j, 5], data[j, 6]
        for i in range(LANES):
            _, dx, dy = _parts(theta[0, i], theta[1, i], q1, q2, q3, c1, c2, c3, c4)
            out[0, i] = fma(c[j], dx, out[0, i])
            out[1, i] = fma(c[j], dy, out[1, i])


@compiled("loss")
def _circle_loss(theta, data, c, out):
    out[:] = 0.0
    for j in range(data.shape[0]):
        q1, q2, q3, c1, c2, c3, c4 = data[j, 0], data[j, 1], data[j, 2], data[j, 3], data[j, 4], data[j, 5], data[j, 6]
        for i in range(LANES):
            out[i] = fma(c[j], _parts(theta[0, i], theta[1, i], q1, q2, q3, c1, c2, c3, c4)[0], out[i])


def quadratic_circle(parameters, *, weights=None):
    """sum_i p_i min(g_i, h_i) over points (x, y): each component the lower of a parabolic valley and a round crater.

    g = q1 (y - q2 x^2 - q3)^2. h = c4 within radius c2, c4 + c1 beyond c3, and between them, with
    t = (r - c2) / (c3 - c2), c4 + c1 t^3 (6 t^2 - 15 t + 10). Where they are equal the gradient is that of g.

    parameters (n, 7): rows q1, q2, q3, c1, c2, c3, c4. weights (n,): probabilities p_i, by default equal.

    Raises ValueError unless q1, q2, c1, c2, c4 >= 0 and c2 < c3, for weights that are no probabilities, and for
    empty or non-finite input. Source: Patel 2018, Problem 4.1, (A1)-(A3), Remark 3.
    Explained in geometry/g8-quadratic-circle.
    """
    rows = np.atleast_2d(array("parameters", parameters))
    if rows.ndim != 2 or rows.shape[1] != 7 or rows.size == 0:
        raise ValueError(f"parameters must be rows q1, q2, q3, c1, c2, c3, c4; got shape {np.shape(parameters)}")
    if np.any(rows[:, [0, 1, 3, 4, 6]] < 0) or np.any(rows[:, 4] >= rows[:, 5]):
        raise ValueError("parameters must have q1, q2, c1, c2, c4 >= 0 and c2 < c3 in each row")
    n = rows.shape[0]
    p = np.full(n, 1 / n) if weights is None else array("weights", weights)
    if p.shape != (n,) or np.any(p < 0) or p.sum() <= 0:
        raise ValueError(f"weights must be {n} numbers >= 0 with a positive sum; got {weights!r}")
    p = p / p.sum()
    three = plugs(_circle_loss, _circle_mean, _circle_gradient, p)
    return Objective("quadratic_circle", 2, three, rows, None if weights is None else p)


def quadratic_circle_model(model=1, *, seed=0, components=100):
    """Patel's model 1, 2, 3 or 4 of the quadratic-circle sums, with equal weights.

    The paper publishes no parameters: this recipe is inferred from its Tables 2 and 3. q1 = a U(.95, 1.05) with
    a = 0.2 (models 1 and 3, a sharp quadratic basin) or 0.001 (2 and 4); q2 ~ U(.09, .11), q3 = -15;
    c1 = A U(.95, 1.05) with A = 1 (models 1 and 2, a sharp crater) or 1/16 (3 and 4); c3 = 20 U(.95, 1.05);
    c2 = c4 = 0. The minimisers are (0, 0) in the crater and (0, -15) in the valley, both homogeneous; the paper
    clips to (-10, 10) x (-20, 15). The draws are part of the definition (numpy's default_rng(seed)); no seed
    shift moves them.

    Raises ValueError unless model is 1 to 4 and components >= 1. Explained in geometry/g8-quadratic-circle.
    """
    if count("model", model, 1) > 4:
        raise ValueError(f"model must be 1, 2, 3 or 4; got {model}")
    n = count("components", components, 1)
    u = np.random.default_rng(seed).uniform(-1, 1, (4, n))
    q1, q2 = (0.2 if model in (1, 3) else 0.001) * (1 + 0.05 * u[0]), 0.1 + 0.01 * u[1]
    c1, c3 = (1.0 if model in (1, 2) else 1 / 16) * (1 + 0.05 * u[2]), 20 * (1 + 0.05 * u[3])
    zero = np.zeros(n)
    return quadratic_circle(np.column_stack([q1, q2, np.full(n, -15.0), c1, zero, c3, zero]))
