"""The loss that SGD feels: a one-dimensional loss convolved with uniform noise. Explained in smoothing/s2-spiky.

Kleinberg, Li and Yuan (2018) write a step as y = x - eta f'(x), then x' = y - eta w with E w = 0, so that
E x' - eta E f'(x') = y - eta F'(y) with F(y) = E f(y - eta w): seen from y, SGD descends F. With w uniform on
[-r, r] the kernel is uniform on [-rho, rho], and rho = eta r is the ``width`` here, in units of theta.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

LOWEST_SINC = -0.21723362821122166  # the minimum of sin(z) / z, where z = tan(z), z = 4.493409457909064


class OnePoint(NamedTuple):
    """How strongly a gradient points to a minimiser, at worst."""

    c: float  # infimum of <F'(y), y - x*> / |y - x*|^2, units of the loss over theta^2
    where: float  # a y at which it is reached, or nearly


def convolved_loss(objective, x, width, *, nodes=64):
    """Mean of the loss over [x - width, x + width], by Gauss-Legendre quadrature; a float or (points,) as x.

    objective : one-dimensional Objective.
    width : half-width rho = eta r of the kernel, >= 0; 0 gives the loss itself.
    nodes : points of the quadrature, exact for polynomials of degree 2 nodes - 1.

    Raises ValueError for an objective of more dimensions, for x that is not finite, a negative width, nodes < 1.
    Source: E f(y - eta w), Kleinberg, Li and Yuan 2018, Assumption 1. Explained in smoothing/s2-spiky.
    """
    return _average(objective, objective.loss, x, width, nodes)


def convolved_gradient(objective, x, width, *, nodes=64):
    """Derivative of :func:`convolved_loss`: the mean of the gradient over [x - width, x + width]; shapes as there.

    For width > 0 it is the slope of a chord, (f(x + width) - f(x - width)) / (2 width).

    Raises ValueError as :func:`convolved_loss` does.
    Source: grad E f(y - eta w), Kleinberg, Li and Yuan 2018, Assumption 1. Explained in smoothing/s2-spiky.
    """
    return _average(objective, objective.gradient, x, width, nodes)


def one_point_constant(objective, width, *, low, high, minimiser=0.0, points=2001):
    """The largest c of the main assumption on [low, high], found on a grid and refined: an OnePoint.

    objective, width : as in :func:`convolved_loss`.
    low, high : interval of y; a neighbourhood of the minimiser of a millionth of its length is left out.
    minimiser : x*, towards which the convolved gradient should point.
    points : size of the grid, at least 3; choose it much finer than the ripples of the loss.

    Raises ValueError unless low < high and points >= 3, and as :func:`convolved_loss` does.
    Source: <-grad E f(y - eta w), x* - y> >= c |x* - y|^2, Kleinberg, Li and Yuan 2018, Assumption 1.
    Explained in smoothing/s2-spiky.
    """
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"one_point_constant needs finite low < high; got {low!r} and {high!r}")
    if points < 3:
        raise ValueError(f"points must be at least 3; got {points!r}")
    gap = 1e-6 * (high - low)

    def quotient(y):
        away = np.where(np.abs(y - minimiser) < gap, gap, y - minimiser)
        return convolved_gradient(objective, minimiser + away, width) / away

    grid = np.linspace(low, high, points)
    values = quotient(grid)
    best = int(np.argmin(values))
    around = grid[max(best - 1, 0)], grid[min(best + 1, points - 1)]
    refined = minimize_scalar(lambda y: float(quotient(y)), bounds=around, method="bounded", options={"xatol": 1e-10})
    if refined.fun < values[best]:
        return OnePoint(float(refined.fun), float(refined.x))
    return OnePoint(float(values[best]), float(grid[best]))


def ripple(width, frequency):
    """S = sin(w rho) / (w rho): what is left of a ripple cos(w x) after the convolution; 1 at width 0.

    width : (...) half-width rho >= 0.
    frequency : w > 0, in radians a unit of theta.

    Returns a float or (...). Where S is negative the ripple is turned over.

    Raises ValueError for a negative width or a frequency that is not positive.
    Source: the Fourier transform of the uniform law. Explained in smoothing/s2-spiky.
    """
    width, frequency = _width(width), _positive("frequency", frequency)
    return _plain(np.sinc(frequency * width / np.pi))


def spiky_loss(x, width, *, curvature=1.0, height=3 / (4 * np.pi), frequency=4 * np.pi):
    """The spiky loss of :func:`escapelab.objectives.spiky` after the convolution, in closed form.

    c0 (x^2 + rho^2 / 3) / 2 + a (1 - S cos(w x)) with S = ripple(rho, w); x and width broadcast.

    Raises ValueError as :func:`ripple` does. Source: integration. Explained in smoothing/s2-spiky.
    """
    x, width = np.asarray(x, float), _width(width)
    bowl = curvature * (x**2 + width**2 / 3) / 2
    return _plain(bowl + height * (1 - ripple(width, frequency) * np.cos(frequency * x)))


def spiky_gradient(x, width, *, curvature=1.0, height=3 / (4 * np.pi), frequency=4 * np.pi):
    """Derivative of :func:`spiky_loss`: c0 x + a w S sin(w x); x and width broadcast.

    Raises ValueError as :func:`ripple` does. Source: differentiation. Explained in smoothing/s2-spiky.
    """
    x = np.asarray(x, float)
    return _plain(curvature * x + height * frequency * ripple(width, frequency) * np.sin(frequency * x))


def spiky_one_point(width, *, curvature=1.0, height=3 / (4 * np.pi), frequency=4 * np.pi):
    """The c of the main assumption for the spiky loss on the whole line, towards its minimiser 0; a float or (...).

    F'(y) / y = c0 + a w^2 S sin(z) / z with z = w y, whose infimum is c0 - 0.2172 a w^2 S for S >= 0 and
    c0 + a w^2 S for S < 0. Not monotone in the width.

    Raises ValueError as :func:`ripple` does.
    Source: Kleinberg, Li and Yuan 2018, Assumption 1, for this loss. Explained in smoothing/s2-spiky.
    """
    left = np.asarray(ripple(width, frequency))
    return _plain(curvature + height * frequency**2 * np.where(left >= 0, LOWEST_SINC, 1.0) * left)


def _average(objective, function, x, width, nodes):
    if objective.dimension != 1:
        raise ValueError(f"the convolution is for one dimension; {objective.name} has {objective.dimension}")
    if nodes < 1:
        raise ValueError(f"nodes must be at least 1; got {nodes!r}")
    x, width = np.asarray(x, float), float(_width(width))
    if not np.all(np.isfinite(x)):
        raise ValueError("x must be finite numbers; it holds NaN or infinity")
    u, weights = np.polynomial.legendre.leggauss(nodes)
    values = function((x[..., None] + width * u).ravel())
    return _plain(values.reshape(*x.shape, nodes) @ (weights / 2))


def _width(width):
    array = np.asarray(width, float)
    if not (np.all(np.isfinite(array)) and np.all(array >= 0)):
        raise ValueError(f"width must be finite and at least 0; got {width!r}")
    return array


def _positive(name, value):
    number = float(value)
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive number; got {value!r}")
    return number


def _plain(array):
    return float(array) if np.ndim(array) == 0 else array
