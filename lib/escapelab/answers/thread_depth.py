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


def _shape(generator):
    return tuple(float(v) for v in generator.uniform([0.1, 0.5, 0.01, 0.5], [1.0, 2.0, 0.1, 2.0]))


def _losses(generator):
    return tuple(float(v) for v in generator.uniform([0.1, 0.5, 0.1, 5.0], [0.4, 1.5, 0.3, 9.0]))


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
    Exercise(
        "f6-curvature",
        solution=lambda depth, width, eta, c: 4 * width**2 / (math.pi**2 * eta * c),
        inputs=_shape,
        hint="Put the variance into the exponent and see what cancels.",
        wrong=[
            Wrong(lambda depth, width, eta, c: 2 * depth / (eta * c), "That is for constant variance c."),
            Wrong(
                lambda depth, width, eta, c: 4 * width / (math.pi**2 * eta * c),
                "The curvature has the square of the width below the line.",
            ),
            Wrong(
                lambda depth, width, eta, c: math.pi**2 * depth**2 / (eta * c * width**2),
                "You multiplied by the curvature; the variance stands below the line.",
            ),
        ],
    ),
    Exercise(
        "f6-power",
        solution=lambda bottom, rim, eta, c: (rim / bottom) ** (2 / (eta * c)),
        inputs=_losses,
        hint="Add up the exponent from the bottom to the rim, with the variance of each place.",
        wrong=[
            Wrong(
                lambda bottom, rim, eta, c: math.exp(2 * (rim - bottom) / (eta * c * bottom)),
                "You took the variance at the bottom all the way up.",
            ),
            Wrong(
                lambda bottom, rim, eta, c: math.exp(2 * (rim - bottom) / (eta * c)), "That is for constant variance c."
            ),
            Wrong(
                lambda bottom, rim, eta, c: 2 / (eta * c) * math.log(rim / bottom),
                "That is the exponent; the question is for its exponential.",
            ),
            Wrong(lambda bottom, rim, eta, c: (rim / bottom) ** (1 / (eta * c)), "The factor two is missing."),
        ],
    ),
    Exercise(
        "f6-units",
        solution="A",
        hint="What becomes of slopes and of kicks, and what becomes of the exponent?",
        wrong=[
            Wrong("B", "The step is still the same number. Did its meaning stay?"),
            Wrong("C", "The depth grows tenfold. By how much does the variance of the kicks grow?"),
            Wrong("none", "One of the three is right: put both factors into the exponent."),
        ],
    ),
    Exercise(
        "f6-neutral",
        solution=1.0,
        hint="Depth stands above the line. When does the variance take it away?",
        wrong=[
            Wrong(0.0, "Then the noise is the same in all wells, and depth is what counts."),
            Wrong(2.0, "Then the standard deviation grows like the depth, and deeper wells are left sooner."),
            Wrong(0.5, "That is the power of the standard deviation; the question is for the variance."),
        ],
    ),
]
