"""Sphinx extension: what a page says of its making, and the ways from it to running code and to its authors.

At the foot of every page the versions that made it, a citation of them, and where a repository is known a link that
reports an error in this lesson; launch buttons for Binder, any JupyterHub and Colab; notebooks to download whose first
cell gets the library. The repository comes from BOOK_REPOSITORY_URL, BOOK_BRANCH and BOOK_COMMIT (tools/publisher.py).
"""

import html
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

import nbformat
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tools"))
import versions  # noqa: E402

LOG = logging.getLogger(__name__)
COLAB_BRANCH = "notebooks"
ANY_HUB = "https://hub.invalid"  # page.js asks the reader for the hub's own address and puts it here
FIRST_CELL = """# This notebook needs {wheel}, the library of the book that it comes from.
# Where it is missing, the last line here installs it{offline}.
try:
    import escapelab
except ModuleNotFoundError:
    %pip install --quiet "{requirement}\""""


def configure(app, config) -> None:
    """Put the versions and the repository into the theme's settings, so that another one rewrites every page."""
    address = os.environ.get("BOOK_REPOSITORY_URL", "")
    config.html_context["versions"] = versions.current(Path(app.srcdir))
    config.html_context["publisher"] = [address, *map(os.environ.get, ("BOOK_BRANCH", "BOOK_COMMIT"))]
    if not address:
        LOG.info("No repository is known: the pages get no launch buttons and no link to report an error.")
        return
    launch = dict(config.html_theme_options.get("launch_buttons", {}))
    launch |= {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"}
    launch["jupyterhub_url"] = os.environ.get("BOOK_JUPYTERHUB_URL", ANY_HUB)
    if address.startswith("https://github.com/"):
        launch["colab_url"] = "https://colab.research.google.com"
    config.html_theme_options |= {
        "repository_url": address,
        "repository_branch": os.environ.get("BOOK_BRANCH") or "main",
        "use_repository_button": True,
        "launch_buttons": launch,
    }


def report_address(repository: str, pagename: str, made_from: str) -> str:
    """Where an error in this page is reported; '' where the repository's host is not known to have such a page."""
    title, body = f"Error in {pagename.removeprefix('chapters/')}", f"Page: {pagename}\nMade from: {made_from}\n\n"
    if "github.com/" in repository:
        return f"{repository}/issues/new?{urlencode({'title': title, 'body': body}, quote_via=quote)}"
    if "gitlab" in repository:
        fields = {"issue[title]": title, "issue[description]": body}
        return f"{repository}/-/issues/new?{urlencode(fields, quote_via=quote)}"
    return ""


def citation(title: str, made_from: str, repository: str) -> str:
    """BibTeX of the version shown."""
    release = made_from.partition(", ")[0].removeprefix("book ")
    where = f",\n  url = {{{repository}}}" if repository else ""
    return (
        f"@misc{{escapelab,\n  title = {{{{{title}}}}},\n  author = {{{{The authors of the book}}}},\n"
        f"  year = {{2026}},\n  version = {{{release}}},\n  note = {{{made_from}}}{where}\n}}"
    )


def foot(title: str, pagename: str, made_from: str, repository: str) -> str:
    """The lines at the foot of a page, as HTML."""
    lines = [f"Made from {html.escape(made_from)}."]
    if repository and (address := report_address(repository, pagename, made_from)):
        kind = "lesson" if pagename.startswith("chapters/") else "page"
        lines.append(f'<a href="{html.escape(address)}">Report an error in this {kind}</a>.')
    cite = html.escape(citation(title, made_from, repository))
    return (
        f"<p>{' '.join(lines)}</p>"
        f'<details><summary>Cite this version</summary><pre tabindex="0"><code>{cite}</code></pre></details>'
    )


def add_to_page(app, pagename, templatename, context, doctree) -> None:
    """Write the foot; send Colab to the branch of notebooks that get their library."""
    repository = app.config.html_context["publisher"][0]
    made_from = app.config.html_context["versions"]
    context["versions"] = made_from
    context["theme_extra_footer"] = foot(app.config.html_title or app.config.project, pagename, made_from, repository)
    branch = app.config.html_theme_options.get("repository_branch", "main")
    groups = [group for group in context.get("header_buttons", []) if group.get("label") == "launch-buttons"]
    for button in (button for group in groups for button in group["buttons"] if button["text"] == "Colab"):
        button["url"] = button["url"].replace(f"/blob/{branch}/", f"/blob/{COLAB_BRANCH}/", 1)


def first_cell(wheel: str, repository: str, at: str) -> str:
    """The code that gets the library where it is missing: from the repository, else from the wheel of the book."""
    if not repository:
        note = f":\n# {wheel} lies beside the book's index.html; put it next to this notebook"
        return FIRST_CELL.format(wheel="-".join(wheel.split("-")[:2]), offline=note, requirement=wheel)
    note = f"\n# (without a network: pip install {wheel}, which lies beside the book's index.html)"
    where = f"escapelab @ git+{repository}@{at}"
    return FIRST_CELL.format(wheel="-".join(wheel.split("-")[:2]), offline=note, requirement=where)


def prepare_downloads(app, exception) -> None:
    """Put the library's wheel into the site, and the cell that gets the library before each notebook to download."""
    if exception or app.builder.format != "html":
        return
    repository, branch, commit = app.config.html_context["publisher"]
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(app.outdir)],
        cwd=app.srcdir,
        capture_output=True,
        text=True,
    )
    if built.returncode:
        raise RuntimeError(f"The library's wheel was not built:\n{built.stdout}{built.stderr}")
    wheel = f"escapelab-{versions.number(Path(app.srcdir))}-py3-none-any.whl"
    source = first_cell(wheel, repository, commit or branch or "main")
    for path in sorted(Path(app.outdir, "_sources").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if not notebook.cells or notebook.cells[0].get("id") != "get-the-library":
            notebook.cells.insert(0, nbformat.v4.new_code_cell("", id="get-the-library"))
        notebook.cells[0].source = source
        nbformat.write(notebook, path)


def setup(app) -> dict:
    app.connect("config-inited", configure)
    app.connect("html-page-context", add_to_page, priority=900)
    app.connect("build-finished", prepare_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
