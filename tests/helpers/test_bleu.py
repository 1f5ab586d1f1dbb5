"""BLEU, its interval and its paired test, against sacreBLEU and against worked numbers."""

from __future__ import annotations

import math
import random
import unicodedata
from collections.abc import Callable, Sequence
from itertools import zip_longest

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU, CHRF

from course.claims.bleu_cases import korean_tokens
from helpers import bleu
from helpers.corpora import korean_english
from helpers.text import normalise

Sentence = Sequence[str]

tokens = st.lists(st.sampled_from(["a", "b", "bb", "나", "는", "학생"]), max_size=9)


@st.composite
def corpora(draw: st.DrawFn) -> tuple[list[list[str]], list[list[list[str]]]]:
    """One to four hypotheses, each with one to four references, not all with as many."""
    number = draw(st.integers(1, 4))
    references = [[draw(tokens) for _ in range(draw(st.integers(1, 4)))] for _ in range(number)]
    hypotheses = []
    for own in references:
        # Some begin as a copy of a reference, so that long n-grams match, too; some say one thing
        # again and again.
        made = draw(st.sampled_from(["copied", "copied", "free", "repeated"]))
        if made == "copied":
            hypotheses.append(own[0][: draw(st.integers(0, 9))] + draw(tokens))
        else:
            times = draw(st.integers(2, 30)) if made == "repeated" else 1
            hypotheses.append(draw(tokens) * times)
    return hypotheses, references


def joined(
    hypotheses: Sequence[Sentence], references: Sequence[Sequence[Sentence]]
) -> tuple[list[str], list[list[str | None]]]:
    """What sacreBLEU takes: strings, and streams of references, None where one is absent."""
    streams = [
        [None if reference is None else " ".join(reference) for reference in stream]
        for stream in zip_longest(*references)
    ]
    return [" ".join(hypothesis) for hypothesis in hypotheses], streams


@settings(max_examples=400, deadline=None)
@given(
    corpus=corpora(),
    max_order=st.sampled_from([4, 4, 2, 6]),
    smoothing=st.sampled_from(list(bleu.SMOOTHING)),
    effective_order=st.booleans(),
)
def test_corpus_bleu_equals_sacrebleu(
    corpus: tuple[list[list[str]], list[list[list[str]]]],
    max_order: int,
    smoothing: str,
    effective_order: bool,
) -> None:
    theirs = BLEU(
        tokenize="none",
        smooth_method=smoothing,
        effective_order=effective_order,
        max_ngram_order=max_order,
    )
    wanted = theirs.corpus_score(*joined(*corpus))
    if smoothing == "none":  # sacreBLEU's counts are smoothed, too
        sums = bleu.bleu_statistics(*corpus, max_order).sum(axis=0).tolist()
        assert sums == [wanted.sys_len, wanted.ref_len, *wanted.counts, *wanted.totals]
    got = bleu.corpus_bleu(
        *corpus, max_order=max_order, smoothing=smoothing, effective_order=effective_order
    )
    assert got == pytest.approx(wanted.score, abs=1e-9)
    if smoothing in ("none", "exp"):  # the others have a number behind their names
        said = str(theirs.get_signature()).rpartition("|version:")[0]
        made = bleu.signature(corpus[1], smoothing, effective_order)
        assert made == said


@settings(max_examples=100, deadline=None)
@given(corpora())
def test_sentence_bleu_equals_sacrebleu_with_its_defaults(
    corpus: tuple[list[list[str]], list[list[list[str]]]],
) -> None:
    hypotheses, references = corpus
    theirs = BLEU(tokenize="none", effective_order=True)
    lines = [" ".join(reference) for reference in references[0]]
    wanted = theirs.sentence_score(" ".join(hypotheses[0]), lines).score
    assert bleu.sentence_bleu(hypotheses[0], references[0]) == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(corpora())
def test_chrf_equals_sacrebleu(corpus: tuple[list[list[str]], list[list[list[str]]]]) -> None:
    wanted = CHRF().corpus_score(*joined(*corpus)).score
    assert bleu.chrf(*corpus) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("cut", ["words", "morphemes", "characters", "jamo"])
def test_korean_corpora_score_as_in_sacrebleu(cut: str) -> None:
    pairs = korean_english.load("test")[:400]
    rng = random.Random(0)
    references = [[korean_tokens(pair)[cut]] for pair in pairs]
    hypotheses = [
        [token if rng.random() > 0.1 else rng.choice(own[0]) for token in own[0]]
        for own in references
    ]
    wanted = BLEU(tokenize="none", smooth_method="none").corpus_score(
        *joined(hypotheses, references)
    )
    assert bleu.corpus_bleu(hypotheses, references) == pytest.approx(wanted.score, abs=1e-9)
    wanted_chrf = CHRF().corpus_score(*joined(hypotheses, references)).score
    assert bleu.chrf(hypotheses, references) == pytest.approx(wanted_chrf, abs=1e-9)


def test_references_may_differ_in_number() -> None:
    hypotheses = ["a b c d e".split(), "b c d e f".split()]
    references = [["a b c d x".split()], ["b c".split(), "b c d e f g".split()]]
    streams = [["a b c d x", "b c"], [None, "b c d e f g"]]
    wanted = BLEU(tokenize="none").corpus_score(["a b c d e", "b c d e f"], streams).score
    assert bleu.corpus_bleu(hypotheses, references) == pytest.approx(wanted, abs=1e-9)


def test_the_example_of_the_paper_is_clipped() -> None:
    # Papineni et al. 2002, section 2.1: 2/7 with two references.
    references = ["the cat is on the mat".split(), "there is a cat on the mat".split()]
    assert bleu.clipped_matches(["the"] * 7, references, 1) == (2, 7)


def test_a_reference_scores_100_and_a_stranger_0_however_smoothed() -> None:
    right, strange = "a b c d e".split(), "v w x y z".split()
    for smoothing in bleu.SMOOTHING:
        for effective_order in (False, True):
            settings = {"smoothing": smoothing, "effective_order": effective_order}
            assert bleu.corpus_bleu([right], [[right]], **settings) == pytest.approx(100)
            assert bleu.corpus_bleu([strange], [[right]], **settings) == 0


def test_one_word_and_none() -> None:
    assert bleu.sentence_bleu([], [["a"]]) == 0
    assert bleu.sentence_bleu([], [[]]) == 0
    assert bleu.sentence_bleu(["a"], [["a"]]) == pytest.approx(100)
    assert bleu.corpus_bleu([["a"]], [[["a"]]]) == 0  # no four tokens in a row
    assert bleu.chrf([[]], [[["a"]]]) == 0


def test_tokens_need_not_be_strings_and_sequences_may_be_tuples_or_arrays() -> None:
    ids = (5, 7, 7, 2, 9)
    for one in (ids, list(ids), np.array(ids)):
        for other in (ids, list(ids), np.array(ids)):
            assert bleu.corpus_bleu([one], [[other]]) == pytest.approx(100)
    with pytest.raises(ValueError, match=r"hypotheses\[0\]\[0\] is 5, expected a string"):
        bleu.chrf([ids], [[ids]])


@pytest.mark.parametrize("order", [0, -1, 2.5, None])
def test_a_number_of_tokens_in_a_row_is_whole(order: object) -> None:
    with pytest.raises(ValueError, match=f"max_order is {order}, expected a whole number"):
        bleu.corpus_bleu([["I"]], [[["I"]]], max_order=order)  # type: ignore[arg-type]


def test_the_parts_name_what_is_wrong_too() -> None:
    for call, said in (
        (lambda: bleu.ngram_counts(["a"], 0), "n is 0"),
        (lambda: bleu.clipped_matches(["a"], [], 1), "one or more references"),
        (lambda: bleu.clipped_matches(["a"], "a", 1), "list of one or more references"),
        (lambda: bleu.clipped_matches(["a"], ["a"], 1), r"as in \[reference\]"),
        (lambda: bleu.closest_length(3, []), "reference_lengths is empty"),
        (lambda: bleu.bleu_from_statistics(np.full(10, np.nan)), "none negative or NaN"),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_hangul_has_to_be_in_one_normal_form() -> None:
    reference = ["나", "는", "학생", "이다"]
    apart = [unicodedata.normalize("NFD", token) for token in reference]
    assert bleu.corpus_bleu([apart], [[reference]]) == 0
    assert bleu.corpus_bleu([[normalise(t) for t in apart]], [[reference]]) == pytest.approx(100)


WRONG_CORPORA: list[tuple[object, object, str]] = [
    (["I am"], [[["I"]]], r"hypotheses\[0\] is the string 'I am'.*'I', 'am'"),
    ("I am", [[["I"]]], "hypotheses is the string 'I am'"),
    (
        [["I"]],
        [["I"]],
        r"references\[0\]\[0\] is the string 'I'.*\[\[r\] for r in references\]",
    ),
    ([["I"]], ["I am"], r"references\[0\] is the string 'I am'"),
    ([["I"]], [["I am"]], r"references\[0\]\[0\] is the string 'I am'"),
    ([["I"]], [[1, 2]], r"references\[0\]\[0\] is 1, expected a sequence of tokens"),
    ([["I"], ["a"]], [[["I"]]], "2 hypotheses with references for 1"),
    ([], [], "at least one hypothesis"),
    ([["I"]], [[]], r"references\[0\] is empty"),
    ("I am here".split(), [["I am here".split()]], r"hypotheses\[0\] is the string 'I'"),
    ([b"I"], [[["I"]]], r"hypotheses\[0\] is the string b'I'"),
    ([["I"]], "I", "references is the string 'I'"),
    (None, [[["I"]]], "hypotheses is None"),
    ([["I"]], None, "references is None"),
    ([None], [[["I"]]], r"hypotheses\[0\] is None"),
    ([["I"]], [None], r"references\[0\] is None"),
    ([["I"]], [[["I"], None]], r"references\[0\]\[1\] is None.*leave an absent reference out"),
    (iter([["I"]]), [[["I"]]], "hypotheses is <list_iterator.*make a list of it"),
    ([{"I"}], [[["I"]]], r"hypotheses\[0\] is {'I'}.*in which the order counts"),
    ([[["I"]]], [[["I"]]], r"hypotheses\[0\]\[0\] is \['I'\].*one list too many"),
    ([torch.tensor([1, 2])], [[[1, 2]]], r"hypotheses\[0\] is tensor.*\.tolist\(\)"),
    ([["I"]], [[list(torch.tensor([1]))]], r"references\[0\]\[0\]\[0\] is tensor.*tolist"),
]


@pytest.mark.parametrize("function", [bleu.corpus_bleu, bleu.chrf, bleu.bleu_statistics])
def test_what_is_no_sequence_of_tokens_is_named(function: Callable[..., object]) -> None:
    for hypotheses, references, said in WRONG_CORPORA:
        with pytest.raises(ValueError, match=said):
            function(hypotheses, references)


def test_a_raw_string_is_named_for_a_sentence_too() -> None:
    with pytest.raises(ValueError, match="is the string 'I am'"):
        bleu.sentence_bleu("I am", [["I", "am"]])
    with pytest.raises(ValueError, match=r"references\[0\] is the string 'I am'"):
        bleu.sentence_bleu(["I", "am"], "I am")


def test_wrong_statistics_and_smoothing_are_named() -> None:
    with pytest.raises(ValueError, match=r"expected one of \['none', 'floor', 'add-k', 'exp'\]"):
        bleu.corpus_bleu([["a"]], [[["a"]]], smoothing="laplace")
    with pytest.raises(ValueError, match="2 \\+ 2 max_order"):
        bleu.bleu_from_statistics([1, 2, 3])


def some_statistics(
    seed: int, sentences: int, wrong: float
) -> tuple[np.ndarray, list[str], list[list[str]]]:
    """Rows of a system that gets a share of words wrong, and what sacreBLEU takes of it."""
    rng = random.Random(seed)
    references = [[pair.english] for pair in korean_english.load("test")[:sentences]]
    hypotheses = [[t if rng.random() > wrong else "x" for t in own[0]] for own in references]
    return bleu.bleu_statistics(hypotheses, references), *joined(hypotheses, references)


def test_many_corpora_are_scored_as_each_by_itself() -> None:
    rows, *_ = some_statistics(0, 40, 0.2)
    for smoothing in bleu.SMOOTHING:
        together = bleu.bleu_from_statistics(rows, smoothing, effective_order=True)
        alone = [bleu.bleu_from_statistics(row, smoothing, effective_order=True) for row in rows]
        assert together == pytest.approx(alone, abs=1e-12)
    assert isinstance(bleu.bleu_from_statistics(rows.sum(axis=0)), float)


def test_resampling_draws_as_many_sentences_and_the_same_for_both_systems() -> None:
    rows = np.eye(50)
    sums = bleu.resampled(rows, resamples=400, seed=3)
    assert (sums.sum(axis=1) == 50).all() and sums.max() > 2
    assert (bleu.resampled(2 * rows, resamples=400, seed=3) == 2 * sums).all()
    assert sums.mean(axis=0) == pytest.approx(np.ones(50), abs=5 / math.sqrt(400))


def test_bleu_interval_agrees_with_that_of_sacrebleu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SACREBLEU_SEED", "7")
    rows, lines, streams = some_statistics(1, 300, 0.15)
    score = BLEU(tokenize="none").corpus_score(lines, streams, n_bootstrap=2000)
    low, high = bleu.bleu_interval(rows, resamples=2000)
    assert (high - low) / 2 == pytest.approx(score._ci, rel=0.1)
    assert (high + low) / 2 == pytest.approx(score._mean, abs=0.3)


def test_a_paired_test_finds_what_two_intervals_hide() -> None:
    rng = np.random.default_rng(0)
    references = [[list(pair.english)] for pair in korean_english.load("test")[:1500]]
    spoil = lambda s, share: [t if rng.random() > share else "x" for t in s]  # noqa: E731
    shared = [spoil(own[0], 0.2) for own in references]
    second = [spoil(tokens, 0.015) for tokens in shared]
    first, second = (bleu.bleu_statistics(made, references) for made in (shared, second))
    assert bleu.bleu_interval(first)[0] < bleu.bleu_interval(second)[1]
    swaps = rng.random((200, 1500)) < 0.5
    assert bleu.randomisation_p(first, second, swaps) == 1 / 201
    assert bleu.randomisation_p(second, first, swaps) == 1 / 201


def test_equal_systems_have_a_p_value_of_1() -> None:
    rows, *_ = some_statistics(2, 60, 0.2)
    assert bleu.randomisation_p(rows, rows, np.random.default_rng(0).random((50, 60)) < 0.5) == 1


def test_resampling_names_what_is_wrong() -> None:
    rows, *_ = some_statistics(0, 10, 0.2)
    for call in (
        lambda: bleu.bleu_interval(rows[:1]),
        lambda: bleu.randomisation_p(rows, rows[:5], np.ones((3, 10), bool)),
        lambda: bleu.randomisation_p(rows, rows[:, :4], np.ones((3, 10), bool)),
    ):
        with pytest.raises(ValueError, match="at least two sentences"):
            call()
    with pytest.raises(ValueError, match="level is 95"):
        bleu.bleu_interval(rows, level=95)
    for call in (
        lambda: bleu.resampled(rows, resamples=0),
        lambda: bleu.bleu_interval(rows, resamples=0),
    ):
        with pytest.raises(ValueError, match="number of resamples is 0"):
            call()
