"""Check the machine before the course begins, and say how to repair what is wrong.

Lesson 00 shows `report()`. Where all is well it reads the same on every machine, so that the
lesson's output can be compared; `report().details()` is what to paste into a question for help.
"""

from __future__ import annotations

import html
import importlib
import importlib.util
import io
import os
import platform
import re
import shutil
import sys
import textwrap
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path

try:
    from packaging.requirements import Requirement

    NO_PACKAGING = ""
except Exception as error:  # missing or broken: the report has to say so
    NO_PACKAGING = f"packaging does not start ({textwrap.shorten(str(error), 200)})"

ROOT = Path(__file__).resolve().parents[2]
OURS = ("helpers", "course")  # the packages that have to be this folder's own
STARTED = ("numpy", "torch", "matplotlib")  # installed is not enough: a library may be missing
INSTALL = "pip install -c requirements.lock -e ."
GIGABYTE = 10**9
LEAST_MEMORY = 1.0  # gigabytes that lesson 00's training and the browser beside it need
LEAST_DISK = 0.5


@dataclass(frozen=True)
class Row:
    """One thing that was checked.

    Attributes
    ----------
    name : str
        What is checked, as a statement that is true when all is well.
    ok : bool
        Whether it is.
    found : str
        What this machine has.
    repair : str
        What to do where it is not.
    """

    name: str
    ok: bool
    found: str
    repair: str


class Report:
    """What was checked, with a verdict; JupyterLab shows it as a table."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    @property
    def ok(self) -> bool:
        """Whether everything is in place."""
        return all(row.ok for row in self.rows)

    def __repr__(self) -> str:
        lines = []
        for row in self.rows:
            lines.append(f"{_mark(row)} {row.name}")
            if not row.ok:
                lines += [f"    found: {row.found}", f"    to do: {row.repair}"]
        return "\n".join([*lines, self._verdict()])

    def _repr_html_(self) -> str:
        cells = []
        for row in self.rows:
            text = html.escape(row.name)
            if not row.ok:
                text += f"<br>found: {html.escape(row.found)}"
                text += f"<br><b>to do: {html.escape(row.repair)}</b>"
            cells.append(f'<tr><td>{_mark(row)}</td><td style="text-align: left">{text}</td></tr>')
        return f"<table>{''.join(cells)}</table><p><b>{html.escape(self._verdict())}</b></p>"

    def _verdict(self) -> str:
        if self.ok:
            return "All is well: the course will run here."
        wrong = sum(not row.ok for row in self.rows)
        return f"{wrong} of {len(self.rows)} need your attention; the rest is well."

    def details(self) -> str:
        """Return what this machine has, a line each: paste it where you ask for help."""
        machine = [
            ("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
            ("processors", str(os.cpu_count())),
            *((name, str(_found(name))) for name in OURS),
            ("CUDA", _cuda()),
            *_versions(),
        ]
        rows = [(row.name, row.found) for row in self.rows]
        return "\n".join(f"{name}: {found}" for name, found in [*rows, *machine])


def _mark(row: Row) -> str:
    return "✓" if row.ok else "✗"


def report() -> Report:
    """Check Python, the packages, the Hangul font, memory and disk.

    A row about the course's own packages comes first where others are imported in their place.

    Returns
    -------
    Report
        Show it by making it the last line of a cell. `report().ok` is the verdict.
    """
    checks: list[Callable[[], Row]] = [_python, _packages, _hangul, _memory, _folder]
    return Report([*_others_code(), *(check() for check in checks)])


def place_of(spec: ModuleSpec | None) -> Path | None:
    """Return where a module stands: a package's folder, a module's file; None if nowhere."""
    if spec is None:
        return None
    folders = list(spec.submodule_search_locations or ())
    where = folders[0] if folders else spec.origin
    return Path(where) if where else None


def is_ours(name: str, place: Path) -> bool:
    """Say whether a package stands where it belongs: in the course that holds this folder.

    Parameters
    ----------
    name : str
        `helpers` or `course`.
    place : Path
        Where Python finds it.

    Notes
    -----
    The working folder's own course counts, if it is in one: with two copies of the course on a
    machine, this very module may be the other one's.
    """
    above = [Path.cwd(), *Path.cwd().parents]
    marker = Path("course", "maintenance", Path(__file__).name)
    root = next((folder for folder in above if (folder / marker).is_file()), ROOT)
    return place.exists() and place.samefile(root / name)


def _found(name: str) -> Path | None:
    """Return where this process imports a package from."""
    try:
        return place_of(importlib.util.find_spec(name))
    except ValueError:  # it was imported without a loader, by hand
        return None


def _others_code() -> list[Row]:
    """Return a row if `helpers` or `course` is not the course's own, none if all is well."""
    found = {name: place for name in OURS if (place := _found(name))}
    others = {name: place for name, place in found.items() if not is_ours(name, place)}
    if not others:
        return []
    repairs = []
    for place in others.values():
        if place.parent == Path.cwd():
            repairs.append(f"give {place.name} in this folder another name")
        elif str(place.parent) in os.environ.get("PYTHONPATH", "").split(os.pathsep):
            repairs.append(f"take {place.parent} out of PYTHONPATH")
        else:
            repairs.append(f"close JupyterLab and run `make lab`, which passes over {place}")
    return [
        Row(
            "the course's own code",
            False,
            "; ".join(f"{name} is {place}" for name, place in others.items()),
            f"{'; '.join(dict.fromkeys(repairs))}; then restart the kernel",
        )
    ]


def _project() -> dict:
    """Read pyproject.toml's list of what the course needs."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _python() -> Row:
    least = _project()["requires-python"].removeprefix(">=")
    found = platform.python_version()
    return Row(
        f"Python {least} or newer",
        [int(n) for n in found.split(".")[:2]] >= [int(n) for n in least.split(".")[:2]],
        f"Python {found} at {sys.executable}",
        "install a newer Python, then `make lab PYTHON=python3.12` (with its name)",
    )


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _name(requirement: str) -> str:
    """Return the package that a line of pyproject.toml asks for: 'numpy>=2' -> 'numpy'."""
    found = re.match(r"[\w.-]+", requirement)
    return found.group() if found else requirement


def _does_not_start(module: str) -> str:
    """Import a module; return what it says where that fails, "" where it works."""
    try:
        importlib.import_module(module)
    except Exception as error:  # a missing DLL is an OSError, a wrong build a RuntimeError
        return _reason(error)
    return ""


def _reason(error: Exception) -> str:
    """Say in one line why something failed: NumPy's own message fills a page."""
    return textwrap.shorten(str(error), 200, placeholder=" …") or type(error).__name__


def _packages() -> Row:
    needed = _project()["dependencies"]
    wrong = [NO_PACKAGING] if NO_PACKAGING else []
    for text in needed:
        name = _name(text)
        found = _installed(name)
        if found is None:
            wrong.append(f"{name} is missing")
            continue
        if not NO_PACKAGING:
            specifier = Requirement(text).specifier
            if not specifier.contains(found, prereleases=True):
                wrong.append(f"{name} is {found}, needed is {specifier}")
        if name in STARTED and (error := _does_not_start(name)):
            wrong.append(f"{name} does not start ({error})")
    again = f"run `make lab` again (without make: {INSTALL})"
    if any("does not start" in text for text in wrong):  # pip leaves what is installed alone
        forced = INSTALL.replace("install", "install --force-reinstall", 1)
        again = f"delete the folder .venv, run `make lab` again (without make: {forced})"
    return Row(
        f"all {len(needed)} packages, in versions that fit",
        not wrong,
        "; ".join(wrong) or "all fit",
        f"close JupyterLab, {again}, restart the kernel",
    )


def _hangul() -> Row:
    name = "Hangul in figures"
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure

        from helpers.plots import HANGUL_FONT, use_course_style
    except Exception as error:
        return Row(
            name,
            False,
            f"not drawn: {_reason(error)}",
            "do first what the rows above say, then restart the kernel",
        )
    try:
        with mpl.rc_context(), warnings.catch_warnings():
            warnings.filterwarnings("error", message=".*[Gg]lyph.*missing.*")
            use_course_style()
            figure = Figure(figsize=(2, 1))
            figure.text(0.1, 0.5, "나는 학생이다")
            figure.savefig(io.BytesIO(), format="png")
        wrong = ""
    except Exception as error:
        wrong = _reason(error)
    return Row(
        name,
        not wrong,
        wrong or f"drawn with {HANGUL_FONT.name}",
        "bring helpers/fonts back: git checkout helpers/fonts",
    )


def _memory() -> Row:
    try:
        import psutil

        free = psutil.virtual_memory().available / GIGABYTE
    except Exception:  # ipykernel brings it; without it there is nothing to compare
        return Row("enough memory", True, "not measured", "")
    return Row(
        "enough memory",
        free >= LEAST_MEMORY,
        f"{free:.1f} GB free",
        f"close other programs: the lessons need {LEAST_MEMORY:.0f} GB",
    )


def _folder() -> Row:
    here = Path.cwd()
    free = shutil.disk_usage(here).free / GIGABYTE
    writable = os.access(here, os.W_OK)
    return Row(
        "a folder to write your answers to",
        writable and free >= LEAST_DISK,
        f"{here}, {'writable' if writable else 'read-only'}, {free:.1f} GB free",
        f"move the course to a folder that you may write to, with {LEAST_DISK} GB free",
    )


def _cuda() -> str:
    try:
        import torch

        if torch.cuda.is_available():
            return torch.cuda.get_device_name()
    except Exception as error:
        return f"not usable ({error})"
    return "none (no lesson needs it)"


def _versions() -> list[tuple[str, str]]:
    """Name the packages' versions, and say where one is not that of the recorded outputs."""
    locked = {}
    lock = ROOT / "requirements.lock"
    if lock.exists():
        lines = lock.read_text(encoding="utf-8").splitlines()
        locked = dict(line.split("==") for line in lines if "==" in line)
    rows = []
    for name in map(_name, _project()["dependencies"]):
        found = _installed(name) or "missing"
        recorded = locked.get(name, found)
        other = "" if found.split("+")[0] == recorded else f" (outputs recorded with {recorded})"
        rows.append((name, found + other))
    return rows
