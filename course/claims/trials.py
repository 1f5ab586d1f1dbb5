"""What stands beside a measurement: the grid that chose its settings, attempts to overturn it.

A claim declares both. `make claims ARGS=--tune` runs the grids on seeds that the verdict does not
use and keeps the scores in ``claim_<n>.tuning.json``; `make claims ARGS=--challenges` runs the
claim's experiment with changed settings, lets the claim's own rule judge, and enters what came out
in the record. Both cost more than the measurement and are run when they are asked for.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

NEW_SEEDS = (200, 201, 202, 203, 204)


def changed(
    settings: Mapping[str, Any], changes: Mapping[str, Any], keep: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return settings with other values at some places.

    A place is a path of keys, ``"arms/LSTM/rate"``. `keep` names a dict or list at a place and
    what alone shall stay of it: ``{"arms": ["LSTM"]}``. A place that does not exist raises
    KeyError with the keys that do.
    """
    result = copy.deepcopy(dict(settings))
    for path, names in (keep or {}).items():
        inner, last = _inner(result, path)
        held = inner[last]
        inner[last] = {n: held[n] for n in names} if isinstance(held, dict) else list(names)
    for path, value in changes.items():
        inner, last = _inner(result, path)
        inner[last] = copy.deepcopy(value)
    return result


def _inner(settings: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """Return the dict that holds what a path names, and its key there."""
    *way, last = path.split("/")
    inner = settings
    for key in [*way, last]:
        if key not in inner:
            raise KeyError(f"changed: no {key!r} on the way {path!r}, expected one of {[*inner]}")
        if key is not last:
            inner = inner[key]
    return inner, last


@dataclass(frozen=True)
class Grid:
    """Values of one setting, tried on seeds that the verdict does not use.

    Attributes
    ----------
    what : str
        What is chosen, in a few words: "the LSTM's learning rate".
    place : str
        Where it stands in the claim's settings, as in `changed`.
    values : tuple of float
        At least three, by factors of two or three.
    score : str
        The figure that is compared, of validation data; the greatest mean wins, or the least if
        `least`.
    keep, changes : dict
        What else is changed to make the runs short, as in `changed`.
    seeds : tuple of int
    """

    what: str
    place: str
    values: tuple[float, ...]
    score: str
    least: bool = False
    keep: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = (100, 101)

    def settings(self, base: Mapping[str, Any], value: float) -> dict[str, Any]:
        """Return the settings of one value's runs."""
        return changed(base, {**self.changes, self.place: value}, self.keep)

    def chosen(self, base: Mapping[str, Any]) -> float:
        """Return the value that the claim's settings hold."""
        inner, last = _inner(dict(base), self.place)
        return float(inner[last])


@dataclass(frozen=True)
class Tuned:
    """The scores of one grid: for each value those of all seeds."""

    what: str
    chosen: float
    values: tuple[float, ...]
    score: str
    least: bool
    seeds: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]

    @property
    def best(self) -> float:
        """The value with the best mean score; of equal ones the middle one."""
        means = np.array([np.mean(row) for row in self.scores]) * (-1 if self.least else 1)
        winners = np.flatnonzero(means >= means.max() - 1e-12)
        return self.values[int(winners[len(winners) // 2])]

    @property
    def inside(self) -> bool:
        """Whether the best value has neighbours on both sides."""
        return min(self.values) < self.best < max(self.values)


@dataclass(frozen=True)
class Trial:
    """An attempt to overturn a verdict: the same experiment and rule, other settings or seeds.

    Attributes
    ----------
    what : str
        What is changed, in one line: "twice the training".
    changes, keep : dict
        As in `changed`.
    seeds : tuple of int
        Where the claim's own rule needs more than five, say so here.
    experiment : callable, optional
        Where settings cannot say it; it takes and returns what the claim's does.
    decides : tuple of str
        The figures to be kept, where they are others than those that decide the claim.
    """

    what: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    keep: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = NEW_SEEDS
    experiment: Callable[..., dict[str, float]] | None = None
    decides: tuple[str, ...] = ()


def tuning_path(record: Path) -> Path:
    """Return the file beside a record that holds the scores of its grids."""
    return record.with_suffix(".tuning.json")


def tuning(record: Path) -> list[Tuned]:
    """Read the scores of a claim's grids; none if it was not tuned."""
    path = tuning_path(record)
    if not path.exists():
        return []
    listed = json.loads(path.read_text(encoding="utf-8"))["grids"]
    return [Tuned(**{name: _frozen(value) for name, value in one.items()}) for one in listed]


def _frozen(value: Any) -> Any:
    """Return lists as tuples, at every depth."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
