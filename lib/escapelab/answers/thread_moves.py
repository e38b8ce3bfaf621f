"""Exercises of the thread's lessons on where a walker goes next: q2 and q3."""

import math

from escapelab.answers import Exercise, Wrong

EXERCISES = [
    Exercise(
        "q2-restarts",
        solution=lambda p, m: 1 - (1 - p) ** m,
        inputs=lambda generator: (float(generator.uniform(0.05, 0.4)), int(generator.integers(2, 12))),
        rtol=1e-3,
        hint="When does nobody win?",
        wrong=[
            Wrong(lambda p, m: m * p, "That is the expected number of winners; it exceeds one when m is large."),
            Wrong(lambda p, m: (1 - p) ** m, "That is the chance that all fail."),
            Wrong(lambda p, m: 1 - p**m, "That is the chance that not all win."),
            Wrong(lambda p, m: p**m, "That is the chance that all win; one is enough."),
        ],
    ),
    Exercise(
        "q2-budget",
        solution=lambda p, price, wish: price * math.ceil(math.log(1 - wish) / math.log(1 - p)),
        inputs=lambda generator: (
            float(generator.uniform(0.05, 0.3)),
            int(generator.integers(100, 2000)),
            float(generator.uniform(0.8, 0.99)),
        ),
        rtol=1e-6,
        hint="How many restarts may all fail with a chance of at most one minus the wish?",
        wrong=[
            Wrong(
                lambda p, price, wish: price * math.log(1 - wish) / math.log(1 - p),
                "That pays for a part of a restart; it must be whole ones.",
            ),
            Wrong(
                lambda p, price, wish: math.ceil(math.log(1 - wish) / math.log(1 - p)),
                "That is the number of restarts. What do they cost?",
            ),
            Wrong(
                lambda p, price, wish: price / p,
                "That is the mean cost of the first success; more than a third of all runs need more.",
            ),
            Wrong(
                lambda p, price, wish: price * math.ceil(wish / p), "Chances of independent tries do not simply add up."
            ),
        ],
    ),
    Exercise(
        "q2-edges",
        solution="B",
        hint="Can the walker cross the same edge to the right twice running?",
        wrong=[
            Wrong("A", "Then it would be back on the side where it started."),
            Wrong("C", "Try it with a pencil: can the counts differ by more than one, whatever the depths are?"),
            Wrong("none", "One of the three is right."),
        ],
    ),
    Exercise(
        "q2-knobs",
        solution=5,
        rtol=1e-6,
        hint="All must be right in one and the same guess: what happens to the chances?",
        wrong=[
            Wrong(4, "Close: that takes a little less than a million."),
            Wrong(33_334, "Chances of independent events do not add up."),
            Wrong(33_333, "Chances of independent events do not add up, even roughly."),
            Wrong(6, "One fewer is already enough."),
        ],
    ),
]
