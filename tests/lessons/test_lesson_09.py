"""The parts that lesson 09 builds, against torch's own; what its page says, against the code."""

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from course import claims
from course.claims import (
    context_vector,
    korean,
    remembered_positions,
    reversed_source,
    seq2seq_gradients,
)
from course.claims import seq2seq as measured
from course.exercises.bank.seq2seq.beam_by_hand import BY_HAND
from course.maintenance import refresh
from helpers import decoding, seq2seq, text, training
from helpers.corpora import korean_english

DECODERS = [seq2seq.PlainDecoder, seq2seq.PeekyDecoder]


def source_batch() -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = text.pad([[4, 7, 12, 5, 9], [6], [11, 4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def translator(decoder: type[nn.Module]) -> seq2seq.Seq2Seq:
    training.set_seed(0)
    return seq2seq.Seq2Seq(seq2seq.PlainEncoder(13, 8), decoder(11, 8)).double().eval()


def test_the_context_vector_is_the_last_state_of_torchs_lstm_on_packed_sequences():
    encoder = translator(seq2seq.PlainDecoder).encoder
    source, mask = source_batch()
    packed = pack_padded_sequence(
        encoder.embedding(source), mask.sum(1), batch_first=True, enforce_sorted=False
    )
    _, (h, c) = encoder.recurrent(packed)
    memory = encoder(source, mask)
    torch.testing.assert_close(memory.hidden, h[0])
    torch.testing.assert_close(memory.cell, c[0])


@pytest.mark.parametrize("decoder", DECODERS)
def test_padding_changes_no_logit(decoder):
    model = translator(decoder)
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6]] * 3)
    together = model(source, mask, inputs)
    longer = nn.functional.pad(source, (0, 4)), nn.functional.pad(mask, (0, 4))
    torch.testing.assert_close(model(*longer, inputs), together)
    for row in range(3):
        length = int(mask[row].sum())
        alone = model(source[row : row + 1, :length], mask[row : row + 1, :length], inputs[:1])
        torch.testing.assert_close(alone[0], together[row])


@pytest.mark.parametrize("decoder", DECODERS)
def test_one_step_at_a_time_gives_the_logits_of_all_at_once(decoder):
    model = translator(decoder)
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6], [2, 9, 4], [2, 10, 10]])
    wanted = model(source, mask, inputs)
    memory, state = model.begin(source, mask)
    for t in range(3):
        logits, state, weights = model.step(inputs[:, t], state, memory)
        torch.testing.assert_close(logits, wanted[:, t])
        assert weights.shape == source.shape
        assert not weights.any()


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_decoder_knows_of_the_source_what_the_context_vector_says(decoder):
    model = translator(decoder)
    memory = model.encoder(*source_batch())
    inputs = torch.tensor([[2, 5, 6]] * 3)
    wanted = model.decoder(inputs, model.decoder.first_state(memory), memory)[0]
    other = memory._replace(states=torch.randn_like(memory.states))
    torch.testing.assert_close(
        model.decoder(inputs, model.decoder.first_state(other), other)[0], wanted
    )
    changed = memory._replace(hidden=memory.hidden + 0.1)
    moved = model.decoder(inputs, model.decoder.first_state(changed), changed)[0]
    assert not torch.allclose(moved, wanted)


def test_only_the_peeky_decoder_sees_the_context_after_the_start():
    inputs = torch.tensor([[2, 5, 6]] * 3)
    for decoder, sees in ((seq2seq.PlainDecoder, False), (seq2seq.PeekyDecoder, True)):
        model = translator(decoder)
        memory = model.encoder(*source_batch())
        state = model.decoder.first_state(memory)
        changed = memory._replace(hidden=memory.hidden + 0.1)
        same = torch.allclose(
            model.decoder(inputs, state, memory)[0], model.decoder(inputs, state, changed)[0]
        )
        assert same is not sees


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_decoder_is_torchs_lstm_between_embedding_and_output(decoder):
    model = translator(decoder)
    part = model.decoder
    memory = model.encoder(*source_batch())
    state = part.first_state(memory)
    inputs = torch.tensor([[2, 5, 6]] * 3)
    x = part.embedding.weight[inputs]
    if decoder is seq2seq.PeekyDecoder:
        x = torch.cat([x, torch.stack([memory.hidden] * 3, dim=1)], dim=2)
    reference = nn.LSTM(x.shape[-1], 8, batch_first=True).double()
    reference.load_state_dict(part.recurrent.state_dict())
    s, _ = reference(x, state)
    if decoder is seq2seq.PeekyDecoder:
        context = torch.stack([memory.hidden] * 3, dim=1)
        s = torch.tanh(
            torch.einsum("bth,oh->bto", torch.cat([context, s], 2), part.combine.weight)
            + part.combine.bias
        )
    wanted = s @ part.embedding.weight.T + part.output.bias
    torch.testing.assert_close(part(inputs, state, memory)[0], wanted)


@pytest.mark.parametrize("decoder", DECODERS)
def test_greedy_takes_either_decoder(decoder):
    results = decoding.greedy(translator(decoder), *source_batch(), maximum_length=4)
    assert [r.attention_weights.shape for r in results] == [
        (len(r.tokens), length) for r, length in zip(results, (5, 1, 3), strict=True)
    ]


@pytest.mark.parametrize("decoder", DECODERS)
def test_it_learns_to_write_a_sequence_backwards(decoder):
    training.set_seed(0)
    sources = [torch.randint(4, 8, (3,)).tolist() for _ in range(200)]
    targets = [source[::-1] for source in sources]
    model = seq2seq.Seq2Seq(seq2seq.PlainEncoder(8, 16), decoder(8, 16))
    batches = seq2seq.PairBatches(sources, targets, batch_size=20)
    training.fit(
        model, batches, seq2seq.next_token_loss, epochs=20, learning_rate=0.02, progress=False
    )
    ids, mask = text.pad(sources)
    found = decoding.greedy(model, torch.from_numpy(ids), torch.from_numpy(mask), 5)
    hits = sum(one.tokens == wanted for one, wanted in zip(found, targets, strict=True))
    assert hits > 150  # chance gets 3


# The page ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    notebook = refresh.read(refresh.ROOT / "notebooks" / "09_seq2seq.ipynb")
    return [cell["source"] for cell in notebook["cells"]]


def test_the_numbers_on_paper_are_those_of_torchs_cells(sources: list[str]) -> None:
    page = next(s for s in sources if s.startswith("## Two words on paper"))
    space: dict[str, Any] = {"np": np}
    exec(next(s for s in sources if s.startswith("a, b = np.log(2)")), space)
    reader, writer = (nn.RNNCell(3, 3, bias=False).double() for _ in range(2))
    for cell, loop in ((reader, space["W_hh"]), (writer, space["W_ss"])):
        cell.weight_ih.data = torch.eye(3).double()
        cell.weight_hh.data = torch.tensor(loop)

    def run(cell: nn.Module, inputs: list[Any], state: torch.Tensor) -> list[torch.Tensor]:
        states = []
        for x in inputs:
            state = cell(torch.tensor([x]).double(), state)
            states.append(state)
        return states

    with torch.no_grad():
        read = [space["source_vectors"][word] for word in ("물", "산다")]
        h = run(reader, read, torch.zeros(1, 3).double())
        fed = [[0, 0, space["target_vectors"][w]] for w in ("<s>", "buy", "water")]
        states = run(writer, fed, h[-1])
    vectors = [
        [float(n) for n in found.replace("−", "-").split(",")]
        for found in re.findall(r"\$ = \((−?[\d.]+, −?[\d.]+, −?[\d.]+)\)", page)
    ]
    assert vectors == [s[0].numpy().round(4).tolist() for s in states]
    assert "(**0.2913, 0.6, 0**)" in page
    assert h[1][0].numpy().round(4).tolist() == [0.2913, 0.6, 0.0]
    scores = np.stack([space["W_out"] @ s[0].numpy() + space["b_out"] for s in states])
    rows = {
        line.split("|")[1].strip(): line
        for line in page.splitlines()
        if line.startswith("|") and "±" in line
    }
    shown = [
        float(n)
        for name in ("buy, sell", "water, bread")
        for n in re.findall(r"-?\d+\.\d\d", rows[name].replace("−", "-"))
    ]
    wanted = [*scores[:, :2].ravel(), *scores[:, 2:4].ravel()]
    assert shown == [float(f"{value:.2f}") for value in wanted]


def test_the_beam_by_hand_asks_about_the_table_that_the_page_shows(sources: list[str]) -> None:
    page = next(s for s in sources if s.startswith("### Exercise 9.6"))
    rows = re.findall(r"^\| (`?[^|]+?`?) \| (.+) \|$", page, re.MULTILINE)[2:]
    shown = {
        last.strip("`"): {
            word.strip("`"): float(p)
            for word, p in (entry.split() for entry in following.split(", "))
        }
        for last, following in rows
    }
    assert shown == BY_HAND
    assert all(sum(following.values()) == pytest.approx(1) for following in BY_HAND.values())


# The claims ----------------------------------------------------------------------------------


def changed(number: int, **figures: float) -> claims.Record:
    """The record of a claim with one figure for all seeds wherever its name begins so."""
    record = claims.record(number)
    values = {
        name: next(
            (
                [value + 1e-6 * i for i in range(len(old))]
                for key, value in figures.items()
                if name.startswith(key.replace("__", " ").replace("_is_", "="))
            ),
            old,
        )
        for name, old in record.figures.items()
    }
    return dataclasses.replace(record, figures=values)


def test_seq2seq_that_is_nowhere_better_fails_claim_11():
    assert measured.rule_11(changed(11, exact=0.5)).word == claims.FAILS


def with_bits(**missing: float) -> claims.Record:
    """The record of claim 12 with all bits of each source received, but for some of some runs."""
    record = claims.record(12)
    figures = dict(record.figures)
    for name, old in figures.items():
        if name.startswith("bits"):
            T = int(name.rpartition("=")[2])
            lost = missing.get(name.split()[1].replace("=", ""), 0.0)
            figures[name] = [T * (3 - lost) - 1e-6 * i for i in range(len(old))]
    return dataclasses.replace(record, figures=figures)


def test_a_context_vector_that_loses_no_bit_refutes_claim_12():
    assert context_vector.rule_12(with_bits()).word == claims.FAILS


def test_a_context_vector_that_loses_bits_if_narrow_confines_claim_12_to_narrow_ones():
    verdict = context_vector.rule_12(with_bits(K2=2.0))
    assert verdict.word == claims.HOLDS_WITHIN
    assert verdict.reason.startswith("K = 2 or short training")


def test_no_training_sentence_is_longer_than_those_that_are_said_to_be():
    record = claims.record(12)
    drawn = korean_english.load("train")[: record.settings["korean"]["pairs"]]
    assert max(len(pair.morphemes) for pair in drawn) == korean.LONGEST


def test_the_bits_received_are_all_of_them_if_the_decoder_knows_and_none_if_it_guesses():
    class Told(nn.Module):
        def __init__(self, sure: float) -> None:
            super().__init__()
            self.sure = sure

        def forward(self, source, mask, inputs):
            known = nn.functional.one_hot(source, 12).double()
            return torch.where(torch.arange(12) < 4, -torch.inf, self.sure * known)

    rng = np.random.default_rng(0)
    for sure, wanted in ((100.0, 15.0), (0.0, 0.0)):
        assert context_vector.bits_received(Told(sure), 7, 5, 8, rng) == pytest.approx(wanted)
    # p = 0.5 for the right symbol and 1/14 for each other: 5 bits are missing, one a symbol
    assert context_vector.bits_received(Told(np.log(7)), 7, 5, 8, rng) == pytest.approx(10)


def test_nothing_but_k_numbers_passes_a_squeezed_context():
    training.set_seed(0)
    model = context_vector.squeezed(13, 11, 8, 2).eval()
    memory = model.encoder(*source_batch())
    passed = torch.cat([memory.hidden.atanh(), memory.cell], dim=1) - model.encoder.widen.bias
    assert torch.linalg.matrix_rank(passed.detach(), atol=1e-4) <= 2
    whole = context_vector.squeezed(13, 11, 8, 16)
    assert type(whole.encoder) is seq2seq.PlainEncoder


def test_positions_that_are_known_alike_refute_claim_13():
    assert remembered_positions.rule_13(changed(13, right=0.5)).word == claims.FAILS


@pytest.mark.parametrize("cell", claims.get(13).settings["cells"])
def test_a_context_is_asked_for_every_position_alike(cell):
    torch.manual_seed(0)
    model = remembered_positions.asked(cell, 8, 5, 6)
    x = torch.randint(0, 8, (3, 5))
    assert model(x).shape == (3, 5, 8)
    with torch.no_grad():
        model.positions.weight[:] = model.positions.weight[0]
    torch.testing.assert_close(model(x)[:, :1].expand(-1, 5, -1), model(x))
    if cell == remembered_positions.ORTHOGONAL:
        W = model.recurrent.weight_hh_l0
        torch.testing.assert_close(W @ W.T, torch.eye(6), atol=1e-5, rtol=0)


def test_gradients_that_stay_refute_claim_14_and_gradients_that_go_confirm_it():
    assert seq2seq_gradients.rule_14(changed(14, gradient=0.9)).word == claims.FAILS
    assert seq2seq_gradients.rule_14(changed(14, gradient=1e-4)).word == claims.HOLDS


def test_a_direction_that_makes_no_difference_refutes_claim_26():
    assert reversed_source.rule_26(changed(26, exact=0.5)).word == claims.FAILS


def test_the_distance_of_a_gradient_counts_the_steps_of_both_halves():
    grid = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])  # T = 2, S = 3
    assert seq2seq_gradients.by_distance(grid) == {1: 3.0, 2: 4.0, 3: 3.0, 4: 4.0}


def test_a_gradient_is_that_of_a_nudged_embedding():
    torch.manual_seed(0)
    model = seq2seq_gradients.with_cell("LSTM", 12, 6).double()
    source, wanted = torch.randint(4, 12, (1, 4)), torch.randint(4, 12, (1, 3))
    grid = seq2seq_gradients.gradients(model, source, wanted)
    inputs = torch.cat([torch.tensor([[2]]), source[:, :-1]], dim=1)

    def losses(nudge: torch.Tensor) -> torch.Tensor:
        hook = model.encoder.embedding.register_forward_hook(lambda *call: call[2] + nudge)
        with torch.no_grad():
            logits = model(source, torch.ones_like(source).bool(), inputs)
        hook.remove()
        return nn.functional.cross_entropy(logits[0, :3], wanted[0], reduction="none")

    for j in range(4):
        slopes = []
        for unit in range(6):
            nudge = torch.zeros(1, 4, 6, dtype=torch.float64)
            nudge[0, j, unit] = 1e-5
            slopes.append((losses(nudge) - losses(-nudge)) / 2e-5)
        norms = torch.stack(slopes).norm(dim=0).numpy()
        np.testing.assert_allclose(grid[:, j], norms, rtol=1e-5)


def test_two_networks_hand_over_what_they_are_said_to():
    source, mask = source_batch()
    first, states = {}, {}
    for handed in (measured.TWO, measured.H_ALONE, measured.LAYER):
        torch.manual_seed(0)
        model = measured.two_networks(handed, 13, 11, 8)
        memory = model.encoder(source, mask)
        first[handed], states[handed] = model.decoder.first_state(memory), memory
    h, c = first[measured.TWO]
    assert torch.equal(h[0], states[measured.TWO].hidden)
    assert torch.equal(c[0], states[measured.TWO].cell)
    h, c = first[measured.H_ALONE]
    assert torch.equal(h[0], states[measured.H_ALONE].hidden) and not c.any()
    h, c = first[measured.LAYER]
    torch.testing.assert_close(h, c.tanh())


def test_no_arm_of_claim_11_has_more_parameters_than_two_networks_and_none_has_far_fewer():
    counts = {
        arm: training.count_parameters(measured.of_equal_size(arm, 12, 12, 32))
        for arm in claims.get(11).settings["arms"]
    }
    assert max(counts.values()) == counts[measured.TWO] < 1.07 * min(counts.values())


@pytest.mark.parametrize("kind", ["aligned", "reads first"])
def test_one_network_answers_alike_alone_and_in_a_padded_batch(kind):
    torch.manual_seed(0)
    model = measured.one_network(kind, 13, 11, 8).double().eval()
    source, mask = source_batch()
    inputs = torch.tensor([[2, 5, 6]] * 3)
    together = model(source, mask, inputs)
    for row in range(3):
        length = int(mask[row].sum())
        alone = model(source[row : row + 1, :length], mask[row : row + 1, :length], inputs[:1])
        torch.testing.assert_close(alone[0], together[row])
    if kind == "reads first":
        memory, state = model.begin(source, mask)
        for t in range(3):
            logits, state, _ = model.step(inputs[:, t], state, memory)
            torch.testing.assert_close(logits, together[:, t])


def test_the_aligned_network_knows_only_what_it_has_read():
    torch.manual_seed(0)
    model = measured.one_network("aligned", 13, 11, 8)
    source, mask = source_batch()
    later = source.clone()
    later[0, 2] = 6
    before, after = (
        model(one, mask, torch.zeros(3, 5, dtype=torch.long)) for one in (source, later)
    )
    assert torch.equal(before[0, :2], after[0, :2])
    assert not torch.equal(before[0, 2], after[0, 2])
