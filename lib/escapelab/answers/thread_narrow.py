"""Exercises of thread/f3-only-narrow."""

import math

from escapelab.answers import Exercise, Wrong

STEEPEST = 1 / math.sqrt(5)
SLOPE = 6 * STEEPEST * (1 - STEEPEST**2) ** 2


def _notch(generator):
    return tuple(float(v) for v in generator.uniform([0.5, 0.1], [5.0, 0.8]))


def _wall(generator):
    return tuple(float(v) for v in generator.uniform([5.0, 8.0], [30.0, 60.0]))


def _held(pair):
    eta, depth = pair
    return bool(eta > 0 and depth >= 1 and eta * SLOPE * depth / 0.05 < 0.05 * (1 + STEEPEST))


EXERCISES = [
    Exercise(
        "f3-over",
        kind="compute",
        minutes=8,
        rests_on="f3-throw",
        solution=lambda depth, width: width**2 * (1 + STEEPEST) / (SLOPE * depth),
        inputs=_notch,
        hints=(
            "How long is a step, and how far is it to the other rim?",
            "The slope is the derivative by theta, not by z; the rim is on the far side of the middle.",
            "Set step size times slope equal to the width times one plus z, and solve for the step size.",
        ),
        wrong=[
            Wrong(
                lambda depth, width: width**2 * (1 - STEEPEST) / (SLOPE * depth),
                "Descent goes to the other side: the way leads through the middle.",
            ),
            Wrong(
                lambda depth, width: width * (1 + STEEPEST) / (SLOPE * depth),
                "The derivative by z still has to be divided by the width.",
            ),
            Wrong(
                lambda depth, width: width**2 / (3 * depth), "That is where the bottom becomes unstable, 2 / lambda."
            ),
            Wrong(
                lambda depth, width: width**2 / (SLOPE * depth),
                "That step ends one half-width away. The walker does not start in the middle.",
            ),
        ],
    ),
    Exercise(
        "f3-right-sign",
        kind="compute",
        minutes=5,
        rests_on="f3-slopes",
        solution=lambda slope, sigma: (8 * sigma / slope) ** 2,
        inputs=_wall,
        hints=(
            "How does the spread of a batch slope depend on the batch size?",
            "It falls as one over the square root; how large may it be?",
            "Set two standard deviations of the batch equal to a quarter of the slope, and solve for the batch size.",
        ),
        wrong=[
            Wrong(lambda slope, sigma: 8 * sigma / slope, "The spread falls with the square root of the batch size."),
            Wrong(lambda slope, sigma: (4 * sigma / slope) ** 2, "That is for one standard deviation, not for two."),
            Wrong(lambda slope, sigma: (2 * sigma / slope) ** 2, "That allows the whole slope, not a quarter of it."),
        ],
    ),
    Exercise(
        "f3-half",
        kind="predict",
        minutes=4,
        rests_on="f3-throw",
        solution="B",
        hints=(
            "What are the two lengths that decide?",
            "One is step size times slope, the other the way to the far rim.",
            "Put half the width and half the depth into the formula of the limit.",
        ),
        wrong=[
            Wrong("A", "A step is as long as before. Is the way to the other rim?"),
            Wrong("C", "That would be so at the same depth. What did the depth do?"),
            Wrong("D", "Depth stands below the line. What does the width do, and with which power?"),
        ],
    ),
    Exercise(
        "f3-safe",
        kind="explain",
        minutes=5,
        rests_on="f3-throw",
        solution=[0.001, 1.0],
        accepts=_held,
        hints=(
            "Which combination of width and depth is compared with the step?",
            "Put the width into the formula: the limit depends on the depth you choose.",
            "Choose the smallest depth that is allowed, and a step below the limit.",
        ),
        wrong=[
            Wrong([0.001, 0.5], "The depth is to be one at least.", lambda pair: pair[1] < 1),
            Wrong([-0.001, 1.0], "A step size is above zero.", lambda pair: pair[0] <= 0),
            Wrong(
                [0.005, 1.0],
                "A single step from the steepest place is over the other rim. Put the square of the width over the "
                "depth beside your step.",
                lambda pair: pair[0] > 0 and pair[1] >= 1 and not _held(pair),
            ),
        ],
    ),
]
