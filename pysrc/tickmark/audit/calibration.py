"""How often findings are right, by rule and by the score that the rule gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

MEASURED: Final[Mapping[str, tuple[tuple[float, float], ...]]] = {}
"""For each rule pairs of its own score and the share of right findings among those with it."""


def calibrated(rule: str, score: float) -> float:
    """The share of findings of a rule with a score that are right; the score where it is unknown.

    Between two measured scores it runs in a straight line, outside it is that of the nearest.
    """
    known = MEASURED.get(rule)
    if not known:
        return score
    scores, shares = np.array(known).T
    return float(np.interp(score, scores, shares))
