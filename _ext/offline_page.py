"""Sphinx extension: built pages that work from a folder, without a network, in any browser, and show their text first.

It adds the assets of tools/assets.py to the site, writes each inline script once, runs scripts after the text, puts the
widgets' state behind it, and leaves out the live-code scripts of a remote service.
"""

import sys
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

SITE = Path(sys.prefix) / "share" / "escapelab-assets" / "site"
REMOTE = ("THEBE_JS_URL", "sphinx-thebe.js", "x-thebe-config", "kernelName = ", "DOCUMENTATION_OPTIONS.pagename")
WIDGETS = "vendor/widgets/embed.js"
STATE = "application/vnd.jupyter.widget-state+json"


def configure(app, config) -> None:
    """Add the assets; ExtensionError if they were not fetched."""
    if not (SITE / "_static" / WIDGETS).exists():
        raise ExtensionError("The page's assets are missing: run tools/assets.py with the Python that builds the book.")
    config.html_extra_path.append(str(SITE))


def order_scripts(app, pagename, templatename, context, doctree) -> None:
    """Keep each script once, those of remote services not at all; run files in order after the text."""
    kept, late, seen = [], [], set()
    for script in context.get("script_files", []):
        attributes = getattr(script, "attributes", {})
        body, filename = attributes.get("body"), str(getattr(script, "filename", None) or "")
        if any(name in (body or filename) for name in REMOTE) or (body or filename) in seen:
            continue
        seen.add(body or filename)
        if filename.endswith(WIDGETS):
            context["has_widgets"] = True
            continue
        if filename and pagename != "search":
            attributes["defer"] = "defer"
        elif filename:
            attributes.pop("defer", None)  # the search page's own scripts need the others at once
        (late if attributes.get("type") == STATE else kept).append(script)
    context["script_files"], context["late_scripts"] = kept, late


def clean_text(app, doctree, pagename) -> None:
    """Drop the remote services' settings from the page's text."""
    for node in list(doctree.findall(nodes.raw)):
        if any(name in node.astext() for name in REMOTE):
            node.parent.remove(node)


def setup(app) -> dict:
    app.connect("config-inited", configure)
    app.connect("doctree-resolved", clean_text, priority=900)
    app.connect("html-page-context", order_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
