"""The NumPy LSTM against torch's layer, torch's autograd and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient, relative_error
from hypothesis import given
from recurrent_cases import (
    LSTM,
    SOME_SHAPES,
    assert_all_equal,
    data,
    flat,
    lstm_versions,
    over_shapes,
    seeds,
    shapes,
    shared_biases,
    to_torch,
    torch_layer,
    weights,
    with_gradients,
)

from helpers import lstm
from helpers.lstm import LSTMWeights

# --- sigmoid --------------------------------------------------------------------------------------


def test_the_sigmoid_equals_torchs_and_overflows_nowhere():
    x = np.concatenate([np.linspace(-40, 40, 801), [-1e4, 1e4, -1e300, 1e300, -np.inf, np.inf]])
    with np.errstate(all="raise", under="ignore"):
        y = lstm.sigmoid(x)
    assert np.abs(y - torch.sigmoid(torch.tensor(x)).numpy()).max() < 1e-15
    assert lstm.sigmoid(np.float32([-100, 100])).dtype == np.float32
    assert lstm.sigmoid(np.zeros(1, dtype=int)) == 0.5


# --- LSTM -----------------------------------------------------------------------------------------


def lstm_by_torch(stacked, x, h_0, c_0, dh, dc_T):
    """Torch's states h and c at every time and, stacked as it has them, all gradients."""
    module = torch_layer(torch.nn.LSTM, stacked, x.shape[2])
    inputs = with_gradients(x, h_0[None], c_0[None])
    h, (_, c_T) = module(inputs[0], (inputs[1], inputs[2]))
    loss = (h * torch.tensor(dh)).sum() + (c_T * torch.tensor(dc_T)).sum()
    dx, dh_0, dc_0, *dweights = torch.autograd.grad(loss, [*inputs, *module.parameters()])
    with torch.no_grad():  # torch returns the last cell state alone: one prefix for each time
        c = [module(inputs[0][:, : t + 1], (inputs[1], inputs[2]))[1][1] for t in range(x.shape[1])]
    return (
        h.detach().numpy(),
        torch.stack(c, dim=2)[0].numpy(),
        [dx.numpy(), dh_0[0].numpy(), dc_0[0].numpy()],
        [array.numpy() for array in dweights],
    )


def test_an_lstm_step_gives_the_numbers_worked_by_hand():
    # Every gate is given 0, so σ = 1/2 and the candidate is 0; but the candidate's bias is ln 3,
    # tanh(ln 3) = (9 − 1)/(9 + 1) = 4/5. The cell keeps half of 2 and writes half of 4/5: 1.4.
    zero, nothing = np.zeros((1, 1)), np.zeros(1)
    w = LSTMWeights(*[zero, zero, nothing] * 4)._replace(b_g=np.array([math.log(3)]))
    states = np.array([[7.0]]), np.array([[1.0]]), np.array([[2.0]])
    step = lstm.lstm_step(*states, *to_torch(w)[:3])
    assert_all_equal([step.i, step.f, step.o], [np.full((1, 1), 0.5)] * 3, 1e-15)
    assert step.g[0, 0] == pytest.approx(0.8, abs=1e-15)
    assert step.c[0, 0] == pytest.approx(1.4, abs=1e-15)
    assert step.h[0, 0] == pytest.approx(0.5 * math.tanh(1.4), abs=1e-15)


@over_shapes
@given(shapes, seeds)
def test_an_lstm_step_and_its_gradients_equal_torchs_cell(shape, seed):
    B, _, D, H = shape
    rng = np.random.default_rng(seed)
    stacked = W_x, W_h, b, _ = to_torch(weights(LSTMWeights, rng, D, H))
    x_t, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
    dh_t, dc_t = rng.normal(size=(2, B, H))
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), stacked, strict=True):
            parameter.copy_(torch.tensor(array))
    inputs = with_gradients(x_t, h_prev, c_prev)
    wanted = cell(inputs[0], (inputs[1], inputs[2]))
    torch.autograd.backward(wanted, [torch.tensor(dh_t), torch.tensor(dc_t)])

    step = lstm.lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)
    assert_all_equal(step[:2], [array.detach().numpy() for array in wanted])
    got = lstm.lstm_step_backward(dh_t, dc_t, x_t, h_prev, c_prev, step, W_x, W_h)
    assert_all_equal(got[:3], [tensor.grad.numpy() for tensor in inputs])
    assert_all_equal(got[3:], [p.grad.numpy() for p in list(cell.parameters())[:3]])


@lstm_versions
@over_shapes
@given(shapes, seeds)
def test_an_lstm_layer_and_its_gradients_equal_torchs(version, shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(LSTMWeights, rng, D, H)
    x, h_0, c_0, dh = data(rng, B, T, D, H)
    dc_T = rng.normal(size=(B, H))
    stacked = shared_biases(rng, to_torch(w), 4 * H)
    h, c, dinputs, dstacked = lstm_by_torch(stacked, x, h_0, c_0, dh, dc_T)

    forward, backward = LSTM[version]
    states = forward(x, h_0, c_0, w)
    assert_equal(states.h, h)
    assert_equal(states.c, c)
    *got, dw = backward(dh, x, h_0, c_0, states, w, dc_T)
    assert_all_equal(got, dinputs)
    assert_all_equal(to_torch(dw)[:3], dstacked[:3])
    assert_equal(dstacked[3], dstacked[2])  # torch's second bias has the first one's gradient


@lstm_versions
def test_an_lstms_gates_are_the_formulas(version):
    rng = np.random.default_rng(5)
    w = weights(LSTMWeights, rng, 4, 3)
    x, h_0, c_0, _ = data(rng, 2, 6, 4, 3)
    states = LSTM[version][0](x, h_0, c_0, w)
    h_prev = np.concatenate([h_0[:, None], states.h[:, :-1]], axis=1)
    c_prev = np.concatenate([c_0[:, None], states.c[:, :-1]], axis=1)
    for gate, activation in zip(
        "ifgo", [torch.sigmoid] * 2 + [torch.tanh, torch.sigmoid], strict=True
    ):
        a = x @ getattr(w, f"W_x{gate}").T + h_prev @ getattr(w, f"W_h{gate}").T
        wanted = activation(torch.tensor(a + getattr(w, f"b_{gate}"))).numpy()
        assert_equal(getattr(states, gate), wanted)
    assert_equal(states.c, states.f * c_prev + states.i * states.g)
    assert_equal(states.h, states.o * np.tanh(states.c))


@lstm_versions
@pytest.mark.parametrize("shape", SOME_SHAPES)
def test_an_lstms_gradients_equal_finite_differences(version, shape):
    forward, backward = LSTM[version]
    rng = np.random.default_rng(7)
    w = weights(LSTMWeights, rng, *shape[2:])
    x, h_0, c_0, dh = data(rng, *shape)
    dc_T = rng.normal(size=h_0.shape)
    gradients = flat(backward(dh, x, h_0, c_0, forward(x, h_0, c_0, w), w, dc_T))

    def loss():
        states = forward(x, h_0, c_0, w)
        return (states.h * dh).sum() + (states.c[:, -1] * dc_T).sum()

    for got, array in zip(gradients, [x, h_0, c_0, *w], strict=True):
        assert relative_error(got, numerical_gradient(loss, array)) < 1e-7


@lstm_versions
def test_without_a_gradient_at_the_last_cell_state_it_counts_as_zero(version):
    forward, backward = LSTM[version]
    rng = np.random.default_rng(2)
    w = weights(LSTMWeights, rng, 4, 3)
    x, h_0, c_0, dh = data(rng, 2, 5, 4, 3)
    states = forward(x, h_0, c_0, w)
    without = flat(backward(dh, x, h_0, c_0, states, w))
    assert_all_equal(without, flat(backward(dh, x, h_0, c_0, states, w, np.zeros((2, 3)))), 0)
    other = flat(backward(dh, x, h_0, c_0, states, w, np.ones((2, 3))))
    for one, two in zip(without, other, strict=True):
        assert not np.allclose(one, two)


@lstm_versions
def test_an_lstm_cut_in_two_gives_the_same_states_and_gradients(version):
    forward, backward = LSTM[version]
    rng = np.random.default_rng(0)
    w = weights(LSTMWeights, rng, 4, 3)
    x, h_0, c_0, dh = data(rng, 2, 6, 4, 3)
    whole = forward(x, h_0, c_0, w)
    first = forward(x[:, :4], h_0, c_0, w)
    second = forward(x[:, 4:], first.h[:, -1], first.c[:, -1], w)
    joined = [np.concatenate(two, axis=1) for two in zip(first, second, strict=True)]
    assert_all_equal(joined, whole, 1e-15)

    dx_2, dh_cut, dc_cut, dw_2 = backward(
        dh[:, 4:], x[:, 4:], first.h[:, -1], first.c[:, -1], second, w
    )
    dh_1 = dh[:, :4].copy()
    dh_1[:, -1] += dh_cut
    dx_1, dh_0, dc_0, dw_1 = backward(dh_1, x[:, :4], h_0, c_0, first, w, dc_cut)
    dw = [one + two for one, two in zip(dw_1, dw_2, strict=True)]
    got = [np.concatenate([dx_1, dx_2], axis=1), dh_0, dc_0, *dw]
    assert_all_equal(got, flat(backward(dh, x, h_0, c_0, whole, w)), 1e-14)


@lstm_versions
def test_a_cell_with_its_forget_gate_open_and_its_input_gate_shut_keeps_its_content(version):
    forward, backward = LSTM[version]
    B, T, D, H = 2, 50, 3, 4
    rng = np.random.default_rng(0)
    w = weights(LSTMWeights, rng, D, H)
    w = w._replace(b_f=np.full(H, 1e3), b_i=np.full(H, -1e3))
    x, h_0, c_0, dh = data(rng, B, T, D, H)
    states = forward(x, h_0, c_0, w)
    assert np.array_equal(states.c, np.broadcast_to(c_0[:, None], (B, T, H)))
    dc_T = rng.normal(size=(B, H))
    _, _, dc_0, _ = backward(np.zeros_like(dh), x, h_0, c_0, states, w, dc_T)
    assert np.array_equal(dc_0, dc_T)  # fifty steps back, and nothing lost


def test_torchs_lstm_weights_are_read_and_written_in_torchs_order():
    rng = np.random.default_rng(0)
    module = torch.nn.LSTM(4, 3, batch_first=True, dtype=torch.float64)
    w = lstm.lstm_from_torch(*(p.detach().numpy() for p in module.parameters()))
    assert w._fields == LSTMWeights._fields
    x, h_0, c_0, _ = data(rng, 2, 5, 4, 3)
    wanted, _ = module(torch.tensor(x), (torch.tensor(h_0[None]), torch.tensor(c_0[None])))
    assert_equal(lstm.lstm_layer(x, h_0, c_0, *to_torch(w)[:3]).h, wanted.detach().numpy())
    assert_all_equal(lstm.lstm_from_torch(*to_torch(w)), w, 0)
    shapes = [array.shape for array in to_torch(w)]
    assert shapes == [tuple(parameter.shape) for parameter in module.parameters()]
    before = module.weight_ih_l0.detach().clone()
    w.W_xi[:] = 0  # a copy: the module stays as it is
    assert torch.equal(module.weight_ih_l0, before)


# --- errors ----------------------------------------------------------------------------------


def test_weights_of_several_layers_or_none_are_told_where_to_go():
    module = torch.nn.LSTM(4, 3, batch_first=True, bidirectional=True, dtype=torch.float64)
    arrays = [p.detach().numpy() for p in module.parameters()]
    with pytest.raises(TypeError) as caught:
        lstm.lstm_from_torch(*arrays)
    assert str(caught.value) == (
        "lstm_from_torch: 8 arguments, expected 4 (weight_ih, weight_hh, bias_ih, bias_hh); "
        "of several layers or directions take four arrays at a time"
    )
    x, zero = np.random.default_rng(0).normal(size=(2, 5, 4)), np.zeros((2, 3))
    each = [lstm.lstm_from_torch(*arrays[i : i + 4]) for i in (0, 4)]  # the advice works
    ahead = lstm.lstm_layer(x, zero, zero, *to_torch(each[0])[:3]).h
    back = lstm.lstm_layer(x[:, ::-1], zero, zero, *to_torch(each[1])[:3]).h[:, ::-1]
    wanted, _ = module(torch.tensor(x))
    assert_equal(np.concatenate([ahead, back], axis=2), wanted.detach().numpy())
    gates = [p.detach().numpy() for p in torch.nn.GRU(4, 3).parameters()]
    with pytest.raises(ValueError, match=r"lstm_from_torch: weight_\w+ has shape \(9, \d\)"):
        lstm.lstm_from_torch(*gates)
