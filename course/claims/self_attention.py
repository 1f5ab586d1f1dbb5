"""Claims 18 to 21, measured in lesson 12."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_IF,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

# --- what the claims share -------------------------------------------------------------------


def train(
    model: nn.Module, batches: Sequence[Any], loss: Callable[..., Tensor], rate: float
) -> list[float]:
    """Train once over the batches with Adam, a short rise and a long fall of the rate."""
    from helpers import training

    history = training.fit(
        model,
        lambda epoch: batches,
        loss,
        epochs=1,
        learning_rate=rate,
        schedule=training.warm_up_then_decay(),
        progress=False,
    )
    return history.losses


# --- claim 18 --------------------------------------------------------------------------------

DIVIDED, PLAIN, SMALL = "divided", "not divided", "not divided, smaller start"
"""Ways to scale scores: by √d_k; not at all; not at all, from weights that give the same scores."""


def fresh_scores(d_k: int, S: int, rows: int, seed: int) -> Figures:
    """Measure scores of random queries and keys, and what softmax makes of them.

    Entries of queries and keys are independent, of mean 0 and variance 1. Each query has S keys.
    For the scores as they are and divided by √d_k:

    - "variance": of the scores;
    - "entropy": of the weights, as a share of that of equal weights, ln S;
    - "slope at scores": norm of softmax's Jacobian, of a typical query (the median);
    - "slope at queries": norm of the Jacobian from the query itself to the weights, the median and
      the mean over the queries.
    """
    import torch

    figures: Figures = {}
    generator = torch.Generator().manual_seed(seed)
    query = torch.randn(rows, d_k, dtype=torch.float64, generator=generator)
    key = torch.randn(rows, S, d_k, dtype=torch.float64, generator=generator)
    dots = torch.einsum("nd,nsd->ns", query, key)
    for scaling, factor in ((PLAIN, 1.0), (DIVIDED, 1 / math.sqrt(d_k))):
        scores = factor * dots
        weights = scores.softmax(dim=-1)  # (rows, S)
        entropy = -torch.special.xlogy(weights, weights).sum(dim=-1)
        jacobian = torch.diag_embed(weights) - weights[:, :, None] * weights[:, None, :]
        at_scores = jacobian.flatten(1).norm(dim=1)
        at_query = (factor * jacobian @ key).flatten(1).norm(dim=1)
        parts = {"d_k": d_k, "scores": scaling}
        figures[figure("variance", **parts)] = float(scores.var())
        figures[figure("entropy", **parts)] = float(entropy.mean()) / math.log(S)
        figures[figure("slope at scores", **parts)] = float(at_scores.median())
        figures[figure("slope at queries", **parts)] = float(at_query.median())
        figures[figure("mean slope at queries", **parts)] = float(at_query.mean())
    return figures


def look_up(d_k: int, scaling: str, V: int, D: int) -> nn.Module:
    """Return a network that learns to look up: one head of attention, then a score a symbol.

    The weights begin so that queries and keys have entries of variance 1, as the claim supposes.
    With `SMALL` they begin smaller by d_k^(1/4) each, so that the scores begin as divided ones do.
    """
    from torch import nn

    class LookUp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.names, self.contents = nn.Embedding(V, D), nn.Embedding(V, D)
            self.query, self.key = (nn.Linear(D, d_k, bias=False) for _ in range(2))
            self.value, self.output = nn.Linear(D, D), nn.Linear(D, V)
            for layer in (self.query, self.key):
                nn.init.normal_(layer.weight, std=D**-0.5)
                if scaling == SMALL:
                    layer.weight.data /= d_k**0.25

        def forward(self, asked: Tensor, names: Tensor, contents: Tensor) -> tuple[Tensor, Tensor]:
            # Both tables begin with entries of variance 1; their sum, halved, has it again.
            source = (self.names(names) + self.contents(contents)) / math.sqrt(2)  # (B, S, D)
            query = self.query(self.names(asked))[:, None]  # (B, 1, d_k)
            scores = query @ self.key(source).transpose(1, 2)  # (B, 1, S)
            if scaling == DIVIDED:
                scores = scores / math.sqrt(d_k)
            context = scores.softmax(dim=-1) @ self.value(source)  # (B, 1, D)
            return self.output(context[:, 0]), scores[:, 0]

    return LookUp()


def look_up_batches(steps: int, B: int, S: int, V: int, seed: int) -> list[Any]:
    """Draw batches (asked, names, contents, wanted): S pairs of a name and its content, a name."""
    import torch

    rng = np.random.default_rng([18, seed])
    batches = []
    for _ in range(steps):
        names = np.argsort(rng.random((B, V)), axis=1)[:, :S]  # S different ones
        contents = rng.integers(0, V, size=(B, S))
        place = rng.integers(0, S, size=B)
        rows = np.arange(B)
        arrays = names[rows, place], names, contents, contents[rows, place]
        batches.append(tuple(torch.from_numpy(array) for array in arrays))
    return batches


def trained_look_up(
    seed: int, d_k: int, scaling: str, rate: float, steps: int, B: int, S: int, V: int, D: int
) -> Figures:
    """Train one network to look up; return loss, share right and variance of its scores."""
    import torch
    from torch.nn import functional as F

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = look_up(d_k, scaling, V, D)
        losses = train(
            model,
            look_up_batches(steps, B, S, V, seed),
            lambda model, batch: F.cross_entropy(model(*batch[:3])[0], batch[3]),
            rate,
        )
        [(*given, wanted)] = look_up_batches(1, 1000, S, V, 10_000 + seed)
        with torch.no_grad():
            answers, scores = model(*given)
    return {
        "right": float((answers.argmax(dim=1) == wanted).double().mean()),
        "loss": float(np.mean(losses)),
        "variance": float(scores.var()),
    }


def experiment_18(
    seed: int,
    fresh: Sequence[int],
    trained: Sequence[int],
    rates: Sequence[float],
    S: int,
    rows: int,
    task: dict[str, int],
) -> Figures:
    """Measure scores of random queries and keys, then train with each scaling and each rate."""
    figures: Figures = {}
    for d_k in fresh:
        figures |= fresh_scores(d_k, S, rows, seed)
    for d_k in trained:
        for scaling in (DIVIDED, PLAIN, SMALL):
            for rate in rates:
                parts = {"d_k": d_k, "scores": scaling, "rate": float(rate)}
                for name, value in trained_look_up(seed, d_k, scaling, rate, S=S, **task).items():
                    figures[figure(f"trained {name}", **parts)] = value
    return figures


def best_rate(record: Record, d_k: int, scaling: str) -> float:
    """Return the learning rate with the lowest mean training loss over the seeds."""

    def loss(rate: float) -> float:
        return float(
            record.values("trained loss", d_k=d_k, scores=scaling, rate=float(rate)).mean()
        )

    return float(min(record.settings["rates"], key=loss))


def rule_18(record: Record) -> Verdict:
    """Judge "division by √d_k normalises the scores".

    *Normalises* means a variance between 0.9 and 1.1 at every d_k, where without division it is off
    by more than half at every d_k. If that is not so for random queries and keys, the claim does
    not hold. If it is so there and in the trained network, it holds. If there alone, it holds for
    the beginning of training. What happens without is told in the reason, each network at its best
    rate.
    """
    scaled = [
        record.values("variance", d_k=d, scores=DIVIDED).mean() for d in record.settings["fresh"]
    ]
    plain = [
        record.values("variance", d_k=d, scores=PLAIN).mean() for d in record.settings["fresh"]
    ]
    right, variances = {}, []
    for d_k in record.settings["trained"]:
        for scaling in (DIVIDED, PLAIN):
            parts = {"d_k": d_k, "scores": scaling, "rate": best_rate(record, d_k, scaling)}
            right[d_k, scaling] = 100 * record.values("trained right", **parts).mean()
            if scaling == DIVIDED:
                variances.append(record.values("trained variance", **parts).mean())
    effect = ", ".join(
        f"{right[d, DIVIDED]:.0f} % of look-ups are right with it and {right[d, PLAIN]:.0f} % "
        f"without at d_k {d}"
        for d in record.settings["trained"]
    )
    told = (
        f"variance {min(scaled):.2f} to {max(scaled):.2f} with it at the start, {min(plain):.0f} "
        f"to {max(plain):.0f} without; after training {min(variances):.0f} and more with it; "
        f"{effect}, each at its best learning rate"
    )
    if not all(0.9 < v < 1.1 for v in scaled) or any(0.5 < v < 1.5 for v in plain):
        return Verdict(FAILS, told)
    if all(0.9 < v < 1.1 for v in variances):
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"the beginning of training is meant: {told}")


register(
    Claim(
        number=18,
        statement="Division by √d_k normalises the scores.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.2.1, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_18,
        rule=rule_18,
        settings={
            "fresh": [4, 16, 64, 256, 1024],
            "trained": [8, 512],
            "rates": [0.001, 0.003, 0.01, 0.03],
            "S": 16,
            "rows": 500,
            "task": {"steps": 400, "B": 64, "V": 32, "D": 32},
        },
        live_settings={"trained": [512], "rates": [0.01]},
        seeds=tuple(range(8)),
        tolerance=0.02,
    )
)


# --- claim 19 --------------------------------------------------------------------------------

SELF, RNN, LSTM, WRITING = "self-attention", "RNN", "LSTM", "self-attention, writing"
LAYERS = (SELF, RNN, LSTM)


def multiplications(layer: str, n: int, d: int) -> int:
    """Return the multiplications in the matrix products of one layer of width d over n places.

    Self-attention: four maps of width d to d, and for each pair of places d for the score and d for
    the sum. Recurrent layers: a product with the input and one with the state for each block, of
    which the RNN has one and the LSTM four.
    """
    if layer == SELF:
        return 4 * n * d * d + 2 * n * n * d
    return (4 if layer == LSTM else 1) * 2 * n * d * d


def longest_chain(y: Tensor) -> int:
    """Return how many operations have to wait for each other until y is there.

    It is the longest path in the graph that autograd keeps, from y back to inputs and parameters.
    """
    depth: dict[Any, int] = {}
    waiting = [y.grad_fn]
    while waiting:
        node = waiting[-1]
        before = [] if node is None else [one for one, _ in node.next_functions if one is not None]
        missing = [one for one in before if one not in depth]
        if missing:
            waiting.extend(missing)
            continue
        depth[waiting.pop()] = max((depth[one] + 1 for one in before), default=0)
    return depth[y.grad_fn]


def run_layer(layer: str, x: Tensor, heads: int) -> Tensor:
    """Run a fresh layer over x (B, n, d), a recurrent one cell by cell.

    `WRITING` is given the first place of x alone; what it puts out at a place is its input at the
    next, as in a decoder that runs freely. Keys and values of earlier places are kept.
    """
    import torch
    from torch import nn

    from helpers.self_attention import MultiHeadAttention, scaled_dot_product_attention

    _, n, d = x.shape
    if layer == SELF:
        return MultiHeadAttention(d, heads)(x, x)[0]
    outputs: list[Tensor] = []
    if layer == WRITING:
        part, x_t = MultiHeadAttention(d, heads), x[:, :1]
        keys, values = [], []
        for _ in range(n):
            query = part.split(part.query(x_t))  # (B, N, 1, d_k)
            keys.append(part.split(part.key(x_t)))
            values.append(part.split(part.value(x_t)))
            context, _ = scaled_dot_product_attention(
                query, torch.cat(keys, dim=2), torch.cat(values, dim=2)
            )
            x_t = part.output(context.transpose(1, 2).flatten(2))
            outputs.append(x_t[:, 0])
        return torch.stack(outputs, dim=1)
    cell = nn.RNNCell(d, d) if layer == RNN else nn.LSTMCell(d, d)
    state = None
    for t in range(n):
        state = cell(x[:, t], state)
        outputs.append(state if layer == RNN else state[0])
    return torch.stack(outputs, dim=1)


def bytes_kept(run: Callable[[], Tensor]) -> int:
    """Return the bytes that autograd keeps for the way back, parameters left out."""
    import torch

    kept: dict[int, int] = {}

    def note(tensor: Tensor) -> Tensor:
        if not tensor.is_leaf or not tensor.requires_grad:
            base = tensor if tensor._base is None else tensor._base
            if not (base.is_leaf and base.requires_grad):  # a parameter, turned on its side
                storage = tensor.untyped_storage()
                kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        y = run()
    del y
    return sum(kept.values())


def seconds(layer: str, n: int, d: int, heads: int, repeats: int) -> float:
    """Return the shortest time of a forward pass over one sequence, with torch's own RNN."""
    import time

    import torch
    from torch import nn

    from helpers.self_attention import MultiHeadAttention

    x = torch.randn(1, n, d)
    if layer == SELF:
        attention = MultiHeadAttention(d, heads)

        def run() -> object:
            return attention(x, x)
    else:
        recurrent = (nn.RNN if layer == RNN else nn.LSTM)(d, d, batch_first=True)

        def run() -> object:
            return recurrent(x)

    times = []
    with torch.no_grad():
        for _ in range(repeats):
            started = time.perf_counter()
            run()
            times.append(time.perf_counter() - started)
    return min(times)  # what else the machine does can only make it longer


def experiment_19(
    seed: int, lengths: Sequence[int], timed: Sequence[int], d: int, heads: int, repeats: int
) -> Figures:
    """Count what one layer of width d does over sequences of several lengths.

    "chain" is the longest chain of operations that wait for each other, "multiplications made" what
    torch counts in its matrix products, "bytes kept" what is kept for the way back. "seconds" are
    measured with one thread, where nothing runs at once; no verdict rests on them.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for n in lengths:
            x = torch.randn(1, n, d)
            for layer in (*LAYERS, WRITING):
                parts = {"layer": layer, "n": n}
                figures[figure("chain", **parts)] = longest_chain(run_layer(layer, x, heads))
                if layer == WRITING:
                    continue
                with FlopCounterMode(display=False) as counter, torch.no_grad():
                    run_layer(layer, x, heads)
                # torch counts a multiplication and an addition for each
                figures[figure("multiplications made", **parts)] = counter.get_total_flops() // 2
                kept = bytes_kept(partial(run_layer, layer, x, heads))
                figures[figure("bytes kept", **parts)] = kept
        for n in timed:
            for layer in LAYERS:
                taken = seconds(layer, n, d, heads, repeats)
                figures[figure("seconds", layer=layer, n=n)] = taken
    return figures


def rule_19(record: Record) -> Verdict:
    """Judge "a Transformer handles all positions at once where an RNN takes n steps".

    By the longest chain of operations that wait for each other. *At once* means that the chain is
    as long for the longest sequence as for the shortest; *n steps*, that it grows by at least one
    operation for each place. If self-attention over a known sequence is not at once, or an RNN does
    not take n steps, the claim does not hold. If it is, but a layer that writes, each output its
    next input, takes n steps as well, the claim holds if the whole sequence is known.
    """
    lengths = record.settings["lengths"]
    shortest, longest = min(lengths), max(lengths)

    def chain(layer: str, n: int) -> int:
        return int(record.values("chain", layer=layer, n=n).max())

    def grows(layer: str) -> bool:
        return chain(layer, longest) - chain(layer, shortest) >= longest - shortest

    told = (
        f"from {shortest} to {longest} places the longest chain of operations goes from "
        f"{chain(SELF, shortest)} to {chain(SELF, longest)} in self-attention, from "
        f"{chain(RNN, shortest)} to {chain(RNN, longest):,} in an RNN, and from "
        f"{chain(WRITING, shortest)} to {chain(WRITING, longest):,} in self-attention that writes"
    )
    if chain(SELF, longest) != chain(SELF, shortest) or not grows(RNN):
        return Verdict(FAILS, told)
    if grows(WRITING):
        return Verdict(
            HOLDS_IF, f"the whole sequence is known, as in encoding and training: {told}"
        )
    return Verdict(HOLDS, told)


register(
    Claim(
        number=19,
        statement="A Transformer handles all positions at once where an RNN takes n steps.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 4, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_19,
        rule=rule_19,
        settings={
            "lengths": [32, 128, 512],
            "timed": [32, 128, 512, 1024, 2048],
            "d": 64,
            "heads": 4,
            "repeats": 15,
        },
        live_settings={"lengths": [32, 128], "timed": []},
        seeds=tuple(range(5)),
    )
)


# --- claim 20 --------------------------------------------------------------------------------

NONE, CAUSAL, SINES, LEARNED, RELATIVE = "none", "causal mask", "sinusoidal", "learned", "relative"
LONGEST = 16
"""The longest sequence in training, and so the last position with a vector of its own."""


def reader(order: str, V: int, d_model: int, heads: int, outputs: int, pooled: bool) -> nn.Module:
    """Return one layer of self-attention that answers at each place, or once (`pooled`).

    `order` says what tells it about order: nothing, a causal mask alone, sinusoidal vectors added
    to the embeddings, learned ones, or a learned number added to each score for its distance,
    clipped at 8 places.
    """
    import torch
    from torch import nn
    from torch.nn import functional as F

    from helpers.self_attention import MultiHeadAttention, causal_mask, sinusoidal_positions

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(V, d_model)
            self.attention = MultiHeadAttention(d_model, heads)
            self.output = nn.Linear(d_model, outputs)
            if order == LEARNED:
                self.positions = nn.Embedding(LONGEST, d_model)
            if order == RELATIVE:
                self.bias = nn.Parameter(torch.zeros(heads, 17))

        def forward(self, tokens: Tensor) -> Tensor:
            T = tokens.shape[1]
            x = self.embedding(tokens)  # (B, T, d_model)
            if order == SINES:
                x = x + sinusoidal_positions(T, d_model)
            if order == LEARNED:
                x = x + self.positions(torch.arange(T))
            if order == RELATIVE:
                y = self.relative(x)
            else:
                y, _ = self.attention(x, x, causal_mask(T) if order == CAUSAL else None)
            return self.output(y.mean(dim=1) if pooled else y)

        def relative(self, x: Tensor) -> Tensor:
            part = self.attention
            query, key, value = (part.split(f(x)) for f in (part.query, part.key, part.value))
            places = torch.arange(x.shape[1])
            distance = (places[None, :] - places[:, None]).clamp(-8, 8) + 8  # (T, T), from 0 to 16
            context = F.scaled_dot_product_attention(
                query, key, value, attn_mask=self.bias[:, distance]
            )
            return part.output(context.transpose(1, 2).flatten(2))

    return Reader()


def order_batch(task: str, B: int, T: int, V: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Draw B sequences of T symbols and what is asked about their order.

    Parameters
    ----------
    task : {"first", "previous"}
        "first": symbols 0 and 1 stand once each among others; which comes first? Every second
        sequence is the one before it with the two exchanged, so that no count of symbols helps.
        "previous": at each place, name the symbol before; at the first place nothing is asked (−1).

    Returns
    -------
    tokens : int Tensor, shape (B, T)
    wanted : int Tensor, shape (B,) or (B, T)
    """
    import torch

    if task == "previous":
        tokens = rng.integers(0, V, size=(B, T))
        wanted = np.concatenate([np.full((B, 1), -1), tokens[:, :-1]], axis=1)
        return torch.from_numpy(tokens), torch.from_numpy(wanted)
    half = B // 2
    tokens = rng.integers(2, V, size=(half, T))
    places = np.argsort(rng.random((half, T)), axis=1)[:, :2]
    tokens[np.arange(half), places[:, 0]] = 0
    tokens[np.arange(half), places[:, 1]] = 1
    exchanged = np.where(tokens < 2, 1 - tokens, tokens)
    both = np.stack([tokens, exchanged], axis=1).reshape(2 * half, T)
    wanted = (places[:, 0] > places[:, 1]).astype(np.int64)  # 1 where symbol 1 comes first
    return torch.from_numpy(both), torch.from_numpy(np.stack([wanted, 1 - wanted], 1).ravel())


def best_of_the_bag(tokens: Tensor) -> float:
    """Return how often the symbol before is guessed right by who knows all symbols but no order.

    At place t he knows the symbol there and how often each occurs; the best guess is the one that
    occurs most often among the others.
    """
    rows = tokens.numpy()
    T = rows.shape[1]
    counts = np.stack([np.bincount(row, minlength=rows.max() + 1) for row in rows])  # (B, V)
    without = np.repeat(counts[:, None], T, axis=1)  # (B, T, V)
    np.put_along_axis(
        without, rows[..., None], np.take_along_axis(without, rows[..., None], -1) - 1, -1
    )
    return float((without.max(axis=-1) / (T - 1)).mean())


def experiment_20(
    seed: int,
    tasks: Sequence[str],
    orders: Sequence[str],
    lengths: Sequence[int],
    longer: int,
    steps: int,
    B: int,
    V: int,
    d_model: int,
    heads: int,
    rate: float,
) -> Figures:
    """Train one layer of self-attention on two tasks about order, told about it in several ways.

    It is trained on sequences of all `lengths`; "right" is the share of right answers at the
    longest of them, "right longer" at the length `longer`, which no training sequence had. Learned
    positions have no vector there, so they are left out.
    """
    import torch
    from torch.nn import functional as F

    figures: Figures = {}
    for task in tasks:
        rng = np.random.default_rng([20, seed])
        batches = [order_batch(task, B, int(rng.choice(lengths)), V, rng) for _ in range(steps)]
        tests = {"right": max(lengths), "right longer": longer}
        drawn = {name: order_batch(task, 500, T, V, rng) for name, T in tests.items()}
        if task == "previous":
            for name, (tokens, _) in drawn.items():
                figures[figure(name, task=task, order="best of the bag")] = best_of_the_bag(tokens)
        for order in orders:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                outputs = 2 if task == "first" else V
                model = reader(order, V, d_model, heads, outputs, task == "first")

                def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
                    return F.cross_entropy(
                        model(batch[0]).flatten(0, -2), batch[1].flatten(), ignore_index=-1
                    )

                train(model, batches, loss, rate)
            for name, (tokens, wanted) in drawn.items():
                if order == LEARNED and tokens.shape[1] > LONGEST:
                    continue
                with torch.no_grad():
                    hits = model(tokens).argmax(dim=-1) == wanted
                right = float(hits[wanted >= 0].double().mean())
                figures[figure(name, task=task, order=order)] = right
    return figures


def rule_20(record: Record) -> Verdict:
    """Judge "self-attention alone does not know the order; adding position values repairs that".

    *Does not know*: without any, the network is right no more often than who knows the symbols but
    not their order, within 3 percentage points, in both tasks. *Repairs*: with sinusoidal positions
    it is right at least 95 % of the time in both. Else the claim does not hold. If a causal mask,
    with no positions, brings the network more than 5 points above that limit in any task, the claim
    holds if nothing like it is there.
    """
    tasks = record.settings["tasks"]

    def right(task: str, order: str) -> float:
        return float(record.values("right", task=task, order=order).mean())

    limit = {task: right(task, "best of the bag") if task == "previous" else 0.5 for task in tasks}
    blind = [right(task, NONE) for task in tasks]
    told = "; ".join(
        f"“{task}”: {100 * right(task, NONE):.0f} % right without, "
        f"{100 * right(task, SINES):.0f} % with, {100 * right(task, CAUSAL):.0f} % with a causal "
        "mask alone"
        for task in tasks
    )
    if any(one > limit[task] + 0.03 for task, one in zip(tasks, blind, strict=True)):
        return Verdict(FAILS, told)
    if any(right(task, SINES) < 0.95 for task in tasks):
        return Verdict(FAILS, told)
    if any(right(task, CAUSAL) > limit[task] + 0.05 for task in tasks):
        return Verdict(
            HOLDS_IF, f"nothing else, such as a causal mask, breaks the symmetry: {told}"
        )
    return Verdict(HOLDS, told)


register(
    Claim(
        number=20,
        statement="Self-attention alone does not know the order; adding position values repairs "
        "that.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.5, and texts after it; that a "
        "causal mask tells something about order: Haviv et al. 2022, arXiv:2203.16634",
        lesson="12_self_attention",
        experiment=experiment_20,
        rule=rule_20,
        settings={
            "tasks": ["first", "previous"],
            "orders": [NONE, CAUSAL, SINES, LEARNED, RELATIVE],
            "lengths": [8, 12, 16],
            "longer": 32,
            "steps": 600,
            "B": 32,
            "V": 10,
            "d_model": 32,
            "heads": 2,
            "rate": 0.01,
        },
        live_settings={"tasks": ["previous"], "orders": [NONE, CAUSAL, SINES]},
        seeds=tuple(range(8)),
        tolerance=0.01,
    )
)


# --- claim 21 --------------------------------------------------------------------------------

NO_MASK, RIGHT = "no mask", "causal mask"
TOO_FAR, ZEROED, AFTER = "one place too far", "zeros before softmax", "zeros after softmax"
MASKS = (NO_MASK, RIGHT, TOO_FAR, ZEROED, AFTER)


def attend(part: Any, x: Tensor, how: str) -> Tensor:
    """Apply a `MultiHeadAttention` to x itself, with one of the ways to hide the future.

    `RIGHT` puts −∞ in place of the scores that look ahead. `TOO_FAR` does so from one place
    further on. `ZEROED` puts 0 there, and `AFTER` multiplies the finished weights by 0 there.
    """
    from helpers.self_attention import causal_mask

    past = causal_mask(x.shape[1])
    if how in (NO_MASK, RIGHT, TOO_FAR):
        mask = {NO_MASK: past | True, RIGHT: past, TOO_FAR: past | past.roll(1, 1).tril(1)}[how]
        return part(x, x, mask)[0]
    query, key, value = (part.split(f(x)) for f in (part.query, part.key, part.value))
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if how == ZEROED:
        weights = (scores * past).softmax(dim=-1)
    else:
        weights = scores.softmax(dim=-1) * past
    return part.output((weights @ value).transpose(1, 2).flatten(2))


def leaks(layer: Callable[[Tensor], Tensor], T: int, d_model: int) -> tuple[float, float]:
    """Return the largest slope from a later input to an earlier output, and the smallest else.

    A slope is the norm of the matrix ∂y_t/∂x_s, at random inputs.
    """
    import torch

    x = torch.randn(T, d_model, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda one: layer(one[None])[0], x)
    slopes = jacobian.norm(dim=(1, 3))  # (T, d_model, T, d_model) -> (T, T), [t, s]
    ahead = torch.ones(T, T, dtype=torch.bool).triu(1)
    return float(slopes[ahead].max()), float(slopes[~ahead].min())


def next_symbol(how: str, V: int, d_model: int, heads: int) -> nn.Module:
    """Return one layer of self-attention with sinusoidal positions: scores of the next symbol."""
    from torch import nn

    from helpers.self_attention import MultiHeadAttention, sinusoidal_positions

    class NextSymbol(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(V, d_model)
            self.attention = MultiHeadAttention(d_model, heads)
            self.output = nn.Linear(d_model, V)

        def forward(self, tokens: Tensor) -> Tensor:
            x = self.embedding(tokens) + sinusoidal_positions(tokens.shape[1], d_model)
            return self.output(attend(self.attention, x, how))

    return NextSymbol()


def experiment_21(
    seed: int,
    masks: Sequence[str],
    n: int,
    V: int,
    d_model: int,
    heads: int,
    steps: int,
    B: int,
    rate: float,
) -> Figures:
    """Look for leaks by gradients; then train on sequences whose second half renames the first.

    There each symbol is the next one of the alphabet: 2, 0, 1 is followed by 3, 1, 2. The n symbols
    of the first half are random: nobody can do better than a loss of ln V there.
    "loss of the random half" is the loss there on new sequences, all inputs given, "right, given
    all" the share of right symbols in the second half, and "right, writing" the same when the
    network is given the first half and writes the second one itself, symbol by symbol.
    """
    import torch
    from torch.nn import functional as F

    from helpers.self_attention import MultiHeadAttention

    figures: Figures = {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first, second = (MultiHeadAttention(d_model, heads).double() for _ in range(2))
        for how in masks:
            ahead, back = leaks(partial(attend, first, how=how), 2 * n - 1, d_model)
            figures[figure("leak", mask=how)] = ahead
            figures[figure("slope to the past", mask=how)] = back
        for name, below in (
            ("two layers, both masked", RIGHT),
            ("two layers, one masked", NO_MASK),
        ):

            def both(x: Tensor, below: str = below) -> Tensor:
                return attend(second, attend(first, x, below), RIGHT)

            ahead, _ = leaks(both, 2 * n - 1, d_model)
            figures[figure("leak", mask=name)] = ahead
    rng = np.random.default_rng([21, seed])
    halves = torch.from_numpy(rng.integers(0, V, size=(steps + 10, B, n)))
    rows = torch.cat([halves, (halves + 1) % V], dim=2)  # (…, B, 2n)
    new = rows[steps:].flatten(0, 1)

    def loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        return F.cross_entropy(model(batch[0][:, :-1]).flatten(0, 1), batch[0][:, 1:].flatten())

    for how in masks:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = next_symbol(how, V, d_model, heads)
            train(model, [(one,) for one in rows[:steps]], loss, rate)
        with torch.no_grad():
            logits = model(new[:, :-1])  # scores of the symbols 1 to 2n − 1
            unknown = F.cross_entropy(logits[:, : n - 1].flatten(0, 1), new[:, 1:n].flatten())
            given = (logits[:, n - 1 :].argmax(dim=-1) == new[:, n:]).double().mean()
            written = new[:, :n]
            for _ in range(n):
                following = model(written)[:, -1].argmax(dim=-1, keepdim=True)
                written = torch.cat([written, following], dim=1)
        figures[figure("loss of the random half", mask=how)] = float(unknown)
        figures[figure("right, given all", mask=how)] = float(given)
        hits = (written == new)[:, n:].double().mean()
        figures[figure("right, writing", mask=how)] = float(hits)
    return figures


def rule_21(record: Record) -> Verdict:
    """Judge "the mask keeps the decoder from seeing the future".

    It holds if, for every seed, no slope leads from a later input to an earlier output, not even
    through two layers (all are exactly 0), while without the mask some do; and if the masked
    network's loss on the random half is at least 0.9 ln V, where nobody can know, while without the
    mask it is less than half of that. It does not hold if a slope is left. Else it holds if the
    slopes are meant.
    """
    V = record.settings["V"]
    both = [record.values("leak", mask=how).max() for how in (RIGHT, "two layers, both masked")]
    without = record.values("leak", mask=NO_MASK).min()
    lost = {
        how: record.values("loss of the random half", mask=how).mean() for how in (RIGHT, NO_MASK)
    }
    wrote = {
        how: 100 * record.values("right, writing", mask=how).mean() for how in (RIGHT, NO_MASK)
    }
    told = (
        f"slopes to the future are {max(both):.2g} with it and at least {without:.2g} without; "
        f"loss on what nobody can know {lost[RIGHT]:.2f} with and {lost[NO_MASK]:.2f} without, "
        f"ln {V} is {math.log(V):.2f}; {wrote[RIGHT]:.0f} % right with and {wrote[NO_MASK]:.0f} % "
        "without when the network writes by itself"
    )
    if max(both) > 0 or without == 0:
        return Verdict(FAILS, told)
    if lost[RIGHT] >= 0.9 * math.log(V) and lost[NO_MASK] < 0.45 * math.log(V):
        return Verdict(HOLDS, told)
    return Verdict(HOLDS_IF, f"the gradient is meant: {told}")


register(
    Claim(
        number=21,
        statement="The mask keeps the decoder from seeing the future.",
        source="Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3, and texts after it",
        lesson="12_self_attention",
        experiment=experiment_21,
        rule=rule_21,
        settings={
            "masks": list(MASKS),
            "n": 6,
            "V": 8,
            "d_model": 64,
            "heads": 4,
            "steps": 600,
            "B": 32,
            "rate": 0.005,
        },
        live_settings={"masks": [NO_MASK, RIGHT]},
        seeds=tuple(range(8)),
        tolerance=0.01,
    )
)
