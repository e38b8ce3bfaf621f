"""Figures and numbers of lessons on other pages."""

import lesson_figures
import numpy as np
import pytest
from docutils import nodes
from escapelab import ledger


def output(*alts, printed=""):
    """What a cell gives: pictures with these alt texts after something printed."""
    cell = nodes.container(classes=["cell_output"])
    if printed:
        cell += nodes.literal_block(printed, printed, classes=["output", "stream"])
    for alt in alts:
        cell += nodes.container("", nodes.image(alt=alt, uri="a.png"), nb_element="mime_bundle")
    return cell


def test_a_figure_is_found_by_how_its_alt_text_begins():
    page = nodes.container("", output("Two curves fall."), output("Two points.", "Three points."))
    assert [len(lesson_figures.figures(page, begins)) for begins in ("Two", "Two c", "Three", "Four")] == [2, 1, 1, 0]


def test_what_the_cell_printed_stays_in_the_lesson():
    shown = lesson_figures.shown(output("A curve.", printed="1.25"))
    assert [type(part).__name__ for part in shown] == ["container"] and "1.25" not in shown.astext()


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (ledger.exact(31.4), "31"),
        (ledger.exact(-1234.5, unit="steps"), "−1234 steps"),
        (ledger.exact(np.log(2), unit="log"), "2 times"),
    ],
)
def test_a_number_is_said_to_two_digits_and_a_logarithm_as_a_ratio(measured, text):
    assert lesson_figures.said(measured) == text


def test_a_measured_number_is_said_with_the_interval_of_a_fresh_run():
    measured = ledger.proportion(60, 200)
    assert lesson_figures.said(measured) == f"0.3 ({measured.low95:.2g} to {measured.high95:.2g})"
