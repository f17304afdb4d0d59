"""A workbook read the fast way and by the parser alone, made comparable by meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tickmark.errors import WorkbookRefused
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Workbook
from tickmark.read import read_workbook, row_scan, shared_strings, sheet_pass
from tickmark.read.blocks import Units
from tickmark.read.limits import Limits
from tickmark.read.tags import Unusual

if TYPE_CHECKING:  # benchmarks read both ways too, in an environment without it
    import pytest

Content = dict[str, object]


def parser_alone(
    pieces: Iterator[bytes],
    _units: Units,
    _ready: Callable[[], bool],
    _take: Callable[[bytes], bool],
) -> Iterator[bytes]:
    return pieces


def content(path: Path, limits: Limits | None = None) -> Content:
    """All that a workbook says, or the sentence with which it is refused."""
    try:
        book = read_workbook(path, limits or Limits())
    except WorkbookRefused as error:
        return {"refused": str(error)}
    told = _fields(book)
    return told | {f"sheet {sheet.name}": _sheet(sheet) for sheet in book.sheets}


def content_by_parser_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits | None = None
) -> Content:
    """The same, every byte of it through the parser."""
    with monkeypatch.context() as patched:
        patched.setattr(sheet_pass, "without_units", parser_alone)
        patched.setattr(shared_strings, "without_units", parser_alone)
        return content(path, limits)


def blocks_taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A list that grows with each block of rows: whether it was read without the parser."""
    taken: list[bool] = []
    add = row_scan.RowScan.add

    def counted(scan: row_scan.RowScan, block: bytes, most: int) -> None:
        try:
            add(scan, block, most)
        except Unusual:
            taken.append(False)
            raise
        taken.append(True)

    monkeypatch.setattr(row_scan.RowScan, "add", counted)
    return taken


def _sheet(sheet: Sheet) -> Content:
    return _fields(sheet) | _cells(sheet.cells)


def _fields(one: Sheet | Workbook) -> Content:
    return {f.name: getattr(one, f.name) for f in fields(one) if f.name not in {"cells", "sheets"}}


def _cells(cells: Cells) -> Content:
    """Cells by meaning: texts and formulas resolved, numbers to the last bit."""
    values: list[object] = list(cells.values.view(np.int64).tolist())
    textual = np.flatnonzero((cells.kinds == CellKind.TEXT) | (cells.kinds == CellKind.ERROR))
    for at in textual.tolist():
        values[at] = cells.texts[int(cells.values[at])]
    formulas = [
        None
        if index == NO_FORMULA
        else (cells.formula_texts[index], cells.formula_groups.get(index))
        for index in cells.formulas.tolist()
    ]
    return {
        "rows": cells.rows.tolist(),
        "columns": cells.columns.tolist(),
        "kinds": cells.kinds.tolist(),
        "styles": cells.styles.tolist(),
        "values": values,
        "formulas": formulas,
    }
