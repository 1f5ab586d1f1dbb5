"""The contents of a clause: times, places, objects, verbs and adjectives with what they take."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from .grammar import (
    HUMANS,
    PRONOUNS,
    Grammar,
    Morph,
    Phrase,
    Predicate,
    Token,
    Word,
    join,
    simple,
)
from .lexicon import (
    DEGREES,
    FREQUENCIES,
    MANNERS,
    NOUN,
    NUMERALS,
    TIMES,
    VERB,
    Adjective,
    Verb,
)


class Sentence(NamedTuple):
    """A finished pair, and the pairs of words in it that may be held out."""

    korean: str
    morphemes: tuple[str, ...]
    english: tuple[str, ...]
    alignment: frozenset[tuple[int, int]]
    clauses: int
    pairs: frozenset[str]


def finish(words: list[Word], tokens: list[Token], clauses: int, pairs: set[str]) -> Sentence:
    """Number the morphemes and tokens, and turn what expresses what into index pairs."""
    morphs = [m for w in words for m in w.morphs]
    place = {id(m): i for i, m in enumerate(morphs)}
    alignment = frozenset(
        (place[id(m)], j) for j, (_, sources) in enumerate(tokens) for m in sources
    )
    mark = "?" if tokens[-1][0] == "?" else "."
    return Sentence(
        " ".join(w.surface for w in words) + mark,
        tuple(m.form for m in morphs),
        tuple(t for t, _ in tokens),
        alignment,
        clauses,
        frozenset(pairs),
    )


def _times() -> dict[str, list[tuple[str, str]]]:
    table: dict[str, list[tuple[str, str]]] = {"past": [], "present": [], "future": []}
    for line in TIMES.strip().splitlines():
        korean, english, tenses = (cell.strip() for cell in line.split("|"))
        for tense in tenses.split():
            table[tense].append((korean, english))
    return table


TIME_TABLE = _times()
HOURS = tuple(NUMERALS)
MANNER_OF: dict[str, list[tuple[str, str]]] = {}
for _line in MANNERS.strip().splitlines():
    _korean, _english, _verbs = (cell.strip() for cell in _line.split("|"))
    for _verb in _verbs.split():
        MANNER_OF.setdefault(_verb, []).append((_korean, _english))


@cache
def for_people(keys: tuple[str, ...]) -> bool:
    """Whether a list of subjects is open to people in general, and so to pronouns."""
    return sum(NOUN[key].is_human for key in keys) > 50


VERB_NAMES = tuple(str(i) for i in range(len(VERB)))
PEOPLE_VERBS = tuple(i for i in VERB_NAMES if for_people(VERB[int(i)].subjects))
ACTION_VERBS = tuple(i for i in PEOPLE_VERBS if "stative" not in VERB[int(i)].flags)
RELATIONS = {"위": "on", "안": "in", "옆": "next to", "뒤": "behind", "앞": "in front of",
             "아래": "under"}  # fmt: skip


def spread(text: str, morphs: tuple[Morph, ...]) -> list[Token]:
    """Tokens of an English expression, all of them expressing the same morphemes."""
    return [(w, morphs) for w in text.replace("_", " ").split()]


class Clauses(Grammar):
    """Random parts of clauses."""

    # --- parts of a clause ------------------------------------------------------------------

    def time(self, tense: str) -> tuple[list[Word], list[Token]]:
        """A time expression that the tense allows."""
        if self.pick.chance(0.18):
            hour = self.pick.balanced(HOURS)
            words = [simple(hour), join(simple("시"), "에")]
            return words, [
                ("at", (words[1].morphs[1],)),
                (_numeral(hour), tuple(words[0].morphs)),
                ("o'clock", (words[1].morphs[0],)),
            ]
        options = TIME_TABLE[tense]
        korean = self.pick.balanced([k for k, _ in options])
        english = dict(options)[korean]
        return time_phrase(korean, english)

    def place(self, verb: Verb, owner: str) -> tuple[list[Word], list[Token]]:
        """Where it happens: 공원에서 -> in the park; 학교에 -> to school."""
        key = self.pick.balanced(verb.places)
        noun = NOUN[key]
        to = "to" in verb.flags
        static = verb.flags & {"to", "on", "bare", "arrive"} or verb.base in ("live", "stay")
        static = static or verb.base == "move"
        phrase = self.noun(key, "place", owner=owner)
        words = phrase.marked("에" if static else "에서")
        marker = tuple(words[-1].morphs[-1:])
        if "bare" in verb.flags:
            preposition = ""
        elif to:
            preposition = "" if phrase.tokens[0][0] == "home" else "to"
        elif noun.kind == "thing":
            preposition = "on"
        else:
            preposition = next((p for p in ("at", "in", "on") if p in noun.flags), "in")
        return words, [*spread(preposition, marker), *phrase.tokens]

    def person(self, owner: str, with_pronouns: bool = True) -> Phrase:
        """A human object: a person, a name, one of the family, or a pronoun."""
        if with_pronouns and self.pick.chance(0.25):
            options = [k for k in PRONOUNS if k not in (owner, "너희") and not
                       {k, owner} <= {"나", "우리"} and not {k, owner} <= {"너", "너희"}]  # fmt: skip
            return self.object_pronoun(self.pick.any(options))
        return self.noun(
            self.pick.balanced([h for h in HUMANS if h != owner]), "object", owner=owner
        )

    def subject(self, keys: tuple[str, ...], question: bool = False) -> Phrase:
        """A subject: a pronoun where people act, otherwise one of `keys`."""
        if for_people(keys) and self.pick.chance(0.42):
            options = ("나", "나", "그", "그녀", "우리", "그들", "너") if not question else (
                "너", "너", "너", "너희", "그", "그녀", "그들", "우리")  # fmt: skip
            return self.pronoun(self.pick.any(options))
        return self.noun(self.pick.balanced(keys), "subject")

    # --- predicates -------------------------------------------------------------------------

    def verb_predicate(
        self, verb: Verb, subject: Phrase, tense: str, *, objects: tuple[str, ...] = (),
        places: tuple[str, ...] = (), skip: str = "", extras: bool = True, time: bool = True,
        negative: bool = False, plain_object: bool = False,
    ) -> Predicate:  # fmt: skip
        """A verb with its object, place, time and manner, as far as it takes them.

        `skip` leaves out what a question asks for: "object", "place", "time".
        """
        pick = self.pick
        front: list[Word] = []
        complement: list[Token] = []
        late: list[Word] = []
        often: list[Token] = []
        stative = "stative" in verb.flags
        if time and extras and not stative and skip != "time" and pick.chance(0.3):
            words, tokens = self.time(tense)
            front += words
            when = tokens
        else:
            when = []
            habit = tense == "present" and not stative and not negative and extras
            if habit and pick.chance(0.12):
                korean = pick.balanced(tuple(FREQUENCIES))
                front.append(simple(korean))
                often = spread(FREQUENCIES[korean], tuple(front[-1].morphs))
        needs_place = verb.flags & {"to", "on", "bare"} or verb.base in ("live", "stay", "move")
        where: list[Token] = []
        if verb.places and skip != "place" and (needs_place or (extras and pick.chance(0.33))):
            chosen = verb
            if places:
                chosen = Verb(**{**verb.__dict__, "places": places})
            words, where = self.place(chosen, subject.key)
            front += words
        company: list[Token] = []
        if "comitative" in verb.flags and pick.chance(0.75):
            other = self.person(subject.key)
            words = other.marked("과/와")
            front += words
            company = [("with", tuple(words[-1].morphs[-1:])), *other.tokens]
        receiver: list[Token] = []
        if "dative" in verb.flags and (pick.chance(0.7) or verb.base == "give"):
            other = self.person(subject.key)
            words = other.marked("에게")
            front += words
            receiver = [("to", tuple(words[-1].morphs[-1:])), *other.tokens]
        if verb.objects and skip != "object":
            phrase = self.object(verb, subject, objects or verb.objects, plain_object)
            front += phrase.marked("이/가" if "become" in verb.flags else "을/를")
            complement += phrase.tokens
        manner: list[Token] = []
        options = MANNER_OF.get(verb.base, [])
        if subject.person != "p":
            options = [o for o in options if o[1] != "together"]
        if options and extras and not negative and not often and not stative and pick.chance(0.2):
            korean = pick.balanced([k for k, _ in options])
            late.append(simple(korean))
            manner = spread(dict(options)[korean], tuple(late[0].morphs))
        return Predicate(
            [*front, *late], verb.stem, "verb", verb.base, verb.past, verb.irregular, verb.third,
            verb.gerund, verb.tail, [*complement, *receiver, *company, *where, *manner, *when],
            often, contract="uncontracted" not in verb.flags,
        )  # fmt: skip

    def object(
        self, verb: Verb, subject: Phrase, keys: tuple[str, ...], plain: bool = False
    ) -> Phrase:
        """The object of a verb; remembers the pair."""
        pick = self.pick
        human = len([k for k in keys[:80] if NOUN[k].is_human]) > 20
        if human and "become" not in verb.flags and pick.chance(0.2):
            return self.person(subject.key)
        key = pick.balanced([k for k in keys if k != subject.key])
        self.pairs.add(f"{verb.stem}|{key}")
        definite = next((f for f in ("the", "plural") if f in verb.flags), "")
        if NOUN[key].kind in ("place",):
            definite = "the"
        if "become" in verb.flags:
            return self.noun(key, "complement", owner=subject.key, plain=not pick.chance(0.3),
                             plural=is_plural(subject))  # fmt: skip
        return self.noun(key, "object", definite, owner=subject.key, plain=plain)

    def adjective_predicate(
        self, adjective: Adjective, degree: bool = True, time: bool = False, tense: str = "present"
    ) -> Predicate:
        """예쁘다 -> is pretty."""
        front: list[Word] = []
        when: list[Token] = []
        if time:
            front, when = self.time(tense)
        amount: list[Token] = []
        if degree and self.pick.chance(0.25):
            korean = self.pick.balanced(tuple(DEGREES))
            front = [*front, simple(korean)]
            amount = spread(DEGREES[korean], tuple(front[-1].morphs))
        predicate = Predicate(
            front, adjective.stem, "adjective", "be", "was", adjective.irregular,
            stem_in_english=False,
        )  # fmt: skip
        predicate.complement = [
            *amount, (adjective.english, (predicate.stem_morph,)), *when
        ]  # fmt: skip
        return predicate


def is_plural(phrase: Phrase) -> bool:
    """Whether a subject is more than one: 우리, 그들, 너희, 학생들."""
    return phrase.person == "p" or phrase.key == "너희"


def _numeral(korean: str) -> str:
    return NUMERALS[korean]


def time_phrase(korean: str, english: str) -> tuple[list[Word], list[Token]]:
    """A row of `TIMES` in both languages: 아침에 -> in the morning, 다음 주에 -> next week.

    에 goes with the preposition, 마다 with 'every', and the rest with the rest.
    """
    words: list[Word] = []
    parts = korean.split()
    for part in parts:
        for mark in ("마다", "에"):
            if part.endswith(mark):
                words.append(join(simple(part.removesuffix(mark)), mark))
                break
        else:
            words.append(simple(part))
    last = words[-1].morphs
    names = english.split("_")
    tokens: list[Token] = []
    if len(last) == 2 and last[1].form == "마다":
        tokens = [("every", (last[1],)), (names[1], (last[0],))]
    elif names[0] in ("in", "at", "on", "during"):
        body = [(n, () if n == "the" else (last[0],)) for n in names[1:]]
        tokens = [(names[0], (last[1],)), *body]
    elif len(words) == 2:
        tokens = [(names[0], (words[0].morphs[0],)), (names[1], (last[0],))]
    else:
        tokens = [(n, (last[0],)) for n in names]
    return words, tokens
