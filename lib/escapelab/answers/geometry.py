"""Exercises of the part on geometry."""

import numpy as np

from . import Exercise, Wrong


def _curvatures(generator):
    mean = generator.uniform(0.5, 5.0, size=6)
    return mean, mean**2 * generator.uniform(0.5, 80.0, size=6), float(generator.integers(2, 50))


def _fractions(mean, variance, k):
    return 2 * mean / (mean**2 + variance / k)


EXERCISES = [
    Exercise(
        "g10-kappa",
        solution=24.0,
        hint="Divide the two entries: the smallest eigenvalue drops out, and 1 + kappa / k is left.",
        wrong=[
            Wrong(25.0, "That is the quotient of the two entries; it holds one more than what is asked."),
            Wrong(0.04, "The quotient is upside down: the full batch has the larger threshold."),
            Wrong(384.0, "That is the variance kappa lambda_m^2. What is asked has no unit."),
        ],
    ),
    Exercise(
        "g10-limit",
        solution=lambda mean, variance, k: np.min(_fractions(mean, variance, k)),
        hint="Each direction has its own limit, 2 mean / (mean^2 + variance / k). Which is met first?",
        wrong=[
            Wrong(
                lambda mean, variance, k: np.max(_fractions(mean, variance, k)),
                "There the last direction starts to grow. One is enough to leave.",
            ),
            Wrong(
                lambda mean, variance, k: 2 / np.max(mean),
                "That is the limit of full-batch descent. Where do the batches come in?",
            ),
            Wrong(
                lambda mean, variance, k: np.min(_fractions(mean, variance, 1)),
                "That is for batches of one: a mean over k components varies less.",
            ),
        ],
        inputs=_curvatures,
    ),
    Exercise(
        "g10-first",
        solution="B",
        hint="Work out 2 lambda / (lambda^2 + V) for each of the four and look for the smallest.",
        wrong=[
            Wrong("A", "It is the sharpest, and first with the full batch. Here its batches agree too well."),
            Wrong("C", "Its variance is as large as that of A, but its limit is not the smallest. Compare V / lambda."),
            Wrong("D", "It is the flattest: the last to grow, not the first."),
        ],
    ),
]
