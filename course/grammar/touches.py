"""Small words that a clause can do without: still, yet, already, only, from, until, for.

아직 자고 있다, 아직 먹지 않았다, 벌써 끝냈다, 아마 올 것이다, 물만 마신다, 두 시간 동안.
"""

from __future__ import annotations

from .clause import Clause, Token, Word, join, simple, spread
from .clauses import for_people
from .happenings import Happenings
from .lexicon import NOUN, Verb
from .tables.times import NUMERALS
from .tables.verb_classes import LASTING_HOURS, PARTICIPLES, SINGLED, WORKING

HOURS = tuple(NUMERALS)
DAYS = (("월요일", "Monday"), ("화요일", "Tuesday"), ("목요일", "Thursday"), ("금요일", "Friday"),
        ("토요일", "Saturday"))  # fmt: skip
ENDURING = ("live", "remember", "love", "like", "miss")  # still lives in Seoul


def _hour(number: int, mark: str) -> tuple[list[Word], list[Token]]:
    """아홉 시부터 -> nine o'clock, without its preposition."""
    words = [simple(HOURS[number - 1]), join(simple("시"), mark)]
    tokens: list[Token] = [
        (NUMERALS[HOURS[number - 1]], tuple(words[0].morphs)),
        ("o'clock", (words[1].morphs[0],)),
    ]
    return words, tokens


def _named(korean: str, english: str, mark: str) -> tuple[list[Word], list[Token]]:
    """월요일부터 -> Monday, without its preposition."""
    word = join(simple(korean), mark)
    return [word], [(english, (word.morphs[0],))]


Piece = tuple[list[Word], list[Token]]


def _bounded(first: Piece | None, last: Piece | None) -> Piece:
    """From the first to the last; from the first; until the last."""
    words: list[Word] = []
    tokens: list[Token] = []
    for piece, preposition in ((first, "from"), (last, "to" if first else "until")):
        if piece:
            words += piece[0]
            tokens += [(preposition, (piece[0][-1].morphs[-1],)), *piece[1]]
    return words, tokens


class Touches(Happenings):
    """Clauses with a small word more."""

    def timeless(self, verb: Verb) -> bool:
        """Whether a clause of the verb is to say from when, until when, or for how long."""
        likely = 0.4 if verb.base in WORKING else 0.16
        return verb.base in LASTING_HOURS and self.pick.chance(likely)

    def lasting(self, clause: Clause, verb: Verb) -> None:
        """Say from when, until when, or for how long: 두 시간 동안 공부했다."""
        pick, working = self.pick, verb.base in WORKING
        roll = pick.random.random()
        first: Piece | None = None
        last: Piece | None = None
        if verb.base == "sleep" and roll < 0.5:
            number = 6 + int(pick.random.random() * 5)
            last = _hour(number, "까지")
            if roll < 0.25:
                first = _hour(9 + int(pick.random.random() * 4), "부터")
        elif working and (roll < 0.55 or clause.tense == "present"):
            first, last = self._working_time(clause, roll % 0.55)
        elif roll < 0.62 and working:
            start = 1 + int(pick.random.random() * 5)
            first = _hour(start, "부터")
            last = _hour(start + 1 + int(pick.random.random() * 3), "까지")
        elif verb.base in ("wait", "practise", "exercise") and roll < 0.5:
            last = _hour(2 + int(pick.random.random() * 8), "까지")  # 네 시까지 기다렸다
        if first or last:
            words, tokens = _bounded(first, last)
        else:
            words, tokens = self._duration(verb)
        clause.predicate.front = [*words, *clause.predicate.front]
        clause.predicate.complement += tokens
        clause.predicate.asked_at += len(words)

    def _working_time(self, clause: Clause, roll: float) -> tuple[Piece | None, Piece | None]:
        """아홉 시부터 여섯 시까지, 월요일부터 금요일까지, 아침부터 밤까지, 오늘부터, 밤까지."""
        pick = self.pick
        if clause.tense == "future" and roll < 0.25:
            return _named(*pick.any((("오늘", "today"), ("내일", "tomorrow"))), "부터"), None
        if roll < 0.2:
            start, end = 8 + int(pick.random.random() * 3), 5 + int(pick.random.random() * 3)
            return _hour(start, "부터"), _hour(end, "까지")
        if roll < 0.32:
            i = int(pick.random.random() * 3)
            return _named(*DAYS[i], "부터"), _named(*DAYS[i + 2], "까지")
        if roll < 0.38:
            until = pick.any((("저녁", "evening"), ("밤", "night")))
            return _named("아침", "morning", "부터"), _named(*until, "까지")
        if roll < 0.42:
            return _hour(8 + int(pick.random.random() * 3), "부터"), None
        return None, _hour(6 + int(pick.random.random() * 6), "까지")

    def _duration(self, verb: Verb) -> Piece:
        """두 시간 동안 -> for two hours."""
        most = 9 if verb.base == "sleep" else 4
        least = 5 if verb.base == "sleep" else 1
        number = least + int(self.pick.random.random() * (most - least + 1))
        words = [simple(HOURS[number - 1]), simple("시간")]
        if self.pick.chance(0.7):
            words.append(simple("동안"))
        one = number == 1
        amount = "an" if one else NUMERALS[HOURS[number - 1]]
        return words, [
            ("for", tuple(words[-1].morphs)),
            (amount, tuple(words[0].morphs)),
            ("hour" if one else "hours", tuple(words[1].morphs)),
        ]

    def touch(self, clause: Clause, verb: Verb, free: bool) -> None:
        """Add a small word now and then; `free` says that no time is told."""
        pick, said = self.pick, clause.predicate
        plain = not clause.modality and not clause.negative
        third = clause.subject.is_third
        human = for_people(verb.subjects) or clause.subject.is_human
        if verb.base == "like" and plain and clause.thing and pick.chance(0.25):
            self._late(clause, "제일", "best")
        elif free and clause.tense == "past" and verb.base in PARTICIPLES and human:
            self.perfect(clause, verb)
        elif clause.modality == "progress" and clause.tense == "present" and pick.chance(0.25):
            if verb.base == "wear":
                return
            self._middle(clause, "아직", "still")
        elif plain and clause.tense == "present" and verb.base in ENDURING and pick.chance(0.15):
            if not said.unknown:
                self._middle(clause, "아직", "still")
        elif clause.tense == "future" and plain and third and human and pick.chance(0.25):
            self._middle(clause, "아마", "probably")
        elif plain and verb.base in SINGLED and pick.chance(0.1):
            self._only(clause)

    def perfect(self, clause: Clause, verb: Verb, sure: bool = False) -> None:
        """아직 먹지 않았다 -> has not eaten yet; 벌써 먹었다 -> has already eaten."""
        if clause.negation in ("long", "short") and (sure or self.pick.chance(0.6)):
            clause.perfect = PARTICIPLES[verb.base]
            self._late(clause, "아직", "yet", first=True)
        elif not clause.negative and not clause.modality and (sure or self.pick.chance(0.5)):
            clause.perfect = PARTICIPLES[verb.base]
            self._middle(clause, "벌써", "already")

    def _middle(self, clause: Clause, korean: str, english: str) -> None:
        """Add a word before the English verb."""
        word = simple(korean)
        said = clause.predicate
        said.front, said.asked_at = [word, *said.front], said.asked_at + 1
        said.middle = [(english, tuple(word.morphs)), *said.middle]

    def _late(self, clause: Clause, korean: str, english: str, first: bool = False) -> None:
        """Add a word at the end of the English clause, before the Korean verb or first of all."""
        word = simple(korean)
        said = clause.predicate
        said.front = [word, *said.front] if first else [*said.front, word]
        said.asked_at += first
        said.complement = [*said.complement, *spread(english, word.morphs)]

    def _only(self, clause: Clause) -> None:
        """나는 물만 마신다 -> I drink only water."""
        thing, said = clause.thing, clause.predicate
        fits = thing is not None and thing.noun is not None and not thing.noun.is_human
        fits = fits and clause.subject.is_human and thing is not None
        if fits and thing is not None and thing.noun is not None:
            fits = thing.noun.kind != "meal" and thing.key != "술"
        if not fits or thing is None or len(thing.words) != 1 or thing.after:
            return
        if thing.tokens[0][0] in ("the", "his", "her", "my", "your", "our", "their"):
            return
        for i, word in enumerate(said.front):
            if word.morphs[0] is thing.words[0].morphs[0] and word.morphs[-1].form in "을를":
                only = join(Word(thing.words[0].surface, thing.words[0].morphs), "만")
                said.front[i] = only
                at = next(j for j, t in enumerate(said.complement) if t == thing.tokens[0])
                said.complement.insert(at, ("only", (only.morphs[-1],)))
                return

    def is_animal(self, key: str) -> bool:
        """Whether a noun is an animal, whose deeds nobody foretells."""
        return key in NOUN and NOUN[key].kind == "animal"
