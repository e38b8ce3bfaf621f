"""Facts about curvature: s, t, kappa, tau at a point, for sums over coordinates, and over a ball."""

import numpy as np
import pytest
from escapelab import geometry
from escapelab.geometry import curvature, separable_curvature
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.linalg import eigh


def random_hessians(n=7, p=3, seed=5, rank=2):
    a = np.random.default_rng(seed).normal(size=(n, p, rank))
    return a @ np.swapaxes(a, 1, 2)


def spread(q, weights=None):
    w = np.full(len(q), 1 / len(q)) if weights is None else np.asarray(weights) / np.sum(weights)
    h = sum(w_i * q_i for w_i, q_i in zip(w, q, strict=True))
    return h, sum(w_i * q_i @ h @ q_i for w_i, q_i in zip(w, q, strict=True)) - h @ h @ h


def test_samples_that_agree_have_no_spread():
    c = curvature(np.stack([np.diag([3.0, 1.0])] * 4))
    np.testing.assert_allclose(c.eigenvalues, [3.0, 1.0])
    np.testing.assert_allclose(c[1:], 0.0, atol=1e-12)


def test_in_one_dimension_s_and_t_are_the_variance():
    c = curvature([0.2, 1.8])
    np.testing.assert_allclose(c.eigenvalues, [1.0])
    np.testing.assert_allclose([c.s, c.t, c.kappa, c.tau], [0.64, 0.64, 0.64, 0.0], atol=1e-14)


def test_kappa_is_relative_to_the_square_of_the_eigenvalue():
    c = curvature([0.4, 3.6])
    np.testing.assert_allclose([c.eigenvalues[0], c.s, c.t, c.kappa], [2.0, 2.56, 2.56, 0.64])


def test_s_vanishes_though_the_samples_differ():
    c = curvature([np.diag([1.0, 0.5]), np.diag([1.0, 1.5])])
    np.testing.assert_allclose([c.s, c.t, c.kappa, c.tau], [0.0, 0.25, 0.0, 0.25], atol=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_s_and_t_are_generalised_eigenvalues(seed):
    q = random_hessians(seed=seed)
    values = eigh(*spread(q)[::-1], eigvals_only=True)
    c = curvature(q)
    np.testing.assert_allclose([c.s, c.t], values[[0, -1]])


@pytest.mark.parametrize("seed", range(5))
def test_no_direction_beats_s_and_t_and_some_come_near(seed):
    q = random_hessians(seed=seed)
    h, m = spread(q)
    v = np.random.default_rng(seed).normal(size=(20_000, 3))
    quotients = np.einsum("ni,ij,nj->n", v, m, v) / np.einsum("ni,ij,nj->n", v, h, v)
    c = curvature(q)
    assert c.s <= quotients.min() < c.s + 0.02 * (c.t - c.s)
    assert c.t >= quotients.max() > c.t - 0.02 * (c.t - c.s)


@pytest.mark.parametrize("seed", range(5))
def test_kappa_and_tau_touch_the_spread_from_below_and_above(seed):
    h, m = spread(random_hessians(seed=seed))
    c = curvature(random_hessians(seed=seed))
    below = np.linalg.eigvalsh(m - c.kappa * h @ h @ h)
    above = np.linalg.eigvalsh(c.kappa * h @ h @ h + c.tau * h - m)
    np.testing.assert_allclose([below[0], above[0]], 0.0, atol=1e-10 * np.abs(m).max())
    assert below[1] > 1e-6
    assert above[1] > 1e-6


def test_weights_count_a_sample_several_times():
    q = random_hessians(n=3)
    once, repeated = curvature(q, [1.0, 2.0, 3.0]), curvature(q[[0, 1, 1, 2, 2, 2]])
    np.testing.assert_allclose(once.eigenvalues, repeated.eigenvalues)
    np.testing.assert_allclose(once[1:], repeated[1:])
    assert abs(once.s / curvature(q).s - 1) > 0.01


def test_a_sample_of_weight_zero_does_not_count():
    q = random_hessians(n=3)
    np.testing.assert_allclose(curvature(q, [1.0, 1.0, 0.0])[1:], curvature(q[:2])[1:])


def test_a_small_eigenvalue_counts_down_to_the_tolerance():
    q = np.diag([1.0, 1e-9]) * np.array([0.5, 1.5])[:, None, None]
    assert len(curvature(q).eigenvalues) == 2
    assert len(curvature(q, tolerance=1e-8).eigenvalues) == 1
    assert len(separable_curvature([1.0, 1e-9], [0.25, 0.0]).eigenvalues) == 2
    assert len(separable_curvature([1.0, 1e-9], [0.25, 0.0], tolerance=1e-8).eigenvalues) == 1
    assert separable_curvature([1.0, 1e-9], [0.25, 0.0], tolerance=1e-8).s == 0.25


def test_factors_are_hessians_of_rank_one():
    a = np.random.default_rng(0).normal(size=(9, 4))
    w = np.arange(1.0, 10.0)
    left, right = curvature(factors=a, weights=w), curvature(a[:, :, None] * a[:, None, :], w)
    np.testing.assert_allclose(left.eigenvalues, right.eigenvalues)
    np.testing.assert_allclose(left[1:], right[1:])


def test_directions_without_curvature_do_not_count():
    q = random_hessians()
    rotation = stats.ortho_group(5, seed=1).rvs()
    wide = np.zeros((len(q), 5, 5))
    wide[:, :3, :3] = q
    inside, embedded = curvature(q), curvature(rotation @ wide @ rotation.T)
    np.testing.assert_allclose(embedded.eigenvalues, inside.eigenvalues)
    np.testing.assert_allclose(embedded[1:], inside[1:])


def test_at_a_maximum_the_quotients_keep_their_sign():
    c = curvature([-0.2, -1.8])
    np.testing.assert_allclose([c.eigenvalues[0], c.s, c.t, c.kappa], [-1.0, 0.64, 0.64, 0.64])


def test_at_a_saddle_the_infimum_is_minus_infinity():
    q = [np.diag([1.0, -1.0]), np.diag([2.0, -3.0])]
    assert curvature(q)[1:] == (-np.inf, np.inf, -np.inf, np.inf)
    assert separable_curvature([1.5, -2.0], [0.25, 1.0])[1:] == (-np.inf, np.inf, -np.inf, np.inf)
    np.testing.assert_allclose(curvature([np.diag([1.0, -1.0])])[1:], 0.0, atol=1e-12)
    np.testing.assert_allclose(separable_curvature([1.0, -1.0], [0.0, 0.0])[1:], 0.0)


def test_a_separable_loss_is_the_general_case_with_diagonal_hessians():
    d = np.random.default_rng(1).uniform(0, 3, size=(30, 4))
    q = d[:, :, None] * np.eye(4)
    left, right = separable_curvature(d.mean(axis=0), d.var(axis=0)), curvature(q)
    np.testing.assert_allclose(left.eigenvalues, right.eigenvalues)
    np.testing.assert_allclose(left[1:], right[1:])


def test_a_separable_coordinate_without_curvature_does_not_count():
    c = separable_curvature([2.0, 0.0, 4.0], [8.0, 0.0, 12.0])
    np.testing.assert_allclose(c.eigenvalues, [4.0, 2.0])
    np.testing.assert_allclose([c.s, c.t, c.kappa, c.tau], [8.0, 12.0, 0.75, 5.0])


def test_points_are_averaged_after_the_infimum_is_taken():
    c = separable_curvature([[1.0, 2.0], [3.0, 4.0]], [[5.0, 7.0], [10.0, 6.0]])
    np.testing.assert_allclose(c.eigenvalues, [3.0, 2.0])
    np.testing.assert_allclose([c.s, c.t], [(5 + 6) / 2, (7 + 10) / 2])
    np.testing.assert_allclose(c.kappa, (7 / 4 + 6 / 16) / 2)
    np.testing.assert_allclose(c.tau, ((5 - 7 / 4) + (10 - 9 * 6 / 16)) / 2)


def test_one_indefinite_point_makes_the_average_zero():
    c = separable_curvature([[1.0, 2.0], [1.0, -0.1]], [[5.0, 7.0], [5.0, 7.0]])
    assert (c.s, c.t, c.kappa, c.tau) == (0.0, np.inf, 0.0, np.inf)


def test_the_ball_is_filled_evenly():
    assert geometry.ball([0.0], 1.0, 1).shape == (1, 1)
    points = geometry.ball([1.0, -2.0, 0.5], 0.1, 4000, seed=3)
    r = np.linalg.norm(points - [1.0, -2.0, 0.5], axis=1) / 0.1
    assert points.shape == (4000, 3)
    assert stats.kstest(r**3, "uniform").pvalue > 1e-3
    assert stats.kstest(r**2, "uniform").pvalue < 1e-6
    assert stats.kstest((points[:, 2] - 0.5) / 0.1, stats.beta(2, 2, -1, 2).cdf).pvalue > 1e-3


def test_the_ball_average_is_the_integral():
    c = geometry.ball_curvature(lambda x: np.array([0.5, 1.5]) * (1 + x[0] ** 2), [0.0], 0.6, points=4000, seed=1)
    np.testing.assert_allclose(c.eigenvalues, 1 + 0.6**2 / 3, rtol=0.01)
    np.testing.assert_allclose(c.s, 0.25 * (1 + 2 * 0.6**2 / 3 + 0.6**4 / 5), rtol=0.02)
    np.testing.assert_allclose([c.t, c.kappa, c.tau], [c.s, 0.25, 0.0], atol=1e-12)


def test_the_general_ball_average_is_the_separable_one():
    def hessians(theta):
        return np.array([[1.0, 3.0], [2.0, 2.0], [6.0, 1.0]])[:, :, None] * np.diag(1 + theta**2)

    points = geometry.ball([0.5, 0.2], 0.3, 50, seed=2)
    d = np.array([np.diagonal(hessians(x), axis1=1, axis2=2) for x in points])
    w = np.array([0.2, 0.3, 0.5])
    mean = np.einsum("n,pnc->pc", w, d)
    expected = separable_curvature(mean, np.einsum("n,pnc->pc", w, d**2) - mean**2)
    found = geometry.ball_curvature(hessians, [0.5, 0.2], 0.3, weights=w, points=50, seed=2)
    np.testing.assert_allclose(found.eigenvalues, expected.eigenvalues)
    np.testing.assert_allclose(found[1:], expected[1:])


def test_an_indefinite_ball_average_is_zero():
    c = geometry.ball_curvature(lambda x: [np.diag([1.0, -0.1]), np.diag([3.0, 0.0])], [0.0, 0.0], 0.1, points=3)
    assert (c.s, c.kappa) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: curvature(), "give hessians"),
        (lambda: curvature([1.0], factors=[[1.0]]), "give hessians"),
        (lambda: curvature([]), "hessians are empty"),
        (lambda: curvature([[1.0, 2.0]]), r"hessians must be \(n, p, p\)"),
        (lambda: curvature(np.ones((2, 2, 3))), r"hessians must be \(n, p, p\)"),
        (lambda: curvature([1.0, np.nan]), "hessians must be finite"),
        (lambda: curvature([[[1.0, 2.0], [0.0, 1.0]]]), "hessians must be symmetric"),
        (lambda: curvature([1.0, -1.0]), "point without curvature"),
        (lambda: curvature([1.0, 2.0], [1.0]), "weights must be 2 numbers"),
        (lambda: curvature([1.0, 2.0], [2.0, -1.0]), "weights must be 2 numbers"),
        (lambda: curvature([1.0, 2.0], [0.0, 0.0]), "weights must be 2 numbers"),
        (lambda: curvature(factors=[1.0, 2.0]), r"factors must have shape \(n, p\)"),
        (lambda: separable_curvature([1.0], [1.0, 2.0]), "mean and variance must both"),
        (lambda: separable_curvature(1.0, 1.0), "mean and variance must both"),
        (lambda: separable_curvature([1.0], [-1.0]), "variance must be >= 0"),
        (lambda: separable_curvature([0.0], [1.0]), "point without curvature"),
        (lambda: geometry.ball([0.0], 0.0, 10), "radius a number > 0"),
        (lambda: geometry.ball([0.0], np.nan, 10), "radius a number > 0"),
        (lambda: geometry.ball([[0.0]], 1.0, 10), r"centre must be \(p,\)"),
        (lambda: geometry.ball([0.0], 1.0, 0), "points must be at least 1"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@settings(deadline=None)
@given(st.lists(st.floats(width=16), max_size=6))
def test_any_list_gives_numbers_or_a_sentence(values):
    try:
        c, words = curvature(values), "finite"
    except ValueError as problem:
        c, words = (0.0, 0.0), str(problem)
    assert np.isfinite(c[1:]).all()
    assert any(word in words for word in ("finite", "empty", "without curvature"))


def test_an_eigenvalue_below_a_million_millionth_of_the_largest_counts_as_zero():
    for small, kept in ((1e-11, 2), (1e-13, 1)):
        assert len(curvature([np.diag([1.0, small])]).eigenvalues) == kept
        assert len(separable_curvature([1.0, small], [1.0, 1.0]).eigenvalues) == kept
        assert len(separable_curvature([1.0, -small], [1.0, 1.0]).eigenvalues) == kept
    assert len(curvature([np.diag([1.0, 0.1])], tolerance=0.2).eigenvalues) == 1
    assert separable_curvature([1.0, 1e-13], [3.0, 1.0])[1:3] == (3.0, 3.0)
    assert separable_curvature([1.0, 1e-11], [3.0, 1.0])[1:3] == (1.0, 3.0)


def test_rounding_is_no_asymmetry():
    assert geometry.symmetric([[[1.0, 2.0], [2.0 * (1 + 1e-10), 3.0]]]).shape == (1, 2, 2)
    assert geometry.symmetric([[[1e6, 0.0], [1e-7, 1e6]]]).shape == (1, 2, 2)
    for wrong in ([[[1.0, 2.0], [2.0 * (1 + 1e-8), 3.0]]], [[[1.0, 0.0], [1e-11, 1.0]]]):
        with pytest.raises(ValueError, match="symmetric"):
            geometry.symmetric(wrong)


def test_a_ball_is_drawn_at_a_thousand_points_of_seed_0():
    def hessians(theta):
        return np.array([1.0, 3.0]) * (1 + theta[0] ** 2)

    told = geometry.ball_curvature(hessians, [0.0], 0.5, weights=None, points=1000, seed=0, tolerance=1e-12)
    assert geometry.ball_curvature(hessians, [0.0], 0.5) == told
    assert np.array_equal(geometry.ball([0.0], 1.0, 5), geometry.ball([0.0], 1.0, 5, seed=0))
    assert geometry.ball(0.5, 1.0, 1).shape == (1, 1)


def test_weights_of_zero_and_of_any_sum_are_probabilities():
    assert geometry.sample_weights([0.0, 3.0, 1.0], 3).tolist() == [0.0, 0.75, 0.25]
    assert geometry.sample_weights(None, 4).tolist() == [0.25] * 4


def test_more_wrong_shapes_are_refused():
    for call in (
        lambda: separable_curvature(np.ones((1, 1, 1)), np.ones((1, 1, 1))),
        lambda: separable_curvature([[1.0, 2.0], [0.0, 0.0]], np.ones((2, 2))),
        lambda: curvature(np.ones((2, 2, 2, 2))),
        lambda: curvature(factors=np.ones((2, 2, 2))),
        lambda: curvature([1.0, 2.0], [[0.5, 0.5]]),
        lambda: geometry.ball([0.0], -1.0, 5),
        lambda: geometry.ball([0.0], 1.0, -5),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            call()


def test_a_spread_of_zero_is_allowed_and_mixed_signs_matter_only_with_one():
    assert separable_curvature([2.0, 3.0], [0.0, 0.0])[1:] == (0.0, 0.0, 0.0, 0.0)
    assert separable_curvature([-2.0, -3.0], [1.0, 4.0])[1:3] == (1.0, 4.0)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_rounding_is_no_spread_at_a_saddle_of_any_size(scale):
    turn = stats.ortho_group(3, seed=2).rvs()
    q = scale * turn @ np.diag([1.0, 0.3, -0.7]) @ turn.T
    assert np.isfinite(curvature([q] * 7)[1:]).all()
    assert curvature([q, 1.001 * q])[1:] == (-np.inf, np.inf, -np.inf, np.inf)
