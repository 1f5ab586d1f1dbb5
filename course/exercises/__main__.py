"""Print what guards each exercise: mistakes, other right answers, mutants of the reference.

python -m course.exercises [--lesson rnn] [--survivors]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from course.exercises.bank import CodeExercise, ValueExercise, exercises
from course.exercises.survivors import survivors
from course.lessons import LESSONS

LEAST = {"mistakes": 3, "styles": 2, "caught": 95}
"""Named mistakes and styles of a right answer for each, and % of all exercises' mutants."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line, without the program's name.

    Returns
    -------
    int
        0, or 1 where a mutant survives without a reason, a reason has no survivor, or an exercise
        is guarded by less than it owes (`LEAST`).
    """
    parser = argparse.ArgumentParser(prog="python -m course.exercises", description=__doc__)
    parser.add_argument("--lesson", choices=[lesson.word for lesson in LESSONS])
    parser.add_argument("--survivors", action="store_true", help="list them with their reasons")
    chosen = parser.parse_args(arguments)
    listed = exercises(chosen.lesson)
    width = max([len("exercise"), *(len(exercise.name) for exercise in listed)])
    head = "kind   points  mistakes  styles  mutants  survivors  unexplained  caught"
    print(f"{'exercise':<{width}}  {head}")
    failed = False
    totals = [0, 0, 0]
    for exercise in listed:
        row = f"{exercise.name:<{width}}  {exercise.kind:<5}  {exercise.total:>6g}"
        if isinstance(exercise, ValueExercise):
            row += f"  {len(exercise.mistakes):>8}"
        if not isinstance(exercise, CodeExercise):
            print(row)
            continue
        count, alive, owes = _row(exercise, row, chosen.survivors)
        failed = failed or owes
        totals = [totals[0] + 1, totals[1] + count, totals[2] + alive]
    if totals[1]:
        share = 100 * (1 - totals[2] / totals[1])
        failed = failed or (share < LEAST["caught"] and chosen.lesson is None)
        print(f"{totals[0]} code exercises: of {totals[1]} mutants {share:.1f} % are caught")
    if failed:
        print("Something is owed: see above.")
    return int(failed)


def _row(exercise: CodeExercise, row: str, with_survivors: bool) -> tuple[int, int, bool]:
    """Print one code exercise; return its mutants, its survivors, whether something is owed."""
    count, alive = survivors(exercise)
    unexplained = [key for key in alive if key not in exercise.survivors]
    stale = [key for key in exercise.survivors if key not in alive]
    share = 1 - len(alive) / max(1, count)
    owes = [
        f"{least} {what} are owed"
        for what, least, has in (
            ("mistakes", LEAST["mistakes"], len(exercise.mistakes)),
            ("styles", LEAST["styles"], len(exercise.equivalents)),
        )
        if has < least
    ]
    print(
        f"{row}  {len(exercise.mistakes):>8}  {len(exercise.equivalents):>6}  {count:>7}"
        f"  {len(alive):>9}  {len(unexplained):>11}  {100 * share:>5.1f}%",
        flush=True,
    )
    for said in owes:
        print(f"    {said}")
    for key in alive:
        if with_survivors or key in unexplained:
            print(f"    {key!r}: {exercise.survivors.get(key, 'no reason given')}")
    for key in stale:
        print(f"    {key!r} is listed as a survivor, but is caught")
    return count, len(alive), bool(unexplained or stale or owes)


if __name__ == "__main__":
    sys.exit(main())
