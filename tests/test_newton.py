"""Newton's method finds what is there, and says so when the input cannot be."""

import numpy as np
import pytest
from escapelab import newton, objectives

G = np.random.default_rng(0)


@objectives.own
def waves(x, y):
    return np.cos(x) + 2 * np.cos(y)


BOWL = objectives.quadratic([1.0, 3.0])
T = np.linspace(-1, 1, 5)


def test_every_kind_of_critical_point_is_found_with_its_index_and_height():
    found = newton.critical_points(waves, G.uniform(-4, 4, (200, 2)), reach=0.2)
    k = np.rint(found.theta / np.pi)
    assert np.allclose(found.theta, k * np.pi, atol=1e-7)
    assert np.array_equal(found.index, (k % 2 == 0).sum(axis=1))
    assert np.allclose(found.loss, (-1.0) ** k[:, 0] + 2 * (-1.0) ** k[:, 1])
    assert set(found.index) == {0, 1, 2}


def test_critical_points_are_counted_once_and_sorted_by_height():
    found = newton.critical_points(waves, G.uniform(-2, 2, (100, 2)), reach=0.2)
    assert len(np.unique(found.theta.round(4), axis=0)) == len(found.theta)
    assert np.all(np.diff(found.loss) >= 0)


def test_eigenvalues_are_those_of_the_hessian():
    found = newton.critical_points(objectives.random_field(3, seed=1), G.uniform(-3, 3, (40, 3)))
    assert len(found.loss) > 5
    for theta, values in zip(found.theta, found.eigenvalues, strict=True):
        hessian = objectives.random_field(3, seed=1).hessian(theta)
        assert np.allclose(values, np.linalg.eigvalsh(hessian), atol=1e-6)


def test_starts_that_do_not_arrive_are_left_out():
    assert newton.critical_points(waves, np.full((1, 2), 1.0), steps=1, reach=0.01).theta.shape == (0, 2)


def test_a_start_without_curvature_is_no_error():
    found = newton.critical_points(waves, np.full((1, 2), np.pi / 2), reach=0.2)
    assert len(found.loss) <= 1


def test_a_quadratic_has_lines_with_every_parabola_that_it_can_have():
    start = G.normal(size=(6, 2))
    wanted = 0.3 + np.outer(G.uniform(0.5, 2, 6), T**2)
    lines = newton.lines_with_losses(BOWL, start, G.normal(size=(6, 2)), T, wanted, steps=200)
    points = lines.origin[:, None] + T[:, None] * lines.direction[:, None]
    assert np.allclose(BOWL.loss(points.reshape(-1, 2)).reshape(6, 5), wanted, atol=1e-6)


def test_a_pattern_that_no_line_has_is_not_met():
    wanted = np.array([[1.0, 0.2, 1.0, 0.2, 1.0]])
    lines = newton.lines_with_losses(BOWL, [[1.0, 1.0]], [[1.0, 0.0]], T, wanted)
    points = lines.origin + T[:, None] * lines.direction
    assert np.abs(BOWL.loss(points) - wanted).max() > 0.1


@pytest.mark.parametrize(
    "call",
    [
        lambda: newton.critical_points(waves, np.zeros(2)),
        lambda: newton.critical_points(waves, np.zeros((3, 3))),
        lambda: newton.critical_points(waves, np.zeros((0, 2))),
        lambda: newton.critical_points(waves, np.full((1, 2), np.nan)),
        lambda: newton.critical_points(waves, np.zeros((1, 2)), steps=0),
        lambda: newton.critical_points(waves, np.zeros((1, 2)), reach=0),
        lambda: newton.critical_points(waves, np.zeros((1, 2)), tolerance=-1),
        lambda: newton.lines_with_losses(BOWL, [[1.0, 1.0]], [[1.0, 0.0]], T, np.ones((1, 4))),
        lambda: newton.lines_with_losses(BOWL, [[1.0, 1.0]], [1.0, 0.0], T, np.ones((1, 5))),
        lambda: newton.lines_with_losses(BOWL, [[1.0]], [[1.0]], T, np.ones((1, 5))),
        lambda: newton.lines_with_losses(BOWL, [[1.0, 1.0]], [[1.0, 0.0]], T, np.ones((1, 5)), steps=0),
    ],
)
def test_impossible_input_is_refused(call):
    with pytest.raises(ValueError, match=r"\w"):
        call()


@pytest.mark.parametrize("shape", [(1, 4), (1, 6), (2, 5), (0, 5)])
def test_losses_must_have_the_shape_of_lines_and_places(shape):
    with pytest.raises(ValueError, match=r"losses \(lines, m\); got shapes"):
        newton.lines_with_losses(BOWL, [[1.0, 1.0]], [[1.0, 0.0]], T, np.ones(shape))
