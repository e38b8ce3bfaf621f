"""A number in the prose is printed, typed or cited; all else fails, and what is no statement passes."""

import nbformat
import pytest
import stated
from escapelab import ledger

md = nbformat.v4.new_markdown_cell


def code(source, printed, tags=(), alt=""):
    """A code cell that printed this text."""
    metadata = {"tags": list(tags), "mystnb": {"image": {"alt": alt}}}
    return nbformat.v4.new_code_cell(
        source, metadata=metadata, outputs=[nbformat.v4.new_output("stream", text=printed)]
    )


def book_says(sentence, printed="share 0.4271, n = 1000, drift -0.25, rate 3.2e-05, 3.5%", typed="k = 17; eta = 0.05"):
    """What the rule of stated numbers says about a sentence."""
    cells = [md("# Why?\n\n12 minutes"), md(f"## Why\n\n{sentence}"), code(typed, printed)]
    return stated.unsupported(nbformat.v4.new_notebook(cells=cells))


TRUE_SENTENCES = [
    "It stays in 0.43 of runs, or 43 %, or 42.7 %.",
    "Of 1,000 walkers",
    "It drifts by -0.25, that is 0.25 down.",
    "About 3.2e-5.",
    "About $3.2\\times10^{-5}$ of them.",
    "Batches of 17 with a step of 5 %.",
    "As Figure 3 and Tables 4 and 5 show in 2-D.",
    "Let $x_1^2 / 2$ and $\\eta = 0.05$.",
    "Others find 99.7 of it {cite}`patel2017`.",
    'They "saw 99.7 per cent" there. So {cite}`patel2017`.',
    "See [here](https://example.org/99.7).",
    "The 1st and 22nd, `x = 99.7`.",
    "1. one\n2. two",
    "A q1 name, x86 and {doc}`../thread/f99`.",
    "Two basins.",
    "Some 3.5 %.",
    "````{exercise} x\n:label: a\nLet 99.7.\n````",
    "## Predict\n\nA. 99.7 %",
    "```\n99.7\n```",
]
FALSE_SENTENCES = [
    "It stays in 0.44 of runs.",
    "It stays in 44 %.",
    "It stays in 0.428 of runs.",
    "It drifts by -0.43.",
    "Of 1,001 walkers.",
    "About 3.3e-5.",
    "About $3.2\\times10^{-4}$ of them.",
    "A step of 0.051.",
    "Let $\\eta = 0.06$.",
    "A half, $0.5$.",
    "In 99.7 % it left. Not so {cite}`patel2017`.",
    "Batches of 17.4.",
    "| a | 99.7 |",
    "````{solution} x\n:class: dropdown\nIt is 99.7.\n````",
    "```{note}\nIt is 99.7.\n```",
    "## The 99.7 of it",
    "It ran 30x faster.",
    "Some 10⁻³ of them.",
]


@pytest.mark.parametrize("sentence", TRUE_SENTENCES)
def test_a_supported_number_passes(sentence):
    assert book_says(sentence) == []


@pytest.mark.parametrize("sentence", FALSE_SENTENCES)
def test_an_unsupported_number_fails(sentence):
    assert len(book_says(sentence)) == 1


def test_a_number_that_nbval_does_not_compare_does_not_count():
    cells = [md("# Why?"), md("## Why\n\nIn 0.4271."), code("x", "0.4271", tags=["nbval-ignore-output"])]
    assert len(stated.unsupported(nbformat.v4.new_notebook(cells=cells))) == 1


def test_an_alt_text_states_numbers_too():
    cells = [md("# Why?"), code("x", "0.4271", alt="The share falls to 0.44 at the end")]
    assert len(stated.unsupported(nbformat.v4.new_notebook(cells=cells))) == 1


def test_a_ledger_entry_prints_its_value():
    made = ledger.Entry("patel-table-4", "holds", ledger.exact(0.4271), 0.0, {"a": True}, "", None, "")
    recorded = code("x", "")
    recorded.outputs = [nbformat.v4.new_output("display_data", {ledger.MIME: ledger.to_json(made)})]
    cells = [md("# Why?"), md("## Why\n\nIn 0.4271."), recorded]
    assert stated.unsupported(nbformat.v4.new_notebook(cells=cells)) == []
