"""Exercise 2.5: set the weights of a light switch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.rnn_cell.common import (
    LISTS,
    OTHER_WEIGHTS,
    Array,
    checked,
    shape_mistakes,
    weights_alone,
)


def switch_weights() -> tuple[Array, Array, Array]:
    """One unit with two stable fixed points, pushed up by “on” and down by “off”."""
    W_xh = np.array([[6.0, -6.0]])
    W_hh = np.array([[3.0]])
    b_h = np.array([-1.0])
    return W_xh, W_hh, b_h


def _said(given: Any, commands: Array, read: Array) -> Any:
    """+1 where the state says “on”, −1 where it says “off”, 0 where it is in between."""
    weights = checked(given, {"W_xh": (1, 2), "W_hh": (1, 1), "b_h": (1,)})
    if isinstance(weights, str):
        return weights
    (push_on, push_off), loop, bias = weights[0][0], float(weights[1][0, 0]), float(weights[2][0])
    h, states = 0.0, []
    for on, off in commands.tolist():
        h = math.tanh(push_on * on + push_off * off + loop * h + bias)
        states.append(h)
    said = np.array(states)[read]
    return (said > 0.5).astype(int) - (said < -0.5).astype(int)


def _last_command(commands: Array, read: Array) -> Array:
    """What a switch must say, without any network."""
    last, said = -1, []
    for on, off in commands.tolist():
        last = 1 if on else -1 if off else last
        said.append(last)
    return np.array(said)[read]


ON, OFF, NOTHING = (1, 0), (0, 1), (0, 0)


def _phases(*phases: tuple[tuple[int, int], int]) -> tuple[Array, Array]:
    """Commands (T, 2) made of phases (command, how long), read at the end of each phase."""
    commands = np.array([command for command, steps in phases for _ in range(steps)])
    read = np.cumsum([steps for _, steps in phases]) - 1
    return commands, read


def _switch_probes(rng: np.random.Generator) -> list[Probe]:
    # Each wait is read at two successive steps: a state that flips at each is caught by one.
    wait, long_wait, again = (NOTHING, 100), (NOTHING, 1500), (NOTHING, 1)
    busy = [(ON, 1) if bit else (OFF, 1) for bit in rng.integers(0, 2, 30)]
    calm = [
        phase for bit in rng.integers(0, 2, 4) for phase in ((ON if bit else OFF, 1), wait, again)
    ]
    late = _phases((NOTHING, 50), (ON, 1))  # whether the wait is off is another part's question
    start, keep = "starts off", "remembers"
    return [
        Probe(_phases((ON, 1)), label="“on” at the first step"),
        Probe(_phases((OFF, 1), (ON, 1), (OFF, 1)), label="“off”, “on”, “off”"),
        Probe(_phases(*busy), label="a command at each step"),
        Probe(_phases((NOTHING, 1), wait, again), part=start, label="no command ever comes"),
        Probe((late[0], late[1][1:]), label="“on” after 50 steps without a command"),
        Probe(_phases((ON, 1), wait, again), part=keep, label="“on”, then a wait of 100 steps"),
        Probe(_phases((ON, 1), (OFF, 1), wait, again), part=keep, label="“on”, “off”, wait"),
        Probe(
            _phases((ON, 1), wait, again, (OFF, 1), wait, again),
            part=keep,
            label="“on”, wait, “off”, wait",
        ),
        Probe(
            _phases((OFF, 5), (ON, 1), wait, again),
            part=keep,
            label="“off” five times, “on”, wait",
        ),
        Probe(
            _phases((ON, 5), (OFF, 1), wait, again),
            part=keep,
            label="“on” five times, “off”, wait",
        ),
        Probe(_phases(*calm), part=keep, label="commands with waits of 100 steps between"),
        Probe(
            _phases((ON, 1), long_wait, again), part=keep, label="“on”, then a wait of 1500 steps"
        ),
    ]


def _switch_property(
    message: str,
    part: str,
    holds: Callable[..., Any],
    *phases: tuple[str, tuple[tuple[tuple[int, int], int], ...]],
) -> Property:
    """Name a cause for all weights that show it: ``holds`` gets what was said in each run."""

    def probes(rng: np.random.Generator) -> list[Probe]:
        return [Probe(_phases(*run), label=label) for label, run in phases]

    def seen(outputs: Any, probes: Any) -> bool:
        return bool(holds(*(said.tolist() for said in outputs)))

    return Property(message, seen, probes=probes, part=part)


_FADES = (
    "Your cell forgets: “on” is lost when no command follows. With a bias below −0.55, two stable "
    "states need `W_hh` above about 2; the stronger the bias, the larger."
)
_FADES_BETWEEN = (
    "Your cell forgets: without input, its state does not stay above 0.5. Raise `W_hh` above about "
    "2."
)
_STARTS_ON = "Before any command your cell says “on”. The bias pushes the wrong way."
_STARTS_LATE = (
    "Your cell ends up off, but not at once: after one step without input the state is tanh(b). "
    "That is below −0.5 only if b is below −0.55."
)
_NEVER_ON = (
    "“On” does not turn your cell on, not even from the state 0: its weight is too small. It is "
    "large enough when it exceeds `W_hh` plus the size of the bias by more than 0.55."
)
_ON_TOO_WEAK = (
    "After “off”, one “on” does not turn your cell on: near −1 the loop contributes about "
    "−`W_hh`, and a negative bias adds to that. The weight of “on” is large enough when it exceeds "
    "both together by more than 0.55."
)
_OFF_TOO_WEAK = (
    "After “on”, one “off” does not turn your cell off: near 1 the loop adds about `W_hh`. It is "
    "turned off in one step when the weight of “off” plus the bias is below −`W_hh` by more than "
    "0.55."
)
_FLIPS = (
    "With a negative `W_hh` your state changes its sign at every step. To keep its state, a unit "
    "needs a positive `W_hh`."
)

_NO_COMMAND = ("no command for 101 steps", ((NOTHING, 1), (NOTHING, 99), (NOTHING, 1)))
_AFTER_ON = ("“on”, then a wait", ((ON, 1), (NOTHING, 1500), (NOTHING, 1)))
# “On” for so long that the state is above the upper fixed point, if there is one.
_AFTER_LONG_ON = ("“on” 50 times, then a wait", ((ON, 50), (NOTHING, 1500), (NOTHING, 1)))


def _switch(push_on: float, push_off: float, loop: float, bias: float) -> Callable[[], Any]:
    return lambda: (np.array([[push_on, push_off]]), np.array([[loop]]), np.array([bias]))


def _switch_lists() -> Any:
    return [[12.5, -9]], [[5]], [-2]


def _switch_torch() -> Any:
    import torch

    return torch.tensor([[5.0, -5.0]]), torch.tensor([[2.5]]), torch.tensor([-0.7])


register(
    CodeExercise(
        name="rnn.switch_weights",
        title="Set the weights: a light switch",
        points={"obeys": 1, "starts off": 1, "remembers": 1},
        reference=switch_weights,
        call=weights_alone,
        interpret=_said,
        probes=_switch_probes,
        oracle=_last_command,
        equivalents={"larger": _switch_lists, "torch": _switch_torch},
        outputs=("the state (1: on, −1: off, 0: between)",),
        properties=[
            _switch_property(
                _NEVER_ON,
                "obeys",
                lambda on, off: not (on[0] < 1 and off[0] < 1),
                ("“on” at the first step", ((ON, 1),)),
                ("“off” at the first step", ((OFF, 1),)),
            ),
            _switch_property(
                _ON_TOO_WEAK,
                "obeys",
                lambda first, later: not (first[0] == 1 and later[0] == -1 and later[1] < 1),
                ("“on” at the first step", ((ON, 1),)),
                ("“off” five times, “on”", ((OFF, 5), (ON, 1))),
            ),
            _switch_property(
                _OFF_TOO_WEAK,
                "obeys",
                lambda first, later: not (first[0] < 1 and later[0] == 1 and later[1] > -1),
                ("“off” at the first step", ((OFF, 1),)),
                ("“on” five times, “off”", ((ON, 5), (OFF, 1))),
            ),
            _switch_property(
                _STARTS_LATE, "starts off", lambda said: said != [0, -1, -1], _NO_COMMAND
            ),
            _switch_property(
                _STARTS_ON, "starts off", lambda said: said[1:] != [1, 1], _NO_COMMAND
            ),
            _switch_property(
                _FADES,
                "remembers",
                lambda once, long: not (once == [1, -1, -1] and long == [1, -1, -1]),
                _AFTER_ON,
                _AFTER_LONG_ON,
            ),
            _switch_property(
                _FADES_BETWEEN, "remembers", lambda said: said != [1, 0, 0], _AFTER_ON
            ),
            _switch_property(_FLIPS, "remembers", lambda said: said[1] * said[2] != -1, _AFTER_ON),
        ],
        mistakes=[
            Mistake(
                "fades",
                _FADES,
                _switch(6, -6, 0.8, -1),
            ),
            Mistake(
                "fades_to_zero",
                _FADES_BETWEEN,
                _switch(6, -6, 0.8, 0),
            ),
            Mistake(
                "undecided",
                "Your cell remembers commands. Before the first command the state stays at 0. A "
                "negative bias would move it.",
                _switch(6, -6, 3, 0),
            ),
            Mistake("starts_on", _STARTS_ON, _switch(6, -6, 3, 1)),
            Mistake("starts_late", _STARTS_LATE, _switch(6, -6, 3, -0.3)),
            Mistake("off_too_weak", _OFF_TOO_WEAK, _switch(6, -1, 3, -1)),
            Mistake("on_too_weak", _ON_TOO_WEAK, _switch(2, -6, 3, -1)),
            Mistake(
                "input_too_weak",
                _NEVER_ON,
                _switch(1, -1, 3, -1),
            ),
            Mistake(
                "same_push",
                "“Off” turns your cell on: both input weights push upwards. One of them must be "
                "negative.",
                _switch(6, 6, 3, -1),
            ),
            Mistake(
                "all_zero",
                "Your state stays between −0.5 and 0.5, whatever the command: the weights and the "
                "bias are zero or too small.",
                _switch(0, 0, 0, 0),
            ),
            Mistake(
                "swapped",
                "Your cell takes “on” for “off”. The first column of `W_xh` is for “on”.",
                _switch(-6, 6, 3, -1),
            ),
            Mistake("negative_loop", _FLIPS, _switch(6, -6, -3, -1)),
            *shape_mistakes(
                switch_weights,
                {
                    "W_xh": "one row for the unit, one column for each input: `[[1.0, 2.0]]`.",
                    "W_hh": "one row, one column, as in `np.array([[1.0]])`.",
                    "b_h": "one number for the one unit, as in `np.array([1.0])`.",
                },
            ),
        ],
        hints=[
            "Without a command, one step maps the state h to tanh(`W_hh` · h + `b_h`). To "
            "remember for ever, this map needs two stable fixed points, one above 0.5 and one "
            "below −0.5. One input weight turns the cell on. Which weight turns it off, and how "
            "large must it be?",
            "`W_xh` is (1, 2): one weight for “on”, one for “off”. `W_hh` is (1, 1), `b_h` is "
            "(1,).",
            "There are three conditions. `W_hh` must be above about 2, and the bias not too "
            "strong, so that there are two stable fixed points. The bias must take the state from "
            "0 to below −0.5 in one step: tanh(b) < −0.5, so b < −0.55. Each input must carry the "
            "state across from the other side: the weight of “on” must exceed `W_hh` plus the size "
            "of the bias by more than 0.55, and the weight of “off” plus the bias must be as far "
            "below −`W_hh`.",
            "`W_hh = np.array([[3.0]])` and `b_h = np.array([-1.0])` have two stable fixed "
            "points. Then 6.0 is enough for “on”: `W_xh = np.array([[6.0, …]])`. Which number "
            "turns the cell off?",
        ],
        solved="You built one bit of memory from one tanh unit. An LSTM (lesson 07) has memory "
        "cells built in and learns when to write and erase them.",
        survivors={
            "3: 6.0 → 7.0": OTHER_WEIGHTS,
            "3: 6.0 → 12.0": OTHER_WEIGHTS,
            "3: 6.0 → 7.0 (2)": OTHER_WEIGHTS,
            "3: 6.0 → 12.0 (2)": OTHER_WEIGHTS,
            "4: 3.0 → 4.0": OTHER_WEIGHTS,
            "3: np.array([[6.0, -6.0]]) → [[6.0, -6.0]]": LISTS,
            "4: np.array([[3.0]]) → [[3.0]]": LISTS,
            "5: np.array([-1.0]) → [-1.0]": LISTS,
        },
    )
)
