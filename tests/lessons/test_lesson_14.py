"""What lesson 14 measures: sizes, costs and broken input, against torch and by hand."""

from __future__ import annotations

import statistics

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from course import claims
from course.claims import broken_input as broken
from course.claims import capstone as measured
from course.claims import four_translators as four
from course.claims.in_lessons import find_picture
from course.figures import capstone as figures
from course.maintenance import refresh
from helpers import decoding, plots, seq2seq, training
from helpers.corpora import korean_english
from helpers.corpora.korean_english import Pair
from helpers.transformer import CachedTransformer, Transformer

S, T, V = 7, 5, 23

READS = Pair(
    "나는 오늘 책을 읽는다.",
    ("나", "는", "오늘", "책", "을", "읽", "는다"),
    ("I", "read", "a", "book", "today"),
    frozenset({(0, 0), (2, 4), (3, 3), (5, 1), (6, 1)}),
    1,
)


# --- sizes and costs -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", measured.ALL)
def test_each_model_is_the_widest_with_no_more_parameters_than_attention(kind):
    most = training.count_parameters(four.model_of("attention", 31, V, 24))
    model = four.sized(kind, 31, V, 24)
    width = measured.model_width(model)
    assert training.count_parameters(model) <= most
    assert training.count_parameters(four.model_of(kind, 31, V, width + 4)) > most
    assert width == 24 or kind != "attention"


@pytest.mark.filterwarnings("ignore:TF32")
@pytest.mark.parametrize("kind", measured.ALL)
def test_multiplications_are_those_that_torch_counts(kind):
    model = four.model_of(kind, 31, V, 24, dropout=0.0).eval()
    source, mask, target = measured.random_batch(1, S, T, 31, V)
    # Without oneDNN an LSTM is run as the matrix products that it consists of.
    with torch.backends.mkldnn.flags(enabled=False), FlopCounterMode(display=False) as counter:
        model(source, mask, target[:, :-1])
    assert 2 * four.multiplications(kind, 24, V, S, T) == counter.get_total_flops()


@pytest.mark.parametrize("kind", measured.ALL)
def test_numbers_held_are_those_of_memory_and_state(kind):
    model = four.model_of(kind, 31, V, 24).eval()
    source, mask, target = measured.random_batch(1, S, T, 31, V)
    decoder = CachedTransformer(model) if isinstance(model, Transformer) else model
    memory, state = decoder.begin(source, mask)
    for t in range(T):
        _, state, _ = decoder.step(target[:, t], state, memory)
    looked_at = {
        "plain": [],
        "peeky": [memory.hidden] if kind == "peeky" else [],
        "attention": [memory.states],
        "Transformer": [memory.keys, memory.values] if kind.startswith("Transformer") else [],
    }[kind.partition(",")[0]]
    held = sum(part.numel() for part in (*state, *looked_at))
    assert four.numbers_held(kind, 24, S, T) == held


def test_blocks_wait_for_blocks_and_time_steps_for_time_steps():
    model = four.model_of("Transformer", 31, V, 24)
    blocks = [*model.encoder.blocks, *model.decoder.blocks]
    assert four.steps_in_sequence("Transformer", S, T) == len(blocks)
    for kind in ("plain", "peeky", "attention"):
        assert four.steps_in_sequence(kind, S, T) == S + T


def test_bytes_for_training_are_what_a_layer_keeps():
    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding, self.linear = nn.Embedding(9, 4), nn.Linear(4, V)

        def forward(self, source, mask, inputs):
            return self.linear(self.embedding(inputs)).tanh()

    batch = measured.random_batch(3, S, T, 31, 9)
    # The target's ids, twice (what goes in is a view of it, what is wanted a copy), the linear
    # layer's input, tanh's output, and cross-entropy's log-probabilities and its total weight.
    ids, wanted = 8 * 3 * (T + 1), 8 * 3 * T
    floats = 4 * 3 * T * (4 + V + V) + 4
    assert four.bytes_for_training(Layer(), batch) == ids + wanted + floats


@pytest.mark.parametrize("kind", measured.ALL)
def test_training_keeps_more_the_longer_the_sentences_and_the_same_each_time(kind):
    model = four.model_of(kind, 31, V, 24)

    def kept(length: int) -> int:
        return four.bytes_for_training(model, measured.random_batch(2, length, length, 31, V))

    assert kept(6) == kept(6) < kept(12)


def test_the_cached_transformer_writes_what_the_plain_one_writes():
    torch.manual_seed(0)
    model = four.model_of("Transformer", 31, V, 24)
    source, mask, _ = measured.random_batch(4, S, T, 31, V)
    slow = decoding.greedy(model, source, mask, 12)
    fast = decoding.greedy(CachedTransformer(model), source, mask, 12)
    assert [one.tokens for one in slow] == [one.tokens for one in fast]


def test_a_model_trained_once_is_found_again_and_its_last_weights_are_kept(monkeypatch):
    monkeypatch.setattr(four, "_TRAINED", {})
    arguments = (0, "plain", 40, 2, False, 8, 20, 0.01, 0.1)
    first = four.trained(*arguments)
    assert four.trained(*arguments)[0] is first[0]
    assert first[3].best_epoch == 1
    four._TRAINED.clear()
    again = four.trained(*arguments)
    assert again[3].losses == first[3].losses


# --- input that no training sentence looks like ----------------------------------------------


def test_the_subject_goes_behind_the_object():
    assert four.reordered(READS) == ("오늘", "책", "을", "나", "는", "읽", "는다")
    assert four.without_object_particle(READS) == ("나", "는", "오늘", "책", "읽", "는다")


def test_what_stands_in_the_new_order_already_is_not_moved():
    moved = ("책", "을", "나", "는", "읽", "는다")
    links = frozenset({(0, 3), (2, 0), (4, 1), (5, 1)})
    pair = Pair("책을 나는 읽는다.", moved, ("I", "read", "a", "book"), links, 1)
    assert four.particles(pair) == (3, 1)
    assert four.reordered(pair) is None


def test_an_ending_is_no_particle_of_the_subject():
    pair = Pair(
        "아이도 작은 새를 본다.",
        ("아이", "도", "작", "은", "새", "를", "보", "ㄴ다"),
        ("the", "child", "sees", "a", "small", "bird", "too"),
        frozenset({(0, 1), (1, 6), (2, 4), (3, 4), (4, 5), (6, 2), (7, 2)}),
        1,
    )
    assert four.particles(pair) == (None, 5)
    assert four.reordered(pair) is None


def test_reordered_sentences_keep_their_morphemes_and_none_is_in_training():
    train = {pair.morphemes for pair in korean_english.load("train")}
    moved = 0
    for pair in korean_english.load("test"):
        other = four.reordered(pair)
        if other is None:
            continue
        moved += 1
        assert sorted(other) == sorted(pair.morphemes) and other != pair.morphemes
        assert other[-1] == pair.morphemes[-1] and other not in train
        assert len(four.without_object_particle(pair)) == len(pair.morphemes) - 1
    assert moved > 350


def test_no_training_sentence_has_its_object_before_its_subject():
    for pair in korean_english.load("train"):
        subject, its_object = four.particles(pair)
        if pair.clauses == 1 and subject is not None and its_object is not None:
            assert subject < its_object


def test_a_gap_loses_a_morpheme_that_is_expressed_and_never_the_last():
    rng = np.random.default_rng(0)
    for pair in korean_english.load("test")[:200]:
        source, left = four.with_gap(pair, rng)
        [lost] = set(range(len(pair.morphemes))) - set(left)
        assert lost in {i for i, _ in pair.alignment} and lost < len(pair.morphemes) - 1
        assert source == tuple(m for i, m in enumerate(pair.morphemes) if i != lost)


def test_what_the_rest_still_expresses_follows_the_gold_alignment():
    assert four.first_half(READS) == (("나", "는", "오늘", "책"), [0, 1, 2, 3])
    assert four.still_expressed(READS, [0, 1, 2, 3]) == ["I", "book", "today"]
    assert four.still_expressed(READS, [6]) == []  # the ending alone does not say it
    assert four.still_expressed(READS, [5, 6]) == ["read"]
    assert four.still_expressed(READS, range(7)) == ["I", "read", "book", "today"]


def test_words_kept_and_invented_count_each_word_once():
    answers, wanted = [["the", "cat", "cat"], ["a"]], [["cat", "the", "the"], ["b"]]
    assert four.words_kept(answers, wanted) == 2 / 4
    assert four.words_invented(answers, wanted) == (1 + 1) / 2


def test_half_of_the_sentences_that_can_be_changed_are():
    rng = np.random.default_rng(0)
    drawn = [four.another(READS, rng) for _ in range(2000)]
    shares = [
        drawn.count(one) / 2000
        for one in (
            READS.morphemes,
            four.reordered(READS),
            four.without_object_particle(READS),
        )
    ]
    assert sum(shares) == 1
    assert shares == pytest.approx([0.5, 0.25, 0.25], abs=0.04)
    fixed = READS._replace(clauses=2)
    assert all(four.another(fixed, rng) == READS.morphemes for _ in range(50))


def test_the_models_are_the_courses_own():
    assert isinstance(four.model_of("plain", 9, 9, 8).decoder, seq2seq.PlainDecoder)
    assert isinstance(four.model_of("peeky", 9, 9, 8).decoder, seq2seq.PeekyDecoder)
    assert isinstance(four.model_of("attention", 9, 9, 8).decoder, seq2seq.AttentionDecoder)
    assert isinstance(four.model_of("Transformer", 9, 9, 8), Transformer)


# --- verdicts --------------------------------------------------------------------------------


def record_of(number: int, figures: dict[str, list[float]]) -> claims.Record:
    claim = claims.get(number)
    return claims.Record(
        claim=number,
        seeds=[0, 1, 2, 3, 4],
        figures=figures,
        settings=dict(claim.settings),
        versions={},
        machine={},
        measured="",
        commit="",
        fingerprint="",
    )


NOISE = np.array([-0.01, 0.0, 0.01, -0.005, 0.005])


def translators(gain: dict[str, float], spread: float = 1) -> claims.Record:
    """Make a record of claim 23: attention at 0.8, the Transformer above it by `gain`."""
    settings = claims.get(23).settings
    pairs = max(map(int, settings["trainings"]))
    epochs = max(settings["trainings"][str(pairs)])
    figures = {}
    for part in settings["parts"]:
        for kind, share in (("attention", 0.8), ("Transformer", 0.8 + gain.get(part, 0))):
            name = claims.figure("exact", kind=kind, pairs=pairs, epochs=epochs, part=part)
            figures[name] = (share + spread * NOISE).tolist()
    return record_of(23, figures)


def test_claim_23_holds_where_the_transformer_keeps_up_everywhere():
    verdict = measured.rule_23(translators({}))
    assert verdict.word == claims.HOLDS_WITHIN
    assert "unseen 80 : 80" in verdict.reason


def test_claim_23_does_not_hold_where_it_falls_behind_on_one_part():
    verdict = measured.rule_23(translators({"test_longer": -0.1}))
    assert verdict.word == claims.FAILS
    assert "longer 70 : 80" in verdict.reason and verdict.reason.startswith("behind on 1 of 3")


def test_claim_23_asks_for_all_of_the_interval():
    assert measured.rule_23(translators({}, spread=10)).word == claims.FAILS


def test_claim_23_says_which_part_is_open():
    wide = translators({"test_longer": 0.0})
    wide.figures.update(
        {name: [0.1, 0.9, 0.1, 0.9, 0.5] for name in wide.figures if "longer" in name}
    )
    verdict = measured.rule_23(wide)
    assert verdict.word == claims.HOLDS_WITHIN
    assert verdict.reason.startswith("36,000 pairs, longer open")


def broken_inputs(left: dict[str, float], weak: str = "", spread: float = 1) -> claims.Record:
    """Make a record of claim 24 from the shares that are left, of 80 for whole sentences."""
    figures = {}
    for kind, pairs, _, order in claims.get(24).settings["runs"]:
        parts = {"kind": kind, "pairs": pairs, "training": order}
        scale = 5 if kind == weak else 80
        for given, (name, whole) in broken.INPUTS.items():
            figures[claims.figure(name, **parts, input=whole)] = [scale] * 5
            value = (scale * (left[given] + spread * NOISE)).tolist()
            figures[claims.figure(name, **parts, input=given)] = value
    return record_of(24, figures)


HARD = dict.fromkeys(broken.INPUTS, 0.5)


def test_claim_24_holds_where_all_lose():
    verdict = broken.rule_24(broken_inputs(HARD))
    assert verdict.word == claims.HOLDS and "20 of 20 pairs" in verdict.reason


def test_claim_24_asks_for_all_of_the_interval():
    perhaps = dict.fromkeys(broken.INPUTS, 0.85)  # hard on average, but not surely
    assert broken.rule_24(broken_inputs(perhaps, spread=10)).word == claims.FAILS
    assert broken.rule_24(broken_inputs(perhaps)).word == claims.HOLDS


def test_claim_24_counts_what_is_hard_and_what_is_not():
    verdict = broken.rule_24(broken_inputs({**HARD, "gap": 0.97}))
    assert verdict.word == claims.FAILS
    assert verdict.reason.startswith("hard in 15 of 20 pairs of input and model")
    assert "reordered 5, no 을/를 5, a gap 0, cut off 5 of 5" in verdict.reason


def test_claim_24_does_not_judge_a_model_that_has_nothing_to_lose():
    assert "16 of 16" in broken.rule_24(broken_inputs(HARD, weak="plain")).reason


# --- the experiments, in small ---------------------------------------------------------------


@pytest.fixture
def small(monkeypatch):
    """Settings with which both experiments take a moment."""
    monkeypatch.setattr(four, "_TRAINED", {})
    return {"H": 8, "B": 20}


def test_claim_23_measures_what_its_settings_say(small):
    settings = dict(claims.get(23).settings) | small
    settings["parts"] = {"test": 4, "test_combinations": 3, "test_longer": 2}
    settings["trainings"] = {"60": [1, 2], "40": [1]}
    settings["kinds"] = {"60": list(measured.ALL), "40": ["attention"]}
    found = measured.experiment_23(1, **settings)
    exact = [name for name in found if name.startswith("exact")]
    assert len(exact) == 5 * 2 * 3 + 1
    assert claims.figure("exact", kind="attention", pairs=40, epochs=1, part="test") in exact
    assert found[claims.figure("updates", kind="plain", pairs=60, epochs=2)] == 6


def test_claim_24_trains_with_other_input_where_it_says_mixed(small, monkeypatch):
    changed = []

    def counted(pair, rng):
        changed.append(pair)
        return tuple(pair.morphemes)

    monkeypatch.setattr(four, "another", counted)
    settings = dict(claims.get(24).settings) | small | {"sentences": 5}
    settings["runs"] = [["attention", 60, 1, "written"]]
    written = broken.experiment_24(1, **settings)
    assert not changed and len(written) == 3 * 2 + 2 * 2 + 3
    settings["runs"] = [["attention", 60, 1, "mixed"]]
    mixed = broken.experiment_24(1, **settings)
    assert len(changed) == 60 and len(mixed) == len(written)


# --- the page and its drawings ---------------------------------------------------------------

FIRST, SECOND = [70, 74, 72, 71, 73], [69, 70, 71, 68, 70]


def test_the_intervals_on_paper_are_those_of_the_formulas() -> None:
    notebook = refresh.read(refresh.ROOT / "notebooks" / "14_capstone.ipynb")
    page = next(
        cell["source"] for cell in notebook["cells"] if "## Five seeds on paper" in cell["source"]
    )
    page = " ".join(page.split())
    apart = [a - b for a, b in zip(FIRST, SECOND, strict=True)]
    assert f"| {' | '.join(map(str, apart))} | **{statistics.fmean(apart):.1f}**" in page
    one, other = statistics.variance(FIRST) / 5, statistics.variance(SECOND) / 5
    error = (one + other) ** 0.5
    assert f"{one:g} + {other:g} = {one + other:g}" in page and f"= {error:.2f}$" in page
    degrees = (one + other) ** 2 / (one**2 / 4 + other**2 / 4)
    assert degrees == pytest.approx(7.27, abs=0.005)
    t = 2.346  # between the printed tables' 2.365 for 7 degrees of freedom and 2.306 for 8
    for mean, half in ((2.4, t * error), (2.4, 2.776 * statistics.stdev(apart) / 5**0.5)):
        assert f"{mean} ± {half:.2f}, from {mean - half:.2f} to {mean + half:.2f}" in page


def filled(number: int) -> claims.Record:
    """Make a record with every figure that a claim's drawings may ask for, around one half."""
    settings = claims.get(number).settings
    figures: dict[str, list[float]] = {}
    if number == 24:
        for kind, pairs, _, order in settings["runs"]:
            here = {"kind": kind, "pairs": pairs, "training": order}
            for given, (name, whole) in broken.INPUTS.items():
                for one in {name, "exact"} if name == "BLEU" else {name}:
                    for put, share in ((given, 0.4), (whole, 0.5)):
                        scale = 100 if one == "BLEU" else 1
                        values = scale * (share + NOISE)
                        figures[claims.figure(one, **here, input=put)] = values.tolist()
        return record_of(24, figures)
    most = max(map(int, settings["trainings"]))
    for pairs, passes in settings["trainings"].items():
        for kind in settings["kinds"][pairs]:
            for epochs in passes:
                for part in settings["parts"] if int(pairs) == most else ["test"]:
                    here = {"kind": kind, "pairs": pairs, "epochs": epochs, "part": part}
                    figures[claims.figure("exact", **here)] = (0.5 + NOISE).tolist()
    return record_of(23, figures)


@pytest.fixture
def stars(monkeypatch):
    """Count the stars of each figure before it is closed: those of a run of one's own."""
    counts: list[int] = []
    close = plt.close

    def counted(figure):
        lines = [line for axes in figure.axes for line in axes.lines]
        counts.append(sum(line.get_marker() == "*" and len(line.get_xdata()) for line in lines))
        close(figure)

    monkeypatch.setattr(plots.plt, "close", counted)
    return counts


@pytest.mark.parametrize("number", [23, 24])
def test_a_drawing_tells_every_kind_and_stars_a_run_of_ones_own(number: int, stars) -> None:
    record, draw = filled(number), find_picture(number)
    assert draw is not None
    some = {
        23: [name for name in record.figures if "kind=attention pairs=36000 epochs=1 " in name],
        24: [name for name in record.figures if "kind=attention pairs=3000 " in name],
    }[number]
    with plots.caught() as drawn:
        draw(record, None)
        draw(record, {name: record.figures[name][0] for name in some})
    assert stars == [0, {23: 3, 24: 4}[number]]
    for _, alt in drawn:
        for kind in measured.ALL:
            assert f"{kind} {50 if number == 23 else 80}, " in alt


def test_the_worked_example_draws_both_intervals() -> None:
    with plots.caught() as drawn:
        figures.two_intervals(np.array(FIRST, float), np.array(SECOND, float))
    assert "0.4 to 4.4 for two groups, 0.7 to 4.1 paired" in drawn[0][1]
