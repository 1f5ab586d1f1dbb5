"""The exercises of lesson 00: one of each kind, to learn how exercises work."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercise when it is imported.
PARTS = (
    "fourth_number",
    "context_vector",
    "exact",
    "read_alignment",
    "limits",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
