"""Printed tables of the sources, as data: what a lesson rebuilds stands here, not in the lesson.

Patel, arXiv 1709.04718v2, section 5: thresholds of three Styblinski-Tang sums, each at its flattest and
its sharpest minimiser. Explained in geometry/g10-styblinski-tang.
"""

import numpy as np

BATCHES = np.array([1.0, 100.0, 200.0, 350.0, 500.0, np.inf])  # (6,) batch sizes k, the rows
DIMENSIONS = (10, 50, 100)  # models 1, 2, 3; each has 20 components a dimension
COLUMNS = tuple((p, side) for p in DIMENSIONS for side in ("flat", "sharp"))  # the six columns, in print order

PATEL_4 = np.array(
    [
        [9.001e-03, 7.682e-03, 2.134e-02, 1.951e-02, 2.598e-02, 1.871e-02],
        [9.814e-02, 8.133e-02, 6.831e-01, 6.117e-01, 1.221e00, 8.561e-01],
        [1.033e-01, 8.546e-02, 8.100e-01, 7.225e-01, 1.590e00, 1.106e00],
        [1.057e-01, 8.737e-02, 8.800e-01, 7.833e-01, 1.827e00, 1.264e00],
        [1.067e-01, 8.815e-02, 9.116e-01, 8.106e-01, 1.942e00, 1.341e00],
        [1.091e-01, 9.004e-02, 9.947e-01, 8.823e-01, 2.279e00, 1.563e00],
    ]
)  # (6 batches, 6 columns) divergence thresholds l(k), four digits

PATEL_5 = np.array(
    [
        [2.319e-03, 2.250e-03, 8.603e-04, 8.334e-04, 7.587e-04, 9.089e-04],
        [4.268e-02, 3.781e-02, 7.925e-02, 7.621e-02, 7.345e-02, 8.594e-02],
        [4.632e-02, 4.087e-02, 1.174e-01, 1.049e-01, 1.423e-01, 1.629e-01],
        [4.808e-02, 4.234e-02, 1.329e-01, 1.180e-01, 2.379e-01, 2.303e-01],
        [4.882e-02, 4.296e-02, 1.403e-01, 1.243e-01, 2.812e-01, 2.539e-01],
        [5.064e-02, 4.447e-02, 1.613e-01, 1.418e-01, 3.742e-01, 3.337e-01],
    ]
)  # (6 batches, 6 columns) convergence thresholds u(k), four digits
