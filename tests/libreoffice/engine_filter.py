"""The filter of a sheet in Calc, as xlwings wants that of Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.libreoffice.engine_errors import plain_errors

if TYPE_CHECKING:
    from tests.libreoffice.engine_range import Range


@plain_errors
class AutoFilter:
    """The filter of a sheet; the one rule that it knows hides rows with a blank in a column."""

    def __init__(self, area: Range) -> None:
        self._area = area

    def apply_comparison(self, field: int, operator: str, value1: Any, value2: Any) -> None:
        if (operator, value1, value2) != ("not_equal_to", None, None):
            message = f"the filter {operator} {value1} is not known here"
            raise NotImplementedError(message)
        self._show_buttons()
        rows = self._area.shape[0]
        for row in range(2, rows + 1):
            if self._area(row, field).raw_value is None:
                self._area(row, field).row_hidden = True

    def clear(self, field: int | None = None) -> None:
        del field
        self._area.row_hidden = False

    def _show_buttons(self) -> None:
        sheet = self._area.sheet
        shown = sheet.book.app.engine.filtered
        mark = (str(sheet.book.document.RuntimeUID), sheet.name)
        if mark not in shown:
            shown.add(mark)
            self._area.api.AutoFilter()
