"""Facts about sums of quartics: every minimiser exactly, and curvature from moments."""

import numpy as np
import pytest
from escapelab import quartics, tables


def random_components(p=4, n=60, seed=2):
    rng = np.random.default_rng(seed)
    place = np.concatenate([np.arange(p), rng.integers(p, size=n - p)])
    rows = np.column_stack([place, rng.uniform(1, 3, n), rng.uniform(-40, -20, n), rng.uniform(0, 9, n)])
    return rows, rng.uniform(0.1, 1.0, n)


def loss(x, rows, weights):
    w = weights / weights.sum()
    z = x[..., rows[:, 0].astype(int)]
    return ((rows[:, 1] * z**4 + rows[:, 2] * z**2 + rows[:, 3] * z) / 2 * w).sum(axis=-1)


def test_the_standard_function_has_its_known_minimiser():
    m = quartics.moments([[0, 1.0, -16.0, 5.0]], [1.0], 1)
    np.testing.assert_allclose(quartics.minimisers(m)[0], -2.903534, rtol=1e-6)
    np.testing.assert_allclose(quartics.minimisers(m)[1], 2.746803, rtol=1e-6)
    np.testing.assert_allclose(quartics.barriers(m), 0.156731, rtol=1e-5)


def test_minimisers_and_barriers_are_the_roots_of_the_derivative():
    m = quartics.moments(*random_components(), 4)
    left, right = quartics.minimisers(m)
    for c in range(4):
        roots = np.sort(np.roots([2 * m.c1[c], 0, m.c2[c], m.c3[c] / 2]).real)
        np.testing.assert_allclose([left[c], quartics.barriers(m)[c], right[c]], roots, rtol=1e-9)


def test_without_a_linear_term_the_minimisers_are_symmetric():
    m = quartics.moments([[0, 2.0, -16.0, 0.0]], [1.0], 1)
    np.testing.assert_allclose(quartics.minimisers(m)[:, 0], [-2.0, 2.0])


def test_two_minima_become_one_at_the_cusp():
    def coordinate(tilt):
        return quartics.moments([[0, 1.0, -6.0, tilt]], [1.0], 1)

    assert quartics.minimisers(coordinate(7.99)).shape == (2, 1)
    with pytest.raises(ValueError, match="do not have two minima"):
        quartics.minimisers(coordinate(8.01))


def test_a_component_of_weight_zero_does_not_count():
    m = quartics.moments([[0, 1.0, -16.0, 5.0], [0, 9.0, -1.0, 9.0]], [2.0, 0.0], 1)
    assert [float(x[0]) for x in m] == [1.0, -16.0, 5.0, 1.0, -16.0, 256.0]


def test_every_choice_of_one_a_coordinate_is_a_minimiser():
    rows, weights = random_components(p=3)
    m = quartics.moments(rows, weights, 3)
    both = quartics.minimisers(m)
    corners = np.array([[both[(i >> c) & 1, c] for c in range(3)] for i in range(8)])
    assert quartics.count(m) == len(np.unique(corners.round(9), axis=0))
    steps = 1e-3 * np.random.default_rng(0).normal(size=(200, 1, 3))
    assert (loss(corners + steps, rows, weights) > loss(corners, rows, weights)).all()


def test_the_count_is_exact_in_a_hundred_dimensions():
    m = quartics.Moments(*(np.full(100, x) for x in (1.0, -16.0, 5.0, 1.0, -16.0, 256.0)))
    assert quartics.count(m) == 1267650600228229401496703205376


def test_moments_give_mean_and_variance_of_the_second_derivative():
    rows, weights = random_components()
    theta = np.array([0.3, -1.0, 2.0, 0.7])
    w = weights / weights.sum()
    second = np.zeros((len(rows), 4))
    place = rows[:, 0].astype(int)
    second[np.arange(len(rows)), place] = 6 * rows[:, 1] * theta[place] ** 2 + rows[:, 2]
    mean, variance = quartics.second_derivatives(quartics.moments(rows, weights, 4), theta)
    np.testing.assert_allclose(mean, w @ second)
    np.testing.assert_allclose(variance, w @ second**2 - (w @ second) ** 2)


def test_the_mean_second_derivative_is_that_of_the_loss():
    rows, weights = random_components()
    m, theta, h = quartics.moments(rows, weights, 4), np.array([0.3, -1.0, 2.0, 0.7]), 1e-4
    shifts = h * np.eye(4)
    numeric = loss(theta + shifts, rows, weights) - 2 * loss(theta, rows, weights) + loss(theta - shifts, rows, weights)
    np.testing.assert_allclose(quartics.second_derivatives(m, theta)[0], numeric / h**2, rtol=1e-5)


def test_sharpest_and_flattest_bound_every_minimiser():
    m = quartics.moments(*random_components(), 4)
    both = quartics.second_derivatives(m, quartics.minimisers(m))[0]
    sharp = quartics.second_derivatives(m, quartics.sharpest(m))[0]
    flat = quartics.second_derivatives(m, quartics.flattest(m))[0]
    np.testing.assert_array_equal(sharp, both.max(axis=0))
    np.testing.assert_array_equal(flat, both.min(axis=0))
    assert (sharp > flat).all()


def test_points_keep_their_shape():
    m = quartics.moments(*random_components(), 4)
    mean, variance = quartics.second_derivatives(m, np.zeros((5, 2, 4)))
    assert mean.shape == variance.shape == (5, 2, 4)


ROWS = [[0, 1.0, -16.0, 5.0], [1, 1.0, -16.0, 5.0]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: quartics.moments([[0, 1.0, 2.0]], [1.0], 1), "components must be finite rows"),
        (lambda: quartics.moments(np.empty((0, 4)), [], 1), "components must be finite rows"),
        (lambda: quartics.moments([[0, 1.0, np.nan, 1.0]], [1.0], 1), "components must be finite rows"),
        (lambda: quartics.moments(ROWS, [1.0], 2), "weights must be 2 numbers"),
        (lambda: quartics.moments(ROWS, [1.0, -0.5], 2), "weights must be 2 numbers"),
        (lambda: quartics.moments(ROWS, [0.0, 0.0], 2), "weights must be 2 numbers"),
        (lambda: quartics.moments(ROWS, [1.0, 1.0], 1), "between 0 and 0"),
        (lambda: quartics.moments([[0.5, 1.0, -16.0, 5.0]], [1.0], 1), "coordinates must be whole"),
        (lambda: quartics.moments([[-1, 1.0, -16.0, 5.0]], [1.0], 1), "coordinates must be whole"),
        (lambda: quartics.minimisers(quartics.moments([[0, 1.0, 1.0, 0.0]], [1.0], 1)), "do not have two minima"),
        (lambda: quartics.minimisers(quartics.moments([[0, -1.0, 16.0, 1.0]], [1.0], 1)), "do not have two minima"),
        (lambda: quartics.minimisers(quartics.moments(ROWS[:1], [1.0], 2)), r"coordinates \[1\] do not"),
        (
            lambda: quartics.second_derivatives(quartics.moments(ROWS, [1.0, 1.0], 2), [1.0]),
            "2 coordinates in its last",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_the_printed_tables_are_complete_and_ordered():
    assert tables.PATEL_4.shape == tables.PATEL_5.shape == (len(tables.BATCHES), len(tables.COLUMNS))
    assert tables.COLUMNS[:3] == ((10, "flat"), (10, "sharp"), (50, "flat"))
    for table in (tables.PATEL_4, tables.PATEL_5):
        assert (np.diff(table, axis=0) > 0).all()
    assert (tables.PATEL_5 < tables.PATEL_4).all()
    assert (tables.PATEL_4[:, ::2] > tables.PATEL_4[:, 1::2]).all()


def test_a_double_root_is_no_second_minimum():
    for c3 in (8.0, -8.0):
        with pytest.raises(ValueError, match="do not have two minima"):
            quartics.minimisers(quartics.moments([[0, 1.0, -6.0, c3]], [1.0], 1))
    assert quartics.minimisers(quartics.moments([[0, 1.0, -6.0, 7.999]], [1.0], 1)).shape == (2, 1)


def test_moments_are_weighted_sums():
    m = quartics.moments([[1, 2.0, -3.0, 5.0], [1, 4.0, -7.0, 1.0], [0, 1.0, 1.0, 1.0]], [1.0, 1.0, 2.0], 3)
    assert [values.tolist() for values in m] == [
        [0.5, 1.5, 0.0], [0.5, -2.5, 0.0], [0.5, 1.5, 0.0], [0.5, 5.0, 0.0], [0.5, -8.5, 0.0], [0.5, 14.5, 0.0],
    ]  # fmt: skip


def test_a_component_of_weight_zero_is_allowed():
    assert quartics.moments(ROWS, [1.0, 0.0], 2).c1.tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match="weights must be 2 numbers"):
        quartics.moments(ROWS, [1.0, np.inf], 2)
