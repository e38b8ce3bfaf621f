"""All claims with what became of them: as text, as a figure, as a table for the page, and as CSV and JSON.

Everything comes from claims.toml and from the entries stored in the notebooks. Explained in verdict/v2-ledger.
"""

import csv
import html
import io
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from escapelab import ledger

OPEN = "open"
VERDICTS = (*ledger.VERDICTS, OPEN)
COLOURS = {**ledger.COLOURS, OPEN: "#6b6b6b"}
CELL = "vertical-align:top;text-align:left;padding:.3em .7em .3em 0"
NAMES = {
    "thread": "the forum thread",
    "kleinberg": "Kleinberg, Li and Yuan",
    "patel": "Patel",
    "blog": "the blog post",
}


class Row(NamedTuple):
    """A claim and its entry; None as long as its lesson is not written."""

    claim: ledger.Claim
    entry: ledger.Entry | None

    @property
    def verdict(self) -> str:
        """The entry's verdict, or "open"."""
        return self.entry.verdict if self.entry else OPEN


def rows(folder) -> list[Row]:
    """Every claim, in the order of claims.toml, with the entry stored in a notebook below folder."""
    found = {entry.claim: entry for entry in ledger.collect(folder)}
    return [Row(claim, found.get(claim.id)) for claim in ledger.claims().values()]


def counts(listed: list[Row]) -> dict[str, Counter]:
    """How many claims of each source came to each verdict."""
    return {source: Counter(row.verdict for row in listed if row.claim.source == source) for source in NAMES}


def summary(listed: list[Row]) -> str:
    """The counts as a table of plain text, with a line for all sources."""
    found = {NAMES[source]: number for source, number in counts(listed).items()}
    found["all"] = sum(found.values(), Counter())
    heads = (*VERDICTS, "claims")
    lines = [" " * 22 + "".join(head.rjust(len(head) + 2) for head in heads)]
    for name, number in found.items():
        numbers = {**number, "claims": number.total()}
        lines.append(f"{name:22}" + "".join(str(numbers.get(head, 0)).rjust(len(head) + 2) for head in heads))
    return "\n".join(lines)


def bars(ax, listed: list[Row]):
    """One bar a source, split by verdict, with the number in it where there is room; open claims in light grey."""
    for place, number in enumerate(counts(listed).values()):
        left = 0
        for verdict in VERDICTS:
            width = number[verdict]
            colour, ink = ("#d0d0d0", "black") if verdict == OPEN else (COLOURS[verdict], "white")
            ax.barh(place, width, left=left, color=colour, label=verdict if place == 0 else None)
            if width > 3:
                ax.text(left + width / 2, place, str(width), color=ink, ha="center", va="center")
            left += width
    ax.set_yticks(range(len(NAMES)), NAMES.values())
    ax.invert_yaxis()
    ax.set_xlabel("claims")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(ncols=5, loc="lower center", bbox_to_anchor=(0.45, 1.0), frameon=False)
    return ax


def number(row: Row) -> str:
    """The measured value with its 95 % interval for a fresh run, in words; empty for an open claim."""
    if row.entry is None:
        return ""
    m = row.entry.measured
    unit = f" {m.unit}" if m.unit else ""
    return f"{m.value:.4g}{unit}" + ("" if m.kind == "exact" else f" ({m.low95:.4g} to {m.high95:.4g})")


def table(listed: list[Row], source: str) -> str:
    """The claims of a source as HTML: verdict, what is said and where, the number, and a link to the lesson."""
    lines = []
    for row in listed:
        if row.claim.source != source:
            continue
        claim, colour = row.claim, COLOURS[row.verdict]
        question = html.escape(ledger.lessons()[claim.lesson])
        lesson = f'<a href="../{claim.lesson}.html">{question}</a>' if row.entry else f"to come: {question}"
        on = f" <em>Depends on {html.escape(row.entry.depends)}.</em>" if row.verdict == "depends" else ""
        details = " · ".join(filter(None, [html.escape(claim.place), html.escape(number(row)), lesson]))
        badge = f"background:{colour};color:#fff;border-radius:4px;padding:.1em .5em;font-weight:600"
        lines.append(
            f'<tr id="{claim.id}"><td style="{CELL};white-space:nowrap"><span style="{badge}">{row.verdict}</span></td>'
            f'<td style="{CELL}">{html.escape(claim.says)}{on}<br><small>{details}</small></td></tr>'
        )
    heads = "".join(f'<th style="{CELL}">{head}</th>' for head in ("Verdict", "What is said, where, what we measured"))
    body = "\n".join(lines)
    table = '<table class="ledger-table" style="width:100%">'
    return f"{table}<thead><tr>{heads}</tr></thead><tbody>\n{body}\n</tbody></table>"


def record(row: Row) -> dict:
    """One claim as a flat dictionary; what only an entry has is None for an open claim."""
    kept = dict.fromkeys(("value", "low95", "high95", "low", "high", "miss95", "unit", "kind"))
    entry = dict.fromkeys(("rival", "depends", "expected", "checks", "note"))
    if row.entry:
        data = ledger.to_json(row.entry)
        kept, entry = data["measured"], {name: data[name] for name in entry}
    measured = {"measured_as" if name == "kind" else name: value for name, value in kept.items()}
    return {**row.claim._asdict(), "verdict": row.verdict, **measured, **entry}


def as_csv(listed: list[Row]) -> str:
    """The claims as CSV, one line each; checks as `name: yes; name: no`."""
    records = [record(row) for row in listed]
    for line in records:
        checks = line["checks"] or {}
        line["checks"] = "; ".join(f"{name}: {'yes' if holds else 'no'}" for name, holds in checks.items())
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def as_json(listed: list[Row]) -> str:
    """The claims as a JSON list of objects."""
    return json.dumps([record(row) for row in listed], indent=1, ensure_ascii=False) + "\n"


def write(listed: list[Row], folder) -> None:
    """Write ledger.csv and ledger.json into a folder."""
    Path(folder, "ledger.csv").write_text(as_csv(listed), encoding="utf-8")
    Path(folder, "ledger.json").write_text(as_json(listed), encoding="utf-8")
