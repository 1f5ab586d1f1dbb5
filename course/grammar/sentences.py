"""Sentences of one to four clauses: statements, questions, and clauses joined together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .clauses import (
    Clauses,
    Sentence,
    finish,
    for_people,
    is_plural,
    location_preposition,
    needs_place,
    place_particle,
    spread,
)
from .grammar import (
    CONJUNCTION,
    COUNTED,
    PRONOUNS,
    SUBJECTS_OF,
    Clause,
    Morph,
    Phrase,
    Predicate,
    Token,
    Word,
    article,
    join,
    render_english,
    render_korean,
    simple,
)
from .hangul import final
from .lexicon import ADJECTIVE, NOUN, ONGOING, UNWILLED, VERB, Adjective, Verb, expand
from .scenes import (
    COMPARATIVES,
    DAILY,
    HAVABLE,
    IDENTIFIABLE,
    INTERRUPTIONS,
    NEEDED,
    PLENTY,
    PROFESSIONS,
    abundance,
    effects,
    meanwhile,
    sides,
    sights,
)

HUMAN = expand("person name kin")
PAINFUL = expand("배#belly 머리 다리 팔 손 발 눈#eye 코 귀 목 이#tooth 허리")
STATES = [  # 배가 고프다: noun, stem, irregular class, English
    ("배", "고프", "", "hungry"),
    ("배", "부르", "르", "full"),
    ("목", "마르", "르", "thirsty"),
    ("키", "크", "", "tall"),
    ("키", "작", "", "short"),
]
WEATHER = {"rain": ("비", "rain"), "snow": ("눈", "snow")}
THINGS = (("이것", "this"), ("저것", "that"), ("그것", "it"))
VAGUE = (
    "타",
    "보",
    "쓰",
    "치",
    "준비하",
)  # without an object nobody knows which of their senses is meant
HERE = expand("HERE")
CALLED = expand("CALLED")  # of whom one says what they are: a farmer is no police officer
ASKABLE = expand("ASKABLE")  # 무슨 책: what book


def in_progress(verb: Verb) -> bool:
    """Whether it is said to be going on; 버스를 타고 있다 is the state of being on a bus."""
    return verb.base in ONGOING and (verb.stem, verb.base) != ("타", "take")


def is_every(subject: Phrase) -> bool:
    """Whether a subject is 모든 …: 'every girl does not …' has two readings."""
    return bool(subject.words) and subject.words[0].surface == "모든"


def plain_form(subject: Phrase, tense: str) -> str:
    """Which form of the English verb a plain statement of this tense has."""
    if tense == "present":
        return "third" if subject.person == "3s" else "base"
    return "past" if tense == "past" else "base"


@cache
def able(verbs: tuple[str, ...], subject: str) -> tuple[str, ...]:
    """Those of the verbs (keys of `NUMBERED`) that a noun can be the subject of."""
    return tuple(i for i in verbs if subject in NUMBERED[i].subjects) or verbs


NUMBERED = {str(i): verb for i, verb in enumerate(VERB)}
PEOPLE_VERBS = tuple(i for i, v in NUMBERED.items() if for_people(v.subjects))
ACTIONS = tuple(i for i in PEOPLE_VERBS if "stative" not in NUMBERED[i].flags)
JOURNEYS = {"비행기", "배#ship", "기차"}  # nobody takes a plane between two chores
DAILY_ACTIONS = tuple(
    i for i in ACTIONS
    if NUMBERED[i].base in DAILY and not NUMBERED[i].flags & {"single", "hither"}
    and not (NUMBERED[i].stem == "타" and JOURNEYS.intersection(NUMBERED[i].objects))
)  # fmt: skip
# 배를 타고 … sounds like going by ship, whoever comes next.
PLAIN_ACTIONS = tuple(
    i for i in ACTIONS if NUMBERED[i].stem != "타" and "hither" not in NUMBERED[i].flags
)
AWAKE_ACTIONS = tuple(i for i in DAILY_ACTIONS if NUMBERED[i].base != "get")
COMINGS = tuple(i for i in ACTIONS if NUMBERED[i].base == "come" and not NUMBERED[i].places)
UNDER_WAY = tuple(i for i in AWAKE_ACTIONS if in_progress(NUMBERED[i]))
DEPARTURES = tuple(
    i for i in DAILY_ACTIONS if NUMBERED[i].base in ("go", "come") and "to" in NUMBERED[i].flags
)
CLOSED_ACTIONS = tuple(i for i in ACTIONS if final(NUMBERED[i].stem) not in ("", "ㄹ"))
# Who comes is told without a place, now and then: 한 학생이 왔다, 버스 두 대가 왔다.
ARRIVALS = [v for v in VERB if v.base == "come" and not v.places and not v.tail]
SUDDEN = ("lose", "fall", "die", "discover", "find")  # told when it has happened
QUALITIES = [a for a in SUBJECTS_OF if for_people(a.nouns)]
LASTING_QUALITIES = [a for a in QUALITIES if a.stem not in ("배고프", "목마르", "아프")]
WELCOME = ("행복하", "친절하", "똑똑하", "건강하", "정직하", "기쁘", "용감하", "부지런하")
EFFECTS = effects()
MEANWHILE = meanwhile()
# Causes that make a thing impossible (could not come because it snowed), and those strong enough
# for surprise when nothing is done (is hungry but does not eat).
HINDERING = ("rain", "snow", "피곤하", "아프", "바쁘", "시험 있", "돈 없", "시간 없")
PRESSING = ("피곤하", "아프", "배고프", "목마르", "슬프", "시험 있", "돈 있")
SIGHTS = sights()
SIDES = sides()
ABUNDANCE = abundance()
HOURLY = (
    "go",
    "come",
    "arrive",
    "depart",
    "eat",
    "sleep",
    "begin",
    "end",
    "leave",
    "meet",
    "drink",
)


def sets_out(clause: Clause) -> bool:
    """Whether somebody goes or comes, which 고 does not join to what is done there."""
    return clause.predicate.base in ("go", "come") or clause.predicate.stem == "뛰어가"


def many_sided(verb: Verb) -> bool:
    """Whether several people can do it to different things or in different places."""
    return len(verb.objects) > 3 or (needs_place(verb) and len(verb.places) > 3)


@dataclass
class Unit:
    """A main clause (or two that share a subject) and, perhaps, a clause that hangs on it."""

    subject: Phrase
    mains: list[Clause]
    sub: Clause | None = None
    relation: str = ""
    same: bool = False  # the hanging clause shares the subject
    inner: str = "and"


class Sentences(Clauses):
    """Random sentences."""

    # --- clauses ------------------------------------------------------------------------------

    def tense(self) -> str:
        roll = self.pick.random.random()
        return "present" if roll < 0.4 else "past" if roll < 0.8 else "future"

    def told_tense(self) -> str:
        return "present" if self.pick.chance(0.5) else "past"

    def verb_tense(self, verb: Verb, subject: Phrase) -> str:
        """A tense, so that the forms of each English verb stay in balance."""
        used = self.pick.used
        self.pick.note(f"verb {verb.base}")
        tenses = [self.tense() for _ in range(3)]
        if verb.base in SUDDEN:
            tenses = ["past" if t == "present" else t for t in tenses]
        return min(tenses, key=lambda t: used[f"{plain_form(subject, t)} {verb.base}"])

    def mood(self, verb: Verb, subject: Phrase, tense: str, question: bool) -> tuple[str, str]:
        """A modality and a negation that go with the verb."""
        pick = self.pick
        modality = negation = ""
        stative = "stative" in verb.flags
        human = subject.noun is None or subject.noun.is_human
        roll = pick.random.random()
        rare = pick.due("gerund", verb.base)
        if tense != "future" and in_progress(verb) and roll < (0.7 if rare else 0.06):
            modality = "progress"
        elif not question and pick.due(plain_form(subject, tense), verb.base) and pick.chance(0.65):
            return modality, negation
        elif human and tense != "future" and (not stative or verb.base == "become"):
            willing = subject.key not in ("너", "너희") or question
            possible = verb.base not in UNWILLED
            if roll < 0.13 and possible and willing:
                modality = "want"
            elif roll < 0.22 and possible and verb.base != "become":
                modality = "can"
            elif roll < 0.35 and possible and not question:
                modality = "must"
        if question or verb.flags & {"noneg", "nonneg"} or modality == "must" or is_every(subject):
            return modality, negation
        roll = pick.random.random()
        if roll < (0.3 if modality == "can" else 0.09):
            negation = "long"
        elif roll < 0.22 and not modality and tense != "future":
            compound = verb.stem.endswith(("하", "되")) and len(verb.stem) > 2
            if not compound and len(verb.stem) < 4:
                able = human and not stative
                negation = "cannot" if able and pick.chance(0.6) else "short"
        return modality, negation

    def action(
        self, subject: Phrase | None = None, tense: str = "", *, verb: Verb | None = None,
        verbs: tuple[str, ...] = (), moods: bool = True, question: bool = False, skip: str = "",
        time: bool = True, extras: float = 1.0, topic: bool = True, negative: bool = False,
    ) -> Clause:  # fmt: skip
        """A clause with a verb out of `verbs`; `moods` allows more than the plain tenses.

        `negative` says that the caller will negate it.
        """
        pick = self.pick
        if verb is None:
            default = tuple(NUMBERED) if subject is None else PEOPLE_VERBS
            options = verbs or default
            if subject is not None and subject.noun is not None:
                options = able(options, subject.key)
            chosen = pick.balanced(options, 6)
            verb = NUMBERED[chosen]
            if 0 < len(verb.objects) < 3:  # half as often, lest it swallow its few objects
                pick.note(chosen)
        if subject is None:
            subject = self.subject(verb.subjects, question, topic=topic)
        tense = tense or self.verb_tense(verb, subject)
        modality = negation = ""
        if moods:
            modality, negation = self.mood(verb, subject, tense, question)
        if modality == "progress":
            pick.note(f"gerund {verb.base}")
        elif not (modality or negation or question):
            pick.note(f"{plain_form(subject, tense)} {verb.base}")
        if "hither" in verb.flags and subject.person == "1s":  # the speaker is here already
            tense = "past" if tense == "present" else tense
            modality = "" if modality == "progress" else modality
        when = "future" if modality in ("want", "can", "must") and tense == "present" else tense
        progressive = modality == "progress"
        predicate = self.verb_predicate(
            verb, subject, when if not progressive else "past", skip=skip, extras=extras,
            time=time and not progressive, negative=negative or negation != "",
        )  # fmt: skip
        if progressive and tense == "present" and time and pick.chance(0.4):
            now = simple("지금")
            predicate.front.insert(0, now)
            predicate.complement.append(("now", tuple(now.morphs)))
            predicate.asked_at += 1
        predicate.ongoing = "single" in verb.flags  # is getting married
        predicate.unplaced = "hither" in verb.flags and verb.stem == "오"
        return Clause(subject, predicate, tense, modality, negation)

    def description(
        self, subject: Phrase | None = None, tense: str = "", adjective: Adjective | None = None,
        question: bool = False, bare: bool = False,
    ) -> Clause:  # fmt: skip
        """A clause with an adjective: 꽃이 예쁘다.  `bare` leaves out degrees and negation."""
        pick = self.pick
        if adjective is None:
            names = {str(i): a for i, a in enumerate(SUBJECTS_OF)}
            adjective = names[pick.balanced(tuple(names), 12)]
        if subject is None:
            wanted = {k: f"{adjective.stem}|{k}" for k in adjective.nouns}
            nouns = adjective.nouns
            if not for_people(nouns):
                nouns = tuple(self.allowed(wanted))
            subject = self.subject(nouns, question, described=False)
        if subject.noun:
            self.pairs.add(f"{adjective.stem}|{subject.key}")
        tense = tense or ("present" if pick.chance(0.65) else "past")
        negation = ""
        if not (question or bare or is_every(subject)) and pick.chance(0.15):
            short = len(adjective.stem) == 1 or adjective.stem in ("예쁘", "바쁘", "아프", "비싸")
            negation = "short" if short and pick.chance(0.4) else "long"
        timely = subject.key == "날씨" and not bare and pick.chance(0.5)
        predicate = self.adjective_predicate(
            adjective, degree=not negation and not question and not bare,
            when=tense if timely else "",
        )  # fmt: skip
        return Clause(subject, predicate, tense, "", negation)

    def identity(
        self, subject: Phrase | None = None, question: bool = False, *, tense: str = "",
        key: str = "", negative: bool | None = None,
    ) -> Clause:  # fmt: skip
        """A clause with 이다: 나는 학생이다, 이것은 책이다; whether negated, chance may decide."""
        pick = self.pick
        fixed = tense
        tense = tense or ("present" if pick.chance(0.7) else "past")
        if subject is None and pick.chance(0.25):
            subject, tense, keys = self.thing(), fixed or "present", IDENTIFIABLE
        else:
            subject = subject or self.subject(CALLED, question, people=True)
            keys = tuple(k for k in PROFESSIONS if k != subject.key)
        what = self.noun(
            key or pick.balanced(keys), "complement", owner=subject.key, pointed=False,
            plain=is_plural(subject) or bool(key), plural=is_plural(subject),
        )  # fmt: skip
        if negative is None:
            negative = not (question or is_every(subject)) and pick.chance(0.22)
        if negative:  # 학생이 아니다
            predicate = Predicate(
                what.marked("이/가"), "아니", "adjective", "be", "was", stem_in_english=False,
                contract=False,
            )  # fmt: skip
            predicate.complement = [("not", (predicate.stem_morph,)), *what.tokens]
        else:
            predicate = Predicate(what.words, "", "copula", "be", "was", complement=what.tokens)
        return Clause(subject, predicate, tense)

    def two_identities(self) -> Sentence:
        """나는 학생이고 그는 의사이다; 나는 학생이지만 그는 학생이 아니다."""
        pick = self.pick
        tense = self.told_tense()
        first = self.topic()
        while first.noun is not None and first.key not in CALLED:
            first = self.topic()
        second = self.other_topic(first)
        while second.noun is not None and second.key not in CALLED:
            second = self.other_topic(first)
        taken = {first.key, second.key, "친구", "손님"}  # whose friend?
        keys = [pick.balanced([k for k in PROFESSIONS if k not in taken])]
        link = pick.any(("and", "but"))
        if link == "but":
            keys *= 2
        else:
            keys.append(pick.balanced([k for k in PROFESSIONS if k not in (*taken, *keys)]))
        units = [
            Unit(s, [self.identity(s, tense=tense, key=k, negative=bool(i) and link == "but")])
            for i, (s, k) in enumerate(zip((first, second), keys, strict=True))
        ]
        return self.chain(units, (link,))

    def thing(self) -> Phrase:
        """이것, 저것, 그것."""
        korean, english = self.pick.any(THINGS)
        word = simple(korean)
        return Phrase([word], [(english, tuple(word.morphs))], "3s", "it", None, korean)

    def existence(self, question: bool = False) -> tuple[Clause, list[Word]]:
        """공원에 나무가 있다 -> there is a tree in the park; the words of place come first."""
        pick = self.pick
        many = pick.chance(0.5)  # 도시에 공원이 많다
        if many:
            keys, things = pick.any((*ABUNDANCE[:1] * 5, *ABUNDANCE, *ABUNDANCE))
            key = pick.any(keys)
            where, location = self.place(key, "에", preposition=location_preposition(key))
        elif pick.chance(0.5):
            key = pick.balanced(tuple(SIGHTS))
            things = SIGHTS[key]
            if pick.scarce("척", "배#ship") > 0.5 and pick.chance(0.08):  # else hardly ever met
                key, things = pick.any(("항구", "바다", "강", "호수")), ("배#ship",)
            lone = things == ("배#ship",)
            lying = "in" if key == "항구" and (lone or pick.chance(0.5)) else None  # of ships
            things = tuple(
                t for t in things if key != "항구" or (t == "배#ship") is (lying == "in")
            )
            where, location = self.place(key, "에", preposition=lying)
        else:
            side, english, grounds, things = pick.any(SIDES)
            key = pick.balanced(grounds)
            ground = self.noun(key, "subject", counted=False)
            spot = join(simple(side), "에")
            where = [*ground.words, spot]
            location = [*spread(english, spot.morphs), *ground.tokens]
        rest = [t for t in things if t != key]
        if many or pick.chance(0.6):  # what is rarely met in the plural
            thing = min((pick.any(rest) for _ in range(6)), key=lambda t: pick.used["plural " + t])
            pick.note(thing)
        else:
            thing = pick.balanced(rest)
        tense = self.told_tense()
        roll = pick.random.random()
        if many:
            style = "많" if roll < 0.6 or NOUN[key].kind == "country" else "있"
        else:
            style = "있" if question or roll < 0.73 else "없" if roll < 0.88 else "많"
        predicate = Predicate(
            [], style, "adjective" if style == "많" else "exist", "be", "was",
            stem_in_english=style == "있",
        )  # fmt: skip
        if style == "있":
            phrase = self.noun(thing, "object", owned=False, pointed=False)
        else:
            phrase = self.unnumbered(thing, many=style == "많")
        mark = (predicate.stem_morph,)
        before = {"있": "", "없": "no", "많": "a lot of"}[style]
        predicate.complement = [*spread(before, mark), *phrase.tokens, *location]
        return Clause(phrase, predicate, tense, english_subject=[("there", ())]), where

    def unnumbered(self, key: str, many: bool = False) -> Phrase:
        """A bare noun without an article: (no) tree, (a lot of) trees."""
        noun = NOUN[key]
        word = simple(noun.korean)
        plural = noun.is_plural or (many and not noun.is_mass)
        name = noun.plural if plural and not noun.is_plural else noun.english
        if plural:
            self.pick.note("plural " + key)
        return Phrase(
            [word], spread(" ".join(name), word.morphs), "p" if plural else "3s", "", noun
        )

    def whereabouts(self, subject: Phrase | None = None, question: bool = False) -> Clause:
        """나는 집에 있다 -> I am at home."""
        pick = self.pick
        subject = subject or self.subject(HUMAN, question)
        tense = self.told_tense()
        front, complement = self.place(pick.balanced(HERE), "에", subject.key)
        if tense == "past" and pick.chance(0.4):
            words, when = self.time(tense)
            front, complement = [*words, *front], [*complement, *when]
        predicate = Predicate(front, "있", "exist", "be", "was", complement=complement)
        return Clause(subject, predicate, tense)

    def possession(self, subject: Phrase | None = None, question: bool = False) -> Clause:
        """나는 차가 있다, 없다, 많다, 필요하다 -> I have, do not have, have a lot of, need."""
        pick = self.pick
        subject = subject or self.subject(HUMAN, question)
        roll = pick.random.random()
        lacking = roll < 0.25 and not (question or is_every(subject))
        style = "없" if lacking else "많" if roll < 0.4 else "필요하" if roll < 0.65 else "있"
        keys = {"많": PLENTY, "필요하": NEEDED}.get(style, HAVABLE)
        if style == "없":  # 말이 없다 is said of the silent
            keys = tuple(k for k in keys if k != "말")
        if not subject.words:  # 이모가 있니? asks whether she is there
            keys = tuple(k for k in keys if NOUN[k].kind != "kin")
        tense = "present" if pick.chance(0.7) else "past"
        return self.have(subject, style, pick.balanced(keys), tense)

    def have(
        self, subject: Phrase, style: str, key: str, tense: str, counted: bool = True
    ) -> Clause:
        """X는 N이 있다, 없다, 많다, 필요하다."""
        noun = NOUN[key]
        if style == "많":
            phrase = self.unnumbered(key, many=True)
        elif noun.kind == "kin":
            phrase = self.unnumbered(key)
            phrase.tokens = [(article(phrase.tokens), ()), *phrase.tokens]
        else:
            phrase = self.noun(
                key, "object", owned=False, pointed=False, plain=style in ("없", "필요하"),
                described=key != "꿈", counted=counted,
            )  # fmt: skip
        base, past, third = ("need", "needed", "needs") if style == "필요하" else (
            "have", "had", "has")  # fmt: skip
        group = "exist" if style in ("있", "없") else "adjective"
        predicate = Predicate(
            phrase.marked("이/가"), style, group, base, past, third=third, lacking=style == "없"
        )
        mark = (predicate.stem_morph,)
        predicate.complement = [*spread("a lot of" if style == "많" else "", mark), *phrase.tokens]
        return Clause(subject, predicate, tense)

    def pain(self, question: bool = False) -> Clause:
        """나는 배가 아프다 -> my stomach hurts."""
        pick = self.pick
        key = pick.balanced(PAINFUL)
        body = simple(NOUN[key].korean)
        if pick.chance(0.25):
            return self.own_pain(key, question)
        if pick.chance(0.5):
            who = self.pronoun(
                pick.any(("너", "그", "그녀") if question else ("나", "그", "그녀", "나"))
            )
            owner: list[Token] = [(PRONOUNS[who.key][2], tuple(who.words[0].morphs))]
        else:
            who = self.noun(
                pick.balanced((*HUMAN, "아기")), "subject", counted=False, described=False,
                plain=pick.chance(0.7),
            )  # fmt: skip
            if who.person == "p":
                return self.pain(question)
            owner = [*who.tokens, ("'s", ())]
        predicate = Predicate(
            [join(body, "이/가")], "아프", "adjective", "hurt", "hurt", third="hurts"
        )
        part = spread(" ".join(NOUN[key].english), body.morphs)
        number = "p" if NOUN[key].is_plural else "3s"
        holder = Phrase(who.words, who.tokens, number, "", who.noun, who.key)
        negation = "long" if not question and pick.chance(0.12) else ""
        return Clause(
            holder, predicate, self.told_tense(), "", negation, english_subject=[*owner, *part]
        )

    def own_pain(self, key: str, question: bool) -> Clause:
        """배가 아프다 -> my stomach hurts: without an owner the speaker's, asked the hearer's."""
        pick, noun = self.pick, NOUN[key]
        words = [simple(noun.korean)]
        tokens: list[Token] = [("your" if question else "my", ())]
        tokens += spread(" ".join(noun.english), words[0].morphs)
        tense = self.told_tense()
        predicate = Predicate([], "아프", "adjective", "hurt", "hurt", third="hurts")
        if tense == "past" and pick.chance(0.7):
            predicate.front, predicate.complement = self.time(tense, "hurt")
        negation = "long" if not question and pick.chance(0.12) else ""
        holder = Phrase(words, tokens, "p" if noun.is_plural else "3s", "", noun, key)
        return Clause(holder, predicate, tense, "", negation)

    def own_state(self, question: bool) -> Clause:
        """배가 고프다 -> I am hungry, 목이 마르니? -> are you thirsty?: rule as for `own_pain`."""
        noun, stem, irregular, english = self.pick.any(STATES[:3])
        word = simple(noun)
        tense = self.told_tense()
        predicate = Predicate([], stem, "adjective", "be", "was", irregular, stem_in_english=False)
        if tense == "past" and self.pick.chance(0.7):
            predicate.front, predicate.complement = self.time(tense, "hurt")
        predicate.complement = [
            (english, (*word.morphs, predicate.stem_morph)), *predicate.complement
        ]  # fmt: skip
        who, person = ("you", "2") if question else ("I", "1s")
        return Clause(Phrase([word], [(who, ())], person, who), predicate, tense)

    def state(
        self, subject: Phrase | None = None, tense: str = "", question: bool = False,
        index: int = -1,
    ) -> Clause:  # fmt: skip
        """배가 고프다 -> is hungry, 키가 크다 -> is tall."""
        subject = subject or self.subject(HUMAN, question, described=False)
        noun, stem, irregular, english = self.pick.any(STATES) if index < 0 else STATES[index]
        word = simple(noun)
        predicate = Predicate(
            [join(word, "이/가")], stem, "adjective", "be", "was", irregular, stem_in_english=False
        )
        predicate.complement = [(english, (*word.morphs, predicate.stem_morph))]
        return Clause(subject, predicate, tense or self.told_tense())

    def weather(self, tense: str = "", plain: bool = False, which: str = "") -> Clause:
        """비가 온다 -> it rains."""
        pick = self.pick
        korean, base = WEATHER[which or pick.any(tuple(WEATHER))]
        tense = tense or self.tense()
        word = simple(korean)
        front: list[Word] = []
        tail: list[Token] = []
        modality = negation = ""
        if not plain:
            if tense != "future" and pick.chance(0.25):
                modality = "progress"
            elif pick.chance(0.15):
                negation = "long" if pick.chance(0.6) or tense == "future" else "short"
            if not modality and pick.chance(0.6):
                front, tail = self.time(tense)
            if pick.chance(0.3):
                key = pick.balanced(expand("country town 산 바다 시골 섬"))
                where, location = self.place(key, "에")
                front, tail = [*front, *where], [*location, *tail]
        subject = Phrase([word], [], "3s", "it", None, korean)
        predicate = Predicate(
            front, "오", "verb", base, base + "ed", "", base + "s", base + "ing", (), tail,
            also=tuple(word.morphs),
        )  # fmt: skip
        return Clause(subject, predicate, tense, modality, negation, [("it", ())])

    def comparison(self) -> Clause:
        """개는 고양이보다 더 크다 -> the dog is bigger than the cat."""
        pick = self.pick
        options = {a.stem: a for a in SUBJECTS_OF if a.stem in COMPARATIVES}
        stem = pick.balanced(tuple(options))
        adjective = options[stem]
        nouns = self.allowed({k: f"{stem}|{k}" for k in adjective.nouns})
        subject = self.noun(pick.balanced(nouns), "subject", counted=False, described=False)
        others = [k for k in adjective.nouns if subject.noun and k != subject.key
                  and NOUN[k].kind == subject.noun.kind]  # fmt: skip
        if not others:
            return self.comparison()
        self.pairs.add(f"{stem}|{subject.key}")
        other = self.noun(
            pick.balanced(others), "subject", plain=pick.chance(0.7), counted=False,
            described=False,
        )  # fmt: skip
        marked, more = other.marked("보다"), simple("더")
        predicate = Predicate(
            [*marked, more], stem, "adjective", "be", "was", adjective.irregular,
            stem_in_english=False,
        )  # fmt: skip
        mark = (predicate.stem_morph,)
        words = COMPARATIVES[stem].split()
        graded: list[Token] = [(words[0], (*more.morphs, *mark))]
        if len(words) == 2:
            graded = [("more", tuple(more.morphs)), (words[1], mark)]
        than = marked[-1].morphs[-1]
        predicate.complement = [*graded, ("than", (than,)), *other.tokens]
        return Clause(subject, predicate, "present" if pick.chance(0.7) else "past")

    # --- sentences of one clause --------------------------------------------------------------

    def statement(self, clause: Clause, particle: str, first: list[Word] | None = None) -> Sentence:
        """Subject, predicate, full stop; the words `first` come before the subject."""
        subject = clause.subject.marked(particle)
        korean = render_korean(clause, "statement")
        tokens = render_english(
            clause, korean, list(clause.english_subject or clause.subject.tokens)
        )
        if particle == "도":
            tokens = [*tokens, ("too", (subject[-1].morphs[-1],))]
        return finish([*(first or []), *subject, *korean.words], tokens, 1, self.pairs)

    def marker(self, clause: Clause) -> str:
        """A particle for the subject: 은/는 mostly, otherwise 이/가 or 도."""
        roll = self.pick.random.random()
        if clause.predicate.unplaced and (clause.subject.key not in HUMAN or roll < 0.5):
            return "이/가"  # 버스가 왔다
        if clause.predicate.stem == "아니":  # 그녀는 배우가 아니다
            return "은/는"
        negative = clause.negative or clause.predicate.stem in ("아니", "없")
        negative = negative or clause.subject.key in ("해", "달")
        return "은/는" if roll < 0.72 else "이/가" if roll < 0.93 or negative else "도"

    def one(self) -> Sentence:
        """A statement of one clause."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.1:  # counted subjects, new to the hearer, take 이/가
            if roll < 0.015:
                tense = pick.any(("past", "past", "future"))
                clause = self.action(tense=tense, topic=False, verb=pick.any(ARRIVALS))
            else:
                clause = self.action(topic=False)
            clause.negation = ""  # 'one fox did not come' has two readings
            return self.statement(clause, "이/가")
        if roll < 0.135:  # 가방 두 개를 샀다
            return self.statement(self.action(self.unsaid("나")), "은/는")
        if roll < 0.56:
            clause = self.action()
            return self.statement(clause, self.marker(clause))
        if roll < 0.71:
            clause = self.description()
            return self.statement(clause, self.marker(clause))
        if roll < 0.765:
            clause = self.identity()
            return self.statement(clause, self.marker(clause))
        if roll < 0.84:
            clause, where = self.existence()
            return self.statement(clause, "이/가", first=where)
        if roll < 0.87:
            return self.statement(self.whereabouts(), "은/는")
        if roll < 0.92:
            return self.statement(self.possession(), "은/는")
        if roll < 0.945:
            clause = self.pain()
            if clause.subject.key not in PAINFUL:
                return self.statement(clause, "은/는")
            front, clause.predicate.front = clause.predicate.front, []
            return self.statement(clause, "이/가", first=front)
        if roll < 0.950:
            clause = self.own_state(False)
            front, clause.predicate.front = clause.predicate.front, []
            return self.statement(clause, "이/가", first=front)
        if roll < 0.958:
            return self.statement(self.state(), "은/는")
        if roll < 0.970:
            clause = self.weather()  # time and place come before the subject
            front, clause.predicate.front = clause.predicate.front, []
            return self.statement(clause, "이/가", first=front)
        return self.statement(self.comparison(), "은/는")

    def question(self) -> Sentence:
        """A yes-or-no question or one with a question word."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.4:
            kinds: list[Callable[[], Clause]] = [
                lambda: self.action(question=True),
                lambda: self.action(question=True),
                lambda: self.description(question=True),
                lambda: self.identity(question=True),
                lambda: self.possession(question=True),
                lambda: self.state(question=True),
                lambda: self.whereabouts(question=True),
            ]
            return self.ask(pick.any(kinds)())
        if roll < 0.45:
            clause, where = self.existence(question=True)
            return self.ask(clause, particle="이/가", first=where)
        if roll < 0.49:
            if pick.chance(0.15):
                clause = self.own_state(True)
            else:
                clause = self.pain(question=True)
                if clause.subject.key not in PAINFUL:
                    return self.ask(clause)
            front, clause.predicate.front = clause.predicate.front, []
            return self.ask(clause, particle="이/가", first=front)
        return self.wh_question()

    def ask(
        self, clause: Clause, asked: tuple[list[Word], list[Token]] | None = None, *,
        particle: str = "은/는", first: list[Word] | None = None,
        stranded: list[Token] | None = None,
        whose_subject: bool = False,
    ) -> Sentence:  # fmt: skip
        """Turn a clause into a question.

        `asked` holds the question words of both languages: they stand in place in Korean, and
        first in English; `whose_subject` says that they are the subject themselves (누가).
        """
        words, tokens = asked or ([], [])
        front = clause.predicate.front
        at = clause.predicate.asked_at
        if not whose_subject:
            clause.predicate.front = [*front[:at], *words, *front[at:]]
        korean = render_korean(clause, "question")
        subject = list(clause.english_subject or clause.subject.tokens)
        english = render_english(
            clause, korean, [] if whose_subject else subject, question=True, asked=tokens,
            stranded=stranded or (),
        )  # fmt: skip
        ordered = [*(first or []), *clause.subject.marked(particle), *korean.words]
        return finish(ordered, english, 1, self.pairs)

    def wh_question(self) -> Sentence:
        """누가, 누구, 무엇, 무슨, 몇, 어디, 언제, 왜."""
        pick = self.pick
        kind = pick.balanced(("who", "whom", "what", "which", "many", "where", "when", "why",
                              "hour", "is where", "is what", "is who", "with whom"), 2)  # fmt: skip
        if kind == "who":
            word = simple("누구")
            subject = Phrase([word], [("who", tuple(word.morphs))], "3s", "", None, "누구")
            verbs = COMINGS if pick.chance(0.35) else ACTIONS
            clause = self.action(subject, verbs=verbs, question=True)
            return self.ask(clause, ([], subject.tokens), particle="이/가", whose_subject=True)
        if kind in ("whom", "what", "which", "many"):
            return self.object_question(kind)
        if kind in ("is where", "is what", "is who"):
            return self.be_question(kind)
        if kind == "with whom":
            verb = pick.any([v for v in VERB if "comitative" in v.flags and for_people(v.subjects)])
            subject = self.subject(verb.subjects, True)
            clause = self.action(subject, verb=verb, question=True, skip="company")
            word = join(simple("누구"), "과/와")
            return self.ask(clause, ([word], [("who", (word.morphs[0],))]),
                            stranded=[("with", (word.morphs[1],))])  # fmt: skip
        if kind == "where":
            options = tuple(i for i, v in NUMBERED.items()
                            if len(v.places) > 2 and not v.flags & {"bare", "on"})  # fmt: skip
            verb = NUMBERED[pick.balanced(options, 5)]
            subject = self.subject(verb.subjects, True)
            clause = self.action(subject, verb=verb, question=True, skip="place", moods=False,
                                 extras=0.5)  # fmt: skip
            word = join(simple("어디"), place_particle(verb))
            return self.ask(clause, ([word], [("where", tuple(word.morphs))]))
        if kind == "hour":
            options = tuple(i for i, v in NUMBERED.items() if v.base in HOURLY)
            words = [simple("몇"), join(simple("시"), "에")]
            tokens = [("what", tuple(words[0].morphs)), ("time", tuple(words[1].morphs))]
        else:
            options = ACTIONS
            words = [simple("언제" if kind == "when" else "왜")]
            tokens = [(kind, tuple(words[0].morphs))]
        verb = NUMBERED[pick.balanced(options, 5)]
        subject = self.subject(verb.subjects, True)
        tense = pick.any(("past", "past", "future", "present" if kind != "when" else "past"))
        refused = kind == "why" and tense == "past" and pick.chance(0.3)
        if refused and verb.flags & {"noneg", "nonneg"}:
            refused = False
        clause = self.action(
            subject, tense, verb=verb, question=True, moods=False, negative=refused,
            skip="" if kind == "why" else "time", time=kind == "why",
            extras=0.6 if kind == "why" else 0.4,
        )  # fmt: skip
        if clause.predicate.often and kind != "why":
            return self.wh_question()
        clause.predicate.asked_at = 0
        if refused:
            clause.negation = "long"
        return self.ask(clause, (words, tokens))

    def be_question(self, kind: str) -> Sentence:
        """책이 어디에 있니, 이것은 무엇이니, 그는 누구니."""
        pick = self.pick
        if kind == "is where":
            keys = expand("animal thing machine vehicle name kin person 편지 책 사전")
            keys = tuple(k for k in keys if k not in ("탑", "문", "창문"))
            subject = self.noun(pick.balanced(keys), "subject", counted=False)
            word = join(simple("어디"), "에")
            clause = Clause(subject, Predicate([], "있", "exist", "be", "was"), self.told_tense())
            return self.ask(clause, ([word], [("where", tuple(word.morphs))]))
        if kind == "is what":
            subject, word, token = self.thing(), simple("무엇"), "what"
        else:
            if pick.chance(0.3):
                subject = self.pronoun(pick.any(("그", "그녀", "너", "그들")))
            else:
                keys = expand("person name")
                subject = self.noun(pick.balanced(keys), "subject", counted=False)
            word, token = simple("누구"), "who"
        clause = Clause(subject, Predicate([], "", "copula", "be", "was"))
        return self.ask(clause, ([word], [(token, tuple(word.morphs))]))

    def object_question(self, kind: str) -> Sentence:
        """너는 무엇을 먹니? 너는 누구를 만났니? 그는 무슨 책을 읽니? 너는 사과 몇 개를 먹었니?"""
        pick = self.pick

        def keys(verb: Verb) -> list[str]:
            """The objects that the question may ask about."""
            things = [k for k in verb.objects if not NOUN[k].is_human and NOUN[k].kind != "place"]
            if kind == "many":
                sown = ("vegetable", "fruit") if verb.stem == "심" else ()
                return [k for k in things if k in COUNTED and not NOUN[k].measure
                        and NOUN[k].kind not in sown]  # fmt: skip
            return [k for k in things if k in ASKABLE]

        def fits(verb: Verb) -> bool:
            if not verb.objects or "become" in verb.flags:
                return False
            if kind == "what" and (verb.stem in VAGUE or (verb.stem, verb.base) == ("하", "play")):
                return False
            people = any(NOUN[k].kind == "name" for k in verb.objects)
            if kind == "whom":
                return people
            if kind == "many" and verb.flags & {"stative", "plural", "uncounted"}:
                return False
            if kind == "which" and verb.flags & {"the", "plural"}:
                return False
            return not people and (kind == "what" or len(keys(verb)) > (kind == "which"))

        verb = NUMBERED[pick.balanced([i for i in PEOPLE_VERBS if fits(NUMBERED[i])], 5)]
        subject = self.subject(verb.subjects, True)
        clause = self.action(subject, verb=verb, question=True, skip="object",
                             moods=pick.chance(0.3), extras=0.7)  # fmt: skip
        if kind in ("whom", "what"):
            word = join(simple("누구" if kind == "whom" else "무엇"), "을/를")
            english = "who" if kind == "whom" else "what"
            return self.ask(clause, ([word], [(english, (word.morphs[0],))]))
        key = pick.balanced(self.allowed({k: f"{verb.stem}|{k}" for k in keys(verb)}))
        self.pairs.add(f"{verb.stem}|{key}")
        noun = NOUN[key]
        if kind == "which":
            words = [simple("무슨"), join(simple(noun.korean), "을/를")]
            name = spread(" ".join(noun.english), words[1].morphs[:1])
            return self.ask(clause, (words, [("what", tuple(words[0].morphs)), *name]))
        unit = join(simple(noun.counter), "을/를")
        words = [simple(noun.korean), simple("몇"), unit]
        head = (words[0].morphs[0], unit.morphs[0])
        pick.note("plural " + key)
        how = spread("how many", words[1].morphs)
        return self.ask(clause, (words, [*how, *spread(" ".join(noun.plural), head)]))

    # --- joined clauses -----------------------------------------------------------------------

    def topic(self) -> Phrase:
        """A human subject that English can take up again by a pronoun."""
        while True:
            phrase = self.subject(HUMAN)
            if phrase.pronoun:
                return phrase

    def other_topic(self, *taken: Phrase) -> Phrase:
        """Another subject than those before, and not to be mistaken for one of them."""
        keys = {p.key for p in taken}
        pronouns = {p.pronoun for p in taken}
        near = {"I": "we", "we": "I"}
        pronouns |= {near.get(p, p) for p in pronouns}
        self.bare_kin = keys <= {"나"}
        while True:
            phrase = self.topic()
            if phrase.key not in keys and phrase.pronoun not in pronouns:
                self.bare_kin = True
                return phrase

    def again(self, subject: Phrase) -> Phrase:
        """The pronoun that takes a subject up again, for the English of a clause without one."""
        last = next(w for w in reversed(subject.words) if w.morphs)
        return Phrase(
            subject.words, [(subject.pronoun, (last.morphs[0],))], subject.person, subject.pronoun,
            subject.noun, subject.key,
        )  # fmt: skip

    def effect(self, cause: str, subject: Phrase, tense: str, against: bool) -> Clause:
        """What a cause leads to, or (`against`) what happens in spite of it."""
        pick = self.pick
        usual, prevented = EFFECTS[cause]
        negative = pick.chance(0.35) and (not against or cause in PRESSING)
        verb, objects, places = pick.any(prevented if negative != against else usual)
        unable = subject.noun is not None and subject.key not in verb.subjects
        if unable or objects == (subject.key,) or (negative and "noneg" in verb.flags):
            return self.effect(cause, subject, tense, against)
        negation = "long" if negative else ""
        compound = verb.stem.endswith("하") and len(verb.stem) > 2
        if negative and tense == "past" and not compound and pick.chance(0.3):
            hindered = cause in HINDERING and not against and "stative" not in verb.flags
            negation = "cannot" if hindered else "short"
        predicate = self.deed(verb, objects, places, subject, tense, negative)
        return Clause(subject, predicate, tense, "", negation)

    def deed(
        self, verb: Verb, objects: tuple[str, ...], places: tuple[str, ...], subject: Phrase,
        tense: str, negative: bool = False,
    ) -> Predicate:  # fmt: skip
        """A verb with its objects and places narrowed down."""
        narrow = Verb(**{**verb.__dict__, "objects": objects, "places": places})
        return self.verb_predicate(narrow, subject, tense, time=False, negative=negative,
                                   extras=0.8 if places else 0, skip="means")  # fmt: skip

    def cause(self, subject: Phrase, tense: str) -> tuple[str, Clause, bool]:
        """A cause, its clause, and whether it shares the subject."""
        pick = self.pick
        said = {m.form for w in subject.words for m in w.morphs}
        name = pick.balanced([n for n in EFFECTS if n not in said], 2)  # no busy man is busy
        if name in WEATHER and pick.chance(0.65):
            return self.cause(subject, tense)
        if name in WEATHER:
            return name, self.weather(tense, plain=True, which=name), False
        again = self.again(subject)
        if " " in name:
            noun, style = name.split()
            return name, self.have(again, style, noun, tense, counted=False), True
        if name in ("배고프", "목마르") and pick.chance(0.5):
            return name, self.state(again, tense, index=0 if name == "배고프" else 2), True
        adjective = next(a for a in ADJECTIVE if a.stem == name)
        predicate = self.adjective_predicate(adjective, degree=False)
        if for_people(adjective.nouns):
            return name, Clause(again, predicate, tense), True
        weather = self.noun("날씨", "subject", plain=True)
        return name, Clause(weather, predicate, tense), False

    def unit(self, kind: str, tense: str, subject: Phrase | None = None) -> Unit:
        """A main part of a sentence with what hangs on it: one or two clauses."""
        pick = self.pick
        subject = subject or self.topic()
        again = self.again(subject)
        if kind == "plain":
            moods = pick.chance(0.25)
            return Unit(
                subject, [self.action(subject, tense, verbs=PLAIN_ACTIONS, moods=moods, extras=0.5)]
            )
        if kind == "cause":
            name, cause, same = self.cause(subject, tense)
            options = {"past": ("so", "so", "because", "when"), "future": ("if",),
                       "present": ("so", "because", "if", "when")}[tense]  # fmt: skip
            relation = pick.any(options)
            if relation == "when" and name == "시험 있":
                relation = "so"
            if tense == "future":
                cause.tense = "present"
            main = self.effect(name, subject, tense, False)
            if relation in ("if", "when") and main.negation == "cannot":
                main.negation = "long"
            return Unit(subject, [main], cause, relation, same)
        if kind == "while":
            background, foreground = pick.any(MEANWHILE)
            verb, objects, places = pick.any(background)
            sub = Clause(again, self.deed(verb, objects, places, again, tense), tense)
            verb, objects, places = pick.any(foreground)
            main = Clause(subject, self.deed(verb, objects, places, subject, tense), tense)
            return Unit(subject, [main], sub, "while", True)
        # Nobody gets up after the day's work or cleans the room before.
        waking = {"before": 1, "after": 0, "sequence": 0}[kind]
        rising = [DAILY_ACTIONS if i == waking else AWAKE_ACTIONS for i in (0, 1)]
        series = kind == "sequence"
        first = self.action(
            subject if series else again, tense, verbs=rising[0], moods=False, time=False,
            extras=0.4 if series else 0.0,
        )  # fmt: skip
        riding = series and first.predicate.stem == "타"  # 버스를 타고 집에 간다
        while True:
            second = self.action(
                subject, tense, verbs=DEPARTURES if riding else rising[1], moods=False, time=False,
                extras=0.0 if riding else 0.4,
            )  # fmt: skip
            if second.predicate.base != first.predicate.base:
                break
        if kind == "sequence":  # 춤추고 집에 간다; the other way about it would be 가서, not 가고
            away = sets_out(first) and not sets_out(second)
            return Unit(subject, [second, first] if away else [first, second])
        if tense == "future":
            first.tense = "present"
        return Unit(subject, [second], first, kind, True)

    def write_unit(
        self, unit: Unit, kind: str
    ) -> tuple[list[Word], list[Token], tuple[Morph, ...]]:
        """Korean words, English tokens, and the conjunction to the next unit."""
        topic = unit.subject.marked("은/는")
        words, sub_tokens = topic, []
        if unit.sub is not None:
            sub = render_korean(unit.sub, unit.relation)
            if unit.same:
                words = [*topic, *sub.words]
            else:
                words = [*unit.sub.subject.marked("이/가"), *sub.words, *topic]
            subject = list(unit.sub.english_subject or unit.sub.subject.tokens)
            sub_tokens = [
                (CONJUNCTION[unit.relation], sub.conjunction),
                *render_english(unit.sub, sub, subject),
            ]
        *earlier, last = unit.mains
        joined = ["so" if c.predicate.stem == "일어나" else unit.inner for c in earlier]  # 일어나서
        rendered = [
            render_korean(c, link, tenseless=unit.inner == "and")
            for c, link in zip(earlier, joined, strict=True)
        ]
        rendered.append(render_korean(last, kind))
        shared = last.tense == "future" and bool(earlier)
        tokens: list[Token] = []
        for i, (clause, korean) in enumerate(zip(unit.mains, rendered, strict=True)):
            words = [*words, *korean.words]
            subject = [] if i else list(unit.subject.tokens)
            if i:
                tokens.append((CONJUNCTION[unit.inner], rendered[i - 1].conjunction))
            if i and clause.predicate.is_be and unit.mains[0].predicate.is_be:  # kind and honest
                part = render_english(clause, korean, [], bare=True)
                be = len(unit.subject.tokens)  # the one 'is' carries this ending, too
                tokens[be] = (tokens[be][0], (*tokens[be][1], *korean.finite))
            elif shared:  # will eat and drink
                will = [("will", (*rendered[-1].modal, *rendered[-1].finite))]
                part = [*subject, *(will if not i else []),
                        *render_english(clause, korean, [], bare=True)]  # fmt: skip
            else:
                part = render_english(clause, korean, subject)
            tokens += part
        return words, [*tokens, *sub_tokens], rendered[-1].conjunction

    def chain(self, units: list[Unit], links: tuple[str, ...] = ()) -> Sentence:
        """Join units by 'and' and 'but'."""
        words: list[Word] = []
        tokens: list[Token] = []
        conjunction: tuple[Morph, ...] = ()
        for i, unit in enumerate(units):
            kind = links[i] if i < len(links) else "statement"
            korean, english, after = self.write_unit(unit, kind)
            if i:
                tokens.append((CONJUNCTION[links[i - 1]], conjunction))
            words, tokens, conjunction = [*words, *korean], [*tokens, *english], after
        clauses = sum(len(u.mains) + (u.sub is not None) for u in units)
        return finish(words, tokens, clauses, self.pairs)

    def parallel(self, count: int) -> Sentence:
        """The same verb of several people: 나는 사과를 먹고 그는 배를 먹는다."""
        pick = self.pick
        tense = self.told_tense()
        verb = NUMBERED[pick.balanced([i for i in DAILY_ACTIONS if many_sided(NUMBERED[i])])]
        subjects = [self.topic()]
        while len(subjects) < count:
            subjects.append(self.other_topic(*subjects))
        units: list[Unit] = []
        done: set[str] = set()
        contrast = pick.chance(0.45)
        refused = contrast and pick.chance(0.6)
        while len(units) < count:
            subject = subjects[len(units)]
            clause = self.action(subject, tense, verb=verb, moods=False, time=False, extras=0,
                                 negative=refused and len(units) == count - 1)  # fmt: skip
            what = clause.predicate.complement[-1][0]
            if what not in done:  # each does something else
                done.add(what)
                units.append(Unit(subject, [clause]))
        links = ["and"] * (count - 1)
        if contrast:
            links[-1] = "but"
            if refused:
                units[-1].mains[0].negation = "long"
        return self.chain(units, tuple(links))

    def two(self) -> Sentence:
        """A sentence of two clauses."""
        pick = self.pick
        roll = pick.random.random()
        if roll < 0.34:
            return self.chain([self.unit("cause", self.tense())])
        if roll < 0.48:
            return self.chain([self.unit("sequence", self.tense())])
        if roll < 0.57:
            return self.parallel(2)
        if roll < 0.60:
            return self.two_identities()
        if roll < 0.64:
            tense = self.told_tense()
            if pick.chance(0.35):
                return self.two_people()
            first = self.unit("plain", tense)
            second = self.unit("plain", tense, self.other_topic(first.subject))
            return self.chain([first, second], (pick.any(("and", "and", "but")),))
        if roll < 0.70:
            return self.concession()
        if roll < 0.74:
            return self.two_qualities()
        if roll < 0.83:
            return self.chain([self.unit(pick.any(("before", "after")), self.tense())])
        if roll < 0.89:
            return self.chain([self.unit("while", self.told_tense())])
        if roll < 0.94:
            return self.interruption()
        return self.opinion()

    def two_people(self) -> Sentence:
        """나는 바쁘지만 그는 행복하다 -> I am busy but he is happy."""
        tense = self.told_tense()
        first = self.topic()
        units, adjectives = [], []
        for subject in (first, self.other_topic(first)):
            options = [
                a for a in LASTING_QUALITIES if subject.noun is None or subject.key in a.nouns
            ]
            adjectives.append(self.pick.any([a for a in options if a not in adjectives]))
            units.append(
                Unit(subject, [self.description(subject, tense, adjectives[-1], bare=True)])
            )
        alike = len({a.stem in WELCOME for a in adjectives}) == 1
        return self.chain(units, ("and" if alike else "but",))

    def two_qualities(self) -> Sentence:
        """나는 바쁘지만 행복하다 -> I am busy but happy."""
        pick = self.pick
        subject = self.subject(HUMAN, described=False)
        options = [a for a in LASTING_QUALITIES if subject.noun is None or subject.key in a.nouns]
        first = pick.any(options)
        link = pick.any(("and", "but"))
        same = [o for o in options if (o.stem in WELCOME) == (first.stem in WELCOME)]
        other = [o for o in options if o not in same]
        second = pick.any(other if link == "but" else [o for o in same if o is not first])
        tense = self.told_tense()
        mains = [self.description(subject, tense, a, bare=True) for a in (first, second)]
        return self.chain([Unit(subject, mains, inner=link)])

    def concession(self) -> Sentence:
        """비가 오지만 나는 공원에 간다; 나는 피곤하지만 공부한다."""
        tense = self.told_tense()
        subject = self.topic()
        name, cause, same = self.cause(subject, tense)
        main = self.effect(name, subject, tense, True)
        if same:
            cause.subject = subject
            return self.chain([Unit(subject, [cause, main], inner="but")])
        sub, korean = render_korean(cause, "but"), render_korean(main, "statement")
        particle = "이/가" if cause.english_subject or self.pick.chance(0.6) else "은/는"
        words = [*cause.subject.marked(particle), *sub.words, *subject.marked("은/는"),
                 *korean.words]  # fmt: skip
        tokens = [
            *render_english(cause, sub, list(cause.english_subject or cause.subject.tokens)),
            ("but", sub.conjunction),
            *render_english(main, korean, subject.tokens),
        ]
        return finish(words, tokens, 2, self.pairs)

    def interruption(self) -> Sentence:
        """내가 집에 갔을 때 그는 자고 있었다."""
        subject = self.topic()
        other = self.other_topic(subject)
        comings = tuple(
            i for i in PEOPLE_VERBS
            if NUMBERED[i].base in INTERRUPTIONS
            and (NUMBERED[i].base, NUMBERED[i].places) != ("go", ())
        )  # fmt: skip
        sub = self.action(other, "past", verbs=comings, moods=False, time=False, extras=0.4)
        main = self.action(subject, "past", verbs=UNDER_WAY, moods=False, time=False, extras=0.4)
        main.modality = "progress"
        return self.chain([Unit(subject, [main], sub, "when", False)])

    def opinion(self) -> Sentence:
        """나는 그가 친절하다고 생각한다 -> I think that he is kind."""
        pick = self.pick
        subject = self.topic()
        other = self.other_topic(subject)
        roll = pick.random.random()
        if roll < 0.5:
            tense = pick.any(("present", "present", "past", "future"))
            closed = tense == "present" and pick.chance(0.4)  # so that 는다고 is met often enough
            verbs = CLOSED_ACTIONS if closed else ACTIONS
            clause = self.action(other, tense, verbs=verbs, moods=False, extras=0.3)
        elif roll < 0.75:
            clause = self.description(other, "", pick.any(QUALITIES), bare=True)
        elif roll < 0.88:
            while other.noun is not None and other.key not in CALLED:
                other = self.other_topic(subject)
            clause = self.identity(other, negative=False)
        else:
            clause = self.weather(plain=True)
            clause.predicate.ongoing = True  # thinks that it is raining
        stem, base, past = pick.any((("생각하", "think", "thought"), ("말하", "say", "said"),
                                     ("믿", "believe", "believed")))  # fmt: skip
        outer_clause = Clause(subject, Predicate([], stem, "verb", base, past, third=base + "s"))
        inner, outer = render_korean(clause, "that"), render_korean(outer_clause, "statement")
        words = [*subject.marked("은/는"), *clause.subject.marked("이/가"), *inner.words,
                 *outer.words]  # fmt: skip
        tokens = [
            *render_english(outer_clause, outer, subject.tokens),
            ("that", inner.conjunction),
            *render_english(clause, inner, list(clause.english_subject or clause.subject.tokens)),
        ]
        return finish(words, tokens, 2, self.pairs)

    def three(self) -> Sentence:
        """A sentence of three clauses."""
        pick = self.pick
        if pick.chance(0.2):
            return self.parallel(3)
        tense = self.told_tense()
        first = self.unit(pick.any(("cause", "sequence", "before", "after", "while")), tense)
        second = self.unit("plain", tense, self.other_topic(first.subject))
        if pick.chance(0.5):
            second, first = first, second
        return self.chain([first, second], (pick.any(("and", "but")),))

    def four(self) -> Sentence:
        """A sentence of four clauses."""
        tense = self.told_tense()
        kinds = ("cause", "sequence", "before", "after", "while")
        first = self.unit(self.pick.any(kinds), tense)
        second = self.unit(self.pick.any(kinds), tense, self.other_topic(first.subject))
        return self.chain([first, second], (self.pick.any(("and", "but")),))

    def sentence(self, clauses: int) -> Sentence:
        """A random sentence of one to four clauses."""
        self.pairs = set()
        self.pick.start()
        self.detail = 1.0 if clauses == 1 else 0.3
        if clauses == 1:
            asks = self.pick.chance(0.28)
            self.bare_kin = not asks  # a bare relative in a question is the hearer's
            found = self.question() if asks else self.one()
            self.bare_kin = True
            return found
        return {2: self.two, 3: self.three, 4: self.four}[clauses]()


RELATIVES_OF = {"형": "man", "누나": "man", "아내": "man",
                "오빠": "woman", "언니": "woman", "남편": "woman"}  # fmt: skip


def consistent(morphemes: tuple[str, ...]) -> bool:
    """Whether speaker and hearer are each of one sex: 누나 is a man's sister, 언니 a woman's."""
    sexes: dict[str, set[str]] = {"I": set(), "you": set()}
    for i, morpheme in enumerate(morphemes):
        if morpheme in RELATIVES_OF:
            before = morphemes[max(0, i - 2) : i]
            owned = before[-1:] == ("의",)
            if owned and before[0] not in ("나", "너"):
                continue
            sexes["you" if owned and before[0] == "너" else "I"].add(RELATIVES_OF[morpheme])
    return all(len(found) < 2 for found in sexes.values())
