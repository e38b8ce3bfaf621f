"""Exercises of the part `start`."""

import numpy as np

from escapelab import escape, objectives

from . import Exercise, Wrong


def _gradient(theta, x, y):
    return np.mean(2 * (np.sin(theta * x) - y) * x * np.cos(theta * x))


def _batch(rng):
    return rng.uniform(0.5, 3), rng.uniform(0, 10, 10), rng.normal(size=10)


def _limits(picks):
    """Limits of one kick: to the right, to the left, from the start at 1, and with the spread for the extreme."""
    cost = objectives.sine_fit()
    basins = escape.basins(cost, 0.2, 2.8)
    first = basins.which(1.0)
    minimiser, low, high = basins.minimisers[first], basins.edges[first], basins.edges[first + 1]
    samples = np.sort([cost.gradient(minimiser, [i]) for i in range(100)])
    push = -samples[:picks].mean()
    leftwards = (minimiser - low) / samples[-picks:].mean()
    return (high - minimiser) / push, leftwards, (high - 1.0) / push, (high - minimiser) / samples.std()


_twenty, _ten = _limits(20), _limits(10)

EXERCISES = [
    Exercise(
        "two-pictures-gradient",
        _gradient,
        inputs=_batch,
        hint="Check one sample by finite differences: (J(theta + h) - J(theta - h)) / (2 h).",
        wrong=[
            Wrong(
                lambda t, x, y: np.mean(2 * (np.sin(t * x) - y) * np.cos(t * x)),
                "Something is missing: what is the derivative of theta x with respect to theta?",
            ),
            Wrong(
                lambda t, x, y: -_gradient(t, x, y),
                "The sign is turned round: this is the direction of the step, not the gradient.",
            ),
            Wrong(
                lambda t, x, y: len(x) * _gradient(t, x, y), "This grows with the batch: the cost is a mean, not a sum."
            ),
            Wrong(lambda t, x, y: _gradient(t, x, y) / 2, "The derivative of a square brings a factor down."),
        ],
    ),
    Exercise(
        "two-pictures-step",
        "B",
        hint="Answer with one letter: A, B or C.",
        wrong=[
            Wrong("A", "Look at the control with this step: how far have the walkers got after 300 steps?"),
            Wrong("C", "They do get there. Do they stay?"),
            Wrong("D", "There is no fourth choice: which of the three steps is neither too timid nor too wild?"),
        ],
    ),
    Exercise(
        "two-pictures-one-kick",
        _twenty[0],
        hint="The step is eta times the mean of the strongest twenty gradients; it must cover the way to the edge.",
        rtol=1e-3,
        wrong=[
            Wrong(_twenty[1], "That is the way out to the left. Gradients of which sign push to the right?"),
            Wrong(_twenty[2], "That starts at 1, where the film starts. The question starts at the minimiser."),
            Wrong(_twenty[3], "That uses the spread of the gradients. The strongest batch is rarer than one sd."),
            Wrong(_ten[0], "That is the limit for batches of ten. How strong is the strongest batch of twenty?"),
        ],
    ),
]
