"""What holds a deep Transformer up: residuals, normalisation, warm-up, measured in lesson 13."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    LONGEST_VERDICT,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.seq2seq import FIRST, toy_batches, toy_exact
from course.claims.translator_challenges import TRIALS_PARTS

WHOLE = {"no residuals": "whole", "no normalisation": "whole", "no warm-up": "whole"} | {
    "post-norm, no warm-up": "post-norm"
}
"""What each network that lacks a part is compared with."""


def stack(kind: str, V: int, d_model: int, heads: int, layers: int, d_ff: int) -> Any:
    """Return a Transformer from which a part was taken away.

    Parameters
    ----------
    kind : {"whole", "no residuals", "no normalisation", "post-norm", …}
        What it has, or what it lacks; "no warm-up" concerns the training alone.
    V : int
        Size of both vocabularies.
    d_model, heads, layers, d_ff
        As for `Transformer`.
    """
    from torch import nn

    from helpers import transformer

    norm_first = not kind.startswith("post-norm")
    model: Any = transformer.Transformer(V, V, d_model, heads, layers, d_ff, norm_first=norm_first)

    class NoResidual(transformer.Residual):
        def add(self, x: Any, y: Any) -> Any:
            return y

    for block in [*model.encoder.blocks, *model.decoder.blocks]:
        for name in ("residual_1", "residual_2", "residual_3"):
            if not hasattr(block, name):
                continue
            if kind == "no residuals":
                setattr(block, name, NoResidual(d_model))
            elif kind == "no normalisation":
                getattr(block, name).norm = nn.Identity()
    if kind == "no normalisation":
        model.encoder.norm = model.decoder.norm = nn.Identity()
    return model


def schedule(kind: str, warm_up: float) -> Any:
    """Return a network's schedule: half a cosine, behind a rise unless it has no warm-up."""
    from helpers import training

    if not kind.endswith("no warm-up"):
        return training.warm_up_then_decay(warm_up)
    fall = training.warm_up_then_decay(1e-9)
    return lambda done: fall(max(done, 1e-9))


def experiment_parts(
    seed: int,
    kinds: Mapping[str, Sequence[float]],
    clips: Mapping[str, Sequence[str]],
    sizes: Sequence[int],
    V: int,
    longest: int,
    steps: int,
    B: int,
    warm_up: float,
    sequences: int,
) -> Figures:
    """Train deep Transformers to write sequences backwards, each without one of its parts.

    Each of the `kinds` is trained at each of its rates; `clips` says which are trained with the
    gradient clipped at norm 1 ("1") and which without ("none"). They read and write 1 to `longest`
    symbols; `sequences` of each length are tested.
    """
    import torch

    from helpers import seq2seq, training, transformer

    figures: Figures = {}
    runs = [(k, r, c) for c, which in clips.items() for k in which for r in kinds[k]]
    with torch.random.fork_rng(devices=[]):
        for kind, rate, clip in runs:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 12])
            model = stack(kind, FIRST + V, *sizes)
            drawn = toy_batches("reverse", steps, B, V, range(1, longest + 1), False, rng)
            parts = {"kind": kind, "rate": rate, "clip": clip}
            try:
                history = training.fit(
                    model,
                    [drawn].__getitem__,
                    seq2seq.next_token_loss,
                    epochs=1,
                    learning_rate=rate,
                    schedule=schedule(kind, warm_up),
                    clip=1.0 if clip == "1" else None,
                    progress=False,
                )
            except FloatingPointError:  # it diverged: it writes nothing right
                figures |= {figure("exact", **parts): 0.0, figure("clipped", **parts): 1.0}
                continue
            norms = np.array(history.gradient_norms)
            figures[figure("clipped", **parts)] = float(np.mean(norms > 1))
            cached = transformer.CachedTransformer(model)
            right = [
                toy_exact(cached, "reverse", sequences, T, V, False, rng)[0]
                for T in range(1, longest + 1)
            ]
            figures[figure("exact", **parts)] = float(np.mean(right))
    return figures


def best(record: Record, kind: str, clip: str = "1") -> tuple[float, Any]:
    """Return the rate at which a network gets the most right on average, and each seed's share."""
    rows = {
        rate: record.values("exact", kind=kind, rate=rate, clip=clip)
        for rate in record.settings["kinds"][kind]
    }
    rate = max(rows, key=lambda one: rows[one].mean())
    return rate, rows[rate]


def rule_parts(record: Record) -> Verdict:
    """Judge "a deep Transformer learns only with residuals, normalisation and warm-up".

    Each network is taken at its own best rate, with the gradient clipped. A part is needed if the
    network without it gets fewer than half as many sequences right as the one with it, by the upper
    end of Welch's 95 % interval. The claim holds if all are needed. Where a part is not needed the
    claim does not hold.
    """
    needed: list[str] = []
    others: list[str] = []
    for kind, whole in WHOLE.items():
        without, full = best(record, kind)[1], best(record, whole)[1]
        shown = f"{kind} {100 * without.mean():.0f} for {100 * full.mean():.0f}"
        (needed if difference(without, full / 2).high < 0 else others).append(shown)
    if not others:
        return Verdict(HOLDS, "; ".join(needed[:3]))
    every = [*others, *needed]
    longest = LONGEST_VERDICT - len(f"{FAILS}: ")
    three, two = (f"% right at the best rate: {'; '.join(every[:few])}" for few in (3, 2))
    return Verdict(FAILS, three if len(three) <= longest else two)


KINDS = tuple(dict.fromkeys(kind for pair in WHOLE.items() for kind in reversed(pair)))
"""whole, no residuals, no normalisation, no warm-up, post-norm, and that without warm-up."""
RATES: dict[str, list[float]] = {kind: [0.001, 0.003, 0.01, 0.03] for kind in KINDS}
RATES["no normalisation"] = [0.00003, 0.0001, 0.0003, 0.001]
RATES["post-norm"] = RATES["post-norm, no warm-up"] = [0.0003, 0.001, 0.003, 0.01]
UNCLIPPED = tuple(kind for kind in KINDS if kind not in ("no residuals", "no normalisation"))

register(
    Claim(
        number="transformer_parts",
        statement="A deep Transformer learns only with residuals, normalisation and warm-up.",
        source="a standard statement; He et al. 2016, arXiv:1512.03385; Ba et al. 2016, "
        "arXiv:1607.06450; Vaswani et al. 2017, arXiv:1706.03762, section 5.3; Xiong et al. 2020, "
        "arXiv:2002.04745",
        lesson="13_transformer",
        experiment=experiment_parts,
        rule=rule_parts,
        settings={
            "kinds": RATES,
            "clips": {"1": list(KINDS), "none": list(UNCLIPPED)},
            "sizes": [32, 4, 6, 64],
            "V": 8,
            "longest": 6,
            "steps": 250,
            "B": 32,
            "warm_up": 0.1,
            "sequences": 50,
        },
        live_settings={"kinds": {"whole": [0.01]}, "clips": {"1": ["whole"]}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
        conditions={
            "task": "write a sequence of 1 to 6 symbols of 8 backwards",
            "arms": "a Transformer of six blocks a stack, d_model 32, pre-norm; the same without "
            "residuals, without normalisation, without warm-up; in post-norm order, with and "
            "without warm-up",
            "training": "Adam, 250 batches of 32, half a cosine, with warm-up behind a rise over "
            "25 steps; gradient clipped at norm 1, or not; the record says how often it acted",
            "rates": "four for each network, by factors of three, all recorded; each is judged at "
            "its own best one",
            "seeds": "0 to 4; 50 sequences of each length",
        },
        decides=(
            figure("exact", kind="whole", rate=0.01, clip="1"),
            figure("exact", kind="no warm-up", rate=0.01, clip="1"),
        ),
        trials=TRIALS_PARTS,
    )
)
