"""Claim 12, measured in lesson 09: how much one context vector holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.korean import LONGEST, exact_by_length, translator, validation_loss
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
from course.claims.seq2seq import FIRST, plain, toy_batches, toy_exact, toy_pairs, train
from course.claims.seq2seq_challenges import TRIALS_12
from course.claims.trials import Grid
from helpers import text

Array = npt.NDArray[Any]

# --- claim 12 --------------------------------------------------------------------------------


def squeezed(V_source: int, V_target: int, H: int, K: int) -> Any:
    """Return a plain Seq2Seq whose context vector, (h, c), passes through K numbers on its way.

    With K = 2H there is nothing to squeeze: it is the lesson's network.
    """
    import torch
    from torch import nn

    from helpers import seq2seq

    class Squeezed(seq2seq.PlainEncoder):
        def __init__(self) -> None:
            super().__init__(V_source, H)
            self.squeeze = nn.Linear(2 * H, K)
            self.widen = nn.Linear(K, 2 * H)

        def forward(self, source: Any, mask: Any) -> Any:
            memory = super().forward(source, mask)
            both = torch.cat([memory.hidden, memory.cell], dim=-1)  # (B, 2H)
            hidden, cell = self.widen(self.squeeze(both).tanh()).chunk(2, dim=-1)  # (B, H) each
            return memory._replace(hidden=hidden.tanh(), cell=cell)

    model = plain(V_source, V_target, H)
    if K < 2 * H:
        model.encoder = Squeezed()
    return model


def bits_received(model: Any, B: int, T: int, V: int, rng: Any) -> float:
    """Return how many of the bits of T random symbols the decoder demonstrably has.

    They hold T log2 V bits. What the decoder does not know costs it cross-entropy; what is left of
    the bits is at least what it was told, a lower bound on the mutual information of source and
    context vector (Barber and Agakov 2003, The IM algorithm, NeurIPS).
    """
    import torch

    source, target = (torch.from_numpy(a.copy()) for a in toy_pairs("copy", B, T, V, rng))
    inputs = torch.nn.functional.pad(target[:, :-1], (1, 0), value=text.START_ID)
    model.eval()
    with torch.no_grad():
        log_p = model(source, torch.ones_like(source).bool(), inputs).log_softmax(dim=-1)
    missing = -log_p.gather(2, target.unsqueeze(-1)).sum() / B / math.log(2)
    return float(T * math.log2(V) - missing)


def experiment_12(
    seed: int,
    runs: Sequence[Sequence[int]],
    rates: Mapping[str, float],
    H: int,
    V: int,
    longest: int,
    B: int,
    lengths: Sequence[int],
    sequences: int,
    korean: Mapping[str, Any],
    borders: Sequence[int],
    widths: Sequence[int],
    penalties: Sequence[float],
    decoded: int,
) -> Figures:
    """Measure what gets through the context vector, by its width and by the training.

    First a copy of 1 to `longest` random symbols out of V: each of `runs` is (K, steps), with a
    context vector that is squeezed to K numbers, and the steps of its training; `rates` holds the
    learning rate of each K. Then Korean to English, by the number of morphemes ("S", as in
    `exact_by_length`), where `korean["runs"]` are (K, epochs). The last of these translators is
    decoded in several ways (`decoding_ways`).
    """
    import torch

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for K, steps in runs:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 12])
            model = squeezed(FIRST + V, FIRST + V, H, K)
            drawn = toy_batches("copy", steps, B, V, range(1, longest + 1), False, rng)
            train(model, [drawn].__getitem__, 1, rates[str(K)])
            for T in lengths:
                fresh = np.random.default_rng([seed, 12, T])
                parts = {"K": K, "steps": steps, "T": T}
                exact, _ = toy_exact(model, "copy", sequences, T, V, False, fresh)
                figures[figure("exact", **parts)] = exact
                figures[figure("bits", **parts)] = bits_received(model, sequences, T, V, fresh)
        if korean["runs"]:
            figures |= _korean(seed, korean, borders, widths, penalties, decoded)
    return figures


def _korean(
    seed: int,
    korean: Mapping[str, Any],
    borders: Sequence[int],
    widths: Sequence[int],
    penalties: Sequence[float],
    decoded: int,
) -> Figures:
    """Measure the Korean translators of `experiment_12`."""
    import torch

    from helpers.corpora import korean_english

    figures: Figures = {}
    for K, epochs in korean["runs"]:
        model, encode = translator(
            seed,
            partial(squeezed, H=korean["H"], K=K),
            korean["pairs"],
            epochs,
            korean["B"],
            korean["rates"][str(K)],
        )
        parts = {"K": K, "epochs": epochs}
        figures[figure("Korean validation loss", **parts)] = validation_loss(model, encode)
        for S, exact in exact_by_length(model, encode, borders).items():
            figures[figure("Korean exact", **parts, S=S)] = exact
    if not decoded:
        return figures
    sources, targets = encode(korean_english.load("test")[:decoded])
    source, mask = (torch.from_numpy(array) for array in text.pad(sources))
    return {**figures, **decoding_ways(model, source, mask, targets, widths, penalties)}


def decoding_ways(
    model: Any,
    source: Any,
    mask: Any,
    targets: list[list[int]],
    widths: Sequence[int],
    penalties: Sequence[float],
) -> Figures:
    """Decode with the right words fed in, with its own, and by beam search.

    "forced" and "free" are shares of all words wanted, </s> included, that stand at their places.
    For each width: exact match and the number of words with each length penalty; the mean
    log-probability of what the beam finds likeliest; and how often that is likelier than the
    sentence wanted.
    """
    import torch

    from helpers import decoding

    figures: Figures = {}
    ids, here = (torch.from_numpy(a) for a in text.pad([[*t, text.END_ID] for t in targets]))
    inputs = torch.cat([torch.full_like(ids[:, :1], text.START_ID), ids[:, :-1]], dim=1)
    with torch.no_grad():
        log_p = model(source, mask, inputs).log_softmax(dim=-1)  # (B, T, V)
    own = [[*one.tokens, text.END_ID] for one in decoding.greedy(model, source, mask)]
    free = [
        sum(a == b for a, b in zip(one, [*wanted, text.END_ID], strict=False))
        for one, wanted in zip(own, targets, strict=True)
    ]
    figures["forced"] = float(((log_p.argmax(dim=-1) == ids) & here).sum() / here.sum())
    figures["free"] = float(sum(free) / here.sum())
    wanted_log_p = (log_p.gather(2, ids.unsqueeze(-1)).squeeze(-1) * here).sum(dim=1).numpy()
    for width in widths:
        found = decoding.beam(model, source, mask, width, 0.0, 40)
        for penalty in penalties:
            best = [
                max(ones, key=lambda h: h.log_probability / (len(h.tokens) + 1) ** penalty)
                for ones in found
            ]
            exact = [one.tokens == want for one, want in zip(best, targets, strict=True)]
            parts = {"width": width, "penalty": penalty}
            figures[figure("beam exact", **parts)] = float(np.mean(exact))
            figures[figure("words", **parts)] = float(np.mean([len(one.tokens) for one in best]))
        likeliest = np.array([ones[0].log_probability for ones in found])
        figures[figure("log-probability", width=width)] = float(likeliest.mean())
        figures[figure("likelier than wanted", width=width)] = float(
            (likeliest > wanted_log_p + 1e-4).mean()
        )
    return figures


def missing_bits(record: Record, K: int, steps: int, T: int) -> Array:
    """Return the bits of T symbols that did not get through, one number a seed."""
    return T * math.log2(record.settings["V"]) - record.values("bits", K=K, steps=steps, T=T)


def loses(record: Record, K: int, steps: int) -> bool:
    """Say whether a run of claim 12 loses more, the longer the source is, and more than a bit."""
    short, long = (min(record.settings["lengths"]), max(record.settings["lengths"]))
    growth = difference(missing_bits(record, K, steps, long), missing_bits(record, K, steps, short))
    return growth.low > 1


def korean_falls(record: Record, K: int, epochs: int) -> bool:
    """Say whether exact match falls by more than a tenth within the lengths of training."""
    within = [S for S in record.settings["borders"] if S <= LONGEST]
    first, last = (
        record.values("Korean exact", K=K, epochs=epochs, S=S) for S in (within[0], within[-1])
    )
    return difference(first, last).low > 0.1


def rule_12(record: Record) -> Verdict:
    """Judge "a fixed context vector loses information as the source grows".

    A run loses information if of the longest source's bits more are missing than of the shortest's,
    by more than one: the lower end of Welch's 95 % interval. The claim holds within the widths and
    trainings that were tested if all runs do, within those that do if some do, and does not hold if
    none does. The reason tells how many bits of the longest source arrive.
    """
    runs, T = record.settings["runs"], max(record.settings["lengths"])
    longest = {K: max(steps for k, steps in runs if k == K) for K, _ in runs}  # training
    arrive = ", ".join(
        f"{record.values('bits', K=K, steps=steps, T=T).mean():.1f} (K = {K})"
        for K, steps in longest.items()
    )
    told = f"of {T * math.log2(record.settings['V']):.0f} bits, {arrive} arrive"
    lost = [(K, steps) for K, steps in runs if loses(record, K, steps)]
    if not lost:
        return Verdict(FAILS, told)
    if len(lost) == len(runs):
        most = max(longest.values())
        return Verdict(HOLDS_WITHIN, f"{max(longest)} numbers, {most:,} steps; {told}")
    narrow = [str(K) for K, steps in longest.items() if (K, steps) in lost]
    where = f"K = {listed(narrow)} or short training" if narrow else "short training"
    return Verdict(HOLDS_WITHIN, f"{where}; {told}")


RUNS_12 = [[2, 1200], [8, 1200], [8, 2400], [64, 300], [64, 1200], [64, 2400]]
BORDERS = [4, 6, 8, 10, 12, 15, 21, 23]


NO_KOREAN = {"H": 64, "runs": [], "rates": {"128": 0.04}, "pairs": 10_000, "B": 32}


def _rate_of(K: int) -> Grid:
    return Grid(
        f"the rate of K = {K}",
        f"rates/{K}",
        (0.01, 0.03, 0.1) if K == 64 else (0.003, 0.01, 0.03),
        figure("bits", K=K, steps=600, T=12),
        keep={"runs": [[K, 600]], "lengths": [12]},
        changes={"korean": NO_KOREAN},
    )


KOREAN_RATE = Grid(
    "the Korean rate",
    "korean/rates/128",
    (0.01, 0.02, 0.04),
    figure("Korean validation loss", K=128, epochs=1),
    least=True,
    keep={"runs": []},
    changes={"korean/runs": [[128, 1]], "decoded": 0},
)


register(
    Claim(
        number=12,
        statement="A fixed context vector loses information as the source grows.",
        source="the motivation of Bahdanau, Cho and Bengio 2015, arXiv:1409.0473; measured by Cho, "
        "van Merriënboer, Bahdanau and Bengio 2014, arXiv:1409.1259",
        lesson="09_seq2seq",
        experiment=experiment_12,
        rule=rule_12,
        settings={
            "runs": RUNS_12,
            "rates": {"2": 0.01, "8": 0.01, "64": 0.03},
            "H": 32,
            "V": 8,
            "longest": 12,
            "B": 64,
            "lengths": list(range(1, 13)),
            "sequences": 400,
            "korean": {
                "H": 64,
                "runs": [[128, 1], [128, 4]],
                "rates": {"128": 0.02},
                "pairs": 25_000,
                "B": 32,
            },
            "borders": BORDERS,
            "widths": [1, 2, 4, 8],
            "penalties": [0.0, 1.0],
            "decoded": 600,
        },
        live_settings={
            "runs": [[64, 300]],
            "korean": NO_KOREAN,
        },
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "copies": "1 to 12 of 8 symbols, 3 bits each; two LSTMs of 32 units. K = 64: (h, c) as "
            "it is; K = 8, 2: squeezed by a layer and tanh, widened by another",
            "bits": "those of the source minus the decoder's cross-entropy, right words fed in: at "
            "least so many came through",
            "Korean": "25,000 pairs, two LSTMs of 64 units, 1 or 4 passes; exact match of new "
            "sentences by length; over 20 morphemes none was trained on",
            "training": "Adam, batches of 64 (32), clipped to norm 1; 300 to 2,400 steps; the rate "
            "rises over 5 % and falls to 1 %",
            "rates": "each K its own, 0.003 to 0.1 by factors of 3, by the bits after 600 steps; "
            "Korean 0.01, 0.02, 0.04 by validation loss; seeds 100 and 101",
        },
        decides=tuple(figure("bits", K=K, steps=2400, T=12) for K in (8, 64)),
        grids=(*map(_rate_of, (2, 8, 64)), KOREAN_RATE),
        trials=TRIALS_12,
    )
)
