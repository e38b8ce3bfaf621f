"""Exercises of thread/h1-high-dimensions and thread/h2-noise-as-regulariser."""

import math

from escapelab.answers import Exercise, Wrong

HARMFUL = 0.01  # the penalty that does harm in h2


def _race(generator):
    return int(generator.integers(10, 200)), int(generator.integers(40, 5000)), int(generator.integers(2, 39))


def _place(generator):
    d = int(generator.integers(2, 60))
    return float(generator.uniform(-1.8, 1.8) * math.sqrt(d)), d


def _semicircle(x):
    return 0.5 + (x * math.sqrt(max(1 - x * x, 0.0)) + math.asin(max(-1.0, min(x, 1.0)))) / math.pi


EXERCISES = [
    Exercise(
        "h1-share",
        kind="compute",
        minutes=6,
        rests_on="h1-index",
        solution=lambda u, d: _semicircle(u / (2 * math.sqrt(d))),
        inputs=_place,
        hints=(
            "Where is the middle of the semicircle, and how wide is it?",
            "It is shifted by the height, and its radius is twice the root of the dimension.",
            "Divide the height by the radius and put that into the area formula of the lesson.",
        ),
        wrong=[
            Wrong(lambda u, d: _semicircle(-u / (2 * math.sqrt(d))), "That is the share that curves up."),
            Wrong(lambda u, d: _semicircle(u / (2 * d)), "The radius grows with the root of the dimension."),
            Wrong(lambda u, d: 0.5 + u / (4 * math.sqrt(d)), "So it would be for an even spread, not a semicircle."),
        ],
    ),
    Exercise(
        "h1-coins",
        kind="compute",
        minutes=3,
        rests_on="h1-index",
        solution=lambda d, p: 1 - p**d - (1 - p) ** d,
        inputs=lambda generator: (int(generator.integers(2, 9)), float(generator.uniform(0.2, 0.8))),
        rtol=1e-3,
        hints=(
            "What is no saddle?",
            "Minima and maxima are not: all coins on one side.",
            "Take the two probabilities that all coins agree away from one.",
        ),
        wrong=[
            Wrong(lambda d, p: 1 - p**d, "Maxima are no saddles either."),
            Wrong(lambda d, p: p**d + (1 - p) ** d, "That is the share of the others, minima and maxima."),
            Wrong(lambda d, p: 1 - p * d - (1 - p) * d, "Independent directions multiply; they do not add."),
            Wrong(lambda d, p: 2 * p * (1 - p), "So it is in two dimensions only."),
        ],
    ),
    Exercise(
        "h1-picture",
        kind="predict",
        minutes=3,
        rests_on="h1-bend",
        solution="C",
        hints=(
            "How many ways lead from one point to another?",
            "On a map with one road drawn in, what do you know of the others?",
            "Think of the networks of this lesson: what did their straight lines look like, and what their paths?",
        ),
        wrong=[
            Wrong("A", "A ridge across one road does not make two valleys."),
            Wrong("B", "Only if it had to walk along that line. Must it?"),
            Wrong("D", "Ends at such a cost are trained well enough. Look between them."),
        ],
    ),
    Exercise(
        "h1-impossible",
        kind="explain",
        minutes=3,
        rests_on="h1-not-every",
        solution=-0.5,
        accepts=lambda height: bool(-10 <= height < 0),
        hints=(
            "How low can this cost be?",
            "A probability lies between nought and one. What is the sign of its logarithm?",
            "Name a height on the side that minus the logarithm of a probability never reaches.",
        ),
        wrong=[
            Wrong(0.0, "That height is approached as closely as you like.", lambda height: height == 0),
            Wrong(0.7, "The lesson has met patterns of such a height.", lambda height: 0 < height < 2.5),
            Wrong(100.0, "Large weights and wrong labels make the cost as high as you like.", lambda h: h >= 2.5),
            Wrong(-99.0, "Surely; but stay within the range that is asked for.", lambda height: height < -10),
        ],
    ),
    Exercise(
        "h2-epochs",
        kind="compute",
        minutes=3,
        rests_on="h2-speed",
        solution=lambda epochs, n, k: epochs * n / k,
        inputs=_race,
        hints=(
            "How many batches does it take to see every observation once?",
            "One epoch has n / k of them.",
            "Multiply the batches of one epoch by the number of epochs.",
        ),
        wrong=[
            Wrong(lambda epochs, n, k: epochs * n, "So many single gradients; each step takes k of them."),
            Wrong(lambda epochs, n, k: epochs * k / n, "Upside down: small batches make many steps."),
            Wrong(lambda epochs, n, k: epochs, "That is the full batch, one step an epoch."),
        ],
    ),
    Exercise(
        "h2-pairs",
        kind="compute",
        minutes=5,
        rests_on="h2-tell",
        solution=lambda spread, wish: (1.96 * spread / wish) ** 2,
        inputs=lambda generator: tuple(float(v) for v in generator.uniform([0.01, 0.001], [0.05, 0.008])),
        hints=(
            "How does the standard error fall with the number of pairs?",
            "It is the spread over the root of the number.",
            "Set 1.96 of them equal to the wish and solve for the number.",
        ),
        wrong=[
            Wrong(lambda spread, wish: 1.96 * spread / wish, "The number stands under a root; square this."),
            Wrong(lambda spread, wish: (spread / wish) ** 2, "So that one standard error fits, which is 68 %."),
            Wrong(lambda spread, wish: (1.96 * wish / spread) ** 2, "Upside down: a smaller wish needs more pairs."),
        ],
    ),
    Exercise(
        "h2-table",
        kind="predict",
        minutes=3,
        rests_on="h2-speed",
        solution="C",
        hints=(
            "How many steps did each of the two make?",
            "A network may err on the test since it learnt too much or since it learnt too little.",
            "Ask for what tells these two apart: how well does each do on the images that it was shown?",
        ),
        wrong=[
            Wrong("A", "Eleven points are hardly chance. The question is what causes them."),
            Wrong("B", "That may come later; is the full batch at a minimum at all?"),
            Wrong("D", "A smaller step makes the slower of the two slower still."),
        ],
    ),
    Exercise(
        "h2-penalty-break",
        kind="explain",
        minutes=5,
        rests_on="h2-penalty",
        solution=0.05,
        accepts=lambda penalty: bool(HARMFUL <= penalty <= 1.0),
        hints=(
            "What do huge penalties do to the weights?",
            "They pull all weights to zero, and such a network knows nothing.",
            "Look for the penalty in the lesson that lost points, and take that one or a stronger one.",
        ),
        wrong=[
            Wrong(0.0, "That is no penalty at all, so nothing changes.", lambda penalty: penalty == 0),
            Wrong(-0.1, "A negative penalty rewards large weights; take a positive one.", lambda penalty: penalty < 0),
            Wrong(0.002, "The lesson has not shown that so weak a penalty harms.", lambda p: 0 < p < HARMFUL),
            Wrong(3.0, "Surely; but stay within the range that is asked for.", lambda penalty: penalty > 1),
        ],
    ),
]
