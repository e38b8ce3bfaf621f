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


@pytest.mark.parametrize("gap", [1e-2, 1e-3, 1e-4])
def test_two_minimisers_far_closer_than_the_places_searched_are_both_found(gap):
    twins = objectives.double_well(height=gap**4, half_width=gap)
    found = escape.basins(twins, -1, 1.3, points=101)
    assert found.minimisers == pytest.approx([-gap, gap], rel=1e-6)
    assert found.edges == pytest.approx([-1, 0, 1.3], abs=1e-6 * gap)
    assert found.unresolved.shape == (0, 2)


def cubic(gap):
    """A loss whose gradient is (x + 1) ((x - 0.3)^2 + gap)."""
    return objectives.own(
        lambda x: x * x * x * x / 4 + 0.4 * x * x * x / 3 + (gap - 0.51) * x * x / 2 + (0.09 + gap) * x
    )


@pytest.mark.parametrize("gap", [1e-6, 1e-12])
def test_a_near_tangency_is_told_from_two_roots(gap):
    assert escape.basins(cubic(gap), -2, 2, points=1001).minimisers == pytest.approx([-1])
    found = escape.basins(cubic(-gap), -2, 2, points=1001)
    assert found.minimisers == pytest.approx([-1, 0.3 + np.sqrt(gap)], abs=1e-9)
    assert found.edges == pytest.approx([-2, 0.3 - np.sqrt(gap), 2], abs=1e-9)
    assert found.unresolved.size == 0


def test_a_double_root_is_reported_and_not_listed():
    found = escape.basins(cubic(0.0), -2, 2)
    assert found.minimisers == pytest.approx([-1])
    assert found.unresolved.shape == (1, 2)
    assert found.unresolved[0, 0] < 0.3 < found.unresolved[0, 1] and np.ptp(found.unresolved) < 1e-6


def test_a_degenerate_minimiser_is_listed_and_reported():
    found = escape.basins(objectives.own(lambda x: x * x * x * x), -1, 2)
    assert found.minimisers == pytest.approx([0], abs=1e-5)
    assert found.unresolved.shape == (1, 2) and found.unresolved[0, 0] < 0 < found.unresolved[0, 1]


def test_a_true_bound_finds_what_the_places_jump_over():
    a, w = 1e-4, 1e-3
    dent = objectives.own(lambda x: x * x / 2 + a * np.exp(-(x - 0.0513) * (x - 0.0513) / (2 * w * w)))
    assert escape.basins(dent, -1, 1, points=51).minimisers.size == 1
    found = escape.basins(dent, -1, 1, points=51, bend=1.4 * a / w**3)
    assert found.minimisers.size == 2 and found.unresolved.size == 0
    assert found.minimisers == pytest.approx(escape.basins(dent, -1, 1).minimisers, abs=1e-12)


def test_a_flat_stretch_is_reported():
    with pytest.raises(ValueError, match="no minimiser"):
        escape.basins(objectives.own(lambda x: 0.0 * x), -1, 1, points=101)


def test_nothing_is_open_in_the_thread_s_cost():
    found = escape.basins(objectives.sine_fit(), -30, 30)
    assert found.unresolved.shape == (0, 2)
    assert np.all((found.edges[:-1] < found.minimisers) & (found.minimisers < found.edges[1:]))


@pytest.mark.parametrize(("change", "word"), [({"points": 2}, "points"), ({"bend": -1.0}, "bend")])
def test_a_bad_search_is_named(change, word):
    with pytest.raises(ValueError, match=word):
        escape.basins(objectives.double_well(), -2, 2, **change)
