"""Plugs that stand where a run needs none, so that no other is compiled for nothing."""

from .plug import compiled


@compiled("loss")
def loss(theta, data, c, out):
    """Stands where a run needs no loss, so that a reader's own is not compiled for nothing."""


@compiled("mean")
def mean(theta, data, c, out):
    """Stands where a run draws batches."""


@compiled("gradient")
def gradient(theta, picks, data, c, out):
    """Stands where a run draws no batches."""


@compiled("partial")
def partial(theta, picks, data, c, place, out):
    """Stands where a sample depends on more than one coordinate, or a step moves more."""


@compiled("probe")
def probe(theta, g, c, out):
    """Stands where a rule looks at the gradient once a step."""
