"""Links of a new sheet: places in the same workbook, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import RangeRef
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell

MOST_LINKS: Final = 65_530
"""Excel repairs a sheet with more hyperlinks."""


def with_places(sheet: AddSheet, targets: Mapping[str, str]) -> AddSheet:
    """The sheet with each link as Excel names its place, and as mere text where there is none.

    `targets` maps case-folded names of the workbook's sheets to their names. A linked cell
    without a value shows the link.
    """
    left = MOST_LINKS
    rows = []
    for row in sheet.rows:
        cells = []
        for cell in row:
            place = _place(cell.link, targets) if cell.link and left else ""
            left -= bool(place)
            cells.append(_settled(cell, place))
        rows.append(tuple(cells))
    return replace(sheet, rows=tuple(rows))


def quoted(name: str) -> str:
    """A sheet name in quotes, as is right for every name."""
    return "'" + name.replace("'", "''") + "'"


def _settled(cell: WrittenCell, place: str) -> WrittenCell:
    value = cell.link if cell.link and cell.value in {None, ""} else cell.value
    plain = cell.style is CellStyle.LINK and not place
    return WrittenCell(value, CellStyle.WRAPPED if plain else cell.style, place)


def _place(link: str, targets: Mapping[str, str]) -> str:
    """The place as a hyperlink names it; "" for what is no place in this workbook."""
    try:
        place = RangeRef.parse(link)
    except AddressError:
        return ""
    name = targets.get(place.sheet.casefold())
    return "" if name is None else f"{quoted(name)}!{place.a1}"
