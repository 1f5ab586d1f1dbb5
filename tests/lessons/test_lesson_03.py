"""Lesson 03: what its exercises say to wrong answers, and the numbers that its prose states."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from course import claims
from course.claims.language_models import half_pairs, paired_process
from course.exercises import check
from course.exercises.bank import find
from helpers.language import AddK

LESSON = Path(__file__).parents[2] / "notebooks" / "03_language_models.ipynb"


def prose() -> str:
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    return " ".join("".join("".join(cell["source"]) for cell in cells).split())


def test_a_function_that_returns_nothing_is_told_that_alone() -> None:
    def nothing(*args: object) -> None:
        print(args)

    said = check("language.continuation", nothing, record=False)._repr_html_()
    assert "returns nothing" in said
    assert not any(
        prop.message.split("`")[0] in said for prop in find("language.continuation").properties
    )


def test_mixed_chances_are_not_told_to_look_at_a_state() -> None:
    def half_right(unigrams, bigrams, shares, ids):  # type: ignore[no-untyped-def]
        good = find("language.mixed_chances").reference(unigrams, bigrams, shares, ids)
        return np.where(np.arange(len(good)) == 0, good, good / 3)

    score = check("language.mixed_chances", half_right, record=False)
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


def test_the_open_exercise_ranks_the_first_two_groups_as_its_rubric_does() -> None:
    """Two bits a character, five letters and a blank, against a perplexity of 90 a word."""
    assert 6 * math.log2(4) == 12 and f"{math.log2(90):.1f}" == "6.5"
    assert "perplexity of 4 per character" in prose() and "then costs 12 bits" in prose()
    assert r"$\log_2 90 \approx 6.5$" in prose()


def test_two_words_together_have_the_perplexity_on_the_page() -> None:
    together = 1 * 1 / 4 * (1 / 6 * 3 / 7 * 1 / 3)
    assert together == pytest.approx(1 / 168) and f"{168 ** (1 / 6):.2f}" == "2.35"
    assert r"the answer $168^{1/6} \approx 2.35$" in prose()
