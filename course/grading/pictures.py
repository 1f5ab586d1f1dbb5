"""Pictures that students paste into their text: kept within bounds, and never missing.

Jupyter stores a pasted picture in its cell, and the text links to it. nbconvert, and with it the
formgrader and the feedback, stops at a link whose picture is not there. So a picture that is not
kept takes its link with it, and a sentence says why.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import unquote

__all__ = ["Pictures"]

KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")  # an SVG can hold a script
MOST_BYTES, MOST_BYTES_OF_ALL, MOST = 4 * 1024**2, 24 * 1024**2, 60
_LINK = re.compile(r"attachment(?::|&colon;|&#58;|&#x3a;|%3a)([^\s)>\"'\]]*)", re.IGNORECASE)
_GONE = "picture-left-out"


class Pictures:
    """The pictures of one notebook, counted over its cells."""

    def __init__(self) -> None:
        self.bytes = self.count = 0

    def keep(self, text: str, attachments: Any) -> tuple[str, dict[str, dict[str, str]]]:
        """Return a cell's text and the pictures that it may keep.

        `attachments` is what the file holds under this name, of whatever form. Every link of the
        returned text has its picture; those of other pictures are replaced, with the reason below.
        """
        held = attachments if isinstance(attachments, dict) else {}
        kept: dict[str, dict[str, str]] = {}
        reasons: dict[str, str] = {}

        def linked(match: re.Match[str]) -> str:
            name = match.group(1)
            own = name if name in held else unquote(name)
            if name not in kept and name not in reasons:
                picture = self._bounded(held.get(own))
                if isinstance(picture, str):
                    reasons[name] = picture
                else:
                    kept[name] = picture
            return f"attachment:{name}" if name in kept else _GONE

        text = _LINK.sub(linked, text)
        notes = [
            f"*(The picture {unquote(name)[:60] or 'without a name'!r} was left out: {why}.)*"
            for name, why in reasons.items()
        ]
        return "\n\n".join([text, *notes]) if notes else text, kept

    def _bounded(self, bundle: Any) -> dict[str, str] | str:
        """Return the first picture of a bundle that is within bounds, or why there is none."""
        if not isinstance(bundle, dict) or not bundle:
            return "it is not in the file"
        for kind in KINDS:
            data = bundle.get(kind)
            data = "".join(map(str, data)) if isinstance(data, list) else data
            if not isinstance(data, str):
                continue
            if len(data) > MOST_BYTES * 4 / 3:
                return "it is larger than 4 MB"
            try:
                size = len(base64.b64decode("".join(data.split()), validate=True))
            except (binascii.Error, ValueError):
                return "it cannot be read"
            if self.count == MOST or self.bytes + size > MOST_BYTES_OF_ALL:
                return "the notebook holds too many"
            self.count, self.bytes = self.count + 1, self.bytes + size
            return {kind: "".join(data.split())}
        return "it is no PNG, JPEG, GIF or WebP"
