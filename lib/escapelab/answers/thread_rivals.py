"""Exercises of thread/a2-other-ways-out."""

import math

import numpy as np

from escapelab import annealing, objectives
from escapelab.answers import Exercise, Wrong


def _arrived(width):
    """Share of cold walkers from 1 that end in the deepest bowl of the thread's cost; NaN for an impossible width."""
    if not 1e-6 <= width <= 1e6:
        return math.nan
    heat = {"hot": 1e-9, "cold": 1e-9, "looks": 300, "seed": 17}
    run = annealing.annealed(objectives.sine_fit(), start=np.ones((500, 1)), width=float(width), **heat)
    last = run.path[:, -1, 0]
    return float(((last > 1.732) & (last < 2.662)).mean())


def _rise(generator):
    return float(generator.uniform(-2.0, 2.0)), float(generator.uniform(0.1, 2.0))


EXERCISES = [
    Exercise(
        "a2-step",
        kind="compute",
        minutes=3,
        rests_on="a2-effective",
        solution=lambda eta, beta: eta * (1 - beta),
        inputs=lambda generator: (float(generator.uniform(0.001, 0.5)), float(generator.uniform(0.3, 0.99))),
        hints=(
            "By how much does one gradient move the point in all, with momentum?",
            "It is used again in each later step, a little weaker each time: a geometric series.",
            "Set the sum of the series times the typed step equal to eta, and solve for the typed step.",
        ),
        rtol=1e-6,
        wrong=[
            Wrong(lambda eta, beta: eta / (1 - beta), "That is the effective step of a typed eta. Go back."),
            Wrong(lambda eta, beta: eta, "With the same typed step momentum goes farther. How much farther?"),
            Wrong(lambda eta, beta: eta * beta, "More momentum should need a shorter typed step."),
            Wrong(lambda eta, beta: eta * (1 - beta**2), "The sum of the series has the momentum to the power one."),
        ],
    ),
    Exercise(
        "a2-accept",
        kind="compute",
        minutes=4,
        rests_on="a2-annealing",
        solution=lambda rise, T: min(1.0, math.exp(-rise / T)),
        inputs=_rise,
        hints=(
            "What happens to a lower point?",
            "A higher point is accepted the less often the higher it is, measured in temperatures.",
            "Take the exponential of minus rise over T, and cut it off at one.",
        ),
        rtol=1e-6,
        wrong=[
            Wrong(lambda rise, T: math.exp(-rise / T), "For a lower point that is more than one: no probability."),
            Wrong(lambda rise, T: 1 / (1 + math.exp(rise / T)), "That rule refuses some of the lower points, too."),
            Wrong(lambda rise, T: 1.0 if rise < 0 else 0.0, "That is temperature zero: never uphill."),
            Wrong(lambda rise, T: min(1.0, math.exp(-T * rise)), "Hotter should mean more uphill steps, not fewer."),
        ],
    ),
    Exercise(
        "a2-choose",
        kind="predict",
        minutes=4,
        rests_on="a2-annealing",
        solution="C",
        hints=(
            "Which of the three landscapes is this?",
            "Look at the curves over the number of parameters.",
            "Ask of each method whether it must be right in all parameters at once.",
        ),
        wrong=[
            Wrong("A", "How likely is it that a start lies in the right dent in every parameter?"),
            Wrong("B", "A jump changes all parameters at once. How often is it for the better? And what is a look?"),
            Wrong("D", "In one dimension, yes. What becomes of a small share, to the power of the parameters?"),
        ],
    ),
    Exercise(
        "a2-cold",
        kind="explain",
        minutes=8,
        rests_on="a2-annealing",
        solution=0.8,
        accepts=lambda width: _arrived(width) > 0.5,
        hints=(
            "How can a walker get into a lower bowl without ever standing higher?",
            "Compare the jumps in the table with the distance from bowl to bowl.",
            "Take a jump about as long as the way from the first bowl to the deepest, or a little shorter.",
        ),
        wrong=[
            Wrong(
                0.05,
                "A jump this short lands on the wall of the bowl, which is higher, and is refused.",
                lambda width: 1e-6 <= width <= 0.3,
            ),
            Wrong(
                100.0,
                "A jump this long lands somewhere on the line. How often is that the right bowl?",
                lambda width: 3 <= width <= 1e6,
            ),
            Wrong(-1.0, "A width is positive, and neither tiny nor huge.", lambda width: not 1e-6 <= width <= 1e6),
        ],
    ),
]
