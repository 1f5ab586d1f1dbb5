"""The NumPy RNN against torch's layers, torch's autograd and finite differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from gradient_check import assert_equal, numerical_gradient, relative_error
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import recurrent
from helpers.recurrent import RNNWeights

VERSIONS = {
    "readable": (recurrent.rnn_layer, recurrent.rnn_layer_backward),
    "fast": (recurrent.rnn_layer_fast, recurrent.rnn_layer_backward_fast),
}
both_versions = pytest.mark.parametrize("version", VERSIONS)

sizes = st.integers(1, 5)
shapes = st.tuples(sizes, st.integers(1, 7), sizes, sizes)  # B, T, D, H
seeds = st.integers(0, 2**32 - 1)
over_shapes = settings(max_examples=25)


def weights(rng, D, H):
    return RNNWeights(rng.normal(size=(H, D)), rng.normal(size=(H, H)), rng.normal(size=H))


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
        RNNWeights(*(tensor.grad.numpy() for tensor in tensors[:3]))
        for tensors in torch_weights(module, depth, bidirectional)
    ]
    return h.detach().numpy(), x.grad.numpy(), h_0.grad.numpy(), gradients


# --- one step --------------------------------------------------------------------------------


def test_a_step_gives_the_number_worked_by_hand():
    # Two inputs, one unit: 0.5·1 + 0.25·2 + 2·(−0.5) + 0.5 = 0.5, and tanh 0.5 = 0.4621.
    h_t = recurrent.rnn_step(
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

    h_t = recurrent.rnn_step(x_t, h_prev, W_xh, W_hh, b_h)
    assert_equal(h_t, wanted.detach().numpy())
    gradients = recurrent.rnn_step_backward(dh_t, x_t, h_prev, h_t, W_xh, W_hh)
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
    h = recurrent.rnn_layer(x, h_0, W_xh, W_hh, b_h)
    assert_equal(recurrent.rnn_layer_fast(x, h_0, W_xh, W_hh, b_h), h, 1e-13)
    wanted = recurrent.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)
    got = recurrent.rnn_layer_backward_fast(dh, x, h_0, h, W_xh, W_hh)
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
    assert_equal(recurrent.rnn_output(h, W_hy, b_y), wanted.detach().numpy())
    for got, tensor in zip(
        recurrent.rnn_output_backward(dy, h, W_hy),
        [states, linear.weight, linear.bias],
        strict=True,
    ):
        assert_equal(got, tensor.grad.numpy())


# --- several layers, both directions ---------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("shape", [(3, 5, 4, 2), (1, 1, 2, 3)])
def test_a_deep_rnn_and_its_gradients_equal_torchs(depth, shape):
    B, T, D, H = shape
    rng = np.random.default_rng(depth)
    layers = [weights(rng, D if i == 0 else H, H) for i in range(depth)]
    x, _, dh = data(rng, B, T, D, H)
    h_0 = rng.normal(size=(depth, B, H))
    wanted, dx, dh_0, dW = run_torch(torch_rnn(D, layers), x, h_0, dh, depth)

    h = recurrent.deep_rnn(x, h_0, layers)
    assert len(h) == depth
    assert_equal(h[-1], wanted)
    got_dx, got_dh_0, got_dW = recurrent.deep_rnn_backward(dh, x, h_0, h, layers)
    assert_equal(got_dx, dx)
    assert_equal(np.stack(got_dh_0), dh_0)
    for got, expected in zip(got_dW, dW, strict=True):
        for one, other in zip(got, expected, strict=True):
            assert_equal(one, other)


@pytest.mark.parametrize("shape", [(3, 5, 4, 2), (1, 1, 2, 3), (2, 6, 1, 4)])
def test_a_bidirectional_rnn_and_its_gradients_equal_torchs(shape):
    B, T, D, H = shape
    rng = np.random.default_rng(3)
    forward, backward = weights(rng, D, H), weights(rng, D, H)
    x = rng.normal(size=(B, T, D))
    h_0, dh = rng.normal(size=(2, B, H)), rng.normal(size=(B, T, 2 * H))
    module = torch_rnn(D, [forward, backward], bidirectional=True)
    wanted, dx, dh_0, dW = run_torch(module, x, h_0, dh, depth=1, bidirectional=True)

    h = recurrent.bidirectional_rnn(x, *h_0, forward, backward)
    assert_equal(h, wanted)
    got_dx, *got_dh_0, dW_forward, dW_backward = recurrent.bidirectional_rnn_backward(
        dh, x, *h_0, h, forward, backward
    )
    assert_equal(got_dx, dx)
    assert_equal(np.stack(got_dh_0), dh_0)
    for got, expected in zip([*dW_forward, *dW_backward], [*dW[0], *dW[1]], strict=True):
        assert_equal(got, expected)


def test_two_bidirectional_layers_on_each_other_equal_torchs():
    B, T, D, H = 2, 5, 3, 4
    rng = np.random.default_rng(4)
    layers = [weights(rng, width, H) for width in (D, D, 2 * H, 2 * H)]
    x, h_0 = rng.normal(size=(B, T, D)), rng.normal(size=(4, B, H))
    module = torch_rnn(D, layers, bidirectional=True)
    wanted, *_ = run_torch(module, x, h_0, np.ones((B, T, 2 * H)), depth=2, bidirectional=True)
    below = recurrent.bidirectional_rnn(x, h_0[0], h_0[1], layers[0], layers[1])
    assert_equal(recurrent.bidirectional_rnn(below, h_0[2], h_0[3], layers[2], layers[3]), wanted)


# --- errors ----------------------------------------------------------------------------------

B, T, D, H = 2, 5, 4, 3
RNG = np.random.default_rng(0)
W_XH, W_HH, B_H = weights(RNG, D, H)
X, H_0, DH = data(RNG, B, T, D, H)


def with_nan(array):
    array = array.copy()
    array[1, 2] = np.nan
    return array


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ((X.transpose(1, 0, 2), H_0, W_XH, W_HH, B_H), ["h_0", "x.transpose(1, 0, 2)"]),
        ((X[0], H_0, W_XH, W_HH, B_H), ["x has shape (5, 4)", "(B, T, D)", "x[None, :, :]"]),
        ((X[:, :, :2], H_0, W_XH, W_HH, B_H), ["(2, 5, 2)", "D = 4", "reads 4 features"]),
        ((X[:, :0], H_0, W_XH, W_HH, B_H), ["(2, 0, 4)", "no time step", "T ≥ 1"]),
        ((X, H_0[None], W_XH, W_HH, B_H), ["h_0 has shape (1, 2, 3)", "(B, H) = (2, 3)", "h_0[0]"]),
        ((X, H_0[0], W_XH, W_HH, B_H), ["h_0 has shape (3,)", "np.tile"]),
        ((X, H_0[:1], W_XH, W_HH, B_H), ["h_0 has shape (1, 3)", "np.zeros((B, H))"]),
        ((X, H_0, W_XH.T, W_HH, B_H), ["W_xh has shape (4, 3)", "(H, D)", "pass W_xh.T"]),
        ((X, H_0, W_XH, W_HH[:, :2], B_H), ["W_hh has shape (3, 2)", "(H, H)", "square"]),
        ((X, H_0, W_XH, W_HH, B_H[:2]), ["b_h has shape (2,)", "(H,) = (3,)"]),
        ((X, H_0, W_XH, W_HH, B_H[None]), ["b_h has shape (1, 3)", "b_h.ravel()"]),
        ((with_nan(X), H_0, W_XH, W_HH, B_H), ["x holds 4 value(s)", "NaN", "(1, 2, 0)"]),
        ((X, with_nan(H_0), W_XH, W_HH, B_H), ["h_0 holds 1 value(s)", "(1, 2)"]),
    ],
)
@pytest.mark.parametrize("layer", [recurrent.rnn_layer, recurrent.rnn_layer_fast])
def test_a_layer_names_a_wrong_argument_its_shape_and_the_cure(layer, arguments, parts):
    with pytest.raises(ValueError) as caught:
        layer(*arguments)
    for part in [f"{layer.__name__}: ", *parts]:
        assert part in str(caught.value)


@pytest.mark.parametrize("layer", [recurrent.rnn_layer, recurrent.rnn_layer_fast])
@pytest.mark.parametrize(
    ("x", "parts"),
    [
        (X.tolist(), ["x is a list", "np.array(x)"]),
        (torch.tensor(X), ["x is a Tensor", "x.detach().numpy()"]),
        (X.astype(str), ["x holds <U", "real numbers"]),
        (X + 1j, ["x holds complex128", "real numbers"]),
    ],
)
def test_a_layer_names_an_argument_of_the_wrong_type(layer, x, parts):
    with pytest.raises(TypeError) as caught:
        layer(x, H_0, W_XH, W_HH, B_H)
    for part in [f"{layer.__name__}: ", *parts]:
        assert part in str(caught.value)


STATES = recurrent.rnn_layer(X, H_0, W_XH, W_HH, B_H)


@pytest.mark.parametrize(
    ("dh", "h", "error", "parts"),
    [
        (DH[:, -1], STATES, ValueError, ["dh has shape (2, 3)", "(2, 5, 3)", "dh[:, -1]"]),
        (DH, STATES.transpose(1, 0, 2), ValueError, ["h looks time-first", "h.transpose"]),
        (DH[:, :4], STATES, ValueError, ["dh has shape (2, 4, 3)", "time step"]),
        (DH, STATES.astype(int), TypeError, ["h holds int64", "pass what rnn_layer"]),
    ],
)
@pytest.mark.parametrize(
    "backward", [recurrent.rnn_layer_backward, recurrent.rnn_layer_backward_fast]
)
def test_a_backward_pass_names_a_wrong_gradient_or_state(backward, dh, h, error, parts):
    with pytest.raises(error) as caught:
        backward(dh, X, H_0, h, W_XH, W_HH)
    for part in [f"{backward.__name__}: ", *parts]:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda: recurrent.rnn_step(X[0, 0], H_0, W_XH, W_HH, B_H), ["rnn_step: x_t", "[None, :]"]),
        (lambda: recurrent.rnn_step(X, H_0, W_XH, W_HH, B_H), ["rnn_layer", "x[:, t]"]),
        (lambda: recurrent.rnn_step(X[:, 0], H_0[0], W_XH, W_HH, B_H), ["h_prev", "[None, :]"]),
        (lambda: recurrent.rnn_step(X[:, 0], H_0[:1], W_XH, W_HH, B_H), ["h_prev", "(1, 3)"]),
        (
            lambda: recurrent.rnn_step_backward(H_0[:1], X[:, 0], H_0, H_0, W_XH, W_HH),
            ["rnn_step_backward: dh_t has shape (1, 3)", "(2, 3)"],
        ),
        (lambda: recurrent.rnn_output(STATES, W_XH, np.zeros(3)), ["rnn_output: W_hy", "(O, H)"]),
        (lambda: recurrent.rnn_output(STATES, W_XH.T, np.zeros(3)), ["b_y has shape (3,)", "(4,)"]),
        (lambda: recurrent.rnn_output(H_0[0], W_XH.T, np.zeros(4)), ["h has shape", "h[None, :]"]),
        (
            lambda: recurrent.rnn_output_backward(DH, STATES, W_XH.T),
            ["rnn_output_backward: dy has shape (2, 5, 3)", "(2, 5, 4)"],
        ),
        (lambda: recurrent.deep_rnn(X, [H_0], []), ["deep_rnn: layers is empty"]),
        (
            lambda: recurrent.deep_rnn(X, [H_0], [RNNWeights(W_XH, W_HH, B_H)] * 2),
            ["deep_rnn: h_0 holds 1 state(s) for 2 layer(s)"],
        ),
    ],
)
def test_every_other_function_names_a_wrong_shape(call, parts):
    with pytest.raises(ValueError) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)
