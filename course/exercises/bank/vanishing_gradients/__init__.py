"""The exercises of lesson 06, Vanishing gradients."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "steps_until_gone",
    "jacobian_norms",
    "predicted_decay",
    "keep_norm",
    "clip_by_norm",
    "converged",
    "hump",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
