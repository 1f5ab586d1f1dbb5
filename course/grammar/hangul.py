"""Hangul arithmetic: syllables to letters and back, particles, endings.

Unicode lays the 11,172 modern syllables out as one long grid, so a syllable is a number in a
mixed base: ``0xAC00 + (lead * 21 + vowel) * 28 + tail``.  Everything that Korean grammar asks of
the end of a word (is there a final consonant? is it ㄹ? which vowel?) is a division away.

``attach`` joins a stem and an ending as Korean spells them, contractions and irregular stems
included, and says which shape the ending took: ``attach("가", "었다") == ("갔다", "았다")``.

References
----------
The Unicode Standard, section 3.12, "Conjoining Jamo Behavior".
"""

from __future__ import annotations

import unicodedata

LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
FIRST, LAST = 0xAC00, 0xD7A3

# Shape after a final consonant, shape after a vowel.
PARTICLES = {
    "은/는": ("은", "는"),
    "이/가": ("이", "가"),
    "을/를": ("을", "를"),
    "과/와": ("과", "와"),
    "으로/로": ("으로", "로"),
    "이나/나": ("이나", "나"),
}

# A vowel that ends a stem, and what it becomes together with the 어 or 아 of an ending.
CONTRACTIONS = {
    "ㅏ": "ㅏ", "ㅓ": "ㅓ", "ㅕ": "ㅕ", "ㅐ": "ㅐ", "ㅔ": "ㅔ",
    "ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ", "ㅚ": "ㅙ",
}  # fmt: skip


def is_syllable(character: str) -> bool:
    """Say whether `character` is one of the 11,172 composed Hangul syllables."""
    return len(character) == 1 and FIRST <= ord(character) <= LAST


def decompose(syllable: str) -> tuple[str, str, str]:
    """Split a syllable into lead consonant, vowel and final consonant ("" for none).

    Raises
    ------
    ValueError
        If `syllable` is not one composed Hangul syllable.
    """
    if not is_syllable(syllable):
        raise ValueError(f"decompose: {syllable!r} is not one Hangul syllable; pass one like '한'")
    lead, rest = divmod(ord(syllable) - FIRST, 21 * 28)
    vowel, tail = divmod(rest, 28)
    return LEADS[lead], VOWELS[vowel], TAILS[tail]


def compose(lead: str, vowel: str, tail: str = "") -> str:
    """Build the syllable that `decompose` splits.

    Raises
    ------
    ValueError
        If a letter cannot stand in its place.
    """
    if len(lead) != 1 or lead not in LEADS or len(vowel) != 1 or vowel not in VOWELS:
        raise ValueError(
            f"compose: {lead!r} + {vowel!r} do not start a syllable; pass ('ㅎ', 'ㅏ')"
        )
    if tail not in TAILS:
        raise ValueError(f"compose: {tail!r} cannot end a syllable; pass one consonant or ''")
    number = (LEADS.index(lead) * 21 + VOWELS.index(vowel)) * 28 + TAILS.index(tail)
    return chr(FIRST + number)


def final(word: str) -> str:
    """Return the final consonant of the last syllable of `word`, "" if it ends in a vowel."""
    return decompose(word[-1])[2]


def letters(text: str) -> str:
    """Spell `text` letter by letter: '학생' -> 'ㅎㅏㄱㅅㅐㅇ'; other characters stay."""
    return "".join("".join(decompose(c)) if is_syllable(c) else c for c in text)


def particle(word: str, pair: str) -> str:
    """Choose the shape that a particle takes after `word`.

    Parameters
    ----------
    word : str
        The word before it; ends in a Hangul syllable.
    pair : str
        A key of `PARTICLES`, such as "은/는", or a particle with one shape, such as "에서".

    Returns
    -------
    str
        "은" after a final consonant and "는" after a vowel; 으로/로 counts ㄹ as a vowel.
    """
    if pair not in PARTICLES:
        return pair
    closed, open_ = PARTICLES[pair]
    tail = final(word)
    return open_ if not tail or (pair == "으로/로" and tail == "ㄹ") else closed


def normalise(text: str) -> str:
    """Return `text` in composed form (NFC), with single spaces and none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _retail(word: str, tail: str) -> str:
    """Give the last syllable of `word` another final consonant."""
    lead, vowel, _ = decompose(word[-1])
    return word[:-1] + compose(lead, vowel, tail)


def _put_under(word: str, ending: str) -> str:
    """Join, writing an ending that starts with a lone consonant under the last syllable."""
    if ending and not is_syllable(ending[0]):
        return _retail(word, ending[0]) + ending[1:]
    return word + ending


def _harmony(vowel: str) -> str:
    return "아" if vowel in "ㅏㅗㅑ" else "어"


def attach(stem: str, ending: str, irregular: str = "", contract: bool = True) -> tuple[str, str]:
    """Join a stem and an ending the way Korean spells them.

    Parameters
    ----------
    stem : str
        In dictionary form without 다: '듣', '살', '예쁘'.
    ending : str
        In the shape that follows a consonant and a dark vowel: '는다', '었다', '으면', '을', '은',
        '니', '고'.  Endings that start with 어 follow vowel harmony, those with 으 lose it after a
        vowel or ㄹ, and 는다 becomes ㄴ다 there.
    irregular : str
        The class of the stem: 'ㄷ' (듣다), 'ㅂ' (돕다), 'ㅅ' (짓다), '르' (모르다), 'ㅎ' (빨갛다),
        or "" for a regular one.  하다, ㄹ stems and 으 stems are recognised by their shape.
    contract : bool
        Whether 오 + 아 and the like fuse: 봤다, or 보았다.

    Returns
    -------
    (surface, shape) : tuple of str
        The written word, and the ending as it is heard in it:
        ``attach("듣", "었다", "ㄷ") == ("들었다", "었다")``, and
        ``attach("살", "는다") == ("산다", "ㄴ다")``.
    """
    if ending.startswith(("어", "었")):
        return _attach_harmonic(stem, ending, irregular, contract)
    if ending.startswith(("으", "을", "은")):
        return _attach_open(stem, ending, irregular)
    tail = final(stem)
    if ending.startswith("는다"):
        if tail and tail != "ㄹ":
            return stem + ending, ending
        bare = "ㄴ" + ending[1:]
        return _put_under(_retail(stem, ""), bare), bare
    if tail == "ㄹ" and ending[0] in "니는":  # ㄹ falls before ㄴ
        return _retail(stem, "") + ending, ending
    return stem + ending, ending


def _attach_open(stem: str, ending: str, irregular: str) -> tuple[str, str]:
    """Join an ending that starts with 으, 을 or 은, which an open stem shortens."""
    bare = {"으": ending[1:], "을": "ㄹ" + ending[1:], "은": "ㄴ" + ending[1:]}[ending[0]]
    if irregular == "ㄷ":
        return _retail(stem, "ㄹ") + ending, ending
    if irregular == "ㅅ":
        return _retail(stem, "") + ending, ending
    if irregular == "ㅂ":
        return _put_under(_retail(stem, "") + "우", bare), bare
    if irregular == "ㅎ":
        return _put_under(_retail(stem, ""), bare), bare
    tail = final(stem)
    if tail == "ㄹ":  # 살 + 으면 -> 살면, 살 + 을 -> 살, 길 + 은 -> 긴
        keep = not bare.startswith(("ㄴ", "ㄹ"))
        return _put_under(stem if keep else _retail(stem, ""), bare), bare
    return (stem + ending, ending) if tail else (_put_under(stem, bare), bare)


def _attach_harmonic(stem: str, ending: str, irregular: str, contract: bool) -> tuple[str, str]:
    """Join an ending that starts with 어 or 었."""
    first = _first_syllable(stem, irregular)
    written = _join_syllable(stem, first, irregular, contract)
    tail, rest = final(ending[0]), ending[1:]  # "" and 서 of 어서, ㅆ and 다 of 었다
    return _retail(written, tail) + rest, _retail(first, tail) + rest


def _first_syllable(stem: str, irregular: str) -> str:
    """Return 아 or 어 as the stem asks for it, 여 after 하."""
    _, vowel, tail = decompose(stem[-1])
    if stem[-1] == "하" and not irregular:
        return "여"
    if irregular == "ㅂ":
        return "아" if stem in ("돕", "곱") else "어"
    open_eu = vowel == "ㅡ" and not tail and not irregular
    if open_eu or irregular == "르":  # 쓰 -> 써, 바쁘 -> 바빠, 모르 -> 몰라
        return _harmony(decompose(stem[-2])[1]) if len(stem) > 1 else "어"
    return _harmony(vowel)


def _join_syllable(stem: str, first: str, irregular: str, contract: bool) -> str:
    """Join a stem and the 아, 어 or 여 that it asks for."""
    lead, vowel, tail = decompose(stem[-1])
    if first == "여":  # 하 -> 해
        return stem[:-1] + "해" if contract else stem + first
    if irregular == "르":  # 모르 -> 몰라
        return stem[:-2] + _retail(stem[-2], "ㄹ") + compose("ㄹ", decompose(first)[1])
    if irregular == "ㅂ":  # 돕 -> 도와, 춥 -> 추워
        return _retail(stem, "") + ("와" if first == "아" else "워")
    if irregular == "ㅎ":  # 빨갛 -> 빨개, 하얗 -> 하얘
        return stem[:-1] + compose(lead, "ㅒ" if vowel == "ㅑ" else "ㅐ")
    if irregular == "ㄷ":
        return _retail(stem, "ㄹ") + first
    if irregular == "ㅅ":
        return _retail(stem, "") + first
    if tail:
        return stem + first
    if vowel == "ㅡ":  # 쓰 -> 써, 바쁘 -> 바빠
        return stem[:-1] + compose(lead, decompose(first)[1])
    must = vowel in "ㅏㅓㅕ"  # 가아 is never written, 보아 is
    if vowel in CONTRACTIONS and (contract or must):
        return stem[:-1] + compose(lead, CONTRACTIONS[vowel])
    return stem + first
