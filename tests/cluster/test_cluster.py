"""Sweeps on a real Dask cluster of this machine: whatever breaks, nothing is lost and nothing is wrong."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
from escapelab import sweeps

pytest.importorskip("distributed")
jobs = pytest.importorskip("jobs")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(sys.platform == "win32", reason="uses signals and limits of POSIX"),
]


def spread(function, tasks, **options):
    """The sweep on the cluster."""
    with joblib.parallel_config(backend="dask", wait_for_workers_timeout=30):
        return sweeps.run(function, tasks, progress=False, **options)


def here(function, tasks, **options):
    """The same sweep, one task after another, in this process."""
    return sweeps.run(function, tasks, progress=False, **options)


def same(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a.results, b.results, strict=True))


def calls(log):
    return sorted(int(line) for line in Path(log).read_text().split())


def kept(store):
    return len(list(store.rglob("*.result")))


def test_a_cluster_has_the_bits_of_one_core(client):
    todo = sweeps.grid(eta=[0.02, 0.05], batch=[1, 10], replica=range(3))
    serial, spread_out = here(jobs.escape, todo), spread(jobs.escape, todo)
    assert all(np.array_equal(a["theta"], b["theta"]) for a, b in zip(serial.results, spread_out.results, strict=True))


def test_three_processes_work_with_one_thread_each(client):
    processes, threads = zip(*spread(jobs.whereabouts, sweeps.grid(number=range(12))).results, strict=True)
    assert len(set(processes)) == 3 and set(threads) == {1}


def test_a_cluster_of_one_core_works_there_and_not_here(lone_worker):
    processes, _ = zip(*spread(jobs.whereabouts, sweeps.grid(number=range(2))).results, strict=True)
    assert len(set(processes)) == 1 and os.getpid() not in processes


def test_a_bad_task_reports_itself_and_the_others_finish(client):
    with pytest.warns(
        UserWarning, match=r"1 of 8 tasks failed[\s\S]*jobs.fragile\(number=3\)[\s\S]*three is one too many"
    ):
        swept = spread(jobs.fragile, sweeps.grid(number=range(8)))
    assert swept.results == [0, 1, 2, None, 4, 5, 6, 7] and list(swept.failures) == [3]


def test_a_worker_killed_in_mid_sweep_costs_nothing_but_time(client, tmp_path):
    todo = sweeps.grid(number=range(30), log=[str(tmp_path / "log")], flag=[str(tmp_path / "flag")])
    swept = spread(jobs.deadly_once, todo, store=tmp_path / "store")
    assert (tmp_path / "flag").exists() and set(calls(tmp_path / "log")) == set(range(30))
    assert same(swept, here(jobs.deadly_once, todo)) and kept(tmp_path / "store") == 30


def test_a_task_that_always_kills_its_worker_has_failed_and_the_others_finish(client):
    with pytest.warns(UserWarning, match="are sent again|1 of 8 tasks failed"):
        swept = spread(jobs.deadly, sweeps.grid(number=range(8)))
    assert swept.results == [0, 1, 2, None, 4, 5, 6, 7] and "loses its worker" in swept.failures[3]


def test_a_damaged_result_is_told_and_computed_again(client, tmp_path):
    todo, store = sweeps.grid(number=range(9), log=[str(tmp_path / "log")]), tmp_path / "store"
    first = spread(jobs.logged, todo, store=store)
    a, b, c, d, *_ = sorted(store.rglob("*.result"))
    a.write_bytes(a.read_bytes()[:-1])
    b.write_bytes(b.read_bytes().replace(b"escapelab-result", b"escapelab-resu1t"))
    c.write_bytes(d.read_bytes())
    with pytest.warns(UserWarning, match="checksum|holds another task") as told:
        again = spread(jobs.logged, todo, store=store)
    assert len(told) == 3 and same(first, again) and len(calls(tmp_path / "log")) == 9 + 3
    assert np.isnan(spread(jobs.logged, todo, store=store).seconds).all()


def test_on_a_full_disk_nothing_is_lost_and_the_next_run_does_only_the_rest(cluster, client, tmp_path):
    todo, store = sweeps.grid(size=[10, 5000, 20, 6000, 30], log=[str(tmp_path / "log")]), tmp_path / "store"
    script = (
        "import resource, warnings, joblib, numpy as np, jobs; from dask.distributed import Client\n"
        "from escapelab import sweeps\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8000, resource.RLIM_INFINITY))\n"
        f"client = Client({cluster.address!r})\n"
        "with joblib.parallel_config(backend='dask'):\n"
        f"    swept = sweeps.run(jobs.sized, {todo!r}, store={str(store)!r}, progress=False)\n"
        "print([r.size for r in swept.results])"
    )
    home = Path(jobs.__file__).parent
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=home)
    assert ran.stdout.strip() == "[10, 5000, 20, 6000, 30]" and "2 results are in memory only" in ran.stderr
    assert kept(store) == 3 and not list(store.rglob("*.part"))
    assert same(spread(jobs.sized, todo, store=store), here(jobs.sized, todo, store=store)) and kept(store) == 5
    assert calls(tmp_path / "log") == [10, 20, 30, 5000, 5000, 6000, 6000]


def test_a_function_that_workers_do_not_have_is_told(client, tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def f(number):\n    return number")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.warns(UserWarning, match="No module named 'only_here'"):
        assert not spread(pytest.importorskip("only_here").f, sweeps.grid(number=range(3))).done.any()


def test_a_scheduler_restarted_in_mid_sweep_costs_nothing_but_time(cluster, client, tmp_path):
    todo, store = sweeps.grid(number=range(40), log=[str(tmp_path / "log")], seconds=[0.2]), tmp_path / "store"

    def restart():
        while kept(store) < 10:
            time.sleep(0.05)
        before.extend(store.rglob("*.result"))
        cluster.restart_scheduler()

    before, restarter = [], threading.Thread(target=restart)
    restarter.start()
    with pytest.warns(UserWarning, match="are sent again"):
        swept = spread(jobs.logged, todo, store=store)
    restarter.join()
    assert 10 <= len(before) < 40 and kept(store) == 40 and swept.done.all()
    assert same(swept, here(jobs.logged, [{**task, "seconds": 0.0} for task in todo]))


def test_a_cluster_that_is_gone_gives_what_is_done_and_the_next_run_does_only_the_rest(cluster, tmp_path):
    distributed = pytest.importorskip("distributed")
    todo, store = sweeps.grid(number=range(30), log=[str(tmp_path / "log")], seconds=[0.1]), tmp_path / "store"
    client = distributed.Client(cluster.address, timeout=60)
    client.wait_for_workers(3, timeout=60)
    threading.Thread(target=lambda: (wait_for(lambda: kept(store) >= 6), client.close())).start()
    with pytest.warns(UserWarning, match="are sent again|are done and kept"):
        swept = spread(jobs.logged, todo, store=store)
    assert 6 <= swept.done.sum() < 30 and kept(store) == swept.done.sum()
    rest = here(jobs.logged, todo, store=store)
    assert rest.done.all() and np.isfinite(rest.seconds).sum() == 30 - swept.done.sum()


def wait_for(condition):
    while not condition():
        time.sleep(0.05)
