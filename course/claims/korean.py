"""Korean to English for claims 12, 15 and 26: the corpus as ids, translators, and their scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course.claims.seq2seq import Rows, loss_of, train
from helpers import text

LONGEST = 20  # morphemes; what is longer stands in the part test_longer alone


def korean_parts(pairs: int) -> tuple[Any, Any, tuple[int, int]]:
    """Return the first training pairs of the Korean–English corpus, as numbers.

    Returns
    -------
    trained : (sources, targets)
        Lists of ids, without marks.
    encode : callable
        ``encode(some_pairs)`` gives such lists of other pairs; unknown words become <unk>.
    sizes : (int, int)
        The two vocabularies' sizes.
    """
    from helpers.corpora import korean_english

    chosen = korean_english.load("train")[:pairs]
    read = text.Vocabulary.from_sentences(pair.morphemes for pair in chosen)
    write = text.Vocabulary.from_sentences(pair.english for pair in chosen)

    def encode(some: Any) -> tuple[Rows, Rows]:
        return (
            [read.encode(pair.morphemes, text.UNK) for pair in some],
            [write.encode(pair.english, text.UNK) for pair in some],
        )

    return encode(chosen), encode, (len(read), len(write))


def translator(
    seed: int,
    make: Callable[[int, int], Any],
    pairs: int,
    epochs: int,
    B: int,
    rate: float,
    turned: bool = False,
) -> tuple[Any, Callable[[Any], tuple[Rows, Rows]]]:
    """Train ``make(V_source, V_target)`` on the first pairs of the corpus.

    Returns the model and a function that encodes other pairs, both with the sources from their ends
    if `turned`.
    """
    import torch

    from helpers import seq2seq

    trained, encode, sizes = korean_parts(pairs)
    step = -1 if turned else 1

    def turn(parts: tuple[Rows, Rows]) -> tuple[Rows, Rows]:
        return [source[::step] for source in parts[0]], parts[1]

    torch.manual_seed(seed)
    model = make(*sizes)
    train(model, seq2seq.PairBatches(*turn(trained), B, seed), epochs, rate)
    return model, lambda some: turn(encode(some))


def right_answers(model: Any, sources: Rows, targets: Rows) -> Any:
    """Return for each source whether greedy decoding writes its target, a bool array."""
    import torch

    from helpers import decoding

    source, mask = (torch.from_numpy(array) for array in text.pad(sources))
    found = decoding.greedy(model, source, mask)
    return np.array([a.tokens == b for a, b in zip(found, targets, strict=True)])


def exact_by_length(model: Any, encode: Any, borders: Sequence[int]) -> dict[int, float]:
    """Return exact match on new sentences by their number of morphemes.

    A group is named by its first length and ends before the next of `borders`. The sources are
    those of the parts test and test_longer.
    """
    from helpers.corpora import korean_english

    tested = korean_english.load("test") + korean_english.load("test_longer")[::4]
    sources, targets = encode(tested)
    right, lengths = right_answers(model, sources, targets), np.array([len(s) for s in sources])
    return {
        low: float(right[(lengths >= low) & (lengths < high)].mean())
        for low, high in zip(borders, [*borders[1:], 1000], strict=True)
    }


def validation_loss(model: Any, encode: Any, count: int = 500) -> float:
    """Return the mean cross-entropy of the next word on the first sentences of validation."""
    from helpers.corpora import korean_english

    return loss_of(model, *encode(korean_english.load("validation")[:count]))
