"""The drawings of lesson 03, Language models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from course import claims
from helpers.plots import COLOURS, show

__all__ = ["excess_by_window", "order_curves"]


def order_curves(
    orders: Sequence[int], curves: Mapping[str, Mapping[str, Sequence[float]]], V: int
) -> None:
    """Draw how many bits a character costs n-gram models, for each n.

    The star is the test part, at the order that does best on the validation part.

    Parameters
    ----------
    orders : sequence of N ints
        Each n.
    curves : mapping of str to mapping of str to sequence of N floats
        For "add-k" and, if it is there, "interpolated": bits per character on "train",
        "validation" and "test".
    V : int
        The size of the alphabet.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.4))
    looks = {"add-k": ("vermilion", "s"), "interpolated": ("blue", "o")}
    for name, bits in curves.items():
        colour, mark = COLOURS[looks[name][0]], looks[name][1]
        axes.plot(orders, bits["train"], color=colour, ls=":", label=f"{name}, training")
        axes.plot(
            orders, bits["validation"], mark, ls="-", color=colour, label=f"{name}, validation"
        )
        best = int(np.argmin(bits["validation"]))
        star: dict[str, Any] = {"color": colour, "ms": 16, "mec": "black", "zorder": 3}
        axes.plot(orders[best], bits["test"][best], "*", label=f"{name}, test", **star)
    axes.axhline(np.log2(V), color="grey", ls="--")
    axes.text(orders[-1], np.log2(V) - 0.35, "all characters alike", ha="right")
    axes.set(xlabel="order n", ylabel="bits per character", ylim=(0, 7))
    axes.set_xticks(orders)
    both = len(curves) > 1
    axes.set_title(
        "Interpolation makes use of long contexts"
        if both
        else "Add-k with long contexts gets better only on what it has read"
    )
    axes.legend(loc="upper left", bbox_to_anchor=(0.13, 0.95), fontsize=10, ncols=1 + both)
    add_k = (
        "Bits per character against the order n from 1 to 12. Add-k on the training text falls to "
        "about one bit. On the validation text it is best at n = 4, at about 2.4 bits, and then "
        "rises to 5.3."
    )
    mixed = (
        " Interpolation on the validation text falls to about 2 bits by n = 8 and stays there. On "
        "the training text it falls to about one bit."
    )
    show(figure, alt=add_k + mixed * both)


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
