"""Markov chains on ordered places with leaks, their rows kept as bands. Explained in thread/q5-how-deep.

A chain of N places has rows ``values[first[i] : first[i + 1]]`` of probabilities to go to places ``low[i]``, ``low[i]``
+ 1, ... and a probability ``leak[i]`` to leave for good; what is missing to 1 is the probability to stay. Systems
(1 - K) u = f are solved without a subtraction (Grassmann, Taksar and Heyman 1985), so that a mean exit time of 1e100
steps comes out with as many correct digits as one of ten.
"""

import numpy as np

from .plug import fma, kernel
from .vecmath import exp

_ROOT_TWO_PI = 2.5066282746310002


@kernel
def envelope(low, high):
    """Widen bands (N,) in place so that elimination fills nothing outside; returns where rows begin (N + 1,)."""
    n = low.size
    first = np.zeros(n + 1, np.int64)
    for i in range(n):
        low[i], high[i] = min(low[i], i), max(high[i], i)
    for i in range(1, n):
        high[i] = max(high[i], high[i - 1])
        low[n - 1 - i] = min(low[n - 1 - i], low[n - i])
    for i in range(n):
        first[i + 1] = first[i] + high[i] - low[i] + 1
    return first


@kernel
def normal_rows(x, weights, centres, chances, sd, low, first):
    """Rows of a normal step from x (N,) to centres (branches, N) + sd (N,) z, by quadrature with weights (N,)."""
    values = np.zeros(first[-1])
    for i in range(x.size):
        row = values[first[i] : first[i + 1]]
        for b in range(chances.size):
            centre, inverse = centres[b, i], 1.0 / sd[i]
            peak = chances[b] * inverse / _ROOT_TWO_PI
            for j in range(row.size):
                z = (x[low[i] + j] - centre) * inverse
                row[j] = fma(peak * exp(-0.5 * z * z), weights[low[i] + j], row[j])
    return values


@kernel
def _integrals(t, basis, out):
    """Integrals from -1 to t of the p polynomials that are 1 at one Gauss node and 0 at the others."""
    p = out.size
    for j in range(p):
        out[j] = basis[0, j] * (t + 1.0)
    before, now = 1.0, t
    for n in range(1, p):
        after = ((2 * n + 1) * t * now - n * before) / (n + 1)
        for j in range(p):
            out[j] = fma(basis[n, j], after - before, out[j])
        before, now = now, after


@kernel
def uniform_rows(edges, basis, place, centres, chances, reach, low, first):
    """Rows of a uniform step to centres (branches, N) +- reach (N,), exact for polynomials on each panel.

    edges (panels + 1,); place (panels p,) where each node of the panels stands among the N; basis (p, p).
    """
    p, n = basis.shape[0], centres.shape[1]
    values = np.zeros(first[-1])
    upper, lower = np.empty(p), np.empty(p)
    for i in range(n):
        for b in range(chances.size):
            left, right = centres[b, i] - reach[i], centres[b, i] + reach[i]
            panel = max(0, np.searchsorted(edges, left, "right") - 1)
            while panel < edges.size - 1 and edges[panel] < right:
                half, middle = 0.5 * (edges[panel + 1] - edges[panel]), 0.5 * (edges[panel + 1] + edges[panel])
                _integrals(min(1.0, (right - middle) / half), basis, upper)
                _integrals(max(-1.0, (left - middle) / half), basis, lower)
                share = chances[b] * half / (2.0 * reach[i])
                for j in range(p):
                    values[first[i] + place[panel * p + j] - low[i]] += share * (upper[j] - lower[j])
                panel += 1
    return values


@kernel
def eliminate(values, low, first, leak):
    """Factors of 1 - K in place of the rows: multipliers below the diagonal, rows above; returns pivots (N,).

    leak (N,) is used up. A pivot of 0 means places that are never left: solutions there are infinite.
    """
    n = low.size
    pivots = np.zeros(n)
    for k in range(n):
        after = values[first[k] + k + 1 - low[k] : first[k + 1]]
        pivot = leak[k]
        for j in range(after.size):
            pivot += after[j]
        pivots[k] = pivot
        if pivot <= 0.0:
            pivots[k] = 0.0
            return pivots
        i = k + 1
        while i < n and low[i] <= k:
            at = first[i] + k - low[i]
            if values[at] != 0.0:
                share = values[at] / pivot
                values[at] = share
                row = values[at + 1 : at + 1 + after.size]
                for j in range(after.size):
                    row[j] = fma(share, after[j], row[j])
                leak[i] = fma(share, leak[k], leak[i])
            i += 1
    return pivots


@kernel
def solve(values, low, first, pivots, f):
    """u with (1 - K) u = f, in place of f (N,), from the factors."""
    n = low.size
    for i in range(n):
        total = f[i]
        for k in range(low[i], i):
            total = fma(values[first[i] + k - low[i]], f[k], total)
        f[i] = total
    for k in range(n - 1, -1, -1):
        total, shift = f[k], first[k] - low[k]
        for j in range(k + 1, low[k] + first[k + 1] - first[k]):
            total = fma(values[shift + j], f[j], total)
        f[k] = total / pivots[k]


@kernel
def solve_left(values, low, first, pivots, f):
    """u with u (1 - K) = f, in place of f (N,), from the factors."""
    n = low.size
    for k in range(n):
        f[k] /= pivots[k]
        shift = first[k] - low[k]
        for j in range(k + 1, low[k] + first[k + 1] - first[k]):
            f[j] = fma(values[shift + j], f[k], f[j])
    for i in range(n - 1, -1, -1):
        for k in range(low[i], i):
            f[k] = fma(values[first[i] + k - low[i]], f[i], f[k])


@kernel
def staying(values, low, first, leak):
    """Probability to stay where one is, 1 minus all the rest of a row (N,)."""
    stay = np.empty(low.size)
    for i in range(low.size):
        total = leak[i]
        for j in range(first[i], first[i + 1]):
            if j - first[i] + low[i] != i:
                total += values[j]
        stay[i] = 1.0 - total
    return stay


@kernel
def march(values, low, first, stay, u, steps):
    """u (N,) after so many steps u <- K u, in place; returns how often it was done before it only shrank.

    Once all of u shrinks by one factor a step, to rounding, the rest is that factor's power.
    """
    n = low.size
    new = np.empty(n)
    for step in range(steps):
        least, most = np.inf, 0.0
        for i in range(n):
            total, shift = stay[i] * u[i], first[i] - low[i]
            for j in range(low[i], i):
                total = fma(values[shift + j], u[j], total)
            for j in range(i + 1, low[i] + first[i + 1] - first[i]):
                total = fma(values[shift + j], u[j], total)
            new[i] = total
        for i in range(n):
            if u[i] > 0.0:
                ratio = new[i] / u[i]
                least, most = min(least, ratio), max(most, ratio)
            u[i] = new[i]
        if most - least <= 1e-14 * most:
            power = (0.5 * (most + least)) ** (steps - step - 1)
            for i in range(n):
                u[i] *= power
            return step + 1
    return steps


@kernel
def onward(values, low, first, stay, q):
    """q K (N,): where masses q (N,) are after one step."""
    new = stay * q
    for i in range(low.size):
        shift = first[i] - low[i]
        for j in range(low[i], i):
            new[j] = fma(values[shift + j], q[i], new[j])
        for j in range(i + 1, low[i] + first[i + 1] - first[i]):
            new[j] = fma(values[shift + j], q[i], new[j])
    return new
