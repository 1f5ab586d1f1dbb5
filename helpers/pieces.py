"""Sentences into the units that a translator reads and writes, and back: words, or pieces of words.

Pieces are SentencePiece's byte-pair encoding: from single characters on, the two neighbours that
stand together most often in the training sentences become one piece, again and again. A frequent
word ends up whole, a rare one in several pieces that other words share.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sentencepiece

from helpers import text

SPACE = "▁"  # stands for the space before a word; SentencePiece's own sign
CASES = ("keep", "lower", "sentence")


def marked_words(sentence: str) -> list[str]:
    """Cut a sentence into the tokens of `text.tokenise`, with ``▁`` before those behind a space.

    So `joined` can write the sentence again.
    """
    plain = text.normalise(sentence.replace(SPACE, " "))
    words, place = [], 0
    for token in text.tokenise(plain):
        spaced = place == 0 or plain[place] == " "
        place += len(token) + (place > 0 and spaced)
        words.append(SPACE + token if spaced else token)
    return words


def joined(units: Iterable[str]) -> str:
    """Write the sentence that was cut into these units."""
    return "".join(units).replace(SPACE, " ").strip()


class Units:
    """The words, or pieces of words, of one language that a network reads or writes.

    `learn` makes them; `vocabulary` holds their numbers. They are the `words` given, or those of a
    SentencePiece `model`; `case` is as in `learn`, and `within` says how a word is written within
    sentences, by its form in small letters. Byte-pair encoding: Sennrich, Haddow & Birch 2016,
    arXiv:1508.07909; SentencePiece: Kudo & Richardson 2018, arXiv:1808.06226; the dropout of
    `samples`: Provilkov, Emelianenko & Voita 2020, arXiv:1910.13267.
    """

    def __init__(
        self,
        words: Iterable[str] = (),
        model: bytes | None = None,
        case: str = "keep",
        within: Mapping[str, str] | None = None,
    ) -> None:
        if case not in CASES:
            raise ValueError(f"Units: case is {case!r}, expected 'keep', 'lower' or 'sentence'")
        self.model, self.case, self.within = model, case, dict(within or {})
        if model is not None:
            self._pieces: Any = sentencepiece.SentencePieceProcessor(model_proto=model)
            words = [self._pieces.id_to_piece(i) for i in range(self._pieces.get_piece_size())]
        self.vocabulary = text.Vocabulary(words)

    @classmethod
    def learn(cls, sentences: Iterable[str], merges: int | None, case: str = "keep") -> Units:
        """Learn from training sentences how to cut such sentences.

        `merges` says how many times two pieces become one; `None` leaves words whole. With the
        `case` "lower" all letters become small, for a source. With "sentence" the first word of a
        sentence is written as it is within sentences, and gets its capital back in `decode`, for
        a target; it becomes "keep" where less than half of the sentences begin with a capital.
        """
        marked = [marked_words(sentence) for sentence in sentences]
        within: dict[str, str] = {}
        if case == "sentence":
            capitals = sum(_first_letter(joined(words)).isupper() for words in marked)
            case = "keep" if capitals < len(marked) / 2 else case
            within = _forms_within(marked) if case == "sentence" else within
        cased = [_cased(words, case, within) for words in marked]
        if merges is None:
            return cls(text.Vocabulary.from_sentences(cased).tokens, None, case, within)
        return cls((), _trained([joined(words) for words in cased], merges), case, within)

    def cut(self, sentence: str) -> list[str]:
        """Cut a sentence; always in the same way."""
        words = _cased(marked_words(sentence), self.case, self.within)
        return words if self.model is None else self._pieces.encode(joined(words), out_type=str)

    def encode(self, sentence: str) -> list[int]:
        """Return the numbers of a sentence's units, that of ``<unk>`` for unknown ones."""
        return self.vocabulary.encode(self.cut(sentence), unknown=text.UNK)

    def samples(
        self, sentences: Sequence[str], ways: int, dropout: float, seed: int
    ) -> list[list[list[int]]]:
        """Cut and encode each sentence in several ways, for training.

        A share `dropout` of the joins is left out by chance, so that a word is cut now one way,
        now another. Words are cut in one way only; so are pieces where `dropout` is 0.
        """
        if self.model is None or dropout == 0:
            return [[self.encode(sentence)] for sentence in sentences]
        plain = [joined(_cased(marked_words(s), self.case, self.within)) for s in sentences]
        chance = {"enable_sampling": True, "alpha": dropout, "nbest_size": -1}

        def drawn() -> list[list[list[int]]]:
            sentencepiece.set_random_generator_seed(seed)
            return [[self._pieces.encode(s, **chance) for _ in range(ways)] for s in plain]

        # A thread's generator takes its seed when it first draws: a new thread draws anew.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(drawn).result()

    def decode(self, ids: Iterable[int]) -> str:
        """Write the sentence that these numbers stand for."""
        return self.join(self.vocabulary.decode(ids))

    def join(self, units: Iterable[str]) -> str:
        """Write the sentence that these units stand for."""
        sentence = joined(units)
        place = re.search(r"[^\W\d_]", sentence) if self.case == "sentence" else None
        if place is None:
            return sentence
        i = place.start()
        return sentence[:i] + sentence[i].upper() + sentence[i + 1 :]

    def settings(self) -> dict[str, Any]:
        """Return what `Units(**settings)` needs to be the same again."""
        words = self.vocabulary.tokens if self.model is None else []
        return {"words": words, "model": self.model, "case": self.case, "within": self.within}


def _cased(words: list[str], case: str, within: Mapping[str, str]) -> list[str]:
    """Write a sentence's words as `Units.learn` says of `case`."""
    if case == "lower":
        return [word.lower() for word in words]
    first = next((i for i, word in enumerate(words) if _first_letter(word)), None)
    if case == "keep" or first is None:
        return words
    word = words[first]
    usual = word if _all_capitals(word) else word.lower()
    return [*words[:first], within.get(word.lower(), usual), *words[first + 1 :]]


def _trained(sentences: list[str], merges: int) -> bytes:
    """Return a SentencePiece model of all characters and so many joins of two pieces."""
    characters = set("".join(sentences).replace(" ", SPACE)) | {SPACE}
    # The special tokens have the course's names and numbers.
    specials: dict[str, Any] = {}
    for i, name in enumerate(("pad", "unk", "bos", "eos")):
        specials |= {f"{name}_id": i, f"{name}_piece": text.SPECIALS[i]}
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=written,
        model_type="bpe",
        vocab_size=len(text.SPECIALS) + len(characters) + merges,
        hard_vocab_limit=False,  # fewer joins where there are no more
        character_coverage=1.0,
        normalization_rule_name="identity",  # `text.normalise` has done it
        max_sentence_length=2**30,  # in bytes; by default long sentences would be left out
        minloglevel=2,
        **specials,
    )
    return written.getvalue()


def _first_letter(sentence: str) -> str:
    return next((c for c in sentence if c.isalpha()), "")


def _all_capitals(word: str) -> bool:
    return word.isupper() and sum(c.isalpha() for c in word) > 1


def _forms_within(sentences: Iterable[list[str]]) -> dict[str, str]:
    """Return how each word is written most often where it does not begin a sentence."""
    counts: Counter[str] = Counter()
    for words in sentences:
        letters = [i for i, word in enumerate(words) if _first_letter(word)]
        # Behind the end of a sentence, the next one begins.
        counts.update(words[i] for i in letters[1:] if words[i - 1][-1:] not in (*".!?", '"'))
    forms: dict[str, str] = {}
    for word, _ in counts.most_common():
        forms.setdefault(word.lower(), word)
    return {small: form for small, form in forms.items() if form != small}
