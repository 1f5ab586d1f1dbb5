"""Checks that never mislead: each kind of message that misled a reader is enacted here."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from course.exercises import (
    CodeExercise,
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


def test_no_sequence_of_a_batch_is_spoken_of_where_there_is_no_batch() -> None:
    message = said(judge(exercise(lambda x: x * 2.0, (C,), axes=("TDH",)), lambda x: x[0] * 2.0))
    assert "sequence" not in message and "has shape (3, 4), wanted is (2, 3, 4)" in message


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
    for axes, legend in ((("TD",), "(3, 3) = (T, D)"), ((), "wanted is (3, 3).")):
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
    assert "`alignment[1][1]` is 3, wanted is 2." in message
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
    assert "is not it" in said(judge(steps, -1e6)), "no consequence where none can be computed"


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
