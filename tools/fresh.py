"""Does the ledger hold under other seeds? Rerun every lesson with all seeds shifted by 1, 2, ..., N.

    python tools/fresh.py --seeds 20 [--only thread/q1-why-it-settles]

Every entry of a shifted run must lie within the stored 1e-6 limits and come to the stored verdict; `record` itself
refuses a rival that the interval does not exclude. The 95 % limits are tested too: on disjoint pairs of shifts, where
the limits of one run meet the value of the other, misses must be as frequent as the entries say, no more and no less.
Results are kept in _build/fresh, so that an interrupted run goes on where it stopped.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

import execution
import notebooks
import numpy as np
from escapelab import SOURCES, ledger

KEPT = notebooks.ROOT / "_build" / "fresh"
LEVEL = 1e-3  # of the test of the 95 % misses


class Misses(NamedTuple):
    """95 % misses over disjoint pairs of shifts, and the probability of a number as far off as this."""

    pairs: int
    missed: int
    expected: float
    p: float


def _key(path: Path) -> str:
    prints = notebooks.fingerprints(notebooks.read(path))
    return hashlib.sha256(" ".join([SOURCES, *prints]).encode()).hexdigest()[:16]


def entries(path: Path, shift: int, kept: Path = KEPT) -> list[ledger.Entry]:
    """The ledger entries of the lesson under this shift of the seeds; executed unless a result of these sources is
    kept. RuntimeError where a cell raises."""
    slug = notebooks.slug(path)
    file = kept / f"{slug.replace('/', '--')}.{shift}.{_key(path)}.json"
    if not file.exists():
        environment = {"ESCAPELAB_SEED_SHIFT": str(shift), "ESCAPELAB_FRAMES": "0"}
        found = ledger.entries(execution.execute(path, environment), slug)
        kept.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps([ledger.to_json(entry) for entry in found]), encoding="utf-8")
    return [ledger.from_json(data, slug) for data in json.loads(file.read_text(encoding="utf-8"))]


def _inside(value: float, low: float, high: float) -> bool:
    slack = 1e-9 * max(abs(low), abs(high))  # entries are stored to ten digits
    return low - slack <= value <= high + slack


def compare(stored: list[ledger.Entry], fresh: list[ledger.Entry]) -> list[str]:
    """What a fresh run says against the stored entries of the same lesson, one sentence each."""
    before, after = ({entry.claim: entry for entry in entries} for entries in (stored, fresh))
    found = [f"{name} is not in both runs" for name in sorted(set(before) ^ set(after))]
    for name in sorted(set(before) & set(after)):
        m, value = before[name].measured, after[name].measured.value
        if not _inside(value, m.low, m.high):
            found.append(f"{name}: {value:.6g} is outside {m.low:.6g} to {m.high:.6g} (stored value {m.value:.6g})")
        if before[name].verdict != after[name].verdict:
            found.append(f"{name}: {after[name].verdict}, stored as {before[name].verdict}; {after[name].checks}")
    return found


def misses(runs: dict[tuple[str, int], list[ledger.Entry]]) -> Misses:
    """Count 95 % misses over disjoint pairs of shifts (1, 2), (3, 4), ... of {(lesson, shift): entries}.

    Entries of one lesson may depend on each other, so that a lesson's pair is one cluster: the number of misses is
    compared with its expectation by Student's t over clusters, with at least the variance of independent entries.
    """
    excess, missed, expected, pairs, variance = [], 0, 0.0, 0, 0.0
    for (lesson, shift), first in sorted(runs.items()):
        if shift % 2 == 0 or (lesson, shift + 1) not in runs:
            continue
        other = {entry.claim: entry.measured for entry in runs[lesson, shift + 1]}
        cluster = 0.0
        for m, fresh in ((entry.measured, other.get(entry.claim)) for entry in first):
            if fresh is None or m.miss95 == 0.0:
                continue
            chance = 0.5 * (m.miss95 + fresh.miss95)
            outside = not _inside(fresh.value, m.low95, m.high95)
            cluster += outside - chance
            pairs, missed, expected = pairs + 1, missed + outside, expected + chance
            variance += chance * (1.0 - chance)
        excess.append(cluster)
    if len(excess) < 2 or pairs == 0:
        return Misses(pairs, missed, expected, 1.0)
    from scipy.special import stdtr

    spread = np.sqrt(max(variance, float(np.sum(np.square(excess)))))
    return Misses(pairs, missed, expected, float(2.0 * stdtr(len(excess) - 1, -abs(missed - expected) / spread)))


def lessons(names: list[str]) -> list[Path]:
    """The notebooks that record entries of their own."""
    return [path for path in notebooks.chosen(names) if notebooks.slug(path) not in notebooks.LISTINGS]


def _run(task: tuple[Path, int]) -> list[ledger.Entry]:
    return entries(*task)


def report(paths: list[Path], shifts: range) -> int:
    """Run, print a table and every red entry; the exit status."""
    tasks = [(path, shift) for shift in shifts for path in paths]
    results = execution.each(_run, tasks, lambda task: f"{notebooks.slug(task[0])}, seeds + {task[1]}")
    runs, red = {}, []
    stored = {notebooks.slug(path): ledger.collect(path) for path in paths}
    for (path, shift), result in zip(tasks, results, strict=True):
        slug = notebooks.slug(path)
        if isinstance(result, Exception):
            red.append((slug, shift, str(result)))
            continue
        runs[slug, shift] = result
        red += [(slug, shift, problem) for problem in compare(stored[slug], result)]
    print(f"\n{'lesson':36} {'entries':>7} {'runs':>5} {'red':>4} {'95 % misses':>12} {'expected':>9}")
    for slug, own in stored.items():
        ran = {key: value for key, value in runs.items() if key[0] == slug}
        count, reds = misses(ran), sum(name == slug for name, _, _ in red)
        print(f"{slug:36} {len(own):7} {len(ran):5} {reds:4} {count.missed:5} of {count.pairs:4} {count.expected:9.1f}")
    total = misses(runs)
    print(f"95 % limits: {total.missed} of {total.pairs} missed, {total.expected:.1f} expected, p = {total.p:.3g}")
    for slug, shift, problem in red:
        print(f"RED {slug}, seeds + {shift}: {problem}")
    if total.p < LEVEL:
        print("RED the 95 % limits are missed more or less often than they say")
    return bool(red) or total.p < LEVEL


def main() -> int:
    """Run the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, help="how many shifts (20)")
    parser.add_argument("--only", nargs="*", default=[], help="lessons as part/slug")
    arguments = parser.parse_args()
    try:
        return report(lessons(arguments.only), range(1, arguments.seeds + 1))
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
