"""How the benchmarks measure: contestants take turns, each does the same statistical work, ratios are of one round.

A workload is a :class:`Case`. Its first contestant is the library; each is called with a seed and returns its end
points as a flat array. Before anything is timed, the end points are compared: a two-sample Kolmogorov-Smirnov test,
mean and its standard error. Then they alternate (A B C A B C ...), at least five rounds.
"""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import stats

ROUNDS = 5
NAMES = {
    "jax64": "JAX float64",
    "jax32": "JAX float32",
    "torch": "PyTorch",
    "numpy": "NumPy",
    "plain": "plain numba",
    "plain_sparse": "plain numba, one coordinate a step",
    "c_sparse": "C, one coordinate a step",
    "c": "C",
    "obvious": "obvious NumPy",
    "exact": "exact, by transfer operator",
}
LEAST_SECONDS = 0.05
LEAST_P = 1e-4  # some seventy tests: a true agreement fails one of them in a run out of a hundred and fifty


class Case(NamedTuple):
    """One workload."""

    name: str  # "W1, with replacement"
    unit: str  # what one unit is, "sample gradient"
    units: float  # units of one call
    contestants: dict[str, Callable]  # seed -> end points (n,); the first is the library
    targets: dict[str, float]  # contestant, or "best of the others" -> least time ratio to reach
    exact: float = 0.0  # relative tolerance of results that are not random; 0 where they are
    compared: bool = True  # whether the contestants give comparable results at all


class Row(NamedTuple):
    """One contestant's result."""

    contestant: str
    processor_ns: float  # median processor time a unit
    processor_spread: tuple[float, float]  # smallest and largest round
    wall_ns: float
    ratio: float  # median over the rounds of its processor time by the library's
    ratio_spread: tuple[float, float]
    p_value: float | None  # Kolmogorov-Smirnov against the library
    mean: float
    error: float  # standard error of the mean


def present(**contestants) -> dict[str, Callable]:
    """The contestants that can take part: the others are None. C_sparse stands for "C, sparse"."""
    return {NAMES.get(name, name): work for name, work in contestants.items() if work is not None}


def agreement(case: Case, ends: dict[str, np.ndarray]) -> dict[str, float | None]:
    """p values against the library's end points; SystemExit if a contestant does other work."""
    names = list(ends)
    found: dict[str, float | None] = {names[0]: None}
    for name in names[1:]:
        if not case.compared:
            found[name] = None
            continue
        if case.exact:
            if not np.allclose(ends[name], ends[names[0]], rtol=case.exact, atol=0):
                raise SystemExit(f"{case.name}: {name} gives another result")
            found[name] = None
            continue
        found[name] = float(stats.ks_2samp(ends[names[0]], ends[name], method="asymp").pvalue)
        if found[name] < LEAST_P:
            means = {key: float(np.mean(ends[key])) for key in (names[0], name)}
            raise SystemExit(f"{case.name}: {name} does not do the same work, p = {found[name]:.1e}; means {means}")
    return found


def settle(longest: float = 2.0) -> None:
    """Wait until this process does nothing: OpenBLAS and OpenMP let their threads spin for a while after a call."""
    until = time.perf_counter() + longest
    while time.perf_counter() < until:
        before = time.process_time()
        time.sleep(0.01)
        if time.process_time() - before < 1e-3:
            return


def timed(work: Callable, seed: int) -> tuple[float, float]:
    """(processor seconds of all threads, wall seconds) a call, once the threads of the call before are idle.

    A short call is repeated for LEAST_SECONDS: the first one after a rest finds cold caches.
    """
    settle()
    calls, processor, wall = 0, time.process_time(), time.perf_counter()
    while not calls or time.perf_counter() - wall < LEAST_SECONDS:
        work(seed)
        calls += 1
    return (time.process_time() - processor) / calls, (time.perf_counter() - wall) / calls


def measure(case: Case, rounds: int = ROUNDS) -> list[Row]:
    """Check and time all contestants of a case; one row each."""
    ends = {name: np.ravel(work(0)) for name, work in case.contestants.items()}
    p_values = agreement(case, ends)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in case.contestants}
    for turn in range(1, rounds + 1):
        for name, work in case.contestants.items():
            times[name].append(timed(work, turn))
    own = [processor for processor, _ in next(iter(times.values()))]
    rows = []
    for name, pairs in times.items():
        processor = [1e9 * pair[0] / case.units for pair in pairs]
        ratios = [pair[0] / one for pair, one in zip(pairs, own, strict=True)]
        values = ends[name]
        rows.append(
            Row(
                name,
                statistics.median(processor),
                (min(processor), max(processor)),
                statistics.median(1e9 * pair[1] / case.units for pair in pairs),
                statistics.median(ratios),
                (min(ratios), max(ratios)),
                p_values[name],
                float(values.mean()),
                float(values.std() / values.size**0.5),
            )
        )
    return rows


def verdicts(case: Case, rows: list[Row]) -> list[dict]:
    """For each target: what was to be reached and what was, as ratios of processor time."""
    ratios = {row.contestant: row.ratio for row in rows[1:]}
    others = {name: ratio for name, ratio in ratios.items() if not name.startswith(("JAX", "C"))}
    ratios["best of the others"] = min(others.values()) if others else None
    return [
        {"against": name, "target": target, "reached": ratios[name]}
        for name, target in case.targets.items()
        if ratios.get(name) is not None
    ]
