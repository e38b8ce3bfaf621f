"""Exit times of walkers of which some have stayed: survival curve, exit rate, mean. Explained in thread/q5-how-deep.

A walker that is still inside when its run ends has told only that its exit time is larger (censoring). Leaving it out
makes every mean too small.
"""

import warnings
from typing import NamedTuple

import numpy as np
import scipy

from . import arguments


class Curve(NamedTuple):
    """Share of walkers that are still inside, with pointwise intervals."""

    steps: np.ndarray  # (m,) step numbers at which some walker left, increasing
    share: np.ndarray  # (m,) share still inside after that step
    low: np.ndarray  # (m,) ends of the intervals; 0 where the last walker leaves
    high: np.ndarray  # (m,)


class Rate(NamedTuple):
    """Chance to leave in one step, taken as constant."""

    rate: float  # exits a step
    low: float  # ends of its interval
    high: float
    mean: float  # 1 / rate, in steps; inf without exits
    mean_low: float  # ends of its interval
    mean_high: float
    exits: int  # walkers that left
    exposure: int  # steps that all walkers together were inside, the one of the exit counted


def curve(exit_time, steps, *, confidence=0.95):
    """Survival curve of censored exit times, by the estimator of Kaplan and Meier, as a Curve.

    exit_time : (walkers,) first step outside, -1 = stayed, as Run.exit_time; steps : how many steps were made, a number
        or (walkers,). confidence : of each interval, by Greenwood's variance of log(-log share).

    Raises ValueError for no walkers, an exit after the last step or before the first, and a confidence outside (0, 1);
    TypeError for exit times that are no whole numbers. Source: Kaplan and Meier 1958; scipy.stats.ecdf.
    Explained in thread/q5-how-deep.
    """
    left, stayed = _split(exit_time, steps)
    confidence = _confidence(confidence)
    if left.size == 0:
        return Curve(np.empty(0, np.int64), *np.empty((3, 0)))
    sf = scipy.stats.ecdf(scipy.stats.CensoredData(uncensored=left, right=stayed)).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # its interval is NaN where the share is 1 or 0
        ends = sf.confidence_interval(confidence, method="log-log")
    at = np.unique(left)
    share, low, high = (part.evaluate(at) for part in (sf, ends.low, ends.high))
    return Curve(at, share, np.where(share > 0, low, 0.0), np.where(share > 0, high, _last(high[share > 0])))


def exit_rate(exit_time, steps, *, after=0, confidence=0.95):
    """Rate of exit and mean exit time from censored exit times, as a Rate.

    exit_time, steps : as in :func:`curve`. after : steps at the start that are not counted, until the rate no longer
        depends on where walkers began; walkers that left before them do not count either.

    The rate is the exits over the exposure: the maximum of the likelihood, of the geometric law as of the exponential.
    Its interval, chi2 quantiles of 2 exits and 2 exits + 2 degrees of freedom over twice the exposure, is exact for
    exits that are a Poisson process in a fixed exposure; here it holds for rates well below 1 a step, and the exposure
    varies with the exits, by little. Tried: tests/test_survival.py counts how often it covers.

    Raises ValueError and TypeError as curve does, and ValueError if no walker is left after ``after`` steps.
    Source: Garwood 1936; Epstein and Sobel 1953. Explained in thread/q5-how-deep.
    """
    left, stayed = _split(exit_time, steps)
    after, tail = arguments.count("after", after, 0), (1 - _confidence(confidence)) / 2
    left, stayed = left[left > after] - after, stayed[stayed > after] - after
    exits, exposure = left.size, int(left.sum() + stayed.sum())
    if exposure == 0:
        raise ValueError(f"no walker is inside after {after} steps")
    low = scipy.special.gammaincinv(exits, tail) / exposure if exits else 0.0
    high = scipy.special.chdtri(2 * exits + 2, tail) / (2 * exposure)
    rate = exits / exposure
    means = (exposure / exits if exits else np.inf), 1 / high, (1 / low if exits else np.inf)
    return Rate(rate, float(low), min(1.0, float(high)), *map(float, means), exits, exposure)


def log_ratio(top, base, steps):
    """Logarithm of the ratio of two mean exit times, ``top`` over ``base``, from censored exit times.

    top, base : exit times (walkers,) of each, and steps, the same for both, as in :func:`curve`.

    Raises ValueError and TypeError as curve does, and ValueError where nobody left: that mean has no upper end.
    Source: Epstein and Sobel 1953. Explained in thread/f6-depth-or-width.
    """
    means = []
    for times in (top, base):
        rate = exit_rate(times, steps)
        if not rate.exits:
            raise ValueError(f"nobody of {np.size(times)} walkers left in {steps} steps: no upper end to their mean")
        means.append(rate.mean)
    return float(np.log(means[0] / means[1]))


def _last(high):
    """Upper end of the last interval that is a number, 1 if there is none."""
    known = high[np.isfinite(high)]
    return known[-1] if known.size else 1.0


def _split(exit_time, steps):
    """Exit times of those that left, and last steps of those that stayed."""
    times = np.atleast_1d(np.asarray(exit_time))
    if times.dtype.kind not in "iu":
        raise TypeError(f"exit_time must be whole numbers, -1 = stayed; got {times.dtype}")
    if times.ndim != 1 or times.size == 0:
        raise ValueError(f"exit_time must be (walkers,), at least one; got shape {times.shape}")
    made = np.asarray(steps)
    if made.dtype.kind not in "iu" or made.shape not in ((), times.shape) or np.any(made < 1):
        raise ValueError(f"steps must be a whole number >= 1, or one a walker; got {steps!r}")
    made = np.broadcast_to(made, times.shape)
    if np.any((times == 0) | (times < -1) | (times > made)):
        raise ValueError("exit_time must be -1 or from 1 to steps")
    return times[times > 0], made[times < 0]


def _confidence(confidence):
    confidence = arguments.number("confidence", confidence, above=0)
    if confidence >= 1:
        raise ValueError(f"confidence must be below 1; got {confidence!r}")
    return confidence
