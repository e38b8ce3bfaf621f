"""Kramers' law: how long a well holds SGD where steps and noise are small. Explained in thread/q5-how-deep.

With steps of size eta and noise of variance sigma^2 in the gradient, x' = x - eta U'(x) + eta sigma z is Euler's
scheme, of time step eta, for dx = -U' dt + sqrt(2 D) dW with D = eta sigma^2 / 2. Its mean time over a barrier
is 2 pi / sqrt(U''(a) |U''(b)|) exp(dU / D) in units of t, and eta units of t are one step.
"""

from typing import NamedTuple

import numpy as np
import scipy

from . import arguments

OVERSHOOT = 0.5825971579390106  # -zeta(1/2) / sqrt(2 pi): mean overshoot of a normal walk, in steps of it


class Kramers(NamedTuple):
    """Kramers' law for one well and the barriers beside it."""

    mean: float  # mean number of steps until a walker is in another well
    to_top: float  # mean number of steps until it first stands beyond a top; from there half of them fall back
    barriers: np.ndarray  # (sides,) heights of the barriers above the minimum, in units of the loss
    exponents: np.ndarray  # (sides,) 2 barrier / (eta sigma^2); the law asks for large ones


def escape_time(objective, minimiser, maximisers, *, eta, sigma):
    """Kramers' mean escape time from the well of ``minimiser`` over ``maximisers``, as a Kramers.

    minimiser : a number; maximisers : a number or two, the tops beside it: the rates over both add up.
    eta, sigma : step size and standard deviation of the noise in the gradient, the same everywhere.

    T = 2 pi / (eta sqrt(U''(a) |U''(b)|)) exp(2 (U(b) - U(a)) / (eta sigma^2)) over one top b; to_top is
    half of it, times 1 + erf(OVERSHOOT sqrt(eta |U''(b)|)), since a discrete walk is seen only beyond the top.

    It holds in the limit of large exponents and small eta U''; tests/test_kramers.py has how far off it is at finite
    ones. It does not hold for noise that depends on theta, such as that of batches.

    Raises ValueError for more dimensions than one, places that are no minimiser and no maximisers by the sign of the
    curvature, and a barrier that is not above 0. Source: Kramers 1940; Siegmund 1985 for the overshoot.
    Explained in thread/q5-how-deep.
    """
    if objective.dimension != 1:
        raise ValueError(f"Kramers' law is for one dimension here; {objective.name} has {objective.dimension}")
    a, eta = arguments.number("minimiser", minimiser), arguments.number("eta", eta, above=0)
    sigma = arguments.number("sigma", sigma, above=0)
    tops = np.atleast_1d(arguments.array("maximisers", maximisers))
    if tops.ndim != 1 or tops.size not in (1, 2):
        raise ValueError(f"maximisers must be one number or two; got {maximisers!r}")
    bottom, peaks = objective.hessian(a)[0, 0], np.array([objective.hessian(b)[0, 0] for b in tops])
    if not (bottom > 0 and np.all(peaks < 0)):
        raise ValueError(f"the curvature must be above 0 at {a} and below 0 at {tops}; it is {bottom:.3g} and {peaks}")
    barriers = objective.loss(tops) - objective.loss(a)
    if not np.all(barriers > 0):
        raise ValueError(f"the loss at maximisers must be above that at the minimiser; the barriers are {barriers}")
    exponents = 2 * barriers / (eta * sigma**2)
    with np.errstate(over="ignore"):
        times = 2 * np.pi / (eta * np.sqrt(bottom * -peaks)) * np.exp(exponents)
    crossing = 0.5 * times * (1 + scipy.special.erf(OVERSHOOT * np.sqrt(-eta * peaks)))
    return Kramers(_parallel(times), _parallel(crossing), barriers, exponents)


def _parallel(times):
    """Mean time over the sides together: their rates add up."""
    with np.errstate(divide="ignore"):  # where all are too long for a number, so is their mean
        return float(1 / np.sum(1 / times))
