"""Rules that turn a gradient into a step. Each is one short function over a block of walkers.

g is the gradient of the batch with the noise added to it, eta the step size of the schedule. Explained in
practice/p10-ravines.
"""

from typing import NamedTuple

import numpy as np

from .arguments import number
from .plug import LANES, Plug, compiled, fma, make
from .vecmath import exp, log


class Rule(NamedTuple):
    """How a gradient becomes a step."""

    plug: Plug  # kind "rule"; state: rows of memory for each coordinate
    probe: Plug | None = None  # where the gradient of the same batch is taken a second time


@compiled("rule")
def _sgd(theta, g, state, eta, step, c):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            theta[j, i] = fma(-eta[i], g[j, i], theta[j, i])


@compiled("rule")
def _momentum(theta, g, state, eta, step, c):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            state[j, i] = fma(c[0], state[j, i], g[j, i])
            theta[j, i] = fma(-eta[i], fma(c[1], state[j, i], c[2] * g[j, i]), theta[j, i])


@compiled("rule")
def _rmsprop(theta, g, state, eta, step, c):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            state[j, i] = fma(c[0], state[j, i], (1.0 - c[0]) * g[j, i] * g[j, i])
            theta[j, i] -= eta[i] * g[j, i] / (np.sqrt(state[j, i]) + c[1])


@compiled("rule")
def _adam(theta, g, state, eta, step, c):
    d = theta.shape[0]
    first = 1.0 - exp((step + 1) * log(c[0])) if c[0] > 0.0 else 1.0
    second = 1.0 - exp((step + 1) * log(c[1])) if c[1] > 0.0 else 1.0
    for j in range(d):
        for i in range(LANES):
            state[j, i] = fma(c[0], state[j, i], (1.0 - c[0]) * g[j, i])
            state[d + j, i] = fma(c[1], state[d + j, i], (1.0 - c[1]) * g[j, i] * g[j, i])
            theta[j, i] -= eta[i] * (state[j, i] / first) / (np.sqrt(state[d + j, i] / second) + c[2])


@compiled("probe")
def _uphill(theta, g, c, out):
    d = theta.shape[0]
    square = np.zeros(LANES)
    for j in range(d):
        for i in range(LANES):
            square[i] = fma(g[j, i], g[j, i], square[i])
    for i in range(LANES):
        square[i] = c[0] / np.sqrt(square[i]) if square[i] > 0.0 else 0.0
    for j in range(d):
        for i in range(LANES):
            out[j, i] = fma(square[i], g[j, i], theta[j, i])


def sgd():
    """theta <- theta - eta g (Robbins and Monro 1951)."""
    return Rule(make("rule", _sgd))


def momentum(beta=0.9):
    """v <- beta v + g, theta <- theta - eta v: the heavy ball (Polyak 1964).

    Raises ValueError unless 0 <= beta < 1. Explained in thread/a2-other-ways-out.
    """
    return Rule(make("rule", _momentum, (_share("beta", beta), 1.0, 0.0), state=1))


def nesterov(beta=0.9):
    """v <- beta v + g, theta <- theta - eta (g + beta v): Nesterov 1983 as Sutskever et al. 2013 write it.

    theta is the point where the gradient is taken. Raises ValueError unless 0 <= beta < 1. Explained in
    practice/p10-ravines.
    """
    beta = _share("beta", beta)
    return Rule(make("rule", _momentum, (beta, beta, 1.0), state=1))


def rmsprop(decay=0.99, epsilon=1e-8):
    """s <- decay s + (1 - decay) g^2, theta <- theta - eta g / (sqrt(s) + epsilon) (Tieleman and Hinton 2012).

    Each coordinate has its own s. Raises ValueError unless 0 <= decay < 1 and epsilon > 0. Explained in
    practice/p10-ravines.
    """
    return Rule(make("rule", _rmsprop, (_share("decay", decay), number("epsilon", epsilon, above=0)), state=1))


def adam(beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Adam (Kingma and Ba 2015, algorithm 1), with the correction of both averages for their start at 0.

    Raises ValueError unless 0 <= beta1, beta2 < 1 and epsilon > 0. Explained in practice/p10-ravines.
    """
    c = (_share("beta1", beta1), _share("beta2", beta2), number("epsilon", epsilon, above=0))
    return Rule(make("rule", _adam, c, state=2))


def sam(radius, rule=None):
    """Sharpness-aware steps: the gradient of the same batch at theta + radius g / |g| (Foret et al. 2021, equation 3).

    rule, SGD by default, then uses that gradient. Two gradients a step. Raises ValueError unless radius >= 0 and
    TypeError if rule is no rule. Explained in practice/p6-flat.
    """
    rule = sgd() if rule is None else rule
    if not isinstance(rule, Rule) or rule.probe is not None:
        raise TypeError(f"sam needs a rule of escapelab.optimisers that looks once a step; got {rule!r}")
    return Rule(rule.plug, make("probe", _uphill, number("radius", radius, least=0)))


def _share(name, value):
    """value as a number from 0 to below 1."""
    share = number(name, value, least=0)
    if share >= 1:
        raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")
    return share
