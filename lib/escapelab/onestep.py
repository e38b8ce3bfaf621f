"""One noisy step of SGD in one dimension, x' = x - eta g_B(x) + eta noise. Explained in thread/q5-how-deep."""

import itertools
from collections import Counter
from math import factorial, prod
from typing import NamedTuple

import numpy as np

from . import arguments
from . import noise as noises
from .objectives import Objective

MOST_BATCHES = 2000  # batches that are enumerated
GRID = 4097  # places where the step is looked at before nodes are chosen
_LAWS = {noises.gaussian(1.0).function: "normal", noises.uniform(1.0).function: "uniform"}
REACH = {"normal": 12.0, "uniform": 1.0}  # width of the widest panels, in amplitudes of the noise


class Field(NamedTuple):
    """What pushes walkers on an interval: gradients of the batches and the noise's scale."""

    gradients: object  # x (m,) -> (branches, m)
    scale: object  # x (m,) -> square root of what multiplies the noise's variance (m,)
    chances: np.ndarray  # (branches,) probabilities of the batches
    grid: np.ndarray  # (GRID,) places on the interval
    on_grid: np.ndarray  # (branches, GRID) gradients there
    slopes: np.ndarray  # (branches, GRID) their slopes
    scales: np.ndarray  # (GRID,) scale there


class Step(NamedTuple):
    """A step of SGD in a field."""

    field: Field
    eta: float
    law: str  # "normal" or "uniform"
    size: float  # standard deviation, or half-width of uniform noise, where the scale is 1
    need: np.ndarray  # (GRID,) widest panels from the low end up to places of the grid, for size 1

    def centres(self, x, gradients=None):
        """Where a step from x (m,) leads without noise (branches, m)."""
        return x - self.eta * (self.field.gradients(x) if gradients is None else gradients)

    def spread(self, x, scales=None):
        """Amplitude of the step's noise at x (m,), in units of x."""
        return self.eta * self.size * (self.field.scale(x) if scales is None else scales)


def field(objective, region, *, scale=None, batch=None, replace=False):
    """Gradients on region = (low, high) as a Field; arguments as in :func:`escapelab.sgd.ensemble`.

    Batches are enumerated, and there may be MOST_BATCHES of them. Raises ValueError for more dimensions than one,
    low >= high, a scale that is 0 somewhere and more batches; TypeError as ensemble does.
    Explained in thread/q5-how-deep.
    """
    if objective.dimension != 1:
        raise ValueError(f"exact escape times are for one dimension; {objective.name} has {objective.dimension}")
    try:
        low, high = region
    except (TypeError, ValueError):
        raise TypeError(f"region must be (low, high); got {region!r}") from None
    low, high = arguments.number("low", low), arguments.number("high", high)
    if not low < high:
        raise ValueError(f"region must be (low, high) with low < high; got {region!r}")
    picks, chances = _batches(objective, batch, replace)
    if scale is not None:
        arguments.kind("scale", scale, "loss")
        varied = Objective("scale", 1, {"loss": scale}, objective.data)

    def gradients(x):
        return objective.gradient(x)[None] if picks is None else objective.gradient(x, picks)

    def root(x):
        return np.ones(x.size) if scale is None else np.sqrt(np.maximum(varied.loss(x), 0.0))

    grid = np.linspace(low, high, GRID)
    on_grid, scales = gradients(grid), root(grid)
    if not scales.min() > 0:
        raise ValueError(f"the scale must be above 0 on all of [{low}, {high}]; it is {scales.min():.3g} somewhere")
    return Field(gradients, root, chances, grid, on_grid, np.gradient(on_grid, grid, axis=1), scales)


def step(field, eta, noise):
    """A step of size eta with a law of noise, noise.gaussian(sigma) or noise.uniform(radius), as a Step.

    Raises ValueError unless eta and the amplitude are above 0, and for another law; TypeError for no law.
    Source: x <- x - eta (g_B(x) + noise). Explained in thread/q5-how-deep.
    """
    size, eta, law = step_size(noise), arguments.number("eta", eta, above=0), _LAWS[noise.function]
    need = 1 / (REACH[law] * eta * field.scales)
    if law == "normal":
        need *= np.maximum(1.0, np.abs(1 - eta * field.slopes).max(axis=0))
    need[1:] = np.cumsum(0.5 * (need[1:] + need[:-1])) * (field.grid[1] - field.grid[0])
    need[0] = 0.0
    return Step(field, eta, law, size, need)


def enclosed(step, starts):
    """Whether bounded noise can never carry a walker from any of the starts (starts,) out of the region.

    False for normal noise. What can be reached is followed on the field's grid, a spacing wider than it is.
    """
    if step.law == "normal":
        return False
    grid, centres, spread = (
        step.field.grid,
        step.centres(step.field.grid, step.field.on_grid),
        step.spread(None, step.field.scales),
    )
    wider = np.array([-2, 1])
    left, right = (centres - spread).min(axis=0), (centres + spread).max(axis=0)
    low, high = np.searchsorted(grid, [starts.min(), starts.max()]) + wider
    while low > 0 and high < grid.size - 1:
        ends = np.searchsorted(grid, [left[low : high + 1].min(), right[low : high + 1].max()]) + wider
        if low <= ends[0] and ends[1] <= high:
            return True
        low, high = min(low, ends[0]), max(high, ends[1])
    return False


def step_size(noise):
    """Amplitude of a law of noise: sigma of a normal, radius of a uniform one; raises as :func:`step` does."""
    if not isinstance(noise, noises.Noise):
        raise TypeError(f"noise must be a law of escapelab.noise, for example noise.gaussian(1.0); got {noise!r}")
    if noise.function not in _LAWS:
        raise ValueError("exact escape times need noise.gaussian(sigma) or noise.uniform(radius)")
    return arguments.number("the noise's amplitude", noise.amplitude, above=0)


def _batches(objective, batch, replace):
    """Every batch, (batches, k), or None for all samples, and the probability of each."""
    if batch is None or not objective.has_batches:
        return None, np.ones(1)
    n, k = objective.data.shape[0], arguments.count("batch", batch, 1)
    if k > n and not replace:
        raise ValueError(f"batch must be between 1 and the number of samples, {n}; got {k}")
    again = replace or objective.weights is not None
    picks = (itertools.combinations_with_replacement if again else itertools.combinations)(range(n), k)
    picks = list(itertools.islice(picks, MOST_BATCHES + 1))
    if len(picks) > MOST_BATCHES:
        raise ValueError(f"batches of {k} of {n} are more than {MOST_BATCHES}, too many to enumerate")
    if not again:
        return np.array(picks), np.full(len(picks), 1 / len(picks))
    share = np.full(n, 1 / n) if objective.weights is None else objective.weights / np.sum(objective.weights)
    orders = [factorial(k) / prod(factorial(c) for c in Counter(pick).values()) for pick in picks]
    picks = np.array(picks)
    return picks, orders * np.prod(share[picks], axis=1)
