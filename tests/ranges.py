"""Live ranges in the tiny language of tests/books.py: `live({"B2": 1, "C2": ("=B2*2", 2)})`."""

from __future__ import annotations

from collections.abc import Mapping

from tickmark.model.address import RangeRef, parse_cell
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar

Live = str | float | bool | ErrorValue | None | tuple[str, str | float | bool | ErrorValue | None]

BOOK = "/books/plan.xlsx"


def live(
    cells: Mapping[str, Live],
    *,
    sheet: str = "Plan",
    book: str = BOOK,
    formats: Mapping[str, str] | None = None,
) -> RangeContent:
    """The smallest range around the cells, as a spreadsheet program hands it over."""
    specs = {parse_cell(address): value for address, value in cells.items()}
    codes = {parse_cell(address): code for address, code in (formats or {}).items()}
    top, bottom = min(row for row, _ in specs), max(row for row, _ in specs)
    left, right = min(column for _, column in specs), max(column for _, column in specs)
    places = [[(row, at) for at in range(left, right + 1)] for row in range(top, bottom + 1)]
    return RangeContent(
        values=tuple(tuple(_value(specs.get(place)) for place in row) for row in places),
        area=RangeRef(sheet, top, left, bottom, right),
        book=book,
        formulas=tuple(tuple(_formula(specs.get(place)) for place in row) for row in places),
        formats=tuple(tuple(codes.get(place, "General") for place in row) for row in places),
    )


def _value(spec: Live) -> Scalar:
    value = spec[1] if isinstance(spec, tuple) else spec
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _formula(spec: Live) -> str:
    return spec[0] if isinstance(spec, tuple) else ""
