"""Claims 3 and 4, measured in lesson 07: how far an LSTM remembers, and what that rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from course.claims.fast import lstm_layer_backward_fast, lstm_layer_fast
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.recall_networks import FILLERS, SYMBOLS, recall_model, train_recall
from helpers.corpora.recall import recall_batch
from helpers.lstm import LSTMStates, lstm_from_torch

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[Any]

LEARNT = 0.9
"""A run has learnt its task when it names more than this share of the symbols; chance is 0.25."""
MOST = 0.8
"""The share of the seeds that must have learnt a task, for it to count as learnt."""


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


def rnn_cell(D: int, H: int) -> torch.nn.RNN:
    """Return a plain RNN with torch's start."""
    import torch

    return torch.nn.RNN(D, H, batch_first=True)


def experiment_3(
    seed: int,
    H: int,
    H_equal: int,
    bias: float,
    lags: Sequence[int],
    networks: Sequence[str],
    rates: Sequence[float],
) -> Figures:
    """Train RNNs and LSTMs on the recall task, all for the same steps, and count right answers.

    "RNN" has as many units as the LSTMs, "RNN, equal parameters" as many parameters. "LSTM" starts
    as torch does, "LSTM, open" with its forget gates' bias at `bias`.
    """
    cells: dict[str, tuple[Callable[[int, int], Any], int]] = {
        "RNN": (rnn_cell, H),
        "RNN, equal parameters": (rnn_cell, H_equal),
        "LSTM": (lstm_cell(), H),
        "LSTM, open": (lstm_cell(bias=bias), H),
    }
    figures: Figures = {}
    for name in networks:
        make_cell, units = cells[name]
        for lag in lags:
            for rate in rates:
                accuracy, model = train_recall(make_cell, lag, seed, H=units, rate=rate)
                figures[figure("accuracy", network=name, lag=lag, rate=rate)] = accuracy
        figures[figure("parameters", network=name)] = sum(p.numel() for p in model.parameters())
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


def learnt(record: Record, **parts: object) -> float:
    """Return the share of the seeds that learnt a task."""
    return float((record.values("accuracy", **parts) > LEARNT).mean())


def best_rate(record: Record, network: str, lag: int) -> float:
    """Return the learning rate with which a network answers best at a lag, over all seeds."""

    def mean(rate: float) -> float:
        return float(record.values("accuracy", network=network, lag=lag, rate=rate).mean())

    return float(max(record.settings["rates"], key=mean))


def reach(record: Record, network: str) -> int:
    """Return the longest lag that a network learns with most seeds, and all shorter ones too."""
    longest = 0
    for lag in sorted(record.settings["lags"]):
        rate = best_rate(record, network, lag)
        if learnt(record, network=network, lag=lag, rate=rate) < MOST:
            break
        longest = lag
    return longest


def rule_3(record: Record) -> Verdict:
    """Judge "LSTM handles long sequences far better".

    A network's reach is the longest lag that at least 80 % of the seeds learn (with all shorter
    ones), at each lag with the better of the learning rates. "Far better" is a reach at least
    twice that of either plain RNN. The claim holds if torch's own start of the LSTM has it, holds
    if … where the one with open forget gates has it alone, and does not hold where neither has.
    """
    reaches = {name: reach(record, name) for name in record.settings["networks"]}
    plain = max(steps for name, steps in reaches.items() if name.startswith("RNN"))
    shown = "; ".join(f"{name} learns up to {steps} steps" for name, steps in reaches.items())
    as_torch, opened = (reaches[name] >= 2 * plain for name in ("LSTM", "LSTM, open"))
    if as_torch and opened:
        return Verdict(HOLDS, shown)
    if opened:
        bias = record.settings["bias"]
        return Verdict(HOLDS_IF, f"its forget gates start open (bias {bias:g}): {shown}")
    if as_torch:
        return Verdict(HOLDS_IF, f"its forget gates start as torch's do: {shown}")
    return Verdict(FAILS, shown)


def rule_4(record: Record) -> Verdict:
    """Judge "because the cell state passes almost unchanged".

    "Because" is tested by taking the cause away: the forget gates are held, at 0.5 and at 1, and
    everything else is left as it was. An arm has learnt the task if at least 80 % of its seeds
    have, and failed if at most 20 % have. The cause is confirmed if the arm held at the lowest
    value failed and the one held at the highest has learnt; without that the claim does not hold.
    With it, the claim holds if the LSTM learns from every bias, and holds if … where from some.
    """
    settings = record.settings
    lag, low, high = settings["lag"], min(settings["held"]), max(settings["held"])
    share = {value: learnt(record, held=value) for value in (low, high)}
    seeds = len(record.seeds)

    def counted(value: float) -> str:
        return f"{round(share[value] * seeds)} of {seeds} seeds with the gate held at {value:g}"

    causal = share[low] <= 1 - MOST and share[high] >= MOST
    tested = f"{lag} steps are learnt by {counted(low)}, by {counted(high)}"
    opened = [bias for bias in settings["biases"] if learnt(record, bias=bias) >= MOST]
    if not causal or not opened:
        return Verdict(FAILS, tested)
    if len(opened) == len(settings["biases"]):
        return Verdict(HOLDS, f"{tested}, and by the LSTM from every bias")
    shut = " or ".join(f"{bias:g}" for bias in settings["biases"] if bias not in opened)
    least = min(value for value in settings["held"] if learnt(record, held=value) >= MOST)
    like = float(np.median(record.values("likeness", bias=max(opened), at="end")))
    return Verdict(
        HOLDS_IF,
        f"the forget gates stay open: {tested}; the LSTM itself learns them from a bias of "
        f"{min(opened):g}, not from {shut}. “Almost unchanged” says too much: a gate held at "
        f"{least:g} is enough, which leaves {least**lag:.2g}, and from bias {max(opened):g} the "
        f"trained network's last cell state has a likeness of {like:.2f} with its first",
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
            "H": 32,
            "H_equal": 68,
            "bias": 5.0,
            "lags": [5, 10, 20, 40, 80],
            "networks": ["RNN", "RNN, equal parameters", "LSTM", "LSTM, open"],
            "rates": [0.001, 0.003],
        },
        live_settings={
            "lags": [40],
            "networks": ["RNN", "LSTM", "LSTM, open"],
            "rates": [0.001],
        },
        seeds=tuple(range(5)),
        tolerance=0.02,
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
    )
)
