"""Claims 15 and 28, measured in lesson 11: what attention reaches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from course.claims.attention_challenges import TRIALS_15
from course.claims.context_vector import BORDERS
from course.claims.korean import LONGEST, exact_by_length, translator, validation_loss
from course.claims.korean import korean_parts as korean_parts  # others import it from here
from course.claims.ledger import (
    FAILS,
    HOLDS,
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
from course.claims.seq2seq import (
    FIRST,
    plain_rnn,
    toy_batches,
    toy_exact,
    toy_pairs,
    train,
)
from course.claims.trials import Grid, Trial
from helpers import text

Array = npt.NDArray[Any]

# --- claim 15 --------------------------------------------------------------------------------

PLAIN, EACH_STEP, EVEN, ATTENTION = "plain", "each step", "even", "attention"
TWO_WAYS = " two ways"  # what a network's name ends on if its encoder reads in both directions


def network(name: str, V_source: int, V_target: int, H: int) -> Any:
    """Return an encoder–decoder: all read alike, and differ in what the decoder looks at.

    All decoders begin from the encoder's (h, c). "plain" sees no more of the source. "each step" is
    shown h at each step. "attention" weighs all states anew at each step. "even" is the network of
    "attention" with a query of zeros: all weights are equal, it sees every state and chooses none.
    With "two ways" behind the name, the encoder is `Encoder`, which reads in both directions.
    """
    from torch import nn

    from helpers import seq2seq

    decoders: dict[str, Any] = {
        PLAIN: seq2seq.PlainDecoder,
        EACH_STEP: seq2seq.PeekyDecoder,
        EVEN: seq2seq.AttentionDecoder,
        ATTENTION: seq2seq.AttentionDecoder,
    }
    kind = name.removesuffix(TWO_WAYS)
    encoder: Any = seq2seq.PlainEncoder if kind == name else seq2seq.Encoder
    model = seq2seq.Seq2Seq(encoder(V_source, H), decoders[kind](V_target, H))
    if kind == EVEN:
        nn.init.zeros_(model.decoder.query.weight).requires_grad_(False)
    return model


def width(name: str, V_source: int, V_target: int, H: int) -> int:
    """Return the largest even width with no more numbers than "attention" of width H has."""

    def numbers(name: str, h: int) -> int:
        return sum(p.numel() for p in network(name, V_source, V_target, h).parameters())

    most = numbers(ATTENTION, H)
    return next(h for h in range(2 * H, 0, -2) if numbers(name, h) <= most)


def experiment_15(
    seed: int,
    tasks: Sequence[str],
    networks: Mapping[str, Mapping[str, float]],
    H: int,
    V: int,
    longest: int,
    steps: int,
    more: Mapping[str, int],
    B: int,
    lengths: Sequence[int],
    sequences: int,
    korean: Mapping[str, Any],
    borders: Sequence[int],
) -> Figures:
    """Measure exact match against the source's length, with and without attention.

    All networks have as many parameters as "attention" of width H, or a few less, start their
    decoder from the encoder's (h, c), and are trained on the same batches in the same order;
    `networks` holds the learning rate of each for both tasks. "copy" is the task of claim 12: 1 to
    `longest` random symbols out of V, some of the `lengths` tested being longer. `more` names
    networks that learn to copy once more, for so many times the steps. "Korean" to English is
    tested by the number of morphemes "S" (`exact_by_length`).
    """
    import torch

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        if "copy" in tasks:
            size = FIRST + V
            for name, times in [*((name, 1) for name in networks), *more.items()]:
                torch.manual_seed(seed)
                rng = np.random.default_rng([seed, 15])
                model = network(name, size, size, width(name, size, size, H))
                shown = name if times == 1 else f"{name}, {times} times the steps"
                drawn = toy_batches("copy", times * steps, B, V, range(1, longest + 1), False, rng)
                train(model, [drawn].__getitem__, 1, networks[name]["copy"])
                exact = {T: copied(model, seed, sequences, T, V) for T in lengths}
                figures |= {figure("copy", network=shown, T=T): e for T, e in exact.items()}
                within = [e for T, e in exact.items() if T <= longest]
                figures[figure("copy within training", network=shown)] = float(np.mean(within))
        if "Korean" in tasks:
            for name, rates in networks.items():
                figures |= _korean_by_length(seed, name, rates["Korean"], borders, **korean)
    return figures


def copied(model: Any, seed: int, sequences: int, T: int, V: int) -> float:
    """Return the fraction of new sequences of T symbols that are copied exactly."""
    fresh = np.random.default_rng([seed, 15, T])
    return toy_exact(model, "copy", sequences, T, V, False, fresh)[0]


def _korean_by_length(
    seed: int, name: str, rate: float, borders: Sequence[int], H: int, **training: Any
) -> Figures:
    """Train one network of `experiment_15` to translate, and test it by the source's length."""

    def make(V_source: int, V_target: int) -> Any:
        return network(name, V_source, V_target, width(name, V_source, V_target, H))

    model, encode = translator(seed, make, rate=rate, **training)
    loss = validation_loss(model, encode)
    return {figure("Korean validation loss", network=name): loss} | {
        figure("Korean", network=name, S=S): exact
        for S, exact in exact_by_length(model, encode, borders).items()
    }


def longest_trained(record: Record) -> dict[str, tuple[int, int]]:
    """Return for each task the longest source (or group) that training has, and the longest of all.

    A Korean group is named by its first length; training has up to 20 morphemes.
    """
    settings = record.settings
    ends = {
        "copy": (settings["longest"], max(settings["lengths"])),
        "Korean": (
            max(S for S in settings["borders"] if S <= LONGEST),
            max(settings["borders"]),
        ),
    }
    return {task: ends[task] for task in settings["tasks"]}


def rule_15(record: Record) -> Verdict:
    """Judge "attention removes the bottleneck" by exact match at equal parameters and steps.

    At the longest sources that training has, attention has to beat the plain network and the one
    that sees the last state at each step: the lower ends of Welch's 95 % intervals of the
    differences are above 0.1, in both tasks. Then the claim holds, if beyond the lengths of
    training, too, more than half of the answers are right (the lower end of the interval);
    otherwise it holds within the lengths of training. It holds within the tasks where attention
    beats them, and does not hold where it does in neither.
    """
    told, beaten, beyond = {}, [], []
    for task, (inside, outside) in longest_trained(record).items():
        axis = "T" if task == "copy" else "S"
        exact = {
            name: record.values(task, network=name, **{axis: inside})
            for name in (ATTENTION, EACH_STEP, PLAIN)
        }
        others = (EACH_STEP, PLAIN)
        if all(difference(exact[ATTENTION], exact[name]).low > 0.1 for name in others):
            beaten.append(task)
        beyond.append(record.interval(task, network=ATTENTION, **{axis: outside}).low > 0.5)
        shown = "/".join(f"{100 * values.mean():.0f}" for values in exact.values())
        told[task] = f"{task} {shown} %"
    reason = "; ".join(told.values())
    if not beaten:
        return Verdict(FAILS, f"attention/each step/plain at the longest trained: {reason}")
    if len(beaten) < len(told):
        return Verdict(HOLDS_WITHIN, f"{beaten[0]}; attention/each step/plain: {reason}")
    if all(beyond):
        return Verdict(HOLDS, f"attention/each step/plain at the longest trained: {reason}")
    return Verdict(
        HOLDS_WITHIN, f"long sources seen in training; attention/each step/plain there: {reason}"
    )


def _copy_rate(name: str) -> Grid:
    return Grid(
        f"the rate of {name!r} for copies",
        f"networks/{name}/copy",
        (0.01, 0.03, 0.1),
        figure("copy within training", network=name),
        keep={"networks": [name], "tasks": ["copy"]},
        changes={"more": {}, "steps": 400},
    )


def _korean_rate(name: str) -> Grid:
    return Grid(
        f"the rate of {name!r} for Korean",
        f"networks/{name}/Korean",
        (0.02, 0.04, 0.08) if name == EVEN else (0.01, 0.02, 0.04),
        figure("Korean validation loss", network=name),
        least=True,
        keep={"networks": [name], "tasks": ["Korean"]},
        changes={"more": {}, "korean/epochs": 1},
    )


NETWORKS = {
    PLAIN: {"copy": 0.03, "Korean": 0.02},
    EACH_STEP: {"copy": 0.03, "Korean": 0.02},
    EVEN: {"copy": 0.03, "Korean": 0.04},
    ATTENTION: {"copy": 0.03, "Korean": 0.02},
}

register(
    Claim(
        number=15,
        statement="Attention removes the bottleneck.",
        source="Bahdanau, Cho and Bengio 2015, arXiv:1409.0473, section 5.2.2; a standard "
        "statement of introductory texts",
        lesson="11_attention",
        experiment=experiment_15,
        rule=rule_15,
        settings={
            "tasks": ["copy", "Korean"],
            "networks": NETWORKS,
            "H": 32,
            "V": 8,
            "longest": 12,
            "steps": 600,
            "more": {},
            "B": 64,
            "lengths": [2, 4, 6, 8, 10, 12, 14, 16, 20],
            "sequences": 400,
            "korean": {"H": 64, "pairs": 25_000, "epochs": 2, "B": 32},
            "borders": BORDERS,
        },
        live_settings={
            "tasks": ["copy"],
            "networks": {ATTENTION: NETWORKS[ATTENTION]},
            "more": {},
        },
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.03,
        conditions={
            "tasks": "copy 1 to 12 of 8 symbols; Korean to English, 25,000 pairs of up to 20 "
            "morphemes; tested by length, and on longer ones",
            "arms": "decoders start from a one-way encoder's (h, c), then see nothing (plain), "
            "h at each step, all states evenly, or all states by attention",
            "equal": "parameters (attention with 32 units for copies, 64 for Korean; the others "
            "wider), batches and their order, steps",
            "training": "Adam, clipped to norm 1; 600 steps of 64 copies, 2 passes over Korean "
            "in batches of 32; the rate rises over 5 % and falls to 1 %",
            "rates": "each arm and task its own: copies 0.01, 0.03, 0.1; Korean 0.01 to "
            "0.08 (after 400 steps, 1 pass over Korean); seeds 100 and 101",
        },
        decides=tuple(
            figure(task, network=name, **{axis: longest})
            for task, axis, longest in (("copy", "T", 12), ("Korean", "S", 15))
            for name in (PLAIN, ATTENTION)
        ),
        grids=(*map(_copy_rate, NETWORKS), *map(_korean_rate, NETWORKS)),
        trials=TRIALS_15,
    )
)


# --- claim 28 --------------------------------------------------------------------------------


def with_looks(cell: str, looks: str, V: int, H: int) -> Any:
    """Return a network of claim 15, with plain RNNs in place of its LSTMs if `cell` is "RNN"."""
    model = network(looks, V, V, H)
    if cell == "RNN":
        model.encoder.recurrent = plain_rnn(H, H)
        model.decoder.recurrent = plain_rnn(model.decoder.recurrent.input_size, H)
    return model


def reach(model: Any, source: Any, inputs: Any, wanted: Any) -> Array:
    """Return how strongly the loss at each target step moves each source token's vector.

    Parameters
    ----------
    model : Seq2Seq
    source : int Tensor, shape (B, S)
    inputs, wanted : int Tensors, shape (B, T)
        What the decoder is fed with, and the words that the loss asks for.

    Returns
    -------
    array, shape (T, S)
        The norm of the gradient of one step's cross-entropy, averaged over the batch.
    """
    import torch
    from torch.nn import functional as F

    vectors: list[Any] = []
    hook = model.encoder.embedding.register_forward_hook(lambda *call: vectors.append(call[2]))
    logits = model(source, torch.ones_like(source).bool(), inputs)
    hook.remove()
    rows = []
    for t in range(wanted.shape[1]):
        loss = F.cross_entropy(logits[:, t], wanted[:, t], reduction="sum")
        (gradient,) = torch.autograd.grad(loss, vectors[0], retain_graph=True)  # (B, S, H)
        rows.append(gradient.norm(dim=-1).mean(dim=0).numpy())
    return np.stack(rows)


def experiment_28(
    seed: int,
    cells: Sequence[str],
    networks: Sequence[str],
    stages: Sequence[str],
    H: int,
    V: int,
    S: int,
    steps: int,
    B: int,
    rates: Mapping[str, float],
) -> Figures:
    """Measure the gradient from each target step to the source token that it has to write.

    The task is to write 1 to S random symbols from their end: target step t needs source token
    S + 1 − t, and the recurrent way between them makes t steps through the decoder and t − 1
    through the encoder, 2t − 1 together. "before" is measured on the fresh network, "after" when it
    is trained. Gradients are shares of the one at t = 1.
    """
    import torch

    figures: Figures = {}
    size = FIRST + V
    with torch.random.fork_rng(devices=[]):
        for cell in cells:
            for name in networks:
                torch.manual_seed(seed)
                rng = np.random.default_rng([seed, 28])
                model = with_looks(cell, name, size, H)
                source, right = (
                    torch.from_numpy(a.copy()) for a in toy_pairs("reverse", B, S, V, rng)
                )
                inputs = torch.cat(
                    [torch.full_like(right[:, :1], text.START_ID), right[:, :-1]], dim=1
                )
                other = FIRST + (right - FIRST + 1) % V  # a wrong answer is asked for: all have
                for stage in stages:  # something to learn, however good the network is
                    parts = {"cell": cell, "network": name, "stage": stage}
                    if stage == "after":
                        drawn = toy_batches("reverse", steps, B, V, range(1, S + 1), False, rng)
                        losses = train(model, [drawn].__getitem__, 1, rates[cell])
                        figures[figure("loss", cell=cell, network=name)] = float(
                            np.mean(losses[-20:])
                        )
                    grid = reach(model, source, inputs, other)
                    needed = np.array([grid[t, S - 1 - t] for t in range(S)])
                    for t in range(S):
                        figures[figure("gradient", **parts, steps=2 * t + 1)] = float(
                            needed[t] / needed[0]
                        )
    return figures


def rule_28(record: Record) -> Verdict:
    """Judge "attention shortens the gradient's way" by what is left at the longest way.

    A way is shortened, for a cell at a stage, if the gradient that is left at the largest number of
    steps is at least ten times as large a share with attention as in the plain network: the lower
    end of Welch's 95 % interval of the difference of logarithms is above log 10. The claim holds if
    all are, holds within the stages and cells that are, and does not hold where none is.
    """
    settings = record.settings
    far = 2 * settings["S"] - 1
    shorter: list[str] = []
    told: list[str] = []
    ways: list[str] = []
    for stage in settings["stages"]:
        for cell in settings["cells"]:
            left = [
                np.log(record.values("gradient", cell=cell, network=n, stage=stage, steps=far))
                for n in (PLAIN, ATTENTION)
            ]
            shown = " → ".join(f"{math.exp(values.mean()):.1g}" for values in left)
            told.append(f"{cell} {stage} training {shown}")
            if difference(left[1], left[0]).low > math.log(10):
                shorter.append(told[-1])
                ways.append(f"{cell} {stage} training")
    if not shorter:
        return Verdict(FAILS, f"none of {len(told)} ways of {far} steps is shortened tenfold")
    if len(shorter) == len(told):
        return Verdict(HOLDS, f"all {len(told)} ways of {far} steps are shortened at least tenfold")
    reason = f"{listed(shorter)} (plain → attention, {far} steps off)"
    if len(reason) > 107:  # a verdict has one line
        reason = f"{listed(ways)}, {far} steps off"
    return Verdict(HOLDS_WITHIN, reason)


def with_orthogonal_starts(seed: int, **settings: Any) -> Figures:
    """Run experiment 28 with plain RNNs that begin with orthogonal recurrent matrices."""
    from torch import nn

    def begin(cell: str, looks: str, V: int, H: int) -> Any:
        model = made(cell, looks, V, H)
        if cell == "RNN":
            for part in (model.encoder, model.decoder):
                nn.init.orthogonal_(part.recurrent.weight_hh_l0)
        return model

    made = with_looks
    with mock.patch(f"{__name__}.with_looks", begin):
        return experiment_28(seed, **settings)


_LEFT_28 = tuple(
    figure("gradient", cell=cell, network=name, stage="after", steps=23)
    for cell in ("RNN", "LSTM")
    for name in (PLAIN, ATTENTION)
)

register(
    Claim(
        number=28,
        statement="Attention shortens the gradient's way.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 4 (path lengths); a standard "
        "argument for attention",
        lesson="11_attention",
        experiment=experiment_28,
        rule=rule_28,
        settings={
            "cells": ["RNN", "LSTM"],
            "networks": [PLAIN, EACH_STEP, ATTENTION],
            "stages": ["before", "after"],
            "H": 64,
            "V": 8,
            "S": 12,
            "steps": 500,
            "B": 64,
            "rates": {"RNN": 0.003, "LSTM": 0.03},
        },
        live_settings={"stages": ["before"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=1e-6,
        conditions={
            "task": "write 1 to 12 of 8 symbols from their end; gradient of target step k with "
            "respect to the source token that it needs, 2k − 1 recurrent steps off",
            "arms": "as in claim 15, 64 units (not of equal size): plain, h at each step, "
            "attention; with LSTMs, and with plain RNNs of torch's start",
            "training": "Adam, 500 steps of 64 sequences, clipped to norm 1; the rate rises over 5 "
            "% and falls to 1 %",
            "rates": "0.003 for RNNs, 0.03 for LSTMs, as tuned for claim 14; seeds 0 to 4",
        },
        trials=(
            Trial(
                "plain RNNs that begin orthogonal",
                keep={"cells": ["RNN"], "networks": [PLAIN, ATTENTION]},
                experiment=with_orthogonal_starts,
            ),
            Trial(
                "a tenth of the training",
                {"steps": 50},
                keep={"networks": [PLAIN, ATTENTION]},
                decides=_LEFT_28,
            ),
            Trial(
                "24 symbols in place of 12, 47 recurrent steps off",
                {"S": 24},
                keep={"networks": [PLAIN, ATTENTION]},
                decides=tuple(name.replace("steps=23", "steps=47") for name in _LEFT_28),
            ),
        ),
        decides=tuple(
            figure("gradient", cell=cell, network=name, stage="before", steps=23)
            for cell in ("RNN", "LSTM")
            for name in (PLAIN, ATTENTION)
        ),
    )
)
