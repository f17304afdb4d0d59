"""Pivot tables of a sheet: where they stand, their data and their fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import (
    MAIN,
    OFFICE,
    STRICT,
    STRICT_OFFICE,
    Content,
    parts,
    read,
    relationships,
)
from tickmark.model.address import RangeRef
from tickmark.model.pivot import PivotTable
from tickmark.read import Limits

SHEET_RELATIONSHIPS = "xl/worksheets/_rels/sheet1.xml.rels"
PIVOT = "xl/odd/by region.xml"
PIVOT_RELATIONSHIPS = "xl/odd/_rels/by region.xml.rels"
CACHE = "xl/odd/cache.xml"
CACHE_RELATIONSHIPS = "xl/odd/_rels/cache.xml.rels"

FIELDS = (
    '<location ref="H3:K9" firstHeaderRow="1" firstDataRow="2" firstDataCol="1"/>'
    '<pivotFields count="4"><pivotField axis="axisRow" showAll="0"/><pivotField name="When"/>'
    '<pivotField axis="axisPage"/><pivotField dataField="1"/></pivotFields>'
    '<rowFields><field x="0"/></rowFields><rowItems><i><x v="1"/></i></rowItems>'
    '<colFields><field x="1"/><field x="-2"/></colFields>'
    '<pageFields><pageField fld="2" hier="-1"/></pageFields>'
    '<dataFields><dataField name="Sum of Net" fld="3"/><dataField fld="3"/></dataFields>'
)
CACHE_FIELDS = (
    '<cacheFields><cacheField name="Region"><sharedItems><s v="North"/></sharedItems>'
    '</cacheField><cacheField name="Date"/><cacheField name="Two_x000a_lines"/>'
    '<cacheField name="Net" caption="Net value"/></cacheFields>'
)
WHOLE = PivotTable(
    name="By region",
    range=RangeRef("Data", 3, 8, 9, 11),
    source="'P&L 2026'!A1:D99",
    rows=("Region",),
    columns=("When", "Data"),
    filters=("Two\nlines",),
    values=("Sum of Net", "Net value"),
)


def pivot(fields: str = FIELDS, *, main: str = MAIN) -> str:
    return (
        f'<pivotTableDefinition xmlns="{main}" name="By region" cacheId="7" dataCaption="Data">'
        f"{fields}</pivotTableDefinition>"
    )


def cache(source: str, fields: str = CACHE_FIELDS, *, main: str = MAIN) -> str:
    return (
        f'<pivotCacheDefinition xmlns="{main}" xmlns:r="{OFFICE}">{source}{fields}'
        "</pivotCacheDefinition>"
    )


def worksheet(attributes: str) -> str:
    return f'<cacheSource type="worksheet"><worksheetSource {attributes}/></cacheSource>'


RANGE = worksheet('ref="A1:D99" sheet="P&amp;L 2026"')


def book(source: str = RANGE, fields: str = FIELDS) -> dict[str, Content]:
    """A workbook with one pivot table, whose part names its cache."""
    file = parts('<c r="A1"><v>1</v></c>')
    file[SHEET_RELATIONSHIPS] = relationships(("p", "pivotTable", "../odd/by%20region.xml"))
    file[PIVOT] = pivot(fields)
    file[PIVOT_RELATIONSHIPS] = relationships(("c", "pivotCacheDefinition", "cache.xml"))
    file[CACHE] = cache(source)
    return file


def pivots_of(
    tmp_path: Path, file: dict[str, Content], limits: Limits | None = None
) -> tuple[tuple[PivotTable, ...], tuple[str, ...]]:
    sheet = read(tmp_path, file, limits=limits)["Data"]
    return sheet.details.pivots, sheet.problems


def test_fields_have_the_captions_that_the_pivot_table_shows(tmp_path: Path) -> None:
    assert pivots_of(tmp_path, book()) == ((WHOLE,), ())


@pytest.mark.parametrize(
    ("source", "expected", "external"),
    [
        (worksheet('name="Sales"'), "Sales", False),
        (worksheet('name="Local" sheet="Data"'), "Data!Local", False),
        (worksheet('ref="A1:B2"'), "A1:B2", False),
        (
            worksheet('ref="A1:B2" sheet="Data" r:id="b"'),
            "'[file:///C:\\Other.xlsx]Data'!A1:B2",
            True,
        ),
        (worksheet('name="Sales" r:id="b"'), "'file:///C:\\Other.xlsx'!Sales", True),
        (worksheet('ref="A1:B2" sheet="Data" r:id="lost"'), "Data!A1:B2", True),
        ('<cacheSource type="external" connectionId="1"/>', "", True),
        (
            (
                '<cacheSource type="consolidation"><consolidation><rangeSets>'
                '<rangeSet ref="A1:B2" sheet="Q1"/><rangeSet name="Q2_"/></rangeSets>'
                "</consolidation></cacheSource>"
            ),
            "'Q1'!A1:B2,Q2_",
            False,
        ),
        ('<cacheSource type="scenario"/>', "", False),
    ],
)
def test_the_source_is_told_as_a_formula_would(
    tmp_path: Path, source: str, expected: str, external: bool
) -> None:
    file = book(source)
    file[CACHE_RELATIONSHIPS] = relationships(("b", "externalLinkPath", "!file:///C:\\Other.xlsx"))
    found, problems = pivots_of(tmp_path, file)
    assert [(one.source, one.external) for one in found] == [(expected, external)]
    assert problems == ()


def test_the_cache_is_found_by_its_number_where_the_part_does_not_name_it(
    tmp_path: Path,
) -> None:
    file = book()
    del file[PIVOT_RELATIONSHIPS]
    file["xl/workbook.xml"] = str(file["xl/workbook.xml"]).replace(
        "</workbook>",
        '<pivotCaches><pivotCache cacheId="6" r:id="gone"/><pivotCache cacheId="7" r:id="c"/>'
        "</pivotCaches></workbook>",
    )
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("c", "pivotCacheDefinition", "odd/cache.xml"),
    )
    assert pivots_of(tmp_path, file) == ((WHOLE,), ())


def test_without_its_cache_a_pivot_table_keeps_what_its_own_part_says(tmp_path: Path) -> None:
    file = book()
    del file[CACHE]
    bare = PivotTable(
        name="By region",
        range=RangeRef("Data", 3, 8, 9, 11),
        columns=("When", "Data"),
        values=("Sum of Net",),
    )
    assert pivots_of(tmp_path, file) == (
        (bare,),
        (
            (
                "The data of a pivot table could not be read in full: its part xl/odd/cache.xml is "
                "missing."
            ),
        ),
    )
    del file[PIVOT_RELATIONSHIPS]
    assert pivots_of(tmp_path, file) == (
        (bare,),
        (
            (
                "The data of a pivot table could not be read in full: the part "
                "xl/odd/by region.xml does not say where it is."
            ),
        ),
    )


def test_what_stands_in_front_of_a_damaged_place_is_kept(tmp_path: Path) -> None:
    file = book()
    whole = str(file[PIVOT])
    file[PIVOT] = whole[: whole.index("<pageFields")]
    whole = str(file[CACHE])
    file[CACHE] = whole[: whole.index('<cacheField name="Two')]
    found, problems = pivots_of(tmp_path, file)
    assert found == (
        PivotTable(
            name="By region",
            range=RangeRef("Data", 3, 8, 9, 11),
            source="'P&L 2026'!A1:D99",
            rows=("Region",),
            columns=("When", "Data"),
        ),
    )
    assert problems == (
        (
            "A pivot table could not be read in full: its part xl/odd/by region.xml is no "
            "well-formed XML (line 1: no element found)."
        ),
        (
            "The data of a pivot table could not be read in full: its part xl/odd/cache.xml is "
            "no well-formed XML (line 1: no element found)."
        ),
    )


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (pivot('<location ref="nowhere"/>'), "its part xl/odd/by region.xml names no range"),
        (f'<table xmlns="{MAIN}"/>', "its part xl/odd/by region.xml is not that of a pivot table"),
        (None, "its part xl/odd/by region.xml is missing"),
    ],
)
def test_a_pivot_table_without_place_is_a_sentence(
    tmp_path: Path, part: str | None, reason: str
) -> None:
    file = book()
    del file[PIVOT]
    if part is not None:
        file[PIVOT] = part
    assert pivots_of(tmp_path, file) == (
        (),
        (f"A pivot table could not be read in full: {reason}.",),
    )


def test_a_part_that_is_no_cache_is_a_sentence(tmp_path: Path) -> None:
    file = book()
    file[CACHE] = f'<table xmlns="{MAIN}"/>'
    found, problems = pivots_of(tmp_path, file)
    assert [one.source for one in found] == [""]
    assert problems == (
        (
            "The data of a pivot table could not be read in full: its part xl/odd/cache.xml is "
            "not that of a pivot cache."
        ),
    )


def test_strict_utf_16_parts_with_prefixes_are_read(tmp_path: Path) -> None:
    file = book()
    for part in (PIVOT, CACHE):
        text = str(file[part]).replace(f'xmlns="{MAIN}"', f'xmlns:s="{STRICT}"')
        text = text.replace("<", "<s:").replace("<s:/", "</s:")
        file[part] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    for part in (SHEET_RELATIONSHIPS, PIVOT_RELATIONSHIPS):
        file[part] = str(file[part]).replace(OFFICE, STRICT_OFFICE)
    assert pivots_of(tmp_path, file) == ((WHOLE,), ())


def test_fields_that_the_data_lacks_and_those_over_the_limit_are_counted(tmp_path: Path) -> None:
    fields = (
        '<location ref="A1"/><rowFields><field x="9"/><field x="-1"/><field/><field x="0"/>'
        '<field x="1"/><field x="2"/></rowFields>'
    )
    found, problems = pivots_of(tmp_path, book(fields=fields), Limits(ranges=5))
    assert [one.rows for one in found] == [("Region", "Date")]
    assert problems == (
        "Fields of pivot tables skipped because their data has none such: 3.",
        "1 fields of pivot tables left out; --limit ranges=N allows more.",
    )


def test_sources_that_are_no_formula_any_more_are_left_out(tmp_path: Path) -> None:
    sets = "".join(f'<rangeSet ref="A1:B2" sheet="Q{number}"/>' for number in range(9))
    source = f'<cacheSource type="consolidation">{sets}</cacheSource>'
    found, problems = pivots_of(tmp_path, book(source), Limits(formula_length=40))
    assert [one.source for one in found] == [""]
    assert problems == (
        (
            "The data of a pivot table could not be read in full: its part xl/odd/cache.xml "
            "names too many ranges."
        ),
    )


def test_a_cache_that_many_sheets_share_is_unpacked_once(tmp_path: Path) -> None:
    file = book()
    file[CACHE] = str(file[CACHE]).replace("<s v=", f"<s x='{'x' * 400_000}' v=")
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="s{n}"/>' for n in range(2, 42))
    file["xl/workbook.xml"] = str(file["xl/workbook.xml"]).replace(
        "</sheets>", f"{listed}</sheets>"
    )
    file["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        *((f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(2, 42)),
    )
    for n in range(2, 42):
        file[f"xl/worksheets/sheet{n}.xml"] = file["xl/worksheets/sheet1.xml"]
        file[f"xl/worksheets/_rels/sheet{n}.xml.rels"] = file[SHEET_RELATIONSHIPS]
    book_read = read(tmp_path, file, limits=Limits(total_bytes=2_000_000))
    assert [sheet.details.pivots[0].source for sheet in book_read.sheets] == [WHOLE.source] * 41
