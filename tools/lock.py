"""Write requirements.lock: every package the book installs, pinned, with hashes, for Python 3.11 to 3.13.

Run by `make lock`. The list names no index, so it installs from whatever index the machine uses.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = "uv==0.13.8"
HEADER = "# Written by `make lock` from requirements.txt; do not edit.\n"


def resolved(uv: Path, index: list[str]) -> str:
    """The universal resolution of requirements.txt, as text without index or machine-specific lines."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    arguments = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    arguments += ["--no-emit-index-url", "--no-emit-find-links", "--no-config", "--quiet", "--upgrade"]
    command = [str(uv), "pip", "compile", *arguments, *index, "requirements.txt"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


def pip_index() -> list[str]:
    """The index that this machine's pip is configured for, as arguments for the resolver."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(command, capture_output=True, text=True)
    return ["--index-url", found.stdout.strip()] if found.returncode == 0 else []


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        scripts = Path(folder) / ("Scripts" if os.name == "nt" else "bin")
        subprocess.run([str(scripts / "python"), "-m", "pip", "install", "--quiet", UV], check=True)
        text = resolved(scripts / "uv", pip_index())
    (ROOT / "requirements.lock").write_text(HEADER + text, encoding="utf-8")
    print(f"requirements.lock: {len(re.findall(r'^[A-Za-z0-9]', text, flags=re.M))} packages")


if __name__ == "__main__":
    main()
