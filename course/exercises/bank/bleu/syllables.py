"""Exercise 10.8: find the bugs in a cutter of syllables."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from course.exercises.bank import EXAMPLE, CodeExercise, Mistake, Probe, register


def given_syllables(text: str) -> list[str]:
    """The colleague's cutter, as the learner finds it."""
    return list(unicodedata.normalize("NFD", text.replace(" ", "")))


def syllables(text: str) -> list[str]:
    """Bring a text to NFC and list its characters, white space left out."""
    return list("".join(unicodedata.normalize("NFC", text).split()))


def nfd(text: str) -> str:
    """Take a text apart into jamo."""
    return unicodedata.normalize("NFD", text)


def _probes(rng: np.random.Generator) -> list[Probe]:
    words = ["학교", "에", "갔다", "친구", "물", "책을", "읽는다"]
    drawn = [words[i] for i in rng.permutation(len(words))[:4]]
    return [
        Probe(("물 산다",), label=EXAMPLE),
        Probe((nfd("한"),), label="한 in three jamo"),
        Probe(("나는 나",), label="a syllable twice"),
        Probe((nfd("책을 읽는다"),), label="jamo and a space"),
        Probe(("물\t산다\n",), label="a tab and a line break"),
        Probe(("  물  산다 ",), label="several spaces"),
        Probe(("",), label="an empty text"),
        Probe(("TV를 3시에",), label="letters and a digit"),
        Probe(("３시ﬁ㎏",), label="wide forms"),
        Probe((" ".join(drawn),)),
        Probe((nfd("\n".join(drawn)),)),
    ]


def _by_hand(text: str) -> list[str]:
    """Compose syllables from their jamo by Unicode's arithmetic: the oracle."""
    made: list[str] = []
    for letter in unicodedata.normalize("NFD", text):
        code, last = ord(letter), ord(made[-1]) if made else 0
        if letter.isspace():
            made.append(" ")
        elif 0x1161 <= code <= 0x1175 and 0x1100 <= last <= 0x1112:
            made[-1] = chr(0xAC00 + ((last - 0x1100) * 21 + code - 0x1161) * 28)
        elif 0x11A8 <= code <= 0x11C2 and 0xAC00 <= last <= 0xD7A3:
            made[-1] = chr(last + code - 0x11A7)
        else:
            made.append(letter)
    return [letter for letter in made if letter != " "]


def _loop(text: str) -> list[str]:
    return [letter for letter in unicodedata.normalize("NFC", text) if not letter.isspace()]


def _no_repeats(text: str) -> list[str]:
    return list(dict.fromkeys(syllables(text)))


MISTAKES: list[Mistake] = [
    Mistake(
        "not_composed",
        "Text that arrives as jamo stays jamo. Leaving NFD out is not enough: bring the whole text "
        "to NFC, and only then make a list of it.",
        lambda text: list("".join(text.split())),
    ),
    Mistake(
        "not_composed_and_space_only",
        "Two things. Text that arrives as jamo stays jamo: bring it to NFC. And a tab or a line "
        "break is still a token.",
        lambda text: list(text.replace(" ", "")),
    ),
    Mistake(
        "space_only",
        "The syllables are right now. But a tab or a line break is still a token.",
        lambda text: list(unicodedata.normalize("NFC", text.replace(" ", ""))),
    ),
    Mistake(
        "ends_only",
        "`strip` takes white space off the ends of the text only. Spaces inside are still tokens.",
        lambda text: list(unicodedata.normalize("NFC", text.strip())),
    ),
    Mistake(
        "spaces_kept",
        "Spaces, tabs and line breaks are tokens in your result. Only syllables are wanted.",
        lambda text: list(unicodedata.normalize("NFC", text)),
    ),
    Mistake(
        "jamo_kept",
        "You still cut into jamo: NFD takes syllables apart. NFC puts them together.",
        lambda text: list("".join(nfd(text).split())),
    ),
    Mistake(
        "compatibility",
        "NFKC also rewrites other characters: ３ becomes 3, ㎏ becomes kg. NFC leaves them as they "
        "are.",
        lambda text: list("".join(unicodedata.normalize("NFKC", text).split())),
    ),
    Mistake(
        "words",
        "These are the words. Cut them into syllables.",
        lambda text: unicodedata.normalize("NFC", text).split(),
    ),
    Mistake(
        "nested",
        "You return a list for each word. One flat list of syllables is wanted.",
        lambda text: [list(word) for word in unicodedata.normalize("NFC", text).split()],
    ),
    Mistake(
        "a_string",
        "You return a string. Make a list of it.",
        lambda text: "".join(syllables(text)),
    ),
    Mistake(
        "no_repeats",
        "A syllable that comes twice has to be in the list twice, and in its place.",
        _no_repeats,
    ),
    Mistake(
        "sorted",
        "Keep the order of the text; BLEU counts what stands next to what.",
        lambda text: sorted(syllables(text)),
    ),
    Mistake(
        "hangul_only",
        "You keep Hangul only. Letters and digits of other scripts are tokens, too.",
        lambda text: [letter for letter in syllables(text) if "가" <= letter <= "힣"],
    ),
]

_OTHER_FORMS: dict[str, Any] = {"loop": _loop, "arithmetic": _by_hand}

register(
    CodeExercise(
        name="bleu.syllables",
        title="Find the bugs: syllables",
        points=2,
        reference=syllables,
        given=given_syllables,
        probes=_probes,
        oracle=_by_hand,
        equivalents=_OTHER_FORMS,
        mistakes=MISTAKES,
        hints=[
            "Run it on “물 산다” and count what comes out. Then try a text with a line break.",
            "A text goes in, a list of strings of one character each comes out.",
            "One of Unicode's normal forms takes syllables apart and the other puts them together. "
            "And `text.split()` without an argument splits at any white space.",
            '`"".join(text.split())` leaves out all white space.',
        ],
        solved="Scored by jamo, the same translation has another BLEU: always say which tokens.",
    )
)
