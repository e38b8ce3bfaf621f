"""What is minimised: costs with data, landscapes with known geometry, and a reader's own."""

from .circles import quadratic_circle, quadratic_circle_model
from .fields import random_field
from .landscapes import double_well, quadratic, ravine, saddle, spiky
from .objective import Objective
from .observations import observed_wells
from .own import own
from .patel import stochastic_quadratic, styblinski_tang
from .regression import linear_regression, logistic_regression
from .thread import sine_fit
from .wells import notches, staircase, two_wells, wells

__all__ = [
    "Objective",
    "double_well",
    "linear_regression",
    "logistic_regression",
    "notches",
    "observed_wells",
    "own",
    "quadratic",
    "quadratic_circle",
    "quadratic_circle_model",
    "random_field",
    "ravine",
    "saddle",
    "sine_fit",
    "spiky",
    "staircase",
    "stochastic_quadratic",
    "styblinski_tang",
    "two_wells",
    "wells",
]
