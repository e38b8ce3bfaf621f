"""Small networks: against plain NumPy, finite differences, and what training must do."""

import inspect

import numpy as np
import pytest
from escapelab import networks, objectives, sgd
from escapelab.objectives import perceptron

G = np.random.default_rng(0)
X, LABELS = G.normal(size=(30, 5)), G.integers(3, size=30)
ONE = networks.network(X, LABELS, hidden=4, l2=0.02)
TWO = networks.network(X, LABELS, hidden=(4, 3), classes=4)


def plain(net, theta, rows):
    """Loss and gradient of one theta (d,) by textbook backpropagation in NumPy."""
    x, labels = net.data[rows, :-1], net.data[rows, -1].astype(int)
    weights = [(theta[at.weights].reshape(at.shape), theta[at.biases]) for at in net.layers]
    units = [x]
    for w, b in weights[:-1]:
        units.append(np.tanh(units[-1] @ w + b))
    z = units[-1] @ weights[-1][0] + weights[-1][1]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(labels)), labels])) + net.l2 * theta @ theta / 2
    error, parts = (p - np.eye(p.shape[1])[labels]) / len(labels), []
    for (w, _), a in zip(weights[::-1], units[::-1], strict=True):
        parts = [(a.T @ error).ravel(), error.sum(axis=0), *parts]
        error = (error @ w.T) * (1 - a**2)
    return loss, np.concatenate(parts) + net.l2 * theta


@pytest.fixture(params=[ONE, TWO], ids=["one", "two"])
def net(request):
    return request.param


def test_dimension_counts_all_weights_and_biases():
    assert ONE.dimension == 6 * 4 + 5 * 3
    assert TWO.dimension == 6 * 4 + 5 * 3 + 4 * 4
    assert TWO.sizes == (5, 4, 3, 4)


def test_loss_and_gradient_are_those_of_plain_numpy(net):
    theta = net.start(140, seed=1, spread=2.0)
    expected = [plain(net, t, np.arange(30)) for t in theta]
    assert np.allclose(net.loss(theta), [loss for loss, _ in expected], rtol=1e-12)
    assert np.allclose(net.gradient(theta), [g for _, g in expected], rtol=1e-9, atol=1e-13)


def test_a_batch_gradient_is_that_of_plain_numpy(net):
    theta, batch = net.start(9, seed=2), [3, 3, 17]
    assert np.allclose(net.gradient(theta, batch), [plain(net, t, batch)[1] for t in theta], rtol=1e-9, atol=1e-13)


def test_gradient_is_the_derivative_of_the_loss(net):
    theta, h = net.start(1, seed=3)[0], 1e-5
    steps = h * np.eye(net.dimension)
    central = (net.loss(theta + steps) - net.loss(theta - steps)) / (2 * h)
    assert np.allclose(net.gradient(theta), central, rtol=1e-5, atol=1e-8)


def test_walkers_with_their_own_batches_are_trained_one_by_one():
    start = ONE.start(3, seed=4)
    run = sgd.ensemble(ONE, start=start, eta=0.3, steps=5, batch=7, seed=6)
    for walker in range(3):
        theta = start[walker].copy()
        for batch in sgd.batches(ONE, batch=7, steps=5, walker=walker, seed=6):
            theta -= 0.3 * plain(ONE, theta, batch)[1]
        assert np.allclose(run.theta[walker], theta, rtol=1e-10, atol=1e-12)


def test_probabilities_sum_to_one_and_give_the_loss(net):
    theta = net.start(4, seed=5)
    p = net.probabilities(theta)
    assert p.shape == (4, 30, net.sizes[-1])
    assert np.allclose(p.sum(axis=2), 1, rtol=1e-14)
    penalty = net.l2 * np.sum(theta**2, axis=1) / 2
    assert np.allclose(-np.log(p[:, np.arange(30), LABELS]).mean(axis=1) + penalty, net.loss(theta), rtol=1e-12)
    assert np.array_equal(net.probabilities(theta[0], X[:2]), net.probabilities(theta)[0, :2])


def test_accuracy_is_the_share_of_right_classes(net):
    theta = net.start(6, seed=6)
    right = net.probabilities(theta).argmax(axis=2) == LABELS
    assert np.array_equal(net.accuracy(theta), right.mean(axis=1))
    assert net.accuracy(theta[0]) == right[0].mean()


def test_starts_have_the_spread_of_their_layer(monkeypatch):
    big = networks.network(np.zeros((1, 50)), [0], hidden=40)
    theta = big.start(200, seed=7, spread=3.0)
    for layer in big.layers:
        n = theta[:, layer.weights].size
        assert theta[:, layer.weights].var() == pytest.approx(9 / layer.shape[0], rel=5 * np.sqrt(2 / n))
        assert np.all(theta[:, layer.biases] == 0)
    assert not np.array_equal(big.start(2, seed=7)[0], big.start(2, seed=7)[1])
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "1")
    assert not np.array_equal(big.start(200, seed=7, spread=3.0), theta)


def test_weights_of_size_thousands_overflow_nothing():
    theta = 1e4 * ONE.start(3, seed=8)
    assert np.all(np.isfinite(ONE.loss(theta)))
    assert np.all(np.isfinite(ONE.gradient(theta)))


def test_the_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    whole, order = networks.digits(train=1796), np.random.default_rng(0).permutation(1797)
    assert np.array_equal(np.concatenate([whole.train, whole.test]), images[order] / 16)
    assert np.array_equal(np.concatenate([whole.train_labels, whole.test_labels]), labels[order])


def test_digits_need_scikit_learn(monkeypatch):
    monkeypatch.setattr(networks, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install scikit-learn"):
        networks.digits()


def test_digits_are_split_without_loss_or_overlap():
    whole = networks.digits(pool=4, train=1000, seed=3)
    assert [part.shape for part in whole] == [(1000, 4), (1000,), (797, 4), (797,)]
    rows = np.concatenate([np.column_stack([a, b]) for a, b in (whole[:2], whole[2:])])
    other = networks.digits(pool=4, train=1, seed=4)
    again = np.concatenate([np.column_stack([a, b]) for a, b in (other[:2], other[2:])])
    assert np.array_equal(rows[np.lexsort(rows.T)], again[np.lexsort(again.T)])


def test_pooling_keeps_the_mean_of_each_picture():
    fine, coarse = networks.digits(), networks.digits(pool=2)
    assert (fine.train.shape[1], coarse.train.shape[1]) == (64, 16)
    assert np.allclose(fine.train.mean(axis=1), coarse.train.mean(axis=1))
    assert (fine.train.min(), fine.train.max()) == (0, 1)
    assert fine.train[0].reshape(4, 2, 4, 2).mean(axis=(1, 3)).ravel() == pytest.approx(coarse.train[0])


def test_a_small_network_learns_the_digits():
    d = networks.digits(pool=2)
    train = networks.network(d.train, d.train_labels, hidden=12)
    test = train.on(d.test, d.test_labels)
    run = sgd.ensemble(train, start=train.start(8, seed=1), eta=0.5, steps=1500, batch=16, seed=1)
    assert train.dimension == test.dimension == 17 * 12 + 13 * 10
    assert np.all(test.accuracy(run.theta) > 0.8)
    assert np.all(test.accuracy(train.start(8, seed=1)) < 0.4)


def test_every_plug_of_a_network_is_that_of_the_kernels():
    made = {p.function for p in ONE.plugs.values()}
    for name, thing in inspect.getmembers(perceptron):
        kind = getattr(getattr(thing, "py_func", thing), "kind", None)
        assert kind is None or thing in made, name


def test_a_network_is_an_objective_whose_units_are_its_constants():
    assert isinstance(ONE, objectives.Objective)
    assert ONE.plugs["mean"].constants.tolist() == [0.02, 5, 4, 3]


@pytest.mark.parametrize(
    "make",
    [
        lambda: networks.network([], []),
        lambda: networks.network(X, LABELS[:-1]),
        lambda: networks.network(X, LABELS + 0.5),
        lambda: networks.network(X, LABELS - 1),
        lambda: networks.network(X, LABELS, classes=2),
        lambda: networks.network(X, LABELS, hidden=()),
        lambda: networks.network(X, LABELS, hidden=(2, 2, 2)),
        lambda: networks.network(X, LABELS, hidden=0),
        lambda: networks.network(X, LABELS, l2=-1),
        lambda: networks.network(np.full((2, 1), np.nan), [0, 1]),
        lambda: ONE.on(X[:, :4], LABELS),
        lambda: ONE.on(X, LABELS + 1),
        lambda: ONE.start(0),
        lambda: ONE.start(2, spread=-1),
        lambda: ONE.start(10**9),
        lambda: ONE.probabilities(ONE.start(1), np.zeros((2, 4))),
        lambda: ONE.probabilities(np.zeros(3)),
        lambda: networks.digits(pool=3),
        lambda: networks.digits(train=0),
        lambda: networks.digits(train=1797),
    ],
)
def test_impossible_networks_are_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()
