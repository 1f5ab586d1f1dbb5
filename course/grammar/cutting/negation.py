"""못 and 안 before a noun with 하다, which the corpus writes behind the verb: 수영하지 못한다.

춤추다 goes the same way.
"""

from __future__ import annotations

from ..hangul import attach
from .forms import Reading, readings

FELT = "아어워"  # what the stem of 좋아하다 has before 하: no noun with 하다


def _does(word: str) -> list[Reading]:
    """The readings of a word as a noun with 하다, as 하다 alone or as 춤추다."""
    return [
        r
        for r in readings().get(word, ())
        if r.kind == "verb" and len(r.cut) == 2 and r.head.endswith(("하", "춤추"))
    ]


def _is_denied(word: str) -> bool:
    """Whether the word is a verb in -지, to which 못하다 belongs."""
    known = readings().get(word, ())
    return any(r.ending == "지" for r in known) or (word.endswith("지") and not known)


def _with_unable(before: list[str], word: str) -> list[str]:
    """못 with the verb in 하다 behind it: 못 수영한다 -> 수영하지 못한다."""
    verb = min(_does(word), key=lambda r: len(r.head))
    head, unable = verb.head, attach("못하", verb.ending)[0]
    denied = before[-2:-1] and head == "하" and _is_denied(before[-2])
    return [*before[:-1], unable] if denied else [*before[:-1], head + "지", unable]


def well_first(words: list[str]) -> list[str]:
    """Put 잘 before the object of 하다: 요리를 잘 못한다 is 잘 요리하지 못한다."""
    found = list(words)
    for i in range(1, len(words) - 1):
        deed = words[i - 1].removesuffix("을").removesuffix("를") + "하지"
        if words[i] == "잘" and words[i + 1].startswith("못") and _does(deed):
            found[i - 1 : i + 1] = [words[i], words[i - 1]]
    return found


def negated_behind(words: list[str]) -> list[str]:
    """Write 못 and 안 behind verbs in 하다, as the corpus does.

    안 좋아한다 stays as it is, and so does 안 한다.
    """
    found: list[str] = []
    for word in words:
        last = found[-1] if found else ""
        named = [r for r in _does(word) if len(r.head) > 1 and r.head[-2] not in FELT]
        bad = any(r.head == "못하" for r in readings().get(word, ()))
        if last == "못" and _does(word):
            found = _with_unable(found, word)
        elif last == "안" and named:
            found[-1:] = [named[0].head + "지", attach("않", named[0].ending)[0]]
        elif bad and not _is_denied(last) and not last.endswith("보다"):
            found += ["하지", word]
        else:
            found.append(word)
    return found
