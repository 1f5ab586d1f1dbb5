"""What drawings of networks are made of: units, arrows, and axes without a frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle

from helpers.plots import COLOURS

__all__ = ["arrow", "blank", "samples", "signed", "unit"]

Point = tuple[float, float]


def blank(axes: Axes, left: float, right: float, bottom: float, top: float) -> None:
    """Prepare axes for a drawing: equal scales, no frame, no ticks."""
    axes.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    axes.axis("off")


def unit(
    axes: Axes,
    place: Point,
    text: str = "",
    colour: str = "black",
    size: float = 0.3,
    fill: str = "white",
    ink: str = "black",
) -> None:
    """Draw a circle with a text in it; `colour` is one of the course's, for its edge."""
    circle = Circle(place, size, facecolor=fill, edgecolor=COLOURS[colour], lw=2, zorder=3)
    axes.add_patch(circle)
    axes.text(*place, text, ha="center", va="center", size=11, color=ink, zorder=4)


def arrow(
    axes: Axes,
    start: Point,
    end: Point,
    colour: str = "black",
    width: float = 1.5,
    gap: float = 0.36,
    label: str = "",
    shift: Point = (0, 0),
    at: float = 0.5,
) -> None:
    """Draw an arrow between two circles of radius `gap`, with a label at a fraction `at` of it."""
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    step = gap * (b - a) / np.hypot(*(b - a))
    style: dict[str, Any] = {"arrowstyle": "-|>", "color": COLOURS[colour], "lw": width}
    style |= {"mutation_scale": 14, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=tuple(b - step), xytext=tuple(a + step), arrowprops=style)
    if label:
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        x, y = a + at * (b - a) + shift
        axes.text(x, y, label, color=COLOURS[colour], ha="center", va="center", bbox=ground)


def signed(value: float) -> str:
    """Write a number with two decimals and a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def samples(axes: Axes, texts: Mapping[str, str], width: int, size: float) -> None:
    """Write up to four texts under each other, each with its name, in lines of `width` characters.

    A line break shows as ↵.
    """
    axes.axis("off")
    top = 1.0
    for name, text in texts.items():
        text = text.replace("\n", "↵")
        lines = "\n".join(text[i : i + width] for i in range(0, len(text), width))
        axes.text(0, top, name, weight="bold", va="top", size=12)
        axes.text(0, top - 0.07, lines, family="monospace", va="top", size=size, parse_math=False)
        top -= 0.26
