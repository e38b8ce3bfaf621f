"""Exercises of thread/f7-what-is-assumed."""

import math

import numpy as np

from escapelab.answers import Exercise, Wrong


def _drawn(generator):
    return generator.uniform(0.0, 5.0, 8), generator.uniform(0.1, 3.0, 8)


def _quartic(generator):
    return tuple(float(v) for v in generator.uniform([0.1, 0.01], [2.0, 0.3]))


EXERCISES = [
    Exercise(
        "f7-odd",
        kind="compute",
        minutes=5,
        rests_on="f7-three",
        solution=lambda y, weights: float(np.sum(weights * y) / np.sum(weights)),
        inputs=_drawn,
        hints=(
            "Which function do the steps descend on average?",
            "An observation that is drawn twice as often counts twice.",
            "Set the expected gradient of a drawn observation to zero, and solve.",
        ),
        wrong=[
            Wrong(lambda y, weights: float(np.mean(y)), "That is where fair draws would end."),
            Wrong(
                lambda y, weights: float(np.sum(weights * y) / y.size),
                "The chances to be drawn have to sum to one.",
            ),
            Wrong(
                lambda y, weights: float(np.sum(y / weights) / np.sum(1 / weights)),
                "That weights the frequent ones down. It is how a fair result would be restored in another way.",
            ),
        ],
    ),
    Exercise(
        "f7-edge",
        kind="compute",
        minutes=5,
        rests_on="f7-smooth",
        solution=lambda a, eta: math.sqrt(1 / (2 * a * eta)),
        inputs=_quartic,
        hints=(
            "By which factor does one step multiply the iterate?",
            "The slope is four times a times the cube. Divide by the iterate.",
            "Set the factor equal to minus one, and solve.",
        ),
        wrong=[
            Wrong(lambda a, eta: math.sqrt(2 / (a * eta)), "The derivative brings down a factor of four."),
            Wrong(
                lambda a, eta: math.sqrt(1 / (4 * a * eta)), "There one step leads to zero exactly. It may be farther."
            ),
            Wrong(
                lambda a, eta: math.sqrt(1 / (6 * a * eta)),
                "That takes the curvature at the start for all the way. The slope itself decides.",
            ),
        ],
    ),
    Exercise(
        "f7-constant",
        kind="predict",
        minutes=3,
        rests_on="f7-three",
        solution="B",
        hints=(
            "Which of the three assumptions is not met?",
            "The kicks have mean zero, but each new one is as large as the last.",
            "Find this case among the five runs of the figure.",
        ),
        wrong=[
            Wrong("A", "The mean of the kicks is zero, but what about their size?"),
            Wrong("C", "That is what biased batches do. Are these biased?"),
            Wrong("D", "They would without a slope. What does the slope do with old kicks?"),
        ],
    ),
    Exercise(
        "f7-tail",
        kind="explain",
        minutes=5,
        rests_on="f7-three",
        solution=1.3,
        accepts=lambda tail: bool(1 < tail <= 1 / 0.7),
        hints=(
            "How likely is a long kick at time t?",
            "Its chance goes as the step to the power of the tail. When is the sum of these infinite?",
            "Compare the product of the two exponents with one.",
        ),
        wrong=[
            Wrong(2.0, "That is the normal law, for which these steps are right.", lambda tail: tail >= 2),
            Wrong(1.7, "With that tail long kicks become rare fast enough.", lambda tail: 1 / 0.7 < tail < 2),
            Wrong(0.8, "Kicks with such a tail have no mean at all.", lambda tail: tail <= 1),
        ],
    ),
]
