"""Exercises of thread/q5-how-deep."""

import math

from escapelab.answers import Exercise, Wrong


def _times(generator):
    left = generator.integers(1, 1000, generator.integers(5, 12)).tolist()
    return left + [-1] * int(generator.integers(3, 9)), 1000


def _gone(exit_time):
    return [t for t in exit_time if t > 0]


def _stayed(exit_time):
    return len(exit_time) - len(_gone(exit_time))


def _inside(exit_time, steps):
    return sum(_gone(exit_time)) + steps * _stayed(exit_time)


def _exponent(pair):
    return 1.4 / (pair[0] * pair[1] ** 2)


EXERCISES = [
    Exercise(
        "q5-factor",
        kind="compute",
        minutes=5,
        rests_on="q5-what",
        solution=lambda extra, eta, sigma: math.exp(2 * extra / (eta * sigma**2)),
        inputs=lambda generator: tuple(float(v) for v in generator.uniform([0.05, 0.02, 0.8], [0.2, 0.1, 2.0])),
        hints=(
            "By how much does the exponent grow?",
            "Two exponentials are divided: subtract their exponents.",
            "The exponent is twice the depth over step times variance; put in the extra depth and exponentiate.",
        ),
        wrong=[
            Wrong(
                lambda extra, eta, sigma: 2 * extra / (eta * sigma**2),
                "That is what the exponent gains; the time grows by its exponential.",
            ),
            Wrong(
                lambda extra, eta, sigma: math.exp(extra / (eta * sigma**2)),
                "The factor in front of the depth is missing.",
            ),
            Wrong(
                lambda extra, eta, sigma: math.exp(2 * extra / (eta * sigma)), "The standard deviation enters squared."
            ),
            Wrong(
                lambda extra, eta, sigma: math.exp(2 * extra * eta / sigma**2), "The step stands in the denominator."
            ),
        ],
    ),
    Exercise(
        "q5-censored",
        kind="compute",
        minutes=10,
        rests_on="q5-constant",
        solution=lambda exit_time, steps: _inside(exit_time, steps) / len(_gone(exit_time)),
        inputs=_times,
        hints=(
            "How many steps were spent inside by all walkers together?",
            "A walker that stayed has spent all the steps inside, and has not been seen to leave.",
            "Divide the steps of all walkers by the number of exits that were seen.",
        ),
        wrong=[
            Wrong(
                lambda exit_time, steps: sum(_gone(exit_time)) / len(_gone(exit_time)),
                "You left out those that stayed; they are the slowest, so this is too small.",
            ),
            Wrong(
                lambda exit_time, steps: _inside(exit_time, steps) / len(exit_time),
                "You took those that stayed as leaving at the last step. They leave later.",
            ),
            Wrong(
                lambda exit_time, steps: sum(exit_time) / len(exit_time),
                "You averaged the marks of those that stayed as if they were times.",
            ),
        ],
    ),
    Exercise(
        "q5-hold",
        kind="compute",
        minutes=5,
        rests_on="q5-howdeep",
        solution=lambda steps, chance: -steps / math.log(chance),
        inputs=lambda generator: (int(generator.integers(100, 10_000)), float(generator.uniform(0.4, 0.8))),
        hints=(
            "How does the share that is still inside fall with the steps?",
            "It falls exponentially, with the mean time as its scale.",
            "Set the exponential equal to the chance, take logarithms and solve for the mean time.",
        ),
        wrong=[
            Wrong(lambda steps, chance: float(steps), "After the mean time only one in e is still inside."),
            Wrong(
                lambda steps, chance: steps / (1 - chance),
                "That is close when the chance is near one; use the exponential itself.",
            ),
            Wrong(lambda steps, chance: steps / chance, "Surer must mean a longer time; here it gets shorter."),
            Wrong(
                lambda steps, chance: -steps / math.log(1 - chance),
                "That is the time for which this share has left. You want it to be inside.",
            ),
        ],
    ),
    Exercise(
        "q5-half-step",
        kind="predict",
        minutes=3,
        rests_on="q5-what",
        solution="B",
        hints=(
            "Where in the exponent does the step stand?",
            "Half the step changes the exponent, not the exponential, by a factor.",
            "Write out the exponential with half the step, and compare it with the old one.",
        ),
        wrong=[
            Wrong("A", "The exponent does that. What does it do to the exponential?"),
            Wrong("C", "That would be so for a walk without a slope. Here each step downhill is halved, too."),
            Wrong("D", "Less noise per step makes the rim harder to reach."),
        ],
    ),
    Exercise(
        "q5-shallow",
        kind="explain",
        minutes=8,
        rests_on="q5-what",
        solution=[0.05, 3.0],
        accepts=lambda pair: bool(0 < pair[0] <= 0.1 and pair[1] > 0 and _exponent(pair) < 4),
        hints=(
            "What is the exponent of this well at the step and the noise of the lesson?",
            "The depth is fixed. Which two numbers stand below it, and which of them is squared?",
            "Keep the step below a tenth and raise the standard deviation until the exponent is below four.",
        ),
        wrong=[
            Wrong([0.05, -3.0], "Step and standard deviation are positive.", lambda pair: bool(min(pair) <= 0)),
            Wrong(
                [1.0, 1.0],
                "So long a step is no small step any more; keep it below a tenth.",
                lambda pair: pair[0] > 0.1,
            ),
            Wrong([0.05, 1.0], "There the exponent is still above four.", lambda pair: bool(_exponent(pair) >= 4)),
        ],
    ),
]
