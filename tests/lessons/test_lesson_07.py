"""Lesson 07: its worked example stands in prose; its gates must not be the luck of one seed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from course import claims
from course.claims.recall_networks import train_recall
from course.exercises.bank import CodeExercise, find
from course.exercises.engine import judge
from course.maintenance import refresh

NOTEBOOK = refresh.ROOT / "notebooks" / "07_lstm.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def numbers(text: str) -> list[float]:
    """Every number in a text, with a typographic minus sign."""
    return [float(n.replace("−", "-")) for n in re.findall(r"−?\d+(?:\.\d+)?", text)]


def rows(text: str) -> list[list[float]]:
    """The numbers in each row of a table whose first column counts the steps."""
    return [numbers(line) for line in text.splitlines() if re.match(r"\| \d", line)]


def hand_built() -> torch.nn.LSTM:
    """The cell of the lesson as a torch layer: gates of 0.1 and 0.9."""
    k = float(np.log(9))
    layer = torch.nn.LSTM(3, 1, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_ih_l0.copy_(
            torch.tensor(
                [[0, 2 * k, 0], [0, -2 * k, 0], [1, 0, 0], [0, 0, 2 * k]], dtype=torch.float64
            )
        )
        layer.bias_ih_l0.copy_(torch.tensor([-k, k, 0, -k], dtype=torch.float64))
    return layer


def test_the_table_on_paper_is_what_torch_computes(sources: list[str]) -> None:
    paper = next(s for s in sources if s.startswith("## A memory on paper"))
    table = rows(paper)
    assert len(table) == 4
    layer, c = hand_built(), 0.0
    quiet, loud = np.arctanh(0.5), np.arctanh(-0.8)
    x = torch.tensor([[[quiet, 1, 0], [loud, 0, 0], [0, 0, 1], [loud, 1, 0]]], dtype=torch.float64)
    for t, (step, f, i, g, *_, shown) in enumerate(table):
        _, (_, cells) = layer(x[:, : t + 1])
        c = f * c + i * g
        assert step == t + 1 and c == pytest.approx(float(cells.detach()), abs=1e-12)
        assert shown == pytest.approx(c, abs=5.1e-5)


def test_every_sum_on_paper_can_be_added_up(sources: list[str]) -> None:
    paper = next(s for s in sources if s.startswith("## A memory on paper"))
    text = paper.replace("−", "-").replace("·", "*")
    sums = re.findall(r"\| ([-+*.\d ()]+) = \*\*([-\d.]+)\*\*", text)
    assert len(sums) == 4
    for terms, total in sums:
        assert eval(terms) == pytest.approx(float(total), abs=6e-5), terms


def test_the_exercise_on_paper_has_the_table_that_its_check_knows(sources: list[str]) -> None:
    from course.exercises.bank.lstm import STEPS

    text = next(s for s in sources if "### Exercise 7.1" in s)
    table = [row[1:] for row in rows(text[text.index("### Exercise 7.1") :])]
    assert table == [list(step) for step in STEPS]


@pytest.mark.parametrize(
    "name, arguments, wanted",
    [
        ("lstm.forget_gate", "the example", 0.8808),
        ("lstm.coupled_step", "the example", (0.4621, 0.5)),
        ("lstm.peephole_step", "the example", (0.3378, 0.5)),
        ("lstm.along_the_cell", "the example", (0.4, 0.8, 1.0)),
    ],
)
def test_the_examples_in_the_text_of_the_exercises_are_right(
    name: str, arguments: str, wanted: Any, sources: list[str]
) -> None:
    exercise = find(name)
    assert isinstance(exercise, CodeExercise)
    probe = next(p for p in exercise.make_probes(0)[0] if p.label == arguments)
    got = np.ravel(np.array(exercise.reference(*probe.args)))
    assert got == pytest.approx(np.ravel(wanted), abs=5e-5)
    text = next(s for s in sources if f"· {exercise.title} ★" in s)
    said = numbers(text)
    assert all(any(abs(value - s) < 1e-9 for s in said) for value in np.ravel(wanted))


@pytest.mark.parametrize("wrong", ["f_last", "swapped_states", "doubled"])
def test_wrong_answers_outside_the_bank_earn_nothing(wrong: str) -> None:
    exercise = find("lstm.coupled_step")
    assert isinstance(exercise, CodeExercise)

    def answer(c_prev: Any, a_f: Any, a_g: Any, a_o: Any) -> Any:
        h_t, c_t = exercise.reference(c_prev, a_f, a_g, a_o)
        if wrong == "f_last":
            return h_t[:, :1], c_t
        if wrong == "swapped_states":
            return c_t, c_t
        return h_t, 2 * c_t

    assert float(judge(exercise, answer)) == 0


def test_another_seed_shows_writing_keeping_erasing_and_showing(sources: list[str]) -> None:
    """What the figure shows must not be the luck of the seed that the lesson takes."""
    space: dict[str, Any] = {"np": np, "torch": torch, "tqdm": lambda steps, **_: steps}
    for start in ("def remember_batch", "class Remember"):
        exec(next(s for s in sources if s.startswith(start)), space)
    model = space["train_remember"](2)
    x, target = space["remember_batch"](300, 20, np.random.default_rng(1))
    with torch.no_grad():
        error = ((model(torch.tensor(x)).numpy() - target) ** 2).mean() / (target**2).mean()
    assert error < 0.05
    i, f, g, o = gates_by_torch(model.lstm, torch.tensor(x))
    marked, asked = x[..., 1] > 0, x[..., 2] > 0
    unit = int(np.argmax(f[~marked].mean(axis=0) - f[marked].mean(axis=0)))
    written = np.abs(i * g)[..., unit]
    assert f[marked][:, unit].mean() < 0.2 and f[~marked][:, unit].mean() > 0.9
    assert written[~marked].mean() < 0.1 * written[marked].mean()
    assert o[asked][:, unit].mean() > 0.7 and o[~asked][:, unit].mean() < 0.2


def test_where_lesson_06s_rnn_is_at_chance_the_open_lstm_learns(sources: list[str]) -> None:
    """At lag 30 with lesson 06's budget, and with a seed that neither lesson uses."""
    space: dict[str, Any] = {"torch": torch}
    code = next(s for s in sources if s.startswith("def open_lstm"))
    exec(code[: code.index("at_30")], space)
    opened, _ = train_recall(space["open_lstm"], 30, seed=7)
    plain, _ = train_recall(lambda D, H: torch.nn.RNN(D, H, batch_first=True), 30, seed=7)
    assert opened > 0.9 and plain < 0.35


def test_lessons_06_and_07_record_the_same_rnn_where_their_settings_agree() -> None:
    one, three = claims.record(1), claims.record(3)
    assert one.settings["starts"]["torch"]["rate"] == three.settings["arms"]["RNN"]["rate"]
    for lag in (20, 80):
        before = one.values("updates", start="torch", lag=lag)[: len(three.seeds)]
        now = three.values("updates", network="RNN", lag=lag)
        soon = before < three.settings["steps"]
        assert (before[soon] == now[soon]).all() and (now[~soon] == three.settings["steps"]).all()


def gates_by_torch(layer: torch.nn.LSTM, x: torch.Tensor) -> list[np.ndarray]:
    """Run torch's cell step by step and return i, f, g, o, (B, T, H) each."""
    cell = torch.nn.LSTMCell(layer.input_size, layer.hidden_size, dtype=torch.float64)
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in layer.state_dict().items()})
    h, c = torch.zeros(2, len(x), layer.hidden_size, dtype=torch.float64)
    steps = []
    with torch.no_grad():
        for x_t in x.unbind(dim=1):
            a = x_t @ cell.weight_ih.T + h @ cell.weight_hh.T + cell.bias_ih + cell.bias_hh
            i, f, g, o = a.chunk(4, dim=1)
            steps.append([i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()])
            h, c = cell(x_t, (h, c))
    return [torch.stack(gate, dim=1).numpy() for gate in zip(*steps, strict=True)]
