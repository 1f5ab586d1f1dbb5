"""The contents of a clause: times, places, objects, verbs and adjectives with what they take."""

from __future__ import annotations

from collections.abc import Sequence
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
    article,
    join,
    simple,
)
from .lexicon import (
    DEGREES,
    EXCESSIVE,
    FREQUENCIES,
    HABITS,
    LASTING,
    MANNERS,
    NOUN,
    NUMERALS,
    SEASONAL,
    SLIGHT,
    TIMES,
    Adjective,
    Verb,
    expand,
    rows,
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


def _times() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {"past": {}, "present": {}, "future": {}}
    for korean, english, tenses in rows(TIMES):
        for tense in tenses.split():
            table[tense][korean] = english
    return table


def _manners() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for korean, english, verbs in rows(MANNERS):
        for verb in verbs.split():
            table.setdefault(verb, {})[korean] = english
    return table


TIME_TABLE = _times()  # tense: Korean: English
SEASONS = (
    "in_January", "in_February", "in_March", "in_April", "in_May", "in_June", "in_July",
    "in_August", "in_September", "in_October", "in_November", "in_December", "in_spring",
    "in_summer", "in_autumn", "in_winter", "last_month", "last_year", "next_month", "next_year",
)  # fmt: skip
WEEKDAYS = ("on_", "at_the", "every")
DAYTIMES = ("in_the", "at_", "during", "every", "on_", "today", "tomorrow", "yesterday",
            "the_day", "last_night")  # fmt: skip
NEAR_DAYS = ("today", "tomorrow", "yesterday", "the_day", "every_day")
MANNER_OF = _manners()  # English verb: Korean: English
MEANS = {  # verb: by what, with what
    **dict.fromkeys(
        ("go", "come", "arrive", "travel"), expand("버스 기차 택시 비행기 자전거 배#ship 차#car")
    ),
    "write": expand("연필 펜"), "draw": expand("연필 펜"), "cut": expand("칼"),
    "빨": expand("비누"), "씻": expand("물"), "wipe": expand("수건 종이"),
}  # fmt: skip
POSSESSIVE_OF = {subject: possessive for subject, _, possessive, _ in PRONOUNS.values()}
PAIRED = {  # kinds of which two make an object: 사과와 배를
    "fruit", "vegetable", "dish", "food", "hotdrink", "drink", "alcohol", "language", "subject",
    "animal", "clothes", "pen", "machine", "name", "kin", "person", "book", "text",
}  # fmt: skip


@cache
def for_people(keys: tuple[str, ...]) -> bool:
    """Whether a list of subjects is open to people in general, and so to pronouns."""
    return sum(NOUN[key].is_human for key in keys) > 50


def location_preposition(key: str) -> str:
    """at, in or on, as English has it with this place."""
    noun = NOUN[key]
    default = "on" if noun.kind == "thing" else "in"
    return next((p for p in ("at", "in", "on") if p in noun.flags), default)


def needs_place(verb: Verb) -> bool:
    """Whether a verb is not complete without a place."""
    return bool(verb.flags & {"to", "on", "bare"}) or verb.base in ("live", "stay")


def place_particle(verb: Verb) -> str:
    """에 for a goal and with verbs of staying, 에서 for the scene of an action."""
    if "towards" in verb.flags:
        return "으로/로"
    return "에" if needs_place(verb) or "arrive" in verb.flags else "에서"


def spread(text: str, morphs: Sequence[Morph]) -> list[Token]:
    """Tokens of an English expression, all of them expressing the same morphemes."""
    return [(w, tuple(morphs)) for w in text.replace("_", " ").split()]


class Clauses(Grammar):
    """Random parts of clauses."""

    # --- parts of a clause ------------------------------------------------------------------

    def time(
        self, tense: str, base: str = "be", negative: bool = False
    ) -> tuple[list[Word], list[Token]]:
        """A time expression that the tense and the English verb `base` allow.

        'does not eat every morning' has two readings, so a negation takes none with 'every'.
        """
        if base not in (*LASTING, "be", "rise", "set") and self.pick.chance(0.18):
            hour = self.pick.balanced(tuple(NUMERALS))
            words = [simple(hour), join(simple("시"), "에")]
            return words, [
                ("at", (words[1].morphs[1],)),
                (NUMERALS[hour], tuple(words[0].morphs)),
                ("o'clock", (words[1].morphs[0],)),
            ]
        options = {
            korean: english
            for korean, english in TIME_TABLE[tense].items()
            if not (negative and english.startswith("every"))
            and not (base in LASTING and english.startswith(DAYTIMES))
            and not (
                base in ("rise", "set", "die")
                and english.startswith(WEEKDAYS)
                and english != "every_day"
            )
            and not (base in ("rise", "set") and not english.startswith(NEAR_DAYS))
            and (base in SEASONAL or not english.startswith(SEASONS))
        }
        korean = self.pick.balanced(tuple(options))
        return time_phrase(korean, options[korean])

    def place(
        self, key: str, marker: str, owner: str = "", preposition: str | None = None
    ) -> tuple[list[Word], list[Token]]:
        """Where it happens: 공원에서 -> in the park; 학교에 -> to school."""
        phrase = self.noun(key, "place", owner=owner)
        words = phrase.marked(marker)
        if preposition is None:
            preposition = location_preposition(key)
        elif phrase.tokens[0][0] == "home":
            preposition = ""
        return words, [*spread(preposition, words[-1].morphs[-1:]), *phrase.tokens]

    def place_of(self, verb: Verb, owner: str) -> tuple[list[Word], list[Token]]:
        """Where a verb happens, with the particle and preposition that it asks for."""
        places = verb.places
        if self.detail < 1 and "to" in verb.flags:  # nobody goes to Paris between two chores
            places = tuple(k for k in places if NOUN[k].kind == "place") or places
        if verb.base == "swim" and owner in ("고래", "상어"):
            places = ("바다",)
        key = self.pick.balanced(places)
        if verb.base == "swim":
            return self.place(key, place_particle(verb), owner, "in")
        preposition = "to" if "to" in verb.flags else "" if "bare" in verb.flags else None
        return self.place(key, place_particle(verb), owner, preposition)

    def person(self, owner: str, counted: bool = True, article_: str = "") -> Phrase:
        """A human object: a person, a name, one of the family, or a pronoun."""
        pick = self.pick
        if pick.chance(0.25):
            near = [{"나", "우리"}, {"너", "너희"}, {"그"}, {"그녀"}, {"그들"}]
            options = [
                k for k in PRONOUNS if k != "너희" and not any({k, owner} <= n for n in near)
            ]
            return self.object_pronoun(pick.any(options))
        key = pick.balanced([h for h in HUMANS if h != owner])
        return self.noun(key, "object", article_, owner=owner, counted=counted)

    def subject(
        self, keys: tuple[str, ...], question: bool = False, *, topic: bool = True,
        described: bool = True, people: bool = False,
    ) -> Phrase:  # fmt: skip
        """A subject: a pronoun where people act (or `people` says so), otherwise one of `keys`.

        A `topic` is definite, so it is not counted; `described` allows an adjective.
        """
        if (people or for_people(keys)) and self.pick.chance(0.42):
            asked = ("너", "너", "너", "너희", "그", "그녀", "그들")
            told = ("나", "나", "그", "그녀", "우리", "그들", "너")
            who = self.pick.any(asked if question else told)
            if question and who == "너" and self.pick.chance(0.2):  # 어디에 가니?
                return self.unsaid(who)
            return self.pronoun(who)
        key = self.pick.balanced(keys)
        every = topic and not question and self.detail == 1.0 and self.pick.chance(0.025)
        return self.noun(
            key, "subject", counted=not topic, described=described, every=every, plain=every
        )

    # --- predicates -------------------------------------------------------------------------

    def verb_predicate(
        self, verb: Verb, subject: Phrase, tense: str, *, skip: str = "", extras: float = 1.0,
        time: bool = True, negative: bool = False,
    ) -> Predicate:  # fmt: skip
        """A verb with its object, place, time and manner, as far as it takes them.

        `skip` leaves out what a question asks for: "object", "place", "time"; `extras` scales how
        often the parts stand that the verb can do without.
        """
        pick = self.pick
        stative = "stative" in verb.flags
        words: dict[str, list[Word]] = {}
        tokens: dict[str, list[Token]] = {}
        often: list[Token] = []
        free = extras > 0 and not stative
        time = time and not ("single" in verb.flags and tense == "present")
        still = negative and tense == "present" and verb.base in ("rise", "set", *LASTING)
        if time and free and skip != "time" and not still and pick.chance(0.24 * extras):
            words["time"], tokens["time"] = self.time(tense, verb.base, negative)
        elif (
            time
            and free
            and tense == "present"
            and verb.base in HABITS
            and not negative
            and (pick.chance(0.2))
        ):
            korean = pick.balanced(tuple(FREQUENCIES))
            words["time"] = [simple(korean)]
            often = spread(FREQUENCIES[korean], words["time"][0].morphs)
        if verb.places and skip != "place":
            if needs_place(verb) or "placed" in verb.flags or pick.chance(0.26 * extras):
                words["place"], tokens["place"] = self.place_of(verb, subject.key)
        if "comitative" in verb.flags and skip != "company" and pick.chance(0.75):
            other = self.person(subject.key, not negative)
            words["company"] = other.marked("과/와")
            tokens["company"] = [
                ("with", tuple(words["company"][-1].morphs[-1:])), *other.tokens
            ]  # fmt: skip
        if "dative" in verb.flags and (pick.chance(0.7) or verb.base == "give"):
            other = self.person(subject.key, not negative)
            words["receiver"] = other.marked("에게")
            tokens["receiver"] = [
                ("to", tuple(words["receiver"][-1].morphs[-1:])), *other.tokens
            ]  # fmt: skip
        means = MEANS.get(verb.stem, MEANS.get(verb.base, ()))
        carried = subject.noun is not None and not subject.noun.is_human
        if skip == "means" or "bare" in verb.flags or carried:
            means = ()
        if means and free and not negative and pick.chance(0.15 * extras):
            words["means"], tokens["means"] = self.means(pick.balanced(means))
        if verb.objects and skip != "object":
            words["object"], tokens["object"] = self.object(verb, subject, negative)
            if tokens["object"][-1][0] in ("breakfast", "lunch", "dinner"):  # has a time of its own
                words.pop("time", None), tokens.pop("time", None)
                often = []
        options = MANNER_OF.get(verb.base, {}) if verb.tail != ("married",) else {}
        if subject.person != "p":
            options = {k: e for k, e in options.items() if e != "together"}
        if subject.noun is not None and not subject.noun.is_human:
            options = {k: e for k, e in options.items() if e not in ("together", "alone")}
        if skip == "time" or "time" in words:  # early and late are times, too
            options = {k: e for k, e in options.items() if e not in ("early", "late")}
        if verb.stem == "하" or skip == "object":  # 잘하다 is a verb of its own
            options = {k: e for k, e in options.items() if k != "잘"}
        if options and free and not negative and not often and pick.chance(0.15 * extras):
            korean = pick.balanced(tuple(options))
            if "같이" in options and pick.chance(0.4):  # only of several people
                korean = "같이"
            words["manner"] = [simple(korean)]
            late = options[korean] in ("early", "late", "again")
            tokens["late" if late else "manner"] = spread(
                options[korean], words["manner"][0].morphs
            )
        goal = bool(verb.flags & {"to", "arrive"})
        talking = "comitative" in verb.flags  # talks quietly with her
        korean_order: tuple[str, ...] = (
            "time",
            "place",
            "company",
            "receiver",
            "means",
            "object",
            "manner",
        )
        english_order = (
            "object", "receiver", *(("manner",) if talking else ()), "company",
            *(() if goal else ("means",)), *(() if talking else ("manner",)), "place",
            *(("means",) if goal else ()), "late", "time",
        )  # fmt: skip
        if goal:  # 버스로 학교에 간다
            korean_order = ("time", "means", "company", "place", "manner")
        return Predicate(
            [w for part in korean_order for w in words.get(part, [])],
            verb.stem, "verb", verb.base, verb.past, verb.irregular, verb.third, verb.gerund,
            verb.tail, [t for part in english_order for t in tokens.get(part, [])], often,
            contract="uncontracted" not in verb.flags,
            asked_at=len(words.get("time", [])) + (0 if skip != "object" else sum(
                len(words.get(p, [])) for p in ("place", "company", "receiver", "means"))),
        )  # fmt: skip

    def means(self, key: str) -> tuple[list[Word], list[Token]]:
        """버스로 -> by bus; 연필로 -> with a pencil."""
        noun = NOUN[key]
        word = join(simple(noun.korean), "으로/로")
        head, marker = word.morphs
        body: list[Token] = [(w, (head,)) for w in noun.english]
        if noun.kind in ("vehicle", "ship"):
            return [word], [("by", (marker,)), *body]
        determiner = [] if noun.is_mass else [(article(body), ())]
        return [word], [("with", (marker,)), *determiner, *body]

    def object(
        self, verb: Verb, subject: Phrase, negative: bool = False
    ) -> tuple[list[Word], list[Token]]:
        """The object of a verb, now and then two of them; remembers the pairs.

        Under a negation nothing is counted: 'does not meet one queen' has two readings.
        """
        pick = self.pick
        near = verb.objects
        if self.detail < 1 and verb.base in ("visit", "leave"):  # no journeys between two chores
            near = tuple(k for k in near if NOUN[k].kind not in ("town", "country"))
        wanted = {k: f"{verb.stem}|{k}" for k in near or verb.objects if k != subject.key}
        male = subject.pronoun == "he" or (subject.noun and subject.noun.gender == "he")
        if "own" in verb.flags and male:
            wanted = {k: pair for k, pair in wanted.items() if k not in ("치마", "드레스")}
        keys = tuple(self.allowed(wanted))
        if "become" in verb.flags:
            key = pick.balanced(keys)
            phrase = self.noun(
                key, "complement", owner=subject.key, plain=not pick.chance(0.3),
                plural=is_plural(subject),
            )  # fmt: skip
            return phrase.marked("이/가"), phrase.tokens
        if sum(NOUN[k].is_human for k in keys) > 20 and pick.chance(0.15):
            definite = "the" if "the" in verb.flags else ""
            phrase = self.person(subject.key, not negative, definite)
            return phrase.marked("을/를"), phrase.tokens
        definite = next((f for f in ("the", "plural") if f in verb.flags), "")
        # What is worn is named often enough: elsewhere it shall not be avoided for that.
        key = pick.any(keys) if "own" in verb.flags else pick.balanced(keys)
        if verb.stem == "먹" and "배#pear" in keys and pick.chance(0.2):
            key = "배#pear"  # few verbs take pears; 배를 타다 shall not swallow the word
        first = self.object_noun(verb, key, definite, subject, negative=negative)
        kind = first.noun.kind if first.noun else ""
        similar = [k for k in keys if NOUN[k].kind == kind and k != first.key]
        if kind in PAIRED and similar and len(first.words) == 1 and pick.chance(0.12 * self.detail):
            second = self.object_noun(
                verb, pick.balanced(similar), definite, subject, True, negative
            )
            both = pick.chance(0.6) or definite == "plural"
            words = first.marked("과/와" if both else "이나/나")
            link = ("and" if both else "or", tuple(words[-1].morphs[-1:]))
            return [*words, *second.marked("을/를")], [*first.tokens, link, *second.tokens]
        return first.marked("을/를"), first.tokens

    def object_noun(
        self, verb: Verb, key: str, definite: str, subject: Phrase, plain: bool = False,
        negative: bool = False,
    ) -> Phrase:  # fmt: skip
        self.pairs.add(f"{verb.stem}|{key}")
        noun = NOUN[key]
        article_ = "the" if noun.kind == "place" else "" if key == "음악" else definite
        own = "own" in verb.flags
        if (own or verb.base == "ride") and is_plural(subject):  # they wear hats, ride horses
            article_ = "plural"
        sown = verb.stem == "심" and noun.kind in ("vegetable", "fruit")
        if sown:  # plants potatoes
            article_ = "plural"
        counted = "uncounted" not in verb.flags and not negative
        phrase = self.noun(
            key,
            "object",
            article_,
            owner=subject.key,
            plain=plain,
            counted=counted,
            owned=not own,
            described=not sown,
        )
        if own and definite == "the" and phrase.tokens[0][0] not in ("this", "these", "that",
                                                                     "those"):  # fmt: skip
            pointed = phrase.tokens[0] != ("the", ()) and phrase.tokens[0][0] == "the"
            if not pointed:  # takes off his hat
                body = [t for t in phrase.tokens if t != ("the", ())]
                whose = POSSESSIVE_OF.get(subject.pronoun, "")
                owner = (whose, subject.tokens[-1][1]) if whose else ("the", ())
                phrase.tokens = [owner, *body]
        return phrase

    def adjective_predicate(
        self, adjective: Adjective, degree: bool = True, when: str = ""
    ) -> Predicate:
        """예쁘다 -> is pretty; `when` names the tense of a time expression."""
        front: list[Word] = []
        complement: list[Token] = []
        if when:
            front, complement = self.time(when)
        amount: list[Token] = []
        if degree and self.pick.chance(0.25):
            degrees = tuple(
                d for d in DEGREES
                if (d != "너무" or adjective.stem in EXCESSIVE)
                and (d != "조금" or adjective.stem in SLIGHT)
            )  # fmt: skip
            korean = self.pick.balanced(degrees)
            front = [*front, simple(korean)]
            amount = spread(DEGREES[korean], front[-1].morphs)
        predicate = Predicate(
            front, adjective.stem, "adjective", "be", "was", adjective.irregular,
            stem_in_english=False,
        )  # fmt: skip
        stem = (predicate.stem_morph,)
        predicate.complement = [*amount, *spread(adjective.english, stem), *complement]
        return predicate


def is_plural(phrase: Phrase) -> bool:
    """Whether a subject is more than one: 우리, 그들, 너희, 학생들."""
    return phrase.person == "p" or phrase.key == "너희"


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
