"""Bad input is refused in the user's words: named cases, and thousands drawn by hypothesis."""

import math

import numpy as np
import pytest
from escapelab import arguments, noise, objectives, regions, schedules, sgd
from hypothesis import given, settings
from hypothesis import strategies as st

J = objectives.sine_fit()
GOOD = {"start": 1.0, "eta": 0.05, "steps": 3, "walkers": 5, "batch": 10}

CASES = [
    ({"eta": 0.0}, ValueError, "eta"),
    ({"eta": -1}, ValueError, "eta"),
    ({"eta": math.nan}, ValueError, "eta"),
    ({"eta": math.inf}, ValueError, "eta"),
    ({"eta": "fast"}, TypeError, "eta"),
    ({"eta": None}, TypeError, "eta"),
    ({"steps": -1}, ValueError, "steps"),
    ({"steps": 2.5}, TypeError, "steps"),
    ({"walkers": 0}, ValueError, "walkers"),
    ({"walkers": True}, TypeError, "walkers"),
    ({"batch": 0}, ValueError, "batch"),
    ({"batch": 101}, ValueError, "batch"),
    ({"batch": 3.0}, TypeError, "batch"),
    ({"start": math.nan}, ValueError, "start"),
    ({"start": [1.0, 2.0]}, ValueError, "start"),
    ({"start": [[[1.0]]]}, ValueError, "start"),
    ({"sampler": 3}, TypeError, "sampler"),
    ({"start": np.zeros((5, 2))}, ValueError, "start"),
    ({"start": "here"}, TypeError, "start"),
    ({"seed": -1}, ValueError, "seed"),
    ({"seed": 2**32}, ValueError, "seed"),
    ({"seed": 1.5}, TypeError, "seed"),
    ({"record": 0}, ValueError, "record"),
    ({"record": [3, 1]}, ValueError, "record"),
    ({"record": [4]}, ValueError, "record"),
    ({"record": [0.5]}, TypeError, "record"),
    ({"box": (1.0, 0.0)}, ValueError, "box"),
    ({"box": (-math.inf, 0.0)}, ValueError, "box"),
    ({"region": noise.gaussian(1.0)}, TypeError, "region"),
    ({"rule": schedules.constant()}, TypeError, "rule"),
    ({"schedule": regions.everywhere()}, TypeError, "schedule"),
    ({"noise": 0.3}, TypeError, "noise"),
    ({"threads": 0}, ValueError, "threads"),
    ({"walkers": 10**7, "steps": 10**4, "record": 1}, ValueError, "limit is"),
    ({"walkers": 2**30}, ValueError, "limit is"),
]


@pytest.mark.parametrize(("change", "error", "words"), CASES, ids=lambda case: str(case)[:40])
def test_a_bad_argument_is_named(change, error, words):
    with pytest.raises(error, match=words):
        sgd.ensemble(J, **{**GOOD, **change})


def test_the_good_arguments_are_good():
    assert sgd.ensemble(J, **GOOD).theta.shape == (5, 1)


def test_the_memory_that_is_asked_for_is_told():
    with pytest.raises(ValueError, match=r"800 GB; the limit is 1.5 GB"):
        sgd.ensemble(J, **{**GOOD, "walkers": 10**7, "steps": 10**4, "record": 1})


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=3), st.complex_numbers(),
    st.lists(st.floats(), max_size=3), st.binary(max_size=2), st.just(np.zeros((2, 2))), st.just(object()),
)  # fmt: skip


def outcome(call):
    """(result, None) or (None, the words of a ValueError or TypeError)."""
    try:
        return call(), None
    except (ValueError, TypeError) as error:
        return None, str(error)


@settings(max_examples=2000, deadline=None)
@given(name=st.sampled_from(["eta", "steps", "walkers", "batch", "start", "seed", "record", "box"]), value=ANYTHING)
def test_whatever_is_handed_in_runs_or_is_refused_by_name(name, value):
    if name in ("steps", "walkers") and isinstance(value, int) and value > 2000:
        value = -value
    run, refusal = outcome(lambda: sgd.ensemble(J, **{**GOOD, name: value}))
    if refusal is None:
        assert np.all(np.isfinite(run.theta))
    else:
        assert name in refusal or "limit is" in refusal
        assert "numba" not in refusal


@settings(max_examples=500, deadline=None)
@given(value=ANYTHING)
def test_data_are_used_or_refused_by_name(value):
    cost, refusal = outcome(lambda: objectives.sine_fit(value, value))
    assert refusal or np.isfinite(cost.loss(1.0))


@settings(max_examples=300, deadline=None)
@given(eta=st.floats(1e-6, 1e6), start=st.floats(-1e6, 1e6), k=st.integers(1, 100))
def test_no_run_holds_nan(eta, start, k):
    run = sgd.ensemble(
        objectives.double_well(), start=start, eta=eta, steps=20, walkers=2, noise=noise.gaussian(float(k))
    )
    assert np.all(np.isfinite(run.theta))
    assert np.all((np.abs(run.theta[:, 0]) < 1e100) | (run.diverged >= 0))


def test_columns_name_what_is_wrong():
    with pytest.raises(ValueError, match="x and y are empty"):
        arguments.columns(x=[], y=[])
