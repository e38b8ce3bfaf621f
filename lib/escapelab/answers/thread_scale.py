"""Exercises of thread/f5-guessing-width."""

from escapelab.answers import Exercise, Wrong


def _mixed(generator):
    n = int(generator.integers(80, 200))
    k, other = (int(v) for v in generator.choice(range(1, 40), 2, replace=False))
    return float(generator.uniform(0.01, 0.1)), k, other, n


def _units(generator):
    return tuple(float(v) for v in generator.uniform([0.01, 1.5, 2.0], [0.1, 6.0, 9.0]))


def _heat(eta, k):
    return eta * (100 - k) / (k * 99)


EXERCISES = [
    Exercise(
        "f5-heat",
        kind="compute",
        minutes=5,
        rests_on="f5-one",
        solution=lambda eta, k, other, n: eta * (n - k) / k * other / (n - other),
        inputs=_mixed,
        hints=(
            "What is the heat of the first run, and what that of the second?",
            "Both have the same n, so that one factor drops out.",
            "Set the two heats equal, and solve for the second step.",
        ),
        wrong=[
            Wrong(
                lambda eta, k, other, n: eta * other / k,
                "That is for batches with replacement, or for n without end.",
            ),
            Wrong(
                lambda eta, k, other, n: eta * (n - other) / other * k / (n - k),
                "You turned it around: does a larger batch allow a larger or a smaller step?",
            ),
            Wrong(lambda eta, k, other, n: eta, "Then the second run has another heat, for it has another batch."),
        ],
    ),
    Exercise(
        "f5-scaled",
        kind="compute",
        minutes=5,
        rests_on="f5-measure",
        solution=lambda eta, s, a: eta / (a * s**2),
        inputs=_units,
        hints=(
            "What becomes of a slope, and what of a way?",
            "By the chain rule a slope gets both factors; a way gets shorter.",
            "Step size is way over slope: put both changes in.",
        ),
        wrong=[
            Wrong(lambda eta, s, a: eta / (a * s), "That makes up for the slopes. The ways are shorter, too."),
            Wrong(lambda eta, s, a: eta / s**2, "That leaves out that the values are multiplied."),
            Wrong(
                lambda eta, s, a: eta / (a * s) ** 2, "The factor of the values enters a slope once, and a way never."
            ),
            Wrong(lambda eta, s, a: eta * s**2 / a, "The axis is divided, not stretched: ways get shorter."),
        ],
    ),
    Exercise(
        "f5-larger",
        kind="predict",
        minutes=3,
        rests_on="f5-one",
        solution="C",
        hints=(
            "What happens to the heat?",
            "The kicks of a batch of half the data are weak. The step is what it was.",
            "Compare the rows of the map for the two batch sizes at the same step.",
        ),
        wrong=[
            Wrong("A", "The step is the same, and the kicks are weaker. Is it hotter or cooler?"),
            Wrong("B", "Look along a column of the map: does it have one colour?"),
            Wrong("D", "A cooler run holds those better. What about the ones that were just too shallow?"),
        ],
    ),
    Exercise(
        "f5-pair",
        kind="explain",
        minutes=4,
        rests_on="f5-one",
        solution=10,
        accepts=lambda k: bool(1 <= k <= 100 and _heat(0.02, k) <= _heat(0.01, 5)),
        hints=(
            "How hot is the first run?",
            "With twice the step the factor of the batch has to be half as large.",
            "Try batches around twice the old one, and compute the heat.",
        ),
        wrong=[
            Wrong(5, "With that batch the larger step is at least twice as hot.", lambda k: 1 <= k <= 5),
            Wrong(7, "That is cooler than with batches of five, but not yet as cool as before.", lambda k: 5 < k < 9.5),
            Wrong(200, "A batch has at least one and at most all of the 100 observations.", lambda k: k < 1 or k > 100),
        ],
    ),
]
