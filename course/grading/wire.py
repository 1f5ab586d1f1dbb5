"""Plain data on its way from a child process that nobody trusts.

A student's code can write anything into the pipe. So a message is JSON and a block of bytes, read
by rules that make nothing but numbers, text, tuples, lists, dicts, sets and arrays: no pickle, no
code. Whatever breaks a rule raises `Malformed`.
"""

from __future__ import annotations

import json
import math
import re
import struct
from dataclasses import fields
from typing import Any

import numpy as np

from course.exercises.data import Foreign, Huge, Tensor
from course.exercises.failure import Failure
from course.exercises.run import Outcome, Run
from course.exercises.source import About

__all__ = ["HEAD", "Malformed", "pack", "read_head", "run_as_data", "run_from_data", "unpack"]

_MAGIC = b"SEQ1"
_HEAD = struct.Struct(">4sIQ")
HEAD = _HEAD.size
"""Bytes of the head: a mark, the length of the JSON, the length of the block."""

_MOST_TEXT = 32 * 1024**2
_MOST_BLOCK = 256 * 1024**2
_MOST_NODES = 2_000_000
_MOST_KEYS = 10_000
_MOST_ENTRIES = 64 * 1024**2
_DEEPEST = 60
_DTYPE = re.compile(r"[<|](?:b1|i[1248]|u[1248]|f[248]|c8|c16|[US]\d{1,6})")


class Malformed(ValueError):
    """A message that no honest child sends."""


def pack(value: Any) -> bytes:
    """Write plain data as one message.

    Parameters
    ----------
    value : object
        What `course.exercises.data.plain` makes.
    """
    block = bytearray()
    text = json.dumps(_node(value, block)).encode("ascii")
    return _HEAD.pack(_MAGIC, len(text), len(block)) + text + bytes(block)


def _node(value: Any, block: bytearray) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return {"i": str(value)}
    if isinstance(value, float):
        return value
    if isinstance(value, complex):
        return {"c": [value.real, value.imag]}
    if isinstance(value, bytes):
        return {"b": value.decode("latin-1")}
    if isinstance(value, np.ndarray):
        return _array_node(value, block)
    if isinstance(value, tuple):
        return {"t": [_node(item, block) for item in value]}
    if isinstance(value, list):
        return [_node(item, block) for item in value]
    if isinstance(value, dict):
        return {"d": [[_node(k, block), _node(v, block)] for k, v in value.items()]}
    if isinstance(value, set | frozenset):
        mark = "s" if isinstance(value, set) else "z"
        return {mark: [_node(item, block) for item in value]}
    if isinstance(value, Tensor):
        return {"T": [_node(value.array, block), value.dtype]}
    if isinstance(value, Huge):
        return {"H": [[int(n) for n in value.shape], value.dtype]}
    if isinstance(value, Foreign):
        return {"F": [value.type, value.advice]}
    return {"F": [f"an object of type {type(value).__name__}", ""]}


def _array_node(array: np.ndarray, block: bytearray) -> Any:
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    dtype = little.dtype.str.replace("=", "<").replace(">", "|")
    if not _DTYPE.fullmatch(dtype):
        return {"F": [f"an array of {array.dtype.name}", ""]}
    start = len(block)
    block += np.ascontiguousarray(little).tobytes()
    return {"a": [dtype, list(array.shape), start]}


def read_head(head: bytes) -> tuple[int, int]:
    """Read the lengths of a message's two parts.

    Raises
    ------
    Malformed
        If this is no head, or the message would be too long.
    """
    if len(head) != HEAD:
        raise Malformed("the message is cut off")
    magic, text, block = _HEAD.unpack(head)
    if magic != _MAGIC or text > _MOST_TEXT or block > _MOST_BLOCK:
        raise Malformed("this is no message, or it is too long")
    return text, block


def unpack(text: bytes, block: bytes) -> Any:
    """Read a message that anybody may have written.

    Parameters
    ----------
    text, block : bytes
        Its two parts.

    Raises
    ------
    Malformed
        If it breaks any rule.
    """
    try:
        return _Reader(block).read(json.loads(text), 0)
    except Malformed:
        raise
    except (ValueError, TypeError, KeyError, IndexError, RecursionError, OverflowError) as error:
        raise Malformed(f"{type(error).__name__}") from None


class _Reader:
    def __init__(self, block: bytes) -> None:
        self.block, self.left = block, _MOST_NODES
        self.keys, self.bytes = _MOST_KEYS, _MOST_BLOCK

    def read(self, node: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            raise Malformed("too much")
        if node is None or isinstance(node, bool | float):
            return node
        if isinstance(node, str):
            return node.encode("utf-8", "replace").decode("utf-8")  # lone surrogates
        if isinstance(node, list):
            return [self.read(item, depth + 1) for item in node]
        if not isinstance(node, dict) or len(node) != 1:
            raise Malformed("an unknown node")
        ((mark, inside),) = node.items()
        if mark == "i" and isinstance(inside, str) and re.fullmatch(r"-?\d{1,1300}", inside):
            return int(inside)
        if mark == "c":
            real, imaginary = inside
            return complex(float(real), float(imaginary))
        if mark == "b" and isinstance(inside, str):
            return inside.encode("latin-1")
        if mark == "a":
            return self.array(*inside)
        if mark == "t":
            return tuple(self.read(item, depth + 1) for item in inside)
        if mark in ("s", "z"):
            self.hash(inside)
            members = [self.read(item, depth + 1) for item in inside]
            return set(members) if mark == "s" else frozenset(members)
        if mark == "d":
            self.hash(inside)
            return {self.read(k, depth + 1): self.read(v, depth + 1) for k, v in inside}
        if mark == "T":
            array, dtype = self.read(inside[0], depth + 1), inside[1]
            if isinstance(array, np.ndarray) and _word(dtype):
                return Tensor(array, dtype)
        if mark == "H":
            shape, dtype = inside
            if all(type(n) is int and 0 <= n < 2**62 for n in shape) and _word(dtype):
                return Huge(tuple(shape), dtype)
        if mark == "F":
            kind, advice = (self.read(item, depth + 1) for item in inside)
            if isinstance(kind, str) and isinstance(advice, str):
                return Foreign(kind[:200], advice[:200])
        raise Malformed("an unknown node")

    def hash(self, inside: Any) -> None:
        """Count keys: numbers can be chosen so that each collides with all before it."""
        self.keys -= len(inside)
        if self.keys < 0:
            raise Malformed("too many keys")

    def array(self, dtype: Any, shape: Any, start: Any) -> np.ndarray:
        if not (isinstance(dtype, str) and _DTYPE.fullmatch(dtype)):
            raise Malformed("an unknown dtype")
        if not all(type(n) is int and n >= 0 for n in [*shape, start]) or len(shape) > 32:
            raise Malformed("an impossible shape")
        kind = np.dtype(dtype)
        size = math.prod(shape)
        end = start + size * kind.itemsize
        if size > _MOST_ENTRIES or end > len(self.block):
            raise Malformed("an array that is not there")
        self.bytes -= size * kind.itemsize  # many arrays may claim the same bytes
        if self.bytes < 0:
            raise Malformed("too much")
        array = np.frombuffer(self.block[start:end], dtype=kind).reshape(shape).copy()
        if kind.kind == "b":
            array = array.view(np.uint8) != 0  # a byte of 2 is no truth value
        if kind.kind == "U" and array.size:
            codes = array.reshape(-1).view(np.uint32)
            if codes.max(initial=0) > 0x10FFFF:
                raise Malformed("no text")
        return array.astype(kind.newbyteorder("="), copy=False)


def _word(text: Any) -> bool:
    return isinstance(text, str) and re.fullmatch(r"\w{1,20}", text) is not None


# --- runs --------------------------------------------------------------------------------------


def run_as_data(done: Run) -> dict[str, Any]:
    """Turn a `Run` into plain data that `pack` can write."""

    def outcome(one: Outcome | None) -> Any:
        if one is None:
            return None
        failure = one.failure
        told = (
            None if failure is None else {f.name: getattr(failure, f.name) for f in fields(Failure)}
        )
        return [
            one.kind,
            one.value,
            list(one.changed),
            one.printed,
            told,
            dict(one.seen),
            list(one.shared),
        ]

    return {
        "outcomes": [outcome(one) for one in done.outcomes],
        "again": outcome(done.again),
        "warnings": list(done.warnings),
        "notes": list(done.notes),
        "stuck": done.stuck,
        "loop": list(done.loop),
        "about": {f.name: getattr(done.about, f.name) for f in fields(About)},
    }


def run_from_data(data: Any, count: int) -> Run:
    """Read a `Run` that a child claims to have made.

    Parameters
    ----------
    data : object
        What `run_as_data` gave, if the child is honest.
    count : int
        How many calls there were.

    Raises
    ------
    Malformed
        If it is something else.
    """
    try:
        outcomes = tuple(_outcome(one) for one in data["outcomes"])
        if len(outcomes) != count:
            raise Malformed("another number of calls")
        line, source = data["loop"]
        return Run(
            outcomes,
            None if data["again"] is None else _outcome(data["again"]),
            tuple(_text(said, 300) for said in data["warnings"][:50]),
            tuple(_text(said, 600) for said in data["notes"][:20]),
            "",
            bool(data["stuck"]),
            False,
            (line if type(line) is int else None, _text(source, 200)),
            _about(data["about"]),
        )
    except Malformed:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise Malformed(type(error).__name__) from None


def _text(text: Any, limit: int) -> str:
    if not isinstance(text, str):
        raise Malformed("text is wanted")
    return text[:limit]


def _about(data: Any) -> About:
    parameters = data["parameters"]
    return About(
        None if parameters is None else tuple(_text(one, 60) for one in parameters[:40]),
        tuple(_text(one, 60) for one in data["reads"][:10]),
        data["empty"] is True,
        data["computes"] is True,
        _text(data["mark"], 64),
        tuple(_text(one, 20) for one in data["uses"][:10]),
    )


def _outcome(data: Any) -> Outcome:
    kind, value, changed, printed, failure, seen, shared = data
    if kind not in ("value", "raised", "late", "skipped"):
        raise Malformed("an unknown kind")
    told = None
    if failure is not None:
        line = failure["line"]
        told = Failure(
            _text(failure["type"], 100),
            _text(failure["message"], 400),
            line if type(line) is int else None,
            _text(failure["source"], 200),
            _text(failure["cause"], 800),
        )
    if (kind == "raised") != (told is not None):
        raise Malformed("an exception without a name")
    return Outcome(
        kind,
        value if kind == "value" else None,
        tuple(_text(name, 100) for name in changed[:20]),
        _text(printed, 20_000),
        told,
        {_text(name, 100): one for name, one in list(seen.items())[:50]},
        tuple(_text(name, 100) for name in shared[:20]),
    )
