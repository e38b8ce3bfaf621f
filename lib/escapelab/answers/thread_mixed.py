"""Exercises of thread/c4-mixed-errors."""

import math

from escapelab.answers import Exercise, Wrong

CROSSING, STEEPEST = 1.74, 2.14  # slope above which D is left sooner than A, and the largest that the errors allow


def _bowl(generator):
    n = int(generator.integers(6, 14))
    slopes = generator.normal(size=n)
    climb, eta = generator.uniform(0.2, 1.0), generator.uniform(0.01, 0.1)
    return (slopes - slopes.mean()).tolist(), float(climb), float(eta), int(generator.integers(2, n - 2))


def _variance(gradients):
    return sum(g * g for g in gradients) / len(gradients)


def _left(gradients, k):
    return (len(gradients) - k) / (k * (len(gradients) - 1))


EXERCISES = [
    Exercise(
        "c4-loud",
        kind="compute",
        minutes=5,
        rests_on="c4-balance",
        solution=lambda low, high, sigma: sigma * math.sqrt(high / low),
        inputs=lambda generator: tuple(float(v) for v in generator.uniform([0.2, 0.7, 0.5], [0.6, 1.2, 2.0])),
        hints=(
            "Which ratio must be the same for both wells?",
            "The exponent is climb over variance, up to a factor that both share.",
            "Set the two ratios equal, solve for the variance of D, and take the root.",
        ),
        wrong=[
            Wrong(lambda low, high, sigma: sigma * high / low, "The variances are in this ratio; you want its root."),
            Wrong(
                lambda low, high, sigma: sigma * math.sqrt(low / high),
                "The higher climb can stand more noise, not less.",
            ),
            Wrong(lambda low, high, sigma: sigma, "With the same kicks the higher climb holds longer."),
        ],
    ),
    Exercise(
        "c4-exponent",
        kind="compute",
        minutes=8,
        rests_on="c4-thread",
        solution=lambda gradients, climb, eta, k: 2 * climb / (eta * _variance(gradients) * _left(gradients, k)),
        inputs=_bowl,
        hints=(
            "Which variance do the kicks of a batch have?",
            "That of one observation, divided by the batch size and corrected for drawing without replacement.",
            "Put it below the line: twice the climb over the step times this variance.",
        ),
        wrong=[
            Wrong(
                lambda gradients, climb, eta, k: 2 * climb / (eta * _variance(gradients)),
                "That is for batches of one; larger batches kick less.",
            ),
            Wrong(
                lambda gradients, climb, eta, k: 2 * climb * k / (eta * _variance(gradients)),
                "That is for draws with replacement.",
            ),
            Wrong(
                lambda gradients, climb, eta, k: climb / (eta * _variance(gradients) * _left(gradients, k)),
                "The factor two is missing.",
            ),
        ],
    ),
    Exercise(
        "c4-agree",
        kind="predict",
        minutes=3,
        rests_on="c4-balance",
        solution="B",
        hints=(
            "Where do the kicks come from, and where does the pull back?",
            "Kicks are what batches add to the full gradient.",
            "Work out the variance of the kicks when all slopes are zero, and put it into the exponent.",
        ),
        wrong=[
            Wrong("A", "Kicks are made of slopes. What has become of them?"),
            Wrong("C", "The mean of all slopes pulls back, and on the flanks it is what it was."),
            Wrong("D", "Without any kicks; but a trace of them remains."),
        ],
    ),
    Exercise(
        "c4-break",
        kind="explain",
        minutes=8,
        rests_on="c4-balance",
        solution=2.0,
        accepts=lambda slope: bool(CROSSING <= slope <= STEEPEST),
        hints=(
            "On which side of the crossing is D left sooner?",
            "The figure shows the family. Read off where it passes the line of A.",
            "Take a slope above the crossing, but not so steep that an error of two would become negative nearby.",
        ),
        wrong=[
            Wrong(-2.0, "Give the size of the slope, a positive number.", lambda slope: slope < 0),
            Wrong(1.4, "There D holds longer than A, as the claim says.", lambda slope: 0 <= slope < 1.7),
            Wrong(3.0, "So steep a slope would make an error negative not far from D.", lambda slope: slope > STEEPEST),
        ],
    ),
]
