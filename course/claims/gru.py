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

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from course.claims.gru_networks import (
    TASKS,
    Task,
    count_by_running,
    multiplications,
    parameters,
    size_for,
    train,
    whole,
)
from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    figure,
    listed,
    register,
    student_quantile,
)

Array = npt.NDArray[Any]

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
        f"with equally many parameters LSTM is better at {listed(lstm)}, GRU at {listed(gru)}, "
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
        f"{listed(wins)}, of {len(tasks)} tasks; LSTM with as few parameters is better than the "
        f"larger LSTM at {listed(reason)}"
    )
    if not fewer or not wins or len(set(wins) & set(reason)) <= len(wins) / 2:
        return Verdict(FAILS, told)
    if len(wins) > len(tasks) / 2:
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"“often” means “sometimes”: {told}")


# --- claim 7 ---------------------------------------------------------------------------------


def experiment_7(seed: int, inputs: Sequence[int], sizes: Sequence[int]) -> Figures:
    """Count what one step computes, by formula and by running, for D of `inputs`, H of `sizes`.

    "LSTM" and "GRU of equal size" have H hidden units. "GRU of equal parameters" has as many as
    bring its layer nearest to the LSTM's parameters. No output layer. The formula: each entry of
    a cell's matrices is multiplied once, 4 (HD + HH) and 3 (HD + HH); both cells have three
    products entry by entry, 3H. So at equal size the share is (3 (D + H) + 3) / (4 (D + H) + 3),
    just above 3/4, and at 9/11 where D = H = 1; at equal parameters it is 1, but for rounding.
    """
    figures: Figures = {}
    for D, H in itertools.product(inputs, sizes):
        wider = size_for("GRU", D, 0, whole("LSTM", D, H, 0))
        for network, size in (("LSTM", H), (SAME_SIZE, H), (SAME_PARAMETERS, wider)):
            cell, parts = network[:4].strip(), {"D": D, "H": H, "network": network}
            figures[figure("parameters", **parts)] = parameters(cell, D, size)
            figures[figure("multiplications", **parts)] = multiplications(cell, D, size)
            for what in ("multiplications", "tanh"):
                made = count_by_running(cell, D, size, np.random.default_rng(seed), what)
                figures[figure(f"{what} made", **parts)] = made
    return figures


def shares(record: Record, network: str, what: str = "multiplications") -> list[float]:
    """Return what a network's step makes by what the LSTM's makes, for each D and H."""
    pairs = itertools.product(record.settings["inputs"], record.settings["sizes"])
    return [
        float(
            record.values(f"{what} made", D=D, H=H, network=network)[0]
            / record.values(f"{what} made", D=D, H=H, network="LSTM")[0]
        )
        for D, H in pairs
    ]


def rule_7(record: Record) -> Verdict:
    """Judge "GRU needs less computation for a step", by multiplications.

    Less is fewer than 95 % of the LSTM's, at every (D, H). The claim holds if that is so at equal
    size and at equal parameters, holds within … where at equal size alone, and does not hold
    otherwise.
    """
    made = [shares(record, network) for network in (SAME_SIZE, SAME_PARAMETERS)]
    equal_size, equal_parameters = (
        f"{100 * min(each):.0f} to {100 * max(each):.0f} %" for each in made
    )
    less = [max(each) < 0.95 for each in made]
    if all(less):
        return Verdict(HOLDS, f"{equal_size} of the LSTM's multiplications at equal size")
    if less[0]:
        return Verdict(
            HOLDS_WITHIN,
            f"equal hidden size: {equal_size} of the LSTM's multiplications; at equal parameters "
            f"{equal_parameters}",
        )
    return Verdict(FAILS, f"{equal_size} of the LSTM's multiplications at equal size")


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
        settings={"inputs": [1, 8, 64, 256, 1024], "sizes": [16, 64, 256, 1024]},
        live_settings={"inputs": [1, 8, 64], "sizes": [16, 64]},
        seeds=tuple(range(5)),
        conditions={
            "counted": "one step of one sequence, without an output layer: multiplications of "
            "arrays, and evaluations of tanh (σ is one, too), by formula and by running",
            "arms": "LSTM of H units; GRU of H units; GRU with as many units as bring it nearest "
            "to the LSTM's parameters",
            "sizes": "D 1 to 1024, H 16 to 1024, twenty pairs",
            "by formula": "LSTM 4 (HD + HH) + 3H multiplications and 5H of tanh, GRU "
            "3 (HD + HH) + 3H and 3H; time is not measured, it depends on the program",
        },
        decides=tuple(
            figure("multiplications made", D=64, H=64, network=network)
            for network in ("LSTM", SAME_SIZE, SAME_PARAMETERS)
        ),
    )
)
