"""Lesson 01: what its exercises say to wrong answers."""

from __future__ import annotations

import pytest

from course.exercises import check
from course.exercises.bank import find


def three_steps(older: float, newer: float, w_newer: float, w_older: float) -> tuple[float, ...]:
    made = []
    for _ in range(3):
        older, newer = newer, w_newer * newer + w_older * older
        made.append(newer)
    return tuple(made)


@pytest.mark.parametrize(
    ("tag", "values"),
    [
        ("swapped_weights", three_steps(4, 6, -0.5, 1.5)),
        ("read_backwards", three_steps(6, 4, 1.5, -0.5)),
        ("plus", three_steps(4, 6, 1.5, 0.5)),
        ("straight_line", three_steps(4, 6, 2, -1)),
    ],
)
def test_a_wrong_rule_on_paper_is_named_as_itself(tag: str, values: tuple[float, ...]) -> None:
    assert check("sequence.three_steps", values, record=False).tag == tag


def test_a_function_that_returns_nothing_is_told_that_alone() -> None:
    def nothing(*args: object) -> None:
        print(args)

    said = check("sequence.free_forecast", nothing, record=False)._repr_html_()
    assert "returns nothing" in said
    assert not any(
        prop.message.split("`")[0] in said for prop in find("sequence.free_forecast").properties
    )
