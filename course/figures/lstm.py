"""The drawings of lesson 07, The LSTM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course import claims
from course.figures.drawing import Point, blank
from helpers.plots import COLOURS, show

__all__ = [
    "between_lstm_and_gru",
    "cell",
    "gates_and_recall",
    "gradient_flow",
    "recall_by_lag",
    "remembering",
]

Array = npt.NDArray[np.float64]
BLUE, GREY = COLOURS["blue"], "#666666"


def cell() -> None:
    """Draw the LSTM cell: its state, its gates and what flows between them."""
    figure, axes = plt.subplots(figsize=(9.5, 5.4))
    blank(axes, -1.5, 9.6, -1.25, 5.3)
    axes.add_patch(Rectangle((-0.3, -0.55), 8.3, 4.85, fc="#F4F4F4", ec="#999999", lw=1.5))
    _arrow(axes, (-1.3, 3.7), (8.0, 3.7), (9.3, 3.7), colour=BLUE, width=5)
    _arrow(axes, (-1.3, 0), (6.0, 0), (6.0, 0.85), colour=GREY)
    _arrow(axes, (0.3, -1.15), (0.3, -0.05), colour=GREY)
    _parts(axes)
    _flow(axes)
    _labels(axes)
    axes.set_title("The cell state passes one product and one sum, no matrix")
    show(
        figure,
        alt="The LSTM cell as a diagram. A thick blue line, the cell state, runs along the top "
        "from c_{t-1} to c_t; a product with the forget gate f and a sum lie on it. The input x_t "
        "from below and h_{t-1} from the left feed four boxes: f, i and o with sigma, g with tanh. "
        "The product of i and g goes into the sum. A branch of the cell state goes through tanh "
        "and a product with o and becomes h_t, which goes on to the right and, as the only output, "
        "up.",
    )


def _arrow(axes: Axes, *points: Point, colour: str, width: float = 1.5) -> None:
    """Draw a line through the points that ends in an arrow."""
    x, y = zip(*points, strict=True)
    axes.plot(x[:-1], y[:-1], color=colour, lw=width, zorder=1, solid_joinstyle="round")
    style: dict[str, Any] = {"arrowstyle": "-|>", "color": colour, "lw": width}
    style |= {"mutation_scale": 16, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", points[-1], points[-2], arrowprops=style)


def _node(axes: Axes, place: Point, text: str, colour: str, box: bool = False) -> None:
    """Draw a circle (an operation) or a box (a gate)."""
    shape = "round,pad=0.4" if box else "circle,pad=0.3"
    style = {"boxstyle": shape, "fc": "white", "ec": COLOURS[colour], "lw": 2}
    axes.text(*place, text, ha="center", va="center", size=13, bbox=style, zorder=3)


def _parts(axes: Axes) -> None:
    """Draw the gates with what they read, and the operations."""
    for x, name, colour in (
        (0.9, "$f$ σ", "vermilion"),
        (2.6, "$i$ σ", "green"),
        (4.2, "$g$ tanh", "orange"),
        (6.0, "$o$ σ", "purple"),
    ):
        if x < 6:
            _arrow(axes, (x, 0), (x, 0.85), colour=GREY)
        _node(axes, (x, 1.25), name, colour, box=True)
    _node(axes, (0.9, 3.7), "×", "vermilion")
    _node(axes, (3.4, 3.7), "+", "blue")
    _node(axes, (3.4, 2.5), "×", "green")
    _node(axes, (7.1, 1.25), "×", "purple")
    _node(axes, (7.1, 2.6), "tanh", "black", box=True)


def _flow(axes: Axes) -> None:
    """Draw the arrows between gates and operations, and to the output."""
    _arrow(axes, (0.9, 1.65), (0.9, 3.4), colour=COLOURS["vermilion"])
    _arrow(axes, (2.6, 1.65), (2.6, 2.5), (3.1, 2.5), colour=COLOURS["green"])
    _arrow(axes, (4.2, 1.65), (4.2, 2.5), (3.7, 2.5), colour=COLOURS["orange"])
    _arrow(axes, (3.4, 2.8), (3.4, 3.4), colour=COLOURS["green"])
    _arrow(axes, (7.1, 3.7), (7.1, 3.0), colour=BLUE)
    _arrow(axes, (7.1, 2.2), (7.1, 1.55), colour=GREY)
    _arrow(axes, (6.5, 1.25), (6.8, 1.25), colour=COLOURS["purple"])
    _arrow(axes, (7.1, 0.95), (7.1, 0), (9.3, 0), colour=GREY)
    _arrow(axes, (7.7, 0), (7.7, 5.1), colour="black", width=2.5)


def _labels(axes: Axes) -> None:
    """Write the names of what enters and leaves the cell, and what its products do."""
    for x, y, text in (
        (-1.3, 4.0, "$c_{t-1}$"),
        (-1.3, 0.3, "$h_{t-1}$"),
        (0.45, -1.1, "$x_t$"),
        (8.5, 4.0, "$c_t$"),
        (8.5, 0.3, "$h_t$"),
        (7.9, 4.75, "output $h_t$"),
    ):
        axes.text(x, y, text, size=15)
    for x, y, text, colour in (
        (0.75, 2.5, "keep", "vermilion"),
        (3.25, 3.05, "write", "green"),
        (6.95, 1.75, "show", "purple"),
    ):
        axes.text(x, y, text, size=12, color=COLOURS[colour], ha="right", style="italic")


def gradient_flow(flows: Mapping[str, tuple[Array, Array]]) -> None:
    """Draw how much of the gradient comes back along the cell state, in several LSTMs.

    Parameters
    ----------
    flows : mapping of str to (array, array), shape (T,) each
        For each LSTM the norm of what each step sends back along the cell state, the last step
        first, and the product of the forget gates.
    """
    figure, axes = plt.subplots(figsize=(9, 4.8))
    for (label, (norms, gates)), ink in zip(
        flows.items(), ("vermilion", "orange", "blue"), strict=True
    ):
        steps = np.arange(1, len(norms) + 1)
        axes.semilogy(steps, norms / norms[0], color=COLOURS[ink], lw=2.5, label=label)
        axes.semilogy(steps, gates / gates[0], color=COLOURS[ink], ls=":", lw=2)
    axes.plot([], [], color="black", ls=":", lw=2, label="product of the forget gates")
    axes.set(xlabel="steps back from the end", ylabel="gradient along c / at the end")
    axes.set(ylim=(1e-18, 10))
    axes.set_title("An open forget gate keeps the gradient; one half open loses it")
    axes.legend(fontsize=11, loc="lower left")
    show(figure, alt=FLOW)


FLOW = (
    "Gradient along the cell state on a logarithmic axis against steps back from the end, 1 to 60. "
    "Forget bias 5: nearly flat. Bias 1: a straight fall, to about 1e-6. Bias 0: a steeper one, to "
    "about 1e-14. For each, a dotted line, the product of the forget gates, falls below it."
)


@claims.picture(3)
def recall_by_lag(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what each network learns, and how soon; `record` is that of claim 3."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 5.2))
    arms = record.settings["arms"]
    for place, (network, arm) in enumerate(arms.items()):
        for lag in arm["lags"]:
            colour, mark, shift = LAGS[lag]
            at = place + shift + np.linspace(-0.08, 0.08, len(record.seeds))
            parts = {"network": network, "lag": lag}
            accuracy, updates = (record.values(n, **parts) for n in ("accuracy", "updates"))
            style: dict[str, Any] = {"color": COLOURS[colour], "ms": 6, "alpha": 0.7, "lw": 0}
            left.plot(at, accuracy, mark, **style)
            right.semilogy(at[accuracy > 0.9], updates[accuracy > 0.9], mark, **style)
            name = claims.figure("accuracy", **parts)
            if mine is not None and name in mine:
                _star(left, place + shift, mine[name], colour)
    for lag, (colour, mark, _) in LAGS.items():
        right.plot([], [], mark, color=COLOURS[colour], label=f"lag {lag}")
    left.axhline(0.25, color="black", ls=":", lw=1.5)
    for axes in (left, right):
        axes.set_xticks(range(len(arms)), [n.replace(", ", "\n") for n in arms], fontsize=10)
        axes.set_xlim(-0.6, len(arms) - 0.4)
    left.set(ylabel="share of right answers", ylim=(0.15, 1.05))
    left.set_title("Several starts and cells learn 160 steps")
    right.set(ylabel="updates until learnt")
    right.set_yticks([25, 50, 100, 200, 400], ["25", "50", "100", "200", "400"])
    right.minorticks_off()
    right.set_title("… and how soon (runs that learnt)")
    right.legend(fontsize=11)
    show(figure, alt=RECALL)


LAGS = {20: ("blue", "o", -0.25), 80: ("orange", "D", 0.0), 160: ("vermilion", "s", 0.25)}
RECALL = (
    "Left: share of right answers of seven networks, five seeds for each lag, 20, 80 and 160. The "
    "RNN of torch's start is mostly at 1 at 20 and scattered at 80; the orthogonal one is at 1 but "
    "for two seeds at 80; the identity start is at 1 throughout. Torch's LSTM is at chance, 0.25, "
    "at 20 and 80; the open one is at 1 but for one seed at 160. Both GRUs are at 1 throughout. "
    "Right: updates until learnt, logarithmic: 25 to 100 for the GRUs, 50 to 175 for the open "
    "LSTM, 50 to 250 for the identity start, up to 475 for the others."
)


def _star(axes: Axes, x: float, y: float, colour: str) -> None:
    """Draw what was trained live."""
    axes.plot(x, y, "*", ms=16, mec="black", color=COLOURS[colour], zorder=5)


@claims.picture(4)
def gates_and_recall(record: claims.Record, mine: Mapping[str, float] | None = None) -> None:
    """Draw what is learnt with forget gates more or less open; `record` is that of claim 4."""
    figure, axes = plt.subplots(figsize=(9, 4.8))
    settings = record.settings
    arms = [("bias", b) for b in settings["biases"]] + [("held", v) for v in settings["held"]]
    for place, (kind, value) in enumerate(arms):
        name = claims.figure("accuracy", **{kind: value})
        ink = "blue" if kind == "bias" else "vermilion"
        _dots(axes, place, record.values(name), ink)
        if mine is not None and name in mine:
            _star(axes, place, mine[name], ink)
    axes.axvline(len(settings["biases"]) - 0.5, color="black", lw=1)
    axes.axhline(0.25, color="black", ls=":", lw=1.5)
    axes.set_xticks(range(len(arms)), [f"{value:g}" for _, value in arms])
    axes.set(xlabel="bias at the start   |   gate held at", ylabel="share of right answers")
    axes.set_title("Forget gates that start or stay near one learn lag 40")
    show(figure, alt=GATES)


def between_lstm_and_gru(record: claims.Record) -> None:
    """Draw which cells between LSTM and GRU learn from gates half open; `record`: claim 3's."""
    settings = record.settings
    figure, panels = plt.subplots(1, 2, figsize=(13, 4.8), sharey=True)
    names = list(settings["between"])
    for axes, rate in zip(panels, settings["between"]["LSTM"]["rates"], strict=True):
        for place, name in enumerate(names):
            ink = "green" if name.startswith("GRU") else "purple"
            _dots(axes, place, record.values("accuracy", between=name, rate=rate), ink)
        axes.axhline(0.25, color="black", ls=":", lw=1.5)
        axes.set_xticks(range(len(names)), [_broken(name) for name in names], fontsize=9)
        axes.set_title(f"rate {rate:g}")
    panels[0].set(ylabel=f"share of right answers (lag {settings['near_lag']})", ylim=(0.15, 1.05))
    figure.suptitle("Coupled gates make the half-open LSTM learn at both rates")
    show(figure, alt=BETWEEN)


def _broken(name: str) -> str:
    """Break a name at its comma, and once more before its last word."""
    return name.replace(", ", "\n").replace(" gate", "\ngate").replace(" state", "\nstate")


BETWEEN = (
    "Two panels of dots, five seeds for each of seven cells at lag 20. At a rate of 0.003 the LSTM "
    "is at or below a half; without its output gate three of five are at 1, without its tanh one, "
    "with one state all, coupled all. At 0.1 two of the LSTM's seeds are at 1, without its output "
    "gate four, without tanh none, with one state three, coupled all. The GRU is at 1 with all "
    "seeds at both rates, with its reset gate and without."
)
GATES = (
    "Dots, five seeds for each setting: share of right answers for biases 0, 1, 2, 3, 5 and for "
    "gates held at 0.5, 0.9, 0.98, 1. Bias 0 and held 0.5 are at chance, 0.25; bias 1 at one half; "
    "all others at 1.0."
)


def _dots(axes: Axes, place: float, values: Array, colour: str) -> None:
    """Draw each seed's value as a dot, side by side."""
    at = place + np.linspace(-0.2, 0.2, len(values))
    axes.plot(at, values, "o", ms=7, color=COLOURS[colour], alpha=0.7)


def remembering(seen: Array, gates: Array, c: Array, said: Array, right: Array) -> None:
    """Draw how a trained LSTM keeps the number that was marked last.

    Parameters
    ----------
    seen : array, shape (T, 3), T = 20
        The inputs: number, mark, question.
    gates : array, shape (3, T)
        One unit's input, forget and output gate.
    c : array, shape (T,)
        Its cell state.
    said, right : array, shape (T,)
        What the network says, and the right answer.
    """
    rows: dict[str, Any] = {"height_ratios": (1.2, 1.1, 1.5), "layout": "constrained"}
    figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(10, 8.2), sharex=True, **rows)
    steps, is_mark, is_ask = np.arange(1, len(seen) + 1), seen[:, 1] > 0, seen[:, 2] > 0
    _inputs(top, steps, seen[:, 0], is_mark, is_ask)
    for axes in (top, bottom):
        for where, colour in ((is_mark, "green"), (is_ask, "purple")):
            for t in steps[where]:
                axes.axvspan(t - 0.5, t + 0.5, color=COLOURS[colour], alpha=0.15, lw=0, zorder=0)
    _gates(middle, gates)
    figure.colorbar(middle.images[0], ax=middle, label="gate", pad=0.01)
    bottom.step(steps, c, where="mid", color=BLUE, lw=3, label="cell state $c$")
    purple = COLOURS["purple"]
    bottom.plot(steps, said, "o", color=purple, ms=8, label="what the network says")
    bottom.plot(steps, right, "x", color="black", ms=9, mew=2, label="right answer")
    _what_happens(bottom)
    bottom.axhline(0, color="black", lw=1)
    bottom.set(xlabel="step", ylabel="value", xticks=steps)
    bottom.legend(fontsize=11, loc=(0.6, 0.48))
    show(figure, alt=REMEMBERING)


REMEMBERING = (
    "Three panels over 20 steps. Top: bars of random numbers; 0.8 at step 3 and -0.6 at step "
    "11 are marked, with question marks at steps 7, 10, 16 and 19. Middle: a heatmap of three "
    "gates. The input gate is dark at steps 3 and 11 alone; the forget gate is dark everywhere but "
    "there; the output gate is dark at the questions alone. Bottom: the cell state jumps up at "
    "step 3, stays flat, jumps below zero at step 11 and stays flat again. What the network says "
    "is near zero except at the questions, where it is the number marked last. Bands across the "
    "panels show the marks in green and the questions in purple."
)

Flags = npt.NDArray[np.bool_]


def _inputs(
    axes: Axes, steps: npt.NDArray[np.int64], number: Array, is_mark: Flags, is_ask: Flags
) -> None:
    """Draw the numbers, which are marked, and where the network is asked."""
    axes.bar(steps, number, color=np.where(is_mark, COLOURS["green"], "#CCCCCC"))
    for t in steps[is_mark]:
        axes.text(t, 1.05, "remember!", ha="center", color=COLOURS["green"], weight="bold")
    for t in steps[is_ask]:
        axes.text(t, -1.15, "?", ha="center", size=16, weight="bold", color=COLOURS["purple"])
    axes.axhline(0, color="black", lw=1)
    axes.set(ylabel="number", ylim=(-1.35, 1.4))
    axes.set_title("Written at a mark, kept until the next, erased there")


def _gates(axes: Axes, gates: Array) -> None:
    """Draw the three gates (3, T) as a heatmap with numbers."""
    extent = (0.5, gates.shape[1] + 0.5, 2.5, -0.5)
    axes.imshow(gates, cmap="Blues", vmin=0, vmax=1, aspect="auto", extent=extent)
    for (row, column), value in np.ndenumerate(gates):
        ink = "white" if value > 0.55 else "black"
        axes.text(column + 1, row, f"{value:.1f}", ha="center", va="center", size=10, color=ink)
    axes.set_yticks(range(3), ["input $i$", "forget $f$", "output $o$"])
    axes.spines[:].set_visible(False)


def _what_happens(axes: Axes) -> None:
    """Write above the cell state what happens to it."""
    low, high = axes.get_ylim()
    style: dict[str, Any] = {"ha": "center", "va": "bottom", "style": "italic", "color": BLUE}
    for t, text in ((3, "written"), (6.5, "kept"), (11, "erased,\nwritten anew"), (15, "kept")):
        axes.text(t, high + 0.03 * (high - low), text, **style)
    axes.set_ylim(low, high + 0.3 * (high - low))
