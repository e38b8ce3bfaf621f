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
    Exercise(
        "q3-share",
        solution=lambda a, b: a / (a + b),
        inputs=lambda generator: (float(generator.uniform(0.01, 0.2)), float(generator.uniform(0.01, 0.2))),
        rtol=1e-3,
        hint="In the long run, how many go from deep to shallow, and how many come back?",
        wrong=[
            Wrong(lambda a, b: b / (a + b), "That is the share of the deep one."),
            Wrong(lambda a, b: a / b, "That is shallow to deep; the share of the whole is asked."),
            Wrong(lambda a, b: 0.5, "As many moves go up as down, but visits differ in length."),
            Wrong(lambda a, b: a, "That is how many of those in the deep well leave in one step."),
        ],
    ),
    Exercise(
        "q3-half-step",
        solution="C",
        hint="Find the column between the two nearest step sizes in the second table.",
        wrong=[
            Wrong("A", "Look at 0.05 in the second table: is it a matter of a little more time?"),
            Wrong("B", "Look at 0.05 in the second table: does it fall in proportion?"),
            Wrong("none", "One of the three fits the table."),
        ],
    ),
    Exercise(
        "q3-visits",
        solution=0.75,
        hint="How long is one round, from a visit to the deepest to the next?",
        wrong=[
            Wrong(0.25, "That is the share of the deepest bowl."),
            Wrong(120 / 121, "That is the share of visits. Weigh them by their length."),
            Wrong(15 / 615, "That has one visit to another bowl in each round; there are many."),
            Wrong(3.0, "That is the ratio of the times; a share is at most one."),
        ],
    ),
    Exercise(
        "q3-needle",
        solution=lambda length, m: length / (m + 1),
        inputs=lambda generator: (float(generator.uniform(1.0, 20.0)), int(generator.integers(3, 30))),
        rtol=1e-3,
        hint="Into how many pieces do the points cut the interval?",
        wrong=[
            Wrong(lambda length, m: length / m, "Count the pieces again, with both ends."),
            Wrong(lambda length, m: length / (m - 1), "The method need not look at the two ends."),
            Wrong(lambda length, m: length / (2 * m), "That is how far points on an even grid reach to either side."),
        ],
    ),
]
