"""Descriptions of axes, as `helpers.shapes` reads them, and what is said when shapes disagree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int, ...]
HOLDS = {
    "float": ("f", "floating-point numbers"),
    "int": ("iu", "whole numbers"),
    "bool": ("b", "bool"),
}


class Axes(NamedTuple):
    """One description: what the array holds, and (factor, letter) for each axis."""

    holds: str
    terms: list[tuple[int, str]]

    @classmethod
    def parse(cls, text: str, name: str) -> Axes:
        """Read a description such as ``float B T 4*H``; a mask is known by its name."""
        words = text.split()
        holds = words.pop(0) if words[0] in HOLDS else "bool" if name.endswith("mask") else ""
        parts = [word.rpartition("*") for word in words]
        return cls(holds, [(int(b), "") if b.isdigit() else (int(a or 1), b) for a, _, b in parts])

    def sizes(self, shape: Shape) -> list[tuple[str, Any]] | None:
        """Return what size each letter has in a shape, or None if the axes do not fit at all."""
        terms = list(self.terms)
        found: list[tuple[str, Any]] = []
        if (1, "...") in terms:
            first, more = terms.index((1, "...")), max(len(shape) - len(terms) + 1, 0)
            found = [("...", shape[first : first + more])]
            del terms[first]
            shape = (*shape[:first], *shape[first + more :])
        if len(shape) != len(terms):
            return None
        for (factor, letter), size in zip(terms, shape, strict=True):
            if not letter and size != factor:
                return None
            if letter:
                found.append((letter, size / factor if size % factor else size // factor))
        return found

    def text(self, sizes: dict[str, Any] | None = None) -> str:
        """Write the axes as a shape is written, with numbers for the letters that are known."""
        parts: list[str] = []
        for factor, letter in self.terms:
            if not letter or (sizes and letter in sizes and letter != "..."):
                parts.append(f"{factor * (sizes[letter] if letter and sizes else 1):g}")
            elif letter == "...":
                parts += map(str, (sizes or {}).get(letter, "…"))
            else:
                parts.append(letter if factor == 1 else f"{factor} {letter}")
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"


def fit(axes: dict[str, Axes], found: dict[str, Shape]) -> dict[str, Any] | None:
    """Return the one size of each letter, or None if an array or a letter does not fit."""
    known: dict[str, Any] = {}
    for name, shape in found.items():
        sizes = axes[name].sizes(shape)
        if sizes is None or any(known.setdefault(letter, n) != n for letter, n in sizes):
            return None
    return known


def an(noun: str) -> str:
    """Put the right article before a type's name: a list, an ndarray."""
    return f"{'an' if noun[:1].lower() in 'aeiou' or noun == 'ndarray' else 'a'} {noun}"


def check_kind(function: str, name: str, array: Any, holds: str, library: str) -> None:
    """Raise TypeError unless this is an array of the right library and of the right numbers."""
    kind = "None" if array is None else an(type(array).__name__)
    tensor = hasattr(array, "is_floating_point")
    if tensor and "array" in library:
        raise TypeError(
            f"{function}: {name} is {kind}, expected a NumPy array; "
            f"pass {name}.detach().cpu().numpy()"
        )
    if not tensor and ("tensor" in library or not isinstance(array, np.ndarray)):
        wanted, cure = (
            ("a tensor", "torch.as_tensor") if "tensor" in library else ("an array", "np.array")
        )
        cure = "give it a value" if array is None else f"pass {cure}({name})"
        raise TypeError(f"{function}: {name} is {kind}, expected {wanted}; {cure}")
    letter = _letter(array)
    letters, wanted = HOLDS.get(holds, ("fiub", "real numbers"))
    if letter not in letters:
        cast = {"float": "float", "int": "long", "bool": "bool"}.get(holds, "float")
        cure = f"{name}.{cast}()" if tensor else f"{name}.astype({holds or 'float'})"
        raise TypeError(f"{function}: {name} holds {array.dtype}, expected {wanted}; pass {cure}")


def _letter(array: Any) -> str:
    """Return NumPy's letter for the kind of number that an array or tensor holds."""
    if isinstance(array, np.ndarray):
        return array.dtype.kind
    name = str(array.dtype).rpartition(".")[2]
    return "b" if name == "bool" else {"f": "f", "b": "f", "c": "c"}.get(name[0], "i")


def check_overflow(function: str, arrays: dict[str, Any]) -> None:
    """Raise TypeError if NumPy would compute in bool or small integers, which overflow."""
    kept = {name: a for name, a in arrays.items() if isinstance(a, np.ndarray)}
    if kept and np.result_type(*(a.dtype for a in kept.values())).str[1:] in (
        "b1", "i1", "i2", "i4", "u1", "u2", "u4", "u8"
    ):  # fmt: skip
        name, array = next(iter(kept.items()))
        raise TypeError(
            f"{function}: {name} holds {array.dtype}, expected floating-point numbers; "
            f"pass {name}.astype(float)"
        )


def check_finite(function: str, name: str, value: Any) -> None:
    """Raise ValueError if an array, or one of a NamedTuple of arrays, holds NaN or infinity."""
    if hasattr(value, "_fields"):
        for field, array in value._asdict().items():
            check_finite(function, f"{name}.{field}", array)
    elif isinstance(value, np.ndarray):
        total = np.add.reduce(value, axis=None)  # one pass, and no array of bool
        if not math.isfinite(total) and not np.isfinite(value).all():
            _refuse(function, name, np.argwhere(~np.isfinite(value)))
    elif hasattr(value, "isfinite") and not bool(value.isfinite().all()):
        _refuse(function, name, (~value.isfinite()).nonzero().tolist())


def _refuse(function: str, name: str, bad: Any) -> None:
    first = tuple(int(i) for i in bad[0])
    raise ValueError(
        f"{function}: {name} holds {len(bad)} value(s) that are NaN or infinite, the first at "
        f"{first}, expected finite numbers; find where they come from"
    )


def disagreement(variants: list[dict[str, Axes]], found: dict[str, Shape]) -> str:
    """Say which array is the odd one out, what it should be, and what to do.

    Each array has a vote on the size of each of its letters, the arrays of a NamedTuple one vote
    together; between equals the weights decide, then who comes first. An advice is given only if
    everything fits once it has been followed.
    """
    axes = min(variants, key=lambda v: sum(v[n].sizes(s) is None for n, s in found.items()))
    votes: dict[str, dict[Any, list[str]]] = {}
    for name, shape in found.items():
        for letter, size in axes[name].sizes(shape) or ():
            votes.setdefault(letter, {}).setdefault(size, []).append(name)
    known = {letter: max(v, key=lambda size: _strength(v[size])) for letter, v in votes.items()}

    def order(name: str) -> int:
        """A wrong number of axes is suspected first, then a wrong size."""
        sizes = axes[name].sizes(found[name])
        return 0 if sizes is None else 1 if any(known[a] != n for a, n in sizes) else 2

    ordered = sorted(found, key=order)
    for name in ordered:
        for advice, shape in _repairs(name, found[name], axes[name], known):
            alike = [n for n in found if _owner(n) == _owner(name) and found[n] == found[name]]
            repaired = fit(axes, found | dict.fromkeys(alike, shape))
            if repaired is not None:
                return _sentence(name, axes, found, repaired, advice)
    return _sentence(ordered[0], axes, found, known, "")


def _owner(name: str) -> str:
    return name.partition(".")[0]


def _strength(names: list[str]) -> tuple[int, bool, int]:
    weights = any(name.rpartition(".")[2].lower().startswith("w") for name in names)
    return len({_owner(name) for name in names}), weights, len(names)


def _sentence(
    name: str, axes: dict[str, Axes], found: dict[str, Shape], known: dict[str, Any], advice: str
) -> str:
    """Put the message together; without an advice that works, say what has to agree."""
    own, shape, sizes = axes[name], found[name], axes[name].sizes(found[name])
    others = {
        letter: other
        for other in reversed(found)
        for letter, size in axes[other].sizes(found[other]) or ()
        if size == known[letter] and _owner(other) != _owner(name)
    }
    text = f"{name} has shape {shape}, expected {own.text()}"
    shown = {letter: n for letter, n in known.items() if sizes is not None or letter in others}
    if any(letter in shown for _, letter in own.terms):
        text += f" = {own.text(shown)}"
    wrong = [letter for letter, size in sizes or () if known[letter] != size]
    letter = next((one for one in wrong if one in others), "")
    if letter:
        text += f": {letter} is {known[letter]} in {others[letter]} {found[others[letter]]}"
    if not advice and wrong:
        advice = f"pass arrays that agree in {wrong[0]}"
    elif not advice and len(shape) + 1 == len(own.terms) and own.terms[0][1] == "B":
        advice = f"{name}[None] adds the batch axis"
    return f"{text}; {advice or f'pass an array with these {len(own.terms)} axes'}"


def _repairs(
    name: str, shape: Shape, axes: Axes, known: dict[str, Any]
) -> Iterator[tuple[str, Shape]]:
    """Yield what may have been meant, and the shape that this would make."""
    wanted = [letter for _, letter in axes.terms]
    if len(shape) == 2:
        yield f"pass {name}.T", shape[::-1]
    if len(shape) == 3:
        yield f"it looks time-first: pass {name}.transpose(1, 0, 2)", (shape[1], shape[0], shape[2])
    if len(shape) > len(wanted) == 1:
        yield f"pass {name}.ravel()", (math.prod(shape),)
    if len(shape) == len(wanted) + 1:
        yield f"pass {name}[0]", shape[1:]
        yield f"for one step pass {name}[:, t]", (shape[0], *shape[2:])
    if len(shape) == len(wanted) - 1:
        yield f"for a single sequence pass {name}[None]", (1, *shape)
        yield f"for a single step pass {name}[:, None]", (*shape[:1], 1, *shape[1:])
        if wanted[:1] == ["B"] and "B" in known:
            ones = ", 1" * len(shape)
            yield f"the same for each sequence is np.tile({name}, ({known['B']}{ones}))", (
                known["B"], *shape
            )  # fmt: skip
        if wanted[1:2] == ["T"] and "T" in known and name.startswith("d"):
            full = (*shape[:1], known["T"], *shape[1:])
            yield f"for the last step alone start from np.zeros({full}) and set [:, -1]", full
