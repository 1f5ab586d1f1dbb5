"""Hangul arithmetic against unicodedata, and Korean spelling against a list written by hand."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.grammar import hangul

SYLLABLES = st.integers(0xAC00, 0xD7A3).map(chr)
WORDS = st.text(SYLLABLES, min_size=1, max_size=6)

# stem, ending, irregular class, what a dictionary or grammar book writes, the ending in it
FORMS = [
    # plain present
    ("가", "는다", "", "간다", "ㄴ다"),
    ("먹", "는다", "", "먹는다", "는다"),
    ("살", "는다", "", "산다", "ㄴ다"),
    ("만들", "는다", "", "만든다", "ㄴ다"),
    ("팔", "는다", "", "판다", "ㄴ다"),
    ("열", "는다", "", "연다", "ㄴ다"),
    ("하", "는다", "", "한다", "ㄴ다"),
    ("듣", "는다", "ㄷ", "듣는다", "는다"),
    ("돕", "는다", "ㅂ", "돕는다", "는다"),
    ("모르", "는다", "르", "모른다", "ㄴ다"),
    ("짓", "는다", "ㅅ", "짓는다", "는다"),
    ("읽", "는다", "", "읽는다", "는다"),
    ("앉", "는다", "", "앉는다", "는다"),
    ("마시", "는다", "", "마신다", "ㄴ다"),
    # questions
    ("가", "니", "", "가니", "니"),
    ("먹", "니", "", "먹니", "니"),
    ("살", "니", "", "사니", "니"),
    ("예쁘", "니", "", "예쁘니", "니"),
    ("길", "니", "", "기니", "니"),
    ("먹", "었니", "", "먹었니", "었니"),
    ("가", "었니", "", "갔니", "았니"),
    # past: regular and contracted
    ("먹", "었다", "", "먹었다", "었다"),
    ("읽", "었다", "", "읽었다", "었다"),
    ("앉", "었다", "", "앉았다", "았다"),
    ("받", "었다", "", "받았다", "았다"),
    ("가", "었다", "", "갔다", "았다"),
    ("사", "었다", "", "샀다", "았다"),
    ("오", "었다", "", "왔다", "았다"),
    ("보", "었다", "", "봤다", "았다"),
    ("배우", "었다", "", "배웠다", "었다"),
    ("주", "었다", "", "줬다", "었다"),
    ("마시", "었다", "", "마셨다", "었다"),
    ("기다리", "었다", "", "기다렸다", "었다"),
    ("보내", "었다", "", "보냈다", "었다"),
    ("켜", "었다", "", "켰다", "었다"),
    ("되", "었다", "", "됐다", "었다"),
    ("쉬", "었다", "", "쉬었다", "었다"),
    ("하", "었다", "", "했다", "였다"),
    ("공부하", "었다", "", "공부했다", "였다"),
    ("살", "었다", "", "살았다", "았다"),
    ("만들", "었다", "", "만들었다", "었다"),
    # past: 으 stems
    ("쓰", "었다", "", "썼다", "었다"),
    ("크", "었다", "", "컸다", "었다"),
    ("예쁘", "었다", "", "예뻤다", "었다"),
    ("슬프", "었다", "", "슬펐다", "었다"),
    ("바쁘", "었다", "", "바빴다", "았다"),
    ("아프", "었다", "", "아팠다", "았다"),
    ("고프", "었다", "", "고팠다", "았다"),
    ("모으", "었다", "", "모았다", "았다"),
    # past: irregular
    ("듣", "었다", "ㄷ", "들었다", "었다"),
    ("걷", "었다", "ㄷ", "걸었다", "었다"),
    ("돕", "었다", "ㅂ", "도왔다", "았다"),
    ("춥", "었다", "ㅂ", "추웠다", "었다"),
    ("가깝", "었다", "ㅂ", "가까웠다", "었다"),
    ("아름답", "었다", "ㅂ", "아름다웠다", "었다"),
    ("입", "었다", "", "입었다", "었다"),
    ("잡", "었다", "", "잡았다", "았다"),
    ("모르", "었다", "르", "몰랐다", "았다"),
    ("부르", "었다", "르", "불렀다", "었다"),
    ("고르", "었다", "르", "골랐다", "았다"),
    ("게으르", "었다", "르", "게을렀다", "었다"),
    ("짓", "었다", "ㅅ", "지었다", "었다"),
    ("씻", "었다", "", "씻었다", "었다"),
    ("빨갛", "었다", "ㅎ", "빨갰다", "았다"),
    ("하얗", "었다", "ㅎ", "하얬다", "았다"),
    # adnominal
    ("크", "은", "", "큰", "ㄴ"),
    ("작", "은", "", "작은", "은"),
    ("예쁘", "은", "", "예쁜", "ㄴ"),
    ("길", "은", "", "긴", "ㄴ"),
    ("춥", "은", "ㅂ", "추운", "ㄴ"),
    ("빨갛", "은", "ㅎ", "빨간", "ㄴ"),
    ("재미있", "는", "", "재미있는", "는"),
    # before 것, 수, 때
    ("가", "을", "", "갈", "ㄹ"),
    ("먹", "을", "", "먹을", "을"),
    ("살", "을", "", "살", "ㄹ"),
    ("듣", "을", "ㄷ", "들을", "을"),
    ("돕", "을", "ㅂ", "도울", "ㄹ"),
    ("짓", "을", "ㅅ", "지을", "을"),
    # connecting
    ("오", "으면", "", "오면", "면"),
    ("먹", "으면", "", "먹으면", "으면"),
    ("살", "으면", "", "살면", "면"),
    ("춥", "으면", "ㅂ", "추우면", "면"),
    ("듣", "으면서", "ㄷ", "들으면서", "으면서"),
    ("부르", "으면서", "르", "부르면서", "면서"),
    ("오", "어서", "", "와서", "아서"),
    ("춥", "어서", "ㅂ", "추워서", "어서"),
    ("피곤하", "어서", "", "피곤해서", "여서"),
    ("있", "어서", "", "있어서", "어서"),
    ("가", "어야", "", "가야", "아야"),
    ("알", "는다고", "", "안다고", "ㄴ다고"),
    ("먹", "지만", "", "먹지만", "지만"),
]


@given(SYLLABLES)
def test_decompose_agrees_with_unicodedata(syllable: str) -> None:
    conjoining = unicodedata.normalize("NFD", syllable)
    places = [ord(c) - base for c, base in zip(conjoining, (0x1100, 0x1161, 0x11A7), strict=False)]
    lead, vowel, tail = hangul.decompose(syllable)
    expected = [hangul.LEADS.index(lead), hangul.VOWELS.index(vowel)]
    if tail:
        expected.append(hangul.TAILS.index(tail))
    assert places == expected


@given(SYLLABLES)
def test_compose_undoes_decompose(syllable: str) -> None:
    assert hangul.compose(*hangul.decompose(syllable)) == syllable


@given(st.sampled_from(hangul.LEADS), st.sampled_from(hangul.VOWELS), st.sampled_from(hangul.TAILS))
def test_decompose_undoes_compose(lead: str, vowel: str, tail: str) -> None:
    assert hangul.decompose(hangul.compose(lead, vowel, tail)) == (lead, vowel, tail)


@given(WORDS)
def test_letters_spell_a_word_as_decomposition_does(word: str) -> None:
    assert len(hangul.letters(word)) == len(unicodedata.normalize("NFD", word))


@given(WORDS)
def test_particles_follow_the_final_consonant(word: str) -> None:
    closed = len(unicodedata.normalize("NFD", word[-1])) == 3
    assert hangul.particle(word, "은/는") == ("은" if closed else "는")
    assert hangul.particle(word, "이/가") == ("이" if closed else "가")
    assert hangul.particle(word, "을/를") == ("을" if closed else "를")
    assert hangul.particle(word, "과/와") == ("과" if closed else "와")
    rieul = unicodedata.normalize("NFD", word[-1])[-1] == "\u11af"
    assert hangul.particle(word, "으로/로") == ("으로" if closed and not rieul else "로")
    assert hangul.particle(word, "에서") == "에서"


@given(WORDS)
def test_normalise_composes_and_tidies_spaces(word: str) -> None:
    untidy = "  " + unicodedata.normalize("NFD", word) + " \t " + word + "\n"
    assert hangul.normalise(untidy) == f"{word} {word}"


@pytest.mark.parametrize(("stem", "ending", "irregular", "written", "heard"), FORMS)
def test_conjugated_forms_are_spelt_as_in_the_dictionary(
    stem: str, ending: str, irregular: str, written: str, heard: str
) -> None:
    assert hangul.attach(stem, ending, irregular) == (written, heard)


def test_the_list_of_forms_is_long_enough_and_has_no_doubles() -> None:
    assert len({form[:3] for form in FORMS}) == len(FORMS) >= 60


@pytest.mark.parametrize(
    ("stem", "written"),
    [("보", "보았다"), ("주", "주었다"), ("되", "되었다"), ("하", "하였다"), ("가", "갔다")],
)
def test_uncontracted_pasts(stem: str, written: str) -> None:
    assert hangul.attach(stem, "었다", contract=False)[0] == written


def test_only_whole_syllables_are_taken_apart() -> None:
    for wrong in ("a", "ㅎ", "", "한국"):
        with pytest.raises(ValueError, match="not one Hangul syllable"):
            hangul.decompose(wrong)


def test_only_letters_in_their_place_are_put_together() -> None:
    for lead, vowel, tail in (
        ("ㅏ", "ㅏ", ""),
        ("ㅎ", "ㅎ", ""),
        ("", "ㅏ", ""),
        ("ㅎ", "ㅏ", "ㄸ"),
    ):
        with pytest.raises(ValueError, match="compose"):
            hangul.compose(lead, vowel, tail)
