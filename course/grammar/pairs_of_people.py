"""Sentences in which people, or things, stand side by side or against each other."""

from __future__ import annotations

from .clause import Phrase
from .drawing import Unsayable
from .events import Event, event
from .lexicon import NOUN
from .read_scripts import (
    ALIKE_ROWS,
    CHOICE_ROWS,
    FOUND_ROWS,
    FOUR_ROWS,
    OPPOSITE_ROWS,
    PURPOSE_ROWS,
    REPORT_ROWS,
    TASTE_ROWS,
    THOUGH_ROWS,
    WHILE_ROWS,
    hated,
)
from .single import PROFESSION_KEYS, STRANGERS
from .tables.adjectives import PRAISE
from .telling import EVERYBODY, Telling
from .tree import About, Hung, Leaf, Node, Series

TRADES = tuple(k for k in PROFESSION_KEYS if k not in STRANGERS)
WORKERS = tuple(k for k in EVERYBODY if k not in ("할머니", "할아버지"))
INDOORS = ("@방", "@부엌", "@거실", "@욕실")  # nobody goes there by bus


class PairsOfPeople(Telling):
    """Contrasts and parallels; and what one person says of another."""

    # --- for what, and meanwhile ----------------------------------------------------------------

    def purpose(self) -> Node:
        """나는 책을 빌리러 도서관에 갔다 -> I went to the library to borrow a book."""
        pick, tense = self.pick, self.told(())
        aims, place = pick.any(PURPOSE_ROWS)
        aim, goes = pick.any(aims), event(f"가 {place}")
        person = self.cast([aim, goes])
        sub = self.leaf(aim, person, "present")
        main = self.leaf(goes, person, tense, time=place not in INDOORS)
        goes_to = main.clause.predicate
        front, when = goes_to.front, goes_to.asked_at
        cut = when if aim.objects else len(front)  # 책을 빌리러 도서관에, 바다에 놀러
        sub.clause.before, goes_to.front = front[:cut], front[cut:]  # the time comes first
        return About(person, Hung("to", sub, main))

    def meanwhile(self) -> Node:
        """나는 음악을 들으면서 공부했다."""
        pick, tense = self.pick, self.told(())
        background, foreground = pick.any(WHILE_ROWS)
        first, second = pick.any(background), pick.any(foreground)
        if first.stem in ("울", "웃") and tense == "future":  # nobody foresees it
            tense = "past"
        person = self.cast([first, second])
        sub = self.leaf(first, person, "present" if tense == "future" else tense)
        return About(person, Hung("while", sub, self.leaf(second, person, tense)))

    def found(self, count: int = 1) -> Node:
        """내가 집에 왔을 때 어머니는 자고 있었다."""
        pick = self.pick
        arrivals, ongoing = pick.any(FOUND_ROWS)
        arrival = pick.any(arrivals)
        if len(ongoing) < count:
            raise Unsayable
        self.company = True
        people = [self.cast([arrival])]
        parts: list[Node] = []
        away = arrival.stem in ("가", "들어가")  # where the speaker is, one comes
        for what in pick.random.sample(ongoing, count):
            people.append(self.cast([what], *people, absent=away))
            leaf = self.leaf(what, people[-1], "past", modality="progress")
            parts.append(About(people[-1], leaf))
        sub = self.leaf(arrival, people[0], "past")
        main = parts[0] if count == 1 else Series(parts, ["and"] * (count - 1))
        return Hung("when", sub, main)

    # --- two people -----------------------------------------------------------------------------

    def side_by_side(self, told: list[Event], tense: str) -> list[Node]:
        """One event for each of several people."""
        self.company = True
        people: list[Phrase] = []
        parts: list[Node] = []
        for what in told:
            people.append(self.cast([what], *people))
            parts.append(About(people[-1], self.leaf(what, people[-1], tense)))
        return parts

    def choices(self, count: int = 2) -> Node:
        """나는 커피를 마시고 그는 차를 마신다."""
        pick = self.pick
        rows = [e for e in CHOICE_ROWS if len(e) >= count]
        if count > 2:  # at one table, or in one shop
            rows = [e for e in rows if e[0].stem in ("먹", "마시", "주문하", "사")]
        options = pick.any(rows)
        told = pick.random.sample(options, count)
        parts = self.side_by_side(told, self.told(told, future=False))
        return Series(parts, ["and"] * (count - 1))

    def tastes(self) -> Node:
        """나는 커피를 좋아하지만 그는 차를 좋아한다; 나는 커피를 좋아하지만 차를 싫어한다."""
        pick = self.pick
        first, second = pick.random.sample(pick.any(TASTE_ROWS), 2)
        tense = "present" if pick.chance(0.7) else "past"
        if pick.chance(0.5):
            return Series(self.side_by_side([first, second], tense), [pick.any(("but", "and"))])
        person = self.cast([first])
        disliked = hated(second)
        negation = "" if disliked else "long"
        both = [
            self.leaf(first, person, tense),
            self.leaf(disliked or second, person, tense, negation=negation),
        ]
        for leaf in both:
            self.contrast(leaf.clause)
        return About(person, Series(list(both), ["but"]))

    def opposites(self) -> Node:
        """나는 바쁘지만 그는 한가하다; 코끼리는 크지만 쥐는 작다."""
        pick = self.pick
        nouns, firsts, seconds = pick.any(OPPOSITE_ROWS)
        told = [pick.any(firsts), pick.any(seconds)]
        if pick.chance(0.5):
            nouns, told = nouns[::-1], told[::-1]
        tense = "present" if nouns or pick.chance(0.6) else "past"
        if any(e.past_only for e in told):
            tense = "past"
        if not nouns:
            parts = self.side_by_side(told, tense)
            for part, what in zip(parts, told, strict=True):
                me = isinstance(part, About) and part.person.pronoun in ("I", "we")
                if me and (what.stem in PRAISE or (what.kind == "state" and tense == "past")):
                    raise Unsayable  # nobody praises himself
            return Series(parts, ["but"])
        parts = []
        for key, what in zip(nouns, told, strict=True):
            thing = self.generic(key)
            parts.append(About(thing, self.leaf(what, thing, tense)))
        return Series(parts, ["but"])

    def identities(self) -> Node:
        """나는 학생이고 그는 의사다; 나는 학생이지만 그는 학생이 아니다."""
        pick = self.pick
        self.company = True
        people = [self.cast((), who=WORKERS)]
        people.append(self.cast((), *people, who=WORKERS))
        alike = len({p.noun.kind if p.noun else p.key for p in people}) == 1
        tense = "past" if pick.chance(0.7 if alike else 0.25) else "present"
        keys = [pick.balanced(TRADES)]
        denied = pick.chance(0.4)
        keys.append(keys[0] if denied else pick.balanced(TRADES))
        if not denied and keys[0] == keys[1]:
            raise Unsayable
        parts: list[Node] = []
        for i, (person, key) in enumerate(zip(people, keys, strict=True)):
            clause = self.identity(person, key, tense, denied and i == 1)
            parts.append(About(person, Leaf(clause, person)))
        return Series(parts, ["but" if denied else "and"])

    def qualities(self) -> Node:
        """이 책은 어렵지만 재미있다; 그 식당은 싸고 맛있다."""
        pick = self.pick
        link = pick.any(("but", "and"))
        nouns, first, second = pick.any(THOUGH_ROWS if link == "but" else ALIKE_ROWS)
        if not nouns:
            subject = self.cast([first, second])
            if subject.pronoun in ("I", "we") and {first.stem, second.stem} & PRAISE:
                raise Unsayable  # nobody praises himself
        else:
            with self.detailed(2.0):
                subject = self.noun(
                    pick.balanced(nouns), "subject", counted=False, described=False, known=0.7
                )
        here = subject.words[0].surface in ("이", "저")  # what is pointed at is here
        tense = "present" if here or pick.chance(0.7) else "past"
        opening = self.leaf(first, subject, tense)
        series = Series([opening, self.leaf(second, subject, tense)], [link])
        return About(subject, series, self.marker(opening.clause))

    def two_causes(self) -> Node:
        """나는 피곤해서 집에서 쉬었지만 민수는 날씨가 좋아서 공원에 갔다."""
        pick = self.pick
        self.company = True
        self.detail = 1e-9  # nothing is counted in one half alone
        who, some, others = pick.any(FOUR_ROWS)
        people: list[Phrase] = []
        parts: list[Node] = []
        done: set[tuple[str, tuple[str, ...], str]] = set()
        halves = [pick.any(some), pick.any(others)]
        if halves[0][0].subjects and halves[0][0].subjects == halves[1][0].subjects:
            raise Unsayable
        for reason, steps in halves if pick.chance(0.5) else halves[::-1]:
            single = [s for s in steps if len(s) == 1]
            what = pick.any(single)[0] if single else reason
            if not single or (what.stem, what.places, what.negation) in done:
                raise Unsayable
            done.add((what.stem, what.places, what.negation))
            people.append(
                self.cast([reason, what], *people, who=[k for k in who if NOUN[k].kind == "name"])
            )
            why = "because" if reason.stem == "일어나" else "so"  # 일어나서 is: got up and
            told = self.caused(reason, (what,), False, why, people[-1], "past")
            parts.append(About(people[-1], told))
        return Series(parts, ["but"])

    # --- said and thought -----------------------------------------------------------------------

    def said_to_be(self) -> Node:
        """나는 그가 의사라고 들었다 -> I heard that he was a doctor."""
        self.company = True
        person = self.cast(())
        other = self.cast((), person, who=WORKERS, absent=True)
        by = self.pick.any(("think", "say", "hear"))  # heard that he was: 이라고, not 이었다고
        tense = "past" if by == "think" and self.pick.chance(0.6) else "present"
        clause = self.identity(other, self.pick.balanced(TRADES), tense)
        inner = About(other, Leaf(clause, other), "이/가")
        return self.told_by(person, inner, by)

    def report(self) -> Node:
        """나는 그가 시험에 합격했다고 들었다 -> I heard that he passed the exam."""
        pick = self.pick
        row = pick.any(REPORT_ROWS)
        if pick.chance(0.15):
            return self.said_to_be()
        what = pick.any(row.events)
        tense = pick.any(row.tenses)
        self.company = True
        person = self.cast(())
        other = self.cast([what], person, absent=True)
        modality = "progress" if tense == "progressive" else ""
        inner = self.leaf(what, other, "present" if modality else tense, modality=modality)
        inner.clause.predicate.ongoing = what.kind == "weather"
        said = inner if what.subjects else About(other, inner, "이/가")
        return self.told_by(person, said, pick.any(row.verbs))
