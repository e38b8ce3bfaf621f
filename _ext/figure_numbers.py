"""Sphinx extension: a figure's alt text ends with what its numbers say (escapelab.readout), so it cannot go stale."""

import html
import re

from docutils import nodes

SAYS = re.compile(r'<details class="escapelab-numbers" data-says="([^"]*)"')


def complete_alternatives(app, doctree, docname) -> None:
    """Add the computed sentence to the alt text of the picture that stands before the numbers."""
    before = None
    for node in doctree.findall(lambda node: isinstance(node, nodes.image | nodes.raw)):
        if isinstance(node, nodes.image):
            before = node
        elif before is not None and (found := SAYS.match(node.astext().strip())):
            written = before.get("alt", "").strip().rstrip(".")
            before["alt"] = ". ".join(filter(None, [written, html.unescape(found[1])]))
            before = None


def setup(app) -> dict:
    app.connect("doctree-resolved", complete_alternatives, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
