"""Events as the scripts write them, read against the word tables.

An event is written

    [subject/]stem [object+object] [@place+place] [>receiver+receiver] [~adverb] [not|cannot] [!]

with the keys of the nouns and the stems of the word tables; ``+`` separates equally good choices.

* Without a subject, the person of the sentence does it.
* ``머리.아프`` is a part of the person.
* ``있 시간``, ``없 돈``, ``많 숙제`` and ``필요하 우산`` are what the person has or needs.
* The object ``=`` is the thing of the clause before; Korean leaves it out, English says *it*.
* A place that is written is always said.
* ``>`` alone is any fitting person.
* ``not`` is 지 않다, ``cannot`` is 못 or 지 못하다.
* ``!`` is done on one occasion: it suits *so* and *because* in the past, not *if* and *when*.

``a -> b`` is joined by 아서 (공원에 가서 산책했다); ``a`` never stands without its ``b``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from .adverbs import ALL_MANNERS
from .clauses import ADJECTIVE_OF, NAMES, STATES, WEATHER
from .lexicon import ADJECTIVE, NOUN, VERB, Adjective, Verb, expand

HAVING = ("있", "없", "많", "필요하")
SAME = "="
ANYBODY = ("*",)


@dataclass(frozen=True)
class Event:
    """Something that happens or holds, before it is said of whom and when."""

    text: str
    kind: str  # "verb", "adjective", "have", "where", "state", "pain", "weather"
    stem: str = ""
    subjects: tuple[str, ...] = ()  # nouns other than the person of the sentence
    part: str = ""  # of the body
    objects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    manner: str = ""
    negation: str = ""
    once: bool = False

    def verb(self, key: str = "") -> Verb:
        """The row of VERBS that is meant, of this object or the first one."""
        first = self.objects[0] if self.objects else ""
        found = sense(self.stem, key or first, self.places, self.subjects[:1])
        if found is None:
            raise ValueError(f"scripts: no row of VERBS says {self.text!r}; add its words there")
        return found

    def adjective_of(self, key: str) -> Adjective:
        """The row of ADJECTIVES that is meant of this subject: a film is scary, a person afraid."""
        human = key not in NOUN or NOUN[key].is_human
        rows = [a for a in ADJECTIVE if a.stem == self.stem]
        return next(
            (a for a in rows if key in a.nouns or (human and set(a.nouns) >= NAMES)), rows[0]
        )

    @property
    def past_only(self) -> bool:
        """Whether it is told when it has happened: lost, fell."""
        return self.once or (self.kind == "verb" and "past" in self.verb().flags)

    @property
    def is_state(self) -> bool:
        """Whether it holds rather than happens."""
        if self.kind == "verb":
            return "stative" in self.verb().flags
        return self.kind != "weather"


def _takes(verb: Verb, key: str) -> bool:
    """Whether a row of VERBS has this object, or no object if there is none."""
    if key == SAME:
        return True
    return key in verb.objects if key else not verb.objects


@cache
def sense(
    stem: str, key: str, places: tuple[str, ...], subjects: tuple[str, ...] = ()
) -> Verb | None:
    """Return the row of VERBS with this stem, object and places; None if there is none."""
    found = [v for v in VERB if v.stem == stem and _takes(v, key)]
    if subjects:
        found = [v for v in found if set(subjects) & set(v.subjects)]
    goal = {"to", "into", "on", "bare", "towards"}

    def misfit(verb: Verb) -> tuple[bool, bool, bool]:
        strange = not subjects and not NAMES & set(verb.subjects)
        wrong = bool(places) and not set(places) & set(verb.places)
        needy = not places and bool(verb.flags & goal)
        return strange, needy or wrong, "scene" in verb.flags

    found.sort(key=misfit)
    if not found or (places and not found[0].places and found[0].flags & {"hither"}):
        return None
    objects = (key,) if key not in ("", SAME) else found[0].objects
    return replace(found[0], objects=objects, places=places or found[0].places)


def _listed(text: str) -> tuple[str, ...]:
    return expand(text.replace("+", " "))


def _words(text: str) -> dict[str, str]:
    """Split an event into its parts by their marks."""
    parts: dict[str, str] = {}
    for word in text.split()[1:]:
        if word in ("not", "cannot"):
            parts["negation"] = "long" if word == "not" else "unable"
        elif word[0] in "@>~!":
            parts[word[0]] = word[1:] or "*"
        else:
            parts["object"] = word
    return parts


@cache
def event(text: str) -> Event:
    """Read an event.

    Raises
    ------
    ValueError
        If a word of it is in no table, or no row of VERBS takes these objects.
    """
    head = text.split()[0]
    subject, _, verb = head.rpartition("/")
    part, _, stem = verb.rpartition(".")
    parts = _words(text)
    places = ("여기",) if parts.get("@") == "여기" else _listed(parts.get("@", ""))
    manner = parts.get("~", "")
    if manner and manner not in ALL_MANNERS:
        raise ValueError(f"scripts: {manner!r} of {text!r} is no adverb of MANNERS")
    said = parts.get("object", "")
    objects = (SAME,) if said == SAME else _listed(said)
    to = parts.get(">", "")
    made = Event(
        text,
        "verb",
        stem,
        subjects=_listed(subject),
        part=part,
        objects=objects,
        places=places,
        receivers=ANYBODY if to == "*" else _listed(to),
        manner=manner,
        negation=parts.get("negation", ""),
        once="!" in parts,
    )
    made = replace(made, kind=_kind(made))
    if made.kind == "verb":
        for key in made.objects or ("",):
            if sense(stem, key, places, made.subjects[:1]) is None:
                raise ValueError(f"scripts: no row of VERBS says {text!r} ({key}); add it there")
    return made


def _kind(what: Event) -> str:
    if what.subjects and what.subjects[0] in WEATHER and what.stem == "오":
        return "weather"
    if what.part:
        part = next((k for k in NOUN if k == what.part or NOUN[k].korean == what.part), "")
        if (NOUN[part].korean if part else what.part, what.stem) in STATES:
            return "state"
        if what.stem != "아프":
            raise ValueError(f"scripts: {what.text!r} is neither a state nor a pain")
        return "pain"
    if what.stem in HAVING:
        return "where" if what.stem == "있" and what.places else "have"
    return "adjective" if what.stem in ADJECTIVE_OF and not what.objects else "verb"


Step = tuple[Event, ...]  # one event, or two or more that 아서 joins


def steps(cell: str) -> tuple[Step, ...]:
    """Read the events of a cell: 'a ; b -> c' is two steps, the second of two events."""
    found = (step.strip() for step in cell.split(";"))
    return tuple(
        tuple(event(e.strip()) for e in step.split("->")) for step in found if step and step != "-"
    )
