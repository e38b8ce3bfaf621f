"""The library's shape: imports point down, no circles, short modules, plain names, nothing drawn or read at import."""

import ast
import graphlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "lib" / "escapelab"
ROWS = [
    {"plug", "prediction", "tables"},
    {"vecmath", "rng", "arguments"},
    {
        "ledger",
        "idle",
        "blocks",
        "tasks",
        "identity",
        "store",
        "objectives",
        "noise",
        "scales",
        "optimisers",
        "schedules",
        "regions",
    },
    {"lanes"},
    {"sgd", "annealing", "geometry", "thresholds", "quartics", "networks", "newton", "workers", "banded"},
    {"smoothing", "escape", "sweeps", "onestep", "panels", "survival", "chains", "kramers"},
    {"nodes"},
    {"transfer", "plots"},
    {"readout", "answers", "listing"},
    {"frames", "progress"},
    {"exercises", "control"},
    {"explore"},
]  # each imports from the rows above it
LONGEST = 250
FORBIDDEN = ("util", "utils", "common", "helper", "helpers", "misc", "core", "base", "tools", "lib")
MODULES = sorted(path for path in LIBRARY.rglob("*.py") if path != LIBRARY / "__init__.py")
CODE = [*LIBRARY.rglob("*.py"), *ROOT.glob("tools/*.py"), *ROOT.glob("_ext/**/*.py")]


def top(path):
    """The module or package of the library that a file belongs to."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imports(source, dotted):
    """The library's modules, dotted, that the source of module `dotted` imports, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = dotted.split(".")[: -node.level] if node.level else []
            stem = ".".join([*base, *filter(None, [node.module])])
            found |= {stem} | {f"{stem}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("escapelab.")}


def dotted(path):
    """`escapelab.module`; a package's __init__ gets it as last part, so that relative imports count from there."""
    return ".".join(["escapelab", *path.relative_to(LIBRARY).with_suffix("").parts])


def row(name):
    """In which row of the table a module stands."""
    return next(i for i, names in enumerate(ROWS) if name in names)


def upward(source, path):
    """The imports of a module that do not point down."""
    own = top(path)
    named = {name.split(".")[1] for name in imports(source, dotted(path))} - {own, "SOURCES", "__version__"}
    return sorted(name for name in named if row(name) >= row(own))


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_point_to_lower_rows(path):
    assert upward(path.read_text(encoding="utf-8"), path) == []


@pytest.mark.parametrize(
    "source", ["from escapelab import explore", "import escapelab.sgd", "def f():\n    from .exercises import check"]
)
def test_an_import_that_points_up_is_found(source):
    assert len(upward(source, LIBRARY / "rng.py")) == 1


def test_every_module_has_its_row():
    assert {top(path) for path in MODULES} <= set.union(*ROWS)
    assert sum(map(len, ROWS)) == len(set.union(*ROWS))


def test_there_are_no_circles():
    graph = {dotted(path): imports(path.read_text(encoding="utf-8"), dotted(path)) for path in MODULES}
    packages = {name.removesuffix(".__init__"): name for name in graph if name.endswith(".__init__")}
    inner = {name: {packages.get(part, part) for part in parts} & set(graph) - {name} for name, parts in graph.items()}
    assert list(graphlib.TopologicalSorter(inner).static_order())


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_past_250_lines_is_two(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", [*MODULES, *ROOT.glob("tools/*.py")], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_named_for_what_it_holds_and_says_it(path):
    assert path.stem not in FORBIDDEN
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def undocumented(source):
    """Public functions and classes of a module that say nothing of themselves."""
    public = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [node.name for node in public if not node.name.startswith("_") and not ast.get_docstring(node)]


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_every_public_name_says_what_it_is(path):
    assert undocumented(path.read_text(encoding="utf-8")) == []


def test_a_public_name_without_words_is_found():
    assert undocumented("def f(): return 1\ndef _g(): return 2") == ["f"]


def hidden_randomness(source):
    """Calls of NumPy's global generator, and generators without a seed."""
    return re.findall(r"np\.random\.(?!default_rng\([^)]|Generator|SeedSequence|Philox)\w+", source)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_no_module_draws_without_a_seed(path):
    assert hidden_randomness(path.read_text(encoding="utf-8")) == []


def test_a_draw_without_a_seed_is_found():
    assert len(hidden_randomness("np.random.normal() + np.random.default_rng().normal()")) == 2


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_seed_is_given_by_name(path):
    if top(path) in ("rng", "exercises", "answers"):
        pytest.skip("where seeds are the subject")
    functions = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)]
    placed = {f.name: [a.arg for a in f.args.posonlyargs + f.args.args] for f in functions if f.name[0] != "_"}
    assert [name for name, arguments in placed.items() if "seed" in arguments or "data_seed" in arguments] == []


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("escapelab.ledger", "scipy.stats matplotlib ipywidgets IPython"),
        (
            ", ".join(f"escapelab.{p.stem}" for p in MODULES if p.parent == LIBRARY and p.stem != "control"),
            "scipy.special scipy.stats scipy.optimize scipy.linalg ipywidgets",
        ),
    ],
)
def test_an_import_brings_nothing_heavy_that_is_not_needed_at_once(modules, heavy):
    script = f"import sys, {modules}; print(set({heavy.split()}) & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_a_kernel_of_the_library_never_uses_fast_math():
    assert [path for path in MODULES if re.search(r"fastmath\s*=", path.read_text(encoding="utf-8"))] == []
