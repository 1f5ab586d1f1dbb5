"""An answer is found whatever it is called and however it is laid out, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest

from course.maintenance import answers

SOLUTION = '''
@shapes(x_t="B D", h_prev="B H")
def rnn_step_solution(x_t: Array, h_prev: Array, W_xh, W_hh, b_h) -> Array:
    """Return the next state."""
    if x_t.ndim != 2:
        raise ValueError("x_t")
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h  # (B, H)
    return np.tanh(a_t)


check("rnn.step", rnn_step_solution, record=False)
'''


def given_away(page: str, solution: str = SOLUTION, given: str = "") -> bool:
    return any(answers.gives_away(page, f, given) for f in answers.solved(solution))


@pytest.mark.parametrize(
    "page",
    [
        SOLUTION,
        "def f(x, h, W, U, b):\n    a = x @ W.T + h @ U.T + b\n    return np.tanh(a)",
        "def f(x, h, W, U, b):\n    return np.tanh(x @ W.T + h @ U.T + b)",
        "def f(x, h, W, U, b):\n    i = x @ W.T\n    r = h @ U.T\n    return np.tanh(i + r + b)",
        "a_1 = x[:, 0] @ W.T + h[0] @ U.T + b\nh_1 = np.tanh(a_1)",
        "for x_t in x:\n    h = np.tanh(x_t @ W.T + h @ U.T + b)",
        "assert np.allclose(np.tanh(x @ W.T + h @ U.T + b), wanted)",
        "class Cell:\n    def f(self, x, h):\n        return np.tanh(x @ W.T + h @ U.T + b)",
        "torch.tanh(x @ W.T + h @ U.T + b)",  # all but a line that is too short to count
    ],
)
def test_an_answer_is_found_under_other_names_and_in_other_forms(page: str) -> None:
    assert given_away(page)


@pytest.mark.parametrize(
    "page",
    [
        "",
        "%matplotlib inline",
        'def rnn_step(x_t, h_prev):\n    """Do it."""\n    raise NotImplementedError',
        "h_1 = np.tanh(W_xh @ x_1 + W_hh @ h_0 + b_h)",  # the long way: one step, no batch
        "np.tanh(x @ W.T + x @ U.T + b)",  # one name for two
        "np.tanh(x @ W.T + h @ W.T + b)",
        "np.tanh(x @ W.T - h @ U.T + b)",
        "np.tanh(f(x) @ W.T + h @ U.T + b)",
        "x @ W.T + b",
    ],
)
def test_other_code_is_no_answer(page: str) -> None:
    assert not given_away(page)


BUG = """
def f(h, m):
    total = (h * m).sum(axis=1)
    return total / h.shape[1] + np.log(total + 1)
"""
FIXED = BUG.replace("h.shape[1]", "m.sum(axis=1)") + "\ncheck('a.b', f, record=False)"


def test_of_a_bug_the_answer_is_what_the_exercise_does_not_give() -> None:
    line = "x = t / m[0].sum(axis=1) + np.log(t + 1)"
    assert given_away(line, FIXED, BUG)
    assert not given_away(line, FIXED)  # the first line does not stand there
    assert not given_away("t = (h * m).sum(axis=1)", FIXED, BUG)
    assert not given_away(BUG, FIXED, BUG)


def test_a_class_is_given_away_by_a_method_but_not_by_how_it_sets_itself_up() -> None:
    setup = "    def __init__(self, d, n):\n        self.a = nn.Linear(d, n * d + 1, bias=d > n)\n"
    solution = (
        f"class Block(nn.Module):\n{setup}"
        "    def forward(self, x, mask):\n        return x + self.a(self.norm(x), mask=~mask)\n"
        "check('a.b', Block, record=False)"
    )
    assert not given_away(f"class Block(nn.Module):\n{setup}", solution)
    assert given_away("y = z + self.a(self.norm(z), mask=~no)", solution)


def test_a_short_answer_is_in_too_many_places_to_be_looked_for() -> None:
    short = "def f(x):\n    return x + 1\ncheck('a.b', f, record=False)"
    assert not given_away("y = y + 1", short)


def test_code_in_a_text_is_code() -> None:
    (code,) = answers.python_in(
        "Write\n\n```python\na = 1\nb = 2\n```\n\nand `c`.\n\n```sh\nls\n```"
    )
    assert code == "a = 1\nb = 2\n"


@pytest.mark.parametrize(
    ("text", "value", "tolerance", "told"),
    [
        ("it is 0.3235 then", 0.3235, 0.0005, True),
        ("it is 0.324 then", 0.3235, 0.0005, True),
        ("it is 0.33", 0.3235, 0.0005, False),
        ("10.3235 or 0.32351x", 0.3235, 0.0, False),
        ("3,608 of them", 3608, 0.0, True),
        ("36080", 3608, 0.0, False),
        ("−0.4298 and 0.0228", (0.0228, -0.4298), 0.00005, True),
        ("0.4298 and 0.0228", (0.0228, -0.4298), 0.00005, False),
        ("array([0.0228])", np.array([0.0228, -0.4298]), 0.00005, False),
        ("array([ 0.0228, -0.4298])", np.array([0.0228, -0.4298]), 0.00005, True),
        ("12 and 0.5", 12, 0.0, False),  # too short to be looked for
        ("어서", "어서", 0.0, False),
        ("True", True, 0.0, False),
    ],
)
def test_a_number_is_told_within_its_tolerance(
    text: str, value: object, tolerance: float, told: bool
) -> None:
    assert answers.tells(text, value, tolerance) == told
