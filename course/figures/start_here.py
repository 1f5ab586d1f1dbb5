"""The drawings of lesson 00, Start here."""

from __future__ import annotations

from collections.abc import Mapping, Sized

import matplotlib.pyplot as plt

from helpers.plots import COLOURS, show

__all__ = ["exact_match"]


def exact_match(parts: Mapping[str, Sized], scores: Mapping[str, float]) -> None:
    """Draw what fraction of each test set is translated exactly; `parts` holds the sentences."""
    figure, axes = plt.subplots(figsize=(8.5, 4.2))
    labels = [f"{name}\n({len(pairs):,} sentences)" for name, pairs in parts.items()]
    bars = axes.bar(labels, [100 * value for value in scores.values()], color=COLOURS["blue"])
    axes.bar_label(bars, fmt="%.0f %%")
    axes.set(ylim=(0, 110), ylabel="exact match (%)")
    axes.set_title("New combinations are harder, longer sentences all but impossible")
    show(
        figure,
        alt="Bar chart of exact match: highest, and about equal, for unseen sentences of one or "
        "two clauses and of three, lower for unseen combinations, and close to zero for "
        "sentences of four clauses, longer than any in training.",
    )
