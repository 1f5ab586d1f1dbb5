"""The course's promise about its Transformer, and what holds a deep one up, in lesson 13."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.alignment import error_rate
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
from course.claims.seq2seq import FIRST, falling, toy_batches, toy_exact

Array = npt.NDArray[Any]

# --- the translator --------------------------------------------------------------------------

PARTS = ("test", "test_combinations", "test_longer")


def translator(name: str, V_source: int, V_target: int, sizes: Mapping[str, Any]) -> Any:
    """Return a Transformer of the sizes given, or, for "attention", lesson 11's translator."""
    from helpers import seq2seq, transformer

    if name == "attention":
        H, dropout = sizes["H"], sizes["dropout"]
        return seq2seq.Seq2Seq(
            seq2seq.Encoder(V_source, H, dropout), seq2seq.AttentionDecoder(V_target, H, dropout)
        )
    wide = sizes["d_model"], sizes["heads"], sizes["layers"], sizes["d_ff"], sizes["dropout"]
    return transformer.Transformer(V_source, V_target, *wide)


def cross_weights(model: Any, sources: list[list[int]], targets: list[list[int]]) -> list[Array]:
    """Return the cross-attention of each sentence, (L, N, T + 1, S), the right words fed in.

    Row t belongs to the step that writes word t, fed with word t − 1; the last writes </s>.
    Lesson 11's translator has one layer and one head.
    """
    import torch

    from helpers import seq2seq, text

    model.eval()
    found = []
    for start in range(0, len(sources), 250):
        some = slice(start, start + 250)
        source, mask = (torch.from_numpy(array) for array in text.pad(sources[some]))
        rows = [[text.START_ID, *words] for words in targets[some]]
        inputs = torch.from_numpy(text.pad(rows)[0])
        with torch.no_grad():
            if isinstance(model, seq2seq.Seq2Seq):
                memory, state = model.begin(source, mask)
                weights = model.decoder(inputs, state, memory)[2][:, None, None]
            else:
                weights = model.attention_weights(source, mask, inputs).cross
        found += [
            weights[row, :, :, : len(words) + 1, : len(read)].numpy()
            for row, (read, words) in enumerate(zip(sources[some], targets[some], strict=True))
        ]
    return found


def links(weights: Array, offset: int) -> set[tuple[int, int]]:
    """Link each target word with the source word of the largest weight, from weights (T + 1, S).

    At offset 0 the step counts that writes the word, at offset 1 the next one, which is fed it.
    """
    T = len(weights) - 1
    return {(int(weights[j + offset].argmax()), j) for j in range(T)}


def experiment_translator(
    seed: int, runs: Mapping[str, Mapping[str, Any]], tested: Mapping[str, int]
) -> Figures:
    """Train translators from Korean to English; test them, and compare where they look with gold.

    `runs` holds sizes and training of each translator; "attention" is lesson 11's, all others are
    Transformers. `tested` says how many sentences of each part are translated, greedily. The
    alignment error rate counts the target words that have a partner, as in claim 16, for each layer
    (the mean over its heads), each head, and the two steps that `links` knows.
    """
    import time

    import torch

    from helpers import decoding, seq2seq, text, training, transformer
    from helpers.corpora import korean_english

    drawn = korean_english.load("train")
    read = text.Vocabulary.from_sentences(pair.morphemes for pair in drawn)
    write = text.Vocabulary.from_sentences(pair.english for pair in drawn)

    def encode(pairs: Any) -> tuple[list[list[int]], list[list[int]]]:
        return (
            [read.encode(pair.morphemes, text.UNK) for pair in pairs],
            [write.encode(pair.english, text.UNK) for pair in pairs],
        )

    def exact(model: Any, part: str) -> float:
        pairs = korean_english.load(part)[: tested[part]]
        source, mask = (torch.from_numpy(array) for array in text.pad(encode(pairs)[0]))
        if isinstance(model, transformer.Transformer):
            model = transformer.CachedTransformer(model)
        answers = [write.decode(one.tokens) for one in decoding.greedy(model, source, mask)]
        return float(np.mean([a == list(p.english) for a, p in zip(answers, pairs, strict=True)]))

    figures: Figures = {}
    looked_at = korean_english.load("test")[: tested["test"]]
    gold = [pair.alignment for pair in looked_at]
    with torch.random.fork_rng(devices=[]):
        for name, how in runs.items():
            torch.manual_seed(seed)
            model = translator(name, len(read), len(write), how)
            started, cpu = time.perf_counter(), time.process_time()
            history = training.fit(
                model,
                seq2seq.PairBatches(*encode(drawn[: how["pairs"]]), how["B"], seed),
                seq2seq.next_token_loss,
                epochs=how["epochs"],
                learning_rate=how["rate"],
                schedule=training.warm_up_then_decay(how["warm_up"]),
                progress=False,
            )
            figures[figure("training seconds", run=name)] = time.perf_counter() - started
            figures[figure("processor seconds", run=name)] = time.process_time() - cpu
            figures[figure("parameters", run=name)] = training.count_parameters(model)
            figures[figure("updates", run=name)] = len(history.losses)
            for part in tested:
                figures[figure("exact", run=name, part=part)] = exact(model, part)
            looked = cross_weights(model, *encode(looked_at))
            L, N = looked[0].shape[:2]
            for offset in (0, 1):
                where = {"run": name, "offset": offset}
                for layer in range(L):
                    together = [links(one[layer].mean(axis=0), offset) for one in looked]
                    rate = error_rate(together, gold)
                    figures[figure("AER", **where, layer=layer + 1)] = rate
                    heads = [
                        error_rate([links(one[layer, head], offset) for one in looked], gold)
                        for head in range(N)
                    ]
                    figures[figure("AER of the best head", **where, layer=layer + 1)] = min(heads)
    return figures


MARGIN = 0.01


def rule_translator(record: Record) -> Verdict:
    """Judge "the Transformer translates at least as well as lesson 11's translator".

    Compared is exact match on the part "test", seed by seed, after the run "full"; lesson 11's was
    trained as that lesson does it. The claim holds if the 95 % interval of the difference lies
    above −0.01; it holds if … where single seeds are as good; else it does not hold.
    """
    ours, theirs = (record.values("exact", run=run, part="test") for run in ("full", "attention"))
    mean, low, _ = falling(ours - theirs)
    told = (
        f"{100 * ours.mean():.1f} % exact against {100 * theirs.mean():.1f} % on unseen sentences, "
        f"after {int(record.values('updates', run='full').max()):,} updates"
    )
    if low > -MARGIN:
        return Verdict(HOLDS, told)
    reached = int((ours >= theirs).sum())
    if reached:
        return Verdict(HOLDS_IF, f"the seed is a lucky one, {reached} of {len(ours)}: {told}")
    return Verdict(FAILS, f"{told}: {100 * mean:+.1f} points")


# What a lesson can train in passing, to be held against the record.
SHORT = {
    "d_model": 32,
    "heads": 4,
    "layers": 1,
    "d_ff": 64,
    "dropout": 0.0,
    "pairs": 4000,
    "B": 32,
    "rate": 0.008,
    "warm_up": 0.2,
    "epochs": 2,
}

register(
    Claim(
        number="transformer_translator",
        statement="Without recurrence, a Transformer learns to translate Korean into English at "
        "least as well as lesson 11's translator.",
        source="the course's own promise; the run was sized for a minute of training on two "
        "threads, and the record holds its seconds",
        lesson="13_transformer",
        experiment=experiment_translator,
        rule=rule_translator,
        settings={
            "runs": {
                "attention": {
                    "H": 64,
                    "dropout": 0.0,
                    "pairs": 25_000,
                    "B": 64,
                    "rate": 0.01,
                    "warm_up": 0.05,
                    "epochs": 2,
                },
                "full": {
                    "d_model": 96,
                    "heads": 4,
                    "layers": 2,
                    "d_ff": 192,
                    "dropout": 0.0,
                    "pairs": 25_000,
                    "B": 32,
                    "rate": 0.004,
                    "warm_up": 0.2,
                    "epochs": 4,
                },
                "lesson": {
                    "d_model": 64,
                    "heads": 4,
                    "layers": 2,
                    "d_ff": 128,
                    "dropout": 0.0,
                    "pairs": 18_000,
                    "B": 32,
                    "rate": 0.006,
                    "warm_up": 0.2,
                    "epochs": 2,
                },
                "short": SHORT,
            },
            "tested": {"test": 2000, "test_combinations": 1500, "test_longer": 300},
        },
        live_settings={"runs": {"short": SHORT}, "tested": {"test": 2000}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
    )
)


# --- what holds a deep one up ----------------------------------------------------------------


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


def experiment_parts(
    seed: int,
    kinds: Mapping[str, float],
    sizes: Sequence[int],
    V: int,
    longest: int,
    steps: int,
    B: int,
    warm_up: float,
    sequences: int,
) -> Figures:
    """Train deep Transformers to write sequences backwards, each without one of its parts.

    `kinds` holds a learning rate for each, chosen on another seed. They read and write 1 to
    `longest` symbols; `sequences` of each length are tested.
    """
    import torch

    from helpers import seq2seq, training, transformer

    figures: Figures = {}
    decay = training.warm_up_then_decay(1e-9)
    with torch.random.fork_rng(devices=[]):
        for kind, rate in kinds.items():
            torch.manual_seed(seed)
            rng = np.random.default_rng([seed, 12])
            model = stack(kind, FIRST + V, *sizes)
            drawn = toy_batches("reverse", steps, B, V, range(1, longest + 1), False, rng)
            rising = training.warm_up_then_decay(warm_up)
            falls = kind.endswith("no warm-up")
            history = training.fit(
                model,
                [drawn].__getitem__,
                seq2seq.next_token_loss,
                epochs=1,
                learning_rate=rate,
                schedule=(lambda done: decay(max(done, 1e-9))) if falls else rising,
                progress=False,
            )
            figures[figure("first loss", kind=kind)] = history.losses[0]
            figures[figure("loss", kind=kind)] = float(np.mean(history.losses[-30:]))
            cached = transformer.CachedTransformer(model)
            right = [
                toy_exact(cached, "reverse", sequences, T, V, False, rng)[0]
                for T in range(1, longest + 1)
            ]
            figures[figure("exact", kind=kind)] = float(np.mean(right))
    return figures


def rule_parts(record: Record) -> Verdict:
    """Judge "a deep Transformer needs residuals, normalisation and warm-up to learn".

    A part is needed if the network without it gets, on average over the lengths, fewer than half as
    many sequences right as the whole one, by the upper end of the 95 % interval of the difference
    `without − half of whole`, seed by seed. "post-norm, no warm-up" is compared with "post-norm".
    The claim holds if all are needed, holds if … where some are, and does not hold where none is.
    """
    exact = {kind: record.values("exact", kind=kind) for kind in record.settings["kinds"]}
    needed: list[str] = []
    others: list[str] = []
    for kind, values in exact.items():
        if not (kind.startswith("no ") or kind.endswith("no warm-up")):
            continue
        whole = exact["post-norm" if kind.startswith("post-norm") else "whole"]
        shown = f"{kind} {100 * values.mean():.0f} % against {100 * whole.mean():.0f} %"
        (needed if falling(values - whole / 2)[2] < 0 else others).append(shown)
    if not needed:
        return Verdict(FAILS, f"none is needed: {'; '.join(others)}")
    if not others:
        return Verdict(HOLDS, "; ".join(needed))
    return Verdict(
        HOLDS_IF,
        f"the part taken away is one of these: {'; '.join(needed)}. Not if it is one of these: "
        f"{'; '.join(others)}",
    )


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
            "kinds": {
                "whole": 0.005,
                "no residuals": 0.002,
                "no normalisation": 0.0005,
                "no warm-up": 0.005,
                "post-norm": 0.002,
                "post-norm, no warm-up": 0.002,
            },
            "sizes": [32, 4, 6, 64],
            "V": 8,
            "longest": 8,
            "steps": 250,
            "B": 32,
            "warm_up": 0.1,
            "sequences": 100,
        },
        live_settings={"kinds": {"whole": 0.005}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.02,
    )
)
