"""One decorator for the shapes of arguments: it reads like the comment that it replaces.

    @shapes(x="B T D", h_0="B H", W_xh="H D", W_hh="H H", b_h="H", finite=("x", "h_0"))
    def rnn_layer(x, h_0, W_xh, W_hh, b_h): ...

A letter has one size throughout a call. An axis is a letter (``B``), a multiple of one (``4*H``), a
number, or ``...`` for any axes, the same throughout. A first word ``float``, ``int`` or ``bool``
says what the array holds; an argument called ``mask`` or ``…_mask`` holds bool. ``B S | B T S``
gives alternatives: the first of every argument together, or the second of every argument. `fields`
describes the arrays of a NamedTuple. An optional argument that is None is passed over. An argument
annotated ``Array`` must be a NumPy array, one annotated ``Tensor`` a tensor.

We do not use jaxtyping with beartype: for one state of the wrong width it printed sixteen lines
which blame a weight matrix and do not say what to do. It also takes three times as long or more,
because here shapes that have passed are not checked again (``make bench`` prints the share).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy.typing as npt

from helpers.axes import Axes, an, check_finite, check_kind, check_overflow, disagreement, fit

Array: TypeAlias = npt.NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])

_MISSING = object()
_REMEMBERED = 1024  # how many combinations of shapes a function remembers


class Fields(NamedTuple):
    """A NamedTuple's class, and a description of each of its arrays."""

    kind: Any
    axes: dict[str, str]


def fields(kind: Any, every: str = "", **starts: str) -> Fields:
    """Describe the arrays of a NamedTuple: all alike, or by the beginnings of their names.

    ``fields(LSTMStates, "B T H")``; ``fields(LSTMWeights, W_x="H D", W_h="H H", b="H")``.
    """
    found = {f: every or next(starts[s] for s in starts if f.startswith(s)) for f in kind._fields}
    return Fields(kind, found)


def shapes(
    *, finite: tuple[str, ...] = (), too_many: str = "", **axes: str | Fields
) -> Callable[[Function], Function]:
    """Check a function's arguments at each call, by name; ``inspect.unwrap`` gives it back bare.

    Parameters
    ----------
    finite : tuple of str
        Arguments that may hold neither NaN nor infinity; every number of them is looked at.
    too_many : str
        Advice for a call with more arguments than there are parameters.
    **axes : str or Fields
        A description for each argument, as the text of this module explains.

    Raises
    ------
    TypeError, ValueError
        At a call: an argument is no array, or holds the wrong kind of number; or the shapes
        disagree. The message gives function, argument, its shape, the shape expected, the letter
        that disagrees, the array it disagrees with, and what to do.
    """

    def decorate(function: Function) -> Function:
        rule = _Rule(function, axes)
        seen: set[Any] = set()
        if not set(finite) <= set(axes):
            raise ValueError(f"shapes: {rule.name}: finite={finite} names what has no axes")
        watched = [(i, slot[1]) for i, slot in enumerate(rule.slots) if slot[1] in finite]

        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            count = len(args)
            if too_many and count > len(rule.parameters):
                wanted = f"{len(rule.parameters)} ({', '.join(rule.parameters)})"
                raise TypeError(f"{rule.name}: {count} arguments, expected {wanted}; {too_many}")
            given = [args[i] if i < count else kwargs.get(name, d) for i, name, d in rule.slots]
            try:
                key = rule.key(given)
            except (AttributeError, TypeError):  # something is no array: `check` says what
                key = None
            if key is None or key not in seen:
                rule.check(given)
                if len(seen) >= _REMEMBERED:
                    seen.clear()
                seen.add(key)
            for i, name in watched:
                check_finite(rule.name, name, given[i])
            return function(*args, **kwargs)

        return checked  # type: ignore[return-value]

    return decorate


class _Rule:
    """What the arguments of one function have to look like."""

    def __init__(self, function: Callable[..., Any], axes: dict[str, str | Fields]) -> None:
        self.name = function.__qualname__.rpartition("<locals>.")[2]
        self.parameters = dict(inspect.signature(function).parameters)
        self.slots: list[tuple[int, str, Any]] = []  # position, name, the value if it is not given
        self.fields: dict[int, Fields] = {}
        self.library: dict[str, str] = {}
        texts: dict[str, list[str]] = {}
        for slot, (name, given) in enumerate(axes.items()):
            if name not in self.parameters:
                raise ValueError(f"shapes: {self.name} has no argument {name!r}")
            one = self.parameters[name]
            position = list(self.parameters).index(name) + 999 * (one.kind is one.KEYWORD_ONLY)
            self.slots.append((position, name, None if one.default is None else _MISSING))
            own, annotation = {name: given}, one.annotation
            if isinstance(given, Fields):
                self.fields[slot] = given
                own = {f"{name}.{field}": text for field, text in given.axes.items()}
                annotation = given.kind.__annotations__
            texts |= {key: str(text).split("|") for key, text in own.items()}
            self.library |= dict.fromkeys(own, str(annotation).lower())
        self.variants = [
            {name: Axes.parse(parts[i % len(parts)], name) for name, parts in texts.items()}
            for i in range(max(map(len, texts.values())))
        ]

    def key(self, given: list[Any]) -> tuple[Any, ...]:
        """Return all that the check depends on, as a set can hold it."""
        kinds = [type(given[i]) for i in self.fields]
        if kinds:
            parts = [g if i in self.fields and g is not None else (g,) for i, g in enumerate(given)]
            given = [array for part in parts for array in part]
        return (*kinds, *[None if a is None else (type(a), a.shape, a.dtype) for a in given])

    def check(self, given: list[Any]) -> None:
        """Raise unless all that is given is as described."""
        arrays: dict[str, Any] = {}
        for slot, (value, (_, name, default)) in enumerate(zip(given, self.slots, strict=True)):
            if value is default:
                continue  # optional and None, or missing: Python says so itself
            arrays[name] = value
            if slot in self.fields:
                kind = self.fields[slot].kind
                if getattr(value, "_fields", None) != kind._fields:
                    raise TypeError(
                        f"{self.name}: {name} is {an(type(value).__name__)}, expected "
                        f"{kind.__name__}; pass {kind.__name__}({', '.join(kind._fields)})"
                    )
                parts = arrays.pop(name)._asdict()
                arrays |= {f"{name}.{field}": array for field, array in parts.items()}
        for name, array in arrays.items():
            check_kind(self.name, name, array, self.variants[0][name].holds, self.library[name])
        check_overflow(self.name, {n: a for n, a in arrays.items() if not n.endswith("mask")})
        found = {name: tuple(array.shape) for name, array in arrays.items()}
        if all(fit(axes, found) is None for axes in self.variants):
            raise ValueError(f"{self.name}: {disagreement(self.variants, found)}")
        for name, shape in found.items():
            if 0 in shape[1:]:
                raise ValueError(
                    f"{self.name}: {name} has shape {shape}, expected "
                    f"{self.variants[0][name].text()} without a zero; leave out what is empty"
                )
