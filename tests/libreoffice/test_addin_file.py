"""The add-in's file, opened by a spreadsheet program that did not write it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.libreoffice.office import Office, connect, load_uno
from tickmark.excel.build import build

# By itself LibreOffice knows no .xlam, not that of xlwings either.
FILTER = "Calc MS Excel 2007 VBA XML"


def opened(office: Office, path: Path) -> Any:
    uno = load_uno(office.folder)
    context = connect(office.folder, office.pipe)
    desktop = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.frame.Desktop", context
    )
    values = []
    for name, value in {"Hidden": True, "FilterName": FILTER}.items():
        one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        values.append(one)
    return desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, tuple(values))


def test_libreoffice_opens_the_add_in_and_shows_its_modules(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "Tickmark.xlam"
    path.write_bytes(build())
    document = opened(office, path)
    try:
        libraries = document.BasicLibraries
        project = libraries.getByName("Tickmark")
        names = set(project.ElementNames)
        functions = project.getByName("TickmarkFunctions")
        cell = document.Sheets.getByIndex(0).getCellByPosition(0, 0).String
        vba = libraries.VBACompatibilityMode
    finally:
        document.close(False)

    assert vba is True
    assert names == {
        "ThisWorkbook",
        "Sheet1",
        "xlwings",
        "Dictionary",
        "TickmarkCells",
        "TickmarkFunctions",
        "TickmarkPython",
        "TickmarkRibbon",
    }
    assert "Public Function LLM_ANALYZE(range As Variant" in functions
    assert cell.startswith("Tickmark ")
