"""The numbers of a figure are those that were drawn."""

import re

import numpy as np
from escapelab import plots, readout


def rows(ax):
    """The cells of the table's rows, by the name in the first."""
    cells = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", readout.table(ax.figure))]
    return {row[0]: row[1:] for row in cells if row}


def test_a_curve_is_listed_with_its_ends_and_extremes(ax):
    ax.plot([0, 1, 2, 3], [5, 1, 9, 4], label="cost")
    assert rows(ax) == {"cost": ["4", "0", "3", "5", "4", "1", "1", "9", "2"]}


def test_a_curve_has_the_name_that_is_written_in_its_colour(ax):
    ax.plot([0, 1], [2, 3], color=plots.BLUE)
    ax.plot([0, 1], [2, 1], color=plots.GREY)
    plots.label(ax, 1, 3, r"step $\\theta$".replace("\\\\", "\\"), plots.BLUE)
    assert list(rows(ax)) == ["step θ", "grey line"]


def test_paths_of_one_colour_are_one_row(ax):
    ax.plot(np.arange(3), np.arange(12.0).reshape(3, 4), color=plots.SKY)
    assert rows(ax) == {"light blue line (4 lines)": ["12", "0", "2", "0", "11", "0", "0", "11", "2"]}


def test_points_bars_and_maps_are_listed(ax):
    ax.scatter([1, 2], [3, 7], color=plots.VERMILION)
    ax.bar([1, 2, 3], [4, 8, 6], color=plots.GREEN)
    ax.pcolormesh(np.array([[1.0, 2.0], [3.0, np.nan]]))
    assert rows(ax)["red points"] == ["2", "1", "2", "3", "7", "3", "1", "7", "2"]
    assert rows(ax)["green bars"] == ["3", "1", "3", "4", "6", "4", "1", "8", "2"]
    assert rows(ax)["map"] == ["3", "", "", "", "", "1", "", "3", ""]


def test_bars_of_one_colour_are_one_row(ax):
    for place, width in enumerate([4, 2]):
        ax.barh(place, width, color=plots.GREEN, label="holds" if place == 0 else None)
    assert rows(ax) == {"holds": ["2", "0", "1", "4", "2", "2", "1", "4", "0"]}


def test_a_guide_line_is_one_number(ax):
    ax.axhline(2.5, color=plots.BLACK, label="limit")
    ax.axvline(7, color=plots.GREY)
    assert rows(ax)["limit"] == ["1", "", "", "", "", "2.5", "", "2.5", ""]
    assert rows(ax)["grey line"] == ["1", "7", "7", "", "", "", "", "", ""]


def test_values_that_are_not_finite_are_left_out(ax):
    ax.plot([0, 1, 2], [np.nan, np.inf, 3], label="cost")
    assert rows(ax)["cost"][0] == "1"


def test_a_row_of_nothing_finite_says_so(ax):
    ax.plot([0, 1, 2], [np.nan, np.inf, np.nan], label="cost")
    assert rows(ax)["cost"] == ["0"] + [""] * 8


def test_the_sentence_names_axes_and_curves(ax):
    ax.plot([0, 3], [1, 2], label="cost")
    ax.set(xlim=(0, 3), ylim=(0, 2), xlabel="step", ylabel="cost $J$", title="Descent")
    assert readout.sentence(ax.figure) == "Descent: cost J from 0 to 2 over step from 0 to 3; drawn: cost."


def test_an_empty_figure_has_no_numbers(ax):
    assert readout.table(ax.figure) == readout.sentence(ax.figure) == ""


def test_names_are_escaped(ax):
    ax.plot([0, 1], [0, 1], label='a < "b"')
    assert "a &lt; &quot;b&quot;</td>" in readout.table(ax.figure)


def test_on_a_page_a_figures_text_is_its_table(ax, monkeypatch):
    from IPython.lib.pretty import pretty
    from matplotlib.figure import Figure

    monkeypatch.setattr(Figure, "_repr_pretty_", None, raising=False)
    readout.on_page()
    ax.plot([0, 1], [0, 1])
    assert pretty(ax.figure) == readout.table(ax.figure)
