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
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    listed,
    register,
)
from course.claims.seq2seq import FIRST, falling, plain, plain_rnn, toy_batches, train
from helpers import text

Array = npt.NDArray[Any]

# --- claim 14 --------------------------------------------------------------------------------


def with_cell(cell: str, V: int, H: int) -> Any:
    """Return a plain Seq2Seq, with plain RNNs in place of its LSTMs if `cell` is "RNN"."""
    model = plain(V, V, H)
    if cell == "RNN":
        model.encoder.recurrent = plain_rnn(H, H)
        model.decoder.recurrent = plain_rnn(H, H)
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

    It vanishes if the share that is left at the longest distance has its 95 % interval (of the
    logarithm) below 0.05. The claim holds if it does for each cell before and after training, holds
    if … where it does for some of them, and does not hold where it does for none.
    """
    settings = record.settings
    d = max(settings["distances"])
    vanishing: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for cell in settings["cells"]:
        for stage in settings["stages"]:
            left = np.log(record.values("gradient", cell=cell, stage=stage, distance=d))
            mean, _, high = falling(left)
            shown = f"{cell} {stage} training {math.exp(mean):.1g}"
            (vanishing if high < math.log(0.05) else others).append((stage, shown))
    told = f"of the gradient, {d} steps away there is left: "
    if not others:
        return Verdict(HOLDS, told + listed(shown for _, shown in vanishing))
    if not vanishing:
        return Verdict(FAILS, told + listed(shown for _, shown in others))
    every = told + listed(shown for _, shown in [*vanishing, *others])
    if {stage for stage, _ in vanishing} == {"before"}:
        return Verdict(HOLDS_IF, f"the network has not learned yet: {every}")
    return Verdict(HOLDS_IF, f"the network is one of the first named: {every}")


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
            "cells": ["RNN", "LSTM"],
            "stages": ["before", "after"],
            "H": 64,
            "V": 8,
            "S": 12,
            "steps": 800,
            "B": 64,
            "rates": {"RNN": 0.003, "LSTM": 0.01},
            "distances": list(range(1, 24)),
        },
        live_settings={"stages": ["before"]},
        tolerance=1e-6,
    )
)
