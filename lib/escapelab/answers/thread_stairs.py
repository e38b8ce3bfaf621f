"""Exercises of thread/f2-uphill-stairs."""

import math

from escapelab.answers import Exercise, Wrong


def _odds(rise, eta, sigma):
    return math.exp(-2 * rise / (eta * sigma**2))


def _ruin(p, n):
    q = (1 - p) / p
    return (q - 1) / (q ** (n + 1) - 1)


def _stairs(generator):
    return tuple(float(v) for v in generator.uniform([0.02, 0.1, 0.8], [0.1, 0.3, 1.5]))


EXERCISES = [
    Exercise(
        "f2-coin-odds",
        kind="compute",
        minutes=5,
        rests_on="f2-coin",
        solution=lambda rise, eta, sigma: _odds(rise, eta, sigma) / (1 + _odds(rise, eta, sigma)),
        inputs=_stairs,
        hints=(
            "What is the difference between odds and a chance?",
            "The formula of the lesson gives the odds, up against down.",
            "Divide the odds by one plus the odds.",
        ),
        wrong=[
            Wrong(_odds, "Those are the odds. With a fair coin they are one, and the chance is a half."),
            Wrong(
                lambda rise, eta, sigma: 1 / (1 + _odds(rise, eta, sigma)), "That is the chance to go one stair down."
            ),
            Wrong(
                lambda rise, eta, sigma: 1 / (1 + math.exp(rise / (eta * sigma**2))),
                "The factor two in the exponent is missing.",
            ),
        ],
    ),
    Exercise(
        "f2-ruin",
        kind="compute",
        minutes=10,
        rests_on="f2-coin",
        solution=_ruin,
        inputs=lambda generator: (float(generator.uniform(0.1, 0.45)), int(generator.integers(2, 6))),
        hints=(
            "Which equation holds between the chances from three neighbouring stairs?",
            "The chance from a stair is the mean of those from its neighbours, weighted with the coin.",
            "The differences of neighbouring chances form a geometric series with the ratio of down to up; sum it.",
        ),
        wrong=[
            Wrong(lambda p, n: p**n, "That is the chance to climb without a single step down on the way."),
            Wrong(lambda p, n: (p / (1 - p)) ** n, "That is close for a very biased coin; the sum has more terms."),
            Wrong(
                lambda p, n: ((1 - p) / p - 1) / (((1 - p) / p) ** n - 1),
                "One stair short: count from the ground to the last stair.",
            ),
        ],
    ),
    Exercise(
        "f2-barriers",
        kind="predict",
        minutes=3,
        rests_on="f2-coin",
        solution="B",
        hints=(
            "Which rims does a walker on a stair see on its two sides?",
            "Both get higher by the same height. What does that do to the odds?",
            "Write the time to leave and the odds with the two exponentials, and raise both rims.",
        ),
        wrong=[
            Wrong("A", "Which of the two ways out gets rarer, compared with the other?"),
            Wrong("C", "Think of the time that a walker waits on a stair."),
            Wrong("D", "Both rims of a stair get higher, not only the one above."),
        ],
    ),
    Exercise(
        "f2-possible",
        kind="explain",
        minutes=8,
        rests_on="f2-coin",
        solution=[0.1, 0.02],
        accepts=lambda pair: bool(0 < pair[0] <= 0.1 and pair[1] > 0 and math.exp(-2 * pair[1] / pair[0]) >= 0.5),
        hints=(
            "Small against what must a step be to rule the climb out?",
            "The formula knows only the rise over the step. Keep the step and change the other.",
            "Make the rise so small that twice the rise over the step is below the logarithm of two.",
        ),
        wrong=[
            Wrong(
                [0.1, -0.1], "Then it is no stair up; step and rise are positive.", lambda pair: bool(min(pair) <= 0)
            ),
            Wrong([0.4, 0.1], "The step must stay at a tenth or below.", lambda pair: pair[0] > 0.1),
            Wrong(
                [0.1, 0.1],
                "There one stair up is still much rarer than one down.",
                lambda pair: bool(math.exp(-2 * pair[1] / pair[0]) < 0.5),
            ),
        ],
    ),
]
