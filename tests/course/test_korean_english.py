"""The Korean-English corpus, read with eyes that know nothing of the grammar that wrote it."""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from course.grammar import cut, sentences
from course.grammar.cutting import forms
from course.grammar.grammar import PRONOUNS
from course.grammar.lexicon import ADJECTIVE, NOUN, NUMERALS, VERB, Verb
from helpers.corpora.korean_english import PARTS, Pair, english_sentence, load

ROOT = Path(__file__).resolve().parents[2]

# What the grammar is asked to say, and the Korean and English that it must come to, written by
# hand.  The parts: subject, stem, object, place, then how.
SAID = """
나 읽 책 - present | 나는 책을 읽는다. | I read a book
그 읽 책 - present | 그는 책을 읽는다. | he reads a book
나 읽 책 - past | 나는 책을 읽었다. | I read a book
그녀 쓰 편지 - past | 그녀는 편지를 썼다. | she wrote a letter
너 마시 물 - past question | 너는 물을 마셨니? | did you drink water ?
그들 듣 음악 집 past | 그들은 집에서 음악을 들었다. | they listened to music at home
우리 배우 영어 학교 present | 우리는 학교에서 영어를 배운다. | we learn English at school
학생 공부하 수학 집 past | 학생은 집에서 수학을 공부했다. | the student studied mathematics at home
나 가 - 학교 present | 나는 학교에 간다. | I go to school
나 가 - 집 past | 나는 집에 갔다. | I went home
그 오 - 공원 past question | 그는 공원에 왔니? | did he come to the park ?
나 가 - 서울 future | 나는 서울에 갈 것이다. | I will go to Seoul
너 가 - 산 future question | 너는 산에 갈 거니? | will you go to the mountain ?
의사 살 - 부산 present | 의사는 부산에 산다. | the doctor lives in Busan
의사 살 - 부산 past | 의사는 부산에 살았다. | the doctor lived in Busan
나 사 사과 - present | 나는 사과를 산다. | I buy an apple
나 사 우산 시장 past | 나는 시장에서 우산을 샀다. | I bought an umbrella at the market
그 이사하 - 시골 past | 그는 시골로 이사했다. | he moved to the countryside
나 걷 - 공원 past | 나는 공원에서 걸었다. | I walked in the park
그녀 부르 노래 - past | 그녀는 노래를 불렀다. | she sang a song
목수 짓 집#house - past | 목수는 집을 지었다. | the carpenter built a house
나 고르 선물 - past | 나는 선물을 골랐다. | I chose a present
어머니 만들 케이크 - past | 어머니는 케이크를 만들었다. | my mother made cake
나 먹 고기 - present long | 나는 고기를 먹지 않는다. | I do not eat meat
그 먹 고기 - present short | 그는 고기를 안 먹는다. | he does not eat meat
나 먹 고기 - past cannot | 나는 고기를 못 먹었다. | I could not eat meat
나 먹 고기 - present cannot | 나는 고기를 못 먹는다. | I cannot eat meat
그 오 - 학교 future long | 그는 학교에 오지 않을 것이다. | he will not come to school
나 읽 책 - present progress | 나는 책을 읽고 있다. | I am reading a book
그들 읽 책 - past progress | 그들은 책을 읽고 있었다. | they were reading a book
나 마시 물 - present want | 나는 물을 마시고 싶다. | I want to drink water
그 마시 물 - present want | 그는 물을 마시고 싶어 한다. | he wants to drink water
그녀 마시 물 - past want | 그녀는 물을 마시고 싶어 했다. | she wanted to drink water
나 타 자전거 - present can | 나는 자전거를 탈 수 있다. | I can ride a bicycle
나 타 자전거 - past can long | 나는 자전거를 탈 수 없었다. | I could not ride a bicycle
그 사 양복 - present must | 그는 양복을 사야 한다. | he must buy a suit
그 사 양복 - past must | 그는 양복을 사야 했다. | he had to buy a suit
아버지 닫 문 - past | 아버지는 문을 닫았다. | my father closed the door
나 좋아하 고양이 - present | 나는 고양이를 좋아한다. | I like cats
민수 치 피아노 - present | 민수는 피아노를 친다. | Minsu plays the piano
유나 신 신발 - past | 유나는 신발을 신었다. | Yuna wore shoes
그녀 되 의사 - past | 그녀는 의사가 됐다. | she became a doctor
그들 되 의사 - future | 그들은 의사가 될 것이다. | they will become doctors
고양이 잡 쥐 - past | 고양이는 쥐를 잡았다. | the cat caught a mouse
그 먹 배#pear - past | 그는 배를 먹었다. | he ate a pear
그 타 배#ship - past | 그는 배를 탔다. | he took a ship
"""


@cache
def corpus() -> dict[str, list[Pair]]:
    return {part: load(part) for part in PARTS}


@cache
def everything() -> list[Pair]:
    return [pair for pairs in corpus().values() for pair in pairs]


def closed(word: str) -> bool:
    """Whether a word ends in a consonant, by Unicode's own decomposition."""
    return len(unicodedata.normalize("NFD", word[-1])) == 3


def hand_written() -> list[list[str]]:
    return [line.split(" | ") for line in SAID.strip().splitlines()]


def say(request: str) -> sentences.Sentence:
    """Ask the grammar for a sentence of the given parts and nothing else."""
    subject_, stem, object_, place, *how = request.split()
    grammar = sentences.Sentences(0)
    grammar.detail = 1e-9  # no adjectives, determiners, numbers
    grammar.pick.chance = lambda probability: probability >= 0.2
    if subject_ in PRONOUNS:
        subject = grammar.pronoun(subject_)
    else:
        subject = grammar.noun(subject_, "subject", plain=True)
    objects, places = ((() if x == "-" else (x,)) for x in (object_, place))
    verb = next(
        v for v in VERB
        if v.stem == stem and subject_fits(v, subject_) and set(objects) <= set(v.objects)
        and bool(objects) == bool(v.objects) and set(places) <= set(v.places)
    )  # fmt: skip
    flags = verb.flags | {"uncounted"}
    narrow = Verb(**{**verb.__dict__, "objects": objects, "places": places, "flags": flags})
    predicate = grammar.verb_predicate(narrow, subject, how[0], time=False)
    modality = next((m for m in ("progress", "want", "can", "must") if m in how), "")
    negation = next((n for n in ("long", "short", "cannot") if n in how), "")
    clause = sentences.Clause(subject, predicate, how[0], modality, negation)
    return grammar.ask(clause) if "question" in how else grammar.statement(clause, "은/는")


def subject_fits(verb: Verb, subject: str) -> bool:
    return subject in verb.subjects or (subject in PRONOUNS and "친구" in verb.subjects)


# --- size and parts ------------------------------------------------------------------------------


def test_there_are_at_least_30_000_distinct_pairs_and_600_words() -> None:
    assert len({(p.korean, p.english) for p in everything()}) >= 30_000
    inflections = {"니", "었니", "았니", "였니"}  # endings are no words
    words = {m for p in corpus()["train"] for m in p.morphemes if len(m) > 1 or m not in "ㄴㄹ"}
    endings = {
        m for m in words - inflections if re.match("[ㄱ-ㅎㅏ-ㅣ]|[었았였을은는고지기면으니]", m)
    }
    assert len(words - inflections - endings) >= 600


def test_each_part_has_its_size() -> None:
    sizes = {part: len(pairs) for part, pairs in corpus().items()}
    assert sizes == {"train": 25_000, "validation": 2_000, "test": 2_000,
                     "test_combinations": 1_500, "test_longer": 1_200}  # fmt: skip


def test_no_sentence_and_no_morpheme_sequence_stands_in_two_parts_or_twice() -> None:
    assert max(Counter(p.korean for p in everything()).values()) == 1
    assert max(Counter(p.morphemes for p in everything()).values()) == 1


def test_every_word_of_the_other_parts_stands_in_training() -> None:
    korean = Counter(m for p in corpus()["train"] for m in p.morphemes)
    english = Counter(t for p in corpus()["train"] for t in p.english)
    for part in PARTS[1:]:
        assert min(korean[m] for p in corpus()[part] for m in p.morphemes) >= 10
        assert min(english[t] for p in corpus()[part] for t in p.english) >= 10


def test_the_longer_part_holds_only_sentences_longer_than_any_in_training() -> None:
    longest = max(len(p.morphemes) for p in corpus()["train"])
    assert min(len(p.morphemes) for p in corpus()["test_longer"]) > longest
    assert {p.clauses for p in corpus()["test_longer"]} == {4}
    assert {p.clauses for p in corpus()["train"]} == {1, 2, 3}


def neighbours(pair: Pair) -> set[tuple[str, str]]:
    """Object and verb, adjective and noun, found by their particles and endings alone."""
    m = pair.morphemes
    found = set()
    for i in range(len(m) - 2):
        if m[i + 1] in ("을", "를"):
            found.add((m[i], m[i + 2]))
        if m[i + 1] in ("ㄴ", "은", "는") and m[i + 2] not in ("후",):
            found.add((m[i], m[i + 2]))
    return found


def test_each_sentence_of_new_combinations_holds_one_that_training_lacks() -> None:
    from course.grammar.grammar import HELD_OUT_PAIRS

    kept = {tuple(p.partition("#")[0].split("|")) for p in HELD_OUT_PAIRS}
    kept |= {(b, a) for a, b in kept}
    seen = set().union(*(neighbours(p) for p in corpus()["train"]))
    new = [neighbours(p) - seen for p in corpus()["test_combinations"]]
    assert sum(map(bool, new)) > 0.6 * len(new)  # where verb and object stand side by side


def test_the_first_example_of_the_course_is_a_test_sentence() -> None:
    expected = Pair(
        "나는 학생이다.", ("나", "는", "학생", "이다"), ("I", "am", "a", "student"),
        frozenset({(0, 0), (3, 1), (2, 3)}), 1,
    )  # fmt: skip
    assert expected in corpus()["test"]


def test_one_korean_sentence_has_one_translation() -> None:
    answers: dict[str, set[tuple[str, ...]]] = {}
    for pair in everything():
        answers.setdefault(pair.korean.rstrip(".?"), set()).add(pair.english)
    assert max(map(len, answers.values())) == 1


# --- Korean --------------------------------------------------------------------------------------


def test_particles_follow_the_final_consonant_in_every_sentence() -> None:
    shapes = {"을": True, "를": False, "과": True, "와": False, "이나": True, "나": False}
    for pair in everything():
        for before, after in zip(pair.morphemes, pair.morphemes[1:], strict=False):
            if after in ("을", "를", "과", "와", "이나") and before[0] not in "ㄱㄴㄷㄹ":
                stem = after == "을" and before not in nouns()
                assert stem or closed(before) is shapes[after], pair.korean


def test_topics_and_subjects_carry_the_right_particle_in_every_sentence() -> None:
    for pair in everything():
        first = pair.korean.split()[0].rstrip(".?")
        if len(first) > 1 and first[-1] in "은는" and first[:-1] in nouns():
            assert closed(first[:-1]) is (first[-1] == "은"), pair.korean


@cache
def nouns() -> frozenset[str]:
    """What stands before 을 or 를, 은 or 는, 에 or 에서 … often enough to be a noun."""
    found: Counter[str] = Counter()
    for pair in everything():
        for before, after in zip(pair.morphemes, pair.morphemes[1:], strict=False):
            if after in ("를", "가", "에서", "의", "도", "에게", "들"):
                found[before] += 1
    return frozenset(w for w, n in found.items() if n > 2)


def test_contracted_subjects_are_written_as_people_write_them() -> None:
    text = "\n".join(p.korean for p in everything())
    assert re.search(r"(^|\s)(나가|너가|누구가|나의|너의)\s", text) is None
    assert all(re.search(rf"(^|\s){w}\s", text) for w in ("내가", "네가", "누가", "내", "네"))


COUNTERS = {
    "마리": "고양이 개 새 말 소 돼지 닭 양 토끼 물고기 나비 호랑이 뱀 상어",
    "권": "책 잡지 소설 사전 교과서 공책 만화책",
    "명": "학생 의사 친구 아이 군인 가수 왕 남자 여자",
    "대": "컴퓨터 자전거 버스 카메라 차 택시",
    "그루": "나무 사과나무",
    "송이": "꽃 장미",
    "장": "사진 표 우표 카드 지도",
    "벌": "양복 드레스 셔츠 치마",
    "켤레": "신발 양말",
    "척": "배",
    "채": "집",
    "통": "편지",
    "자루": "연필 펜 칼",
}


def test_things_are_counted_with_their_counters() -> None:
    numerals = set("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 몇".split())
    proper = {noun: counter for counter, list_ in COUNTERS.items() for noun in list_.split()}
    met = Counter()
    for pair in everything():
        m = pair.morphemes
        for noun, numeral, counter in zip(m, m[1:], m[2:], strict=False):
            if numeral in numerals and noun in proper and counter not in ("시",) and (
                counter in COUNTERS or counter == "개"
            ):  # fmt: skip
                if noun == "배":  # a pear or a ship
                    assert counter in ("개", "척"), pair.korean
                else:
                    assert counter == proper[noun], pair.korean
                met[counter] += 1
    assert set(met) >= set(COUNTERS)


def test_tense_agrees_with_time() -> None:
    for pair in everything():
        if pair.clauses > 1:
            continue
        english = " ".join(pair.english)
        if re.search(r"\b(yesterday|last (week|month|year|night))\b", english):
            assert " will " not in f" {english} ", english
            assert pair.morphemes[-1] in (
                "았다",
                "었다",
                "였다",
                "이었다",
                "았니",
                "었니",
                "였니",
            ), english
        if re.search(r"\b(tomorrow|next (week|month|year))\b", english):
            assert re.search(r"\b(will|want|wants|can|cannot|must)\b", english), english


def test_pears_ships_and_bellies_all_occur() -> None:
    pairs = [p for p in corpus()["train"] if "배" in p.morphemes]
    for senses in (("pear", "pears"), ("ship", "ships"), ("stomach", "hungry", "full")):
        assert sum(any(s in p.english for s in senses) for p in pairs) >= 25


# --- English -------------------------------------------------------------------------------------


def test_a_and_an_follow_the_sound_of_the_next_word() -> None:
    vowel_sound = re.compile(r"(?!uni|use|one|eu)[aeiou]|hon|hour", re.I)
    for pair in everything():
        for article, word in zip(pair.english, pair.english[1:], strict=False):
            if article in ("a", "an"):
                assert (article == "an") is bool(vowel_sound.match(word)), pair.english


def test_verbs_agree_with_pronouns() -> None:
    wrong = re.compile(
        r"\b(I (is|are|has|does|were)|(he|she|it) (am|are|have|do|were)|"
        r"(we|they|you) (am|is|has|does|was))\b"
    )
    for pair in everything():
        english = " ".join(pair.english)
        if pair.english[-1] != "?" and " that " not in english:
            assert not wrong.search(english), english


def test_do_support_takes_the_base_form() -> None:
    for pair in everything():
        assert not re.search(
            r"\b(does|did|do|will|can|cannot|could|must) not \w+(ed|es)\b(?<!need)(?<!feed)",
            " ".join(pair.english),
        ), pair.english


def test_questions_end_in_a_question_mark_and_nothing_else_does() -> None:
    for pair in everything():
        asks = pair.korean.endswith("?")
        assert asks is (pair.english[-1] == "?") is pair.morphemes[-1].endswith("니")
        assert not set(pair.english[:-1]) & {"?", ".", ","}


def test_only_names_and_I_are_capitalised() -> None:
    capitals = {t for p in everything() for t in p.english if t[0].isupper()}
    firsts = {p.english[0] for p in everything()}
    assert "the" in firsts and "The" not in capitals
    names = {"I", "Minsu", "Korea", "Monday", "January", "Korean", "Seoul", "York", "New"}
    assert names <= capitals and len(capitals) < 80


@pytest.mark.parametrize(("request_", "korean", "english"), hand_written())
def test_the_grammar_says_what_was_written_by_hand(
    request_: str, korean: str, english: str
) -> None:
    said = say(request_)
    assert (said.korean, " ".join(said.english)) == (korean, english)
    assert tuple(cut(korean)) == said.morphemes


def test_enough_is_written_by_hand() -> None:
    assert len(hand_written()) >= 40


RELATIVES = (
    "어머니 아버지 할머니 할아버지 이모 삼촌 형 오빠 누나 언니 남동생 여동생 아들 딸 아내 남편"
)


def test_a_relative_in_a_question_is_always_somebody_s() -> None:
    bare = re.compile(rf"^({RELATIVES.replace(' ', '|')})(은|는|이|가|도) ")
    assert not [p.korean for p in everything() if p.korean.endswith("?") and bare.match(p.korean)]


def test_the_speaker_is_not_of_both_sexes() -> None:
    def mine(words: str, english: str) -> bool:
        return bool(re.search(rf"\b(my|our) ({words})\b", english))

    for pair in everything():
        korean, english = pair.korean, " ".join(pair.english)
        man = mine("wife", english) or re.search(
            r"(^|(내|우리) )(형|누나)[은는이가을를과와에도]", korean
        )
        woman = mine("husband", english) or re.search(
            r"(^|(내|우리) )(오빠|언니)[은는이가을를과와에도]", korean
        )
        assert not (man and woman), korean


def test_every_is_not_denied() -> None:
    for pair in everything():
        assert "every" not in pair.english or "not" not in pair.english or not re.search(
            r"\bevery \w+( \w+)? (is|was|does|did|will|can|could)? ?(not|cannot)\b",
            " ".join(pair.english),
        ), pair.english  # fmt: skip


def test_nothing_is_counted_under_a_negation() -> None:
    counted = re.compile(r"\b(not|cannot) \w+ (one|two|three|four|five|six|seven|eight|nine|ten)\b")
    for pair in everything():
        assert not counted.search(" ".join(pair.english)), pair.english


def test_who_goes_or_gets_up_goes_on_without_고() -> None:
    """Rule: 춤추고 집에 간다, 일어나서 춤춘다; not 집에 가고 춤춘다, 일어나고 춤춘다."""
    moving = {"가", "오", "돌아가", "돌아오", "들어가", "뛰어가"}
    verbs = {verb.stem for verb in VERB}
    for pair in everything():
        said = pair.morphemes
        for i in range(1, len(said) - 1):
            if said[i] != "고" or said[i - 1] not in moving | {"일어나"}:
                continue
            rest = said[i + 1 :]
            if {"은", "는"} & {*rest[:6]} or rest[0] in ("싶", "있"):
                continue  # somebody else; 가고 싶다, 가고 있다
            assert said[i - 1] != "일어나", pair
            following = next(m for m in rest if m in verbs)
            assert following in moving, pair


def test_two_adjectives_share_one_is() -> None:
    """Rule: the ending of the last goes with 'is': 친절하고 정직하다, is kind and honest."""
    found = 0
    for pair in everything():
        if pair.clauses == 2 and pair.english[-2] in ("and", "but"):
            words = {pair.english[j] for i, j in pair.alignment if i == len(pair.morphemes) - 1}
            if {"am", "is", "are", "was", "were"} & {*pair.english[:-2]} and words:
                adjective = pair.english[-1] in {a.english for a in ADJECTIVE}
                assert not adjective or words <= {"am", "is", "are", "was", "were"}, pair
                found += adjective
    assert found > 200


def test_the_longer_example_of_the_first_lesson_is_new_and_can_be_cut() -> None:
    example = "날씨 가 덥 어서 나 는 수박 일곱 개 를 먹 었다".split()
    assert cut("날씨가 더워서 나는 수박 일곱 개를 먹었다") == example
    assert tuple(example) not in {p.morphemes for p in everything()}
    assert {"watermelons", "seven", "because", "hot"} <= {
        t for p in load("train") for t in p.english
    }


# --- alignment -----------------------------------------------------------------------------------


def test_alignments_point_into_the_sentence() -> None:
    for pair in everything():
        for i, j in pair.alignment:
            assert 0 <= i < len(pair.morphemes) and 0 <= j < len(pair.english)


FUNCTION_WORDS = set("a an the do does did am is are was were be it there my that who ?".split())


def test_every_content_word_of_english_has_a_partner() -> None:
    for pair in everything():
        partners = {j for _, j in pair.alignment}
        for j, token in enumerate(pair.english):
            unsaid = (  # 배가 아프니?, 가방을 샀다
                token in ("you", "your") and "너" not in pair.morphemes
            ) or (token == "I" and not re.search(r"(^| )(나(는|도)|내가) ", pair.korean))
            free = token in FUNCTION_WORDS or token == "'s" or unsaid
            assert j in partners or free, (token, pair)


def test_every_morpheme_but_case_particles_has_a_partner() -> None:
    alone = set("은 는 이 가 을 를 와 과 에 에서 으로 로 의 니 다 ㄴ다".split())
    for pair in everything():
        partners = {i for i, _ in pair.alignment}
        for i, morpheme in enumerate(pair.morphemes):
            assert i in partners or morpheme in alone or morpheme[0] in "았었였", (morpheme, pair)


WORDS = {
    "학생": {"student", "students", "they", "their"}, "고양이": {"cat", "cats"},
    "어제": {"yesterday"},
    "때문": {"because"}, "지만": {"but"}, "면": {"if"}, "때": {"when"}, "누구": {"who"},
    "무엇": {"what"},
    "두": {"two"}, "커피": {"coffee"}, "읽": {"read", "reads", "reading"}, "그녀": {"she", "her"},
    "우리": {"we", "us", "our"}, "월요일": {"Monday"}, "예쁘": {"pretty"}, "책": {"book", "books"},
}  # fmt: skip


def test_words_are_aligned_with_their_translations() -> None:
    met = Counter()
    for pair in everything():
        for i, j in pair.alignment:
            morpheme = pair.morphemes[i]
            if morpheme in WORDS:
                assert pair.english[j] in WORDS[morpheme], pair
                met[morpheme] += 1
    assert set(met) == set(WORDS)


def test_who_is_not_named_is_the_speaker_or_who_is_asked() -> None:
    met = Counter()
    parts = "배|머리|다리|팔|손|발|눈|코|귀|목|이|허리"
    body = re.compile(rf"(^| )({parts})[이가] (아프|고프|아팠|고팠)")
    someone = re.compile(r"\w[은는이가도] ")
    for pair in everything():
        asks = pair.english[-1] == "?"
        if pair.clauses == 1 and (body.match(pair.korean) or not someone.search(pair.korean)):
            assert set(pair.english) & ({"you", "your"} if asks else {"I", "my"}), pair
            met[asks] += 1
    assert min(met[True], met[False]) >= 100


# --- words met in more than one frame ------------------------------------------------------------


def test_who_comes_is_told_more_often_than_that_it_rains() -> None:
    pairs = [p for p in corpus()["train"] if "오" in p.morphemes]
    weather = [p for p in pairs if {"비", "눈"} & set(p.morphemes)]
    assert len(weather) < 0.4 * len(pairs)
    alone = re.compile(r"(^|\s)(\S+[이가]|누가) (왔|온|올|오)\S*( 것이다| 거니| 않\S*)?[.?]$")
    placeless = [p for p in pairs if alone.search(p.korean) and not {"비", "눈"} & set(p.morphemes)]
    assert len(placeless) >= 50
    assert any(p.english[:1] == ("who",) for p in placeless)


def objects_of(stem: str) -> Counter[str]:
    """The words before 을 or 를 that a verb stem follows in the training part."""
    found: Counter[str] = Counter()
    for pair in corpus()["train"]:
        m = pair.morphemes
        for noun, mark, after in zip(m, m[1:], m[2:], strict=False):
            if mark in ("을", "를") and after == stem:
                found[noun] += 1
    return found


def test_no_word_stands_with_one_verb_alone() -> None:
    for noun in "문제 숙제 노래 기타 피아노 바이올린 택시 사진".split():
        followers = Counter(
            after for m in (p.morphemes for p in corpus()["train"])
            for before, mark, after in zip(m, m[1:], m[2:], strict=False)
            if before == noun and mark in ("을", "를")
        )  # fmt: skip
        assert followers.most_common(1)[0][1] < 0.95 * sum(followers.values()), (noun, followers)


# --- the vocabulary covers what can be typed -----------------------------------------------------


@cache
def training_words() -> frozenset[str]:
    return frozenset(w for p in corpus()["train"] for w in (*p.morphemes, *p.english))


def test_whatever_is_counted_or_takes_들_has_its_plural_in_training() -> None:
    from course.grammar.grammar import COUNTABLE, COUNTED

    assert {"가방", "의자", "학교", "문제", "노래", "차#car", "배#ship"} <= COUNTABLE & COUNTED
    for key in COUNTABLE:
        assert set(NOUN[key].plural) <= training_words(), key
    for noun in NOUN.values():
        if noun.korean + "들" in forms():  # what `cut` accepts
            same = [n for n in NOUN.values() if n.korean == noun.korean and n.key in COUNTABLE]
            assert same, noun
    assert "물들" not in forms() and "가방들" in forms()


def test_every_counter_is_met_often() -> None:
    met = Counter(
        unit for p in corpus()["train"]
        for number, unit in zip(p.morphemes, p.morphemes[1:], strict=False) if number in NUMERALS
    )  # fmt: skip
    assert min(met[n.counter] for n in NOUN.values() if n.counter) >= 12


def test_every_word_that_can_be_cut_has_a_training_sentence() -> None:
    sentences_with = Counter(m for p in corpus()["train"] for m in set(p.morphemes))
    cuts = {m for options in forms().values() for c in options for m in c}
    assert min(sentences_with[m] for m in cuts) >= 10


# --- cutting -------------------------------------------------------------------------------------


def test_cutting_gives_the_stored_morphemes_of_every_sentence() -> None:
    for pair in everything():
        assert tuple(cut(pair.korean)) == pair.morphemes, pair.korean


def test_a_sentence_typed_already_cut_is_taken_as_it_stands() -> None:
    for pair in everything():
        assert tuple(cut(" ".join(pair.morphemes))) == pair.morphemes, pair.korean


def test_cutting_gives_no_morpheme_that_training_lacks() -> None:
    known = {m for p in corpus()["train"] for m in p.morphemes}
    cuts = [c for options in forms().values() for c in options]
    assert {m for c in cuts for m in c} <= known


# --- reading and writing -------------------------------------------------------------------------


def test_tokens_are_written_as_a_sentence() -> None:
    assert english_sentence(("I", "am", "a", "student")) == "I am a student."
    assert english_sentence(["are", "you", "Minsu", "'s", "son", "?"]) == "Are you Minsu's son?"
    with pytest.raises(ValueError, match="no tokens"):
        english_sentence([])


def test_an_unknown_part_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'dev' is not a part.*validation"):
        load("dev")


def test_the_corpus_is_regenerated_byte_by_byte(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from course.grammar import corpus; "
        "corpus.write(Path(sys.argv[1]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], check=True, cwd=ROOT, env=environment
    )
    for part in PARTS:
        new, old = (f / f"{part}.tsv" for f in (tmp_path, ROOT / "data" / "korean_english"))
        assert new.read_bytes() == old.read_bytes(), part


def test_the_data_are_small() -> None:
    files = (ROOT / "data" / "korean_english").glob("*.tsv")
    assert sum(f.stat().st_size for f in files) < 6_000_000
