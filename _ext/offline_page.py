"""Sphinx extension: built pages that work from a folder, without a network, in any browser.

It adds the assets of tools/assets.py to the site, cures three faults of pages (inline scripts written twice, an icon
script that breaks the Play button, widgets that call MathJax 2), leaves out the live-code scripts of a remote
service, and takes the repository's address from the environment (BOOK_REPOSITORY_URL, BOOK_BRANCH) if it is there.
"""

import os
import sys
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError

ASSETS = Path(sys.prefix) / "share" / "escapelab-page"
ICONS_INSIDE = 'if (window.FontAwesome) FontAwesome.config.autoReplaceSvg = "nest";'
REMOTE = ("THEBE_JS_URL", "sphinx-thebe.js", "x-thebe-config", "kernelName = ")


def configure(app, config) -> None:
    """Add the assets and the repository's address; ExtensionError if the assets were not fetched."""
    if not (ASSETS / "_static" / "vendor" / "widgets" / "embed.js").exists():
        raise ExtensionError("The page's assets are missing: run tools/assets.py with the Python that builds the book.")
    config.html_extra_path.append(str(ASSETS))
    if address := os.environ.get("BOOK_REPOSITORY_URL"):
        config.html_theme_options |= {
            "repository_url": address,
            "repository_branch": os.environ.get("BOOK_BRANCH", "main"),
            "use_repository_button": True,
            "use_issues_button": True,
        }


def clean_scripts(app, pagename, templatename, context, doctree) -> None:
    """Keep each inline script once and the scripts of remote services not at all."""
    kept, bodies = [], set()
    for script in context.get("script_files", []):
        body = getattr(script, "attributes", {}).get("body")
        if any(name in (body or str(getattr(script, "filename", ""))) for name in REMOTE) or body in bodies:
            continue
        if body:
            bodies.add(body)
        kept.append(script)
    context["script_files"] = kept


def clean_text(app, doctree, pagename) -> None:
    """Drop the remote services' settings from the page's text."""
    for node in list(doctree.findall(nodes.raw)):
        if any(name in node.astext() for name in REMOTE):
            node.parent.remove(node)


def setup(app) -> dict:
    app.connect("config-inited", configure)
    app.connect("doctree-resolved", clean_text, priority=900)
    app.connect("html-page-context", clean_scripts, priority=900)
    app.add_js_file(None, body=ICONS_INSIDE, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
