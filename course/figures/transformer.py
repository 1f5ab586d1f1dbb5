"""The drawings of lesson 13, the Transformer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course import claims
from course.claims import Record
from course.claims import figure as figure_name
from course.claims.transformer_parts import best
from helpers.plots import COLOURS, show

__all__ = [
    "by_positions",
    "cross_attention",
    "error_rates",
    "gradients_by_block",
    "streams",
    "without_parts",
]

Array = npt.NDArray[np.float64]

TIP: dict[str, Any] = {"arrowstyle": "-|>", "color": "black", "lw": 1.5}
TIP |= {"mutation_scale": 13, "shrinkA": 0, "shrinkB": 0}
CENTRED: dict[str, Any] = {"ha": "center", "va": "center"}


def streams() -> None:
    """Draw an encoder's and a decoder's block: two streams, and the parts that add to them."""
    figure, axes = plt.subplots(figsize=(10.5, 6.4))
    axes.set(xlim=(-0.8, 10.4), ylim=(-0.9, 9.0))
    axes.axis("off")
    lower = [(0.3, "self-attention", "sky"), (3.0, "feed-forward", "green")]
    _block(axes, 0.5, 1, lower, 6.0)
    upper = [(3.0, "cross-attention", "orange"), (5.7, "feed-forward", "green")]
    _block(axes, 9.3, -1, [(0.3, "masked self-attention", "sky"), *upper], 8.3)
    for x, y, label in (
        (0.5, -0.75, "source, with positions"),
        (9.3, -0.75, "target so far, with positions"),
        (0.5, 6.2, "states H (after a last LN)"),
        (9.3, 8.5, "logits (after a last LN)"),
    ):
        axes.text(x, y, label, ha="center", size=11)
    red = COLOURS["vermilion"]
    axes.annotate("", (6.1, 4.15), (2.2, 6.3), arrowprops=TIP | {"color": red, "lw": 2})
    axes.text(4.2, 5.6, "only the states: the block\ncomputes keys and values", size=11, color=red)
    axes.set_title("Each part reads the stream and adds its result to the stream")
    show(
        figure,
        alt="Two thick arrows that rise: the encoder's stream at the left, the decoder's at the "
        "right. Beside the left one two parts, self-attention and feed-forward, beside the right "
        "one three, masked self-attention, cross-attention, feed-forward. Each reads the stream "
        "through LN and its result is added back. A red arrow leads from the encoder's states to "
        "cross-attention.",
    )


def _block(
    axes: Axes, x: float, side: int, parts: Sequence[tuple[float, str, str]], top: float
) -> None:
    """Draw a stream that rises at x, with parts at one side that read it and add to it.

    `side` is 1 (right) or −1 (left); a part is its lower end, its name and its colour.
    """
    frame: dict[str, Any] = {"boxstyle": "round,pad=0.35", "edgecolor": "black", "alpha": 0.6}
    white: dict[str, Any] = {"facecolor": "white", "edgecolor": "black"}
    norm, plus = (white | {"boxstyle": style} for style in ("round,pad=0.25", "circle,pad=0.12"))
    axes.annotate("", (x, top), (x, -0.3), arrowprops=TIP | {"lw": 4, "color": "0.45"})
    at = x + 2.2 * side
    for bottom, label, colour in parts:
        face = frame | {"facecolor": COLOURS[colour]}
        axes.text(at, bottom + 1.05, label, **CENTRED, size=11, bbox=face)
        axes.text(at, bottom, "LN", **CENTRED, size=10, bbox=norm)
        axes.annotate("", (at - 0.33 * side, bottom), (x, bottom), arrowprops=TIP)
        axes.annotate("", (at, bottom + 0.74), (at, bottom + 0.28), arrowprops=TIP)
        axes.plot([at, at], [bottom + 1.36, bottom + 1.85], color="black", lw=1.5)
        axes.annotate("", (x + 0.24 * side, bottom + 1.85), (at, bottom + 1.85), arrowprops=TIP)
        axes.text(x, bottom + 1.85, "+", **CENTRED, size=12, bbox=plus)


@claims.picture("transformer_parts")
def without_parts(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what six blocks learn without one of their parts, and what the warm-up does by rate."""
    figure, (left, middle, right) = plt.subplots(
        1, 3, figsize=(13, 4.4), width_ratios=[1.5, 1, 1], sharey=True
    )
    kinds = [k for k in record.settings["kinds"] if not k.startswith("post-norm, ")]
    colours = dict(zip(kinds, ("blue", "vermilion", "vermilion", "sky", "green"), strict=True))
    for place, kind in enumerate(kinds):
        shares = 100 * best(record, kind)[1]
        left.plot(np.full(len(shares), place), shares, "o", color=COLOURS[colours[kind]], alpha=0.6)
        left.plot([place - 0.3, place + 0.3], 2 * [shares.mean()], color=COLOURS[colours[kind]])
    live = figure_name("exact", kind="whole", rate=0.01, clip="1")
    if mine and live in mine:
        left.plot([0.2], [100 * mine[live]], "k*", markersize=12, label="your run")
        left.legend(fontsize=10)
    left.set_xticks(range(len(kinds)), [kind.replace(" ", "\n", 1) for kind in kinds], size=10)
    left.set(ylabel="sequences right (%)", ylim=(-3, 100))
    left.set_title("Each at its best rate")
    for axes, order in ((middle, ("whole", "no warm-up")), (right, None)):
        names = order or ("post-norm", "post-norm, no warm-up")
        _by_rate(axes, record, names)
        axes.set_title("Pre-norm: by learning rate" if order else "Post-norm: by learning rate")
    middle.legend(fontsize=10)
    show(
        figure,
        alt="Three panels of sequences written right, a dot for each of five seeds. Left, each "
        "network at its best rate: "
        + ", ".join(f"{kind} {100 * best(record, kind)[1].mean():.0f} %" for kind in kinds)
        + ". Middle and right, means over the learning rate from 0.0003 to 0.03, pre-norm and "
        "post-norm, with and without warm-up, clipped and not.",
    )


def _by_rate(axes: Axes, record: Record, names: Sequence[str]) -> None:
    """Draw the mean share over the rate, with and without warm-up, clipped and not."""
    for name, colour in zip(names, ("blue", "orange"), strict=True):
        for clip, style in (("1", "-"), ("none", ":")):
            rates = record.settings["kinds"][name]
            rows = [record.values("exact", kind=name, rate=rate, clip=clip) for rate in rates]
            told = "no warm-up" if "no warm-up" in name else "warm-up"
            label = f"{told}, {'clipped' if clip == '1' else 'not clipped'}"
            means = [100 * row.mean() for row in rows]
            axes.semilogx(rates, means, style, color=COLOURS[colour], label=label)
            for rate, row in zip(rates, rows, strict=True):
                axes.plot(np.full(len(row), rate), 100 * row, ".", color=COLOURS[colour], alpha=0.4)
    axes.set_xlabel("learning rate")


ARMS = (
    ("added", "orange", "sinusoids added"),
    ("within", "sky", "turned, self-attention"),
    ("across", "purple", "turned, cross-attention"),
    ("within and across", "blue", "turned in both"),
    ("LSTM", "green", "LSTM with attention"),
)


@claims.picture("relative_positions")
def by_positions(record: Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw how translators that differ in how they are told the order do on three test parts."""
    figure, axes = plt.subplots(figsize=(10.5, 4.6))
    parts = ["test", "test_combinations", "test_longer"]
    told = []
    for number, (arm, colour, label) in enumerate(ARMS):
        for group, part in enumerate(parts):
            place = group + 0.16 * (number - 2)
            shares = 100 * record.values("exact", arm=arm, part=part)
            axes.plot(np.full(len(shares), place), shares, ".", color=COLOURS[colour], alpha=0.6)
            name = label if group == 0 else None
            axes.plot(place, shares.mean(), "D", color=COLOURS[colour], label=name)
            axes.text(place, shares.max() + 2.5, f"{shares.mean():.0f}", ha="center", size=10)
            told.append(f"{label} {shares.mean():.0f}")
    axes.set_xticks(
        range(3), ["unseen, 1 or 2 clauses", "unseen combinations", "4 clauses (training: up to 3)"]
    )
    axes.set(ylabel="exact match (%)", ylim=(-3, 125))
    axes.set_yticks(range(0, 101, 20))
    axes.legend(ncols=3, loc="upper center", fontsize=10)
    axes.set_title("Places decide what becomes of longer sentences")
    show(
        figure,
        alt="Exact match on three test parts, dots for five seeds, means in percent. Unseen "
        f"sentences: {', '.join(told[::3])}. Unseen combinations: {', '.join(told[1::3])}. Four "
        f"clauses: {', '.join(told[2::3])}.",
    )


def cross_attention(weights: npt.ArrayLike, morphemes: Sequence[str], words: Sequence[str]) -> None:
    """Draw where every head of every decoder block looks in the source.

    Parameters
    ----------
    weights : array, shape (L, N, T, S)
        For L blocks of N heads.
    morphemes : sequence of S str
    words : sequence of T str
        What each step writes, the end mark last.
    """
    looks = np.asarray(weights)
    L, N = looks.shape[:2]
    shared: dict[str, Any] = {"sharex": True, "sharey": True}
    figure, panels = plt.subplots(L, N, squeeze=False, figsize=(12.5, 5.6), **shared)
    for layer, head in np.ndindex(L, N):
        axes = panels[layer, head]
        image = axes.imshow(looks[layer, head], cmap="Blues", vmin=0, vmax=1, aspect="auto")
        axes.set_xticks(range(len(morphemes)), morphemes)
        axes.set_yticks(range(len(words)), words)
        axes.spines[:].set_visible(False)
        axes.set_title(f"block {layer + 1}, head {head + 1}", size=11)
    for axes in panels[:, 0]:
        axes.set_ylabel("next word")
    figure.suptitle("Cross-attention in each head of both decoder blocks", size=14)
    figure.colorbar(image, ax=panels, label="attention weight", fraction=0.02)
    show(
        figure,
        alt="Heatmaps of cross-attention, a row of panels for each decoder block, one panel for "
        "each head. Columns are 나, 는, 학생, 이다, rows the English words and the end mark. In "
        "most panels the dark cells follow the words, student at 학생; in others the weight is "
        "spread.",
    )


def error_rates(record: Record) -> None:
    """Draw the alignment error rate of the step that writes a word and of the next one."""
    figure, axes = plt.subplots(figsize=(9, 4.3))
    layers = record.settings["arms"]["within and across"]["layers"]
    bars = [(f"Transformer\nblock {n}", "within and across", n) for n in range(1, layers + 1)]
    bars.append(("LSTM with\nattention", "LSTM", 1))
    for shift, offset, colour in ((-0.2, 0, "blue"), (0.2, 1, "orange")):
        values = np.array(
            [record.values("AER", arm=arm, offset=offset, layer=n) for _, arm, n in bars]
        )
        place = np.arange(len(bars)) + shift
        label = ("the step that writes the word", "the next step, whose input is the word")[offset]
        axes.bar(place, values.mean(axis=1), 0.38, color=COLOURS[colour], label=label)
        axes.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=4)
        for at, row in zip(place, values, strict=True):
            axes.text(at, row.max() + 0.02, f"{row.mean():.2f}", ha="center", size=11)
    axes.set_xticks(range(len(bars)), [label for label, _, _ in bars])
    axes.set(ylabel="alignment error rate", ylim=(0, 1.2))
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.legend(loc="upper center", ncols=2, fontsize=11)
    axes.set_title("The step that writes a word aligns far better than the next one")
    show(
        figure,
        alt="Alignment error rates with dots for five seeds: both blocks of the Transformer and "
        "the LSTM with attention, two bars each. At the step that writes the word the rates are "
        "low, the last block's lower than the first's and the LSTM's lowest; at the next step all "
        "are near 0.9.",
    )


def gradients_by_block(post_norm: Array, pre_norm: Array) -> None:
    """Draw the gradient's norm in the decoder's blocks before the first step.

    Parameters
    ----------
    post_norm, pre_norm : array, shape (seeds, 6)
        The norm of the gradient of one weight matrix in each block.
    """
    figure, axes = plt.subplots(figsize=(8, 3.9))
    for norms, colour, label in (
        (post_norm, "vermilion", "post-norm"),
        (pre_norm, "blue", "pre-norm"),
    ):
        axes.plot(range(1, 7), norms.T, "o-", color=COLOURS[colour], lw=1, markersize=4)
        axes.plot([], [], "o-", color=COLOURS[colour], label=label)
    axes.set(xlabel="decoder block, from the input to the output", ylabel="gradient's norm", ylim=0)
    axes.legend()
    axes.set_title("Before the first step: post-norm's gradient grows towards the output")
    times = post_norm[:, -1] / post_norm[:, 0]
    show(
        figure,
        alt="Norm of the gradient of a weight matrix in each of six decoder blocks, five seeds. "
        f"Post-norm rises {times.min():.0f}- to {times.max():.0f}-fold from the first to the last "
        "block; pre-norm falls a little.",
    )
