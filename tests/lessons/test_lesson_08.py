"""Lesson 08: the numbers of its worked example stand in prose, where no output is compared."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from course.exercises.bank import CodeExercise, find
from course.exercises.bank.gru.common import TWO
from course.exercises.engine import judge
from course.maintenance import refresh
from helpers.gru import gru_reset, gru_reset_backward

NOTEBOOK = refresh.ROOT / "notebooks" / "08_gru.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def on_paper(sources: list[str]) -> str:
    return next(s for s in sources if s.startswith("## A step on paper"))


def torch_cell() -> torch.nn.GRUCell:
    """Torch's cell with the weights of the worked example: rows r, z, n."""
    cell = torch.nn.GRUCell(1, 1, dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor([[-1.0], [1.0], [-1.0]]))
        cell.weight_hh.copy_(torch.tensor([[0.5], [0.5], [1.0]]))
        cell.bias_ih.copy_(torch.tensor([-0.5555, -0.2445, 0.0]))
        cell.bias_hh.copy_(torch.tensor([0.0, 0.0, 0.2]))
    return cell


def test_the_new_state_on_paper_is_that_of_torch(sources: list[str]) -> None:
    bold = re.findall(r"\\mathbf\{(-?[\d.]+)\}", on_paper(sources))
    assert [float(b) for b in bold] == [0.25, 0.75, 0.25, -0.6, 0.45]
    with torch.no_grad():
        h_t = torch_cell()(torch.tensor([[0.9431]]).double(), torch.tensor([[0.8]]).double())
    assert float(h_t) == pytest.approx(float(bold[-1]), abs=5e-5)


def test_every_sum_on_paper_can_be_added_up(sources: list[str]) -> None:
    text = on_paper(sources).replace("·", "*")
    sums = re.findall(r"σ\(([-+.\d ]+)\) = σ\((-?[\d.]+)\)", text)
    sums += re.findall(r"\\tanh\(([-+.\d ]+)\) = \\tanh\((-?[\d.]+)\)", text)
    assert len(sums) == 3
    for terms, total in sums:
        assert eval(terms) == pytest.approx(float(total), abs=1.01e-4), terms


def test_a_block_of_the_text_is_that_of_torch(sources: list[str]) -> None:
    text = next(s for s in sources if s.startswith("## How large is a cell?"))
    assert "$HD + HH + H$ parameters" in text
    assert "An LSTM has four blocks, a GRU three" in " ".join(text.split())
    for kind, blocks in ((torch.nn.LSTM, 4), (torch.nn.GRU, 3)):
        named = kind(2, 3).named_parameters()
        count = sum(p.numel() for name, p in named if not name.startswith("bias_hh"))
        assert count == blocks * (3 * 2 + 3 * 3 + 3)


def test_the_numbers_of_the_two_units_are_those_of_the_package(sources: list[str]) -> None:
    h, r, W, b = TWO
    for after, told in ((True, (-0.5, 0.25)), (False, (-0.1, 0.7))):
        assert gru_reset(h, r, W, b, reset_after=after) == pytest.approx(np.array([told]))
    text = next(s for s in sources if s.startswith("### Exercise 8.6"))
    for after, word in ((True, "after"), (False, "before")):
        back = gru_reset_backward(np.array([[1.0, 3.0]]), h, r, W, b, reset_after=after)
        row = next(line for line in text.splitlines() if line.startswith(f"| {word}"))
        told = [float(one) for one in re.findall(r"-?[\d.]+", row.replace("−", "-"))]
        assert told == pytest.approx(np.concatenate([array.ravel() for array in back]))


def test_a_scalar_where_a_batch_is_wanted_earns_nothing() -> None:
    exercise = find("gru.update")
    assert isinstance(exercise, CodeExercise)
    assert judge(exercise, lambda *args, **how: np.float64(0.45)) == 0
