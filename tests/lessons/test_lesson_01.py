"""Lesson 01: what its exercises say to wrong answers, and the numbers that its prose states."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from course import claims
from course.claims.sequence_models import half_pairs, paired_process
from course.exercises import check
from course.exercises.bank import find
from helpers.language import AddK

LESSON = Path(__file__).parents[2] / "notebooks" / "01_sequence_models.ipynb"


def prose() -> str:
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    return " ".join("".join("".join(cell["source"]) for cell in cells).split())


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


@pytest.mark.parametrize("name", ["sequence.free_forecast", "sequence.continuation"])
def test_a_function_that_returns_nothing_is_told_that_alone(name: str) -> None:
    def nothing(*args: object) -> None:
        print(args)

    said = check(name, nothing, record=False)._repr_html_()
    assert "returns nothing" in said
    assert not any(prop.message.split("`")[0] in said for prop in find(name).properties)


def test_mixed_chances_are_not_told_to_look_at_a_state() -> None:
    def half_right(unigrams, bigrams, shares, ids):  # type: ignore[no-untyped-def]
        good = find("sequence.mixed_chances").reference(unigrams, bigrams, shares, ids)
        return np.where(np.arange(len(good)) == 0, good, good / 3)

    score = check("sequence.mixed_chances", half_right, record=False)
    assert score < 3 and "state passes" not in score._repr_html_()


def test_the_excess_on_paper_is_that_of_the_record() -> None:
    best = -0.9 * math.log2(0.9) - 0.1 * math.log2(0.1)
    assert f"{best:.2f}" == "0.47" and f"{1 - best:.2f}" == "0.53"
    assert "= 0.47$ bits on average" in prose() and "here 0.53 or 0." in prose()
    blind = claims.record(27).interval("excess", memory=4, window=3).mean
    assert blind == pytest.approx(1 - best, abs=0.02)


def test_half_of_what_ten_steps_miss_of_pairs_stays_with_any_amount_of_data() -> None:
    """Ten ones come once in 32 windows, and leave the phase open: 2 to 1."""
    third = -(math.log2(1 / 3) + 2 * math.log2(2 / 3)) / 3
    stays = (third - 2 / 3) / 32
    train, fresh = (paired_process(600_000, np.random.default_rng(seed)) for seed in (0, 1))
    least = 1 - half_pairs(fresh)[:-1].mean()
    missed = AddK(11, 2, 0.5).fit(train).bits_per_token(fresh) - least
    assert missed == pytest.approx(stays, rel=0.15)
    recorded = claims.record(27).interval("excess", memory="unbounded", window=10).mean
    assert stays / recorded == pytest.approx(0.5, abs=0.05)
