"""The exercises of lesson 01, Sequence models."""

from __future__ import annotations

import importlib

__all__ = ["PARTS"]

# In the order in which the lesson sets them; each registers its exercise when it is imported.
PARTS = (
    "three_steps",
    "fit_window",
    "forecast",
    "long_run",
    "free_forecast",
    "transition_matrix",
    "update_state",
    "judge_a_forecast",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
