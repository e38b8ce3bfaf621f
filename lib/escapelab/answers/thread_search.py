"""Exercises of thread/q7-search-or-wander."""

import math

from escapelab.answers import Exercise, Wrong


def _downhill(slope, length, eta, sigma):
    return 1 / (1 + math.exp(-2 * slope * length / (eta * sigma**2)))


def _outwards(sigma):
    bounded = min(max(sigma, 0.3), 1e6)
    return 1 / (1 + math.exp(1 / (0.02 * bounded**2)))


EXERCISES = [
    Exercise(
        "q7-hop",
        kind="compute",
        minutes=5,
        rests_on="q7-tilt",
        solution=_downhill,
        inputs=lambda generator: (
            float(generator.uniform(0.5, 1.0)),
            float(generator.uniform(0.3, 0.6)),
            float(generator.uniform(0.02, 0.04)),
            float(generator.uniform(5.0, 8.0)),
        ),
        rtol=1e-3,
        hints=(
            "By how much do the heights of the two ridges differ?",
            "The odds are a ratio of two exponentials.",
            "Turn the odds of the lower ridge into a chance.",
        ),
        wrong=[
            Wrong(
                lambda s, length, eta, sigma: 1 - _downhill(s, length, eta, sigma), "That is the chance to go uphill."
            ),
            Wrong(
                lambda s, length, eta, sigma: math.exp(2 * s * length / (eta * sigma**2)),
                "These are odds, left over right; a chance is asked.",
            ),
            Wrong(
                lambda s, length, eta, sigma: 1 / (1 + math.exp(-s * length / (eta * sigma**2))),
                "Look at the exponent of the law of escape: a two is missing.",
            ),
            Wrong(
                lambda s, length, eta, sigma: 1 / (1 + math.exp(-2 * s / (eta * sigma**2))),
                "A slope is no height: over which distance does it act?",
            ),
        ],
    ),
    Exercise(
        "q7-fair",
        kind="compute",
        minutes=4,
        rests_on="q7-tilt",
        solution=lambda a, n: a / n,
        inputs=lambda generator: (int(generator.integers(2, 9)), int(generator.integers(20, 300))),
        rtol=1e-3,
        hints=(
            "Where is the walker on average, after any number of hops?",
            "At the end it is in one of two places only.",
            "Equate the place at the start with the mean of the two ends.",
        ),
        wrong=[
            Wrong(lambda a, n: 1 - a / n, "That is the chance that it reaches the goal first."),
            Wrong(lambda a, n: 0.5, "Only half way between the two ends."),
            Wrong(lambda a, n: (a / n) ** 2, "Check it in the middle: there both ends are equally likely."),
            Wrong(lambda a, n: a / (n - a), "These are the odds against the goal; a chance is asked."),
        ],
    ),
    Exercise(
        "q7-weaker",
        kind="predict",
        minutes=2,
        rests_on="q7-noise",
        solution="B",
        hints=(
            "Where does the strength of the kicks stand in the formula?",
            "Compare the curves of the figure at this dent.",
            "Ask for the time and for the direction one after the other.",
        ),
        wrong=[
            Wrong("A", "The time is right. And which of the two ridges suffers more?"),
            Wrong("C", "The chance depends on the kicks: look at the three curves."),
            Wrong("D", "Who kicks more weakly climbs less often."),
        ],
    ),
    Exercise(
        "q7-blind",
        kind="explain",
        minutes=4,
        rests_on="q7-noise",
        solution=15.0,
        accepts=lambda sigma: 0 < sigma < 1e6 and _outwards(sigma) >= 0.4,
        hints=(
            "What is the chance when the exponent is zero?",
            "Weak kicks make the exponent large, strong ones small.",
            "Raise the standard deviation until the formula gives what is asked.",
        ),
        wrong=[
            Wrong(-3.0, "A standard deviation is positive, and finite.", lambda sigma: not 0 < sigma < 1e6),
            Wrong(3.0, "Such kicks feel the slope very well.", lambda sigma: _outwards(sigma) < 0.1),
            Wrong(8.0, "On the way, but fewer than asked go outwards.", lambda sigma: True),
        ],
    ),
]
