"""Claims 12 and 13, measured in lesson 09: what one context vector holds."""

from __future__ import annotations

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
from course.claims.seq2seq import (
    FIRST,
    falling,
    korean_translator,
    plain,
    toy_batches,
    toy_exact,
    train,
)
from helpers import text

Array = npt.NDArray[Any]

# --- claim 12 --------------------------------------------------------------------------------


def squeezed(V: int, H: int, K: int) -> Any:
    """Return a plain Seq2Seq whose context vector passes through K numbers on its way."""
    import torch
    from torch import nn

    from helpers import seq2seq

    class Squeezed(seq2seq.PlainEncoder):
        def __init__(self) -> None:
            super().__init__(V, H)
            self.squeeze = nn.Linear(2 * H, K)
            self.widen = nn.Linear(K, 2 * H)

        def forward(self, source: Any, mask: Any) -> Any:
            memory = super().forward(source, mask)
            states = torch.cat([memory.hidden, memory.cell], dim=-1)  # (B, 2H)
            hidden, cell = self.widen(self.squeeze(states).tanh()).chunk(2, dim=-1)
            return memory._replace(hidden=hidden.tanh(), cell=cell)

    model = plain(V, V, H)
    model.encoder = Squeezed()
    return model


def experiment_12(
    seed: int,
    runs: Sequence[Sequence[int]],
    H: int,
    V: int,
    longest: int,
    B: int,
    rate: float,
    lengths: Sequence[int],
    sequences: int,
    korean: Mapping[str, Any],
    borders: Sequence[int],
    widths: Sequence[int],
    penalties: Sequence[float],
    decoded: int,
) -> Figures:
    """Measure exact match against the source's length.

    First a copy of 1 to `longest` random symbols out of V: each of `runs` is (K, steps), with a
    context vector that is squeezed to K numbers, all else being the same, and the steps of its
    training. Then Korean to English with a plain Seq2Seq, by the number of morphemes: "S" is the
    first length of a group, which ends before the next of `borders`; the sources are those of the
    parts test and test_longer. The same translators are decoded in several ways (`decoding_ways`).
    """
    import torch

    from helpers import decoding
    from helpers.corpora import korean_english

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for K, steps in runs:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 12])
            model = squeezed(FIRST + V, H, K)
            drawn = toy_batches("copy", steps, B, V, range(1, longest + 1), False, rng)
            train(model, [drawn].__getitem__, 1, rate)
            for T in lengths:
                fresh = np.random.default_rng([seed, 12, T])
                exact, symbols = toy_exact(model, "copy", sequences, T, V, False, fresh)
                figures[figure("exact", K=K, steps=steps, T=T)] = exact
                figures[figure("symbols", K=K, steps=steps, T=T)] = symbols
        if not korean:
            return figures
        torch.manual_seed(seed)
        model, ready = korean_translator(seed, **korean)
        source, mask, targets = ready(
            korean_english.load("test") + korean_english.load("test_longer")[::4]
        )
        found = decoding.greedy(model, source, mask)
        right = np.array([a.tokens == b for a, b in zip(found, targets, strict=True)])
        sizes = mask.sum(dim=1).numpy()
        for low, high in zip(borders, [*borders[1:], 1000], strict=True):
            group = (sizes >= low) & (sizes < high)
            figures[figure("Korean exact", S=low)] = float(right[group].mean())
            figures[figure("Korean sentences", S=low)] = int(group.sum())
        source, mask, targets = ready(korean_english.load("test")[:decoded])
        ways = decoding_ways(model, source, mask, targets, widths, penalties)
        return {**figures, **ways}


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


KOREAN_LONGEST = 20  # morphemes; what is longer stands in the part test_longer alone


def rule_12(record: Record) -> Verdict:
    """Judge "a fixed context vector loses information as the source grows" by exact match.

    A run's curve falls if the lower end of the 95 % interval of the difference, seed by seed,
    between its shortest and its longest source is above 0.1. The context vector has a part in it
    if, all else being the same, the narrowest gets fewer of all sequences right than the widest
    (the interval of the difference is above 0). The claim holds if all curves fall and the width
    matters, holds if … where one of the two is so, and does not hold where the widest falls in no
    training.
    """
    settings = record.settings
    runs, lengths = settings["runs"], settings["lengths"]
    curves = {
        (K, steps): np.stack([record.values("exact", K=K, steps=steps, T=T) for T in lengths])
        for K, steps in runs
    }
    falls = {run: falling(curve[0] - curve[-1])[1] > 0.1 for run, curve in curves.items()}
    most = max(steps for _, steps in runs)
    widths = sorted(K for K, steps in runs if steps == most)
    difference = (curves[widths[-1], most] - curves[widths[0], most]).mean(axis=0)
    matters = falling(difference)[1] > 0
    reach = {run: _reach(lengths, curve.mean(axis=1)) for run, curve in curves.items()}
    told = "half of the copies are right up to a length of " + listed(
        f"{reach[K, most]} with {K} numbers" for K in widths
    )
    for K, steps in runs:
        if steps < most:
            told += f" (of {reach[K, steps]} with {K} after {steps} of {most} training steps)"
    if settings["korean"]:
        within = [S for S in settings["borders"] if S <= KOREAN_LONGEST]
        first, last = (
            100 * record.values("Korean exact", S=S).mean() for S in (within[0], within[-1])
        )
        told += (
            f"; of Korean sentences {first:.0f} % of the shortest are right, {last:.0f} % of the "
            "longest that training has"
        )
    if not falls[widths[-1], most]:
        return Verdict(FAILS, f"the widest keeps what it read: {told}")
    if all(falls.values()) and matters:
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"the context vector is narrow or the training short: {told}")


def _reach(lengths: Sequence[int], exact: Array) -> int:
    """Return the length up to which at least half is right."""
    return max([T for T, share in zip(lengths, exact, strict=True) if share >= 0.5], default=0)


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
            "runs": [[2, 1200], [8, 1200], [64, 1200], [64, 300]],
            "H": 64,
            "V": 8,
            "longest": 12,
            "B": 64,
            "rate": 0.01,
            "lengths": list(range(1, 13)),
            "sequences": 400,
            "korean": {"H": 96, "pairs": 25_000, "epochs": 3, "B": 32, "rate": 0.005},
            "borders": [4, 6, 8, 10, 12, 15, 21, 25],
            "widths": [1, 2, 4, 8],
            "penalties": [0.0, 1.0],
            "decoded": 600,
        },
        live_settings={"runs": [[64, 300]], "korean": {}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
    )
)


# --- claim 13 --------------------------------------------------------------------------------


def experiment_13(
    seed: int,
    cells: Sequence[str],
    H: int,
    V: int,
    T: int,
    steps: int,
    B: int,
    rate: float,
    sequences: int,
) -> Figures:
    """Ask a context vector for each of T random symbols, and count the right answers by position.

    An encoder reads the sequence into its last state. A decoder of one hidden layer is given this
    context vector and a position, and is to name the symbol that stood there. All positions are
    asked equally often, and no answer waits for another: what differs is when the symbol was read.
    """
    import torch
    from torch import nn

    from helpers import seq2seq, training

    figures: Figures = {}
    schedule = training.warm_up_then_decay()
    layers = {"RNN": nn.RNN, "GRU": nn.GRU}
    with torch.random.fork_rng(devices=[]):
        for cell in cells:
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 13])
            embedding, positions = nn.Embedding(V, H), nn.Embedding(T, H)
            layer = layers[cell](H, H, batch_first=True) if cell in layers else None
            recurrent = layer or seq2seq.lstm_layer(H, H)
            hidden, output = nn.Linear(2 * H, 2 * H), nn.Linear(2 * H, V)
            model = nn.ModuleList([embedding, positions, recurrent, hidden, output])
            optimiser = torch.optim.Adam(model.parameters(), rate, fused=True)

            def ask(x: Any, e: Any = embedding, p: Any = positions, parts: Any = model) -> Any:
                context = parts[2](e(x))[0][:, -1:].expand(-1, T, -1)  # (B, T, H)
                asked = p.weight.expand(len(x), -1, -1)  # (B, T, H)
                return parts[4](parts[3](torch.cat([context, asked], dim=-1)).relu())

            for step in range(steps):
                x = torch.from_numpy(rng.integers(0, V, size=(B, T)))
                loss = nn.functional.cross_entropy(ask(x).flatten(0, 1), x.flatten())
                optimiser.param_groups[0]["lr"] = rate * schedule(step / steps)
                optimiser.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
            with torch.no_grad():
                x = torch.from_numpy(rng.integers(0, V, size=(sequences, T)))
                right = (ask(x).argmax(dim=-1) == x).double().mean(dim=0).tolist()
            for position, share in enumerate(right, start=1):
                figures[figure("right", cell=cell, position=position)] = share
    return figures


def quarters(record: Record, cell: str) -> Array:
    """Return the share of right answers in each quarter of the source, shape (4, seeds)."""
    T = record.settings["T"]
    by_position = [record.values("right", cell=cell, position=p + 1) for p in range(T)]
    return np.stack([np.mean(by_position[q * T // 4 : (q + 1) * T // 4], axis=0) for q in range(4)])


def rule_13(record: Record) -> Verdict:
    """Judge "the context vector favours the last time steps".

    A cell favours them if its last quarter is answered better than each of the three others: the
    lower ends of the 95 % intervals of the differences, seed by seed, are above 0. The claim holds
    if all cells do, holds if … where some do, and does not hold where none does. The reason adds
    which cells know the first symbol better than those around the middle.
    """
    favours, both = [], []
    told = []
    T = record.settings["T"]
    for cell in record.settings["cells"]:
        q = quarters(record, cell)
        if all(falling(q[3] - q[other])[1] > 0 for other in range(3)):
            favours.append(cell)
        first = record.values("right", cell=cell, position=1)
        if falling(first - record.values("right", cell=cell, position=T // 2))[1] > 0:
            both.append(cell)
        told.append(f"{cell} {' · '.join(f'{100 * one.mean():.0f}' for one in q)}")
    reason = f"right answers by quarter of the source, in %: {'; '.join(told)}"
    if both:
        reason += (
            f"; with {listed(both)} the very first symbol, too, is known better than the middle"
        )
    if len(favours) == len(told):
        return Verdict(HOLDS, reason)
    if favours:
        return Verdict(HOLDS_IF, f"the cell is {listed(favours)}: {reason}")
    return Verdict(FAILS, reason)


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
            "cells": ["RNN", "LSTM"],
            "H": 32,
            "V": 8,
            "T": 16,
            "steps": 1200,
            "B": 32,
            "rate": 0.005,
            "sequences": 1000,
        },
        live_settings={"cells": ["RNN"]},
        seeds=(0, 1, 2, 3, 4, 5),
        tolerance=0.01,
    )
)
