"""Noun phrases in both languages: pronouns, relatives, described, counted and pointed-at things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .clause import POSSESSIVES, Morph, Phrase, Token, Word, join, simple, spread, with_ending
from .drawing import Picker, Unsayable, held_out
from .english import article
from .inflection import plural_form
from .lexicon import ADJECTIVE, NOUN, Adjective, Noun, expand
from .tables.places import NEWABLE, OWNED
from .tables.times import NUMERALS, UNSEEN

PRONOUNS = {  # Korean: subject, object, possessive, agreement
    "나": ("I", "me", "my", "1s"),
    "너": ("you", "you", "your", "2"),
    "그": ("he", "him", "his", "3s"),
    "그녀": ("she", "her", "her", "3s"),
    "우리": ("we", "us", "our", "p"),
    "너희": ("you", "you", "your", "2"),
    "그들": ("they", "them", "their", "p"),
}
POSSESSIVE_OF = {subject: possessive for subject, _, possessive, _ in PRONOUNS.values()}
OBJECT_OF = {"it": "it", "they": "them", "he": "him", "she": "her"}
NEAR = (("나", "우리"), ("너", "너희"))  # one of them does nothing to the other
DEMONSTRATIVES = {"그": ("the", "the"), "이": ("this", "these"), "저": ("that", "those")}
ELDERS = expand("어머니 아버지 RELATIVES")  # 우리 어머니, never 내 어머니
# Whose they are: a man's 형, 누나 and 아내, a woman's 오빠, 언니 and 남편.
RELATIVES_OF = {
    **dict.fromkeys(("형", "누나", "아내"), "man"),
    **dict.fromkeys(("오빠", "언니", "남편"), "woman"),
}
SEX_OF = {"그": "man", "그녀": "woman"}
# Kinds of nouns that English uses without an article.
NO_ARTICLE = set("name kin language subject sport country town meal season family".split())
NOT_COUNTED = set(expand("body nature season family 집 시골 바다 라디오#radio 텔레비전#tv"))
OWNED_KEYS = set(expand(OWNED))
NEWABLE_KEYS = set(expand(NEWABLE))
FIXED_THE = set(expand("지하철 라디오#radio 달 하늘 날씨 바다 시골 뉴스 바람"))
ALIVE = {"person", "animal"}  # what takes 들: on things it sounds translated
COUNTABLE = {  # what has an English plural
    k
    for k, n in NOUN.items()
    if not (n.is_mass or n.is_plural or n.kind in NO_ARTICLE or k in NOT_COUNTED)
}
PLURALISED = {k for k in COUNTABLE if NOUN[k].kind in ALIVE}
COUNTED = {k for k, n in NOUN.items() if n.counter} - NOT_COUNTED
HUMANS = expand("name kin")
OWNERS = ("나", "나", "너", "우리", "그", "그녀", "그들")
POINTED = set(expand("남자 여자 소년 소녀 노인 아이 사람"))  # as topics 그 남자, not a bare 남자

ADJECTIVES_OF: dict[str, list[Adjective]] = {}
for _adjective in ADJECTIVE:
    for _key in _adjective.before:
        ADJECTIVES_OF.setdefault(_key, []).append(_adjective)


def sex_of(key: str) -> str:
    """Return "man" or "woman" of a pronoun, a name or a relative, "" if it may be either."""
    if key in SEX_OF:
        return SEX_OF[key]
    noun = NOUN.get(key)
    return {"he": "man", "she": "woman"}.get(noun.gender, "") if noun else ""


def _several(noun: Noun) -> Word:
    """학생들."""
    return Word(noun.korean + "들", [Morph(noun.korean), Morph("들")])


class Phrases:
    """Builds random phrases; `pairs` holds the word pairs of the sentence at hand."""

    def __init__(self, seed: int) -> None:
        self.pick = Picker(seed)
        self.pairs: set[str] = set()
        self.sexes: set[tuple[str, str]] = set()  # of speaker and hearer, as their relatives say
        self.mentioned: set[str] = set()  # names: nobody is named twice
        self.company = False  # whether several people are told of: then nobody's relatives
        self.novel = False  # whether to look for held-out pairs, or to avoid them
        self.detail = 1.0  # how richly noun phrases are furnished: less in long sentences

    def start(self) -> None:
        """Begin a sentence."""
        self.pick.forget()
        self.pairs, self.sexes, self.mentioned = set(), set(), set()
        self.company = False

    @contextmanager
    def detailed(self, detail: float) -> Iterator[None]:
        """Furnish noun phrases so richly for a while."""
        usual, self.detail = self.detail, detail
        try:
            yield
        finally:
            self.detail = usual

    def check(self) -> None:
        """Refuse a sentence in which the speaker or the hearer is of both sexes."""
        if len({who for who, _ in self.sexes}) < len(self.sexes):
            raise Unsayable

    def allowed(self, pairs: dict[str, str]) -> list[str]:
        """Of options and the word pairs that they would make, those that the part may have."""
        held = [option for option, pair in pairs.items() if held_out(pair)]
        if self.novel:
            return held if held and self.pick.chance(0.6) else list(pairs)
        return [option for option in pairs if option not in held] or list(pairs)

    # --- people ---------------------------------------------------------------------------------

    def pronoun(self, key: str) -> Phrase:
        """나 -> I."""
        subject, _, _, person = PRONOUNS[key]
        word = simple(key)
        return Phrase([word], [(subject, (word.morphs[0],))], person, subject, None, key)

    def unsaid(self, key: str) -> Phrase:
        """A subject that Korean leaves out: the speaker in a statement, the hearer if asked."""
        subject, _, _, person = PRONOUNS[key]
        return Phrase([], [(subject, ())], person, subject, None, key)

    def object_pronoun(self, key: str) -> Phrase:
        """나 -> me."""
        phrase = self.pronoun(key)
        phrase.tokens = [(PRONOUNS[key][1], phrase.tokens[0][1])]
        return phrase

    def possessor(self, key: str) -> tuple[list[Word], list[Token]]:
        """내 -> my, 우리 -> our, 그의 -> his, 민수의 -> Minsu 's."""
        if key in POSSESSIVES:
            morphs = [Morph(key), Morph("의")]
            return [Word(POSSESSIVES[key], morphs)], [(PRONOUNS[key][2], tuple(morphs))]
        self.mentioned.add(key)
        if key in ("우리", "너희"):
            word = simple(key)
            return [word], [(PRONOUNS[key][2], (word.morphs[0],))]
        word = join(simple(key), "의")
        if key in PRONOUNS:
            return [word], [(PRONOUNS[key][2], tuple(word.morphs))]
        owner, marker = word.morphs
        return [word], [(NOUN[key].english[0], (owner,)), ("'s", (marker,))]

    def kin(self, key: str, asked: bool = False, alone: bool = True) -> Phrase:
        """A relative: 어머니, 우리 어머니 -> my mother; 그의 형 -> his older brother.

        Without a possessor, and after 우리, it is the speaker's. `asked` makes it the hearer's or a
        third person's; `alone` says that nobody else is there whose relative it might be.
        """
        pick, noun = self.pick, NOUN[key]
        others = [
            o
            for o in ("그", "그녀", *expand("name"))
            if o not in self.mentioned and RELATIVES_OF.get(key, sex_of(o)) == sex_of(o)
        ]
        if asked:
            owner = ("너희" if key in ELDERS else "너") if pick.chance(0.7) else pick.any(others)
        elif alone and not self.company and pick.chance(0.25):
            owner = pick.any(others)
        else:
            owner = ""
        if key in RELATIVES_OF and owner in ("", "너", "너희"):
            self.sexes.add(("hearer" if owner else "speaker", RELATIVES_OF[key]))
        if owner:
            front, owned = self.possessor(owner)
        elif not alone or pick.chance(0.4):
            young = key not in ELDERS and pick.chance(0.5)
            front, owned = self.possessor("나" if young else "우리")
            owned = [("my", owned[0][1])]  # 우리 어머니 is my mother
        else:
            front, owned = [], [("my", ())]
        head = simple(noun.korean)
        tokens = [*owned, *spread(noun.name(), head.morphs)]
        return Phrase([*front, head], tokens, "3s", noun.gender, noun, key)

    def own_kin(self, key: str, owner: Phrase) -> Phrase:
        """A relative of the subject: 그는 어머니를 도왔다 -> he helped his mother."""
        noun = NOUN[key]
        if key in RELATIVES_OF and owner.key in ("나", "우리"):
            self.sexes.add(("speaker", RELATIVES_OF[key]))
        word = simple(noun.korean)
        whose = (POSSESSIVE_OF[owner.pronoun], owner.head)
        tokens = [whose, *spread(noun.name(), word.morphs)]
        return Phrase([word], tokens, "3s", noun.gender, noun, key)

    def other_person(
        self, owner: Phrase, keys: Sequence[str] = HUMANS, article_: str = ""
    ) -> Phrase:
        """Somebody to whom the subject does something: a name, a relative, a friend, a pronoun."""
        pick = self.pick
        if pick.chance(0.2) and set(HUMANS) <= set(keys):
            said = {"he": "그", "she": "그녀", "they": "그들"}.get(owner.pronoun, "")
            near = next((pair for pair in NEAR if owner.key in pair), (owner.key,))
            others = [
                k for k in ("나", "너", "우리", "그", "그녀", "그들") if k not in (said, *near)
            ]
            return self.object_pronoun(pick.any(others))
        options = [k for k in keys if self._may_meet(k, owner)]
        key = pick.balanced(options or expand("name"))
        kind = NOUN[key].kind
        if kind == "kin":
            return self.own_kin(key, owner)
        return self.noun(
            key,
            "object",
            "" if key == "친구" else article_,  # which friend is never known
            owner.key,
            plain=kind == "name",
            counted=False,
            described=False,
            pointed=key != "친구",
        )

    def _may_meet(self, key: str, owner: Phrase) -> bool:
        """Whether the subject may do something to somebody: to another, and to its own kin."""
        if key == owner.key:
            return False
        if NOUN[key].kind != "kin":
            return key not in self.mentioned
        if owner.pronoun in ("", "you") or (owner.noun and owner.noun.kind == "kin"):
            return False  # whose, then?
        if owner.is_plural and key in ("아내", "남편"):  # several men, one wife?
            return False
        sex = sex_of(owner.key)
        return RELATIVES_OF.get(key, sex) == sex or (not sex and owner.pronoun == "I")

    # --- things ---------------------------------------------------------------------------------

    def adnominal(self, noun: Noun) -> tuple[list[Word], list[Token]]:
        """An adjective before its noun: 큰, 예쁜, 재미있는."""
        by_stem = {a.stem + "/" + a.english: a for a in ADJECTIVES_OF.get(noun.key, [])}
        if not by_stem:
            return [], []
        options = self.allowed({name: f"{a.stem}|{noun.key}" for name, a in by_stem.items()})
        adjective = by_stem[self.pick.balanced(options, 3)]
        self.pairs.add(f"{adjective.stem}|{noun.key}")
        ending = "는" if adjective.stem[-1] in "있없" else "은"
        word = with_ending(Morph(adjective.stem), ending, adjective.irregular)
        english = "sick" if adjective.english == "ill" else adjective.english
        return [word], spread(english, word.morphs)

    def _style(self, key: str, role: str, counted: bool, pointed: bool, owned: bool) -> str:
        """How a noun is introduced: "bare", "demonstrative", "owned", "counted" or "plural"."""
        pick, noun = self.pick, NOUN[key]
        if key in FIXED_THE or noun.kind in NO_ARTICLE:
            return "bare"
        roll = pick.random.random() / self.detail
        rare = pick.used["counter " + noun.counter] * 350 < pick.sentences
        if counted and key in COUNTED and (roll < 0.3 or (rare and self.detail > 0.5)):
            return "counted"
        if pointed and 0.3 <= roll < 0.4:
            return "demonstrative"
        if owned and key in OWNED_KEYS and 0.4 <= roll < 0.48:
            return "owned"
        if role == "subject" and key in PLURALISED and key not in POINTED and 0.48 <= roll < 0.6:
            return "plural"
        return "bare"

    def noun(
        self, key: str, role: str, article_: str = "", owner: str = "", *, plain: bool = False,
        plural: bool = False, counted: bool = True, described: bool = True, owned: bool = True,
        pointed: bool = True, floating: bool = False, known: float = 0.0,
    ) -> Phrase:  # fmt: skip
        """A noun phrase in a role ("subject", "new", "object", "place", "complement", "kind").

        A bare noun is definite as subject and place and indefinite elsewhere, unless `article_`
        ("the", "plural") says otherwise; `owner` must not own it. `plain` asks for a bare noun,
        `plural` for the English plural of a bare noun (they are students); `counted`, `described`,
        `owned` and `pointed` allow numbers, adjectives, possessives and demonstratives; `floating`
        puts the number behind the particle (고양이가 두 마리). `known` is how often a bare noun
        gets an owner or a demonstrative (이 방은 넓다, 그 주소를 안다).
        """
        noun = NOUN[key]
        if noun.kind == "kin":
            return self.kin(key)
        if noun.kind == "name":
            self.mentioned.add(key)
        style = "bare"
        if not (plain or plural or article_ == "several"):
            style = self._style(key, role, counted, pointed, owned)
        style = self._fitting_style(style, key, role, article_, owned, known)
        adjectives: list[Word] = []
        description: list[Token] = []
        if described and not plain and noun.kind not in NO_ARTICLE:
            adjectives, description = self._description(noun, style)
        if style == "counted":
            return self._counted(noun, adjectives, description, floating)
        before: list[Word] = []
        determiner: list[Token] = []
        head = _several(noun) if style == "plural" else simple(noun.korean)
        if style == "demonstrative":
            before, determiner, head = self._with_demonstrative(noun, role, owner)
        elif style == "owned":
            before, determiner = self.possessor(self.pick.any(self._owners(owner)))
        generic = (plural or article_ == "plural") and key in COUNTABLE and key not in FIXED_THE
        many = noun.is_plural or len(head.morphs) > 1 or generic or article_ == "several"
        body = [*description, *spread(noun.name(many), head.morphs)]
        if not determiner:
            determiner = self._article(noun, role, article_, many, body, bool(adjectives))
        pronoun = "they" if many else noun.gender if noun.is_human else "it"
        words = [*before, *adjectives, head]
        return Phrase(words, [*determiner, *body], "p" if many else "3s", pronoun, noun, key)

    def _fitting_style(
        self, style: str, key: str, role: str, article_: str, owned: bool, known: float
    ) -> str:
        """The style that was drawn, or what the noun asks for instead: 그 남자, 내 가방."""
        noun = NOUN[key]
        if style == "counted" or (style != "bare" and article_ != "plural"):
            return style
        if role == "subject" and key in POINTED:
            return "demonstrative"
        fixed = key in FIXED_THE or noun.kind in NO_ARTICLE or noun.is_mass
        if known and (not fixed or key in UNSEEN) and self.pick.chance(known):
            theirs = owned and key in OWNED_KEYS and self.pick.chance(0.4)
            return "owned" if theirs else "demonstrative"
        return "bare"

    def _description(self, noun: Noun, style: str) -> tuple[list[Word], list[Token]]:
        """새 or another adjective, as chance has it."""
        if noun.key in NEWABLE_KEYS and self.pick.chance(0.05 * self.detail):
            word = simple("새")
            return [word], [("new", tuple(word.morphs))]
        if style != "counted" and self.pick.chance(0.35 * self.detail):
            return self.adnominal(noun)
        return [], []

    def _with_demonstrative(
        self, noun: Noun, role: str, owner: str
    ) -> tuple[list[Word], list[Token], Word]:
        """A demonstrative and its noun: 이 책, 그 학생들."""
        pick, seen = self.pick, noun.key not in UNSEEN
        near = owner in ("", "나", "우리", "너", "너희")
        korean = "그"
        if role == "subject":
            if seen and noun.key not in POINTED:
                korean = pick.any(("그", "이", "이", "저"))
        elif near and seen and self.detail > 0.5:
            korean = pick.any(("그", "그", "이"))
        word, head = simple(korean), simple(noun.korean)
        if noun.key in PLURALISED and pick.chance(0.25):
            head = _several(noun)
        many = noun.is_plural or len(head.morphs) > 1
        return [word], [(DEMONSTRATIVES[korean][many], tuple(word.morphs))], head

    def _owners(self, owner: str) -> list[str]:
        """Whose a thing may be said to be, though not the subject's."""
        return [
            p
            for p in (*OWNERS, *expand("name"))
            if p not in (owner, *self.mentioned) and {p, owner} != {"나", "우리"}
        ]

    def _article(
        self, noun: Noun, role: str, article_: str, many: bool, body: list[Token], described: bool
    ) -> list[Token]:
        """The article of a noun without a determiner, as far as English has one."""
        at_home = role == "place" and noun.key in ("학교", "집") and not described
        if noun.kind in NO_ARTICLE or at_home:
            return []
        if role == "kind" and noun.key not in FIXED_THE:
            return []
        if noun.key == "친구" and role == "subject" and not many:
            return [("my", ())]  # 친구는 바쁘다
        if role in ("subject", "place") or article_ in ("the", "several"):
            return [("the", ())]
        if noun.key in FIXED_THE:
            return [("the", ())]
        if noun.is_mass or noun.is_plural or many:
            return []
        return [(article(body), ())]

    def _counted(
        self, noun: Noun, adjectives: list[Word], description: list[Token], floating: bool
    ) -> Phrase:
        """책 두 권 -> two books, 커피 한 잔 -> a cup of coffee, 질문 하나 -> a question."""
        alone = noun.counter == "하나"
        index = 0 if alone else min(int(self.pick.random.expovariate(0.7)), 9)
        if noun.is_plural and not noun.measure:
            index = max(index, 1)  # one of the strawberries would need a singular
        korean, english = ("하나", "one") if alone else list(NUMERALS.items())[index]
        self.pick.note("counter " + noun.counter)
        several = index > 0
        head, number = simple(noun.korean), simple(korean)
        units = [] if alone else [simple(noun.counter)]
        by = tuple(m for unit in units for m in unit.morphs)
        if noun.measure:
            measure = plural_form(noun.measure) if several else noun.measure
            of = spread(noun.name(), head.morphs)
            name = [(measure, by), ("of", by), *description, *of]
        else:
            name = [*description, *spread(noun.name(several), (*head.morphs, *by))]
        pronoun = "they" if several else noun.gender if noun.is_human else "it"
        words, count = [*adjectives, head], [number, *units]
        return Phrase(
            words if floating else [*words, *count],
            [(english if several else article(name), tuple(number.morphs)), *name],
            "p" if several else "3s",
            pronoun,
            noun,
            noun.key,
            after=count if floating else [],
        )
