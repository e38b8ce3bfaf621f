"""One table of all schedules against their formulas, and schedules that look at the loss."""

import inspect

import numpy as np
import pytest
from escapelab import noise, objectives, schedules, sgd
from escapelab.plug import LANES


def factors(schedule, steps):
    """Step sizes (steps,) for eta = 1 when the loss seen never changes."""
    out, state = np.empty(LANES), np.zeros((schedule.plug.state, LANES))
    rates = []
    for step in range(steps):
        schedule.plug.function(step, np.ones(LANES), np.zeros(LANES), state, schedule.plug.constants, out)
        rates.append(out[LANES - 1])
    return np.array(rates)


def _restarted(t, first, growth, floor):
    begin, period = 0, first
    while t >= begin + period:
        begin, period = begin + period, int(period * growth)
    return floor + (1 - floor) * (1 + np.cos(np.pi * (t - begin) / period)) / 2


# name -> (schedule, factor at step t)
TABLE = {
    "constant": (schedules.constant(), lambda t: 1.0),
    "power": (schedules.power(10.0), lambda t: 1 / (1 + t / 10)),
    "power by the square root": (schedules.power(3.0, 0.5), lambda t: (1 + t / 3) ** -0.5),
    "power that is flat": (schedules.power(1e-9, 0), lambda t: 1.0),
    "step_decay": (schedules.step_decay(7, 0.5), lambda t: 0.5 ** (t // 7)),
    "step_decay by default": (schedules.step_decay(7), lambda t: 0.1 ** (t // 7)),
    "exponential": (schedules.exponential(0.02), lambda t: np.exp(-0.02 * t)),
    "cosine": (schedules.cosine(40), lambda t: (1 + np.cos(np.pi * min(t / 40, 1))) / 2),
    "cosine with a floor": (schedules.cosine(9, 0.2), lambda t: 0.2 + 0.4 * (1 + np.cos(np.pi * min(t / 9, 1)))),
    "warm_restarts": (schedules.warm_restarts(10), lambda t: _restarted(t, 10, 1, 0)),
    "warm_restarts that grow": (schedules.warm_restarts(5, 1.5, 0.1), lambda t: _restarted(t, 5, 1.5, 0.1)),
    "cyclic": (schedules.cyclic(12), lambda t: 0.1 + 0.9 * (1 - abs(2 * (t / 12 % 1) - 1))),
    "cyclic from zero": (schedules.cyclic(8, 0), lambda t: 1 - abs(2 * (t / 8 % 1) - 1)),
    "plateau": (schedules.plateau(2, factor=0.5), lambda t: 0.5 ** (t // 3)),
    "plateau that looks now and then": (schedules.plateau(0, every=4), lambda t: 0.1 ** (t // 4)),
    "early_stopping": (schedules.early_stopping(4, every=2), lambda t: float(t < 10)),
}


def test_every_schedule_is_in_the_table():
    public = {name for name, thing in inspect.getmembers(schedules, inspect.isfunction) if thing.__module__.endswith(
        "schedules") and not name.startswith("_")}  # fmt: skip
    assert public == {name.split()[0] for name in TABLE}


@pytest.mark.parametrize("name", TABLE)
def test_a_schedule_is_its_formula(name):
    schedule, formula = TABLE[name]
    assert factors(schedule, 60) == pytest.approx([formula(t) for t in range(60)], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("name", TABLE)
def test_a_schedule_multiplies_each_walkers_own_step(name):
    schedule, _ = TABLE[name]
    eta = np.array([0.1, 0.4])
    run = sgd.ensemble(
        objectives.quadratic(0.0), start=0.0, eta=eta, steps=9, walkers=2, schedule=schedule, seed=1,
        noise=noise.uniform(1.0), record=1,
    )  # fmt: skip
    steps = np.diff(run.path[:, :, 0], axis=1)
    drawn = sgd.ensemble(
        objectives.quadratic(0.0), start=0.0, eta=1.0, steps=9, walkers=2, noise=noise.uniform(1.0), seed=1, record=1
    )
    plain = np.diff(drawn.path[:, :, 0], axis=1)
    assert np.allclose(steps, eta[:, None] * factors(schedule, 9) * plain, rtol=1e-12, atol=1e-15)


def test_a_plateau_lets_a_walker_that_gains_go_on():
    J = objectives.quadratic([1.0])
    run = sgd.ensemble(J, start=[[1.0], [0.0]], eta=0.5, steps=6, schedule=schedules.plateau(1, factor=0.5), record=1)
    assert run.path[0, :, 0].tolist() == [0.5**t for t in range(7)]
    lazy = sgd.ensemble(J, start=1.0, eta=0.5, steps=6, schedule=schedules.plateau(0, factor=0.5, least_gain=1.0))
    assert lazy.theta[0, 0] == pytest.approx(np.prod([1 - 0.5 ** (t + 1) for t in range(6)]))


def test_early_stopping_leaves_a_walker_where_it_stands():
    J = objectives.quadratic(1.0)
    stop = schedules.early_stopping(3, every=2)
    run = sgd.ensemble(
        J, start=0.0, eta=0.1, steps=400, walkers=500, noise=noise.gaussian(1.0), schedule=stop, record=100
    )
    assert np.array_equal(run.path[:, 3], run.path[:, 4])
    assert np.ptp(run.theta) > 0


def test_a_schedule_may_watch_another_loss():
    J, other = objectives.quadratic(1.0), objectives.quadratic(1.0, minimiser=1.0)
    options = {"start": 1.0, "eta": 0.5, "steps": 8}
    stopped = sgd.ensemble(J, **options, schedule=schedules.early_stopping(0, watched=other)).theta[0, 0]
    assert stopped == 0.5
    assert sgd.ensemble(J, **options, schedule=schedules.early_stopping(0)).theta[0, 0] == 0.5**8


@pytest.mark.parametrize(
    "make",
    [
        lambda: schedules.power(0),
        lambda: schedules.power(1, -1),
        lambda: schedules.power(np.nan),
        lambda: schedules.step_decay(0),
        lambda: schedules.step_decay(3, 0),
        lambda: schedules.step_decay(3, 1.1),
        lambda: schedules.exponential(-1e-9),
        lambda: schedules.cosine(0),
        lambda: schedules.cosine(5, -0.1),
        lambda: schedules.cosine(5, 1.1),
        lambda: schedules.warm_restarts(0),
        lambda: schedules.warm_restarts(5, 0.9),
        lambda: schedules.cyclic(1),
        lambda: schedules.cyclic(5, 2),
        lambda: schedules.plateau(-1),
        lambda: schedules.plateau(1, factor=0),
        lambda: schedules.plateau(1, every=0),
        lambda: schedules.early_stopping(1, least_gain=-1),
    ],
)
def test_impossible_schedules_are_refused(make):
    with pytest.raises(ValueError, match=r"must be"):
        make()
