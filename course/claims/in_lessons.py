"""What a lesson shows of a claim, in two lines: its conditions, its figure, its verdict."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from course.claims.ledger import Figures, Record, Verdict, get
from course.claims.measure import live
from course.claims.records import agrees, record, verdict

Drawing = TypeVar("Drawing", bound=Callable[..., None])
PICTURES: dict[int | str, Callable[..., None]] = {}


def picture(number: int | str) -> Callable[[Drawing], Drawing]:
    """Enter a drawing of `course.figures` as that of a claim.

    It is called with the claim's record and what a live seed gave, which may be None.
    """

    def enter(draw: Drawing) -> Drawing:
        PICTURES[number] = draw
        return draw

    return enter


def find_picture(number: int | str) -> Callable[..., None] | None:
    """Return the drawing of a claim, or None if there is none.

    Drawings are in the module of `course.figures` that has the lesson's name; they know of claims,
    and claims need not know of them.
    """
    importlib.import_module(f"course.figures.{get(number).lesson.partition('_')[2]}")
    return PICTURES.get(number)


class Experiment:
    """A claim with its record, as a lesson shows it::

        experiment = claims.experiment(11)
        experiment                              # what was done, and the verdict
        experiment.figure(mine=experiment.live())

    Attributes
    ----------
    claim, record, verdict
        As in the ledger.
    """

    def __init__(self, number: int | str) -> None:
        self.claim = get(number)
        self.record: Record = record(number)
        self.verdict: Verdict = verdict(number)

    def live(self, seed: int = 1000) -> Figures:
        """Run the experiment once, here and now, with one seed and fewer settings."""
        return live(self.claim.number, seed)

    def figure(self, mine: Mapping[str, float] | None = None) -> None:
        """Draw what was recorded, and with it what a seed of one's own gave.

        Raises
        ------
        AssertionError
            If a figure of `mine` falls where, by the record, one seed in a hundred does; the text
            shows each with its interval.
        """
        draw = find_picture(self.claim.number)
        if draw is None:
            raise NotImplementedError(f"claim {self.claim.number} has no figure yet")
        draw(self.record, mine)
        if mine is not None:
            agreement = agrees(self.claim.number, dict(mine))
            assert agreement, f"\n{agreement}"

    def _challenged(self) -> list[str]:
        """Return a line for each attempt to overturn the verdict, and what came of it."""
        return [
            f"{one.what}: {'it stood' if one.stood else f'it fell, {one.reading}'}"
            for one in self.record.challenges
        ]

    def _repr_markdown_(self) -> str:
        """Show the statement, the conditions as a table, the verdict, and what challenged it."""
        rows = [f"| {name} | {text} |" for name, text in self.claim.conditions.items()]
        table = ["| | |", "| --- | --- |", *rows, ""] if rows else []
        lines = [f"**{self.claim.statement}**", "", *table, f"*Verdict:* {self.verdict}."]
        if challenged := self._challenged():
            lines += ["", "*Challenged by*", "", *(f"- {one}" for one in challenged)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        rows: dict[str, Any] = {**self.claim.conditions, "verdict": f"{self.verdict}."}
        return "\n".join(
            [
                self.claim.statement,
                *(f"  {name}: {text}" for name, text in rows.items()),
                *(f"  challenged by {one}" for one in self._challenged()),
            ]
        )


def experiment(number: int | str) -> Experiment:
    """Return a claim as a lesson shows it; an unknown number raises KeyError."""
    return Experiment(number)
