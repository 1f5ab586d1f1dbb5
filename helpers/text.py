"""Text into numbers: tokens, a vocabulary, padding and batches.

Needs NumPy alone. The special tokens have the same numbers everywhere in the course: ``<pad>`` 0,
``<unk>`` 1, ``<s>`` 2 and ``</s>`` 3. A wrong argument raises ValueError with advice.
"""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from numbers import Integral

import numpy as np

PAD, UNK, START, END = SPECIALS = ("<pad>", "<unk>", "<s>", "</s>")
PAD_ID, UNK_ID, START_ID, END_ID = range(4)


class Vocabulary:
    """A two-way table between tokens and numbers.

    Numbers 0 to 3 are the special tokens; the others follow in the order in which they are given,
    each once. Another vocabulary's ``tokens`` give that vocabulary again; ``tokens[i]`` is the
    token with number ``i``.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        given = list(tokens)
        if tuple(given[: len(SPECIALS)]) == SPECIALS:
            given = given[len(SPECIALS) :]
        if not given:
            advice = "pass those of the training part: Vocabulary.from_sentences(sentences)"
            raise ValueError(f"Vocabulary: no tokens were given, expected at least one; {advice}")
        self.tokens: list[str] = [*SPECIALS]
        self._ids: dict[str, int] = {token: i for i, token in enumerate(SPECIALS)}
        for token in given:
            if not isinstance(token, str) or not token:
                raise ValueError(
                    f"Vocabulary: {token!r} was given as a token, expected a string with at "
                    "least one character; remove it"
                )
            if token in self._ids:
                kind = "a special token" if token in SPECIALS else "there already"
                raise ValueError(
                    f"Vocabulary: {token!r} is {kind}, expected each token once; remove it, or "
                    "count the tokens with Vocabulary.from_sentences(sentences)"
                )
            self._ids[token] = len(self.tokens)
            self.tokens.append(token)
        self._characters = all(len(token) == 1 for token in given)

    @classmethod
    def from_sentences(
        cls, sentences: Iterable[Sequence[str]], minimum_count: int = 1
    ) -> Vocabulary:
        """Count the tokens of some sentences and number them, the most frequent first.

        The sentences are those of the *training* part, tokenised; a string counts as a sequence of
        characters. Tokens that occur less than `minimum_count` times and special tokens are left
        out. Equal counts are ordered by code point, so the order of the sentences does not matter.
        """
        if isinstance(sentences, str):
            raise ValueError(
                f"from_sentences: the string {shorten(sentences)} was given, expected a list of "
                "sentences; for a vocabulary of characters pass [text]"
            )
        if minimum_count < 1:
            given = f"minimum_count={minimum_count}"
            raise ValueError(f"from_sentences: {given} was given, expected 1 or more")
        counts: Counter[str] = Counter()
        for sentence in sentences:
            counts.update(sentence)
        for special in SPECIALS:
            counts.pop(special, None)
        if not counts:
            raise ValueError(
                "from_sentences: the sentences hold no token, expected at least one; check that "
                "the training part was read"
            )
        chosen = [token for token, count in counts.items() if count >= minimum_count]
        if not chosen:
            token, count = counts.most_common(1)[0]
            raise ValueError(
                f"from_sentences: minimum_count={minimum_count} leaves no token (the most "
                f"frequent, {token!r}, occurs {count} times); pass a smaller minimum_count"
            )
        return cls(sorted(chosen, key=lambda token: (-counts[token], token)))

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: object) -> bool:
        return isinstance(token, str) and token in self._ids

    def __repr__(self) -> str:
        first = ", ".join(repr(token) for token in self.tokens[len(SPECIALS) :][:5])
        more = ", …" if len(self) > len(SPECIALS) + 5 else ""
        return f"Vocabulary of {len(self)} tokens: {', '.join(SPECIALS)}, {first}{more}"

    def encode(self, tokens: Sequence[str], unknown: str | None = None) -> list[int]:
        """Turn T tokens into T numbers; a vocabulary of characters takes a string, too.

        `unknown`, usually ``"<unk>"``, is the token that replaces unknown ones. Without it an
        unknown token raises ValueError, and the message names the most similar token.
        """
        if isinstance(tokens, str) and not self._characters:
            raise ValueError(
                f"encode: the string {shorten(tokens)} was given, expected a list of tokens; cut "
                "it first, for instance with tokenise(text)"
            )
        if unknown is not None and unknown not in self._ids:
            raise ValueError(
                f"encode: unknown={unknown!r} was given, expected a token of the vocabulary; "
                f'pass unknown="{UNK}"'
            )
        ids = []
        for token in tokens:
            number = self._ids.get(token) if isinstance(token, str) else None
            if number is None:
                if unknown is None or not isinstance(token, str):
                    raise ValueError(self._unknown_message(token))
                number = self._ids[unknown]
            ids.append(number)
        return ids

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Turn numbers, one row of an array or tensor, back into tokens.

        Decoding stops at the first ``</s>``; ``<s>`` and ``<pad>`` are left out. What is not the
        number of a token raises ValueError.
        """
        tokens = []
        for given in ids:
            number = _whole(given)
            if number is None:
                raise ValueError(
                    f"decode: {shorten(given)} was given as a token's number, expected a whole "
                    "number; decode one sequence at a time, a row of the batch"
                )
            if not 0 <= number < len(self.tokens):
                raise ValueError(
                    f"decode: {number} is not the number of a token, expected 0 to "
                    f"{len(self.tokens) - 1}; check that the right vocabulary is used"
                )
            if number == END_ID:
                break
            if number not in (START_ID, PAD_ID):
                tokens.append(self.tokens[number])
        return tokens

    def _unknown_message(self, token: object) -> str:
        if not isinstance(token, str):
            return (
                f"encode: {shorten(token)} was given as a token, expected a string; pass one "
                "list of tokens, not a list of sentences"
            )
        composed = normalise(token)
        if composed != token and composed in self._ids:
            return (
                f"encode: {token!r} is not in the vocabulary, though {composed!r} is (decomposed "
                "letters or stray spaces); pass the text through normalise(text) first"
            )
        near = suggest(token, self.tokens[len(SPECIALS) :])
        hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
        return (
            f"encode: {token!r} is not in the vocabulary{hint}; "
            f'pass unknown="{UNK}" to map unknown words'
        )


def suggest(word: str, candidates: Iterable[str], limit: int = 1) -> list[str]:
    """Return at most `limit` candidates similar to a word, the most similar first.

    Hangul syllables are compared jamo by jamo (NFD), so that 학샘 finds 학생; case is ignored.
    """
    spelled: dict[str, str] = {}
    for candidate in candidates:
        spelled.setdefault(_spelling(candidate), candidate)
    near = difflib.get_close_matches(_spelling(word), spelled, n=limit, cutoff=0.6)
    return [spelled[form] for form in near]


def _spelling(word: str) -> str:
    return unicodedata.normalize("NFD", word).casefold()


def shorten(value: object, length: int = 40) -> str:
    """Return a value as Python writes it, cut to `length` characters for a message."""
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _whole(value: object) -> int | None:
    """Return a Python, NumPy or torch whole number as an int, anything else as None."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # an array of one number
        return _whole(value.item())
    return None


def pad(sequences: Sequence[Sequence[int]], value: int = PAD_ID) -> tuple[np.ndarray, np.ndarray]:
    """Put B sequences of token ids, of different lengths, into one array.

    Returns ids (B, T), where `value` fills each row up behind its last token, and a mask (B, T),
    True where there is a token. A sentence without tokens gives a row without True.
    """
    if len(sequences) == 0:
        raise ValueError(
            "pad: an empty batch was given, expected at least one sequence; check how the "
            "batch was chosen"
        )
    rows = []
    for b, sequence in enumerate(sequences):
        row = None if isinstance(sequence, str) else np.asarray(sequence)
        if row is None or row.ndim != 1 or (row.size and row.dtype.kind not in "iu"):
            raise ValueError(
                f"pad: sequence {b} is {shorten(sequence)}, expected a list of whole numbers; "
                "encode the tokens first, and pass a single sequence as [sequence]"
            )
        rows.append(row)
    lengths = np.array([len(row) for row in rows])
    ids = np.full((len(rows), lengths.max()), value, dtype=np.int64)  # (B, T)
    for b, row in enumerate(rows):
        ids[b, : len(row)] = row
    mask = np.arange(ids.shape[1]) < lengths[:, None]  # (T,) < (B, 1) -> (B, T)
    return ids, mask


def bucketed_batches(
    lengths: Sequence[int] | np.ndarray, batch_size: int, rng: np.random.Generator
) -> list[np.ndarray]:
    """Group sentences of similar length into batches, so that little is padded.

    The sentences are sorted by their `lengths`, N whole numbers, equal lengths in random order, and
    cut into neighbouring batches of `batch_size`; the batches are then shuffled. Where it does not
    divide N, a batch drawn at random is smaller, not always the one with the longest sentences.
    Returns arrays of indices into `lengths`; each of 0 … N − 1 is in exactly one. The same state of
    `rng` gives the same batches.
    """
    sizes = np.asarray(lengths)
    if sizes.ndim != 1 or sizes.size == 0:
        raise ValueError(
            f"bucketed_batches: lengths of shape {sizes.shape} were given, expected one length "
            "for each of at least one sentence; pass [len(sentence) for sentence in sentences]"
        )
    if batch_size < 1:
        raise ValueError(f"bucketed_batches: batch_size={batch_size} was given, expected 1 or more")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"bucketed_batches: rng={shorten(rng)} was given, expected a NumPy generator; pass "
            "numpy.random.default_rng(0)"
        )
    order = rng.permutation(sizes.size)
    order = order[np.argsort(sizes[order], kind="stable")]  # by length, ties in random order
    full, rest = divmod(sizes.size, batch_size)
    cuts = np.full(full, batch_size)
    if rest:
        cuts = np.insert(cuts, rng.integers(full + 1), rest)
    batches = np.split(order, np.cumsum(cuts)[:-1])
    return [batches[i] for i in rng.permutation(len(batches))]


# Tokens -------------------------------------------------------------------------------------

# Characters that say how text is laid out, not what it says: control characters, soft hyphen,
# zero-width space, word joiner, byte-order mark, direction marks. The zero-width joiner and
# non-joiner stay: emoji and Persian spelling need them.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f\xad\u061c\u200b\u200e\u200f\u2060\ufeff"
    r"\u202a-\u202e\u2066-\u2069]"
)


def normalise(text: str) -> str:
    """Give text one standard form: NFC, single spaces, no invisible layout characters.

    Decomposed Hangul (ㅎ + ㅏ + ㄱ as three code points) becomes syllables; no-break and other
    spaces, tabs and line ends become single spaces; soft hyphens, zero-width spaces, word joiners,
    byte-order marks, direction marks and control characters are removed.
    """
    return unicodedata.normalize("NFC", tidy(text))


def tidy(text: str) -> str:
    """Return text with single spaces and without invisible layout characters, letters as given."""
    return " ".join(_INVISIBLE.sub("", text).split())


# French words that lose their vowel before an apostrophe: l'homme -> l' homme, qu'il -> qu' il.
# Other apostrophes stay inside their word: don't, Tom's, o'clock, aujourd'hui.
_ELIDED = frozenset("c d j l m n s t qu jusqu lorsqu puisqu quoiqu".split())
_NOT_ELIDED = frozenset(["c'mon", "d'you"])


@functools.cache
def _token_pattern() -> re.Pattern[str]:
    """Compile the pattern of one token, when the first text is cut."""
    # Combining marks write the vowels of Hindi or Thai, but are no letters to Python's \w.
    marks = "".join(
        chr(c) for c in range(0x300, 0x20000) if unicodedata.category(chr(c)).startswith("M")
    )
    marks = f"[{marks}\u200c\u200d]"
    han = r"\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    han += r"\U00020000-\U0003ffff"
    word = rf"(?:[^\W_{han}]++{marks}*+)++"
    skin = r"[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]"
    return re.compile(
        rf"""
          (?:[A-Za-z]\.){{2,}}                        # p.m.  U.S.
        | {word}                                     # a word or number in any alphabet,
          (?: (?: ['’‐-] | (?<=\d)[.,:](?=\d) )       #   joined by ' and -, or . , : in numbers
              {word} )*
        | [{han}]{marks}*                            # Han and kana: each character by itself
        | \.{{2,}} | -{{2,}}                            # dots, dashes
        | [\U0001f1e6-\U0001f1ff]{{2}}                # a flag
        | \S{skin}*{marks}* (?:(?<=\u200d)\S{skin}*{marks}*)*   # any other sign, a joined emoji
        """,
        re.VERBOSE,
    )


def tokenise(text: str) -> list[str]:
    """Cut text into words and punctuation marks.

    Made for English, French and Korean as Tatoeba writes them, and harmless elsewhere:

    - a word keeps its inner apostrophes and hyphens (don't, o'clock, vas-tu); a French elided
      word is cut off (l'homme → l' homme); a typographic apostrophe becomes a plain one;
    - Korean is cut at spaces, so particles and endings stay on their word (나는, 학생입니다);
    - Han characters and kana, which no spaces divide, become one token each;
    - numbers keep points, commas and colons (3.14, 10,000, 7:45), and p.m. keeps its points;
    - every other sign, an emoji with its modifiers included, is a token.

    Case is kept: pass ``text.lower()`` for a smaller vocabulary. Apart from apostrophes, the
    tokens joined are the normalised text without its spaces.
    """
    tokens = []
    for token in _token_pattern().findall(normalise(text)):
        if len(token) > 1 and ("'" in token or "’" in token):
            token = token.replace("’", "'")
            head, apostrophe, tail = token.partition("'")
            while tail and head.lower() in _ELIDED and token.lower() not in _NOT_ELIDED:
                tokens.append(head + apostrophe)
                token = tail
                head, apostrophe, tail = token.partition("'")
        tokens.append(token)
    return tokens
