"""Exercises of thread/f4-only-wide-hold."""

import math

from escapelab.answers import Exercise, Wrong


def _well(generator):
    return tuple(float(v) for v in generator.uniform([0.05, 0.005], [0.5, 0.2]))


def _two_batches(generator):
    k, other = generator.choice([1, 2, 3, 5, 8, 13, 40], 2, replace=False)
    return float(generator.uniform(0.2, 2.0)), int(k), int(other)


def _stable(pair):
    return pair[0] * math.pi**2 / 2 * 0.1 / 0.05**2 < 1


def _allowed(pair):
    return pair[0] >= 0.001 and 1 <= pair[1] <= 100


def _quiet(pair):
    return 2 * 0.1 * pair[1] / pair[0] >= 20


EXERCISES = [
    Exercise(
        "f4-floor",
        kind="compute",
        minutes=5,
        rests_on="f4-two",
        solution=lambda depth, eta: math.pi / 2 * math.sqrt(eta * depth),
        inputs=_well,
        hints=(
            "When does plain descent run away from a bottom of a given curvature?",
            "Step times curvature is two at the border.",
            "Write the curvature with depth and width, and solve for the width.",
        ),
        wrong=[
            Wrong(lambda depth, eta: math.pi / 2 * eta * depth, "The width enters as a square; take the root."),
            Wrong(
                lambda depth, eta: math.pi / math.sqrt(2) * math.sqrt(eta * depth),
                "That is the width at which step times curvature is one.",
            ),
            Wrong(
                lambda depth, eta: math.pi / 2 * math.sqrt(eta / depth),
                "A deeper well of the same width is steeper. Does it allow a smaller width?",
            ),
        ],
    ),
    Exercise(
        "f4-batch",
        kind="compute",
        minutes=5,
        rests_on="f4-two",
        solution=lambda width, k, other: width * math.sqrt(k / other),
        inputs=_two_batches,
        hints=(
            "What stands in the exponent, when the noise goes as the curvature?",
            "The depth cancels. Which product of width and batch size is left?",
            "Keep the width squared times the batch size as it is, and solve for the new width.",
        ),
        wrong=[
            Wrong(lambda width, k, other: width * k / other, "The width enters as a square."),
            Wrong(lambda width, k, other: width * math.sqrt(other / k), "Does a larger batch need a wider well?"),
            Wrong(
                lambda width, k, other: width,
                "That is for constant noise, where the exponent does not know the width.",
            ),
        ],
    ),
    Exercise(
        "f4-units",
        kind="predict",
        minutes=3,
        rests_on="f4-three",
        solution="C",
        hints=(
            "What happens to slopes when the axis is stretched?",
            "Slopes get smaller and ways get longer, both by a thousand.",
            "Step size times slope is the way: put both factors in.",
        ),
        wrong=[
            Wrong("A", "It has one: way over slope. What is it?"),
            Wrong("B", "That makes up for the longer way. What about the smaller slopes?"),
            Wrong("D", "Ways get longer in the new units. Should the step size fall?"),
        ],
    ),
    Exercise(
        "f4-narrow",
        kind="explain",
        minutes=5,
        rests_on="f4-two",
        solution=[0.004, 1],
        accepts=lambda pair: bool(_allowed(pair) and _stable(pair) and _quiet(pair)),
        hints=(
            "Which two tests must a well pass?",
            "The first one is for the step alone: compute the curvature.",
            "Choose a step below one over the curvature, then a batch that makes the exponent large enough.",
        ),
        wrong=[
            Wrong([0.0001, 1], "Step or batch is outside of what is allowed.", lambda pair: not _allowed(pair)),
            Wrong(
                [0.05, 100],
                "The bottom is not safely stable; a larger batch does not help against that.",
                lambda pair: _allowed(pair) and not _stable(pair) and _quiet(pair),
            ),
            Wrong(
                [0.05, 1],
                "Neither test is passed: the step is too large for the curvature, and the exponent is small.",
                lambda pair: _allowed(pair) and not _stable(pair) and not _quiet(pair),
            ),
        ],
    ),
]
