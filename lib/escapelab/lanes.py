"""Walkers in lanes: which block of LANES each goes through the steps with. Explained in reference/how-fast."""

import numpy as np
from numba import types

from . import blocks
from .plug import LANES, POINTERS, bare, kernel, rows_of, words_of

POOL_BYTES = 1 << 24  # of the state of walkers that take each other's lanes when some of them stop


@kernel
def walkers(
    theta, path, exit_time, diverged, moments, begin, end, stride, steps, key, batch, eta, amplitude,
    mean, mean_c, gradient, gradient_c, partial, partial_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, rule_rows, probe, probe_c, region, region_c, schedule, schedule_c, schedule_rows,
    watch, watch_c, watch_data, data, sampler_words, sampler_rows, low, high, record, average, flags,
):  # fmt: skip
    """Walkers begin, begin + stride, ... below end, LANES at a time; lanes that nobody needs go along unseen.

    Where walkers stop at their exit, a pool of them goes through a window of steps, block after block; then
    those that are still inside close ranks, so that later windows run with full lanes.
    """
    d, stops, rows_of_moments = theta.shape[1], flags[3] != 0, moments.shape[1]
    rows = 8 * (d + rule_rows + schedule_rows + 6) + 4 * sampler_rows
    count = (end - begin + stride - 1) // stride
    pool = max(LANES, min(count + LANES - 1, POOL_BYTES // rows) // LANES * LANES) if stops else LANES
    pool_blocks = pool // LANES
    lanes, lane_path = rows_of(pool_blocks * d).reshape((pool_blocks, d, LANES)), np.empty((d, record.size, LANES))
    memory, plan = rows_of(pool_blocks * rule_rows), rows_of(pool_blocks * (schedule_rows + 1))
    memory = memory.reshape((pool_blocks, rule_rows, LANES))
    plan = plan.reshape((pool_blocks, schedule_rows + 1, LANES))
    lane_eta, lane_amplitude = rows_of(pool_blocks), rows_of(pool_blocks)
    lane_exit, lane_diverged = np.empty((pool_blocks, LANES), np.int64), np.empty((pool_blocks, LANES), np.int64)
    ids, state = np.empty((pool_blocks, LANES), np.int64), np.zeros((pool_blocks, sampler_rows, LANES), np.int32)
    picks, lane_moments, left_at = words_of(batch).view(np.int32), rows_of(rows_of_moments), rows_of(d)
    g, ahead, factor, rate = rows_of(d), rows_of(d), rows_of(1)[0], rows_of(1)[0]
    pick_words, noise_buffer, inside = words_of(4 * sampler_words), words_of(4 * noise_words), np.ones(LANES, np.uint8)
    still = np.ones(LANES, np.uint8)
    draws, place = rows_of(d * (1 + d % 2)), np.empty(LANES, np.int32)  # in pairs: of two steps where d is odd
    for first in range(0, count, pool):
        alive = min(pool, count - first)
        for k in range((alive + LANES - 1) // LANES * LANES):
            w, b, i = begin + (first + min(k, alive - 1)) * stride, k // LANES, k % LANES
            ids[b, i], lane_eta[b, i], lane_amplitude[b, i] = w, eta[w], amplitude[w]
            lane_exit[b, i], lane_diverged[b, i] = exit_time[w], diverged[w]
            for j in range(d):
                lanes[b, j, i] = theta[w, j]
        memory[:], plan[:], lane_moments[:] = 0.0, 0.0, 0.0
        recorded, step = np.int64(0), np.int64(0)  # a bare 0 has a type of its own, and block is compiled for each
        while alive > 0:
            window = min(steps - step, (12 + step // 16) // 4 * 4) if stops else steps
            written = recorded
            for b in range((alive + LANES - 1) // LANES):
                written = blocks.block(
                    lanes[b], ids[b], step, window, key, batch, lane_eta[b], lane_amplitude[b],
                    mean, mean_c, gradient, gradient_c, partial, partial_c,
                    sampler, table, noise, noise_c, noise_words, scale, scale_c,
                    rule, rule_c, probe, probe_c, region, region_c, schedule, schedule_c, watch, watch_c, watch_data,
                    data, sampler_words, low, high, record, recorded, average, flags,
                    picks, state[b], memory[b], plan[b, :schedule_rows], plan[b, schedule_rows], lane_moments,
                    lane_path, lane_exit[b], lane_diverged[b],
                    g, ahead, pick_words, noise_buffer, draws, factor, rate, inside, still, place, left_at,
                )  # fmt: skip
                for i in range(min(LANES, alive - b * LANES)):
                    w = ids[b, i]
                    for r in range(recorded, written):
                        for j in range(d):
                            path[w, r, j] = lane_path[j, r, i]
                    if stops and lane_exit[b, i] >= 0:
                        for j in range(d):
                            lanes[b, j, i] = left_at[j, i]
                        lane_diverged[b, i] = -1 if lane_diverged[b, i] > lane_exit[b, i] else lane_diverged[b, i]
                    if step + window >= steps or lane_exit[b, i] >= 0:
                        exit_time[w], diverged[w] = lane_exit[b, i], lane_diverged[b, i]
                        for j in range(d):
                            theta[w, j] = lanes[b, j, i]
                        for j in range(rows_of_moments):
                            moments[w, j] = lane_moments[j, i]
            recorded, step = written, step + window
            if step >= steps:
                break
            alive = _close_ranks(
                alive, lane_exit, lane_diverged, ids, lane_eta, lane_amplitude, lanes, memory, plan, state
            )
        if stops:
            for w in range(begin + first * stride, min(begin + (first + pool) * stride, end), stride):
                for r in range(record.size):
                    if 0 <= exit_time[w] < record[r]:
                        for j in range(d):
                            path[w, r, j] = theta[w, j]


@bare
def _close_ranks(alive, exit_time, diverged, ids, eta, amplitude, theta, memory, plan, state):
    """Move the walkers that have not left to the front, with all that is theirs; returns how many they are."""
    kept = 0
    for k in range(alive):
        c, e = k // LANES, k % LANES
        if exit_time[c, e] >= 0:
            continue
        a, b, kept = kept // LANES, kept % LANES, kept + 1
        if k == kept - 1:
            continue
        exit_time[a, b], diverged[a, b], ids[a, b] = exit_time[c, e], diverged[c, e], ids[c, e]
        eta[a, b], amplitude[a, b] = eta[c, e], amplitude[c, e]
        for j in range(theta.shape[1]):
            theta[a, j, b] = theta[c, j, e]
        for j in range(memory.shape[1]):
            memory[a, j, b] = memory[c, j, e]
        for j in range(plan.shape[1]):
            plan[a, j, b] = plan[c, j, e]
        for j in range(state.shape[1]):
            state[a, j, b] = state[c, j, e]
    return kept


def signature():
    """The numba signature of `walkers`, so that it is compiled once and cached on disk."""
    i, u = types.int64, types.uint64
    f1, f2, i1 = types.float64[::1], types.float64[:, ::1], types.int64[::1]
    p = POINTERS
    return types.void(
        f2, types.float64[:, :, ::1], i1, i1, f2, i, i, i, i, u, i, f1, f1,
        p["mean"], f1, p["gradient"], f1, p["partial"], f1, p["sampler"], f2, p["noise"], f1, i, p["loss"], f1,
        p["rule"], f1, i, p["probe"], f1, p["region"], f1, p["schedule"], f1, i,
        p["loss"], f1, f2, f2, i, i, f1, f1, i1, i1, i1,
    )  # fmt: skip
