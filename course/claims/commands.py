"""The command line: measure claims, tune and challenge them, show the ledger."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from course.claims import attempts, measure, page
from course.claims.ledger import UnknownClaim, get, ordered
from course.claims.parallel import run_all
from course.claims.records import RESULTS, listing, stale


def _is_old(number: int | str, folder: Path) -> bool:
    """Say whether a claim has no record, or one that is out of date."""
    try:
        return stale(number, folder) != ""
    except (FileNotFoundError, ValueError):
        return True


def _number(text: str) -> int | str:
    """Read a claim's number or name as typed."""
    return int(text) if text.isdecimal() else text


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
    parser.add_argument(
        "--page", action="store_true", help="write data/results/README.md from the records"
    )
    parser.add_argument(
        "--stale", action="store_true", help="measure only what has changed since it was recorded"
    )
    doing = parser.add_mutually_exclusive_group()
    doing.add_argument(
        "--tune", action="store_true", help="run the grids that chose the settings, not the claims"
    )
    doing.add_argument(
        "--challenges", action="store_true", help="try to overturn the verdicts that are recorded"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="measure up to N claims at once; without it, as many as there are processors",
    )
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.jobs < 1:
        parser.error(f"--jobs {options.jobs}: give at least 1")
    if options.list or options.page:
        print(listing(folder) if options.list else f"wrote {page.write(folder, ordered())}")
        return 0
    try:
        return _work(options, folder)
    except UnknownClaim as error:
        print(f"claims: {error}; `--list` shows them", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nclaims: interrupted; what is measured so far is kept, run it again to go on")
        return 130


def _work(options: argparse.Namespace, folder: Path) -> int:
    """Do what the options ask for, with each claim that has it to do."""
    doing = "tune" if options.tune else "challenges" if options.challenges else ""
    numbers = ordered() if options.claim is None else [options.claim]
    if doing and options.claim is None:
        wanted = {"tune": "grids", "challenges": "trials"}[doing]
        numbers = [number for number in numbers if getattr(get(number), wanted)]
    if options.stale:
        numbers = [number for number in numbers if _is_old(number, folder)]
    if options.jobs > 1 and len(numbers) > 1:
        failed = run_all(numbers, options.jobs, folder, doing)
        for number, said in failed.items():
            print(f"claims: {number} could not be measured:\n{said}", file=sys.stderr)
        return 1 if failed else 0
    work: dict[str, Callable[..., object]] = {
        "": measure.run,
        "tune": attempts.tune,
        "challenges": attempts.challenge,
    }
    for number in numbers:
        work[doing](number, folder, say=lambda line: print(line, flush=True))
    if folder == RESULTS:
        page.write(folder, () if doing else numbers)
    return 0
