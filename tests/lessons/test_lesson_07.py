"""Lesson 07: its worked example stands in prose; its gates must not be the luck of one seed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from course import claims
from course.claims.lstm import lstm_cell
from course.claims.recall_networks import train_until_learnt
from course.claims.remembering import remember_batch, train_remember
from course.exercises.bank import EXAMPLE, CodeExercise, find
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
    from course.exercises.bank.lstm.four_steps import STEPS

    text = next(s for s in sources if "### Exercise 7.1" in s)
    table = [row[1:] for row in rows(text[text.index("### Exercise 7.1") :])]
    assert table == [list(step) for step in STEPS]


@pytest.mark.parametrize(
    "name, outputs, wanted",
    [
        ("lstm.step", (1, 0), (0.48, 0.0446)),
        ("lstm.repaired_layer", (1,), (0.3808,)),
        ("lstm.step_backward", (2, 5), (0.2080, 0.0936, 0.0562, 1.4041, 0.0402)),
        ("lstm.start_for_lag", (), (1, 2.1972, 3, 4)),
        ("lstm.coupled_step", (0, 1), (0.4621, 0.5)),
    ],
)
def test_the_examples_in_the_text_of_the_exercises_are_right(
    name: str, outputs: tuple[int, ...], wanted: Any, sources: list[str]
) -> None:
    exercise = find(name)
    assert isinstance(exercise, CodeExercise)
    probe = exercise.make_probes(0)[0][0]
    assert probe.label == EXAMPLE
    result = exercise.reference(*probe.args)
    chosen = [result[k] for k in outputs] if outputs else [result]
    got = np.concatenate([np.ravel(array) for array in chosen])
    assert got == pytest.approx(np.ravel(wanted), abs=6e-5)
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


def test_another_seed_shows_writing_keeping_erasing_and_showing() -> None:
    """What the figure shows must not be the luck of the seed that the lesson takes."""
    model = train_remember(2)
    x, target = remember_batch(300, 20, np.random.default_rng(1))
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


def test_a_wrong_path_back_is_named_by_its_line() -> None:
    exercise = find("lstm.step_backward")
    assert isinstance(exercise, CodeExercise)

    def answer(dh_t, dc_next, x_t, h_prev, c_prev, states, W_x, W_h):  # type: ignore[no-untyped-def]
        _, c_t, i, f, g, o = states
        do = dh_t * np.tanh(c_t)
        dc_t = dc_next + dh_t * o * (1 - np.tanh(c_t) ** 2)
        di, df, dg, dc_prev = dc_t * g, dc_t * c_prev**2, dc_t * i, dc_t * f
        gates = [di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)]
        da = np.concatenate(gates, axis=1)
        return da @ W_x, da @ W_h, dc_prev, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)

    score = judge(exercise, answer)
    assert float(score) == 0 and "`df`" in score.message


def test_the_start_for_a_lag_learns_it_where_torchs_start_does_not() -> None:
    """With a seed that the lesson does not use, and a shorter lag."""
    exercise = find("lstm.start_for_lag")
    assert isinstance(exercise, CodeExercise)
    bias = float(exercise.reference(np.zeros(4), 40, 0.5)[1])
    opened = train_until_learnt(lstm_cell(bias=bias), 40, 7, rate=0.001, steps=300)
    shut = train_until_learnt(lstm_cell(), 40, 7, rate=0.001, steps=300)
    assert opened.accuracy > 0.9 and shut.accuracy < 0.4


def test_what_the_text_says_of_the_records_is_in_them(sources: list[str]) -> None:
    three, four = claims.record(3), claims.record(4)
    (text,) = (s for s in sources if s.startswith("Here the claim does not hold"))
    assert "every seed" in text and "one seed, at 160" in text

    def learnt(network: str, lag: int) -> int:
        return int((three.values("accuracy", network=network, lag=lag) > 0.9).sum())

    assert [learnt("RNN, identity", lag) for lag in (20, 80, 160)] == [5, 5, 5]
    assert [learnt("LSTM, open", lag) for lag in (20, 80, 160)] == [5, 5, 4]
    assert learnt("LSTM", 20) == 0
    weights = (three.values("parameters", network=n)[0] for n in ("RNN, identity", "LSTM, open"))
    assert next(weights) / next(weights) == pytest.approx(1 / 4, abs=0.03)
    assert np.abs(four.values("accuracy", bias=1) - 0.5).max() < 0.05


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
