"""The same bits for any CPU target, any number of threads, any blocking: hashes of the runs in tests/bits.py.

Other targets and another number of lanes mean another compilation, in a process of its own: some ten seconds each,
once for each state of the library's sources.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import bits
import numpy as np
import pytest
from escapelab import objectives, plug, sgd

LIBRARY = Path(plug.__file__).parent
TARGETS = {
    "generic": ({"NUMBA_CPU_NAME": "generic"}, "xmm"),
    "haswell": (
        {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+sse4.2,+avx,+avx2,+fma,+bmi,+bmi2,+f16c,+popcnt,+lzcnt"},
        "ymm",
    ),
}


def elsewhere(environment):
    """What tests/bits.py prints in a process with these variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_CPU")}
    command = [sys.executable, bits.__file__]
    done = subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def here():
    return {name: bits.digest(run()) for name, run in bits.RUNS.items()}


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="these are targets of x86-64")
@pytest.mark.parametrize("target", TARGETS)
def test_every_run_has_the_same_bits_on_another_cpu(target, here):
    environment, registers = TARGETS[target]
    found = elsewhere(environment)
    assert found["registers"] == registers  # it was indeed compiled for another CPU
    assert found["hashes"] == here
    assert set(plug.SIGNATURES) == set(found["kinds"])  # the table uses every kind of plug


def test_every_run_has_the_same_bits_in_blocks_of_another_size(here, tmp_path):
    shutil.copytree(LIBRARY, tmp_path / "escapelab", ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "escapelab" / "plug.py"
    source.write_text(source.read_text().replace(f"LANES = {plug.LANES}", "LANES = 40"))
    found = elsewhere({"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")})
    assert found["lanes"] == 40
    assert found["hashes"] == here


def test_a_walker_has_the_same_bits_alone_and_among_others():
    arguments = {"start": 1.0, "eta": 0.01, "steps": 30, "batch": 10, "seed": 4}
    all_of_them = sgd.ensemble(objectives.sine_fit(), walkers=700, **arguments).theta
    for walkers in (1, 129, 300):
        first = sgd.ensemble(objectives.sine_fit(), walkers=walkers, **arguments).theta
        assert np.array_equal(first, all_of_them[:walkers])


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_number_of_threads_changes_no_bit(threads):
    arguments = {"start": 1.0, "eta": 0.01, "steps": 30, "batch": 10, "walkers": 3000, "record": 7}
    one = sgd.ensemble(objectives.sine_fit(), threads=1, **arguments)
    assert bits.digest(sgd.ensemble(objectives.sine_fit(), threads=threads, **arguments)) == bits.digest(one)


def test_one_changed_bit_changes_the_hash():
    run = bits.thread(batch=10)
    changed = run.theta.copy()
    changed[17] = np.nextafter(changed[17], 9.0)
    assert bits.digest(run._replace(theta=changed)) != bits.digest(run)
