"""Open the course in JupyterLab, in the learner's own copy of the lessons.

    make lab [ARGS="--no-browser --port 9999"]
    python -m course.maintenance.lab --no-browser --port 9999

The lessons are copied to work/, which git ignores. A file that is there is never written over:
where a lesson has changed since it was copied, the new one is laid beside the learner's. What
was copied is remembered in work/.lessons.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from course.maintenance.pinned import THREADS

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = Path(__file__).parent / "jupyterlab"
STATE = ".lessons.json"
LANDING = "00_start_here.ipynb"


def lay_out(lessons: Path, work: Path) -> list[str]:
    """Copy new and changed lessons into the learner's folder, and change nothing that is there.

    Parameters
    ----------
    lessons : Path
        The folder of the course's notebooks.
    work : Path
        The learner's folder; made if it is missing.

    Returns
    -------
    list of str
        A line for each lesson that was laid beside the learner's own.

    Raises
    ------
    SystemExit
        If `work` is a file.
    """
    if work.exists() and not work.is_dir():
        raise SystemExit(f"{work} is a file; your lessons go into a folder of that name: move it")
    work.mkdir(parents=True, exist_ok=True)
    remembered = _read_state(work / STATE)
    said = []
    for lesson in sorted(lessons.glob("*.ipynb")):
        content = lesson.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        own = work / lesson.name
        if not os.path.lexists(own):
            _write_new(own, content)
        elif remembered.get(lesson.name) != digest and not _is_there(work, lesson.stem, digest):
            beside = _beside(work, lesson.stem)
            _write_new(beside, content)
            said.append(
                f"{lesson.name} has changed since you began it: yours is as it was, "
                f"the new one is {beside.relative_to(work.parent)}"
            )
        remembered[lesson.name] = digest
    _write_state(work / STATE, remembered)
    return said


def _read_state(path: Path) -> dict[str, str]:
    """Read which lessons were copied; a missing or damaged file says nothing."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(state, dict):
        return {}
    return {name: digest for name, digest in state.items() if isinstance(digest, str)}


def _write_state(path: Path, state: dict[str, str]) -> None:
    """Write the state in one step, so that an interruption leaves the old or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    temporary.replace(path)


def _is_there(work: Path, stem: str, digest: str) -> bool:
    """Say whether the learner has this very state of a lesson already."""
    candidates = [work / f"{stem}.ipynb", *work.glob(f"{stem}.updated*.ipynb")]
    return any(
        path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        for path in candidates
    )


def _beside(work: Path, stem: str) -> Path:
    """Return the first free name beside a lesson: .updated, then .updated-2, and so on."""
    path = work / f"{stem}.updated.ipynb"
    number = 2
    while os.path.lexists(path):
        path = work / f"{stem}.updated-{number}.ipynb"
        number += 1
    return path


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, and let JupyterLab show its figures at once."""
    with path.open("xb") as file:
        file.write(content)
    # JupyterLab hides drawn (SVG) outputs of notebooks that it has not seen run here, unless they
    # are signed. A signature needs a writable home; without one only these outputs are missing.
    try:
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary().sign(nbformat.reads(content.decode("utf-8"), as_version=4))
    except Exception:
        return


def lab_arguments(work: Path, passed: Sequence[str]) -> list[str]:
    """Return JupyterLab's command line: opened on the first lesson, without the news pop-up.

    Parameters
    ----------
    work : Path
        The learner's folder. The server shows the folder above it, so that links to ../docs work.
    passed : sequence of str
        What the learner adds; it comes last and so wins.

    Returns
    -------
    list of str
    """
    # In a container one is often root. JupyterLab would refuse, though its token guards it.
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    address = f"/lab/tree/{work.name}/{LANDING}" if (work / LANDING).exists() else "/lab"
    return [
        f"--LabApp.app_settings_dir={SETTINGS}",
        f"--LabApp.default_url={address}",
        f"--ServerApp.root_dir={work.parent}",
        f"--ServerApp.preferred_dir={work}",
        *as_root,
        *passed,
    ]


def _jupyter_lab(arguments: list[str]) -> None:
    """Start JupyterLab in this process."""
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(argv=arguments)


def main(
    argv: Sequence[str] | None = None,
    root: Path = ROOT,
    launch: Callable[[list[str]], None] = _jupyter_lab,
) -> None:
    """Lay out the lessons and start JupyterLab on the first one.

    Parameters
    ----------
    argv : sequence of str, optional
        Passed on to JupyterLab; the command line's by default.
    root : Path
        The course's folder.
    launch : callable
        What starts JupyterLab with a list of arguments.
    """
    passed = list(sys.argv[1:] if argv is None else argv)
    for line in lay_out(root / "notebooks", root / "work"):
        print(line, flush=True)
    # As in the recorded runs; `torch.set_num_threads` in a notebook still sets another number.
    for variable in THREADS:
        os.environ.setdefault(variable, "1")
    os.chdir(root)
    launch(lab_arguments(root / "work", passed))


if __name__ == "__main__":
    main()
