"""The exercises of lesson 04, A character language model."""

from __future__ import annotations

import importlib

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "softmax",
    "cross_entropy",
    "gradient",
    "adam",
    "colder",
    "draw",
    "training",
    "too_good",
    "write",
    "nucleus",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
