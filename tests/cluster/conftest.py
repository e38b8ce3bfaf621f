"""A real Dask scheduler and real workers, each a process of its own, on the loopback address."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

HOME = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME), os.environ.get("PYTHONPATH", "")])}


class Cluster:
    """A scheduler and its workers, which are started again whenever they end, as Kubernetes or Slurm would."""

    def __init__(self, folder, workers):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.open, self.address = folder, True, f"tcp://127.0.0.1:{self.port}"
        self.scheduler, self.workers = self._scheduler(), {}
        self.keepers = [threading.Thread(target=self._keep, args=(name,)) for name in range(workers)]
        for keeper in self.keepers:
            keeper.start()

    def _start(self, command, name, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{command}", "--host", "127.0.0.1", *options]
        with open(self.folder / f"{name}.log", "a") as log:
            return subprocess.Popen([*command, "--no-dashboard"], stdout=log, stderr=log, cwd=HOME, env=ENVIRONMENT)

    def _scheduler(self):
        return self._start("scheduler", "scheduler", "--port", str(self.port))

    def _keep(self, name):
        while self.open:
            options = ["--nthreads", "1", "--memory-limit", "0", "--local-directory", str(self.folder / "scratch")]
            self.workers[name] = self._start("worker", f"worker-{name}", self.address, *options)
            if not self.open:  # closed while this one was started
                self.workers[name].terminate()
            self.workers[name].wait()

    def restart_scheduler(self):
        """Kill it, as a failing machine would, and start a new one at the same address."""
        self.scheduler.kill()
        self.scheduler.wait()
        self.scheduler = self._scheduler()

    def close(self):
        self.open = False
        for process in [*self.workers.values(), self.scheduler]:
            process.terminate()
        for keeper in self.keepers:
            keeper.join(20)
        self.scheduler.wait(20)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    running = Cluster(tmp_path_factory.mktemp("cluster"), workers=3)
    yield running
    running.close()


@pytest.fixture
def client(cluster):
    with connected(cluster, workers=3) as client:
        yield client


@pytest.fixture
def lone_worker(tmp_path):
    """A client of a cluster with one worker of one thread."""
    running = Cluster(tmp_path, workers=1)
    try:
        with connected(running, workers=1) as client:
            yield client
    finally:
        running.close()


@contextlib.contextmanager
def connected(cluster, workers):
    """A client of the cluster when so many workers are there."""
    distributed = pytest.importorskip("distributed")
    with distributed.Client(cluster.address, timeout=60) as client:
        client.wait_for_workers(workers, timeout=60)
        yield client
