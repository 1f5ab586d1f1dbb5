"""The drawings of lesson 12, Self-attention."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from course.claims import Record, parallelism, scaled_scores, word_order
from helpers.plots import COLOURS, show

__all__ = ["leaks", "longer_sequences", "mixture_of_values", "sinusoids"]

Mine = Mapping[str, float] | None
CROSS: dict[str, Any] = {"marker": "x", "ls": "", "ms": 9, "mew": 2.5, "zorder": 5}
CROSS["color"] = COLOURS["vermilion"]
"""How the reader's own seed is drawn."""
PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}


def mixture_of_values() -> None:
    """Draw the worked example: the query of 배, three keys, three values and their mixture."""
    figure, axes = plt.subplots(figsize=(9.5, 4.6))
    axes.set(xlim=(-0.8, 7.5), ylim=(-0.5, 3.5))
    axes.axis("off")
    places, words = (0.4, 3.2, 6.0), ("배", "를", "먹었다")
    for place, word, weight in zip(places, words, (0.25, 0.125, 0.625), strict=True):
        _looked_at(axes, place, word)
        axes.plot([place + 0.55, 3.2], [1.05, 2.75], color=COLOURS["green"], lw=1 + 11 * weight)
        middle = 0.45 * (place + 0.55) + 0.55 * 3.2
        patch = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(middle, 1.98, f"{weight}", ha="center", va="center", size=12, bbox=patch)
    axes.text(-0.15, 1.75, "q · k", ha="center", size=12, color=COLOURS["vermilion"])
    top = {"boxstyle": "round,pad=0.45", "facecolor": COLOURS["yellow"], "edgecolor": "black"}
    axes.text(3.2, 3.05, "y of 배:  1.2, 0.2, 0.2", ha="center", va="center", size=13, bbox=top)
    axes.set_title("배 attends to every word, itself included, and mixes their values")
    show(
        figure,
        alt="Three words, 배, 를, 먹었다, each with three boxes q, k and v; only the query of 배 "
        "is in full colour, and dashed arrows lead from it to all three keys. From the three v "
        "boxes lines rise to y of 배, as thick as the weights 0.25, 0.125 and 0.625.",
    )


def _looked_at(axes: Axes, place: float, word: str) -> None:
    """Draw a word with its query, key and value, and the arrow from the query of 배 to its key."""
    numbers = {"배": "0.8, 0.8, 0.8", "를": "0, 0, 0", "먹었다": "1.6, 0, 0"}
    axes.text(place, -0.4, word, ha="center", size=15)
    for shift, name, colour in ((-0.55, "q", "orange"), (0, "k", "sky"), (0.55, "v", "green")):
        used = name != "q" or word == "배"
        alpha = 0.75 if used else 0.2
        box: dict[str, Any] = {"boxstyle": "round,pad=0.35", "facecolor": COLOURS[colour]}
        box |= {"edgecolor": "black", "alpha": alpha}
        axes.text(place + shift, 0.75, name, ha="center", va="center", size=13, bbox=box)
        axes.plot([place, place + shift], [-0.08, 0.46], color="black", lw=1, alpha=alpha)
    axes.text(place + 0.9, 0.75, numbers[word], ha="left", va="center", size=9)
    arc: dict[str, Any] = {"arrowstyle": "-|>", "color": COLOURS["vermilion"], "lw": 1.3}
    arc |= {"ls": "--", "shrinkA": 0, "shrinkB": 0}
    arc["connectionstyle"] = f"arc3,rad={-0.75 if word == '배' else -0.2}"
    axes.annotate("", (place, 1.03), (-0.15, 1.03), arrowprops=arc)


def sinusoids(positions: npt.ArrayLike, closeness: npt.ArrayLike) -> None:
    """Draw sinusoidal positions and how close they are to one another.

    Parameters
    ----------
    positions : array, shape (T, D)
        A row for each place.
    closeness : array, shape (T, T)
        Dot products of the rows.
    """
    figure, panels = plt.subplots(1, 2, figsize=(12, 4))
    rows, products = np.asarray(positions), np.asarray(closeness)
    image = panels[0].imshow(rows, aspect="auto", cmap="PuOr", vmin=-1, vmax=1)
    panels[0].set(xlabel="column", ylabel="position t", title="Every position has its own pattern")
    figure.colorbar(image, ax=panels[0], label="entry", fraction=0.046)
    for place, colour, style in ((10, "blue", "-"), (30, "orange", "--"), (50, "green", "-.")):
        panels[1].plot(products[place], style, color=COLOURS[colour], label=f"$p_{{{place}}}$")
    panels[1].set(xlabel="position s", ylabel="$p_t · p_s$", title="Nearby positions are similar")
    panels[1].legend(loc="lower center", ncols=3)
    show(
        figure,
        alt="Left: heatmap of 64 places by 32 columns; the first columns change quickly from place "
        "to place, the last hardly at all. Right: dot products of the vectors of places 10, 30 and "
        "50 with all others, three equal humps, each with its peak at its own place.",
    )


def leaks(slopes: Mapping[str, npt.ArrayLike]) -> None:
    """Draw which outputs depend on later inputs.

    Parameters
    ----------
    slopes : mapping of str to array, shape (T, T)
        For each of four masks, the slope from input s (column) to output t (row).
    """
    figure, panels = plt.subplots(1, 4, figsize=(13, 4.2), sharey=True)
    largest = max(float(np.max(np.asarray(slope))) for slope in slopes.values()) ** 0.5
    for axes, (name, slope) in zip(panels, slopes.items(), strict=True):
        grid = np.asarray(slope)
        image = axes.imshow(np.sqrt(grid), cmap="Blues", vmin=0, vmax=largest)
        for t, s in zip(*np.where(np.triu(grid, 1) > 0), strict=True):
            axes.text(s, t, "×", ha="center", va="center", color=COLOURS["vermilion"], size=13)
        axes.set(xlabel="input s")
        axes.set_title(name, size=12, weight="normal")
        axes.set_xticks(range(len(grid)))
        axes.set_yticks(range(len(grid)))
    panels[0].set_ylabel("output t")
    figure.colorbar(image, ax=panels[3], label="√ slope", fraction=0.05)
    title = "Each cross is a leak: the output depends on a later input"
    figure.suptitle(title, weight="bold", size=13)
    show(
        figure,
        alt="Four grids of slopes from input s to output t, 6 by 6. No mask and zeros after "
        "softmax: crosses in the whole upper triangle. One place too far: crosses right above the "
        "diagonal. Causal mask: the upper triangle is empty.",
    )


@claims.picture(18)
def _division(record: Record, mine: Mine) -> None:
    """Draw what the division by √d_k does to softmax's slope and to learning; claim 18."""
    figure, panels = plt.subplots(1, 3, figsize=(13.5, 4.4))
    _slopes(panels[0], record)
    for axes, kind in zip(panels[1:], ("own", "shared"), strict=True):
        _updates(axes, record, kind, mine)
    panels[1].set_title("Each width at its own rate")
    panels[2].set_title("One rate for all widths")
    panels[1].set_ylabel("updates until learnt")
    handles, labels = panels[1].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize=11)
    show(
        figure,
        alt="Left: slope from query to weights against the width; divided it stays at 0.3; not "
        "divided the typical one falls to a thousandth, the mean one rises. Middle: updates until "
        "learnt at widths 8 to 512, a mark for each of eight seeds, each at its own rate: divided "
        "40 to 70 everywhere; not divided about 100 at 8, 450 at 512; not divided from a smaller "
        "start 50 to 180; divided from a larger start nearly as slow as not divided. Right, one "
        "rate for all widths: divided 40 to 80 up to 128, and 60 to 340 at 512.",
    )


def _slopes(axes: Axes, record: Record) -> None:
    """Draw the slope from a query to its weights, at the start, against the width."""
    widths = record.settings["fresh"]
    for scaling, colour in (("divided", "blue"), ("not divided", "orange")):
        for kind, name, style in (
            ("typical", "slope at queries", "o-"),
            ("mean", "mean slope at queries", "x:"),
        ):
            slope = [record.values(name, d_k=d, scores=scaling).mean() for d in widths]
            axes.loglog(widths, slope, style, color=COLOURS[colour], label=f"{scaling}, {kind}")
    axes.set(xlabel="width $d_k$", ylabel="slope from query to weights", ylim=(3e-4, 12))
    axes.set_title("Random queries and keys, before training")
    axes.legend(fontsize=10, loc="lower left")


def _updates(axes: Axes, record: Record, kind: str, mine: Mine) -> None:
    """Draw the updates until learnt against the width, one mark a seed, hollow where not learnt."""
    most, widths = record.settings["updates"], scaled_scores.WIDTHS
    looks = zip("osD^", ("blue", "orange", "sky", "green"), (0.8, 0.93, 1.08, 1.25), strict=True)
    for scaling, (mark, colour, aside) in zip(scaled_scores.SCALINGS, looks, strict=True):
        for d_k in widths:
            parts = {"d_k": d_k, "scores": scaling, "rate": kind}
            made = record.values("updates until learnt", **parts)
            learnt = record.values("right at last", **parts) >= scaled_scores.LEARNT
            place = np.full(len(made), aside * d_k)
            look: dict[str, Any] = {"color": COLOURS[colour], "ms": 5}
            label = scaling if d_k == widths[0] else None
            axes.plot(place, np.where(learnt, made, np.nan), mark, **look, label=label)
            axes.plot(place, np.where(learnt, np.nan, made), mark, **look, mfc="none")
            own = (mine or {}).get(claims.figure("updates until learnt", **parts))
            if own is not None:
                axes.plot(aside * d_k, own, **CROSS)
    if mine:
        axes.plot([], [], **CROSS, label="your seed")
    axes.axhline(most, color="grey", ls=":", lw=1.5)
    axes.text(6, 1.08 * most, "the most that was tried", size=10)
    axes.set(xscale="log", yscale="log", xlabel="width $d_k$", ylim=(25, 1.6 * most))
    axes.set_xticks(widths, [str(d_k) for d_k in widths])
    axes.set_yticks([30, 100, 300, 1000], ["30", "100", "300", "1,000"])
    axes.minorticks_off()


NAMED = {
    word_order.NONE: "no positions",
    word_order.CAUSAL: "causal mask alone",
    word_order.TWO: "mask alone, two layers",
    word_order.DISTANCE: "distance $|s - t|$",
    word_order.MASKED: "distance, with the mask",
    word_order.SINES: "sinusoidal, added",
    word_order.LEARNED: "learned, added",
    word_order.OFFSET: "signed offset $s - t$",
    word_order.ROTARY: "rotary",
}


@claims.picture(20)
def _told_the_order(record: Record, mine: Mine) -> None:
    """Draw what self-attention makes of the order, told in several ways; claim 20."""
    figure = _order(record, mine, "right")
    title = "Without positions, no better than the best guess"
    figure.suptitle(title, weight="bold", size=13)
    show(
        figure,
        alt="Right answers in two tasks at length 16, a dot for each of eight seeds, a row for "
        "each way to tell the order. No positions: 50 and 24 percent, as the best guess has. "
        "Causal mask alone: 100 and 36; with two layers 75 to 93 in previous. Distances: 50 "
        "and 58; with the mask 100 and 100, as sinusoidal, learned, signed offset and rotary have.",
    )


def longer_sequences(record: Record) -> None:
    """Draw how the same networks do at a length that training did not hold; claim 20."""
    figure = _order(record, None, "right longer")
    title = "At twice the trained length, sines fall back and signed offsets do not"
    figure.suptitle(title, weight="bold", size=13)
    show(
        figure,
        alt="The same at length 32, unseen in training. Signed offsets and distances with the mask "
        "stay at 100 percent in both tasks. Sinusoidal positions fall to 60 to 76 percent. Rotary "
        "ones stay at 91 to 100 in first and fall to 57 to 75 in previous. Learned ones have no "
        "vector there.",
    )


def _order(record: Record, mine: Mine, name: str) -> Any:
    """Draw the right answers in both tasks: a row for each way to tell the order."""
    figure, panels = plt.subplots(1, 2, figsize=(12, 4.6), sharey=True)
    ways = list(NAMED)[::-1]
    for axes, task in zip(panels, ("first", "previous"), strict=True):
        for row, way in enumerate(ways):
            key = claims.figure(name, task=task, order=way)
            if key not in record.figures:
                axes.text(
                    3, row, "no vector" if way == word_order.LEARNED else "not tried", size=10
                )
                continue
            right = 100 * record.values(key)
            axes.plot(right, np.full(len(right), row), "o", color=COLOURS["blue"], alpha=0.5)
            spread = f"{right.min():.0f} to {right.max():.0f}"
            told = spread if np.ptp(right) > 5 else f"{right.mean():.0f}"
            axes.text(right.mean(), row + 0.25, told, ha="center", size=10, bbox=PATCH)
            if mine and key in mine:
                axes.plot(100 * mine[key], row, **CROSS)
        bag = 100 * record.values(name, task=task, order=word_order.BAG).mean()
        axes.axvline(bag, color="black", ls=":", lw=1.5, label="best guess without order")
        axes.set(xlim=(0, 105), ylim=(-0.5, len(ways) - 0.2), xlabel="right answers (%)")
        axes.grid(axis="y", color="#dddddd", lw=0.8)
    if mine:
        panels[1].plot([], [], **CROSS, label="your seed")
    length = record.settings["longer"] if "longer" in name else max(record.settings["lengths"])
    panels[0].set_title(f"“first”, length {length}")
    panels[1].set_title(f"“previous”, length {length}")
    panels[0].set_yticks(range(len(ways)), [NAMED[way] for way in ways])
    figure.legend(*panels[1].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


@claims.picture(21)
def _peeping(record: Record, mine: Mine) -> None:
    """Draw what networks with five masks know of the future, and how well they write; claim 21."""
    figure, panels = plt.subplots(1, 2, figsize=(12, 4), sharey=True)
    kinds = list(record.settings["masks"])[::-1]
    for axes, name, factor in zip(
        panels, ("loss of the random half", "right, writing"), (1, 100), strict=True
    ):
        for row, kind in enumerate(kinds):
            values = factor * record.values(name, mask=kind)
            axes.plot(values, np.full(len(values), row), "o", color=COLOURS["blue"], alpha=0.5)
            key = claims.figure(name, mask=kind)
            if mine and key in mine:
                axes.plot(factor * mine[key], row, **CROSS)
        axes.grid(axis="y", color="#dddddd", lw=0.8)
        axes.set_ylim(-0.5, len(kinds) - 0.5)
    V = record.settings["V"]
    panels[0].set_yticks(range(len(kinds)), kinds)
    panels[0].axvline(math.log(V), color="black", ls=":", lw=1.5, label="guessing")
    panels[1].axvline(100 / V, color="black", ls=":", lw=1.5)
    if mine:
        panels[0].plot([], [], **CROSS, label="your seed")
    panels[0].set(xlabel="loss on the random half", xlim=(-0.1, 2.4))
    panels[0].set_title("Left of the dotted line, there is a leak")
    panels[1].set(xlabel="symbols right when it writes by itself (%)", xlim=(0, 105))
    panels[1].set_title("Two of the five write well")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    show(
        figure,
        alt="Five masks, a dot for each of eight seeds. Left, loss in the random half: only the "
        "causal mask is at the dotted line, ln 8; no mask and one place too far are at 0, zeros "
        "before softmax near 1.6, zeros after softmax between 0 and 1.9. Right, symbols right when "
        "writing: causal mask 100 percent, zeros after softmax 94 to 100, the others 22 to 46, "
        "where chance is 12.5.",
    )


@claims.picture(19)
def _costs(record: Record, mine: Mine) -> None:
    """Draw what self-attention, RNN and LSTM cost against the number of words; claim 19.

    Counts are the same for every seed, so that a reader's own are on the lines.
    """
    figure, panels = plt.subplots(1, 3, figsize=(13.5, 4.4))
    lengths, timed, d = (record.settings[name] for name in ("lengths", "timed", "d"))
    looks = {"self-attention": ("blue", "o-"), "RNN": ("orange", "s--"), "LSTM": ("green", "^-.")}
    looks["self-attention, writing"] = ("sky", "o:")
    for kind, (colour, style) in looks.items():
        chain = [record.values("chain", layer=kind, n=n)[0] for n in lengths]
        panels[0].loglog(lengths, chain, style, color=COLOURS[colour], label=kind)
        if kind == "self-attention, writing":
            continue
        made = [parallelism.multiplications(kind, n, d) for n in timed]
        panels[1].loglog(timed, made, style, color=COLOURS[colour])
        layer = parallelism.TORCHS if kind == "self-attention" else kind
        clock = np.array([1e3 * record.values("seconds", layer=layer, n=n) for n in timed])
        panels[2].loglog(timed, clock.min(axis=1), style, color=COLOURS[colour])
        panels[2].loglog(timed, clock, ".", color=COLOURS[colour], ms=4)
    _mark(panels[1], 2 * d, f"n = {2 * d}", 2e5)
    for other, height, side in (("LSTM", 2e2, "right"), ("RNN", 2e-2, "left")):
        place = parallelism.crossing(record, parallelism.TORCHS, other)
        _mark(panels[2], place, f"{other}: n ≈ {float(f'{place:.2g}'):.0f}", height, side)
    _label_costs(panels, (lengths, timed[::2], timed[::2]))
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    show(
        figure,
        alt="Three log-log plots against the number of words. Longest chain: flat at 22 for "
        "self-attention that reads, rising in proportion for RNN, LSTM and self-attention that "
        "writes. Multiplications: self-attention passes the LSTM at 128 words and makes more than "
        "the RNN everywhere. Milliseconds on one thread: self-attention is the fastest up to 128 "
        "words, slower than the LSTM from about 220 and than the RNN from about 560.",
    )


def _mark(axes: Axes, place: float, text: str, height: float, side: str = "left") -> None:
    """Mark where two lines cross."""
    axes.axvline(place, color="black", ls=":", lw=1.5)
    axes.text(place * (1.08 if side == "left" else 0.92), height, text, size=11, ha=side)


def _label_costs(panels: Sequence[Axes], ticks: Sequence[Sequence[int]]) -> None:
    """Label the three panels of `_costs` and set their ticks."""
    for panel, numbers in zip(panels, ticks, strict=True):
        panel.set_xticks(numbers, [str(n) for n in numbers])
        panel.tick_params(axis="x", which="minor", bottom=False)
        panel.xaxis.set_minor_formatter("")
        panel.set_xlabel("words n")
    panels[0].set(ylabel="longest chain of operations", ylim=(10, 4e4))
    panels[1].set(ylabel="multiplications", ylim=(1e5, 1e9))
    panels[2].set(ylabel="milliseconds, one thread", ylim=(1e-2, 1e3))
    panels[0].set_title("Chain: constant when reading")
    panels[1].set_title("Work: grows fastest for self-attention")
    panels[2].set_title("Time: at first fastest, then slowest")
