"""Claims 5, 6 and 7, measured in lesson 08: LSTM or GRU, at equal parameters and at equal size.

Four tasks ask different things of a memory. *Recall*: name the first symbol after noise.
*Brackets*: which of three kinds of brackets are open, in texts longer than those of training?
*Letters*: the next letter of Python's documentation. *Membrane*: the next value of a recording.
Each has a measure, the less the better (`gru_networks.TASKS`): updates until recall is learnt,
wrong answers on brackets, the loss on the others. Two networks are compared by its ratio.

The networks are this package's NumPy layers, trained with Adam. Weights start as torch's do; the
bias of the gate that keeps (LSTM's forget gate, GRU's update gate) is raised by a number that was
chosen, as was the learning rate, for each task and network, on validation data and other seeds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from course.claims.gru_networks import (
    LEARNT,
    TASKS,
    Task,
    brackets,
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
    HOLDS_WITHIN,
    Claim,
    Figures,
    Interval,
    Record,
    Verdict,
    difference,
    figure,
    listed,
    register,
)
from course.claims.trials import Grid, Trial

Array = npt.NDArray[Any]

# --- claims 5 and 6 --------------------------------------------------------------------------

SAME_SIZE, SAME_PARAMETERS, SMALL = "GRU of equal size", "GRU of equal parameters", "smaller LSTM"


def compare(seed: int, tasks: Mapping[str, Mapping[str, Any]], part: str) -> Figures:
    """Train several networks on several tasks, each from the same seed, and measure them on `part`.

    `tasks` gives for each task the LSTM's hidden size, the updates, and for each network its
    learning rate and what the bias of its keeping gate starts with.
    """
    figures: Figures = {}
    for name, how in tasks.items():
        task = TASKS[name]
        for network, start in how["networks"].items():
            cell, H = network_of(network, task, how["H"])
            outcome = train(task, cell, H, seed, how["updates"], **start, part=part)
            parts = {"task": name, "network": network}
            figures[figure("parameters", **parts)] = whole(cell, task.D, H, task.O)
            figures[figure("cost", **parts)] = outcome.cost
            figures[figure("wrong", **parts)] = outcome.wrong
            if task.measure == "updates until learnt":
                figures[figure(task.measure, **parts)] = outcome.needed
                figures[figure("learnt", **parts)] = int(outcome.wrong < LEARNT)
    return figures


def network_of(network: str, task: Task, H: int) -> tuple[str, int]:
    """Return cell and hidden size of a network, for an LSTM of hidden size H.

    The LSTM sets the measure: the "GRU of equal parameters" comes as near to its number of
    parameters as a hidden size can, the "GRU of equal size" has its hidden size, and so fewer
    parameters; the "smaller LSTM" has as few as that one.
    """
    if network == "LSTM":
        return "LSTM", H
    if network == SAME_SIZE:
        return "GRU", H
    if network == SAME_PARAMETERS:
        return "GRU", size_for("GRU", task.D, task.O, whole("LSTM", task.D, H, task.O))
    return "LSTM", size_for("LSTM", task.D, task.O, whole("GRU", task.D, H, task.O))


def measured(record: Record, task: str, network: str) -> Array:
    """Return a network's values of a task's measure, one for each seed; the less the better."""
    return record.values(TASKS[task].measure, task=task, network=network)


def ratio(record: Record, task: str, one: str, other: str) -> Interval:
    """Return the measure of `one` by that of `other`: geometric mean, and Welch's 95 % interval."""
    logs = [np.log(measured(record, task, network)) for network in (one, other)]
    span = difference(logs[0], logs[1])
    return Interval(*(math.exp(value) for value in (span.mean, span.low, span.high)))


def better(record: Record, one: str, other: str) -> list[str]:
    """Return the tasks in which the interval says that `one` is better."""
    return [task for task in record.settings["tasks"] if ratio(record, task, one, other).high < 1]


def rule_5(record: Record) -> Verdict:
    """Judge "neither LSTM nor GRU is better in general".

    A cell wins a task where Welch's 95 % interval of the ratio of their measures, by logarithms, is
    clear of 1. The claim holds if each wins a task at equal parameters and each at equal size, or
    if all intervals lie within 0.9 … 1.1. If each wins a task in one of the two comparisons alone,
    it holds within that one. It does not hold if in neither.
    """
    tasks = list(record.settings["tasks"])
    told, both, level = {}, [], True
    for network, name in ((SAME_PARAMETERS, "equal parameters"), (SAME_SIZE, "equal size")):
        lstm, gru = better(record, "LSTM", network), better(record, network, "LSTM")
        spans = [ratio(record, task, "LSTM", network) for task in tasks]
        level = level and all(span.low > 0.9 and span.high < 1.1 for span in spans)
        told[name] = f"LSTM better at {listed(lstm)}, GRU at {listed(gru)}"
        both += [name] if lstm and gru else []
    if level:
        return Verdict(HOLDS, f"no difference beyond a tenth at any of {len(tasks)} tasks")
    if len(both) == 1:
        (other,) = set(told) - set(both)
        beside = f"; at {other} {told[other].replace(' better', '')}"
        reason = f"{both[0]}: {told[both[0]]}"
        return Verdict(HOLDS_WITHIN, reason + (beside if len(reason + beside) < 105 else ""))
    parameters_, size = told.values()
    same = f"{parameters_}; so at equal size" if parameters_ == size else parameters_
    return Verdict(HOLDS if both else FAILS, f"at equal parameters {same}")


def rule_6(record: Record) -> Verdict:
    """Judge "GRU has fewer parameters and for that reason often performs better".

    Three parts, at equal hidden size. *Fewer*: by count. *For that reason*: in more than half of
    the tasks in which the GRU is better, by Welch's interval as in `rule_5`, an LSTM with as few
    parameters is better than the larger LSTM as well. *Often*: the GRU is better in more than half
    of the tasks. The claim holds with all three, holds within the tasks that the GRU wins with the
    first two, and does not hold where fewer parameters are not the reason.
    """
    tasks = list(record.settings["tasks"])
    counts = [
        [record.values("parameters", task=task, network=network)[0] for task in tasks]
        for network in (SAME_SIZE, "LSTM")
    ]
    fewer = all(one < other for one, other in zip(*counts, strict=True))
    wins, reason = better(record, SAME_SIZE, "LSTM"), better(record, SMALL, "LSTM")
    told = f"better at {listed(wins)} of {len(tasks)} tasks, an LSTM as small at {listed(reason)}"
    if not fewer or not wins or len(set(wins) & set(reason)) <= len(wins) / 2:
        return Verdict(FAILS, f"the GRU is {told}")
    if len(wins) > len(tasks) / 2:
        return Verdict(
            HOLDS, f"better at {listed(wins)}; an LSTM as small at {len(reason)} of these"
        )
    both = len(set(wins) & set(reason))
    return Verdict(HOLDS_WITHIN, f"{listed(wins)}; an LSTM as small is better at {both} of these")


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
            f"a layer of equal size, no output layer: {equal_size} of the LSTM's products; at "
            f"equal parameters {equal_parameters}",
        )
    return Verdict(FAILS, f"{equal_size} of the LSTM's multiplications at equal size")


# --- attempts to overturn the verdicts -------------------------------------------------------


def with_short_brackets(seed: int, **settings: Any) -> Figures:
    """Run `compare` with brackets that are no longer held out than in training."""
    short = TASKS["brackets"]._replace(draw=lambda count, rng, part: brackets(count, rng, "train"))
    with mock.patch.dict(TASKS, brackets=short):
        return compare(seed, **settings)


def with_dear_tanh(seed: int, **settings: Any) -> Figures:
    """Run experiment 7 and count each σ and each tanh as twenty multiplications."""
    figures = experiment_7(seed, **settings)
    for name, made in list(figures.items()):
        if name.startswith("tanh made"):
            figures[name.replace("tanh", "multiplications", 1)] += 20 * made
    return figures


def with_words(seed: int, inputs: Sequence[int], sizes: Sequence[int]) -> Figures:
    """Run experiment 7 and count the product with an output layer for 10,000 words as well."""
    figures = experiment_7(seed, inputs, sizes)
    for D, H in itertools.product(inputs, sizes):
        wider = size_for("GRU", D, 0, whole("LSTM", D, H, 0))
        for network, units in (("LSTM", H), (SAME_SIZE, H), (SAME_PARAMETERS, wider)):
            figures[figure("multiplications made", D=D, H=H, network=network)] += 10_000 * units
    return figures


# --- settings --------------------------------------------------------------------------------

_Start = tuple[float, float]  # learning rate, bias of the keeping gate


def _task(H: int, updates: int, **starts: _Start) -> dict[str, Any]:
    """Return a task's settings: `lstm`, `equal`, `size` and `small` say how the networks start."""
    names = {"lstm": "LSTM", "equal": SAME_PARAMETERS, "size": SAME_SIZE, "small": SMALL}
    networks = {names[one]: {"rate": r, "keep": keep} for one, (r, keep) in starts.items()}
    return {"H": H, "updates": updates, "networks": networks}


_TASKS = {
    "recall": _task(16, 300, lstm=(0.02, 5), equal=(0.16, 2), size=(0.16, 2), small=(0.01, 5)),
    "brackets": _task(11, 1200, lstm=(0.08, 1), equal=(0.16, 1), size=(0.16, 1), small=(0.08, 1)),
    "letters": _task(32, 1200, lstm=(0.04, 1), equal=(0.04, 1), size=(0.04, 1)),
    "membrane": _task(12, 600, lstm=(0.08, 1), equal=(0.16, 1), size=(0.16, 1), small=(0.08, 1)),
    "few letters": _task(32, 600, lstm=(0.005, 1), size=(0.0025, 1), small=(0.005, 1)),
}
_RATES = {
    "recall": (0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32),
    "brackets": (0.02, 0.04, 0.08, 0.16, 0.32),
    "letters": (0.01, 0.02, 0.04, 0.08, 0.16),
    "membrane": (0.02, 0.04, 0.08, 0.16, 0.32),
    "few letters": (0.00125, 0.0025, 0.005, 0.01, 0.02),
}
_KEEPS = (-2, 0, 2, 5, 8)
_SEEDS = {"recall": 4, "brackets": 3}  # of the grids; 2 for the other tasks


def _of(tasks: Sequence[str], networks: Sequence[str]) -> dict[str, Any]:
    """Return the settings of some tasks, with some networks alone."""
    return {
        task: {
            **_TASKS[task],
            "networks": {name: _TASKS[task]["networks"][name] for name in networks},
        }
        for task in tasks
    }


def _grid(task: str, network: str, what: str) -> Grid:
    """Return the grid of a network's "rate" or "keep" on a task."""
    return Grid(
        f"{what} of the {network}, {task}",
        f"tasks/{task}/networks/{network}/{what}",
        _RATES[task] if what == "rate" else _KEEPS,
        figure(TASKS[task].measure, task=task, network=network),
        least=True,
        keep={"tasks": [task], f"tasks/{task}/networks": [network]},
        changes={"part": "validation"},
        seeds=tuple(range(100, 100 + _SEEDS.get(task, 2))),
    )


_CONDITIONS = {
    "task": "recall over 20 steps; three kinds of brackets, trained on 40 symbols, tested on 160; "
    "the next letter of Python's documentation, of 32; the next value of a recording, 1 ms on",
    "training": "one layer and a linear output; Adam, 32 new sequences an update, clipped to norm "
    "1, the rate falls to zero; 300 updates (recall), 1200 (brackets, letters), 600 (the others)",
    "measure": "recall: updates until under 5 % of 256 held-out answers are wrong and stay so; "
    "brackets: wrong answers; else the loss; 256 test sequences",
}
_FIVE = ("LSTM", SAME_PARAMETERS, SAME_SIZE)
_SIX = ("LSTM", SAME_SIZE, SMALL)
_THREE = ("LSTM", SAME_SIZE, SAME_PARAMETERS)
_TASKS_5 = ("recall", "brackets", "letters", "membrane")
_TASKS_6 = ("recall", "brackets", "membrane", "few letters")
_OTHERS = tuple(range(200, 208))
"""Seeds of the challenges, as many as the intervals of the records have."""
_WON = {"tasks": ["brackets", "letters"]}

register(
    Claim(
        number=5,
        statement="Neither LSTM nor GRU is better in general.",
        source="said of the two cells in introductory texts; Chung et al. 2014, arXiv:1412.3555, "
        "find no clear winner",
        lesson="08_gru",
        experiment=compare,
        rule=rule_5,
        conditions={
            **_CONDITIONS,
            "arms": "LSTM of H = 16, 11, 32, 12 units (685 to 8571 parameters); GRU with as many "
            "parameters; GRU with as many units",
            "tuned": "for each task and network the rate, by factors of two, on validation data "
            "and other seeds; biases of forget and update gate start at 1, tuned for recall",
            "seeds": "eight; ratios by Welch's interval of logarithms",
        },
        decides=tuple(
            figure(TASKS[task].measure, task=task, network=network)
            for task in ("recall", "brackets", "letters")
            for network in _FIVE[:2]
        ),
        grids=(
            *(_grid(task, network, "rate") for task in _TASKS_5 for network in _FIVE),
            *(_grid("recall", network, "keep") for network in _FIVE[:2]),
        ),
        settings={"tasks": _of(_TASKS_5, _FIVE), "part": "test"},
        trials=(
            Trial(
                "twice the updates",
                {"tasks/brackets/updates": 2400, "tasks/letters/updates": 2400},
                keep=_WON,
                seeds=_OTHERS,
            ),
            Trial(
                "twice the units",
                {"tasks/brackets/H": 22, "tasks/letters/H": 64},
                keep=_WON,
                seeds=_OTHERS,
            ),
            Trial(
                "brackets no longer in the test than in training",
                keep=_WON,
                seeds=_OTHERS,
                experiment=with_short_brackets,
            ),
        ),
        live_settings={"tasks": _of(("recall", "brackets"), _FIVE[:2])},
        tolerance=0.01,  # of wrong answers: two or three of 256
        seeds=tuple(range(8)),
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
        conditions={
            **_CONDITIONS,
            "arms": "LSTM; GRU of its size, with a quarter fewer parameters; LSTM with as few; "
            "with *few letters* all 600 updates read the same 4000 letters",
            "tuned": "as for claim 5, whose rates stay; the smaller LSTM's and those of few "
            "letters are its own",
            "seeds": "eight others; ratios by Welch's interval of logarithms",
        },
        decides=tuple(
            figure(TASKS[task].measure, task=task, network=network)
            for task in ("recall", "few letters")
            for network in _SIX
        ),
        grids=(
            *(_grid(task, SMALL, "rate") for task in _TASKS_6),
            *(_grid("few letters", network, "rate") for network in _SIX[:2]),
        ),
        settings={"tasks": _of(_TASKS_6, _SIX), "part": "test"},
        trials=(
            Trial(
                "few letters learnt by heart: a rate of 0.02 for all, and thrice the updates",
                {
                    "tasks/few letters/updates": 1800,
                    **{f"tasks/few letters/networks/{one}/rate": 0.02 for one in _SIX},
                },
                keep={"tasks": ["recall", "few letters"]},
                seeds=_OTHERS,
            ),
            Trial(
                "twice the units where the data are few or noisy",
                {"tasks/membrane/H": 24, "tasks/few letters/H": 64},
                keep={"tasks": ["membrane", "few letters"]},
                seeds=_OTHERS,
            ),
            Trial(
                "no rate of its own for any network, but the LSTM's",
                {
                    f"tasks/{task}/networks/{one}/rate": _TASKS[task]["networks"]["LSTM"]["rate"]
                    for task in _TASKS_6
                    for one in _SIX
                },
                seeds=_OTHERS,
            ),
        ),
        live_settings={"tasks": _of(("membrane",), _SIX)},
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
        trials=(
            Trial(
                "σ and tanh that cost as much as twenty multiplications, in small layers",
                {"inputs": [1, 8], "sizes": [16, 32]},
                experiment=with_dear_tanh,
                decides=tuple(
                    figure("multiplications made", D=8, H=32, network=network) for network in _THREE
                ),
            ),
            Trial(
                "a step of a language model, with an output layer for 10,000 words",
                {"inputs": [64, 256], "sizes": [64, 256]},
                experiment=with_words,
            ),
            Trial(
                "layers of 1 to 4 units",
                {"inputs": [1], "sizes": [1, 2, 3, 4]},
                decides=tuple(
                    figure("multiplications made", D=1, H=1, network=network) for network in _THREE
                ),
            ),
        ),
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
            figure("multiplications made", D=64, H=64, network=network) for network in _THREE
        ),
    )
)
