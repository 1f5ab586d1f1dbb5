"""The scripts, read against the word tables."""

from __future__ import annotations

from dataclasses import dataclass

from .events import Event, Step, event, sense, steps
from .lexicon import expand, rows
from .tables.contrasts import ALIKE, CHOICES, OPPOSITES, PAIRS, REPORTS, TASTES, THOUGH
from .tables.reasons import CAUSES, DESPITE, FOURS, WISHES
from .tables.scripts import FOUND, INTERRUPTED, PURPOSES, ROUTINES, SHARED, WHILES

WHO = {"any": expand("name kin"), "young": expand("YOUNG"), "adult": expand("ADULTS")}


@dataclass(frozen=True)
class Cause:
    """What leads to what; `relations` are of so, because, if and when."""

    cause: Event
    leads: tuple[Step, ...]
    prevents: tuple[Event, ...]
    relations: tuple[str, ...]
    who: tuple[str, ...]


@dataclass(frozen=True)
class Routine:
    """What one person does on one occasion, in this order; ``->`` steps hold several events."""

    name: str
    who: tuple[str, ...]
    steps: tuple[Step, ...]


def events(cell: str) -> tuple[Event, ...]:
    """Read a cell in which no events are joined."""
    return tuple(e for step in steps(cell) for e in step)


def _columns(table: str) -> list[tuple[tuple[Step, ...], ...]]:
    return [tuple(steps(cell) for cell in row) for row in rows(table)]


def _causes() -> list[Cause]:
    return [
        Cause(event(cause), steps(leads), events(prevents), tuple(how.split()), WHO[who])
        for cause, leads, prevents, how, who in rows(CAUSES)
    ]


def _choices() -> list[tuple[Event, ...]]:
    """마시 | 커피 주스 -> 마시 커피, 마시 주스."""
    return [
        tuple(event(f"{verb} {option}") for option in options.split())
        for verb, options in rows(CHOICES)
    ]


def _tastes() -> list[tuple[Event, ...]]:
    return [tuple(event(f"좋아하 {key}") for key in line[0].split()) for line in rows(TASTES)]


def hated(liked: Event) -> Event | None:
    """Return that something is hated, if this is said of it; None if not."""
    key = liked.objects[0]
    return event(f"싫어하 {key}") if sense("싫어하", key, ()) else None


def _qualities(table: str) -> list[tuple[tuple[str, ...], Event, Event]]:
    return [
        (() if nouns == "PEOPLE" else expand(nouns), event(first), event(second))
        for nouns, first, second in rows(table)
    ]


Opposition = tuple[tuple[str, ...], tuple[Event, ...], tuple[Event, ...]]
"""Two kinds of things (or none, of people), and what is said of one and of the other."""


def _opposites() -> list[Opposition]:
    people: list[Opposition] = [
        ((), events(first), events(second)) for first, second in rows(OPPOSITES)
    ]
    things = [
        (expand(nouns), events(first), events(second)) for nouns, first, second in rows(PAIRS)
    ]
    return people + things


@dataclass(frozen=True)
class Report:
    """What is said of another, in which tenses, and by which verbs (think, say, hear, believe)."""

    events: tuple[Event, ...]
    tenses: tuple[str, ...]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Shared:
    """Two deeds done to one thing."""

    first: str
    second: str
    giving: bool
    keys: tuple[str, ...]


def _shared() -> list[Shared]:
    found = []
    for deeds, keys in rows(SHARED):
        first, second, *to = deeds.split()
        found.append(Shared(first, second, bool(to), expand(keys)))
        for key in found[-1].keys:
            for stem in (first, second):
                event(f"{stem} {key}")  # raises an error if no row of VERBS says it
    return found


Half = tuple[Event, tuple[Step, ...]]  # a reason and what it leads to


def _halves(cells: list[str]) -> list[Half]:
    pairs = (cell.split(" : ") for cell in cells)
    return [(event(reason.strip()), steps(deeds)) for reason, deeds in pairs]


def _fours() -> list[tuple[tuple[str, ...], list[Half], list[Half]]]:
    """Scenes of two people: who, the reasons of the one, the reasons of the other."""
    scenes = []
    for _, who, *cells in rows(FOURS):
        middle = cells.index("")
        scenes.append((WHO[who], _halves(cells[:middle]), _halves(cells[middle + 1 :])))
    return scenes


CAUSE_ROWS = _causes()
ROUTINE_ROWS = [Routine(name, WHO[who], steps(told)) for name, who, told in rows(ROUTINES)]
SHARED_ROWS = _shared()
PURPOSE_ROWS = [(events(aims), place) for aims, place in rows(PURPOSES)]
WHILE_ROWS = [(events(a), events(b)) for a, b in rows(WHILES)]
FOUND_ROWS = [(events(a), events(b)) for a, b in rows(FOUND)]
INTERRUPTED_ROWS = [(events(a), events(b)) for a, b in rows(INTERRUPTED)]
CHOICE_ROWS = _choices()
TASTE_ROWS = _tastes()
OPPOSITE_ROWS = _opposites()
THOUGH_ROWS, ALIKE_ROWS = _qualities(THOUGH), _qualities(ALIKE)
WISH_ROWS = _columns(WISHES)
DESPITE_ROWS = _columns(DESPITE)
REPORT_ROWS = [
    Report(events(told), tuple(tenses.split()), tuple(by.split()))
    for told, tenses, by in rows(REPORTS)
]
FOUR_ROWS = _fours()
