"""Records of the parts of an .xlsb file (MS-XLSB): the errors that other readers leave out."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Final

from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.read.biff import ERRORS, Errors
from tickmark.read.package import Package, PartUnreadable, content
from tickmark.read.relationships import read_relationships, target_part

_ROW, _CELL_ERROR, _FORMULA_ERROR, _SHEET = 0, 3, 11, 156
_MOST_TEXT: Final = 1 << 16
_MOST_SHEETS: Final = 1 << 16


def records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of each record, up to the first that is cut off."""
    at, end = 0, len(part)
    while at < end:
        number = part[at]
        at += 1
        if number & 0x80 and at < end:
            number = (number & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        for _ in range(4):
            if at >= end:
                return
            length |= (part[at] & 0x7F) << shift
            shift += 7
            at += 1
            if not part[at - 1] & 0x80:
                break
        if at + length > end:
            return
        yield number, part[at : at + length]
        at += length


def cached_errors(package: Package, book: str, most: int) -> tuple[Errors, ...]:
    """At most so many cells that hold an error, by 1-based (row, column), for each sheet in order.

    A sheet whose part cannot be read has none.
    """
    try:
        relationships = read_relationships(package, book)
        listed = (body for number, body in records(content(package, book)) if number == _SHEET)
        keys = [_key(body) for body in islice(listed, _MOST_SHEETS)]
    except PartUnreadable:
        return ()
    found: list[Errors] = []
    for key in keys:
        errors: Errors = {}
        relationship = relationships.get(key)
        if relationship is not None and relationship.type == "worksheet":
            try:
                part = content(package, target_part(package, book, relationship))
            except PartUnreadable:
                part = b""
            errors = _errors(part, most)
            most -= len(errors)
        found.append(errors)
    return tuple(found)


def _key(body: bytes) -> str:
    """The id of the relationship that leads to a sheet."""
    if len(body) < 12:  # noqa: PLR2004 - state, number and length of the text
        return ""
    length = min(struct.unpack_from("<I", body, 8)[0], _MOST_TEXT)
    return body[12 : 12 + 2 * length].decode("utf-16-le", "replace")


def _errors(part: bytes, most: int) -> Errors:
    found: Errors = {}
    row = 0
    for number, body in records(part):
        if number == _ROW and len(body) >= 4:  # noqa: PLR2004 - its number
            row = struct.unpack_from("<I", body)[0]
        elif len(found) >= most:
            break
        elif number in {_CELL_ERROR, _FORMULA_ERROR} and len(body) > 8:  # noqa: PLR2004 - behind
            error = ERRORS.get(body[8])
            column = struct.unpack_from("<I", body)[0]
            if error and row < MAX_ROW and column < MAX_COLUMN:
                found[row + 1, column + 1] = error
    return found
