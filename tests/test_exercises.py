"""Every exercise tells right from unfinished from wrong, names the mistake, and never raises or gives itself away."""

import math
import re
import sys
import threading
import time
from collections import Counter

import notebooks
import numpy as np
import pytest
import stated
from escapelab import exercises, progress
from escapelab.answers import KINDS, Exercise, Wrong, registry

HALF = Exercise(
    "toy-half",
    solution=0.5,
    hints=("Halve it.",),
    wrong=[Wrong(2.0, "That doubles it."), Wrong(-0.5, "The sign."), Wrong(1.0, "That is all of it.")],
)
PAIR = HALF._replace(id="toy-pair", solution=[1.0, 2.0], wrong=[Wrong([2.0, 1.0], "The other way round.")])
WORD = HALF._replace(id="toy-word", solution="noise", wrong=[Wrong("step", "It stays when the step shrinks.")])
STEP = HALF._replace(
    id="toy-step",
    solution=lambda theta, eta: theta - eta * 2.0 * theta,
    inputs=lambda generator: (generator.normal(), generator.uniform(0.1, 0.9)),
    wrong=[Wrong(lambda theta, eta: theta + eta * 2.0 * theta, "That goes uphill.")],
)
FAR = HALF._replace(
    id="toy-far",
    kind="explain",
    solution=[3.0, 4.0],
    accepts=lambda pair: bool(np.hypot(*pair) >= 5.0),
    hints=("How far?", "Farther.", "Take the longer leg."),
    wrong=[
        Wrong([1.0, 1.0], "Too near.", lambda pair: bool(np.hypot(*pair) < 2.0)),
        Wrong([3.0, 3.0], "Nearly.", lambda pair: bool(np.hypot(*pair) < 5.0)),
    ],
)
TOYS = {toy.id: toy for toy in (HALF, PAIR, WORD, STEP, FAR)}
EVERY = list(registry().values()) + list(TOYS.values())
LESSON_EXERCISES = pytest.mark.parametrize("task", registry().values(), ids=lambda task: task.id)
ALL = pytest.mark.parametrize("task", EVERY, ids=lambda task: task.id)


@pytest.fixture(autouse=True)
def _with_toys(monkeypatch, tmp_path):
    known = {**registry(), **TOYS}
    for module in (exercises, progress):
        monkeypatch.setattr(module, "registry", lambda: known)
    monkeypatch.setenv("ESCAPELAB_PROGRESS", str(tmp_path / "own" / "progress.json"))


@ALL
def test_the_solution_is_ok(task):
    assert exercises.judge(task.id, task.solution).status == "OK"


@ALL
@pytest.mark.parametrize("stub", [None, ..., [...], (None, None)])
def test_the_stub_is_to_do(task, stub):
    assert exercises.judge(task.id, stub).status == "TODO"


@ALL
def test_every_known_wrong_answer_gets_its_own_hint(task):
    for wrong in task.wrong:
        assert exercises.judge(task.id, wrong.answer) == ("WRONG", wrong.hint)


@LESSON_EXERCISES
def test_a_lesson_exercise_knows_three_wrong_turns_apart(task):
    hints = [wrong.hint for wrong in task.wrong] + list(task.hints)
    assert len(task.wrong) >= 3
    assert len(set(hints)) == len(hints)


def test_every_lesson_has_four_exercises_of_all_three_kinds():
    for lesson in {task.lesson for task in registry().values()}:
        kinds = Counter(task.kind for task in registry().values() if task.lesson == lesson)
        assert (sum(kinds.values()) >= 4, set(kinds)) == (True, set(KINDS)), lesson


@LESSON_EXERCISES
def test_help_is_a_question_then_a_nudge_then_the_method(task):
    assert len(task.hints) == 3
    assert task.hints[0].endswith("?")
    assert all(hint.endswith((".", "?")) for hint in task.hints)
    assert 1 <= task.minutes <= 30


@LESSON_EXERCISES
def test_the_kind_of_an_exercise_says_how_it_is_checked(task):
    computed, chosen, tried = callable(task.solution), isinstance(task.solution, str), task.accepts is not None
    assert (computed, chosen, tried) == tuple(task.kind == kind for kind in KINDS)
    assert computed == (task.inputs is not None)


@ALL
def test_what_a_function_is_asked_does_not_repeat(task):
    if task.kind == "compute":
        drawn = [repr(task.inputs(np.random.default_rng(seed))) for seed in range(20)]
        assert len(set(drawn)) == 20


def test_an_answer_that_does_what_is_asked_counts_whatever_it_is():
    for pair in ([3, 4], (0.0, 7.0), np.array([-5.0, 5.0])):
        assert exercises.judge("toy-far", pair).status == "OK"
    assert exercises.judge("toy-far", [1.5, 0.5]) == ("WRONG", "Too near.")
    assert exercises.judge("toy-far", [4.0, 2.0]) == ("WRONG", "Nearly.")
    assert exercises.judge("toy-far", 6.0).text.endswith("give 2 numbers.")


def test_hints_come_one_at_a_time(capsys):
    for grade in (1, 2, 3):
        exercises.check("toy-far", hint=grade)
    assert capsys.readouterr().out.splitlines() == [
        f"HINT {grade} of 3, toy-far: {text}" for grade, text in enumerate(FAR.hints, start=1)
    ]


def test_the_stub_says_where_help_is(capsys):
    exercises.check("toy-far")
    said = capsys.readouterr().out
    assert "Every answer that does what is asked counts." in said
    assert said.endswith('Stuck? check("toy-far", hint=1).\n')


def gives_away(task, text):
    if isinstance(task.solution, str):
        named = {word for word in (task.solution, *(w.answer for w in task.wrong)) if re.search(rf"\b{word}\b", text)}
        return task.solution in named and len(named) < 3  # a hint may list what there is to choose from
    if callable(task.solution):
        return False
    values = np.atleast_1d(np.asarray(task.solution, dtype=float))
    return any(np.isclose(n.value, values, rtol=task.rtol, atol=0.0).any() for n in stated.numbers(text))


@ALL
def test_no_hint_gives_the_solution_away(task):
    assert not any(gives_away(task, text) for text in [*task.hints, *(wrong.hint for wrong in task.wrong)])


@pytest.mark.parametrize(("task", "text"), [(HALF, "It is 0.5, see?"), (WORD, "the noise"), (PAIR, "first 1.0")])
def test_a_hint_that_gives_the_solution_away_is_noticed(task, text):
    assert gives_away(task, text)


@pytest.mark.parametrize("same", [0.5, np.float32(0.5), np.array(0.5), np.array([0.5]), [0.5], (0.5,), 0.502, [[0.5]]])
def test_a_number_counts_in_every_form_and_within_its_tolerance(same):
    assert exercises.judge("toy-half", same).status == "OK"


@pytest.mark.parametrize("other", [0.506, 0.494, True, "0.5", [0.5, 0.5], 0.5 + 1j])
def test_a_number_outside_its_tolerance_or_kind_is_wrong(other):
    assert exercises.judge("toy-half", other).status == "WRONG"


@pytest.mark.parametrize("same", [[1, 2], (1.0, 2.0), np.array([1, 2]), np.array([[1.0], [2.0]]), range(1, 3)])
def test_a_sequence_counts_in_every_form(same):
    assert exercises.judge("toy-pair", same).status == "OK"


@pytest.mark.parametrize("same", ["noise", " Noise", "NOISE\n"])
def test_a_word_counts_in_every_case(same):
    assert exercises.judge("toy-word", same).status == "OK"


def forever(*arguments):
    """Never returns."""
    while True:
        time.sleep(0)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda theta, eta: 1.0 / 0.0, "raised ZeroDivisionError (float division by zero)"),
        (lambda theta: theta, "raised TypeError"),
        (lambda theta, eta: math.nan, "not finite"),
        (lambda theta, eta: "uphill", "your function returns text"),
        (lambda theta, eta: [theta, eta], "2 numbers; give one number"),
        (0.3, "give the function itself"),
        (forever, "Does a loop never end?"),
    ],
)
def test_a_broken_function_is_told_how_it_breaks(answer, said, monkeypatch):
    monkeypatch.setattr(exercises, "TIME_LIMIT", 0.3)
    result = exercises.judge("toy-step", answer)
    assert result.status == "WRONG"
    assert said in result.text


class Slow:
    """Goes with a tenth of a second in its finalizer, where an exception is lost."""

    def __del__(self):
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            pass


def in_finalizers(*arguments):
    """Nearly never anywhere else."""
    until = time.perf_counter() + 3.0
    while time.perf_counter() < until:
        Slow()


def test_a_stop_that_is_lost_in_a_finalizer_is_not_told(monkeypatch):
    told, others = [], set(threading.enumerate())
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    monkeypatch.setattr(exercises, "TIME_LIMIT", 0.3)
    assert "Does a loop never end?" in exercises.judge("toy-step", in_finalizers).text
    for thread in set(threading.enumerate()) - others:
        thread.join()
    assert told == []


def unwritten(theta, eta):
    """A stub as the lesson prints it."""


def not_implemented(theta, eta):
    """Another usual stub."""
    raise NotImplementedError


@pytest.mark.parametrize("stub", [unwritten, not_implemented])
def test_a_function_that_is_not_written_yet_is_to_do(stub):
    assert exercises.judge("toy-step", stub).status == "TODO"


def test_a_function_that_is_right_for_one_input_only_is_wrong():
    generator = np.random.default_rng(20)
    first = STEP.solution(*STEP.inputs(generator))
    assert exercises.judge("toy-step", lambda theta, eta: first).status == "WRONG"


def test_a_function_cannot_reach_the_solution_through_its_inputs():
    task = STEP._replace(
        solution=lambda values: float(values.sum()), inputs=lambda generator: (generator.normal(size=3),), wrong=[]
    )

    def spoils(values):
        values[:] = 0.0
        return 0.0

    assert exercises._compare(task, spoils).status == "WRONG"


def test_what_an_answer_prints_is_dropped(capsys):
    exercises.check("toy-step", lambda theta, eta: print("secret") or theta - eta * 2.0 * theta)
    assert capsys.readouterr().out.startswith("OK toy-step: right. Done: 1 of 5 in this chapter, 1 of ")


def test_an_unknown_exercise_is_named_with_a_near_one(capsys):
    exercises.check("toy-hal", 1)
    exercises.check(None, 1)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "UNKNOWN toy-hal: there is no such exercise; do you mean toy-half?"
    assert second.startswith("UNKNOWN None: there is no such exercise")


def test_a_printed_solution_that_is_wrong_is_red():
    exercises.demand_ok("toy-half", 0.5)
    with pytest.raises(AssertionError, match="doubles"):
        exercises.demand_ok("toy-half", 2.0)


def test_every_exercise_is_checked_in_one_lesson_of_the_book():
    cells = [cell for path in notebooks.in_book() for cell in notebooks.code_cells(notebooks.read(path))]
    asked = Counter(name for cell in cells for name, _ in notebooks.checked_answers(cell.source))
    assert asked == Counter(registry().keys())
