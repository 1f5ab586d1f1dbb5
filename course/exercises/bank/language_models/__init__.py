"""The exercises of lesson 03, Language models."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "counts",
    "smoothing",
    "interpolation",
    "by_hand",
    "perplexity",
    "judge",
    "continuation",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
