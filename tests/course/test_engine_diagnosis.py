"""Why an answer is wrong: single edits, two mistakes at once, the first line that goes wrong."""

from __future__ import annotations

import ast
import dataclasses
import textwrap
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course.exercises import CodeExercise, Mistake, Score
from course.exercises.bench import Bench
from course.exercises.diagnose import Search
from course.exercises.engine import judge, judge_run
from course.exercises.formula import apply, edits
from course.exercises.mutants import define, parse
from course.grading import wire


def rnn_step(x_t, h_prev, W_xh, W_hh, b_h):
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    h_t = np.tanh(a_t)
    return h_t


def rnn_trace(x_t, h_prev, W_xh, W_hh, b_h):
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    h_t = np.tanh(a_t)
    return {"a_t": a_t, "h_t": h_t}


def probes(rng):
    sizes = [(1, 2, 2), (3, 4, 2), (2, 3, 4)]
    return [
        tuple(rng.normal(size=size) for size in ((B, D), (B, H), (H, D), (H, H), (H,)))
        for B, D, H in sizes
    ]


STEP = CodeExercise(
    name="rnn.diagnosed", title="One step", reference=rnn_step, probes=probes, outputs=("h_t",)
)
TRACED = dataclasses.replace(STEP, trace=rnn_trace)


def changed(before: str, after: str, source: Callable[..., Any] = rnn_step) -> Callable[..., Any]:
    """Write a learner's answer: the reference's source with one text in another's place."""
    import inspect

    text = textwrap.dedent(inspect.getsource(source))
    assert before in text
    space = {"np": np}
    exec(compile(text.replace(before, after), "<learner>", "exec"), space)
    return space[source.__name__]  # type: ignore[return-value]


def said(score: Score) -> str:
    return " ".join(score.message.split())


# --- single edits -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before, after, words",
    [
        (" + b_h", "", "without the term `b_h`"),
        (" + h_prev @ W_hh.T", "", "without the term `W_hh h_prev`"),
        (" + h_prev @ W_hh.T", " - h_prev @ W_hh.T", "with a minus before `W_hh h_prev`"),
        ("W_hh.T", "W_hh", "with `W_hh` in place of `W_hh.T`"),
        ("np.tanh(a_t)", "a_t", "without the `tanh`"),
        ("np.tanh(a_t)", "1 / (1 + np.exp(-a_t))", "with `sigmoid` in place of `tanh`"),
    ],
)
def test_a_single_edit_is_said_in_the_formulas_words(before: str, after: str, words: str) -> None:
    message = said(judge(STEP, changed(before, after)))
    assert f"Your result is what comes out {words}." in message
    assert "a_t = " not in message and "np.tanh(a_t)" not in message, "a line is shown"


def attention(q, K, V):
    scores = K @ q / np.sqrt(q.shape[0])
    weights = np.exp(scores - scores.max())
    weights = weights / weights.sum()
    return weights @ V


HEAD = CodeExercise(
    name="rnn.head",
    title="One head",
    reference=attention,
    probes=lambda rng: [
        tuple(rng.normal(size=size) for size in ((d,), (n, d), (n, d))) for n, d in ((2, 2), (3, 4))
    ],
)


def test_a_missing_root_and_a_missing_division_are_told_apart() -> None:
    assert "without the `sqrt`" in said(
        judge(HEAD, changed("np.sqrt(q.shape[0])", "q.shape[0]", attention))
    )
    assert "without dividing by `sqrt(q.shape[0])`" in said(
        judge(HEAD, changed(" / np.sqrt(q.shape[0])", "", attention))
    )


def test_another_axis_and_swapped_operands_are_named() -> None:
    def shares(x, y):
        return x.sum(axis=1) - y.sum(axis=1)

    exercise = dataclasses.replace(
        STEP,
        reference=shares,
        outputs=(),
        probes=lambda rng: [(rng.normal(size=(n, n)), rng.normal(size=(n, n))) for n in (2, 3)],
    )
    swapped = said(judge(exercise, lambda x, y: y.sum(1) - x.sum(1)))
    assert "wrong sign" in swapped, "the simplest true sentence comes first"
    message = said(judge(exercise, lambda x, y: x.sum(0) - y.sum(1)))
    assert "with the `sum` over axis 0 in place of axis 1" in message


def test_an_edit_must_fit_every_call_and_nothing_that_says_something_else() -> None:
    def sometimes(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h * (len(x_t) == 3))

    assert "comes out" not in said(judge(STEP, sometimes))

    def total(x, y, z):
        return x + y + z

    def with_equals(rng: np.random.Generator) -> list[Any]:
        y = rng.normal(size=3)
        return [(rng.normal(size=3), y, y.copy())]

    alike = dataclasses.replace(STEP, reference=total, outputs=(), probes=with_equals)
    assert "comes out" not in said(judge(alike, lambda x, y, z: x + y)), "it may be y or z"
    apart = dataclasses.replace(
        alike, probes=lambda rng: [tuple(rng.normal(size=3) for _ in range(3))]
    )
    assert "without the term `z`" in said(judge(apart, lambda x, y, z: x + y))


def test_a_name_that_the_learner_has_not_read_is_not_said() -> None:
    def hidden(x):
        secret_line = x * 3.0
        return secret_line + secret_line**2

    exercise = dataclasses.replace(
        STEP, reference=hidden, outputs=(), probes=lambda rng: [(rng.normal(size=4),)]
    )
    message = said(judge(exercise, lambda x: (x * 3.0) ** 2))
    assert "secret" not in message and "comes out without one term of a sum" in message


def test_a_written_mistake_comes_before_an_edit() -> None:
    written = Mistake("no_bias", "The bias is missing.", changed(" + b_h", ""))
    message = said(judge(dataclasses.replace(STEP, mistakes=[written]), changed(" + b_h", "")))
    assert "The bias is missing." in message and "comes out" not in message


def test_an_edit_that_runs_on_is_ended() -> None:
    def count(n):
        total = 0
        while n > 0:
            total += n
            n = n - 1
        return total

    exercise = dataclasses.replace(
        STEP, reference=count, outputs=(), probes=lambda rng: [(3,), (5,)]
    )
    started = time.monotonic()
    assert judge(exercise, lambda n: n) == 0
    assert time.monotonic() - started < 30, "an edit ran on without end"


def test_no_list_is_put_into_itself() -> None:
    def steps(x):
        h = []
        for row in x:
            h.append(row * 2.0)
        return np.stack(h)

    tree = parse(steps)
    for edit in edits(tree, {"x", "h", "row"}):
        assert "append(h)" not in ast.unparse(apply(tree, edit))


def test_every_edit_is_a_program_of_its_own_and_leaves_the_tree_alone() -> None:
    tree = parse(attention)
    before = ast.dump(tree)
    listed = edits(tree, {"q", "K", "V"})
    assert len(listed) > 20
    for edit in listed:
        assert callable(define(apply(tree, edit), {"np": np}, "<edit>"))
    assert ast.dump(tree) == before


# --- two at once --------------------------------------------------------------------------------

WRITTEN = [
    Mistake("no_bias", "The bias is missing.", changed(" + b_h", "")),
    Mistake("turned", "The matrix is not transposed.", changed("W_hh.T", "W_hh")),
    Mistake("flat", "The tanh is missing.", changed("np.tanh(a_t)", "a_t")),
]


def test_two_written_mistakes_at_once_are_both_named() -> None:
    both = changed("W_hh.T + b_h", "W_hh")
    message = said(judge(dataclasses.replace(STEP, mistakes=WRITTEN), both))
    assert (
        "You have made two mistakes at once. The bias is missing. The matrix is not transposed."
        in message
    )
    assert "tanh is missing" not in message
    three = changed("W_hh.T + b_h\n    h_t = np.tanh(a_t)", "W_hh\n    h_t = a_t")
    assert "Two things" not in said(judge(dataclasses.replace(STEP, mistakes=WRITTEN), three))


def test_each_wrong_output_is_given_its_own_mistake() -> None:
    def backward(x, y):
        return x * 2.0, y * 3.0

    exercise = dataclasses.replace(
        STEP,
        reference=backward,
        outputs=("dx", "dy"),
        probes=lambda rng: [(rng.normal(size=n), rng.normal(size=n)) for n in (2, 3)],
        mistakes=[
            Mistake("x", "The first is squared.", lambda x, y: (x**2, y * 3.0)),
            Mistake("y", "The second is cubed.", lambda x, y: (x * 2.0, y**3)),
        ],
    )
    message = said(judge(exercise, lambda x, y: (x**2, y**3)))
    assert (
        "You have made two mistakes at once. The first is squared. The second is cubed." in message
    )


def test_a_mistake_of_several_outputs_is_not_named_for_one_of_them() -> None:
    def answer(one, two, three):
        return lambda x, y, z: (x**one + x, y**two + y, z**three + z)

    texts = {(2, 2, 4): "Two.", (4, 3, 4): "Second.", (4, 4, 3): "Third.", (2, 4, 4): "One."}
    mistakes = [Mistake(text, text, answer(*powers)) for powers, text in texts.items()]
    exercise = dataclasses.replace(STEP, reference=answer(4, 4, 4), outputs=("dx", "dy", "dz"))
    calls = {"probes": lambda rng: [rng.normal(size=(3, n)) for n in (2, 3)]}

    def message(mistakes, *powers):
        return said(
            judge(dataclasses.replace(exercise, mistakes=mistakes, **calls), answer(*powers))
        )

    assert "at once" not in message(mistakes[:3], 2, 3, 4)
    assert "three mistakes at once. One. Second. Third." in message(mistakes, 2, 3, 3)
    assert "two mistakes at once. Two. Third." in message(mistakes, 2, 2, 3)


# --- build exercises: the first line that goes wrong ----------------------------------------------


def test_the_first_wrong_line_is_named_with_what_is_wrong_in_it() -> None:
    message = said(judge(TRACED, changed("W_hh.T", "W_hh")))
    assert (
        "`a_t` is the first line that goes wrong: it is what comes out with `W_hh` in place of "
        "`W_hh.T`." in message
    )
    message = said(judge(TRACED, changed("np.tanh(a_t)", "np.sin(a_t)")))
    assert "`h_t` is the first line that goes wrong (`a_t` is right). `h_t` differs" in message


def test_all_named_lines_right_means_that_what_comes_after_is_wrong() -> None:
    message = said(judge(TRACED, changed("return h_t", "return h_t * h_t")))
    assert "`a_t` and `h_t` are right; the mistake comes after." in message


def test_nothing_is_said_to_come_after_a_right_result_or_a_missing_return() -> None:
    exercise = dataclasses.replace(TRACED, must_not_change=("h_prev", "b_h"))
    message = said(judge(exercise, changed("return h_t", "h_prev *= 2\n    return h_t")))
    assert "your function changes its argument `h_prev`. Work on a copy" in message
    assert "comes after" not in message
    both = changed("return h_t", "h_prev *= 2\n    b_h += 1\n    return h_t")
    assert "changes its arguments `h_prev` and `b_h`. Work on" in said(judge(exercise, both))
    message = said(judge(TRACED, changed("return h_t", "pass")))
    assert "returns nothing" in message and "comes after" not in message


def raising(error: Exception) -> Callable[..., Any]:
    def answer(*args: Any) -> Any:
        raise error

    return answer


@pytest.mark.parametrize(
    ("kind", "is_named"), [(RuntimeError, False), (AttributeError, False), (ValueError, True)]
)
def test_an_error_of_many_meanings_has_to_say_what_the_mistake_says(
    kind: type[Exception], is_named: bool
) -> None:
    mistake = Mistake("raises", "That is the one.", raising(kind("no such size: 3")))
    exercise = dataclasses.replace(STEP, mistakes=[mistake])
    assert "That is the one." in said(judge(exercise, raising(kind("no such size: 7"))))
    other = said(judge(exercise, raising(kind("the graph has been freed"))))
    assert ("That is the one." in other) == is_named


def test_a_librarys_not_implemented_error_is_no_untouched_stub() -> None:
    state = judge(STEP, raising(NotImplementedError("not implemented for 'Long'"))).state
    assert state == "wrong"
    assert judge(STEP, raising(NotImplementedError())).state == "unattempted"


def test_a_learner_who_names_nothing_gets_the_ordinary_message() -> None:
    def answer(x_t, h_prev, W_xh, W_hh, b_h):
        return np.tanh(x_t @ W_xh.T + h_prev @ W_hh + b_h)

    message = said(judge(TRACED, answer))
    assert "line that goes wrong" not in message
    assert "Your result is what comes out with `W_hh` in place of `W_hh.T`." in message


def test_a_name_that_was_given_to_another_value_is_not_called_wrong() -> None:
    def answer(x_t, h_prev, W_xh, W_hh, b_h):
        a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
        a_t = np.tanh(a_t)
        return a_t * 2

    def one_line_twice(x_t, h_prev, W_xh, W_hh, b_h):
        a_t = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
        h_t = np.tanh(a_t)
        return h_t

    assert "goes wrong" not in said(judge(TRACED, answer))
    assert "goes wrong" not in said(judge(TRACED, one_line_twice)), "it may be either line"


def one_unit_first(rng):
    sizes = [(2, 3, 1), (3, 4, 2), (4, 3, 3)]
    return [
        tuple(rng.normal(size=size) for size in ((B, D), (B, H), (H, D), (H, H), (H,)))
        for B, D, H in sizes
    ]


def test_a_line_is_called_right_only_if_it_is_right_in_every_call() -> None:
    exercise = dataclasses.replace(TRACED, probes=one_unit_first)
    both = changed(
        "W_hh.T + b_h\n    h_t = np.tanh(a_t)\n    return h_t", "W_hh + b_h\n    return a_t"
    )
    message = said(judge(exercise, both))
    assert "Call 1" in message and "is right" not in message, "with one unit W_hh is W_hh.T"
    flat = changed("h_t = np.tanh(a_t)\n    return h_t", "return a_t * 3")
    assert "`a_t` is right; the mistake comes after." in said(judge(exercise, flat))


def test_a_value_of_one_turn_of_a_loop_is_not_compared() -> None:
    def by_rows(x_t, h_prev, W_xh, W_hh, b_h):
        out = []
        for b in range(len(x_t)):
            a_t = W_xh @ x_t[b] + W_hh @ h_prev[0] + b_h
            out.append(np.tanh(a_t))
        return np.array(out)

    message = said(judge(TRACED, by_rows))
    assert "a_t" not in message and "`h_t` differs" in message


def test_a_line_is_blamed_only_if_the_result_follows_from_it() -> None:
    def in_other_words(x_t, h_prev, W_xh, W_hh, b_h):
        a_t = x_t @ W_xh.T
        h_t = h_prev @ W_hh.T
        return np.tanh(a_t + h_t)

    def mended_later(x_t, h_prev, W_xh, W_hh, b_h):
        a_t = x_t @ W_xh.T + h_prev @ W_hh.T
        return np.tanh(a_t + b_h) * 2

    def doubled(x_t, h_prev, W_xh, W_hh, b_h):
        a_t = 2 * (x_t @ W_xh.T + h_prev @ W_hh.T + b_h**2)
        return np.tanh(a_t)

    for answer in (in_other_words, mended_later):
        assert "line that goes wrong" not in said(judge(TRACED, answer))
    assert "`a_t` is the first line that goes wrong. `a_t` differs" in said(judge(TRACED, doubled))


@pytest.mark.parametrize(
    "stage", ["compare", "relations", "judge", "diagnose", "formula", "explain"]
)
def test_no_stage_after_the_calls_looks_at_the_clock(stage: str) -> None:
    import importlib

    module = importlib.import_module(f"course.exercises.{stage}")
    assert not {"time", "datetime", "signal"} & set(vars(module)), "a message would depend on load"


def test_of_a_loop_the_values_at_its_end_count_and_nothing_is_traced_afterwards() -> None:
    import sys

    def layer(x, h_t):
        for t in range(len(x)):
            a_t = x[t] + h_t
            h_t = np.tanh(a_t)
        return h_t

    def trace(x, h_t):
        for t in range(len(x)):
            a_t = x[t] + h_t
            h_t = np.tanh(a_t)
        return {"a_t": a_t, "h_t": h_t}

    exercise = dataclasses.replace(
        TRACED,
        reference=layer,
        trace=trace,
        probes=lambda rng: [(rng.normal(size=(3, 2)), rng.normal(size=2))],
    )
    message = said(judge(exercise, changed("x[t] + h_t", "x[t] - h_t", layer)))
    assert "`a_t` is the first line that goes wrong" in message
    assert judge(exercise, layer) == 1
    assert sys.getprofile() is None


def test_a_named_mistake_says_the_line_too() -> None:
    message = said(judge(dataclasses.replace(TRACED, mistakes=WRITTEN), changed(" + b_h", "")))
    assert "The bias is missing. `a_t` is the first line that goes wrong." in message


def test_gradients_are_followed_output_by_output_and_a_missing_path_is_said() -> None:
    def backward(dh_t, dh_next, W, a):
        da = (dh_t + dh_next @ W) * (1 - a**2)
        dW = da.T @ a
        return da, dW

    exercise = dataclasses.replace(
        STEP,
        reference=backward,
        outputs=("da", "dW"),
        probes=lambda rng: [
            tuple(rng.normal(size=size) for size in ((n, m), (n, m), (m, m), (n, m)))
            for n, m in ((1, 2), (3, 2))
        ],
    )
    message = said(judge(exercise, changed("dh_t + dh_next @ W", "dh_t", backward)))
    assert "without the term `dh_next @ W`: one path of the gradient is missing." in message
    only_one = changed(
        "return da, dW", "return (dh_next @ W) * (1 - a**2), dW * 7 + a.sum()", backward
    )
    message = said(judge(exercise, only_one))
    assert "`da` is what comes out without the term `dh_t`: one path of the gradient" in message
    message = said(judge(exercise, lambda *args: (0 * args[0], backward(*args)[1])))
    assert "Every entry is zero." in message and "is what comes out" not in message


def test_only_a_term_that_holds_a_gradient_is_a_path_of_it() -> None:
    def backward(dh_t: np.ndarray, x_t: np.ndarray, b_h: np.ndarray) -> np.ndarray:
        c_t = np.tanh(x_t + b_h)
        return dh_t * (1 - c_t**2)

    exercise = dataclasses.replace(
        STEP,
        reference=backward,
        outputs=("dx_t",),
        probes=lambda rng: [tuple(rng.normal(size=(3, 2)) for _ in range(3)) for _ in range(2)],
    )
    message = said(judge(exercise, changed("x_t + b_h", "x_t", backward)))
    assert "without the term `b_h`." in message and "path" not in message


def test_what_a_childs_variables_were_reaches_the_grader() -> None:
    bench = Bench(TRACED, (7,))
    done = bench.run(changed("W_hh.T", "W_hh"), limit=20.0)
    assert set(done.outcomes[0].seen) == {"a_t", "h_t"}
    sent = wire.pack(wire.run_as_data(done))
    text, block = wire.read_head(sent[: wire.HEAD])
    back = wire.unpack(sent[wire.HEAD : wire.HEAD + text], sent[wire.HEAD + text :])
    assert len(sent) == wire.HEAD + text + block
    read = wire.run_from_data(back, len(bench.probes))
    assert said(judge_run(bench, read)) == said(judge_run(bench, done))
    assert "`a_t` is the first line that goes wrong" in said(judge_run(bench, read))


def test_search_gives_nothing_when_its_calls_or_lines_are_spent() -> None:
    bench = Bench(STEP, (0,))
    outcomes = bench.run(changed(" + b_h", "")).outcomes
    search = Search(bench, outcomes, 0)
    assert search.by_edit() == "without the term `b_h`"
    for spent in ("calls", "lines"):
        late = Search(bench, outcomes, 0)
        setattr(late, spent, 3)
        assert late.by_edit() == "" and late.two_at_once() == ()
