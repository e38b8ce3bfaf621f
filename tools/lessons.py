"""Work on the lessons' notebooks.

python tools/lessons.py from-text draft.md chapters/thread/q1.ipynb   MyST text to a notebook without outputs
python tools/lessons.py to-text chapters/thread/q1.ipynb draft.md     and back (both need jupytext)
python tools/lessons.py refresh [thread/q1 ...]     execute, and store the outputs (the same bytes when rerun)
python tools/lessons.py check [thread/q1 ...]       the rules of a lesson that need no execution
python tools/lessons.py prepare                     copies for nbval that also drive the controls and the solutions
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import execution
import nbformat
import notebooks
import rules

PREPARED = notebooks.ROOT / "_build" / "nbval"


def from_text(text: Path, path: Path) -> None:
    """Write the MyST (or percent) text as a notebook without outputs, its code formatted; cell ids by position."""
    import jupytext

    notebook = jupytext.read(text)
    for cell in notebook.cells:
        cell["id"] = ""
    if path.exists():
        notebook.metadata.update({k: v for k, v in notebooks.read(path).metadata.items() if k == "escapelab"})
    notebooks.normalise(notebook, executed=False)
    notebooks.write(notebook, path)
    for command in (["check", "--fix-only", "--select", "I"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", str(path)], check=True)


def to_text(path: Path, text: Path) -> None:
    """Write the notebook as MyST text, without outputs."""
    import jupytext

    notebook = notebooks.read(path)
    notebooks.normalise(notebook, executed=False)
    jupytext.write(notebook, text, fmt="md:myst")


def refresh(path: Path) -> bool:
    """Execute the notebook and store its outputs; whether the file changed."""
    before = path.read_bytes()
    notebook = execution.execute(path)
    notebooks.normalise(notebook)
    notebooks.write(notebook, path)
    return path.read_bytes() != before


def _cell(source: str):
    cell = nbformat.v4.new_code_cell(source)
    cell.id = ""
    return cell


def appended(notebook) -> list:
    """Cells to run after a lesson: every solution must be OK, every control must answer to all its values."""
    answers = [pair for cell in notebooks.code_cells(notebook) for pair in notebooks.checked_answers(cell.source)]
    worked = notebooks.solutions(notebook)
    cells = []
    for exercise, expression in answers:
        demand = f"import escapelab.exercises as _exercises\n_exercises.demand_ok({exercise!r}, {expression})"
        cells.append(_cell(f"{worked.get(exercise, '')}\n{demand}"))
    if any(notebooks.calls(cell.source, "explore") for cell in notebooks.code_cells(notebook)):
        cells.append(_cell("import escapelab.explore as _controls\n_driven = _controls.drive()"))
    return cells


def prepare(paths: list[Path], folder: Path = PREPARED) -> list[Path]:
    """Write one copy of each notebook below folder, with the appended cells; nbval runs it once for everything."""
    shutil.rmtree(folder, ignore_errors=True)
    copies = []
    for path in paths:
        notebook = notebooks.read(path)
        for place, cell in enumerate(appended(notebook)):
            cell.id = f"appended-{place}"
            notebook.cells.append(cell)
        copies.append(folder / "chapters" / path.parent.name / path.name)
        notebooks.write(notebook, copies[-1])
    return copies


def _refresh_all(paths: list[Path]) -> int:
    listings = [path for path in paths if notebooks.slug(path) in notebooks.LISTINGS]
    lessons = [path for path in paths if path not in listings]
    results = execution.each(refresh, lessons, notebooks.slug)
    results += execution.each(refresh, listings, notebooks.slug)
    problems = [result for result in results if isinstance(result, Exception)]
    for problem in problems:
        print(problem, file=sys.stderr)
    changed = sum(result is True for result in results)
    print(f"{len(results)} executed, {changed} changed, {len(problems)} failed")
    return bool(problems)


def _check_all(paths: list[Path]) -> int:
    found = [(notebooks.slug(path), problem) for path in paths for problem in rules.problems(path)]
    for name, problem in found:
        print(f"{name}: {problem}")
    print(f"{len(paths)} checked, {len(found)} problems")
    return bool(found)


def main() -> int:
    """Run the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["from-text", "to-text", "refresh", "check", "prepare"])
    parser.add_argument("names", nargs="*", help="lessons as part/slug, or files; none: all of the book")
    arguments = parser.parse_args()
    if arguments.command in ("from-text", "to-text"):
        if len(arguments.names) != 2:
            parser.error(f"{arguments.command} needs two files: from, to")
        {"from-text": from_text, "to-text": to_text}[arguments.command](*map(Path, arguments.names))
        return 0
    paths = notebooks.chosen(arguments.names)
    if arguments.command == "prepare":
        print(f"{len(prepare(paths))} notebooks in {PREPARED.relative_to(notebooks.ROOT)}")
        return 0
    return _refresh_all(paths) if arguments.command == "refresh" else _check_all(paths)


if __name__ == "__main__":
    sys.exit(main())
