"""The benchmarks: nobody is timed for other work, ratios are of one round, the page shows what is stored, C agrees."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from escapelab import noise, objectives, sgd

FOLDER = Path(__file__).parents[1] / "benchmarks"
RESULTS = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def load(name):
    """A module of the benchmarks, which is no package."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


harness, run, yardstick = load("harness"), load("run"), load("yardstick")


def normal(shift=0.0, pause=0.0):
    """A contestant: normal numbers, after some work."""

    def work(seed):
        until = time.process_time() + pause
        while time.process_time() < until:
            pass
        return shift + np.random.default_rng([seed, int(1e6 * pause)]).normal(size=4000)

    return work


def case(**contestants):
    return harness.Case("a case", "draw", 4000, contestants, {"best of the others": 2.0, "C": 0.5})


def test_who_does_other_work_is_not_timed():
    with pytest.raises(SystemExit, match="slow does not do the same work"):
        harness.measure(case(escapelab=normal(), slow=normal(shift=0.3)))


def test_a_different_exact_result_is_not_timed():
    other = case(escapelab=normal(), slow=normal(shift=1e-6))._replace(exact=1e-9)
    with pytest.raises(SystemExit, match="slow gives another result"):
        harness.measure(other)


def test_threads_that_spin_after_a_call_are_not_counted_in_the_next():
    def spinning(seed):
        threading.Thread(target=normal(pause=0.1), args=(seed,)).start()

    spinning(1)
    assert harness.timed(lambda seed: None, 1)[0] < 0.01


def test_ratios_are_of_processor_time_and_of_one_round():
    rows = harness.measure(case(escapelab=normal(pause=0.01), PyTorch=normal(pause=0.04), C=normal(pause=0.02)))
    assert rows[0].ratio == 1.0 and rows[0].ratio_spread == (1.0, 1.0)
    assert 3 < rows[1].ratio < 5 and rows[1].ratio_spread[0] <= rows[1].ratio <= rows[1].ratio_spread[1]
    reached = {one["against"]: one["reached"] for one in harness.verdicts(case(), rows)}
    assert reached == {"best of the others": rows[1].ratio, "C": rows[2].ratio}


def test_the_page_shows_what_is_stored():
    assert (FOLDER / "results.md").read_text(encoding="utf-8") == run.render(RESULTS)


def test_every_workload_is_stored_with_the_library_first():
    names = " ".join(RESULTS["cases"])
    assert all(f"W{i}" in names for i in range(1, 7)) and "Ablation" in names
    assert {"pieces", "scaling", "startup", "machine"} <= set(RESULTS)
    first = {name: record["rows"][0] for name, record in RESULTS["cases"].items()}
    assert {row["ratio"] for row in first.values()} == {1.0}
    peers = {row["contestant"] for record in RESULTS["cases"].values() for row in record["rows"]}
    assert {"escapelab", "C", "JAX float64", "JAX float32", "NumPy", "plain numba", "obvious NumPy"} <= peers


def test_the_peers_are_pinned():
    lines = [line for line in (FOLDER / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert lines and all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)


@pytest.fixture(scope="module")
def c():
    library = yardstick.library()
    return library or pytest.skip("no C compiler here")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler here")
@pytest.mark.parametrize("replace", [True, False])
def test_the_c_yardstick_walks_the_librarys_paths_on_the_thread(c, replace):
    J = objectives.sine_fit()
    same = {"start": 1.0, "eta": 0.01, "walkers": 300, "steps": 50, "seed": 3}
    ours = sgd.ensemble(J, batch=10, replace=replace, **same).theta[:, 0]
    assert np.allclose(yardstick.thread_cost(c, J, k=10, replace=replace, **same), ours, rtol=1e-9)


def test_the_c_yardstick_walks_the_librarys_paths_on_spikes(c):
    J, same = objectives.spiky(), {"start": 2.0, "eta": 0.05, "walkers": 300, "steps": 20, "seed": 3}
    ours = sgd.ensemble(J, noise=noise.uniform(8.0), **same).theta[:, 0]
    assert np.allclose(yardstick.spiky(c, J, radius=8.0, **same), ours, rtol=1e-8)


@pytest.mark.parametrize("k", [0, 1, 200])
def test_the_c_yardstick_walks_the_librarys_paths_on_quartics(c, k):
    J = objectives.styblinski_tang(100, seed=0)
    same = {"eta": 1e-5, "walkers": 70, "steps": 30, "seed": 3}
    ours = sgd.ensemble(J, start=np.zeros(100), batch=k or None, **same).theta
    assert np.allclose(yardstick.tang(c, J, k=k, start=0.0, **same), ours, rtol=1e-9, atol=1e-12)


def test_what_starting_costs_is_measured_in_processes_of_their_own(tmp_path):
    startup = load("startup")
    assert startup.seconds(startup.IMPORT) > 0 and startup.own(tmp_path, 2) > 0

    def compiling(*lines):
        (tmp_path / "one.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": lines}]}), "utf-8")
        return startup.seconds(startup.COMPILE, tmp_path / "one.ipynb", NUMBA_CACHE_DIR=str(tmp_path))

    assert compiling("import numba\n", "numba.njit(lambda x: x + 1)(2)") == 0
    assert compiling("from escapelab import objectives\n", "objectives.double_well().loss(1.0)") > 0
    with pytest.raises(subprocess.CalledProcessError):
        compiling("unknown")


def test_the_pieces_call_the_plugs_as_they_are():
    for name, function, arguments, _ in load("pieces").plugs():
        function(*arguments)
        assert all(np.isfinite(part).all() for part in arguments if isinstance(part, np.ndarray)), name
