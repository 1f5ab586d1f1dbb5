"""Measuring several claims at once, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from course.claims.ledger import get
from course.claims.records import record

UNMEASURED = 300.0  # CPU seconds that we expect of a claim whose record does not say
MEASURED = " measured, about "  # in the line that says that a seed is done

Command = Callable[[int | str, str], list[str]]


def measure_one(number: int | str, doing: str = "") -> list[str]:
    """Return the command that measures one claim, or does "tune" or "challenges" for it."""
    command = [sys.executable, "-m", "course.claims", "--claim", str(number)]
    return [*command, f"--{doing}"] if doing else command


def expected(number: int | str, folder: Path) -> float:
    """Return how many CPU seconds a claim took when it was measured last."""
    try:
        return record(number, folder).seconds or UNMEASURED
    except (OSError, ValueError):
        return UNMEASURED


def run_all(
    numbers: Sequence[int | str],
    jobs: int,
    folder: Path,
    doing: str = "",
    command: Command = measure_one,
) -> dict[int | str, str]:
    """Measure claims in up to `jobs` processes of one thread, the longest first.

    `doing` is empty, "tune" or "challenges". A bar counts the CPU seconds that the last
    measurements took, and shows the time left.

    Returns
    -------
    dict
        What the claims that could not be measured said; empty if all of them were.
    """
    costs = {number: expected(number, folder) for number in numbers}
    failed: dict[int | str, str] = {}
    running: list[subprocess.Popen[str]] = []
    with tqdm(total=round(sum(costs.values())), unit="s", smoothing=0, leave=False) as bar:

        def run_one(number: int | str) -> None:
            process = subprocess.Popen(
                command(number, doing),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            running.append(process)
            said, done = _follow(process, bar, costs[number] / len(get(number).seeds))
            bar.update(round(costs[number]) - done)
            if process.returncode:
                failed[number] = "".join(said).strip()
            bar.write("".join(said[-3:]).rstrip())

        with ThreadPoolExecutor(jobs) as pool:
            longest_first = sorted(numbers, key=lambda number: -costs[number])
            tasks = [pool.submit(run_one, number) for number in longest_first]
            try:
                for task in tasks:
                    task.result()
            except KeyboardInterrupt:  # what is measured so far is kept beside the records
                for task in tasks:
                    task.cancel()
                for process in running:
                    process.terminate()
                raise
    return failed


def _follow(process: subprocess.Popen[str], bar: tqdm, share: float) -> tuple[list[str], int]:
    """Read what a process says until it ends; each seed that it has measured moves the bar."""
    said: list[str] = []
    moved = 0
    for line in process.stdout or ():
        said.append(line)
        if MEASURED in line:
            bar.update(round(share))
            moved += round(share)
    process.wait()
    return said, moved
