"""What is written otherwise than the grammar writes it, and means the same.

Contractions (난, 이게, 뭘), particles with the meaning of one of the grammar's (친구하고),
figures (10시에) and missing spaces (나는학생이다) are read as the grammar would write them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

from ..lexicon import rows
from ..tables.times import TIMES
from .choosing import STEMS, objects
from .forms import (
    COUNTERS,
    COUNTING,
    NOUN,
    NOUN_NAMES,
    NUMERALS,
    PARTICLES,
    Reading,
    join_particle,
    names,
    readings,
    stems,
)
from .negation import negated_behind, well_first

CONTRACTIONS = {
    "난": "나는", "넌": "너는", "날": "나를", "널": "너를", "내게": "나에게", "네게": "너에게",
    "니가": "네가", "우린": "우리는", "우릴": "우리를", "너흰": "너희는", "그년": "그녀는",
    "누굴": "누구를", "누구가": "누가", "뭐": "무엇", "뭘": "무엇을", "뭐를": "무엇을",
    "뭐가": "무엇이", "뭐니": "무엇이니", "무얼": "무엇을", "어딜": "어디를", "이게": "이것이",
    "그게": "그것이", "저게": "저것이", "이건": "이것은", "그건": "그것은", "저건": "저것은",
    "이걸": "이것을", "그걸": "그것을", "저걸": "저것을", "여긴": "여기는", "거긴": "거기는",
    "얘": "이 아이", "걔": "그 아이", "쟤": "저 아이", "거다": "것이다", "것": "것",
    "뭐하니": "무엇을 하니",
    "여기서": "여기에서", "거기서": "거기에서", "저기서": "저기에서", "어디서": "어디에서",
    "이거": "이것", "그거": "그것", "저거": "저것", "나의": "내", "너의": "네",
}  # fmt: skip
OBJECTS = {"뭐": "무엇을"}  # 뭐 먹니
DEMONSTRATED = {"이거": "이것", "그거": "그것", "저거": "저것", "얘": "이 아이", "걔": "그 아이",
                "쟤": "저 아이", "뭐": "무엇"}  # fmt: skip
# Words that say what one of the grammar's says.
SAME_WORDS = dict(pair.split() for pair in (
    "엄마 어머니|아빠 아버지|매우 아주|굉장히 아주|무척 아주|몹시 아주|엄청 아주|"
    "되게 아주|진짜 정말|정말로 정말|함께 같이|늘 항상|언제나 항상|때때로 가끔|"
    "날마다 매일|핸드폰 휴대폰|자동차 차|한국말 한국어|계란 달걀|책방 서점|레스토랑 식당|"
    "커피숍 카페|이미 벌써|가장 제일|"
    "슈퍼 슈퍼마켓|밑 아래|티비 텔레비전|좀 조금|생신 생일|교수님 교수"
).split("|"))  # fmt: skip
# Particles that say what one of the grammar's says, the longest first.
SAME = (
    ("께서는", "은/는"), ("에게는", "에게"), ("한테는", "에게"), ("에서는", "에서"),
    ("으로는", "으로/로"), ("보다는", "보다"), ("께서", "이/가"), ("한테", "에게"),
    ("이랑", "과/와"), ("하고", "과/와"), ("에는", "에"), ("로는", "으로/로"), ("에선", "에서"),
    ("에겐", "에게"), ("엔", "에"), ("랑", "과/와"), ("께", "에게"),
)  # fmt: skip
DIGITS = re.compile(r"(\d+)(\D*)")
MONTHS = "일 이 삼 사 오 유 칠 팔 구 시 십일 십이".split()
HOW = ("안", "못", "잘")
ASKING = ("무엇", "누구", "얼마", "어디")
APART = "열심히 자주 많이 다시 같이 혼자 조금 매일 항상 가끔 보통 빨리 일찍 조용히".split()
DOES = tuple("해하한할했합")
OWNED = ("stuff", "idea", "event", "show", "text", "book", "thing", "machine", "sheet")
PEOPLE = ("person", "kin", "name", "thief", "baby", "family")
PLACED = ("place", "country", "town")
DATED = frozenset(row[0] for row in rows(TIMES) if row[0].endswith("에"))
NOUN_KINDS = {n.korean: n.kind for n in NOUN.values()}
# Adverbs between an object and its verb.
BETWEEN = (*HOW, *"많이 다시 같이 자주 빨리 아직 벌써 제일".split())
JOINED = 14  # words run together, at most

Way = tuple[Reading, ...]


def _read(words: str) -> list[Way]:
    """The ways to read words of the grammar that are written apart."""
    found = [readings().get(word, ()) for word in words.split()]
    return [tuple(way) for way in product(*found)]


@lru_cache(maxsize=1)
def written_names() -> frozenset[str]:
    """The nouns as they stand before a particle, 들 included."""
    known = readings()
    plurals = [name + "들" for name in names() if name + "들" in known]
    times = [
        word
        for word, found in known.items()
        if any(r.kind == "time" for r in found) and not found[0].ending
    ]
    return frozenset((*names(), *plurals, *times, *COUNTERS))


def in_grammar(word: str) -> str:
    """The word with the grammar's particle instead of one that means the same, or ""."""
    for short, long in DEMONSTRATED.items():
        rest = word.removeprefix(short)
        if word.startswith(short) and rest and long.split()[-1] in names():
            for pair in ("은/는", "이/가", "을/를", "과/와", "으로/로"):
                if rest in pair.split("/"):
                    return join_particle(long, pair)
            if long + rest in readings() or long.split()[-1] + rest in readings():
                return long + rest
    for other, ours in SAME_WORDS.items():
        rest = word.removeprefix(other)
        if rest != word:
            pair = next((p for p in PARTICLES if rest in p.split("/")), "")
            same = ours + rest if not pair else join_particle(ours, pair)
            if same in readings() or in_grammar(same):
                return same if same in readings() else in_grammar(same)
    for written, pair in SAME:
        noun = word.removesuffix(written)
        if noun and noun != word and noun in written_names():
            return join_particle(noun, pair)
    return ""


def is_counter(reading: Reading) -> bool:
    """Whether a number can stand before the word."""
    return reading.kind == "counter" or reading.head in COUNTERS or reading.head == "시"


def figures(word: str, after: str = "") -> list[str]:
    """How the grammar may write a word with figures: 3개를 -> 세 개를, 10월에 -> 시월에."""
    match = DIGITS.fullmatch(word)
    if not match or not 1 <= int(match[1]) <= len(NUMERALS):
        return []
    number, rest = int(match[1]), match[2]
    numeral = list(NUMERALS)[number - 1]
    if rest.startswith("시간"):  # 8시간 일한다
        return [f"{numeral} {rest}".replace("시간동안", "시간 동안")]
    if rest == "분":
        return []  # minutes, which have other numbers
    if rest.startswith("월"):
        return [MONTHS[number - 1] + rest]
    following = readings().get(rest or after, ())
    counted = any(is_counter(r) for r in following)
    return [f"{numeral} {rest}".strip()] if counted else []


BEFORE_BOUND = ("을", "은", "었을", "지", "기", "었기", "어야", "어")
BOUND_STARTS = ("것", "거", "건", "겁", "수", "때", "후", "전", "않", "못", "하", "해", "한", "했")


def may_precede(word: str, rest: str) -> bool:
    """Whether a word may be split off before another: 세 + 개를, but not 새 + 해."""
    following = readings().get(rest, ())
    kinds = {r.kind for r in following}
    unit = any(is_counter(r) for r in following) or rest[0] in COUNTERS | {"시"}
    for first in readings().get(word, ()):
        if first.kind in ("verb", "adjective", "exist"):
            bound = first.ending in BEFORE_BOUND or (first.kind != "verb" and first.ending == "는")
            fits = not bound or rest.startswith(BOUND_STARTS)
            fits = fits and not (word == "잘" and rest[0] == "못")
        elif first.ending in ("만", "부터", "까지") and len(rest) == 1:
            fits = False  # 불만이
        elif word == "그" and rest.startswith("만두"):
            fits = False  # 그만두다
        elif first.ending:
            mine = first.kind == "possessive" and bool(kinds & {"noun", "copula"})
            fits = first.kind != "bound" and (len(word) > 1 or mine)
        elif first.kind == "determiner":
            nouns = any(r.kind in ("noun", "copula") and len(r.head) > 1 for r in following)
            fits = first.head in ("이", "그", "저") and nouns
        elif first.kind == "adverb":
            wrong = word == "잘" and rest[0] == "못"  # 잘못하다: to do wrong
            said = not following or bool(kinds & {"verb", "adjective", "exist", "copula"})
            fits = said and not wrong
        elif first.kind in ("noun", "relation"):
            fits = "numeral" in kinds or (first.kind == "noun" and "relation" in kinds)
        else:
            fits = (first.kind == "numeral" and unit) or first.kind in ("time", "bound")
        if fits:
            return True
    return False


@lru_cache(maxsize=4096)
def run_together(word: str, left: int = JOINED) -> tuple[tuple[str, ...], ...]:
    """The ways to split a word into words of the grammar: 나는학생이다 -> 나는 학생이다."""
    known = readings()
    found: list[tuple[str, ...]] = []
    if left == 0 or len(word) > 40:
        return ()
    for i in range(len(word) - 1, 0, -1):
        first, rest = word[:i], word[i:]
        if first not in known:
            continue
        tails: list[tuple[str, ...]] = [(rest,)] if rest in known else []
        tails += run_together(rest, left - 1)
        found += [(first, *tail) for tail in tails if may_precede(first, tail[0])]
    return tuple(sorted(found, key=len)[:12])


def ways(word: str, after: str = "") -> list[Way]:
    """All ways to read a written word; none if the grammar cannot write it.

    Parameters
    ----------
    word, after : str
        The word, and the next one ("" at the end).
    """
    found: list[Way] = [(reading,) for reading in readings().get(word, ())]
    for long in (CONTRACTIONS.get(word, ""), OBJECTS.get(word, "")):
        long_ways = [way for way in _read(long) if way[0].kind not in STEMS] if long else []
        found += [way for way in long_ways if way not in found]
    if word.endswith("하고") and word[:-2] in written_names():
        found += _read(in_grammar(word))
    if found:
        return found
    for written in [in_grammar(word), *figures(word, after)]:
        if written:
            found += _read(written)
    if found:
        return found
    for pieces in run_together(word) or deeds(word):
        found += _read(" ".join(pieces))
    return found


def deeds(word: str) -> tuple[tuple[str, ...], ...]:
    """A noun and 하다 apart: 축구한다 -> 축구를 한다."""
    done = objects().get("하", frozenset())
    parts = [(word[:k], word[k:]) for k in range(1, len(word)) if word[:k] in done]
    return tuple(
        (join_particle(noun, "을/를"), does)
        for noun, does in parts
        if any(r.head == "하" for r in readings().get(does, ()))
    )


def join_words(words: list[str]) -> list[str]:
    """Write 공부를 (못) 했다 as (못) 공부했다, 춤을 춘다 as 춤춘다, and 기뻐 한다 as 기뻐한다."""
    known = readings()
    deeds = {s.stem[:-1] for s in stems() if s.kind == "verb" and s.stem[-1] in "하추치"} - {""}
    joined: list[str] = []
    for word in well_first(words):
        if word == "깜짝" and any(w.startswith("놀") for w in words):
            continue  # who is surprised is startled
        word = word.replace("재밌", "재미있")
        if word not in known:
            word = re.sub(rf"({'|'.join(deeds - set(names()))})[을를](?=[가-힣])", r"\1", word)
        last = joined[-1] if joined else ""
        if word[0] == "씨" and NOUN_KINDS.get(last) == "name":  # 민수 씨는
            joined[-1] += word[1:]
            continue
        adverb = last if last in HOW or last in APART else ""
        if adverb and len(joined) > 1:
            last = joined[-2]
        elif word[:1] in HOW:
            adverb = word[0]
        done = word.removeprefix(adverb)
        bare = re.sub("[을를]$", "", last)
        whole = any(r.kind == "verb" for r in known.get(bare + done, ()))
        whole = whole or (done not in known and done[:1] in DOES)  # 운동을 해
        if bare in deeds and bare not in names() and whole:
            del joined[-2 if joined[-1] == adverb else -1 :]
            joined += [adverb] * bool(adverb) + [bare + done]
        elif last and last not in known and last + word in known and not ways(last, word):
            joined[-1] += word
        else:
            joined.append(word)
    joined = negated_behind(joined)
    return [with_particle(joined, i) for i in range(len(joined))]


def with_particle(words: list[str], i: int) -> str:
    """The word with the particle that it has lost, if only one fits: 밥 먹었다, 어디 가니."""
    word = words[i]
    later = [w for w in words[i + 1 : i + 4] if w not in BETWEEN]
    if word == "누구" and later and later[0][0] in "것거":
        return "누구의"
    follows = [way[0] for way in ways(later[0])] if later else []
    asks = bool(follows) and all(r.kind == "copula" and r.head in ASKING for r in follows)
    if word in ("이거", "그거", "저거") and asks and i == len(words) - 2:  # 이거 얼마니
        return join_particle(DEMONSTRATED[word], "은/는")
    if word == "어디" and follows and all(r.cut[:1] == ("아프",) for r in follows):
        return "어디가"
    if not follows or any(r.kind not in STEMS or r.ending in ("은", "는") for r in follows):
        return word
    goes = all(r.kind == "verb" and r.head in ("가", "오") for r in follows)
    if word == "어디" and goes:
        return "어디에"
    kinds = {r.kind for r in readings().get(word, ()) if not r.ending}
    counted = "counter" in kinds and i > 1 and words[i - 1] in COUNTING
    name = words[i - 2] if counted else word
    if any(r.kind == "verb" and name in objects().get(r.head, ()) for r in follows):
        alone = kinds <= {"noun", "time"} and NOUN_KINDS.get(word) not in PEOPLE
        return join_particle(word, "을/를") if counted or alone else word
    if "time" in kinds and word + "에" in DATED:
        return word + "에"
    if word not in NOUN_NAMES or not kinds <= {"noun", "time"} or NOUN_KINDS[word] in PEOPLE:
        return word
    if NOUN_KINDS[word] in PLACED and goes:
        return word + "에"
    if NOUN_KINDS[word] in OWNED and all(r.kind == "exist" for r in follows):
        return join_particle(word, "이/가")  # 시간 있니
    return word
