"""Figures: one style for all lessons, Hangul on every machine, alternative text always."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from IPython.display import display
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

HANGUL_FONT = Path(__file__).parent / "fonts" / "NanumGothic.ttf"
HANGUL_BOLD = Path(__file__).parent / "fonts" / "NanumGothicBold.ttf"

# Okabe and Ito's palette: eight colours that readers with any common colour blindness tell apart
# (Okabe & Ito 2008, https://jfly.uni-koeln.de/color/). Black comes last: text and axes use it.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "yellow": "#F0E442",
    "black": "#000000",
}


def use_course_style() -> None:
    """Set matplotlib's defaults for the lessons.

    Text is large enough for the back row, and the background is white, so that figures stay legible
    in JupyterLab's dark theme. Latin letters come from DejaVu Sans; Hangul, which it lacks, from
    the Nanum Gothic that the course ships, regular and bold.
    """
    for path in (HANGUL_FONT, HANGUL_BOLD):
        font_manager.fontManager.addfont(str(path))
    # The bold file calls its weight 600, not 700; without this, bold titles say so on stderr.
    logging.getLogger("matplotlib.font_manager").addFilter(
        lambda entry: "weight bold for NanumGothic" not in entry.getMessage()
    )
    mpl.rcParams.update(
        {
            "font.family": ["DejaVu Sans", "NanumGothic"],
            "font.size": 12,
            "axes.titlesize": 13,
            "axes.titleweight": "bold",
            "axes.titlepad": 10,
            "axes.labelsize": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": plt.cycler(color=list(COLOURS.values())),
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.constrained_layout.use": True,
            "lines.linewidth": 2,
            "legend.frameon": False,
        }
    )


def show(figure: Figure, alt: str) -> None:
    """Display a figure with its alternative text, and close it.

    `alt` says what a reader who cannot see the figure must know: its kind, its axes, what it shows.
    It goes where readers of the notebook look for it: into the output's metadata (nbconvert and
    VS Code make it the image's `alt`) and in place of `<Figure size …>` as its plain-text form.
    """
    if not alt.strip():
        raise ValueError("show: the alternative text is empty; say in a sentence what is seen")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    if _CAUGHT:
        _CAUGHT[-1].append((buffer.getvalue(), alt))
        return
    display(
        {"image/png": buffer.getvalue(), "text/plain": alt},
        metadata={"image/png": {"alt": alt}},
        raw=True,
    )


_CAUGHT: list[list[tuple[bytes, str]]] = []


@contextlib.contextmanager
def caught() -> Iterator[list[tuple[bytes, str]]]:
    """Yield a list that takes the figures shown meanwhile, a PNG and its text each."""
    _CAUGHT.append([])
    try:
        yield _CAUGHT[-1]
    finally:
        _CAUGHT.pop()


def attention_heatmap(
    weights: npt.ArrayLike,
    source: Sequence[str],
    target: Sequence[str],
    title: str,
    axes: Axes | None = None,
) -> Figure:
    """Draw how much attention each of T target words paid to each of S source words.

    `weights` (T, S) have a distribution over the source in each row; `source` and `target` are the
    tokens, which label the axes of `axes` or of a new figure; `title` says in a sentence what to
    see.
    """
    values = np.asarray(weights, dtype=float)
    if values.shape != (len(target), len(source)):
        raise ValueError(
            f"attention_heatmap: weights have shape {values.shape}, but there are {len(target)} "
            f"target and {len(source)} source tokens; pass weights of shape (T, S)"
        )
    if axes is None:
        width = 2.4 + 0.62 * len(source)
        _, axes = plt.subplots(figsize=(max(width, 7.2), 1.9 + 0.42 * len(target)))
    image = axes.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axes.set_xticks(range(len(source)), source)
    axes.set_yticks(range(len(target)), target)
    axes.set_xlabel("source · Korean morphemes")
    axes.set_ylabel("target · English words")
    axes.set_title(title)
    axes.spines[:].set_visible(False)
    for row, column in zip(*np.where(values >= 0.095), strict=True):
        colour = "white" if values[row, column] > 0.55 else "black"
        label = f"{values[row, column]:.1f}"
        axes.text(column, row, label, ha="center", va="center", color=colour, size=10)
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    figure.colorbar(image, ax=axes, label="attention weight", fraction=0.05)
    return figure
