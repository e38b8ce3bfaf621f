"""The repository as a newcomer gets it: pins, lock, make targets, table of contents, nothing of one machine."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
HOSTS = [
    name + dot + top
    for dot in "."
    for name, top in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("unpkg", "com"),
        ("jsdelivr", "net"),
        ("cloudflare", "com"),
        ("googleapis", "com"),
        ("gstatic", "com"),
        ("anaconda", "org"),
        ("conda", "io"),
        ("deb.debian", "org"),
    ]
]
MACHINE_PATH = re.compile(r"(?<![\w.~/:-])/(?:home|root|Users|work|tmp|opt|srv|private)/\w|\b[A-Z]:\\+Users")
COMMANDS = (
    "book dist test fresh page-test mutants bench links binder course class-test classroom lint refresh lock clean"
)


def tracked() -> list[Path]:
    """The files that git keeps, or outside a checkout all that it would keep."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    skipped = {".venv", "_build", "__pycache__"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)]


def texts() -> dict[str, str]:
    """The tracked files that are text, by their path from the root."""
    files = [(path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in tracked()]
    return {name: data.decode("utf-8") for name, data in files if b"\0" not in data}


def pins(file: str) -> dict[str, set[str]]:
    """Package -> versions of a list of requirements, names in their normal form."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / file).read_text(), flags=re.M):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(version)
    return found


def test_no_registry_or_cdn_is_named():
    named = [(name, host) for name, text in texts().items() for host in HOSTS if host in text]
    assert named == []


@pytest.mark.parametrize("line", ["/home/" + "me/book", "see /srv/" + "book", "C:\\" + "Users\\me", "(/tmp/" + "x)"])
def test_a_path_of_one_machine_is_recognised(line):
    assert MACHINE_PATH.search(line)


def test_no_path_of_one_machine_is_written_down():
    lines = [(name, line) for name, text in texts().items() for line in text.splitlines()]
    assert [(name, line[:200]) for name, line in lines if MACHINE_PATH.search(line)] == []


def test_every_requirement_is_pinned_exactly():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


@pytest.mark.parametrize("package", ["jupyter-book", "numpy", "matplotlib", "ipywidgets", "numba", "nbval"])
def test_a_promised_package_is_pinned(package):
    assert len(pins("requirements.txt")[package]) == 1


def test_the_lock_holds_the_pins():
    locked = pins("requirements.lock")
    assert {package: locked.get(package) for package in pins("requirements.txt")} == pins("requirements.txt")


def test_everything_locked_has_hashes_and_no_address():
    text = (ROOT / "requirements.lock").read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text and "--index" not in text and "--find-links" not in text


def test_this_environment_runs_the_pinned_versions():
    from importlib.metadata import version

    assert {package: {version(package)} for package in pins("requirements.txt")} == pins("requirements.txt")


def test_the_library_declares_what_it_imports():
    modules = [ast.parse(path.read_text()) for path in (ROOT / "lib").rglob("*.py")]
    nodes = [node for module in modules for node in ast.walk(module)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    third = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"escapelab"}
    declared = {re.split(r"[<>=]", line)[0] for line in PROJECT["dependencies"]} | {
        "IPython",
        "PIL",
        "llvmlite",
        "sklearn",
    }
    assert third <= declared


def test_the_declared_versions_allow_the_pins():
    minimum = dict(line.split(">=") for line in PROJECT["dependencies"])
    number = {name: tuple(map(int, min(pins("requirements.txt")[name]).split("."))) for name in minimum}
    assert all(tuple(map(int, least.split("."))) <= number[name] for name, least in minimum.items())


def test_binder_gets_a_python_that_the_book_allows():
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert (ROOT / "runtime.txt").read_text().strip() == "python-3.11"
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_ruff_is_the_same_before_a_commit_and_in_the_build():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert {pin for hook in hooks for pin in hook["additional_dependencies"]} == {
        f"ruff=={min(pins('requirements.txt')['ruff'])}"
    }


def test_every_page_is_in_the_table_of_contents():
    listed = set(re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text()))
    pages = [path for path in tracked() if path.suffix in {".ipynb", ".md"} and "chapters" in path.parts]
    names = {path.relative_to(ROOT).with_suffix("").as_posix() for path in pages}
    assert names | {"intro", "notation"} == listed


def test_make_alone_lists_the_targets():
    command = ["make", "--no-print-directory"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert " ".join(line.split()[1] for line in listing.splitlines()) == COMMANDS
    assert all(f"`make {target}" in (ROOT / "README.md").read_text() for target in COMMANDS.split())


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0", "2.7.18"])
def test_a_python_that_the_pins_do_not_allow_is_refused_with_a_sentence(tmp_path, version):
    (tmp_path / "tools").mkdir()
    for name in ("tools/setup.sh", "requirements.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    fake = tmp_path / "fake"
    fake.write_text(f'#!/bin/sh\ncase "$2" in *print*) echo {version};; *) exit 1;; esac\n')
    fake.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(fake)}
    refused = subprocess.run(["sh", "tools/setup.sh"], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert refused.returncode == 1 and not (tmp_path / ".venv").exists()
    assert refused.stderr.startswith(f"This book needs Python 3.11, 3.12 or 3.13. Found here: {fake} is {version};")
