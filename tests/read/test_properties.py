"""Document properties of a workbook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.read.parts import RELATIONSHIPS, Content, parts, read
from tickmark.model.workbook import Workbook
from tickmark.read import Limits

CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006"
STRICT_TYPES = "http://purl.oclc.org/ooxml/officeDocument"
CORE_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"

CORE_PART = (
    f'<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:t="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>Budget &amp; plan</dc:title><dc:creator> </dc:creator><dc:subject/>"
    "<cp:keywords>one <cp:value>two</cp:value><cp:value>three</cp:value></cp:keywords>"
    "<dc:description>first_x000d_\nsecond</dc:description>"
    "<cp:lastModifiedBy>Ann</cp:lastModifiedBy>"
    '<t:created xsi:type="t:W3CDTF">2026-01-02T03:04:05Z</t:created></cp:coreProperties>'
)
EXTENDED = (
    f'<Properties xmlns="{TYPES}/extended-properties" xmlns:vt="{TYPES}/docPropsVTypes">'
    "<Application>Microsoft Excel</Application><Company></Company><Manager>Bob</Manager>"
    '<TitlesOfParts><vt:vector size="1" baseType="lpstr"><vt:lpstr>Data</vt:lpstr></vt:vector>'
    "</TitlesOfParts><AppVersion>16.0300</AppVersion></Properties>"
)
CUSTOM = (
    f'<Properties xmlns="{TYPES}/custom-properties" xmlns:vt="{TYPES}/docPropsVTypes">'
    '<property name="Checked_x0020_by" pid="2"><vt:lpwstr>Eve</vt:lpwstr></property>'
    '<property name="Final" pid="3"><vt:bool>true</vt:bool></property>'
    '<property name="Budget" pid="4" linkTarget="Total"><vt:r8>12.5</vt:r8></property>'
    '<property name="Names" pid="5">\n<vt:vector size="2" baseType="lpstr"><vt:lpstr>a</vt:lpstr>\n'
    "<vt:lpstr>b</vt:lpstr></vt:vector>\n</property>"
    '<property name="Nothing" pid="6"><vt:empty/></property>'
    '<property name="Picture" pid="7"><vt:blob>AAAA</vt:blob></property></Properties>'
)
READ = {
    "title": "Budget & plan",
    "keywords": "one, two, three",
    "description": "first\r\nsecond",
    "lastModifiedBy": "Ann",
    "created": "2026-01-02T03:04:05Z",
    "Application": "Microsoft Excel",
    "Manager": "Bob",
    "AppVersion": "16.0300",
}
READ_CUSTOM = {"Checked by": "Eve", "Final": "true", "Budget": "12.5", "Names": "a, b"}


def book(
    extended_type: str = f"{TYPES}/relationships/extended-properties",
    custom_type: str = f"{TYPES}/relationships/custom-properties",
) -> dict[str, Content]:
    """A workbook with document properties of all kinds under unusual names."""
    file = parts('<c r="A1"><v>1</v></c>')
    listed = (
        ("w", f"{TYPES}/relationships/officeDocument", "xl/workbook.xml"),
        ("1", CORE_TYPE, "package/services/metadata/core.psmdcp"),
        ("2", extended_type, "/docProps/program.xml"),
        ("3", custom_type, "docProps/own.xml"),
    )
    file["_rels/.rels"] = (
        f'<Relationships xmlns="{RELATIONSHIPS}">'
        + "".join(
            f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'
            for key, kind, target in listed
        )
        + "</Relationships>"
    )
    file["package/services/metadata/core.psmdcp"] = CORE_PART
    file["docProps/program.xml"] = EXTENDED
    file["docProps/own.xml"] = CUSTOM
    return file


def told(workbook: Workbook) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    details = workbook.details
    return dict(details.properties), dict(details.custom_properties), workbook.problems


def test_properties_have_the_names_of_the_format_and_empty_ones_are_none(tmp_path: Path) -> None:
    assert told(read(tmp_path, book())) == (READ, READ_CUSTOM, ())


def test_strict_relationships_and_utf_16_parts_are_read(tmp_path: Path) -> None:
    file = book(
        f"{STRICT_TYPES}/relationships/extendedProperties",
        f"{STRICT_TYPES}/relationships/customProperties",
    )
    for part in (
        "package/services/metadata/core.psmdcp",
        "docProps/program.xml",
        "docProps/own.xml",
    ):
        text = str(file[part]).replace(f"{TYPES}/", f"{STRICT_TYPES}/")
        file[part] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    assert told(read(tmp_path, file)) == (READ, READ_CUSTOM, ())


def test_a_workbook_without_properties_is_whole(tmp_path: Path) -> None:
    assert told(read(tmp_path, parts())) == ({}, {}, ())


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (None, "docProps/own.xml is missing"),
        (
            CUSTOM[: CUSTOM.index("Budget")],
            ("docProps/own.xml is no well-formed XML (line 1: unclosed token)"),
        ),
        ("<workbook/>", "docProps/own.xml is not that of properties"),
    ],
)
def test_a_lost_part_makes_the_workbook_incomplete_and_keeps_the_others(
    tmp_path: Path, part: str | None, reason: str
) -> None:
    file = book()
    del file["docProps/own.xml"]
    if part is not None:
        file["docProps/own.xml"] = part
    properties, custom, problems = told(read(tmp_path, file))
    assert properties == READ
    assert custom == ({"Checked by": "Eve", "Final": "true"} if "token" in reason else {})
    assert problems == (f"Document properties are missing: its part {reason}.",)


def test_properties_over_the_limits_are_counted(tmp_path: Path) -> None:
    limits = Limits(ranges=2, string_length=9)
    properties, custom, problems = told(read(tmp_path, book(), limits=limits))
    assert properties == {"title": "Budget & ", "keywords": "one, two"}
    assert custom == {"Checked_x": "Eve", "Final": "true"}
    assert problems == (
        "Texts of document properties that were too long and were cut: 2.",
        "9 document properties left out; --limit ranges=N allows more.",
    )
