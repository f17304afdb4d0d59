"""How often findings are right, by rule and by the score that the rule gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

MEASURED: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {
    "blank-in-range": ((0.60, 0.81),),
    "header-in-range": (
        (0.60, 0.62),
        (0.70, 0.79),
    ),
    "inconsistent-formula": (
        (0.40, 0.43),
        (0.45, 0.56),
        (0.50, 0.78),
        (0.55, 0.83),
        (0.60, 0.93),
        (0.65, 0.93),
        (0.70, 0.93),
        (0.75, 0.96),
        (0.80, 0.96),
        (0.85, 0.96),
    ),
    "number-among-formulas": (
        (0.40, 0.50),
        (0.70, 0.92),
    ),
    "omitted-cells": (
        (0.60, 0.57),
        (0.95, 0.94),
    ),
    "pasted-value": (
        (0.70, 0.63),
        (0.80, 0.63),
        (0.90, 0.89),
    ),
    "plugged-total": (
        (0.50, 0.57),
        (0.60, 0.62),
        (0.75, 0.79),
    ),
    "uneven-ranges": (
        (0.60, 0.67),
        (0.85, 0.88),
        (0.90, 0.97),
    ),
}
"""For each rule pairs of its own score and the share of right findings among those with it.

Measured by `bench audit --calibrate` on labelled workbooks and injected errors; rules with fewer
than eight findings there are left out.
"""

NEAR: Final = 0.15
"""How far from the measured scores of its rule a score may lie to be told by them."""


def calibrated(rule: str, score: float) -> float:
    """The share of findings of a rule with a score that are right; the score where it is unknown.

    Between two measured scores it runs in a straight line, just outside it is that of the nearest.
    """
    known = MEASURED.get(rule)
    if not known or not known[0][0] - NEAR <= score <= known[-1][0] + NEAR:
        return score
    scores, shares = np.array(known).T
    return float(np.interp(score, scores, shares))
