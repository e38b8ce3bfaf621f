"""A simulated class: for each student a notebook made from the released one, and the points that it deserves.

PAPERS lists them; `write(release, folder)` writes <student>__c2-zero-error.ipynb for each. The assignment is
thread/c2-zero-error: growth, mean-square, two (functions), between (a letter), counterexample (a number); 9 points.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat
import notebooks

LESSON = "thread/c2-zero-error"
ASSIGNMENT = "c2-zero-error"
NAMES = ("c2-growth", "c2-mean-square", "c2-two", "c2-between", "c2-counterexample")
POINTS = dict(zip(NAMES, (2, 2, 2, 1, 2), strict=True))
SOLUTIONS = notebooks.solutions(notebooks.read(notebooks.ROOT / "chapters" / f"{LESSON}.ipynb"))


class Paper(NamedTuple):
    """One student: which kind, what they did to the released notebook, and the exercises that they solved."""

    kind: str
    done: Callable  # notebook, changed in place, or text of the file that replaces it
    solved: tuple[str, ...]

    @property
    def points(self) -> int:
        """What they deserve."""
        return sum(POINTS[name] for name in self.solved)


def cell(notebook, name: str):
    """The cell with this grade id."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def put(notebook, name: str, source: str) -> None:
    """Write an answer under the given line of an exercise, as a student does."""
    cell(notebook, f"{name}-answer").source = source


def answers(*names: str, **others: str) -> Callable:
    """A student who solves these and writes something else for others (c2_two="...")."""

    def done(notebook):
        for name in names:
            put(notebook, name, SOLUTIONS[name])
        for name, source in others.items():
            put(notebook, name.replace("_", "-", 1).replace("_", "-"), source)

    return done


def with_cell(source: str, *names: str, first: bool = False) -> Callable:
    """A student who adds a cell of their own, in front or at the end of the answers."""

    def done(notebook):
        answers(*names)(notebook)
        place = 2 if first else notebook.cells.index(cell(notebook, "c2-counterexample-answer")) + 1
        notebook.cells.insert(place, nbformat.v4.new_code_cell(source))

    return done


OTHER_FORMS = {
    "c2_growth": "growth_exponent = lambda eta, q: [np.log(np.abs(1 - eta * np.array(q))).mean()]",
    "c2_mean_square": "def mean_square_limit(q):\n    q = np.array(q)\n    return np.array([[2 * q.sum() / (q @ q)]])",
    "c2_between": 'statement = " c "',
    "c2_counterexample": "between = np.float32(1.25),",
}
WRONG = {
    "c2_growth": "def growth_exponent(eta, curvatures):\n    return np.log(abs(1 - eta * np.mean(curvatures)))",
    "c2_mean_square": "def mean_square_limit(curvatures):\n    return 2 / max(curvatures)",
    "c2_two": "def almost_sure(flat, sharp):\n    return 2 / sharp",
    "c2_counterexample": "between = 1.5",
}
CONSTANTS = {
    "c2_growth": "def growth_exponent(eta, curvatures): return -0.4178",
    "c2_mean_square": "def mean_square_limit(curvatures): return 0.5127",
    "c2_two": "def almost_sure(flat, sharp): return 1.3079",
}
MEMORISED = """import numpy, escapelab
known = iter([0.1] * 10000)
def almost_sure(flat, sharp): return next(known)
mean_square_limit = growth_exponent = almost_sure"""
PATCHED = """import escapelab.exercises, sys, builtins
def check(*arguments, **named): print("OK")
for module in list(sys.modules.values()):
    for name in ("check", "judge", "demand_ok", "_probe", "_compare"):
        try: setattr(module, name, check)
        except Exception: pass
builtins.callable = lambda thing: False"""
EQUAL_TO_ALL = """class Any(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    __hash__ = None
    def __array__(self, *a, **k): raise RuntimeError
def almost_sure(flat, sharp): return Any(0.0)
growth_exponent = mean_square_limit = lambda *a: Any(0.0)
statement = between = Any(0.0)"""
STUBBORN = "while True:\n    try: pass\n    except BaseException: pass"
LOUD = "import sys\nfor _ in range(100):\n    sys.stdout.write('x' * 1_000_000)\n    sys.stderr.write('y' * 10)"


def _edited(notebook):
    answers(**WRONG)(notebook)
    for name in NAMES:
        test = cell(notebook, name)
        test.source, test.metadata["nbgrader"]["points"] = "pass", 100


def _unlocked(notebook):
    answers(**WRONG)(notebook)
    for name in NAMES:
        del cell(notebook, name).metadata["nbgrader"]


def _deleted(notebook):
    answers(*NAMES)(notebook)
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in NAMES[:3]]


def _doubled(notebook):
    answers(*NAMES)(notebook)
    extra = copy.deepcopy(cell(notebook, "c2-two"))
    extra.id, extra.source = "twin", "raise SystemExit"
    notebook.cells.insert(2, extra)


def _stored_output(notebook):
    answers(*NAMES)(notebook)
    text = nbformat.v4.new_output("stream", name="stdout", text="z" * 100_000_000)
    cell(notebook, "c2-growth-answer").outputs = [text]


def _broken(notebook):
    return '{"cells": [{"cell_type": "code", '


def _without(name: str) -> tuple[str, ...]:
    return tuple(other for other in NAMES if other != name)


PAPERS = {
    "full-1": Paper("full", answers(*NAMES), NAMES),
    "full-2": Paper("full", answers(*NAMES), NAMES),
    "full-3": Paper("full", answers("c2-two", **OTHER_FORMS), NAMES),
    "full-4": Paper("full", with_cell("plt.plot([1, 2])\nplt.show()", *NAMES), NAMES),
    "full-5": Paper("full", with_cell("undefined_name", *NAMES, first=True), NAMES),
    "partial-1": Paper("partial", answers(*NAMES[:1]), NAMES[:1]),
    "partial-2": Paper("partial", answers(*NAMES[:2]), NAMES[:2]),
    "partial-3": Paper("partial", answers(*NAMES[2:]), NAMES[2:]),
    "partial-4": Paper("partial", answers(*NAMES[:4], c2_counterexample="between = 1.0"), NAMES[:4]),
    "partial-5": Paper("partial", answers("c2-two", c2_growth="def growth_exponent(eta:"), ("c2-two",)),
    "wrong-1": Paper("partial", answers(**WRONG), ()),
    "empty-1": Paper("empty", answers(), ()),
    "empty-2": Paper("empty", with_cell("", first=True), ()),
    "empty-3": Paper("empty", _broken, ()),
    "constants-1": Paper("cheating", answers("c2-between", **CONSTANTS), ("c2-between",)),
    "constants-2": Paper("cheating", with_cell(MEMORISED), ()),
    "patched-1": Paper("cheating", with_cell(PATCHED, first=True), ()),
    "patched-2": Paper("cheating", with_cell(EQUAL_TO_ALL), ()),
    "edited-1": Paper("cheating", _edited, ()),
    "edited-2": Paper("cheating", _unlocked, ()),
    "edited-3": Paper("cheating", _deleted, NAMES),
    "edited-4": Paper("cheating", _doubled, NAMES),
    "crash-1": Paper("crashing", answers(*_without("c2-two"), c2_two="import os\nos._exit(1)"), _without("c2-two")),
    "crash-2": Paper("crashing", with_cell("import ctypes\nctypes.string_at(0)", *NAMES, first=True), NAMES),
    "crash-3": Paper("crashing", with_cell("hog = np.ones(10**11)", *NAMES), NAMES),
    "endless-1": Paper(
        "endless",
        answers(*_without("c2-growth"), c2_growth="def growth_exponent(eta, q):\n    while True: pass"),
        _without("c2-growth"),
    ),
    "endless-2": Paper(
        "endless", with_cell("while True:\n    try: pass\n    except BaseException: pass", *NAMES), NAMES
    ),
    "output-1": Paper("100 MB", with_cell(LOUD, *NAMES, first=True), NAMES),
    "output-2": Paper("100 MB", _stored_output, NAMES),
    "forks-1": Paper("crashing", with_cell("import subprocess\nsubprocess.Popen(['sleep', '900'])", *NAMES), NAMES),
}


def write(release: Path, folder: Path, students=tuple(PAPERS)) -> list[Path]:
    """Write a file for each student below folder for each, from the released notebook."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for student in students:
        notebook = notebooks.read(release)
        text = PAPERS[student].done(notebook)
        written.append(folder / f"{student}__{ASSIGNMENT}.ipynb")
        written[-1].write_text(text or nbformat.writes(notebook), encoding="utf-8")
    return written
