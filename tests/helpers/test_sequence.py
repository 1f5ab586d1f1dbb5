"""Lesson 01's parts of the package, against torch and a sequence whose rule is known."""

import numpy as np
import pytest
import torch

from helpers import sequence


def test_a_sequence_with_a_linear_rule_gives_the_rule_back_and_is_continued() -> None:
    rng = np.random.default_rng(0)
    weights = np.array([-0.6, 0.3, 0.9, 0.5])  # oldest first, then the constant
    x = list(rng.normal(size=3))
    for _ in range(60):
        x.append(float(np.dot(weights[:-1], x[-3:]) + weights[-1]))
    series = np.array(x)
    fitted = sequence.fit_window(series[:30], 3)
    assert fitted == pytest.approx(weights)
    made = sequence.forecast(np.stack([series[7:10], series[27:30]]), fitted, 20)
    assert made[0] == pytest.approx(series[10:30]) and made[1] == pytest.approx(series[30:50])


def test_a_long_walk_gives_the_chain_back_that_made_it() -> None:
    rng = np.random.default_rng(0)
    P = np.array([[0.7, 0.2, 0.1], [0.0, 0.5, 0.5], [0.4, 0.0, 0.6]])
    walk = [0]
    for _ in range(20_000):
        walk.append(int(rng.choice(3, p=P[walk[-1]])))
    counted = sequence.transition_matrix(walk, 3)
    assert counted.sum(axis=1) == pytest.approx(np.ones(3))
    assert np.abs(counted - P).max() < 0.02  # four standard deviations of the rarest row
    assert (counted[P == 0] == 0).all()


def test_the_update_is_torchs_linear_interpolation() -> None:
    rng = np.random.default_rng(0)
    h, x, alpha = rng.normal(size=(3, 2)), rng.normal(size=3), np.array([0.25, 1.0])
    new = torch.tensor(x)[:, None].expand(3, 2)
    wanted = torch.lerp(torch.tensor(h), new, torch.tensor(alpha).expand(3, 2))
    assert sequence.update_state(h, x, alpha) == pytest.approx(wanted.numpy())


def test_disagreeing_shapes_are_named() -> None:
    with pytest.raises(ValueError, match="update_state"):
        sequence.update_state(np.zeros((2, 3)), np.zeros(2), np.zeros(2))
