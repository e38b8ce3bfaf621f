"""tools/book.py on a tiny book: what is executed again, what is not, and what a failing lesson looks like."""

import html
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import publisher
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


class Book:
    """A book of one lesson, with a library of one constant, built by the real tools."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("chapters/thread", "lib/escapelab", "tools"):
            (folder / name).mkdir(parents=True)
        for name in ("book.py", "execution.py", "notebooks.py", "publisher.py", "versions.py"):
            shutil.copy(ROOT / "tools" / name, folder / "tools")
        shutil.copy(ROOT / "CITATION.cff", folder)
        self.write("tools/assets.py", "")
        self.write("requirements.lock", "numpy==2.4.6\n")
        self.write("_config.yml", "title: Tiny\nonly_build_toc_files: true\nexecute: {execute_notebooks: cache}\n")
        self.write("_toc.yml", "format: jb-book\nroot: intro\nchapters:\n- file: chapters/thread/step\n")
        self.write("intro.md", "# Tiny\n")
        self.write("lib/escapelab/readout.py", "def on_page():\n    pass\n")
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

    def build(self, **variables: str) -> subprocess.CompletedProcess:
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "BOOK_"))}
        environment = {**own, "PYTHONPATH": str(self.folder / "lib"), "ESCAPELAB_SEED_SHIFT": "7", **variables}
        command = [sys.executable, str(self.folder / "tools" / "book.py")]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def shown(self) -> str:
        return re.search(r"the step is ([\d.]+)\n", self.page()).group(1)

    def page(self) -> str:
        return (self.folder / "_build" / "html" / "chapters" / "thread" / "step.html").read_text()

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


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """(a fork's book with the real extensions and templates, what the build said without and with a repository)."""
    fork = Book(tmp_path_factory.mktemp("fork"))
    for name in ("_ext", "_templates", "_static"):
        shutil.copytree(ROOT / name, fork.folder / name)
    for name in ("pyproject.toml", "claims.toml", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, fork.folder)
    fork.write("_config.yml", (ROOT / "_config.yml").read_text())
    fork.write("references.bib", "")
    shutil.copytree(ROOT / "lib" / "escapelab", fork.folder / "lib" / "escapelab", dirs_exist_ok=True)
    fork.lesson("print('the step is', 0.05)")
    alone = fork.build()
    assert alone.returncode == 0, alone.stdout + alone.stderr
    lonely = fork.page()
    built = fork.build(GITHUB_REPOSITORY="reader/fork", GITHUB_REF_NAME="main", GITHUB_SHA="c0ffee")
    assert built.returncode == 0, built.stdout + built.stderr
    return fork, alone.stdout, lonely


def test_without_a_repository_the_buttons_are_absent_and_the_build_says_so(published):
    _, said, page = published
    assert "no repository known, so no launch buttons" in said
    assert "Binder" not in page and "Report an error" not in page


def test_the_launch_buttons_follow_the_repository_that_publishes(published):
    page = html.unescape(published[0].page())
    notebook = "chapters/thread/step.ipynb"
    assert f"https://mybinder.org/v2/gh/reader/fork/main?urlpath=lab/tree/{notebook}" in page
    assert f"https://colab.research.google.com/github/reader/fork/blob/notebooks/{notebook}" in page
    hub = "https://hub.invalid/hub/user-redirect/git-pull?repo=https%3A//github.com/reader/fork"
    assert f"{hub}&urlpath=lab/tree/fork/{notebook}&branch=main" in page


def test_an_error_is_reported_with_the_lesson_and_its_versions(published):
    page = html.unescape(published[0].page())
    link = re.search(r'href="(https://github.com/reader/fork/issues/new[^"]*)">Report an error in this lesson', page)[1]
    asked = parse_qs(urlsplit(link).query)
    assert asked["title"] == ["Error in thread/step"]
    assert re.search(r"Made from: book [\d.]+ \(\w{8}\), library", asked["body"][0])


def test_a_downloaded_notebook_begins_with_the_cell_that_gets_the_library(published):
    path = published[0].folder / "_build" / "html" / "_sources" / "chapters" / "thread" / "step.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    requirement = re.search(r'%pip install --quiet "(.*)"', cells[0].source)[1]
    assert Requirement(requirement).url == "git+https://github.com/reader/fork@c0ffee"
    assert [cell.id for cell in cells].count("get-the-library") == 1
    nbformat.validate(nbformat.read(path, as_version=4))


def test_the_notebooks_for_colab_are_pushed_as_they_are_downloaded(published, tmp_path):
    fork = published[0].folder
    shutil.copytree(fork / "_build" / "html", tmp_path / "site")
    subprocess.run([sys.executable, "-m", "zipfile", "-c", "book.zip", "site"], cwd=tmp_path, check=True)
    git = ["git", "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "--quiet", "--bare", tmp_path / "remote.git"], check=True)
    subprocess.run([*git, "clone", "--quiet", tmp_path / "remote.git", "work"], cwd=tmp_path, check=True)
    for _ in range(2):
        push = [str(ROOT / ".ci" / "publish-notebooks"), str(tmp_path / "book.zip")]
        pushed = subprocess.run(push, cwd=tmp_path / "work", capture_output=True, text=True)
        assert pushed.returncode == 0, pushed.stderr
    show = ["git", "--git-dir", str(tmp_path / "remote.git"), "show", "notebooks:chapters/thread/step.ipynb"]
    assert "get-the-library" in subprocess.run(show, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@host.example:group/book.git", "https://host.example/group/book"),
        ("https://user:secret@host.example/group/book.git", "https://host.example/group/book"),
        ("ssh://git@host.example:2222/group/book", "https://host.example/group/book"),
        ("/srv" + "/git/book.git", ""),
        ("../book", ""),
        ("", ""),
    ],
)
def test_the_address_of_a_remote_is_its_web_page_without_secrets(remote, address):
    assert publisher.web_address(remote) == address


def test_the_publisher_is_the_remote_of_the_checkout_where_nothing_else_says_it(tmp_path):
    assert publisher.publisher({}, tmp_path)["BOOK_REPOSITORY_URL"] == ""
    for words in (["init", "-q", "-b", "draft"], ["remote", "add", "origin", "git@host.example:me/book.git"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert publisher.publisher({}, tmp_path)["BOOK_REPOSITORY_URL"] == "https://host.example/me/book"
    assert publisher.publisher({"BOOK_REPOSITORY_URL": ""}, tmp_path)["BOOK_REPOSITORY_URL"] == ""


def test_the_wheel_carries_the_claims(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert wheel.read("escapelab/claims.toml") == (ROOT / "claims.toml").read_bytes()
        assert "escapelab/sgd.py" in wheel.namelist()
