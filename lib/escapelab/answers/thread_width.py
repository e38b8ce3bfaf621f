"""Exercises of thread/f6-depth-or-width."""

import math

from escapelab.answers import Exercise, Wrong


def _shape(generator):
    return tuple(float(v) for v in generator.uniform([0.1, 0.5, 0.01, 0.5], [1.0, 2.0, 0.1, 2.0]))


def _losses(generator):
    return tuple(float(v) for v in generator.uniform([0.1, 0.5, 0.1, 5.0], [0.4, 1.5, 0.3, 9.0]))


EXERCISES = [
    Exercise(
        "f6-curvature",
        kind="compute",
        minutes=5,
        rests_on="f6-exponent",
        solution=lambda depth, width, eta, c: 4 * width**2 / (math.pi**2 * eta * c),
        inputs=_shape,
        hints=(
            "What stands above and what below the line of the exponent?",
            "The variance contains the depth, too.",
            "Put the variance into the exponent and cancel.",
        ),
        wrong=[
            Wrong(lambda depth, width, eta, c: 2 * depth / (eta * c), "That is for constant variance c."),
            Wrong(
                lambda depth, width, eta, c: 4 * width / (math.pi**2 * eta * c),
                "The curvature has the square of the width below the line.",
            ),
            Wrong(
                lambda depth, width, eta, c: math.pi**2 * depth**2 / (eta * c * width**2),
                "You multiplied by the curvature; the variance stands below the line.",
            ),
        ],
    ),
    Exercise(
        "f6-power",
        kind="compute",
        minutes=8,
        rests_on="f6-exponent",
        solution=lambda bottom, rim, eta, c: (rim / bottom) ** (2 / (eta * c)),
        inputs=_losses,
        hints=(
            "Which variance do the kicks have half way up?",
            "Add up the exponent from the bottom to the rim, each bit of height with the variance of its place.",
            "The sum is an integral of one over the loss, a logarithm; its exponential is a power.",
        ),
        wrong=[
            Wrong(
                lambda bottom, rim, eta, c: math.exp(2 * (rim - bottom) / (eta * c * bottom)),
                "You took the variance at the bottom all the way up.",
            ),
            Wrong(
                lambda bottom, rim, eta, c: math.exp(2 * (rim - bottom) / (eta * c)), "That is for constant variance c."
            ),
            Wrong(
                lambda bottom, rim, eta, c: 2 / (eta * c) * math.log(rim / bottom),
                "That is the exponent; the question is for its exponential.",
            ),
            Wrong(lambda bottom, rim, eta, c: (rim / bottom) ** (1 / (eta * c)), "The factor two is missing."),
        ],
    ),
    Exercise(
        "f6-units",
        kind="predict",
        minutes=3,
        rests_on="f6-exponent",
        solution="A",
        hints=(
            "What becomes of the slopes, and what of the kicks?",
            "Both are gradients, and the step multiplies them as before.",
            "Put ten times the depth and a hundred times the variance into the exponent.",
        ),
        wrong=[
            Wrong("B", "The step is still the same number. Did its meaning stay?"),
            Wrong("C", "The depth grows tenfold. By how much does the variance of the kicks grow?"),
            Wrong("D", "All wells change in the same way; the exponent tells which."),
        ],
    ),
    Exercise(
        "f6-neutral",
        kind="explain",
        minutes=5,
        rests_on="f6-exponent",
        solution=1.5,
        accepts=lambda p: bool(1 <= p <= 100),
        hints=(
            "Which of the four laws has deeper wells that are left sooner?",
            "Depth stands above the line to the power one. Which power takes it away?",
            "Choose a power so large that the variance grows faster than the depth.",
        ),
        wrong=[
            Wrong(-1.0, "Then deeper wells are even quieter and hold longer still.", lambda p: p < 0),
            Wrong(0.0, "Then the noise is the same in all wells, and depth is what counts.", lambda p: p == 0),
            Wrong(0.5, "There the exponent still grows with the depth, though more slowly.", lambda p: 0 < p < 1),
        ],
    ),
]
