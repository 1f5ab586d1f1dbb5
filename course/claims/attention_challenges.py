"""Attempts to overturn the verdicts of claims 15, 16 and 17, declared in their modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

from course.claims.trials import Trial

THREE = (10, 11, 12)

# --- claim 15 --------------------------------------------------------------------------------

_JUDGED = ["plain", "each step", "attention"]


def _exact(task: str, axis: str, length: int) -> tuple[str, ...]:
    return tuple(f"{task} network={name} {axis}={length}" for name in _JUDGED)


TRIALS_15 = (
    Trial(
        "copies of up to 6 symbols, not 12, and nothing else",
        {"longest": 6, "lengths": [6, 14]},
        keep={"tasks": ["copy"], "networks": _JUDGED},
        seeds=THREE,
        decides=_exact("copy", "T", 6),
    ),
    Trial(
        "copies alone, tested 2 symbols beyond the longest trained, not 8",
        {"lengths": [12, 14]},
        keep={"tasks": ["copy"], "networks": _JUDGED},
        seeds=THREE,
        decides=(*_exact("copy", "T", 12), "copy network=attention T=14"),
    ),
    Trial(
        "four passes over 5,000 Korean sentences, not two over 25,000, and nothing else",
        {"korean/pairs": 5000, "korean/epochs": 4},
        keep={"tasks": ["Korean"], "networks": _JUDGED},
        seeds=THREE,
        decides=_exact("Korean", "S", 15),
    ),
)

# --- claim 16 --------------------------------------------------------------------------------


def _errors(*names: str) -> tuple[str, ...]:
    return tuple(f"AER network={name}" for name in names)


TRIALS_16 = (
    Trial(
        "an encoder that reads both ways and does not add the token's own vector",
        {"readers": ["two ways"], "offsets": [0]},
        seeds=THREE,
        decides=_errors("two ways", "position"),
    ),
    Trial(
        "a tenth of the training: one pass over 3,600 sentences",
        {"pairs": 3600, "offsets": [0]},
        keep={"readers": ["one way + token", "two ways + token"]},
        seeds=THREE,
        decides=_errors("one way + token", "two ways + token", "position"),
    ),
    Trial(
        "sentences longer than those of the training, of four clauses",
        {"part": "test_longer", "offsets": [0]},
        keep={"readers": ["two ways + token"]},
        seeds=THREE,
        decides=_errors("two ways + token", "position"),
    ),
)

# --- claim 17 --------------------------------------------------------------------------------

MANHATTAN, NARROW = "Manhattan", "additive of 8"
_KNOWN = {MANHATTAN: "euclidean", NARROW: "additive"}


def _counted(known: Callable[..., dict[str, int]]) -> Callable[..., dict[str, int]]:
    """Return `operations` for two scores more; an absolute value is a function."""

    def operations(score: str, T: int, S: int, H: int) -> dict[str, int]:
        if score != MANHATTAN:
            return known(_KNOWN.get(score, score), T, S, 8 if score == NARROW else H)
        entries = T * S * H
        return {
            "multiplications": 0,
            "additions": 2 * entries - T * S,
            "functions": entries,
            "stored": entries,
        }

    return operations


def _made(known: Callable[..., Any]) -> Callable[..., Any]:
    """Return `scored` for two scores more."""

    def scored(score: str, V_source: int, V_target: int, H: int) -> Any:
        import torch
        from torch import nn

        model = known(_KNOWN.get(score, score), V_source, V_target, H)
        decoder = model.decoder
        if score == MANHATTAN:
            decoder.compare = lambda q, k: -torch.cdist(q, k, p=1.0)
        elif score == NARROW:
            decoder.query, decoder.key = nn.Linear(H, 8, bias=False), nn.Linear(H, 8)
            decoder.v = nn.Linear(8, 1, bias=False)
        return model

    return scored


def with_other_scores(seed: int, **settings: Any) -> dict[str, float]:
    """Run experiment 17 with two scores more.

    "Manhattan" is minus the sum of the entries' absolute differences. "additive of 8" is additive,
    but maps queries and keys to 8 numbers, a width that such a score is free to choose.
    """
    from course.claims import attention_scores as module

    with (
        mock.patch.object(module, "operations", _counted(module.operations)),
        mock.patch.object(module, "scored", _made(module.scored)),
    ):
        return module.experiment_17(seed, **settings)


def _beside_dot(score: str, *tasks: str) -> dict[str, Any]:
    rates = {
        "rates/copy": {"dot": 0.01, score: 0.01},
        "rates/Korean": {"dot": 0.01, score: 0.02},
    }
    return {"scores": ["dot", score], "tasks": list(tasks), **rates}


def _costs(score: str, *tasks: str) -> tuple[str, ...]:
    counted = [
        f"{kind} score={s}"
        for kind in ("multiplications", "additions", "functions")
        for s in ("dot", score)
    ]
    return (*counted, *(f"exact task={task} score={s}" for task in tasks for s in ("dot", score)))


TRIALS_17 = (
    Trial(
        "one score more, minus the sum of absolute differences (Manhattan)",
        _beside_dot(MANHATTAN, "copy", "Korean"),
        seeds=THREE,
        experiment=with_other_scores,
        decides=_costs(MANHATTAN, "copy", "Korean"),
    ),
    Trial(
        "an additive score over 8 numbers, beside the dot product over 64; copies alone",
        _beside_dot(NARROW, "copy"),
        seeds=THREE,
        experiment=with_other_scores,
        decides=_costs(NARROW, "copy"),
    ),
    Trial("half the units, 32", {"H": 32}, seeds=THREE),
)
