"""The convolved loss: closed forms, quadrature, one-point convexity, and what SGD does with it."""

import numpy as np
import pytest
from escapelab import noise, objectives, sgd, smoothing
from scipy import stats

WIDTHS = (0.0, 0.05, 0.15, 0.25, 0.375, 1.0)
X = np.linspace(-3, 3, 301)
OTHER = {"curvature": 0.7, "height": 0.4, "frequency": 9.0}


@pytest.mark.parametrize("shape", [{}, OTHER])
@pytest.mark.parametrize("width", WIDTHS)
def test_quadrature_gives_the_closed_form(width, shape):
    f = objectives.spiky(**shape)
    assert smoothing.convolved_loss(f, X, width) == pytest.approx(smoothing.spiky_loss(X, width, **shape), abs=1e-12)
    assert smoothing.convolved_gradient(f, X, width) == pytest.approx(
        smoothing.spiky_gradient(X, width, **shape), abs=1e-11
    )


def test_the_closed_form_notices_a_wrong_kernel():
    f = objectives.spiky()
    for wrong in (0.14, 0.16, 0.075):
        gap = np.abs(smoothing.convolved_gradient(f, X, 0.15) - smoothing.spiky_gradient(X, wrong)).max()
        assert gap > 0.05


def test_convolution_of_a_quartic_by_hand():
    f = objectives.double_well(height=1.0, half_width=1.0)
    rho = 0.4
    by_hand = X**4 + 2 * X**2 * rho**2 + rho**4 / 5 - 2 * (X**2 + rho**2 / 3) + 1
    assert smoothing.convolved_loss(f, X, rho, nodes=3) == pytest.approx(by_hand, abs=1e-12)
    assert np.abs(smoothing.convolved_loss(f, X, rho, nodes=2) - by_hand).max() > 1e-3


@pytest.mark.parametrize("width", WIDTHS[1:])
def test_the_convolved_gradient_is_a_chord(width):
    f = objectives.sine_fit()
    chord = (f.loss(X + width) - f.loss(X - width)) / (2 * width)
    assert smoothing.convolved_gradient(f, X, width) == pytest.approx(chord, abs=1e-9)


def test_width_zero_is_the_loss_itself():
    f = objectives.sine_fit()
    assert smoothing.convolved_loss(f, X, 0.0) == pytest.approx(f.loss(X), abs=1e-13)
    assert smoothing.convolved_gradient(f, X, 0.0) == pytest.approx(f.gradient(X), abs=1e-12)


def test_a_number_gives_a_number():
    f = objectives.spiky()
    for value in (
        smoothing.convolved_loss(f, 0.3, 0.1),
        smoothing.convolved_gradient(f, 0.3, 0.1),
        smoothing.spiky_loss(0.3, 0.1),
        smoothing.spiky_gradient(0.3, 0.1),
        smoothing.spiky_one_point(0.1),
        smoothing.ripple(0.1, 2.0),
    ):
        assert isinstance(value, float)


def test_lowest_sinc_is_where_tan_z_is_z():
    z = 4.493409457909064
    assert np.tan(z) == pytest.approx(z, rel=1e-12)
    assert np.sin(z) / z == pytest.approx(smoothing.LOWEST_SINC, abs=1e-15)
    assert np.sinc(np.linspace(0, 10, 100001)).min() >= smoothing.LOWEST_SINC


def test_ripple_vanishes_at_whole_periods_and_turns_over_between():
    widths = np.array([0.0, 0.25, 0.375, 0.5, 1.0])
    assert smoothing.ripple(widths, 4 * np.pi) == pytest.approx([1, 0, -2 / (3 * np.pi), 0, 0], abs=1e-15)


@pytest.mark.parametrize("shape", [{}, OTHER])
@pytest.mark.parametrize("width", WIDTHS)
def test_one_point_constant_agrees_with_its_closed_form(width, shape):
    measured = smoothing.one_point_constant(objectives.spiky(**shape), width, low=-4, high=4, points=4001)
    assert measured.c == pytest.approx(smoothing.spiky_one_point(width, **shape), abs=1e-6)


def test_one_point_constant_of_known_losses():
    bowl = objectives.quadratic(3.0, minimiser=0.5)
    assert smoothing.one_point_constant(bowl, 0.2, low=-1, high=2, minimiser=0.5).c == pytest.approx(3.0)
    assert smoothing.one_point_constant(bowl, 0.2, low=-1, high=2, minimiser=0.6).c < 0
    wells = objectives.double_well(height=1.0, half_width=1.0)
    found = smoothing.one_point_constant(wells, 0.0, low=-2, high=2, minimiser=1.0)
    assert found.c == pytest.approx(-1.0, abs=1e-9)
    assert found.where == pytest.approx(-0.5, abs=1e-3)


def test_c_is_not_monotone_in_the_width():
    c = smoothing.spiky_one_point(np.array([0.0, 0.15, 0.25, 0.375, 0.5]))
    assert np.sign(np.diff(c)).tolist() == [1, 1, -1, 1]
    assert c[2] == pytest.approx(1.0) and c[4] == pytest.approx(1.0)


@pytest.mark.parametrize(("width", "agrees"), [(0.15, True), (0.10, False), (0.20, False)])
def test_sgd_descends_the_convolved_loss(width, agrees):
    """One noisy step from y: the mean gradient met there is the convolved one, and only that of the right width."""
    f, eta, start = objectives.spiky(), 0.02, 0.65
    y = start - eta * f.gradient(start)
    run = sgd.ensemble(f, start=start, eta=eta, steps=1, walkers=20_000, noise=noise.uniform(0.15 / eta), seed=71)
    met = f.gradient(run.theta)
    p = stats.ttest_1samp(met, smoothing.spiky_gradient(y, width)).pvalue
    assert p > 1e-3 if agrees else p < 1e-9


def test_mean_path_over_a_whole_period_forgets_the_ripples():
    f, eta, steps = objectives.spiky(), 0.02, 60
    run = sgd.ensemble(f, start=2.5, eta=eta, steps=steps, walkers=20_000, noise=noise.uniform(0.25 / eta), seed=72)
    expected = (2.5 - eta * f.gradient(2.5)) * (1 - eta) ** (steps - 1)
    assert stats.ttest_1samp(run.theta[:, 0], expected).pvalue > 1e-3
    assert stats.ttest_1samp(run.theta[:, 0], 2.5).pvalue < 1e-9


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda f: smoothing.convolved_loss(f, 0.0, -0.1), "width"),
        (lambda f: smoothing.convolved_loss(f, 0.0, np.nan), "width"),
        (lambda f: smoothing.convolved_gradient(f, [0.0, np.inf], 0.1), "x must be finite"),
        (lambda f: smoothing.convolved_loss(f, 0.0, 0.1, nodes=0), "nodes"),
        (lambda f: smoothing.convolved_loss(objectives.saddle(), 0.0, 0.1), "one dimension"),
        (lambda f: smoothing.one_point_constant(f, 0.1, low=1, high=1), "low < high"),
        (lambda f: smoothing.one_point_constant(f, 0.1, low=0, high=1, points=2), "points"),
        (lambda f: smoothing.ripple(0.1, 0.0), "frequency"),
        (lambda f: smoothing.spiky_one_point([0.1, -1.0]), "width"),
    ],
)
def test_bad_input_is_named(call, word):
    with pytest.raises(ValueError, match=word):
        call(objectives.spiky())


def test_the_infimum_may_lie_at_either_end():
    wells = objectives.double_well(height=0.25, half_width=1.0)
    for low, high, where in ((0.5, 2.0, 0.5), (-2.0, -0.5, -0.5)):
        found = smoothing.one_point_constant(wells, 0.0, low=low, high=high)
        assert found.where == pytest.approx(where, abs=1e-4)
        assert found.c == pytest.approx(-0.75, abs=1e-4)


def test_three_points_are_enough_for_a_bowl():
    bowl = objectives.quadratic(3.0)
    assert smoothing.one_point_constant(bowl, 0.1, low=-1, high=1, points=3).c == pytest.approx(3.0)
    for low, high in ((1, 0), (-np.inf, 1), (0, np.nan)):
        with pytest.raises(ValueError, match="low < high"):
            smoothing.one_point_constant(bowl, 0.1, low=low, high=high)


def test_sixty_four_nodes_and_two_thousand_and_one_points_unless_told():
    f = objectives.spiky(frequency=200.0)
    assert smoothing.convolved_loss(f, 0.3, 0.9) == smoothing.convolved_loss(f, 0.3, 0.9, nodes=64)
    assert smoothing.convolved_gradient(f, 0.3, 0.9) == smoothing.convolved_gradient(f, 0.3, 0.9, nodes=64)
    told = smoothing.one_point_constant(f, 0.0, low=-3, high=4, minimiser=0.0, points=2001)
    assert smoothing.one_point_constant(f, 0.0, low=-3, high=4) == told
    assert smoothing.convolved_loss(objectives.quadratic(2.0), 1.5, 0.4, nodes=1) == 1.5**2


def test_shapes_are_those_of_x_and_width():
    f = objectives.spiky()
    assert smoothing.convolved_loss(f, np.zeros((2, 3)), 0.1).shape == (2, 3)
    assert smoothing.spiky_loss(np.zeros((4, 1)), np.zeros(3)).shape == (4, 3)
    assert smoothing.spiky_one_point(np.zeros(3)).shape == (3,)
    for frequency in (-1.0, np.inf):
        with pytest.raises(ValueError, match="frequency"):
            smoothing.ripple(0.1, frequency)


def test_smoothness_of_known_losses():
    assert smoothing.smoothness(objectives.quadratic(3.0), -1, 2) == pytest.approx(3.0, rel=1e-9)
    spiky = smoothing.smoothness(objectives.spiky(**OTHER), -2, 2)
    assert spiky == pytest.approx(0.7 + 0.4 * 81, rel=1e-5)
    assert spiky <= 0.7 + 0.4 * 81


def test_the_main_theorem_by_hand():
    found = smoothing.main_theorem(c=1.0, smoothness=2.0, noise_radius=3.0, eta=0.1, distance=10.0)
    assert found.contraction == pytest.approx(0.16)
    assert found.noise_floor == pytest.approx(0.01 * 9 * 1.44)
    assert found.radius == pytest.approx(np.sqrt(20 * 0.1296 / 0.16))
    assert found.steps == pytest.approx(np.log(0.16 * 100 / 0.1296) / 0.16)
    assert found.largest_eta == 0.25
    assert smoothing.main_theorem(c=1, smoothness=2, noise_radius=3, eta=0.1, distance=0).steps == 0


@pytest.mark.parametrize("eta", [0.005, 0.02])
def test_the_theorem_keeps_its_promise(eta):
    f, r = objectives.spiky(height=0.01, frequency=6.0), 2.0
    big = smoothing.smoothness(f, -4, 4)
    c = smoothing.spiky_one_point(eta * r, height=0.01, frequency=6.0)
    found = smoothing.main_theorem(c=c, smoothness=big, noise_radius=r, eta=eta, distance=2.0)
    steps = int(np.ceil(found.steps))
    run = sgd.ensemble(f, start=2.0, eta=eta, steps=steps, walkers=2000, noise=noise.uniform(r), seed=73)
    assert stats.binomtest(int((np.abs(run.theta) <= found.radius).sum()), 2000, 0.5, "less").pvalue > 1e-3
    assert np.quantile(np.abs(run.theta), 0.5) < found.radius / 2


def test_the_promised_ball_holds_every_stationary_point():
    """|x - x*|^2 < 2 b / lambda, so the theorem never certifies the leaving of a spurious minimum."""
    g, tried = np.random.default_rng(3), 0
    for _ in range(200):
        shape = {"height": g.uniform(0, 0.2), "frequency": g.uniform(2, 30)}
        f, r = objectives.spiky(**shape), g.uniform(1, 60)
        big = 1 + shape["height"] * shape["frequency"] ** 2
        eta = g.uniform(0, 1) * 0.5 / big**2
        c = smoothing.spiky_one_point(eta * r, **shape)
        if c <= 0 or eta >= min(1 / (2 * big), c / big**2, 1 / (2 * c)):
            continue
        found = smoothing.main_theorem(c=c, smoothness=big, noise_radius=r, eta=eta, distance=1.0)
        x = np.linspace(-3, 3, 4001)
        roots = x[:-1][np.diff(np.sign(f.gradient(x))) != 0]
        assert np.all(roots**2 < 2 * found.noise_floor / found.contraction + 0.002**2)
        tried += roots.size > 2
    assert tried >= 5


def test_a_step_beyond_the_overshoot_ends_farther_away():
    f, x = objectives.sine_fit(), np.array([0.7, 1.9, 2.5, 3.0])
    step = smoothing.overshoot_step(f, x, 2.18)
    for eta, farther in ((0.999 * step, step < 0), (1.001 * step, step > 0)):
        assert (np.abs(x - eta * f.gradient(x) - 2.18) > np.abs(x - 2.18)).tolist() == farther.tolist()
    assert smoothing.overshoot_step(objectives.quadratic(3.0), 0.7, 0.0) == pytest.approx(2 / 3)
    assert smoothing.overshoot_step(objectives.quadratic([1.0, 3.0]), [1.0, 1.0], 0.0) == pytest.approx(0.8)
    assert smoothing.overshoot_step(objectives.quadratic(3.0), 0.0, 0.0) == np.inf


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"c": 0.0}, "c must"),
        ({"c": 3.0}, "above the smoothness"),
        ({"eta": 0.25}, "below 0.25"),
        ({"noise_radius": 0}, "noise_radius"),
        ({"distance": -1}, "distance"),
        ({"smoothness": np.nan}, "smoothness"),
    ],
)
def test_a_theorem_out_of_its_range_is_refused(change, word):
    good = {"c": 1.0, "smoothness": 2.0, "noise_radius": 3.0, "eta": 0.1, "distance": 1.0}
    with pytest.raises(ValueError, match=word):
        smoothing.main_theorem(**{**good, **change})
    for bad in ({"low": 1, "high": 0}, {"low": 0, "high": 1, "points": 2}):
        with pytest.raises(ValueError, match=r"low < high|points"):
            smoothing.smoothness(objectives.spiky(), **bad)
    with pytest.raises(ValueError, match="one dimension"):
        smoothing.smoothness(objectives.saddle(), 0, 1)
