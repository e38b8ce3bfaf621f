"""Exercises of thread/h1-high-dimensions and thread/h2-noise-as-regulariser."""

from escapelab.answers import Exercise, Wrong

HARMFUL = 0.008  # penalty above which the full batch of h2 errs more on the test than without one


def _race(generator):
    return int(generator.integers(10, 200)), int(generator.integers(40, 5000)), int(generator.integers(2, 39))


EXERCISES = [
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
            Wrong(0.002, "With so weak a penalty the test error is no larger.", lambda penalty: 0 < penalty < HARMFUL),
            Wrong(3.0, "Surely; but stay within the range that is asked for.", lambda penalty: penalty > 1),
        ],
    ),
]
