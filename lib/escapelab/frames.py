"""Stored pictures of a function of controls: rendering, and what is asked of the function.

A draw is a pure function of its controls that returns (matplotlib figure, sentence); `explore` shows it.
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
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.text import Text
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
    places: tuple  # (left, bottom, width, height) of its axes, shares of the figure

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


def frame(draw, arguments: dict, *, like: Frame | None = None) -> Frame:
    """Call `draw(**arguments)` and turn its figure into a Frame.

    One that is `like` the Frame before it takes less time and more bytes, and its axes stay in their places as long as
    their labels fit there.

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
        png, width, height, places = _picture(figure, like)
        listed = table(figure)
        plt.close(figure)
    except Exception as problem:
        problem.add_note(f"explore called draw with {said(arguments)}")
        raise
    finally:
        for number in set(plt.get_fignums()) - before:
            plt.close(number)
    return Frame(png, width, height, " ".join(sentence.split()), listed, places)


class _Canvas(FigureCanvasAgg):
    """The canvas of all pictures: figures of one size share a renderer, which remembers formulas it has set."""

    def get_renderer(self):
        return _renderer(*self.get_width_height(physical=True), self.figure.dpi)


_renderer = functools.lru_cache(maxsize=8)(RendererAgg)


def _picture(figure, like) -> tuple:
    """(PNG, width, height in CSS pixels, places of the axes) of a matplotlib figure; one to be stored has a palette."""
    canvas, dpi = _Canvas(figure), figure.dpi
    figure.set_dpi(DPI)
    if like is None or not _drawn_in_places(figure, canvas, like.places):
        canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    figure.set_dpi(dpi)
    file, shown = io.BytesIO(), picture
    if like is None:
        shown = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    shown.save(file, "png", compress_level=EFFORT if like is None else 1)
    places = tuple(ax.get_position(original=True).bounds for ax in figure.axes)
    return file.getvalue(), round(picture.width * 96 / DPI), round(picture.height * 96 / DPI), places


def _drawn_in_places(figure, canvas, places: tuple) -> bool:
    """Draw with the axes in given places: solving for the layout takes longer than drawing. False if a label is cut."""
    engine = figure.get_layout_engine()
    if engine is None or len(places) != len(figure.axes):
        return False
    figure.set_layout_engine("none")
    for ax, place in zip(figure.axes, places, strict=True):
        ax.set_position(place)
    canvas.draw()
    labels = [axis.label for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    titles = [text for ax in figure.axes for text in ax.get_children() if isinstance(text, Text)]
    boxes = [text.get_window_extent() if text.get_text() else None for text in (*labels, *titles)]
    inside = all(box.x0 >= 0 and box.y0 >= 0 and (box.max <= figure.bbox.max).all() for box in boxes if box)
    if inside and not any(box.overlaps(ax.bbox) for box in boxes[: len(labels)] if box for ax in figure.axes):
        return True
    figure.set_layout_engine(engine)
    for ax in figure.axes:
        ax.set_in_layout(True)
    return False


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
