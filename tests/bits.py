"""A table of runs that use plugs of every kind, and the hash of what each gives: run in other processes by test_bits.

Few walkers and steps are enough: a bit that differs anywhere changes the hash.
"""

import hashlib
import json
import sys

import numba
import numpy as np
from escapelab import noise, objectives, optimisers, plug, regions, schedules, sgd, vecmath

STEPS, WALKERS = 40, 300
RANDOM = np.random.default_rng(0)
ROWS, OFFSETS = RANDOM.normal(size=(20, 3)), 0.1 * RANDOM.normal(size=(20, 3))


def thread(**options):
    """A run on the thread's cost."""
    return sgd.ensemble(objectives.sine_fit(), start=1.0, eta=0.01, steps=STEPS, walkers=WALKERS, seed=1, **options)


def landscape(objective, start=0.7, **options):
    """A run on a landscape without data, moved by noise."""
    start = np.full(objective.dimension, start)
    law = options.pop("noise", None) or noise.gaussian(1.0)
    return sgd.ensemble(
        objective, start=start, eta=0.02, steps=STEPS, walkers=WALKERS, noise=law, seed=2, record=10, **options
    )


RUNS = {
    "batches with replacement": lambda: thread(batch=10, replace=True),
    "batches without replacement": lambda: thread(batch=10),
    "batches by a shuffle": lambda: thread(batch=60),
    "reshuffled epochs": lambda: thread(batch=10, sampler=noise.reshuffled(100, 10)),
    "the full batch": lambda: thread(),
    "weighted batches": lambda: sgd.ensemble(
        objectives.styblinski_tang(6, seed=0), start=np.zeros(6), eta=1e-3, steps=STEPS, walkers=WALKERS, batch=3
    ),
    "factored matrices": lambda: sgd.ensemble(
        objectives.stochastic_quadratic(ROWS, OFFSETS),
        start=np.ones(3),
        eta=0.05,
        steps=STEPS,
        walkers=WALKERS,
        batch=2,
    ),
    "the mean of factored matrices": lambda: sgd.ensemble(
        objectives.stochastic_quadratic(ROWS, OFFSETS), start=np.ones(3), eta=0.05, steps=STEPS, walkers=WALKERS
    ),
    "an adaptive rule and a decaying step": lambda: landscape(
        objectives.double_well(), rule=optimisers.adam(), schedule=schedules.cosine(STEPS), average=(10, 2)
    ),
    "a rule that looks ahead": lambda: thread(
        batch=10, rule=optimisers.sam(0.05), schedule=schedules.exponential(0.99)
    ),
    "walkers that stop where they leave": lambda: landscape(
        objectives.double_well(), region=regions.interval(0.0, 3.0), until_exit=True, noise=noise.alpha_stable(1.5)
    ),
    "a ball": lambda: landscape(objectives.quadratic([1.0, -1.0]), start=0.0, region=regions.ball([0.0, 0.0], 0.3)),
    "uniform noise": lambda: landscape(objectives.spiky(dimension=2), noise=noise.uniform(2.0)),
    "normal noise in a well, a region, a box": lambda: landscape(
        objectives.double_well(tilt=0.1), region=regions.interval(-0.2, 3.0), box=(-1.5, 1.5)
    ),
    "noise scaled with the loss": lambda: landscape(
        objectives.saddle(quartic=0.3), scale=objectives.saddle(quartic=0.3).plugs["loss"]
    ),
    "a rule and a schedule": lambda: landscape(
        objectives.quadratic([1.0, 4.0]), rule=optimisers.sgd(), schedule=schedules.power(10.0)
    ),
}


def digest(run):
    """Hash of all that a run gives."""
    parts = (run.theta, run.path, run.exit_time, run.diverged, run.mean, run.variance)
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()[:16]


def registers():
    """Widest vector registers in the machine code that is made in this process: zmm, ymm or xmm."""

    @numba.njit(numba.void(numba.float64[::1]))
    def sines(x):
        for i in range(x.size):
            x[i] = vecmath.sin(x[i])

    code = "".join(sines.inspect_asm().values())
    return next((name for name in ("zmm", "ymm", "xmm") if f"%{name}" in code), "other")


def kinds():
    """Kinds of plug that have been compiled in this process."""
    functions = [
        thing for name, module in sys.modules.items() if "escapelab" in name for thing in vars(module).values()
    ]
    return sorted({f.kind for f in functions if hasattr(f, "kind") and getattr(f, "signatures", None)})


def main():
    """Print the hashes as JSON, with the kinds of plug used, the lanes of a block and the registers."""
    hashes = {name: digest(run()) for name, run in RUNS.items()}
    print(json.dumps({"hashes": hashes, "kinds": kinds(), "registers": registers(), "lanes": plug.LANES}))


if __name__ == "__main__":
    main()
