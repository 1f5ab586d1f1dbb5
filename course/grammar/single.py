"""Statements of one clause."""

from __future__ import annotations

from collections.abc import Callable

from .adverbs import place_preposition
from .clause import Clause, Phrase, Predicate, Token, Word, join, render_korean, simple, spread
from .clauses import ADJECTIVE_OF, NATURE, STATES, WEATHER, adjectival, for_people
from .deeds import Deeds
from .drawing import Unsayable
from .english import render_english
from .lexicon import ADJECTIVE, NOUN, Adjective, expand, rows
from .phrases import DEMONSTRATIVES
from .tables.adjectives import ACHES, COMPARATIVES
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
from .tables.times import UNSEEN
from .tree import Sentence, finish

STRANGERS = expand("외국인 한국인 미국인 관광객")  # what one's own aunt is not called
NAMED_PLACES = expand("공원 학교 도서관 병원 박물관 호텔 은행 시장 식당 교회 서점 우체국 약국 역")
PERSONAL = (
    ("똑똑하", "cleverer"),
    ("강하", "stronger"),
    ("바쁘", "busier"),
    ("젊", "younger"),
    ("친절하", "kinder"),
)
THINGLIKE = ("thing", "clothes", "machine", "vehicle", "book", "fruit", "building", "wear", "pair")
IN_NUMBERS = ("fruit", "vegetable", "flower", "tree", "book")  # there are books in the library
QUALITIES = [a for a in ADJECTIVE if any(NOUN[k].kind != "body" for k in a.nouns)]
PAINFUL = expand(ACHES)
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
        tense = "present" if pick.chance(0.7) else "past"
        if subject.words and subject.words[0].surface in ("이", "저"):
            tense = "present"  # what is pointed at is here
        negation = ""
        if not question and subject.key not in NATURE and pick.chance(0.12):
            negation = "long"
        when = tense if subject.key == "날씨" and pick.chance(0.5) else ""
        clause = self.quality(
            subject, adjective, tense, degree=not question, negation=negation, when=when
        )
        return self.fronted(clause) if when else clause  # 오늘 날씨가 좋다

    def described(self, adjective: Adjective) -> Phrase:
        """Something of which one says that it is so: 이 방."""
        wanted = {k: f"{adjective.stem}|{k}" for k in adjective.nouns if NOUN[k].kind != "body"}
        key = self.pick.balanced(self.allowed(wanted))
        known = 1.0 if key in UNSEEN or NOUN[key].kind == "animal" else 0.6
        with self.detailed(2.0):
            return self.noun(key, "subject", counted=False, described=False, known=known)

    def being(self, question: bool = False) -> Clause:
        """나는 학생이다, 이것은 책이다, 여기는 도서관이다."""
        pick, roll = self.pick, self.pick.random.random()
        negative = not question and pick.chance(0.22)
        if roll < 0.3:
            return self.identity(self.this(), pick.balanced(THING_KEYS), "present", negative)
        if roll < 0.38:
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
            where = [join(simple("여기"), "에")]
            location, key = spread("here", where[0].morphs), ""
            *_, things = pick.any(SIDE_ROWS[:1])  # what may be on a desk may be here
        else:
            where, location, key, things = self.beside()
        told = [t for t in things if t != key and not (question and NOUN[t].measure)]
        thing = pick.balanced(told or things)
        style = "있" if question or roll >= 0.6 or pick.chance(0.85) else "없"
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
        return self.have(subject, style, key, "present" if pick.chance(0.7) else "past")

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
        if pick.chance(0.4):
            place = pick.balanced(expand("town 산 시골 섬"))
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

    # --- statements -----------------------------------------------------------------------------

    def state_it(self, clause: Clause, marker: str) -> Sentence:
        """Subject, predicate, full stop."""
        subject = clause.subject.marked(marker)
        if marker == "도":
            also: Token = ("also", tuple(subject[-1].morphs[-1:]))
            clause.predicate.middle = [also, *clause.predicate.middle]
        korean = render_korean(clause, "statement")
        tokens = render_english(clause, korean, clause.english_subject or clause.subject.tokens)
        return finish([*clause.before, *subject, *korean.words], tokens, 1, self.pairs)

    def statement(self) -> Sentence:
        """A statement of one clause."""
        pick, roll = self.pick, self.pick.random.random()
        if roll < 0.52:
            if pick.chance(0.05):  # 가방 두 개를 샀다
                return self.state_it(self.deed(subject=self.unsaid("나")), "")
            clause = self.deed()
            said = clause.predicate
            furnished = said.middle or len(said.front) > 1
            plain = not (furnished or clause.negative or clause.modality or said.unknown)
            marker = "도" if plain and pick.chance(0.06) else self.marker(clause)
            return self.state_it(clause, marker)
        if roll < 0.60:
            return self.state_it(self.scene(), "이/가")
        if roll < 0.72:
            clause = self.description()
            return self.state_it(clause, self.marker(clause))
        if roll < 0.78:
            clause = self.being()
            also = clause.predicate.group == "copula" and pick.chance(0.1)
            return self.state_it(clause, "도" if also else "은/는")
        kinds: tuple[tuple[float, Callable[[], Clause]], ...] = (
            (0.85, self.where_there_is),
            (0.89, self.position),
            (0.93, self.possession),
            (0.945, self.feeling),
            (0.955, self.rain),
            (1.0, self.comparison),
        )
        clause = next(make for bound, make in kinds if roll < bound)()
        return self.state_it(clause, self.marker(clause))
