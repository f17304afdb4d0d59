"""Links of cells in Calc: fields inside the text, where Excel keeps a list beside the cells."""

from __future__ import annotations

from typing import Any


def read(cell: Any) -> str:
    """Where the link of a cell leads, as Excel writes it; raises ValueError without a link."""
    fields = cell.TextFields
    if not fields.Count:
        message = "The cell doesn't seem to contain a hyperlink!"
        raise ValueError(message)
    url: str = fields.getByIndex(0).URL
    sheet, dot, place = url.rpartition(".")
    return f"{sheet}!{place}" if dot and url.startswith("#") else url


def write(document: Any, cell: Any, address: str) -> None:
    """Makes a link of the text in a cell; a place in the same book starts with `#`."""
    sheet, mark, place = address.rpartition("!")
    field = document.createInstance("com.sun.star.text.TextField.URL")
    field.URL = f"{sheet}.{place}" if mark and address.startswith("#") else address
    field.Representation = cell.String
    kept = cell.NumberFormat
    cell.setString("")
    cell.NumberFormat = kept
    cell.insertTextContent(cell.createTextCursor(), field, False)
