"""The drawings of lesson 05, Backpropagation through time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course import claims
from course.figures.drawing import Point, blank
from helpers.gradients import relative_difference
from helpers.plots import COLOURS, show
from helpers.rnn import rnn_layer_backward, rnn_step_backward

__all__ = ["bias", "cut_in_chunks", "slips", "there_and_back"]

Array = npt.NDArray[np.float64]
GREY = "#999999"
SLIPS = ("1  no dh_next", "2  = for +=", "3  h_t for h_prev", "4  slope 1 − a²")
STEPS = ([0, 5, 11, 17, 23], [1, 6, 12, 18, 24])  # where the ticks of 24 steps are, and their names


def there_and_back() -> None:
    """Draw the worked example as a graph, with the gradient on every path."""
    figure, axes = plt.subplots(figsize=(9, 5.6))
    blank(axes, -0.6, 7.6, -1.75, 4.0)
    _node(axes, (0, 0), "$h_0$", "−0.4")
    for x, t, h, y, loss in ((3, 1, "0.6", "0.7", "0.045"), (6, 2, "0.8", "1.1", "0.125")):
        _node(axes, (x, 0), f"$h_{t}$", h)
        _node(axes, (x, 1.6), f"$y_{t}$", y, "green")
        _node(axes, (x, 3.2), f"loss {t}", loss, "blue")
        _node(axes, (x, -1.35), f"$x_{t}$", "0.397" if t == 1 else "0.349", "blue")
        dy, dh = ("−0.3", "−0.6") if t == 1 else ("0.5", "1.0")
        _both_ways(axes, (x, 1.6), (x, 3.2), dy, (0.5, 0))
        _both_ways(axes, (x, 0), (x, 1.6), dh, (0.5, 0))
        _one_way(axes, (x, -1.02), (x, -0.34), GREY, 1.5)
    _both_ways(axes, (3, 0), (6, 0), "0.18", (0, -0.35))
    _both_ways(axes, (0, 0), (3, 0), "−0.1344", (0, -0.35))
    axes.text(1.5, -0.95, "adds $da_1 h_0$ = 0.1075\nto $dw_{hh}$", ha="center", size=11)
    axes.text(4.5, -0.95, "adds $da_2 h_1$ = 0.216\nto $dw_{hh}$", ha="center", size=11)
    axes.set_title("The gradient goes back along every path that led forwards")
    show(
        figure,
        alt="The two-step network as a graph: h_0 leads to h_1 and h_2, each with an input below, "
        "an output and a loss above. Beside each grey forward arrow an orange one goes back with "
        "its gradient: 0.5 and -0.3 from the losses to the outputs, 1.0 and -0.6 to the states, "
        "0.18 from h_2 to h_1, -0.1344 from h_1 to h_0. The step to h_1 adds 0.1075 to the "
        "weight's gradient, the one to h_2 adds 0.216.",
    )


def _node(axes: Axes, place: Point, name: str, value: str, colour: str = "black") -> None:
    """Draw a quantity with its name and its value."""
    shape = Circle(place, 0.32, facecolor="white", edgecolor=COLOURS[colour], lw=2, zorder=3)
    axes.add_patch(shape)
    axes.text(*place, f"{name}\n{value}", ha="center", va="center", size=10, zorder=4)


def _one_way(axes: Axes, start: Point | Array, end: Point | Array, ink: str, width: float) -> None:
    """Draw an arrow from point to point."""
    style: dict[str, Any] = {"arrowstyle": "-|>", "color": ink, "lw": width}
    style |= {"mutation_scale": 14, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (end[0], end[1]), (start[0], start[1]), arrowprops=style)


def _both_ways(axes: Axes, start: Point, end: Point, label: str, shift: Point) -> None:
    """Draw a grey arrow forwards and an orange one back beside it, with its gradient."""
    a, b = np.array(start, float), np.array(end, float)
    along = (b - a) / np.hypot(*(b - a))
    aside = 0.1 * np.array([-along[1], along[0]])
    a_edge, b_edge = a + 0.36 * along, b - 0.36 * along
    _one_way(axes, a_edge + aside, b_edge + aside, GREY, 1.5)
    _one_way(axes, b_edge - aside, a_edge - aside, COLOURS["vermilion"], 2.5)
    x, y = (a + b) / 2 + shift
    axes.text(x, y, label, color=COLOURS["vermilion"], ha="center", va="center", weight="bold")


def slips(dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array) -> None:
    """Draw which gradients of a layer each of four slips makes wrong.

    Parameters
    ----------
    dh, x, h_0, h, W_xh, W_hh : array
        What `rnn_layer_backward` is given. Inputs are shown step by step.
    """
    arguments = dh, x, h_0, h, W_xh, W_hh
    right = _each_by_name(rnn_layer_backward(*arguments))
    off = np.array(
        [
            [relative_difference(wrong[name], right[name]) for name in right]
            for wrong in (_each_by_name(_slipped(number, *arguments)) for number in range(1, 5))
        ]
    )
    figure, axes = plt.subplots(figsize=(10, 3.4))
    axes.imshow(off, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(off.shape):
        shown = "✓" if off[row, column] < 1e-12 else f"{off[row, column]:.2f}"
        ink = "white" if off[row, column] > 0.55 else "black"
        axes.text(column, row, shown, ha="center", va="center", color=ink, size=12)
    axes.set_xticks(range(len(right)), list(right))
    axes.set_yticks(range(len(SLIPS)), SLIPS)
    axes.axvline(3.5, color="white", lw=5)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set(xlabel="gradient of")
    axes.set_title("No two slips leave the same mark (relative difference; ✓ = right)")
    show(
        figure,
        alt="Table of relative differences, four slips by the gradients of W_xh, W_hh, b_h, h_0 "
        "and the inputs of six steps, where only the last step has a loss. Slip 1 makes all wrong "
        "but the last input, the inputs by exactly 1.00. Slip 2 makes the weights and the bias "
        "wrong, slip 3 W_hh alone, slip 4 everything.",
    )


def _slipped(
    slip: int, dh: Array, x: Array, h_0: Array, h: Array, W_xh: Array, W_hh: Array
) -> tuple[Array, ...]:
    """Walk back through the layer with one of the `SLIPS`, counted from 1; 0 makes none."""
    dx, dh_next = np.zeros(x.shape), np.zeros(h_0.shape)
    weights: list[Any] = [0, 0, 0]
    for t in reversed(range(x.shape[1])):
        h_prev = h[:, t - 1] if t > 0 else h_0
        dh_t = dh[:, t] + (0 if slip == 1 else dh_next)
        state = h[:, t] if slip == 3 else h_prev
        slope_at = np.arctanh(h[:, t]) if slip == 4 else h[:, t]
        dx[:, t], dh_next, *new = rnn_step_backward(dh_t, x[:, t], state, slope_at, W_xh, W_hh)
        weights = new if slip == 2 else [old + one for old, one in zip(weights, new, strict=True)]
    return dx, dh_next, *weights


def _each_by_name(gradients: tuple[Array, ...]) -> dict[str, Array]:
    """Name a layer's gradients, those of the inputs step by step."""
    dx, dh_0, dW_xh, dW_hh, db_h = gradients
    named = {"$W_{xh}$": dW_xh, "$W_{hh}$": dW_hh, "$b_h$": db_h, "$h_0$": dh_0}
    return named | {f"$x_{t + 1}$": dx[:, t] for t in range(dx.shape[1])}


def _scale(size: Array) -> LogNorm:
    """Return the colour scale of contributions: three orders of magnitude below the largest."""
    return LogNorm(vmin=size.max() / 1e3, vmax=size.max())


def cut_in_chunks(size: Array, k: int) -> None:
    """Draw what chunks of k steps keep of the contributions, beside all of them.

    Parameters
    ----------
    size : array, shape (T, T), T = 24
        The norm of the contribution of the loss at step s, by row, through the use at step t.
    k : int
        The steps in a chunk.
    """
    s, t = np.indices(size.shape)
    everything = np.asarray(t <= s)
    kept = np.asarray(everything & (s // k == t // k))
    figure = _triangles(size, {"full": everything, f"chunks of {k}": kept})
    figure.suptitle(f"Of {everything.sum()} pairs, chunks of {k} keep {kept.sum()}", weight="bold")
    show(
        figure,
        alt=f"Two copies of the triangle of contributions. Left: all of it. Right, in chunks of "
        f"{k}: small triangles along the diagonal are left; the rest is grey.",
    )


def _triangles(size: Array, kept: Mapping[str, npt.NDArray[np.bool_]]) -> Figure:
    """Draw a copy of the triangle for each mask, with what it drops in grey."""
    width = 4 * len(kept) + 1
    figure, panels = plt.subplots(1, len(kept), figsize=(width, 5), sharey=True)
    scale = _scale(size)
    for axes, (name, mask) in zip(panels, kept.items(), strict=True):
        grey = np.where(np.tri(len(size), dtype=bool) & ~mask, 0.25, np.nan)
        axes.imshow(grey, cmap="Greys", vmin=0, vmax=1)
        image = axes.imshow(np.ma.masked_where(~mask, size), cmap="cividis", norm=scale)
        axes.set_xticks(*STEPS)
        axes.set_yticks(*STEPS)
        axes.set(xlabel="use at step t", title=name)
    panels[0].set_ylabel("loss at step s")
    figure.colorbar(image, ax=panels, label="norm of the contribution", shrink=0.8)
    return figure


def bias(record: claims.Record) -> None:
    """Draw how far a batch's gradient is from that of 1024 others; `record`: claim 8's."""
    sequences = record.settings["sequences"]
    figure, axes = plt.subplots(figsize=(7.5, 4.2))
    looks = (("chunks", "s-", "blue", "chunks of 8"), ("full", "o-", "black", "full BPTT"))
    for method, style, colour, label in looks:
        spans = [
            record.interval("angle to the many", method=method, sequences=n) for n in sequences
        ]
        mean = np.array([span.mean for span in spans])
        error = [mean - [span.low for span in spans], [span.high for span in spans] - mean]
        ink = COLOURS[colour]
        axes.errorbar(sequences, mean, error, fmt=style, color=ink, capsize=3, label=label)
    axes.set(xlabel="sequences in the batch", xscale="log", ylim=(0, None))
    axes.set_xticks(sequences, sequences)
    axes.minorticks_off()
    axes.set_ylabel("angle to the full gradient\nof 1024 other sequences (°)")
    axes.set_title("More sequences remove the noise, not the bias")
    axes.legend()
    show(
        figure,
        alt="Angle to the full gradient of many other sequences against the number of sequences in "
        "the batch, from 4 to 1024, means of ten seeds with 95 % intervals. Full BPTT falls from "
        "13 degrees to below 2; chunks of 8 fall from 18 degrees to 9 and stay there.",
    )


@claims.picture(8)
def _until_learnt(record: claims.Record, mine: Mapping[str, float] | None) -> None:
    """Draw what full and truncated BPTT cost until the echo is learnt; claim 8."""
    budget = record.settings["budget"]
    figure, axes = plt.subplots(figsize=(8.5, 4.8))
    _cost(axes, record, "full", "full BPTT", "black", "o", -0.15)
    _cost(axes, record, "chunks", "chunks of 8", "blue", "s", 0)
    _cost(axes, record, "sliding", "sliding, 8 steps", "orange", "^", 0.15)
    for method, aside in (("full", -0.15), ("chunks", 0)) if mine else ():
        for lag in (2, 10):
            parts = {"method": method, "lag": lag, "batch": 1, "gain": 1}
            needed = mine[claims.figure("multiplications until learnt", **parts)] if mine else 0
            axes.plot(lag + aside, needed, "x", color=COLOURS["vermilion"], ms=8, mew=2.5, zorder=4)
    if mine:
        axes.plot([], [], "x", color=COLOURS["vermilion"], ms=8, mew=2.5, label="your seed")
    axes.axhline(budget, color="grey", ls=":", lw=1.5)
    axes.text(2, 1.15 * budget, "budget: hollow marks did not learn", color="black", size=11)
    axes.set(yscale="log", xlabel="lag of the echo (steps)", ylabel="multiplications until learnt")
    axes.set_ylim(5e4, 6e8)
    axes.set_title("Chunks of 8 save work at short lags, cost more at 8, and fail at 9 and 10")
    axes.legend(loc="lower right")
    show(
        figure,
        alt="Multiplications until the echo is learnt, logarithmic, against its lag, one mark for "
        "each of ten seeds and three methods, with lines through the geometric means. Chunks need "
        "about a quarter of full BPTT's at lag 2, a third at lag 4, half at lag 6 where one seed "
        "fails, and more than full BPTT at lag 8. At lags 9 and 10 full BPTT learns with every "
        "seed, chunks with none. Sliding windows need 0.6 of it at lag 2, more from lag 4 on, "
        "and learn lag 8 with no seed.",
    )


def _cost(
    axes: Axes,
    record: claims.Record,
    method: str,
    label: str,
    colour: str,
    mark: str,
    aside: float,
) -> None:
    """Draw one method's seeds, hollow where not learnt, and the means where all learnt."""
    ink, solved = COLOURS[colour], []
    for run in record.settings["runs"].values():
        if (run["method"], run["batch"], run["gain"]) != (method, 1, 1):
            continue
        parts = {name: run[name] for name in ("method", "lag", "batch", "gain")}
        values = record.values("multiplications until learnt", **parts)
        learnt = record.values("learnt", **parts) > 0
        place = np.full(len(values), run["lag"] + aside)
        axes.plot(place[learnt], values[learnt], mark, ms=4, color=ink, alpha=0.45)
        axes.plot(place[~learnt], values[~learnt], mark, ms=10, mfc="none", mec=ink)
        if learnt.all():
            solved.append((place[0], np.exp(np.log(values).mean())))
    axes.plot(*zip(*solved, strict=True), color=ink, label=label)
