"""Real text for language models: the reference documentation that comes with Python.

`load` reads the topics of the language reference from `pydoc_data.topics`, the module behind
``help("for")``; nothing is downloaded. The text changes a little with Python's version, so figures
computed from it do too.

Many topics repeat others word for word: all of ``for`` is in ``compound`` as well. A split by topic
alone would put a fifth of the test text into training. So the topics for validation and test are
named here, and a paragraph that is in several parts is kept in one: the test's before the
validation's before the training's.

Origin: the Python documentation, © Python Software Foundation; its licence allows use and
redistribution, https://docs.python.org/3/license.html.
"""

from __future__ import annotations

import functools
import re

import numpy as np
import numpy.typing as npt

PARTS = ("train", "validation", "test")
TOPICS: dict[str, tuple[str, ...]] = {
    "test": ("calls", "execmodel", "objects", "raise", "typesmapping"),
    "validation": ("assignment", "comparisons", "import", "strings"),
}
"""The topics of the two smaller parts; training takes all others."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for every character that training does not hold; its id is 0."""


def load(part: str) -> str:
    """Return one part: about 300,000, 40,000 and 40,000 characters, a blank line per paragraph."""
    return "\n\n".join(paragraphs(part))


def paragraphs(part: str) -> tuple[str, ...]:
    """Return the paragraphs of one part; see `load`. None of them is in two parts, or twice."""
    if part not in PARTS:
        raise ValueError(f"load: part={part!r} was given, expected one of {', '.join(PARTS)}")
    return _split()[part]


@functools.cache
def alphabet() -> tuple[str, ...]:
    """Return the characters that a model of this text knows: `UNKNOWN`, then training's, sorted.

    The index of a character is its id.
    """
    return (UNKNOWN, *sorted(set(load("train")) - {UNKNOWN}))


def encode(text: str) -> npt.NDArray[np.int64]:
    """Turn text into ids, shape (T,); a character that training does not hold becomes 0."""
    ids = {character: i for i, character in enumerate(alphabet())}
    return np.array([ids.get(character, 0) for character in text], dtype=np.int64)


def decode(ids: npt.ArrayLike) -> str:
    """Turn ids, shape (T,), into text."""
    characters = alphabet()
    return "".join(characters[i] for i in np.asarray(ids, dtype=np.int64).tolist())


def _topics() -> dict[str, str]:
    """Return Python's own topics, from name to text."""
    try:
        from pydoc_data.topics import topics
    except ImportError:
        raise FileNotFoundError(
            "load: this Python comes without its documentation (the module pydoc_data.topics); "
            "install a complete Python, from python.org, conda-forge or your system's full package"
        ) from None
    return topics


@functools.cache
def _split() -> dict[str, tuple[str, ...]]:
    """Cut the topics into paragraphs, and give each distinct one to one part."""
    topics = _topics()
    held_out = {name for names in TOPICS.values() for name in names}
    chosen = {**TOPICS, "train": tuple(sorted(set(topics) - held_out))}
    seen: set[str] = set()
    parts: dict[str, tuple[str, ...]] = {}
    for part, names in chosen.items():
        kept = []
        for name in names:
            for paragraph in cut(topics.get(name, "")):
                words = " ".join(paragraph.split())
                if words not in seen:
                    seen.add(words)
                    kept.append(paragraph)
        parts[part] = tuple(kept)
    missing = [part for part in PARTS if not parts[part]]
    if missing:
        raise FileNotFoundError(
            f"load: this Python's documentation has no text for {', '.join(missing)}: its "
            f"{len(topics)} topics have other names than expected; use Python 3.11 to 3.14"
        )
    return parts


def cut(text: str) -> list[str]:
    """Cut a topic into paragraphs at its blank lines; spaces at the start of a line stay."""
    pieces = re.split(r"\n[ \t]*\n", text)
    return [piece.strip("\n").rstrip() for piece in pieces if piece.strip()]
