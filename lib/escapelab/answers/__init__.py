"""The exercises of the book, one module a part, each with a list EXERCISES::

    EXERCISES = [
        Exercise(
            "q1-variance",
            solution=0.25,
            hint="Take the variance of both sides of the update.",
            wrong=[Wrong(0.5, "That is the standard deviation."), ...],
        ),
    ]

A solution is a number, a sequence of numbers, a word, or a function; a function comes with `inputs(generator)`,
which draws its arguments. Wrong answers have the form of the solution, each with the hint for that mistake.
"""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Wrong(NamedTuple):
    """A known wrong turn: the answer that it leads to and what to say then. The hint never names the solution."""

    answer: Any
    hint: str


class Exercise(NamedTuple):
    """One exercise: what is right, what is known to go wrong, and how close is close enough."""

    id: str  # <lesson's short name>-<what>, the label of the {exercise} in the lesson
    solution: Any  # number, sequence of numbers, word, or function
    hint: str  # for a wrong answer that is none of `wrong`
    wrong: Sequence[Wrong]  # at least three, each with a hint of its own
    rtol: float = 0.01  # a number counts as right within rtol of the solution, relatively, ...
    atol: float = 1e-9  # ... plus atol
    inputs: Callable | None = None  # for a function: numpy Generator -> tuple of arguments


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
