"""How batches are drawn and noise is added: exact small cases, moments, and controls that must fail."""

import itertools

import numpy as np
import pytest
from escapelab import noise, objectives, rng, sgd
from escapelab.plug import LANES
from scipy import stats


def drawn(sampler, n, k, blocks=40, seed=1, step=0):
    """Batches of many walkers at one step: (blocks * LANES, k)."""
    rows = []
    for block in range(blocks):
        words = np.ascontiguousarray(rng.reference_words(seed, 0, (block + 1) * LANES, 0, 4 * k)[:k, -LANES:])
        picks = np.zeros((k, LANES), np.int32)
        state = np.zeros((sampler.plug.state, LANES), np.int32)
        sampler.plug.function(words, step, n, sampler.table, state, picks)
        rows.append(picks.T)
    return np.concatenate(rows)


@pytest.mark.parametrize(("n", "k"), [(4, 2), (5, 3), (5, 5), (60, 50)])
def test_without_replacement_draws_each_sample_at_most_once(n, k):
    batches = drawn(noise.without_replacement(n, k), n, k, blocks=2)
    assert all(len(set(batch)) == k and max(batch) < n for batch in batches.tolist())


@pytest.mark.parametrize(("n", "k"), [(4, 2), (5, 3), (6, 1)])
def test_without_replacement_draws_every_subset_equally(n, k):
    batches = drawn(noise.without_replacement(n, k), n, k)
    subsets = [tuple(sorted(batch)) for batch in batches.tolist()]
    counts = [subsets.count(subset) for subset in itertools.combinations(range(n), k)]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert sum(counts) == len(subsets)


def test_shuffling_draws_every_subset_equally_as_floyd_does(monkeypatch):
    monkeypatch.setattr(noise, "_COMPARE", 0)
    batches = drawn(noise.without_replacement(5, 2), 5, 2)
    subsets = [tuple(sorted(batch)) for batch in batches.tolist()]
    assert stats.chisquare([subsets.count(s) for s in itertools.combinations(range(5), 2)]).pvalue > 1e-3


def test_with_replacement_repeats_samples_as_often_as_it_should():
    batches = drawn(noise.with_replacement(5, 2), 5, 2)
    same = np.sum(batches[:, 0] == batches[:, 1])
    assert stats.binomtest(int(same), len(batches), 1 / 5).pvalue > 1e-3
    assert stats.binomtest(int(same), len(batches), 1 / 4).pvalue < 1e-3


def test_reshuffling_sees_every_sample_once_an_epoch():
    J = objectives.sine_fit(samples=20)
    order = sgd.batches(J, batch=5, steps=12, sampler=noise.reshuffled(20, 5), walker=3, seed=4)
    epochs = order.reshape(3, 20)
    assert all(sorted(epoch) == list(range(20)) for epoch in epochs.tolist())
    assert epochs[0].tolist() != epochs[1].tolist()


def test_weights_are_the_probabilities_of_the_picks():
    weights = np.array([0.05, 0.1, 0.2, 0.65])
    picks = drawn(noise.weighted(weights, 3), 4, 3).ravel()
    counts = np.bincount(picks, minlength=4)
    assert stats.chisquare(counts, weights * counts.sum()).pvalue > 1e-3
    assert stats.chisquare(counts, np.full(4, counts.sum() / 4)).pvalue < 1e-3


def added(law, dimension=1, blocks=400, scale=1.0):
    """Noise added to a zero gradient: (blocks * LANES, dimension)."""
    plug = law.plug(dimension)
    rows = []
    for block in range(blocks):
        words = np.zeros((plug.words, LANES), np.uint32)
        padded = np.zeros((4 * max(plug.words, 1), LANES), np.uint32)
        rng.fill(padded, 0, block * LANES, rng.NOISE, np.uint64(9))
        words[:] = padded[: plug.words]
        out = np.zeros((dimension, LANES))
        plug.function(np.zeros((dimension, LANES)), words, np.full(LANES, scale), plug.constants, out)
        rows.append(out.T)
    return np.concatenate(rows)


def test_uniform_noise_is_uniform_on_its_interval():
    assert stats.kstest(added(noise.uniform(2.0))[:, 0], stats.uniform(-2, 4).cdf).pvalue > 1e-3


def test_gaussian_noise_is_normal_with_its_deviation():
    assert stats.kstest(added(noise.gaussian(3.0))[:, 0], stats.norm(0, 3).cdf).pvalue > 1e-3


def test_the_normality_test_sees_a_uniform():
    assert stats.kstest(added(noise.uniform(3.0 * np.sqrt(3)))[:, 0], stats.norm(0, 3).cdf).pvalue < 1e-3


@pytest.mark.parametrize("law", [noise.uniform(1.0), noise.gaussian(1.0)])
@pytest.mark.parametrize("dimension", [2, 3])
def test_coordinates_of_noise_are_uncorrelated(law, dimension):
    r = np.corrcoef(added(law, dimension).T)
    assert np.all(np.abs(r[~np.eye(dimension, dtype=bool)]) < 0.025)


def test_scale_multiplies_the_noise_of_each_walker():
    assert np.allclose(added(noise.gaussian(1.0), scale=2.5), 2.5 * added(noise.gaussian(1.0)), rtol=1e-12)


@pytest.mark.parametrize("make", [noise.uniform, noise.gaussian])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_noise_of_impossible_size_is_refused(make, value):
    with pytest.raises(ValueError, match="must be a finite number >= 0"):
        make(value)


@pytest.mark.parametrize("weights", [[], [-1, 2], [0, 0], [np.nan, 1]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights must be"):
        noise.weighted(weights, 1)
