"""Claim 19, measured in lesson 12: all positions at once, or one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np

from course.claims.ledger import (
    FAILS,
    HOLDS,
    HOLDS_WITHIN,
    Claim,
    Figures,
    Record,
    Verdict,
    figure,
    register,
)
from course.claims.trials import Trial

if TYPE_CHECKING:
    from torch import Tensor

SELF, RNN, LSTM, WRITING = "self-attention", "RNN", "LSTM", "self-attention, writing"
LAYERS = (SELF, RNN, LSTM)
TORCHS = "self-attention, torch's"
TIMED = (SELF, TORCHS, RNN, LSTM)


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
    """Return the shortest time of a forward pass over one sequence.

    The RNN, the LSTM and `TORCHS` are torch's own layers, `SELF` is the package's.
    """
    import time

    import torch
    from torch import nn

    from helpers.self_attention import MultiHeadAttention

    x = torch.randn(1, n, d)
    runs: dict[str, Callable[[], object]] = {
        SELF: partial(MultiHeadAttention(d, heads), x, x),
        TORCHS: partial(
            nn.MultiheadAttention(d, heads, batch_first=True).eval(), x, x, x, need_weights=False
        ),
        RNN: partial(nn.RNN(d, d, batch_first=True), x),
        LSTM: partial(nn.LSTM(d, d, batch_first=True), x),
    }
    times = []
    with torch.no_grad():
        for _ in range(repeats):
            started = time.perf_counter()
            runs[layer]()
            times.append(time.perf_counter() - started)
    return min(times)  # what else the machine does can only make it longer


def crossing(record: Record, layer: str, other: str) -> float:
    """Return the length from which a layer takes longer than another, by the shortest times.

    Between two measured lengths the logarithms are taken to lie on straight lines. Infinity if it
    is never slower, 0 if it always is.
    """
    lengths = record.settings["timed"]
    own, others = (
        np.array([record.values("seconds", layer=one, n=n).min() for n in lengths])
        for one in (layer, other)
    )
    ratios = np.log(own / others)
    if ratios[-1] < 0:
        return float("inf")
    if not (ratios < 0).any():
        return 0.0
    last = int(np.flatnonzero(ratios < 0)[-1])
    share = -ratios[last] / (ratios[last + 1] - ratios[last])
    return float(lengths[last] * (lengths[last + 1] / lengths[last]) ** share)


def experiment_19(
    seed: int, lengths: Sequence[int], timed: Sequence[int], d: int, heads: int, repeats: int
) -> Figures:
    """Count what one layer of width d does over sequences of several lengths.

    "chain" is the longest chain of operations that wait for each other, "multiplications made" what
    torch counts in its matrix products, "bytes kept" what is kept for the way back. "seconds" are
    measured with one thread; no verdict rests on them.
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
            for layer in TIMED:
                taken = seconds(layer, n, d, heads, repeats)
                figures[figure("seconds", layer=layer, n=n)] = taken
    return figures


def rule_19(record: Record) -> Verdict:
    """Judge "a Transformer handles all positions at once where an RNN takes n steps".

    By the longest chain of operations that wait for each other; one on whole arrays counts as one.
    *At once* means that the chain is as long for the longest sequence as for the shortest; *n
    steps*, that it grows by at least one operation for each place. If self-attention over a known
    sequence is not at once, or an RNN does not take n steps, the claim does not hold. If it is, but
    a layer that writes, each output its next input, takes n steps as well, the claim holds within a
    known sequence.
    """
    lengths = record.settings["lengths"]
    shortest, longest = min(lengths), max(lengths)

    def chain(layer: str, n: int) -> int:
        return int(record.values("chain", layer=layer, n=n).max())

    def grows(layer: str) -> bool:
        return chain(layer, longest) - chain(layer, shortest) >= longest - shortest

    told = (
        f"longest chain {chain(SELF, shortest)} at {shortest} places, {chain(SELF, longest)} at "
        f"{longest}; RNN {chain(RNN, shortest)}, {chain(RNN, longest):,}; writing "
        f"{chain(WRITING, shortest)}, {chain(WRITING, longest):,}"
    )
    if chain(SELF, longest) != chain(SELF, shortest) or not grows(RNN):
        return Verdict(FAILS, told)
    if grows(WRITING):
        short, long = (
            (chain(SELF, n), chain(RNN, n), chain(WRITING, n)) for n in (shortest, longest)
        )
        looks, steps, writes = (f"{few:,}→{many:,}" for few, many in zip(short, long, strict=True))
        return Verdict(
            HOLDS_WITHIN,
            f"a known sequence, sums as one step: chain {looks} ({shortest}→{longest} places), "
            f"tanh RNN {steps}, writing {writes}",
        )
    return Verdict(HOLDS, told)


# --- attempts to overturn the verdict --------------------------------------------------------


def pairs_added(node: Any) -> int:
    """Return how often pairs have to be added, all at once, in the sum that a node makes.

    It is ⌈log₂ n⌉ for a sum over n numbers, in a product of matrices or in softmax, otherwise 0.
    """
    name = node.name()
    if name.startswith("Addmm"):
        length = node._saved_mat1_sym_sizes[-1]
    elif name.startswith(("Bmm", "Softmax")):
        length = (node._saved_self if name.startswith("Bmm") else node._saved_result).shape[-1]
    else:
        return 0
    return (int(length) - 1).bit_length()


def longest_chain_of_pairs(y: Tensor) -> int:
    """Return `longest_chain` where nothing adds up more than two numbers in one operation."""
    depth: dict[Any, int] = {}
    waiting = [y.grad_fn]
    while waiting:
        node: Any = waiting[-1]
        before = [one for one, _ in node.next_functions if one is not None]
        missing = [one for one in before if one not in depth]
        waiting.extend(missing)
        if not missing:
            longest = max((depth[one] + 1 for one in before), default=0)
            depth[waiting.pop()] = longest + pairs_added(node)
    return depth[y.grad_fn]


def with_pairs(seed: int, **settings: Any) -> Figures:
    """Run experiment 19 and count a sum over n numbers as ⌈log₂ n⌉ operations more."""
    with mock.patch(f"{__name__}.longest_chain", longest_chain_of_pairs):
        return experiment_19(seed, **settings)


def scanned(x: Tensor) -> Tensor:
    """Run h_t = W_hh h_{t−1} + W_xh x_t + b, an RNN without tanh, by a scan of doubling steps."""
    import torch
    from torch import nn

    _, n, d = x.shape
    h, power, step = nn.Linear(d, d)(x), nn.Linear(d, d, bias=False).weight, 1
    while step < n:  # h holds what the last `step` inputs leave, power is W_hh to that power
        h = torch.cat([h[:, :step], h[:, step:] + h[:, :-step] @ power.T], dim=1)
        power, step = power @ power, 2 * step
    return h


def with_a_scan(seed: int, **settings: Any) -> Figures:
    """Run experiment 19 with `scanned` for the RNN."""
    usual = run_layer

    def run(layer: str, x: Tensor, heads: int) -> Tensor:
        return scanned(x) if layer == RNN else usual(layer, x, heads)

    with mock.patch(f"{__name__}.run_layer", run):
        return experiment_19(seed, **settings)


def with_torchs_layers(seed: int, **settings: Any) -> Figures:
    """Run experiment 19 with torch's own layers where it has them."""
    from torch import nn

    usual = run_layer

    def run(layer: str, x: Tensor, heads: int) -> Tensor:
        d = x.shape[-1]
        if layer == SELF:
            y: Tensor = nn.MultiheadAttention(d, heads, batch_first=True)(x, x, x)[0]
            return y
        if layer in (RNN, LSTM):
            kind = nn.RNN if layer == RNN else nn.LSTM
            y = kind(d, d, batch_first=True)(x)[0]
            return y
        return usual(layer, x, heads)

    with mock.patch(f"{__name__}.run_layer", run):
        return experiment_19(seed, **settings)


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
            "timed": [16, 32, 64, 128, 256, 512, 1024, 2048],
            "d": 64,
            "heads": 4,
            "repeats": 15,
        },
        trials=(
            Trial(
                "sums of two numbers at a time: one over n takes log₂ n operations, not one",
                {"timed": []},
                experiment=with_pairs,
            ),
            Trial(
                "an RNN without tanh, computed by a scan",
                {"timed": []},
                experiment=with_a_scan,
            ),
            Trial("torch's own layers", {"timed": []}, experiment=with_torchs_layers),
        ),
        live_settings={"lengths": [32, 128], "timed": []},
        seeds=tuple(range(5)),
        conditions={
            "arms": "one layer, 64 wide, over one sequence: self-attention with 4 heads, given all "
            "of it or writing, each output its next input; an RNN and an LSTM, cell by cell",
            "chain": "the longest way through the graph that autograd keeps, 32 to 512 places; an "
            "operation on whole arrays, a sum over n places too, counts as one",
            "work": "multiplications in matrix products, counted by torch; bytes that autograd "
            "keeps, parameters left out",
            "time": "torch's own layers, and the package's self-attention, forwards, one thread, "
            "the shortest of 15, 16 to 2,048 places; no verdict rests on it",
            "seeds": "0 to 4: first weights and inputs, which change the times alone",
        },
        decides=tuple(figure("chain", layer=one, n=512) for one in (SELF, RNN, WRITING)),
    )
)
