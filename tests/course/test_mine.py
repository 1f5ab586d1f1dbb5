"""The reader's own library: what is kept in mine/ runs again, and only as long as it passes."""

from __future__ import annotations

import importlib
import linecache
import math
import operator
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from course.exercises import CodeExercise, check, engine, handover, mine, progress, use
from course.exercises.bank import exercises
from helpers.transformer import EncoderBlock


def part(name: str, package: str) -> CodeExercise:
    """An exercise that builds a part; its reference and probes play no role here."""
    return CodeExercise(
        name=name, title=name, reference=lambda x: x, probes=lambda rng: [], package=package
    )


STEP = part("rnn.step", "rnn.rnn_step")
LAYER = part("rnn.layer", "rnn.rnn_layer")
LSTM = part("lstm.step", "lstm.lstm_step")


class Cells:
    """A notebook's kernel: cells that share variables, with their source where IPython puts it."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {"__name__": "__main__"}

    def run(self, source: str) -> None:
        """Run a cell."""
        source = textwrap.dedent(source).lstrip()
        file = f"/tmp/ipykernel_1/{len(linecache.cache)}.py"
        linecache.cache[file] = (len(source), None, source.splitlines(True), file)
        exec(compile(source, file, "exec"), self.space)

    def __getitem__(self, name: str) -> Any:
        return self.space[name]


@pytest.fixture
def cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cells:
    monkeypatch.chdir(tmp_path)
    return Cells()


def in_a_new_process(code: str) -> str:
    """Run code where nothing of this process is known, in the learner's folder."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_kept_runs_alone_with_its_imports_functions_and_numbers(cells: Cells) -> None:
    cells.run("import numpy as np\nfrom math import tanh as squash, e\nSCALE = 2.0")
    cells.run("def double(x):\n    return SCALE * x")
    cells.run('''
        def step(x, *, more=np.float64(1.0)):
            """A step."""
            inner = [double(value) for value in x]
            return np.array([squash(value) for value in inner]) + more
        ''')
    assert "mine/rnn.py" in mine.keep(STEP, cells["step"])
    printed = in_a_new_process("from mine.rnn import rnn_step; print(rnn_step([0.25])[0])")
    assert float(printed) == 1 + math.tanh(0.5)
    kept = mine.load(STEP)
    assert kept is not None and kept.answer([0.25])[0] == 1 + math.tanh(0.5)


def test_a_function_that_numpy_wraps_is_imported_and_not_copied(cells: Cells) -> None:
    cells.run("import numpy as np\nfrom numpy.linalg import norm as size")
    cells.run("def step(x):\n    return size(x) + np.zeros(1)")
    mine.keep(STEP, cells["step"])
    text = Path("mine/rnn.py").read_text(encoding="utf-8")
    assert "import norm as size" in text
    assert in_a_new_process("from mine.rnn import rnn_step; print(rnn_step([3, 4])[0])") == "5.0"


def test_a_class_and_a_named_tuple_of_the_notebook_are_kept(cells: Cells) -> None:
    cells.run("from typing import NamedTuple\nimport torch\nfrom torch import nn")
    cells.run("class States(NamedTuple):\n    h: float\n    c: float = 2.0")
    cells.run("""
        class Block(nn.Module):
            def forward(self, x):
                return States(torch.tanh(x))
        """)
    block = part("transformer.block", "transformer.EncoderBlock")
    assert mine.keep(block, cells["Block"]).startswith("Kept")
    printed = in_a_new_process(
        "import torch; from mine.transformer import EncoderBlock as B; print(B()(torch.zeros(1)).c)"
    )
    assert printed == "2.0"


def test_a_method_is_kept_as_a_function_and_put_into_its_class(cells: Cells) -> None:
    forward = part("transformer.encoder_block", "transformer.EncoderBlock.forward")
    assert forward.built == ("transformer", "EncoderBlock.forward")
    cells.run("import torch")
    cells.run("def encoder_block(self, x):\n    return self.scale * torch.tanh(x)")
    assert "`mine/transformer.py`" in mine.keep(forward, cells["encoder_block"])
    kept = mine.load(forward)
    assert kept is not None
    block = type("EncoderBlock", (), {"scale": 2.0, "forward": kept.answer})()
    assert block.forward(torch.ones(1)) == 2 * torch.tanh(torch.ones(1))


def test_the_course_s_method_is_found_after_a_lesson_put_another_in_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forward = part("transformer.encoder_block", "transformer.EncoderBlock.forward")
    monkeypatch.setattr(handover, "find", lambda name: forward)
    original = EncoderBlock.forward
    assert use("transformer.encoder_block") is original
    monkeypatch.setattr(EncoderBlock, "forward", lambda self, x: x)
    assert use("transformer.encoder_block") is original
    assert capsys.readouterr().out.count("using the course's answer") == 2


def test_parts_of_one_file_and_of_two_find_each_other(cells: Cells) -> None:
    cells.run("def rnn_step(x):\n    return x + 1")
    mine.keep(STEP, cells["rnn_step"])
    kept = mine.load(STEP)
    assert kept is not None
    cells.space["rnn_step"] = kept.answer  # what `use` gives a lesson
    cells.run("def rnn_layer(x):\n    return rnn_step(rnn_step(x))")
    mine.keep(LAYER, cells["rnn_layer"])
    cells.run("def lstm_step(x):\n    return 10 * rnn_step(x)")
    mine.keep(LSTM, cells["lstm_step"])
    assert Path("mine/rnn.py").read_text().count("def rnn_step") == 1
    printed = in_a_new_process(
        "from mine import lstm, rnn; print(rnn.rnn_layer(1), lstm.lstm_step(1))"
    )
    assert printed == "3 20"
    kept = mine.load(LSTM)
    assert kept is not None and kept.answer(1) == 20


def test_parts_built_in_one_notebook_are_kept_once_each(cells: Cells) -> None:
    cells.run("def rnn_step(x):\n    return x + 1")
    mine.keep(STEP, cells["rnn_step"])
    cells.run("def rnn_layer(x):\n    return rnn_step(rnn_step(x))")
    mine.keep(LAYER, cells["rnn_layer"])
    cells.run("def lstm_step(x):\n    return 10 * rnn_step(x)")
    mine.keep(LSTM, cells["lstm_step"])
    assert Path("mine/rnn.py").read_text().count("def rnn_step") == 1
    assert "from mine.rnn import rnn_step\n" in Path("mine/lstm.py").read_text()
    printed = in_a_new_process(
        "from mine import lstm, rnn; print(rnn.rnn_layer(1), lstm.lstm_step(1))"
    )
    assert printed == "3 20"
    cells.run("def rnn_step(x):\n    return x + 2")  # another one, not the kept one
    mine.keep(LAYER, cells["rnn_layer"])
    kept = {e.name: mine.load(e) for e in (STEP, LAYER)}  # each has the step that it was kept with
    assert {name: part and part.answer(1) for name, part in kept.items()} == {
        "rnn.step": 2,
        "rnn.layer": 5,
    }


def test_an_answer_that_calls_the_package_imports_it(cells: Cells) -> None:
    cells.run("from helpers.corpora.recall import recall_batch as batch")
    cells.run("def rnn_step(*args):\n    return batch(*args)")
    mine.keep(STEP, cells["rnn_step"])
    assert "from helpers.corpora.recall import recall_batch as batch\n" in (
        Path("mine/rnn.py").read_text()
    )


def test_a_function_of_the_package_that_checks_its_shapes_is_imported(cells: Cells) -> None:
    cells.run("from helpers.attention import masked_softmax")
    cells.run("def rnn_step(scores):\n    return masked_softmax(scores)")
    assert "Kept" in mine.keep(STEP, cells["rnn_step"])
    assert "from helpers.attention import masked_softmax\n" in Path("mine/rnn.py").read_text()


def test_kept_again_a_part_replaces_itself_and_leaves_everything_else(cells: Cells) -> None:
    cells.run("def rnn_step(x):\n    return 1")
    cells.run("def rnn_layer(x):\n    return 2")
    mine.keep(STEP, cells["rnn_step"])
    mine.keep(LAYER, cells["rnn_layer"])
    path = Path("mine/rnn.py")
    path.write_text("# my own words\n" + path.read_text())
    cells.run("def rnn_step(x):\n    return 3")
    mine.keep(STEP, cells["rnn_step"])
    text = path.read_text()
    assert text.startswith("# my own words\n")
    assert text.count("# %% ") == 2 and "return 1" not in text
    values = [kept.answer(0) for e in (STEP, LAYER) if (kept := mine.load(e)) is not None]
    assert values == [3, 2]
    mine.keep(STEP, cells["rnn_step"])
    assert path.read_text() == text


def test_a_name_of_the_reader_s_own_becomes_the_package_s(cells: Cells) -> None:
    cells.run("def my_step(x):\n    return my_step(x - 1) if x else 7")
    mine.keep(STEP, cells["my_step"])
    assert in_a_new_process("from mine.rnn import rnn_step; print(rnn_step(3))") == "7"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("W = [1.0]\ndef rnn_step(x):\n    return x * W[0]", "reads `W` from the notebook"),
        ("rnn_step = lambda x: x", "Write it with `def`"),
        ("import functools\nrnn_step = functools.partial(max, 1)", "Write it with `def`"),
    ],
)
def test_what_could_not_run_alone_is_not_kept_and_the_reader_is_told(
    cells: Cells, cell: str, said: str
) -> None:
    cells.run(cell)
    assert said in mine.keep(STEP, cells["rnn_step"])
    assert not Path("mine").exists()


def test_a_broken_part_is_named_and_the_others_still_load(cells: Cells) -> None:
    cells.run("def rnn_step(x):\n    return 1")
    cells.run("def rnn_layer(x):\n    return 2")
    mine.keep(STEP, cells["rnn_step"])
    mine.keep(LAYER, cells["rnn_layer"])
    path = Path("mine/rnn.py")
    path.write_text(path.read_text().replace("def rnn_step(x):", "def rnn_step(x:"))
    step, layer = mine.load(STEP), mine.load(LAYER)
    line = path.read_text().splitlines().index("def rnn_step(x:") + 1
    assert step is not None and step.trouble.startswith(f"line {line} is not valid Python")
    assert layer is not None and layer.answer(0) == 2


def test_nothing_is_loaded_where_nothing_is_kept(cells: Cells) -> None:
    assert mine.load(STEP) is None
    assert mine.counted()[0] == 0
    plain = part("rnn.plain", "")
    assert mine.keep(plain, np.sin) == "" and mine.load(plain) is None
    assert not Path("mine").exists()


def test_a_folder_that_cannot_be_written_costs_nothing_but_the_part(cells: Cells) -> None:
    cells.run("def rnn_step(x):\n    return 1")
    Path("mine").write_text("a file in the way")
    assert "could not be kept" in mine.keep(STEP, cells["rnn_step"])


def test_every_part_of_the_package_passes_its_own_check() -> None:
    parts = [e for e in exercises() if isinstance(e, CodeExercise) and e.package]
    for exercise in parts:
        module, name = exercise.built
        answer = operator.attrgetter(name)(importlib.import_module(f"helpers.{module}"))
        assert engine.state(exercise, answer) == "solved", exercise.name


# --- handing a lesson over -----------------------------------------------------------------------

RIGHT = """
import numpy as np
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
"""


@pytest.fixture
def learner(cells: Cells, monkeypatch: pytest.MonkeyPatch) -> Cells:
    """A learner, whose progress and parts are remembered."""
    monkeypatch.setenv("COURSE_PROGRESS", "on")
    return cells


def test_a_part_that_passed_is_used_by_a_later_lesson(
    learner: Cells, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.run(RIGHT)
    assert "Kept in `mine/rnn.py`" in check("rnn.step", learner["rnn_step"]).message
    step = use("rnn.step")  # in another lesson, whose kernel knows nothing of the first
    assert capsys.readouterr().out == "rnn.step: using the part that you built, in mine/rnn.py.\n"
    assert step is not learner["rnn_step"] and step.__code__.co_filename.endswith("mine/rnn.py")
    assert "1 of " in repr(progress()) and "parts are yours" in repr(progress())


def test_a_spoilt_part_is_not_used_and_the_reader_is_told_why(
    learner: Cells, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.run(RIGHT)
    check("rnn.step", learner["rnn_step"])
    path = Path("mine/rnn.py")
    path.write_text(path.read_text().replace(" + b_h", ""))
    step = use("rnn.step")
    said = capsys.readouterr().out
    assert "the part in mine/rnn.py is not used: it no longer passes its check" in said
    assert "bias" in said  # the mistake is named here, too
    assert step.__module__ == "helpers.rnn"
    path.write_text(path.read_text().replace("return", "retrun"))
    use("rnn.step")
    assert "is not valid Python" in capsys.readouterr().out


def test_a_lesson_opened_anew_takes_the_kept_part_while_the_stub_is_empty(
    learner: Cells, capsys: pytest.CaptureFixture[str]
) -> None:
    learner.run(RIGHT)
    check("rnn.step", learner["rnn_step"])
    learner.run("def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):\n    raise NotImplementedError")
    assert use("rnn.step", learner["rnn_step"]) is not learner["rnn_step"]
    assert "using the part that you built" in capsys.readouterr().out


def test_a_wrong_answer_and_a_solution_s_cell_keep_nothing(learner: Cells) -> None:
    learner.run(RIGHT.replace("np.tanh", "np.tan"))
    check("rnn.step", learner["rnn_step"])
    learner.run(RIGHT)
    check("rnn.step", learner["rnn_step"], record=False)
    assert not Path("mine").exists()


def test_under_tests_and_in_ci_the_folder_is_neither_read_nor_written(
    cells: Cells, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cells.run(RIGHT)
    check("rnn.step", cells["rnn_step"])
    assert not Path("mine").exists()
    mine.keep(STEP, cells["rnn_step"])
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    use("rnn.step")
    assert "using the course's answer (none of yours is kept)" in capsys.readouterr().out


def test_lists_and_tensors_inside_a_tuple_reach_the_lesson_as_arrays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def in_lists():
        return [[6.0, -6.0]], [[3]], [-1]

    def in_a_list():
        return [torch.tensor([[5.0, -5.0]]), torch.tensor([[2.5]]), torch.tensor([-0.7])]

    def in_arrays():
        return np.array([[6.0, -6.0]]), np.array([[3.0]]), np.array([-1.0])

    for answer in (in_lists, in_a_list):
        weights = use("rnn.switch_weights", answer)()
        assert "using your answer" in capsys.readouterr().out
        assert type(weights) is tuple and [w.shape for w in weights] == [(1, 2), (1, 1), (1,)]
        assert all(type(w) is np.ndarray and w.dtype.kind == "f" for w in weights)
    assert use("rnn.switch_weights", in_arrays) is in_arrays
    for text in ("3", [["3"]], np.array([["3"]])):
        score = check("rnn.switch_weights", lambda text=text: ([[6, -6]], text, [-1]), record=False)
        assert score == 0 and "is not made of numbers" in score.message
