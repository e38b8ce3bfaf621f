"""The exercises of the book, one module a part or a lesson, each with a list EXERCISES::

    EXERCISES = [
        Exercise(
            "q1-variance",
            kind="compute",
            minutes=5,
            rests_on="q1-balance",
            solution=lambda eta, curvature, noise: eta * noise / (curvature * (2 - eta * curvature)),
            inputs=lambda generator: tuple(generator.uniform(0.1, 0.9, 3)),
            hints=("What is equal before and after a step?", "Take variances.", "Set them equal and solve."),
            wrong=[Wrong(lambda eta, curvature, noise: noise, "That is the variance of the kick."), ...],
        ),
    ]

Three kinds. compute: the solution is a function, and `inputs(generator)` draws its arguments, so that no constant can
be copied. predict: a letter, chosen before the run. explain: one number or several for which a claim fails, or holds;
many are right, and `accepts(answer)` tells. Wrong answers have the form of the solution, each with its own hint.
"""

import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

KINDS = ("compute", "predict", "explain")
LESSON = re.compile(r"([a-z]+\d+|two-pictures)-")


class Wrong(NamedTuple):
    """A known wrong turn: the answer that it leads to and what to say then. The hint never names the solution."""

    answer: Any
    hint: str
    covers: Callable | None = None  # explain: answer -> whether it takes this turn; None: only this very answer does


class Exercise(NamedTuple):
    """One exercise: what is right, what is known to go wrong, how to help, and how close is close enough."""

    id: str  # <lesson's short name>-<what>, the label of the {exercise} in the lesson
    solution: Any  # number, sequence of numbers, letter, or function
    wrong: Sequence[Wrong] = ()  # at least three, each with a hint of its own
    rtol: float = 0.01  # a number counts as right within rtol of the solution, relatively, ...
    atol: float = 1e-9  # ... plus atol
    inputs: Callable | None = None  # compute: numpy Generator -> tuple of arguments
    kind: str = ""  # one of KINDS
    minutes: int = 0  # how long it takes a learner who has read the lesson
    rests_on: str = ""  # the target (name)= of the paragraph in the lesson that it rests on
    hints: Sequence[str] = ()  # a question, a nudge, the method
    accepts: Callable | None = None  # explain: float, or array of the solution's shape -> whether it does what is asked

    @property
    def lesson(self) -> str:
        """The lesson's short name, with which the id begins."""
        found = LESSON.match(self.id)
        return found.group(1) if found else self.id.split("-")[0]


@functools.cache
def registry() -> dict[str, Exercise]:
    """Every exercise by its id; ValueError for an id that is given twice."""
    found: dict[str, Exercise] = {}
    for module in sorted(part.name for part in pkgutil.iter_modules(__path__)):
        for exercise in importlib.import_module(f"{__name__}.{module}").EXERCISES:
            if exercise.id in found:
                raise ValueError(f"exercise {exercise.id!r} is defined twice")
            found[exercise.id] = exercise
    return found
