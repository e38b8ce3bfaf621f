"""Rules that turn a gradient into a step. Each is one short function over a block of walkers.

Explained in practice/p10-ravines.
"""

from .plug import LANES, compiled, fma, make


@compiled("rule")
def _sgd(theta, g, state, eta, step, c):
    for j in range(theta.shape[0]):
        for i in range(LANES):
            theta[j, i] = fma(-eta, g[j, i], theta[j, i])


def sgd():
    """theta <- theta - eta g (Robbins and Monro 1951)."""
    return make("rule", _sgd)
