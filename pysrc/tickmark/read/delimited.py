"""Delimited text (.csv, .tsv): encoding and delimiter found out, plain values typed.

Nothing is evaluated, and whatever could mean two things stays text: codes with leading zeros,
numbers with separators of thousands, decimal commas, dates in other than ISO form.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Final

from tickmark.errors import WorkbookRefused
from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read.columns import STYLES, Columns
from tickmark.read.dates import serial_of_iso
from tickmark.read.limits import Limits

COMMA: Final = ","
CANDIDATES: Final = "\t;|,"

_SAMPLE_LINES = 200
_SAMPLE = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?|-?\.[0-9]{1,15}"
    r"|-?[0-9]\.[0-9]{1,16}[eE][+-]?[0-9]{1,3}|-?[0-9][eE][+-][0-9]{1,3}"
)
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
)
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DATE_ONLY = 10
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def is_text(data: bytes) -> bool:
    """Whether bytes look like text in one of the encodings known here."""
    sample = data[:_SAMPLE].decode(encoding_of(data[:_SAMPLE], whole=False), "replace")
    return len(_CONTROLS.findall(sample)) * 100 <= len(sample)


def encoding_of(data: bytes, *, whole: bool = True) -> str:
    """The encoding: told by a mark, by the zeros of UTF-16, UTF-8 where it fits, else cp1252."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return name
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 4 > len(sample):
        return "utf-16-le" if odd > even else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data, final=whole)  # the end of a sample may cut a letter in two
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of fields, above one.

    The comma comes last, since it stands in decimals and in texts too.
    """
    sample = text[:_SAMPLE].splitlines()[:_SAMPLE_LINES]
    best, most = COMMA, 0
    for candidate in CANDIDATES:
        widths = Counter(len(fields) for fields in _fields(sample, candidate))
        alike = max((count for width, count in widths.items() if width > 1), default=0)
        if alike > most:
            best, most = candidate, alike
    return best


def read_delimited(data: bytes, path: str, sha256: str, kind: str, limits: Limits) -> Workbook:
    """A workbook of one sheet, named like the file's stem; raises WorkbookRefused."""
    text = data.decode(encoding_of(data), "replace")
    told = _SEPARATOR_LINE.match(text)
    if told is not None:
        text = text[told.end() :]
    delimiter = told[1] if told is not None else "\t" if kind == "tsv" else delimiter_of(text)
    columns = Columns(limits.string_length)
    try:
        cut = _fill(columns, _fields(io.StringIO(text, newline=""), delimiter), delimiter, limits)
    except csv.Error as error:
        raise WorkbookRefused(f"{path} cannot be read as delimited text: {error}.") from error
    name = PurePath(path.replace("\\", "/")).stem or "Sheet1"
    sheet = Sheet(name, columns.cells(), problems=columns.problems() + cut)
    return Workbook(path, kind, sha256, (sheet,), styles=STYLES)


def _fields(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter)


def _fill(
    columns: Columns, lines: Iterable[list[str]], delimiter: str, limits: Limits
) -> tuple[str, ...]:
    """Add all cells; sentences about what lies beyond the limits."""
    most = min(limits.sheet_cells, limits.workbook_cells)
    wide = 0
    for row, fields in enumerate(lines, start=1):
        if row > MAX_ROW or len(columns) + len(fields) > most:
            return (f"Only the first {row - 1:,} lines were read.",)
        wide += len(fields) > MAX_COLUMN
        for column, field in enumerate(fields[:MAX_COLUMN], start=1):
            if field:
                columns.add(row, column, *typed(field, delimiter))
    return (f"Lines with more than {MAX_COLUMN:,} fields were cut: {wide:,}.",) if wide else ()


def typed(field: str, delimiter: str = COMMA) -> tuple[CellKind, float | str, int]:
    """Kind, value and style of a field's text.

    Where the delimiter is `;`, decimals are often written with a comma, so that `1.234` may be a
    thousand and stays text.
    """
    text = field.strip()
    if _NUMBER.fullmatch(text) and not (delimiter == ";" and _THOUSANDS.fullmatch(text)):
        return CellKind.NUMBER, float(text), 0
    if _DATE.fullmatch(text):
        serial = serial_of_iso(text)
        if serial is not None and serial >= 1:
            return CellKind.DATE, serial, 1 if len(text) == _DATE_ONLY else 2
    if text.upper() in {"TRUE", "FALSE"}:
        return CellKind.BOOL, float(text.upper() == "TRUE"), 0
    return CellKind.TEXT, field, 0
