"""What writes data/dates, through Babel, which carries the Unicode CLDR's names and patterns.

``python -m course.grammar.dates`` writes the three parts anew; `helpers.corpora.dates` reads them.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from helpers.corpora import DATA
from helpers.corpora.dates import SIZES, DatePair

LOCALES = (
    "de", "el", "en_GB", "en_US", "es", "fr", "it", "ja",
    "ko", "nl", "pt_BR", "ru", "tr", "vi", "zh_Hans",
)  # fmt: skip
YEARS = (1900, 2099)
SEED = 2026

# CLDR's named patterns, and the patterns behind these skeletons: y year, MMM month as a short
# name, MMMM as a full one, d day, E weekday as a short name, EEEE as a full one. Neither the short
# pattern nor yMd is among them: with two-digit years or an order of day and month that only the
# locale tells, they are what makes 3/4/05 three different days.
_STYLES = ("full", "long", "medium")
_SKELETONS = ("yMMMd", "yMMMEd", "yMMMMd", "yMMMMEEEEd")


def readings(source: str) -> set[str]:
    """Return every date, in ISO 8601, that a written date can stand for.

    A reading fits a pattern of any of the locales, whatever the capitals and whether or not the
    weekday is right for the date. Where a date is written in digits alone, day and month may
    stand in either order.

    Parameters
    ----------
    source : str
        A date as it is written.

    Returns
    -------
    set of str
        Empty where no pattern fits; more than one where the date is ambiguous.
    """
    found = set()
    folded = source.lower()
    for pattern, months in _readers():
        match = pattern.fullmatch(folded)
        if match is None:
            continue
        year, day, month = int(match["year"]), int(match["day"]), match["month"]
        choices = [(months.get(month, 0), day)] if months else [(int(month), day)]
        if not re.search(r"[^\W\d_]", source):
            choices.append((day, int(month)))
        for m, d in choices:
            try:
                found.add(date(year, m, d).isoformat())
            except ValueError:  # the 31st of April, the 13th month
                continue
    return found


def generate() -> dict[str, list[DatePair]]:
    """Make the corpus anew, the same one each time with the same version of Babel.

    The days of the years 1900 to 2099 are dealt to the parts first, nine tenths to train, so
    that no date can stand in two parts. Then each pair draws a day of its part, a locale, one of
    the locale's ways to write it and, one time in four, small letters throughout. A source that
    is there already is drawn again, as is one with more than one of the `readings`.

    Returns
    -------
    dict of str to list of DatePair
        The parts train, validation and test.
    """
    first, last = date(YEARS[0], 1, 1).toordinal(), date(YEARS[1], 12, 31).toordinal()
    # random.random() gives the same numbers in every version of Python; shuffle need not.
    rng = random.Random(SEED)
    days = sorted(range(first, last + 1), key=lambda _: rng.random())
    part_size = len(days) // 20
    pools = {
        "test": days[:part_size],
        "validation": days[part_size : 2 * part_size],
        "train": days[2 * part_size :],
    }
    parts: dict[str, list[DatePair]] = {}
    for part in SIZES:
        pool = pools[part]
        pairs: dict[str, DatePair] = {}
        while len(pairs) < SIZES[part]:
            day = date.fromordinal(pool[int(rng.random() * len(pool))])
            locale = LOCALES[int(rng.random() * len(LOCALES))]
            forms = written(day, locale)
            source = forms[int(rng.random() * len(forms))]
            if rng.random() < 0.25:
                source = source.lower()
            if source not in pairs and readings(source) == {day.isoformat()}:
                pairs[source] = DatePair(source, day.isoformat(), locale)
        parts[part] = list(pairs.values())
    return parts


def written(day: date, locale: str) -> list[str]:
    """Return the ways in which a locale writes a date, without repetition.

    Parameters
    ----------
    day : date
    locale : str
        One of `LOCALES`.

    Returns
    -------
    list of str
        In the order of the patterns: full, long, medium, then shorter and longer ones.
    """
    from babel.dates import format_date

    return list(
        dict.fromkeys(
            # No-break spaces, as in Russian before г., are written as plain ones.
            " ".join(format_date(day, pattern, locale=locale).split())
            for pattern in _patterns(locale)
        )
    )


@functools.cache
def _patterns(locale: str) -> list[str]:
    """Return CLDR's patterns for whole dates in a locale, without repetition."""
    from babel import Locale

    cldr = Locale.parse(locale)
    named = [cldr.date_formats[style].pattern for style in _STYLES]
    more = [cldr.datetime_skeletons[s].pattern for s in _SKELETONS if s in cldr.datetime_skeletons]
    return list(dict.fromkeys(named + more))


@functools.cache
def _readers() -> list[tuple[re.Pattern[str], dict[str, int]]]:
    """Compile an expression, and a table of month names, for each pattern of each locale.

    The pattern is taken apart here, letter by letter, without Babel's formatting code: a slip in
    one of the two leaves a source without its reading.
    """
    from babel import Locale

    readers = {}
    for locale in LOCALES:
        cldr = Locale.parse(locale)
        for pattern in _patterns(locale):
            months: dict[str, int] = {}
            expression = ""
            for field, quoted, other in _fields(pattern):
                if field.startswith("y"):
                    expression += r"(?P<year>[12]\d\d\d)"
                elif field.startswith("d"):
                    expression += r"(?P<day>\d\d?)"
                elif field.startswith(("MMM", "LLL")):
                    months = _names(cldr.months, "format", field)
                    expression += f"(?P<month>{_any_of(months)})"
                elif field.startswith("M"):
                    expression += r"(?P<month>\d\d?)"
                elif field.startswith(("E", "c")):
                    context = "stand-alone" if field.startswith("c") else "format"
                    expression += f"(?:{_any_of(_names(cldr.days, context, field))})"
                elif field:
                    raise ValueError(f"readings: pattern {pattern!r} of {locale}: what is {field}?")
                else:
                    expression += re.escape(re.sub(r"\s", " ", quoted + other).lower())
            readers[expression] = (re.compile(expression), months)
    return list(readers.values())


def _fields(pattern: str) -> Iterator[tuple[str, str, str]]:
    """Cut a CLDR pattern into fields (MMMM), quoted text ('de') and other text."""
    for match in re.finditer(r"(([A-Za-z])\2*)|'([^']*)'|([^A-Za-z']+)", pattern):
        yield match[1] or "", match[3] or "", match[4] or ""


def _names(table: Mapping, context: str, field: str) -> dict[str, int]:
    """Return the names of months or weekdays in small letters, with their numbers."""
    width = "wide" if len(field) == 4 else "abbreviated"
    return {name.lower(): number for number, name in table[context][width].items()}


def _any_of(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def write(folder: Path = DATA / "dates") -> None:
    """Write the corpus as tab-separated files: source, target, locale."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, pairs in generate().items():
        rows = ["\t".join(pair) for pair in [DatePair("source", "target", "locale"), *pairs]]
        with open(folder / f"{part}.tsv", "w", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{row}\n" for row in rows)
        print(f"{folder / part}.tsv: {len(pairs):,} pairs")


if __name__ == "__main__":
    write()
