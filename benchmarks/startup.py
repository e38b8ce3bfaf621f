"""What starting costs, in processor time: the import, a reader's own objective, and compiling what the lessons use.

Each is measured in processes of their own: the first two with the cache of compiled code as it is, the last one with an
empty cache.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LESSONS = ROOT / ".venv" / "bin" / "python"  # which has IPython, as a lesson's kernel has
AIMS = {"import, with compiled code on disk": 0.6, "a reader's own objective, to its first run": 0.5}
AIMS["compiling all of the library that the lessons use, once"] = 30.0

IMPORT = """
from time import process_time
t = process_time()
from escapelab import objectives, sgd
print(process_time() - t)
"""
OWN = """
from time import process_time
import numpy as np
from escapelab import objectives, sgd
law = {"start": 0.5, "eta": 0.01, "steps": 10, "walkers": 10}
sgd.ensemble(objectives.double_well(), **law)
t = process_time()
"""
DEFINED = """
@objectives.own
def mine(x):
    return np.sin(FREQUENCY * x) + x * x
sgd.ensemble(mine, **law)
print(process_time() - t)
"""
COMPILE = """
import contextlib, io, json, sys
from time import process_time
import matplotlib
matplotlib.use("agg")
from matplotlib import pyplot
from IPython.core.interactiveshell import InteractiveShell
from numba.core import event

class Compiling(event.Listener):
    # of the library's functions and what they call
    seconds, depth, begun = 0.0, 0, 0.0

    def on_start(self, _):
        self.depth, self.begun = self.depth + 1, self.begun if self.depth else process_time()

    def on_end(self, ended):
        self.depth -= 1
        module = ended.data["dispatcher"].py_func.__module__ or "a cell of a notebook"
        if not self.depth and module.startswith("escapelab"):
            self.seconds += process_time() - self.begun

compiling, shell = Compiling(), InteractiveShell.instance()
event.register("numba:compile", compiling)
for path in sys.argv[1:]:
    shell.reset(new_session=False)
    with open(path, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            shell.run_cell("".join(cell["source"]), silent=True).raise_error()
    pyplot.close("all")
print(compiling.seconds)
"""


def seconds(script, *arguments, python=sys.executable, **environment):
    """The number that a script prints last."""
    run = [str(python), "-c", script, *map(str, arguments)]
    told = subprocess.run(run, env={**os.environ, **environment}, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(told.stdout.split()[-1])


def own(folder, frequency):
    """Seconds of a reader's own objective, from its definition to the end of its first run; each one is new."""
    path = Path(folder) / f"own{frequency}.py"  # a file, because numba reads a function's source
    path.write_text(OWN + DEFINED.replace("FREQUENCY", str(frequency)), encoding="utf-8")
    return seconds("import runpy, sys; runpy.run_path(sys.argv[1])", path)


def lessons():
    """The lessons in the order of the book."""
    return sorted(path for path in (ROOT / "chapters").rglob("*.ipynb") if path.parent.name != "verdict")


def measure(rounds=5):
    """[[what, seconds, aim], ...]: medians of some rounds; compiling takes minutes and is done once."""
    with tempfile.TemporaryDirectory() as folder:
        seconds(IMPORT), own(folder, 0)  # fill the caches
        medians = [
            statistics.median(seconds(IMPORT) for _ in range(rounds)),
            statistics.median(own(folder, frequency) for frequency in range(1, rounds + 1)),
            seconds(COMPILE, *lessons(), python=LESSONS, NUMBA_CACHE_DIR=folder, ESCAPELAB_FRAMES="0"),
        ]
    return [[what, took, aim] for (what, aim), took in zip(AIMS.items(), medians, strict=True)]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
