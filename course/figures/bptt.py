"""The drawings of lesson 05, Backpropagation through time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.patches import Circle

from course import claims
from course.figures.drawing import Point, blank
from helpers.plots import COLOURS, show

__all__ = [
    "directions",
    "gradient_check",
    "segments",
    "slips",
    "step_sizes",
    "there_and_back",
    "triangle",
    "truncations",
]

Array = npt.NDArray[np.float64]
GREY = "#999999"
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
    axes.set_title("The gradient goes back along every way that led forwards")
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


def step_sizes(epsilons: Array, one_sided: Sequence[float], central: Sequence[float]) -> None:
    """Draw how far finite differences are from the gradient, for each step size ε.

    Parameters
    ----------
    epsilons : array, shape (N,)
        The step sizes.
    one_sided, central : sequence of N floats
        The relative difference from the gradient, by either kind of difference.
    """
    figure, axes = plt.subplots(figsize=(8.5, 4.4))
    axes.loglog(epsilons, one_sided, "s-", color=COLOURS["orange"], label="one-sided")
    axes.loglog(epsilons, central, "o-", color=COLOURS["blue"], label="central")
    axes.axvline(1e-5, color="black", ls=":", lw=1.5)
    axes.text(1.15e-5, 2e-1, "our ε", ha="left")
    axes.text(3e-11, 2e-9, "rounding: error ~ 1/ε", color="black", ha="center")
    axes.text(6e-3, 3e-10, "truncation:\nerror ~ ε²", color="black", ha="center")
    axes.set(xlabel="ε", ylabel="relative difference of $dW_{hh}$", ylim=(1e-12, 1))
    axes.set_title("Too large an ε truncates, too small a one rounds")
    axes.legend(loc="upper left")
    show(
        figure,
        alt="Relative difference of the gradient of W_hh against epsilon, both axes logarithmic. "
        "The central difference falls with slope two from epsilon 0.1 to a minimum near 1e-5, "
        "about 1e-10, and then rises with slope minus one. The one-sided difference falls with "
        "slope one to about 1e-7 at epsilon 1e-7 and then rises beside it.",
    )


def gradient_check(rows: Mapping[str, tuple[float, float]]) -> None:
    """Draw each tensor's gradient against two references.

    Parameters
    ----------
    rows : mapping of str to pair of floats
        For each tensor the relative difference from finite differences and from autograd.
    """
    figure, axes = plt.subplots(figsize=(9, 3.8))
    looks = (("finite differences", "blue", "o"), ("autograd", "green", "s"))
    for column, (label, colour, mark) in enumerate(looks):
        values = [max(row[column], 1e-18) for row in rows.values()]
        axes.semilogx(values, range(len(rows)), mark, ms=9, color=COLOURS[colour], label=label)
        for place, value in enumerate(values):
            axes.text(1.6 * value, place, f"{value:.1e}", va="center", size=10)
    for limit, colour in ((1e-7, "blue"), (1e-12, "green")):
        axes.axvline(limit, color=COLOURS[colour], ls="--", lw=1.5)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.set(xlim=(1e-18, 1e-4), ylim=(len(rows) - 0.4, -0.6), xlabel="relative difference")
    axes.set_title("All seven gradients stay below their limits (dashed)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    show(
        figure,
        alt="Seven rows, one for each tensor, on a logarithmic axis of relative difference. Finite "
        "differences lie between about 1e-11 and 1e-10, left of the dashed limit 1e-7; autograd "
        "lies near 1e-16, left of the dashed limit 1e-12.",
    )


def slips(off: Array, names: Sequence[str], tensors: Sequence[str]) -> None:
    """Draw which gradients each slip spoils.

    Parameters
    ----------
    off : array, shape (tensors, slips)
        The relative difference from the right gradient.
    names, tensors : sequence of str
        What the columns and the rows of `off` are called.
    """
    figure, axes = plt.subplots(figsize=(9, 4.6))
    image = axes.imshow(off, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(off.shape):
        shown = "✓" if off[row, column] < 1e-12 else f"{off[row, column]:.2f}"
        ink = "white" if off[row, column] > 0.55 else "black"
        axes.text(column, row, shown, ha="center", va="center", color=ink)
    axes.set_xticks(range(len(names)), names, size=11)
    axes.set_yticks(range(len(tensors)), tensors)
    axes.spines[:].set_visible(False)
    axes.set(xlabel="slip", ylabel="gradient of")
    axes.set_title("Each slip leaves its mark: rows that fail name the line")
    figure.colorbar(image, label="relative difference")
    show(
        figure,
        alt="Heatmap of relative differences, seven tensors by five slips. Slips 1, 4 and 5 spoil "
        "all but W_hy and b_y. Slip 2 spoils W_xh, W_hh and b_h alone. Slip 3 spoils W_hh alone.",
    )


def triangle(size: Array) -> None:
    """Draw how much each pair of a loss and an earlier use adds to the gradient of W_hh.

    Parameters
    ----------
    size : array, shape (T, T), T = 24
        The norm of the contribution of the loss at step s, by row, through the use at step t.
    """
    T = len(size)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), width_ratios=[5, 4])
    shown = np.ma.masked_where(np.triu(np.ones((T, T)), 1) > 0, size)
    image = left.imshow(shown, cmap="cividis", norm=_scale(size))
    left.set(xlabel="use of $W_{hh}$ at step t", ylabel="loss at step s")
    left.set_xticks(*STEPS)
    left.set_yticks(*STEPS)
    left.set_title("The gradient is a triangle of pairs")
    figure.colorbar(image, ax=left, label="norm of the contribution")
    mean = [np.diagonal(size, -d).mean() for d in range(T)]
    right.semilogy(range(T), mean, "o-", color=COLOURS["blue"])
    right.set(xlabel="distance s − t (steps)", ylabel="mean norm")
    right.set_title("Far uses contribute less")
    show(
        figure,
        alt="Left: lower triangle of a 24 by 24 heatmap, loss step against step of use. The "
        "diagonal is brightest; rows fade to the left, the last by more than two orders of "
        "magnitude. Right: mean norm of a contribution against distance on a logarithmic axis, "
        "falling steadily.",
    )


def _scale(size: Array) -> LogNorm:
    """Return the colour scale of contributions: three orders of magnitude below the largest."""
    return LogNorm(vmin=size.max() / 1e3, vmax=size.max())


def truncations(size: Array, kept: Mapping[str, npt.NDArray[np.bool_]]) -> None:
    """Draw which contributions each of three truncations keeps.

    Parameters
    ----------
    size : array, shape (T, T), T = 24
        The norm of each contribution, as for `triangle`.
    kept : mapping of str to bool array, shape (T, T)
        For each truncation where it keeps a contribution.
    """
    figure, panels = plt.subplots(1, 3, figsize=(12, 4.4), sharey=True)
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
    figure.suptitle("Truncation keeps small triangles or a band, and drops the grey", weight="bold")
    show(
        figure,
        alt="Three copies of the triangle of contributions. Left: all of it. Middle, chunks of 6: "
        "four small triangles along the diagonal, the rest grey. Right, sliding windows of 6: a "
        "band of width 6 along the diagonal, the rest grey.",
    )


@claims.picture(8)
def _until_learnt(record: claims.Record, mine: Mapping[str, float] | None) -> None:
    """Draw what full and truncated BPTT cost until the echo is learnt; claim 8."""
    budget = record.settings["budget"]
    figure, axes = plt.subplots(figsize=(8.5, 4.8))
    _cost(axes, record, "full", "full BPTT", "black", "o", -0.15)
    _cost(axes, record, "chunks", "chunks, TBPTT(8, 8)", "blue", "s", 0)
    _cost(axes, record, "sliding", "sliding, TBPTT(1, 8)", "orange", "^", 0.15)
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
        "seed, chunks with none. Sliding windows need half at lag 2, more from lag 4 on, and learn "
        "lag 8 with no seed.",
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


def directions(record: claims.Record) -> None:
    """Draw how far truncated gradients point and how long they are; `record`: claim 8's."""
    windows, sequences = record.settings["windows"], record.settings["sequences"]
    figure, panels = plt.subplots(1, 3, figsize=(13, 4.5))
    for lag, colour in ((4, "blue"), (10, "vermilion")):
        for method, style in (("chunks", "o-"), ("sliding", "^--")):
            for axes, name in zip(panels, ("angle", "norm"), strict=False):
                spans = [record.interval(name, method=method, k=k, lag=lag) for k in windows]
                _means(axes, windows, spans, style, colour, f"{method}, lag {lag}")
    looks = (("full", "o-", "black", "full gradient"), ("chunks", "s-", "blue", "chunks, k = 8"))
    for method, style, colour, label in looks:
        name = "angle to the many"
        spans = [record.interval(name, method=method, sequences=n) for n in sequences]
        _means(panels[2], sequences, spans, style, colour, label)
    for axes in panels[:2]:
        axes.set_xscale("log", base=2)
        axes.set_xticks(windows, windows)
        axes.set_xlabel("k (T = 64)")
    panels[0].set(ylabel="angle to the full gradient (°)", title="Longer windows point better …")
    panels[1].set(ylabel="norm / norm of the full gradient", title="… and lose less of the length")
    panels[1].set_ylim(0.4, 1.1)
    panels[2].set(
        xlabel="sequences in the batch", ylabel="angle to the gradient of 1024 others (°)"
    )
    panels[2].set(title="Noise goes, bias stays (lag 4)", xscale="log", ylim=(0, None))
    panels[0].legend(fontsize=10)
    panels[2].legend(fontsize=11)
    show(
        figure,
        alt="Three panels, means and intervals of ten seeds. Left: the angle to the full gradient "
        "falls with k, from 53 or 61 degrees at k 1 to 0 at k 64; that of sliding windows is "
        "nearly zero as soon as k exceeds the lag, that of chunks falls slowly. Middle: the norm "
        "rises from about 0.5 to 1. Right: with more sequences the full gradient's angle falls "
        "from 13 degrees to below 2, that of chunks stops near 9.",
    )


def _means(
    axes: Axes,
    at: Sequence[float],
    spans: Sequence[claims.Interval],
    style: str,
    colour: str,
    label: str,
) -> None:
    """Draw means with their 95 % intervals."""
    mean = np.array([span.mean for span in spans])
    error = [mean - [span.low for span in spans], [span.high for span in spans] - mean]
    axes.errorbar(at, mean, error, fmt=style, color=COLOURS[colour], capsize=3, label=label)


def segments(lengths: npt.NDArray[np.int64], held: Sequence[int]) -> None:
    """Draw how many states checkpointed BPTT holds at once, T = 1024.

    Parameters
    ----------
    lengths : int array, shape (N,)
        The steps in a segment.
    held : sequence of N ints
        The most states in memory.
    """
    figure, axes = plt.subplots(figsize=(8, 4.2))
    axes.loglog(lengths, held, "o-", color=COLOURS["blue"], base=2)
    axes.axhline(1025, color="black", ls="--", lw=1.5)
    axes.text(1, 1.1 * 1024, "full BPTT: 1025 states", color="black")
    best = int(lengths[np.argmin(held)])
    axes.annotate(
        f"s = {best}: {min(held)} states",
        (best, min(held)),
        (best, 22),
        ha="center",
        va="top",
        arrowprops={"arrowstyle": "->", "color": "black"},
    )
    axes.set(xlabel="segment length s", ylabel="states held at once", ylim=(16, 2048))
    axes.set_title("Memory is least near s = √T, and the gradient stays exact")
    show(
        figure,
        alt="States held at once against segment length s for T = 1024, both axes logarithmic: a V "
        "from 1025 at s = 1 down to 64 at s = 32 and up to 1025 at s = 1024, where the dashed line "
        "of full BPTT is.",
    )
