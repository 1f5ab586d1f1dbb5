"""Claims 23 and 24, measured in lesson 14: which translator to use, and what damaged input does."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.four_translators import (
    KINDS,
    bytes_for_training,
    first_half,
    multiplications,
    numbers_held,
    reordered,
    steps_in_sequence,
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
    HOLDS_IF,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    listed,
    register,
    student_quantile,
)

Array = npt.NDArray[Any]

# --- claim 23 --------------------------------------------------------------------------------


def experiment_23(
    seed: int,
    kinds: Sequence[str],
    small: Sequence[str],
    rate: float,
    few: Sequence[int],
    many: Sequence[int],
    longer: Mapping[str, int],
    H: int,
    B: int,
    dropout: float,
    parts: Mapping[str, int],
    size: Sequence[int],
) -> Figures:
    """Train four kinds of translator of one size, on the same batches for as many updates.

    `few` and `many` are two trainings, (pairs, epochs) each; the first is for the kinds that are
    `small`; `longer` names kinds that are trained on the many pairs once more, for other numbers of
    epochs. `many` may be empty, for a short run.
    `parts` gives the number of sentences to be translated of each part. Costs are those of a
    sentence of `size` (S, T): see `multiplications` and `numbers_held`. Seconds and tokens a second
    are measured, and no verdict rests on them.
    """
    import time

    from helpers import metrics
    from helpers.bleu import corpus_bleu
    from helpers.corpora import korean_english

    figures: Figures = {}
    runs: list[Any] = [(kind, *few) for kind in small]
    if many:
        runs += [(kind, *many) for kind in kinds]
        runs += [(kind, many[0], epochs) for kind, epochs in longer.items()]
    for kind, pairs, epochs in runs:
        model, read, write, history = trained(seed, kind, pairs, epochs, False, H, B, rate, dropout)
        here = {"kind": kind, "pairs": pairs, "epochs": epochs}
        for part in parts if [pairs] == list(many[:1]) else ["test"]:
            wanted = korean_english.load(part)[: parts[part]]
            started = time.perf_counter()
            found = translations(model, read, write, [pair.morphemes for pair in wanted])
            seconds = time.perf_counter() - started
            references = [pair.english for pair in wanted]
            exact = metrics.exact_match(found, references)
            bleu = corpus_bleu(found, [[reference] for reference in references])
            figures[figure("exact", **here, part=part)] = exact
            figures[figure("BLEU", **here, part=part)] = bleu
            if (pairs, epochs) == tuple(many) and part == "test":
                speed = sum(len(words) + 1 for words in found) / seconds
                figures[figure("tokens a second", kind=kind)] = speed
        if (pairs, epochs) == tuple(many):
            figures.update(costs(kind, model, len(read), len(write), B, *size))
            figures[figure("updates", kind=kind)] = len(history.losses)
            figures[figure("training seconds", kind=kind)] = history.seconds
    return figures


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


def interval_of(values: Array) -> Interval:
    """Return mean and 95 % interval (Student's t) of one number a seed."""
    half = student_quantile(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return Interval(float(values.mean()), float(values.mean() - half), float(values.mean() + half))


PART_NAMES = {
    "test": "sentences like those in training",
    "test_combinations": "unseen combinations",
    "test_longer": "longer sentences",
}
MARGIN_23 = 5.0


def rule_23(record: Record) -> Verdict:
    """Judge "attention can stand in for recurrence altogether" by BLEU (few are exact where long).

    The Transformer, which has attention alone, is compared with the LSTMs with attention on the
    `many` pairs, at equal parameters, once after equally many updates and once after its `longer`
    training. On a part it keeps up if the lower end of the 95 % interval of the difference, seed by
    seed, is above −5 points of BLEU. The claim holds if it keeps up on every part
    after equally many updates; it holds if … where it does on some part, be it after the longer
    training; else it does not hold.
    """
    settings = record.settings
    pairs, epochs = settings["many"]
    more = settings["longer"]["Transformer"]

    def bleu(kind: str, part: str, epochs: int) -> Array:
        return record.values("BLEU", kind=kind, pairs=pairs, epochs=epochs, part=part)

    able: dict[int, list[str]] = {epochs: [], more: []}
    never = []
    for part in settings["parts"]:
        theirs = bleu("attention", part, epochs)
        for length in (epochs, more):
            ours = bleu("Transformer", part, length)
            shown = f"{PART_NAMES[part]} ({_scores(ours, theirs)})"
            if interval_of(ours - theirs).low > -MARGIN_23:
                able[length].append(shown)
                break
        else:
            never.append(shown)
    if not never and not able[more]:
        return Verdict(
            HOLDS, f"with as many updates the Transformer keeps up on {listed(able[epochs])}"
        )
    if not able[epochs] and not able[more]:
        return Verdict(FAILS, f"even with {more / epochs:.3g} times the updates it falls behind on "
                       f"{listed(never)}")  # fmt: skip
    parts = []
    if able[epochs]:
        parts.append(f"keeps up on {listed(able[epochs])} with as many updates")
    if able[more]:
        parts.append(f"keeps up on {listed(able[more])} with {more / epochs:.3g} times the updates")
    if never:
        parts.append(
            f"falls behind on {listed(never)} even then"
            if able[more]
            else f"falls behind on {listed(never)}"
        )
    needs = [
        *(["it may train for longer"] if able[more] else []),
        *(["the sentences are like those in training"] if never else []),
    ]
    return Verdict(HOLDS_IF, f"{' and '.join(needs)}: the Transformer {', '.join(parts)}")


def _scores(ours: Array, theirs: Array) -> str:
    return f"BLEU {ours.mean():.0f} against {theirs.mean():.0f}"


FEW, MANY = [3000, 5], [25_000, 1]

register(
    Claim(
        number=23,
        statement="Attention can stand in for recurrence altogether.",
        source="Vaswani et al. 2017, arXiv:1706.03762, title and abstract, and texts that repeat "
        "it; at equal parameters and equal updates here",
        lesson="14_capstone",
        experiment=experiment_23,
        rule=rule_23,
        settings={
            "kinds": list(KINDS),
            "small": ["attention", "Transformer"],
            "rate": 0.006,
            "few": FEW,
            "many": MANY,
            "longer": {"Transformer": 2},
            "H": 64,
            "B": 32,
            "dropout": 0.1,
            "parts": {"test": 600, "test_combinations": 300, "test_longer": 150},
            "size": [10, 10],
        },
        live_settings={"many": [], "longer": {}},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
    )
)


# --- claim 24 --------------------------------------------------------------------------------


def experiment_24(
    seed: int,
    kinds: Sequence[str],
    small: Sequence[str],
    rate: float,
    few: Sequence[int],
    many: Sequence[int],
    taught: Sequence[str],
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
    the whole sentences, too. Kinds that are `taught` are trained once more, with reordered
    sentences and such without the particle (`another`) among the others. Kinds that are `small`
    are trained on the few pairs, too.
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
    runs: list[Any] = [(kind, *few, False) for kind in small]
    if many:
        runs += [(kind, *many, False) for kind in kinds]
        runs += [(kind, *many, True) for kind in taught]
    for kind, pairs, epochs, mixed in runs:
        model, read, write, _ = trained(seed, kind, pairs, epochs, mixed, H, B, rate, dropout)
        here = {"kind": kind, "pairs": pairs, "training": "mixed" if mixed else "written"}
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
    "reordered": "reordered input",
    "no particle": "input without the object's particle",
    "gap": "input with a gap",
    "cut": "truncated input",
}
ENOUGH = 0.9


def share_left(record: Record, kind: str, training: str, given: str) -> Array:
    """Return, for each seed, what is left of the figure for the whole sentences."""
    name, whole = INPUTS[given]
    parts = {"kind": kind, "pairs": record.settings["many"][0], "training": training}
    return record.values(name, **parts, input=given) / record.values(name, **parts, input=whole)


def rule_24(record: Record) -> Verdict:
    """Judge "reordered, gapped or truncated input is what sequence models find hard".

    A kind of model is judged if its BLEU on whole sentences is at least 10: below, there is nothing
    to lose. A kind of input is hard for it if the upper end of the 95 % interval of what is left of
    the figure for whole sentences, seed by seed, is below 0.9. Training cures what was hard for a
    kind that was `taught` if the lower end is above 0.9 then. The claim holds if each of the four
    inputs is hard for each model and none is cured; it does not hold if none is hard for any;
    otherwise it holds if …, and the reason names what is hard, what is not, and what is cured.
    """
    settings = record.settings
    here = {"pairs": settings["many"][0], "training": "written", "input": "whole"}
    kinds = [k for k in settings["kinds"] if record.values("BLEU", kind=k, **here).mean() >= 10]
    hard, partly, easy, cured = [], [], [], []
    for given, name in INPUT_NAMES.items():
        left = {kind: interval_of(share_left(record, kind, "written", given)) for kind in kinds}
        failing = [kind for kind in kinds if left[kind].high < ENOUGH]
        means = [100 * one.mean for one in left.values()]
        shown = f"{name} ({min(means):.0f} to {max(means):.0f} % is left)"
        if len(failing) == len(kinds):
            hard.append(shown)
        elif failing:
            partly.append(f"{name} for {listed(failing)} ({min(means):.0f} % is left)")
        else:
            easy.append(shown)
        for kind in settings["taught"]:
            after = interval_of(share_left(record, kind, "mixed", given))
            if kind in failing and after.low > ENOUGH:
                cured.append(f"{name} leaves {kind} {100 * after.mean:.0f} %")
    if not hard and not partly:
        return Verdict(FAILS, f"all models keep most of what they do on {listed(easy)}")
    if not partly and not easy and not cured:
        return Verdict(HOLDS, f"all models lose more than a tenth on {listed(hard)}")
    needs = "training held nothing like it" if cured else "the input is of the hard kind"
    parts = [f"hard is {listed([*hard, *partly])}"]
    if easy:
        parts.append(f"not {listed(easy)}")
    if cured:
        parts.append(f"trained with such sentences, {listed(cured)}")
    return Verdict(HOLDS_IF, f"{needs}: {'; '.join(parts)}")


register(
    Claim(
        number=24,
        statement="Reordered, gapped or truncated input is what sequence models find hard.",
        source="a standard warning in introductory texts on sequence models",
        lesson="14_capstone",
        experiment=experiment_24,
        rule=rule_24,
        settings={
            "kinds": list(KINDS),
            "small": ["attention"],
            "rate": 0.006,
            "few": FEW,
            "many": MANY,
            "taught": ["attention"],
            "H": 64,
            "B": 32,
            "dropout": 0.1,
            "sentences": 300,
        },
        live_settings={"many": [], "taught": []},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
    )
)
