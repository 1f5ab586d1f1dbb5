"""Exercise 14.4: a word is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    register,
)


def without_word(
    words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int
) -> tuple[list[str], list[tuple[int, int]]]:
    """The sentence without one word, and the links of what is left, with their new numbers."""
    left = [word for i, word in enumerate(words) if i != lost]
    links = [(i - (i > lost), j) for i, j in alignment if i != lost]
    return left, links


def _word_probes(rng: np.random.Generator) -> list[Probe]:
    def one(S: int, T: int, lost: int) -> tuple[Any, ...]:
        words = [f"w{n}" for n in rng.integers(0, 9, size=S)]
        dense = rng.random((S, T)) < 0.45
        dense[lost, 0] = True
        return words, [(int(i), int(j)) for i, j in zip(*dense.nonzero(), strict=True)], lost

    student = ["나", "는", "학생", "이다"], [(0, 0), (2, 3), (3, 1)]
    return [
        Probe((*student, 2), label="the example"),
        Probe((*student, 0), label="the first word"),
        Probe((*student, 3), label="the last word"),
        Probe((*student, 1), label="a word without a link"),
        Probe(one(6, 4, 2)),
        Probe(one(5, 7, 3)),
        Probe(
            (["비", "눈", "비", "곰"], [(0, 2), (1, 1), (2, 0), (3, 1)], 2),
            label="a word that is repeated",
        ),
        Probe(
            (["비", "눈", "곰"], [(2, 0), (0, 1), (1, 2), (0, 0)], 1),
            label="links that are not sorted",
        ),
    ]


def _word_numpy(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    links = np.array(alignment)
    links = links[links[:, 0] != lost]
    links[:, 0] -= links[:, 0] > lost
    left = np.delete(np.array(words, dtype=object), lost).tolist()
    return left, [tuple(link) for link in links.tolist()]


def _word_sorted(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left, links = without_word(words, alignment, lost)
    return left, sorted(links)


def _word_mapping(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    places = [i for i in range(len(words)) if i != lost]
    number = {old: new for new, old in enumerate(places)}
    return [words[i] for i in places], [(number[i], j) for i, j in alignment if i in number]


def _word_with(link: Any, keep: Any = lambda i, j, lost: i != lost) -> Any:
    def answer(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
        left = [word for i, word in enumerate(words) if i != lost]
        return left, [link(i, j, lost) for i, j in alignment if keep(i, j, lost)]

    return answer


def _all_alike(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left = [word for word in words if word != words[lost]]
    return left, without_word(words, alignment, lost)[1]


def _first_alike(words: Sequence[str], alignment: Sequence[tuple[int, int]], lost: int) -> Any:
    left = list(words)
    left.remove(words[lost])
    return left, without_word(words, alignment, lost)[1]


register(
    CodeExercise(
        name="capstone.without_word",
        title="A word is missing",
        points=2,
        reference=without_word,
        probes=_word_probes,
        oracle=_word_numpy,
        equivalents={"numpy": _word_numpy, "mapping": _word_mapping},
        outputs=("words", "alignment"),
        mistakes=[
            Mistake(
                "sorted_links",
                "You sorted the links. They are to stay in their old order.",
                _word_sorted,
            ),
            Mistake(
                "old_numbers",
                "The words behind the gap have moved up by one, but your links still give their "
                "old places.",
                _word_with(lambda i, j, lost: (i, j)),
            ),
            Mistake(
                "link_kept",
                "A link of the lost word is still there. It has no source any more: leave it out.",
                _word_with(lambda i, j, lost: (i - (i > lost), j), lambda i, j, lost: True),
            ),
            Mistake(
                "all_moved",
                "You moved every link. The words before the gap stay where they are.",
                _word_with(lambda i, j, lost: (i - 1, j)),
            ),
            Mistake(
                "before_moved",
                "You moved the links before the gap. Those behind it move.",
                _word_with(lambda i, j, lost: (i - (i < lost), j)),
            ),
            Mistake(
                "target_moved",
                "You renumbered the target's side. The gap is in the source; the translation is "
                "whole.",
                _word_with(lambda i, j, lost: (i, j - (j > lost))),
            ),
            Mistake(
                "both_moved",
                "The source's side is right, but you renumbered the target's as well. The "
                "translation is whole.",
                _word_with(lambda i, j, lost: (i - (i > lost), j - (j > lost))),
            ),
            Mistake(
                "all_alike",
                "You left out every word that looks like the lost one. Compare places, not words.",
                _all_alike,
            ),
            Mistake(
                "by_target",
                "You left out the links whose second number is `lost`. The first one counts the "
                "source's words.",
                _word_with(
                    lambda i, j, lost: (i - (i > lost), j),
                    lambda i, j, lost: j != lost,
                ),
            ),
            Mistake(
                "alignment_whole",
                "The words are right, but the alignment is as it was. The lost word's links have "
                "to go, and the words behind the gap have moved up by one.",
                lambda words, alignment, lost: (
                    [word for i, word in enumerate(words) if i != lost],
                    list(alignment),
                ),
            ),
            Mistake(
                "words_whole",
                "The links are right, but the lost word is still among the words.",
                lambda words, alignment, lost: (
                    list(words),
                    without_word(words, alignment, lost)[1],
                ),
            ),
            Mistake(
                "first_alike",
                "You left out the first word that looks like the lost one, as `list.remove` does. "
                "Compare places, not words.",
                _first_alike,
            ),
        ],
        hints=[
            "What happens to the places of the words behind a gap?",
            "A list of words, a list of links (source, target), both counted from 0, and a place.",
            "Leave out one word. Leave out its links. In the other links count the source one "
            "lower if it stood behind the gap.",
            "`(i - (i > lost), j)`",
        ],
        survivors={"6: i > lost → i >= lost": "where i is `lost` the link is left out anyway"},
        solved="Each time a corpus is changed, its annotation has to change with it. A wrong link "
        "raises no error. It only makes a measurement wrong.",
    )
)
