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
from helpers.lstm import LSTMStates, LSTMWeights, sigmoid
from helpers.rnn import rnn_output, rnn_output_backward

Array = npt.NDArray[Any]

BLOCKS = {"LSTM": 4, "GRU": 3}
"""How many blocks of weights a cell has: its gates and its candidate."""

FIELDS = {"LSTM": LSTMWeights._fields, "GRU": GRUWeights._fields}
"""The weights of each cell."""


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


def _lstm_step(x_t: Array, h_prev: Array, c_prev: Array, weights: LSTMWeights) -> LSTMStates:
    """Return what `lstm_step` returns, with a product of its own for each gate."""
    w = weights
    i = sigmoid(x_t @ w.W_xi.T + h_prev @ w.W_hi.T + w.b_i)
    f = sigmoid(x_t @ w.W_xf.T + h_prev @ w.W_hf.T + w.b_f)
    g = np.tanh(x_t @ w.W_xg.T + h_prev @ w.W_hg.T + w.b_g)
    o = sigmoid(x_t @ w.W_xo.T + h_prev @ w.W_ho.T + w.b_o)
    c_t = f * c_prev + i * g
    h_t = o * np.tanh(c_t)
    return LSTMStates(h_t, c_t, i, f, g, o)


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
        _lstm_step(x_t, h, c, weights)
    else:
        gru_step(x_t, h, weights)
    return Counted.made[what]


# --- tasks -----------------------------------------------------------------------------------


class Task(NamedTuple):
    """A task: D inputs, O outputs, the form of what is wanted, and sequences that show it.

    `draw(count, rng, part)` gives symbols (B, T) or values (B, T, 1) of the part "train",
    "validation" or "test", and what is wanted: classes (B, T) or (B,), truth values (B, T, O), or
    values (B, T, 1). `measure` names what two networks are compared by, the less the better.
    """

    D: int
    O: int  # noqa: E741
    form: str
    draw: Callable[[int, np.random.Generator, str], tuple[Array, Array]]
    measure: str = "cost"


def recall(count: int, rng: np.random.Generator, part: str) -> tuple[Array, Array]:
    """Draw the recall task: after 20 steps of noise, name the first symbol."""
    return recall_batch(count, 20, rng)


def brackets(count: int, rng: np.random.Generator, part: str) -> tuple[Array, Array]:
    """Draw three kinds of brackets, shuffled, and say after each which kinds are open.

    At each step one kind, by chance, opens or closes; what is not open opens. 2j opens kind j and
    2j + 1 closes it. Sequences have 40 steps; held out, 160.
    """
    T = 40 if part == "train" else 160
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
    count: int, rng: np.random.Generator, part: str, most: int | None = None
) -> tuple[Array, Array]:
    """Draw windows of 32 letters, and for each the letter after it; train on the first `most`."""
    text = letters_of(part)[: most if part == "train" else None]
    windows = text[rng.integers(0, len(text) - 32, size=count)[:, None] + np.arange(33)]
    return windows[:, :-1], windows[:, 1:]


def few_letters(count: int, rng: np.random.Generator, part: str) -> tuple[Array, Array]:
    """Draw letters for training from 4000 alone, as if there were no other text."""
    return letters(count, rng, part, most=4000)


def membrane(count: int, rng: np.random.Generator, part: str) -> tuple[Array, Array]:
    """Draw windows of 32 values, 1 ms apart, and for each the change to the next."""
    trained = series.load("train")
    values = (series.load(part) - trained.mean()) / trained.std()
    starts = rng.integers(0, len(values) - 64, size=count)
    windows = values[starts[:, None] + 2 * np.arange(33)][:, :, None]
    return windows[:, :-1], 5 * np.diff(windows, axis=1)


TASKS = {
    "recall": Task(8, 4, "class", recall, "updates until learnt"),
    "brackets": Task(6, 3, "truth", brackets, "wrong"),
    "letters": Task(27, 27, "class", letters),
    "few letters": Task(27, 27, "class", few_letters),
    "membrane": Task(1, 1, "value", membrane),
}


# --- training --------------------------------------------------------------------------------

LOOKS, LEARNT = 5, 0.05
"""Where one answer ends a sequence: updates between looks, and the share of wrong answers below
which the task is learnt."""


class Outcome(NamedTuple):
    """What a training gives.

    The loss on held-out sequences; the share of wrong answers there (the cost once more, for
    values); and the updates after which every look found the task learnt, or all if the last one
    did not.
    """

    cost: float
    wrong: float
    needed: int


def train(
    task: Task,
    cell: str,
    H: int,
    seed: int,
    updates: int,
    rate: float,
    keep: float,
    part: str = "test",
) -> Outcome:
    """Train a network with Adam and measure it on 256 sequences held out.

    Parameters
    ----------
    task : Task
    cell : {"LSTM", "GRU"}
    H, seed, updates : int
        Hidden size; what all is drawn from; Adam's steps, of 32 new sequences each.
    rate : float
        The first learning rate; it falls to zero in a straight line.
    keep : float
        What the bias of the gate that keeps the memory starts with, above what is drawn.
    part : {"validation", "test"}
        What is held out.
    """
    x, wanted = task.draw(32 * updates, np.random.default_rng([seed, 2]), "train")
    watched = task.draw(256, np.random.default_rng([seed, 4]), "validation")
    theta, pieces = first_weights(task, cell, H, keep, np.random.default_rng([seed, 1]))
    first, second, needed = np.zeros_like(theta), np.zeros_like(theta), LOOKS
    for update in range(updates):
        batch = slice(32 * update, 32 * update + 32)
        gradient = loss_and_gradient(task, cell, pieces, x[batch], wanted[batch])[1]
        gradient /= max(float(np.linalg.norm(gradient)), 1.0)  # clipped to a norm of one
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9 ** (update + 1)), second / (1 - 0.999 ** (update + 1))
        theta -= rate * (1 - update / updates) * mean / (np.sqrt(square) + 1e-8)
        if wanted.ndim == 1 and (update + 1) % LOOKS == 0:
            missed = measure(task, cell, pieces, *watched)[1] >= LEARNT
            needed = min(update + 1 + LOOKS, updates) if missed else needed
    held_out = task.draw(256, np.random.default_rng([seed, 3]), part)
    return Outcome(*measure(task, cell, pieces, *held_out), needed)


def first_weights(
    task: Task, cell: str, H: int, keep: float, rng: np.random.Generator
) -> tuple[Array, list[Array]]:
    """Draw all parameters in one vector, as torch does, and return it with views of its parts."""
    size, sizes = 1 / math.sqrt(H), shapes(cell, task.D, H, task.O)
    ends = np.cumsum([math.prod(shape) for shape in sizes])
    theta = rng.uniform(-size, size, size=ends[-1])
    pieces = [
        part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), sizes, strict=True)
    ]
    for name, piece in zip(FIELDS[cell], pieces, strict=False):
        if name.startswith("b_") and cell + name not in ("GRUb_n", "GRUb_hn"):
            piece += rng.uniform(-size, size, size=H)  # torch adds up two biases
    pieces[FIELDS[cell].index("b_f" if cell == "LSTM" else "b_z")][:] += keep
    return theta, pieces


def states_of(cell: str, weights: Sequence[Array], x: Array) -> Any:
    """Run a layer from zeros."""
    zeros = np.zeros((len(x), weights[1].shape[0]))
    if cell == "LSTM":
        return lstm_layer_fast(x, zeros, zeros, LSTMWeights(*weights))
    return gru_layer_fast(x, zeros, GRUWeights(*weights))


def loss_and_gradient(
    task: Task, cell: str, pieces: Sequence[Array], x: Array, wanted: Array
) -> tuple[float, Array]:
    """Return the mean loss of a batch, and its gradient in one vector, in the order of `shapes`.

    The loss is in bits for classes and truth values, a mean square for values.
    """
    x = np.eye(task.D)[x] if x.ndim == 2 else x  # (B, T) -> (B, T, D)
    *weights, W_hy, b_y = pieces
    states = states_of(cell, weights, x)
    h = states.h[:, -1] if wanted.ndim == 1 else states.h
    loss, dy = loss_of(task.form, rnn_output(h, W_hy, b_y), wanted)
    dh, dW_hy, db_y = rnn_output_backward(dy, h, W_hy)
    if wanted.ndim == 1:
        dh_last, dh = dh, np.zeros(states.h.shape)
        dh[:, -1] = dh_last
    zeros = np.zeros((len(x), W_hy.shape[1]))
    if cell == "LSTM":
        lstm = LSTMWeights(*weights)
        dweights: Any = lstm_layer_backward_fast(dh, x, zeros, zeros, states, lstm)[-1]
    else:
        dweights = gru_layer_backward_fast(dh, x, zeros, states, GRUWeights(*weights))[-1]
    return loss, np.concatenate([part.ravel() for part in (*dweights, dW_hy, db_y)])


def measure(
    task: Task, cell: str, pieces: Sequence[Array], x: Array, wanted: Array
) -> tuple[float, float]:
    """Return the loss on some sequences, and the share of wrong answers."""
    x = np.eye(task.D)[x] if x.ndim == 2 else x  # (B, T) -> (B, T, D)
    h = states_of(cell, pieces[:-2], x).h
    y = rnn_output(h[:, -1] if wanted.ndim == 1 else h, *pieces[-2:])
    cost = loss_of(task.form, y, wanted)[0]
    if task.form == "value":
        return cost, cost
    answers = y > 0 if task.form == "truth" else y.argmax(axis=-1)
    return cost, float((answers != wanted).mean())


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
