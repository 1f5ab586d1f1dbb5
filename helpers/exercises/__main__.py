"""Print what guards each exercise: its mistakes, the mutants of its reference, the survivors.

python -m helpers.exercises [--lesson rnn] [--survivors]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from helpers.course import LESSONS
from helpers.exercises.bank import CodeExercise, ValueExercise, exercises
from helpers.exercises.mutants import survivors


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line, without the program's name.

    Returns
    -------
    int
        0, or 1 where a mutant survives without a reason, or a reason without a survivor.
    """
    parser = argparse.ArgumentParser(prog="python -m helpers.exercises", description=__doc__)
    parser.add_argument("--lesson", choices=[lesson.word for lesson in LESSONS])
    parser.add_argument("--survivors", action="store_true", help="list them with their reasons")
    chosen = parser.parse_args(arguments)
    listed = exercises(chosen.lesson)
    width = max([len("exercise"), *(len(exercise.name) for exercise in listed)])
    print(f"{'exercise':<{width}}  kind   points  mistakes  mutants  survivors  unexplained")
    failed = False
    for exercise in listed:
        row = f"{exercise.name:<{width}}  {exercise.kind:<5}  {exercise.total:>6g}"
        if isinstance(exercise, ValueExercise):
            row += f"  {len(exercise.mistakes):>8}"
        if not isinstance(exercise, CodeExercise):
            print(row)
            continue
        count, alive = survivors(exercise)
        unexplained = [key for key in alive if key not in exercise.survivors]
        stale = [key for key in exercise.survivors if key not in alive]
        failed = failed or bool(unexplained or stale)
        print(
            f"{row}  {len(exercise.mistakes):>8}  {count:>7}  {len(alive):>9}"
            f"  {len(unexplained):>11}",
            flush=True,
        )
        for key in alive:
            if chosen.survivors or key in unexplained:
                print(f"    {key!r}: {exercise.survivors.get(key, 'no reason given')}")
        for key in stale:
            print(f"    {key!r} is listed as a survivor, but is caught")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
