"""Where, when, how and by what means something is done."""

from __future__ import annotations

from .clause import Parts, Phrase, Token, Word, join, simple, spread
from .english import article
from .lexicon import NOUN, Verb, expand, rows
from .phrases import Phrases
from .tables.times import FREQUENCIES, NUMERALS, TIMES
from .tables.verb_classes import (
    DATED,
    HABITS,
    HOMELY,
    HOURLY,
    LASTING,
    MOMENTARY,
    NIGHTLY,
    SEASONAL,
)
from .tables.verbs import MANNERS

MEANS = {  # English verb: by what, with what
    **dict.fromkeys(("go", "travel"), expand("버스 기차 택시 자전거 지하철 차#car")),
    **dict.fromkeys(("write", "draw"), expand("연필 펜")),
    "cut": expand("칼"),
}
HERE_AND_THERE = {"여기": "here", "거기": "there"}
SEASONS = tuple(
    "in_January in_February in_March in_April in_May in_June in_July in_August in_September "
    "in_October in_November in_December in_spring in_summer in_autumn in_winter last_year "
    "next_year next_month".split()
)
DAYTIMES = tuple("in_the at_ during every on_ today tomorrow yesterday the_day".split())


def _times() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {"past": {}, "present": {}, "future": {}}
    for korean, english, tenses in rows(TIMES):
        for tense in tenses.split():
            table[tense][korean] = english
    return table


def _manners() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for korean, english, verbs in rows(MANNERS):
        for verb in verbs.split():
            table.setdefault(verb, {})[korean] = english
    return table


TIME_TABLE = _times()  # tense: Korean: English
MANNER_OF = _manners()  # English verb: Korean: English
ALL_MANNERS = {row[0]: row[1] for row in rows(MANNERS)}
WEATHERLESS = ("last_year", "next_year", "next_month")  # nobody speaks of so long
SNOWLESS = (
    "in_April in_May in_June in_July in_August in_September in_October in_spring in_summer "
    "in_autumn"
).split()
YEARLY = ("learn", "teach", "travel", "visit", "live")
YEARS = ("last_year", "next_year")
NEAR = ("yesterday", "today")
DISTANT = ("on_", "last_week", "last_year", "next_", "this_", "the_day")
MEALS = ("breakfast", "lunch", "dinner")  # they say when
AT_NIGHT = ("last_night", "at_night")
HASTES = ("천천히", "빨리", "조용히", "많이", "잘")  # nobody plans them
# Where one goes time and again.
HABITUAL = set(expand("학교 도서관 공원 시장 카페 체육관 수영장 영화관 교회 산 대학교 회사"))
ALONG = expand("해변 거리")  # where a path leads along
# What one does often, or usually, without more being said of it.
BARE_HABITS = "exercise study cook work swim laugh cry fish sing dance".split()
LATE = ("early", "late", "again", "for_a_long_time", "to_the_end")  # these follow the place


def place_preposition(key: str) -> str:
    """Return at, in or on, as English has it with this place."""
    noun = NOUN[key]
    default = "on" if noun.kind == "thing" else "in"
    return next((p for p in ("at", "in", "on") if p in noun.flags), default)


def place_particle(verb: Verb) -> str:
    """Return 에 for a goal and with verbs of staying, 에서 for the scene of an action."""
    if "towards" in verb.flags:
        return "으로/로"
    if "path" in verb.flags:
        return "을/를"
    staying = verb.flags & {"to", "on", "bare", "into", "arrive", "set"}
    return "에" if staying or verb.base in ("live", "stay") else "에서"


def time_phrase(korean: str, english: str) -> tuple[list[Word], list[Token]]:
    """A row of `TIMES` in both languages: 아침에 -> in the morning, 다음 주에 -> next week.

    에 goes with the preposition, 마다 with 'every', and the rest with the rest.
    """
    words: list[Word] = []
    for part in korean.split():
        mark = next((m for m in ("마다", "에") if part.endswith(m)), "")
        stem = simple(part.removesuffix(mark))
        words.append(join(stem, mark) if mark else stem)
    last = words[-1].morphs
    names = english.split("_")
    if len(last) == 2 and last[1].form == "마다":
        return words, [("every", (last[1],)), (names[1], (last[0],))]
    if names[0] in ("in", "at", "on", "during") and len(last) == 2:
        body = [(n, () if n == "the" else (last[0],)) for n in names[1:]]
        return words, [(names[0], (last[1],)), *body]
    if len(words) == 2:
        return words, [(names[0], (words[0].morphs[0],)), (names[1], (last[0],))]
    return words, [(n, (last[0],)) for n in names]


class Adverbs(Phrases):
    """Times, places, manners and means."""

    def needs_place(self, verb: Verb) -> bool:
        """Whether a verb is not complete without a place."""
        needy = verb.flags & {"to", "on", "bare", "into"}
        return bool(needy) or verb.base in ("live", "stay")

    def hour(self) -> tuple[list[Word], list[Token]]:
        """세 시에 -> at three o'clock."""
        number = self.pick.balanced(tuple(NUMERALS))
        words = [simple(number), join(simple("시"), "에")]
        return words, [
            ("at", (words[1].morphs[1],)),
            (NUMERALS[number], tuple(words[0].morphs)),
            ("o'clock", (words[1].morphs[0],)),
        ]

    def time(
        self, tense: str, base: str = "be", negative: bool = False, wished: bool = False
    ) -> tuple[list[Word], list[Token]]:
        """A time expression that the tense and the English verb `base` allow.

        'does not eat every morning' has two readings, so a negation takes none with 'every'.
        """
        if base in HOURLY and not negative and not wished and self.pick.chance(0.5):
            return self.hour()
        if base in YEARLY and tense in ("past", "future") and self.pick.chance(0.4):
            last = tense == "past"
            return time_phrase(*(("작년에", "last_year") if last else ("내년에", "next_year")))
        options = {
            korean: english
            for korean, english in TIME_TABLE[tense].items()
            if not (negative and english.startswith("every"))
            and not (wished and english.startswith(("in_the_", "during")))
            and not (base in LASTING and english.startswith(DAYTIMES))
            and (
                base in SEASONAL
                or not english.startswith(SEASONS)
                or (base in ("learn", "teach") and english in YEARS)
            )
            and not (tense == "present" and base not in HABITS and not english.startswith(SEASONS))
            and not (base == "snow" and english in SNOWLESS)
            and not (base in ("rain", "snow") and english in WEATHERLESS)
            and not (base in HOMELY and english.startswith(DISTANT))
            and not (english in AT_NIGHT and base not in NIGHTLY)
            and (base in DATED or base in ("rain", "snow", "be") or english in NEAR)
            and not (base in ("begin", "end", "be") and english == "during_the_day")
            and base not in MOMENTARY
        }
        if not options:
            return [], []
        korean = self.pick.balanced(tuple(options))
        return time_phrase(korean, options[korean])

    def place(
        self, key: str, marker: str, preposition: str, owner: str = ""
    ) -> tuple[list[Word], list[Token]]:
        """Where it happens: 공원에서 -> in the park; 학교에 -> to school."""
        phrase = self.noun(
            key,
            "place",
            owner=owner,
            plain=key == "집",
            counted=False,
            described=False,
            owned=False,
            pointed=False,
        )
        words = phrase.marked(marker)
        if phrase.tokens[0][0] == "home" and preposition != "at":
            preposition = ""
        return words, [*spread(preposition, words[-1].morphs[-1:]), *phrase.tokens]

    def place_of(self, verb: Verb, subject: Phrase) -> tuple[list[Word], list[Token]]:
        """Where a verb happens, with the particle and preposition that it asks for."""
        key = self.pick.balanced(verb.places)
        special = {"to": "to", "into": "into", "bare": ""}
        chosen = next((p for flag, p in special.items() if flag in verb.flags), None)
        if "arrive" in verb.flags:
            chosen = "in" if NOUN[key].kind in ("town", "country") else "at"
        if chosen is None:
            chosen = "in" if verb.base == "swim" else place_preposition(key)
        if "path" in verb.flags:
            chosen = "along" if key in ALONG else "in"
        if key in HERE_AND_THERE:
            word = join(simple(key), "에")
            return [word], spread(HERE_AND_THERE[key], word.morphs)
        if verb.stem in ("걸어가", "뛰어가") and self.pick.chance(0.4):
            return self._all_the_way(key, subject)
        return self.place(key, place_particle(verb), chosen, subject.key)

    def _all_the_way(self, key: str, subject: Phrase) -> tuple[list[Word], list[Token]]:
        """집에서 학교까지 -> from home to school; 역까지 -> to the station."""
        words, tokens = self.place(key, "까지", "to", subject.key)
        if key == "집":
            tokens = [(tokens[0][0], tuple(words[-1].morphs))]  # walked home
        elif self.pick.chance(0.35):
            home = join(simple("집"), "에서")
            from_home: list[Token] = [("from", (home.morphs[1],)), ("home", (home.morphs[0],))]
            words, tokens = [home, *words], [*from_home, *tokens]
        return words, tokens

    def means(self, key: str) -> tuple[list[Word], list[Token]]:
        """버스로 -> by bus; 연필로 -> with a pencil."""
        noun = NOUN[key]
        word = join(simple(noun.korean), "으로/로")
        head, marker = word.morphs
        body = spread(noun.name(), [head])
        if noun.kind in ("vehicle", "ship"):
            return [word], [("by", (marker,)), *body]
        determiner: list[Token] = [] if noun.is_mass else [(article(body), ())]
        return [word], [("with", (marker,)), *determiner, *body]

    def _add_adverbs(
        self, parts: Parts, verb: Verb, subject: Phrase, tense: str, negative: bool,
        modality: str, *, time: bool, extras: float, skip: str, manner: str,
    ) -> None:  # fmt: skip
        """Add time, frequency, means and manner, as chance has it."""
        free = extras > 0 and "stative" not in verb.flags
        if time and free and skip != "time" and modality not in ("progress", "can"):
            wished = modality == "want" or manner == "-"
            self._add_time(parts, verb, tense, negative, modality, wished, extras)
        if modality == "want":  # 빨리 먹고 싶다 is: cannot wait to eat
            manner = manner or "-"
        if free and not negative:
            self._add_means(parts, verb, subject, 0.12 if extras >= 1.0 else 0.0)
        likely = 0.15 * extras if free else 0.0
        self._add_manner(parts, verb, subject, tense, negative, manner, likely)

    def _add_time(
        self,
        parts: Parts,
        verb: Verb,
        tense: str,
        negative: bool,
        modality: str,
        wished: bool,
        extras: float,
    ) -> None:
        """Add when it is done, or how often: one eats every day, usually; once, one ate."""
        thing = parts.tokens.get("object")
        holidays = verb.subjects == ("방학",)
        if (thing and thing[-1][0] in MEALS) or verb.stem in ("놀라", "옮기") or holidays:
            return
        habit = tense == "present" and not modality and not negative and verb.base in HABITS
        when = "future" if modality in ("want", "can", "must") and tense == "present" else tense
        single = "single" in verb.flags and tense == "present"
        likely = 0.45 if habit else 0.3 * extras if verb.base in DATED else 0.08
        if not single and self.pick.chance(likely):
            parts.words["time"], parts.tokens["time"] = self.time(when, verb.base, negative, wished)
        elif habit and verb.base != "work" and self._says_enough(parts, verb):
            korean = self.pick.balanced(tuple(FREQUENCIES))
            word = simple(korean)
            parts.words["time"] = [word]
            parts.tokens["often"] = spread(FREQUENCIES[korean], word.morphs)

    def _says_enough(self, parts: Parts, verb: Verb) -> bool:
        """Whether it can be done often: 자주 공원에 간다, but not 보통 일어난다."""
        named = any(parts.words.get(p) for p in ("object", "place", "company", "receiver"))
        one_word = len(parts.words.get("object", ())) < 2  # not: usually drinks a bottle of wine
        return one_word and (named or verb.base in BARE_HABITS)

    def _add_means(self, parts: Parts, verb: Verb, subject: Phrase, likely: float) -> None:
        """Add by what or with what it is done."""
        options = MEANS.get(verb.base, ())
        if not options or not self.pick.chance(likely):
            return
        one = subject.is_human and not subject.is_plural
        if one and "into" not in verb.flags and verb.stem not in ("돌아가", "뛰어가", "나가"):
            parts.words["means"], parts.tokens["means"] = self.means(self.pick.balanced(options))

    def _add_manner(
        self, parts: Parts, verb: Verb, subject: Phrase, tense: str, negative: bool, manner: str,
        likely: float,
    ) -> None:  # fmt: skip
        """Add how it is done: `manner` if it is given, none if it is "-"."""
        if manner == "-" or (not manner and parts.words.get("time") and parts.words.get("place")):
            return
        if manner:
            options = {manner: ALL_MANNERS[manner] if verb.base != "blow" else "hard"}
        else:
            options = self._manners(verb, subject, timed=bool(parts.words.get("time")))
            options = {k: e for k, e in options.items() if k != "다시" or tense != "present"}
            if tense == "future":
                options = {k: e for k, e in options.items() if k not in HASTES}
            often = parts.tokens.get("often")
            if not options or negative or often or not self.pick.chance(likely):
                return
        korean = self.pick.balanced(tuple(options))
        word = simple(korean)
        parts.words["manner"] = [word]
        part = "late" if options[korean] in LATE else "manner"
        part = "often" if options[korean] in FREQUENCIES.values() else part
        parts.tokens[part] = spread(options[korean], word.morphs)

    def _manners(self, verb: Verb, subject: Phrase, timed: bool) -> dict[str, str]:
        """The adverbs that go with a verb, its subject and perhaps a time."""
        barred = set()
        if not subject.is_plural:
            barred.add("같이")
        if not subject.is_human or subject.is_plural:
            barred.add("혼자")
        if timed:
            barred.add("오래")
        if timed or verb.base == "sleep":  # they are times, too; to sleep late is something else
            barred |= {"일찍", "늦게"}
        if verb.stem in ("하", "노래하", "놀"):  # 잘하다 is a verb of its own; 노래를 잘 부르다
            barred.add("잘")
        return {k: e for k, e in MANNER_OF.get(verb.base, {}).items() if k not in barred}
