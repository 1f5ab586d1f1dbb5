"""Statements of one clause."""

from __future__ import annotations

from collections.abc import Callable

from .adverbs import place_preposition, time_phrase
from .clause import Clause, Phrase, Predicate, Token, Word, join, render_korean, simple, spread
from .clauses import ADJECTIVE_OF, NATURE, STATES, WEATHER, adjectival, for_people
from .deeds import Deeds
from .drawing import Unsayable
from .english import render_english
from .events import steps
from .lexicon import ADJECTIVE, NOUN, Adjective, expand, rows
from .phrases import DEMONSTRATIVES
from .tables.adjectives import ACHES, COMPARATIVES, PRAISE
from .tables.places import (
    ABUNDANCE,
    HAVABLE,
    HERE,
    IDENTIFIABLE,
    NEEDED,
    PLENTY,
    PROFESSIONS,
    SIDES,
    SIGHTS,
)
from .tables.scripts import FORBIDDEN, ORDERS, PROPOSALS
from .tables.times import TIMES
from .tree import Sentence, finish

STRANGERS = expand("외국인 한국인 미국인 관광객")  # what one's own aunt is not called
NAMED_PLACES = expand("공원 학교 도서관 병원 박물관 호텔 은행 시장 식당 교회 서점 우체국 약국 역")
PERSONAL = (
    ("똑똑하", "cleverer"),
    ("바쁘", "busier"),
    ("젊", "younger"),
    ("친절하", "kinder"),
)
THINGLIKE = ("thing", "clothes", "machine", "vehicle", "book", "fruit", "building", "wear", "pair")
IN_NUMBERS = ("fruit", "vegetable", "flower", "tree", "book")  # there are books in the library
COLOURS = "빨갛 파랗 노랗 하얗 까맣".split()
PASSING = "춥 덥 뜨겁 따뜻하 젊 피곤하 졸리 아프 바쁘 배고프 어둡".split()  # that may be so still
OF_LATE = "바쁘 피곤하 한가하 행복하 건강하 외롭".split()
# What may be lacking somewhere, or far from it.
LACKING = set(expand("food drink hotdrink fruit vegetable dish 사람 손님 학생 아이 약국 식당 카페"))
VILLAGES = ("마을", "시골", "섬")
NEARBY = expand("학교 역 병원 회사 공항 시장 도서관 호텔 지하철역 은행 공원 약국 우체국 집#house")
QUALITIES = [a for a in ADJECTIVE if any(NOUN[k].kind != "body" for k in a.nouns)]
PAINFUL = expand(ACHES)
ORDER_STEPS, FORBIDDEN_STEPS, PROPOSAL_STEPS = (
    steps(" ".join(table.split())) for table in (ORDERS, FORBIDDEN, PROPOSALS)
)
MONTHS = tuple(
    f"{month.removesuffix('에')} {english.split('_')[1]}"
    for month, english, _ in rows(TIMES)
    if month.removesuffix("에").endswith("월") and english.startswith("in_")
)
PUT_OFF = "공부하 하 자 일어나 가 돌아오 청소하 정리하 운동하 외우 전화하 쉬".split()
SOON = (("오늘", "today"), ("내일", "tomorrow"), ("지금", "now"), ("이번 주말에", "this_weekend"),
        ("저녁에", "in_the_evening"), ("토요일에", "on_Saturday"))  # fmt: skip
THINGS = (("이것", "this"), ("저것", "that"), ("그것", "it"))


def _listed(table: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(expand(where), expand(things)) for where, things in rows(table)]


SIGHT_ROWS = _listed(SIGHTS)
ABUNDANCE_ROWS = _listed(ABUNDANCE)
SIDE_ROWS = [(k, e, expand(g), expand(f)) for k, e, g, f in rows(SIDES)]
COMPARED = [
    (stem.partition(":")[0], english, *pair.split())
    for stem, english, *pairs in rows(COMPARATIVES)
    for pair in pairs
]
HAVABLE_KEYS, NEEDED_KEYS, PLENTY_KEYS = expand(HAVABLE), expand(NEEDED), expand(PLENTY)
PROFESSION_KEYS, THING_KEYS, HERE_KEYS = expand(PROFESSIONS), expand(IDENTIFIABLE), expand(HERE)


class Singles(Deeds):
    """Random statements of one clause, and what questions share with them."""

    # --- what something is ----------------------------------------------------------------------

    def description(self, question: bool = False) -> Clause:
        """꽃이 예쁘다, 이 방은 넓다."""
        pick = self.pick
        adjective = pick.row(QUALITIES, 12)
        people = for_people(adjective.nouns)
        subject = self.subject(adjective.nouns, question) if people else self.described(adjective)
        tense = "present" if pick.chance(0.7) or (question and not people) else "past"
        if subject.pronoun in ("I", "we") and adjective.stem in PRAISE:
            raise Unsayable  # nobody praises himself
        if question and adjective.stem in COLOURS:
            raise Unsayable  # one sees it
        if subject.words and subject.words[0].surface in ("이", "저"):
            tense = "present"  # what is pointed at is here
        negation = ""
        if not question and subject.key not in NATURE and pick.chance(0.12):
            negation = "long"
        when = tense if subject.key == "날씨" and pick.chance(0.5) else ""
        still = not question and tense == "present" and adjective.stem in PASSING
        still = still and not when and pick.chance(0.12)
        clause = self.quality(
            subject,
            adjective,
            tense,
            degree=not question,
            negation=negation,
            when=when,
            still=still,
        )
        if people and not question and tense == "present" and adjective.stem in OF_LATE:
            if not negation and pick.chance(0.4):
                self.of_late(clause)
        return self.fronted(clause) if when else clause  # 오늘 날씨가 좋다

    def of_late(self, clause: Clause) -> None:
        """요즘 바쁘다 -> is busy these days."""
        options = [("요즘", "these_days"), ("오늘", "today")]
        passing = clause.predicate.stem in ("바쁘", "피곤하", "한가하")
        words, tokens = time_phrase(*(self.pick.any(options) if passing else options[0]))
        clause.predicate.front = [*words, *clause.predicate.front]
        clause.predicate.complement += tokens

    def described(self, adjective: Adjective) -> Phrase:
        """Something of which one says that it is so: 이 방."""
        wanted = {k: f"{adjective.stem}|{k}" for k in adjective.nouns if NOUN[k].kind != "body"}
        key = self.pick.balanced(self.allowed(wanted))
        if adjective.stem in ("멀", "가깝"):  # what is pointed at is here
            return self.noun(key, "subject", plain=True)
        known = 0.6 if NOUN[key].kind == "place" else 1.0
        with self.detailed(2.0):
            return self.noun(key, "subject", counted=False, described=False, known=known)

    def being(self, question: bool = False) -> Clause:
        """나는 학생이다, 이것은 책이다, 여기는 도서관이다."""
        pick, roll = self.pick, self.pick.random.random()
        negative = not question and pick.chance(0.22)
        if roll < 0.3:
            return self.identity(self.this(), pick.balanced(THING_KEYS), "present", negative)
        if roll < 0.34 and not question:
            return self.birthday()
        if roll < 0.4:
            word = simple("여기")
            subject = Phrase([word], [("this", tuple(word.morphs))], "3s", "it", None, "여기")
            return self.identity(subject, pick.balanced(NAMED_PLACES), "present", negative)
        subject = self.person(question)
        while subject.key in ("친구", "너", "할머니", "할아버지") and not question:
            subject = self.person(question)
        strange = STRANGERS if subject.noun and subject.noun.kind == "kin" else ()
        keys = tuple(k for k in PROFESSION_KEYS if k not in (subject.key, *strange))
        tense = "present" if pick.chance(0.75) else "past"
        return self.identity(subject, pick.balanced(keys), tense, negative)

    def birthday(self) -> Clause:
        """내 생일은 오월이다 -> my birthday is in May."""
        korean, english = self.pick.balanced(MONTHS).split()
        owner = self.pick.any(("나", "나", "그", "그녀", *expand("name")))
        front, determiner = self.possessor(owner)
        head, month = simple("생일"), simple(korean)
        body = spread(NOUN["생일"].name(), head.morphs)
        subject = Phrase([*front, head], [*determiner, *body], "3s", "it", NOUN["생일"], "생일")
        said = [("in", tuple(month.morphs)), (english, tuple(month.morphs))]
        return Clause(subject, Predicate([month], "", "copula", "be", "was", complement=said))

    def this(self) -> Phrase:
        """이것, 저것, 그것."""
        korean, english = self.pick.any(THINGS)
        word = simple(korean)
        return Phrase([word], [(english, tuple(word.morphs))], "3s", "it", None, korean)

    # --- what there is, and what one has --------------------------------------------------------

    def where_there_is(self, question: bool = False) -> Clause:
        """공원에 나무가 있다, 도시에 공원이 많다, 책상 위에 책이 있다, 여기에 책이 있다."""
        pick, roll = self.pick, self.pick.random.random()
        tense = "present" if pick.chance(0.65) else "past"
        if roll < 0.3:
            keys, things = pick.any(ABUNDANCE_ROWS)
            key = pick.balanced(keys)
            where, location = self.place(key, "에", place_preposition(key))
            thing = pick.balanced([t for t in things if t != key])
            return self.existence(where, location, thing, "많", tense)
        if roll < 0.6:
            keys, things = pick.any(SIGHT_ROWS)
            key = pick.balanced(keys)
            where, location = self.place(key, "에", place_preposition(key))
        elif roll < 0.68:
            spot, english = ("여기", "here") if pick.chance(0.5) else ("저기", "over_there")
            where = [join(simple(spot), "에")]
            location, key = spread(english, where[0].morphs), ""
            *_, things = pick.any(SIDE_ROWS[:1])  # what may be on a desk may be here
        else:
            where, location, key, things = self.beside()
        told = [t for t in things if t != key and not (question and NOUN[t].measure)]
        thing = pick.balanced(told or things)
        lacking = thing in LACKING and not (NOUN[thing].kind == "place" and key not in VILLAGES)
        style = "없" if lacking and roll < 0.6 and not question and pick.chance(0.3) else "있"
        grown = roll < 0.6 and NOUN[thing].kind in IN_NUMBERS
        return self.existence(where, location, thing, style, tense, grown, counted=not question)

    def beside(self) -> tuple[list[Word], list[Token], str, tuple[str, ...]]:
        """책상 위에 -> on the desk."""
        side, english, grounds, things = self.pick.any(SIDE_ROWS)
        key = self.pick.balanced(grounds)
        ground = self.noun(key, "subject", counted=False, described=False, pointed=False)
        spot = join(simple(side), "에")
        return [*ground.words, spot], [*spread(english, spot.morphs), *ground.tokens], key, things

    def position(self, question: bool = False) -> Clause:
        """민수는 집에 있다, 책은 책상 위에 있다."""
        pick = self.pick
        tense = "present" if pick.chance(0.6) else "past"
        if pick.chance(0.35) and not question:
            where, location, key, things = self.beside()
            things = tuple(t for t in things if t != key and not NOUN[t].is_human)
            if not things:
                return self.position(question)
            subject = self.noun(pick.balanced(things), "subject", counted=False, described=False)
            predicate = Predicate(where, "있", "exist", "be", "was", complement=location)
            return Clause(subject, predicate, tense)
        now = tense == "present" and pick.chance(0.3)
        return self.whereabouts(self.person(question), pick.balanced(HERE_KEYS), tense, now)

    def possession(self, question: bool = False) -> Clause:
        """나는 차가 있다, 없다, 많다, 필요하다."""
        pick, roll = self.pick, self.pick.random.random()
        subject = self.person(question)
        style = "있" if roll < 0.42 else "없" if roll < 0.6 else "많" if roll < 0.76 else "필요하"
        if question and style == "없":
            style = "있"
        keys = {"많": PLENTY_KEYS, "필요하": NEEDED_KEYS}.get(style, HAVABLE_KEYS)
        if not subject.words:  # 이모가 있니? asks whether she is there
            keys = tuple(k for k in keys if NOUN[k].kind != "kin")
        key = pick.balanced(keys)
        tense = "present" if pick.chance(0.7) else "past"
        return self.have(subject, style, key, tense, described=not question)

    def feeling(self, question: bool = False) -> Clause:
        """나는 배가 아프다, 나는 배가 고프다, 머리가 아프다."""
        pick = self.pick
        subject = self.person(question)
        while subject.is_plural:
            subject = self.person(question)
        if not question and subject.key == "나" and pick.chance(0.4):
            subject = self.unsaid("나")
        tense = "present" if pick.chance(0.6) else "past"
        if pick.chance(0.6):
            return self.pain(subject, pick.balanced(PAINFUL), tense)
        body, stem = pick.any(tuple(STATES))
        if subject.person == "3s" and body != "키":
            tense = "past"  # of others one says so afterwards
        if body == "키" and subject.person in ("1s", "2"):
            tense = "present"  # 나는 키가 컸다: have I grown?
        if not subject.words and body == "키":
            subject = self.pronoun("너" if question else "나")
        return self.state(subject, body, stem, tense)

    def rain(self) -> Clause:
        """어제 비가 왔다 -> it rained yesterday."""
        pick = self.pick
        key = pick.any(("비", "비", "눈#snow"))
        roll = pick.random.random()
        tense = "past" if roll < 0.5 else "present" if roll < 0.75 else "future"
        modality = "progress" if tense == "present" and pick.chance(0.6) else ""
        clause = self.weather(key, tense, modality)
        words: list[Word] = []
        tokens: list[Token] = []
        if not modality:
            words, tokens = self.time(tense, WEATHER[key])
        elif not pick.chance(0.5):
            words = [simple("지금")]
            tokens = spread("now", words[0].morphs)
        if not words and pick.chance(0.6):
            place = pick.balanced(expand("town"))
            where, location = self.place(place, "에", place_preposition(place))
            words, tokens = [*words, *where], [*location, *tokens]
        clause.before, clause.predicate.complement = words, tokens
        return clause

    # --- comparisons ----------------------------------------------------------------------------

    def compared(self) -> tuple[str, str, Phrase, Phrase]:
        """Two kinds, this one and that one, or two people, and what is said of them."""
        pick, roll = self.pick, self.pick.random.random()
        stem, comparative, first, second = pick.row(COMPARED, 12)
        if roll < 0.4:
            return stem, comparative, self.generic(first), self.generic(second)
        if roll < 0.7:
            stem, comparative = pick.any(PERSONAL)
            subject = self.person(keys=expand("name 남동생 여동생 형 오빠 누나 언니"))
            return stem, comparative, subject, self.other_person(subject, expand("name"))
        keys = [k for k in ADJECTIVE_OF[stem].nouns if NOUN[k].kind in THINGLIKE]
        if not keys:
            raise Unsayable
        key = pick.balanced(keys)
        this, that = (self.pointed(key, d) for d in ("이", "저"))
        return stem, comparative, this, that

    def pointed(self, key: str, demonstrative: str) -> Phrase:
        """이 가방 -> this bag."""
        noun, before = NOUN[key], simple(demonstrative)
        head = simple(noun.korean)
        this = DEMONSTRATIVES[demonstrative][noun.is_plural]
        tokens = [(this, tuple(before.morphs)), *spread(noun.name(), head.morphs)]
        return Phrase([before, head], tokens, "p" if noun.is_plural else "3s", "it", noun, key)

    def comparison(self) -> Clause:
        """코끼리는 말보다 더 크다 -> elephants are bigger than horses."""
        stem, comparative, subject, other = self.compared()
        marked = other.marked("보다")
        more = [simple("더")] if self.pick.chance(0.6) else []
        predicate = adjectival([*marked, *more], stem, ADJECTIVE_OF[stem].irregular)
        said = (predicate.stem_morph,)
        by_more = tuple(m for w in more for m in w.morphs)
        first, *rest = comparative.split()
        graded: list[Token] = [(first, (*by_more, *said))]
        if rest:  # more expensive
            graded = [(first, by_more or said), (rest[0], said)]
        than: Token = ("than", tuple(marked[-1].morphs[-1:]))
        predicate.complement = [*graded, than, *other.tokens]
        return Clause(subject, predicate, "present")

    def superlative(self) -> tuple[Clause, str]:
        """이 가방이 제일 비싸다 -> this bag is the most expensive."""
        stem, comparative, subject, _ = self.compared()
        if subject.words[0].surface not in ("이", "저") and not subject.is_human:
            raise Unsayable
        most = simple("제일")
        predicate = adjectival([most], stem, ADJECTIVE_OF[stem].irregular)
        said = (predicate.stem_morph,)
        first, *rest = comparative.split()
        words: list[Token] = [(first[:-1] + "st", (*most.morphs, *said))]
        if rest:
            words = [("most", tuple(most.morphs)), (rest[0], said)]
        predicate.complement = [("the", ()), *words]
        return Clause(subject, predicate, "present"), "이/가"

    def distance(self) -> Clause:
        """우리 집은 역에서 가깝다 -> our house is near the station."""
        pick = self.pick
        key = pick.balanced(NEARBY)
        other = pick.balanced([k for k in NEARBY if k not in (key, "집#house", "학교", "회사")])
        owned = key in ("집#house", "회사", "학교")
        subject = self.noun(key, "subject", plain=not owned, counted=False, described=False,
                            pointed=False)  # fmt: skip
        if owned:
            front, determiner = self.possessor(pick.any(("우리", "우리", "그", "민수")))
            body = spread(NOUN[key].name(), subject.words[-1].morphs[:1])
            subject = Phrase([*front, subject.words[-1]], [*determiner, *body], "3s", "it",
                             NOUN[key], key)  # fmt: skip
        ground = self.noun(other, "subject", plain=True)
        marked = ground.marked("에서")
        stem = "가깝" if pick.chance(0.6) else "멀"
        predicate = adjectival(marked, stem, ADJECTIVE_OF[stem].irregular)
        said, mark = predicate.stem_morph, marked[-1].morphs[-1]
        where: list[Token] = [("near", (said, mark))]
        if stem == "멀":
            where = [("far", (said,)), ("from", (mark,))]
        predicate.complement = [*where, *ground.tokens]
        negation = "long" if pick.chance(0.15) else ""
        return Clause(subject, predicate, "present", "", negation)

    # --- statements -----------------------------------------------------------------------------

    def state_it(self, clause: Clause, marker: str) -> Sentence:
        """Subject, predicate, full stop."""
        subject = clause.subject.marked(marker)
        named = clause.english_subject or clause.subject.tokens
        mark = tuple(subject[-1].morphs[-1:]) if subject else ()
        if marker == "도":
            clause.predicate.middle = [("also", mark), *clause.predicate.middle]
        elif marker == "만":
            named = [("only", mark), *named]
        korean = render_korean(clause, "statement")
        tokens = render_english(clause, korean, named)
        return finish([*clause.before, *subject, *korean.words], tokens, 1, self.pairs)

    def bidding(self) -> Sentence:
        """문을 열어라 -> open the door; 울지 마라 -> do not cry; 가자 -> let us go."""
        pick, roll = self.pick, self.pick.random.random()
        table = ORDER_STEPS if roll < 0.45 else FORBIDDEN_STEPS if roll < 0.6 else PROPOSAL_STEPS
        proposed = table is PROPOSAL_STEPS
        what = pick.any(pick.any(table))
        with self.detailed(1e-9):
            clause = self.happen(what, self.unsaid("우리" if proposed else "너"), "present")
        said = clause.predicate
        if proposed and not what.manner and pick.chance(0.4):
            together = simple("같이")
            said.front = [together, *said.front]
            said.complement.append(("together", tuple(together.morphs)))
        soon = SOON if proposed else SOON[:3] if what.stem in PUT_OFF else ()
        if soon and table is not FORBIDDEN_STEPS and pick.chance(0.4):
            words, tokens = time_phrase(*pick.any(soon))
            said.front, said.complement = [*words, *said.front], [*said.complement, *tokens]
        if table is FORBIDDEN_STEPS:
            clause.negation = "bid"
        korean = render_korean(clause, "let" if proposed else "order")
        tokens = render_english(clause, korean, [], bare=True)
        if said.is_be:  # do not be late
            tokens = [*((w, korean.stem) for w in ("be", *said.tail)), *tokens]
        before: list[Token] = []
        if proposed:
            before = [("let", korean.conjunction), ("us", korean.conjunction)]
        elif clause.negation:
            before = [("do", korean.negation), ("not", korean.negation)]
        else:
            tokens[0] = (tokens[0][0], (*tokens[0][1], *korean.conjunction))
        if clause.negation:
            before[0] = ("do", (*korean.negation, *korean.conjunction))
        return finish(korean.words, [*before, *tokens], 1, self.pairs)

    def statement(self) -> Sentence:
        """A statement of one clause."""
        pick, roll = self.pick, self.pick.random.random()
        if roll < 0.015:
            clause = self.yet()
            return self.state_it(clause, self.marker(clause))
        if roll < 0.52:
            if pick.chance(0.05):  # 가방 두 개를 샀다
                return self.state_it(self.deed(subject=self.unsaid("나")), "")
            clause = self.deed()
            said = clause.predicate
            furnished = said.middle or len(said.front) > 1
            plain = not (furnished or clause.negative or clause.modality or said.unknown)
            marker = "도" if plain and pick.chance(0.06) else self.marker(clause)
            named = clause.subject.noun is not None and clause.subject.is_human
            if plain and marker == "은/는" and named and pick.chance(0.04):
                marker = "만"  # 민수만 왔다
            return self.state_it(clause, marker)
        if roll < 0.60:
            return self.state_it(self.scene(), "이/가")
        if roll < 0.72:
            clause = self.description()
            return self.state_it(clause, self.marker(clause))
        if roll < 0.78:
            clause = self.being()
            also = clause.predicate.group == "copula" and pick.chance(0.1)
            human = clause.subject.is_human and clause.tense == "present" and not clause.negative
            learns = clause.predicate.complement[-1][0] in ("student", "students")
            if learns and clause.tense == "past" and not clause.negative and pick.chance(0.5):
                words, tokens = time_phrase("작년에", "last_year")  # 작년에 학생이었다
                clause.predicate.front = [*words, *clause.predicate.front]
                clause.predicate.complement = [*clause.predicate.complement, *tokens]
            if learns and human and clause.predicate.group == "copula" and pick.chance(0.4):
                self._middle(clause, "아직", "still")  # 나는 아직 학생이다
                also = False
            return self.state_it(clause, "도" if also else "은/는")
        if roll >= 0.97 and pick.chance(0.6):
            return self.bidding()
        if roll >= 0.985:
            return self.state_it(*self.superlative())
        kinds: tuple[tuple[float, Callable[[], Clause]], ...] = (
            (0.85, self.where_there_is),
            (0.89, self.position),
            (0.93, self.possession),
            (0.945, self.feeling),
            (0.955, self.rain),
            (0.965, self.distance),
            (1.0, self.comparison),
        )
        clause = next(make for bound, make in kinds if roll < bound)()
        return self.state_it(clause, self.marker(clause))
