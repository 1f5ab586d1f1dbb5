"""Finite differences against slopes known by hand and against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from helpers.gradients import numerical_gradient, relative_difference


def test_a_numerical_gradient_is_exact_for_a_square_whatever_epsilon_is():
    w = np.array([[3.0, 2.0], [-1.0, 0.5]])
    for epsilon in (1e-5, 0.5):
        got = numerical_gradient(lambda v: float((v**2).sum()), w, epsilon)
        np.testing.assert_allclose(got, 2 * w, atol=1e-9)


def test_the_error_of_a_central_difference_grows_with_the_square_of_epsilon():
    w = np.array([1.0])
    far, near = (numerical_gradient(lambda v: v[0] ** 3, w, e)[0] - 3 for e in (0.2, 0.1))
    assert far == pytest.approx(4 * near)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 3)])
def test_a_numerical_gradient_equals_autograd_and_leaves_w_as_it_is(shape):
    w = np.random.default_rng(0).normal(size=shape)
    kept = w.copy()
    got = numerical_gradient(lambda v: float(np.tanh(v).sum() ** 2), w)
    leaf = torch.tensor(w, requires_grad=True)
    (torch.tanh(leaf).sum() ** 2).backward()
    assert got.shape == shape and np.array_equal(w, kept)
    assert relative_difference(got, leaf.grad.numpy()) < 1e-8


def test_what_cannot_be_nudged_is_named():
    with pytest.raises(ValueError, match="w holds int64, expected floating point"):
        numerical_gradient(lambda v: v.sum(), np.array([1, 2]))


def test_a_relative_difference_is_between_zero_and_one():
    one, other = np.array([3.0, 4.0]), np.array([-3.0, -4.0])
    assert relative_difference(one, one) == 0
    assert relative_difference(one, other) == 1
    assert relative_difference(one, 0 * one) == 1
    assert relative_difference(0 * one, 0 * one) == 0
    assert relative_difference(one, 1.1 * one) == pytest.approx(0.1 / 2.1)
