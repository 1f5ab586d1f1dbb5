"""Checks that never mislead: each kind of message that misled a reader is enacted here."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from course.exercises import (
    CodeExercise,
    Mistake,
    Probe,
    Property,
    Score,
    ValueExercise,
    engine,
)
from course.exercises.bank.kinds import EXAMPLE
from course.exercises.bench import Bench
from course.exercises.engine import judge


@pytest.fixture(autouse=True)
def _own_errors_are_raised(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(engine, "_RAISE_OWN_ERRORS", True)
    yield


def exercise(reference: Callable[..., Any], *calls: tuple[Any, ...], **more: Any) -> CodeExercise:
    """An exercise with these calls alone."""
    fields: dict[str, Any] = {
        "name": "rnn.kind",
        "title": "Kind",
        "reference": reference,
        "probes": lambda rng: [call if isinstance(call, Probe) else Probe(call) for call in calls],
    }
    return CodeExercise(**(fields | more))


def said(score: Score) -> str:
    """The message in one line."""
    return " ".join(score.message.split())


A = np.arange(6.0).reshape(2, 3) + 0.5
C = np.arange(24.0).reshape(2, 3, 4) * 0.7 + 0.3

# --- a generic explanation is true, or is not given ----------------------------------------------


def first_step_only(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[:, :1] * 2.0, x[:, 1:] * x[:, 1:]], axis=1)


def test_no_step_is_spoken_of_where_the_exercise_has_none() -> None:
    for axes in ((), ("RNC",)):
        message = said(judge(exercise(lambda x: x * 2.0, (C,), axes=axes), first_step_only))
        assert "step" not in message.replace("One step of help", "")
    with_steps = exercise(lambda x: x * 2.0, (C,), axes=("BTH",))
    message = said(judge(with_steps, first_step_only))
    assert "The first step is right, later ones are not." in message
    assert "state" not in message, "there is no state to be handed on"
    with_state = exercise(lambda x, h_0: x * 2.0, (C, A), axes=("BTH",))
    assert "how the state passes" in said(judge(with_state, lambda x, h_0: first_step_only(x)))


def test_a_gradient_is_handed_on_from_the_last_step_to_the_first() -> None:
    made = exercise(lambda x, h_0: x * 2.0, (C, A), axes=("BTH",))
    made = dataclasses.replace(made, outputs=("dx",))

    def last_step_only(x: np.ndarray, h_0: np.ndarray) -> np.ndarray:
        return np.flip(first_step_only(np.flip(x, 1)), 1)

    message = said(judge(made, last_step_only))
    assert "The last step is right, earlier ones are not." in message
    assert "sends back to the step before" in message
    message = said(judge(made, lambda x, h_0: first_step_only(x)))
    assert "The first step is right, later ones are not." in message
    assert "how the state passes" not in message


def test_no_sequence_of_a_batch_is_spoken_of_where_there_is_no_batch() -> None:
    message = said(judge(exercise(lambda x: x * 2.0, (C,), axes=("TDH",)), lambda x: x[0] * 2.0))
    assert "sequence" not in message and "has shape (3, 4), should be (2, 3, 4)" in message


def test_no_factor_is_named_beside_nan_or_infinity() -> None:
    def spoilt(x: np.ndarray) -> np.ndarray:
        y = x * 2.0
        y[0, 0] = np.nan
        return y

    def endless(x: np.ndarray) -> np.ndarray:
        return np.full_like(x, np.inf)

    for wrong in (spoilt, endless, lambda x: np.where(spoilt(x) == spoilt(x), x, np.inf)):
        message = said(judge(exercise(lambda x: x * 2.0, (A,)), wrong))
        assert "the right one" not in message
    assert "nan: 1 of 6 entries" in said(judge(exercise(lambda x: x * 2.0, (A,)), spoilt))


def test_decimals_are_not_called_cut_off_where_the_result_is_zero() -> None:
    small = exercise(lambda x: x / 10.0, (A,))
    assert "cut off" not in said(judge(small, lambda x: np.zeros_like(x)))
    assert "cut off" not in said(judge(exercise(lambda x: 0.4, (A,)), lambda x: 0.0))
    assert "cut off" in said(judge(exercise(lambda x: x, (A * 3,)), lambda x: x.astype(int)))


def test_wrapping_is_advised_only_where_it_mends() -> None:
    pair = exercise(lambda x: x * 2.0, (A,), strict_type=True)
    assert "np.array(…)" in said(judge(pair, lambda x: (x * 2.0).tolist()))
    for wrong in (lambda x: (x * 3.0).tolist(), lambda x: (x * 2.0, x), lambda x: [[1.0], [2, 3]]):
        assert "np.array" not in said(judge(pair, wrong))


def test_a_relation_must_be_true_of_every_failing_call_and_of_no_other() -> None:
    two = exercise(lambda x: x * 2.0, (A,), (C,))
    assert "wrong sign" in said(judge(two, lambda x: -2.0 * x))
    assert "wrong sign" not in said(judge(two, lambda x: -2.0 * x if x.ndim == 2 else 3.0 * x))
    assert "wrong sign" in said(judge(two, lambda x: -2.0 * x if x.ndim == 2 else 2.0 * x))


# --- the case can be worked by hand --------------------------------------------------------------


def test_up_to_twelve_numbers_are_shown_in_full_and_more_as_a_shape() -> None:
    small, large = np.arange(12.0).reshape(3, 4), np.arange(13.0)
    message = said(judge(exercise(lambda x, y: x, (small, large)), lambda x, y: y[0]))
    assert "`x = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]`" in message
    assert "`y of shape (13,)`" in message


def test_small_result_is_shown_whole_beside_the_wanted_one() -> None:
    message = said(judge(exercise(lambda x: x, (np.array([1.0, 2.0]),)), lambda x: x * x + 1))
    assert "In full: got `[2, 5]`, wanted `[1, 2]`." in message
    words = exercise(lambda text: text.split(), ("a b c",))
    assert "got `['c', 'b', 'a']`" in said(judge(words, lambda text: text.split()[::-1]))


def test_the_texts_example_runs_first_then_the_smallest_input() -> None:
    large, small, own = np.ones((3, 4)), np.ones((1, 2)), np.ones((2, 2))
    probes = Bench(exercise(lambda x: x, (large,), (small,), example=(own,)), (0,)).probes
    assert [probe.args[0].shape for probe in probes] == [(2, 2), (1, 2), (3, 4)]
    assert probes[0].label == EXAMPLE
    labelled = exercise(lambda x: x, (small,), Probe((large,), label=EXAMPLE))
    assert Bench(labelled, (0,)).probes[0].args[0].shape == (3, 4)
    empty = exercise(lambda x: x, (np.ones((0, 2)),), (small,))
    assert Bench(empty, (0,)).probes[0].args[0].size, "an empty input teaches least"


def test_no_call_gets_one_array_under_two_names() -> None:
    def in_place(m: np.ndarray, s: np.ndarray) -> np.ndarray:
        m += 1.0
        return m * s

    x = np.array([1.0, 2.0])
    shared = exercise(lambda m, s: (m + 1.0) * s, (x, x))
    assert judge(shared, in_place) == 1


def test_whatever_is_not_known_output_index_got_and_wanted_are_told() -> None:
    several = exercise(lambda x: (x, x * 2.0), (A,), outputs=("h", "c"), axes=("BH", "BH"))
    message = said(judge(several, lambda x: (x, x * 2.0 + x**2 * (x > 3))))
    assert "`c` differs in 3 of 6 entries; first at [1, 0] (sequence 1, unit 0): got" in message
    assert "wanted 7" in message and "`x = [[0.5, 1.5, 2.5], [3.5, 4.5, 5.5]]`" in message


# --- words and letters ---------------------------------------------------------------------------


def test_letters_come_from_the_exercise_and_from_nowhere_else() -> None:
    square = np.ones((3, 3))
    for axes, legend in ((("TD",), "(3, 3) = (T, D)"), ((), "should be (3, 3).")):
        message = said(judge(exercise(lambda x: x, (square,), axes=axes), lambda x: x[0]))
        assert legend in message
    assert "=" not in message.partition("has shape")[2].partition("Call")[0]


def test_no_axis_is_named_twice_in_a_place() -> None:
    square = exercise(lambda x: x, (np.ones((2, 2)),), axes=("TT",))
    message = said(judge(square, lambda x: x * 3 * np.eye(2) + x * 4))
    assert "first at [0, 0]: got 7" in message and "step" not in message.split("One step")[0]


def test_a_place_inside_a_result_is_written_as_code_that_can_be_typed() -> None:
    nested = exercise(lambda x: [(0, 1), (1, 2)], (A,), outputs=("alignment",))
    message = said(judge(nested, lambda x: [(0, 1), (1, 3)]))
    assert "`alignment[1][1]` is 3, should be 2." in message
    assert not re.search(r"`\[\d|\] The", message)
    unnamed = exercise(lambda x: [{"a": [1, 2]}], (A,))
    assert "Entry `[0]['a'][1]` of the result is 3" in said(
        judge(unnamed, lambda x: [{"a": [1, 3]}])
    )


def test_what_a_property_asks_is_said_only_where_it_does_not_hold() -> None:
    words = "Your rows do not sum to one."
    rows = Property(words, lambda out, x: np.allclose(out.sum(1), 1))
    share = exercise(lambda x: x / x.sum(1, keepdims=True), (A,), properties=[rows])
    assert words in said(judge(share, lambda x: x))
    assert words not in said(judge(share, lambda x: np.full_like(x, 1 / 3)))
    assert words not in said(judge(share, lambda x: (x / x.sum(1, keepdims=True)).tolist()))


# --- right is right ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dress, note",
    [
        (lambda y: y.tolist(), "is a list"),
        (lambda y: tuple(map(tuple, y)), "is a tuple"),
        (lambda y: y.astype(np.float32), "within the precision of float32"),
        (lambda y: __import__("torch").tensor(y), "is a torch tensor"),
        (lambda y: __import__("torch").tensor(y).float(), "is a torch tensor"),
    ],
)
def test_right_values_in_another_type_earn_the_points_with_a_note(
    dress: Callable[[np.ndarray], Any], note: str
) -> None:
    score = judge(exercise(lambda x: x / 3.0, (A,)), lambda x: dress(x / 3.0))
    assert score == 1 and note in said(score)
    assert judge(exercise(lambda x: x / 3.0, (A,), strict_type=True), lambda x: dress(x / 3.0)) in (
        0,
        "tensor" in note and "float" not in note,
    )
    wrong = judge(exercise(lambda x: x / 3.0, (A,)), lambda x: dress(x / 3.01))
    assert wrong == 0 and "differs in every entry" in said(wrong)


def test_a_tuple_and_an_array_of_three_numbers_are_the_same() -> None:
    three = exercise(lambda x: (1.0, 2.0, 3.5), (A,), outputs=("a", "b", "c"))
    assert judge(three, lambda x: np.array([1.0, 2.0, 3.5])) == 1
    assert judge(three, lambda x: [np.float64(1), np.float32(2), 3.5]) == 1
    assert "`b` is 9" in said(judge(three, lambda x: np.array([1.0, 9.0, 3.5])))
    array = exercise(lambda x: np.array([1.0, 2.0, 3.5]), (A,))
    assert judge(array, lambda x: (1.0, 2.0, 3.5)) == 1


def test_numpys_own_scalars_and_strings_are_pythons() -> None:
    assert judge(exercise(lambda x: "ab", (A,)), lambda x: np.str_("ab")) == 1
    assert judge(exercise(lambda x: ["ab"], (A,)), lambda x: np.array(["ab"])) == 1
    assert judge(exercise(lambda x: True, (A,)), lambda x: np.True_) == 1
    assert judge(exercise(lambda x: {"a": 1.0}, (A,)), lambda x: {np.str_("a"): np.float64(1)}) == 1
    assert judge(exercise(lambda x: x > 1, (A,)), lambda x: (x > 1).astype(int)) == 0


def test_a_lower_precision_is_no_excuse_for_a_wrong_value() -> None:
    third = exercise(lambda x: x / 3.0, (A,))
    assert judge(third, lambda x: (x / 3.0 + 1e-3).astype(np.float32)) == 0
    assert judge(third, lambda x: x / 3.0 + 1e-5) == 0


def test_what_the_text_forbids_costs_points_and_is_named() -> None:
    def loop(x):
        return np.stack([row * 2.0 for row in x])

    def listed(x):
        first, second = (part * 2.0 for part in (x[:1], x[1:]))
        return np.concatenate([first, second])

    def in_torch(x):
        import torch

        return torch.tensor(x) * 2

    def free(x):
        return x * 2.0

    twice = exercise(free, (A,), must_not_use=("a loop", "torch"))
    assert "uses a loop; the exercise asks to do without" in said(judge(twice, loop))
    assert judge(twice, loop) == 0 and judge(twice, free) == 1 and judge(twice, listed) == 1
    assert "uses torch; the exercise asks for NumPy" in said(judge(twice, in_torch))
    assert judge(twice, first_step_only) == 0
    assert judge(twice, calls_a_loop) == 0, "a loop in a function that it calls"
    assert judge(exercise(free, (A,)), loop) == 1, "nothing is forbidden here"


def rows_doubled(x):
    return [row * 2.0 for row in x]


def calls_a_loop(x):
    return np.stack(rows_doubled(x))


# --- an exception's cause was looked at, not guessed ----------------------------------------------

R = np.arange(4.0).reshape(2, 2) + 0.25
IN_ROWS = exercise(lambda x, W, V: x @ W.T + V.sum(), (A, A + 1, A - 1), (A[:1], A, A * 2))


def test_a_turned_product_is_proposed_only_if_it_was_tried_and_mends_every_call() -> None:
    def untransposed(x, W, V):
        return x @ W + V.sum()

    def other_side(x, W, V):
        return np.dot(W, x) + V.sum()

    def other_matrix(x, W, V):
        return x @ V + V.sum()

    def and_more(x, W, V):
        return x @ W

    assert "Did you mean `x @ W.T`?" in said(judge(IN_ROWS, untransposed))
    assert "Did you mean `x @ W.T`?" in said(judge(IN_ROWS, other_side))
    for wrong in (other_matrix, and_more):  # there `x @ V.T` fits as well, and is as wrong
        message = said(judge(IN_ROWS, wrong))
        assert "the 3 of the left meets the 2 of the right." in message
        assert "Did you mean" not in message


def test_of_an_index_array_axis_and_size_are_told_and_a_loop_only_where_it_is_too_long() -> None:
    def hidden(x):
        return x.take(2, axis=0)

    def no_loop(x):
        return x[0, 0] + x[0, 3]

    def other_loop(x):
        out = 0.0
        for t in range(x.shape[1]):
            out += x[t].sum()
        return out

    def too_long(x):
        out = 0.0
        for t in range(x.shape[1] + 1):
            out += x[0, t]
        return out

    any_sum = exercise(lambda x: x.sum(), (A,))
    assert "On axis 0, of size 2, the indices run from 0 to 1; 2 is asked for." in said(
        judge(any_sum, hidden)
    )
    message = said(judge(any_sum, no_loop))
    assert "`x` has shape (2, 3): on axis 1 the indices run from 0 to 2, and 3 is" in message
    assert "loop" not in message
    message = said(judge(any_sum, other_loop))
    assert "`x` has shape (2, 3): on axis 0 the indices run from 0 to 1, and `t` is 2." in message
    assert "loop" not in message
    assert "Does the loop of `t` run one step too long?" in said(judge(any_sum, too_long))


def test_an_array_in_a_numbers_place_is_no_row_of_another_length() -> None:
    def answer(x):
        out = np.zeros(2)
        total = x[0]
        out[0] = np.tanh(total)
        return out

    message = said(judge(exercise(lambda x: x[0], (R,)), answer))
    assert "An array stands where one number is needed: `total` has shape (2,)." in message
    assert "different lengths" not in message


def test_advice_on_an_error_fits_what_stands_there() -> None:
    import torch

    one = exercise(lambda x: np.tanh(x), (A,))
    message = said(judge(one, lambda x: torch.tanh(x)))
    assert "`torch.tanh` takes tensors, and this is a NumPy array: NumPy has its own" in message
    assert "meets a torch tensor" not in message
    message = said(judge(one, lambda x: np.tanh[x]))
    assert "A function is called with round brackets" in message
    message = said(judge(one, lambda x: x if x > 0 else -x))
    assert "`np.where` chooses entry by entry" in message and "Use `.any()`" not in message


def test_advice_on_lists_and_copies_fits_arrays_and_tensors() -> None:
    import torch

    B = [np.ones((2, 3)), np.ones(2)]
    doubled = exercise(lambda x: [2.0 * g for g in x], (B,))
    message = said(judge(doubled, lambda x: x * 2.0))
    assert "which have different shapes, one at a time" in message and "np.array" not in message
    assert "Round brackets made it" in said(judge(doubled, lambda x: (2.0 * g for g in x)))
    message = said(judge(doubled, lambda x: [g * np.min(1, 0.5) for g in x]))
    assert "its axis. Of two numbers, use `min(a, b)`" in message
    halved = exercise(lambda x: x / 2, (torch.tensor(A),), must_not_change=("x",))
    message = said(judge(halved, lambda x: x.div_(2)))
    assert "(`.clone()`)" in message and ".copy()" not in message
    assert "`torch.stack(…)` makes one" in said(judge(halved, lambda x: [row / 2 for row in x]))
    message = said(judge(halved, lambda x: x.norm(axis=1)))
    assert "the argument `axis` of `norm` is called `dim`" in message


NOTEBOOK_W, notebook_b = 3.0, 2.0
slope = 3.0


def test_variables_of_the_notebook_are_named_and_no_argument_is_guessed() -> None:
    message = said(judge(exercise(lambda x: x * 2.0, (A,)), lambda x: x * slope + notebook_b))
    assert "reads `slope`, `notebook_b` from the notebook, not from its arguments." in message
    assert "meant in its place" not in message


# --- changed and shared arguments ----------------------------------------------------------------


def test_a_change_that_may_be_the_mistake_is_not_said_to_cost_nothing() -> None:
    def in_place(x):
        for i in range(1, len(x)):
            x[i] = x[i] + x[i - 1]
        return x

    one_by_one = exercise(lambda x: np.concatenate([x[:1], x[1:] + x[:-1]]), (C[0],))
    message = said(judge(one_by_one, in_place))
    assert "changes its argument `x`, and whatever reads that later gets" in message
    assert "costs nothing" not in message
    forbidden = exercise(one_by_one.reference, (C[0],), must_not_change=("x",))
    assert "This may be the mistake" in said(judge(forbidden, in_place))
    named = dataclasses.replace(
        one_by_one, mistakes=[Mistake("new", "It reads new rows.", in_place)]
    )
    message = said(judge(named, in_place))
    assert "It reads new rows." in message and "may be" not in message


def test_a_result_in_the_memory_of_an_argument_that_must_stay_earns_nothing() -> None:
    for answer in (lambda x: x, lambda x: x[:], lambda x: x.reshape(2, 3)):
        kept = exercise(lambda x: np.abs(x), (A,), must_not_change=("x",))
        score = judge(kept, answer)
        assert score == 0 and "is the memory of the argument `x`" in said(score)
        assert judge(exercise(lambda x: np.abs(x), (A,)), answer) == 1, "nobody forbade it"
    assert judge(kept, lambda x: x.copy()) == 1
    both = exercise(lambda x: (x + 1, np.abs(x)), (A,), must_not_change=("x",))
    assert judge(both, lambda x: (x + 1, x)) == 0 and judge(both, lambda x: (x + 1, x + 0)) == 1


# --- nothing is claimed of a nan, and nothing is said twice ---------------------------------------


def test_a_property_is_not_said_to_be_broken_by_a_nan_that_differs_from_itself() -> None:
    words = "What stands in the padding reaches your result."
    same = Property(
        words,
        lambda outputs, probes: np.array_equal(outputs[0], outputs[1]),
        probes=lambda rng: [(A,), (A.copy(),)],
        part="same",
    )
    two = exercise(lambda x: x * 2.0, (A,), properties=[same], points={"v": 1, "same": 1})
    score = judge(two, lambda x: np.where(x > 1, x * 2.0, np.nan))
    assert score == 0 and words not in said(score) and "nan: 1 of 6 entries" in said(score)
    calls = iter(range(100))
    assert words in said(judge(two, lambda x: x * 2.0 + next(calls)))


def test_no_paragraph_is_said_twice() -> None:
    def no(out: Any, x: Any) -> bool:
        return False

    alike = [Property("It forgets.", no), Property("It forgets.", no)]
    traced = exercise(
        lambda x: np.tanh(x),
        (A,),
        properties=alike,
        trace=lambda x: {"h_t": np.tanh(x)},
        outputs=("h_t",),
        axes=("BH",),
    )

    def sine(x):
        h_t = np.sin(x) ** 2
        return h_t

    message = said(judge(traced, sine))
    assert message.count("It forgets.") == 1
    assert message.count("`h_t` differs") == 1 and "`h_t` is the first line" in message


def test_code_above_a_left_over_raise_is_seen() -> None:
    def answer(x):
        y = x * 2.0
        print(y)
        raise NotImplementedError

    def untouched(x):
        """Double x."""
        raise NotImplementedError

    one = exercise(lambda x: x * 2.0, (A,))
    score = judge(one, answer)
    assert score.state == "unattempted" and "take it out, `return` the result" in said(score)
    assert "write your code" in said(judge(one, untouched))


def test_text_is_no_number_where_properties_alone_decide() -> None:
    weights = exercise(
        lambda x: np.array([6.0, -6.0]),
        (A,),
        compare=False,
        properties=[Property("Too weak.", lambda out, x: np.all(np.abs(out.astype(float)) > 5))],
    )
    assert judge(weights, lambda x: np.array([7.0, 8.0])) == 1
    for text in (np.array(["6", "-6"]), ["7", "8"]):
        score = judge(weights, lambda x, text=text: text)
        assert score == 0 and "Numbers are wanted" in said(score)


# --- values --------------------------------------------------------------------------------------


def value(**more: Any) -> ValueExercise:
    fields: dict[str, Any] = {"name": "rnn.value", "title": "Value"}
    return ValueExercise(**(fields | more))


def test_a_nearby_number_gets_a_true_consequence() -> None:
    def left_after(steps: float) -> str:
        return f"After {steps:g} steps {0.9**steps:.2g} is left."

    steps = value(answer=66, tolerance=0.5, consequence=left_after)
    assert "After 69 steps 0.0007 is left." in said(judge(steps, 69))
    assert "left" not in said(judge(steps, 66))
    assert "is not right" in said(judge(steps, -1e6)), "no consequence where none can be computed"


def test_a_fraction_where_a_whole_number_is_wanted_is_called_that() -> None:
    assert "65.56 is not a whole number" in said(judge(value(answer=66), 65.56))
    assert "65 is not right" in said(judge(value(answer=66), 65.0))
    assert "whole number" not in said(judge(value(answer=66, tolerance=0.5), 60.5))


def test_no_number_is_too_large_to_be_judged() -> None:
    pair = value(answer=(1, 2.5), tolerance=1)
    exercises = value(answer=3), value(answer=0.5, tolerance=0.1), pair
    numbers = 10**999, -(10**400), math.inf, -math.inf, math.nan, 10**5000
    for one, given in itertools.product(exercises, numbers):
        score = judge(one, (given, given) if one is pair else given)
        assert score == 0 and score.state == "wrong" and len(score.message) < 400


def test_sign_and_percentage_are_named_only_where_they_mend() -> None:
    half = value(answer=0.5, tolerance=0.01)
    assert "percentage" in said(judge(half, 50)) and "percentage" not in said(judge(half, 53))
    assert "sign" in said(judge(half, -0.5)) and "sign" not in said(judge(half, -0.6))
    assert "sign" not in said(judge(value(answer=0.0, tolerance=0.1), -0.2))


def test_a_column_and_a_dict_are_told_what_is_wanted() -> None:
    pair = value(answer=(0.5, 2.5), tolerance=0.01)
    message = said(judge(pair, np.array([[0.5], [2.5]])))
    assert "This is a column: 2 rows of one number each." in message and "`[:, 0]`" in message
    assert "Give the values alone, without names." in said(judge(pair, {"wet": 0.5, "cold": 2.5}))


def test_swapped_letters_of_a_name_of_numpy_are_put_in_order() -> None:
    from course.exercises import check

    for typed in ("tahn", "htan"):
        message = check("rnn.step", lambda *args, typed=typed: getattr(np, typed)(args[0]), False)
        assert "Did you mean `np.tanh`?" in str(message)


def test_asarray_in_a_line_is_a_change_and_around_a_result_is_none() -> None:
    from course.exercises.source import mark_of

    plain = "def f(x):\n    y = x\n    return y"
    assert mark_of(plain) == mark_of(plain.replace("return y", "return np.asarray(y)"))
    assert mark_of(plain) != mark_of(plain.replace("y = x", "y = np.asarray(x)"))
