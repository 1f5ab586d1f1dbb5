"""Claim 24, measured in lesson 14: what damaged input does to translators."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.four_translators import (
    KINDS,
    RATES,
    SINUSOIDS,
    first_half,
    reordered,
    still_expressed,
    trained,
    translations,
    with_gap,
    without_object_particle,
    words_invented,
    words_kept,
)
from course.claims.ledger import (
    FAILS,
    HOLDS,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.translator_challenges import TRIALS_24
from helpers.metrics import student_quantile

Array = npt.NDArray[Any]


def interval_of(values: Array) -> Interval:
    """Return mean and 95 % interval (Student's t) of one number a seed."""
    half = student_quantile(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return Interval(float(values.mean()), float(values.mean() - half), float(values.mean() + half))


def experiment_24(
    seed: int,
    rates: Mapping[str, float],
    runs: Sequence[Sequence[Any]],
    H: int,
    B: int,
    dropout: float,
    sentences: int,
) -> Figures:
    """Give translators input that no training sentence looks like.

    Where words are "reordered", or there is "no particle" behind the object, a sentence means what
    it meant. So BLEU and exact match with the same translation are taken, for these sentences as
    they are written ("whole"), too. Where a morpheme is missing ("gap"), or all behind the middle
    ("cut"), the share of those words is counted that the rest still expresses ("words"), again for
    the whole sentences, too. Each of the `runs` is a kind, pairs and passes, and "written", or
    "mixed" if reordered sentences and such without the particle (`another`) are among the others.
    `rates` holds each kind's learning rate.
    """
    from helpers import metrics
    from helpers.bleu import corpus_bleu
    from helpers.corpora import korean_english

    test = korean_english.load("test")
    movable = [pair for pair in test if reordered(pair)][:sentences]
    given: dict[str, list[Any]] = {
        "whole": [pair.morphemes for pair in movable],
        "reordered": [reordered(pair) for pair in movable],
        "no particle": [without_object_particle(pair) for pair in movable],
    }
    rng = np.random.default_rng([24, 1])  # the same gaps for every seed and kind
    some = test[:sentences]
    gapped, cut = [with_gap(pair, rng) for pair in some], [first_half(pair) for pair in some]
    figures: Figures = {}
    for kind, pairs, epochs, order in runs:
        how = (H, B, rates[kind], dropout)
        model, read, write, _ = trained(seed, kind, pairs, epochs, order == "mixed", *how)
        here = {"kind": kind, "pairs": pairs, "training": order}
        for name, sources in given.items():
            found = translations(model, read, write, sources)
            references = [pair.english for pair in movable]
            exact = metrics.exact_match(found, references)
            bleu = corpus_bleu(found, [[reference] for reference in references])
            figures[figure("exact", **here, input=name)] = exact
            figures[figure("BLEU", **here, input=name)] = bleu
        whole = translations(model, read, write, [pair.morphemes for pair in some])
        for name, broken in (("gap", gapped), ("cut", cut)):
            found = translations(model, read, write, [source for source, _ in broken])
            wanted = [
                still_expressed(pair, left) for pair, (_, left) in zip(some, broken, strict=True)
            ]
            figures[figure("words", **here, input=name)] = words_kept(found, wanted)
            figures[figure("words", **here, input=f"whole for {name}")] = words_kept(whole, wanted)
            references = [pair.english for pair in some]
            figures[figure("invented", **here, input=name)] = words_invented(found, references)
        figures[figure("invented", **here, input="whole")] = words_invented(whole, references)
    return figures


INPUTS = {  # what is compared with what
    "reordered": ("BLEU", "whole"),
    "no particle": ("BLEU", "whole"),
    "gap": ("words", "whole for gap"),
    "cut": ("words", "whole for cut"),
}
INPUT_NAMES = {
    "reordered": "reordered",
    "no particle": "no 을/를",
    "gap": "a gap",
    "cut": "cut off",
}
ENOUGH = 0.9


def most_pairs(record: Record) -> int:
    """Return the number of pairs of the largest trainings."""
    return max(pairs for _, pairs, _, _ in record.settings["runs"])


def share_left(record: Record, kind: str, training: str, given: str) -> Array:
    """Return, for each seed, what is left of the figure for the whole sentences."""
    name, whole = INPUTS[given]
    parts = {"kind": kind, "pairs": most_pairs(record), "training": training}
    return record.values(name, **parts, input=given) / record.values(name, **parts, input=whole)


def rule_24(record: Record) -> Verdict:
    """Judge "reordered, gapped or truncated input is what sequence models find hard".

    Each kind of model meets each kind of input. Input is hard for a model if the upper end of the
    95 % interval of what is left of its figure for whole sentences is below 0.9. A model is judged
    if its BLEU on whole sentences is at least 20: below, there is little to lose. The claim holds
    if every kind of input is hard for every model that is judged; else it does not hold.
    """
    here = {"pairs": most_pairs(record), "training": "written", "input": "whole"}
    kinds = [
        kind
        for kind, pairs, _, order in record.settings["runs"]
        if (pairs, order) == (here["pairs"], "written")
        and record.values("BLEU", kind=kind, **here).mean() >= 20
    ]
    cells = {
        (given, kind): interval_of(share_left(record, kind, "written", given))
        for given in INPUT_NAMES
        for kind in kinds
    }
    hard = [cell for cell, left in cells.items() if left.high < ENOUGH]
    told = f"hard in {len(hard)} of {len(cells)} pairs of input and model"
    if len(hard) == len(cells):
        return Verdict(HOLDS, told)
    counts = {name: sum(g == given for g, _ in hard) for given, name in INPUT_NAMES.items()}
    shown = ", ".join(f"{name} {count}" for name, count in counts.items())
    return Verdict(FAILS, f"{told}: {shown} of {len(kinds)}")


register(
    Claim(
        number=24,
        statement="Reordered, gapped or truncated input is what sequence models find hard.",
        source="a standard warning in introductory texts on sequence models",
        lesson="14_capstone",
        experiment=experiment_24,
        rule=rule_24,
        settings={
            "rates": RATES,
            "runs": [
                *([kind, 36_000, 4, "written"] for kind in (*KINDS, SINUSOIDS)),
                *([kind, 36_000, 4, "mixed"] for kind in ("attention", "Transformer")),
                ["attention", 3000, 20, "written"],
            ],
            "H": 64,
            "B": 64,
            "dropout": 0.1,
            "sentences": 300,
        },
        live_settings={"runs": [["attention", 3000, 20, "written"]]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "input": "test sentences whose subject and object change places; without the object's "
            "particle; with one morpheme missing; cut off in the middle",
            "measured": "BLEU against the same translation for the first two, for the others the "
            "share of the words that the rest still expresses; each beside the whole sentences",
            "arms": "the five translators of claim 23, and two of them trained once more with half "
            "of the sentences that allow it reordered or without the particle",
            "training": "as in claim 23, 4 passes over 36,000 pairs",
            "seeds": "0 to 4",
        },
        decides=(
            figure("BLEU", kind="attention", pairs=36_000, training="written", input="reordered"),
            figure("BLEU", kind="attention", pairs=36_000, training="written", input="whole"),
        ),
        trials=TRIALS_24,
    )
)
