"""Where the randomness of SGD comes from: how a batch is drawn, and noise added to a gradient.

Samplers write sample numbers; noise laws make the draws that the simulator multiplies by the amplitude and adds to the
gradient. Each is a :class:`escapelab.plug.Plug` made by a factory with keyword arguments. Explained in
thread/f1-batch-like-dataset (batches) and smoothing/s1-one-step (added noise).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from . import rng
from .arguments import array, count, each, number
from .plug import LANES, Plug, compiled, fma, make
from .vecmath import exp, log, sincos

_TWO_PI = 6.283185307179586
_COMPARE = 48  # up to this batch size Floyd's comparisons beat shuffling


@compiled("sampler")
def _with_replacement(words, step, n, table, state, picks):
    for j in range(picks.shape[0]):
        for i in range(LANES):
            picks[j, i] = rng.pick(words[j, i], n)


@compiled("sampler")
def _floyd(words, step, n, table, state, picks):
    k = picks.shape[0]
    taken = np.empty(LANES, np.int32)
    for j in range(k):
        last, new, word = n - k + j, picks[j], words[j]
        for i in range(LANES):
            new[i] = rng.pick(word[i], last + 1)
            taken[i] = 0
        for h in range(j):
            old = picks[h]
            for i in range(LANES):
                taken[i] |= old[i] == new[i]
        for i in range(LANES):
            new[i] = last if taken[i] else new[i]


@compiled("sampler")
def _shuffle(words, step, n, table, state, picks):
    k = picks.shape[0]
    reshuffled = table[0, 0] != 0.0
    first = (step % (n // k)) * k if reshuffled else 0
    if step == 0:
        for j in range(n):
            for i in range(LANES):
                state[j, i] = j
    for j in range(k):
        for i in range(LANES):
            other = first + j + rng.pick(words[j, i], n - first - j)
            chosen = state[other, i]
            state[other, i] = state[first + j, i]
            state[first + j, i] = chosen
            picks[j, i] = chosen


@compiled("sampler")
def _weighted(words, step, n, table, state, picks):
    for j in range(picks.shape[0]):
        for i in range(LANES):
            product = np.uint64(words[j, i]) * np.uint64(n)
            column = np.int32(product >> np.uint64(32))
            fraction = np.float64(np.uint32(product & np.uint64(0xFFFFFFFF))) * 2.3283064365386963e-10
            alias = np.int32(table[column, 1])
            picks[j, i] = column if fraction < table[column, 0] else alias


class Sampler(NamedTuple):
    """How batches are drawn: a plug made for one data size n and batch size k, and its table."""

    plug: Plug
    table: np.ndarray  # (n, 2) for weights, (1, 2) otherwise


def with_replacement(n, k):
    """k independent uniform picks of n; the variance of the batch mean is Var / k."""
    _batch(n, k)
    return Sampler(make("sampler", _with_replacement, words=k), np.zeros((1, 2)))


def without_replacement(n, k):
    """A uniform subset of k of n, new at every step; the variance of the batch mean is Var (n - k) / (k (n - 1)).

    Floyd's algorithm (Bentley and Floyd 1987) for small k, a partial Fisher-Yates shuffle beyond.
    """
    _batch(n, k)
    if k <= _COMPARE:
        return Sampler(make("sampler", _floyd, words=k), np.zeros((1, 2)))
    return Sampler(make("sampler", _shuffle, words=k, state=n), np.zeros((1, 2)))


def reshuffled(n, k):
    """Every epoch of n // k steps runs once through a fresh permutation. Explained in practice/p3b-reshuffling."""
    _batch(n, k)
    return Sampler(make("sampler", _shuffle, words=k, state=n), np.ones((1, 2)))


def weighted(weights, k):
    """k independent picks with the given probabilities (n,), by Walker's alias method (Vose 1991)."""
    p = np.asarray(weights, dtype=np.float64)
    if p.ndim != 1 or p.size == 0 or not np.all(np.isfinite(p)) or np.any(p < 0) or p.sum() <= 0:
        raise ValueError("weights must be a list of non-negative numbers with a positive sum")
    return Sampler(make("sampler", _weighted, words=count("batch", k, 1)), _aliases(p.tobytes()).copy())


@lru_cache(maxsize=16)
def _aliases(weights):
    """Vose's table of the weights in these bytes: the share that keeps its column, and the alias."""
    p = np.frombuffer(weights)
    p = p * (p.size / p.sum())
    table = np.column_stack([np.ones(p.size), np.arange(p.size, dtype=np.float64)])
    small, large = np.flatnonzero(p < 1).tolist(), np.flatnonzero(p >= 1).tolist()
    while small and large:
        low, high = small.pop(), large[-1]
        table[low] = p[low], high
        p[high] -= 1 - p[low]
        if p[high] < 1:
            small.append(large.pop())
    return table


def _batch(n, k):
    if count("batch", k, 1) > n:
        raise ValueError(f"batch must be between 1 and the number of samples, {n}; got {k}")


@compiled("noise")
def _none(words, c, out):
    out[:] = 0.0


@compiled("noise")
def _uniform(words, c, out):
    for j in range(out.shape[0]):
        for i in range(LANES):
            out[j, i] = fma(2.0, rng.uniform(words[j, i]), -1.0)


@compiled("noise")
def _gaussian(words, c, out):
    for j in range(0, out.shape[0], 2):
        for i in range(LANES):
            radius = np.sqrt(-2.0 * log(rng.uniform(words[j, i])))
            sine, cosine = sincos(_TWO_PI * rng.uniform(words[j + 1, i]))
            out[j, i], out[j + 1, i] = radius * cosine, radius * sine


@compiled("noise")
def _alpha_stable(words, c, out):
    alpha, v, e = c[0], np.empty(LANES), np.empty(LANES)
    for j in range(out.shape[0]):
        for i in range(LANES):
            v[i] = 0.5 * _TWO_PI * (rng.uniform(words[2 * j, i]) - 0.5)
            e[i] = -log(rng.uniform(words[2 * j + 1, i]))
        for i in range(LANES):
            sine = sincos(alpha * v[i])[0]
            across, along = sincos(v[i])[1], sincos((1.0 - alpha) * v[i])[1]
            tail = exp((1.0 - alpha) / alpha * log(along / e[i]) - log(across) / alpha)
            out[j, i] = sine * tail


class Noise(NamedTuple):
    """A law of noise added to a gradient."""

    function: object
    constants: tuple = ()
    amplitude: object = 1.0  # a number, or (walkers,) of them, that multiplies the draws
    words: int = 1  # random words a coordinate

    def plug(self, dimension):
        """The plug of this law in so many dimensions; its draws have amplitude 1."""
        return make("noise", self.function, self.constants, words=self.words * dimension)


def uniform(radius):
    """Independent uniform noise on [-radius, radius] in each coordinate of the gradient; sd = radius / sqrt(3).

    radius : a number or (walkers,), >= 0. Raises ValueError otherwise. Explained in smoothing/s2-spiky.
    """
    return Noise(_uniform, amplitude=_amplitude("radius", radius))


def gaussian(sigma):
    """Independent normal noise of standard deviation sigma in each coordinate of the gradient.

    sigma : a number or (walkers,), >= 0. Box and Muller (1958) from 32-bit words: no value beyond 6.7 sigma
    (probability 2e-11) is drawn. Raises ValueError for other sigma. Explained in thread/q5-how-deep.
    """
    return Noise(_gaussian, amplitude=_amplitude("sigma", sigma))


def alpha_stable(alpha, *, size=1.0):
    """Independent symmetric alpha-stable noise, heavy-tailed for alpha < 2: E exp(i t w) = exp(-|size t|^alpha).

    alpha : 1 <= alpha <= 2; 2 is normal with variance 2 size^2, 1 is Cauchy's law. For alpha < 2 the variance is
    infinite and P(|w| > x) ~ x^-alpha: one step may be as long as it likes. A sum of n of them is one of size
    n^(1/alpha), so that, unlike Student's t, the law is the same at every step size; that is why it stands for
    heavy-tailed gradients. size : a number or (walkers,), >= 0. From 32-bit words: none beyond 1e10 size is drawn,
    and of the tail what is rarer than 2^-32.

    Raises ValueError otherwise. Source: Chambers, Mallows and Stuck 1976; Simsekli et al. 2019.
    Explained in thread/f7-what-is-assumed.
    """
    exponent = number("alpha", alpha, least=1)
    if exponent > 2:
        raise ValueError(f"alpha must be between 1 and 2; got {alpha!r}")
    return Noise(_alpha_stable, (exponent,), amplitude=_amplitude("size", size), words=2)


def _amplitude(name, value):
    """value as a float, or as (walkers,) floats, >= 0."""
    if np.ndim(value) == 0:
        return number(name, value, least=0)
    values = array(name, value)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"{name} must be a number or (walkers,) numbers; got shape {values.shape}")
    return each(name, values, values.size, least=0)


def none():
    """No added noise."""
    return Noise(_none)
