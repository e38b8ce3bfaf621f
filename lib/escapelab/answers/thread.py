"""Exercises of the thread's lessons."""

import math

from escapelab.answers import Exercise, Wrong


def _growth(eta, curvatures):
    return sum(math.log(abs(1 - eta * q)) for q in curvatures) / len(curvatures)


def _mean_square_limit(curvatures):
    return 2 * sum(curvatures) / sum(q * q for q in curvatures)


def _curvatures(generator):
    return generator.uniform(0.5, 6.0, generator.integers(2, 9)).tolist()


EXERCISES = [
    Exercise(
        "q1-variance",
        solution=0.25,
        hint="Take the variance of both sides of the update, and set the new variance equal to the old one.",
        wrong=[
            Wrong(0.5, "That is the standard deviation."),
            Wrong(0.125, "That is the formula for very small steps; here the step times the curvature is not small."),
            Wrong(1.0, "That is the variance of the kick before it is multiplied by the step size."),
        ],
    ),
    Exercise(
        "q1-memory",
        solution=lambda eta, curvature, lag: (1 - eta * curvature) ** lag,
        inputs=lambda generator: (
            float(generator.uniform(0.01, 0.5)),
            float(generator.uniform(0.5, 3.0)),
            int(generator.integers(2, 6)),
        ),
        hint="Ask which share of the old position survives one step, then repeat.",
        wrong=[
            Wrong(lambda eta, curvature, lag: 1 - eta * curvature, "That is one step; the lag is missing."),
            Wrong(lambda eta, curvature, lag: 1 - lag * eta * curvature, "Shares multiply; they do not add up."),
            Wrong(lambda eta, curvature, lag: (eta * curvature) ** lag, "That is the share that is lost, not kept."),
            Wrong(
                lambda eta, curvature, lag: math.exp(-lag * eta * curvature),
                "That is the limit of very small steps; these have a finite size.",
            ),
        ],
    ),
    Exercise(
        "q1-half-width",
        solution=0.25,
        hint="Which power of the width does the formula give, and how does it grow with the step?",
        wrong=[
            Wrong(0.5, "Half the step halves the variance. The width is its square root."),
            Wrong(0.5**0.5, "That is what half the step does to the width. Here the width is given."),
            Wrong(2.0, "A larger step makes the cloud wider."),
        ],
    ),
    Exercise(
        "q1-uphill",
        solution=0.5,
        hint="Run the film of a settled walker backwards: does it look any different?",
        wrong=[
            Wrong(0.0, "That would be descent without noise."),
            Wrong(1.0, "That is the first step from the minimiser itself; a settled walker is seldom there."),
            Wrong(0.683, "That is the share of a normal law within one standard deviation."),
        ],
    ),
    Exercise(
        "c2-growth",
        solution=_growth,
        inputs=lambda generator: (float(generator.uniform(0.05, 0.6)), _curvatures(generator)),
        hint="The distance after many steps is a product. What turns a product into a sum?",
        wrong=[
            Wrong(
                lambda eta, curvatures: math.log(abs(1 - eta * sum(curvatures) / len(curvatures))),
                "That is full-batch descent: you averaged the curvatures before taking the logarithm.",
            ),
            Wrong(
                lambda eta, curvatures: math.log(sum(abs(1 - eta * q) for q in curvatures) / len(curvatures)),
                "You took the logarithm of the mean factor; that is a statement about the mean over walkers.",
            ),
            Wrong(
                lambda eta, curvatures: math.log(sum((1 - eta * q) ** 2 for q in curvatures) / len(curvatures)) / 2,
                "That is the root mean square, which rare paths dominate.",
            ),
        ],
    ),
    Exercise(
        "c2-mean-square",
        solution=_mean_square_limit,
        inputs=lambda generator: (_curvatures(generator),),
        hint="Write out the mean of the squared factor and ask where it is one.",
        wrong=[
            Wrong(
                lambda curvatures: 2 * len(curvatures) / sum(curvatures),
                "That is the limit for the full batch; the curvatures differ here.",
            ),
            Wrong(
                lambda curvatures: 2 / max(curvatures), "That keeps every single factor below one, which is too strict."
            ),
            Wrong(
                lambda curvatures: sum(curvatures) / sum(q * q for q in curvatures),
                "There the mean squared factor is smallest; it grows back from that step on.",
            ),
        ],
    ),
    Exercise(
        "c2-two",
        solution=25 / 9 - 5 * math.sqrt(7) / 9,
        hint="Both factors are used equally often. What must the product of their sizes be?",
        wrong=[
            Wrong(2 / 1.64, "That is the mean-square limit; above it only the mean grows."),
            Wrong(2.0, "That is the limit for the full batch."),
            Wrong(2 / 1.8, "There the larger factor alone reaches one; the other still makes up for it."),
            Wrong(25 / 9 + 5 * math.sqrt(7) / 9, "That is the larger root of the quadratic; walkers leave earlier."),
        ],
    ),
    Exercise(
        "c2-between",
        solution="C",
        hint="Compare the median with the dashed line.",
        wrong=[
            Wrong("A", "Look at the median: does it rise?"),
            Wrong("B", "Look at the dashed line: does it fall?"),
            Wrong("none", "One of the three describes the figure with the median and the means."),
        ],
    ),
]
