"""Measure the course's NumPy layers against torch: ``make bench``.

``python -m course.maintenance.bench [--only rnn] [--threads 2] [--rounds 20]`` prints ratios. The
contenders take turns on the same input, a few calls at a time; each round gives one ratio to the
reference, and the median of the rounds counts. A machine that slows down slows both. Before
anything is timed, the contenders' results are compared: they must do the same work.

NumPy's BLAS and torch have a pool of threads each, and one pool's idle threads go on spinning for
a moment while the other works. So every turn begins with calls that are not timed.

To add a benchmark, write a function that returns a `Contest` and decorate it with
``@benchmark("name")``. NumPy and torch are imported inside it, after the number of threads is set.
What cannot be repeated round after round, such as a whole training, measures itself and returns its
report as text. An argument that has the name of an option, such as `seeds`, is given its value.

``--only pairs --pairs my.tsv`` trains on sentence pairs of your own, any file that
`helpers.pairs.load_pairs` reads.
"""

from __future__ import annotations

import argparse
import inspect
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, TypeVar

THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Contest:
    """Contenders for the same piece of work.

    Attributes
    ----------
    title : str
        What is measured, sizes included.
    reference : str
        The contender that the others are compared with.
    contenders : dict of callables
        Each does the work once and returns a list of arrays, the same for all.
    goals : dict
        The highest ratio wanted of a contender, where there is one.
    tolerance : float
        How far the results may differ, relative to the largest entry of the reference's array.
    """

    title: str
    reference: str
    contenders: Mapping[str, Callable[[], Any]]
    goals: Mapping[str, float] = field(default_factory=dict)
    tolerance: float = 1e-4


@dataclass(frozen=True)
class Measurement:
    """One contender's time in units of the reference's, over the rounds, and in seconds."""

    ratio: float
    low: float
    high: float
    seconds: float


BENCHMARKS: dict[str, Callable[..., Contest | str]] = {}
Prepare = TypeVar("Prepare", bound=Callable[..., Contest | str])


def benchmark(name: str) -> Callable[[Prepare], Prepare]:
    """Enter a function that prepares a contest, or a report, under a name for ``--only``."""

    def enter(prepare: Prepare) -> Prepare:
        if name in BENCHMARKS:
            raise ValueError(f"benchmark: {name!r} is taken; choose another name")
        BENCHMARKS[name] = prepare
        return prepare

    return enter


def compare_results(contest: Contest) -> None:
    """Raise ValueError unless all contenders return the reference's arrays."""
    import numpy as np

    wanted = [np.asarray(array) for array in contest.contenders[contest.reference]()]
    for name, work in contest.contenders.items():
        got = [np.asarray(array) for array in work()]
        if [array.shape for array in got] != [array.shape for array in wanted]:
            raise ValueError(
                f"{contest.title}: {name} returns shapes {[a.shape for a in got]}, expected "
                f"{[a.shape for a in wanted]} as {contest.reference}; compare like with like"
            )
        for i, (one, other) in enumerate(zip(got, wanted, strict=True)):
            difference = float(np.abs(one - other).max() / np.abs(other).max())
            if not difference <= contest.tolerance:
                raise ValueError(
                    f"{contest.title}: array {i} of {name} differs from {contest.reference} by "
                    f"{difference:.1e} of its largest entry, expected at most "
                    f"{contest.tolerance:.0e}; they do not do the same work"
                )


def measure(
    contest: Contest,
    rounds: int = 20,
    calls: int = 8,
    warm_up: int = 3,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Measurement]:
    """Let the contenders take turns and return their ratios to the reference.

    Parameters
    ----------
    contest : Contest
        Who competes.
    rounds : int
        How often each has its turn; the order is reversed from round to round.
    calls : int
        Timed calls in a turn, of which the median counts.
    warm_up : int
        Calls at the beginning of a turn that are not timed.
    clock : callable
        Returns seconds.

    Returns
    -------
    dict of Measurement
        The median ratio, the bounds of its middle 80 %, and the median seconds of one call.
    """
    if rounds < 2:
        raise ValueError(f"measure: {rounds} round(s), expected at least 2; a spread needs two")
    turns: dict[str, list[float]] = {name: [] for name in contest.contenders}
    order = list(contest.contenders)
    for _ in range(rounds):
        for name in order:
            work = contest.contenders[name]
            for _ in range(warm_up):
                work()
            times = []
            for _ in range(calls):
                start = clock()
                work()
                times.append(clock() - start)
            turns[name].append(median(times))
        order.reverse()
    results = {}
    for name, seconds in turns.items():
        ratios = [own / other for own, other in zip(seconds, turns[contest.reference], strict=True)]
        tenths = quantiles(ratios, n=10, method="inclusive")
        results[name] = Measurement(median(ratios), tenths[0], tenths[-1], median(seconds))
    return results


def report(contest: Contest, results: Mapping[str, Measurement]) -> str:
    """Return a contest's ratios as a table, fastest first."""
    width = max(len(name) for name in results)
    lines = [
        contest.title,
        f"  {'ratio to ' + contest.reference:<{width + 8}}   middle 80 %    [time of one call]",
    ]
    for name, result in sorted(results.items(), key=lambda item: item[1].ratio):
        line = (
            f"  {name:<{width}}  {result.ratio:6.2f}   {result.low:5.2f} – {result.high:5.2f}"
            f"    [{1e3 * result.seconds:.1f} ms]"
        )
        if name in contest.goals:
            goal = contest.goals[name]
            line += f"   goal ≤ {goal:g}: {'met' if result.ratio <= goal else 'missed'}"
        lines.append(line)
    return "\n".join(lines)


# --- the benchmarks --------------------------------------------------------------------------


@benchmark("rnn")
def rnn_contest(T: int = 50, B: int = 32, D: int = 128, H: int = 256) -> Contest:
    """Prepare the RNN layer, forward and backward: readable NumPy, fast NumPy, torch."""
    import numpy as np
    import torch

    from course.claims import fast
    from helpers import rnn

    rng = np.random.default_rng(0)
    module = torch.nn.RNN(D, H, batch_first=True)
    W_xh, W_hh, b_h = (
        rng.uniform(-1, 1, size).astype(np.float32) / np.sqrt(np.float32(H))
        for size in ((H, D), (H, H), (H,))
    )
    parameters = list(module.parameters())  # torch's W_xh, W_hh and two biases, in this order
    zeros = np.zeros_like(b_h)
    with torch.no_grad():
        for parameter, array in zip(parameters, (W_xh, W_hh, b_h, zeros), strict=True):
            parameter.copy_(torch.tensor(array))
    x = rng.normal(size=(B, T, D)).astype(np.float32)
    h_0 = rng.normal(size=(B, H)).astype(np.float32)
    dh = rng.normal(size=(B, T, H)).astype(np.float32)
    x_torch = torch.tensor(x, requires_grad=True)
    h_0_torch = torch.tensor(h_0[None], requires_grad=True)
    dh_torch = torch.tensor(dh)
    wanted = (x_torch, h_0_torch, *parameters)

    def readable() -> list[Any]:
        h = rnn.rnn_layer(x, h_0, W_xh, W_hh, b_h)
        return [h, *rnn.rnn_layer_backward(dh, x, h_0, h, W_xh, W_hh)]

    def faster() -> list[Any]:
        h = fast.rnn_layer_fast(x, h_0, W_xh, W_hh, b_h)
        return [h, *fast.rnn_layer_backward_fast(dh, x, h_0, h, W_xh, W_hh)]

    def reference() -> list[Any]:
        h, _ = module(x_torch, h_0_torch)
        dx, dh_0, dW_xh, dW_hh, db_h, _ = torch.autograd.grad(h, wanted, dh_torch)
        return [h.detach(), dx, dh_0[0], dW_xh, dW_hh, db_h]  # both biases have one gradient

    return Contest(
        title=f"RNN layer, forward + backward · T {T}, B {B}, D {D}, H {H}, float32",
        reference="torch.nn.RNN",
        contenders={
            "NumPy, readable": readable,
            "NumPy, fast": faster,
            "torch.nn.RNN": reference,
        },
        goals={"NumPy, fast": 0.7},
    )


@benchmark("lstm")
def lstm_contest(T: int = 50, B: int = 32, D: int = 128, H: int = 256) -> Contest:
    """Prepare the LSTM layer, forward and backward: readable NumPy, fast NumPy, torch."""
    import numpy as np
    import torch

    from course.claims import fast
    from helpers import lstm

    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    module = torch.nn.LSTM(D, H, batch_first=True)
    parameters = list(module.parameters())
    weights = lstm.lstm_from_torch(*(tensor.detach().numpy() for tensor in parameters))
    x, h_0, c_0, dh = (
        rng.normal(size=size).astype(np.float32) for size in ((B, T, D), (B, H), (B, H), (B, T, H))
    )
    inputs = [torch.tensor(array, requires_grad=True) for array in (x, h_0[None], c_0[None])]
    dh_torch = torch.tensor(dh)

    def readable() -> list[Any]:
        states = lstm.lstm_layer(x, h_0, c_0, weights)
        *gradients, dweights = lstm.lstm_layer_backward(dh, x, h_0, c_0, states, weights)
        return [states.h, *gradients, *dweights]

    def faster() -> list[Any]:
        states = fast.lstm_layer_fast(x, h_0, c_0, weights)
        *gradients, dweights = fast.lstm_layer_backward_fast(dh, x, h_0, c_0, states, weights)
        return [states.h, *gradients, *dweights]

    def reference() -> list[Any]:
        h, _ = module(inputs[0], (inputs[1], inputs[2]))
        dx, dh_0, dc_0, *stacked = torch.autograd.grad(h, [*inputs, *parameters], dh_torch)
        gates = zip(*(array.chunk(4) for array in stacked[:3]), strict=True)  # i, f, g, o
        return [h.detach(), dx, dh_0[0], dc_0[0], *(array for gate in gates for array in gate)]

    return Contest(
        title=f"LSTM layer, forward + backward · T {T}, B {B}, D {D}, H {H}, float32",
        reference="torch.nn.LSTM",
        contenders={
            "NumPy, readable": readable,
            "NumPy, fast": faster,
            "torch.nn.LSTM": reference,
        },
        goals={"NumPy, fast": 1.5},
    )


@benchmark("gru")
def gru_contest(T: int = 50, B: int = 32, D: int = 128, H: int = 256) -> Contest:
    """Prepare the GRU layer, forward and backward: readable NumPy, fast NumPy, torch."""
    import numpy as np
    import torch

    from course.claims import fast
    from helpers import gru

    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    module = torch.nn.GRU(D, H, batch_first=True)
    parameters = list(module.parameters())
    x, h_0, dh = (
        rng.normal(size=size).astype(np.float32) for size in ((B, T, D), (B, H), (B, T, H))
    )
    sizes = [(H, D), (H, H), (H,)] * 3 + [(H,)]
    drawn = (rng.uniform(-1, 1, size=size) for size in sizes)
    weights = gru.GRUWeights(*(array.astype(np.float32) / np.float32(H**0.5) for array in drawn))
    with torch.no_grad():
        for parameter, array in zip(parameters, gru.gru_to_torch(weights), strict=True):
            parameter.copy_(torch.from_numpy(array))
    inputs = [torch.tensor(array, requires_grad=True) for array in (x, h_0[None])]
    dh_torch = torch.tensor(dh)

    def readable() -> list[Any]:
        states = gru.gru_layer(x, h_0, weights)
        *gradients, dweights = gru.gru_layer_backward(dh, x, h_0, states, weights)
        return [states.h, *gradients, *dweights]

    def faster() -> list[Any]:
        states = fast.gru_layer_fast(x, h_0, weights)
        *gradients, dweights = fast.gru_layer_backward_fast(dh, x, h_0, states, weights)
        return [states.h, *gradients, *dweights]

    def reference() -> list[Any]:
        h, _ = module(*inputs)
        dx, dh_0, *stacked = torch.autograd.grad(h, [*inputs, *parameters], dh_torch)
        gates = zip(*(array.chunk(3) for array in stacked[:3]), strict=True)  # r, z, n
        db_hn = stacked[3].chunk(3)[2]
        return [h.detach(), dx, dh_0[0], *(array for gate in gates for array in gate), db_hn]

    return Contest(
        title=f"GRU layer, forward + backward · T {T}, B {B}, D {D}, H {H}, float32",
        reference="torch.nn.GRU",
        contenders={
            "NumPy, readable": readable,
            "NumPy, fast": faster,
            "torch.nn.GRU": reference,
        },
        goals={"NumPy, fast": 0.85},
    )


@benchmark("shapes")
def shapes_report(T: int = 50, B: int = 32, D: int = 128, H: int = 256) -> str:
    """Measure what share of a training step the checks of shapes take, in fast and readable layers.

    The checks alone are timed by decorating a function that does nothing. A forward call looks for
    NaN and infinity, too, and so stands for more than a backward call.
    """
    import numpy as np

    from course.claims import fast
    from helpers import lstm
    from helpers.shapes import shapes

    rng = np.random.default_rng(0)
    sizes = ((B, T, D), (B, H), (B, H), (B, T, H))
    x, h_0, c_0, dh = (rng.normal(size=size).astype(np.float32) for size in sizes)
    stacked = ((4 * H, D), (4 * H, H), (4 * H,), (4 * H,))
    weights = lstm.lstm_from_torch(*(rng.normal(size=n).astype(np.float32) / 16 for n in stacked))
    state: dict[str, Any] = {"h_0": "B H", "c_0": "B H", "weights": lstm.WEIGHTS}

    @shapes(x="B T D", **state, finite=("x", "h_0", "c_0"))
    def layer_check(x: Any, h_0: Any, c_0: Any, weights: Any) -> None: ...

    @shapes(x="B D", **state, finite=("x", "h_0", "c_0"))
    def step_check(x: Any, h_0: Any, c_0: Any, weights: Any) -> None: ...

    def seconds(work: Callable[[], Any], calls: int) -> float:
        times = []
        for _ in range(calls):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return median(times)

    def training_step(forward: Any, backward: Any) -> None:
        backward(dh, x, h_0, c_0, forward(x, h_0, c_0, weights), weights)

    layer = seconds(lambda: layer_check(x, h_0, c_0, weights), 500)
    step = seconds(lambda: step_check(x[:, 0], h_0, c_0, weights), 500)
    lines = [
        f"Checks of shapes · LSTM layer, forward + backward · T {T}, B {B}, D {D}, H {H}, float32"
    ]
    for name, checks, layers in [
        ("NumPy, fast", 2 * layer, (fast.lstm_layer_fast, fast.lstm_layer_backward_fast)),
        ("NumPy, readable", 2 * (layer + T * step), (lstm.lstm_layer, lstm.lstm_layer_backward)),
    ]:
        whole = seconds(lambda layers=layers: training_step(*layers), 10)  # type: ignore[misc]
        lines.append(
            f"  {name:<15}  {100 * checks / whole:.2f} % of a training step    "
            f"[{1e6 * checks:.0f} µs of {1e3 * whole:.1f} ms]   goal ≤ 1 %: "
            f"{'met' if checks <= 0.01 * whole else 'missed'}"
        )
    return "\n".join(lines)


@benchmark("addition")
def addition_report(**changed: Any) -> str:
    """Train once to add numbers as text, and report the time beside the peer's.

    The experiment is that of the record ``data/results/addition.json``, with a seed that is not in
    it; `changed` replaces some of its settings. A step of torch.nn.LSTM, timed before and after,
    tells how fast the machine was meanwhile.
    """
    from course import claims
    from course.claims import addition as promise

    step = lstm_contest().contenders["torch.nn.LSTM"]

    def step_seconds(calls: int = 20) -> float:
        times = []
        for _ in range(calls):
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        return median(times)

    before = step_seconds()
    settings = {**claims.get("addition").settings, **changed}
    figures = promise.experiment_addition(1000, **settings)
    unit = (before + step_seconds()) / 2
    seconds, updates = figures["training seconds"], int(figures["updates"])
    share = figures["multiplications"] / promise.peer_multiplications()
    exact = ", ".join(f"{100 * e:.1f} % {name}" for name, e in promise.PEER_EXACT.items())
    low, high = promise.PEER_SECONDS
    return "\n".join(
        [
            f"Addition as text · encoder–decoder with attention, {updates:,} updates of "
            f"{settings['batch_size']} questions",
            f"  {100 * figures['exact match']:.1f} % exact on the test part    "
            f"[{seconds:.1f} s of training, {1e3 * seconds / updates:.1f} ms an update: "
            f"{seconds / updates / unit:.2f} steps of the LSTM layer above]",
            f"  {promise.PEER}, {promise.PEER_EPOCHS} epochs: {exact}    [{low}–{high} s of "
            "training, measured once with two threads]",
            f"  multiplications: {share:.2f} of its plain network's    time: "
            f"{'shorter' if seconds < low else 'not shorter'} than its {low} s",
        ]
    )


DATES_PEER = "Deep Learning from Scratch 2, chapter 8, attention"
DATES_PEER_SECONDS = 111  # three epochs to 99.9 %, without evaluating; two threads, measured once


def dates_peer_multiplications() -> int:
    """Return the multiplications in three epochs of the peer's network with attention.

    H = 256 units read S = 29 characters of width D = 16 and write T = 11 of V = 59; 45,000 pairs
    are an epoch.
    """
    H, D, S, T, V = 256, 16, 29, 11, 59
    pair = (S + T) * 4 * H * (D + H) + T * (2 * S * H + 2 * H * V)
    return 3 * pair * 45_000 * 3  # forward once, backward twice as many; three epochs


def train_dates(
    seed: int,
    hidden_size: int = 48,
    batch_size: int = 256,
    epochs: int = 2,
    learning_rate: float = 0.025,
    pairs: int | None = None,
) -> dict[str, float]:
    """Train once to write dates in ISO 8601, and test on dates that no training pair holds.

    The source is read in small letters and without spaces: words and signs whole, numbers two
    digits at a time (the peer reads characters). The target is written character by character.

    Parameters
    ----------
    seed : int
    hidden_size, batch_size, epochs, learning_rate
        Of `seq2seq.Encoder` and `AttentionDecoder`, and of `training.fit`.
    pairs : int, optional
        How many training pairs to use; all 45,000 without it.

    Returns
    -------
    dict
        exact match on test and validation part, seconds of training, updates, multiplications.
    """
    import re

    import numpy as np
    import torch

    from course.claims import addition as promise
    from helpers import decoding, metrics, seq2seq, text, training
    from helpers.corpora import dates

    def cut(source: str) -> list[str]:
        return re.findall(r"\d\d?|[^\W\d]+|[^\w\s]", source.lower())

    parts = {part: dates.load(part) for part in dates.SIZES}
    train = parts["train"][:pairs]
    reads = text.Vocabulary.from_sentences([cut(pair.source) for pair in train])
    writes = text.Vocabulary.from_sentences([pair.target for pair in train])
    sources = [reads.encode(cut(pair.source)) for pair in train]
    targets = [writes.encode(pair.target) for pair in train]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = seq2seq.Seq2Seq(
            seq2seq.Encoder(len(reads), hidden_size),
            seq2seq.AttentionDecoder(len(writes), hidden_size),
        )
        history = training.fit(
            model,
            seq2seq.PairBatches(sources, targets, batch_size, seed),
            seq2seq.next_token_loss,
            epochs=epochs,
            learning_rate=learning_rate,
            schedule=training.warm_up_then_decay(0.1),
            progress=False,
        )

    def exact_match(part: str) -> float:
        source, mask = text.pad(
            [reads.encode(cut(pair.source), unknown=text.UNK) for pair in parts[part]]
        )
        found = decoding.greedy(model, torch.from_numpy(source), torch.from_numpy(mask), 12)
        wanted = [list(pair.target) for pair in parts[part]]
        return metrics.exact_match([writes.decode(one.tokens) for one in found], wanted)

    S, T = float(np.mean([len(s) for s in sources])), len(targets[0]) + 1
    pair = promise.multiplications(hidden_size, len(writes), round(S), T)
    return {
        "test": exact_match("test"),
        "validation": exact_match("validation"),
        "seconds": history.seconds,
        "updates": len(history.losses),
        "multiplications": pair * len(train) * epochs,
    }


@benchmark("dates")
def dates_report(seeds: int | None = None, **changed: Any) -> str:
    """Train to write dates in ISO 8601, five times by default, beside the peer's time."""
    runs = {seed: train_dates(seed, **changed) for seed in range(1, 1 + (seeds or 5))}
    seconds = [run["seconds"] for run in runs.values()]
    share = next(iter(runs.values()))["multiplications"] / dates_peer_multiplications()
    goal = DATES_PEER_SECONDS / 10
    lines = ["Dates → ISO 8601 · encoder–decoder with attention, 45,000 training pairs"]
    lines += [
        f"  seed {seed}: {100 * run['test']:.2f} % exact on 2,500 dates held out    "
        f"[{run['seconds']:.1f} s of training, {run['updates']:,} updates]"
        for seed, run in runs.items()
    ]
    reached = sum(run["test"] >= 0.999 for run in runs.values())
    lines += [
        f"  99.9 % reached by {reached} of {len(runs)} seeds    goal < {goal:.1f} s: "
        f"{'met' if max(seconds) < goal else 'missed'} [{min(seconds):.1f} – {max(seconds):.1f} s]",
        f"  {DATES_PEER}: 99.9 % after 3 epochs    [{DATES_PEER_SECONDS} s of training, measured "
        "once with two threads]",
        f"  multiplications: {share:.3f} of its network's",
    ]
    return "\n".join(lines)


PAIRS_PEER = "the PyTorch tutorial's network, 80 epochs on 3,200 French → English pairs"
PAIRS_PEER_FIGURES = (54.0, 34.5, 264)  # BLEU, exact match in %, seconds with two threads


@benchmark("pairs")
def pairs_report(
    pairs: str | None = None,
    swap: bool = False,
    train_pairs: int = 3_200,
    seeds: int | None = None,
    members: int = 3,
    **changed: Any,
) -> str:
    """Train a translator on a file of sentence pairs, and score it on sentences held out.

    Its settings are the defaults of `train_translator`, but for the number of networks that write a
    translation together: `members`.
    """
    title = "Sentence pairs of your own · helpers.translator.train_translator"
    if pairs is None:
        return (
            f"{title}\n  left out: it needs a file, tab-separated, of a few thousand pairs "
            '(make bench ARGS="--only pairs --pairs my.tsv")'
        )
    from helpers import translator
    from helpers.pairs import load_pairs

    try:
        file = load_pairs(pairs, swap=swap)
    except (OSError, ValueError) as error:
        raise SystemExit(f"bench: {error}") from None
    train = file.train[: train_pairs or None]
    lines = [
        f"{title} · {file.report.name}: {len(train):,} pairs to train on, "
        f"{len(file.validation):,} to choose the weights by, {len(file.test):,} held out; no "
        f"source in two of them; {members} network(s) together",
        f"  from {train[0][0]!r} to {train[0][1]!r}; --swap for the other direction",
    ]
    for seed in range(1, 1 + (seeds or 1)):
        start = time.perf_counter()
        made = translator.train_translator(
            train, file.validation, members=members, seed=seed, progress=False, **changed
        )
        seconds = time.perf_counter() - start
        score = made.evaluate(file.test, casefold=True)
        low, high = score.bleu_interval
        lines.append(
            f"  seed {seed}: BLEU {score.bleu:.1f} ({low:.1f} – {high:.1f}), exact match "
            f"{100 * score.exact_match:.1f} %    [{seconds:.0f} s of training]"
        )
    bleu, exact, peer_seconds = PAIRS_PEER_FIGURES
    lines.append(
        f"  {PAIRS_PEER}: BLEU {bleu}, exact match {exact} %    [{peer_seconds} s of training, "
        "measured once with two threads; on other pairs both figures are others]"
    )
    return "\n".join(lines)


# --- command line ----------------------------------------------------------------------------


def _options_for(prepare: Callable[..., Any], options: argparse.Namespace) -> dict[str, Any]:
    """Return the options that a benchmark has an argument for."""
    arguments = inspect.signature(prepare).parameters
    return {name: value for name, value in vars(options).items() if name in arguments}


def _threads_are_set(threads: int) -> bool:
    return all(os.environ.get(name) == str(threads) for name in THREAD_SETTINGS)


def main(arguments: Iterable[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m course.maintenance.bench",
        description="Print how long the course's layers take, in units of torch's time.",
    )
    parser.add_argument("--only", metavar="NAME", help=f"one of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--threads", type=int, default=2, help="threads of NumPy and of torch")
    parser.add_argument("--rounds", type=int, default=20, help="how often each has its turn")
    parser.add_argument("--pairs", metavar="PATH", help="pairs: a tab-separated file")
    parser.add_argument("--swap", action="store_true", help="pairs: column 2 is the source")
    parser.add_argument(
        "--train-pairs",
        type=int,
        default=3_200,
        metavar="N",
        help="pairs: how many to train on at most; 0 for all (default 3,200)",
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="dates, pairs: how many trainings")
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(given)
    if options.only is not None and options.only not in BENCHMARKS:
        known = ", ".join(BENCHMARKS)
        print(f"bench: {options.only!r} is no benchmark, expected one of: {known}", file=sys.stderr)
        return 2
    if options.rounds < 2 or options.threads < 1:
        print("bench: expected at least 2 rounds and 1 thread", file=sys.stderr)
        return 2
    if not _threads_are_set(options.threads):
        # NumPy's BLAS reads the number of threads when it is loaded: start again with it set.
        settings = dict.fromkeys(THREAD_SETTINGS, str(options.threads))
        command = [sys.executable, "-m", "course.maintenance.bench", *given]
        return subprocess.run(command, env={**os.environ, **settings}).returncode

    import numpy as np
    import torch

    torch.set_num_threads(options.threads)
    print(
        f"{options.threads} thread(s) of {os.cpu_count()} · numpy {np.__version__}, "
        f"torch {torch.__version__}, Python {platform.python_version()}"
    )
    for name, prepare in BENCHMARKS.items():
        if options.only in (None, name):
            prepared = prepare(**_options_for(prepare, options))
            if isinstance(prepared, Contest):
                compare_results(prepared)
                prepared = report(prepared, measure(prepared, rounds=options.rounds))
            print("\n" + prepared, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
