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


@given(st.integers(1, 1000), st.integers(1, 30))
def test_a_fair_die_with_v_faces_has_perplexity_v(faces, throws):
    assert metrics.perplexity(np.full(throws, -math.log(faces))) == pytest.approx(faces, rel=1e-12)


def test_perplexity_is_the_inverse_geometric_mean():
    # 1/2, 1/4 and 1/8: the product is 1/64, its cube root 1/4.
    assert metrics.perplexity(np.log([0.5, 0.25, 0.125])) == pytest.approx(4.0)


def test_an_impossible_token_makes_perplexity_infinite():
    assert metrics.perplexity([-math.inf, -1.0]) == math.inf


@pytest.mark.parametrize("wrong", [[], [0.5], [math.nan]])
def test_perplexity_refuses_what_is_no_log_probability(wrong):
    with pytest.raises(ValueError, match="log-probabilities"):
        metrics.perplexity(wrong)
