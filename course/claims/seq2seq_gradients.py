"""Claim 14, measured in lesson 09: how gradients reach an encoder's early steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    listed,
    register,
)
from course.claims.seq2seq import FIRST, falling, plain, plain_rnn, toy_batches, train
from course.claims.trials import Grid, Trial
from helpers import text

Array = npt.NDArray[Any]

# --- claim 14 --------------------------------------------------------------------------------


RNN, ORTHOGONAL, LSTM = "RNN", "orthogonal RNN", "LSTM"


def with_cell(cell: str, V: int, H: int) -> Any:
    """Return a plain Seq2Seq, with plain RNNs in place of its LSTMs if `cell` says so.

    "RNN" has torch's start, "orthogonal RNN" begins with orthogonal recurrent matrices.
    """
    from torch import nn

    model = plain(V, V, H)
    if cell in (RNN, ORTHOGONAL):
        for part in (model.encoder, model.decoder):
            part.recurrent = plain_rnn(H, H)
            if cell == ORTHOGONAL:
                nn.init.orthogonal_(part.recurrent.weight_hh_l0)
    return model


def gradients(model: Any, source: Any, wanted: Any) -> Array:
    """Return how strongly the loss at each target step moves each source token's vector.

    Parameters
    ----------
    model : Seq2Seq
    source, wanted : int Tensors, shape (B, S) and (B, T)

    Returns
    -------
    array, shape (T, S)
        The norm of the gradient of one step's cross-entropy, averaged over the batch. The decoder
        is fed with `source`; the words wanted are others, so that no error vanishes because the
        network is right.
    """
    import torch
    from torch.nn import functional as F

    vectors: list[Any] = []
    hook = model.encoder.embedding.register_forward_hook(lambda *call: vectors.append(call[2]))
    inputs = torch.cat([torch.full_like(source[:, :1], text.START_ID), source[:, :-1]], dim=1)
    logits = model(source, torch.ones_like(source).bool(), inputs)
    hook.remove()
    rows = []
    for k in range(wanted.shape[1]):
        loss = F.cross_entropy(logits[:, k], wanted[:, k], reduction="sum")
        (gradient,) = torch.autograd.grad(loss, vectors[0], retain_graph=True)  # (B, S, H)
        rows.append(gradient.norm(dim=-1).mean(dim=0).numpy())
    return np.stack(rows)


def by_distance(grid: Array) -> dict[int, float]:
    """Average gradients (T, S) over the pairs that are equally many steps apart.

    From target step k back to source token j, both counted from 1, the gradient makes k steps
    through the decoder and S − j through the encoder.
    """
    T, S = grid.shape
    distance = np.arange(1, T + 1)[:, None] + S - np.arange(1, S + 1)
    return {d: float(grid[distance == d].mean()) for d in range(1, T + S)}


def experiment_14(
    seed: int,
    cells: Sequence[str],
    stages: Sequence[str],
    H: int,
    V: int,
    S: int,
    steps: int,
    B: int,
    rates: Mapping[str, float],
    distances: Sequence[int],
) -> Figures:
    """Measure the gradient from a target step to a source token, by the steps between them.

    A plain Seq2Seq copies sequences of 1 to S symbols. "before" is measured on the fresh network,
    "after" when it is trained; `rates` holds a learning rate for each cell. Gradients are given as
    a share of the one at distance 1.
    """
    import torch

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for cell in cells:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 14])
            model = with_cell(cell, FIRST + V, H)
            probe = [torch.from_numpy(rng.integers(FIRST, FIRST + V, size=(B, S))) for _ in "xy"]
            for stage in stages:
                if stage == "after":
                    drawn = toy_batches("copy", steps, B, V, range(1, S + 1), False, rng)
                    losses = train(model, [drawn].__getitem__, 1, rates[cell])
                    figures[figure("loss", cell=cell)] = float(np.mean(losses[-20:]))
                measured = by_distance(gradients(model, *probe))
                for d in distances:
                    parts = {"cell": cell, "stage": stage, "distance": d}
                    figures[figure("gradient", **parts)] = measured[d] / measured[1]
    return figures


def rule_14(record: Record) -> Verdict:
    """Judge "in Seq2Seq the gradient still vanishes".

    It vanishes, for a cell at a stage, if of the gradient at distance 1 less than a twentieth is
    left at the longest distance: the 95 % interval of the logarithm lies below log 0.05. The claim
    holds if that is so for each cell before and after training, holds within the stages and cells
    for which it is, and does not hold where it is so for none.
    """
    d = max(record.settings["distances"])
    vanishing: list[str] = []
    told: list[str] = []
    for cell in record.settings["cells"]:
        means = []
        for stage, called in (("before", "fresh"), ("after", "trained")):
            left = np.log(record.values("gradient", cell=cell, stage=stage, distance=d))
            mean, _, high = falling(left)
            means.append(f"{math.exp(mean):.1g}")
            if high < math.log(0.05):
                vanishing.append(f"{called} {cell}")
        told.append(f"{cell} {' → '.join(means)}")
    every = f"{d} steps: {', '.join(told)} when trained"
    if not vanishing:
        return Verdict(FAILS, every)
    if len(vanishing) == 2 * len(told):
        return Verdict(HOLDS, every)
    reason = f"{listed(vanishing)}; {every}"
    if len(reason) > 107:  # a verdict has one line
        reason = f"{listed(vanishing)}, over {d} steps"
    return Verdict(HOLDS_WITHIN, reason)


def _rate(cell: str) -> Grid:
    return Grid(
        f"the rate of {cell}",
        f"rates/{cell}",
        (0.01, 0.03, 0.1) if cell == LSTM else (0.001, 0.003, 0.01),
        figure("loss", cell=cell),
        least=True,
        keep={"cells": [cell]},
        changes={"stages": ["after"], "distances": [1], "steps": 400},
    )


register(
    Claim(
        number=14,
        statement="In Seq2Seq the gradient still vanishes.",
        source="a standard criticism in introductory texts; the long way between corresponding "
        "words is the concern of Sutskever, Vinyals and Le 2014, arXiv:1409.3215, section 3.3",
        lesson="09_seq2seq",
        experiment=experiment_14,
        rule=rule_14,
        settings={
            "cells": [RNN, ORTHOGONAL, LSTM],
            "stages": ["before", "after"],
            "H": 64,
            "V": 8,
            "S": 12,
            "steps": 600,
            "B": 64,
            "rates": {RNN: 0.003, ORTHOGONAL: 0.003, LSTM: 0.03},
            "distances": list(range(1, 24)),
        },
        live_settings={"stages": ["before"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=1e-6,
        conditions={
            "task": "copy 1 to 12 of 8 symbols; gradient of one target step's cross-entropy with "
            "respect to one source token's vector, on sequences of 12",
            "arms": "two plain RNNs (torch's start, or orthogonal) or two LSTMs (open gates), 64 "
            "units each; (h, c), or the RNN's h, is handed over",
            "distance": "k steps in the decoder and S − j in the encoder; shares of distance 1",
            "training": "Adam, 600 steps of 64 sequences, clipped to norm 1; the rate rises over "
            "5 % and falls to 1 %",
            "rates": "each cell its own, from 0.001 to 0.1 by factors of 3, by the training loss "
            "at the end, seeds 100 and 101; the record has seeds 0 to 4",
        },
        decides=tuple(
            figure("gradient", cell=cell, stage=stage, distance=23)
            for stage in ("before", "after")
            for cell in (RNN, ORTHOGONAL, LSTM)
        ),
        grids=(_rate(RNN), _rate(ORTHOGONAL), _rate(LSTM)),
        trials=(
            Trial(
                "24 symbols in place of 12, up to 47 steps apart",
                {"S": 24, "distances": [1, 23, 47]},
                decides=tuple(
                    figure("gradient", cell=cell, stage=stage, distance=47)
                    for stage in ("before", "after")
                    for cell in (RNN, ORTHOGONAL, LSTM)
                ),
            ),
            Trial("a tenth of the training", {"steps": 60, "distances": [1, 23]}),
            Trial(
                "four times the training",
                {"steps": 2400, "distances": [1, 23]},
                keep={"cells": [RNN, LSTM]},
            ),
        ),
    )
)
