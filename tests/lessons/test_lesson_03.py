"""Lesson 03: what its exercises say to wrong answers, and the numbers that its prose states."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from course import claims
from course.exercises import check
from course.exercises.bank import find
from helpers import language
from helpers.corpora import python_docs
from helpers.metrics import perplexity

LESSON = Path(__file__).parents[2] / "notebooks" / "03_language_models.ipynb"


def prose() -> str:
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    return " ".join("".join("".join(cell["source"]) for cell in cells).split())


def said(name: str, answer: Callable[..., Any]) -> str:
    score = check(name, answer, record=False)
    assert score < find(name).total
    return str(score.message)


def test_a_function_that_returns_nothing_is_told_that_alone() -> None:
    def nothing(*args: object) -> None:
        print(args)

    message = said("language.continuation", nothing)
    assert "returns nothing" in message
    assert not any(
        prop.message.split("`")[0] in message for prop in find("language.continuation").properties
    )


@pytest.mark.parametrize("name", ["language.add_k", "language.interpolate"])
def test_a_distribution_is_not_told_to_look_at_a_state(name: str) -> None:
    def half_right(*args: Any) -> Any:
        good = find(name).reference(*args)
        return np.where(np.arange(len(good)) == 0, good, good / 3)

    assert "state passes" not in said(name, half_right)


def test_the_first_line_that_goes_wrong_is_named() -> None:
    def wrong_counts(counts, context, k, alphabet):  # type: ignore[no-untyped-def]
        c = np.array([counts.get(context, {}).get(x, 0) + len(x) for x in alphabet])
        p = (c + k) / (c.sum() + k * len(alphabet))
        return p

    def wrong_bits(p):  # type: ignore[no-untyped-def]
        bits = -np.mean(np.log2(p)) / 3
        return 2.0**bits

    assert "`c` is the first line that goes wrong" in said("language.add_k", wrong_counts)
    assert "`bits` is the first line that goes wrong" in said("language.perplexity", wrong_bits)


def test_counts_in_counters_serve_the_next_exercises_as_well() -> None:
    def count(text: str, n: int) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {}
        for i in range(n - 1, len(text)):
            counts.setdefault(text[i - n + 1 : i], Counter()).update(text[i])
        return counts

    assert check("language.count_ngrams", count, record=False) == 2
    tables = [count("abracadabra", n) for n in (1, 2)]
    wanted = [0.7167, 0.0917, 0.05, 0.05, 0.0917]
    for each in (language.interpolate, find("language.interpolate").reference):
        assert each(tables, "c", 1.0, "abcdr") == pytest.approx(wanted, abs=5e-5)


def test_the_paper_example_is_as_the_page_says() -> None:
    pairs = language.count_ngrams("abracadabra", 2)
    assert pairs == {"a": {"b": 2, "c": 1, "d": 1}, "b": {"r": 2}, "c": {"a": 1}, "d": {"a": 1}} | {
        "r": {"a": 2}
    }
    first = (2 + 0.2) / 12
    assert (
        f"{first:.4f} {first / 2:.4f}" == "0.1833 0.0917" and round((1 + 0.2) / 12 / 2, 6) == 0.05
    )
    assert "(2 + 0.2) / 12 = 0.1833" in prose() and "(0 + 0.1833) / 2 = 0.0917" in prose()
    assert f"{perplexity([1, 1, 1 / 4]):.4f}" == "1.5874" and "$2^{2/3} = 1.5874$" in prose()


def test_more_than_a_quarter_of_the_manual_stands_in_two_topics() -> None:
    times: Counter[str] = Counter()
    for topic in python_docs._topics().values():
        times.update(" ".join(paragraph.split()) for paragraph in python_docs.cut(topic))
    length = sum(len(paragraph) * n for paragraph, n in times.items())
    twice = sum(len(paragraph) * n for paragraph, n in times.items() if n > 1)
    assert twice / length > 0.25
    told = "More than a quarter of the manual appears, word for word, in two or more topics"
    assert told in prose()


def test_add_k_turns_at_four_and_is_worse_at_six_than_at_three() -> None:
    train, new = (python_docs.encode(python_docs.load(part)) for part in ("train", "validation"))
    V = len(python_docs.alphabet())
    best = {}
    for n in range(2, 7):
        models = [language.AddK(n, V, k).fit(train) for k in (0.1, 0.01)]
        best[n] = min(model.bits_per_token(new) for model in models)
    assert min(best, key=best.__getitem__) == 4
    assert best[6] > best[3] + 0.1


def test_the_excess_on_paper_is_that_of_the_record() -> None:
    best = -0.9 * math.log2(0.9) - 0.1 * math.log2(0.1)
    assert f"{best:.2f}" == "0.47" and f"{1 - best:.2f}" == "0.53"
    assert "= 0.47$ bits on average" in prose() and "here 0.53 or 0." in prose()
    blind = claims.record(27).interval("excess", memory=4, window=3).mean
    assert blind == pytest.approx(1 - best, abs=0.02)


def test_what_the_page_says_of_pairs_and_of_the_challenges_stands_in_the_record() -> None:
    record = claims.record(27)
    assert record.interval("excess", memory="unbounded", window=10).low > 0.01
    assert max(record.values("excess, one bit of state")) < 0.001
    one, three = (record.interval("excess", memory=4, window=w).mean for w in (1, 3))
    assert three == pytest.approx(one, abs=0.005)
    fading, *_, far = record.challenges
    assert not any(challenge.stood for challenge in record.challenges)
    assert len(record.challenges) == 4 and "Under four other conditions" in prose()
    assert f"{fading.figures['excess memory=4 window=3']:.3f}" == "0.002"
    assert "16 bits" in far.what and far.reading.endswith("at most 0.46")


def test_the_open_exercise_ranks_the_first_two_groups_as_its_rubric_does() -> None:
    """Two bits a character, five letters and a blank, against a perplexity of 90 a word."""
    assert 6 * math.log2(4) == 12 and f"{math.log2(90):.1f}" == "6.5"
    assert "perplexity of 4 per character" in prose() and "then costs 12 bits" in prose()
    assert r"$\log_2 90 \approx 6.5$" in prose()


def test_two_words_together_have_the_perplexity_on_the_page() -> None:
    together = 1 * 1 / 4 * (1 / 6 * 3 / 7 * 1 / 3)
    assert together == pytest.approx(1 / 168) and f"{168 ** (1 / 6):.2f}" == "2.35"
    assert r"the answer is $168^{1/6} \approx 2.35$" in prose()
