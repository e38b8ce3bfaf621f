"""W1: the thread's problem, 10,000 walkers x 1,000 steps, batches of 10 of 100 with and without replacement."""

# ruff: noqa: NPY002 - numba has no other generator than np.random

import functools

import jax
import jax.numpy as jnp
import numba
import numpy as np
import yardstick
from escapelab import objectives, sgd
from harness import Case, present

try:
    import torch
except ImportError:
    torch = None

WALKERS, STEPS, BATCH, ETA, START = 10_000, 1_000, 10, 0.01, 1.0
CHUNK = 2_500  # walkers of the NumPy version that stay in the second-level cache
J = objectives.sine_fit()
X, Y = (np.ascontiguousarray(column) for column in J.data.T)
N = X.size


def with_library(replace, seed):
    run = sgd.ensemble(J, start=START, eta=ETA, steps=STEPS, walkers=WALKERS, batch=BATCH, replace=replace, seed=seed)
    return run.theta[:, 0]


def with_numpy(replace, seed):
    rng, ends = np.random.Generator(np.random.SFC64(seed)), []
    for _ in range(WALKERS // CHUNK):
        theta = np.full(CHUNK, START)
        for _ in range(STEPS):
            if replace:
                picks = rng.integers(0, N, (BATCH, CHUNK), dtype=np.int32)
            else:
                last = np.arange(N - BATCH, N, dtype=np.int32)[:, None]
                picks = rng.integers(0, last + 1, (BATCH, CHUNK), dtype=np.int32)
                for j in range(1, BATCH):  # Floyd 1987
                    picks[j] = np.where((picks[:j] == picks[j]).any(axis=0), last[j], picks[j])
            x = X.take(picks)
            phase = theta * x
            residual = np.sin(phase)
            residual -= Y.take(picks)
            residual *= x
            residual *= np.cos(phase, out=phase)
            theta -= (2 * ETA / BATCH) * residual.sum(axis=0)
        ends.append(theta)
    return np.concatenate(ends)


@functools.cache
def jax_run(replace, dtype):
    x, y = jnp.asarray(X, dtype), jnp.asarray(Y, dtype)

    @jax.jit
    def run(key):
        def step(theta, key):
            if replace:
                picks = jax.random.randint(key, (BATCH, WALKERS), 0, N)
            else:
                last = jnp.arange(N - BATCH, N)[:, None]
                rows = list(jax.random.randint(key, (BATCH, WALKERS), 0, last + 1))
                for j in range(1, BATCH):
                    taken = functools.reduce(jnp.logical_or, [rows[h] == rows[j] for h in range(j)])
                    rows[j] = jnp.where(taken, N - BATCH + j, rows[j])
                picks = jnp.stack(rows)
            phase = theta * x[picks]
            gradient = 2 * jnp.mean((jnp.sin(phase) - y[picks]) * x[picks] * jnp.cos(phase), axis=0)
            return theta - ETA * gradient, None

        return jax.lax.scan(step, jnp.full(WALKERS, START, dtype), jax.random.split(key, STEPS))[0]

    return run


def with_jax(replace, dtype, seed):
    return np.asarray(jax_run(replace, dtype)(jax.random.key(seed)), np.float64)


def with_torch(replace, seed):
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    theta = torch.full((WALKERS,), START, dtype=torch.float64)
    last = torch.arange(N - BATCH, N)[:, None]
    with torch.inference_mode():
        for _ in range(STEPS):
            if replace:
                picks = torch.randint(0, N, (BATCH, WALKERS), generator=generator)
            else:
                picks = (torch.rand((BATCH, WALKERS), generator=generator) * (last + 1)).long()
                for j in range(1, BATCH):
                    taken = (picks[:j] == picks[j]).any(dim=0)
                    picks[j] = torch.where(taken, last[j], picks[j])
            xs = x[picks]
            phase = xs * theta
            residual = torch.sin(phase).sub_(y[picks]).mul_(xs).mul_(phase.cos_())
            theta.sub_(residual.sum(dim=0), alpha=2 * ETA / BATCH)
    return theta.numpy()


@numba.njit(parallel=True, fastmath=True)
def plain(x, y, replace, walkers, steps, batch, eta, start, seed):
    end = np.empty(walkers)
    for w in numba.prange(walkers):
        np.random.seed(seed * walkers + w)
        theta, picks = start, np.empty(batch, np.int64)
        for _ in range(steps):
            gradient = 0.0
            for j in range(batch):
                pick = np.random.randint(0, x.size if replace else x.size - batch + j + 1)
                if not replace:
                    for h in range(j):
                        if picks[h] == pick:
                            pick = x.size - batch + j
                            break
                    picks[j] = pick
                phase = theta * x[pick]
                gradient += (np.sin(phase) - y[pick]) * x[pick] * np.cos(phase)
            theta -= eta * 2.0 / batch * gradient
        end[w] = theta
    return end


def with_numba(replace, seed):
    return plain(X, Y, replace, WALKERS, STEPS, BATCH, ETA, START, seed)


def cases():
    """With and without replacement."""
    c, of = yardstick.library(), functools.partial
    in_c = {"k": BATCH, "start": START, "eta": ETA, "walkers": WALKERS, "steps": STEPS}
    for replace in (True, False):
        contestants = present(
            escapelab=of(with_library, replace),
            c=c and of(lambda replace, seed: yardstick.thread_cost(c, J, replace=replace, seed=seed, **in_c), replace),
            torch=torch and of(with_torch, replace),
            jax64=of(with_jax, replace, "float64"),
            jax32=of(with_jax, replace, "float32"),
            numpy=of(with_numpy, replace),
            plain=of(with_numba, replace),
        )
        name = f"W1, {'with' if replace else 'without'} replacement"
        targets = {"JAX float64": 20, "best of the others": 6, "C": 1 / 1.3}
        yield Case(name, "sample gradient", WALKERS * STEPS * BATCH, contestants, targets)
