"""Exercises of thread/q6-which-hold."""

import math

from escapelab.answers import Exercise, Wrong


def _possible(pair):
    return pair[0] > 0 and pair[1] >= 0


EXERCISES = [
    Exercise(
        "q6-stable",
        kind="compute",
        minutes=5,
        rests_on="q6-stability",
        solution=lambda lam, v: 2 * lam / (lam**2 + v),
        inputs=lambda generator: (float(generator.uniform(5.0, 40.0)), float(generator.uniform(200.0, 900.0))),
        rtol=1e-3,
        hints=(
            "By which factor does one step multiply the distance from the bottom?",
            "The mean of a square is the square of the mean, plus the variance.",
            "Set the mean square of the factor equal to one, and solve for the step that is not zero.",
        ),
        wrong=[
            Wrong(lambda lam, v: 2 / lam, "That is the limit of the full batch; the variance must enter."),
            Wrong(lambda lam, v: 2 / (lam + v), "Check the units: a variance is a curvature squared."),
            Wrong(lambda lam, v: lam / (lam**2 + v), "At that step the mean square is smallest, not one."),
            Wrong(lambda lam, v: 2 / (lam + math.sqrt(v)), "Standard deviations do not add up with the mean here."),
        ],
    ),
    Exercise(
        "q6-lasting",
        kind="compute",
        minutes=4,
        rests_on="q6-lifetime",
        solution=lambda h, sigma, steps: 2 * h / (sigma**2 * math.log(steps)),
        inputs=lambda generator: (
            float(generator.uniform(0.05, 1.0)),
            float(generator.uniform(1.5, 3.0)),
            int(generator.integers(500, 100_000)),
        ),
        rtol=1e-3,
        hints=(
            "Which exponent does the lifetime need?",
            "A logarithm turns the exponential into its exponent.",
            "Set the exponent equal to the logarithm of the number of steps, and solve.",
        ),
        wrong=[
            Wrong(lambda h, sigma, steps: h / (sigma**2 * math.log(steps)), "Look at the exponent: a two is lost."),
            Wrong(lambda h, sigma, steps: 2 * h / (sigma * math.log(steps)), "It is the variance that counts."),
            Wrong(
                lambda h, sigma, steps: 2 * h / (sigma**2 * math.log10(steps)), "Which logarithm undoes an exponential?"
            ),
            Wrong(lambda h, sigma, steps: 2 * h / (sigma**2 * steps), "The number of steps stands under a logarithm."),
        ],
    ),
    Exercise(
        "q6-batches",
        kind="predict",
        minutes=3,
        rests_on="q6-stability",
        solution="C",
        hints=(
            "Which of the two tests is left when there are no kicks?",
            "Compare what decides, in the figure: which test did a low rim fail, and which a sharp bottom?",
            "For each kind of bowl take the limit that decided before and the one that decides now.",
        ),
        wrong=[
            Wrong("A", "The two tests do not answer alike to the size of the batch: look at the triangles."),
            Wrong("B", "Which test was decisive for them, and does it know much of the batch?"),
            Wrong("D", "That is so for the full batch. And which limit had a low rim with batches of ten?"),
        ],
    ),
    Exercise(
        "q6-between",
        kind="explain",
        minutes=5,
        rests_on="q6-stability",
        solution=[30.0, 600.0],
        accepts=lambda pair: 0 < pair[0] < 40 and 2 * pair[0] / (pair[0] ** 2 + pair[1]) < 0.05,
        hints=(
            "Which curvatures are stable for descent at this step?",
            "The variance only appears in the limit of SGD.",
            "Fix a curvature that descent can bear, and raise the variance until the other limit falls below the step.",
        ),
        wrong=[
            Wrong(
                [-3.0, 10.0],
                "At a minimum the curvature is positive, and no variance is negative.",
                lambda pair: not _possible(pair),
            ),
            Wrong([50.0, 600.0], "Here descent is unstable as well.", lambda pair: pair[0] >= 40),
            Wrong([30.0, 100.0], "Here SGD is stable, too: the curvatures vary too little.", lambda pair: True),
        ],
    ),
]
