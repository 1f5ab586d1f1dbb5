"""The NumPy RNN against torch's layers, torch's autograd and finite differences."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient, relative_error
from hypothesis import given, settings
from hypothesis import strategies as st

from course.claims import fast
from helpers import rnn

Weights = namedtuple("Weights", "W_xh W_hh b_h")

VERSIONS = {
    "readable": (rnn.rnn_layer, rnn.rnn_layer_backward),
    "fast": (fast.rnn_layer_fast, fast.rnn_layer_backward_fast),
}
both_versions = pytest.mark.parametrize("version", VERSIONS)

sizes = st.integers(1, 5)
shapes = st.tuples(sizes, st.integers(1, 7), sizes, sizes)  # B, T, D, H
seeds = st.integers(0, 2**32 - 1)
over_shapes = settings(max_examples=25)


def weights(rng, D, H):
    return Weights(rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H))


def data(rng, B, T, D, H):
    """x, h_0 and a gradient for every state."""
    return rng.normal(size=(B, T, D)), rng.normal(size=(B, H)), rng.normal(size=(B, T, H))


def torch_rnn(D, layers, bidirectional=False):
    """Torch's RNN with these weights: for each layer, forward then backward."""
    H = layers[0].W_hh.shape[0]
    depth = len(layers) // (2 if bidirectional else 1)
    module = torch.nn.RNN(
        D, H, num_layers=depth, batch_first=True, bidirectional=bidirectional, dtype=torch.float64
    )
    with torch.no_grad():
        for (W_ih, W_hh, b_ih, b_hh), layer in zip(
            torch_weights(module, depth, bidirectional), layers, strict=True
        ):
            W_ih.copy_(torch.tensor(layer.W_xh))
            W_hh.copy_(torch.tensor(layer.W_hh))
            b_ih.copy_(torch.tensor(0.25 * layer.b_h))  # the two biases only count as a sum
            b_hh.copy_(torch.tensor(0.75 * layer.b_h))
    return module


def torch_weights(module, depth, bidirectional=False):
    ends = ["", "_reverse"] if bidirectional else [""]
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [
        [getattr(module, f"{name}_l{level}{end}") for name in names]
        for level in range(depth)
        for end in ends
    ]


def run_torch(module, x, h_0, dh, depth, bidirectional=False):
    """Torch's states, dx, dh_0 and, for each layer, the gradients of W_xh, W_hh and b_h."""
    x, h_0 = (torch.tensor(array, requires_grad=True) for array in (x, h_0))
    h, _ = module(x, h_0)
    h.backward(torch.tensor(dh))
    gradients = [
        Weights(*(tensor.grad.numpy() for tensor in tensors[:3]))
        for tensors in torch_weights(module, depth, bidirectional)
    ]
    return h.detach().numpy(), x.grad.numpy(), h_0.grad.numpy(), gradients


# --- one step --------------------------------------------------------------------------------


def test_a_step_gives_the_number_worked_by_hand():
    # Two inputs, one unit: 0.5·1 + 0.25·2 + 2·(−0.5) + 0.5 = 0.5, and tanh 0.5 = 0.4621.
    h_t = rnn.rnn_step(
        np.array([[1.0, 2.0]]),
        np.array([[-0.5]]),
        np.array([[0.5, 0.25]]),
        np.array([[2.0]]),
        np.array([0.5]),
    )
    assert h_t.shape == (1, 1)
    assert h_t[0, 0] == pytest.approx((math.e - 1) / (math.e + 1), abs=1e-15)


@over_shapes
@given(shapes, seeds)
def test_a_step_and_its_gradients_equal_torchs_cell(shape, seed):
    B, _, D, H = shape
    rng = np.random.default_rng(seed)
    W_xh, W_hh, b_h = weights(rng, D, H)
    x_t, h_prev, dh_t = rng.normal(size=(B, D)), rng.normal(size=(B, H)), rng.normal(size=(B, H))
    cell = torch.nn.RNNCell(D, H, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor(W_xh))
        cell.weight_hh.copy_(torch.tensor(W_hh))
        cell.bias_ih.copy_(torch.tensor(b_h))
        cell.bias_hh.zero_()
    inputs = [torch.tensor(array, requires_grad=True) for array in (x_t, h_prev)]
    wanted = cell(*inputs)
    wanted.backward(torch.tensor(dh_t))

    h_t = rnn.rnn_step(x_t, h_prev, W_xh, W_hh, b_h)
    assert_equal(h_t, wanted.detach().numpy())
    gradients = rnn.rnn_step_backward(dh_t, x_t, h_prev, h_t, W_xh, W_hh)
    tensors = [*inputs, cell.weight_ih, cell.weight_hh, cell.bias_ih]
    for got, tensor in zip(gradients, tensors, strict=True):
        assert_equal(got, tensor.grad.numpy())


# --- a layer ---------------------------------------------------------------------------------


@both_versions
@over_shapes
@given(shapes, seeds)
def test_a_layer_and_its_gradients_equal_torchs_rnn(version, shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    layer = weights(rng, D, H)
    x, h_0, dh = data(rng, B, T, D, H)
    module = torch_rnn(D, [layer])
    wanted, dx, dh_0, (dW,) = run_torch(module, x, h_0[None], dh, depth=1)

    forward, backward = VERSIONS[version]
    h = forward(x, h_0, *layer)
    assert_equal(h, wanted)
    gradients = backward(dh, x, h_0, h, layer.W_xh, layer.W_hh)
    for got, expected in zip(gradients, [dx, dh_0[0], *dW], strict=True):
        assert_equal(got, expected)


@both_versions
@pytest.mark.parametrize("shape", [(3, 5, 4, 2), (1, 1, 1, 1), (2, 1, 3, 4), (1, 6, 2, 5)])
def test_a_layers_gradients_equal_finite_differences(version, shape):
    forward, backward = VERSIONS[version]
    rng = np.random.default_rng(7)
    layer = weights(rng, *shape[2:])
    x, h_0, dh = data(rng, *shape)
    h = forward(x, h_0, *layer)
    gradients = backward(dh, x, h_0, h, layer.W_xh, layer.W_hh)
    for got, array in zip(gradients, [x, h_0, *layer], strict=True):
        numerical = numerical_gradient(lambda: (forward(x, h_0, *layer) * dh).sum(), array)
        assert relative_error(got, numerical) < 1e-7


@over_shapes
@given(shapes, seeds)
def test_the_fast_layer_returns_what_the_readable_one_returns(shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    W_xh, W_hh, b_h = weights(rng, D, H)
    x, h_0, dh = data(rng, B, T, D, H)
    h = rnn.rnn_layer(x, h_0, W_xh, W_hh, b_h)
    assert_equal(fast.rnn_layer_fast(x, h_0, W_xh, W_hh, b_h), h, 1e-13)
    wanted = rnn.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)
    got = fast.rnn_layer_backward_fast(dh, x, h_0, h, W_xh, W_hh)
    for one, other in zip(got, wanted, strict=True):
        assert_equal(one, other, 1e-13)


@both_versions
def test_a_later_input_changes_no_earlier_state_and_a_sequence_can_be_cut_in_two(version):
    forward, _ = VERSIONS[version]
    rng = np.random.default_rng(0)
    layer = weights(rng, 4, 3)
    x, h_0, _ = data(rng, 2, 6, 4, 3)
    h = forward(x, h_0, *layer)
    first = forward(x[:, :4], h_0, *layer)
    second = forward(x[:, 4:], first[:, -1], *layer)
    assert_equal(np.concatenate([first, second], axis=1), h, 1e-15)


@both_versions
def test_float32_stays_float32(version):
    forward, backward = VERSIONS[version]
    rng = np.random.default_rng(0)
    W_xh, W_hh, b_h = (array.astype(np.float32) for array in weights(rng, 4, 3))
    x, h_0, dh = (array.astype(np.float32) for array in data(rng, 2, 5, 4, 3))
    h = forward(x, h_0, W_xh, W_hh, b_h)
    gradients = backward(dh, x, h_0, h, W_xh, W_hh)
    assert {array.dtype for array in (h, *gradients)} == {np.dtype(np.float32)}
    exact = forward(*(array.astype(np.float64) for array in (x, h_0, W_xh, W_hh, b_h)))
    assert_equal(h, exact, 1e-5)


@both_versions
@pytest.mark.parametrize("dtype", [np.int64, np.uint8, bool])
def test_whole_number_inputs_such_as_one_hot_vectors_are_read_as_numbers(version, dtype):
    forward, backward = VERSIONS[version]
    rng = np.random.default_rng(0)
    layer = weights(rng, 4, 3)
    x = np.eye(4, dtype=dtype)[[[0, 3, 1], [2, 2, 0]]]  # (B, T, D)
    h_0 = np.zeros((2, 3), dtype=int)
    h = forward(x, h_0, *layer)
    assert_equal(h, forward(x.astype(float), h_0.astype(float), *layer), 1e-15)
    dh = np.ones_like(h)
    for got, wanted in zip(
        backward(dh, x, h_0, h, layer.W_xh, layer.W_hh),
        backward(dh, x.astype(float), h_0.astype(float), h, layer.W_xh, layer.W_hh),
        strict=True,
    ):
        assert got.dtype == np.float64
        assert_equal(got, wanted, 1e-15)


@both_versions
def test_weights_of_whole_numbers_give_floating_point_states(version):
    forward, _ = VERSIONS[version]
    x, h_0 = np.array([[[1], [0]]]), np.array([[0]])
    h = forward(x, h_0, np.array([[2]]), np.array([[1]]), np.array([-1]))
    assert_equal(h, np.tanh([[[1.0], [np.tanh(1.0) - 1.0]]]), 1e-15)


@both_versions
def test_no_argument_is_changed_and_views_are_read_right(version):
    forward, backward = VERSIONS[version]
    rng = np.random.default_rng(0)
    W_xh, W_hh, b_h = weights(rng, 4, 3)
    x, h_0, dh = data(rng, 2, 5, 4, 3)
    h = forward(x, h_0, W_xh, W_hh, b_h)
    wanted = backward(dh, x, h_0, h, W_xh, W_hh)

    def strided(array):
        """The same numbers, every second entry of something larger."""
        larger = np.full([2 * n for n in array.shape], np.nan)
        larger[tuple(slice(None, None, 2) for _ in array.shape)] = array
        return larger[tuple(slice(None, None, 2) for _ in array.shape)]

    arguments = [strided(array) for array in (dh, x, h_0, h, W_xh, W_hh)]
    kept = [array.copy() for array in arguments]
    assert_equal(forward(*arguments[1:3], *arguments[4:], strided(b_h)), h, 1e-15)
    for got, expected in zip(backward(*arguments), wanted, strict=True):
        assert_equal(got, expected, 1e-14)
    for array, before in zip(arguments, kept, strict=True):
        assert np.array_equal(array, before)


# --- the output ------------------------------------------------------------------------------


@pytest.mark.parametrize("leading", [(3,), (3, 5), (1,), (1, 1)])
def test_the_output_and_its_gradients_equal_torchs_linear_layer(leading):
    rng = np.random.default_rng(1)
    h, dy = rng.normal(size=(*leading, 4)), rng.normal(size=(*leading, 2))
    linear = torch.nn.Linear(4, 2, dtype=torch.float64)
    W_hy, b_y = (parameter.detach().numpy() for parameter in linear.parameters())
    states = torch.tensor(h, requires_grad=True)
    wanted = linear(states)
    wanted.backward(torch.tensor(dy))
    assert_equal(rnn.rnn_output(h, W_hy, b_y), wanted.detach().numpy())
    for got, tensor in zip(
        rnn.rnn_output_backward(dy, h, W_hy),
        [states, linear.weight, linear.bias],
        strict=True,
    ):
        assert_equal(got, tensor.grad.numpy())


# --- sequences of unequal length -------------------------------------------------------------


def padded(rng, B, T, D, H):
    """Inputs with something large on padding, their mask, and the lengths."""
    lengths = rng.integers(1, T + 1, size=B)
    lengths[0] = T
    mask = np.arange(T) < lengths[:, None]
    x = np.where(mask[:, :, None], rng.normal(size=(B, T, D)), 1e3)
    return x, mask, lengths


@over_shapes
@given(shapes, seeds)
def test_a_masked_layer_gives_each_sequence_what_it_gets_alone(shape, seed):
    B, T, D, H = shape
    rng = np.random.default_rng(seed)
    layer = weights(rng, D, H)
    x, mask, lengths = padded(rng, B, T, D, H)
    h_0 = rng.normal(size=(B, H))
    h = rnn.masked_rnn_layer(x, h_0, *layer, mask)
    for row, length in enumerate(lengths):
        alone = rnn.rnn_layer(x[row : row + 1, :length], h_0[row : row + 1], *layer)
        assert_equal(h[row, :length], alone[0], 1e-13)
        assert_equal(h[row, -1], alone[0, -1], 1e-13)  # the last state is that of the last input
    assert_equal(
        rnn.masked_rnn_layer(x, h_0, *layer, np.ones_like(mask)), rnn.rnn_layer(x, h_0, *layer), 0
    )


def test_padding_may_be_anywhere():
    rng = np.random.default_rng(0)
    layer, h_0 = weights(rng, 2, 3), rng.normal(size=(1, 3))
    x, gaps = rng.normal(size=(1, 3, 2)), rng.normal(size=(1, 6, 2))
    mask = np.array([[False, True, False, True, True, False]])
    gaps[mask] = x[0]
    h = rnn.masked_rnn_layer(gaps, h_0, *layer, mask)
    assert_equal(h[mask], rnn.rnn_layer(x, h_0, *layer)[0], 1e-15)
    assert np.array_equal(h[0, 0], h_0[0]) and np.array_equal(h[0, 2], h[0, 1])
