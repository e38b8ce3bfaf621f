"""Checks of what a user hands in: each returns its argument in final form or raises an error in the user's words."""

import numpy as np

from .plug import Plug

FAR = 1e100  # no coordinate, box or path goes farther out
MEMORY_LIMIT = 1_500_000_000  # bytes; Binder gives 2 GB to everything


def count(name, value, least):
    """value as an int from least to 2**31 - 1; raises TypeError or ValueError that names it."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number; got {value!r}")
    if not least <= value < 2**31:
        raise ValueError(f"{name} must be a whole number from {least} to 2**31 - 1; got {value!r}")
    return int(value)


def array(name, value):
    """value as a float64 array of finite numbers no larger than 1e100; raises TypeError or ValueError that names it."""
    try:
        result = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be numbers; got {value!r}") from None
    if not np.all(np.abs(result) <= FAR):
        raise ValueError(f"{name} must be finite numbers up to {FAR:g} in size; it holds NaN, infinity or more")
    return result


def starts(start, walkers, d):
    """Where walkers begin, as (walkers, d), and how many they are."""
    theta = array("start", start)
    if theta.ndim == 1 and d == 1 and theta.size != 1:
        theta = theta[:, None]
    if walkers is None:
        walkers = theta.shape[0] if theta.ndim == 2 else 1
    walkers = count("walkers", walkers, 1)
    fits(walkers, 0, d)
    if theta.ndim > 2 or theta.shape not in ((), (1,), (d,), (1, d), (walkers, d)):
        raise ValueError(
            f"start must be a number, ({d},) or (walkers, {d}) for {walkers} walkers in {d} dimensions; "
            f"got shape {theta.shape}"
        )
    return np.broadcast_to(theta, (walkers, d)).copy(), walkers


def records(record, steps):
    """Step numbers (records,) from None, an interval or a list; raises TypeError or ValueError that names them."""
    if record is None:
        return np.empty(0, np.int64)
    if isinstance(record, (int, np.integer)) and not isinstance(record, bool):
        return np.arange(0, steps + 1, count("record", record, 1))
    try:
        numbers = np.asarray(record)
    except ValueError:
        numbers = np.empty(0)
    if numbers.ndim != 1 or numbers.size == 0 or not np.issubdtype(numbers.dtype, np.integer):
        raise TypeError(f"record must be a whole number or a list of step numbers; got {record!r}")
    if numbers[0] < 0 or numbers[-1] > steps or np.any(np.diff(numbers) <= 0):
        raise ValueError(f"record must be increasing step numbers between 0 and {steps}; got {record!r}")
    return np.ascontiguousarray(numbers, dtype=np.int64)


def average(value, steps):
    """(first, every) as an array, empty for None; raises TypeError or ValueError that names it."""
    if value is None:
        return np.empty(0, np.int64)
    first, every = (value, 1) if isinstance(value, (int, np.integer)) else pair("average", value)
    first, every = count("average's first step", first, 1), count("average's interval", every, 1)
    if first > steps:
        raise ValueError(f"average must begin at a step from 1 to {steps}; got {value!r}")
    return np.array([first, every])


def pair(name, value):
    """value as two things; raises TypeError that names it."""
    try:
        first, second = value
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a whole number or two of them; got {value!r}") from None
    return first, second


def per_walker(name, value, walkers, *, above=-np.inf, least=-np.inf):
    """A number, or one for each walker, as (walkers,); raises TypeError or ValueError that names it."""
    if np.ndim(value) == 0:
        return np.full(walkers, number(name, value, above=above, least=least))
    numbers = array(name, value)
    if numbers.shape != (walkers,):
        raise ValueError(f"{name} must be a number or ({walkers},), one for each walker; got shape {numbers.shape}")
    number(name, numbers.min(), above=above, least=least)
    return numbers


def made(name, value, record, example):
    """TypeError that names the argument unless value is None or such a record."""
    if value is not None and not isinstance(value, record):
        raise TypeError(f"{name} must be made by a factory of escapelab, for example {example}; got {value!r}")


def fits(walkers, records, d):
    """Raise ValueError, with the size asked for, if a run needs more than MEMORY_LIMIT bytes."""
    need = 8 * walkers * (d * (records + 2) + 4)
    if need > MEMORY_LIMIT:
        raise ValueError(
            f"{walkers} walkers x {records} records x {d} dimensions need {need / 1e9:.3g} GB; the limit is "
            f"{MEMORY_LIMIT / 1e9:.3g} GB (escapelab.arguments.MEMORY_LIMIT): record less often or use fewer walkers"
        )


def box(value, d):
    """(low, high) as two arrays (d,), within FAR; the whole range for None."""
    if value is None:
        return np.full(d, -FAR), np.full(d, FAR)
    try:
        low, high = (np.array(np.broadcast_to(np.asarray(side, float), (d,))) for side in value)
    except (TypeError, ValueError):
        raise TypeError(f"box must be (low, high), two numbers or two lists of {d}; got {value!r}") from None
    if not np.all((low < high) & (low >= -FAR) & (high <= FAR)):
        raise ValueError(f"box must be (low, high) with low < high and within {FAR:g}; got {value!r}")
    return low, high


def kind(name, plug, kind):
    """TypeError that names the argument unless plug is a plug of this kind."""
    if not isinstance(plug, Plug) or plug.kind != kind:
        raise TypeError(f"{name} must be a plug of kind {kind!r} made by a factory of escapelab; got {plug!r}")


def columns(**arrays):
    """Equally long lists of finite numbers as one array (n, m); raises ValueError that names them otherwise."""
    names = " and ".join(arrays)
    parts = [np.atleast_1d(array(name, value)) for name, value in arrays.items()]
    if parts[0].size == 0:
        raise ValueError(f"{names} are empty")
    if any(part.ndim != 1 or part.shape != parts[0].shape for part in parts):
        raise ValueError(f"{names} must be lists of equal length; got shapes {[part.shape for part in parts]}")
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


def each(name, value, size, *, above=-np.inf, least=-np.inf):
    """value, a number or (size,) numbers, as (size,) floats > above and >= least; raises ValueError that names it."""
    values = array(name, value)
    if values.shape not in ((), (size,)):
        raise ValueError(f"{name} must be one number or {size}; got shape {values.shape}")
    if not np.all((values > above) & (values >= least)):
        bound = f"> {above:g}" if above > -np.inf else f">= {least:g}"
        raise ValueError(f"{name} must be {bound}; got {value!r}")
    return np.broadcast_to(values, (size,)).copy()
