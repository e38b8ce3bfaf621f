"""A folder of finished tasks: one file each, written whole or not at all, checked when read. Explained in
reference/cluster.

A file has two lines of text, then the pickled result:

    escapelab-result <SHA-256 of everything after this line>
    {"key": ..., "function": ..., "task": ..., "seconds": ..., "escapelab": ..., "numpy": ..., "python": ...}

Pickles run code when they are read: open a store only if you trust whoever wrote it.
"""

import contextlib
import hashlib
import json
import os
import pickle
import platform
import tempfile
from pathlib import Path

import numpy as np

from . import __version__

_MAGIC = "escapelab-result"


class Store:
    """The results kept in a folder, by key; safe for several processes at once.

    Raises TypeError if ``folder`` is no path, ValueError if it can't be made or written. Explained in
    reference/cluster.
    """

    def __init__(self, folder):
        if not isinstance(folder, (str, os.PathLike)):
            raise TypeError(f"store must be a folder's name or None; got {folder!r}")
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ValueError(f"store must be a folder that can be written; {str(folder)!r}: {reason}") from None

    def path(self, key):
        """Where the result with this key is kept."""
        return self.folder / key[:2] / f"{key}.result"

    def read(self, key):
        """(True, result, None) if it is kept, (False, None, None) if not, (False, None, why) if its file is damaged."""
        try:
            content = self.path(key).read_bytes()
        except FileNotFoundError:
            return False, None, None
        except OSError as error:
            return False, None, error.strerror or str(error)
        first, _, rest = content.partition(b"\n")
        if first.decode("ascii", "replace") != f"{_MAGIC} {hashlib.sha256(rest).hexdigest()}":
            return False, None, "its content doesn't fit its checksum"
        about, _, payload = rest.partition(b"\n")
        if json.loads(about)["key"] != key:
            return False, None, "it holds another task"
        try:
            return True, pickle.loads(payload), None
        except Exception as error:  # a class that has gone or changed
            return False, None, f"it can't be read any more ({error})"

    def write(self, key, payload, *, function, task, seconds):
        """Keep a pickled result; raises OSError, and leaves no trace, if it can't be written whole."""
        about = {
            "key": key, "function": function, "task": {name: repr(value) for name, value in task.items()},
            "seconds": round(seconds, 6), "escapelab": __version__, "numpy": np.__version__,
            "python": platform.python_version(),
        }  # fmt: skip
        rest = json.dumps(about).encode() + b"\n" + payload
        self._replace(self.path(key), f"{_MAGIC} {hashlib.sha256(rest).hexdigest()}\n".encode() + rest)
        with contextlib.suppress(OSError):
            self.path(key).with_suffix(".failed.txt").unlink(missing_ok=True)

    def report(self, key, text):
        """Keep the report of a failed task beside where its result would be; a full disk loses it, not the sweep."""
        with contextlib.suppress(OSError):
            self._replace(self.path(key).with_suffix(".failed.txt"), text.encode())

    def _replace(self, path, content):
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        if os.name == "posix":  # the new name is on the disk, too
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
