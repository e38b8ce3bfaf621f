"""Noise that depends on the place: each scale is the variance that its name says."""

import numpy as np
import pytest
from escapelab import noise, objectives, scales, sgd
from escapelab.plug import LANES


def test_scales_are_what_they_are_called():
    J, x = objectives.two_wells(depths=(1.0, 2.0)), np.linspace(-2, 2, 9)
    for make, name in ((scales.loss, "loss"), (scales.curvature, "curvature"), (scales.both, "both")):
        assert make(J) is J.plugs[name]
    out, theta = np.empty(LANES), np.zeros((1, LANES))
    theta[0, :9] = x
    plug = scales.per_basin(0.0, [4.0, 1.0], blend=0.25)
    plug.function(theta, J.data, plug.constants, out)
    assert out[:9].tolist() == [4, 4, 4, 4, 2.5, 1, 1, 1, 1]


def test_the_noise_of_each_well_is_set_on_its_own():
    J = objectives.two_wells(depths=(1.0, 2.0))
    start = np.repeat([-1.0, 1.0], 20_000)
    options = {"eta": 1.0, "steps": 1, "noise": noise.gaussian(0.1), "seed": 5}
    run = sgd.ensemble(J, start=start, scale=scales.per_basin([0.0], [1.0, 9.0], blend=0.5), **options)
    moved = (run.theta[:, 0] - start).reshape(2, -1)
    assert moved.var(axis=1) == pytest.approx([0.01, 0.09], rel=5 * np.sqrt(2 / 20_000))


def test_between_three_basins_the_variance_rises_and_falls_smoothly():
    plug = scales.per_basin([-1.0, 1.0], [0.0, 3.0, 1.0], blend=0.5)
    theta, out = np.linspace(-2, 2, LANES)[None], np.empty(LANES)
    plug.function(theta, np.zeros((1, 0)), plug.constants, out)
    assert (out[0], out[LANES // 2], out[-1]) == pytest.approx((0, 3, 1))
    assert np.abs(np.diff(out)).max() < 3 * 15 / 16 / 0.5 * 4 / (LANES - 1) * 1.01


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: scales.per_basin([0.0], [1.0, -1.0], blend=0.5), ValueError),
        (lambda: scales.per_basin([0.0], [1.0, 2.0], blend=0), ValueError),
        (lambda: scales.per_basin([0.0, 0.5], 1.0, blend=0.5), ValueError),
        (lambda: scales.per_basin([0.0], [1.0, 2.0, 3.0], blend=0.5), ValueError),
        (lambda: scales.per_basin([[0.0]], [1.0, 2.0], blend=0.5), ValueError),
        (lambda: scales.curvature(objectives.saddle()), ValueError),
        (lambda: scales.both(objectives.spiky()), ValueError),
        (lambda: scales.loss(3), TypeError),
    ],
)
def test_impossible_scales_are_refused(make, error):
    with pytest.raises(error, match=r"\w"):
        make()
