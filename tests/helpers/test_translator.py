"""A translator: cutting, training, scoring, saving, and what it says to bad input."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
import sacrebleu
import torch

from helpers import decoding, pieces, text, transformer, translation, translator
from helpers.pairs import load_pairs, split_by_source
from helpers.pieces import Units
from helpers.scoring import scored
from helpers.translator import Translator, train_translator

GERMAN = dict(
    zip(
        "eins zwei drei vier fünf sechs".split(), "one two three four five six".split(), strict=True
    )
)
PAIRS = [
    (" ".join(words).capitalize() + ".", " ".join(GERMAN[w] for w in words).capitalize() + ".")
    for n in (1, 2, 3)
    for words in itertools.product(GERMAN, repeat=n)
]
TRAIN, VALIDATION, TEST = split_by_source(PAIRS, 0, (0.8, 0.1, 0.1))
SMALL = {"merges": None, "hidden_size": 32, "dropout": 0.0, "progress": False, "device": "cpu"}


@pytest.fixture(scope="module")
def counting() -> Translator:
    return train_translator(TRAIN, VALIDATION, epochs=12, learning_rate=0.01, **SMALL)


# --- cutting ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "L'homme n'est pas là, n'est-ce pas ?",
        "나는 학생입니다.",
        '"Wait!" he said -- twice (at 7:45 p.m.).',
        "彼は学生です。",
        "one",
        "  ".join(["two", "words"]),
        "▁ is a sign of its own",
    ],
)
@pytest.mark.parametrize("merges", [None, 0, 20])
def test_a_sentence_is_written_again_from_its_units(sentence, merges):
    units = Units.learn([sentence, "The man is a student."], merges)
    usual = text.normalise(sentence.replace("▁", " "))
    assert units.join(units.cut(sentence)) == usual


def test_marked_words_are_the_words_of_tokenise():
    sentence = "J'ai vu l'homme ; qu'a-t-il dit ?"
    words = pieces.marked_words(sentence)
    assert [word.removeprefix("▁") for word in words] == text.tokenise(sentence)
    assert words[:3] == ["▁J'", "ai", "▁vu"]


def test_the_merges_are_those_of_the_papers_example():
    # Sennrich et al. 2016, algorithm 1: low ×5, lower ×2, newest ×6, widest ×3. Its first merges
    # are e s, es t and l o (after est and its end of word, which is no piece of its own here).
    sentences = ["low"] * 5 + ["lower"] * 2 + ["newest"] * 6 + ["widest"] * 3
    units = Units.learn(sentences, 3)
    assert [piece for piece in units.vocabulary.tokens[4:] if len(piece) > 1] == ["es", "est", "lo"]
    assert units.cut("lowest") == ["▁", "lo", "w", "est"]


def test_pieces_have_the_numbers_of_the_sentencepiece_model():
    import sentencepiece

    units = Units.learn(["newest widest lowest"] * 3, 30)
    theirs = sentencepiece.SentencePieceProcessor(model_proto=units.model)
    ids = units.encode("new Ж lowest")
    assert ids == theirs.encode("new Ж lowest") and ids.count(text.UNK_ID) == 1
    assert units.vocabulary.tokens[:4] == list(text.SPECIALS)
    assert units.decode(units.encode("newest lowest")) == "newest lowest"


def test_pieces_are_learnt_from_long_sentences_too():
    # SentencePiece leaves out what has more than 4,192 bytes unless told otherwise.
    units = Units.learn(["ab " * 5000, "c d"], 1)
    assert units.cut("ab") == ["▁", "ab"] and "ab" in units.vocabulary


def test_without_dropout_a_cut_is_always_the_same_and_with_it_it_varies():
    units = Units.learn(["newest widest lowest"] * 3, 30)
    [found] = units.samples(["newest"], 30, 0.5, seed=0)
    assert len(set(map(tuple, found))) > 3
    assert {units.decode(ids) for ids in found} == {"newest"}
    assert units.samples(["newest"], 30, 0.5, seed=0) == [found]  # also later in one process
    assert units.samples(["newest"], 30, 0.5, seed=1) != [found]
    assert units.samples(["newest"], 30, 0.0, seed=0) == [[units.encode("newest")]]
    words = Units.learn(["newest widest lowest"] * 3, None)
    assert words.samples(["newest"], 30, 0.5, seed=0) == [[words.encode("newest")]]


def test_a_capital_goes_from_the_beginning_of_a_sentence_and_comes_back():
    sentences = [
        "The dog saw Tom.",
        "I saw the dog.",
        "Tom and I ran.",
        "Yes, I did.",
        "TV is bad.",
    ]
    units = Units.learn(sentences, None, "sentence")
    assert units.cut("The dog")[0] == "▁the"
    assert units.cut("Tom ran")[0] == "▁Tom"
    assert units.cut("I ran")[0] == "▁I"
    assert units.cut("TV ran")[0] == "▁TV"
    assert all(units.join(units.cut(sentence)) == sentence for sentence in sentences)
    small = Units.learn(["the dog .", "i ran ."], None, "sentence")
    assert small.join(small.cut("the dog .")) == "the dog ."


def test_another_process_draws_the_same_cuts():
    # A training that goes on from its checkpoint has to see what it would have seen.
    code = (
        "from helpers.pieces import Units\n"
        "units = Units.learn(['newest widest lowest'] * 3, 30)\n"
        "print(units.samples(['newest', 'widest'], 20, 0.5, seed=7))"
    )
    one, other = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    )
    units = Units.learn(["newest widest lowest"] * 3, 30)
    here = units.samples(["newest", "widest"], 20, 0.5, seed=7)
    assert one.stdout == other.stdout == f"{here}\n"


# --- training and scoring --------------------------------------------------------------------


def test_sentences_that_were_not_seen_are_translated(counting):
    score = counting.evaluate(TEST)
    assert score.exact_match > 0.9
    assert counting.translate("Zwei drei eins.") == "Two three one."
    assert counting.translate(["Zwei vier.", "Drei eins."]) == ["Two four.", "Three one."]
    assert not {s for s, _ in TRAIN} & {s for s, _ in TEST}


def test_the_networks_dropout_and_chance_leave_torchs_generator_alone():
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    first = train_translator(TRAIN[:40], VALIDATION, epochs=1, **{**SMALL, "dropout": 0.5})
    assert torch.equal(torch.rand(1), wanted)
    again = train_translator(TRAIN[:40], VALIDATION, epochs=1, **{**SMALL, "dropout": 0.5})
    assert first.histories[0].losses == again.histories[0].losses
    other = train_translator(TRAIN[:40], VALIDATION, epochs=1, seed=1, **SMALL)
    assert other.histories[0].losses != again.histories[0].losses


def test_the_score_is_sacrebleus_and_counts_every_pair(counting):
    pairs = [("Eins zwei.", "One two."), ("Eins zwei.", "One, two."), ("Drei.", "The third, mind.")]
    score = counting.evaluate(pairs, worst=1)
    given = [counting.translate(source) for source, _ in pairs]
    wanted = sacrebleu.metrics.BLEU(tokenize="none", smooth_method="none").corpus_score(
        [" ".join(text.tokenise(t)) for t in given],
        [[" ".join(text.tokenise(t)) for _, t in pairs]],
    )
    assert score.bleu == pytest.approx(wanted.score, abs=1e-9)
    assert score.exact_match == pytest.approx(1 / 3)
    assert score.accepted == pytest.approx(2 / 3)
    assert [example.reference for example in score.worst] == ["The third, mind."]
    assert "wanted: The third, mind." in str(score.worst[0])
    assert math.isnan(counting.evaluate(pairs[:1]).bleu_interval[0])
    low, high = counting.evaluate(TEST).bleu_interval
    assert 0 <= low <= counting.evaluate(TEST).bleu <= high <= 100


def test_capitals_count_unless_told_otherwise(counting):
    pairs = [("Eins zwei.", "ONE TWO.")]
    assert counting.evaluate(pairs).exact_match == 0
    assert counting.evaluate(pairs, casefold=True).exact_match == 1


def test_the_chosen_weights_are_those_of_the_best_epoch(counting):
    history = counting.histories[0]
    assert history.best_epoch == int(np.argmin(history.validation)) or (
        history.validation[history.best_epoch] == min(history.validation)
    )
    now = translator._validation(counting, VALIDATION)(counting.model)
    assert now == pytest.approx(min(history.validation))


def test_unknown_units_are_seen_in_training_where_word_dropout_is_asked_for():
    source, target = (Units.learn(side, None) for side in zip(*TRAIN, strict=True))

    def share(word_dropout):
        batches = translator.TrainingBatches(TRAIN, source, target, 16, word_dropout=word_dropout)
        found = batches(0)
        lost = sum(int((ids == text.UNK_ID).sum()) for ids, _, _ in found)
        return lost / sum(int(mask.sum()) for _, mask, _ in found)

    assert share(0.0) == 0
    assert share(0.3) == pytest.approx(0.3, abs=0.05)


def test_the_loss_without_smoothing_is_the_lessons():
    from helpers import seq2seq

    model = translation.attention_network(9, 9, 8, 0.0)
    batch = next(iter(seq2seq.PairBatches([[4, 5]], [[6, 7, 8]], 1)(0)))
    plain = seq2seq.next_token_loss(model, batch)
    assert torch.equal(translator.smoothed_loss(0.0)(model, batch), plain)
    assert translator.smoothed_loss(0.3)(model, batch) > 0


# --- short targets, and what BLEU says of them -------------------------------------------------

ONE_WORD = [(source, target.split()[-1]) for source, target in PAIRS]


def test_the_epoch_is_chosen_where_targets_are_too_short_for_bleu():
    train, validation, test = split_by_source(ONE_WORD, 0, (0.8, 0.1, 0.1))
    made = train_translator(train, validation, epochs=6, learning_rate=0.01, **SMALL)
    found = made.histories[0].validation
    assert len(set(found)) > 3 and min(found) < -50  # minus chrF, which tells epochs apart
    assert found[made.histories[0].best_epoch] == min(found)
    score = made.evaluate(test)
    assert score.bleu == 0 and score.exact_match > 0.5
    assert "no translation has 3 words in a row" in str(score) and "read chrF" in str(score)


@pytest.mark.parametrize(
    ("given", "wanted", "why"),
    [
        ("one", "one", "no translation has 2 words in a row"),
        ("one two three four", "one two three five", "no 4 words in a row are right"),
        ("one two", "three four", "no word of any translation is right"),
        ("", "three four", "no translation has a word"),
    ],
)
def test_a_bleu_of_0_says_why(given, wanted, why):
    score = scored([("x", wanted)], {"x": given})
    assert score.bleu == 0 and f"BLEU is 0 because {why}" in str(score)
    theirs = sacrebleu.metrics.BLEU(tokenize="none", smooth_method="none")
    assert theirs.corpus_score([given], [[wanted]]).score == 0


def test_a_bleu_above_0_needs_no_words():
    score = scored([("x", "one two three four")], {"x": "one two three four"})
    assert score.bleu == pytest.approx(100) and score.note == "" and "\n" not in str(score)


def test_chrf_and_bleu_of_all_targets_are_sacrebleus():
    pairs = [("a", "one two three four"), ("a", "one two four three five"), ("b", "six one two")]
    found = {"a": "one two four three", "b": "six one two three five"}
    score = scored(pairs, found)
    references = [["one two three four", "six one two"], ["one two four three five", None]]
    theirs = sacrebleu.metrics.BLEU(tokenize="none", smooth_method="none")
    wanted = theirs.corpus_score([found["a"], found["b"]], references).score
    assert score.bleu_of_all == pytest.approx(wanted)
    wanted = sacrebleu.metrics.CHRF().corpus_score(
        [found[source] for source, _ in pairs], [[target for _, target in pairs]]
    )
    assert score.chrf == pytest.approx(wanted.score)
    assert str(score).endswith("chrF " + f"{score.chrf:.1f}, exact match 0.0 %")
    assert score.signature == "nrefs:1|case:mixed|eff:no|tok:helpers.text.tokenise|smooth:none"


# --- how long, and how fast --------------------------------------------------------------------


def test_the_transformer_keeps_what_it_has_read_in_validation_and_translation(monkeypatch):
    def again(self, inputs, memory):
        if not self.training:
            raise AssertionError("the words so far were read again")
        return plain(self, inputs, memory)

    plain = transformer.Transformer.decode
    monkeypatch.setattr(transformer.Transformer, "decode", again)
    settings = {**SMALL, "epochs": 2, "members": 2, "network": "transformer"}
    made = train_translator(TRAIN[:60], VALIDATION, **settings)
    sources = [source for source, _ in TEST[:9]]
    for width in (1, 3):
        assert len(made.translate(sources, width)) == 9
    made.attention(sources[0])
    fast = [decoding.greedy(made.model, *made._batch([s]), 9)[0].tokens for s in sources]
    monkeypatch.undo()
    slow = translation.Ensemble(made.members)
    assert fast == [decoding.greedy(slow, *made._batch([s]), 9)[0].tokens for s in sources]


def test_a_translation_ends_by_its_source_not_by_the_longest_target_of_training(monkeypatch):
    long = ("Sechs eins.", "Six " + "and one " * 150 + ".")
    made = train_translator([*TRAIN, long], VALIDATION, epochs=1, **SMALL)
    asked = []
    plain = decoding.greedy

    def counted(model, source, mask, maximum_length):
        asked.append((source.shape[1], maximum_length))
        return plain(model, source, mask, maximum_length)

    monkeypatch.setattr(decoding, "greedy", counted)
    made.translate(["Eins.", "Eins zwei drei."], beam_width=1)
    assert asked == [(4, 14)]  # as many units as the source has, and ten
    assert made.longest_target(2) < made.longest_target(20) < 2 * 302
    # What a target of training needs is allowed for in 99 of 100 pairs.
    fits = [
        len(made.target.encode(target)) + 1 <= made.longest_target(len(made.source.encode(source)))
        for source, target in [*TRAIN, long]
    ]
    assert sum(fits) >= len(fits) - 1


def short_transformer(source_size, target_size):
    return transformer.Transformer(source_size, target_size, 8, 2, 1, 16, maximum_length=12)


def test_decoding_stops_at_the_last_position():
    made = train_translator(TRAIN[:40], VALIDATION, network=short_transformer, epochs=1, **SMALL)
    made.settings["length_ratio"] = 9.0
    assert made.longest_target(3) == 12
    with torch.no_grad():  # a network that never ends a sentence
        made.members[0].target_embedding.weight[text.END_ID] = -99.0
        made.members[0].decoder.norm.bias.fill_(1.0)
    for width in (1, 3):
        assert len(made.target.cut(made.translate("Eins zwei drei.", width))) <= 12
    with pytest.raises(ValueError, match="has 13 units, expected at most 8"):
        made.translate("eins " * 12 + ".")
    made.settings["longest_source"] = 99
    with pytest.raises(ValueError, match=r"has 13 units, expected at most 12: .*positions"):
        made.translate("eins " * 12 + ".")
    score = made.evaluate([("eins " * 12 + ".", "one"), ("zwei", "two")])
    assert "1 source(s) of more than 12 units were cut off" in str(score)


@pytest.mark.parametrize("merges", [None, 30])
@pytest.mark.parametrize("side", [0, 1])
def test_pairs_longer_than_the_positions_are_refused_before_training(tmp_path, merges, side):
    words = 12 + (side == 0)
    pair = ("eins", "one") if side == 0 else ("zwei", "two")
    pair = tuple(" ".join([word] * (words if i == side else 2)) for i, word in enumerate(pair))
    pairs = [*PAIRS[:60], pair]
    settings = {**SMALL, "network": short_transformer, "epochs": 1, "merges": merges}
    with pytest.raises(ValueError, match=r"maximum_tokens=\d+\), or leave such pairs out") as error:
        train_translator(pairs, PAIRS[:3], **settings)
    assert repr(pair[0][:30]) in str(error.value) and "positions for 12 and 11" in str(error.value)
    # The advice helps.
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{s}\t{t}\n" for s, t in pairs))
    maximum = int(str(error.value).split("maximum_tokens=")[1].split(")")[0])
    file = load_pairs(path, maximum_tokens=maximum, fractions=(1, 0, 0))
    assert file.train
    train_translator(file.train, PAIRS[:3], **settings)


def test_chance_cuts_no_sentence_into_more_units_than_allowed():
    units = Units.learn([s for s, _ in TRAIN], 40)
    free = translator.TrainingBatches(TRAIN, units, units, 8, unit_dropout=0.9)
    kept = translator.TrainingBatches(TRAIN, units, units, 8, unit_dropout=0.9, longest=9)
    assert max(len(ids) for ways in free.sources for ids in ways) > 9
    assert max(len(ids) for ways in kept.sources for ids in ways) <= 9


# --- several networks, other networks --------------------------------------------------------


def test_an_ensemble_averages_probabilities_and_attention():
    torch.manual_seed(0)
    members = [translation.attention_network(9, 7, 8, 0.0).eval() for _ in range(3)]
    source, mask = (
        torch.tensor([[4, 5, 6], [7, 8, 0]]),
        torch.tensor([[True] * 3, [True] * 2 + [False]]),
    )
    both = translation.Ensemble(members)
    memory, state = both.begin(source, mask)
    tokens = torch.tensor([text.START_ID, text.START_ID])
    log_p, state, weights = both.step(tokens, state, memory)
    alone = []
    for member in members:
        own_memory, own_state = member.begin(source, mask)
        alone.append(member.step(tokens, own_state, own_memory))
    p = torch.stack([logits.softmax(-1) for logits, _, _ in alone]).mean(0)
    torch.testing.assert_close(log_p.exp(), p)
    torch.testing.assert_close(weights, torch.stack([w for _, _, w in alone]).mean(0))
    # Three times the same network is that network, in beam search as well.
    same = translation.Ensemble([members[0]] * 3)
    wide = decoding.beam(same, source, mask, 3, maximum_length=6)
    one = decoding.beam(members[0], source, mask, 3, maximum_length=6)
    assert [[h.tokens for h in row] for row in wide] == [[h.tokens for h in row] for row in one]


def test_several_members_and_a_transformer_go_the_same_way(tmp_path):
    settings = {**SMALL, "epochs": 1}
    pair = train_translator(TRAIN[:40], VALIDATION, members=2, **settings)
    assert len(pair.members) == 2 == len(pair.histories)
    assert pair.histories[0].losses != pair.histories[1].losses
    former = train_translator(TRAIN[:40], VALIDATION, network="transformer", **settings)
    for made in (pair, former):
        made.save(tmp_path / "t.pt")
        again = Translator.load(tmp_path / "t.pt", "cpu")
        sources = [source for source, _ in TEST[:5]]
        assert again.translate(sources) == made.translate(sources)


def test_a_network_of_your_own_is_asked_for_when_loading(tmp_path):
    def build(source_size, target_size):
        return translation.attention_network(source_size, target_size, 16, 0.0)

    made = train_translator(TRAIN[:40], VALIDATION, network=build, epochs=1, **SMALL)
    made.save(tmp_path / "own.pt")
    with pytest.raises(ValueError, match="network of your own; pass network="):
        Translator.load(tmp_path / "own.pt")
    again = Translator.load(tmp_path / "own.pt", "cpu", network=build)
    assert again.translate("Eins.", 1) == made.translate("Eins.", 1)
    with pytest.raises(ValueError, match="do not fit the network"):
        Translator.load(
            tmp_path / "own.pt", network=lambda s, t: translation.attention_network(s, t, 8, 0.0)
        )


def test_an_interrupted_training_goes_on_from_its_checkpoint(tmp_path, monkeypatch):
    settings = {**SMALL, "dropout": 0.3, "epochs": 4, "members": 2}
    whole = train_translator(TRAIN[:60], VALIDATION, checkpoint=tmp_path / "a", **settings)
    plain, calls = translator.TrainingBatches.__call__, []

    def until_stopped(self, epoch):
        calls.append(epoch)
        if len(calls) == 7:  # in the third epoch of the second member
            raise KeyboardInterrupt
        return plain(self, epoch)

    monkeypatch.setattr(translator.TrainingBatches, "__call__", until_stopped)
    with pytest.raises(KeyboardInterrupt):
        train_translator(TRAIN[:60], VALIDATION, checkpoint=tmp_path / "b", **settings)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.0", "a.1", "b.0", "b.1"]
    resumed = train_translator(TRAIN[:60], VALIDATION, checkpoint=tmp_path / "b", **settings)
    assert calls == [0, 1, 2, 3, 0, 1, 2, 2, 3]
    for one, other in zip(resumed.members, whole.members, strict=True):
        for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
            assert torch.equal(mine, theirs)


# --- saving ----------------------------------------------------------------------------------


def test_a_loaded_translator_translates_alike(counting, tmp_path):
    counting.save(tmp_path / "counting.pt")
    again = Translator.load(tmp_path / "counting.pt", "cpu")
    sources = [source for source, _ in TEST]
    for width in (1, 5):
        assert again.translate(sources, width) == counting.translate(sources, width)
    units, words, weights = again.attention("Zwei drei.")
    assert weights.shape == (len(words), len(units))
    np.testing.assert_array_equal(weights, counting.attention("Zwei drei.")[2])
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_translator_goes_to_the_gpu_and_back(counting, tmp_path):
    counting.save(tmp_path / "counting.pt")
    on_gpu = Translator.load(tmp_path / "counting.pt", "cuda")
    on_gpu.save(tmp_path / "from_gpu.pt")
    back = Translator.load(tmp_path / "from_gpu.pt", "cpu")
    sources = [source for source, _ in TEST]
    assert on_gpu.translate(sources) == back.translate(sources) == counting.translate(sources)


def test_another_file_is_refused_with_its_name(counting, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*gone\.pt"):
        Translator.load(tmp_path / "gone.pt")
    (tmp_path / "text.pt").write_text("not a translator")
    with pytest.raises(ValueError, match=r"text\.pt is not a translator"):
        Translator.load(tmp_path / "text.pt")
    torch.save({"weights": [torch.zeros(2)]}, tmp_path / "other.pt")
    with pytest.raises(ValueError, match=r"other\.pt is not a translator \(dict\)"):
        Translator.load(tmp_path / "other.pt")
    counting.save(tmp_path / "new.pt")
    state = torch.load(tmp_path / "new.pt", weights_only=True)
    torch.save({**state, "version": 99}, tmp_path / "new.pt")
    with pytest.raises(ValueError, match="version 99, expected 3"):
        Translator.load(tmp_path / "new.pt")


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([], "0 pairs were given"),
        ([("eins", "one")], "1 pair was given"),
        ([("eins", "one"), ("zwei", " \u200b")], "pair 1 has an empty target"),
        ([("eins", "one"), "zwei"], "pair 1 is 'zwei', expected"),
        ([("eins", "one"), ("eins!", "one!")], "one source sentence"),
    ],
)
def test_pairs_that_cannot_be_learnt_from_are_refused(pairs, message):
    with pytest.raises(ValueError, match=message):
        train_translator(pairs, **SMALL)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"network": "atention"}, "network is 'atention', expected one of attention"),
        ({"epochs": 0}, "epochs is 0"),
        ({"members": 0}, "members is 0"),
        ({"merges": -1}, "merges is -1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        train_translator(TRAIN, VALIDATION, **{**SMALL, **changed})


def test_sentences_that_cannot_be_translated_are_named(counting):
    with pytest.raises(ValueError, match="an empty sentence"):
        counting.translate(" ")
    with pytest.raises(ValueError, match=r"nothing of 'zwo' stood in the training .*'zwei'"):
        counting.translate("zwo")
    with pytest.raises(ValueError, match="has 40 units, expected at most 8"):
        counting.translate("eins " * 40)
    with pytest.raises(ValueError, match="beam_width is 0"):
        counting.translate("eins", beam_width=0)
    # A partly unknown sentence is translated, and scoring never stops at a sentence.
    assert counting.translate("Zwo drei.")
    assert counting.evaluate([("zwo", "two"), ("eins " * 40, "one")]).pairs == 2
    assert counting.cut("Zwo drei.") == ["<unk>", "▁drei", "."]
