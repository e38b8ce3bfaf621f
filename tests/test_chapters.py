"""Every lesson keeps every rule of tools/rules.py, and every rule can be broken."""

import copy

import form
import nbformat
import notebooks
import pytest
import rules
from escapelab import ledger
from escapelab.answers import Exercise

BOOK = [path for path in notebooks.in_book() if path.parent.parent.name == "chapters"]
LESSONS = [path for path in BOOK if notebooks.slug(path) not in notebooks.LISTINGS]
LISTINGS = [path for path in BOOK if notebooks.slug(path) in notebooks.LISTINGS]
SLUG = "start/two-pictures"


@pytest.mark.parametrize("path", LESSONS, ids=notebooks.slug)
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_the_rule(path, rule):
    assert rule(notebooks.read(path), notebooks.slug(path)) == []


@pytest.mark.parametrize("path", LISTINGS, ids=notebooks.slug)
@pytest.mark.parametrize("rule", rules.FOR_LISTINGS, ids=lambda rule: rule.__name__)
def test_a_listing_keeps_the_rule(path, rule):
    assert rule(notebooks.read(path), notebooks.slug(path)) == []


@pytest.mark.parametrize("path", BOOK, ids=notebooks.slug)
def test_a_notebook_is_stored_in_its_normal_form(path):
    notebook = notebooks.read(path)
    before = nbformat.writes(notebook)
    stored = copy.deepcopy(notebook)
    notebooks.normalise(stored, pictures=False)
    assert nbformat.writes(stored) == before


def test_every_notebook_is_listed_in_the_contents():
    stored = {path for path in (notebooks.ROOT / "chapters").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts}
    assert stored == set(BOOK)


def md(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, *outputs, tags=(), alt=None):
    """A code cell that was run, with these outputs: strings are printed, dicts are data."""
    cell = nbformat.v4.new_code_cell(source, execution_count=1, metadata={"tags": list(tags)})
    for output in outputs:
        if isinstance(output, dict):
            cell.outputs.append(nbformat.v4.new_output("display_data", output))
        else:
            cell.outputs.append(nbformat.v4.new_output("stream", text=output))
    if alt:
        cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return cell


def entry(claim, value=0.4271):
    """The output of a record."""
    measured = ledger.exact(value)
    made = ledger.Entry(claim, "holds", measured, 0.0, {"a": True}, "", None, "")
    return {ledger.MIME: ledger.to_json(made), "text/plain": f"{claim} | holds"}


WARNING = nbformat.v4.new_output("stream", name="stderr", text="careful")
EXERCISE = "````{{exercise}} How?\n:label: {0}\nGiven 7.31.\n\n- **A.** So.\n- **B.** Or so.\n````"
SOLUTION = "````{{solution}} {0}\n:class: dropdown\n**A.** Because.\n```python\nanswer = 1\n```\n````"
FORESEEN = "\n\n```{admonition} The answer\n:class: dropdown predicted\n**A.** Because.\n```"
TOYS = {
    "toy-a": Exercise("toy-a", "A", kind="predict", hints=("Why?", "So.", "Thus."), rests_on="toy-here"),
    "toy-b": Exercise("toy-b", 1, kind="compute", hints=("Why?", "So.", "Thus."), rests_on="toy-here"),
}
OWN = [claim.id for claim in ledger.claims().values() if claim.lesson == SLUG]


def lesson(monkeypatch):
    """A small lesson that keeps every rule."""
    monkeypatch.setattr(form, "registry", lambda: TOYS)
    texts = ["# Does it leave?\n\n*12 minutes. Needs: nothing.*\n\nWhy ask."]
    texts += [f"## {name}\n\nWords." for name in form.SECTIONS]
    cells = {text.split("\n")[0]: md(text) for text in texts}
    cells["## Predict"].source += FORESEEN
    after = {
        "# Does it leave?": [
            code("scene()", {"image/png": "", "text/plain": "<Figure>"}, alt="A bowl, and a ball in it")
        ],
        "## The experiment": [code("share = run()\nprint(share)", "0.4271 of 1,000\n")],
        "## What happened": [
            code("plot()", {"image/png": "", "text/plain": "<Figure>"}, alt="A histogram of ends, two peaks")
        ],
        "## Why": [md("(toy-here)=\n" + "word " * 1200)],
        "## Try it": [code("explore(draw, eta=[0.1, 0.2])")],
        "## Ledger": [code("record_all()", *(entry(claim) for claim in OWN))],
        "## Exercises": [
            cell
            for name in ("toy-a", "toy-b")
            for cell in (
                md(EXERCISE.format(name)),
                code(f'answer = ...\ncheck("{name}", answer)'),
                md(SOLUTION.format(name)),
            )
        ],
    }
    made = nbformat.v4.new_notebook(cells=[c for head, cell in cells.items() for c in [cell, *after.get(head, [])]])
    return stamped(made)


def stamped(notebook):
    """The notebook as if its code had just been run."""
    for cell, fingerprint in zip(notebooks.code_cells(notebook), notebooks.fingerprints(notebook), strict=True):
        cell.metadata["escapelab"] = {"executed": fingerprint}
    return notebook


def find(notebook, text):
    """The first cell that contains the text."""
    return next(cell for cell in notebook.cells if text in cell.source)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_small_lesson_keeps_every_rule(rule, monkeypatch):
    assert rule(lesson(monkeypatch), SLUG) == []


def change(text, new):
    """Replace the source of the cell that contains the text."""

    def apply(notebook):
        cell = find(notebook, text)
        cell.source = new(cell.source) if callable(new) else new

    return apply


def add(*cells):
    """Append cells."""
    return lambda notebook: notebook.cells.extend(copy.deepcopy(cells))


def remove(text):
    """Take out the cell that contains the text."""
    return lambda notebook: notebook.cells.remove(find(notebook, text))


def say(sentence):
    """Say something in a lesson's explanation."""
    return change("## Why", f"## Why\n\n{sentence}")


BROKEN = [
    (form.sections, change("# Does it", "# It leaves\n\n*12 minutes*"), "question as title"),
    (form.sections, change("# Does it", "# Does it?"), "minutes"),
    (form.sections, remove("## Where it breaks"), "in this order"),
    (form.sections, lambda notebook: notebook.cells.reverse(), "in this order"),
    (form.limits, add(*[code("x = 1")] * 11), "16 code cells"),
    (form.limits, add(code("x = 1\n" * 26)), "26 lines"),
    (form.limits, remove("word word"), "words of prose"),
    (form.limits, add(md("word " * 1000)), "words of prose"),
    (
        form.experiment,
        lambda notebook: find(notebook, "share = run").metadata.update(tags=["hide-input"]),
        "no visible",
    ),
    (form.experiment, change("share = run", "share = run()\n" * 7), "visible: [7]"),
    (form.scene, remove("scene()"), "no figure before ## Predict"),
    (rules.no_simulation, add(code("@njit\ndef f(x): return x")), "njit"),
    (rules.no_simulation, add(code("while x < 1: pass")), "while"),
    (rules.no_simulation, add(code("for _ in y: x = x - g(x)")), "carries x"),
    (rules.no_simulation, add(code("for _ in y: x -= eta * g(x)")), "carries x"),
    (rules.no_simulation, add(code("for i in y: path[i + 1] = path[i] - g(path[i])")), "carries path"),
    (form.parts, remove("explore("), "no explore"),
    (form.parts, remove('check("toy-b"'), "1 exercises"),
    (form.parts, change('check("toy-b"', 'check("toy-c", answer)'), "toy-c is not defined"),
    (form.parts, remove("{exercise} How?\n:label: toy-b"), "toy-b has no {exercise}"),
    (
        form.parts,
        change("{solution} toy-b", SOLUTION.format("toy-b").replace("```python\nanswer = 1\n```", "One.")),
        "no {solution}",
    ),
    (form.parts, change("{solution} toy-b", lambda s: s.replace(":class: dropdown\n", "")), "without :class: dropdown"),
    (form.parts, add(code('check("toy-a", 1)')), "checked twice"),
    (form.helped, change("(toy-here)=", "Words."), "no (toy-here)= before"),
    (form.helped, change("{exercise} How?\n:label: toy-a", lambda s: s.replace("- **A.**", "-")), "no list of options"),
    (
        form.helped,
        change("{solution} toy-a", lambda s: s.replace("**A.**", "**B.**")),
        "does not begin with its letter",
    ),
    (form.helped, change("## Predict", "## Predict"), "no {admonition}"),
    (form.executed, lambda notebook: find(notebook, "share = run").update(execution_count=None), "never run: share"),
    (form.executed, change("share = run", "share = walk()"), "older source: share = walk"),
    (form.executed, add(code("x", {"text/plain": "x"})), "never run: x"),
    (form.executed, lambda notebook: find(notebook, "share").outputs.append(WARNING), "an error or a warning"),
    (form.alternatives, lambda notebook: find(notebook, "plot()").metadata.pop("mystnb"), "without alt text"),
    (form.alternatives, add(code("x", {"image/svg+xml": "<svg/>"})), "SVG"),
    (rules.stated_numbers, say("It left in 43.9 % of runs."), "43.9"),
    (rules.no_literal_results, add(code("expected = 0.4271")), "0.4271"),
    (rules.no_literal_results, add(code("expected = 0.427")), "0.427"),
    (rules.source_data, add(code("x = 2 * 3.14", tags=["source-data"])), "only assign literals"),
    (rules.source_data, add(code("print(1)", tags=["source-data"])), "only assign literals"),
    (rules.compared, add(code("ledger.record('x')", tags=["nbval-ignore-output"])), "does not compare"),
    (rules.compared, add(code("x = 1", tags=["nbval-skip"])), "does not compare"),
    (rules.compared, add(code("# NBVAL_IGNORE_OUTPUT\nx")), "use the tag"),
    (rules.linked, say("See {doc}`q1-why-it-settles`."), "leads nowhere in JupyterLab"),
    (rules.linked, say("See [why](q99.ipynb)."), "no file q99.ipynb"),
    (rules.linked, say("See [why](../thread/q1-why-it-settles.ipynb)."), "should say 'Why does SGD settle"),
    (rules.recorded, lambda notebook: find(notebook, "record_all").outputs.pop(), f"{OWN[-1]} is left out"),
    (rules.recorded, add(code("x", entry(OWN[0]))), f"{OWN[0]} is recorded twice"),
    (rules.recorded, add(code("x", entry("patel-table-5"))), "patel-table-5 belongs to another"),
]


@pytest.mark.parametrize(("rule", "harm", "said"), BROKEN)
def test_a_broken_rule_is_named(rule, harm, said, monkeypatch):
    notebook = lesson(monkeypatch)
    harm(notebook)
    assert said in " ".join(rule(notebook, SLUG))


def test_every_rule_is_broken_once():
    assert {rule for rule, _, _ in BROKEN} == set(rules.RULES)


@pytest.mark.parametrize(
    "source",
    [
        "for x in y: total += x",
        "for ax in axes: ax.plot(x)",
        "for eta in etas: rows.append(run(eta))",
        "z = [f(x) for x in y]",
    ],
)
def test_a_loop_without_a_state_is_no_simulation(source):
    assert rules.no_simulation(nbformat.v4.new_notebook(cells=[code(source)]), SLUG) == []
