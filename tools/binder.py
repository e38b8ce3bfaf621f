"""Binder's image of this book as repo2docker describes it, without building it: python tools/binder.py

The first run needs a network: repo2docker goes into a folder of its own, _build/binder. Whether a Binder then builds
and starts the image cannot be tried without a container engine.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = ROOT / "_build" / "binder"
PACKAGE = "jupyter-repo2docker==2026.4.0"
STEPS = (
    "Building conda environment for python=",
    "COPY .*requirements.txt",
    "pip install .*requirements.txt",
    "RUN ./postBuild",
)


def trouble(description: str, python: str) -> list[str]:
    """What a description lacks: the Python of runtime.txt, then requirements.txt installed, then postBuild run."""
    places = [re.search(step, description) for step in STEPS]
    found = [f"no {step!r}" for step, place in zip(STEPS, places, strict=True) if place is None]
    if found:
        return found
    if sorted(places, key=lambda place: place.start()) != places:
        return ["the steps come in another order"]
    given = re.search(rf"{STEPS[0]}(\S+)", description)[1]
    return [] if given == python else [f"Python {given} in place of {python}"]


def describe() -> str:
    """The Dockerfile that repo2docker writes for the tracked files of this book."""
    program = OWN / "bin" / "jupyter-repo2docker"
    if not program.exists():
        venv.create(OWN, with_pip=True, clear=True)
        subprocess.run([OWN / "bin" / "python", "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    with tempfile.TemporaryDirectory() as folder:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
        for name in filter(None, listed.stdout.split("\0")):
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        done = subprocess.run(
            [program, "--no-build", "--debug", "--user-id", "1000", "--user-name", "reader", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"repo2docker does not understand this book:\n{done.stdout}")
    return done.stdout


def main() -> int:
    """Print what the description says or lacks; the exit status."""
    python = (ROOT / "runtime.txt").read_text().strip().removeprefix("python-")
    found = trouble(describe(), python)
    print(
        *(found or [f"Binder's image: Python {python}, then requirements.txt, then postBuild; not built here"]),
        sep="\n",
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
