"""One control: pictures of all its values in nested stacks, which a browser with a kernel swaps for live sliders.

Without a kernel (the built page) every combination of the stored values is a picture, and the browser alone
shows the one that the sliders point to. With a kernel and a browser the same cell swaps the pictures for continuous
sliders, and `draw` is called with the value that the slider shows. Which of the two it is the browser says: it alone
follows the link from `ping` to `pong`, and a kernel hears of it.
"""

import base64
import gzip
import itertools
import math
import numbers
import os

import ipywidgets
import numpy as np

from escapelab.frames import Frame, frame, label, said

MAX_GZIPPED = 1_000_000  # bytes of a page's pictures


class _Box(ipywidgets.VBox):
    """The widget on the page; viewers without widgets get the first frame's sentence and picture."""

    first: Frame

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/plain": self.first.sentence, "image/png": base64.b64encode(self.first.png).decode()}


class Control:
    """One call of `explore`: .draw, .values {name: list}, .frames {index tuple: Frame}, .gzipped bytes, .box widget."""

    def __init__(self, draw, play: str | None, values: dict):
        self.draw, self.play, self.values = draw, play, values
        places = list(itertools.product(*(range(len(chosen)) for chosen in values.values())))
        if os.environ.get("ESCAPELAB_FRAMES") == "0":
            places = places[:1]
        self.frames = {place: frame(draw, self.at(place)) for place in places}
        self.gzipped = len(gzip.compress("".join(picture.html() for picture in self.frames.values()).encode()))
        if self.gzipped > MAX_GZIPPED:
            raise ValueError(f"the pictures take {self.gzipped:,} bytes gzipped; at most {MAX_GZIPPED:,}")
        self._build()

    def at(self, place: tuple) -> dict:
        """Arguments of `draw` at an index tuple."""
        return {name: chosen[i] for (name, chosen), i in zip(self.values.items(), place, strict=True)}

    def _build(self) -> None:
        names = list(self.values)
        self.sliders = {
            name: ipywidgets.SelectionSlider(options=[(label(value), value) for value in chosen], **_look(name))
            for name, chosen in self.values.items()
        }
        self.links, self.player = [], None
        stack = self._stack((), names)
        if self.play:
            self.player = ipywidgets.Play(max=len(self.values[self.play]) - 1, interval=250)
            self.links.append(ipywidgets.jslink((self.player, "value"), (self.sliders[self.play], "index")))
        self.ping, self.pong = ipywidgets.Label("browser"), ipywidgets.Label("")
        self.links.append(ipywidgets.jsdlink((self.ping, "value"), (self.pong, "value")))
        self.pong.observe(self._go_live, "value")
        stack.add_class("escapelab-picture")
        self.box = _Box([*self._rows(), stack])
        self.box.first = self.frames[(0,) * len(names)]
        self.box.add_class("escapelab-control")

    def _rows(self) -> list:
        """One row a slider, the Play button in front of its own."""
        row = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
        return [
            ipywidgets.HBox([self.player, slider] if name == self.play else [slider], layout=row)
            for name, slider in self.sliders.items()
        ]

    def _stack(self, place: tuple, names: list):
        """The picture at a full index tuple, otherwise the stack that the next control's slider leafs through."""
        if not names:
            return ipywidgets.HTML(self.frames.get(place, self.frames[(0,) * len(place)]).html())
        first, *rest = names
        stack = ipywidgets.Stack([self._stack((*place, i), rest) for i in range(len(self.values[first]))])
        stack.selected_index = 0
        self.links.append(ipywidgets.jsdlink((self.sliders[first], "index"), (stack, "selected_index")))
        return stack

    def _go_live(self, change) -> None:
        """A browser has answered: continuous sliders and one picture drawn by the kernel take the frames' place."""
        self.pong.unobserve(self._go_live, "value")
        place = tuple(slider.index for slider in self.sliders.values())
        self._close([*self.links, self.box.children[-1], *self.sliders.values(), *self.box.children[:-1]])
        self.sliders = {
            name: _live_slider(name, chosen, i) for (name, chosen), i in zip(self.values.items(), place, strict=True)
        }
        for slider in self.sliders.values():
            slider.add_class("escapelab-live")
            slider.observe(self._redraw, "value")
        if self.player:
            self.player.observe(self._step, "value")
        self.last = self.frames.get(place, self.box.first)
        self.picture = ipywidgets.HTML(self.last.html())
        self.picture.add_class("escapelab-picture")
        self.box.children = [*self._rows(), self.picture]

    def _step(self, change) -> None:
        """Play goes through the stored values."""
        self.sliders[self.play].value = self.values[self.play][change.new]

    def _redraw(self, change) -> None:
        """Draw at the sliders' values; an error becomes a sentence below the last good picture."""
        at = {name: _argument(chosen, self.sliders[name].value) for name, chosen in self.values.items()}
        try:
            self.last = frame(self.draw, at, like=self.last)
            self.picture.value = self.last.html()
        except Exception as problem:
            self.picture.value = self.last.html(f"No picture at {said(at)}: {type(problem).__name__}: {problem}")

    def close(self) -> None:
        """Close every widget of this control."""
        self._close([*self.links, self.ping, self.pong, self.box])

    def _close(self, widgets) -> None:
        for widget in widgets:
            self._close(getattr(widget, "children", ()))
            if widget is not self.player:
                widget.close()

    def drive(self) -> int:
        """Call `draw` at every value again and between them; the number of pictures. Raises as `drive` does."""
        pictures = {}
        for place in itertools.product(*(range(len(chosen)) for chosen in self.values.values())):
            pictures[place] = new = self._try(self.at(place))
            if place in self.frames and new != self.frames[place]:
                raise AssertionError(f"draw shows something else than stored at {said(self.at(place))}: it is not pure")
            for axis, index in enumerate(place):
                before = (*place[:axis], index - 1, *place[axis + 1 :])
                if index and (pictures[before].png == new.png or pictures[before].sentence == new.sentence):
                    raise AssertionError(
                        f"the picture or sentence at {said(self.at(place))} is the one at {said(self.at(before))}: "
                        f"control {list(self.values)[axis]} changes nothing there"
                    )
        for name, chosen in self.values.items():
            for low, high in itertools.pairwise(chosen if _continuous(chosen) else ()):
                self._try({**self.at((0,) * len(self.values)), name: _argument(chosen, (low + high) / 2)})
        return len(pictures)

    def _try(self, arguments: dict) -> Frame:
        try:
            return frame(self.draw, arguments)
        except Exception as problem:
            raise AssertionError(f"draw fails at {said(arguments)}: {type(problem).__name__}: {problem}") from problem


def _look(name: str) -> dict:
    said_name = name.replace("_", " ")
    return {"description": said_name, "tooltip": said_name, "style": {"description_width": "initial"}}


def _continuous(values: list) -> bool:
    return all(isinstance(value, numbers.Real) and not isinstance(value, bool) for value in values)


def _argument(values: list, position):
    """What `draw` gets where a live slider stands: the value that it shows."""
    if not _continuous(values):
        return position
    if all(isinstance(value, int) for value in values):
        return round(position)
    return min(max(float(f"{position:.4g}"), min(values)), max(values))


def _live_slider(name: str, values: list, index: int) -> ipywidgets.Widget:
    """A slider over everything between the stored values; logarithmic if they are nearer to geometric than to even."""
    if not _continuous(values):
        return ipywidgets.SelectionSlider(options=values, index=index, **_look(name))
    value, low, high, steps = values[index], min(values), max(values), np.diff(np.sort(values))
    ratios = np.diff(np.log(np.sort(values))) if low > 0 else None
    geometric = low > 0 and len(values) > 2 and ratios.std() / ratios.mean() < steps.std() / steps.mean()
    if all(isinstance(value, int) for value in values):
        if not geometric:
            return ipywidgets.IntSlider(value, low, high, **_look(name))
        between = sorted({*values, *np.rint(np.geomspace(low, high, 200)).astype(int).tolist()})
        return ipywidgets.SelectionSlider(options=between, value=value, **_look(name))
    look = {"readout_format": ".4g", **_look(name)}
    if not geometric:
        return ipywidgets.FloatSlider(value, min=low, max=high, step=(high - low) / 200, **look)
    low, high = math.log10(low), math.log10(high)
    return ipywidgets.FloatLogSlider(value, min=low, max=high, step=(high - low) / 200, **look)
