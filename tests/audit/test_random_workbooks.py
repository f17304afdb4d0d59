"""The audit on random workbooks: hostile texts, huge numbers, hidden parts, any formulas."""

from __future__ import annotations

import warnings
from random import Random

import pytest

from tests.encode.random_books import random_book
from tickmark.audit.audit import audit
from tickmark.model.address import RangeRef
from tickmark.model.finding import Finding
from tickmark.model.workbook import Workbook


@pytest.mark.parametrize("start", range(0, 120, 20))
def test_any_workbook_is_audited_without_a_fault_or_a_warning(start: int) -> None:
    for seed in range(start, start + 20):
        workbook = random_book(Random(seed))  # noqa: S311 - the same books each time
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = audit(workbook)
        assert len({one.fingerprint for one in found}) == len(found)
        for finding in found:
            _check(workbook, finding)


def _check(workbook: Workbook, finding: Finding) -> None:
    """What every finding promises, whatever the workbook."""
    names = [sheet.name for sheet in workbook.sheets]
    assert finding.message.endswith(".")
    assert 0 < finding.confidence <= 1
    assert not finding.ranges or finding.sheet in names
    for text in (*finding.ranges, *finding.siblings):
        assert RangeRef.parse(text).a1 == text
    assert not any(one in finding.message for one in "\n\r\t\x1b\u202e\u2028")
