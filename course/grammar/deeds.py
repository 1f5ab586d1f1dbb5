"""What somebody does: any verb with a subject, a tense and a mood that go with it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from .adverbs import HABITUAL
from .clause import Clause, Phrase, simple
from .clauses import NATURE, for_people
from .drawing import Unsayable
from .lexicon import NOUN, VERB, Verb, expand
from .phrases import ELDERS, NO_ARTICLE
from .tables.verb_classes import (
    DENIED,
    HABITS,
    ONGOING,
    OWED,
    PARTICIPLES,
    PLANNED,
    SHUNNED,
    SKILLS,
    UNWILLED,
    WANTED,
)
from .touches import Touches

NUMBERED = {str(i): verb for i, verb in enumerate(VERB) if "told" not in verb.flags}
PEOPLE_VERBS = tuple(i for i, v in NUMBERED.items() if for_people(v.subjects))
# Things and animals are presented when they do something: 개가 달린다.
KNOWN = tuple(
    i
    for i, v in NUMBERED.items()
    if "scene" not in v.flags or all(NOUN[k].kind == "person" for k in v.subjects)
)
PRESENTED = tuple(i for i, v in NUMBERED.items() if "scene" in v.flags)
UNDONE = tuple(i for i in PEOPLE_VERBS if NUMBERED[i].base in PARTICIPLES)
FEW = 60  # objects times subjects
PEOPLE = expand("PEOPLE")
TOLD = ("나", "나", "나", "그", "그녀", "우리", "그들")
ASKED = ("너", "너", "너", "너", "너희", "그", "그녀", "그들")


@cache
def able(verbs: tuple[str, ...], subject: str) -> tuple[str, ...]:
    """Return those of the verbs (keys of `NUMBERED`) that a noun can be the subject of."""
    return tuple(i for i in verbs if subject in NUMBERED[i].subjects) or verbs


def _goes_on(verb: Verb, tense: str, roll: float) -> bool:
    """Whether a deed is told as going on: 찾고 있다, 모자를 쓰고 있다, and now and then others."""
    if "ongoing" in verb.flags or (verb.base == "wear" and tense == "present"):
        return True
    if verb.flags & {"stative", "hither"} or (verb.stem, verb.base) == ("타", "take"):
        return False
    return verb.base in ONGOING and tense != "future" and roll < 0.16


def _modality(verb: Verb, question: bool, roll: float) -> str:
    """What one wants to, can or must do."""
    if verb.base in WANTED and roll < 0.3:
        return "want"
    if verb.base in SKILLS and roll < 0.45:
        return "can"
    return "must" if verb.base in OWED and not question and roll > 0.85 else ""


def _is_deniable(verb: Verb, tense: str, modality: str) -> bool:
    """Whether one may be expected to do it, and does not."""
    if modality == "must" or "noneg" in verb.flags or not for_people(verb.subjects):
        return False
    if "stative" in verb.flags:
        return True
    once = tense == "present" and not modality and verb.base not in SHUNNED
    return verb.base in DENIED and not once


class Deeds(Touches):
    """Random clauses of verbs, and people to do what they say."""

    # --- who ------------------------------------------------------------------------------------

    def person(self, question: bool = False, keys: tuple[str, ...] = PEOPLE) -> Phrase:
        """Somebody out of `keys`: a pronoun, a name, a relative, a man, a woman or a friend."""
        pick, roll = self.pick, self.pick.random.random()
        kin = [k for k in keys if NOUN[k].kind == "kin" and not (question and k in ELDERS)]
        others = [k for k in keys if k in ("남자", "여자") or (k == "친구" and not question)]
        if roll < 0.48:
            who = pick.any(ASKED if question else TOLD)
            if question and who == "너" and pick.chance(0.25):  # 어디에 가니?
                return self.unsaid(who)
            return self.pronoun(who)
        if roll < 0.72:
            return self.noun(pick.balanced(expand("name")), "subject", plain=True)
        if (roll < 0.94 or not others) and kin:
            return self.kin(pick.balanced(kin), asked=question)
        key = pick.balanced(others or expand("name"))
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

    def generic(self, key: str) -> Phrase:
        """A kind of things: 코끼리는 -> elephants."""
        return self.noun(key, "kind", "plural", counted=False, described=False)

    def liver(self, verb: Verb) -> bool:
        """Whether a verb says where a kind of animal lives: 고래는 바다에 산다."""
        return verb.base == "live" and not for_people(verb.subjects)

    # --- when, and in what mood -----------------------------------------------------------------

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
        roll = self.pick.random.random()
        if _goes_on(verb, tense, roll):
            return "progress", ""
        modality = negation = ""
        free = tense != "future" and not verb.flags & {"stative", "past"}
        if free and subject.is_human and for_people(verb.subjects):
            modality = _modality(verb, question, roll)
        if not question and _is_deniable(verb, tense, modality):
            negation = self._negation(verb, subject, tense, modality)
        return modality, negation

    def _negation(self, verb: Verb, subject: Phrase, tense: str, modality: str) -> str:
        """A negation now and then."""
        roll = self.pick.random.random()
        if modality == "can":
            return "long" if roll < 0.3 else ""
        if modality:
            return ""
        if roll < 0.06:
            return "unable" if "unable" in verb.flags else "long"
        if roll < 0.15 and tense != "future":
            willed = subject.is_human and not verb.flags & {"stative", "past"}
            return self._short_negation(verb, willed and verb.base not in UNWILLED)
        return ""

    def _short_negation(self, verb: Verb, willed: bool) -> str:
        """못 or 안 before a short verb, 지 못하다 behind a long one."""
        compound = verb.stem.endswith(("하", "되")) and len(verb.stem) > 2
        if "unable" in verb.flags or (willed and compound):
            return "unable"
        if compound or len(verb.stem) > 3 or verb.stem == "모르":
            return "long"
        return "cannot" if willed and self.pick.chance(0.6) else "short"

    # --- clauses --------------------------------------------------------------------------------

    def deed(
        self,
        question: bool = False,
        subject: Phrase | None = None,
        *,
        verbs: tuple[str, ...] = (),
        moods: bool = True,
        tense: str = "",
        extras: float = 1.0,
    ) -> Clause:
        """A clause with any verb, or with one of `verbs` (keys of `NUMBERED`)."""
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
        if tense == "future" and self.is_animal(subject.key):
            tense = "past"  # what an animal will do nobody says
        if question and tense == "present" and not verb.flags & {"stative", "ongoing"}:
            tense = "past" if pick.chance(0.7) else tense
        if question and tense == "future" and subject.pronoun != "you":
            tense = "past"  # plans are asked of the hearer alone
        if "past" in verb.flags:
            tense = "past"
        modality = negation = ""
        if moods:
            modality, negation = self.mood(verb, subject, tense, question)
        if "hither" in verb.flags and subject.person == "1s" and tense == "present":
            tense = "past"  # the speaker is here already
        if verb.stem == "가" and "to" in verb.flags and tense == "present" and not modality:
            daily = tuple(k for k in verb.places if k in HABITUAL)
            verb, tense = replace(verb, places=daily or verb.places), "present" if daily else "past"
        for_hours = moods and not question and not modality and not negation
        told_once = tense != "present" or verb.base == "work"
        for_hours = for_hours and told_once and self.timeless(verb)
        yet = moods and not question and (for_hours or self._may_be_yet(verb, tense, negation))
        clause = self.action(
            subject,
            verb,
            tense,
            modality=modality,
            negation=negation,
            time=not yet,
            extras=extras,
            manner="-" if yet else "",
        )
        if verb.stem == "일어나" and tense == "present" and len(clause.predicate.front) == 0:
            raise Unsayable  # when, then?
        if for_hours:
            self.lasting(clause, verb)
        elif moods and not question:
            self.touch(clause, verb, yet)
        if self.liver(verb):
            clause.negation = ""
        still = any(w == "still" for w, _ in clause.predicate.middle)
        if modality == "progress" and tense == "present" and not still and pick.chance(0.4):
            self.just_now(clause)
        return clause

    def yet(self) -> Clause:
        """아직 숙제를 하지 않았다 -> has not done his homework yet; 벌써 먹었다 -> already."""
        pick = self.pick
        verb = NUMBERED[pick.balanced(UNDONE, 4)]
        subject = self.subject(verb.subjects)
        negation = ("short" if pick.chance(0.5) else "long") if pick.chance(0.7) else ""
        if negation == "short":
            negation = self._short_negation(verb, willed=False)
        clause = self.action(
            subject, verb, "past", negation=negation, time=False, extras=0.3, manner="-"
        )
        self.perfect(clause, verb, sure=True)
        return clause

    def _may_be_yet(self, verb: Verb, tense: str, negation: str) -> bool:
        """Whether it may be said that it is not done yet, or done already."""
        likely = 0.6 if negation in ("long", "short") else 0.15
        return verb.base in PARTICIPLES and tense == "past" and self.pick.chance(likely)

    def just_now(self, clause: Clause) -> None:
        """Say that it goes on now: 지금 자고 있다."""
        now = simple("지금")
        clause.predicate.front.insert(0, now)
        clause.predicate.complement.append(("now", tuple(now.morphs)))
        clause.predicate.asked_at += 1

    def scene(self) -> Clause:
        """Somebody or something turns up: 아이가 울고 있다 -> a child is crying."""
        pick = self.pick
        verb = NUMBERED[pick.balanced(PRESENTED, 4)]
        keys = tuple(k for k in verb.subjects if NOUN[k].kind not in NO_ARTICLE)
        subject = self.noun(pick.balanced(keys), "new", described=False, owned=False, pointed=False)
        going = verb.base in ONGOING and subject.key not in NATURE and pick.chance(0.6)
        tense = "past" if "past" in verb.flags or pick.chance(0.6) else "present"
        if tense == "present" and not going and verb.base in ("come", "arrive"):
            tense = "past"
        clause = self.action(
            subject,
            verb,
            tense,
            modality="progress" if going else "",
            time=tense == "past" and not going,
            extras=0.7,
            manner="-",
        )
        return self.fronted(clause)

    def fronted(self, clause: Clause) -> Clause:
        """Time and place go before a subject that is presented: 어제 손님이 왔다."""
        front, at = clause.predicate.front, clause.predicate.asked_at
        clause.before, clause.predicate.front = [*clause.before, *front[:at]], front[at:]
        return clause
