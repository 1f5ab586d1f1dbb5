"""The ledger: what a claim, its record and its verdict are, and how a claim is measured."""

from __future__ import annotations

import argparse
import ast
import functools
import hashlib
import importlib
import importlib.metadata
import importlib.util
import inspect
import itertools
import json
import math
import os
import platform
import re
import subprocess
import sys
import textwrap
import time
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

RESULTS = Path(__file__).parents[2] / "data" / "results"

HOLDS, HOLDS_IF, FAILS = "holds", "holds if", "does not hold"

Figures: TypeAlias = dict[str, float]


# --- what the ledger holds -------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What a rule makes of a record: `word` is one of HOLDS, HOLDS_IF, FAILS.

    `reason` is one line of text; after HOLDS_IF it starts with the condition.
    """

    word: str
    reason: str

    def __post_init__(self) -> None:
        if self.word not in (HOLDS, HOLDS_IF, FAILS):
            raise ValueError(
                f"Verdict: {self.word!r} is no verdict, expected {HOLDS!r}, {HOLDS_IF!r} or "
                f"{FAILS!r}; put the explanation into reason"
            )
        if not self.reason.strip() or "\n" in self.reason:
            raise ValueError("Verdict: reason is empty or has several lines, expected one line")

    def __str__(self) -> str:
        joint = " " if self.word == HOLDS_IF else ": "
        return f"{self.word}{joint}{self.reason}"


@dataclass(frozen=True)
class Interval:
    """A centre with a lower and an upper end."""

    mean: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Claim:
    """One line of the ledger.

    Attributes
    ----------
    number, statement, source, lesson
        The claim as the textbook says it, where it is said, and the lesson that measures it. A
        promise of the course's own has a name, lower case with underscores, in place of a number.
    experiment : callable
        ``experiment(seed, **settings)`` returns a dict from figure names to numbers.
    rule : callable
        ``rule(record)`` returns the Verdict.
    settings : dict
        The full tier's keyword arguments, plain JSON values.
    live_settings : dict
        What the live tier changes in `settings`. It may measure fewer figures; each that it
        measures must be measured as in the full tier, or the two cannot be compared.
    seeds : tuple of int
        At least five.
    tolerance : float
        A difference smaller than this is rounding, for the live seed's comparison.
    """

    number: int | str
    statement: str
    source: str
    lesson: str
    experiment: Callable[..., Figures]
    rule: Callable[[Record], Verdict]
    settings: Mapping[str, Any] = field(default_factory=dict)
    live_settings: Mapping[str, Any] = field(default_factory=dict)
    seeds: tuple[int, ...] = tuple(range(10))
    tolerance: float = 1e-9

    def __post_init__(self) -> None:
        if isinstance(self.number, str) and not re.fullmatch(r"[a-z][a-z_]*", self.number):
            raise ValueError(
                f"Claim: number={self.number!r} was given, expected a whole number, or a name in "
                f"lower-case letters and underscores such as 'addition'"
            )
        if len(set(self.seeds)) < 5:
            raise ValueError(
                f"Claim {self.number}: {len(set(self.seeds))} different seed(s), expected at "
                f"least 5; one run is an anecdote"
            )
        unknown = set(self.live_settings) - set(self.settings)
        if unknown:
            raise ValueError(
                f"Claim {self.number}: live_settings name {sorted(unknown)}, expected only names "
                f"in settings: {sorted(self.settings)}"
            )


@dataclass(frozen=True)
class Record:
    """The full tier's result, as read from its file.

    Attributes
    ----------
    claim : int or str
    seeds : list of int
    figures : dict
        From a figure's name to its values, one for each seed, in the order of `seeds`.
    settings, versions, machine : dicts
    measured, commit, fingerprint : str
    """

    claim: int | str
    seeds: list[int]
    figures: dict[str, list[float]]
    settings: dict[str, Any]
    versions: dict[str, str]
    machine: dict[str, Any]
    measured: str
    commit: str
    fingerprint: str

    def values(self, name: str, **parts: object) -> npt.NDArray[np.float64]:
        """Return a figure's values, one for each seed; `name` and `parts` as in `figure`."""
        return np.array(_find(self.figures, figure(name, **parts), "values"), dtype=float)

    def interval(self, name: str, level: float = 0.95, **parts: object) -> Interval:
        """Return the mean over the seeds with its confidence interval (Student's t)."""
        values = self.values(name, **parts)
        mean, spread = float(values.mean()), float(values.std(ddof=1))
        half = student_quantile((1 + level) / 2, len(values) - 1) * spread / math.sqrt(len(values))
        return Interval(mean, mean - half, mean + half)

    def prediction(self, name: str, level: float = 0.99, **parts: object) -> Interval:
        """Return the interval in which one further seed falls with probability `level`.

        For n values with mean m and standard deviation s it is m ± t s √(1 + 1/n), t the quantile
        of Student's distribution with n − 1 degrees of freedom. Figures that are positive for every
        seed are taken as logarithms first, so that the interval stays positive.
        """
        values = self.values(name, **parts)
        positive = bool((values > 0).all())
        scaled = np.log(values) if positive else values
        n, centre, spread = len(values), float(scaled.mean()), float(scaled.std(ddof=1))
        half = student_quantile((1 + level) / 2, n - 1) * spread * math.sqrt(1 + 1 / n)
        ends = (centre, centre - half, centre + half)
        return Interval(*(math.exp(e) for e in ends)) if positive else Interval(*ends)


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


LEDGER: dict[int | str, Claim] = {}


def register(claim: Claim) -> Claim:
    """Enter a claim into the ledger; a number or name that is taken raises ValueError."""
    if claim.number in LEDGER:
        raise ValueError(
            f"register: claim {claim.number} is in the ledger already "
            f"({LEDGER[claim.number].statement!r}); choose another"
        )
    LEDGER[claim.number] = claim
    return claim


def figure(name: str, **parts: object) -> str:
    """Return a figure's name in a record: ``figure("error", T=4)`` is ``"error T=4"``."""
    shown = (f"{part:g}" if isinstance(part, float) else str(part) for part in parts.values())
    return " ".join([name, *(f"{key}={value}" for key, value in zip(parts, shown, strict=True))])


def is_clock(name: str) -> bool:
    """Say whether a figure is a time, or a rate in time, which differs from machine to machine.

    Its name, before the first ``key=``, holds the word "second" or "seconds":
    ``"training seconds run=full"``, ``"tokens a second"``.
    """
    words = itertools.takewhile(lambda word: "=" not in word, name.split())
    return not {"second", "seconds"}.isdisjoint(words)


# --- what lessons call -----------------------------------------------------------------------


def get(number: int | str) -> Claim:
    """Return a claim of the ledger; an unknown number raises KeyError with those it knows."""
    if number not in LEDGER:
        known = ", ".join(str(n) for n in _ordered()) or "none yet"
        raise _UnknownClaim(f"claim {number} is not in the ledger, expected one of: {known}")
    return LEDGER[number]


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
        loaded = Record(**content)
    except FileNotFoundError:
        raise FileNotFoundError(f"record: claim {number} has no record {path}; {again}") from None
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError) as error:
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


def live(number: int | str, seed: int = 1000) -> Figures:
    """Run the claim's experiment once, with one seed and its live settings."""
    claim = get(number)
    return _run_once(claim, seed, {**claim.settings, **claim.live_settings})


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
    if recorded.fingerprint != fingerprint(claim.experiment):
        return f"the experiment's code changed after {recorded.measured}"
    if recorded.settings != json.loads(json.dumps(dict(claim.settings))):
        return "the settings changed"
    if recorded.seeds != list(claim.seeds):
        return "the seeds changed"
    return ""


# --- the full tier ---------------------------------------------------------------------------


def run(number: int | str, folder: Path = RESULTS, say: Callable[[str], None] = print) -> Path:
    """Run a claim with every seed and write its record.

    Each seed is kept as soon as it is measured, in ``claim_<n>.partial.json``; a run that was
    interrupted goes on from there if code, settings and versions are still the same.

    Returns
    -------
    Path
        The record.
    """
    claim = get(number)
    path = record_path(number, folder)
    partial = path.with_suffix(".partial.json")
    head = {
        "claim": number,
        "settings": json.loads(json.dumps(dict(claim.settings))),
        "versions": _versions(),
        "fingerprint": fingerprint(claim.experiment),
    }
    commit = _commit(claim.experiment)
    measured = _resume(partial, head)
    if measured:
        say(f"claim {number}: going on after {len(measured)} seed(s) measured before")
    start, done_before = time.monotonic(), len(measured)
    for seed in claim.seeds:
        if str(seed) in measured:
            continue
        measured[str(seed)] = _run_once(claim, seed, dict(claim.settings))
        _write(partial, {**head, "measured_seeds": measured})
        done = len(measured) - done_before
        left = (len(claim.seeds) - len(measured)) * (time.monotonic() - start) / done
        say(f"claim {number}: seed {seed} measured, about {left:.0f} s left")
    runs = [measured[str(seed)] for seed in claim.seeds]
    names = list(runs[0])
    if any(list(one) != names for one in runs):
        raise ValueError(
            f"claim {number}: the seeds returned different figures, expected the same names from "
            f"each; compare what the experiment returns"
        )
    content = {
        "claim": number,
        "measured": datetime.now(UTC).date().isoformat(),
        "commit": commit,
        "fingerprint": head["fingerprint"],
        "versions": head["versions"],
        "machine": _machine(),
        "settings": head["settings"],
        "seeds": list(claim.seeds),
        "figures": {name: [_rounded(one[name]) for one in runs] for name in names},
    }
    _write(path, content)
    partial.unlink(missing_ok=True)
    say(f"claim {number}: {claim.statement}\n  {verdict(number, folder)}\n  written to {path}")
    return path


def _run_once(claim: Claim, seed: int, settings: dict[str, Any]) -> Figures:
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


def _resume(partial: Path, head: dict[str, Any]) -> dict[str, Figures]:
    """Return the seeds of an interrupted run, or nothing if it was another experiment's."""
    try:
        content = json.loads(partial.read_text(encoding="utf-8"))
        seeds: dict[str, Figures] = content.pop("measured_seeds")
    except (OSError, ValueError, KeyError):
        return {}
    return seeds if content == head else {}


def record_path(number: int | str, folder: Path = RESULTS) -> Path:
    """Return the file that holds the record of a claim, which need not exist yet."""
    return folder / (f"{number}.json" if isinstance(number, str) else f"claim_{number}.json")


def _rounded(value: float) -> float:
    """Keep four digits, and one of a rounding error, so that a repeated run gives a small diff."""
    if isinstance(value, int):
        return value
    return float(f"{value:.4g}" if abs(value) > 1e-12 else f"{value:.0e}")


def _write(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with one line for each list of numbers, all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(_readable_json(content) + "\n", encoding="utf-8")
    os.replace(beside, path)


def _readable_json(value: Any, indent: str = "") -> str:
    """Return JSON that is indented for dicts and keeps lists on one line."""
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
    for package in ("numpy", "torch"):
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


def _commit(experiment: Callable[..., Any]) -> str:
    """Return the commit that is checked out, and say if the experiment's code differs from it."""
    files = sorted({str(inspect.getsourcefile(one)) for one in _reached(experiment)})

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


# --- fingerprint -----------------------------------------------------------------------------


def fingerprint(experiment: Callable[..., Any]) -> str:
    """Return a hash of the code that an experiment's figures come from.

    It covers the experiment, every function and class of this package that it reaches by name, and
    the plain constants they read. Comments, docstrings, annotations, layout and input checks
    (functions whose name starts with ``_check``) do not count: they change no figure.
    """
    text = "\n".join(sorted(part for parts in _reached(experiment).values() for part in parts))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _reached(experiment: Callable[..., Any]) -> dict[Any, list[str]]:
    """Return the functions and classes behind an experiment, each with its code and constants."""
    reached: dict[Any, list[str]] = {}
    waiting = [inspect.unwrap(experiment)]
    while waiting:
        one = waiting.pop()
        if one in reached:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0]
        reached[one] = [f"{one.__module__}.{one.__qualname__}: {_canonical(tree)}"]
        names = {**vars(sys.modules[one.__module__]), **_imported_inside(tree)}
        for node in ast.walk(tree):
            found = _resolve(node, names)
            if _is_ours(found, one.__module__):
                waiting.append(inspect.unwrap(found))
            elif isinstance(found, int | float | str | tuple):
                reached[one].append(f"{one.__module__}.{ast.unparse(node)} = {found!r}")
    return reached


def _imported_inside(tree: ast.AST) -> dict[str, Any]:
    """Return what a function imports from this package in its own body."""
    names: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("helpers", "course")
        ):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                names[alias.asname or alias.name] = getattr(module, alias.name, None) or (
                    importlib.import_module(f"{node.module}.{alias.name}")
                )
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_project(alias.name):
                    module = importlib.import_module(alias.name)
                    root = alias.name.partition(".")[0]
                    names[alias.asname or root] = module if alias.asname else sys.modules[root]
    return names


def _is_project(module: str | None) -> bool:
    """Say whether a module is of this project."""
    return (module or "").partition(".")[0] in ("helpers", "course")


def _resolve(node: ast.AST, namespace: Mapping[str, Any]) -> Any:
    """Return what `name` or `module.name` stands for in a module, or None."""
    if isinstance(node, ast.Name):
        return namespace.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolve(node.value, namespace)
        if isinstance(owner, types.ModuleType):
            return vars(owner).get(node.attr)
    return None


def _is_ours(value: Any, module: str) -> bool:
    """Say whether a value is code of this package (or of the same module) that yields figures."""
    if not isinstance(value, types.FunctionType | type):
        return False
    ours = value.__module__ == module or _is_project(value.__module__)
    return ours and not value.__name__.startswith("_check")


_LEFT_OUT = {"annotation", "returns", "type_comment", "type_params", "ctx", "kind"}


def _canonical(node: Any) -> str:
    """Write a syntax tree as text that does not depend on Python's version or on layout."""
    if isinstance(node, list):
        return "[" + ",".join(_canonical(item) for item in node if not _is_idle(item)) + "]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [
        f"{name}={_canonical(value)}"
        for name, value in ast.iter_fields(node)
        if name not in _LEFT_OUT and value is not None and value != []
    ]
    return f"{type(node).__name__}({','.join(fields)})"


def _is_idle(node: Any) -> bool:
    """Say whether a statement is a docstring or a call of an input check."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return True
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Name) and called.id.startswith("_check")


# --- small tools -----------------------------------------------------------------------------


class _UnknownClaim(KeyError):
    """A KeyError whose text is its message, without quotation marks."""

    def __str__(self) -> str:
        return str(self.args[0])


def _find(figures: Mapping[str, list[float]], name: str, function: str) -> list[float]:
    if name not in figures:
        known = "; ".join(list(figures)[:8])
        raise _UnknownClaim(
            f"{function}: the record has no figure {name!r}, expected one of its "
            f"{len(figures)}: {known}{' …' if len(figures) > 8 else ''}"
        )
    return figures[name]


@functools.cache
def student_quantile(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t distribution, by bisection of its integral."""
    # With t = √ν tan θ the density becomes cos θ to the power of ν − 1, up to a constant.
    theta = np.linspace(-math.pi / 2, math.pi / 2, 200_001)
    density = np.cos(theta).clip(0) ** (degrees - 1)
    cumulative = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    angle = float(np.interp(probability, cumulative / cumulative[-1], theta))
    return math.sqrt(degrees) * math.tan(angle)


# --- command line ----------------------------------------------------------------------------


def _number(text: str) -> int | str:
    """Read a claim's number or name as typed."""
    return int(text) if text.isdecimal() else text


def _ordered() -> list[int | str]:
    """Return what the ledger holds: textbook claims by number, then the course's own by name."""
    return sorted(LEDGER, key=lambda number: (isinstance(number, str), number))


def listing(folder: Path = RESULTS) -> str:
    """Return the ledger with its verdicts, one claim after the other."""
    lines = []
    for number in _ordered():
        claim = LEDGER[number]
        try:
            outcome = str(verdict(number, folder))
            reason = stale(number, folder)
            outcome += f" [record out of date: {reason}]" if reason else ""
        except FileNotFoundError:
            outcome = f"not measured yet: make claims CLAIM={number}"
        lines.append(f"{number:>3}  {claim.statement} (lesson {claim.lesson})\n     {outcome}")
    return "\n".join(lines)


def main(arguments: Iterable[str] | None = None, folder: Path = RESULTS) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m course.claims",
        description="Measure the claims of the ledger and write their records to data/results.",
    )
    parser.add_argument(
        "--claim", type=_number, metavar="N", help="measure this claim alone: its number or name"
    )
    parser.add_argument("--list", action="store_true", help="show the ledger with its verdicts")
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.list:
        print(listing(folder))
        return 0
    numbers = _ordered() if options.claim is None else [options.claim]
    try:
        for number in numbers:
            run(number, folder, say=lambda line: print(line, flush=True))
    except _UnknownClaim as error:
        print(f"claims: {error}; `--list` shows them", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nclaims: interrupted; the seeds measured so far are kept, run it again to go on")
        return 130
    return 0
