"""From a file to lines and columns: archives, encodings, quotes; and what a file is that has none.

`pairs.load_pairs` uses it. What cannot be read is an error that says what the file is and what to
do; every advice in it works.
"""

from __future__ import annotations

import bz2
import functools
import gzip
import html
import io
import lzma
import os
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.text import suggest

Fail = Callable[[str], ValueError]
PathLike = str | os.PathLike[str]
Row = tuple[int, list[str]]  # the number of its line, its columns

WIDE = re.compile("[\uff01-\uff5e]")
_LINE_END = re.compile(r"\r\n|\r|\n")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")

_SEVEN_ZIP = "unpack it with 7-Zip and pass the file inside"
_SHEET = 'save the sheet as "CSV UTF-8" and pass that with delimiter="," and quoted=True'
_PLAIN = "save it as plain text in UTF-8, source and target with a tab between"
_TABLE = "write its two columns to a tab-separated file"
_MOSES = "OPUS has the same pairs as two plain files (Moses): pass load_pairs((source, target))"
_OTHER_FILES = (  # how a file of another kind begins, what it is, what to do
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _SEVEN_ZIP),
    (b"Rar!\x1a\x07", "a RAR archive", _SEVEN_ZIP),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it with unzstd and pass the file inside"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel or Word file", _SHEET),
    (b"%PDF", "a PDF", "pairs have to be text, a pair a line"),
    (b"{\\rtf", "a document (RTF)", _PLAIN),
    (b"PAR1", "a Parquet table", _TABLE),
    (b"SQLite format 3\x00", "a database", _TABLE),
)
_MARKUP = (  # the same for text that begins with a bracket
    (rb"<tmx\b|<!DOCTYPE tmx", "a translation memory (TMX)", _MOSES),
    (rb"<!doctype html|<html", "a web page, not the file", "fetch the file with a browser"),
    (rb"\A<\?xml", "an XML file", "export it as tab-separated text"),
    (rb'\A(\[\s*)?\{\s*"', "a JSON file", _TABLE),
)
_OFFICE = (  # what a zip archive holds that is a document
    ("xl/", "an Excel workbook", _SHEET),
    ("word/", "a Word document", _PLAIN),
    ("mimetype", "an OpenDocument file", _SHEET),
)


@dataclass(frozen=True)
class Rows:
    """The lines of a file: for each its number, from 1, and its columns.

    A quoted column may go over several lines; they are one row, with the number of the first. In
    `delimiter` is what divides the columns, "" where they come from two files.
    """

    name: str
    rows: list[Row]
    last_is_open: bool = False
    delimiter: str = ""
    path: Path = Path()
    notes: list[str] = field(default_factory=list)

    def beside(self) -> str:
        """Say which file beside this one has as many lines, and may be its other half."""
        for other in sorted(self.path.parent.glob("*")):
            same = other.stem == self.path.stem and other != self.path and other.is_file()
            if same and len(_split(other.read_text("utf-8", "replace"))[0]) == len(self.rows):
                return (
                    f"; {other.name!r} beside it has as many lines: if they belong together, pass "
                    f"load_pairs(({str(self.path)!r}, {str(other)!r})), source and target"
                )
        return "; save it as tab-separated text"


def failure(name: str, message: str) -> ValueError:
    """Return the error of a file that cannot be used."""
    return ValueError(f"load_pairs: {name}: {message}")


def read_rows(
    path: PathLike | tuple[PathLike, PathLike],
    encoding: str = "utf-8",
    delimiter: str = "\t",
    quoted: bool = False,
) -> Rows:
    """Read one file with columns, or two files whose lines belong together (`pairs.load_pairs`)."""
    if isinstance(path, tuple | list):
        return _two_files([Path(one).expanduser() for one in path], encoding)
    file = Path(path).expanduser()
    text = _text(file, encoding)
    if quoted:
        rows, notes = _quoted_rows(text, delimiter)
    else:
        found, notes = _split(text)
        rows = [(n, line.split(delimiter)) for n, line in enumerate(found, start=1)]
        notes += _notes_on_quotes(rows)
    return Rows(file.name, rows, not text.endswith(("\r", "\n")), delimiter, file, notes)


def _two_files(paths: list[Path], encoding: str) -> Rows:
    """Pair line n of one file with line n of the other."""
    if len(paths) != 2:
        raise ValueError(f"load_pairs: {len(paths)} files were given, expected one or two")
    name = f"{paths[0].name} and {paths[1].name}"
    sides = []
    for path in paths:
        # A stray CR within a line would move all lines after it.
        text = _text(path, encoding).replace("\r\n", "\n")
        found = text.split("\n") if "\n" in text else _LINE_END.split(text)
        sides.append(found[:-1] if found[-1] == "" else found)
    if len(sides[0]) != len(sides[1]):
        each = (f"{path.name} has {len(side):,}" for path, side in zip(paths, sides, strict=True))
        raise failure(
            name,
            f"{' and '.join(each)} lines, expected as many, since line n of one translates line n "
            "of the other; fetch both again, from the same place",
        )
    return Rows(name, [(n, list(pair)) for n, pair in enumerate(zip(*sides, strict=True), 1)])


def _split(text: str) -> tuple[list[str], list[str]]:
    """Return the lines, and a note if their ends are mixed."""
    found = _LINE_END.split(text)
    ends = Counter(_LINE_END.findall(text))
    names = {"\r\n": "CR LF", "\n": "LF", "\r": "CR"}
    mixture = ", ".join(f"{ends[end]:,} × {name}" for end, name in names.items() if ends[end])
    note = f"line ends are mixed ({mixture}); each ends a line"
    return found[:-1] if found[-1] == "" else found, [note] if len(ends) > 1 else []


def split_quoted(text: str, delimiter: str) -> list[list[str]]:
    """Cut text into rows of columns, which may be in quotes, as a spreadsheet writes them.

    A quote that is not closed before a delimiter or a line end is a letter like any other.
    """
    mark = re.escape(delimiter)
    column = re.compile(
        rf'(?:"((?:[^"]++|"")*+)"(?= *(?:{mark}|[\r\n]|\Z)) *|((?:(?!{mark})[^\r\n])*+))'
        rf"({mark}|\r\n|\r|\n|\Z)"
    )
    rows: list[list[str]] = [[]]
    place = 0
    while (found := column.match(text, place)) is not None:
        inner, plain, end = found.groups()
        rows[-1].append(plain if inner is None else inner.replace('""', '"'))
        place = found.end()
        if end != delimiter:
            if place == len(text):
                break
            rows.append([])
    return rows


def _quoted_rows(text: str, delimiter: str) -> tuple[list[Row], list[str]]:
    """Return the rows, and a note if some go over several lines."""
    rows: list[Row] = []
    long, number = [], 1
    for columns in split_quoted(text, delimiter):
        rows.append((number, columns))
        breaks = sum(len(_LINE_END.findall(column)) for column in columns)
        long += [number] * (breaks > 0)
        number += 1 + breaks
    note = f"{count(len(long), 'row')} over several lines, from {lines(long)}"
    return rows, [note] if long else []


def _notes_on_quotes(rows: list[Row]) -> list[str]:
    """Say where quotes look like those of a spreadsheet, though they are read as letters."""
    notes = []
    fields = [column for _, columns in rows for column in columns if column]
    if sum(len(f) > 1 and f[0] == f[-1] == '"' for f in fields) > len(fields) / 2:
        notes.append("most columns are in quotes, which stay: pass quoted=True to remove them")
    if odd := [n for n, columns in rows if any(column.count('"') % 2 for column in columns)]:
        notes.append(
            f"{count(len(odd), 'line')} with a quotation mark that has no partner, {lines(odd)}: "
            "look at them; if a spreadsheet wrote the file, pass quoted=True"
        )
    return notes


def other_delimiter(rows: list[list[str]], delimiter: str) -> str:
    """Return what seems to divide the columns in place of `delimiter`, as arguments; or ""."""
    text = [delimiter.join(columns) for columns in rows[:1000]]
    best, share = "", 0.5
    for mark in ("\t", ";", " ||| ", "|", ","):
        cut = [split_quoted(line, mark)[0] for line in text]
        width, found = Counter(map(len, cut)).most_common(1)[0]
        if mark != delimiter and width > 1 and found / len(text) > share:
            quotes = any(f'"{mark}' in line or f'{mark}"' in line for line in text)
            best, share = f"delimiter={mark!r}" + ", quoted=True" * quotes, found / len(text)
    return best


def _text(path: Path, encoding: str) -> str:
    """Read, unpack and decode a file, or say what it is."""
    fail = functools.partial(failure, path.name)
    raw = _unpacked(path, _bytes(path), fail)
    if not raw:
        raise fail("it is empty (0 bytes), expected sentence pairs; fetch it again")
    start = raw[:2000].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    for magic, kind, advice in _OTHER_FILES:
        if raw.startswith(magic):
            raise fail(f"it is {kind}, expected a text file; {advice}")
    for pattern, kind, advice in _MARKUP:
        if start.startswith((b"<", b"{", b"[")) and re.search(pattern, start, re.IGNORECASE):
            raise fail(f"it is {kind}, expected tab-separated text; {advice}")
    return _decode(raw, encoding, fail).removeprefix("\ufeff")


def _bytes(path: Path) -> bytes:
    """Read a file, or a file within a zip archive; a missing one is an error with similar names."""
    archive = next((p for p in path.parents if p.is_file() and zipfile.is_zipfile(p)), None)
    missing = f"load_pairs: there is no file {path.name!r} in {path.parent.resolve()}"
    if archive is not None:
        inside = path.relative_to(archive).as_posix()
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
            try:
                if inside in names:
                    return opened.read(inside)
            except RuntimeError as error:
                raise failure(path.name, f"{error}; unpack it") from None
        missing = f"load_pairs: there is no file {inside!r} in {archive.name}, which holds "
        missing += ", ".join(names[:5])
    elif path.is_dir():
        files = sorted(p.name for p in path.iterdir() if p.suffix in (".txt", ".tsv"))
        hint = f", for instance {path / files[0]}" if files else ""
        raise IsADirectoryError(f"load_pairs: {path} is a folder; pass the path of a file{hint}")
    elif path.exists():
        return path.read_bytes()
    elif not path.parent.is_dir():
        missing = f"load_pairs: there is no file {path}, nor a folder {path.parent}, from "
        missing += str(Path.cwd())
    elif near := suggest(path.name, (p.name for p in path.parent.iterdir()), limit=3):
        missing += f" (did you mean {' or '.join(map(repr, near))}?)"
    raise FileNotFoundError(f"{missing}; check the path")


def _unpacked(path: Path, raw: bytes, fail: Fail) -> bytes:
    """Return what a packed file holds, where that is one file of text."""
    for magic, module in ((b"\x1f\x8b", gzip), (b"BZh", bz2), (b"\xfd7zXZ\x00", lzma)):
        if raw.startswith(magic) and (magic != b"BZh" or raw[4:7] == b"1AY"):
            try:
                raw = module.decompress(raw)
            except (OSError, EOFError, ValueError, lzma.LZMAError) as error:
                packer = module.__name__
                raise fail(f"packed by {packer}, but damaged ({error}); fetch it again") from None
    if raw[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(raw)) as tar:
            names = [member.name for member in tar if member.isfile()]
        raise fail(
            f"it is a tar archive that holds {', '.join(names[:5])}, expected a text file; unpack "
            f'it (python -m tarfile -e "{path.name}" .) and pass a file inside'
        )
    return _from_zip(path, raw, fail) if raw.startswith(b"PK\x03\x04") else raw


def _from_zip(path: Path, raw: bytes, fail: Fail) -> bytes:
    """Return the one file of pairs in a zip archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = archive.namelist()
            for sign, kind, advice in _OFFICE:
                if any(name.startswith(sign) for name in names):
                    raise fail(f"it is {kind}, expected a text file; {advice}")
            texts = [name for name in names if _may_hold_pairs(name)]
            if len(texts) == 1:
                return _unpacked(path, archive.read(texts[0]), fail)
    except (zipfile.BadZipFile, EOFError) as error:
        raise fail(f"it is a damaged zip archive ({error}); fetch it again") from None
    except (RuntimeError, NotImplementedError) as error:
        raise fail(f"it cannot be unpacked here ({error}); unpack it and pass the file") from None
    inside = [f"{path}/{name}" for name in texts or names]
    call = f"load_pairs({inside[0]!r})" if inside else ""
    if len(texts) == 2 and Path(texts[0]).stem == Path(texts[1]).stem:
        call = f"load_pairs(({inside[0]!r}, {inside[1]!r})), source and target,"
    raise fail(
        f"it is a zip archive that holds {', '.join((texts or names)[:5]) or 'nothing'}, expected "
        f"one text file; say which, for instance {call}"
    )


def _may_hold_pairs(name: str) -> bool:
    """Return whether a file in an archive is none of those that only go with the pairs."""
    path = Path(name)
    beside = path.name.startswith(("_", ".")) or "__MACOSX" in path.parts or name.endswith("/")
    about = path.stem.lower() in ("readme", "license", "licence", "about", "copying")
    return not (beside or about or path.suffix in (".ids", ".scores", ".xml", ".md", ".html"))


def _decode(raw: bytes, encoding: str, fail: Fail) -> str:
    """Decode a file; say where and why it cannot be, and what to try."""
    utf_8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    if utf_8 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fail('it begins with the byte-order mark of UTF-16: pass encoding="utf-16"')
    if utf_8 and raw.count(0) > len(raw) / 8:
        order = "le" if raw[1::2].count(0) > raw[::2].count(0) else "be"
        raise fail(
            f'it is full of zero bytes and looks like UTF-16: pass encoding="utf-16-{order}"'
        )
    try:
        return raw.decode(encoding)
    except LookupError:
        known = '"utf-8", "cp949" or "cp1252"'
        message = f"encoding={encoding!r} was given, which Python does not know; pass {known}"
        raise fail(message) from None
    except UnicodeDecodeError as error:
        raise fail(_decoding_problem(raw, encoding if not utf_8 else "UTF-8", error)) from None


def _decoding_problem(raw: bytes, encoding: str, error: UnicodeDecodeError) -> str:
    """Say where a byte stands that cannot be decoded, and what to do."""
    before = raw[: error.start]
    starts = [0, *(found.end() for found in re.finditer(rb"\r\n|\r|\n", before))]
    line = len(starts)
    place = (
        f"line {line}, byte {error.start - starts[-1] + 1} of the line (byte {error.start + 1} of "
        f"the file): 0x{raw[error.start]:02X} is not valid {encoding}"
    )
    if encoding != "UTF-8":
        return f"{place}; pass the encoding in which the file was saved"
    if error.end == len(raw) and error.reason == "unexpected end of data" and not before.isascii():
        cut = f"line {line}, the last, is cut off within a character"
        return f"{place}: {cut}; fetch the file again, or delete that line"
    good = [_decodes(part) for part in re.split(rb"[\r\n]+", raw) if not part.isascii()]
    bad = good.count(False)
    if bad < sum(good):
        return (
            f"{place}; {count(bad, 'line')} like it, while {sum(good):,} others with such letters "
            f"are good UTF-8: correct or delete line {line} in an editor"
        )
    letters = [c for c in raw.decode("cp949", "ignore") if not c.isascii()]
    korean = _decodes(raw, "cp949") and sum("가" <= c <= "힣" for c in letters) > len(letters) / 2
    guess, name = ("cp949", "CP949 (EUC-KR)") if korean else ("cp1252", "Latin-1 (Windows-1252)")
    return f'{place}; the file looks like {name}: pass encoding="{guess}", or save it as UTF-8'


def _decodes(raw: bytes, encoding: str = "utf-8") -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decoded(sentence: str) -> str:
    """Decode HTML entities; what was encoded twice (``&amp;quot;``) as well."""
    while (plain := _ENTITY.sub(lambda found: html.unescape(found[0]), sentence)) != sentence:
        sentence = plain
    return sentence


def narrow(sentence: str) -> str:
    """Write full-width letters, digits and signs like the plain ones."""
    return WIDE.sub(lambda found: chr(ord(found[0]) - 0xFEE0), sentence)


def count(number: int, noun: str) -> str:
    """Return '1 line' or '2 lines'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def lines(numbers: Sequence[int], shown: int = 5) -> str:
    """Return 'line 3' or 'lines 3, 8, 9 and 12 more'."""
    text = ", ".join(map(str, numbers[:shown]))
    more = f" and {len(numbers) - shown:,} more" if len(numbers) > shown else ""
    return f"line{'' if len(numbers) == 1 else 's'} {text}{more}"
