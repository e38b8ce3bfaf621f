"""The ledger under shifted seeds: one shift of every lesson here, twenty in `make fresh`; and a red one is seen."""

import fresh
import notebooks
import numpy as np
import pytest
from escapelab import ledger

LESSONS = [path for path in notebooks.in_book() if path.parent.parent.name == "chapters"]
RECORDING = [path for path in LESSONS if notebooks.slug(path) not in notebooks.LISTINGS]


@pytest.mark.parametrize("path", RECORDING, ids=notebooks.slug)
def test_every_entry_holds_under_the_next_seeds(path):
    assert fresh.compare(ledger.collect(path), fresh.entries(path, 1)) == []


def entry(value=0.5, claim="c", verdict="holds", trials=1000):
    """A stored or fresh entry with the share `value` of `trials`."""
    measured = ledger.proportion(round(value * trials), trials)
    return ledger.Entry(claim, verdict, measured, 9.0, {"a": True}, "", None, "", "a/b")


def test_the_same_entry_agrees():
    assert fresh.compare([entry()], [entry()]) == []


def test_a_value_at_the_stored_limit_agrees_and_one_beyond_does_not():
    low, high = entry().measured.low, entry().measured.high
    assert fresh.compare([entry()], [entry(low)]) == fresh.compare([entry()], [entry(high)]) == []
    assert "outside" in fresh.compare([entry()], [entry(low - 0.001)])[0]
    assert "outside" in fresh.compare([entry()], [entry(high + 0.001)])[0]


def test_another_verdict_is_red():
    assert "fails, stored as holds" in fresh.compare([entry()], [entry(verdict="fails")])[0]


def test_an_entry_of_one_run_only_is_red():
    assert fresh.compare([entry()], []) == fresh.compare([], [entry()]) == ["c is not in both runs"]


def shifted(shares, lessons=6, entries=5, shifts=20, dependent=False):
    """{(lesson, shift): entries} of runs that truly have these shares; dependent: a lesson's entries are one number."""
    generator = np.random.default_rng(3)
    runs = {}
    for lesson in range(lessons):
        for shift in range(1, shifts + 1):
            counts = generator.binomial(1000, shares(shift), size=entries)
            counts = np.full(entries, counts[0]) if dependent else counts
            runs[str(lesson), shift] = [entry(count / 1000, claim=str(i)) for i, count in enumerate(counts)]
    return runs


@pytest.mark.parametrize("dependent", [False, True])
def test_honest_limits_are_missed_as_often_as_they_say(dependent):
    counted = fresh.misses(shifted(lambda shift: 0.4, dependent=dependent))
    assert counted.pairs == 300
    assert counted.expected == pytest.approx(0.047 * 300, rel=0.1)
    assert counted.p > fresh.LEVEL


def test_limits_that_are_too_short_are_noticed():
    assert fresh.misses(shifted(lambda shift: 0.4 + 0.06 * (shift % 2))).p < fresh.LEVEL


def widened(runs):
    """The same runs with limits five times as far out."""
    wide = {}
    for key, entries in runs.items():
        measured = [e.measured._replace(low95=-1.0, high95=2.0) for e in entries]
        wide[key] = [e._replace(measured=m) for e, m in zip(entries, measured, strict=True)]
    return wide


def test_limits_that_are_too_wide_are_noticed():
    assert fresh.misses(widened(shifted(lambda shift: 0.4, lessons=10, entries=8))).p < fresh.LEVEL


def test_exact_entries_are_not_counted():
    exact = entry()._replace(measured=ledger.exact(1.0))
    assert fresh.misses({("a", 1): [exact], ("a", 2): [exact]}).pairs == 0


def test_each_shift_belongs_to_one_pair():
    assert fresh.misses({("a", shift): [entry()] for shift in range(1, 8)}).pairs == 3


def test_kept_results_are_of_these_sources(tmp_path, monkeypatch):
    path = tmp_path / "chapters" / "part" / "toy.ipynb"
    notebook = notebooks.nbformat.v4.new_notebook(cells=[notebooks.nbformat.v4.new_code_cell("x = 1")])
    notebooks.write(notebook, path)
    ran = []
    monkeypatch.setattr(fresh.execution, "execute", lambda *given: ran.append(given) or notebook)
    for source in ["x = 1", "x = 1", "x = 2"]:
        notebook.cells[0].source = source
        notebooks.write(notebook, path)
        assert fresh.entries(path, 3, kept=tmp_path) == []
    assert ran == [(path, {"ESCAPELAB_SEED_SHIFT": "3", "ESCAPELAB_FRAMES": "0"})] * 2
