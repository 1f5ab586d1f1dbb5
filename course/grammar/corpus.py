"""The corpus on disk: drawn from the grammar and written as tables.

The sentences are drawn by seeded streams of Python's own generator and balanced over the words, so
a new run gives the same bytes.  A pair of verb and object, or of adjective and noun, that
`drawing.held_out` names goes to test_combinations alone.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from course.grammar.drawing import held_out
from course.grammar.joined import Joined
from course.grammar.tree import Sentence
from helpers.corpora.korean_english import FOLDER, Pair

SEED = 20260
HEADER = "Korean\tmorphemes\tEnglish\talignment\tclauses"
SIZES = {
    "train": 36_000,
    "validation": 2_000,
    "test": 2_000,
    "test_combinations": 1_500,
    "test_longer": 1_200,
}
ONE, TWO = 0.48, 0.33  # shares of sentences of one and two clauses; the others have three
LONGEST = 20  # morphemes in a sentence of train, validation, test and test_combinations
SPARE = 1.1  # some sentences are lost, some take the place of others
LOSS = 1.18  # of the test parts with unknown words
TRIES = 130_000  # further draws, for what is rare
RARE = 15  # a word that is in fewer training sentences is in no part
COMMON = 60  # a sentence with all its words in more training sentences can leave that part
GREETING = Pair(  # the course's first example belongs in the test part
    "나는 학생이다.",
    ("나", "는", "학생", "이다"),
    ("I", "am", "a", "student"),
    frozenset({(0, 0), (3, 1), (2, 3)}),
    1,
)
# The longer example of the first lesson stands in no part.
LESSON = tuple("날씨 가 덥 어서 나 는 수박 일곱 통 을 먹 었다".split())

Wanted = Callable[[Sentence], bool]


def write_row(pair: Pair) -> str:
    """Write a pair as one line of a table."""
    alignment = " ".join(f"{i}-{j}" for i, j in sorted(pair.alignment))
    morphemes, english = " ".join(pair.morphemes), " ".join(pair.english)
    return "\t".join((pair.korean, morphemes, english, alignment, str(pair.clauses)))


def _draw(grammar: Joined, seen: set[tuple[str, ...]], clauses: int, wanted: Wanted) -> Pair | None:
    """One new sentence that is wanted; of one to three clauses at most LONGEST morphemes."""
    found = grammar.sentence(clauses)
    fits = (len(found.morphemes) > LONGEST) == (clauses == 4) and len(found.morphemes) > 3
    if not fits or found.morphemes in seen or not wanted(found):
        return None
    grammar.pick.keep()
    seen.add(found.morphemes)
    return Pair(*found[:5])


def _ordinary(grammar: Joined, rng: random.Random, seen: set[tuple[str, ...]]) -> list[Pair]:
    """Sentences for training, validation and test, and more that hold what is rare in them."""
    pairs: list[Pair] = []

    def ordinary(found: Sentence) -> bool:
        return not any(map(held_out, found.pairs))

    while len(pairs) < SPARE * sum(SIZES[p] for p in ("train", "validation", "test")):
        roll = rng.random()
        made = _draw(grammar, seen, 1 if roll < ONE else 2 if roll < ONE + TWO else 3, ordinary)
        pairs += [made] if made else []
    count = Counter(w for p in pairs for w in {*p.morphemes, *p.english})

    def rare(found: Sentence) -> bool:
        words = (*found.morphemes, *found.english)
        return ordinary(found) and min(count[w] for w in words) < 2 * RARE

    for _ in range(TRIES):
        made = _draw(grammar, seen, 1 if rng.random() < 0.75 else 2, rare)
        if made:
            pairs.append(made)
            count.update({*made.morphemes, *made.english})
    rng.shuffle(pairs)
    return pairs


def _held_out(
    grammar: Joined, rng: random.Random, seen: set[tuple[str, ...]]
) -> tuple[list[Pair], list[Pair]]:
    """Sentences of new combinations, and longer sentences."""
    combinations: list[Pair] = []
    grammar.novel = True
    while len(combinations) < LOSS * SIZES["test_combinations"]:
        clauses = 1 if rng.random() < ONE / (ONE + TWO) else 2
        made = _draw(grammar, seen, clauses, lambda s: any(map(held_out, s.pairs)))
        combinations += [made] if made else []
    grammar.novel = False
    longer: list[Pair] = []
    while len(longer) < LOSS * SIZES["test_longer"]:
        made = _draw(grammar, seen, 4, lambda s: not any(map(held_out, s.pairs)))
        longer += [made] if made else []
    return combinations, longer


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
        while min(count[w] for w in words[place]) < COMMON:
            place = int(rng.random() * train)
        count.update(words[i])
        count.subtract(words[place])
        pairs[i], pairs[place] = pairs[place], pairs[i]
        words[i], words[place] = words[place], words[i]


def _without_rare(pairs: list[Pair]) -> list[Pair]:
    """Leave out sentences with a word that is rare in the training part."""
    rare: set[str] = {""}
    while rare:  # leaving a sentence out makes its other words rarer
        count = Counter(w for p in pairs[: SIZES["train"]] for w in {*p.morphemes, *p.english})
        words = {w for p in pairs for w in (*p.morphemes, *p.english)}
        rare = {w for w in words if count[w] < RARE}
        pairs = [p for p in pairs if not rare & {*p.morphemes, *p.english}]
    return pairs


def build() -> dict[str, list[Pair]]:
    """Draw the whole corpus from the grammar."""
    grammar, rng = Joined(SEED), random.Random(SEED)
    seen = {GREETING.morphemes, LESSON}
    ordinary = _ordinary(grammar, rng, seen)
    combinations, longer = _held_out(grammar, rng, seen)
    _promote(ordinary, rng)
    ordinary = _without_rare(ordinary)
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
