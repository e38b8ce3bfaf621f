"""Step sizes as a function of the step number. Explained in practice/p7-schedules."""

import numpy as np

from .plug import compiled, make


@compiled("schedule")
def _constant(step, eta, c):
    return eta


@compiled("schedule")
def _power(step, eta, c):
    return eta * (1.0 + step / c[0]) ** -c[1]


def constant():
    """eta at every step."""
    return make("schedule", _constant)


def power(delay, exponent=1.0):
    """eta (1 + step / delay)^-exponent; 1/t decay for exponent 1 (Robbins and Monro 1951).

    delay in steps, > 0; exponent >= 0. Raises ValueError otherwise.
    """
    if not (np.isfinite(delay) and delay > 0 and np.isfinite(exponent) and exponent >= 0):
        raise ValueError(f"a power schedule needs delay > 0 and exponent >= 0; got {delay!r}, {exponent!r}")
    return make("schedule", _power, (delay, exponent))
