"""The Korean-English corpus, read with eyes that know nothing of the grammar that wrote it."""

import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from course.grammar import cut
from course.grammar.cutting.forms import forms
from helpers.corpora.korean_english import PARTS, Pair, english_sentence, load

ROOT = Path(__file__).resolve().parents[2]

PARTICLES = set("은 는 이 가 을 를 에 에서 에게 으로 로 와 과 의 도 보다 마다 들".split())
ENDINGS = re.compile(
    "(ㄴ|은|는|ㄹ|을|다|ㄴ다|는다|니|고|지|지만|기|면|으면|면서|으면서|러|으러|아|어|여|(아|어|여)(서|야)|"
    "(았|었|였|이었)(다|니|고|지만|을|기|다고)|(ㄴ|는)?다고|이(다|니|고|지만|라고|기))"
)

TOLD = ("자", "아라", "어라", "여라")  # what ends a proposal or a command


@cache
def corpus() -> dict[str, list[Pair]]:
    return {part: load(part) for part in PARTS}


@cache
def everything() -> list[Pair]:
    return [pair for pairs in corpus().values() for pair in pairs]


def closed(word: str) -> bool:
    """Whether a word ends in a consonant, by Unicode's own decomposition."""
    return len(unicodedata.normalize("NFD", word[-1])) == 3


def linked(pair: Pair, i: int) -> list[int]:
    """The English tokens that a morpheme is aligned with."""
    return sorted(j for a, j in pair.alignment if a == i)


# --- size and parts ------------------------------------------------------------------------------


def test_there_are_at_least_30_000_distinct_pairs_and_700_words() -> None:
    assert len({(p.korean, p.english) for p in everything()}) >= 30_000
    morphemes = {m for p in corpus()["train"] for m in p.morphemes}
    assert len({m for m in morphemes - PARTICLES if not ENDINGS.fullmatch(m)}) >= 700


def test_each_part_has_its_size() -> None:
    sizes = {part: len(pairs) for part, pairs in corpus().items()}
    assert sizes == {"train": 36_000, "validation": 2_000, "test": 2_000,
                     "test_combinations": 1_500, "test_longer": 1_200}  # fmt: skip


def test_no_sentence_and_no_morpheme_sequence_stands_in_two_parts_or_twice() -> None:
    assert max(Counter(p.korean for p in everything()).values()) == 1
    assert max(Counter(p.morphemes for p in everything()).values()) == 1


def test_three_clauses_are_met_in_training_and_in_the_test() -> None:
    clauses = {part: Counter(p.clauses for p in pairs) for part, pairs in corpus().items()}
    for part in ("train", "validation", "test"):
        assert set(clauses[part]) == {1, 2, 3}
    assert clauses["train"][3] >= 0.1 * sum(clauses["train"].values())
    assert clauses["test"][3] >= 300
    assert set(clauses["test_combinations"]) == {1, 2}


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


def neighbours(pair: Pair) -> set[tuple[str, str]]:
    """Object and verb, adjective and noun, found by their particles and endings alone."""
    found = set()
    for one, mark, two in zip(pair.morphemes, pair.morphemes[1:], pair.morphemes[2:], strict=False):
        if mark in ("을", "를"):
            found.add((one, two))
        if mark in ("ㄴ", "은") and two != "후" and one not in nouns():  # 큰 방
            found.add((one, two))
    return found


def test_each_sentence_of_new_combinations_holds_one_that_training_lacks() -> None:
    seen = set().union(*(neighbours(p) for p in corpus()["train"]))
    new = [neighbours(p) - seen for p in corpus()["test_combinations"]]
    assert sum(map(bool, new)) > 0.7 * len(new)  # where the two stand side by side
    others = [neighbours(p) - seen for p in corpus()["test"]]
    assert sum(map(bool, others)) < 0.05 * len(others)


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


def test_the_longer_example_of_the_first_lesson_is_new() -> None:
    example = tuple("날씨 가 덥 어서 나 는 수박 일곱 개 를 먹 었다".split())
    assert example not in {p.morphemes for p in everything()}
    english = {t for p in corpus()["train"] for t in p.english}
    assert {"watermelons", "seven", "because", "hot"} <= english


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
    assert all(re.search(rf"(^|\s){w}\s", text) for w in ("내가", "누가", "내", "네"))


COUNTERS = {
    "마리": "고양이 강아지 개 새 말 소 돼지 닭 양 토끼 쥐 물고기 오리 거북이 고래 호랑이 뱀",
    "권": "책 잡지 소설 사전 교과서 공책 만화책 동화책",
    "명": "학생 대학생 친구 사람 아이 아기 소년 소녀 남자 여자 가수 농부 어부 간호사 도둑",
    "분": "선생님 의사 교수 노인 손님",
    "대": "컴퓨터 노트북 휴대폰 카메라 자전거 버스 기차 택시 비행기 트럭 오토바이 피아노 기타",
    "그루": "나무 사과나무",
    "송이": "꽃 장미",
    "장": "사진 표 우표 카드 지도 그림 수건 담요",
    "벌": "양복 드레스 셔츠 치마 코트",
    "켤레": "신발 양말 장갑",
    "척": "배",
    "채": "집",
    "통": "편지 이메일 수박",
    "자루": "연필 펜 칼",
    "편": "영화 시 연극 드라마 기사",
    "부": "신문 보고서",
    "곡": "노래",
    "곳": "호텔 식당 대학교 정원 도서관 공원",
    "잔": "커피 물 우유 주스 콜라",
    "병": "맥주 와인",
    "개": "사과 바나나 토마토 감자 달걀 버섯 당근 딸기 오이 의자 컵 상자 가방 램프 숟가락 열쇠",
}
NUMBERS = set("한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 몇".split())
UNCOUNTED = set("수업 회의 시험 문제 질문 계획 약속 비밀 꿈 생각 규칙 이유 이야기".split())


def counted() -> Iterator[tuple[str, str, Pair]]:
    """Nouns and what they are counted with: 책 두 권, 고양이가 두 마리."""
    for pair in everything():
        said = pair.morphemes
        for i in range(1, len(said) - 1):
            if said[i] in NUMBERS and said[i + 1] in COUNTERS:
                floating = said[i - 1] in ("이", "가")
                yield said[i - 2 if floating else i - 1], said[i + 1], pair


def test_things_are_counted_with_their_counters() -> None:
    proper = {noun: counter for counter, nouns_ in COUNTERS.items() for noun in nouns_.split()}
    ambiguous = {"배": {"개", "척"}, "차": {"잔", "대"}}  # pear and ship, tea and car
    met = Counter()
    for noun, counter, pair in counted():
        assert counter in ambiguous.get(noun, {proper.get(noun, counter)}), pair.korean
        met[counter] += noun in proper
    assert {c for c, n in met.items() if n} >= set("마리 권 명 분 대 자루 잔 곡 개".split())


def test_what_is_no_thing_is_counted_without_a_counter() -> None:
    met = Counter()
    for pair in everything():
        said = pair.morphemes
        for noun, mark, number in zip(said, said[1:], said[2:], strict=False):
            if number == "하나" and mark in ("이", "가"):
                assert noun in UNCOUNTED, pair.korean
                met[noun] += 1
    assert len(met) >= 5


def test_tense_agrees_with_time() -> None:
    for pair in everything():
        if pair.clauses > 1:
            continue
        english = " ".join(pair.english)
        if re.search(r"\b(yesterday|last (week|month|year|night))\b", english):
            assert " will " not in f" {english} ", english
            assert re.search("[았었였][다니]$", pair.morphemes[-1]), english
        if pair.morphemes[-1] in TOLD:
            continue
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


RELATIVES = (
    "어머니 아버지 할머니 할아버지 이모 삼촌 형 오빠 누나 언니 동생 남동생 여동생 아들 딸 아내 남편"
)


def test_a_relative_in_a_question_is_always_somebody_s() -> None:
    bare = re.compile(rf"^({RELATIVES.replace(' ', '|')})(은|는|이|가|도) ")
    assert not [p.korean for p in everything() if p.korean.endswith("?") and bare.match(p.korean)]


def test_the_speaker_is_not_of_both_sexes() -> None:
    sex = dict.fromkeys("형 누나 아내".split(), "man") | dict.fromkeys(
        "오빠 언니 남편".split(), "woman"
    )
    met = Counter()
    for pair in everything():
        mine = {
            sex[m] for i, m in enumerate(pair.morphemes)
            if m in sex and {"my", "our"} & {pair.english[j - 1] for j in linked(pair, i)[:1]}
        }  # fmt: skip
        assert len(mine) <= 1, pair
        met.update(mine)
    assert min(met["man"], met["woman"]) >= 100


def test_nothing_is_counted_under_a_negation() -> None:
    counted = re.compile(r"\b(not|cannot) \w+ (one|two|three|four|five|six|seven|eight|nine|ten)\b")
    for pair in everything():
        assert not counted.search(" ".join(pair.english)), pair.english


def test_who_goes_or_gets_up_goes_on_without_고() -> None:
    """Rule: 춤추고 집에 간다, 일어나서 춤춘다; not 집에 가고 춤춘다, 일어나고 춤춘다."""
    moving = {"가", "오", "돌아가", "돌아오", "들어가", "뛰어가", "걸어가", "나가"}
    met = Counter()
    for pair in everything():
        said = pair.morphemes
        for i in range(1, len(said) - 1):
            if said[i - 1] in moving | {"일어나"} and said[i] in ("아서", "어서"):
                met[said[i - 1]] += 1
            if said[i] != "고" or said[i - 1] not in moving | {"일어나"}:
                continue
            somebody_else = {"은", "는"} & {*said[i + 1 : i + 7]}
            assert somebody_else or said[i + 1] in ("싶", "있"), pair  # 가고 싶다, 가고 있다
    assert met["가"] >= 50 and met["일어나"] >= 10


QUALITIES = (
    "kind honest cheap delicious big small sweet sour difficult interesting long boring clean "
    "spacious beautiful quiet warm expensive pretty healthy clever brave lazy poor rich heavy light"
).split()


def test_two_adjectives_share_one_is() -> None:
    """Rule: the ending of the last goes with 'is': 싸고 맛있다, is cheap and delicious."""
    be = {"am", "is", "are", "was", "were"}
    found = 0
    for pair in everything():
        if pair.clauses == 2 and pair.english[-2] in ("and", "but") and (
            pair.english[-1] in QUALITIES and be & {*pair.english[:-2]}
        ):  # fmt: skip
            words = {pair.english[j] for j in linked(pair, len(pair.morphemes) - 1)}
            assert words and words <= be, pair
            found += 1
    assert found > 50


# --- alignment -----------------------------------------------------------------------------------


def test_alignments_point_into_the_sentence() -> None:
    for pair in everything():
        for i, j in pair.alignment:
            assert 0 <= i < len(pair.morphemes) and 0 <= j < len(pair.english)


FUNCTION_WORDS = set("a an the do does did am is are was were be it there my 's".split())


def test_every_content_word_of_english_has_a_partner() -> None:
    for pair in everything():
        partners = {j for _, j in pair.alignment}
        for j, token in enumerate(pair.english):
            unsaid = (  # 배가 아프니?, 가방을 샀다
                token in ("you", "your") and "너" not in pair.morphemes
            ) or (token == "I" and not re.search(r"(^| )(나(는|도)|내가) ", pair.korean))
            assert j in partners or token in FUNCTION_WORDS or unsaid, (token, pair)


def test_every_morpheme_but_case_particles_has_a_partner() -> None:
    alone = set("은 는 이 가 을 를".split())
    # goes home, last night, this weekend: no 'to', no 'at'
    home = set("집 주말 어젯밤 지난주 지난달 작년 내년 주 달".split())
    for pair in everything():
        partners = {i for i, _ in pair.alignment}
        for i, morpheme in enumerate(pair.morphemes):
            free = morpheme in alone or (
                morpheme in ("에", "으로") and pair.morphemes[i - 1] in home
            )
            assert i in partners or free, (morpheme, pair)


WORDS = {
    "학생": {"student", "students", "they", "their"}, "고양이": {"cat", "cats", "it", "them"},
    "어제": {"yesterday"}, "오늘": {"today"}, "내일": {"tomorrow"}, "지금": {"now"},
    "여기": {"here", "this"}, "때문": {"because"}, "지만": {"but"}, "때": {"when"},
    "누구": {"who"}, "무엇": {"what"}, "어디": {"where"}, "두": {"two"}, "한": {"a", "an", "one"},
    "하나": {"a", "an"}, "커피": {"coffee", "it"}, "들어가": {"go", "goes", "went", "going"},
    "읽": {"read", "reads", "reading"}, "그녀": {"she", "her"},
    "우리": {"we", "us", "our", "my"}, "월요일": {"Monday"}, "예쁘": {"pretty"},
    "책": {"book", "books", "it", "them"}, "모르": {"not", "know"}, "도": {"also"},
    "보다": {"than"}, "전화하": {"call", "calls", "called", "calling"},
}  # fmt: skip


def test_words_are_aligned_with_their_translations() -> None:
    met = Counter()
    for pair in everything():
        for i, j in pair.alignment:
            morpheme = pair.morphemes[i]
            if morpheme in WORDS and pair.english[j:] not in (("do",), ("does",), ("did",)):
                assert pair.english[j] in WORDS[morpheme], pair  # not: but she did
                met[morpheme] += 1
    assert set(met) == set(WORDS)


def test_who_is_not_named_is_the_speaker_or_who_is_asked() -> None:
    met = Counter()
    parts = "배|머리|다리|팔|손|발|눈|코|귀|목|이|허리"
    body = re.compile(rf"(^| )({parts})[이가] (아프|고프|아팠|고팠)")
    someone = re.compile(r"\w[은는이가도만] ")
    for pair in everything():
        asks = pair.english[-1] == "?"
        if pair.morphemes[-1] in TOLD:
            continue  # the hearer is told, or asked to join in
        if pair.clauses == 1 and (body.match(pair.korean) or not someone.search(pair.korean)):
            assert set(pair.english) & ({"you", "your"} if asks else {"I", "my"}), pair
            met[asks] += 1
    assert min(met[True], met[False]) >= 100


# --- words met in more than one frame ------------------------------------------------------------


def test_who_comes_is_told_more_often_than_that_it_rains() -> None:
    pairs = [p for p in corpus()["train"] if "오" in p.morphemes]
    weather = [p for p in pairs if {"비", "눈"} & set(p.morphemes)]
    assert len(weather) < 0.5 * len(pairs)
    alone = re.compile(r"(^|\s)(\S+[이가]|누가) (왔|온|올|오)\S*( 것이다| 거니| 않\S*)?[.?]$")
    placeless = [p for p in pairs if alone.search(p.korean) and not {"비", "눈"} & set(p.morphemes)]
    assert len(placeless) >= 50
    assert sum(p.english[:2] == ("who", "came") for p in pairs) >= 10


def test_no_word_stands_with_one_verb_alone() -> None:
    for noun in "문제 숙제 노래 기타 피아노 바이올린 택시 사진".split():
        followers = Counter(
            after for m in (p.morphemes for p in corpus()["train"])
            for before, mark, after in zip(m, m[1:], m[2:], strict=False)
            if before == noun and mark in ("을", "를")
        )  # fmt: skip
        assert followers.most_common(1)[0][1] < 0.95 * sum(followers.values()), (noun, followers)


# --- cutting -------------------------------------------------------------------------------------


def test_cutting_gives_the_stored_morphemes_of_every_sentence() -> None:
    for pair in everything():
        assert tuple(cut(pair.korean)) == pair.morphemes, pair.korean


def test_a_sentence_typed_already_cut_is_taken_as_it_stands() -> None:
    for pair in everything():
        assert tuple(cut(" ".join(pair.morphemes))) == pair.morphemes, pair.korean


def test_cutting_gives_no_morpheme_that_training_lacks() -> None:
    sentences_with = Counter(m for p in corpus()["train"] for m in set(p.morphemes))
    cuts = {m for options in forms().values() for c in options for m in c}
    assert min(sentences_with[m] for m in cuts) >= 10


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


def test_the_card_gives_the_numbers_of_the_corpus() -> None:
    card = (ROOT / "data" / "korean_english" / "README.md").read_text(encoding="utf-8")
    train = corpus()["train"]
    clauses = Counter(p.clauses for p in train)
    morphemes = len({m for p in train for m in p.morphemes})
    words = len({t for p in train for t in p.english})
    mean = sum(len(p.morphemes) for p in train) / len(train)
    three = sum(p.clauses == 3 for p in corpus()["test"])
    for number in (
        f"{len(everything()):,} sentence pairs",
        f"({clauses[1]:,}, {clauses[2]:,} and {clauses[3]:,})",
        f"{mean:.1f} on average",
        f"({three} have three)",
        f"{morphemes} different morphemes",
        f"and {words:,} English word",
    ):
        assert number in card, number


def test_the_data_are_small() -> None:
    files = (ROOT / "data" / "korean_english").glob("*.tsv")
    assert sum(f.stat().st_size for f in files) < 9_000_000
