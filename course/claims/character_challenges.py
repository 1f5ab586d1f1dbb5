"""Attempts to overturn the verdict of the character language model."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

from course.claims.trials import Trial

THREE = (10, 11, 12)

# --- character model -------------------------------------------------------------------------

TO_TEST = 20_000  # characters of the test's and of the validation's text


def on_sentences(
    seed: int, length: int, models: Mapping[str, Mapping[str, Any]], orders: Sequence[int]
) -> dict[str, float]:
    """Run the experiment of the character model on the English sentences of the course's grammar.

    Of the training text there are `length` characters. The best order is the one that is best on
    the validation text.
    """
    from course.claims import character_language_model as module
    from helpers.corpora import python_docs
    from helpers.language import KneserNey

    parts = {"train": length, "validation": TO_TEST, "test": TO_TEST}
    ids = {part: python_docs.encode(_sentences(part)[:few]) for part, few in parts.items()}
    figures: dict[str, float] = {}
    bits: dict[str, dict[int, float]] = {"validation": {}, "test": {}}
    for order in orders:
        fitted = KneserNey(order, len(python_docs.alphabet())).fit(ids["train"])
        for part, of_order in bits.items():
            of_order[order] = fitted.bits_per_token(ids[part])
            figures[f"n-gram bits part={part} order={order}"] = of_order[order]
    best = min(orders, key=lambda order: bits["validation"][order])
    figures["n-gram bits, best"], figures["best order"] = bits["test"][best], best
    with mock.patch.multiple(
        module, part_ids=ids.__getitem__, best_ngram_bits=lambda: bits["test"][best]
    ):
        for name, given in models.items():
            figures |= module.measured_network(seed, name, given)
    return figures


@functools.cache
def _sentences(part: str) -> str:
    """Return the English sentences of one part of the corpus, each on a line of its own."""
    from helpers.corpora import korean_english

    return "\n".join(" ".join(pair.english) for pair in korean_english.load(part))


def _small(steps: int) -> dict[str, Any]:
    """Return settings of two networks of about 80,000 weights each."""
    own = {"plain": {"H": 224, "rate": 0.006}, "gated": {"H": 128, "rate": 0.01}}
    both = {"steps": steps, "looks": [steps], "dropped": 0.0}
    return {
        f"models/{name}/{key}": value
        for name, sizes in own.items()
        for key, value in {**sizes, **both}.items()
    }


def _above(steps: int) -> tuple[str, ...]:
    above = tuple(f"above n-gram model={name} steps={steps}" for name in ("plain", "gated"))
    return (*above, "n-gram bits, best", "best order")


_KEPT: dict[str, list[Any]] = {"models": ["plain", "gated"], "orders": list(range(6, 21))}

TRIALS_CHARACTERS = (
    Trial(
        "another text, 300,000 characters of the course's English sentences; networks of 80,000 "
        "weights, not 393,000, and half the steps",
        _small(1500),
        keep=_KEPT,
        seeds=THREE,
        experiment=functools.partial(on_sentences, length=300_000),
        decides=_above(1500),
    ),
    Trial(
        "a tenth of that other text, 30,000 characters, and 400 steps",
        _small(400),
        keep=_KEPT,
        seeds=THREE,
        experiment=functools.partial(on_sentences, length=30_000),
        decides=_above(400),
    ),
    Trial(
        "about half the units, 275 and 160, and half the steps",
        {
            f"models/{name}/{key}": value
            for name, H in (("plain", 275), ("gated", 160))
            for key, value in {"H": H, "steps": 1500, "looks": [1500]}.items()
        },
        keep={"models": ["plain", "gated"]},
        seeds=THREE,
        decides=_above(1500)[:2],
    ),
)
