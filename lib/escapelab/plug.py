"""The few shapes of function that can be plugged into the simulator, and the lane count they share.

A plug works on a *block of walkers at once*: LANES walkers, stored as the last axis of every array, so
that the innermost loop of each function runs over walkers and LLVM turns it into vector instructions.
Each kind of plug has one fixed numba signature. The simulator calls plugs through typed function
pointers, hence it is compiled once and cached on disk whatever is plugged in.

=============  ==================================================================================
kind           arguments (all arrays C-contiguous; L = LANES)
=============  ==================================================================================
``loss``       theta (d, L), data (n, m), c (constants), out (L,)
``gradient``   theta (d, L), picks (k, L) sample numbers, data (n, m), c, out (d, L)
``partial``    theta (d, L), picks (1, L), data (n, m), c, place (L,) the only coordinate that the sample
               depends on, out (L,) its derivative
``mean``       theta (d, L), data (n, m), c, out (d, L): gradient of the whole loss
``sampler``    words (w, L), step, n, table (weights), state (s, L), picks (k, L)
``noise``      words (w, L), c, out (r, L): independent draws, r even
``rule``       theta (d, L), g (d, L), state (s, L), eta (L,), step, c: changes theta
``probe``      theta (d, L), g (d, L), c, out (d, L): where a rule wants the gradient instead of at theta
``region``     theta (d, L), c, inside (L,): 1 inside, 0 outside
``schedule``   step, eta (L,), seen (L,) last loss watched, state (s, L), c, out (L,): step sizes
=============  ==================================================================================

``words`` are uniform 32-bit random words from :mod:`escapelab.rng`; a plug makes no random numbers of
its own, so it is a pure function and can be tested with words chosen by hand. Explained in
reference/how-fast.
"""

import os
from fractions import Fraction
from typing import NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import config
from numba.extending import intrinsic

LANES = 256

_f1, _f2 = types.float64[::1], types.float64[:, ::1]
_i2, _u2 = types.int32[:, ::1], types.uint32[:, ::1]
_void, _i = types.void, types.int64

SIGNATURES = {
    "loss": _void(_f2, _f2, _f1, _f1),
    "gradient": _void(_f2, _i2, _f2, _f1, _f2),
    "partial": _void(_f2, _i2, _f2, _f1, types.int32[::1], _f1),
    "mean": _void(_f2, _f2, _f1, _f2),
    "sampler": _void(_u2, _i, _i, _f2, _i2, _i2),
    "noise": _void(_u2, _f1, _f2),
    "rule": _void(_f2, _f2, _f2, _f1, _i, _f1),
    "probe": _void(_f2, _f2, _f1, _f2),
    "region": _void(_f2, _f1, types.uint8[::1]),
    "schedule": _void(_i, _f1, _f1, _f2, _f1, _f1),
}
POINTERS = {kind: types.FunctionType(signature) for kind, signature in SIGNATURES.items()}

DISABLED = bool(config.DISABLE_JIT)
CACHED = not os.environ.get("ESCAPELAB_NO_CACHE")
OPTIONS = {"cache": CACHED, "nogil": True, "error_model": "numpy", "boundscheck": False}


class Plug(NamedTuple):
    """A compiled function of one kind and the constants it is called with."""

    kind: str
    function: object  # compiled with SIGNATURES[kind]
    constants: np.ndarray  # (c,) float64
    words: int = 0  # random 32-bit words that it uses each step and walker (samplers: see state)
    state: int = 0  # rows of state it keeps for each walker


def kernel(function):
    """Compile a loop of the library on first use, cached on disk."""
    return numba.njit(**OPTIONS)(function)


def bare(function):
    """A :func:`kernel` that makes no arrays: without reference counts, which cost an atomic operation at every use."""
    return numba.njit(_nrt=False, **OPTIONS)(function)


def inlined(function):
    """Compile a scalar helper; it is always inlined, because one call left in a loop over lanes stops vectorisation."""
    return numba.njit(forceinline=True, **OPTIONS)(function)


@kernel
def rows_of(count):
    """Zeros (count, LANES) that begin on a cache line, so that no vector load or store needs two lines."""
    flat = np.zeros(count * LANES + 8)
    shift = (-flat.ctypes.data % 64) // 8
    return flat[shift : shift + count * LANES].reshape((count, LANES))


@kernel
def words_of(count):
    """Zeros (count, LANES) uint32 that begin on a cache line."""
    flat = np.zeros(count * LANES + 16, np.uint32)
    shift = (-flat.ctypes.data % 64) // 4
    return flat[shift : shift + count * LANES].reshape((count, LANES))


def compiled(kind):
    """Decorator: a module-level function becomes a plug of this kind, compiled on first use and cached on disk."""

    def decorate(function):
        function.kind = kind
        return kernel(function)

    return decorate


def make(kind, function, constants=(), words=0, state=0):
    """A :class:`Plug` from a function made by :func:`compiled` and its numbers.

    Raises ValueError if the constants are not finite numbers.
    """
    array = np.ascontiguousarray(np.atleast_1d(np.asarray(constants, dtype=np.float64)))
    if not np.all(np.isfinite(array)):
        raise ValueError(f"constants of a {kind} must be finite numbers; got {array}")
    return Plug(kind, typed(function, SIGNATURES[kind]), array, words, state)


def typed(function, signature):
    """The same jitted function, compiled for this one signature and closed to others, so that it has an address."""
    if not DISABLED and not function.signatures:
        function.compile(signature)
        function.disable_compile()
        _remember_addresses(function)
    return function


def _remember_addresses(function):
    """numba looks both addresses of a function up by its signature at each call that takes it: 0.1 ms every time."""
    result = function.overloads[function.signatures[0]]
    address = result.library.get_pointer_to_function(result.fndesc.llvm_cfunc_wrapper_name)
    function.__wrapper_address__ = lambda: address
    function.get_compile_result = lambda signature: result


def _exact_fma(a, b, c):
    a, b, c = float(a), float(b), float(c)
    if not (np.isfinite(a) and np.isfinite(b) and np.isfinite(c)):
        return np.float64(c) if np.isfinite(a) and np.isfinite(b) else np.float64(a) * np.float64(b) + np.float64(c)
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return np.float64(a * b + c)
    try:
        return np.float64(float(exact))
    except OverflowError:
        return np.float64(np.inf if exact > 0 else -np.inf)


if DISABLED:
    fma = _exact_fma

    def bits(x):
        """The 64 bits of a double as an unsigned integer."""
        return np.float64(x).view(np.uint64)

    def double(u):
        """The double that has these 64 bits."""
        return np.uint64(u).view(np.float64)
else:

    @intrinsic
    def fma(typingctx, a, b, c):
        """a * b + c with one rounding, on every CPU (LLVM's fma)."""

        def codegen(context, builder, signature, args):
            return builder.fma(*args)

        return types.float64(types.float64, types.float64, types.float64), codegen

    @intrinsic
    def bits(typingctx, x):
        """The 64 bits of a double as an unsigned integer."""

        def codegen(context, builder, signature, args):
            return builder.bitcast(args[0], ir.IntType(64))

        return types.uint64(types.float64), codegen

    @intrinsic
    def double(typingctx, u):
        """The double that has these 64 bits."""

        def codegen(context, builder, signature, args):
            return builder.bitcast(args[0], ir.DoubleType())

        return types.float64(types.uint64), codegen
