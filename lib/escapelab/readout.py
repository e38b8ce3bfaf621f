"""The key numbers of a figure, read back from the figure itself: a table for readers who do not see it.

Whatever is drawn is listed: curves, groups of curves, points, bars, maps. So the table cannot say anything
else than the picture, and nobody has to keep it up.
"""

import html
import re
from typing import NamedTuple

import numpy as np
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from escapelab.plots import COLOUR_NAMES

GREEK = {
    "theta": "θ",
    "eta": "η",
    "lambda": "λ",
    "sigma": "σ",
    "kappa": "κ",
    "alpha": "α",
    "mu": "μ",
    "varepsilon": "ε",
}
HEADS = ("What", "Points", "From", "To", "First", "Last", "Lowest", "at", "Highest", "at")
MOST_NAMES = 6  # in a sentence
GUIDE = 2  # a line of so many points that spans the whole axes is a guide line


class Shown(NamedTuple):
    """One thing drawn on an axes, with the numbers by which it can be told from others."""

    name: str
    x: np.ndarray  # (points,)
    y: np.ndarray  # (points,)

    def cells(self) -> list[str]:
        """The row of the table, under HEADS."""
        if not self.x.size or not self.y.size:
            size, ends = str(max(self.x.size, self.y.size)), [self.x, self.y]
            limits = [[number(v.min()), number(v.max())] if v.size else ["", ""] for v in ends]
            return [self.name, size, *limits[0], "", "", limits[1][0], "", limits[1][1], ""]
        low, high = int(self.y.argmin()), int(self.y.argmax())
        ends = [self.x.min(), self.x.max(), self.y[0], self.y[-1]]
        extremes = [self.y[low], self.x[low], self.y[high], self.x[high]]
        return [self.name, str(self.x.size), *map(number, [*ends, *extremes])]


def number(value: float) -> str:
    """A number to four significant digits; whole numbers up to a million in full."""
    value = float(value)
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.4g}"


def plain(text: str) -> str:
    """A label without TeX: `$\\theta$` as θ, signs of markup left out."""
    for name, letter in GREEK.items():
        text = re.sub(rf"\\{name}(?![a-z])", letter, text)
    return " ".join(re.sub(r"\\(?:mathrm|text|log)?|[${}]", "", text).split())


def _colour(colour) -> str:
    """The colour's name in the book's palette, the hexadecimal code for another."""
    code = to_hex(colour)
    return COLOUR_NAMES.get(code.upper(), code)


def _named(axes, artist, colour, kind: str) -> str:
    """The artist's label, else the text written on the axes in its colour, else its colour and kind."""
    label = str(artist.get_label() or "")
    if label and not label.startswith("_"):
        return plain(label)
    beside = [plain(text.get_text()) for text in axes.texts if to_hex(text.get_color()) == to_hex(colour)]
    alone = [text for text in beside if text]
    return alone[0] if len(alone) == 1 else f"{_colour(colour)} {kind}"


def _finite(name: str, points) -> Shown:
    points = np.asarray(points, float).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    return Shown(name, points[:, 0], points[:, 1])


def _lines(axes) -> list[Shown]:
    found: dict[str, list] = {}
    none = np.empty(0)
    shown = []
    for line in axes.lines:
        x, y = (np.asarray(values, float) for values in line.get_data())
        kind = "points" if line.get_linestyle() in ("None", "", " ") else "line"
        name = _named(axes, line, line.get_color(), kind)
        if x.size == GUIDE and line.get_transform() != axes.transData:
            shown.append(Shown(name, x[:1], none) if x[0] == x[1] else Shown(name, none, y[:1]))
        elif x.size:
            found.setdefault(name, []).append(np.column_stack([x, y]))
    for name, parts in found.items():
        several = f" ({len(parts)} lines)" if len(parts) > 1 else ""
        shown.append(_finite(f"{name}{several}", np.concatenate(parts)))
    return shown


def _collections(axes) -> list[Shown]:
    shown = []
    for group in axes.collections:
        if isinstance(group, LineCollection) and len(segments := group.get_segments()):
            name = _named(axes, group, group.get_color()[0], "lines")
            shown.append(_finite(f"{name} ({len(segments)} lines)", np.concatenate(segments)))
        elif isinstance(group, PathCollection) and len(group.get_offsets()):
            shown.append(_finite(_named(axes, group, group.get_facecolor()[0], "points"), group.get_offsets()))
        elif isinstance(group, QuadMesh) and group.get_array() is not None:
            shown.append(Shown("map", np.empty(0), np.ma.compressed(np.ma.masked_invalid(group.get_array()))))
    maps = [np.ma.compressed(np.ma.masked_invalid(picture.get_array())) for picture in axes.images]
    return shown + [Shown("map", np.empty(0), values) for values in maps]


def _bars(axes) -> list[Shown]:
    found: dict[str, tuple] = {}
    for bars in axes.containers:
        if isinstance(bars, BarContainer) and len(bars):
            colour = to_hex(bars[0].get_facecolor())
            tops = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in bars]
            if bars.orientation == "horizontal":
                tops = [(bar.get_y() + bar.get_height() / 2, bar.get_width()) for bar in bars]
            found.setdefault(colour, (_named(axes, bars, colour, "bars"), []))[1].extend(tops)
    shown = [_finite(name, tops) for name, tops in found.values()]
    for patch in axes.patches:
        if isinstance(patch, Polygon):
            colour = patch.get_facecolor() if patch.get_fill() else patch.get_edgecolor()
            shown.append(_finite(_named(axes, patch, colour, "outline"), patch.get_xy()))
    return shown


def panels(figure) -> list[tuple[str, list[Shown]]]:
    """(what the axes shows, its things drawn) of every axes of a matplotlib figure that shows something."""
    found = []
    for axes in figure.axes:
        title = plain(axes.get_title("left") or axes.get_title())
        x, y = plain(axes.get_xlabel()), plain(axes.get_ylabel())
        limits = (sorted(axes.get_xlim()), sorted(axes.get_ylim()))
        across, up = (f"{number(low)} to {number(high)}" for low, high in limits)
        said = f"{y or 'height'} from {up} over {x or 'position'} from {across}"
        if shown := [*_lines(axes), *_collections(axes), *_bars(axes)]:
            found.append((f"{title}: {said}" if title else said, shown))
    return found


def sentence(figure) -> str:
    """What the axes of a matplotlib figure span and the names of what each shows; '' for an empty figure."""
    return _said(panels(figure))


def _said(found) -> str:
    said = []
    for name, shown in found:
        names = list(dict.fromkeys(one.name for one in shown))
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        said.append(f"{name[:1].upper()}{name[1:]}; drawn: {', '.join(names[:MOST_NAMES])}{more}.")
    return " ".join(said)


def table(figure) -> str:
    """The key numbers of a matplotlib figure as HTML behind a disclosure; '' for an empty figure."""
    tables, found = [], panels(figure)
    for name, shown in found:
        head = "".join(f'<th scope="col">{word}</th>' for word in HEADS)
        rows = ["".join(f"<td>{html.escape(cell)}</td>" for cell in one.cells()) for one in shown]
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        tables.append(f"<table><caption>{html.escape(name)}</caption><tr>{head}</tr>{body}</table>")
    if not tables:
        return ""
    said = html.escape(_said(found))
    return (
        f'<details class="escapelab-numbers" data-says="{said}"><summary>Numbers of this figure</summary>'
        f"{''.join(tables)}</details>"
    )


def on_page() -> None:
    """Let IPython show a figure's numbers as its text from now on, as the build of the page wants it."""
    Figure._repr_pretty_ = lambda figure, printer, cycle: printer.text(table(figure))
