"""English inflection: -s, -ing, -ed, plurals."""

from __future__ import annotations

IRREGULAR_GERUNDS = {
    "die": "dying", "lie": "lying", "get": "getting", "sit": "sitting", "run": "running",
    "swim": "swimming", "cut": "cutting", "put": "putting", "shop": "shopping", "hug": "hugging",
    "begin": "beginning", "travel": "travelling", "see": "seeing", "set": "setting",
    "win": "winning", "chat": "chatting", "jog": "jogging", "stop": "stopping", "be": "being",
    "plan": "planning", "forget": "forgetting",
}  # fmt: skip
DOUBLED_PASTS = {"hug": "hugged", "shop": "shopped", "travel": "travelled", "chat": "chatted",
                 "jog": "jogged", "stop": "stopped", "plan": "planned"}  # fmt: skip
ES = ("potato", "tomato", "hero")


def third_person(base: str) -> str:
    """Return the third person singular: go -> goes, study -> studies, have -> has."""
    if base == "have":
        return "has"
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + "s"


def gerund(base: str) -> str:
    """Return the form in -ing: make -> making, swim -> swimming."""
    if base in IRREGULAR_GERUNDS:
        return IRREGULAR_GERUNDS[base]
    return (base[:-1] if base.endswith("e") else base) + "ing"


def past_tense(base: str) -> str:
    """Return the regular past: cook -> cooked, like -> liked, study -> studied."""
    if base in DOUBLED_PASTS:
        return DOUBLED_PASTS[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def plural_form(word: str) -> str:
    """Return the regular plural: box -> boxes, diary -> diaries, potato -> potatoes."""
    if word.endswith(("s", "sh", "ch", "x")) or word in ES:
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
