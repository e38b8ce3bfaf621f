"""One figure with controls, alive with and without a kernel: `explore` shows it, `drive` tries all of it.

What a control is, and how it comes alive, is in :mod:`escapelab.control`.
"""

import time

from escapelab.frames import checked

_made: dict = {}


def explore(draw, *, play: str | None = None, **controls):
    """Show `draw(**controls)`, a pure function that returns (matplotlib figure, sentence), with one slider a control.

    `controls` are 1 to 3 lists of numbers or of strings, at most 60 combinations; `play` names the control that gets a
    Play button. Numeric controls become continuous where a kernel runs, on a logarithmic scale if the list is nearer
    to geometric than to even. The environment variable ESCAPELAB_FRAMES=0 renders the first picture only. Returns an
    ipywidgets.VBox.

    Raises ValueError for controls that do not fit, for a `draw` that reads data from the notebook's variables, for an
    empty sentence and above 1 MB of pictures gzipped; TypeError unless `draw` returns a figure and a sentence.
    """
    from escapelab.control import Control  # ipywidgets comes with the first control, not with the first figure

    values = checked(draw, play, controls)
    control = Control(draw, play, values)
    code = getattr(getattr(draw, "func", draw), "__code__", None)
    key = (getattr(code, "co_filename", ""), getattr(code, "co_firstlineno", id(draw)), repr(values))
    if key in _made:
        _made[key].close()
    _made[key] = control
    return control.box


def controls() -> list:
    """The controls made in this process, in order; a cell run again replaces its own."""
    return list(_made.values())


def drive() -> str:
    """Move every control made in this process through all its values, calling `draw` again; one line about it.

    Raises AssertionError, naming control and values, where `draw` raises or returns no sentence, where its picture or
    sentence is not the stored one, where two neighbouring values share either, where all stored pictures together take
    more than 1 MB gzipped, and where no control was made.
    """
    from escapelab.control import MAX_GZIPPED

    started = time.perf_counter()
    if not _made:
        raise AssertionError("no control was made")
    if (gzipped := sum(control.gzipped for control in controls())) > MAX_GZIPPED:
        raise AssertionError(f"the pictures of all controls take {gzipped:,} bytes gzipped; at most {MAX_GZIPPED:,}")
    pictures = sum(control.drive() for control in controls())
    seconds = time.perf_counter() - started
    return f"{len(_made)} controls, {pictures} pictures, {gzipped:,} bytes gzipped, {seconds:.1f} s"
