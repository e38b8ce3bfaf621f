"""Many walkers at once: :func:`ensemble` simulates SGD on an objective. Explained in start/two-pictures."""

import warnings
from typing import NamedTuple

import numpy as np

from . import arguments, idle, lanes, optimisers, regions, rng, schedules, tasks
from . import noise as noises
from .plug import LANES, make, typed


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
    mean: np.ndarray  # (walkers, d) mean of the iterates that ``average`` asks for; (walkers, 0) without it
    variance: np.ndarray  # (walkers, d) their variance (divisor: their number); (walkers, 0) without it


def ensemble(
    objective, *, start, eta, steps, walkers=None, batch=None, replace=False, sampler=None, noise=None,
    scale=None, rule=None, schedule=None, region=None, until_exit=False, box=None, record=None, average=None,
    seed=0, threads=None, progress=False,
):  # fmt: skip
    """Run SGD from ``start`` with ``walkers`` independent walkers.

    Parameters
    ----------
    objective : Objective
        What is minimised; see :mod:`escapelab.objectives`.
    start : float, (d,) or (walkers, d)
        Where the walkers begin.
    eta : float > 0 or (walkers,)
        Step size (learning rate), before the schedule.
    steps : int >= 0
        Number of steps.
    walkers : int >= 1, optional
        Needed unless ``start`` has one row a walker.
    batch : int, optional
        Batch size k, 1 .. n; None is the full batch. A landscape without data has one gradient, whatever k.
    replace : bool
        Draw the batch with replacement; objectives with weights always do.
    sampler : noise.Sampler, optional
        Another way to draw batches, for example ``noise.reshuffled(n, k)``.
    noise : noise.Noise, optional
        Noise added to each gradient; ``scale``, a loss plug, multiplies its variance at theta.
    rule, schedule, region : Rule, Schedule, Plug, optional
        See :mod:`escapelab.optimisers`, :mod:`escapelab.schedules`, :mod:`escapelab.regions`.
    until_exit : bool
        Each walker stops where it leaves the region; only the steps walked cost time.
    box : (low, high), optional
        Iterates are clipped to this box; numbers or (d,).
    record : int or increasing (records,) ints, optional
        Store the path every so many steps, or at these steps (0 is the start).
    average : int or (first, every), optional
        Mean and variance of the iterates from step ``first`` on, each ``every`` steps, without storing the path.
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
        MEMORY_LIMIT bytes: 8 walkers (d (records + 2) + 4), and 32 walkers d more for an average.

    Source: x <- x - eta (g_B(x) + noise), Robbins and Monro 1951. Explained in start/two-pictures.
    """
    d = objective.dimension
    steps = arguments.count("steps", steps, 0)
    theta, walkers = arguments.starts(start, walkers, d)
    eta = arguments.per_walker("eta", eta, walkers, above=0)
    record, average = arguments.records(record, steps), arguments.average(average, steps)
    arguments.fits(walkers, record.size + 4 * (average.size > 0), d)
    key = rng.shifted(seed)
    low, high = arguments.box(box, d)
    batch_size, sampler = _sampler(objective, batch, replace, sampler)
    batch_size = batch_size if objective.has_batches else 0
    arguments.made("noise", noise, noises.Noise, "noise.gaussian(1.0)")
    law = (noise or noises.none()).plug(d)
    amplitude = arguments.per_walker("the noise's amplitude", getattr(noise, "amplitude", 1.0), walkers, least=0)
    rule, schedule = rule or optimisers.sgd(), schedule or schedules.constant()
    arguments.made("rule", rule, optimisers.Rule, "optimisers.momentum()")
    arguments.made("schedule", schedule, schedules.Schedule, "schedules.power(100)")
    if region is None and until_exit:
        raise ValueError("until_exit needs a region that can be left; give region=")
    if until_exit and average.size:
        raise ValueError("average needs walkers that go all the way; leave out until_exit")
    escapes, region = region is not None, region or regions.everywhere()
    arguments.kind("region", region, "region")
    scaled, scale = scale is not None, make("loss", idle.loss) if scale is None else scale
    arguments.kind("scale", scale, "loss")
    watched = _watched(objective, schedule)
    watch = watched.plugs["loss"] if schedule.every else make("loss", idle.loss)
    probe = rule.probe or make("probe", idle.probe)
    looks = 1 if rule.probe is None else 2
    alone = batch_size == 1 and "partial" in objective.plugs and noise is None and not until_exit
    alone = alone and rule.plug.function is optimisers.sgd().plug.function and rule.probe is None
    flags = np.array([noise is not None, scaled, escapes, until_exit, looks, schedule.every, alone])
    path, moments = np.empty((walkers, record.size, d)), np.zeros((walkers, 2 * d * (average.size > 0)))
    exit_time, diverged = np.full(walkers, -1), np.full(walkers, -1)
    simulate = typed(lanes.walkers, lanes.signature())
    mean = make("mean", idle.mean) if batch_size else objective.plugs["mean"]
    gradient = objective.plugs["gradient"] if batch_size else make("gradient", idle.gradient)
    partial = objective.plugs["partial"] if alone else make("partial", idle.partial)

    def task(begin, end, stride):
        simulate(
            theta, path, exit_time, diverged, moments, begin, end, stride, steps, np.uint64(key),
            batch_size, eta, amplitude, mean.function, mean.constants, gradient.function, gradient.constants,
            partial.function, partial.constants,
            sampler.plug.function, sampler.table, law.function, law.constants, law.words,
            scale.function, scale.constants, rule.plug.function, rule.plug.constants, rule.plug.state * d,
            probe.function, probe.constants, region.function, region.constants,
            schedule.plug.function, schedule.plug.constants, schedule.plug.state,
            watch.function, watch.constants, watched.data, objective.data,
            sampler.plug.words, sampler.plug.state, low, high, record, average, flags,
        )  # fmt: skip

    done = tasks.on_threads(task, walkers, threads, progress, until_exit)
    if not done.all():
        warnings.warn(f"interrupted: {done.sum()} of {walkers} walkers are finished and kept", stacklevel=2)
        theta, path, exit_time, diverged, moments = (x[done] for x in (theta, path, exit_time, diverged, moments))
    half = moments.shape[1] // 2
    points = max(1, (steps - average[0]) // average[1] + 1) if average.size else 1
    return Run(theta, path, record, exit_time, diverged, moments[:, :half], moments[:, half:] / points)


def _watched(objective, schedule):
    """The objective whose loss the schedule looks at."""
    other = schedule.watched
    if other is not None and getattr(other, "dimension", None) != objective.dimension:
        raise TypeError(f"watched must be an objective of dimension {objective.dimension}; got {other!r}")
    return objective if other is None else other


def batches(objective, *, batch, steps, walker=0, replace=False, sampler=None, seed=0):
    """The batches that one walker of an ensemble with the same arguments draws: sample numbers (steps, batch).

    Raises ValueError as :func:`ensemble` does. Explained in start/two-pictures.
    """
    k, sampler = _sampler(objective, batch, replace, sampler)
    steps, walker = arguments.count("steps", steps, 0), arguments.count("walker", walker, 0)
    first, n = walker - walker % LANES, objective.data.shape[0]
    picks, state = np.zeros((k, LANES), np.int32), np.zeros((sampler.plug.state, LANES), np.int32)
    words, key = np.zeros((4 * sampler.plug.words, LANES), np.uint32), np.uint64(rng.shifted(seed))
    drawn = np.empty((steps, k), np.int64)
    for step in range(steps):
        quarter = step & 3
        if quarter == 0:
            rng.fill(words, step * sampler.plug.words, first + np.arange(LANES), rng.PICKS, key)
        rows = words[quarter * sampler.plug.words : (quarter + 1) * sampler.plug.words]
        sampler.plug.function(rows, step, n, sampler.table, state, picks)
        drawn[step] = picks[:, walker - first]
    return drawn


def _sampler(objective, batch, replace, sampler):
    n = objective.data.shape[0]
    arguments.made("sampler", sampler, noises.Sampler, "noise.reshuffled(n, k)")
    if batch is None:
        return 0, sampler or noises.with_replacement(n, 1)
    k = arguments.count("batch", batch, 1)
    if sampler is None and objective.weights is not None:
        return k, noises.weighted(objective.weights, k)
    if sampler is None:
        sampler = (noises.with_replacement if replace else noises.without_replacement)(n, k)
    return k, sampler
