"""What the tests of layers written by hand share: comparisons of arrays and of gradients."""

import numpy as np
import torch


def assert_equal(got, wanted, tolerance=1e-12):
    """Same shape, and equal relative to the largest entry."""
    if isinstance(wanted, torch.Tensor):
        wanted = wanted.detach().numpy()
    assert got.shape == wanted.shape
    assert np.abs(got - wanted).max() <= tolerance * max(1.0, np.abs(wanted).max())


def numerical_gradient(function, array, epsilon=1e-5):
    """Central differences of a scalar function, entry by entry; `array` is restored."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + epsilon
        above = function()
        array[index] = kept - epsilon
        below = function()
        array[index] = kept
        gradient[index] = (above - below) / (2 * epsilon)
    return gradient


def relative_error(analytic, numerical):
    """‖a − n‖ / (‖a‖ + ‖n‖), and 0 where both are zero."""
    size = np.linalg.norm(analytic) + np.linalg.norm(numerical)
    return np.linalg.norm(analytic - numerical) / size if size else 0.0
