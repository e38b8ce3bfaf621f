"""Fingerprints of what decides a result: a function with all that it reaches, and the values it is called with.

A fingerprint is the same in every process and on every machine with the same Python, and it changes when the function,
a function of the reader's that it calls, or a constant that they use changes. What can't be fingerprinted is refused by
name: a wrong result that looks kept is worse than a result computed twice. Explained in reference/cluster.
"""

import dis
import hashlib
import inspect
import sys
import sysconfig
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np

from . import SOURCES, rng

_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_STANDARD = Path(sysconfig.get_path("stdlib")).resolve()


def fingerprint(function, version=None):
    """Hash (64 characters) of a function, of what it reaches, of the library's sources and of $ESCAPELAB_SEED_SHIFT.

    ``version``, a string of the reader's own, stands for the function and what it reaches. Without it, raises TypeError
    for a callable that isn't a function with a name (lambda, partial) or one that uses a global or a default that
    can't be fingerprinted. Explained in reference/cluster.
    """
    name = named(function)
    known = _text(function, name, set()) if version is None else repr(version)
    return digest("\n".join([name, known, SOURCES, str(rng.shifted(0))]))


def named(function):
    """``module.qualname`` of a function, or of the class of another callable."""
    function = getattr(function, "py_func", function)
    owner = function if hasattr(function, "__qualname__") else type(function)
    return f"{owner.__module__}.{owner.__qualname__}"


def of_task(name, task):
    """Text of a task's parameters, the same for equal ones; raises TypeError that names the one that isn't plain."""
    return "\n".join(f"{key}={_text(value, f'{name}: {key}', set())}" for key, value in sorted(task.items()))


def digest(text):
    """SHA-256 of a string or bytes as 64 hexadecimal characters."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _text(value, name, seen):
    """Text that tells a value from any other one."""
    value = getattr(value, "py_func", value)
    if isinstance(value, (np.float64, np.bool_, np.integer)):
        value = value.item()
    if isinstance(value, _PLAIN):
        return f"{type(value).__name__}:{value!r}"
    if isinstance(value, (np.ndarray, np.generic)) and not value.dtype.hasobject:
        array = np.ascontiguousarray(value)
        return f"array:{array.dtype.str}{np.shape(value)}{digest(array.tobytes())}"
    if isinstance(value, (tuple, list, dict, set, frozenset)):
        return _container(value, name, seen)
    if isinstance(value, ModuleType):
        return f"module:{value.__name__}:{_file(value)}"
    if isinstance(value, FunctionType):
        return _function(value, name, seen)
    return _object(value, name, seen)


def _container(value, name, seen):
    if isinstance(value, dict):
        parts = [f"{_text(k, name, seen)}:{_text(v, name, seen)}" for k, v in value.items()]
    else:
        parts = [_text(part, name, seen) for part in value]
    if isinstance(value, (set, frozenset)):
        parts.sort()
    return f"{named(type(value))}:[{','.join(f'{len(part)}:{part}' for part in parts)}]"


def _function(function, name, seen):
    if function in seen or not _own(sys.modules.get(function.__module__)):
        return f"function:{named(function)}"
    if function.__name__ == "<lambda>":
        raise TypeError(f"{name} is a lambda, which has no name to keep results under: use def, or give version=")
    seen.add(function)
    reached = {"defaults": function.__defaults__, "keywords": function.__kwdefaults__}
    for key in sorted(_globals_of(function.__code__)):
        if key in function.__globals__:
            reached[key] = function.__globals__[key]
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    reached.update((key, cell.cell_contents) for key, cell in cells)
    parts = [f"{key}={_text(value, f'{key}, which {named(function)} uses', seen)}" for key, value in reached.items()]
    return "\n".join([f"function:{named(function)}", _code(function.__code__), *parts])


def _code(code):
    """What runs: the instructions with their names and constants, not the source, which may have changed since."""
    constants = (_code(c) if isinstance(c, CodeType) else "..." if c is ... else _text(c, "a constant", set())
                 for c in code.co_consts)  # fmt: skip
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_argcount, code.co_kwonlyargcount, code.co_flags)
    return digest("\n".join([code.co_code.hex(), code.co_exceptiontable.hex(), repr(names), *constants]))


def _globals_of(code):
    """Names of the globals that a code object and the functions inside it load."""
    found = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return found.union(*(_globals_of(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def _object(value, name, seen):
    """A class, an object with attributes of its own or of the library, or something that has a name elsewhere."""
    if isinstance(value, type):
        own = _own(sys.modules.get(value.__module__))
        return f"class:{named(value)}:{_source(value) if own else ''}"
    owner = type(value)
    if owner.__module__.split(".")[0] == "escapelab" or (_own(sys.modules.get(owner.__module__)) and vars(value)):
        return f"object:{_object(owner, name, seen)}:{_text(vars(value), name, seen)}"
    if isinstance(value, (BuiltinFunctionType, np.ufunc)):
        return f"name:{value.__name__}"
    raise TypeError(
        f"{name}, {value!r}, can't be told from another one: use numbers, strings, arrays, lists, dicts or functions, "
        "make it inside the function, or give version="
    )


def _source(value):
    try:
        return inspect.getsource(value)
    except (OSError, TypeError):
        raise TypeError(f"{named(value)} has no source to tell it by: put it into a file, or give version=") from None


def _own(module):
    """Whether a module is the reader's: neither the library's nor installed."""
    name, file = getattr(module, "__name__", ""), getattr(module, "__file__", None)
    if name == "__main__" or not name or name.split(".")[0] in {"escapelab", *sys.stdlib_module_names}:
        return name == "__main__"
    folders = Path(file or "").resolve().parents
    return _STANDARD not in folders and not {"site-packages", "dist-packages"} & {folder.name for folder in folders}


def _file(module):
    """Hash of the file of a module of the reader's; nothing for another one."""
    return digest(Path(module.__file__).read_bytes()) if _own(module) and getattr(module, "__file__", None) else ""
