"""Metrics against their definitions and against published or exact values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import metrics


def test_exact_match_counts_whole_sequences_only():
    answers = [["I", "am"], ["you"], ("a", "b"), []]
    wanted = [["I", "am"], ["you", "are"], ["a", "b"], ["x"]]
    assert metrics.exact_match(answers, wanted) == 0.5


@pytest.mark.parametrize(("answers", "wanted"), [([], []), ([["a"]], [])])
def test_exact_match_refuses_to_score_nothing(answers, wanted):
    with pytest.raises(ValueError, match="at least one"):
        metrics.exact_match(answers, wanted)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_interval_gives_the_published_values(hits, n, low, high):
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3;
    # the published values have four decimals.
    assert metrics.wilson_interval(hits / n, n) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(("share", "n"), [(1.2, 10), (-0.1, 10), (0.5, 0), (math.nan, 3)])
def test_wilson_interval_refuses_what_is_no_share(share, n):
    with pytest.raises(ValueError, match="share from 0 to 1"):
        metrics.wilson_interval(share, n)


@given(st.integers(1, 1000), st.integers(1, 30))
def test_a_fair_die_with_v_faces_has_perplexity_v(faces, throws):
    assert metrics.perplexity(np.full(throws, 1 / faces)) == pytest.approx(faces, rel=1e-12)


def test_perplexity_is_the_inverse_geometric_mean():
    # 1/2, 1/4 and 1/8: the product is 1/64, its cube root 1/4.
    assert metrics.perplexity([0.5, 0.25, 0.125]) == pytest.approx(4.0)


def test_the_probabilities_of_a_long_text_do_not_vanish_in_their_product():
    assert math.prod([0.01] * 1000) == 0.0
    assert metrics.perplexity([0.01] * 1000) == pytest.approx(100)


def test_an_impossible_token_makes_perplexity_infinite():
    with np.errstate(divide="ignore"):
        assert metrics.perplexity([0.0, 0.5]) == math.inf


@pytest.mark.parametrize("wrong", [[], [-0.5], [0.5, 1.5], [math.nan]])
def test_perplexity_refuses_what_is_no_probability(wrong):
    with pytest.raises(ValueError, match="not their logarithms"):
        metrics.perplexity(wrong)
