"""Grade notebooks of a course made by course.py, without nbgrader:

python tools/grading.py _build/course/submitted --to grades.csv     a folder of notebooks, in parallel
python tools/grading.py --one paper.ipynb --assignment q1-why-it-settles     one, as JSON (nbgrader calls this)

A notebook is <student>/<assignment>/<assignment>.ipynb as nbgrader collects it, <student>__<assignment>.ipynb, or with
--assignment any <student>.ipynb. Its cells run in a kernel of their own (submission.py); which exercises there are,
what they are worth and how they are compared comes from the course's key.json and from escapelab.answers, never from
the submission.
"""

import argparse
import concurrent.futures
import csv
import json
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import cloudpickle
import notebooks
import numpy as np
import submission
from course import COURSE
from escapelab import exercises
from escapelab.answers import registry

COLUMNS = ["assignment", "student", "score", "max_score", "seconds", "exercises"]


class Mark(NamedTuple):
    """What one exercise brought: points of so many, the status of `check`, and its sentence."""

    points: float
    of: float
    status: str
    text: str


def key(course: Path = COURSE) -> dict:
    """assignment -> {"exercises": {id: {"answer", "points", "seed"}}, "locked": {grade id: source}}."""
    return json.loads((course / "key.json").read_text(encoding="utf-8"))


def inputs(exercise: str, seed: int) -> bytes | None:
    """The fresh inputs of a function, pickled; None for a value."""
    task = registry()[exercise]
    if not callable(task.solution):
        return None
    generator = np.random.default_rng(seed)
    return cloudpickle.dumps([task.inputs(generator) for _ in range(exercises.DRAWS)])


def assembled(notebook, locked: dict[str, str], asked: list[str]) -> list[tuple[str, str]]:
    """The cells to run, in the student's order: locked cells as we gave them out, tests where they stood, the rest as
    the student left it. Of two cells with one id the last counts; what is missing is put back."""
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    last = {name: place for place, name in enumerate(names)}
    cells = [("code", source) for name, source in locked.items() if name not in last]
    for place, (name, cell) in enumerate(zip(names, notebook.cells, strict=True)):
        ours = last.get(name) == place
        if ours and name in asked:
            cells.append(("test", name))
        elif ours and name in locked:
            cells.append(("code", locked[name]))
        elif cell.cell_type == "code" or (ours and str(name).endswith("-answer")):
            cells.append(("code", str(cell.source)))
    return cells + [("test", name) for name in asked if name not in last]


def compared(exercise: str, found: dict, seed: int) -> exercises.Result:
    """The verdict of `check` on what the kernel gave, with the fresh inputs of this seed."""
    kind, value = found.get("is"), found.get("value")
    if kind == "late":
        said = f"this ran for more than {submission.CELL_SECONDS:g} seconds. Does a loop never end?"
        return exercises.Result("WRONG", said if value == "endless" else f"{value}.")
    if kind in ("failed", "crashed"):
        return exercises.Result("WRONG", f"{value}." if kind == "crashed" else f"there is no answer: {value}.")
    if kind != "calls":
        return exercises.judge(exercise, _rebuilt(found), seed)
    given = iter(list(value))
    return exercises.judge(exercise, lambda *arguments: _rebuilt(next(given)), seed)


def _rebuilt(found: dict):
    kind, value = found.get("is"), found.get("value")
    if kind == "stub":
        return None
    if kind == "function":
        return lambda *arguments: None
    if kind == "list":
        return [_rebuilt(part) for part in value]
    if kind == "raised":
        raise type(str(value[0]), (Exception,), {})(str(value[1]))
    return value if kind == "value" else type(str(value), (), {})()


def grade(path: Path, assignment: str, course: Path = COURSE) -> dict[str, Mark]:
    """The marks of one notebook by exercise. A file that cannot be read as a notebook has no points."""
    plan = key(course)[assignment]
    tasks = plan["exercises"]
    try:
        cells = assembled(notebooks.read(path), plan["locked"], list(tasks))
    except Exception as problem:
        said = f"the file cannot be read as a notebook ({type(problem).__name__})."
        return {name: Mark(0.0, task["points"], "WRONG", said) for name, task in tasks.items()}
    asked = [submission.Asked(name, task["answer"], inputs(name, task["seed"])) for name, task in tasks.items()]
    found = submission.answers(cells, asked)
    marks = {}
    for name, task in tasks.items():
        status, text = compared(name, found[name], task["seed"])
        marks[name] = Mark(task["points"] if status == "OK" else 0.0, task["points"], status, text)
    return marks


def papers(folder: Path, assignment: str | None, known: list[str]) -> list[tuple[str, str, Path]]:
    """(assignment, student, path) of every notebook below a folder; ValueError for one that has no assignment."""
    found = []
    for path in sorted(folder.rglob("*.ipynb")):
        parts = path.relative_to(folder).parts
        if ".ipynb_checkpoints" in parts:
            continue
        before, mark, after = path.stem.rpartition("__")
        named = bool(mark) and after in known
        own = after if named else path.stem if path.stem in known else assignment
        if own not in known:
            raise ValueError(f"{path}: of which assignment is this? Name it with --assignment, one of {known}")
        if assignment in (None, own):
            found.append((own, before if named else parts[0] if len(parts) > 1 else path.stem, path))
    return found


def rehearse(assignments: set[str], course: Path = COURSE) -> None:
    """Grade the course's own solutions, which also compiles what they need; ValueError unless they get all points."""
    limit, submission.CELL_SECONDS = submission.CELL_SECONDS, 300.0
    for name in sorted(assignments):
        marks = grade(course / "source" / name / f"{name}.ipynb", name, course)
        if lost := {one: mark.text for one, mark in marks.items() if mark.points < mark.of}:
            raise ValueError(f"{name}: the course's own solutions lose points, so nothing was graded: {lost}")
    submission.CELL_SECONDS = limit


def grade_all(found: list[tuple[str, str, Path]], course: Path = COURSE, processes: int | None = None) -> list[dict]:
    """A row of COLUMNS for each paper, so many at a time, each in a kernel of its own, with a progress bar."""
    from tqdm import tqdm

    spawned = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(processes or os.cpu_count() or 1, spawned) as pool:
        jobs = {pool.submit(_timed, path, name, course): (name, student) for name, student, path in found}
        rows = [
            _row(*jobs[job], *job.result())
            for job in tqdm(concurrent.futures.as_completed(jobs), total=len(jobs), desc="grading", unit="paper")
        ]
    return sorted(rows, key=lambda row: (row["assignment"], row["student"]))


def _timed(path: Path, assignment: str, course: Path) -> tuple[dict[str, Mark], float]:
    started = time.perf_counter()
    return grade(path, assignment, course), time.perf_counter() - started


def _row(assignment: str, student: str, marks: dict[str, Mark], seconds: float) -> dict:
    said = "; ".join(f"{name} {m.points:g}/{m.of:g} {m.status}: {m.text}" for name, m in marks.items())
    score, most = sum(m.points for m in marks.values()), sum(m.of for m in marks.values())
    return dict(zip(COLUMNS, (assignment, student, score, most, round(seconds, 1), said), strict=True))


def main() -> int:
    """Run the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="the notebooks")
    parser.add_argument("--to", type=Path, default=Path("grades.csv"), help="the table to write")
    parser.add_argument("--assignment", help="which one, where the folder has several or the files are named otherwise")
    parser.add_argument("--course", type=Path, default=COURSE, help="the folder that `make course` wrote")
    parser.add_argument("--processes", type=int, help="notebooks at a time; one for each processor otherwise")
    parser.add_argument("--seconds", type=float, default=submission.CELL_SECONDS, help="of CPU for one cell")
    parser.add_argument("--one", type=Path, help="one notebook, as JSON")
    arguments = parser.parse_args()
    os.environ["ESCAPELAB_CELL_SECONDS"] = str(arguments.seconds)
    submission.CELL_SECONDS = arguments.seconds
    if arguments.one:
        print(json.dumps(grade(arguments.one, arguments.assignment, arguments.course)))
        return 0
    if not arguments.folder:
        parser.error("which folder?")
    found = papers(arguments.folder, arguments.assignment, list(key(arguments.course)))
    rehearse({name for name, _, _ in found}, arguments.course)
    rows = grade_all(found, arguments.course, arguments.processes)
    with arguments.to.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    print(f"{len(rows)} papers graded, in {arguments.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
