"""Clauses that say what an event of the scripts tells."""

from __future__ import annotations

from .clause import Clause, Phrase
from .clauses import Clauses
from .drawing import Unsayable
from .events import ANYBODY, SAME, Event
from .lexicon import NOUN, expand

POINTED_OUT = set(expand("책 영화 옷 신발 가방"))
LONG = 3  # syllables of a stem before which 못 is not put
# 배고프다, which can be said in two words: part of the body, stem.
IN_TWO_WORDS = {"배고프": ("배", "고프"), "목마르": ("목", "마르"), "배부르": ("배", "부르")}


class Happenings(Clauses):
    """The clauses of events."""

    def happen(
        self, what: Event, person: Phrase, tense: str, *, modality: str = "", negation: str = "",
        time: bool = False, extras: float = 0.0, before: Phrase | None = None, hung: bool = False,
    ) -> Clause:  # fmt: skip
        """The clause of an event, said of `person` unless the event has a subject of its own.

        `before` is the thing of the clause before, which the object ``=`` takes up. A clause that
        is `hung` says 기쁠 때 of everybody, where a sentence of its own says 기뻐한다.
        """
        negation = negation or what.negation
        subject = self._own_subject(what, person) if what.subjects else person
        if what.kind == "verb":
            return self._deed(what, subject, tense, modality, negation, time, extras, before)
        if what.kind == "adjective":
            return self._quality(what, subject, tense, negation, hung)
        if negation and what.kind != "weather":
            raise Unsayable
        if what.kind == "have":
            key = self.pick.balanced(what.objects)
            return self.have(subject, what.stem, key, tense, counted=False)
        if what.kind == "where":
            return self._staying(subject, self.pick.balanced(what.places), tense)
        if what.kind == "state":
            body = NOUN[what.part].korean if what.part in NOUN else what.part
            return self.state(subject, body, what.stem, tense)
        if what.kind == "pain":
            known = what.part in NOUN
            part = what.part if known else next(k for k in NOUN if NOUN[k].korean == what.part)
            return self.pain(subject, part, tense)
        return self.weather(what.subjects[0], tense, modality, negation)

    def _staying(self, subject: Phrase, key: str, tense: str) -> Clause:
        """비가 와서 집에 있었다 -> stayed at home."""
        clause = self.whereabouts(subject, key, tense)
        said = clause.predicate
        said.base, said.past, said.third, said.gerund = "stay", "stayed", "stays", "staying"
        return clause

    def _own_subject(self, what: Event, person: Phrase) -> Phrase:
        key = self.pick.any(what.subjects)
        if NOUN[key].kind == "kin":
            if person.is_plural and key in ("아내", "남편"):
                raise Unsayable
            if not person.pronoun or (person.noun and person.noun.kind == "kin"):
                raise Unsayable
            return self.own_kin(key, person)
        role = "new" if NOUN[key].kind == "person" and what.kind == "verb" else "subject"
        if key in POINTED_OUT and self.pick.chance(0.7):  # 그 책이 어려워서
            with self.detailed(1e-9):
                return self.noun(
                    key, "object", "the", counted=False, described=False, owned=False, known=1.0
                )
        return self.noun(key, role, plain=True)

    def _quality(
        self, what: Event, subject: Phrase, tense: str, negation: str, hung: bool
    ) -> Clause:
        adjective = what.adjective_of(subject.key)
        felt = "felt" in adjective.flags and subject.is_third and tense == "present" and not hung
        plain = what.stem in IN_TWO_WORDS and not felt and not negation
        if plain and self.pick.chance(0.5):
            return self.state(subject, *IN_TWO_WORDS[what.stem], tense)
        return self.quality(subject, adjective, tense, degree=False, negation=negation, hung=hung)

    def _deed(
        self, what: Event, subject: Phrase, tense: str, modality: str, negation: str, time: bool,
        extras: float, before: Phrase | None,
    ) -> Clause:  # fmt: skip
        key = self.chosen(what)
        verb = what.verb(key)
        if negation == "unable" and len(verb.stem) < LONG and not verb.stem.endswith("하"):
            short = verb.stem == "자" or self.pick.chance(0.4)  # 잠을 못 자서
            negation = "cannot" if short else "unable"
        elif negation == "long" and "unable" in verb.flags:
            negation = "unable"
        if key == SAME and before is None:
            raise ValueError(f"scripts: the clause before {what.text!r} names no thing for its =")
        instead = self.taken_up(before) if key == SAME and before else None
        receivers = () if what.receivers == ANYBODY else what.receivers
        return self.action(
            subject,
            verb,
            tense,
            modality=modality,
            negation=negation,
            time=time,
            extras=extras,
            skip="receiver" if what.subjects and what.stem == "전화하" else "",
            manner=what.manner or "-",
            instead=instead,
            placed=bool(what.places),
            giving=bool(what.receivers),
            receivers=receivers,
            alone=True,
        )

    def chosen(self, what: Event) -> str:
        """One of an event's objects, "" if it has none."""
        if not what.objects or what.objects == (SAME,):
            return what.objects[0] if what.objects else ""
        keys = {k: f"{what.stem}|{k}" for k in what.objects}
        return self.pick.balanced(self.allowed(keys))
