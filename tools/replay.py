"""Every lesson under its own seeds against what is stored: entries inside their intervals, the same printed lines.

Used by mutants.py. Pictures are not compared, and of a control only the first picture is drawn.
"""

import re
import sys

import execution
import fresh
import notebooks
from escapelab import ledger


def printed(notebook) -> list[str]:
    """The text that each cell's outputs hold, without addresses of objects."""
    cells = [cell.outputs for cell in notebooks.code_cells(notebook)]
    texts = ["".join(o.get("text", o.get("data", {}).get("text/plain", "")) for o in outputs) for outputs in cells]
    return [re.sub(r"0x[0-9a-f]+", "0x", text) for text in texts]


def difference(path) -> str:
    """What the lesson gives now that it did not give when it was stored; empty if nothing."""
    slug, stored = notebooks.slug(path), notebooks.read(path)
    try:
        notebook = execution.execute(path, {"ESCAPELAB_FRAMES": "0"})
    except RuntimeError as problem:
        return str(problem).splitlines()[0]
    found = fresh.compare(ledger.entries(stored, slug), ledger.entries(notebook, slug))
    notebooks.normalise(notebook, pictures=False)
    pairs = zip(printed(stored), printed(notebook), strict=True)
    found += [f"prints {new!r}, stored {old!r}" for old, new in pairs if old != new]
    return found[0] if found else ""


def main() -> int:
    """Print the first difference; 1 if there is one."""
    for path in fresh.lessons([]):
        if found := difference(path):
            print(f"LESSON {notebooks.slug(path)}: {found}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
