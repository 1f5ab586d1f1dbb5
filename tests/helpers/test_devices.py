"""The networks follow their weights to another device: nothing in them stays on the CPU.

No GPU is needed to see that. On torch's "meta" device tensors have shapes and no numbers, and a
tensor that was made on the CPU by mistake cannot be mixed with them. The input checks look at
numbers, so they are left out; and so does packing, so that rows are read as if they had no padding.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

from course.claims import capstone
from course.claims import four_translators as four
from helpers import decoding, self_attention, seq2seq, training, transformer

CHECKS = (
    (seq2seq, "_check_padding"),
    (transformer, "_check_rows"),
    (self_attention, "_check_mask"),
)


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in CHECKS:
        monkeypatch.setattr(module, name, lambda *arguments: None)
    monkeypatch.setattr(seq2seq, "read_source", lambda recurrent, x, mask: recurrent(x))


def parts(state: Any) -> list[torch.Tensor]:
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in parts(part)]


@pytest.mark.parametrize("kind", [*four.KINDS, "Transformer, cached"])
def test_a_translator_reads_and_writes_where_its_weights_are(kind: str, unchecked: None) -> None:
    model = four.model_of(kind.split(",")[0], 31, 23, 24).to("meta")
    source, mask, target = (t.to("meta") for t in capstone.random_batch(3, 7, 5, 31, 23))
    loss = seq2seq.next_token_loss(model, (source, mask, target))
    loss.backward()
    assert loss.device.type == training.device_of(model).type == "meta"
    writer = transformer.CachedTransformer(model) if kind.endswith("cached") else model
    memory, state = writer.begin(source, mask)
    for t in range(2):
        logits, state, weights = writer.step(target[:, t], state, memory)
        assert logits.shape == (3, 23) and weights.shape == (3, 7)
    rows = decoding.pick_rows(state, torch.tensor([0, 0, 2], device="meta"))
    for tensor in (logits, weights, *parts(memory), *parts(state), *parts(rows)):
        assert tensor.device.type == "meta"


def test_a_tensor_left_on_the_cpu_is_noticed(unchecked: None, monkeypatch) -> None:
    monkeypatch.setattr(
        transformer, "causal_mask", lambda T, device=None: torch.ones(T, T, dtype=torch.bool).tril()
    )
    model = four.model_of("Transformer", 31, 23, 24).to("meta")
    batch = tuple(t.to("meta") for t in capstone.random_batch(3, 7, 5, 31, 23))
    with pytest.raises(RuntimeError):
        seq2seq.next_token_loss(model, batch)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("kind", four.KINDS)
def test_a_gpu_writes_what_the_cpu_writes(kind: str) -> None:
    torch.manual_seed(0)
    model = four.model_of(kind, 31, 23, 24).double()
    source, mask, _ = capstone.random_batch(6, 7, 5, 31, 23)
    on_cpu = [one.tokens for one in decoding.greedy(model, source, mask, 9)]
    on_gpu = [one.tokens for one in decoding.greedy(model.cuda(), source, mask, 9)]
    assert on_gpu == on_cpu
    assert training.pick_device().type == "cuda"
