"""Do the tests and the ledger notice a change of the library? Change it at random, and see.

    python tools/mutants.py --count 100 --seed 0 --jobs 2 [--only sgd lanes] [--quick]

The changes are those of Cosmic Ray: a number plus or minus 1, another arithmetic or comparison operator, another sign,
`not` before a condition, `and` for `or`, True for False. A place in the library is drawn at random, then one change
there. A place's rank in the draw is a hash of the seed and of its line, so that other lines do not move it. Not drawn:
annotations and text (docstrings, error messages, f-strings), and changes that leave the same program or none.

Drawn from are the modules that compute. Left out: plots, frames, explore, listing and tables, which draw and lay out;
exercises and answers, which are texts and have tests of their own for every answer; and __init__, whose constants are
folder names and hash lengths.

Each mutant runs in a copy of the book, with compiled code of its own: first the tests of its module, then the library's
other tests, then every lesson, whose entries must lie in the stored intervals and whose printed lines must be the
stored ones. A mutant that exceeds a limit of time is caught, and counted apart. What is done is kept in _build/mutants
and used again as long as nothing that it read has changed. Exit status 1 if fewer than 95 % are caught.
"""

import argparse
import concurrent.futures
import contextlib
import hashlib
import json
import queue
import sys
import time
from pathlib import Path

import mutations
import trees
from tqdm import tqdm

ENOUGH = 95  # percent caught
KEPT = trees.ROOT / "_build" / "mutants"


def _kept_file(mutant: mutations.Mutant) -> Path:
    text = f"{mutant.module} {mutant.line} {mutant.source}"
    return KEPT / f"{Path(mutant.module).stem}-{mutant.line}.{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"


def kept(mutant: mutations.Mutant) -> dict | None:
    """The result of an earlier run, if the library is the same and so is every file that the result rests on."""
    file = _kept_file(mutant)
    if not file.exists():
        return None
    result = json.loads(file.read_text(encoding="utf-8"))
    return result if result["stamp"] == trees.stamp(result["reads"]) else None


def examine(mutant: mutations.Mutant, tree: trees.Tree, quick: bool) -> dict:
    """Run the mutant until something notices it: outcome, what noticed, and the files that this rests on."""
    started = time.perf_counter()
    with tree.changed(mutant.module, mutant.source):
        for stage in trees.STAGES[:1] if quick else trees.STAGES:
            outcome, by = tree.run(stage, mutant.module)
            if outcome != "passed":
                break
    reads = trees.reads(stage, mutant.module, by)
    result = {
        "outcome": "survived" if outcome == "passed" else outcome,
        "by": by,
        "place": f"{mutant.module}:{mutant.line}",
        "before": mutant.before,
        "after": mutant.after,
        "seconds": round(time.perf_counter() - started, 1),
        "reads": reads,
        "stamp": trees.stamp(reads, tree.folder),
    }
    if outcome != "passed" or not quick:
        _kept_file(mutant).write_text(json.dumps(result, indent=1), encoding="utf-8")
    return result


def run(drawn: list[mutations.Mutant], jobs: int, quick: bool) -> list[dict]:
    """Results of all mutants, in their order; RuntimeError if the unchanged library fails its own tests."""
    KEPT.mkdir(parents=True, exist_ok=True)
    results = [kept(mutant) for mutant in drawn]
    waiting = [i for i, result in enumerate(results) if result is None]
    bar = tqdm(total=len(drawn), initial=len(drawn) - len(waiting), unit="mutant", smoothing=0)
    free: queue.Queue[trees.Tree] = queue.Queue()

    def work(place: int) -> None:
        tree = free.get()
        try:
            results[place] = examine(drawn[place], tree, quick)
        finally:
            free.put(tree)
        if results[place]["outcome"] == "survived":
            bar.write(_said(results[place]))
        bar.update()

    with contextlib.ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        stack.callback(bar.close)
        try:
            copies = [trees.Tree(KEPT / f"tree-{n}") for n in range(min(jobs, len(waiting)))]
            for tree in copies[:1]:
                tree.check(trees.STAGES[1:2] if quick else trees.STAGES[1:])
            for tree in copies[1:]:
                tree.take_compiled(copies[0])
            for tree in copies:
                free.put(tree)
            for future in concurrent.futures.as_completed([pool.submit(work, place) for place in waiting]):
                future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            trees.stop()
            raise
    return results


def _said(result: dict) -> str:
    return f"SURVIVED lib/escapelab/{result['place']}\n  - {result['before']}\n  + {result['after']}"


def report(results: list[dict]) -> int:
    """Print the counts and every survivor; the exit status."""
    counts = {name: sum(r["outcome"] == name for r in results) for name in ("caught", "timed out", "survived")}
    print(*[_said(result) for result in results if result["outcome"] == "survived"], sep="\n")
    share = 100 - 100 * counts["survived"] / len(results)
    noticed = ", ".join(f"{sum(r['by'].startswith(stage) for r in results)} by {stage}" for stage in trees.STAGES)
    slow, survived = counts["timed out"], counts["survived"]
    print(f"\n{len(results)} mutants: {counts['caught']} caught, {slow} timed out (caught, too), {survived} survived;")
    print(f"{share:.1f} % caught; noticed: {noticed}")
    return int(share < ENOUGH)


def main() -> int:
    """Run the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many (100)")
    parser.add_argument("--seed", type=int, default=0, help="of the draw (0)")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time (2)")
    parser.add_argument("--only", nargs="*", default=[], help="modules to draw from, as sgd or objectives/patel")
    parser.add_argument("--quick", action="store_true", help="only the tests of the changed module")
    arguments = parser.parse_args()
    drawn = mutations.draw(arguments.count, arguments.seed, arguments.only)
    places = mutations.places(arguments.only)
    print(f"{len(drawn)} mutants of {len(places)} places, seed {arguments.seed}, {mutations.TOOL}", flush=True)
    try:
        return report(run(drawn, arguments.jobs, arguments.quick))
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
