"""How a Transformer is told the order, and what it makes of longer sentences, in lesson 13."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from course.claims.cross_attention import alignment_errors
from course.claims.ledger import (
    FAILS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    difference,
    figure,
    register,
)
from course.claims.translator_challenges import TRIALS_POSITIONS
from course.claims.trials import Grid

ADDED, WITHIN, ACROSS, BOTH, LSTM = "added", "within", "across", "within and across", "LSTM"


def translator(V_source: int, V_target: int, how: Mapping[str, Any]) -> Any:
    """Return lesson 00's LSTM with attention, or a Transformer told the order in one way.

    `positions` are "added" (sinusoids), or told by turning queries and keys: "within" each
    sentence, "across", from the translation to the source, or "within and across"; with "none" the
    order is not told. `base` is that of `rotate`, `shift` the most places by which the translation
    is moved against its source, at random in each batch of the training.
    """
    from helpers import seq2seq, transformer

    if "H" in how:
        encoder = seq2seq.Encoder(V_source, how["H"])
        return seq2seq.Seq2Seq(encoder, seq2seq.AttentionDecoder(V_target, how["H"]))
    sizes = how["d_model"], how["heads"], how["layers"], how["d_ff"]
    told = how["positions"]
    model = transformer.Transformer(V_source, V_target, *sizes, rotary=told != ADDED)
    for block in [*model.encoder.blocks, *model.decoder.blocks]:
        block.attention.rotary = WITHIN in told
        if hasattr(block, "cross_attention"):
            block.cross_attention.rotary = ACROSS in told
            if {"base", "shift"} & how.keys():
                block.cross_attention = turned(block.cross_attention, how)
    return model


def turned(attention: Any, how: Mapping[str, Any]) -> Any:
    """Return a cross-attention with the same weights and another base, or moved places."""
    import torch

    from helpers import self_attention

    class Turned(self_attention.MultiHeadAttention):
        def forward(self, x: Any, source: Any, mask: Any = None) -> Any:
            most = how.get("shift", 0) if self.training else 0
            moved = int(torch.randint(most + 1, ())), how.get("base", 10_000.0)
            query = self_attention.rotate(self.split(self.query(x)), *moved)
            key = self_attention.rotate(self.split(self.key(source)), 0, moved[1])
            value, mask = self.split(self.value(source)), mask.unsqueeze(-3)
            context, weights = self_attention.scaled_dot_product_attention(query, key, value, mask)
            return self.output(context.transpose(1, 2).flatten(2)), weights

    other = Turned(attention.query.in_features, attention.heads)
    other.load_state_dict(attention.state_dict())
    return other


@functools.cache
def data(part: str, longest: int = 99) -> tuple[list[list[int]], list[list[int]], Any]:
    """Return a part's sources and targets as ids, up to `longest` clauses, and the vocabularies."""
    from helpers import text
    from helpers.corpora import korean_english

    drawn = korean_english.load("train")
    read = text.Vocabulary.from_sentences(pair.morphemes for pair in drawn)
    write = text.Vocabulary.from_sentences(pair.english for pair in drawn)
    pairs = [pair for pair in korean_english.load(part) if pair.clauses <= longest]
    sources = [read.encode(pair.morphemes, text.UNK) for pair in pairs]
    return sources, [write.encode(pair.english, text.UNK) for pair in pairs], (read, write)


def exact(model: Any, part: str, few: int) -> float:
    """Return the share of a part's first sentences that greedy search translates word for word."""
    import torch

    from helpers import decoding, text, transformer

    sources, targets, _ = data(part, 2 if part in ("test", "validation") else 99)
    if isinstance(model, transformer.Transformer):
        plain = not any("Turned" in type(m).__name__ for m in model.modules())
        model = transformer.CachedTransformer(model) if plain else model
    source, mask = (torch.from_numpy(array) for array in text.pad(sources[:few]))
    found = [one.tokens for one in decoding.greedy(model, source, mask)]
    return float(np.mean([a == b for a, b in zip(found, targets, strict=False)]))


def experiment_positions(
    seed: int,
    arms: Mapping[str, Mapping[str, Any]],
    B: int,
    tested: Mapping[str, int],
    looked: int,
) -> Figures:
    """Train translators that differ in how they are told the order; count exact translations.

    `arms` holds each one's sizes and training; all see the same batches of B. `tested` says how
    many sentences of each part are translated, greedily, of the parts "test" and "validation" only
    those of up to two clauses. In the first `looked` test sentences, the source words with the
    largest attention weights are compared with gold (see `alignment_errors`).
    """
    import time

    import torch

    from helpers import seq2seq, training

    sources, targets, (read, write) = data("train")
    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for arm, how in arms.items():
            torch.manual_seed(seed)
            model = translator(len(read), len(write), how)
            started = time.process_time()
            history = training.fit(
                model,
                seq2seq.PairBatches(sources[: how["pairs"]], targets[: how["pairs"]], B, seed),
                seq2seq.next_token_loss,
                epochs=how["epochs"],
                learning_rate=how["rate"],
                schedule=training.warm_up_then_decay(how["warm_up"]),
                progress=False,
            )
            figures[figure("processor seconds", arm=arm)] = time.process_time() - started
            figures[figure("parameters", arm=arm)] = training.count_parameters(model)
            figures[figure("updates", arm=arm)] = len(history.losses)
            figures[figure("loss", arm=arm)] = float(np.mean(history.losses[-50:]))
            for part, few in tested.items():
                figures[figure("exact", arm=arm, part=part)] = exact(model, part, few)
            figures |= looks(model, arm, looked)
    return figures


def looks(model: Any, arm: str, few: int) -> Figures:
    """Return the alignment error rates of each layer, at the step that writes and at the next."""
    from helpers.corpora import korean_english

    figures: Figures = {}
    if few:
        sources, targets, _ = data("test")
        gold = [pair.alignment for pair in korean_english.load("test")[:few]]
        for offset, layer, together, best in alignment_errors(
            model, sources[:few], targets[:few], gold
        ):
            parts = {"arm": arm, "offset": offset, "layer": layer}
            figures[figure("AER", **parts)] = together
            figures[figure("AER of the best head", **parts)] = best
    return figures


GAIN = 0.05


def rule_positions(record: Record) -> Verdict:
    """Judge "relative positions carry a Transformer to longer sentences".

    Compared is exact match on sentences of four clauses, where training has at most three. The
    claim holds, within that range, if all of Welch's 95 % interval of positions told within and
    across, minus positions added, is above five points, and so is that minus positions told within
    alone.
    """
    longer = {
        arm: record.values("exact", arm=arm, part="test_longer") for arm in record.settings["arms"]
    }
    gains = [difference(longer[BOTH], longer[arm]).low for arm in (ADDED, WITHIN)]
    told = ", ".join(f"{arm} {100 * longer[arm].mean():.0f} %" for arm in (BOTH, WITHIN, ADDED))
    if min(gains) > GAIN:
        pairs = record.settings["arms"][BOTH]["pairs"]  # with a third of them it fell
        return Verdict(HOLDS_WITHIN, f"{pairs:,} pairs, four clauses after three: {told}")
    return Verdict(FAILS, f"exact on four clauses after three: {told}")


def _transformer(positions: str, **other: Any) -> dict[str, Any]:
    sizes = {"d_model": 96, "heads": 4, "layers": 2, "d_ff": 192}
    training = {"pairs": 36_000, "epochs": 4, "rate": 0.004, "warm_up": 0.2}
    return {"positions": positions, **sizes, **training, **other}


def _grid(arm: str, values: tuple[float, ...]) -> Grid:
    return Grid(
        f"the learning rate of {arm}",
        f"arms/{arm}/rate",
        values,
        figure("exact", arm=arm, part="validation"),
        keep={"arms": [arm]},
        changes={"tested": {"validation": 1000}, "looked": 0, f"arms/{arm}/epochs": 2},
    )


LESSON = {"d_model": 64, "d_ff": 128, "epochs": 3, "rate": 0.006}  # what lesson 13 trains
SHORT = {"d_model": 32, "d_ff": 64, "layers": 1, "pairs": 6000, "epochs": 2, "rate": 0.008}

register(
    Claim(
        number="relative_positions",
        statement="Told the order by distances, within a sentence and between the two, a "
        "Transformer translates sentences longer than those of its training.",
        source="Shaw, Uszkoreit and Vaswani 2018, arXiv:1803.02155, and Su et al. 2021, "
        "arXiv:2104.09864, propose such positions within a sentence",
        lesson="13_transformer",
        experiment=experiment_positions,
        rule=rule_positions,
        settings={
            "arms": {
                **{one: _transformer(one) for one in (ADDED, WITHIN, ACROSS, BOTH)},
                LSTM: {"H": 144, "pairs": 36_000, "epochs": 3, "rate": 0.007, "warm_up": 0.05},
                "lesson": _transformer(BOTH, **LESSON),
                "short": _transformer(BOTH, **SHORT),
            },
            "B": 64,
            "tested": {"test": 1000, "test_combinations": 1000, "test_longer": 400},
            "looked": 600,
        },
        live_settings={
            "arms": {"short": _transformer(BOTH, **SHORT)},
            "tested": {"test": 1000},
            "looked": 600,
        },
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
        conditions={
            "task": "Korean sentences of one to three clauses into English, 36,000 pairs; tested "
            "on unseen ones of one or two clauses, on unseen combinations, on four clauses",
            "arms": "one Transformer (577,226 weights), told the order by added sinusoids or by "
            "turned queries and keys, within the sentences, across, or both; first weights and "
            "batches are the same; and lesson 00's LSTM with attention",
            "training": "Adam, clipped at norm 1, no dropout, 4 passes of 563 batches of 64 (the "
            "LSTM 3), rate rising over a fifth of the steps, then half a cosine",
            "rates": "added, both and LSTM: grids by factors of two, after two passes, on "
            "validation data, seeds 100, 101; within and across alone: 0.004, the best of added "
            "and of both",
            "seeds": "0 to 4; greedy search, exact match",
        },
        decides=tuple(
            figure("exact", arm=arm, part="test_longer") for arm in (BOTH, WITHIN, ADDED, LSTM)
        ),
        grids=(
            _grid(ADDED, (0.002, 0.004, 0.008)),
            _grid(BOTH, (0.002, 0.004, 0.008)),
            _grid(LSTM, (0.0035, 0.007, 0.014)),
        ),
        trials=TRIALS_POSITIONS,
    )
)
