"""Builds and calls the C yardstick; None of it where there is no compiler."""

import ctypes
import functools
import shutil
import subprocess
from pathlib import Path

import numpy as np
from escapelab import noise

SOURCE = Path(__file__).with_suffix(".c")
ON_X86 = "-mprefer-vector-width=512"
FLAGS = ["-O3", "-march=native", ON_X86, "-fopenmp", "-ffast-math", "-fno-finite-math-only", "-shared", "-fPIC"]


def library():
    """The compiled yardstick, or None without a compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    target = SOURCE.parents[1] / "_build" / "yardstick.so"
    target.parent.mkdir(exist_ok=True)
    for flags in (FLAGS, [flag for flag in FLAGS if flag != ON_X86]):
        command = [compiler, *flags, "-o", str(target), str(SOURCE), "-lm"]
        if subprocess.run(command, capture_output=True).returncode == 0:
            return ctypes.CDLL(str(target))
    return None


def _pointer(array):
    return None if array is None else array.ctypes.data_as(ctypes.c_void_p)


_double = ctypes.c_double


def thread_cost(c, objective, *, k, replace, start, eta, walkers, steps, seed, path=None):
    """W1 and W6: end points (walkers,); path (steps + 1, walkers) is filled where it is given."""
    x, y = (np.ascontiguousarray(column) for column in objective.data.T)
    end = np.empty(walkers)
    c.thread_cost(
        _pointer(end), _pointer(path), _pointer(x), _pointer(y), x.size, k, int(replace), _double(start), _double(eta),
        walkers, steps, seed,
    )  # fmt: skip
    return end


def spiky(c, objective, *, radius, start, eta, walkers, steps, seed):
    """W2: end points (walkers,)."""
    end, constants = np.empty(walkers), map(_double, objective.plugs["mean"].constants)
    c.spiky(_pointer(end), *constants, _double(radius), _double(start), _double(eta), walkers, steps, seed)
    return end


@functools.cache
def _alias(objective):
    return noise.weighted(objective.weights, 1).table


def tang(c, objective, *, k, start, eta, walkers, steps, seed, sparse=False):
    """W3: end points (walkers, p); k = 0 is the full batch."""
    p = objective.dimension
    end, alias = np.empty((walkers, p)), _alias(objective)
    mean = objective.plugs["mean"].constants
    c.tang(
        _pointer(end), _pointer(objective.data), _pointer(alias), _pointer(mean), p, objective.data.shape[0], k,
        int(sparse), _double(start), _double(eta), walkers, steps, seed,
    )  # fmt: skip
    return end


def escape_map(c, *, eta, sigma, height, start, low, high, walkers, steps, seed):
    """W5: exit times (cells, walkers), -1 = stayed; eta and sigma (cells,)."""
    times = np.empty((eta.size, walkers), np.int64)
    c.escape_map(
        _pointer(times), _pointer(eta), _pointer(sigma), eta.size, *map(_double, (height, 0.0, start, low, high)),
        walkers, steps, seed,
    )  # fmt: skip
    return times
