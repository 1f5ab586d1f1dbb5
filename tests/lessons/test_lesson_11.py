"""Lesson 11: Bahdanau's wiring, the experiments behind the claims, the numbers on the page."""

import dataclasses
import re
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from course import claims
from course.claims import alignment
from course.claims import attention as measured
from course.claims import attention_scores as scores
from course.claims.seq2seq_gradients import gradients
from course.maintenance import refresh
from helpers import attention, decoding, metrics, seq2seq, text, training
from helpers.corpora.korean_english import Pair

NOTEBOOK = refresh.ROOT / "notebooks" / "11_attention.ipynb"


@pytest.fixture(scope="module")
def sources() -> list[str]:
    return [cell["source"] for cell in refresh.read(NOTEBOOK)["cells"]]


def source_batch() -> tuple[torch.Tensor, torch.Tensor]:
    ids, mask = text.pad([[4, 7, 12, 5, 9], [6], [11, 4, 8]])
    return torch.from_numpy(ids), torch.from_numpy(mask)


# --- Bahdanau's wiring -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain", "each step", "even", "plain two ways"])
def test_no_network_has_more_numbers_than_attention_and_few_have_less(name):
    numbers = [
        sum(p.numel() for p in measured.network(n, 12, 12, h).parameters())
        for n, h in (("attention", 64), (name, measured.width(name, 12, 12, 64)))
    ]
    assert 0.93 * numbers[0] < numbers[1] <= numbers[0]


def test_even_weights_are_even_and_stay_so():
    torch.manual_seed(0)
    model = measured.network("even", 13, 11, 8)
    source, mask = source_batch()
    loss = seq2seq.next_token_loss(model, (source, mask, torch.tensor([[2, 4, 3]] * 3)))
    loss.backward()
    assert model.decoder.query.weight.grad is None
    memory, state = model.begin(source, mask)
    _, _, weights = model.decoder(torch.tensor([[2, 4]] * 3), state, memory)
    wanted = (mask / mask.sum(dim=1, keepdim=True)).unsqueeze(1).expand(-1, 2, -1)
    torch.testing.assert_close(weights, wanted)


@pytest.mark.parametrize("cell", ["RNN", "LSTM"])
@pytest.mark.parametrize("looks", ["plain", "each step", "attention"])
def test_every_network_of_claim_28_learns_and_decodes(cell, looks):
    torch.manual_seed(0)
    model = measured.with_looks(cell, looks, 12, 8)
    kind = nn.RNN if cell == "RNN" else nn.LSTM
    assert isinstance(model.encoder.recurrent, kind)
    assert isinstance(model.decoder.recurrent, kind)
    x = torch.randint(4, 12, (3, 5))
    grid = measured.reach(model, x, x, x)
    assert grid.shape == (5, 5)
    assert (grid > 0).all()
    assert len(decoding.greedy(model, x, torch.ones_like(x).bool(), 4)) == 3


def test_the_gradient_of_a_copy_is_that_of_lesson_09():
    torch.manual_seed(0)
    model = measured.with_looks("LSTM", "plain", 12, 6)
    source, wanted = torch.randint(4, 12, (2, 4)), torch.randint(4, 12, (2, 4))
    inputs = torch.cat([torch.full((2, 1), text.START_ID), source[:, :-1]], dim=1)
    np.testing.assert_allclose(
        measured.reach(model, source, inputs, wanted), gradients(model, source, wanted)
    )


def test_readers_hold_the_token_or_do_not():
    source, mask = source_batch()
    states = {}
    for name in ("one way", "one way + token", "two ways", "two ways + token"):
        torch.manual_seed(0)
        reader = alignment.reader(name, 13, 8).double()
        states[name] = reader(source, mask).states, reader.embedding(source)
    for name in ("one way", "two ways"):
        bare, x = states[name]
        torch.testing.assert_close(states[f"{name} + token"][0], bare + x)
    torch.manual_seed(0)
    encoder = seq2seq.Encoder(13, 8).double()
    torch.testing.assert_close(states["two ways + token"][0], encoder(source, mask).states)


def test_weights_under_the_right_words_are_those_of_decoding_them():
    training.set_seed(0)
    model = seq2seq.Seq2Seq(seq2seq.Encoder(13, 8), seq2seq.AttentionDecoder(11, 8))
    source, mask = source_batch()
    found = decoding.greedy(model, source, mask, 4)
    rows = [row[keep].tolist() for row, keep in zip(source, mask, strict=True)]
    looked = alignment.weights_of(model, rows, [one.tokens for one in found])
    for one, decoded in zip(looked, found, strict=True):
        assert one.shape[0] == len(decoded.tokens) + 1
        np.testing.assert_allclose(one[:-1], decoded.attention_weights, atol=1e-6)


def test_words_without_a_partner_do_not_count():
    gold = [frozenset({(0, 0), (3, 1), (2, 3)})]
    links = [{(0, 0), (3, 1), (2, 2), (2, 3)}]
    assert alignment.error_rate(links, gold) == 0
    assert metrics.alignment_error_rate(links, gold) == pytest.approx(1 / 7)
    assert alignment.error_rate([{(1, 0), (3, 1), (2, 3)}], gold, first=1) == 0


class Counted:
    """A number that counts what is done with it."""

    counts: ClassVar[dict[str, int]] = {}

    def __init__(self, value: float) -> None:
        self.value = float(value)

    def _note(self, kind: str, value: float) -> "Counted":
        Counted.counts[kind] = Counted.counts.get(kind, 0) + 1
        return Counted(value)

    def __mul__(self, other: "Counted") -> "Counted":
        return self._note("multiplications", self.value * other.value)

    def __truediv__(self, other: "Counted") -> "Counted":
        return self._note("multiplications", self.value / other.value)

    def __add__(self, other: "Counted") -> "Counted":
        return self._note("additions", self.value + other.value)

    def __sub__(self, other: "Counted") -> "Counted":
        return self._note("additions", self.value - other.value)

    def function(self, apply) -> "Counted":
        return self._note("functions", float(apply(self.value)))


def total(numbers: list[Counted]) -> Counted:
    sum_ = numbers[0]
    for one in numbers[1:]:
        sum_ = sum_ + one
    return sum_


def by_counting(score: str, q: list[list[Counted]], k: list[list[Counted]], H: int):
    """Compute a score in plain Python, an operation at a time."""

    def dot(a, b):
        return total([x * y for x, y in zip(a, b, strict=True)])

    def unit(vector):
        length = dot(vector, vector).function(np.sqrt)
        return [x / length for x in vector]

    root, beta, v = Counted(H**0.5), Counted(5.0), [Counted(i + 1) for i in range(H)]
    if score.startswith("cosine"):
        q, k = [unit(one) for one in q], [unit(one) for one in k]
        if score == scores.SCALED_COSINE:
            return [[dot(a, b) * beta for b in k] for a in q]
    if score == "scaled_dot":
        return [[dot(a, b) / root for b in k] for a in q]
    if score == "euclidean":
        differences = [[[x - y for x, y in zip(a, b, strict=True)] for b in k] for a in q]
        return [[dot(d, d).function(np.sqrt) for d in row] for row in differences]
    if score == "additive":
        sums = [[[x + y for x, y in zip(a, b, strict=True)] for b in k] for a in q]
        return [[dot(v, [x.function(np.tanh) for x in one]) for one in row] for row in sums]
    return [[dot(a, b) for b in k] for a in q]


@pytest.mark.parametrize("score", claims.get(17).settings["scores"])
def test_operations_are_as_many_as_are_made(score):
    T, S, H = 2, 3, 4
    rng = np.random.default_rng(0)
    queries, keys = rng.normal(size=(T, H)), rng.normal(size=(S, H))
    Counted.counts = {}
    found = by_counting(
        score,
        [[Counted(x) for x in row] for row in queries],
        [[Counted(x) for x in row] for row in keys],
        H,
    )
    wanted = scores.operations(score, T, S, H)
    stored = wanted.pop("stored")
    assert {**dict.fromkeys(wanted, 0), **Counted.counts} == wanted
    assert stored == {"dot": 0, "scaled_dot": 0, "euclidean": 24, "additive": 24}.get(score, 20)
    values = np.array([[one.value for one in row] for row in found])
    if score == "additive":
        weights = attention.AdditiveWeights(np.eye(H), np.eye(H), np.zeros(H), np.arange(1.0, 5))
        ours = attention.additive_score(queries[None], keys[None], weights)[0]
    else:
        name = score.removesuffix(" × β")
        ours = attention.SCORES[name].forward(queries[None], keys[None])[0]
        ours = 5 * ours if score == scores.SCALED_COSINE else ours
        ours = -ours if score == "euclidean" else ours
    np.testing.assert_allclose(values, ours)


@pytest.mark.parametrize("score", claims.get(17).settings["scores"])
def test_a_network_compares_as_the_numpy_scores_do(score):
    torch.manual_seed(0)
    decoder = scores.scored(score, 13, 11, 8).double().decoder
    q, k = torch.randn(2, 3, 8, dtype=torch.float64), torch.randn(2, 5, 8, dtype=torch.float64)
    found = decoder.compare(q, k).detach().numpy()
    if score == "additive":
        v = decoder.v.weight[0].detach().numpy()
        weights = attention.AdditiveWeights(np.eye(8), np.eye(8), np.zeros(8), v)
        wanted = attention.additive_score(q.numpy(), k.numpy(), weights)
    else:
        name = score.removesuffix(" × β")
        wanted = attention.SCORES[name].forward(q.numpy(), k.numpy())
        wanted = 5 * wanted if score == scores.SCALED_COSINE else wanted
    np.testing.assert_allclose(found, wanted, atol=1e-12)


# --- the rules -------------------------------------------------------------------------------


def changed(number: int, **changes: float) -> claims.Record:
    """Return the record with the figures whose names begin so set to a number for every seed."""
    record = claims.record(number)
    figures = dict(record.figures)
    for begin, value in changes.items():
        begin = begin.replace("__", " ").replace("_is_", "=")
        for name, old in figures.items():
            if name.startswith(begin):
                figures[name] = [value + 1e-6 * i for i in range(len(old))]
    return dataclasses.replace(record, figures=figures)


def test_attention_that_is_no_better_than_a_fixed_context_refutes_claim_15():
    record = changed(15, copy__network=0.5, Korean__network=0.5)
    assert measured.rule_15(record).word == claims.FAILS


def test_attention_that_is_right_at_any_length_confirms_claim_15():
    record = changed(15, copy__network_is_attention=0.99, Korean__network_is_attention=0.99)
    assert measured.rule_15(record).word == claims.HOLDS


ENCODERS = claims.get(16).settings["readers"]


def record_of(number, figures):
    """A record of the claim's settings with these figures, five values each."""
    settings = dict(claims.get(number).settings)
    return claims.Record(number, list(range(5)), figures, settings, {}, {}, "", "", "")


def record_16(**figures):
    """A record of claim 16 in which both baselines err at 0.85."""
    return record_of(
        16, {f"AER network={n}": [0.85] * 5 for n in ("diagonal", "position")} | figures
    )


def test_weights_no_better_than_the_diagonal_refute_claim_16():
    figures = {f"AER network={name}": [0.8 + 0.01 * i for i in range(5)] for name in ENCODERS}
    assert alignment.rule_16(record_16(**figures)).word == claims.FAILS


def test_claim_16_names_the_encoders_whose_states_are_pointed_at():
    figures = {f"AER network={name}": [0.2 + 0.01 * i for i in range(5)] for name in ENCODERS}
    verdict = alignment.rule_16(record_16(**figures))
    assert verdict.word == claims.HOLDS_WITHIN and "3 of 3 encoders" in verdict.reason
    figures["AER network=one way"] = [0.5, 0.51, 0.52, 0.5, 0.51]
    assert alignment.rule_16(record_16(**figures)).reason.startswith("2 of 3 encoders")


def test_a_baseline_by_position_knows_where_partners_stood_and_nothing_else():
    train = [
        Pair("", ("나", "는", "자", "ㄴ다"), ("I", "sleep"), frozenset({(0, 0), (2, 1)}), 1),
        Pair("", ("개", "가", "자", "ㄴ다"), ("it", "sleeps"), frozenset({(0, 0), (2, 1)}), 1),
    ]
    other = Pair("", ("저", "새", "가", "날", "ㄴ다"), ("it", "flies"), frozenset(), 1)
    longer = other._replace(english=("that", "bird", "flies"))
    assert alignment.by_position(train, [other, longer]) == [
        {(1, 0), (3, 1)},
        {(0, 0), (0, 1), (0, 2)},
    ]


def test_claim_17_is_decided_by_counts_and_says_how_many_scores_are_better():
    settings = claims.get(17).settings
    figures = {
        **{
            claims.figure(kind, score=score): [float(count)] * 5
            for score in settings["scores"]
            for kind, count in scores.operations(score, 10, 10, 64).items()
        },
        **{
            claims.figure("exact", task=task, score=score): [0.9, 0.91, 0.92, 0.9, 0.91]
            for task in settings["tasks"]
            for score in settings["scores"]
        },
    }
    figures["exact task=Korean score=additive"] = [0.97] * 5
    verdict = scores.rule_17(record_of(17, figures))
    assert verdict.word == claims.HOLDS_WITHIN
    assert "of 5 others, 0 do better at copy (91 % exact) and 1 at Korean" in verdict.reason
    cheaper = figures | {"multiplications score=additive": [1.0] * 5}
    assert scores.rule_17(record_of(17, cheaper)).word == claims.FAILS


def test_gradients_that_are_alike_refute_claim_28_and_others_confirm_it():
    assert measured.rule_28(changed(28, gradient=0.1)).word == claims.FAILS
    record = claims.record(28)
    figures = {
        name: [(1e-3 if "network=plain" in name else 1.0) + 1e-6 * i for i in range(len(old))]
        for name, old in record.figures.items()
    }
    assert measured.rule_28(dataclasses.replace(record, figures=figures)).word == claims.HOLDS


# --- the page --------------------------------------------------------------------------------


def test_the_worked_example_is_torchs(sources):
    table = next(s for s in sources if s.startswith("## Attention on paper"))
    h = torch.tensor([[1.0, 0, 0, 1], [1, 0, 0, 2], [1, 1, 2, 0], [1, 1, 0, 0]]).double()
    scores = h @ torch.tensor([-1.705, -1.396, 1.439, -0.598]).double()
    rows = re.findall(
        r"\| \S+ \| \([\d, ]+\) \| −([\d.]+) \| ([\d.]+) \| [\d.]+ / ([\d.]+) = ([\d.]+) \|", table
    )
    assert len(rows) == 4
    for row, e, alpha in zip(rows, scores, scores.softmax(0), strict=True):
        score, power, total, weight = map(float, row)
        assert -score == pytest.approx(float(e), abs=5e-4)
        assert power == pytest.approx(float((e + 4).exp()), abs=5e-4)
        assert total == pytest.approx(float((scores + 4).exp().sum()), abs=5e-4)
        assert weight == pytest.approx(float(alpha), abs=5e-4)
    context = nn.functional.scaled_dot_product_attention(
        torch.tensor([[-1.705, -1.396, 1.439, -0.598]]).double(), h, h, scale=1.0
    )
    np.testing.assert_allclose(context[0], [1.0, 0.845, 1.6, 0.21], atol=5e-4)


def test_the_page_trains_its_translator_as_claim_16_does(sources):
    cell = next(s for s in sources if "SEED = 1000" in s)
    settings = claims.get(16).settings
    assert f"Encoder(len(read), {settings['H']})" in cell
    assert f"AttentionDecoder(len(write), {settings['H']})" in cell
    assert f"batch_size={settings['B']}," in cell
    assert f"epochs={settings['epochs']}," in cell
    assert f'"learning_rate": {settings["rate"]},' in cell
    assert "torch.manual_seed(SEED)" in cell
    assert "seed=SEED" in cell
    assert settings["pairs"] == 36_000
