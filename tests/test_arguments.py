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
    ({"noise": noise.gaussian(1.0), "scale": 2.0}, TypeError, "scale"),
    ({"threads": 0}, ValueError, "threads"),
    ({"eta": [0.1, 0.2]}, ValueError, r"eta must be a number or \(5,\)"),
    ({"eta": [0.1, 0.2, 0.3, 0.4, 0.0]}, ValueError, "eta"),
    ({"rule": 0.9}, TypeError, r"rule must be made by .* optimisers.momentum\(\)"),
    ({"schedule": 0.9}, TypeError, "schedule must be made by"),
    ({"schedule": schedules.plateau(1, watched=3)}, TypeError, "watched"),
    ({"schedule": schedules.plateau(1, watched=objectives.saddle())}, TypeError, "dimension 1"),
    ({"until_exit": True}, ValueError, "region"),
    ({"until_exit": True, "region": regions.interval(0, 2), "average": 1}, ValueError, "average"),
    ({"average": 4}, ValueError, "from 1 to 3"),
    ({"average": 0}, ValueError, "average"),
    ({"average": (1, 0)}, ValueError, "average"),
    ({"average": 1.5}, TypeError, "average"),
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
    with pytest.raises(ValueError, match=r"801 GB; the limit is 1.5 GB"):
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


@pytest.mark.parametrize(
    ("walkers", "records", "d"), [(31_250_000, 0, 1), (26_785_714, 1, 1), (23_437_500, 0, 2), (18_750_000, 1, 2)]
)
def test_the_memory_limit_is_eight_bytes_a_number_up_to_a_billion_and_a_half(walkers, records, d):
    arguments.fits(walkers, records, d)
    with pytest.raises(ValueError, match=r"need 1\.5 GB; the limit is 1\.5 GB"):
        arguments.fits(walkers + 1, records, d)


def test_a_whole_number_has_its_ends():
    assert arguments.count("n", 3, 3) == 3
    assert arguments.count("n", np.int64(2**31 - 1), 0) == 2**31 - 1
    for value in (2, 2**31, -3):
        with pytest.raises(ValueError, match=r"n must be a whole number from 3 to 2\*\*31 - 1"):
            arguments.count("n", value, 3)


def test_the_largest_number_is_a_googol():
    assert arguments.array("x", [1e100, -1e100]).tolist() == [1e100, -1e100]
    for value in (np.nextafter(1e100, np.inf), -np.nextafter(1e100, np.inf)):
        with pytest.raises(ValueError, match="x must be finite numbers up to 1e"):
            arguments.array("x", value)


@pytest.mark.parametrize(
    ("start", "walkers", "d", "expected"),
    [
        (2.0, None, 1, [[2.0]]),
        (2.0, 2, 2, [[2.0, 2.0], [2.0, 2.0]]),
        ([2.0], 2, 2, [[2.0, 2.0], [2.0, 2.0]]),
        ([2.0], 3, 1, [[2.0], [2.0], [2.0]]),
        ([2.0, 3.0], None, 1, [[2.0], [3.0]]),
        ([2.0, 3.0], None, 2, [[2.0, 3.0]]),
        ([[2.0, 3.0]], 2, 2, [[2.0, 3.0], [2.0, 3.0]]),
        ([[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]], None, 2, [[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]),
    ],
)
def test_starts_become_one_row_a_walker(start, walkers, d, expected):
    theta, count = arguments.starts(start, walkers, d)
    assert theta.tolist() == expected
    assert count == len(expected)


@pytest.mark.parametrize(
    ("start", "walkers", "d"), [([1, 2], 1, 1), ([1, 2, 3], 1, 2), ([[1, 2], [3, 4]], 3, 2), ([[[1.0]]], 1, 1)]
)
def test_starts_of_another_shape_are_refused(start, walkers, d):
    with pytest.raises(ValueError, match="start must be a number"):
        arguments.starts(start, walkers, d)


def test_records_are_step_numbers_from_the_start_to_the_last():
    assert arguments.records(None, 6).size == 0
    assert arguments.records(1, 2).tolist() == [0, 1, 2]
    assert arguments.records(2, 6).tolist() == [0, 2, 4, 6]
    assert arguments.records(4, 6).tolist() == [0, 4]
    assert arguments.records([0, 1, 6], 6).tolist() == [0, 1, 6]
    assert arguments.records([5], 6).tolist() == [5]
    for wrong in ([-1, 2], [0, 7], [1, 1], [2, 1, 3]):
        with pytest.raises(ValueError, match="increasing step numbers between 0 and 6"):
            arguments.records(wrong, 6)
    for wrong in (True, [], [[1]], "often", [1.0], [[1], [1, 2]]):
        with pytest.raises(TypeError, match="record must be a whole number or a list"):
            arguments.records(wrong, 6)


def test_a_box_may_reach_as_far_as_numbers_do():
    for value in (None, (-1e100, 1e100)):
        assert [side.tolist() for side in arguments.box(value, 2)] == [[-1e100] * 2, [1e100] * 2]
    assert [side.tolist() for side in arguments.box((0, [1, 2]), 2)] == [[0, 0], [1, 2]]
    beyond = np.nextafter(1e100, np.inf)
    for wrong in ((1, 1), (0, [1, 0]), (-beyond, 0), (0, beyond), (0, math.nan)):
        with pytest.raises(ValueError, match="box must be"):
            arguments.box(wrong, 2)
    for wrong in (3, (1, 2, 3), ([1, 2, 3], 4)):
        with pytest.raises(TypeError, match="box must be"):
            arguments.box(wrong, 2)


def test_bounds_of_a_number_are_kept_and_said():
    assert arguments.number("a", 0, least=0) == 0
    assert arguments.number("a", -1e300) == -1e300
    assert arguments.number("a", 1e-300, above=0) == 1e-300
    for value, bounds, words in ((0, {"above": 0}, "number > 0; got 0"), (-1, {"least": 0}, "number >= 0; got -1")):
        with pytest.raises(ValueError, match=words):
            arguments.number("a", value, **bounds)
    with pytest.raises(ValueError, match="a must be a finite number; got inf"):
        arguments.number("a", math.inf)


def test_columns_stand_side_by_side():
    assert arguments.columns(x=[1, 2], y=[3, 4]).tolist() == [[1, 3], [2, 4]]
    assert arguments.columns(x=5.0).tolist() == [[5]]
    for x, y in (([1, 2], [1]), ([[1], [2]], [[1], [2]])):
        with pytest.raises(ValueError, match="x and y must be lists of equal length"):
            arguments.columns(x=x, y=y)


def test_a_plug_of_another_kind_is_refused():
    with pytest.raises(TypeError, match="rule must be a plug of kind 'rule'"):
        arguments.kind("rule", regions.everywhere(), "rule")
    with pytest.raises(TypeError, match="rule must be a plug of kind 'rule'"):
        arguments.kind("rule", ("rule",), "rule")
    arguments.kind("region", regions.everywhere(), "region")


def test_a_number_serves_each_of_many():
    assert arguments.each("widths", 2, 3, above=0).tolist() == [2, 2, 2]
    assert arguments.each("widths", [0, 1], 2, least=0).tolist() == [0, 1]
    for value, bounds in (([1, 2], {}), (0, {"above": 0}), (-1, {"least": 0}), (np.nan, {})):
        with pytest.raises(ValueError, match="widths must be"):
            arguments.each("widths", value, 3, **bounds)
