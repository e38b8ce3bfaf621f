"""W6: a control is moved: 200 walkers x 200 steps with the whole path kept, and the picture of it."""

# ruff: noqa: NPY002 - numba has no other generator than np.random

import functools

import jax
import jax.numpy as jnp
import numba
import numpy as np
import yardstick
from escapelab import frames, objectives, plots, sgd
from harness import Case, present

try:
    import torch
except ImportError:
    torch = None

WALKERS, STEPS, BATCH, ETA, START = 200, 200, 10, 0.01, 1.0
J = objectives.sine_fit()
_shown: list = []  # the picture that the next one takes the place of
X, Y = (np.ascontiguousarray(column) for column in J.data.T)


def path(seed):
    """The path of the library (walkers, steps + 1)."""
    run = sgd.ensemble(
        J, start=START, eta=ETA, steps=STEPS, walkers=WALKERS, batch=BATCH, replace=True, record=1, seed=seed
    )
    return run.path[:, :, 0]


def frame(seed):
    """What is shown when the control is moved: simulation, quantile bands, picture."""

    def draw():
        figure, ax = plots.figure()
        plots.bands(ax, np.arange(STEPS + 1), path(seed))
        return figure, "Two hundred walkers."

    _shown.append(frames.frame(draw, {}, like=_shown.pop() if _shown else None))
    return np.array([len(_shown[0].png) > 0])


def with_numpy(seed):
    rng, theta = np.random.Generator(np.random.SFC64(seed)), np.empty((STEPS + 1, WALKERS))
    theta[0] = START
    for step in range(STEPS):
        picks = rng.integers(0, X.size, (BATCH, WALKERS), dtype=np.int32)
        x = X.take(picks)
        phase = theta[step] * x
        gradient = ((np.sin(phase) - Y.take(picks)) * x * np.cos(phase)).sum(axis=0)
        theta[step + 1] = theta[step] - 2 * ETA / BATCH * gradient
    return theta[-1]


@functools.cache
def jax_run(dtype):
    x, y = jnp.asarray(X, dtype), jnp.asarray(Y, dtype)

    @jax.jit
    def run(key):
        def step(theta, key):
            picks = jax.random.randint(key, (BATCH, WALKERS), 0, X.size)
            phase = theta * x[picks]
            gradient = 2 * jnp.mean((jnp.sin(phase) - y[picks]) * x[picks] * jnp.cos(phase), axis=0)
            return theta - ETA * gradient, theta

        return jax.lax.scan(step, jnp.full(WALKERS, START, dtype), jax.random.split(key, STEPS))

    return run


def with_jax(dtype, seed):
    return np.asarray(jax_run(dtype)(jax.random.key(seed))[0], np.float64)


def with_torch(seed):
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    theta = torch.full((STEPS + 1, WALKERS), START, dtype=torch.float64)
    with torch.inference_mode():
        for step in range(STEPS):
            picks = torch.randint(0, X.size, (BATCH, WALKERS), generator=generator)
            xs = x[picks]
            phase = xs * theta[step]
            residual = torch.sin(phase).sub_(y[picks]).mul_(xs).mul_(phase.cos_())
            torch.sub(theta[step], residual.sum(dim=0), alpha=2 * ETA / BATCH, out=theta[step + 1])
    return theta[-1].numpy()


@numba.njit(parallel=True, fastmath=True)
def plain(x, y, walkers, steps, batch, eta, start, seed):
    theta = np.empty((walkers, steps + 1))
    for w in numba.prange(walkers):
        np.random.seed(seed * walkers + w)
        theta[w, 0] = start
        for step in range(steps):
            gradient = 0.0
            for _ in range(batch):
                pick = np.random.randint(0, x.size)
                phase = theta[w, step] * x[pick]
                gradient += (np.sin(phase) - y[pick]) * x[pick] * np.cos(phase)
            theta[w, step + 1] = theta[w, step] - eta * 2.0 / batch * gradient
    return theta[:, -1]


def cases():
    """The simulation against peers; the whole frame alone, in nanoseconds a frame."""
    c, of = yardstick.library(), functools.partial
    in_c = {"k": BATCH, "replace": True, "start": START, "eta": ETA, "walkers": WALKERS, "steps": STEPS}

    def with_c(seed):
        return yardstick.thread_cost(c, J, seed=seed, path=np.empty((STEPS + 1, WALKERS)), **in_c)

    contestants = present(
        escapelab=lambda seed: path(seed)[:, -1],
        c=c and with_c,
        torch=torch and with_torch,
        jax64=of(with_jax, "float64"),
        jax32=of(with_jax, "float32"),
        numpy=with_numpy,
        plain=lambda seed: plain(X, Y, WALKERS, STEPS, BATCH, ETA, START, seed),
    )
    yield Case("W6, simulation of a frame", "frame", 1, contestants, {"JAX float64": 10})
    yield Case("W6, simulation and picture", "frame", 1, present(escapelab=frame), {})
