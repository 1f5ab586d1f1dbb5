"""What the grader notes of code that reaches for the references, and that it notes nothing else."""

from __future__ import annotations

import pytest
from grading_roster import solutions

from course.exercises.bank import CodeExercise, find
from course.grading.plan import Place, read_cell
from course.grading.sandbox import Ask, Limits, collect

NAME = "rnn.step"
HONEST = solutions("02")[NAME]


def noted(*cells: str, name: str = NAME, variable: str = "rnn_step") -> tuple[float, list[str]]:
    """Grade an answer, the last of some cells; return its points and what was noted."""
    exercise = find(name)
    assert isinstance(exercise, CodeExercise)
    ask = Ask(exercise, variable, [Place(len(cells) - 1, (variable,))], (4711,))
    (found,) = collect(cells, [read_cell(cell) for cell in cells], [ask], Limits())
    return float(found.score), found.look


CALLED = """
def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    return {}(x_t, h_prev, W_xh, W_hh, b_h)
"""
WAYS = {
    "use": ("from course import use", "rnn_step = lambda *a: use('rnn.step', None)(*a)"),
    "package": ("from helpers.rnn import rnn_step as course_s", CALLED.format("course_s")),
    "module": ("import helpers.rnn as h", CALLED.format("getattr(h, 'rnn_' + 'step')")),
    "bank": (
        "from course.exercises.bank import find",
        CALLED.format("find('rnn.step').reference"),
    ),
    "equivalents": (
        "from course.exercises.bank import find",
        CALLED.format("[*find('rnn.step').equivalents.values()][0]"),
    ),
    "importlib": (
        "import importlib",
        CALLED.format("importlib.import_module('helpers.r' + 'nn').rnn_step"),
    ),
    "modules": (
        "import sys, helpers.rnn",
        CALLED.format("vars(sys.modules['helpers.' + 'rnn'])['rnn_step']"),
    ),
    "partial": (
        "import functools, helpers.rnn",
        "rnn_step = lambda *a: functools.partial(helpers.rnn.rnn_step)(*a)",
    ),
    "map": (
        "import helpers.rnn",
        "rnn_step = lambda *a: list(map(lambda f: f(*a), [helpers.rnn.rnn_step]))[0]",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_is_noted_under_any_name(way: str) -> None:
    _, look = noted("import numpy as np", *WAYS[way])
    assert any(text.startswith("calls ") for text in look), look


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import inspect, helpers.rnn\ninspect.getsource(helpers.rnn.rnn_step)", "reads helpers"),
        ("import helpers.rnn\nopen(helpers.rnn.__file__).read()", "reads helpers"),
        ("import gc\ngc.get_objects()", "looks through all objects"),
        ("import sys\nsys._getframe()", "looks into frames"),
        ("import sys\nsys.setprofile(None)", "sets a profile"),
        ("import course.grading.platforms", "imports course.grading"),
    ],
)
def test_a_look_elsewhere_is_noted(code: str, said: str) -> None:
    score, look = noted("import numpy as np", code + "\n" + HONEST)
    assert score == 2 and any(text.startswith(said) for text in look), look


@pytest.mark.parametrize(
    ("lesson", "name", "variable", "before"),
    [
        ("02", NAME, "rnn_step", "import numpy as np"),
        ("02", "rnn.layer", "rnn_layer",
         "import numpy as np\nfrom course import use\nrnn_step = use('rnn.step', None)"),
        ("07", "lstm.step", "lstm_step",
         "import numpy as np\nfrom helpers.lstm import LSTMStates, sigmoid"),
        ("12", "self_attention.one_head", "scaled_dot_product_attention",
         "import math\nimport torch"),
    ],
)  # fmt: skip
def test_an_honest_answer_is_not_noted(lesson: str, name: str, variable: str, before: str) -> None:
    score, look = noted(before, solutions(lesson)[name], name=name, variable=variable)
    assert score > 0 and look == []
