"""Landscapes without data whose minima, saddles and curvatures are known in closed form.

They have no batches: randomness comes from added noise (:mod:`escapelab.noise`).
"""

import math

import numpy as np

from ..arguments import array, count, each, number
from ..plug import LANES, compiled, fma
from ..vecmath import sincos
from .objective import Objective, plugs


@compiled("mean")
def _quadratic_mean(theta, data, c, out):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            out[j, i] = c[2 * j] * (theta[j, i] - c[2 * j + 1])


@compiled("loss")
def _quadratic_loss(theta, data, c, out):
    out[:] = 0.0
    for j in range(theta.shape[0]):
        for i in range(LANES):
            e = theta[j, i] - c[2 * j + 1]
            out[i] = fma(0.5 * c[2 * j] * e, e, out[i])


@compiled("loss")
def _quadratic_curvature(theta, data, c, out):
    out[:] = 0.0
    for j in range(theta.shape[0]):
        out[:] += c[2 * j]


def quadratic(curvatures=1.0, *, minimiser=0.0):
    """1/2 sum_j lambda_j (theta_j - m_j)^2; curvatures (d,) of any sign, minimiser a number or (d,).

    Raises ValueError for empty or non-finite input. Explained in thread/q1-why-it-settles.
    """
    curvatures = np.atleast_1d(array("curvatures", curvatures))
    if curvatures.ndim != 1 or curvatures.size == 0:
        raise ValueError(f"curvatures must be a list of numbers; got shape {curvatures.shape}")
    c = np.column_stack([curvatures, each("minimiser", minimiser, curvatures.size)]).ravel()
    three = plugs(_quadratic_loss, _quadratic_mean, constants=c, curvature=_quadratic_curvature)
    return Objective("quadratic", curvatures.size, three)


@compiled("mean")
def _spiky_mean(theta, data, c, out):
    for j in range(theta.shape[0]):
        x, g = theta[j], out[j]
        for i in range(LANES):
            g[i] = fma(c[0], x[i], c[1] * c[2] * sincos(c[2] * x[i])[0])


@compiled("loss")
def _spiky_loss(theta, data, c, out):
    out[:] = 0.0
    for j in range(theta.shape[0]):
        for i in range(LANES):
            x = theta[j, i]
            ripple = c[1] * (1.0 - sincos(c[2] * x)[1])
            out[i] += fma(0.5 * c[0] * x, x, ripple)


@compiled("loss")
def _spiky_curvature(theta, data, c, out):
    out[:] = 0.0
    for j in range(theta.shape[0]):
        for i in range(LANES):
            out[i] += fma(c[1] * c[2] * c[2], sincos(c[2] * theta[j, i])[1], c[0])


def spiky(*, curvature=1.0, height=3 / (4 * np.pi), frequency=4 * np.pi, dimension=1):
    """sum_j c0 theta_j^2 / 2 + a (1 - cos(w theta_j)): a bowl of curvature c0 with ripples of height 2a.

    The default is the book's analogue of the function in Kleinberg, Li and Yuan's figure 3, which the
    paper does not give. Raises ValueError unless curvature, height >= 0, frequency > 0, dimension >= 1.
    Explained in smoothing/s2-spiky.
    """
    bowl, ripple = number("curvature", curvature, least=0), number("height", height, least=0)
    c = (bowl, ripple, number("frequency", frequency, above=0))
    three = plugs(_spiky_loss, _spiky_mean, constants=c, curvature=_spiky_curvature)
    return Objective("spiky", count("dimension", dimension, 1), three)


@compiled("mean")
def _well_mean(theta, data, c, out):
    x, g = theta[0], out[0]
    for i in range(LANES):
        z = x[i] / c[1]
        g[i] = fma(4.0 * c[0] / c[1] * z, fma(z, z, -1.0), c[2])


@compiled("loss")
def _well_loss(theta, data, c, out):
    for i in range(LANES):
        z = theta[0, i] / c[1]
        u = fma(z, z, -1.0)
        out[i] = fma(c[0] * u, u, c[2] * theta[0, i])


@compiled("loss")
def _well_curvature(theta, data, c, out):
    for i in range(LANES):
        z = theta[0, i] / c[1]
        out[i] = 4.0 * c[0] / (c[1] * c[1]) * fma(3.0 * z, z, -1.0)


def double_well(*, height=0.25, half_width=1.0, tilt=0.0):
    """h ((theta / w)^2 - 1)^2 + tilt theta: minimisers at +-w and a barrier of height h between them when tilt = 0.

    Curvature at the minima 8 h / w^2. Raises ValueError unless height > 0 and half_width > 0.
    Explained in thread/q5-how-deep.
    """
    c = (number("height", height, above=0), number("half_width", half_width, above=0), number("tilt", tilt))
    return Objective("double_well", 1, plugs(_well_loss, _well_mean, constants=c, curvature=_well_curvature))


@compiled("mean")
def _saddle_mean(theta, data, c, out):
    x, y, gx, gy = theta[0], theta[1], out[0], out[1]
    for i in range(LANES):
        gx[i] = c[0] * x[i]
        gy[i] = y[i] * fma(4.0 * c[2] * y[i], y[i], -c[1])


@compiled("loss")
def _saddle_loss(theta, data, c, out):
    for i in range(LANES):
        x, y = theta[0, i], theta[1, i]
        out[i] = fma(0.5 * c[0] * x, x, y * y * fma(c[2] * y, y, -0.5 * c[1]))


def saddle(*, up=2.0, down=2.0, quartic=0.0):
    """a x^2 / 2 - b y^2 / 2 + q y^4: a saddle at the origin, up along x and down along y.

    The default is x^2 - y^2, unbounded below. With quartic q > 0 there are minimisers at
    y = +- sqrt(b / (4 q)). With down = 0 and q < 0 the saddle is degenerate: flat to second order along y.
    Raises ValueError unless up > 0 and down >= 0, or if down and quartic are both 0. Explained in practice/p2-saddles.
    """
    c = (number("up", up, above=0), number("down", down, least=0), number("quartic", quartic))
    if c[1] == 0 and c[2] == 0:
        raise ValueError("a saddle needs down > 0 or quartic != 0; got both 0")
    return Objective("saddle", 2, plugs(_saddle_loss, _saddle_mean, constants=c))


@compiled("mean")
def _bowl_mean(theta, data, c, out):
    d = theta.shape[0]
    for a in range(d):
        g = out[a]
        g[:] = 0.0
        for b in range(d):
            for i in range(LANES):
                g[i] = fma(c[a * d + b], theta[b, i], g[i])


@compiled("loss")
def _bowl_loss(theta, data, c, out):
    d = theta.shape[0]
    out[:] = 0.0
    for a in range(d):
        for b in range(d):
            for i in range(LANES):
                out[i] = fma(0.5 * c[a * d + b] * theta[a, i], theta[b, i], out[i])


def ravine(condition=100.0, *, dimension=2, steepest=1.0, seed=None):
    """theta' A theta / 2 with eigenvalues from steepest / condition to steepest, in equal ratios: a long narrow valley.

    condition : largest over smallest eigenvalue, >= 1.
    seed : None for axes along the coordinates, the flattest first; a number for axes turned by as many random
        reflections as there are dimensions (a random rotation or reflection; no seed shift moves it).

    Raises ValueError unless condition >= 1, dimension >= 2, steepest > 0. Explained in practice/p10-ravines.
    """
    ratio, d = number("condition", condition, least=1), count("dimension", dimension, 2)
    curvatures = number("steepest", steepest, above=0) * ratio ** (np.arange(d) / (d - 1) - 1.0)
    if seed is None:
        return quadratic(curvatures)
    matrix = np.diag(curvatures)
    for v in np.random.default_rng(seed).normal(size=(d, d)):
        product, square = np.array([math.fsum(row * v) for row in matrix]), math.fsum(v * v)
        matrix = matrix - 2.0 / square * (np.outer(v, product) + np.outer(product, v))
        matrix += 4.0 * math.fsum(v * product) / square**2 * np.outer(v, v)
    return Objective("ravine", d, plugs(_bowl_loss, _bowl_mean, constants=((matrix + matrix.T) / 2).ravel()))
