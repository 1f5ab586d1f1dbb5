"""Word forms of Korean that the grammar lacks, each with what the grammar would write instead.

`STEM_ENDINGS` has one ending a line: ``ending | of what | statement | question | why``.  What to
write is given in the grammar's endings: 을+것이다 after 가 is 갈 것이다.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from ..hangul import attach, final, particle
from .forms import (
    COPULAS,
    NOUN_NAMES,
    OPEN_STEMS,
    PRONOUN_WORDS,
    Stem,
    copula_surface,
    readings,
    stems,
)
from .spelling import DEMONSTRATED, SAME_WORDS, written_names


class Foreign(NamedTuple):
    """A word form that the grammar lacks.

    `instead` and `asked` are the words to write in a statement and in a question ("" if none);
    `why` is polite, casual, honorific, dictionary, relative, noun or ending.
    """

    stem: Stem | None
    ending: str
    why: str
    instead: str = ""
    asked: str = ""


STEM_ENDINGS = """
다 | v | 는다 | 니 | dictionary
는다 | a | 다 | 니 | state
어요 | va | 는다 | 니 | polite
었어요 | va | 었다 | 었니 | polite
습니다 | va | 는다 | 니 | polite
습니까 | va | 니 | 니 | polite
었습니다 | va | 었다 | 었니 | polite
었습니까 | va | 었니 | 었니 | polite
지요 | va | 는다 | 니 | polite
죠 | va | 는다 | 니 | polite
었지요 | va | 었다 | 었니 | polite
었죠 | va | 었다 | 었니 | polite
네요 | va | 는다 | 니 | polite
었네요 | va | 었다 | 었니 | polite
나요 | va | 니 | 니 | polite
는가요 | v | 니 | 니 | polite
은가요 | a | 니 | 니 | polite
었나요 | va | 었니 | 었니 | polite
는군요 | v | 는다 | 니 | polite
군요 | a | 다 | 니 | polite
는데요 | v | 는다 | 니 | polite
은데요 | a | 다 | 니 | polite
었는데요 | va | 었다 | 었니 | polite
거든요 | va | 는다 | 니 | polite
잖아요 | va | 는다 | 니 | polite
고요 | va | 는다 | 니 | polite
어서요 | va | 는다 | 니 | polite
을까요 | va | 을+것이다 | 을+거니 | polite
을게요 | v | 을+것이다 | 을+거니 | polite
을래요 | v | 고+싶다 | 고+싶니 | polite
겠어요 | va | 을+것이다 | 을+거니 | polite
겠습니다 | va | 을+것이다 | 을+거니 | polite
겠습니까 | va | 을+거니 | 을+거니 | polite
읍시다 | v | 자 | 니 | polite
으세요 | va | 는다 | 니 | honorific
으십니다 | va | 는다 | 니 | honorific
으십니까 | va | 니 | 니 | honorific
으셨어요 | va | 었다 | 었니 | honorific
으셨습니다 | va | 었다 | 었니 | honorific
으셨습니까 | va | 었니 | 었니 | honorific
으신다 | v | 는다 | 니 | honorific
으시다 | a | 다 | 니 | honorific
으셨다 | va | 었다 | 었니 | honorific
으시니 | va | 니 | 니 | honorific
으셔 | va | 는다 | 니 | honorific
으셔서 | va | 어서 | 어서 | honorific
으시고 | va | 고 | 고 | honorific
으십시오 | v | 는다 | 니 | honorific
어 | va | 는다 | 니 | casual
었어 | va | 었다 | 었니 | casual
지 | va | 는다 | 니 | casual
었지 | va | 었다 | 었니 | casual
네 | va | 는다 | 니 | casual
었네 | va | 었다 | 었니 | casual
냐 | va | 니 | 니 | casual
느냐 | v | 니 | 니 | casual
으냐 | a | 니 | 니 | casual
었냐 | va | 었니 | 었니 | casual
나 | va | 니 | 니 | casual
었나 | va | 었니 | 었니 | casual
는가 | v | 니 | 니 | casual
은가 | a | 니 | 니 | casual
을까 | va | 을+것이다 | 을+거니 | casual
을게 | v | 을+것이다 | 을+거니 | casual
을래 | v | 고+싶다 | 고+싶니 | casual
겠다 | va | 을+것이다 | 을+거니 | ending
겠니 | va | 을+거니 | 을+거니 | ending
겠어 | va | 을+것이다 | 을+거니 | casual
겠지만 | va | 지만 | 지만 | ending
거든 | va | 는다 | 니 | casual
잖아 | va | 는다 | 니 | casual
는구나 | v | 는다 | 니 | casual
구나 | a | 다 | 니 | casual
었구나 | va | 었다 | 었니 | casual
더라 | va | 었다 | 었니 | casual
었었다 | va | 었다 | 었니 | ending
었었어요 | va | 었다 | 었니 | polite
었었어 | va | 었다 | 었니 | casual
는대 | v | 는다 | 니 | casual
대 | a | 다 | 니 | casual
으니까 | va | 기+때문에 | 기+때문에 | ending
었으니까 | va | 었기+때문에 | 었기+때문에 | ending
으니 | va | 기+때문에 | 기+때문에 | ending
었으니 | va | 었기+때문에 | 었기+때문에 | ending
으므로 | va | 기+때문에 | 기+때문에 | ending
느라 | v | 어서 | 어서 | ending
느라고 | v | 어서 | 어서 | ending
는데 | v | 지만 | 지만 | ending
은데 | a | 지만 | 지만 | ending
었는데 | va | 었지만 | 었지만 | ending
으나 | va | 지만 | 지만 | ending
었으나 | va | 었지만 | 었지만 | ending
어도 | va | 지만 | 지만 | ending
더라도 | va | 지만 | 지만 | ending
으려고 | v | 고+싶어서 | 고+싶어서 | ending
으러 | v | 고+싶어서 | 고+싶어서 | ending
고자 | v | 고+싶어서 | 고+싶어서 | ending
도록 | v | 고+싶어서 | 고+싶어서 | ending
거나 | va | 고 | 고 | ending
든지 | va | 고 | 고 | ending
으며 | va | 고 | 고 | ending
고서 | v | 은+후에 | 은+후에 | ending
자마자 | v | 은+후에 | 은+후에 | ending
다가 | v | 으면서 | 으면서 | ending
었다가 | v | 고 | 고 | ending
더니 | va | 고 | 고 | ending
었더니 | va | 었을+때 | 었을+때 | ending
으려면 | v | 으면 | 으면 | ending
는다면 | v | 으면 | 으면 | ending
다면 | a | 으면 | 으면 | ending
었다면 | va | 으면 | 으면 | ending
었으면 | va | 으면 | 으면 | ending
을수록 | va | 으면 | 으면 | ending
어야지 | v | 어야+한다 | 어야+하니 | casual
어야겠다 | v | 어야+한다 | 어야+하니 | ending
었고 | va | 고 | 고 | ending
었어서 | va | 었기+때문에 | 었기+때문에 | ending
으면 | va | 을+때 | 을+때 | ending
으면서 | va | 고 | 고 | ending
어서 | va | 고 | 고 | ending
어야 | va | 으면 | 으면 | ending
는 | ve | - | - | relative
던 | va | - | - | relative
었던 | va | - | - | relative
을 | va | - | - | relative
기를 | va | - | - | noun
기가 | va | - | - | noun
기는 | va | - | - | noun
기도 | va | - | - | noun
기에 | va | - | - | noun
게 | va | - | - | ending
"""
COPULA_ENDINGS = """
이에요 | 이다 | 이니 | polite
이예요 | 이다 | 이니 | polite
예요 | 이다 | 이니 | polite
에요 | 이다 | 이니 | polite
입니다 | 이다 | 이니 | polite
입니까 | 이니 | 이니 | polite
이었어요 | 이었다 | 이었니 | polite
였어요 | 이었다 | 이었니 | polite
이었습니다 | 이었다 | 이었니 | polite
였습니다 | 이었다 | 이었니 | polite
이었습니까 | 이었니 | 이었니 | polite
였습니까 | 이었니 | 이었니 | polite
이지요 | 이다 | 이니 | polite
이죠 | 이다 | 이니 | polite
죠 | 이다 | 이니 | polite
이네요 | 이다 | 이니 | polite
네요 | 이다 | 이니 | polite
인가요 | 이니 | 이니 | polite
이군요 | 이다 | 이니 | polite
인데요 | 이다 | 이니 | polite
일까요 | 이다 | 이니 | polite
이세요 | 이다 | 이니 | honorific
세요 | 이다 | 이니 | honorific
이십니다 | 이다 | 이니 | honorific
이십니까 | 이니 | 이니 | honorific
이시다 | 이다 | 이니 | honorific
이야 | 이다 | 이니 | casual
야 | 이다 | 이니 | casual
이었어 | 이었다 | 이었니 | casual
였어 | 이었다 | 이었니 | casual
이냐 | 이니 | 이니 | casual
냐 | 이니 | 이니 | casual
인가 | 이니 | 이니 | casual
이지 | 이다 | 이니 | casual
이네 | 이다 | 이니 | casual
네 | 이다 | 이니 | casual
이구나 | 이다 | 이니 | casual
구나 | 이다 | 이니 | casual
일까 | 이다 | 이니 | casual
인데 | 이지만 | 이지만 | ending
이었는데 | 이었지만 | 이었지만 | ending
였는데 | 이었지만 | 이었지만 | ending
이니까 | 이고 | 이고 | ending
니까 | 이고 | 이고 | ending
이라서 | 이고 | 이고 | ending
라서 | 이고 | 이고 | ending
이어서 | 이고 | 이고 | ending
여서 | 이고 | 이고 | ending
이며 | 이고 | 이고 | ending
이면 | 이고 | 이고 | ending
면 | 이고 | 이고 | ending
이라면 | 이고 | 이고 | ending
라면 | 이고 | 이고 | ending
인 | - | - | relative
이던 | - | - | relative
"""
# Words that stand for one of the grammar's in the polite style, and those close in meaning.
POLITE = {
    "저는": "나는", "제가": "내가", "제": "내", "저를": "나를", "저에게": "나에게",
    "저한테": "나에게", "제게": "나에게", "저도": "나도", "저와": "나와", "저랑": "나와",
    "저하고": "나와", "저의": "내", "전": "나는", "절": "나를", "저희": "우리",
    "저희는": "우리는", "저희가": "우리가", "저희를": "우리를", "저희도": "우리도",
    "당신은": "너는", "당신이": "네가", "당신을": "너를", "당신의": "네", "당신도": "너도",
    "거예요": "것이다", "거에요": "것이다", "것이에요": "것이다", "것입니다": "것이다",
    "겁니다": "것이다", "아니에요": "아니다", "아니예요": "아니다", "아닙니다": "아니다",
    "네요": "이다", "마세요": "마라", "마십시오": "마라", "말아라": "마라", "말아요": "마라",
}  # fmt: skip
POLITE_ASKED = {"거예요": "거니", "거에요": "거니", "것이에요": "거니", "아니에요": "아니니",
                "아니예요": "아니니"}  # fmt: skip
POLITE_QUESTIONS = {"겁니까": "거니", "것입니까": "거니", "건가요": "거니", "아닙니까": "아니니"}
CASUAL = {"거야": ("것이다", "거니"), "것이야": ("것이다", "거니"), "아니야": ("아니다", "아니니"),
          "뭐해": ("무엇을 한다", "무엇을 하니"), "거냐": ("거니", "거니"),
          "건가": ("거니", "거니"), "아냐": ("아니다", "아니니"),
          "거지": ("것이다", "거니"), "거라고": ("것이라고", "것이라고"),
          "마": ("마라", ""), "걸": ("것이다", "거니"),
          "건데": ("것이지만", "것이지만")}  # fmt: skip
# What is said without being a sentence of the grammar.
PHRASES = frozenset(
    "안녕 안녕하세요 안녕히 감사합니다 고맙습니다 고마워 미안 미안해 미안합니다 죄송합니다 "
    "반갑습니다 반가워요 네 예 응 아니요 그럼 음 축하합니다 축하해 축하해요 여러분 글쎄".split()
)
HONORIFIC = (("드리", Stem("주", "", "verb")), ("계시", Stem("있", "", "exist")),
             ("드시", Stem("먹", "", "verb")), ("드시", Stem("마시", "", "verb")),
             ("잡수시", Stem("먹", "", "verb")), ("주무시", Stem("자", "", "verb")),
             ("말씀하시", Stem("말하", "", "verb")))  # fmt: skip
SYNONYMS = """
참 정말 | 자꾸 자주 | 대개 보통 | 열심이 열심히 | 친구분 친구 | 대학 대학교
잘생겼다 멋있다 | 고등학생 학생 | 중학생 학생 | 초등학생 학생 | 마트 시장 | 사탕 과자
건물 집 | 한글 한국어 | 여자친구 친구
남자친구 친구 | 댁 집 | 나흘 - | 하루에 - | 오랫동안 오래 | 기차역 역
기차표 표 | 새벽 아침 | 휴가 방학 | 그분 그 | 같은 -
그렇게 - | 이렇게 - | 저렇게 - | 깜짝 - | 미리 - | 조금만 조금 | 꼭 -
덜 - | 모든 - | 서로 - | 그런데 - | 하지만 - | 그래서 - | 그러나 - | 이제 지금
방금 지금 | 곧 내일 | 나중에 내일 | 아까 어제 | 날마다 매일 | 밤새 밤에 | 새로운 새 | 어떤 무슨
모두 - | 다 - | 바로 - | 방금 지금
"""
# Words that the grammar lacks, and the nearest that it has.
NEIGHBOURS = """
딥러닝 기계학습 머신러닝 자연어처리 파이썬 프로그래밍 코딩 | 수학 과학 역사
통계 물리 물리학 화학 철학 경제학 RNN LSTM GRU AI GPT | 수학 과학 역사
모델 인공지능 기계 번역기 트랜스포머 신경망 인공신경망 로봇 | 컴퓨터 노트북 카메라
프로그램 챗봇 서버 태블릿 | 컴퓨터 노트북 카메라
어텐션 | 컴퓨터 노트북 카메라
알고리즘 수식 개념 이론 강의 | 문제 질문 이야기
토큰 글자 데이터 코드 말뭉치 논문 교재 번역 기계번역 발음 표현 문법 | 문장 단어 책
스페인어 독일어 러시아어 베트남어 이탈리아어 언어 외국어 | 한국어 영어 일본어
스페인 러시아 인도 베트남 태국 대만 브라질 유럽 | 미국 일본 프랑스
인천 대구 대전 광주 로마 베를린 오사카 베이징 | 서울 부산 런던
떡볶이 삼겹살 냉면 샐러드 파스타 스테이크 초밥 국 찌개 김치찌개 | 김치 라면 피자
된장찌개 갈비 떡 | 김치 라면 피자
포도 망고 레몬 참외 | 사과 바나나 딸기
개발자 연구원 프로그래머 엔지니어 디자이너 공무원 번역가 | 학생 과학자 회사원
사촌 조카 이모부 고모 숙모 | 이모 삼촌
군대 유치원 고등학교 중학교 초등학교 연구실 미용실 학원 | 학교 도서관 회사
"""


def stem_word(stem: Stem, ending: str) -> str:
    """The stem with an ending of the grammar, or of these tables."""
    if ending in ("는다", "는다고") and stem.kind != "verb":
        ending = ending[1:]
    return _surface(stem, ending)


def _surface(stem: Stem, ending: str) -> str:
    if ending in ("습니다", "습니까"):
        if final(stem.stem) not in ("", "ㄹ"):
            return stem.stem + ending
        future = attach(stem.stem, "을", "")[0]
        return future[:-1] + chr(ord(future[-1]) + 9) + ending[1:]  # 갈 -> 갑, with 니다
    if ending == "읍시다":
        future = attach(stem.stem, "을", stem.irregular)[0]
        open_ = future[-1] != "을"
        return future[:-1] + (chr(ord(future[-1]) + 9) if open_ else "읍") + "시다"
    if final(stem.stem) == "ㄹ" and ending.startswith(AFTER_OPEN):  # 만들 -> 만드셨다
        return stem.stem[:-1] + chr(ord(stem.stem[-1]) - 8) + ending.removeprefix("으")
    return attach(stem.stem, ending, stem.irregular)[0]


def words_of(stem: Stem, template: str) -> str:
    """The words that a template asks for: 을+것이다 after 가 is 갈 것이다; "" for none."""
    if template == "-":
        return ""
    first, *rest = template.split("+")
    return " ".join([stem_word(stem, first), *rest])


def _table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


Entry = tuple[str, Foreign]
FULL = "이입인일"  # what a form of 이다 begins with where it has not lost its 이
# The endings of honorific stems, and what they mean in the plain style.
HONORED = {"는다": "는다", "었다": "었다", "니": "니", "었니": "었니", "어요": "는다",
           "었어요": "었다", "습니다": "는다", "습니까": "니", "었습니다": "었다",
           "었습니까": "었니", "고": "고", "어서": "어서", "으면": "으면"}  # fmt: skip
QUESTION_OF = {"는다": "니", "었다": "었니"}
# Endings that say no more than the plain one does, so that the plain one is read for them.
EXACT = frozenset(
    "어요 었어요 습니다 습니까 었습니다 었습니까 나요 는가요 은가요 었나요 으십니다 으십니까 "
    "으셨어요 으셨습니다 으셨습니까 으신다 으시다 으셨다 으시니 는다 었다 니 었니 "
    "읍시다 이에요 이예요 예요 에요 입니다 입니까 이었어요 였어요 이었습니다 였습니다 이었습니까 "
    "였습니까 인가요 이세요 세요 이십니다 이십니까 이시다 었어 이야 야 이었어 였어".split()
)
EXACT_ASKED = frozenset("어 으세요 냐 느냐 으냐 었냐 이냐".split())  # commands if not asked
EXACT_WITHIN = frozenset("으셔서 으시고 고 어서 으면".split())  # of honorific stems
EXACT_WORDS = frozenset(
    "거예요 거에요 것이에요 것입니다 겁니다 아니에요 아니예요 아닙니다 겁니까 것입니까 건가요 "
    "아닙니까 거야 것이야 아니야 아냐 거냐 마세요 마십시오 말아라 말아요 마".split()
)
# Before these endings a stem loses its ㄹ.
AFTER_OPEN = ("으시", "으셔", "으셨", "으세", "으십", "으신", "으니", "네", "나", "냐")
UNBIDDEN = tuple("않 못하 없 싶 아니 좋아하 싫어하 사랑하 알 모르 살".split())  # no commands
# Verbs and adjectives that the grammar lacks, and those of the same kind that come nearest.
SAME_STEMS = """
재미없 지루하 a | 고장나 망가지 v | 이쁘 예쁘 a | 선물하 주 v | 구입하 사 v | 구매하 사 v
통화하 전화하 v | 외출하 나가 v | 쇼핑하 구경하 v | 출근하 일하 v | 입장하 들어가 v
도착되 도착하 v | 슬퍼지 슬프 a | 근무하 일하 v | 관람하 보 v | 조깅하 달리 v | 뛰어놀 놀 v
"""


def _of_stems() -> Iterator[Entry]:
    """The forms of verbs and adjectives."""
    for ending, kinds, instead, asked, why in _table(STEM_ENDINGS):
        for stem in stems():
            exists = stem.stem == "있" and ending == "자"
            exists = exists or (stem.kind == "exist" and "e" in kinds)
            if exists or ("v" if stem.kind == "verb" else "a") in kinds:
                plain = words_of(stem, instead), words_of(stem, asked)
                entry = Foreign(stem, ending, why, *plain)
                yield _surface(stem, ending), entry
                if stem.stem.endswith(OPEN_STEMS) and ending[0] in "어었":  # 되었어요
                    yield attach(stem.stem, ending, stem.irregular, False)[0], entry


def _of_honorifics() -> Iterator[Entry]:
    """The forms of verbs that honour their subject: 계신다."""
    for honorific, plain in HONORIFIC:
        stem = Stem(honorific, "", "verb")
        shapes = [(stem_word(stem, ending), ending, m) for ending, m in HONORED.items()]
        if honorific == "계시":
            shapes += [("계셔", "어", "는다"), ("계셨어", "었어", "었다")]
        if honorific[-1] == "시":
            shapes.append((honorific[:-1] + "세요", "으세요", "는다"))
        for surface, ending, meant in shapes:
            asked = stem_word(plain, QUESTION_OF.get(meant, meant))
            yield surface, Foreign(None, ending, "honorific", stem_word(plain, meant), asked)


def _of_copulas() -> Iterator[Entry]:
    """The forms of 이다 after every noun."""
    nouns = {**{name: name for name in sorted(written_names())}, **DEMONSTRATED, **SAME_WORDS}
    for ending, instead, asked, why in _table(COPULA_ENDINGS):
        for short, name in nouns.items():
            if ending[0] in FULL or ending == "에요" or particle(short, "이/가") == "가":
                written = [copula_surface(name, form) if form in COPULAS else ""
                           for form in (instead, asked)]  # fmt: skip
                yield short + ending, Foreign(None, ending, why, *written)


def _of_words() -> Iterator[Entry]:
    """Single words: 저는, 거예요."""
    yield "많은", Foreign(Stem("많", "", "adjective"), "은", "relative")
    yield "뭐해요", Foreign(None, "어요", "polite", "무엇을 한다", "무엇을 하니")
    for polite, plain in POLITE.items():
        yield polite, Foreign(None, "", "polite", plain, POLITE_ASKED.get(polite, plain))
    for polite, plain in POLITE_QUESTIONS.items():
        yield polite, Foreign(None, "", "polite", plain, plain)
    for casual, (plain, asked) in CASUAL.items():
        yield casual, Foreign(None, "", "casual", plain, asked)


def _of_same_stems() -> Iterator[Entry]:
    """The forms of verbs and adjectives that others come near to: 고장났다."""
    for line in SAME_STEMS.strip().splitlines():
        for written, near, kind in (pair.split() for pair in line.split("|")):
            found = next((s for s in stems() if s.stem == near and s.kind[0] == kind), None)
            for ending, meant in HONORED.items() if found else ():
                assert found is not None
                surface = stem_word(found._replace(stem=written, irregular=""), ending)
                asked = stem_word(found, QUESTION_OF.get(meant, meant))
                plain = stem_word(found, meant)
                yield surface, Foreign(None, ending, "synonym", plain, asked)


@lru_cache(maxsize=1)
def neighbours() -> dict[str, list[str]]:
    """Words that the grammar lacks, with the nearest that it has."""
    rows = [line.split("|") for line in NEIGHBOURS.strip().splitlines()]
    return {
        word: [n for n in near.split() if n in NOUN_NAMES]
        for words, near in rows
        for word in words.split()
        if word not in NOUN_NAMES
    }


@lru_cache(maxsize=1)
def foreign() -> dict[str, tuple[Foreign, ...]]:
    """Every word form that the grammar lacks and that has a plain counterpart."""
    found: dict[str, dict[Foreign, None]] = {}
    for surface, entry in chain(
        _of_stems(), _of_honorifics(), _of_copulas(), _of_words(), _of_same_stems()
    ):
        found.setdefault(surface, {})[entry] = None
    return {surface: tuple(entries) for surface, entries in found.items()}


@lru_cache(maxsize=1)
def synonyms() -> dict[str, str]:
    """Words that the grammar lacks, and near ones that it has ("" to leave the word out)."""
    pairs = [pair.split() for line in SYNONYMS.strip().splitlines() for pair in line.split("|")]
    known = {*NOUN_NAMES, *PRONOUN_WORDS, *readings()}
    return {
        word: near.strip("-")
        for word, near in pairs
        if word not in known and (near == "-" or near in known)
    }
