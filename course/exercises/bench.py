"""The probes of an exercise, and what its reference does with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from course.exercises.bank.kinds import SEEDS, CodeExercise, Probe, Property
from course.exercises.data import Tensor, plain
from course.exercises.run import Outcome, Run, run

__all__ = ["Bench"]


class Bench:
    """The probes of an exercise and what its reference does with them.

    Parameters
    ----------
    exercise : CodeExercise
        The exercise.
    seeds : sequence of int
        The seeds to make probes from.
    """

    def __init__(self, exercise: CodeExercise, seeds: Sequence[int] = SEEDS) -> None:
        self.exercise = exercise
        self.probes: list[Probe] = []
        self.groups: list[tuple[Property, list[int]]] = []
        for seed in seeds:
            probes, groups = exercise.make_probes(seed)
            shift = len(self.probes)
            self.groups += [(prop, [shift + i for i in places]) for prop, places in groups]
            self.probes += probes
        if not self.probes:
            raise ValueError(f"{exercise.name}: no probes; `probes(rng)` returned an empty list")
        for probe in self.probes:
            if probe.part not in exercise.parts:
                raise ValueError(
                    f"{exercise.name}: a probe names the part {probe.part!r}; "
                    f"the points have {list(exercise.parts)}"
                )
        self._wanted: tuple[Outcome, ...] | None = None
        self._others: dict[Any, Outcome] = {}
        self._traced: dict[int, dict[str, Any]] = {}

    @property
    def wanted(self) -> tuple[Outcome, ...]:
        """What the reference does."""
        if self._wanted is None:
            self._wanted = self.run(self.exercise.reference).outcomes
        return self._wanted

    @property
    def watch(self) -> tuple[str, ...]:
        """The variables to look at in an answer: those that the exercise's trace names."""
        return tuple(self.traced(0)) if self.exercise.trace is not None else ()

    def run(
        self,
        answer: Any,
        *,
        limit: float | None = None,
        repeat: bool = False,
        only: Sequence[int] | None = None,
    ) -> Run:
        """Make every call, or only some, with an answer. See `run.run`."""
        exercise = self.exercise
        chosen = self.probes if only is None else [self.probes[i] for i in only]
        done = run(
            answer,
            [(probe.args, dict(probe.kwargs)) for probe in chosen],
            names=exercise.argument_names,
            adapter=exercise.call,
            limit=limit,
            repeat=repeat,
            watch=() if limit is None else self.watch,
        )
        return self.interpreted(done, chosen)

    def interpreted(self, done: Run, probes: Sequence[Probe] | None = None) -> Run:
        """Make what is compared of what an answer returned, where the exercise asks for that.

        It is made here and not where the answer ran: a student's process may have other functions
        under NumPy's names.
        """
        interpret = self.exercise.interpret
        if interpret is None:
            return done

        def made(outcome: Outcome, probe: Probe) -> Outcome:
            if outcome.kind != "value":
                return outcome
            value = interpret(outcome.value, *probe.args, **dict(probe.kwargs))
            return replace(outcome, value=plain(value))

        chosen = self.probes if probes is None else probes
        outcomes = tuple(made(*pair) for pair in zip(done.outcomes, chosen, strict=True))
        again = done.again and made(done.again, chosen[0])
        return replace(done, outcomes=outcomes, again=again)

    def other(self, function: Callable[..., Any], index: int) -> Outcome:
        """Give what another function, a mistake, does with one probe; it is called once."""
        key = function, index
        if key not in self._others:
            self._others[key] = self.run(function, only=[index]).outcomes[0]
        return self._others[key]

    def traced(self, index: int) -> dict[str, Any]:
        """Give the intermediate values of the formula for one probe, in order, as plain data."""
        trace, probe = self.exercise.trace, self.probes[index]
        if trace is None:
            return {}
        if index not in self._traced:
            outcome = run(trace, [(probe.args, dict(probe.kwargs))]).outcomes[0]
            self._traced[index] = outcome.value if isinstance(outcome.value, dict) else {}
        return self._traced[index]

    def inputs(self, index: int) -> dict[str, Any]:
        """The arguments of one probe, by name."""
        probe, names = self.probes[index], self.exercise.argument_names
        named = {
            names[i] if i < len(names) else f"argument {i + 1}": arg
            for i, arg in enumerate(probe.args)
        }
        return {**named, **probe.kwargs}

    def copied(self, said: str) -> str:
        """Give advice on copying as torch has it, where the arguments are tensors."""
        values = [value for i in range(len(self.probes)) for value in self.shown_inputs(i).values()]
        in_torch = any(isinstance(value, Tensor) for value in values)
        return said.replace(".copy()", ".clone()") if in_torch else said

    def letters(self, output: int | None) -> str:
        """The letters of an output's axes, as the exercise gives them; empty where it does not."""
        axes, place = self.exercise.axes, output or 0
        return axes[place] if place < len(axes) else ""

    def shown_inputs(self, index: int) -> dict[str, Any]:
        """The arguments of one probe as plain data."""
        return {name: plain(value) for name, value in self.inputs(index).items()}
