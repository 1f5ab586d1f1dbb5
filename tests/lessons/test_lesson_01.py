"""Lesson 01: what its exercises say to wrong answers, and the numbers that its prose states."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course.exercises import check
from course.exercises.bank import find
from course.maintenance import refresh
from helpers import sequence
from helpers.corpora import series

NOTEBOOK = refresh.ROOT / "notebooks" / "01_sequence_models.ipynb"
MODELS = ("repeat the last value", "window of 16", "Markov chain", "state of 8", "repeat the mean")


@pytest.fixture(scope="module")
def cells() -> list[dict]:  # type: ignore[type-arg]
    return refresh.read(NOTEBOOK)["cells"]


@pytest.fixture(scope="module")
def prose(cells: list[dict]) -> str:  # type: ignore[type-arg]
    text = " ".join(c["source"] for c in cells if c["cell_type"] == "markdown")
    return " ".join(text.split())


@pytest.fixture(scope="module")
def tables(cells: list[dict]) -> dict[str, dict[str, list[float]]]:  # type: ignore[type-arg]
    """For each part, each model's errors at 1, 4, 16 and 64 steps, as the lesson shows them."""
    found: dict[str, dict[str, list[float]]] = {}
    for cell in cells:
        for output in cell.get("outputs", []):
            part = ""
            for line in output.get("text", "").splitlines():
                row = re.fullmatch(r"(\S.*?)((?: +\d+\.\d\d){4})", line)
                if head := re.match(r"(\w+) part +k = 1", line):
                    part = head[1]
                elif row and part:
                    found.setdefault(part, {})[row[1]] = [float(n) for n in row[2].split()]
    return found


def three_steps(older: float, newer: float, w_newer: float, w_older: float) -> tuple[float, ...]:
    made = []
    for _ in range(3):
        older, newer = newer, w_newer * newer + w_older * older
        made.append(newer)
    return tuple(made)


@pytest.mark.parametrize(
    ("tag", "values"),
    [
        ("swapped_weights", three_steps(4, 6, -0.5, 1.5)),
        ("read_backwards", three_steps(6, 4, 1.5, -0.5)),
        ("plus", three_steps(4, 6, 1.5, 0.5)),
        ("straight_line", three_steps(4, 6, 2, -1)),
    ],
)
def test_a_wrong_rule_on_paper_is_named_as_itself(tag: str, values: tuple[float, ...]) -> None:
    assert check("sequence.three_steps", values, record=False).tag == tag


def test_a_function_that_returns_nothing_is_told_that_alone() -> None:
    def nothing(*args: object) -> None:
        print(args)

    said = check("sequence.free_forecast", nothing, record=False)._repr_html_()
    assert "returns nothing" in said
    assert not any(
        prop.message.split("`")[0] in said for prop in find("sequence.free_forecast").properties
    )


def test_a_function_is_told_the_first_line_that_goes_wrong() -> None:
    def fit_window(x, tau):  # type: ignore[no-untyped-def]
        windows = np.stack([x[t - tau : t] for t in range(tau, len(x))])
        inputs = np.column_stack([windows, 2 * windows[:, :1]])
        targets = x[tau:]
        weights = np.linalg.lstsq(inputs, targets)[0]
        return weights

    said = check("sequence.fit_window", fit_window, record=False)._repr_html_()
    assert "inputs" in said and "windows" not in said.partition("inputs")[0]


# --- the numbers in the prose


def test_the_best_weight_on_paper_is_one_half(prose: str) -> None:
    pairs = np.array([(0, 1), (1, 1), (1, 0), (0, -1), (-1, -1), (-1, 0)], dtype=float)
    squares = {w: float(((pairs[:, 1] - w * pairs[:, 0]) ** 2).sum()) for w in (0, 0.5, 1)}
    assert squares == {0: 4, 0.5: 3, 1: 4}
    assert "The sum is 4 for $w = 0$, 3 for $w = 0.5$ and 4 for $w = 1$" in prose
    best = torch.linalg.lstsq(torch.tensor(pairs[:, :1]), torch.tensor(pairs[:, 1:])).solution
    assert best.item() == pytest.approx(0.5)


def test_one_step_ahead_is_told_as_it_is_shown(prose: str, tables: dict) -> None:  # type: ignore[type-arg]
    repeated, window = (tables["test"][name][0] for name in MODELS[:2])
    assert f"{repeated} mV for repeating, {window} mV for the window" in prose


def test_the_state_wins_on_the_test_part_and_loses_on_the_later_one(tables: dict) -> None:  # type: ignore[type-arg]
    test, later = (np.array([tables[p][name] for name in MODELS]) for p in ("test", "later"))
    assert (test[:, 1:].argmin(axis=0) == 3).all()  # "wins from four steps on"
    assert (test[1:3, 2] > 0.9 * test[4, 2]).all()  # "little better than the mean"
    assert later[3, 0] > later[0, 0]  # "worse than repeating the last value"
    assert later[3, 2] > 2 * later[4, 2]  # "more than twice that of the mean"
    assert (later[:, :2].argmin(axis=0) == 1).all()  # the window of 16 is best at one and at four
    assert later[:, 3].argmin() == 4  # "nothing beats the mean"


def test_the_widest_window_wins_and_then_loses(prose: str, tables: dict) -> None:  # type: ignore[type-arg]
    name = "window of 256"
    assert "The width chosen on the validation part is 256" in prose
    for part, pick in (("test", np.argmin), ("later", np.argmax)):
        first = {model: row[0] for model, row in tables[part].items() if model != MODELS[4]}
        assert list(first)[pick(list(first.values()))] == name
    assert all(3 * tables["test"][name][3] < tables["test"][other][3] for other in MODELS)


def test_spikes_of_the_training_part_come_at_the_intervals_that_are_told(prose: str) -> None:
    x = series.load("train")
    spikes = np.flatnonzero((x[:-1] < -15) & (x[1:] >= -15))
    gaps = np.diff(spikes)
    assert f"{gaps.min()} to {gaps.max()} samples later" in prose
    assert round(float(np.median(gaps))) == 143 and "A period is 143 samples" in prose


def test_what_a_fitted_window_approaches_is_close_to_the_mean() -> None:
    train = series.load("train")
    weights = sequence.fit_window(train, 16)
    far = sequence.forecast(train[None, -16:], weights, 2000)[0, -1]
    assert far == pytest.approx(train.mean(), abs=0.05)
