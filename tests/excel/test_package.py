"""The parts of the add-in's file fit together."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

from tickmark.excel.package import Content, package, parts

CONTENT = Content(
    vba=b"vba",
    ribbon='<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>',
    pictures={"one": b"png", "two": b"png"},
    thumbnail=b"png",
    properties={"Tickmark": "0.1.0", 'A "B" & C': "<x>"},
    notes=("Tickmark", "a < b & c"),
)
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/content-types}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def xml(name: str, content: Content = CONTENT) -> ET.Element:
    return ET.fromstring(parts(content)[name])  # noqa: S314 - our own part


def test_every_xml_part_is_well_formed() -> None:
    names = [name for name in parts(CONTENT) if name.endswith((".xml", ".rels"))]

    assert len(names) == 11
    for name in names:
        xml(name)


def test_every_part_has_a_content_type() -> None:
    types = xml("[Content_Types].xml")
    defaults = {one.get("Extension") for one in types.iter(f"{PACKAGE}Default")}
    overrides = {one.get("PartName") for one in types.iter(f"{PACKAGE}Override")}

    for name in parts(CONTENT):
        assert f"/{name}" in overrides or name.rpartition(".")[2] in defaults
    assert {str(one)[1:] for one in overrides} <= set(parts(CONTENT))
    first = next(iter(parts(CONTENT)))
    assert first == "[Content_Types].xml"


def test_every_relation_leads_to_a_part() -> None:
    found = parts(CONTENT)
    for name in [one for one in found if one.endswith(".rels")]:
        folder = name.partition("_rels/")[0]
        targets = [one.get("Target") for one in xml(name)]
        assert targets
        assert all(f"{folder}{target}" in found for target in targets)


def test_pictures_are_called_by_the_names_of_the_ribbon() -> None:
    relations = xml("customUI/_rels/customUI14.xml.rels")

    assert [(one.get("Id"), one.get("Target")) for one in relations] == [
        ("one", "images/one.png"),
        ("two", "images/two.png"),
    ]


def test_the_add_in_is_hidden_and_the_workbook_is_not() -> None:
    hidden, shown = parts(CONTENT), parts(replace(CONTENT, visible=True))

    assert b'visibility="hidden"' in hidden["xl/workbook.xml"]
    assert b"ms-excel.addin.macroEnabled" in hidden["[Content_Types].xml"]
    assert b"visibility" not in shown["xl/workbook.xml"]
    assert b"ms-excel.sheet.macroEnabled" in shown["[Content_Types].xml"]
    assert b"addin" not in shown["[Content_Types].xml"]


def test_documents_are_named_as_their_modules() -> None:
    workbook = xml("xl/workbook.xml").find(f"{SHEET}workbookPr")
    sheet = xml("xl/worksheets/sheet1.xml").find(f"{SHEET}sheetPr")

    assert workbook is not None
    assert sheet is not None
    assert (workbook.get("codeName"), sheet.get("codeName")) == ("ThisWorkbook", "Sheet1")


def test_the_sheet_is_no_sheet_of_settings() -> None:
    """xlwings reads settings from a sheet named tickmark.conf before it reads the user's file."""
    (sheet,) = xml("xl/workbook.xml").iter(f"{SHEET}sheet")

    assert sheet.get("name") == "Tickmark"


def test_texts_of_any_kind_stay_texts() -> None:
    values = {one.get("name"): "".join(one.itertext()) for one in xml("docProps/custom.xml")}
    cells = ["".join(one.itertext()) for one in xml("xl/worksheets/sheet1.xml").iter(f"{SHEET}c")]

    assert values == {"Tickmark": "0.1.0", 'A "B" & C': "<x>"}
    assert cells == ["Tickmark", "a < b & c"]


def test_equal_content_gives_equal_bytes_whatever_the_clock_and_the_system() -> None:
    assert package(CONTENT) == package(CONTENT)
    with zipfile.ZipFile(io.BytesIO(package(CONTENT))) as archive:
        infos = archive.infolist()
        assert archive.testzip() is None
    assert [info.filename for info in infos] == list(parts(CONTENT))
    assert {(info.date_time, info.create_system, info.external_attr) for info in infos} == {
        ((1980, 1, 1, 0, 0, 0), 0, 0o600 << 16)
    }
