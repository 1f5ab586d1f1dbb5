"""The exercises of lesson 00: one of each kind, to learn how exercises work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)

Array = np.ndarray

# 0.1 The context vector ------------------------------------------------------------------------


def context_vector(weights: Array, states: Array) -> Array:
    """Add up the states, each times its weight."""
    context = np.zeros(states.shape[1])
    for weight, state in zip(weights, states, strict=True):
        context = context + weight * state
    return context


def context_probes(rng: np.random.Generator) -> list[Probe]:
    """Make sentences of three morphemes, of one, and of as many as a state has numbers."""

    def probe(S: int, H: int, label: str = "") -> Probe:
        weights = rng.dirichlet(np.ones(S)) if S > 1 else np.ones(1)
        return Probe((weights, rng.normal(size=(S, H))), label=label)

    return [probe(3, 2), probe(1, 4, "one morpheme"), probe(4, 4, "S = H"), probe(5, 1, "H = 1")]


def _context_einsum(weights: Array, states: Array) -> Array:
    return np.einsum("s,sh->h", weights, states)


def _context_product(weights: Array, states: Array) -> Array:
    return weights @ states


def _context_broadcast(weights: Array, states: Array) -> Array:
    return (weights[:, None] * states).sum(axis=0)


def _context_torch(weights: Array, states: Array) -> Array:
    import torch

    w, h = torch.from_numpy(weights), torch.from_numpy(states)
    return torch.nn.functional.linear(w, h.T).numpy()


def _unweighted_sum(weights: Array, states: Array) -> Array:
    return states.sum(axis=0)


def _plain_mean(weights: Array, states: Array) -> Array:
    return states.mean(axis=0)


def _sum_over_numbers(weights: Array, states: Array) -> Array:
    return (weights[:, None] * states).sum(axis=1)


def _not_summed(weights: Array, states: Array) -> Array:
    return weights[:, None] * states


def _divided_again(weights: Array, states: Array) -> Array:
    return weights @ states / len(weights)


def _heaviest_only(weights: Array, states: Array) -> Array:
    return states[weights.argmax()]


def _last_term_only(weights: Array, states: Array) -> Array:
    for weight, state in zip(weights, states, strict=True):
        context = weight * state
    return context


register(
    CodeExercise(
        name="start.context_vector",
        title="The context vector",
        points=2,
        reference=context_vector,
        probes=context_probes,
        oracle=_context_torch,
        outputs=("context",),
        axes=("H",),
        equivalents={
            "einsum": _context_einsum,
            "matrix product": _context_product,
            "broadcasting": _context_broadcast,
            "torch": _context_torch,
        },
        mistakes=[
            Mistake(
                "unweighted",
                "You added the states without their weights. Multiply each state by its weight "
                "before you add.",
                _unweighted_sum,
            ),
            Mistake(
                "mean",
                "That is the plain mean: it gives every state the same weight. Here each state "
                "has a weight of its own.",
                _plain_mean,
            ),
            Mistake(
                "wrong_axis",
                "You added along the wrong axis: the result has one number for each morpheme. Add "
                "over the morphemes, so that one number is left for each entry of a state.",
                _sum_over_numbers,
            ),
            Mistake(
                "not_summed",
                "The weighted states are right, but they have not been added up yet. The "
                "context vector is their sum, of shape (H,).",
                _not_summed,
            ),
            Mistake(
                "divided_again",
                "You divided by the number of morphemes. The weights sum to one already, so the "
                "weighted sum is an average as it stands.",
                _divided_again,
            ),
            Mistake(
                "heaviest_only",
                "You took the state with the largest weight and dropped the others. They count, "
                "too, each by its weight.",
                _heaviest_only,
            ),
            Mistake(
                "last_term_only",
                "Only the last morpheme's product is left: each turn of the loop overwrites the "
                "one before. Add to what is there.",
                _last_term_only,
            ),
        ],
        properties=[
            Property(
                "Your context vector is not the state of the one morpheme that has all the weight.",
                lambda outputs, probes: all(
                    np.allclose(output, probe.args[1][probe.args[0].argmax()])
                    for output, probe in zip(outputs, probes, strict=True)
                ),
                probes=lambda rng: [
                    Probe((np.eye(4)[2], rng.normal(size=(4, 3))), label="all weight on one")
                ],
            )
        ],
        hints=[
            "The context vector is a mixture of the states. A state with weight 0.8 gives 80 % of "
            "itself to the mixture.",
            "`weights` has shape (S,), `states` has shape (S, H): one row a morpheme. The result "
            "has shape (H,): as many numbers as one state.",
            "Begin with zeros. Go through weights and rows together; add weight times row each "
            "time. (A matrix product does the same without a loop.)",
            "`context = context + weights[j] * states[j]`",
        ],
        solved="You have written the second half of an attention layer. Lesson 11 finds the "
        "weights.",
        survivors={
            "4: zip(weights, states, strict=True) → zip(states, weights, strict=True)": "each pair "
            "is multiplied, and a product does not depend on the order",
        },
    )
)

# 0.2 Read the figure ---------------------------------------------------------------------------

register(
    ValueExercise(
        name="start.read_alignment",
        title="Read the alignment",
        points=1,
        answer="어서",
        mistakes=[
            Mistake(
                "row_below",
                "That is where “the weather” looks, one row further down. Find the row of "
                "“because” and look along it for its darkest cell.",
                "날씨",
            ),
            Mistake(
                "last_row",
                "That is where “hot” looks. Find the row of “because”.",
                "덥",
            ),
            Mistake(
                "first_word",
                "나 is where “I” looks. Find “because” among the rows, then go along that row.",
                "나",
            ),
            Mistake(
                "written_word",
                "That is the word as it is written. The figure has its morphemes: which of them?",
                "더워서",
            ),
            Mistake(
                "english_word",
                "That is the English word. Which Korean morpheme does its row point at?",
                "because",
            ),
        ],
        hints=[
            "Each row of the figure belongs to one English word and sums to one.",
            "The answer is a string: one of the labels below the figure.",
            "Find the row “because”, look for its darkest cell, then read the label below it.",
            "`answer = '…'` with the ending that gives a reason.",
        ],
        solved="Korean says “because” with an ending behind the verb. Nobody told the model so.",
    )
)

# 0.3 Find the bug ------------------------------------------------------------------------------


def exact(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> float:
    """Return the fraction of answers that equal what was wanted, word for word."""
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        if len(answer) == len(want) and all(a == w for a, w in zip(answer, want, strict=True)):
            hits += 1
    return hits / len(wanted)


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


def _exact_plain(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return sum(list(a) == list(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _exact_mean(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return np.mean([" ".join(a) == " ".join(w) for a, w in zip(answers, wanted, strict=True)])


def _stops_at_shorter(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        if all(a == w for a, w in zip(answer, want, strict=False)):
            hits += 1
    return hits / len(wanted)


def _same_words(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return sum(sorted(a) == sorted(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _same_set(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return sum(set(a) == set(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _length_only(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return sum(len(a) == len(w) for a, w in zip(answers, wanted, strict=True)) / len(wanted)


def _stops_the_program(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        if all(a == w for a, w in zip(answer, want, strict=True)):
            hits += 1
    return hits / len(wanted)


def _one_word_is_enough(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        same = any(a == w for a, w in zip(answer, want, strict=False))
        hits += same and len(answer) == len(want)
    return hits / len(wanted)


def _per_cent(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return 100 * _exact_plain(answers, wanted)


def _count(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    return float(sum(list(a) == list(w) for a, w in zip(answers, wanted, strict=True)))


def _word_by_word(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    hits = sum(
        a == w
        for answer, want in zip(answers, wanted, strict=True)
        for a, w in zip(answer, want, strict=False)
    )
    return hits / sum(len(want) for want in wanted)


def _only_too_short(answers: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> Any:
    hits = 0
    for answer, want in zip(answers, wanted, strict=True):
        same = all(a == w for a, w in zip(answer, want, strict=False))
        hits += same and len(answer) >= len(want)
    return hits / len(wanted)


register(
    CodeExercise(
        name="start.exact",
        title="Find the bug: too many hits",
        points=2,
        reference=exact,
        probes=exact_probes,
        oracle=_exact_plain,
        given=_stops_at_shorter,
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
        ],
        hints=[
            "Try it by hand: which pairs of words does `zip` give for the answer “I am” and the "
            "wanted “I am a student”?",
            "`answers` and `wanted` are lists of equally many sentences; a sentence is a list of "
            "words. The result is one number between 0 and 1.",
            "`zip` stops at the shorter of the two. Compare the lengths as well, or compare the "
            "two lists as wholes.",
            "`if list(answer) == list(want):`",
        ],
        solved="A score that forgives too much is worse than none: it is believed. "
        "(`zip(…, strict=True)` raises an error where lengths differ.)",
        survivors={
            "4: zip(answers, wanted, strict=True) → zip(wanted, answers, strict=True)": (
                "answer and wanted sentence only change names; to be equal is mutual"
            ),
            "5: zip(answer, want, strict=True) → zip(want, answer, strict=True)": "two words are "
            "equal whichever comes first",
        },
    )
)

# 0.4 An open question --------------------------------------------------------------------------

register(
    OpenExercise(
        name="start.limits",
        title="Break it yourself",
        points=3,
        rubric=[
            "1 point: at least three sentences that the reader made, with their translations and "
            "whether each is right.",
            "1 point: they vary one thing at a time (length, one word, word order), so that they "
            "show something.",
            "1 point: a guess at the reason that fits the examples, and one more sentence that "
            "could prove the guess wrong.",
        ],
    )
)
