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


def added(law, dimension=1, blocks=200):
    """Noise added to the gradient in the first of two steps: (blocks * LANES, dimension)."""
    plug = law.plug(2 * dimension)
    rows = []
    for block in range(blocks):
        words, out = np.zeros((2 * plug.words, LANES), np.uint32), np.empty((2 * dimension, LANES))
        rng.fill(words, 0, block * LANES + np.arange(LANES), rng.NOISE, np.uint64(9))
        plug.function(words[: plug.words], plug.constants, out)
        rows.append(out[:dimension].T)
    return law.amplitude * np.concatenate(rows)


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


def characteristic(x, t):
    """Mean of cos(t x) and its standard error."""
    c = np.cos(t * x)
    return c.mean(), c.std() / np.sqrt(c.size)


@pytest.mark.parametrize("alpha", [1.0, 1.2, 1.5, 1.9, 2.0])
def test_alpha_stable_noise_has_its_characteristic_function(alpha):
    x = added(noise.alpha_stable(alpha, size=0.5))[:, 0]
    for t in (0.3, 1.0, 3.0):
        mean, error = characteristic(x, t)
        assert abs(mean - np.exp(-((0.5 * t) ** alpha))) < 4.2 * error


def test_the_characteristic_function_sees_an_alpha_a_little_off():
    mean, error = characteristic(added(noise.alpha_stable(1.45))[:, 0], 0.3)
    assert abs(mean - np.exp(-(0.3**1.5))) > 4.2 * error


def test_alpha_stable_noise_is_cauchy_at_one_and_normal_at_two():
    cauchy, normal = (added(noise.alpha_stable(alpha, size=2.0))[:, 0] for alpha in (1.0, 2.0))
    assert stats.kstest(cauchy, stats.cauchy(0, 2).cdf).pvalue > 1e-3
    assert stats.kstest(normal, stats.norm(0, np.sqrt(8)).cdf).pvalue > 1e-3
    assert stats.kstest(added(noise.alpha_stable(1.1, size=2.0))[:, 0], stats.cauchy(0, 2).cdf).pvalue < 1e-3


def test_a_sum_of_alpha_stable_noise_is_alpha_stable_again():
    x = added(noise.alpha_stable(1.5), dimension=2)
    single, double = x[::2, 0], x[1::2].sum(axis=1) / 2 ** (1 / 1.5)
    assert stats.ks_2samp(single, double).pvalue > 1e-3
    assert stats.ks_2samp(single, double * 2 ** (1 / 1.5 - 1 / 2)).pvalue < 1e-3


def test_the_largest_values_of_alpha_stable_noise_are_finite():
    words = np.zeros((2, LANES), np.uint32)
    words[0, 1::2], words[1, 2::4] = 2**32 - 1, 2**32 - 1
    for alpha in (1.0, 1.01, 1.5, 2.0):
        plug, out = noise.alpha_stable(alpha).plug(1), np.zeros((1, LANES))
        plug.function(words, plug.constants, out)
        assert np.all(np.abs(out) < 1e10)


LAWS = [noise.uniform, noise.gaussian, lambda size: noise.alpha_stable(1.5, size=size)]


@pytest.mark.parametrize("make", LAWS)
def test_an_amplitude_may_differ_from_walker_to_walker(make):
    law = make([0.5, 2.0])
    assert law.amplitude.tolist() == [0.5, 2.0]
    for wrong in ([-1.0, 1.0], [np.nan], [[1.0]], []):
        with pytest.raises(ValueError, match="must be"):
            make(wrong)


@pytest.mark.parametrize("alpha", [0.9, 2.1, np.nan, -1])
def test_an_impossible_alpha_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha must be"):
        noise.alpha_stable(alpha)


@pytest.mark.parametrize("make", [noise.uniform, noise.gaussian])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_noise_of_impossible_size_is_refused(make, value):
    with pytest.raises(ValueError, match="must be a finite number >= 0"):
        make(value)


@pytest.mark.parametrize("weights", [[], [-1, 2], [0, 0], [np.nan, 1]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights must be"):
        noise.weighted(weights, 1)


def picked(sampler, words, steps, n, k):
    """Picks of every lane at each step, from words (steps, k, LANES): (steps, k, LANES)."""
    state, picks = np.zeros((sampler.plug.state, LANES), np.int32), np.zeros((k, LANES), np.int32)
    found = []
    for step in range(steps):
        sampler.plug.function(words[step], step, n, sampler.table, state, picks)
        found.append(picks.copy())
    return np.array(found)


def random_words(*shape):
    return np.random.default_rng(8).integers(2**32, size=shape, dtype=np.uint32)


def fisher_yates(words, n, k, epochs):
    """The walk of one lane through its own pack of n: it starts again in every step, or in every epoch."""
    pack, found = list(range(n)), []
    for step, row in enumerate(words.tolist()):
        first = step % (n // k) * k if epochs else 0
        for j, word in enumerate(row):
            other = first + j + (word * (n - first - j) >> 32)
            pack[first + j], pack[other] = pack[other], pack[first + j]
        found.append(pack[first : first + k])
    return found


def floyd(words, n, k):
    """Bentley and Floyd's sample of k of n."""
    found = []
    for j, word in enumerate(words.tolist()):
        new = word * (n - k + j + 1) >> 32
        found.append(n - k + j if new in found else new)
    return found


@pytest.mark.parametrize(("n", "k"), [(11, 3), (8, 4), (5, 5), (120, 50)])
def test_shuffling_is_fisher_and_yates(n, k):
    words = random_words(7, k, LANES)
    for sampler, epochs in ((noise.reshuffled(n, k), True), (noise.without_replacement(n, k), False)):
        if epochs or k > 48:
            got = picked(sampler, words, 7, n, k)
            for lane in (0, 1, LANES - 1):
                assert got[:, :, lane].tolist() == fisher_yates(words[:, :, lane], n, k, epochs)


@pytest.mark.parametrize(("n", "k"), [(11, 3), (9, 8), (48, 48), (1, 1)])
def test_a_small_batch_is_drawn_as_floyd_says(n, k):
    words = random_words(2, k, LANES)
    got = picked(noise.without_replacement(n, k), words, 2, n, k)
    for step, lane in itertools.product((0, 1), (0, 1, LANES - 1)):
        assert got[step, :, lane].tolist() == floyd(words[step, :, lane], n, k)


def test_only_large_batches_keep_the_order_of_the_samples():
    assert [noise.without_replacement(60, k).plug.state for k in (1, 48, 49, 60)] == [0, 0, 60, 60]
    assert [noise.without_replacement(60, k).plug.words for k in (1, 48, 49)] == [1, 48, 49]


def test_picks_with_replacement_are_the_words_of_their_place():
    words = random_words(1, 3, LANES)
    got = picked(noise.with_replacement(7, 3), words, 1, 7, 3)
    assert np.array_equal(got[0], words[0].astype(np.uint64) * np.uint64(7) >> np.uint64(32))


@pytest.mark.parametrize("weights", [[0.25, 0.75], [0, 1, 0, 2], np.random.default_rng(1).exponential(size=30)])
def test_the_alias_table_holds_the_weights(weights):
    share, alias = noise.weighted(weights, 1).table.T
    n = len(weights)
    held = (share + np.bincount(alias.astype(int), 1 - share, minlength=n)) / n
    assert np.all((share >= 0) & (share <= 1))
    assert held == pytest.approx(np.asarray(weights) / np.sum(weights), abs=1e-15)


def test_a_weighted_pick_is_the_column_below_its_share_and_the_alias_from_there():
    words = np.full((1, 1, LANES), 2**31, np.uint32)
    words[0, 0, :4] = 0, 2**30 - 1, 2**30, 2**31 - 1
    assert picked(noise.weighted([0.25, 0.75], 1), words, 1, 2, 1)[0, 0, :5].tolist() == [0, 0, 1, 1, 1]


def boxes(u):
    """Normal numbers of uniform ones (w, walkers), w even, by Box and Muller (1958)."""
    radius, angle = np.sqrt(-2 * np.log(u[::2])), 2 * np.pi * u[1::2]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(u.shape)


def test_each_draw_takes_its_own_word_and_normal_ones_are_made_in_pairs():
    words = random_words(6, LANES)
    u = (words + 0.5) / 2**32
    for law, expected in ((noise.uniform(1.5), 2 * u - 1), (noise.gaussian(1.5), boxes(u))):
        plug, out = law.plug(3), np.full((6, LANES), 10.0)
        plug.function(words, plug.constants, out)
        assert np.allclose(out, expected, rtol=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_a_walker_adds_the_draws_of_its_words_step_after_step(d):
    flat = objectives.quadratic(np.zeros(d))
    run = sgd.ensemble(
        flat, start=np.zeros(d), walkers=3, eta=0.5, steps=7, record=1, noise=noise.gaussian([1.0, 2.0, 3.0]), seed=4
    )
    normal = boxes((rng.reference_words(4, rng.NOISE, 3, 0, 8 * d) + 0.5) / 2**32)[: 7 * d].reshape(7, d, 3)
    expected = -0.5 * np.array([1.0, 2.0, 3.0]) * normal
    assert np.allclose(np.diff(run.path, axis=1).transpose(1, 2, 0), expected, rtol=1e-9)


def test_noise_uses_one_word_a_coordinate_or_two():
    assert [noise.uniform(1.0).plug(d).words for d in (1, 2, 3)] == [1, 2, 3]
    assert [noise.gaussian(1.0).plug(d).words for d in (1, 2, 3)] == [1, 2, 3]
    assert [noise.alpha_stable(1.5).plug(d).words for d in (1, 2, 3)] == [2, 4, 6]


def test_no_noise_and_noise_of_size_zero_add_nothing():
    for law in (noise.none(), noise.uniform(0.0), noise.gaussian(0)):
        assert np.all(added(law, 2, blocks=1) == 0)


def test_a_batch_is_at_most_everything():
    for make in (noise.with_replacement, noise.without_replacement, noise.reshuffled):
        make(5, 5)
        for k in (0, 6):
            with pytest.raises(ValueError, match="batch must be"):
                make(5, k)
    with pytest.raises(ValueError, match="batch must be"):
        noise.weighted([1.0], 0)
    assert noise.weighted([1.0], 9).plug.words == 9


def test_only_weights_need_a_table():
    for make in (noise.with_replacement, noise.without_replacement, noise.reshuffled):
        for k in (2, 60):
            assert make(70, k).table.shape == (1, 2)
    assert noise.weighted(np.ones(7), 3).table.shape == (7, 2)
