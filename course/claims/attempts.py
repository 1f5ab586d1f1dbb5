"""Running what `trials` describes: grids before a measurement, challenges after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from course.claims.ledger import Claim, Record, Verdict, get
from course.claims.measure import rounded, run_once, write
from course.claims.records import RESULTS, record, record_path, verdict
from course.claims.trials import Grid, Trial, Tuned, changed, tuning_path

Say = Callable[[str], None]


def tune(number: int | str, folder: Path = RESULTS, say: Say = print) -> list[Tuned]:
    """Run a claim's grids and keep their scores; say where the best value is at an edge.

    What was measured before with the same settings is taken from the file.
    """
    claim = get(number)
    path = tuning_path(record_path(number, folder))
    before = _read(path)
    grids, runs = [], {}
    for grid in claim.grids:
        scores = []
        for value in grid.values:
            for seed, key, settings in _runs(claim, grid, value):
                if key not in before:
                    before[key] = run_once(claim, seed, settings)[grid.score]
                runs[key] = rounded(before[key])
            scores.append(tuple(runs[key] for _, key, _ in _runs(claim, grid, value)))
            shown = ", ".join(f"{score:.4g}" for score in scores[-1])
            say(f"claim {number}: {grid.what} {value:g} measured, about {grid.score} {shown}")
        tuned = Tuned(
            grid.what,
            grid.chosen(claim.settings),
            grid.values,
            grid.score,
            grid.least,
            grid.seeds,
            tuple(scores),
        )
        grids.append(tuned)
        say(f"claim {number}: {_told(tuned)}")
        content = {"claim": number, "measured": _today(), "grids": [vars(one) for one in grids]}
        write(path, {**content, "runs": {**before, **runs}})
    return grids


def _runs(claim: Claim, grid: Grid, value: float) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield the seeds of one value, what their runs are called, and their settings."""
    settings = grid.settings(claim.settings, value)
    for seed in grid.seeds:
        yield seed, json.dumps([grid.score, seed, settings], sort_keys=True), settings


def _told(tuned: Tuned) -> str:
    """Say which value is best and what is to be done about it."""
    if not tuned.inside:
        return f"the best of {tuned.what}, {tuned.best:g}, is at the edge: widen the grid"
    if tuned.best != tuned.chosen:
        return f"the best of {tuned.what} is {tuned.best:g}, the settings have {tuned.chosen:g}"
    return f"the best of {tuned.what} is {tuned.best:g}, as in the settings"


def challenge(number: int | str, folder: Path = RESULTS, say: Say = print) -> None:
    """Run a claim's challenges and enter them in its record.

    Each runs the claim's experiment with its changes; the claim's rule judges. Those that the
    record holds already are not repeated.
    """
    claim, recorded = get(number), record(number, folder)
    held = {one.what for one in recorded.challenges}
    for trial in claim.trials:
        if trial.what in held:
            continue
        outcome, figures = _attempt(claim, recorded, trial)
        stood = outcome.word == verdict(number, folder).word
        entry = {"what": trial.what, "figures": figures, "stood": stood, "reading": str(outcome)}
        path = record_path(number, folder)
        content = json.loads(path.read_text(encoding="utf-8"))
        content.setdefault("challenges", []).append(entry)
        write(path, content)
        say(f"claim {number}: {trial.what} measured, about {outcome}")


def _attempt(claim: Claim, recorded: Record, trial: Trial) -> tuple[Verdict, dict[str, float]]:
    """Run a challenge with its seeds; return the rule's verdict and the figures that decide."""
    settings = changed(claim.settings, trial.changes, trial.keep)
    tried = claim if trial.experiment is None else replace(claim, experiment=trial.experiment)
    runs = [run_once(tried, seed, settings) for seed in trial.seeds]
    figures = {name: [rounded(one[name]) for one in runs] for name in runs[0]}
    again = replace(recorded, seeds=list(trial.seeds), figures=figures, settings=settings)
    wanted = trial.decides or claim.decides
    deciding = [name for name in wanted if name in figures] or list(figures)[:2]
    return claim.rule(again), {name: rounded(float(np.mean(figures[name]))) for name in deciding}


def _read(path: Path) -> dict[str, float]:
    """Return the runs that a tuning file holds."""
    try:
        runs: dict[str, float] = json.loads(path.read_text(encoding="utf-8"))["runs"]
    except (OSError, ValueError, KeyError):
        return {}
    return runs


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
