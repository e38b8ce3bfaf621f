"""Sweeps in one process and on this machine's cores; tests/cluster has the real Dask cluster."""

import _thread
import contextlib
import functools
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import joblib
import numba
import numpy as np
import pytest
from escapelab import objectives, sgd, sweeps, tasks
from hypothesis import given, settings
from hypothesis import strategies as st

GRID = sweeps.grid(eta=[0.02, 0.05], replica=range(3))
FACTOR = 2.0


def escape(eta, replica):
    run = sgd.ensemble(objectives.sine_fit(), start=1.0, eta=eta, steps=50, walkers=40, batch=10, seed=replica)
    return {"theta": run.theta, "mean": run.theta.mean()}


def logged(number, log):
    """number squared; a line in the log tells of each call."""
    with open(log, "a") as file:
        file.write(f"{number}\n")
    return number * number


def fragile(number, log=None):
    if number % 3 == 1:
        raise ArithmeticError(f"{number} is one too many")
    return number if log is None else logged(number, log)


def calls(log):
    return sorted(int(line) for line in Path(log).read_text().split())


def quiet(function, tasks, **options):
    return sweeps.run(function, tasks, **{"progress": False, **options})


def same(a, b):
    return all(np.array_equal(x["theta"], y["theta"]) for x, y in zip(a.results, b.results, strict=True))


def test_a_grid_has_every_combination_and_its_last_name_changes_fastest():
    assert sweeps.grid(eta=[1, 2], k=(3, 4)) == [
        {"eta": 1, "k": 3}, {"eta": 1, "k": 4}, {"eta": 2, "k": 3}, {"eta": 2, "k": 4},
    ]  # fmt: skip


def test_a_grid_of_numpy_numbers_holds_python_ones():
    (task,) = sweeps.grid(eta=np.linspace(0, 1, 1), k=np.arange(1), name=np.array(["a"]))
    assert [type(value) for value in task.values()] == [float, int, str]


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({}, ValueError, "at least one name"),
        ({"eta": []}, ValueError, "eta has no values"),
        ({"eta": 0.1}, TypeError, "eta must be a list"),
        ({"eta": "0.1"}, TypeError, "eta must be a list"),
        ({"eta": np.array(0.1)}, TypeError, "eta must be a list"),
        ({"eta": {"a": 1}}, TypeError, "eta must be a list"),
    ],
)
def test_a_bad_grid_is_named(values, error, words):
    with pytest.raises(error, match=words):
        sweeps.grid(**values)


def test_results_come_in_the_order_of_the_tasks():
    with joblib.parallel_config(backend="threading", n_jobs=4):
        swept = quiet(slow_when_small, sweeps.grid(number=range(8)))
    assert swept.results == list(range(8)) and swept.done.all() and swept.failures == {}


def slow_when_small(number):
    time.sleep(0.02 * (8 - number))
    return number


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_parallel_has_the_bits_of_serial(backend):
    serial = quiet(escape, GRID)
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert same(serial, quiet(escape, GRID))


def test_a_record_has_parameters_and_result():
    swept = quiet(escape, GRID)
    assert [record["eta"] for record in swept.records()] == [0.02] * 3 + [0.05] * 3
    assert swept.records()[1]["mean"] == swept.results[1]["mean"] and swept.records()[1]["done"] is True


def test_a_bad_task_reports_itself_and_the_others_finish():
    with pytest.warns(UserWarning, match="2 of 6 tasks failed") as told:
        swept = quiet(fragile, sweeps.grid(number=range(6)))
    assert swept.results == [0, None, 2, 3, None, 5] and swept.done.tolist() == [True, False, True, True, False, True]
    assert "fragile(number=1)" in str(told[0].message) and "ArithmeticError: 1 is one too many" in swept.failures[1]
    assert swept.records()[1] == {"number": 1, "done": False}


def test_even_a_task_that_exits_is_only_a_bad_task():
    with pytest.warns(UserWarning, match="SystemExit"):
        assert quiet(leave, sweeps.grid(number=range(3))).done.tolist() == [True, False, True]


def leave(number):
    if number == 1:
        sys.exit(3)


def test_a_failed_task_leaves_its_report_until_it_succeeds(tmp_path):
    with pytest.warns(UserWarning, match="failed"):
        quiet(fragile, sweeps.grid(number=[1]), store=tmp_path)
    (report,) = tmp_path.rglob("*.failed.txt")
    assert "fragile(number=1)" in report.read_text() and "ArithmeticError" in report.read_text()


def test_a_failed_task_is_tried_again_and_then_its_report_is_gone(tmp_path):
    todo, store = [{"switch": str(tmp_path / "on")}], tmp_path / "store"
    with pytest.warns(UserWarning, match="failed"):
        quiet(needs, todo, store=store)
    (tmp_path / "on").touch()
    assert quiet(needs, todo, store=store).results == [1] and not list(store.rglob("*.failed.txt"))


def needs(switch):
    if not os.path.exists(switch):
        raise FileNotFoundError(switch)
    return 1


def test_a_finished_task_is_never_computed_twice(tmp_path):
    todo = sweeps.grid(number=range(5), log=[str(tmp_path / "log")])
    first = quiet(logged, todo, store=tmp_path / "store")
    again = quiet(logged, todo[::-1], store=tmp_path / "store")
    assert calls(tmp_path / "log") == [0, 1, 2, 3, 4] and again.results == first.results[::-1]
    assert np.isfinite(first.seconds).all() and np.isnan(again.seconds).all()


def test_a_kept_result_has_the_same_bits(tmp_path):
    first, again = (quiet(escape, GRID, store=tmp_path) for _ in range(2))
    assert same(first, again) and np.isnan(again.seconds).all()


def test_an_interrupt_keeps_what_is_done_and_the_next_run_does_the_rest(tmp_path):
    todo = sweeps.grid(number=range(8), log=[str(tmp_path / "log")], flag=[str(tmp_path / "flag")])
    with pytest.warns(UserWarning, match="interrupted: 5 of 8 tasks are done and kept"):
        quiet(interrupted_at_five, todo, store=tmp_path / "store")
    assert quiet(interrupted_at_five, todo, store=tmp_path / "store").results == [n * n for n in range(8)]
    assert calls(tmp_path / "log") == list(range(8))


def interrupted_at_five(number, log, flag):
    if number == 5 and not os.path.exists(flag):
        Path(flag).touch()
        raise KeyboardInterrupt
    return logged(number, log)


@contextlib.contextmanager
def interrupted_every(seconds):
    """Interrupts as by Ctrl-C, also where a shell in the background has Python ignore them."""
    over, before = threading.Event(), signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt():
        while not over.wait(seconds):
            _thread.interrupt_main()

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        signal.signal(signal.SIGINT, before)


def test_an_interrupt_while_processes_work_keeps_what_is_done(tmp_path):
    todo, two = sweeps.grid(number=range(200)), joblib.parallel_config(backend="loky", n_jobs=2)
    with two, pytest.warns(UserWarning, match="are done and kept"), interrupted_every(4.0):
        swept = quiet(tenth_of_a_second, todo, store=tmp_path)
    assert 0 < swept.done.sum() < 200 and len(list(tmp_path.rglob("*.result"))) == swept.done.sum()


def tenth_of_a_second(number):
    time.sleep(0.1)
    return number


def test_a_task_that_kills_its_worker_has_failed_and_the_others_finish():
    with joblib.parallel_config(backend="loky", n_jobs=2), pytest.warns(UserWarning, match="lost|failed"):
        swept = quiet(deadly, sweeps.grid(number=range(12)))
    assert np.flatnonzero(~swept.done).tolist() == [4] and "loses its worker" in swept.failures[4]


def deadly(number):
    if number == 4:
        os._exit(9)
    return number


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of a file's size")
def test_on_a_full_disk_nothing_is_lost_and_nothing_is_half_written(tmp_path):
    script = (
        "import resource, sys, warnings; import numpy as np; import test_sweeps as t\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))\n"
        "warnings.simplefilter('always')\n"
        f"print(t.quiet(t.ones, t.sweeps.grid(size=[10, 10_000, 20, 20_000]), store={str(tmp_path)!r}).done.sum())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert ran.stdout.strip() == "4" and "File too large" in ran.stderr and "2 results are in memory only" in ran.stderr
    assert len(list(tmp_path.rglob("*.result"))) == 2 and not list(tmp_path.rglob("*.part"))
    again = quiet(ones, sweeps.grid(size=[10, 10_000, 20, 20_000]), store=tmp_path)
    assert np.isfinite(again.seconds).tolist() == [False, True, False, True] and again.done.all()


def ones(size):
    return np.ones(size)


def test_a_disk_that_is_full_for_a_while_is_tried_again(tmp_path, monkeypatch):
    replace, full = os.replace, [OSError(28, "No space left on device")] * 2
    monkeypatch.setattr(os, "replace", lambda *names: (_ for _ in ()).throw(full.pop()) if full else replace(*names))
    with pytest.warns(UserWarning, match="No space left on device"):
        quiet(square, sweeps.grid(number=range(4)), store=tmp_path)
    assert len(list(tmp_path.rglob("*.result"))) == 4 and not list(tmp_path.rglob("*.part"))


def square(number):
    return number**2


def test_serial_tasks_have_all_threads_and_parallel_ones_have_one_each():
    assert quiet(threads_here, [{}]).results == [(None, numba.config.NUMBA_NUM_THREADS)]
    for backend in ("threading", "loky"):
        with joblib.parallel_config(backend=backend, n_jobs=2):
            assert quiet(threads_here, sweeps.grid(number=range(3))).results == [(1, 1)] * 3
    assert tasks.THREADS.get() is None


def threads_here(number=0):
    return tasks.THREADS.get(), numba.get_num_threads()


def test_the_simulator_uses_the_threads_of_its_task():
    swept = quiet(simulator_threads, [{}], threads=1), quiet(simulator_threads, [{}], threads=3)
    assert swept[0].results == [1] and swept[1].results[0] > 1


def simulator_threads():
    used = set()

    def task(begin, end, stride):
        used.add(threading.get_ident())
        time.sleep(0.01)

    tasks.on_threads(task, 10_000, None, False)
    return len(used)


def test_a_worker_takes_over_the_shift_of_all_seeds(monkeypatch):
    monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "0")
    with joblib.parallel_config(backend="loky", n_jobs=2):
        plain = quiet(escape, GRID)
        monkeypatch.setenv("ESCAPELAB_SEED_SHIFT", "5")
        moved = quiet(escape, GRID)
    assert not same(plain, moved) and same(moved, quiet(escape, GRID))


def test_a_worker_with_other_sources_is_no_worker(monkeypatch):
    monkeypatch.setattr("escapelab.workers.SOURCES", "another version")
    with (
        joblib.parallel_config(backend="loky", n_jobs=2),
        pytest.warns(UserWarning, match="other sources of escapelab"),
    ):
        assert not quiet(square, sweeps.grid(number=[1, 2])).done.any()


def test_a_progress_bar_counts_what_was_kept(tmp_path, capsys):
    quiet(square, sweeps.grid(number=range(3)), store=tmp_path)
    sweeps.run(square, sweeps.grid(number=range(4)), store=tmp_path)
    assert "4/4" in capsys.readouterr().err


def made():
    return lambda: None


REFUSED = [
    ((square, []), {}, ValueError, "tasks are empty"),
    ((square, 3), {}, TypeError, "tasks must be a list"),
    ((square, {"number": 1}), {}, TypeError, "tasks must be a list"),
    ((square, [3]), {}, TypeError, "task 0 must be a dict"),
    ((square, [{"number": 1}, {1: 2}]), {}, TypeError, "task 1 must be a dict"),
    ((square, [{"eta": 1}]), {}, TypeError, r"task 0, \(eta=1\), doesn't fit .*square: missing"),
    ((square, [{"number": 1}, {"number": 2}, {"number": 1}]), {}, ValueError, "tasks 0 and 2 are the same, .number=1"),
    ((square, [{"number": object()}]), {}, TypeError, "task 0: number"),
    (("square", [{}]), {}, TypeError, "function must be"),
    ((lambda number: 1, [{"number": 1}]), {}, TypeError, "lambda"),
    ((functools.partial(square), [{"number": 1}]), {}, TypeError, "version"),
    ((square, [{"number": 1}]), {"store": 3}, TypeError, "store must be"),
    ((square, [{"number": 1}]), {"store": __file__}, ValueError, "store must be a folder that can be written"),
    ((square, [{"number": 1}]), {"store": "a\0b"}, ValueError, "store must be"),
    ((square, [{"number": 1}]), {"version": 3}, TypeError, "version must be"),
    ((square, [{"number": 1}]), {"threads": 0}, ValueError, "threads"),
    ((square, [{"number": 1}]), {"threads": 1.5}, TypeError, "threads"),
]


@pytest.mark.parametrize(("given_", "options", "error", "words"), REFUSED, ids=[words for *_, words in REFUSED])
def test_a_bad_sweep_is_refused_before_anything_runs(given_, options, error, words):
    with pytest.raises(error, match=words):
        quiet(*given_, **options)


def test_a_function_that_cannot_be_sent_is_refused():
    lock = threading.Lock()

    def holds(number):
        return lock.locked()

    with pytest.raises(TypeError, match="can't be sent"):
        quiet(holds, [{"number": 1}], version="1")


def test_a_version_stands_for_a_function_without_a_name(tmp_path):
    todo = sweeps.grid(number=range(3))
    assert quiet(lambda number: number + 1, todo, store=tmp_path, version="1").results == [1, 2, 3]
    assert quiet(lambda number: number + 2, todo, store=tmp_path, version="2").results == [2, 3, 4]


def test_a_result_that_cannot_be_kept_is_a_bad_task():
    with pytest.warns(UserWarning, match="a function, can't be kept: return numbers"):
        assert not quiet(made, [{}]).done.any()


PARAMETER = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.binary(max_size=3),
    st.complex_numbers(), st.lists(st.integers(), max_size=3), st.tuples(st.floats()),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.just(np.zeros(2)), st.just(np.float32(1)), st.just(object()), st.just(math.sin), st.just(open),
)  # fmt: skip


def identical(value):
    return [value]


def outcome(call):
    """(result, None) or (None, the words of a ValueError or TypeError)."""
    try:
        return call(), None
    except (ValueError, TypeError) as error:
        return None, str(error)


@settings(max_examples=300, deadline=None)
@given(values=st.lists(PARAMETER, max_size=4))
def test_whatever_the_parameters_they_arrive_or_are_refused_by_name(values):
    swept, refusal = outcome(lambda: quiet(identical, [{"value": value} for value in values]))
    if refusal is None:
        assert repr([result[0] for result in swept.results]) == repr(values)
    else:
        assert any(words in refusal for words in ("value", "tasks are empty", "are the same"))


@settings(max_examples=300, deadline=None)
@given(
    handed=st.one_of(PARAMETER, st.lists(PARAMETER, max_size=3)),
    name=st.sampled_from(["tasks", "store", "version", "threads"]),
)
def test_whatever_is_handed_in_is_used_or_refused_by_name(handed, name, tmp_path_factory):
    if name == "store" and isinstance(handed, str):
        handed = f"{tmp_path_factory.getbasetemp()}/any/s{handed}"
    swept, refusal = outcome(lambda: quiet(identical, **{"tasks": [{"value": 1}], name: handed}))
    assert swept.done.all() if refusal is None else name.rstrip("s") in refusal
