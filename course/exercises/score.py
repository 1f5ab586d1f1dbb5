"""What `check` and `hint` show: a number, a message, and how both look in a notebook."""

from __future__ import annotations

import html
import math
import re
import sys
from collections.abc import Sequence
from typing import Any

__all__ = ["Hint", "Score", "amount", "as_html", "as_inline", "as_text", "in_points"]

# state: (sign, words, JupyterLab's colour variable, colour where there is no such variable)
_STATES: dict[str, tuple[str, str, str, str]] = {
    "solved": ("✓", "Correct", "--jp-success-color1", "#2e7d32"),
    "partly": ("◐", "Partly right", "--jp-warn-color1", "#b26a00"),
    "wrong": ("✗", "Not yet", "--jp-error-color1", "#c62828"),
    "unattempted": ("○", "Not attempted yet", "--jp-border-color1", "#757575"),
    "stopped": ("■", "Stopped", "--jp-error-color1", "#c62828"),
    "unknown": ("?", "No such exercise", "--jp-warn-color1", "#b26a00"),
    "failed": ("!", "The check itself failed", "--jp-warn-color1", "#b26a00"),
    "hint": ("→", "Hint", "--jp-info-color1", "#0277bd"),
}


def amount(points: float) -> str:
    """Write points without needless decimals: 2, 1.5."""
    return f"{points:g}"


def in_points(points: float) -> str:
    """Write points with their unit: 1 point, 2 points."""
    return f"{amount(points)} point{'' if points == 1 else 's'}"


def as_inline(text: str) -> str:
    """Write text with `code` between backticks as HTML."""
    parts = re.split(r"(`[^`\n]+`)", text)
    return "".join(
        f"<code>{html.escape(part[1:-1])}</code>"
        if len(part) > 2 and part.startswith("`") and part.endswith("`")
        else html.escape(part, quote=False).replace("\n", "<br>")
        for part in parts
    )


def as_html(state: str, title: str, paragraphs: Sequence[str], printed: str = "") -> str:
    """Draw a message as a box that follows the notebook's light or dark theme.

    Parameters
    ----------
    state : str
        A key of the table above: it gives the sign, the first words and the colour.
    title : str
        What stands behind the first words.
    paragraphs : sequence of str
        Plain text with `code` between backticks.
    printed : str
        The learner's own prints.
    """
    sign, words, variable, colour = _STATES[state]
    style = (
        f"border-left: 4px solid var({variable}, {colour}); padding: 0.4em 0.9em; "
        "margin: 0.3em 0; color: var(--jp-content-font-color1, inherit); "
        "background: transparent; max-width: 52em;"
    )
    head = f"<strong>{sign} {words}</strong>" + (f" · {as_inline(title)}" if title else "")
    body = "".join(
        f'<p style="margin: 0.35em 0;">{as_inline(paragraph)}</p>'
        for text in paragraphs
        for paragraph in text.split("\n\n")
        if paragraph
    )
    if printed:
        body += (
            '<p style="margin: 0.35em 0;">Your function printed:</p>'
            f'<pre style="margin: 0.2em 0; color: inherit;">{html.escape(printed)}</pre>'
        )
    return f'<div style="{style}"><p style="margin: 0.2em 0;">{head}</p>{body}</div>'


def as_text(state: str, title: str, paragraphs: Sequence[str], printed: str = "") -> str:
    """Write the same message as plain text."""
    sign, words, _, _ = _STATES[state]
    lines = [f"{sign} {words}" + (f" · {title}" if title else "")]
    lines += [f"  {line}" for text in paragraphs for line in text.splitlines() if line]
    if printed:
        lines += ["  Your function printed:", *(f"    {line}" for line in printed.splitlines())]
    return "\n".join(lines)


def _in_terminal() -> bool:
    """Tell whether text is all that the reader will see: IPython in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ == "TerminalInteractiveShell"


class Score(float):
    """Points, and the message that goes with them.

    A float between 0 and the exercise's points. Its `repr` is the bare number, which is what
    nbgrader reads; the notebook shows the message.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    of : float
        The points that a right answer earns.
    state : str
        ``solved``, ``partly``, ``wrong``, ``unattempted``, ``stopped``, ``unknown``, ``failed``.
    tag : str
        The named mistake, or the empty string.
    inputs : dict
        The arguments of the first call that went wrong, by name.
    """

    exercise: str
    of: float
    state: str
    tag: str
    inputs: dict[str, Any]

    def __new__(
        cls,
        points: float,
        of: float = 0.0,
        *,
        exercise: str = "",
        state: str = "failed",
        title: str = "",
        paragraphs: Sequence[str] = (),
        printed: str = "",
        tag: str = "",
        inputs: dict[str, Any] | None = None,
    ) -> Score:
        points = float(points)
        if not math.isfinite(points):
            points = 0.0
        self = super().__new__(cls, min(max(points, 0.0), float(of)))
        self.exercise, self.of, self.state, self.tag = exercise, float(of), state, tag
        self.inputs = inputs or {}
        self._shown = (state, title, tuple(paragraphs), printed)
        return self

    _shown: tuple[str, str, tuple[str, ...], str]

    def with_note(self, note: str) -> Score:
        """Give the same score with one more paragraph."""
        state, title, paragraphs, printed = self._shown
        return Score(
            float(self),
            self.of,
            exercise=self.exercise,
            state=state,
            title=title,
            paragraphs=[*paragraphs, note],
            printed=printed,
            tag=self.tag,
            inputs=self.inputs,
        )

    @property
    def message(self) -> str:
        """The message as plain text."""
        return as_text(*self._shown)

    def __repr__(self) -> str:
        return float.__repr__(float(self))

    def __str__(self) -> str:
        return self.message

    def __format__(self, spec: str) -> str:
        return format(float(self), spec)

    def __reduce__(self) -> tuple[Any, ...]:
        return float, (float(self),)

    def _repr_html_(self) -> str:
        return as_html(*self._shown)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.message if _in_terminal() else repr(self))


class Hint:
    """One step of help, shown by the notebook.

    Parameters
    ----------
    title : str
        The exercise and the hint's number.
    text : str
        The hint.
    left : str
        How many are left.
    """

    def __init__(self, title: str, text: str, left: str = "", state: str = "hint") -> None:
        self._shown = (state, title, tuple(part for part in (text, left) if part))

    def __repr__(self) -> str:
        return as_text(*self._shown)

    def _repr_html_(self) -> str:
        return as_html(*self._shown)
