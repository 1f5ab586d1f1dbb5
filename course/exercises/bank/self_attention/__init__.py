"""The exercises of lesson 12, Self-attention."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "by_hand",
    "one_head",
    "causal_mask",
    "causal_attention",
    "too_good",
    "positions",
    "split",
    "heads",
    "crossing",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
