"""Sentences of two to four clauses, from the scripts of what belongs together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .clause import Clause
from .drawing import Unsayable
from .events import SAME, Event, Step, event
from .lexicon import NOUN
from .pairs_of_people import PairsOfPeople
from .read_scripts import (
    CAUSE_ROWS,
    DESPITE_ROWS,
    INTERRUPTED_ROWS,
    ROUTINE_ROWS,
    SHARED_ROWS,
    WHO,
    WISH_ROWS,
    Cause,
    Routine,
)
from .tree import About, Hung, Leaf, Node, Sentence, Series, leaves, write

Kinds = list[tuple[float, Callable[[], Node]]]  # by how often, and what makes one

OUTDOORS = ("lake", "park", "park with a friend", "zoo", "football day")
OUTINGS = (*OUTDOORS, "beach", "shopping", "cafe", "cinema", "gallery", "swimming")
EVENINGS = ("at home", "at home with a film")
POSSESSIVES_OF_ENGLISH = ("my", "your", "his", "her", "our", "their")
BEFORE = ("자", "나가", "먹")  # 자기 전에, but not 쉬기 전에
AFTER = "먹 일하 공부하 운동하 샤워하 일어나 끝내 세수하 산책하 수영하 청소하 보 요리하".split()
# Of whom one hears why they did something.
TELLABLE = tuple(map(event, (
    "아프", "바쁘", "걸리 감기", "없 시간", "없 돈", "있 시험", "많 일", "많 숙제", "있 회의",
    "놓치 버스", "놓치 기차", "일어나 ~늦게", "이기 경기", "지 경기", "잃어버리 지갑",
)))  # fmt: skip
WORN_ONCE = ("입", "신", "심")
DUTIES = ("하 숙제", "공부하", "쓰", "일하", "청소하", "빨래하", "끝내", "요리하")
FINE = tuple(map(event, ("날씨/좋", "날씨/따뜻하")))
LEISURE = tuple(map(event, ("시험/끝나", "있 시간", "한가하", "심심하")))
INDOOR = tuple(map(event, ("비/오", "날씨/춥", "날씨/나쁘", "피곤하", "날씨/춥")))
TOGETHER = ("닫", "열", "켜", "끄", "뛰어가")  # a door that one closes is closed for the other


def _done_apart(what: Event) -> bool:
    """Whether one person may do it and another not: eat ice cream, go to the park."""
    named = bool(what.objects or what.places) and SAME not in what.objects
    return named and not what.manner and what.stem not in TOGETHER


class Joined(PairsOfPeople):
    """Random sentences of several clauses."""

    # --- one thing after another ----------------------------------------------------------------

    def some(self, row: Routine, count: int) -> tuple[list[Event], list[str]]:
        """A few events of an occasion in their order, and what joins them."""
        return self._with_more(row, [], list(range(len(row.steps))), count)

    def opening(self, row: Routine, count: int) -> tuple[list[Event], list[str]]:
        """The first step of an occasion and a few more, but not the way home."""
        rest = list(enumerate(row.steps))[1:]
        later = [i for i, s in rest if not any("@집" in e.text or e.stem == "타" for e in s)]
        return self._with_more(row, [0], later, count)

    def _with_more(
        self, row: Routine, chosen: list[int], left: list[int], count: int
    ) -> tuple[list[Event], list[str]]:
        """Choose more steps, until there are so many events; no verb is said twice."""
        while sum(len(row.steps[i]) for i in chosen) < count and left:
            chosen.append(self.pick.take(left))
        steps = [row.steps[i] for i in sorted(chosen)]
        told = [what for step in steps for what in step]
        if len(told) != count or len({what.stem for what in told}) < count:
            raise Unsayable
        if any(e.stem == "쉬" and not e.places for e in told[:-1]):
            raise Unsayable  # 쉬고 집에 돌아갔다: 쉬었다가
        links = [link for step in steps for link in (*self.steps(step), "and")]
        return told, links[:-1]

    def routine(self, count: int = 2) -> Node:
        """일어나서 세수했다, 씻고 아침을 먹었다, 자기 전에 책을 읽었다, 일한 후에 쉬었다."""
        pick = self.pick
        row = pick.row(ROUTINE_ROWS)
        told, links = self.some(row, count)
        tense = self.told(told)
        person = self.cast(told, who=row.who)
        hung = "before" if pick.chance(0.4) else "after"
        cut = len(told) - 1 if hung == "before" else 1
        riding = any(e.stem == "타" for e in told)  # 버스를 타고, not after one took the bus
        joined = riding or links[cut - 1] == "then" or any(e.is_state for e in told)
        if joined or len(row.steps) == 1 or count == 4 or pick.chance(0.5):
            return About(person, self.chain(told, links, person, tense, time=True))
        if hung == "before" and ("then" in links or told[-1].stem not in BEFORE):
            raise Unsayable
        if hung == "before" and told[-1].objects and NOUN[told[-1].objects[0]].kind != "meal":
            raise Unsayable
        bedtime = hung == "before" and told[-1].stem == "자"
        if bedtime and any(e.stem in ("먹", "마시") for e in told):
            raise Unsayable  # dinner, before one goes to bed?
        if hung == "after" and told[0].stem not in AFTER:
            raise Unsayable
        early, late = (told[:cut], links[: cut - 1]), (told[cut:], links[cut:])
        first, second = (late, early) if hung == "before" else (early, late)
        sub = self.chain(*first, person, "present" if tense == "future" else tense)
        return About(person, Hung(hung, sub, self.chain(*second, person, tense)))

    def occasion(self, count: int) -> Node:
        """날씨가 좋아서 나는 바다에 가서 수영했다; 시간이 있으면 친구를 만나서 영화를 볼 것이다."""
        pick = self.pick
        out = pick.chance(0.8)
        row = pick.any([r for r in ROUTINE_ROWS if r.name in (OUTINGS if out else EVENINGS)])
        outdoors = row.name in OUTDOORS and pick.chance(0.6)
        cause = pick.any(FINE if outdoors else LEISURE if out else INDOOR)
        self.spare_rain(cause)
        told, links = self.opening(row, count)
        tense = "past" if cause.stem == "끝나" or pick.chance(0.75) else "future"
        relation = "if" if tense == "future" else "so"
        if told[0].stem == "만나" and relation == "so":  # 한가해서 친구를 만나서: twice 서
            tense, relation = ("past", "after") if cause.stem == "끝나" else ("future", "if")
        young = "시험" in cause.subjects
        person = self.cast([cause, *told], who=WHO["young"] if young else row.who)
        sub = self.leaf(cause, person, "present" if tense == "future" else tense, hung=True)
        return About(person, Hung(relation, sub, self.chain(told, links, person, tense)))

    def shared(self) -> Node:
        """나는 사과를 씻어서 먹었다 -> I washed an apple and ate it."""
        pick = self.pick
        row = pick.any(SHARED_ROWS)
        key = pick.balanced(self.allowed({k: f"{row.first}|{k}" for k in row.keys}))
        verbs = [self.row_of(row.first, key), self.row_of(row.second, key)]
        tense = "past" if "past" in verbs[0].flags | verbs[1].flags else self.told(())
        person = self.cast((), verbs=verbs)
        once = {"count"} if row.second in WORN_ONCE else set()
        plain = replace(verbs[0], flags=verbs[0].flags - {"the", "own", "plural", "dative"} - once)
        thing = self.thing(plain, key, person)
        clause = self.action(person, plain, tense, extras=0.4, fixed=thing, manner="-")
        self.pairs.add(f"{row.second}|{key}")
        following = self.action(
            person,
            verbs[1],
            tense,
            time=False,
            extras=0.0,
            manner="-",
            instead=self.taken_up(thing),
            giving=row.giving,
        )
        parts: list[Node] = [Leaf(clause, person), Leaf(following, person)]
        return About(person, Series(parts, ["then"]))  # 씻어서 먹었다, never 씻고 먹었다

    # --- causes ---------------------------------------------------------------------------------

    def relation(self, row: Cause, tense: str) -> str:
        """How a cause is joined to its effect in this tense."""
        allowed = {
            "past": ("so", "so", "so", "because", "when"),
            "present": ("so", "if", "if", "if", "when"),
            "future": ("if",),
        }[tense]
        things = row.cause.kind == "adjective" and row.cause.subjects[:1] not in ((), ("날씨",))
        if things and tense == "present":  # a film that is dull is dull once
            allowed = ("if",)
        if tense == "present" and row.cause.kind == "adjective" and not row.cause.subjects:
            felt = "felt" in row.cause.adjective_of("").flags
            allowed = tuple(r for r in allowed if r != "so") if felt else allowed
        # 바쁠 때, but not 책이 어려울 때
        whenever = not row.cause.subjects or row.cause.kind == "weather"
        options = [r for r in allowed if r in row.relations and (r != "when" or whenever)]
        if not options:
            raise Unsayable
        return self.pick.any(options)

    def cause(self, length: int = 1) -> Node:
        """비가 와서 나는 집에서 쉬었다."""
        row = self.pick.row(CAUSE_ROWS)
        self.spare_rain(row.cause)
        tense = self.told([row.cause])
        mood = row.cause.kind == "adjective" and not row.cause.subjects
        if tense == "future" and mood:
            tense = "present"  # 기쁘면 춤춘다
        relation = self.relation(row, tense)
        effect, refused = self.effect(row, relation, tense, length)
        person = self.cast([row.cause, *effect], who=row.who)
        return About(person, self.caused(row.cause, effect, refused, relation, person, tense))

    def effect(self, row: Cause, relation: str, tense: str, length: int) -> tuple[Step, bool]:
        """What a cause leads to, or what it prevents; and which of them it is."""
        occasion = relation in ("so", "because") and tense == "past"
        leads = [
            s for s in row.leads if len(s) == length and (occasion or not any(e.once for e in s))
        ]
        barred = [e for e in row.prevents if occasion or not e.once]
        if length > 1 or relation == "when":
            barred = []
        if barred and (not leads or self.pick.chance(0.3)):
            return (self.pick.any(barred),), True
        if not leads:
            raise Unsayable
        return self.pick.any(leads), False

    def cause_and_other(self) -> Node:
        """나는 피곤해서 집에서 쉬었지만 민수는 공원에 갔다."""
        pick = self.pick
        row = self.pick.row(CAUSE_ROWS)
        barred = [e for e in row.prevents if _done_apart(e)]
        relations = [r for r in row.relations if r in ("so", "because")]
        own = not row.cause.subjects or row.cause.kind == "weather" or "날씨" in row.cause.subjects
        if not barred or not relations or not own:  # what keeps one out keeps out the other
            raise Unsayable
        what = pick.any(barred)
        tense = "past"
        effect, refused = (what,), True
        stays = [s for s in row.leads if len(s) == 1 and "@집" in s[0].text and not s[0].once]
        if stays and what.places and pick.chance(0.4):  # stayed at home but he went to the park
            effect, refused = pick.any(stays), False
        elif len(what.objects) > 1 or len(what.places) > 1:
            objects = (pick.any(what.objects),) if what.objects else ()
            places = (pick.any(what.places),) if what.places else ()
            what = replace(what, objects=objects, places=places)
            effect = (what,)
        self.company = True
        person = self.cast([row.cause, *effect], who=row.who)
        other = self.cast([what], person, who=row.who)
        one = About(person, self.caused(row.cause, effect, refused, relations[0], person, tense))
        second = self.leaf(replace(what, negation=""), other, tense)
        if refused and what.kind == "verb":
            self.shorten(one, second.clause)
        return Series([one, About(other, second)], ["but"])

    def reported_cause(self) -> Node:
        """나는 그가 아파서 오지 않았다고 생각한다."""
        row = self.pick.row(CAUSE_ROWS)
        relations = [r for r in row.relations if r in ("so", "because")]
        if not relations or row.cause not in TELLABLE:
            raise Unsayable
        self.company = True
        effect, refused = self.effect(row, relations[0], "past", 1)
        person = self.cast(())
        other = self.cast([row.cause, *effect], person, who=row.who, absent=True)
        inner = self.caused(row.cause, effect, refused, relations[0], other, "past")
        by = self.pick.any(("think", "say", "hear"))
        return self.told_by(person, About(other, inner, "이/가"), by)

    def shorten(self, one: About, clause: Clause) -> None:
        """Say only the verb of what the clause before has said: 그는 먹었다.

        English says it again, and its words go with the Korean words that stand for both.
        """
        said = leaves(one)[-1].clause.predicate
        verb = clause.predicate
        if any(word in POSSESSIVES_OF_ENGLISH for word, _ in verb.complement):
            raise Unsayable  # his homework, and whose then?
        verb.front, verb.also = [], ()
        verb.complement = list(said.complement)

    # --- in spite of it -------------------------------------------------------------------------

    def wish(self, length: int = 0) -> Node:
        """나는 바다에 가고 싶었지만 비가 와서 집에서 쉬었다."""
        pick = self.pick
        wishes, reasons, instead = pick.any(WISH_ROWS)
        wanted, reason = pick.any(wishes)[0], pick.any(reasons)[0]
        self.spare_rain(reason)
        fitting = [s for s in instead if len(s) == max(length, 1)]
        rest: Step = ()
        if length:
            if not fitting:
                raise Unsayable
            rest = pick.any(fitting)
        if set(wanted.objects) & {k for e in (reason, *rest) for k in (*e.objects, *e.receivers)}:
            raise Unsayable  # a friend … and another friend?
        person = self.cast([wanted, reason, *rest])
        past = length or reason.past_only or reason.kind == "verb" or pick.chance(0.5)
        tense = "past" if past else "present"
        # 숙제를 해야 했지만 피곤해서 쉬었다
        duty = (wanted.text in DUTIES or wanted.stem in DUTIES) and not wanted.places
        want = self.leaf(wanted, person, tense, modality="must" if duty else "want")
        if not length:
            why = self.leaf(reason, person, tense)
            why.clause.predicate.ongoing = reason.kind == "weather"
            return About(person, Series([want, why], ["but"]))
        main = self.caused(reason, rest, False, "so", person, tense)
        return About(person, Series([want, main], ["but"]))

    def despite(self) -> Node:
        """나는 피곤했지만 숙제를 끝냈다; 비가 왔지만 우리는 공원에 갔다."""
        pick = self.pick
        states, deeds = pick.any(DESPITE_ROWS)
        state = pick.any(states)[0]
        self.spare_rain(state)
        single = [step for step in deeds if len(step) == 1]
        if not single:
            raise Unsayable
        (deed,) = pick.any(single)
        if {*state.objects, *state.receivers} & {*deed.objects}:
            raise Unsayable
        tense = self.told([state, deed], future=False)
        felt = state.kind == "adjective" and (
            bool(state.subjects) or "felt" in state.adjective_of("").flags
        )
        if felt:  # 슬펐지만, 영화가 지루했지만: told afterwards
            tense = "past"
        person = self.cast([state, deed])
        first = self.leaf(state, person, tense)
        first.clause.predicate.ongoing = state.kind == "weather"
        before = first.clause.thing or (first.clause.subject if state.subjects else None)
        main = self.leaf(deed, person, tense, before=before)
        if first.who is not None:
            return About(person, Series([first, main], ["but"]))
        return Series([first, About(person, main)], ["but"])

    def interrupted(self) -> Node:
        """내가 공부하고 있을 때 친구가 전화했다."""
        pick = self.pick
        ongoing, sudden = pick.any(INTERRUPTED_ROWS)
        what, happened = pick.any(ongoing), pick.any(sudden)
        self.spare_rain(happened)
        kin = happened.subjects and NOUN[happened.subjects[0]].kind == "kin"
        person = self.pronoun("나") if kin else self.cast([what, happened])
        sub = self.leaf(what, person, "past", modality="progress")
        main = self.leaf(happened, person, "past")
        if main.who is None:
            return Hung("when", sub, main)
        return About(person, Hung("when", sub, main))

    # --- by length ------------------------------------------------------------------------------

    def _made(self, kinds: Kinds) -> Sentence:
        """A sentence of one of the kinds, drawn by their weights; an unsayable one is redrawn."""
        while True:
            make = self.pick.weighted(kinds)
            self.start()
            try:
                made = write(make(), self.pairs)
                self.check()
            except Unsayable:
                continue
            return made

    def two(self) -> Sentence:
        """A sentence of two clauses."""
        kinds: Kinds = [
            (32, self.cause),
            (22, self.routine),
            (9, self.shared),
            (9, self.purpose),
            (8, self.meanwhile),
            (6, self.found),
            (4, self.interrupted),
            (7, self.choices),
            (4, self.tastes),
            (6, self.identities),
            (3, self.opposites),
            (4, self.qualities),
            (5, self.wish),
            (6, self.despite),
            (6, self.report),
        ]
        return self._made(kinds)

    def three(self) -> Sentence:
        """A sentence of three clauses."""
        kinds: Kinds = [
            (12, lambda: self.cause(2)),
            (16, lambda: self.occasion(2)),
            (14, self.cause_and_other),
            (26, lambda: self.routine(3)),
            (14, lambda: self.wish(1)),
            (6, lambda: self.choices(3)),
            (8, lambda: self.found(2)),
            (6, self.reported_cause),
        ]
        return self._made(kinds)

    def four(self) -> Sentence:
        """A sentence of four clauses."""
        kinds: Kinds = [
            (30, lambda: self.occasion(3)),
            (20, lambda: self.routine(4)),
            (5, self.two_causes),
            (6, lambda: self.found(3)),
            (10, lambda: self.wish(2)),
        ]
        return self._made(kinds)

    def sentence(self, clauses: int) -> Sentence:
        """A random sentence of one to four clauses."""
        self.detail = 1.0 if clauses == 1 else 0.02
        return {1: self.one, 2: self.two, 3: self.three, 4: self.four}[clauses]()

    def one(self) -> Sentence:
        """A statement or a question of one clause."""
        while True:
            self.start()
            self.detail = 1.0
            try:
                made = self.question() if self.pick.chance(0.24) else self.statement()
                self.check()
            except Unsayable:
                continue
            return made
