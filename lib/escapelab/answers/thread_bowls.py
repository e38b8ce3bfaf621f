"""Exercises of thread/a1-bowl-and-step and thread/c1-deeper-harder."""

import math

from escapelab.answers import Exercise, Wrong


def _bowl(generator):
    radius = float(generator.uniform(0.5, 5.0))
    return radius, float(generator.uniform(0.3, 0.9)) * radius


def _limit(depth):
    return 4 / (math.pi**2 * depth)


EXERCISES = [
    Exercise(
        "a1-catch",
        kind="compute",
        minutes=4,
        rests_on="a1-border",
        solution=lambda radius, eta: math.sqrt(radius**2 - eta**2 / 4),
        inputs=_bowl,
        rtol=1e-3,
        hints=(
            "Where does one step lead from a point on the border?",
            "The number that multiplies x is minus one there.",
            "Solve the equation of the ellipse for x.",
        ),
        wrong=[
            Wrong(lambda radius, eta: math.sqrt(radius**2 - eta**2), "From there one step leads to the bottom."),
            Wrong(lambda radius, eta: radius - eta / 2, "That would be a straight border; the slope is not constant."),
            Wrong(lambda radius, eta: radius, "Near the rim the slope is very large."),
        ],
    ),
    Exercise(
        "a1-one-step",
        kind="compute",
        minutes=4,
        rests_on="a1-border",
        solution=lambda radius, eta: math.sqrt(radius**2 - eta**2),
        inputs=_bowl,
        rtol=1e-3,
        hints=(
            "Which number multiplies x in one step, and what should it be?",
            "It is one minus the step over a root.",
            "Let the root equal the step, and solve for x.",
        ),
        wrong=[
            Wrong(lambda radius, eta: math.sqrt(radius**2 - eta**2 / 4), "From there one step leads across."),
            Wrong(lambda radius, eta: eta, "That would be right if the slope were one there."),
            Wrong(lambda radius, eta: radius - eta, "The step's length is the slope times eta."),
        ],
    ),
    Exercise(
        "a1-units",
        kind="compute",
        minutes=4,
        rests_on="a1-scale",
        solution=lambda eta: eta * 1e6,
        inputs=lambda generator: (float(generator.uniform(0.001, 0.5)),),
        rtol=1e-6,
        hints=(
            "Two things change with the unit: what are they?",
            "The slope is loss per unit of the axis, and the way is counted in units.",
            "Make up for the smaller slope, and then for the longer way.",
        ),
        wrong=[
            Wrong(lambda eta: eta * 1000, "That makes up for one of the two things that change."),
            Wrong(lambda eta: eta, "Try it: how large is the slope per millimetre?"),
            Wrong(lambda eta: eta / 1000, "The way became longer, in the new unit."),
            Wrong(lambda eta: eta / 1e6, "The right factor, turned upside down."),
        ],
    ),
    Exercise(
        "a1-deeper",
        kind="predict",
        minutes=2,
        rests_on="a1-curvature",
        solution="C",
        hints=(
            "How does the curvature change with the depth?",
            "Compare the three parabolas of the lesson.",
            "The largest step is two over the curvature.",
        ),
        wrong=[
            Wrong("A", "Compare the three parabolas in the lesson: their radius is the same."),
            Wrong("B", "You took a root; is the curvature proportional to the depth or to its root?"),
            Wrong("D", "Deeper at the same radius is steeper. Are longer jumps easier to catch?"),
        ],
    ),
    Exercise(
        "a1-small-step",
        kind="explain",
        minutes=4,
        rests_on="a1-border",
        solution=[0.95, 0.9],
        accepts=lambda pair: 0 < pair[1] < 1 and abs(pair[0]) < 1 < pair[0] ** 2 + pair[1] ** 2 / 4,
        hints=(
            "Where in the half-sphere is the slope largest?",
            "Look at the lower right corner of the first figure.",
            "Choose a start near the rim, and check it with the ellipse.",
        ),
        wrong=[
            Wrong([1.2, 0.5], "The start must lie in the bowl.", lambda pair: abs(pair[0]) >= 1),
            Wrong(
                [0.5, 1.9], "The step must be positive and shorter than the radius.", lambda pair: not 0 < pair[1] < 1
            ),
            Wrong([0.5, 0.9], "From there it is caught: the point lies inside the ellipse.", lambda pair: True),
        ],
    ),
]
