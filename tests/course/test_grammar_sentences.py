"""The grammar asked for given parts: what it says must be what was written by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from course.grammar import single
from course.grammar.clause import Phrase
from course.grammar.clauses import ADJECTIVE_OF
from course.grammar.events import event
from course.grammar.joined import Joined
from course.grammar.lexicon import NOUN, VERB, Verb
from course.grammar.phrases import PRONOUNS
from course.grammar.tree import About, Hung, Leaf, Node, Sentence, Series, write

# What the grammar is asked to say, and the Korean and English that it must come to, written by
# hand.  The parts: subject, stem, object, place, then how ("~" introduces an adverb).
SAID = """
나 읽 책 - present | 나는 책을 읽는다. | I read a book
그 읽 책 - present | 그는 책을 읽는다. | he reads a book
나 읽 책 - past | 나는 책을 읽었다. | I read a book
그녀 쓰 편지 - past | 그녀는 편지를 썼다. | she wrote a letter
너 마시 물 - past question | 너는 물을 마셨니? | did you drink water ?
그들 듣 음악 집 past | 그들은 집에서 음악을 들었다. | they listened to music at home
우리 배우 영어 학교 present | 우리는 학교에서 영어를 배운다. | we learn English at school
나 가 - 학교 present | 나는 학교에 간다. | I go to school
나 가 - 집 past | 나는 집에 갔다. | I went home
그 가 - 공원 past question | 그는 공원에 갔니? | did he go to the park ?
나 가 - 도서관 future | 나는 도서관에 갈 것이다. | I will go to the library
너 가 - 산 future question | 너는 산에 갈 거니? | will you go to the mountain ?
나 돌아오 - 집 past | 나는 집에 돌아왔다. | I came back home
그 돌아가 - 서울 past | 그는 서울에 돌아갔다. | he went back to Seoul
그 들어가 - 방 past | 그는 방에 들어갔다. | he went into the room
이모 살 - 부산 present | 이모는 부산에 산다. | my aunt lives in Busan
이모 살 - 부산 past | 이모는 부산에 살았다. | my aunt lived in Busan
나 사 수박 - present | 나는 수박을 산다. | I buy a watermelon
나 사 표 역 past | 나는 역에서 표를 샀다. | I bought a ticket at the station
그 이사하 - 시골 past | 그는 시골로 이사했다. | he moved to the countryside
나 걷 - 공원 past | 나는 공원을 걸었다. | I walked in the park
그녀 부르 노래 - past | 그녀는 노래를 불렀다. | she sang a song
나 고르 선물 - past | 나는 선물을 골랐다. | I chose a present
어머니 만들 케이크 - past | 어머니는 케이크를 만들었다. | my mother made a cake
나 먹 고기 - present long | 나는 고기를 먹지 않는다. | I do not eat meat
그 먹 고기 - present short | 그는 고기를 안 먹는다. | he does not eat meat
나 먹 고기 - past cannot | 나는 고기를 못 먹었다. | I could not eat meat
나 먹 고기 - present cannot | 나는 고기를 못 먹는다. | I cannot eat meat
나 일하 - - past unable | 나는 일하지 못했다. | I could not work
나 이해하 질문 - present unable | 나는 질문을 이해하지 못한다. | I do not understand the question
그 이해하 질문 - past unable | 그는 질문을 이해하지 못했다. | he did not understand the question
그 가 - 학교 future long | 그는 학교에 가지 않을 것이다. | he will not go to school
나 읽 책 - present progress | 나는 책을 읽고 있다. | I am reading a book
그들 읽 책 - past progress | 그들은 책을 읽고 있었다. | they were reading a book
나 마시 물 - present want | 나는 물을 마시고 싶다. | I want to drink water
그 마시 물 - present want | 그는 물을 마시고 싶어 한다. | he wants to drink water
그녀 마시 물 - past want | 그녀는 물을 마시고 싶어 했다. | she wanted to drink water
나 타 자전거 - present can | 나는 자전거를 탈 수 있다. | I can ride a bicycle
나 타 자전거 - past can long | 나는 자전거를 탈 수 없었다. | I could not ride a bicycle
나 타 지하철 - past | 나는 지하철을 탔다. | I took the underground
아버지 사 셔츠 - present must | 아버지는 셔츠를 사야 한다. | my father must buy a shirt
아버지 사 셔츠 - past must | 아버지는 셔츠를 사야 했다. | my father had to buy a shirt
아버지 닫 문 - past | 아버지는 문을 닫았다. | my father closed the door
나 좋아하 고양이 - present | 나는 고양이를 좋아한다. | I like cats
민수 치 피아노 - present | 민수는 피아노를 친다. | Minsu plays the piano
유나 신 신발 - past | 유나는 신발을 신었다. | Yuna wore shoes
그들 쓰 모자 - past | 그들은 모자를 썼다. | they wore hats
고양이 잡 쥐 - past | 고양이는 쥐를 잡았다. | the cat caught a mouse
그 먹 배#pear - past | 그는 배를 먹었다. | he ate a pear
그 타 배#ship - past | 그는 배를 탔다. | he boarded the ship
나 여행하 한국 - past | 나는 한국을 여행했다. | I travelled around Korea
나 하 저녁#meal - past | 나는 저녁을 했다. | I made dinner
나 합격하 시험 - past | 나는 시험에 합격했다. | I passed the exam
그 늦 수업 - past | 그는 수업에 늦었다. | he was late for the class
그녀 늦 회의 - past question | 그녀는 회의에 늦었니? | was she late for the meeting ?
나 모르 이름 - present | 나는 이름을 모른다. | I do not know the name
그 모르 이름 - past | 그는 이름을 몰랐다. | he did not know the name
나 알 이름 - present | 나는 이름을 안다. | I know the name
그 잃어버리 시계 - past | 그는 시계를 잃어버렸다. | he lost his watch
나 지키 규칙 - present | 나는 규칙을 지킨다. | I follow the rule
나 지키 비밀 - present | 나는 비밀을 지킨다. | I keep the secret
나 보 달 - past | 나는 달을 봤다. | I looked at the moon
그 돕 어머니 - past | 그는 어머니를 도왔다. | he helped his mother
나 돕 어머니 - past | 나는 어머니를 도왔다. | I helped my mother
나 만나 민수 공원 past | 나는 공원에서 민수를 만났다. | I met Minsu in the park
나 자 - - past ~일찍 | 나는 일찍 잤다. | I went to bed early
그 일어나 - - past ~늦게 | 그는 늦게 일어났다. | he got up late
그녀 춤추 - - past ~잘 | 그녀는 잘 춤췄다. | she danced well
나 읽 책 - present also | 나도 책을 읽는다. | I also read a book
새 노래하 - - present presented progress | 새가 노래하고 있다. | a bird is singing
"""


def hand_written() -> list[list[str]]:
    return [line.split(" | ") for line in SAID.strip().splitlines()]


def plain(count: int | None = None) -> Joined:
    """A grammar that adds nothing of its own; with `count`, one that counts what it can."""
    grammar = Joined(0)
    grammar.detail = 1e-9  # no adjectives, determiners, numbers
    grammar.pick.chance = lambda probability: False  # type: ignore[method-assign]
    if count is not None:
        grammar.detail = 1e9
        grammar.pick.random.expovariate = lambda rate: count - 1  # type: ignore[method-assign]
    return grammar


def subject_of(grammar: Joined, key: str, role: str = "subject") -> Phrase:
    return grammar.pronoun(key) if key in PRONOUNS else grammar.noun(key, role, plain=True)


def row_of(grammar: Joined, subject: str, stem: str, objects: tuple[str, ...],
           places: tuple[str, ...]) -> Verb:  # fmt: skip
    """The row of the verbs that says this, narrowed to the one object and place."""
    found = next(
        v for v in VERB
        if v.stem == stem and (subject in v.subjects or grammar.may(subject, v.subjects))
        and bool(objects) == bool(v.objects) and set(objects) <= set(v.objects)
        and set(places) <= set(v.places)
    )  # fmt: skip
    return replace(found, objects=objects, places=places)


def say(request: str, grammar: Joined | None = None) -> Sentence:
    """Ask the grammar for a sentence of the given parts and nothing else."""
    subject_key, stem, object_, place, tense, *how = request.split()
    grammar = grammar or plain()
    role = "new" if "presented" in how else "subject"
    subject = subject_of(grammar, subject_key, role)
    objects, places = ((() if x == "-" else (x,)) for x in (object_, place))
    verb = row_of(grammar, subject_key, stem, objects, places)
    clause = grammar.action(
        subject, verb, tense, placed=bool(places), time=False, extras=0.0,
        modality=next((m for m in ("progress", "want", "can", "must") if m in how), ""),
        negation=next((n for n in ("long", "short", "cannot", "unable") if n in how), ""),
        manner=next((h[1:] for h in how if h[0] == "~"), "-"),
    )  # fmt: skip
    if "question" in how:
        return grammar.ask(clause, marker=grammar.marker(clause))
    marker = "도" if "also" in how else "이/가" if "presented" in how else grammar.marker(clause)
    return grammar.state_it(clause, marker)


def links(said: Sentence, morpheme: str) -> set[str]:
    """The English words of a morpheme."""
    return {said.english[j] for i, j in said.alignment if said.morphemes[i] == morpheme}


def both(said: Sentence) -> tuple[str, str]:
    return said.korean, " ".join(said.english)


@pytest.mark.parametrize(("request_", "korean", "english"), hand_written())
def test_the_grammar_says_what_was_written_by_hand(
    request_: str, korean: str, english: str
) -> None:
    assert both(say(request_)) == (korean, english)


def test_enough_is_written_by_hand() -> None:
    assert len(hand_written()) >= 45


# --- people --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "korean", "owner"),
    [("어머니", "우리 어머니는 바쁘다.", "우리"), ("아들", "내 아들은 바쁘다.", "나")],
)
def test_our_mother_is_my_mother(key: str, korean: str, owner: str) -> None:
    grammar = plain()
    grammar.pick.chance = lambda probability: probability >= 0.4  # type: ignore[method-assign]
    subject = grammar.kin(key)
    grammar.pick.chance = lambda probability: False  # type: ignore[method-assign]
    said = grammar.state_it(grammar.quality(subject, ADJECTIVE_OF["바쁘"], "present"), "은/는")
    assert both(said) == (korean, f"my {NOUN[key].english[0]} is busy")
    assert links(said, owner) == {"my"}


def test_a_relative_of_the_subject_is_linked_with_the_subject() -> None:
    said = say("그 돕 어머니 - past")
    assert links(said, "그") == {"he", "his"}
    assert links(say("나 돕 어머니 - past"), "나") == {"I", "my"}


@pytest.mark.parametrize(
    ("stem", "korean", "english"),
    [
        ("전화하", "나는 민수에게 전화했다.", "I called Minsu"),
        ("이야기하", "나는 민수와 이야기했다.", "I talked with Minsu"),
        ("사과하", "나는 민수에게 사과했다.", "I apologised to Minsu"),
    ],
)
def test_to_whom_and_with_whom(stem: str, korean: str, english: str) -> None:
    grammar = plain()
    grammar.pick.chance = lambda probability: probability > 0.7  # type: ignore[method-assign]
    verb = row_of(grammar, "나", stem, (), ())
    clause = grammar.action(
        grammar.pronoun("나"), verb, "past", time=False, extras=0.0, manner="-",
        receivers=("민수",), giving="dative" in verb.flags,
    )  # fmt: skip
    assert both(grammar.state_it(clause, "은/는")) == (korean, english)


@pytest.mark.parametrize(
    ("subject", "tense", "korean", "english"),
    [
        ("그녀", "present", "그녀는 기뻐한다.", "she is glad"),
        ("그녀", "past", "그녀는 기뻤다.", "she was glad"),
        ("나", "present", "나는 기쁘다.", "I am glad"),
        ("우리", "present", "우리는 기쁘다.", "we are glad"),
        ("그들", "present", "그들은 기뻐한다.", "they are glad"),
    ],
)
def test_nobody_looks_into_another(subject: str, tense: str, korean: str, english: str) -> None:
    grammar = plain()
    glad = grammar.quality(grammar.pronoun(subject), ADJECTIVE_OF["기쁘"], tense)
    said = grammar.state_it(glad, "은/는")
    assert both(said) == (korean, english)
    assert links(said, "기쁘") == {"glad"}


@pytest.mark.parametrize(
    ("key", "tense", "negative", "korean", "english"),
    [
        ("의사", "present", False, "그는 의사다.", "he is a doctor"),
        ("의사", "past", False, "그는 의사였다.", "he was a doctor"),
        ("학생", "present", False, "그는 학생이다.", "he is a student"),
        ("학생", "past", False, "그는 학생이었다.", "he was a student"),
        ("배우", "present", True, "그는 배우가 아니다.", "he is not an actor"),
    ],
)
def test_what_somebody_is(key: str, tense: str, negative: bool, korean: str, english: str) -> None:
    grammar = plain()
    clause = grammar.identity(grammar.pronoun("그"), key, tense, negative)
    assert both(grammar.state_it(clause, grammar.marker(clause))) == (korean, english)


# --- numbers and kinds ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "count", "korean", "english"),
    [
        ("고양이", 2, "나는 고양이가 두 마리 있다.", "I have two cats"),
        ("고양이", 1, "나는 고양이가 한 마리 있다.", "I have a cat"),
        ("질문", 1, "나는 질문이 하나 있다.", "I have a question"),
        ("약속", 1, "나는 약속이 하나 있다.", "I have a promise"),
        ("컴퓨터", 3, "나는 컴퓨터가 세 대 있다.", "I have three computers"),
    ],
)
def test_a_number_follows_what_is_there(key: str, count: int, korean: str, english: str) -> None:
    grammar = plain(count)
    clause = grammar.have(grammar.pronoun("나"), "있", key, "present")
    assert both(grammar.state_it(clause, "은/는")) == (korean, english)


@pytest.mark.parametrize(
    ("key", "count", "korean", "english"),
    [
        ("수박", 2, "수박 두 통", "two watermelons"),
        ("커피", 1, "커피 한 잔", "a cup of coffee"),
        ("신발", 1, "신발 한 켤레", "a pair of shoes"),
        ("손님", 2, "손님 두 분", "two guests"),
        ("학생", 2, "학생 두 명", "two students"),
        ("영화", 1, "영화 한 편", "a film"),
        ("편지", 3, "편지 세 통", "three letters"),
        ("수업", 1, "수업 하나", "a class"),
        ("사과", 1, "사과 한 개", "an apple"),
    ],
)
def test_everything_has_its_counter(key: str, count: int, korean: str, english: str) -> None:
    phrase = plain(count).noun(key, "object")
    assert " ".join(w.surface for w in phrase.words) == korean
    assert " ".join(token for token, _ in phrase.tokens) == english


def test_kinds_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(single, "COMPARED", [("크", "bigger", "코끼리", "쥐")])
    grammar = plain()
    monkeypatch.setattr(grammar.pick.random, "random", lambda: 0.3)  # two kinds, not two people
    said = grammar.state_it(grammar.comparison(), "은/는")
    assert both(said) == ("코끼리는 쥐보다 크다.", "elephants are bigger than mice")
    assert links(said, "보다") == {"than"}


# --- the particle of the subject -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "korean", "english"),
    [
        (lambda g: g.weather("비", "present"), "비가 온다.", "it rains"),
        (lambda g: g.existence([], [], "아이", "있", "past"),
         "아이가 있었다.", "there was a child"),
        (lambda g: g.quality(subject_of(g, "날씨"), ADJECTIVE_OF["좋"], "present"),
         "날씨가 좋다.", "the weather is good"),
        (lambda g: g.quality(subject_of(g, "방"), ADJECTIVE_OF["넓"], "present"),
         "방은 넓다.", "the room is spacious"),
        (lambda g: g.whereabouts(g.pronoun("나"), "집", "present"),
         "나는 집에 있다.", "I am at home"),
        (lambda g: g.pain(g.pronoun("그"), "머리", "present"),
         "그는 머리가 아프다.", "his head hurts"),
        (lambda g: g.state(g.pronoun("나"), "배", "고프", "present"),
         "나는 배가 고프다.", "I am hungry"),
        (lambda g: g.have(g.pronoun("나"), "없", "시간", "present"),
         "나는 시간이 없다.", "I do not have time"),
        (lambda g: g.have(g.pronoun("나"), "많", "책", "present"),
         "나는 책이 많다.", "I have a lot of books"),
    ],
)  # fmt: skip
def test_the_particle_goes_with_the_clause(made: Callable, korean: str, english: str) -> None:
    grammar = plain()
    clause = made(grammar)
    assert both(grammar.state_it(clause, grammar.marker(clause))) == (korean, english)


def test_into_expresses_the_particle() -> None:
    assert links(say("그 들어가 - 방 past"), "에") == {"into"}


def test_also_expresses_the_particle() -> None:
    assert links(say("나 읽 책 - present also"), "도") == {"also"}


# --- several clauses -----------------------------------------------------------------------------


def told(tree: Callable[[Joined, Phrase], Node], who: str = "나") -> Sentence:
    grammar = plain()
    person = grammar.pronoun(who) if who in PRONOUNS else grammar.noun(who, "subject", plain=True)
    return write(About(person, tree(grammar, person)), set())


def leaf(grammar: Joined, text: str, person: Phrase, tense: str = "past") -> Leaf:
    return grammar.leaf(event(text), person, tense)


def hung(relation: str, sub: str, main: str, tense: str = "past") -> Callable:
    return lambda g, p: Hung(relation, leaf(g, sub, p, tense), leaf(g, main, p, tense))


def chained(*texts: str) -> Callable:
    events = [event(text) for text in texts]
    return lambda g, p: g.chain(events, g.steps(events), p, "past")


def caused(relation: str, cause: str, effect: str, tense: str = "past") -> Callable:
    refused = bool(event(effect).negation)
    return lambda g, p: g.caused(event(cause), (event(effect),), refused, relation, p, tense)


TOLD = [
    (hung("when", "날씨/덥", "수영하 @바다"), "나",
     "날씨가 더울 때 나는 바다에서 수영했다.", "I swam in the sea when the weather was hot"),
    (hung("when", "도착하 @역", "사 표"), "그",
     "그는 역에 도착했을 때 표를 샀다.", "he bought a ticket when he arrived at the station"),
    (hung("to", "빌리 책", "가 @도서관"), "나",
     "나는 책을 빌리러 도서관에 갔다.", "I went to the library to borrow a book"),
    (hung("while", "듣 음악", "공부하"), "그녀",
     "그녀는 음악을 들으면서 공부했다.", "she studied while she listened to music"),
    (hung("before", "자", "읽 책"), "나",
     "나는 자기 전에 책을 읽었다.", "I read a book before I went to bed"),
    (hung("after", "일하", "쉬 @집"), "그",
     "그는 일한 후에 집에서 쉬었다.", "he rested at home after he worked"),
    (chained("타 버스", "가 @학교"), "나",
     "나는 버스를 타고 학교에 갔다.", "I took a bus and went to school"),
    (chained("가 @공원", "산책하"), "나",
     "나는 공원에 가서 산책했다.", "I went to the park and took a walk"),
    (caused("so", "비/오", "쉬 @집"), "나",
     "비가 와서 나는 집에서 쉬었다.", "I rested at home because it rained"),
    (caused("so", "비/오", "쉬 @집", "present"), "나",
     "비가 와서 나는 집에서 쉰다.", "I rest at home because it is raining"),
    (caused("because", "비/오", "쉬 @집"), "나",
     "비가 왔기 때문에 나는 집에서 쉬었다.", "I rested at home because it rained"),
    (caused("if", "비/오", "쉬 @집", "future"), "나",
     "비가 오면 나는 집에서 쉴 것이다.", "I will rest at home if it rains"),
    (caused("so", "시험/어렵", "합격하 = cannot !"), "나",
     "시험이 어려워서 나는 합격하지 못했다.", "I could not pass the exam because it was difficult"),
    (caused("so", "세탁기/망가지", "고치 = !"), "그",
     "세탁기가 망가져서 그는 고쳤다.", "he fixed the washing machine because it broke down"),
    (caused("so", "어머니/아프", "울 !"), "그",
     "그는 어머니가 아파서 울었다.", "he cried because his mother was ill"),
    (caused("when", "기쁘", "웃", "present"), "그녀",
     "그녀는 기쁠 때 웃는다.", "she laughs when she is glad"),
    (caused("so", "배#belly.아프", "먹 약"), "나",
     "나는 배가 아파서 약을 먹었다.", "I took medicine because my stomach hurt"),
    (caused("so", "목마르", "마시 물"), "그녀",
     "그녀는 목말라서 물을 마셨다.", "she drank water because she was thirsty"),
]  # fmt: skip


@pytest.mark.parametrize(("tree", "who", "korean", "english"), TOLD)
def test_clauses_are_joined_as_by_hand(tree: Callable, who: str, korean: str, english: str) -> None:
    assert both(told(tree, who)) == (korean, english)


def test_it_expresses_the_thing_that_korean_names_once() -> None:
    """사과를 씻어서 먹었다 -> washed an apple and ate it."""

    def tree(grammar: Joined, person: Phrase) -> Node:
        apple = grammar.noun("사과", "object", plain=True)
        wash, eat = (row_of(grammar, "나", stem, ("사과",), ()) for stem in ("씻", "먹"))
        parts = [
            grammar.action(person, wash, "past", extras=0.0, manner="-", fixed=apple),
            grammar.action(person, eat, "past", extras=0.0, manner="-",
                           instead=grammar.taken_up(apple)),
        ]  # fmt: skip
        return Series([Leaf(clause, person) for clause in parts], ["then"])

    said = told(tree)
    assert both(said) == ("나는 사과를 씻어서 먹었다.", "I washed an apple and ate it")
    assert links(said, "사과") == {"apple", "it"}


@pytest.mark.parametrize(
    ("by", "tense", "korean", "english"),
    [
        ("say", "future", "나는 그가 올 것이라고 말했다.", "I said that he would come"),
        ("say", "past", "나는 그가 왔다고 말했다.", "I said that he came"),
        ("think", "future", "나는 그가 올 것이라고 생각한다.", "I think that he will come"),
        ("hear", "past", "나는 그가 왔다고 들었다.", "I heard that he came"),
    ],
)
def test_what_was_said_would_happen(by: str, tense: str, korean: str, english: str) -> None:
    grammar = plain()
    person, other = grammar.pronoun("나"), grammar.pronoun("그")
    inner = About(other, grammar.leaf(event("오"), other, tense), "이/가")
    assert both(write(grammar.told_by(person, inner, by), set())) == (korean, english)
