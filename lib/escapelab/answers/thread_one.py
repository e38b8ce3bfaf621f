"""Exercises of thread/c3-one-observation."""

import math

from escapelab.answers import Exercise, Wrong


def _walls(generator):
    return tuple(float(v) for v in generator.uniform([0.2, 0.7, 0.1, 1.0], [0.6, 1.2, 0.3, 2.0]))


def _slopes(generator):
    n = int(generator.integers(6, 14))
    slopes = generator.normal(size=n)
    return (slopes - slopes.mean()).tolist(), int(generator.integers(2, n - 2))


def _variance(slopes):
    return sum(g * g for g in slopes) / len(slopes)


ALONE, MEAN = 2 / (40.4 * math.pi**2 / 2), 2 / (0.8 * math.pi**2 / 2)  # largest stable steps

EXERCISES = [
    Exercise(
        "c3-longer",
        kind="compute",
        minutes=5,
        rests_on="c3-two",
        solution=lambda low, high, eta, sigma: math.exp(2 * (high - low) / (eta * sigma**2)),
        inputs=_walls,
        hints=(
            "What are the two exponentials?",
            "A ratio of exponentials is the exponential of a difference.",
            "Take the difference of the walls, twice, over step times variance, and exponentiate.",
        ),
        wrong=[
            Wrong(lambda low, high, eta, sigma: high / low, "That is the ratio of the walls, not of the times."),
            Wrong(
                lambda low, high, eta, sigma: math.exp(high / low),
                "The exponentials are divided, so the exponents are subtracted.",
            ),
            Wrong(
                lambda low, high, eta, sigma: 2 * (high - low) / (eta * sigma**2),
                "That is the difference of the exponents; take its exponential.",
            ),
            Wrong(
                lambda low, high, eta, sigma: math.exp(2 * (high - low) / (eta * sigma)),
                "The variance stands below the line, not the standard deviation.",
            ),
        ],
    ),
    Exercise(
        "c3-kick",
        kind="compute",
        minutes=8,
        rests_on="c3-premise",
        solution=lambda slopes, k: _variance(slopes) * (len(slopes) - k) / (k * (len(slopes) - 1)),
        inputs=_slopes,
        hints=(
            "What must come out for the full batch, and what for a batch of one?",
            "Start from the variance of one over the batch size, and correct it.",
            "Multiply by the number that is left out over the number of observations less one.",
        ),
        wrong=[
            Wrong(lambda slopes, k: _variance(slopes) / k, "That is for batches drawn with replacement."),
            Wrong(lambda slopes, k: _variance(slopes), "That is the variance of a batch of one."),
            Wrong(
                lambda slopes, k: math.sqrt(_variance(slopes) * (len(slopes) - k) / (k * (len(slopes) - 1))),
                "That is the standard deviation.",
            ),
            Wrong(
                lambda slopes, k: _variance(slopes) * (1 - k / len(slopes)) / k,
                "Almost: a batch of one must have the full variance of one observation.",
            ),
        ],
    ),
    Exercise(
        "c3-silent",
        kind="predict",
        minutes=3,
        rests_on="c3-premise",
        solution="B",
        hints=(
            "What is a kick made of: of errors or of slopes?",
            "An error that is the same at all nearby places adds a constant to the cost.",
            "Write down the gradient of a batch with this observation, before and after.",
        ),
        wrong=[
            Wrong("A", "The error is smaller. Which of the slopes is?"),
            Wrong("C", "The weights are one over the number of observations, before and after."),
            Wrong("D", "There is enough to tell: all slopes are given."),
        ],
    ),
    Exercise(
        "c3-tame",
        kind="explain",
        minutes=8,
        rests_on="c3-wall",
        solution=0.005,
        accepts=lambda eta: bool(0 < eta < ALONE),
        hints=(
            "What is the curvature of that one cost at its minimiser?",
            "A step along it multiplies the distance by one minus step times curvature.",
            "Keep that factor above minus one: the step must be below two over the curvature.",
        ),
        wrong=[
            Wrong(-0.005, "A step size is positive.", lambda eta: eta <= 0),
            Wrong(
                0.2,
                "There the mean well is stable, but a step with this observation alone leads farther away.",
                lambda eta: ALONE <= eta < MEAN,
            ),
            Wrong(1.0, "There not even full-batch descent stays in the well.", lambda eta: eta >= MEAN),
        ],
    ),
]
