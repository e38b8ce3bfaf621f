"""W3: Styblinski-Tang sums in 100 dimensions, 2,000 components: k = 1, k = 200, all, and the paper's size."""

# ruff: noqa: NPY002 - numba has no other generator than np.random

import functools

import jax
import jax.numpy as jnp
import numba
import numpy as np
import yardstick
from escapelab import noise, objectives, sgd
from harness import Case, present

try:
    import torch
except ImportError:
    torch = None

STEPS, ETA, START = 1_000, 1e-5, 0.0
J = objectives.styblinski_tang(100, seed=0)
P, N = J.dimension, J.data.shape[0]
PLACE, (C1, C2, C3) = J.data[:, 0].astype(np.int64), np.ascontiguousarray(J.data[:, 1:].T)
KEEP, ALIAS = (np.ascontiguousarray(column) for column in noise.weighted(J.weights, 1).table.T)
M1, M2, M3 = (np.ascontiguousarray(column) for column in J.plugs["mean"].constants.reshape(P, 3).T)


def with_library(k, walkers, steps, seed):
    batch = k or None
    return sgd.ensemble(J, start=np.zeros(P), eta=ETA, steps=steps, walkers=walkers, batch=batch, seed=seed).theta


def with_numpy(k, walkers, steps, seed):
    rng, theta = np.random.Generator(np.random.SFC64(seed)), np.zeros((walkers, P))
    rows = np.arange(walkers)[:, None] * P
    flat = theta.ravel()
    for _ in range(steps):
        if k == 0:
            theta -= ETA * ((2 * M1 * theta * theta + M2) * theta + 0.5 * M3)
            continue
        column = rng.integers(0, N, (walkers, k), dtype=np.int32)
        picks = np.where(rng.random((walkers, k)) < KEEP.take(column), column, ALIAS.take(column)).astype(np.int64)
        at = rows + PLACE.take(picks)
        x = flat.take(at)
        value = (2 * C1.take(picks) * x * x + C2.take(picks)) * x + 0.5 * C3.take(picks)
        if k == 1:
            flat[at] -= ETA * value
        else:
            flat -= (ETA / k) * np.bincount(at.ravel(), value.ravel(), minlength=walkers * P)
    return theta


@functools.cache
def jax_run(k, walkers, steps, dtype):
    to = functools.partial(jnp.asarray, dtype=dtype)
    keep, alias, place = to(KEEP), jnp.asarray(ALIAS, jnp.int32), jnp.asarray(PLACE, jnp.int32)
    table, (m1, m2, m3) = to(J.data), map(to, (M1, M2, M3))
    rows = jnp.arange(walkers)[:, None]

    @jax.jit
    def run(key):
        def step(theta, key):
            if k == 0:
                return theta - ETA * ((2 * m1 * theta * theta + m2) * theta + 0.5 * m3), None
            first, second = jax.random.split(key)
            column = jax.random.randint(first, (walkers, k), 0, N)
            picks = jnp.where(jax.random.uniform(second, (walkers, k), dtype) < keep[column], column, alias[column])
            at, row = place[picks], table[picks]
            x = theta[rows, at]
            value = (2 * row[..., 1] * x * x + row[..., 2]) * x + 0.5 * row[..., 3]
            return theta.at[rows, at].add(-(ETA / k) * value), None

        return jax.lax.scan(step, jnp.zeros((walkers, P), dtype), jax.random.split(key, steps))[0]

    return run


def with_jax(k, walkers, steps, dtype, seed):
    return np.asarray(jax_run(k, walkers, steps, dtype)(jax.random.key(seed)), np.float64)


def with_torch(k, walkers, steps, seed):
    generator, to = torch.Generator().manual_seed(seed), torch.from_numpy
    theta = torch.zeros((walkers, P), dtype=torch.float64)
    c1, c2, c3, m1, m2, m3 = map(to, (C1, C2, C3, M1, M2, M3))
    keep, alias, place = to(KEEP), to(ALIAS).long(), to(PLACE)
    with torch.inference_mode():
        for _ in range(steps):
            if k == 0:
                theta.sub_((2 * m1 * theta * theta + m2) * theta + 0.5 * m3, alpha=ETA)
                continue
            column = torch.randint(0, N, (walkers, k), generator=generator)
            kept = torch.rand((walkers, k), generator=generator, dtype=torch.float64) < keep[column]
            picks = torch.where(kept, column, alias[column])
            at = place[picks]
            x = theta.gather(1, at)
            value = ((2 * c1[picks] * x * x + c2[picks]) * x).add_(c3[picks], alpha=0.5)
            theta.scatter_add_(1, at, value.mul_(-ETA / k))
    return theta.numpy()


@numba.njit(parallel=True, fastmath=True)
def plain(table, place, keep, alias, m1, m2, m3, p, k, walkers, steps, eta, sparse, seed):
    end = np.zeros((walkers, p))
    for w in numba.prange(walkers):
        np.random.seed(seed * walkers + w)
        theta, g = end[w], np.zeros(p)
        for _ in range(steps):
            if k == 0:
                for a in range(p):
                    theta[a] -= eta * ((2 * m1[a] * theta[a] * theta[a] + m2[a]) * theta[a] + 0.5 * m3[a])
                continue
            for _ in range(k):
                pick = np.random.randint(0, place.size)
                if np.random.random() >= keep[pick]:
                    pick = alias[pick]
                a, x = place[pick], theta[place[pick]]
                value = (2 * table[pick, 1] * x * x + table[pick, 2]) * x + 0.5 * table[pick, 3]
                if sparse:
                    theta[a] -= eta * value
                else:
                    g[a] += value
            if not sparse:
                for a in range(p):
                    theta[a] -= eta / k * g[a]
                    g[a] = 0.0
    return end


def with_numba(k, walkers, steps, sparse, seed):
    return plain(
        J.data, PLACE, KEEP, ALIAS.astype(np.int64), M1, M2, M3, P, k, walkers, steps, ETA, sparse, seed
    )  # fmt: skip


def first_coordinate(work, *arguments):
    """The contestant with end points of one coordinate, which are independent between walkers."""
    return lambda seed: work(*arguments, seed)[:, 0]


def cases():
    """k = 1, k = 200, all, and the paper's 100 walkers x 20 steps."""
    c, of = yardstick.library(), first_coordinate

    def in_c(k, walkers, steps, sparse, seed):
        arguments = {"start": START, "eta": ETA, "walkers": walkers, "steps": steps, "sparse": sparse}
        return yardstick.tang(c, J, k=k, seed=seed, **arguments)

    sizes = [
        ("k = 1", 1, 1_000, STEPS, {"JAX float64": 2.5, "best of the others": 1.4, "C": 1 / 1.5}),
        ("k = 200", 200, 1_000, STEPS // 5, {"JAX float64": 3, "best of the others": 1.8, "C": 1 / 2}),
        ("full batch", 0, 1_000, STEPS, {}),
        ("k = 1, the paper's 100 walkers x 20 steps", 1, 100, 20, {}),
    ]
    for name, k, walkers, steps, targets in sizes:
        contestants = present(
            escapelab=of(with_library, k, walkers, steps),
            c=c and of(in_c, k, walkers, steps, False),
            c_sparse=of(in_c, k, walkers, steps, True) if c and k == 1 else None,
            torch=torch and of(with_torch, k, walkers, steps),
            jax64=of(with_jax, k, walkers, steps, "float64"),
            jax32=of(with_jax, k, walkers, steps, "float32"),
            numpy=of(with_numpy, k, walkers, steps),
            plain=of(with_numba, k, walkers, steps, False),
            plain_sparse=of(with_numba, k, walkers, steps, True) if k == 1 else None,
        )
        yield Case(f"W3, {name}", "step", walkers * steps, contestants, targets, 1e-3 if k == 0 else 0.0)
