"""tools/book.py on a tiny book: what is executed again, what is not, and what a failing lesson looks like."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


class Book:
    """A book of one lesson, with a library of one constant, built by the real tools."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("chapters/thread", "lib/escapelab", "tools"):
            (folder / name).mkdir(parents=True)
        for name in ("book.py", "execution.py", "notebooks.py"):
            shutil.copy(ROOT / "tools" / name, folder / "tools")
        self.write("tools/assets.py", "")
        self.write("requirements.lock", "numpy==2.4.6\n")
        self.write("_config.yml", "title: Tiny\nonly_build_toc_files: true\nexecute: {execute_notebooks: cache}\n")
        self.write("_toc.yml", "format: jb-book\nroot: intro\nchapters:\n- file: chapters/thread/step\n")
        self.write("intro.md", "# Tiny\n")
        self.library(step=0.05)
        self.lesson("from escapelab import STEP\nprint('the step is', STEP)")

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def library(self, step: float) -> None:
        self.write("lib/escapelab/__init__.py", f"STEP = {step}\n")

    def lesson(self, code: str) -> None:
        cells = [nbformat.v4.new_markdown_cell("# Which step?"), nbformat.v4.new_code_cell(code)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=KERNEL)
        nbformat.write(notebook, self.folder / "chapters" / "thread" / "step.ipynb")

    def build(self) -> subprocess.CompletedProcess:
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "lib"), "ESCAPELAB_SEED_SHIFT": "7"}
        command = [sys.executable, str(self.folder / "tools" / "book.py")]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def shown(self) -> str:
        page = (self.folder / "_build" / "html" / "chapters" / "thread" / "step.html").read_text()
        return re.search(r"the step is ([\d.]+)\n", page).group(1)

    def executions(self) -> int:
        return len(list((self.folder / "_build" / ".jupyter_cache" / "executed").iterdir()))


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    book = Book(tmp_path_factory.mktemp("book"))
    built = book.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert f"s: {book.folder / '_build' / 'html' / 'index.html'}" in built.stdout.splitlines()[-1]
    return book


def test_a_changed_constant_of_the_library_changes_the_number_on_the_page(book):
    assert book.shown() == "0.05" and book.executions() == 1
    book.library(step=0.07)
    built = book.build()
    assert "Executing 1 notebook" in built.stdout and book.shown() == "0.07" and book.executions() == 1


def test_with_nothing_changed_no_lesson_is_executed(book):
    built = book.build()
    assert built.returncode == 0 and "Executing" not in built.stdout


def test_a_failing_lesson_is_named_with_its_cell_and_its_traceback(book):
    book.lesson("1 / 0")
    failed = book.build()
    assert failed.returncode == 1
    assert "thread/step: cell 2 failed" in failed.stderr and "ZeroDivisionError" in failed.stderr


def test_the_wheel_carries_the_claims(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert wheel.read("escapelab/claims.toml") == (ROOT / "claims.toml").read_bytes()
        assert "escapelab/sgd.py" in wheel.namelist()
