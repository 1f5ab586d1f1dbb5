"""What a child sends is read by rules that make plain data or nothing."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.exercises.data import Foreign, Huge, Tensor, same_bits
from course.exercises.failure import Failure
from course.exercises.run import Outcome, Run
from course.grading.wire import (
    HEAD,
    Malformed,
    pack,
    read_head,
    run_as_data,
    run_from_data,
    unpack,
)


def through(value: Any) -> Any:
    message = pack(value)
    text, block = read_head(message[:HEAD])
    assert len(message) == HEAD + text + block
    return unpack(message[HEAD : HEAD + text], message[HEAD + text :])


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(10**40),
        2.5,
        float("inf"),
        1 + 2j,
        "은닉 상태",
        b"\x00\xff",
        (1, [2.0, {"a": (3,)}]),
        {1, "b"},
        frozenset({2}),
        np.arange(6.0).reshape(2, 3)[:, ::-1],
        np.array(["가", "bc"]),
        np.array(3, dtype=np.float32),
        np.zeros((0, 3), dtype=np.int64),
        np.array([True, False]),
        np.array([1 + 1j]),
        np.ones(3, dtype=">f8"),
        Tensor(np.ones((2, 2), dtype=np.float32), "bfloat16"),
    ],
)
def test_plain_data_comes_through_as_it_was(value: Any) -> None:
    back = through(value)
    if isinstance(value, np.ndarray):
        assert back.dtype == value.dtype.newbyteorder("=") and np.array_equal(back, value)
    else:
        assert same_bits(back, value)


def test_what_is_no_data_comes_through_as_a_description() -> None:
    assert through(Foreign("a generator", "collect")) == Foreign("a generator", "collect")
    assert through(Huge((10**6, 10**6), "float64")) == Huge((10**6, 10**6), "float64")
    assert isinstance(through(object()), Foreign)


def test_a_run_comes_through() -> None:
    failure = Failure("ValueError", "no", 3, "x = 1", "why")
    run = Run(
        [
            Outcome("value", (np.ones(2), None), ("x",), "printed"),
            Outcome("raised", failure=failure),
        ],
        Outcome("value", 1.0),
        ("a warning",),
        ("a note",),
        loop=(2, "while True:"),
    )
    back = run_from_data(through(run_as_data(run)), 2)
    assert back.outcomes[1] == run.outcomes[1] and back.loop == run.loop
    assert same_bits(back.outcomes[0].value, run.outcomes[0].value)
    with pytest.raises(Malformed):
        run_from_data(through(run_as_data(run)), 3)


ODD = [
    {"a": ["<f8", [2], 0]},  # beyond the block
    {"a": ["<f8", [-1], 0]},
    {"a": ["<f8", [2**40, 2**40], 0]},
    {"a": ["|O", [1], 0]},
    {"a": ["<M8[s]", [1], 0]},
    {"a": ["<f8", [True], 0]},
    {"a": ["<f8", [1] * 50, 0]},
    {"i": "9" * 5000},
    {"i": "0x1"},
    {"d": [[[], 1]]},  # a key that cannot be hashed
    {"s": [[1]]},
    {"T": [1, "float64"]},
    {"T": [{"a": ["<f8", [0], 0]}, "float64; import os"]},
    {"H": [[-1], "float64"]},
    {"F": [1, 2]},
    {"x": 1},
    {"i": "1", "f": 2},
    7,
]


@pytest.mark.parametrize("node", ODD, ids=[str(i) for i in range(len(ODD))])
def test_what_breaks_a_rule_is_malformed(node: Any) -> None:
    with pytest.raises(Malformed):
        unpack(json.dumps(node).encode(), b"\0" * 8)


def test_deep_and_broken_text_is_malformed() -> None:
    for text in (b"[" * 10**6, b"{", b"\xff", b"", b"[" * 100 + b"]" * 100):
        with pytest.raises(Malformed):
            unpack(text, b"")


def test_keys_that_collide_and_arrays_that_overlap_take_neither_time_nor_memory() -> None:
    colliding = [{"i": str(k * (2**61 - 1))} for k in range(100_000)]
    pairs = [[key, None] for key in colliding]
    overlapping = [{"a": ["|u1", [2**24], 0]}] * 100
    for node in ({"s": colliding}, {"z": colliding}, {"d": pairs}, overlapping):
        with pytest.raises(Malformed):
            unpack(json.dumps(node).encode(), b"\0" * 2**24)


def test_a_pickle_is_never_opened() -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (print, ("opened",))

    with pytest.raises(Malformed):
        unpack(pickle.dumps(Evil()), b"")
    with pytest.raises(Malformed):
        read_head(pickle.dumps(Evil()).ljust(HEAD, b"\0")[:HEAD])


def test_text_that_is_no_text_is_mended_or_malformed() -> None:
    assert unpack(b'"\\ud800"', b"") == "?"
    with pytest.raises(Malformed):
        unpack(b'{"a": ["<U1", [1], 0]}', b"\xff\xff\xff\x7f")
    (value,) = unpack(b'{"t": [{"a": ["|b1", [1], 0]}]}', b"\x07")
    assert value.dtype == bool and value.tolist() == [True]


nodes = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("iacbdtszTHFx"), inner, max_size=2)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(nodes, st.binary(max_size=40))
def test_any_json_is_read_or_malformed_and_nothing_else(node: Any, block: bytes) -> None:
    try:
        value = unpack(json.dumps(node).encode(), block)
        run_from_data(value, 1)
    except Malformed:
        pass
