"""Statements of one clause."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from .adverbs import place_preposition
from .clause import Clause, Phrase, Predicate, Token, Word, join, render_korean, simple, spread
from .clauses import ADJECTIVE_OF, NATURE, STATES, WEATHER, for_people
from .drawing import Unsayable
from .english import render_english
from .happenings import Happenings
from .lexicon import ADJECTIVE, NOUN, VERB, Adjective, Verb, expand, rows
from .phrases import DEMONSTRATIVES, NO_ARTICLE
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
from .tables.verbs import HABITS, ONGOING, OWED, PLANNED, SKILLS, UNWILLED, WANTED
from .tree import Sentence, finish

NUMBERED = {str(i): verb for i, verb in enumerate(VERB) if "told" not in verb.flags}
PEOPLE_VERBS = tuple(i for i, v in NUMBERED.items() if for_people(v.subjects))
# Things and animals are presented when they do something: 개가 달린다.
KNOWN = tuple(
    i
    for i, v in NUMBERED.items()
    if "scene" not in v.flags or all(NOUN[k].kind == "person" for k in v.subjects)
)
PRESENTED = tuple(i for i, v in NUMBERED.items() if "scene" in v.flags)
STRANGERS = tuple(expand("외국인 한국인 미국인 관광객"))  # what one's own aunt is not called
NAMED_PLACES = expand("공원 학교 도서관 병원 박물관 호텔 은행 시장 식당 교회 서점 우체국 약국 역")
PERSONAL = (("똑똑하", "cleverer"), ("강하", "stronger"), ("바쁘", "busier"), ("젊", "younger"),
            ("친절하", "kinder"))  # fmt: skip
THINGLIKE = ("thing", "clothes", "machine", "vehicle", "book", "fruit", "building", "wear", "pair")
# Deeds that one may be expected to do, and does not.
DENIED = (
    "eat drink watch buy meet go come sleep study work call read understand answer sell learn help "
    "invite win finish exercise swim drive cook clean take"
).split()
HEAVENLY = ("rise", "set", "shine")  # the sun does not set in the morning
IN_NUMBERS = ("fruit", "vegetable", "flower", "tree", "book")  # there are books in the library
FEW = 60  # objects times subjects
QUALITIES = [
    a
    for a in ADJECTIVE
    if any(NOUN[k].kind != "body" for k in a.nouns) and "adnominal" not in a.flags
]
PEOPLE = expand("PEOPLE")
PAINFUL = expand(ACHES)
THINGS = (("이것", "this"), ("저것", "that"), ("그것", "it"))
TOLD = ("나", "나", "나", "그", "그녀", "우리", "그들")
ASKED = ("너", "너", "너", "너", "너희", "그", "그녀", "그들")


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


@cache
def able(verbs: tuple[str, ...], subject: str) -> tuple[str, ...]:
    """Return those of the verbs (keys of `NUMBERED`) that a noun can be the subject of."""
    return tuple(i for i in verbs if subject in NUMBERED[i].subjects) or verbs


class Singles(Happenings):
    """Random statements of one clause, and what questions share with them."""

    # --- who ------------------------------------------------------------------------------------

    def person(self, question: bool = False, keys: tuple[str, ...] = PEOPLE) -> Phrase:
        """Somebody out of `keys`: a pronoun, a name, a relative, a man, a woman or a friend."""
        pick, roll = self.pick, self.pick.random.random()
        kin = [k for k in keys if NOUN[k].kind == "kin"]
        others = [
            k for k in keys if k in ("친구", "남자", "여자") and (k != "친구" or not question)
        ]
        if roll < 0.48:
            who = pick.any(ASKED if question else TOLD)
            if question and who == "너" and pick.chance(0.25):  # 어디에 가니?
                return self.unsaid(who)
            return self.pronoun(who)
        if roll < 0.72:
            return self.noun(pick.balanced(expand("name")), "subject", plain=True)
        if (roll < 0.94 or not others) and kin:
            return self.kin(pick.balanced(kin), asked=question)
        key = pick.balanced(others or list(expand("name")))
        return self.noun(key, "subject", counted=False, described=False)

    def subject(self, keys: tuple[str, ...], question: bool = False) -> Phrase:
        """A known subject: somebody where people act, otherwise one of `keys`."""
        others = [k for k in keys if NOUN[k].kind not in ("name", "kin")]
        if for_people(keys) and (len(others) < 4 or self.pick.chance(0.8)):
            return self.person(question, keys)
        key = self.pick.balanced(others or keys)
        if NOUN[key].kind == "kin":
            return self.kin(key, asked=question)
        return self.noun(key, "subject", counted=False, described=False)

    def liver(self, verb: Verb) -> bool:
        """Whether a verb says where a kind of animal lives: 고래는 바다에 산다."""
        return verb.base == "live" and not for_people(verb.subjects)

    def speaker(self, question: bool = False) -> Phrase:
        """Somebody who may be left unsaid: I in a statement, you in a question."""
        return self.unsaid("너" if question else "나")

    # --- verbs ----------------------------------------------------------------------------------

    def tense(self, verb: Verb) -> str:
        """A tense that the verb allows."""
        if "past" in verb.flags:
            return "past"
        if "present" in verb.flags:
            return "present"
        roll = self.pick.random.random()
        if "stative" in verb.flags or "ongoing" in verb.flags:
            return "present" if roll < 0.7 else "past"
        usual = 0.35 if verb.base in HABITS else 0.0  # one reads every day, but chooses once
        coming = 0.22 if verb.base in PLANNED else 0.0
        return "present" if roll < usual else "future" if roll > 1 - coming else "past"

    def mood(self, verb: Verb, subject: Phrase, tense: str, question: bool) -> tuple[str, str]:
        """A modality and a negation that go with the verb."""
        pick, roll = self.pick, self.pick.random.random()
        human = subject.noun is None or subject.noun.is_human
        stative, past = "stative" in verb.flags, "past" in verb.flags
        modality = negation = ""
        still = stative or "hither" in verb.flags
        going = verb.base in ONGOING and not still and (verb.stem, verb.base) != ("타", "take")
        if verb.base == "wear" and tense == "present":  # 모자를 쓰고 있다
            return "progress", ""
        if "ongoing" in verb.flags or (going and tense != "future" and roll < 0.16):
            return "progress", ""
        if human and for_people(verb.subjects) and not past and tense != "future" and not stative:
            if verb.base in WANTED and roll < 0.3:
                modality = "want"
            elif verb.base in SKILLS and roll < 0.45:
                modality = "can"
            elif verb.base in OWED and not question and roll > 0.85:
                modality = "must"
        if subject.key in ("너", "너희") and not question and modality != "must":
            modality = "can" if verb.base in SKILLS else "must"
        if tense == "present" and not modality and not stative and verb.base not in HABITS:
            return modality, negation
        if verb.base not in DENIED and not stative:
            return modality, negation
        if (
            question
            or modality == "must"
            or not for_people(verb.subjects)
            or verb.flags & {"noneg", "nonneg"}
        ):
            return modality, negation
        roll = pick.random.random()
        if modality == "can":
            return modality, "long" if roll < 0.3 else ""
        if roll < 0.06 and not modality:
            negation = "unable" if "unable" in verb.flags else "long"
        elif roll < 0.15 and not modality and tense != "future":
            willed = human and not stative and not past and verb.base not in UNWILLED
            negation = self._short_negation(verb, willed)
        return modality, negation

    def _short_negation(self, verb: Verb, able_: bool) -> str:
        """못 or 안 before a short verb, 지 못하다 behind a long one."""
        compound = verb.stem.endswith(("하", "되")) and len(verb.stem) > 2
        if "unable" in verb.flags or (able_ and compound):
            return "unable"
        if compound or len(verb.stem) > 3 or verb.stem == "모르":
            return "long"
        return "cannot" if able_ and self.pick.chance(0.6) else "short"

    def deed(self, question: bool = False, subject: Phrase | None = None, skip: str = "",
             verbs: tuple[str, ...] = (), moods: bool = True, tense: str = "",
             extras: float = 1.0) -> Clause:  # fmt: skip
        """A clause with any verb."""
        pick = self.pick
        options = verbs or (PEOPLE_VERBS if question or subject else KNOWN)
        chosen = pick.balanced(options, 6)
        verb = NUMBERED[chosen]
        if len(verb.objects) * len(verb.subjects) < FEW:  # little to say: half as often
            pick.note(chosen)
        if self.liver(verb):
            subject, tense = self.generic(pick.balanced(verb.subjects)), "present"
        subject = subject or self.subject(verb.subjects, question)
        tense = tense or self.tense(verb)
        if question and tense == "present" and not {"stative", "ongoing"} & verb.flags:
            tense = "past" if pick.chance(0.7) else tense
        planned = tense == "future" and question and subject.pronoun != "you"
        if "past" in verb.flags or planned:  # plans are asked of the hearer alone
            tense = "past"
        modality = negation = ""
        if moods:
            modality, negation = self.mood(verb, subject, tense, question)
        if "hither" in verb.flags and subject.person == "1s" and tense == "present":
            tense = "past"  # the speaker is here already
        clause = self.action(
            subject, verb, tense, modality=modality, negation=negation, skip=skip, extras=extras
        )
        if self.liver(verb):
            clause.negation = ""
        if modality == "progress" and tense == "present" and pick.chance(0.4):
            now = simple("지금")
            clause.predicate.front.insert(0, now)
            clause.predicate.complement.append(("now", tuple(now.morphs)))
            clause.predicate.asked_at += 1
        return clause

    def scene(self) -> Clause:
        """Somebody or something turns up: 아이가 울고 있다 -> a child is crying."""
        pick = self.pick
        verb = NUMBERED[pick.balanced(PRESENTED, 4)]
        keys = tuple(k for k in verb.subjects if NOUN[k].kind not in NO_ARTICLE)
        grown = any(NOUN[k].kind in ("fruit", "vegetable", "flower") for k in keys)
        subject = self.noun(pick.balanced(keys), "new", owned=False, pointed=False,
                            counted=not grown, described=False)  # fmt: skip
        going = verb.base in ONGOING and subject.key not in NATURE and pick.chance(0.6)
        tense = "past" if "past" in verb.flags or pick.chance(0.6) else "present"
        if tense == "present" and not going and verb.base in ("come", "arrive"):
            tense = "past"
        timed = tense == "past" and not going and verb.base not in HEAVENLY
        clause = self.action(subject, verb, tense, modality="progress" if going else "",
                             extras=0.7, time=timed, manner="-")  # fmt: skip
        return self.fronted(clause)

    def fronted(self, clause: Clause) -> Clause:
        """Time and place go before a subject that is presented: 어제 손님이 왔다."""
        front = clause.predicate.front
        at = clause.predicate.asked_at
        clause.before, clause.predicate.front = [*clause.before, *front[:at]], front[at:]
        return clause

    # --- other predicates -----------------------------------------------------------------------

    def description(
        self, question: bool = False, subject: Phrase | None = None,
        options: Sequence[Adjective] = (),
    ) -> Clause:  # fmt: skip
        """꽃이 예쁘다, 이 방은 넓다."""
        pick = self.pick
        names = {str(i): a for i, a in enumerate(options or QUALITIES)}
        adjective = names[pick.balanced(tuple(names), 12)]
        if subject is None:
            nouns = adjective.nouns
            if for_people(nouns):
                subject = self.subject(nouns, question)
                if not question and not subject.words:
                    subject = self.pronoun("나")
            else:
                wanted = {k: f"{adjective.stem}|{k}" for k in nouns if NOUN[k].kind != "body"}
                key = pick.balanced(self.allowed(wanted))
                known = 1.0 if key in UNSEEN or NOUN[key].kind == "animal" else 0.6
                with self.detailed(2.0):
                    subject = self.noun(key, "subject", counted=False, described=False, known=known)
        tense = "present" if pick.chance(0.7) else "past"
        if subject.words and subject.words[0].surface in ("이", "저"):
            tense = "present"  # what is pointed at is here
        negation = ""
        nature = subject.key in NATURE
        if not question and not nature and pick.chance(0.12):
            negation = "long"
        when = tense if subject.key == "날씨" and pick.chance(0.5) else ""
        clause = self.quality(
            subject, adjective, tense, degree=not question, negation=negation, when=when
        )
        if when:  # 오늘 날씨가 좋다: the time goes before the weather
            front, at = clause.predicate.front, clause.predicate.asked_at
            clause.before, clause.predicate.front = front[:at], front[at:]
        return clause

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
            location = spread("here", where[0].morphs)
            _, _, _, things = pick.any(SIDE_ROWS[:1])
            key = ""
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
        return ([*ground.words, spot], [*spread(english, spot.morphs), *ground.tokens], key, things)

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
        return self.have(
            subject, style, pick.balanced(keys), "present" if pick.chance(0.7) else "past"
        )

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
        third = subject.person == "3s"
        if third and (body, stem) != ("키", "크") and body != "키":
            tense = "past"
        if not subject.words and body == "키":
            subject = self.pronoun("너" if question else "나")
        return self.state(subject, body, stem, tense)

    def rain(self, question: bool = False) -> Clause:
        """어제 비가 왔다 -> it rained yesterday."""
        pick = self.pick
        key = pick.any(("비", "비", "눈#snow"))
        roll = pick.random.random()
        tense = "past" if roll < 0.5 else "present" if roll < 0.75 else "future"
        modality = "progress" if tense == "present" and pick.chance(0.6) else ""
        clause = self.weather(key, tense, modality)
        if modality:
            words, tokens = [simple("지금")], []
            tokens = [("now", tuple(words[0].morphs))]
            if pick.chance(0.5):
                words, tokens = [], []
        else:
            words, tokens = self.time(tense, WEATHER[key])
        if pick.chance(0.4):
            place = pick.balanced(expand("town 산 시골 섬"))
            where, location = self.place(place, "에", place_preposition(place))
            words, tokens = [*words, *where], [*location, *tokens]
        clause.before, clause.predicate.complement = words, tokens
        if tense == "present" and not modality and not tokens:
            clause.predicate.ongoing = True
        return clause

    def generic(self, key: str) -> Phrase:
        """A kind of things: 코끼리는 -> elephants."""
        return self.noun(key, "kind", "plural", counted=False, described=False)

    def compared(self) -> tuple[str, str, Phrase, Phrase]:
        """Two kinds, this one and that one, or two people, and what is said of them."""
        pick, roll = self.pick, self.pick.random.random()
        index = pick.balanced(tuple(str(i) for i in range(len(COMPARED))), 12)
        stem, comparative, first, second = COMPARED[int(index)]
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
        pick = self.pick
        stem, comparative, subject, other = self.compared()
        adjective = ADJECTIVE_OF[stem]
        marked = other.marked("보다")
        more = [simple("더")] if pick.chance(0.6) else []
        predicate = Predicate([*marked, *more], stem, "adjective", "be", "was",
                              adjective.irregular, stem_in_english=False)  # fmt: skip
        mark = [predicate.stem_morph]
        by_more = [m for w in more for m in w.morphs]
        words = comparative.replace("_", " ").split()
        graded = spread(words[0], [*by_more, *mark])
        if len(words) == 2:
            graded = [(words[0], tuple(by_more or mark)), (words[1], tuple(mark))]
        than = marked[-1].morphs[-1]
        predicate.complement = [*graded, ("than", (than,)), *other.tokens]
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
                return self.state_it(self.deed(subject=self.speaker()), "")
            clause = self.deed()
            said = clause.predicate
            plain = not (clause.negative or said.middle or clause.modality or said.unknown
                         or len(said.front) > 1)  # fmt: skip
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
        kinds = ((0.85, self.where_there_is), (0.89, self.position), (0.93, self.possession),
                 (0.945, self.feeling), (0.955, self.rain), (1.0, self.comparison))  # fmt: skip
        clause = next(make for bound, make in kinds if roll < bound)()
        return self.state_it(clause, self.marker(clause))
