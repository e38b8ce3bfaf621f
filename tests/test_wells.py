"""Landscapes made to measure: what was asked for is what a measurement finds."""

import itertools

import numpy as np
import pytest
from escapelab import escape, objectives

GRID = list(itertools.product([0.5, 8.0], [0.3, 2.0], [0.2, 19.0], [0.5, 20.0]))


@pytest.mark.parametrize(("depth", "width", "shape", "other"), GRID)
def test_depth_width_and_curvature_of_a_well_are_set_one_by_one(depth, width, shape, other):
    curvature = shape * depth / width**2
    J = objectives.two_wells(depths=(depth, 1.0), widths=(width, 1.0), curvatures=(curvature, other))
    found = escape.basins(J, -2 * width, 2.0)
    assert found.minimisers == pytest.approx([-width, 1.0], abs=1e-6)
    assert found.edges[1] == pytest.approx(0.0, abs=1e-6 * width)
    assert J.loss(0.0) - found.minima == pytest.approx([depth, 1.0], rel=1e-12)
    assert J.value("curvature", found.minimisers) == pytest.approx([curvature, other], rel=1e-3)


def test_a_well_of_another_depth_changes_nothing_in_its_neighbour():
    x = np.linspace(0.01, 0.99, 50)
    shallow, deep = (objectives.two_wells(depths=(d, 1.0), curvatures=3.0, barrier_curvature=3.0) for d in (1.0, 1.5))
    assert np.array_equal(shallow.gradient(x), deep.gradient(x))
    assert np.all(shallow.gradient(-x) < deep.gradient(-x))


@pytest.mark.parametrize("barrier_curvature", [0.5, 4.0, 12.0])
def test_the_curvature_of_the_barrier_is_as_asked(barrier_curvature):
    J = objectives.two_wells(barrier_curvature=barrier_curvature)
    assert J.value("curvature", 0.0) == pytest.approx(-barrier_curvature)


def test_curvatures_beside_the_limits_have_flanks_that_only_rise():
    for shape in (1e-3, 20.0, 35.9):
        J = objectives.two_wells(curvatures=shape)
        assert np.all(J.gradient(np.linspace(1e-3, 0.999, 4001)) < 0)
        assert np.all(J.gradient(np.linspace(-0.999, -1e-3, 4001)) > 0)


def test_a_flank_that_turns_back_is_what_the_limits_refuse():
    from escapelab.objectives.wells import _quintic

    slope = np.polynomial.Polynomial([0, *_quintic(1.0, 1.0, 37.0, -37 * 4 / 9)]).deriv()
    assert slope(np.linspace(0, 1, 1001)).min() < 0
    for curvatures, top in (((37.0, 1.0), None), ((1.0, 1.0), 30.0)):
        with pytest.raises(ValueError, match="depth / width"):
            objectives.two_wells(curvatures=curvatures, barrier_curvature=top)


def test_loss_slope_and_curvature_are_continuous_everywhere():
    J = objectives.wells([-1, 0, 2], [0.5, -1, 0], maximisers=[-0.4, 0.9], maxima=[1, 2], curvatures=[20, 30, 2])
    starts = J.plugs["loss"].constants[8::8]
    for evaluate in (J.loss, J.gradient, lambda x: J.value("curvature", x)):
        assert evaluate(starts - 1e-9) == pytest.approx(evaluate(starts + 1e-9), abs=1e-5)


def test_walls_go_on_straight_at_the_steepest_slope():
    J = objectives.two_wells(depths=(1.0, 2.0))
    assert J.gradient(50.0) == J.gradient(5.0) == pytest.approx(J.gradient(np.linspace(0, 9, 9001)).max(), rel=1e-9)
    assert J.gradient(-1e9) == pytest.approx(J.gradient(np.linspace(-9, 0, 9001)).min(), rel=1e-9)
    assert np.isfinite(J.loss(1e99))


@pytest.mark.parametrize("rise", [0.0, 0.75, -0.75])
def test_a_staircase_has_the_stairs_asked_for(rise):
    J = objectives.staircase(4, rise=rise, barrier=0.5, width=1.5)
    found = escape.basins(J, -1.0, 10.0)
    assert found.minimisers == pytest.approx([0.0, 3.0, 6.0, 9.0], abs=1e-6)
    assert found.minima == pytest.approx(rise * np.arange(4), abs=1e-12)
    climbs = J.loss(found.edges[1:-1]) - found.minima[:-1]
    assert climbs == pytest.approx(np.full(3, 0.5 + max(rise, 0)), rel=1e-9)


def test_the_narrow_notches_are_where_the_thread_puts_them_and_the_deepest_is_the_narrowest():
    found = escape.basins(objectives.notches(), -5.0, 5.0)
    assert found.minimisers == pytest.approx([-0.5, 0.0, 2.0], abs=0.01)
    assert found.minima.argmin() == np.diff(found.edges)[1:2].argmin() + 1 == 1
    assert objectives.notches().hessian(0.0)[0, 0] == pytest.approx(0.5 + 6 * 4 / 0.2**2, rel=1e-4)


def test_the_steepest_slope_of_a_notch_is_as_the_docstring_says():
    J = objectives.notches([1.0], depths=20 / 1.717, widths=1.0, bowl=0.0)
    assert np.abs(J.gradient(np.linspace(0, 2, 100_001))).max() == pytest.approx(20.0, rel=1e-3)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize(("condition", "dimension"), [(1.0, 2), (100.0, 2), (1e4, 7)])
def test_a_ravine_has_its_condition_number(seed, condition, dimension):
    J = objectives.ravine(condition, dimension=dimension, steepest=3.0, seed=seed)
    h = np.stack([J.gradient(row) for row in np.eye(dimension)])
    assert np.array_equal(h, h.T)
    assert np.linalg.eigvalsh(h) == pytest.approx(np.geomspace(3.0 / condition, 3.0, dimension), rel=1e-9)
    assert seed is None or condition == 1 or np.abs(np.linalg.eigh(h)[1]).max() < 0.999


def test_a_random_field_has_the_covariance_of_a_gaussian_one():
    points = np.array([[0.0, 0.0], [0.3, 0.4], [1.0, 0.0]])
    values = np.array([objectives.random_field(2, waves=20, seed=s).loss(points) for s in range(4000)])
    expected = np.exp(-np.array([0.0, 0.25, 1.0]) / 2)
    assert values.mean(axis=0) == pytest.approx(0, abs=4.2 / np.sqrt(4000))
    assert values.T @ values[:, 0] / 4000 == pytest.approx(expected, abs=4.2 * np.sqrt(2 / 4000))


def test_minima_of_the_quadratic_circles_are_homogeneous():
    for model in (1, 2, 3, 4):
        J = objectives.quadratic_circle_model(model, seed=2)
        minimisers = np.array([[0.0, 0.0], [0.0, -15.0]])
        assert J.loss(minimisers) == pytest.approx([0, 0], abs=1e-25)
        assert all(np.all(J.gradient(minimisers, [i]) == 0) for i in range(100))


def test_growth_near_the_circle_is_the_cube_that_theory_says():
    J = objectives.quadratic_circle_model(1, seed=2)
    r = 1e-3
    c = np.mean(J.data[:, 3] / J.data[:, 5] ** 3)
    assert J.gradient([r, 0.0])[0] == pytest.approx(30 * c * r**2, rel=1e-3)
    assert J.hessian([0.0, -15.0])[1, 1] == pytest.approx(2 * J.data[:, 0].mean(), rel=1e-5)


def test_where_both_parts_are_equal_the_gradient_is_the_quadratic_one():
    J = objectives.quadratic_circle([[1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0]])
    assert J.gradient([0.3, 1.0]).tolist() == [0.0, 2.0]
    assert J.gradient([0.3, 1.0 + 1e-9]).tolist() == [0.0, 0.0]


def test_regressions_are_least_where_the_closed_form_or_newton_says():
    g = np.random.default_rng(5)
    x, noise_ = g.normal(size=(40, 3)), g.normal(size=40)
    linear = objectives.linear_regression(x, x @ [1.0, -2.0, 0.5] + noise_)
    best = np.linalg.lstsq(x, linear.data[:, 3], rcond=None)[0]
    assert np.allclose(linear.gradient(best), 0, atol=1e-12)
    logistic, theta = objectives.logistic_regression(x, noise_ > 0, l2=0.1), np.zeros(3)
    for _ in range(9):
        theta = theta - np.linalg.solve(logistic.hessian(theta), logistic.gradient(theta))
    p = 1 / (1 + np.exp(-x @ theta))
    assert np.allclose(x.T @ (p - (noise_ > 0)) / 40 + 0.1 * theta, 0, atol=1e-9)


def test_logistic_loss_is_finite_however_sure_it_is():
    J = objectives.logistic_regression([1.0, -1.0], [1.0, 1.0])
    assert J.loss(2e3) == pytest.approx(1e3)
    assert J.gradient(2e3) == pytest.approx(0.5)


TOTALS = np.array([100.0, 10.0, 0.0])
SHARED = np.tile(TOTALS / 100, (100, 1))


def errors_of(J, i, places):
    """Errors of observation i, from its gradients: integrals from minimum 0."""
    x = np.linspace(places[0], places[1], 20_001)
    g = J.gradient(x, [i])
    return np.concatenate([[0], np.cumsum((g[1:] + g[:-1]) / 2 * np.diff(x))])


def test_minima_of_observed_wells_have_the_errors_and_equal_widths():
    J = objectives.observed_wells(SHARED, barrier=3.0)
    found = escape.basins(J, -1.0, 5.0)
    assert 100 * found.minima == pytest.approx(TOTALS, abs=1e-10)
    assert found.minimisers == pytest.approx([0, 2, 4], abs=1e-6)
    assert found.edges[1:3] == pytest.approx([1, 3], abs=1e-6)


def test_at_zero_error_every_observation_has_zero_gradient():
    J = objectives.observed_wells(SHARED, barrier=3.0)
    gradients = np.array([J.gradient([0.0, 2.0, 4.0], [i]) for i in range(100)])
    assert np.all(gradients[:, 2] == 0)
    assert np.all(gradients[:, :2] != 0)
    assert np.allclose(gradients, J.data[:, 3:], rtol=0, atol=1e-14)


def test_no_observation_has_a_negative_error_anywhere():
    errors = np.random.default_rng(6).exponential(size=(12, 2)) * [2.0, 0.3]
    J = objectives.observed_wells(errors, barrier=4.0)
    for i in range(12):
        assert (errors[i, 0] + errors_of(J, i, (0.0, -6.0))).min() > -1e-3
        along = errors[i, 0] + errors_of(J, i, (0.0, 8.0))
        assert along.min() > -1e-3
        assert along[5000] == pytest.approx(errors[i, 1], abs=1e-5)


def test_one_observation_can_hold_all_the_error_and_then_nothing_moves():
    errors = np.zeros((100, 2))
    errors[0] = 100.0, 10.0
    J = objectives.observed_wells(errors, barrier=3.0)
    assert np.all(J.data[:, 2:] == 0)


def test_a_deeper_minimum_may_be_the_noisier_one():
    errors = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.9], [1.0, 1.9]])
    slopes = np.array([[0.1, 0.0], [-0.1, 0.0], [0.1, 2.0], [-0.1, -2.0]])
    J = objectives.observed_wells(errors, barrier=3.0, slopes=slopes)
    assert J.loss(0.0) > J.loss(2.0)
    assert J.data[:, 2].var() < J.data[:, 3].var()
