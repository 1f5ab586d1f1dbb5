"""The exercises of lesson 11, Attention."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "twice_the_query",
    "masked_weights",
    "weight_layer",
    "weighted_sum",
    "weighted_sum_backward",
    "weight_layer_backward",
    "additive",
    "explanation",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
