"""Whoever follows docs/teaching.md, *Add an exercise*, gets an exercise that passes every check.

The guide's own code blocks are put where it says, in a copy of the course, and its own commands
are run there. Two are shortened: `make test` runs what concerns the new exercise, and the lessons
that draw the map of all exercises are not trained again.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from course.maintenance import anatomy, refresh

ROOT = refresh.ROOT
SECTION = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8").partition("## Add an ")[2]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
LESSON = "02_rnn_cell"
BANK = "course/exercises/bank/rnn_cell"


def blocks(language: str) -> list[str]:
    """Return the section's code blocks in a language."""
    return [text for kind, text in BLOCKS if kind == language]


def test_the_guide_names_the_lessons_that_draw_the_map_of_all_exercises() -> None:
    """A new exercise changes these, too."""
    drawing = [
        path.stem
        for path in refresh.lessons(ROOT / "notebooks")
        if any(
            re.search(r"^progress\(", c["source"], re.M)
            for c in anatomy.code_cells(refresh.read(path))
        )
    ]
    command = next(line for line in blocks("sh")[1].splitlines() if re.search(r'"\d\d ', line))
    assert command == f'make refresh LESSON="{" ".join(stem[:2] for stem in drawing)}"'
    tested = blocks("sh")[2].splitlines()[-1]
    assert all(f"notebooks/{stem}.ipynb" in tested for stem in [LESSON, *drawing])


def place(notebook: dict[str, Any], start: str, tag: str) -> int:
    """Return where, from a heading on, the first code cell with a tag stands."""
    cells = notebook["cells"]
    heading = next(i for i, cell in enumerate(cells) if cell["source"].startswith(start))
    return next(
        i
        for i in range(heading, len(cells))
        if cells[i]["cell_type"] == "code" and tag in anatomy.tags(cells[i])
    )


def paste(notebook: dict[str, Any], after: int, taken: list[dict[str, Any]]) -> None:
    """Copy cells and paste them, as JupyterLab does: with their metadata, under new ids."""
    for offset, (cell, source) in enumerate(taken, 1):
        pasted = copy.deepcopy(cell) | {
            "source": source.rstrip("\n"),
            "id": f"pasted-{after + offset}",
        }
        notebook["cells"].insert(after + offset, pasted)


def register_it(fork: Path) -> None:
    """Do step 1 of the guide."""
    module, (entry,) = blocks("python")[0], blocks("text")
    assert f"`{BANK}/last_real_state.py`" in SECTION
    (fork / BANK / "last_real_state.py").write_text(module, encoding="utf-8")
    start = fork / BANK / "__init__.py"
    before, parts, after = start.read_text(encoding="utf-8").partition("PARTS = (\n")
    listed, end, rest = after.partition(")\n")
    assert parts and end
    start.write_text(before + parts + listed + entry + end + rest, encoding="utf-8")


def put_into_the_lesson(path: Path) -> None:
    """Do step 3 of the guide."""
    heading, solution_text = blocks("markdown")
    _, stub, check, solution = blocks("python")
    notebook = refresh.read(path)
    cells = notebook["cells"]

    text = next(c for c in cells if c["source"].startswith("### Solution 2.9"))
    at = place(notebook, "### Solution 2.9", "solution")
    paste(notebook, at, [(text, solution_text), (cells[at], solution)])

    at = place(notebook, "### Exercise 2.9", "exercise")
    checked = place(notebook, "### Exercise 2.9", "check")
    title = next(c for c in cells if c["source"].startswith("### Exercise 2.9"))
    paste(notebook, checked, [(title, heading), (cells[at], stub), (cells[checked], check)])
    names = re.search(
        r"`grade_id` `([\w-]+)`, the check `([\w-]+)` and the `points` (\d+)",
        " ".join(SECTION.split()),
    )
    assert names
    notebook["cells"][checked + 2]["metadata"]["nbgrader"]["grade_id"] = names.group(1)
    graded = notebook["cells"][checked + 3]["metadata"]["nbgrader"]
    graded |= {"grade_id": names.group(2), "points": int(names.group(3))}
    path.write_text(json.dumps(notebook), encoding="utf-8")


def enter_into_the_guide(path: Path) -> None:
    """Enter the exercise in the table at a glance, among those of *Further*."""
    text = path.read_text(encoding="utf-8")
    entered = text.replace(
        "`rnn.parity_weights` 4 |", "`rnn.parity_weights` 4, `rnn.last_real_state` 1 |"
    )
    assert entered != text
    path.write_text(entered, encoding="utf-8")


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course."""
    folder = tmp_path_factory.mktemp("fork")
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("helpers", "course", "notebooks", "tests", "docs", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("pyproject.toml", "Makefile", "README.md"):
        shutil.copy(ROOT / name, folder)
    return folder


def run(fork: Path, *command: str) -> str:
    """Run a command of the guide in the copy, with the copy's package."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=fork,
        env=os.environ | {"PYTHONPATH": str(fork)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_following_the_guide_adds_an_exercise_that_passes_every_check(fork: Path) -> None:
    register_it(fork)
    step_2, step_4, last = ([shlex.split(line) for line in sh.splitlines()] for sh in blocks("sh"))

    (listing,) = step_2
    assert listing[0] == ".venv/bin/python"
    listed = run(fork, *listing[1:])
    head = listed.splitlines()[0].split()
    (row,) = [line.split() for line in listed.splitlines() if "rnn.last_real_state" in line]
    found = dict(zip(head, row, strict=True))
    assert (found["kind"], found["mistakes"], found["unexplained"]) == ("code", "4", "0")

    put_into_the_lesson(fork / "notebooks" / f"{LESSON}.ipynb")
    assert step_4[0] == ["make", "refresh", "LESSON=02"]
    assert f"{LESSON}: changed" in run(fork, "-m", "course.maintenance.refresh", "02")
    assert step_4[2][0] == ".venv/bin/python"
    run(fork, *step_4[2][1:])

    enter_into_the_guide(fork / "docs" / "teaching.md")
    files = [name.removeprefix("ARGS=") for line in last for name in line if "ARGS" in name]
    tests = [name for name in " ".join(files).split() if name.startswith("tests/")]
    assert tests == [f"tests/course/test_{name}.py" for name in ("bank", "release", "teaching")]
    chosen = f"last_real_state or ({LESSON} and (release or glance or released))"
    said = run(fork, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *tests)
    assert int(re.search(r"(\d+) passed", said).group(1)) >= 24, said  # type: ignore[union-attr]
    run(fork, "-m", "ruff", "check", BANK)
    run(fork, "-m", "ruff", "format", "--check", BANK)
