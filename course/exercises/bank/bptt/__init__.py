"""The exercises of lesson 05, Backpropagation through time."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "last_step_counts",
    "numerical_gradient",
    "step_backward",
    "layer_backward",
    "repaired_backward",
    "chunks_backward",
    "older_than_the_window",
    "leaky_step",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
