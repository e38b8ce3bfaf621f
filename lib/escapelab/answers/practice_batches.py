"""Exercises of practice/p3b-reshuffling."""

import functools
import math

from escapelab import escape, noise, objectives, regions, sgd, survival
from escapelab.answers import Exercise, Wrong


def _arch(generator):
    m = int(generator.integers(4, 40))
    return int(generator.integers(2, m)), m, float(generator.uniform(0.5, 5.0))


@functools.cache
def _middle():
    """The thread's cost, its bowl at 1.38: minimiser, edges, curvature."""
    cost = objectives.sine_fit()
    bowls = escape.basins(cost, -3, 8)
    here = int(bowls.which(1.38))
    rest = bowls.minimisers[here]
    return cost, rest, regions.interval(*bowls.edges[here : here + 2]), cost.hessian(rest)[0, 0]


def _possible(pair):
    k, eta = pair
    return k == int(k) and 1 <= k <= 100 and 100 % int(k) == 0 and 0.001 <= eta <= 0.11


def _gain(pair):
    """Logarithm of the mean time with fresh batches over that with shuffled ones; NaN for an impossible pair."""
    if not _possible(pair):
        return math.nan
    (cost, rest, inside, _), k, rates = _middle(), int(pair[0]), []
    for sampler in (noise.without_replacement(100, k), noise.reshuffled(100, k)):
        go = {"batch": k, "sampler": sampler, "steps": 2000, "walkers": 500, "region": inside, "until_exit": True}
        rates.append(survival.exit_rate(sgd.ensemble(cost, start=rest, eta=pair[1], seed=11, **go).exit_time, 2000))
    fresh, shuffled = rates
    return math.log(fresh.mean / shuffled.mean) if shuffled.exits >= 30 and fresh.exits > 0 else math.nan


def _overshoots(pair):
    return pair[1] * _middle()[3] > 1


EXERCISES = [
    Exercise(
        "p3b-correlation",
        kind="compute",
        minutes=5,
        rests_on="p3b-deck",
        solution=lambda m: -1 / (m - 1),
        inputs=lambda generator: (int(generator.integers(2, 1000)),),
        hints=(
            "What is the variance of the sum of all gradients of an epoch?",
            "Write the variance of a sum as variances plus covariances.",
            "There are m variances and m (m - 1) equal covariances, and together they are zero.",
        ),
        rtol=1e-6,
        wrong=[
            Wrong(lambda m: 0.0, "That is right for fresh batches. In an epoch what is drawn is gone."),
            Wrong(lambda m: -1 / m, "Count the pairs: each batch has one partner fewer than there are batches."),
            Wrong(lambda m: 1 / (m - 1), "Who has drawn low cards has high ones to come. Which sign is that?"),
            Wrong(lambda m: -1.0, "With two batches, yes. With more, the rest shares the debt."),
        ],
    ),
    Exercise(
        "p3b-arch",
        kind="compute",
        minutes=8,
        rests_on="p3b-deck",
        solution=lambda j, m, v: v * j * (m - j) / (m - 1),
        inputs=_arch,
        hints=(
            "What must come out for j = 1, and what for j = m?",
            "The variance of a sum is the sum of variances and covariances. How many of each are there?",
            "There are j variances, and j (j - 1) covariances of -v / (m - 1) each.",
        ),
        rtol=1e-6,
        wrong=[
            Wrong(lambda j, m, v: v * j, "That is the sum of fresh batches. For a whole epoch it must vanish."),
            Wrong(lambda j, m, v: v * j * (m - j) / m, "For a single batch it must be v. Try j = 1."),
            Wrong(
                lambda j, m, v: math.sqrt(v * j * (m - j) / (m - 1)),
                "That is the standard deviation.",
            ),
            Wrong(
                lambda j, m, v: v * j * (1 - 1 / (m - 1)),
                "Each batch is correlated with all the others in the sum, not just with one.",
            ),
        ],
    ),
    Exercise(
        "p3b-twice",
        kind="predict",
        minutes=4,
        rests_on="p3b-cloud",
        solution="C",
        hints=(
            "How many steps has an epoch now?",
            "Compare two times: how long the bowl remembers a push, and how long until it is paid back.",
            "Look at the curves for ten and for a hundred batches at the same step times curvature.",
        ),
        wrong=[
            Wrong("A", "Each batch is as before. But when does its opposite come?"),
            Wrong("B", "They do balance, but only at the end of the epoch. When is that now?"),
            Wrong("D", "Is the memory of the bowl already shorter than an epoch? Nothing here says so."),
        ],
    ),
    Exercise(
        "p3b-sooner",
        kind="explain",
        minutes=10,
        rests_on="p3b-cloud",
        solution=[50, 0.1],
        accepts=lambda pair: _gain(pair) > math.log(10 / 9),
        hints=(
            "When do two opposite pushes, one after the other, add up instead of cancelling?",
            "Look at the curves to the right of their common point. Which epoch rises most?",
            "Choose few batches an epoch and a step times curvature well above one.",
        ),
        wrong=[
            Wrong(
                [30, 0.09],
                "The batch must be a whole number that divides the data, and the step within the stated range.",
                lambda pair: not _possible(pair),
            ),
            Wrong(
                [10, 0.02],
                "Step times curvature is below one there: descent does not overshoot, so opposite pushes cancel.",
                lambda pair: not _overshoots(pair),
            ),
            Wrong(
                [1, 0.08],
                "The step is large enough. But is there a clear difference, and are there enough exits to see one?",
                _overshoots,
            ),
        ],
    ),
]
