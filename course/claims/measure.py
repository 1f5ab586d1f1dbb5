"""Measuring a claim: one seed live, or all of them for its record."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.claims.fingerprints import Program
from course.claims.ledger import Claim, Figures, get
from course.claims.records import RESULTS, record_path, verdict

FIELDS = (
    "claim",
    "measured",
    "commit",
    "fingerprint",
    "data",
    "versions",
    "machine",
    "seconds",
    "settings",
    "seeds",
    "figures",
    "challenges",
)
"""What a record holds, in the order of its file."""


def live(number: int | str, seed: int = 1000) -> Figures:
    """Run the claim's experiment once, with one seed and its live settings."""
    claim = get(number)
    return run_once(claim, seed, {**claim.settings, **claim.live_settings})


def run(number: int | str, folder: Path = RESULTS, say: Callable[[str], None] = print) -> Path:
    """Run a claim with every seed and write its record.

    Each seed is kept as soon as it is measured, in ``claim_<n>.partial.json``; a run that was
    interrupted goes on from there if code, data, settings and versions are still the same. The
    challenges of the record before are kept if code, data and settings are.

    Returns
    -------
    Path
        The record.
    """
    claim = get(number)
    path = record_path(number, folder)
    partial = path.with_suffix(".partial.json")
    program = Program(claim.experiment)
    head = {
        "claim": number,
        "fingerprint": program.fingerprint(),
        "data": program.data_hashes(),
        "versions": _versions(),
        "settings": json.loads(json.dumps(dict(claim.settings))),
    }
    when = {"commit": _commit(program.source_files()), "machine": _machine()}
    measured, seconds = _measure(claim, head, partial, say)
    runs = [measured[str(seed)] for seed in claim.seeds]
    names = list(runs[0])
    content = {
        **head,
        **when,
        "measured": datetime.now(UTC).date().isoformat(),
        "seconds": round(sum(seconds.values())),
        "seeds": list(claim.seeds),
        "figures": {name: [rounded(one[name]) for one in runs] for name in names},
        "challenges": _challenges_kept(path, head, say),
    }
    write(path, {name: content[name] for name in FIELDS if content[name] or name != "challenges"})
    partial.unlink(missing_ok=True)
    say(f"claim {number}: {claim.statement}\n  {verdict(number, folder)}\n  written to {path}")
    return path


def _measure(
    claim: Claim, head: dict[str, Any], partial: Path, say: Callable[[str], None]
) -> tuple[dict[str, Figures], dict[str, float]]:
    """Run the seeds that an interrupted run has not measured yet.

    Returns the figures of all seeds, and the CPU seconds that each took.
    """
    measured, seconds = _resume(partial, head)
    if measured:
        say(f"claim {claim.number}: going on after {len(measured)} seed(s) measured before")
    start, done_before = time.monotonic(), len(measured)
    for seed in claim.seeds:
        if str(seed) in measured:
            continue
        began = time.process_time()
        measured[str(seed)] = run_once(claim, seed, dict(claim.settings))
        seconds[str(seed)] = time.process_time() - began
        write(partial, {**head, "measured_seeds": measured, "seconds": seconds})
        done = len(measured) - done_before
        left = (len(claim.seeds) - len(measured)) * (time.monotonic() - start) / done
        say(f"claim {claim.number}: seed {seed} measured, about {left:.0f} s left")
    runs = list(measured.values())
    if any(list(one) != list(runs[0]) for one in runs):
        raise ValueError(
            f"claim {claim.number}: the seeds returned different figures, expected the same names "
            f"from each; compare what the experiment returns"
        )
    return measured, seconds


def _challenges_kept(
    path: Path, head: dict[str, Any], say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Return the challenges of the record before, if they were of the same experiment."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        challenges: list[dict[str, Any]] = before["challenges"]
    except (OSError, ValueError, KeyError):
        return []
    if all(before.get(name) == head[name] for name in ("fingerprint", "data", "settings")):
        return challenges
    say(
        f"claim {head['claim']}: the experiment has changed; {len(challenges)} challenge(s) of the "
        f"record before are left out, repeat them"
    )
    return []


def run_once(claim: Claim, seed: int, settings: dict[str, Any]) -> Figures:
    """Run one seed; figures must be finite numbers."""
    figures = claim.experiment(seed, **settings)
    bad = [name for name, value in figures.items() if not math.isfinite(value)]
    if bad or not figures:
        raise ValueError(
            f"claim {claim.number}: seed {seed} returned "
            f"{f'NaN or infinity for {bad[0]!r}' if bad else 'no figure'}, expected finite numbers"
        )
    return {
        name: value if isinstance(value, int) else float(value) for name, value in figures.items()
    }


def _resume(partial: Path, head: dict[str, Any]) -> tuple[dict[str, Figures], dict[str, float]]:
    """Return the seeds of an interrupted run and their times, or none of another experiment's."""
    try:
        content = json.loads(partial.read_text(encoding="utf-8"))
        seeds: dict[str, Figures] = content.pop("measured_seeds")
        seconds: dict[str, float] = content.pop("seconds")
    except (OSError, ValueError, KeyError):
        return {}, {}
    return (seeds, seconds) if content == head else ({}, {})


def rounded(value: float) -> float:
    """Keep four digits, and one of a rounding error, so that a repeated run gives a small diff."""
    if isinstance(value, int):
        return value
    return float(f"{value:.4g}" if abs(value) > 1e-12 else f"{value:.0e}")


def write(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with one line for each list of numbers, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(_readable_json(content) + "\n", encoding="utf-8")
    os.replace(beside, path)


def _readable_json(value: Any, indent: str = "") -> str:
    """Return JSON that is indented for dicts and keeps lists of numbers or words on one line."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        items = [f"{indent}  {json.dumps(item, ensure_ascii=False)}" for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    if not isinstance(value, dict) or not value:
        return json.dumps(value, ensure_ascii=False)
    deeper = indent + "  "
    lines = [
        f"{deeper}{json.dumps(key, ensure_ascii=False)}: {_readable_json(item, deeper)}"
        for key, item in value.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in ("numpy", "torch", "matplotlib"):
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return versions


def _machine() -> dict[str, Any]:
    cpu = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                cpu = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    threads = os.environ.get("OMP_NUM_THREADS", "not limited")
    return {"cpu": cpu, "cores": os.cpu_count(), "threads": threads, "system": platform.system()}


def _commit(files: list[str]) -> str:
    """Return the commit that is checked out, and say if these files differ from it."""

    def git(*arguments: str) -> str:
        answer = subprocess.run(
            ["git", *arguments],
            cwd=Path(files[0]).parent,
            capture_output=True,
            text=True,
            check=True,
        )
        return answer.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", *files)
        return git("rev-parse", "HEAD") + (", with uncommitted changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
