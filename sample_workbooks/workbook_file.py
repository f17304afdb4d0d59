"""Writes a workbook with the values of its formulas, byte for byte the same each time."""

from __future__ import annotations

import datetime as dt
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple

from sample_workbooks.formulas import ERROR, Place, Value, formula_values

WRITTEN = dt.datetime(2026, 1, 15, 9, 30)  # noqa: DTZ001 - spreadsheets know no time zone
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_PART = re.compile(r"xl/worksheets/sheet([0-9]+)\.xml")


def save(
    workbook: openpyxl.Workbook, path: Path, *, linked: Mapping[Place, Value] | None = None
) -> None:
    """Write a workbook made with openpyxl; `linked` holds the cells known of other workbooks.

    Members are stored, not deflated, with one fixed date: compressed bytes would differ from one
    zlib to the next.
    """
    workbook.properties.creator = "Tickmark samples"
    workbook.properties.created = WRITTEN
    values = formula_values(workbook, linked=linked)
    made = io.BytesIO()
    workbook.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if part := SHEET_PART.fullmatch(name):
                content = _with_values(content, workbook.sheetnames[int(part[1]) - 1], values)
            elif name == "docProps/core.xml":
                content = _with_fixed_date(content)
            target.writestr(zipfile.ZipInfo(name, WRITTEN.timetuple()[:6]), content)


def _with_values(content: bytes, sheet: str, values: Mapping[Place, Value]) -> bytes:
    ET.register_namespace("", MAIN)
    root = ET.fromstring(content)  # noqa: S314 - openpyxl has just written it
    for cell in root.iter(f"{{{MAIN}}}c"):
        if cell.find(f"{{{MAIN}}}f") is None:
            continue
        kind, text = _cached(values[sheet, *coordinate_to_tuple(cell.attrib["r"])])
        if kind:
            cell.set("t", kind)
        stored = cell.find(f"{{{MAIN}}}v")
        if stored is None:
            stored = ET.SubElement(cell, f"{{{MAIN}}}v")
        stored.text = text
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _cached(value: Value) -> tuple[str, str]:
    """Type attribute and text of a cached value."""
    match value:
        case bool():
            return "b", str(int(value))
        case str():
            return "e" if ERROR.fullmatch(value) else "str", value
        case None:
            return "", "0"
        case _:
            return "", repr(value + 0.0).removesuffix(".0")


def _with_fixed_date(content: bytes) -> bytes:
    stamp = WRITTEN.isoformat().encode() + b"Z"
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
