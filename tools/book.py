"""Build the book: execute every lesson that needs it, in parallel, then write the HTML from the execution cache.

Run by `make book`, or without make as `python tools/book.py` with the book's own Python.
"""

import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from threading import Lock
from time import perf_counter

import execution
import nbformat
import notebooks
import versions
from jupyter_book.cli.main import main as jupyter_book
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from publisher import publisher

ROOT = notebooks.ROOT
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
DOCTREES = BUILD / ".doctrees"
LISTINGS_DEPEND_ON = ("chapters/**/*.ipynb", "claims.toml")
RESULTS_DEPEND_ON = ("lib/**/*.py", "requirements.lock", "tools/book.py", "tools/execution.py")
PAGES_DEPEND_ON = ("_config.yml", "_toc.yml", "_ext/**/*.py", "references.bib", "claims.toml")
FIRST = "from escapelab import readout; readout.on_page()"
WARM_UP = """
import importlib, pkgutil
import matplotlib.pyplot
import escapelab
for module in pkgutil.walk_packages(escapelab.__path__, "escapelab."):
    importlib.import_module(module.name)
"""


def changed(stamp: Path, key: str) -> bool:
    """Whether the stamp file holds another key than this one; it holds this one afterwards."""
    same = stamp.exists() and stamp.read_text() == key
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    return not same


def forget_what_is_stale() -> None:
    """Empty the execution cache when library, pins or Python changed; drop the pages when what they are made of did."""
    results = f"{sys.version_info[:2]} {versions.fingerprint(RESULTS_DEPEND_ON)}"
    if changed(BUILD / "results.key", results):
        shutil.rmtree(CACHE, ignore_errors=True)
        shutil.rmtree(DOCTREES, ignore_errors=True)
    if changed(BUILD / "pages.key", versions.fingerprint(PAGES_DEPEND_ON)):
        shutil.rmtree(DOCTREES, ignore_errors=True)
    if changed(BUILD / "versions.key", versions.current(ROOT)):
        shutil.rmtree(BUILD / "html", ignore_errors=True)


def to_execute(cache, paths: list[Path]) -> list[Path]:
    """The notebooks whose code is not in the cache, and the listings when what they list has changed."""
    listings_stale = changed(BUILD / "listings.key", versions.fingerprint(LISTINGS_DEPEND_ON))
    wanted = []
    for path in paths:
        try:
            record = cache.match_cache_notebook(notebooks.read(path))
        except KeyError:
            wanted.append(path)
            continue
        if listings_stale and notebooks.slug(path) in notebooks.LISTINGS:
            cache.remove_cache(record.pk)
            wanted.append(path)
    return wanted


def with_numbers(output) -> list:
    """The output; a picture with few colours, and behind it the numbers that came as its text (escapelab.readout)."""
    data = output.get("data", {})
    if "image/png" not in data or notebooks.WIDGET in data:
        return [output]
    data["image/png"] = notebooks.small(data["image/png"])
    if data.get("text/plain", "").startswith("<Figure"):
        raise RuntimeError("a figure came without its numbers: is the library installed that this book holds?")
    if not data.get("text/plain", "").startswith("<details"):
        return [output]
    return [output, nbformat.v4.new_output("display_data", data={"text/html": data.pop("text/plain")})]


def execute_all(cache, paths: list[Path]) -> list[Exception]:
    """Run the notebooks on all cores and cache those that succeed; what went wrong with the others."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(paths))
    threads = {"NUMBA_NUM_THREADS": str(max(1, cores // workers))}
    one_writer = Lock()

    def work(path: Path) -> None:
        start = perf_counter()
        notebook = execution.execute(path, threads, widgets=True, first=FIRST)
        for cell in notebooks.code_cells(notebook):
            cell.outputs = [part for output in cell.outputs for part in with_numbers(output)]
        bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": perf_counter() - start})
        with one_writer:
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        (DOCTREES / path.relative_to(ROOT).with_suffix(".doctree")).unlink(missing_ok=True)

    print(f"Executing {len(paths)} notebook(s), {workers} at a time", flush=True)
    warm_up = subprocess.run([sys.executable, "-c", WARM_UP], capture_output=True, text=True)
    if warm_up.returncode:
        raise SystemExit(f"The library cannot be imported:\n{warm_up.stderr}")
    results = execution.each(work, paths, notebooks.slug, workers)
    return [result for result in results if isinstance(result, Exception)]


def write_html() -> None:
    """Run jupyter-book with every warning an error; after a failure the next run reads every page again."""
    print("Writing the pages", flush=True)
    try:
        with redirect_stdout(io.StringIO()):
            jupyter_book(["build", str(ROOT), "-W", "-n", "--keep-going", "-q"])
    except (RuntimeError, SystemExit) as stopped:
        if isinstance(stopped, SystemExit) and not stopped.code:
            return
        shutil.rmtree(DOCTREES, ignore_errors=True)
        raise SystemExit(f"The HTML was not built; the reason stands above. {stopped.__cause__ or ''}") from stopped


def main() -> None:
    start = perf_counter()
    for variable in [variable for variable in os.environ if variable.startswith("ESCAPELAB_")]:
        del os.environ[variable]
    os.environ |= publisher()
    print(f"Published from: {os.environ['BOOK_REPOSITORY_URL'] or 'no repository known, so no launch buttons'}")
    subprocess.run([sys.executable, str(ROOT / "tools" / "assets.py")], check=True)
    forget_what_is_stale()
    cache = get_cache(CACHE)
    paths = to_execute(cache, notebooks.in_book())
    failures = execute_all(cache, paths) if paths else []
    if failures:
        print(*failures, sep="\n\n", file=sys.stderr)
        raise SystemExit(f"{len(failures)} notebook(s) failed; the HTML was not built.")
    write_html()
    print(f"The book was built in {perf_counter() - start:.0f} s: {BUILD / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
