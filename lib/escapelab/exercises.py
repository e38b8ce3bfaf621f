"""Answer checks: TODO, OK, or WRONG with a hint for that mistake.

    check("q1-variance", answer)        what is right is noted in the learner's own file (progress.py)
    check("q1-variance", hint=1)        a question; hint=2 a nudge, hint=3 the method

Nothing here raises, whatever the answer is, and nothing needs a network. The exercises stand in `escapelab.answers`.
"""

import contextlib
import copy
import ctypes
import difflib
import io
import operator
import sys
import threading
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from escapelab import progress
from escapelab.answers import Exercise, registry

TIME_LIMIT = 5.0  # seconds for one answer
DRAWS = 20  # random inputs on which a function is tried
LONGEST = 10_000  # values in one answer


class Result(NamedTuple):
    """What `check` prints: a status (TODO, OK, WRONG or UNKNOWN) and a sentence."""

    status: str
    text: str


class _Impolite(Exception):
    """An answer that cannot be compared, with the sentence that says why."""


class _TooLong(SystemExit):
    """Stops the thread of an answer that takes too long."""


def check(exercise: str, answer=..., hint: int = 0) -> None:
    """Print whether the answer to an exercise is right, and what to think of if it is not; with hint=1, 2, 3 print
    that hint instead."""
    task = registry().get(exercise) if isinstance(exercise, str) else None
    if task is not None and hint in (1, 2, 3):
        print(f"HINT {hint} of 3, {exercise}: {task.hints[min(hint, len(task.hints)) - 1]}")
        return
    result = judge(exercise, answer)
    far = f" {progress.mark(exercise)}" if result.status == "OK" else ""
    print(f"{result.status} {exercise}: {result.text}{far}")


def judge(exercise: str, answer, seed: int = 20) -> Result:
    """The result that `check` prints. The answer may be a number, a sequence, a word or a function; None and ... are
    the stub. A function is called with DRAWS random inputs, drawn from numpy's default_rng(seed), for TIME_LIMIT
    seconds at most; what it prints is dropped."""
    known = registry()
    task = known.get(exercise) if isinstance(exercise, str) else None
    if task is None:
        near = difflib.get_close_matches(str(exercise), known, n=1, cutoff=0.4)
        return Result("UNKNOWN", "there is no such exercise" + (f"; do you mean {near[0]}?" if near else "."))
    _warm(task)
    outcome = _within_limit(lambda: _compare(task, answer, seed))
    if isinstance(outcome, Result):
        return outcome
    if isinstance(outcome, _Impolite):
        return Result("WRONG", str(outcome))
    if isinstance(outcome, _TooLong):
        return Result("WRONG", f"this ran for more than {TIME_LIMIT:g} seconds. Does a loop never end?")
    return Result("WRONG", f"this raised {_named(outcome)}.")


def demand_ok(exercise: str, answer, seed: int = 20) -> None:
    """AssertionError unless the answer is OK: for tests, which run every printed solution, and for graders."""
    result = judge(exercise, answer, seed)
    if result.status != "OK":
        raise AssertionError(f"{exercise}: {result.status}, {result.text}")


def _named(problem: BaseException) -> str:
    try:
        said = str(problem)[:200]
    except BaseException:
        said = ""
    return type(problem).__name__ + (f" ({said})" if said else "")


def _within_limit(work: Callable) -> Result | BaseException:
    """work() in a thread of its own, or what it raised; stopped after TIME_LIMIT where Python code is running."""
    outcome: list = []

    def run() -> None:
        try:
            with np.errstate(all="ignore"):
                outcome.append(work())
        except BaseException as problem:
            outcome.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    sink = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        warnings.simplefilter("ignore")
        thread.start()
        thread.join(TIME_LIMIT)
        with _stops_untold():
            for _ in range(20):
                if not thread.is_alive():
                    break
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_TooLong))
                thread.join(0.05)
    return outcome[0] if outcome else _TooLong()


@contextlib.contextmanager
def _stops_untold():
    """A stop that meets the thread in a finalizer is lost there; Python would tell of it, and the next one follows."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda lost: None if issubclass(lost.exc_type, _TooLong) else before(lost)
    try:
        yield
    finally:
        sys.unraisablehook = before


def _is_stub(answer) -> bool:
    if answer is None or answer is ...:
        return True
    return isinstance(answer, list | tuple) and 0 < len(answer) <= LONGEST and all(map(_is_stub, answer))


_ready: set[str] = set()


def _warm(task: Exercise) -> None:
    """Try the solution once, so that compiling what an experiment needs is not counted as the answer's time."""
    if task.accepts and task.id not in _ready:
        task.accepts(_plain(task.solution))
        _ready.add(task.id)


def _todo(task: Exercise) -> Result:
    close = f" Numbers count within {100.0 * task.rtol:.3g} % of the exact value."
    if isinstance(task.solution, str):
        close = ""
    elif task.accepts:
        close = " Every answer that does what is asked counts."
    stuck = f' Stuck? check("{task.id}", hint=1).'
    return Result("TODO", f"put your answer in place of the dots and run this cell again.{close}{stuck}")


def _compare(task: Exercise, answer, seed: int = 20) -> Result:
    """The result for an answer, which may raise anything when it is touched."""
    if _is_stub(answer):
        return _todo(task)
    right, wrong = _try_function(task, answer, seed) if callable(task.solution) else _try_value(task, answer)
    if right is None:
        return _todo(task)
    if right:
        return Result("OK", "right.")
    return Result(
        "WRONG", next((known.hint for known, same in zip(task.wrong, wrong, strict=True) if same), task.hints[0])
    )


def _try_value(task: Exercise, answer) -> tuple[bool, list[bool]]:
    if callable(answer):
        raise _Impolite("this is a function; give the value itself.")
    if isinstance(task.solution, str):
        if not isinstance(answer, str):
            raise _Impolite('answer with a word in quotes, such as "A".')
        words = [" ".join(text.split()).casefold() for text in (answer, task.solution, *(w.answer for w in task.wrong))]
        return words[0] == words[1], [words[0] == word for word in words[2:]]
    given = _numbers(answer, np.asarray(task.solution))
    if task.accepts:
        turns = [w.covers(_plain(given)) if w.covers else _close(task, given, w.answer) for w in task.wrong]
        return bool(task.accepts(_plain(given))), [bool(turn) for turn in turns]
    return _close(task, given, task.solution), [_close(task, given, known.answer) for known in task.wrong]


def _plain(numbers) -> float | np.ndarray:
    array = np.asarray(numbers, dtype=float)
    return float(array) if array.ndim == 0 else array


def _try_function(task: Exercise, answer, seed: int) -> tuple[bool | None, list[bool]]:
    if not callable(answer):
        raise _Impolite("give the function itself, not a value.")
    generator = np.random.default_rng(seed)
    right, wrong = True, [True] * len(task.wrong)
    for _ in range(DRAWS):
        inputs = task.inputs(generator)
        truth = task.solution(*inputs)
        try:
            given = answer(*copy.deepcopy(inputs))
        except NotImplementedError:
            return None, []
        if _is_stub(given):
            return None, []
        given = _numbers(given, np.asarray(truth), "your function returns")
        right &= _close(task, given, truth)
        for place, known in enumerate(task.wrong):
            wrong[place] &= _close(task, given, known.answer(*copy.deepcopy(inputs)))
    return right, wrong


def _numbers(answer, like: np.ndarray, this: str = "this is") -> np.ndarray:
    """The answer as floats of the solution's shape, or _Impolite with the reason."""
    wanted = "one number" if like.size == 1 else f"{like.size} numbers"
    if isinstance(answer, str | bytes):
        raise _Impolite(f"{this} text; give {wanted}.")
    if not isinstance(answer, np.ndarray) and operator.length_hint(answer, 0) > LONGEST:
        raise _Impolite(f"{this} {type(answer).__name__} of more than {LONGEST} values; give {wanted}.")
    try:
        array = np.asarray(answer)
        if array.dtype.kind in "bc":
            raise TypeError("truth values, complex numbers")
        if array.dtype.kind not in "iuf":
            array = np.array([float(value) for value in array.ravel()]).reshape(array.shape)
        array = array.astype(float)
    except Exception:
        raise _Impolite(f"{this} {type(answer).__name__}, which I cannot read; give {wanted}.") from None
    if array.size != like.size or (np.squeeze(array).shape != np.squeeze(like).shape):
        size = "one number" if array.size == 1 else f"{array.size} numbers"
        shaped = f" in shape {array.shape}" if array.ndim > 1 else ""
        raise _Impolite(f"{this} {size}{shaped}; give {wanted}.")
    if not np.isfinite(array).all():
        raise _Impolite(f"{this} not finite: there is a NaN or an infinity in it.")
    return np.squeeze(array)


def _close(task: Exercise, given: np.ndarray, reference) -> bool:
    reference = np.squeeze(np.asarray(reference, dtype=float))
    return given.shape == reference.shape and np.allclose(given, reference, rtol=task.rtol, atol=task.atol)
