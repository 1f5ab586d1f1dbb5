"""Attempts to overturn what lessons 13 and 14 say: claims 23 and 24, positions, and parts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from unittest import mock

import numpy as np

from course.claims.trials import Trial

THREE = (10, 11, 12)
TWO = ["attention", "Transformer"]
PLAIN = ["plain", "peeky"]

# --- claim 23 --------------------------------------------------------------------------------


def _longest(pairs: int, epochs: int) -> tuple[str, ...]:
    return tuple(
        f"exact kind={kind} pairs={pairs} epochs={epochs} part={part}"
        for part in ("test", "test_longer")
        for kind in reversed(TWO)
    )


TRIALS_23 = (
    Trial(
        "a tenth of the pairs, 3,600, and a quarter of the updates: 10 passes",
        {"trainings": {"3600": [10]}, "kinds": {"3600": TWO}},
        seeds=THREE,
        decides=_longest(3600, 10),
    ),
    Trial(
        "half the width, half the pairs and half the updates: 32 units, 4 passes over 18,000",
        {"trainings": {"18000": [4]}, "kinds": {"18000": TWO}, "H": 32},
        seeds=THREE,
        decides=_longest(18_000, 4),
    ),
    Trial(
        "no dropout",
        {"trainings": {"36000": [4]}, "kinds": {"36000": TWO}, "dropout": 0.0},
        seeds=THREE,
        decides=_longest(36_000, 4),
    ),
)

# --- claim 24 --------------------------------------------------------------------------------


def with_worse_damage(seed: int, **settings: Any) -> dict[str, float]:
    """Run experiment 24 with input that is damaged more.

    The morphemes come in the opposite order, without the particles of subject and object; every
    third one is missing, or all behind the first third.
    """
    from course.claims import broken_input as module
    from course.claims.four_translators import particles

    movable = module.reordered

    def turned(pair: Any) -> tuple[str, ...] | None:
        return None if movable(pair) is None else tuple(pair.morphemes[::-1])

    def bare(pair: Any) -> tuple[str, ...]:
        return tuple(m for i, m in enumerate(pair.morphemes) if i not in particles(pair))

    def with_gaps(pair: Any, _rng: Any) -> tuple[tuple[str, ...], list[int]]:
        left = [i for i in range(len(pair.morphemes)) if i % 3 != 1]
        return tuple(pair.morphemes[i] for i in left), left

    def first_third(pair: Any) -> tuple[tuple[str, ...], list[int]]:
        left = list(range((len(pair.morphemes) + 2) // 3))
        return tuple(pair.morphemes[i] for i in left), left

    with mock.patch.multiple(
        module,
        reordered=turned,
        without_object_particle=bare,
        with_gap=with_gaps,
        first_half=first_third,
    ):
        return module.experiment_24(seed, **settings)


_RUNS_24 = {"runs": [[kind, 3600, 10, "written"] for kind in TWO]}


_GIVEN = (
    ("BLEU", "whole"),
    ("BLEU", "reordered"),
    ("BLEU", "no particle"),
    ("words", "whole for gap"),
    ("words", "gap"),
    ("words", "whole for cut"),
    ("words", "cut"),
)
_DAMAGED = tuple(
    f"{name} kind={kind} pairs=3600 training=written input={given}"
    for kind in TWO
    for name, given in _GIVEN
)

TRIALS_24 = (
    Trial(
        "a tenth of the pairs and a quarter of the updates, two of the five models",
        _RUNS_24,
        seeds=THREE,
        decides=_DAMAGED,
    ),
    Trial(
        "worse damage: from the end, no particle of both, a third missing, two thirds cut off; a "
        "tenth of the pairs, two models",
        _RUNS_24,
        seeds=THREE,
        experiment=with_worse_damage,
        decides=_DAMAGED,
    ),
    Trial(
        "the two models without attention, and a tenth of the pairs",
        {"runs": [[kind, 3600, 10, "written"] for kind in PLAIN]},
        seeds=THREE,
        decides=tuple(
            f"{name} kind={kind} pairs=3600 training=written input={given}"
            for kind in PLAIN
            for name, given in _GIVEN
        ),
    ),
)

# --- relative positions ----------------------------------------------------------------------

POSITIONS = ["added", "within", "within and across"]
STEPS, LONGEST, TESTED, SYMBOLS = 800, 8, 10, 8


def on_symbols(
    seed: int, task: str, moved: int, arms: Mapping[str, Any], B: int, **_others: Any
) -> dict[str, float]:
    """Train the arms of relative positions on 1 to 8 random symbols; test them on 10.

    With `moved`, the added positions of each training batch begin at a place drawn from 0 to
    `moved`, the same for source and target: larger places are not new in the test.
    """
    import torch

    from course.claims import positions
    from course.claims.seq2seq import FIRST, toy_batches, toy_exact
    from helpers import seq2seq, training

    figures = {}
    with torch.random.fork_rng(devices=[]):
        for arm, how in arms.items():
            torch.manual_seed(seed)
            model = positions.translator(FIRST + SYMBOLS, FIRST + SYMBOLS, how)
            if arm == positions.ADDED and moved:
                _move(model, moved)
            rng = np.random.default_rng([seed, 13])
            drawn = toy_batches(task, STEPS, B, SYMBOLS, range(1, LONGEST + 1), False, rng)
            training.fit(
                model,
                [drawn].__getitem__,
                seq2seq.next_token_loss,
                epochs=1,
                learning_rate=how["rate"],
                schedule=training.warm_up_then_decay(how["warm_up"]),
                progress=False,
            )
            for part, T in (("test", LONGEST), ("test_longer", TESTED)):
                right, _ = toy_exact(model, task, 300, T, SYMBOLS, False, rng)
                figures[f"exact arm={arm} part={part}"] = right
    return figures


def _move(model: Any, most: int) -> None:
    """Let the added positions of each training batch begin anywhere from 0 to `most`."""
    import torch

    made, place = model.embed, [0]

    def embed(embedding: Any, tokens: Any, first: int = 0) -> Any:
        if embedding is model.source_embedding:  # read first; the target begins where it does
            place[0] = int(torch.randint(most + 1, ())) if model.training else 0
        return made(embedding, tokens, first + place[0])

    model.embed = embed


_SMALL = {
    f"arms/{arm}/{key}": value
    for arm in POSITIONS
    for key, value in {"d_model": 32, "d_ff": 64, "rate": 0.008}.items()
} | {"B": 32}
_EXACT = tuple(f"exact arm={a} part={p}" for a in POSITIONS for p in ("test", "test_longer"))

TRIALS_POSITIONS = (
    Trial(
        "another task: 1 to 8 random symbols, to be written backwards, and 10 in the test; a "
        "third of the width",
        _SMALL,
        keep={"arms": POSITIONS},
        seeds=THREE,
        experiment=partial(on_symbols, task="reverse", moved=0),
        decides=_EXACT,
    ),
    Trial(
        "a stronger opponent, added positions that begin anywhere in training, on copies of 1 to "
        "8 random symbols, and of 10 in the test; a third of the width",
        _SMALL,
        keep={"arms": POSITIONS},
        seeds=THREE,
        experiment=partial(on_symbols, task="copy", moved=8),
        decides=_EXACT,
    ),
    Trial(
        "a third of the pairs, 12,000, and no more passes",
        {f"arms/{arm}/pairs": 12_000 for arm in POSITIONS} | {"looked": 0},
        keep={"arms": POSITIONS},
        seeds=THREE,
        decides=_EXACT,
    ),
)

# --- the parts of a Transformer --------------------------------------------------------------

_ONE_RATE = {
    "whole": 0.03,
    "no residuals": 0.003,
    "no normalisation": 0.0003,
    "no warm-up": 0.03,
    "post-norm": 0.003,
    "post-norm, no warm-up": 0.003,
}


def _at(times: float) -> dict[str, Any]:
    """Return settings with one rate a network, for those in question `times` that of _ONE_RATE."""
    kept = ("no residuals", "no normalisation")
    rates = {kind: [rate * (1 if kind in kept else times)] for kind, rate in _ONE_RATE.items()}
    return {"kinds": rates, "clips": {"1": list(rates), "none": []}, "sequences": 20}


def _compared(times: float) -> tuple[str, ...]:
    rates = {kind: f"{rate * times:g}" for kind, rate in _ONE_RATE.items()}
    compared = ("whole", "no warm-up", "post-norm", "post-norm, no warm-up")
    return tuple(f"exact kind={kind} rate={rates[kind]} clip=1" for kind in compared)


TRIALS_PARTS = (
    Trial(
        "a rate at the edge, 0.06 (post-norm 0.006), with a warm-up over 30 % of the steps or none",
        {**_at(2), "warm_up": 0.3},
        seeds=THREE,
        decides=_compared(2),
    ),
    Trial(
        "batches of 8, not 32, at one high rate each: 0.03, post-norm 0.003",
        {**_at(1), "B": 8},
        seeds=THREE,
        decides=_compared(1),
    ),
    Trial(
        "twelve blocks a stack, not six, at one high rate each: 0.03, post-norm 0.003",
        {**_at(1), "sizes": [32, 4, 12, 64]},
        seeds=THREE,
        decides=_compared(1),
    ),
)
