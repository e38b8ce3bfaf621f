"""Basins of one-dimensional costs against landscapes that are known."""

import numpy as np
import pytest
from escapelab import escape, objectives


def test_the_double_well_has_two_basins_parted_at_zero():
    found = escape.basins(objectives.double_well(height=0.25), -2, 2)
    assert found.minimisers == pytest.approx([-1, 1])
    assert found.minima == pytest.approx([0, 0], abs=1e-15)
    assert found.edges == pytest.approx([-2, 0, 2], abs=1e-12)


def test_the_spiky_loss_has_a_dip_at_every_ripple():
    found = escape.basins(objectives.spiky(curvature=0.01, height=1.0, frequency=2 * np.pi), -3.4, 3.4)
    assert np.allclose(found.minimisers, np.arange(-3, 4), atol=2e-3)


def test_descent_from_each_basin_ends_at_its_minimiser():
    from escapelab import sgd

    cost = objectives.sine_fit()
    found = escape.basins(cost, 0.3, 3.0)
    starts = np.linspace(0.31, 2.99, 200)
    ends = sgd.ensemble(cost, start=starts, eta=1e-3, steps=20_000).theta[:, 0]
    clear = np.min(np.abs(starts[:, None] - found.edges), axis=1) > 0.02
    assert np.allclose(ends[clear], found.minimisers[found.which(starts[clear])], atol=1e-3)


def test_which_says_outside():
    found = escape.basins(objectives.double_well(), -2, 2)
    assert found.which([-2.5, -1.0, 0.5, 2.5]).tolist() == [-1, 0, 1, -1]
    assert found.nearest([-9.0, 0.1]).tolist() == [0, 1]


@pytest.mark.parametrize(("low", "high"), [(1, -1), (np.nan, 1), (0, np.inf), (0.2, 0.3)])
def test_an_interval_without_a_minimiser_is_refused(low, high):
    with pytest.raises(ValueError, match=r"low < high|no minimiser"):
        escape.basins(objectives.double_well(), low, high)


def test_more_dimensions_are_refused():
    with pytest.raises(ValueError, match="one dimension"):
        escape.basins(objectives.saddle(), -1, 1)


def test_the_ends_belong_to_their_basins_and_an_edge_to_the_right_one():
    found = escape.Basins(np.array([-1.0, 1.0]), np.zeros(2), np.array([-2.0, 0.0, 2.0]))
    assert found.which([-2.0, -1e-9, 0.0, 2.0]).tolist() == [0, 0, 1, 1]
    assert found.which(np.nextafter([-2.0, 2.0], [-3.0, 3.0])).tolist() == [-1, -1]
    assert found.which(0.5) == 1
    assert found.nearest(np.array([[0.1], [-0.1]])).tolist() == [[1], [0]]


def test_maxima_outside_the_outer_minimisers_part_nothing():
    found = escape.basins(objectives.spiky(curvature=0.0, height=1.0, frequency=2 * np.pi), -0.7, 1.7)
    assert found.minimisers == pytest.approx([0, 1], abs=1e-12)
    assert found.edges == pytest.approx([-0.7, 0.5, 1.7], abs=1e-12)


def test_one_basin_has_no_edge_but_the_ends():
    found = escape.basins(objectives.quadratic(2.0, minimiser=0.3), -1, 2)
    assert found.minimisers == pytest.approx([0.3], abs=1e-15)
    assert found.edges.tolist() == [-1, 2]
    assert found.minima.tolist() == pytest.approx([0], abs=1e-30)


def test_a_minimiser_on_the_grid_is_found_once():
    found = escape.basins(objectives.double_well(), -2, 2, points=9)
    assert found.minimisers == pytest.approx([-1, 1], abs=1e-15)
    assert found.edges == pytest.approx([-2, 0, 2], abs=1e-15)
