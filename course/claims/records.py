"""What a claim's record says: its verdict, if a live seed agrees, if it is out of date."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course.claims.fingerprints import Program
from course.claims.ledger import (
    Challenge,
    Figures,
    Interval,
    Record,
    Verdict,
    get,
    is_clock,
    ordered,
)

RESULTS = Path(__file__).parents[2] / "data" / "results"


def record_path(number: int | str, folder: Path = RESULTS) -> Path:
    """Return the file that holds the record of a claim, which need not exist yet."""
    return folder / (f"{number}.json" if isinstance(number, str) else f"claim_{number}.json")


def record(number: int | str, folder: Path = RESULTS) -> Record:
    """Read the record of a claim.

    Raises
    ------
    KeyError
        If the ledger has no such claim; the message lists those it has.
    FileNotFoundError, ValueError
        If there is no record, or it cannot be read; the message says which command writes it.
    """
    get(number)
    path = record_path(number, folder)
    again = f"run `make claims CLAIM={number}`"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        challenges = [Challenge(**one) for one in content.pop("challenges", [])]
        loaded = Record(**content, challenges=challenges)
    except FileNotFoundError:
        raise FileNotFoundError(f"record: claim {number} has no record {path}; {again}") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"record: {path} is no record of a claim ({error}); {again}") from None
    for name, values in loaded.figures.items():
        if len(values) != len(loaded.seeds):
            raise ValueError(
                f"record: in {path} figure {name!r} has {len(values)} values, expected one for "
                f"each of the {len(loaded.seeds)} seeds; {again}"
            )
    return loaded


def verdict(number: int | str, folder: Path = RESULTS) -> Verdict:
    """Return what the claim's rule makes of its record."""
    return get(number).rule(record(number, folder))


@dataclass(frozen=True)
class Agreement:
    """Where the figures of a live seed fall: true if each lies in its interval.

    `rows` holds one tuple for each figure: its name, the live value, the interval, whether inside.
    The text shows numbers below `tolerance` as 0, because their digits differ between machines.
    """

    claim: int | str
    rows: tuple[tuple[str, float, Interval, bool], ...]
    tolerance: float = 0.0

    def __bool__(self) -> bool:
        return all(inside for *_, inside in self.rows)

    def __str__(self) -> str:
        def shown(number: float) -> str:
            return f"{number if abs(number) > self.tolerance else 0:.3g}"

        width = max(len(name) for name, *_ in self.rows)
        lines = [
            f"{name:<{width}}  {shown(value):>8}  {'inside' if inside else 'OUTSIDE'} "
            f"{shown(interval.low)} … {shown(interval.high)}"
            for name, value, interval, inside in self.rows
        ]
        return "\n".join(lines)


def agrees(
    number: int | str, live_figures: Figures, level: float = 0.99, folder: Path = RESULTS
) -> Agreement:
    """Compare a live seed with the record.

    Parameters
    ----------
    number : int or str
        The claim.
    live_figures : dict
        What `live` returned.
    level : float
        Probability with which all figures of one further seed fall inside their intervals. It is
        shared out among the figures that differ between seeds (Bonferroni), so it is a lower bound.

    Returns
    -------
    Agreement
        True where each figure lies in its prediction interval (`Record.prediction`), widened by
        the claim's tolerance. Its text shows one line for each figure. Clocks are left out
        (`is_clock`): another machine has others.
    """
    claim, recorded = get(number), record(number, folder)
    compared = {name: value for name, value in live_figures.items() if not is_clock(name)}
    varying = sum(np.ptp(recorded.values(name)) > claim.tolerance for name in compared)
    each = 1 - (1 - level) / max(varying, 1)
    rows = []
    for name, value in compared.items():
        interval = recorded.prediction(name, each)
        inside = interval.low - claim.tolerance <= value <= interval.high + claim.tolerance
        rows.append((name, float(value), interval, bool(inside)))
    return Agreement(number, tuple(rows), claim.tolerance)


def stale(number: int | str, folder: Path = RESULTS) -> str:
    """Say why a record is older than its claim, or return an empty string if it is not."""
    claim, recorded = get(number), record(number, folder)
    program = Program(claim.experiment)
    if recorded.fingerprint != program.fingerprint():
        return f"the experiment's code changed after {recorded.measured}"
    for name, content in program.data_hashes().items():
        if recorded.data.get(name) != content:
            return f"the data file {name} changed after {recorded.measured}"
    if recorded.settings != json.loads(json.dumps(dict(claim.settings))):
        return "the settings changed"
    if recorded.seeds != list(claim.seeds):
        return "the seeds changed"
    return ""


def listing(folder: Path = RESULTS) -> str:
    """Return the ledger with its verdicts, one claim after the other."""
    lines = []
    for number in ordered():
        claim = get(number)
        try:
            outcome = str(verdict(number, folder))
            reason = stale(number, folder)
            outcome += f" [record out of date: {reason}]" if reason else ""
            outcome += "".join(f"\n     {one}" for one in record(number, folder).challenges)
        except FileNotFoundError:
            outcome = f"not measured yet: make claims CLAIM={number}"
        lines.append(f"{number:>3}  {claim.statement} (lesson {claim.lesson})\n     {outcome}")
    return "\n".join(lines)
