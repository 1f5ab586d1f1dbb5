"""Vocabulary, padding, batches and tokens."""

import itertools
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

from helpers.text import (
    END,
    END_ID,
    PAD,
    PAD_ID,
    SPECIALS,
    START,
    START_ID,
    UNK,
    UNK_ID,
    Vocabulary,
    bucketed_batches,
    normalise,
    pad,
    suggest,
    tokenise,
)

SENTENCES = [["나", "는", "학생", "이다"], ["나", "는", "간다"], ["학생", "이", "온다"]]


@pytest.fixture
def vocabulary():
    return Vocabulary.from_sentences(SENTENCES)


# Vocabulary


def test_special_tokens_have_the_first_four_numbers(vocabulary):
    assert vocabulary.tokens[:4] == ["<pad>", "<unk>", "<s>", "</s>"]
    assert [PAD, UNK, START, END] == vocabulary.tokens[:4]
    assert [PAD_ID, UNK_ID, START_ID, END_ID] == [0, 1, 2, 3]
    assert vocabulary.encode([PAD, UNK, START, END]) == [0, 1, 2, 3]


def test_tokens_are_numbered_by_falling_count_then_code_point(vocabulary):
    assert vocabulary.tokens[4:] == ["나", "는", "학생", "간다", "온다", "이", "이다"]


@given(st.lists(st.lists(st.text("abcd가나", min_size=1, max_size=2)), min_size=1), st.randoms())
def test_numbers_do_not_depend_on_the_order_of_the_sentences(sentences, random):
    if not any(sentences):
        return
    shuffled = list(sentences)
    random.shuffle(shuffled)
    one, other = Vocabulary.from_sentences(sentences), Vocabulary.from_sentences(shuffled)
    assert one.tokens == other.tokens


@given(st.lists(st.text(min_size=1), min_size=1).filter(lambda s: not set(s) & set(SPECIALS)))
def test_decode_undoes_encode(sentence):
    vocabulary = Vocabulary.from_sentences([sentence])
    assert vocabulary.decode(vocabulary.encode(sentence)) == sentence
    assert len(vocabulary) == 4 + len(set(sentence))
    assert all(token in vocabulary for token in sentence)


def test_a_vocabulary_is_made_again_from_its_own_tokens(vocabulary):
    assert Vocabulary(vocabulary.tokens).tokens == vocabulary.tokens
    assert Vocabulary(vocabulary.tokens[4:]).tokens == vocabulary.tokens


def test_decode_stops_at_the_end_and_skips_start_and_padding(vocabulary):
    row = [START_ID, 4, PAD_ID, 5, UNK_ID, END_ID, 6, PAD_ID]
    assert vocabulary.decode(row) == ["나", "는", UNK]
    assert vocabulary.decode(np.array(row)) == ["나", "는", UNK]
    assert vocabulary.decode(torch.tensor(row)) == ["나", "는", UNK]


def test_rare_tokens_are_left_out_and_special_tokens_in_sentences_are_not_counted():
    sentences = [["a", "a", "b", END], ["a", END]]
    assert Vocabulary.from_sentences(sentences, minimum_count=2).tokens[4:] == ["a"]
    assert Vocabulary.from_sentences(sentences).tokens[4:] == ["a", "b"]


def test_strings_are_sentences_of_characters():
    vocabulary = Vocabulary.from_sentences(["2005-07-03"])
    assert vocabulary.decode(vocabulary.encode("30-5")) == list("30-5")


def test_unknown_tokens_map_to_the_token_asked_for(vocabulary):
    assert vocabulary.encode(["나", "너"], unknown=UNK) == [4, UNK_ID]


def test_an_unknown_word_gets_a_suggestion_by_jamo(vocabulary):
    with pytest.raises(ValueError) as caught:
        vocabulary.encode(["나", "는", "학샘", "이다"])
    assert str(caught.value) == (
        "encode: '학샘' is not in the vocabulary (did you mean '학생'?); "
        'pass unknown="<unk>" to map unknown words'
    )


def test_a_word_like_no_other_gets_no_suggestion(vocabulary):
    with pytest.raises(ValueError, match=r"'zebra' is not in the vocabulary; pass unknown"):
        vocabulary.encode(["zebra"])


def test_decomposed_hangul_is_told_from_an_unknown_word(vocabulary):
    with pytest.raises(ValueError, match=r"though '학생' is .*normalise"):
        vocabulary.encode([unicodedata.normalize("NFD", "학생")])


def test_suggestions_ignore_capitals():
    assert suggest("korea", ["Korea", "career"]) == ["Korea"]
    assert suggest("학교에서", ["학교", "고양이"], limit=2) == ["학교"]


MISTAKES = [
    (lambda v: Vocabulary([]), "no tokens were given"),
    (lambda v: Vocabulary(["a", "b", "a"]), "'a' is there already"),
    (lambda v: Vocabulary(["a", UNK]), "'<unk>' is a special token"),
    (lambda v: Vocabulary(["a", ""]), "'' was given as a token"),
    (lambda v: Vocabulary(["a", 7]), "7 was given as a token"),
    (lambda v: Vocabulary.from_sentences([]), "the sentences hold no token"),
    (lambda v: Vocabulary.from_sentences([[], []]), "the sentences hold no token"),
    (lambda v: Vocabulary.from_sentences("나는 학생"), r"pass \[text\]"),
    (lambda v: Vocabulary.from_sentences([["a"]], minimum_count=0), "expected 1 or more"),
    (
        lambda v: Vocabulary.from_sentences([["a", "a"]], minimum_count=3),
        "the most frequent, 'a', occurs 2 times",
    ),
    (lambda v: v.encode("나는 학생이다"), "expected a list of tokens; cut it first"),
    (lambda v: v.encode([["나", "는"]]), "not a list of sentences"),
    (lambda v: v.encode([4, 5], unknown=UNK), "4 was given as a token, expected a string"),
    (lambda v: v.encode(["x"], unknown="<UNK>"), "unknown='<UNK>' was given"),
    (lambda v: v.decode([99]), "99 is not the number of a token, expected 0 to 10"),
    (lambda v: v.decode([-1]), "-1 is not the number"),
    (lambda v: v.decode([4.0]), "4.0 was given as a token's number"),
    (lambda v: v.decode(np.array([[4, 5]])), "one sequence at a time"),
    (lambda v: v.decode(torch.tensor([[4, 5]])), "one sequence at a time"),
]


def test_mistakes_get_an_error_that_says_what_to_do(vocabulary):
    for call, message in MISTAKES:
        with pytest.raises(ValueError, match=message):
            call(vocabulary)


# Padding and batches


@given(st.lists(st.lists(st.integers(0, 10**12)), min_size=1, max_size=6), st.integers(-3, 3))
def test_pad_agrees_with_torch_and_its_mask_counts_the_tokens(sequences, value):
    ids, mask = pad(sequences, value=value)
    tensors = [torch.tensor(sequence, dtype=torch.int64) for sequence in sequences]
    expected = torch.nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=value)
    assert ids.dtype == np.int64 and mask.dtype == bool
    assert np.array_equal(ids, expected.numpy())
    assert [ids[b, mask[b]].tolist() for b in range(len(ids))] == sequences
    assert (ids[~mask] == value).all()


NO_BATCHES = [
    ([], "an empty batch was given"),
    ([1, 2], "sequence 0 is 1, expected a list of whole numbers"),
    ([[1], [0.5]], r"sequence 1 is \[0.5\]"),
    (["ab"], "sequence 0 is 'ab'"),
    ([["a"]], r"sequence 0 is \['a'\], .*encode the tokens first"),
    ([[True]], r"sequence 0 is \[True\]"),
]


def test_pad_refuses_what_is_not_a_batch_of_encoded_sequences():
    for sequences, message in NO_BATCHES:
        with pytest.raises(ValueError, match=message):
            pad(sequences)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 9))
def test_every_index_is_in_exactly_one_batch(lengths, batch_size, seed):
    batches = bucketed_batches(lengths, batch_size, np.random.default_rng(seed))
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    full, rest = divmod(len(lengths), batch_size)
    assert sorted(map(len, batches)) == [rest] * (rest > 0) + [batch_size] * full
    # Batches hold neighbours: sorted by their shortest, none begins before the last one's end.
    spans = sorted((min(np.take(lengths, b)), max(np.take(lengths, b))) for b in batches)
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_the_same_generator_state_gives_the_same_batches_and_another_gives_others():
    lengths = [3, 1, 2] * 20

    def batches(seed):
        return [b.tolist() for b in bucketed_batches(lengths, 8, np.random.default_rng(seed))]

    assert batches(5) == batches(5)
    assert batches(5) != batches(6)
    rng = np.random.default_rng(5)
    first, second = bucketed_batches(lengths, 8, rng), bucketed_batches(lengths, 8, rng)
    assert [b.tolist() for b in first] != [b.tolist() for b in second]


def test_bucketing_wastes_a_tenth_of_what_random_batches_waste():
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 40, size=2_000)

    def waste(batches):
        cells = sum(len(batch) * lengths[batch].max() for batch in batches)
        return 1 - lengths.sum() / cells

    random = np.split(rng.permutation(2_000), range(32, 2_000, 32))
    bucketed = bucketed_batches(lengths, 32, rng)
    assert waste(random) > 0.4
    assert waste(bucketed) < 0.04


def test_batches_are_shuffled_and_chance_chooses_the_small_one():
    lengths = list(range(20))
    longest_first, small_has_longest = 0, 0
    for seed in range(200):
        batches = bucketed_batches(lengths, 8, np.random.default_rng(seed))
        longest_first += 19 in batches[0]
        small_has_longest += 19 in min(batches, key=len)
    assert 30 < longest_first < 105  # a third of 200
    assert 30 < small_has_longest < 105


WRONG_ARGUMENTS = [
    (([], 2, np.random.default_rng(0)), ValueError, "at least one sentence"),
    (([[1, 2]], 2, np.random.default_rng(0)), ValueError, r"shape \(1, 2\)"),
    (([1, 2], 0, np.random.default_rng(0)), ValueError, "batch_size=0"),
    (([1, 2], 2, 0), TypeError, r"numpy\.random\.default_rng\(0\)"),
]


def test_bucketed_batches_names_a_wrong_argument():
    for arguments, error, message in WRONG_ARGUMENTS:
        with pytest.raises(error, match=message):
            bucketed_batches(*arguments)


# Tokens


CUT = [
    ("I don't know, Tom.", ["I", "don't", "know", ",", "Tom", "."]),
    ("It's Tom's, isn’t it?", ["It's", "Tom's", ",", "isn't", "it", "?"]),
    ("'Hello,' he said.", ["'", "Hello", ",", "'", "he", "said", "."]),
    ("C'mon, d'you?", ["C'mon", ",", "d'you", "?"]),
    ("At 7:45 p.m. I had 10,000 €.", "At 7:45 p.m. I had 10,000 € .".split()),
    ("A well-known fact -- no...", ["A", "well-known", "fact", "--", "no", "..."]),
    ("Qu’est-ce que c’est ?", ["Qu'", "est-ce", "que", "c'", "est", "?"]),
    ("L'homme d'aujourd'hui", ["L'", "homme", "d'", "aujourd'hui"]),
    ("J'm'en vais à l'école.", ["J'", "m'", "en", "vais", "à", "l'", "école", "."]),
    ("«\u202fOui\u00a0!\u202f»", ["«", "Oui", "!", "»"]),
    ("나는 학생입니다.", ["나는", "학생입니다", "."]),
    ("지금 7시 45분이야?", ["지금", "7시", "45분이야", "?"]),
    (unicodedata.normalize("NFD", "누가 왔어?!"), ["누가", "왔어", "?", "!"]),
    ("我爱你。", ["我", "爱", "你", "。"]),
    ("हिन्दी में", ["हिन्दी", "में"]),
    ("שלום, עולם!", ["שלום", ",", "עולם", "!"]),
    ("안녕 👋🏽 👨‍👩‍👧🇰🇷", ["안녕", "👋🏽", "👨‍👩‍👧", "🇰🇷"]),
    ("", []),
]


def test_real_text_is_cut_into_words_and_marks():
    for text, tokens in CUT:
        assert tokenise(text) == tokens


def test_plain_english_is_cut_as_sacrebleu_cuts_it():
    reference = Tokenizer13a()
    for text in (
        "The cat (a big one) sat down; nobody moved!",
        'He said: "It costs $5, or 20% more."',
        "Why not? I've read 3.5 books by 2005.",
    ):
        assert tokenise(text) == reference(text).split()


@given(st.text())
def test_tokens_hold_all_of_the_text_and_no_space(text):
    tokens = tokenise(text)
    plain = normalise(text).replace(" ", "").replace("’", "'")
    assert "".join(tokens).replace("’", "'") == plain
    assert all(token and not any(c.isspace() for c in token) for token in tokens)


@given(st.text())
def test_normalise_is_composed_single_spaced_and_needs_no_second_pass(text):
    once = normalise(text)
    assert unicodedata.is_normalized("NFC", once)
    assert once.split() == once.split(" ") or once == ""
    assert normalise(once) == once


def test_normalise_removes_what_cannot_be_seen():
    assert normalise("\ufeff a\u00a0b\u200b\u00adc\td\u3000e\u200e\r\n") == "a bc d e"
    assert normalise("می\u200cخواهم 👨\u200d👩") == "می\u200cخواهم 👨\u200d👩"
    assert normalise("\u1112\u1161\u11a8생") == "학생"


def test_a_fullwidth_or_styled_letter_is_kept_as_it_is():
    assert normalise("ＡＢ ﬁ ½") == "ＡＢ ﬁ ½"


def test_text_imports_neither_torch_nor_babel():
    code = (
        "import sys, helpers.text, helpers.corpora.dates; "
        "assert not {'torch', 'babel', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
