"""Ensembles: known recursions, exact laws, the promise of the same bits, and what a Run says of itself."""

import warnings

import numpy as np
import pytest
from escapelab import noise, objectives, optimisers, regions, rng, schedules, sgd, tasks
from escapelab.plug import LANES
from scipy import stats

J = objectives.sine_fit()


def test_full_batch_is_gradient_descent():
    run, theta = sgd.ensemble(J, start=1.0, eta=0.01, steps=50, record=1), 1.0
    for step in range(51):
        assert run.path[0, step, 0] == pytest.approx(theta, rel=1e-12)
        theta -= 0.01 * J.gradient(theta)


@pytest.mark.parametrize("replace", [False, True])
def test_each_step_uses_the_batch_that_batches_tells(replace):
    run = sgd.ensemble(J, start=1.0, eta=0.02, steps=30, walkers=LANES + 3, batch=7, replace=replace, seed=2)
    for walker in (0, 5, LANES + 2):
        theta = 1.0
        for picks in sgd.batches(J, batch=7, steps=30, walker=walker, replace=replace, seed=2):
            theta -= 0.02 * J.gradient(theta, picks)
        assert run.theta[walker, 0] == pytest.approx(theta, rel=1e-10)


def test_a_batch_of_everything_is_the_full_batch():
    full = sgd.ensemble(J, start=1.0, eta=0.02, steps=40).theta
    batch = sgd.ensemble(J, start=1.0, eta=0.02, steps=40, batch=100).theta
    assert np.allclose(full, batch, rtol=1e-11)


@pytest.mark.parametrize("law", [noise.gaussian(1.0), noise.uniform(np.sqrt(3))])
def test_a_noisy_quadratic_has_the_exact_stationary_variance(law):
    eta, curvature = 0.2, 2.0
    run = sgd.ensemble(
        objectives.quadratic(curvature), start=0.0, eta=eta, steps=100, walkers=40_000, noise=law, seed=3
    )
    exact = eta / (curvature * (2 - eta * curvature))
    error = exact * np.sqrt(2 / 40_000)
    assert abs(run.theta.var() - exact) < 3.3 * error
    assert abs(run.theta.var() - eta / (2 * curvature)) > 3.3 * error


def test_scaled_noise_vanishes_where_the_scale_does():
    bowl = objectives.quadratic(1.0)
    at, beside = (
        sgd.ensemble(
            bowl, start=x, eta=0.1, steps=9, walkers=8, noise=noise.gaussian(1.0), scale=bowl.plugs["loss"]
        ).theta
        for x in (0.0, 1.0)
    )
    assert np.all(at == 0)
    assert np.ptp(beside) > 0


def test_two_threads_and_one_give_the_same_bits():
    one, two, three = (
        sgd.ensemble(J, start=1.0, eta=0.05, steps=60, walkers=1000, batch=10, seed=4, threads=threads)
        for threads in (1, 2, 3)
    )
    assert np.array_equal(one.theta, two.theta)
    assert np.array_equal(one.theta, three.theta)


def test_a_walker_does_not_depend_on_how_many_there_are():
    few = sgd.ensemble(J, start=1.0, eta=0.05, steps=60, walkers=3, batch=10, noise=noise.gaussian(0.1), seed=4)
    many = sgd.ensemble(J, start=1.0, eta=0.05, steps=60, walkers=1001, batch=10, noise=noise.gaussian(0.1), seed=4)
    assert np.array_equal(few.theta, many.theta[:3])


def test_recording_changes_nothing_and_holds_the_path():
    plain = sgd.ensemble(J, start=1.0, eta=0.05, steps=20, walkers=200, batch=10, seed=5)
    run = sgd.ensemble(J, start=1.0, eta=0.05, steps=20, walkers=200, batch=10, seed=5, record=[0, 7, 20])
    short = sgd.ensemble(J, start=1.0, eta=0.05, steps=7, walkers=200, batch=10, seed=5)
    assert np.array_equal(run.theta, plain.theta)
    assert run.path.shape == (200, 3, 1)
    assert np.array_equal(run.path[:, 0], np.ones((200, 1)))
    assert np.array_equal(run.path[:, 1], short.theta)
    assert np.array_equal(run.path[:, 2], run.theta)
    assert run.steps.tolist() == [0, 7, 20]


def test_seeds_and_walkers_differ_and_the_same_seed_repeats():
    a, b, c = (sgd.ensemble(J, start=1.0, eta=0.05, steps=9, walkers=200, batch=10, seed=s).theta for s in (1, 1, 2))
    assert np.array_equal(a, b)
    assert not np.any(a == c)
    assert len(np.unique(a)) == 200


def test_a_seed_shift_gives_other_walkers_with_the_same_law(monkeypatch):
    options = {"start": 1.0, "eta": 0.05, "steps": 30, "walkers": 4000, "batch": 10, "seed": 1}
    before = sgd.ensemble(J, **options).theta[:, 0]
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "1")
    after = sgd.ensemble(J, **options).theta[:, 0]
    assert not np.any(before == after)
    assert stats.ks_2samp(before, after).pvalue > 1e-3


def test_the_exit_time_is_the_first_step_outside():
    path = sgd.ensemble(J, start=1.0, eta=0.05, steps=40, walkers=300, batch=10, seed=6, record=1).path[:, :, 0]
    region = regions.interval(0.6, 1.07)
    run = sgd.ensemble(J, start=1.0, eta=0.05, steps=40, walkers=300, batch=10, seed=6, region=region)
    outside = (path < 0.6) | (path > 1.07)
    assert np.array_equal(run.exit_time, np.where(outside.any(axis=1), outside.argmax(axis=1), -1))
    assert {-1} < set(run.exit_time)


def test_the_box_holds_every_iterate():
    run = sgd.ensemble(J, start=1.0, eta=0.5, steps=30, walkers=99, batch=1, seed=7, box=(0.5, 1.5), record=1)
    assert run.path.min() == 0.5
    assert run.path.max() == 1.5
    assert np.all(run.diverged == -1)


def test_divergence_is_marked_and_never_nan():
    eta = 2.5
    run = sgd.ensemble(objectives.quadratic(1.0), start=[[1.0], [0.0]], eta=eta, steps=2000, record=100)
    assert np.all(np.isfinite(run.path))
    assert run.diverged[0] == int(np.ceil(100 * np.log(10) / np.log(eta - 1)))
    assert run.diverged[1] == -1


def test_a_shrinking_step_follows_its_schedule():
    run = sgd.ensemble(objectives.quadratic(1.0), start=1.0, eta=0.5, steps=4, schedule=schedules.power(2.0), record=1)
    factors = 1 - 0.5 / (1 + np.arange(4) / 2)
    assert run.path[0, :, 0] == pytest.approx(np.concatenate([[1.0], np.cumprod(factors)]))


def test_weighted_objectives_draw_by_weight():
    tang = objectives.styblinski_tang(3, seed=1)
    picks = np.concatenate([sgd.batches(tang, batch=50, steps=40, walker=w, seed=1).ravel() for w in range(4)])
    counts = np.bincount(picks, minlength=60)
    assert stats.chisquare(counts, tang.weights * counts.sum()).pvalue > 1e-3
    assert stats.chisquare(counts).pvalue < 1e-3


def test_styblinski_tang_steps_are_those_of_the_formula():
    tang = objectives.styblinski_tang(5, seed=2)
    run = sgd.ensemble(tang, start=np.full(5, 0.3), eta=1e-3, steps=20, batch=3, seed=1)
    theta = np.full(5, 0.3)
    for picks in sgd.batches(tang, batch=3, steps=20, seed=1):
        theta = theta - 1e-3 * tang.gradient(theta, picks)
    assert np.allclose(run.theta[0], theta, rtol=1e-12)


def test_an_interrupt_keeps_what_is_done(monkeypatch):
    from escapelab import lanes

    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return lanes.walkers(*arguments)

    monkeypatch.setattr(sgd, "typed", lambda function, signature: interrupted)
    with pytest.warns(UserWarning, match=f"interrupted: {8 * LANES} of {64 * LANES} walkers"):
        run = sgd.ensemble(J, start=1.0, eta=0.05, steps=5, walkers=64 * LANES, batch=10, threads=1)
    assert run.theta.shape == (8 * LANES, 1)


def test_progress_is_shown(capsys):
    sgd.ensemble(J, start=1.0, eta=0.05, steps=5, walkers=500, batch=10, progress=True)
    assert "500/500" in capsys.readouterr().err


def test_a_quiet_run_prints_and_warns_nothing(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sgd.ensemble(J, start=1.0, eta=0.05, steps=5, walkers=500, batch=10)
    assert capfd.readouterr() == ("", "")


LAST = 2 * LANES + 4  # beyond two full blocks


def test_picks_are_the_words_of_the_step_and_the_walker():
    words = rng.reference_words(9, 0, LAST + 1, 0, 11 * 3).reshape(11, 3, LAST + 1).astype(np.uint64)
    for walker in (0, LANES - 1, LANES, LAST):
        picks = sgd.batches(J, batch=3, steps=11, walker=walker, replace=True, seed=9)
        assert np.array_equal(picks, words[:, :, walker] * np.uint64(100) >> np.uint64(32))


def test_noise_is_the_words_of_the_step_and_the_walker():
    u = (rng.reference_words(9, 1, LAST + 1, 0, 11 * 3).reshape(11, 3, LAST + 1) + 0.5) / 2**32
    path = np.cumsum(-0.5 * 0.25 * (2 * u - 1), axis=0)
    run = sgd.ensemble(
        objectives.quadratic(np.zeros(3)), start=np.zeros(3), eta=0.25, steps=11, walkers=LAST + 1,
        noise=noise.uniform(0.5), seed=9, record=1,
    )  # fmt: skip
    assert np.allclose(run.path[:, 1:], path.transpose(2, 0, 1), atol=1e-15)
    assert run.path.shape == (LAST + 1, 12, 3)


def test_the_seed_is_0_and_the_first_walker_is_meant_unless_told():
    options = {"start": 1.0, "eta": 0.05, "steps": 5, "walkers": 3, "batch": 4}
    assert np.array_equal(sgd.ensemble(J, **options).theta, sgd.ensemble(J, **options, seed=0, replace=False).theta)
    drawn = sgd.batches(J, batch=4, steps=5)
    assert np.array_equal(drawn, sgd.batches(J, batch=4, steps=5, walker=0, replace=False, seed=0))
    assert sgd.batches(J, batch=4, steps=0).shape == (0, 4)
    for wrong in ({"steps": -1}, {"walker": -1}, {"batch": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            sgd.batches(J, **{"batch": 4, "steps": 5, **wrong})


def test_a_walker_leaves_once_and_diverges_once():
    run = sgd.ensemble(
        objectives.quadratic(1.0), start=[[1e99], [1.0], [-1e99], [0.0]], eta=3.0, steps=5,
        region=regions.interval(-1.5, 1e100),
    )  # fmt: skip
    assert run.diverged.tolist() == [4, -1, 4, -1]
    assert run.exit_time.tolist() == [1, 1, 2, -1]
    assert run.theta[:, 0].tolist() == [-1e100, -32.0, 1e100, 0.0]


def test_what_is_no_number_is_marked_and_kept_finite():
    run = sgd.ensemble(objectives.spiky(frequency=1e250), start=[[1e80], [0.0]], eta=0.1, steps=3, record=1)
    assert run.diverged.tolist() == [1, -1]
    assert np.all(np.isfinite(run.path))
    assert run.path[0, 1, 0] == 1e100


def test_the_edge_of_the_range_counts_as_outside_it():
    flat = objectives.quadratic(0.0)
    run = sgd.ensemble(flat, start=[[1e100], [-1e100], [9e99]], eta=1.0, steps=2)
    assert run.diverged.tolist() == [1, 1, -1]
    assert run.theta[:, 0].tolist() == [1e100, -1e100, 9e99]


def test_each_coordinate_has_a_box_of_its_own():
    run = sgd.ensemble(
        objectives.quadratic([-1.0, -1.0]), start=[[1.0, 1.0], [-1.0, -1.0]], eta=1.0, steps=9,
        box=([-2.0, -3.0], [4.0, 5.0]),
    )  # fmt: skip
    assert run.theta.tolist() == [[4.0, 5.0], [-2.0, -3.0]]


def test_the_scale_multiplies_the_variance():
    options = {"start": 3.0, "eta": 1.0, "steps": 1, "walkers": 9, "noise": noise.gaussian(1.0), "seed": 2}
    flat = objectives.quadratic(0.0)
    plain = sgd.ensemble(flat, **options).theta - 3.0
    scaled = sgd.ensemble(flat, **options, scale=objectives.quadratic(8.0).plugs["loss"]).theta - 3.0
    assert np.allclose(scaled, 6.0 * plain, rtol=1e-12)
    none = sgd.ensemble(flat, **options, scale=objectives.quadratic(-8.0).plugs["loss"]).theta
    assert np.all(none == 3.0)


def test_many_walkers_on_many_threads_are_all_done():
    for walkers in (1, LANES, 40 * LANES + 5):
        run = sgd.ensemble(J, start=1.0, eta=0.05, steps=1, walkers=walkers, threads=2)
        assert np.all(run.theta == sgd.ensemble(J, start=1.0, eta=0.05, steps=1).theta[0])
        assert run.theta.shape == (walkers, 1)
        assert np.all(run.exit_time == -1)


def test_progress_counts_every_walker_on_threads_too(capsys):
    sgd.ensemble(J, start=1.0, eta=0.05, steps=1, walkers=40 * LANES + 5, threads=2, progress=True)
    assert f"{40 * LANES + 5}/{40 * LANES + 5}" in capsys.readouterr().err


def test_where_the_number_of_cpus_is_unknown_one_thread_is_used(monkeypatch):
    monkeypatch.setattr(tasks.os, "cpu_count", lambda: None)
    monkeypatch.setattr(tasks, "ThreadPoolExecutor", None)
    assert sgd.ensemble(J, start=1.0, eta=0.05, steps=1, walkers=40 * LANES).theta.shape == (40 * LANES, 1)


def test_each_walker_may_have_its_own_step_size():
    eta = np.linspace(0.001, 0.05, 300)
    run = sgd.ensemble(J, start=1.0, eta=eta, steps=20, walkers=300, batch=10, seed=3)
    for walker in (0, 150, 299):
        one = sgd.ensemble(J, start=1.0, eta=eta[walker], steps=20, walkers=300, batch=10, seed=3)
        assert run.theta[walker] == one.theta[walker]


def test_each_walker_may_have_its_own_noise():
    options = {"start": 0.0, "eta": 0.1, "steps": 9, "walkers": 300, "seed": 2}
    sizes, flat = np.linspace(0, 2, 300), objectives.quadratic(0.0)
    one = sgd.ensemble(flat, **options, noise=noise.gaussian(1.0)).theta[:, 0]
    each = sgd.ensemble(flat, **options, noise=noise.gaussian(sizes)).theta[:, 0]
    assert np.allclose(each, sizes * one, rtol=1e-12)
    with pytest.raises(ValueError, match=r"\(300,\)"):
        sgd.ensemble(flat, **options, noise=noise.gaussian([1.0, 2.0]))


ESCAPE = {"start": 0.0, "eta": 0.2, "walkers": 10_000, "noise": noise.gaussian(1.0), "seed": 5}


def test_until_exit_the_walk_is_the_same():
    region, bowl = regions.interval(-0.7, 0.8), objectives.quadratic(1.0)
    whole = sgd.ensemble(bowl, **ESCAPE, steps=300, region=region, record=1)
    brief = sgd.ensemble(bowl, **ESCAPE, steps=300, region=region, until_exit=True, record=10)
    assert np.array_equal(whole.exit_time, brief.exit_time)
    assert {-1} < set(brief.exit_time.tolist())
    last = np.where(brief.exit_time < 0, 300, brief.exit_time)
    assert np.array_equal(brief.theta[:, 0], whole.path[np.arange(10_000), last, 0])
    stopped = np.minimum(brief.steps[None, :], last[:, None])
    assert np.array_equal(brief.path[:, :, 0], np.take_along_axis(whole.path[:, :, 0], stopped, axis=1))


@pytest.mark.parametrize("name", ["momentum", "plateau", "reshuffled"])
def test_until_exit_memory_goes_with_its_walker(name):
    options = {"start": 1.0, "eta": 0.03, "steps": 200, "walkers": 3000, "batch": 10, "seed": 6}
    options |= {
        "momentum": {"rule": optimisers.momentum(0.5)},
        "plateau": {"schedule": schedules.plateau(3, factor=0.9, every=5)},
        "reshuffled": {"sampler": noise.reshuffled(100, 10)},
    }[name]
    region = regions.interval(0.6, 1.2)
    whole = sgd.ensemble(J, **options, region=region)
    brief = sgd.ensemble(J, **options, region=region, until_exit=True)
    assert np.array_equal(whole.exit_time, brief.exit_time)
    assert len(set(brief.exit_time.tolist())) > 20


def test_who_leaves_for_infinity_stops_there():
    run = sgd.ensemble(
        objectives.quadratic(-1.0), start=[[1.0], [0.0]], eta=9e60, steps=200, region=regions.interval(-1e99, 1e99),
        until_exit=True,
    )  # fmt: skip
    assert run.exit_time.tolist() == run.diverged.tolist() == [2, -1]
    assert run.theta[:, 0].tolist() == [1e100, 0.0]


def test_what_would_come_after_the_exit_leaves_no_mark():
    options = {"start": [[1.0], [0.0]], "eta": 9.0, "steps": 200, "region": regions.interval(-50, 50)}
    on, brief = (sgd.ensemble(objectives.quadratic(-1.0), **options, until_exit=stop) for stop in (False, True))
    assert on.exit_time.tolist() == brief.exit_time.tolist() == [2, -1]
    assert on.diverged.tolist() == [100, -1] and brief.diverged.tolist() == [-1, -1]
    assert brief.theta[:, 0].tolist() == [100.0, 0.0]


def test_who_leaves_a_ball_stops_with_all_coordinates():
    options = {"start": [0.0, 0.0], "eta": 0.1, "walkers": 700, "steps": 60, "noise": noise.gaussian(1.0)}
    saddle, ball = objectives.saddle(), regions.ball([0.0, 0.0], 0.5)
    whole = sgd.ensemble(saddle, **options, region=ball, record=1)
    brief = sgd.ensemble(saddle, **options, region=ball, until_exit=True)
    last = np.where(brief.exit_time < 0, 60, brief.exit_time)
    assert np.array_equal(brief.theta, whole.path[np.arange(700), last]) and len(set(last.tolist())) > 20
    outside = np.linalg.norm(whole.path, axis=2) > 0.5
    assert np.array_equal(brief.exit_time, np.where(outside.any(axis=1), outside.argmax(axis=1), -1))


def test_averages_are_those_of_the_path():
    run = sgd.ensemble(J, start=1.0, eta=0.05, steps=50, walkers=200, batch=10, record=1, average=(11, 3))
    points = run.path[:, 11::3]
    assert np.allclose(run.mean, points.mean(axis=1), rtol=1e-12)
    assert np.allclose(run.variance, points.var(axis=1), rtol=1e-10)
    every = sgd.ensemble(J, start=1.0, eta=0.05, steps=50, walkers=200, batch=10, average=1)
    assert np.allclose(every.mean, run.path[:, 1:].mean(axis=1), rtol=1e-12)
    assert np.array_equal(every.theta, run.theta)


def test_without_an_average_there_is_none():
    run = sgd.ensemble(J, start=1.0, eta=0.05, steps=5, walkers=3, batch=10)
    assert run.mean.shape == run.variance.shape == (3, 0)


def with_and_without_the_partial(dimension):
    """The same cost twice; of the second, the library doesn't know that a sample depends on one coordinate."""
    J = objectives.styblinski_tang(dimension, seed=3)
    three = {name: J.plugs[name] for name in ("loss", "mean", "gradient")}
    return J, objectives.Objective(J.name, dimension, three, J.data, J.weights)


def test_a_step_along_one_coordinate_is_the_same_bits_as_along_all():
    both = with_and_without_the_partial(7)
    for more in (
        {},
        {"schedule": schedules.power(10)},
        {"region": regions.ball(np.full(7, -2.9), 3.0)},
        {"box": (-3, 2)},
    ):
        options = {
            "start": np.linspace(-4, 4, 7),
            "walkers": 300,
            "eta": 1e-3,
            "steps": 50,
            "batch": 1,
            "record": 1,
        } | more
        one, all_of_them = (sgd.ensemble(cost, **options) for cost in both)
        assert all(np.array_equal(a, b) for a, b in zip(one, all_of_them, strict=True))
        assert len(np.unique(one.theta[:, 0])) > 1


def test_a_step_along_one_coordinate_marks_what_diverges():
    both = with_and_without_the_partial(3)
    runs = [sgd.ensemble(cost, start=np.ones(3), walkers=300, eta=1.0, steps=30, batch=1) for cost in both]
    assert (runs[0].diverged >= 0).any()
    assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))


@pytest.mark.parametrize("more", [{"noise": noise.uniform(1.0)}, {"rule": optimisers.momentum()}, {"batch": 2}])
def test_what_moves_every_coordinate_takes_no_shortcut(more):
    options = {"start": np.ones(3), "walkers": 300, "eta": 1e-3, "steps": 9, "batch": 1} | more
    one, other = (sgd.ensemble(cost, **options).theta for cost in with_and_without_the_partial(3))
    assert np.array_equal(one, other)
