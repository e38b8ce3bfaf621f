"""Exercises of thread/q2-next-one-deeper and thread/q3-shallower."""

import math

from escapelab.answers import Exercise, Wrong


def _tickets(p, wish):
    return math.ceil(math.log(1 - wish) / math.log(1 - p))


def _possible(pair):
    return 0 < pair[0] < 1 and pair[1] >= 1


EXERCISES = [
    Exercise(
        "q2-restarts",
        kind="compute",
        minutes=3,
        rests_on="q2-tickets",
        solution=lambda p, m: 1 - (1 - p) ** m,
        inputs=lambda generator: (float(generator.uniform(0.05, 0.4)), int(generator.integers(2, 12))),
        rtol=1e-3,
        hints=(
            "When does nobody win?",
            "The restarts are independent, so the chances to fail are multiplied.",
            "Take the chance that all fail away from one.",
        ),
        wrong=[
            Wrong(lambda p, m: m * p, "That is the expected number of winners; it exceeds one when m is large."),
            Wrong(lambda p, m: (1 - p) ** m, "That is the chance that all fail."),
            Wrong(lambda p, m: 1 - p**m, "That is the chance that not all win."),
            Wrong(lambda p, m: p**m, "That is the chance that all win; one is enough."),
        ],
    ),
    Exercise(
        "q2-budget",
        kind="compute",
        minutes=6,
        rests_on="q2-tickets",
        solution=lambda p, price, wish: price * _tickets(p, wish),
        inputs=lambda generator: (
            float(generator.uniform(0.05, 0.3)),
            int(generator.integers(100, 2000)),
            float(generator.uniform(0.8, 0.99)),
        ),
        rtol=1e-6,
        hints=(
            "How likely may it be, at most, that all restarts fail?",
            "Logarithms turn the power into a product.",
            "Solve for the number of restarts, round up, and multiply by the price.",
        ),
        wrong=[
            Wrong(
                lambda p, price, wish: price * math.log(1 - wish) / math.log(1 - p),
                "That pays for a part of a restart; it must be whole ones.",
            ),
            Wrong(lambda p, price, wish: _tickets(p, wish), "That is the number of restarts. What do they cost?"),
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
        kind="predict",
        minutes=3,
        rests_on="q2-crossings",
        solution="B",
        hints=(
            "Can the walker cross the same edge to the right twice running?",
            "Write down the sequence of its crossings of this one edge.",
            "Crossings alternate; ask on which side of the edge the first one began and the last one ended.",
        ),
        wrong=[
            Wrong("A", "Then it would be back on the side where it started."),
            Wrong("C", "It cannot have come back more often than it left."),
            Wrong("D", "Try it with a pencil: can the counts differ by more than one, whatever the depths are?"),
        ],
    ),
    Exercise(
        "q2-expected",
        kind="explain",
        minutes=5,
        rests_on="q2-tickets",
        solution=[0.1, 11],
        accepts=lambda pair: _possible(pair) and pair[0] * pair[1] >= 1 - 1e-9 and (1 - pair[0]) ** pair[1] >= 0.3,
        hints=(
            "What is the chance that all fail, and how does it compare with the expected number of winners?",
            "Many small chances leave more room for bad luck than few large ones.",
            "Take a small chance and just so many restarts that one winner is expected.",
        ),
        wrong=[
            Wrong(
                [1.0, 3.0],
                "A chance lies between zero and one, and there is at least one restart.",
                lambda pair: not _possible(pair),
            ),
            Wrong([0.1, 5.0], "Here fewer than one winner is expected.", lambda pair: pair[0] * pair[1] < 1),
            Wrong(
                [0.5, 2.0], "One winner is expected, but all fail in fewer than three cases of ten.", lambda pair: True
            ),
        ],
    ),
    Exercise(
        "q3-share",
        kind="compute",
        minutes=4,
        rests_on="q3-balance",
        solution=lambda a, b: a / (a + b),
        inputs=lambda generator: (float(generator.uniform(0.01, 0.2)), float(generator.uniform(0.01, 0.2))),
        rtol=1e-3,
        hints=(
            "In the long run, how many go from deep to shallow, and how many come back?",
            "The two flows are equal: a share times a chance on either side.",
            "Call the share of the shallow well s, equate the flows, and solve.",
        ),
        wrong=[
            Wrong(lambda a, b: b / (a + b), "That is the share of the deep one."),
            Wrong(lambda a, b: a / b, "That is shallow to deep; the share of the whole is asked."),
            Wrong(lambda a, b: 0.5, "As many moves go up as down, but visits differ in length."),
            Wrong(lambda a, b: a, "That is how many of those in the deep well leave in one step."),
        ],
    ),
    Exercise(
        "q3-half-step",
        kind="predict",
        minutes=2,
        rests_on="q3-table",
        solution="D",
        hints=(
            "Which columns of the second table are next to the asked one?",
            "Look at how steeply the row of ten rises between its last three columns.",
            "The number must lie between those of the two neighbouring columns.",
        ),
        wrong=[
            Wrong("A", "Larger batches are not the same as smaller steps: look at the row of ten."),
            Wrong("B", "Look at 0.05 in the second table: is it a matter of a little more time?"),
            Wrong("C", "Look at 0.05 in the second table: does it fall in proportion?"),
        ],
    ),
    Exercise(
        "q3-visits",
        kind="explain",
        minutes=5,
        rests_on="q3-balance",
        solution=200,
        accepts=lambda visits: 15 * visits > 3 * 600 and visits < 1e6,
        hints=(
            "How long is one round, from one visit to the deepest bowl to the next?",
            "A round has one long visit and many short ones; add up the short ones.",
            "Three quarters means: three times as long in the others as in the deepest.",
        ),
        wrong=[
            Wrong(-5, "A number of visits cannot be negative.", lambda visits: visits < 0),
            Wrong(30, "With so few the deepest bowl has the majority.", lambda visits: 15 * visits <= 600),
            Wrong(100, "That is a majority for the others, but not three quarters.", lambda visits: visits <= 120),
        ],
    ),
    Exercise(
        "q3-needle",
        kind="compute",
        minutes=4,
        rests_on="q3-finite",
        solution=lambda length, m: length / (m + 1),
        inputs=lambda generator: (float(generator.uniform(1.0, 20.0)), int(generator.integers(3, 30))),
        rtol=1e-3,
        hints=(
            "Into how many pieces do the points cut the interval?",
            "The longest piece is at least as long as the average one.",
            "Which placement makes all pieces equal, those at the ends included?",
        ),
        wrong=[
            Wrong(lambda length, m: length / m, "Count the pieces again, with both ends."),
            Wrong(lambda length, m: length / (m - 1), "The method need not look at the two ends."),
            Wrong(lambda length, m: length / (2 * m), "That is how far points on an even grid reach to either side."),
        ],
    ),
]
