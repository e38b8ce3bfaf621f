"""A reader's own loss: one scalar function and one decorator. Explained in verdict/v3-your-loss."""

import inspect
import warnings

import numba
import numpy as np

from ..plug import DISABLED, LANES, SIGNATURES
from .objective import Objective, plugs

_STEP = 1e-30


def own(function=None, *, data=None):
    """Turn a scalar loss into an :class:`Objective` that runs on the same engine.

    Use it as a decorator: ``@own`` on ``def loss(x)`` or ``def loss(x, y)`` (one argument a dimension),
    or ``@own(data=table)`` with a last argument ``row`` for a loss averaged over the rows (n, m) of a table.
    Write the loss with NumPy's functions (np.sin, np.exp, np.sqrt, ...) and arithmetic.

    The gradient is exact to rounding: the imaginary part of loss(x + i h) / h for a tiny h (complex
    step, Squire and Trapp 1998). It is compared with finite differences once; a loss for which the two
    disagree, as for abs or comparisons, which a complex number cannot carry, raises ValueError.

    Raises TypeError for something that is no function of named arguments, ValueError for empty or
    non-finite data, and ValueError with numba's reason when the function cannot be compiled.
    """
    if function is None:
        return lambda f: own(f, data=data)
    if not callable(function):
        raise TypeError(f"own() decorates a function of one argument a dimension; got {function!r}")
    names = list(inspect.signature(function).parameters)
    dimension = len(names) - (data is not None)
    if not 1 <= dimension <= 3:
        raise TypeError(f"the loss must have 1 to 3 coordinates as arguments; it has {names}")
    table = np.zeros((1, 0)) if data is None else np.asarray(data, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or table.shape[0] == 0 or not np.all(np.isfinite(table)):
        raise ValueError("data must be a table (n, m) of finite numbers with at least one row")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
            loss, mean, gradient = _compile(function, dimension, data is not None)
            objective = Objective(function.__name__, dimension, plugs(loss, mean, gradient), table)
    except numba.core.errors.NumbaError as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), "")
        advice = "use arithmetic and NumPy's functions"
        raise ValueError(f"{function.__name__} cannot be compiled: {reason}; {advice}") from None
    _check_gradient(objective)
    return objective


def _compile(function, dimension, with_data):
    jit = numba.njit(error_model="numpy", nogil=True) if not DISABLED else (lambda f: f)
    f = jit(function)
    call = _CALLS[dimension, with_data]
    value = jit(call(f))

    def loss(theta, data, c, out):
        for i in range(LANES):
            total = 0.0
            for row in range(data.shape[0]):
                total += value(theta, i, -1, data[row]).real
            out[i] = total / data.shape[0]

    def mean(theta, data, c, out):
        for j in range(theta.shape[0]):
            for i in range(LANES):
                total = 0.0
                for row in range(data.shape[0]):
                    total += value(theta, i, j, data[row]).imag
                out[j, i] = total / (_STEP * data.shape[0])

    def gradient(theta, picks, data, c, out):
        for j in range(theta.shape[0]):
            for i in range(LANES):
                total = 0.0
                for b in range(picks.shape[0]):
                    total += value(theta, i, j, data[picks[b, i]]).imag
                out[j, i] = total / (_STEP * picks.shape[0])

    return [_jit(f, kind) for f, kind in ((loss, "loss"), (mean, "mean"), (gradient, "gradient"))]


def _jit(function, kind):
    return function if DISABLED else numba.njit(SIGNATURES[kind], error_model="numpy", nogil=True)(function)


def _call(arguments, row):
    """Source of a closure that evaluates the reader's loss at lane i with coordinate j moved by i h."""
    coordinates = ", ".join(f"complex(theta[{a}, i], STEP if j == {a} else 0.0)" for a in range(arguments))
    source = (
        "def make(f):\n    def value(theta, i, j, row):\n"
        f"        return f({coordinates}{', row' if row else ''}) + 0j\n    return value"
    )
    scope = {"STEP": _STEP}
    exec(source, scope)
    return scope["make"]


_CALLS = {(d, row): _call(d, row) for d in (1, 2, 3) for row in (False, True)}


def _check_gradient(objective):
    """Raise ValueError if the complex step disagrees with central differences at most of a few points."""
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (9, objective.dimension))
    exact = objective.gradient(points).reshape(points.shape)
    step, good, tried = 1e-5, 0, 0
    for j in range(objective.dimension):
        shift = step * np.eye(objective.dimension)[j]
        central = (objective.loss(points + shift) - objective.loss(points - shift)) / (2 * step)
        usable = np.isfinite(central)
        close = np.abs(central - exact[:, j]) <= 1e-4 * (1 + np.abs(central))
        good, tried = good + (close & usable).sum(), tried + usable.sum()
    if tried and good < tried:
        raise ValueError(
            f"the gradient of {objective.name} cannot be found by a complex step: it disagrees with finite differences "
            f"at {tried - good} of {tried} points; avoid abs, max, comparisons and rounding (np.sqrt(x * x) for abs)"
        )
