"""W1: the thread's problem, 10,000 walkers x 1,000 steps, batches of 10 of 100 with replacement, against JAX float64.

Run it with the pinned requirements plus `pip install jax`. The two alternate (A B A B ...); the table gives medians
of processor time per sample gradient, after a two-sample Kolmogorov-Smirnov test of the end points.
"""

import os
import statistics
import time

os.environ.setdefault("JAX_ENABLE_X64", "1")

import jax
import jax.numpy as jnp
from escapelab import objectives, sgd
from scipy import stats

WALKERS, STEPS, BATCH, ETA, ROUNDS = 10_000, 1_000, 10, 0.01, 5
J = objectives.sine_fit()
x, y = (jnp.asarray(column) for column in J.data.T)


@jax.jit
def with_jax(key):
    """End points (walkers,) of the same work as one fused scan, the fastest of the forms that were tried."""

    def step(theta, key):
        picks = jax.random.randint(key, (WALKERS, BATCH), 0, x.size)
        phase = theta[:, None] * x[picks]
        gradient = 2 * jnp.mean((jnp.sin(phase) - y[picks]) * x[picks] * jnp.cos(phase), axis=1)
        return theta - ETA * gradient, None

    return jax.lax.scan(step, jnp.ones(WALKERS), jax.random.split(key, STEPS))[0]


def with_escapelab(seed):
    """End points (walkers,)."""
    run = sgd.ensemble(J, start=1.0, eta=ETA, steps=STEPS, walkers=WALKERS, batch=BATCH, replace=True, seed=seed)
    return run.theta[:, 0]


def measured(work, argument):
    """(result, processor seconds, wall seconds)."""
    processor, wall = time.process_time(), time.perf_counter()
    result = work(argument)
    return result, time.process_time() - processor, time.perf_counter() - wall


def main():
    contestants = {
        "escapelab": with_escapelab,
        "JAX float64": lambda seed: with_jax(jax.random.key(seed)).block_until_ready(),
    }
    ends = {name: work(0) for name, work in contestants.items()}
    same = stats.ks_2samp(*ends.values()).pvalue
    print(f"the end points have the same law: Kolmogorov-Smirnov p = {same:.3f}")
    times = {name: [] for name in contestants}
    for turn in range(1, ROUNDS + 1):
        for name, work in contestants.items():
            times[name].append(measured(work, turn)[1:])
    unit = 1e9 / (WALKERS * STEPS * BATCH)
    for name, rows in times.items():
        processor, wall = (statistics.median(column) * unit for column in zip(*rows, strict=True))
        print(f"{name:12} {processor:6.2f} ns of processor time, {wall:6.2f} ns of wall time a sample gradient")
    ours, theirs = (statistics.median(row[0] for row in times[name]) for name in contestants)
    print(f"ratio in processor time: {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
