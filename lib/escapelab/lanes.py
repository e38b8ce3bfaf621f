"""The inner loops of the simulator: one block of LANES walkers through all steps. Explained in reference/how-fast."""

import numpy as np
from numba import types

from . import rng
from .arguments import FAR
from .plug import LANES, POINTERS, compiled, kernel


@compiled("loss")
def idle_loss(theta, data, c, out):
    """Stands where a run needs no loss, so that a reader's own is not compiled for nothing."""


@compiled("mean")
def idle_mean(theta, data, c, out):
    """Stands where a run draws batches."""


@compiled("gradient")
def idle_gradient(theta, picks, data, c, out):
    """Stands where a run draws no batches."""


@kernel
def _clamp(theta, low, high, diverged, step):
    """Keep coordinates in the box, which lies in [-FAR, FAR]; mark walkers that reach FAR or are not a number."""
    for j in range(theta.shape[0]):
        x, bottom, top = theta[j], low[j], high[j]
        for i in range(LANES):
            number = x[i] if x[i] == x[i] else FAR
            kept = bottom if number < bottom else number
            kept = top if kept > top else kept
            far = (number >= FAR) | (number <= -FAR)
            diverged[i] = step if far & (diverged[i] < 0) else diverged[i]
            x[i] = kept


@kernel
def _block(
    theta, walker, first_step, steps, key, batch, eta,
    mean, mean_c, gradient, gradient_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, rule_state, region, region_c, schedule, schedule_c,
    data, sampler_words, sampler_state, low, high, record, path, exit_time, diverged, flags,
):  # fmt: skip
    """One block of LANES walkers through all steps. flags: (noise?, scale?, region?, box?)."""
    d, n = theta.shape[0], data.shape[0]
    noisy, scaled, watched = flags[0], flags[1], flags[2]
    g = np.zeros((d, LANES))
    picks = np.zeros((batch, LANES), np.int32)
    state = np.zeros((sampler_state, LANES), np.int32)
    memory = np.zeros((rule_state, LANES))
    factor, inside = np.ones(LANES), np.ones(LANES, np.uint8)
    pick_words = np.zeros((4 * sampler_words, LANES), np.uint32)
    noise_buffer = np.zeros((4 * noise_words, LANES), np.uint32)
    recorded = 0
    if record.size > 0 and record[0] == 0:
        path[:, 0, :] = theta
        recorded = 1
    for step in range(first_step, first_step + steps):
        quarter = step & 3
        if quarter == 0 or step == first_step:
            if batch > 0:
                rng.fill(pick_words, (step - quarter) * sampler_words, walker, rng.PICKS, key)
            if noisy:
                rng.fill(noise_buffer, (step - quarter) * noise_words, walker, rng.NOISE, key)
        if batch > 0:
            sampler(pick_words[quarter * sampler_words : (quarter + 1) * sampler_words], step, n, table, state, picks)
            gradient(theta, picks, data, gradient_c, g)
        else:
            mean(theta, data, mean_c, g)
        if noisy:
            if scaled:
                scale(theta, data, scale_c, factor)
                for i in range(LANES):
                    factor[i] = np.sqrt(max(factor[i], 0.0))
            noise(theta, noise_buffer[quarter * noise_words : (quarter + 1) * noise_words], factor, noise_c, g)
        rule(theta, g, memory, schedule(step, eta, schedule_c), step, rule_c)
        _clamp(theta, low, high, diverged, step + 1)
        if watched:
            region(theta, region_c, inside)
            for i in range(LANES):
                exit_time[i] = step + 1 if exit_time[i] < 0 and inside[i] == 0 else exit_time[i]
        if recorded < record.size and record[recorded] == step + 1:
            path[:, recorded, :] = theta
            recorded += 1


@kernel
def walkers(
    theta, path, exit_time, diverged, begin, end, steps, key, batch, eta,
    mean, mean_c, gradient, gradient_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, rule_state, region, region_c, schedule, schedule_c,
    data, sampler_words, sampler_state, low, high, record, flags,
):  # fmt: skip
    """Walkers begin .. end - 1, LANES at a time; a last block that is not full repeats its last walker."""
    d = theta.shape[1]
    lanes, lane_path = np.empty((d, LANES)), np.empty((d, record.size, LANES))
    lane_exit, lane_diverged = np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    for first in range(begin, end, LANES):
        size = min(LANES, end - first)
        for i in range(LANES):
            lanes[:, i] = theta[first + min(i, size - 1)]
        lane_exit[:], lane_diverged[:] = -1, -1
        _block(
            lanes, first, 0, steps, key, batch, eta,
            mean, mean_c, gradient, gradient_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
            rule, rule_c, rule_state, region, region_c, schedule, schedule_c,
            data, sampler_words, sampler_state, low, high, record, lane_path, lane_exit, lane_diverged, flags,
        )  # fmt: skip
        for i in range(size):
            theta[first + i] = lanes[:, i]
            exit_time[first + i], diverged[first + i] = lane_exit[i], lane_diverged[i]
            for r in range(record.size):
                path[first + i, r] = lane_path[:, r, i]


def signature():
    """The numba signature of `walkers`, so that it is compiled once and cached on disk."""
    f, i, u = types.float64, types.int64, types.uint64
    f1, f2, i1 = types.float64[::1], types.float64[:, ::1], types.int64[::1]
    p = POINTERS
    return types.void(
        f2, types.float64[:, :, ::1], i1, i1, i, i, i, u, i, f,
        p["mean"], f1, p["gradient"], f1, p["sampler"], f2, p["noise"], f1, i, p["loss"], f1,
        p["rule"], f1, i, p["region"], f1, p["schedule"], f1,
        f2, i, i, f1, f1, i1, types.uint8[::1],
    )  # fmt: skip
