"""Figures are functions of their arguments: what they draw is what they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from escapelab import ledger, objectives, plots


def test_landscape_draws_the_loss_and_its_name(ax):
    well = objectives.double_well()
    plots.landscape(ax, well, -2, 2, name="double well")
    x, y = ax.lines[0].get_data()
    assert np.allclose(y, well.loss(x))
    assert [text.get_text() for text in ax.texts] == ["double well"]


def test_a_scene_is_a_landscape_with_the_start_on_it():
    J = objectives.quadratic([2.0])
    ax = plots.scene(J, -3, 2, start=[1.0, 2.0])
    assert ax.get_xlim() == (-3, 2) and np.array_equal(ax.lines[0].get_ydata(), J.loss(ax.lines[0].get_xdata()))
    assert np.array_equal(ax.collections[0].get_offsets(), np.column_stack([[1, 2], J.loss([1.0, 2.0])]))
    assert not plots.scene(J, -3, 2).collections
    plt.close("all")


def test_images_stand_in_rows_apart_under_their_names(ax):
    pictures = np.arange(1, 19).reshape(3, 2, 3) / 18
    page = np.asarray(plots.images(ax, pictures, ["a", "b", "c"], columns=2).images[0].get_array())
    assert page.shape == (8, 10) and np.array_equal(page[1:3, 6:9], pictures[1])
    assert np.array_equal(page[5:7, 1:4], pictures[2]) and page.sum() == pytest.approx(pictures.sum())
    assert [(text.get_text(), *text.get_position()) for text in ax.texts] == [("a", 2, 0), ("b", 7, 0), ("c", 2, 4)]


def test_balls_lie_on_the_loss(ax):
    well = objectives.double_well()
    plots.balls(ax, well, [0.5, 1.0])
    assert np.allclose(ax.collections[0].get_offsets(), [[0.5, well.loss(0.5)], [1.0, 0.0]])


def test_histogram_bars_stand_on_their_base(ax):
    plots.histogram(ax, [0.1, 0.2, 0.7], [0, 0.5, 1], height=2.0, base=-1.0)
    assert [(bar.get_y(), bar.get_height()) for bar in ax.patches] == [(-1, 2), (-1, 1)]


def test_bands_show_the_median_and_end_with_the_name(ax):
    values = np.arange(30.0).reshape(10, 3)
    plots.bands(ax, np.arange(3), values, name="runs")
    assert np.allclose(ax.lines[0].get_ydata(), np.median(values, axis=0))
    assert len(ax.collections) == 2


def test_interval_draws_value_and_limits(ax):
    measured = ledger.proportion(30, 100)
    plots.interval(ax, 1.0, measured)
    assert np.allclose(ax.lines[0].get_ydata(), [measured.low95, measured.high95])
    assert ax.lines[1].get_ydata()[0] == measured.value


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_the_first_three_colours_are_legible_on_white():
    for colour in (plots.BLACK, plots.BLUE, plots.VERMILION, plots.GREEN):
        assert 1.05 / (_luminance(colour) + 0.05) >= 3
