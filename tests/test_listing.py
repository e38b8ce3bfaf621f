"""The listing shows every claim, open or judged, and its files and its page agree with the notebooks."""

import csv
import io
import json
import re

import matplotlib.pyplot as plt
import notebooks
import pytest
from escapelab import ledger, listing

FIRST, SECOND = list(ledger.claims())[:2]
PAGE = notebooks.ROOT / "chapters" / "verdict" / "v2-ledger.ipynb"


def entry(claim, verdict="depends", depends="<the step>"):
    """An entry for a claim."""
    checks = {"at first": True, "later": False}
    return ledger.Entry(claim, verdict, ledger.proportion(3, 10), 9.0, checks, depends, "never", "", "a/b")


@pytest.fixture
def listed(monkeypatch):
    monkeypatch.setattr(ledger, "collect", lambda folder: [entry(SECOND)])
    return listing.rows("anywhere")


def test_a_claim_without_an_entry_is_open(listed):
    assert [row.claim.id for row in listed] == list(ledger.claims())
    assert [row.verdict for row in listed[:3]] == ["open", "depends", "open"]


def test_the_summary_counts_every_claim(listed):
    lines = listing.summary(listed).splitlines()
    assert lines[-1].split() == ["all", "0", "0", "1", "0", str(len(listed) - 1), str(len(listed))]
    assert sum(int(line.split()[-1]) for line in lines[1:-1]) == len(listed)


def test_the_table_has_a_line_for_each_claim_of_the_source(listed):
    text = listing.table(listed, "thread")
    own = [claim for claim in ledger.claims().values() if claim.source == "thread"]
    assert re.findall(r'<tr id="(.*?)"', text) == [claim.id for claim in own]
    assert "Depends on &lt;the step&gt;." in text
    assert "<the step>" not in text


def test_only_a_judged_claim_links_to_its_lesson(listed):
    text = listing.table(listed, "thread")
    assert text.count("<a ") == 1
    assert f'href="../{ledger.claims()[SECOND].lesson}.html"' in text


def test_csv_and_json_hold_the_same_claims(listed):
    lines = list(csv.DictReader(io.StringIO(listing.as_csv(listed))))
    objects = json.loads(listing.as_json(listed))
    assert [line["id"] for line in lines] == [thing["id"] for thing in objects] == list(ledger.claims())
    assert lines[1]["checks"] == "at first: yes; later: no"
    assert objects[1]["checks"] == {"at first": True, "later": False}
    assert float(lines[1]["value"]) == objects[1]["value"] == 0.3
    assert (lines[0]["value"], objects[0]["value"]) == ("", None)


def test_the_bars_add_up_to_the_claims(listed):
    ax = listing.bars(plt.figure().subplots(), listed)
    assert sum(bar.get_width() for bar in ax.patches) == len(listed)
    plt.close("all")


def test_an_exact_number_has_no_interval(listed):
    assert listing.number(listed[0]) == ""
    assert listing.number(listed[1]) == "0.3 (0 to 0.8)"
    exact = listed[1]._replace(entry=entry(SECOND)._replace(measured=ledger.exact(2.0, unit="steps")))
    assert listing.number(exact) == "2 steps"


def test_the_files_beside_the_page_are_made_from_the_stored_notebooks():
    now = listing.rows(PAGE.parents[1])
    assert (PAGE.parent / "ledger.csv").read_text(encoding="utf-8") == listing.as_csv(now)
    assert (PAGE.parent / "ledger.json").read_text(encoding="utf-8") == listing.as_json(now)


def test_the_stored_page_shows_the_stored_notebooks():
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    tables = ["".join(bundle["text/html"]) for bundle in data if "text/html" in bundle]
    now = listing.rows(PAGE.parents[1])
    assert tables == [listing.table(now, source) for source in listing.NAMES]
