"""The inner loops of the simulator: one block of LANES walkers through all steps. Explained in reference/how-fast."""

import numpy as np
from numba import types

from . import rng
from .arguments import FAR
from .plug import LANES, POINTERS, bare, fma, inlined, kernel, rows_of, words_of

POOL_BYTES = 1 << 24  # of the state of walkers that take each other's lanes when some of them stop


@inlined
def _kept(x, low, high, diverged, i, step):
    number = x if x == x else FAR
    kept = low if number < low else number
    far = (number >= FAR) | (number <= -FAR)
    diverged[i] = step if far & (diverged[i] < 0) else diverged[i]
    return high if kept > high else kept


@bare
def _clamp(theta, low, high, diverged, step):
    """Keep coordinates in the box, which lies in [-FAR, FAR]; mark walkers that reach FAR or are not a number."""
    for j in range(theta.shape[0]):
        x, bottom, top = theta[j], low[j], high[j]
        for i in range(LANES):
            x[i] = _kept(x[i], bottom, top, diverged, i, step)


@bare
def _move_one(theta, place, slope, rate, low, high, diverged, step):
    """The SGD step of walkers that move along one coordinate each: the same bits as along all, the others by 0."""
    for i in range(LANES):
        j = np.uint32(place[i])
        theta[j, i] = _kept(fma(-rate[i], slope[i], theta[j, i]), low[j], high[j], diverged, i, step)


@inlined
def _slope(
    theta, batch, amplitude, mean, mean_c, gradient, gradient_c, scale, scale_c, data,
    noisy, scaled, picks, draws, factor, g,
):  # fmt: skip
    """The gradient of the batch or of everything, with its noise."""
    if batch > 0:
        gradient(theta, picks, data, gradient_c, g)
    else:
        mean(theta, data, mean_c, g)
    if noisy:
        if scaled:
            scale(theta, data, scale_c, factor)
            for i in range(LANES):
                factor[i] = amplitude[i] * np.sqrt(max(factor[i], 0.0))
        for j in range(g.shape[0]):
            for i in range(LANES):
                g[j, i] = fma(factor[i], draws[j, i], g[j, i])


@bare
def _add(theta, moments, count):
    """Welford's update of mean and sum of squares, rows 0 .. d - 1 and d .. 2d - 1, by point number `count`."""
    d = theta.shape[0]
    for j in range(d):
        for i in range(LANES):
            change = theta[j, i] - moments[j, i]
            moments[j, i] += change / count
            moments[d + j, i] += change * (theta[j, i] - moments[j, i])


@bare
def _copy(theta, path, record):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            path[j, record, i] = theta[j, i]


@bare
def _block(
    theta, ids, first_step, steps, key, batch, eta, amplitude,
    mean, mean_c, gradient, gradient_c, partial, partial_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, probe, probe_c, region, region_c, schedule, schedule_c, watch, watch_c, watch_data,
    data, sampler_words, low, high, record, recorded, average, flags,
    picks, state, memory, plan, seen, moments, path, exit_time, diverged,
    g, ahead, pick_words, noise_buffer, draws, factor, rate, inside, place,
):  # fmt: skip
    """One block of LANES walkers through some steps, from a multiple of 4; returns how many records are written."""
    d, n = theta.shape[0], data.shape[0]
    noisy, scaled, watched, stops, looks = flags[0], flags[1], flags[2], flags[3], flags[4]
    every, lone, together = flags[5], flags[6], draws.shape[0] // d
    for i in range(LANES):
        factor[i] = amplitude[i]
    if recorded < record.size and record[recorded] == first_step:
        _copy(theta, path, recorded)
        recorded += 1
    for step in range(first_step, first_step + steps):
        quarter, turn = step & 3, step & (together - 1)
        if quarter == 0:
            if batch > 0:
                rng.fill(pick_words, step * sampler_words, ids, rng.PICKS, key)
            if noisy:
                rng.fill(noise_buffer, step * noise_words, ids, rng.NOISE, key)
        if batch > 0:
            sampler(pick_words[quarter * sampler_words : (quarter + 1) * sampler_words], step, n, table, state, picks)
        if noisy and turn == 0:
            noise(noise_buffer[quarter * noise_words : (quarter + together) * noise_words], noise_c, draws)
        drawn = draws[turn * d : (turn + 1) * d]
        if lone:
            partial(theta, picks, data, partial_c, place, g[0])
        else:
            _slope(
                theta, batch, amplitude, mean, mean_c, gradient, gradient_c, scale, scale_c, data,
                noisy, scaled, picks, drawn, factor, g,
            )  # fmt: skip
        if looks == 2:
            probe(theta, g, probe_c, ahead)
            _slope(
                ahead, batch, amplitude, mean, mean_c, gradient, gradient_c, scale, scale_c, data,
                noisy, scaled, picks, drawn, factor, g,
            )  # fmt: skip
        if every > 0 and step % every == 0:
            watch(theta, watch_data, watch_c, seen)
        schedule(step, eta, seen, plan, schedule_c, rate)
        if stops:
            for i in range(LANES):
                rate[i] = 0.0 if exit_time[i] >= 0 else rate[i]
            for j in range(d):
                for i in range(LANES):
                    g[j, i] = 0.0 if exit_time[i] >= 0 else g[j, i]
        if lone:
            _move_one(theta, place, g[0], rate, low, high, diverged, step + 1)
        else:
            rule(theta, g, memory, rate, step, rule_c)
        if not lone or step == 0:
            _clamp(theta, low, high, diverged, step + 1)
        if watched:
            region(theta, region_c, inside)
            for i in range(LANES):
                exit_time[i] = step + 1 if exit_time[i] < 0 and inside[i] == 0 else exit_time[i]
        if average.size > 0 and step + 1 >= average[0] and (step + 1 - average[0]) % average[1] == 0:
            _add(theta, moments, 1 + (step + 1 - average[0]) // average[1])
        if recorded < record.size and record[recorded] == step + 1:
            _copy(theta, path, recorded)
            recorded += 1
    return recorded


@kernel
def walkers(
    theta, path, exit_time, diverged, moments, begin, end, stride, steps, key, batch, eta, amplitude,
    mean, mean_c, gradient, gradient_c, partial, partial_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, rule_rows, probe, probe_c, region, region_c, schedule, schedule_c, schedule_rows,
    watch, watch_c, watch_data, data, sampler_words, sampler_rows, low, high, record, average, flags,
):  # fmt: skip
    """Walkers begin, begin + stride, ... below end, LANES at a time; a block that is not full repeats its last walker.

    Where walkers stop at their exit, a pool of them goes through a window of steps, block after block; then
    those that are still inside close ranks, so that later windows run with full lanes.
    """
    d, stops, rows_of_moments = theta.shape[1], flags[3] != 0, moments.shape[1]
    rows = 8 * (rule_rows + schedule_rows + 1) + 4 * sampler_rows
    count = (end - begin + stride - 1) // stride
    pool = max(LANES, min(count + LANES - 1, POOL_BYTES // rows) // LANES * LANES) if stops else LANES
    lanes, lane_path = rows_of(d), np.empty((d, record.size, LANES))
    lane_exit, lane_diverged, ids = np.empty(LANES, np.int64), np.empty(LANES, np.int64), np.empty(LANES, np.int64)
    lane_eta, lane_amplitude, seen = rows_of(1)[0], rows_of(1)[0], rows_of(1)[0]
    picks, lane_moments = words_of(batch).view(np.int32), rows_of(rows_of_moments)
    memory, plan = np.zeros((pool // LANES, rule_rows, LANES)), np.zeros((pool // LANES, schedule_rows + 1, LANES))
    state = np.zeros((pool // LANES, sampler_rows, LANES), np.int32)
    g, ahead, factor, rate = rows_of(d), rows_of(d), rows_of(1)[0], rows_of(1)[0]
    pick_words, noise_buffer, inside = words_of(4 * sampler_words), words_of(4 * noise_words), np.ones(LANES, np.uint8)
    draws, place = rows_of(d * (1 + d % 2)), np.empty(LANES, np.int32)  # in pairs: of two steps where d is odd
    left = np.empty(pool, np.int64)
    for first in range(0, count, pool):
        alive = min(pool, count - first)
        for i in range(alive):
            left[i] = begin + (first + i) * stride
        memory[:], plan[:], recorded, step = 0.0, 0.0, 0, 0
        while alive > 0:
            window = min(steps - step, (16 + step // 16) // 4 * 4) if stops else steps
            written = recorded
            for block in range((alive + LANES - 1) // LANES):
                size = min(LANES, alive - block * LANES)
                for i in range(LANES):
                    ids[i] = left[block * LANES + min(i, size - 1)]
                    lanes[:, i] = theta[ids[i]]
                    lane_eta[i], lane_amplitude[i] = eta[ids[i]], amplitude[ids[i]]
                    lane_exit[i], lane_diverged[i] = exit_time[ids[i]], diverged[ids[i]]
                lane_moments[:] = 0.0
                seen[:] = plan[block, schedule_rows]
                written = _block(
                    lanes, ids, step, window, key, batch, lane_eta, lane_amplitude,
                    mean, mean_c, gradient, gradient_c, partial, partial_c,
                    sampler, table, noise, noise_c, noise_words, scale, scale_c,
                    rule, rule_c, probe, probe_c, region, region_c, schedule, schedule_c, watch, watch_c, watch_data,
                    data, sampler_words, low, high, record, recorded, average, flags,
                    picks, state[block], memory[block], plan[block, :schedule_rows], seen, lane_moments, lane_path,
                    lane_exit, lane_diverged,
                    g, ahead, pick_words, noise_buffer, draws, factor, rate, inside, place,
                )  # fmt: skip
                plan[block, schedule_rows] = seen
                for i in range(size):
                    w = ids[i]
                    theta[w] = lanes[:, i]
                    exit_time[w], diverged[w] = lane_exit[i], lane_diverged[i]
                    moments[w] = lane_moments[:, i]
                    for r in range(recorded, written):
                        path[w, r] = lane_path[:, r, i]
            recorded, step = written, step + window
            if step >= steps:
                break
            alive = _close_ranks(left, alive, exit_time, memory, plan, state)
        if stops:
            for w in range(begin + first * stride, min(begin + (first + pool) * stride, end), stride):
                for r in range(record.size):
                    if 0 <= exit_time[w] < record[r]:
                        path[w, r] = theta[w]


@kernel
def _close_ranks(left, alive, exit_time, memory, plan, state):
    """Move the walkers that have not left to the front, with their state; returns how many they are."""
    kept = 0
    for i in range(alive):
        if exit_time[left[i]] < 0:
            a, b, c, e = kept // LANES, kept % LANES, i // LANES, i % LANES
            left[kept] = left[i]
            memory[a, :, b], plan[a, :, b], state[a, :, b] = memory[c, :, e], plan[c, :, e], state[c, :, e]
            kept += 1
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
