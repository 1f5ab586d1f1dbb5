"""The exercises of lesson 02, The RNN cell."""

from __future__ import annotations

import importlib

from course.exercises.bank.rnn_cell.common import DAYS, GARDEN

__all__ = ["DAYS", "GARDEN", "PARTS"]

# In the order in which the lesson sets them; each registers its exercises when it is imported.
PARTS = (
    "third_day",
    "step",
    "layer",
    "masked_layer",
    "switch",
    "where_memory",
    "repaired_layer",
    "count_parameters",
    "parity",
)

for _part in PARTS:
    importlib.import_module(f"{__name__}.{_part}")
