"""Delimited text (.csv, .tsv): encoding, delimiter and decimal sign found out, plain values typed.

Nothing is evaluated, and whatever could mean two things stays text: codes with leading zeros,
numbers with separators of thousands, dates in other than ISO form. What had to be assumed is noted.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Final

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.model.grid import CellKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read.columns import STYLES, Columns
from tickmark.read.dates import serial_of_iso
from tickmark.read.limits import Limits, allows_more

COMMA: Final = ","
CANDIDATES: Final = "\t;|,"

_SAMPLE_LINES = 200
_SAMPLE = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like the next but one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FALLBACK: Final = "cp1252"
_GUESSED: Final = (
    "It does not say how its letters are encoded; it was read as Western European (Windows-1252), "
    "so that letters of other languages are wrong."
)
_STRAY: Final = 20
"""UTF-8 may hold one wrong byte for so many right letters outside of ASCII."""
_REPLACED: Final = "\ufffd"

_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?|-?\.[0-9]{1,15}"
    r"|-?[0-9]\.[0-9]{1,16}[eE][+-]?[0-9]{1,3}|-?[0-9][eE][+-][0-9]{1,3}"
)
_COMMA_NUMBER = re.compile(
    r"-?(?:0|[1-9][0-9]{0,14})(?:,[0-9]{1,15})?|-?[1-9][0-9]{0,2}(?:\.[0-9]{3}){1,4},[0-9]{1,15}"
)
_THOUSANDS = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
# Fields that show what the decimal sign is; three digits behind it could be a thousand.
_WITH_COMMA = re.compile(r"-?(?:0,[0-9]+|[1-9][0-9.]*,(?:[0-9]{1,2}|[0-9]{4,15}))")
_WITH_POINT = re.compile(r"-?(?:0?\.[0-9]+|[1-9][0-9,]*\.(?:[0-9]{1,2}|[0-9]{4,15}))")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
)
_SEPARATOR_LINE = re.compile(r'("?)sep=([^"\r\n])\1\r?\n', re.IGNORECASE)
_DATE_ONLY = 10
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MOST_STRAY_QUOTES: Final = 100


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
        return "utf-8" if _nearly_utf8(data) else _FALLBACK
    return "utf-8"


def _nearly_utf8(data: bytes) -> bool:
    """Whether the bytes that do not fit UTF-8 are far fewer than the letters that do."""
    text = data.decode("utf-8", "replace")
    wrong = text.count(_REPLACED)
    right = sum(1 for letter in re.findall(r"[^\x00-\x7f]", text) if letter != _REPLACED)
    return wrong * _STRAY <= right


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of fields, above one.

    The comma comes last, since it stands in decimals and in texts too.
    """
    sample = text[:_SAMPLE]
    best, most = COMMA, 0
    for candidate in CANDIDATES:
        rows = islice(_rows(sample, candidate, []), _SAMPLE_LINES)
        widths = Counter(len(fields) for fields in rows)
        alike = max((count for width, count in widths.items() if width > 1), default=0)
        if alike > most:
            best, most = candidate, alike
    return best


def has_decimal_commas(text: str, delimiter: str) -> bool:
    """Whether numbers of the first lines are written with a decimal comma, and none with a point.

    Only asked of text whose delimiter is no comma.
    """
    if delimiter == COMMA:
        return False
    commas = False
    for fields in islice(_rows(text[:_SAMPLE], delimiter, []), _SAMPLE_LINES):
        for one in fields:
            if _WITH_POINT.fullmatch(one.strip()):
                return False
            commas = commas or _WITH_COMMA.fullmatch(one.strip()) is not None
    return commas


def read_delimited(data: bytes, path: str, sha256: str, kind: str, limits: Limits) -> Workbook:
    """A workbook of one sheet, named like the file's stem."""
    text, notes, problems = _decoded(data)
    told = _SEPARATOR_LINE.match(text)
    if told is not None:
        text = text[told.end() :]
    delimiter = told[2] if told is not None else "\t" if kind == "tsv" else delimiter_of(text)
    commas = has_decimal_commas(text, delimiter)
    if commas:
        notes += ("Its numbers were read with a decimal comma.",)
    columns = Columns(limits.string_length)
    stray: list[int] = []
    cut = _fill(columns, _rows(text, delimiter, stray), delimiter, limits, commas=commas)
    if stray:
        problems += (
            (
                f"Lines with a quotation mark that is not closed, which was read as text: "
                f"{len(stray):,} (first: {stray[0]:,})."
            ),
        )
    name = PurePath(path.replace("\\", "/")).stem or "Sheet1"
    sheet = Sheet(name, columns.cells(), problems=problems + columns.problems() + cut)
    return Workbook(path, kind, sha256, (sheet,), styles=STYLES, notes=notes)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The text, what had to be assumed, and what was lost."""
    encoding = encoding_of(data)
    text = data.decode(encoding, "replace")
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    if encoding == _FALLBACK:
        notes = (_GUESSED,)
    replaced = text.count(_REPLACED)
    if replaced and encoding != "utf-8-sig":
        replaced -= data.count(_REPLACED.encode())
    if replaced > 0:
        problems = (f"Characters that could not be decoded as {encoding}: {replaced:,}.",)
    zeros = text.count("\0")
    if zeros:
        text = text.replace("\0", "")
        notes += (f"Zero bytes in its text were left out: {zeros:,}.",)
    return text, notes, problems


@dataclass(slots=True)
class _Lines:
    """The lines of a text from a place on; `at` is where the next one begins."""

    text: str
    at: int
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        while self.at < len(self.text):
            found = _LINE.match(self.text, self.at)
            end = found.end() if found is not None else len(self.text)
            line = self.text[self.at : end]
            self.at = end
            self.number += 1
            yield line


def _rows(text: str, delimiter: str, stray: list[int]) -> Iterator[list[str]]:
    """The fields of each row.

    A quotation mark that is never closed would swallow all rows behind it: it is read as text, and
    the number of its line goes to `stray`.
    """
    lines = _Lines(text, 0)
    while lines.at < len(text):
        plain = len(stray) >= _MOST_STRAY_QUOTES
        begin, number = lines.at, lines.number
        try:
            for fields in _reader(lines, delimiter, plain=plain):
                several = lines.number > number + 1
                if several and lines.at >= len(text) and text.count('"', begin) % 2:
                    break
                yield fields
                begin, number = lines.at, lines.number
        except csv.Error:  # a field longer than any is meant to be
            pass
        if begin < len(text):
            lines.at, lines.number = begin, number
            line = next(iter(lines))
            stray.append(lines.number)
            yield next(_reader([line], delimiter, plain=True))


def _reader(lines: Iterable[str], delimiter: str, *, plain: bool) -> Iterator[list[str]]:
    """The rows of some lines; `plain` takes quotation marks for text."""
    if plain:
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=delimiter)


def _fill(
    columns: Columns,
    rows: Iterable[list[str]],
    delimiter: str,
    limits: Limits,
    *,
    commas: bool,
) -> tuple[str, ...]:
    """Add all cells; sentences about what lies beyond the limits."""
    most = min(limits.sheet_cells, limits.workbook_cells)
    wide = 0
    for row, fields in enumerate(rows, start=1):
        if row > MAX_ROW or len(columns) + len(fields) > most:
            more = f"; {allows_more('sheet_cells')}" if row <= MAX_ROW else ""
            return (f"Only the first {row - 1:,} lines were read{more}.",)
        wide += len(fields) > MAX_COLUMN
        for column, text in enumerate(fields[:MAX_COLUMN], start=1):
            if text:
                columns.add(row, column, *typed(text, delimiter, commas=commas))
    return (f"Lines with more than {MAX_COLUMN:,} fields were cut: {wide:,}.",) if wide else ()


def typed(
    text: str, delimiter: str = COMMA, *, commas: bool = False
) -> tuple[CellKind, float | str, int]:
    """Kind, value and style of a field's text; `commas` tells of decimal commas.

    Where the delimiter is `;`, decimals are often written with a comma, so that `1.234` may be a
    thousand and stays text.
    """
    bare = text.strip()
    number = _number(bare, delimiter, commas=commas)
    if number is not None:
        return CellKind.NUMBER, number, 0
    if _DATE.fullmatch(bare):
        serial = serial_of_iso(bare)
        if serial is not None and serial >= 1:
            return CellKind.DATE, serial, 1 if len(bare) == _DATE_ONLY else 2
    if bare.upper() in {"TRUE", "FALSE"}:
        return CellKind.BOOL, float(bare.upper() == "TRUE"), 0
    return CellKind.TEXT, text, 0


def _number(bare: str, delimiter: str, *, commas: bool) -> float | None:
    if commas:
        plain = bare.replace(".", "").replace(",", ".")
        return float(plain) if _COMMA_NUMBER.fullmatch(bare) else None
    if not _NUMBER.fullmatch(bare) or (delimiter == ";" and _THOUSANDS.fullmatch(bare)):
        return None
    return float(bare)
