"""Panels of Gauss-Legendre nodes on an interval, as a step of SGD needs them. Explained in thread/q5-how-deep."""

import functools
import itertools
from typing import NamedTuple

import numpy as np

MOST_NODES = 200_000
MOST_BENDS = 500  # more are left to the error estimate
_NODES = {"normal": 16, "uniform": 8}  # a panel


class Places(NamedTuple):
    """Nodes on panels, and the starts among them."""

    x: np.ndarray  # (N,) increasing
    weights: np.ndarray  # (N,) of the quadrature; 0 at starts
    starts: np.ndarray  # (starts,) their numbers among the N
    edges: np.ndarray  # (panels + 1,) ends of panels
    of_panels: np.ndarray  # (panels p,) numbers of the nodes among the N


def places(step, starts=(), *, finer=1.0, breaks=()):
    """Nodes for a step, as Places.

    starts : (starts,) places besides the nodes; finer : panels are so many times narrower than at 1.
    breaks : places where panels must end.

    Raises ValueError for more than MOST_NODES nodes. Explained in thread/q5-how-deep.
    """
    u, w, _ = rule(step.law)
    edges = _edges(step, finer, breaks)
    if (edges.size - 1) * u.size > MOST_NODES:
        raise ValueError(
            f"the noise is too small: {(edges.size - 1) * u.size} nodes are needed on [{edges[0]}, {edges[-1]}], "
            f"more than {MOST_NODES} (escapelab.panels.MOST_NODES)"
        )
    half = 0.5 * np.diff(edges)[:, None]
    every = np.concatenate([(edges[:-1, None] + half * (1 + u)).ravel(), starts])
    order = np.argsort(every, kind="stable")
    numbers = np.empty(order.size, np.int64)
    numbers[order] = np.arange(order.size)
    weights = np.concatenate([(half * w).ravel(), np.zeros(len(starts))])[order]
    nodes = every.size - len(starts)
    return Places(every[order], weights, numbers[nodes:], edges, numbers[:nodes])


def _edges(step, finer, breaks):
    """Ends of panels (panels + 1,): as the width of the noise and the slope of the step want it, and the breaks."""
    grid, need = step.field.grid, step.need
    inner = [b for b in breaks if grid[0] < b < grid[-1]]
    if step.law == "uniform":
        inner = [
            *inner,
            *_bends(grid, step.centres(grid, step.field.on_grid), step.spread(None, step.field.scales), inner),
        ]

    def panels(length):  # more for each of FINER, so that two sets of nodes are never the same
        return int(np.ceil(finer * np.ceil(max(length / step.size, 1e-9))))

    if not inner:
        pieces = np.linspace(0.0, need[-1], panels(need[-1]) + 1)
        return np.interp(pieces, need, grid)
    cuts = np.interp(np.sort(inner), grid, need)
    cuts = np.concatenate([[0.0], cuts, [need[-1]]])
    cuts = cuts[np.concatenate([[True], np.diff(cuts) > 1e-9 * need[-1]])]
    cuts[-1] = need[-1]
    pieces = [np.linspace(a, b, panels(b - a), endpoint=False) for a, b in itertools.pairwise(cuts)]
    return np.interp(np.concatenate([*pieces, [need[-1]]]), need, grid)


def _bends(grid, centres, spread, breaks, generations=3):
    """Where functions of x bend because an end of the step's reach crosses an end of the interval, or such a place."""
    found, new = [], np.array([grid[0], grid[-1], *breaks])
    for _ in range(generations):
        hits = []
        for sides in (centres - spread, centres + spread):
            for target in new:
                gap = sides - target
                row, i = np.nonzero((gap[:, :-1] < 0) != (gap[:, 1:] < 0))
                share = gap[row, i] / (gap[row, i] - gap[row, i + 1])
                hits.append(grid[i] + share * (grid[i + 1] - grid[i]))
        new = np.unique(np.concatenate(hits)) if hits else np.empty(0)
        found.extend(new)
        if len(found) > MOST_BENDS:
            break
    return found


@functools.lru_cache
def rule(law):
    """Gauss-Legendre nodes (p,), weights (p,), and coefficients (p, p) with which banded integrates between them."""
    p = _NODES[law]
    u, w = np.polynomial.legendre.leggauss(p)
    return u, w, np.ascontiguousarray(0.5 * w * np.polynomial.legendre.legvander(u, p - 1).T)
