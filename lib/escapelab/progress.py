"""What a learner has done: a file of their own, written by `check`, read by `show()`, never sent anywhere.

    from escapelab import progress
    progress.show()             done in each chapter and in the book
    progress.start_over("q1")   forget a chapter; without a name, everything

The file is ~/.escapelab/progress.json, or what the environment variable ESCAPELAB_PROGRESS names; deleting it starts
over, too. Explained in reference/exercises.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path

from escapelab.answers import registry


def file() -> Path:
    """Where the progress is kept."""
    return Path(os.environ.get("ESCAPELAB_PROGRESS") or Path.home() / ".escapelab" / "progress.json")


def done() -> set[str]:
    """The ids of the exercises that were answered rightly; empty where there is no file, or none that can be read."""
    try:
        kept = json.loads(file().read_text(encoding="utf-8"))["done"]
        return {name for name in kept if name in registry()}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _keep(names: set[str]) -> None:
    """Replace the file in one move; a home that cannot be written keeps nothing, and nobody is troubled."""
    with contextlib.suppress(OSError):
        file().parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=file().parent, suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump({"done": sorted(names)}, out, indent=1)
        os.replace(draft, file())


def mark(exercise: str) -> str:
    """Note an exercise of the book as done; how far its chapter and the book are."""
    before = done()
    if exercise not in before:
        _keep(before | {exercise})
    return _sentence(registry()[exercise].lesson, before | {exercise})


def _sentence(lesson: str, names: set[str]) -> str:
    here = [task.id for task in registry().values() if task.lesson == lesson]
    chapter = f"{len(names.intersection(here))} of {len(here)} in this chapter"
    return f"Done: {chapter}, {len(names)} of {len(registry())} in the book."


def show() -> None:
    """Print what is done, chapter by chapter."""
    names = done()
    for lesson in dict.fromkeys(task.lesson for task in registry().values()):
        here = [task for task in registry().values() if task.lesson == lesson]
        boxes = " ".join(f"[{'x' if task.id in names else ' '}] {task.id.removeprefix(lesson + '-')}" for task in here)
        print(f"{lesson:14} {sum(task.id in names for task in here)} of {len(here)}   {boxes}")
    print(f"{'the book':14} {len(names)} of {len(registry())}   kept in {file()}")


def start_over(lesson: str = "") -> None:
    """Forget what is done in a chapter, named as its exercises begin ("q1"), or in all of the book.

    ValueError for a chapter that has no exercises.
    """
    known = {task.lesson for task in registry().values()}
    if lesson and lesson not in known:
        raise ValueError(f"lesson must be one of {sorted(known)} or empty for all, got {lesson!r}")
    _keep({name for name in done() if lesson and registry()[name].lesson != lesson})
