"""Facts about thresholds: Patel's bounds, the exact mean-square and almost-sure limits, the stationary law."""

import itertools

import numpy as np
import pytest
from escapelab import tables, thresholds
from escapelab.geometry import curvature, separable_curvature
from escapelab.thresholds import almost_sure_limit, convergence_threshold, divergence_threshold, mean_square_limit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

SPECTRUM = [4.0, 2.5, 1.0]


def fraction(lam, spread):
    return 2 * lam / (lam**2 + spread)


def test_the_full_batch_has_the_classical_thresholds():
    assert divergence_threshold(SPECTRUM, 7.0, np.inf) == 2 / 1.0
    assert thresholds.relative_divergence_threshold(SPECTRUM, 7.0, np.inf) == 2 / 1.0
    for form in ("homogeneous", "inhomogeneous", "relative"):
        assert convergence_threshold(SPECTRUM, 7.0, np.inf, form=form) == 2 / 4.0


@pytest.mark.parametrize(("k", "lam"), [(1.0, 4.0), (3.0, 4.0), (3.1, 2.5), (12.0, 2.5), (12.1, 1.0), (1e6, 1.0)])
def test_the_printed_rule_switches_eigenvalue_with_the_batch(k, lam):
    np.testing.assert_allclose(divergence_threshold(SPECTRUM, 30.0, k), fraction(lam, 30 / k))


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.floats(0, 1e4), st.floats(0.1, 1e4))
def test_the_printed_rule_picks_the_largest_fraction(lam, s, k):
    expected = max(fraction(x, s / k) for x in lam)
    np.testing.assert_allclose(divergence_threshold(lam, s, k), expected, rtol=1e-12)


def test_the_convergence_threshold_switches_where_the_paper_says():
    t, edge = 40.0, 40.0 / (4.0 * 1.0)
    below, above = convergence_threshold(SPECTRUM, t, [edge - 0.1, edge + 0.1])
    np.testing.assert_allclose([below, above], [fraction(1.0, t / (edge - 0.1)), fraction(4.0, t / (edge + 0.1))])
    below, above = convergence_threshold(SPECTRUM, t, [edge - 1.1, edge - 0.9], form="inhomogeneous")
    a, b = 1 + 1 / (edge - 1.1), 1 + 1 / (edge - 0.9)
    np.testing.assert_allclose(below, 2 * 1.0 / (a + t / (edge - 1.1)))
    np.testing.assert_allclose(above, 2 * 4.0 / (b * 16 + t / (edge - 0.9)))


def test_the_relative_forms_use_kappa():
    np.testing.assert_allclose(thresholds.relative_divergence_threshold([4.0, 1.0], 3.0, 2.0), 2 / (1 * 2.5))
    u = convergence_threshold([4.0, 1.0], 5.0, 2.0, form="relative", kappa=3.0)
    np.testing.assert_allclose(u, min(8 / (2.5 * 16 + 2.5), 2 / (2.5 + 2.5)))


def test_thresholds_keep_the_shape_of_the_batches():
    assert divergence_threshold(SPECTRUM, 1.0, [1, 2]).shape == (2,)
    assert convergence_threshold(SPECTRUM, 1.0, [1, 2, 3]).shape == (3,)
    assert isinstance(convergence_threshold(SPECTRUM, 1.0, 1), float)
    assert isinstance(thresholds.separable_limit([1.0], [1.0], 1), float)
    assert thresholds.separable_limit([1.0, 2.0], [1.0, 2.0], [1, 2, 3]).shape == (3,)


def linear_step(q, batch, eta):
    return np.eye(q.shape[1]) - eta * q[list(batch)].mean(axis=0)


def second_moment_radius(q, batches, eta):
    maps = [np.kron(a, a) for a in (linear_step(q, batch, eta) for batch in batches)]
    return np.abs(np.linalg.eigvals(np.mean(maps, axis=0))).max()


def random_hessians(n=4, p=2, seed=1):
    a = np.random.default_rng(seed).normal(size=(n, p, p))
    return a @ np.swapaxes(a, 1, 2)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("replace", [True, False])
def test_at_the_mean_square_limit_the_second_moment_map_has_radius_one(seed, k, replace):
    q = random_hessians(seed=seed)
    batches = list(itertools.product(range(4), repeat=k) if replace else itertools.combinations(range(4), k))
    limit = mean_square_limit(q, k, replace=replace)
    np.testing.assert_allclose(second_moment_radius(q, batches, limit), 1.0, rtol=1e-9)
    assert second_moment_radius(q, batches, 0.99 * limit) < 1 < second_moment_radius(q, batches, 1.01 * limit)


def test_the_mean_square_limit_of_a_number():
    np.testing.assert_allclose(mean_square_limit([0.2, 1.8], 1), 2 / 1.64)
    np.testing.assert_allclose(mean_square_limit([0.2, 1.8], 4), fraction(1.0, 0.64 / 4))
    np.testing.assert_allclose(mean_square_limit([0.2, 1.8], 2, replace=False), 2.0)
    np.testing.assert_allclose(mean_square_limit([0.2, 1.8], np.inf), 2.0)
    np.testing.assert_allclose(mean_square_limit([1.0, 4.0], 1, [3.0, 1.0]), fraction(1.75, 0.75 * 0.25 * 9))


def test_edge_cases_of_the_mean_square_limit():
    assert mean_square_limit([3.0], 1) == pytest.approx(2 / 3)
    assert mean_square_limit([3.0], 1, replace=False) == pytest.approx(2 / 3)
    np.testing.assert_allclose(mean_square_limit([0.2, 1.8, 50.0], 1, [2.0, 2.0, 0.0]), 2 / 1.64)
    np.testing.assert_allclose(mean_square_limit(np.ones((2, 24, 24)) + 24 * np.eye(24), 1), 2 / 48)
    assert thresholds.batch_factor(1, 1, replace=False) == 0.0
    assert thresholds.batch_factor(2, 2, replace=False) == 0.0
    np.testing.assert_allclose(mean_square_limit([2e-12 * np.diag([1.0, 5e11])], 1), 2.0)


def test_the_separable_limit_is_the_mean_square_limit_of_diagonal_hessians():
    d = np.random.default_rng(2).uniform(0.1, 5, size=(12, 3))
    w = np.arange(1.0, 13.0) / 78
    mean, variance = w @ d, w @ d**2 - (w @ d) ** 2
    for k in (1, 7, np.inf):
        expected = mean_square_limit(d[:, :, None] * np.eye(3), k, w)
        np.testing.assert_allclose(thresholds.separable_limit(mean, variance, k), expected)
    assert thresholds.separable_limit([1.0, 2.0], [0.0, 9.0], 1) == fraction(2.0, 9.0)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("k", [1, 3, 50])
def test_the_exact_limit_lies_between_the_bounds(seed, k):
    q = random_hessians(n=6, p=3, seed=seed)
    c, exact = curvature(q), mean_square_limit(q, k)
    assert convergence_threshold(c.eigenvalues, c.t, k) <= exact * (1 + 1e-9)
    assert convergence_threshold(c.eigenvalues, c.tau, k, form="relative", kappa=c.kappa) <= exact * (1 + 1e-9)
    assert exact <= divergence_threshold(c.eigenvalues, c.s, k) * (1 + 1e-9)
    assert exact <= thresholds.relative_divergence_threshold(c.eigenvalues, c.kappa, k) * (1 + 1e-9)


def test_above_the_relative_threshold_one_step_grows_from_every_start():
    q, rng, k = random_hessians(n=6, p=3, seed=3), np.random.default_rng(0), 2
    c, h = curvature(q), q.mean(axis=0)
    eta = 1.001 * thresholds.relative_divergence_threshold(c.eigenvalues, c.kappa, k)
    starts = rng.normal(size=(500, 3))
    steps = [linear_step(q, batch, eta) for batch in itertools.product(range(6), repeat=k)]
    before = np.einsum("ni,ij,nj->n", starts, h, starts)
    after = np.mean([np.einsum("ni,ij,nj->n", starts @ a.T, h, starts @ a.T) for a in steps], axis=0)
    assert (after > before).all()


@pytest.mark.parametrize("column", range(6))
def test_the_relative_thresholds_pass_through_the_printed_tables(column):
    printed_l, printed_u = tables.PATEL_4[:, column], tables.PATEL_5[:, column]
    last, first, kappa = 2 / printed_l[-1], 2 / printed_u[-1], printed_l[-1] / printed_l[0] - 1
    l = thresholds.relative_divergence_threshold([first, last], kappa, tables.BATCHES)
    np.testing.assert_allclose(l, printed_l, rtol=6e-4)
    tau = 2 * last / printed_u[0] - (1 + kappa) * last**2
    u = convergence_threshold([first, last], tau, tables.BATCHES, form="relative", kappa=kappa)
    np.testing.assert_allclose(u, printed_u, rtol=6e-4)


def test_the_almost_sure_limit_of_two_numbers_is_a_root_of_a_quadratic():
    np.testing.assert_allclose(almost_sure_limit([0.2, 1.8], 1), (1 - np.sqrt(1 - 2 * 0.36)) / 0.36, rtol=1e-12)


def test_the_almost_sure_limit_of_a_batch_is_that_of_its_mean():
    exact = almost_sure_limit([0.5, 1.0, 1.5], 1, [0.25, 0.5, 0.25])
    limits = [almost_sure_limit([0.5, 1.5], 2, seed=seed) for seed in range(8)]
    assert abs(np.mean(limits) - exact) < 4 * np.std(limits)
    assert np.std(limits) < 0.01 * exact
    assert abs(almost_sure_limit([0.5, 1.5], 1) - exact) > 0.05 * exact


def test_the_almost_sure_limit_without_spread_is_the_classical_one():
    assert almost_sure_limit([3.0, 3.0], 1) == pytest.approx(2 / 3)
    assert almost_sure_limit([1.0, 2.0, 3.0], 3, replace=False) == pytest.approx(1.0)
    assert almost_sure_limit([1.0, 2.0, 3.0], np.inf) == pytest.approx(1.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.05, 20), min_size=2, max_size=6))
def test_paths_stay_longer_than_their_mean_square(values):
    assert almost_sure_limit(values, 1) >= mean_square_limit(values, 1) * (1 - 1e-9)


def test_a_sample_of_zero_curvature_only_slows_the_growth():
    np.testing.assert_allclose(almost_sure_limit([0.0, 1.0], 1), 2.0)


@pytest.mark.parametrize(("n", "k"), [(5, 1), (5, 2), (5, 5), (4, 3)])
def test_the_batch_factor_is_the_variance_of_a_batch_mean(n, k):
    values = np.random.default_rng(n).normal(size=n)
    with_replacement = [np.mean(b) for b in itertools.product(values, repeat=k)]
    without = [np.mean(b) for b in itertools.combinations(values, k)]
    np.testing.assert_allclose(np.var(with_replacement), thresholds.batch_factor(k) * np.var(values))
    expected = thresholds.batch_factor(k, n, replace=False) * np.var(values)
    np.testing.assert_allclose(np.var(without), expected, atol=1e-30)


def test_batches_without_replacement_repeat_no_sample():
    powers = 2.0 ** np.arange(6)
    sums = np.rint(3 * thresholds.batch_means(powers, 3, replace=False, batches=500)).astype(int)
    assert {int(s).bit_count() for s in sums} == {3}
    sums = np.rint(3 * thresholds.batch_means(powers, 3, batches=500)).astype(int)
    assert {int(s).bit_count() for s in sums} == {1, 2, 3}
    assert set(thresholds.batch_means([1.0, 2.0], 2, [1.0, 0.0], batches=50)) == {1.0}


def test_the_stationary_law_is_that_of_a_long_run():
    rng, lam, eta, sigma = np.random.default_rng(4), 2.0, 0.3, 1.5
    theta = np.zeros(40_000)
    for _ in range(100):
        before, theta = theta, theta - eta * (lam * theta + sigma * rng.normal(size=theta.size))
    law = thresholds.stationary_law(lam, sigma**2, eta)
    np.testing.assert_allclose(law.variance, eta * sigma**2 / (lam * (2 - eta * lam)))
    assert stats.kstest(theta / np.sqrt(law.variance), "norm").pvalue > 1e-3
    assert stats.kstest(theta / np.sqrt(1.1 * law.variance), "norm").pvalue < 1e-3
    assert abs(np.corrcoef(before, theta)[0, 1] - law.memory) < 0.02


def test_a_curvature_that_varies_widens_the_stationary_law():
    law = thresholds.stationary_law(1.0, 2.0, 0.5, 0.6)
    v = law.variance
    np.testing.assert_allclose(((1 - 0.5) ** 2 + 0.5**2 * 0.6) * v + 0.5**2 * 2.0, v)
    assert law.memory == 0.5
    limit = fraction(1.0, 0.6)
    assert thresholds.stationary_law(1.0, 2.0, limit * (1 - 1e-9), 0.6).variance > 1e6
    with pytest.raises(ValueError, match=r"eta must be below 1\.25"):
        thresholds.stationary_law(1.0, 2.0, limit, 0.6)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: divergence_threshold([], 1.0, 1), "eigenvalues must be finite and > 0"),
        (lambda: divergence_threshold([1.0, 0.0], 1.0, 1), "eigenvalues must be finite and > 0"),
        (lambda: divergence_threshold([1.0], -1.0, 1), "s must be a finite number >= 0"),
        (lambda: divergence_threshold([1.0], np.nan, 1), "s must be a finite number >= 0"),
        (lambda: divergence_threshold([1.0], 1.0, 0), "batch size k must be > 0"),
        (lambda: divergence_threshold([1.0], 1.0, []), "batch size k must be > 0"),
        (lambda: thresholds.relative_divergence_threshold([1.0], -1.0, 1), "kappa must be a finite number"),
        (lambda: convergence_threshold([1.0], 1.0, 1, form="loose"), "form must be one of homogeneous"),
        (lambda: convergence_threshold([1.0], 1.0, 1, kappa=2.0), "kappa is used by the relative form"),
        (lambda: convergence_threshold([1.0], np.inf, 1), "t must be a finite number >= 0"),
        (lambda: thresholds.separable_limit([0.0], [1.0], 1), "mean must be finite and > 0"),
        (lambda: thresholds.separable_limit([1.0], [-1.0], 1), "variance must be 1 finite numbers"),
        (lambda: thresholds.separable_limit([1.0], [1.0, 1.0], 1), "variance must be 1 finite numbers"),
        (lambda: mean_square_limit(np.ones((2, 2, 3)), 1), "hessians must be finite"),
        (lambda: mean_square_limit([1.0, np.nan], 1), "hessians must be finite"),
        (lambda: mean_square_limit([1.0, -1.0], 1), "mean must be positive definite"),
        (lambda: mean_square_limit(np.ones((1, 25, 25)), 1), "at most 24 dimensions"),
        (lambda: mean_square_limit([1.0, 2.0], 1, [1.0]), "weights must be 2 numbers"),
        (lambda: mean_square_limit([1.0, 2.0], 1, [1.0, 1.0], replace=False), "weights need replace=True"),
        (lambda: mean_square_limit([1.0, 2.0], 3, replace=False), "between 1 and n = 2"),
        (lambda: almost_sure_limit([1.0, 2.0], 1.5), "k must be a whole number"),
        (lambda: thresholds.batch_factor(0), "batch size k must be > 0"),
        (lambda: thresholds.batch_factor(2, replace=False), "between 1 and n = None"),
        (lambda: thresholds.stationary_law(0.0, 1.0, 0.1), "curvature must be finite and > 0"),
        (lambda: thresholds.stationary_law(1.0, -1.0, 0.1), "noise_variance must be"),
        (lambda: thresholds.stationary_law(1.0, 1.0, 0.0), "eta must be finite and > 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_separable_bound_uses_the_same_numbers_as_the_general_one():
    c = separable_curvature([2.0, 1.0], [8.0, 3.0])
    np.testing.assert_allclose(divergence_threshold(c.eigenvalues, c.s, 1), max(4 / (4 + 3), 2 / (1 + 3)))


def test_the_largest_second_moment_map_has_24_dimensions():
    np.testing.assert_allclose(mean_square_limit(2 * np.eye(24)[None], 1), 1.0)


def test_a_sample_without_weight_does_not_count():
    np.testing.assert_allclose(mean_square_limit([1.0, 5.0], 1, [1.0, 0.0]), 2.0)
    np.testing.assert_allclose(almost_sure_limit([1.0, 5.0, 3.0], 1, [1.0, 0.0, 1.0]), almost_sure_limit([1.0, 3.0], 1))


def test_a_direction_almost_without_curvature_is_refused():
    np.testing.assert_allclose(mean_square_limit([np.diag([1.0, 1e-11])], 1), 2.0)
    with pytest.raises(ValueError, match="mean must be positive definite"):
        mean_square_limit([np.diag([1.0, 1e-13])], 1)


def test_the_draws_of_the_almost_sure_limit_are_twenty_thousand_of_seed_0():
    told = almost_sure_limit([0.5, 1.5, 1.0], 2, None, True, batches=20_000, seed=0)
    assert almost_sure_limit([0.5, 1.5, 1.0], 2) == told
    assert almost_sure_limit([0.5, 1.5, 1.0], 2, seed=1) != told
    means = thresholds.batch_means([1.0, 2.0, 4.0], 2)
    assert means.shape == (20_000,)
    assert np.array_equal(means, thresholds.batch_means([1.0, 2.0, 4.0], 2, None, replace=True, batches=20_000, seed=0))


def test_the_first_change_of_sign_is_the_limit():
    q, w = np.array([0.01, 2.0]), np.array([0.5, 0.5])
    limit = almost_sure_limit(q, 1, w)
    eta = np.linspace(mean_square_limit(q, 1, w), limit, 1000)[:-1]
    assert (w @ np.log(np.abs(1 - eta * q[:, None])) < 0).all()
    np.testing.assert_allclose(w @ np.log(np.abs(1 - limit * q)), 0.0, atol=1e-12)


def test_batch_factors_at_their_ends():
    assert thresholds.batch_factor(1, 5, replace=False) == 1.0
    assert thresholds.batch_factor(5, 5, replace=False) == 0.0
    assert thresholds.batch_factor(1, 1, replace=False) == 0.0
    assert thresholds.batch_factor(4) == 0.25
    for k in (0.5, 5.5):
        with pytest.raises(ValueError, match="between 1 and n = 5"):
            thresholds.batch_factor(k, 5, replace=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda: divergence_threshold([[1.0]], 1.0, 1),
        lambda: mean_square_limit(np.empty((0, 2, 2)), 1),
        lambda: mean_square_limit(np.ones((2, 2)), 1),
        lambda: mean_square_limit([1.0, 2.0], 1, [1.0, np.nan]),
        lambda: mean_square_limit([1.0, 2.0], 1, [2.0, -1.0]),
        lambda: mean_square_limit([1.0, 2.0], 1, [0.0, 0.0]),
        lambda: mean_square_limit([1.0, 2.0], [1, 0]),
        lambda: thresholds.separable_limit([1.0], [np.inf], 1),
        lambda: thresholds.separable_limit([], [], 1),
        lambda: divergence_threshold([1.0, np.inf], 1.0, 1),
    ],
)
def test_more_bad_input_is_refused(call):
    with pytest.raises((ValueError, TypeError), match=r"\w"):
        call()


def test_no_spread_and_one_eigenvalue_are_allowed():
    assert divergence_threshold(4.0, 0.0, 1) == 0.5
    assert convergence_threshold([4.0], 0.0, 1) == 0.5
    assert thresholds.separable_limit(4.0, 0.0, 1) == 0.5
    assert thresholds.stationary_law(1.0, 0.0, 0.5).variance == 0.0


def test_the_stationary_law_ends_at_the_exact_limit():
    limit = fraction(3.0, 4.0)
    assert thresholds.stationary_law(3.0, 1.0, limit * (1 - 1e-6), 4.0).variance > 1e4
    with pytest.raises(ValueError, match="eta must be below"):
        thresholds.stationary_law(3.0, 1.0, limit * (1 + 1e-6), 4.0)
