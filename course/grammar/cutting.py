"""The grammar's inverse: from an ordinary Korean sentence to its morphemes.

Every word form that the grammar can write is listed with its cut (`forms`), about 40,000 of them.
A word with one cut is looked up; the few with several are decided by their neighbours (`choose`).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from .clause import (
    BOUND_NOUNS,
    CONTRACTED_SUBJECTS,
    COPULA,
    ENDINGS,
    POSSESSIVES,
    copula_surface,
)
from .hangul import attach, is_syllable, letters, normalise, particle
from .lexicon import ADJECTIVE, NOUN, VERB, rows
from .phrases import PLURALISED as COUNTABLE
from .times import DEGREES, FREQUENCIES, NUMERALS, TIMES
from .verbs import MANNERS

Cut = tuple[str, ...]

PARTICLES = (
    "은/는",
    "이/가",
    "을/를",
    "과/와",
    "에",
    "에서",
    "에게",
    "의",
    "도",
    "보다",
    "으로/로",
    "이나/나",
)
PARTICLE_SHAPES = frozenset(shape for pair in PARTICLES for shape in pair.split("/"))
PRONOUN_WORDS = tuple("나 너 그 그녀 우리 너희 그들 누구 무엇 어디 이것 저것 그것".split())
FREE_WORDS = tuple("그 이 저 한 모든 새 안 못 더 지금 언제 왜 무슨 몇".split())
RELATION_WORDS = ("위", "안", "옆", "뒤", "앞", "아래")
AUXILIARIES = (("있", "exist"), ("없", "exist"), ("않", "verb"), ("않", "adjective"),
               ("싶", "adjective"), ("하", "verb"), ("아니", "adjective"), ("많", "adjective"),
               ("필요하", "adjective"), ("생각하", "verb"), ("말하", "verb"), ("믿", "verb"),
               ("고프", "adjective"), ("오", "verb"))  # fmt: skip
# Stems whose past is also written unfused: 보았다, 주었다, 되었다, 하였다.
OPEN_STEMS = ("보", "주", "하", "되", "피", "추", "아니")
IRREGULAR_STATES = (("부르", "르"), ("마르", "르"))
QUOTES = "\"'“”‘’„«»「」『』"
STOPS = ".?!。？！…"
TWO_SENTENCES = re.compile(rf"[가-힣][{STOPS}]+[{QUOTES}]*\s*\S")
# Letters that are easily taken for one another: plain, tense and aspirated consonants, like vowels.
LIKE_LETTERS = str.maketrans("ㄲㅋㄸㅌㅃㅍㅆㅉㅊㅔㅖㅞㅚ", "ㄱㄱㄷㄷㅂㅂㅅㅈㅈㅐㅒㅙㅙ")


def verb_endings() -> set[str]:
    """Every ending that a verb takes in the grammar."""
    own = {e for present, _, past in ENDINGS.values() for e in (present, past)}
    return own | {"고", "지", "을", "어야"}


def adjective_endings() -> set[str]:
    """Every ending that an adjective takes in the grammar."""
    own = {e for kind, (_, present, past) in ENDINGS.items() for e in (present, past)
           if kind not in ("before", "after", "while")}  # fmt: skip
    return own | {"고", "지", "을", "은"}


@lru_cache(maxsize=1)
def forms() -> dict[str, tuple[Cut, ...]]:
    """Every word form of the grammar, with its cuts."""
    table: dict[str, dict[Cut, None]] = {}

    def add(surface: str, *cut: str) -> None:
        table.setdefault(surface, {})[cut] = None

    def inflected(stem: str, irregular: str, endings: set[str]) -> None:
        for ending in endings:
            surface, shape = attach(stem, ending, irregular)
            add(surface, stem, shape)
            if stem.endswith(OPEN_STEMS):
                surface, shape = attach(stem, ending, irregular, contract=False)
                add(surface, stem, shape)

    for verb in VERB:
        inflected(verb.stem, verb.irregular, verb_endings())
    for adjective in ADJECTIVE:
        existing = adjective.stem[-1] in "있없"
        endings = adjective_endings() - ({"은"} if existing else set())
        inflected(adjective.stem, adjective.irregular, endings | ({"는"} if existing else set()))
    for stem, group in AUXILIARIES:
        inflected(stem, "", verb_endings() if group == "verb" else adjective_endings() - {"은"})
    add("싶어", "싶", "어")
    for stem, irregular in IRREGULAR_STATES:
        inflected(stem, irregular, adjective_endings() - {"은"})

    def noun(surface: str, cut: Cut, particles: tuple[str, ...] = PARTICLES) -> None:
        add(surface, *cut)
        for pair in particles:
            shape = particle(surface, pair)
            written = CONTRACTED_SUBJECTS.get((surface, shape), surface + shape)
            add(written, *cut, shape)
        for present_past in COPULA.values():
            for form in present_past:
                add(copula_surface(surface, form), *cut, form)
                add(surface + form, *cut, form)
                if particle(surface, "이/가") == "가" and form[0] == "이" and len(form) > 1:
                    add(surface + form[1:] if not form.startswith("이었") else
                        copula_surface(surface, form), *cut, form)  # fmt: skip

    names = dict.fromkeys(n.korean for n in NOUN.values())
    several = {NOUN[key].korean for key in COUNTABLE}
    for name in names:
        noun(name, (name,))
        if name in several:
            noun(name + "들", (name, "들"))
    for name in PRONOUN_WORDS:
        noun(name, (name,))
    for key, written in POSSESSIVES.items():
        add(written, key, "의")
    counters = {n.counter: None for n in NOUN.values() if n.counter}
    for counter in counters:
        noun(counter, (counter,))
    for word in (*NUMERALS, *FREE_WORDS, *FREQUENCIES, *DEGREES):
        add(word, word)
    for row in rows(MANNERS):
        add(row[0], row[0])
    for row in rows(TIMES):
        for word in row[0].split():
            mark = next((m for m in ("마다", "에") if word.endswith(m)), "")
            stem = word.removesuffix(mark)
            add(word, *((stem, mark) if mark else (stem,)))
    noun("키", ("키",))
    for word in RELATION_WORDS:
        add(word + "에", word, "에")
    add("시에", "시", "에")
    add("수", "수")
    for bound in BOUND_NOUNS.values():
        add("".join(bound), *bound)
    for past_present in COPULA.values():
        for form in past_present:
            add("것" + form, "것", form)
    add("거니", "것", "이니")
    return {surface: tuple(cuts) for surface, cuts in table.items()}


@lru_cache(maxsize=1)
def morphemes() -> frozenset[str]:
    """Every morpheme of the grammar."""
    return frozenset(m for cuts in forms().values() for c in cuts for m in c)


@lru_cache(maxsize=1)
def endings() -> frozenset[str]:
    """The endings that a clause can close with, in every shape: 는다, ㄴ다, 았다, 고, 이다."""
    wanted = verb_endings() | adjective_endings()
    last = {attach(v.stem, e, v.irregular)[1] for v in VERB for e in wanted}
    last |= {attach(a.stem, e, a.irregular)[1] for a in ADJECTIVE for e in wanted}
    copulas = {form for pair in COPULA.values() for form in pair}
    return frozenset((last | copulas) & morphemes() - {"기", "지", "을", "ㄹ", "은", "ㄴ"})


# ---------------------------------------------------------------------------------------------
# Words with more than one cut

OBJECT = ("을", "를")
BEFORE_PROSPECTIVE = ("것", "수", "때")  # what follows 갈, 먹을
NOUN_NAMES = frozenset(n.korean for n in NOUN.values())
COUNTERS = frozenset(n.counter for n in NOUN.values() if n.counter)
CLAUSE_ENDS = ("고", "지만", "서", "면", "때", "에서")


def choose(cuts: tuple[Cut, ...], before: list[Cut], after: str) -> Cut:
    """Decide between the cuts of a word by its neighbours.

    Parameters
    ----------
    cuts : tuple of cuts
        The possible cuts of the word.
    before : list of cuts
        The cuts already chosen for the words before it.
    after : str
        The next written word, "" at the end.

    Notes
    -----
    The rules, in order:

    1. A verb with the ending ㄹ/을 stands before 것, 수 or 때, one with ㄴ/은 before 후에; else
       the word is another one (팔 수 있다, 팔이 아프다; 잔 후에, 커피 한 잔).
    2. 잡지 is 잡 + 지 before 않다, and a magazine elsewhere.
    3. 네 is the numeral between a bare noun and its counter, and before 시에; elsewhere it is
       너 + 의.
    4. 산다, 사니, 살 … belong to 사다 where the clause has an object (을/를), to 살다 where not;
       배우고, 배우니 … belong to 배우다 with an object, to the noun 배우 without.
    """
    if len(cuts) == 1:
        return cuts[0]
    options = list(cuts)
    prospective = any(c[0] in BEFORE_PROSPECTIVE for c in forms().get(after, ()))
    completed = after == "후에"

    def fits(cut: Cut) -> bool:
        last = cut[-1]
        if len(cut) == 2 and last in ("ㄹ", "을"):
            return prospective
        if len(cut) == 2 and last in ("ㄴ", "은"):
            return completed
        return not (prospective or completed) or len(cut) > 1

    kept = [c for c in options if fits(c)] or options
    if ("잡지",) in kept:
        return ("잡", "지") if after.startswith("않") else ("잡지",)
    if ("네",) in kept:
        bare = bool(before) and len(before[-1]) == 1 and before[-1][0] in NOUN_NAMES
        counted = any(c[0] in COUNTERS for c in forms().get(after, ()))
        return ("네",) if (bare and counted) or after == "시에" else ("너", "의")
    has_object = False
    for cut in reversed(before):
        if len(cut) > 1 and cut[-1].endswith(CLAUSE_ENDS) and cut[0] not in NOUN_NAMES:
            break
        if cut[-1] in OBJECT:
            has_object = True
            break
    stems = {c[0] for c in kept}
    if stems == {"사", "살"}:
        return next(c for c in kept if c[0] == ("사" if has_object else "살"))
    if stems == {"배우"}:
        return next(c for c in kept if c[1].startswith("이") != has_object)
    return kept[0]


# ---------------------------------------------------------------------------------------------
# Errors that help


def _distance(a: str, b: str, limit: int) -> int:
    """Edit distance between two spellings, at most `limit` + 1."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
        if min(row) > limit:
            return limit + 1
    return row[-1]


def suggestions(word: str, how_many: int = 3) -> list[str]:
    """The known words that are spelt most like `word`, letter by letter, the nearest first.

    Among equally near ones, those come first that differ in letters easily mistaken (ㅅ and ㅆ).
    """
    spelt = letters(word)
    limit = max(1, len(spelt) // 3)
    have = Counter(spelt)
    scored = []
    for known in forms():
        other = letters(known)
        if abs(len(other) - len(spelt)) > limit:
            continue
        if sum((have - Counter(other)).values()) > limit:
            continue
        distance = _distance(spelt, other, limit)
        if distance <= limit:
            like = _distance(spelt.translate(LIKE_LETTERS), other.translate(LIKE_LETTERS), limit)
            shared = len(set(word) & set(known))
            scored.append((distance, like, abs(len(word) - len(known)), -shared, known))
    return [known for *_, known in sorted(scored)[:how_many]]


@lru_cache(maxsize=1)
def polite_forms() -> dict[str, str]:
    """Polite word forms and the plain ones that the grammar knows: 먹어요, 먹습니다 -> 먹는다."""
    table: dict[str, str] = {}

    def put(polite: str, plain: str) -> None:
        table.setdefault(polite, plain)

    verbs = [(v.stem, v.irregular, "는다") for v in VERB]
    adjectives = [(a.stem, a.irregular, "다") for a in ADJECTIVE]
    others = [(s, "", "는다" if g == "verb" else "다") for s, g in AUXILIARIES]
    for stem, irregular, present in [*verbs, *adjectives, *others, *(
        (s, i, "다") for s, i in IRREGULAR_STATES
    )]:  # fmt: skip
        plain = attach(stem, present, irregular)[0]
        past = attach(stem, "었다", irregular)[0]
        asked, asked_past = attach(stem, "니", irregular)[0], attach(stem, "었니", irregular)[0]
        put(attach(stem, "어", irregular)[0] + "요", plain)
        put(past[:-1] + "어요", past)
        put(past[:-1] + "습니다", past)
        put(past[:-1] + "습니까", asked_past)
        closed = particle(stem, "이/가") == "이"
        if closed and not stem.endswith("ㄹ") and letters(stem)[-1] != "ㄹ":
            put(stem + "습니다", plain)
            put(stem + "습니까", asked)
        else:
            root = attach(stem, "을", irregular)[0]  # 갈, 살: the same syllable with ㅂ
            base = chr(ord(root[-1]) + 9)  # ㄹ -> ㅂ among the final consonants
            put(root[:-1] + base + "니다", plain)
            put(root[:-1] + base + "니까", asked)
    for name in (*NOUN_NAMES, *PRONOUN_WORDS):
        closed = particle(name, "이/가") == "이"
        put(name + ("이에요" if closed else "예요"), name + "이다")
        put(name + "입니다", name + "이다")
        put(name + "입니까", copula_surface(name, "이니"))
        was = copula_surface(name, "이었다")
        put(was[:-1] + "습니다", was)
        put(was[:-1] + "어요", was)
    for mark in ("는", "를", "에게", "와", "도"):
        put("저" + mark, "나" + mark)
        put("저희" + mark, "우리" + mark)
    put("제가", "내가")
    for polite, plain in (("거예요", "것이다"), ("것입니다", "것이다"), ("겁니다", "것이다"),
                          ("겁니까", "거니")):  # fmt: skip
        put(polite, plain)
    return table


@lru_cache(maxsize=1)
def casual_forms() -> dict[str, str]:
    """Casual word forms and the plain ones that the grammar knows: 먹어 -> 먹는다."""
    table: dict[str, str] = {}
    for polite, plain in polite_forms().items():
        if polite.endswith(("어요", "아요", "여요")) or (
            polite.endswith("요") and not polite.endswith(("예요", "에요"))
        ):
            table.setdefault(polite.removesuffix("요"), plain)
    for name in (*NOUN_NAMES, *PRONOUN_WORDS):
        closed = particle(name, "이/가") == "이"
        table.setdefault(name + ("이야" if closed else "야"), name + "이다")
    table["거야"] = "것이다"
    return table


def _other_particle(word: str) -> list[str]:
    """The word with the particle in its other shape: 빵를 -> 빵을."""
    for pair in PARTICLES:
        shapes = pair.split("/")
        for wrong, right in (shapes, shapes[::-1]) if len(shapes) == 2 else ():
            fixed = word.removesuffix(wrong) + right
            if word.endswith(wrong) and fixed in forms():
                return [fixed]
    return []


def _casual(word: str) -> ValueError:
    """The error for a last word in the casual style."""
    return ValueError(
        f"cut: {word!r} is in the casual style, and the grammar knows only the plain style; "
        f"write {casual_forms()[word]!r}"
    )


def _unknown(word: str, before: str, is_last: bool) -> ValueError:
    """The error for a word that the grammar cannot write; `before` is the word before it."""
    if is_last and word in casual_forms():
        return _casual(word)
    joined = CONTRACTED_SUBJECTS.get((before, word), before + word)
    if before and word in PARTICLE_SHAPES and joined in forms():
        return ValueError(
            f"cut: {word!r} is a particle, and stands apart from its word; write {joined!r}, not "
            f"'{before} {word}'"
        )
    plain = polite_forms().get(word)
    if plain or word.endswith(("요", "니다", "니까")):
        advice = f"write {plain!r}" if plain else "write verbs like 간다, 먹었다, 학생이다, 가니?"
        return ValueError(
            f"cut: {word!r} is in the polite style, and the grammar knows only the plain style; "
            f"{advice}"
        )
    near = _other_particle(word) or suggestions(word)
    if near:
        question = " or ".join(repr(n) for n in near)
        return ValueError(f"cut: {word!r} is not in the grammar (did you mean {question}?)")
    return ValueError(
        f"cut: {word!r} is not in the grammar, and no word of it is spelt alike; use words of "
        "the corpus (data/korean_english/README.md says where they are listed)"
    )


def _split_run_together(word: str) -> list[str] | None:
    """Two words written as one before a bound noun or an auxiliary: 먹을수 -> 먹을 수."""
    known = forms()
    for i in range(1, len(word)):
        left, right = word[:i], word[i:]
        bound = right.startswith(("것", "거니", "수", "때", "않", "싶", "있", "없"))
        if bound and left in known:
            if right in known:
                return [left, right]
            rest = _split_run_together(right)
            if rest:
                return [left, *rest]
    return None


def _join_copula(words: list[str]) -> list[str]:
    """Write 이다, or a form of it, together with the noun before it: 학생 이다 -> 학생이다.

    Raises
    ------
    ValueError
        If it stands alone without a noun before it, where the grammar never does: 나는 이다.
    """
    copulas = {form for pair in COPULA.values() for form in pair}
    tooth = {copula_surface("이", form) for form in copulas}  # 이니: "is it a tooth?"
    joined: list[str] = []
    for word in words:
        noun = joined[-1] if joined else ""
        cuts = forms().get(noun + word, ())
        if any("".join(c[:-1]) == noun and c[-1] in copulas for c in cuts if noun):
            joined[-1] += word
        elif word in copulas - tooth:
            raise ValueError(
                f"cut: {word!r} has no noun before it; write the noun and {word!r} as one word, "
                f"like {'학생' + word!r}"
            )
        else:
            joined.append(word)
    return joined


def _check_characters(words: list[str]) -> None:
    """Refuse figures, and whatever is not written in Hangul syllables."""
    for word in words:
        if any(c.isdigit() for c in word):
            raise ValueError(
                f"cut: {word!r} has figures, and the grammar knows no figures; write the number "
                "as a word: 일곱 개"
            )
        if not all(is_syllable(c) for c in word):
            raise ValueError(
                f"cut: {word!r} is not written in Hangul syllables; pass one Korean sentence like "
                "'나는 학생이다'"
            )


def _is_cut_already(words: list[str]) -> bool:
    """Whether every word is a morpheme, one of them cannot stand alone, and an ending is last."""
    return (
        len(words) > 1
        and all(word in morphemes() for word in words)
        and any(word not in forms() for word in words)
        and words[0] not in endings()
        and words[-1] in endings()
    )


@lru_cache(maxsize=1)
def _stems() -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the verbs, and those that are only of adjectives."""
    verbs = {v.stem for v in VERB} | {s for s, group in AUXILIARIES if group == "verb"}
    others = {a.stem for a in ADJECTIVE} | {s for s, group in AUXILIARIES if group != "verb"}
    return frozenset(verbs), frozenset(others - verbs)


def _check_objects(words: list[str], chosen: list[Cut]) -> None:
    """Refuse an object (을/를) before 이다 or an adjective, which take none.

    Raises
    ------
    ValueError
        If there is one: 나를 학생이다.
    """
    verbs, adjectives = _stems()
    copulas = {form for pair in COPULA.values() for form in pair}
    waiting: tuple[str, Cut] | None = None
    for word, cut_ in zip(words, chosen, strict=True):
        if len(cut_) > 1 and cut_[-1] in OBJECT and cut_[0] not in verbs - NOUN_NAMES:
            waiting = word, cut_
        elif cut_[0] in verbs and len(cut_) > 1:
            waiting = None
        elif waiting and len(cut_) > 1:
            names = cut_[-1] in copulas and cut_[0] != "것"
            if names or (cut_[0] in adjectives and cut_[-1] in endings()):
                object_, (*stem, _) = waiting
                noun = "".join(stem)
                what = "이다" if names else "an adjective"
                first = join_particle(noun, "은/는"), join_particle(noun, "이/가")
                raise ValueError(
                    f"cut: {object_!r} is an object, and {word!r} takes none: {what} says what "
                    f"its subject is; write {first[0]!r} or {first[1]!r}"
                )


def join_particle(noun: str, pair: str) -> str:
    """The noun with its particle, as it is written: 내가, 책이."""
    shape = particle(noun, pair)
    return CONTRACTED_SUBJECTS.get((noun, shape), noun + shape)


def _check_mark(asked: bool, last: str, cut_: Cut) -> None:
    """Refuse a question mark behind a statement.

    Raises
    ------
    ValueError
        If there is one: 나는 학생이다?
    """
    ending = cut_[-1]
    if not asked or ending.endswith("니") or ending not in endings():
        return
    past = any(mark in ending for mark in ("았", "었", "였"))
    same = [
        surface for surface, cuts in forms().items() for c in cuts
        if c[:-1] == cut_[:-1] and c[-1].endswith("니")
        and any(mark in c[-1] for mark in ("았", "었", "였")) == past
    ]  # fmt: skip
    question = "거니" if cut_[0] == "것" else min(same, key=len, default="")
    advice = f"write '{question}?' to ask, or " if question else ""
    raise ValueError(
        f"cut: {last!r} is a statement, and the sentence ends with a question mark; {advice}leave "
        "the question mark out"
    )


def cut(sentence: str) -> list[str]:
    """Cut a Korean sentence of the grammar into morphemes.

    Parameters
    ----------
    sentence : str
        Ordinary Korean in the plain style, with or without a full stop or question mark at the
        end, and with or without quotation marks around it; composed or decomposed Hangul, any
        spacing between the words.

    Returns
    -------
    list of str
        The morphemes: ``cut("나는 학생이다.") == ["나", "는", "학생", "이다"]``.

    Raises
    ------
    ValueError
        If the sentence is empty, not Korean, more than one sentence, in the polite or the casual
        style, without a verb at the end, a statement with a question mark, gives 이다 or an
        adjective an object, or holds a figure or a word that the grammar cannot write; the
        message names the word and the nearest ones that it knows.

    Notes
    -----
    A sentence that is typed already cut is taken as it stands: where every word between two spaces
    is a morpheme of the grammar, and one of them is no word by itself, the words are returned.
    ``cut("나 는 학생 이다")`` is ``["나", "는", "학생", "이다"]``.

    이다, or a form of it, that stands apart behind a noun belongs to the noun: 나는 학생 이다 is
    read as 나는 학생이다.
    """
    if not isinstance(sentence, str):
        raise ValueError(
            f"cut: got {type(sentence).__name__}, expected a sentence; pass a string like "
            "'나는 학생이다'"
        )
    text = normalise(sentence).lstrip(" " + QUOTES).rstrip(" " + STOPS + QUOTES)
    if not text:
        raise ValueError("cut: the sentence is empty; pass Korean text like '나는 학생이다'")
    asked = normalise(sentence).rstrip(" " + QUOTES).endswith(("?", "？"))
    if TWO_SENTENCES.search(text):
        raise ValueError(f"cut: {text!r} is more than one sentence; pass one sentence at a time")
    words = text.replace(",", " ").split()
    if _is_cut_already(words):
        _check_mark(asked, words[-1], tuple(words[-2:]))
        return words
    _check_characters(words)
    words = _join_copula(words)
    known = forms()
    spaced: list[str] = []
    for i, word in enumerate(words):
        parts = [word] if word in known else _split_run_together(word)
        if parts is None:
            raise _unknown(word, words[i - 1] if i else "", i == len(words) - 1)
        spaced += parts
    chosen: list[Cut] = []
    for i, word in enumerate(spaced):
        after = spaced[i + 1] if i + 1 < len(spaced) else ""
        chosen.append(choose(known[word], chosen, after))
    if chosen[-1][-1] not in endings():
        if chosen[-1][-1] == "어" and spaced[-1] in casual_forms():
            raise _casual(spaced[-1])
        raise ValueError(
            f"cut: there is no verb at the end, only {spaced[-1]!r}; end the sentence with a verb, "
            "an adjective or 이다, like '나는 학생이다'"
        )
    _check_objects(spaced, chosen)
    _check_mark(asked, spaced[-1], chosen[-1])
    return [morpheme for part in chosen for morpheme in part]
