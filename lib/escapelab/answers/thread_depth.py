"""Exercises of the thread's lessons on depth: q5, f6, f2."""

import math

from escapelab.answers import Exercise, Wrong


def _times(generator):
    left = generator.integers(1, 1000, generator.integers(5, 12)).tolist()
    return left + [-1] * int(generator.integers(3, 9)), 1000


def _gone(exit_time):
    return [t for t in exit_time if t > 0]


def _stayed(exit_time):
    return len(exit_time) - len(_gone(exit_time))


EXERCISES = [
    Exercise(
        "q5-factor",
        solution=math.exp(5),
        hint="By how much does the exponent grow? The factor is the exponential of that.",
        wrong=[
            Wrong(5.0, "That is what the exponent gains; the time grows by its exponential."),
            Wrong(math.exp(2.5), "The factor two in front of the depth is missing."),
            Wrong(math.exp(10), "The standard deviation enters squared."),
            Wrong(math.exp(0.05), "The step stands in the denominator."),
        ],
    ),
    Exercise(
        "q5-censored",
        solution=lambda exit_time, steps: (sum(_gone(exit_time)) + steps * _stayed(exit_time)) / len(_gone(exit_time)),
        inputs=_times,
        hint="How many steps were spent inside by all walkers together, and how many exits were seen in them?",
        wrong=[
            Wrong(
                lambda exit_time, steps: sum(_gone(exit_time)) / len(_gone(exit_time)),
                "You left out those that stayed; they are the slowest, so this is too small.",
            ),
            Wrong(
                lambda exit_time, steps: (sum(_gone(exit_time)) + steps * _stayed(exit_time)) / len(exit_time),
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
        solution=lambda steps, chance: -steps / math.log(chance),
        inputs=lambda generator: (int(generator.integers(100, 10_000)), float(generator.uniform(0.4, 0.8))),
        hint="The share that is still inside falls exponentially with the steps.",
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
        solution="B",
        hint="Where in the exponent does the step stand?",
        wrong=[
            Wrong("A", "The exponent doubles. What does that do to the exponential?"),
            Wrong("C", "That would be so for a walk without a slope. Here each step downhill is halved, too."),
            Wrong("none", "One of the three is right: write out the exponential with half the step."),
        ],
    ),
    Exercise(
        "q5-shallow",
        solution=math.sqrt(7),
        hint="Which power of the standard deviation stands in the exponent?",
        wrong=[
            Wrong(7.0, "That is the variance; the question is for its square root."),
            Wrong(1 / math.sqrt(7), "Less noise makes the well deeper, not shallower."),
            Wrong(49.0, "You squared where the root is needed."),
            Wrong(0.7, "Set the two exponents equal: depth over variance must be the same."),
        ],
    ),
]
