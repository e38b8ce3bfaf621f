"""`make class-test`: a class of thirty, from generating to exporting, with a real nbgrader and without one.

Writes _build/class/results.md: student, kind, points deserved, given by nbgrader and by the plain command.
"""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import notebooks
import papers
import pytest

ROOT = notebooks.ROOT
COURSE = ROOT / "_build" / "class"
NBGRADER = ROOT / "_build" / "nbgrader" / "bin"
SECONDS = "10"


def run(*command: str) -> tuple[subprocess.CompletedProcess, float]:
    """The command in the course's folder with nbgrader's programs first, and the seconds that it took."""
    path = f"{NBGRADER}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "ESCAPELAB_CELL_SECONDS": SECONDS, "NUMBA_NUM_THREADS": "1"}
    started = time.monotonic()
    done = subprocess.run([str(part) for part in command], cwd=COURSE, env=environment, capture_output=True, text=True)
    return done, time.monotonic() - started


def table(path: Path, student: str) -> dict[str, float]:
    """student -> score, of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row[student]: float(row["score"] or 0) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def course():
    """The course, with thirty papers handed in."""
    import shutil

    shutil.rmtree(COURSE, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, ROOT / "tools" / "course.py", papers.LESSON, "--course", COURSE],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    own = notebooks.read(release())
    done, _ = run("nbgrader", "generate_assignment", papers.ASSIGNMENT, "--force")
    assert done.returncode == 0, done.stderr
    assert [cell.source for cell in own.cells] == [cell.source for cell in notebooks.read(release()).cells]
    papers.write(release(), COURSE / "downloaded" / papers.ASSIGNMENT / "archive")
    done, _ = run("nbgrader", "zip_collect", papers.ASSIGNMENT)
    assert done.returncode == 0, done.stderr
    return COURSE


def release() -> Path:
    return COURSE / "release" / papers.ASSIGNMENT / f"{papers.ASSIGNMENT}.ipynb"


@pytest.fixture(scope="module")
def plain(course):
    """Scores of the plain command, and the seconds it took."""
    done, seconds = run(
        sys.executable, ROOT / "tools" / "grading.py", "submitted", "--course", ".", "--to", "plain.csv"
    )
    assert done.returncode == 0, done.stderr
    return table(course / "plain.csv", "student"), seconds


@pytest.fixture(scope="module")
def graded(course):
    """Scores of nbgrader, and the seconds it took."""
    _, seconds = run("nbgrader", "autograde", papers.ASSIGNMENT)
    done, _ = run("nbgrader", "export", "--to", "nbgrader.csv")
    assert done.returncode == 0, done.stderr
    return table(course / "nbgrader.csv", "student_id"), seconds


def test_the_released_notebook_holds_no_solution(course):
    text = release().read_text(encoding="utf-8")
    assert "SOLUTION" not in text and "demand_ok" not in text
    for solution in papers.SOLUTIONS.values():
        assert solution.strip().splitlines()[-1].strip() not in text


def test_everybody_is_collected(course):
    assert {path.name for path in (course / "submitted").iterdir()} == set(papers.PAPERS)
    assert len(papers.PAPERS) == 30


def test_the_plain_command_gives_what_each_deserves(plain):
    assert plain[0] == {student: paper.points for student, paper in papers.PAPERS.items()}


def test_nbgrader_gives_what_each_deserves(graded):
    assert graded[0] == {student: paper.points for student, paper in papers.PAPERS.items()}


def test_nothing_that_a_submission_started_is_left_over(plain, graded):
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(line == b"sleep\x00900\x00" for line in running)


def test_the_table_of_results_is_written(course, plain, graded):
    (fast, fast_seconds), (slow, slow_seconds) = plain, graded
    lines = ["| student | kind | deserved | nbgrader | plain command |", "|---|---|---|---|---|"]
    for student, paper in papers.PAPERS.items():
        lines.append(f"| {student} | {paper.kind} | {paper.points} | {slow.get(student)} | {fast.get(student)} |")
    lines.append(f"\nnbgrader {slow_seconds:.0f} s, plain command {fast_seconds:.0f} s, limit {SECONDS} s a cell\n")
    (course / "results.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))
