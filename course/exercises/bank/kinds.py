"""What an author writes: exercises, probes, mistakes and properties, as plain frozen data."""

from __future__ import annotations

import inspect
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course.lessons import Lesson, lesson_of

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
]

SEEDS: tuple[int, ...] = (0, 1, 2)
"""The seeds that `check` probes with. The grader uses others."""

EXAMPLE = "the text's example"
"""The label of the probe that repeats the example in the lesson's text. It runs first."""

TIME_LIMIT = 5.0
"""Seconds that a check allows for all calls of an answer together."""


@dataclass(frozen=True)
class Probe:
    """One call that the check makes.

    Attributes
    ----------
    args : tuple
        The arguments. The learner's function gets copies.
    kwargs : dict
        Arguments given by name.
    part : str, optional
        The part of the points that rests on it; the first if None.
    label : str
        What is special about it, shown in the message: ``T = 1``.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    part: str | None = None
    label: str = ""


def _rank(probe: Probe) -> tuple[bool, float]:
    """Order probes: the text's example, then from the smallest to the largest, empty ones last."""
    size = sum(_size(arg) for arg in (*probe.args, *probe.kwargs.values()))
    return probe.label not in (EXAMPLE, "the example"), size or math.inf


def _size(value: Any) -> int:
    """Count the numbers and characters in a value."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return sum(map(_size, value))
    shape = getattr(value, "shape", None)
    return int(math.prod(shape)) if shape is not None else 1


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer.

    Attributes
    ----------
    tag : str
        Its short name, unique in the exercise; class reports count by it.
    message : str
        What a tutor would say.
    answer : object
        The function that makes the mistake, or the wrong value.
    """

    tag: str
    message: str
    answer: Any


@dataclass(frozen=True)
class Property:
    """What must hold for a right answer, apart from its values.

    Attributes
    ----------
    message : str
        What to tell the learner where it does not hold.
    holds : callable
        ``holds(output, *args) -> bool`` for each probe, or, with own probes,
        ``holds(outputs, probes) -> bool`` for all of them at once.
    probes : callable, optional
        ``probes(rng)`` as in `CodeExercise`; they are compared with the reference, too.
    part : str, optional
        The part of the points that rests on it; the first if None.
    """

    message: str
    holds: Callable[..., Any]
    probes: Callable[[np.random.Generator], Iterable[Any]] | None = None
    part: str | None = None


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What all exercises have: a name, a title, points and hints."""

    name: str
    title: str
    points: Any = 1
    hints: Sequence[str] = ()
    solved: str = ""

    kind = "exercise"

    @property
    def parts(self) -> dict[str, float]:
        """The points of each part, in order."""
        if isinstance(self.points, Mapping):
            return {str(part): float(points) for part, points in self.points.items()}
        return {"values": float(self.points)}

    @property
    def total(self) -> float:
        """The points that a right answer earns."""
        return sum(self.parts.values())

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that the exercise belongs to."""
        return lesson_of(self.name)


@dataclass(frozen=True, kw_only=True)
class CodeExercise(Exercise):
    """An exercise whose answer is a function. See the guide above for every field."""

    reference: Callable[..., Any]
    probes: Callable[[np.random.Generator], Iterable[Any]]
    mistakes: Sequence[Mistake] = ()
    oracle: Callable[..., Any] | None = None
    oracle_tolerance: tuple[float, float] | None = None
    equivalents: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    properties: Sequence[Property] = ()
    outputs: Sequence[str] = ()
    axes: Sequence[str] = ()
    tolerance: tuple[float, float] | None = None
    compare: bool = True
    call: Callable[..., Any] | None = None
    interpret: Callable[..., Any] | None = None
    given: Callable[..., Any] | None = None
    must_not_change: Sequence[str] = ()
    must_not_use: Sequence[str] = ()
    strict_type: bool = False
    example: tuple[Any, ...] | None = None
    trace: Callable[..., Mapping[str, Any]] | None = None
    time_limit: float = TIME_LIMIT
    package: str = ""
    survivors: Mapping[str, str] = field(default_factory=dict)
    also_mutate: Sequence[Callable[..., Any]] = ()

    kind = "code"

    @property
    def built(self) -> tuple[str, str]:
        """The module of helpers/ and the name in it that are built; both empty for no part.

        A method's name has two words: `transformer.EncoderBlock.forward` is the module
        `transformer` and the name `EncoderBlock.forward`.
        """
        words = self.package.split(".")
        own = 2 if len(words) > 2 and words[-2][0].isupper() else 1
        return ".".join(words[:-own]), ".".join(words[-own:])

    @property
    def argument_names(self) -> list[str]:
        """The names of the reference's parameters, as far as they are positional."""
        try:
            parameters = inspect.signature(self.reference).parameters.values()
        except (TypeError, ValueError):
            return []
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return [p.name for p in parameters if p.kind in positional]

    def make_probes(self, seed: int) -> tuple[list[Probe], list[tuple[Property, list[int]]]]:
        """Make the probes of one seed.

        Parameters
        ----------
        seed : int
            Any non-negative number; the same seed gives the same probes.

        Returns
        -------
        probes : list of Probe
            The exercise's own, then those of its properties. Each names its part.
        groups : list of (Property, list of int)
            For each property with probes of its own, where these stand in the list.
        """
        first_part = next(iter(self.parts))

        def as_probes(made: Iterable[Any], part: str | None, in_order: bool = False) -> list[Probe]:
            probes = []
            for item in made:
                probe = item if isinstance(item, Probe) else Probe(tuple(item))
                chosen = probe.part or part or first_part
                probes.append(Probe(tuple(probe.args), dict(probe.kwargs), chosen, probe.label))
            return probes if in_order else sorted(probes, key=_rank)

        stream = [seed, zlib.crc32(self.name.encode())]
        example = [] if self.example is None else [Probe(self.example, label=EXAMPLE)]
        own = [*example, *self.probes(np.random.default_rng(stream))]
        probes = as_probes(own, None)
        groups = []
        for number, prop in enumerate(self.properties, 1):
            if prop.probes is None:
                continue
            rng = np.random.default_rng([*stream, number])
            made = as_probes(prop.probes(rng), prop.part, in_order=True)
            groups.append((prop, list(range(len(probes), len(probes) + len(made)))))
            probes.extend(made)
        return probes, groups


@dataclass(frozen=True, kw_only=True)
class ValueExercise(Exercise):
    """An exercise whose answer is a value that the learner predicts or reads off."""

    answer: Any
    tolerance: float = 0.0
    mistakes: Sequence[Mistake] = ()
    intermediates: Sequence[Any] = ()
    consequence: Callable[[Any], str] | None = None
    oracle: Callable[[], Any] | None = None
    choices: Mapping[str, str] | None = None

    kind = "value"

    @property
    def value(self) -> Any:
        """The right value."""
        return self.answer() if callable(self.answer) else self.answer


@dataclass(frozen=True, kw_only=True)
class OpenExercise(Exercise):
    """An exercise that is answered in words and read by a person."""

    rubric: Sequence[str] = ()

    kind = "open"
