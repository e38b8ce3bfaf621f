"""A reader's own loss: one scalar function and one decorator. Explained in verdict/v3-your-loss."""

import ast
import inspect
import textwrap
import types as python_types
import warnings

import numba
import numpy as np

from ..arguments import array
from ..plug import DISABLED, LANES, SIGNATURES, inlined
from .derivative import Unknown, plug_functions
from .objective import Objective, Plugs

_STEP = 1e-30


def own(function=None, *, data=None):
    """Turn a scalar loss into an :class:`Objective` that runs on the same engine.

    Use it as a decorator: ``@own`` on ``def loss(x)`` or ``def loss(x, y)`` (one argument a dimension),
    or ``@own(data=table)`` with a last argument ``row`` for a loss averaged over the rows (n, m) of a table.
    Write the loss with NumPy's functions (np.sin, np.exp, np.sqrt, ...) and arithmetic.

    The gradient is exact to rounding. A loss of assignments, + - * / ** and NumPy's functions of one argument is
    differentiated by the rules of calculus, runs in the walkers' lanes, and uses the library's sin, cos and exp with
    their ranges. Any other, with a loop or a function of the reader's own, is slower: its gradient is the imaginary
    part of loss(x + i h) / h for a tiny h (complex step, Squire and Trapp 1998), compared with finite differences
    once; where the two disagree, as for abs or comparisons, which a complex number cannot carry, it is refused.

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
    table = np.zeros((1, 0)) if data is None else array("data", data)
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or table.shape[0] == 0:
        raise ValueError(f"data must be a table (n, m) with at least one row; got shape {table.shape}")
    try:
        return Objective(function.__name__, dimension, _Plugs(plug_functions(function, dimension)), table)
    except Unknown:
        pass
    loss = _complex_function(_whole_powers(function), dimension, data is not None)
    functions = _plug_functions(_jit(_CALLS[dimension, data is not None](loss)))
    objective = Objective(function.__name__, dimension, _Plugs(functions), table)
    _check_gradient(objective, loss, data is not None)
    return objective


class _Plugs(Plugs):
    """Plugs of a function that is compiled here, for this process only."""

    def compiled(self, kind, function):
        return function if DISABLED else numba.njit(SIGNATURES[kind], **_OPTIONS)(function)


_OPTIONS = {"error_model": "numpy", "nogil": True}


def _jit(function):
    return function if DISABLED else numba.njit(**_OPTIONS)(function)


def _complex_function(function, dimension, with_data):
    """The loss, compiled for complex numbers."""
    arguments = [numba.complex128] * dimension + [numba.float64[::1]] * with_data
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", numba.core.errors.NumbaWarning)
            compiled = _jit(function)
            if not DISABLED:
                compiled.compile(tuple(arguments))
    except numba.core.errors.NumbaError as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), "")
        advice = "use arithmetic and NumPy's functions"
        raise ValueError(f"{function.__name__} cannot be compiled: {reason}; {advice}") from None
    return compiled


def _plug_functions(value):
    """loss, mean and gradient from the loss at lane i with coordinate j moved by i h."""

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

    return {"loss": loss, "mean": mean, "gradient": gradient}


def _call(arguments, row):
    """A maker of functions that evaluate the reader's loss at lane i with coordinate j moved by i h."""
    coordinates = ", ".join(f"complex(theta[{a}, i], STEP if j == {a} else 0.0)" for a in range(arguments))
    source = (
        "def make(f):\n    def value(theta, i, j, row):\n"
        f"        return f({coordinates}{', row' if row else ''}) + 0j\n    return value"
    )
    scope = {"STEP": _STEP}
    exec(source, scope)
    return scope["make"]


_CALLS = {(d, row): _call(d, row) for d in (1, 2, 3) for row in (False, True)}


@inlined
def _power(x, n):
    result = x * 0 + 1
    for _ in range(n):
        result = result * x
    return result


class _Powers(ast.NodeTransformer):
    """x ** 3 becomes a product: numba takes complex powers by logarithms, which loses the tiny imaginary part."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        exponent = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.Pow) and isinstance(exponent, int) and 0 <= exponent <= 64:
            return ast.Call(ast.Name("_whole_power", ast.Load()), [node.left, node.right], [])
        return node


def _whole_powers(function):
    """The reader's function with whole powers as products; itself where its source cannot be had."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return function
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef):
        return function
    definition.decorator_list = []
    module = ast.fix_missing_locations(_Powers().visit(tree))
    outer = inspect.getclosurevars(function).nonlocals
    scope = {**function.__globals__, **outer, "_whole_power": _power}
    exec(compile(module, inspect.getfile(function), "exec"), scope)
    made = scope[definition.name]
    return python_types.FunctionType(made.__code__, scope, function.__name__, function.__defaults__)


def _check_gradient(objective, loss, with_data):
    """Raise ValueError if the complex step disagrees with central differences at any of a few points."""
    points = np.random.default_rng(0).uniform(-1.5, 1.5, (9, objective.dimension))
    row = (objective.data[0],) if with_data else ()
    step, tried, good = 1e-5, 0, 0
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for point in points:
            for j in range(objective.dimension):
                shift = np.eye(objective.dimension)[j]
                try:
                    exact = complex(loss(*(point + 1j * _STEP * shift), *row)).imag / _STEP
                    up, down = (complex(loss(*(point + s * step * shift + 0j), *row)).real for s in (1, -1))
                except (ValueError, ZeroDivisionError, OverflowError):
                    continue
                central = (up - down) / (2 * step)
                if np.isfinite(central):
                    tried, good = tried + 1, good + (abs(central - exact) <= 1e-4 * (1 + abs(central)))
    if good < tried:
        raise ValueError(
            f"the gradient of {objective.name} cannot be found by a complex step: it disagrees with finite differences "
            f"at {tried - good} of {tried} points; avoid abs, max, comparisons, rounding and powers with an exponent "
            "that is computed (np.sqrt(x * x) for abs)"
        )
