"""The loss that SGD feels: a one-dimensional loss convolved with uniform noise. Explained in smoothing/s2-spiky.

Kleinberg, Li and Yuan (2018) write a step as y = x - eta f'(x), then x' = y - eta w with E w = 0, so that
E x' - eta E f'(x') = y - eta F'(y) with F(y) = E f(y - eta w): seen from y, SGD descends F. With w uniform on
[-r, r] the kernel is uniform on [-rho, rho], and rho = eta r is the ``width`` here, in units of theta.
"""

from typing import NamedTuple

import numpy as np
import scipy

from .arguments import count, number

LOWEST_SINC = -0.21723362821122166  # the minimum of sin(z) / z, where z = tan(z), z = 4.493409457909064


class OnePoint(NamedTuple):
    """How strongly a gradient points to a minimiser, at worst."""

    c: float  # infimum of <F'(y), y - x*> / |y - x*|^2, units of the loss over theta^2
    where: float  # a y at which it is reached, or nearly


class Guarantee(NamedTuple):
    """What the main theorem promises of SGD with one step size."""

    contraction: float  # lambda = 2 eta c - eta^2 L^2, by which squared distances shrink a step
    noise_floor: float  # b = eta^2 r^2 (1 + eta L)^2, what one step's noise adds at most
    radius: float  # sqrt(20 b / lambda): within it of x* the iterate is after ``steps``, with probability 1/2
    steps: float  # T1 = log(lambda |y_0 - x*|^2 / b) / lambda, at least 0
    largest_eta: float  # min(1 / (2 L), c / L^2, 1 / (2 c)), below which the step size must be


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
    refined = scipy.optimize.minimize_scalar(
        lambda y: float(quotient(y)), bounds=around, method="bounded", options={"xatol": 1e-10}
    )
    if refined.fun < values[best]:
        return OnePoint(float(refined.fun), float(refined.x))
    return OnePoint(float(values[best]), float(grid[best]))


def smoothness(objective, low, high, *, points=20_001):
    """The least L of L-smoothness of a one-dimensional loss on [low, high]: the largest slope of its gradient.

    The steepest chord of the gradient between ``points`` places, so never more than L; it falls short by a share that
    goes down as the square of the spacing.

    Raises ValueError for more dimensions than one, unless low < high and points >= 3.
    Source: Kleinberg, Li and Yuan 2018, Definition 1. Explained in smoothing/s3-one-point-convexity.
    """
    if objective.dimension != 1:
        raise ValueError(f"smoothness is for one dimension; {objective.name} has {objective.dimension}")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise ValueError(f"smoothness needs finite low < high; got {low!r} and {high!r}")
    x = np.linspace(low, high, count("points", points, 3))
    return float(np.abs(np.diff(objective.gradient(x)) / np.diff(x)).max())


def main_theorem(*, c, smoothness, noise_radius, eta, distance):
    """Theorem 1 with its constants, as a Guarantee.

    c : of the main assumption for this eta, as :func:`one_point_constant` gives it at width eta x noise_radius.
    smoothness : L; noise_radius : r, a bound on the noise in the gradient; eta : step size, below ``largest_eta``.
    distance : |y_0 - x*| at the start, at least 0.

    The ball that it promises holds every stationary point of the loss, at |x - x*|^2 < 2 b / lambda: the theorem never
    certifies that a spurious minimum is left (smoothing/s4-main-theorem has the proof).

    Raises ValueError for numbers that are not above 0, a c above L, and an eta of ``largest_eta`` or more.
    Source: Kleinberg, Li and Yuan 2018, Theorem 1; Corollary 2 is the same for a smaller eta, with probability 1/4.
    Explained in smoothing/s4-main-theorem.
    """
    c, smooth = number("c", c, above=0), number("smoothness", smoothness, above=0)
    r, eta = number("noise_radius", noise_radius, above=0), number("eta", eta, above=0)
    distance = number("distance", distance, least=0)
    if c > smooth:
        raise ValueError(f"c cannot be above the smoothness; got c = {c:g} and smoothness = {smooth:g}")
    largest = min(1 / (2 * smooth), c / smooth**2, 1 / (2 * c))
    if eta >= largest:
        raise ValueError(f"eta must be below {largest:.6g} = min(1 / (2 L), c / L^2, 1 / (2 c)); got {eta!r}")
    contraction, floor = 2 * eta * c - (eta * smooth) ** 2, (eta * r * (1 + eta * smooth)) ** 2
    steps = np.log(max(1.0, contraction * distance**2 / floor)) / contraction
    return Guarantee(contraction, floor, float(np.sqrt(20 * floor / contraction)), float(steps), largest)


def overshoot_step(objective, theta, minimiser):
    """Step size above which one step of descent from theta ends farther from the minimiser than it began.

    2 <g, theta - x*> / |g|^2, by expanding the square; 0 or less where the gradient does not point to the minimiser,
    and inf at a stationary point. theta : a number, (points,), (d,) or (points, d); a float or (points,).

    Raises ValueError for shapes that do not fit. Source: Kleinberg, Li and Yuan 2018, Theorem 3, with equality.
    Explained in smoothing/s6-too-big.
    """
    theta, d = np.asarray(theta, float), objective.dimension
    g = np.asarray(objective.gradient(theta)).reshape(-1, d)
    away = theta.reshape(-1, d) - np.asarray(minimiser, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where((g == 0).all(axis=1), np.inf, 2 * np.sum(g * away, axis=1) / np.sum(g * g, axis=1))
    single = theta.ndim == 0 or (theta.ndim == 1 and d > 1)
    return float(step[0]) if single else step


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
