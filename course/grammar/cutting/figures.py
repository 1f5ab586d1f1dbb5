"""Numbers that the grammar does not write: ages, days of the month, years, minutes, prices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .forms import (
    COPULAS,
    COUNTING,
    NUMERALS,
    PARTICLES,
    Reading,
    copula_surface,
    join_particle,
    readings,
)
from .repair import Repair
from .spelling import DIGITS, is_counter
from .stand_in import is_past, is_person, last_words

SINO = "일 이 삼 사 오 육 칠 팔 구 십".split()
SPELT = r"[일이삼사오육칠팔구십백천만]+|(?:열|스물|서른|마흔|쉰|예순|일흔|여든|아흔)\S{0,2}|스무"
UNITS = {  # what is counted, and what the number is
    "살": "an age, and ages are not in the grammar",
    "원": "a price, and prices are not in the grammar",
    "분": "a number of minutes, and minutes are not in the grammar",
    "일": "a day of the month or a number of days, and neither is in the grammar",
    "년": "a year or a number of years, and neither is in the grammar",
}
REST = r"에|에는|까지|부터|만|동안|을|를|이|은|간|전에|이?다|이?니|이?[야고]|[이예였입인일]\S*"
TOGETHER = re.compile(rf"(\d+|스무|열|{SPELT})([살원분일년])({REST})?")
UNIT = re.compile(rf"([살원분일년])({REST})?")
UNCOUNTED = re.compile(
    "(번|시간|월|달|주|곳)"
    "(에|만|동안|을|를|이|은|이니|이다|이었다|이에요|이예요|이야|입니다|입니까)?"
)
BEFORE_DAY = re.compile(r"(\d+|\D{1,2})월")
BEFORE_MINUTE = re.compile(r"(\d+|\D{1,2})시")
TODAY = ("오늘", "내일", "어제", "모레")
YEAR = 1000  # a number of years from here on is the name of one
YOUNG = range(20, 40)
AT_SCHOOL = 30


def _value(numeral: str) -> int:
    """About how much a number is that is written with figures or spelt: 여든 is 80."""
    tens = "열 스물 서른 마흔 쉰 예순 일흔 여든 아흔".split()
    if numeral.isdigit():
        return int(numeral)
    if numeral == "스무" or numeral.startswith("이십"):
        return 20
    spelt = [10 * (k + 1) for k, ten in enumerate(tens) if numeral.startswith(ten)]
    sino = [10 * (k + 1) for k, digit in enumerate(SINO) if numeral.startswith(digit + "십")]
    return YEAR if "천" in numeral else (*spelt, *sino, 10)[0]


class Number(NamedTuple):
    """A number with its unit: the words from `start` to `end`, and what stands behind the unit."""

    start: int
    end: int
    value: int
    unit: str
    rest: str

    @property
    def is_said(self) -> bool:
        """Whether a form of 이다 stands behind the unit."""
        return bool(re.match(r"이[^나]|[예였입인일야다니]", self.rest))


def why_figures(word: str) -> str:
    """Why a word with figures is not read."""
    found = TOGETHER.fullmatch(word)
    if found:
        return f"{word!r} is {UNITS[found[2]]}"
    return (
        f"{word!r} has figures that the grammar cannot read: it counts to twelve, and only "
        "what has a counter"
    )


def _number(words: Sequence[str], i: int) -> Number | None:
    """The number with a unit of `UNITS` at a word, or at a word and the one beside it."""
    whole = TOGETHER.fullmatch(words[i])
    before = words[i - 1] if i else ""
    dated = whole is not None and (whole[2] != "일" or BEFORE_DAY.fullmatch(before))
    if whole and (whole[1].isdigit() or dated):
        return Number(i, i + 1, _value(whole[1]), whole[2], whole[3] or "")
    for j in (i - 1, i):
        beside = UNIT.fullmatch(words[j + 1]) if 0 <= j < len(words) - 1 else None
        spelt = words[j] in (*COUNTING, *SINO) or re.fullmatch(SPELT, words[j])
        if beside and spelt:
            return Number(j, j + 2, _value(words[j]), beside[1], beside[2] or "")
    return None


def _topic(known: Sequence[Reading]) -> str:
    return next((r.head for r in known if r.ending in ("은/는", "이/가")), "")


def _with_rest(noun: str, number: Number, last: str, asked: bool) -> str:
    """The noun with the particle, or the form of 이다, that stands behind the number."""
    if number.is_said:
        form = ("이었" if is_past(last) else "이") + ("니" if asks(last, asked) else "다")
        return copula_surface(noun, form) if form in COPULAS else ""
    rest = number.rest.removesuffix("는") if number.rest == "에는" else number.rest
    pair = next((p for p in PARTICLES if rest in p.split("/")), "")
    return join_particle(noun, pair) if pair else ""


def asks(last: str, asked: bool) -> bool:
    """Whether the last word, or the mark behind it, asks."""
    return asked or last.endswith("니")


def _nouns(number: Number, known: Sequence[Reading], later: Sequence[Reading]) -> list[str]:
    """Nouns for a number of days or of years: 월요일, 작년."""
    if number.unit == "년" and number.value >= YEAR and not number.is_said:
        return ["내년" if any(r.head == "것" for r in later) else "작년"]
    if number.unit == "일" and (later or _topic(known) in TODAY):
        return ["월요일"]
    return []


def _said(number: Number, known: list[Reading], last: str, asked: bool) -> list[str]:
    """What the sentence can end with instead of a number in 이다."""
    guessed = last_words(last, known, asks(last, asked))
    ending = ("었" if is_past(last) else "") + ("니" if asks(last, asked) else "다")
    if number.unit == "원":
        dear = {"다": "비싸다", "었다": "비쌌다", "니": "비싸니", "었니": "비쌌니"}[ending]
        return [dear, *guessed]
    if number.unit == "살":
        alive = is_person(_topic(known)) or _topic(known) in ("나", "너", "그", "그녀")
        young = {"다": "젊다", "었다": "젊었다", "니": "젊니", "었니": "젊었니"}[ending]
        student = [_with_rest("학생", number._replace(rest="이다"), last, asked)]
        guessed = [word for word in guessed if word not in student]
        fits = ([young] if number.value in YOUNG else []) if alive else []
        return [*fits, *(student if alive and number.value < AT_SCHOOL else []), *guessed]
    return guessed


def _what_day(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """A day of the week for 며칠이니, 몇 월 며칠이니."""
    start = i - 1 if words[i] == "월" and i and words[i - 1] == "몇" else i
    if not words[-1].startswith("며칠") or i < len(words) - 1 - (start < i):
        return
    why = f"{' '.join(words[start:])!r} asks for a day of the month, which the grammar lacks"
    day = "월요일이니" if asks(words[-1], asked) else "월요일이다"
    yield Repair(start, len(words), (day,), why)


def number_repairs(
    words: tuple[str, ...], i: int, known: list[Reading], later: list[Reading], asked: bool
) -> Iterator[Repair]:
    """Something near for an age, a date, a year, minutes or a price."""
    yield from _what_day(words, i, asked)
    number = _number(words, i)
    if number is None:
        return
    start, end, last = number.start, number.end, words[-1]
    before = words[start - 1] if start else ""
    month = number.unit == "일" and BEFORE_DAY.fullmatch(before)
    hour = number.unit == "분" and BEFORE_MINUTE.fullmatch(before)
    shown = " ".join(words[start - bool(month) : end])
    why = f"{shown!r} is {UNITS[number.unit]}"
    today = month and _topic(known) in TODAY
    if (month or hour) and number.rest and not today:  # 5월 3일에: in May
        joined = _with_rest(before, number, last, asked)
        if joined:
            yield Repair(start - 1, end, (joined,), why)
    for noun in _nouns(number, known, later):
        joined = _with_rest(noun, number, last, asked)
        if joined:
            yield Repair(start - bool(month), end, (joined,), why)
    if number.is_said and end == len(words):
        for said in _said(number, known, last, asked):
            yield Repair(start, end, (said,) if said else (), why)
    else:
        yield Repair(start, end, (), why)


def figure_repairs(words: tuple[str, ...], i: int, asked: bool) -> Iterator[Repair]:
    """A number that the grammar has, for one that it lacks."""
    match = DIGITS.fullmatch(words[i])
    if UNCOUNTED.fullmatch(words[i]) and i and words[i - 1] in (*COUNTING, *SINO):
        counted = " ".join(words[i - 1 : i + 1])
        why = f"{counted!r} is a number that the grammar does not write"
        is_last = i == len(words) - 1
        form = "이니" if asks(words[i], asked) else "이다"
        copula = (copula_surface("학생", form),) if is_last else ()
        yield Repair(i - 1, i + 1, copula, why)
    if not match:
        return
    largest = list(NUMERALS)[-1]
    if match[2] != "분" and any(is_counter(r) for r in readings().get(match[2], ())):
        yield Repair(i, i + 1, (largest, match[2]), why_figures(words[i]))
    yield Repair(i, i + 1, (), why_figures(words[i]))
