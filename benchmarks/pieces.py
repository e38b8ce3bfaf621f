"""What the parts of a step cost one lane: the limits that a workload cannot pass on this machine."""

import statistics
import time

import numba
import numpy as np
from escapelab import noise, objectives, optimisers, rng
from escapelab.plug import LANES, fma
from escapelab.vecmath import log, sincos

CALLS, ROUNDS = 4_000, 9


@numba.njit(error_model="numpy")
def _words(x, out, words, walkers):
    rng.fill(words, 0, walkers, 0, np.uint64(1))


@numba.njit(error_model="numpy")
def _fma(x, out, words, walkers):
    for i in range(LANES):
        a, b = x[i], out[i]
        for _ in range(16):
            a, b = fma(a, x[i], 0.5), fma(b, x[i], 0.25)
        out[i] = a + b


@numba.njit(error_model="numpy")
def _sincos(x, out, words, walkers):
    for i in range(LANES):
        a, b = sincos(x[i])
        out[i] = a + b


@numba.njit(error_model="numpy")
def _log(x, out, words, walkers):
    for i in range(LANES):
        out[i] = log(x[i])


@numba.njit(error_model="numpy")
def _sqrt(x, out, words, walkers):
    for i in range(LANES):
        out[i] = np.sqrt(x[i])


@numba.njit(error_model="numpy")
def _look_up(x, out, words, walkers):
    for i in range(LANES):
        out[i] = x[words[0, i] & np.uint32(LANES - 1)]


@numba.njit(error_model="numpy")
def _pick(x, out, words, walkers):
    for i in range(LANES):
        out[i] = rng.pick(words[0, i], 100)


PIECES = [
    ("a random 32-bit word (Philox4x32-10)", _words, 4),
    ("a multiply-add", _fma, 32),
    ("sine and cosine", _sincos, 1),
    ("logarithm", _log, 1),
    ("square root", _sqrt, 1),
    ("a pick of 100 from a word", _pick, 1),
    ("a look-up in a table of 1 KB", _look_up, 1),
]


def repeated(function):
    """The function called many times within compiled code."""

    @numba.njit(error_model="numpy")
    def loop(calls, x, out, words, walkers):
        for _ in range(calls):
            function(x, out, words, walkers)

    return loop


def called(function):
    """A plug called many times within compiled code."""

    @numba.njit(error_model="numpy")
    def loop(calls, *arguments):
        for _ in range(calls):
            function(*arguments)

    return loop


def plugs():
    """(name, call, units) of the library's own plugs, called through their pointers as the simulator does."""
    spiky, thread, law = objectives.spiky(), objectives.sine_fit(), noise.gaussian(1.0).plug(1)
    uniform, rule = noise.uniform(1.0).plug(1), optimisers.sgd().plug
    theta, g, pair, ones = np.ones((1, LANES)), np.zeros((1, LANES)), np.zeros((2, LANES)), np.ones(LANES)
    words = np.random.default_rng(0).integers(0, 2**32, (10, LANES), dtype=np.uint32)
    picks, none = np.zeros((10, LANES), np.int32), np.zeros((0, LANES))
    draw, mean, gradient = noise.without_replacement(100, 10), spiky.plugs["mean"], thread.plugs["gradient"]
    two, six = words[:2].copy(), np.zeros((0, LANES), np.int32)
    yield "gradient of the spiky loss", mean.function, (theta, spiky.data, mean.constants, g), 1
    yield "uniform noise", uniform.function, (two[:1], uniform.constants, g), 1
    yield "normal noise", law.function, (two, law.constants, pair), 2
    yield "the SGD rule", rule.function, (theta, g, none, ones, 0, rule.constants), 1
    yield "picks without replacement, each of 10", draw.plug.function, (words, 0, 100, draw.table, six, picks), 10
    yield "the thread's gradient, each of 10", gradient.function, (theta, picks, thread.data, gradient.constants, g), 10


def timed(loop, arguments, units):
    """Median nanoseconds of processor time a lane and unit."""
    loop(2, *arguments)
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        loop(CALLS, *arguments)
        times.append((time.process_time() - start) / CALLS / LANES / units * 1e9)
    return statistics.median(times)


def measure():
    """[(name, nanoseconds a lane)] of all pieces."""
    x, out = np.random.default_rng(0).random(LANES), np.zeros(LANES)
    words = np.random.default_rng(1).integers(0, 2**32, (4, LANES), dtype=np.uint32)
    bare = (x, out, words, np.arange(LANES))
    found = [(name, timed(repeated(function), bare, units)) for name, function, units in PIECES]
    found += [(name, timed(called(function), arguments, units)) for name, function, arguments, units in plugs()]
    return found
