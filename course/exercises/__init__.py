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

Where a fault in a message is to be looked for:

    what is wrong                                                    file
    "stops with … in line 3", the shapes that clash, a likely cause   failure
    the line or the loop that is named                               source
    "Did you mean" of two shapes that do not fit                     mend
    "Time is up", a call that was left behind                        worker
    "changes … outside itself", "had been replaced", prints           quiet
    got, wanted, the index; right refused or wrong accepted           differ
    points, properties, "A note on the type", changed arguments       compare
    "Every entry has the wrong sign", "one step late"                 relations
    "is what comes out without …": which edit fits, how long it may take    diagnose
    "without the term …": which edits there are, and their words      formula
    which call is shown, which mistake or line is named               judge
    order of the sentences, the call's inputs, "Not attempted yet"    explain
    a mistake's own words, hints, probes                             bank, the lesson's module
    a value: "The sign is wrong", "Close"                            value
    colours, signs, HTML                                             score
    "could not be written", the map                                  memory
    "using the part that you built"                                  handover
    "Kept in mine/", "It is not kept"                                mine
    "Did you mean" of an exercise's name                             engine
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
