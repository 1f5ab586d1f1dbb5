"""Claims 3 and 4, measured in lesson 07: how far an LSTM remembers, and what that rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from course.claims.cells_between import cell_between
from course.claims.fast import lstm_layer_backward_fast, lstm_layer_fast
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.recall_networks import (
    FILLERS,
    LEARNT,
    MOST,
    SYMBOLS,
    recall_model,
    rnn_cell,
    train_recall,
    train_until_learnt,
)
from course.claims.trials import Grid, Trial
from helpers.corpora.recall import recall_batch
from helpers.lstm import LSTMStates, lstm_from_torch

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[Any]


def lstm_cell(
    bias: float | None = None, held: float | None = None
) -> Callable[[int, int], torch.nn.LSTM]:
    """Return ``make_cell(D, H)`` for an LSTM whose forget gates start or stay where one wants.

    Parameters
    ----------
    bias : float, optional
        What the forget gates' bias starts at. None leaves torch's start, which is near 0.
    held : float, optional
        Hold every forget gate at this value, from the start and through all training: its weights
        are zero, its bias is σ⁻¹(held), and no gradient reaches them. With 1 nothing is ever
        forgotten, as in the LSTM of 1997; σ(40) is 1 in float32.
    """

    def make_cell(D: int, H: int) -> torch.nn.LSTM:
        import torch

        cell = torch.nn.LSTM(D, H, batch_first=True)
        forget = slice(H, 2 * H)  # torch's order: i, f, g, o
        with torch.no_grad():
            weight_ih, weight_hh, bias_ih, bias_hh = cell.parameters()
            if bias is not None:
                bias_ih[forget], bias_hh[forget] = bias, 0
            if held is not None:
                for parameter in (weight_ih, weight_hh, bias_hh):
                    parameter[forget] = 0
                bias_ih[forget] = math.log(held / (1 - held)) if held < 1 else 40
        if held is not None:
            for parameter in cell.parameters():
                parameter.register_hook(_without(forget))
        return cell

    return make_cell


def _without(rows: slice) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a hook that takes some rows out of a gradient."""

    def hook(gradient: torch.Tensor) -> torch.Tensor:
        gradient = gradient.clone()
        gradient[rows] = 0
        return gradient

    return hook


def gru_cell(bias: float | None = None) -> Callable[[int, int], torch.nn.GRU]:
    """Return ``make_cell(D, H)`` for a GRU; the bias of its update gates, which keep, is set."""

    def make_cell(D: int, H: int) -> torch.nn.GRU:
        import torch

        cell = torch.nn.GRU(D, H, batch_first=True)
        if bias is not None:
            _, _, bias_ih, bias_hh = cell.parameters()
            with torch.no_grad():  # torch's order: r, z, n
                bias_ih[H : 2 * H], bias_hh[H : 2 * H] = bias, 0
        return cell

    return make_cell


def make_cell(arm: Mapping[str, Any]) -> Callable[[int, int], Any]:
    """Return the cell of an arm of claim 3; its start is a bias in a gated cell, or "torch"."""
    if arm["cell"] == "RNN":
        return rnn_cell(arm["start"])
    kinds: dict[str, Callable[..., Any]] = {"LSTM": lstm_cell, "GRU": gru_cell}
    return kinds[arm["cell"]](bias=None if arm["start"] == "torch" else arm["start"])


def experiment_3(
    seed: int,
    arms: Mapping[str, Mapping[str, Any]],
    steps: int,
    between: Mapping[str, Mapping[str, Any]],
    near_lag: int,
) -> Figures:
    """Train each network on each of its lags, at its own rate, until it has learnt the task.

    Each arm has a cell, a start (see `rnn_cell` for the RNN; the bias of the gates that keep, or
    "torch", for the others), a number of units H, a rate, and lags. At `near_lag` cells between
    LSTM and GRU are trained at several rates: 32 units, the same first weights, gates half open.
    """
    figures: Figures = {}
    for name, arm in arms.items():
        for lag in arm["lags"]:
            run = train_until_learnt(
                make_cell(arm), lag, seed, rate=arm["rate"], steps=steps, H=arm["H"]
            )
            figures[figure("accuracy", network=name, lag=lag)] = run.accuracy
            figures[figure("updates", network=name, lag=lag)] = run.updates
        counts = (p.numel() for p in run.model.parameters())
        figures[figure("parameters", network=name)] = sum(counts)
    for name, parts in between.items():
        cell = cell_between(parts["coupled"], parts["shown"], parts["reset"])
        for rate in parts["rates"]:
            run = train_until_learnt(cell, near_lag, seed, rate=rate, steps=steps)
            figures[figure("accuracy", between=name, rate=rate)] = run.accuracy
            figures[figure("updates", between=name, rate=rate)] = run.updates
    return figures


def experiment_4(
    seed: int, H: int, lag: int, biases: Sequence[float], held: Sequence[float]
) -> Figures:
    """Train LSTMs whose forget gates start, or are held, at several values; look at their cells.

    Before and after the training: the product of the forget gates from the first symbol to the
    end, and the norm of the loss's gradient at the first cell state over that at the last.
    """
    import torch

    figures: Figures = {}
    arms = [("bias", bias, lstm_cell(bias=bias)) for bias in biases]
    arms += [("held", value, lstm_cell(held=value)) for value in held]
    for kind, value, make_cell in arms:
        parts = {kind: value}
        torch.manual_seed(seed)  # the same first weights as in the training
        before = look_inside(recall_model(make_cell, H), lag, seed)
        accuracy, model = train_recall(make_cell, lag, seed, H=H)
        after = look_inside(model, lag, seed)
        figures[figure("accuracy", **parts)] = accuracy
        for when, seen in (("start", before), ("end", after)):
            for name, number in seen.items():
                figures[figure(name, **parts, at=when)] = number
    return figures


def look_inside(model: Any, lag: int, seed: int, sequences: int = 200) -> dict[str, float]:
    """Measure what a recall network's cell state keeps of the first step, in float64.

    Returns
    -------
    dict
        "gate": the forget gates' mean. "product": their product from step 2 to the end, for the
        unit in which it is largest (the mean over the sequences). "gradient": the norm of the
        gradient at the first cell state over that at the last. "likeness": the cosine between the
        first and the last cell states of all sequences, each less its mean.
    """
    parameters = [p.detach().double().numpy() for p in model.cell.parameters()]
    weights = lstm_from_torch(*parameters)
    W, b = (p.detach().double().numpy() for p in model.head.parameters())
    ids, answers = recall_batch(sequences, lag, np.random.default_rng([seed, lag, 4]))
    x = np.eye(SYMBOLS + FILLERS)[ids]  # (B, T, D)
    zeros = np.zeros((sequences, W.shape[1]))
    states = lstm_layer_fast(x, zeros, zeros, weights)
    logits = states.h[:, -1] @ W.T + b
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    dh_T = (chances - np.eye(SYMBOLS)[answers]) @ W  # cross-entropy, each sequence by itself
    dc_T = dh_T * states.o[:, -1] * (1 - np.tanh(states.c[:, -1]) ** 2)
    rest = LSTMStates(*(array[:, 1:] for array in states))
    dh = np.zeros_like(rest.h)
    dh[:, -1] = dh_T
    h_1, c_1 = states.h[:, 0], states.c[:, 0]
    _, dh_1, dc_1, _ = lstm_layer_backward_fast(dh, x[:, 1:], h_1, c_1, rest, weights)
    dc_1 = dc_1 + dh_1 * states.o[:, 0] * (1 - np.tanh(c_1) ** 2)  # along c, and through h_1
    first, last = (c - c.mean(axis=0) for c in (c_1, states.c[:, -1]))
    sizes = np.linalg.norm(first) * np.linalg.norm(last)
    return {
        "gate": float(rest.f.mean()),
        "product": float(rest.f.prod(axis=1).mean(axis=0).max()),
        "gradient": float(np.linalg.norm(dc_1) / np.linalg.norm(dc_T)),
        "likeness": float((first * last).sum() / sizes),
    }


def learnt(record: Record, **parts: object) -> int:
    """Count the seeds that learnt a task."""
    return int((record.values("accuracy", **parts) > LEARNT).sum())


def reach(record: Record, network: str) -> int:
    """Return the longest lag that a network learns with most seeds, and all shorter ones too."""
    longest = 0
    for lag in sorted(record.settings["arms"][network]["lags"]):
        if learnt(record, network=network, lag=lag) < MOST * len(record.seeds):
            break
        longest = lag
    return longest


def rule_3(record: Record) -> Verdict:
    """Judge "LSTM handles long sequences far better than a plain RNN".

    A network's reach is the longest lag that at least 80 % of the seeds learn (with all shorter
    ones that were tried), at the network's own learning rate. "Far better" is a reach at least
    twice that of the plain RNN. The claim holds if the LSTM's best start has that over the RNN's
    best, whatever these starts are, and does not hold if it has not.
    """
    best: dict[str, tuple[int, str]] = {}
    for name, arm in record.settings["arms"].items():
        best[arm["cell"]] = max(best.get(arm["cell"], (0, name)), (reach(record, name), name))
    (lstm, opened), (rnn, plain) = best["LSTM"], best["RNN"]
    updates = {
        name: float(np.median(record.values("updates", network=name, lag=min(lstm, rnn))))
        for name in (opened, plain)
        if min(lstm, rnn)
    }
    seen = f"steps reached: {_turned(opened)} {lstm}, {_turned(plain)} {rnn}"
    if lstm >= 2 * max(rnn, 1):
        return Verdict(HOLDS, seen)
    counts = " and ".join(f"{count:.0f}" for count in updates.values())
    return Verdict(FAILS, f"{seen}; {min(lstm, rnn)} learnt after {counts} updates")


def _turned(name: str) -> str:
    """Write a network's name with its start in front: "LSTM, open" as "open LSTM"."""
    return " ".join(reversed(name.split(", ")))


def rule_4(record: Record) -> Verdict:
    """Judge "because the cell state passes almost unchanged".

    "Because" is tested by taking the cause away: the forget gates are held, from 0.5 to 1, and
    everything else is left as it was. An arm has learnt the task if at least 80 % of its seeds
    have, and failed if at most 20 % have. The claim does not hold unless the arm held lowest fails
    and the one held highest learns. It holds if besides only gates that leave more than half of
    the state after the lag learn; otherwise within the least of the gates held that learns.
    """
    lag, seeds = record.settings["lag"], len(record.seeds)
    held = sorted(record.settings["held"])
    counts = {value: learnt(record, held=value) for value in held}
    low, high = held[0], held[-1]
    seen = f"{counts[low]} of {seeds} seeds learn held at {low:g}, {counts[high]} at {high:g}"
    if counts[low] > (1 - MOST) * seeds + 1e-9 or counts[high] < MOST * seeds:
        return Verdict(FAILS, seen)
    least = min(value for value in held if counts[value] >= MOST * seeds)
    if least**lag > 0.5:
        return Verdict(HOLDS, seen)
    return Verdict(
        HOLDS_WITHIN,
        f"forget gates from {least:g} to {high:g} (which leave {least**lag:.1g} to "
        f"{high**lag:.1g} after {lag} steps); {low:g} fails",
    )


def at_a_high_rate(
    seed: int, H: int, lag: int, biases: Sequence[float], held: Sequence[float]
) -> Figures:
    """Train the held gates of experiment 4 at a rate of 0.03, thirty times as high."""
    figures: Figures = {}
    for value in held:
        accuracy, _ = train_recall(lstm_cell(held=value), lag, seed, H=H, rate=0.03)
        figures[figure("accuracy", held=value)] = accuracy
    return figures


# --- the claims ------------------------------------------------------------------------------

EQUAL = (
    "one layer of 32 units; Adam, gradient's norm clipped at 1, fresh batches of 64, until 98 % of "
    "256 validation sequences are named, at most {} updates"
)
TUNED = "by updates until learnt, on two seeds of their own"

ARMS_3: dict[str, dict[str, Any]] = {
    "RNN": {"cell": "RNN", "start": "torch", "rate": 0.01, "lags": [20, 80]},
    "RNN, orthogonal": {"cell": "RNN", "start": "orthogonal", "rate": 0.003, "lags": [20, 80, 160]},
    "RNN, identity": {"cell": "RNN", "start": "identity", "rate": 0.001, "lags": [20, 80, 160]},
    "LSTM": {"cell": "LSTM", "start": "torch", "rate": 0.1, "lags": [20, 80]},
    "LSTM, open": {"cell": "LSTM", "start": 5.0, "rate": 0.001, "lags": [20, 80, 160]},
    "GRU": {"cell": "GRU", "start": "torch", "rate": 0.1, "lags": [20, 80]},
    "GRU, open": {"cell": "GRU", "start": 5.0, "rate": 0.3, "lags": [20, 80, 160]},
}


LSTM_LIKE = {"coupled": False, "shown": "o tanh(c)", "reset": False, "rates": [0.003, 0.1]}
BETWEEN: dict[str, dict[str, Any]] = {
    "LSTM": LSTM_LIKE,
    "LSTM, no output gate": {**LSTM_LIKE, "shown": "tanh(c)"},
    "LSTM, no tanh": {**LSTM_LIKE, "shown": "o c"},
    "LSTM, one state": {**LSTM_LIKE, "shown": "c"},
    "LSTM, coupled": {**LSTM_LIKE, "coupled": True},
    "GRU, no reset gate": {**LSTM_LIKE, "coupled": True, "shown": "c"},
    "GRU": {**LSTM_LIKE, "coupled": True, "shown": "c", "reset": True},
}


def tried(arm: str, values: tuple[float, ...], lag: int, what: str = "rate") -> Grid:
    """Return claim 3's grid of one arm, at one lag."""
    return Grid(
        f"{arm}: {what}",
        f"arms/{arm}/{'start' if what == 'bias' else what}",
        values,
        figure("updates", network=arm, lag=lag),
        least=True,
        keep={"arms": [arm]},
        changes={f"arms/{arm}/lags": [lag], "between": {}},
    )


register(
    Claim(
        number=3,
        statement="LSTM handles long sequences far better than a plain RNN.",
        source="said of the LSTM in introductory texts; Hochreiter and Schmidhuber 1997, "
        "doi:10.1162/neco.1997.9.8.1735, measure it on tasks with long time lags",
        lesson="07_lstm",
        experiment=experiment_3,
        rule=rule_3,
        settings={
            "arms": {name: {**arm, "H": 32} for name, arm in ARMS_3.items()},
            "steps": 500,
            "between": BETWEEN,
            "near_lag": 20,
        },
        live_settings={
            "between": {},
            "arms": {
                name: {**ARMS_3[name], "H": 32, "lags": [lag]}
                for name, lag in (("RNN, identity", 80), ("LSTM", 20), ("LSTM, open", 80))
            },
        },
        seeds=tuple(range(5)),
        tolerance=0.02,
        conditions={
            "task": "name the first of four symbols after `lag` steps of noise; chance is 25 %",
            "arms": "RNN started by torch, orthogonal, or as identity with ReLU; LSTM and GRU by "
            "torch (gates half open) or open (a bias of their own for the gate that keeps)",
            "equal": EQUAL.format("500"),
            "tuned": f"each arm's rate, and the open LSTM's bias, {TUNED}, at lag 20 (LSTM, GRU), "
            "80 (GRU, open) or 160; RNN and RNN, orthogonal take claim 1's",
            "seeds": "5; a lag counts as learnt if 80 % of them name more than 90 %",
        },
        decides=(
            figure("accuracy", network="RNN, identity", lag=160),
            figure("accuracy", network="LSTM, open", lag=160),
        ),
        grids=(
            tried("RNN, identity", (0.0003, 0.001, 0.003), 160),
            tried("LSTM", (0.003, 0.01, 0.03, 0.1, 0.3), 20),
            tried("LSTM, open", (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1), 160),
            tried("LSTM, open", (3.0, 5.0, 7.0), 160, "bias"),
            tried("GRU", (0.3, 0.1, 0.03), 20),
            tried("GRU, open", (1.0, 0.3, 0.1), 80),
        ),
        trials=(
            Trial(
                "lag 320 and twice the updates",
                {
                    "steps": 1000,
                    "between": {},
                    "arms/RNN, identity/lags": [20, 80, 160, 320],
                    "arms/LSTM, open/lags": [20, 80, 160, 320],
                },
                keep={"arms": ["RNN, identity", "LSTM, open"]},
            ),
            Trial(
                "an identity RNN with as many weights",
                {"between": {}, "arms/RNN, identity/H": 68},
                keep={"arms": ["RNN, identity", "LSTM, open"]},
            ),
            Trial(
                "half of both best rates",
                {
                    "between": {},
                    "arms/RNN, identity/rate": 0.0005,
                    "arms/LSTM, open/rate": 0.0005,
                },
                keep={"arms": ["RNN, identity", "LSTM, open"]},
            ),
        ),
    )
)

register(
    Claim(
        number=4,
        statement="It does so because the cell state passes almost unchanged.",
        source="said of the LSTM's constant error carousel in introductory texts; Hochreiter and "
        "Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, section 3",
        lesson="07_lstm",
        experiment=experiment_4,
        rule=rule_4,
        settings={
            "H": 32,
            "lag": 40,
            "biases": [0.0, 1.0, 2.0, 3.0, 5.0],
            "held": [0.5, 0.9, 0.98, 1.0],
        },
        live_settings={"biases": [5.0], "held": [0.5]},
        seeds=tuple(range(5)),
        tolerance=0.02,
        conditions={
            "task": "name the first of four symbols after 40 steps of noise; chance is 25 %",
            "arms": "an LSTM whose forget gates start with a bias of 0 to 5, or are held at 0.5 to "
            "1 throughout",
            "equal": "32 units; Adam at 0.001, gradient's norm clipped at 1, 600 updates of 64",
            "tuned": "nothing: one rate for all arms, at which some learn and others do not",
            "seeds": "5; an arm learns if 80 % of them name more than 90 %, fails if 20 % do",
        },
        decides=(figure("accuracy", held=0.5), figure("accuracy", held=0.9)),
        trials=(
            Trial("a lag of 10 steps, not 40", {"lag": 10, "biases": []}),
            Trial("a rate of 0.03, not 0.001", {"biases": []}, experiment=at_a_high_rate),
            Trial(
                "a lag of 120 steps, not 40",
                {"lag": 120, "biases": []},
                decides=(figure("accuracy", held=0.9), figure("accuracy", held=0.98)),
            ),
        ),
    )
)
