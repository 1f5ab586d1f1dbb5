"""Claim 23, measured in lesson 14: can attention stand in for recurrence?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from course.claims.four_translators import (
    KINDS,
    RATES,
    SINUSOIDS,
    bytes_for_training,
    multiplications,
    numbers_held,
    steps_in_sequence,
    trained,
    translations,
)
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
from course.claims.translator_challenges import TRIALS_23
from course.claims.trials import Grid


def experiment_23(
    seed: int,
    rates: Mapping[str, float],
    trainings: Mapping[str, Sequence[int]],
    kinds: Mapping[str, Sequence[str]],
    parts: Mapping[str, int],
    H: int,
    B: int,
    dropout: float,
    size: Sequence[int],
) -> Figures:
    """Train kinds of translators of one size for longer and longer, and test each.

    `rates` holds each kind's learning rate; `trainings`, for a number of pairs, the numbers of
    passes over them, and `kinds` the kinds that are trained on so many. Each number of passes is a
    training of its own, whose rate falls to its end. `parts` says how many sentences are translated
    of each part, of the smaller trainings of the part "test" alone. Costs are those of a sentence
    of `size` (S, T): see `costs`.
    """
    figures: Figures = {}
    most = max(map(int, trainings))
    for pairs, passes in ((int(pairs), passes) for pairs, passes in trainings.items()):
        for kind in kinds[str(pairs)]:
            for epochs in passes:
                model, read, write, history = trained(
                    seed, kind, pairs, epochs, False, H, B, rates[kind], dropout
                )
                here = {"kind": kind, "pairs": pairs, "epochs": epochs}
                figures[figure("seconds", **here)] = history.seconds
                figures[figure("updates", **here)] = len(history.losses)
                for part, few in parts.items():
                    if pairs == most or part in ("test", "validation"):
                        for score, value in scores(model, read, write, part, few).items():
                            figures[figure(score, **here, part=part)] = value
            if pairs == most:
                figures |= costs(kind, model, len(read), len(write), B, *size)
    return figures


def scores(model: Any, read: Any, write: Any, part: str, few: int) -> Figures:
    """Return exact match, BLEU and chrF of greedy translations of a part's first sentences."""
    from helpers import metrics
    from helpers.bleu import chrf, corpus_bleu
    from helpers.corpora import korean_english

    wanted = korean_english.load(part)[:few]
    found = translations(model, read, write, [pair.morphemes for pair in wanted])
    references = [[pair.english] for pair in wanted]
    return {
        "exact": metrics.exact_match(found, [one for (one,) in references]),
        "BLEU": corpus_bleu(found, references),
        "chrF": chrf(found, references),
    }


def costs(kind: str, model: Any, V_source: int, V_target: int, B: int, S: int, T: int) -> Figures:
    """Count what a model needs for sentences of S tokens, translated by T with </s>."""
    from helpers import training

    d = model_width(model)
    kept = bytes_for_training(model, random_batch(B, S, T, V_source, V_target))
    return {
        figure("width", kind=kind): d,
        figure("parameters", kind=kind): training.count_parameters(model),
        figure("multiplications", kind=kind): multiplications(kind, d, V_target, S, T),
        figure("numbers held", kind=kind): numbers_held(kind, d, S, T),
        figure("steps", kind=kind): steps_in_sequence(kind, S, T),
        figure("bytes for training", kind=kind): kept,
    }


def random_batch(B: int, S: int, T: int, V_source: int, V_target: int) -> tuple[Any, ...]:
    """Return a batch (source, mask, target) of random tokens; T counts </s>, not <s>."""
    import torch

    draw = torch.Generator().manual_seed(0)
    source = torch.randint(4, V_source, (B, S), generator=draw)
    target = torch.randint(4, V_target, (B, T + 1), generator=draw)
    return source, torch.ones_like(source).bool(), target


def model_width(model: Any) -> int:
    """Return the width of a model's target embedding: H, or d_model."""
    from torch import nn

    widths = [part.embedding_dim for part in model.modules() if isinstance(part, nn.Embedding)]
    return int(widths[-1])


MARGIN_23 = 0.03


def rule_23(record: Record) -> Verdict:
    """Judge "attention can stand in for recurrence altogether", by exact match.

    The Transformer, which has attention alone, is compared with the LSTMs with attention after the
    longest training on the most pairs, at equal parameters, each at its own rate. On a part it
    keeps up if the lower end of Welch's 95 % interval of the difference is above −3 points. The
    claim holds within the parts on which it does. It does not hold if the interval lies below zero
    on any other part; a part where it reaches above zero is called open.
    """
    pairs = max(map(int, record.settings["trainings"]))
    epochs = max(record.settings["trainings"][str(pairs)])
    kept: list[str] = []
    left_open: list[str] = []
    behind: list[str] = []
    told = []
    for part, name in PART_NAMES.items():
        ours, theirs = (
            record.values("exact", kind=kind, pairs=pairs, epochs=epochs, part=part)
            for kind in ("Transformer", "attention")
        )
        told.append(f"{name} {100 * ours.mean():.0f} : {100 * theirs.mean():.0f}")
        gain = difference(ours, theirs)
        if gain.low > -MARGIN_23:
            kept.append(name)
        else:
            (left_open if gain.high > 0 else behind).append(name)
    shown = f"Transformer : LSTM, %: {', '.join(told)}"
    if behind:
        return Verdict(FAILS, f"behind on {len(behind)} of {len(PART_NAMES)}. {shown}")
    if not kept:
        return Verdict(FAILS, f"shown nowhere. {shown}")
    if left_open:
        return Verdict(HOLDS_WITHIN, f"{pairs:,} pairs, {' and '.join(left_open)} open. {shown}")
    return Verdict(HOLDS_WITHIN, f"{pairs:,} pairs, {epochs} passes. {shown}")


PART_NAMES = {"test": "unseen", "test_combinations": "combinations", "test_longer": "longer"}
ALL = (*KINDS, SINUSOIDS)


def _grid(kind: str) -> Grid:
    here = {"kind": kind, "pairs": 36_000, "epochs": 4}  # as long as the rule judges
    return Grid(
        f"the learning rate of {kind}",
        f"rates/{kind}",
        tuple(RATES[kind] * times for times in (0.5, 1, 2)),
        figure("exact", **here, part="validation"),
        keep={"trainings": ["36000"], "rates": [kind]},
        changes={
            "trainings/36000": [4],
            "kinds/36000": [kind],
            "parts": {"validation": 1000},
        },
    )


register(
    Claim(
        number=23,
        statement="Attention can stand in for recurrence altogether.",
        source="Vaswani et al. 2017, arXiv:1706.03762, title and abstract, and what repeats it",
        lesson="14_capstone",
        experiment=experiment_23,
        rule=rule_23,
        settings={
            "rates": RATES,
            "trainings": {"36000": [1, 2, 4], "3000": [20]},
            "kinds": {"36000": list(ALL), "3000": ["attention", "Transformer"]},
            "parts": {"test": 1000, "test_combinations": 500, "test_longer": 300},
            "H": 64,
            "B": 64,
            "dropout": 0.1,
            "size": [10, 10],
        },
        live_settings={
            "trainings": {"36000": [1]},
            "kinds": {"36000": ["attention", "Transformer"]},
        },
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "task": "Korean into English; tested on unseen sentences of one to three clauses, on "
            "unseen combinations, on four clauses",
            "arms": "a plain Seq2Seq, one with its context in view at each step, LSTMs with "
            "attention, a Transformer with rotary and one with added positions; each as wide as "
            "it can be with no more weights than attention with 64 units",
            "training": "Adam, clipped at norm 1, dropout 0.1, batches of 64, the same for all; "
            "rate rising over a fifth of the steps, then half a cosine; 1, 2 and 4 passes over "
            "36,000 pairs; two of them 20 over 3,000",
            "rates": "each kind's from a grid by factors of two, after four passes, seeds 100, 101",
            "seeds": "0 to 4; greedy search",
        },
        decides=tuple(
            figure("exact", kind=kind, pairs=36_000, epochs=4, part=part)
            for part in ("test", "test_longer")
            for kind in ("Transformer", "attention")
        ),
        grids=tuple(_grid(kind) for kind in ALL),
        trials=TRIALS_23,
    )
)
