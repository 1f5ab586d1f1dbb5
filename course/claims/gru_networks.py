"""The networks of claims 5 to 7: what they need, their tasks, and how they are trained."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

from course.claims.fast import (
    gru_layer_backward_fast,
    gru_layer_fast,
    lstm_layer_backward_fast,
    lstm_layer_fast,
)
from helpers.corpora import python_docs, series
from helpers.corpora.recall import recall_batch
from helpers.gru import GRUWeights, gru_step
from helpers.lstm import LSTMWeights, lstm_step
from helpers.rnn import rnn_output, rnn_output_backward

Array = npt.NDArray[Any]

BLOCKS = {"LSTM": 4, "GRU": 3, "MGU": 2}
"""How many blocks of weights a cell has: its gates and its candidate."""

FIELDS = {
    "LSTM": LSTMWeights._fields,
    "GRU": GRUWeights._fields,
    "MGU": ("W_xf", "W_hf", "b_f", "W_xn", "W_hn", "b_n"),
}
"""The weights of each cell; MGU is the minimal gated unit of Zhou et al. 2016."""


# --- counting --------------------------------------------------------------------------------


def parameters(cell: str, D: int, H: int, biases: int = 2) -> int:
    """Count a layer's parameters; torch's layers have two biases for each block of weights."""
    return BLOCKS[cell] * (H * D + H * H + biases * H)


def multiplications(cell: str, D: int, H: int) -> int:
    """Count the multiplications of one step for one sequence, σ and tanh left out.

    The products with weights, and three products entry by entry: f ⊙ c, i ⊙ g and o ⊙ tanh(c) of
    the LSTM; r ⊙ (…), (1 − z) ⊙ n and z ⊙ h of the GRU.
    """
    return BLOCKS[cell] * (H * D + H * H) + 3 * H


def shapes(cell: str, D: int, H: int, O: int) -> list[tuple[int, ...]]:  # noqa: E741
    """Return the shapes of a network's parameters: the cell's, and those of the linear layer."""
    inner = [
        ((H, D) if name[2] == "x" else (H, H)) if name.startswith("W") else (H,)
        for name in FIELDS[cell]
    ]
    return [*inner, (O, H), (O,)]


def whole(cell: str, D: int, H: int, O: int) -> int:  # noqa: E741
    """Count the parameters of a network, each bias that does something once."""
    return sum(math.prod(shape) for shape in shapes(cell, D, H, O))


def size_for(cell: str, D: int, O: int, budget: int) -> int:  # noqa: E741
    """Return the hidden size with which a network comes nearest to `budget` parameters."""
    return min(range(1, 2000), key=lambda H: abs(whole(cell, D, H, O) - budget))


class Counted(np.ndarray):
    """An array that counts, in `Counted.made`, what it takes part in: products, tanh."""

    made: ClassVar[dict[str, int]] = {"multiplications": 0, "tanh": 0}

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(one) for one in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:
            Counted.made["multiplications"] += result.size * plain[0].shape[-1]
        elif ufunc is np.multiply and min(one.ndim for one in plain) > 0:
            Counted.made["multiplications"] += result.size
        elif ufunc is np.tanh:
            Counted.made["tanh"] += result.size
        return result.view(Counted)


def count_by_running(
    cell: str, D: int, H: int, rng: np.random.Generator, what: str = "multiplications"
) -> int:
    """Run one step for one sequence and count the multiplications of arrays, or "tanh".

    σ is computed by one tanh, so that "tanh" counts both.
    """
    kind = LSTMWeights if cell == "LSTM" else GRUWeights
    weights = kind(*(rng.normal(size=size).view(Counted) for size in shapes(cell, D, H, 0)[:-2]))
    x_t, h, c = (rng.normal(size=(1, n)).view(Counted) for n in (D, H, H))
    Counted.made = dict.fromkeys(Counted.made, 0)
    if isinstance(weights, LSTMWeights):
        lstm_step(x_t, h, c, weights)
    else:
        gru_step(x_t, h, weights)
    return Counted.made[what]


# --- tasks -----------------------------------------------------------------------------------


class Task(NamedTuple):
    """A task: D inputs, O outputs, the form of what is wanted, and sequences that show it.

    `draw(count, rng, held_out)` gives symbols (B, T) or values (B, T, 1), and what is wanted:
    classes (B, T) or (B,), truth values (B, T, O), or values (B, T, 1).
    """

    D: int
    O: int  # noqa: E741
    form: str
    draw: Callable[[int, np.random.Generator, bool], tuple[Array, Array]]


def recall(count: int, rng: np.random.Generator, held_out: bool) -> tuple[Array, Array]:
    """Draw the recall task: after 20 steps of noise, name the first symbol."""
    return recall_batch(count, 20, rng)


def brackets(count: int, rng: np.random.Generator, held_out: bool) -> tuple[Array, Array]:
    """Draw three kinds of brackets, shuffled, and say after each which kinds are open.

    At each step one kind, by chance, opens or closes; what is not open opens. 2j opens kind j and
    2j + 1 closes it. Sequences have 40 steps; held out, 160.
    """
    T = 160 if held_out else 40
    kinds = rng.integers(0, 3, size=(T, count))
    coins = rng.random((T, count)) < 0.5
    depth, rows = np.zeros((count, 3), dtype=np.int64), np.arange(count)
    x, wanted = np.zeros((count, T), dtype=np.int64), np.zeros((count, T, 3), dtype=bool)
    for t in range(T):
        opens = coins[t] | (depth[rows, kinds[t]] == 0)
        depth[rows, kinds[t]] += np.where(opens, 1, -1)
        x[:, t] = 2 * kinds[t] + ~opens
        wanted[:, t] = depth > 0
    return x, wanted


@functools.cache
def letters_of(part: str) -> Array:
    """Return a part of Python's documentation as 0 for a gap and 1 to 26 for the letters."""
    text = re.sub("[^a-z]+", " ", python_docs.load(part).lower())
    return np.array([max(ord(character) - 96, 0) for character in text])


def letters(
    count: int, rng: np.random.Generator, held_out: bool, most: int | None = None
) -> tuple[Array, Array]:
    """Draw windows of 32 letters, and for each the letter after it; train on the first `most`."""
    text = letters_of("validation" if held_out else "train")
    text = text if held_out else text[:most]
    windows = text[rng.integers(0, len(text) - 32, size=count)[:, None] + np.arange(33)]
    return windows[:, :-1], windows[:, 1:]


def few_letters(count: int, rng: np.random.Generator, held_out: bool) -> tuple[Array, Array]:
    """Draw letters for training from 4000 alone, as if there were no other text."""
    return letters(count, rng, held_out, most=4000)


def membrane(count: int, rng: np.random.Generator, held_out: bool) -> tuple[Array, Array]:
    """Draw windows of 32 values, 1 ms apart, and for each the change to the next."""
    trained = series.load("train")
    values = (series.load("validation" if held_out else "train") - trained.mean()) / trained.std()
    starts = rng.integers(0, len(values) - 64, size=count)
    windows = values[starts[:, None] + 2 * np.arange(33)][:, :, None]
    return windows[:, :-1], 5 * np.diff(windows, axis=1)


TASKS = {
    "recall": Task(8, 4, "class", recall),
    "brackets": Task(6, 3, "truth", brackets),
    "letters": Task(27, 27, "class", letters),
    "few letters": Task(27, 27, "class", few_letters),
    "membrane": Task(1, 1, "value", membrane),
}


# --- training --------------------------------------------------------------------------------


def train(
    task: Task,
    cell: str,
    H: int,
    seed: int,
    updates: int,
    rate: float,
    keep: float,
    held_out: int = 256,
) -> float:
    """Train a network with Adam and return its loss on sequences held out.

    Parameters
    ----------
    task : Task
    cell : {"LSTM", "GRU", "MGU"}
    H, seed, updates : int
        Hidden size; what all is drawn from; Adam's steps, of 32 new sequences each.
    rate : float
        The first learning rate; it falls to zero in a straight line.
    keep : float
        What the bias of the gate that keeps the memory starts with, above what is drawn.
    """
    size = 1 / math.sqrt(H)
    rng = np.random.default_rng([seed, 1])
    x, wanted = task.draw(32 * updates, np.random.default_rng([seed, 2]), False)
    sizes = shapes(cell, task.D, H, task.O)
    ends = np.cumsum([math.prod(shape) for shape in sizes])
    theta = rng.uniform(-size, size, size=ends[-1])  # all parameters in one vector …
    pieces = [  # … and views of it
        part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), sizes, strict=True)
    ]
    for name, piece in zip(FIELDS[cell], pieces, strict=False):
        if name.startswith("b_") and cell + name not in ("GRUb_n", "GRUb_hn"):
            piece += rng.uniform(-size, size, size=H)  # torch adds up two biases
    keeping = {"LSTM": "b_f", "GRU": "b_z", "MGU": "b_f"}[cell]
    pieces[FIELDS[cell].index(keeping)][:] += -keep if cell == "MGU" else keep
    first, second = np.zeros_like(theta), np.zeros_like(theta)
    for update in range(updates):
        part = slice(32 * update, 32 * update + 32)
        gradient = loss_and_gradient(task, cell, pieces, x[part], wanted[part])[1]
        gradient /= max(float(np.linalg.norm(gradient)), 1.0)  # clipped to a norm of one
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9 ** (update + 1)), second / (1 - 0.999 ** (update + 1))
        theta -= rate * (1 - update / updates) * mean / (np.sqrt(square) + 1e-8)
    x, wanted = task.draw(held_out, np.random.default_rng([seed, 3]), True)
    return loss_and_gradient(task, cell, pieces, x, wanted, gradient=False)[0]


def loss_and_gradient(
    task: Task, cell: str, pieces: Sequence[Array], x: Array, wanted: Array, gradient: bool = True
) -> tuple[float, Array]:
    """Return the mean loss of a batch, and its gradient in one vector, in the order of `shapes`.

    The loss is in bits for classes and truth values, a mean square for values.
    """
    if x.ndim == 2:
        x = np.eye(task.D)[x]  # (B, T) -> (B, T, D)
    *weights, W_hy, b_y = pieces
    zeros = np.zeros((len(x), W_hy.shape[1]))
    convention: Any = {}
    if cell == "LSTM":
        lstm = LSTMWeights(*weights)
        states: Any = lstm_layer_fast(x, zeros, zeros, lstm)
    else:
        if cell == "MGU":  # a GRU of 2014 whose two gates are one
            weights = [*weights[:3], *weights, np.zeros_like(weights[2])]
            convention = {"reset_after": False, "z_weighs": "present"}
        gru = GRUWeights(*weights)
        states = gru_layer_fast(x, zeros, gru, **convention)
    h = states.h[:, -1] if wanted.ndim == 1 else states.h
    loss, dy = loss_of(task.form, rnn_output(h, W_hy, b_y), wanted)
    if not gradient:
        return loss, np.zeros(0)
    dh, dW_hy, db_y = rnn_output_backward(dy, h, W_hy)
    if wanted.ndim == 1:
        dh_last, dh = dh, np.zeros(states.h.shape)
        dh[:, -1] = dh_last
    if cell == "LSTM":
        dweights: list[Array] = [*lstm_layer_backward_fast(dh, x, zeros, zeros, states, lstm)[-1]]
    else:
        dweights = [*gru_layer_backward_fast(dh, x, zeros, states, gru, **convention)[-1]]
    if cell == "MGU":
        dweights = [one + other for one, other in zip(dweights[:3], dweights[3:6], strict=True)] + (
            dweights[6:9]
        )
    return loss, np.concatenate([part.ravel() for part in (*dweights, dW_hy, db_y)])


def loss_of(form: str, y: Array, wanted: Array) -> tuple[float, Array]:
    """Return the mean loss of outputs and its gradient with respect to them."""
    if form == "value":
        return float(((y - wanted) ** 2).mean()), 2 * (y - wanted) / y.size
    if form == "truth":
        signs = np.where(wanted, 1.0, -1.0)
        loss = np.logaddexp(0, -signs * y).mean()
        gradient = -signs * 0.5 * (1 - np.tanh(0.5 * signs * y)) / y.size
    else:
        logits = y - y.max(axis=-1, keepdims=True)
        logits = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        right = np.eye(y.shape[-1])[wanted]
        loss = -(logits * right).sum(axis=-1).mean()
        gradient = (np.exp(logits) - right) / wanted.size
    return float(loss / math.log(2)), gradient / math.log(2)
