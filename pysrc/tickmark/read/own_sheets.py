"""What Tickmark wrote itself: whole workbooks, and sheets in an open workbook."""

from __future__ import annotations

from dataclasses import replace

from tickmark.model.edit import MARK, SHEET_MARK
from tickmark.model.workbook import Workbook


def without_own_sheets(workbook: Workbook) -> Workbook:
    """The workbook without the sheets that carry our mark; a note names them.

    Anyone can set the mark, so what is passed over has to be said.
    """
    own = {name.sheet for name in workbook.names if name.name == SHEET_MARK and name.sheet}
    passed_over = [sheet.name for sheet in workbook.sheets if sheet.name in own]
    if not passed_over:
        return workbook
    note = f"Passed over, since Tickmark's mark says that it wrote them: {', '.join(passed_over)}."
    return replace(
        workbook,
        sheets=tuple(sheet for sheet in workbook.sheets if sheet.name not in own),
        names=tuple(name for name in workbook.names if name.sheet not in own),
        notes=(*workbook.notes, note),
    )


def is_own_output(workbook: Workbook) -> bool:
    """Whether Tickmark wrote the workbook itself.

    Where the user deleted our sheet again, Excel leaves the name without its cell.
    """
    return any(name.name == MARK and "#REF!" not in name.refers_to for name in workbook.names)
