"""Independent groups of walkers on threads, with progress, and with what is done kept on an interrupt."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import ContextVar

import numpy as np

from .arguments import count
from .plug import LANES

MIXED = 512 * LANES  # walkers that take each other's lanes when some of them stop

THREADS = ContextVar("THREADS", default=None)  # what a sweep leaves to each of its tasks; None: all cores


def on_threads(task, walkers, threads, progress, mixed=False):
    """Run task(begin, end, stride) over groups of walkers on threads; returns which walkers are done (walkers,).

    mixed : groups are every so many-th walker, few and large, each like the whole, because walkers stop at different
        times; otherwise neighbours.
    """
    threads = count("threads", (THREADS.get() or os.cpu_count() or 1) if threads is None else threads, 1)
    blocks = -(-walkers // LANES)
    if mixed:
        stride = min(max(2 * threads, -(-walkers // MIXED)), blocks)
        groups = [(first, walkers, stride) for first in range(stride)]
    else:
        size = LANES * max(1, blocks // (16 * threads))
        groups = [(begin, min(begin + size, walkers), 1) for begin in range(0, walkers, size)]
    done, bar = np.zeros(walkers, bool), None
    if progress:
        from tqdm.auto import tqdm

        bar = tqdm(total=walkers, unit="walker")

    def finished(group):
        done[slice(*group)] = True
        if bar is not None:
            bar.update(int(done.sum()) - bar.n)

    pool = ThreadPoolExecutor(threads) if threads > 1 and len(groups) > 1 else None
    try:
        if pool is None:
            for group in groups:
                task(*group)
                finished(group)
        else:
            waiting = {pool.submit(task, *group): group for group in groups}
            for future in as_completed(waiting):
                future.result()
                finished(waiting[future])
    except KeyboardInterrupt:
        pass
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
            for future, group in waiting.items():
                if future.done() and not future.cancelled():
                    finished(group)
        if bar is not None:
            bar.close()
    return done
