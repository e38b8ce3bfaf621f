"""Rules of a lesson's form: its sections, its size, its experiment, control, exercises and figures, all of it run.

A rule is a function of the notebook and its slug that returns a list of sentences; rules.py names them all.
"""

import re

import notebooks
import stated
from escapelab.answers import registry
from notebooks import calls, first_line

SECTIONS = [
    "Predict",
    "The experiment",
    "What happened",
    "Why",
    "Where it breaks",
    "Try it",
    "Ledger",
    "Exercises",
    "The answer in one sentence",
    "Sources",
]
MOST_CELLS, MOST_LINES, MOST_EXPERIMENT_LINES, WORDS = 15, 25, 6, (1200, 2200)


def _is_exercise(cell) -> bool:
    return calls(cell.source, "check")


def _lesson_cells(notebook) -> list:
    return [cell for cell in notebooks.code_cells(notebook) if not _is_exercise(cell)]


def _headings(notebook) -> list[str]:
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [
        line.strip("# ")
        for line in re.sub(r"^```.*?^```", "", text, flags=re.M | re.S).splitlines()
        if line.startswith("## ")
    ]


def sections(notebook, slug: str) -> list[str]:
    """Title a question, minutes in the head, the sections in their order."""
    head = notebook.cells[0].source if notebook.cells and notebook.cells[0].cell_type == "markdown" else ""
    found = []
    if not re.match(r"# .*\?\s*$", head.splitlines()[0] if head else ""):
        found.append("the first line must be the question as title: # ...?")
    if not re.search(r"\b\d+ minutes\b", head):
        found.append("the head does not say how many minutes the lesson takes and what it needs")
    present = [heading for heading in _headings(notebook) if heading in SECTIONS]
    if present != SECTIONS:
        found.append(f"sections must be {SECTIONS}, in this order; found {present}")
    return found


def limits(notebook, slug: str) -> list[str]:
    """Cells, lines a cell, words of prose."""
    found = []
    cells = _lesson_cells(notebook)
    if len(cells) > MOST_CELLS:
        found.append(f"{len(cells)} code cells besides the exercises; at most {MOST_CELLS}")
    for cell in notebooks.code_cells(notebook):
        lines = len(cell.source.strip().splitlines())
        if lines > MOST_LINES:
            found.append(f"a cell of {lines} lines; at most {MOST_LINES}: {first_line(cell)}")
    words = stated.words(notebook)
    if not WORDS[0] <= words <= WORDS[1]:
        found.append(f"{words} words of prose; {WORDS[0]} to {WORDS[1]}")
    return found


def experiment(notebook, slug: str) -> list[str]:
    """The experiment is there to be read: a visible cell of a few lines under its heading."""
    section, sizes = "", []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            section = (re.findall(r"^## (.*?)\s*$", cell.source, flags=re.M) or [section])[-1]
        elif section == "The experiment" and not set(notebooks.tags(cell)) & {
            "hide-input",
            "hide-cell",
            "remove-input",
        }:
            sizes.append(len(cell.source.strip().splitlines()))
    if not any(size <= MOST_EXPERIMENT_LINES for size in sizes):
        return [f"no visible cell of at most {MOST_EXPERIMENT_LINES} lines under ## The experiment; visible: {sizes}"]
    return []


def _pictures(cell) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.outputs)


def scene(notebook, slug: str) -> list[str]:
    """Where it happens is seen before the question is asked: a figure above ## Predict, before any simulation."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"^## Predict", cell.source, flags=re.M):
            return ["no figure before ## Predict"]
        if cell.cell_type == "code" and _pictures(cell):
            return []
    return []


def parts(notebook, slug: str) -> list[str]:
    """At least one control, two exercises, and to each check an exercise, a text and a solution with code."""
    cells = notebooks.code_cells(notebook)
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    asked = [name for cell in cells for name, _ in notebooks.checked_answers(cell.source)]
    posed = re.findall(r"\{exercise\}[^\n]*\n(?:\s*:[\w-]+:[^\n]*\n)*?\s*:label:\s*(\S+)", text)
    solved = notebooks.solutions(notebook)
    found = [] if any(calls(cell.source, "explore") for cell in cells) else ["no explore(...) control"]
    if len(asked) < 2:
        found.append(f"{len(asked)} exercises with check(...); at least 2")
    for name in asked:
        found += [f"exercise {name} is not defined in escapelab.answers"] * (name not in registry())
        found += [f"exercise {name} has no {{exercise}} with :label: {name}"] * (name not in posed)
        found += [f"exercise {name} has no {{solution}} {name} with a python block"] * (not solved.get(name))
    found += [f"{name} is posed or solved but never checked" for name in sorted({*posed, *solved} - set(asked))]
    found += [f"exercise {name} is checked twice" for name in sorted({n for n in asked if asked.count(n) > 1})]
    hidden = re.findall(
        r"^(?:`{4,}|:{3,})\{solution\}[^\n]*\n(?!(?::label:[^\n]*\n)?:class: dropdown)", text, flags=re.M
    )
    return found + ["a {solution} without :class: dropdown"] * len(hidden)


def helped(notebook, slug: str) -> list[str]:
    """Each exercise leads back to a paragraph; what is chosen has lettered options and an answer by letter."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    asked = {name for cell in notebooks.code_cells(notebook) for name, _ in notebooks.checked_answers(cell.source)}
    tasks = [registry()[name] for name in sorted(asked & set(registry()))]
    found = [f"no ({t.rests_on})= before the paragraph that {t.id} rests on" for t in tasks if not _target(text, t)]
    for task in (task for task in tasks if task.kind == "predict"):
        posed = re.search(rf":label: {task.id}\n(.*?)^`{{4,}}$", text, flags=re.M | re.S)
        options = re.findall(r"^- \*\*([A-Z])\.\*\* ", posed[1] if posed else "", flags=re.M)
        found += [f"{task.id} has no list of options - **A.** ..."] * (task.solution not in options)
        solved = rf"\{{solution\}} {task.id}\n:class: dropdown\n\s*\*\*{task.solution}\.\*\* "
        found += [f"the solution of {task.id} does not begin with its letter in bold"] * (not re.search(solved, text))
    answered = re.search(
        r"^## Predict\n.*?\{admonition\}[^\n]*\n:class: dropdown predicted\n\*\*[A-Z]\.\*\* ", text, re.M | re.S
    )
    return found + ["Predict has no {admonition} with :class: dropdown predicted"] * bool(tasks and not answered)


def _target(text: str, task) -> bool:
    return re.search(rf"^\({re.escape(task.rests_on)}\)=$", text, flags=re.M) is not None


def executed(notebook, slug: str) -> list[str]:
    """Every code cell was run, from the source that stands there, without an error or a warning."""
    found = []
    for cell, fingerprint in zip(notebooks.code_cells(notebook), notebooks.fingerprints(notebook), strict=True):
        stored = cell.metadata.get("escapelab", {}).get("executed")
        if cell.execution_count is None or stored is None:
            found.append(f"never run: {first_line(cell)}")
        elif stored != fingerprint:
            found.append(f"its output is of an older source: {first_line(cell)}")
        if any(output.output_type == "error" or output.get("name") == "stderr" for output in cell.outputs):
            found.append(f"an error or a warning is stored: {first_line(cell)}")
    return found


def alternatives(notebook, slug: str) -> list[str]:
    """Every picture says in words what it shows; a control's pictures carry their own sentence."""
    found = []
    for cell in notebooks.code_cells(notebook):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if _pictures(cell) and not calls(cell.source, "explore") and len(alt) < 20:
            found.append(f"a figure without alt text (cell metadata mystnb: image: alt): {first_line(cell)}")
        if any("image/svg+xml" in output.get("data", {}) for output in cell.outputs):
            found.append(f"an SVG output: {first_line(cell)}")
    return found
