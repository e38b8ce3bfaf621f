"""Random words of neighbours, interleaved, as raw bytes without end: what dieharder is given to find fault with.

    python benchmarks/randomness/stream.py walkers 1 | dieharder -g 200 -d 15

``walkers``: word 0 of walkers 0 .. 127, word 1 of the same walkers, and so on, under one seed. ``seeds``: word 0 of
walker 0 under 128 neighbouring seeds, word 1, and so on. The number chooses other seeds. ``counting`` is the
negative control: a counter multiplied by an odd number, which dieharder has to refuse.
"""

import sys

import numpy as np
from escapelab import rng
from escapelab.plug import LANES, kernel

ROWS = 4096


@kernel
def fill(words, first, walker, seed, walkers_apart, seeds_apart):
    """Words first .. first + len(words) - 1 of LANES neighbours: words (w, LANES), w and first multiples of 4."""
    stream, high = np.uint64(rng.PICKS), np.uint64(0)
    for row in range(0, words.shape[0], 4):
        count = np.uint64(first + row) >> np.uint64(2)
        for lane in range(LANES):
            who, key = np.uint64(walker + lane * walkers_apart), np.uint64(seed + lane * seeds_apart)
            four = rng.philox(count, who, stream, high, key, high)
            for j in range(4):
                words[row + j, lane] = np.uint32(four[j])


def blocks(kind, number):
    """The stream, (ROWS, LANES) uint32 at a time, without end."""
    words = np.empty((ROWS, LANES), np.uint32)
    count = np.arange(words.size, dtype=np.uint32).reshape(words.shape)
    first = 0
    while True:
        if kind == "walkers":
            fill(words, first, 0, number, 1, 0)
        elif kind == "seeds":
            fill(words, first, 0, LANES * number, 0, 1)
        else:
            words = (count + np.uint32(first * LANES % 2**32)) * np.uint32(2654435761)
        yield words
        first += ROWS


def main():
    kind, number = sys.argv[1], int(sys.argv[2])
    try:
        for words in blocks(kind, number):
            sys.stdout.buffer.write(words.data)
    except BrokenPipeError:
        sys.stdout = None


if __name__ == "__main__":
    main()
