"""Real workbooks read the fast way and by the parser alone give the same sheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.both_ways import blocks_taken, content, content_by_parser_alone


def test_every_real_workbook_reads_alike_both_ways(
    corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = blocks_taken(monkeypatch)
    for path in sorted(corpus.iterdir()):
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            fast = content(path)
            slow = content_by_parser_alone(path, monkeypatch)
            assert fast.keys() == slow.keys()
            assert [name for name, told in fast.items() if told != slow[name]] == [], path.name
    assert taken.count(False) * 20 < len(taken)
