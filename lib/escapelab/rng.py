"""Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011).

There is no state. The word number ``i`` of walker ``w`` in stream ``s`` under seed ``key`` is

    philox4x32(counter = (i // 4, w, s, 0), key = (key low, key high))[i % 4]

so the same walker gets the same numbers on one thread or on a thousand, in any blocking, on any
machine, and :func:`reference_words` gives the same stream in plain NumPy. Explained in
reference/how-fast.
"""

import operator
import os

import numpy as np

from .plug import DISABLED, LANES, inlined, kernel

PICKS, NOISE = 0, 1  # streams

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_LOW, _32 = np.uint64(0xFFFFFFFF), np.uint64(32)


@inlined
def _round(c0, c1, c2, c3, k0, k1):
    p0, p1 = _M0 * (c0 & _LOW), _M1 * (c2 & _LOW)
    return (p1 >> _32) ^ c1 ^ k0, p1 & _LOW, (p0 >> _32) ^ c3 ^ k1, p0 & _LOW


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Four random 32-bit words (as uint64) of a 4 x 32-bit counter and a 2 x 32-bit key, ten rounds.

    All arguments are uint64 below 2**32. Source: Salmon et al. 2011, Random123's philox4x32-10. The
    rounds are written out because LLVM vectorises only the innermost loop.
    """
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, k0, k1)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0) & _LOW, (k1 + _W1) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(2)) & _LOW, (k1 + _W1 * np.uint64(2)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(3)) & _LOW, (k1 + _W1 * np.uint64(3)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(4)) & _LOW, (k1 + _W1 * np.uint64(4)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(5)) & _LOW, (k1 + _W1 * np.uint64(5)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(6)) & _LOW, (k1 + _W1 * np.uint64(6)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(7)) & _LOW, (k1 + _W1 * np.uint64(7)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(8)) & _LOW, (k1 + _W1 * np.uint64(8)) & _LOW)
    c0, c1, c2, c3 = _round(c0, c1, c2, c3, (k0 + _W0 * np.uint64(9)) & _LOW, (k1 + _W1 * np.uint64(9)) & _LOW)
    return c0, c1, c2, c3


@kernel
def fill(words, first, walkers, stream, key):
    """Write words number first .. first + len(words) - 1 of LANES walkers, walkers (LANES,) their numbers.

    words (w, LANES) uint32; first a multiple of 4, w a multiple of 4.
    """
    k0, k1 = np.uint64(key) & _LOW, np.uint64(key) >> _32
    c2 = np.uint64(stream)
    for row in range(0, words.shape[0], 4):
        c0 = np.uint64((first + row) >> 2) & _LOW
        high = np.uint64((first + row) >> 34)
        w0, w1, w2, w3 = words[row], words[row + 1], words[row + 2], words[row + 3]
        for lane in range(LANES):
            a, b, c, d = philox(c0, np.uint64(walkers[lane]), c2, high, k0, k1)
            w0[lane], w1[lane], w2[lane], w3[lane] = np.uint32(a), np.uint32(b), np.uint32(c), np.uint32(d)


@inlined
def uniform(word):
    """A double in (0, 1) from a 32-bit word: (word + 1/2) / 2**32."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10


@inlined
def pick(word, n):
    """A whole number in 0 .. n - 1 from a 32-bit word, by multiplication; its bias is below n / 2**32."""
    return np.int32((np.uint64(word) * np.uint64(n)) >> _32)


def reference_words(seed, stream, walkers, first, count):
    """The same stream in plain NumPy: uint32 array (count, walkers) of words first .. first + count - 1."""
    key = shifted(seed)
    number = np.arange(first, first + count, dtype=np.uint64)[:, None]
    walker = np.arange(walkers, dtype=np.uint64)[None, :]
    c = [(number >> np.uint64(2)) & _LOW, walker, np.uint64(stream), number >> np.uint64(34)]
    c = list(np.broadcast_arrays(*c))
    k0, k1 = key & 0xFFFFFFFF, key >> 32
    for _ in range(10):
        p0, p1 = _M0 * c[0], _M1 * c[2]
        c = [(p1 >> _32) ^ c[1] ^ np.uint64(k0), p1 & _LOW, (p0 >> _32) ^ c[3] ^ np.uint64(k1), p0 & _LOW]
        k0, k1 = (k0 + int(_W0)) & 0xFFFFFFFF, (k1 + int(_W1)) & 0xFFFFFFFF
    lane = np.broadcast_to(number & np.uint64(3), c[0].shape).astype(np.int64)
    return np.choose(lane, c).astype(np.uint32)


def shifted(seed):
    """The 64-bit key of a seed: the seed itself below, $ESCAPELAB_SEED_SHIFT above.

    Raises TypeError if seed is no whole number, ValueError if it is outside 0 .. 2**32 - 1.
    """
    shift = int(os.environ.get("ESCAPELAB_SEED_SHIFT", "0"))
    return (_whole("seed", seed) | (_whole("ESCAPELAB_SEED_SHIFT", shift) << 32)) & 0xFFFFFFFFFFFFFFFF


def generator(seed):
    """NumPy's generator for what a lesson draws outside the simulator, shifted like every seed."""
    key = shifted(seed)
    return np.random.default_rng([key & 0xFFFFFFFF, key >> 32])


def _whole(name, value):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be a whole number; got {value!r}") from None
    if not 0 <= number < 2**32 or isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be between 0 and 2**32 - 1; got {value!r}")
    return number


if DISABLED:
    np.seterr(over="ignore")
