"""What the tests of the NumPy layers share: sizes, weights, data, both versions of each layer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from gradient_check import assert_equal
from hypothesis import settings
from hypothesis import strategies as st

from course.claims import fast
from helpers import gru, lstm, rnn

RNN = {
    "readable": (rnn.rnn_layer, rnn.rnn_layer_backward),
    "fast": (fast.rnn_layer_fast, fast.rnn_layer_backward_fast),
}


def readable_lstm(x, h_0, c_0, w):
    return lstm.lstm_layer(x, h_0, c_0, *to_torch(w)[:3])


def readable_lstm_backward(dh, x, h_0, c_0, states, w, dc_T=None):
    W_x, W_h, *_ = to_torch(w)
    *rest, dW_x, dW_h, db = lstm.lstm_layer_backward(dh, x, h_0, c_0, states, W_x, W_h, dc_T)
    return *rest, lstm.lstm_from_torch(dW_x, dW_h, db, np.zeros_like(db))


LSTM = {
    "readable": (readable_lstm, readable_lstm_backward),
    "fast": (fast.lstm_layer_fast, fast.lstm_layer_backward_fast),
}
GRU = {
    "readable": (gru.gru_layer, gru.gru_layer_backward),
    "fast": (fast.gru_layer_fast, fast.gru_layer_backward_fast),
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


def to_torch(w):
    """Stack LSTMWeights or GRUWeights as torch has them; the whole bias is in the first of two."""
    fields = w._asdict()
    two = [fields.pop("b_hn")] if "b_hn" in fields else []  # the GRU's candidate has another bias
    W_x, W_h, b = (np.concatenate(list(fields.values())[first::3]) for first in range(3))
    rest = np.zeros_like(b)
    if two:
        rest[-len(two[0]) :] = two[0]
    return W_x, W_h, b, rest
