"""Exercises of thread/q1-why-it-settles."""

import math

from escapelab.answers import Exercise, Wrong


def _variance(eta, curvature, noise_variance):
    return eta * noise_variance / (curvature * (2 - eta * curvature))


def _bowl(generator):
    curvature = float(generator.uniform(0.5, 4.0))
    return float(generator.uniform(0.2, 1.8)) / curvature, curvature, float(generator.uniform(0.2, 5.0))


EXERCISES = [
    Exercise(
        "q1-variance",
        kind="compute",
        minutes=5,
        rests_on="q1-balance",
        solution=_variance,
        inputs=_bowl,
        hints=(
            "Which quantity is the same before and after a step of a settled cloud?",
            "Take the variance of both sides of the update: the pull and the kick are independent.",
            "Set the new variance equal to the old one and solve for it.",
        ),
        wrong=[
            Wrong(lambda eta, curvature, w: math.sqrt(_variance(eta, curvature, w)), "That is the standard deviation."),
            Wrong(
                lambda eta, curvature, w: eta * w / (2 * curvature),
                "That is the formula for very small steps; here the step times the curvature is not small.",
            ),
            Wrong(
                lambda eta, curvature, w: eta**2 * w, "That is one kick. A settled cloud remembers earlier ones, too."
            ),
            Wrong(
                lambda eta, curvature, w: _variance(eta, curvature, w) / eta,
                "A kick moves the point by the step times the noise: its variance gets the square of the step.",
            ),
        ],
    ),
    Exercise(
        "q1-memory",
        kind="compute",
        minutes=5,
        rests_on="q1-forgets",
        solution=lambda eta, curvature, lag: (1 - eta * curvature) ** lag,
        inputs=lambda generator: (
            float(generator.uniform(0.01, 0.5)),
            float(generator.uniform(0.5, 3.0)),
            int(generator.integers(2, 6)),
        ),
        hints=(
            "Which share of the old position survives one step?",
            "What is added in a step is independent of the position. So what happens to the share in the next step?",
            "Multiply the share of one step by itself, once for each step of the lag.",
        ),
        wrong=[
            Wrong(lambda eta, curvature, lag: 1 - eta * curvature, "That is one step; the lag is missing."),
            Wrong(lambda eta, curvature, lag: 1 - lag * eta * curvature, "Shares multiply; they do not add up."),
            Wrong(lambda eta, curvature, lag: (eta * curvature) ** lag, "That is the share that is lost, not kept."),
            Wrong(
                lambda eta, curvature, lag: math.exp(-lag * eta * curvature),
                "That is the limit of very small steps; these have a finite size.",
            ),
        ],
    ),
    Exercise(
        "q1-half-width",
        kind="predict",
        minutes=3,
        rests_on="q1-smaller",
        solution="C",
        hints=(
            "Which power of the width does the formula give?",
            "For small steps the formula is proportional to the step. Is the formula a width?",
            "Write the width as the root of the formula, and see which factor under the root halves the root.",
        ),
        wrong=[
            Wrong("A", "That makes the cloud wider, not narrower, than you want: follow the factor through the root."),
            Wrong("B", "Half the step halves the variance. The width is its square root."),
            Wrong("D", "That is more than is needed. Put the factor into the formula and take the root."),
        ],
    ),
    Exercise(
        "q1-uphill",
        kind="predict",
        minutes=3,
        rests_on="q1-half",
        solution="C",
        hints=(
            "If a film of a settled walker ran backwards, could you tell?",
            "A step down, seen backwards, is a step up.",
            "The pair (now, next) has the same law as (next, now): count the two kinds of steps.",
        ),
        wrong=[
            Wrong("A", "That would be descent without noise."),
            Wrong("B", "A cloud whose steps go mostly down would shrink. This one keeps its width."),
            Wrong("D", "That is the first step from the minimiser itself; a settled walker is seldom there."),
        ],
    ),
    Exercise(
        "q1-halving",
        kind="explain",
        minutes=10,
        rests_on="q1-smaller",
        solution=1.6,
        accepts=lambda eta: 4 / 3 <= eta < 2,
        hints=(
            "Where in the variance formula does the step stand a second time?",
            "The bracket in the denominator hardly matters for small steps. What if it is nearly empty?",
            "Divide the formula at eta by the formula at half of it, and find the steps for which that is 4 or more.",
        ),
        wrong=[
            Wrong(
                0.1, "There half the step gives nearly half the variance: the claim holds.", lambda eta: 0 < eta < 0.8
            ),
            Wrong(1.2, "The claim fails there, but the quotient is still below 4.", lambda eta: 0.8 <= eta < 4 / 3),
            Wrong(2.5, "At this step the bowl holds no cloud at all: the pull overshoots.", lambda eta: eta >= 2),
            Wrong(-0.5, "A step size is positive.", lambda eta: eta <= 0),
        ],
    ),
]
