"""Sentences of one to four clauses: statements, questions, and clauses joined together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .clauses import (
    ACTION_VERBS,
    MANNER_OF,
    PEOPLE_VERBS,
    RELATIONS,
    VERB_NAMES,
    Clauses,
    Sentence,
    finish,
    for_people,
    is_plural,
    spread,
)
from .grammar import (
    CONJUNCTION,
    SUBJECTS_OF,
    Clause,
    Morph,
    Phrase,
    Predicate,
    Token,
    Word,
    join,
    render_english,
    render_korean,
    simple,
)
from .lexicon import ADJECTIVE, NOUN, VERB, Adjective, Verb, expand

# Idioms of state: front noun and particle, stem, irregular class, English.
STATES = [
    ("배", "이/가", "고프", "", "hungry"),
    ("배", "이/가", "부르", "르", "full"),
    ("목", "이/가", "마르", "르", "thirsty"),
    ("키", "이/가", "크", "", "tall"),
    ("키", "이/가", "작", "", "short"),
]
PAINFUL = expand("배#belly 머리 다리 팔 손 발 눈#eye 코 귀 목 이#tooth 허리")
WEATHER = [("비", "rain", "rained", "raining"), ("눈", "snow", "snowed", "snowing")]
PROFESSIONS = expand(
    "학생 선생님 의사 간호사 경찰관 소방관 요리사 가수 배우 화가 작가 기자 변호사 판사 군인 농부 어부 조종사 "
    "운동선수 과학자 교수 회사원 점원 이웃 친구 왕 여왕 왕자 공주 비서 손님 관광객 외국인 도둑 대학생 목수 통역사 "
    "시인 소설가 영웅 한국인 미국인 독일인 호주인 이탈리아인 아이"
)
IDENTIFIABLE = expand(
    "book letter 사진 표 지도 카드 우표 연필 펜 가방 지갑 열쇠 우산 시계 모자 반지 선물 인형 장난감 fruit vegetable 꽃 "
    "나무 사과나무 늑대 여우 고래 상어 컴퓨터 기차 비행기 코트 드레스 호텔 궁전 절 박물관 은행 우체국 약국 역 "
    "문제 질문 시 신문 잡지 소설 꿈 비밀 그림 탑 달력"
)
HAVABLE = expand(
    "돈 시간 형 언니 남동생 여동생 아들 딸 이모 삼촌 친구 고양이 개 강아지 말 토끼 집#house 차#car 자전거 질문 꿈 계획 약속 시험 수업 회의 표 "
    "우산 카메라 피아노 기타 비밀 문제 숙제 일 컴퓨터 노트북 열쇠 책 지도 선물 정원 휴대폰 안경 농장 바이올린 양복 우표 이웃 냉장고 텔레비전 소 양 닭"
)
NEEDED = expand(
    "물 돈 시간 도움 약 우산 표 지도 코트 사전 비누 종이 수건 담요 의사 친구 선생님 변호사 가방 연필 펜 안경 신발 장갑 의자 책상 침대 카메라 컴퓨터 "
    "통역사 열쇠 칼 소금 계획 꿈 휴대폰 자전거 냉장고 세탁기 램프 거울 베개 비서 모자 양말 접시 숟가락".replace(
        "소금 ", ""
    )
)
PLENTY = expand(
    "돈 시간 친구 책 숙제 일 질문 옷 꿈 비밀 문제 사진 신발 시험 회의 약속 계획 우표 장난감 인형 모자 가방"
)
CROWDED = {
    "공원": "나무 꽃 새 아이 개 사람 오리 나비", "시장": "과일 생선 꽃 손님 딸기 사과 감자",
    "숲": "나무 새 사슴 뱀 다람쥐 여우 늑대 나비", "동물원": "원숭이 사자 호랑이 코끼리 곰 아이 뱀 거북이",
    "도서관": "책 학생 대학생 잡지 소설 사전 컴퓨터", "교실": "학생 의자 책상 책 아이",
    "정원": "꽃 나무 장미 나비 새 토마토 사과나무", "농장": "소 돼지 닭 양 말 염소 오리 감자 사과나무",
    "바다": "물고기 고래 상어 배#ship 거북이", "호수": "오리 물고기 개구리 거북이", "강": "물고기 오리 개구리",
    "산": "나무 눈#snow 꽃 사슴 염소 곰", "거리": "차#car 자전거 버스 나무 택시 트럭 관광객",
    "해변": "관광객 아이 거북이 새", "공항": "비행기 관광객 가방 택시 버스", "역": "기차 택시 사진", "병원": "의사 간호사 노인",
    "방": "침대 책상 의자 거울 램프 책 시계 옷 피아노 컴퓨터 인형 장난감 소파 텔레비전",
    "거실": "소파 텔레비전 피아노 식탁 시계 그림 거울 고양이 라디오",
    "부엌": "식탁 냉장고 접시 컵 칼 빵 과일 물 쥐 의자 감자 양파 당근 고기", "욕실": "거울 수건 비누 세탁기",
    "사무실": "컴퓨터 책상 의자 시계 비서 노트북 달력", "마당": "개 닭 나무 자전거 고양이 꽃", "서점": "책 잡지 소설 만화책 동화책 지도 손님",
    "빵집": "빵 케이크 샌드위치 손님", "약국": "약 비누", "백화점": "옷 신발 모자 가방 손님 시계 반지",
    "박물관": "그림 관광객 탑", "미술관": "그림 사진 화가", "궁전": "왕 여왕 공주 왕자 거울 정원", "마을": "호수 교회 학교 시장 농부 탑 약국",
    "도시": "공원 은행 병원 공항 박물관 극장 대학교 백화점 동물원 호텔 역", "섬": "나무 산 호텔 호수 뱀 새 거북이",
    "들판": "꽃 소 양 말 염소 나비 토끼", "하늘": "새 달 비행기 풍선 독수리", "식당": "손님 요리사 점원 식탁", "카페": "손님 커피 케이크 의자 피아노",
    "항구": "배#ship 어부 관광객", "운동장": "학생 공 아이 운동선수", "학교": "선생님 학생 운동장 체육관 도서관 피아노",
    "우체국": "편지 우표", "정류장": "버스 의자 택시", "극장": "배우 가수 피아노", "교회": "피아노 탑", "호텔": "수영장 식당 손님 관광객",
    "가게": "우산 장난감 과일 우유 물 손님", "체육관": "공 거울 운동선수", "다리#bridge": "자전거 차#car 버스", "시골": "농장 호수 강 들판",
}  # fmt: skip
for _key in CROWDED:
    CROWDED[_key] = CROWDED[_key].replace(" 사람", "")
# What is on, in, under, beside, behind and in front of what.
PUT = [
    ("위", "책상 식탁 의자 침대 소파 냉장고 피아노", "책 컵 접시 가방 열쇠 꽃 사전 램프 시계 바구니 카메라 노트북 휴대폰 펜 연필 숟가락 칼 병 신문 "
     "공책 장미 지도 안경 상자 케이크 빵 인형 고양이 수건 모자 사과 배#pear 바나나 오렌지 토마토 라디오 편지 선물"),
    ("안", "상자 가방 지갑 냉장고 바구니", "사과 배#pear 복숭아 딸기 오렌지 책 열쇠 돈 사진 표 장난감 우유 물 주스 달걀 고기 당근 양파 고구마 오이 "
     "반지 동전 우산 카메라 수건 편지 인형 연필 공 장갑 버터 치즈 수박"),
    ("아래", "책상 식탁 의자 침대 나무 소파 다리#bridge", "고양이 개 공 신발 상자 가방 쥐 강아지 양말 개구리 토끼 열쇠 동전 바구니"),
    ("옆", "집#house 학교 은행 병원 도서관 역 호텔 나무 의자 침대 책상 강 교회 소파 창문 문 시장 우체국 공원",
     "나무 꽃 의자 책상 카페 식당 약국 서점 공원 가게 버스 자전거 우체국 차#car 탑 트럭 고양이 개 소파 램프 상자 거울 빵집 정류장 경찰서"),
    ("뒤", "집#house 학교 병원 도서관 호텔 교회 나무 의자 소파 문 궁전 극장", "나무 정원 산 고양이 개 차#car 호수 운동장 자전거 강 공원 들판 숲 상자 아이 트럭"),
    ("앞", "집#house 학교 은행 병원 역 도서관 극장 호텔 문 식당 궁전 창문 경찰서", "나무 차#car 버스 택시 자전거 오토바이 사자 개 정류장 학생 군인 아이 관광객 트럭 의자 "
     "경찰관 꽃"),
]  # fmt: skip
COMPARATIVES = {
    "크": "bigger", "작": "smaller", "빠르": "faster", "느리": "slower", "무겁": "heavier",
    "가볍": "lighter", "비싸": "more expensive", "싸": "cheaper", "강하": "stronger",
    "약하": "weaker", "길": "longer", "짧": "shorter", "높": "higher", "어렵": "more difficult",
    "쉽": "easier", "재미있": "more interesting", "아름답": "more beautiful", "예쁘": "prettier",
    "귀엽": "cuter", "똑똑하": "cleverer", "유명하": "more famous", "바쁘": "busier",
    "친절하": "kinder", "중요하": "more important", "위험하": "more dangerous", "달": "sweeter",
    "무섭": "scarier", "깊": "deeper", "넓": "more spacious", "부유하": "richer",
}  # fmt: skip

# Causes and what they lead to.  An effect is: negative?, English verb, objects, places.
AT_HOME = ["read 책 집", "watch 영화 집", "sleep - 집", "listen 음악 집", "cook 수프 집", "drink 커피 집",
           "rest - 집", "study 한국어 집", "write 편지 집"]  # fmt: skip
OUTSIDE = ["go - 공원", "go - 산", "go - 바다", "take_walk - 공원", "run - 공원", "ride 자전거 공원", "play 축구 운동장",
           "swim - 바다", "exercise - 공원", "walk - 해변", "visit 동물원 -", "play 야구 공원", "travel - 부산"]  # fmt: skip
CAUSES: dict[str, tuple[list[str], list[str]]] = {
    # cause: what it leads to, what it prevents
    "rain": (AT_HOME + ["take 버스 -", "take 택시 -", "buy 우산 가게", "come_back - 집", "go_back - 집"], OUTSIDE),
    "snow": (AT_HOME + ["take 기차 -", "drink 차#tea 카페", "wear 코트 -", "wear 장갑 -", "take 사진 공원"],
             ["drive 차#car -", "ride 자전거 -", "go - 산", "ride 오토바이 -", "go - 시장", "run - 거리"]),
    "날씨 춥": (AT_HOME + ["wear 코트 -", "wear 장갑 -", "drink 차#tea -", "eat 수프 -", "wear 양말 -", "buy 목도리 백화점", "buy 담요 시장"],
             ["swim - 바다", "swim - 호수", "take_walk - 해변", "ride 자전거 -", "play 테니스 공원", "go - 바다", "eat 아이스크림 -"]),
    "날씨 덥": (["swim - 수영장", "swim - 바다", "eat 아이스크림 -", "drink 물 -", "drink 주스 -", "go - 바다", "eat 수박 -", "rest - 숲", "open 창문 -", "go - 수영장", "drink 콜라 -"],
             ["run - 공원", "play 축구 운동장", "study language 교실", "wear 코트 -", "cook 고기 -", "exercise - 공원", "walk - 거리", "drink 커피 -"]),
    "날씨 좋": (OUTSIDE, AT_HOME[:3] + ["take 택시 -"]),
    "날씨 따뜻하": (OUTSIDE, ["wear 코트 -", "wear 장갑 -"]),
    "피곤하": (["sleep - 집", "rest - 집", "drink 커피 -", "go_back - 집", "rest - 방", "listen 음악 방", "sleep - 방", "drink 차#tea 집"],
             ["work - 회사", "study subject 도서관", "exercise - 체육관", "run - 공원", "cook 저녁#meal -", "play 테니스 -", "clean 방 -", "go - 시장", "dance", "do 숙제 -", "drive 차#car -"]),
    "아프": (["go - 병원", "rest - 집", "sleep - 집", "go_back - 집", "buy 약 -", "visit 의사 -", "call 의사 -"],
           ["go - 학교", "work - 회사", "exercise - 체육관", "eat meal -", "swim - 수영장", "play 축구 -", "travel - TOWNS", "study 수학 -", "go - 회사", "come - 학교"]),
    "배고프": (["eat EATABLE -", "cook COOKABLE -", "eat fruit 부엌", "eat dish 식당", "buy 빵 -", "buy 과일 시장", "make 샌드위치 부엌", "go - 식당", "eat 불고기 식당", "buy 샌드위치 -"],
            ["sleep", "study subject 도서관", "work - 회사", "exercise"]),
    "목마르": (["drink 물 -", "drink 주스 -", "drink 우유 -", "drink 콜라 -", "drink 차#tea -", "buy 물 가게", "buy 주스 가게"], ["run", "exercise", "drink 커피 -"]),
    "바쁘": (["work - 회사", "eat 샌드위치 -", "take 택시 -", "come_back - 집", "drive 차#car -", "study subject 도서관"],
           ["rest", "watch 영화 -", "meet 친구 -", "play 피아노 -", "travel - TOWNS", "read 소설 -", "cook 저녁#meal -", "go - 극장", "sleep", "eat 아침#meal -", "eat 점심#meal -", "take_walk", "visit 박물관 -", "go - 파리"]),
    "슬프": (["cry", "listen 노래 방", "call 친구 -", "meet 친구 -", "cry - 방", "write 시 -", "eat 초콜릿 -", "listen 음악 -", "drink 와인 -"],
           ["laugh", "sing", "dance", "eat 저녁#meal -", "sing 노래 -"]),
    "행복하": (["laugh", "sing 노래 -", "dance", "sing", "draw 그림 -", "play 피아노 -", "make 케이크 -", "buy 꽃 -"], ["cry"]),
    "외롭": (["call 친구 -", "meet 친구 -", "write 편지 -", "listen 라디오 -", "raise 고양이 -", "raise 개 -", "cry", "write 시 -", "send 편지 -", "raise 강아지 -"],
           ["sing", "laugh", "dance"]),
    "시험": (["study LANG -", "study subject 도서관", "read 교과서 도서관", "memorise 단어 -", "study subject 학교", "solve 문제 -", "get", "go - 도서관"],
           ["watch 드라마 -", "play 농구 -", "meet 친구 -", "watch 영화 -", "go - 극장", "rest", "travel"]),
    "돈 없": (["work - 식당", "work - 가게", "sell 차#car -", "sell 자전거 -", "borrow 돈 -", "sell 반지 -", "sell 피아노 -", "work - 호텔"],
            ["buy GOODS -", "travel - TOWNS", "take 택시 -", "buy clothes -", "buy machine -", "go - TOWNS", "buy 선물 -"]),
    "시간 없": (["take 택시 -", "run - 역", "eat 샌드위치 -", "run - 학교", "take 버스 -"],
             ["rest", "read 소설 -", "watch 영화 -", "exercise", "meet 친구 -", "play 기타 -", "cook 저녁#meal -", "clean 방 -", "write 편지 -", "visit 미술관 -", "read 신문 -", "take_walk"]),
    "돈 있": (["buy GOODS -", "travel - TOWNS", "take 택시 -", "buy machine -", "buy clothes -", "take 비행기 -", "buy 집#house -"], ["work"]),
    "시간 있": (["rest", "read 소설 -", "watch 영화 -", "exercise", "meet 친구 -", "play 기타 -", "cook 저녁#meal -", "visit 미술관 -", "draw 그림 -", "take_walk", "clean 방 -"], ["study language -", "work"]),
}  # fmt: skip


def _effect(spec: str) -> list[tuple[Verb, tuple[str, ...], tuple[str, ...]]]:
    """Find the verbs that an effect names: 'read 책 집' -> 읽 with 책 at 집."""
    name, *rest = spec.replace("LANG", "language").split()
    objects = expand(rest[0]) if rest and rest[0] != "-" else ()
    places = expand(rest[1]) if len(rest) > 1 and rest[1] != "-" else ()
    base, _, tail = name.partition("_")
    found = []
    for verb in VERB:
        words = (verb.base, *verb.tail)
        if words[0] != base or (tail and tail != words[-1]):
            continue
        if not tail and len(verb.tail) and verb.base in ("take", "come", "go"):
            continue
        if bool(objects) != bool(verb.objects) or not for_people(verb.subjects):
            continue
        kept = tuple(o for o in objects if o in verb.objects)
        spots = tuple(p for p in places if p in verb.places)
        if (objects and not kept) or (places and not spots):
            continue
        found.append((verb, kept, spots))
    if not found:
        raise ValueError(f"CAUSES: no verb does {spec!r}")
    return found


EFFECTS = {
    cause: tuple([e for spec in specs for e in _effect(spec)] for specs in both)
    for cause, both in CAUSES.items()
}


MANNER_WORDS = {korean for rows in MANNER_OF.values() for korean, _ in rows}


@dataclass
class Unit:
    """A main clause (or two that share a subject) and, perhaps, a clause that hangs on it."""

    subject: Phrase
    mains: list[Clause]
    sub: Clause | None = None
    relation: str = ""
    same: bool = False  # the hanging clause shares the subject
    inner: str = "and"


class Sentences(Clauses):
    """Random sentences."""

    # --- clauses ------------------------------------------------------------------------------

    def tense(self) -> str:
        roll = self.pick.random.random()
        return "present" if roll < 0.4 else "past" if roll < 0.8 else "future"

    def verb_tense(self, verb: Verb, subject: Phrase) -> str:
        """A tense, so that the forms of each English verb stay in balance."""
        used = self.pick.used
        used[f"verb {verb.base}"] += 1
        tenses = [self.tense() for _ in range(2)]
        who = subject.person if subject.person == "3s" else "other"
        tense = min(tenses, key=lambda t: used[f"{t} {who} {verb.base}"])
        used[f"{tense} {who} {verb.base}"] += 1
        return tense

    def action(
        self, subject: Phrase | None = None, tense: str = "", *, verb: Verb | None = None,
        simple_form: bool = False, actions: bool = False, question: bool = False, skip: str = "",
        time: bool = True, extras: bool = True,
    ) -> Clause:  # fmt: skip
        """A clause with a verb.

        `simple_form` keeps to plain tenses and affirmatives; `actions` to verbs that are no states.
        """
        pick = self.pick
        if verb is None:
            if subject is None:
                names: tuple[str, ...] = VERB_NAMES
            else:
                names = ACTION_VERBS if actions else PEOPLE_VERBS
            if actions and subject is None:
                names = tuple(n for n in VERB_NAMES if "stative" not in VERB[int(n)].flags)
            verb = VERB[int(pick.balanced(names, 6))]
        if subject is None:
            subject = self.subject(verb.subjects, question)
        tense = tense or self.verb_tense(verb, subject)
        modality = negation = ""
        stative = "stative" in verb.flags
        living = subject.noun is None or subject.noun.is_human
        if not simple_form:
            roll = pick.random.random()
            rare = pick.used[f"gerund {verb.base}"] * 8 < pick.used[f"verb {verb.base}"]
            if tense != "future" and roll < (0.4 if rare else 0.06) and not stative:
                pick.used[f"gerund {verb.base}"] += 1
                modality = "progress"
            elif living and tense != "future" and not (stative and verb.base != "become"):
                if roll < 0.16:
                    modality = "want"
                elif roll < 0.23:
                    modality = "can"
                elif roll < 0.28 and not question:
                    modality = "must"
            if modality == "want" and subject.key in ("너", "너희") and not question:
                modality = ""
            if modality in ("want",) and verb.base in ("lose", "fall", "die"):
                modality = ""
            if modality in ("must",) and verb.base in ("lose", "fall", "die", "discover"):
                modality = ""
            if not question and "noneg" not in verb.flags and "nonneg" not in verb.flags:
                roll = pick.random.random()
                if roll < 0.09 and modality != "must":
                    negation = "long"
                elif roll < 0.17 and not modality and tense != "future":
                    compound = verb.stem.endswith("하") and len(verb.stem) > 2
                    able = living and not stative
                    if not compound and len(verb.stem) < 4:
                        negation = "cannot" if able and pick.chance(0.4) else "short"
        when = tense
        if modality in ("want", "can", "must") and tense == "present":
            when = "future"
        progressive = modality == "progress"
        predicate = self.verb_predicate(
            verb, subject, when, skip=skip, negative=negation != "",
            extras=extras, time=time and not progressive,
        )  # fmt: skip
        if modality:
            if predicate.often:
                predicate.front.pop(0)
                predicate.often = []
        if progressive and tense == "present" and time and pick.chance(0.4):
            now = simple("지금")
            predicate.front.insert(0, now)
            predicate.complement.append(("now", tuple(now.morphs)))
        return Clause(subject, predicate, tense, modality, negation)

    def description(
        self, subject: Phrase | None = None, tense: str = "", adjective: Adjective | None = None,
        question: bool = False, simple_form: bool = False,
    ) -> Clause:  # fmt: skip
        """A clause with an adjective: 꽃이 예쁘다."""
        pick = self.pick
        if adjective is None:
            names = [str(ADJECTIVE.index(a)) for a in SUBJECTS_OF]
            adjective = ADJECTIVE[int(pick.balanced(names, 6))]
        if subject is None:
            nouns = adjective.nouns
            subject = self.subject(nouns, question)
            if subject.noun:
                self.pairs.add(f"{adjective.stem}|{subject.key}")
        tense = tense or ("present" if pick.chance(0.65) else "past")
        negation = ""
        if not question and not simple_form and pick.chance(0.15):
            short = len(adjective.stem) < 3
            negation = "short" if short and pick.chance(0.4) else "long"
        predicate = self.adjective_predicate(
            adjective, degree=not negation and not question and not simple_form,
            time=subject.key == "날씨" and pick.chance(0.5), tense=tense,
        )  # fmt: skip
        return Clause(subject, predicate, tense, "", negation)

    def identity(self, subject: Phrase | None = None, question: bool = False) -> Clause:
        """A clause with 이다: 나는 학생이다, 이것은 책이다."""
        pick = self.pick
        tense = "present" if pick.chance(0.7) else "past"
        negation = "long" if not question and pick.chance(0.22) else ""
        if subject is None and pick.chance(0.25):
            korean, english = pick.any((("이것", "this"), ("저것", "that"), ("그것", "it")))
            word = simple(korean)
            subject = Phrase([word], [(english, (word.morphs[0],))], "3s", "it", None, korean)
            tense = "present"
            keys = IDENTIFIABLE
        else:
            subject = subject or self.subject(expand("person name kin"), question)
            keys = tuple(k for k in PROFESSIONS if k != subject.key)
        key = pick.balanced(keys)
        what = self.noun(key, "complement", owner=subject.key, plain=is_plural(subject),
                         plural=is_plural(subject))  # fmt: skip
        if negation:
            front = what.marked("이/가")
            predicate = Predicate(front, "아니", "adjective", "be", "was", stem_in_english=False)
        else:
            predicate = Predicate(what.words, "", "copula", "be", "was")
        predicate.complement = what.tokens
        clause = Clause(subject, predicate, tense)
        if negation:
            stem = predicate.stem_morph
            predicate.complement = [("not", (stem,)), *what.tokens]
        return clause

    def existence(self, question: bool = False) -> tuple[Clause, list[Word]]:
        """공원에 나무가 있다 -> there is a tree in the park; words of place come first."""
        pick = self.pick
        if pick.chance(0.5):
            key = pick.balanced(tuple(CROWDED))
            place = self.noun(key, "place")
            things = expand(CROWDED[key])
            where = place.marked("에")
            preposition = next((p for p in ("at", "in", "on") if p in NOUN[key].flags), "in")
            location = [*spread(preposition, tuple(where[-1].morphs[-1:])), *place.tokens]
        else:
            relation, grounds, figures = pick.any(PUT)
            key = pick.balanced(expand(grounds))
            place = self.noun(key, "place", plain=key in ("학교", "집"))
            if key == "학교":
                place.tokens = [("the", ()), *place.tokens]
            things = expand(figures)
            spot = join(simple(relation), "에")
            where = [*place.words, spot]
            location = [*spread(RELATIONS[relation], tuple(spot.morphs)), *place.tokens]
        thing = pick.balanced([t for t in things if t != key])
        tense = "present" if pick.chance(0.65) else "past"
        lacking = not question and pick.chance(0.15)
        much = not question and not lacking and pick.chance(0.12)
        if lacking or much:
            noun = NOUN[thing]
            word = simple(noun.korean)
            head = word.morphs[0]
            single = noun.is_mass or (lacking and not noun.is_plural)
            name = noun.english if single else noun.plural if not noun.is_plural else noun.english
            phrase = Phrase([word], [(w, (head,)) for w in name], "3s" if single else "p", "", noun)
        else:
            phrase = self.noun(thing, "object")
            if phrase.tokens[0][0] in ("the", "this", "that", "these", "those", "my", "your",
                                       "his", "her", "our", "their") or "'s" in [
                t for t, _ in phrase.tokens
            ]:  # fmt: skip
                phrase = self.noun(thing, "object", plain=True)
        stem = "없" if lacking else "많" if much else "있"
        group = "adjective" if much else "exist"
        predicate = Predicate([], stem, group, "be", "was", stem_in_english=stem == "있")
        mark = (predicate.stem_morph,)
        before = spread("no", mark) if lacking else spread("a lot of", mark) if much else []
        predicate.complement = [*before, *phrase.tokens, *location]
        clause = Clause(phrase, predicate, tense, english_subject=[("there", ())])
        return clause, where

    def whereabouts(self, subject: Phrase | None = None, question: bool = False) -> Clause:
        """나는 집에 있다 -> I am at home."""
        pick = self.pick
        if subject is None:
            subject = self.subject(expand("person name kin"), question)
        verb = next(v for v in VERB if v.base == "meet")
        extra = expand(
            "집 교실 방 부엌 거실 사무실 정원 서울 부산 한국 파리 은행 서점 농장 식당 호텔 가게 교회"
        )
        places = tuple(dict.fromkeys([*verb.places, *extra]))
        fake = Verb("있", "", "be", "was", (), (), (), places, frozenset(["bare_be"]))
        tense = "present" if pick.chance(0.5) else "past"
        words, where = self.place(fake, subject.key)
        words[-1] = Word(words[-1].surface.removesuffix("서"), words[-1].morphs)
        words[-1].morphs[-1].form = "에"
        time_words: list[Word] = []
        when: list[Token] = []
        if tense == "past" and pick.chance(0.4):
            time_words, when = self.time(tense)
        predicate = Predicate([*time_words, *words], "있", "exist", "be", "was")
        predicate.complement = [*where, *when]
        return Clause(subject, predicate, tense)

    def possession(
        self, subject: Phrase | None = None, question: bool = False, tense: str = ""
    ) -> Clause:
        """나는 차가 있다, 없다, 많다, 필요하다 -> I have, do not have, have a lot of, need."""
        pick = self.pick
        subject = subject or self.subject(expand("person name kin"), question)
        tense = tense or ("present" if pick.chance(0.75) else "past")
        roll = pick.random.random()
        style = "없" if roll < 0.25 and not question else "많" if roll < 0.4 else (
            "필요하" if roll < 0.65 else "있")  # fmt: skip
        keys = {"많": PLENTY, "필요하": NEEDED}.get(style, HAVABLE)
        return self._have(subject, style, pick.balanced(keys), tense)

    def _have(self, subject: Phrase, style: str, key: str, tense: str) -> Clause:
        noun = NOUN[key]
        if style in ("없", "많") or noun.kind == "kin":
            word = simple(noun.korean)
            head = word.morphs[0]
            if style == "많":
                name = noun.english if noun.is_mass or noun.is_plural else noun.plural
                tokens: list[Token] = [(w, (head,)) for w in name]
            else:
                tokens = [(w, (head,)) for w in noun.english]
                if not noun.is_mass and not noun.is_plural:
                    from .grammar import article

                    tokens = [(article(tokens), ()), *tokens]
            words = [join(word, "이/가")]
        else:
            phrase = self.noun(key, "object", owner=subject.key, plain=style == "필요하")
            bad = ("the", "this", "that", "these", "those", "my", "your", "his", "her", "our",
                   "their")  # fmt: skip
            if phrase.tokens[0][0] in bad or any(t == "'s" for t, _ in phrase.tokens):
                phrase = self.noun(key, "object", plain=True)
            words, tokens = phrase.marked("이/가"), phrase.tokens
        group = "exist" if style in ("있", "없") else "adjective"
        if style == "필요하":
            predicate = Predicate(words, style, group, "need", "needed", third="needs")
        else:
            predicate = Predicate(words, style, group, "have", "had", third="has")
        mark = (predicate.stem_morph,)
        if style == "많":
            tokens = [*spread("a lot of", mark), *tokens]
        predicate.complement = tokens
        clause = Clause(subject, predicate, tense)
        if style == "없":
            predicate.lacking = True
        return clause

    def pain(self, question: bool = False) -> tuple[Clause, Phrase]:
        """나는 배가 아프다 -> my stomach hurts."""
        pick = self.pick
        roll = pick.random.random()
        key = pick.balanced(PAINFUL)
        body = simple(NOUN[key].korean)
        if roll < 0.5:
            who = self.pronoun(
                pick.any(("너", "그", "그녀") if question else ("나", "그", "그녀", "나"))
            )
            from .grammar import PRONOUNS

            owner: list[Token] = [(PRONOUNS[who.key][2], (who.words[0].morphs[0],))]
        else:
            who = self.noun(pick.balanced(expand("person name kin baby")), "subject")
            if who.person == "p":
                return self.pain(question)
            owner = [*who.tokens, ("'s", ())]
        predicate = Predicate(
            [join(body, "이/가")], "아프", "adjective", "hurt", "hurt", third="hurts"
        )
        part = [(w, tuple(body.morphs)) for w in NOUN[key].english]
        tense = "present" if pick.chance(0.6) else "past"
        holder = Phrase(who.words, who.tokens, "3s", "", who.noun, who.key)
        clause = Clause(holder, predicate, tense, english_subject=[*owner, *part])
        if not question and pick.chance(0.12):
            clause.negation = "long"
        return clause, holder

    def state(self, subject: Phrase | None = None, tense: str = "", question: bool = False,
              index: int = -1) -> Clause:  # fmt: skip
        """배가 고프다 -> is hungry, 키가 크다 -> is tall."""
        pick = self.pick
        subject = subject or self.subject(expand("person name kin"), question)
        options = STATES if index < 0 else [STATES[index]]
        noun, pair, stem, irregular, english = pick.any(options)
        word = simple(noun)
        predicate = Predicate(
            [join(word, pair)], stem, "adjective", "be", "was", irregular, stem_in_english=False
        )
        predicate.complement = [(english, (word.morphs[0], predicate.stem_morph))]
        tense = tense or ("present" if pick.chance(0.6) else "past")
        return Clause(subject, predicate, tense)

    def weather(self, tense: str = "", plain: bool = False, which: str = "") -> Clause:
        """비가 온다 -> it rains."""
        pick = self.pick
        korean, base, past, gerund = pick.any([w for w in WEATHER if which in ("", w[1])])
        tense = tense or self.tense()
        word = simple(korean)
        front: list[Word] = []
        tail: list[Token] = []
        modality = negation = ""
        if not plain:
            if tense != "future" and pick.chance(0.25):
                modality = "progress"
            elif pick.chance(0.15):
                negation = "long" if pick.chance(0.6) or tense == "future" else "short"
            if not modality and pick.chance(0.6):
                front, tail = self.time(tense)
            if pick.chance(0.3):
                key = pick.balanced(expand("country town 산 바다 시골 섬"))
                place = self.noun(key, "place", plain=True)
                where = place.marked("에")
                preposition = next(p for p in ("at", "in", "on") if p in NOUN[key].flags)
                front = [*front, *where]
                tail = [*spread(preposition, tuple(where[-1].morphs[-1:])), *place.tokens, *tail]
        subject = Phrase([word], [], "3s", "it", None, korean)
        predicate = Predicate(front, "오", "verb", base, past, "", base + "s", gerund, (), tail,
                              also=(word.morphs[0],))  # fmt: skip
        return Clause(subject, predicate, tense, modality, negation, [("it", ())])

    def comparison(self) -> Clause:
        """개는 고양이보다 더 크다 -> the dog is bigger than the cat."""
        pick = self.pick
        adjectives = [a for a in SUBJECTS_OF if a.stem in COMPARATIVES]
        adjective = adjectives[int(pick.balanced([str(i) for i in range(len(adjectives))]))]
        stem = adjective.stem
        subject = self.noun(pick.balanced(adjective.nouns), "subject")
        kind = subject.noun.kind if subject.noun else ""
        others = [k for k in adjective.nouns if NOUN[k].kind == kind and k != subject.key]
        if not others:
            return self.comparison()
        self.pairs.add(f"{stem}|{subject.key}")
        other = self.noun(pick.balanced(others), "subject", plain=pick.chance(0.7))
        marked = other.marked("보다")
        more = simple("더")
        predicate = Predicate([*marked, more], stem, "adjective", "be", "was",
                              adjective.irregular, stem_in_english=False)  # fmt: skip
        words = COMPARATIVES[stem].split()
        if len(words) == 2:
            graded: list[Token] = [
                ("more", tuple(more.morphs)),
                (words[1], (predicate.stem_morph,)),
            ]
        else:
            graded = [(words[0], (*more.morphs, predicate.stem_morph))]
        than = marked[-1].morphs[-1]
        predicate.complement = [*graded, ("than", (than,)), *other.tokens]
        return Clause(subject, predicate, "present" if pick.chance(0.7) else "past")

    # --- sentences of one clause --------------------------------------------------------------

    def statement(
        self, clause: Clause, particle: str = "", first: list[Word] | None = None,
        front: bool = False,
    ) -> Sentence:  # fmt: skip
        """Subject, predicate, full stop."""
        pick = self.pick
        too = False
        if not particle:
            roll = pick.random.random()
            particle = (
                "은/는" if roll < 0.72 else "이/가" if roll < 0.94 or clause.negative else "도"
            )
        subject = clause.subject.marked(particle)
        korean = render_korean(clause, "statement")
        english_subject = clause.english_subject or clause.subject.tokens
        tokens = render_english(clause, korean, list(english_subject))
        if particle == "도":
            tokens = [*tokens, ("too", (subject[-1].morphs[-1],))]
        words = [*(first or []), *subject, *korean.words]
        del too
        return finish(words, tokens, 1, self.pairs)

    def one(self) -> Sentence:
        """A statement of one clause."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.56:
            return self.statement(self.action())
        if roll < 0.72:
            return self.statement(self.description())
        if roll < 0.79:
            return self.statement(self.identity())
        if roll < 0.85:
            clause, where = self.existence()
            return self.statement(clause, "이/가", first=where)
        if roll < 0.88:
            return self.statement(self.whereabouts(), "은/는")
        if roll < 0.925:
            return self.statement(self.possession(), "은/는")
        if roll < 0.945:
            clause, _ = self.pain()
            return self.statement(clause, "은/는")
        if roll < 0.96:
            return self.statement(self.state(), "은/는")
        if roll < 0.975:
            clause = self.weather()
            return self.weather_statement(clause)
        return self.statement(self.comparison(), "은/는")

    def weather_statement(self, clause: Clause) -> Sentence:
        """내일 서울에 비가 올 것이다: the time and place come before the subject."""
        front, clause.predicate.front = clause.predicate.front, []
        return self.statement(clause, "이/가", first=front)

    def question(self) -> Sentence:
        """A yes-or-no question or one with a question word."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.4:
            kinds: list[Callable[[], Clause]] = [
                lambda: self.action(question=True),
                lambda: self.action(question=True),
                lambda: self.description(question=True),
                lambda: self.identity(question=True),
                lambda: self.possession(question=True),
                lambda: self.state(question=True),
                lambda: self.whereabouts(question=True),
            ]
            return self.ask(pick.any(kinds)())
        if roll < 0.45:
            clause, where = self.existence(question=True)
            return self.ask(clause, "이/가", first=where)
        if roll < 0.48:
            clause, _ = self.pain(question=True)
            return self.ask(clause)
        return self.wh_question()

    def ask(
        self, clause: Clause, particle: str = "은/는", asked: list[Token] | None = None,
        first: list[Word] | None = None, stranded: list[Token] | None = None,
        words: list[Word] | None = None,
    ) -> Sentence:  # fmt: skip
        """Turn a clause into a question."""
        korean = render_korean(clause, "question")
        subject = list(clause.english_subject or clause.subject.tokens)
        tokens = render_english(clause, korean, subject, True, asked or [], stranded or [])
        ordered = [*(first or []), *clause.subject.marked(particle), *(words or []), *korean.words]
        return finish(ordered, tokens, 1, self.pairs)

    def wh_question(self) -> Sentence:
        """누가, 누구, 무엇, 무슨, 몇, 어디, 언제, 왜, 몇 시."""
        pick = self.pick
        kind = pick.balanced(("who", "whom", "what", "which", "many", "where", "when", "why",
                              "hour", "is where", "is what", "is who"), 2)  # fmt: skip
        if kind == "who":
            verb = VERB[int(pick.balanced(ACTION_VERBS, 5))]
            word = simple("누구")
            subject = Phrase([word], [("who", (word.morphs[0],))], "3s", "", None, "누구")
            clause = self.action(subject, verb=verb, simple_form=pick.chance(0.7), question=True)
            if clause.modality == "want":
                clause.modality = ""
            words = subject.marked("이/가")
            korean = render_korean(clause, "question")
            tokens = render_english(clause, korean, [], True, subject.tokens)
            return finish([*words, *korean.words], tokens, 1, self.pairs)
        if kind in ("whom", "what", "which", "many"):
            return self.object_question(kind)
        if kind == "is where":
            keys = expand("animal thing machine vehicle name kin person 편지 책 사전")
            subject = self.noun(pick.balanced(keys), "subject")
            word = join(simple("어디"), "에")
            predicate = Predicate([word], "있", "exist", "be", "was")
            clause = Clause(subject, predicate, "present" if pick.chance(0.7) else "past")
            return self.ask(clause, asked=[("where", tuple(word.morphs))])
        if kind in ("is what", "is who"):
            if kind == "is what":
                korean_, english = pick.any((("이것", "this"), ("저것", "that"), ("그것", "it")))
                first = simple(korean_)
                subject = Phrase([first], [(english, (first.morphs[0],))], "3s", "", None, "")
                word, token = simple("무엇"), "what"
            else:
                if pick.chance(0.3):
                    subject = self.pronoun(pick.any(("그", "그녀", "너", "그들")))
                else:
                    subject = self.noun(pick.balanced(expand("person name")), "subject")
                word, token = simple("누구"), "who"
            predicate = Predicate([word], "", "copula", "be", "was")
            return self.ask(Clause(subject, predicate), asked=[(token, (word.morphs[0],))])
        if kind == "where":
            options = [i for i in VERB_NAMES if len(VERB[int(i)].places) > 2 and not
                       VERB[int(i)].flags & {"bare", "on"}]  # fmt: skip
            verb = VERB[int(pick.balanced(options, 5))]
            subject = self.subject(verb.subjects, True)
            clause = self.action(subject, verb=verb, question=True, skip="place", simple_form=True)
            static = verb.flags & {"to", "arrive"} or verb.base in ("live", "stay", "move")
            word = join(simple("어디"), "에" if static else "에서")
            return self.ask(clause, asked=[("where", tuple(word.morphs))], words=[word])
        if kind == "when":
            word = simple("언제")
            asked: list[Token] = [("when", tuple(word.morphs))]
            skip = "time"
            words = [word]
        elif kind == "hour":
            words = [simple("몇"), join(simple("시"), "에")]
            asked = [("what", tuple(words[0].morphs)), ("time", tuple(words[1].morphs))]
            skip = "time"
        else:
            word = simple("왜")
            asked = [("why", tuple(word.morphs))]
            skip = ""
            words = [word]
        options2 = ACTION_VERBS if kind != "hour" else tuple(
            i for i in VERB_NAMES if VERB[int(i)].base in (
                "get", "go", "come", "arrive", "eat", "sleep", "start", "finish",
                "begin", "end", "leave", "meet", "drink", "cook", "play"))  # fmt: skip
        verb = VERB[int(pick.balanced(options2, 5))]
        subject = self.subject(verb.subjects, True)
        tense = pick.any(("past", "past", "future", "present"))
        if kind == "when" and tense == "present":
            tense = "past"
        clause = self.action(subject, tense, verb=verb, question=True, simple_form=True, skip=skip,
                             time=kind == "why", extras=kind != "hour")  # fmt: skip
        if kind == "when" and clause.predicate.often:
            clause.predicate.front.pop(0)
            clause.predicate.often = []
        if kind == "why" and pick.chance(0.3) and tense == "past":
            clause.negation = "long"
        return self.ask(clause, asked=asked, words=words)

    def object_question(self, kind: str) -> Sentence:
        """너는 무엇을 먹니? 너는 누구를 만났니? 그는 무슨 책을 읽니? 너는 사과 몇 개를 먹었니?"""
        pick = self.pick

        def fits(i: str) -> bool:
            verb = VERB[int(i)]
            if not verb.objects or "become" in verb.flags:
                return False
            human = any(NOUN[k].kind == "name" for k in verb.objects)
            if kind == "whom":
                return human
            if kind == "many":
                return not human and verb.base not in ("like", "hate", "know", "believe") and any(
                    NOUN[k].counter and not NOUN[k].measure for k in verb.objects) and not (
                    verb.flags & {"the", "stative"})  # fmt: skip
            return not human

        options = [i for i in PEOPLE_VERBS if fits(i)]
        verb = VERB[int(pick.balanced(options, 5))]
        subject = self.subject(verb.subjects, True)
        clause = self.action(subject, verb=verb, question=True, skip="object",
                             simple_form=pick.chance(0.7))  # fmt: skip
        if kind == "whom":
            words = [join(simple("누구"), "을/를")]
            asked: list[Token] = [("who", (words[0].morphs[0],))]
        elif kind == "what":
            words = [join(simple("무엇"), "을/를")]
            asked = [("what", (words[0].morphs[0],))]
        elif kind == "which":
            key = pick.balanced([k for k in verb.objects if not NOUN[k].kind == "meal"])
            self.pairs.add(f"{verb.stem}|{key}")
            noun = NOUN[key]
            words = [simple("무슨"), join(simple(noun.korean), "을/를")]
            name = noun.english
            asked = [("what", tuple(words[0].morphs)), *((w, (words[1].morphs[0],)) for w in name)]
        else:
            key = pick.balanced(
                [k for k in verb.objects if NOUN[k].counter and not NOUN[k].measure]
            )
            self.pairs.add(f"{verb.stem}|{key}")
            noun = NOUN[key]
            unit = join(simple(noun.counter), "을/를")
            words = [simple(noun.korean), simple("몇"), unit]
            head = (words[0].morphs[0], unit.morphs[0])
            asked = [("how", tuple(words[1].morphs)), ("many", tuple(words[1].morphs)),
                     *((w, head) for w in noun.plural)]  # fmt: skip
        front = clause.predicate.front
        manners = len(front) and front[-1].surface in MANNER_WORDS
        at = len(front) - 1 if manners else len(front)
        clause.predicate.front = [*front[:at], *words, *front[at:]]
        return self.ask(clause, asked=asked)

    # --- joined clauses -----------------------------------------------------------------------

    def topic(self) -> Phrase:
        """A human subject that English can take up again by a pronoun."""
        while True:
            phrase = self.subject(expand("person name kin"))
            if phrase.pronoun:
                return phrase

    def effect(self, cause: str, subject: Phrase, tense: str, against: bool) -> Clause:
        """What a cause leads to, or (`against`) what happens in spite of it."""
        pick = self.pick
        usual, prevented = EFFECTS[cause]
        negative = pick.chance(0.4)
        if against:
            options = usual if negative else prevented
        else:
            options = prevented if negative else usual
        verb, objects, places = pick.any(options)
        if objects == (subject.key,):  # a friend calls no friend
            return self.effect(cause, subject, tense, against)
        negation = "long" if negative else ""
        if negative and tense == "past" and pick.chance(0.3):
            if not (verb.stem.endswith("하") and len(verb.stem) > 2):
                negation = "cannot" if "stative" not in verb.flags else "short"
        predicate = self.verb_predicate(
            verb, subject, tense, objects=objects, places=places, extras=bool(places),
            time=False, negative=negative,
        )  # fmt: skip
        return Clause(subject, predicate, tense, "", negation)

    def cause(self, subject: Phrase, tense: str) -> tuple[str, Clause, bool]:
        """A cause, its clause, and whether it shares the subject."""
        pick = self.pick
        name = pick.balanced(tuple(CAUSES), 2)
        if name in ("rain", "snow"):
            return name, self.weather(tense, plain=True, which=name), False
        if name.startswith("날씨"):
            stem = name.split()[1]
            adjective = next(a for a in ADJECTIVE if a.stem == stem and "날씨" in a.nouns)
            weather = self.noun("날씨", "subject")
            clause = self.description(weather, tense, adjective, simple_form=True)
            clause.predicate = self.adjective_predicate(adjective, degree=False)
            return name, clause, False
        again = self.again(subject)
        if name == "시험":
            clause = self._have(again, "있", "시험", tense)
        elif " " in name:
            noun, stem = name.split()
            clause = self._have(again, stem, {"돈": "돈", "시간": "시간"}[noun], tense)
        elif name == "배고프" and pick.chance(0.5):
            clause = self.state(again, tense, index=0)
        elif name == "목마르" and pick.chance(0.5):
            clause = self.state(again, tense, index=2)
        else:
            adjective = next(a for a in ADJECTIVE if a.stem == name)
            clause = Clause(again, self.adjective_predicate(adjective, degree=False), tense)
        return name, clause, True

    def again(self, subject: Phrase) -> Phrase:
        """The pronoun that takes a subject up again, for the English of a clause without one."""
        morph = subject.words[-1].morphs[0]
        return Phrase(
            subject.words, [(subject.pronoun, (morph,))], subject.person, subject.pronoun,
            subject.noun, subject.key,
        )  # fmt: skip

    def unit(self, kind: str, tense: str, subject: Phrase | None = None) -> Unit:
        """A main part of a sentence with what hangs on it: one or two clauses, or three."""
        pick = self.pick
        subject = subject or self.topic()
        if kind == "plain":
            roll = pick.random.random()
            if roll < 0.75:
                person = subject.key not in ("",)
                main = self.action(subject, tense, simple_form=pick.chance(0.75), actions=person)
            elif roll < 0.9 or tense == "future":
                main = self.action(subject, tense, simple_form=True, actions=True)
            else:
                adjective = pick.any([a for a in SUBJECTS_OF if for_people(a.nouns)])
                main = self.description(subject, tense, adjective, simple_form=True)
            return Unit(subject, [main])
        if kind == "sequence":
            first = self.action(subject, tense, simple_form=True, actions=True, time=False)
            second = self.action(subject, tense, simple_form=True, actions=True)
            while second.predicate.stem == first.predicate.stem:
                second = self.action(subject, tense, simple_form=True, actions=True)
            return Unit(subject, [first, second])
        if kind == "cause":
            name, cause, same = self.cause(subject, tense)
            relation = pick.any(("so", "so", "because", "if", "when"))
            if relation in ("so", "because") and tense == "future":
                relation = "if"
            if relation == "if" and tense == "past":
                relation = "so"
            if relation == "when" and (tense == "future" or name in ("시험",)):
                relation = "if" if tense != "past" else "so"
            if relation == "if":
                cause.tense = "present"
            main = self.effect(name, subject, tense, False)
            if relation in ("if", "when") and main.negation == "cannot":
                main.negation = "long"
            return Unit(subject, [main], cause, relation, same)
        if kind == "while":
            background = pick.any(("listen", "drink", "watch", "sing", "walk", "eat", "laugh"))
            verb = pick.any([v for v in VERB if v.base == background and for_people(v.subjects)])
            sub = self.action(self.again(subject), tense, verb=verb, simple_form=True, time=False,
                              extras=False)  # fmt: skip
            foreground = pick.any(("study", "read", "write", "cook", "wait", "clean", "wipe",
                                   "draw", "work", "rest", "wash", "take"))  # fmt: skip
            verbs = [v for v in VERB if v.base == foreground and for_people(v.subjects)
                     and not (foreground == "take" and "walk" not in v.tail)]  # fmt: skip
            main = self.action(subject, tense, verb=pick.any(verbs), simple_form=True, extras=False)
            return Unit(subject, [main], sub, "while", True)
        # before, after: two actions
        sub = self.action(self.again(subject), tense, simple_form=True, actions=True, time=False,
                          extras=False)  # fmt: skip
        if tense == "future":
            sub.tense = "present"
        main = self.action(subject, tense, simple_form=True, actions=True, time=False)
        while main.predicate.stem == sub.predicate.stem:
            main = self.action(subject, tense, simple_form=True, actions=True, time=False)
        return Unit(subject, [main], sub, kind, True)

    def write_unit(self, unit: Unit, kind: str, particle: str) -> tuple[
        list[Word], list[Token], tuple[Morph, ...]
    ]:  # fmt: skip
        """Korean words, English tokens, and the conjunction to the next unit."""
        words: list[Word] = []
        sub_tokens: list[Token] = []
        topic = unit.subject.marked(particle)
        if unit.sub is not None:
            sub = render_korean(unit.sub, unit.relation)
            if unit.same:
                words = [*topic, *sub.words]
            else:
                words = [*unit.sub.subject.marked("이/가"), *sub.words, *topic]
            subject = list(unit.sub.english_subject or unit.sub.subject.tokens)
            sub_tokens = [
                (CONJUNCTION[unit.relation], sub.conjunction),
                *render_english(unit.sub, sub, subject),
            ]
        else:
            words = topic
        tokens: list[Token] = []
        *earlier, last = unit.mains
        rendered = [
            *(render_korean(c, unit.inner, tenseless=unit.inner == "and") for c in earlier),
            render_korean(last, kind),
        ]
        shared = last.tense == "future" and bool(earlier)
        for i, (clause, korean) in enumerate(zip(unit.mains, rendered, strict=True)):
            words = [*words, *korean.words]
            if i:
                tokens.append((CONJUNCTION[unit.inner], rendered[i - 1].conjunction))
            subject = list(unit.subject.tokens) if i == 0 else []
            be_again = bool(i) and clause.predicate.is_be and unit.mains[i - 1].predicate.is_be
            if be_again and not clause.negative:
                part = render_english(clause, korean, [], bare=True)
                part[-1] = (part[-1][0], (*part[-1][1], *korean.finite))
            elif shared:
                will = [] if i else [("will", (*rendered[-1].modal, *rendered[-1].finite))]
                part = [*subject, *will, *render_english(clause, korean, [], bare=True)]
            else:
                part = render_english(clause, korean, subject)
            tokens += part
        return words, [*tokens, *sub_tokens], rendered[-1].conjunction

    def chain(self, units: list[Unit], links: list[str]) -> Sentence:
        """Join units by 'and' and 'but'."""
        words: list[Word] = []
        tokens: list[Token] = []
        clauses = 0
        conjunction: tuple[Morph, ...] = ()
        for i, unit in enumerate(units):
            kind = links[i] if i < len(links) else "statement"
            korean, english, after = self.write_unit(unit, kind, "은/는")
            if i:
                tokens.append((CONJUNCTION[links[i - 1]], conjunction))
            words += korean
            tokens += english
            conjunction = after
            clauses += len(unit.mains) + (unit.sub is not None)
        return finish(words, tokens, clauses, self.pairs)

    def other_topic(self, *taken: Phrase) -> Phrase:
        """Another subject than those before."""
        keys = {p.key for p in taken}
        while True:
            phrase = self.topic()
            pronouns = {p.pronoun for p in taken}
            if phrase.key not in keys and phrase.pronoun not in pronouns:
                return phrase

    def contrast_tense(self) -> str:
        return "present" if self.pick.chance(0.5) else "past"

    def two(self) -> Sentence:
        """A sentence of two clauses."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.32:
            return self.chain([self.unit("cause", self.tense())], [])
        if roll < 0.47:
            return self.chain([self.unit("sequence", self.tense())], [])
        if roll < 0.62:
            tense = self.contrast_tense()
            first = self.unit("plain", tense)
            second = self.unit("plain", tense, self.other_topic(first.subject))
            return self.chain([first, second], [pick.any(("and", "but"))])
        if roll < 0.69:
            return self.concession()
        if roll < 0.74:
            subject = self.topic()
            tense = self.contrast_tense()
            options = [a for a in SUBJECTS_OF if for_people(a.nouns) and (
                subject.noun is None or subject.key in a.nouns)]  # fmt: skip
            a = pick.any(options)
            b = pick.any([o for o in options if o is not a])
            mains = [self.description(subject, tense, x, simple_form=True) for x in (a, b)]
            return self.chain([Unit(subject, mains, inner=pick.any(("and", "but")))], [])
        if roll < 0.84:
            return self.chain([self.unit(pick.any(("before", "after")), self.tense())], [])
        if roll < 0.89:
            return self.chain([self.unit("while", self.contrast_tense())], [])
        if roll < 0.94:
            return self.meanwhile()
        return self.opinion()

    def concession(self) -> Sentence:
        """비가 오지만 나는 공원에 간다; 나는 피곤하지만 공부한다."""
        pick = self.pick
        tense = self.contrast_tense()
        subject = self.topic()
        name, cause, same = self.cause(subject, tense)
        main = self.effect(name, subject, tense, True)
        if same:
            cause.subject = subject
            cause.english_subject = None
            return self.chain([Unit(subject, [cause, main], inner="but")], [])
        sub = render_korean(cause, "but")
        korean = render_korean(main, "statement")
        particle = "이/가" if pick.chance(0.6) else "은/는"
        if cause.english_subject is not None:
            particle = "이/가"
        words = [*cause.subject.marked(particle), *sub.words, *subject.marked("은/는"),
                 *korean.words]  # fmt: skip
        tokens = [
            *render_english(cause, sub, list(cause.english_subject or cause.subject.tokens)),
            ("but", sub.conjunction),
            *render_english(main, korean, subject.tokens),
        ]
        return finish(words, tokens, 2, self.pairs)

    def meanwhile(self) -> Sentence:
        """내가 집에 갔을 때 그는 자고 있었다."""
        subject = self.topic()
        other = self.other_topic(subject)
        verb = self.pick.any([v for v in VERB if v.base in ("go", "come", "arrive", "get", "call")
                              and for_people(v.subjects)])  # fmt: skip
        sub = self.action(other, "past", verb=verb, simple_form=True, time=False, extras=False)
        main = self.action(subject, "past", simple_form=True, actions=True, time=False)
        main.modality = "progress"
        if main.predicate.base in ("lose", "fall", "get", "die", "start", "finish", "arrive"):
            main.modality = ""
        return self.chain([Unit(subject, [main], sub, "when", False)], [])

    def opinion(self) -> Sentence:
        """나는 그가 친절하다고 생각한다 -> I think that he is kind."""
        pick = self.pick
        subject = self.topic()
        other = self.other_topic(subject)
        clause = self.inner_clause(other)
        return self.say(subject, clause, 2)

    def inner_clause(self, subject: Phrase) -> Clause:
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.4:
            return self.action(subject, simple_form=True, actions=True, extras=pick.chance(0.4))
        if roll < 0.7:
            adjective = pick.any([a for a in SUBJECTS_OF if for_people(a.nouns)])
            clause = self.description(subject, "", adjective, simple_form=True)
            return clause
        if roll < 0.85:
            return self.identity(subject)
        return self.weather(plain=True)

    def say(self, subject: Phrase, clause: Clause, clauses: int) -> Sentence:
        """A clause inside 'think that', 'say that', 'believe that'."""
        pick = self.pick
        stem, base, past = pick.any((("생각하", "think", "thought"), ("말하", "say", "said"),
                                     ("믿", "believe", "believed")))  # fmt: skip
        inner = render_korean(clause, "that")
        predicate = Predicate([], stem, "verb", base, past, third=base + "s")
        outer_clause = Clause(subject, predicate)
        outer = render_korean(outer_clause, "statement")
        words = [
            *subject.marked("은/는"),
            *clause.subject.marked("이/가"),
            *inner.words,
            *outer.words,
        ]
        tokens = [
            *render_english(outer_clause, outer, subject.tokens),
            ("that", inner.conjunction),
            *render_english(clause, inner, list(clause.english_subject or clause.subject.tokens)),
        ]
        return finish(words, tokens, clauses, self.pairs)

    def three(self) -> Sentence:
        """A sentence of three clauses."""
        pick = self.pick
        roll = pick.random.random()
        tense = self.contrast_tense()
        if roll < 0.35:
            first = self.unit("cause", tense)
            if first.relation == "if":
                first.relation = "so"
            second = self.unit("plain", tense, self.other_topic(first.subject))
            units = [first, second]
        elif roll < 0.6:
            first = self.unit("plain", tense)
            second = self.unit("cause", tense, self.other_topic(first.subject))
            units = [first, second]
        elif roll < 0.85:
            first = self.unit("sequence", tense)
            second = self.unit("plain", tense, self.other_topic(first.subject))
            units = [first, second] if pick.chance(0.5) else [second, first]
        else:
            first = self.unit("plain", tense)
            second = self.unit("plain", tense, self.other_topic(first.subject))
            third = self.unit("plain", tense, self.other_topic(first.subject, second.subject))
            return self.chain([first, second, third], ["and", pick.any(("and", "but"))])
        return self.chain(units, [pick.any(("and", "but"))])

    def four(self) -> Sentence:
        """A sentence of four clauses."""
        pick = self.pick
        tense = self.contrast_tense()
        kinds = ["cause", "sequence", "before", "after", "while"]
        first = self.unit(pick.any(kinds), tense)
        second = self.unit(pick.any(kinds), tense, self.other_topic(first.subject))
        for unit in (first, second):
            if unit.relation == "if":
                unit.relation = "so"
        return self.chain([first, second], [pick.any(("and", "but"))])

    def sentence(self, clauses: int) -> Sentence:
        """A random sentence of one to four clauses."""
        self.pairs = set()
        if clauses == 1:
            return self.question() if self.pick.chance(0.28) else self.one()
        return {2: self.two, 3: self.three, 4: self.four}[clauses]()
