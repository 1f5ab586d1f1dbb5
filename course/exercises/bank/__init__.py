"""What an exercise is: the author's side of the engine.

Author's guide
==============

A lesson's exercises live in one module, or in a package of several, named as the lesson is without
its number: ``06_vanishing_gradients.ipynb`` has ``bank/vanishing_gradients.py``, and
``02_rnn_cell.ipynb`` has ``bank/rnn_cell/``, whose ``__init__.py`` imports the parts. The engine
finds it by that name; there is no list to extend. The module calls `register` once for each
exercise, in the order in which the lesson sets them. Names begin with the lesson's word
(`course.lessons`): ``rnn.step``. Import torch inside the functions that need it, never at the top:
``import course.exercises`` must stay light.

A code exercise
---------------

    import numpy as np
    from course.exercises import CodeExercise, Mistake, Probe, Property, register

    def step(x_t, h_prev, W_xh, W_hh, b_h):                   # the reference
        return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)

    def step_probes(rng):                                     # inputs that tell mistakes apart
        B, D, H = 3, 4, 2                                     # all different
        weights = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
        return [
            (rng.normal(size=(B, D)), rng.normal(size=(B, H)), *weights),
            Probe((rng.normal(size=(1, D)), rng.normal(size=(1, H)), *weights), label="B = 1"),
        ]

    def step_torch(x_t, h_prev, W_xh, W_hh, b_h):             # an oracle that is not ours
        ...

    def no_bias(x_t, h_prev, W_xh, W_hh, b_h):                # what people really write
        return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T)

    register(CodeExercise(
        name="rnn.step",
        title="One step of the cell",
        points=2,
        reference=step,
        probes=step_probes,
        oracle=step_torch,
        mistakes=[Mistake("no_bias", "You left out the bias `b_h`.", no_bias), ...],
        equivalents={"einsum": step_einsum, "torch": step_torch},
        hints=["the concept", "the shapes", "the plan", "one line of code"],
        outputs=("h_t",), axes=("BH",),
    ))

`probes(rng)` gets a NumPy generator and returns a list of argument tuples or of `Probe`. The
check calls it with several seeds (`SEEDS`), the grader with others, so make everything that is
random from `rng`. The probe with the label `EXAMPLE` runs first (or give its arguments as
``example=``): it is the example of the lesson's text. The others follow from the smallest to the
largest, and the message shows the first that fails, arrays of up to twelve numbers in full: so
make the first ones so small and round that they can be worked by hand. The learner's function gets
copies, no two of them the same array.

Test what the text asks, or do not ask it. ``must_not_change=("h_0",)`` where an argument stays as
it is: neither may it change nor may the result lie in its memory. Without it a change costs nothing
and earns a note. ``must_not_use=("a loop", "torch")`` where the text forbids them.
``strict_type=True`` where the type itself is what the exercise teaches; without it lists, tensors
and float32 with right values are right.

`points` is a number, or a dict of parts, ``{"values": 2, "length one": 1}``, whose sum is the
exercise's points. A probe names its part (``Probe(args, part="length one")``; the first part if
it names none). A part is earned when every probe of it, on every seed, is right and every
property of it holds.

A `Mistake` is a function that makes the mistake. It may return another shape or raise. The
message is named only when the learner's outputs equal the mistake's on every probe; so the
probes have to tell it from the reference and from all other mistakes, and the tests prove that.
Its message says what is wrong and what to think about, as a tutor would.

A `Property` says what must hold apart from the values. Its message is shown where it does not, so
write what is wrong with the learner's result ("Your rows do not sum to one."), not what is asked.
Without probes of its own it is called ``holds(output, *args)`` for each probe. With ``probes=`` (a
function of rng, as above) it is called once a seed as ``holds(outputs, probes)``, with all outputs
for these probes: that is how "a future token changes no past output" is said. Outputs arrive as
NumPy arrays, scalars and tuples, also where the learner used torch. With ``compare=False`` the
exercise has no reference values to compare with (several answers are right): the properties decide
alone.

`oracle` takes a probe's arguments and is not our own work: torch, autograd, finite differences,
a number worked by hand. The tests hold the reference's result against it;
``oracle_tolerance=(relative, absolute)`` where it is a rough one. It is never called through
`call`.

`call` adapts what is called: ``call(answer, *args)``, by default ``answer(*args)``. Use it where
the answer is a class, a generator, or changes its argument in place. Where what the answer gave
is of no use, it may return a sentence that says why: the message shows that sentence. Messages
name such a call by its probe's label alone, so each probe needs one.

`interpret` makes what is compared of what a call gave: ``interpret(value, *args)``, with the value
as plain data. When students' work is graded, `call` runs beside their code, and `interpret` does
not. So what decides, such as running a network with weights that an answer chose, belongs here.

`package` names the part of helpers/ that a build exercise builds, as ``"rnn.rnn_step"``. What
passes is kept in the learner's ``mine/rnn.py``, and `use` takes it from there in later lessons. A
method is named with its class, ``"transformer.EncoderBlock.forward"``, and kept as the function
``EncoderBlock_forward``; the lesson puts it into its class: ``EncoderBlock.forward = use(…)``.

`given` is for "find the bug": the code that the learner starts from, written as in the notebook (a
test compares the two). As long as the answer is written so, the check says "not attempted yet"; if
it is written in another way and behaves as before, that what was changed is not the bug.

`trace` is for build exercises: a function with the reference's arguments that returns a dict of the
formula's intermediate values in the order in which they are computed, ``{"a_t": …, "h_t": …}``. If
the learner's function has variables of these names, their values where it returns are compared, and
the message says which is the first that goes wrong, if the learner's result follows from it: so the
dict holds the `outputs` as well. Write it as the formula is written, each name set on a line of its
own: single edits of it are tried on the learner's value, as they are of the reference.

A wrong answer that is no written mistake is compared with single edits of the reference (a dropped
term, a flipped sign, a missing `.T`) and with two written mistakes at once. That costs an author
nothing but a reference that is written as the formula is. Names in such a message are those of the
arguments and of the words in hints and messages.

`survivors` lists mutants of the reference that no probe can tell from it, each with the reason:
``{"2: axis=1 → axis=-1": "x has two axes, so these are the same"}``. The keys are printed by
``python -m course.exercises --survivors``: the line within the function, the code before and
after. A key that no longer survives fails the test, too. `also_mutate` names helper functions of
the same module that are mutated as well; their keys begin with the function's name.

A value exercise
----------------

    register(ValueExercise(
        name="rnn.count", title="How many parameters?", points=1,
        answer=18, oracle=lambda: count_with_torch(),
        mistakes=[Mistake("no_bias", "You did not count the biases.", 16)],
        hints=[...],
    ))

`answer` is an int, float, str, bool, tuple or list (or a function without arguments that computes
it). Floats need a `tolerance` (absolute). Strings are compared without regard to case, outer spaces
and Unicode normalisation. No listed mistake and no number on the page may lie within the tolerance:
list such numbers as ``intermediates=(…)``, and a test holds them against it. ``consequence=`` is a
function of the number given that says something true of it, for numbers that are no listed mistake:
``lambda n: f"After {n:g} steps {0.9**n:.2g} is left."``. ``choices={"a": "it grows", "b": …}``
makes it multiple choice: the learner gives a key. The message never shows the right value.

An open exercise has a title, points and a rubric, and no check: `OpenExercise`.

Text
----

Messages, hints and `solved` (shown with a right answer: what to take along) are plain text with
`code` between backticks and formulas between dollars; a blank line starts a new paragraph.
Nothing in them may change from run to run.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util

import numpy as np

from course.exercises.bank.kinds import (
    EXAMPLE,
    SEEDS,
    CodeExercise,
    Exercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
)
from course.lessons import LESSONS

__all__ = [
    "EXAMPLE",
    "SEEDS",
    "CodeExercise",
    "Exercise",
    "Mistake",
    "OpenExercise",
    "Probe",
    "Property",
    "ValueExercise",
    "exercises",
    "find",
    "register",
    "suggestions",
    "trouble",
]

_REGISTRY: dict[str, Exercise] = {}
_TROUBLE: dict[str, str] = {}
_loaded = False


def register(exercise: Exercise) -> Exercise:
    """Add an exercise to the bank.

    Parameters
    ----------
    exercise : Exercise
        A `CodeExercise`, `ValueExercise` or `OpenExercise`.

    Returns
    -------
    Exercise
        The same exercise.

    Raises
    ------
    ValueError
        If the name is taken or belongs to no lesson, a part of the points is unknown, a
        mistake's tag stands twice, or a float answer has no tolerance.
    """
    name = exercise.name
    if name in _REGISTRY:
        raise ValueError(f"register: there is an exercise {name!r} already; choose another name")
    if exercise.lesson is None or "." not in name:
        words = ", ".join(lesson.word for lesson in LESSONS)
        raise ValueError(
            f"register: {name!r} belongs to no lesson; "
            f"begin with one of {words} and a full stop, as in 'rnn.step'"
        )
    if not np.isfinite(exercise.total) or min(exercise.parts.values()) <= 0:
        raise ValueError(f"register: {name}: points are {exercise.points!r}; give positive numbers")
    if isinstance(exercise, CodeExercise | ValueExercise):
        tags = [mistake.tag for mistake in exercise.mistakes]
        if len(set(tags)) < len(tags):
            raise ValueError(f"register: {name}: a mistake's tag stands twice in {tags}")
    if isinstance(exercise, CodeExercise):
        unknown = {*exercise.must_not_change} - {*exercise.argument_names}
        unknown |= {*exercise.must_not_use} - {"a loop", "torch"}
        if unknown:
            raise ValueError(
                f"register: {name}: {sorted(unknown)} cannot be forbidden; `must_not_change` names "
                "arguments, `must_not_use` may hold 'a loop' and 'torch'"
            )
        for prop in exercise.properties:
            if prop.part is not None and prop.part not in exercise.parts:
                raise ValueError(
                    f"register: {name}: a property names the part {prop.part!r}; "
                    f"the points have {list(exercise.parts)}"
                )
    if isinstance(exercise, ValueExercise) and not callable(exercise.answer):
        flat = exercise.answer if isinstance(exercise.answer, list | tuple) else [exercise.answer]
        if exercise.tolerance <= 0 and any(isinstance(item, float) for item in flat):
            raise ValueError(f"register: {name}: the answer is a float; give a tolerance")
    _REGISTRY[name] = exercise
    return exercise


def _load() -> None:
    """Import every lesson's module once, in the order of the lessons."""
    global _loaded
    if _loaded:
        return
    _loaded = True
    for lesson in LESSONS:
        module = f"course.exercises.bank.{lesson.module}"
        if importlib.util.find_spec(module) is None:
            continue
        try:
            importlib.import_module(module)
        except Exception as error:
            _TROUBLE[lesson.word] = f"{type(error).__name__}: {error}"


def exercises(lesson: str | None = None) -> list[Exercise]:
    """List the registered exercises in the order of the course.

    Parameters
    ----------
    lesson : str, optional
        A lesson's word, as ``rnn``, for its exercises alone.
    """
    _load()
    order = {entry.word: place for place, entry in enumerate(LESSONS)}
    chosen = [e for e in _REGISTRY.values() if lesson in (None, e.name.partition(".")[0])]
    return sorted(chosen, key=lambda e: order[e.name.partition(".")[0]])


def find(name: str) -> Exercise | None:
    """Find an exercise by its name, or None."""
    _load()
    return _REGISTRY.get(name)


def trouble(name: str) -> str:
    """Say why the exercises of this name's lesson could not be loaded, or nothing."""
    _load()
    return _TROUBLE.get(name.partition(".")[0], "")


def suggestions(name: str) -> list[str]:
    """List names of exercises that resemble `name`, the nearest first."""
    _load()
    names = [e.name for e in exercises()]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    word, _, rest = name.partition(".")
    ends = [n for n in names if rest and n.partition(".")[2] == rest]
    lesson = [n for n in names if n.partition(".")[0] == word]
    return list(dict.fromkeys([*near, *ends, *lesson]))[:6]
