"""The record that all objectives share: plugs, data, and evaluation at any points."""

from collections.abc import Mapping

import numpy as np

from .. import plug
from ..plug import LANES, POINTERS, kernel, typed


def plugs(loss, mean, gradient=None, constants=(), **more):
    """The plugs of an objective, which share their constants; one without data has no batch gradient.

    more : ``partial``, the gradient of one sample where that has one coordinate other than 0; and further functions of
        theta (d,) that give one number each, as ``curvature``; see :mod:`escapelab.scales`.
    """
    batch = {"gradient": gradient} if gradient else {}
    return Plugs({"loss": loss, "mean": mean} | batch | more, constants)


class Plugs(Mapping):
    """Plugs of one objective by name, each compiled when it is first asked for: half of them never are."""

    def __init__(self, functions, constants=()):
        self._functions, self._made = functions, {}
        self._constants = np.atleast_1d(np.asarray(constants, dtype=np.float64))
        if not np.all(np.isfinite(self._constants)):
            raise ValueError(f"the numbers of an objective must be finite; they come to {self._constants}")

    def __getitem__(self, name):
        if name not in self._made:
            kind = name if name in ("mean", "gradient", "partial") else "loss"
            self._made[name] = plug.make(kind, self.compiled(kind, self._functions[name]), self._constants)
        return self._made[name]

    def compiled(self, kind, function):
        """The function as it is handed to :func:`escapelab.plug.make`."""
        return function

    def __iter__(self):
        return iter(self._functions)

    def __len__(self):
        return len(self._functions)


class Objective:
    """A cost, its gradient on a batch and on everything, and the data behind them.

    Attributes
    ----------
    name : str
    dimension : int
    data : (n, m) float64, one row a sample; costs without data have one empty row.
    weights : (n,) probabilities with which samples are drawn, or None for uniform.
    plugs : mapping of Plug: ``loss``, ``mean`` (gradient of the loss), with data also ``gradient`` (of a batch); some
        have ``curvature``, the sum of the second derivatives of the loss, and ``both``, curvature times loss.
    """

    def __init__(self, name, dimension, plugs, data=None, weights=None):
        self.name, self.dimension, self.plugs, self.weights = name, dimension, plugs, weights
        self.data = np.zeros((1, 0)) if data is None else np.ascontiguousarray(data, dtype=np.float64)

    @property
    def has_batches(self):
        """Whether there are samples to draw; a landscape without data has none."""
        return self.data.shape[1] > 0

    def __repr__(self):
        return f"Objective({self.name}, dimension {self.dimension}, {self.data.shape[0]} samples)"

    def loss(self, theta):
        """Loss at theta, a number, (points,) in one dimension, (d,) or (points, d); returns a float or (points,)."""
        return self.value("loss", theta)

    def value(self, name, theta):
        """What the plug of this name, which gives one number a point, says at theta; shapes as :meth:`loss`."""
        points, single = self._points(theta)
        out = np.empty(points.shape[0])
        p = self.plugs[name]
        typed(_losses, _LOSSES)(points, self.data, p.function, p.constants, out)
        return float(out[0]) if single else out

    def gradient(self, theta, picks=None):
        """Gradient at theta of the whole loss, or of the mean over samples ``picks`` (k,); (points, d), squeezed.

        Of many batches, ``picks`` (batches, k), it is (batches, points, d), squeezed likewise.
        """
        points, single = self._points(theta)
        batches = None if picks is None else self._batches(picks)
        out = np.empty((1 if batches is None else len(batches), *points.shape))
        if batches is None or not self.has_batches:
            p = self.plugs["mean"]
            typed(_means, _MEANS)(points, self.data, p.function, p.constants, out[0])
            out[1:] = out[0]
        else:
            p = self.plugs["gradient"]
            typed(_gradients, _GRADIENTS)(points, batches, self.data, p.function, p.constants, out)
        out = out[..., 0] if self.dimension == 1 else out
        out = out[:, 0] if single else out
        if np.ndim(picks) == 2:
            return out
        return float(out[0]) if out.ndim == 1 else out[0]

    def _batches(self, picks):
        """Sample numbers (batches, k), checked."""
        batches = np.atleast_2d(np.asarray(picks, dtype=np.int32))
        if batches.ndim != 2 or batches.size == 0 or batches.min() < 0 or batches.max() >= self.data.shape[0]:
            raise ValueError(f"picks must be sample numbers between 0 and {self.data.shape[0] - 1}; got {picks}")
        return np.ascontiguousarray(batches)

    def sample_gradients(self, theta):
        """Gradient of each sample alone, (samples, ...) as gradient(theta) is (...); ValueError without samples."""
        if not self.has_batches:
            raise ValueError(f"{self.name} has no samples, only its gradient(theta)")
        return self.gradient(theta, np.arange(self.data.shape[0])[:, None])

    def hessian(self, theta, step=1e-5):
        """Hessian by central differences of the gradient, symmetrised; (d, d), or (points, d, d) at (points, d)."""
        theta = np.atleast_1d(np.asarray(theta, float))
        points = np.atleast_2d(theta)
        d, steps = points.shape[1], step * np.maximum(1.0, np.abs(points))
        shifts = steps[:, None] * np.eye(d)
        up = self.gradient((points[:, None] + shifts).reshape(-1, d)).reshape(shifts.shape)
        down = self.gradient((points[:, None] - shifts).reshape(-1, d)).reshape(shifts.shape)
        h = (up - down) / (2 * steps)[:, :, None]
        h = (h + h.swapaxes(1, 2)) / 2
        return h if theta.ndim == 2 else h[0]

    def _points(self, theta):
        array, d = np.asarray(theta, dtype=np.float64), self.dimension
        single = array.ndim == 0 or (array.ndim == 1 and d > 1)
        if d == 1 and array.ndim <= 1:
            array = array.reshape(-1, 1)
        array = np.atleast_2d(array)
        if array.ndim != 2 or array.shape[1] != d:
            raise ValueError(f"theta must have {d} coordinates in its last axis; got shape {np.shape(theta)}")
        return np.ascontiguousarray(array), single


@kernel
def _load(points, first, theta):
    for i in range(LANES):
        point = points[min(first + i, points.shape[0] - 1)]
        for j in range(point.size):  # an assignment of arrays has numba compile its message about shapes, a second
            theta[j, i] = point[j]


@kernel
def _losses(points, data, loss, c, out):
    theta, lane = np.empty((points.shape[1], LANES)), np.empty(LANES)
    for first in range(0, points.shape[0], LANES):
        _load(points, first, theta)
        loss(theta, data, c, lane)
        for i in range(min(LANES, points.shape[0] - first)):
            out[first + i] = lane[i]


@kernel
def _means(points, data, mean, c, out):
    theta, g = np.empty((points.shape[1], LANES)), np.empty((points.shape[1], LANES))
    for first in range(0, points.shape[0], LANES):
        _load(points, first, theta)
        mean(theta, data, c, g)
        for i in range(min(LANES, points.shape[0] - first)):
            for j in range(g.shape[0]):
                out[first + i, j] = g[j, i]


@kernel
def _gradients(points, batches, data, gradient, c, out):
    theta, g = np.empty((points.shape[1], LANES)), np.empty((points.shape[1], LANES))
    picks = np.empty((batches.shape[1], LANES), np.int32)
    for b in range(batches.shape[0]):
        for j in range(batches.shape[1]):
            picks[j, :] = batches[b, j]
        for first in range(0, points.shape[0], LANES):
            _load(points, first, theta)
            gradient(theta, picks, data, c, g)
            for i in range(min(LANES, points.shape[0] - first)):
                for j in range(g.shape[0]):
                    out[b, first + i, j] = g[j, i]


_f1, _f2, _f3 = plug.types.float64[::1], plug.types.float64[:, ::1], plug.types.float64[:, :, ::1]
_LOSSES = plug.types.void(_f2, _f2, POINTERS["loss"], _f1, _f1)
_MEANS = plug.types.void(_f2, _f2, POINTERS["mean"], _f1, _f2)
_GRADIENTS = plug.types.void(_f2, plug.types.int32[:, ::1], _f2, POINTERS["gradient"], _f1, _f3)
