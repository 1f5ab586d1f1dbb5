"""Questions of one clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .adverbs import place_particle
from .clause import Clause, Phrase, Predicate, Token, Word, join, render_korean, simple, spread
from .clauses import ADJECTIVE_OF, for_people
from .deeds import NUMBERED, PEOPLE_VERBS, able
from .english import render_english
from .lexicon import NOUN, VERB, Noun, Verb, expand
from .phrases import COUNTED
from .single import Singles
from .tables.places import ASKABLE
from .tables.verb_classes import ASKED_FOR, ASKED_WHAT, ASKED_WHOM, DATED, HOURLY
from .tree import Sentence, finish

KINDS = (
    "who", "whom", "what", "which", "many", "where", "when", "why", "hour",
    "is where", "is what", "is who", "how much", "with whom",
)  # fmt: skip
ASKABLE_KEYS = set(expand(ASKABLE))  # 무슨 책: what book
ACTIONS = tuple(i for i in PEOPLE_VERBS if not NUMBERED[i].flags & {"stative", "ongoing"})
COMINGS = tuple(i for i in ACTIONS if NUMBERED[i].base == "come" and not NUMBERED[i].places)
WITH_OTHERS = [v for v in VERB if "comitative" in v.flags and for_people(v.subjects)]
LOOKED_FOR = expand(
    "가방 지갑 열쇠 우산 안경 휴대폰 카메라 책 사전 공책 여권 표 연필 name kin 친구"
)
UNKNOWN = expand("남자 여자 학생 아이 사람")
TIMED = tuple(i for i in ACTIONS if NUMBERED[i].base in HOURLY)
PLACED = tuple(
    i
    for i, v in NUMBERED.items()
    if len(v.places) > 2
    and not v.flags & {"bare", "on", "into", "scene", "path"}
    and v.stem not in ("걸어가", "찾", "데려가")
    and not (v.base == "work" and not for_people(v.subjects))  # a shop assistant works in a shop
)


def _askable(verb: Verb, kind: str) -> list[str]:
    """The objects that the question may ask about."""
    things = [k for k in verb.objects if not NOUN[k].is_human and NOUN[k].kind != "place"]
    if kind == "which":
        return [k for k in things if k in ASKABLE_KEYS]
    counted = [k for k in things if k in COUNTED and NOUN[k].counter != "하나"]
    return [k for k in counted if not NOUN[k].measure]


def _object_askable(verb: Verb, kind: str) -> bool:
    """Whether whom, what, which or how many can be asked of the object of a verb."""
    if not verb.objects or verb.flags & {"become", "own", "goal"}:
        return False
    if (verb.stem, verb.base) == ("먹", "take"):  # medicine, and what else?
        return False
    people = any(NOUN[k].is_human for k in verb.objects)
    if kind == "whom":
        return people and verb.stem in ASKED_WHOM
    if NOUN[verb.objects[0]].kind in ("place", "country", "town"):  # where, not what
        return False
    if people:
        return False
    if kind == "many":
        return "count" in verb.flags and bool(_askable(verb, kind))
    if kind == "which":
        return not verb.flags & {"the", "plural"} and len(_askable(verb, kind)) > 1
    return verb.stem in ASKED_WHAT


def _which(noun: Noun) -> tuple[list[Word], list[Token]]:
    """무슨 책을 -> what book."""
    asked, thing = simple("무슨"), join(simple(noun.korean), "을/를")
    name = spread(noun.name(), thing.morphs[:1])
    return [asked, thing], [("what", tuple(asked.morphs)), *name]


def _how_many(noun: Noun) -> tuple[list[Word], list[Token]]:
    """책을 몇 권 -> how many books."""
    thing, asked, unit = join(simple(noun.korean), "을/를"), simple("몇"), simple(noun.counter)
    name = spread(" ".join(noun.plural), [thing.morphs[0], *unit.morphs])
    return [thing, asked, unit], [*spread("how many", asked.morphs), *name]


class Questions(Singles):
    """Random questions of one clause."""

    def question(self) -> Sentence:
        """A yes-or-no question, or one with a question word."""
        if not self.pick.chance(0.45):
            return self.wh_question()
        kinds: list[Callable[[bool], Clause]] = [self.deed] * 3
        kinds += [self.description, self.being, self.possession]
        kinds += [self.feeling, self.position, self.where_there_is]
        clause = self.pick.any(kinds)(True)
        return self.ask(clause, marker=self.marker(clause))

    def hearer(self, subject: Phrase) -> bool:
        """Whether it is the hearer, who alone is asked for plans: 언제 갈 거니?"""
        return subject.pronoun == "you"

    def ask(
        self,
        clause: Clause,
        asked: tuple[list[Word], list[Token]] | None = None,
        *,
        marker: str = "은/는",
        stranded: list[Token] | None = None,
        whose_subject: bool = False,
    ) -> Sentence:
        """Turn a clause into a question.

        `asked` holds the question words of both languages: they stand in place in Korean, and
        first in English; `whose_subject` says that they are the subject themselves (누가).
        """
        words, tokens = asked or ([], [])
        front, at = clause.predicate.front, clause.predicate.asked_at
        if not whose_subject:
            clause.predicate.front = [*front[:at], *words, *front[at:]]
        korean = render_korean(clause, "question")
        subject = clause.english_subject or clause.subject.tokens
        english = render_english(
            clause,
            korean,
            [] if whose_subject else subject,
            question=True,
            asked=tokens,
            stranded=stranded or (),
        )
        ordered = [*clause.before, *clause.subject.marked(marker), *korean.words]
        return finish(ordered, english, 1, self.pairs)

    def wh_question(self) -> Sentence:
        """누가, 누구, 무엇, 무슨, 몇, 어디, 언제, 왜."""
        self.detail = 0.15
        kind = self.pick.balanced(KINDS, 2)
        if kind == "who":
            return self.who_question()
        if kind in ("whom", "what", "which", "many"):
            return self.object_question(kind)
        if kind == "is where":
            return self.whereabouts_question()
        if kind == "how much":
            return self.price_question()
        if kind in ("is what", "is who"):
            return self.identity_question(kind)
        if kind == "with whom":
            return self.company_question()
        if kind == "where":
            return self.where_question()
        return self.when_question(kind)

    def who_question(self) -> Sentence:
        """누가 왔니? -> who came?"""
        word = simple("누구")
        subject = Phrase([word], [("who", tuple(word.morphs))], "3s", "", None, "누구")
        verbs = COMINGS if self.pick.chance(0.5) else ACTIONS
        clause = self.deed(True, subject, verbs=verbs, moods=False, tense="past", extras=0.5)
        return self.ask(clause, ([], subject.tokens), marker="이/가", whose_subject=True)

    def company_question(self) -> Sentence:
        """너는 누구와 이야기했니? -> who did you talk with?"""
        verb = self.pick.any(WITH_OTHERS)
        person = self.person(True)
        clause = self.action(person, verb, "past", skip="company", extras=0.4, manner="-")
        word = join(simple("누구"), "과/와")
        who, marker = word.morphs
        return self.ask(clause, ([word], [("who", (who,))]), stranded=[("with", (marker,))])

    def where_question(self) -> Sentence:
        """너는 어디에 가니? -> where are you going?"""
        pick = self.pick
        verb = NUMBERED[pick.balanced(PLACED, 5)]
        subject = self.subject(verb.subjects, True)
        tense = self.tense(verb)
        if tense == "future" and not self.hearer(subject):
            tense = "past"
        clause = self.action(subject, verb, tense, skip="place", extras=0.4, manner="-")
        word = join(simple("어디"), place_particle(verb))
        return self.ask(clause, ([word], [("where", tuple(word.morphs))]))

    def when_question(self, kind: str) -> Sentence:
        """언제, 왜, 몇 시에."""
        pick = self.pick
        english: tuple[str, ...]
        if kind == "hour":
            options, words = TIMED, [simple("몇"), join(simple("시"), "에")]
            english = ("what", "time")
        else:
            options, words = ACTIONS, [simple("언제" if kind == "when" else "왜")]
            english = (kind,)
        if kind == "when":
            options = tuple(i for i in options if NUMBERED[i].base in (*DATED, *HOURLY))
        if kind == "why":  # nobody loses a watch for a reason
            causeless = [i for i in options if "past" in NUMBERED[i].flags]
            causeless += [i for i in options if NUMBERED[i].stem == "넣"]
            options = tuple(i for i in options if i not in causeless)
        verb = NUMBERED[pick.balanced(options, 5)]
        subject = self.person(True)
        if subject.noun and subject.noun.kind == "person":
            verb = NUMBERED[pick.any(able(options, subject.key))]
        plans = kind != "why" and self.hearer(subject)  # 왜 갈 거니? sounds like a reproach
        tense = "past" if pick.chance(0.7) or not plans else "future"
        if "past" in verb.flags:
            tense = "past"
        if kind == "hour":  # not: at what time did you go to Japan?
            far = expand("country town")
            verb = replace(verb, places=tuple(k for k in verb.places if k not in far))
        refused = kind == "why" and tense == "past" and pick.chance(0.3)
        refused = refused and not verb.flags & {"noneg", "past"}
        clause = self.action(
            subject,
            verb,
            tense,
            negation="long" if refused else "",
            time=False,
            extras=0.4,
            skip="time" if kind != "why" else "",
            manner="-",
        )
        clause.predicate.asked_at = 0
        tokens = [(e, tuple(w.morphs)) for e, w in zip(english, words, strict=True)]
        return self.ask(clause, (words, tokens))

    def whereabouts_question(self) -> Sentence:
        """책은 어디에 있니? -> where is the book?"""
        pick = self.pick
        key = pick.balanced(LOOKED_FOR)
        human = NOUN[key].is_human
        subject = self.person(True) if human else self.noun(key, "subject", counted=False)
        while not subject.words or subject.key == "너":
            subject = self.person(True)
        word = join(simple("어디"), "에")
        tense = "present" if pick.chance(0.6) else "past"
        clause = Clause(subject, Predicate([], "있", "exist", "be", "was"), tense)
        return self.ask(clause, ([word], [("where", tuple(word.morphs))]))

    def identity_question(self, kind: str) -> Sentence:
        """이것은 무엇이니, 그는 누구니."""
        pick = self.pick
        if kind == "is what":
            subject = self.this()
        elif pick.chance(0.3):
            subject = self.pronoun(pick.any(("그", "그녀", "너", "그들")))
        else:
            key = pick.balanced(UNKNOWN)
            subject = self.noun(key, "subject", counted=False, described=False, owned=False)
        korean, english = ("무엇", "what") if kind == "is what" else ("누구", "who")
        word = simple(korean)
        clause = Clause(subject, Predicate([], "", "copula", "be", "was"))
        return self.ask(clause, ([word], [(english, tuple(word.morphs))]))

    def price_question(self) -> Sentence:
        """이 가방은 얼마니? -> how much is this bag?"""
        things = tuple(k for k in ADJECTIVE_OF["비싸"].nouns if NOUN[k].kind != "place")
        subject = self.pointed(self.pick.balanced(things), self.pick.any(("이", "저")))
        word = simple("얼마")
        clause = Clause(subject, Predicate([], "", "copula", "be", "was"))
        return self.ask(clause, ([word], spread("how much", word.morphs)))

    def object_question(self, kind: str) -> Sentence:
        """너는 무엇을 먹니? 너는 누구를 만났니? 그는 무슨 책을 읽니? 너는 사과 몇 개를 먹었니?"""
        pick = self.pick
        options = [i for i in PEOPLE_VERBS if _object_askable(NUMBERED[i], kind)]
        verb = NUMBERED[pick.balanced(options, 5)]
        subject, tense = self.person(True), self.tense(verb)
        if kind == "many" or (tense == "future" and not self.hearer(subject)):
            tense = "past"
        wished = pick.chance(0.25) and verb.base in ASKED_FOR and kind != "many"
        wished = wished and tense != "future" and not verb.flags & {"stative", "past"}
        modality = "want" if wished else ""
        clause = self.action(
            subject, verb, tense, modality=modality, skip="object", extras=0.5, manner="-"
        )
        if kind in ("whom", "what"):
            korean, english = ("누구", "who") if kind == "whom" else ("무엇", "what")
            word = join(simple(korean), "을/를")
            return self.ask(clause, ([word], [(english, (word.morphs[0],))]))
        wanted = {k: f"{verb.stem}|{k}" for k in _askable(verb, kind)}
        key = pick.balanced(self.allowed(wanted))
        self.pairs.add(wanted[key])
        return self.ask(clause, _which(NOUN[key]) if kind == "which" else _how_many(NOUN[key]))
