"""Every registered exercise: its reference, its stub, its mistakes, its mutants.

Nothing here is written for one exercise: a new one is tested as soon as it is registered.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable
from itertools import combinations, repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.exercises import CodeExercise, OpenExercise, ValueExercise, bank, engine
from course.exercises.bank import SEEDS, Exercise, exercises
from course.exercises.bench import Bench
from course.exercises.compare import same_outcome
from course.exercises.data import Tensor, plain
from course.exercises.differ import difference
from course.exercises.engine import judge
from course.exercises.run import run
from course.exercises.source import About, mark_of
from course.exercises.survivors import survivors
from course.exercises.value import value_equal

OTHER_SEEDS = [(1001, 2**31), (3,)]
ALL_SEEDS = [SEEDS, *OTHER_SEEDS]

ALL = exercises()
CODE = [e for e in ALL if isinstance(e, CodeExercise)]
VALUES = [e for e in ALL if isinstance(e, ValueExercise)]


def named(listed: list[Any]) -> dict[str, Any]:
    return {"argvalues": listed, "ids": [e.name for e in listed]}


def with_mistakes(listed: list[Any]) -> dict[str, Any]:
    pairs = [(e, mistake) for e in listed for mistake in e.mistakes]
    return {"argvalues": pairs, "ids": [f"{e.name}-{mistake.tag}" for e, mistake in pairs]}


def with_equivalents(listed: list[CodeExercise]) -> dict[str, Any]:
    triples = [(e, name, function) for e in listed for name, function in e.equivalents.items()]
    return {"argvalues": triples, "ids": [f"{e.name}-{name}" for e, name, _ in triples]}


@pytest.fixture(autouse=True)
def _own_errors_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_RAISE_OWN_ERRORS", True)


def test_every_lesson_module_can_be_loaded() -> None:
    assert ALL, "no exercise is registered"
    assert bank._TROUBLE == {}


# --- all kinds -------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", **named(ALL))
def test_texts_are_complete(exercise: Exercise) -> None:
    texts = [exercise.title, *exercise.hints, exercise.solved]
    if isinstance(exercise, OpenExercise):
        assert exercise.rubric, "an open exercise needs a rubric"
        texts += exercise.rubric
    else:
        least = 4 if isinstance(exercise, CodeExercise) else 2
        assert len(exercise.hints) >= least, f"at least {least} hints"
        assert len(set(exercise.hints)) == len(exercise.hints)
        texts += [mistake.message for mistake in exercise.mistakes]
        messages = [mistake.message for mistake in exercise.mistakes]
        assert len(set(messages)) == len(messages), "two mistakes with one message"
    for text in texts:
        assert text == text.strip(), f"spaces at the end: {text!r}"
        assert text.count("`") % 2 == 0, f"a backtick without its partner: {text!r}"


# --- code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", ALL_SEEDS, ids=str)
@pytest.mark.parametrize("exercise", **named(CODE))
def test_reference_earns_full_points(exercise: CodeExercise, seeds: tuple[int, ...]) -> None:
    score = judge(exercise, exercise.reference, seeds)
    assert score.state == "solved", score.message
    assert float(score) == exercise.total


@pytest.mark.parametrize("exercise", **named([e for e in CODE if e.oracle is not None]))
def test_reference_agrees_with_its_oracle(exercise: CodeExercise) -> None:
    oracle = exercise.oracle
    assert oracle is not None
    for seeds in ALL_SEEDS:
        bench = Bench(exercise, seeds)
        # An oracle gets the probe's arguments, never through the exercise's adapter.
        calls = [(probe.args, dict(probe.kwargs)) for probe in bench.probes]
        own = run(oracle, calls).outcomes
        for index, (mine, right) in enumerate(zip(bench.wanted, own, strict=True)):
            assert mine.kind == right.kind, (index, mine, right)
            found = difference(
                _as_array(right.value),
                _as_array(mine.value),
                tolerance=exercise.oracle_tolerance or exercise.tolerance,
            )
            assert found is None, f"probe {index}: {found.text} (got: oracle, wanted: reference)"


def _as_array(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.array
    if isinstance(value, tuple):
        return tuple(_as_array(item) for item in value)
    return value


@pytest.mark.parametrize("exercise", **named(CODE))
def test_stub_is_not_attempted(exercise: CodeExercise) -> None:
    def stub(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    def empty(*args: Any, **kwargs: Any) -> Any:
        """Only a docstring."""

    starts: list[Any] = [stub, None, ...]
    if exercise.call is None:
        starts.append(empty)
    if exercise.given is not None:
        starts.append(exercise.given)
    for start in starts:
        score = judge(exercise, start)
        assert score.state == "unattempted", score.message
        assert float(score) == 0.0
        assert score.message.startswith("○ Not attempted yet")
        assert f'hint("{exercise.name}")' in score.message


@pytest.mark.parametrize("exercise", **named(CODE))
def test_code_exercise_has_three_mistakes_and_an_equivalent(exercise: CodeExercise) -> None:
    assert len(exercise.mistakes) >= 3
    assert len(exercise.equivalents) >= 2, "add right answers written in other ways"


@pytest.mark.parametrize("exercise, mistake", **with_mistakes(CODE))
def test_mistake_loses_points_and_is_named_on_all_seeds(
    exercise: CodeExercise, mistake: bank.Mistake
) -> None:
    for seeds in ALL_SEEDS:
        score = judge(exercise, mistake.answer, seeds)
        assert float(score) < exercise.total, f"seeds {seeds}: full points"
        assert score.tag == mistake.tag, f"seeds {seeds}: {score.message}"
        assert mistake.message.split("\n")[0] in score.message


@pytest.mark.parametrize("exercise", **named(CODE))
def test_no_two_mistakes_are_confused(exercise: CodeExercise) -> None:
    for seeds in ALL_SEEDS:
        bench = Bench(exercise, seeds)
        done = {m.tag: bench.run(m.answer).outcomes for m in exercise.mistakes}
        for tag, outcomes in done.items():
            fits = [
                other
                for other, theirs in done.items()
                if all(map(same_outcome, repeat(exercise), outcomes, theirs))
            ]
            assert fits == [tag]


@pytest.mark.parametrize("exercise, name, answer", **with_equivalents(CODE))
def test_equivalent_answer_earns_full_points(
    exercise: CodeExercise, name: str, answer: Callable[..., Any]
) -> None:
    for seeds in ALL_SEEDS:
        score = judge(exercise, answer, seeds)
        assert score.state == "solved", score.message


@pytest.mark.parametrize("exercise", **named(CODE))
def test_mutants_are_caught_but_for_those_explained(exercise: CodeExercise) -> None:
    count, alive = survivors(exercise)
    assert count > 0
    missing = [key for key in alive if key not in exercise.survivors]
    assert not missing, f"add a probe, or list them with reasons: {missing}"
    stale = [key for key in exercise.survivors if key not in alive]
    assert not stale, f"listed as survivors, but caught: {stale}"
    assert all(len(reason) > 10 for reason in exercise.survivors.values())


@pytest.mark.parametrize("exercise", **named(CODE))
def test_no_probe_passes_one_array_under_two_names(exercise: CodeExercise) -> None:
    for probe in exercise.make_probes(0)[0]:
        values = [*probe.args, *probe.kwargs.values()]
        arrays = [value for value in values if isinstance(value, np.ndarray)]
        for one, other in combinations(arrays, 2):
            assert not np.shares_memory(one, other), probe.label


@pytest.mark.parametrize("exercise", **named(CODE))
def test_message_of_a_property_speaks_of_the_result_and_asks_nothing(
    exercise: CodeExercise,
) -> None:
    for prop in exercise.properties:
        first = prop.message.partition(". ")[0]
        assert not re.search(r"\b(must|has to|have to|should)\b", first), first
        assert re.search(r"\b[Yy]our\b", prop.message) or exercise.call is not None, prop.message


@pytest.mark.parametrize("exercise", **named([e for e in CODE if e.given is not None]))
def test_given_code_is_written_as_in_the_notebook(exercise: CodeExercise) -> None:
    assert exercise.lesson is not None
    path = Path(__file__).resolve().parents[2] / "notebooks" / exercise.lesson.notebook
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "exercise" in cell["metadata"].get("tags", [])
    ]
    marks = set()
    for source in sources:
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                marks.add(mark_of(ast.get_source_segment(source, node) or ""))
    assert About.of(exercise.given).mark in marks - {""}


def _first_leaf(change: Callable[[np.ndarray], Any]) -> Callable[[Any], Any]:
    """Change the first array of a result; leave what has none as it is."""

    def changed(value: Any) -> Any:
        if isinstance(value, tuple) and value:
            first = changed(value[0])
            return value if first is value[0] else (first, *value[1:])
        return change(value) if isinstance(value, np.ndarray) else value

    return changed


DRESSES: dict[str, Callable[[Any], Any]] = {
    "a list for an array": _first_leaf(lambda a: a.tolist()),
    "float32 for float64": _first_leaf(
        lambda a: a.astype(np.float32) if a.dtype == np.float64 else a
    ),
}
SPOILS: dict[str, Callable[[Any], Any]] = {
    "one axis more": _first_leaf(lambda a: a[None]),
    "the last axis lost": _first_leaf(lambda a: a[..., 0] if a.ndim else a[None]),
    "one per cent more": _first_leaf(
        lambda a: a * 1.01 if a.dtype.kind == "f" and a.any() else a.astype(complex)
    ),
    "a nan": _first_leaf(lambda a: np.full_like(a, np.nan) if a.dtype.kind == "f" else a[None]),
    "a tuple around it": lambda value: (value,) if not isinstance(value, tuple) else (*value, 0),
    "nothing": lambda value: None,
    "a generator": lambda value: (item for item in [value]),
}


def _redone(exercise: CodeExercise, change: Callable[[Any], Any]) -> engine.Score | None:
    """Judge the reference with its results changed; None where nothing can be changed."""
    if exercise.call is not None or all(w.kind != "value" for w in Bench(exercise).wanted):
        return None
    changed = False

    def answer(*args: Any, **kwargs: Any) -> Any:
        nonlocal changed
        right = exercise.reference(*args, **kwargs)
        wrong = change(right)
        changed = changed or wrong is not right
        return wrong

    score = judge(exercise, answer)
    return score if changed else None


@pytest.mark.parametrize("exercise", **named(CODE))
def test_spoilt_result_earns_less_than_full_points(exercise: CodeExercise) -> None:
    for name, spoil in SPOILS.items():
        score = _redone(exercise, spoil)
        if score is not None:
            assert float(score) < exercise.total, (name, score.message)
            assert "Traceback" not in score.message


@pytest.mark.parametrize("exercise", **named(CODE))
def test_right_result_in_another_dress_earns_full_points(exercise: CodeExercise) -> None:
    for name, dress in DRESSES.items():
        score = _redone(exercise, dress)
        if score is not None:
            assert (score.state == "solved") is not exercise.strict_type, (name, score.message)
            assert "A note on the type" in score.message or exercise.strict_type


@pytest.mark.parametrize("exercise", **named(CODE))
def test_answer_without_thought_earns_nothing_like_full_points(exercise: CodeExercise) -> None:
    bench = Bench(exercise)
    wanted = bench.wanted[0].value
    lazy: dict[str, Callable[..., Any]] = {
        "first argument": lambda *args, **kwargs: args[0] if args else None,
        "last argument": lambda *args, **kwargs: args[-1] if args else None,
        "zero": lambda *args, **kwargs: 0,
        "always the same": lambda *args, **kwargs: wanted,
        "zeros": lambda *args, **kwargs: np.zeros_like(wanted),
    }
    for name, answer in lazy.items():
        score = judge(exercise, answer)
        assert float(score) < exercise.total, name


@pytest.mark.parametrize("exercise", **named(CODE))
def test_probes_follow_from_their_seed(exercise: CodeExercise) -> None:
    def told(seed: int) -> list[Any]:
        return [repr(probe.args) + repr(probe.kwargs) for probe in exercise.make_probes(seed)[0]]

    assert told(0) == told(0)
    parts = {probe.part for probe in exercise.make_probes(0)[0]}
    parts |= {prop.part or next(iter(exercise.parts)) for prop in exercise.properties}
    assert parts == set(exercise.parts), "a part of the points without a probe or property"


@pytest.mark.parametrize("exercise", **named(CODE))
def test_message_is_the_same_each_time(exercise: CodeExercise) -> None:
    for mistake in exercise.mistakes[:2]:
        one, other = (judge(exercise, mistake.answer) for _ in range(2))
        assert one.message == other.message
        assert one._repr_html_() == other._repr_html_()
        assert "0x" not in one.message
        assert "Traceback" not in one.message


@pytest.mark.parametrize("exercise", **named(CODE))
def test_reference_is_a_plain_function_with_a_signature(exercise: CodeExercise) -> None:
    assert inspect.isfunction(exercise.reference)
    if exercise.outputs and exercise.compare:
        value = Bench(exercise).wanted[0].value
        count = len(value) if isinstance(value, tuple) else 1
        assert len(exercise.outputs) == count


# --- values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", **named(VALUES))
def test_right_value_earns_full_points(exercise: ValueExercise) -> None:
    value = exercise.value
    forms = [value]
    if isinstance(value, tuple):
        forms += [list(value), np.array(value)]
    if isinstance(value, float):
        forms += [np.float64(value), np.array(value), value + 0.99 * exercise.tolerance]
    if isinstance(value, str):
        forms += [f" {value.upper()} "]
    for form in forms:
        score = judge(exercise, form)
        assert score.state == "solved", score.message
        assert float(score) == exercise.total


@pytest.mark.parametrize("exercise", **named([e for e in VALUES if e.oracle is not None]))
def test_value_agrees_with_its_oracle(exercise: ValueExercise) -> None:
    assert exercise.oracle is not None
    score = judge(exercise, exercise.oracle())
    assert score.state == "solved", score.message


@pytest.mark.parametrize("exercise", **named(VALUES))
def test_empty_value_is_not_attempted(exercise: ValueExercise) -> None:
    for start in (None, ...):
        score = judge(exercise, start)
        assert score.state == "unattempted" and float(score) == 0.0


@pytest.mark.parametrize("exercise, mistake", **with_mistakes(VALUES))
def test_wrong_value_is_named(exercise: ValueExercise, mistake: bank.Mistake) -> None:
    score = judge(exercise, mistake.answer)
    assert float(score) == 0.0
    assert score.tag == mistake.tag, score.message


@pytest.mark.parametrize("exercise", **named(VALUES))
def test_no_number_of_the_page_is_taken_for_the_right_one(exercise: ValueExercise) -> None:
    for number in exercise.intermediates:
        assert judge(exercise, number).state == "wrong", number


@pytest.mark.parametrize("exercise", **named(VALUES))
def test_no_two_wrong_values_are_one(exercise: ValueExercise) -> None:
    for one, other in combinations(exercise.mistakes, 2):
        assert not value_equal(plain(one.answer), plain(other.answer), exercise.tolerance)


@pytest.mark.parametrize("exercise", **named(VALUES))
def test_message_about_a_value_does_not_give_it_away(exercise: ValueExercise) -> None:
    value = exercise.value
    wrong: list[Any] = ["nonsense", True, [1, 2, 3, 4, 5, 6, 7], {}, lambda: 1, -987.0, b"x"]
    for answer in wrong:
        score = judge(exercise, answer)
        if isinstance(value, bool) or exercise.choices is not None:
            continue
        assert float(score) < exercise.total
        assert repr(value) not in score.message
