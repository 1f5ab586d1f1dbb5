"""Text into numbers: tokens, a vocabulary, padding and batches; and a reader of sentence pairs.

Needs NumPy alone. The special tokens have the same numbers everywhere in the course:
``<pad>`` 0, ``<unk>`` 1, ``<s>`` 2 and ``</s>`` 3.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import itertools
import math
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path

import numpy as np

PAD, UNK, START, END = SPECIALS = ("<pad>", "<unk>", "<s>", "</s>")
PAD_ID, UNK_ID, START_ID, END_ID = range(4)


# Vocabulary ---------------------------------------------------------------------------------


class Vocabulary:
    """A two-way table between tokens and numbers.

    Numbers 0 to 3 are the special tokens ``<pad>``, ``<unk>``, ``<s>`` and ``</s>``; the other
    tokens follow in the order in which they are given.

    Parameters
    ----------
    tokens : iterable of str
        The tokens, each once. A list that begins with the four special tokens, such as
        another vocabulary's ``tokens``, gives that vocabulary again.

    Attributes
    ----------
    tokens : list of str
        ``tokens[i]`` is the token with number ``i``.

    Raises
    ------
    ValueError
        If there is no token, or one is empty, not a string, or there twice.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        given = list(tokens)
        if tuple(given[: len(SPECIALS)]) == SPECIALS:
            given = given[len(SPECIALS) :]
        if not given:
            raise ValueError(
                "Vocabulary: no tokens were given, expected at least one; pass the tokens of "
                "the training part, for instance Vocabulary.from_sentences(sentences)"
            )
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

        Equal counts are ordered by code point, so the numbers depend on the sentences alone,
        not on their order. Special tokens that stand in the sentences are not counted.

        Parameters
        ----------
        sentences : iterable of sequences of str
            Tokenised sentences of the *training* part. A sentence that is a string counts as
            the sequence of its characters.
        minimum_count : int
            Tokens that occur less often are left out.

        Returns
        -------
        Vocabulary

        Raises
        ------
        ValueError
            If one string is given in place of the list, `minimum_count` is below 1, or no
            token is left.
        """
        if isinstance(sentences, str):
            raise ValueError(
                f"from_sentences: the string {_short(sentences)} was given, expected a list of "
                "sentences; for a vocabulary of characters pass [text]"
            )
        if minimum_count < 1:
            raise ValueError(
                f"from_sentences: minimum_count={minimum_count} was given, expected 1 or more"
            )
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
        """Turn tokens into numbers.

        Parameters
        ----------
        tokens : sequence of str, length T
            The tokens. A string is taken character by character, which only a vocabulary of
            characters allows.
        unknown : str, optional
            The token that stands in for unknown ones, usually ``"<unk>"``. Without it an
            unknown token is an error.

        Returns
        -------
        list of int, length T

        Raises
        ------
        ValueError
            If a token is not in the vocabulary and `unknown` is not given (the message names
            the most similar token), if `unknown` is not in the vocabulary either, or if an
            uncut string is given to a vocabulary of words.
        """
        if isinstance(tokens, str) and not self._characters:
            raise ValueError(
                f"encode: the string {_short(tokens)} was given, expected a list of tokens; cut "
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
        """Turn numbers back into tokens.

        Parameters
        ----------
        ids : iterable of int, length T
            The numbers; one row of an array or a tensor will do.

        Returns
        -------
        list of str
            The tokens up to the first ``</s>``, without ``<s>`` and ``<pad>``.

        Raises
        ------
        ValueError
            If a number lies outside the vocabulary or is not a whole number.
        """
        tokens = []
        for given in ids:
            number = _whole(given)
            if number is None:
                raise ValueError(
                    f"decode: {_short(given)} was given as a token's number, expected a whole "
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
                f"encode: {_short(token)} was given as a token, expected a string; pass one "
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
    """Return the candidates most similar to a word, the most similar first.

    Hangul syllables are compared jamo by jamo (NFD), so that 학샘 finds 학생; capitals are not
    told from small letters.

    Parameters
    ----------
    word : str
        What was written.
    candidates : iterable of str
        What could have been meant.
    limit : int
        The largest number of answers.

    Returns
    -------
    list of str
        Empty where nothing is similar.
    """
    spelled: dict[str, str] = {}
    for candidate in candidates:
        spelled.setdefault(_spelling(candidate), candidate)
    near = difflib.get_close_matches(_spelling(word), spelled, n=limit, cutoff=0.6)
    return [spelled[form] for form in near]


def _spelling(word: str) -> str:
    return unicodedata.normalize("NFD", word).casefold()


def _short(value: object, length: int = 40) -> str:
    text = repr(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _whole(value: object) -> int | None:
    """Return a Python, NumPy or torch whole number as an int, anything else as None."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # an array of one number
        return _whole(value.item())
    return None


# Batches ------------------------------------------------------------------------------------


def pad(sequences: Sequence[Sequence[int]], value: int = PAD_ID) -> tuple[np.ndarray, np.ndarray]:
    """Put sequences of different lengths into one array.

    Parameters
    ----------
    sequences : sequence of B sequences of int
        Encoded sentences. A sentence without tokens gives a row without True in the mask.
    value : int
        What fills the rows up behind their last token.

    Returns
    -------
    ids : int64 array, shape (B, T)
        T is the length of the longest sequence.
    mask : bool array, shape (B, T)
        True where there is a token, False where there is padding.

    Raises
    ------
    ValueError
        If there is no sequence, or one does not hold whole numbers.
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
                f"pad: sequence {b} is {_short(sequence)}, expected a list of whole numbers; "
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

    The sentences are sorted by length, equal lengths in random order, and cut into
    neighbouring batches; the batches are then shuffled. Where `batch_size` does not divide
    their number, one batch is smaller; chance says which, so that it is not always the one
    with the longest sentences.

    Parameters
    ----------
    lengths : sequence of N int
        The length of each sentence.
    batch_size : int
        The largest number of sentences in a batch.
    rng : numpy.random.Generator
        The source of chance: the same state gives the same batches.

    Returns
    -------
    list of int64 arrays, each of shape (B,)
        Indices into `lengths`; each of 0 … N − 1 is in exactly one batch.

    Raises
    ------
    ValueError
        If `lengths` is empty or not a list of numbers, or `batch_size` is below 1.
    TypeError
        If `rng` is not a NumPy generator.
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
            f"bucketed_batches: rng={_short(rng)} was given, expected a NumPy generator; pass "
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
    """Give text its one usual form: NFC, single spaces, no invisible layout characters.

    Decomposed Hangul (ㅎ + ㅏ + ㄱ as three code points) becomes syllables; no-break and other
    spaces, tabs and line ends become single spaces; soft hyphens, zero-width spaces, word
    joiners, byte-order marks, direction marks and control characters go.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        ``normalise(normalise(text)) == normalise(text)``.
    """
    return unicodedata.normalize("NFC", _tidy(text))


def _tidy(text: str) -> str:
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
    - numbers keep points, commas and colons (3.14, 10,000, 7:45), p.m. keeps its points;
    - every other sign, an emoji with its modifiers included, is a token.

    Capitals stay: pass ``text.lower()`` for a smaller vocabulary.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        No token is empty or holds a space. But for apostrophes, the tokens joined are the
        normalised text without its spaces.
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


# Sentence pairs -----------------------------------------------------------------------------

SentencePair = tuple[str, str]
Fractions = tuple[float, float, float]

_LINE_END = re.compile(r"\r\n|\r|\n")
_ATTRIBUTION = re.compile(r"CC[ -]?(BY|0)\b|Attribution: ?tatoeba")
_HEADER_WORDS = frozenset(
    """source target src tgt trg text sentence original translation id attribution licence
    license language locale lang english korean french german spanish japanese chinese
    en ko fr de es ja zh eng kor fra fre deu ger spa jpn cmn iso""".split()
)
_ARCHIVES = (
    (b"PK\x03\x04", "a zip archive", "python -m zipfile -e {name} ."),
    (b"\x1f\x8b", "a gzip archive", "python -m gzip -d {name}"),
    (b"BZh", "a bzip2 archive", "bunzip2 {name}"),
    (b"\xfd7zXZ\x00", "an xz archive", "unxz {name}"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x {name}"),
)


@dataclass(frozen=True, repr=False)
class PairReport:
    """What `load_pairs` read, kept and dropped. ``print(report)`` shows it in full.

    Line numbers count from 1, blank lines included, as an editor shows them.

    Attributes
    ----------
    name : str
        The file's name.
    lines : int
        The number of lines read; always ``kept + sum(map(len, dropped.values()))``.
    kept : int
        The number of pairs in the three parts together.
    dropped : dict of str to list of int
        For each reason, the lines that were dropped for it.
    examples : dict of str to str
        For each kind of malformed line, the first such line.
    normalised : dict of str to list of int
        For each kind of change that `normalise` made, the kept lines where it made it.
    sources, sources_with_several_targets : int
        How many different source sentences there are, and how many of them have more than one
        target. These stay together in one part.
    parts : dict of str to int
        The number of pairs in each part.
    layout : str
        Which columns were read.
    notes : list of str
        What else the reader of the file should know.
    """

    name: str
    lines: int
    kept: int
    dropped: dict[str, list[int]]
    examples: dict[str, str]
    normalised: dict[str, list[int]]
    sources: int
    sources_with_several_targets: int
    parts: dict[str, int]
    layout: str
    notes: list[str]

    def __str__(self) -> str:
        count = sum(map(len, self.dropped.values()))
        rows = [
            f"{self.name}: {_count(self.lines, 'line')} read, "
            f"{_count(self.kept, 'pair')} kept, {_count(count, 'line')} dropped",
            f"  columns     {self.layout}",
        ]
        for label, groups in (("dropped", self.dropped), ("normalised", self.normalised)):
            for reason, numbers in groups.items():
                example = self.examples.get(reason) if label == "dropped" else None
                shown = f" (line {numbers[0]} reads {_short(example, 60)})" if example else ""
                rows.append(f"  {label:<11} {len(numbers):,}: {reason}, {_lines(numbers)}{shown}")
        rows.append(
            f"  sources     {self.sources:,} different ones; "
            f"{self.sources_with_several_targets:,} with several targets, kept in one part"
        )
        parts = (f"{part} {size:,}" for part, size in self.parts.items())
        rows.append(f"  parts       {' · '.join(parts)} pairs; no source is in two of them")
        rows.extend(f"  note        {note}" for note in self.notes)
        return "\n".join(rows)

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class PairFile:
    """The sentence pairs of a file in three parts, and the report on how they were read.

    Attributes
    ----------
    train, validation, test : list of (str, str)
        Source and target sentence of each pair.
    report : PairReport
        What was read, kept and dropped.
    """

    train: list[SentencePair]
    validation: list[SentencePair]
    test: list[SentencePair]
    report: PairReport

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part}: {size:,}" for part, size in self.report.parts.items())
        return f"PairFile of {self.report.name} ({sizes}; print(….report) tells what was dropped)"


def load_pairs(
    path: str | os.PathLike[str],
    tokenise: Callable[[str], Sequence[str]] = tokenise,
    seed: int = 0,
    fractions: Fractions = (0.8, 0.1, 0.1),
    *,
    swap: bool = False,
    columns: tuple[int, int] | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    maximum_tokens: int | None = None,
    limit: int | None = None,
    strict: bool = False,
) -> PairFile:
    """Read tab-separated sentence pairs and split them so that no source is in two parts.

    Reads what Tatoeba and manythings.org export: two columns (source, target), three (source,
    target, attribution) or four (number, source, number, target). Which of these a file is, its
    lines show. The sentences are put into their normal form (see `normalise`).

    A line that cannot be used is dropped, and the report holds its number and the reason: a
    blank line, a header, too few or too many columns, an empty field, a pair that was there
    before. What would spoil more than a line is an error.

    Parameters
    ----------
    path : str or path
        The file.
    tokenise : callable
        Cuts a sentence into the tokens that `maximum_tokens` counts.
    seed : int
        Another seed gives another split. The same seed gives the same one, in the same order,
        however the lines of the file are ordered.
    fractions : three floats
        The share of train, validation and test among the sources; they add up to 1. A share of
        0 leaves its part empty; any other part gets at least one source.
    swap : bool
        Exchange source and target, to read an English–Korean file as Korean → English.
    columns : pair of int, optional
        The numbers of the source and the target column, the first being 1, for a file with
        another layout.
    header : bool, optional
        Whether the first line names the columns. Without it, a first line is dropped as a
        header if it holds nothing but words such as source, target, English, id.
    encoding : str
        How the file writes characters. A byte-order mark is removed.
    maximum_tokens : int, optional
        Drop pairs of which either side is longer.
    limit : int, optional
        Keep at most so many pairs: a sample of the whole file, which the seed chooses, not its
        first lines.
    strict : bool
        Raise on the first line with a wrong number of columns or an empty field.

    Returns
    -------
    PairFile
        The parts `train`, `validation` and `test`, and the `report`. Each part is shuffled,
        but for the targets of one source, which stand side by side.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file (the message names similar ones), or it is a folder.
    ValueError
        If the file is empty, an archive, a web page, a list that holds no pairs, or cut off in
        its last line; if a byte does not fit the encoding (the message names line, byte and the
        likely encoding); if no pair is left, or too few for three parts; if an argument makes no
        sense.
    """
    file = Path(path).expanduser()

    def fail(message: str) -> ValueError:
        return ValueError(f"load_pairs: {file.name}: {message}")

    for option, value in (("maximum_tokens", maximum_tokens), ("limit", limit)):
        if value is not None and value < 1:
            raise ValueError(f"load_pairs: {option}={value} was given, expected 1 or more")
    _check_fractions(fractions)

    dropped: dict[str, list[int]] = {}
    examples: dict[str, str] = {}
    lines, last_is_open, notes = _split_lines(_decode(_read_bytes(file), encoding, fail))
    rows = _rows(lines, header, dropped, examples, fail)
    layout = _find_layout([fields for _, fields in rows], columns, fail)
    if swap:
        layout = replace(layout, source=layout.target, target=layout.source)
    number, fields = rows[-1]
    if last_is_open and number == len(lines):
        if len(fields) < layout.width:
            raise fail(
                f"line {number}, the last, is cut off: it has {_count(len(fields), 'column')} "
                f"where others have {layout.width}, and no line end ({_short(lines[-1])}); fetch "
                "the file again, or delete that line, or give it a line end if it is complete"
            )
        notes.append(f"line {number}, the last, has no line end: check that it is complete")

    # Line by line: a pair, or a reason.
    pairs: dict[SentencePair, int] = {}
    marked: dict[str, list[int]] = {}
    for number, fields in rows:
        reason = layout.problem(fields)
        if reason is not None:
            line = lines[number - 1]
            if strict:
                raise fail(f"line {number}: {reason} ({_short(line, 60)}); correct or delete it")
            dropped.setdefault(reason, []).append(number)
            examples.setdefault(reason, line)
            continue
        sentences = fields[layout.source], fields[layout.target]
        pair = normalise(sentences[0]), normalise(sentences[1])
        if pair in pairs:
            dropped.setdefault("the same pair stands further up", []).append(number)
            continue
        if maximum_tokens is not None:
            try:
                longest = max(len(tokenise(sentence)) for sentence in pair)
            except ValueError as error:
                raise fail(f"line {number}: tokenise refuses it: {error}") from error
            if longest > maximum_tokens:
                reason = f"more than maximum_tokens={maximum_tokens} tokens"
                dropped.setdefault(reason, []).append(number)
                continue
        pairs[pair] = number
        for mark in _marks(sentences):
            marked.setdefault(mark, []).append(number)
        if len(fields) != layout.width:
            marked.setdefault(_OTHER_WIDTH, []).append(number)
    if not pairs:
        reasons = "; ".join(f"{reason}: {_lines(n)}" for reason, n in dropped.items())
        raise fail(f"no pair is left of {_count(len(lines), 'line')} ({reasons})")

    chosen = list(pairs)
    if limit is not None and len(chosen) > limit:
        chosen = [pair for group in _shuffled_groups(chosen, seed) for pair in group][:limit]
        left_out = sorted(set(pairs.values()) - {pairs[pair] for pair in chosen})
        dropped[f"beyond limit={limit}"] = left_out
        marked = {mark: sorted(set(found) - set(left_out)) for mark, found in marked.items()}
    try:
        parts = split_by_source(chosen, seed, fractions)
    except ValueError as error:
        raise fail(str(error)) from error

    for mark, note in _NOTES.items():
        if found := marked.pop(mark, []):
            notes.append(f"{_count(len(found), 'line')} {note}, {_lines(found)}")
    train_targets = {target for _, target in parts[0]}
    if seen := sum(target in train_targets for _, target in parts[2]):
        notes.append(
            f"the targets of {seen:,} among {_count(len(parts[2]), 'test pair')} also stand in "
            "train, there under another source"
        )
    targets = Counter(source for source, _ in chosen)
    report = PairReport(
        name=file.name,
        lines=len(lines),
        kept=len(chosen),
        dropped=dropped,
        examples=examples,
        normalised={change: found for change, found in marked.items() if found},
        sources=len(targets),
        sources_with_several_targets=sum(count > 1 for count in targets.values()),
        parts=dict(zip(("train", "validation", "test"), map(len, parts), strict=True)),
        layout=layout.describe(),
        notes=notes,
    )
    return PairFile(*parts, report)


def split_by_source(
    pairs: Iterable[SentencePair], seed: int = 0, fractions: Fractions = (0.8, 0.1, 0.1)
) -> tuple[list[SentencePair], list[SentencePair], list[SentencePair]]:
    """Split pairs into train, validation and test so that no source is in two parts.

    Sources that differ in nothing but capitals, punctuation and spaces ("Wait!", "wait.") count
    as one source here: a model that is fed lower-case words would otherwise be tested on what
    it was trained on.

    Parameters
    ----------
    pairs : iterable of (source, target)
        The pairs; their order does not matter.
    seed : int
        Another seed gives another split.
    fractions : three floats
        The shares of the sources that go to each part; they add up to 1.

    Returns
    -------
    train, validation, test : lists of (source, target)
        Shuffled, but for the targets of one source, which stand side by side.

    Raises
    ------
    ValueError
        If the fractions are not three shares that add up to 1 with a train share above 0, or
        there are fewer sources than parts to fill.
    """
    _check_fractions(fractions)
    groups = _shuffled_groups(pairs, seed)
    wanted = sum(fraction > 0 for fraction in fractions)
    if len(groups) < wanted:
        raise ValueError(
            f"split_by_source: {_count(len(groups), 'different source')} cannot fill {wanted} "
            "parts; give more pairs, or pass fractions=(1, 0, 0) to put all into train"
        )
    sizes = [max(1, round(share * len(groups))) if share > 0 else 0 for share in fractions[1:]]
    while sum(sizes) >= len(groups):
        sizes[sizes.index(max(sizes))] -= 1
    cuts = (0, len(groups) - sum(sizes), len(groups) - sizes[1], len(groups))
    train, validation, test = (
        [pair for group in groups[start:stop] for pair in group]
        for start, stop in itertools.pairwise(cuts)
    )
    return train, validation, test


def _shuffled_groups(pairs: Iterable[SentencePair], seed: int) -> list[list[SentencePair]]:
    """Group pairs whose sources are alike; order groups by a hash of source and seed."""
    groups: dict[str, list[SentencePair]] = {}
    for pair in pairs:
        groups.setdefault(_source_key(pair[0]), []).append(pair)

    def place(key: str) -> tuple[bytes, str]:
        return hashlib.sha256(f"{seed}\t{key}".encode()).digest(), key

    return [sorted(groups[key]) for key in sorted(groups, key=place)]


def _source_key(source: str) -> str:
    """Return the letters and digits of a sentence, or all of it where it has none."""
    folded = unicodedata.normalize("NFC", normalise(source).casefold())
    if folded.isascii():
        kept = re.sub("[^a-z0-9]", "", folded)
    else:
        kept = "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")
    return kept or folded


def _check_fractions(fractions: Sequence[float]) -> None:
    if (
        len(fractions) != 3
        or not all(0 <= fraction <= 1 for fraction in fractions)
        or not math.isclose(sum(fractions), 1, abs_tol=1e-9)
        or fractions[0] == 0
    ):
        raise ValueError(
            f"split_by_source: fractions={fractions!r} was given, expected three shares for "
            "train, validation and test that add up to 1, train's above 0; pass for instance "
            "(0.8, 0.1, 0.1)"
        )


@dataclass(frozen=True)
class _Layout:
    """Which columns of a line are read, and what is wrong with a line that does not fit."""

    source: int
    target: int
    width: int  # the usual number of columns
    kind: str  # "chosen", "numbered", "attributed" or "plain"

    def problem(self, fields: list[str]) -> str | None:
        """Return what is wrong with a line, None where it can be read."""
        count = f"{_count(len(fields), 'column')} where {self.width} are expected"
        if len(fields) <= max(self.source, self.target):
            return count
        if self.kind == "numbered":
            if any(map(normalise, fields[4:])):
                return count
            if not (_is_number(fields[0]) and _is_number(fields[2])):
                return "no number before a sentence where others have one"
        elif self.kind != "chosen":
            if _ATTRIBUTION.match(normalise(fields[1])):
                return "the attribution stands in column 2"
            extra = fields[self.width if self.kind == "plain" else 2 :]
            extra = [field for field in map(normalise, extra) if field]
            if extra and not _ATTRIBUTION.match(extra[0]):
                return count if len(fields) != self.width else "column 3 is not the attribution"
        for role, column in (("source", self.source), ("target", self.target)):
            if not normalise(fields[column]):
                return f"empty {role}"
        return None

    def describe(self) -> str:
        """Say which columns are read."""
        rest = {
            "numbered": "; numbers passed over",
            "attributed": "; attribution passed over (its licence asks that it be given)",
        }
        return f"source {self.source + 1}, target {self.target + 1} of {self.width}" + rest.get(
            self.kind, ""
        )


def _split_lines(text: str) -> tuple[list[str], bool, list[str]]:
    """Return the lines, whether the last one lacks its line end, and notes on line ends."""
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    last_is_open = lines[-1] != ""
    if not last_is_open:
        lines.pop()
    pairs = text.count("\r\n")
    ends = {"CR LF": pairs, "LF": text.count("\n") - pairs, "CR": text.count("\r") - pairs}
    if sum(count > 0 for count in ends.values()) <= 1:
        return lines, last_is_open, []
    mixture = ", ".join(f"{count:,} × {end}" for end, count in ends.items() if count)
    return lines, last_is_open, [f"line ends are mixed ({mixture}); each ends a line"]


def _rows(
    lines: list[str],
    header: bool | None,
    dropped: dict[str, list[int]],
    examples: dict[str, str],
    fail: Callable[[str], ValueError],
) -> list[tuple[int, list[str]]]:
    """Return number and columns of each line but blank ones and the header."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if _tidy(line):
            rows.append((number, line.split("\t")))
        else:
            dropped.setdefault("blank line", []).append(number)
    if not rows:
        raise fail(f"{_count(len(lines), 'line')}, all blank, expected sentence pairs")
    if header or (header is None and _is_header(rows[0][1])):
        number, fields = rows.pop(0)
        dropped["header"] = [number]
        examples["header"] = "\t".join(fields)
        if not rows:
            raise fail(f"nothing but a header in line {number}, expected sentence pairs")
    return rows


_COMPOSED = "letters composed (NFC)"
_TIDIED = "spaces made plain, invisible characters removed"
_DAMAGED = "damaged"
_OTHER_WIDTH = "other width"
_NOTES = {
    _OTHER_WIDTH: "with another number of columns than most, read all the same",
    _DAMAGED: "with damaged characters (� or control codes: once converted wrongly)",
}


def _marks(sentences: tuple[str, str]) -> list[str]:
    """Return what `normalise` changes in two sentences, and whether letters are damaged."""
    marks = []
    if not all(unicodedata.is_normalized("NFC", sentence) for sentence in sentences):
        marks.append(_COMPOSED)
    if any(_tidy(sentence) != sentence for sentence in sentences):
        marks.append(_TIDIED)
    if any(re.search("[\ufffd\x80-\x84\x86-\x9f]", sentence) for sentence in sentences):
        marks.append(_DAMAGED)
    return marks


def _find_layout(
    rows: list[list[str]], columns: tuple[int, int] | None, fail: Callable[[str], ValueError]
) -> _Layout:
    """Tell from all lines together what the columns hold."""
    widths = Counter(len(fields) for fields in rows if len(fields) > 1)
    if not widths:
        other = Counter(mark for fields in rows for mark in ",;|" if mark in fields[0])
        hint = ""
        if other and other.most_common(1)[0][1] > len(rows) / 2:
            hint = f" (the columns seem to be divided by {other.most_common(1)[0][0]!r})"
        raise fail(
            f"no line has a tab, expected source and target with a tab between them{hint}; "
            "save it as tab-separated text"
        )
    width = max(widths, key=lambda found: (widths[found], -found))
    usual = [fields for fields in rows if len(fields) == width]
    usual = usual[:: max(1, len(usual) // 1000)]  # a thousand of them tell as much as all

    def share(column: int, test: Callable[[str], object]) -> float:
        return sum(bool(test(normalise(fields[column]))) for fields in usual) / len(usual)

    if columns is not None:
        source, target = columns
        if source == target or not (1 <= source <= width and 1 <= target <= width):
            raise fail(
                f"columns={columns!r} was given, expected two different numbers from 1 to "
                f"{width}, the number of columns of most lines"
            )
        return _Layout(source - 1, target - 1, width, "chosen")
    advice = "say which columns hold source and target, for instance columns=(2, 3)"
    if width >= 4 and share(0, _is_number) > 0.9 and share(2, _is_number) > 0.9:
        if width == 4:
            return _Layout(1, 3, width, "numbered")
        raise fail(f"{width} columns, expected 2 to 4; {advice}")
    if width >= 3 and share(2, _ATTRIBUTION.match) > 0.5:
        return _Layout(0, 1, width, "attributed")
    if share(0, _is_number) > 0.9:
        if share(1, _is_number) > 0.9:
            raise fail(
                "its columns hold numbers (Tatoeba's list of links?), expected sentences; fetch "
                "its sentence pairs instead"
            )
        if width == 3 and share(1, re.compile(r"[a-z]{3}(_[a-z]+)?|\\N").fullmatch) > 0.9:
            raise fail(
                "number, language, text: this is Tatoeba's list of sentences, expected pairs; "
                "fetch its sentence pairs instead"
            )
        raise fail(f"the first column holds numbers, expected sentences; {advice}")
    if width > 3:
        raise fail(f"{width} columns, expected 2 to 4; {advice}")
    return _Layout(0, 1, width, "plain")


def _is_header(fields: list[str]) -> bool:
    """Return whether a line holds nothing but the usual names of columns."""
    words = re.split(r"[ _.-]+", " ".join(map(normalise, fields)).casefold())
    return len(fields) > 1 and all(word.strip("12") in _HEADER_WORDS for word in words)


def _is_number(field: str) -> bool:
    return normalise(field).isdecimal()


def _read_bytes(path: Path) -> bytes:
    """Read a file of text; refuse what cannot be one."""
    if path.is_dir():
        files = sorted(p.name for p in path.iterdir() if p.suffix in (".txt", ".tsv"))
        hint = f", for instance {path / files[0]}" if files else ""
        raise IsADirectoryError(
            f"load_pairs: {path} is a folder, expected a tab-separated file; pass a file's "
            f"path{hint}"
        )
    if not path.exists():
        folder = path.parent
        if not folder.is_dir():
            raise FileNotFoundError(
                f"load_pairs: there is no file {path}, nor a folder {folder}; check the path (it "
                f"starts from {Path.cwd()})"
            )
        near = suggest(path.name, (p.name for p in folder.iterdir()), limit=3)
        hint = f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""
        raise FileNotFoundError(
            f"load_pairs: there is no file {path.name!r} in {folder.resolve()}{hint}; check the "
            "path"
        )
    raw = path.read_bytes()
    name = path.name
    if not raw:
        raise ValueError(
            f"load_pairs: {name} is empty (0 bytes), expected sentence pairs; fetch it again"
        )
    for magic, kind, command in _ARCHIVES:
        if raw.startswith(magic) and (magic != b"BZh" or raw[4:7] == b"1AY"):
            inside = ""
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    inside = f" that holds {', '.join(archive.namelist()[:3])}"
            raise ValueError(
                f"load_pairs: {name} is {kind}{inside}, expected a text file; unpack it "
                f"({command.format(name=name)}) and pass the file inside"
            )
    if raw[:200].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise ValueError(
            f"load_pairs: {name} is a web page, expected tab-separated text; the download gave "
            "a page instead of the file: fetch it with a browser"
        )
    return raw


def _decode(raw: bytes, encoding: str, fail: Callable[[str], ValueError]) -> str:
    """Decode a file; say where and why it cannot be, and what to try."""
    utf_8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    if utf_8 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fail(
            "it begins with the byte-order mark of UTF-16, expected UTF-8; pass "
            'encoding="utf-16", or save it as UTF-8'
        )
    if utf_8 and raw.count(0) > len(raw) / 8:
        order = "le" if raw[1::2].count(0) > raw[::2].count(0) else "be"
        raise fail(
            f"it is full of zero bytes, expected UTF-8; it looks like UTF-16: pass "
            f'encoding="utf-16-{order}", or save it as UTF-8'
        )
    try:
        text = raw.decode(encoding)
    except LookupError:
        raise fail(
            f"encoding={encoding!r} was given, which Python does not know; pass for instance "
            '"utf-8", "cp949" or "cp1252"'
        ) from None
    except UnicodeDecodeError as error:
        raise fail(_decoding_problem(raw, encoding if not utf_8 else "UTF-8", error)) from None
    return text


def _decoding_problem(raw: bytes, encoding: str, error: UnicodeDecodeError) -> str:
    before = raw[: error.start]
    breaks = list(re.finditer(rb"\r\n|\r|\n", before))
    line, column = len(breaks) + 1, error.start - (breaks[-1].end() if breaks else 0) + 1
    place = (
        f"line {line}, byte {column} of the line (byte {error.start + 1} of the file): "
        f"0x{raw[error.start]:02X} is not valid {encoding}"
    )
    if encoding != "UTF-8":
        return f"{place}; pass the encoding in which the file was saved"
    if error.end == len(raw) and error.reason == "unexpected end of data" and not before.isascii():
        return (
            f"{place}: line {line}, the last, is cut off within a character; fetch the file "
            "again, or delete that line"
        )
    good = bad = 0
    for piece in re.split(rb"[\r\n]+", raw):
        if not piece.isascii():
            try:
                piece.decode()
                good += 1
            except UnicodeDecodeError:
                bad += 1
    if good > bad:
        return (
            f"{place}; {_count(bad, 'line')} like it, while {good:,} others with such letters are "
            f"good UTF-8: correct or delete line {line} in an editor"
        )
    guess, reason = "cp1252", "Latin-1 (Windows-1252)"
    try:
        letters = [c for c in raw.decode("cp949") if not c.isascii()]
        if sum("가" <= c <= "힣" for c in letters) > len(letters) / 2:
            guess, reason = "cp949", "CP949 (EUC-KR)"
    except UnicodeDecodeError:
        pass
    return (
        f'{place}; the file looks like {reason}: pass encoding="{guess}", or save it as UTF-8 '
        f"(iconv -f {guess.upper()} -t UTF-8)"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _lines(numbers: Sequence[int], shown: int = 5) -> str:
    """Return 'line 3' or 'lines 3, 8, 9 and 12 more'."""
    text = ", ".join(map(str, numbers[:shown]))
    more = f" and {len(numbers) - shown:,} more" if len(numbers) > shown else ""
    return f"line{'' if len(numbers) == 1 else 's'} {text}{more}"
