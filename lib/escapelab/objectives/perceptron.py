"""Kernels of layered networks: forwards and backwards through a block of walkers. See :mod:`escapelab.networks`."""

import numpy as np

from ..plug import LANES, compiled, fma, kernel
from ..vecmath import exp, log, tanh
from .objective import plugs


@kernel
def _forward(theta, sizes, units):
    """Fill `units` (all units, LANES) from the inputs in its first rows; the last ones get log-probabilities."""
    weights, below = 0, 0
    for layer in range(1, sizes.size):
        inputs, outputs = sizes[layer - 1], sizes[layer]
        above, biases = below + inputs, weights + inputs * outputs
        for o in range(outputs):
            z = units[above + o]
            for i in range(LANES):
                z[i] = theta[biases + o, i]
        for p in range(inputs):
            x = units[below + p]
            for o in range(outputs):
                w, z = theta[weights + p * outputs + o], units[above + o]
                for i in range(LANES):
                    z[i] = fma(w[i], x[i], z[i])
        if layer < sizes.size - 1:
            for o in range(outputs):
                z = units[above + o]
                for i in range(LANES):
                    z[i] = tanh(z[i])
        weights, below = biases + outputs, above
    top, total = np.empty(LANES), np.empty(LANES)
    for i in range(LANES):
        top[i], total[i] = units[below, i], 0.0
    for o in range(1, sizes[-1]):
        for i in range(LANES):
            top[i] = max(top[i], units[below + o, i])
    for o in range(sizes[-1]):
        for i in range(LANES):
            total[i] += exp(units[below + o, i] - top[i])
    for i in range(LANES):
        total[i] = top[i] + log(total[i])
    for o in range(sizes[-1]):
        for i in range(LANES):
            units[below + o, i] -= total[i]


@kernel
def _backward(theta, sizes, units, error, label, out):
    """Add one sample's gradient to `out`, after :func:`_forward`."""
    below, weights = 0, 0
    for layer in range(sizes.size - 1):
        below += sizes[layer]
        weights += (sizes[layer] + 1) * sizes[layer + 1]
    for o in range(sizes[-1]):
        for i in range(LANES):
            error[below + o, i] = exp(units[below + o, i]) - (1.0 if label[i] == o else 0.0)
    for layer in range(sizes.size - 1, 0, -1):
        inputs, outputs = sizes[layer - 1], sizes[layer]
        above, below = below, below - inputs
        biases = weights - outputs
        weights = biases - inputs * outputs
        for o in range(outputs):
            e, b = error[above + o], out[biases + o]
            for i in range(LANES):
                b[i] += e[i]
        for p in range(inputs):
            x, back = units[below + p], error[below + p]
            for o in range(outputs):
                e, g = error[above + o], out[weights + p * outputs + o]
                for i in range(LANES):
                    g[i] = fma(e[i], x[i], g[i])
            if layer > 1:
                back[:] = 0.0
                for o in range(outputs):
                    e, w = error[above + o], theta[weights + p * outputs + o]
                    for i in range(LANES):
                        back[i] = fma(w[i], e[i], back[i])
                for i in range(LANES):
                    back[i] *= fma(-x[i], x[i], 1.0)


@kernel
def _room(c):
    """Sizes of the layers, and space for all units and their errors."""
    sizes = np.empty(c.size - 1, np.int64)
    for j in range(sizes.size):
        sizes[j] = np.int64(c[1 + j])
    return sizes, np.zeros((sizes.sum(), LANES)), np.zeros((sizes.sum(), LANES))


@kernel
def _shrink(theta, l2, samples, out):
    for a in range(theta.shape[0]):
        for i in range(LANES):
            out[a, i] = fma(l2, theta[a, i], out[a, i] / samples)


@compiled("gradient")
def _network_gradient(theta, picks, data, c, out):
    sizes, units, error = _room(c)
    inputs, label = sizes[0], np.empty(LANES, np.int64)
    out[:] = 0.0
    for j in range(picks.shape[0]):
        for i in range(LANES):
            row = np.uint32(picks[j, i])
            label[i] = np.int64(data[row, inputs])
            for p in range(inputs):
                units[p, i] = data[row, p]
        _forward(theta, sizes, units)
        _backward(theta, sizes, units, error, label, out)
    _shrink(theta, c[0], picks.shape[0], out)


@compiled("mean")
def _network_mean(theta, data, c, out):
    sizes, units, error = _room(c)
    inputs, label = sizes[0], np.empty(LANES, np.int64)
    out[:] = 0.0
    for j in range(data.shape[0]):
        for p in range(inputs):
            for i in range(LANES):
                units[p, i] = data[j, p]
        for i in range(LANES):
            label[i] = np.int64(data[j, inputs])
        _forward(theta, sizes, units)
        _backward(theta, sizes, units, error, label, out)
    _shrink(theta, c[0], data.shape[0], out)


@compiled("loss")
def _network_loss(theta, data, c, out):
    sizes, units, _ = _room(c)
    inputs, top = sizes[0], units.shape[0] - sizes[-1]
    out[:] = 0.0
    for j in range(data.shape[0]):
        for p in range(inputs):
            for i in range(LANES):
                units[p, i] = data[j, p]
        _forward(theta, sizes, units)
        z = units[top + np.int64(data[j, inputs])]
        for i in range(LANES):
            out[i] -= z[i]
    for i in range(LANES):
        out[i] /= data.shape[0]
    for a in range(theta.shape[0]):
        for i in range(LANES):
            out[i] = fma(0.5 * c[0] * theta[a, i], theta[a, i], out[i])


def layered(constants):
    """The plugs of a network; constants: l2, then the units of each layer. Explained in smoothing/s7-networks."""
    return plugs(_network_loss, _network_mean, _network_gradient, constants)
