"""Clauses of one verb, adjective or noun: what is done, and what something or somebody is."""

from __future__ import annotations

from dataclasses import replace

from .adverbs import Adverbs, place_preposition, time_phrase
from .clause import Clause, Morph, Parts, Phrase, Predicate, Token, Word, join, simple, spread
from .drawing import Unsayable
from .english import article
from .inflection import gerund, past_tense, third_person
from .lexicon import ADJECTIVE, NOUN, Adjective, Verb, expand
from .phrases import COUNTABLE, HUMANS, OBJECT_OF, POSSESSIVE_OF, PRONOUNS
from .tables.adjectives import EXCESSIVE, SLIGHT
from .tables.times import DEGREES, NUMERALS
from .tables.verb_classes import GIVING, KEPT, TASTED, WORN

DETERMINERS = (*"a an the this that my your his her our their".split(), *NUMERALS.values())
NAMES = set(expand("name"))
MEN, WOMEN = ({k for k in NAMES if NOUN[k].gender == g} for g in ("he", "she"))
NATURE = set(expand("nature 하늘"))  # 바람이 분다, 날씨가 좋다: presented, not talked about
# Whose, or which: 그 주소를 안다, not 주소를 안다.
ABSTRACT = set(expand("이름 전화번호 주소 소식 이유 규칙 문장 계획 비밀 이야기 노래"))
YOUNGER = expand("name 남동생 여동생 아들 딸")  # whom one teaches
RIVALS = expand("name 친구 동생 남동생 여동생 형 누나 언니 오빠")  # with whom one fights
STATES = {  # noun and stem of 배가 고프다: irregular class, English
    ("배", "고프"): ("", "hungry"),
    ("배", "부르"): ("르", "full"),
    ("목", "마르"): ("르", "thirsty"),
    ("키", "크"): ("", "tall"),
    ("키", "작"): ("", "short"),
}
WEATHER = {"비": "rain", "눈#snow": "snow"}
ADJECTIVE_OF = {a.stem: a for a in reversed(ADJECTIVE)}


def for_people(keys: tuple[str, ...]) -> bool:
    """Say whether a list of subjects is open to people in general, and so to pronouns."""
    return set(keys) >= NAMES


def adjectival(front: list[Word], stem: str, irregular: str = "") -> Predicate:
    """A predicate that English says with 'be' and a word for the stem: is pretty, is not."""
    return Predicate(front, stem, "adjective", "be", "was", irregular, stem_in_english=False)


def _degrees(stem: str) -> tuple[str, ...]:
    """The adverbs of degree that an adjective takes."""
    taken = {"너무": stem in EXCESSIVE, "조금": stem in SLIGHT}
    return tuple(degree for degree in DEGREES if taken.get(degree, True))


class Clauses(Adverbs):
    """Clauses with a given subject."""

    # --- verbs ----------------------------------------------------------------------------------

    def action(
        self, subject: Phrase, verb: Verb, tense: str, *, modality: str = "", negation: str = "",
        time: bool = True, extras: float = 1.0, skip: str = "", manner: str = "",
        instead: Phrase | None = None, fixed: Phrase | None = None, placed: bool = False,
        giving: bool = False, receivers: tuple[str, ...] = (), alone: bool = False,
    ) -> Clause:  # fmt: skip
        """A clause with a verb, its object, place, time and manner, as far as it takes them.

        `skip` leaves out what a question asks for: "object", "place", "time", "company"; `extras`
        scales how often the parts stand that the verb can do without; `manner` asks for an adverb
        ("-": for none); `instead` is an object that was named before (washes apples and eats
        *them*), `fixed` one that is given; `placed` and `giving` ask for a place and a receiver,
        `alone` for nobody with whom it is done.
        """
        clumsy = negation == "cannot" or (negation == "unable" and "unable" not in verb.flags)
        if tense == "future" and clumsy:
            negation = "long"
        if (verb.stem, verb.base) == ("찾", "look") and negation in ("cannot", "unable"):
            verb = replace(verb, base="find", past="found", tail=())  # 못 찾았다
        if verb.stem == "자" and manner in ("일찍", "늦게"):
            verb = replace(verb, base="go", past="went", tail=("to", "bed"))
        negative = negation != ""
        parts = Parts()
        thing: Phrase | None = None
        if verb.objects and skip != "object":
            few = negative or modality == "progress" or (alone and tense == "future")
            thing = instead or fixed or self.object(verb, subject, few)
            self._add_object(parts, verb, thing)
        if verb.places and skip != "place":
            bare = not verb.objects and extras >= 1.0  # he worked: say where
            named = manner == "-" and not skip  # by the scripts, or not at all
            likely = 0.65 if bare else 0.25 * extras
            likely = 0.0 if negative or modality == "can" or named else likely
            self._add_place(parts, verb, subject, placed, likely)
        if subject.is_plural and ("on" in verb.flags or verb.stem == "안"):
            raise Unsayable  # they sit on the chair, they hold the cat?
        if skip != "company" and not alone:
            self._add_company(parts, verb, subject, receivers)
        if skip != "receiver":
            self._add_receiver(parts, verb, subject, receivers, giving)
        self._add_adverbs(
            parts,
            verb,
            subject,
            tense,
            negative,
            modality,
            time=time,
            extras=extras,
            skip=skip,
            manner=manner,
        )
        predicate = self._arrange(parts, verb, skip)
        return Clause(subject, predicate, tense, modality, negation, thing=thing)

    def _arrange(self, parts: Parts, verb: Verb, skip: str) -> Predicate:
        """Put the parts in the order of each language."""
        goal = bool(verb.flags & {"to", "arrive"}) and not verb.objects
        talking = "comitative" in verb.flags  # talks quietly with her
        korean = ("time", "place", "company", "receiver", "means", "object", "manner")
        if verb.objects and "to" in verb.flags:  # 강아지를 병원에 데려간다
            korean = ("time", "receiver", "object", "place", "company", "means", "manner")
        if goal:  # 버스로 학교에 간다
            korean = ("time", "means", "company", "place", "object", "manner", "receiver")
        english = (
            *(("receiver", "object") if "double" in verb.flags else ("object", "receiver")),
            *(("manner", "company") if talking else ("company",)),
            *(() if goal else ("means",)),
            *(() if talking else ("manner",)),
            *(("place", "means") if goal else ("place",)),
            "late",
            "time",
        )
        before = ("place", "company", "receiver", "means") if skip in ("object", "company") else ()
        return Predicate(
            [word for part in korean for word in parts.words.get(part, ())],
            verb.stem,
            "verb",
            verb.base,
            verb.past,
            verb.irregular,
            verb.third,
            verb.gerund,
            verb.tail,
            complement=[token for part in english for token in parts.tokens.get(part, ())],
            middle=parts.tokens.get("often", []),
            unknown="negated" in verb.flags,
            unable="unable" in verb.flags,
            ongoing="single" in verb.flags,
            also=tuple(parts.also),
            asked_at=sum(len(parts.words.get(part, ())) for part in ("time", *before)),
        )

    def _add_object(self, parts: Parts, verb: Verb, thing: Phrase) -> None:
        """Add what is acted on."""
        marker = "이/가" if "become" in verb.flags else "에" if "goal" in verb.flags else "을/를"
        words = thing.marked(marker)
        parts.words["object"], parts.tokens["object"] = words, list(thing.tokens)
        if "goal" in verb.flags and words:
            parts.also += words[-1].morphs[-1:]

    def _add_place(
        self, parts: Parts, verb: Verb, subject: Phrase, placed: bool, likely: float
    ) -> None:
        """Add where it is done, if that is asked for or needed, or as chance has it."""
        if not (placed or self.needs_place(verb) or self.pick.chance(likely)):
            return
        parts.words["place"], parts.tokens["place"] = self.place_of(verb, subject)
        if "bare" in verb.flags:
            parts.also += parts.words["place"][-1].morphs[-1:]

    def _add_company(
        self, parts: Parts, verb: Verb, subject: Phrase, people: tuple[str, ...]
    ) -> None:
        """Add with whom it is done."""
        if "comitative" not in verb.flags or not self.pick.chance(0.8):
            return
        fighting = RIVALS if verb.base == "fight" else HUMANS
        other = self.other_person(subject, people or fighting)
        marked = other.marked("과/와")
        parts.words["company"] = marked
        parts.tokens["company"] = [("with", tuple(marked[-1].morphs[-1:])), *other.tokens]

    def _add_receiver(
        self, parts: Parts, verb: Verb, subject: Phrase, people: tuple[str, ...], giving: bool
    ) -> None:
        """Add to whom it is done, if that is asked for or needed, or as chance has it."""
        called = verb.flags & {"phone", "double"}  # calls a friend
        if not (giving or called or verb.base in GIVING):
            if "dative" not in verb.flags or not self.pick.chance(0.75):
                return
        other = self.other_person(subject, people or (YOUNGER if verb.base == "teach" else HUMANS))
        marked = other.marked("에게")
        marker = tuple(marked[-1].morphs[-1:])
        parts.words["receiver"] = marked
        parts.tokens["receiver"] = other.tokens if called else [("to", marker), *other.tokens]
        if called:
            parts.also += marker

    def object(self, verb: Verb, subject: Phrase, negative: bool = False) -> Phrase:
        """The object of a verb; remembers the pair."""
        pick = self.pick
        options = {k: f"{verb.stem}|{k}" for k in verb.objects if k != subject.key}
        keys = tuple(self.allowed(options))
        if not keys:
            raise Unsayable
        if "become" in verb.flags:
            return self.noun(
                pick.balanced(keys), "complement", plain=True, plural=subject.is_plural
            )
        if set(verb.objects) & set(HUMANS):
            return self.other_person(subject, verb.objects, "the" if "the" in verb.flags else "")
        return self.thing(verb, pick.balanced(keys), subject, negative)

    def thing(self, verb: Verb, key: str, subject: Phrase, negative: bool = False) -> Phrase:
        """What is acted on, as this verb speaks of it."""
        self.pairs.add(f"{verb.stem}|{key}")
        noun = NOUN[key]
        own = "own" in verb.flags
        article_ = next((f for f in ("the", "plural", "several") if f in verb.flags), "")
        if noun.kind == "place" and article_ != "plural":
            article_ = "the"
        several = subject.is_plural and key in COUNTABLE and verb.stem != "벗"
        limb = noun.kind == "body" and not noun.is_plural
        if own and (not subject.pronoun or several or (limb and subject.is_plural)):
            raise Unsayable  # my friend lost … whose? they hurt their arm, sold their guitars?
        if own and noun.kind == "family" and subject.noun and subject.noun.kind == "kin":
            raise Unsayable  # my brother's parents are mine, too
        each = own or verb.base in WORN or (noun.kind in ("fruit", "vegetable") and not article_)
        if subject.is_plural and key in COUNTABLE and each:
            article_ = "plural"
        bare = own or "plainobject" in verb.flags
        few = negative or own
        phrase = self.noun(
            key,
            "object",
            article_,
            owner=subject.key,
            counted="count" in verb.flags and not few,
            described=verb.base in TASTED and not bare and not few and "plural" not in verb.flags,
            owned=verb.base in KEPT and not bare and "dative" not in verb.flags,
            pointed=article_ in ("", "the") and not bare and "double" not in verb.flags,
            known=1.0 if article_ == "the" and key in ABSTRACT else 0.0,
        )
        if "whole" in verb.flags and noun.is_mass and phrase.tokens[0][0] not in DETERMINERS:
            phrase.tokens = [(article(phrase.tokens), ()), *phrase.tokens]  # baked a cake
        if own:
            body = [t for t in phrase.tokens if t[1]]
            phrase.tokens = [self.whose(subject), *body]
        return phrase

    def taken_up(self, phrase: Phrase) -> Phrase:
        """The English pronoun for an object that the clause before has named."""
        many = phrase.person == "p" or (phrase.noun is not None and phrase.noun.is_plural)
        tokens: list[Token] = [(OBJECT_OF["they" if many else "it"], phrase.head)]
        return Phrase([], tokens, phrase.person, phrase.pronoun, phrase.noun, phrase.key)

    def whose(self, owner: Phrase) -> Token:
        """The English possessive that takes a phrase up: his, my; *the* where none is clear."""
        if owner.pronoun not in POSSESSIVE_OF:
            return ("the", ())
        return (POSSESSIVE_OF[owner.pronoun], owner.head)

    def contrast(self, clause: Clause) -> None:
        """Mark the object as a topic: 커피는 좋아하지만 차는 싫어한다."""
        front = clause.predicate.front
        for i, word in enumerate(front):
            if word.morphs[-1].form in ("을", "를"):
                front[i] = join(Word(word.surface[:-1], word.morphs[:-1]), "은/는")

    # --- adjectives -----------------------------------------------------------------------------

    def quality(
        self,
        subject: Phrase,
        adjective: Adjective,
        tense: str,
        *,
        degree: bool = True,
        negation: str = "",
        when: str = "",
        hung: bool = False,
        still: bool = False,
    ) -> Clause:
        """꽃이 예쁘다 -> the flower is pretty; `when` names the tense of a time expression."""
        front: list[Word] = []
        late: list[Token] = []
        if when:
            front, late = self.time(when) if when != "present" else self.today()
        measured: list[Word] = []
        amount: list[Token] = []
        if degree and not negation and adjective.stem != "한가하" and self.pick.chance(0.22):
            korean = self.pick.balanced(_degrees(adjective.stem))
            measured = [simple(korean)]
            amount = spread(DEGREES[korean], measured[0].morphs)
        elif negation == "long" and degree and self.pick.chance(0.35):
            measured = [simple("별로")]  # 별로 비싸지 않다
            amount = spread("very", measured[0].morphs)
        elif still and not negation:
            measured = [simple("아직")]
            amount = spread("still", measured[0].morphs)
        predicate = adjectival([*front, *measured], adjective.stem, adjective.irregular)
        predicate.asked_at = len(front)
        stem = [predicate.stem_morph]
        third = subject.is_third and subject.is_human  # a story feels nothing
        now = tense == "present" or adjective.english == "afraid"  # 할머니는 무서웠다: was scary
        if "felt" in adjective.flags and third and now and not hung:
            predicate.felt = (Morph(), Morph())
            stem += predicate.felt
        if subject.noun and subject.noun.kind not in ("name", "kin"):
            self.pairs.add(f"{adjective.stem}|{subject.key}")
        predicate.complement = [*amount, *spread(adjective.english, stem), *late]
        return Clause(subject, predicate, tense, "", negation)

    def today(self) -> tuple[list[Word], list[Token]]:
        """오늘 -> today."""
        return time_phrase("오늘", "today")

    def state(self, subject: Phrase, body: str, stem: str, tense: str) -> Clause:
        """배가 고프다 -> is hungry, 키가 크다 -> is tall."""
        irregular, english = STATES[body, stem]
        word = simple(body)
        predicate = adjectival([join(word, "이/가")], stem, irregular)
        predicate.complement = [(english, (*word.morphs, predicate.stem_morph))]
        return Clause(subject, predicate, tense)

    def pain(self, subject: Phrase, key: str, tense: str) -> Clause:
        """나는 배가 아프다 -> my stomach hurts."""
        body = simple(NOUN[key].korean)
        predicate = Predicate(
            [join(body, "이/가")], "아프", "adjective", "hurt", "hurt", third="hurts"
        )
        possessor: list[Token] = (
            [self.whose(subject)] if subject.key in PRONOUNS else [*subject.tokens, ("'s", ())]
        )
        part = spread(NOUN[key].name(), body.morphs)
        holder = replace(subject, person="p" if NOUN[key].is_plural else "3s")
        return Clause(holder, predicate, tense, english_subject=[*possessor, *part], part=part)

    # --- nouns ----------------------------------------------------------------------------------

    def identity(self, subject: Phrase, key: str, tense: str, negative: bool = False) -> Clause:
        """나는 학생이다, 나는 학생이 아니다."""
        what = self.noun(
            key,
            "complement",
            plural=subject.is_plural,
            counted=False,
            described=False,
            owned=False,
            pointed=False,
        )
        if not negative:
            predicate = Predicate(what.words, "", "copula", "be", "was", complement=what.tokens)
            return Clause(subject, predicate, tense)
        predicate = adjectival(what.marked("이/가"), "아니")
        predicate.contract = False
        predicate.complement = [("not", (predicate.stem_morph,)), *what.tokens]
        return Clause(subject, predicate, tense)

    def unnumbered(self, key: str, many: bool = False) -> Phrase:
        """A bare noun without an article: (no) tree, (a lot of) trees."""
        noun, word = NOUN[key], simple(NOUN[key].korean)
        plural = noun.is_plural or (many and not noun.is_mass)
        name = spread(noun.name(plural), word.morphs)
        return Phrase([word], name, "p" if plural else "3s", "", noun, key)

    def have(
        self, subject: Phrase, style: str, key: str, tense: str, counted: bool = True,
        described: bool = True,
    ) -> Clause:  # fmt: skip
        """X는 N이 있다, 없다, 많다, 필요하다 -> X has, does not have, has a lot of, needs N."""
        noun = NOUN[key]
        if style == "많":
            phrase = self.unnumbered(key, many=True)
        elif noun.kind == "kin":
            phrase = self.unnumbered(key)
            phrase.tokens = [(article(phrase.tokens), ()), *phrase.tokens]
        else:
            phrase = self.noun(
                key,
                "object",
                plain=style in ("없", "필요하"),
                plural=key == "표" and subject.is_plural,
                counted=counted,
                described=described and noun.kind not in ("idea", "event"),
                owned=False,
                pointed=False,
                floating=True,
            )
        base, past, third = ("have", "had", "has")
        if style == "필요하":
            base, past, third = ("need", "needed", "needs")
        group = "exist" if style in ("있", "없") else "adjective"
        predicate = Predicate(phrase.marked("이/가"), style, group, base, past, third=third)
        predicate.lacking = style == "없"
        amount = spread("a lot of" if style == "많" else "", [predicate.stem_morph])
        predicate.complement = [*amount, *phrase.tokens]
        return Clause(subject, predicate, tense)

    def existence(
        self,
        where: list[Word],
        location: list[Token],
        key: str,
        style: str,
        tense: str,
        in_numbers: bool = False,
        counted: bool = True,
    ) -> Clause:
        """공원에 아이가 있다 -> there is a child in the park; `in_numbers`: there are trees."""
        group = "adjective" if style == "많" else "exist"
        predicate = Predicate([], style, group, "be", "was", stem_in_english=style == "있")
        if style == "있":
            phrase = self.noun(
                key,
                "object",
                "plural" if in_numbers else "",
                counted=counted and NOUN[key].kind != "place",
                described=False,
                owned=False,
                pointed=False,
                floating=self.pick.chance(0.5),
            )
        else:
            phrase = self.unnumbered(key, many=True)
        before = {"있": "", "없": "no", "많": "a lot of"}[style]
        amount = spread(before, [predicate.stem_morph])
        predicate.complement = [*amount, *phrase.tokens, *location]
        return Clause(phrase, predicate, tense, english_subject=[("there", ())], before=where)

    def whereabouts(self, subject: Phrase, key: str, tense: str, now: bool = False) -> Clause:
        """나는 집에 있다 -> I am at home."""
        front, complement = self.place(key, "에", place_preposition(key))
        if now:
            word = simple("지금")
            front, complement = [word, *front], [*complement, ("now", tuple(word.morphs))]
        predicate = Predicate(front, "있", "exist", "be", "was", complement=complement)
        return Clause(subject, predicate, tense)

    def weather(self, key: str, tense: str, modality: str = "", negation: str = "") -> Clause:
        """비가 온다 -> it is raining."""
        base, word = WEATHER[key], simple(NOUN[key].korean)
        subject = Phrase([word], [], "3s", "it", None, key)
        predicate = Predicate([], "오", "verb", base, past_tense(base), also=tuple(word.morphs))
        predicate.third, predicate.gerund = third_person(base), gerund(base)
        return Clause(subject, predicate, tense, modality, negation, [("it", ())])

    def may(self, key: str, keys: tuple[str, ...]) -> bool:
        """Whether a pronoun or a noun can be the subject where `keys` can."""
        if key not in PRONOUNS:
            return key in keys
        if for_people(keys):
            return True
        sexes = {"그": MEN, "그녀": WOMEN}
        if key == "나":
            return set(keys) >= MEN or set(keys) >= WOMEN
        return key in sexes and set(keys) >= sexes[key]

    def marker(self, clause: Clause) -> str:
        """The particle of a main clause's subject, by the type of the clause.

        이/가 presents: what there is, the weather, who or what turns up. 은/는 speaks of somebody
        or something known. The reader finds the rule in the data card.
        """
        if clause.english_subject and clause.english_subject[0][0] in ("there", "it"):
            return "이/가"
        news = clause.predicate.stem in ("시작되", "끝나")  # 수업이 끝났다
        return "이/가" if news or clause.subject.key in NATURE else "은/는"
