"""A clause in Korean: morphemes, words, endings, and how they are written together.

A clause is a subject and a predicate. Korean is written first, word by word. Each morpheme is an
object of its own (`Morph`), and each English token names the morphemes that it expresses, so the
word alignment is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from .hangul import attach, particle
from .lexicon import Noun


class Morph:
    """A morpheme in its place; two morphemes of the same form are two objects."""

    __slots__ = ("form",)

    def __init__(self, form: str = "") -> None:
        self.form = form


Token = tuple[str, tuple[Morph, ...]]
"""An English token and the morphemes that it expresses."""


@dataclass
class Word:
    """A written Korean word and the morphemes in it."""

    surface: str
    morphs: list[Morph]


def simple(form: str) -> Word:
    """Return a word of one morpheme."""
    return Word(form, [Morph(form)])


def spread(text: str, morphs: tuple[Morph, ...] | list[Morph]) -> list[Token]:
    """Return the tokens of an English expression, all of which express the same morphemes."""
    return [(word, tuple(morphs)) for word in text.replace("_", " ").split()]


# --- particles and endings -----------------------------------------------------------------------

CONTRACTED_SUBJECTS = {("나", "가"): "내가", ("너", "가"): "네가", ("누구", "가"): "누가"}
POSSESSIVES = {"나": "내", "너": "네"}

ENDINGS = {  # kind: present of a verb, present of an adjective, past
    "statement": ("는다", "다", "었다"),
    "question": ("니", "니", "었니"),
    "and": ("고", "고", "었고"),
    "but": ("지만", "지만", "었지만"),
    "so": ("어서", "어서", "어서"),
    "then": ("어서", "어서", "어서"),
    "because": ("기", "기", "었기"),
    "if": ("으면", "으면", "으면"),
    "when": ("을", "을", "었을"),
    "before": ("기", "기", "기"),
    "after": ("은", "은", "은"),
    "while": ("으면서", "으면서", "으면서"),
    "to": ("으러", "으러", "으러"),
    "that": ("는다고", "다고", "었다고"),
    "let": ("자", "자", "자"),
    "order": ("어라", "어라", "어라"),
}
COPULA = {  # present, past
    "statement": ("이다", "이었다"),
    "question": ("이니", "이었니"),
    "and": ("이고", "이었고"),
    "but": ("이지만", "이었지만"),
    "that": ("이라고", "이었다고"),
}
BOUND_NOUNS = {  # what follows the ending: 때문에, 때, 전에, 후에
    "because": ("때문", "에"),
    "when": ("때",),
    "before": ("전", "에"),
    "after": ("후", "에"),
}
CONJUNCTION = {**{kind: kind for kind in ENDINGS}, "so": "because", "then": "and"}  # in English
WITH_FUTURE = ("statement", "question", "but", "that")  # the kinds that take ㄹ 것이
WITH_TENSE = ("statement", "question", "that")  # those whose ending always carries tense
WITH_PAST = ("and", "but", "because", "when")  # those whose ending carries a past


def join(word: Word, pair: str) -> Word:
    """Add a particle, in the shape that the word before it calls for."""
    shape = particle(word.surface, pair)
    surface = CONTRACTED_SUBJECTS.get((word.surface, shape), word.surface + shape)
    return Word(surface, [*word.morphs, Morph(shape)])


@cache
def inflect(stem: str, ending: str, irregular: str, contract: bool = True) -> tuple[str, str]:
    """Return `attach` of the same arguments, remembered."""
    return attach(stem, ending, irregular, contract)


def with_ending(stem: Morph, ending: str, irregular: str = "", contract: bool = True) -> Word:
    """Inflect a stem: the surface is written as Korean writes it, the morphemes stay apart."""
    surface, shape = inflect(stem.form, ending, irregular, contract)
    if stem.form == "말" and ending == "어라":
        surface = "마라"  # 울지 마라
    return Word(surface, [stem, Morph(shape)])


def copula_surface(noun: str, form: str) -> str:
    """학생 + 이다 -> 학생이다, 의사 + 이다 -> 의사다, 의사 + 이었다 -> 의사였다."""
    if particle(noun, "이/가") == "이" or noun == "것":
        return noun + form
    return noun + ("였" + form[2:] if form.startswith("이었") else form[1:])


# --- phrases and predicates ----------------------------------------------------------------------


@dataclass
class Phrase:
    """A noun phrase in both languages.

    `words` lack the particle of the last word; `person` decides agreement ("1s", "2", "3s", "p");
    `pronoun` takes the phrase up again in the next clause ("" if English could not say which).
    `after` follows the marked noun: the number in 고양이가 두 마리.
    """

    words: list[Word]
    tokens: list[Token]
    person: str
    pronoun: str = ""
    noun: Noun | None = None
    key: str = ""
    after: list[Word] = field(default_factory=list)

    @property
    def is_plural(self) -> bool:
        """Whether it is more than one: 우리, 너희, 학생들."""
        return self.person == "p" or self.key == "너희"

    @property
    def is_third(self) -> bool:
        """Whether neither the speaker nor the hearer is meant."""
        return self.person in ("3s", "p") and self.key != "우리"

    @property
    def head(self) -> tuple[Morph, ...]:
        """The noun or pronoun, without its particle; empty if Korean leaves the phrase out."""
        return tuple(m for word in self.words[-1:] for m in word.morphs[:1])

    @property
    def is_human(self) -> bool:
        """Whether it is a person: a pronoun, or a noun for people."""
        return self.noun is None or self.noun.is_human

    def marked(self, pair: str) -> list[Word]:
        """Return the words with a particle at the end."""
        if not pair or not self.words:
            return [*self.words, *self.after]
        return [*self.words[:-1], join(self.words[-1], pair), *self.after]


@dataclass
class Predicate:
    """What is said of the subject, before tense and ending are chosen.

    `front` holds the Korean words between subject and verb, `complement` what follows the English
    verb. `group` is "verb", "adjective", "exist" (있다, 없다) or "copula" and decides the ending.
    """

    front: list[Word]
    stem: str
    group: str
    base: str
    past: str
    irregular: str = ""
    third: str = ""
    gerund: str = ""
    tail: tuple[str, ...] = ()
    complement: list[Token] = field(default_factory=list)
    middle: list[Token] = field(default_factory=list)  # always, often, also: before the verb
    stem_in_english: bool = True  # False: 'be' carries the ending alone (예쁘다: is pretty)
    contract: bool = True
    lacking: bool = False  # 없다: does not have
    unknown: bool = False  # 모르다: does not know
    unable: bool = False  # negated by 못하다: does not understand
    felt: tuple[Morph, Morph] | None = None  # 어 and 하 of 기뻐하다
    ongoing: bool = False  # the simple present is the progressive in English: it is raining
    also: tuple[Morph, ...] = ()  # further morphemes that the English verb expresses
    asked_at: int = 0  # where in `front` a question word goes
    stem_morph: Morph = field(default_factory=Morph)

    def __post_init__(self) -> None:
        self.stem_morph.form = self.stem

    @property
    def is_be(self) -> bool:
        """Whether the English verb is 'be'."""
        return self.base == "be"

    @property
    def is_state(self) -> bool:
        """Whether it holds rather than happens: such clauses take 을 때, never 었을 때."""
        return self.group != "verb" or self.felt is not None


@dataclass
class Parts:
    """What stands around a verb (time, place, object …), by its name, in both languages."""

    words: dict[str, list[Word]] = field(default_factory=dict)
    tokens: dict[str, list[Token]] = field(default_factory=dict)
    also: list[Morph] = field(default_factory=list)  # particles that the English verb expresses


@dataclass
class Clause:
    """A subject and its predicate, in one tense."""

    subject: Phrase
    predicate: Predicate
    tense: str = "present"  # "present", "past", "future"
    modality: str = ""  # "", "progress", "want", "can", "must"
    # "long" (지 않다), "short" (안), "cannot" (못), "unable" (지 못하다), "bid" (지 말다)
    negation: str = ""
    english_subject: list[Token] | None = None  # where it differs: it rains, there is
    before: list[Word] = field(default_factory=list)  # words in front of the subject
    thing: Phrase | None = None  # the object, which a later clause may take up
    part: list[Token] = field(default_factory=list)  # what of the subject hurts
    perfect: str = ""  # the participle, where English says that it has (not) been done

    @property
    def negative(self) -> bool:
        """Whether it is negated."""
        return self.negation != ""


@dataclass
class Rendered:
    """The Korean predicate, and which morphemes carry what."""

    words: list[Word]
    stem: tuple[Morph, ...]
    finite: tuple[Morph, ...]
    negation: tuple[Morph, ...] = ()
    modal: tuple[Morph, ...] = ()
    link: tuple[Morph, ...] = ()
    conjunction: tuple[Morph, ...] = ()


class _Chain:
    """The predicate under construction: stem, auxiliaries, and what each expresses."""

    def __init__(self, predicate: Predicate) -> None:
        self.words = list(predicate.front)
        self.current, self.irregular = predicate.stem_morph, predicate.irregular
        self.group, self.contract = predicate.group, predicate.contract
        self.prefix = Word("", [])  # 기뻐 of 기뻐하다

    def _write(self, ending: str) -> Morph:
        word = with_ending(self.current, ending, self.irregular, self.contract)
        self.words.append(
            Word(self.prefix.surface + word.surface, [*self.prefix.morphs, *word.morphs])
        )
        self.prefix = Word("", [])
        return word.morphs[1]

    def advance(self, ending: str, following: str, group: str) -> Morph:
        """Give the current stem an ending and go on with an auxiliary; return the ending."""
        shape = self._write(ending)
        self.current, self.irregular, self.group, self.contract = Morph(following), "", group, True
        return shape

    def feel(self, felt: tuple[Morph, Morph]) -> None:
        """Make a verb of an adjective of feeling: 기쁘 -> 기뻐하."""
        word = with_ending(self.current, "어", self.irregular)
        felt[0].form, felt[1].form = word.morphs[1].form, "하"
        self.prefix = Word(word.surface, [self.current, felt[0]])
        self.current, self.irregular, self.group, self.contract = felt[1], "", "verb", True

    def close(self, ending: str) -> Morph:
        """Give the last stem its ending."""
        return self._write(ending)


def _add_adverb_of_negation(chain: _Chain, clause: Clause) -> list[Morph]:
    """Put 안 or 못 before the verb and return it."""
    if clause.negation not in ("short", "cannot"):
        return []
    chain.words.append(simple("안" if clause.negation == "short" else "못"))
    return chain.words[-1].morphs


def _add_long_negation(chain: _Chain, clause: Clause) -> list[Morph]:
    """Add 지 않다 or 지 못하다 and return its morphemes."""
    if clause.negation == "long" and clause.modality != "can":
        group = "verb" if chain.group == "verb" else "adjective"
        return [chain.advance("지", "않", group), chain.current]
    if clause.negation == "unable":
        return [chain.advance("지", "못하", "verb"), chain.current]
    if clause.negation == "bid":
        return [chain.advance("지", "말", "verb"), chain.current]
    return []


def _add_modality(chain: _Chain, clause: Clause) -> tuple[list[Morph], list[Morph]]:
    """Add the auxiliary of the modality; return what links to it and what expresses it."""
    link: list[Morph] = []
    modal: list[Morph] = []
    if clause.modality == "progress":
        link, modal = [chain.advance("고", "있", "exist")], [chain.current]
    elif clause.modality == "want":
        link, modal = [chain.advance("고", "싶", "adjective")], [chain.current]
        if clause.subject.is_third:
            modal += [chain.advance("어", "하", "verb"), chain.current]
    elif clause.modality == "can":
        modal = [chain.advance("을", "없" if clause.negative else "있", "exist")]
        chain.words.append(simple("수"))
        modal += [*chain.words[-1].morphs, chain.current]
    elif clause.modality == "must":
        modal = [chain.advance("어야", "하", "verb"), chain.current]
    return link, modal


def _add_future(chain: _Chain) -> list[Morph]:
    """Add ㄹ 것 and return its morphemes; 이다 is still to come."""
    ending = chain.advance("을", "", "copula")
    chain.words.append(simple("것"))
    return [ending, *chain.words[-1].morphs]


def _close_copula(chain: _Chain, kind: str, past: bool) -> Morph:
    """Write 이다 behind the last word."""
    form = COPULA[kind][past]
    host, ending = chain.words[-1], Morph(form)
    surface = copula_surface(host.surface, form)
    if host.surface == "것" and kind == "question":
        surface = "거니"
    chain.words[-1] = Word(surface, [*host.morphs, ending])
    return ending


def _close(chain: _Chain, kind: str, past: bool) -> list[Morph]:
    """Add the ending of a kind of clause, and return it with the bound noun that follows it."""
    if chain.group == "copula":
        return [_close_copula(chain, kind, past)]
    of_verb, of_adjective, of_past = ENDINGS[kind]
    ending = chain.close(of_past if past else of_verb if chain.group == "verb" else of_adjective)
    bound = [Morph(form) for form in BOUND_NOUNS.get(kind, ())]
    if bound:
        chain.words.append(Word("".join(m.form for m in bound), bound))
    return [ending, *bound]


def render_korean(clause: Clause, kind: str, tenseless: bool = False) -> Rendered:
    """Write the predicate of a clause with the ending that `kind` names (a key of `ENDINGS`).

    `tenseless` leaves tense to the last of several predicates: 먹고 마셨다, ate and drank.
    """
    predicate = clause.predicate
    chain = _Chain(predicate)
    negation = _add_adverb_of_negation(chain, clause)
    if predicate.felt:
        chain.feel(predicate.felt)
    link, modal = _add_modality(chain, clause)
    negation = [*negation, *_add_long_negation(chain, clause)]
    future = clause.tense == "future" and kind in WITH_FUTURE
    if future:
        modal += _add_future(chain)
    past = clause.tense == "past" and not tenseless
    if kind == "when" and (predicate.is_state or clause.modality == "progress"):
        past = False  # 더울 때 수영했다: what holds takes 을 때 whatever the tense
    ending, *bound = _close(chain, kind, past)
    copula = chain.group == "copula"
    stem = ending if copula and not future else predicate.stem_morph
    carries_tense = kind in WITH_TENSE or (past and kind in WITH_PAST) or copula
    return Rendered(
        chain.words,
        stem=(stem, *predicate.also),
        finite=(ending,) if carries_tense else (),
        negation=tuple(negation),
        modal=tuple(modal),
        link=tuple(link),
        conjunction=(ending, *bound),
    )
