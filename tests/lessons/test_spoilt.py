"""What a change spoils is noticed: by the comparison, by the file's checks or by the contract.

nbval compares outputs and nothing else. So a lesson is executed here, copies of it are spoilt in
one place each, and every copy has to be noticed by the check whose business it is.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from lesson_builder import BANK, LESSON, STEP, Notebook, code, find, good_lesson

from course.maintenance import contract, hygiene, outputs, refresh

# What the lesson's cells call: a figure, the course's functions, and a model that is measured.
STEPS = """
import numpy as np
from IPython.display import display

POINTS = {points}


def show():
    alt = {{"image/png": {{"alt": "A line that rises from zero"}}}}
    display({{"image/png": "iVBORw0KGgo=", "text/plain": "A line"}}, raw=True, metadata=alt)


def check(name, answer, record=True):
    return 0.0 if record else POINTS[name]


def use(name, answer):
    return np.add


def doubled(x):
    return x + x


def share_right(model):
    return 0.953


class claims:
    def verdict(number):
        return "holds: 0.9 against 0.5"


model = None
"""


def built(folder: Path) -> Path:
    """Write the builder's lesson and its package to a folder, and execute it as a refresh does."""
    points = {name: entry.points for name, entry in BANK.items()}
    (folder / "steps.py").write_text(STEPS.format(points=points), encoding="utf-8")
    lesson = good_lesson()
    find(lesson, "import math")["source"] = "from steps import *\n\nshow()"
    place = lesson["cells"].index(find(lesson, "claims.verdict"))
    extra = code("values = np.arange(3.0)\nassert doubled(values).sum() == 6\ndoubled(values)")
    lesson["cells"].insert(place, extra | {"id": "extra"})
    path = folder / f"{LESSON}.ipynb"
    path.write_text(nbformat.writes(nbformat.from_dict(lesson)), encoding="utf-8")
    assert refresh.refresh(path, outputs.sanitising_rules())
    return path


def source(old: str, new: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        cell = find(notebook, old)
        cell["source"] = cell["source"].replace(old, new)

    return change


def shown(text: str, value: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        (output,) = find(notebook, text)["outputs"]
        if "text" in output:
            output["text"] = value
        else:
            output["data"]["text/plain"] = value

    return change


def answer_above(notebook: Notebook) -> None:
    """Put a solution's code, under another name, into the cell that sets the lesson up."""
    find(notebook, "from steps")["source"] += "\n\n" + STEP.replace("answer", "transition")


def not_at_all(notebook: Notebook) -> None:
    """Change nothing."""


MODULE: dict[str, tuple[str, str]] = {  # spoilt in the package, not in the notebook
    "a line of the package": ("return x + x", "return x * x"),
    "a measurement in the package": ("return 0.953", "return 0.853"),
    "a measurement within its margin": ("return 0.953", "return 0.951"),
}
# Each way to spoil the lesson, and who notices it.
SPOILT: dict[str, tuple[Callable[[Notebook], None], set[str]]] = {
    "nothing": (not_at_all, set()),
    "a line of the package": (not_at_all, {"comparison"}),
    "a measurement in the package": (not_at_all, {"comparison"}),
    "a measurement within its margin": (not_at_all, set()),
    "an asserted value": (source("sum() == 6", "sum() == 7"), {"comparison"}),
    "a result": (shown("doubled(values)", "array([0., 2., 5.])"), {"comparison"}),
    "a printed line": (shown("claims.verdict", "holds: 0.9 against 0.6\n"), {"comparison"}),
    "one measured line more": (shown("≈", "≈ right 95.3%\n≈ left 4.7%\n"), {"comparison"}),
    "a measured line, elsewhere": (shown("≈", "≈ right 94.9%\n"), set()),
    "a margin": (source("shown > 0.9 ", "shown > 0.96 "), {"comparison", "hygiene"}),
    "a margin that still holds": (source("shown > 0.9 ", "shown > 0.8 "), {"hygiene"}),
    "an assertion taken out": (source("assert shown > 0.9 ", ""), {"hygiene"}),
    "code above a measured line": (source("show()", "show()\nnumber = 2"), {"hygiene"}),
    "an answer above its exercise": (answer_above, {"hygiene", "contract"}),
}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The lesson once for each way to spoil it, in folders of their own."""
    good = tmp_path_factory.mktemp("good")
    built(good)
    folder = tmp_path_factory.mktemp("spoilt")
    made = {}
    for number, (name, (change, _)) in enumerate(SPOILT.items()):
        shutil.copytree(good, folder / f"{number:02}")
        path = made[name] = folder / f"{number:02}" / f"{LESSON}.ipynb"
        if name in MODULE:
            old, new = MODULE[name]
            module = path.with_name("steps.py")
            assert old in module.read_text(encoding="utf-8")
            module.write_text(module.read_text(encoding="utf-8").replace(old, new), "utf-8")
        notebook = refresh.read(path)
        change(notebook)
        path.write_text(nbformat.writes(nbformat.from_dict(notebook)), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def compared(copies: dict[str, Path]) -> set[str]:
    """The names of the copies of which nbval complains."""
    settings = ["-c", str(refresh.ROOT / "pyproject.toml"), f"--rootdir={refresh.ROOT}"]
    folder = copies["nothing"].parents[1]
    command = [sys.executable, "-m", "pytest", *settings, "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--tb=no", str(folder)], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert "passed" in done.stdout, done.stdout + done.stderr
    failed = {Path(name).parent.name for name in re.findall(r"^FAILED (\S+)::", done.stdout, re.M)}
    return {name for name, path in copies.items() if path.parent.name in failed}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_spoilt_is_noticed(name: str, copies: dict[str, Path], compared: set[str]) -> None:
    notebook = refresh.read(copies[name])
    promises = contract.promises(notebook, LESSON, "03_next", BANK)
    found = {
        "comparison": ["differs"] if name in compared else [],
        "hygiene": hygiene.hygiene(notebook, LESSON),
        "contract": [text for _, text in promises],
    }
    assert {check for check in found if found[check]} == SPOILT[name][1], found
