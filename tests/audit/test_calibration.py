"""Calibration: what a score of a rule is worth, as far as it was measured."""

from __future__ import annotations

import pytest

from tickmark.audit.calibration import MEASURED, calibrated
from tickmark.audit.catalogue import rule_named


def test_measured_scores_rise_and_stay_between_0_and_1() -> None:
    for rule, pairs in MEASURED.items():
        scores, shares = zip(*pairs, strict=True)
        assert rule_named(rule) is not None
        assert list(scores) == sorted(set(scores))
        assert list(shares) == sorted(shares)
        assert all(0 < share <= 1 for share in shares)


def test_a_score_between_two_measured_ones_is_worth_something_between_theirs() -> None:
    (low, few), (high, many) = MEASURED["number-among-formulas"]
    middle = calibrated("number-among-formulas", (low + high) / 2)
    assert middle == pytest.approx((few + many) / 2)


@pytest.mark.parametrize(
    ("rule", "score"),
    [("circular-reference", 0.7), ("blank-in-range", 0.3), ("no-such-rule", 0.5)],
)
def test_what_was_not_measured_keeps_its_score(rule: str, score: float) -> None:
    assert calibrated(rule, score) == score
