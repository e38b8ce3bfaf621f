"""Chains of basins: transitions counted in runs, and what a transition matrix implies, exactly.

A matrix (m, m) has one row a state: its probabilities to go to each state in one step, or in one move. Rows may sum to
less than 1; what is missing leaves for good. Explained in thread/f2-uphill-stairs.
"""

from typing import NamedTuple

import numpy as np
import scipy

from . import arguments


class Transitions(NamedTuple):
    """Transitions between m states as counted in runs; the intervals take a row's transitions as independent."""

    counts: np.ndarray  # (m, m) transitions from the row's state to the column's
    lost: np.ndarray  # (m,) transitions from each state to outside
    matrix: np.ndarray  # (m, m) shares; a row that was never left from is 0
    low: np.ndarray  # (m, m) ends of the intervals, each of the stated confidence; 0 and 1 for such a row
    high: np.ndarray  # (m, m)


def transitions(states, number, *, per="record", confidence=0.95):
    """Transitions counted in recorded runs.

    states : (walkers, records) whole numbers of states, as ``Basins.which(run.path[:, :, 0])`` gives them; at -1,
        outside, a walker's count ends.
    number : m >= 1, how many states there are.
    per : "record" counts each pair of neighbouring records, staying too; "move" only those whose state changes, so that
        the matrix tells where a walker goes once it goes.
    confidence : of each interval, Clopper and Pearson's, which covers at least that much of independent transitions.

    Raises ValueError for other states, another per, or a confidence outside (0, 1); TypeError for no whole numbers.
    Source: Clopper and Pearson 1934. Explained in thread/q2-next-one-deeper.
    """
    number, states = arguments.count("number", number, 1), np.asarray(states)
    if states.dtype.kind not in "iu":
        raise TypeError(f"states must be whole numbers; got {states.dtype}")
    if states.ndim != 2 or (states.size and not -1 <= states.min() <= states.max() < number):
        raise ValueError(f"states must be (walkers, records) from -1 to {number - 1}; got shape {states.shape}")
    if per not in ("record", "move"):
        raise ValueError(f'per must be "record" or "move"; got {per!r}')
    confidence = arguments.number("confidence", confidence, above=0)
    if confidence >= 1:
        raise ValueError(f"confidence must be below 1; got {confidence!r}")
    alive = np.logical_and.accumulate(states[:, :-1] >= 0, axis=1)
    before, after = states[:, :-1][alive], states[:, 1:][alive]
    if per == "move":
        before, after = before[before != after], after[before != after]
    every = np.bincount(before * (number + 1) + np.where(after < 0, number, after), minlength=number * (number + 1))
    every = every.reshape(number, number + 1)
    counts, total = every[:, :-1], every.sum(axis=1, keepdims=True)
    tail = (1 - confidence) / 2
    low = np.where(counts > 0, scipy.special.betaincinv(np.maximum(counts, 1), total - counts + 1, tail), 0.0)
    rest = np.maximum(total - counts, 1)
    high = np.where(counts < total, scipy.special.betainccinv(counts + 1, rest, tail), 1.0)
    return Transitions(counts, every[:, -1], counts / np.maximum(total, 1), low, high)


def stationary(matrix):
    """Share of steps spent in each state in the long run (m,); to rounding, however rare the transitions are.

    Raises ValueError unless matrix is (m, m) of probabilities whose rows sum to 1, and where some state cannot be
    reached from some other. Source: Grassmann, Taksar and Heyman 1985. Explained in thread/q4-what-it-looks-for.
    """
    p = _matrix(matrix)
    short = np.abs(p.sum(axis=1) - 1).max()
    if short > 1e-9:
        raise ValueError(f"the rows of matrix must sum to 1; one is off by {short:.3g}")
    m = len(p)
    for k in range(m - 1, 0, -1):
        leave = p[k, :k].sum()
        if not leave > 0:
            raise ValueError(f"state {k} and those beyond it are never left: no long-run share is that of all starts")
        p[:k, k] /= leave
        p[:k, :k] += np.outer(p[:k, k], p[k, :k])
    share = np.ones(m)
    for k in range(1, m):
        share[k] = share[:k] @ p[:k, k]
    return share / share.sum()


def hitting(matrix, targets, traps=()):
    """Probability to reach one of the targets before any trap, and before leaving for good (m,).

    matrix : (m, m), rows sum to at most 1; targets, traps : states, no state in both. A target counts as reached from
    the start. Raises ValueError for other input. Source: first-step analysis. Explained in thread/f2-uphill-stairs.
    """
    p, targets, traps = _matrix(matrix), _states(matrix, targets, "targets"), _states(matrix, traps, "traps")
    if targets.size == 0 or np.intersect1d(targets, traps).size:
        raise ValueError("targets must be states, at least one, and none of them a trap")
    free = np.setdiff1d(np.arange(p.shape[0]), np.concatenate([targets, traps]))
    free = free[_reaches(p, free, targets)]
    found = np.zeros(p.shape[0])
    found[targets] = 1.0
    found[free] = _absorbed(p, free, p[np.ix_(free, targets)].sum(axis=1)[:, None])[:, 0]
    return found


def passage_times(matrix):
    """Mean number of steps from each state (row) to the first visit of each state (column), (m, m); diagonal: returns.

    inf where the visit is not certain. Raises ValueError unless matrix is (m, m) of probabilities with row sums <= 1.
    Source: first-step analysis, Kemeny and Snell 1960. Explained in thread/q7-search-or-wander.
    """
    p = _matrix(matrix)
    m = p.shape[0]
    times = np.full((m, m), np.inf)
    for goal in range(m):
        sure = hitting(p, [goal]) > 1 - 1e-9
        others = np.flatnonzero(sure & (np.arange(m) != goal))
        times[others, goal] = _absorbed(p, others, np.ones((others.size, 1)))[:, 0]
        visits, steps = p[goal] > 0, np.where(np.arange(m) == goal, 0.0, times[:, goal])
        certain = p[goal].sum() > 1 - 1e-9
        times[goal, goal] = 1 + p[goal, visits] @ steps[visits] if certain else np.inf
    return times


def climb(matrix, start, stairs):
    """Probability to get ``stairs`` states up from state ``start`` before falling below it.

    States are in order, bottom first. Reaching start + stairs or beyond counts; so does jumping over it. Raises
    ValueError unless start + stairs is a state. Source: first-step analysis. Explained in thread/f2-uphill-stairs.
    """
    start, stairs = arguments.count("start", start, 0), arguments.count("stairs", stairs, 1)
    m = _matrix(matrix).shape[0]
    if start + stairs >= m:
        raise ValueError(f"start + stairs must be a state, below {m}; got {start} + {stairs}")
    return float(hitting(matrix, range(start + stairs, m), range(start))[start])


def _absorbed(p, free, right):
    """(1 - P)^-1 right over the free states, by elimination without subtraction."""
    q, right = p[np.ix_(free, free)], np.array(right, dtype=float)
    leak = np.delete(p, free, axis=1)[free].sum(axis=1) + np.maximum(0.0, _missing(p)[free])
    n = free.size
    pivots = np.empty(n)
    for k in range(n):
        pivots[k] = leak[k] + q[k, k + 1 :].sum()
        share = q[k + 1 :, k] / pivots[k]
        q[k + 1 :, k + 1 :] += np.outer(share, q[k, k + 1 :])
        leak[k + 1 :] += share * leak[k]
        right[k + 1 :] += share[:, None] * right[k]
    for k in range(n - 1, -1, -1):
        right[k] = (right[k] + q[k, k + 1 :] @ right[k + 1 :]) / pivots[k]
    return right


def _missing(p):
    """What rows miss of 1, (m,); what is no more than rounding is nothing."""
    missing = 1 - p.sum(axis=1)
    return np.where(np.abs(missing) < 1e-12, 0.0, missing)


def _reaches(p, free, targets):
    """Which of the free states can reach a target through free states."""
    reached = np.zeros(p.shape[0], bool)
    reached[targets] = True
    allowed = reached.copy()
    allowed[free] = True
    for _ in range(p.shape[0]):
        reached |= allowed & ((p[:, reached] > 0).any(axis=1))
    return reached[free]


def _matrix(matrix):
    p = np.atleast_2d(arguments.array("matrix", matrix))
    if p.ndim != 2 or p.shape[0] != p.shape[1] or p.size == 0:
        raise ValueError(f"matrix must be (m, m); got shape {p.shape}")
    if p.min() < 0 or p.sum(axis=1).max() > 1 + 1e-9:
        raise ValueError("matrix must hold probabilities: entries >= 0, rows with sums up to 1")
    return p


def _states(matrix, states, name):
    m, states = np.shape(matrix)[0], np.unique(np.asarray(list(states), dtype=np.int64))
    if states.size and not 0 <= states.min() <= states.max() < m:
        raise ValueError(f"{name} must be states from 0 to {m - 1}; got {states}")
    return states
