"""Exercises of the part `start`."""

import functools

import numpy as np

from escapelab import escape, objectives, sgd

from . import Exercise, Wrong


def _gradient(theta, x, y):
    return np.mean(2 * (np.sin(theta * x) - y) * x * np.cos(theta * x))


def _batch(generator):
    return generator.uniform(0.5, 3), generator.uniform(0, 10, 10), generator.normal(size=10)


def _smallest_step(samples, distance, k):
    return distance / -np.sort(samples)[:k].mean()


def _samples(generator):
    return generator.normal(0.3, 3.0, 100), generator.uniform(0.05, 0.5), int(generator.integers(2, 30))


@functools.cache
def _landscape():
    cost = objectives.sine_fit()
    basins = escape.basins(cost, -30, 30)
    return cost, basins, basins.minima.argmin()


def _share(eta):
    """Share of 2000 walkers in the deepest basin after 300 steps of this size; NaN for a step that is not positive."""
    if not 0 < eta < 10:
        return float("nan")
    cost, basins, best = _landscape()
    ends = sgd.ensemble(cost, start=1.0, eta=float(eta), steps=300, walkers=2000, batch=10, seed=4).theta[:, 0]
    return float(np.mean(basins.which(ends) == best))


def _loses(steps):
    small, large = steps
    return bool(small < large and _share(small) - _share(large) >= 0.2)


EXERCISES = [
    Exercise(
        "two-pictures-gradient",
        kind="compute",
        minutes=5,
        rests_on="two-pictures-cost",
        solution=_gradient,
        inputs=_batch,
        hints=(
            "What does the chain rule make of the square, and what of the sine inside it?",
            "Check one sample by finite differences: (J(theta + h) - J(theta - h)) / (2 h).",
            "Each sample gives twice its residual, times the cosine, times x. Then take the mean over the batch.",
        ),
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
        kind="predict",
        minutes=3,
        rests_on="two-pictures-hump",
        solution="B",
        hints=(
            "Two things must happen within 300 steps: arrive, and stay. Which step fails at which?",
            "Put the three steps into the control, one after the other.",
            "Read the share in the deepest basin off the figure in Where it breaks at the three steps.",
        ),
        wrong=[
            Wrong("A", "Look at the control with this step: how far have the walkers got after 300 steps?"),
            Wrong("C", "They do get there. Do they stay?"),
            Wrong("D", "There is no fourth choice: which of the three steps is neither too timid nor too wild?"),
        ],
    ),
    Exercise(
        "two-pictures-one-kick",
        kind="compute",
        minutes=8,
        rests_on="two-pictures-push",
        solution=_smallest_step,
        inputs=_samples,
        hints=(
            "Which k of the samples make the strongest batch that pushes to the right?",
            "A step moves the walker by eta times the mean of the batch, against its sign.",
            "Sort the gradients, average the k most negative ones, and divide the distance by the size of that mean.",
        ),
        wrong=[
            Wrong(
                lambda samples, distance, k: distance / np.sort(samples)[-k:].mean(),
                "That is the way out to the left. Gradients of which sign push to the right?",
            ),
            Wrong(
                lambda samples, distance, k: distance / -np.min(samples),
                "That is a batch of one. A batch moves by the mean of its gradients.",
            ),
            Wrong(
                lambda samples, distance, k: distance / np.std(samples),
                "That uses the spread of the gradients. The strongest batch is rarer than one sd.",
            ),
            Wrong(
                lambda samples, distance, k: distance / -np.sort(samples)[:k].sum(),
                "That adds the gradients up. A batch gradient is their mean.",
            ),
        ],
    ),
    Exercise(
        "two-pictures-larger-step",
        kind="explain",
        minutes=8,
        rests_on="two-pictures-hump",
        solution=[0.05, 0.2],
        accepts=_loses,
        hints=(
            "On which side of the hump does a larger step do harm?",
            "Take one step near the top of the hump and one to the right of it.",
            "Run 2000 walkers with each step as in Where it breaks, and compare the shares in the deepest basin.",
        ),
        wrong=[
            Wrong([0.2, 0.05], "Give the smaller step first.", lambda steps: bool(steps[0] >= steps[1])),
            Wrong([-0.1, 0.05], "A step size is positive, and not above 10.", lambda s: not 0 < min(s) <= max(s) < 10),
            Wrong(
                [0.02, 0.05],
                "With these two the claim holds: the larger step brings more walkers there.",
                lambda steps: _share(steps[1]) > _share(steps[0]),
            ),
            Wrong(
                [0.06, 0.07],
                "The larger step does not bring more, but it does not lose a fifth of all walkers either.",
                lambda steps: _share(steps[0]) - _share(steps[1]) < 0.2,
            ),
        ],
    ),
]
