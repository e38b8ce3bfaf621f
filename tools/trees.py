"""Copies of the book in which a changed library is tested. Used by mutants.py.

Compiled code is reused where it cannot have changed: a module that does not import the changed one, at any depth.
"""

import ast
import contextlib
import functools
import hashlib
import json
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("lib", "tests", "tools", "chapters", "benchmarks", "claims.toml", "pyproject.toml", "_toc.yml", "intro.md")
STAGES = ("own tests", "other tests", "ledger")
CPU = {"own tests": 150, "other tests": 400, "ledger": 200}  # seconds of a process; several times what it needs
WALL = 1800  # seconds a stage
MEMORY = 12 * 2**30  # bytes of address space a process
TESTS = (
    "vecmath", "rng", "noise", "scales", "regions", "escape", "arguments", "quartics", "smoothing", "thresholds",
    "geometry", "prediction", "ledger", "survival", "chains", "schedules", "optimisers", "sgd", "wells", "objectives",
    "networks", "kramers", "transfer", "annealing", "newton", "plug", "architecture",
)  # fmt: skip
NEAREST = {"blocks": ["sgd"], "lanes": ["sgd"], "tasks": ["sgd"], "objectives": ["objectives", "wells"]}
NEAREST |= {module: ["transfer"] for module in ("banded", "onestep", "panels", "nodes")}
PRELOADED = ["matplotlib.pyplot", "nbformat", "numba", "pytest", "scipy.optimize", "scipy.stats"]
SLOW = 97  # exit status of a process that ran out of time
WRONG_COPY = 98  # of one that imported another library than its own

os.environ["OMP_NUM_THREADS"] = "1"
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(PRELOADED)
_running: set = set()


def tests_of(module: str) -> list[str]:
    """The test files of one module of the library; of none, where its name is empty."""
    name = module.split("/")[0].removesuffix(".py")
    return [f"tests/test_{test}.py" for test in NEAREST.get(name, [name]) if test]


def other_tests(module: str) -> list[str]:
    """The library's other test files, the longest last."""
    return [file for test in TESTS if (file := f"tests/test_{test}.py") not in tests_of(module)]


def reads(stage: str, module: str, by: str) -> list[str]:
    """The files, beside the library, on which a result rests: for a failed test its file, else all up to its stage."""
    if failed := re.search(r"tests/test_\w+\.py", by):
        return [failed.group()]
    files = tests_of(module)
    if stage != STAGES[0]:
        files = files + other_tests(module)
    if stage == STAGES[2]:
        files = files + [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "chapters").rglob("*.ipynb"))]
    return files


def stamp(files: list[str], root: Path = ROOT) -> str:
    """A hash of these files and of the library."""
    paths = [root / name for name in files] + sorted((root / "lib").rglob("*.py"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@functools.cache
def importers(module: str) -> set[str]:
    """Stems of the modules that import this one (as sgd.py), at any depth, and its own."""
    library = ROOT / "lib" / "escapelab"
    imports = {}
    for path in library.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        named = {part for n in nodes if isinstance(n, ast.ImportFrom) for part in (n.module or "").split(".")}
        named |= {alias.name for n in nodes if isinstance(n, ast.ImportFrom) for alias in n.names}
        imports[path.stem] = imports.get(path.stem, set()) | named
    found, before = {Path(module).stem}, set()
    while found != before:
        before = set(found)
        found |= {stem for stem, named in imports.items() if named & found}
    return found


def stop() -> None:
    """End every process that is still running."""
    for process in list(_running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _child(folder: Path, cache: Path, seconds: int, sources: str, output: Path, options: list[str]) -> None:
    """Run pytest with these options, or replay the lessons without any, in a process of its own."""
    os.setsid()
    with output.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    signal.signal(signal.SIGXCPU, lambda *_: os._exit(SLOW))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 10))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.path[:0] = [str(folder / "lib"), str(folder / "tools")]
    os.environ |= {"PYTHONPATH": os.pathsep.join(sys.path[:2]), "NUMBA_CACHE_DIR": str(cache), "ESCAPELAB_FRAMES": "0"}
    os.environ.pop("ESCAPELAB_SEED_SHIFT", None)
    import escapelab

    if sources != escapelab.SOURCES:
        sys.exit(WRONG_COPY)
    if options:
        import pytest

        sys.exit(pytest.main(options))
    import replay

    sys.exit(replay.main())


class Tree:
    """A copy of the book with a cache of compiled code."""

    def __init__(self, folder: Path):
        self.folder, self.package = folder, folder / "lib" / "escapelab"
        self.compiled, self.cache = folder / "compiled", folder / "compiled-mutant"
        folder.mkdir(parents=True, exist_ok=True)
        skip = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        for source in (ROOT / name for name in COPIED):
            copy = folder / source.name
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(source, copy, ignore=skip) if source.is_dir() else shutil.copy2(source, copy)

    def check(self, stages: tuple[str, ...]) -> None:
        """Run these stages with the unchanged library, which also fills the cache; RuntimeError if one fails."""
        passed = self.folder / "passed.json"
        done = json.loads(passed.read_text()) if passed.exists() else {}
        cache, self.cache = self.cache, self.compiled
        for stage in stages:
            now = stamp(reads(stage, "", ""), self.folder)
            if done.get(stage) != now:
                outcome, by = self.run(stage, "")
                if outcome != "passed":
                    raise RuntimeError(f"the unchanged library is {outcome} by {by}")
                passed.write_text(json.dumps(done := {**done, stage: now}))
        self.cache = cache

    def take_compiled(self, other: "Tree") -> None:
        """Take over the compiled code of another copy: numba files it under a hash of the folder of the source."""
        from numba.core.caching import UserProvidedCacheLocator

        shutil.rmtree(self.compiled, ignore_errors=True)
        for source in (path.relative_to(self.folder) for path in self.package.rglob("*.py")):
            old, new = (
                tree.compiled / "escapelab" / tree._key() / UserProvidedCacheLocator.get_suitable_cache_subpath(file)
                for tree, file in ((other, str(other.folder / source)), (self, str(self.folder / source)))
            )
            if old.exists() and not new.exists():
                shutil.copytree(old, new)

    @contextlib.contextmanager
    def changed(self, module: str, source: str):
        """The copy with this module changed, and compiled code of the modules that do not import it."""
        path = self.package / module
        original = ROOT / "lib" / "escapelab" / module
        old = self.compiled / "escapelab" / self._key()
        shutil.rmtree(self.cache, ignore_errors=True)
        path.write_text(source, encoding="utf-8")
        self._forget(path)
        stale = importers(module)
        for file in old.rglob("*.nb*"):
            if file.name.split(".")[0] not in stale:
                copy = self.cache / "escapelab" / self._key() / file.relative_to(old)
                copy.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, copy)
        try:
            yield
        finally:
            shutil.copy2(original, path)
            self._forget(path)
            shutil.rmtree(self.cache, ignore_errors=True)

    def _forget(self, path: Path) -> None:
        for file in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            file.unlink()

    def _key(self) -> str:
        import escapelab

        paths = [p for p in self.package.rglob("*.py") if p.stem == "plug" or b"plug import" in p.read_bytes()]
        return escapelab._key(paths)

    def run(self, stage: str, module: str) -> tuple[str, str]:
        """("passed" | "caught" | "timed out", what noticed) of one stage for a change in this module."""
        import escapelab

        options = []
        if stage != STAGES[2]:
            files = tests_of(module) if stage == STAGES[0] else other_tests(module)
            options = ["-x", "-q", "--tb=line", "-p", "no:randomly", "--hypothesis-seed=0", *files]
        sources = escapelab._hash(list(self.package.rglob("*.py")))
        status, output = self._process(stage, sources, options)
        if status == WRONG_COPY:
            raise RuntimeError(f"{self.folder}: the library imported was not that of the copy")
        if status == 0:
            return "passed", ""
        if status in (SLOW, -signal.SIGXCPU, -signal.SIGKILL):
            return "timed out", f"{stage}: limit of time"
        return "caught", f"{stage}: {_reason(output)}"

    def _process(self, stage: str, sources: str, options: list[str]) -> tuple[int, str]:
        shutil.rmtree(self.folder / ".hypothesis", ignore_errors=True)
        output = self.folder / "output.txt"
        target = (self.folder, self.cache, CPU[stage], sources, output, options)
        process = _processes.Process(target=_child, args=target)
        process.start()
        _running.add(process)
        process.join(WALL)
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        _running.discard(process)
        return process.exitcode, output.read_text(errors="replace")


def _reason(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith(("FAILED", "ERROR", "LESSON"))]
    return (lines or output.strip().splitlines() or ["ended without a word"])[-1][:200]
