"""Sweeps: one function, many independent tasks, on one core, on all or on a cluster. Explained in reference/cluster.

A sweep is run by joblib under whatever ``joblib.parallel_config`` is in force: the line is the same for a laptop and
for a Dask cluster. Results are kept as they come, so that a sweep that was stopped goes on where it was.
"""

import inspect
import itertools
import pickle
import warnings
from typing import NamedTuple

import numpy as np

from . import identity, workers
from .arguments import count
from .store import Store


class Sweep(NamedTuple):
    """What a sweep gave, in the order of its tasks."""

    tasks: list  # (tasks,) dicts of parameters
    results: list  # (tasks,) what the function returned; None where not done
    done: np.ndarray  # (tasks,) bool
    failures: dict  # task number -> its parameters and traceback, as text
    seconds: np.ndarray  # (tasks,) wall time of each task computed by this call; NaN for the others

    def records(self):
        """One dict a task, in order: its parameters, its result and ``done``.

        A result that is a dict gives one entry for each of its keys, any other stands under ``result``. For example
        ``pandas.DataFrame(sweep.records())``. Explained in reference/cluster.
        """
        rows = zip(self.tasks, self.results, self.done.tolist(), strict=True)
        parts = ((task, r if isinstance(r, dict) else {"result": r} if done else {}, done) for task, r, done in rows)
        return [{**task, **part, "done": done} for task, part, done in parts]


def grid(**values):
    """All combinations of the values as a list of tasks (dicts); the last name changes fastest.

    ``grid(eta=[0.1, 0.2], k=[1, 10], replica=range(5))`` has 20 tasks, so that results that are numbers reshape to
    (2, 2, 5). NumPy's numbers become Python's. Raises TypeError for values that aren't a list, range or array in one
    dimension, ValueError for none. Explained in reference/cluster.
    """
    columns = {}
    for name, column in values.items():
        if isinstance(column, (str, bytes, dict)) or not hasattr(column, "__iter__") or getattr(column, "ndim", 1) != 1:
            raise TypeError(f"{name} must be a list of values; got {column!r}")
        column = list(column)
        if not column:
            raise ValueError(f"{name} has no values")
        columns[name] = [value.item() if isinstance(value, np.generic) else value for value in column]
    if not columns:
        raise ValueError("a grid needs at least one name with its values, for example grid(eta=[0.1, 0.2])")
    return [dict(zip(columns, combination, strict=True)) for combination in itertools.product(*columns.values())]


def run(function, tasks, *, store=None, version=None, threads=None, progress=True):
    """Call ``function(**task)`` for each task, in parallel as ``joblib.parallel_config`` says.

    Parameters
    ----------
    function : callable
        Pure: the same parameters give the same result. A function with a name, or anything that cloudpickle can send
        together with ``version``.
    tasks : list of dict
        Parameters by name, no two alike; see :func:`grid`.
    store : folder, optional
        Where results are kept as they come, one file each. A finished task is read, not computed, whenever the function
        (with what it calls of the reader's own), the library's sources, $ESCAPELAB_SEED_SHIFT and the parameters are
        the same. A damaged file is told and computed again.
    version : str, optional
        Stands for the function's source; change it when results change.
    threads : int, optional
        Threads of each task, for the simulator and for numba. By default all cores if tasks run one after another, one
        each otherwise, so that nothing is oversubscribed. Results have the same bits for any number.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Sweep
        A task that raises is marked, reported with its parameters and traceback, told in one warning, and tried again
        by the next run; the others finish. Tasks lost with a worker are sent again; one that loses its workers each
        time has failed. An interrupt, or a cluster that is gone, gives what is done, with a warning.

    Raises
    ------
    TypeError, ValueError
        Naming what is wrong, before anything is computed: no tasks, two alike, parameters that the function doesn't
        take or that can't be told apart, a function that can't be sent or has no name, a store that can't be written.

    Explained in reference/cluster.
    """
    threads = None if threads is None else count("threads", threads, 1)
    tasks = _checked(function, tasks)
    name, keys = identity.named(function), _keys(function, tasks, version)
    blob = workers.packed(function)
    kept = _Kept(tasks, keys, name, None if store is None else Store(store))
    waiting = [number for number in range(len(tasks)) if not kept.read(number)]
    stopped = None
    if progress:
        from tqdm.auto import tqdm

        bar = tqdm(total=len(tasks), initial=len(tasks) - len(waiting), unit="task")
    try:
        for outcome in workers.outcomes(blob, tasks, waiting, threads):
            kept.take(outcome)
            progress and bar.update()
    except KeyboardInterrupt:
        stopped = "interrupted"
    except workers.Lost as lost:
        stopped = str(lost)
    finally:
        progress and bar.close()
    kept.tell(stopped)
    return Sweep(tasks, kept.results, kept.done, dict(sorted(kept.failures.items())), kept.seconds)


class _Kept:
    """What is done so far, in memory and in the store."""

    def __init__(self, tasks, keys, name, store):
        self.tasks, self.keys, self.name, self.store = tasks, keys, name, store
        self.results, self.done = [None] * len(tasks), np.zeros(len(tasks), bool)
        self.failures, self.seconds, self.unsaved = {}, np.full(len(tasks), np.nan), {}

    def read(self, number):
        """Whether the store has the result of this task."""
        if self.store is None:
            return False
        found, result, wrong = self.store.read(self.keys[number])
        if wrong:
            path = self.store.path(self.keys[number])
            warnings.warn(f"{path}: {wrong}; the task is computed again", stacklevel=3)
        self.results[number], self.done[number] = result, found
        return found

    def take(self, outcome):
        """Keep what a worker sent."""
        number, payload, report, self.seconds[outcome.number] = outcome
        if report is None:
            self.results[number], self.done[number] = pickle.loads(payload), True
            self.unsaved[number] = payload
            full = self.save([number])
            if full and len(self.unsaved) == 1:
                warnings.warn(f"{full}; results stay in memory, and saving is tried again", stacklevel=3)
        else:
            self.failures[number] = f"{self.name}({_shown(self.tasks[number])})\n\n{report}"
            if self.store is not None:
                self.store.report(self.keys[number], self.failures[number])

    def save(self, numbers):
        """Write what of these isn't written; returns why not, if something isn't."""
        full = None
        for number in self.unsaved.keys() & set(numbers):
            try:
                if self.store is not None:
                    about = {"function": self.name, "task": self.tasks[number], "seconds": self.seconds[number]}
                    self.store.write(self.keys[number], self.unsaved[number], **about)
                del self.unsaved[number]
            except OSError as error:
                full = f"a result can't be kept in {str(self.store.folder)!r} ({error.strerror or error})"
        return full

    def tell(self, stopped):
        """Warn of what isn't as it should be."""
        full = self.save(range(len(self.tasks)))
        if full:
            warnings.warn(f"{full}: {len(self.unsaved)} results are in memory only", stacklevel=3)
        if stopped:
            saved = " and kept" if self.store is not None and not full else ""
            warnings.warn(f"{stopped}: {self.done.sum()} of {len(self.tasks)} tasks are done{saved}", stacklevel=3)
        if self.failures:
            first = self.failures[min(self.failures)]
            warnings.warn(f"{len(self.failures)} of {len(self.tasks)} tasks failed; the first:\n{first}", stacklevel=3)


def _shown(task):
    return ", ".join(f"{name}={value!r}" for name, value in task.items())


def _checked(function, tasks):
    """The tasks as a list of dicts that the function takes; TypeError or ValueError otherwise."""
    if not callable(function):
        raise TypeError(f"function must be a function; got {function!r}")
    if isinstance(tasks, (str, bytes, dict)) or not hasattr(tasks, "__iter__"):
        raise TypeError(f"tasks must be a list of dicts, for example sweeps.grid(eta=[0.1, 0.2]); got {tasks!r}")
    tasks = list(tasks)
    if not tasks:
        raise ValueError("tasks are empty: there is nothing to do")
    try:
        signature = inspect.signature(getattr(function, "py_func", function))
    except ValueError:  # a builtin that doesn't say what it takes
        signature = None
    for number, task in enumerate(tasks):
        if not isinstance(task, dict) or not all(isinstance(name, str) for name in task):
            raise TypeError(f"task {number} must be a dict of parameters by name; got {task!r}")
        try:
            signature and signature.bind(**task)
        except TypeError as error:
            name = identity.named(function)
            raise TypeError(f"task {number}, ({_shown(task)}), doesn't fit {name}: {error}") from None
    return tasks


def _keys(function, tasks, version):
    """The key of each task in a store; raises ValueError if two are alike."""
    if version is not None and not isinstance(version, str):
        raise TypeError(f"version must be a string; got {version!r}")
    base = identity.fingerprint(function, version)
    keys, first = [], {}
    for number, task in enumerate(tasks):
        key = identity.digest(f"{base}\n{identity.of_task(f'task {number}', task)}")
        if first.setdefault(key, number) != number:
            raise ValueError(
                f"tasks {first[key]} and {number} are the same, ({_shown(task)}): number them, for example replica=0, 1"
            )
        keys.append(key)
    return keys
