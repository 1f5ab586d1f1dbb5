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


def test_bootstrap_interval_of_many_normal_values_agrees_with_theory():
    values = np.random.default_rng(3).normal(5.0, 2.0, size=4000)
    low, high = metrics.bootstrap_interval(values)
    standard_error = values.std() / math.sqrt(len(values))
    # 1.96 standard errors on each side; the percentiles of 10,000 resamples wobble by about 3 %.
    assert low == pytest.approx(values.mean() - 1.96 * standard_error, abs=0.06 * standard_error)
    assert high == pytest.approx(values.mean() + 1.96 * standard_error, abs=0.06 * standard_error)


def test_bootstrap_interval_covers_the_mean_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(300):
        low, high = metrics.bootstrap_interval(rng.normal(size=40), level=0.9, resamples=500)
        hits += low <= 0.0 <= high
    # Binomial(300, 0.9) has standard deviation 5.2; the percentile method is a little short at 40.
    assert 248 <= hits <= 287


def test_bootstrap_interval_is_the_same_each_time():
    values = [0.1, 0.4, 0.2, 0.9]
    assert metrics.bootstrap_interval(values) == metrics.bootstrap_interval(values)


@pytest.mark.parametrize(
    ("values", "level"), [([1.0], 0.95), ([[1, 2], [3, 4]], 0.95), ([1, 2], 95)]
)
def test_bootstrap_interval_names_what_is_wrong(values, level):
    with pytest.raises(ValueError, match="bootstrap_interval"):
        metrics.bootstrap_interval(values, level=level)
