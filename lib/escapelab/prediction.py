"""Measured values with prediction limits: where the value of a fresh run of the same size will lie, given one run.

Both runs err, so these are not confidence intervals: they are sqrt(2) wider. Two levels throughout, ALPHA95 and
ALPHA (1e-6), two-sided; the `_limits` functions return (low95, high95, low, high). Explained in verdict/v2-ledger.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import scipy

ALPHA95, ALPHA = 0.05, 1e-6


class Measurement(NamedTuple):
    """A measured value and what a fresh run of the same size may give instead."""

    value: float
    low95: float  # a fresh value falls outside [low95, high95] with probability miss95
    high95: float
    low: float  # a fresh value falls outside [low, high] with probability 1e-6 at most
    high: float
    miss95: float  # about 0.05; less for counts, 0 for a deterministic value
    unit: str
    kind: str  # proportion, mean, statistic or exact

    def covers(self, number: float) -> bool:
        """Whether a fresh run could give this number: low <= number <= high."""
        return bool(self.low <= number <= self.high)


def finite(name: str, value) -> float:
    """value as a float; ValueError with the argument's name unless it is one finite number."""
    number = np.asarray(value)
    if number.shape != () or number.dtype.kind not in "biuf" or not np.isfinite(number):
        raise ValueError(f"{name} must be one finite number, got {value!r}")
    return float(number)


def _samples(samples) -> np.ndarray:
    """Samples (n, ...) as numbers, whole ones as they are: a statistic may count by them."""
    array = np.asarray(samples)
    array = array if array.dtype.kind in "iu" else array.astype(float)
    if array.ndim == 0 or len(array) < 30:
        raise ValueError(f"samples must hold at least 30 values, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("samples must be finite: leave out or censor diverged walkers and say so")
    return array


def _log_choose(n, k):
    return scipy.special.gammaln(n + 1.0) - scipy.special.gammaln(k + 1.0) - scipy.special.gammaln(n - k + 1.0)


def _first_at_most(x: int, y: int, n: int) -> float:
    """P(first run has at most x successes | both runs, of n each, have x + y), a hypergeometric tail."""
    total = x + y
    spread = int(12.0 * np.sqrt(n)) + 60
    j = np.arange(max(0, total - n, x - spread), x + 1)
    return float(np.exp(_log_choose(n, j) + _log_choose(n, total - j) - _log_choose(2 * n, total)).sum())


def _highest_count(x: int, n: int, tail: float) -> int:
    """The largest fresh count y for which the first count x is not surprisingly small; the tail falls in y."""
    low, high = x, n + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _first_at_most(x, middle, n) > tail else (low, middle)
    return low


def _predicted_miss(x: int, n: int, low: int, high: int) -> float:
    """P(fresh count outside [low, high]) when Jeffreys' prior has seen x of n: a beta-binomial tail."""
    y = np.concatenate([np.arange(low), np.arange(high + 1, n + 1)])
    log_p = (
        _log_choose(n, y)
        + scipy.special.betaln(x + y + 0.5, 2.0 * n - x - y + 0.5)
        - scipy.special.betaln(x + 0.5, n - x + 0.5)
    )
    return float(np.exp(log_p).sum())


def count_limits(x: int, n: int) -> tuple[tuple[int, int, int, int], float]:
    """Limits for a fresh count of n trials after x of n, and the probability that it falls outside the 95 % ones.

    The fresh count y is inside when Fisher's exact test cannot tell y from x, so that whatever the true share is,
    the pair (x, y) falls outside with probability alpha at most (less, because counts are discrete).
    """
    limits = []
    for alpha in (ALPHA95, ALPHA):
        limits += [n - _highest_count(n - x, n, alpha / 2.0), _highest_count(x, n, alpha / 2.0)]
    return tuple(limits), _predicted_miss(x, n, limits[0], limits[1])


def _student(degrees: int, alpha: float) -> float:
    return float(scipy.special.stdtrit(degrees, 1.0 - alpha / 2.0))


def mean_limits(samples: np.ndarray) -> tuple[float, float, float, float]:
    """Limits for the mean of a fresh sample (n,): Student's t times s sqrt(2/n), skewed as the sample is.

    With skewness g the studentised difference of two means has its quantiles near t + g t^2 / sqrt(8n)
    (Cornish-Fisher); the factor exp(+-g t / sqrt(8n)) agrees to that order and keeps the limits in order. At 1e-6
    it only lengthens the long side, because the skewness itself is estimated.
    """
    n, centre, spread = len(samples), samples.mean(), samples.std()
    skewness = np.mean((samples - centre) ** 3) / spread**3
    error = spread * np.sqrt(2.0 / (n - 1))
    limits = []
    for alpha in (ALPHA95, ALPHA):
        t = _student(n - 1, alpha)
        lean = skewness * t / np.sqrt(8.0 * n)
        down, up = (-lean, lean) if alpha == ALPHA95 else (max(-lean, 0.0), max(lean, 0.0))
        limits += [float(centre - t * error * np.exp(down)), float(centre + t * error * np.exp(up))]
    return tuple(limits)


def bootstrap_limits(
    arrays: Sequence[np.ndarray], function: Callable, value: float, resamples: int
) -> tuple[float, float, float, float]:
    """Limits for function(*arrays) of fresh arrays: value +- t sqrt(2) times the bootstrap's standard error."""
    generator = np.random.default_rng(0)
    values = np.empty(resamples)
    for i in range(resamples):
        values[i] = function(*(a[generator.integers(0, len(a), len(a))] for a in arrays))
    error = np.sqrt(2.0) * values.std(ddof=1)
    if not error > 0.0:
        raise ValueError("the statistic does not vary over resamples: record it with exact() or as a proportion()")
    degrees = min(len(a) for a in arrays) - 1
    limits = []
    for alpha in (ALPHA95, ALPHA):
        limits += [value - _student(degrees, alpha) * error, value + _student(degrees, alpha) * error]
    return tuple(map(float, limits))


def proportion(successes: int, trials: int, unit: str = "") -> Measurement:
    """The share successes / trials, with the limits that an exact conditional test of two equal runs gives."""
    counts = {"successes": successes, "trials": trials}
    for name, count in counts.items():
        if np.asarray(count).dtype.kind not in "iu" or np.asarray(count).shape != ():
            raise ValueError(f"{name} must be a whole number, got {count!r}")
    x, n = int(successes), int(trials)
    if not 0 <= x <= n or n < 1:
        raise ValueError(f"successes must lie between 0 and trials, and trials be positive; got {x} of {n}")
    limits, miss = count_limits(x, n)
    return Measurement(x / n, *(count / n for count in limits), miss, unit, "proportion")


def mean(samples, unit: str = "") -> Measurement:
    """The mean of independent samples (n,), n >= 30, with Student's limits corrected for skewness.

    With heavy tails (infinite variance, or a few samples that carry the sum) no such limit is honest:
    measure the median through `statistic`, the mean of a logarithm, or a proportion instead.
    """
    array = _samples(samples)
    if array.ndim != 1:
        raise ValueError(f"samples must have shape (n,), got {array.shape}")
    if np.ptp(array) == 0.0:
        raise ValueError("samples are all equal: record them with exact() or as a proportion()")
    return Measurement(float(array.mean()), *mean_limits(array), 0.05, unit, "mean")


def statistic(samples, function: Callable, unit: str = "", resamples: int = 1000) -> Measurement:
    """function(samples) as one number, with bootstrap limits; samples (n, ...), n >= 30, rows independent.

    A tuple of arrays is resampled array by array and given as function(*arrays). The limits take the
    statistic as normal with the bootstrap's spread: right for medians, quantiles well inside the sample, slopes,
    variances of light-tailed samples; wrong for a maximum, and too short where few samples decide.
    """
    arrays = [_samples(part) for part in (samples if isinstance(samples, tuple) else (samples,))]
    value = finite("function(samples)", function(*arrays))
    limits = bootstrap_limits(arrays, function, value, resamples)
    return Measurement(value, *limits, 0.05, unit, "statistic")


def exact(value: float, rtol: float = 1e-9, atol: float = 0.0, unit: str = "") -> Measurement:
    """A deterministic number, computed within atol + rtol |value| of the truth on any machine and under any seed."""
    number = finite("value", value)
    slack = finite("atol", atol) + finite("rtol", rtol) * abs(number)
    if slack < 0.0:
        raise ValueError(f"rtol and atol must not be negative, got {rtol} and {atol}")
    return Measurement(number, *(number - slack, number + slack) * 2, 0.0, unit, "exact")
