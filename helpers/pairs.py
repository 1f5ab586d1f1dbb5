"""Sentence pairs from files as people have them: read, normalised, split without overlap.

Nothing is lost silently: a report says what was dropped, and why. Needs no torch.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from helpers.pair_columns import Layout, find_layout, is_header, may_be_header
from helpers.pair_files import (
    WIDE,
    PathLike,
    Row,
    Rows,
    count,
    decoded,
    failure,
    lines,
    narrow,
    read_rows,
)
from helpers.text import normalise, shorten, tidy, tokenise

SentencePair = tuple[str, str]
Fractions = tuple[float, float, float]


@dataclass(frozen=True, repr=False)
class PairReport:
    """What `load_pairs` read, kept and dropped; ``print(report)`` shows it in full.

    Line numbers count from 1, blank lines included, as an editor shows them; a row that quotes lay
    over several lines counts as one, with the number of its first. `dropped` has for each reason
    the lines dropped for it, and `examples` the first one's text; `normalised` has for each kind of
    change the kept lines where it was made. ``lines == kept + sum(map(len, dropped.values()))``.
    `parts` are the sizes of the parts, `layout` the columns that were read, `notes` what else the
    reader of the file should know.
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
        gone = sum(map(len, self.dropped.values()))
        parts = " · ".join(f"{part} {size:,}" for part, size in self.parts.items())
        rows = [
            f"{self.name}: {count(self.lines, 'line')} read, "
            f"{count(self.kept, 'pair')} kept, {count(gone, 'line')} dropped",
            f"  columns     {self.layout}",
        ]
        for label, groups in (("dropped", self.dropped), ("normalised", self.normalised)):
            for reason, numbers in groups.items():
                example = self.examples.get(reason)
                shown = f" (line {numbers[0]} reads {shorten(example, 60)})" if example else ""
                rows.append(f"  {label:<11} {len(numbers):,}: {reason}, {lines(numbers)}{shown}")
        return "\n".join(
            [
                *rows,
                f"  sources     {self.sources:,} different ones; "
                f"{self.sources_with_several_targets:,} with several targets, kept in one part",
                f"  parts       {parts} pairs; no source is in two of them",
                *(f"  note        {note}" for note in self.notes),
            ]
        )

    __repr__ = __str__


@dataclass(frozen=True, repr=False)
class PairFile:
    """The sentence pairs of a file in three parts, and the report on how they were read."""

    train: list[SentencePair]
    validation: list[SentencePair]
    test: list[SentencePair]
    report: PairReport

    def __repr__(self) -> str:
        sizes = ", ".join(f"{part}: {size:,}" for part, size in self.report.parts.items())
        return f"PairFile of {self.report.name} ({sizes}; print(….report) tells what was dropped)"


_NOTES = {
    "other width": "with another number of columns than most, read all the same",
    "damaged": "with damaged characters (� or control codes: once converted wrongly)",
}


@dataclass
class _Reading:
    """What is known of a file while it is read."""

    found: Rows
    dropped: dict[str, list[int]] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    marked: dict[str, list[int]] = field(default_factory=dict)

    def fail(self, message: str) -> ValueError:
        return failure(self.found.name, message)

    @property
    def read(self) -> str:
        return count(len(self.found.rows), "line")

    def drop(self, reason: str, number: int, columns: Sequence[str] = ()) -> None:
        self.dropped.setdefault(reason, []).append(number)
        if columns:
            self.examples.setdefault(reason, "\t".join(columns))

    def without_blank_and_header(self, header: bool | None) -> list[Row]:
        """Return the lines that may hold a pair."""
        rows = []
        for row in self.found.rows:
            if any(map(tidy, row[1])):
                rows.append(row)
            else:
                self.drop("blank line", row[0])
        if not rows:
            raise self.fail(f"{self.read}, all blank, expected sentence pairs")
        number, columns = rows[0]
        guess = header is None and bool(self.found.delimiter)
        if header or (guess and is_header(columns)):
            self.drop("header", number, columns)
            if len(rows) == 1:
                raise self.fail(f"nothing but a header in line {number}, expected sentence pairs")
            return rows[1:]
        if guess and may_be_header([columns for _, columns in rows]):
            self.found.notes.append(
                f"line {number} may be a header ({shorten(' | '.join(columns))}), read as a pair: "
                "pass header=True to drop it, header=False if it is a pair"
            )
        return rows

    def check_the_end(self, width: int) -> None:
        """Refuse a last line that lacks columns and its line end."""
        number, columns = self.found.rows[-1]
        if not self.found.last_is_open or not any(map(tidy, columns)):
            return
        last, found = f"line {number}, the last,", count(len(columns), "column")
        if len(columns) < width:
            raise self.fail(
                f"{last} is cut off: it has {found} where others have {width}, and no line end "
                f"({shorten(' '.join(columns))}); fetch the file again, or complete or delete it"
            )
        self.found.notes.append(f"{last} has no line end: check that it is complete")

    def pairs(
        self,
        rows: list[Row],
        layout: Layout,
        strict: bool,
        fold: bool,
        tokenise: Callable[[str], Sequence[str]],
        most: int | None,
    ) -> dict[SentencePair, int]:
        """Go through the lines: a pair with the number of its line, or a reason."""
        pairs: dict[SentencePair, int] = {}
        for number, columns in rows:
            if (reason := layout.problem(columns)) is not None:
                if strict:
                    line = shorten("\t".join(columns), 60)
                    raise self.fail(f"line {number}: {reason} ({line}); correct or delete it")
                self.drop(reason, number, columns)
                continue
            raw = columns[layout.source], columns[layout.target]
            source, target = (_written(side, fold) for side in raw)
            try:
                if (source, target) in pairs:
                    reason = "the same pair stands further up"
                elif most and any(len(tokenise(side)) > most for side in (source, target)):
                    reason = f"more than maximum_tokens={most} tokens"
            except ValueError as error:
                raise self.fail(f"line {number}: tokenise refuses it: {error}") from error
            if reason is not None:
                self.drop(reason, number)
                continue
            pairs[source, target] = number
            for mark in _marks(raw, fold) + ["other width"] * (len(columns) != layout.width):
                self.marked.setdefault(mark, []).append(number)
        if not pairs:
            reasons = "; ".join(f"{reason}: {lines(n)}" for reason, n in self.dropped.items())
            raise self.fail(f"no pair is left of {self.read} ({reasons})")
        return pairs

    def sample(
        self, pairs: dict[SentencePair, int], limit: int | None, seed: int
    ) -> list[SentencePair]:
        """Choose at most `limit` pairs, and say which were left out."""
        if limit is None or len(pairs) <= limit:
            return list(pairs)
        chosen = [pair for group in _shuffled_groups(pairs, seed) for pair in group][:limit]
        kept = {pairs[pair] for pair in chosen}
        self.dropped[f"beyond limit={limit}"] = sorted(set(pairs.values()) - kept)
        self.marked = {mark: sorted(kept & set(found)) for mark, found in self.marked.items()}
        return chosen

    def report(
        self, pairs: list[SentencePair], parts: Sequence[list[SentencePair]], layout: Layout
    ) -> PairReport:
        """Put together what is known at the end."""
        marked = {mark: found for mark, found in self.marked.items() if found}
        notes = [
            f"{count(len(found), 'line')} {_NOTES[mark]}, {lines(found)}"
            for mark, found in marked.items()
            if mark in _NOTES
        ]
        known = {target for _, target in parts[0]}
        if seen := sum(target in known for _, target in parts[2]):
            notes.append(
                f"the targets of {seen:,} among {count(len(parts[2]), 'test pair')} also stand in "
                "train, there under another source"
            )
        targets = Counter(source for source, _ in pairs)
        return PairReport(
            name=self.found.name,
            lines=len(self.found.rows),
            kept=len(pairs),
            dropped=self.dropped,
            examples=self.examples,
            normalised={change: found for change, found in marked.items() if change not in _NOTES},
            sources=len(targets),
            sources_with_several_targets=sum(number > 1 for number in targets.values()),
            parts=dict(zip(("train", "validation", "test"), map(len, parts), strict=True)),
            layout=layout.describe(),
            notes=[*self.found.notes, *notes, *_two_widths(pairs)],
        )


def _written(sentence: str, fold_widths: bool) -> str:
    plain = normalise(decoded(sentence))
    return narrow(plain) if fold_widths else plain


def _marks(sentences: tuple[str, str], fold_widths: bool) -> list[str]:
    """Return what is changed in two sentences, and whether letters are damaged."""
    plain = [decoded(sentence) for sentence in sentences]
    tests = {
        "HTML entities decoded, such as &quot; and &#39;": plain != list(sentences),
        "letters composed (NFC)": not all(unicodedata.is_normalized("NFC", s) for s in plain),
        "spaces made plain, invisible characters removed": any(tidy(s) != s for s in plain),
        "full-width forms made plain, such as ？": fold_widths and any(map(WIDE.search, plain)),
        "damaged": any(re.search("[\ufffd\x80-\x84\x86-\x9f]", s) for s in sentences),
    }
    return [mark for mark, found in tests.items() if found]


def _two_widths(pairs: list[SentencePair]) -> list[str]:
    """Say where one side has both forms of a sign: ？ and ? are two tokens."""
    notes = []
    for side, name in enumerate(("sources", "targets")):
        letters = set().union(*(pair[side] for pair in pairs))
        both = sorted(c for c in letters if WIDE.match(c) and narrow(c) in letters)
        if both:
            shown = ", ".join(f"{c} and {narrow(c)}" for c in both[:3])
            advice = "pass fold_widths=True to make them one"
            notes.append(f"{shown} are different in the {name}: {advice}")
    return notes


def load_pairs(
    path: PathLike | tuple[PathLike, PathLike],
    tokenise: Callable[[str], Sequence[str]] = tokenise,
    seed: int = 0,
    fractions: Fractions = (0.8, 0.1, 0.1),
    *,
    swap: bool = False,
    columns: tuple[int, int] | None = None,
    header: bool | None = None,
    encoding: str = "utf-8",
    delimiter: str = "\t",
    quoted: bool = False,
    fold_widths: bool = False,
    maximum_tokens: int | None = None,
    limit: int | None = None,
    strict: bool = False,
) -> PairFile:
    """Read sentence pairs from a file and split them so that no source is in two parts.

    Reads what Tatoeba and manythings.org export: two columns (source, target), three (source,
    target, attribution) or four (number, source, number, target), with tabs between; or two files
    whose lines belong together (Moses, OPUS). HTML entities are decoded, and the sentences put into
    their normal form (`normalise`). A line that cannot be used is dropped, and the report holds its
    number and the reason. What would spoil more than a line is an error.

    Parameters
    ----------
    path : path, or (path, path)
        The file, or that of the sources and that of the targets. Packed files (.gz, .bz2, .xz,
        .zip) are read as they are; ``"fra-eng.zip/fra.txt"`` is one of several in an archive.
    tokenise : callable
        Cuts a sentence into the tokens that `maximum_tokens` counts.
    seed, fractions
        As for `split_by_source`; a share of 0 leaves its part empty.
    swap : bool
        Exchange source and target, to read an English–Korean file as Korean → English.
    columns : pair of int, optional
        The numbers of the source and the target column, from 1, where the layout is another.
    header : bool, optional
        Whether the first line names the columns. Without it, a first line is dropped if it holds
        nothing but words such as source, target, English, 한국어, id.
    encoding, delimiter : str
        How the file writes characters, and what stands between its columns.
    quoted : bool
        Whether columns may be in quotation marks, as spreadsheets write them: the marks go, ``""``
        becomes one, and delimiters and line ends between them belong to the sentence.
    fold_widths, strict : bool
        Write full-width letters, digits and signs (？) like the plain ones (?); raise on the first
        line with a wrong number of columns or an empty field.
    maximum_tokens, limit : int, optional
        Drop pairs of which either side is longer; keep at most so many pairs, a sample of the
        whole file, which the seed chooses.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, ValueError
        If there is no such file, or it cannot be read as text, holds too few pairs, or is cut off;
        or an argument makes no sense. The message says what to do.
    """
    _check_fractions(fractions)
    for option, given in (("maximum_tokens", maximum_tokens), ("limit", limit)):
        if given is not None and given < 1:
            raise ValueError(f"load_pairs: {option}={given} was given, expected 1 or more")
    if not delimiter:
        raise ValueError("load_pairs: delimiter='' was given, expected at least one character")
    reading = _Reading(read_rows(path, encoding, delimiter, quoted))
    rows = reading.without_blank_and_header(header)
    layout = find_layout([r for _, r in rows], columns, reading.found, reading.fail)
    if swap:
        layout = replace(layout, source=layout.target, target=layout.source)
    reading.check_the_end(layout.width)
    pairs = reading.pairs(rows, layout, strict, fold_widths, tokenise, maximum_tokens)
    chosen = reading.sample(pairs, limit, seed)
    try:
        parts = split_by_source(chosen, seed, fractions)
    except ValueError as error:
        raise reading.fail(str(error)) from error
    return PairFile(*parts, reading.report(chosen, parts, layout))


def split_by_source(
    pairs: Iterable[SentencePair], seed: int = 0, fractions: Fractions = (0.8, 0.1, 0.1)
) -> tuple[list[SentencePair], list[SentencePair], list[SentencePair]]:
    """Split pairs into train, validation and test so that no source is in two parts.

    Sources that differ in nothing but capitals, punctuation and spaces ("Wait!", "wait.") count
    as one here: a model that is fed lower-case words would otherwise be tested on what it was
    trained on. `fractions` are the shares of the sources; they add up to 1. Another `seed` gives
    another split; the order of the pairs does not matter. The parts are shuffled, but for the
    targets of one source, which stand side by side. ValueError if the fractions make no sense, or
    there are fewer sources than parts to fill.
    """
    _check_fractions(fractions)
    groups = _shuffled_groups(pairs, seed)
    wanted = sum(fraction > 0 for fraction in fractions)
    if len(groups) < wanted:
        raise ValueError(
            f"split_by_source: {count(len(groups), 'different source')} cannot fill {wanted} "
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
    shares = len(fractions) == 3 and all(0 <= f <= 1 for f in fractions) and fractions[0] > 0
    if not shares or not math.isclose(sum(fractions), 1, abs_tol=1e-9):
        raise ValueError(
            f"split_by_source: fractions={fractions!r} was given, expected three shares that add "
            "up to 1, train's above 0; pass for instance (0.8, 0.1, 0.1)"
        )
