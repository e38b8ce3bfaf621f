"""What several tests draw on."""

import matplotlib
import pytest

matplotlib.use("agg")


@pytest.fixture
def ax():
    """The axes of a figure of the book, closed afterwards."""
    from escapelab import plots

    figure, ax = plots.figure()
    yield ax
    matplotlib.pyplot.close(figure)
