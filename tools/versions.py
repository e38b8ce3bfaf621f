"""Which versions of book, library and pins a page is made from, and whether the built pages are of the present ones.

python tools/versions.py     names every built page that other versions made, and fails if there is one
"""

import hashlib
import html
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
BOOK = (
    "chapters/**/*.ipynb",
    "chapters/**/*.md",
    "*.md",
    "references.bib",
    "claims.toml",
    "_config.yml",
    "_toc.yml",
    "_ext/**/*.py",
    "_static/**/*",
    "_templates/**/*",
    "package-lock.json",
)
LIBRARY = ("lib/**/*.py",)
PINS = ("requirements.lock",)
STAMP = re.compile(r'<meta name="escapelab-versions" content="([^"]*)"')


def fingerprint(patterns: tuple[str, ...], root: Path = ROOT) -> str:
    """Hash of the names and contents of all files below the root that match one of the glob patterns."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in root.glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def number(root: Path = ROOT) -> str:
    """The version that CITATION.cff names."""
    return re.search(r"^version: *(\S+)", (root / "CITATION.cff").read_text(encoding="utf-8"), flags=re.M)[1]


def current(root: Path = ROOT) -> str:
    """What a page built now says at its foot: `book 0.1.0 (8 hex digits), library 0.1.0 (...), pins ...`."""
    book, library, pins = (fingerprint(patterns, root)[:8] for patterns in (BOOK, LIBRARY, PINS))
    release = number(root)
    return f"book {release} ({book}), library {release} ({library}), pins {pins}"


def stale(folder: Path = HTML, root: Path = ROOT) -> list[str]:
    """The pages below a folder that say something else than the present versions, or nothing."""
    expected = current(root)
    found = []
    for page in sorted(folder.rglob("*.html")):
        text, name = page.read_text(encoding="utf-8"), page.relative_to(folder).as_posix()
        stamp = STAMP.search(text)
        own = not name.startswith("_static/") and 'http-equiv="Refresh"' not in text
        if own and (stamp is None or html.unescape(stamp[1]) != expected):
            found.append(name)
    return found


def refuse_stale() -> None:
    """SystemExit if there is no book, or a page of it that other versions made."""
    if not (HTML / "index.html").exists():
        raise SystemExit("There is no book in _build/html: run make book.")
    if pages := stale():
        raise SystemExit(f"Made from other versions, run make book again: {', '.join(pages)}")


if __name__ == "__main__":
    refuse_stale()
    print(current())
