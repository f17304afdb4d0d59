"""A saved workbook with a live range laid over the cells of one of its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tickmark.model.address import RangeRef
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Workbook

_TEXTUAL = (CellKind.TEXT, CellKind.ERROR)


def overlaid(saved: Workbook, live: Workbook, place: RangeRef) -> Workbook:
    """The saved workbook, its cells within the place replaced by those of the live one.

    `live` has one sheet, which lies on the saved sheet of that name. Raises KeyError where there
    is none.
    """
    above = live.sheets[0]
    below = saved[above.name]
    cells = _cells(below.cells, above.cells, place, len(saved.styles))
    sheet = replace(below, cells=cells)
    return replace(
        saved,
        sheets=_with(saved.sheets, below, sheet),
        styles=(*saved.styles, *live.styles),
    )


def _with(sheets: Sequence[Sheet], old: Sheet, new: Sheet) -> tuple[Sheet, ...]:
    return tuple(new if one is old else one for one in sheets)


def _cells(below: Cells, above: Cells, place: RangeRef, styles: int) -> Cells:
    kept = np.ones(len(below), np.bool_)
    kept[below.within(place)] = False
    textual = np.isin(above.kinds, _TEXTUAL)
    values = above.values + np.where(textual, float(len(below.texts)), 0.0)
    formulas = np.where(
        above.formulas == NO_FORMULA, NO_FORMULA, above.formulas + len(below.formula_texts)
    )
    rows = np.concatenate((below.rows[kept], above.rows))
    columns = np.concatenate((below.columns[kept], above.columns))
    order = np.lexsort((columns, rows))
    return Cells(
        rows=rows[order].astype(np.int32),
        columns=columns[order].astype(np.int16),
        kinds=np.concatenate((below.kinds[kept], above.kinds))[order].astype(np.uint8),
        values=np.concatenate((below.values[kept], values))[order],
        styles=np.concatenate((below.styles[kept], above.styles + styles))[order].astype(np.int32),
        formulas=np.concatenate((below.formulas[kept], formulas))[order].astype(np.int32),
        texts=(*below.texts, *above.texts),
        formula_texts=(*below.formula_texts, *above.formula_texts),
        # The arrays that the range cuts were told cell by cell inside it; outside they stay.
        formula_groups=below.formula_groups,
    )
