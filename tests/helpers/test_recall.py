import numpy as np
import pytest

from helpers.corpora.recall import recall_batch


def test_the_answer_stands_first_and_nowhere_else():
    x, answers = recall_batch(300, 7, np.random.default_rng(0), symbols=3, fillers=5)
    assert x.shape == (300, 8) and x.dtype == answers.dtype == np.int64
    assert (x[:, 0] == answers).all()
    assert set(answers) == {0, 1, 2}
    assert set(x[:, 1:].ravel()) == {3, 4, 5, 6, 7}


def test_a_lag_of_zero_leaves_only_the_symbol():
    x, answers = recall_batch(5, 0, np.random.default_rng(0))
    assert x.shape == (5, 1) and (x[:, 0] == answers).all()


@pytest.mark.parametrize("wrong", [{"B": 0}, {"lag": -1}, {"symbols": 0}, {"fillers": 0}])
def test_nothing_to_draw_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} {next(iter(wrong.values()))}"):
        recall_batch(**{"B": 2, "lag": 2, "rng": np.random.default_rng(0), **wrong})
