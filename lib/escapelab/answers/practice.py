"""Exercises of the part on practice."""

import numpy as np

from escapelab.answers import Exercise, Wrong


def _spread(n, eta, b, sigma):
    square = (1 + eta * b) ** 2
    return eta * sigma * np.sqrt((square**n - 1) / (square - 1))


def _saddle(generator):
    return (
        int(generator.integers(3, 12)),
        generator.uniform(0.1, 0.5),
        generator.uniform(1, 3),
        generator.uniform(0.5, 2),
    )


EXERCISES = [
    Exercise(
        "p2-time",
        42,
        hint="By which factor does y grow in a step, and how often until it has grown a millionfold?",
        rtol=1e-6,
        wrong=[
            Wrong(41, "After that many steps it is not quite there: round up."),
            Wrong(18, "That is the common logarithm for one of the two; use the same logarithm above and below."),
            Wrong(35, "That divides by the step times the curvature. The logarithm of the factor is a little smaller."),
            Wrong(145, "You left out the curvature: the factor is one plus the step times the curvature."),
        ],
    ),
    Exercise(
        "p2-swing",
        "x",
        hint='Answer with "x", "y", "both" or "none".',
        wrong=[
            Wrong("y", "Along y each step multiplies by more than one. Can that change a sign?"),
            Wrong("both", "Write down the two factors. Is each of them negative?"),
            Wrong("none", "Compare the step with one over the larger curvature."),
        ],
    ),
    Exercise(
        "p2-nudge",
        _spread,
        hint="Follow the kick of one step to the end, then add the variances of all kicks.",
        rtol=1e-6,
        inputs=_saddle,
        wrong=[
            Wrong(lambda n, eta, b, sigma: _spread(n, eta, b, sigma) ** 2, "That is the variance."),
            Wrong(lambda n, eta, b, sigma: eta * sigma * np.sqrt(n), "Early kicks grow like everything else along y."),
            Wrong(
                lambda n, eta, b, sigma: eta * sigma * ((1 + eta * b) ** n - 1) / (eta * b),
                "That adds the standard deviations. Independent kicks add their variances.",
            ),
            Wrong(
                lambda n, eta, b, sigma: _spread(n, eta, b, sigma) / eta, "A kick moves y by the step times the noise."
            ),
        ],
    ),
    Exercise(
        "p2-closer",
        100,
        hint="Put both distances into the time of the flat saddle and divide.",
        wrong=[
            Wrong(10, "The time does not go with one over the distance."),
            Wrong(2.302585, "That would be the growth of a logarithm, as on a strict saddle."),
            Wrong(1000, "That is the cube, which is in the gradient. Which power is in the time?"),
        ],
    ),
]
