"""The NumPy attention and the alignment error rate against torch, finite differences, numbers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from helpers import attention, metrics
from helpers.attention import SCORES, AdditiveWeights
from helpers.corpora.korean_english import load

sizes = st.integers(1, 5)
shapes = st.tuples(sizes, sizes, sizes, sizes)  # B, S, T, H
seeds = st.integers(0, 2**32 - 1)
over_shapes = settings(max_examples=25)
each_score = pytest.mark.parametrize("score", SCORES)


def some_mask(rng, B, S):
    """A mask with a token in each row, here and there padding, not only at the end."""
    mask = rng.random((B, S)) < 0.6
    mask[np.arange(B), rng.integers(S, size=B)] = True
    return mask


def some_weights(rng, D_q, D_k, A):
    return AdditiveWeights(
        rng.normal(size=(A, D_q)), rng.normal(size=(A, D_k)), rng.normal(size=A), rng.normal(size=A)
    )


def case(rng, score, B, S, T, H):
    """Query, key and the score's parameters; for the additive score two widths differ."""
    additive = score == "additive"
    query = rng.normal(size=(B, T, H + 2 if additive else H))
    key = rng.normal(size=(B, S, H))
    return query, key, (some_weights(rng, H + 2, H, 3),) if additive else ()


def torch_score(score, query, key, W_q=None, W_k=None, b=None, v=None):
    """Torch's own functions where there are any, otherwise a loop over the pairs."""
    if score == "cosine":
        return F.cosine_similarity(query[:, :, None], key[:, None], dim=-1)
    if score == "euclidean":
        return -torch.cdist(query, key, compute_mode="donot_use_mm_for_euclid_dist")
    rows = []
    for q, k in zip(query, key, strict=True):
        for q_t in q:
            for k_j in k:
                if score == "additive":
                    hidden = F.linear(q_t, W_q, b) + F.linear(k_j, W_k)
                    rows.append(torch.dot(v, torch.tanh(hidden)))
                else:
                    scale = len(k_j) ** 0.5 if score == "scaled_dot" else 1
                    rows.append(torch.dot(q_t, k_j) / scale)
    return torch.stack(rows).reshape(len(query), query.shape[1], key.shape[1])


def tensors(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def assert_gradient(analytic, numerical):
    """Relative error below 1e-7, against the sum of both norms; below 1e-8 both count as zero."""
    assert analytic.shape == numerical.shape
    size = np.linalg.norm(analytic) + np.linalg.norm(numerical)
    assert np.linalg.norm(analytic - numerical) < max(1e-7 * size, 1e-8)


def flat(gradients):
    """dquery, dkey … and the fields of AdditiveWeights, in one list."""
    return [array for g in gradients for array in (g if isinstance(g, AdditiveWeights) else [g])]


# --- softmax ---------------------------------------------------------------------------------


@over_shapes
@given(shapes, seeds)
def test_rows_sum_to_one_padding_gets_exactly_zero_and_torch_agrees(shape, seed):
    rng = np.random.default_rng(seed)
    B, S, T, _ = shape
    mask, scores = some_mask(rng, B, S), 10 * rng.normal(size=(B, T, S))
    scores[np.broadcast_to(~mask[:, None], scores.shape)] = 1e6  # large scores on padding
    got = attention.masked_softmax(scores, mask)
    wanted = torch.tensor(scores).masked_fill(~torch.tensor(mask)[:, None], -torch.inf).softmax(-1)
    assert_equal(got, wanted)
    assert (got >= 0).all() and np.abs(got.sum(axis=-1) - 1).max() < 1e-15 * 8
    assert (got[np.broadcast_to(~mask[:, None], got.shape)] == 0).all()
    for t in range(T):
        assert_equal(attention.masked_softmax(scores[:, t], mask), got[:, t])
    by_step = np.repeat(mask[:, None], T, axis=1)  # (B, T, S)
    assert_equal(attention.masked_softmax(scores, by_step), got)


def test_scores_of_ten_thousand_neither_overflow_nor_vanish():
    scores = np.array([[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4 - 1]])
    with np.errstate(all="raise", under="ignore"):
        got = attention.masked_softmax(scores)
        masked = attention.masked_softmax(scores, np.array([[False, True, True]] * 2))
    assert_equal(got, torch.tensor(scores).softmax(-1))
    assert np.isfinite(got).all() and got[0, 0] == pytest.approx(1 / (1 + np.exp(-1)))
    assert masked[0].tolist() == [0, 1, 0]
    low = attention.masked_softmax(np.array([[-1e12, 0.0]]), np.array([[True, False]]))
    assert low.tolist() == [[1, 0]]  # below any number that would stand for minus infinity


def test_what_padding_scores_does_not_matter_even_nan():
    mask = np.array([[True, True, False]])
    scores = np.array([[0.0, 0.0, np.nan]])
    assert attention.masked_softmax(scores, mask).tolist() == [[0.5, 0.5, 0.0]]


# --- one query, then a loop over steps, then all at once -------------------------------------


def test_the_worked_example_from_its_query_on():
    h = np.array([[[1, 0, 0, 1], [1, 0, 0, 2], [1, 1, 2, 0], [1, 1, 0, 0]]], dtype=float)
    s_t = np.array([[-1.705, -1.396, 1.439, -0.598]])
    given = np.array([[0.1, 0.055, 0.8, 0.045]])
    weights = attention.attention_weight_layer(h, s_t)
    assert weights.round(3).tolist() == given.tolist()
    context = attention.weighted_sum_layer(h, given)
    assert context.tolist() == [pytest.approx([1.0, 0.845, 1.6, 0.21], abs=1e-15)]
    context, same = attention.attention_step(h, s_t)
    assert context.round(3).tolist() == [[1.0, 0.845, 1.6, 0.21]] and (same == weights).all()


@over_shapes
@given(shapes, seeds)
def test_both_layers_equal_torch_forward_and_backward(shape, seed):
    rng = np.random.default_rng(seed)
    B, S, _, H = shape
    h, s_t, mask = rng.normal(size=(B, S, H)), rng.normal(size=(B, H)), some_mask(rng, B, S)
    dweights, dcontext = rng.normal(size=(B, S)), rng.normal(size=(B, H))

    weights = attention.attention_weight_layer(h, s_t, mask)
    H_, S_ = tensors(h, s_t)
    scores = torch.einsum("bsh,bh->bs", H_, S_).masked_fill(~torch.tensor(mask), -torch.inf)
    wanted = scores.softmax(-1)
    wanted.backward(torch.tensor(dweights))
    assert_equal(weights, wanted)
    assert (weights[~mask] == 0).all()
    got = attention.attention_weight_layer_backward(dweights, h, s_t, weights)
    for gradient, tensor in zip(got, (H_, S_), strict=True):
        assert_equal(gradient, tensor.grad)
    assert (got[0][~mask] == 0).all()

    H_, A_ = tensors(h, weights)
    wanted = torch.einsum("bs,bsh->bh", A_, H_)
    wanted.backward(torch.tensor(dcontext))
    assert_equal(attention.weighted_sum_layer(h, weights), wanted)
    got = attention.weighted_sum_layer_backward(dcontext, h, weights)
    for gradient, tensor in zip(got, (H_, A_), strict=True):
        assert_equal(gradient, tensor.grad)


def test_both_layers_agree_with_finite_differences():
    rng = np.random.default_rng(1)
    h, s_t, mask = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 3)), some_mask(rng, 2, 4)
    dweights, dcontext = rng.normal(size=(2, 4)), rng.normal(size=(2, 3))
    weights = attention.attention_weight_layer(h, s_t, mask)

    def compared():
        return (dweights * attention.attention_weight_layer(h, s_t, mask)).sum()

    def summed():
        return (dcontext * attention.weighted_sum_layer(h, weights)).sum()

    def both():
        return (dcontext * attention.attention_step(h, s_t, mask)[0]).sum()

    for backward, arguments, loss, inputs in [
        (
            attention.attention_weight_layer_backward,
            (dweights, h, s_t, weights),
            compared,
            (h, s_t),
        ),
        (attention.weighted_sum_layer_backward, (dcontext, h, weights), summed, (h, weights)),
        (attention.attention_step_backward, (dcontext, h, s_t, weights), both, (h, s_t)),
    ]:
        for gradient, array in zip(backward(*arguments), inputs, strict=True):
            assert_gradient(gradient, numerical_gradient(loss, array))


@over_shapes
@given(shapes, seeds)
def test_all_steps_at_once_equal_the_loop_over_steps(shape, seed):
    rng = np.random.default_rng(seed)
    B, S, T, H = shape
    h, s, mask = rng.normal(size=(B, S, H)), rng.normal(size=(B, T, H)), some_mask(rng, B, S)
    dcontext = rng.normal(size=(B, T, H))
    context, weights = attention.attention(query=s, key=h, value=h, mask=mask)
    by_loop = attention.attention_layer(h, s, mask)
    assert_equal(by_loop[0], context)
    assert_equal(by_loop[1], weights)
    ds, dkey, dvalue = attention.attention_backward(dcontext, s, h, h, weights)
    steps = [
        attention.attention_step_backward(dcontext[:, t], h, s[:, t], weights[:, t])
        for t in range(T)
    ]
    dh = sum(one for one, _ in steps)  # all steps look at the same states
    assert_equal(dh, dkey + dvalue)
    assert_equal(np.stack([ds_t for _, ds_t in steps], axis=1), ds)
    assert (dh[~mask] == 0).all()


# --- scores ----------------------------------------------------------------------------------


@each_score
@over_shapes
@given(shapes, seeds)
def test_a_score_and_its_gradients_equal_torchs(score, shape, seed):
    rng = np.random.default_rng(seed)
    B, S, T, _ = shape
    query, key, parameters = case(rng, score, *shape)
    dscores = rng.normal(size=(B, T, S))
    leaves = tensors(query, key, *flat(parameters))
    wanted = torch_score(score, *leaves)
    wanted.backward(torch.tensor(dscores))
    forward, backward = SCORES[score]
    assert_equal(forward(query, key, *parameters), wanted)
    gradients = flat(backward(dscores, query, key, *parameters))
    for gradient, leaf in zip(gradients, leaves, strict=True):
        assert_equal(gradient, leaf.grad)


@each_score
def test_a_scores_gradients_agree_with_finite_differences(score):
    rng = np.random.default_rng(2)
    query, key, parameters = case(rng, score, 2, 4, 3, 3)
    dscores = rng.normal(size=(2, 3, 4))
    forward, backward = SCORES[score]

    def loss():
        return (dscores * forward(query, key, *parameters)).sum()

    gradients = flat(backward(dscores, query, key, *parameters))
    for gradient, array in zip(gradients, (query, key, *flat(parameters)), strict=True):
        assert_gradient(gradient, numerical_gradient(loss, array))


def test_cosine_of_a_zero_vector_is_zero_and_its_gradient_torchs():
    rng = np.random.default_rng(3)
    query, key = rng.normal(size=(1, 2, 3)), rng.normal(size=(1, 4, 3))
    query[0, 0] = key[0, 1] = 0
    dscores = rng.normal(size=(1, 2, 4))
    got = attention.cosine_score(query, key)
    assert (got[0, 0] == 0).all() and (got[0, :, 1] == 0).all()
    leaves = tensors(query, key)
    wanted = torch_score("cosine", *leaves)
    wanted.backward(torch.tensor(dscores))
    assert_equal(got, wanted)
    for gradient, leaf in zip(
        attention.cosine_score_backward(dscores, query, key), leaves, strict=True
    ):
        assert np.isfinite(gradient).all()
        assert np.allclose(gradient, leaf.grad.numpy(), rtol=1e-12, atol=1e-12)  # up to 1e8


@pytest.mark.parametrize("length", [0.0, 0.02, 0.2])
def test_cosine_below_and_above_its_smallest_length_agrees_with_finite_differences(length):
    rng = np.random.default_rng(4)
    query, key = rng.normal(size=(1, 1, 3)), rng.normal(size=(1, 2, 3))
    query *= length / np.linalg.norm(query)
    key[:, 0] *= length / np.linalg.norm(key[:, 0])
    dscores = rng.normal(size=(1, 1, 2))

    def loss():
        return (dscores * attention.cosine_score(query, key, eps=0.1)).sum()

    got = attention.cosine_score_backward(dscores, query, key, eps=0.1)
    for gradient, array in zip(got, (query, key), strict=True):
        assert_gradient(gradient, numerical_gradient(loss, array, epsilon=1e-6))


def test_euclidean_gradient_of_equal_vectors_is_zero_as_in_torch():
    query = np.array([[[1.0, 2.0]]])
    key = np.array([[[1.0, 2.0], [1.0, 5.0]]])
    dscores = np.array([[[1.0, 1.0]]])
    leaves = tensors(query, key)
    torch_score("euclidean", *leaves).backward(torch.tensor(dscores))
    assert attention.euclidean_score(query, key).tolist() == [[[0, -3]]]
    dquery, dkey = attention.euclidean_score_backward(dscores, query, key)
    assert_equal(dquery, leaves[0].grad)
    assert_equal(dkey, leaves[1].grad)
    assert dkey[0, 0].tolist() == [0, 0] and dquery[0, 0].tolist() == [0, 1]


# --- attention as a whole --------------------------------------------------------------------


@each_score
@over_shapes
@given(shapes, seeds)
def test_attention_with_any_score_equals_torch_forward_and_backward(score, shape, seed):
    rng = np.random.default_rng(seed)
    B, S, T, H = shape
    query, key, parameters = case(rng, score, *shape)
    value, mask = rng.normal(size=(B, S, H + 1)), some_mask(rng, B, S)
    dcontext = rng.normal(size=(B, T, H + 1))
    leaves = tensors(query, key, *flat(parameters), value)
    scores = torch_score(score, *leaves[:-1])
    wanted = scores.masked_fill(~torch.tensor(mask)[:, None], -torch.inf).softmax(-1)
    wanted_context = wanted @ leaves[-1]
    wanted_context.backward(torch.tensor(dcontext))
    context, weights = attention.attention(query, key, value, mask, score, *parameters)
    assert_equal(context, wanted_context)
    assert_equal(weights, wanted)
    dquery, dkey, dvalue, *rest = attention.attention_backward(
        dcontext, query, key, value, weights, score, *parameters
    )
    for gradient, leaf in zip(flat([dquery, dkey, *rest, dvalue]), leaves, strict=True):
        assert_equal(gradient, leaf.grad)
    assert (dkey[~mask] == 0).all() and (dvalue[~mask] == 0).all()


@each_score
def test_attentions_gradients_agree_with_finite_differences(score):
    rng = np.random.default_rng(5)
    query, key, parameters = case(rng, score, 2, 4, 3, 3)
    value, mask, dcontext = (
        rng.normal(size=(2, 4, 2)),
        some_mask(rng, 2, 4),
        rng.normal(size=(2, 3, 2)),
    )
    _, weights = attention.attention(query, key, value, mask, score, *parameters)

    def loss():
        return (
            dcontext * attention.attention(query, key, value, mask, score, *parameters)[0]
        ).sum()

    gradients = attention.attention_backward(
        dcontext, query, key, value, weights, score, *parameters
    )
    for gradient, array in zip(
        flat(gradients), (query, key, value, *flat(parameters)), strict=True
    ):
        assert_gradient(gradient, numerical_gradient(loss, array))


@over_shapes
@given(shapes, seeds, st.booleans())
def test_scaled_dot_attention_equals_torchs_with_a_mask(shape, seed, by_step):
    rng = np.random.default_rng(seed)
    B, S, T, H = shape
    query, key, value = (rng.normal(size=(B, n, H)) for n in (T, S, S))
    mask = some_mask(rng, B * T, S).reshape(B, T, S) if by_step else some_mask(rng, B, S)
    leaves = tensors(query, key, value)
    wanted = F.scaled_dot_product_attention(
        *leaves, attn_mask=torch.tensor(mask if by_step else mask[:, None]).expand(B, T, S)
    )
    dcontext = rng.normal(size=(B, T, H))
    wanted.backward(torch.tensor(dcontext))
    context, weights = attention.attention(query, key, value, mask, "scaled_dot")
    assert_equal(context, wanted)
    gradients = attention.attention_backward(dcontext, query, key, value, weights, "scaled_dot")
    for gradient, leaf in zip(gradients, leaves, strict=True):
        assert_equal(gradient, leaf.grad)


@each_score
def test_padding_changes_nothing_whatever_it_holds(score):
    rng = np.random.default_rng(6)
    query, key, parameters = case(rng, score, 2, 3, 2, 3)
    value = rng.normal(size=(2, 3, 2))
    longer = [
        np.concatenate([array, 1e3 * rng.normal(size=(2, 2, array.shape[2]))], axis=1)
        for array in (key, value)
    ]
    mask = np.array([[True] * 3 + [False] * 2] * 2)
    short = attention.attention(query, key, value, None, score, *parameters)
    long = attention.attention(query, *longer, mask, score, *parameters)
    assert_equal(long[0], short[0])
    assert_equal(long[1][..., :3], short[1])
    assert (long[1][..., 3:] == 0).all()


@each_score
def test_float32_stays_float32_and_nothing_given_is_changed(score):
    rng = np.random.default_rng(7)
    query, key, parameters = case(rng, score, 2, 4, 3, 3)
    value, dcontext = rng.normal(size=(2, 4, 2)), rng.normal(size=(2, 3, 2))
    query, key, value, dcontext = (
        array.astype(np.float32) for array in (query, key, value, dcontext)
    )
    parameters = tuple(AdditiveWeights(*(a.astype(np.float32) for a in p)) for p in parameters)
    kept = [array.copy() for array in (query, key, value, dcontext)]
    mask = some_mask(rng, 2, 4)
    context, weights = attention.attention(query, key, value, mask, score, *parameters)
    gradients = attention.attention_backward(
        dcontext, query, key, value, weights, score, *parameters
    )
    assert {array.dtype for array in (context, weights, *flat(gradients))} == {np.dtype(np.float32)}
    for before, now in zip(kept, (query, key, value, dcontext), strict=True):
        assert (before == now).all()


def test_the_loops_keep_float32_as_well():
    rng = np.random.default_rng(8)
    h, s = (rng.normal(size=(2, n, 3)).astype(np.float32) for n in (4, 3))
    assert {array.dtype for array in attention.attention_layer(h, s)} == {np.dtype(np.float32)}


# --- what is refused -------------------------------------------------------------------------

h = np.ones((2, 4, 3))
s_t = np.ones((2, 3))
s = np.ones((2, 5, 3))
empty_row = np.array([[True] * 4, [False] * 4])


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: attention.attention_step(h, s_t, empty_row), ValueError, r"mask\[1\] has"),
        (lambda: attention.attention_layer(h, s, empty_row), ValueError, r"mask\[1\] has"),
        (lambda: attention.attention(s, h, h, empty_row), ValueError, r"mask\[1\] has"),
        (lambda: attention.masked_softmax(h, h > 2), ValueError, r"mask\[0, 0\]"),
        (lambda: attention.masked_softmax(h[0], empty_row.astype(int)), TypeError, "astype.bool"),
        (lambda: attention.attention_step(h, s_t, np.ones((2, 3), bool)), ValueError, r"\(2, 4\)"),
        (lambda: attention.attention_step(h, s), ValueError, r"\(B, H\)"),
        (lambda: attention.attention_step(h, s_t[:1]), ValueError, "B is 2 in h"),
        (lambda: attention.attention_layer(h, s_t), ValueError, r"s\[:, None\]"),
        (lambda: attention.dot_score(s, h[..., :2]), ValueError, "H is 3 in query"),
        (lambda: attention.dot_score(s, h[:, :0]), ValueError, "leave out what is empty"),
        (lambda: attention.dot_score(s > 0, h > 0), TypeError, "astype.float"),
        (lambda: attention.dot_score(s.tolist(), h), TypeError, r"np.array\(query\)"),
        (lambda: attention.dot_score(torch.ones(2, 5, 3), h), TypeError, r"detach\(\)"),
        (lambda: attention.dot_score(s * np.nan, h), ValueError, "NaN"),
        (lambda: attention.masked_softmax(h[0] * np.inf), ValueError, "infinite"),
        (lambda: attention.additive_score(s, h, (h, h, h, h)), TypeError, "AdditiveWeights"),
        (lambda: attention.attention(s, h, h, score="product"), ValueError, "unknown"),
        (lambda: attention.attention(s, h, h, score="additive"), ValueError, "missing"),
        (
            lambda: attention.attention(
                s, h, h, score_weights=AdditiveWeights(h[0], h[0], h[0, :, 0], h[0, :, 0])
            ),
            ValueError,
            "no parameters",
        ),
        (lambda: attention.weighted_sum_layer(h, s_t), ValueError, "S is 4 in h"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_importing_attention_does_not_import_torch():
    code = "import sys, helpers.attention; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- alignment error rate --------------------------------------------------------------------


def test_the_error_rate_of_worked_examples():
    gold = {(0, 0), (1, 1), (2, 2)}
    assert metrics.alignment_error_rate([gold], [gold]) == 0
    # One of three links is right: 1 − (1 + 1) / (3 + 3). NLTK's documentation gives this example.
    crossed = {(0, 0), (1, 2), (2, 1)}
    assert metrics.alignment_error_rate([crossed], [gold]) == pytest.approx(2 / 3)
    # (1, 2) is possible: 1 − (1 + 2) / (3 + 3). Sure links count as possible, listed or not.
    for possible in ({(1, 2)}, {(1, 2)} | gold):
        assert metrics.alignment_error_rate([crossed], [gold], [possible]) == pytest.approx(1 / 2)
    # Counts are summed over sentences, not rates averaged: 1 − (3 + 3 + 0) / (3 + 1 + 3 + 1).
    got = metrics.alignment_error_rate([gold, {(0, 0)}], [gold, {(0, 1)}])
    assert got == pytest.approx(1 - 6 / 8)
    assert metrics.alignment_error_rate([set()], [gold]) == 1


@given(*[st.sets(st.tuples(sizes, sizes), min_size=1)] * 2)
def test_without_possible_links_it_is_one_minus_the_f1_score(found, gold):
    both = len(found & gold)
    precision, recall = both / len(found), both / len(gold)
    f1 = 2 * precision * recall / (precision + recall) if both else 0
    assert metrics.alignment_error_rate([found], [gold]) == pytest.approx(1 - f1)


@given(*[st.sets(st.tuples(sizes, sizes), min_size=1)] * 3)
def test_finding_all_sure_links_and_only_possible_ones_is_no_error(sure, more, found):
    possible = sure | more
    found = (found & possible) | sure
    assert metrics.alignment_error_rate([found], [sure], [possible]) == pytest.approx(0)


def test_weights_become_links_and_the_baseline_follows_the_diagonal():
    weights = np.array([[0.1, 0.9, 0.0], [0.4, 0.4, 0.2]])
    assert metrics.hard_alignment(weights) == {(1, 0), (0, 1)}
    assert metrics.diagonal_alignment(3, 3) == {(0, 0), (1, 1), (2, 2)}
    assert metrics.diagonal_alignment(5, 3) == {(0, 0), (2, 1), (4, 2)}
    assert metrics.diagonal_alignment(2, 4) == {(0, 0), (0, 1), (1, 2), (1, 3)}


@given(st.integers(1, 40), st.integers(1, 40))
def test_the_baseline_links_each_target_word_inside_the_source_and_never_backwards(S, T):
    links = sorted(metrics.diagonal_alignment(S, T), key=lambda link: link[1])
    assert [j for _, j in links] == list(range(T))
    sources = [i for i, _ in links]
    assert sources == sorted(sources) and 0 <= sources[0] and sources[-1] < S


def test_gold_weights_of_the_corpus_beat_the_baseline():
    pairs = load("test")[:300]
    gold = [pair.alignment for pair in pairs]
    ideal, diagonal = [], []
    for pair in pairs:
        weights = np.zeros((len(pair.english), len(pair.morphemes)))
        for i, j in pair.alignment:
            weights[j, i] = 1
        ideal.append(metrics.hard_alignment(weights))
        diagonal.append(metrics.diagonal_alignment(len(pair.morphemes), len(pair.english)))
    assert metrics.alignment_error_rate(gold, gold) == 0
    floor = metrics.alignment_error_rate(ideal, gold)  # 'a' and 'do' have no partner
    assert 0 < floor < 0.3 < 0.7 < metrics.alignment_error_rate(diagonal, gold) < 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.hard_alignment([0.1, 0.9]), r"\(T, S\)"),
        (lambda: metrics.hard_alignment(np.full((2, 2), np.nan)), "numbers"),
        (lambda: metrics.diagonal_alignment(0, 3), "at least one word"),
        (lambda: metrics.alignment_error_rate([{(0, 0)}], []), "each sentence"),
        (lambda: metrics.alignment_error_rate([set()], [set()]), "no link"),
        (lambda: metrics.alignment_error_rate({(0, 0)}, {(0, 0)}), "pair"),
    ],
)
def test_a_mistake_with_links_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
