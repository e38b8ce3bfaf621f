"""Independent ranges of walkers on threads, with progress, and with what is done kept on an interrupt."""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import ContextVar

import numpy as np

from .arguments import count
from .plug import LANES

THREADS = ContextVar("THREADS", default=None)  # what a sweep leaves to each of its tasks; None: all cores


def on_threads(task, walkers, threads, progress):
    """Run task(begin, end) over blocks of walkers on threads; returns which walkers are done (walkers,)."""
    threads = count("threads", (THREADS.get() or os.cpu_count() or 1) if threads is None else threads, 1)
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
