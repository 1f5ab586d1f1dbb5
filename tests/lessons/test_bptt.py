"""Truncated backpropagation through time against torch, and the counts and rule of claim 8."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course import claims
from course.claims import FAILS, HOLDS, HOLDS_WITHIN, Record, figure
from course.claims import bptt as claim
from course.claims.truncated import rnn_layer_backward_truncated
from course.exercises import check
from helpers import rnn

sizes = st.integers(1, 5)
shapes = st.tuples(sizes, st.integers(1, 9), sizes, sizes)  # B, T, D, H
lengths = st.tuples(st.integers(1, 10), st.integers(0, 6))  # k1, k2 − k1
seeds = st.integers(0, 2**32 - 1)
over_shapes = settings(max_examples=25)

NAMES = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h")


def made(seed, shape):
    """A layer's gradient, inputs, first state, states, weights and bias."""
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    x, h_0 = rng.normal(size=(B, T, D)), rng.uniform(-1, 1, size=(B, H))
    W_xh, W_hh, b_h = rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H)
    h = rnn.rnn_layer(x, h_0, W_xh, W_hh, b_h)
    return rng.normal(size=h.shape), x, h_0, h, W_xh, W_hh, b_h


def by_torch(dh, x, h_0, W_xh, W_hh, b_h, k1, k2):
    """TBPTT(k1, k2) by autograd: each window is run again from a detached state."""
    leaves = [torch.tensor(a, requires_grad=True) for a in (x, h_0, W_xh, W_hh, b_h)]
    inputs, first_state, W_in, W_loop, bias = leaves
    states = [first_state]
    for t in range(x.shape[1]):
        states.append(torch.tanh(inputs[:, t] @ W_in.T + states[-1] @ W_loop.T + bias))
    for first in range(0, x.shape[1], k1):
        start, end = max(first + k1 - k2, 0), min(first + k1, x.shape[1])
        state = first_state if start == 0 else states[start].detach()
        for t in range(start, end):
            state = torch.tanh(inputs[:, t] @ W_in.T + state @ W_loop.T + bias)
            if t >= first:
                (state * torch.tensor(dh[:, t])).sum().backward(retain_graph=True)
    return [np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.numpy() for leaf in leaves]


def assert_equal(got, wanted, tolerance=1e-12):
    for name, one, other in zip(NAMES, got, wanted, strict=True):
        assert one.shape == other.shape, name
        assert np.abs(one - other).max() <= tolerance * max(1.0, np.abs(other).max()), name


# --- truncated BPTT --------------------------------------------------------------------------


@over_shapes
@given(shapes, lengths, seeds)
def test_truncated_equals_autograd_over_detached_windows(shape, lengths, seed):
    dh, x, h_0, h, W_xh, W_hh, b_h = made(seed, shape)
    k1, k2 = lengths[0], sum(lengths)
    got = rnn_layer_backward_truncated(dh, x, h_0, h, W_xh, W_hh, k1, k2)
    assert_equal(got, by_torch(dh, x, h_0, W_xh, W_hh, b_h, k1, k2))


@over_shapes
@given(shapes, st.integers(0, 5), st.integers(1, 12), seeds)
def test_truncated_equals_full_where_nothing_is_cut(shape, more, k1, seed):
    dh, x, h_0, h, W_xh, W_hh, _ = made(seed, shape)
    T = shape[1]
    full = rnn.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)
    for one, two in ((T + more, T + more), (1, T + more), (k1, k1 + T - 1)):
        got = rnn_layer_backward_truncated(dh, x, h_0, h, W_xh, W_hh, one, two)
        assert_equal(got, full)


def test_chunks_equal_torchs_layer_with_detach():
    dh, x, h_0, h, W_xh, W_hh, b_h = made(3, (3, 10, 4, 5))
    layer = torch.nn.RNN(4, 5, batch_first=True, dtype=torch.float64)
    values = (W_xh, W_hh, b_h, np.zeros(5))
    for parameter, value in zip(layer.parameters(), values, strict=True):
        parameter.data = torch.tensor(value)
    state = torch.tensor(h_0)[None]
    for first in range(0, 10, 4):  # the last chunk is shorter
        output, state = layer(torch.tensor(x[:, first : first + 4]), state)
        output.backward(torch.tensor(dh[:, first : first + 4]))
        state = state.detach()
    *_, dW_xh, dW_hh, db_h = rnn_layer_backward_truncated(dh, x, h_0, h, W_xh, W_hh, 4, 4)
    theirs = [parameter.grad.numpy() for parameter in list(layer.parameters())[:3]]
    for one, other in zip((dW_xh, dW_hh, db_h), theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12)


def test_a_loss_reaches_no_input_before_its_window():
    dh, x, h_0, h, W_xh, W_hh, _ = made(4, (2, 9, 3, 4))
    dh[:, :-1] = 0  # the loss of the last step alone
    for k1, k2, start in ((3, 3, 6), (1, 4, 5), (3, 5, 4)):
        dx, dh_0, *_ = rnn_layer_backward_truncated(dh, x, h_0, h, W_xh, W_hh, k1, k2)
        assert not dx[:, :start].any() and not dh_0.any()
        assert dx[:, start:].all()


def test_truncated_keeps_float32_and_its_arguments():
    arguments = [array.astype(np.float32) for array in made(5, (2, 5, 3, 4))[:6]]
    copies = [array.copy() for array in arguments]
    got = rnn_layer_backward_truncated(*arguments, 2, 3)
    assert all(array.dtype == np.float32 for array in got)
    assert all(np.array_equal(a, b) for a, b in zip(arguments, copies, strict=True))


@pytest.mark.parametrize(
    ("k1", "k2", "error", "text"),
    [
        (0, 3, ValueError, "k1 is 0 and k2 is 3, expected 1 ≤ k1 ≤ k2"),
        (4, 3, ValueError, "k1 is 4 and k2 is 3"),
        (2.0, 3, TypeError, "k1 is 2.0, expected a whole number"),
        (1, True, TypeError, "k2 is True"),
    ],
)
def test_truncated_names_wrong_lengths(k1, k2, error, text):
    with pytest.raises(error, match="rnn_layer_backward_truncated: .*" + text):
        rnn_layer_backward_truncated(*made(6, (2, 4, 3, 2))[:6], k1, k2)


@over_shapes
@given(shapes, st.integers(1, 10), seeds)
def test_chunks_equal_autograd_over_detached_chunks(shape, k, seed):
    dh, x, h_0, h, W_xh, W_hh, b_h = made(seed, shape)
    got = rnn.rnn_layer_backward_chunks(dh, x, h_0, h, W_xh, W_hh, k)
    assert_equal(got, by_torch(dh, x, h_0, W_xh, W_hh, b_h, k, k))


def test_chunks_keep_float32_and_their_arguments():
    arguments = [array.astype(np.float32) for array in made(5, (2, 5, 3, 4))[:6]]
    copies = [array.copy() for array in arguments]
    got = rnn.rnn_layer_backward_chunks(*arguments, 2)
    assert all(array.dtype == np.float32 for array in got)
    assert all(np.array_equal(a, b) for a, b in zip(arguments, copies, strict=True))


@pytest.mark.parametrize("k", [0, -2, 2.0, True])
def test_chunks_name_a_wrong_length(k):
    with pytest.raises(ValueError, match=r"rnn_layer_backward_chunks: k is .*, expected the steps"):
        rnn.rnn_layer_backward_chunks(*made(6, (2, 4, 3, 2))[:6], k)


# --- claim 8: what is counted ----------------------------------------------------------------


class Counted(np.ndarray):
    """An array that counts the multiplications in matrix products."""

    multiplications = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        plain = [np.asarray(one) for one in inputs]
        if ufunc is np.matmul:
            Counted.multiplications += plain[0].size * plain[1].shape[-1]
        if out is not None:
            kwargs["out"] = tuple(np.asarray(one) for one in out)
        return np.asarray(getattr(ufunc, method)(*plain, **kwargs)).view(Counted)


def counted(function, *arguments):
    Counted.multiplications = 0
    result = function(*(a.view(Counted) if isinstance(a, np.ndarray) else a for a in arguments))
    return result, Counted.multiplications


@pytest.mark.parametrize(("T", "k1", "k2"), [(8, 8, 8), (8, 2, 2), (8, 1, 4), (9, 2, 5), (5, 1, 9)])
def test_the_counted_multiplications_are_those_that_the_layers_make(T, k1, k2):
    D, H, O = 3, 4, 2  # noqa: E741
    dh, x, h_0, h, W_xh, W_hh, b_h = made(7, (1, T, D, H))
    W_hy, b_y = np.ones((O, H)), np.zeros(O)
    steps, there = h_0, 0
    for t in range(T):
        steps, count = counted(rnn.rnn_step, x[:, t], steps, W_xh, W_hh, b_h)
        there += count
    y, output = counted(rnn.rnn_output, h, W_hy, b_y)
    _, output_back = counted(rnn.rnn_output_backward, np.asarray(y), h, W_hy)
    walked, back = claim.steps_back(T, k1, k2), 0
    for n in walked:
        for t in reversed(range(n)):
            h_prev = h[:, t - 1] if t else h_0
            arguments = dh[:, t], x[:, t], h_prev, h[:, t], W_xh, W_hh
            back += counted(rnn.rnn_step_backward, *arguments)[1]
        back -= n * H * D  # the inputs' gradient, which nobody needs
        back -= H * H  # the gradient of the state on the window's left edge
    total = claim.multiplications(T, walked, H, D, O)
    assert total == there + output + output_back + back


def test_a_windows_bytes_are_those_of_its_arrays():
    x, states = np.zeros((1, 6, 3)), np.zeros((1, 7, 4))
    assert claim.bytes_kept(6, 4, 3) == x.nbytes + states.nbytes


@pytest.mark.parametrize(
    ("T", "k1", "k2", "steps"),
    [(64, 64, 64, 64), (64, 8, 8, 64), (10, 4, 4, 10), (1000, 10, 50, 4900)],
)
def test_the_steps_back_are_those_of_all_windows(T, k1, k2, steps):
    assert sum(claim.steps_back(T, k1, k2)) == steps


# --- claim 8: the task and its gradient ------------------------------------------------------


@pytest.mark.parametrize(("k1", "k2"), [(12, 12), (4, 4), (1, 5)])
def test_the_echos_gradient_equals_autograd(k1, k2):
    rng = np.random.default_rng(8)
    weights, (x, target), lag = claim.first_weights(rng, 6), claim.echo(rng, 5, 12, 3), 3
    W_xh, W_hh, b_h, W_hy, b_y = weights
    h_0 = np.zeros((5, 6))
    h = rnn.rnn_layer(x, h_0, W_xh, W_hh, b_h)
    states = torch.tensor(h, requires_grad=True)
    error = (states @ torch.tensor(W_hy.T) + torch.tensor(b_y) - torch.tensor(target))[:, lag:]
    (error**2).mean().backward()
    wanted = by_torch(states.grad.numpy(), x, h_0, W_xh, W_hh, b_h, k1, k2)[2:]
    got = claim.gradient(weights, x, target, lag, k1, k2)
    np.testing.assert_allclose(got, np.concatenate([w.ravel() for w in wanted]), atol=1e-14)


def test_an_echo_comes_lag_steps_later():
    x, target = claim.echo(np.random.default_rng(9), 4, 10, 3)
    assert np.array_equal(target[:, 3:], x[:, :7]) and set(np.unique(x)) == {-1.0, 1.0}


def test_an_angle_is_right_for_known_vectors_and_exact_near_zero():
    one = np.array([3.0, 0.0])
    assert claim.angle(one, np.array([0.0, 0.2])) == pytest.approx(90)
    assert claim.angle(one, -one) == pytest.approx(180)
    assert claim.angle(one, np.array([1.0, 1e-10])) == pytest.approx(np.degrees(1e-10))


def test_learning_learns_what_lies_in_the_window_and_not_what_lies_outside():
    common = {"batch": 4, "gain": 1, "rate": 0.01, "learnt_below": 0.1}
    _, learnt, afterwards = claim.learn(0, 16, 16, 2, 4, 4, budget=2e7, **common)
    assert learnt and afterwards < 0.12
    made, learnt, afterwards = claim.learn(0, 16, 16, 7, 2, 2, budget=2e7, **common)
    assert not learnt and made >= 2e7 and afterwards > 0.1


@pytest.mark.parametrize(("k1", "k2"), [(4, 4), (1, 3), (12, 12)])
def test_the_gradients_of_the_updates_add_up_to_those_of_truncated_bptt(k1, k2):
    rng, lag = np.random.default_rng(3), 2
    weights, (x, target) = claim.first_weights(rng, 6, gain=0.7), claim.echo(rng, 5, 12, lag)
    kept, total = np.zeros((5, 1, 6)), 0
    for begin in range(0, 12, k1):
        gradients, kept = claim.one_update(weights, x, target, kept, begin, lag, k1, k2)
        total = total + k1 * np.concatenate([part.ravel() for part in gradients[:3]])
    whole = claim.gradient(weights, x, target, lag, k1, k2)
    np.testing.assert_allclose(total, (12 - lag) * whole, atol=1e-13)


def test_adam_makes_torchs_updates():
    rng = np.random.default_rng(4)
    weights = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    leaves = [torch.tensor(w, requires_grad=True) for w in weights]
    ours, theirs = claim.Adam(weights, 0.01), torch.optim.Adam(leaves, lr=0.01)
    for scale in (0.1, 5.0, 1.0):
        gradients = [scale * rng.normal(size=w.shape) for w in weights]
        for leaf, g in zip(leaves, gradients, strict=True):
            leaf.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_norm_(leaves, 1.0)
        theirs.step()
        weights = ours.step(weights, gradients)
    for w, leaf in zip(weights, leaves, strict=True):
        np.testing.assert_allclose(w, leaf.detach().numpy(), rtol=1e-5)


# --- claim 8: record and rule ----------------------------------------------------------------


def test_claim_8_saves_at_lags_well_within_the_window_and_fails_beyond_it():
    verdict, record = claims.verdict(8), claims.record(8)
    assert verdict.word == HOLDS_WITHIN
    assert "an update takes 12 % of the work, a pass 97 %" in verdict.reason
    learnt = {lag: claim.outcome(record, "learnt", "chunks", lag) for lag in claim.lags_of(record)}
    assert learnt[2].all() and learnt[4].all() and claim.learning_ratio(record, 4).high < 0.9
    assert learnt[6].sum() == len(record.seeds) - 1  # one of ten fails, and none in batches of 16
    assert claim.outcome(record, "learnt", "chunks", 6, batch=16).all()
    assert claim.learning_ratio(record, 6, batch=16).high < 0.9
    assert learnt[8].all() and claim.learning_ratio(record, 8).low > 1
    assert not learnt[9].any() and not learnt[10].any()


def test_claim_8_an_echo_that_counts_as_learnt_is_one_on_other_sequences_as_well():
    record = claims.record(8)
    for lag in claim.lags_of(record):
        for method in ("full", "chunks"):
            learnt = claim.outcome(record, "learnt", method, lag) == 1
            left = claim.outcome(record, "error afterwards", method, lag)
            assert (left[learnt] < 0.15).all() and (left[~learnt] > 0.1).all()


def test_claim_8_beyond_the_window_only_a_start_that_echoes_is_learnt_from():
    record = claims.record(8)
    learnt = {
        (method, lag, gain): claim.outcome(record, "learnt", method, lag, gain=gain).sum()
        for method in ("full", "chunks")
        for lag in (6, 8)
        for gain in (1, 0.5)
    }
    seeds = len(record.seeds)
    assert learnt["chunks", 8, 1] == seeds and learnt["chunks", 8, 0.5] == 0
    assert learnt["full", 8, 0.5] == learnt["chunks", 6, 0.5] == seeds


def test_claim_8_an_update_costs_k_by_t_and_one_of_the_longest_window_two_thirds():
    record = claims.record(8)

    def share(method, k):
        made = record.values("multiplications, one update", method=method, k=k)[0]
        return made / record.values("multiplications, one update", method="full", k=64)[0]

    assert share("chunks", 8) == pytest.approx(8 / 64, abs=0.005)
    assert share("sliding", 64) == pytest.approx(2 / 3, abs=0.02)


def test_claim_8_bias_falls_with_k_and_stays_with_more_sequences():
    record = claims.record(8)
    windows = record.settings["windows"]
    for lag in record.settings["bias_lags"]:
        for method in ("chunks", "sliding"):
            angles = [record.interval("angle", method=method, k=k, lag=lag).mean for k in windows]
            assert angles == sorted(angles, reverse=True) and angles[-1] < 1e-6
    few, many = record.settings["sequences"][0], record.settings["sequences"][-1]
    angle = {
        (method, n): record.interval("angle to the many", method=method, sequences=n).mean
        for method in ("full", "chunks")
        for n in (few, many)
    }
    assert angle["full", many] < angle["full", few] / 5
    assert angle["chunks", many] > angle["chunks", few] / 3


def made_up(update, one_pass, learning):
    """A record with these ratios; `learning` maps a lag to (ratio, learnt)."""
    figures, runs = {}, {}
    for method, k, one, two in (
        ("full", 64, 1000.0, 1000.0),
        ("chunks", 8, 1000 * update, 1000 * one_pass),
    ):
        figures[figure("multiplications, one update", method=method, k=k)] = [one] * 5
        figures[figure("multiplications, one pass", method=method, k=k)] = [two] * 5
    for lag, (ratio, learnt) in learning.items():
        for method, mean in (("full", 1000.0), ("chunks", 1000 * ratio)):
            parts = {"method": method, "lag": lag, "batch": 1, "gain": 1}
            runs[f"{method} {lag}"] = parts
            spread = np.array([0.98, 0.99, 1.0, 1.01, 1.02])
            figures[figure("multiplications until learnt", **parts)] = list(mean * spread)
            figures[figure("learnt", **parts)] = [learnt] * 5
    settings = {"T": 64, "k": 8, "runs": runs}
    return Record(8, list(range(5)), figures, settings, {}, {}, "", "", "")


@pytest.mark.parametrize(
    ("ratios", "word", "says"),
    [
        ((0.1, 0.5, {2: (0.3, 1), 4: (0.5, 1)}), HOLDS, "learning 30 to 50 %"),
        ((0.1, 0.97, {2: (0.3, 1), 8: (1.0, 1)}), HOLDS_WITHIN, "lags 2 at k = 8, T = 64"),
        ((0.1, 0.97, {2: (0.3, 1), 10: (2.0, 0)}), HOLDS_WITHIN, "; 10 fail"),
        ((0.1, 0.97, {2: (0.3, 0)}), FAILS, "no less at any lag"),
        ((1.0, 0.97, {2: (0.95, 1), 4: (1.2, 1)}), FAILS, "a pass 97 %"),
    ],
)
def test_rule_8_follows_the_ratios(ratios, word, says):
    verdict = claim.rule_8(made_up(*ratios))
    assert verdict.word == word and says in str(verdict)


# --- the exercises ---------------------------------------------------------------------------


def test_the_plain_cells_gradient_is_not_taken_for_a_leaky_cells():
    def plain(dh_t, x_t, h_prev, W_xh, W_hh, b_h, alpha):
        h_t = rnn.rnn_step(x_t, h_prev, W_xh, W_hh, b_h)
        return rnn.rnn_step_backward(dh_t, x_t, h_prev, h_t, W_xh, W_hh)

    score = check("bptt.leaky_step_backward", plain, record=False)
    assert float(score) == 0 and "the plain cell" in score.message
