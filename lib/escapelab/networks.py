"""Small networks as objectives: theta is the list of all weights. Real data: scikit-learn's digits.

One or two hidden layers of tanh, softmax and cross-entropy, weights W (in, out) and biases b (out,) of each layer one
after the other. Explained in thread/h2-noise-as-regulariser and smoothing/s7-networks.
"""

from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from . import rng
from .arguments import array, count, fits, number
from .objectives import perceptron
from .objectives.objective import Objective


class Layer(NamedTuple):
    """Where one layer lies in theta."""

    weights: slice  # of in * out numbers, row by row
    biases: slice  # of out numbers
    shape: tuple  # (in, out)


class Network(Objective):
    """A small network on labelled samples: an Objective whose theta (d,) holds all weights and biases.

    Attributes, besides those of an Objective: ``sizes``, units of each layer from inputs to classes; ``l2``;
    ``layers``, a list of Layer. data (n, inputs + 1): inputs, then the label. Made by :func:`network`.
    """

    def __init__(self, data, sizes, l2):
        self.sizes, self.l2, self.layers, end = tuple(sizes), l2, [], 0
        for inputs, outputs in pairwise(sizes):
            middle = end + inputs * outputs
            self.layers.append(Layer(slice(end, middle), slice(middle, middle + outputs), (inputs, outputs)))
            end = middle + outputs
        super().__init__("network", end, perceptron.layered([l2, *sizes]), data)

    def on(self, x, labels):
        """The same network on other samples, as a test set: x (n, inputs), labels (n,). Errors as :func:`network`."""
        return Network(_samples(x, labels, self.sizes[0], self.sizes[-1]), self.sizes, self.l2)

    def start(self, walkers, *, seed=0, spread=1.0):
        """Random weights (walkers, d): normal with variance spread^2 / inputs of their layer, biases zero.

        seed is shifted by $ESCAPELAB_SEED_SHIFT. Raises ValueError for walkers < 1 or spread < 0, and past
        MEMORY_LIMIT. Source: LeCun et al. 1998. Explained in thread/h2-noise-as-regulariser.
        """
        walkers, spread = count("walkers", walkers, 1), number("spread", spread, least=0)
        fits(walkers, 0, self.dimension)
        theta = rng.generator(seed).normal(size=(walkers, self.dimension))
        for layer in self.layers:
            theta[:, layer.weights] *= spread / np.sqrt(layer.shape[0])
            theta[:, layer.biases] = 0.0
        return theta

    def probabilities(self, theta, x=None):
        """Probability of each class: theta (d,) -> (n, classes), (points, d) -> (points, n, classes).

        x (n, inputs): samples, by default those of the network. Raises ValueError for other shapes.
        Explained in practice/p5-good-enough.
        """
        points, single = self._points(theta)
        x = self.data[:, :-1] if x is None else array("x", x)
        if x.ndim != 2 or x.shape[1] != self.sizes[0]:
            raise ValueError(f"x must be (n, {self.sizes[0]}); got shape {x.shape}")
        fits(points.shape[0] * x.shape[0], 0, max(self.sizes[1:]))
        result = np.array([self._forward(point, x) for point in points])
        return result[0] if single else result

    def accuracy(self, theta):
        """Share of the network's samples whose most probable class is their label; a float or (points,).

        Explained in thread/h2-noise-as-regulariser.
        """
        right = self.probabilities(theta).argmax(axis=-1) == self.data[:, -1]
        return float(right.mean()) if right.ndim == 1 else right.mean(axis=1)

    def _forward(self, theta, x):
        for layer in self.layers:
            z = x @ theta[layer.weights].reshape(layer.shape) + theta[layer.biases]
            x = np.tanh(z)
        z = np.exp(z - z.max(axis=1, keepdims=True))
        return z / z.sum(axis=1, keepdims=True)


def network(x, labels, *, hidden=(16,), classes=None, l2=0.0):
    """mean of -log p(label_i | x_i) + l2 |theta|^2 / 2 of a network with tanh units and softmax outputs.

    x (n, inputs); labels (n,), whole numbers from 0; hidden : units of the one or two hidden layers;
    classes : by default the largest label + 1. d = sum of (inputs + 1) outputs over the layers.

    Raises ValueError for empty, unequal or non-finite data, labels that are no class, l2 < 0, and other
    numbers of layers. Source: backpropagation, Rumelhart, Hinton and Williams 1986.
    Explained in thread/h2-noise-as-regulariser.
    """
    hidden = tuple(np.atleast_1d(np.asarray(hidden)).tolist())
    if len(hidden) not in (1, 2):
        raise ValueError(f"hidden must be the units of one or two layers; got {hidden}")
    units = [count("hidden", size, 1) for size in hidden]
    x, top = array("x", x), array("labels", labels)
    least = 2 if top.size == 0 else max(int(top.max()) + 1, 2)
    classes = least if classes is None else count("classes", classes, 2)
    data = _samples(x, top, x.shape[-1] if x.ndim == 2 else 0, classes)
    return Network(data, (data.shape[1] - 1, *units, classes), number("l2", l2, least=0))


class Digits(NamedTuple):
    """Handwritten digits in two parts; grey values from 0 to 1."""

    train: np.ndarray  # (n_train, pixels)
    train_labels: np.ndarray  # (n_train,) 0 .. 9
    test: np.ndarray  # (n_test, pixels)
    test_labels: np.ndarray  # (n_test,)


def digits(*, pool=1, train=1437, seed=0):
    """The 1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn, in a random split.

    pool : 1, 2 or 4; the mean of pool x pool pixels becomes one: 64, 16 or 4 inputs. train : how many are for training.
    seed : of the split, which is part of the definition; no seed shift moves it.

    Raises ValueError for another pool or for train outside 1 .. 1796, ModuleNotFoundError without scikit-learn.
    Source: Alpaydin and Kaynak 1998, UCI. Explained in thread/h2-noise-as-regulariser.
    """
    if pool not in (1, 2, 4):
        raise ValueError(f"pool must be 1, 2 or 4; got {pool!r}")
    images, labels = _images()
    if not 1 <= count("train", train, 1) < labels.size:
        raise ValueError(f"train must be between 1 and {labels.size - 1}; got {train}")
    x = images.reshape(-1, 8 // pool, pool, 8 // pool, pool).mean(axis=(2, 4)).reshape(labels.size, -1) / 16
    order = np.random.default_rng(seed).permutation(labels.size)
    first, last = order[:train], order[train:]
    return Digits(x[first], labels[first], x[last], labels[last])


def _images():
    """Images (n, 64) and labels (n,) from scikit-learn's file: to import sklearn.datasets takes most of a second."""
    package = find_spec("sklearn")
    if package is None:
        raise ModuleNotFoundError("the digits come with scikit-learn, which is not installed: pip install scikit-learn")
    table = np.loadtxt(Path(package.origin).parent / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    return table[:, :-1], table[:, -1].astype(int)


def _samples(x, labels, inputs, classes):
    x, labels = array("x", x), array("labels", labels)
    if x.ndim != 2 or x.size == 0 or x.shape[1] != inputs or labels.shape != x.shape[:1]:
        raise ValueError(
            f"x must be (n, {inputs or 'inputs'}) and labels (n,); got shapes {x.shape} and {labels.shape}"
        )
    if np.any((labels < 0) | (labels >= classes) | (labels != np.floor(labels))):
        raise ValueError(f"labels must be whole numbers from 0 to {classes - 1}")
    return np.column_stack([x, labels])
