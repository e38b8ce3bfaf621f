"""One table of all rules against the same promises: the recursion in plain Python, rest at a minimiser, bad input."""

import inspect

import numpy as np
import pytest
from escapelab import objectives, optimisers, sgd
from escapelab.plug import LANES

J = objectives.sine_fit()


def _plain(update, look=lambda theta, g: theta):
    """A rule in plain Python: update(theta, g, memory, eta, t) -> theta, with a memory that it may fill."""

    def run(objective, theta, eta, batches):
        theta, memory = np.array(theta, float), {}
        for t, picks in enumerate(batches):
            g = np.atleast_1d(objective.gradient(theta if theta.size > 1 else theta[0], picks))
            place = look(theta, g)
            g = np.atleast_1d(objective.gradient(place if place.size > 1 else place[0], picks))
            theta = update(theta, g, memory, eta, t)
        return theta

    return run


def _heavy(theta, g, m, eta, t, beta=0.8):
    m["v"] = beta * m.get("v", 0) + g
    return theta - eta * m["v"]


def _ahead(theta, g, m, eta, t, beta=0.8):
    m["v"] = beta * m.get("v", 0) + g
    return theta - eta * (g + beta * m["v"])


def _rms(theta, g, m, eta, t, decay=0.9):
    m["s"] = decay * m.get("s", 0) + (1 - decay) * g**2
    return theta - eta * g / (np.sqrt(m["s"]) + 1e-8)


def _adam(theta, g, m, eta, t, b1=0.8, b2=0.95, epsilon=1e-3):
    m["m"], m["s"] = b1 * m.get("m", 0) + (1 - b1) * g, b2 * m.get("s", 0) + (1 - b2) * g**2
    return theta - eta * m["m"] / (1 - b1 ** (t + 1)) / (np.sqrt(m["s"] / (1 - b2 ** (t + 1))) + epsilon)


def _uphill(theta, g):
    return theta + 0.05 * g / np.linalg.norm(g)


# name -> (rule, the same in plain Python)
TABLE = {
    "sgd": (optimisers.sgd(), _plain(lambda theta, g, m, eta, t: theta - eta * g)),
    "momentum": (optimisers.momentum(0.8), _plain(_heavy)),
    "nesterov": (optimisers.nesterov(0.8), _plain(_ahead)),
    "rmsprop": (optimisers.rmsprop(0.9), _plain(_rms)),
    "adam": (optimisers.adam(0.8, 0.95, 1e-3), _plain(_adam)),
    "sam": (optimisers.sam(0.05), _plain(lambda theta, g, m, eta, t: theta - eta * g, _uphill)),
    "sam with momentum": (optimisers.sam(0.05, optimisers.momentum(0.8)), _plain(_heavy, _uphill)),
}
COSTS = {"in one dimension": (J, [0.9], 0.01), "in four": (objectives.styblinski_tang(4, seed=3), [0.3] * 4, 1e-3)}


def test_every_rule_is_in_the_table():
    public = {name for name, thing in inspect.getmembers(optimisers, inspect.isfunction) if thing.__module__.endswith(
        "optimisers") and not name.startswith("_")}  # fmt: skip
    assert public == {name.split()[0] for name in TABLE}


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("name", TABLE)
def test_a_rule_is_its_recursion(name, cost):
    (rule, plain), (objective, start, eta) = TABLE[name], COSTS[cost]
    run = sgd.ensemble(objective, start=start, eta=eta, steps=30, batch=5, rule=rule, seed=4)
    batches = sgd.batches(objective, batch=5, steps=30, seed=4)
    assert run.theta[0] == pytest.approx(plain(objective, start, eta, batches), rel=1e-9)


@pytest.mark.parametrize("name", TABLE)
def test_every_rule_rests_at_a_minimiser_without_noise(name):
    run = sgd.ensemble(objectives.quadratic([1.0, 9.0]), start=[0.0, 0.0], eta=0.1, steps=50, rule=TABLE[name][0])
    assert run.theta.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("name", TABLE)
def test_memory_is_each_walkers_own(name):
    options = {"eta": 0.01, "steps": 20, "batch": 5, "rule": TABLE[name][0], "seed": 1}
    many = sgd.ensemble(J, start=np.linspace(0, 3, 300), **options).theta
    few = sgd.ensemble(J, start=np.linspace(0, 3, 300)[:7], walkers=7, **options).theta
    assert np.array_equal(many[:7], few)


def test_without_memory_every_rule_of_momentum_is_sgd():
    options = {"start": 1.0, "eta": 0.02, "steps": 30, "batch": 10, "walkers": 9}
    plain = sgd.ensemble(J, **options).theta
    for rule in (optimisers.momentum(0), optimisers.nesterov(0), optimisers.sam(0)):
        assert np.allclose(sgd.ensemble(J, **options, rule=rule).theta, plain, rtol=1e-13)


def test_the_first_step_of_adam_is_the_step_size():
    run = sgd.ensemble(objectives.quadratic([1.0, 1e6]), start=[1.0, -1.0], eta=0.1, steps=1, rule=optimisers.adam())
    assert run.theta[0] == pytest.approx([0.9, -0.9], rel=1e-7)


def test_heavy_ball_on_a_bowl_has_the_exact_rate():
    run = sgd.ensemble(objectives.quadratic(1.0), start=1.0, eta=1.0, steps=200, rule=optimisers.momentum(0.81))
    roots = np.roots([1, -(1 + 0.81 - 1.0), 0.81])
    assert abs(run.theta[0, 0]) < 3 * np.abs(roots).max() ** 200
    assert np.abs(roots) == pytest.approx(0.9)


@pytest.mark.parametrize(
    "make",
    [
        lambda: optimisers.momentum(1),
        lambda: optimisers.nesterov(-0.1),
        lambda: optimisers.rmsprop(1.0),
        lambda: optimisers.rmsprop(epsilon=0),
        lambda: optimisers.adam(beta1=1),
        lambda: optimisers.adam(beta2=np.nan),
        lambda: optimisers.sam(-1),
    ],
)
def test_impossible_rules_are_refused(make):
    with pytest.raises(ValueError, match=r"must be"):
        make()


@pytest.mark.parametrize("rule", [3, optimisers.sam(0.1), optimisers.sgd().plug])
def test_sam_needs_a_rule_that_looks_once(rule):
    with pytest.raises(TypeError, match="looks once"):
        optimisers.sam(0.1, rule)


@pytest.mark.parametrize("name", TABLE)
def test_every_row_of_memory_that_a_rule_asks_for_is_used(name):
    plug, d = TABLE[name][0].plug, 3
    theta, g, eta = np.ones((d, LANES)), np.full((d, LANES), 2.0), np.full(LANES, 0.1)
    state = np.zeros((plug.state * d, LANES))
    plug.function(theta, g, state, eta, 0, plug.constants)
    assert np.all(state != 0) and np.all(theta < 1)
