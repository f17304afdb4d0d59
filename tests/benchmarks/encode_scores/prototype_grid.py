"""What the prototype's rule sees of a sheet: types in a dense grid, keys of copied formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.benchmarks.encode_scores.plain_cells import PlainSheet
from tickmark.model.address import column_number
from tickmark.model.grid import NO_FORMULA, CellKind, FormulaKind
from tickmark.model.workbook import Sheet

TEXT, INTEGER, FLOAT, YEAR, BOOL, DATE = 1, 2, 3, 4, 5, 6
YEARS = (1900, 2100)

Types = npt.NDArray[np.int8]
Labels = npt.NDArray[np.int64]

_REFERENCE = re.compile(r"(?<![A-Za-z_.!'\"])(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\d(A-Za-z_])")


@dataclass(frozen=True, eq=False)
class Grid:
    """A sheet from A1 on, rows and columns 0-based: type codes, numbers and the cells' texts."""

    types: Types
    numbers: npt.NDArray[np.float64]
    texts: dict[tuple[int, int], str]


@dataclass(frozen=True, eq=False)
class Keys:
    """The key of each formula cell, 0-based, and the text of the first cell of each key."""

    of: dict[tuple[int, int], str]
    first: dict[str, str]


def grid_of(sheet: PlainSheet) -> Grid:
    """The cells of a sheet in dense arrays; a sheet without values has none."""
    _, _, bottom, right = sheet.box
    types = np.zeros((bottom, right), np.int8)
    numbers = np.full((bottom, right), np.nan)
    rows, columns = sheet.rows - 1, sheet.columns - 1
    values = sheet.values
    code = np.full(len(rows), TEXT, np.int8)
    number = sheet.kinds == CellKind.NUMBER
    integer = number & (values == np.floor(values)) & (np.abs(values) < 1e15)
    code[number] = FLOAT
    code[integer] = INTEGER
    code[integer & (values >= YEARS[0]) & (values <= YEARS[1])] = YEAR
    code[sheet.kinds == CellKind.BOOL] = BOOL
    code[sheet.kinds == CellKind.DATE] = DATE
    types[rows, columns] = code
    numbers[rows[number], columns[number]] = values[number]
    places = zip(rows.tolist(), columns.tolist(), strict=True)
    return Grid(types, numbers, dict(zip(places, sheet.texts, strict=True)))


def keys_of(sheet: Sheet) -> Keys:
    """The formulas of a sheet by the prototype's own regular expression.

    Members of a shared formula have the key of their master. Of an array formula only the cell
    that holds its text counts, as in the prototype, which reads no more; data tables have none.
    """
    cells = sheet.cells
    of: dict[tuple[int, int], str] = {}
    first: dict[str, str] = {}
    shared: dict[int, str] = {}
    at = np.flatnonzero(cells.formulas != NO_FORMULA)
    places = zip(
        cells.rows[at].tolist(),
        cells.columns[at].tolist(),
        cells.formulas[at].tolist(),
        strict=True,
    )
    for row, column, number in places:
        text = cells.formula_texts[number]
        group = cells.formula_groups.get(number)
        if group is None:
            key = relative_key(text, row, column)
        elif group.kind is FormulaKind.SHARED:
            if number not in shared:
                shared[number] = relative_key(text, group.row, group.column)
            key = shared[number]
        elif group.kind is not FormulaKind.DATA_TABLE and (row, column) == (
            group.row,
            group.column,
        ):
            key = relative_key(text, row, column)
        else:
            continue
        of[row - 1, column - 1] = key
        first.setdefault(key, "=" + text)
    return Keys(of, first)


def relative_key(text: str, row: int, column: int) -> str:
    """A formula with its references as seen from its cell; quoted texts stay as they are."""

    def seen(found: re.Match[str]) -> str:
        down, across = int(found[4]), column_number(found[2])
        vertical = f"R{down}" if found[3] else f"R[{down - row}]"
        return vertical + (f"C{across}" if found[1] else f"C[{across - column}]")

    parts = text.split('"')
    parts[::2] = [_REFERENCE.sub(seen, part) for part in parts[::2]]
    return '"'.join(parts)


def rectangles(labels: Labels) -> Labels:
    """Rectangles of equal labels (top, left, bottom, right, label); 0 is no label.

    Runs along rows are merged downwards, or the other way round where that gives fewer.
    """
    across = _merged_runs(labels)
    down = _merged_runs(labels.T)
    return across if len(across) <= len(down) else down[:, [1, 0, 3, 2, 4]]


def _merged_runs(labels: Labels) -> Labels:
    height, width = labels.shape
    starts = np.ones((height, width), bool)
    starts[:, 1:] = labels[:, 1:] != labels[:, :-1]
    flat = np.flatnonzero(starts.ravel())
    row, left = flat // width, flat % width
    right = left + np.append(flat[1:], height * width) - flat - 1
    label = labels.ravel()[flat]
    kept = label != 0
    row, left, right, label = row[kept], left[kept], right[kept], label[kept]
    order = np.lexsort((row, right, left, label))
    row, left, right, label = row[order], left[order], right[order], label[order]
    new = np.ones(len(row), bool)
    new[1:] = (
        (label[1:] != label[:-1])
        | (left[1:] != left[:-1])
        | (right[1:] != right[:-1])
        | (row[1:] != row[:-1] + 1)
    )
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(row)) - 1
    return np.stack([row[first], left[first], row[last], right[first], label[first]], 1)
