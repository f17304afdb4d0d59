"""Cells of open workbooks marked as changed, so that Excel calculates them again."""

from __future__ import annotations

import atexit
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from tickmark.hosts.functions import states
from tickmark.hosts.functions.call import Caller

MOST_CELLS: Final = 500_000
"""Cells of a sheet that are looked through for functions that have moved."""

_MANUAL: Final = "manual"
_OURS: Final = "LLM_"
# Codes of COM: an error of Excel's own with its code inside, and those of a program that is gone.
_EXCEPTION: Final = -2_147_352_567
_SUSPENDED: Final = -2_146_777_998
_GONE: Final = frozenset({-2_147_023_174, -2_147_023_170, -2_147_417_848})
_LOG: Final = logging.getLogger("tickmark.functions")


def mark_in_excel(callers: Sequence[Caller]) -> Sequence[Caller]:
    """Mark cells as changed and let Excel calculate them; gives back those it was too busy for.

    With manual calculation they are only marked: the user's F9 stays the user's. Where the cell is
    no longer at its place (the workbook was saved under another name, a row inserted, a sheet
    renamed), every function of ours that shows a state is marked: to calculate it is free. Cells of
    workbooks that are closed are forgotten.
    """
    import xlwings  # noqa: PLC0415 - loads much, and only Excel's process needs it

    _refuse_at_once()
    apps = list(xlwings.apps)
    lost = dict.fromkeys(callers)
    busy: dict[Caller, None] = {}
    is_any_busy = False
    for app in apps:
        try:
            found, put_off = _marked(app, callers)
        except Exception as error:  # noqa: BLE001 - Excel's errors have no root but this one
            is_any_busy = is_any_busy or not _is_final(error)
            continue
        busy.update(dict.fromkeys(put_off))
        for caller in (*found, *put_off):
            lost.pop(caller, None)
    if is_any_busy:
        return list(busy | lost)
    if lost:
        done = [_marked_where_states_are(app) for app in apps]
        busy.update({} if all(done) else lost)
    return list(busy)


def _marked(app: Any, callers: Sequence[Caller]) -> tuple[list[Caller], list[Caller]]:  # noqa: ANN401 - xlwings ships no types
    """The callers that were marked at their places, and those for which Excel was too busy."""
    found: list[Caller] = []
    put_off: list[Caller] = []
    marked = False
    for book in app.books:
        # Not xlwings' own `fullname`: it looks for the local file of one in the cloud, and fails.
        names = {book.api.FullName.casefold(), book.api.Name.casefold()}
        sheets = {sheet.name.casefold(): sheet for sheet in book.sheets}
        for caller in callers:
            sheet = sheets.get(caller.sheet.casefold())
            if sheet is None or caller.book.casefold() not in names:
                continue
            try:
                is_ours = _mark(sheet, caller)
            except Exception as error:  # noqa: BLE001 - Excel's errors have no root but this one
                (found if _is_final(error) else put_off).append(caller)
            else:
                marked = True
                if is_ours:
                    found.append(caller)
    if marked:
        _calculate(app)
    return found, put_off


def _mark(sheet: Any, caller: Caller) -> bool:  # noqa: ANN401 - xlwings ships no types
    """Mark the cells at the caller's place; whether a function of ours stands there."""
    first = (caller.row, caller.column)
    last = (caller.row + caller.rows - 1, caller.column + caller.columns - 1)
    _dirty(sheet.range(first, last).api)
    formula = sheet.range(first).api.Formula
    return isinstance(formula, str) and _OURS in formula.upper()


def _dirty(cells: Any) -> None:  # noqa: ANN401 - an object of Excel
    try:
        cells.Dirty()
    except Exception as error:
        if not _is_final(error):
            raise
        # What may not be marked, as a protected sheet may have it, can still be calculated.
        cells.Calculate()


def _marked_where_states_are(app: Any) -> bool:  # noqa: ANN401 - xlwings ships no types
    """Mark all functions that show a state; False where Excel was too busy."""
    try:
        cells = [cell for book in app.books for cell in _cells_with_states(book)]
        for cell in cells:
            _dirty(cell)
        if cells:
            _calculate(app)
    except Exception as error:  # noqa: BLE001 - Excel's errors have no root but this one
        return _is_final(error)
    return True


def _cells_with_states(book: Any) -> Iterator[Any]:  # noqa: ANN401 - xlwings ships no types
    for sheet in book.sheets:
        used = sheet.api.UsedRange
        if used.CountLarge > MOST_CELLS:
            continue
        for row, column in _states_in(used.Value2):
            cell = sheet.range((used.Row + row, used.Column + column)).api
            formula = cell.Formula
            if isinstance(formula, str) and _OURS in formula.upper():
                yield cell


def _states_in(values: object) -> Iterable[tuple[int, int]]:
    rows = values if isinstance(values, (tuple, list)) else ((values,),)
    for at, row in enumerate(rows):
        for across, value in enumerate(row):
            if isinstance(value, str) and states.PREFIX in value:
                yield at, across


def _calculate(app: Any) -> None:  # noqa: ANN401 - xlwings ships no types
    if app.calculation != _MANUAL:
        app.calculate()


def _is_final(error: Exception) -> bool:
    """Whether trying again is of no use: Excel is gone, or refused for a reason that stays."""
    code = getattr(error, "hresult", None)
    if code == _EXCEPTION:
        details = getattr(error, "excepinfo", None) or ()
        is_final = _SUSPENDED not in details
    else:
        is_final = code in _GONE
    if is_final:
        _LOG.info("Excel did not calculate a cell: %s", code)
    return is_final


def _refuse_at_once() -> None:
    """Have a busy Excel say so.

    As it comes xlwings asks again without a pause for as long as a cell is typed in.
    """
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        _xlwindows.N_COM_ATTEMPTS = 1


def spare_other_excels() -> None:
    """Keep xlwings from ending, when this process ends, all Excels that show no workbook.

    It takes them for leftovers; one may be the user's that has just been started, or is closing.
    """
    if sys.platform == "win32":
        from xlwings import _xlwindows  # noqa: PLC0415 - exists on Windows only

        atexit.unregister(_xlwindows.cleanup)
