"""Regions of sheets as JSON; the shapes are promises, more keys may come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, Workbook

SCHEMA_VERSION: Final = 1
_DIGITS: Final = 3

Record = dict[str, object]


def regions_record(
    workbook: Workbook, regions: Mapping[str, Sequence[Region]], problems: Sequence[str] = ()
) -> Record:
    """What `regions --json` prints: every sheet of the workbook, empty ones without regions.

    `problems` are sentences on what was not read.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "workbook": workbook.path,
        "complete": not problems,
        "problems": list(problems),
        "sheets": [_sheet(sheet, regions.get(sheet.name, ())) for sheet in workbook.sheets],
    }


def _sheet(sheet: Sheet, found: Iterable[Region]) -> Record:
    used = sheet.used_range
    return {
        "sheet": sheet.name,
        "state": str(sheet.state),
        "used_range": None if used is None else used.a1,
        "regions": [region_record(one) for one in found],
    }


def region_record(region: Region) -> Record:
    """One region; its sheet is told by what is around it."""
    return {
        "range": region.range.a1,
        "role": str(region.role),
        "header_rows": region.header_rows,
        "header_columns": region.header_columns,
        "total_rows": _ranges(region.total_rows),
        "total_columns": _ranges(region.total_columns),
        "confidence": round(region.confidence, _DIGITS),
        "name": region.name or None,
        "title": None if region.title is None else region.title.a1,
        "notes": _ranges(region.notes),
        "sections": _ranges(region.sections),
        "repeated_headers": _ranges(region.repeated_headers),
        "cross_tabulation": region.cross_tabulation,
        "list_object": region.list_object or None,
        "column_paths": [list(path) for path in region.column_paths],
        "reasons": [{"edge": str(one.edge), "cue": one.cue} for one in region.reasons],
    }


def _ranges(found: Iterable[RangeRef]) -> list[str]:
    return [one.a1 for one in found]
