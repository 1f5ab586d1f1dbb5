"""The corpus on disk: drawn from the grammar and written as tables.

The parts are drawn by one seeded stream each of Python's own generator and balanced over the words,
so a new run gives the same bytes.  A pair of verb and object, or of adjective and noun, that
`grammar.held_out` names goes to test_combinations alone.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from course.grammar.clauses import Sentence
from course.grammar.grammar import held_out
from course.grammar.sentences import Sentences, consistent
from helpers.corpora.korean_english import FOLDER, Pair

SEED = 20260
HEADER = "Korean\tmorphemes\tEnglish\talignment\tclauses"
SIZES = {"train": 25_000, "validation": 2_000, "test": 2_000, "test_combinations": 1_500,
         "test_longer": 1_200}  # fmt: skip
LONGEST = 18  # morphemes in a sentence of train, validation, test and test_combinations
GREETING = Pair(  # the course's first example belongs in the test part
    "나는 학생이다.",
    ("나", "는", "학생", "이다"),
    ("I", "am", "a", "student"),
    frozenset({(0, 0), (3, 1), (2, 3)}),
    1,
)


# The longer example of the first lesson stands in no part.
LESSON = tuple("날씨 가 덥 어서 나 는 수박 일곱 개 를 먹 었다".split())
RARE = 12  # a word that is rarer than this in the training part stands in no part


def write_row(pair: Pair) -> str:
    """Write a pair as one line of a table."""
    alignment = " ".join(f"{i}-{j}" for i, j in sorted(pair.alignment))
    return "\t".join((pair.korean, " ".join(pair.morphemes), " ".join(pair.english), alignment,
                      str(pair.clauses)))  # fmt: skip


def _draw(grammar: Sentences, seen: set[tuple[str, ...]], clauses: int) -> Sentence | None:
    """One new sentence; of one to three clauses at most LONGEST morphemes, of four at least."""
    found = grammar.sentence(clauses)
    fits = (len(found.morphemes) > LONGEST) == (clauses == 4) and consistent(found.morphemes)
    if not fits or found.morphemes in seen:
        grammar.pick.forget()
        return None
    seen.add(found.morphemes)
    return found


def _promote(pairs: list[Pair], rng: random.Random) -> None:
    """Let training sentences of common words change places with others that hold rare ones.

    So a word is rare in training only if it is rare everywhere, and few words must be left out.
    """
    train = SIZES["train"]
    words = [{*p.morphemes, *p.english} for p in pairs]
    count = Counter(w for found in words[:train] for w in found)
    for i in reversed(range(train, len(pairs))):  # those that no part needs come first
        if min(count[w] for w in words[i]) >= RARE + 2:
            continue
        place = int(rng.random() * train)
        while min(count[w] for w in words[place]) < 60:
            place = int(rng.random() * train)
        count.update(words[i])
        count.subtract(words[place])
        pairs[i], pairs[place] = pairs[place], pairs[i]
        words[i], words[place] = words[place], words[i]


def build() -> dict[str, list[Pair]]:
    """Draw the whole corpus from the grammar."""
    grammar, rng = Sentences(SEED), random.Random(SEED)
    seen = {GREETING.morphemes, LESSON}
    ordinary: list[Pair] = []
    combinations: list[Pair] = []
    spare = 1.14  # some are lost below, some take the place of others
    parts = ("train", "validation", "test")
    while len(ordinary) < spare * sum(SIZES[p] for p in parts):
        roll = rng.random()
        found = _draw(grammar, seen, 1 if roll < 0.67 else 2 if roll < 0.955 else 3)
        if found and not any(map(held_out, found.pairs)):
            ordinary.append(Pair(*found[:5]))
    grammar.novel = True
    while len(combinations) < 1.18 * SIZES["test_combinations"]:
        found = _draw(grammar, seen, 1 if rng.random() < 0.67 else 2)
        if found and any(map(held_out, found.pairs)):
            combinations.append(Pair(*found[:5]))
    grammar.novel = False
    longer: list[Pair] = []
    while len(longer) < 1.18 * SIZES["test_longer"]:
        found = _draw(grammar, seen, 4)
        if found and not any(map(held_out, found.pairs)):
            longer.append(Pair(*found[:5]))
    rng.shuffle(ordinary)
    _promote(ordinary, rng)

    rare: set[str] = {""}
    while rare:  # leaving a sentence out makes its other words rarer
        count = Counter(w for p in ordinary[: SIZES["train"]] for w in {*p.morphemes, *p.english})
        words = {w for p in ordinary for w in (*p.morphemes, *p.english)}
        rare = {w for w in words if count[w] < RARE}
        ordinary = [p for p in ordinary if not rare & {*p.morphemes, *p.english}]
    known = {w for p in ordinary[: SIZES["train"]] for w in (*p.morphemes, *p.english)}

    def part(pairs: list[Pair], size: int) -> list[Pair]:
        kept = [p for p in pairs if known.issuperset((*p.morphemes, *p.english))][:size]
        if len(kept) < size:
            raise RuntimeError(f"build: only {len(kept)} of {size} pairs; draw more of them")
        return kept

    a, b = SIZES["train"], SIZES["train"] + SIZES["validation"]
    return {
        "train": part(ordinary[:a], a),
        "validation": part(ordinary[a:b], SIZES["validation"]),
        "test": part([GREETING, *ordinary[b:]], SIZES["test"]),
        "test_combinations": part(combinations, SIZES["test_combinations"]),
        "test_longer": part(longer, SIZES["test_longer"]),
    }


def table(pairs: list[Pair]) -> str:
    """A part as the text of its file."""
    return "\n".join((HEADER, *map(write_row, pairs))) + "\n"


def write(folder: Path = FOLDER) -> None:
    """Build the corpus and write its tables to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, pairs in build().items():
        (folder / f"{part}.tsv").write_text(table(pairs), encoding="utf-8", newline="\n")
