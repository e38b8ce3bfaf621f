"""A record computes its verdict, refuses what it cannot tell apart, and survives the way through the notebook."""

import json

import nbformat
import notebooks
import pytest
from escapelab import ledger
from IPython.core.interactiveshell import InteractiveShell

IDS = list(ledger.claims())
SHARE = ledger.proportion(60, 100)
LESSONS = [path for path in notebooks.in_book() if path.parent.parent.name == "chapters"]


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(ledger, "_recorded", {})


@pytest.fixture
def shell():
    """A live IPython, and none after the test."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def record(claim=IDS[0], measured=SHARE, rival=0.0, checks=None, **rest):
    ledger.record(claim, measured, rival=rival, checks={"it does": True} if checks is None else checks, **rest)


@pytest.mark.parametrize(
    ("checks", "depends", "verdict"),
    [
        ([True, True], None, "holds"),
        ([True], "the step", "holds"),
        ([False, False], "the step", "fails"),
        ([True, False], None, "half right"),
        ([False, True], "the step", "depends on the step"),
    ],
)
def test_the_verdict_follows_from_the_checks(checks, depends, verdict, capsys):
    record(checks={f"check {i}": holds for i, holds in enumerate(checks)}, depends=depends)
    assert capsys.readouterr().out.split(" | ")[1] == verdict


def test_the_line_says_claim_verdict_number_limits_and_rival(capsys):
    record(measured=ledger.proportion(60, 100, unit="of walkers"))
    line = capsys.readouterr().out
    assert line.startswith(f"{IDS[0]} | holds | 0.6 of walkers (95 %: 0.46 to 0.74, 1e-6: ")
    assert line.endswith("| rival 0 excluded | it does: yes\n")


@pytest.mark.parametrize("rival", [SHARE.low, 0.5, SHARE.high])
def test_a_rival_that_the_interval_does_not_exclude_is_refused(rival):
    with pytest.raises(ValueError, match="does not exclude the rival"):
        record(rival=rival)


def test_a_rival_just_outside_is_accepted(capsys):
    record(rival=SHARE.low - 1e-6)
    assert "excluded" in capsys.readouterr().out


def test_an_unknown_claim_is_refused_with_near_names():
    with pytest.raises(ValueError, match=f"near: .*{IDS[5]}"):
        record(IDS[5] + "x")


@pytest.mark.parametrize("checks", [{}, {"a": 1}, {"a": "yes"}, {"a": None}])
def test_checks_must_be_truth_values(checks):
    with pytest.raises(ValueError, match="True or False"):
        record(checks=checks)


def test_a_bare_number_is_no_measurement():
    with pytest.raises(ValueError, match="must come from proportion"):
        record(measured=0.5)


def test_a_claim_is_recorded_once(capsys):
    record()
    with pytest.raises(ValueError, match="recorded already"):
        record()


CELL = f"ledger.record({IDS[0]!r}, ledger.exact(1.0), rival=0.0, checks={{'a': True}})"


def run(shell, source):
    shell.run_cell("from escapelab import ledger", store_history=True)
    return shell.run_cell(source, store_history=True).error_in_exec


def test_a_cell_may_run_again_in_a_live_notebook(shell, capsys):
    assert run(shell, CELL) is None
    assert run(shell, CELL) is None


def test_another_cell_may_not_record_the_same_claim(shell, capsys):
    assert run(shell, CELL) is None
    assert isinstance(run(shell, CELL + "  # another"), ValueError)


def test_one_cell_may_not_record_a_claim_twice(shell, capsys):
    assert isinstance(run(shell, CELL + "\n" + CELL), ValueError)


def test_an_edited_cell_may_record_again_where_the_front_end_names_cells(shell, capsys, monkeypatch):
    monkeypatch.setattr(shell, "get_parent", lambda: {"metadata": {"cellId": "one"}}, raising=False)
    assert run(shell, CELL) is None
    assert run(shell, CELL + "  # edited") is None


def test_an_entry_survives_the_way_through_a_notebook(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(ledger, "_show", shown.append)
    record(expected="never", note="a note", depends="noise", checks={"a": True, "b": False})
    output = nbformat.v4.new_output("display_data", {ledger.MIME: ledger.to_json(shown[0])})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])
    (tmp_path / "thread").mkdir()
    nbformat.write(notebook, tmp_path / "thread" / "q1.ipynb")
    (read,) = ledger.collect(tmp_path)
    assert read._replace(measured=shown[0].measured, lesson="") == shown[0]
    assert read.lesson == "thread/q1"
    assert read.measured == pytest.approx((*shown[0].measured[:-2], "", "proportion"))


def test_numbers_are_stored_to_ten_digits():
    entry = ledger.Entry("c", "holds", ledger.exact(1.0 / 3.0), 0.0, {"a": True}, "", None, "")
    assert ledger.to_json(entry)["measured"]["value"] == 0.3333333333


def test_checkpoints_are_not_collected(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "q1.ipynb").write_text("not JSON")
    assert ledger.collect(tmp_path) == []


def test_every_claim_has_its_six_fields():
    assert all(isinstance(text, str) and text for claim in ledger.claims().values() for text in claim)


def too_near(entry):
    """Whether a fresh run, itself at its limit, might not exclude the rival."""
    m = entry.measured
    return 2.0 * m.low - m.value <= entry.rival <= 2.0 * m.high - m.value


def test_a_rival_between_one_and_two_intervals_away_is_too_near():
    entry = ledger.Entry("c", "holds", SHARE, SHARE.low - 1e-6, {"a": True}, "", None, "")
    assert too_near(entry)
    assert not too_near(entry._replace(rival=-1.0))


@pytest.mark.parametrize("path", LESSONS, ids=notebooks.slug)
def test_stored_rivals_stay_excluded_under_other_seeds(path):
    assert [entry.claim for entry in ledger.collect(path) if too_near(entry)] == []


@pytest.mark.parametrize("path", LESSONS, ids=notebooks.slug)
def test_stored_verdicts_follow_from_stored_checks(path):
    for entry in ledger.collect(path):
        assert entry.verdict == ledger._verdict(entry.checks, entry.depends)
        assert not entry.measured.covers(entry.rival)


def test_a_stored_line_says_what_its_data_say():
    for path in LESSONS:
        outputs = [output for cell in json.loads(path.read_text())["cells"] for output in cell.get("outputs", [])]
        for data in (output["data"] for output in outputs if ledger.MIME in output.get("data", {})):
            line = "".join(data["text/plain"])
            assert line.startswith(f"{data[ledger.MIME]['claim']} | {data[ledger.MIME]['verdict']}")
