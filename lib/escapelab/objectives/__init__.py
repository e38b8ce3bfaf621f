"""What is minimised: costs with data, landscapes with known geometry, and a reader's own."""

from .landscapes import double_well, quadratic, saddle, spiky
from .objective import Objective
from .own import own
from .patel import stochastic_quadratic, styblinski_tang
from .thread import sine_fit

__all__ = [
    "Objective",
    "double_well",
    "own",
    "quadratic",
    "saddle",
    "sine_fit",
    "spiky",
    "stochastic_quadratic",
    "styblinski_tang",
]
