"""How good translations of sentence pairs are: BLEU with its interval, chrF, and the worst ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers import bleu, metrics, text


@dataclass(frozen=True)
class Example:
    """One translation beside what was wanted, with its chrF (0 to 100)."""

    source: str
    reference: str
    translation: str
    chrf: float

    def __str__(self) -> str:
        return f"{self.source}\n  wanted: {self.reference}\n  given:  {self.translation}"


@dataclass(frozen=True)
class Score:
    """How good a translator is on so many `pairs`.

    `exact_match` and `accepted` are the shares of the translations, in [0, 1], that equal the
    pair's own target, or any target that the pairs give for this source. `bleu` and `chrf` are
    those of the corpus, 0 to 100, one reference a pair; in `bleu_of_all` each different source
    counts once, against all its targets. `bleu_interval` is the 95 % bootstrap interval of `bleu`
    over the sentences, nan for a single pair, and `signature` says how `bleu` was counted, as
    sacreBLEU writes it. `note` says why BLEU is 0, or how many sources were cut off; `worst` are
    the translations that are furthest from what was wanted, by chrF, the worst first.
    """

    pairs: int
    exact_match: float
    accepted: float
    bleu: float
    bleu_interval: tuple[float, float]
    bleu_of_all: float
    chrf: float
    signature: str
    note: str
    worst: list[Example] = field(repr=False)

    def __str__(self) -> str:
        low, high = self.bleu_interval
        return (
            f"{self.pairs:,} pairs: BLEU {self.bleu:.1f} (95 % interval {low:.1f} – {high:.1f}), "
            f"chrF {self.chrf:.1f}, exact match {100 * self.exact_match:.1f} %"
        ) + (f"\n  {self.note}" if self.note else "")


def scored(
    pairs: Sequence[tuple[str, str]],
    found: Mapping[str, str],
    casefold: bool = False,
    worst: int = 10,
) -> Score:
    """Compare the translation of each source with the targets, in tokens of `text.tokenise`."""

    def tokens(sentence: str) -> list[str]:
        return text.tokenise(sentence.lower() if casefold else sentence)

    answers = [tokens(found[source]) for source, _ in pairs]
    references = [[tokens(target)] for _, target in pairs]
    wanted = [target for [target] in references]
    every: dict[str, list[list[str]]] = {}
    for (source, _), target in zip(pairs, wanted, strict=True):
        every.setdefault(source, []).append(target)
    statistics = bleu.bleu_statistics(answers, references)
    examples = [
        Example(*pair, found[pair[0]], bleu.chrf([answer], [[target]]))
        for pair, answer, target in zip(pairs, answers, wanted, strict=True)
    ]
    case = "lc" if casefold else "mixed"
    return Score(
        pairs=len(pairs),
        exact_match=metrics.exact_match(answers, wanted),
        accepted=float(np.mean([a in every[s] for (s, _), a in zip(pairs, answers, strict=True)])),
        bleu=float(bleu.bleu_from_statistics(statistics.sum(axis=0))),
        bleu_interval=bleu.bleu_interval(statistics) if len(pairs) > 1 else (math.nan, math.nan),
        bleu_of_all=bleu.corpus_bleu([tokens(found[s]) for s in every], [*every.values()]),
        chrf=bleu.chrf(answers, references),
        signature=bleu.signature(references, case=case, tokeniser="helpers.text.tokenise"),
        note=_why_zero(statistics.sum(axis=0)),
        worst=sorted(examples, key=lambda example: example.chrf)[:worst],
    )


def _why_zero(statistics: np.ndarray) -> str:
    """Say which run of words is missing where BLEU is 0; nothing where it is not."""
    matches, totals = np.split(statistics[2:], 2)
    if matches.all():
        return ""
    n = int(np.argmin(matches > 0)) + 1
    if not totals[n - 1]:
        words = "a word" if n == 1 else f"{n} words in a row"
        return f"BLEU is 0 because no translation has {words}: it counts runs of up to 4; read chrF"
    words = "word of any translation is" if n == 1 else f"{n} words in a row are"
    return f"BLEU is 0 because no {words} right; read chrF"
