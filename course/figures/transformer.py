"""The drawings of lesson 13, the Transformer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from course.claims import Record
from helpers.plots import COLOURS, show

__all__ = [
    "cross_attention",
    "error_rates",
    "gradients_by_block",
    "self_attention",
    "streams",
    "three_translators",
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
        (9.3, 8.5, "scores (after a last LN)"),
    ):
        axes.text(x, y, label, ha="center", size=11)
    red = COLOURS["vermilion"]
    axes.annotate("", (6.1, 4.15), (2.2, 6.3), arrowprops=TIP | {"color": red, "lw": 2})
    axes.text(
        4.2, 5.6, "the states alone: keys and\nvalues are made over there", size=11, color=red
    )
    axes.set_title("Each part reads the stream, and adds to it; the stream itself passes by")
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


def without_parts(record: Record) -> None:
    """Draw what six blocks learn without residuals, normalisation or warm-up."""
    figure, axes = plt.subplots(figsize=(9.5, 4.3))
    kinds = list(record.settings["kinds"])
    right = np.array([100 * record.values("exact", kind=kind) for kind in kinds])  # (6, seeds)
    colours = ["blue", "vermilion", "vermilion", "sky", "green", "orange"]
    axes.bar(range(6), right.mean(axis=1), color=[COLOURS[c] for c in colours])
    axes.plot(np.repeat(range(6), right.shape[1]), right.ravel(), "k.", markersize=5)
    for place, row in enumerate(right):
        axes.text(place, row.max() + 2.5, f"{row.mean():.0f}", ha="center")
    axes.set_xticks(range(6), [kind.replace(" ", "\n", 1).replace(", ", ",\n") for kind in kinds])
    axes.set(ylabel="sequences right (%)", ylim=(0, 100))
    axes.set_title("Without residuals or normalisation, six blocks learn next to nothing")
    show(
        figure,
        alt="Bars of right sequences with dots for five seeds. The whole network and the one "
        "without warm-up are highest and about equal. Without residuals and without normalisation: "
        "about zero. Post-norm, with and without warm-up, lies between.",
    )


def three_translators(record: Record) -> None:
    """Draw how three translators do on three test parts."""
    figure, axes = plt.subplots(figsize=(9.5, 4.3))
    parts = list(record.settings["tested"])
    looks = (
        ("attention", "orange", "LSTM, lesson 11"),
        ("lesson", "sky", "Transformer, this lesson"),
        ("full", "blue", "Transformer, recorded"),
    )
    for shift, (run, colour, label) in zip((-0.27, 0, 0.27), looks, strict=True):
        values = np.array([100 * record.values("exact", run=run, part=part) for part in parts])
        place = np.arange(len(parts)) + shift
        axes.bar(place, values.mean(axis=1), 0.25, color=COLOURS[colour], label=label)
        axes.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=4)
        for at, row in zip(place, values, strict=True):
            axes.text(at, row.max() + 2, f"{row.mean():.0f}", ha="center", size=11)
    axes.set_xticks(range(3), ["unseen sentences", "unseen combinations", "longer than any seen"])
    axes.set(ylabel="exact match (%)", ylim=(0, 125))
    axes.set_yticks(range(0, 101, 20))
    axes.legend(ncols=3, loc="upper center", fontsize=10)
    axes.set_title("Trained longer, it passes lesson 11’s translator; on longer sentences it fails")
    show(
        figure,
        alt="Bars of exact match on three test parts for three translators, dots for five seeds. "
        "On unseen sentences and combinations the recorded Transformer is highest, the LSTM with "
        "attention second, this lesson's Transformer lowest. On longer sentences the LSTM keeps a "
        "few percent and the Transformers next to none.",
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
    figure.suptitle("Cross-attention: some heads follow the words, others look elsewhere", size=14)
    figure.colorbar(image, ax=panels, label="attention weight", fraction=0.02)
    show(
        figure,
        alt="Heatmaps of cross-attention, a row of panels for each decoder block, one panel for "
        "each head. Columns are 나, 는, 학생, 이다, rows the English words and the end mark. In "
        "most panels the dark cells follow the words, student at 학생; in others the weight is "
        "spread.",
    )


def self_attention(
    encoder: npt.ArrayLike, decoder: npt.ArrayLike, morphemes: Sequence[str], fed: Sequence[str]
) -> None:
    """Draw where the heads of the first block look in their own sequence.

    Parameters
    ----------
    encoder : array, shape (N, S, S)
    decoder : array, shape (N, T, T)
    morphemes : sequence of S str
    fed : sequence of T str
        What each of the decoder's steps reads, the start mark first.
    """
    figure, panels = plt.subplots(2, len(np.asarray(encoder)), figsize=(12.5, 6.2))
    for row, (name, weights, labels) in enumerate(
        (("encoder", np.asarray(encoder), morphemes), ("decoder", np.asarray(decoder), fed))
    ):
        for head, axes in enumerate(panels[row]):
            image = axes.imshow(weights[head], cmap="Blues", vmin=0, vmax=1, aspect="auto")
            axes.set_xticks(range(len(labels)), labels)
            axes.set_yticks(range(len(labels)), labels if head == 0 else [])
            axes.spines[:].set_visible(False)
            axes.set_title(f"{name}, head {head + 1}", size=11)
        panels[row, 0].set_ylabel("who looks")
        panels[row, 0].set_xlabel("at whom")
    figure.suptitle("Self-attention: no head of the decoder looks to the right", size=14)
    figure.colorbar(image, ax=panels, label="attention weight", fraction=0.02)
    show(
        figure,
        alt="Heatmaps of self-attention in the first block: four heads of the encoder over 나 는 "
        "학생 이다, four of the decoder over the start mark and the English words. The decoder's "
        "panels are empty above the diagonal; the encoder's are not.",
    )


def error_rates(record: Record) -> None:
    """Draw the alignment error rate of the step that writes a word and of the next one."""
    figure, axes = plt.subplots(figsize=(9, 4.3))
    layers = record.settings["runs"]["full"]["layers"]
    bars = [(f"Transformer\nblock {n}", "full", n) for n in range(1, layers + 1)]
    bars.append(("LSTM with\nattention", "attention", 1))
    for shift, offset, colour in ((-0.2, 0, "blue"), (0.2, 1, "orange")):
        values = np.array(
            [record.values("AER", run=run, offset=offset, layer=n) for _, run, n in bars]
        )
        place = np.arange(len(bars)) + shift
        label = ("the step that writes the word", "the step that is fed the word")[offset]
        axes.bar(place, values.mean(axis=1), 0.38, color=COLOURS[colour], label=label)
        axes.plot(np.repeat(place, values.shape[1]), values.ravel(), "k.", markersize=4)
        for at, row in zip(place, values, strict=True):
            axes.text(at, row.max() + 0.02, f"{row.mean():.2f}", ha="center", size=11)
    axes.set_xticks(range(len(bars)), [label for label, _, _ in bars])
    axes.set(ylabel="alignment error rate", ylim=(0, 1.2))
    axes.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.legend(loc="upper center", ncols=2, fontsize=11)
    axes.set_title("The step that writes a word points at its partner, the next one does not")
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
    show(
        figure,
        alt="Norm of the gradient of a weight matrix in each of six decoder blocks, five seeds. "
        "Post-norm rises at least fourfold from the first to the last block; pre-norm falls a "
        "little.",
    )
