"""The exercises of lesson 09, Sequence to sequence."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "word_between",
    "last_state",
    "encoder",
    "decoder",
    "greedy",
    "beam_by_hand",
    "capacity",
    "masked_loss",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
