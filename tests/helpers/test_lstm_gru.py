"""The NumPy LSTM and GRU against torch's layers, torch's autograd and finite differences."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient, relative_error
from hypothesis import given, settings
from hypothesis import strategies as st

from course.maintenance import bench
from helpers import recurrent
from helpers.recurrent import GRUStates, GRUWeights, LSTMStates, LSTMWeights

LSTM = {
    "readable": (recurrent.lstm_layer, recurrent.lstm_layer_backward),
    "fast": (recurrent.lstm_layer_fast, recurrent.lstm_layer_backward_fast),
}
GRU = {
    "readable": (recurrent.gru_layer, recurrent.gru_layer_backward),
    "fast": (recurrent.gru_layer_fast, recurrent.gru_layer_backward_fast),
}
lstm_versions = pytest.mark.parametrize("version", LSTM)
gru_versions = pytest.mark.parametrize("version", GRU)

CONVENTIONS = [
    {"reset_after": after, "z_weighs": weighs}
    for after, weighs in itertools.product([True, False], ["past", "present"])
]
all_conventions = pytest.mark.parametrize(
    "convention", CONVENTIONS, ids=lambda c: f"after={c['reset_after']}-{c['z_weighs']}"
)

sizes = st.integers(1, 5)
shapes = st.tuples(sizes, st.integers(1, 7), sizes, sizes)  # B, T, D, H
seeds = st.integers(0, 2**32 - 1)
over_shapes = settings(max_examples=25, deadline=None)
SOME_SHAPES = [(3, 5, 4, 2), (1, 1, 1, 1), (2, 1, 3, 4), (1, 6, 2, 5)]


def weights(kind, rng, D, H):
    size = {"x": (H, D), "h": (H, H)}
    return kind(
        *(rng.normal(size=size[name[2]] if name.startswith("W") else H) for name in kind._fields)
    )


def data(rng, B, T, D, H):
    """x, h_0, c_0 and a gradient for every hidden state."""
    return (
        rng.normal(size=(B, T, D)),
        rng.normal(size=(B, H)),
        rng.normal(size=(B, H)),
        rng.normal(size=(B, T, H)),
    )


def torch_layer(kind, stacked, D):
    """Torch's layer with these weights."""
    module = kind(D, stacked[1].shape[1], batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(module.parameters(), stacked, strict=True):
            parameter.copy_(torch.tensor(array))
    return module


def shared_biases(rng, stacked, rows):
    """Move a random part of the first bias to the second, where torch only takes the sum."""
    weight_ih, weight_hh, bias_ih, bias_hh = stacked
    moved = np.zeros_like(bias_ih)
    moved[:rows] = rng.normal(size=rows)
    return weight_ih, weight_hh, bias_ih - moved, bias_hh + moved


def with_gradients(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


def assert_all_equal(got, wanted, tolerance=1e-12):
    for one, other in zip(got, wanted, strict=True):
        assert_equal(one, other, tolerance)


def flat(gradients):
    """(dx, dh_0, …, dweights) as one list of arrays."""
    return [*gradients[:-1], *gradients[-1]]


def strided(array):
    """The same numbers, every second entry of something larger."""
    larger = np.full([2 * n for n in array.shape], np.nan)
    larger[tuple(slice(None, None, 2) for _ in array.shape)] = array
    return larger[tuple(slice(None, None, 2) for _ in array.shape)]


# --- sigmoid ---------------------------------------------------------------------------------


def test_the_sigmoid_equals_torchs_and_overflows_nowhere():
    x = np.concatenate([np.linspace(-40, 40, 801), [-1e4, 1e4, -1e300, 1e300, -np.inf, np.inf]])
    with np.errstate(all="raise", under="ignore"):
        y = recurrent.sigmoid(x)
    assert np.abs(y - torch.sigmoid(torch.tensor(x)).numpy()).max() < 1e-15
    assert recurrent.sigmoid(np.float32([-100, 100])).dtype == np.float32
    assert recurrent.sigmoid(np.zeros(1, dtype=int)) == 0.5


# --- LSTM ------------------------------------------------------------------------------------


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
    step = recurrent.lstm_step(np.array([[7.0]]), np.array([[1.0]]), np.array([[2.0]]), w)
    assert_all_equal([step.i, step.f, step.o], [np.full((1, 1), 0.5)] * 3, 1e-15)
    assert step.g[0, 0] == pytest.approx(0.8, abs=1e-15)
    assert step.c[0, 0] == pytest.approx(1.4, abs=1e-15)
    assert step.h[0, 0] == pytest.approx(0.5 * math.tanh(1.4), abs=1e-15)


@over_shapes
@given(shapes, seeds)
def test_an_lstm_step_and_its_gradients_equal_torchs_cell(shape, seed):
    B, _, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(LSTMWeights, rng, D, H)
    x_t, h_prev, c_prev = (rng.normal(size=(B, n)) for n in (D, H, H))
    dh_t, dc_t = rng.normal(size=(2, B, H))
    cell = torch.nn.LSTMCell(D, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), recurrent.lstm_to_torch(w), strict=True):
            parameter.copy_(torch.tensor(array))
    inputs = with_gradients(x_t, h_prev, c_prev)
    wanted = cell(inputs[0], (inputs[1], inputs[2]))
    torch.autograd.backward(wanted, [torch.tensor(dh_t), torch.tensor(dc_t)])

    step = recurrent.lstm_step(x_t, h_prev, c_prev, w)
    assert_all_equal(step[:2], [array.detach().numpy() for array in wanted])
    *dinputs, dw = recurrent.lstm_step_backward(dh_t, dc_t, x_t, h_prev, c_prev, step, w)
    assert_all_equal(dinputs, [tensor.grad.numpy() for tensor in inputs])
    stacked = [parameter.grad.numpy() for parameter in cell.parameters()]
    assert_all_equal(recurrent.lstm_to_torch(dw)[:3], stacked[:3])


@lstm_versions
@over_shapes
@given(shapes, seeds)
def test_an_lstm_layer_and_its_gradients_equal_torchs(version, shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(LSTMWeights, rng, D, H)
    x, h_0, c_0, dh = data(rng, B, T, D, H)
    dc_T = rng.normal(size=(B, H))
    stacked = shared_biases(rng, recurrent.lstm_to_torch(w), 4 * H)
    h, c, dinputs, dstacked = lstm_by_torch(stacked, x, h_0, c_0, dh, dc_T)

    forward, backward = LSTM[version]
    states = forward(x, h_0, c_0, w)
    assert_equal(states.h, h)
    assert_equal(states.c, c)
    *got, dw = backward(dh, x, h_0, c_0, states, w, dc_T)
    assert_all_equal(got, dinputs)
    assert_all_equal(recurrent.lstm_to_torch(dw)[:3], dstacked[:3])
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
    w = recurrent.lstm_from_torch(*(p.detach().numpy() for p in module.parameters()))
    assert w._fields == LSTMWeights._fields
    x, h_0, c_0, _ = data(rng, 2, 5, 4, 3)
    wanted, _ = module(torch.tensor(x), (torch.tensor(h_0[None]), torch.tensor(c_0[None])))
    assert_equal(recurrent.lstm_layer(x, h_0, c_0, w).h, wanted.detach().numpy())
    assert_all_equal(recurrent.lstm_from_torch(*recurrent.lstm_to_torch(w)), w, 0)
    shapes = [array.shape for array in recurrent.lstm_to_torch(w)]
    assert shapes == [tuple(parameter.shape) for parameter in module.parameters()]
    before = module.weight_ih_l0.detach().clone()
    w.W_xi[:] = 0  # a copy: the module stays as it is
    assert torch.equal(module.weight_ih_l0, before)


# --- GRU -------------------------------------------------------------------------------------


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
        step = recurrent.gru_step(np.array([[7.0]]), np.array([[2.0]]), w, **convention)
        assert step.r[0, 0] == step.z[0, 0] == 0.5
        assert step.n[0, 0] == pytest.approx(0.8, abs=1e-15)
        assert step.h[0, 0] == pytest.approx(1.4, abs=1e-15)
    # 1/2 of the bias ln 3 passes a reset gate that stands after the product, all of it otherwise.
    w = GRUWeights(*[zero, zero, nothing] * 3, np.array([2 * math.log(3)]))
    after = recurrent.gru_step(zero, zero, w)
    before = recurrent.gru_step(zero, zero, w, reset_after=False)
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
        for parameter, array in zip(cell.parameters(), recurrent.gru_to_torch(w), strict=True):
            parameter.copy_(torch.tensor(array))
    inputs = with_gradients(x_t, h_prev)
    wanted = cell(*inputs)
    wanted.backward(torch.tensor(dh_t))

    step = recurrent.gru_step(x_t, h_prev, w)
    assert_equal(step.h, wanted.detach().numpy())
    *dinputs, dw = recurrent.gru_step_backward(dh_t, x_t, h_prev, step, w)
    assert_all_equal(dinputs, [tensor.grad.numpy() for tensor in inputs])
    dstacked = [parameter.grad.numpy() for parameter in cell.parameters()]
    assert_all_equal(recurrent.gru_to_torch(dw)[:3], dstacked[:3])
    assert_equal(dw.b_hn, dstacked[3][2 * H :])


@gru_versions
@over_shapes
@given(shapes, seeds)
def test_a_gru_layer_and_its_gradients_equal_torchs(version, shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    w = weights(GRUWeights, rng, D, H)
    x, h_0, _, dh = data(rng, B, T, D, H)
    stacked = shared_biases(rng, recurrent.gru_to_torch(w), 2 * H)
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
    assert_all_equal(recurrent.gru_to_torch(dw)[:3], dstacked[:3])
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


def test_torchs_gru_weights_are_read_and_written_in_torchs_order():
    rng = np.random.default_rng(0)
    module = torch.nn.GRU(4, 3, batch_first=True, dtype=torch.float64)
    w = recurrent.gru_from_torch(*(p.detach().numpy() for p in module.parameters()))
    x, h_0, _, _ = data(rng, 2, 5, 4, 3)
    wanted, _ = module(torch.tensor(x), torch.tensor(h_0[None]))
    assert_equal(recurrent.gru_layer(x, h_0, w).h, wanted.detach().numpy())
    assert_all_equal(recurrent.gru_from_torch(*recurrent.gru_to_torch(w)), w, 0)
    shapes = [array.shape for array in recurrent.gru_to_torch(w)]
    assert shapes == [tuple(parameter.shape) for parameter in module.parameters()]
    before = module.bias_hh_l0.detach().clone()
    w.b_hn[:] = 0  # a copy: the module stays as it is
    assert torch.equal(module.bias_hh_l0, before)


# --- the conventions of the GRU --------------------------------------------------------------

UPDATE_GATE = ("W_xz", "W_hz", "b_z")


def negated_update_gate(w):
    return w._replace(**{name: -getattr(w, name) for name in UPDATE_GATE})


def test_the_four_conventions_differ_on_the_same_weights():
    rng = np.random.default_rng(0)
    w = weights(GRUWeights, rng, 4, 3)
    x, h_0, _, _ = data(rng, 2, 5, 4, 3)
    results = [recurrent.gru_layer(x, h_0, w, **convention).h for convention in CONVENTIONS]
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


# --- kinds of numbers ------------------------------------------------------------------------


def run_lstm(version, x, h_0, c_0, dh, w):
    forward, backward = LSTM[version]
    states = forward(x, h_0, c_0, w)
    return [*states, *flat(backward(dh, x, h_0, c_0, states, w))]


def run_gru(version, x, h_0, c_0, dh, w, **convention):
    forward, backward = GRU[version]
    states = forward(x, h_0, w, **convention)
    return [*states, *flat(backward(dh, x, h_0, states, w, **convention))]


CELLS = [
    ("LSTM", LSTMWeights, run_lstm, {}),
    *(("GRU", GRUWeights, run_gru, convention) for convention in CONVENTIONS),
]
all_cells = pytest.mark.parametrize(
    ("kind", "run", "convention"),
    [cell[1:] for cell in CELLS],
    ids=[f"{cell[0]}{''.join(f'-{value}' for value in cell[3].values())}" for cell in CELLS],
)
both_versions = pytest.mark.parametrize("version", LSTM)


@both_versions
@all_cells
def test_float32_stays_float32(version, kind, run, convention):
    rng = np.random.default_rng(0)
    w = weights(kind, rng, 4, 3)
    arrays = data(rng, 2, 5, 4, 3)
    exact = run(version, *arrays, w, **convention)
    w = kind(*(array.astype(np.float32) for array in w))
    arrays = [array.astype(np.float32) for array in arrays]
    results = run(version, *arrays, w, **convention)
    assert {array.dtype for array in results} == {np.dtype(np.float32)}
    assert_all_equal(results, exact, 2e-5)


@both_versions
@all_cells
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool])
def test_whole_number_inputs_such_as_one_hot_vectors_are_read_as_numbers(
    version, kind, run, convention, dtype
):
    rng = np.random.default_rng(0)
    w = weights(kind, rng, 4, 3)
    x = np.eye(4, dtype=dtype)[[[0, 3, 1], [2, 2, 0]]]  # (B, T, D)
    zeros, dh = np.zeros((2, 3), dtype=int), np.ones((2, 3, 3), dtype=int)
    results = run(version, x, zeros, zeros, dh, w, **convention)
    wanted = run(version, *(a.astype(float) for a in (x, zeros, zeros, dh)), w, **convention)
    assert {array.dtype for array in results} == {np.dtype(np.float64)}
    assert_all_equal(results, wanted, 1e-15)


@both_versions
@all_cells
@pytest.mark.parametrize("shape", SOME_SHAPES)
def test_no_argument_is_changed_and_views_are_read_right(version, kind, run, convention, shape):
    rng = np.random.default_rng(0)
    arguments, w = data(rng, *shape), weights(kind, rng, *shape[2:])
    kept = [array.copy() for array in (*arguments, *w)]
    wanted = run(version, *arguments, w, **convention)
    for array, before in zip((*arguments, *w), kept, strict=True):
        assert np.array_equal(array, before)
    arguments, w = [strided(array) for array in arguments], kind(*map(strided, w))
    assert_all_equal(run(version, *arguments, w, **convention), wanted, 1e-14)
    for array, before in zip((*arguments, *w), kept, strict=True):
        assert np.array_equal(array, before)


@all_cells
@over_shapes
@given(shape=shapes, seed=seeds)
def test_the_fast_layer_returns_what_the_readable_one_returns(kind, run, convention, shape, seed):
    rng = np.random.default_rng(seed)
    arrays, w = data(rng, *shape), weights(kind, rng, *shape[2:])
    readable = run("readable", *arrays, w, **convention)
    assert_all_equal(run("fast", *arrays, w, **convention), readable, 1e-13)


@pytest.mark.parametrize(("forward", "backward"), [("readable", "fast"), ("fast", "readable")])
def test_the_states_of_one_version_may_go_back_through_the_other(forward, backward):
    rng = np.random.default_rng(0)
    x, h_0, c_0, dh = data(rng, 2, 5, 4, 3)
    w = weights(LSTMWeights, rng, 4, 3)
    states = LSTM[forward][0](x, h_0, c_0, w)
    got = LSTM[backward][1](dh, x, h_0, c_0, states, w)
    assert_all_equal(flat(got), flat(LSTM[forward][1](dh, x, h_0, c_0, states, w)), 1e-13)
    w = weights(GRUWeights, rng, 4, 3)
    for convention in CONVENTIONS:
        states = GRU[forward][0](x, h_0, w, **convention)
        got = GRU[backward][1](dh, x, h_0, states, w, **convention)
        wanted = GRU[forward][1](dh, x, h_0, states, w, **convention)
        assert_all_equal(flat(got), flat(wanted), 1e-13)


@both_versions
@all_cells
def test_a_second_call_leaves_the_results_of_the_first_alone(version, kind, run, convention):
    rng = np.random.default_rng(0)
    arrays, w = data(rng, 2, 5, 4, 3), weights(kind, rng, 4, 3)
    first = run(version, *arrays, w, **convention)
    kept = [array.copy() for array in first]
    run(version, *data(rng, 2, 5, 4, 3), w, **convention)
    for array, before in zip(first, kept, strict=True):
        assert np.array_equal(array, before)


@both_versions
@all_cells
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extreme_inputs_give_finite_numbers_and_no_warning(version, kind, run, convention, dtype):
    rng = np.random.default_rng(0)
    w = kind(*(array.astype(dtype) for array in weights(kind, rng, 4, 3)))
    x, h_0, c_0, dh = (array.astype(dtype) for array in data(rng, 2, 5, 4, 3))
    x *= dtype(1e6)
    x[0, 0] = 0
    x[1, 2] *= dtype(1e20)
    with np.errstate(all="raise", under="ignore"):
        results = run(version, x, h_0, c_0, dh, w, **convention)
    assert all(np.isfinite(array).all() for array in results)


# --- errors ----------------------------------------------------------------------------------

B, T, D, H = 2, 5, 4, 3
RNG = np.random.default_rng(0)
X, H_0, C_0, DH = data(RNG, B, T, D, H)
LSTM_W, GRU_W = weights(LSTMWeights, RNG, D, H), weights(GRUWeights, RNG, D, H)
LSTM_S, GRU_S = recurrent.lstm_layer(X, H_0, C_0, LSTM_W), recurrent.gru_layer(X, H_0, GRU_W)


def with_nan(array):
    array = array.copy()
    array[1, 2] = np.nan
    return array


def assert_names(call, error, name, parts):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value).startswith(f"{name}: ")
    for part in parts:
        assert part in str(caught.value)


WRONG_INPUTS = [
    ({"x": X.transpose(1, 0, 2)}, ["h_0", "x.transpose(1, 0, 2)"]),
    ({"x": X[0]}, ["x has shape (5, 4)", "(B, T, D)", "x[None, :, :]"]),
    ({"x": X[:, :, :2]}, ["(2, 5, 2)", "D = 4", "(3, 4) reads 4 features"]),
    ({"x": X[:, :0]}, ["(2, 0, 4)", "no time step", "T ≥ 1"]),
    ({"x": with_nan(X)}, ["x holds 4 value(s)", "NaN", "(1, 2, 0)"]),
    ({"h_0": H_0[None]}, ["h_0 has shape (1, 2, 3)", "(B, H) = (2, 3)", "h_0[0]"]),
    ({"h_0": H_0[0]}, ["h_0 has shape (3,)", "np.tile(h_0"]),
    ({"h_0": H_0[:1]}, ["h_0 has shape (1, 3)", "np.zeros((B, H))"]),
    ({"h_0": with_nan(H_0)}, ["h_0 holds 1 value(s)", "(1, 2)"]),
]


@both_versions
@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        *WRONG_INPUTS,
        ({"c_0": C_0[None]}, ["c_0 has shape (1, 2, 3)", "c_0[0]"]),
        ({"c_0": with_nan(C_0)}, ["c_0 holds 1 value(s)", "(1, 2)"]),
        ({"W_xi": LSTM_W.W_xi.T}, ["W_xi has shape (4, 3)", "(H, D)", "pass W_xi.T"]),
        ({"W_xo": LSTM_W.W_xo.T}, ["W_xo has shape (4, 3)", "(H, D) = (3, 4)", "pass W_xo.T"]),
        ({"W_hi": LSTM_W.W_hi[:, :2]}, ["W_hi has shape (3, 2)", "(H, H)", "square"]),
        ({"W_hg": LSTM_W.W_hg[:2]}, ["W_hg has shape (2, 3)", "(H, H) = (3, 3)"]),
        ({"b_f": LSTM_W.b_f[:2]}, ["b_f has shape (2,)", "(H,) = (3,)"]),
        ({"b_f": LSTM_W.b_f[None]}, ["b_f has shape (1, 3)", "b_f.ravel()"]),
    ],
)
def test_an_lstm_layer_names_a_wrong_shape_and_the_cure(version, changes, parts):
    inputs = {"x": X, "h_0": H_0, "c_0": C_0}
    w = LSTM_W._replace(**{name: a for name, a in changes.items() if name not in inputs})
    inputs |= {name: array for name, array in changes.items() if name in inputs}
    forward, _ = LSTM[version]
    assert_names(lambda: forward(**inputs, weights=w), ValueError, forward.__name__, parts)


@both_versions
@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        *WRONG_INPUTS,
        ({"W_xr": GRU_W.W_xr.T}, ["W_xr has shape (4, 3)", "(H, D)", "pass W_xr.T"]),
        ({"W_hn": GRU_W.W_hn[:2]}, ["W_hn has shape (2, 3)", "(H, H) = (3, 3)"]),
        ({"b_hn": GRU_W.b_hn[:2]}, ["b_hn has shape (2,)", "(H,) = (3,)"]),
    ],
)
def test_a_gru_layer_names_a_wrong_shape_and_the_cure(version, changes, parts):
    inputs = {"x": X, "h_0": H_0}
    w = GRU_W._replace(**{name: a for name, a in changes.items() if name not in inputs})
    inputs |= {name: array for name, array in changes.items() if name in inputs}
    forward, _ = GRU[version]
    assert_names(lambda: forward(**inputs, weights=w), ValueError, forward.__name__, parts)


@both_versions
@pytest.mark.parametrize(
    ("x", "parts"),
    [
        (X.tolist(), ["x is a list", "np.array(x)"]),
        (torch.tensor(X), ["x is a Tensor", "x.detach().numpy()"]),
        (X.astype(str), ["x holds <U", "real numbers"]),
        (X + 1j, ["x holds complex128", "real numbers"]),
    ],
)
def test_a_layer_names_an_argument_of_the_wrong_type(version, x, parts):
    lstm, gru = LSTM[version][0], GRU[version][0]
    assert_names(lambda: lstm(x, H_0, C_0, LSTM_W), TypeError, lstm.__name__, parts)
    assert_names(lambda: gru(x, H_0, GRU_W), TypeError, gru.__name__, parts)


@both_versions
def test_a_layer_names_weights_and_states_of_another_kind(version):
    (lstm, lstm_backward), (gru, gru_backward) = LSTM[version], GRU[version]
    for call, name, parts in [
        (
            lambda: lstm(X, H_0, C_0, GRU_W),
            lstm.__name__,
            ["weights is a GRUWeights", "expected LSTMWeights", "pass LSTMWeights(W_xi, W_hi"],
        ),
        (
            lambda: gru(X, H_0, tuple(GRU_W)),
            gru.__name__,
            ["weights is a tuple", "pass GRUWeights(W_xr, W_hr"],
        ),
        (
            lambda: lstm(X, H_0, C_0, LSTM_W._replace(W_xf=torch.tensor(LSTM_W.W_xf))),
            lstm.__name__,
            ["W_xf is a Tensor", "W_xf.detach().numpy()"],
        ),
        (
            lambda: lstm_backward(DH, X, H_0, C_0, LSTM_S.h, LSTM_W),
            lstm_backward.__name__,
            ["states is a ndarray", "pass LSTMStates(h, c, i, f, g, o)"],
        ),
        (
            lambda: gru_backward(DH, X, H_0, GRU_S._replace(z=GRU_S.z.astype(int)), GRU_W),
            gru_backward.__name__,
            ["states.z holds int64", f"pass what {gru.__name__} returned"],
        ),
    ]:
        assert_names(call, TypeError, name, parts)


@both_versions
@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"dh": DH[:, -1]}, ["dh has shape (2, 3)", "(2, 5, 3)", "dh[:, -1]"]),
        ({"dh": DH[:, :4]}, ["dh has shape (2, 4, 3)", "time step"]),
        ({"dc_T": DH}, ["dc_T has shape (2, 5, 3)", "(B, H) = (2, 3)"]),
        (
            {"states": LSTMStates(*(a.transpose(1, 0, 2) for a in LSTM_S))},
            ["states.h looks time-first", "states.h.transpose"],
        ),
        ({"states": LSTM_S._replace(o=LSTM_S.o[:, 0])}, ["states.o has shape (2, 3)"]),
    ],
)
def test_an_lstms_backward_pass_names_a_wrong_gradient_or_state(version, changes, parts):
    backward = LSTM[version][1]
    right = {"dh": DH, "x": X, "h_0": H_0, "c_0": C_0, "states": LSTM_S, "weights": LSTM_W}
    assert_names(lambda: backward(**(right | changes)), ValueError, backward.__name__, parts)


@both_versions
@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"dh": DH[:, -1]}, ["dh has shape (2, 3)", "(2, 5, 3)", "dh[:, -1]"]),
        ({"states": GRU_S._replace(r=GRU_S.r[:, :4])}, ["states.r has shape (2, 4, 3)"]),
        ({"z_weighs": "future"}, ["z_weighs is 'future'", "'past' or 'present'"]),
    ],
)
def test_a_grus_backward_pass_names_a_wrong_gradient_or_state(version, changes, parts):
    backward = GRU[version][1]
    right = {"dh": DH, "x": X, "h_0": H_0, "states": GRU_S, "weights": GRU_W}
    assert_names(lambda: backward(**(right | changes)), ValueError, backward.__name__, parts)


def module_arrays(kind):
    return [p.detach().numpy() for p in kind(D, H, dtype=torch.float64).parameters()]


STEP = LSTMStates(*(array[:, 0] for array in LSTM_S))
GRU_STEP = GRUStates(*(array[:, 0] for array in GRU_S))


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (
            lambda: recurrent.lstm_step(X, H_0, C_0, LSTM_W),
            ["lstm_step: x_t", "call lstm_layer", "x[:, t]"],
        ),
        (
            lambda: recurrent.lstm_step(X[:, 0], H_0, C_0[0], LSTM_W),
            ["lstm_step: c_prev", "c_prev[None, :]"],
        ),
        (
            lambda: recurrent.lstm_step(X[:, 0], H_0, with_nan(C_0), LSTM_W),
            ["lstm_step: c_prev holds 1 value(s)"],
        ),
        (
            lambda: recurrent.lstm_step_backward(H_0, H_0[:1], X[:, 0], H_0, C_0, STEP, LSTM_W),
            ["lstm_step_backward: dc_t has shape (1, 3)"],
        ),
        (
            lambda: recurrent.lstm_step_backward(H_0, H_0, X[:, 0], H_0, C_0, LSTM_S, LSTM_W),
            ["lstm_step_backward: states.h has shape (2, 5, 3)", "(B, H) = (2, 3)"],
        ),
        (
            lambda: recurrent.gru_step(X, H_0, GRU_W),
            ["gru_step: x_t", "call gru_layer", "x[:, t]"],
        ),
        (
            lambda: recurrent.gru_step(X[:, 0], H_0, GRU_W, z_weighs="new"),
            ["gru_step: z_weighs is 'new'", "'past' or 'present'"],
        ),
        (
            lambda: recurrent.gru_step_backward(H_0[:1], X[:, 0], H_0, GRU_STEP, GRU_W),
            ["gru_step_backward: dh_t has shape (1, 3)"],
        ),
        (
            lambda: recurrent.lstm_from_torch(*module_arrays(torch.nn.GRU)),
            ["lstm_from_torch: weight_hh has shape (9, 3)", "(4 H, H)"],
        ),
        (
            lambda: recurrent.gru_from_torch(*module_arrays(torch.nn.GRU)[::-1]),
            ["gru_from_torch: weight_hh has shape (9,)", "their own order"],
        ),
        (
            lambda: recurrent.gru_from_torch(*module_arrays(torch.nn.GRU)[:3], np.zeros(3)),
            ["gru_from_torch: bias_hh has shape (3,)", "(3 H,) = (9,)"],
        ),
        (
            lambda: recurrent.lstm_to_torch(LSTM_W._replace(b_o=np.zeros(2))),
            ["lstm_to_torch: b_o has shape (2,)"],
        ),
    ],
)
def test_every_other_function_names_a_wrong_shape(call, parts):
    with pytest.raises(ValueError) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


# --- the benchmarks --------------------------------------------------------------------------


@pytest.mark.parametrize(("contest", "arrays"), [(bench.lstm_contest, 16), (bench.gru_contest, 13)])
def test_the_benchmarks_contenders_do_the_same_work(contest, arrays):
    prepared = contest(T=5, B=3, D=4, H=2)
    bench.compare_results(prepared)  # states, gradients of inputs, first states and all weights
    assert len(prepared.contenders["NumPy, fast"]()) == arrays
    assert prepared.goals["NumPy, fast"] <= 1.5
