"""Assigning and grading, on nbgrader: release, grade, regrade, report, export, similar, totals.

    python -m course.grading release week-2 02 --course ~/my-course
    python -m course.grading grade week-2 ~/handed-in --course ~/my-course
    python -m course.grading report week-2 --course ~/my-course

The folder is an ordinary nbgrader course: `nbgrader autograde`, the formgrader, the exchange, the
assignment list and the validate button work on it as on any other. This package adds a
configuration (`config`), three preprocessors (`preprocessors`), and the commands around them.

How a grade comes about
=======================

nbgrader sanitises a submission. `TidyCells` gives every graded cell its place and metadata back.
`GradeInChild` stands where nbgrader would execute the notebook. It reads which cells the answers
need (`plan`), runs these in a child process (`child`), and sends the answers calls, first with the
inputs of the learner's own check, then with inputs made from the course's secret. What comes back
is plain data (`wire`). The right answers, the comparison, the points and the message are the
parent's (`sandbox`, `course.exercises`); nbgrader reads the score where the parent wrote it.
`SaveAtOnce` puts all scores of a notebook into the gradebook in one transaction, and keeps the
marks that a person gave while the answer is the same.

Before that, `collecting` sorts whose is which file, by the names that platforms give (`platforms`)
and the course's `roster`, and `intake` makes each notebook anew from what can be used. Afterwards
`results` reads everything back for the report, the class page, the sheets of platforms (`exports`),
the `totals` of a term, and the pairs of answers that are alike (`similarity`).

- Not all cells run. The imports, the lesson's functions and a student's helpers do where an answer
  needs them; trainings and figures do not. If a name turns out to be missing that a cell left out
  would give, everything is run. A value that is computed from the lesson's variables runs all
  cells that give or may change these.
- A cell that fails is left behind, as a reader would, and the next one runs. A cell or a call that
  takes too long is interrupted; where that does not help, the child is killed and started again
  without it, and the other exercises are graded.
- The last attempt counts, at the exercise's own cells; where these hold none, an attempt in a cell
  of the student's own. Not the best: else a choice of four could be answered four times.
- An exercise earns what it earns with both kinds of inputs, whichever is less. The message is the
  check's own, unless only the grader's inputs show the mistake.

How long it takes
=================

Lesson 02, its six checked exercises answered well and badly, on two cores that other programs
shared (load 8 to 12): 10 submissions took 34 seconds of processor time, 40 took 96 and 100 took
215; these 100 were graded in 4 minutes by the clock. That is 14 seconds to begin with and 2 for
each. By calculation 1,000 take 34 minutes of processor time, 17 on two idle cores. nbgrader's own
part is 0.2 seconds for each, with 1,000 students in the gradebook as with 10. An answer that needs
a lesson's training costs that training, and an endless loop its limit.

What it resists
===============

A student's code changes no score for the better, and stops nobody else's grading, by

- replacing `check`, editing a check cell, its points or its metadata, writing outputs;
- ending Python, in a cell or in a call (`exit`, `os._exit`, a crash in C);
- loops that never end, in Python or in C, also where they catch every exception;
- taking memory, threads or disk, writing large outputs, reading from the keyboard, nesting without
  end; with numbers whose hashes collide, arrays that overlap, accents without end;
- patching NumPy, torch, Python or this package: the comparison happens in another process;
- results that lie about themselves (`__eq__`, `__array__`, `__reduce__`, subclasses of arrays),
  not-a-numbers, results of another shape: only plain numbers, text and arrays leave the child;
- writing into the pipe what the child would write: nothing in it says how many points there are;
- looking for right answers in frames or memory: they never were in that process;
- an archive with other students' names, an archive in itself, a name that no file can have;
- scripts in Markdown, which the formgrader would run in the teacher's browser;
- a ``numpy.py`` or ``sitecustomize.py`` beside the notebook: the child starts in an empty folder
  of its own, in isolated mode, with an environment that holds nothing of the grader's.

On Linux the kernel adds rules that no code in the child can lift (`kernel_rules`; Landlock needs
Linux 5.13, seccomp x86-64 or ARM): no new processes or programs, no signals to others, no network,
no tracing, no file written outside its own folder, none read but Python's, the system's and the
course's; permissions, owners, times and attributes of files stay as they are. So no daemon is left
behind, and no other submission, gradebook or seed is seen.

What it does not resist
=======================

- The references ship in the package: `use` and the messages need them. Code that calls one gets its
  points. The plain way (`use`) earns nothing; the report lists under "worth a look" what the
  process noted while the answer ran (`watching`): references that it called, under whatever name,
  the course's files that it read, looks into frames and objects. A grade rests on what a student
  does, not on a secret.
- Without these kernel rules (macOS, Windows, an old kernel, some containers) the child runs with
  your rights: it could read and write what you can. Process groups, time and, apart from Windows,
  memory and file limits hold; a process that leaves its group is looked for on Linux only. On
  Windows an endless cell is killed, not interrupted, and memory is watched four times a second.
- Memory, threads and files are counted four times a second: a burst in between is possible. Files
  that were removed while they are open count on Linux and Windows alone.
- nbgrader's ``collect`` follows symbolic links that a student lays into the exchange by hand.
- No rule covers ``stat``: a student's code can learn which files exist, how large they are and when
  they were changed.
- It is no prison for somebody who knows a hole in the kernel. And two people can hand in the same
  answer: `similarity` finds what looks alike, and nobody can tell who wrote it.

Run it where you would run their code: in an account or a container of its own, or behind a wrapper
(``c.GradeInChild.wrapper = ["bwrap", …]``).
"""
