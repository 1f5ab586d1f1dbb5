"""The drawings of lesson 03, Language models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from course import claims
from course.figures.drawing import samples
from helpers.plots import COLOURS, show

__all__ = ["bits_by_order", "excess_by_window", "written"]


def bits_by_order(orders: Sequence[int], bits: Mapping[str, Sequence[float]], V: int) -> None:
    """Draw how many bits a character costs n-gram models, for each n.

    Parameters
    ----------
    orders : sequence of N ints
        Each n.
    bits : mapping of str to sequence of N floats
        Bits per character, by model and text.
    V : int
        The size of the alphabet.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    looks: dict[str, dict[str, Any]] = {
        "add-k, training": {"color": COLOURS["orange"], "ls": "--", "marker": "v"},
        "add-k, test": {"color": COLOURS["vermilion"], "marker": "s"},
        "interpolated, test": {"color": COLOURS["blue"], "marker": "o"},
        "interpolated, validation": {"color": COLOURS["sky"], "ls": "--", "marker": "."},
    }
    for name, style in looks.items():
        axes.plot(orders, bits[name], label=name, **style)
    axes.axhline(np.log2(V), color="grey", ls=":")
    axes.text(orders[-1], np.log2(V) - 0.35, "all characters alike", ha="right")
    axes.set(xlabel="n", ylabel="bits per character", ylim=(0, 7))
    axes.set_xticks(orders)
    axes.set_title("Add-k learns long contexts by heart; interpolation uses them")
    axes.legend(loc="upper left", bbox_to_anchor=(0.1, 0.92), fontsize=10)
    show(
        figure,
        alt="Bits per character against n from 1 to 12. Add-k on the training text falls to "
        "about one bit. On the test text it is best at n = 4, at about 2.4 bits, and then rises "
        "to 5.3. Interpolation falls to about 2 bits by n = 8 and stays there, on the test and on "
        "the validation text.",
    )


def written(texts: Mapping[int, str]) -> None:
    """Draw what n-gram models have written: a text for each n."""
    figure, axes = plt.subplots(figsize=(11, 4.8))
    samples(axes, {f"n = {n}": text for n, text in texts.items()}, width=90, size=12)
    axes.set_title("The longer the context, the more it sounds like the manual")
    show(
        figure,
        alt="Four samples of text. With n = 1 a soup of letters; with n = 2 letters that can be "
        "pronounced; with n = 4 pieces of words; with n = 7 whole phrases from Python's manual "
        "that lose their thread after some words.",
    )


@claims.picture(27)
def excess_by_window(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what a window of τ symbols costs on processes of different memory."""
    windows = record.settings["windows"]
    figure, axes = plt.subplots(figsize=(8.5, 4.4))
    looks: dict[int | str, tuple[str, str]] = {
        1: ("sky", "v"),
        2: ("blue", "o"),
        4: ("green", "s"),
        8: ("orange", "^"),
        "unbounded": ("vermilion", "D"),
    }
    for memory, (colour, mark) in looks.items():
        ends = [record.interval("excess", memory=memory, window=window) for window in windows]
        mean = np.array([e.mean for e in ends])
        bars = np.array([[e.mean - e.low for e in ends], [e.high - e.mean for e in ends]])
        label = f"memory of {memory}" if memory != "unbounded" else "ones in pairs"
        style: dict[str, Any] = {"color": COLOURS[colour], "marker": mark, "label": label}
        axes.errorbar(windows, mean, bars, capsize=4, **style)
    if mine:
        own = [mine[claims.figure("excess", memory=4, window=window)] for window in windows]
        label = "your seed, memory of 4"
        axes.plot(windows, own, "x", color="black", ms=9, mew=2, zorder=3, label=label)
    axes.set(xlabel="window τ (steps)", ylabel="excess (bits per symbol)", ylim=(-0.02, 0.6))
    axes.set_title("A window is blind to what lies one step outside it")
    axes.legend(loc="center right", fontsize=10)
    show(
        figure,
        alt="Excess bits against the window for processes of memory 1, 2, 4 and 8: 0.53 bits as "
        "long as the window is shorter than the memory, then at once about zero. For ones in "
        "pairs the excess falls from 0.21 to 0.02 and does not reach zero.",
    )
