"""Prediction limits miss as often as they say: exactly where counts allow it, by simulation elsewhere."""

import numpy as np
import pytest
from escapelab import prediction
from scipy import stats

SHARES = [0.0, 0.01, 0.1, 0.3, 0.5, 0.77, 0.99, 1.0]


def both_runs(n, share, level):
    """P(fresh count outside the limits of the first), and the miss that the first run predicts, on average."""
    chance = stats.binom.pmf(np.arange(n + 1), n, share)
    missed = predicted = 0.0
    for x in np.flatnonzero(chance > 1e-18):
        limits, miss = prediction.count_limits(int(x), n)
        low, high = limits[:2] if level == 0.05 else limits[2:]
        missed += chance[x] * (1.0 - chance[low : high + 1].sum())
        predicted += chance[x] * miss
    return missed, predicted


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n", [1, 20, 100])
def test_counts_miss_at_most_at_the_level(n, share):
    assert both_runs(n, share, 0.05)[0] <= 0.05
    assert both_runs(n, share, 1e-6)[0] <= 1e-6 + 1e-12


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n", [100, 400])
def test_counts_predict_their_own_miss_within_a_hundredth(n, share):
    missed, predicted = both_runs(n, share, 0.05)
    assert abs(missed - predicted) < 0.01


def test_counts_are_not_needlessly_wide():
    missed, _ = both_runs(400, 0.3, 0.05)
    assert missed > 0.035


def test_confidence_limits_would_miss_far_too_often():
    n, share = 100, 0.3
    chance = stats.binom.pmf(np.arange(n + 1), n, share)
    missed = 0.0
    for x in range(n + 1):
        inside = stats.beta.ppf([0.025, 0.975], [x, x + 1], [n - x + 1, n - x]) * n
        missed += chance[x] * (1.0 - chance[np.abs(np.arange(n + 1) - inside.mean()) <= np.ptp(inside) / 2].sum())
    assert missed > 0.1


def test_limits_of_failures_mirror_those_of_successes():
    low95, high95, low, high = prediction.count_limits(7, 50)[0]
    assert prediction.count_limits(43, 50)[0] == (50 - high95, 50 - low95, 50 - high, 50 - low)


def test_counts_of_a_million_take_no_time_and_agree_with_the_normal_law():
    limits, miss = prediction.count_limits(300_000, 1_000_000)
    spread = 1.959964 * np.sqrt(2.0 * 0.21 * 1e6)
    assert limits[1] - 300_000 == pytest.approx(spread, abs=3)
    assert miss == pytest.approx(0.05, abs=1e-3)


def miss_count(make, function, runs, level95=True):
    """Of `runs` independent pairs of runs, how many fresh values lie outside the first run's 95 % limits."""
    generator = np.random.default_rng(11)
    missed = 0
    for _ in range(runs):
        first, fresh = make(generator), make(generator)
        m = function(first)
        missed += not m.low95 <= function(fresh).value <= m.high95
    return missed


def agrees(missed, runs, miss=0.05):
    return stats.binomtest(missed, runs, miss).pvalue > 1e-3


@pytest.mark.parametrize("draw", ["standard_normal", "standard_exponential", "random"])
def test_a_mean_misses_one_time_in_twenty(draw):
    runs = 2000
    assert agrees(miss_count(lambda g: getattr(g, draw)(500), prediction.mean, runs), runs)


def test_the_count_of_misses_notices_a_forgotten_second_error():
    def confidence(samples):
        m = prediction.mean(samples)
        half = (m.high95 - m.low95) / 2.0 / np.sqrt(2.0)
        return m._replace(low95=m.value - half, high95=m.value + half)

    runs = 2000
    assert not agrees(miss_count(lambda g: g.standard_normal(100), confidence, runs), runs)


def exponential_tail(n, runs, limits):
    """Mean of P(mean of n fresh exponentials outside limits(samples)) over first runs: exact given the first."""
    generator = np.random.default_rng(5)
    tails = []
    for _ in range(runs):
        low, high = limits(generator.standard_exponential(n))
        tails.append(stats.gamma.cdf(n * low, n) + stats.gamma.sf(n * high, n))
    return np.mean(tails)


def test_skewed_means_keep_the_false_alarm_rate_where_plain_student_limits_do_not():
    def skewed(samples):
        return prediction.mean_limits(samples)[2:]

    def plain(samples):
        half = stats.t.isf(5e-7, len(samples) - 1) * samples.std(ddof=1) * np.sqrt(2.0 / len(samples))
        return samples.mean() - half, samples.mean() + half

    assert exponential_tail(1000, 2000, skewed) < 2e-6
    assert exponential_tail(300, 2000, plain) > 1e-5


@pytest.mark.parametrize("function", [np.mean, np.median, np.std])
def test_a_bootstrap_limit_misses_one_time_in_twenty(function):
    runs = 300
    assert agrees(
        miss_count(lambda g: g.standard_normal(151), lambda s: prediction.statistic(s, function, resamples=100), runs),
        runs,
    )


def test_a_statistic_of_two_samples_resamples_each():
    generator = np.random.default_rng(2)
    samples = generator.normal(4.0, 1.0, 400), generator.normal(2.0, 1.0, 200)
    m = prediction.statistic(samples, lambda a, b: a.mean() / b.mean())
    spread = np.sqrt(2.0) * 2.0 * np.sqrt(1.0 / (400 * 16) + 1.0 / (200 * 4))
    assert m.low95 < 2.0 < m.high95
    assert m.high95 - m.value == pytest.approx(1.97 * spread, rel=0.15)


def test_an_exact_value_allows_only_its_own_error():
    m = prediction.exact(-2.0, rtol=1e-3)
    assert (m.low, m.high, m.miss95) == (-2.002, -1.998, 0.0)
    assert m.covers(-2.001)
    assert not m.covers(-2.01)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: prediction.proportion(3, 2), "between 0 and trials"),
        (lambda: prediction.proportion(-1, 2), "between 0 and trials"),
        (lambda: prediction.proportion(0, 0), "positive"),
        (lambda: prediction.proportion(0.5, 1), "successes must be a whole number"),
        (lambda: prediction.mean(np.ones(50)), "all equal"),
        (lambda: prediction.mean([1.0, 2.0]), "at least 30"),
        (lambda: prediction.mean(np.full(50, np.nan)), "finite"),
        (lambda: prediction.mean(np.random.default_rng(0).random((50, 2))), r"shape \(n,\)"),
        (lambda: prediction.statistic(np.arange(50.0), lambda s: 1.0), "does not vary"),
        (lambda: prediction.statistic(np.arange(50.0), lambda s: s), "one finite number"),
        (lambda: prediction.exact(np.inf), "one finite number"),
        (lambda: prediction.exact(1.0, rtol=-1.0), "not be negative"),
    ],
)
def test_bad_input_is_refused_in_words(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("n", [1, 12, 30])
def test_count_limits_are_those_of_fishers_exact_test(n):
    for x in range(n + 1):
        limits, miss = prediction.count_limits(x, n)
        for (low, high), alpha in ((limits[:2], 0.05), (limits[2:], 1e-6)):
            y = np.arange(n + 1)
            fewer = stats.hypergeom.cdf(x, 2 * n, n, x + y)
            more = stats.hypergeom.sf(x - 1, 2 * n, n, x + y)
            inside = y[(fewer > alpha / 2) & (more > alpha / 2)]
            assert (low, high) == (inside.min(), inside.max())
        fresh = stats.betabinom(n, x + 0.5, n - x + 0.5)
        outside = 1.0 - fresh.pmf(np.arange(limits[0], limits[1] + 1)).sum()
        assert miss == pytest.approx(outside, abs=1e-10)


def test_a_proportion_says_shares():
    m = prediction.proportion(30, 120, "of runs")
    assert (m.value, m.unit, m.kind) == (0.25, "of runs", "proportion")
    limits, miss = prediction.count_limits(30, 120)
    assert m[1:5] == tuple(limit / 120 for limit in limits)
    assert m.miss95 == miss
    assert prediction.proportion(0, 1).value == 0.0
    assert prediction.proportion(1, 1).value == 1.0


def halves(limits, centre):
    """Distances of the four limits from the centre, outwards positive."""
    return np.array([centre - limits[0], limits[1] - centre, centre - limits[2], limits[3] - centre])


def test_limits_of_a_symmetric_sample_are_students():
    samples = np.concatenate([np.arange(-20.0, 0.0), np.arange(1.0, 21.0)]) + 3.0
    t = stats.t.isf([0.025, 0.025, 5e-7, 5e-7], 39)
    expected = t * samples.std(ddof=1) * np.sqrt(2 / 40)
    assert halves(prediction.mean_limits(samples), 3.0) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_limits_of_a_skewed_sample_lean_as_it_does(sign):
    samples = sign * np.random.default_rng(3).standard_exponential(60)
    t = stats.t.isf([0.025, 0.025, 5e-7, 5e-7], 59)
    lean = stats.skew(samples) * t / np.sqrt(8 * 60) * [-1, 1, -1, 1]
    lean[2:] = np.maximum(lean[2:], 0)
    expected = t * samples.std(ddof=1) * np.sqrt(2 / 60) * np.exp(lean)
    assert halves(prediction.mean_limits(samples), samples.mean()) == pytest.approx(expected, rel=1e-6)


def test_bootstrap_limits_are_students_times_the_spread_over_resamples():
    samples = np.random.default_rng(4).normal(size=(50, 2))
    m = prediction.statistic(samples, lambda s: s[:, 1].mean())
    g = np.random.default_rng(0)
    values = [samples[g.integers(0, 50, 50), 1].mean() for _ in range(1000)]
    expected = stats.t.isf([0.025, 0.025, 5e-7, 5e-7], 49) * np.sqrt(2) * np.std(values, ddof=1)
    assert halves(m[1:5], m.value) == pytest.approx(expected, rel=1e-6)
    assert (m.miss95, m.unit, m.kind) == (0.05, "", "statistic")


def test_thirty_values_are_enough():
    samples = np.random.default_rng(5).normal(size=30)
    m = prediction.mean(samples, "steps")
    assert (m.value, m.miss95, m.unit, m.kind) == (samples.mean(), 0.05, "steps", "mean")
    for wrong in (samples[:29], 3.0):
        with pytest.raises(ValueError, match="at least 30"):
            prediction.mean(wrong)


def test_an_exact_value_has_nine_digits_unless_told():
    m = prediction.exact(2.0)
    assert m[1:5] == (2.0 - 2e-9, 2.0 + 2e-9, 2.0 - 2e-9, 2.0 + 2e-9)
    assert prediction.exact(0.0)[1:5] == (0.0, 0.0, 0.0, 0.0)
    assert prediction.exact(0.0, atol=0.5)[3:5] == (-0.5, 0.5)
    assert prediction.exact(4.0, rtol=0.5, atol=1.0)[3:5] == (1.0, 7.0)
    assert prediction.exact(4.0, rtol=0.0).covers(4.0)


def test_one_finite_number_is_a_number():
    assert prediction.finite("a", np.float32(0.5)) == 0.5
    assert prediction.finite("a", True) == 1.0
    for wrong in ([1.0], "1", None, np.nan, 1j):
        with pytest.raises(ValueError, match="a must be one finite number"):
            prediction.finite("a", wrong)


@pytest.mark.parametrize("count", [True, [1], 1.0, "1"])
def test_a_count_is_one_whole_number(count):
    with pytest.raises(ValueError, match="must be a whole number"):
        prediction.proportion(count, 10)
    with pytest.raises(ValueError, match="must be a whole number"):
        prediction.proportion(1, count)
