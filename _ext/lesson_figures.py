"""Sphinx extension: {lesson-figure} shows a figure of a lesson on another page, {measured} a number of the ledger.

Both come from the lesson as it was built: picture, alt text and numbers; value and 95 % interval. They cannot go stale.

    ```{lesson-figure} thread/f6-depth-or-width
    Four maps of the mean escape time
    ```

The second line is how the figure's alt text begins. A caption with the lesson's question, as a link, is added.
"""

import math
from pathlib import Path

from docutils import nodes
from escapelab import ledger
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

LOGGER = logging.getLogger(__name__)


class borrowed_figure(nodes.General, nodes.Element):
    """Stands where a lesson's figure goes until all pages are read."""


class LessonFigure(SphinxDirective):
    """The figure of a lesson whose alt text begins with the content."""

    has_content, required_arguments = True, 1

    def run(self) -> list[nodes.Node]:
        lesson, begins = self.arguments[0], " ".join(self.content)
        if lesson not in ledger.lessons():
            raise self.error(f"claims.toml lists no lesson {lesson!r}")
        self.env.note_dependency(f"{self.env.srcdir}/chapters/{lesson}.ipynb")
        place = borrowed_figure(lesson=lesson, begins=begins)
        self.set_source_info(place)
        source = link(lesson, ledger.lessons()[lesson])
        return [place, nodes.paragraph("", "From ", source, classes=["lesson-figure-source"])]


def link(lesson: str, text: str, claim: str = "") -> nodes.reference:
    """A link from another part of the book to a lesson, or to its entry of a claim."""
    return nodes.reference("", text, internal=True, refuri=f"../{lesson}.html{'#claim-' * bool(claim)}{claim}")


def figures(doctree, begins: str) -> list[nodes.Element]:
    """The outputs of a lesson's cells with a picture whose alt text begins so."""
    return [
        output
        for output in doctree.findall(nodes.container)
        if "cell_output" in output.get("classes", [])
        and any(image.get("alt", "").startswith(begins) for image in output.findall(nodes.image))
    ]


def shown(output) -> nodes.Element:
    """A copy of a cell's output without what the cell printed."""
    copy = output.deepcopy()
    for printed in [block for block in copy.findall(nodes.literal_block) if "stream" in block["classes"]]:
        printed.parent.remove(printed)
    return copy


class Borrow(SphinxPostTransform):
    """Put the figures in their places, before MyST-NB chooses which form of an output a page shows."""

    default_priority = 3

    def run(self, **kwargs) -> None:
        for place in list(self.document.findall(borrowed_figure)):
            found = figures(self.env.get_doctree(f"chapters/{place['lesson']}"), place["begins"])
            if len(found) != 1:
                LOGGER.warning(
                    "%d figures of %s begin with %r", len(found), place["lesson"], place["begins"], location=place
                )
            place.replace_self([shown(output) for output in found[:1]])


class Measured(SphinxRole):
    """A claim's measured value with its 95 % interval, as a link to the entry."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        claim = ledger.claims().get(self.text)
        path = Path(self.env.srcdir, "chapters", f"{claim.lesson}.ipynb") if claim else None
        entries = {entry.claim: entry for entry in ledger.collect(path)} if path and path.exists() else {}
        if self.text not in entries:
            report = self.inliner.reporter.error(f"no lesson has recorded {self.text!r}", line=self.lineno)
            return [nodes.problematic(self.rawtext, self.rawtext)], [report]
        self.env.note_dependency(str(path))
        return [link(claim.lesson, said(entries[self.text].measured), self.text)], []


def said(measured: ledger.Measurement) -> str:
    """A measured value in words: with its 95 % interval unless it is exact; a logarithm of a ratio as the ratio."""
    values, unit = measured[:3], f" {measured.unit}" if measured.unit else ""
    if measured.unit == "log":
        values, unit = [math.exp(value) for value in values], " times"
    value, low, high = (f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}" for value in values)
    text = f"{value}{unit}" if measured.kind == "exact" else f"{value}{unit} ({low} to {high})"
    return text.replace("-", "−")


def setup(app) -> dict:
    app.add_node(borrowed_figure)
    app.add_directive("lesson-figure", LessonFigure)
    app.add_role("measured", Measured())
    app.add_post_transform(Borrow)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
