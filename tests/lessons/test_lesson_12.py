"""What the page of lesson 12 says, against the code; what its claims count and judge."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course import claims
from course.claims import parallelism, word_order
from course.claims import scaled_scores as scaled
from course.claims import self_attention as measured
from course.claims.homonyms import HELD_OUT, homonyms
from course.exercises.bank.self_attention import causal_attention as bug
from course.exercises.bank.self_attention import common as exercises
from course.maintenance import refresh
from helpers import transformer


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The text of each cell."""
    notebook = refresh.read(refresh.ROOT / "notebooks" / "12_self_attention.ipynb")
    return [cell["source"] for cell in notebook["cells"]]


# The page ------------------------------------------------------------------------------------


def test_the_numbers_on_paper_are_torchs(sources: list[str]) -> None:
    page = next(s for s in sources if s.startswith("## A sentence on paper"))
    words = ["배", "를", "먹었다"]
    x = torch.tensor([exercises.WORDS[word] for word in words], dtype=torch.float64)
    query, key, value = (
        x @ torch.tensor(W).T for W in (exercises.W_Q, exercises.W_K, exercises.W_V)
    )
    y = F.scaled_dot_product_attention(query[None], key[None], value[None])[0]
    assert re.search(r"\\mathbf\{\((.+)\)\}", page).group(1) == ", ".join(  # type: ignore[union-attr]
        f"{number:g}" for number in y[0].numpy().round(6)
    )
    assert f"({', '.join(f'{n:g}' for n in query[0])})" in page
    weights = (key @ query[0] / 2).softmax(dim=0)
    for word, k, v, dot, weight in zip(words, key, value, key @ query[0], weights, strict=True):
        k_told, v_told = (
            f"({', '.join(f'{n:.2g}' if n < 1 else f'{n:.3g}' for n in one)})" if one.any() else "0"
            for one in (k, v)
        )
        one, half = round(dot.item(), 4), round(dot.item() / 2, 4)
        row = f"| {one:g} | {half:g} | {(dot / 2).exp():.0f} | {weight:.4g} |"
        assert f"| {word} | {k_told} | {v_told} {row}" in page


def test_page_and_exercise_have_the_same_maps(sources: list[str]) -> None:
    space: dict[str, Any] = {"np": np, "figures": mock.Mock()}
    exec(next(s for s in sources if s.startswith("ln2, ln5 =")), space)
    for name in ("W_q", "W_k", "W_v"):
        np.testing.assert_array_equal(space[name], getattr(exercises, name.upper()))
    assert space["vectors"] == {w: v for w, v in exercises.WORDS.items() if w != "그"}


def test_the_colleagues_code_on_the_page_is_that_of_the_bank(sources: list[str]) -> None:
    space: dict[str, Any] = {"np": np}
    exec(next(s for s in sources if s.startswith("def causal_attention")), space)
    rng = np.random.default_rng(0)
    given = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    for ours, shown in zip(
        bug.given_causal(*given), space["causal_attention"](*given), strict=True
    ):
        np.testing.assert_array_equal(ours, shown)


def test_the_verbs_of_the_test_stand_in_training_but_never_with_the_word() -> None:
    data = homonyms()
    kept = {(words[1], words[2]) for words, t in zip(data.sentences, data.test, strict=True) if t}
    seen = {(w[1], w[2]) for w, t in zip(data.sentences, data.test, strict=True) if not t}
    assert kept == {("배", verb) for verb in HELD_OUT} and int(data.test.sum()) == 12
    assert not kept & seen
    for verb in HELD_OUT:
        assert len({noun for noun, other in seen if other == verb}) == 2


def test_each_noun_has_several_senses_and_nothing_but_the_verb_tells_them_apart() -> None:
    data = homonyms()
    table: dict[str, dict[int, set[str]]] = {}
    for words, sense in zip(data.sentences, data.sense.tolist(), strict=True):
        table.setdefault(words[1], {}).setdefault(sense, set()).add(words[0])
    assert {noun: len(senses) for noun, senses in table.items()}.pop("배") == 3
    for senses in table.values():
        assert len(senses) > 1
        assert len({frozenset(times) for times in senses.values()}) == 1


# Claim 18 ------------------------------------------------------------------------------------


def changed(number: int, **figures: float) -> claims.Record:
    """The record of a claim with one figure for all seeds wherever its name is or begins so."""
    record = claims.record(number)
    values = {}
    for name, old in record.figures.items():
        values[name] = old
        for key, value in figures.items():
            if name.startswith(key.replace("__", " ").replace("_is_", "=") + " "):
                values[name] = [value] * len(old)
    return dataclasses.replace(record, figures=values)


def test_the_slopes_are_those_of_autograd() -> None:
    found = scaled.fresh_scores(4, 3, 1, seed=3)
    generator = torch.Generator().manual_seed(3)
    query = torch.randn(1, 4, dtype=torch.float64, generator=generator)
    key = torch.randn(1, 3, 4, dtype=torch.float64, generator=generator)
    for scaling, factor in ((scaled.PLAIN, 1.0), (scaled.DIVIDED, 0.5)):
        slope = torch.autograd.functional.jacobian(
            lambda q, factor=factor: (factor * key[0] @ q).softmax(0), query[0]
        )
        name = claims.figure("slope at queries", d_k=4, scores=scaling)
        assert found[name] == pytest.approx(slope.norm().item())


def test_scores_that_stay_normalised_confirm_claim_18_and_others_refute_it() -> None:
    assert scaled.rule_18(claims.record(18)).word == claims.HOLDS_WITHIN
    assert scaled.rule_18(changed(18, variance__at__last=1.0)).word == claims.HOLDS
    assert scaled.rule_18(changed(18, variance=9.0)).word == claims.FAILS


def test_a_start_is_moved_to_the_first_scores_of_the_other_scaling() -> None:
    batch = scaled.look_up_batches(1, 500, 16, 32, seed=0)[0]
    spread = {}
    for scaling in scaled.SCALINGS:
        torch.manual_seed(0)
        model = scaled.look_up(256, scaling, 32, 32)
        spread[scaling] = scaled.right_and_variance(model, batch)[1] ** 0.5
    assert spread[scaled.SMALL] == pytest.approx(spread[scaled.DIVIDED], rel=1e-4)
    assert spread[scaled.PLAIN] == pytest.approx(16 * spread[scaled.DIVIDED], rel=1e-4)
    assert spread[scaled.LARGE] == pytest.approx(spread[scaled.PLAIN], rel=1e-4)
    assert 0.7 < spread[scaled.DIVIDED] < 1.4


def test_a_network_trains_until_it_has_learnt_and_no_longer_than_it_may() -> None:
    task = {"B": 32, "S": 2, "V": 3}
    batches = scaled.look_up_batches(400, seed=0, **task)
    [held_out] = scaled.look_up_batches(1, 300, 2, 3, seed=1)
    made = []
    for few in (400, 20):
        torch.manual_seed(0)
        model = scaled.look_up(8, scaled.DIVIDED, 3, 16)
        made.append(scaled.updates_until_learnt(model, batches[:few], held_out, 0.01)[0])
        right = scaled.right_and_variance(model, held_out)[0]
        assert (right >= scaled.LEARNT) is (made[-1] < few)
    assert made[0] < 400 and made[1] == 20 and made[0] % scaled.LOOK == 0


@pytest.mark.parametrize("scaling", scaled.SCALINGS)
def test_the_rate_that_all_widths_share_is_the_best_of_the_grids_over_them(scaling: str) -> None:
    grids = {one.what: one for one in claims.tuning(claims.record_path(18))}
    over = [grids[f"the rate, {scaling}, {d_k}"] for d_k in scaled.WIDTHS]
    updates = np.log([one.scores for one in over]).mean(axis=(0, 2))
    assert over[0].values[int(updates.argmin())] == scaled.SHARED[scaling]


def test_the_page_says_how_much_slower_the_networks_of_claim_18_learn(sources: list[str]) -> None:
    page = next(" ".join(s.split()) for s in sources if "The variance is 1 at the start" in s)
    record = claims.record(18)

    def times(scaling: str, d_k: int) -> str:
        logs = [
            np.log(record.values("updates until learnt", d_k=d_k, scores=one, rate="own"))
            for one in (scaling, scaled.DIVIDED)
        ]
        return f"{np.exp(logs[0].mean() - logs[1].mean()):.1f}"

    slow, small = (
        [times(scaling, d_k) for d_k in (8, 512)] for scaling in (scaled.PLAIN, scaled.SMALL)
    )
    assert f"needs {slow[0]} times the updates at $d_k = 8$ and {slow[1]} times at 512" in page
    assert f"it needs {small[0]} to {small[1]} times" in page


# Claim 19 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", parallelism.LAYERS)
def test_torch_counts_the_multiplications_of_the_formula(layer: str) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    for n, d in ((3, 4), (7, 8)):
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            parallelism.run_layer(layer, torch.zeros(1, n, d), 2)
        assert counter.get_total_flops() // 2 == parallelism.multiplications(layer, n, d)


def test_the_longest_chain_is_counted_along_the_longest_way() -> None:
    x = torch.ones(2, requires_grad=True)
    short = x * 2
    long = ((x + 1) * 3).tanh()
    assert parallelism.longest_chain(short) == 1
    assert parallelism.longest_chain(short + long) == 4


def test_writing_is_the_layer_run_word_by_word() -> None:
    torch.manual_seed(0)
    wrote = parallelism.run_layer(parallelism.WRITING, torch.ones(1, 4, 6), 2)
    torch.manual_seed(0)
    layer = transformer.MultiHeadAttention(6, 2)
    inputs = torch.cat([torch.ones(1, 1, 6), wrote[:, :-1]], dim=1)
    again, _ = layer(inputs, inputs, transformer.causal_mask(4))
    torch.testing.assert_close(wrote, again)


def test_the_bytes_kept_leave_out_parameters() -> None:
    layer = nn.Linear(3, 5, bias=False)
    x = torch.randn(7, 3)
    assert parallelism.bytes_kept(lambda: layer(x)) == 7 * 3 * 4


def test_a_chain_that_grows_refutes_claim_19_and_one_that_does_not_while_writing_confirms_it():
    record = claims.record(19)
    assert parallelism.rule_19(record).word == claims.HOLDS_WITHIN
    figures = dict(record.figures)
    figures["chain layer=self-attention n=512"] = [999.0] * 5
    assert parallelism.rule_19(dataclasses.replace(record, figures=figures)).word == claims.FAILS
    figures = dict(record.figures)
    figures["chain layer=self-attention, writing n=512"] = [706.0] * 5
    assert parallelism.rule_19(dataclasses.replace(record, figures=figures)).word == claims.HOLDS


def test_multiplications_cross_those_of_an_lstm_at_twice_the_width_and_never_an_rnns() -> None:
    for d in (8, 64):
        made = {
            (layer, n): parallelism.multiplications(layer, n, d)
            for layer in parallelism.LAYERS
            for n in (1, 2 * d - 1, 2 * d, 2 * d + 1)
        }
        own, lstm, rnn = parallelism.SELF, parallelism.LSTM, parallelism.RNN
        assert made[own, 2 * d] == made[lstm, 2 * d]
        assert made[own, 2 * d - 1] < made[lstm, 2 * d - 1]
        assert made[own, 2 * d + 1] > made[lstm, 2 * d + 1]
        assert made[own, 1] > made[rnn, 1]


@pytest.mark.parametrize(
    ("own", "where"), [((1, 2, 8), 20), ((1, 1, 1), math.inf), ((9, 9, 9), 0), ((4, 1, 16), 20)]
)
def test_times_cross_where_a_layer_is_slower_from_there_on(
    own: tuple[float, ...], where: float
) -> None:
    figures = {
        claims.figure("seconds", layer=layer, n=n): [time, 2 * time]
        for layer, times in (("own", own), ("other", (4, 4, 4)))
        for n, time in zip((5, 10, 40), times, strict=True)
    }
    record = claims.Record(19, [0, 1], figures, {"timed": [5, 10, 40]}, {}, {}, "", "", "")
    assert parallelism.crossing(record, "own", "other") == pytest.approx(where)


def test_the_page_says_where_the_times_cross_and_what_they_are(sources: list[str]) -> None:
    page = next(
        " ".join(s.split()) for s in sources if "In the middle panel" in " ".join(s.split())
    )
    record, own = claims.record(19), parallelism.TORCHS
    near = [
        f"{float(f'{parallelism.crossing(record, own, other):.2g}'):.0f}"
        for other in ("LSTM", "RNN")
    ]
    assert f"the LSTM from about {near[0]} words on, and than the RNN from about {near[1]}" in page
    shortest = min(record.settings["timed"])
    times = {
        one: record.values("seconds", layer=one, n=shortest).min() for one in (own, "RNN", "LSTM")
    }
    assert min(times, key=times.__getitem__) == own  # "fastest for short sequences"


# Claim 20 ------------------------------------------------------------------------------------


def told(order: str, layers: int = 1) -> nn.Module:
    """A reader in double precision whose numbers for offsets are not all zero."""
    torch.manual_seed(0)
    model = word_order.reader(order, 10, 8, 2, layers, 3, pooled=True).double()
    if hasattr(model, "bias"):
        nn.init.normal_(model.bias)
    return model


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("order", word_order.ORDERS)
def test_what_a_reader_cannot_tell_apart_is_what_it_is_not_told(order: str, layers: int) -> None:
    tokens, model = torch.tensor([[1, 5, 2, 8, 8, 3]]), told(order, layers)
    backwards = torch.allclose(model(tokens), model(tokens.flip(1)))
    exchanged = torch.allclose(model(tokens), model(tokens[:, [2, 1, 0, 3, 4, 5]]))
    # Who knows distances alone cannot tell a sequence from its mirror image.
    assert backwards is (order in (word_order.NONE, word_order.DISTANCE))
    assert exchanged is (order == word_order.NONE)


def test_in_first_each_sequence_has_a_twin_with_the_other_answer() -> None:
    tokens, wanted = word_order.order_batch("first", 20, 9, 10, np.random.default_rng(0))
    for row, label in zip(tokens.tolist(), wanted.tolist(), strict=True):
        assert row.count(0) == row.count(1) == 1
        assert label == int(row.index(1) < row.index(0))
    assert (wanted[::2] == 1 - wanted[1::2]).all()
    assert torch.equal(tokens[::2].sort(dim=1).values, tokens[1::2].sort(dim=1).values)


def test_nobody_who_knows_the_bag_alone_does_better() -> None:
    tokens = torch.tensor([[3, 3, 1, 2], [0, 1, 2, 3]])
    # Row 1: at a 3 the others are 3, 1, 2 (best 1/3), at 1 and 2 two of three are 3.
    by_hand = ((1 + 1 + 2 + 2) / 3 + 4 / 3) / 8
    assert word_order.best_of_the_bag("previous", tokens) == pytest.approx(by_hand)


def test_claim_20_falls_with_its_parts() -> None:
    record = claims.record(20)

    def verdict(values: dict[str, float]) -> str:
        figures = {
            name: [values.get(name, old[0])] * len(old) for name, old in record.figures.items()
        }
        return word_order.rule_20(dataclasses.replace(record, figures=figures)).word

    assert verdict({}) == claims.HOLDS_WITHIN
    assert verdict({"right task=previous order=none": 0.9}) == claims.FAILS
    assert verdict({"right task=first order=sinusoidal": 0.6}) == claims.FAILS
    longer = {f"right longer task={one} order=sinusoidal": 1.0 for one in ("first", "previous")}
    blind = {
        "right task=first order=causal mask": 0.5,
        "right task=previous order=causal mask": 0.24,
    }
    assert verdict(longer) == verdict(blind) == claims.HOLDS_WITHIN
    assert verdict(longer | blind) == claims.HOLDS


def test_distances_know_no_direction_and_the_mask_gives_it() -> None:
    record = claims.record(20)

    def right(task: str, order: str) -> float:
        return float(record.values("right", task=task, order=order).mean())

    assert abs(right("first", word_order.DISTANCE) - 0.5) < 0.03
    assert right("previous", word_order.DISTANCE) < 0.65
    for task in ("first", "previous"):
        for order in (word_order.MASKED, word_order.OFFSET):
            assert right(task, order) > 0.98


# Claim 21 ------------------------------------------------------------------------------------


def test_the_right_mask_is_torchs_and_the_others_are_what_they_say() -> None:
    torch.manual_seed(0)
    part = transformer.MultiHeadAttention(6, 1).double()
    part.output = nn.Identity()
    x = torch.randn(1, 4, 6, dtype=torch.float64)
    q, k, v = part.query(x), part.key(x), part.value(x)
    scores = q @ k.transpose(1, 2) / math.sqrt(6)
    past = torch.ones(4, 4).tril()
    wanted = {
        measured.NO_MASK: F.scaled_dot_product_attention(q, k, v),
        measured.RIGHT: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        measured.TOO_FAR: F.scaled_dot_product_attention(
            q, k, v, attn_mask=torch.ones(4, 4).tril(1).bool()
        ),
        measured.ZEROED: (scores * past).softmax(-1) @ v,
        measured.AFTER: (scores.softmax(-1) * past) @ v,
    }
    for how in measured.MASKS:
        torch.testing.assert_close(measured.attend(part, x, how), wanted[how])


def test_a_leak_is_found_where_a_later_input_moves_an_earlier_output() -> None:
    torch.manual_seed(0)
    ahead, back = measured.leaks(lambda x: x.cumsum(dim=1), 4, 3)
    assert ahead == 0 and back == pytest.approx(math.sqrt(3))
    ahead, _ = measured.leaks(lambda x: x.cumsum(dim=1) + 1e-3 * x.mean(dim=1, keepdim=True), 4, 3)
    assert ahead == pytest.approx(1e-3 / 4 * math.sqrt(3))


def test_a_later_symbol_that_moves_an_earlier_score_is_found() -> None:
    new = torch.randint(0, 8, (20, 12))
    for how in (measured.NO_MASK, measured.RIGHT):
        torch.manual_seed(0)
        found = measured.judged(measured.next_symbol(how, 8, 16, 2), new, 6, 8)
        assert (found["moved by a later symbol"] > 0) is (how == measured.NO_MASK)


def test_claim_21_falls_with_a_single_leak() -> None:
    assert measured.rule_21(changed(21, leak=1e-12)).word == claims.FAILS
    assert measured.rule_21(changed(21, moved__by__a__later__symbol=1e-12)).word == claims.FAILS
    record = claims.record(21)
    assert measured.rule_21(record).word == claims.HOLDS
    name = "loss of the random half mask=causal mask"
    figures = {**record.figures, name: [0.5] * len(record.seeds)}
    word = measured.rule_21(dataclasses.replace(record, figures=figures)).word
    assert word == claims.HOLDS_WITHIN
