"""Sphinx extension: the directive {answered}, which lists what learners say and the lessons that answer it.

Its lines name lessons, `part/slug`. What the asker of the thread says, and every question of another source, comes from
claims.toml; verdict and number from the entry in the lesson; the answer from the lesson's last but one section. A
lesson that does not exist yet is said to be not yet written.
"""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from escapelab import ledger
from lesson_figures import link, said
from sphinx.util.docutils import SphinxDirective

ANSWER = re.compile(r"^## The answer in one sentence\s+(.*?)\s*(?=^## |\Z)", re.M | re.S)


def words(lesson: str) -> list[ledger.Claim]:
    """What learners say that this lesson judges: the asker's questions and claims, and questions of the papers."""
    own = [claim for claim in ledger.claims().values() if claim.lesson == lesson]
    return [
        claim
        for claim in own
        if claim.kind == "question" or (claim.id.startswith("thread-ask") and claim.kind in ("claim", "figure"))
    ]


def answer(path: Path) -> str:
    """The answer in one sentence of a lesson, as it is written; '' where it has none."""
    text = "\n\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown")
    found = ANSWER.search(text)
    return found[1] if found else ""


class Answered(SphinxDirective):
    """One block a lesson: what learners say, each with its verdict, and the answer."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        return [self.block(line.strip()) for line in self.content if line.strip()]

    def block(self, lesson: str) -> nodes.Node:
        """The block of a lesson; SphinxDirective's error for one that claims.toml does not list."""
        if lesson not in ledger.lessons():
            raise self.error(f"claims.toml lists no lesson {lesson!r}")
        path = Path(self.env.srcdir, "chapters", f"{lesson}.ipynb")
        written = f"chapters/{lesson}" in self.env.found_docs
        self.env.note_dependency("claims.toml")
        entries = {}
        if written:
            self.env.note_dependency(str(path))
            entries = {entry.claim: entry for entry in ledger.collect(path)}
        block = nodes.container(classes=["confusion"])
        asked = nodes.bullet_list()
        for claim in words(lesson):
            asked += nodes.list_item("", self.sentence(claim, entries.get(claim.id)))
        if asked.children:
            block += asked
        block += self.lesson(lesson, written)
        if written:
            self.state.nested_parse(StringList(answer(path).splitlines(), str(path)), 0, block)
        return block

    def sentence(self, claim: ledger.Claim, entry: ledger.Entry | None) -> nodes.paragraph:
        """What is said, in quotation marks, the verdict as a link to the entry in the lesson, and its number."""
        paragraph = nodes.paragraph("", f"“{claim.says}” ")
        if entry:
            paragraph += link(claim.lesson, entry.verdict, claim.id)
            paragraph += nodes.Text(f", measured {said(entry.measured)}")
        return paragraph

    def lesson(self, lesson: str, written: bool) -> nodes.paragraph:
        """The lesson's question, as a link where it is written."""
        question = ledger.lessons()[lesson]
        if not written:
            return nodes.paragraph("", "", nodes.emphasis("", "Not yet written: "), nodes.Text(question))
        return nodes.paragraph("", "", nodes.strong("", "Answered in: "), link(lesson, question))


def setup(app) -> dict:
    app.add_directive("answered", Answered)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
