"""The fast NumPy layers return what the readable ones return, and both take what comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from recurrent_cases import (
    CONVENTIONS,
    GRU,
    LSTM,
    SOME_SHAPES,
    assert_all_equal,
    data,
    flat,
    over_shapes,
    seeds,
    shapes,
    strided,
    weights,
)

from course.maintenance import bench
from helpers.gru import GRUWeights
from helpers.lstm import LSTMWeights

# --- kinds of numbers -----------------------------------------------------------------------------


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


# --- the benchmarks -------------------------------------------------------------------------------


@pytest.mark.parametrize(("contest", "arrays"), [(bench.lstm_contest, 16), (bench.gru_contest, 13)])
def test_the_benchmarks_contenders_do_the_same_work(contest, arrays):
    prepared = contest(T=5, B=3, D=4, H=2)
    bench.compare_results(prepared)  # states, gradients of inputs, first states and all weights
    assert len(prepared.contenders["NumPy, fast"]()) == arrays
    assert prepared.goals["NumPy, fast"] <= 1.5
