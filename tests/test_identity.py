"""A fingerprint is the same everywhere, and changes with everything that decides a result."""

import importlib
import os
import subprocess
import sys

import numpy as np
import pytest
from escapelab import identity, objectives

BEFORE = """
import math
import numpy as np
from escapelab import objectives, sgd
import constants

SCALE = 2.0
TABLE = {"a": np.arange(3), "b": (1, None, "x")}
COST = objectives.sine_fit()

def inner(x):
    return SCALE * x

def f(x, power=2):
    return inner(x) ** power + math.sin(x) + TABLE["a"][0] + constants.C + COST.dimension + len(sgd.__name__)
"""
CHANGES = [("SCALE = 2.0", "SCALE = 3.0"), ("SCALE * x", "SCALE + x"), ("power=2", "power=3"),
           ("np.arange(3)", "np.arange(4)"), ('"x"', '"y"'), ("math.sin", "math.cos"),
           ("sine_fit()", "double_well()")]  # fmt: skip


def told(folder, source=BEFORE, constants="C = 1", **environment):
    """The fingerprint of f in a fresh process."""
    (folder / "mine.py").write_text(source)
    (folder / "constants.py").write_text(constants)
    script = "import mine; from escapelab import identity; print(identity.fingerprint(mine.f))"
    environment = {**os.environ, "PYTHONHASHSEED": "random", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, env=environment)
    return ran.stdout.strip() or ran.stderr


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return told(tmp_path_factory.mktemp("before"))


def test_it_is_the_same_in_another_process_and_folder(before, tmp_path):
    assert len(before) == 64 and told(tmp_path) == before


def test_what_is_not_reached_does_not_count(before, tmp_path):
    assert told(tmp_path, "# a remark\n" + BEFORE + "\nOTHER = 3\n") == before


def test_what_runs_counts_and_not_what_the_file_says_by_now(tmp_path, monkeypatch):
    (tmp_path / "edited_later.py").write_text("def f(x):\n    return x + 1")
    monkeypatch.syspath_prepend(tmp_path)
    loaded = importlib.import_module("edited_later")
    first = identity.fingerprint(loaded.f)
    (tmp_path / "edited_later.py").write_text("def f(x):\n    return x + 1000")
    assert identity.fingerprint(loaded.f) == first != identity.fingerprint(importlib.reload(loaded).f)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_whatever_a_function_reaches_counts(before, tmp_path, old, new):
    assert old in BEFORE and len(changed := told(tmp_path, BEFORE.replace(old, new))) == 64 and changed != before


def test_a_module_of_the_reader_counts_whole(before, tmp_path):
    assert told(tmp_path, constants="C = 2") not in ("", before)


def test_the_shift_of_all_seeds_counts(before, tmp_path):
    assert told(tmp_path, ESCAPELAB_SEED_SHIFT="7") not in ("", before)


def test_the_library_counts(monkeypatch):
    plain = identity.fingerprint(told)
    monkeypatch.setattr(identity, "SOURCES", "other")
    assert identity.fingerprint(told) != plain


def test_equal_values_are_the_same_and_others_are_not():
    values = [1, 1.0, "1", True, None, b"1", (1,), [1], {1}, {"a": 1}, {"a": 2}, 0.1, np.nextafter(0.1, 1), -0.0, 0.0,
              np.float32(0.1), np.array([1.0]), np.array([1]), np.array([[1.0]]), ["ab", "c"], ["a", "bc"],
              [[1], 2], [[1, 2]], np.sin, np.cos, len, abs, float, int,
              objectives.sine_fit(), objectives.double_well()]  # fmt: skip
    texts = [identity.of_task("t", {"v": value}) for value in values]
    assert len(set(texts)) == len(texts)
    assert identity.of_task("t", {"v": np.float64(0.1), "w": np.int64(1)}) == identity.of_task("t", {"w": 1, "v": 0.1})
    assert identity.of_task("t", {"v": {3, 1, 2}}) == identity.of_task("t", {"v": {2, 3, 1}})


def test_closures_count():
    def holder(x):
        def f():
            return x

        return f

    assert identity.fingerprint(holder(1)) == identity.fingerprint(holder(1)) != identity.fingerprint(holder(2))


STREAM = sys.stdout


def uses_a_stream():
    return STREAM


def test_what_cannot_be_told_apart_is_refused_by_name():
    with pytest.raises(TypeError, match=r"STREAM, which .*uses_a_stream uses"):
        identity.fingerprint(uses_a_stream)


def test_a_function_that_calls_itself_has_a_fingerprint():
    assert len(identity.fingerprint(calls_itself)) == 64


def calls_itself(n):
    return calls_itself(n - 1) if n else 0


def test_the_readers_own_objective_counts():
    @objectives.own
    def square(x):
        return x * x

    @objectives.own
    def quartic(x):
        return x * x * x * x

    texts = [identity.of_task("t", {"v": cost}) for cost in (square, square, quartic)]
    assert texts[0] == texts[1] != texts[2]
