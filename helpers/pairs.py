"""Sentence pairs from files as people have them: read, normalised, split without overlap.

Reads what Tatoeba and manythings.org export, and says what it dropped. Needs no torch.
"""

from __future__ import annotations

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
from pathlib import Path

from helpers.text import normalise, shorten, suggest, tidy, tokenise

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
                shown = f" (line {numbers[0]} reads {shorten(example, 60)})" if example else ""
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
                f"where others have {layout.width}, and no line end ({shorten(lines[-1])}); fetch "
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
                raise fail(f"line {number}: {reason} ({shorten(line, 60)}); correct or delete it")
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
        if tidy(line):
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
    if any(tidy(sentence) != sentence for sentence in sentences):
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
