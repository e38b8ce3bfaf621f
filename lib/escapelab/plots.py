"""Figures: one style, colours safe for colour-blind readers, labels on the lines.

A figure is a function ``(ax, thing, ...) -> ax``, testable alone. Lessons set no rcParams of their own.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito 2008, distinguishable in deuteranopia and, in this order of lightness, in grey print.
BLACK, BLUE, VERMILION, GREEN = "#222222", "#0072B2", "#D55E00", "#009E73"
ORANGE, SKY, PURPLE = "#E69F00", "#56B4E9", "#CC79A7"
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE, BLACK)
GREY = "#8A8A8A"
COLOUR_NAMES = {
    BLACK: "black", BLUE: "blue", VERMILION: "red", GREEN: "green", ORANGE: "orange", SKY: "light blue", PURPLE: "pink",
    GREY: "grey",
}  # fmt: skip
SEQUENTIAL, DIVERGING = "cividis", "PuOr"

_STYLE = {
    "figure.figsize": (7.2, 4.0),
    "figure.dpi": 110,
    "savefig.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 12,
    "axes.titlelocation": "left",
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "image.cmap": SEQUENTIAL,
}


def style():
    """Set the book's figure style; called once at the head of a lesson."""
    mpl.rcParams.update(_STYLE)


def figure(rows=1, columns=1, *, width=7.2, height=4.0, **options):
    """A figure and its axes in the book's style."""
    with mpl.rc_context(_STYLE):
        return plt.subplots(rows, columns, figsize=(width, height), **options)


def label(ax, x, y, text, colour, *, ha="left", va="center", **options):
    """Write a line's name beside it, in its colour, on a patch of background that keeps it legible."""
    patch = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 1.0}
    return ax.text(x, y, text, color=colour, ha=ha, va=va, bbox=options.pop("bbox", patch), **options)


def landscape(ax, objective, low, high, *, points=600, colour=BLACK, name=None, shift=0.0):
    """The loss of a one-dimensional objective between low and high, named on the line."""
    x = np.linspace(low, high, points)
    y = objective.loss(x) + shift
    ax.plot(x, y, color=colour, zorder=2)
    ax.set_xlim(low, high)
    if name:
        label(ax, x[-1], y[-1], name, colour, ha="right", va="bottom")
    return ax


def balls(ax, objective, theta, *, colour=VERMILION, size=40, **options):
    """Walkers (points,) as balls lying on the loss of a one-dimensional objective."""
    theta = np.atleast_1d(np.asarray(theta, float)).ravel()
    look = {"color": colour, "edgecolor": "white", "linewidth": 0.6, "zorder": 4, **options}
    ax.scatter(theta, objective.loss(theta), s=size, **look)
    return ax


def scene(objective, low, high, *, start=None, points=600, width=6.4, height=2.5):
    """Axes with the place where a lesson plays: the loss between low and high, and balls where walkers start."""
    _, ax = figure(width=width, height=height)
    landscape(ax, objective, low, high, points=points)
    if start is not None:
        balls(ax, objective, start, size=70)
    ax.set(xlabel=r"iterate $\theta$", ylabel="loss")
    return ax


def images(ax, pictures, names, *, columns=10):
    """Small grey pictures (n, height, width), from 0 white to 1 black, in rows, each with its name above."""
    pictures = np.asarray(pictures)
    count, high, wide = pictures.shape
    rows = -(-count // columns)
    page = np.zeros((rows, high + 2, columns, wide + 2))
    for i, picture in enumerate(pictures):
        page[i // columns, 1:-1, i % columns, 1:-1] = picture
        x, y = (wide + 2) * (i % columns), (high + 2) * (i // columns)
        ax.text(x + wide / 2 + 0.5, y, names[i], fontsize=8, ha="center", va="center")
    ax.imshow(page.reshape(rows * (high + 2), columns * (wide + 2)), cmap="gray_r", vmin=0, vmax=1)
    ax.axis("off")
    return ax


def bands(ax, steps, values, *, colour=BLUE, quantiles=(0.05, 0.25, 0.75, 0.95), name=None):
    """Median and quantile bands of many runs: values (runs, steps)."""
    cuts = np.quantile(values, quantiles, axis=0)
    half = len(quantiles) // 2
    for i in range(half):
        ax.fill_between(steps, cuts[i], cuts[-1 - i], color=colour, alpha=0.18, linewidth=0)
    median = np.median(values, axis=0)
    ax.plot(steps, median, color=colour)
    if name:
        label(ax, steps[-1], median[-1], name, colour, ha="right", va="bottom")
    return ax


def histogram(ax, values, bins, *, colour=BLUE, height=1.0, base=0.0):
    """Shares of values (points,) per bin as bars standing on ``base``, the tallest ``height`` high."""
    counts, edges = np.histogram(values, bins)
    scale = height / max(counts.max(), 1)
    ax.bar(edges[:-1], counts * scale, np.diff(edges), bottom=base, align="edge", color=colour, alpha=0.6, linewidth=0)
    return ax


def interval(ax, x, measurement, *, colour=VERMILION, at95=True, **options):
    """A measured value with its 95 % (or 1e-6) prediction interval as a point and a bar."""
    low, high = (measurement.low95, measurement.high95) if at95 else (measurement.low, measurement.high)
    ax.plot([x, x], [low, high], color=colour, linewidth=1.4)
    ax.plot(x, measurement.value, "o", color=colour, markersize=4.5, **options)
    return ax
