"""The rules of a lesson that need no execution: `problems(path)` lists what a notebook breaks, in plain words.

A rule is a function of the notebook and its slug that returns a list of sentences; RULES names them all.
tests/test_chapters.py applies each to each lesson, and shows of each that it can fail.
"""

import ast
import re
from pathlib import Path

import notebooks
import stated
from escapelab import ledger
from form import alternatives, executed, experiment, helped, limits, parts, scene, sections
from notebooks import calls, first_line

ROLE = re.compile(r"\{doc\}`[^`]+`")
PAGE = re.compile(r"\[([^\]]*)\]\(([\w./-]+\.(?:ipynb|md))\)")


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _carried(loop: ast.For) -> list[str]:
    names = []
    for node in ast.walk(loop):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        for target in targets:
            bases = {part.id for part in ast.walk(target) if isinstance(part, ast.Name) and _is_base(part, target)}
            names += [name for name in sorted(bases) if _reads(node.value, name)]
    return names


def _is_base(name: ast.Name, target: ast.AST) -> bool:
    indices = [part.slice for part in ast.walk(target) if isinstance(part, ast.Subscript)]
    return not any(name is part for index in indices for part in ast.walk(index))


def no_simulation(notebook, slug: str) -> list[str]:
    """Simulations are the library's: no compiled kernels, no while, no loop that carries a state along."""
    found = []
    for cell in notebooks.code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", None)))
            if name in ("njit", "jit", "vectorize", "guvectorize", "prange"):
                found.append(f"{name} in a lesson; kernels live in the library")
            if isinstance(node, ast.While):
                found.append(f"a while loop: {first_line(cell)}")
            if isinstance(node, ast.For):
                found += [
                    f"a for loop that carries {carried} along: simulate in the library" for carried in _carried(node)
                ]
    return found


def stated_numbers(notebook, slug: str) -> list[str]:
    """Every number of the prose is printed, typed or cited (the rule stands in stated.py)."""
    return stated.unsupported(notebook)


def _digits(literal: str) -> int:
    """Significant digits typed; closing zeros of a whole number do not count."""
    mantissa = re.split(r"[eE]", literal.replace("_", ""))[0]
    digits = mantissa.replace(".", "").lstrip("0")
    return len(digits if "." in mantissa else digits.rstrip("0"))


def no_literal_results(notebook, slug: str) -> list[str]:
    """A measured value does not stand as a literal in the code, to three digits or more."""
    values = [entry.measured.value for entry in ledger.entries(notebook, slug)]
    found = []
    for cell in notebooks.code_cells(notebook):
        if "source-data" in notebooks.tags(cell):
            continue
        for literal in stated.literals(cell.source):
            if not re.fullmatch(r"[\d_.]+(?:[eE][-+]?\d+)?", literal) or _digits(literal) < 3:
                continue
            number = float(ast.literal_eval(literal))
            same = [value for value in values if float(f"{abs(value):.{_digits(literal) - 1}e}") == number]
            found += [f"the measured {value:.6g} stands in the code as {literal}" for value in same]
    return found


def source_data(notebook, slug: str) -> list[str]:
    """A cell tagged source-data holds the sources' printed numbers and computes nothing."""
    found = []
    for cell in notebooks.code_cells(notebook):
        if "source-data" in notebooks.tags(cell):
            body = ast.parse(cell.source).body
            computes = any(
                isinstance(part, ast.BinOp | ast.For | ast.comprehension) for part in ast.walk(ast.parse(cell.source))
            )
            if computes or not all(isinstance(line, ast.Assign | ast.Import | ast.ImportFrom) for line in body):
                found.append(f"a source-data cell may only assign literals: {first_line(cell)}")
    return found


def compared(notebook, slug: str) -> list[str]:
    """What nbval ignores may neither be recorded nor be skipped."""
    found = []
    for cell in notebooks.code_cells(notebook):
        marks = set(notebooks.tags(cell)) & {"nbval-ignore-output", "nbval-skip", "nbval-raises-exception"}
        if marks and (calls(cell.source, "record") or marks != {"nbval-ignore-output"}):
            found.append(f"a cell that nbval does not compare ({', '.join(sorted(marks))}): {first_line(cell)}")
        found += ["an nbval comment: use the tag"] * ("NBVAL_" in cell.source)
    return found


def linked(notebook, slug: str) -> list[str]:
    """Other pages are linked by their files, under their titles: such links lead there in JupyterLab, too."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        found += [f"{role} leads nowhere in JupyterLab: use [title](file)" for role in ROLE.findall(cell.source)]
        for text, name in PAGE.findall(cell.source):
            path = notebooks.ROOT / "chapters" / slug.partition("/")[0] / name
            if not path.exists():
                found.append(f"no file {name}")
            elif text != notebooks.title(path):
                found.append(f"[{text}]({name}) should say {notebooks.title(path)!r}")
    return found


def recorded(notebook, slug: str) -> list[str]:
    """Every claim that claims.toml gives to this lesson is recorded once, and no other."""
    names = [entry.claim for entry in ledger.entries(notebook, slug)]
    own = [claim.id for claim in ledger.claims().values() if claim.lesson == slug]
    found = [f"claim {name} is left out" for name in own if name not in names]
    found += [f"claim {name} is recorded twice" for name in sorted({n for n in names if names.count(n) > 1})]
    return found + [f"claim {name} belongs to another lesson" for name in names if name not in own]


RULES = [
    sections, limits, scene, experiment, no_simulation, parts, helped, executed, alternatives, stated_numbers,
    no_literal_results, source_data, compared, linked, recorded,
]  # fmt: skip
FOR_LISTINGS = [executed, alternatives, stated_numbers, no_literal_results, compared, linked]


def problems(path: Path) -> list[str]:
    """Everything that the notebook breaks, each line led by the name of its rule."""
    notebook, slug = notebooks.read(path), notebooks.slug(path)
    chosen = FOR_LISTINGS if slug in notebooks.LISTINGS else RULES
    return [f"{rule.__name__}: {problem}" for rule in chosen for problem in rule(notebook, slug)]
