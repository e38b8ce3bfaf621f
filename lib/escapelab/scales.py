"""How noise depends on the place: variances as functions of theta, for ``scale=`` of :func:`escapelab.sgd.ensemble`.

The noise law's own variance is multiplied by the value at theta; where the value is negative there is no noise.
Explained in thread/f6-depth-or-width.
"""

import numpy as np

from .arguments import array, each, number
from .plug import LANES, compiled, fma, make


@compiled("loss")
def _per_basin(theta, data, c, out):
    x, blend = theta[0], c[0]
    out[:] = c[1]
    for p in range(c.size // 2 - 1):
        edge, step = c[2 + 2 * p], c[3 + 2 * p]
        for i in range(LANES):
            t = min(max((x[i] - edge) / (2.0 * blend) + 0.5, 0.0), 1.0)
            out[i] = fma(step * t * t * t, fma(t, fma(6.0, t, -15.0), 10.0), out[i])


def loss(objective):
    """Variance equal to the loss at theta, as for squared errors.

    objective : an Objective whose loss is >= 0 where walkers go.
    Raises TypeError for something that is no objective. Explained in thread/f6-depth-or-width.
    """
    return _named(objective, "loss")


def curvature(objective):
    """Variance equal to the curvature at theta: the sum of the second derivatives; none where it is negative.

    Raises ValueError for an objective without a ``curvature`` in closed form.
    Source: noise aligned with the Hessian, Zhu et al. 2019. Explained in thread/f6-depth-or-width.
    """
    return _named(objective, "curvature")


def both(objective):
    """Variance equal to curvature times loss at theta; none where either is negative.

    Raises ValueError for an objective without them, as all but wells. Source: least squares near a minimum, whose
    gradients have the covariance 2 J H (Mori et al. 2022). Explained in thread/f6-depth-or-width.
    """
    return _named(objective, "both")


def per_basin(edges, variances, *, blend):
    """Variance set basin by basin on a line, with a smooth step of half-width ``blend`` around each edge.

    edges (b - 1,): increasing, mostly the barriers; variances (b,): >= 0, from left to right. A number or one
    edge for two basins. The step is the polynomial t^3 (6 t^2 - 15 t + 10), twice continuously differentiable.

    Raises ValueError unless edges increase by at least 2 blend, blend > 0 and there is one variance more than edges.
    Explained in thread/f6-depth-or-width.
    """
    places = np.atleast_1d(array("edges", edges))
    if places.ndim != 1:
        raise ValueError(f"edges must be a list of numbers; got shape {places.shape}")
    values, half = each("variances", variances, places.size + 1, least=0), number("blend", blend, above=0)
    if np.any(np.diff(places) < 2 * half):
        raise ValueError(f"edges must increase by at least 2 blend = {2 * half:g}; got {edges!r}")
    return make("loss", _per_basin, [half, values[0], *np.column_stack([places, np.diff(values)]).ravel()])


def _named(objective, name):
    plugs = getattr(objective, "plugs", None)
    if plugs is None:
        raise TypeError(f"a scale is made from an objective; got {objective!r}")
    if name not in plugs:
        raise ValueError(f"{objective.name} has no {name!r} in closed form; it has {', '.join(plugs)}")
    return plugs[name]
