"""Plugs: the intrinsics, kinds, and the same bits compiled, uncompiled and on other CPUs."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from escapelab import lanes, optimisers, plug, rng, vecmath
from escapelab.objectives import landscapes

PROGRAM = """
import hashlib, sys
import numpy as np
from escapelab import noise, objectives, sgd
walkers, steps = int(sys.argv[1]), int(sys.argv[2])
parts = []
J = objectives.sine_fit(samples=20)
parts.append(sgd.ensemble(J, start=1.0, eta=0.05, steps=steps, walkers=walkers, batch=4, seed=1).theta)
parts.append(sgd.ensemble(J, start=1.0, eta=0.05, steps=steps, walkers=walkers, batch=4, replace=True, seed=1).theta)
spiky = objectives.spiky(dimension=2)
for law in (noise.uniform(9.0), noise.gaussian(2.0)):
    parts.append(sgd.ensemble(spiky, start=[0.5, 0.2], eta=0.02, steps=steps, walkers=walkers, noise=law, seed=2).theta)
tang = objectives.styblinski_tang(3, seed=1)
parts.append(sgd.ensemble(tang, start=[0.1, 0.2, 0.3], eta=1e-3, steps=steps, walkers=walkers, batch=2, seed=3).theta)
parts.append(J.loss(np.linspace(0, 3, 7)))
print(hashlib.sha256(b"".join(p.tobytes() for p in parts)).hexdigest())
"""


def digest(walkers, steps, **environment):
    """Hash of all end points in a fresh process; an empty value removes a variable."""
    env = {**os.environ, **environment}
    env = {name: value for name, value in env.items() if value != ""}
    command = [sys.executable, "-c", PROGRAM, str(walkers), str(steps)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.fixture(scope="module")
def native():
    return digest(300, 40)


@pytest.mark.parametrize("cpu", ["generic", "haswell"])
def test_another_cpu_gives_the_same_bits(native, cpu, tmp_path):
    assert digest(300, 40, NUMBA_CPU_NAME=cpu, NUMBA_CPU_FEATURES="", NUMBA_CACHE_DIR=str(tmp_path)) == native
    for loop in ("lanes.walkers", "blocks.block"):  # compiled once, not also for some literal number
        assert len(list(tmp_path.rglob(f"{loop}-*.nbc"))) == 1


def test_one_thread_gives_the_same_bits(native):
    assert digest(300, 40, OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1") == native


def test_another_seed_shift_gives_other_bits(native):
    assert digest(300, 40, ESCAPELAB_SEED_SHIFT="1") != native


def test_uncompiled_python_gives_the_same_bits():
    assert digest(2, 3, NUMBA_DISABLE_JIT="1") == digest(2, 3)


@numba.njit
def _fma(a, b, c):
    return plug.fma(a, b, c)


@numba.njit
def _there_and_back(x):
    return plug.double(plug.bits(x))


def test_fma_rounds_once():
    a = 1.0 + 2.0**-30
    assert _fma(a, a, -1.0) == 2.0**-29 + 2.0**-60
    assert a * a - 1.0 != _fma(a, a, -1.0)


def test_the_exact_fma_of_python_is_the_compiled_one():
    g = np.random.default_rng(0)
    numbers = g.normal(size=(3000, 3)) * 10.0 ** g.integers(-12, 12, (3000, 3))
    assert all(_fma(*row) == plug._exact_fma(*row) for row in numbers)


def test_the_exact_fma_of_python_knows_infinity():
    assert plug._exact_fma(1e308, 10.0, -np.inf) == _fma(1e308, 10.0, -np.inf) == -np.inf


def test_bits_and_double_undo_each_other():
    assert all(_there_and_back(x) == x for x in (0.0, -1.5, 1e300, 5e-324))


def test_constants_must_be_finite():
    with pytest.raises(ValueError, match="constants of a noise"):
        plug.make("noise", _fma, [np.nan])


def test_a_changed_source_gets_a_cache_of_its_own(tmp_path):
    import escapelab

    copy = tmp_path / "lib" / "escapelab"
    shutil.copytree(Path(escapelab.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "vecmath.py").write_text((copy / "vecmath.py").read_text() + "\n# changed\n")
    code = "import escapelab; print(escapelab.CACHE)"
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}
    other = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert Path(other.stdout.strip()).name != escapelab.CACHE.name


def test_each_cpu_has_a_cache_of_its_own():
    import escapelab

    code = "import escapelab; print(escapelab.CACHE)"
    env = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    other = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    name, sources = Path(other.stdout.strip()).name, escapelab.CACHE.name.split("-")[0]
    assert name != escapelab.CACHE.name and name.startswith(sources)


def test_an_unwritable_cache_folder_does_not_stop_the_library(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    env = {**os.environ, "NUMBA_CACHE_DIR": str(blocked), "XDG_CACHE_HOME": str(blocked), "HOME": str(blocked)}
    code = "from escapelab import CACHE, objectives; print(CACHE, objectives.quadratic(2.0).loss(1.0))"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-800:]
    assert done.stdout.strip().endswith("1.0")
    assert "escapelab-" in done.stdout


def test_every_module_with_compiled_code_is_in_the_cache_key():
    import escapelab

    keyed = set(escapelab._compiled_sources())
    marks = (b"@kernel", b"@compiled", b"@inlined", b"numba.njit")
    code = {path for path in escapelab._sources() if any(mark in path.read_bytes() for mark in marks)}
    assert code
    assert code <= keyed


def test_fma_of_signed_zeros_and_of_overflow_is_the_compiled_one():
    numbers = (0.0, -0.0, 1.0, -1.0, 1e-200, 1e308, -1e308, 10.0, np.inf, -np.inf, np.nan)
    for a, b, c in itertools.product(numbers, numbers, numbers[:-3]):
        with np.errstate(all="ignore"):
            one, other = np.float64(_fma(a, b, c)), np.float64(plug._exact_fma(a, b, c))
        assert (np.isnan(one) and np.isnan(other)) or one.tobytes() == other.tobytes()


def test_a_plug_without_constants_words_or_state_has_none():
    made = plug.make("rule", optimisers._sgd)
    assert (made.kind, made.constants.shape, made.words, made.state) == ("rule", (0,), 0, 0)
    assert plug.make("rule", optimisers._sgd, 3).constants.tolist() == [3.0]


def test_helpers_are_inlined_and_nothing_is_rounded_freely():
    for function in (vecmath.sincos, vecmath.log, rng.philox, rng.uniform, rng.pick):
        assert function.targetoptions["forceinline"] is True
    for function in (vecmath.sincos, lanes.walkers, landscapes._well_loss, optimisers._sgd):
        options = function.targetoptions
        assert (options["nogil"], options["error_model"], options["boundscheck"]) == (True, "numpy", False)
        assert not options.get("fastmath")
