"""Does every external link of the book answer? python tools/links.py (needs a network)

Takes the addresses of pages, notebooks, bibliography, claims and docstrings, and asks for each once.
"""

import json
import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("*.md", "chapters/**/*.md", "chapters/**/*.ipynb", "references.bib", "claims.toml", "lib/**/*.py")
ADDRESS = re.compile(r"https?://[^\s\"'<>`\\{}\]|]+")
DOI = re.compile(r"^\s*doi\s*=\s*[{\"]([^}\"]+)", re.M | re.I)
TIMEOUT = 30  # seconds
ANSWERS_PEOPLE_ONLY = {401, 403, 405, 429}  # the server is there and wants a browser


def addresses(text: str) -> set[str]:
    """The addresses in a text, without the punctuation that ends a sentence; DOIs of a bibliography among them."""
    found = {match.rstrip(".,;:!?)*_") for match in ADDRESS.findall(text)}
    return found | {f"https://doi.org/{doi}" for doi in DOI.findall(text)}


def collected(root: Path = ROOT) -> dict[str, list[str]]:
    """Every external address with the files that name it."""
    found: dict[str, list[str]] = {}
    for path in sorted({path for pattern in SOURCES for path in root.glob(pattern)}):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
        for address in addresses(text):
            found.setdefault(address, []).append(path.relative_to(root).as_posix())
    return found


def trouble(address: str) -> str:
    """What is wrong with an address; '' if it answers."""
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (link check of a book)"})
    try:
        urllib.request.urlopen(request, timeout=TIMEOUT).close()
    except urllib.error.HTTPError as answer:
        return "" if answer.code in ANSWERS_PEOPLE_ONLY else f"{answer.code} {answer.reason}"
    except (OSError, ValueError) as problem:
        return str(getattr(problem, "reason", problem))
    return ""


def main() -> int:
    """Print every link that does not answer; the exit status."""
    found = collected()
    with ThreadPoolExecutor(8) as pool:
        problems = dict(zip(found, pool.map(trouble, found), strict=True))
    for address, problem in sorted(problems.items()):
        if problem:
            print(f"{address}: {problem} ({', '.join(found[address])})")
    broken = sum(map(bool, problems.values()))
    print(f"{len(found)} external links, {broken} without an answer")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
