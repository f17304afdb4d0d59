"""Slicers and timelines of a sheet: the field that they filter, and where."""

from __future__ import annotations

from pathlib import Path

from tests.read.parts import (
    MAIN,
    STRICT,
    Content,
    parts,
    read,
    relationships,
)
from tickmark.model.pivot import Slicer
from tickmark.read import Limits

X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
SHEET_RELATIONSHIPS = "xl/worksheets/_rels/sheet1.xml.rels"
SLICERS = "xl/odd/buttons.xml"
TIMELINES = "xl/odd/times.xml"
REGION_CACHE = "xl/odd/region cache.xml"
TABLE_CACHE = "xl/odd/table cache.xml"
TIME_CACHE = "xl/odd/time cache.xml"
TABLE = "xl/odd/table.xml"

REGION = Slicer("Region", "Sales region", "Region", ("Pivot1", "Pivot2"))
KIND = Slicer("Kind", "Kind", "Two\nlines", ("Sales",))
WHEN = Slicer("When", "Date", "Order date", ("Pivot1",), timeline=True)


def book(main: str = MAIN) -> dict[str, Content]:
    """A workbook with a slicer of pivot tables, one of a table on a second sheet, a timeline."""
    file = parts('<c r="A1"><v>1</v></c>')
    file["xl/workbook.xml"] = str(file["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="Two" sheetId="2" r:id="rId2"/></sheets>'
    )
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "worksheet", "worksheets/sheet2.xml"),
        ("c1", "slicerCache", "odd/region%20cache.xml"),
        ("c2", "slicerCache", "odd/table%20cache.xml"),
        ("c3", "timelineCache", "odd/time%20cache.xml"),
    )
    file["xl/worksheets/sheet2.xml"] = file["xl/worksheets/sheet1.xml"]
    file["xl/worksheets/_rels/sheet2.xml.rels"] = relationships(("t", "table", "../odd/table.xml"))
    file[SHEET_RELATIONSHIPS] = relationships(
        ("s", "slicer", "../odd/buttons.xml"), ("t", "timeline", "/xl/odd/times.xml")
    )
    file[SLICERS] = (
        f'<a:slicers xmlns:a="{X14}"><a:slicer name="Region" cache="Slicer_Region" '
        'caption="Sales region"/><a:slicer name="Kind" cache="Slicer_Kind"/></a:slicers>'
    )
    file[TIMELINES] = (
        f'<timelines xmlns="{X15}"><timeline name="When" cache="Timeline" caption="Date"/>'
        "</timelines>"
    )
    file[REGION_CACHE] = (
        f'<slicerCacheDefinition xmlns="{X14}" name="Slicer_Region" sourceName="Region">'
        '<pivotTables><pivotTable tabId="1" name="Pivot1"/><pivotTable tabId="2" name="Pivot2"/>'
        '</pivotTables><data><tabular pivotCacheId="1"><items count="1"><i x="0" s="1"/></items>'
        "</tabular></data></slicerCacheDefinition>"
    )
    file[TABLE_CACHE] = (
        f'<slicerCacheDefinition xmlns="{X14}" xmlns:x="{main}" name="Slicer_Kind" '
        'sourceName="Two_x000a_lines"><extLst><x:ext uri="{2F2917AC-EB37-4324-AD4E-5DD8C200BD13}">'
        f'<b:tableSlicerCache xmlns:b="{X15}" tableId="12" column="2"/></x:ext></extLst>'
        "</slicerCacheDefinition>"
    )
    file[TIME_CACHE] = (
        f'<timelineCacheDefinition xmlns="{X15}" name="Timeline" sourceName="Order date">'
        '<pivotTables><pivotTable tabId="1" name="Pivot1"/></pivotTables>'
        '<state filterType="dateBetween"/></timelineCacheDefinition>'
    )
    file[TABLE] = f'<table xmlns="{main}" id="12" name="x" displayName="Sales" ref="A1:B9"/>'
    return file


def slicers_of(
    tmp_path: Path, file: dict[str, Content], limits: Limits | None = None
) -> tuple[tuple[Slicer, ...], tuple[str, ...]]:
    sheet = read(tmp_path, file, limits=limits)["Data"]
    return sheet.details.slicers, sheet.problems


def test_slicers_and_timelines_name_their_field_and_what_they_filter(tmp_path: Path) -> None:
    assert slicers_of(tmp_path, book()) == ((REGION, KIND, WHEN), ())


def test_strict_utf_16_parts_are_read(tmp_path: Path) -> None:
    file = book(STRICT)
    for part in (SLICERS, TIMELINES, REGION_CACHE, TABLE_CACHE, TIME_CACHE, TABLE):
        text = str(file[part])
        file[part] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    assert slicers_of(tmp_path, file) == ((REGION, KIND, WHEN), ())


def test_a_lost_cache_costs_its_own_slicer_only(tmp_path: Path) -> None:
    file = book()
    del file[REGION_CACHE]
    whole = str(file[TIME_CACHE])
    file[TIME_CACHE] = whole[: whole.index("<state")]
    assert slicers_of(tmp_path, file) == (
        (Slicer("Region", "Sales region"), KIND, WHEN),
        (
            (
                "What slicers filter could not be read in full: its part xl/odd/region cache.xml "
                "is missing."
            ),
            (
                "What slicers filter could not be read in full: its part xl/odd/time cache.xml is "
                "no well-formed XML (line 1: no element found)."
            ),
            "Slicers read without what they filter: 1.",
        ),
    )


def test_lost_slicer_parts_are_sentences_and_the_rest_is_read(tmp_path: Path) -> None:
    file = book()
    del file[SLICERS]
    assert slicers_of(tmp_path, file) == (
        (WHEN,),
        ("Slicers are missing from the sheet: its part xl/odd/buttons.xml is missing.",),
    )
    file[SLICERS] = f'<slicers xmlns="{MAIN}"/>'
    assert slicers_of(tmp_path, file) == (
        (WHEN,),
        (
            (
                "Slicers are missing from the sheet: its part xl/odd/buttons.xml is not that of "
                "slicers."
            ),
        ),
    )


def test_a_slicer_of_a_lost_table_keeps_its_field(tmp_path: Path) -> None:
    file = book()
    del file[TABLE]
    assert slicers_of(tmp_path, file) == (
        (REGION, Slicer("Kind", "Kind", "Two\nlines"), WHEN),
        ("Slicers read without what they filter: 1.",),
    )


def test_a_slicer_that_is_connected_to_nothing_is_whole(tmp_path: Path) -> None:
    file = book()
    file[REGION_CACHE] = (
        f'<slicerCacheDefinition xmlns="{X14}" name="Slicer_Region" sourceName="Region"/>'
    )
    found, problems = slicers_of(tmp_path, file)
    assert found == (Slicer("Region", "Sales region", "Region"), KIND, WHEN)
    assert problems == ()


def test_slicers_over_the_limits_are_counted(tmp_path: Path) -> None:
    found, problems = slicers_of(tmp_path, book(), Limits(ranges=1, string_length=7))
    assert [(one.name, one.caption, one.targets) for one in found] == [
        ("Region", "Sales r", ("Pivot1",))
    ]
    assert problems == (
        (
            "What slicers filter could not be read in full: its part xl/odd/region cache.xml "
            "names more than 1 pivot tables."
        ),
        "Texts of slicers that were too long and were cut: 1.",
        "2 slicers left out; --limit ranges=N allows more.",
    )
