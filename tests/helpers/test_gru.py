"""The NumPy GRU against torch's layer, torch's autograd and finite differences."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient, relative_error
from hypothesis import given, settings
from recurrent_cases import (
    CONVENTIONS,
    GRU,
    SOME_SHAPES,
    all_conventions,
    assert_all_equal,
    data,
    flat,
    gru_versions,
    over_shapes,
    seeds,
    shapes,
    shared_biases,
    to_torch,
    torch_layer,
    weights,
    with_gradients,
)

from helpers import gru
from helpers.gru import GRUWeights

# --- GRU ------------------------------------------------------------------------------------------


def gru_by_autograd(w, x, h_0, dh, *, reset_after, z_weighs):
    """The papers' formulas in torch, gradients by autograd: torch.nn.GRU has one convention."""
    t = GRUWeights(*with_gradients(*w))
    inputs = with_gradients(x, h_0)
    h_t, h = inputs[1], []
    for x_t in inputs[0].unbind(dim=1):
        r = torch.sigmoid(torch.nn.functional.linear(x_t, t.W_xr, t.b_r) + h_t @ t.W_hr.T)
        z = torch.sigmoid(torch.nn.functional.linear(x_t, t.W_xz, t.b_z) + h_t @ t.W_hz.T)
        from_x = torch.nn.functional.linear(x_t, t.W_xn, t.b_n)
        if reset_after:
            n = torch.tanh(from_x + r * torch.nn.functional.linear(h_t, t.W_hn, t.b_hn))
        else:
            n = torch.tanh(from_x + torch.nn.functional.linear(r * h_t, t.W_hn, t.b_hn))
        h_t = torch.lerp(n, h_t, z) if z_weighs == "past" else torch.lerp(h_t, n, z)
        h.append(h_t)
    h = torch.stack(h, dim=1)
    gradients = torch.autograd.grad(h, [*inputs, *t], torch.tensor(dh))
    return h.detach().numpy(), [gradient.numpy() for gradient in gradients]


def test_a_gru_step_gives_the_numbers_worked_by_hand():
    # Both gates are given 0 and are 1/2. With W_hn = ln 3 and h = 2 the candidate is given
    # 1/2 · 2 ln 3, before or after the product, and tanh(ln 3) = 4/5; the mean of 4/5 and 2 is 1.4.
    zero, nothing = np.zeros((1, 1)), np.zeros(1)
    w = GRUWeights(*[zero, zero, nothing] * 3, nothing)._replace(W_hn=np.array([[math.log(3)]]))
    for convention in CONVENTIONS:
        step = gru.gru_step(np.array([[7.0]]), np.array([[2.0]]), w, **convention)
        assert step.r[0, 0] == step.z[0, 0] == 0.5
        assert step.n[0, 0] == pytest.approx(0.8, abs=1e-15)
        assert step.h[0, 0] == pytest.approx(1.4, abs=1e-15)
    # 1/2 of the bias ln 3 passes a reset gate that stands after the product, all of it otherwise.
    w = GRUWeights(*[zero, zero, nothing] * 3, np.array([2 * math.log(3)]))
    after = gru.gru_step(zero, zero, w)
    before = gru.gru_step(zero, zero, w, reset_after=False)
    assert after.n[0, 0] == pytest.approx(4 / 5, abs=1e-15)
    assert before.n[0, 0] == pytest.approx(40 / 41, abs=1e-15)


@over_shapes
@given(shapes, seeds)
def test_a_gru_step_and_its_gradients_equal_torchs_cell(shape, seed):
    B, _, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(GRUWeights, rng, D, H)
    x_t, h_prev, dh_t = (rng.normal(size=(B, n)) for n in (D, H, H))
    cell = torch.nn.GRUCell(D, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), to_torch(w), strict=True):
            parameter.copy_(torch.tensor(array))
    inputs = with_gradients(x_t, h_prev)
    wanted = cell(*inputs)
    wanted.backward(torch.tensor(dh_t))

    step = gru.gru_step(x_t, h_prev, w)
    assert_equal(step.h, wanted.detach().numpy())
    *dinputs, dw = gru.gru_step_backward(dh_t, x_t, h_prev, step, w)
    assert_all_equal(dinputs, [tensor.grad.numpy() for tensor in inputs])
    dstacked = [parameter.grad.numpy() for parameter in cell.parameters()]
    assert_all_equal(to_torch(dw)[:3], dstacked[:3])
    assert_equal(dw.b_hn, dstacked[3][2 * H :])


@gru_versions
@over_shapes
@given(shapes, seeds)
def test_a_gru_layer_and_its_gradients_equal_torchs(version, shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(GRUWeights, rng, D, H)
    x, h_0, _, dh = data(rng, B, T, D, H)
    stacked = shared_biases(rng, to_torch(w), 2 * H)
    module = torch_layer(torch.nn.GRU, stacked, D)
    inputs = with_gradients(x, h_0[None])
    wanted, _ = module(*inputs)
    wanted.backward(torch.tensor(dh))

    forward, backward = GRU[version]
    states = forward(x, h_0, w)
    assert_equal(states.h, wanted.detach().numpy())
    dx, dh_0, dw = backward(dh, x, h_0, states, w)
    assert_equal(dx, inputs[0].grad.numpy())
    assert_equal(dh_0, inputs[1].grad.numpy()[0])
    dstacked = [parameter.grad.numpy() for parameter in module.parameters()]
    assert_all_equal(to_torch(dw)[:3], dstacked[:3])
    assert_equal(dw.b_hn, dstacked[3][2 * H :])


@gru_versions
@all_conventions
@settings(max_examples=12, deadline=None)
@given(shape=shapes, seed=seeds)
def test_a_gru_of_each_convention_equals_autograd(version, convention, shape, seed):
    forward, backward = GRU[version]
    rng = np.random.default_rng(seed)
    w = weights(GRUWeights, rng, *shape[2:])
    x, h_0, _, dh = data(rng, *shape)
    wanted, gradients = gru_by_autograd(w, x, h_0, dh, **convention)
    states = forward(x, h_0, w, **convention)
    assert_equal(states.h, wanted)
    assert_all_equal(flat(backward(dh, x, h_0, states, w, **convention)), gradients)


@gru_versions
@all_conventions
@pytest.mark.parametrize("shape", SOME_SHAPES)
def test_a_grus_gradients_equal_finite_differences(version, convention, shape):
    forward, backward = GRU[version]
    rng = np.random.default_rng(7)
    w = weights(GRUWeights, rng, *shape[2:])
    x, h_0, _, dh = data(rng, *shape)
    gradients = flat(backward(dh, x, h_0, forward(x, h_0, w, **convention), w, **convention))
    for got, array in zip(gradients, [x, h_0, *w], strict=True):
        numerical = numerical_gradient(
            lambda: (forward(x, h_0, w, **convention).h * dh).sum(), array
        )
        assert relative_error(got, numerical) < 1e-7


@gru_versions
@all_conventions
def test_a_grus_gates_are_the_formulas(version, convention):
    rng = np.random.default_rng(5)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, _ = data(rng, 2, 6, 4, 3)
    states = GRU[version][0](x, h_0, w, **convention)
    h_prev = np.concatenate([h_0[:, None], states.h[:, :-1]], axis=1)
    r = torch.sigmoid(torch.tensor(x @ w.W_xr.T + h_prev @ w.W_hr.T + w.b_r)).numpy()
    z = torch.sigmoid(torch.tensor(x @ w.W_xz.T + h_prev @ w.W_hz.T + w.b_z)).numpy()
    assert_equal(states.r, r)
    assert_equal(states.z, z)
    past = r * (h_prev @ w.W_hn.T + w.b_hn)
    if not convention["reset_after"]:
        past = (r * h_prev) @ w.W_hn.T + w.b_hn
    assert_equal(states.n, np.tanh(x @ w.W_xn.T + w.b_n + past))
    share = z if convention["z_weighs"] == "past" else 1 - z
    assert_equal(states.h, share * h_prev + (1 - share) * states.n)


@gru_versions
def test_a_gru_cut_in_two_gives_the_same_states(version):
    forward, _ = GRU[version]
    rng = np.random.default_rng(0)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, _ = data(rng, 2, 6, 4, 3)
    first = forward(x[:, :4], h_0, w)
    second = forward(x[:, 4:], first.h[:, -1], w)
    joined = [np.concatenate(two, axis=1) for two in zip(first, second, strict=True)]
    assert_all_equal(joined, forward(x, h_0, w), 1e-15)


@pytest.mark.parametrize("z_weighs", ["past", "present"])
def test_stacked_weights_make_torchs_layer_do_what_the_gru_does(z_weighs):
    rng = np.random.default_rng(0)
    w = weights(GRUWeights, rng, 4, 3)
    stacked = gru.gru_to_torch(w, z_weighs=z_weighs)
    module = torch_layer(torch.nn.GRU, stacked, 4)
    x, h_0, _, _ = data(rng, 2, 5, 4, 3)
    wanted, _ = module(torch.tensor(x), torch.tensor(h_0[None]))
    assert_equal(gru.gru_layer(x, h_0, w, z_weighs=z_weighs).h, wanted.detach().numpy())
    assert [a.shape for a in stacked] == [tuple(p.shape) for p in module.parameters()]
    assert not stacked[3][:6].any()  # the biases of r and z are in the first of the two


def test_stacking_for_torch_is_the_tests_own_and_copies():
    w = weights(GRUWeights, np.random.default_rng(0), 4, 3)
    stacked = gru.gru_to_torch(w)
    assert_all_equal(stacked, to_torch(w), 0)
    kept = [array.copy() for array in w]
    for array in stacked:
        array[:] = 0
    assert_all_equal(w, kept, 0)


# --- the conventions of the GRU -------------------------------------------------------------------

UPDATE_GATE = ("W_xz", "W_hz", "b_z")


def negated_update_gate(w):
    return w._replace(**{name: -getattr(w, name) for name in UPDATE_GATE})


def test_the_four_conventions_differ_on_the_same_weights():
    rng = np.random.default_rng(0)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, _ = data(rng, 2, 5, 4, 3)
    results = [gru.gru_layer(x, h_0, w, **convention).h for convention in CONVENTIONS]
    for one, other in itertools.combinations(results, 2):
        assert np.abs(one - other).max() > 0.1


@gru_versions
@pytest.mark.parametrize("reset_after", [True, False])
@over_shapes
@given(shape=shapes, seed=seeds)
def test_negating_the_update_gates_weights_turns_one_convention_into_the_other(
    version, reset_after, shape, seed
):
    """1 − σ(a) = σ(−a), so z that weighs the past and z that weighs the present are one model."""
    forward, backward = GRU[version]
    rng = np.random.default_rng(seed)
    w = weights(GRUWeights, rng, *shape[2:])
    x, h_0, _, dh = data(rng, *shape)
    past = {"reset_after": reset_after, "z_weighs": "past"}
    present = {"reset_after": reset_after, "z_weighs": "present"}
    one = forward(x, h_0, w, **past)
    other = forward(x, h_0, negated_update_gate(w), **present)
    assert_all_equal([other.h, other.r, 1 - other.z, other.n], one, 1e-13)
    *dinputs, dw = backward(dh, x, h_0, one, w, **past)
    *dinputs_other, dw_other = backward(dh, x, h_0, other, negated_update_gate(w), **present)
    assert_all_equal([*dinputs_other, *negated_update_gate(dw_other)], [*dinputs, *dw], 1e-13)


@gru_versions
def test_the_reset_gate_may_stand_on_either_side_where_units_do_not_mix(version):
    """W (r ⊙ h) = r ⊙ (W h) for a diagonal W; the second bias must not be reset either."""
    forward, _ = GRU[version]
    rng = np.random.default_rng(1)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, _ = data(rng, 2, 5, 4, 3)
    diagonal = w._replace(W_hn=np.diag(rng.normal(size=3)), b_hn=np.zeros(3))
    open_gate = w._replace(b_r=np.full(3, 1e3))
    for equal in (diagonal, open_gate):
        after = forward(x, h_0, equal, reset_after=True)
        assert_all_equal(forward(x, h_0, equal, reset_after=False), after, 1e-14)
    for unequal in (diagonal._replace(W_hn=w.W_hn), diagonal._replace(b_hn=w.b_hn)):
        after = forward(x, h_0, unequal, reset_after=True)
        assert not np.allclose(forward(x, h_0, unequal, reset_after=False).h, after.h)


@gru_versions
@pytest.mark.parametrize("z_weighs", ["past", "present"])
def test_with_the_reset_gate_before_the_product_only_the_sum_of_the_biases_counts(
    version, z_weighs
):
    forward, backward = GRU[version]
    rng = np.random.default_rng(1)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, dh = data(rng, 2, 5, 4, 3)
    convention = {"reset_after": False, "z_weighs": z_weighs}
    states = forward(x, h_0, w, **convention)
    one_bias = w._replace(b_n=w.b_n + w.b_hn, b_hn=np.zeros(3))
    assert_all_equal(forward(x, h_0, one_bias, **convention), states, 1e-14)
    _, _, dw = backward(dh, x, h_0, states, w, **convention)
    assert_equal(dw.b_n, dw.b_hn, 1e-15)


@gru_versions
@all_conventions
def test_an_update_gate_that_is_all_past_keeps_the_state(version, convention):
    forward, backward = GRU[version]
    B, T, D, H = 2, 50, 3, 4
    rng = np.random.default_rng(0)
    sign = 1 if convention["z_weighs"] == "past" else -1
    w = weights(GRUWeights, rng, D, H)._replace(b_z=np.full(H, sign * 1e3))
    x, h_0, _, dh = data(rng, B, T, D, H)
    dh[:, :-1] = 0
    states = forward(x, h_0, w, **convention)
    assert np.array_equal(states.h, np.broadcast_to(h_0[:, None], (B, T, H)))
    _, dh_0, _ = backward(dh, x, h_0, states, w, **convention)
    assert np.array_equal(dh_0, dh[:, -1])  # fifty steps back, and nothing lost


# --- errors ----------------------------------------------------------------------------------


@gru_versions
def test_another_word_for_what_the_update_gate_weighs_is_named(version):
    forward, backward = GRU[version]
    rng = np.random.default_rng(0)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, dh = data(rng, 2, 5, 4, 3)
    states = forward(x, h_0, w)
    one = gru.GRUStates(*(array[:, 0] for array in states))
    for function, arguments in [
        (forward, (x, h_0, w)),
        (backward, (dh, x, h_0, states, w)),
        (gru.gru_to_torch, (w,)),
        (gru.gru_step, (x[:, 0], h_0, w)),
        (gru.gru_step_backward, (h_0, x[:, 0], h_0, one, w)),
        (gru.gru_update, (h_0, h_0, h_0)),
        (gru.gru_update_backward, (h_0, h_0, h_0, h_0)),
    ]:
        with pytest.raises(ValueError) as caught:
            function(*arguments, z_weighs="future")
        text = f"{function.__name__}: z_weighs is 'future', expected 'past' or 'present'"
        assert str(caught.value).startswith(text)
