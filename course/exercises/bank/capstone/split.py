"""Exercise 14.5: find the bugs: a test that was seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    Probe,
    Property,
    register,
)

Pair = Sequence[str]


def given_split(pairs: Sequence[Pair], k: int) -> tuple[list[Pair], list[Pair], list[str]]:
    """The colleague's split, as the learner finds it."""
    train = [pair for n, pair in enumerate(pairs) if n % k != 0]
    test = [pair for n, pair in enumerate(pairs) if n % k == 0]
    vocabulary = sorted({word for source, _ in pairs for word in source.split()})
    return train, test, vocabulary


def honest_split(pairs: Sequence[Pair], k: int) -> tuple[list[Pair], list[Pair], list[str]]:
    """Every k-th source goes to the test with all its pairs; words come from training alone."""
    sources = list(dict.fromkeys(source for source, _ in pairs))
    chosen = set(sources[::k])
    train = [pair for pair in pairs if pair[0] not in chosen]
    test = [pair for pair in pairs if pair[0] in chosen]
    vocabulary = sorted({word for source, _ in train for word in source.split()})
    return train, test, vocabulary


def _split_probes(rng: np.random.Generator) -> list[Probe]:
    def one(count: int, sources: int, k: int) -> tuple[list[list[str]], int]:
        words = [f"w{n}" for n in range(30)]
        known = [
            " ".join(rng.choice(words, size=int(rng.integers(1, 5))).tolist())
            for _ in range(sources)
        ]
        drawn = rng.integers(0, sources, size=count)
        return [[known[n], f"t{t}"] for t, n in enumerate(drawn)], k

    example = [["비 가 온다", "it rains"], ["비 가 온다", "it is raining"], ["나 는 간다", "I go"]]
    apart = [[f"{a} {b}", f"{b} {a}"] for a, b in zip("abcdefg", "hijklmn", strict=True)]
    return [
        Probe((example, 2), label="the example"),
        Probe((apart, 3), label="each source once"),
        Probe(
            ([["a b", "x"], ["c", "x"], ["d", "y"], ["a b", "y"], ["e", "x"]], 2),
            label="sources that share a target",
        ),
        Probe(one(14, 6, 3)),
        Probe(one(23, 9, 4)),
        Probe(one(17, 12, 2)),
    ]


def _split_groups(pairs: Sequence[Pair], k: int) -> Any:
    number: dict[str, int] = {}
    for source, _ in pairs:
        number.setdefault(source, len(number))
    parts: tuple[list[Pair], list[Pair]] = ([], [])
    words: Counter[str] = Counter()
    for pair in pairs:
        tested = number[pair[0]] % k == 0
        parts[tested].append(pair)
        if not tested:
            words.update(pair[0].split())
    return parts[0], parts[1], sorted(words)


def _split_numpy(pairs: Sequence[Pair], k: int) -> Any:
    column = np.array([source for source, _ in pairs])
    _, first, group = np.unique(column, return_index=True, return_inverse=True)
    rank = first.argsort().argsort()[group]  # the how-manieth source, by first appearance
    train = [list(pairs[int(n)]) for n in np.flatnonzero(rank % k)]
    test = [list(pairs[int(n)]) for n in np.flatnonzero(rank % k == 0)]
    return train, test, np.unique([w for s, _ in train for w in s.split()]).tolist()


def _vocabulary(pairs: Sequence[Pair]) -> list[str]:
    return sorted({word for source, _ in pairs for word in source.split()})


def _only_vocabulary(pairs: Sequence[Pair], k: int) -> Any:
    train, test, _ = given_split(pairs, k)
    return train, test, _vocabulary(train)


def _only_sources(pairs: Sequence[Pair], k: int) -> Any:
    train, test, _ = honest_split(pairs, k)
    return train, test, _vocabulary(pairs)


def _cleaned(keep: str) -> Any:
    def answer(pairs: Sequence[Pair], k: int) -> Any:
        train, test, _ = given_split(pairs, k)
        if keep == "train":
            seen = {source for source, _ in train}
            test = [pair for pair in test if pair[0] not in seen]
        else:
            seen = {source for source, _ in test}
            train = [pair for pair in train if pair[0] not in seen]
        return train, test, _vocabulary(train)

    return answer


def _one_target(pairs: Sequence[Pair], k: int) -> Any:
    return honest_split(list({pair[0]: pair for pair in reversed(pairs)}.values())[::-1], k)


def _sources(pairs: Sequence[Pair]) -> list[str]:
    return list(dict.fromkeys(source for source, _ in pairs))


def _words_of(pair: Pair) -> list[str]:
    return " ".join(pair).split()


def _drawn(pairs: Sequence[Pair], chosen: Sequence[str]) -> Any:
    train = [pair for pair in pairs if pair[0] not in chosen]
    return train, [pair for pair in pairs if pair[0] in chosen], _vocabulary(train)


def _drawn_by_pairs(pairs: Sequence[Pair], k: int) -> Any:
    return _drawn(pairs, [source for source, _ in pairs[::k]])


def _disjoint(output: Any, pairs: Any, k: Any) -> bool:
    train, test, vocabulary = output
    seen = {pair[0] for pair in train}
    return not seen & {pair[0] for pair in test} and set(vocabulary) == {
        word for source in seen for word in source.split()
    }


register(
    CodeExercise(
        name="capstone.split",
        title="A test that was seen",
        points=3,
        reference=honest_split,
        given=given_split,
        probes=_split_probes,
        oracle=_split_groups,
        equivalents={"groups": _split_groups, "numpy": _split_numpy},
        outputs=("train", "test", "vocabulary"),
        properties=[
            Property(
                "In your split a source of the test part is in training too, or the words hold one "
                "that only the test part has.",
                _disjoint,
            ),
        ],
        mistakes=[
            Mistake(
                "source_in_both",
                "The vocabulary is right now. But a source with two translations is still in both "
                "parts: the model is tested on what it was trained on.",
                _only_vocabulary,
            ),
            Mistake(
                "vocabulary_of_all",
                "The parts are right now. But the vocabulary still holds words that only the test "
                "part has. A word that was never trained would count as known.",
                _only_sources,
            ),
            Mistake(
                "test_thinned",
                "You took the test pairs out whose source is in training. No leak is left, but "
                "these pairs are lost to both parts, and sources with several translations are "
                "hardly tested any more. Draw sources, not pairs.",
                _cleaned("train"),
            ),
            Mistake(
                "train_thinned",
                "You took the training pairs out whose source is in the test part. No leak is "
                "left, but these pairs are lost to both parts. Draw sources, not pairs.",
                _cleaned("test"),
            ),
            Mistake(
                "one_target",
                "You kept one translation of each source. The others are right, too, and belong "
                "in the same part.",
                _one_target,
            ),
            Mistake(
                "exchanged",
                "The two parts have changed places: one source in k is for the test.",
                lambda pairs, k: (
                    honest_split(pairs, k)[1],
                    honest_split(pairs, k)[0],
                    _vocabulary(honest_split(pairs, k)[1]),
                ),
            ),
            Mistake(
                "drawn_by_pairs",
                "No leak is left. But you count pairs, so a source with many of them is drawn more "
                "often, and more than one source in k goes to the test. Count different sources.",
                _drawn_by_pairs,
            ),
            Mistake(
                "first_left_out",
                "Every k-th source is counted from the first one, which goes to the test, too.",
                lambda pairs, k: _drawn(pairs, _sources(pairs)[k - 1 :: k]),
            ),
            Mistake(
                "alphabetical",
                "You sorted the sources before you counted. Take them in the order in which they "
                "first appear; `dict.fromkeys` keeps it, `set` and `sorted` do not.",
                lambda pairs, k: _drawn(pairs, sorted(_sources(pairs))[::k]),
            ),
            Mistake(
                "regrouped",
                "The right pairs are in the right parts, but you have put those of one source "
                "together. Leave the pairs in their order.",
                lambda pairs, k: honest_split(
                    [pair for source in _sources(pairs) for pair in pairs if pair[0] == source], k
                ),
            ),
            Mistake(
                "targets_too",
                "The vocabulary holds words of the targets as well. The source words are wanted.",
                lambda pairs, k: (
                    *honest_split(pairs, k)[:2],
                    sorted({w for pair in honest_split(pairs, k)[0] for w in _words_of(pair)}),
                ),
            ),
        ],
        hints=[
            "비 가 온다 has two translations in the example. In which parts is it?",
            "Three lists: pairs for training, pairs for the test, and the source words of "
            "training, sorted.",
            "List the different sources in the order in which they first appear. Every k-th of "
            "them, the first one included, goes to the test with all its pairs. Then the "
            "vocabulary, from training alone.",
            "`sources = list(dict.fromkeys(source for source, _ in pairs))`",
        ],
        survivors={
            "4: set(sources[::k]) → sources[::k]": "a list answers `in` as a set does, more slowly"
        },
        solved="`pairs.load_pairs` does both, and compares sources without regard to capitals and "
        "punctuation besides.",
    )
)
