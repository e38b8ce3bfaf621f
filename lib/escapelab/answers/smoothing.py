"""Exercises of the part on smoothing."""

import numpy as np

from escapelab import noise, objectives, sgd
from escapelab.answers import Exercise, Wrong


def _loss_and_place(generator):
    a, b, d = generator.uniform(0.5, 2.0, 3)
    return lambda x: a * x**4 + b * np.sin(3 * x) + d * x, generator.uniform(-1, 1), generator.uniform(0.2, 0.8)


def _step_and_reach(generator):
    return generator.uniform(0.1, 0.6), generator.uniform(0.1, 2.0)


def _share(step):
    """Share of 1000 walkers near the centre after 3000 steps of this size, reach 0.1; NaN for an impossible step."""
    if not 0 < step <= 0.5:
        return float("nan")
    law, start = noise.uniform(0.1 / step), np.linspace(-3, 3, 1000)
    ends = sgd.ensemble(objectives.spiky(), start=start, eta=float(step), steps=3000, noise=law, seed=5).theta
    return float(np.mean(np.abs(ends) < 0.75))


EXERCISES = [
    Exercise(
        "s2-erase",
        kind="compute",
        minutes=4,
        rests_on="s2-plank",
        solution=lambda apart, eta: apart / 2 / eta,
        inputs=lambda generator: (float(generator.uniform(0.1, 1.0)), float(generator.uniform(0.01, 0.2))),
        hints=(
            "How long must the plank be, compared with a ripple?",
            "The plank reaches to both sides. How is its length made of step and radius?",
            "Set twice the reach equal to the distance of the ripples, and the reach equal to step times radius.",
        ),
        wrong=[
            Wrong(
                lambda apart, eta: apart / eta,
                "That plank spans two ripples. It erases them too, but a smaller radius does.",
            ),
            Wrong(lambda apart, eta: apart / 2, "That is the reach. Which radius has this reach at the given step?"),
            Wrong(
                lambda apart, eta: apart / 2 * eta,
                "You multiplied by the step. Reach is step times radius: solve it for the radius.",
            ),
            Wrong(
                lambda apart, eta: apart / 4 / eta,
                "That plank covers half a ripple. It reaches to both sides of y, so count both halves.",
            ),
        ],
    ),
    Exercise(
        "s2-chord",
        kind="compute",
        minutes=6,
        rests_on="s2-plank",
        solution=lambda f, y, reach: (f(y + reach) - f(y - reach)) / (2 * reach),
        hints=(
            "What is the integral of a derivative?",
            "The mean over an interval is the integral divided by the length of the interval.",
            "Take the loss at both ends of the plank, the difference, and divide by the whole length.",
        ),
        inputs=_loss_and_place,
        wrong=[
            Wrong(
                lambda f, y, reach: (f(y + reach) - f(y - reach)) / reach,
                "The plank reaches to both sides: how long is it?",
            ),
            Wrong(lambda f, y, reach: (f(y + reach) - f(y)) / reach, "That plank begins at y. Noise goes both ways."),
            Wrong(lambda f, y, reach: (f(y + reach) + f(y - reach)) / 2, "That is a mean of two heights, not a slope."),
            Wrong(
                lambda f, y, reach: (f(y - reach) - f(y + reach)) / (2 * reach),
                "Right size, but it points the other way.",
            ),
        ],
    ),
    Exercise(
        "s2-spread",
        kind="compute",
        minutes=6,
        rests_on="s2-kicks",
        solution=lambda eta, reach: np.sqrt(reach**2 / 3 / (1 - (1 - eta) ** 2)),
        hints=(
            "Which two variances are equal in a settled cloud?",
            "A uniform number on [-1, 1] has a variance of its own. Work it out first.",
            "Solve V = (1 - eta)^2 V + reach^2 / 3 for V and take the root.",
        ),
        inputs=_step_and_reach,
        wrong=[
            Wrong(lambda eta, reach: reach**2 / 3 / (1 - (1 - eta) ** 2), "That is the variance."),
            Wrong(
                lambda eta, reach: np.sqrt(reach**2 / (1 - (1 - eta) ** 2)),
                "What is the variance of a number that is uniform between -1 and 1?",
            ),
            Wrong(
                lambda eta, reach: np.sqrt(reach**2 / (6 * eta)),
                "That is the limit for small steps; keep the square of the step.",
            ),
            Wrong(
                lambda eta, reach: np.sqrt(reach**2 / 3 / eta),
                "A variance shrinks by the square of the factor that shrinks x.",
            ),
        ],
    ),
    Exercise(
        "s2-tip",
        kind="predict",
        minutes=3,
        rests_on="s2-width",
        solution="A",
        hints=(
            "What does averaging do to a minimum that is narrower than the plank?",
            "Compare what is left of the two minima in the averaged loss, not their curvatures.",
            "Lay the plank over each of them: which one is filled up, and which one hardly changes?",
        ),
        wrong=[
            Wrong("B", "It is the flatter one at its very bottom. But what is left of it in the averaged loss?"),
            Wrong("C", "They are equally deep before the averaging. Are they after it?"),
            Wrong("D", "Choose one of the three letters."),
        ],
    ),
    Exercise(
        "s2-same-reach",
        kind="explain",
        minutes=8,
        rests_on="s2-plank",
        solution=0.04,
        accepts=lambda step: _share(step) < 0.5,
        hints=(
            "What else changes when the step grows and the reach stays?",
            "At equal reach a larger step means weaker kicks against the slope, and longer slides.",
            "Go through steps from 0.02 upwards as the control does, and print the share of walkers near the centre.",
        ),
        wrong=[
            Wrong(
                0.02, "That is the lesson's step: nearly all come near the centre.", lambda step: 0.015 < step < 0.025
            ),
            Wrong(0.01, "More than half are near the centre there.", lambda step: _share(step) >= 0.5),
            Wrong(-0.1, "A step size is positive; above 0.5 nothing is asked.", lambda step: not 0 < step <= 0.5),
        ],
    ),
]
