"""The grammar: builds a clause in both languages at once and remembers what goes with what.

A clause is a subject and a predicate.  Korean is written first, word by word, and each morpheme is
an object of its own (`Morph`); the English tokens then name the morphemes that they express, so
the word alignment comes for free and is exact.
"""

from __future__ import annotations

import random
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from .hangul import attach, particle
from .lexicon import (
    ADJECTIVE,
    NOUN,
    NUMERALS,
    UNSEEN,
    VERB,
    Adjective,
    Noun,
    expand,
)

T = TypeVar("T")


class Morph:
    """A morpheme in its place; two morphemes of the same form are two objects."""

    __slots__ = ("form",)

    def __init__(self, form: str) -> None:
        self.form = form


Token = tuple[str, tuple[Morph, ...]]  # an English token and the morphemes that it expresses


@dataclass
class Word:
    """A written Korean word and the morphemes in it."""

    surface: str
    morphs: list[Morph]


def simple(form: str) -> Word:
    """A word of one morpheme."""
    return Word(form, [Morph(form)])


def join(word: Word, pair: str) -> Word:
    """Add a particle, in the shape that the word before it calls for."""
    shape = particle(word.surface, pair)
    surface = CONTRACTED_SUBJECTS.get((word.surface, shape), word.surface + shape)
    return Word(surface, [*word.morphs, Morph(shape)])


CONTRACTED_SUBJECTS = {("나", "가"): "내가", ("너", "가"): "네가", ("누구", "가"): "누가"}
POSSESSIVES = {"나": "내", "너": "네"}

# ---------------------------------------------------------------------------------------------
# Endings


ENDINGS = {  # kind: present of a verb, present of an adjective, past
    "statement": ("는다", "다", "었다"),
    "question": ("니", "니", "었니"),
    "and": ("고", "고", "었고"),
    "but": ("지만", "지만", "었지만"),
    "so": ("어서", "어서", "어서"),
    "because": ("기", "기", "었기"),
    "if": ("으면", "으면", "으면"),
    "when": ("을", "을", "었을"),
    "before": ("기", "기", "기"),
    "after": ("은", "은", "은"),
    "while": ("으면서", "으면서", "으면서"),
    "that": ("는다고", "다고", "었다고"),
}
COPULA = {  # present, past
    "statement": ("이다", "이었다"),
    "question": ("이니", "이었니"),
    "and": ("이고", "이었고"),
    "but": ("이지만", "이었지만"),
    "that": ("이라고", "이었다고"),
}
BOUND_NOUNS = {  # what follows the ending: 때문에, 때, 전에, 후에
    "because": ("때문", "에"), "when": ("때",), "before": ("전", "에"), "after": ("후", "에"),
}  # fmt: skip
CONJUNCTION = {
    "and": "and", "but": "but", "so": "because", "because": "because", "if": "if", "when": "when",
    "before": "before", "after": "after", "while": "while", "that": "that",
}  # fmt: skip


@cache
def inflect(stem: str, ending: str, irregular: str, contract: bool = True) -> tuple[str, str]:
    """`attach`, remembered."""
    return attach(stem, ending, irregular, contract)


def with_ending(stem: Morph, ending: str, irregular: str = "", contract: bool = True) -> Word:
    """Inflect a stem: the surface is written as Korean writes it, the morphemes stay apart."""
    surface, shape = inflect(stem.form, ending, irregular, contract)
    return Word(surface, [stem, Morph(shape)])


def copula_surface(noun: str, form: str) -> str:
    """학생 + 이었다 -> 학생이었다, 의사 + 이었다 -> 의사였다, 의사 + 이니 -> 의사니."""
    if particle(noun, "이/가") == "가":
        if form.startswith("이었"):
            return noun + "였" + form[2:]
        if form == "이니":
            return noun + "니"
        if form == "이라고":
            return noun + "라고"
    return noun + form


# ---------------------------------------------------------------------------------------------
# Noun phrases


@dataclass
class Phrase:
    """A noun phrase in both languages.

    `words` lack the particle of the last word; `person` decides agreement ("1s", "2", "3s", "p");
    `pronoun` takes the phrase up again in the next clause ("" if English could not say which).
    """

    words: list[Word]
    tokens: list[Token]
    person: str
    pronoun: str
    noun: Noun | None = None
    key: str = ""

    def marked(self, pair: str) -> list[Word]:
        """The words with a particle at the end."""
        if not pair or not self.words:
            return self.words
        return [*self.words[:-1], join(self.words[-1], pair)]


PRONOUNS = {  # Korean: subject, object, possessive, agreement
    "나": ("I", "me", "my", "1s"),
    "너": ("you", "you", "your", "2"),
    "그": ("he", "him", "his", "3s"),
    "그녀": ("she", "her", "her", "3s"),
    "우리": ("we", "us", "our", "p"),
    "너희": ("you", "you", "your", "2"),
    "그들": ("they", "them", "their", "p"),
}
DEMONSTRATIVES = {"그": ("the", "the"), "이": ("this", "these"), "저": ("that", "those")}
# Kinds of nouns that English uses without an article.
NO_ARTICLE = {"name", "kin", "language", "subject", "sport", "country", "town", "meal"}
OWNED = set(expand("OWNED"))
NOT_OWNED = set(expand("탑 해 달 풍선"))
NEWABLE = set(expand("NEWABLE"))
NOT_COUNTED = set(expand("UNCOUNTED"))
COUNTABLE = {  # what has an English plural, and takes 들
    k for k, n in NOUN.items()
    if not (n.is_mass or n.is_plural or n.kind in NO_ARTICLE or k in NOT_COUNTED)
}  # fmt: skip
COUNTED = {k for k, n in NOUN.items() if n.counter} - NOT_COUNTED - {"왕", "여왕"}
FIXED_THE = {"라디오#radio", "해", "달", "하늘", "날씨", "바다", "시골", "뉴스", "바람"}
PLURALS = {"person", "animal"}  # 들 without a demonstrative


class Picker:
    """Random choices that keep the words in balance: of a few draws, the one least used so far."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.used: Counter[str] = Counter()
        self.total = 0  # choices so far
        self.log: list[str] = []  # those of the sentence at hand

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def any(self, options: Sequence[T]) -> T:
        return options[int(self.random.random() * len(options))]

    def scarce(self, counter: str, key: str) -> float:
        """How strongly a counter, or a noun's plural, is called for: 0.0 to 1.0."""
        if counter and self.used["counter " + counter] * 350 < self.total:
            return 0.9
        if self.used["plural " + key] * PLURALS_DUE < self.total:
            return 0.8
        return 0.5 if self.used["plural " + key] * 3 < self.used[key] else 0.0

    def due(self, form: str, base: str) -> bool:
        """Whether a form of an English verb is called for."""
        return self.used[f"{form} {base}"] * FORMS_DUE < self.total

    def forget(self) -> None:
        """Take back the choices since `start`: their sentence was not used."""
        self.used.subtract(self.log)
        self.log.clear()

    def start(self) -> None:
        """Begin a sentence."""
        self.log.clear()

    def note(self, key: str) -> None:
        """Count a choice."""
        self.used[key] += 1
        self.log.append(key)

    def frequency(self, option: str) -> int:
        """How often an option was chosen; half that if it is a noun whose plural is due."""
        due = self.used["plural " + option] * PLURALS_DUE < self.total and option in COUNTABLE
        return self.used[option] // (1 + due)

    def balanced(self, options: Sequence[str], draws: int = 8) -> str:
        """Of a few draws the option least used so far.

        Of a short list fewer are drawn, so that no word stands in one frame alone because it is
        rare elsewhere: not always the fox that steals.
        """
        draws = 1 if self.chance(0.12) else max(2, min(draws, len(options) // 2))
        best = min((self.any(options) for _ in range(draws)), key=self.frequency)
        self.note(best)
        self.total += 1
        return best


PLURALS_DUE = 3_800  # a noun's plural is due once in so many choices
FORMS_DUE = 3_500  # and each form of an English verb
HELD_OUT = 8  # of a hundred verb-object and noun-adjective pairs, in test_combinations alone
RICH = 8  # only words with at least so many partners give pairs away


def _held_out_pairs() -> frozenset[str]:
    pairs = []
    for verb in VERB:
        if len(verb.objects) >= RICH:
            pairs += [f"{verb.stem}|{key}" for key in verb.objects]
    for adjective in ADJECTIVE:
        if len(adjective.nouns) >= RICH:
            pairs += [f"{adjective.stem}|{key}" for key in adjective.nouns]
    return frozenset(p for p in pairs if zlib.crc32(p.encode()) % 100 < HELD_OUT)


HELD_OUT_PAIRS = _held_out_pairs()


def held_out(pair: str) -> bool:
    """Say whether a pair is kept for test_combinations: decided by its spelling alone."""
    return pair in HELD_OUT_PAIRS


PRONOUN_KEYS = tuple(PRONOUNS)
POSSESSORS = ("나", "나", "너", "우리", "그", "그녀", "그들", "name")
ADJECTIVES_OF: dict[str, list[Adjective]] = {}
for _adjective in ADJECTIVE:
    for _key in _adjective.nouns:
        if not _adjective.flags & {"noadnominal", "predicative"}:
            ADJECTIVES_OF.setdefault(_key, []).append(_adjective)
SUBJECTS_OF = [a for a in ADJECTIVE if "adnominal" not in a.flags]
HUMANS = expand("person name kin")


def article(tokens: list[Token]) -> str:
    """Choose a or an by the sound of the next word."""
    word = tokens[0][0]
    if word in ("honest", "hour"):
        return "an"
    return "an" if word[0].lower() in "aeiou" and not word.startswith(("uni", "use")) else "a"


class Grammar:
    """Builds random phrases and clauses; `pairs` holds the word pairs of the sentence at hand."""

    def __init__(self, seed: int) -> None:
        self.pick = Picker(seed)
        self.pairs: set[str] = set()
        self.bare_kin = True  # whether a relative without a possessor is the speaker's
        self.novel = False  # whether to look for held-out pairs, or to avoid them
        self.detail = 1.0  # how richly noun phrases are furnished: less in long sentences

    def allowed(self, pairs: dict[str, str]) -> list[str]:
        """Of options and the word pairs that they would make, those that the part may have."""
        held = [option for option, pair in pairs.items() if held_out(pair)]
        if self.novel:
            return held if held and self.pick.chance(0.5) else list(pairs)
        return [option for option in pairs if option not in held] or list(pairs)

    # --- noun phrases -----------------------------------------------------------------------

    def pronoun(self, key: str) -> Phrase:
        subject, _, _, person = PRONOUNS[key]
        word = simple(key)
        return Phrase([word], [(subject, (word.morphs[0],))], person, subject, None, key)

    def unsaid(self, key: str) -> Phrase:
        """A subject that Korean leaves out: the speaker in a statement, the hearer if asked."""
        subject, _, _, person = PRONOUNS[key]
        return Phrase([], [(subject, ())], person, subject, None, key)

    def object_pronoun(self, key: str) -> Phrase:
        phrase = self.pronoun(key)
        phrase.tokens = [(PRONOUNS[key][1], phrase.tokens[0][1])]
        return phrase

    def possessor(self, key: str) -> tuple[list[Word], list[Token]]:
        """내 -> my, 우리 -> our, 그의 -> his, 민수의 -> Minsu 's."""
        if key in POSSESSIVES:
            morphs = [Morph(key), Morph("의")]
            return [Word(POSSESSIVES[key], morphs)], [(PRONOUNS[key][2], tuple(morphs))]
        if key == "우리":
            word = simple(key)
            return [word], [("our", (word.morphs[0],))]
        word = join(simple(key), "의")
        if key in PRONOUNS:
            return [word], [(PRONOUNS[key][2], tuple(word.morphs))]
        owner, particle_ = word.morphs
        return [word], [(NOUN[key].english[0], (owner,)), ("'s", (particle_,))]

    def adnominal(self, noun: Noun, lasting: bool = False) -> tuple[list[Word], list[Token]]:
        """An adjective before its noun: 큰, 예쁜, 재미있는; `lasting` excludes 'hungry'."""
        options = ADJECTIVES_OF.get(noun.key, [])
        if lasting:
            options = [a for a in options if "mind" not in a.flags]
        by_stem = {a.stem + "/" + a.english: a for a in options}
        if not by_stem:
            return [], []
        options_ = self.allowed({name: f"{a.stem}|{noun.key}" for name, a in by_stem.items()})
        adjective = by_stem[self.pick.balanced(options_, 3)]
        self.pairs.add(f"{adjective.stem}|{noun.key}")
        ending = "는" if adjective.stem[-1] in "있없" else "은"
        word = with_ending(Morph(adjective.stem), ending, adjective.irregular)
        return [word], [
            ("sick" if adjective.english == "ill" else adjective.english, tuple(word.morphs))
        ]

    def noun(
        self, key: str, role: str, article_: str = "", owner: str = "", *, plain: bool = False,
        plural: bool = False, counted: bool = True, described: bool = True, owned: bool = True,
        pointed: bool = True, every: bool = False,
    ) -> Phrase:  # fmt: skip
        """A noun phrase in a role ("subject", "object", "place", "complement").

        A bare noun is definite as subject and place and indefinite elsewhere, unless `article_`
        ("the", "plural") says otherwise; `owner` must not own it; `plain` asks for a bare noun,
        `plural` for the English plural of a bare noun (they are students); `counted`, `described`,
        `owned` and `pointed` allow numbers, adjectives, possessives and demonstratives; `every`
        asks for 모든.
        """
        pick, noun = self.pick, NOUN[key]
        if key == "집":  # home: not 'the home', 'the big home'
            pointed = described = False
        head = Morph(noun.korean)
        last = Word(noun.korean, [head])
        gender = noun.gender
        if noun.kind in ("name", "kin"):
            words = [last]
            tokens: list[Token] = [(w, (head,)) for w in noun.english]
            if noun.kind == "kin":
                # her husband, his wife; 형 and 누나 are a man's, 오빠 and 언니 a woman's
                wrong = {"남편": ("그", "우리"), "아내": ("그녀", "우리"), "형": ("그녀",),
                         "누나": ("그녀",), "오빠": ("그",), "언니": ("그",)}  # fmt: skip
                possible = [p for p in ("나", "너", "우리", "그", "그녀")
                            if p != owner and p not in wrong.get(key, ())
                            and not (owner in NOUN and p in ("그", "그녀"))]  # fmt: skip
                # 'my' where nobody else is about whose relative it could be
                clear = owner == "나" or (role == "subject" and self.bare_kin)
                if not clear or (not plain and pick.chance(0.25)):
                    owner_words, owner_tokens = self.possessor(pick.any(possible))
                    words, tokens = [*owner_words, *words], [*owner_tokens, *tokens]
                else:
                    tokens = [("my", ()), *tokens]
            return Phrase(words, tokens, "3s", gender, noun, key)

        before: list[Word] = []
        determiner: list[Token] = []
        count: list[Token] = []
        many = noun.is_plural
        countable = not noun.is_mass and noun.kind not in NO_ARTICLE
        style, due = "bare", False
        fixed = key in FIXED_THE or noun.kind in NO_ARTICLE
        if every and countable and not many and not fixed:
            style = "every"
        elif not plain and not fixed and article_ != "plural" and not plural:
            roll = pick.random.random() / self.detail
            countable_here = key in COUNTED and counted and role in ("subject", "object")
            severally = (
                key in COUNTABLE
                and pointed
                and (role == "subject" or (role == "object" and counted))
            )
            scarce = pick.scarce(noun.counter, key) if countable_here or severally else 0.0
            if not countable_here and scarce < 0.8:
                scarce = 0.0
            alone = role == "subject" and counted and noun.kind in PLURALS and not many
            if alone and pick.chance(0.25):  # 한 학생이 왔다
                style, scarce, roll = "one", 0.0, 1.0
            if scarce and pick.chance(scarce * (1.0 if scarce > 0.5 else self.detail)):
                due = severally and pick.chance(0.1 if countable_here else 0.9)
                style = "demonstrative" if due else "counted" if countable_here else "bare"
            elif roll < 0.09 and pointed:
                style = "demonstrative"
            elif roll < 0.15 and key in OWNED and owned:
                style = "owned"
            elif roll < 0.21 and countable_here:
                style = "counted"
            elif roll < 0.29 and role == "subject" and counted and countable and not many:
                style = "one" if noun.kind in PLURALS and pick.chance(0.5) else "every"
            elif (
                roll < (0.37 if noun.kind in PLURALS else 0.23)
                and key in COUNTABLE
                and article_ != "the"
                and (role == "subject" or (role == "object" and noun.kind in PLURALS))
            ):
                style = "plural"
        if style == "demonstrative":
            korean = "그" if key in UNSEEN else pick.any(("그", "그", "이", "저"))
            word = simple(korean)
            before.append(word)
            several = counted and role != "place" and pick.chance(0.25)  # nobody sits on those beds
            if key in COUNTABLE and (due or several):
                last = Word(last.surface + "들", [head, Morph("들")])
                many = True
            determiner = [(DEMONSTRATIVES[korean][many], (word.morphs[0],))]
        elif style == "owned":
            options = [p for p in POSSESSORS if p != owner and not (p == "나" and owner == "우리")]
            who = pick.any(options)
            if who == "name":
                who = pick.any([n for n in expand("name") if n != owner])
            owner_words, determiner = self.possessor(who)
            before.extend(owner_words)
        elif style in ("one", "every"):
            word = simple("한" if style == "one" else "모든")
            before.append(word)
        elif style == "plural":
            last = Word(last.surface + "들", [head, Morph("들")])
            many = True
        adjectives: list[Word] = []
        description: list[Token] = []
        if not plain and noun.kind not in NO_ARTICLE and described and style != "every":
            if key in NEWABLE and pick.chance(0.06 * self.detail):
                adjectives = [simple("새")]
                description = [("new", (adjectives[0].morphs[0],))]
            elif pick.chance(0.16 * self.detail):
                adjectives, description = self.adnominal(noun, lasting=role == "complement")
        words = [*before, *adjectives, last]
        if style == "counted":
            numbers = list(NUMERALS)[:10]
            pick.note("counter " + noun.counter)
            korean = numbers[min(int(pick.random.expovariate(0.4)), 9)]
            number, unit = Morph(korean), Morph(noun.counter)
            words += [Word(korean, [number]), Word(noun.counter, [unit])]
            count = [(NUMERALS[korean], (number,))]
            several = korean != "한"
            if noun.measure:
                measure = noun.measure + "s" * several
                if noun.measure == "glass" and several:
                    measure = "glasses"
                count += [(measure, (unit,)), ("of", (unit,))]
                description += [(w, (head,)) for w in noun.english]
                tokens = [*count, *description]
                return Phrase(words, tokens, "p" if several else "3s", "", noun, key)
            many = several
            head_morphs: tuple[Morph, ...] = (head, unit)
        else:
            head_morphs = tuple(last.morphs)
        generic = (plural or article_ == "plural") and countable and not fixed
        as_plural = many or (generic and style == "bare")
        name = noun.plural if as_plural and not noun.is_plural else noun.english
        if as_plural:
            pick.note("plural " + key)
        body: list[Token] = [*description, *((w, head_morphs) for w in name)]
        if style == "one":
            determiner = [(article(body), (before[0].morphs[0],))]
        elif style == "every":
            determiner = [("every", (before[0].morphs[0],))]
        elif style == "counted":
            determiner = count
        elif style in ("bare", "plural"):
            bare_place = role == "place" and key in ("학교", "집") and not adjectives
            if noun.kind in NO_ARTICLE or bare_place:
                determiner = []
            elif role in ("subject", "place") or article_ == "the" or key in FIXED_THE:
                determiner = [("the", ())]
            elif countable and not as_plural:
                determiner = [(article(body), ())]
        if noun.is_human or noun.kind == "baby":
            pronoun = "they" if as_plural else gender
        else:
            pronoun = "they" if as_plural else "it"
        person = "p" if as_plural else "3s"
        return Phrase(words, [*determiner, *body], person, pronoun, noun, key)


# ---------------------------------------------------------------------------------------------
# Predicates


@dataclass
class Predicate:
    """What is said of the subject, before tense and ending are chosen.

    `front` holds the Korean words between subject and verb, `complement` what follows the English
    verb.  `group` is "verb", "adjective", "exist" (있다, 없다) or "copula" and decides the ending.
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
    often: list[Token] = field(default_factory=list)
    also: tuple[Morph, ...] = ()  # Korean morphemes that the English verb expresses, too
    stem_in_english: bool = True  # False: 'be' carries the ending alone (예쁘다: is pretty)
    contract: bool = True
    lacking: bool = False  # 없다: does not have
    unplaced: bool = False  # comes, without a place: 친구가 왔다
    ongoing: bool = False  # the simple present is the progressive in English: is getting married
    asked_at: int = 0  # where in `front` a question word goes
    stem_morph: Morph = field(default_factory=lambda: Morph(""))

    @property
    def is_be(self) -> bool:
        return self.base == "be"


@dataclass
class Clause:
    """A subject and its predicate, in one tense."""

    subject: Phrase
    predicate: Predicate
    tense: str = "present"  # "present", "past", "future"
    modality: str = ""  # "", "progress", "want", "can", "must"
    negation: str = ""  # "", "long" (지 않다), "short" (안), "cannot" (못)
    english_subject: list[Token] | None = None  # where it differs: it rains, there is

    @property
    def negative(self) -> bool:
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


def render_korean(clause: Clause, kind: str, tenseless: bool = False) -> Rendered:
    """Write the predicate of a clause with the ending that `kind` names (a key of `ENDINGS`).

    `tenseless` leaves tense to the last of several predicates: 먹고 마셨다, ate and drank.
    """
    predicate = clause.predicate
    words = list(predicate.front)
    stem = predicate.stem_morph
    stem.form = predicate.stem
    negation: list[Morph] = []
    modal: list[Morph] = []
    link: list[Morph] = []
    current, irregular, group = stem, predicate.irregular, predicate.group
    contract = predicate.contract

    def advance(ending: str, following: str, following_group: str) -> Morph:
        nonlocal current, irregular, group, contract
        word = with_ending(current, ending, irregular, contract)
        words.append(word)
        current, irregular, group, contract = Morph(following), "", following_group, True
        return word.morphs[1]

    if clause.negation in ("short", "cannot"):
        words.append(simple("안" if clause.negation == "short" else "못"))
        negation += words[-1].morphs
    if clause.modality == "progress":
        link.append(advance("고", "있", "exist"))
        modal.append(current)
    elif clause.modality == "want":
        link.append(advance("고", "싶", "adjective"))
        modal.append(current)
        if clause.subject.person in ("3s", "p") and clause.subject.key != "우리":
            modal.append(advance("어", "하", "verb"))
            modal.append(current)
    elif clause.modality == "can":
        modal.append(advance("을", "없" if clause.negative else "있", "exist"))
        words.append(simple("수"))
        modal += [*words[-1].morphs, current]
    elif clause.modality == "must":
        modal.append(advance("어야", "하", "verb"))
        modal.append(current)
    if clause.negation == "long" and clause.modality != "can":
        negation.append(advance("지", "않", "verb" if group == "verb" else "adjective"))
        negation.append(current)
    future = clause.tense == "future" and kind in ("statement", "question", "but", "that")
    if future:
        modal.append(advance("을", "", "copula"))
        words.append(simple("것"))
        modal += words[-1].morphs
    past = clause.tense == "past" and not tenseless
    carries_tense = kind in ("statement", "question", "that") or (
        past and kind in ("and", "but", "because", "when")
    )
    if group == "copula":
        form = COPULA[kind][past]
        host = words[-1]
        ending = Morph(form)
        surface = copula_surface(host.surface, form)
        if host.surface == "것" and kind == "question":
            surface = "거니"
        words[-1] = Word(surface, [*host.morphs, ending])
        if not future:
            stem = ending
    else:
        endings = ENDINGS[kind]
        wanted = endings[2] if past else endings[0 if group == "verb" else 1]
        words.append(with_ending(current, wanted, irregular, contract))
        ending = words[-1].morphs[1]
    conjunction: list[Morph] = [ending]
    if kind in BOUND_NOUNS:
        bound = BOUND_NOUNS[kind]
        words.append(Word("".join(bound), [Morph(form) for form in bound]))
        conjunction += words[-1].morphs
    return Rendered(
        words,
        (stem, *predicate.also),
        (ending,) if carries_tense or group == "copula" else (),
        tuple(negation),
        tuple(modal),
        tuple(link),
        tuple(conjunction),
    )


BE = {"1s": ("am", "was"), "2": ("are", "were"), "3s": ("is", "was"), "p": ("are", "were")}


def render_english(
    clause: Clause,
    korean: Rendered,
    subject: list[Token],
    question: bool = False,
    asked: Sequence[Token] = (),
    bare: bool = False,
    stranded: Sequence[Token] = (),
) -> list[Token]:
    """Write the clause in English.

    Parameters
    ----------
    clause, korean
        The clause and what `render_korean` made of it.
    subject
        The English subject; empty where it is shared with the clause before.
    question
        Whether the auxiliary goes before the subject.
    asked
        The question word or phrase that comes first.
    bare
        Only the base form and what follows: the second verb after a shared 'will'.
    stranded
        A preposition left without its noun: who do you talk with.
    """
    predicate, person = clause.predicate, clause.subject.person
    past = clause.tense == "past"
    stem, finite, negation = korean.stem, korean.finite, korean.negation
    if predicate.lacking:
        negation = stem
    third = person == "3s" and not past
    not_ = [("not", negation)] if negation else []
    own = stem if predicate.stem_in_english else ()
    tail: list[Token] = [(w, own) for w in predicate.tail]
    verb: list[Token] = [*predicate.often, (predicate.base, own), *tail]
    if bare:
        shown = [] if predicate.is_be else verb
        return [*shown, *predicate.complement]
    auxiliary: list[Token]
    if clause.tense == "future":
        auxiliary = [("will", korean.modal + finite)]
        rest = [*not_, *verb]
    elif clause.modality == "progress" or (
        predicate.ongoing
        and clause.tense == "present"
        and not clause.modality
        and clause.negation != "cannot"
    ):
        auxiliary = [(BE[person][past], korean.modal + finite)]
        rest = [*not_, *predicate.often, (predicate.gerund, own + korean.link), *tail]
    elif clause.modality == "can" or clause.negation == "cannot":
        modal = korean.modal + finite
        if clause.modality == "can" and clause.negative:
            refusal: tuple[Morph, ...] = (korean.modal[-1],)
        else:
            refusal = negation
        if not clause.negative:
            auxiliary, rest = [("could" if past else "can", modal)], verb
        elif past:
            auxiliary, rest = [("could", modal or refusal)], [("not", refusal), *verb]
        else:
            auxiliary, rest = [("cannot", modal + negation)], verb
    elif clause.modality == "must" and not past:
        auxiliary, rest = [("must", korean.modal + finite)], [*not_, *verb]
    elif predicate.is_be:
        auxiliary, rest = [(BE[person][past], own + finite)], not_
    else:
        if clause.modality == "want":
            forms = ("want", "wants", "wanted")
            head, after = korean.modal, [("to", korean.link), *verb]
        elif clause.modality == "must":
            forms = ("have", "has", "had")
            head, after = korean.modal, [("to", korean.modal), *verb]
        else:
            forms = (predicate.base, predicate.third, predicate.past)
            head, after = own, tail
        often = predicate.often if not clause.modality else []
        if negation or (question and subject):
            support = "did" if past else "does" if third else "do"
            auxiliary = [(support, finite)]
            rest = [*not_, *often, (forms[0], head), *after]
        else:
            auxiliary = []
            form = forms[2] if past else forms[1] if third else forms[0]
            rest = [*often, (form, head + finite), *after]
    ending: list[Token] = [*stranded, *predicate.complement]
    if question:
        return [*asked, *auxiliary, *subject, *rest, *ending, ("?", korean.conjunction)]
    return [*subject, *auxiliary, *rest, *ending]
