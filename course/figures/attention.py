"""The drawings of lesson 11, Attention."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course import claims
from course.claims import Record
from helpers.corpora.korean_english import Pair
from helpers.plots import COLOURS, attention_heatmap, show

__all__ = ["alignments", "error_rates", "query_and_context", "six_scores"]

Array = npt.NDArray[np.float64]


def query_and_context(
    words: Sequence[str], states: Array, query: Array, scores: Array, weights: Array
) -> None:
    """Draw the worked example: the query meets each state, and the states are mixed.

    Parameters
    ----------
    words : sequence of S str
    states : array, shape (S, H)
        The encoder's.
    query : array, shape (H,)
    scores, weights : array, shape (S,)
    """
    figure, axes = plt.subplots(figsize=(9.5, 5))
    axes.set(xlim=(-0.9, 7.2), ylim=(-2.4, 3.1))
    axes.axis("off")
    box: dict[str, Any] = {"boxstyle": "round,pad=0.45", "edgecolor": "black", "alpha": 0.55}
    white: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    for j, word in enumerate(words):
        x, middle = 2.1 * j, 3.15 + 0.5 * (j - 1.5)
        state = ", ".join(f"{number:.0f}" for number in states[j])
        axes.text(x, 0.5, f"{word}   {state}", **centred, bbox=box | {"facecolor": COLOURS["sky"]})
        axes.plot([x, middle], [0.85, 2.3], color=COLOURS["blue"], lw=1 + 14 * weights[j])
        axes.plot([x, middle], [0.15, -1.45], color=COLOURS["orange"], lw=1.5)
        axes.text((x + middle) / 2, 1.55, f"{weights[j].round(3):g}", **centred, bbox=white)
        axes.text((x + middle) / 2, -0.65, f"{scores[j]:.3f}", **centred, bbox=white)
    for place, name, vector, colour in (
        (2.65, "context vector", weights @ states, "yellow"),
        (-1.8, "query", query, "orange"),
    ):
        label = f"{name}   " + ", ".join(f"{number:g}" for number in vector.round(3))
        face = box | {"facecolor": COLOURS[colour]}
        axes.text(3.15, place, label, **centred, size=13, bbox=face)
    axes.text(-0.9, 1.55, "weights", va="center", size=11)
    axes.text(-0.9, -0.65, "scores", va="center", size=11)
    axes.set_title("The query meets each state; the weights mix the states")
    show(
        figure,
        alt="Four blue boxes in a row with the states of 나, 는, 학생 and 이다. The query, an "
        "orange box below, has a line to each state with its score: −2.303, −2.901, −0.223, "
        "−3.101. From each state a line leads up to a yellow box, the context vector 1, 0.845, "
        "1.6, 0.21; its "
        "width is the weight: 0.1, 0.055, 0.8, 0.045.",
    )


@claims.picture(17)
def six_scores(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw how good six scores are and how many operations they take; claim 17."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.4))
    names = record.settings["scores"]
    shown = [
        name.replace("_", " ").replace(" dot", "\ndot").replace(" × β", "\n× β") for name in names
    ]
    told = []
    for aside, task, colour in ((-0.2, "copy", "sky"), (0.2, "Korean", "orange")):
        values = np.array([100 * record.values("exact", task=task, score=n) for n in names])
        place = np.arange(len(names)) + aside
        left.bar(place, values.mean(axis=1), 0.38, color=COLOURS[colour], label=task)
        left.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=4)
        means = zip(names, values.mean(axis=1), strict=True)
        told.append(f"{task}: {', '.join(f'{name} {mean:.0f}' for name, mean in means)}")
    live = (mine or {}).get(claims.figure("exact", task="copy", score="dot"))
    if live is not None:
        left.plot(-0.2, 100 * live, "k*", markersize=11, label="your run")
    left.set_xticks(range(len(names)), shown, size=10)
    left.set(ylabel="exact match (%)", ylim=(0, 118))
    left.legend(ncols=3, loc="upper right", fontsize=10)
    left.set_title("Each at its own best learning rate")
    bottom = np.zeros(len(names))
    parts = (("multiplications", "blue"), ("additions", "sky"), ("functions", "vermilion"))
    for kind, colour in parts:
        counts = np.array([record.values(kind, score=n)[0] for n in names]) / 1000
        label = "√ and tanh" if kind == "functions" else kind
        right.bar(range(len(names)), counts, 0.6, bottom, color=COLOURS[colour], label=label)
        bottom += counts
    right.set_xticks(range(len(names)), shown, size=10)
    right.set(ylabel="thousand operations", ylim=(0, 36))
    right.legend(fontsize=10, loc="upper left")
    right.set_title("10 queries, 10 keys of width 64: dot costs least")
    costs = ", ".join(f"{name} {count:.0f}" for name, count in zip(names, bottom, strict=True))
    show(
        figure,
        alt="Left: bars of exact match in percent for six scores, dots for five seeds. "
        f"{'. '.join(told)}. Right: stacked bars of operations, in thousands: {costs}.",
    )


def alignments(student: tuple[Pair, Array], longer: tuple[Pair, Array]) -> None:
    """Draw where two translations looked, with the true links in frames.

    Parameters
    ----------
    student, longer : tuple of Pair and array, shape (T + 1, S)
        A pair of sentences and the attention weights of its English words and the end mark.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(13.5, 4.6), width_ratios=[1, 1.9])
    for axes, (pair, weights), title in (
        (left, student, "“am” looks at the end …"),
        (right, longer, "… and whole clauses change places"),
    ):
        attention_heatmap(weights[:-1], pair.morphemes, pair.english, title, axes=axes)
        for i, j in pair.alignment:
            frame: dict[str, Any] = {"fill": False, "edgecolor": COLOURS["orange"], "lw": 2}
            axes.add_patch(Rectangle((i - 0.5, j - 0.5), 1, 1, **frame))
    show(
        figure,
        alt="Two heatmaps of attention weights, English words down, Korean morphemes across, the "
        "true links framed in orange. Left: I is dark at 나, am at 이다, student at 학생. Right: "
        "I went to the market, at the top, is dark in the right half, at 나, 가, 에 and 시장; "
        "because at 아서, further left; the clothes were expensive, at the bottom, at 옷, 이 and "
        "비싸 on the left. Most dark cells lie in the frames.",
    )


@claims.picture(16)
def error_rates(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw the alignment error rate by encoder and by the step that is taken; claim 16."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.2), sharey=True)
    readers = record.settings["readers"]
    values = np.array([record.values("AER", network=name) for name in readers])
    place = range(len(readers))
    colours = [COLOURS[c] for c in ("orange", "sky", "sky")]
    left.bar(place, values.mean(axis=1), 0.6, color=colours)
    left.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=5)
    live = (mine or {}).get(claims.figure("AER", network=readers[-1]))
    if live is not None:
        left.plot(len(readers) - 1, live, "k*", markersize=11, label="your run")
        left.legend(fontsize=11)
    levels = {"diagonal": "along the diagonal", "position": "by position", "best": "best possible"}
    for name, label in levels.items():
        level = record.values("AER", network=name).mean()
        for axes in (left, right):
            axes.axhline(level, color="black", ls=":", lw=1.5)
        x, side = (1.35, "right") if name == "best" else (0.0, "center")
        right.text(x, level + 0.015, label, ha=side, size=11)
    left.set_xticks(place, [name.replace(" + ", "\n+ ") for name in readers])
    left.set(ylabel="alignment error rate", ylim=(0, 1), xlabel="encoder")
    left.set_title("Links of the largest weight, by encoder")
    _rates_by_step(right, record)
    rates = ", ".join(f"{n} {v:.2f}" for n, v in zip(readers, values.mean(axis=1), strict=True))
    blind = ", ".join(
        f"{label} {record.values('AER', network=name).mean():.2f}" for name, label in levels.items()
    )
    show(
        figure,
        alt=f"Left: bars of the alignment error rate, dots for five seeds: {rates}. Dotted lines: "
        f"{blind}. Right: the rate by the step whose weights are taken, lowest at the step that "
        "writes the word, with both encoders.",
    )


def _rates_by_step(axes: Axes, record: Record) -> None:
    """Draw the alignment error rate of the step before, the step that writes, the step after."""
    offsets = record.settings["offsets"]
    for name, colour, style in (
        ("one way", "vermilion", "s--"),
        ("two ways + token", "blue", "o-"),
    ):
        means = [record.values("shifted", network=name, offset=o).mean() for o in offsets]
        axes.plot(offsets, means, style, color=COLOURS[colour], label=name)
    steps = ["the step before", "the step that\nwrites the word", "the step after"]
    axes.set_xticks(offsets, steps)
    axes.set(xlim=(-1.4, 1.4))
    axes.legend(loc=(0.02, 0.2))
    axes.set_title("By the step whose weights are taken")


LOOKS = {
    "attention": ("blue", "o-"),
    "even": ("green", "d-"),
    "each step": ("orange", "^-"),
    "plain": ("vermilion", "s-"),
}


@claims.picture(15)
def _longer_sources(record: Record, mine: Mapping[str, float] | None) -> None:
    """Draw exact match against the source's length, with attention and without; claim 15."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 4.8), sharey=True)
    lengths, borders = record.settings["lengths"], record.settings["borders"]
    _by_length(left, record, "copy", "T", lengths, mine)
    _by_length(right, record, "Korean", "S", borders, mine)
    left.set(xlabel="symbols in the source", ylabel="exact match (%)", ylim=(-3, 108))
    left.set_xticks(range(len(lengths)), lengths)
    ends = [f"{low}–{high - 1}" for low, high in itertools.pairwise(borders)]
    right.set_xticks(range(len(borders)), [*ends, f"{borders[-1]}+"], size=10)
    right.set(xlabel="morphemes in the source")
    grey = sum(T <= record.settings["longest"] for T in lengths) - 0.5
    left.axvspan(grey, len(lengths) - 0.6, color="black", alpha=0.08)
    right.text(6.45, 60, "longer than\nin training", ha="center", size=10)
    right.axvspan(5.5, 7.4, color="black", alpha=0.08)
    left.legend(fontsize=10, loc="lower left")
    left.set_title("Copies: only attention keeps the curve up")
    right.set_title("Korean: the context again helps, attention more")
    show(
        figure,
        alt="Exact match against the source's length, a line through the means of five seeds and a "
        "dot for each. Left, copies: all begin at 100 percent; plain, each step and even fall "
        "together from 4 symbols on and are near zero at 12, the longest in training; attention "
        "is at 95 there and falls to 15 at 20. Right, Korean: at 4 to 5 morphemes plain has 33 "
        "percent, even 46, each step 62, attention 77; at 15 to 20, the longest in training, plain "
        "and even 14, each step 21, attention 69; beyond, attention has 13 to 27, the others next "
        "to nothing.",
    )


def _by_length(
    axes: Axes,
    record: Record,
    task: str,
    axis: str,
    lengths: Sequence[int],
    mine: Mapping[str, float] | None,
) -> None:
    """Draw each network's exact match on one task, its mean as a line, its seeds as dots."""
    places = np.arange(len(lengths))
    for network, (colour, style) in LOOKS.items():
        names = [claims.figure(task, network=network, **{axis: length}) for length in lengths]
        values = 100 * np.array([record.values(name) for name in names])
        look: dict[str, Any] = {"color": COLOURS[colour], "label": network, "markersize": 5}
        axes.plot(places, values.mean(axis=1), style, **look)
        axes.plot(places, values, ".", color=COLOURS[colour], ms=5, alpha=0.5)
        own = [(x, 100 * mine[n]) for x, n in zip(places, names, strict=True) if mine and n in mine]
        if own:
            star: dict[str, Any] = {
                "mfc": "white",
                "mec": "black",
                "ms": 13,
                "zorder": 5,
                "label": "run here",
            }
            axes.plot([x for x, _ in own], [y for _, y in own], "*", **star)


@claims.picture(28)
def _gradient_with_attention(record: Record, mine: Mapping[str, float] | None) -> None:
    """Draw the gradient against the recurrent steps, without attention and with it."""
    settings = record.settings
    steps = sorted({int(name.rpartition("=")[2]) for name in record.figures if " steps=" in name})
    cells, colours = settings["cells"], ("vermilion", "orange", "blue")
    figure, panels = plt.subplots(1, len(cells), figsize=(10, 4.2), sharey=True)
    for cell, axes in zip(cells, panels, strict=True):
        for network, colour in zip(settings["networks"], colours, strict=True):
            for stage, style in (("before", "--"), ("after", "-")):
                parts = {"cell": cell, "network": network, "stage": stage}
                values = [record.values("gradient", **parts, steps=n) for n in steps]
                means = [np.exp(np.log(one).mean()) for one in values]
                label = f"{network}, {stage} training"
                axes.semilogy(steps, means, style, color=COLOURS[colour], label=label)
        axes.set(xlabel="recurrent steps between the two words", title=cell)
    panels[0].set_ylabel("gradient, relative to one step")
    panels[-1].legend(fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.suptitle("Before training, attention keeps the gradient that the plain network loses")
    far = []
    for cell, network in itertools.product(cells, settings["networks"]):
        parts = {"cell": cell, "network": network, "stage": "before"}
        mean = record.values("gradient", **parts, steps=steps[-1]).mean()
        far.append(f"{cell} {network} {mean:.1g}")
    show(
        figure,
        alt="Two panels, RNN and LSTM: gradient on a logarithmic axis against the recurrent steps "
        "between two words, for three networks, before and after training. Before training, at "
        f"{steps[-1]} steps: {', '.join(far)}.",
    )
