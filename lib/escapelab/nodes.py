"""One noisy step as a Markov chain on Gauss-Legendre nodes. Explained in thread/q5-how-deep.

The step's kernel is integrated on panels of nodes: by the nodes' weights where the noise is normal, hence smooth on a
panel, and exactly for polynomials where it is uniform, with panels cut where functions of x bend. What a row misses of
its exact probability to stay inside becomes the probability to stay put.
"""

import warnings
from typing import NamedTuple

import numpy as np
import scipy

from . import arguments, banded, panels

RARE = 2e-17  # probability per step that is left out at first; less where escapes are that rare
WIDEST = 37.5  # standard deviations of a normal step, beyond which its density is 0 in doubles
ENDLESS = 3  # level of refinement from which on infinite times are believed
FINER = 1.5 ** np.arange(9)


class Chain(NamedTuple):
    """A step on places, as the functions of :mod:`escapelab.banded` take it."""

    values: np.ndarray  # rows of probabilities
    band: np.ndarray  # (N,) first place of each row
    first: np.ndarray  # (N + 1,) where rows begin in values
    below: np.ndarray  # (N,) exact probability to step below the interval
    above: np.ndarray  # (N,) exact probability to step above it
    left_out: float  # probability of the longest steps of a row, which are left out


def chain(step, places, *, rare=0.0, gradients=None):
    """The step on these places as a Chain.

    rare : probability per step that may be left out, at least 0; gradients : (branches, N) there, if known.

    Raises ValueError if it needs more than MEMORY_LIMIT bytes. Explained in thread/q5-how-deep.
    """
    x, edges = places.x, places.edges
    low_end, high_end = edges[0], edges[-1]
    centres, spread, chances = step.centres(x, gradients), step.spread(x), step.field.chances
    if step.law == "normal":
        reach = spread * (min(WIDEST, np.sqrt(2) * scipy.special.erfcinv(rare)) if rare > 0 else WIDEST)
        below = chances @ scipy.special.ndtr((low_end - centres) / spread)
        above = chances @ scipy.special.ndtr((centres - high_end) / spread)
    else:
        reach = spread
        below = chances @ np.clip((low_end - centres + spread) / (2 * spread), 0, 1)
        above = chances @ np.clip((centres + spread - high_end) / (2 * spread), 0, 1)
    left, right = (centres - reach).min(axis=0), (centres + reach).max(axis=0)
    if step.law == "uniform":  # whole panels
        left, right = (edges[np.clip(np.searchsorted(edges, side) - shift, 0, edges.size - 1)]
                       for side, shift in ((left, 1), (right, 0)))  # fmt: skip
    low = np.clip(np.searchsorted(x, left), 0, x.size - 1)
    high = np.clip(np.searchsorted(x, right) - 1, 0, x.size - 1)
    need = 8 * int(np.sum(np.maximum(high - low, 0) + 1))
    if need > arguments.MEMORY_LIMIT:
        raise ValueError(f"the chain needs {need / 1e9:.3g} GB; the limit is {arguments.MEMORY_LIMIT / 1e9:.3g} GB")
    first = banded.envelope(low, high)
    if step.law == "normal":
        values = banded.normal_rows(x, places.weights, centres, chances, spread, low, first)
    else:
        values = banded.uniform_rows(
            edges, panels.rule(step.law)[2], places.of_panels, centres, chances, spread, low, first
        )
    left_out = float(scipy.special.erfc(reach[0] / spread[0] / np.sqrt(2))) if step.law == "normal" else 0.0
    return Chain(values, low, first, below, above, left_out)


def factors(chain, *, keep=True):
    """Factors (values, band, first, pivots) of 1 - K, or None where places are never left. For :func:`solve`.

    keep : whether the chain's own values stay; otherwise the factors take their memory.
    """
    values = chain.values.copy() if keep else chain.values
    pivots = banded.eliminate(values, chain.band, chain.first, chain.below + chain.above)
    return (values, chain.band, chain.first, pivots) if pivots[-1] > 0 else None


def split_gradients(field, every):
    """Gradients at several sets of places, evaluated at once."""
    ends = np.cumsum([places.x.size for places in every])
    return np.split(field.gradients(np.concatenate([places.x for places in every])), ends[:-1], axis=1)


def solve(factors, right):
    """u (N,) with (1 - K) u = right (N,)."""
    u = np.array(right, dtype=np.float64)
    banded.solve(*factors, u)
    return u


def _mean_times(step, grid, gradients, rare, rtol):
    """Chain without values, factors, mean times (N,); with fewer rare steps left out where the times are long."""
    while True:
        rows = chain(step, grid, rare=rare, gradients=gradients)
        solved = factors(rows, keep=False)
        times = np.full(grid.x.size, np.inf) if solved is None else solve(solved, np.ones(grid.x.size))
        if rows.left_out == 0 or times.max() * rows.left_out <= 0.1 * rtol:
            return rows._replace(values=None), solved, np.where(np.isnan(times), np.inf, times), rare
        if rare == 0.0:  # nothing rarer can be kept: these times are beyond what doubles resolve
            return rows._replace(values=None), solved, np.full(grid.x.size, np.inf), rare
        rare = rare**2 if rare > 1e-60 else 0.0


def refined(step, start, rtol, ready=()):
    """Mean times (N,) on nodes so fine that those of the starts settle: places, chain, factors, times and their error.

    The chain is without its values, whose memory the factors have taken.

    start : (starts,); rtol : relative change that is allowed; ready : places and gradients for the first levels.
    """
    before, rare = None, RARE
    for level, finer in enumerate(FINER):
        grid, gradients = ready[level] if level < len(ready) else (panels.places(step, start, finer=finer), None)
        rows, solved, times, rare = _mean_times(step, grid, gradients, rare, rtol)
        now = times[grid.starts]
        if before is not None:
            error = _difference(now, before)
            if error <= rtol and (np.all(np.isfinite(now)) or level >= ENDLESS):
                return grid, rows, solved, times, error
        before = now
    warnings.warn(f"mean exit times differ by {error:.1e} on the finest nodes, more than rtol = {rtol}", stacklevel=3)
    return grid, rows, solved, times, error


def _difference(now, before):
    """Largest relative difference; two infinite values agree."""
    unlike = now != before
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(now[unlike] / before[unlike] - 1), initial=0.0))


def converged(measure, rtol):
    """What measure(finer) gives on nodes so fine that it changes by at most rtol, and by how much it changed."""
    before = measure(FINER[0])
    for finer in FINER[1:]:
        now = measure(finer)
        error = float(np.abs(now - before).max())
        if error <= rtol:
            return now, error
        before = now
    warnings.warn(f"values differ by {error:.1e} on the finest nodes, more than rtol = {rtol}", stacklevel=3)
    return now, error


def quasi_stationary(places, chain, factors):
    """Rate of exit and masses (N,) of the places, by a step of K and one of (1 - K)^-1 in turn.

    The first tells apart what K shrinks at unlike rates, the second what it hardly shrinks at all. Without factors the
    rate is 0. Raises ValueError if the masses do not settle.
    """
    if factors is None:
        return 0.0, _stationary(chain)
    stay = banded.staying(*chain[:3], chain.below + chain.above)
    mass = places.weights / places.weights.sum()
    for _ in range(500):
        q = banded.onward(*chain[:3], stay, mass)
        q /= q.sum()
        banded.solve_left(*factors, q)
        rate = 1 / q.sum()
        q *= rate
        if np.abs(q - mass).max() <= 1e-13:
            return float(rate), q
        mass = q
    raise ValueError("walkers pass through the region: no law settles among those that stay")


def _stationary(chain):
    """Masses (N,) of the first places that are never left together, by the same elimination."""
    values = chain.values.copy()
    pivots = banded.eliminate(values, chain.band, chain.first, chain.below + chain.above)
    mass = np.zeros(pivots.size)
    last = int(np.argmax(pivots <= 0))
    mass[last] = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        for i in range(last, -1, -1):
            before = np.arange(chain.band[i], i)
            mass[before] += mass[i] * values[chain.first[i] + before - chain.band[i]]
    elsewhere = chain.below + chain.above + (mass > 0)
    if not np.isfinite(mass).all() or banded.eliminate(chain.values.copy(), *chain[1:3], elsewhere)[-1] <= 0:
        raise ValueError("no step joins the wells of the region, or hardly any: it has no common long-run law")
    return mass / mass.sum()
