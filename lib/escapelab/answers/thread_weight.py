"""Exercises of thread/q4-what-it-looks-for."""

import math

from escapelab.answers import Exercise, Wrong


def _share(low, high, eta, sigma):
    return 1 / (1 + math.exp(-2 * (high - low) / (eta * sigma**2)))


EXERCISES = [
    Exercise(
        "q4-nearest",
        kind="explain",
        minutes=3,
        rests_on="q4-own",
        solution=[0.8, 0.7],
        accepts=lambda pair: 0.5 < pair[1] < pair[0] < 1,
        hints=(
            "On which side of the top must the start lie?",
            "And on which side of the middle, so that the other minimum is nearer?",
            "Put the top far to the right, and the start between the middle and the top.",
        ),
        wrong=[
            Wrong([1.5, 0.7], "The top must lie between the two minima.", lambda pair: not 0 < pair[0] < 1),
            Wrong(
                [0.3, 0.6], "Right of the top the slope leads to the other minimum.", lambda pair: pair[1] >= pair[0]
            ),
            Wrong([0.8, 0.3], "From this start the minimum where it ends is the nearer one.", lambda pair: True),
        ],
    ),
    Exercise(
        "q4-root",
        kind="compute",
        minutes=4,
        rests_on="q4-resolution",
        solution=lambda d, m: d / math.sqrt(m),
        inputs=lambda generator: (float(generator.uniform(0.01, 0.1)), int(generator.integers(4, 50))),
        rtol=1e-3,
        hints=(
            "How large is each error now, and how many are there?",
            "Independent errors add up by their variances.",
            "Take the square root of the number of errors, times the size of each.",
        ),
        wrong=[
            Wrong(lambda d, m: d / m, "That would be one error alone; there are more of them now."),
            Wrong(lambda d, m: d, "The errors do not all point the same way, so they partly cancel."),
            Wrong(lambda d, m: d * math.sqrt(m), "More steps, but each of them smaller: does it get worse?"),
            Wrong(lambda d, m: d / m**2, "Is a small step as good as that? Count the errors."),
        ],
    ),
    Exercise(
        "q4-shares",
        kind="compute",
        minutes=6,
        rests_on="q4-weight",
        solution=_share,
        inputs=lambda generator: (
            float(generator.uniform(0.1, 0.2)),
            float(generator.uniform(0.25, 0.35)),
            float(generator.uniform(0.03, 0.06)),
            float(generator.uniform(1.5, 2.5)),
        ),
        rtol=1e-3,
        hints=(
            "What is the ratio of the two weights, if only the depths differ?",
            "In a ratio of exponentials the exponents are subtracted.",
            "Turn the ratio of the two shares into a share of the whole.",
        ),
        wrong=[
            Wrong(
                lambda low, high, eta, sigma: math.exp(2 * (high - low) / (eta * sigma**2)),
                "That is deeper to shallower; the share of the whole is asked.",
            ),
            Wrong(
                lambda low, high, eta, sigma: 1 - _share(low, high, eta, sigma), "That is the share of the other well."
            ),
            Wrong(
                lambda low, high, eta, sigma: 1 / (1 + math.exp(-(high - low) / (eta * sigma**2))),
                "Look at the exponent of the density: a two is missing.",
            ),
            Wrong(lambda low, high, eta, sigma: high / (low + high), "Depth enters an exponential, not a proportion."),
        ],
    ),
    Exercise(
        "q4-twenty",
        kind="predict",
        minutes=2,
        rests_on="q4-clock",
        solution="B",
        hints=(
            "Where does the axis of the figure have twenty?",
            "Compare the three curves there: which is highest?",
            "One has fallen already and one has not risen yet.",
        ),
        wrong=[
            Wrong("A", "Look at its curve: is it still on top by then?"),
            Wrong("C", "That is where they are much later."),
            Wrong("D", "They can only have come to neighbours so far."),
        ],
    ),
]
