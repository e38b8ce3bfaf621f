"""W6 in NumPy: the contestant that needs no other package and nothing of the library's speed.

Against its stored time the page tests tell how fast the machine is now.
"""

import numpy as np
from escapelab import objectives

WALKERS, STEPS, BATCH, ETA, START = 200, 200, 10, 0.01, 1.0
J = objectives.sine_fit()
X, Y = (np.ascontiguousarray(column) for column in J.data.T)


def with_numpy(seed):
    rng, theta = np.random.Generator(np.random.SFC64(seed)), np.empty((STEPS + 1, WALKERS))
    theta[0] = START
    for step in range(STEPS):
        picks = rng.integers(0, X.size, (BATCH, WALKERS), dtype=np.int32)
        x = X.take(picks)
        phase = theta[step] * x
        gradient = ((np.sin(phase) - Y.take(picks)) * x * np.cos(phase)).sum(axis=0)
        theta[step + 1] = theta[step] - 2 * ETA / BATCH * gradient
    return theta[-1]
