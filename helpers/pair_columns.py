"""Which columns of a file hold the sentences, and whether its first line names them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from helpers.pair_files import Fail, Rows, count, other_delimiter
from helpers.text import normalise, shorten

_LANGUAGE = re.compile(r"[a-z]{3}(_[a-z]+)?|\\N")
_NO_SENTENCE = re.compile(r"CC[ -]?(BY|0)\b|Attribution:|https?://|[a-z]{2,3}([-_]\w+)?$")
_ENDS = tuple(".!?…。！？")
_ENDS_QUOTED = (*_ENDS, *"\"”»'’)")
_ATTRIBUTION = re.compile(r"CC[ -]?(BY|0)\b|Attribution: ?tatoeba")

# The names of columns, of languages and of their codes, as people write them above their columns.
_HEADER_WORDS = frozenset(
    """source target src tgt trg text sentence original translation translated id no number
    attribution licence license language locale lang column
    english korean french german spanish italian portuguese russian japanese chinese
    en ko fr de es it pt ru ja zh us gb uk kr jp cn tw br
    eng kor fra fre deu ger spa ita por rus jpn cmn zho chi iso
    원문 번역 번역문 원본 대상 문장 출발어 도착어 출처 번호 순번 언어 라이선스
    한국어 한글 국문 국어 영어 영문 일본어 중국어 불어 프랑스어 독일어 독어 스페인어
    日本語 英語 韓国語 中国語 原文 訳文 翻訳 中文 英文 韩语 韩文 法语 德语 译文 翻译
    anglais coréen français allemand espagnol phrase traduction langue
    englisch koreanisch deutsch französisch spanisch satz quelle ziel übersetzung sprache
    inglés coreano español francés alemán frase traducción idioma""".split()
)


@dataclass(frozen=True)
class Layout:
    """Which columns of a line are read, and what is wrong with a line that does not fit."""

    source: int
    target: int
    width: int  # the usual number of columns
    kind: str  # "chosen", "numbered", "attributed" or "plain"

    def problem(self, fields: list[str]) -> str | None:
        """Return what is wrong with a line, None where it can be read."""
        width = f"{count(len(fields), 'column')} where {self.width} are expected"
        if len(fields) <= max(self.source, self.target):
            return width
        if self.kind == "numbered":
            if any(map(normalise, fields[4:])):
                return width
            if not (all(normalise(fields[i]).isdecimal() for i in (0, 2))):
                return "no number before a sentence where others have one"
        elif self.kind != "chosen":
            if _ATTRIBUTION.match(normalise(fields[1])):
                return "the attribution stands in column 2"
            extra = fields[self.width if self.kind == "plain" else 2 :]
            extra = [field for field in map(normalise, extra) if field]
            if extra and not _ATTRIBUTION.match(extra[0]):
                return width if len(fields) != self.width else "column 3 is not the attribution"
        for role, column in (("source", self.source), ("target", self.target)):
            if not normalise(fields[column]):
                return f"empty {role}"
        return None

    def describe(self) -> str:
        """Say which columns are read."""
        over = {
            "numbered": "numbers",
            "attributed": "attribution (its licence asks that it be given)",
        }
        rest = f"; passed over: {over[self.kind]}" if self.kind in over else ""
        return f"source {self.source + 1}, target {self.target + 1} of {self.width}{rest}"


def find_layout(
    rows: list[list[str]], columns: tuple[int, int] | None, file: Rows, fail: Fail
) -> Layout:
    """Tell from all lines together what the columns hold; `fail` makes an error of a message."""
    widths = Counter(len(fields) for fields in rows if len(fields) > 1)
    if sum(widths.values()) < len(rows) / 2:
        name = "tab" if file.delimiter == "\t" else repr(file.delimiter)
        if other := other_delimiter(rows, file.delimiter):
            seen = f"the columns seem to be divided by {other}: pass that"
            raise fail(f"most lines have no {name}; {seen}")
        if not widths:
            between = f"expected source and target with a {name} between them"
            raise fail(f"no line has a {name}, {between}{file.beside()}")
    width = max(widths, key=lambda found: (widths[found], -found))
    if columns is None:
        return _recognised([fields for fields in rows if len(fields) == width], width, fail)
    source, target = columns
    if source == target or not (1 <= source <= width and 1 <= target <= width):
        raise fail(
            f"columns={columns!r} was given, expected two different numbers from 1 to "
            f"{width}, the number of columns of most lines"
        )
    return Layout(source - 1, target - 1, width, "chosen")


def _recognised(usual: list[list[str]], width: int, fail: Fail) -> Layout:
    """Recognise the exports of Tatoeba and manythings.org, and plain pairs."""
    usual = usual[:: max(1, len(usual) // 1000)]  # a thousand of them tell as much as all
    sides = [[normalise(field) for field in column] for column in zip(*usual, strict=True)]
    numbers = [_share(column, str.isdecimal) > 0.9 for column in sides]
    if width == 4 and numbers[0] and numbers[2]:
        return Layout(1, 3, width, "numbered")
    if width >= 3 and _share(sides[2], _ATTRIBUTION.match) > 0.5:
        return Layout(0, 1, width, "attributed")
    advice = "expected pairs; fetch Tatoeba's sentence pairs instead"
    if width == 2 and all(numbers):
        raise fail(f"its columns hold numbers (Tatoeba's list of links?), {advice}")
    if width == 3 and numbers[0] and _share(sides[1], _LANGUAGE.fullmatch) > 0.9:
        raise fail(f"number, language, text: this is Tatoeba's list of sentences, {advice}")
    if width <= 3 and not numbers[0]:
        return Layout(0, 1, width, "plain")
    what = "the first column holds numbers" if numbers[0] else f"{width} columns"
    raise fail(f"{what}, expected source and target first; {_advice(sides)}")


def _advice(sides: list[list[str]]) -> str:
    """Say which two columns look like sentences, if two do."""
    found = [
        number
        for number, column in enumerate(sides, start=1)
        if _share(column, lambda field: any(map(str.isalpha, field))) > 0.9
        and _share(column, _NO_SENTENCE.match) < 0.1
        and len(set(column)) > len(column) / 3  # the name of a language is always the same
    ]
    if len(found) != 2:
        return "say which columns hold source and target, the first being 1: columns=(…, …)"
    first, second = (shorten(sides[number - 1][0]) for number in found)
    return (
        f"columns {found[0]} and {found[1]} look like sentences ({first} and {second}): pass "
        f"columns=({found[0]}, {found[1]}), the source first"
    )


def _share(column: list[str], test: Callable[[str], object]) -> float:
    return sum(bool(test(field)) for field in column) / len(column)


def is_header(fields: list[str]) -> bool:
    """Return whether a line holds nothing but the usual names of columns."""
    if len(fields) < 2 or any(normalise(field).endswith(_ENDS) for field in fields):
        return False
    words = re.split(r"[\W_]+", " ".join(map(normalise, fields)).casefold())
    words = [word.strip("12") for word in words if word.strip("12")]
    return bool(words) and all(word in _HEADER_WORDS for word in words)


def may_be_header(rows: list[list[str]]) -> bool:
    """Return whether the first line is no sentence where nearly all others are."""

    def ends(fields: list[str]) -> bool:
        return any(normalise(field).endswith(_ENDS_QUOTED) for field in fields)

    if len(rows) < 10 or len(rows[0]) < 2 or ends(rows[0]):
        return False
    others, longest = rows[1:1000], max(len(field.split()) for field in rows[0])
    return longest <= 3 and sum(map(ends, others)) > 0.9 * len(others)
