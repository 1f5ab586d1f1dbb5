"""The exercises of lesson 13, The Transformer."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "leak",
    "encoder_block",
    "decoder_block",
    "parameters",
    "stack",
    "look_up",
    "one_head",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
