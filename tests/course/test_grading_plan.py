"""Which cells the grader runs, and where it finds answers: read from the text alone."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from course.grading.plan import needed, places, read_cell, sources, suspicious
from course.lessons import LESSONS

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def plan(*texts: str, wanted: list[int]) -> list[int]:
    return sorted(needed([read_cell(text) for text in texts], wanted))


def test_a_cell_gives_what_it_binds_at_the_notebook_s_level() -> None:
    cell = read_cell(
        "import numpy as np\ndef f(x):\n    y = x + z\n    return y\nfor i in w: a = i"
    )
    assert cell.gives == {"np", "f", "i", "a"}
    assert {"z", "w"} <= cell.uses and "x" not in cell.uses and "y" not in cell.uses


def test_imports_helpers_and_their_own_needs_are_run_and_a_training_is_not() -> None:
    texts = (
        "import numpy as np",
        "def softmax(x):\n    return np.exp(x)",
        "losses = train(steps=10**6)",
        "plt.plot(losses)",
        "def answer(x):\n    return softmax(x)",
        'check("rnn.step", answer)',
    )
    assert plan(*texts, wanted=[4]) == [0, 1, 4]


def test_what_changes_an_object_that_is_needed_is_run() -> None:
    texts = ("x = [1]", "x.append(2)", "y = x[:1]", "x[0] = 5", "answer = sum(x)")
    assert plan(*texts, wanted=[4]) == [0, 1, 3, 4]
    texts = ("rng = make(0)", "a = rng.normal()", "answer = rng.normal()")
    assert plan(*texts, wanted=[2]) == [0, 1, 2]


def test_a_replaced_library_function_is_run_as_the_student_ran_it() -> None:
    texts = ("import numpy as np", "np.tanh = np.sin", "def answer(x):\n    return np.tanh(x)")
    assert plan(*texts, wanted=[2]) == [0, 1, 2]


def test_what_reading_cannot_tell_is_run() -> None:
    texts = ("from math import *", "exec('a = 1')", "b = 2", "answer = a")
    assert plan(*texts, wanted=[3]) == [0, 1, 3]


def test_text_that_is_no_python_says_so_and_magics_are_read() -> None:
    assert not read_cell("def f(:").readable and read_cell("def f(:").opaque
    assert "x" in read_cell("%matplotlib inline\nx = 1\n!ls").gives


@pytest.mark.parametrize(
    "deep", ["(" * 5000, "-" * 900 + "1", "-" * 10**5 + "1", "\0", "a" * 10**6, "!ls\n" * 10_000]
)
def test_no_text_stops_the_reader(deep: str) -> None:
    read_cell(deep)
    suspicious([deep])


def test_the_answer_is_looked_for_at_its_cell_its_check_and_in_own_cells() -> None:
    texts = [
        "def step(x): raise NotImplementedError",  # 0 the stub
        'check("rnn.step", step)',  # 1
        "def step(x): return x",  # 2 written below
        'check("rnn.step", my_step)',  # 3 another name
    ]
    found = places([read_cell(t) for t in texts], "rnn.step", "step", [0], [1], [2])
    assert [(p.after, p.names, p.elsewhere) for p in found] == [
        (0, ("step",), False),
        (2, ("step",), True),
        (3, ("step", "my_step"), False),
    ]


def test_a_renamed_function_is_found_in_its_cell() -> None:
    (found,) = places([read_cell("def stepp(x): return x")], "rnn.step", "step", [0], [], [])
    assert found.names == ("step", "stepp")


def test_no_lesson_s_training_runs_for_its_code_exercises() -> None:
    """With the stubs as they are, no cell that trains is among those that the grader runs."""
    for lesson in LESSONS:
        path = NOTEBOOKS / lesson.notebook
        if not path.exists():
            continue
        nb = nbformat.read(path, as_version=4)
        nb.cells = [c for c in nb.cells if "solution" not in c.metadata.get("tags", [])]
        texts = sources(nb)
        cells = [read_cell(text) for text in texts]
        stubs = [i for i, cell in enumerate(cells) if i + 1 < len(cells) and cells[i + 1].checks]
        run = needed(cells, stubs)
        assert len(run) <= 0.4 * len(cells), (lesson.slug, sorted(run))
        trained = [i for i in run if re.search(r"\.backward\(\)|training\.fit\(", texts[i])]
        assert not [i for i in trained if not texts[i].startswith("def ")], lesson.slug


def test_odd_code_is_named_and_common_code_is_not() -> None:
    lines = "from course.exercises.bank import find\nf = find('rnn.step').reference\nimport ctypes"
    said = suspicious([lines, "np.tanh = np.sin"])
    assert said == [
        "imports course.exercises.bank",
        "imports ctypes",
        "uses .reference",
        "replaces np.tanh",
    ]
    assert not suspicious(["import numpy as np\nimport torch\nx = np.zeros(3)\nx[0] = 1"])
