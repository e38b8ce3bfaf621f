"""A hundred answers that nobody should give are refused politely by every exercise."""

import itertools
import math
import threading
import time

import numpy as np
import pytest
from escapelab import exercises
from escapelab.answers import registry


class Evil:
    """Raises at whatever is done to it."""

    def __getattr__(self, name):
        raise RuntimeError("no")

    def __float__(self):
        raise KeyboardInterrupt

    __array__ = __len__ = __iter__ = __eq__ = __float__
    __hash__ = None


class Unspeakable(Exception):
    """Raises when it is printed."""

    def __str__(self):
        raise ValueError("no")


def forever(*arguments):
    """Never returns."""
    while True:
        time.sleep(0)


def stubborn(*arguments):
    """Never returns, and holds on to ordinary exceptions."""
    while True:
        try:
            time.sleep(0)
        except Exception:
            continue


def deep(*arguments):
    """Calls itself for ever."""
    return deep(*arguments)


def leave(*arguments):
    """Ends the process, or tries to."""
    raise SystemExit(3)


def raising(problem):
    """A function that raises this."""

    def raises(*arguments):
        raise problem

    return raises


ODD = [
    math.nan,
    math.inf,
    -math.inf,
    1e308,
    10**400,
    True,
    3 + 4j,
    "",
    "ß" * 20_000,
    b"\x00",
    "nan",
    {},
    {"a": 1},
    {1.0, 2.0},
    (),
    [],
    [[]],
    [[], [1]],
    [1, [2, 3]],
    range(10**12),
    iter([1.0]),
    (x for x in "ab"),
    object(),
    object,
    int,
    print,
    len,
    Evil(),
    [Evil()],
    np.array([]),
    np.array(["a"]),
    np.array([object()], dtype=object),
    np.zeros((3, 0)),
    np.datetime64("2020-01-01"),
    np.ma.masked,
    np.full(7, np.nan),
    np.zeros((7, 7)),
    threading.Lock(),
    math,
    Exception("x"),
    forever,
    stubborn,
    deep,
    leave,
    raising(Unspeakable()),
    raising(KeyboardInterrupt()),
    raising(GeneratorExit()),
    raising(MemoryError()),
    raising(StopIteration()),
    lambda: 1.0,
    lambda *a: "text",
    lambda *a: math.nan,
    lambda *a: Evil(),
    lambda *a: [1e9] * 3,
    lambda *a: a,
    lambda *a: lambda: 1,
    lambda *a: print("printed") or 1e9,
    lambda *a: 10**400,
    lambda a, b, c, d, e, f: 0.0,
    type("Odd", (), {"__call__": lambda self: 1}),
]


def nonsense():
    """100 answers that nobody should give, the odd ones and random ones, the same every time."""
    generator = np.random.default_rng(7)
    wild = [generator.normal(size=generator.integers(1, 5)) * 1e7 for _ in range(100 - len(ODD))]
    forms = itertools.cycle([list, tuple, np.array, lambda a: float(a[0]), lambda a: {"x": a}, str, np.float32, set])
    return ODD + [form(values) for form, values in zip(forms, wild, strict=False)]


@pytest.mark.parametrize("task", registry().values(), ids=lambda task: task.id)
def test_nonsense_is_refused_politely(task, monkeypatch, capsys):
    monkeypatch.setattr(exercises, "TIME_LIMIT", 0.3)
    threads = threading.active_count()
    for answer in nonsense():
        result = exercises.judge(task.id, answer)
        assert result.status in ("WRONG", "TODO"), result
        assert result.text.endswith((".", "?"))
        assert len(result.text) < 400
    assert capsys.readouterr() == ("", "")
    assert threading.active_count() == threads


def test_a_hundred_kinds_of_nonsense_are_tried():
    assert len(nonsense()) == 100
