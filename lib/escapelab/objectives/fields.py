"""Random landscapes in many dimensions. Explained in thread/h1-high-dimensions."""

import numpy as np

from ..arguments import count, number
from ..plug import LANES, compiled, fma, inlined
from ..vecmath import sincos
from .objective import Objective, plugs


@inlined
def _phases(theta, c, m, phase):
    """Phase of the wave whose constants begin at m, of each lane."""
    phase[:] = c[m]
    for a in range(theta.shape[0]):
        for i in range(LANES):
            phase[i] = fma(c[m + 1 + a], theta[a, i], phase[i])


@compiled("mean")
def _field_mean(theta, data, c, out):
    d, phase = theta.shape[0], np.empty(LANES)
    for a in range(d):
        for i in range(LANES):
            out[a, i] = c[0] * theta[a, i]
    for m in range(2, c.size, d + 1):
        _phases(theta, c, m, phase)
        for i in range(LANES):
            phase[i] = -c[1] * sincos(phase[i])[0]
        for a in range(d):
            for i in range(LANES):
                out[a, i] = fma(c[m + 1 + a], phase[i], out[a, i])


@compiled("loss")
def _field_loss(theta, data, c, out):
    d, phase = theta.shape[0], np.empty(LANES)
    out[:] = 0.0
    for a in range(d):
        for i in range(LANES):
            out[i] = fma(0.5 * c[0] * theta[a, i], theta[a, i], out[i])
    for m in range(2, c.size, d + 1):
        _phases(theta, c, m, phase)
        for i in range(LANES):
            out[i] = fma(c[1], sincos(phase[i])[1], out[i])


def random_field(dimension, *, waves=100, length=1.0, confinement=0.0, seed):
    """c |theta|^2 / 2 + sqrt(2 / M) sum_m cos(w_m . theta + p_m): a smooth random landscape in any dimension.

    waves : M; for many of them the sum is nearly a Gaussian field of variance 1 and correlation exp(-r^2 / 2 length^2).
    Each w_m is normal with deviation 1 / length in every coordinate, p_m uniform on (0, 2 pi); the draws are part of
    the definition (numpy's default_rng(seed)); no seed shift moves them.
    confinement : c, of a bowl that holds walkers.

    Raises ValueError unless dimension, waves >= 1, length > 0, confinement >= 0. Source: spectral representation of
    a Gaussian field (Rahimi and Recht 2007); its critical points: Bray and Dean 2007.
    Explained in thread/h1-high-dimensions.
    """
    d, m = count("dimension", dimension, 1), count("waves", waves, 1)
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(m, d)) / number("length", length, above=0)
    rows = np.column_stack([rng.uniform(0, 2 * np.pi, m), directions])
    c = [number("confinement", confinement, least=0), np.sqrt(2 / m), *rows.ravel()]
    return Objective("random_field", d, plugs(_field_loss, _field_mean, constants=c))
