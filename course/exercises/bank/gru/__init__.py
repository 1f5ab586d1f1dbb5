"""The exercises of lesson 08, The GRU."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "update",
    "reset",
    "step",
    "to_torch",
    "update_backward",
    "reset_backward",
    "equal_units",
    "which_is_better",
    "repaired_layer",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
