"""Exercises of the part on practice."""

import numpy as np

from escapelab import noise, objectives, regions, sgd
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


def _steps(b, eta, d):
    return np.ceil(np.log(1 / d) / np.log(1 + eta * b))


def _start(generator):
    return float(generator.uniform(1, 6)), float(generator.uniform(0.02, 0.2)), 10 ** float(generator.uniform(-12, -3))


def _delay(pair):
    """By how many steps noise changes the mean time to leave from distance d; NaN for an impossible pair."""
    d, sigma = pair
    if not (1e-12 <= d < 1 and 0 < sigma <= 20):
        return float("nan")
    run = {"start": [0, float(d)], "eta": 0.05, "steps": 1000, "region": regions.box([-9, -1], [9, 1])}
    alone = sgd.ensemble(objectives.saddle(), **run).exit_time[0]
    noisy = sgd.ensemble(objectives.saddle(), walkers=10_000, noise=noise.gaussian(float(sigma)), seed=6, **run)
    return float(noisy.exit_time.mean() - alone)


EXERCISES = [
    Exercise(
        "p2-time",
        kind="compute",
        minutes=5,
        rests_on="p2-interest",
        solution=_steps,
        inputs=_start,
        rtol=1e-6,
        hints=(
            "By which factor does y grow in one step?",
            "How often must you multiply by the factor until the distance has grown to one?",
            "Divide the logarithm of 1/d by the logarithm of the factor, and round up.",
        ),
        wrong=[
            Wrong(
                lambda b, eta, d: np.floor(np.log(1 / d) / np.log(1 + eta * b)),
                "After that many steps it is not quite there: round up.",
            ),
            Wrong(
                lambda b, eta, d: np.ceil(np.log10(1 / d) / np.log(1 + eta * b)),
                "That is the common logarithm for one of the two; use the same logarithm above and below.",
            ),
            Wrong(
                lambda b, eta, d: np.ceil(np.log(1 / d) / (eta * b)),
                "That divides by the step times the curvature. The logarithm of the factor is a little smaller.",
            ),
            Wrong(
                lambda b, eta, d: np.ceil(np.log(1 / d) / np.log(1 + eta)),
                "You left out the curvature: the factor is one plus the step times the curvature.",
            ),
        ],
    ),
    Exercise(
        "p2-swing",
        kind="predict",
        minutes=4,
        rests_on="p2-factors",
        solution="A",
        hints=(
            "When does multiplying by a number change the sign?",
            "Write down the two factors, one for each coordinate.",
            "The factor of x is one minus the step times its curvature, that of y one plus. Which is negative?",
        ),
        wrong=[
            Wrong("B", "Along y each step multiplies by more than one. Can that change a sign?"),
            Wrong("C", "Write down the two factors. Is each of them negative?"),
            Wrong("D", "Compare the step with one over the larger curvature."),
        ],
    ),
    Exercise(
        "p2-nudge",
        kind="compute",
        minutes=8,
        rests_on="p2-kicks",
        solution=_spread,
        hints=(
            "What has become of the kick of one step at the end?",
            "Kicks are independent. What adds up: their standard deviations or their variances?",
            "Sum eta^2 sigma^2 (1 + eta b)^(2 j) over j = 0 ... n - 1, a geometric series, and take the root.",
        ),
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
        kind="predict",
        minutes=3,
        rests_on="p2-power",
        solution="C",
        hints=(
            "Which power of the distance stands in the time of the flat saddle?",
            "Compare the rows of the table in Flat saddles do hold: a tenth of the distance, and how many more steps?",
            "Put both distances into the time of the flat saddle and divide.",
        ),
        wrong=[
            Wrong("A", "That would be the growth of a logarithm, as on a strict saddle."),
            Wrong("B", "The time does not go with one over the distance. Look at the power."),
            Wrong("D", "That is the cube, which is in the gradient. Which power is in the time?"),
        ],
    ),
    Exercise(
        "p2-slower",
        kind="explain",
        minutes=10,
        rests_on="p2-kicks",
        solution=[0.1, 0.8],
        accepts=lambda pair: _delay(pair) >= 1,
        hints=(
            "Noise helps those who would wait long. Who would not?",
            "Start so far out that the walker leaves soon, with noise of about the same size: some are thrown back.",
            "Compare the mean of exit_time of 10,000 noisy walkers with the one without noise, for d near a tenth.",
        ),
        wrong=[
            Wrong(
                [0.1, 0.0],
                "The noise is above 0 and at most 20, and the distance between 1e-12 and 1.",
                lambda pair: not (1e-12 <= pair[0] < 1 and 0 < pair[1] <= 20),
            ),
            Wrong([1e-6, 0.1], "There noise shortens the wait, as the claim says.", lambda pair: _delay(pair) < -1),
            Wrong(
                [0.1, 0.01],
                "There noise changes the mean time by less than one step.",
                lambda pair: abs(_delay(pair)) <= 1,
            ),
        ],
    ),
]
