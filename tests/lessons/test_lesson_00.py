"""Lesson 00: its prose against the numbers, the sentences and the corpus that it speaks of."""

from __future__ import annotations

import pytest
import torch

from course.exercises.bank import ValueExercise, find
from course.grammar import cut
from course.maintenance import refresh
from helpers.corpora import korean_english

NOTEBOOK = refresh.ROOT / "notebooks" / "00_start_here.ipynb"
REASON = "나는 감기에 걸려서 학교에 가지 않았다"
PURPOSE = "나는 호수에 수영하러 갔다"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def test_the_worked_number_and_the_exercises_number_are_torchs(sources: list[str]) -> None:
    space: dict[str, object] = {}
    exec("import numpy as np\n" + next(s for s in sources if s.startswith("states = ")), space)
    weights, states = torch.tensor(space["weights"]), torch.tensor(space["states"])
    context = torch.einsum("s,sh->h", weights, states)
    assert "0.1 · 0 + 0.055 · 0 + 0.8 · 2 + 0.045 · 0 = 1.6" in " ".join(sources)
    assert float(context[2]) == pytest.approx(1.6)
    exercise = find("start.fourth_number")
    assert isinstance(exercise, ValueExercise)
    assert exercise.value == pytest.approx(float(context[3]))


def test_the_glossed_table_has_the_sentences_morphemes_in_order(sources: list[str]) -> None:
    (cell,) = (s for s in sources if REASON in s and "| --- |" in s)
    row = next(line for line in cell.splitlines() if line.startswith("| 나"))
    assert [part.strip() for part in row.strip("|").split("|")] == list(cut(REASON))
    exercise = find("start.read_alignment")
    assert isinstance(exercise, ValueExercise)
    assert list(cut(REASON))[exercise.value] == "어서"


def test_the_sentences_of_the_figures_are_unseen() -> None:
    seen = {pair.morphemes for pair in korean_english.load("train")}
    assert not {tuple(cut(sentence)) for sentence in (REASON, PURPOSE)} & seen


def test_an_ending_of_reason_goes_with_because_in_the_gold_alignments() -> None:
    pairs = [
        p for p in korean_english.load("test") if {"어서", "because"} <= {*p.morphemes, *p.english}
    ]
    linked = sum(
        any(p.morphemes[i] == "어서" and p.english[j] == "because" for i, j in p.alignment)
        for p in pairs
    )
    assert pairs and linked == len(pairs)


def test_pear_ship_or_stomach_never_meets_slow_in_training() -> None:
    """The solution of the open exercise explains a wrong translation by that."""
    train = [set(pair.morphemes) for pair in korean_english.load("train")]
    assert any("배" in seen for seen in train) and any("느리" in seen for seen in train)
    assert not any({"배", "느리"} <= seen for seen in train)


def test_the_parts_that_tell_length_from_rarity_are_large_and_seen_in_training() -> None:
    train = korean_english.load("train")
    test = korean_english.load("test")
    for clauses in (1, 2, 3):
        assert sum(pair.clauses == clauses for pair in train) >= 4_000
        assert sum(pair.clauses == clauses for pair in test) >= 300
    assert not any(pair.clauses > 3 for pair in train)
    assert {pair.clauses for pair in korean_english.load("test_longer")} == {4}
