"""Execute notebooks, two at a time, with a line of progress for each."""

import concurrent.futures
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import nbclient
import notebooks

TIMEOUT = 300  # seconds a cell


def execute(path: Path, environment: dict[str, str] | None = None, widgets: bool = False, first: str = ""):
    """The notebook at path, executed in its own folder; RuntimeError where a cell raises or writes to stderr.

    environment: more variables for the kernel. widgets: keep the state of the widgets, as a built page needs it.
    first: code that the kernel runs before the notebook.
    """
    notebook = notebooks.read(path)
    for cell in notebooks.code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    running = 0

    def started(cell, cell_index):
        nonlocal running
        running = cell_index + 1

    client = nbclient.NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=widgets,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR", *([f"--IPKernelApp.exec_lines={first}"] if first else [])],
        on_cell_start=started,
    )
    variables = {**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONHASHSEED": "0", **(environment or {})}
    try:
        client.execute(env=variables)
    except (nbclient.exceptions.CellControlSignal, RuntimeError) as problem:
        raise RuntimeError(f"{notebooks.slug(path)}: cell {running} failed\n{problem}") from None
    for cell in notebooks.code_cells(notebook):
        for output in cell.outputs:
            if output.get("name") == "stderr":
                raise RuntimeError(f"{notebooks.slug(path)} writes to stderr: {output.text.strip()[:500]}")
    return notebook


def each(work: Callable, tasks: Iterable, say: Callable[[object], str], processes: int = 2) -> list:
    """work(task) for every task, `processes` at a time, in order of the tasks; failures come back as exceptions."""
    tasks = list(tasks)
    results: list = [None] * len(tasks)
    started = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        jobs = {pool.submit(_timed, work, task): i for i, task in enumerate(tasks)}
        try:
            for done, job in enumerate(concurrent.futures.as_completed(jobs), 1):
                place = jobs[job]
                results[place], seconds = job.result()
                state = "FAILED" if isinstance(results[place], Exception) else "ok"
                elapsed = time.perf_counter() - started
                line = f"[{done}/{len(tasks)}] {say(tasks[place])}: {state}, {seconds:.1f} s (all {elapsed:.0f} s)"
                print(line, file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


def _timed(work: Callable, task) -> tuple[object, float]:
    started = time.perf_counter()
    try:
        result = work(task)
    except Exception as problem:
        result = problem
    return result, time.perf_counter() - started
