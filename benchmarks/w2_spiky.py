"""W2: the spiky loss in one dimension with uniform gradient noise, 100,000 walkers x 1,000 steps."""

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

WALKERS, STEPS, ETA, START, RADIUS = 100_000, 1_000, 0.05, 2.0, 8.0
CHUNK = 5_000
J = objectives.spiky()
BOWL, RIPPLE, FREQUENCY = map(float, J.plugs["mean"].constants)
SLOPE = RIPPLE * FREQUENCY


def with_library(seed):
    law = noise.uniform(RADIUS)
    return sgd.ensemble(J, start=START, eta=ETA, steps=STEPS, walkers=WALKERS, noise=law, seed=seed).theta[:, 0]


def with_numpy(seed):
    rng, ends, sine, random = np.random.Generator(np.random.SFC64(seed)), [], np.empty(CHUNK), np.empty(CHUNK)
    for _ in range(WALKERS // CHUNK):
        theta = np.full(CHUNK, START)
        for _ in range(STEPS):
            np.sin(np.multiply(theta, FREQUENCY, out=sine), out=sine)
            sine *= -ETA * SLOPE
            rng.random(out=random)
            random *= -2 * ETA * RADIUS
            theta *= 1 - ETA * BOWL
            theta += ETA * RADIUS
            theta += sine
            theta += random
        ends.append(theta)
    return np.concatenate(ends)


@functools.cache
def jax_run(dtype):
    @jax.jit
    def run(key):
        def step(theta, key):
            random = jax.random.uniform(key, (WALKERS,), dtype, -RADIUS, RADIUS)
            return theta - ETA * (BOWL * theta + SLOPE * jnp.sin(FREQUENCY * theta) + random), None

        return jax.lax.scan(step, jnp.full(WALKERS, START, dtype), jax.random.split(key, STEPS))[0]

    return run


def with_jax(dtype, seed):
    return np.asarray(jax_run(dtype)(jax.random.key(seed)), np.float64)


def with_torch(seed):
    generator = torch.Generator().manual_seed(seed)
    theta = torch.full((WALKERS,), START, dtype=torch.float64)
    with torch.inference_mode():
        random, sine = torch.empty_like(theta), torch.empty_like(theta)
        for _ in range(STEPS):
            random.uniform_(-RADIUS, RADIUS, generator=generator)
            torch.sin(torch.mul(theta, FREQUENCY, out=sine), out=sine)
            theta.mul_(1 - ETA * BOWL).sub_(sine, alpha=ETA * SLOPE).sub_(random, alpha=ETA)
    return theta.numpy()


@numba.njit(parallel=True, fastmath=True)
def plain(walkers, steps, eta, start, radius, bowl, slope, frequency, seed):
    end = np.empty(walkers)
    for w in numba.prange(walkers):
        np.random.seed(seed * walkers + w)
        theta = start
        for _ in range(steps):
            random = radius * (2.0 * np.random.random() - 1.0)
            theta -= eta * (bowl * theta + slope * np.sin(frequency * theta) + random)
        end[w] = theta
    return end


def with_numba(seed):
    return plain(WALKERS, STEPS, ETA, START, RADIUS, BOWL, SLOPE, FREQUENCY, seed)


def cases():
    """One."""
    c, of = yardstick.library(), functools.partial
    in_c = {"radius": RADIUS, "start": START, "eta": ETA, "walkers": WALKERS, "steps": STEPS}
    contestants = present(
        escapelab=with_library,
        c=c and (lambda seed: yardstick.spiky(c, J, seed=seed, **in_c)),
        torch=torch and with_torch,
        jax64=of(with_jax, "float64"),
        jax32=of(with_jax, "float32"),
        numpy=with_numpy,
        plain=with_numba,
    )
    targets = {"JAX float64": 25, "best of the others": 7, "C": 1 / 1.3}
    yield Case("W2, spiky loss", "step", WALKERS * STEPS, contestants, targets)
