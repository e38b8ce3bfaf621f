"""The ledger: what the sources claim, what a lesson measured, and the verdict that follows.

A lesson measures, with an interval for the value that a fresh run of the same size would give, and records:

    left = ledger.proportion(successes=97, trials=100)
    ledger.record("thread-a-cannot-escape", left, rival=0.0, checks={"none leaves": left.value == 0})

The stored output of that cell is the entry; `collect` reads the entries back from the notebooks.
Every number carries two prediction intervals, at 95 % and at a two-sided false-alarm rate of 1e-6.
Explained in verdict/v2-ledger.
"""

import difflib
import functools
import html
import json
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from escapelab.prediction import Measurement, exact, finite, mean, proportion, statistic

__all__ = [
    "Claim",
    "Entry",
    "Measurement",
    "claims",
    "collect",
    "entries",
    "exact",
    "lessons",
    "mean",
    "proportion",
    "record",
    "statistic",
]

MIME = "application/vnd.escapelab.ledger+json"

VERDICTS = ("holds", "fails", "depends", "half right")
COLOURS = {"holds": "#0068a8", "fails": "#b93c00", "depends": "#00655a", "half right": "#7b3294"}


class Claim(NamedTuple):
    """One statement of a source, as listed in claims.toml before its lesson was written."""

    id: str
    source: str  # thread, kleinberg, patel or blog
    place: str  # where in the source
    kind: str  # claim, question, theorem, lemma, definition, table, figure or prediction
    says: str  # our paraphrase
    lesson: str  # part/slug of the one lesson that records it


class Entry(NamedTuple):
    """What one lesson recorded about one claim."""

    claim: str
    verdict: str  # holds, fails, depends or half right
    measured: Measurement
    rival: float  # another theory's value, outside [measured.low, measured.high]
    checks: dict[str, bool]
    depends: str  # on what, where the verdict is "depends"
    expected: float | str | None  # what the source says
    note: str
    lesson: str = ""


@functools.cache
def _table() -> dict:
    here = Path(__file__).resolve()
    shipped = here.parent / "claims.toml"
    path = shipped if shipped.exists() else here.parents[2] / "claims.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def claims() -> dict[str, Claim]:
    """Every claim of claims.toml by its id, in its order; ValueError for an id that stands there twice."""
    found: dict[str, Claim] = {}
    for row in _table()["claim"]:
        if row["id"] in found:
            raise ValueError(f"claims.toml lists {row['id']!r} twice")
        found[row["id"]] = Claim(**row)
    return found


def lessons() -> dict[str, str]:
    """The question of every lesson of the book by its part/slug, in reading order, written yet or not."""
    return dict(_table()["lessons"])


def _verdict(checks: dict[str, bool], depends: str) -> str:
    if all(checks.values()):
        return "holds"
    if not any(checks.values()):
        return "fails"
    return "depends" if depends else "half right"


def _calling_cell() -> tuple[object, object]:
    """Which cell runs, and in which of its executions: ids of the live notebook, else the cell's source."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return None, None
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    cell = parent.get("metadata", {}).get("cellId") or shell.user_ns.get("In", [""])[-1]
    return cell, shell.execution_count


_recorded: dict[str, tuple[object, object]] = {}


def _allow_once(claim_id: str) -> None:
    cell, execution = _calling_cell()
    if claim_id in _recorded:
        earlier_cell, earlier_execution = _recorded[claim_id]
        if cell is None or cell != earlier_cell or execution == earlier_execution:
            raise ValueError(f"{claim_id!r} was recorded already: a claim is recorded once in a lesson")
    _recorded[claim_id] = cell, execution


def record(
    claim_id: str,
    measured: Measurement,
    *,
    rival: float,
    checks: dict[str, bool],
    depends: str | None = None,
    expected: float | str | None = None,
    note: str = "",
) -> None:
    """Record one claim of claims.toml, once in a lesson, and show the entry.

    checks name in words what the claim says, each True or False as measured. All true: it holds. None: it fails.
    Some: it "depends" (with depends="on what"), else it is "half right". rival is the value that another theory
    or the naive guess gives; the 1e-6 interval must exclude it. ValueError for an unknown id (with near ones), a
    claim recorded before by another cell, a rival inside the interval, or checks that are no truth values.
    """
    if claim_id not in claims():
        near = difflib.get_close_matches(str(claim_id), claims(), n=3, cutoff=0.4)
        raise ValueError(f"no claim {claim_id!r} in claims.toml; near: {', '.join(near) or 'none'}")
    if not isinstance(measured, Measurement):
        raise ValueError(f"measured must come from proportion, mean, statistic or exact, got {measured!r}")
    if not checks or not all(isinstance(holds, bool | np.bool_) for holds in checks.values()):
        raise ValueError(f"checks must name at least one True or False, got {checks!r}")
    rival = finite("rival", rival)
    if measured.covers(rival):
        raise ValueError(
            f"{claim_id}: the interval {measured.low:.6g} to {measured.high:.6g} does not exclude the rival "
            f"{rival:.6g}; measure more, or name a rival that the claim can be told from"
        )
    _allow_once(claim_id)
    checks = {name: bool(holds) for name, holds in checks.items()}
    entry = Entry(claim_id, _verdict(checks, depends or ""), measured, rival, checks, depends or "", expected, note)
    _show(entry)


def _say(number: float) -> str:
    return f"{number:.4g}"


def _show(entry: Entry) -> None:
    m = entry.measured
    unit = f" {m.unit}" if m.unit else ""
    number = f"{_say(m.value)}{unit}"
    if m.kind == "exact":
        number += " (exact)"
    else:
        number += f" (95 %: {_say(m.low95)} to {_say(m.high95)}, 1e-6: {_say(m.low)} to {_say(m.high)})"
    verdict = entry.verdict + (f" on {entry.depends}" if entry.verdict == "depends" else "")
    checked = "; ".join(f"{name}: {'yes' if holds else 'no'}" for name, holds in entry.checks.items())
    line = " | ".join([entry.claim, verdict, number, f"rival {_say(entry.rival)} excluded", checked])
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        print(line)
        return
    from IPython.display import display

    display({"text/plain": line, "text/html": _row(entry, verdict, number, checked), MIME: to_json(entry)}, raw=True)


def _row(entry: Entry, verdict: str, number: str, checked: str) -> str:
    badge = f"background:{COLOURS[entry.verdict]};color:#fff;border-radius:4px;padding:.1em .5em;font-weight:600"
    parts = [html.escape(text) for text in (verdict, entry.claim, number, _say(entry.rival), checked)]
    return (
        f'<div class="ledger-entry" style="border-left:4px solid {COLOURS[entry.verdict]};padding:.3em .8em">'
        f'<span style="{badge}">{parts[0]}</span> <span style="font-family:monospace">{parts[1]}</span> {parts[2]}; '
        f"rival {parts[3]} excluded<br><small>{parts[4]}</small></div>"
    )


def _rounded(value):
    return float(f"{value:.10g}") if isinstance(value, float | np.floating) else value


def to_json(entry: Entry) -> dict:
    """The entry as plain JSON, numbers to ten significant digits (the same on every machine)."""
    measured = {name: _rounded(value) for name, value in entry.measured._asdict().items()}
    rest = {name: _rounded(value) for name, value in entry._asdict().items() if name not in ("measured", "lesson")}
    return {**rest, "measured": measured}


def from_json(data: dict, lesson: str = "") -> Entry:
    """The entry that `to_json` wrote."""
    measured = Measurement(**data["measured"])
    return Entry(**{**data, "measured": measured, "checks": dict(data["checks"]), "lesson": lesson})


def entries(notebook: dict, lesson: str) -> list[Entry]:
    """Every entry in the stored outputs of one notebook (its JSON), in order."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    found = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
    return [from_json(data, lesson) for data in found]


def collect(folder) -> list[Entry]:
    """Every entry stored in the notebooks below a folder (or in one notebook), in path order, with its lesson."""
    folder = Path(folder)
    paths = [folder] if folder.suffix == ".ipynb" else sorted(folder.rglob("*.ipynb"))
    found = []
    for path in paths:
        if ".ipynb_checkpoints" not in path.parts:
            found += entries(json.loads(path.read_text(encoding="utf-8")), f"{path.parent.name}/{path.stem}")
    return found
