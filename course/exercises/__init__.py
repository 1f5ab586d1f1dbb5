"""Exercises: what a learner calls, and what an author of exercises needs.

A learner calls `check`, `hint`, `use` and `progress`. The author's guide is the docstring of
`course.exercises.bank`.

The way of an answer runs in one direction. Each stage has a file, hands on one frozen piece of data
that can be printed, and knows nothing of the stages after it (a test draws the imports):

    stage     hands on     what it does                           with
    run       Run          calls the answer, apart and bounded    worker, quiet, source, failure
    compare   Comparison   what of it is right; the points        bench, differ
    judge     Verdict      why it is wrong                        relations, diagnose, formula
    explain   Score        the message                            score

`data` is the plain data that all of them speak of. A value takes the short way through `value`. The
grader runs the first stage in a child process and the others in its own (`engine.judge_run`).

Where a fault in a message is to be looked for: first where the fact is found, then where it is put
into words (a test looks for each quoted phrase there).

    what is wrong                                       the fact          the words
    "should be": a shape, an index, got and wanted      differ            differ
    right refused, wrong accepted, "A note on the type"  differ           compare
    points, properties, "is wanted here"                compare           compare
    "function changes its"                              run               compare, explain
    "outside itself", "had been replaced"               quiet             quiet
    "Your function stops with": the line                source            explain
    a likely cause of an error                          failure           failure
    "Time is up", a call that was left behind           worker            explain
    "Did you mean", of two shapes that do not fit       mend              mend
    a named mistake: which one fits                     judge             the module in bank
    "two mistakes at once"                              diagnose          explain
    "is what comes out": which single edit fits         diagnose          explain
    "without the term": which edits there are           formula           formula
    "is the first line that goes wrong"                 judge             explain
    "wrong sign", "another order"                       relations         relations
    "In full", "Call {": which call is shown            judge             explain
    "misses the bug", "Take out": not attempted or not  judge, source     explain
    "Your function printed", signs, colours, HTML       quiet             score
    a value: "The sign is wrong", "Close"               value             value
    "could not be written", the map                     memory            memory
    "using the part"                                    mine              handover
    "Kept in", "It is not kept"                         mine              mine
    "not your fault", the name of an exercise           engine            engine

`data` and `bench` hold what the stages share: plain values, and an exercise's probes.
"""

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)
from course.exercises.engine import check, hint
from course.exercises.handover import use
from course.exercises.memory import progress
from course.exercises.score import Score

__all__ = [
    "CodeExercise",
    "Mistake",
    "OpenExercise",
    "Probe",
    "Property",
    "Score",
    "ValueExercise",
    "check",
    "hint",
    "progress",
    "register",
    "use",
]
