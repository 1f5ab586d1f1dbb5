"""Every NumPy function of the package refuses arrays that do not belong together, by name.

Each array of a right call is made one longer along each of its axes in turn. Where the axis belongs
to this array alone (the time of `rnn_layer`'s inputs), the call is right again; `FREE` lists these.
"""

from __future__ import annotations

import numpy as np
import pytest

from course.claims import fast
from course.claims.truncated import rnn_layer_backward_truncated
from helpers import attention, gradients, gru, lstm, rnn
from helpers.attention import AdditiveWeights
from helpers.gru import GRUStates, GRUWeights
from helpers.lstm import LSTMStates, LSTMWeights

B, S, T, D, H, A, O = 2, 7, 5, 4, 3, 6, 8  # noqa: E741
RNG = np.random.default_rng(0)


def array(letters):
    return RNG.normal(
        size=[
            {"4*H": 4 * H, "3*H": 3 * H, "2*H": 2 * H}.get(n, globals().get(n))
            for n in letters.split()
        ]
    )


def gates(kind):
    size = {"W_x": "H D", "W_h": "H H"}
    return kind(*(array(size.get(name[:3], "H")) for name in kind._fields))


def calls():
    """Each function with a right call: letters stand for arrays, anything else for itself."""
    step, layer = {"x_t": "B D", "h_prev": "B H"}, {"x": "B T D", "h_0": "B H"}
    plain = {"W_xh": "H D", "W_hh": "H H"}
    yield rnn.rnn_step, step | plain | {"b_h": "H"}
    yield rnn.rnn_step_backward, step | plain | {"h_t": "B H", "dh_t": "B H"}
    for one in (rnn.rnn_layer, fast.rnn_layer_fast):
        yield one, layer | plain | {"b_h": "H"}
    for one in (rnn.rnn_layer_backward, fast.rnn_layer_backward_fast):
        yield one, layer | plain | {"h": "B T H", "dh": "B T H"}
    states = {"h": "B T H", "dh": "B T H"}
    yield rnn.rnn_layer_backward_chunks, layer | plain | states | {"k": 2}
    yield rnn_layer_backward_truncated, layer | plain | states | {"k1": 2, "k2": 3}
    mask = {"mask": np.ones((B, T), bool)}
    yield rnn.masked_rnn_layer, layer | plain | {"b_h": "H"} | mask
    yield rnn.rnn_output, {"h": "B T H", "W_hy": "O H", "b_y": "O"}
    yield rnn.rnn_output_backward, {"h": "B T H", "W_hy": "O H", "dy": "B T O"}
    yield gradients.jacobian_norms, {"h": "T H", "W_hh": "H H"}
    w = {"weights": gates(LSTMWeights)}
    states = LSTMStates(*(array("B T H") for _ in range(6)))
    yield lstm.lstm_step, step | w | {"c_prev": "B H"}
    one = {"states": LSTMStates(*(a[:, 0] for a in states)), "dh_t": "B H", "dc_t": "B H"}
    yield lstm.lstm_step_backward, step | w | {"c_prev": "B H"} | one
    for one in (lstm.lstm_layer, fast.lstm_layer_fast):
        yield one, layer | w | {"c_0": "B H"}
    back = {"c_0": "B H", "states": states, "dh": "B T H", "dc_T": "B H"}
    for one in (lstm.lstm_layer_backward, fast.lstm_layer_backward_fast):
        yield one, layer | w | back
    n = "4*H"
    stacked = {"weight_ih": f"{n} D", "weight_hh": f"{n} H", "bias_ih": n, "bias_hh": n}
    yield lstm.lstm_from_torch, stacked
    w = {"weights": gates(GRUWeights)}
    states = GRUStates(*(array("B T H") for _ in range(4)))
    reset = {"h_prev": "B H", "r": "B H", "W_hn": "H H", "b_hn": "H"}
    yield gru.gru_reset, reset
    yield gru.gru_reset_backward, reset | {"dpast": "B H"}
    update = {"h_prev": "B H", "n": "B H", "z": "B H"}
    yield gru.gru_update, update
    yield gru.gru_update_backward, update | {"dh_t": "B H"}
    yield gru.gru_to_torch, w
    yield gru.gru_step, step | w
    one = {"states": GRUStates(*(a[:, 0] for a in states)), "dh_t": "B H"}
    yield gru.gru_step_backward, step | w | one
    for one in (gru.gru_layer, fast.gru_layer_fast):
        yield one, layer | w
    for one in (gru.gru_layer_backward, fast.gru_layer_backward_fast):
        yield one, layer | w | {"states": states, "dh": "B T H"}
    yield from attention_calls()


def attention_calls():
    mask = {"mask": np.ones((B, S), bool)}
    yield attention.masked_softmax, {"scores": "B T S"} | mask
    both = {"attention_weights": "B T S", "dattention_weights": "B T S"}
    yield attention.masked_softmax_backward, both
    one, each = {"h": "B S H", "s_t": "B H"}, {"h": "B S H", "s": "B T H"}
    yield attention.attention_weight_layer, one | mask
    back = {"attention_weights": "B S", "dattention_weights": "B S"}
    yield attention.attention_weight_layer_backward, one | back
    yield attention.weighted_sum_layer, {"h": "B S H", "attention_weights": "B S"}
    back = {"attention_weights": "B S", "dcontext": "B H"}
    yield attention.weighted_sum_layer_backward, {"h": "B S H"} | back
    yield attention.attention_step, one | mask
    yield attention.attention_step_backward, one | back
    yield attention.attention_layer, each | mask
    compared = {"query": "B T H", "key": "B S H"}
    for name in ("dot", "scaled_dot", "cosine", "euclidean"):
        forward, backward = attention.SCORES[name]
        yield forward, compared
        yield backward, compared | {"dscores": "B T S"}
    weights = AdditiveWeights(array("A D"), array("A H"), array("A"), array("A"))
    compared = {"query": "B T D", "key": "B S H", "weights": weights}
    yield attention.additive_score, compared
    yield attention.additive_score_backward, compared | {"dscores": "B T S"}
    looked = {"query": "B T H", "key": "B S H", "value": "B S D"}
    yield attention.attention, looked | mask
    yield attention.attention_backward, looked | {"attention_weights": "B T S", "dcontext": "B T D"}


# (function, array, axis) where a longer axis is as right as before
FREE = {
    *((name, "x", 1) for name in ("rnn_layer", "lstm_layer", "gru_layer")),
    *((name, "x", 1) for name in ("rnn_layer_fast", "lstm_layer_fast", "gru_layer_fast")),
    ("rnn_output", "h", 0), ("rnn_output", "h", 1), ("jacobian_norms", "h", 0),
    ("masked_softmax", "scores", 1), ("attention_layer", "s", 1),
    ("attention", "query", 1), ("attention", "value", 2), ("weighted_sum_layer", "h", 2),
    ("lstm_from_torch", "weight_ih", 1),
    *((f"{name}_score", "query", 1) for name in ("dot", "scaled_dot", "cosine", "euclidean")),
    *((f"{name}_score", "key", 1) for name in ("dot", "scaled_dot", "cosine", "euclidean")),
    ("additive_score", "query", 1), ("additive_score", "key", 1),
}  # fmt: skip

# what two arrays share is checked where they meet: (function, the function inside that says so)
INSIDE = {
    "attention": "dot_score",
    "attention_backward": "dot_score_backward",
}


def longer(one, axis):
    return np.concatenate([one, one.take([0], axis=axis)], axis=axis)


@pytest.mark.parametrize(
    ("function", "call"), list(calls()), ids=lambda one: getattr(one, "__name__", "")
)
def test_one_axis_longer_in_one_array_is_an_error_that_names_the_function(function, call):
    right = {name: array(one) if isinstance(one, str) else one for name, one in call.items()}
    function(**right)
    for name, given in right.items():
        parts = given._asdict() if hasattr(given, "_asdict") else {"": given}
        for field, one in parts.items():
            for axis in range(getattr(one, "ndim", 0)):
                changed = longer(one, axis)
                wrong = right | {name: given._replace(**{field: changed}) if field else changed}
                label = f"{name}.{field}" if field else name
                if (function.__name__, label, axis) in FREE:
                    function(**wrong)
                    continue
                with pytest.raises(ValueError) as caught:
                    function(**wrong)
                start, text = str(caught.value).split(": ", 1)
                assert start in (function.__name__, INSIDE.get(function.__name__))
                assert "has shape" in text and "expected (" in text and "; " in text


@pytest.mark.parametrize(
    ("function", "call"),
    [one for one in calls() if "backward" not in one[0].__name__],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_is_no_number_in_an_input_or_a_first_state_is_refused(function, call):
    right = {name: array(one) if isinstance(one, str) else one for name, one in call.items()}
    watched = {
        "x_t",
        "x",
        "h_0",
        "c_0",
        "c_prev",
        "query",
        "key",
        "value",
        "h",
        "s",
        "s_t",
        "scores",
    }
    if function.__name__.startswith(("rnn_output", "gru_reset", "gru_update")):
        watched = set()  # they see states of the course's own making
    elif not function.__name__.endswith("_torch"):
        watched |= {"h_prev"}
    for name in watched & set(right):
        bad = right[name].copy()
        bad[(-1,) * bad.ndim] = np.nan
        with pytest.raises(ValueError, match=rf"{name} holds .* NaN or infinite"):
            function(**(right | {name: bad}))
