"""Simulated annealing: a walk that also accepts steps uphill, less and less often.

It looks at losses only and knows no gradient. At temperature T a proposal that is higher by D is accepted with
probability exp(-D / T) (Metropolis et al. 1953); T sinks to almost nothing (Kirkpatrick, Gelatt and Vecchi 1983).
Explained in thread/a2-other-ways-out.
"""

from typing import NamedTuple

import numpy as np

from . import arguments, rng


class Annealed(NamedTuple):
    """What annealed walkers did; look 0 is the start, look j comes after j proposals."""

    path: np.ndarray  # (walkers, looks, d) where each walker stood
    loss: np.ndarray  # (walkers, looks) loss there
    temperature: np.ndarray  # (looks - 1,) of each proposal


def annealed(objective, *, start, width, hot, cold, looks, walkers=None, seed=0):
    """Walk by simulated annealing, many independent walkers at once.

    Parameters
    ----------
    objective : Objective
        Its loss is looked at once a proposal, by every walker; no gradient is.
    start : float, (d,) or (walkers, d)
        Where the walkers begin; that costs the first look.
    width : float > 0 or (walkers,)
        A proposal adds independent normal numbers of this standard deviation to the coordinates.
    hot, cold : float > 0
        First and last temperature, in units of the loss; between them it falls by equal factors.
    looks : int >= 2
        How often the loss is looked at.
    walkers : int >= 1, optional
        Needed unless ``start`` has one row a walker.
    seed : int, 0 .. 2**32 - 1
        Shifted by $ESCAPELAB_SEED_SHIFT.

    Returns
    -------
    Annealed

    Raises
    ------
    ValueError, TypeError
        Naming the argument, what was given and what is allowed; also for more than MEMORY_LIMIT bytes.

    Source: Metropolis et al. 1953; Kirkpatrick, Gelatt and Vecchi 1983. Explained in thread/a2-other-ways-out.
    """
    d, looks = objective.dimension, arguments.count("looks", looks, 2)
    theta, walkers = arguments.starts(start, walkers, d)
    arguments.fits(walkers, 2 * looks, d)
    width = arguments.per_walker("width", width, walkers, above=0)[:, None]
    hot, cold = arguments.number("hot", hot, above=0), arguments.number("cold", cold, above=0)
    temperature, generator = np.geomspace(hot, cold, looks - 1), rng.generator(seed)
    path, loss = np.empty((looks, walkers, d)), np.empty((looks, walkers))
    path[0], loss[0] = theta, objective.loss(theta)
    for j in range(looks - 1):
        proposed = path[j] + width * generator.standard_normal((walkers, d))
        there = objective.loss(proposed)
        accepted = there - loss[j] <= temperature[j] * generator.standard_exponential(walkers)
        path[j + 1] = np.where(accepted[:, None], proposed, path[j])
        loss[j + 1] = np.where(accepted, there, loss[j])
    return Annealed(np.ascontiguousarray(path.transpose(1, 0, 2)), np.ascontiguousarray(loss.T), temperature)
