"""Exercises of the thread's lessons on bowls and steps: a1 and c1."""

import math

from escapelab.answers import Exercise, Wrong


def _bowl(generator):
    radius = float(generator.uniform(0.5, 5.0))
    return radius, float(generator.uniform(0.3, 0.9)) * radius


EXERCISES = [
    Exercise(
        "a1-catch",
        solution=lambda radius, eta: math.sqrt(radius**2 - eta**2 / 4),
        inputs=_bowl,
        rtol=1e-3,
        hint="On the border one step leads to the point opposite.",
        wrong=[
            Wrong(lambda radius, eta: math.sqrt(radius**2 - eta**2), "From there one step leads to the bottom."),
            Wrong(lambda radius, eta: radius - eta / 2, "That would be a straight border; the slope is not constant."),
            Wrong(lambda radius, eta: radius, "Near the rim the slope is very large."),
        ],
    ),
    Exercise(
        "a1-one-step",
        solution=lambda radius, eta: math.sqrt(radius**2 - eta**2),
        inputs=_bowl,
        rtol=1e-3,
        hint="Which number multiplies x in one step, and what should it be?",
        wrong=[
            Wrong(lambda radius, eta: math.sqrt(radius**2 - eta**2 / 4), "From there one step leads across."),
            Wrong(lambda radius, eta: eta, "That would be right if the slope were one there."),
            Wrong(lambda radius, eta: radius - eta, "The step's length is the slope times eta."),
        ],
    ),
    Exercise(
        "a1-units",
        solution=lambda eta: eta * 1e6,
        inputs=lambda generator: (float(generator.uniform(0.001, 0.5)),),
        rtol=1e-6,
        hint="Two things change: the slope, and the way to go.",
        wrong=[
            Wrong(lambda eta: eta * 1000, "That makes up for one of the two things that change."),
            Wrong(lambda eta: eta, "Try it: how large is the slope per millimetre?"),
            Wrong(lambda eta: eta / 1000, "The way became longer, in the new unit."),
            Wrong(lambda eta: eta / 1e6, "The right factor, turned upside down."),
        ],
    ),
    Exercise(
        "a1-deeper",
        solution="C",
        hint="How does the curvature change with the depth?",
        wrong=[
            Wrong("A", "Compare the three parabolas in the lesson: their radius is the same."),
            Wrong("B", "You took a root; is the curvature proportional to the depth or to its root?"),
            Wrong("none", "One of the three is right."),
        ],
    ),
]
