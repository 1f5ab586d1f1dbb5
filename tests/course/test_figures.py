"""The drawings: each is called by its lesson, shown with words, and lesson 02's by their marks."""

import ast
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from course.figures import rnn_cell
from course.lessons import LESSONS
from helpers.plots import use_course_style

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "course" / "figures").glob("*.py"))
DRAWINGS = [path for path in MODULES if path.stem not in ("__init__", "drawing")]
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 500, 40


def own_lines(function):
    """Count a function's lines without its docstring."""
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    return function.end_lineno - first.lineno + 1


def functions(path):
    """Return a module's functions by name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def exported(path):
    """Return the names in a module's `__all__`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    raise AssertionError(f"{path.name} has no __all__")


def calls():
    """Return (lesson, module, function) for each call of a drawing in a notebook."""
    found = []
    for lesson in LESSONS:
        notebook = json.loads((ROOT / "notebooks" / lesson.notebook).read_text(encoding="utf-8"))
        cells = [c["source"] for c in notebook["cells"] if c["cell_type"] == "code"]
        code = "\n".join("".join(source) for source in cells)
        modules = re.findall(r"^from course\.figures import (.+)$", code, re.MULTILINE)
        assert all(module.endswith(" as figures") for module in modules), lesson.slug
        names = re.findall(r"\bfigures\.(\w+)\(", code)
        assert len(modules) == bool(names), f"{lesson.slug} imports {modules} and calls {names}"
        found += [(lesson, modules[0].split()[0], name) for name in names]
        for name, number in re.findall(r"(\w+) = claims\.experiment\(([^)]+)\)", code):
            if f"{name}.figure(" in code and ast.literal_eval(number) in pictures():
                found.append((lesson, *pictures()[ast.literal_eval(number)]))
    return found


def pictures():
    """Return (module, function) of each drawing that is entered as a claim's picture."""
    return {
        ast.literal_eval(decorator.args[0]): (path.stem, name)
        for path in DRAWINGS
        for name, function in functions(path).items()
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "claims.picture"
    }


def test_each_drawing_is_called_by_its_own_lesson_and_each_call_has_a_drawing():
    called = calls()
    assert len(called) >= 40
    assert all(module == lesson.slug[3:] for lesson, module, _ in called)
    known = {(path.stem, name) for path in DRAWINGS for name in exported(path)}
    known |= set(pictures().values())
    assert {(module, name) for _, module, name in called} == known


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_what_a_module_exports_is_what_is_public(path):
    public = [name for name in functions(path) if not name.startswith("_")]
    assert sorted(exported(path)) == sorted(public)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_each_drawing_says_what_it_draws_and_ends_by_showing_it(path):
    for name in exported(path):
        function = functions(path)[name]
        assert ast.get_docstring(function), name
        last = ast.unparse(function.body[-1])
        assert re.match(r"show\(figure, alt=", last), f"{name} ends on {last[:60]}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_drawing_is_long(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_FILE
    lines = {name: own_lines(node) for name, node in functions(path).items()}
    long = {name: count for name, count in lines.items() if count > LINES_OF_A_FUNCTION}
    assert not long


# --- lesson 02's drawings


@pytest.fixture
def shown(monkeypatch):
    """Catch what lesson 02's drawings show: a list of (figure, alternative text)."""
    found = []
    monkeypatch.setattr(rnn_cell, "show", lambda figure, alt: found.append((figure, alt)))
    with plt.rc_context():
        use_course_style()
        yield found
    plt.close("all")


def circles(axes):
    """Return for each circle of `fixed_points` its place and whether it is filled."""
    marks = [line for line in axes.lines if line.get_marker() == "o"]
    assert all(len(mark.get_xdata()) == 1 for mark in marks)
    return [(float(m.get_xdata()[0]), m.get_markerfacecolor() != "white") for m in marks]


def test_each_of_lesson_02_has_a_title_and_words(shown):
    rnn_cell.two_days()
    rnn_cell.unrolled()
    rnn_cell.fixed_points(3, -1)
    rnn_cell.five_shapes()
    assert len(shown) == len(rnn_cell.__all__)
    for figure, alt in shown:
        assert figure.axes[0].get_title() and len(alt.split()) > 20


def test_the_worked_example_shows_its_numbers(shown):
    rnn_cell.two_days()
    texts = {text.get_text() for text in shown[0][0].axes[0].texts}
    assert {"0.99", "0.38", "−1.08", "0.77", "0.48", "−0.11", "−0.33", "0.26"} <= texts
    assert {"rain", "wind", "wet", "cold", "water", "wait"} <= texts


@pytest.mark.parametrize(("w_hh", "b_h", "count"), [(3, -1, 3), (0.8, -1, 1), (0.8, 0.1, 1)])
def test_a_fixed_point_is_where_a_step_leaves_the_state_and_is_filled_where_it_is_stable(
    shown, w_hh, b_h, count
):
    rnn_cell.fixed_points(w_hh, b_h)
    axes = shown[0][0].axes[0]
    found = circles(axes)
    assert len(found) == count
    for place, filled in found:
        assert np.tanh(w_hh * place + b_h) == pytest.approx(place, abs=1e-3)
        slope = w_hh * (1 - np.tanh(w_hh * place + b_h) ** 2)
        assert filled == (abs(slope) < 1)
    assert axes.get_xlabel() == "state before" and axes.get_ylabel() == "state after"
    assert len(axes.get_legend().get_texts()) == 2
