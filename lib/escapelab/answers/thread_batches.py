"""Exercises of the thread's lessons on batches and their gradients."""

import math

from escapelab.answers import Exercise, Wrong


def _spread(sigma, n, k):
    return sigma * math.sqrt((n - k) / (k * (n - 1)))


EXERCISES = [
    Exercise(
        "f1-spread",
        solution=_spread,
        inputs=lambda generator: (
            float(generator.uniform(0.5, 5.0)),
            int(generator.integers(20, 60)),
            int(generator.integers(5, 15)),
        ),
        rtol=1e-3,
        hint="Try the two ends: a batch of one, and a batch of everything.",
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
        solution=4.0,
        hint="Which power of the batch size does the typical error go with?",
        wrong=[
            Wrong(2.0, "Twice the batch halves the variance. The error is its square root."),
            Wrong(math.sqrt(2), "Turn it round: this is how much the error falls when the batch doubles."),
            Wrong(16.0, "That is for a quarter of the error."),
        ],
    ),
    Exercise(
        "f1-wrong-sign",
        solution=0.5 * math.erfc(1 / math.sqrt(2)),
        hint="How large is the typical error of a batch, and how many of these is the full gradient away from zero?",
        wrong=[
            Wrong(0.5 * math.erfc(-1 / math.sqrt(2)), "That is the share with the right sign."),
            Wrong(math.erfc(1 / math.sqrt(2)), "That counts both sides. Only one of them turns the sign."),
            Wrong(0.5 * math.erfc(0.2 / math.sqrt(2)), "That is the share for single observations."),
            Wrong(0.5 * math.erfc(5 / math.sqrt(2)), "You divided by the batch size; the error falls with its root."),
            Wrong(0.5, "That is what it would be at a minimum, where the full gradient is zero."),
        ],
    ),
    Exercise(
        "f1-complement",
        solution=1 / 99,
        hint="The batch is known by the observation that it leaves out.",
        wrong=[
            Wrong(0.0, "Only the full batch has no error at all."),
            Wrong(1 / math.sqrt(99), "That is the law for draws with repetition."),
            Wrong(0.01 * 99, "The error of a mean does not grow with the batch."),
        ],
    ),
]
