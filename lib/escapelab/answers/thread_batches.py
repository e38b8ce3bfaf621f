"""Exercises of thread/f1-batch-like-dataset."""

import math

from escapelab.answers import Exercise, Wrong


def _spread(sigma, n, k):
    return sigma * math.sqrt((n - k) / (k * (n - 1)))


def _wrong_way(gradient, sigma, k):
    return 0.5 * math.erfc(gradient * math.sqrt(k / 2) / sigma)


def _half_wrong(ratio):
    """Share of wrong signs among batches of 50 of 100 at this ratio of full gradient to single spread."""
    return 0.5 * math.erfc(ratio / _spread(1.0, 100, 50) / math.sqrt(2))


EXERCISES = [
    Exercise(
        "f1-spread",
        kind="compute",
        minutes=5,
        rests_on="f1-formula",
        solution=_spread,
        inputs=lambda generator: (
            float(generator.uniform(0.5, 5.0)),
            int(generator.integers(20, 60)),
            int(generator.integers(5, 15)),
        ),
        rtol=1e-3,
        hints=(
            "What must come out for a batch of one, and what for a batch of everything?",
            "An observation that was drawn cannot come again: so the familiar law is too large.",
            "Take the familiar law and multiply the variance by the share that brings it to zero at the full batch.",
        ),
        wrong=[
            Wrong(lambda sigma, n, k: sigma / math.sqrt(k), "That lets an observation come twice."),
            Wrong(lambda sigma, n, k: _spread(sigma, n, k) ** 2 / sigma, "That is the variance's factor; take a root."),
            Wrong(lambda sigma, n, k: sigma / k, "Errors partly cancel, but not that well."),
            Wrong(
                lambda sigma, n, k: sigma * math.sqrt((n - k) / (k * n)),
                "Close. At a batch of one it should give sigma back; does it?",
            ),
        ],
    ),
    Exercise(
        "f1-half",
        kind="predict",
        minutes=2,
        rests_on="f1-slowly",
        solution="C",
        hints=(
            "Which power of the batch size does the typical error go with?",
            "Try the formula for batches of one and of two.",
            "Ask by how much the batch must grow so that its square root doubles.",
        ),
        wrong=[
            Wrong("A", "That much makes the error smaller, but only to seven tenths or so."),
            Wrong("B", "Twice the batch halves the variance. The error is its square root."),
            Wrong("D", "That is for a quarter of the error."),
        ],
    ),
    Exercise(
        "f1-wrong-sign",
        kind="compute",
        minutes=6,
        rests_on="f1-sign",
        solution=_wrong_way,
        inputs=lambda generator: (
            float(generator.uniform(0.2, 2.0)),
            float(generator.uniform(2.0, 8.0)),
            int(generator.integers(4, 30)),
        ),
        hints=(
            "How large is the typical error of a batch, and how many of these is the full gradient away from zero?",
            "With repetition the typical error of the batch falls with the root of its size.",
            "The share is the normal distribution function at minus that number of errors.",
        ),
        wrong=[
            Wrong(lambda gradient, sigma, k: 1 - _wrong_way(gradient, sigma, k), "That is the share of right signs."),
            Wrong(
                lambda gradient, sigma, k: 2 * _wrong_way(gradient, sigma, k),
                "That counts both sides. Only one of them turns the sign.",
            ),
            Wrong(
                lambda gradient, sigma, k: _wrong_way(gradient, sigma, 1), "That is the share for single observations."
            ),
            Wrong(
                lambda gradient, sigma, k: _wrong_way(gradient, sigma, k * k),
                "You divided by the batch size; the error falls with its root.",
            ),
        ],
    ),
    Exercise(
        "f1-half-the-data",
        kind="explain",
        minutes=6,
        rests_on="f1-sign",
        solution=0.03,
        accepts=lambda ratio: ratio > 0 and _half_wrong(ratio) >= 0.3,
        hints=(
            "Where on the landscape is every batch a coin toss, whatever its size?",
            "The error of such a batch is about a tenth of a single observation's.",
            "Divide your ratio by the formula's factor for fifty of a hundred, and look where the normal law has three "
            "tenths.",
        ),
        wrong=[
            Wrong(0.0, "With no gradient at all there is no right sign; take a small one.", lambda ratio: ratio == 0),
            Wrong(-0.5, "A size is positive.", lambda ratio: ratio < 0),
            Wrong(0.08, "Nearly: fewer than three in ten are wrong there.", lambda ratio: 0.0 < ratio < 0.2),
            Wrong(1.0, "There half of the data is indeed a good guide. Go closer to a minimum.", lambda ratio: True),
        ],
    ),
]
