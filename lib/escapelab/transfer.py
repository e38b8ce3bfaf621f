"""Exact escape times, survival and long-run laws of SGD in one dimension. Explained in thread/q5-how-deep.

For x' = x - eta g(x) + eta noise, stopped at the first step outside an interval, the mean number of steps T solves
T(x) = 1 + integral of K(x, y) T(y) dy, with K the density of one step; the survival curve is a power of K, and the
quasi-stationary law its left eigenvector. The integral is a sum over Gauss-Legendre nodes (Nystrom 1930). Each answer
is computed on two sets of nodes; what they differ by is its error estimate, and the finer set is the answer.
"""

from typing import NamedTuple

import numpy as np
import scipy

from . import arguments, banded, nodes, onestep, panels

RARE = 2e-17  # probability per step that is left out at first; less where escapes are that rare


class Exits(NamedTuple):
    """First steps outside the region, counted from 1."""

    start: np.ndarray  # (starts,)
    mean: np.ndarray  # (starts,) mean number of steps
    deviation: np.ndarray  # (starts,) standard deviation of the number of steps
    above: np.ndarray  # (starts,) probability that the exit is above the region, and not below
    error: float  # largest relative difference of the means on two sets of nodes


class QuasiStationary(NamedTuple):
    """Walkers that have been inside for long."""

    rate: float  # probability to exit in the next step; that of staying is the operator's leading eigenvalue
    nodes: np.ndarray  # (N,) places in the region, increasing
    weights: np.ndarray  # (N,) of their quadrature: weights @ density is 1
    density: np.ndarray  # (N,) of the walkers' law there
    error: float  # relative difference of the rates on two sets of nodes


class Survival(NamedTuple):
    """Who is still inside."""

    steps: np.ndarray  # (m,)
    share: np.ndarray  # (starts, m) probability that the first exit is after that step
    error: float  # largest difference of the shares on two sets of nodes


class EscapeMap(NamedTuple):
    """Mean exit times over step sizes and noise."""

    mean: np.ndarray  # (etas, amplitudes) mean number of steps; inf where it is beyond 1e300 or walkers never leave
    error: np.ndarray  # (etas, amplitudes) relative difference of the means on two sets of nodes


class Occupancy(NamedTuple):
    """Basins of one dimension in the long run, among walkers that are still between the outer edges."""

    share: np.ndarray  # (m,) of steps spent in each basin
    matrix: np.ndarray  # (m, m) probability that the next step is in basin j, for a step in basin i
    leak: np.ndarray  # (m,) probability that it is outside the outer edges; rows and leak sum to 1
    rate: float  # of leaving the outer edges, a step
    error: float  # largest difference of the shares on two sets of nodes


def exit_times(objective, *, region, eta, noise, start, scale=None, batch=None, replace=False, rtol=1e-6):
    """Law of the first exit from region = (low, high), without simulation, as Exits.

    objective, eta, noise, scale, batch, replace : as in :func:`escapelab.sgd.ensemble`; the noise is normal or uniform,
        above 0 on all of the region: a step without added noise has no density. At most onestep.MOST_BATCHES batches.
    start : a number or (starts,), inside the region or not: the first step counts from wherever it begins.
    rtol : nodes are added until the means change by no more; above 0. A warning says where that was not reached.

    Raises ValueError and TypeError as :func:`escapelab.onestep.step` does, and for noise so small that it needs more
    than panels.MOST_NODES nodes, or that the mean is beyond 1e300.
    Source: Nystrom's method; Grassmann, Taksar and Heyman 1985 for the system. Explained in thread/q5-how-deep.
    """
    start, rtol = _starts(start), arguments.number("rtol", rtol, above=0)
    field = onestep.field(objective, region, scale=scale, batch=batch, replace=replace)
    step = onestep.step(field, eta, noise)
    if onestep.enclosed(step, start):
        raise ValueError("walkers never leave: the noise is bounded and too small for it")
    places, chain, factors, times, error = nodes.refined(step, start, rtol)
    if not np.all(np.isfinite(times)):
        raise ValueError("the mean exit time is beyond some 1e300 steps, more than doubles resolve")
    largest, at = times.max(), places.starts
    squares = nodes.solve(factors, (2 * times - 1) / largest) / largest
    deviation = largest * np.sqrt(np.maximum(squares - (times / largest) ** 2, 0.0))
    return Exits(start, times[at], deviation[at], nodes.solve(factors, chain.above)[at], error)


def quasi_stationary(objective, *, region, eta, noise, scale=None, batch=None, replace=False, rtol=1e-6):
    """Exit rate and law of walkers that have been inside region = (low, high) for long, as QuasiStationary.

    The arguments as in :func:`exit_times`. A walker that starts with this law leaves after a geometric time of mean
    1 / rate. Raises ValueError and TypeError as exit_times does, and ValueError where no such law exists, because
    walkers only pass through. Source: leading left eigenvector of the transfer operator, Darroch and Seneta 1965.
    Explained in thread/q5-how-deep.
    """
    rtol = arguments.number("rtol", rtol, above=0)
    field = onestep.field(objective, region, scale=scale, batch=batch, replace=replace)
    step, before = onestep.step(field, eta, noise), None
    for finer in nodes.FINER:
        places = panels.places(step, finer=finer)
        chain = nodes.chain(step, places)
        rate, mass = nodes.quasi_stationary(places, chain, nodes.factors(chain))
        if before is not None and abs(rate / before - 1) <= rtol:
            break
        before = rate
    error = abs(rate / before - 1)
    return QuasiStationary(rate, places.x, places.weights, mass / places.weights, error)


def survival(objective, steps, *, region, eta, noise, start, scale=None, batch=None, replace=False, rtol=1e-6):
    """Probability to be still inside region = (low, high) after so many steps, as Survival.

    steps : (m,) whole numbers >= 0, increasing; the rest as in :func:`exit_times`. A walker that exits at step n has
    survived n - 1 steps. Raises ValueError and TypeError as exit_times does, and for steps that do not increase.
    Source: powers of the transfer operator. Explained in thread/q5-how-deep.
    """
    start, rtol = _starts(start), arguments.number("rtol", rtol, above=0)
    steps = np.atleast_1d(steps)
    if steps.ndim != 1 or steps.size == 0 or steps.dtype.kind not in "iu" or steps[0] < 0 or np.any(np.diff(steps) < 1):
        raise ValueError(f"steps must be increasing whole numbers >= 0; got {steps!r}")
    field = onestep.field(objective, region, scale=scale, batch=batch, replace=replace)
    step = onestep.step(field, eta, noise)

    def shares(finer):
        places = panels.places(step, start, finer=finer)
        chain = nodes.chain(step, places, rare=nodes.RARE)
        stay = banded.staying(*chain[:3], chain.below + chain.above)
        u, curve = np.ones(places.x.size), []
        for pause in np.diff(steps, prepend=0):
            banded.march(*chain[:3], stay, u, int(pause))
            curve.append(u[places.starts])
        return np.stack(curve, axis=1)

    share, error = nodes.converged(shares, rtol)
    return Survival(steps, share, error)


def escape_map(objective, region, etas, sigmas, *, start, noise, rtol=1e-6):
    """Mean exit time from region = (low, high) for every step size and amplitude of noise, as an EscapeMap.

    etas, sigmas : (etas,) and (amplitudes,), all above 0; start : one number; noise : the law that an amplitude makes,
    ``noise.gaussian`` or ``noise.uniform``; rtol as in :func:`exit_times`.

    Raises ValueError and TypeError as exit_times does. Source: as there. Explained in thread/q5-how-deep.
    """
    etas, sigmas = (np.atleast_1d(arguments.array(name, v)) for name, v in (("etas", etas), ("sigmas", sigmas)))
    if etas.ndim != 1 or sigmas.ndim != 1 or etas.size == 0 or sigmas.size == 0:
        raise ValueError(f"etas and sigmas must be lists; got shapes {etas.shape} and {sigmas.shape}")
    field = onestep.field(objective, region)
    start, rtol = np.array([arguments.number("start", start)]), arguments.number("rtol", rtol, above=0)
    mean, error = np.empty((etas.size, sigmas.size)), np.empty((etas.size, sigmas.size))
    for i, eta in enumerate(etas):
        steps = [onestep.step(field, eta, noise(sigmas[0]))]
        steps += [steps[0]._replace(size=onestep.step_size(noise(sigma))) for sigma in sigmas[1:]]
        ready = [[panels.places(step, start, finer=finer) for finer in nodes.FINER[:2]] for step in steps]
        known = iter(nodes.split_gradients(field, [places for pair in ready for places in pair]))
        for j, step in enumerate(steps):
            pairs = [(places, next(known)) for places in ready[j]]
            if onestep.enclosed(step, start):
                mean[i, j], error[i, j] = np.inf, 0.0
                continue
            places, _, _, times, error[i, j] = nodes.refined(step, start, rtol, pairs)
            mean[i, j] = times[places.starts[0]]
    return EscapeMap(mean, error)


def occupancy(objective, edges, *, eta, noise, scale=None, batch=None, replace=False, rtol=1e-6):
    """Long-run share of each basin and one-step probabilities between basins, as Occupancy.

    edges : (m + 1,) increasing, as Basins.edges; the outer two should be so far out that walkers hardly pass them.
    The rest as in :func:`exit_times`. The numbers are exact for one step of a walker that has run for long; which basin
    a walker is in is no Markov chain, so powers of the matrix are not exact for more steps.

    Raises ValueError and TypeError as exit_times does, and for edges that do not increase.
    Source: integrals of the one-step kernel over the quasi-stationary law. Explained in thread/q4-what-it-looks-for.
    """
    edges, rtol = arguments.array("edges", edges), arguments.number("rtol", rtol, above=0)
    if edges.ndim != 1 or edges.size < 2 or np.any(np.diff(edges) <= 0):
        raise ValueError(f"edges must be at least two increasing numbers; got {edges!r}")
    field = onestep.field(objective, (edges[0], edges[-1]), scale=scale, batch=batch, replace=replace)
    step = onestep.step(field, eta, noise)
    last = []

    def shares(finer):
        places = panels.places(step, finer=finer, breaks=edges[1:-1])
        chain = nodes.chain(step, places)
        factors = nodes.factors(chain)
        rate, mass = nodes.quasi_stationary(places, chain, factors)
        basin = np.searchsorted(edges[1:-1], places.x)
        last.append((places.x, chain, rate, mass, basin))
        return np.bincount(basin, mass, edges.size - 1)

    share, error = nodes.converged(shares, rtol)
    x, chain, rate, mass, basin = last[-1]
    reached = np.diff(_below(step, step.centres(x), edges[:, None, None], x), axis=0)
    flow = np.einsum("b,jbx->jx", field.chances, reached) * mass
    matrix = np.stack([np.bincount(basin, row, edges.size - 1) for row in flow], axis=1)
    leak = np.bincount(basin, (chain.below + chain.above) * mass, edges.size - 1)
    return Occupancy(share, matrix / share[:, None], leak / share, rate, error)


def _below(step, centres, edge, x):
    if step.law == "normal":
        return scipy.special.ndtr((edge - centres) / step.spread(x))
    return np.clip((edge - centres) / step.spread(x) / 2 + 0.5, 0, 1)


def _starts(start):
    return np.atleast_1d(arguments.array("start", start)).ravel()
