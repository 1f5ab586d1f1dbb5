"""Find the mutants of a reference that no probe tells from it. Only tests and authors need this."""

from __future__ import annotations

import dataclasses

from course.exercises.bank.kinds import SEEDS, CodeExercise
from course.exercises.bench import Bench
from course.exercises.compare import compare
from course.exercises.mutants import mutants
from course.exercises.quiet import untouched

__all__ = ["survivors"]

_TIME_LIMIT = 2.0


def survivors(exercise: CodeExercise, seeds: tuple[int, ...] = SEEDS) -> tuple[int, list[str]]:
    """Count an exercise's mutants and list those that earn full points.

    Parameters
    ----------
    exercise : CodeExercise
        The exercise.
    seeds : tuple of int
        The seeds that the probes are made from.

    Returns
    -------
    count : int
        How many mutants there are.
    keys : list of str
        The keys of those that no probe tells from the reference.
    """
    # Right in another type is right for a learner; a mutant that changes the type is no survivor.
    strict = dataclasses.replace(
        exercise, strict_type=True, must_not_change=exercise.argument_names
    )
    with untouched():
        benches = [Bench(strict, seeds[:1])]
        if len(seeds) > 1:
            benches.append(Bench(strict, seeds))
        for bench in benches:
            _ = bench.wanted
    made = mutants(exercise)
    alive = []
    for mutant in made:
        for bench in benches:
            done = bench.run(mutant.function, limit=_TIME_LIMIT, repeat=True)
            if compare(bench, done).points < exercise.total:
                break
        else:
            alive.append(mutant.key)
    return len(made), alive
