"""What a sweep on 1,000 cores would take, from what a task costs on this machine.

Prints the CPU time of one task of an escape map for several batch sizes (one thread, after a first call that compiles),
the CPU time that the process with the client and the scheduler spends on each task, the wall time of keeping a result,
and from these the time of the whole map on 1,000 cores like this one. Run as `python benchmarks/sweep_cost.py` (about
four minutes); needs dask and distributed.
"""

import pickle
import platform
import statistics
import tempfile
import time

import distributed
import joblib
import numpy as np
from escapelab import identity, objectives, regions, sgd, sweeps
from escapelab.store import Store

CORES = 1000
ETA, BATCHES, REPLICAS = np.geomspace(0.001, 0.3, 64), (1, 2, 4, 8, 16, 32, 64, 100), 8
WALKERS, STEPS = 10_240, 10_000


def escape(eta, k, replica):
    """One cell of the map, one replica: when do walkers leave the neighbourhood of their start?"""
    region = regions.interval(0.5, 1.5)
    run = sgd.ensemble(
        objectives.sine_fit(), start=1.0, eta=eta, steps=STEPS, walkers=WALKERS, batch=k, region=region, seed=replica
    )
    return {"stayed": (run.exit_time < 0).mean()}


def asleep(number, seconds):
    """A task that costs no CPU, long enough for joblib to send each one by itself."""
    time.sleep(seconds)
    return {"stayed": number}


def cpu(call):
    """CPU seconds of a call in this process, all of its threads."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


def cost(k, repeats=3):
    """Median CPU seconds of one task with batch size k, and the largest difference from it."""
    task = sweeps.grid(eta=[0.02], k=[k], replica=range(repeats))
    times = [cpu(lambda t=t: sweeps.run(escape, [t], threads=1, progress=False)) for t in task]
    return statistics.median(times), max(times) - min(times)


def overhead(tasks=2000, threads=100):
    """CPU seconds a task of the client and the scheduler, which share this process; results are kept in a store."""
    todo = sweeps.grid(number=range(tasks), seconds=[0.5])
    options = {"processes": True, "dashboard_address": None, "host": "127.0.0.1", "memory_limit": 0}
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=threads, **options) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
        tempfile.TemporaryDirectory() as folder,
    ):
        sweeps.run(asleep, sweeps.grid(number=range(threads), seconds=[0.4]), progress=False)
        return cpu(lambda: sweeps.run(asleep, todo, store=folder, progress=False)) / tasks


def keeping(results=300):
    """Median wall seconds of writing one small result in the folder for temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        store, times = Store(folder), []
        for number in range(results):
            begun = time.perf_counter()
            about = {"function": "asleep", "task": {"number": number}, "seconds": 0.5}
            store.write(identity.digest(str(number)), pickle.dumps(number), **about)
            times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main():
    """Measure and print."""
    sweeps.run(escape, sweeps.grid(eta=[0.02], k=[1], replica=[0]), progress=False)
    print(f"{platform.machine()}, Python {platform.python_version()}; a task: {WALKERS} walkers, {STEPS} steps")
    costs = {k: cost(k) for k in BATCHES}
    for k, (median, spread) in costs.items():
        print(f"k = {k:3d}: {median:7.2f} s of CPU a task, spread {spread:.2f} s")
    each, number = overhead(), ETA.size * len(BATCHES) * REPLICAS
    total = ETA.size * REPLICAS * sum(median for median, _ in costs.values())
    longest = max(median for median, _ in costs.values())
    disk = keeping()
    print(
        f"client and scheduler: {1e3 * each:.1f} ms of CPU a task; keeping a result: {1e3 * disk:.1f} ms of wall time"
    )
    each += disk
    print(f"the map has {ETA.size} x {len(BATCHES)} x {REPLICAS} = {number} tasks, {total / 3600:.1f} hours of CPU")
    print(f"{CORES} cores: {total / CORES:.0f} s of work each, {number * each:.0f} s for the client,")
    print(f"so {max(total / CORES, number * each) + longest:.0f} s with the longest task at the end")
    print(f"the client keeps {CORES} cores busy if a task takes {CORES * each:.1f} s or more")


if __name__ == "__main__":
    main()
