"""Exercises of the thread's lessons on errors and minima: c3, c4."""

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


def _bowl(generator):
    slopes, k = _slopes(generator)
    return slopes, float(generator.uniform(0.2, 1.0)), float(generator.uniform(0.01, 0.1)), k


EXERCISES = [
    Exercise(
        "c3-longer",
        solution=lambda low, high, eta, sigma: math.exp(2 * (high - low) / (eta * sigma**2)),
        inputs=_walls,
        hint="Write down both exponentials and divide.",
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
        solution=lambda slopes, k: _variance(slopes) * (len(slopes) - k) / (k * (len(slopes) - 1)),
        inputs=_slopes,
        hint="What would the full batch give, and does your formula give it?",
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
        solution="B",
        hint="What is a kick made of: of errors or of slopes?",
        wrong=[
            Wrong("A", "The error is smaller. Which of the slopes is?"),
            Wrong("C", "The weights are one over the number of observations, before and after."),
            Wrong("none", "One of the three is right: look at the slopes alone."),
        ],
    ),
    Exercise(
        "c3-tame",
        solution=2 / (40.4 * math.pi**2 / 2),
        hint="What is the curvature of that one cost at its minimiser?",
        wrong=[
            Wrong(2 / (0.8 * math.pi**2 / 2), "That is the limit for the mean of all observations."),
            Wrong(1 / (40.4 * math.pi**2 / 2), "There one step lands on the minimiser; you may go further."),
            Wrong(2 / (40.4 * math.pi / 2), "The cosine is differentiated twice, and each time its factor comes out."),
            Wrong(2 / 40.4, "That is the height; the step is held against the curvature."),
        ],
    ),
    Exercise(
        "c4-loud",
        solution=lambda low, high, sigma: sigma * math.sqrt(high / low),
        inputs=lambda generator: tuple(float(v) for v in generator.uniform([0.2, 0.7, 0.5], [0.6, 1.2, 2.0])),
        hint="Which ratio must be the same for both wells?",
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
        solution=lambda gradients, climb, eta, k: (
            2 * climb / (eta * _variance(gradients) * (len(gradients) - k) / (k * (len(gradients) - 1)))
        ),
        inputs=_bowl,
        hint="Which variance do the kicks of a batch have?",
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
                lambda gradients, climb, eta, k: (
                    climb / (eta * _variance(gradients) * (len(gradients) - k) / (k * (len(gradients) - 1)))
                ),
                "The factor two is missing.",
            ),
        ],
    ),
    Exercise(
        "c4-agree",
        solution="B",
        hint="Where do the kicks come from, and where does the pull?",
        wrong=[
            Wrong("A", "Kicks are made of slopes. What has become of them?"),
            Wrong("C", "The mean of all slopes pulls back, and on the flanks it is what it was."),
            Wrong("none", "One of the three is right: think of the variance of the kicks."),
        ],
    ),
    Exercise(
        "c4-even",
        solution=86 / 30,
        hint="Which total must D have?",
        wrong=[
            Wrong(100 / 30, "You left out the seventy; they still have some error."),
            Wrong(2.0, "That is the error they have now; D is then the deeper one."),
            Wrong(1.0, "Then D would be much lower than A, since the seventy have improved."),
        ],
    ),
]
