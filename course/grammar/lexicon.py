"""The words of the Korean-English grammar, read from their tables.

How a row is written is said in the tables themselves: `tables.nouns`, `tables.verbs` and
`tables.adjectives`. Where a row lists nouns, it names nouns, classes and groups (`expand`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .inflection import gerund, past_tense, plural_form, third_person
from .tables.adjectives import ADJECTIVES
from .tables.nouns import GROUPS, NOUNS
from .tables.scripts import TOLD
from .tables.verbs import VERBS


@dataclass(frozen=True)
class Noun:
    """A noun of the table `NOUNS`; `korean` is what is written, `key` tells homographs apart."""

    key: str
    korean: str
    english: tuple[str, ...]
    plural: tuple[str, ...]
    kind: str
    counter: str = ""
    measure: str = ""
    flags: frozenset[str] = frozenset()

    @property
    def is_mass(self) -> bool:
        """Whether English neither counts it nor gives it an article."""
        return "mass" in self.flags

    @property
    def is_plural(self) -> bool:
        """Whether English has only the plural."""
        return "plural" in self.flags

    def name(self, many: bool = False) -> str:
        """The English name, in the plural if there are `many`."""
        return " ".join(self.plural if many and not self.is_plural else self.english)

    @property
    def gender(self) -> str:
        """Return "he" or "she" if English takes it up again so, else ""."""
        return next((g for g in ("he", "she") if g in self.flags), "")

    @property
    def is_human(self) -> bool:
        """Whether it is a person."""
        return self.kind in ("person", "kin", "name", "baby", "thief")


@dataclass(frozen=True)
class Verb:
    """One sense of a verb: its forms in both languages and the nouns that go with it."""

    stem: str
    irregular: str
    base: str
    past: str
    tail: tuple[str, ...]
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    places: tuple[str, ...]
    flags: frozenset[str] = frozenset()

    @property
    def third(self) -> str:
        """The third person singular."""
        return third_person(self.base)

    @property
    def gerund(self) -> str:
        """The form in -ing."""
        return gerund(self.base)


@dataclass(frozen=True)
class Adjective:
    """An adjective, the nouns that it describes, and where it may stand."""

    stem: str
    irregular: str
    english: str
    nouns: tuple[str, ...]
    before: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()


def lines(table: str) -> list[str]:
    """The rows of a table; a line that is set in continues the one before."""
    joined = re.sub(r"\n +", " ", table)
    return [line.strip() for line in joined.split("\n") if line.strip()]


def rows(table: str) -> list[list[str]]:
    """The cells of a table."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(table)]


def _read_nouns() -> dict[str, Noun]:
    nouns: dict[str, Noun] = {}
    kind = counter = measure = ""
    for line in re.split("[;\n]", NOUNS):
        if not line.strip():
            continue
        if line.startswith("["):
            kind, unit = line.strip("[]").split()
            counter, _, measure = unit.replace("-", "").partition(":")
            continue
        key, name, *flags = line.split()
        own = next((f[1:] for f in flags if f.startswith(":")), counter)
        singular, _, plural = name.partition("/")
        words = tuple(singular.split("_"))
        many = tuple(plural.split("_")) if plural else (*words[:-1], plural_form(words[-1]))
        if key in nouns:
            raise ValueError(f"NOUNS: {key!r} stands there twice; mark the sense with #")
        korean, others = key.partition("#")[0], frozenset(f for f in flags if f[0] != ":")
        nouns[key] = Noun(key, korean, words, many, kind, own.strip("-"), measure, others)
    return nouns


NOUN = _read_nouns()
_GROUP: dict[str, tuple[str, ...]] = {}


def expand(names: str) -> tuple[str, ...]:
    """The keys of the nouns in a list of nouns, classes and groups; -x takes x out again."""
    found: dict[str, None] = {}
    for name in names.split():
        if name.startswith("-"):
            found.pop(name[1:])
        elif name in _GROUP:
            found.update(dict.fromkeys(_GROUP[name]))
        elif name in NOUN:
            found[name] = None
        else:
            raise ValueError(f"lexicon: {name!r} is neither a noun, a class nor a group")
    return tuple(found)


for _noun in NOUN.values():
    _GROUP[_noun.kind] = (*_GROUP.get(_noun.kind, ()), _noun.key)
for _line in lines(GROUPS):
    _name, _, _members = _line.partition(" = ")
    _GROUP[_name] = expand(_members)


def _places(names: str) -> tuple[str, ...]:
    """The places of a row; 여기 and 거기 are places, though not nouns of the table."""
    return (names,) if names in ("여기", "거기") else expand(names)


def _read_verbs() -> list[Verb]:
    verbs = []
    for stem, english, subjects, objects, places, *flags in rows(VERBS + TOLD):
        stem, _, irregular = stem.partition(":")
        first, *tail = english.split()
        base, _, past = first.partition("/")
        verb = Verb(
            stem,
            irregular,
            base,
            past or past_tense(base),
            tuple(tail),
            expand(subjects),
            expand(objects),
            _places(places),
            frozenset(" ".join(flags).split()),
        )
        verbs.append(verb)
    return verbs


def _read_adjectives() -> list[Adjective]:
    adjectives = []
    for stem, english, nouns, before, *flags in rows(ADJECTIVES):
        stem, _, irregular = stem.partition(":")
        said_of = () if nouns in ("", "-") else expand(nouns)
        stands_before = said_of if before == "=" else () if before in ("", "-") else expand(before)
        own = frozenset(" ".join(flags).split())
        adjectives.append(Adjective(stem, irregular, english, said_of, stands_before, own))
    return adjectives


VERB = _read_verbs()
ADJECTIVE = _read_adjectives()
