"""The counter generator: published vectors, the same stream in NumPy, uniformity with controls, seeds."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from escapelab import rng
from escapelab.plug import LANES
from scipy import stats

# Random123's kat_vectors for philox4x32-10 (Salmon et al. 2011): counter, key, result.
VECTORS = [
    ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_philox_gives_the_published_vectors(counter, key, expected):
    words = rng.philox(*(np.uint64(x) for x in (*counter, *key)))
    assert tuple(int(w) for w in words) == expected


def filled(seed, stream, walker, first, rows):
    words = np.empty((rows, LANES), np.uint32)
    rng.fill(words, first, walker + np.arange(LANES), stream, np.uint64(rng.shifted(seed)))
    return words


@pytest.mark.parametrize(
    ("seed", "stream", "walker", "first"),
    [(0, 0, 0, 0), (7, 1, LANES, 4), (2**32 - 1, 0, 3 * LANES, 400), (1, 1, 37, 8)],
)
def test_the_stream_is_the_same_in_numpy(seed, stream, walker, first):
    plain = rng.reference_words(seed, stream, walker + LANES, first, 8)[:, walker:]
    assert np.array_equal(filled(seed, stream, walker, first, 8), plain)


def test_the_stream_goes_on_beyond_two_to_the_34_words():
    first = 2**34
    assert np.array_equal(filled(3, 0, 0, first, 4), rng.reference_words(3, 0, LANES, first, 4))
    assert not np.array_equal(filled(3, 0, 0, first, 4), filled(3, 0, 0, 0, 4))


def chi_square(words, cells=256):
    counts = np.bincount((words.ravel() >> np.uint32(24)).astype(int), minlength=cells)
    return stats.chisquare(counts).pvalue


def test_words_are_uniform():
    assert chi_square(rng.reference_words(1, 0, 4096, 0, 256)) > 1e-3


def test_a_tilt_of_one_part_in_a_hundred_is_caught():
    words = rng.reference_words(1, 0, 4096, 0, 256).astype(np.uint64)
    tilted = np.where(words % np.uint64(100) == 0, words >> np.uint64(1), words).astype(np.uint32)
    assert chi_square(tilted) < 1e-3


@pytest.mark.parametrize("other", ["next walker", "next seed", "next word", "other stream"])
def test_neighbouring_streams_are_uncorrelated(other):
    a = rng.reference_words(5, 0, 64, 0, 4000)
    b = {
        "next walker": rng.reference_words(5, 0, 65, 0, 4000)[:, 1:],
        "next seed": rng.reference_words(6, 0, 64, 0, 4000),
        "next word": rng.reference_words(5, 0, 64, 1, 4000),
        "other stream": rng.reference_words(5, 1, 64, 0, 4000),
    }[other]
    r = np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1]
    assert abs(r) < 4 / np.sqrt(a.size)


def test_uniform_lies_inside_the_open_unit_interval():
    assert 0 < rng.uniform(np.uint32(0)) < 1e-9
    assert 1 - 1e-9 < rng.uniform(np.uint32(2**32 - 1)) < 1


@pytest.mark.parametrize("n", [1, 2, 7, 100, 2000])
def test_picks_cover_all_samples_equally(n):
    words = rng.reference_words(2, 0, 1000, 0, 200).ravel()
    picks = np.array([rng.pick(word, n) for word in words])
    assert picks.min() == 0
    assert picks.max() == n - 1
    assert stats.chisquare(np.bincount(picks, minlength=n)).pvalue > 1e-3 if n > 1 else True


def test_a_shift_changes_every_stream(monkeypatch):
    before, draw = rng.reference_words(1, 0, 8, 0, 8), rng.generator(1).random()
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "3")
    assert not np.array_equal(rng.reference_words(1, 0, 8, 0, 8), before)
    assert rng.generator(1).random() != draw


def test_a_shift_never_meets_another_seed(monkeypatch):
    plain = {rng.shifted(seed) for seed in range(100)}
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "1")
    assert plain.isdisjoint(rng.shifted(seed) for seed in range(100))


@pytest.mark.parametrize("seed", [-1, 2**32, True])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(ValueError, match="seed must be between 0"):
        rng.shifted(seed)


@pytest.mark.parametrize("seed", [1.0, "1", None])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(TypeError, match="seed must be a whole number"):
        rng.shifted(seed)


def test_a_uniform_is_the_middle_of_its_cell():
    for word in (0, 1, 12_345, 2**31, 2**32 - 1):
        assert rng.uniform(np.uint32(word)) == (word + 0.5) / 2**32


def test_a_pick_is_the_word_times_n_without_its_low_half():
    for word, n in ((0, 7), (2**32 - 1, 7), (2**31, 2), (2**31 - 1, 2), (123_456_789, 1000)):
        assert rng.pick(np.uint32(word), n) == word * n >> 32


def test_a_shift_is_the_high_half_of_the_key(monkeypatch):
    assert rng.shifted(5) == 5
    assert rng.generator(5).random() == np.random.default_rng([5, 0]).random()
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "3")
    assert rng.shifted(5) == 5 + (3 << 32)
    assert rng.shifted(2**32 - 1) == 2**34 - 1
    assert rng.generator(5).random() == np.random.default_rng([5, 3]).random()


@pytest.mark.parametrize("shift", ["-1", str(2**32)])
def test_a_shift_out_of_range_is_refused(monkeypatch, shift):
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", shift)
    with pytest.raises(ValueError, match="ESCAPELAB_SEED_SHIFT must be between 0"):
        rng.shifted(1)


RANDOMNESS = Path(__file__).parents[1] / "benchmarks" / "randomness"


def dieharder(stream):
    """What dieharder said of a stream: (p value, verdict) of each result, kept by benchmarks/randomness/run.sh."""
    lines = [line.split("|") for line in (RANDOMNESS / f"{stream}.txt").read_text().splitlines()]
    return [(float(line[4]), line[5].strip()) for line in lines]


@pytest.mark.parametrize("stream", ["walkers", "seeds"])
def test_dieharder_found_no_fault_in_neighbouring_streams(stream):
    results = dieharder(stream)
    weak = sum(p < 0.005 or p > 0.995 for p, _ in results)
    assert len(results) == 79 and "FAILED" not in {verdict for _, verdict in results}
    assert stats.binomtest(weak, len(results), 0.01, alternative="greater").pvalue > 1e-3


def test_dieharder_refused_a_multiplied_counter():
    assert {verdict for _, verdict in dieharder("counting")} == {"FAILED"}


@pytest.mark.parametrize("kind", ["walkers", "seeds"])
def test_dieharder_was_given_the_librarys_own_words(kind, monkeypatch):
    monkeypatch.syspath_prepend(RANDOMNESS)  # numba's cache finds what it kept of a module by its name
    stream = importlib.import_module("stream")
    words = next(stream.blocks(kind, 3))[:16]
    seeds = [rng.reference_words(LANES * 3 + lane, 0, 1, 0, 16)[:, 0] for lane in range(LANES)]
    expected = rng.reference_words(3, 0, LANES, 0, 16) if kind == "walkers" else np.column_stack(seeds)
    assert np.array_equal(words, expected)
