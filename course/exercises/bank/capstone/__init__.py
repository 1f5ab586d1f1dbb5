"""The exercises of lesson 14, Capstone."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "difference",
    "paired_interval",
    "cache",
    "own_experiment",
    "split",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
