"""W5: escape maps of a double well over step size and noise, until exit or 10,000 steps: simulated, and exact."""

# ruff: noqa: NPY002 - numba has no other generator than np.random

import functools

import jax
import jax.numpy as jnp
import numba
import numpy as np
import yardstick
from escapelab import noise, objectives, regions, sgd
from harness import Case, present

try:
    import torch
except ImportError:
    torch = None
try:
    from escapelab import transfer
except ImportError:
    transfer = None

HEIGHT, START, LOW, HIGH, STEPS = 0.25, -1.0, -6.0, 0.0, 10_000
WELL, REGION = objectives.double_well(height=HEIGHT), regions.interval(LOW, HIGH)
ETAS, SIGMAS = (0.05, 0.5), (1.0, 3.0)
WINDOW = 64  # steps between two looks at who has left, where all walkers move together


def grid(side, walkers):
    """Step size and noise of every cell (side^2,), and of every walker."""
    eta, sigma = (part.ravel() for part in np.meshgrid(np.linspace(*ETAS, side), np.linspace(*SIGMAS, side)))
    return eta, sigma, np.repeat(eta, walkers), np.repeat(sigma, walkers)


def with_library(side, walkers, seed):
    _, _, eta, sigma = grid(side, walkers)
    run = sgd.ensemble(
        WELL, start=START, eta=eta, noise=noise.gaussian(sigma), walkers=eta.size, steps=STEPS, region=REGION,
        until_exit=True, seed=seed,
    )  # fmt: skip
    return run.exit_time


def exactly(side, seed):
    map_ = transfer.escape_map(
        WELL, (LOW, HIGH), np.linspace(*ETAS, side), np.linspace(*SIGMAS, side), start=START, noise=noise.gaussian,
        rtol=1e-5,
    )  # fmt: skip
    return map_.mean


def with_numpy(side, walkers, seed):
    rng, (_, _, eta, sigma) = np.random.Generator(np.random.SFC64(seed)), grid(side, walkers)
    times, who = np.full(eta.size, -1), np.arange(eta.size)
    theta, random = np.full(eta.size, START), np.empty(eta.size)
    for step in range(1, STEPS + 1):
        drawn = random[: theta.size]
        rng.standard_normal(out=drawn)
        drawn *= sigma
        drawn += 4 * HEIGHT * theta * (theta * theta - 1)
        drawn *= eta
        theta -= drawn
        left = (theta < LOW) | (theta > HIGH)
        if left.any():
            times[who[left]] = step
            kept = ~left
            theta, eta, sigma, who = theta[kept], eta[kept], sigma[kept], who[kept]
            if not who.size:
                break
    return times


@jax.jit
def jax_window(theta, eta, sigma, first, key):
    """(theta, exit step or -1) after WINDOW steps; those that have left stay where they are."""

    def step(state, drawn):
        theta, time, number = state
        moved = theta - eta * (4 * HEIGHT * theta * (theta * theta - 1) + sigma * drawn)
        theta = jnp.where(time < 0, moved, theta)
        time = jnp.where((time < 0) & ((theta < LOW) | (theta > HIGH)), number, time)
        return (theta, time, number + 1), None

    draws = jax.random.normal(key, (WINDOW, theta.size), theta.dtype)
    (theta, time, _), _ = jax.lax.scan(step, (theta, jnp.full(theta.shape, -1), first), draws)
    return theta, time


def windows(side, walkers, move, dtype):
    """Exit times (walkers,): windows of steps, between which the walkers that have left make room, in powers of two."""
    _, _, eta, sigma = (part.astype(dtype) for part in grid(side, walkers))
    times, who, theta = np.full(eta.size, -1), np.arange(eta.size), np.full(eta.size, START, dtype)
    for first in range(1, STEPS + 1, WINDOW):
        size = 1 << max(10, int(who.size - 1).bit_length())
        fill = np.resize(np.arange(who.size), size)
        theta, time = move(theta[fill], eta[fill], sigma[fill], first)
        theta, time = np.array(theta)[: who.size], np.asarray(time)[: who.size]
        time = np.where(time > STEPS, -1, time)
        times[who[time >= 0]] = time[time >= 0]
        kept = time < 0
        theta, eta, sigma, who = theta[kept], eta[kept], sigma[kept], who[kept]
        if not who.size:
            break
    return times


def with_jax(side, walkers, dtype, seed):
    key = jax.random.key(seed)
    return windows(
        side, walkers, lambda t, e, s, first: jax_window(t, e, s, first, jax.random.fold_in(key, first)), dtype
    )


def with_torch(side, walkers, seed):
    generator = torch.Generator().manual_seed(seed)

    def move(theta, eta, sigma, first):
        theta, eta, sigma = map(torch.from_numpy, (theta, eta, sigma))
        time = torch.full(theta.shape, -1)
        with torch.inference_mode():
            for step in range(first, first + WINDOW):
                drawn = torch.randn(theta.shape, generator=generator, dtype=theta.dtype).mul_(sigma)
                drawn.add_(theta * (theta * theta - 1), alpha=4 * HEIGHT).mul_(eta)
                theta = torch.where(time < 0, theta - drawn, theta)
                time[(time < 0) & ((theta < LOW) | (theta > HIGH))] = step
        return theta.numpy(), time.numpy()

    return windows(side, walkers, move, np.float64)


@numba.njit(parallel=True, fastmath=True)
def plain(eta, sigma, steps, height, start, low, high, seed):
    times = np.full(eta.size, -1)
    for w in numba.prange(eta.size):
        np.random.seed(seed * eta.size + w)
        theta = start
        for step in range(1, steps + 1):
            theta -= eta[w] * (4 * height * theta * (theta * theta - 1) + sigma[w] * np.random.normal())
            if theta < low or theta > high:
                times[w] = step
                break
    return times


def with_c(c, side, walkers, seed):
    eta, sigma, _, _ = grid(side, walkers)
    return yardstick.escape_map(
        c, eta=eta, sigma=sigma, height=HEIGHT, start=START, low=LOW, high=HIGH, walkers=walkers, steps=STEPS, seed=seed
    )  # fmt: skip


def with_numba(side, walkers, seed):
    _, _, eta, sigma = grid(side, walkers)
    return plain(eta, sigma, STEPS, HEIGHT, START, LOW, HIGH, seed)


def cases():
    """Simulation on a coarser map; the exact map beside the whole simulated one."""
    c, of, side, walkers = yardstick.library(), functools.partial, 32, 400
    times = with_library(side, walkers, 0)
    walked = float(np.where(times < 0, STEPS, times).sum())
    contestants = present(
        escapelab=of(with_library, side, walkers),
        c=c and of(with_c, c, side, walkers),
        torch=torch and of(with_torch, side, walkers),
        jax64=of(with_jax, side, walkers, np.float64),
        jax32=of(with_jax, side, walkers, np.float32),
        numpy=of(with_numpy, side, walkers),
        plain=of(with_numba, side, walkers),
    )
    targets = {"JAX float64": 20, "best of the others": 6, "C": 1 / 1.2}
    yield Case("W5, escape map by simulation", "step walked", walked, contestants, targets)
    whole = present(escapelab=of(with_library, 64, 1_000), exact=transfer and of(exactly, 64))
    yield Case("W5, 64 x 64 x 1,000 and the exact map", "map", 1, whole, {}, compared=False)
