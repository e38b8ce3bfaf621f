"""Stored pictures of a function of controls: rendering, and what is asked of the function.

Layer 4. A draw is a pure function of its controls that returns (matplotlib figure, sentence); `explore` shows it.
"""

import base64
import dis
import functools
import inspect
import io
import math
import numbers
import types
from html import escape
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from escapelab.readout import table

MAX_CONTROLS, MAX_FRAMES = 3, 60
DPI, COLOURS, EFFORT = 120, 48, 8  # of a stored picture; effort of its compression


class Frame(NamedTuple):
    """One picture and the sentence that says what it shows."""

    png: bytes  # at 120 dots per inch
    width: int  # as shown, CSS pixels
    height: int  # as shown, CSS pixels
    sentence: str  # alt text and caption
    numbers: str  # its key numbers as HTML behind a disclosure

    def html(self, trouble: str = "") -> str:
        """The figure element; `trouble` is a sentence shown below it as an alert."""
        source = base64.b64encode(self.png).decode()
        alert = f'<p role="alert" style="margin:0;color:#c0392b">{escape(trouble)}</p>' if trouble else ""
        return (
            f'<figure class="escapelab-frame" style="margin:0"><img alt="{escape(self.sentence)}" '
            f'width="{self.width}" height="{self.height}" src="data:image/png;base64,{source}" '
            f'style="max-width:100%;height:auto;background:#fff;border-radius:8px">'
            f'<figcaption aria-live="polite" style="line-height:1.5;max-width:{self.width}px">'
            f"{escape(self.sentence)}</figcaption>{alert}{self.numbers}</figure>"
        )


def frame(draw, arguments: dict, *, stored: bool = True) -> Frame:
    """Call `draw(**arguments)` and turn its figure into a Frame; one that is not stored takes less time and more bytes.

    Figures that `draw` opened are closed, also when it raises. Raises TypeError unless it returns (figure, sentence),
    ValueError for an empty sentence, and whatever `draw` raises, with the arguments added as a note.
    """
    before = set(plt.get_fignums())
    try:
        result = draw(**arguments)
        if not (isinstance(result, tuple) and len(result) == 2 and hasattr(result[0], "get_size_inches")):
            raise TypeError(f"draw must return (figure, sentence); got {type(result).__name__}")
        figure, sentence = result
        if not (isinstance(sentence, str) and sentence.strip()):
            raise ValueError(f"draw must return a sentence that says what the figure shows; got {sentence!r}")
        png, width, height = _picture(figure, stored)
        listed = table(figure)
        plt.close(figure)
    except Exception as problem:
        problem.add_note(f"explore called draw with {said(arguments)}")
        raise
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)
    return Frame(png, width, height, " ".join(sentence.split()), listed)


def _picture(figure, stored) -> tuple:
    """(PNG, width, height in CSS pixels) of a matplotlib figure; a stored one has a palette of few colours."""
    canvas, dpi = FigureCanvasAgg(figure), figure.dpi
    figure.set_dpi(DPI)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    figure.set_dpi(dpi)
    file, shown = io.BytesIO(), picture
    if stored:
        shown = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    shown.save(file, "png", compress_level=EFFORT if stored else 1)
    return file.getvalue(), round(picture.width * 96 / DPI), round(picture.height * 96 / DPI)


def label(value) -> str:
    """A control's value as the slider shows it."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def said(arguments: dict) -> str:
    """Arguments as text, "eta = 0.1, k = 10"."""
    return ", ".join(f"{name} = {label(value)}" for name, value in arguments.items())


def checked(draw, play, controls: dict) -> dict:
    """The controls as {name: list of plain numbers or strings}; ValueError naming what does not fit."""
    if not 1 <= len(controls) <= MAX_CONTROLS:
        raise ValueError(f"explore takes 1 to {MAX_CONTROLS} controls; got {len(controls)}")
    values = {name: _checked_values(name, given) for name, given in controls.items()}
    count = math.prod(map(len, values.values()))
    if count > MAX_FRAMES:
        sizes = " x ".join(f"{len(chosen)} {name}" for name, chosen in values.items())
        raise ValueError(f"explore stores at most {MAX_FRAMES} pictures; got {sizes} = {count}")
    if play is not None and play not in values:
        raise ValueError(f"play must name one of the controls {', '.join(values)}; got {play!r}")
    try:
        inspect.signature(draw).bind(**values)
    except TypeError as problem:
        raise ValueError(f"draw must take the controls {', '.join(values)}: {problem}") from None
    if data := sorted(_global_data(draw, set())):
        raise ValueError(
            f"draw reads {', '.join(data)} from the notebook, where a later cell may change it; "
            f"pass it as a default argument: def draw({next(iter(values))}, {data[0]}={data[0]})"
        )
    return values


def _checked_values(name: str, given) -> list:
    chosen = [value.item() if isinstance(value, np.generic) else value for value in given]
    texts = [value for value in chosen if isinstance(value, str)]
    if len(texts) not in (0, len(chosen)) or not all(isinstance(value, (str, numbers.Real)) for value in chosen):
        raise ValueError(f"control {name} must hold numbers only or strings only; got {chosen}")
    if not texts and not all(map(math.isfinite, chosen)):
        raise ValueError(f"control {name} must hold finite numbers; got {chosen}")
    if len(chosen) < 2 or len(set(map(label, chosen))) < len(chosen):
        raise ValueError(f"control {name} needs two or more values, no two shown alike; got {chosen}")
    return chosen


def _global_data(function, seen: set) -> set:
    """Names of the notebook's variables that hold data and that `function`, or a function it calls, reads."""
    while isinstance(function, functools.partial):
        function = function.func
    namespace = getattr(function, "__globals__", {})
    if function in seen or namespace.get("__name__") != "__main__":
        return set()
    seen.add(function)
    codes, found = [function.__code__], set()
    for code in codes:
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
        for step in dis.get_instructions(code):
            if step.opname not in ("LOAD_GLOBAL", "LOAD_NAME") or step.argval not in namespace:
                continue
            value = namespace[step.argval]
            if isinstance(value, types.FunctionType):
                found |= _global_data(value, seen)
            elif not isinstance(value, types.ModuleType) and not callable(value):
                found.add(step.argval)
    return found
