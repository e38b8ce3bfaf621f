"""Simulated annealing settles to Gibbs' law, never climbs when cold, and says what is wrong with its input."""

import numpy as np
import pytest
from escapelab import annealing, objectives
from scipy import stats

BOWL = objectives.quadratic(2.0)
HEAT = {"width": 1.0, "hot": 0.5, "cold": 0.5, "looks": 100, "walkers": 4000, "seed": 1}


def gibbs(temperature):
    """Probability of a spread as far off as measured, if the settled law has variance T / curvature."""
    run = annealing.annealed(BOWL, start=0.0, **HEAT)
    score = (run.path[:, -1, 0] ** 2).sum() / (temperature / 2.0)
    return 2 * min(stats.chi2.cdf(score, 4000), stats.chi2.sf(score, 4000))


def test_at_one_temperature_walkers_settle_to_gibbs_law():
    assert gibbs(0.5) > 1e-3


def test_another_temperature_would_be_noticed():
    assert gibbs(0.6) < 1e-3


def test_without_temperature_no_walker_ever_climbs():
    run = annealing.annealed(objectives.sine_fit(), start=1.0, **{**HEAT, "hot": 1e-12, "cold": 1e-12})
    assert np.all(np.diff(run.loss, axis=1) <= 1e-9)


def test_the_temperature_falls_by_equal_factors():
    run = annealing.annealed(BOWL, start=0.0, width=1.0, hot=2.0, cold=0.25, looks=5, seed=1)
    assert run.temperature == pytest.approx([2.0, 1.0, 0.5, 0.25])


def test_the_path_begins_at_the_start_and_carries_its_losses():
    start = np.array([[1.0, -2.0], [3.0, 0.5]])
    spiky = objectives.spiky(dimension=2)
    run = annealing.annealed(spiky, start=start, width=0.3, hot=1.0, cold=0.1, looks=7)
    assert np.array_equal(run.path[:, 0], start)
    assert np.array_equal(run.loss, spiky.loss(run.path.reshape(-1, 2)).reshape(2, 7))


def test_a_walker_stands_still_or_moves_by_about_the_width():
    widths = np.repeat([0.01, 1.0], 500)
    run = annealing.annealed(BOWL, start=np.zeros((1000, 1)), width=widths, hot=1e6, cold=1e6, looks=2, seed=2)
    small, large = abs(run.path[:, 1, 0]).reshape(2, 500).mean(axis=1)
    assert large / small == pytest.approx(100.0, rel=0.3)


def test_the_seed_decides():
    same, again, other = (annealing.annealed(BOWL, start=0.0, **{**HEAT, "seed": s}).path for s in (3, 3, 4))
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"width": 0.0}, "width"),
        ({"hot": 0.0}, "hot"),
        ({"cold": -1.0}, "cold"),
        ({"looks": 1}, "looks"),
        ({"start": np.nan}, "start"),
        ({"walkers": 10**9}, "GB"),
    ],
)
def test_bad_input_is_named(changed, said):
    with pytest.raises(ValueError, match=said):
        annealing.annealed(BOWL, **{"start": 0.0, **HEAT, **changed})
