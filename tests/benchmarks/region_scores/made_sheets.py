"""Generated sheets, as a reader would hand them over: a ledger and what compresses badly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_letters
from tickmark.model.grid import NO_FORMULA, CellKind, Cells, FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet, Style, Workbook

Places = npt.NDArray[np.int64]

NAME = "Data"
STYLES = (
    Style(),
    Style(bold=True, filled=True, bordered=True),
    Style(number_format="yyyy-mm-dd"),
    Style(number_format="#,##0.00"),
    Style(number_format="#,##0.00", bold=True, bordered=True),
)
HEADER, DATE, AMOUNT, TOTAL = 1, 2, 3, 4
LEDGER_COLUMNS = 20
SUBTOTAL_EVERY = 1_000
_TEXTS = (0, 1, 2, 3)
_DATES = (4, 5)
_AMOUNTS = tuple(range(6, 14))
_FORMULAS = tuple(range(14, 20))


def ledger(rows: int) -> Workbook:
    """Title, header, `rows` lines of 20 cells (4 texts, 2 dates, 8 amounts, 6 formulas), a subtotal
    each 1,000 lines and a total row; every cell filled but for the row below the title.
    """
    height = rows + rows // SUBTOTAL_EVERY + 4
    kinds = np.full((height, LEDGER_COLUMNS), CellKind.NUMBER, np.uint8)
    values = np.arange(kinds.size, dtype=np.float64).reshape(kinds.shape) % 9973
    styles = np.full(kinds.shape, AMOUNT, np.int32)
    formulas = np.full(kinds.shape, NO_FORMULA, np.int32)
    kinds[:, _TEXTS] = CellKind.TEXT
    kinds[:, _DATES] = CellKind.DATE
    styles[:, _TEXTS], styles[:, _DATES] = 0, DATE
    texts = [f"Item {number}" for number in range(rows)]
    values[:, 0] = np.arange(height) % rows
    values[:, 1:4] = (np.arange(height)[:, None] * (1, 3, 7)) % 40
    values[:, _DATES] = 45_000 + np.arange(height)[:, None] % 700
    formula_texts = [f"G{{row}}*{number + 2}" for number in range(len(_FORMULAS))]
    last = RangeRef(NAME, 4, 1, height - 1, LEDGER_COLUMNS)
    groups = {}
    for number, column in enumerate(_FORMULAS):
        area = RangeRef(NAME, last.top, column + 1, last.bottom, column + 1)
        formula_texts[number] = f"{column_letters(7 + number)}4*{number + 2}"
        groups[number] = FormulaGroup(FormulaKind.SHARED, area.top, area.left, area)
        formulas[3:, column] = number
    kinds[2], styles[2], formulas[2] = CellKind.TEXT, HEADER, NO_FORMULA
    values[2] = len(texts) + np.arange(LEDGER_COLUMNS)
    texts += [f"Column {number}" for number in range(LEDGER_COLUMNS)]
    sums = [*range(3 + SUBTOTAL_EVERY, height - 1, SUBTOTAL_EVERY + 1), height - 1]
    texts += ["Subtotal", "Total", "Sales of all years"]
    for row in sums:
        top = 4 if row == height - 1 else row - SUBTOTAL_EVERY + 1
        kinds[row, :6], styles[row] = CellKind.EMPTY, TOTAL
        kinds[row, 0], values[row, 0] = CellKind.TEXT, len(texts) - 3 + (row == height - 1)
        for column in (*_AMOUNTS, *_FORMULAS):
            letters = column_letters(column + 1)
            formulas[row, column] = len(formula_texts)
            formula_texts.append(f"SUBTOTAL(9,{letters}{top}:{letters}{row})")
    kinds[:2] = CellKind.EMPTY
    kinds[0, 0], values[0, 0], formulas[:2] = CellKind.TEXT, len(texts) - 1, NO_FORMULA
    at_rows, at_columns = np.nonzero(kinds != CellKind.EMPTY)
    return _book(
        at_rows + 1,
        at_columns + 1,
        kinds=kinds[at_rows, at_columns],
        values=values[at_rows, at_columns],
        styles=styles[at_rows, at_columns],
        formulas=formulas[at_rows, at_columns],
        texts=texts,
        formula_texts=formula_texts,
        groups=groups,
    )


def islands(count: int) -> Workbook:
    """Tables of 4 x 3 cells with a header row, 100 side by side, two blank lines between all."""
    numbers = np.arange(count)
    tops, lefts = numbers // 100 * 6, numbers % 100 * 5
    rows = (tops[:, None, None] + np.arange(4)[:, None] + np.zeros(3, np.int64)).ravel() + 1
    columns = (lefts[:, None, None] + np.zeros((4, 1), np.int64) + np.arange(3)).ravel() + 1
    heads = ((rows - 1) % 6) == 0
    return _book(
        rows,
        columns,
        kinds=np.where(heads, CellKind.TEXT, CellKind.NUMBER).astype(np.uint8),
        values=np.where(heads, columns % 3, rows * 7.0 + columns),
        styles=np.where(heads, HEADER, 0).astype(np.int32),
        texts=("Year", "Sales", "Cost"),
    )


def chess_board(count: int) -> Workbook:
    """Numbers on the black fields of a board 1,000 columns wide."""
    places = np.arange(count) * 2
    rows = places // 1_000
    return _book(rows + 1, places % 1_000 + rows % 2 + 1)


def corners(_: int) -> Workbook:
    """The first and the last cell that a sheet can have."""
    return _book(np.array((1, MAX_ROW)), np.array((1, MAX_COLUMN)))


def diagonal(count: int) -> Workbook:
    """Single numbers, each a row and two columns further; from the left again at the last one."""
    places = np.arange(count)
    return _book(places + 1, places * 2 % MAX_COLUMN + 1)


SHEETS: Mapping[str, Callable[[int], Workbook]] = {
    "ledger": ledger,
    "islands": islands,
    "chess board": chess_board,
    "corners": corners,
    "diagonal": diagonal,
}


def _book(
    rows: Places,
    columns: Places,
    *,
    kinds: npt.NDArray[np.uint8] | None = None,
    values: npt.NDArray[np.float64] | None = None,
    styles: npt.NDArray[np.int32] | None = None,
    formulas: npt.NDArray[np.int32] | None = None,
    texts: Sequence[str] = (),
    formula_texts: Sequence[str] = (),
    groups: Mapping[int, FormulaGroup] | None = None,
) -> Workbook:
    """A workbook of one sheet; cells come in any order, numbers where nothing else is said."""
    count = len(rows)
    order = np.lexsort((columns, rows))
    cells = Cells(
        rows=rows[order].astype(np.int32),
        columns=columns[order].astype(np.int16),
        kinds=(np.full(count, CellKind.NUMBER, np.uint8) if kinds is None else kinds)[order],
        values=(np.arange(count, dtype=np.float64) if values is None else values)[order],
        styles=(np.zeros(count, np.int32) if styles is None else styles)[order],
        formulas=(np.full(count, NO_FORMULA, np.int32) if formulas is None else formulas)[order],
        texts=tuple(texts),
        formula_texts=tuple(formula_texts),
        formula_groups=groups or {},
    )
    return Workbook(
        path="made.xlsx",
        format="xlsx",
        sha256="0" * 64,
        sheets=(Sheet(NAME, cells),),
        styles=STYLES,
    )
