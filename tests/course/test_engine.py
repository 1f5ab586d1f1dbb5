"""The exercise engine: nasty answers, comparison, messages, hints, the learner's file, the map.

`SAMPLE` below is also the author's example: a whole exercise, small.
"""

from __future__ import annotations

import copy
import json
import math
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course.exercises import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    Score,
    ValueExercise,
    bank,
    check,
    engine,
    hint,
    memory,
    mutants,
    progress,
    register,
    use,
)
from course.exercises.bench import Bench
from course.exercises.data import Foreign, Huge, Tensor, plain
from course.exercises.differ import difference
from course.exercises.engine import judge, judge_run
from course.exercises.relations import relation
from course.exercises.survivors import survivors
from course.lessons import LESSONS

# --- a whole exercise, as an author writes it --------------------------------------------------


def step(x_t, h_prev, W_xh, W_hh, b_h):
    """One step of the cell."""
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def step_probes(rng):
    B, D, H = 3, 4, 2
    weights = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    return [
        Probe((rng.normal(size=(1, D)), rng.normal(size=(1, H)), *weights), label="B = 1"),
        (rng.normal(size=(B, D)), rng.normal(size=(B, H)), *weights),
        Probe((rng.normal(size=(B, D)), np.zeros((B, H)), *weights), part="first step"),
    ]


def step_torch(x_t, h_prev, W_xh, W_hh, b_h):
    import torch

    cell = torch.nn.RNNCell(x_t.shape[1], h_prev.shape[1], dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor(W_xh))
        cell.weight_hh.copy_(torch.tensor(W_hh))
        cell.bias_ih.copy_(torch.tensor(b_h))
        cell.bias_hh.zero_()
        return cell(torch.tensor(x_t), torch.tensor(h_prev))


def step_einsum(x_t, h_prev, W_xh, W_hh, b_h):
    inner = np.einsum("bd,hd->bh", x_t, W_xh) + np.einsum("bk,hk->bh", h_prev, W_hh) + b_h
    return 2 / (1 + np.exp(-2 * inner)) - 1


SAMPLE = CodeExercise(
    name="rnn.sample_step",
    title="One step of the cell",
    points={"values": 2, "first step": 1},
    reference=step,
    probes=step_probes,
    oracle=step_torch,
    mistakes=[
        Mistake(
            "no_bias",
            "You left out the bias `b_h`.",
            lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T),
        ),
        Mistake(
            "no_state",
            "The state of the step before plays no part: where is `h_prev`?",
            lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh.T + b_h),
        ),
        Mistake(
            "not_transposed",
            "`W_hh` is square, so it fits without its `.T`; but its rows are the new units.",
            lambda x_t, h_prev, W_xh, W_hh, b_h: np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h),
        ),
    ],
    equivalents={"einsum": step_einsum, "torch": step_torch},
    properties=[Property("tanh stays between -1 and 1.", lambda h, *_: np.abs(h) <= 1)],
    hints=[
        "The state is the memory.",
        "h_t is (B, H).",
        "Two products, a sum, tanh.",
        "`x_t @ W_xh.T`",
    ],
    outputs=("h_t",),
    axes=("BH",),
    solved="The same weights serve every step.",
)

COUNT = ValueExercise(
    name="rnn.sample_count",
    title="How many parameters?",
    points=1,
    answer=18,
    mistakes=[Mistake("no_bias", "You did not count the biases.", 16)],
    hints=["Count each array.", "(2, 4), (2, 2), …"],
)


@pytest.fixture(autouse=True)
def _sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(engine, "_RAISE_OWN_ERRORS", True)
    monkeypatch.setattr(memory, "_in_process", {})
    monkeypatch.chdir(tmp_path)
    bank.exercises()
    monkeypatch.setattr(bank, "_REGISTRY", dict(bank._REGISTRY))
    for exercise in (SAMPLE, COUNT):
        register(exercise)
    yield
    left = [t for t in threading.enumerate() if t.name == "exercise" and t.is_alive()]
    assert not left, "a thread is left"


def quick(**changes: Any) -> CodeExercise:
    """A small exercise with another reference, probes, points …"""
    fields: dict[str, Any] = {
        "name": "rnn.quick",
        "title": "Quick",
        "points": 1,
        "reference": lambda x: x * 2.0,
        "probes": lambda rng: [(rng.normal(size=(2, 3)),), (rng.normal(size=(3, 2)),)],
        "time_limit": 20.0,
    }
    return CodeExercise(**(fields | changes))


def doubled(change: Callable[[Any], Any]) -> Score:
    return judge(quick(), lambda x: change(x * 2.0))


# --- the sample ------------------------------------------------------------------------------


def test_reference_and_equivalents_earn_full_points() -> None:
    for answer in (step, step_einsum, step_torch):
        score = check("rnn.sample_step", answer)
        assert score == 3.0 and score.state == "solved"
        assert "The same weights serve every step." in score.message


def test_each_mistake_is_named() -> None:
    for mistake in SAMPLE.mistakes:
        score = check("rnn.sample_step", mistake.answer)
        assert score < 3 and score.tag == mistake.tag and mistake.message in score.message


def test_part_of_the_points_for_a_part_that_is_right() -> None:
    score = check("rnn.sample_step", SAMPLE.mistakes[1].answer)
    assert score == 1.0 and score.state == "partly"
    assert "values 0 of 2, first step 1 of 1" in score.message


def test_sample_survives_no_mutant() -> None:
    count, alive = survivors(SAMPLE)
    assert count > 15 and alive == []


def test_inputs_of_the_failing_call_can_be_had() -> None:
    inputs = check("rnn.sample_step", lambda *args: args[1]).inputs
    assert list(inputs) == ["x_t", "h_prev", "W_xh", "W_hh", "b_h"]
    assert inputs["x_t"].shape == (1, 4)


# --- the score -------------------------------------------------------------------------------


def test_repr_is_the_bare_number_that_nbgrader_reads() -> None:
    for answer, points in ((step, 3.0), (None, 0.0), (lambda: 1, 0.0)):
        score = check("rnn.sample_step", answer)
        assert type(repr(score)) is str and float(repr(score)) == points
        assert isinstance(score, float) and 0 <= score <= 3


@pytest.mark.parametrize("points", [math.nan, math.inf, -1.0, 99.0])
def test_score_is_finite_and_between_zero_and_the_points(points: float) -> None:
    assert float(repr(Score(points, 2.0))) in (0.0, 2.0)
    assert math.isfinite(Score(points, 2.0))


def test_score_in_ipython_shows_number_as_text_and_message_as_html() -> None:
    from IPython.core.formatters import DisplayFormatter

    data, _ = DisplayFormatter().format(check("rnn.sample_step", step))
    assert data["text/plain"] == "3.0"
    assert "Correct" in data["text/html"] and "Traceback" not in data["text/html"]


def test_html_follows_the_theme_and_escapes_the_learners_text() -> None:
    def answer(*args: Any) -> Any:
        print("<script>alert(1)</script>")
        raise ValueError("<b>bold</b>")

    assert "<img" not in check("rnn.<img src=x>", step)._repr_html_()
    page = check("rnn.sample_step", answer)._repr_html_()
    assert "var(--jp-" in page and "<script>" not in page and "<b>bold" not in page


def test_score_can_be_copied_and_sent_elsewhere() -> None:
    import pickle

    score = check("rnn.sample_step", step)
    assert copy.deepcopy(score) == 3.0 and pickle.loads(pickle.dumps(score)) == 3.0
    assert f"{score:.1f}" == "3.0" and json.dumps(score) == "3.0"
    assert "Correct" in str(score)


# --- not attempted ---------------------------------------------------------------------------


def test_stub_empty_body_none_and_dots_are_not_attempted() -> None:
    def stub(x_t, h_prev, W_xh, W_hh, b_h):
        """Docstring."""
        raise NotImplementedError

    def empty(x_t, h_prev, W_xh, W_hh, b_h):
        """Docstring."""

    def dots(x_t, h_prev, W_xh, W_hh, b_h): ...

    for answer in (stub, empty, dots, None, ...):
        score = check("rnn.sample_step", answer)
        assert score == 0 and score.state == "unattempted", score.message
        assert 'hint("rnn.sample_step")' in score.message


def test_half_finished_code_is_not_called_unattempted() -> None:
    def half(x_t, h_prev, W_xh, W_hh, b_h):
        if x_t.shape[0] > 1:
            raise NotImplementedError
        return step(x_t, h_prev, W_xh, W_hh, b_h)

    score = check("rnn.sample_step", half)
    assert score.state == "wrong" and "NotImplementedError" in score.message


def test_given_code_of_a_bug_hunt_is_not_attempted_until_it_is_changed() -> None:
    def given(x):
        """As the bank has it."""
        return x + 2.0

    def untouched(x: np.ndarray) -> np.ndarray:
        """As the notebook has it."""
        return x + 2.0  # with another comment

    exercise = quick(given=given)
    assert judge(exercise, untouched).state == "unattempted"

    def changed(x):
        return 2.0 + x

    partly_repaired = judge(exercise, changed)
    assert partly_repaired.state == "wrong", "what was changed is no longer unattempted"
    assert "what you have changed so far misses the bug" in partly_repaired.message
    assert judge(exercise, lambda x: x * 3.0).state == "wrong"
    assert judge(exercise, lambda x: x + x).state == "solved"


# --- exceptions ------------------------------------------------------------------------------


def test_exception_is_told_with_type_message_and_the_learners_line() -> None:
    def answer(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)  # the line

    message = check("rnn.sample_step", answer).message
    line = answer.__code__.co_firstlineno + 1
    assert f"in line {line}: `return np.tanh(x_t @ W_xh + h_prev @ W_hh.T + b_h)" in message
    assert "ValueError" in message
    assert "In `x_t @ W_xh` the shapes are (1, 4) and (2, 4)" in message
    assert "Did you mean `x_t @ W_xh.T`?" in message
    assert "helpers" not in message and "Traceback" not in message


def test_a_transpose_too_many_is_taken_back_and_a_sum_keeps_its_brackets() -> None:
    def twice(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh.T.T + h_prev @ W_hh.T + b_h)

    def of_a_sum(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ (W_xh + 0 * W_xh) + h_prev @ W_hh.T + b_h)

    assert "Did you mean `x_t @ W_xh.T`?" in check("rnn.sample_step", twice).message
    assert "Did you mean `x_t @ (W_xh + 0 * W_xh).T`?" in check("rnn.sample_step", of_a_sum).message


def run_cell(source: str) -> dict[str, Any]:
    """Run source as a notebook cell does: its lines are known, its file is not there."""
    import linecache

    name = "/tmp/ipykernel_12345/678.py"
    lines = textwrap.dedent(source).strip("\n").splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    space: dict[str, Any] = {"np": np}
    exec(compile("".join(lines), name, "exec"), space)
    return space


@pytest.mark.parametrize(
    "body, words",
    [
        ("return np.tanh(x_t @ W_hx.T)", ["NameError", "Did you mean `W_xh`?"]),
        ("return npp.tanh(x_t)", ["NameError", "`npp`"]),
        ("return torch.tanh(x_t)", ["first code cell"]),
        ("return x_t[:, 4]", ["IndexError", "`x_t` has shape", "run from 0 to 3, and 4 is"]),
        ("return x_t[0, 0, 0]", ["fewer axes"]),
        ("return [1, 2][2]", ["shorter than the index"]),
        ("return x_t + h_prev", ["In `x_t + h_prev` the shapes are", "(1, 4) and (1, 2)"]),
        ("return x_t.dot(W_xh)", ["In `x_t @ W_xh`", "meets the"]),
        ("h = h\nreturn h", ["UnboundLocalError", "before it has one"]),
        ("return {}['a']", ["KeyError", "no such key"]),
        ("return 1 / 0", ["ZeroDivisionError", "divided by zero"]),
        ("return 3(x_t)", ["TypeError", "called like a function"]),
        ("return x_t if x_t > 0 else 0", ["whole array", "`np.where`"]),
        ("return min(1.0, x_t)", ["`min` or `max` got a whole array"]),
        ("return np.linalg.norm(x_t[None, None], 2)", ["takes a vector or a matrix"]),
        ("return [1.0].shape", ["AttributeError", "`np.array`"]),
        ("a, b = 1, 2, 3\nreturn a", ["more values on the right"]),
        ("return np.tan_h(x_t)", ["Did you mean `np.tanh`?"]),
        ("return None.shape", ["is None here"]),
        ("assert x_t.sum() > 1e9\nreturn x_t", ["AssertionError", "of your own"]),
        ("raise SystemExit", ["SystemExit", "`exit()`"]),
        ("import sys; sys.exit(3)", ["SystemExit", "`return`"]),
        ("raise KeyboardInterrupt", ["KeyboardInterrupt"]),
        ("return input('h_t?')", ["do not ask for `input()`"]),
        ("import does_not_exist", ["not installed"]),
        ("return np.zeros((10**7, 10**9))", ["far too large"]),
        ("return np.array([[1.0], [1.0, 2.0]])", ["different lengths"]),
    ],
)
def test_likely_cause_is_named_in_plain_words(body: str, words: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        source = "def answer(x_t, h_prev, W_xh, W_hh, b_h):\n" + textwrap.indent(body, "    ")
        answer = run_cell(source)["answer"]
    score = check("rnn.sample_step", answer)
    assert score == 0
    for word in words:
        assert word in score.message
    assert "in line 2: " in score.message
    assert "/tmp" not in score.message and "0x" not in score.message


def test_error_inside_a_function_of_the_package_points_at_the_learners_line() -> None:
    answer = run_cell(
        """
        from helpers.text import pad

        def answer(*args):
            rows = []
            return pad(rows)
        """
    )["answer"]
    message = check("rnn.sample_step", answer).message
    assert "in line 5: `return pad(rows)`" in message and "ValueError" in message


def test_wrong_number_of_parameters_is_explained() -> None:
    message = check("rnn.sample_step", lambda x_t, h_prev: x_t).message
    assert "takes 2 arguments (x_t, h_prev), the exercise passes 5" in message
    assert "(x_t, h_prev, W_xh, W_hh, b_h)" in message


def test_parameters_in_another_order_are_noticed() -> None:
    def answer(h_prev, x_t, W_xh, W_hh, b_h):
        return np.zeros((len(x_t), 2))

    assert "in another order (h_prev, x_t," in check("rnn.sample_step", answer).message


def test_recursion_without_end_is_told_in_one_line() -> None:
    def answer(*args: Any) -> Any:
        return answer(*args)

    message = check("rnn.sample_step", answer).message
    assert "RecursionError" in message and "calls itself" in message and len(message) < 900


def test_exception_with_a_hostile_message_is_told() -> None:
    class Bad(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def answer(*args: Any) -> Any:
        raise Bad

    assert "Bad" in check("rnn.sample_step", answer).message


# --- results of a wrong kind -----------------------------------------------------------------


class Hostile:
    """Answers every question with an exception."""

    def _no(self, *args: Any) -> Any:
        raise RuntimeError("hostile")

    __eq__ = __array__ = __len__ = __iter__ = __bool__ = __float__ = __getattr__ = _no
    __repr__ = __str__ = __hash__ = _no  # type: ignore[assignment]


class Liar(np.ndarray):
    """An array that claims to equal everything."""

    def __eq__(self, other: object) -> Any:
        return True

    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        return True

    def __array_function__(self, *args: Any, **kwargs: Any) -> Any:
        return True


async def _coroutine(x: Any) -> Any:
    return x * 2.0


def _generator(x: Any) -> Any:
    yield x * 2.0


def weights_of_a_line(answer: Callable[[], Any], x: np.ndarray) -> Any:
    """An adapter: the answer takes no argument, and may be refused with a sentence."""
    pair = answer()
    if len(pair) != 2:
        return "Return 2 numbers: a slope and a start."
    return pair[0] * x + pair[1]


def line(answer: Callable[[], Any]) -> str:
    return judge(
        quick(
            reference=lambda: (3.0, 1.0),
            call=weights_of_a_line,
            probes=lambda rng: [Probe((rng.normal(size=4),), label="four places")],
            properties=[Property("It rises.", lambda y, x: np.ptp(y) > 0)],
        ),
        answer,
    ).message


def test_behind_an_adapter_a_message_tells_what_was_tried_and_no_argument() -> None:
    message = line(lambda: (2.0, 1.0))
    assert "Tried with: four places." in message
    assert "Call 1" not in message and "argument" not in message


def test_adapter_may_refuse_an_answer_with_a_sentence() -> None:
    message = line(lambda: (2.0,))
    assert "\n  Return 2 numbers: a slope and a start." in message
    for inside in ("the string", "array", "Tried with", "It rises"):
        assert inside not in message


def test_property_is_not_spoken_of_where_the_shape_is_wrong() -> None:
    exercise = quick(properties=[Property("Each doubles.", lambda h, x: np.allclose(h, 2 * x))])
    assert "Each doubles." not in judge(exercise, lambda x: x[:, :1] * 2.0).message
    assert "Each doubles." in judge(exercise, lambda x: x * 3.0).message


@pytest.mark.parametrize(
    "answer, words",
    [
        (lambda x: [x, None][1], "returns nothing"),
        (lambda x: print(x * 2.0), "prints its result"),
        (lambda x: 2.0, "single number"),
        (lambda x: [x[0] * 2.0, [1.0]], "different lengths"),
        (lambda x: (x * 2.0, x[:, 0]), "return 2 things in place of one"),
        (lambda x: np.array([[1], [1, 2]], dtype=object), "array of Python objects"),
        (lambda x: (x * 2.0,), "(1, 2, 3), should be (2, 3)"),
        (lambda x: (x * 2.0).astype(int), "All decimals are cut off"),
        (lambda x: x > 0, "truth values"),
        (lambda x: x * 2.0 + np.nan, "nan: 6 of 6 entries"),
        (lambda x: x / 0.0, "inf"),
        (lambda x: (x * 2.0)[None], "has shape (1, 2, 3), should be (2, 3)"),
        (lambda x: (x * 2.0).T, "transpose"),
        (lambda x: np.array(2.0), "shape ()"),
        (lambda x: "text", "the string 'text'"),
        (lambda x: {"h": x}, "a dict of 1"),
        (lambda x: lambda: x, "a function"),
        (lambda x: np.tanh, "a function"),
        (lambda x: Hostile, "a class"),
        (lambda x: Hostile(), "an object of type Hostile"),
        (lambda x: (row * 2.0 for row in x), "a generator"),
        (lambda x: map(float, x[0]), "`list(…)`"),
        (_generator, "a generator"),
        (_coroutine, "`async`"),
        (lambda x: np.matrix(x * 2.0), "np.matrix"),
        (lambda x: np.ma.masked_array(x * 2.0), "np.MaskedArray"),
        (lambda x: ..., "placeholder"),
        (lambda x: np.broadcast_to(1.0, (10**6, 10**6)), "has shape (1000000, 1000000)"),
        (lambda x: [0] * 10**6, "more than 200,000 entries"),
        (lambda x: (x * 2.0).view(Liar) + 1, "is"),
    ],
)
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_result_of_a_wrong_kind_is_named(answer: Any, words: str) -> None:
    score = judge(quick(), answer)
    assert score == 0 and words in score.message, score.message


def test_liar_arrays_are_compared_by_their_values() -> None:
    assert judge(quick(), lambda x: (x * 3.0).view(Liar)) == 0
    assert judge(quick(), lambda x: (x * 2.0).view(Liar)) == 1


def test_list_that_holds_itself_is_survived() -> None:
    assert plain([0] * 10**6) == Foreign("a collection of more than 200,000 entries")

    def answer(x: Any) -> Any:
        loop: list[Any] = []
        loop.append(loop)
        return loop

    assert judge(quick(), answer) == 0


@pytest.mark.parametrize(
    "answer, words",
    [
        (np.zeros((3, 2)), "float64 array of shape (3, 2)"),
        (3.5, "the float 3.5"),
        ("step", "the string 'step'"),
        (Hostile, "this is a class"),
        ("HOSTILE", "object of type Hostile"),
        ([step], "a list of 1"),
    ],
)
def test_answer_that_is_no_function_is_named(answer: Any, words: str) -> None:
    if type(answer) is str and answer == "HOSTILE":  # pytest would look into the object itself
        answer = Hostile()
    score = check("rnn.sample_step", answer)
    assert score == 0 and words in score.message


def test_callable_objects_and_partial_functions_are_functions() -> None:
    import functools

    class Step:
        def __call__(self, *args: Any) -> Any:
            return step(*args)

        def method(self, *args: Any) -> Any:
            return step(*args)

    for answer in (
        Step(),
        Step().method,
        functools.partial(step),
        np.vectorize(step, signature="(b,d),(b,h),(h,d),(h,h),(h)->(b,h)"),
    ):
        assert check("rnn.sample_step", answer) == 3


def test_view_of_an_argument_is_taken_for_what_it_was() -> None:
    exercise = quick(reference=lambda x: x.T.copy())
    assert judge(exercise, lambda x: x.T) == 1


def test_torch_tensor_is_taken_where_an_array_is_wanted_but_not_the_other_way_round() -> None:
    torch = pytest.importorskip("torch")
    assert judge(quick(), lambda x: torch.tensor(x) * 2) == 1
    lower = judge(quick(), lambda x: torch.tensor(x).float() * 2)
    assert lower == 1 and "torch tensor" in lower.message
    wants_tensor = quick(reference=lambda x: torch.tensor(x) * 2)
    assert judge(wants_tensor, lambda x: torch.tensor(x) + torch.tensor(x)) == 1
    message = judge(wants_tensor, lambda x: x * 2).message
    assert "a torch tensor of shape (2, 3) is wanted. The values are right" in message
    grad = judge(quick(), lambda x: torch.tensor(x, requires_grad=True) * 2)
    assert grad == 1


# --- side effects ----------------------------------------------------------------------------


def _in_place(x: Any) -> Any:
    x *= 2.0
    return x


def test_changed_argument_costs_points_only_where_the_text_forbids_it() -> None:
    allowed = judge(quick(), _in_place)
    assert allowed == 1 and "changes its argument `x`. That costs nothing here" in allowed.message
    score = judge(quick(must_not_change=("x",)), _in_place)
    assert score == 0 and "changes its argument `x`. Work on a copy" in score.message
    traced = judge(quick(must_not_change=("x",), trace=lambda x: {"x": x * 2.0}), _in_place)
    assert "Work on a copy" in traced.message and "comes after" not in traced.message
    wrong = judge(quick(reference=lambda x: x * 3.0), _in_place)
    assert wrong == 0 and "`x`, and whatever reads that later gets the new" in wrong.message
    assert "costs nothing" not in wrong.message


def test_the_checks_own_probes_are_never_changed() -> None:
    bench = Bench(quick())
    before = [probe.args[0].copy() for probe in bench.probes]
    bench.run(lambda x: x.fill(0))
    assert all(np.array_equal(b, p.args[0]) for b, p in zip(before, bench.probes, strict=True))


def test_check_leaves_random_streams_as_they_were() -> None:
    torch = pytest.importorskip("torch")

    def answer(x: Any) -> Any:
        random.random(), np.random.rand(), torch.rand(1)  # noqa: NPY002
        np.random.seed(5), torch.manual_seed(5), random.seed(5)  # noqa: NPY002
        torch.set_default_dtype(torch.float64)
        return x * 2.0

    def streams() -> tuple[Any, ...]:
        numpy_state = np.random.get_state()  # noqa: NPY002
        own = numpy_state[1].tolist(), numpy_state[2]
        return random.getstate(), own, torch.get_rng_state().tolist()

    np.random.seed(99), torch.manual_seed(99), random.seed(99)  # noqa: NPY002
    before, dtype = streams(), torch.get_default_dtype()
    judge(quick(), answer)
    assert streams() == before and torch.get_default_dtype() is dtype


def test_generator_of_the_notebook_is_not_advanced() -> None:
    space = run_cell(
        """
        rng = np.random.default_rng(7)

        def answer(x):
            return x * 2.0 + 0 * rng.normal()
        """
    )
    assert judge(quick(), space["answer"]) == 1
    assert space["rng"].normal() == np.random.default_rng(7).normal()


def test_random_answers_are_judged_the_same_each_time() -> None:
    def answer(x: Any) -> Any:
        return x + np.random.normal()  # noqa: NPY002

    messages = set()
    for seed in (1, 2):
        np.random.seed(seed)  # noqa: NPY002
        messages.add(judge(quick(), answer).message)
    assert len(messages) == 1


def test_changed_variables_of_the_notebook_are_put_back_and_named() -> None:
    space = run_cell(
        """
        counter = 0
        table = np.zeros(3)
        names = []

        def answer(x):
            global counter, fresh
            counter += 1
            fresh = counter
            table[0] = 7
            names.append(x)
            return x * 2.0
        """
    )
    score = judge(quick(), space["answer"])
    assert score == 1 and "`counter`, `fresh`, `names` and `table`" in score.message
    assert space["counter"] == 0 and space["names"] == [] and "fresh" not in space
    assert space["table"].tolist() == [0, 0, 0]


def test_answer_that_remembers_an_earlier_call_is_named() -> None:
    def answer(x: Any, seen: list[Any] = []) -> Any:  # noqa: B006
        seen.append(x)
        return x * (2.0 if len(seen) <= 6 else 3.0)

    score = judge(quick(), answer)
    assert score == 0 and "second time" in score.message


def test_variable_read_from_the_notebook_is_mentioned() -> None:
    space = run_cell("x_t = np.ones((2, 3))\ndef answer(x):\n    return x_t * 2.0")
    assert "reads `x_t` from the notebook" in judge(quick(), space["answer"]).message


def test_replaced_numpy_functions_are_not_used_and_stay_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = lambda *args, **kwargs: True  # noqa: E731
    for name in ("allclose", "isclose", "array_equal", "tanh"):
        monkeypatch.setattr(np, name, fake)
    assert check("rnn.sample_step", lambda *args: np.zeros((1, 2))) == 0
    score = check("rnn.sample_step", step)
    assert score == 3 and "`np.tanh`" in score.message and "used the original" in score.message
    assert np.tanh is fake


def test_what_torch_replaces_itself_is_not_held_against_the_learner() -> None:
    code = textwrap.dedent("""
        import torch
        from course.exercises import check

        def exact(answers, wanted):
            hits = [list(a) == list(w) for a, w in zip(answers, wanted)]
            return sum(hits) / len(hits)

        check("start.exact", exact)
        before = torch.manual_seed
        layer = torch.nn.Linear(2, 2)
        optimiser = torch.optim.Adam(layer.parameters())
        optimiser.zero_grad()
        layer(torch.ones(1, 2)).sum().backward()
        optimiser.step()
        assert torch.manual_seed is not before, "torch wraps it no longer: this test tests nothing"
        print(check("start.exact", exact).message)
        torch.manual_seed = lambda seed: None
        print(check("start.exact", exact).message)
    """)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lesson.py"
        path.write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, path], capture_output=True, text=True, encoding="utf-8", check=True
        )
    by_torch, by_learner = done.stdout.split("Find the bug")[1:]
    assert "replaced" not in by_torch
    assert "`torch.manual_seed` had been replaced" in by_learner


def test_numpy_function_replaced_during_the_call_is_put_back() -> None:
    tanh = np.tanh

    def answer(x: Any) -> Any:
        np.isclose = np.tanh = lambda *args, **kwargs: np.array(True)  # type: ignore[assignment]
        return x

    assert judge(quick(), answer) == 0
    assert np.tanh is tanh


def test_directory_environment_and_limits_are_put_back(tmp_path: Path) -> None:
    def answer(x: Any) -> Any:
        os.chdir("/")
        os.environ["NEW_VARIABLE"] = "1"
        sys.setrecursionlimit(5000)
        np.seterr(all="raise")
        sys.stdout = sys.stderr = None  # type: ignore[assignment]
        return x * 2.0

    before = os.getcwd(), sys.getrecursionlimit(), np.geterr(), sys.stdout
    assert judge(quick(), answer) == 1
    assert (os.getcwd(), sys.getrecursionlimit(), np.geterr(), sys.stdout) == before
    assert "NEW_VARIABLE" not in os.environ


def test_prints_are_captured_at_every_level(capfd: pytest.CaptureFixture[str]) -> None:
    def answer(x: Any) -> Any:
        print("printed")
        print("complaint", file=sys.stderr)
        os.write(1, b"low")
        os.write(2, b"lower")
        sys.stdout.buffer.write(b"bytes\n")
        warnings.warn("careful", stacklevel=1)
        return x * 3.0

    score = judge(quick(), answer)
    out, err = capfd.readouterr()
    assert out == "" and err == ""
    assert "printed" in score.message and "bytes" in score.message
    assert "UserWarning: careful" in score.message


def test_low_level_prints_are_shown_too() -> None:
    def answer(x: Any) -> Any:
        os.write(1, b"from below")
        return x * 3.0

    assert "from below" in judge(quick(), answer).message


def test_printing_without_end_is_shortened() -> None:
    def answer(x: Any) -> Any:
        for i in range(20_000):
            print("line", i)
        return x * 3.0

    message = judge(quick(time_limit=10.0), answer).message
    assert "lines more" in message and len(message) < 2000


def test_what_a_call_displays_or_draws_does_not_reach_the_notebook() -> None:
    """In a kernel: a display for each of the check's calls would flood the cell."""
    code = textwrap.dedent(
        """
        import numpy as np
        import matplotlib.pyplot as plt
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.display import display
        from test_engine import judge, quick

        shell = InteractiveShell.instance()
        kept = plt.figure()
        publisher = shell.display_pub

        def answer(x):
            display({"text/plain": "shown"}, raw=True)
            plt.figure()
            return x * 2.0

        assert judge(quick(), answer) == 1
        assert plt.get_fignums() == [kept.number] and shell.display_pub is publisher
        """
    )
    root = Path(__file__).resolve().parents[2]
    here = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{Path(__file__).parent}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=root,
        timeout=100,
        env=here | {"MPLBACKEND": "agg", "IPYTHONDIR": str(Path.cwd())},
    )
    assert done.returncode == 0, done.stderr
    assert "shown" not in done.stdout


def test_numpy_warnings_of_a_right_answer_are_told() -> None:
    def answer(x: Any) -> Any:
        np.exp(np.array([1000.0]))
        return x * 2.0

    score = judge(quick(), answer)
    assert score == 1 and "overflow encountered in exp" in score.message


# --- calls that run on -----------------------------------------------------------------------


def _forever(x: Any) -> Any:
    while True:
        pass


def _forever_and_catches_all(x: Any) -> Any:
    while True:
        try:
            time.sleep(0)
        except BaseException:
            pass


def _forever_and_catches_all_inside(x: Any) -> Any:
    def inner() -> None:
        while True:
            try:
                sum(range(100))
            except BaseException:
                continue

    while True:
        try:
            inner()
        except BaseException:
            pass
        finally:
            x = x + 1


def _forever_in_numpy(x: Any) -> Any:
    while True:
        x = np.tanh(x)


def _sleeps(x: Any) -> Any:
    time.sleep(0.02)
    while not math.isnan(x[0, 0]):
        time.sleep(0.01)


@pytest.mark.parametrize(
    "answer",
    [
        _forever,
        _forever_and_catches_all,
        _forever_and_catches_all_inside,
        _forever_in_numpy,
        _sleeps,
    ],
)
def test_endless_loop_is_stopped_on_every_system(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What stops the loop may be raised within pytest's own hook, and fail the run from there.
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    interval = sys.getswitchinterval()
    score = judge(quick(time_limit=0.3), answer)
    assert score == 0 and score.state == "stopped"
    assert "Time is up: after 0.3 seconds" in score.message
    assert "in the loop of line" in score.message and "`while" in score.message
    assert sys.getswitchinterval() == interval and sys.gettrace() is None


def test_call_stuck_in_c_code_is_left_behind_and_mute(capsys: pytest.CaptureFixture[str]) -> None:
    free = threading.Event()
    calls = []

    def answer(x: Any) -> Any:
        calls.append(1)
        try:
            free.wait(30)  # no bytecode runs here: nothing can be injected
        except BaseException:
            pass
        print("noise")
        return x

    before = sys.stdout
    try:
        score = judge(quick(time_limit=0.3), answer)
        assert score.state == "stopped" and "Restart the kernel" in score.message
        free.set()
        for thread in threading.enumerate():
            if thread.name == "exercise":
                thread.join(5)
        print("kernel")
        assert capsys.readouterr().out == "kernel\n"
        assert len(calls) == 1, "it went on with the next call"
    finally:
        sys.stdout = before


def test_import_is_never_cut_off_and_its_time_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package stopped half-way through its import stays broken for the rest of the session."""
    source = "import time\ntime.sleep(0.6)\nfor _ in range(100_000):\n    pass\nready = True\n"
    (tmp_path / "slow_to_import.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))

    def answer(x: Any) -> Any:
        import slow_to_import  # type: ignore[import-not-found]

        return x * 2.0 if slow_to_import.ready else None

    try:
        assert judge(quick(time_limit=0.3), answer).state == "solved"
    finally:
        sys.modules.pop("slow_to_import", None)


def test_time_counts_for_all_calls_together() -> None:
    def answer(x: Any) -> Any:
        end = time.monotonic() + 0.12
        while time.monotonic() < end:
            pass
        return x * 2.0

    assert judge(quick(time_limit=0.3), answer).state == "stopped"
    assert judge(quick(time_limit=20), answer).state == "solved"


def test_interrupt_ends_the_check_with_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    join = threading.Thread.join
    pressed = []

    def press(self: threading.Thread, timeout: float | None = None) -> None:
        if self.name == "exercise" and not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        join(self, timeout)

    monkeypatch.setattr(threading.Thread, "join", press)
    score = judge(quick(time_limit=30), _forever)
    assert score.state == "stopped" and "You stopped the check" in score.message


# --- exact comparison and where it differs ---------------------------------------------------


def test_nothing_is_broadcast() -> None:
    exercise = quick(reference=lambda x: np.full((2, 3), 5.0), probes=lambda rng: [(1,), (2,)])
    for wrong in (5.0, np.array(5.0), np.full(1, 5.0), np.full(3, 5.0), np.full((2, 1), 5.0)):
        assert judge(exercise, lambda x, wrong=wrong: wrong) == 0
    assert judge(exercise, lambda x: np.full((2, 3), 5.0)) == 1


@pytest.mark.parametrize(
    "got, want, right",
    [
        (True, 1, False),
        (1, True, False),
        (np.True_, True, True),
        (np.int32(3), 3, True),
        (3.0, 3, True),
        (3, 3.0, True),
        (True, 1.0, False),
        (np.float32(0.5), 0.5, True),
        (np.float32(0.1), 0.1, True),
        (0.1 + 1e-6, 0.1, False),
        (np.array(0.5), 0.5, True),
        (np.array([0.5]), 0.5, False),
        (0.5 + 1e-12, 0.5, True),
        (0.5001, 0.5, False),
        (math.nan, 0.5, False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (-math.inf, math.inf, False),
        (10**400, 1.0, False),
        ("a", "a", True),
        ("A", "a", False),
        (b"a", "a", False),
        ([1, 2], [1, 2], True),
        ((1, 2), [1, 2], True),
        (np.array([1, 2]), [1, 2], True),
        (np.array([1, 3]), [1, 2], False),
        ([1, 2], np.array([1, 2]), True),
        ((1, 2), np.array([1, 2]), True),
        (np.array([1, 2, 3]), (1, 2, 3), True),
        ([[1], [1, 2]], np.array([1, 2]), False),
        (["a", np.str_("b")], ["a", "b"], True),
        (np.str_("a"), "a", True),
        (np.array(["a", "b"]), ["a", "b"], True),
        (3.4, 3, False),
        (2.9999, 3, False),
        ([1, 2, 3], [1, 2], False),
        ([1], [1, 2], False),
        (["a", "b"], ["a", "c"], False),
        ({"a": 1.0}, {"a": 1.0}, True),
        ({"a": 1.0, "b": 2.0}, {"a": 1.0}, False),
        ({}, {"a": 1.0}, False),
        ({1, 2}, {2, 1}, True),
        ({1}, {1, 2}, False),
        (np.array([1, 2]), np.array([1.0, 2.0]), True),
        (np.array([1, 2]), np.array([1.5, 2.5]), False),
        (np.array([1], dtype=np.int32), np.array([1]), True),
        (np.array([True]), np.array([1]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array(["ab"]), np.array(["ab"], dtype="<U9"), True),
        (np.zeros((0, 3)), np.zeros((0, 3)), True),
        (np.zeros((0, 2)), np.zeros((0, 3)), False),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), True),
        (np.array([-np.inf, 1.0]), np.array([-np.inf, 1.0]), True),
        (np.array([np.nan, 1.0]), np.array([-np.inf, 1.0]), False),
        (None, None, True),
        (1j, 1j, True),
    ],
)
def test_kind_shape_and_dtype_come_before_values(got: Any, want: Any, right: bool) -> None:
    found = difference(plain(got), plain(want))
    assert (found is None) is right, found
    if found is not None:
        assert found.text.endswith((".", "…`."))


def test_tuple_count_and_the_output_that_is_wrong_are_named() -> None:
    want = plain((np.ones((2, 3)), np.zeros(4)))
    names = ("dx", "dW")
    assert "2 results (dx, dW)" in difference(plain(np.ones(3)), want, outputs=names).text
    assert "returns 3" in difference(plain((1, 2, 3)), want, outputs=names).text
    found = difference(plain((np.ones((2, 3)), np.array([0, 0, 1.0, 0]))), want, outputs=names)
    assert found.output == 1 and found.text == (
        "`dW` differs in 1 of 4 entries; first at [2]: got 1, wanted 0."
    )


def test_index_is_said_in_words_where_the_axes_are_known() -> None:
    got, want = np.zeros((2, 3, 4)), np.zeros((2, 3, 4))
    got[1, 2, 3] = 1
    found = difference(got, want, outputs=("h",), axes=("BTH",))
    assert "[1, 2, 3] (sequence 1, step 2, unit 3): got 1, wanted 0" in found.text


def test_strings_that_look_the_same_are_told_apart() -> None:
    word = "학생"
    found = difference(unicodedata.normalize("NFD", word), word)
    assert "NFD" in found.text
    assert "spaces only" in difference("a  b", "a b").text
    assert "capital letters only" in difference("Abc", "abc").text


def diagnose(results: Any, output: int | None = None, letters: str = "") -> str:
    """What is said of results that are all wrong."""
    found = relation(results, output, letters, has_state=True)
    return "" if found is None else found.said


WANT = np.arange(24.0).reshape(2, 3, 4) * 0.7 + 0.3
OTHER = np.cos(np.arange(30.0)).reshape(3, 5, 2) + 2


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda a: -a, "wrong sign"),
        (lambda a: a * 2, "2 times the right one"),
        (lambda a: a / 4, "1/4 of the right one"),
        (lambda a: a + 1, "1 more"),
        (lambda a: a / a.shape[0], "changes from call to call"),
        (lambda a: a.swapaxes(0, 1), "axes stand in another order"),
        (lambda a: a[:, ::-1], "reverse order of time"),
        (lambda a: a[:, -1], "Only the last step"),
        (lambda a: a[:, 0], "Only the first step"),
        (lambda a: a[0], "first sequence of the batch"),
        (lambda a: np.concatenate([a[:, :1] * 0, a[:, :-1]], 1), "one step late"),
        (lambda a: np.concatenate([a[:, 1:], a[:, :1] * 0], 1), "one step early"),
        (lambda a: np.concatenate([a[:, :1], a[:, 1:] ** 2 + 1], 1), "The first step is right"),
        (lambda a: a[None], "axis of length 1"),
        (lambda a: a.ravel(), "another shape"),
        (lambda a: a.sum(1), "summed over one axis"),
        (np.exp, "`exp` too many"),
        (np.log, "`log` too many"),
        (lambda a: a.astype(int), "decimals are cut off"),
        (lambda a: a.round(2), "rounded"),
        (lambda a: a * 0, "Every entry is zero"),
        (lambda a: a + np.sin(a), ""),
    ],
)
def test_generic_diagnosis_names_what_holds_on_every_probe(
    change: Callable[[np.ndarray], np.ndarray], words: str
) -> None:
    said = diagnose([(change(WANT), WANT), (change(OTHER), OTHER)], None, "BTH")
    assert words in said and bool(words) == bool(said)
    mixed = diagnose([(change(WANT), WANT), (OTHER + np.sin(OTHER) / 7, OTHER)], None, "BTH")
    assert mixed == "", "a diagnosis that is true on one probe only"


def test_no_factor_is_named_where_a_number_stands_for_zero() -> None:
    one, two, zero = np.array(3.0), np.array([4.0, 5.0]), np.array(0.0)
    assert diagnose([(one * 2, one), (two * 2, two), (zero + 4, zero)]) == ""


def test_results_in_another_order_are_noticed() -> None:
    pairs = [((a.sum(0), a), (a, a.sum(0))) for a in (WANT, OTHER)]
    assert "another order" in diagnose(pairs, 0)


def test_mistake_is_named_only_where_it_agrees_on_every_probe() -> None:
    for right_size in (1, 3):

        def sometimes(x_t, h_prev, W_xh, W_hh, b_h, right_size=right_size):
            with_bias = len(x_t) == right_size
            return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h * with_bias)

        score = check("rnn.sample_step", sometimes)
        assert score < 3 and score.tag == "" and "left out the bias" not in score.message


def test_mistakes_that_raise_or_change_arguments_can_be_named() -> None:
    def changes(x: Any) -> Any:
        x *= 2.0
        return x

    exercise = quick(
        must_not_change=("x",),
        mistakes=[
            Mistake("raises", "It raises.", lambda x: x @ x),
            Mistake("changes", "It works in place.", changes),
        ],
    )
    assert judge(exercise, lambda x: np.matmul(x, x)).tag == "raises"
    assert judge(exercise, changes).tag == "changes"
    wrong = quick(
        reference=lambda x: x * 3.0,
        must_not_change=("x",),
        mistakes=[Mistake("changes", "It works in place.", changes)],
    )
    assert judge(wrong, changes).tag == "changes"
    assert judge(wrong, lambda x: x * 2.0).tag == ""
    assert judge(exercise, lambda x: 1 / 0).tag == ""


def test_reference_that_raises_wants_the_same_exception() -> None:
    def checked(x: Any) -> Any:
        if x.shape[0] == 3:
            raise ValueError("three")
        return x * 2.0

    exercise = quick(reference=checked)
    assert judge(exercise, checked) == 1
    assert "A ValueError is wanted" in judge(exercise, lambda x: x * 2.0).message


# --- properties ------------------------------------------------------------------------------


def test_property_says_what_does_not_hold() -> None:
    exercise = quick(
        reference=lambda x: np.exp(x) / np.exp(x).sum(1, keepdims=True),
        properties=[Property("Your rows do not sum to one.", lambda a, x: np.isclose(a.sum(1), 1))],
    )
    assert "rows do not sum to one" in judge(exercise, lambda x: np.exp(x)).message
    columns = judge(exercise, lambda x: np.exp(x) / np.exp(x).sum(0, keepdims=True))
    assert columns == 0 and "rows do not sum to one" in columns.message
    assert "rows" not in judge(exercise, lambda x: np.full_like(x, 1 / x.shape[1])).message


def test_property_and_values_each_cost_their_own_part() -> None:
    exercise = quick(
        points={"values": 2, "sign": 1},
        properties=[
            Property("Signs change.", lambda out, x: np.sign(out) == np.sign(x), part="sign")
        ],
    )
    assert judge(exercise, lambda x: x * 3.0) == 1
    assert judge(exercise, lambda x: -x) == 0
    assert judge(exercise, lambda x: x * 2.0) == 3


def test_property_over_several_calls_decides_alone_where_nothing_is_compared() -> None:
    def changed_future(rng: np.random.Generator) -> list[Any]:
        x = rng.normal(size=6)
        y = x.copy()
        y[3:] += 1
        return [(x,), (y,)]

    exercise = quick(
        reference=lambda x: np.cumsum(x),
        probes=lambda rng: [(rng.normal(size=4),)],
        compare=False,
        points={"length": 1, "causal": 2},
        properties=[
            Property("The length changes.", lambda out, x: out.shape == x.shape),
            Property(
                "A later input changes an earlier output.",
                lambda outs, probes: np.array_equal(outs[0][:3], outs[1][:3]),
                probes=changed_future,
                part="causal",
            ),
        ],
    )
    assert judge(exercise, lambda x: np.cumsum(x)) == 3
    assert judge(exercise, lambda x: np.cumsum(x) * 7 - 1) == 3
    reverse = judge(exercise, lambda x: np.cumsum(x[::-1])[::-1])
    assert reverse == 1 and "later input changes" in reverse.message
    assert judge(exercise, lambda x: None) == 0
    assert judge(exercise, lambda x: 1 / 0) == 0


def test_adapter_calls_classes_and_generators() -> None:
    exercise = quick(
        reference=type(
            "Doubler", (), {"__init__": lambda s, f: None, "__call__": lambda s, x: x * 2.0}
        ),
        call=lambda answer, x: answer(2)(x),
    )

    class Mine:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        def __call__(self, x: Any) -> Any:
            return x * float(self.factor)

    assert judge(exercise, Mine) == 1
    assert judge(exercise, lambda factor: lambda x: x) == 0


# --- values ----------------------------------------------------------------------------------


def value(**changes: Any) -> ValueExercise:
    return ValueExercise(**({"name": "rnn.value", "title": "Value", "answer": 3} | changes))


@pytest.mark.parametrize(
    "changes, answer, points",
    [
        ({}, 3, 1),
        ({}, 3.0, 1),
        ({}, np.int64(3), 1),
        ({}, np.array(3), 1),
        ({}, np.array([3]), 0),
        ({}, True, 0),
        ({}, "3", 0),
        ({}, 4, 0),
        ({}, math.nan, 0),
        ({}, math.inf, 0),
        ({}, 10**1000, 0),
        ({}, [3], 0),
        ({"answer": 1}, True, 0),
        ({"answer": True}, True, 1),
        ({"answer": True}, np.True_, 1),
        ({"answer": True}, 1, 0),
        ({"answer": 0.25, "tolerance": 0.01}, 0.26, 1),
        ({"answer": 0.25, "tolerance": 0.01}, 0.2601, 0),
        ({"answer": 0.25, "tolerance": 0.01}, 25, 0),
        ({"answer": lambda: 0.25, "tolerance": 0.01}, 0.25, 1),
        ({"answer": (2, 3)}, (2, 3), 1),
        ({"answer": (2, 3)}, [2, 3], 1),
        ({"answer": (2, 3)}, np.array([2, 3]), 1),
        ({"answer": (2, 3)}, (3, 2), 0),
        ({"answer": (2, 3)}, 2, 0),
        ({"answer": (2, 3)}, (2, 3, 4), 0),
        ({"answer": "학생"}, unicodedata.normalize("NFD", "학생"), 1),
        ({"answer": "I am"}, "  i  AM ", 1),
        ({"answer": "I am"}, "Iam", 0),
        ({"answer": "b", "choices": {"a": "x", "b": "y"}}, "B", 1),
        ({"answer": "b", "choices": {"a": "x", "b": "y"}}, "c", 0),
        ({"answer": ["a", "b"]}, ("a", "b"), 1),
    ],
)
def test_value_is_judged(changes: dict[str, Any], answer: Any, points: float) -> None:
    score = judge(value(**changes), answer)
    assert score == points, score.message


@pytest.mark.parametrize(
    "changes, answer, words",
    [
        ({}, "3", "without quotes"),
        ({}, True, "truth value"),
        ({"answer": "word"}, 3, "in quotes"),
        ({"answer": 0.25, "tolerance": 0.01}, 25, "percentage"),
        ({"answer": 0.25, "tolerance": 0.01}, -0.25, "sign"),
        ({"answer": 0.25, "tolerance": 0.01}, 0.27, "within 0.01"),
        ({"answer": (2, 3)}, (2, 4), "value 2"),
        ({"answer": (2, 3)}, (3, 2), "another order"),
        ({"answer": (2, 3)}, (2, 3, 4), "you gave 3"),
        ({"answer": (2, 3)}, np.array([[2, 3]]), "take the row out of it with `[0]`"),
        ({"answer": (0.1, 0.2), "tolerance": 0.01}, (1 / 3, 2 / 3), "[0.333333, 0.666667] is not"),
        ({"answer": "b", "choices": {"a": "x", "b": "y"}}, "z", '`"a"`, `"b"`'),
        ({}, "HOSTILE", "object of type Hostile"),
        ({}, lambda: 3, "a function"),
    ],
)
def test_message_about_a_wrong_value_helps(
    changes: dict[str, Any], answer: Any, words: str
) -> None:
    if type(answer) is str and answer == "HOSTILE":
        answer = Hostile()
    assert words in judge(value(**changes), answer).message


def test_value_with_unfilled_entries_is_not_attempted() -> None:
    assert judge(value(answer=(2, 3)), (None, None)).state == "unattempted"


# --- names and registration ------------------------------------------------------------------


def test_unknown_name_is_a_message_with_suggestions() -> None:
    score = check("rnn.sampel_step", step)
    assert score == 0 and score.state == "unknown" and "`rnn.sample_step`" in score.message
    for name in (3, None, Hostile(), "", "nonsense", step, ["rnn"]):
        assert check(name, step) == 0  # type: ignore[arg-type]
        assert repr(hint(name))  # type: ignore[arg-type]


def test_lesson_that_cannot_be_loaded_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bank._TROUBLE, "gru", "SyntaxError: oops")
    assert "could not be loaded" in check("gru.no_such_exercise", step).message


def test_error_of_the_engine_itself_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_RAISE_OWN_ERRORS", False)
    register(quick(name="rnn.broken", probes=lambda rng: 1 / 0))
    score = check("rnn.broken", step)
    assert score == 0 and score.state == "failed" and "not your fault" in score.message


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda: SAMPLE, "already"),
        (lambda: quick(name="nolesson.step"), "belongs to no lesson"),
        (lambda: quick(name="rnn"), "belongs to no lesson"),
        (lambda: quick(points=0), "positive"),
        (lambda: quick(points={"a": math.nan}), "positive"),
        (lambda: quick(mistakes=[Mistake("a", "x", 1), Mistake("a", "y", 2)]), "twice"),
        (lambda: quick(properties=[Property("m", len, part="b")]), "names the part"),
        (lambda: value(answer=0.5), "tolerance"),
    ],
)
def test_registration_refuses_what_cannot_work(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        register(make())


def test_probe_that_names_an_unknown_part_is_refused() -> None:
    with pytest.raises(ValueError, match="names the part"):
        Bench(quick(probes=lambda rng: [Probe((1,), part="none")]))


# --- judging apart from calling --------------------------------------------------------------


def test_calls_and_judgement_can_stand_in_two_processes() -> None:
    """What a grader needs: probes from an unseen seed, plain data back, judged by the parent."""
    code = textwrap.dedent(
        """
        import pickle, sys
        import numpy as np
        from test_engine import SAMPLE, step
        from course.exercises.bench import Bench
        sys.stdout.buffer.write(pickle.dumps(Bench(SAMPLE, (4711,)).run(step, limit=20)))
        """
    )
    root = Path(__file__).resolve().parents[2]
    here = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{Path(__file__).parent}"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        check=True,
        cwd=root,
        env=here,
        timeout=100,
    )
    import pickle

    score = judge_run(Bench(SAMPLE, (4711,)), pickle.loads(done.stdout))
    assert score == 3
    assert judge_run(Bench(SAMPLE, (4712,)), pickle.loads(done.stdout)) == 0


def test_results_are_plain_data() -> None:
    class Sub(float):
        pass

    data = plain((1, Sub(2.5), np.float32(1), [np.ones(2)], {"a": {1, 2}}, Hostile(), len))
    assert [type(item) for item in data] == [int, float, np.ndarray, list, dict, Foreign, Foreign]
    assert isinstance(plain(np.broadcast_to(1.0, (10**5, 10**5))), Huge)
    torch = pytest.importorskip("torch")
    made = plain(torch.ones(2, dtype=torch.bfloat16))
    assert isinstance(made, Tensor) and made.dtype == "bfloat16"


# --- use and hint ----------------------------------------------------------------------------


def test_use_gives_arrays_of_an_answer_in_torch() -> None:
    import torch

    def in_torch(x_t, h_prev, W_xh, W_hh, b_h):
        x_t, h_prev, W_xh, W_hh, b_h = map(torch.tensor, (x_t, h_prev, W_xh, W_hh, b_h))
        return torch.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h.requires_grad_())

    rng = np.random.default_rng(0)
    shapes = (3, 4), (3, 2), (2, 4), (2, 2), (2,)
    arguments = [rng.normal(size=shape) for shape in shapes]
    got = use("rnn.sample_step", in_torch)(*arguments)
    assert type(got) is np.ndarray
    np.testing.assert_allclose(got, step(*arguments), rtol=1e-12)
    listed = use("rnn.sample_step", lambda *args: step(*args).tolist())(*arguments)
    assert type(listed) is np.ndarray and np.allclose(listed, got)


def test_use_takes_the_answer_that_passes_and_otherwise_the_reference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert use("rnn.sample_step", step_einsum) is step_einsum
    assert use("rnn.sample_step", None) is step
    assert use("rnn.sample_step", SAMPLE.mistakes[0].answer) is step
    assert use("rnn.sample_count", 17) == 18 and use("rnn.sample_count", 18) == 18
    assert use("rnn.unknown", 5) == 5
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "rnn.sample_step: using your answer."
    assert lines[1] == ("rnn.sample_step: using the course's answer (yours is not attempted yet).")
    assert len(lines) == 6


def test_hint_gives_one_step_more_each_time_and_says_how_many_are_left() -> None:
    shown = [repr(hint("rnn.sample_step")) for _ in range(6)]
    for number in range(4):
        assert SAMPLE.hints[number] in shown[number]
        assert f"{number + 1} of 4" in shown[number]
    assert (
        "3 more hints" in shown[0] and "1 more hint:" in shown[2] and "No hint is left" in shown[3]
    )
    assert shown[4] == shown[5] and SAMPLE.hints[3] in shown[4] and "last one" in shown[4]
    assert SAMPLE.hints[0] in repr(hint("rnn.sample_step", restart=True))
    assert (
        "<code>x_t @ W_xh.T</code>" in [hint("rnn.sample_step") for _ in range(3)][-1]._repr_html_()
    )


# --- the learner's file ----------------------------------------------------------------------


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_PROGRESS", "on")
    return Path.cwd() / memory.FILE


def entries(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))["exercises"]


@pytest.mark.parametrize(
    "variables, on",
    [
        ({}, True),
        ({"COURSE_PROGRESS": "off"}, False),
        ({"CI": "true"}, False),
        ({"CI": "", "COURSE_PROGRESS": ""}, True),
        ({"PYTEST_VERSION": "9"}, False),
        ({"CI": "1", "COURSE_PROGRESS": "on"}, True),
    ],
)
def test_progress_is_off_under_tests_and_in_ci(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], on: bool
) -> None:
    for name in ("COURSE_PROGRESS", "CI", "PYTEST_VERSION", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    for name, setting in variables.items():
        monkeypatch.setenv(name, setting)
    assert memory.is_on() is on


def test_without_progress_there_is_no_file() -> None:
    check("rnn.sample_step", step)
    hint("rnn.sample_step")
    progress()
    assert list(Path.cwd().iterdir()) == []


def test_best_score_and_tries_are_kept(kept: Path) -> None:
    check("rnn.sample_step", None)
    assert not kept.exists(), "an answer that was not attempted is no try"
    check("rnn.sample_step", SAMPLE.mistakes[1].answer)
    check("rnn.sample_step", step)
    check("rnn.sample_step", lambda: 1)
    hint("rnn.sample_step")
    hint("rnn.sample_step")
    assert entries(kept)["rnn.sample_step"] == {"points": 3.0, "of": 3.0, "tries": 3, "hints": 2}
    assert sorted(p.name for p in Path.cwd().iterdir()) == [memory.FILE]


def test_solution_cells_leave_no_trace(kept: Path) -> None:
    assert check("rnn.sample_step", step, record=False) == 3
    assert use("rnn.sample_step", step) is step
    assert not kept.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": 1, "exercises": {"rnn.x": 3}}',
        b'{"version": 1, "exercises": {"rnn.x": {"points": "many"}}}',
        b'{"version": 1, "exercises": {"rnn.x": {"points": NaN}}}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_broken_file_is_moved_aside_never_lost(kept: Path, content: bytes) -> None:
    kept.write_bytes(content)
    score = check("rnn.sample_step", step)
    assert score == 3 and ".progress.json.broken-1" in score.message
    assert kept.with_name(f"{memory.FILE}.broken-1").read_bytes() == content
    assert entries(kept)["rnn.sample_step"]["points"] == 3
    kept.write_bytes(content)
    assert "broken-2" in check("rnn.sample_step", step).message


def test_file_of_a_newer_version_is_left_alone(kept: Path) -> None:
    text = '{"version": 99, "exercises": {}}'
    kept.write_text(text)
    assert "newer version" in check("rnn.sample_step", step).message
    assert kept.read_text() == text
    assert "newer version" in repr(progress())


def test_folder_that_cannot_be_written_is_a_message(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    real_open = os.open
    monkeypatch.setattr(os, "open", refuse)
    score = check("rnn.sample_step", step)
    assert score == 3 and "could not be written" in score.message
    assert "●" in repr(progress())
    monkeypatch.setattr(os, "open", real_open)
    assert not kept.exists()


def test_interrupted_write_leaves_the_old_file(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check("rnn.sample_count", 18)
    before = kept.read_bytes()

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in check("rnn.sample_step", step).message
    assert kept.read_bytes() == before
    assert sorted(p.name for p in Path.cwd().iterdir()) == [memory.FILE]


def test_lock_left_behind_by_a_dead_kernel_is_taken_away(kept: Path) -> None:
    lock = kept.with_name(memory.FILE + ".lock")
    lock.write_text("")
    os.utime(lock, (time.time() - 60, time.time() - 60))
    check("rnn.sample_step", step)
    assert entries(kept) and not lock.exists()


def _kernel(folder: str, number: int) -> None:
    os.chdir(folder)
    os.environ["COURSE_PROGRESS"] = "on"
    for i in range(15):
        name = f"rnn.kernel_{number}_{i}"
        exercise = ValueExercise(name=name, title="x", answer=1)
        memory.remember(exercise, Score(1, 1, state="solved"))
        memory.remember(COUNT, Score(number % 2, 1, state="partly"))


def test_kernels_that_write_at_once_keep_each_others_entries(kept: Path) -> None:
    context = multiprocessing.get_context("fork" if os.name != "nt" else "spawn")
    kernels = [context.Process(target=_kernel, args=(str(kept.parent), n)) for n in range(4)]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(60)
        assert kernel.exitcode == 0
    written = entries(kept)
    assert len([name for name in written if name.startswith("rnn.kernel_")]) == 60
    assert written["rnn.sample_count"] == {"points": 1.0, "of": 1.0, "tries": 60}
    assert [p.name for p in Path.cwd().iterdir()] == [memory.FILE]


def test_points_that_changed_keep_their_share(kept: Path) -> None:
    kept.write_text('{"version": 1, "exercises": {"rnn.sample_step": {"points": 1, "of": 2}}}')
    check("rnn.sample_step", lambda: 1)
    assert entries(kept)["rnn.sample_step"]["points"] == 1.5


# --- the map ---------------------------------------------------------------------------------


@pytest.fixture
def two_lessons(monkeypatch: pytest.MonkeyPatch) -> None:
    """A course of which lesson 02 alone exists, with the two sample exercises and an open one."""
    shown = {"02_rnn_cell"}
    monkeypatch.setattr(memory, "_notebook_exists", lambda lesson: lesson.slug in shown)
    monkeypatch.setattr(bank, "_REGISTRY", {})
    open_one = OpenExercise(name="rnn.open", title="In your words", rubric=["names the state"])
    for exercise in (SAMPLE, COUNT, open_one):
        register(exercise)


@pytest.mark.usefixtures("two_lessons")
def test_map_shows_done_tried_next_and_what_is_in_preparation(kept: Path) -> None:
    text = repr(progress())
    assert "→ ○ 02  The RNN cell  (0 of 2 exercises done, 0 of 4 points)" in text
    assert (
        text.count("in preparation") == len(LESSONS) - 1
        and "Next: One step of the cell, in lesson 02." in text
    )
    check("rnn.sample_step", SAMPLE.mistakes[1].answer)
    text = repr(progress())
    assert "◐ One step of the cell (tried, 1 of 3 points)" in text and "✎ In your words" in text
    check("rnn.sample_step", step)
    text = repr(progress())
    assert "● One step of the cell (done, 3 of 3 points)" in text
    assert "→ ◐ 02" in text and "Next: How many parameters?" in text
    check("rnn.sample_count", 18)
    assert "● 02  The RNN cell  (2 of 2 exercises done, 4 of 4 points)" in repr(progress())


@pytest.mark.usefixtures("two_lessons")
def test_map_is_a_list_that_needs_no_colour_and_no_script() -> None:
    page = progress()._repr_html_()
    assert (
        page.count("<li style") == len(LESSONS)
        and "<ol" in page
        and 'aria-label="Map of the course"' in page
    )
    assert '<a href="02_rnn_cell.ipynb"' in page and '<a href="03' not in page
    assert "<script" not in page and "var(--jp-" in page
    assert page == progress()._repr_html_()
    for lesson in LESSONS:
        assert lesson.number in page


def test_course_has_fifteen_lessons_each_with_its_own_word() -> None:
    assert [lesson.number for lesson in LESSONS] == [f"{n:02}" for n in range(15)]
    assert len({lesson.word for lesson in LESSONS}) == 15


# --- lightness -------------------------------------------------------------------------------


def test_import_brings_no_torch_and_names_no_lesson() -> None:
    code = (
        "import sys, course.exercises as e; e.progress(); "
        "assert 'torch' not in sys.modules, 'torch'; assert 'matplotlib' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, env=os.environ | {"CI": "1"}
    )


def test_mutants_change_every_kind_of_thing() -> None:
    def reference(x: Any, n: int = 2) -> Any:
        """Docstring."""
        total = np.zeros(x.shape[1])
        for t in range(len(x)):
            if t % n == 0 and t > 0:
                total += x[t] * 2 - total
        return np.sum(total, axis=0), x[1:].T

    namespace = {"np": np}
    reference.__globals__.update(namespace)
    made = mutants.mutants(quick(reference=reference))
    keys = {mutant.key for mutant in made}
    for expected in (
        "3: np.zeros(x.shape[1]) → x.shape[1]",
        "3: 1 → 2",
        "3: np.zeros → np.ones",
        "3: total = np.zeros(x.shape[1]) → (removed)",
        "4: range(len(x)) → range(1, len(x))",
        "5: t % n == 0 → t % n != 0",
        "5: t > 0 → t >= 0",
        "5: t % n == 0 and t > 0 → t % n == 0 or t > 0",
        "6: x[t] * 2 - total → x[t] * 2 + total",
        "6: x[t] * 2 - total → x[t] * 2",
        "6: total += x[t] * 2 - total → total = x[t] * 2 - total",
        "7: np.sum(total, axis=0) → np.sum(total)",
        "7: np.sum → np.mean",
        "7: x[1:].T → x[1:]",
        "7: (np.sum(total, axis=0), x[1:].T) → (x[1:].T, np.sum(total, axis=0))",
    ):
        assert expected in keys, expected
    assert len(keys) == len(made)


def test_a_survivor_is_found() -> None:
    def blind(x: Any) -> Any:
        return x * 1.0 + 0.0 * x.sum()

    blind_exercise = quick(reference=blind, probes=lambda rng: [(np.zeros(3),)])
    _, alive = survivors(blind_exercise)
    assert alive
