"""Changed versions of the library's modules, drawn at random from Cosmic Ray's operators. Used by mutants.py."""

import ast
import functools
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).resolve().parents[1] / "lib" / "escapelab"
TOOL = "cosmic-ray==8.7.0"  # installed without what it needs to run: its operators need only parso and attrs
FAMILIES = (
    "NumberReplacer", "ReplaceBinaryOperator_", "ReplaceComparisonOperator_", "ReplaceUnaryOperator_",
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
)  # fmt: skip
MODULES = (
    "plug", "rng", "vecmath", "arguments", "noise", "optimisers", "regions", "schedules", "objectives/objective",
    "objectives/landscapes", "objectives/own", "objectives/patel", "objectives/thread", "objectives/circles",
    "objectives/derivative", "objectives/observations", "objectives/perceptron", "objectives/regression",
    "objectives/wells", "blocks", "lanes", "tasks", "sgd", "networks", "scales",
    "prediction", "ledger", "geometry", "thresholds", "quartics", "smoothing", "escape",
    "banded", "onestep", "panels", "nodes", "transfer", "kramers", "survival", "chains", "annealing", "newton",
)  # fmt: skip

UNCHANGED = {"name", "string", "newline", "trailer", "atom_expr", "simple_stmt", "suite", "arglist", "endmarker"}


class Place(NamedTuple):
    """A position in a module and the changes that Cosmic Ray has for it."""

    module: str  # as sgd.py
    start: tuple[int, int]  # line from 1, column from 0
    rank: str  # hash of the line and of the place in it, without the seed
    changes: list[tuple[str, int]]  # (operator, which of its occurrences in the module)


class Mutant(NamedTuple):
    """One module with one change."""

    module: str
    line: int
    before: str  # the line
    after: str
    source: str  # the module, changed


@functools.cache
def operators() -> dict:
    """Cosmic Ray's operators by name; installs it on first use."""
    if importlib.util.find_spec("cosmic_ray") is None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", TOOL]
        subprocess.run(command, check=True)
        importlib.invalidate_caches()
    from cosmic_ray.operators.provider import OperatorProvider

    provider = OperatorProvider()
    return {name: provider[name]() for name in provider if name.startswith(FAMILIES)}


def _text_spans(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Start and end of annotations, raise statements, warnings and f-strings."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        parts = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        warns = isinstance(node, ast.Call) and ast.unparse(node.func) == "warnings.warn"
        if isinstance(node, ast.Raise | ast.JoinedStr) or warns:
            parts.append(node)
        spans += [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in parts if n is not None]
    return spans


@functools.cache
def _in_module(module: str) -> list[Place]:
    from cosmic_ray.ast import ast_nodes, get_ast

    source = (LIBRARY / module).read_text(encoding="utf-8")
    lines, spans = source.splitlines(), _text_spans(source)
    nodes = [node for node in ast_nodes(get_ast(source)) if node.type not in UNCHANGED]
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for name, operator in operators().items():
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            if not any(low <= start < high for low, high in spans):
                found.setdefault(start, []).append((name, occurrence))
    ranked, seen = [], {}
    for start, changes in sorted(found.items()):
        text = f"{module} {lines[start[0] - 1].strip()} {start[1]}"
        seen[text] = seen.get(text, -1) + 1
        ranked.append(Place(module, start, f"{text} {seen[text]}", changes))
    return ranked


def _same(source: str, other: str) -> bool:
    return ast.dump(ast.parse(source)) == ast.dump(ast.parse(other))


def mutate(source: str, name: str, occurrence: int) -> str:
    """The source with this occurrence of the operator applied."""
    from cosmic_ray.ast import Visitor, get_ast

    operator = operators()[name]

    class Change(Visitor):
        count = 0

        def visit(self, node):
            for index, _ in enumerate(list(operator.mutation_positions(node))):
                if self.count == occurrence:
                    node = operator.mutate(node, index)
                self.count += 1
            return node

    return Change().walk(get_ast(source)).get_code()


def _mutant(place: Place, name: str, occurrence: int) -> Mutant | None:
    source = (LIBRARY / place.module).read_text(encoding="utf-8")
    changed = mutate(source, name, occurrence)
    try:
        if _same(source, changed):
            return None
    except SyntaxError:
        return None
    line = place.start[0]
    before, after = source.splitlines()[line - 1].strip(), changed.splitlines()[line - 1].strip()
    return Mutant(place.module, line, before, after, changed)


def places(only: list[str] = ()) -> list[Place]:
    """Every place of the modules named, or of all; ValueError for another name."""
    if unknown := set(only) - set(MODULES):
        raise ValueError(f"modules to draw from are {', '.join(MODULES)}; got {', '.join(sorted(unknown))}")
    operators()
    return [place for module in only or MODULES for place in _in_module(f"{module}.py")]


def draw(count: int, seed: int, only: list[str] = ()) -> list[Mutant]:
    """So many mutants, each of another place, or as many as there are; the same for the same seed and sources."""

    def chance(*parts) -> str:
        return hashlib.sha256(repr((seed, *parts)).encode()).hexdigest()

    drawn: list[Mutant] = []
    for place in sorted(places(only), key=lambda place: chance(place.rank)):
        changes = sorted(place.changes, key=lambda change: chance(place.rank, change[0], place.changes.index(change)))
        found = next((m for name, occurrence in changes if (m := _mutant(place, name, occurrence))), None)
        drawn += [found] if found else []
        if len(drawn) == count:
            break
    return drawn
