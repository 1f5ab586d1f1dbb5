"""Words of the grammar that are spelt like an unknown one."""

from __future__ import annotations

from functools import lru_cache

from ..hangul import LEADS, TAILS, VOWELS, is_syllable, letters
from .choosing import STEMS
from .forms import PARTICLES, join_particle, readings

# Letters that are easily taken for one another: plain, tense and aspirated consonants, like vowels.
LIKE = ("ㄱㄲㅋ", "ㄷㄸㅌ", "ㅂㅃㅍ", "ㅅㅆ", "ㅈㅉㅊ", "ㅐㅔ", "ㅒㅖ", "ㅙㅚㅞ", "ㅓㅗ", "ㅡㅜ")
SHORT = 6  # letters before the ending; a shorter word is near only to one with a like letter
ALPHABET = "".join(dict.fromkeys(LEADS + VOWELS + "".join(TAILS)))
ALIKE = {a: set(group) - {a} for group in LIKE for a in group}


@lru_cache(maxsize=1)
def _spelt() -> dict[str, list[str]]:
    """The words of the grammar under their letters."""
    found: dict[str, list[str]] = {}
    for word in readings():
        found.setdefault(letters(word), []).append(word)
    return found


def _is_slip(word: str, known: str) -> bool:
    """Whether the words are long enough, up to the ending that they share, and begin alike."""
    shared = 0
    while word[: -shared - 1] and known[: -shared - 1] and word[-shared - 1] == known[-shared - 1]:
        shared += 1
    begins = len(letters(word[: len(word) - shared]))
    long_enough = shared > 2 or (shared > 0 and begins >= SHORT)  # 일어버렸다
    return long_enough and letters(word)[0] == letters(known)[0]


def near(word: str) -> list[str]:
    """The known words one letter away from `word`, those with a like letter first."""
    spelt, known = letters(word), _spelt()
    found: dict[str, None] = {}
    for i, letter in enumerate(spelt):
        for other in sorted(ALIKE.get(letter, ())):
            found.update(dict.fromkeys(known.get(spelt[:i] + other + spelt[i + 1 :], ())))
    likely = [w for w in found if _is_slip(word, w) or readings()[w][0].kind in STEMS]
    if len(spelt) >= SHORT:
        for i in range(len(spelt) + 1):
            swaps: tuple[str, ...] = (spelt[:i] + spelt[i + 1 :],) if i < len(spelt) else ()
            if i + 1 < len(spelt):
                swaps += (spelt[:i] + spelt[i + 1] + spelt[i] + spelt[i + 2 :],)
            changed = [*swaps, *(spelt[:i] + a + spelt[i + n :] for a in ALPHABET for n in (0, 1))]
            for other in changed:
                found.update(dict.fromkeys(known.get(other, ())))
    rest = [w for w in found if w not in likely and w != word and _is_slip(word, w)]
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
