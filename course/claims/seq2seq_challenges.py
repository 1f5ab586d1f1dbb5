"""Attempts to overturn the verdicts of claims 11, 12 and 26, declared in their modules."""

from __future__ import annotations

from typing import Any
from unittest import mock

from course.claims.trials import Trial

THREE = (10, 11, 12)

# --- claim 11 --------------------------------------------------------------------------------


def with_a_late_answer(seed: int, **settings: Any) -> dict[str, float]:
    """Run experiment 11; "aligned" writes once it has read all, not fed with its own words."""
    import torch

    from course.claims import seq2seq

    def late(kind: str, V_source: int, V_target: int, H: int) -> Any:
        model = made(kind, V_source, V_target, H)

        def forward(source: Any, mask: Any, inputs: Any) -> Any:
            _, state = model.begin(source, mask)
            return model.output(model.recurrent(torch.zeros(*inputs.shape, H), state)[0])

        if kind == seq2seq.ALIGNED:
            model.forward = forward
        return model

    made = seq2seq.one_network
    with mock.patch.object(seq2seq, "one_network", late):
        return seq2seq.experiment_11(seed, **settings)


_ARMS_11 = ["aligned", "reads first", "(h, c)"]

TRIALS_11 = (
    Trial(
        "a single LSTM that may read all before it answers, in place of one that writes at once "
        "(3 passes over the dates, not 6)",
        {"epochs": 3},
        keep={"arms": _ARMS_11},
        seeds=THREE,
        experiment=with_a_late_answer,
    ),
    Trial(
        "a tenth of the training: 60 steps, and 800 dates",
        {"steps": 60, "pairs": 800},
        keep={"arms": _ARMS_11},
        seeds=THREE,
    ),
    Trial(
        "half the units, 32, and half the passes over the dates",
        {"H": 32, "epochs": 3},
        keep={"arms": _ARMS_11},
        seeds=THREE,
    ),
)

# --- claim 12 --------------------------------------------------------------------------------

_COPIES: dict[str, Any] = {"korean/runs": [], "decoded": 0}


def _bits(K: int, steps: int, T: int) -> tuple[str, ...]:
    return (f"bits K={K} steps={steps} T=1", f"bits K={K} steps={steps} T={T}")


TRIALS_12 = (
    Trial(
        "twice the units and twice the longest training: 128 numbers, 4,800 steps",
        {**_COPIES, "H": 64, "runs": [[128, 4800]], "rates": {"128": 0.01}, "lengths": [1, 12]},
        seeds=THREE,
        decides=_bits(128, 4800, 12),
    ),
    Trial(
        "as long sources of 2 symbols in place of 8: 12 bits, not 36",
        {**_COPIES, "V": 2, "runs": [[64, 2400]], "lengths": [1, 12]},
        seeds=THREE,
        decides=_bits(64, 2400, 12),
    ),
    Trial(
        "sources of up to 6 symbols, not 12",
        {**_COPIES, "longest": 6, "runs": [[64, 2400]], "lengths": [1, 6]},
        seeds=THREE,
        decides=_bits(64, 2400, 6),
    ),
)

# --- claim 26 --------------------------------------------------------------------------------


def with_closed_gates(seed: int, **settings: Any) -> dict[str, float]:
    """Run experiment 26 with LSTMs as torch begins them, whose forget gates are half closed."""
    from torch import nn

    from course.claims import reversed_source

    def begun(input_size: int, hidden_size: int, both_ways: bool = False) -> Any:
        return nn.LSTM(input_size, hidden_size, batch_first=True, bidirectional=both_ways)

    with mock.patch("helpers.seq2seq.lstm_layer", begun):
        return reversed_source.experiment_26(seed, **settings)


def _both(*tasks: str) -> tuple[str, ...]:
    return tuple(f"exact task={t} source={s}" for t in tasks for s in ("forward", "reversed"))


TRIALS_26 = (
    Trial(
        "copies of up to 5 symbols, not 10 (beside 3 passes over the dates; no Korean)",
        {"longest": 5, "epochs": 3},
        keep={"tasks": ["copy", "dates"]},
        seeds=THREE,
        decides=_both("copy", "dates"),
    ),
    Trial(
        "forget gates that begin half closed, as torch's do (3 passes over the dates; no Korean)",
        {"epochs": 3},
        keep={"tasks": ["copy", "dates"]},
        seeds=THREE,
        experiment=with_closed_gates,
        decides=_both("copy", "dates"),
    ),
    Trial(
        "four passes over 6,000 Korean sentences, not two over 25,000 (no dates)",
        {"korean/pairs": 6000, "korean/epochs": 4},
        keep={"tasks": ["copy", "Korean"]},
        seeds=THREE,
    ),
)
