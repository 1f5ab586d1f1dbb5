"""Dates as people write them in fifteen locales, each with its ISO 8601 form.

`load` reads the three parts from ``data/dates``; `course.grammar.dates` writes them.
"""

from __future__ import annotations

from typing import NamedTuple

from helpers.corpora import data_file, reads

SIZES = {"train": 45_000, "validation": 2_500, "test": 2_500}


class DatePair(NamedTuple):
    """A date as it is written in a locale, and the same date in ISO 8601."""

    source: str
    target: str
    locale: str


@reads({part: f"dates/{part}.tsv" for part in SIZES})
def load(part: str) -> list[DatePair]:
    """Read one part: 45,000 pairs to train on, 2,500 for validation and 2,500 for the test.

    No date is in two parts, in whatever locale. A pair is for instance
    ``DatePair("2005년 7월 3일 일요일", "2005-07-03", "ko")``.
    """
    if part not in SIZES:
        raise ValueError(f"load: part={part!r} was given, expected one of {', '.join(SIZES)}")
    lines = data_file("dates", f"{part}.tsv").read_text(encoding="utf-8").splitlines()
    return [DatePair(*line.split("\t")) for line in lines[1:]]
