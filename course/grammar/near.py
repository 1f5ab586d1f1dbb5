"""Words of the grammar that are spelt like an unknown one, or can stand in its place."""

from __future__ import annotations

from functools import lru_cache

from .choosing import objects
from .foreign import stem_word
from .forms import PARTICLES, Reading, join_particle, readings, stems
from .hangul import LEADS, TAILS, VOWELS, decompose, is_syllable, letters
from .lexicon import ADJECTIVE, NOUN, VERB

# Letters that are easily taken for one another: plain, tense and aspirated consonants, like vowels.
LIKE = ("ㄱㄲㅋ", "ㄷㄸㅌ", "ㅂㅃㅍ", "ㅅㅆ", "ㅈㅉㅊ", "ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ", "ㅓㅗ", "ㅡㅜ")
SHORT = 7  # letters; a shorter word is near only to one with a like letter
ALPHABET = "".join(dict.fromkeys(LEADS + VOWELS + "".join(TAILS)))
ALIKE = {a: set(group) - {a} for group in LIKE for a in group}
HOW_MANY = 4


@lru_cache(maxsize=1)
def _spelt() -> dict[str, list[str]]:
    """The words of the grammar under their letters."""
    found: dict[str, list[str]] = {}
    for word in readings():
        found.setdefault(letters(word), []).append(word)
    return found


def near(word: str) -> list[str]:
    """The known words one letter away from `word`, those with a like letter first."""
    spelt, known = letters(word), _spelt()
    found: dict[str, None] = {}
    for i, letter in enumerate(spelt):
        for other in sorted(ALIKE.get(letter, ())):
            found.update(dict.fromkeys(known.get(spelt[:i] + other + spelt[i + 1 :], ())))
    likely = list(found)
    if len(spelt) >= SHORT:
        for i in range(len(spelt) + 1):
            swaps = (spelt[:i] + spelt[i + 1 :],) if i < len(spelt) else ()
            if i + 1 < len(spelt):
                swaps += (spelt[:i] + spelt[i + 1] + spelt[i] + spelt[i + 2 :],)
            changed = [*swaps, *(spelt[:i] + a + spelt[i + n :] for a in ALPHABET for n in (0, 1))]
            for other in changed:
                found.update(dict.fromkeys(known.get(other, ())))
    rest = [w for w in found if w not in likely and w != word]
    rest.sort(key=lambda w: (abs(len(w) - len(word)), w[0] != word[0], w))
    return [*likely, *rest]


def other_shape(word: str) -> list[str]:
    """The word with its particle in the other shape: 빵를 -> 빵을."""
    if not all(is_syllable(c) for c in word):
        return []
    for pair in PARTICLES:
        shapes = pair.split("/")
        for wrong, right in (shapes, shapes[::-1]) if len(shapes) == 2 else ():
            noun = word.removesuffix(wrong)
            if noun and noun != word and join_particle(noun, pair) in readings():
                if noun + right != word and noun in {r.head for r in readings().get(noun, ())}:
                    return [join_particle(noun, pair)]
    return []


@lru_cache(maxsize=1)
def _by_length() -> list[tuple[str, str]]:
    """Every particle shape with its pair, the longest first."""
    shapes = [(shape, pair) for pair in PARTICLES for shape in pair.split("/")]
    return sorted(shapes, key=lambda s: -len(s[0]))


def _koreans(keys: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(NOUN[key].korean for key in keys))


def _nouns_for(pair: str, later: list[Reading]) -> list[str]:
    """Nouns that can stand with a particle before the words that follow."""
    heads = {r.head for r in later if r.kind == "verb"}
    verbs = [v for v in VERB if v.stem in heads and v.stem not in ("하", "오")] or [
        v for v in VERB if v.stem in heads
    ]
    found: list[str] = []
    for verb in verbs:
        if pair == "을/를":
            found += _koreans(verb.objects)[:3]
        elif pair in ("에", "에서", "으로/로"):
            found += _koreans(verb.places)[:3]
    people = [n.korean for n in NOUN.values() if n.kind in ("person", "name")]
    places = [n.korean for n in NOUN.values() if n.kind == "place"]
    things = [n.korean for n in NOUN.values() if n.kind == "book"]
    defaults = {"을/를": things, "에": places, "에서": places, "으로/로": places}
    return [*found, *defaults.get(pair, people)[:3]]


def _predicates(asked: bool, past: bool, before: list[Reading]) -> list[str]:
    """Verbs that take the object before them, or else what can be said without one."""
    ending = ("었" if past else "") + "니" if asked else ("었다" if past else "는다")
    with_object = [r.head for r in before if r.ending == "을/를"]
    places = {r.head for r in before if r.ending in ("에", "에서", "으로/로")}
    found = [
        stem_word(stem, ending)
        for stem in stems()
        for v in VERB
        if v.stem == stem.stem and not v.objects and places & set(_koreans(v.places))
    ]
    if found and not with_object:
        return list(dict.fromkeys(found))
    found = []
    for stem in stems():
        taken = objects().get(stem.stem, frozenset()) if stem.kind == "verb" else frozenset()
        if with_object and with_object[-1] in taken:
            found.append(stem_word(stem, ending))
    if not with_object:
        said = {r.head for r in before}
        fitting = {a.stem for a in ADJECTIVE if said & set(_koreans(a.nouns))}
        found += [stem_word(s, ending) for s in stems() if s.kind == "adjective"
                  and s.stem in fitting]  # fmt: skip
        found += [stem_word(s, ending) for s in stems() if s.kind == "verb"
                  and "" in objects().get(s.stem, ())][:3]  # fmt: skip
    return found


def is_past(word: str) -> bool:
    return any(is_syllable(c) and decompose(c)[2] == "ㅆ" and c not in "있겠" for c in word)


def in_place(
    word: str, before: list[Reading], later: list[Reading], is_last: bool, asked: bool
) -> list[str]:
    """Words of the grammar that can stand where the unknown word stands."""
    if is_last:
        copulas = [n + ("이니" if asked else "이다") for n in ("학생", "책")]
        verbs = _predicates(asked, is_past(word), before)[:HOW_MANY]
        thing = any(r.head in ("이것", "그것", "저것") for r in before)
        looks_named = word.endswith(("이다", "이니")) or thing
        ordered = [*(copulas[::-1] if thing else copulas), *verbs]
        return ordered if looks_named else [*verbs, *copulas]
    for shape, pair in _by_length():
        if word.endswith(shape) and len(word) > len(shape):
            return [join_particle(noun, pair) for noun in _nouns_for(pair, later)][: 2 * HOW_MANY]
    return [""]


def swapped(word: str, noun: str) -> str:
    """The known noun with the particle of the unknown word."""
    for shape, pair in _by_length():
        if word.endswith(shape):
            return join_particle(noun, pair)
    return noun
