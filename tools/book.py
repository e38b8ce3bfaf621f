"""Build the book: execute every lesson that needs it, in parallel, then write the HTML from the execution cache.

Run by `make book`, or without make as `python tools/book.py` with the book's own Python.
"""

import hashlib
import io
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import redirect_stdout
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import notebooks
from jupyter_book.cli.main import main as jupyter_book
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal
from tqdm import tqdm

ROOT = notebooks.ROOT
BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
DOCTREES = BUILD / ".doctrees"
CELL_TIMEOUT = 300  # seconds
LISTINGS_DEPEND_ON = ("chapters/**/*.ipynb", "claims.toml")
RESULTS_DEPEND_ON = ("lib/**/*.py", "requirements.lock")
KERNEL_ARGUMENTS = ["--log-level=40"]
PAGES_DEPEND_ON = ("_config.yml", "_toc.yml", "_ext/**/*.py", "references.bib", "claims.toml")
WARM_UP = """
import importlib, pkgutil
import matplotlib.pyplot
import escapelab
for module in pkgutil.walk_packages(escapelab.__path__, "escapelab."):
    importlib.import_module(module.name)
"""


class Failure(NamedTuple):
    """A lesson that stopped: its name, the cell it stopped in (counted from 1, Markdown included), the traceback."""

    lesson: str
    cell: int
    traceback: str


def fingerprint(patterns: tuple[str, ...]) -> str:
    """Hash of the names and contents of all files below the root that match one of the glob patterns."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def name(lesson: Path) -> str:
    """chapters/thread/q1-why.ipynb is called chapters/thread/q1-why, as in the table of contents."""
    return lesson.relative_to(ROOT).with_suffix("").as_posix()


def changed(stamp: Path, key: str) -> bool:
    """Whether the stamp file holds another key than this one; it holds this one afterwards."""
    same = stamp.exists() and stamp.read_text() == key
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    return not same


def forget_what_is_stale() -> None:
    """Empty the execution cache when library, pins or Python changed; drop the pages when their settings did."""
    results = f"{sys.version_info[:2]} {fingerprint(RESULTS_DEPEND_ON)}"
    if changed(BUILD / "results.key", results):
        shutil.rmtree(CACHE, ignore_errors=True)
        shutil.rmtree(DOCTREES, ignore_errors=True)
    address = "".join(os.environ.get(variable, "") for variable in ("BOOK_REPOSITORY_URL", "BOOK_BRANCH"))
    if changed(BUILD / "pages.key", fingerprint(PAGES_DEPEND_ON) + address):
        shutil.rmtree(DOCTREES, ignore_errors=True)


def to_execute(cache, paths: list[Path]) -> list[Path]:
    """The notebooks whose code is not in the cache, and the listings when what they list has changed."""
    listings_stale = changed(BUILD / "listings.key", fingerprint(LISTINGS_DEPEND_ON))
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


def execute(path: Path, threads: int, progress: tqdm) -> tuple:
    """Run one notebook in its own folder: the executed notebook, the seconds it took, and its Failure or None."""
    notebook = notebooks.read(path)
    running = 0

    def started(cell, cell_index):
        nonlocal running
        running = cell_index + 1

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        record_timing=False,
        extra_arguments=KERNEL_ARGUMENTS,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=started,
        on_cell_executed=lambda cell, cell_index, execute_reply: progress.update(),
    )
    start = perf_counter()
    try:
        client.execute(env={**os.environ, "NUMBA_NUM_THREADS": str(threads)})
    except (CellControlSignal, RuntimeError) as error:
        return notebook, perf_counter() - start, Failure(name(path), running, str(error))
    return notebook, perf_counter() - start, None


def execute_all(cache, paths: list[Path]) -> list[Failure]:
    """Run the lessons on all cores, cache those that succeed, and return those that do not."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(cores, len(paths))
    print(f"Executing {len(paths)} lesson(s), {workers} at a time", flush=True)
    warm_up = subprocess.run([sys.executable, "-c", WARM_UP], capture_output=True, text=True)
    if warm_up.returncode:
        raise SystemExit(f"The library cannot be imported:\n{warm_up.stderr}")
    cells = sum(len(notebooks.code_cells(notebooks.read(path))) for path in paths)
    failures = []
    with tqdm(total=cells, unit="cell", disable=None) as progress, ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(execute, path, max(1, cores // workers), progress): path for path in paths}
        for done, future in enumerate(as_completed(running), 1):
            path = running[future]
            notebook, seconds, failure = future.result()
            tqdm.write(f"[{done}/{len(paths)}] {name(path)} {seconds:.1f} s{' FAILED' if failure else ''}")
            sys.stdout.flush()
            if failure:
                failures.append(failure)
                continue
            bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
            (DOCTREES / f"{name(path)}.doctree").unlink(missing_ok=True)
    return failures


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
    subprocess.run([sys.executable, str(ROOT / "tools" / "assets.py")], check=True)
    forget_what_is_stale()
    cache = get_cache(CACHE)
    paths = to_execute(cache, notebooks.in_book())
    failures = execute_all(cache, paths) if paths else []
    for failure in failures:
        print(f"\n{failure.lesson} failed in cell {failure.cell}:\n{failure.traceback}", file=sys.stderr)
    if failures:
        raise SystemExit(f"{len(failures)} lesson(s) failed; the HTML was not built.")
    write_html()
    print(f"The book was built in {perf_counter() - start:.0f} s: {BUILD / 'html' / 'index.html'}")


if __name__ == "__main__":
    main()
