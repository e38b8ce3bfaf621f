"""The inner loops of the simulator: one block of LANES walkers through some steps. Explained in reference/how-fast."""

import numpy as np

from . import rng
from .arguments import FAR
from .plug import LANES, bare, bits, fma, inlined

_NO_SIGN = np.uint64(0x7FFFFFFFFFFFFFFF)
_FAR_BITS = np.float64(FAR).view(np.uint64)  # doubles are ordered like the bits of their size, infinity and NaN above


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
        x, bottom, top, farthest = theta[j], low[j], high[j], np.uint64(0)
        for i in range(LANES):
            farthest = max(farthest, bits(x[i]) & _NO_SIGN)
        if farthest >= _FAR_BITS:
            for i in range(LANES):
                x[i] = _kept(x[i], bottom, top, diverged, i, step)
        elif bottom > -FAR or top < FAR:
            for i in range(LANES):
                kept = bottom if x[i] < bottom else x[i]
                x[i] = top if kept > top else kept


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
def _leave(theta, inside, still, stops, step, exit_time, left_at):
    """Note who is outside for the first time and, if they stop there, where; they go on, and nobody looks."""
    leaving = np.uint8(0)
    for i in range(LANES):
        leaving = np.uint8(leaving | (still[i] & (inside[i] ^ 1)))
    if leaving == 0:
        return
    if stops:
        for j in range(theta.shape[0]):
            for i in range(LANES):
                left_at[j, i] = theta[j, i] if still[i] > inside[i] else left_at[j, i]
    for i in range(LANES):
        exit_time[i] = step if still[i] > inside[i] else exit_time[i]
    for i in range(LANES):
        still[i] &= inside[i]


@bare
def _copy(theta, path, record):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            path[j, record, i] = theta[j, i]


@bare
def block(
    theta, ids, first_step, steps, key, batch, eta, amplitude,
    mean, mean_c, gradient, gradient_c, partial, partial_c, sampler, table, noise, noise_c, noise_words, scale, scale_c,
    rule, rule_c, probe, probe_c, region, region_c, schedule, schedule_c, watch, watch_c, watch_data,
    data, sampler_words, low, high, record, recorded, average, flags,
    picks, state, memory, plan, seen, moments, path, exit_time, diverged,
    g, ahead, pick_words, noise_buffer, draws, factor, rate, inside, still, place, left_at,
):  # fmt: skip
    """One block of LANES walkers through some steps, from a multiple of 4; returns how many records are written."""
    d, n = theta.shape[0], data.shape[0]
    noisy, scaled, watched, stops, looks = flags[0], flags[1], flags[2], flags[3], flags[4]
    every, lone, together = flags[5], flags[6], draws.shape[0] // d
    for i in range(LANES):
        factor[i], still[i] = amplitude[i], exit_time[i] < 0
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
        if watched and step > first_step:  # not sooner: bytes just stored are loaded slowly as vectors
            _leave(theta, inside, still, stops, step, exit_time, left_at)
        if lone:
            _move_one(theta, place, g[0], rate, low, high, diverged, step + 1)
        else:
            rule(theta, g, memory, rate, step, rule_c)
        if not lone or step == 0:
            _clamp(theta, low, high, diverged, step + 1)
        if watched:
            region(theta, region_c, inside)
        if average.size > 0 and step + 1 >= average[0] and (step + 1 - average[0]) % average[1] == 0:
            _add(theta, moments, 1 + (step + 1 - average[0]) // average[1])
        if recorded < record.size and record[recorded] == step + 1:
            _copy(theta, path, recorded)
            recorded += 1
    if watched:
        _leave(theta, inside, still, stops, first_step + steps, exit_time, left_at)
    return recorded
