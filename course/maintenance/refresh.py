"""Execute lessons again and write them so that only what changed shows in the diff.

    make refresh               every lesson
    make refresh LESSON=02     one lesson, by its number or its name
    make refresh FRESH=1       keep no output that is there

A lesson is executed from top to bottom in a fresh kernel and in the pinned environment, and then
normalised: streams are joined and progress bars reduced to their last state, clocks, widget state
and the kernel's details dropped, cell ids kept or derived from the text. An output that says the
same as the committed one, by the rules of tests/sanitise.cfg, stays as it was committed, so that a
refresh without a change leaves git clean. A measured line (`≈ …`, `» …`) stays only while the code
above it is the code that made it. Where a cell fails, the file is left as it was.

A code cell tagged `figure:alignment` also gives its picture to docs/alignment.png.
"""

from __future__ import annotations

import argparse
import base64
import copy
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course.maintenance.outputs import (
    HASH,
    ROOT,
    code_hashes,
    essence,
    normalise_outputs,
    sanitising_rules,
)
from course.maintenance.pinned import pinned

CELL_TIMEOUT = 120  # seconds, as in the tests

NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    # Without version numbers: they would change with every machine.
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
# What a cell says about itself. All other metadata is an editor's or an execution's: Colab's `id`
# and `outputId`, VS Code's language, when a cell ran, whether it was folded. None of it is kept.
CELL_METADATA = ("tags", "nbgrader", "jupyter", "deletable", "editable", HASH)
JUPYTER_METADATA = ("source_hidden",)
IGNORED = "nbval-ignore-output"

Cell = dict[str, Any]
Output = dict[str, Any]
Notebook = dict[str, Any]


class LessonError(Exception):
    """A lesson could not be found or executed; the text says which and why."""


def lessons(folder: Path) -> list[Path]:
    """Return the lessons in a folder, in the order of the course."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def find_lessons(wanted: Sequence[str], folder: Path) -> list[Path]:
    """Return the lessons that a command names.

    Parameters
    ----------
    wanted : sequence of str
        Numbers (`02`, `2`), names (`02_rnn_cell`) or paths; none means every lesson.
    folder : Path
        Where the lessons are.

    Returns
    -------
    list of Path

    Raises
    ------
    LessonError
        If a name fits no lesson; the message lists those there are.
    """
    known = lessons(folder)
    if not wanted:
        return known
    chosen = []
    for name in wanted:
        stem = Path(name).name.removesuffix(".ipynb")
        fits = [path for path in known if stem == path.stem]
        if not fits and stem.isdigit():
            fits = [path for path in known if int(stem) == int(path.stem[:2])]
        if not fits:
            there = ", ".join(path.stem for path in known) or f"none in {folder}"
            raise LessonError(f"There is no lesson {name!r}. There are: {there}")
        chosen += fits
    return chosen


def read(path: Path) -> Notebook:
    """Read a notebook as it stands in the file: nothing is added, multi-line texts are joined.

    Raises
    ------
    LessonError
        If the file holds no notebook of format 4.
    """
    try:
        notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    except (ValueError, AttributeError) as error:
        raise LessonError(f"{path.name} is not a notebook of format 4: {error}") from None
    if notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise LessonError(f"{path.name} is not a notebook of format 4")
    return notebook


# What the file says, apart from its outputs


def assign_ids(cells: Sequence[Cell], committed: Sequence[Cell] = ()) -> None:
    """Give every cell an id that stays the same from one refresh to the next, in place.

    An id that a cell has is kept, unless an earlier cell has it. A cell that is new to git but for
    its text (a lesson drafted elsewhere and converted again) takes over the committed cell's id.
    What is left gets an id from its text and from how often that text came before.

    Parameters
    ----------
    cells : sequence of cells
        Those of the notebook.
    committed : sequence of cells
        Those of the committed notebook, if there is one.
    """
    old_ids = {cell["id"] for cell in committed if "id" in cell}
    taken: set[str] = set()
    for cell in cells:  # what git knows has the first right to an id
        if cell.get("id") in old_ids and cell["id"] not in taken:
            taken.add(cell["id"])
        elif cell.get("id") in taken:
            del cell["id"]
    for cell in cells:
        identity = cell.get("id")
        if identity in old_ids and identity in taken:
            continue
        twins = [
            old["id"]
            for old in committed
            if "id" in old
            and old["id"] not in taken
            and old["cell_type"] == cell["cell_type"]
            and old["source"] == cell["source"]
        ]
        if twins:
            cell["id"] = twins[0]
        elif identity is None or identity in taken:
            cell["id"] = _new_id(cell, taken)
        taken.add(cell["id"])


def _new_id(cell: Cell, taken: set[str]) -> str:
    """Return an id that is derived from a cell's text and not taken."""
    text = cell["cell_type"] + "\0" + cell["source"]
    repeat = 0
    while True:
        digest = hashlib.sha256(f"{text}\0{repeat}".encode()).hexdigest()[:8]
        if digest not in taken:
            return digest
        repeat += 1


def normalise_cell(cell: Cell) -> None:
    """Keep of a cell's metadata what the course put there, in place."""
    kept = {key: value for key, value in cell["metadata"].items() if key in CELL_METADATA}
    if "jupyter" in kept:
        kept["jupyter"] = {k: v for k, v in kept["jupyter"].items() if k in JUPYTER_METADATA}
    # A tag list or a note for Jupyter that has become empty says nothing; `editable: false` does.
    cell["metadata"] = {key: value for key, value in kept.items() if value not in ([], {})}


# One lesson


class FailedCell(Exception):
    """A cell that could not be executed: its index in the notebook, and why."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


def execute(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run a notebook's cells in a fresh kernel and in the pinned environment, in place.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    folder : Path
        The working directory of its kernel.

    Raises
    ------
    FailedCell
        At the first cell that raises, runs for too long, or ends the kernel.
    """
    running = [0]
    with tempfile.TemporaryDirectory(prefix="ipython-") as ipython:
        environment = pinned(os.environ) | {"IPYTHONDIR": ipython}
        client = NotebookClient(
            notebook,
            timeout=CELL_TIMEOUT,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(folder)}},
            on_cell_start=lambda cell, cell_index: running.append(cell_index),
        )
        try:
            # The kernel's own stderr is no part of the lesson; with a terminal behind it, a
            # progress bar would take that terminal's width.
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise FailedCell(running[-1], f"{error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            raise FailedCell(running[-1], f"it ran for more than {CELL_TIMEOUT} s") from None
        except DeadKernelError:
            raise FailedCell(running[-1], "the kernel died (out of memory?)") from None


def _prepared(notebook: Notebook, committed: Sequence[Notebook]) -> Notebook:
    """Return a copy of a notebook as it is before it is run: with ids and without outputs."""
    notebook = copy.deepcopy(notebook)
    assign_ids(notebook["cells"], committed[0]["cells"] if committed else ())
    for cell in notebook["cells"]:
        normalise_cell(cell)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
            cell["metadata"].pop(HASH, None)
    notebook["metadata"] = copy.deepcopy(NOTEBOOK_METADATA)
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    return notebook


def _number(cells: Sequence[nbformat.NotebookNode]) -> None:
    """Count the code cells as one run from top to bottom does, in place."""
    count = 0
    for cell in cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        if cell.source.strip():
            count += 1
            cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count


def refreshed(
    notebook: Notebook,
    folder: Path,
    committed: Sequence[Notebook],
    rules: Sequence[tuple[str, str]],
    fresh: bool = False,
) -> str:
    """Execute a notebook and return its new text.

    Parameters
    ----------
    notebook : dict
        As it is in the file.
    folder : Path
        The working directory of its kernel.
    committed : sequence of dict
        Earlier states of the notebook, the preferred one first: an output that says the same as
        there is kept.
    rules : sequence of (pattern, replacement)
        What may differ.
    fresh : bool
        Whether no earlier output is kept.

    Returns
    -------
    str
        The notebook, ready to be written.
    """
    node = nbformat.from_dict(_prepared(notebook, committed))
    execute(node, folder)
    keep_what_says_the_same(node.cells, () if fresh else committed, rules)
    _number(node.cells)
    node.metadata = nbformat.from_dict(NOTEBOOK_METADATA)  # nbclient adds the kernel's version
    nbformat.validate(node)
    return nbformat.writes(node, version=4).rstrip("\n") + "\n"


def keep_what_says_the_same(
    cells: Sequence[Cell],
    committed: Sequence[Notebook],
    rules: Sequence[tuple[str, str]],
) -> None:
    """Put normalised outputs in place of those just made, earlier ones where they agree.

    A cell whose output the tests ignore cannot be compared: it keeps its earlier output as long
    as every other cell of the lesson has the text and the output it had. A cell with masked lines
    keeps its earlier output as long as the code up to it is the code that made that output; it
    also gets the hash of that code.

    Parameters
    ----------
    cells : sequence of cells
        Just executed; changed in place.
    committed : sequence of dict
        Earlier states of the notebook, the preferred one first.
    rules : sequence of (pattern, replacement)
        What may differ.
    """
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    new = [normalise_outputs(cell["outputs"]) for cell in code]
    for cell, outputs in zip(code, new, strict=True):
        cell["outputs"] = nbformat.from_dict(outputs)
    for cell, made_by in zip(code, code_hashes(code), strict=True):
        if made_by is not None:
            cell["metadata"][HASH] = made_by
    kept: dict[int, list[Output]] = {}
    for state in committed:
        kept = _staying(code, state, rules) | kept
    for index, outputs in kept.items():
        code[index]["outputs"] = nbformat.from_dict(outputs)


def _staying(
    code: Sequence[Cell], state: Notebook, rules: Sequence[tuple[str, str]]
) -> dict[int, list[Output]]:
    """Return the outputs of one earlier state that say what the new ones say, by code cell."""
    earlier = {cell.get("id"): cell for cell in state["cells"] if cell["cell_type"] == "code"}
    same_lesson = True
    kept, ignored = {}, {}
    for index, cell in enumerate(code):
        old = earlier.get(cell["id"])
        if old is None or old["source"] != cell["source"]:
            same_lesson = False
        if old is None:
            continue
        outputs = normalise_outputs(old["outputs"])
        if IGNORED in cell["metadata"].get("tags", []):
            ignored[index] = outputs
        elif essence(outputs, rules) != essence(cell["outputs"], rules):
            same_lesson = False
        elif old["metadata"].get(HASH) == cell["metadata"].get(HASH):
            kept[index] = outputs
    return kept | {i: outputs for i, outputs in ignored.items() if same_lesson and outputs}


def committed_notebook(path: Path) -> Notebook | None:
    """Return the notebook as git's last commit has it; None where there is no git or no commit."""
    try:
        shown = subprocess.run(
            ["git", "show", f"HEAD:./{path.name}"], cwd=path.parent, capture_output=True
        )
        return nbformat.v4.reads(shown.stdout.decode("utf-8")) if not shown.returncode else None
    except (OSError, ValueError, AttributeError):
        return None


def last_heading(cells: Sequence[Cell]) -> str:
    """Return the last heading in some cells."""
    found = [
        heading
        for cell in cells
        if cell["cell_type"] == "markdown"
        for heading in re.findall(r"^#+ +(.+)$", cell["source"], flags=re.MULTILINE)
    ]
    return found[-1] if found else ""


def refresh(path: Path, rules: Sequence[tuple[str, str]], fresh: bool = False) -> bool:
    """Execute one lesson and write it if that changed anything.

    Parameters
    ----------
    path : Path
        The lesson.
    rules : sequence of (pattern, replacement)
        What may differ, from `sanitising_rules`.
    fresh : bool
        Whether every output is written anew, even where it says the same.

    Returns
    -------
    bool
        Whether the file changed.

    Raises
    ------
    LessonError
        If the file is no notebook or a cell fails; the file is then as it was. The message names
        the lesson, the cell and the error.
    """
    before = path.read_text(encoding="utf-8")
    notebook = read(path)
    head = committed_notebook(path)
    states = [state for state in (head, notebook) if state is not None]
    try:
        after = refreshed(notebook, path.parent, states, rules, fresh)
    except FailedCell as error:
        raise LessonError(
            f"{path.stem}: {_where(error, notebook['cells'])}The file is as it was."
        ) from None
    if after == before:
        return False
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_text(after, encoding="utf-8", newline="\n")
    temporary.replace(path)
    return True


def _where(error: FailedCell, cells: Sequence[Cell]) -> str:
    """Say which cell failed, under which heading, how, and what stands in it."""
    number = sum(cell["cell_type"] == "code" for cell in cells[: error.index + 1])
    source = cells[error.index]["source"].rstrip().replace("\n", "\n    ")
    heading = last_heading(cells[: error.index])
    return f"code cell {number}, under “{heading}”: {error}\n\n    {source}\n\n"


def tagged_pictures(notebook: Notebook) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of every picture that a tag `figure:name` sends to docs/.

    Raises
    ------
    LessonError
        If a cell so tagged shows no picture.
    """
    for cell in notebook["cells"]:
        for tag in cell["metadata"].get("tags", []):
            if not tag.startswith("figure:"):
                continue
            pictures = [
                output["data"]["image/png"]
                for output in cell.get("outputs", [])
                if "image/png" in output.get("data", {})
            ]
            if not pictures:
                raise LessonError(f"a cell is tagged {tag!r} but shows no picture")
            yield tag.removeprefix("figure:"), base64.b64decode(pictures[0])


def export_pictures(path: Path, docs: Path) -> list[Path]:
    """Write the tagged pictures of a lesson to a folder; return those that changed."""
    changed = []
    for name, picture in tagged_pictures(read(path)):
        target = docs / f"{name}.png"
        if not target.exists() or target.read_bytes() != picture:
            docs.mkdir(exist_ok=True)
            target.write_bytes(picture)
            changed.append(target)
    return changed


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Refresh the lessons named on the command line, or all; return the exit status."""
    parser = argparse.ArgumentParser(description="Execute lessons again and normalise them.")
    parser.add_argument("lesson", nargs="*", help="02 or 02_rnn_cell; all by default")
    parser.add_argument("--fresh", action="store_true", help="keep no output that is there")
    options = parser.parse_args(argv)
    failed = 0
    try:
        chosen = find_lessons(options.lesson, root / "notebooks")
    except LessonError as error:
        print(error, file=sys.stderr)
        return 2
    rules = sanitising_rules()
    for path in chosen:
        start = time.perf_counter()
        try:
            state = "changed" if refresh(path, rules, options.fresh) else "unchanged"
            pictures = export_pictures(path, root / "docs")
        except LessonError as error:
            print(error, file=sys.stderr)
            failed += 1
            continue
        seconds = time.perf_counter() - start
        written = "".join(f", wrote docs/{picture.name}" for picture in pictures)
        print(f"{path.stem}: {state} ({seconds:.0f} s){written}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
