"""Exercise 7.5: start an LSTM for a lag."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, Property, register
from course.exercises.bank.lstm.common import Answer, Array


def start_for_lag(b: Array, lag: int, share: float) -> Array:
    """The bias b with forget gates that leave a share of the cell state after a lag."""
    H = len(b) // 4
    f = share ** (1 / lag)
    started = b.copy()
    started[H : 2 * H] = np.log(f / (1 - f))
    return started


def _torch(b: Array, lag: int, share: float) -> Array:
    """Torch's inverse of the sigmoid."""
    import torch

    i, _, g, o = torch.tensor(b).chunk(4)
    f = torch.tensor(share, dtype=torch.float64) ** (1 / lag)
    return torch.cat([i, torch.logit(f).expand(len(b) // 4), g, o]).numpy()


def _by_logs(b: Array, lag: int, share: float) -> Array:
    """f from its logarithm, and b_f as −ln(1/f − 1)."""
    blocks = b.reshape(4, -1).copy()
    blocks[1] = -np.log(np.exp(-np.log(share) / lag) - 1)
    return blocks.ravel()


def _by_halving(b: Array, lag: int, share: float) -> Array:
    """Search for the bias whose gate, raised to the power of the lag, is the share."""
    low, high = -50.0, 50.0
    for _ in range(80):
        middle = (low + high) / 2
        left = (1 / (1 + np.exp(-middle))) ** lag
        low, high = (middle, high) if left < share else (low, middle)
    i, _f, g, o = np.split(b, 4)
    return np.concatenate([i, np.full(len(i), middle), g, o])


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = [Probe((np.array([1.0, 2.0, 3.0, 4.0]), 2, 0.81), label=EXAMPLE)]
    for H, lag, share, label in (
        (1, 4, 0.5, "one unit, lag 4"),
        (2, 10, 0.2, "two units"),
        (3, 40, 0.5, "lag 40"),
        (5, 160, 0.9, "lag 160"),
    ):
        probes.append(Probe((rng.normal(size=4 * H).round(2), lag, share), label=label))
    return probes


def _started(
    gate: Any = lambda lag, share: share ** (1 / lag),
    bias: Any = lambda f: np.log(f / (1 - f)),
    rows: Any = lambda H: slice(H, 2 * H),
    put: Any = lambda old, new: new,
) -> Answer:
    """The start with one of its parts replaced."""

    def answer(b: Array, lag: int, share: float) -> Array:
        started, where = b.copy(), rows(len(b) // 4)
        started[where] = put(started[where], bias(gate(lag, share)))
        return started

    return answer


def _other_rows(tag: str, text: str, rows: Any) -> Mistake:
    return Mistake(tag, f"The number is right, its place is not. {text}", _started(rows=rows))


def _input_gates_too(b: Array, lag: int, share: float) -> Array:
    started = start_for_lag(b, lag, share)
    H = len(b) // 4
    started[:H] = -started[H : 2 * H]
    return started


def _in_place(b: Array, lag: int, share: float) -> Array:
    b[:] = start_for_lag(b, lag, share)
    return b


PLACES = [
    _other_rows(
        "input_rows",
        "You set the first H entries, the input gate's. The order is i, f, g, o.",
        lambda H: slice(0, H),
    ),
    _other_rows(
        "candidate_rows",
        "You set the third block, the candidate's. The order is i, f, g, o.",
        lambda H: slice(2 * H, 3 * H),
    ),
    _other_rows(
        "last_rows",
        "You set the last block, the output gate's. The order is i, f, g, o.",
        lambda H: slice(3 * H, None),
    ),
    _other_rows(
        "every_fourth",
        "A gate's entries stand together: H of i, then H of f, and so on.",
        lambda H: slice(1, None, 4),
    ),
    _other_rows(
        "all_rows",
        "You set the whole bias. Only the forget gates' H entries change.",
        lambda H: slice(None),
    ),
    _other_rows(
        "from_f_on",
        "You set everything from the forget gates on. Their block ends at 2 H.",
        lambda H: slice(H, None),
    ),
    _other_rows(
        "one_entry",
        "You set a single entry. With H units there are H forget gates: entries H to 2 H.",
        lambda H: slice(1, 2),
    ),
    Mistake(
        "added",
        "You added the new bias to the old one. The forget gates' entries are replaced.",
        _started(put=lambda old, new: old + new),
    ),
    Mistake(
        "input_gates_too",
        "The forget gates are right, but you also changed the input gates. Leave everything else "
        "as it was.",
        _input_gates_too,
    ),
    Mistake(
        "number_alone",
        "The number is right. Return the whole bias, (4 H,), with this number in the forget "
        "gates' entries.",
        lambda b, lag, share: np.log(1 / (share ** (-1 / lag) - 1)),
    ),
    Mistake(
        "block_alone",
        "The forget gates' block is right. Return the whole bias, (4 H,).",
        lambda b, lag, share: start_for_lag(b, lag, share)[len(b) // 4 : len(b) // 2],
    ),
    Mistake(
        "unchanged",
        "You returned the bias as it was. H is a quarter of its length.",
        lambda b, lag, share: b.copy(),
    ),
    Mistake(
        "in_place",
        "The numbers are right, but you changed the caller's array. Work on `b.copy()`.",
        _in_place,
    ),
]

NUMBERS = [
    Mistake(
        "gate_itself",
        "You set the bias to the gate f. The gate is σ of the bias, so undo σ: "
        "$b_f = \\ln(f / (1 - f))$.",
        _started(bias=lambda f: f),
    ),
    Mistake(
        "sigma_again",
        "You set the bias to σ(f). The gate is σ of the bias, so undo σ: "
        "$b_f = \\ln(f / (1 - f))$.",
        _started(bias=lambda f: 1 / (1 + np.exp(-f))),
    ),
    Mistake(
        "sign",
        "Your bias has the wrong sign: it shuts the gate. A gate above ½ needs a positive bias.",
        _started(bias=lambda f: np.log((1 - f) / f)),
    ),
    Mistake(
        "log_of_the_gate",
        "You took ln f. Undoing σ gives $\\ln(f / (1 - f))$.",
        _started(bias=np.log),
    ),
    Mistake(
        "undid_tanh",
        "You undid tanh. A gate is σ of its sum: $b_f = \\ln(f / (1 - f))$.",
        _started(bias=np.arctanh),
    ),
    Mistake(
        "log_10",
        "You took the logarithm to base 10. σ contains e, so `np.log`.",
        _started(bias=lambda f: np.log10(f / (1 - f))),
    ),
    Mistake(
        "log_2",
        "You took the logarithm to base 2. σ contains e, so `np.log`.",
        _started(bias=lambda f: np.log2(f / (1 - f))),
    ),
    Mistake(
        "no_lag",
        "Your gates leave the share after a single step. After `lag` steps only share^lag is left; "
        "f^lag must be the share.",
        _started(gate=lambda lag, share: share),
    ),
    Mistake(
        "power_for_root",
        "You raised the share to the power of the lag. It is the other way round: f^lag is the "
        "share, so f is a root of it.",
        _started(gate=lambda lag, share: share**lag),
    ),
    Mistake(
        "divided",
        "You divided what is lost by the lag. The losses are not equal parts: each step multiplies "
        "what is left by f, so f^lag is the share.",
        _started(gate=lambda lag, share: 1 - (1 - share) / lag),
    ),
    Mistake(
        "share_divided",
        "You divided the share by the lag. Each step multiplies by f, so f^lag is the share.",
        _started(gate=lambda lag, share: share / lag),
    ),
    Mistake(
        "lost_for_left",
        "You took `share` for what is lost. It is what is left after `lag` steps.",
        _started(gate=lambda lag, share: (1 - share) ** (1 / lag)),
    ),
    Mistake(
        "one_step_more",
        "Your root is for one step too many. The cell state passes `lag` forget gates.",
        _started(gate=lambda lag, share: share ** (1 / (lag + 1))),
    ),
    Mistake(
        "one_step_fewer",
        "Your root is for one step too few. The cell state passes `lag` forget gates.",
        _started(gate=lambda lag, share: share ** (1 / (lag - 1))),
    ),
    Mistake(
        "chrono",
        "ln(lag − 1) is a rule of thumb that leaves about a third. Use the share that was given.",
        _started(gate=lambda lag, share: 1 - 1 / lag),
    ),
]


def _keeps(output: Any, b: Array, lag: int, share: float) -> bool:
    """Pass a cell state of 1 through the gates, one step after the other."""
    H, c = len(b) // 4, np.ones(len(b) // 4)
    for _ in range(lag):
        c = c / (1 + np.exp(-output[H : 2 * H]))
    return bool(np.allclose(c, share))


register(
    CodeExercise(
        name="lstm.start_for_lag",
        title="Start an LSTM for a lag",
        points=2,
        reference=start_for_lag,
        probes=_probes,
        oracle=_torch,
        must_not_change=("b",),
        equivalents={"torch": _torch, "logarithms": _by_logs, "search": _by_halving},
        properties=[
            Property(
                "With your bias, what the forget gates leave after the lag is not the share that "
                "was asked for.",
                _keeps,
            )
        ],
        outputs=("the bias",),
        axes=("K",),
        mistakes=[*PLACES, *NUMBERS],
        hints=[
            "Two questions, one after the other: which gate f leaves the share after `lag` steps? "
            "Which bias gives this gate?",
            "`b` and the result are (4 H,). The forget gates' H entries are the second block; all "
            "of them get the same number.",
            "f^lag is to be the share, so f is the lag-th root of it. Then solve "
            "f = 1 / (1 + e^−b) for b. Put b into a copy of the bias.",
            "`f = share ** (1 / lag)`",
        ],
        solved="The bias grows only with the logarithm of the lag: ten times the lag needs about "
        "2.3 more.",
    )
)
