"""What an encoded sheet tells, as JSON: one record for each exact cell or summarised rectangle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tickmark.encode.claim import UNKNOWN, Claim, DecodedSheet, Summary, Value
from tickmark.encode.decoding.cells import in_order, rectangles
from tickmark.encode.decoding.work import MOST_CELLS, Work
from tickmark.encode.reading import formula_in, relative_formula
from tickmark.errors import EncodingError
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import CellKind
from tickmark.structure.dates import date_text

_EXACT_WHOLE: Final = 1e15

Record = dict[str, object]
Merged = dict[tuple[int, int], str]


def decoded_records(sheet: DecodedSheet) -> Iterator[Record]:
    """The records of a sheet, in the order of its text.

    A cell has its `value`, a date as ISO text beside its `serial` number; a text of which only the
    beginning is told has the `length` of the whole and is not `exact`. Cells that are told together
    have a record for each rectangle that they fill, with `min` and `max`, or `at_least` and
    `at_most` where these are bounds only. Where a line tells of several rectangles, what it says
    of all of them stands as `together` in the record of the first, and `line` tells that they
    belong together. Raises EncodingError where more than 20 million cells have a value.
    """
    cells = sum(_cells(claim) for claim in sheet.claims if claim.constant is not None)
    if cells > MOST_CELLS:
        raise EncodingError(f"more than {MOST_CELLS:,} cells of {sheet.name!r} have one value.")
    work = Work()
    for claim in sheet.claims:
        exact = claim.values is not None or claim.constant is not None
        told = _cell_records if exact else _rectangle_records
        yield from told(claim, sheet, work)


def _cells(claim: Claim) -> int:
    return sum(one.cells for one in claim.areas) - sum(one.cells for one in claim.excepted)


def _cell_records(claim: Claim, sheet: DecodedSheet, work: Work) -> Iterator[Record]:
    merged = {(one.top, one.left): one.a1 for one in claim.merged}
    values = iter(claim.values or ())
    for part in in_order(claim.areas, claim.excepted, work):
        for row in range(part.top, part.bottom + 1):
            for column in range(part.left, part.right + 1):
                value = claim.constant or next(values)
                blank = value.kind is CellKind.EMPTY and claim.formula is None
                if not blank or (row, column) in merged:
                    yield _cell_record(claim, sheet, (row, column), value, merged)


def _cell_record(
    claim: Claim, sheet: DecodedSheet, cell: tuple[int, int], value: Value, merged: Merged
) -> Record:
    address = cell_address(*cell)
    record: Record = {"sheet": sheet.name, "range": address, "kind": value.kind.name.lower()}
    record |= _value_fields(value, sheet)
    record["exact"] = value.exact
    if claim.formula is not None:
        record |= _formula_fields(claim, *cell)
    if cell in merged:
        record["merged"] = merged[cell]
    return record


def _value_fields(value: Value, sheet: DecodedSheet) -> Record:
    fields: Record = {"value": _plain(value, sheet)}
    if value.kind is CellKind.DATE:
        fields["serial"] = _number(value.value)
    if not value.exact:
        fields["length"] = value.length
    return fields


def _formula_fields(claim: Claim, row: int, column: int, *, relative: bool = False) -> Record:
    """The formula of a cell; of one that is cut, the beginning at the cell it is written for."""
    formula = claim.formula
    if formula is None:
        return {}
    if formula.length == UNKNOWN:
        fields: Record = {"formula": None}
    elif formula.length:
        here = (row, column) == (claim.areas[0].top, claim.areas[0].left) or formula.array
        fields = {"formula": formula.text if here else None, "formula_length": formula.length}
    else:
        fields = {"formula": formula_in(claim, row, column)}
        if relative and not formula.array:
            fields["formula_r1c1"] = relative_formula(claim)
    return fields | ({"array": True} if formula.array else {})


def _rectangle_records(claim: Claim, sheet: DecodedSheet, work: Work) -> Iterator[Record]:
    if claim.hidden:
        for part in _hidden_parts(claim, work):
            yield {"sheet": sheet.name, "range": part.a1, "kind": "hidden", "exact": False}
        return
    parts = rectangles(claim.areas, claim.excepted, work)
    for number, part in enumerate(parts):
        record: Record = {"sheet": sheet.name, "range": part.a1}
        kind = None if claim.summary is None else claim.summary.word.kind
        record |= {"kind": None if kind is None else kind.name.lower(), "exact": False}
        record |= _formula_fields(claim, part.top, part.left, relative=True)
        yield record | _summary_fields(claim, sheet, parts, number)


def _hidden_parts(claim: Claim, work: Work) -> Iterator[RangeRef]:
    """Hidden rows, or hidden columns between them: all columns are parted at the same rows."""
    if not claim.excepted:
        yield from claim.areas
        return
    between = rectangles(claim.areas[:1], claim.excepted, work)
    for area in claim.areas:
        work.spend(len(between))
        for part in between:
            yield RangeRef(area.sheet, part.top, area.left, part.bottom, area.right)


def _summary_fields(
    claim: Claim, sheet: DecodedSheet, parts: tuple[RangeRef, ...], number: int
) -> Record:
    """What is told of one rectangle: of several only what holds for each of them."""
    alone = len(parts) == 1
    fields: Record = {} if alone else {"line": claim.line}
    if claim.summary is None:
        return fields
    summary = claim.summary
    fields["type"] = str(summary.word)
    if alone:
        return fields | _statistics(summary, sheet)
    fields |= _bounds(summary, sheet, exact=False)
    if not number:
        cells = sum(one.cells for one in parts)
        fields["together"] = {"cells": cells} | _statistics(summary, sheet)
    return fields


def _statistics(summary: Summary, sheet: DecodedSheet) -> Record:
    fields = _bounds(summary, sheet, exact=summary.bounds_exact)
    if summary.total is not None:
        fields["sum"] = _number(summary.total)
    for name, value in (("first", summary.first), ("last", summary.last)):
        if value is not None:
            fields[name] = _sample(value, sheet)
    for name, count in (("distinct", summary.distinct), ("true", summary.true)):
        if count is not None:
            fields[name] = count
    if summary.samples:
        fields["samples"] = [_sample(one, sheet) for one in summary.samples]
    return fields


def _bounds(summary: Summary, sheet: DecodedSheet, *, exact: bool) -> Record:
    if summary.low is None or summary.high is None:
        return {}
    kind = CellKind.DATE if summary.word.kind is CellKind.DATE else CellKind.NUMBER
    names = ("min", "max") if exact else ("at_least", "at_most")
    fields: Record = {}
    for name, number in zip(names, (summary.low, summary.high), strict=True):
        fields[name] = _plain(Value(kind, number), sheet)
        if kind is CellKind.DATE:
            fields[f"{name}_serial"] = _number(number)
    return fields


def _sample(value: Value, sheet: DecodedSheet) -> object:
    """A value among others: with its length where only its beginning is told."""
    return _plain(value, sheet) if value.exact else _value_fields(value, sheet)


def _plain(value: Value, sheet: DecodedSheet) -> object:
    if value.kind is CellKind.DATE and isinstance(value.value, float):
        return date_text(value.value, date1904=sheet.date1904)
    return _number(value.value) if value.kind is CellKind.NUMBER else value.value


def _number(number: object) -> object:
    """A number as short as JSON can have it."""
    if isinstance(number, float) and number.is_integer() and 0 < abs(number) < _EXACT_WHOLE:
        return int(number)
    return 0 if number == 0 and str(number) == "0.0" else number
