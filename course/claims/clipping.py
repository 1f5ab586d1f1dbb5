"""Claim 25, measured in `vanishing_gradients`: its arms, and attempts to overturn its verdict."""

from __future__ import annotations

from typing import Any

from course.claims.trials import Trial

ARMS_25: dict[str, dict[str, Any]] = {
    "exploding": {"start": 2.0, "lag": 20, "limit": 0.0},
    "exploding, clipped": {"start": 2.0, "lag": 20, "limit": 1.0},
    "vanishing": {"start": "torch", "lag": 20, "limit": 0.0},
    "vanishing, clipped": {"start": "torch", "lag": 20, "limit": 0.03},
    "near": {"start": "torch", "lag": 3, "limit": 0.0},
}

_SIX_OTHERS = tuple(range(200, 206))
"""As many seeds as the record has, since the rule counts them."""

TRIALS_25 = (
    Trial(
        "a gradient that vanishes over 10 steps, not 20",
        {f"arms/{arm}/lag": 10 for arm in ("vanishing", "vanishing, clipped")},
        seeds=_SIX_OTHERS,
    ),
    Trial(
        "a weaker explosion: W_hh begins as 1.3 times an orthogonal matrix, not twice",
        {f"arms/{arm}/start": 1.3 for arm in ("exploding", "exploding, clipped")},
        seeds=_SIX_OTHERS,
    ),
    Trial(
        "thrice the updates",
        {"steps": 900, "rates": [0.03, 0.1, 0.3, 1.0]},
        seeds=_SIX_OTHERS,
    ),
)
