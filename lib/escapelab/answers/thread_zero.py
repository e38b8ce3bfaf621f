"""Exercises of thread/c2-zero-error."""

import math

from escapelab.answers import Exercise, Wrong


def _growth(eta, curvatures):
    return sum(math.log(abs(1 - eta * q)) for q in curvatures) / len(curvatures)


def _mean_square_limit(curvatures):
    return 2 * sum(curvatures) / sum(q * q for q in curvatures)


def _curvatures(generator):
    return generator.uniform(0.5, 6.0, generator.integers(2, 9)).tolist()


def _two_limit(flat, sharp, sign=-1):
    total, product = flat + sharp, flat * sharp
    return (total + sign * math.sqrt(total**2 - 8 * product)) / (2 * product)


def _flat_and_sharp(generator):
    flat = float(generator.uniform(0.1, 0.5))
    return flat, flat * float(generator.uniform(6.5, 20.0))


EXERCISES = [
    Exercise(
        "c2-growth",
        kind="compute",
        minutes=5,
        rests_on="c2-averages",
        solution=_growth,
        inputs=lambda generator: (float(generator.uniform(0.05, 0.6)), _curvatures(generator)),
        hints=(
            "The distance after many steps is a product. What turns a product into a sum?",
            "A sum of many independent terms follows its mean. Which terms are these?",
            "Take the logarithm of the size of each factor, then the mean over the observations.",
        ),
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
        kind="compute",
        minutes=5,
        rests_on="c2-averages",
        solution=_mean_square_limit,
        inputs=lambda generator: (_curvatures(generator),),
        hints=(
            "At which step is the mean of the squared factor exactly one?",
            "Write out the square: one, a term with eta, a term with its square.",
            "Take the mean of each term, set the sum equal to one, and divide by eta.",
        ),
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
        kind="compute",
        minutes=10,
        rests_on="c2-averages",
        solution=_two_limit,
        inputs=_flat_and_sharp,
        hints=(
            "Both factors are used equally often. What must the product of their sizes be?",
            "At the limit the sharp factor is negative and the flat one still positive.",
            "Write (1 - eta flat)(eta sharp - 1) = 1 as a quadratic in eta and take the smaller root.",
        ),
        wrong=[
            Wrong(
                lambda flat, sharp: _mean_square_limit([flat, sharp]),
                "That is the mean-square limit; above it only the mean grows.",
            ),
            Wrong(lambda flat, sharp: 4 / (flat + sharp), "That is the limit for the full batch."),
            Wrong(
                lambda flat, sharp: 2 / sharp,
                "There the larger factor alone reaches one; the other still makes up for it.",
            ),
            Wrong(
                lambda flat, sharp: _two_limit(flat, sharp, 1),
                "That is the larger root of the quadratic; walkers leave earlier.",
            ),
        ],
    ),
    Exercise(
        "c2-between",
        kind="predict",
        minutes=3,
        rests_on="c2-rare",
        solution="C",
        hints=(
            "Which of the two averages does a typical walker follow?",
            "Compare the median with the dashed line.",
            "Read both at the last step: which lies above its start, and which below?",
        ),
        wrong=[
            Wrong("A", "Look at the median: does it rise?"),
            Wrong("B", "Look at the dashed line: does it fall?"),
            Wrong("D", "One of the others describes the figure with the median and the means."),
        ],
    ),
    Exercise(
        "c2-counterexample",
        kind="explain",
        minutes=10,
        rests_on="c2-averages",
        solution=1.26,
        accepts=lambda eta: 2 / 1.64 < eta < 25 / 9 - 5 * math.sqrt(7) / 9,
        hints=(
            "Which of the two thresholds is lower: that of the mean square or that of almost every path?",
            "The claim fails between them. Work out both for these two curvatures.",
            "The first three exercises give both limits. Take a step between, and run it to see the median fall.",
        ),
        wrong=[
            Wrong(
                1.0, "There the mean square falls as well, so the claim says nothing.", lambda eta: 0 < eta <= 2 / 1.64
            ),
            Wrong(1.5, "There almost every path grows, as the claim says.", lambda eta: 1.3078 <= eta < 100),
            Wrong(-1.0, "A step size is positive, and 100 is more than enough.", lambda eta: not 0 < eta < 100),
        ],
    ),
]
