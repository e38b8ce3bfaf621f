"""A cost whose minima are described observation by observation. Explained in thread/c4-mixed-errors."""

import numpy as np

from ..arguments import array, number
from ..plug import LANES, compiled, fma, inlined
from .objective import Objective, plugs
from .wells import _wells_loss, _wells_mean, flanks

_BLEND = 0.25  # of the width: how far from a barrier two wells share an observation


@inlined
def _handover(x, edge, blend):
    """0 left of an edge, 1 right of it, and in between a polynomial step; with its derivative."""
    t = min(max((x - edge) / (2.0 * blend) + 0.5, 0.0), 1.0)
    u = t * (1.0 - t)
    return t * t * t * fma(t, fma(6.0, t, -15.0), 10.0), 15.0 * u * u / blend


@inlined
def _share(x, j, m, width, blend):
    """How much well j has of the point x, from 0 to 1, and the derivative by x."""
    left, right = 2.0 * width * j - width, 2.0 * width * j + width
    rise, slope = _handover(x, left, blend)
    fall, bend = _handover(x, right, blend)
    rise, slope = (1.0 if j == 0 else rise), (0.0 if j == 0 else slope)
    fall, bend = (0.0 if j == m - 1 else fall), (0.0 if j == m - 1 else bend)
    return rise - fall, slope - bend


@compiled("gradient")
def _observed_gradient(theta, picks, data, c, out):
    m, k = data.shape[1] // 2, picks.shape[0]
    x, g, error, slope = theta[0], out[0], np.empty((m, LANES)), np.empty((m, LANES))
    error[:], slope[:] = 0.0, 0.0
    for b in range(k):
        for i in range(LANES):
            row = np.uint32(picks[b, i])
            for j in range(m):
                error[j, i] += data[row, j]
                slope[j, i] += data[row, m + j]
    _wells_mean(theta, data, c[1:], out)
    for j in range(m):
        for i in range(LANES):
            part, change = _share(x[i], j, m, c[0], 0.25 * c[0])
            y = x[i] - 2.0 * c[0] * j
            g[i] += (fma(slope[j, i], y, error[j, i]) * change + slope[j, i] * part) / k


@compiled("mean")
def _observed_mean(theta, data, c, out):
    _wells_mean(theta, data, c[1:], out)


@compiled("loss")
def _observed_loss(theta, data, c, out):
    _wells_loss(theta, data, c[1:], out)


def observed_wells(errors, *, barrier, width=1.0, disagreement=1.0, slopes=None):
    """A mean over n observations, each with an error of its own at each of m minima of equal width.

    f_i(theta) = W(theta) + sum_j B_j(theta) ((e_ij - E_j) + g_ij (theta - m_j)), with E_j = mean_i e_ij. W is the
    landscape of :func:`escapelab.objectives.wells` with minima E_j at m_j = 0, 2 w, 4 w, ...; B_j is 1 within 3/4 w of
    m_j and hands over smoothly to its neighbour around the barrier. The g_ij sum to zero at each minimum, so the mean
    is W exactly, the minimum j has the loss E_j, and the gradient of observation i there is g_ij: the variance of the
    batch gradient at the minimum is known. No observation has a negative error anywhere, so that where e_ij = 0,
    g_ij = 0 too.

    errors : (n, m), e_ij >= 0. barrier : loss of every barrier, above the largest E_j. width : w.
    disagreement : 0 to 1, the share of the largest slopes that the errors allow which observations take; in
        alternating signs, largest first, and scaled to sum to zero.
    slopes : (n, m), the g_ij themselves, instead.

    data (n, 2 m): e_ij - E_j, then g_ij. Raises ValueError unless errors >= 0, n >= 2, m >= 2, and for slopes that do
    not sum to zero or that let an error be negative. Source: the asker's Confusions 2 and 3 (mathgeek 2021).
    Explained in thread/c2-zero-error, thread/c3-one-observation, thread/c4-mixed-errors.
    """
    e = array("errors", errors)
    if e.ndim != 2 or min(e.shape) < 2 or np.any(e < 0):
        raise ValueError(f"errors must be (n, m) numbers >= 0 of n >= 2 observations at m >= 2 minima; got {e.shape}")
    m, width, level = e.shape[1], number("width", width, above=0), e.mean(axis=0)
    places = 2.0 * width * np.arange(m)
    pieces = flanks(places, level, number("barrier", barrier))
    smooth = Objective("wells", 1, plugs(_wells_loss, _wells_mean, constants=pieces.ravel()))
    most = np.column_stack([_steepest(smooth, e[:, j], places[j], width, j, m, pieces) for j in range(m)])
    if slopes is None:
        slopes = number("disagreement", disagreement, least=0) * np.apply_along_axis(_balanced, 0, most)
    g = array("slopes", slopes)
    if g.shape != e.shape or np.any(np.abs(g.sum(axis=0)) > 1e-9 * (1 + np.abs(g).sum(axis=0))):
        raise ValueError(f"slopes must be {e.shape} and sum to zero over the observations at each minimum")
    if np.any(np.abs(g) > most * (1 + 1e-9)):
        i, j = np.unravel_index(np.argmax(np.abs(g) - most), g.shape)
        raise ValueError(
            f"observation {i} has error {e[i, j]:g} at minimum {j}, so its slope there must be at most {most[i, j]:g} "
            f"in size, or its error is negative nearby; got {g[i, j]:g}"
        )
    three = plugs(_observed_loss, _observed_mean, _observed_gradient, [width, *pieces.ravel()])
    return Objective("observed_wells", 1, three, np.column_stack([e - level, g]))


def _steepest(smooth, errors, place, width, j, m, pieces):
    """(n,) the largest slope at minimum j for which error + slope y + W - E stays >= 0 wherever well j has a share."""
    reach = (1 + _BLEND) * width
    left, right = (20 * width if j == 0 else reach), (20 * width if j == m - 1 else reach)
    y = np.concatenate([np.linspace(-left, -1e-4 * width, 4000), np.linspace(1e-4 * width, right, 4000)])
    above = smooth.loss(place + y) - smooth.loss(place)
    rises = errors[:, None] + np.where(above >= 0, above, 0.0)
    walls = [abs(pieces[side, 3]) for side, outer in ((0, j == 0), (-1, j == m - 1)) if outer]
    return np.minimum((rises / np.abs(y)).min(axis=1), min(walls, default=np.inf)) * (errors > 0)


def _balanced(sizes):
    """The sizes with signs, and with the side that has more scaled down, so that they sum to zero."""
    signed, total = np.zeros(sizes.size), [0.0, 0.0]
    for i in np.argsort(-sizes, kind="stable"):
        side = int(total[0] > total[1])
        total[side] += sizes[i]
        signed[i] = sizes[i] * (1 - 2 * side)
    less = min(total)
    return np.where(signed > 0, signed * (less / (total[0] or 1)), signed * (less / (total[1] or 1)))
