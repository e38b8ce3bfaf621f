"""Cost against walkers, steps, dimension and batch size, up to what the machine holds: nanoseconds a unit."""

import statistics

import numpy as np
from escapelab import noise, objectives, sgd
from harness import timed

ROUNDS = 3


def spiky(walkers, steps, dimension, seed):
    """A run whose unit is one coordinate of one step."""
    J = objectives.spiky(dimension=dimension)
    start, law = np.full(dimension, 2.0), noise.uniform(8.0)
    sgd.ensemble(J, start=start, eta=0.05, steps=steps, walkers=walkers, noise=law, seed=seed)


def thread(batch, seed):
    """A run whose unit is one sample gradient."""
    J = objectives.sine_fit()
    sgd.ensemble(J, start=1.0, eta=0.01, steps=100, walkers=10_000, batch=batch, replace=True, seed=seed)


SWEEPS = {
    "walkers (spiky loss, 10 to 1,000 steps)": [
        (walkers, lambda seed, w=walkers, s=steps: spiky(w, s, 1, seed), walkers * steps)
        for walkers, steps in [
            (1, 1_000), (10, 1_000), (100, 1_000), (1_000, 1_000), (10_000, 1_000), (100_000, 100),
            (1_000_000, 10), (10_000_000, 10),
        ]
    ],
    "steps (spiky loss, 1,000 walkers)": [
        (steps, lambda seed, s=steps: spiky(1_000, s, 1, seed), 1_000 * steps)
        for steps in (10, 100, 1_000, 10_000, 100_000)
    ],
    "dimension (spiky loss, 1,000 walkers, a coordinate of a step)": [
        (d, lambda seed, d=d: spiky(1_000, max(4, 4_000 // d), d, seed), 1_000 * d * max(4, 4_000 // d))
        for d in (1, 2, 5, 10, 100, 1_000, 10_000)
    ],
    "batch size (the thread's cost, 10,000 walkers, a sample gradient)": [
        (k, lambda seed, k=k: thread(k, seed), 10_000 * 100 * k) for k in (1, 2, 5, 10, 20, 50, 100)
    ],
}  # fmt: skip


def measure():
    """{sweep: [(value, nanoseconds of processor time a unit)]}."""
    found = {}
    for sweep, points in SWEEPS.items():
        found[sweep] = []
        for value, work, units in points:
            work(0)
            seconds = statistics.median(timed(work, turn)[0] for turn in range(1, ROUNDS + 1))
            found[sweep].append((value, 1e9 * seconds / units))
    return found
