"""Beam search against greedy decoding at one end and exhaustive search at the other."""

import itertools
import math
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn

from helpers import decoding, seq2seq, text, training


class Everything(NamedTuple):
    """A memory of one tensor."""

    mask: Tensor


class Table(nn.Module):
    """Gives the next token's probabilities by the last token alone, the same for each source."""

    def __init__(self, rows: dict[int, dict[int, float]], size: int) -> None:
        super().__init__()
        table = torch.full((size, size), 1e-30, dtype=torch.float64)
        for last, following in rows.items():
            for token, probability in following.items():
                table[last, token] = probability
        self.logits = nn.Parameter(table.log())

    def begin(self, source: Tensor, mask: Tensor) -> tuple[Everything, Tensor]:
        return Everything(mask), torch.full((1, len(source), 1), float(text.START_ID))

    def step(self, tokens: Tensor, state: Tensor, memory: Everything) -> tuple[Tensor, ...]:
        assert len(tokens) == len(memory.mask) == state.shape[1]
        return self.logits[tokens], state, memory.mask.float()


END, A, B, C = text.END_ID, 4, 5, 6

# Greedy takes A (0.5), after which the best is 0.4; B leads to a sentence of 0.4 * 0.9.
TRAP = Table(
    {
        text.START_ID: {A: 0.5, B: 0.4, END: 0.1},
        A: {A: 0.3, B: 0.3, END: 0.4},
        B: {C: 0.9, END: 0.1},
        C: {END: 1.0},
    },
    7,
)
ONE = torch.ones(1, 2, dtype=torch.long), torch.ones(1, 2, dtype=torch.bool)


def random_model(decoder: type[nn.Module] = seq2seq.PlainDecoder, seed: int = 0, V: int = 6):
    training.set_seed(seed)
    model = seq2seq.Seq2Seq(seq2seq.PlainEncoder(9, 6), decoder(V, 6)).double()
    with torch.no_grad():  # fresh networks find all tokens about equally likely
        for parameter in model.parameters():
            parameter.mul_(3.0)
    return model


def batch() -> tuple[Tensor, Tensor]:
    ids, mask = text.pad([[4, 7, 8, 5], [6], [4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


def log_probability(model, source: Tensor, mask: Tensor, tokens: list[int]) -> float:
    """The logarithm of a whole sequence's probability, by one call with the right words fed in."""
    inputs = torch.tensor([[text.START_ID, *tokens[:-1]]])
    log_p = model(source, mask, inputs).log_softmax(-1)[0]
    return sum(log_p[t, token].item() for t, token in enumerate(tokens))


def exhaustive(model, source: Tensor, mask: Tensor, T: int, penalty: float):
    """Every sequence of at most T tokens that ends, or has T tokens: best score first."""
    V = model.decoder.output.out_features
    words = [token for token in range(V) if token != END]
    found = []
    for length in range(1, T + 1):
        for first in itertools.product(words, repeat=length - 1):
            for last in range(V) if length == T else [END]:
                tokens = [*first, last]
                total = log_probability(model, source, mask, tokens)
                found.append((total / length**penalty, tokens, total))
    return sorted(found, key=lambda one: -one[0])


def test_a_wider_beam_finds_what_greedy_misses():
    [greedy] = decoding.greedy(TRAP, *ONE)
    [[narrow]] = decoding.beam(TRAP, *ONE, width=1, length_penalty=0.0)
    [wide] = decoding.beam(TRAP, *ONE, width=2, length_penalty=0.0)
    assert greedy.tokens == narrow.tokens == [A]
    assert narrow.log_probability == pytest.approx(math.log(0.5 * 0.4))
    assert wide[0].tokens == [B, C]
    assert wide[0].log_probability == wide[0].score == pytest.approx(math.log(0.4 * 0.9))
    assert wide[0].finished


@pytest.mark.parametrize(
    "decoder", [seq2seq.PlainDecoder, seq2seq.PeekyDecoder, seq2seq.AttentionDecoder]
)
def test_with_width_one_it_is_greedy(decoder):
    for seed in range(4):
        model = random_model(decoder, seed)
        wanted = decoding.greedy(model, *batch(), maximum_length=8)
        for one, [hypothesis] in zip(
            wanted, decoding.beam(model, *batch(), width=1, maximum_length=8), strict=True
        ):
            assert hypothesis.tokens == one.tokens
            assert hypothesis.finished == one.finished


@pytest.mark.parametrize(("V", "T", "penalty"), [(6, 3, 0.6), (4, 4, 0.0), (9, 2, 2.0)])
def test_with_room_for_everything_it_is_exhaustive_search(V, T, penalty):
    for decoder in (seq2seq.PlainDecoder, seq2seq.AttentionDecoder):
        model = random_model(decoder, seed=1, V=V)
        source, mask = batch()
        found = decoding.beam(model, source, mask, V**T, penalty, maximum_length=T)
        for row, hypotheses in enumerate(found):
            length = int(mask[row].sum())
            alone = source[row : row + 1, :length], mask[row : row + 1, :length]
            wanted = exhaustive(model, *alone, T, penalty)
            assert len(hypotheses) == len(wanted)
            for hypothesis, (score, tokens, total) in zip(hypotheses, wanted, strict=True):
                assert hypothesis.score == pytest.approx(score, rel=1e-9)
                assert hypothesis.log_probability == pytest.approx(total, rel=1e-9)
                assert [*hypothesis.tokens, *[END] * hypothesis.finished] == tokens


def test_each_score_is_the_models_own_whatever_the_width():
    model = random_model(seed=2)
    source, mask = batch()
    for width in (2, 3, 7):
        found = decoding.beam(model, source, mask, width, 0.5, maximum_length=6)
        for row, hypotheses in enumerate(found):
            length = int(mask[row].sum())
            alone = source[row : row + 1, :length], mask[row : row + 1, :length]
            assert len({(*h.tokens, h.finished) for h in hypotheses}) == len(hypotheses) == width
            assert [h.score for h in hypotheses] == sorted(h.score for h in hypotheses)[::-1]
            for h in hypotheses:
                tokens = [*h.tokens, *[END] * h.finished]
                total = log_probability(model, *alone, tokens)
                assert h.log_probability == pytest.approx(total, rel=1e-9)
                assert h.score == pytest.approx(total / len(tokens) ** 0.5, rel=1e-9)


def test_a_sentence_decodes_alike_alone_and_in_a_batch():
    model = random_model(seed=3)
    source, mask = batch()
    together = decoding.beam(model, source, mask, 4, maximum_length=6)
    for row, hypotheses in enumerate(together):
        length = int(mask[row].sum())
        alone = source[row : row + 1, :length], mask[row : row + 1, :length]
        [again] = decoding.beam(model, *alone, 4, maximum_length=6)
        assert [h.tokens for h in again] == [h.tokens for h in hypotheses]


def test_the_penalty_decides_between_short_and_long():
    rows, totals = [[A, END, END, END], [A, B, C, END], [A, B, C, A]], [-2.0, -2.4, -2.8]
    short_first = decoding.ranked(rows, totals, 0.0)
    long_first = decoding.ranked(rows, totals, 1.0)
    assert [h.tokens for h in short_first] == [[A], [A, B, C], [A, B, C, A]]
    assert [h.tokens for h in long_first] == [[A, B, C], [A, B, C, A], [A]]
    assert [h.score for h in long_first] == [-2.4 / 4, -2.8 / 4, -2.0 / 2]
    assert [h.finished for h in long_first] == [True, False, True]


def test_what_cannot_happen_is_no_hypothesis():
    rows, totals = [[END], [A]], [-1.0, -math.inf]
    assert [h.tokens for h in decoding.ranked(rows, totals, 1.0)] == [[]]


def test_states_follow_their_hypotheses_whatever_their_form():
    state = torch.arange(6.0).view(1, 3, 2)
    rows = torch.tensor([2, 0, 0])
    assert torch.equal(decoding.pick_rows(state, rows), state[:, [2, 0, 0]])
    hidden, (cell,) = decoding.pick_rows((state, (state + 1,)), rows)
    assert torch.equal(hidden + 1, cell)


@pytest.mark.parametrize(("width", "length"), [(0, 3), (2, 0)])
def test_a_beam_without_room_is_refused(width, length):
    with pytest.raises(ValueError, match="give at least 1 of each"):
        decoding.beam(TRAP, *ONE, width=width, maximum_length=length)
