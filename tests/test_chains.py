"""Chains of basins against what is known of walks and ruined gamblers."""

import numpy as np
import pytest
from escapelab import chains, escape, noise, objectives, sgd, transfer
from scipy import stats


def walk(m, up):
    """A walk on 0 .. m - 1 that goes up or down and stays at the ends."""
    p = np.diag(np.full(m - 1, up), 1) + np.diag(np.full(m - 1, 1 - up), -1)
    p[0, 0], p[-1, -1] = 1 - up, up
    return p


@pytest.mark.parametrize("up", [0.3, 0.5, 0.7])
def test_a_gambler_is_ruined_as_in_the_books(up):
    r, m, i = (1 - up) / up, 8, np.arange(8)
    expected = i / (m - 1) if up == 0.5 else (1 - r**i) / (1 - r ** (m - 1))
    assert chains.hitting(walk(m, up), [m - 1], [0]) == pytest.approx(expected, rel=1e-12)
    assert chains.climb(walk(m, up), 1, 4) == pytest.approx(0.2 if up == 0.5 else (1 - r) / (1 - r**5), rel=1e-12)


def test_a_fair_game_lasts_the_product_of_the_distances():
    p = walk(9, 0.5)
    p[0], p[-1] = np.eye(9)[0], np.eye(9)[8]
    stop = np.zeros((10, 10))
    stop[:9, :9], stop[0], stop[8], stop[9, 9] = p, np.eye(10)[9], np.eye(10)[9], 1
    assert chains.passage_times(stop)[:9, 9] - 1 == pytest.approx(np.arange(9) * (8 - np.arange(9)), abs=1e-10)


@pytest.mark.parametrize("up", [0.2, 0.5])
def test_a_walk_between_walls_is_geometric(up):
    share = chains.stationary(walk(6, up))
    assert share[1:] / share[:-1] == pytest.approx(up / (1 - up), rel=1e-12)
    assert 1 / np.diag(chains.passage_times(walk(6, up))) == pytest.approx(share, rel=1e-12)


def test_rare_transitions_keep_their_digits():
    p = np.array([[1.0, 1e-40], [3e-40, 1.0]])
    assert chains.stationary(p) == pytest.approx([0.75, 0.25], rel=1e-14)
    up = np.array([[0.0, 1.0, 0.0], [1 - 1e-30, 0.0, 1e-30], [0.0, 0.0, 1.0]])
    assert chains.passage_times(up)[0, 2] == pytest.approx(2e30, rel=1e-12)


def test_what_leaves_for_good_reaches_nothing():
    p = np.array([[0.5, 0.25], [0.0, 0.5]])
    assert chains.hitting(p, [1]).tolist() == [0.5, 1.0]
    assert np.isinf(chains.passage_times(p)).all()
    apart = np.eye(3)
    assert chains.hitting(apart, [2]).tolist() == [0, 0, 1]
    assert chains.passage_times(apart)[2].tolist() == [np.inf, np.inf, 1.0]


def test_transitions_are_counted_until_a_walker_is_outside():
    states = np.array([[0, 0, 1, 2], [1, -1, 0, 0], [2, 2, 2, 1]])
    found = chains.transitions(states, 3)
    assert found.counts.tolist() == [[1, 1, 0], [0, 0, 1], [0, 1, 2]]
    assert found.lost.tolist() == [0, 1, 0]
    assert found.matrix[2].tolist() == [0, 1 / 3, 2 / 3]
    moves = chains.transitions(states, 3, per="move")
    assert moves.counts.tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0]] and moves.lost.tolist() == [0, 1, 0]


def test_intervals_are_scipys_exact_ones():
    states = np.array([[0] * 8 + [1] * 3 + [0] * 5])
    found, exact = chains.transitions(states, 3, confidence=0.9), stats.binomtest(1, 12)
    assert found.counts[0].tolist() == [11, 1, 0]
    for value, end in zip((found.low, found.high), exact.proportion_ci(0.9), strict=True):
        assert value[0, 1] == pytest.approx(end)
    assert (found.low[2].tolist(), found.high[2].tolist()) == ([0, 0, 0], [1, 1, 1])
    assert found.low[0, 2] == 0 and found.high[0, 2] == pytest.approx(stats.binomtest(0, 12).proportion_ci(0.9).high)


def test_one_step_from_the_long_run_is_the_exact_matrix():
    cost, around = objectives.double_well(height=0.25, tilt=0.05), {"eta": 0.2, "noise": noise.gaussian(1.5)}
    found = escape.basins(cost, -4, 4)
    run = sgd.ensemble(cost, start=-1.0, walkers=20_000, steps=501, record=[500, 501], seed=91, **around)
    exact = transfer.occupancy(cost, found.edges, **around)
    counted = chains.transitions(found.which(run.path[:, :, 0]), 2, confidence=0.999)
    assert np.all((counted.low <= exact.matrix) & (exact.matrix <= counted.high))
    assert not np.all((counted.low <= exact.matrix[::-1, ::-1]) & (exact.matrix[::-1, ::-1] <= counted.high))
    assert chains.stationary(exact.matrix) == pytest.approx(exact.share, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: chains.stationary([[0.5, 0.4], [0, 1]]), "sum to 1"),
        (lambda: chains.stationary(np.eye(2)), "never left"),
        (lambda: chains.stationary([[0.5, 0.6], [0, 1]]), "probabilities"),
        (lambda: chains.stationary([[1.5, -0.5], [0, 1]]), "probabilities"),
        (lambda: chains.stationary(np.zeros((2, 3))), "shape"),
        (lambda: chains.hitting(np.eye(2), []), "targets"),
        (lambda: chains.hitting(np.eye(2), [1], [1]), "trap"),
        (lambda: chains.hitting(np.eye(2), [2]), "targets"),
        (lambda: chains.climb(np.eye(3), 1, 2), "stairs"),
        (lambda: chains.transitions(np.zeros((2, 2), int), 2, per="step"), "per"),
        (lambda: chains.transitions(np.full((2, 2), 5), 2), "states"),
        (lambda: chains.transitions(np.zeros((2, 2), int), 2, confidence=1.0), "confidence"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call()
    with pytest.raises(TypeError, match="whole numbers"):
        chains.transitions(np.zeros((2, 2)), 2)
