"""Exact escape times against closed forms, against finer nodes and against simulation."""

import inspect

import numpy as np
import pytest
from escapelab import noise, objectives, onestep, regions, sgd, transfer
from scipy import integrate, stats

WELL = objectives.double_well(height=0.25)
FLAT = objectives.own(lambda x: 0.0 * x)
BOWL = objectives.quadratic(1.0)
LAWS = [noise.gaussian(1.5), noise.uniform(2.6)]


@pytest.mark.parametrize("width", [0.5, 1.0])
def test_a_uniform_walk_leaves_an_interval_that_one_step_crosses_as_by_hand(width):
    """Reach r >= width: every place of the interval is reached with density 1 / (2 r), so T = 1 + T width / (2 r)."""
    found = transfer.exit_times(FLAT, region=(0, width), eta=1.0, noise=noise.uniform(1.0), start=[0.0, width / 3])
    assert found.mean == pytest.approx(1 / (1 - width / 2), rel=1e-12)
    settled = transfer.quasi_stationary(FLAT, region=(0, width), eta=1.0, noise=noise.uniform(1.0))
    assert settled.rate == pytest.approx(1 - width / 2, rel=1e-12)
    assert settled.density == pytest.approx(1 / width, rel=1e-10)
    assert found.deviation == pytest.approx(np.sqrt(width / 2) / (1 - width / 2), rel=1e-10)


def test_a_uniform_walk_climbs_as_euler_found():
    """From 0, reach 1, never below: the mean number of uniform [0, 2] steps past 1 and 3, by volumes."""
    up = objectives.own(lambda x: -x)
    found = transfer.exit_times(up, region=(-9, 1), eta=1.0, noise=noise.uniform(1.0), start=0.0)
    assert found.mean[0] == pytest.approx(np.exp(0.5), rel=1e-9)
    found = transfer.exit_times(up, region=(-9, 3), eta=1.0, noise=noise.uniform(1.0), start=[0.0, 2.0])
    assert found.mean == pytest.approx([np.exp(1.5) - 0.5 * np.exp(0.5), np.exp(0.5)], rel=1e-9)
    assert found.above == pytest.approx(1.0)


def test_walkers_that_pass_through_have_no_long_run():
    up = objectives.own(lambda x: -x)
    with pytest.raises(ValueError, match="pass through"):
        transfer.quasi_stationary(up, region=(-9, 1), eta=1.0, noise=noise.uniform(1.0))


def test_a_bowl_that_forgets_leaves_geometrically():
    """A step eta = 1 / curvature lands at the minimiser: every step is a fresh normal draw."""
    found = transfer.exit_times(BOWL, region=(-2, 3), eta=1.0, noise=noise.gaussian(1.0), start=[-1.0, 0.5, 40.0])
    leave = stats.norm.sf(2) + stats.norm.sf(3)
    assert found.mean == pytest.approx(1 / leave, rel=1e-12)
    assert found.deviation == pytest.approx(np.sqrt(1 - leave) / leave, rel=1e-12)
    assert found.above == pytest.approx(stats.norm.sf(3) / leave, rel=1e-12)
    settled = transfer.quasi_stationary(BOWL, region=(-2, 3), eta=1.0, noise=noise.gaussian(1.0))
    assert settled.rate == pytest.approx(leave, rel=1e-12)
    assert settled.density == pytest.approx(stats.norm.pdf(settled.nodes) / (1 - leave), rel=1e-10)


@pytest.mark.parametrize("z", [8.0, 12.0, 25.0])
def test_rare_exits_keep_their_digits(z):
    found = transfer.exit_times(BOWL, region=(-z, z), eta=1.0, noise=noise.gaussian(1.0), start=0.0)
    assert found.mean[0] == pytest.approx(1 / (2 * stats.norm.sf(z)), rel=1e-9)
    settled = transfer.quasi_stationary(BOWL, region=(-z, z), eta=1.0, noise=noise.gaussian(1.0))
    assert settled.rate == pytest.approx(2 * stats.norm.sf(z), rel=1e-9)


def test_two_steps_of_an_autoregression_survive_as_the_bivariate_normal_says():
    eta, sigma, start, end = 0.3, 1.0, 0.2, 1.0
    found = transfer.survival(
        BOWL, [0, 1, 2], region=(-end, end), eta=eta, noise=noise.gaussian(sigma), start=start, rtol=1e-10
    )
    first, s = start * (1 - eta), eta * sigma
    law = stats.multivariate_normal([first, first * (1 - eta)], s**2 * np.array([[1, 0.7], [0.7, 1 + 0.49]]))
    two = integrate.quad(
        lambda x: stats.norm.pdf(x, first, s) * np.diff(stats.norm.cdf([-end, end], 0.7 * x, s))[0], -end, end
    )[0]
    assert found.share[0] == pytest.approx([1.0, np.diff(stats.norm.cdf([-end, end], first, s))[0], two], abs=1e-12)
    assert two == pytest.approx(law.cdf([end, end], lower_limit=[-end, -end]), abs=1e-6)


@pytest.mark.parametrize("s", [0.02, 0.01])
def test_a_long_walk_without_drift_leaves_as_wald_says(s):
    """Overshoots have mean o = -zeta(1/2) s / sqrt(2 pi) and mean square o^2 + s^2 / 4 (Spitzer; Siegmund 1985)."""
    x, over = 0.3, 0.5825971579390106 * s
    found = transfer.exit_times(FLAT, region=(0, 1), eta=1.0, noise=noise.gaussian(s), start=x, rtol=1e-9)
    assert found.mean[0] == pytest.approx((x + over) * (1 - x + over) / s**2 + 0.25, rel=1e-9)
    assert found.above[0] == pytest.approx((x + over) / (1 + 2 * over), rel=1e-9)
    settled = transfer.quasi_stationary(FLAT, region=(0, 1), eta=1.0, noise=noise.gaussian(s))
    assert settled.rate == pytest.approx((np.pi * s / (1 + 2 * over)) ** 2 / 2, rel=3 * s**2)


@pytest.mark.parametrize("law", LAWS, ids=["normal", "uniform"])
@pytest.mark.parametrize("eta", [0.6, 0.2, 0.08])
def test_the_error_estimate_covers_the_error(law, eta):
    around = {"region": (-2, 0.3), "eta": eta, "noise": law, "start": [-1.0, 0.2]}
    quick, careful = (transfer.exit_times(WELL, **around, rtol=rtol) for rtol in (1e-5, 1e-12))
    assert quick.error <= 1e-5
    assert np.abs(quick.mean / careful.mean - 1).max() <= max(quick.error, 1e-13)
    assert quick.above == pytest.approx(careful.above, rel=1e-5)
    del around["start"]
    quick_rate, careful_rate = (transfer.quasi_stationary(WELL, **around, rtol=rtol) for rtol in (1e-5, 1e-12))
    assert abs(quick_rate.rate / careful_rate.rate - 1) <= max(quick_rate.error, 1e-12) <= 1e-5


@pytest.mark.parametrize("law", LAWS, ids=["normal", "uniform"])
def test_simulated_walkers_leave_as_computed(law):
    around = {"eta": 0.1, "noise": law, "start": -1.0}
    run = sgd.ensemble(WELL, **around, walkers=20_000, steps=8_000, region=regions.interval(-2, 0), seed=81)
    exact = transfer.exit_times(WELL, region=(-2, 0), **around)
    assert (run.exit_time > 0).all()
    z = (run.exit_time.mean() - exact.mean[0]) / (exact.deviation[0] / np.sqrt(20_000))
    assert abs(z) < stats.norm.isf(5e-4)
    curve = transfer.survival(WELL, [10, 100, 400], region=(-2, 0), **around).share[0]
    for n, share in zip([10, 100, 400], curve, strict=True):
        assert stats.binomtest(int((run.exit_time > n).sum()), 20_000, share).pvalue > 1e-3
    wrong = transfer.exit_times(WELL, region=(-2, 0.1), **around)
    assert abs(run.exit_time.mean() - wrong.mean[0]) > 6 * exact.deviation[0] / np.sqrt(20_000)


def test_noise_that_grows_with_the_loss_leaves_as_simulated():
    raised = objectives.own(lambda x: 0.1 + x * x)
    around = {"eta": 0.2, "noise": noise.gaussian(2.0), "scale": raised.plugs["loss"], "start": 0.1}
    run = sgd.ensemble(BOWL, **around, walkers=20_000, steps=5_000, region=regions.interval(-1, 1), seed=82)
    exact = transfer.exit_times(BOWL, region=(-1, 1), **around)
    z = (run.exit_time.mean() - exact.mean[0]) / (exact.deviation[0] / np.sqrt(20_000))
    assert (run.exit_time > 0).all() and abs(z) < stats.norm.isf(5e-4)


@pytest.mark.parametrize("replace", [False, True])
def test_batches_and_noise_together_leave_as_simulated(replace):
    cost = objectives.sine_fit(samples=6)
    around = {"eta": 0.05, "noise": noise.gaussian(3.0), "batch": 2, "replace": replace, "start": 1.4}
    run = sgd.ensemble(cost, **around, walkers=20_000, steps=3_000, region=regions.interval(1.1, 1.8), seed=83)
    exact = transfer.exit_times(cost, region=(1.1, 1.8), **around)
    z = (run.exit_time.mean() - exact.mean[0]) / (exact.deviation[0] / np.sqrt(20_000))
    assert (run.exit_time > 0).all() and abs(z) < stats.norm.isf(5e-4)
    other = transfer.exit_times(cost, region=(1.1, 1.8), **{**around, "replace": not replace})
    assert abs(other.mean[0] - exact.mean[0]) > 6 * exact.deviation[0] / np.sqrt(20_000)


@pytest.mark.parametrize(
    "exact",
    [
        lambda cost, **law: transfer.exit_times(cost, region=(1.1, 1.8), start=1.4, **law).mean,
        lambda cost, **law: transfer.survival(cost, [5, 50], region=(1.1, 1.8), start=1.4, **law).share,
        lambda cost, **law: transfer.quasi_stationary(cost, region=(1.1, 1.8), **law).rate,
        lambda cost, **law: transfer.occupancy(cost, [-2, 0, 2, 4], **law).share,
    ],
    ids=["exit_times", "survival", "quasi_stationary", "occupancy"],
)
def test_batches_are_drawn_as_in_a_run_unless_told_otherwise(exact):
    cost, law = objectives.sine_fit(samples=4), {"eta": 0.02, "noise": noise.gaussian(3.0), "batch": 2, "rtol": 1e-3}
    default = exact(cost, **law)
    assert inspect.signature(sgd.ensemble).parameters["sampler"].default is None  # which is without replacement
    assert np.array_equal(default, exact(cost, replace=False, **law))
    assert not np.array_equal(default, exact(cost, replace=True, **law))


def test_survival_sums_to_the_mean_and_ends_in_the_rate():
    around = {"region": (-2, 0), "eta": 0.2, "noise": noise.gaussian(1.5), "start": [-1.0, -0.1]}
    exact = transfer.exit_times(WELL, **around, rtol=1e-10)
    rate = transfer.quasi_stationary(WELL, region=(-2, 0), eta=0.2, noise=noise.gaussian(1.5)).rate
    curve = transfer.survival(WELL, np.arange(3000), **around, rtol=1e-10)
    assert curve.share.sum(axis=1) == pytest.approx(exact.mean, rel=1e-8)
    assert curve.share[:, 500] / curve.share[:, 499] == pytest.approx(1 - rate, rel=1e-9)
    late = transfer.survival(WELL, [10**6, 2 * 10**6], region=(-2, 0), eta=0.05, noise=noise.gaussian(1.5), start=-1.0)
    slow = transfer.quasi_stationary(WELL, region=(-2, 0), eta=0.05, noise=noise.gaussian(1.5))
    assert np.diff(np.log(late.share[0])) == pytest.approx(1e6 * np.log1p(-slow.rate), rel=1e-6)


def test_the_density_is_the_law_of_those_that_have_stayed():
    around = {"eta": 0.2, "noise": noise.gaussian(1.5)}
    run = sgd.ensemble(WELL, start=-1.0, walkers=40_000, steps=60, region=regions.interval(-2, 0), seed=84, **around)
    stayed = run.theta[run.exit_time < 0, 0]
    exact = transfer.quasi_stationary(WELL, region=(-2, 0), **around)
    cdf = integrate.cumulative_simpson(exact.density, x=exact.nodes, initial=0)
    assert stats.kstest(stayed, lambda x: np.interp(x, exact.nodes, cdf)).pvalue > 1e-3
    assert stats.kstest(stayed + 0.03, lambda x: np.interp(x, exact.nodes, cdf)).pvalue < 1e-3


def test_a_map_is_its_cells():
    etas, sigmas = [0.05, 0.3], [0.7, 1.0, 3.0]
    for law in (noise.gaussian, noise.uniform):
        found = transfer.escape_map(WELL, (-2, 0), etas, sigmas, start=-1.0, noise=law, rtol=1e-8)
        for i, j in np.ndindex(2, 3):
            cell = transfer.exit_times(WELL, region=(-2, 0), eta=etas[i], noise=law(sigmas[j]), start=-1.0, rtol=1e-8)
            assert found.mean[i, j] == pytest.approx(cell.mean[0], rel=1e-8)
        assert found.error.max() <= 1e-8


@pytest.mark.parametrize(("radius", "never"), [(0.3, True), (0.39, False)])
def test_bounded_noise_below_the_steepest_slope_never_leaves(radius, never):
    """The double well's slope is at most 2 / sqrt(27) = 0.3849 between minimiser and top."""
    step = onestep.step(onestep.field(WELL, (-2, 0)), 0.05, noise.uniform(radius))
    assert onestep.enclosed(step, np.array([-1.0])) == never
    normal = onestep.step(onestep.field(WELL, (-2, 0)), 0.05, noise.gaussian(1e-3))
    assert not onestep.enclosed(normal, np.array([-1.0]))


def test_a_map_says_infinite_where_doubles_end():
    found = transfer.escape_map(WELL, (-2, 0), [0.01], [0.05, 2.0], start=-1.0, noise=noise.uniform)
    cell = transfer.exit_times(WELL, region=(-2, 0), eta=0.01, noise=noise.uniform(2.0), start=-1.0)
    assert np.isinf(found.mean[0, 0]) and found.mean[0, 1] == pytest.approx(cell.mean[0], rel=1e-6)
    with pytest.raises(ValueError, match="never leave"):
        transfer.exit_times(WELL, region=(-2, 0), eta=0.01, noise=noise.uniform(0.05), start=-1.0)


def test_a_bounded_step_that_never_leaves_still_has_a_law():
    """Uniform noise in a bowl that halves: sums of U_i / 2^i within 1/2 of 0, here from 200,000 plain sums."""
    found = transfer.occupancy(BOWL, [-4, -0.5, 0.5, 4], eta=0.5, noise=noise.uniform(1.0))
    u = np.random.default_rng(1).uniform(-0.5, 0.5, (200_000, 40)) @ 0.5 ** np.arange(40)
    assert found.rate == 0 and found.leak.tolist() == [0, 0, 0]
    assert found.share[0] == pytest.approx(found.share[2], rel=1e-6)
    assert stats.binomtest(int((np.abs(u) > 0.5).sum()), u.size, 1 - found.share[1]).pvalue > 1e-3


def test_two_wells_that_no_step_joins_have_no_common_law():
    for law in (noise.uniform(0.2), noise.gaussian(0.02)):
        with pytest.raises(ValueError, match="no common long-run law"):
            transfer.occupancy(WELL, [-2, 0, 2], eta=0.1, noise=law)


@pytest.mark.parametrize("law", LAWS, ids=["normal", "uniform"])
def test_long_runs_share_out_as_the_occupancy_says(law):
    tilted = objectives.double_well(height=0.25, tilt=0.05)
    edges, around = [-3.5, 0.05, 3.5], {"eta": 0.2, "noise": law}
    exact = transfer.occupancy(tilted, edges, **around)
    run = sgd.ensemble(tilted, start=-1.0, walkers=20_000, steps=501, record=[500, 501], seed=85, **around)
    before, after = (run.path[:, i, 0] > 0.05 for i in (0, 1))
    assert stats.binomtest(int(before.sum()), 20_000, exact.share[1]).pvalue > 1e-3
    assert stats.binomtest(int((before & ~after).sum()), int(before.sum()), exact.matrix[1, 0]).pvalue > 1e-3
    assert exact.matrix.sum(axis=1) + exact.leak == pytest.approx(1.0, abs=1e-12)
    assert exact.share @ exact.matrix == pytest.approx(exact.share * (1 - exact.rate), abs=1e-6)
    assert stats.binomtest(int(before.sum()), 20_000, 0.5).pvalue < 1e-3


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"region": (1, -1)}, "low < high"),
        ({"region": (np.nan, 1)}, "low"),
        ({"eta": 0.0}, "eta"),
        ({"noise": noise.none()}, "gaussian"),
        ({"noise": noise.gaussian(0.0)}, "amplitude"),
        ({"noise": noise.gaussian(1e-7)}, "too small"),
        ({"start": np.nan}, "start"),
        ({"rtol": 0.0}, "rtol"),
        ({"objective": objectives.saddle()}, "one dimension"),
        ({"objective": objectives.sine_fit(), "batch": 10}, "too many"),
        ({"objective": objectives.sine_fit(), "batch": 101}, "batch"),
        ({"objective": BOWL, "scale": BOWL.plugs["loss"]}, "scale"),
    ],
)
def test_bad_input_is_named(change, word):
    good = {"objective": WELL, "region": (-2, 2), "eta": 0.1, "noise": noise.gaussian(1.0), "start": 0.0}
    with pytest.raises(ValueError, match=word):
        transfer.exit_times(**{**good, **change})


def test_what_is_no_law_no_region_and_no_step_is_refused():
    with pytest.raises(TypeError, match="noise"):
        transfer.exit_times(WELL, region=(-1, 1), eta=0.1, noise=1.0, start=0)
    with pytest.raises(TypeError, match="region"):
        transfer.exit_times(WELL, region=regions.interval(-1, 1).kind[:1], eta=0.1, noise=LAWS[0], start=0)
    for steps in ([3, 2], [-1], [0.5], []):
        with pytest.raises(ValueError, match="steps"):
            transfer.survival(WELL, steps, region=(-1, 1), eta=0.1, noise=LAWS[0], start=0)
    with pytest.raises(ValueError, match="edges"):
        transfer.occupancy(WELL, [0, 0], eta=0.1, noise=LAWS[0])


def test_batches_are_all_there_with_their_chances():
    cost = objectives.sine_fit(samples=5)
    for replace, many in ((False, 10), (True, 15)):
        field = onestep.field(cost, (0.5, 2), batch=2, replace=replace)
        assert field.chances.sum() == pytest.approx(1.0) and field.chances.size == many
        assert field.chances @ field.on_grid == pytest.approx(cost.gradient(field.grid), abs=1e-10)


@pytest.mark.parametrize("height", [16.0, 17.0, 17.5, 18.0])
def test_times_as_long_as_doubles_allow_are_had_or_refused(height):
    well = objectives.double_well(height=height, half_width=4.0)
    law = {"region": (-16, 0), "start": -4.0, "eta": 0.05, "noise": noise.gaussian(1.0)}
    if height > 17:
        with pytest.raises(ValueError, match="more than doubles resolve"):
            transfer.exit_times(well, **law)
    else:
        assert np.log(transfer.exit_times(well, **law).mean[0]) == pytest.approx(2 * height / 0.05, rel=0.01)
