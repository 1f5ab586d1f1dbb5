"""The exercises of lesson 10, BLEU."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "by_hand",
    "clipped_matches",
    "brevity_penalty",
    "of_corpus",
    "randomisation_p",
    "predicted_order",
    "three_tenths",
    "syllables",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
