"""Claims 5, 6 and 7, measured in lesson 08: LSTM or GRU, at equal parameters and at equal size.

Four tasks ask different things of a memory. *Recall*: name the first symbol after noise.
*Brackets*: which of three kinds of brackets are open, in texts longer than those of training?
*Letters*: the next letter of Python's documentation. *Membrane*: the next value of a recording.
Each has a cost, the loss on sequences held out. Two networks are compared by the ratio of their
costs, seed by seed.

The networks are this package's NumPy layers, trained with Adam. Weights start as torch's do; the
bias of the gate that keeps (LSTM's forget gate, GRU's update gate, MGU's forget gate) is raised by
a number that was chosen together with the learning rate, for each cell and task, from the same
nine settings, on seeds that no record holds (`tune`).
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    register,
    student_quantile,
)
from helpers.corpora import python_docs, series
from helpers.corpora.recall import recall_batch
from helpers.fast import (
    gru_layer_backward_fast,
    gru_layer_fast,
    lstm_layer_backward_fast,
    lstm_layer_fast,
)
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
    return min(range(1, 1000), key=lambda H: abs(whole(cell, D, H, O) - budget))


class Counted(np.ndarray):
    """An array that counts the multiplications it takes part in, in `Counted.made`."""

    made = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(one) for one in inputs]
        result = np.asarray(getattr(ufunc, method)(*plain, **options))
        if ufunc is np.matmul:
            Counted.made += result.size * plain[0].shape[-1]
        elif ufunc is np.multiply and min(one.ndim for one in plain) > 0:
            Counted.made += result.size
        return result.view(Counted)


def count_by_running(cell: str, D: int, H: int, rng: np.random.Generator) -> int:
    """Run one step for one sequence and return the multiplications of arrays that it makes."""
    kind = LSTMWeights if cell == "LSTM" else GRUWeights
    weights = kind(*(rng.normal(size=size).view(Counted) for size in shapes(cell, D, H, 0)[:-2]))
    x_t, h, c = (rng.normal(size=(1, n)).view(Counted) for n in (D, H, H))
    Counted.made = 0
    if isinstance(weights, LSTMWeights):
        lstm_step(x_t, h, c, weights)
    else:
        gru_step(x_t, h, weights)
    return Counted.made


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


# --- claims 5 and 6 --------------------------------------------------------------------------

SAME_SIZE, SAME_PARAMETERS, SMALL = "GRU of equal size", "GRU of equal parameters", "smaller LSTM"
MINIMAL = "MGU of equal parameters"


def compare(
    seed: int, tasks: Mapping[str, Mapping[str, Any]], networks: Sequence[str], updates: int
) -> Figures:
    """Train several networks on several tasks, each from the same seed, and return their costs.

    `tasks` gives for each task the LSTM's hidden size, and for each cell its learning rate and the
    start of the bias of its keeping gate. The LSTM sets the measure: the "GRU of equal parameters"
    comes as near to its number of parameters as a hidden size can, the "GRU of equal size" has its
    hidden size, and so fewer parameters; the "smaller LSTM" has as few as that one.
    """
    figures: Figures = {}
    for name, chosen in tasks.items():
        task, H = TASKS[name], chosen["H"]
        for network in networks:
            cell, size = network_of(network, task, H)
            cost = train(task, cell, size, seed, updates, *chosen[cell])
            parts = {"task": name, "network": network}
            figures[figure("parameters", **parts)] = whole(cell, task.D, size, task.O)
            figures[figure("cost", **parts)] = cost
    return figures


def network_of(network: str, task: Task, H: int) -> tuple[str, int]:
    """Return cell and hidden size of a network, for an LSTM of hidden size H."""
    if network == "LSTM":
        return "LSTM", H
    if network == SAME_SIZE:
        return "GRU", H
    if network in (SAME_PARAMETERS, MINIMAL):
        cell = network[:3]
        return cell, size_for(cell, task.D, task.O, whole("LSTM", task.D, H, task.O))
    return "LSTM", size_for("LSTM", task.D, task.O, whole("GRU", task.D, H, task.O))


def ratio(record: Record, task: str, one: str, other: str) -> Interval:
    """Return the cost of `one` by that of `other`: geometric mean and 95 % interval, paired."""
    costs = [record.values("cost", task=task, network=network) for network in (one, other)]
    logarithms = np.log(costs[0] / costs[1])
    n, mean = len(logarithms), float(logarithms.mean())
    half = student_quantile(0.975, n - 1) * float(logarithms.std(ddof=1)) / math.sqrt(n)
    return Interval(*(math.exp(value) for value in (mean, mean - half, mean + half)))


def better(record: Record, one: str, other: str) -> list[str]:
    """Return the tasks in which the interval says that `one` has the lower cost."""
    return [task for task in record.settings["tasks"] if ratio(record, task, one, other).high < 1]


RATES, KEEPS, TUNING_SEEDS = (0.02, 0.04, 0.08), (0, 2, 5), (900, 901, 902)
"""What `tune` tries. At a rate of 0.16 some seeds learn nothing (recall), so it is left out."""


def tune(
    name: str,
    cell: str,
    rates: Sequence[float] = RATES,
    keeps: Sequence[float] = KEEPS,
    seeds: Sequence[int] = TUNING_SEEDS,
    updates: int = 600,
) -> dict[tuple[float, float], float]:
    """Try settings of a cell on a task and return the costs, their geometric mean over the seeds.

    The settings of claims 5 and 6 are those with the lowest mean. Each cell has as many parameters
    as the task's LSTM. For *few letters* the rates were an eighth of `RATES`: a network that
    learns faster learns 4000 letters by heart.
    """
    task, H = TASKS[name], _SIZES[name]
    size = size_for(cell, task.D, task.O, whole("LSTM", task.D, H, task.O))
    costs = {}
    for rate in rates:
        for keep in keeps:
            logs = [math.log(train(task, cell, size, s, updates, rate, keep)) for s in seeds]
            costs[rate, keep] = math.exp(sum(logs) / len(logs))
    return costs


def rule_5(record: Record) -> Verdict:
    """Judge "neither LSTM nor GRU is better in general", at equal parameters.

    A cell wins a task where the paired 95 % interval of the ratio of costs is clear of 1. The claim
    holds if each wins a task, or if no interval leaves 0.9 … 1.1. It does not hold if one wins and
    the other does not. Else the figures do not tell them apart, and that is what the verdict says.
    """
    tasks = list(record.settings["tasks"])
    lstm, gru = (
        better(record, "LSTM", SAME_PARAMETERS),
        better(record, SAME_PARAMETERS, "LSTM"),
    )
    spans = [ratio(record, task, "LSTM", SAME_PARAMETERS) for task in tasks]
    told = (
        f"with equally many parameters LSTM is better at {_listed(lstm)}, GRU at {_listed(gru)}, "
        f"of {len(tasks)} tasks"
    )
    if (lstm and gru) or all(span.low > 0.9 and span.high < 1.1 for span in spans):
        return Verdict(HOLDS, told)
    if lstm or gru:
        return Verdict(FAILS, told)
    return Verdict(HOLDS_IF, f"“not told apart” is enough: {told}")


def rule_6(record: Record) -> Verdict:
    """Judge "GRU has fewer parameters and for that reason often performs better".

    Three parts, at equal hidden size. *Fewer*: by count. *For that reason*: in more than half of
    the tasks in which GRU's cost is lower, its interval clear of 1, an LSTM with as few parameters
    beats the larger LSTM as well. *Often*: GRU wins so in more than half of the tasks. The claim
    holds with all three, holds if "often" means "sometimes" with the first two, and does not hold
    where fewer parameters are not the reason.
    """
    tasks = list(record.settings["tasks"])
    counts = [
        [record.values("parameters", task=task, network=network)[0] for task in tasks]
        for network in (SAME_SIZE, "LSTM")
    ]
    fewer = all(one < other for one, other in zip(*counts, strict=True))
    wins, reason = better(record, SAME_SIZE, "LSTM"), better(record, SMALL, "LSTM")
    told = (
        f"GRU has {'fewer' if fewer else 'not fewer'} parameters at equal size and is better at "
        f"{_listed(wins)}, of {len(tasks)} tasks; LSTM with as few parameters is better than the "
        f"larger LSTM at {_listed(reason)}"
    )
    if not fewer or not wins or len(set(wins) & set(reason)) <= len(wins) / 2:
        return Verdict(FAILS, told)
    if len(wins) > len(tasks) / 2:
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"“often” means “sometimes”: {told}")


def _listed(words: Sequence[str]) -> str:
    """Write words as "a, b and c", or "none"."""
    if not words:
        return "none"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


# --- claim 7 ---------------------------------------------------------------------------------


def experiment_7(seed: int, sizes: Sequence[Sequence[int]]) -> Figures:
    """Count the multiplications of one step, by formula and by running, for each (D, H).

    "LSTM" and "GRU of equal size" have H hidden units. "GRU of equal parameters" has as many as
    bring its layer nearest to the LSTM's parameters. No output layer.
    """
    figures: Figures = {}
    for D, H in sizes:
        wider = size_for("GRU", D, 0, whole("LSTM", D, H, 0))
        for network, size in (("LSTM", H), (SAME_SIZE, H), (SAME_PARAMETERS, wider)):
            cell, parts = network[:4].strip(), {"D": D, "H": H, "network": network}
            made = count_by_running(cell, D, size, np.random.default_rng(seed))
            figures[figure("parameters", **parts)] = parameters(cell, D, size)
            figures[figure("multiplications", **parts)] = multiplications(cell, D, size)
            figures[figure("multiplications made", **parts)] = made
    return figures


def rule_7(record: Record) -> Verdict:
    """Judge "GRU needs less computation for a step", by multiplications.

    Less is fewer than 95 % of the LSTM's, at every (D, H). The claim holds if that is so at equal
    size and at equal parameters, holds if … where at equal size alone, and does not hold otherwise.
    """
    shares = {}
    for network in (SAME_SIZE, SAME_PARAMETERS):
        shares[network] = [
            record.values("multiplications made", D=D, H=H, network=network)[0]
            / record.values("multiplications made", D=D, H=H, network="LSTM")[0]
            for D, H in record.settings["sizes"]
        ]
    equal_size, equal_parameters = (
        f"{100 * min(share):.0f} to {100 * max(share):.0f} %" for share in shares.values()
    )
    told = (
        f"of the LSTM's multiplications a step of a GRU makes {equal_size} at equal size, "
        f"{equal_parameters} at equal parameters"
    )
    less = [max(share) < 0.95 for share in shares.values()]
    if all(less):
        return Verdict(HOLDS, told)
    return (
        Verdict(HOLDS_IF, f"the hidden size is the same: {told}")
        if less[0]
        else (Verdict(FAILS, told))
    )


_SIZES = {"recall": 16, "brackets": 11, "letters": 32, "membrane": 12, "few letters": 32}
_CHOSEN: dict[str, dict[str, list[float]]] = {
    "recall": {"LSTM": [0.04, 5], "GRU": [0.08, 5], "MGU": [0.08, 5]},
    "brackets": {"LSTM": [0.08, 0], "GRU": [0.08, 0], "MGU": [0.08, 2]},
    "letters": {"LSTM": [0.08, 0], "GRU": [0.04, 0], "MGU": [0.04, 0]},
    "membrane": {"LSTM": [0.08, 0], "GRU": [0.08, 0], "MGU": [0.08, 2]},
    "few letters": {"LSTM": [0.005, 2], "GRU": [0.0025, 2]},
}
_TASKS: dict[str, dict[str, Any]] = {
    name: {"H": _SIZES[name], **_CHOSEN[name]}
    for name in ("recall", "brackets", "letters", "membrane")
}

register(
    Claim(
        number=5,
        statement="Neither LSTM nor GRU is better in general.",
        source="said of the two cells in introductory texts; Chung et al. 2014, arXiv:1412.3555, "
        "find no clear winner",
        lesson="08_gru",
        experiment=compare,
        rule=rule_5,
        settings={
            "tasks": _TASKS,
            "networks": ["LSTM", SAME_PARAMETERS, SAME_SIZE, MINIMAL],
            "updates": 600,
        },
        live_settings={
            "tasks": {name: _TASKS[name] for name in ("recall", "brackets")},
            "networks": ["LSTM", SAME_PARAMETERS],
        },
        seeds=tuple(range(12)),
    )
)

register(
    Claim(
        number=6,
        statement="GRU has fewer parameters and for that reason often performs better.",
        source="said of the GRU in introductory texts",
        lesson="08_gru",
        experiment=compare,
        rule=rule_6,
        settings={
            "tasks": {
                **_TASKS,
                "few letters": {"H": _SIZES["few letters"], **_CHOSEN["few letters"]},
            },
            "networks": ["LSTM", SAME_SIZE, SMALL],
            "updates": 600,
        },
        live_settings={"tasks": {"membrane": _TASKS["membrane"]}},
        seeds=tuple(range(20, 28)),
    )
)

register(
    Claim(
        number=7,
        statement="GRU needs less computation for a step.",
        source="said of the GRU in introductory texts",
        lesson="08_gru",
        experiment=experiment_7,
        rule=rule_7,
        settings={"sizes": [[8, 16], [64, 64], [128, 256], [27, 300]]},
        seeds=tuple(range(5)),
    )
)
