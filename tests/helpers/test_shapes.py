"""The decorator that checks shapes: what it accepts, what it says, and that it checks once."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from helpers import shapes as module
from helpers.axes import Axes
from helpers.shapes import Array, fields, shapes

B, T, D, H = 3, 6, 2, 4


def array(*shape: int) -> Array:
    return np.random.default_rng(0).normal(size=shape)


@shapes(x_t="B D", h_prev="B H", W_xh="H D", W_hh="H H", b_h="H", finite=("x_t", "h_prev"))
def step(x_t: Array, h_prev: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Read one input."""
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


@shapes(x="B T D", h_0="B H", W_xh="H D", dh="float B T H", mask="B T")
def layer(
    x: Array, h_0: Array, W_xh: Array, dh: Array | None = None, *, mask: Array | None = None
) -> str:
    return "run"


@shapes(scores="B S | B T S | B T S", mask="B S | B S | B T S")
def softmax(scores, mask=None):
    return "run"


@shapes(weight_ih="4*H D", weight_hh="4*H H", pair="2", too_many="see `several_layers`")
def stacked(weight_ih, weight_hh, pair):
    return "run"


@shapes(query="... T d_k", key="... S d_k", finite=("key",))
def look(query: Tensor, key: Tensor) -> str:
    return "run"


class Weights(NamedTuple):
    W_x: Array
    W_h: Array
    b: Array


class States(NamedTuple):
    h: Array
    c: Array


@shapes(
    x="B T D",
    h_0="B H",
    states=fields(States, "float B T H"),
    weights=fields(Weights, W_x="H D", W_h="H H", b="H"),
    finite=("states",),
)
def cell(x: Array, h_0: Array, states: States, weights: Weights | None = None) -> str:
    return "run"


STEP = {
    "x_t": array(B, D), "h_prev": array(B, H),
    "W_xh": array(H, D), "W_hh": array(H, H), "b_h": array(H),
}  # fmt: skip
LAYER = {"x": array(B, T, D), "h_0": array(B, H), "W_xh": array(H, D)}
STACKED = {"weight_ih": array(4 * H, D), "weight_hh": array(4 * H, H), "pair": array(2)}
LOOK = {"query": torch.ones(2, 5, T, D), "key": torch.ones(2, 5, 7, D)}
STATES = States(array(B, T, H), array(B, T, H))
CELL = {
    "x": array(B, T, D),
    "h_0": array(B, H),
    "states": STATES,
    "weights": Weights(array(H, D), array(H, H), array(H)),
}


def message(function: Any, right: dict[str, Any], **changes: Any) -> str:
    """What is said about a call with some arguments changed."""
    with pytest.raises((TypeError, ValueError)) as caught:
        function(**(right | changes))
    return str(caught.value)


# --- what is accepted ------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.tuples(*[st.integers(1, 5)] * 3))
def test_right_shapes_pass_by_position_and_by_name(sizes):
    b, d, h = sizes
    arrays = [np.ones(s) for s in ((b, d), (b, h), (h, d), (h, h), (h,))]
    wanted = inspect.unwrap(step)(*arrays)
    assert np.array_equal(step(*arrays), wanted)
    assert np.array_equal(step(*arrays[:2], b_h=arrays[4], W_hh=arrays[3], W_xh=arrays[2]), wanted)


def test_an_optional_argument_may_be_left_out_or_be_none_but_others_may_not():
    assert layer(**LAYER) == layer(**LAYER, dh=None, mask=None) == "run"
    assert cell(CELL["x"], CELL["h_0"], STATES) == "run"
    assert message(layer, LAYER, h_0=None) == (
        "layer: h_0 is None, expected an array; give it a value"
    )
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'W_xh'"):
        layer(LAYER["x"], LAYER["h_0"])


def test_alternatives_are_taken_together():
    flat, steps = array(2, 3), array(2, 5, 3)
    for scores, mask in [(flat, flat), (steps, flat), (steps, steps), (flat, None), (steps, None)]:
        assert softmax(scores, None if mask is None else mask > 0) == "run"
    assert "mask has shape (2, 5, 3)" in message(softmax, {"scores": flat}, mask=steps > 0)


def test_multiples_numbers_and_any_leading_axes_are_read():
    assert stacked(**STACKED) == "run"
    assert look(**LOOK) == "run"
    assert look(torch.ones(T, D), torch.ones(7, D)) == "run"
    assert Axes.parse("float B 4*H 2", "x").text() == "(B, 4 H, 2)"
    assert Axes.parse("H", "x").text({"H": 3}) == "(3,)"


def test_a_class_with_the_same_fields_is_as_good():
    class Own(NamedTuple):
        W_x: Array
        W_h: Array
        b: Array

    assert cell(CELL["x"], CELL["h_0"], STATES, Own(*CELL["weights"])) == "run"


def test_the_function_keeps_its_name_its_text_and_its_signature():
    assert (step.__name__, step.__doc__) == ("step", "Read one input.")
    assert list(inspect.signature(step).parameters) == list(STEP)
    assert inspect.unwrap(step) is not step
    assert inspect.getsource(inspect.unwrap(step)).count("np.tanh") == 1


def test_nothing_is_checked_twice_for_the_same_shapes(monkeypatch):
    checked = []
    rule = module._Rule
    monkeypatch.setattr(rule, "check", lambda self, given: checked.append(given))
    function = shapes(x="B D", w="D")(lambda x, w: None)
    for _ in range(3):
        function(array(2, 3), array(3))
    assert len(checked) == 1
    function(array(4, 3), array(3))
    function(array(2, 3).astype(np.float32), array(3))
    assert len(checked) == 3


def test_shapes_that_failed_fail_again_and_right_ones_still_pass():
    for _ in range(2):
        assert "h_prev has shape (3, 5)" in message(step, STEP, h_prev=array(3, 5))
        assert step(**STEP).shape == (B, H)


def test_it_forgets_shapes_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 4)
    function = shapes(x="B D")(lambda x: x.shape)
    assert [function(np.ones((n, 2))) for n in range(1, 20)] == [(n, 2) for n in range(1, 20)]


# --- what is said ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "right", "changes", "text"),
    [
        (step, STEP, {"h_prev": array(3, 5)},
         "step: h_prev has shape (3, 5), expected (B, H) = (3, 4): H is 4 in W_xh (4, 2); "
         "pass arrays that agree in H"),
        (step, STEP, {"x_t": array(3, 5)},
         "step: x_t has shape (3, 5), expected (B, D) = (3, 2): D is 2 in W_xh (4, 2); "
         "pass arrays that agree in D"),
        (step, STEP, {"h_prev": array(1, 4)},
         "step: h_prev has shape (1, 4), expected (B, H) = (3, 4): B is 3 in x_t (3, 2); "
         "pass arrays that agree in B"),
        (step, STEP, {"h_prev": array(4)},
         "step: h_prev has shape (4,), expected (B, H) = (3, 4); the same for each sequence is "
         "np.tile(h_prev, (3, 1))"),
        (step, STEP, {"h_prev": array(1, 3, 4)},
         "step: h_prev has shape (1, 3, 4), expected (B, H) = (3, 4); pass h_prev[0]"),
        (step, STEP, {"x_t": array(3, 6, 2)},
         "step: x_t has shape (3, 6, 2), expected (B, D) = (3, 2); for one step pass x_t[:, t]"),
        (step, STEP, {"x_t": array(2), "h_prev": array(1, 4)},
         "step: x_t has shape (2,), expected (B, D) = (1, 2); for a single sequence pass "
         "x_t[None]"),
        (step, STEP, {"W_xh": array(2, 4)},
         "step: W_xh has shape (2, 4), expected (H, D) = (4, 2): H is 4 in h_prev (3, 4); "
         "pass W_xh.T"),
        (step, STEP, {"W_hh": array(4, 3)},
         "step: W_hh has shape (4, 3), expected (H, H) = (4, 4): H is 4 in h_prev (3, 4); "
         "pass arrays that agree in H"),
        (step, STEP, {"b_h": array(1, 4)},
         "step: b_h has shape (1, 4), expected (H,) = (4,); pass b_h.ravel()"),
        (layer, LAYER, {"x": array(6, 3, 2)},
         "layer: x has shape (6, 3, 2), expected (B, T, D) = (3, 6, 2): B is 3 in h_0 (3, 4); "
         "it looks time-first: pass x.transpose(1, 0, 2)"),
        (layer, LAYER, {"x": array(6, 5)},
         "layer: x has shape (6, 5), expected (B, T, D) = (3, T, 2); x[None] adds the batch axis"),
        (layer, LAYER, {"dh": array(3, 4)},
         "layer: dh has shape (3, 4), expected (B, T, H) = (3, 6, 4); for the last step alone "
         "start from np.zeros((3, 6, 4)) and set [:, -1]"),
        (layer, LAYER, {"x": array(2, 6, 2), "dh": array(3, 6, 4)},  # two against one
         "layer: x has shape (2, 6, 2), expected (B, T, D) = (3, 6, 2): B is 3 in h_0 (3, 4); "
         "pass arrays that agree in B"),
        (layer, LAYER, {"x": array(3, 0, 2)},
         "layer: x has shape (3, 0, 2), expected (B, T, D) without a zero; leave out what is "
         "empty"),
        (layer, LAYER, {"mask": np.ones((3, 5), bool)},
         "layer: mask has shape (3, 5), expected (B, T) = (3, 6): T is 6 in x (3, 6, 2); "
         "pass arrays that agree in T"),
        (stacked, STACKED, {"weight_ih": array(9, 2)},
         "stacked: weight_ih has shape (9, 2), expected (4 H, D) = (16, 2): H is 4 in weight_hh "
         "(16, 4); pass arrays that agree in H"),
        (stacked, STACKED, {"pair": array(3)},
         "stacked: pair has shape (3,), expected (2,); pass an array with these 1 axes"),
        (look, LOOK, {"key": torch.ones(4, 7, D)},
         "look: key has shape (4, 7, 2), expected (…, S, d_k) = (2, 5, 7, 2): ... is (2, 5) in "
         "query (2, 5, 6, 2); pass arrays that agree in ..."),
        (cell, CELL, {"states": STATES._replace(c=array(B, H, T))},
         "cell: states.c has shape (3, 4, 6), expected (B, T, H) = (3, 6, 4): T is 6 in x "
         "(3, 6, 2); pass arrays that agree in T"),
        (cell, CELL, {"states": States(*(a.transpose(1, 0, 2) for a in STATES))},
         "cell: states.h has shape (6, 3, 4), expected (B, T, H) = (3, 6, 4): B is 3 in x "
         "(3, 6, 2); it looks time-first: pass states.h.transpose(1, 0, 2)"),
        (cell, CELL, {"weights": CELL["weights"]._replace(W_x=array(D, H))},
         "cell: weights.W_x has shape (2, 4), expected (H, D) = (4, 2): H is 4 in h_0 "
         "(3, 4); pass weights.W_x.T"),
    ],
)  # fmt: skip
def test_a_wrong_shape_is_named_with_both_shapes_and_what_to_do(function, right, changes, text):
    assert message(function, right, **changes) == text


@pytest.mark.parametrize(
    ("function", "right", "changes"),
    [
        (step, STEP, {"h_prev": array(1, 3, 4)}),
        (step, STEP, {"x_t": array(2), "h_prev": array(1, 4)}),
        (step, STEP, {"h_prev": array(4)}),
        (step, STEP, {"W_xh": array(2, 4)}),
        (step, STEP, {"b_h": array(1, 4)}),
        (layer, LAYER, {"x": array(6, 3, 2)}),
    ],
)
def test_to_follow_an_advice_repairs_the_call(function, right, changes):
    text = message(function, right, **changes)
    name = text.split()[1]
    advice = re.search(rf"(np\.tile\({name}.*|{name}[.\[].*)$", text)[0]
    repaired = eval(advice, {"np": np, **right, **changes})
    function(**(right | changes | {name: repaired}))


@pytest.mark.parametrize(
    ("function", "right", "changes", "text"),
    [
        (step, STEP, {"x_t": [[1.0, 2.0]]}, "x_t is a list, expected an array; pass np.array(x_t)"),
        (step, STEP, {"x_t": torch.ones(3, 2)},
         "x_t is a Tensor, expected a NumPy array; pass x_t.detach().cpu().numpy()"),
        (look, LOOK, {"key": array(2, 5, 7, 2)},
         "key is an ndarray, expected a tensor; pass torch.as_tensor(key)"),
        (step, STEP, {"x_t": array(3, 2).astype(str)}, "x_t holds <U32, expected real numbers"),
        (step, STEP, {"x_t": array(3, 2) + 1j}, "x_t holds complex128, expected real numbers"),
        (step, {name: one > 0 for name, one in STEP.items()}, {},
         "x_t holds bool, expected floating-point numbers; pass x_t.astype(float)"),
        (step, {name: one.astype(np.uint8) for name, one in STEP.items()}, {},
         "x_t holds uint8, expected floating-point numbers; pass x_t.astype(float)"),
        (layer, LAYER, {"dh": np.ones((3, 6, 4), int)},
         "dh holds int64, expected floating-point numbers; pass dh.astype(float)"),
        (layer, LAYER, {"mask": np.ones((3, 6))},
         "mask holds float64, expected bool; pass mask.astype(bool)"),
        (softmax, {"scores": torch.ones(2, 3)}, {"mask": torch.ones(2, 3)},
         "mask holds torch.float32, expected bool; pass mask.bool()"),
        (cell, CELL, {"weights": STATES},
         "weights is a States, expected Weights; pass Weights(W_x, W_h, b)"),
        (cell, CELL, {"states": STATES._replace(c=torch.ones(3, 6, 4))},
         "states.c is a Tensor, expected a NumPy array; pass states.c.detach().cpu().numpy()"),
    ],
)  # fmt: skip
def test_what_is_no_array_or_holds_the_wrong_numbers_is_a_type_error(
    function, right, changes, text
):
    with pytest.raises(TypeError) as caught:
        function(**(right | changes))
    assert str(caught.value).startswith(f"{function.__name__}: {text}")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_found_where_it_is_looked_for(bad):
    x_t = array(3, 2)
    x_t[1, 1] = bad
    text = "holds 1 value(s) that are NaN or infinite, the first at (1, 1)"
    assert f"step: x_t {text}" in message(step, STEP, x_t=x_t)
    step(**(STEP | {"b_h": np.full(4, np.nan)}))  # nobody asked
    key = torch.ones(2, 5, 7, D)
    key[0, 1, 2, 1] = bad
    assert "look: key holds 1 value(s)" in message(look, LOOK, key=key)
    c = STATES.c.copy()
    c[0, 0, 1] = bad
    assert "cell: states.c holds 1" in message(cell, CELL, states=STATES._replace(c=c))


def test_large_numbers_whose_sum_overflows_are_finite():
    x_t = np.full((3, 2), 3e38, dtype=np.float32)
    with np.errstate(over="ignore"):
        assert np.isinf(x_t.sum())
        step(**(STEP | {"x_t": x_t}))


def test_too_many_arguments_are_counted_and_an_advice_is_given():
    with pytest.raises(TypeError) as caught:
        stacked(*STACKED.values(), array(2))
    assert str(caught.value) == (
        "stacked: 4 arguments, expected 3 (weight_ih, weight_hh, pair); see `several_layers`"
    )


def test_a_method_is_named_with_its_class():
    class Encoder:
        @shapes(x="B D")
        def forward(self, x: Array) -> None: ...

    with pytest.raises(ValueError, match=r"^Encoder\.forward: x has shape \(2,\)"):
        Encoder().forward(array(2))


def test_a_slip_in_a_description_is_found_at_once():
    with pytest.raises(ValueError, match="<lambda> has no argument 'y'"):
        shapes(y="B")(lambda x: x)
    with pytest.raises(ValueError, match="names what has no axes"):
        shapes(x="B", finite=("y",))(lambda x, y: x)


def test_the_decorator_does_not_import_torch():
    code = "import sys, helpers.shapes; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
