"""Lesson 10: the numbers that its prose states, and the corruptions behind claim 22."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
from sacrebleu.metrics import BLEU

from course import claims
from course.claims import bleu_cases as corruptions
from course.exercises import check
from course.maintenance import refresh
from helpers.corpora import korean_english

NOTEBOOK = refresh.ROOT / "notebooks" / "10_bleu.ipynb"

HYPOTHESIS = "the doctor drank cold water in the garden"
REFERENCE = "the doctor drank warm water in the garden yesterday"


REFERENCE_10_6 = "my sister did not open the window last night"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


@pytest.fixture(scope="module")
def outputs() -> str:
    return "\n".join(
        "".join(output.get("text", "")) + "".join(output.get("data", {}).get("text/plain", ""))
        for cell in refresh.read(NOTEBOOK)["cells"]
        for output in cell.get("outputs", [])
    )


def test_the_pair_on_paper_is_worked_as_sacrebleu_does(sources: list[str]) -> None:
    text = next(s for s in sources if s.startswith("## One pair of sentences on paper"))
    score = BLEU(tokenize="none", smooth_method="none").corpus_score([HYPOTHESIS], [[REFERENCE]])
    assert HYPOTHESIS in text.replace("*", "") and REFERENCE in text.replace("*", "")
    table = re.findall(r"\| (\d)/(\d) \|$", text, re.MULTILINE)
    assert [int(m) for m, _ in table] == score.counts and [int(t) for _, t in table] == score.totals
    assert f"{score.score:.2f}" in text and f"{score.bp:.4f}" in text
    assert np.prod([m / t for m, t in zip(score.counts, score.totals, strict=True)]) == 1 / 16


def test_the_solution_by_hand_is_that_of_sacrebleu(sources: list[str]) -> None:
    solution = next(s for s in sources if s.startswith("### Solution 10.1"))
    bleu = BLEU(tokenize="none", smooth_method="none")
    score = bleu.corpus_score(
        ["my uncle sang a song in winter"], [["my uncle sang a song in the park"]]
    )
    assert f"{score.score:.2f}" in solution and f"{score.bp:.4f}" in solution
    assert f"{(3 / 7) ** 0.25:.4f}" in solution


def test_the_texts_of_the_figures_hold_the_records_numbers(outputs: str) -> None:
    record = claims.record(22)

    def mean(side: str, **parts: str) -> str:
        return f"{record.interval('BLEU', **parts, side=side).mean:.0f}"

    for case in record.settings["cases"]:
        assert f" {mean('harmless', case=case)} / {mean('wrong', case=case)}" in outputs
    for cut in record.settings["korean"]:
        name = {"characters": "syllables"}.get(cut, cut)
        words = f"by {name} {mean('harmless', korean=cut)} and {mean('wrong', korean=cut)}"
        assert words in outputs
    few = record.interval("right", kind="replaced", gap=1, sentences=10).mean
    assert 0.6 < few < 0.85 and "about seven in ten" in outputs


def test_the_verdict_stands_on_margins() -> None:
    """Other seeds must not turn it round."""
    record = claims.record(22)
    largest = record.settings["sizes"][-1]
    for kind in record.settings["kinds"]:
        for gap in record.settings["gaps"]:
            assert record.interval("right", kind=kind, gap=gap, sentences=largest).low > 0.98
        assert record.interval("right", kind=kind, sentences=1).high < 0.99
    right = [
        record.values("right", case=case, sentences=record.settings["case_size"])
        for case in record.settings["cases"]
    ]
    assert [set(values) for values in right] == [{0.0}, {1.0}, {0.0}, {0.0}]
    assert claims.verdict(22).word == claims.HOLDS_WITHIN


@pytest.mark.parametrize("make", [corruptions.with_errors, corruptions.with_crowded_errors])
@pytest.mark.parametrize("kind", list(corruptions.KINDS))
@pytest.mark.parametrize("errors", [0, 1, 7, 30])
def test_a_corpus_gets_exactly_as_many_errors_as_asked(make, kind: str, errors: int) -> None:
    # All words differ, so that each error can be seen.
    sentences = [[f"w{s}.{i}" for i in range(9)] for s in range(12)]
    rng = np.random.default_rng(errors)
    made = make(sentences, errors, kind, rng, ["x", "y"])
    if kind == "dropped":
        seen = sum(map(len, sentences)) - sum(map(len, made))
    else:
        seen = sum(
            old != new
            for before, after in zip(sentences, made, strict=True)
            for old, new in zip(before, after, strict=True)
        )
        seen //= 2 if kind == "exchanged" else 1
    assert seen == errors
    if make is corruptions.with_crowded_errors:
        whole = 4 if kind == "exchanged" else 9  # as many as fit into a sentence
        touched = sum(before != after for before, after in zip(sentences, made, strict=True))
        assert touched == -(-errors // whole)


def test_what_the_lesson_tells_of_the_challenges() -> None:
    crowded, _, _, cut = claims.record(22).challenges
    right = [value for name, value in crowded.figures.items() if name.startswith("right")]
    assert right == [0, 0, 0] and not crowded.stood
    name = "short form or no negation"
    harmless, wrong = (
        cut.figures[claims.figure("BLEU", case=name, side=side)] for side in ("harmless", "wrong")
    )
    one_token = claims.record(22).interval("BLEU", case=name, side="harmless").mean
    assert "n't" in cut.what and one_token + 5 < harmless < wrong


def test_words_out_of_place_cost_less_than_wrong_words() -> None:
    record = claims.record(22)
    for words in (10, 20, 30):
        replaced = record.interval("BLEU", kind="replaced", errors=words).low
        exchanged = record.interval("BLEU", kind="exchanged", errors=words // 2).low
        assert replaced + 5 < exchanged


def test_the_predicted_order_has_the_scores_of_sacrebleu(sources: list[str]) -> None:
    bleu = BLEU(tokenize="none", smooth_method="none")
    exercise = next(s for s in sources if "### Exercise 10.6" in s)
    solution = next(s for s in sources if s.startswith("### Solution 10.6"))
    sentences = re.findall(r"- [ABC]: \*(.*)\*", exercise)
    assert REFERENCE_10_6 in exercise and len(sentences) == 3
    scores = [bleu.corpus_score([s], [[REFERENCE_10_6]]).score for s in sentences]
    assert scores == sorted(scores)
    assert all(f"{score:.1f}" in solution for score in scores)


def test_the_example_of_the_corpus_is_that_of_sacrebleu(sources: list[str]) -> None:
    bleu = BLEU(tokenize="none", smooth_method="none")
    made, wanted = "the cat is on a mat", "the cat is on the mat"
    score = bleu.corpus_score([HYPOTHESIS, made], [[REFERENCE, wanted]]).score
    exercise = next(s for s in sources if s.startswith("### Exercise 10.4"))
    assert f"give {score:.2f}." in exercise.replace("\n", " ")


def test_more_errors_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit into 1 sentences; at most 1 did"):
        corruptions.with_errors([["a", "b", "c"]], 2, "exchanged", np.random.default_rng(0))
    with pytest.raises(ValueError, match="do not fit into 1 sentences; at most 1 did"):
        corruptions.with_crowded_errors([["a", "b", "c"]], 2, "exchanged", np.random.default_rng(0))


@pytest.mark.parametrize("name", list(corruptions.CASES))
def test_cases_change_the_reference_in_two_ways(name: str) -> None:
    pairs = korean_english.load("train")
    cases = [case for pair in pairs if (case := corruptions.CASES[name](pair))]
    assert len(cases) > 15
    for reference, harmless, wrong in cases:
        assert reference != harmless != wrong != reference
        if name == "synonym or another word":
            assert len(reference) == len(harmless) == len(wrong)
        elif "negation" in name:
            assert [word for word in reference if word != "not"] == wrong
            assert "not" in harmless or any("n't" in word for word in harmless)
        if name.startswith("time first"):
            assert sorted(harmless) == sorted(reference)
        if name.startswith("passive"):
            assert sorted(wrong) == sorted(reference)
            assert sorted(harmless) == sorted([*reference, "was", "by"])


def test_korean_cases_change_the_first_word_alone() -> None:
    nouns = ["왕", "배우", "군인", "의사"]
    plural = re.compile(r"(?!그들)\S+들은 ")
    pairs = [pair for pair in korean_english.load("test") if plural.match(pair.korean)]
    made = [corruptions.particle_or_noun(pair, nouns) for pair in korean_english.load("test")]
    assert pairs and sum(case is not None for case in made) > 500
    for case in filter(None, made):
        for cut in ("words", "morphemes"):
            reference, harmless, wrong = case[cut]
            changed = [a != b for a, b in zip(reference, harmless, strict=True)]
            assert sum(changed) == 1 == sum(a != b for a, b in zip(reference, wrong, strict=True))
        for side in range(3):
            joined = "".join(case["words"][side])
            assert joined == "".join(case["characters"][side])
            assert joined == unicodedata.normalize("NFC", "".join(case["jamo"][side]))


@pytest.mark.parametrize(
    ("value", "tag"),
    [(80.91, "no_penalty"), (80.9, "no_penalty"), (70.23, "arithmetic_mean"), (0.7014, "fraction")],
)
def test_a_wrong_score_on_paper_is_named_as_itself(value: float, tag: str) -> None:
    assert check("bleu.by_hand", value, record=False).tag == tag


@pytest.mark.parametrize("value", [70.14, 70.1405, 70.13])
def test_a_right_score_may_be_rounded_to_two_decimals(value: float) -> None:
    assert check("bleu.by_hand", value, record=False) == 2
