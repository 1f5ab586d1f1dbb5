"""Open the course in JupyterLab, in the learner's own copy of the lessons.

    make lab [OUTPUTS=keep] [ARGS="--no-browser --port 9999"]
    python -m course.maintenance.lab --outputs keep --no-browser --port 9999

The lessons are copied to work/, which git ignores, without their outputs: who is to predict what a
cell prints should not have read it. A file that is there is never written over: where a lesson's
text or code has changed since it was copied, the new one is laid beside the learner's. What was
copied is remembered in work/.lessons.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from course.maintenance.environment import OURS, ROOT, STARTED, is_ours, place_of
from course.maintenance.pinned import THREADS

SETTINGS = Path(__file__).parent / "jupyterlab"
STATE = ".lessons.json"
LANDING = "00_start_here.ipynb"


def lay_out(lessons: Path, work: Path, keep_outputs: bool = False) -> list[str]:
    """Copy new and changed lessons into the learner's folder, and change nothing that is there.

    Parameters
    ----------
    lessons : Path
        The folder of the course's notebooks.
    work : Path
        The learner's folder; made if it is missing.
    keep_outputs : bool
        Whether the copies show the recorded outputs. They do not by default.

    Returns
    -------
    list of str
        A line for each lesson that was laid beside the learner's own.

    Raises
    ------
    SystemExit
        If `work` is a file or cannot be written to.
    """
    if work.exists() and not work.is_dir():
        raise SystemExit(f"{work} is a file; your lessons go into a folder of that name: move it")
    if not _can_be_written(work):
        raise SystemExit(
            f"{work} cannot be written to, and your lessons go there: "
            "move the course to a folder of your own"
        )
    remembered = _read_state(work / STATE)
    said = []
    for lesson in sorted(lessons.glob("*.ipynb")):
        content = lesson.read_bytes()
        digest = _digest(content)
        own = work / lesson.name
        if not os.path.lexists(own):
            _write_new(own, content, keep_outputs)
        elif remembered.get(lesson.name) != digest and not _is_there(work, lesson.stem, digest):
            beside = _beside(work, lesson.stem)
            _write_new(beside, content, keep_outputs)
            said.append(
                f"{lesson.name} has changed since you began it: yours is as it was, "
                f"the new one is {beside.relative_to(work.parent)}"
            )
        remembered[lesson.name] = digest
    _write_state(work / STATE, remembered)
    return said


def _can_be_written(folder: Path) -> bool:
    """Say whether files can be made in a folder, by making one: permissions do not tell all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _parse(content: bytes) -> dict[str, Any] | None:
    """Read a notebook; None for what is not one, a damaged file for instance."""
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            "".join(cell["source"])  # a text or its lines
    except (ValueError, TypeError, KeyError):
        return None
    return notebook


def _digest(content: bytes) -> str:
    """Name a state of a lesson by its text and code: running or clearing it changes nothing."""
    notebook = _parse(content)
    if notebook is not None:
        written = [[cell.get("cell_type"), "".join(cell["source"])] for cell in notebook["cells"]]
        content = json.dumps(written).encode()
    return hashlib.sha256(content).hexdigest()


def _without_outputs(content: bytes) -> bytes:
    """Return a notebook as it was before anybody ran it."""
    notebook = _parse(content)
    if notebook is None:
        return content
    for cell in notebook["cells"]:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


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
    return any(path.is_file() and _digest(path.read_bytes()) == digest for path in candidates)


def _beside(work: Path, stem: str) -> Path:
    """Return the first free name beside a lesson: .updated, then .updated-2, and so on."""
    path = work / f"{stem}.updated.ipynb"
    number = 2
    while os.path.lexists(path):
        path = work / f"{stem}.updated-{number}.ipynb"
        number += 1
    return path


def _write_new(path: Path, content: bytes, keep_outputs: bool) -> None:
    """Write a lesson to a file that must not exist yet."""
    with path.open("xb") as file:
        file.write(content if keep_outputs else _without_outputs(content))
    if not keep_outputs:
        return
    # JupyterLab hides drawn (SVG) outputs of notebooks that it has not seen run here, unless they
    # are signed. A signature needs a writable home; without one only these outputs are missing.
    try:
        import nbformat
        from nbformat.sign import NotebookNotary

        NotebookNotary().sign(nbformat.reads(content.decode("utf-8"), as_version=4))
    except Exception:
        return


def put_own_code_first(work: Path) -> list[str]:
    """See to it that notebooks in the learner's folder import the course's own packages.

    A notebook looks in its own folder first, then along PYTHONPATH. So a file of the learner's
    named helpers.py would stand in for the course's package; another `helpers` on PYTHONPATH is
    passed over by putting the course before it.

    Parameters
    ----------
    work : Path
        The learner's folder.

    Returns
    -------
    list of str
        A line for each package of the same name that is passed over.

    Raises
    ------
    SystemExit
        If a file in `work` has the name of a package that the lessons import.
    """
    for name in (*OURS, *STARTED):
        own = PathFinder.find_spec(name, [str(work)])
        if own is not None and own.origin is not None:  # a folder without code hides nothing
            raise SystemExit(
                f"{place_of(own)} has the name of a package that the lessons import, and would be "
                "imported in its place: give it another name, then start again"
            )
    said = []
    for name in OURS:
        # The first entry is the folder that this command was started in.
        place = place_of(PathFinder.find_spec(name, sys.path[not sys.flags.safe_path :]))
        if place is not None and not is_ours(name, place):
            said.append(f"There is another {name}, {place}: the lessons import the course's own")
    there = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT) + (os.pathsep + there if there else "")
    return said


def find_writable_folders(work: Path) -> list[str]:
    """Give Jupyter folders beside the lessons where those in the home cannot be written to.

    Parameters
    ----------
    work : Path
        The learner's folder.

    Returns
    -------
    list of str
        A line that says so, if it was necessary.
    """
    from jupyter_core import paths

    usual = {
        "JUPYTER_CONFIG_DIR": paths.jupyter_config_dir(),
        "JUPYTER_DATA_DIR": paths.jupyter_data_dir(),
        "JUPYTER_RUNTIME_DIR": paths.jupyter_runtime_dir(),
        "IPYTHONDIR": os.path.expanduser(os.environ.get("IPYTHONDIR", "~/.ipython")),
    }
    locked = [variable for variable, folder in usual.items() if not _can_be_written(Path(folder))]
    if not locked:
        return []
    instead = work / ".jupyter"
    instead.mkdir(mode=0o700, exist_ok=True)
    for variable in locked:
        os.environ[variable] = str(instead / variable.lower().removesuffix("dir").strip("_"))
    os.environ.setdefault("MPLCONFIGDIR", str(instead / "matplotlib"))
    return [f"{usual[locked[0]]} cannot be written to: JupyterLab keeps its files in {instead}"]


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
        The command line's by default. What is not for this command is passed on to JupyterLab.
    root : Path
        The course's folder.
    launch : callable
        What starts JupyterLab with a list of arguments.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--outputs", choices=["clear", "keep"], default="clear")
    options, passed = parser.parse_known_args(argv)
    work = root / "work"
    said = put_own_code_first(work)
    said += lay_out(root / "notebooks", work, keep_outputs=options.outputs == "keep")
    for line in said + find_writable_folders(work):
        print(line, flush=True)
    # As in the recorded runs; `torch.set_num_threads` in a notebook still sets another number.
    for variable in THREADS:
        os.environ.setdefault(variable, "1")
    os.chdir(root)
    launch(lab_arguments(work, passed))


if __name__ == "__main__":
    main()
