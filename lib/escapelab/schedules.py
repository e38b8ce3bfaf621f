"""Step sizes as a function of the step number, or of the loss seen on the way. Explained in practice/p7-schedules."""

from typing import NamedTuple

import numpy as np

from .arguments import count, number
from .plug import LANES, Plug, compiled, make
from .vecmath import cos, exp, log

_PI = 3.141592653589793


class Schedule(NamedTuple):
    """How the step size changes; step 0 is the first."""

    plug: Plug  # kind "schedule"; state: rows of memory
    every: int = 0  # the loss is looked at every so many steps; 0 = never
    watched: object = None  # the objective whose loss it is; None = what is minimised


@compiled("schedule")
def _constant(step, eta, seen, state, c, out):
    for i in range(LANES):
        out[i] = eta[i]


@compiled("schedule")
def _power(step, eta, seen, state, c, out):
    base = 1.0 + step / c[0]
    factor = 1.0 / base if c[1] == 1.0 else exp(-c[1] * log(base))
    for i in range(LANES):
        out[i] = eta[i] * factor


@compiled("schedule")
def _exponential(step, eta, seen, state, c, out):
    factor = exp(np.floor(step / c[0]) * (log(c[1]) - c[2]))
    for i in range(LANES):
        out[i] = eta[i] * factor


@compiled("schedule")
def _cosine(step, eta, seen, state, c, out):
    """c: period, growth of the period, floor."""
    begin, period = 0.0, c[0]
    if c[1] == 1.0:
        begin = np.floor(step / period) * period
    while c[1] > 1.0 and step >= begin + period:
        begin, period = begin + period, max(period + 1.0, np.floor(period * c[1]))
    part = min((step - begin) / period, 1.0)
    factor = c[2] + (1.0 - c[2]) * 0.5 * (1.0 + cos(_PI * part))
    for i in range(LANES):
        out[i] = eta[i] * factor


@compiled("schedule")
def _cyclic(step, eta, seen, state, c, out):
    part = (step / c[0]) % 1.0
    factor = c[1] + (1.0 - c[1]) * (1.0 - abs(2.0 * part - 1.0))
    for i in range(LANES):
        out[i] = eta[i] * factor


@compiled("schedule")
def _plateau(step, eta, seen, state, c, out):
    """c: every, patience, factor, least gain; state: best loss, looks without gain, factor so far."""
    if step == 0:
        for i in range(LANES):
            state[0, i], state[1, i], state[2, i] = seen[i], 0.0, 1.0
    elif step % int(c[0]) == 0:
        for i in range(LANES):
            better = seen[i] < state[0, i] - c[3]
            state[0, i] = seen[i] if better else state[0, i]
            state[1, i] = 0.0 if better else state[1, i] + 1.0
            tired = state[1, i] > c[1]
            state[2, i] = state[2, i] * c[2] if tired else state[2, i]
            state[1, i] = 0.0 if tired else state[1, i]
    for i in range(LANES):
        out[i] = eta[i] * state[2, i]


def constant():
    """eta at every step."""
    return Schedule(make("schedule", _constant))


def power(delay, exponent=1.0):
    """eta (1 + step / delay)^-exponent; 1/t decay for exponent 1 (Robbins and Monro 1951).

    delay in steps, > 0; exponent >= 0. Raises ValueError otherwise.
    """
    c = number("delay", delay, above=0), number("exponent", exponent, least=0)
    return Schedule(make("schedule", _power, c))


def step_decay(every, factor=0.1):
    """eta times factor once every so many steps. Raises ValueError unless every >= 1 and 0 < factor <= 1."""
    return Schedule(make("schedule", _exponential, (count("every", every, 1), _factor("factor", factor), 0.0)))


def exponential(rate):
    """eta e^(-rate step). Raises ValueError unless rate >= 0."""
    return Schedule(make("schedule", _exponential, (1.0, 1.0, number("rate", rate, least=0))))


def cosine(steps, floor=0.0):
    """From eta down to floor * eta along half a cosine in so many steps, and floor * eta from then on.

    Loshchilov and Hutter 2017, equation 5, without restarts. Raises ValueError unless steps >= 1, 0 <= floor <= 1.
    """
    return Schedule(make("schedule", _cosine, (count("steps", steps, 1), 0.0, _fraction("floor", floor))))


def warm_restarts(period, growth=1.0, floor=0.0):
    """Half a cosine from eta to floor * eta, again and again; each period is growth times the one before.

    SGDR (Loshchilov and Hutter 2017, equation 5). Periods are rounded down to whole steps, and grow by one
    step at least where growth > 1. Raises ValueError unless
    period >= 1, growth >= 1 and 0 <= floor <= 1. Explained in practice/p8-cycles.
    """
    c = count("period", period, 1), number("growth", growth, least=1), _fraction("floor", floor)
    return Schedule(make("schedule", _cosine, c))


def cyclic(period, floor=0.1):
    """Up from floor * eta to eta and down again in each period of so many steps, in straight lines (Smith 2017).

    Raises ValueError unless period >= 2 and 0 <= floor <= 1. Explained in practice/p8-cycles.
    """
    return Schedule(make("schedule", _cyclic, (count("period", period, 2), _fraction("floor", floor))))


def plateau(patience, *, factor=0.1, every=1, least_gain=0.0, watched=None):
    """eta times factor when more than `patience` looks in a row brought no new best loss; each walker for itself.

    A look is taken every so many steps at the whole loss of ``watched``, an objective of the same dimension (a
    validation set, say); by default of what is minimised. A new best is lower by more than least_gain. Raises
    ValueError unless patience >= 0, every >= 1, 0 < factor <= 1 and least_gain >= 0.
    """
    return _watching(patience, _factor("factor", factor), every, least_gain, watched)


def early_stopping(patience, *, every=1, least_gain=0.0, watched=None):
    """Stop a walker where it stands when more than `patience` looks in a row brought no new best loss.

    The looks are those of :func:`plateau`; the step size is 0 from then on. Raises ValueError as it does.
    """
    return _watching(patience, 0.0, every, least_gain, watched)


def _watching(patience, factor, every, least_gain, watched):
    every, patience = count("every", every, 1), count("patience", patience, 0)
    c = every, patience, factor, number("least_gain", least_gain, least=0)
    return Schedule(make("schedule", _plateau, c, state=3), every, watched)


def _fraction(name, value):
    share = number(name, value, least=0)
    if share > 1:
        raise ValueError(f"{name} must be between 0 and 1; got {value!r}")
    return share


def _factor(name, value):
    return _fraction(name, number(name, value, above=0))
