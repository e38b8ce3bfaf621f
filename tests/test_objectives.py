"""One table of all objectives against the same promises."""

import inspect
import os
import subprocess
import sys

import numpy as np
import pytest
from escapelab import objectives
from escapelab.objectives import circles, derivative, fields, landscapes, observations, patel, regression, thread, wells
from escapelab.plug import LANES
from scipy.interpolate import BPoly

G = np.random.default_rng(0)


@objectives.own
def waves(x, y):
    return np.sin(3 * x) * np.exp(-y) + x**2 * y


@objectives.own(data=G.normal(size=(12, 2)))
def looped(a, b, row):
    total, term = 0.0, 1.0
    for _ in range(3):
        term = term * (a * row[0] - b * row[1])
        total = total + term
    return total


@objectives.own(data=G.normal(size=(12, 2)))
def line(slope, row):
    return (slope * row[0] - row[1]) ** 2


@objectives.own(data=G.normal(size=5))
def three(x, y, z, row):
    return (x + row[0] * y) ** 2 * z + z**3


def _quadratic_sum(theta, factors, offsets):
    return np.mean([theta @ np.outer(a, a) @ theta / 2 + r @ theta for a, r in zip(factors, offsets, strict=True)])


FACTORS, OFFSETS = G.normal(size=(9, 3)), G.normal(size=(9, 3))
PAIRS = G.normal(size=(4, 2, 3))
TANG = objectives.styblinski_tang(4, seed=3)

X, Y = G.normal(size=(15, 3)), G.normal(size=15)
LABELS = (Y > 0.3).astype(float)
ROWS = np.column_stack(
    [G.uniform(0.5, 2, (6, 2)), G.normal(size=6), G.uniform(1, 3, 6), np.full(6, 0.3), *[[2.0] * 6] * 2]
)
CIRCLES = objectives.quadratic_circle_model(3, seed=1)
ERRORS = G.uniform(0, 2, (8, 3))
OBSERVED = objectives.observed_wells(ERRORS, barrier=4.0, disagreement=0.5)


def _hermite(x, knots, values, curvatures):
    """Flanks and walls where all curvatures of a flank's ends are equal, so that walls are straight from halfway."""
    pieces = BPoly.from_derivatives(knots, [[v, 0, k] for v, k in zip(values, curvatures, strict=True)])
    left, right = knots[0] - (knots[1] - knots[0]) / 2, knots[-1] + (knots[-1] - knots[-2]) / 2
    if x < left:
        return pieces(2 * knots[0] - left) - pieces(2 * knots[0] - left, 1) * (x - left)
    if x > right:
        return pieces(2 * knots[-1] - right) - pieces(2 * knots[-1] - right, 1) * (x - right)
    return pieces(2 * knots[0] - x if x < knots[0] else 2 * knots[-1] - x if x > knots[-1] else x)


FIELD = objectives.random_field(3, waves=40, length=0.5, confinement=0.2, seed=9)


def _field(t):
    g = np.random.default_rng(9)
    waves, phases = g.normal(size=(40, 3)) / 0.5, g.uniform(0, 2 * np.pi, 40)
    return 0.1 * t @ t + np.sqrt(2 / 40) * np.sum(np.cos(waves @ t + phases))


def _circles(t, rows, weights):
    q1, q2, q3, c1, c2, c3, c4 = rows.T
    s = np.clip((np.hypot(*t) - c2) / (c3 - c2), 0, 1)
    return weights @ np.minimum(q1 * (t[1] - q2 * t[0] ** 2 - q3) ** 2, c4 + c1 * s**3 * (6 * s**2 - 15 * s + 10))


def _notches(x):
    z = (x - np.array([-0.5, 0.0, 2.0])) / np.array([0.25, 0.2, 0.35])
    return x**2 / 4 - np.array([2.0, 4.0, 3.0]) @ np.maximum(1 - z**2, 0) ** 3


# name -> (objective, loss at one point (d,) written again in plain NumPy)
TABLE = {
    "sine_fit": (objectives.sine_fit(), lambda t: np.mean((np.sin(t[0] * _x()) - _y()) ** 2)),
    "spiky": (objectives.spiky(), lambda t: t[0] ** 2 / 2 + 3 / (4 * np.pi) * (1 - np.cos(4 * np.pi * t[0]))),
    "spiky in two dimensions": (
        objectives.spiky(curvature=2.0, height=0.1, frequency=5.0, dimension=2),
        lambda t: np.sum(t**2 + 0.1 * (1 - np.cos(5 * t))),
    ),
    "double_well": (
        objectives.double_well(height=0.5, half_width=2.0, tilt=0.1),
        lambda t: 0.5 * ((t[0] / 2) ** 2 - 1) ** 2 + 0.1 * t[0],
    ),
    "quadratic": (
        objectives.quadratic([1.0, 4.0], minimiser=[1, -1]),
        lambda t: (t[0] - 1) ** 2 / 2 + 2 * (t[1] + 1) ** 2,
    ),
    "double_well by default": (objectives.double_well(), lambda t: 0.25 * (t[0] ** 2 - 1) ** 2),
    "quadratic by default": (objectives.quadratic(), lambda t: t[0] ** 2 / 2),
    "saddle": (objectives.saddle(), lambda t: t[0] ** 2 - t[1] ** 2),
    "saddle with minimisers": (
        objectives.saddle(up=3.0, down=1.0, quartic=0.25),
        lambda t: 1.5 * t[0] ** 2 - 0.5 * t[1] ** 2 + 0.25 * t[1] ** 4,
    ),
    "stochastic_quadratic": (
        objectives.stochastic_quadratic(FACTORS, OFFSETS),
        lambda t: _quadratic_sum(t, FACTORS, OFFSETS),
    ),
    "stochastic_quadratic of numbers": (
        objectives.stochastic_quadratic(FACTORS[:, 0]),
        lambda t: np.mean(FACTORS[:, 0] ** 2) * t[0] ** 2 / 2,
    ),
    "stochastic_quadratic of rank two": (
        objectives.stochastic_quadratic(PAIRS, OFFSETS[:4]),
        lambda t: np.mean(np.sum((PAIRS @ t) ** 2, axis=1)) / 2 + np.mean(OFFSETS[:4], axis=0) @ t,
    ),
    "styblinski_tang": (TANG, lambda t: _tang_sum(t)),
    "wells": (
        objectives.wells([-1, 1, 2], [0, -1, 0], maxima=[1, 2], curvatures=[3, 4, 5], barrier_curvatures=[3, 5]),
        lambda t: _hermite(t[0], [-1, 0, 1, 1.5, 2], [0, 1, -1, 2, 0], [3, -3, 4, -5, 5]),
    ),
    "two_wells": (
        objectives.two_wells(depths=2.0, widths=0.5, curvatures=30.0, barrier_curvature=30.0),
        lambda t: _hermite(t[0], [-0.5, 0, 0.5], [-2, 0, -2], [30, -30, 30]),
    ),
    "staircase": (
        objectives.staircase(3, rise=0.0, curvature=np.pi**2 / 4),
        lambda t: _hermite(t[0], range(5), [0, 0.5, 0, 0.5, 0], np.pi**2 / 4 * np.array([1, -1, 1, -1, 1])),
    ),
    "notches": (objectives.notches(), lambda t: _notches(t[0])),
    "ravine": (
        objectives.ravine(50.0, dimension=3, seed=4),
        lambda t: t @ objectives.ravine(50.0, dimension=3, seed=4).hessian(np.zeros(3)) @ t / 2,
    ),
    "random_field": (FIELD, lambda t: _field(t)),
    "ravine along the axes": (objectives.ravine(4.0, steepest=2.0), lambda t: t[0] ** 2 / 4 + t[1] ** 2),
    "quadratic_circle": (
        objectives.quadratic_circle(ROWS, weights=np.arange(1, 7)),
        lambda t: _circles(t, ROWS, np.arange(1, 7) / 21),
    ),
    "quadratic_circle_model": (CIRCLES, lambda t: _circles(t, CIRCLES.data, np.full(100, 0.01))),
    "linear_regression": (
        objectives.linear_regression(X, Y, l2=0.3),
        lambda t: np.mean((X @ t - Y) ** 2) + 0.15 * t @ t,
    ),
    "linear_regression of numbers": (
        objectives.linear_regression(X[:, 0], Y),
        lambda t: np.mean((X[:, 0] * t[0] - Y) ** 2),
    ),
    "logistic_regression": (
        objectives.logistic_regression(X, LABELS, l2=0.1),
        lambda t: np.mean(np.log1p(np.exp(X @ t)) - LABELS * (X @ t)) + 0.05 * t @ t,
    ),
    "observed_wells": (OBSERVED, lambda t: WELLS_BELOW.loss(t[0])),
    "own": (waves, lambda t: np.sin(3 * t[0]) * np.exp(-t[1]) + t[0] ** 2 * t[1]),
    "own in three dimensions": (
        three,
        lambda t: np.mean((t[0] + three.data[:, 0] * t[1]) ** 2 * t[2] + t[2] ** 3),
    ),
    "own by complex step": (
        looped,
        lambda t: np.mean(sum((looped.data @ [t[0], -t[1]]) ** power for power in (1, 2, 3))),
    ),
    "own with data": (line, lambda t: np.mean((t[0] * line.data[:, 0] - line.data[:, 1]) ** 2)),
}


WELLS_BELOW = objectives.wells([0, 2, 4], ERRORS.mean(axis=0), maxima=4.0)


def _x():
    return np.random.default_rng(3).uniform(0, 10, 100)


def _y():
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 10, 100)
    return np.sin(2.2 * x) + 0.3 * rng.normal(size=100)


def _tang_sum(t):
    coordinate, c1, c2, c3 = TANG.data.T
    x = t[coordinate.astype(int)]
    return np.sum(TANG.weights * (c1 * x**4 + c2 * x**2 + c3 * x) / 2)


def points(objective, count=300):
    return np.random.default_rng(1).normal(size=(count, objective.dimension))


@pytest.fixture(params=TABLE, ids=str)
def row(request):
    return TABLE[request.param]


def test_every_objective_is_in_the_table():
    public = {name for name in objectives.__all__ if name != "Objective"}
    assert public <= {name.split()[0] for name in TABLE}


def test_every_plug_function_belongs_to_a_factory_in_the_table():
    made = {p.function for objective, _ in TABLE.values() for p in objective.plugs.values()}
    for module in (circles, fields, landscapes, observations, patel, regression, thread, wells):
        for name, thing in inspect.getmembers(module):
            kind = getattr(getattr(thing, "py_func", thing), "kind", None)
            assert kind is None or thing in made, name


def test_loss_is_the_formula(row):
    objective, formula = row
    theta = points(objective)
    assert np.allclose(objective.loss(theta), [formula(t) for t in theta], rtol=1e-12, atol=1e-13)


def test_gradient_is_the_derivative_of_the_loss(row):
    objective, _ = row
    theta, h = points(objective), 1e-6
    steps = h * np.eye(objective.dimension)
    central = np.stack([(objective.loss(theta + s) - objective.loss(theta - s)) / (2 * h) for s in steps], axis=1)
    assert np.allclose(objective.gradient(theta).reshape(theta.shape), central, rtol=1e-6, atol=1e-6)


def test_curvature_is_the_trace_of_the_hessian(row):
    objective, _ = row
    if "curvature" in objective.plugs:
        theta, h = points(objective), 1e-5
        steps = h * np.eye(objective.dimension)
        ends = [(objective.gradient(theta + s), objective.gradient(theta - s)) for s in steps]
        change = sum((a - b).reshape(theta.shape)[:, j] / (2 * h) for j, (a, b) in enumerate(ends))
        assert np.allclose(objective.value("curvature", theta), change, rtol=1e-4, atol=1e-3)


def test_both_is_curvature_times_loss_where_both_are_positive(row):
    objective, _ = row
    if "both" in objective.plugs:
        theta = points(objective)
        factors = [np.maximum(objective.value(name, theta), 0) for name in ("loss", "curvature")]
        assert np.array_equal(objective.value("both", theta), factors[0] * factors[1])


def test_sample_gradients_average_to_the_gradient(row):
    objective, _ = row
    theta, n = points(objective, 20), objective.data.shape[0]
    weights = np.full(n, 1 / n) if objective.weights is None else objective.weights
    mean = sum(w * objective.gradient(theta, [i]) for i, w in enumerate(weights))
    assert np.allclose(mean, objective.gradient(theta), rtol=1e-10, atol=1e-11)


def test_a_batch_gradient_is_the_mean_of_its_samples(row):
    objective, _ = row
    theta, n = points(objective, 20), objective.data.shape[0]
    batch = np.random.default_rng(2).integers(n, size=7)
    mean = np.mean([objective.gradient(theta, [i]) for i in batch], axis=0)
    assert np.allclose(objective.gradient(theta, batch), mean, rtol=1e-11, atol=1e-11)


def test_many_batches_at_once_give_what_each_gives(row):
    objective, _ = row
    batches = np.random.default_rng(2).integers(objective.data.shape[0], size=(5, 3))
    for theta in (points(objective, 20), points(objective, 1)[0] if objective.dimension > 1 else 0.3):
        each = [objective.gradient(theta, batch) for batch in batches]
        assert np.array_equal(objective.gradient(theta, batches), np.stack(each))


def test_gradients_of_single_samples_have_the_gradient_as_their_mean(row):
    objective, _ = row
    theta = points(objective, 3)
    if not objective.has_batches:
        with pytest.raises(ValueError, match="no samples"):
            objective.sample_gradients(theta)
        return
    each = objective.sample_gradients(theta)
    assert each.shape == (objective.data.shape[0], *np.shape(objective.gradient(theta)))
    assert np.array_equal(each[-1], objective.gradient(theta, [len(each) - 1]))
    mean = np.average(each, axis=0, weights=objective.weights)
    assert np.allclose(mean, objective.gradient(theta), rtol=1e-9, atol=1e-11)


def test_hessian_is_the_derivative_of_the_gradient(row):
    objective, _ = row
    theta, h = points(objective, 1)[0], 1e-4
    along = np.ones(objective.dimension)
    change = np.subtract(objective.gradient(theta + h * along), objective.gradient(theta - h * along)) / (2 * h)
    assert np.allclose(objective.hessian(theta) @ along, change, rtol=1e-4, atol=1e-3)


def test_hessians_of_many_points_are_those_of_each(row):
    objective, _ = row
    theta = points(objective, 4).reshape(4, objective.dimension)
    assert np.array_equal(objective.hessian(theta), np.stack([objective.hessian(one) for one in theta]))


def test_a_wrong_point_is_refused(row):
    objective, _ = row
    with pytest.raises(ValueError, match="coordinates"):
        objective.loss(np.zeros((2, objective.dimension + 1)))


def test_a_sample_number_out_of_range_is_refused(row):
    objective, _ = row
    with pytest.raises(ValueError, match="picks must be sample numbers"):
        objective.gradient(np.zeros(objective.dimension), [objective.data.shape[0]])


def test_the_reference_data_are_those_of_the_book():
    J = objectives.sine_fit()
    assert np.allclose(J.data, np.column_stack([_x(), _y()]), rtol=0, atol=4e-16)
    assert J.loss(2.18) < 0.0836


def test_data_without_noise_have_error_zero():
    J = objectives.sine_fit(noise=0)
    assert J.loss(2.2) == 0
    assert all(J.gradient(2.2, [i]) == 0 for i in range(100))


def test_no_seed_shift_moves_a_definition(monkeypatch):
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "5")
    assert np.array_equal(objectives.sine_fit().data, TABLE["sine_fit"][0].data)
    assert np.array_equal(objectives.styblinski_tang(4, seed=3).data, TANG.data)


def test_minima_of_the_double_well_are_where_they_should_be():
    well = objectives.double_well(height=0.5, half_width=2.0)
    assert np.allclose(well.gradient(np.array([-2.0, 0.0, 2.0])), 0, atol=1e-15)
    assert well.loss(0.0) - well.loss(2.0) == pytest.approx(0.5)
    assert well.hessian(2.0)[0, 0] == pytest.approx(8 * 0.5 / 4, rel=1e-6)


def test_the_saddle_falls_to_its_minimisers():
    J = objectives.saddle(up=2.0, down=1.0, quartic=0.25)
    assert np.allclose(J.gradient(np.array([0.0, 1.0])), 0)
    assert J.hessian(np.zeros(2)).diagonal() == pytest.approx([2, -1], abs=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: objectives.sine_fit([], []),
        lambda: objectives.sine_fit([1, 2], [1]),
        lambda: objectives.sine_fit([1, np.nan], [1, 2]),
        lambda: objectives.sine_fit([1, 2]),
        lambda: objectives.spiky(frequency=0),
        lambda: objectives.spiky(dimension=0),
        lambda: objectives.double_well(height=-1),
        lambda: objectives.double_well(half_width=0),
        lambda: objectives.quadratic([]),
        lambda: objectives.quadratic([np.inf]),
        lambda: objectives.saddle(down=0),
        lambda: objectives.saddle(up=np.nan),
        lambda: objectives.stochastic_quadratic([]),
        lambda: objectives.stochastic_quadratic([1.0, 2.0], [1.0]),
        lambda: objectives.stochastic_quadratic([np.nan]),
        lambda: objectives.styblinski_tang(0, seed=1),
        lambda: objectives.styblinski_tang(3, seed=1, scale=-1),
        lambda: objectives.wells([0.0], [0.0], maxima=[]),
        lambda: objectives.wells([1, 0], [0, 0], maxima=1),
        lambda: objectives.wells([0, 1], [0, 0], maxima=1, maximisers=[2]),
        lambda: objectives.wells([0, 1], [0, 0], maxima=0),
        lambda: objectives.wells([0, 2], [0, 0], maxima=1, curvatures=37),
        lambda: objectives.wells([0, 2], [0, 0], maxima=1, curvatures=1, barrier_curvatures=30),
        lambda: objectives.two_wells(depths=0),
        lambda: objectives.two_wells(widths=(1, -1)),
        lambda: objectives.two_wells(curvatures=(1, 2, 3)),
        lambda: objectives.staircase(1),
        lambda: objectives.staircase(barrier=0),
        lambda: objectives.notches([0, 1], widths=0.6),
        lambda: objectives.notches([]),
        lambda: objectives.notches([0], depths=[1, 2], widths=1),
        lambda: objectives.notches(bowl=-1),
        lambda: objectives.notches(depths=0),
        lambda: objectives.notches(widths=0),
        lambda: objectives.random_field(0, seed=1),
        lambda: objectives.random_field(2, waves=0, seed=1),
        lambda: objectives.random_field(2, length=0, seed=1),
        lambda: objectives.random_field(2, confinement=-1, seed=1),
        lambda: objectives.ravine(0.5),
        lambda: objectives.ravine(dimension=1),
        lambda: objectives.ravine(steepest=0),
        lambda: objectives.quadratic_circle([[1, 2, 3]]),
        lambda: objectives.quadratic_circle([[1, 1, 1, 1, 2, 2, 0]]),
        lambda: objectives.quadratic_circle([[-1, 1, 1, 1, 1, 2, 0]]),
        lambda: objectives.quadratic_circle([[1, 1, 1, 1, 1, 2, 0]], weights=[0]),
        lambda: objectives.quadratic_circle_model(5),
        lambda: objectives.quadratic_circle_model(0),
        lambda: objectives.linear_regression([], []),
        lambda: objectives.linear_regression([[1.0], [2.0]], [1.0]),
        lambda: objectives.linear_regression([1.0], [np.nan]),
        lambda: objectives.linear_regression([1.0], [1.0], l2=-1),
        lambda: objectives.logistic_regression([1.0], [2.0]),
        lambda: objectives.logistic_regression([[[1.0]]], [1.0]),
        lambda: objectives.observed_wells([[1.0, 2.0]], barrier=3),
        lambda: objectives.observed_wells([[1.0], [2.0]], barrier=3),
        lambda: objectives.observed_wells([[1.0, -1], [2.0, 0]], barrier=3),
        lambda: objectives.observed_wells([[1.0, 1], [1, 1]], barrier=1),
        lambda: objectives.observed_wells([[1.0, 1], [1, 1]], barrier=2, slopes=[[0.1, 0], [0, 0]]),
        lambda: objectives.observed_wells([[1.0, 1], [1, 1]], barrier=2, slopes=[[9, 0], [-9, 0]]),
        lambda: objectives.observed_wells([[1.0, 1], [1, 1]], barrier=2, disagreement=1.1),
    ],
)
def test_impossible_constants_are_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_a_loss_that_a_complex_step_cannot_carry_is_refused():
    with pytest.raises(ValueError, match="finite differences"):
        objectives.own(lambda x: abs(x))


def test_a_power_whose_exponent_is_computed_in_a_loop_is_refused_and_not_wrong():
    def powers(x):
        total = 0.0
        for power in range(3):
            total = total + (x - 0.1) ** (power + 1)
        return total

    with pytest.raises(ValueError, match="exponent that is computed"):
        objectives.own(powers)


def test_a_loss_that_numba_cannot_compile_says_so():
    with pytest.raises(ValueError, match="cannot be compiled"):
        objectives.own(lambda x: {"a": x}[x])


@pytest.mark.parametrize("thing", [3, "x", lambda: 1.0, lambda a, b, c, d: a])
def test_own_refuses_what_is_no_loss(thing):
    with pytest.raises(TypeError):
        objectives.own(thing)


def test_whole_powers_of_negative_numbers_keep_their_derivative():
    @objectives.own
    def powers(x):
        return (x + 1) ** 2 + (x / 2) ** 8 - x**3

    x = np.linspace(-2, 2, 9)
    assert np.allclose(powers.gradient(x), 2 * (x + 1) + 4 * (x / 2) ** 7 - 3 * x**2, rtol=1e-13, atol=1e-14)


WIDTH = 0.7


def rules(x, y):
    """A docstring is no obstacle."""
    a = np.sin(x) * np.cos(y) + np.exp(-x * y) / (1.5 + np.tanh(y))
    b = np.sqrt(2 + x**2) - np.log(3 + y**2) + np.tan(0.3 * x) + np.arctan(y)
    a += np.sinh(0.5 * x) - np.cosh(y) * np.pi
    b *= np.expm1(0.1 * x) + np.log1p(y * y)
    x = a / b**2
    return (+x) ** 3 - (2 + np.square(y)) ** -1.5 + WIDTH * 5**2 + (2 + a * a) ** 0.5 + b**0 * a**1


def test_rules_of_calculus_agree_with_the_complex_step():
    def stepped(x, y):
        for _ in range(1):
            value = rules(x, y)
        return value

    J, points_ = objectives.own(rules), np.random.default_rng(3).uniform(-1, 1, (40, 2))
    for point in points_:
        for j in range(2):
            shift = 1e-30j * np.eye(2)[j]
            exact = complex(rules(*(point + shift))).imag / 1e-30
            assert J.gradient(point)[j] == pytest.approx(exact, rel=1e-10, abs=1e-10)
    assert J.loss(points_) == pytest.approx([rules(*point) for point in points_], rel=1e-12)


def _compiled_by_rules(function, dimension):
    try:
        derivative.plug_functions(function, dimension)
    except derivative.Unknown:
        return False
    return True


def test_a_source_without_rules_goes_by_complex_step():
    def loops(x):
        for _ in range(3):
            x = x * x
        return x

    def branches(x):
        return x if x > 0 else -x

    def calls(x):
        return rules(x, x)

    def powers(x):
        return 2.0**x

    for function in (loops, branches, calls, powers, lambda x: x):
        assert not _compiled_by_rules(function, 1)
    assert _compiled_by_rules(rules, 2)
    J = objectives.own(loops)
    assert J.gradient(1.1) == pytest.approx(8 * 1.1**7, rel=1e-13)


def test_a_readers_names_do_not_meet_those_of_the_plug():
    @objectives.own
    def clash(theta, out, size):
        return theta + out * size

    @objectives.own
    def shadow(c, data):
        t0 = c * data
        c0 = t0 + 1
        c1 = c0 * c
        return c1 * t0

    x, y = 1.3, -0.4
    assert clash.loss([1.0, 2.0, 3.0]) == 7.0
    assert shadow.loss([x, y]) == pytest.approx((x * y + 1) * x * x * y)
    assert shadow.gradient([x, y])[1] == pytest.approx(x**2 * (2 * x * y + 1))


def test_a_loss_of_no_coordinate_or_of_one_row_only_is_a_loss():
    flat = objectives.own(lambda x: 0 * x + 1.0)
    table = np.array([[1.0, 2.0], [3.0, 5.0]])

    @objectives.own(data=table)
    def second(x, row):
        return row[1] + 0 * x

    @objectives.own
    def constant(x):
        return 4

    assert flat.gradient(3.0) == constant.gradient(1.0) == 0
    assert (constant.loss(1.0), second.loss(9.0)) == (4, 3.5)


def test_own_sees_the_variables_around_it():
    height = 3.0

    @objectives.own
    def hill(x):
        return height * np.cos(x)

    assert hill.gradient(1.0) == pytest.approx(-3 * np.sin(1.0), rel=1e-14)


def test_a_readers_own_objective_is_ready_in_half_a_second():
    from time import process_time

    from escapelab import sgd

    sgd.ensemble(waves, start=[0.1, 0.1], eta=0.01, steps=2, walkers=4)

    def seconds(frequency):
        started = process_time()

        @objectives.own
        def fresh(x):
            return np.sin(frequency * x) + x**2 / 2

        sgd.ensemble(fresh, start=0.1, eta=0.01, steps=2, walkers=4)
        return process_time() - started

    quickest = min(seconds(frequency) for frequency in (3.0, 4.0, 5.0))  # what else runs on the machine counts as well
    assert quickest < 0.5


def test_the_recipe_of_styblinski_and_tang_sums():
    g = np.random.default_rng(3)
    place, u, w = g.integers(4, size=80), g.random((3, 80)), g.standard_exponential(80)
    rows = np.column_stack([place, 17.5 * u[0], -280.0 * u[1], 87.5 * u[2]])
    assert np.array_equal(TANG.data, rows)
    assert np.allclose(TANG.weights, w / w.sum(), rtol=1e-15)
    assert np.allclose(objectives.styblinski_tang(4, seed=3, scale=1.0).data[:, 1:] * 17.5, rows[:, 1:], rtol=1e-14)


def test_points_may_be_a_number_a_list_or_rows():
    one, two = objectives.double_well(), objectives.quadratic([1.0, 4.0])
    assert isinstance(one.loss(0.5), float)
    assert isinstance(one.gradient(0.5), float)
    assert one.loss([0.5]).shape == one.gradient([0.5]).shape == one.loss([[0.5]]).shape == (1,)
    assert one.loss(np.zeros(LANES + 1)).shape == (LANES + 1,)
    assert isinstance(two.loss([1.0, 1.0]), float)
    assert two.gradient([1.0, 1.0]).tolist() == [1.0, 4.0]
    assert two.gradient([[1.0, 1.0], [2.0, 0.0]]).tolist() == [[1.0, 4.0], [2.0, 0.0]]
    for wrong in (1.0, [[[1.0, 1.0]]], [1.0, 2.0, 3.0]):
        with pytest.raises(ValueError, match="2 coordinates"):
            two.loss(wrong)


def test_sample_numbers_run_from_zero_to_the_last():
    J = objectives.sine_fit()
    assert J.gradient(1.0, 0) == J.gradient(1.0, [0])
    assert np.isfinite(J.gradient(1.0, [99]))
    for wrong in ([-1], [100], [], [0, 100]):
        with pytest.raises(ValueError, match="between 0 and 99"):
            J.gradient(1.0, wrong)


@pytest.mark.parametrize("size", [1, LANES - 1, LANES, LANES + 1, 3 * LANES])
def test_any_number_of_points_is_evaluated_one_by_one(size):
    J, theta = objectives.sine_fit(samples=7), np.linspace(-2, 2, size)
    for evaluate in (J.loss, J.gradient, lambda t: J.gradient(t, [1, 5])):
        assert np.array_equal(evaluate(theta), [evaluate(t) for t in theta])


def test_the_hessian_of_a_quadratic_is_exact_far_out_too():
    J = objectives.stochastic_quadratic(PAIRS)
    h = np.einsum("nqa,nqb->ab", PAIRS, PAIRS) / 4
    for theta in (np.zeros(3), np.full(3, 1e6)):
        assert np.allclose(J.hessian(theta), h, rtol=1e-6, atol=1e-8)


def test_the_step_of_a_hessian_grows_with_the_point():
    cubic = objectives.own(lambda x: x * x * x * x)
    for x, h in ((2.0, 1.0), (0.25, 0.5)):
        central = (4 * (x + h) ** 3 - 4 * (x - h) ** 3) / (2 * h)
        assert cubic.hessian(x, step=0.5)[0, 0] == pytest.approx(central)


def test_edges_of_what_the_factories_allow():
    assert objectives.spiky(curvature=0, height=0).loss(2.0) == 0
    assert objectives.saddle(down=0, quartic=-1.0).loss([0.0, 2.0]) == -16
    assert objectives.saddle(down=1.0, quartic=0).loss([0.0, 2.0]) == -2
    assert objectives.sine_fit([1e6, -1e6], [0.0, 0.0]).loss(0.0) == 0
    for make in (
        lambda: objectives.sine_fit([1.0001e6], [0.0]),
        lambda: objectives.sine_fit([-1.0001e6], [0.0]),
        lambda: objectives.saddle(up=0),
        lambda: objectives.double_well(height=0),
        lambda: objectives.stochastic_quadratic([1.0], [np.inf]),
        lambda: objectives.stochastic_quadratic(np.ones((1, 1, 1, 1))),
        lambda: objectives.styblinski_tang(1, seed=1, scale=0),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            make()


def test_a_whole_power_up_to_64_is_a_product():
    @objectives.own
    def powers(x):
        return x**0 + 2 * x**1 + x**5 + x**64

    x = np.array([-1.25, -0.5, 0.75])
    assert np.allclose(powers.loss(x), 1 + 2 * x + x**5 + x**64, rtol=1e-13)
    assert np.allclose(powers.gradient(x), 2 + 5 * x**4 + 64 * x**63, rtol=1e-13)


@pytest.mark.parametrize(("factors", "offsets"), [([[np.nan]], None), ([[1.0]], [[np.inf]])])
def test_a_stochastic_quadratic_of_infinite_numbers_is_refused_by_name(factors, offsets):
    with pytest.raises(ValueError, match="factors and offsets must be finite"):
        objectives.stochastic_quadratic(factors, offsets)


PROGRAM = """
import hashlib
import numpy as np
from escapelab import networks, noise, objectives, scales, sgd
g = np.random.default_rng(0)
x, y = g.normal(size=(4, 2)), g.normal(size=4)
circles = [[1.0, 0.5, 0.2, 1.0, 0.3, 2.0, 0.1], [0.5, 0.5, -0.2, 2.0, 0.0, 1.5, 0.0]]
made = [
    objectives.sine_fit(samples=3), objectives.spiky(), objectives.quadratic([1.0, 3.0]),
    objectives.saddle(quartic=0.3), objectives.random_field(2, waves=3, seed=1),
    objectives.double_well(), objectives.two_wells(depths=(1.0, 2.0)), objectives.notches(),
    objectives.ravine(seed=1), objectives.quadratic_circle(circles), objectives.linear_regression(x, y, l2=0.1),
    objectives.logistic_regression(x, y > 0, l2=0.1), objectives.stochastic_quadratic(x, x[::-1]),
    objectives.styblinski_tang(2, seed=1), objectives.observed_wells(np.abs(x), barrier=3.0),
    networks.network(x, [0, 1, 2, 1], hidden=(2, 2), l2=0.1),
]
parts = []
for J in made:
    theta = g.normal(size=(3, J.dimension))
    parts += [J.value(name, theta) for name in J.plugs if name not in ("mean", "gradient", "partial")]
    parts += [J.gradient(theta), J.gradient(theta, [0])]
parts.append(sgd.ensemble(made[13], start=[1.0, 2.0], eta=1e-3, steps=2, walkers=2, batch=1, seed=1).theta)
wells = made[6]
for scale in (scales.both(wells), scales.per_basin(0.0, [1.0, 2.0], blend=0.5)):
    law = noise.alpha_stable(1.5)
    parts.append(sgd.ensemble(wells, start=0.4, eta=0.1, steps=2, walkers=2, noise=law, scale=scale, seed=1).theta)
print(hashlib.sha256(b"".join(np.ascontiguousarray(p).tobytes() for p in parts)).hexdigest())
"""


def digest(**environment):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_compiled_and_uncompiled_objectives_give_the_same_bits():
    assert digest(NUMBA_DISABLE_JIT="1") == digest()
