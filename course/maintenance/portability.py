"""Ask whether the lessons would read the same on other processors and with other thread counts.

    make portability [LESSON=02]
    python -m course.maintenance.portability 02 --setting "torch without AVX-512"

Every lesson is compared strictly, as in the tests, while its libraries are told to leave out the
instructions that an older processor lacks. The log of each run is kept in build/portability/.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from course.maintenance import refresh

ROOT = refresh.ROOT
LOGS = Path("build") / "portability"


def numpy_features() -> str:
    """Return the features for which NumPy has code of its own and which this processor has."""
    import numpy as np

    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))


def settings() -> dict[str, dict[str, str]]:
    """Return the settings that make sense on this machine: a name, and what is set.

    Returns
    -------
    dict of str to dict of str to str
        Environment variables that stand beside the pinned ones (`COURSE_THREADS` replaces the
        one thread).
    """
    result = {"as this machine is": {}, "two threads": {"COURSE_THREADS": "2"}}
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return result
    numpy = {"NPY_DISABLE_CPU_FEATURES": numpy_features()}
    return result | {
        "torch without AVX-512": {"ATEN_CPU_CAPABILITY": "avx2"},
        "torch without AVX": {"ATEN_CPU_CAPABILITY": "default"},
        "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
        "OpenBLAS for Sandy Bridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
        "NumPy without AVX": numpy,
        "all for a processor with AVX2": {
            "ATEN_CPU_CAPABILITY": "avx2",
            "OPENBLAS_CORETYPE": "Haswell",
            "MKL_CBWR": "AVX2",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
        },
        "all for a processor without AVX": numpy
        | {
            "ATEN_CPU_CAPABILITY": "default",
            "OPENBLAS_CORETYPE": "Nehalem",
            "MKL_CBWR": "COMPATIBLE",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "COURSE_THREADS": "4",
        },
    }


def compare(paths: Sequence[Path], environment: dict[str, str], log: Path) -> dict[str, list[str]]:
    """Run lessons strictly under some settings.

    Parameters
    ----------
    paths : sequence of Path
        The lessons.
    environment : dict of str to str
        What is set for this run.
    log : Path
        Where pytest's whole output goes.

    Returns
    -------
    dict of str to list of str
        For each lesson that differs, its cells that do, as pytest names them.

    Raises
    ------
    RuntimeError
        If pytest could not run at all.
    """
    command = [sys.executable, "-m", "pytest", "-n", "2", "-q", "-rfE", "-p", "no:cacheprovider"]
    command += ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    command += ["--nbval-cell-timeout=400"]  # what is compared is results; old processors are slow
    run = subprocess.run(
        [*command, *map(str, paths)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(run.stdout, encoding="utf-8")
    differing = failures(run.stdout)
    if run.returncode not in (0, 1) or (run.returncode == 1) != bool(differing):
        raise RuntimeError(f"pytest ended with status {run.returncode}; see {log}")
    return differing


def failures(output: str) -> dict[str, list[str]]:
    """Read the failing cells out of pytest's summary."""
    found: dict[str, list[str]] = {}
    pattern = r"^(?:FAILED|ERROR) \S*?([\w-]+)\.ipynb(?:::(Cell \d+))?"
    for stem, cell in re.findall(pattern, output, re.MULTILINE):
        found.setdefault(stem, []).append(cell or "not collected")
    return found


def main(
    argv: Sequence[str] | None = None,
    compare: Callable[..., dict[str, list[str]]] = compare,
    root: Path = ROOT,
) -> int:
    """Run the lessons named, or all, under every setting; return the exit status."""
    known = settings()
    parser = argparse.ArgumentParser(description="Compare lessons as other processors run them.")
    parser.add_argument("lesson", nargs="*", help="02 or 02_rnn_cell; all by default")
    parser.add_argument("--setting", action="append", choices=list(known), help="only this one")
    options = parser.parse_args(argv)
    try:
        paths = refresh.find_lessons(options.lesson, root / "notebooks")
    except refresh.LessonError as error:
        print(error, file=sys.stderr)
        return 2
    width = max(map(len, known))
    bad = 0
    for name in options.setting or known:
        log = root / LOGS / f"{name.replace(' ', '-')}.log"
        try:
            differing = compare(paths, known[name], log)
        except RuntimeError as error:
            print(f"{name:{width}}  could not run: {error}", flush=True)
            bad += 1
            continue
        verdict = "; ".join(f"{stem}: {', '.join(cells)}" for stem, cells in differing.items())
        print(f"{name:{width}}  {verdict or 'as recorded'}", flush=True)
        if differing:
            print(f"{'':{width}}  the differences are in {log.relative_to(root)}", flush=True)
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
