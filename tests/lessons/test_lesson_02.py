"""Lesson 02: the numbers of its worked example stand in prose, where no output is compared."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from course.exercises.bank import CodeExercise, find
from course.exercises.bank.rnn_cell import DAYS, GARDEN
from course.exercises.bench import Bench
from course.exercises.compare import compare
from course.exercises.engine import judge
from course.maintenance import refresh

NOTEBOOK = refresh.ROOT / "notebooks" / "02_rnn_cell.ipynb"
NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


@pytest.fixture(scope="module")
def weights(sources: list[str]) -> dict[str, np.ndarray]:
    """The five arrays that the lesson's code defines."""
    code = next(s for s in sources if s.startswith("W_xh = np.array"))
    space: dict[str, np.ndarray] = {"np": np}  # type: ignore[dict-item]
    exec(code, space)
    return {name: space[name] for name in NAMES}


def states_and_scores(weights: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The three days, by torch's cell and linear layer."""
    w = {name: torch.tensor(value) for name, value in weights.items()}
    cell = torch.nn.RNNCell(4, 2, dtype=torch.float64)
    zeros = torch.zeros(2, dtype=torch.float64)
    state = dict(weight_ih=w["W_xh"], weight_hh=w["W_hh"], bias_ih=w["b_h"], bias_hh=zeros)
    cell.load_state_dict(state)
    h, states = torch.zeros(1, 2, dtype=torch.float64), []
    with torch.no_grad():
        for x_t in torch.tensor(DAYS):
            h = cell(x_t[None], h)
            states.append(h[0])
        H = torch.stack(states)
        return H.numpy(), torch.nn.functional.linear(H, w["W_hy"], w["b_y"]).numpy()


def numbers(text: str) -> list[float]:
    """Every number in a text, with a typographic minus sign."""
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?", text)]


def on_paper(sources: list[str]) -> str:
    return next(s for s in sources if s.startswith("## A cell on paper"))


def test_the_table_on_paper_holds_the_weights_of_the_code(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    rows = [numbers(line) for line in on_paper(sources).splitlines() if re.search(r"\|.*\d", line)]
    cell = np.hstack([weights["W_xh"], weights["W_hh"], weights["b_h"][:, None]])
    output = np.hstack([weights["W_hy"], weights["b_y"][:, None]])
    assert rows == [*cell.tolist(), *output.tolist()]


def test_the_results_on_paper_are_those_of_torch(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    bold = [numbers(b) for b in re.findall(r"\*\*([−\d.]+)\*\*", on_paper(sources))]
    states, scores = states_and_scores(weights)
    wanted = np.hstack([states, scores])[:2].ravel()
    assert [b[0] for b in bold] == wanted.round(4).tolist()


def test_every_sum_on_paper_can_be_added_up(sources: list[str]) -> None:
    text = on_paper(sources).replace("−", "-").replace("·", "*")
    sums = re.findall(
        r"^- [*\w]+: ([-+*.\d ]+) = \**(-?[\d.]+?)\**[,.]?(?:\s|$)", text, re.MULTILINE
    )
    assert len(sums) == 8
    for terms, total in sums:
        assert eval(terms) == pytest.approx(float(total), abs=1.01e-4), terms


def test_the_solution_of_the_third_day_is_that_of_torch(
    sources: list[str], weights: dict[str, np.ndarray]
) -> None:
    solution = next(s for s in sources if s.startswith("### Solution 2.1"))
    states, scores = states_and_scores(weights)
    for value in (*states[2], *scores[2]):
        assert value.round(4) in numbers(solution)


def test_the_exercises_use_the_weights_of_the_lesson(weights: dict[str, np.ndarray]) -> None:
    for array, name in zip(GARDEN, NAMES, strict=False):
        assert np.array_equal(array, weights[name]), name


def test_the_cell_follows_the_rule_that_the_lesson_opens_with(
    weights: dict[str, np.ndarray],
) -> None:
    """Water on a sunny day with a sunny day, or nothing, before it; wait otherwise."""
    for length in range(1, 9):
        skies = np.array(list(itertools.product((0, 1), repeat=length)))  # 1: rain
        w = {name: torch.tensor(value) for name, value in weights.items()}
        layer = torch.nn.RNN(4, 2, batch_first=True, dtype=torch.float64)
        zeros = torch.zeros(2, dtype=torch.float64)
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        values = (w["W_xh"], w["W_hh"], w["b_h"], zeros)
        layer.load_state_dict(dict(zip(names, values, strict=True)))
        with torch.no_grad():
            states, _ = layer(torch.eye(4, dtype=torch.float64)[skies])
            scores = torch.nn.functional.linear(states[:, -1], w["W_hy"], w["b_y"])
        waters = (scores[:, 0] > scores[:, 1]).numpy()
        assert np.array_equal(waters, (skies[:, -2:] == 0).all(axis=1))


@pytest.mark.parametrize(
    "read_out, b_h, earned",
    [
        (([[1, -1]], [0]), [-4, -12], {"units": 2, "output": 0}),
        (([[-1, 1]], [1]), [-4, -12], {"units": 2, "output": 0}),
        (([[1, -1]], [-1]), [-4, -4], {"units": 0, "output": 0}),
        (([[0.01, -0.01]], [-0.01]), [-4, -12], {"units": 2, "output": 2}),
    ],
)
def test_units_that_tell_odd_from_even_earn_their_points(
    read_out: tuple[Any, Any], b_h: list[float], earned: dict[str, float]
) -> None:
    exercise = find("rnn.parity_weights")
    assert isinstance(exercise, CodeExercise)
    bench = Bench(exercise)
    done = bench.run(lambda: ([[8], [8]], [[4, -4], [4, -4]], b_h, *read_out))
    assert compare(bench, done).earned == earned


@pytest.mark.parametrize("name, state", [("step", 1), ("layer", 1), ("masked_layer", 2)])
def test_the_old_state_must_stay_as_it_was(name: str, state: int) -> None:
    """Later cells of the lesson read the same array again."""
    exercise = find(f"rnn.{name}")
    assert isinstance(exercise, CodeExercise)

    def in_place(*args: np.ndarray) -> Any:
        result = exercise.reference(*args)
        args[state][:] = result if name == "step" else result[:, -1]
        return result

    bench = Bench(exercise)
    assert compare(bench, bench.run(in_place)).points == 0


def the_switch() -> CodeExercise:
    exercise = find("rnn.switch_weights")
    assert isinstance(exercise, CodeExercise)
    return exercise


def a_switch(on: float | str, off: float, loop: float, bias: float) -> Callable[[], Any]:
    """An answer to Exercise 2.5."""
    return lambda: (np.array([[on, off]]), np.array([[loop]]), np.array([bias]))


@pytest.mark.parametrize("loop", [-0.5, -1.0, -3.0, -8.0])
@pytest.mark.parametrize("bias", [0.0, -1.0, 0.5])
def test_a_cell_that_flips_its_sign_does_not_remember(loop: float, bias: float) -> None:
    bench = Bench(the_switch())
    earned = compare(bench, bench.run(a_switch(6.0, -6.0, loop, bias))).earned
    assert earned["remembers"] == 0


@pytest.mark.parametrize(
    "weights, cause",
    [
        ((2, -2, 3, -1), "one “on” does not turn your cell on"),
        ((4, -4, 3, -1), "one “on” does not turn your cell on"),
        ((0, 0, 3, -1), "not even from the state 0"),
        ((6, 0, 3, -1), "one “off” does not turn your cell off"),
        ((8, -2, 3, -1), "one “off” does not turn your cell off"),
        ((7, -7, 4, -0.01), "not at once"),
        ((6, -6, 3, -0.5), "not at once"),
        ((6, -6, 3, 0.01), "Before any command your cell says “on”"),
        ((6, -6, 2.5, -1), "Your cell forgets: “on” is lost"),
        ((6, -6, 0.7, -0.05), "does not stay above 0.5"),
        ((6, -6, -3, 0), "With a negative `W_hh` your state"),
        ((6, -6, 3, np.nan), "`b_h` holds nan or infinity"),
        (("6", -6, 3, -1), "`W_xh` is not made of numbers"),
    ],
)
def test_a_switch_that_fails_is_told_why(weights: tuple[float, ...], cause: str) -> None:
    score = judge(the_switch(), a_switch(*weights))
    assert float(score) < 3
    assert cause in score.message
    assert "argument" not in score.message
    assert "the string" not in score.message


def test_an_undecided_switch_keeps_the_points_for_what_it_does() -> None:
    score = judge(the_switch(), a_switch(6, -6, 3, -0.01))
    assert "obeys 1 of 1, starts off 0 of 1, remembers 1 of 1" in score.message
