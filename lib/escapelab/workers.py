"""Tasks on joblib's workers, whatever they are: what each one does, and what is done when they are lost. Explained in
reference/cluster.
"""

import asyncio
import contextlib
import os
import pickle
import time
import traceback
import warnings
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

import joblib
import numba

from . import SOURCES, tasks

PATIENCE = 3  # so many calls of joblib in a row that could send no task, and the sweep stops
_SHIFT = "ESCAPELAB_SEED_SHIFT"


class Outcome(NamedTuple):
    """What became of a task."""

    number: int
    payload: bytes | None  # the pickled result; None if it failed
    report: str | None  # the traceback if it failed
    seconds: float  # wall time


class Lost(RuntimeError):
    """There are no workers any more."""


def packed(function):
    """The function as bytes for any worker; raises TypeError if it can't be sent."""
    try:
        return pickle.dumps(joblib.wrap_non_picklable_objects(function, keep_wrapper=False))
    except Exception as error:
        raise TypeError(f"{function!r} can't be sent to workers: {error}") from None


def outcomes(blob, parameters, waiting, threads):
    """Run tasks on joblib's workers and yield an Outcome for each, as they come.

    blob from :func:`packed`; parameters, dicts of all tasks; waiting, the numbers of those to run; threads of each
    task, None for what fits. Tasks that were lost with a worker are sent again, those that were aboard most often
    last, half as many after a loss without one result; one whose worker dies when it runs alone has failed. Raises Lost
    if there is nobody to send to. Explained in reference/cluster.
    """
    left, aboard, size, fruitless, cause = dict.fromkeys(waiting), Counter(), None, 0, ""
    while left:
        group, taken, before = sorted(left, key=aboard.__getitem__)[:size], set(), len(left)
        try:
            with contextlib.closing(_parallel(blob, parameters, group, threads, taken)) as arriving:
                for outcome in arriving:
                    del left[outcome.number]
                    yield outcome
            size = None
            continue
        except (Exception, asyncio.CancelledError) as error:
            told = f"{type(error).__name__}: {error}".strip()
        lost = taken & left.keys()
        aboard.update(lost)
        if len(group) == 1 and lost:
            del left[group[0]]
            yield Outcome(group[0], None, f"it loses its worker, alone, too ({told})", float("nan"))
        fruitful = len(left) < before
        cause = told if lost or not fruitless else cause
        fruitless = 0 if lost or fruitful else fruitless + 1
        size = None if fruitful else max(1, len(lost) // 2) if lost else size
        if fruitless >= PATIENCE:
            raise Lost(f"the workers are lost ({cause})")
        if left:
            warnings.warn(f"workers were lost ({told}): tasks without a result are sent again", stacklevel=3)


def _parallel(blob, parameters, numbers, threads, taken):
    """One call of joblib.Parallel; ``taken`` gets the number of each task that left."""
    backend, jobs = joblib.parallel.get_active_backend()
    threads = threads or (None if (jobs or backend.default_n_jobs) == 1 else 1)
    shift = os.environ.get(_SHIFT, "0")

    def calls():
        for number in numbers:
            taken.add(number)
            yield joblib.delayed(_work)(blob, number, parameters[number], threads, shift, SOURCES)

    with _mended(backend):
        arriving = joblib.Parallel(return_as="generator_unordered")(calls())
        try:
            yield from arriving
        finally:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # joblib warns that an interrupt cancels tasks
                arriving.close()


@contextlib.contextmanager
def _mended(backend):
    """joblib 1.6 on Dask waits forever for a task that Dask gave up, because it hears of results only, and runs what
    it has in this process, not on the cluster, while the cluster has one core: here a task may die alone.
    """
    if not hasattr(backend, "client"):
        yield
        return
    submit, cores = backend.submit, backend.effective_n_jobs

    def told(function, callback=None):
        calls = []

        def once(out):
            if not calls:
                calls.append(out)
                callback(out)

        future = submit(function, once)
        future.add_done_callback(lambda done: done.exception() and once(done.exception()))
        return future

    def several(jobs):
        return 2 if (found := cores(jobs)) == 1 else found

    backend.submit, backend.effective_n_jobs = told, several
    try:
        yield
    finally:
        del backend.submit, backend.effective_n_jobs


def _work(blob, number, task, threads, shift, sources):
    """What a worker does for one task; every error is part of what it sends back."""
    begun = time.perf_counter()
    try:
        if sources != SOURCES:
            raise RuntimeError(f"this worker has other sources of escapelab ({SOURCES}) than the sweep ({sources})")
        if os.environ.get(_SHIFT, "0") != shift:
            os.environ[_SHIFT] = shift
        with _limited(threads):
            result = _unpacked(blob)(**task)
        payload = _payload(result)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return Outcome(number, None, traceback.format_exc(), time.perf_counter() - begun)
    return Outcome(number, payload, None, time.perf_counter() - begun)


@lru_cache(maxsize=4)
def _unpacked(blob):
    return pickle.loads(blob)


def _payload(result):
    try:
        payload = pickle.dumps(result, protocol=5)
        pickle.loads(payload)
    except Exception as error:
        raise TypeError(
            f"the result, a {type(result).__name__}, can't be kept: return numbers, strings, arrays, or lists and "
            f"dicts of them ({error})"
        ) from None
    return payload


@contextlib.contextmanager
def _limited(threads):
    """The simulator and numba use so many threads in here; None is all of them."""
    if threads is None:
        yield
        return
    token, before = tasks.THREADS.set(threads), numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        yield
    finally:
        numba.set_num_threads(before)
        tasks.THREADS.reset(token)
