"""Exercise 0.3: find the bug in a score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register

Sentences = Sequence[Sequence[str]]


def exact(answers: Sentences, wanted: Sentences) -> float:
    """Return the fraction of answers that equal what was wanted, word for word."""
    hits = [list(a) == list(w) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def exact_probes(rng: np.random.Generator) -> list[Probe]:
    """Make translations that are right, too short, too long, reordered, or have one wrong word."""
    words = ["I", "am", "a", "student", "you", "read", "the", "book"]

    def sentence(length: int) -> list[str]:
        return [str(word) for word in rng.choice(words, size=length, replace=False)]

    s = [sentence(length) for length in (4, 5, 3, 6)]
    right = [list(x) for x in s]
    return [
        Probe(([s[0]], [right[0]]), label="one right answer"),
        Probe(([s[0][:2], s[1]], [right[0], right[1]]), label="one answer stops early"),
        Probe(([s[0], [*s[1], "book"]], [right[0], right[1]]), label="one answer goes on"),
        Probe(([s[3][::-1], s[2]], [right[3], right[2]]), label="one answer is reversed"),
        Probe(([["I", *s[2]], ["we"]], [["I", *right[2]], ["us"]]), label="the only word is wrong"),
        Probe(([["we", *s[2]], s[0]], [["us", *right[2]], right[0]]), label="one word is wrong"),
        Probe(([[], s[0], s[1]], [right[2], right[0], right[1]]), label="one answer is empty"),
        Probe(([["the", "the"], s[1]], [["the"], right[1]]), label="a word is repeated"),
        Probe(([["i"], s[1]], [["I"], right[1]]), label="a small letter for a capital one"),
        Probe(([["a", "part"], s[1]], [["apart"], right[1]]), label="two words for one"),
        Probe(([s[0], s[1], s[2]], [right[0], right[2], right[1]]), label="answers exchanged"),
    ]


def _exact_plain(answers: Sentences, wanted: Sentences) -> Any:
    return sum(list(a) == list(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _exact_mean(answers: Sentences, wanted: Sentences) -> Any:
    return np.mean([" ".join(a) == " ".join(w) for a, w in zip(answers, wanted, strict=True)])


def given(answers: Sentences, wanted: Sentences) -> Any:
    """The function with the bug, as the learner finds it."""
    hits = []
    for answer, want in zip(answers, wanted):  # noqa: B905 - as in the lesson
        hits.append(all(a == w for a, w in zip(answer, want)))  # noqa: B905
    return sum(hits) / len(hits)


def _same_words(answers: Sentences, wanted: Sentences) -> Any:
    return sum(sorted(a) == sorted(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _same_set(answers: Sentences, wanted: Sentences) -> Any:
    return sum(set(a) == set(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _length_only(answers: Sentences, wanted: Sentences) -> Any:
    return sum(len(a) == len(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _stops_the_program(answers: Sentences, wanted: Sentences) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        if all(a == w for a, w in zip(answer, want, strict=True)):
            hits += 1
    return hits / len(wanted)


def _one_word_is_enough(answers: Sentences, wanted: Sentences) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        same = any(a == w for a, w in zip(answer, want, strict=False))
        hits += same and len(answer) == len(want)
    return hits / len(wanted)


def _per_cent(answers: Sentences, wanted: Sentences) -> Any:
    return 100 * _exact_plain(answers, wanted)


def _count(answers: Sentences, wanted: Sentences) -> Any:
    return float(sum(list(a) == list(w) for a, w in zip(answers, wanted, strict=True)))


def _word_by_word(answers: Sentences, wanted: Sentences) -> Any:
    hits = sum(
        a == w
        for answer, want in zip(answers, wanted, strict=True)
        for a, w in zip(answer, want, strict=False)
    )
    return hits / sum(len(want) for want in wanted)


def _only_too_short(answers: Sentences, wanted: Sentences) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        same = all(a == w for a, w in zip(answer, want, strict=False))
        hits += same and len(answer) >= len(want)
    return hits / len(wanted)


def _only_too_long(answers: Sentences, wanted: Sentences) -> Any:
    hits = [
        len(a) <= len(w) and all(x == y for x, y in zip(a, w, strict=False))
        for a, w in zip(answers, wanted, strict=True)
    ]
    return sum(hits) / len(hits)


def _anywhere(answers: Sentences, wanted: Sentences) -> Any:
    return sum(a in wanted for a in answers) / len(wanted)


def _glued(answers: Sentences, wanted: Sentences) -> Any:
    return sum("".join(a) == "".join(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _any_case(answers: Sentences, wanted: Sentences) -> Any:
    hits = [
        " ".join(a).lower() == " ".join(w).lower() for a, w in zip(answers, wanted, strict=True)
    ]
    return sum(hits) / len(hits)


def _all_or_nothing(answers: Sentences, wanted: Sentences) -> Any:
    return float(list(map(list, answers)) == list(map(list, wanted)))


def _last_pair_only(answers: Sentences, wanted: Sentences) -> Any:
    hits = [list(answers[-1]) == list(wanted[-1])]
    return sum(hits) / len(hits)


def _over_words(answers: Sentences, wanted: Sentences) -> Any:
    hits = sum(list(a) == list(w) for a, w in zip(answers, wanted, strict=True))
    return hits / sum(len(w) for w in wanted)


def _skips_other_lengths(answers: Sentences, wanted: Sentences) -> Any:
    pairs = zip(answers, wanted, strict=True)
    hits = [list(a) == list(w) for a, w in pairs if len(a) == len(w)]
    return sum(hits) / len(hits)


def _any_word(answers: Sentences, wanted: Sentences) -> Any:
    hits = [
        any(x == y for x, y in zip(a, w, strict=False))
        for a, w in zip(answers, wanted, strict=True)
    ]
    return sum(hits) / len(hits)


def _same_object(answers: Sentences, wanted: Sentences) -> Any:
    return sum(a is w for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _of_compared_words(answers: Sentences, wanted: Sentences) -> Any:
    hits = [
        x == y for a, w in zip(answers, wanted, strict=True) for x, y in zip(a, w, strict=False)
    ]
    return sum(hits) / len(hits)


def _by_index(answers: Sentences, wanted: Sentences) -> Any:
    hits = [all(a[i] == w[i] for i in range(len(w))) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def _by_answer_s_index(answers: Sentences, wanted: Sentences) -> Any:
    hits = [all(a[i] == w[i] for i in range(len(a))) for a, w in zip(answers, wanted, strict=True)]
    return sum(hits) / len(hits)


def _lists_equal(answers: Sentences, wanted: Sentences) -> Any:
    return answers == wanted


_MORE = [
    Mistake(
        "skips_other_lengths",
        "An answer of another length is left out altogether, so it does not count as wrong. It is "
        "wrong: append `False` for it.",
        _skips_other_lengths,
    ),
    Mistake(
        "any_word",
        "`any` is content with one right word, and answers of another length still pass. All "
        "words have to be right, and there must be equally many.",
        _any_word,
    ),
    Mistake(
        "same_object",
        "`is` asks whether two names mean one and the same list. `==` asks whether two lists hold "
        "the same words.",
        _same_object,
    ),
    Mistake(
        "of_compared_words",
        "This is the fraction of right words among those compared. Exact match counts sentences: "
        "append one value for each.",
        _of_compared_words,
    ),
    Mistake(
        "by_index",
        "An answer that stops early has no word at some index, so the function stops with an "
        "error; one that goes on too long still passes. Compare the lengths as well.",
        _by_index,
    ),
    Mistake(
        "by_answer_s_index",
        "This compares as many words as the answer has, so an answer that stops early still "
        "passes. Compare the lengths as well.",
        _by_answer_s_index,
    ),
    Mistake(
        "lists_equal",
        "This says whether *all* sentences are right. Compare sentence by sentence and return a "
        "fraction.",
        _lists_equal,
    ),
    Mistake(
        "only_too_long",
        "Answers that go on too long are caught now. An answer that stops early is wrong, too: "
        "“I am” for “I am a student”.",
        _only_too_long,
    ),
    Mistake(
        "anywhere",
        "This counts an answer if it is right for *any* sentence. Compare it with the sentence "
        "wanted in the same place.",
        _anywhere,
    ),
    Mistake(
        "glued",
        "Joined without a space, “a part” equals “apart”. Compare the lists of words.",
        _glued,
    ),
    Mistake(
        "any_case",
        "This ignores capital letters. Word for word means that “i” for “I” is wrong.",
        _any_case,
    ),
    Mistake(
        "all_or_nothing",
        "This compares the two whole lists, so a single wrong answer makes the score 0. Compare "
        "sentence by sentence.",
        _all_or_nothing,
    ),
    Mistake(
        "last_pair_only",
        "Only the last sentence counts: the comparison has to be made inside the loop.",
        _last_pair_only,
    ),
    Mistake(
        "over_words",
        "You divided by the number of words. Divide by the number of sentences.",
        _over_words,
    ),
]

register(
    CodeExercise(
        name="start.exact",
        title="Find the bug: too many hits",
        points=2,
        package="metrics.exact_match",
        reference=exact,
        probes=exact_probes,
        oracle=_exact_plain,
        given=given,
        outputs=("fraction",),
        equivalents={
            "list equality": _exact_plain,
            "joined strings": _exact_mean,
        },
        mistakes=[
            Mistake(
                "only_too_short",
                "Answers that stop early are caught now. An answer that goes on after the right "
                "words is wrong, too.",
                _only_too_short,
            ),
            Mistake(
                "stops_the_program",
                "`strict=True` stops the program where lengths differ. An answer of another length "
                "is just wrong: count no hit and go on.",
                _stops_the_program,
            ),
            Mistake(
                "one_word_is_enough",
                "`any` is content with one right word. All of them have to be right.",
                _one_word_is_enough,
            ),
            Mistake(
                "per_cent", "That is per cent. A fraction between 0 and 1 is wanted.", _per_cent
            ),
            Mistake(
                "same_words",
                "This forgets the order: “the dog bites the man” would equal “the man bites the "
                "dog”.",
                _same_words,
            ),
            Mistake(
                "same_set",
                "A set forgets both the order of the words and how often each stands there.",
                _same_set,
            ),
            Mistake(
                "length_only",
                "This compares the lengths alone. The words have to agree as well.",
                _length_only,
            ),
            Mistake(
                "count", "This is the number of hits. Divide by the number of sentences.", _count
            ),
            Mistake(
                "word_by_word",
                "This is the fraction of right words. Exact match asks for whole sentences: one "
                "wrong word and the sentence does not count.",
                _word_by_word,
            ),
            *_MORE,
        ],
        hints=[
            "Try it by hand: which pairs of words does `zip` give for the answer “I am” and the "
            "wanted “I am a student”?",
            "`answers` and `wanted` are lists of equally many sentences; a sentence is a list of "
            "words. The result is one number between 0 and 1.",
            "`zip` stops at the shorter of the two. Compare the lengths as well, or compare the "
            "two lists as wholes.",
            "`hits.append(answer == want)`",
        ],
        solved="From here on, the lesson measures with your function.",
        survivors={
            "3: list(a) → a": "every sentence of the probes is a list already",
            "3: list(w) → w": "every sentence of the probes is a list already",
            "3: zip(answers, wanted, strict=True) → zip(wanted, answers, strict=True)": (
                "answer and wanted sentence only change names; to be equal is mutual"
            ),
        },
    )
)
