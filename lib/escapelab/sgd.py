"""Many walkers at once: :func:`ensemble` simulates SGD on an objective. Explained in start/two-pictures."""

import os
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import NamedTuple

import numpy as np
from numba import types

from . import noise as noises
from . import optimisers, regions, rng, schedules
from .plug import LANES, POINTERS, Plug, kernel, typed

FAR = 1e100
MEMORY_LIMIT = 1_500_000_000  # bytes; Binder gives 2 GB to everything


class Run(NamedTuple):
    """What an ensemble did.

    A walker with a coordinate beyond 1e100 in size, or not a number, is marked in ``diverged`` and kept
    within 1e100; no entry of theta or path is NaN or infinite.
    """

    theta: np.ndarray  # (walkers, d) last iterates
    path: np.ndarray  # (walkers, records, d) iterates at ``steps``
    steps: np.ndarray  # (records,) step numbers; 0 is the start
    exit_time: np.ndarray  # (walkers,) first step outside the region; -1 = stayed
    diverged: np.ndarray  # (walkers,) step of leaving the finite range; -1 = never


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
def _walkers(
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


def _signature():
    f, i, u = types.float64, types.int64, types.uint64
    f1, f2, i1 = types.float64[::1], types.float64[:, ::1], types.int64[::1]
    p = POINTERS
    return types.void(
        f2, types.float64[:, :, ::1], i1, i1, i, i, i, u, i, f,
        p["mean"], f1, p["gradient"], f1, p["sampler"], f2, p["noise"], f1, i, p["loss"], f1,
        p["rule"], f1, i, p["region"], f1, p["schedule"], f1,
        f2, i, i, f1, f1, i1, types.uint8[::1],
    )  # fmt: skip


def ensemble(
    objective, *, start, eta, steps, walkers=None, batch=None, replace=False, sampler=None, noise=None,
    scale=None, rule=None, schedule=None, region=None, box=None, record=None, seed=0, threads=None, progress=False,
):  # fmt: skip
    """Run SGD from ``start`` with ``walkers`` independent walkers.

    Parameters
    ----------
    objective : Objective
        What is minimised; see :mod:`escapelab.objectives`.
    start : float, (d,) or (walkers, d)
        Where the walkers begin.
    eta : float > 0
        Step size (learning rate), before the schedule.
    steps : int >= 0
        Number of steps.
    walkers : int >= 1, optional
        Needed unless ``start`` has one row a walker.
    batch : int, optional
        Batch size k, 1 .. n; None is the full batch.
    replace : bool
        Draw the batch with replacement; objectives with weights always do.
    sampler : noise.Sampler, optional
        Another way to draw batches, for example ``noise.reshuffled(n, k)``.
    noise : noise.Noise, optional
        Noise added to each gradient; ``scale``, a loss plug, multiplies its variance at theta.
    rule, schedule, region : Plug, optional
        See :mod:`escapelab.optimisers`, :mod:`escapelab.schedules`, :mod:`escapelab.regions`.
    box : (low, high), optional
        Iterates are clipped to this box; numbers or (d,).
    record : int or increasing (records,) ints, optional
        Store the path every so many steps, or at these steps (0 is the start).
    seed : int, 0 .. 2**32 - 1
        Shifted by $ESCAPELAB_SEED_SHIFT.
    threads : int, optional
        Threads; the result has the same bits for any number.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Run

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what was given and what is allowed; also for a run that needs more than
        MEMORY_LIMIT bytes: 8 walkers (d (records + 2) + 2).

    Source: x <- x - eta (g_B(x) + noise), Robbins and Monro 1951. Explained in start/two-pictures.
    """
    d = objective.dimension
    eta = _positive("eta", eta)
    steps = _count("steps", steps, 0)
    theta, walkers = _starts(start, walkers, d)
    record = _records(record, steps)
    _fits(walkers, record.size, d)
    key = rng.shifted(seed)
    low, high = _box(box, d)
    batch_size, sampler = _sampler(objective, batch, replace, sampler)
    law = (noise or noises.none()).plug(d)
    rule, schedule = rule or optimisers.sgd(), schedule or schedules.constant()
    _kind("rule", rule, "rule"), _kind("schedule", schedule, "schedule")
    watched = region is not None
    region = region or regions.everywhere()
    _kind("region", region, "region")
    scaled = scale is not None
    scale = scale or objective.plugs["loss"]
    flags = np.array([noise is not None, scaled, watched], np.uint8)
    path = np.empty((walkers, record.size, d))
    exit_time, diverged = np.full(walkers, -1), np.full(walkers, -1)
    simulate = typed(_walkers, _signature())
    mean, gradient = objective.plugs["mean"], objective.plugs["gradient"]

    def task(begin, end):
        simulate(
            theta, path, exit_time, diverged, begin, end, steps, np.uint64(key), batch_size, eta,
            mean.function, mean.constants, gradient.function, gradient.constants,
            sampler.plug.function, sampler.table, law.function, law.constants, law.words,
            scale.function, scale.constants,
            rule.function, rule.constants, rule.state * d, region.function, region.constants,
            schedule.function, schedule.constants,
            objective.data, sampler.plug.words, sampler.plug.state, low, high, record, flags,
        )  # fmt: skip

    done = _run_tasks(task, walkers, threads, progress)
    if not done.all():
        warnings.warn(f"interrupted: {done.sum()} of {walkers} walkers are finished and kept", stacklevel=2)
        theta, path, exit_time, diverged = theta[done], path[done], exit_time[done], diverged[done]
    return Run(theta, path, record, exit_time, diverged)


def batches(objective, *, batch, steps, walker=0, replace=False, sampler=None, seed=0):
    """The batches that one walker of an ensemble with the same arguments draws: sample numbers (steps, batch).

    Raises ValueError as :func:`ensemble` does. Explained in start/two-pictures.
    """
    k, sampler = _sampler(objective, batch, replace, sampler)
    steps, walker = _count("steps", steps, 0), _count("walker", walker, 0)
    first, n = walker - walker % LANES, objective.data.shape[0]
    picks, state = np.zeros((k, LANES), np.int32), np.zeros((sampler.plug.state, LANES), np.int32)
    words, key = np.zeros((4 * sampler.plug.words, LANES), np.uint32), np.uint64(rng.shifted(seed))
    drawn = np.empty((steps, k), np.int64)
    for step in range(steps):
        quarter = step & 3
        if quarter == 0:
            rng.fill(words, step * sampler.plug.words, first, rng.PICKS, key)
        rows = words[quarter * sampler.plug.words : (quarter + 1) * sampler.plug.words]
        sampler.plug.function(rows, step, n, sampler.table, state, picks)
        drawn[step] = picks[:, walker - first]
    return drawn


def _run_tasks(task, walkers, threads, progress):
    """Run task(begin, end) over blocks of walkers on threads; returns which walkers are done (walkers,)."""
    threads = _count("threads", os.cpu_count() or 1 if threads is None else threads, 1)
    blocks = -(-walkers // LANES)
    size = LANES * max(1, blocks // (16 * threads))
    ranges = [(begin, min(begin + size, walkers)) for begin in range(0, walkers, size)]
    done = np.zeros(walkers, bool)

    def finished(span):
        done[span[0] : span[1]] = True

    if progress:
        from tqdm.auto import tqdm

        ranges_left = tqdm(total=walkers, unit="walker")
    pool = ThreadPoolExecutor(threads) if threads > 1 and len(ranges) > 1 else None
    try:
        if pool is None:
            for span in ranges:
                task(*span)
                finished(span)
                progress and ranges_left.update(span[1] - span[0])
        else:
            waiting = {pool.submit(task, *span): span for span in ranges}
            for future in as_completed(waiting):
                future.result()
                finished(waiting[future])
                progress and ranges_left.update(waiting[future][1] - waiting[future][0])
    except KeyboardInterrupt:
        pass
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
            for future, span in waiting.items():
                if future.done() and not future.cancelled():
                    finished(span)
        progress and ranges_left.close()
    return done


def _positive(name, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number; got {value!r}") from None
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive finite number; got {value!r}")
    return number


def _count(name, value, least):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if not least <= value < 2**31:
        raise ValueError(f"{name} must be a whole number from {least} to 2**31 - 1; got {value!r}")
    return int(value)


def _starts(start, walkers, d):
    theta = np.array(start, dtype=np.float64)
    if not np.all(np.isfinite(theta)):
        raise ValueError("start must be finite numbers; it holds NaN or infinity")
    if theta.ndim == 2 and walkers is None:
        walkers = theta.shape[0]
    if walkers is None and theta.ndim == 1 and d == 1 and theta.size > 1:
        theta, walkers = theta[:, None], theta.size
    walkers = _count("walkers", 1 if walkers is None else walkers, 1)
    if walkers * d * 8 > MEMORY_LIMIT:
        raise ValueError(_too_big(walkers, 0, d))
    if theta.ndim == 1 and d == 1 and theta.size == walkers:
        theta = theta[:, None]
    try:
        return np.ascontiguousarray(np.broadcast_to(theta, (walkers, d))).copy(), walkers
    except ValueError:
        raise ValueError(
            f"start must be a number, ({d},) or (walkers, {d}) for {walkers} walkers in {d} dimensions; "
            f"got shape {theta.shape}"
        ) from None


def _records(record, steps):
    if record is None:
        return np.empty(0, np.int64)
    if isinstance(record, (int, np.integer)) and not isinstance(record, bool):
        return np.arange(0, steps + 1, _count("record", record, 1))
    array = np.asarray(record)
    if array.ndim != 1 or array.size == 0 or not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"record must be a whole number or a list of step numbers; got {record!r}")
    if array[0] < 0 or array[-1] > steps or np.any(np.diff(array) <= 0):
        raise ValueError(f"record must be increasing step numbers between 0 and {steps}; got {record!r}")
    return np.ascontiguousarray(array, dtype=np.int64)


def _too_big(walkers, records, d):
    need = 8 * walkers * (d * (records + 2) + 2)
    return (
        f"{walkers} walkers x {records} records x {d} dimensions need {need / 1e9:.3g} GB; "
        f"the limit is {MEMORY_LIMIT / 1e9:.3g} GB (escapelab.sgd.MEMORY_LIMIT): record less often or use fewer walkers"
    )


def _fits(walkers, records, d):
    if 8 * walkers * (d * (records + 2) + 2) > MEMORY_LIMIT:
        raise ValueError(_too_big(walkers, records, d))


def _box(box, d):
    low, high = (-FAR, FAR) if box is None else box
    low, high = (np.array(np.broadcast_to(np.asarray(side, float), (d,))) for side in (low, high))
    if not np.all((low < high) & (low >= -FAR) & (high <= FAR)):
        raise ValueError(f"box must be (low, high) with low < high; got {box!r}")
    return low, high


def _sampler(objective, batch, replace, sampler):
    n = objective.data.shape[0]
    if batch is None:
        return 0, sampler or noises.with_replacement(n, 1)
    k = _count("batch", batch, 1)
    if sampler is None and objective.weights is not None:
        return k, noises.weighted(objective.weights, k)
    if sampler is None:
        sampler = (noises.with_replacement if replace else noises.without_replacement)(n, k)
    return k, sampler


def _kind(name, plug, kind):
    if not isinstance(plug, Plug) or plug.kind != kind:
        raise TypeError(f"{name} must be a plug of kind {kind!r} made by a factory of escapelab; got {plug!r}")
