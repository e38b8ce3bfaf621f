"""What each of three ideas is worth on the spiky problem: walkers as lanes, a counter for the random numbers, a
polynomial for the sine; each alone, in pairs, and all three. One thread, no fastmath, explicit fma everywhere."""

# ruff: noqa: NPY002 - numba has no other generator than np.random

import itertools

import numba
import numpy as np
from escapelab import objectives, rng, vecmath
from escapelab.plug import LANES, fma
from harness import Case

WALKERS, STEPS, ETA, START, RADIUS = 2_560, 1_000, 0.05, 2.0, 8.0
BOWL, RIPPLE, FREQUENCY = map(float, objectives.spiky().plugs["mean"].constants)
SLOPE = RIPPLE * FREQUENCY


def version(lanes, counter, polynomial):
    """The simulation (seed -> end points) with these ideas and no others."""
    sine, block = (vecmath.sin if polynomial else np.sin), (LANES if lanes else 1)

    @numba.njit(error_model="numpy", nogil=True)
    def run(walkers, steps, seed):
        theta, words, random = np.full(walkers, START), np.empty((4, block), np.uint32), np.empty(block)
        np.random.seed(seed)
        for first in range(0, walkers, block):
            x = theta[first : first + block]
            for step in range(steps):
                if counter:
                    if step & 3 == 0:
                        for i in range(block):
                            a, b, c, d = rng.philox(
                                np.uint64(step >> 2), np.uint64(first + i), np.uint64(1), np.uint64(0),
                                np.uint64(seed), np.uint64(0),
                            )  # fmt: skip
                            words[0, i], words[1, i] = np.uint32(a), np.uint32(b)
                            words[2, i], words[3, i] = np.uint32(c), np.uint32(d)
                    for i in range(block):
                        random[i] = rng.uniform(words[step & 3, i])
                else:
                    for i in range(block):
                        random[i] = np.random.random()
                for i in range(block):
                    noise = RADIUS * fma(2.0, random[i], -1.0)
                    x[i] = fma(-ETA, fma(BOWL, x[i], SLOPE * sine(FREQUENCY * x[i])) + noise, x[i])
        return theta

    return lambda seed: run(WALKERS, STEPS, seed)


def name(lanes, counter, polynomial):
    """What a version is called."""
    ideas = [idea for idea, used in (("lanes", lanes), ("counter", counter), ("polynomial", polynomial)) if used]
    return " + ".join(ideas) or "none of the three"


def cases():
    """One case of eight versions; the first, to which the others are compared, has all three."""
    orders = sorted(itertools.product((True, False), repeat=3), key=sum, reverse=True)
    versions = {name(*ideas): version(*ideas) for ideas in orders}
    yield Case("Ablation on the spiky loss", "step", WALKERS * STEPS, versions, {})
