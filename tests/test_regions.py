"""Regions: who is inside, what is refused."""

import numpy as np
import pytest
from escapelab import regions
from escapelab.plug import LANES


def inside(region, points):
    points = np.atleast_2d(np.asarray(points, float))
    theta = np.zeros((points.shape[1], LANES))
    theta[:, : len(points)] = points.T
    out = np.zeros(LANES, np.uint8)
    region.function(theta, region.constants, out)
    return out[: len(points)].tolist()


def test_an_interval_holds_its_ends():
    assert inside(regions.interval(-1, 2), [[-1.01], [-1], [0], [2], [2.01]]) == [0, 1, 1, 1, 0]


def test_a_box_needs_every_coordinate():
    assert inside(regions.box([0, 0], [1, 2]), [[0.5, 1.9], [0.5, 2.1], [1.1, 0.5]]) == [1, 0, 0]


def test_a_ball_is_round():
    assert inside(regions.ball([1, 1], 1.0), [[1, 2], [1.8, 1.8], [1.7, 1.7]]) == [1, 0, 1]


def test_nobody_leaves_everywhere():
    assert inside(regions.everywhere(), [[1e99], [-1e99]]) == [1, 1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: regions.interval(1, 1),
        lambda: regions.box([0, 0], [1]),
        lambda: regions.box([0], [np.nan]),
        lambda: regions.ball([0], 0),
        lambda: regions.ball([0], np.inf),
    ],
)
def test_impossible_regions_are_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_the_edge_of_a_ball_and_of_a_box_is_inside():
    assert inside(regions.ball([0], 2.0), [[2.0], [-2.0], [2.0001]]) == [1, 1, 0]
    assert inside(regions.ball([3, 0, 4], 5.0), [[0, 0, 0], [3, 5, 4], [3, 3, 8.1]]) == [1, 1, 0]
    box = regions.box([0, -1, 2], [1, 0, 4])
    assert inside(box, [[0, -1, 2], [1, 0, 4], [0.5, -0.5, 1.9], [0.5, 0.1, 3], [-0.1, -0.5, 3]]) == [1, 1, 0, 0, 0]
