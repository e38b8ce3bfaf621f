"""Censored exit times: estimators against hand-made numbers, and intervals against how often they cover."""

import numpy as np
import pytest
from escapelab import noise, objectives, regions, sgd, survival, transfer
from scipy import stats


def censored(rate, walkers, steps, seed):
    """Geometric exit times, -1 beyond the steps made."""
    times = np.random.default_rng(seed).geometric(rate, walkers)
    return np.where(times <= steps, times, -1)


def test_a_curve_by_hand():
    """Six walkers: one leaves at 2, two at 3, two are seen for 3 steps only, one stays 9."""
    found = survival.curve([2, 3, 3, -1, -1, -1], [9, 9, 9, 3, 3, 9])
    assert found.steps.tolist() == [2, 3]
    assert found.share == pytest.approx([5 / 6, 5 / 6 * 3 / 5])
    variance = (1 / 30 + 2 / 15) / np.log(0.5) ** 2
    ends = 0.5 ** np.exp(stats.norm.isf(0.025) * np.sqrt(variance) * np.array([1, -1]))
    assert (found.low[1], found.high[1]) == pytest.approx(tuple(ends))


def test_where_all_leave_at_once_nothing_bounds_the_share_but_one():
    found = survival.curve([3, 3, 3], 5)
    assert (found.share[0], found.low[0], found.high[0]) == (0.0, 0.0, 1.0)


def test_without_censoring_it_is_the_share_that_is_left():
    times = censored(0.02, 500, 10**6, 1)
    found = survival.curve(times, 10**6)
    assert found.share == pytest.approx([(times > n).mean() for n in found.steps])
    assert found.share[-1] == found.low[-1] == 0 < found.high[-1]


def test_a_rate_by_hand():
    found = survival.exit_rate([2, 3, -1], 10)
    assert found[:1] + found[3:4] + found[6:] == (2 / 15, 7.5, 2, 15)
    assert found.low == pytest.approx(stats.chi2.ppf(0.025, 4) / 30) and found.mean_high == 1 / found.low
    assert found.high == pytest.approx(stats.chi2.ppf(0.975, 6) / 30)
    later = survival.exit_rate([2, 3, -1], 10, after=2)
    assert (later.exits, later.exposure) == (1, 9)


def test_nobody_left_gives_a_bound():
    found = survival.exit_rate([-1] * 10, 100)
    assert (found.rate, found.low, found.mean, found.mean_high) == (0, 0, np.inf, np.inf)
    assert found.high == pytest.approx(-np.log(0.025) / 1000) and found.mean_low == 1 / found.high
    assert survival.curve([-1] * 10, 100).steps.size == 0
    assert survival.exit_rate([1, 1], 5).high == 1.0


@pytest.mark.parametrize("steps", [200, 1000, 10_000])
def test_the_rates_interval_covers_as_often_as_it_says(steps):
    rate, rounds = 1e-3, 1000
    found = [survival.exit_rate(censored(rate, 30, steps, 1000 + i), steps) for i in range(rounds)]
    covered = sum(f.low <= rate <= f.high and f.mean_low <= 1 / rate <= f.mean_high for f in found)
    assert stats.binomtest(covered, rounds, 0.95, "less").pvalue > 1e-3
    missed = sum(f.low <= 1.7 * rate <= f.high for f in found)
    assert steps == 200 or stats.binomtest(missed, rounds, 0.95, "less").pvalue < 1e-9


def test_leaving_out_who_stayed_is_wrong():
    times = censored(1e-3, 2000, 1000, 5)
    found, short = survival.exit_rate(times, 1000), survival.exit_rate(times[times > 0], 1000)
    assert found.mean_low < 1000 < found.mean_high
    assert short.mean_high < 600


def test_the_curve_covers_the_exact_survival():
    cost, around = objectives.double_well(height=0.25), {"eta": 0.1, "noise": noise.gaussian(1.5), "start": -1.0}
    run = sgd.ensemble(cost, walkers=2000, steps=300, region=regions.interval(-2, 0), seed=93, **around)
    found = survival.curve(run.exit_time, 300, confidence=0.999)
    for n in (30, 100, 250):
        at = np.searchsorted(found.steps, n, side="right") - 1
        exact = transfer.survival(cost, [n], region=(-2, 0), **around).share[0, 0]
        assert found.low[at] < exact < found.high[at]
        assert not found.low[at] < exact**1.5 < found.high[at]
    settled = transfer.quasi_stationary(cost, region=(-2, 0), eta=0.1, noise=around["noise"])
    rate = survival.exit_rate(run.exit_time, 300, after=30, confidence=0.999)
    assert rate.low < settled.rate < rate.high


def test_the_log_ratio_of_two_mean_times_counts_those_that_stayed():
    top, base = np.array([4, 8, -1]), np.array([2, -1])
    assert survival.log_ratio(top, base, 10) == pytest.approx(np.log((22 / 2) / (12 / 1)))


def test_the_log_ratio_of_simulated_times_is_that_of_their_rates():
    slow, fast = censored(0.001, 4000, 1000, 7), censored(0.004, 4000, 1000, 8)
    left = [(times > 0).sum() for times in (slow, fast)]
    found = survival.log_ratio(slow, fast, 1000)
    assert found == pytest.approx(np.log(4), abs=4 * np.sqrt(1 / left[0] + 1 / left[1]))
    assert abs(np.log(slow[slow > 0].mean() / fast[fast > 0].mean()) - np.log(4)) > 0.3


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: survival.curve([], 3), "exit_time"),
        (lambda: survival.curve([4], 3), "exit_time"),
        (lambda: survival.curve([0], 3), "exit_time"),
        (lambda: survival.curve([1], 0), "steps"),
        (lambda: survival.curve([1], [3, 3]), "steps"),
        (lambda: survival.curve([1], 3, confidence=1), "confidence"),
        (lambda: survival.exit_rate([1, 2], 3, after=2), "no walker"),
        (lambda: survival.exit_rate([1, 2], 3, after=-1), "after"),
        (lambda: survival.log_ratio([-1, -1], [1, 2], 3), "nobody of 2 walkers left in 3 steps"),
    ],
)
def test_bad_input_is_named(call, word):
    if word == "exit_time":
        with pytest.raises((ValueError, TypeError), match=word):
            call()
    else:
        with pytest.raises(ValueError, match=word):
            call()
    with pytest.raises(TypeError, match="whole numbers"):
        survival.curve([1.5], 3)
