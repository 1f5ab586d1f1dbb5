"""Who does what the scripts tell, and the clauses of it as leaves of a tree."""

from __future__ import annotations

from collections.abc import Sequence

from .clause import Clause, Phrase, Predicate
from .drawing import Unsayable
from .events import SAME, Event, Step, sense
from .lexicon import NOUN, Verb, expand
from .questions import Questions
from .tables.verb_classes import DATED
from .tree import About, Hung, Leaf, Node, Series, to_bed

TOLD_OF = {"나": "I", "그": "he", "그녀": "she", "우리": "we", "그들": "they"}
SPOKEN = {  # English: Korean stem, past, irregular class
    "think": ("생각하", "thought", ""),
    "say": ("말하", "said", ""),
    "hear": ("듣", "heard", "ㄷ"),
    "believe": ("믿", "believed", ""),
}
EVERYBODY = expand("name kin")
RIDING = ("타", "켜", "끄", "입", "끝내", "씻", "싸")  # 타고 가다: 고 where it goes on meanwhile


def _is_kin(person: Phrase) -> bool:
    return person.noun is not None and person.noun.kind == "kin"


class Telling(Questions):
    """People and leaves."""

    def told(self, told: Sequence[Event], future: bool = True) -> str:
        """A tense that all events allow."""
        if any(e.past_only for e in told):
            return "past"
        roll = self.pick.random.random()
        usual = any(e.is_state for e in told)  # of deeds one says that they happened, or will
        if usual and roll < 0.25:
            return "present"
        return "future" if future and roll > 0.78 else "past"

    def spare_rain(self, *told: Event) -> None:
        """Redraw every other rain or snow, so that 오다 is not said of them alone."""
        if any(e.kind == "weather" for e in told) and self.pick.chance(0.6):
            raise Unsayable

    def cast(
        self,
        told: Sequence[Event],
        *taken: Phrase,
        who: Sequence[str] = EVERYBODY,
        verbs: Sequence[Verb] = (),
        absent: bool = False,
    ) -> Phrase:
        """Somebody who can do all of this, and cannot be mistaken for those already there."""
        pick = self.pick
        done = [*verbs, *(e.verb() for e in told if e.kind == "verb" and not e.subjects)]
        busy = {t.pronoun for t in taken}
        if absent or busy & {"I", "we"}:
            busy |= {"I", "we"}
        hurt = any(e.kind == "pain" for e in told)
        nouns = self._free_nouns(who, taken, busy, done)
        pronouns = self._free_pronouns(taken, busy | {"we", "they"} if hurt else busy, done)
        if nouns and (pick.chance(0.5) or not pronouns):
            key = pick.balanced(nouns)
            if NOUN[key].kind == "kin":
                return self.kin(key, alone=not self.company and not taken)
            return self.noun(key, "subject", plain=True)
        if not pronouns:
            raise Unsayable
        return self.pronoun(pick.any(pronouns))

    def _free_nouns(
        self, who: Sequence[str], taken: Sequence[Phrase], busy: set[str], done: Sequence[Verb]
    ) -> list[str]:
        """Those who can do it and are not there yet; `busy` are the pronouns of those who are."""
        keys = {t.key for t in taken} | self.mentioned
        nouns = [
            k
            for k in who
            if k not in keys
            and NOUN[k].gender
            and NOUN[k].gender not in busy
            and all(k in v.subjects for v in done)
        ]
        if any(_is_kin(t) or t.key == "우리" or t.key in ("그", "그녀", "그들") for t in taken):
            nouns = [k for k in nouns if NOUN[k].kind != "kin"]  # whose mother, then?
        return nouns

    def _free_pronouns(
        self, taken: Sequence[Phrase], busy: set[str], done: Sequence[Verb]
    ) -> list[str]:
        """The pronouns of those who can do it and are not there yet."""
        pronouns = [
            k
            for k, p in TOLD_OF.items()
            if p not in busy and all(self.may(k, v.subjects) for v in done)
        ]
        if any(map(_is_kin, taken)):  # my husband, and who is she, or who are we?
            return [k for k in pronouns if k == "나"]
        if taken:  # whoever they are, nobody has spoken of them
            return [k for k in pronouns if k != "그들"]
        return pronouns

    def row_of(self, stem: str, key: str) -> Verb:
        """The row of VERBS with this stem that takes this object."""
        found = sense(stem, key, ())
        if found is None:
            raise ValueError(f"scripts: no row of VERBS says {stem} {key}; add it there")
        return found

    def leaf(
        self, what: Event, person: Phrase, tense: str, *, modality: str = "", negation: str = "",
        time: bool = False, before: Phrase | None = None, hung: bool = False,
    ) -> Leaf:  # fmt: skip
        """The clause of an event as a leaf; it is about `person` unless it has its own subject.

        `hung` says that the clause hangs on another one.
        """
        time = time and what.kind == "verb" and what.verb().base in DATED
        clause = self.happen(
            what,
            person,
            tense,
            modality=modality,
            negation=negation,
            time=time,
            extras=0.5 if time else 0.0,
            before=before,
            hung=hung,
        )
        return Leaf(clause, None if what.subjects else person)

    def chain(
        self,
        told: Sequence[Event],
        links: Sequence[str],
        person: Phrase,
        tense: str,
        time: bool = False,
    ) -> Node:
        """Events of one person one after another."""
        first, *rest = told
        parts: list[Node] = [self.leaf(first, person, tense, time=time)]
        parts += [self.leaf(what, person, tense) for what in rest]
        if len(told) > 1 and told[-1].stem == "자" and told[-2].stem != "눕":
            to_bed(parts[-1])  # 책을 읽고 잤다: and went to bed
        return parts[0] if len(parts) == 1 else Series(parts, list(links))

    def steps(self, told: Sequence[Event]) -> list[str]:
        """What joins events of which each leads to the next: 가서, 만나서, but 타고."""
        return ["and" if e.stem in RIDING else "then" for e in told[:-1]]

    def swap(self, sub: Clause, main: Clause, thing: Phrase) -> None:
        """Name the shared thing in the English clause that comes first.

        Korean has it in the clause that hangs; English writes that one after the other: he could
        not pass the exam because it was difficult.
        """
        pronoun = self.taken_up(thing).tokens
        main.predicate.complement = [
            t
            for token in main.predicate.complement
            for t in (thing.tokens if token == pronoun[0] else [token])
        ]
        if sub.thing is None:
            nominative = {"them": "they"}.get(pronoun[0][0], pronoun[0][0])
            sub.english_subject = [(nominative, pronoun[0][1])]
        else:
            kept = [t for t in sub.predicate.complement if t not in thing.tokens]
            sub.predicate.complement = [*pronoun, *kept]

    def caused(
        self, cause: Event, effect: Step, refused: bool, relation: str, person: Phrase, tense: str
    ) -> Node:
        """Cause and effect as a tree; `refused` says that the effect does not come about."""
        sub = self.leaf(cause, person, "present" if tense == "future" else tense, hung=True)
        moving = cause.kind == "weather" or (cause.kind == "verb" and cause.subjects)
        if relation in ("so", "because") and moving:
            sub.clause.predicate.ongoing = True  # because it is raining, because the baby is crying
        before = sub.clause.thing or (sub.clause.subject if cause.subjects else None)
        negation = (effect[0].negation or "long") if refused else ""
        if negation == "unable" and tense == "future":
            tense = "present"  # 방이 추우면 자지 못한다
        if len(effect) > 1:
            return Hung(relation, sub, self.chain(effect, self.steps(effect), person, tense))
        main = self.leaf(effect[0], person, tense, negation=negation, before=before)
        if SAME in effect[0].objects and before:
            self.swap(sub.clause, main.clause, before)
        return Hung(relation, sub, main)

    def told_by(self, person: Phrase, inner: Node, by: str) -> Node:
        """나는 …다고 생각한다 -> I think that …"""
        stem, past, irregular = SPOKEN[by]
        predicate = Predicate([], stem, "verb", by, past, irregular, by + "s")
        tense = "past" if by in ("say", "hear") or self.pick.chance(0.25) else "present"
        outer = Leaf(Clause(person, predicate, tense), person)
        return About(person, Hung("that", inner, outer))
