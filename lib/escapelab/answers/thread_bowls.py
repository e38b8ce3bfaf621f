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
    Exercise(
        "c1-step",
        kind="compute",
        minutes=2,
        rests_on="c1-axis",
        solution=lambda x, slope, eta: x - eta * slope,
        inputs=lambda generator: (
            float(generator.normal()),
            float(generator.uniform(0.2, 3.0) * generator.choice([-1, 1])),
            float(generator.uniform(0.1, 2.0)),
        ),
        rtol=1e-6,
        hints=(
            "Which way does it go where the slope is positive, and how far?",
            "The length of the step is the step size times the slope; the height does not enter.",
            "Subtract that product from x.",
        ),
        wrong=[
            Wrong(lambda x, slope, eta: x + eta * slope, "That goes uphill."),
            Wrong(
                lambda x, slope, eta: x - math.copysign(eta, slope),
                "The step size is not the length of a step; the slope counts, too.",
            ),
            Wrong(
                lambda x, slope, eta: x - eta * slope / math.hypot(1, slope),
                "That walks down the curve; a step goes along the axis.",
            ),
            Wrong(lambda x, slope, eta: -eta * slope, "That is the step; where does it lead?"),
        ],
    ),
    Exercise(
        "c1-hardest",
        kind="predict",
        minutes=2,
        rests_on="c1-curves",
        solution="B",
        hints=(
            "In which direction does the peak move in the first figure?",
            "What can empty a well besides noise?",
            "Ask at which depth the product of step and curvature becomes too large, for the old step and the new.",
        ),
        wrong=[
            Wrong("A", "That would be so if only noise could empty a well. What else can?"),
            Wrong("C", "Look at the three peaks: are they above each other?"),
            Wrong("D", "Each of the three curves in the first figure has a peak."),
        ],
    ),
    Exercise(
        "c1-same-run",
        kind="compute",
        minutes=3,
        rests_on="c1-doubled",
        solution=lambda eta, c: eta / c,
        inputs=lambda generator: (float(generator.uniform(0.01, 0.5)), float(generator.uniform(1.5, 6.0))),
        rtol=1e-6,
        hints=(
            "By how much does one step change?",
            "Every batch gradient is c times as large as before.",
            "Undo that factor with the step size.",
        ),
        wrong=[
            Wrong(lambda eta, c: eta * c, "Then the steps would be longer still."),
            Wrong(lambda eta, c: eta, "Then every step would be longer than it was."),
            Wrong(lambda eta, c: eta / c**2, "That is for an axis that is stretched. Here only heights are."),
            Wrong(lambda eta, c: eta / math.sqrt(c), "Both the slope and the noise grow by the full factor."),
        ],
    ),
    Exercise(
        "c1-deeper-easier",
        kind="explain",
        minutes=5,
        rests_on="c1-limit",
        solution=0.2,
        accepts=lambda eta: _limit(4.0) < eta < _limit(1.0),
        hints=(
            "When can descent not come to rest in a well?",
            "Work out the largest step for either depth.",
            "Any step between the two limits does it.",
        ),
        wrong=[
            Wrong(-0.1, "A step size is positive.", lambda eta: eta <= 0),
            Wrong(0.05, "That step is small enough for both wells.", lambda eta: eta <= _limit(4.0)),
            Wrong(0.6, "That step is too large for either well.", lambda eta: eta >= _limit(1.0)),
        ],
    ),
]
