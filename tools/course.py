"""Derive an nbgrader course from the lessons: `make course`, or

python tools/course.py thread/q1-why-it-settles ...     these chapters; none: every chapter with exercises

Writes _build/course: source/ (with solutions and hidden tests), release/ (without them, for students),
nbgrader_config.py, and key.json, from which both nbgrader and grading.py grade. An assignment holds the exercises of
a chapter and the cells on which they rest. Keep all but release/ to yourself.
"""

import argparse
import ast
import builtins
import json
import re
import secrets
import symtable
import sys
from pathlib import Path

import nbformat
import notebooks
from escapelab.answers import registry

COURSE = notebooks.ROOT / "_build" / "course"
EXERCISE = re.compile(r"^(`{3,}|:{3,})\{exercise\}([^\n]*)\n(.*?)^\1\s*$", re.M | re.S)
OPTION = re.compile(r"^\s*:[\w-]+:[^\n]*\n", re.M)
STUB = "# Your answer goes above."
CONFIG = '''"""Written by `make course`. nbgrader hands the running of a notebook to {tools}/grading.py."""

import sys

sys.path.insert(0, {tools!r})
import handover

c = get_config()
c.CourseDirectory.root = {course!r}
c.CourseDirectory.course_id = "escapelab"
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
c.ClearSolutions.enforce_metadata = True
c.OverwriteCells.add_missing_cells = True
c.NbGraderAPI.timezone = "UTC"
c.FileNameCollectorPlugin.named_regexp = r"(?:.*[/\\\\])?(?P<student_id>[^/\\\\]+)__(?P<file_id>[^/\\\\]+)\\.ipynb"
c.Autograde.autograde_preprocessors = handover.preprocessors()
c.Autograde.sanitize_preprocessors = handover.sanitizers()
c.GradeOutside.python = {python!r}
c.GradeOutside.course = {course!r}
'''


def _names(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell's source reads, in its functions too, and those that it binds."""
    reads, binds, tables = set(), set(), [symtable.symtable(source, "cell", "exec")]
    for table in tables:
        tables += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (top or symbol.is_global()):
                reads.add(symbol.get_name())
            if top and (symbol.is_assigned() or symbol.is_imported()):
                binds.add(symbol.get_name())
    return reads - set(dir(builtins)), binds


def given(notebook) -> list[str]:
    """The cells of a lesson on which its exercises rest: its imports, and what their names need, at any depth."""
    cells = [cell.source for cell in notebooks.code_cells(notebook) if not notebooks.calls(cell.source, "explore")]
    words = " ".join(body for _, body in posed(notebook).values())
    needed = {name for code in notebooks.solutions(notebook).values() for name in _names(code)[0]}
    needed |= set(re.findall(r"`(\w+)`", words))
    kept = []
    for source in reversed(cells):
        reads, binds = _names(source)
        if notebooks.checked_answers(source):
            needed -= {part.arg for part in ast.walk(ast.parse(source)) if isinstance(part, ast.arg)}
            continue
        if binds & needed or any(isinstance(line, ast.Import | ast.ImportFrom) for line in ast.parse(source).body):
            kept.insert(0, source)
            needed = (needed - binds) | reads
    return kept


def _cell(kind: str, source: str, name: str, **marks):
    cell = (nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell)(source)
    cell.id = name
    meaning = {"grade": False, "locked": False, "solution": False, "task": False} | marks
    cell.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, "cell_type": kind} | meaning
    return cell


def posed(notebook) -> dict[str, tuple[str, str]]:
    """(title, text) of each {exercise} by its label."""
    words = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = {}
    for _, title, body in EXERCISE.findall(words):
        label = re.search(r":label:\s*(\S+)", body)
        found[label.group(1)] = (title.strip(), OPTION.sub("", body).strip())
    return found


def assignment(path: Path, seeds: dict[str, int]):
    """(notebook, key) of one chapter: the nbgrader source, and what grading.py needs to know of it."""
    lesson = notebooks.read(path)
    title = lesson.cells[0].source.splitlines()[0]
    head = (
        f"{title}\n\nThe exercises of the chapter *{path.parent.name}/{path.stem}*. Put your answers in place of the "
    )
    head += "dots; cells of your own may go anywhere. What a cell prints is not graded."
    cells, locked, tasks = [_cell("markdown", head, "head", locked=True)], {}, {}
    for place, source in enumerate(given(lesson)):
        locked[f"given-{place}"] = source
        cells.append(_cell("code", source, f"given-{place}", locked=True))
    texts, worked = posed(lesson), notebooks.solutions(lesson)
    for cell in notebooks.code_cells(lesson):
        for name, expression in notebooks.checked_answers(cell.source):
            head, text = texts[name]
            cells.append(_cell("markdown", f"## {head}\n\n{text}", f"{name}-text", locked=True))
            stub = cell.source.split("check(")[0].rstrip()
            solution = f"### BEGIN SOLUTION\n{worked[name].strip()}\n### END SOLUTION"
            cells.append(_cell("code", f"{stub}\n{solution}", f"{name}-answer", solution=True))
            points = 1 if isinstance(registry()[name].solution, str) else 2
            hidden = f"from escapelab.exercises import demand_ok\n\ndemand_ok({name!r}, {expression}, {seeds[name]})"
            test = f'check("{name}", {expression})\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS'
            cells.append(_cell("code", test, name, grade=True, locked=True, points=points))
            tasks[name] = {"answer": expression, "points": points, "seed": seeds[name]}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": notebooks.KERNEL})
    return notebook, {"exercises": tasks, "locked": locked}


def released(source):
    """The notebook for students, as `nbgrader generate_assignment` makes it: no solutions and no hidden tests."""
    notebook = nbformat.from_dict(source)
    for cell in notebook.cells:
        cell.source = re.sub(r"### BEGIN SOLUTION\n.*?### END SOLUTION", STUB, cell.source, flags=re.S)
        cell.source = re.sub(r"\n### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS", "", cell.source, flags=re.S)
    return notebook


def with_exercises() -> list[Path]:
    """The chapters of the book that have any."""
    return [
        path
        for path in notebooks.in_book()
        if any(notebooks.checked_answers(cell.source) for cell in notebooks.code_cells(notebooks.read(path)))
    ]


def write(chapters: list[Path], course: Path = COURSE) -> dict:
    """Write the course's source folder, its configuration and its key; the key. Seeds of earlier runs are kept, so
    that grades do not change when a course is derived again."""
    kept = course / "key.json"
    old = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    known = {name: task["seed"] for plan in old.values() for name, task in plan["exercises"].items()}
    seeds = {name: known.get(name, secrets.randbits(60)) for name in registry()}
    key = {}
    for path in chapters:
        notebook, key[path.stem] = assignment(path, seeds)
        notebooks.write(notebook, course / "source" / path.stem / path.name)
        notebooks.write(released(notebook), course / "release" / path.stem / path.name)
    kept.write_text(json.dumps(key, indent=1), encoding="utf-8")
    tools = str(notebooks.ROOT / "tools")
    config = CONFIG.format(stub=STUB, tools=tools, course=str(course), python=sys.executable)
    (course / "nbgrader_config.py").write_text(config, encoding="utf-8")
    return key


def main() -> int:
    """Run the command line; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chapters", nargs="*", help="part/slug; none: every chapter with exercises")
    parser.add_argument("--course", type=Path, default=COURSE, help="the folder to write")
    arguments = parser.parse_args()
    chosen = notebooks.chosen(arguments.chapters) if arguments.chapters else with_exercises()
    key = write(chosen, arguments.course.resolve())
    for name, plan in key.items():
        points = sum(task["points"] for task in plan["exercises"].values())
        print(f"{name}: {len(plan['exercises'])} exercises, {points} points, {len(plan['locked'])} given cells")
    return 0


if __name__ == "__main__":
    sys.exit(main())
