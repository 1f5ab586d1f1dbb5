"""The drawings of lesson 12, Self-attention."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course.claims import Record
from helpers.plots import COLOURS, attention_heatmap, show

__all__ = [
    "costs",
    "leaks",
    "longer_sequences",
    "mixture_of_values",
    "order",
    "peeping",
    "saturation",
    "senses",
    "sinusoids",
]


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
    axes.set_title("배 asks every word, itself too, and becomes a mixture of their values")
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


def senses(
    vectors: npt.ArrayLike,
    labels: npt.ArrayLike,
    weights: npt.ArrayLike,
    sentences: Sequence[Sequence[str]],
) -> None:
    """Draw what self-attention made of 배 in sentences where it means three things.

    Parameters
    ----------
    vectors : array, shape (S, 2)
        The vectors of 배.
    labels : array of int, shape (S,)
        Its meaning: 0 pear, 1 ship, 2 belly.
    weights : array, shape (S / 2, T)
        Where 배 looked in `sentences`.
    sentences : sequence of S / 2 sequences of str
        The tokens.
    """
    places, meanings = np.asarray(vectors), np.asarray(labels)
    figure, panels = plt.subplots(1, 2, figsize=(11.5, 4.3), width_ratios=(1, 1.2))
    for label, (sense, marker, colour) in enumerate(
        (("pear", "o", "green"), ("ship", "s", "blue"), ("belly", "^", "vermilion"))
    ):
        points = places[meanings == label]
        panels[0].plot(*points.T, marker, color=COLOURS[colour], label=sense)
    panels[0].set(xlabel="first entry of y at 배", ylabel="second entry")
    panels[0].set_title("One word, three clouds")
    panels[0].legend()
    rows = [0, 8, 16, 24, 32, 40]  # a sentence with 를 and one with 가 for each meaning
    columns = ["time", "배", "를, 가", "정말", "verb"]
    names = [" ".join(sentences[row][1:]) for row in rows]
    looks = np.asarray(weights)[rows]
    attention_heatmap(looks, columns, names, "배 looks at the verb", panels[1])
    panels[1].set(xlabel="word looked at", ylabel="")
    show(
        figure,
        alt="Left: the vectors of 배 in 96 sentences, in a plane; pear, ship and belly lie in "
        "three separate clouds. Right: heatmap of the weights of 배 in six sentences over time, "
        "배, particle, 정말 and verb; nearly all weight lies on the verb.",
    )


def saturation(record: Record) -> None:
    """Draw what the division by √d_k does to softmax, to its slope and to training; claim 18."""
    figure, panels = plt.subplots(1, 3, figsize=(13, 4.1))
    styles = {"divided": ("blue", "o-"), "not divided": ("vermilion", "s--")}
    styles["not divided, smaller start"] = ("orange", "^:")
    _by_width(panels[0], panels[1], record, styles)
    _by_rate(panels[2], record, styles)
    show(
        figure,
        alt="Left: entropy of the weights against d_k; divided it stays at 0.85 of the maximum, "
        "not divided it falls towards 0. Middle: slope from query to weights; divided it stays at "
        "0.3; not divided the typical slope falls to a thousandth while the mean one rises. Right: "
        "look-ups right against learning rate at d_k 512, dots for eight seeds; divided near 100 "
        "percent, not divided scattered and low, with a smaller start good at small rates only.",
    )


def _by_width(
    left: Axes, middle: Axes, record: Record, styles: Mapping[str, tuple[str, str]]
) -> None:
    """Draw the entropy of the weights (left) and softmax's slope (middle) against the width."""
    widths = record.settings["fresh"]
    for scaling in ("divided", "not divided"):
        colour, style = styles[scaling]
        entropy, typical, mean = (
            [record.values(name, d_k=d, scores=scaling).mean() for d in widths]
            for name in ("entropy", "slope at queries", "mean slope at queries")
        )
        left.semilogx(widths, entropy, style, color=COLOURS[colour], label=scaling)
        middle.loglog(widths, typical, style, color=COLOURS[colour], label=f"{scaling}, typical")
        thin: dict[str, Any] = {"color": COLOURS[colour], "lw": 1, "ls": ":", "marker": "x"}
        middle.loglog(widths, mean, **thin, label=f"{scaling}, mean")
    left.set(xlabel="width $d_k$", ylabel="entropy of the weights / ln 16", ylim=(0, 1.03))
    left.set_title("Softmax saturates")
    left.legend(loc="lower left", fontsize=10)
    middle.set(xlabel="width $d_k$", ylabel="slope from query to weights", ylim=(3e-4, 12))
    middle.set_title("When wide, most queries learn nothing")
    middle.legend(fontsize=9, loc="lower left")


def _by_rate(axes: Axes, record: Record, styles: Mapping[str, tuple[str, str]]) -> None:
    """Draw the look-ups that are right after training, against the learning rate."""
    rates = record.settings["rates"]
    for scaling, (colour, style) in styles.items():
        parts = {"d_k": 512, "scores": scaling}
        right = np.array([100 * record.values("trained right", **parts, rate=r) for r in rates])
        axes.semilogx(rates, right.mean(axis=1), style, color=COLOURS[colour], label=scaling)
        aside = np.array(rates) * {"divided": 0.93, "not divided": 1.0}.get(scaling, 1.07)
        axes.semilogx(aside, right, ".", color=COLOURS[colour], markersize=4)
    axes.set(xlabel="learning rate", ylabel="look-ups right (%)", ylim=(0, 150))
    axes.set_yticks(range(0, 101, 20))
    axes.set_title("Training at $d_k$ = 512")
    axes.legend(loc="upper left", fontsize=10)


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
    panels[0].set(xlabel="column", ylabel="place t", title="Every place has a pattern of its own")
    figure.colorbar(image, ax=panels[0], label="entry", fraction=0.046)
    for place, colour, style in ((10, "blue", "-"), (30, "orange", "--"), (50, "green", "-.")):
        panels[1].plot(products[place], style, color=COLOURS[colour], label=f"$p_{{{place}}}$")
    panels[1].set(xlabel="place s", ylabel="$p_t · p_s$", title="Near places have similar patterns")
    panels[1].legend(loc="lower center", ncols=3)
    show(
        figure,
        alt="Left: heatmap of 64 places by 32 columns; the first columns change quickly from place "
        "to place, the last hardly at all. Right: dot products of the vectors of places 10, 30 and "
        "50 with all others, three equal humps, each with its peak at its own place.",
    )


def order(record: Record) -> None:
    """Draw what self-attention knows of the order, with and without positions; claim 20."""
    figure, axes = plt.subplots(figsize=(9, 4))
    names = {"none": "no positions", "causal mask": "causal mask alone", "sinusoidal": "sinusoidal"}
    bag = 100 * record.values("right", task="previous", order="best of the bag").mean()
    looks = zip((-0.27, 0, 0.27), names, ("vermilion", "orange", "blue"), strict=True)
    for shift, kind, colour in looks:
        tasks = ("first", "previous")
        values = np.array([100 * record.values("right", task=t, order=kind) for t in tasks])
        place = np.arange(2) + shift
        axes.bar(place, values.mean(axis=1), 0.25, color=COLOURS[colour], label=names[kind])
        for at, row in zip(place, values, strict=True):
            axes.plot(np.full(len(row), at), row, "k.", markersize=4)
            axes.text(at, row.max() + 2, f"{row.mean():.0f}", ha="center")
    for middle, level in ((0, 50), (1, bag)):
        axes.plot([middle - 0.42, middle + 0.42], [level, level], "k:", lw=1.5)
    axes.text(1.44, bag, "best guess\nof the bag", va="center", size=10)
    axes.set_xticks([0, 1], ["first", "previous"])
    axes.set(ylabel="right answers (%)", ylim=(0, 122), xlim=(-0.5, 1.75))
    axes.legend(ncols=3, loc="upper center", fontsize=11)
    axes.set_title("Without positions it is a bag of words; a mask alone gives some order away")
    show(
        figure,
        alt="Bars of right answers for two tasks, dots for eight seeds. First: 50 percent without "
        "positions, 100 with a causal mask alone, 100 with sinusoidal positions. Previous: 24, 37 "
        "and 100. Dotted lines at 50 and 24 percent mark the best guess without order.",
    )


def leaks(slopes: Mapping[str, npt.ArrayLike]) -> None:
    """Draw which outputs depend on later inputs.

    Parameters
    ----------
    slopes : mapping of str to array, shape (T, T)
        For each of four masks, the slope from input s (column) to output t (row).
    """
    figure, panels = plt.subplots(1, 4, figsize=(13, 4.2), sharey=True)
    for axes, (name, slope) in zip(panels, slopes.items(), strict=True):
        grid = np.asarray(slope)
        image = axes.imshow(np.sqrt(grid), cmap="Blues", vmin=0, vmax=1)
        for t, s in zip(*np.where(np.triu(grid, 1) > 0), strict=True):
            axes.text(s, t, "×", ha="center", va="center", color=COLOURS["vermilion"], size=13)
        axes.set(xlabel="input s")
        axes.set_title(name, size=12, weight="normal")
        axes.set_xticks(range(len(grid)), range(1, len(grid) + 1))
        axes.set_yticks(range(len(grid)), range(1, len(grid) + 1))
    panels[0].set_ylabel("output t")
    figure.colorbar(image, ax=panels[3], label="√ slope", fraction=0.05)
    title = "A cross is a leak: an output that depends on a later input"
    figure.suptitle(title, weight="bold", size=13)
    show(
        figure,
        alt="Four grids of slopes from input s to output t, 6 by 6. No mask and zeros after "
        "softmax: crosses in the whole upper triangle. One place too far: crosses right above the "
        "diagonal. Causal mask: the upper triangle is empty.",
    )


def peeping(record: Record) -> None:
    """Draw what networks with five masks know of the future, and how well they write; claim 21."""
    figure, panels = plt.subplots(1, 2, figsize=(12, 4), sharey=True)
    kinds = record.settings["masks"][::-1]
    looks = (("loss of the random half", 1, "orange"), ("right, writing", 100, "blue"))
    for axes, (name, factor, colour) in zip(panels, looks, strict=True):
        values = np.array([factor * record.values(name, mask=kind) for kind in kinds])
        axes.barh(range(len(kinds)), values.mean(axis=1), 0.6, color=COLOURS[colour])
        axes.plot(values, range(len(kinds)), "k.", markersize=4)
    panels[0].set_yticks(range(len(kinds)), kinds)
    panels[0].axvline(math.log(8), color="black", ls=":", lw=1.5)
    panels[0].text(math.log(8) - 0.03, 4, "ln 8", ha="right", va="center", size=11)
    panels[0].set(xlabel="loss where nobody can know", title="Left of the dotted line, it peeps")
    panels[1].axvline(100 / 8, color="black", ls=":", lw=1.5)
    panels[1].text(27, 3.97, "dotted: chance", va="center", size=11)
    panels[1].set(xlabel="symbols right when it writes by itself (%)")
    panels[1].set_title("What peeping is worth")
    show(
        figure,
        alt="Horizontal bars for five masks, dots for eight seeds. Left, loss in the random half: "
        "only the causal mask stands at the dotted line ln 8; no mask and one place too far are at "
        "0, zeros before softmax at about 1.5, zeros after softmax scattered from 0 to 1.9. Right, "
        "symbols right when writing: causal mask 100 percent, zeros after softmax 97, the others "
        "about 20, not far from the dotted line of chance.",
    )


def costs(record: Record, multiplications: Callable[[str, int, int], int]) -> None:
    """Draw what self-attention, RNN and LSTM cost against the number of words; claim 19.

    `multiplications` counts those of a kind of layer, from its name, the number of words and the
    width.
    """
    figure, panels = plt.subplots(1, 3, figsize=(13.5, 4.2))
    shapes = {"self-attention": ("blue", "o-"), "RNN": ("orange", "s--"), "LSTM": ("green", "^-.")}
    shapes["self-attention, writing"] = ("sky", "o:")
    lengths, timed = record.settings["lengths"], record.settings["timed"]
    ns = 2 ** np.arange(4, 12)
    for kind, (colour, style) in shapes.items():
        chain = [record.values("chain", layer=kind, n=n)[0] for n in lengths]
        panels[0].loglog(lengths, chain, style, color=COLOURS[colour], label=kind)
        if kind == "self-attention, writing":
            continue
        made = [multiplications(kind, int(n), 64) for n in ns]
        panels[1].loglog(ns, made, style, color=COLOURS[colour], label=kind)
        clock = [1e3 * np.min(record.values("seconds", layer=kind, n=n)) for n in timed]
        panels[2].loglog(timed, clock, style, color=COLOURS[colour], label=kind)
    panels[1].axvline(128, color="black", ls=":", lw=1.5)
    panels[1].text(138, 1.6e5, "n = 2d", size=11)
    _label_costs(panels, (lengths, ns[1::2].tolist(), timed))
    show(
        figure,
        alt="Three log-log plots against the number of words, d 64. Longest chain: flat for "
        "self-attention, rising in proportion for RNN, LSTM and for self-attention that writes. "
        "Multiplications: self-attention grows faster and passes the LSTM at 128 words; the RNN "
        "makes the fewest. Measured milliseconds on one thread: self-attention is fastest for "
        "short sequences and slowest for long ones.",
    )


def _label_costs(panels: Sequence[Axes], ticks: Sequence[Sequence[int]]) -> None:
    """Label the three panels of `costs` and set their ticks."""
    for panel, numbers in zip(panels, ticks, strict=True):
        panel.set_xticks(numbers, [str(n) for n in numbers])
        panel.tick_params(axis="x", which="minor", bottom=False)
        panel.xaxis.set_minor_formatter("")
    panels[0].set(xlabel="words n", ylabel="longest chain of operations", ylim=(10, 4e5))
    panels[0].set_title("It waits for nothing")
    panels[1].set(xlabel="words n", ylabel="multiplications", title="but its work grows faster,")
    panels[2].set(xlabel="words n", ylabel="milliseconds", title="and on one thread it shows")
    panels[0].legend(fontsize=9, loc="upper left")


def longer_sequences(record: Record) -> None:
    """Draw how three kinds of positions do at a length that training did not hold; claim 20."""
    figure, axes = plt.subplots(figsize=(9, 4))
    kinds = {"sinusoidal": "blue", "learned": "green", "relative": "purple"}
    groups = [(t, n) for t in ("first", "previous") for n in ("right", "right longer")]
    for shift, (kind, colour) in zip((-0.27, 0, 0.27), kinds.items(), strict=True):
        for group, (task, name) in enumerate(groups):
            place = group + shift
            if kind == "learned" and name == "right longer":
                axes.text(place, 3, "no vector", rotation=90, ha="center", size=11)
                continue
            values = 100 * record.values(name, task=task, order=kind)
            label = kind if group == 0 else None
            axes.bar(place, values.mean(), 0.25, color=COLOURS[colour], label=label)
            axes.plot(np.full(len(values), place), values, "k.", markersize=4)
            axes.text(place, values.max() + 2, f"{values.mean():.0f}", ha="center")
    axes.set_xticks(range(4), ["first, 16", "first, 32", "previous, 16", "previous, 32"])
    axes.set(xlabel="task, length of the sequence", ylabel="right answers (%)", ylim=(0, 122))
    axes.legend(ncols=3, loc="upper center", fontsize=11)
    axes.set_title("At a length unseen in training, only distances carry over")
    show(
        figure,
        alt="Bars of right answers at length 16, seen in training, and 32, unseen, for two tasks, "
        "dots for eight seeds. At 16 all three are near 100 percent. At 32 sinusoidal positions "
        "fall to about 68 percent, learned ones have no vector, relative ones stay near 100.",
    )
