"""Small .xls files written record by record: `old_book(sheet("Data", number(0, 0, 1.5)))`."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from tickmark.read.compound import write_compound

WORKSHEET, CHART, MACROS = 0x00, 0x02, 0x01
_TYPES = {WORKSHEET: 0x0010, CHART: 0x0020, MACROS: 0x0040}
DATE = 1
"""The format of cells that are dates; 0 is that of others."""


@dataclass(frozen=True, slots=True)
class OldSheet:
    """A sheet: its name, its records, what it is and whether it is hidden (1, or 2 for very)."""

    name: str
    records: bytes
    kind: int = WORKSHEET
    hidden: int = 0


def record(number: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def sheet(name: str, *records: bytes, kind: int = WORKSHEET, hidden: int = 0) -> OldSheet:
    return OldSheet(name, b"".join(records), kind, hidden)


def number(row: int, column: int, value: float, look: int = 0) -> bytes:
    """A number at a 0-based row and column."""
    return record(0x0203, struct.pack("<HHHd", row, column, look, value))


def text(row: int, column: int, value: str) -> bytes:
    body = struct.pack("<HHHHB", row, column, 0, len(value), 0) + value.encode("latin-1")
    return record(0x0204, body)


def error(row: int, column: int, code: int) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1))


def truth(row: int, column: int, *, value: bool) -> bytes:
    return record(0x0205, struct.pack("<HHHBB", row, column, 0, value, 0))


def formula(row: int, column: int, tokens: bytes, value: float | str) -> bytes:
    """A formula of parsed tokens with its cached value, an error where that is a text."""
    codes = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}
    result = (
        struct.pack("<BBBBHH", 2, 0, codes[value], 0, 0, 0xFFFF)
        if isinstance(value, str)
        else struct.pack("<d", value)
    )
    head = struct.pack("<HHH", row, column, 0) + result + struct.pack("<HI", 0, 0)
    return record(0x0006, head + struct.pack("<H", len(tokens)) + tokens)


def setting(number: int, value: int) -> bytes:
    """A record that is one short integer."""
    return record(number, struct.pack("<H", value))


def old_stream(*sheets: OldSheet, settings: bytes = b"") -> bytes:
    """The workbook stream; `settings` are records of the workbook as a whole."""
    looks = b"".join(
        record(0x00E0, struct.pack("<HHHHHHII", 0, kind, 0, 0x20, 0, 0, 0, 0)) for kind in (0, 14)
    )
    head = _begin(0x0005) + setting(0x0042, 1200) + settings
    head += record(0x0031, struct.pack("<5H4BBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 1, 0) + b"A")
    head += looks
    names = [_listed(one, 0) for one in sheets]
    at = len(head) + sum(map(len, names)) + len(record(0x000A))
    body = b""
    for place, one in enumerate(sheets):
        names[place] = _listed(one, at + len(body))
        body += _begin(_TYPES[one.kind]) + one.records + record(0x000A)
    return head + b"".join(names) + record(0x000A) + body


def old_book(*sheets: OldSheet, settings: bytes = b"", **streams: bytes) -> bytes:
    """The bytes of an .xls file."""
    return write_compound({"Workbook": old_stream(*sheets, settings=settings), **streams})


def _begin(kind: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0x41, 0x06))


def _listed(one: OldSheet, at: int) -> bytes:
    head = struct.pack("<IBBBB", at, one.hidden, one.kind, len(one.name), 0)
    return record(0x0085, head + one.name.encode("latin-1"))
