"""Claim 26, measured in lesson 09: a source that is read from its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from course.claims.korean import right_answers, translator
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
    date_parts,
    plain,
    toy_batches,
    toy_exact,
    train,
)
from course.claims.seq2seq_challenges import TRIALS_26
from course.claims.trials import Grid

# --- claim 26 --------------------------------------------------------------------------------

FORWARD, REVERSED = "forward", "reversed"


def experiment_26(
    seed: int,
    tasks: Sequence[str],
    sources: Sequence[str],
    rates: Mapping[str, Mapping[str, float]],
    H: int,
    V: int,
    longest: int,
    steps: int,
    B: int,
    sequences: int,
    pairs: int,
    epochs: int,
    korean: Mapping[str, Any],
) -> Figures:
    """Train a plain Seq2Seq on each task twice, its sources as they stand and from their ends.

    Tasks are "copy" of 1 to `longest` symbols (to reverse is the same with both arms exchanged),
    "dates" of ten locales to be written in ISO 8601, and "Korean" to English, both of the width
    `korean["H"]`, the dates in batches of B/2.
    Exact match is measured on fresh or held-out sources; `rates` holds the learning rate of each
    task and direction.
    """
    import torch

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        for task in tasks:
            for direction in sources:
                torch.manual_seed(seed)
                turned, rate = direction == REVERSED, rates[task][direction]
                if task == "copy":
                    rng = np.random.default_rng([seed, 26])
                    lengths = range(1, longest + 1)
                    model = plain(FIRST + V, FIRST + V, H)
                    drawn = toy_batches("copy", steps, B, V, lengths, turned, rng)
                    train(model, [drawn].__getitem__, 1, rate)
                    each = sequences // longest
                    exact = [toy_exact(model, "copy", each, T, V, turned, rng)[0] for T in lengths]
                    figures[figure("exact", task=task, source=direction)] = float(np.mean(exact))
                elif task == "dates":
                    parts, sizes = date_parts(pairs, sequences)
                    H_dates = korean["H"]
                    figures |= turned_dates(
                        seed, parts, sizes, H_dates, B // 2, epochs, rate, direction
                    )
                else:
                    figures |= turned_korean(seed, rate, direction, sequences, **korean)
    return figures


def turned_dates(
    seed: int,
    parts: Mapping[str, Any],
    sizes: tuple[int, int],
    H: int,
    B: int,
    epochs: int,
    rate: float,
    direction: str,
) -> Figures:
    """Train on dates read in one direction; return exact match on new ones."""
    from helpers import seq2seq

    step = -1 if direction == REVERSED else 1
    turned = {name: ([one[::step] for one in part[0]], part[1]) for name, part in parts.items()}
    model = plain(*sizes, H)
    train(model, seq2seq.PairBatches(*turned["train"], B, seed), epochs, rate)
    return _scores(model, "dates", direction, {n: turned[n] for n in ("validation", "test")})


def turned_korean(
    seed: int, rate: float, direction: str, sequences: int, H: int, **training: Any
) -> Figures:
    """Train a Korean translator read in one direction; return exact match on new sentences."""
    from helpers.corpora import korean_english

    model, encode = translator(
        seed, partial(plain, H=H), rate=rate, turned=direction == REVERSED, **training
    )
    parts = {name: encode(korean_english.load(name)[:sequences]) for name in ("validation", "test")}
    return _scores(model, "Korean", direction, parts)


def _scores(model: Any, task: str, direction: str, parts: Mapping[str, Any]) -> Figures:
    """Return the fraction of sources that are answered exactly, on validation and test."""
    return {
        figure(name, task=task, source=direction): float(right_answers(model, *parts[part]).mean())
        for part, name in (("validation", "validation exact"), ("test", "exact"))
    }


def rule_26(record: Record) -> Verdict:
    """Judge "reversing the source helps a plain Seq2Seq" by exact match, each at its own rate.

    It helps a task if Welch's 95 % interval of the difference, reversed minus forward, is above 0,
    and harms it if it is below 0. The claim holds if it helps all tasks, holds within those that it
    helps where it helps some, and does not hold where it helps none.
    """
    helped: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for task in record.settings["tasks"]:
        two = [record.values("exact", task=task, source=s) for s in (FORWARD, REVERSED)]
        means = [100 * values.mean() for values in two]
        shown = f"{task} {means[0]:.0f} → {means[1]:.0f} %"
        (helped if difference(two[1], two[0]).low > 0 else others).append((task, shown))
    if not helped:
        return Verdict(FAILS, f"exact, forward → reversed: {', '.join(s for _, s in others)}")
    if not others:
        return Verdict(HOLDS, f"exact, forward → reversed: {', '.join(s for _, s in helped)}")
    return Verdict(
        HOLDS_WITHIN,
        f"{listed(s for _, s in helped)}; not {', '.join(s for _, s in others)}",
    )


RATES_26 = {
    "copy": {FORWARD: 0.03, REVERSED: 0.03},
    "dates": {FORWARD: 0.01, REVERSED: 0.01},
    "Korean": {FORWARD: 0.02, REVERSED: 0.02},
}


VALUES = {"copy": (0.01, 0.03, 0.1), "dates": (0.003, 0.01, 0.03), "Korean": (0.01, 0.02, 0.04)}


def _rates(task: str, direction: str) -> Grid:
    return Grid(
        f"the rate for {task}, {direction}",
        f"rates/{task}/{direction}",
        VALUES[task],
        figure("exact" if task == "copy" else "validation exact", task=task, source=direction),
        keep={"tasks": [task], "sources": [direction]},
        changes={"epochs": 3}
        if task == "dates"
        else {"epochs": 2, "pairs": 6000, "korean/epochs": 1},
    )


register(
    Claim(
        number=26,
        statement="Reversing the source helps a plain Seq2Seq.",
        source="Sutskever, Vinyals and Le 2014, arXiv:1409.3215, section 3.3",
        lesson="09_seq2seq",
        experiment=experiment_26,
        rule=rule_26,
        settings={
            "tasks": ["copy", "dates", "Korean"],
            "sources": [FORWARD, REVERSED],
            "rates": RATES_26,
            "H": 32,
            "V": 8,
            "longest": 10,
            "steps": 600,
            "B": 64,
            "sequences": 1000,
            "pairs": 8000,
            "epochs": 6,
            "korean": {"H": 64, "pairs": 25_000, "epochs": 2, "B": 32},
        },
        live_settings={"tasks": ["copy"]},
        seeds=(0, 1, 2, 3, 4),
        tolerance=0.01,
        conditions={
            "tasks": "copy 1 to 10 of 8 symbols; 8,000 dates of ten locales to ISO 8601; 25,000 "
            "Korean sentences to English",
            "arms": "the source as it stands, or from its end; two LSTMs that hand over (h, c)",
            "sizes": "32 units for copies, 64 for dates and Korean",
            "training": "Adam, clipped to norm 1; 600 steps of 64 copies, 6 passes over the dates "
            "and 2 over the Korean in batches of 32; the rate rises over 5 % and falls to 1 %",
            "rates": "each task and direction its own, from three by factors of 2 or 3, by "
            "exact match on validation after 3 passes over dates, 1 over Korean, seeds 100 and 101",
        },
        decides=tuple(
            figure("exact", task=task, source=source)
            for task in ("copy", "Korean")
            for source in (FORWARD, REVERSED)
        ),
        grids=tuple(_rates(t, direction) for t in RATES_26 for direction in (FORWARD, REVERSED)),
        trials=TRIALS_26,
    )
)
