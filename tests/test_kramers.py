"""Kramers' law against the exact escape times of the transfer operator."""

import numpy as np
import pytest
from escapelab import kramers, noise, objectives, transfer

WELL = objectives.double_well(height=0.25)


def ratio(temperature, eta, high, law, minimiser=-1.0, maximisers=0.0, low=-3.0, cost=WELL):
    """Exact over Kramers' mean time to leave (low, high), at eta sigma^2 = 2 temperature."""
    sigma = np.sqrt(2 * temperature / eta)
    found = kramers.escape_time(cost, minimiser, maximisers, eta=eta, sigma=sigma)
    exact = transfer.exit_times(cost, region=(low, high), eta=eta, noise=noise.gaussian(sigma), start=minimiser)
    return exact.mean[0] / getattr(found, law)


def test_the_law_by_hand():
    found = kramers.escape_time(WELL, -1.0, 0.0, eta=0.1, sigma=0.5)
    assert found.mean == pytest.approx(2 * np.pi / (0.1 * np.sqrt(2)) * np.exp(0.5 / 0.025), rel=1e-6)
    assert found.exponents.tolist() == pytest.approx([20.0]) and found.barriers.tolist() == [0.25]
    assert 0.5 < found.to_top / found.mean < 0.65


@pytest.mark.parametrize(("high", "law"), [(0.5, "mean"), (0.0, "to_top")])
def test_it_is_the_limit_of_the_exact_times(high, law):
    """What it is off by falls as the temperature: halving that, at small steps, and extrapolating gives 1."""
    warm, cool = (ratio(temperature, 1e-3, high, law) for temperature in (0.01, 0.005))
    assert 1.004 < cool < warm < 1.02
    assert 2 * cool - warm == pytest.approx(1.0, abs=1e-3)


def test_a_larger_step_is_off_by_more():
    gaps = [abs(ratio(0.005, eta, 0.5, "mean") - ratio(0.005, 1e-3, 0.5, "mean")) for eta in (0.1, 0.03, 0.01)]
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2] > 0


def test_a_time_too_long_for_a_number_is_infinite():
    assert kramers.escape_time(WELL, -1.0, 0.0, eta=1e-6, sigma=1.0).mean == np.inf


def test_two_sides_are_twice_as_fast_as_one():
    cost = objectives.spiky(curvature=0.0, height=0.1, frequency=2 * np.pi)
    both = kramers.escape_time(cost, 0.0, [-0.5, 0.5], eta=0.01, sigma=1.0)
    assert both.mean == pytest.approx(kramers.escape_time(cost, 0.0, 0.5, eta=0.01, sigma=1.0).mean / 2)
    around = {"cost": cost, "minimiser": 0.0, "low": -0.75, "high": 0.75, "law": "mean"}
    assert ratio(0.02, 1e-3, maximisers=[-0.5, 0.5], **around) == pytest.approx(1.0, abs=0.06)
    assert ratio(0.02, 1e-3, maximisers=0.5, **around) < 0.6


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"minimiser": 0.0}, "curvature"),
        ({"maximisers": 1.0}, "curvature"),
        ({"maximisers": [0.0, 0.0, 0.0]}, "one number or two"),
        ({"eta": 0.0}, "eta"),
        ({"sigma": -1.0}, "sigma"),
        ({"objective": objectives.saddle()}, "one dimension"),
        ({"objective": objectives.double_well(tilt=-0.3), "minimiser": -1.5, "maximisers": 0.5}, "barriers"),
    ],
)
def test_bad_input_is_named(change, word):
    good = {"objective": WELL, "minimiser": -1.0, "maximisers": 0.0, "eta": 0.1, "sigma": 1.0}
    with pytest.raises(ValueError, match=word):
        kramers.escape_time(**{**good, **change})
