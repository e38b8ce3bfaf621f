"""Checks of what a user hands in: each returns its argument in final form or raises an error in the user's words."""

import numpy as np

from .plug import Plug

FAR = 1e100  # no coordinate, box or path goes farther out
MEMORY_LIMIT = 1_500_000_000  # bytes; Binder gives 2 GB to everything


def count(name, value, least):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if not least <= value < 2**31:
        raise ValueError(f"{name} must be a whole number from {least} to 2**31 - 1; got {value!r}")
    return int(value)


def starts(start, walkers, d):
    theta = np.array(start, dtype=np.float64)
    if not np.all(np.isfinite(theta)):
        raise ValueError("start must be finite numbers; it holds NaN or infinity")
    if theta.ndim == 2 and walkers is None:
        walkers = theta.shape[0]
    if walkers is None and theta.ndim == 1 and d == 1 and theta.size > 1:
        theta, walkers = theta[:, None], theta.size
    walkers = count("walkers", 1 if walkers is None else walkers, 1)
    if walkers * d * 8 > MEMORY_LIMIT:
        raise ValueError(_too_big(walkers, 0, d))
    if theta.ndim == 1 and d == 1 and theta.size == walkers:
        theta = theta[:, None]
    try:
        return np.ascontiguousarray(np.broadcast_to(theta, (walkers, d))).copy(), walkers
    except ValueError:
        raise ValueError(
            f"start must be a number, ({d},) or (walkers, {d}) for {walkers} walkers in {d} dimensions; "
            f"got shape {theta.shape}"
        ) from None


def records(record, steps):
    if record is None:
        return np.empty(0, np.int64)
    if isinstance(record, (int, np.integer)) and not isinstance(record, bool):
        return np.arange(0, steps + 1, count("record", record, 1))
    array = np.asarray(record)
    if array.ndim != 1 or array.size == 0 or not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"record must be a whole number or a list of step numbers; got {record!r}")
    if array[0] < 0 or array[-1] > steps or np.any(np.diff(array) <= 0):
        raise ValueError(f"record must be increasing step numbers between 0 and {steps}; got {record!r}")
    return np.ascontiguousarray(array, dtype=np.int64)


def _too_big(walkers, records, d):
    need = 8 * walkers * (d * (records + 2) + 2)
    return (
        f"{walkers} walkers x {records} records x {d} dimensions need {need / 1e9:.3g} GB; "
        f"the limit is {MEMORY_LIMIT / 1e9:.3g} GB (escapelab.arguments.MEMORY_LIMIT): record less often or use fewer walkers"
    )


def fits(walkers, records, d):
    if 8 * walkers * (d * (records + 2) + 2) > MEMORY_LIMIT:
        raise ValueError(_too_big(walkers, records, d))


def box(box, d):
    low, high = (-FAR, FAR) if box is None else box
    low, high = (np.array(np.broadcast_to(np.asarray(side, float), (d,))) for side in (low, high))
    if not np.all((low < high) & (low >= -FAR) & (high <= FAR)):
        raise ValueError(f"box must be (low, high) with low < high; got {box!r}")
    return low, high


def kind(name, plug, kind):
    if not isinstance(plug, Plug) or plug.kind != kind:
        raise TypeError(f"{name} must be a plug of kind {kind!r} made by a factory of escapelab; got {plug!r}")


def columns(**arrays):
    """Equally long lists of finite numbers as one array (n, m); raises ValueError that names them otherwise."""
    names = " and ".join(arrays)
    parts = [np.atleast_1d(np.asarray(array, dtype=np.float64)) for array in arrays.values()]
    if parts[0].size == 0:
        raise ValueError(f"{names} are empty")
    if any(a.ndim != 1 or a.shape != parts[0].shape for a in parts):
        raise ValueError(f"{names} must be lists of equal length; got shapes {[a.shape for a in parts]}")
    if not all(np.all(np.isfinite(a)) for a in parts):
        raise ValueError(f"{names} must be finite numbers; they hold NaN or infinity")
    return np.column_stack(parts)


def number(name, value, *, above=-np.inf, least=-np.inf):
    """value as a finite float, > above and >= least; raises ValueError that names it otherwise."""
    try:
        x = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number; got {value!r}") from None
    if not (np.isfinite(x) and x > above and x >= least):
        bound = f" > {above}" if above > -np.inf else f" >= {least}" if least > -np.inf else ""
        raise ValueError(f"{name} must be a finite number{bound}; got {value!r}")
    return x
