"""Exercises of the part on smoothing."""

import numpy as np

from escapelab.answers import Exercise, Wrong


def _loss_and_place(generator):
    a, b, d = generator.uniform(0.5, 2.0, 3)
    return lambda x: a * x**4 + b * np.sin(3 * x) + d * x, generator.uniform(-1, 1), generator.uniform(0.2, 0.8)


def _step_and_reach(generator):
    return generator.uniform(0.1, 0.6), generator.uniform(0.1, 2.0)


EXERCISES = [
    Exercise(
        "s2-erase",
        2.0,
        hint="How long must the plank be, and how is its length made of step and radius?",
        wrong=[
            Wrong(4.0, "That plank spans two ripples. It erases them too, but a smaller radius does."),
            Wrong(0.1, "That is the reach. Which radius has this reach at the given step?"),
            Wrong(0.005, "You multiplied by the step. Reach is step times radius: solve it for the radius."),
            Wrong(1.0, "That plank covers half a ripple. It reaches to both sides of y, so count both halves."),
        ],
    ),
    Exercise(
        "s2-chord",
        lambda f, y, reach: (f(y + reach) - f(y - reach)) / (2 * reach),
        hint="Integrate the derivative over the interval, then divide by the length of the interval.",
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
        lambda eta, reach: np.sqrt(reach**2 / 3 / (1 - (1 - eta) ** 2)),
        hint="Put the step into the variance and set the variances before and after it equal.",
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
        "A",
        hint='Answer with "A", "B" or "equal".',
        wrong=[
            Wrong("B", "It is the flatter one at its very bottom. But what is left of it in the averaged loss?"),
            Wrong("equal", "They are equally deep before the averaging. Are they after it?"),
            Wrong("tip", "Name the minimum by its letter."),
        ],
    ),
]
