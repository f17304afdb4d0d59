"""Lines of a journal that somebody else may have written."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from tickmark.engine.journal import Journal
from tickmark.engine.journal_lines import Closed, line_of, record_of
from tickmark.model.usage import Usage

ANSWER = (
    '{"kind":"answer","v":1,"key":"00","text":%s,"model":"m","stop_reason":"end_turn",'
    '"request_id":"r","cached":false,"usage":%s}'
)


def forged(body: str) -> bytes:
    """A line whose checksum is right."""
    start = body[:-1].encode()
    return b'%b,"crc":%d}\n' % (start, zlib.crc32(start))


@pytest.mark.parametrize(
    "body",
    [
        '{"kind":"closed","v":1,"name":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"kind":"closed","v":1e999,"name":"x"}',
        '{"kind":"closed","v":1,"name":["x"]}',
        '{"kind":"opened","v":1,"name":"x","pid":1,"started":"yesterday"}',
        '{"kind":"opened","v":1,"name":"x","pid":null,"started":1.0}',
        '{"kind":"paid","v":1,"key":"00","usage":{"calls":1,"usd":-1000.0}}',
        '{"kind":"paid","v":1,"key":"00","usage":{"calls":1,"usd":NaN}}',
        '{"kind":"paid","v":1,"key":"00","usage":{"calls":-5,"usd":0.0}}',
        '{"kind":"paid","v":1,"key":"00","usage":[1]}',
        ANSWER % ("[1]", '{"usd":0.0}'),
        ANSWER % ('"a"', '{"usd":1e999}'),
        '{"kind":"submitted","v":1,"batch":"b","keys":["00"],"usd":-1000.0,"model":"m"}',
        '{"kind":"submitted","v":1,"batch":{},"keys":["00"],"usd":1.0,"model":"m"}',
        '{"kind":"collected","v":1,"batch":[]}',
        '{"kind":["closed"],"v":1}',
    ],
)
def test_a_record_with_impossible_content_is_a_damaged_line(body: str) -> None:
    assert record_of(forged(body)) is None


def test_a_forged_cost_gives_a_run_no_money_back(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    forged_line = forged('{"kind":"paid","v":1,"key":"00","usage":{"calls":1,"usd":-1000.0}}')
    path.write_bytes(line_of(Closed("before")) + forged_line + line_of(Closed("behind")))

    with Journal(path) as journal:
        assert journal.usage == Usage()
        assert "damaged in line 2" in journal.warning


def test_a_record_of_ours_is_read_as_it_was_written() -> None:
    assert record_of(forged(ANSWER % ('"a"', '{"calls":1,"usd":0.5}'))) is not None
