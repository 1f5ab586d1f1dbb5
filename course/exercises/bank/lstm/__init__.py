"""The exercises of lesson 07, The LSTM."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "four_steps",
    "step",
    "repaired_layer",
    "step_backward",
    "start_for_lag",
    "no_vanishing",
    "coupled_step",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
