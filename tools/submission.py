"""A student's notebook in a kernel of its own: `answers(notebook, asked)` is what it answers, as plain data.

Nothing of a submission runs anywhere else, and nothing that it does in its kernel can grade it: the kernel gets inputs
and returns values, and never sees a solution (grading.py compares, in another process). Outputs are not collected, so
that a hundred megabytes of them cost nothing here. A cell that does not end, or ends the kernel, costs only the
exercise that needs it: the other cells run again without it.
"""

import ast
import base64
import contextlib
import json
import os
import queue
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file

CELL_SECONDS = float(os.environ.get("ESCAPELAB_CELL_SECONDS", 60.0))  # of CPU for one cell, or all calls of an answer
PATIENCE = 6.0  # so many times that by the clock, for what only waits; a busy machine changes no grade
SECONDS = 1800.0  # for the whole notebook, by the clock
START_SECONDS = 60.0
MEMORY = 4 * 2**30  # bytes of address space beyond which the kernel's allocations fail
FILE_BYTES = 50 * 2**20  # the largest file that a submission can write

KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "LD_LIBRARY_PATH", "NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")
THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")

PRELUDE = """
def _prelude():
    import sys, types
    answers, exercises = types.ModuleType("escapelab.answers"), types.ModuleType("escapelab.exercises")
    answers.registry = dict
    exercises.check = lambda exercise=None, answer=None: print(f"{exercise}: graded later")
    exercises.hint = exercises.check
    sys.modules.update({"escapelab.answers": answers, "escapelab.exercises": exercises})
_prelude()
del _prelude
"""

PROBE = """
def _probe(answer, packed):
    import base64, json, pickle
    import numpy
    def plain(value, depth=0):
        if value is None or value is ... or (isinstance(value, type) is False and callable(value)):
            return {"is": "function" if callable(value) else "stub"}
        if isinstance(value, (bool, str)):
            return {"is": "value", "value": value if isinstance(value, bool) else str(value)[:20000]}
        if isinstance(value, (list, tuple)) and depth < 5 and len(value) <= 10000:
            return {"is": "list", "value": [plain(part, depth + 1) for part in value]}
        if isinstance(value, range) and len(value) <= 10000:
            return plain(list(value), depth)
        if isinstance(value, (numpy.ndarray, numpy.generic)) and value.size <= 10000 and value.dtype.kind in "biuf":
            return plain(value.tolist(), depth)
        if isinstance(value, int):
            return {"is": "value", "value": int(value) if abs(value) < 10**300 else float("inf")}
        if isinstance(value, float):
            return {"is": "value", "value": float(value)}
        return {"is": "odd", "value": type(value).__name__[:60]}
    def tried(inputs):
        try:
            return plain(answer(*inputs))
        except NotImplementedError:
            return {"is": "stub"}
        except Exception as problem:
            return {"is": "raised", "value": [type(problem).__name__[:60], str(problem)[:200]]}
    if packed is None or not callable(answer):
        found = plain(answer)
    else:
        found = {"is": "calls", "value": [tried(inputs) for inputs in pickle.loads(base64.b64decode(packed))]}
    return json.dumps(found)
"""


class Asked(NamedTuple):
    """One exercise of an assignment: the expression to look at and, for a function, its pickled inputs."""

    exercise: str
    expression: str
    inputs: bytes | None


class _Stopped(Exception):
    """A cell that ran too long, or ended its kernel; says which."""


class _Kernel:
    """A kernel in a folder and a process group of its own, spoken to by its shell channel alone."""

    def __init__(self, folder: Path):
        connection = str(folder / "kernel.json")
        write_connection_file(connection, ip=str(folder / "socket"), transport="ipc")
        home = folder / "work"
        home.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ipykernel_launcher", "-f", connection, "--log-level=CRITICAL"],
            cwd=home, env=_environment(home), start_new_session=True, preexec_fn=_limit,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.client = BlockingKernelClient(connection_file=connection)
        self.client.load_connection_file()
        self.client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        self._reply(self.client.kernel_info(), START_SECONDS)

    def run(self, source: str, seconds: float, expression: str = "") -> dict:
        """The reply to a cell; _Stopped where it takes longer or the kernel dies."""
        wanted = {"value": expression} if expression else {}
        return self._reply(
            self.client.execute(
                source, silent=bool(expression), user_expressions=wanted, allow_stdin=False, stop_on_error=False
            ),
            seconds,
        )

    def _reply(self, message: str, seconds: float) -> dict:
        spent, end, interrupts = self._spent(), time.monotonic() + PATIENCE * seconds, 0
        while True:
            if self.process.poll() is not None:
                raise _Stopped("the kernel ended while this ran: the process was killed or it crashed")
            try:
                reply = self.client.get_shell_msg(timeout=0.2)
            except queue.Empty:
                reply = {}
            if reply.get("parent_header", {}).get("msg_id") == message:
                return {**reply["content"], "interrupted": interrupts > 0}
            if self._spent() - spent > seconds or time.monotonic() > end:
                if interrupts == 3:
                    raise _Stopped("endless")
                os.kill(self.process.pid, signal.SIGINT)
                spent, seconds, interrupts = self._spent(), 1.0, interrupts + 1
                end = time.monotonic() + PATIENCE * seconds

    def _spent(self) -> float:
        """Seconds of CPU that the kernel has used; 0 where it has ended."""
        try:
            times = psutil.Process(self.process.pid).cpu_times()
            return times.user + times.system
        except psutil.Error:
            return 0.0

    def close(self) -> None:
        """End the kernel and everything that it started in its group."""
        self.client.stop_channels()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _environment(home: Path) -> dict[str, str]:
    """Nothing of ours but what Python needs to start, the caches of compiled code and of fonts."""
    import escapelab
    import matplotlib

    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    own = dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), str(home)) | {"MPLBACKEND": "Agg"}
    caches = {"NUMBA_CACHE_DIR": str(escapelab.CACHE.parents[1]), "MPLCONFIGDIR": matplotlib.get_configdir()}
    return {**kept, **own, **caches, **dict.fromkeys(THREADS, "1"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (int(2 * SECONDS), int(2 * SECONDS)))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answers(cells: list[tuple[str, str]], asked: list[Asked]) -> dict[str, dict]:
    """What the kernel has for each exercise, as plain data: {"is": ..., "value": ...}.

    cells: ("code", source) in order, and ("test", exercise) where an exercise is to be looked at.
    """
    start, left_out, found = time.monotonic(), {}, {}
    while True:
        try:
            _attempt(cells, {one.exercise: one for one in asked}, left_out, found, start + SECONDS)
        except _Stopped as stopped:
            place, reason = stopped.args
            left_out[place] = reason
            if place >= 0 and time.monotonic() < start + SECONDS:
                continue
        late = {"is": "late", "value": f"the notebook ran for more than {SECONDS:g} seconds"}
        return {one.exercise: found.get(one.exercise, late) for one in asked}


def _attempt(cells, asked, left_out, found, end) -> None:
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as folder:
        try:
            kernel = _Kernel(Path(folder))
        except _Stopped:
            raise _Stopped(-1, "the kernel did not start") from None
        place = -1
        try:
            kernel.run(PRELUDE, START_SECONDS)
            before = ""
            for place, (kind, text) in enumerate(cells):
                seconds = min(CELL_SECONDS, end - time.monotonic())
                if seconds <= 0:
                    raise _Stopped(-1, "late")
                if kind == "test":
                    if text not in found:
                        found[text] = _look(kernel, asked[text], seconds, left_out.get(place, before))
                    before = ""
                elif place in left_out:
                    before = left_out[place]
                else:
                    before = _step(kernel, text, seconds, place) or before
        except _Stopped as stopped:
            reason = stopped.args[-1]
            raise _Stopped(place if len(stopped.args) == 1 else -1, reason) from None
        finally:
            kernel.close()


def _step(kernel: _Kernel, source: str, seconds: float, place: int) -> str:
    reply = kernel.run(source, seconds)
    if reply["interrupted"]:
        return "endless"
    if reply["status"] == "error":
        return f"the cell raised {reply.get('ename')} ({str(reply.get('evalue'))[:200]})"
    return ""


def _look(kernel: _Kernel, one: Asked, seconds: float, before: str) -> dict:
    """The answer to one exercise; where there is none, why: what went wrong in the cells before."""
    packed = None if one.inputs is None else base64.b64encode(one.inputs).decode()
    reply = kernel.run(PROBE, seconds, f"_probe({one.expression}, {packed!r})")
    if reply["interrupted"]:
        return {"is": "late", "value": "endless"}
    try:
        shown = reply["user_expressions"]["value"]
        if shown["status"] == "error" and (before == "endless" or before.startswith("the kernel ended")):
            return {"is": "late" if before == "endless" else "crashed", "value": before}
        if shown["status"] == "error":
            return {"is": "failed", "value": before or f"{shown['ename']} ({str(shown['evalue'])[:200]})"}
        return dict(json.loads(ast.literal_eval(shown["data"]["text/plain"])))
    except (KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
        return {"is": "failed", "value": "the kernel gave no readable answer"}
