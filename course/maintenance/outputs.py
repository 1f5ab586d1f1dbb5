"""What a lesson's outputs are committed as, and when two of them say the same.

nbval compares outputs by the rules of tests/sanitise.cfg; so does `essence`, which decides what a
refresh keeps. Two kinds of line are masked by these rules: what begins with "≈ " holds measured
numbers, what begins with "» " text that a model wrote. They may differ from machine to machine, so
the comparison cannot see that they are out of date. `code_hash` can: a cell that shows such lines
keeps in its metadata the hash of the code that made them.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "tests" / "sanitise.cfg"
PICTURES = ("image/png", "image/jpeg")
WIDGET = "application/vnd.jupyter.widget-view+json"
HASH = "code_hash"  # the key in a cell's metadata
MASKED = re.compile(r"^[≈»] .*$", re.MULTILINE)

Cell = dict[str, Any]
Output = dict[str, Any]


def last_state(text: str) -> str:
    """Reduce a stream to the last state of each line: a carriage return starts the line again.

    This is what nbval does before it compares. Of a progress bar that was cleared, a carriage
    return alone is left: the comparison expects a stream where there was one.
    """
    text = re.sub(r"^.*\r(?=[^\n])", "", text, flags=re.MULTILINE)
    return re.sub(r"^ +\r", "\r", text, flags=re.MULTILINE)


def normalise_outputs(outputs: Sequence[Output]) -> list[Output]:
    """Return outputs in the form in which they are committed.

    Neighbouring pieces of a stream become one, a progress bar its last state; widgets go, since
    nothing can draw them without their state; a picture is one line of base64.

    Parameters
    ----------
    outputs : sequence of outputs
        As a kernel sent them.

    Returns
    -------
    list of outputs
        New ones; the given ones are unchanged.
    """
    result: list[Output] = []
    streams: dict[str, Output] = {}  # since the last output that is no stream
    for original in outputs:
        output = copy.deepcopy(dict(original))
        if output["output_type"] == "stream":
            if output["name"] in streams:
                streams[output["name"]]["text"] += output["text"]
                continue
            streams[output["name"]] = output
        elif "data" in output:
            if WIDGET in output["data"]:
                continue
            for kind, value in output["data"].items():
                if kind in PICTURES:
                    output["data"][kind] = "".join(value.split())
            streams = {}
        else:
            streams = {}
        result.append(output)
    for output in result:
        if output["output_type"] == "stream":
            output["text"] = last_state(output["text"])
    return result


def sanitising_rules(path: Path = RULES) -> list[tuple[str, str]]:
    """Return the (pattern, replacement) pairs of a sanitising file, read as nbval reads it."""
    text = path.read_text(encoding="ascii")
    return re.findall("^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE)


def _clean(value: Any, rules: Sequence[tuple[str, str]]) -> Any:
    """Apply the rules to a value, if it is a text."""
    if isinstance(value, str):
        for pattern, replacement in rules:
            value = re.sub(pattern, replacement, value)
    return value


def essence(outputs: Sequence[Output], rules: Sequence[tuple[str, str]]) -> str:
    """Return what outputs say once that which may vary is taken out, as text to compare.

    Parameters
    ----------
    outputs : sequence of outputs
        Normalised ones.
    rules : sequence of (pattern, replacement)
        From `sanitising_rules`.

    Returns
    -------
    str
        Equal for two lists of outputs of which the committed one may stay. Pictures count with
        every byte.
    """
    seen: list[Output] = []
    streams: list[Output] = []  # which of two neighbouring streams comes first is chance
    for output in outputs:
        part = {key: value for key, value in output.items() if key != "execution_count"}
        if "data" in part:
            part["data"] = {
                kind: value if kind in PICTURES else _clean(value, rules)
                for kind, value in part["data"].items()
            }
        if "text" in part:
            streams.append(part | {"text": _clean(part["text"], rules)})
            continue
        seen += [*sorted(streams, key=lambda stream: stream["name"]), part]
        streams = []
    seen += sorted(streams, key=lambda stream: stream["name"])
    return json.dumps(seen, sort_keys=True)


# Masked lines


def texts(outputs: Sequence[Output]) -> Iterator[str]:
    """Yield every text in some outputs: streams, and all kinds of results but pictures."""
    for output in outputs:
        if "text" in output:
            yield output["text"]
        for kind, value in output.get("data", {}).items():
            if kind not in PICTURES and isinstance(value, str):
                yield value


def masked_lines(outputs: Sequence[Output]) -> list[str]:
    """Return the lines of some outputs that the comparison does not see."""
    return [line for text in texts(outputs) for line in MASKED.findall(text)]


def skeleton(node: Any) -> Any:
    """Return a syntax tree as plain data: without positions, contexts, docstrings, empty fields.

    `ast.dump` and `ast.unparse` write the same code differently under different versions of
    Python; this does not.
    """
    if isinstance(node, list):
        return [skeleton(item) for item in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = {
        name: skeleton(value)
        for name, value in ast.iter_fields(node)
        if value not in (None, []) and name not in ("ctx", "kind", "type_comment")
    }
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
        fields["body"] = fields["body"][1:]
    return [type(node).__name__, fields]


def code_hash(sources: Sequence[str]) -> str:
    """Return a hash of what some cells compute, the same however they are laid out.

    A cell's numbers depend on every cell above it: on the data they read, on the functions they
    define, on how often they drew from a generator. So the hash that a cell keeps is that of all
    code cells up to and including itself. Comments, docstrings and spaces do not count. What
    the package computes is not in it: there, the cell's own assertions and `FRESH=1` help.

    Parameters
    ----------
    sources : sequence of str
        The code cells, from the first one on.

    Returns
    -------
    str
        Twelve hexadecimal digits.
    """
    digest = hashlib.sha256()
    for source in sources:
        try:
            text = json.dumps(skeleton(ast.parse(source).body))
        except SyntaxError:  # a magic command
            text = source.strip()
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:12]


def code_hashes(code: Sequence[Cell]) -> list[str | None]:
    """Return for each of a lesson's code cells the hash that it has to keep, None without one."""
    sources = [cell["source"] for cell in code]
    return [
        code_hash(sources[: index + 1]) if masked_lines(cell["outputs"]) else None
        for index, cell in enumerate(code)
    ]
