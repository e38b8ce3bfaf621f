"""What a classroom needs, measured: `make classroom`, or

python tools/classroom.py thread/q1-why-it-settles ...     these lessons; none: every lesson

For each lesson: the peak memory and the CPU time of a kernel that runs all of it, the CPU time to its first figure, and
the seconds until the slowest of ten kernels, started together on two cores, shows that figure. Linux only.
"""

import argparse
import concurrent.futures
import os
import queue
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import notebooks
from jupyter_client import KernelManager

LIMIT_MB, LIMIT_SECONDS = 400, 10.0
PICTURES = ("image/png", notebooks.WIDGET)
TICK = os.sysconf("SC_CLK_TCK")


class Usage(NamedTuple):
    """What one kernel took. Times are in seconds, from the moment at which all of them start."""

    peak: float  # MB of resident memory at most
    cpu: float  # of all its cells that were run, and of its start
    first_cpu: float  # until the first figure
    first_wall: float


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _shows(client, message: str) -> bool:
    """Whether the cell sends a picture: at the first one, or when it is done. RuntimeError where it fails."""
    while True:
        try:
            got = client.get_iopub_msg(timeout=300)
        except queue.Empty:
            raise RuntimeError("a cell ran for more than five minutes") from None
        if got["parent_header"].get("msg_id") != message:
            continue
        content, kind = got["content"], got["msg_type"]
        if kind == "error":
            raise RuntimeError(f"{content['ename']}: {content['evalue']}")
        if kind in ("display_data", "execute_result") and any(name in content["data"] for name in PICTURES):
            return True
        if kind == "status" and content["execution_state"] == "idle":
            return False


def kernel(path: Path, ready: threading.Barrier, whole: bool) -> Usage:
    """Start a kernel together with the others at the barrier, and run the lesson: to its first figure, or all of it."""
    cells = [cell.source for cell in notebooks.code_cells(notebooks.read(path))]
    folder = tempfile.TemporaryDirectory()  # of sockets: kernels that start at once take each other's ports
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{folder.name}/kernel")
    ready.wait()
    started = time.perf_counter()
    manager.start_kernel(cwd=str(path.parent), extra_arguments=["--log-level=CRITICAL"])
    client, first = manager.client(), None
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        pid = manager.provisioner.pid
        for source in cells:
            message = client.execute(source)
            if _shows(client, message) and first is None:
                first = _cpu(pid), time.perf_counter() - started
                if not whole:
                    break
        if first is None:
            raise RuntimeError(f"{notebooks.slug(path)} shows no figure")
        if whole:
            client.execute("0", reply=True, timeout=300)
        return Usage(_peak(pid), _cpu(pid), *first)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        folder.cleanup()


def measure(path: Path, together: int) -> tuple[Usage, float]:
    """One kernel alone through all of the lesson, and the slowest first figure of so many started together."""
    alone = kernel(path, threading.Barrier(1), whole=True)
    if not together:
        return alone, float("nan")
    ready = threading.Barrier(together)
    with concurrent.futures.ThreadPoolExecutor(together) as pool:
        each = [pool.submit(kernel, path, ready, False) for _ in range(together)]
        return alone, max(one.result().first_wall for one in each)


def main() -> int:
    """Run the command line; 1 where a kernel takes more memory than LIMIT_MB."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lessons", nargs="*", help="part/slug; none: every lesson")
    parser.add_argument("--together", type=int, default=10, help="kernels that start at once; 0: only one, alone")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, cores)
    chosen = [path for path in notebooks.chosen(arguments.lessons) if notebooks.slug(path) not in notebooks.LISTINGS]
    print(f"{arguments.together} kernels on {len(cores)} cores; load of the machine before: {os.getloadavg()[0]:.1f}")
    print(f"| lesson | memory, MB | CPU, s | CPU to first figure, s | first figure of {arguments.together}, s |")
    print("|---|---|---|---|---|")
    too_large = 0
    for path in chosen:
        alone, slowest = measure(path, arguments.together)
        too_large += alone.peak > LIMIT_MB
        print(
            f"| {notebooks.slug(path)} | {alone.peak:.0f} | {alone.cpu:.1f} | {alone.first_cpu:.1f} | {slowest:.1f} |",
            flush=True,
        )
    print(f"at most {LIMIT_MB} MB a kernel: {'no' if too_large else 'yes'}")
    return bool(too_large)


if __name__ == "__main__":
    sys.exit(main())
