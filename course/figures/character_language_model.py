"""The drawings of lesson 04, A character language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from helpers.plots import COLOURS, show

__all__ = ["beside_counting", "hello", "nuclei", "two_optimisers"]

Array = npt.NDArray[np.float64]


def hello(
    letters: Sequence[str],
    read: Sequence[int],
    targets: Sequence[int],
    before: Array,
    after: Array,
) -> None:
    """Draw the probabilities of the next letter before and after training.

    Parameters
    ----------
    letters : sequence of V str
        The vocabulary.
    read, targets : sequence of T ints
        What is read at each step, and what comes next.
    before, after : array, shape (T, V)
        The probabilities.
    """
    figure, rows = plt.subplots(2, 4, figsize=(10, 4.6), sharey=True, sharex=True)
    for row, chances, when in zip(rows, (before, after), ("before", "after"), strict=True):
        for axes, seen, wanted, chance in zip(row, read, targets, chances, strict=True):
            colours = [COLOURS["vermilion" if i == wanted else "sky"] for i in range(len(letters))]
            axes.bar(list(letters), chance, color=colours)
            axes.set_ylim(0, 1)
            if when == "before":
                axes.set_title(f"reads {letters[seen]}, target {letters[wanted]}", size=12)
        row[0].set_ylabel(f"probability,\n{when}")
    for axes in rows[1]:
        axes.set_xlabel("next letter")
    figure.suptitle("Training moves the probability to the target (orange-red)", weight="bold")
    show(
        figure,
        alt="Eight bar charts of the four letters' probabilities, four steps before and after "
        "training. Before, all bars are between 0.15 and 0.34. After, at each step the target's "
        "bar is close to one: e after h, l after e, l after the first l, o after the second.",
    )


def two_optimisers(
    descents: Mapping[float, Sequence[float]], adams: Mapping[float, Sequence[float]]
) -> None:
    """Draw the loss (nats per letter) at each step of gradient descent and of Adam, by rate."""
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    looks = (("gradient descent", descents, "orange", "--"), ("Adam", adams, "blue", "-"))
    for name, runs, colour, style in looks:
        best = min(runs, key=lambda rate: runs[rate][-1])
        for rate, losses in runs.items():
            width = 2.6 if rate == best else 0.9
            (line,) = axes.plot(losses, color=COLOURS[colour], ls=style, lw=width)
            if rate == best:
                others = ", ".join(f"{other:g}" for other in runs if other != best)
                line.set_label(f"{name}, rate {best:g} (thin: {others})")
    axes.axhline(np.log(4), color="grey", ls=":")
    axes.text(300, np.log(4) * 1.15, "guessing evenly", ha="right", va="bottom")
    axes.set_yscale("log")
    axes.set(xlabel="step", ylabel="loss (nats per letter)", ylim=(4e-5, 20))
    axes.set_title("Each learns hello at its own best rate, and fails at twice that")
    axes.legend(loc="center right", bbox_to_anchor=(1, 0.56), fontsize=10)
    show(
        figure,
        alt="Loss on a logarithmic axis against 300 steps, from 1.46 on. Gradient descent ends at "
        "0.004, 0.002 and 0.0009 at the rates 1.25, 2.5 and 5, and ends above 1 at 10. Adam ends "
        "at 0.001, 0.0003 and 0.0001 at 0.1, 0.2 and 0.4, and stays at 0.5 at 0.8.",
    )


@claims.picture("character_model")
def beside_counting(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw networks beside n-gram models, in bits per character."""
    orders = record.settings["orders"]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), width_ratios=[4, 5])
    for part, style in (("test", "o-"), ("validation", ".--")):
        counted = [record.values("n-gram bits", part=part, order=n)[0] for n in orders]
        colour = "black" if part == "test" else COLOURS["sky"]
        left.plot(orders, counted, style, color=colour, label=f"n-grams, {part} part")
    least, best = (record.values(name)[0] for name in ("n-gram bits, best", "best order"))
    left.plot(best, least, "o", color=COLOURS["vermilion"], ms=9, label="best on validation")
    if mine:
        small = least + mine[claims.figure("above n-gram", model="small", steps=600)]
        left.axhline(small, color=COLOURS["green"], ls="--", label="your network, test part")
    left.set(xlabel="n", ylabel="bits per character", ylim=(1.6, 4.9))
    left.set_xticks(orders[::3])
    left.legend(loc="upper right", fontsize=10)
    left.set_title("From n = 8 on, n-grams gain little")
    validation = record.values("n-gram bits", part="validation", order=int(best))[0]
    right.axhline(least, color="black", ls=":", label="best n-gram, test part")
    right.axhline(validation, color=COLOURS["sky"], ls=":", label="best n-gram, validation part")
    _large_networks(right, record, least)
    right.set(xlabel="training steps of 1,024 characters", ylabel="bits per character")
    right.set_ylim(1.7, 2.5)
    right.legend(loc="upper right", fontsize=10)
    right.set_title("With gates: level with the best n-gram")
    show(
        figure,
        alt="Left: bits per character of n-gram models against n fall from 4.7 at n = 1 to 1.8 at "
        "n = 8 and are flat to n = 16, on the test and on the validation part, where n = 10 is "
        "best; your network's line is between n = 3 and n = 4. Right: bits against training steps "
        "for five seeds each, which nearly coincide. The plain RNN falls from 2.4 at 500 steps to "
        "1.93 at 3,000, above the best n-gram; the GRU from 2.06 to 1.80, just below it. On the "
        "validation part the GRU ends just above the best n-gram.",
    )


def _large_networks(axes: Axes, record: claims.Record, least: float) -> None:
    """Draw the bits of two large networks against training steps, a line a seed."""
    looks = (
        ("plain", "vermilion", "s", "plain RNN, H = 551"),
        ("gated", "blue", "o", "GRU, H = 320"),
    )
    for kind, colour, mark, label in looks:
        steps = record.settings["models"][kind]["looks"]
        above = [record.values("above n-gram", model=kind, steps=k) for k in steps]  # one a seed
        style: dict[str, Any] = {"color": COLOURS[colour], "marker": mark, "ms": 5, "lw": 1}
        lines = axes.plot(steps, least + np.array(above), **style)
        lines[0].set_label(f"{label}, test part, {len(record.seeds)} seeds")
        bits = record.values("validation bits", model=kind)
        style |= {"ls": "", "mfc": "none", "ms": 7, "label": f"{label}, validation part"}
        axes.plot([steps[-1]] * len(bits), bits, **style)


def nuclei(likeliest: Mapping[str, tuple[Sequence[str], Sequence[float], Sequence[bool]]]) -> None:
    """Draw the likeliest next characters after two beginnings, and which the nucleus keeps.

    Parameters
    ----------
    likeliest : mapping of str to (N str, N floats, N bools)
        For each beginning the N = 24 likeliest characters, the likeliest first, their
        probabilities, and whether each is in the nucleus.
    """
    figure, panels = plt.subplots(1, 2, figsize=(10.5, 4), sharey=True)
    for axes, (begin, (characters, chances, kept)) in zip(panels, likeliest.items(), strict=True):
        colours = [COLOURS["blue" if inside else "sky"] for inside in kept]
        axes.bar(range(24), chances, color=colours)
        axes.axvline(4.5, color="black", ls=":")
        axes.text(4.8, 0.85, "top-5 ends here", size=11)
        names = [character.replace("\n", "↵").replace(" ", "␣") for character in characters]
        axes.set_xticks(range(24), names, size=10, parse_math=False)
        axes.set(xlabel="next character, likeliest first", ylim=(0, 1))
        axes.set_title("after “" + begin.replace("\n", "↵") + "”")
    panels[0].set_ylabel("probability")
    title = "The nucleus (dark) grows where the network is unsure; top-k does not"
    figure.suptitle(title, weight="bold")
    show(
        figure,
        alt="Sorted probabilities of the next character after two beginnings. After “raises an "
        "exceptio” one bar, n, holds nearly everything, and is alone in the nucleus of 90 per "
        "cent. After a paragraph's “The ” more than ten characters are in it. Top-5 would keep "
        "five in both.",
    )
