"""Exercises of the part on geometry."""

import numpy as np

from . import Exercise, Wrong


def _curvatures(generator):
    mean = generator.uniform(0.5, 5.0, size=6)
    return mean, mean**2 * generator.uniform(0.5, 80.0, size=6), float(generator.integers(2, 50))


def _fractions(mean, variance, k):
    return 2 * mean / (mean**2 + variance / k)


def _entries(generator):
    one = float(generator.uniform(0.01, 0.1))
    return one * float(generator.uniform(3.0, 90.0)), one


def _earlier(direction, k):
    """Whether a direction (curvature, variance) gives way before that of curvature 10 and variance 100."""
    return bool(_fractions(direction[0], direction[1], k) < _fractions(10, 100, k))


EXERCISES = [
    Exercise(
        "g10-kappa",
        kind="compute",
        minutes=4,
        rests_on="g10-rays",
        solution=lambda full, one: full / one - 1,
        inputs=_entries,
        hints=(
            "Which part of the formula with the ray is the same in both entries?",
            "Divide the two entries: the smallest eigenvalue drops out.",
            "The quotient is one plus kappa over k, at k = 1.",
        ),
        wrong=[
            Wrong(
                lambda full, one: full / one,
                "That is the quotient of the two entries; it holds one more than what is asked.",
            ),
            Wrong(
                lambda full, one: one / full, "The quotient is upside down: the full batch has the larger threshold."
            ),
            Wrong(
                lambda full, one: (full / one - 1) * (2 / full) ** 2,
                "That is the variance kappa lambda_m^2. What is asked has no unit.",
            ),
        ],
    ),
    Exercise(
        "g10-limit",
        kind="compute",
        minutes=5,
        rests_on="g10-circle",
        solution=lambda mean, variance, k: np.min(_fractions(mean, variance, k)),
        hints=(
            "Each direction has its own limit. Which of them is met first when the step grows?",
            "The limit of one direction is the step at which its mean squared factor is one.",
            "Work out 2 mean / (mean^2 + variance / k) for each direction and take the smallest.",
        ),
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
        kind="predict",
        minutes=4,
        rests_on="g10-circle",
        solution="B",
        hints=(
            "Which point falls out of the shrinking circle first?",
            "For small batches compare variance over curvature.",
            "Work out 2 lambda / (lambda^2 + V) for each of the four and look for the smallest.",
        ),
        wrong=[
            Wrong("A", "It is the sharpest, and first with the full batch. Here its batches agree too well."),
            Wrong("C", "Its variance is the largest, but its limit is not the smallest. Compare V / lambda."),
            Wrong("D", "It is the flattest: the last to grow, not the first."),
        ],
    ),
    Exercise(
        "g10-flatter-first",
        kind="explain",
        minutes=10,
        rests_on="g10-circle",
        solution=[2.0, 90.0],
        accepts=lambda pair: pair[0] < 10 and min(pair) > 0 and _earlier(pair, 1) and not _earlier(pair, 100),
        hints=(
            "Where in the plane of curvature and spread must the new point lie for small k, and where for large k?",
            "Raising k lets the points sink. Only points with much variance for their curvature stand high at k = 1.",
            "Choose a small curvature, then raise the variance until its limit at k = 1 is the smaller one.",
        ),
        wrong=[
            Wrong([0.0, 5.0], "Curvature and variance are positive.", lambda pair: bool(min(pair) <= 0)),
            Wrong(
                [20.0, 400.0], "That direction is the sharper one; the claim is about it.", lambda p: bool(p[0] >= 10)
            ),
            Wrong([2.0, 10.0], "At k = 1 the sharper one still goes first, as claimed.", lambda p: not _earlier(p, 1)),
            Wrong(
                [5.0, 5e4],
                "It goes first with batches of 100 as well. The batch size must matter.",
                lambda p: _earlier(p, 100),
            ),
        ],
    ),
]
