"""Cells of open workbooks are marked where they are, and where they have moved to."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace

import pytest
import xlwings

from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.marking import mark_in_excel, spare_other_excels

ONE = Caller("C:\\m.xlsx", "P&L", 2, 3)
TWO = Caller("C:\\m.xlsx", "P&L", 3, 3)
FORMULA = '=LLM_ASK(A1:B9,"why?")'
WAIT = "#LLM wait"

REJECTED = -2_147_418_111
EXCEPTION = -2_147_352_567
SUSPENDED = -2_146_777_998
DISCONNECTED = -2_147_417_848

Place = tuple[int, int]


class ComError(Exception):
    """As pywin32 raises it: a code, and that of the program inside."""

    def __init__(self, code: int, inner: int = 0) -> None:
        super().__init__(code)
        self.hresult = code
        self.excepinfo = (0, "Microsoft Excel", "text", None, 0, inner)


class Worksheet:
    """A sheet of formulas and values; notes what is marked."""

    def __init__(self, name: str, log: list[object], cells: dict[Place, str]) -> None:
        self.name = name
        self.log = log
        self.cells = cells
        self.refuses: Callable[[], None] = lambda: None

    @property
    def api(self) -> SimpleNamespace:
        bottom = max((row for row, _ in self.cells), default=1)
        right = max((column for _, column in self.cells), default=1)
        values: object = tuple(
            tuple(WAIT if (row, column) in self.cells else None for column in range(2, right + 1))
            for row in range(1, bottom + 1)
        )
        used = SimpleNamespace(Row=1, Column=2, CountLarge=bottom * right, Value2=values)
        return SimpleNamespace(UsedRange=used)

    def range(self, first: Place, last: Place | None = None) -> SimpleNamespace:
        def dirty() -> None:
            self.refuses()
            self.log.append((self.name, first, last or first))

        def calculate() -> None:
            self.log.append(("calculated", first))

        formula = self.cells.get(first, "")
        return SimpleNamespace(
            api=SimpleNamespace(Dirty=dirty, Calculate=calculate, Formula=formula)
        )


def excel(
    log: list[object],
    cells: dict[Place, str] | None = None,
    *,
    full_name: str = "C:\\m.xlsx",
    calculation: str = "automatic",
) -> SimpleNamespace:
    here = {(2, 3): FORMULA, (3, 3): FORMULA} if cells is None else cells
    names = SimpleNamespace(FullName=full_name, Name=full_name.rpartition("\\")[2])
    book = SimpleNamespace(
        api=names, sheets=[Worksheet("P&L", log, here), Worksheet("Notes", log, {})]
    )
    return SimpleNamespace(
        books=[book], calculation=calculation, calculate=lambda: log.append("calculate")
    )


@pytest.fixture
def log() -> list[object]:
    return []


def opened(monkeypatch: pytest.MonkeyPatch, apps: Sequence[SimpleNamespace]) -> None:
    monkeypatch.setattr(xlwings, "apps", apps)


def test_cells_are_marked_in_every_excel_that_has_the_book_open(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    formulas = {(2, 3): FORMULA, (5, 1): FORMULA}
    opened(monkeypatch, [excel(log, formulas, full_name="C:\\M.xlsx"), excel(log, full_name="o")])
    spilled = Caller("c:\\m.xlsx", "p&l", 5, 1, rows=1, columns=4)

    assert mark_in_excel([ONE, spilled]) == []
    assert log == [("P&L", (2, 3), (2, 3)), ("P&L", (5, 1), (5, 4)), "calculate"]


def test_manual_calculation_stays_the_users(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    opened(monkeypatch, [excel(log, calculation="manual")])

    assert mark_in_excel([ONE]) == []
    assert log == [("P&L", (2, 3), (2, 3))]


def test_automatic_but_for_data_tables_is_automatic(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    opened(monkeypatch, [excel(log, calculation="semiautomatic")])

    assert mark_in_excel([ONE]) == []
    assert log == [("P&L", (2, 3), (2, 3)), "calculate"]


@pytest.mark.parametrize("full_name", ["C:\\saved as.xlsx", "https://example.org/docs/m.xlsx"])
def test_a_workbook_saved_under_another_name_is_found_by_what_its_cells_show(
    monkeypatch: pytest.MonkeyPatch, log: list[object], full_name: str
) -> None:
    opened(monkeypatch, [excel(log, full_name=full_name)])

    assert mark_in_excel([Caller("Book1", "P&L", 2, 3)]) == []
    assert log == [("P&L", (2, 3), (2, 3)), ("P&L", (3, 3), (3, 3)), "calculate"]


def test_a_function_that_was_moved_by_an_inserted_row_is_found(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    opened(monkeypatch, [excel(log, {(7, 3): FORMULA, (8, 3): "=A1"})])

    assert mark_in_excel([ONE]) == []
    assert log == [("P&L", (2, 3), (2, 3)), "calculate", ("P&L", (7, 3), (7, 3)), "calculate"]


def test_a_renamed_sheet_is_found(monkeypatch: pytest.MonkeyPatch, log: list[object]) -> None:
    opened(monkeypatch, [excel(log)])

    assert mark_in_excel([Caller("C:\\m.xlsx", "Old name", 2, 3)]) == []
    assert log == [("P&L", (2, 3), (2, 3)), ("P&L", (3, 3), (3, 3)), "calculate"]


def test_cells_of_a_closed_workbook_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    opened(monkeypatch, [])

    assert mark_in_excel([ONE, TWO]) == []


@pytest.mark.parametrize(
    "error", [ComError(REJECTED), ComError(EXCEPTION, SUSPENDED), OSError("busy")]
)
def test_a_cell_for_which_excel_is_busy_is_given_back(
    monkeypatch: pytest.MonkeyPatch, log: list[object], error: Exception
) -> None:
    app = excel(log)

    def refuse() -> None:
        raise error

    monkeypatch.setattr(app.books[0].sheets[0], "refuses", refuse)
    opened(monkeypatch, [app])

    assert mark_in_excel([ONE, TWO]) == [ONE, TWO]
    assert log == []


def test_a_cell_that_may_not_be_marked_is_calculated(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    """It is not tried again: until it is given up all other cells would wait for it."""
    app = excel(log)

    def refuse() -> None:
        raise ComError(EXCEPTION)

    monkeypatch.setattr(app.books[0].sheets[0], "refuses", refuse)
    opened(monkeypatch, [app])

    assert mark_in_excel([ONE]) == []
    assert log == [("calculated", (2, 3)), "calculate"]


class Unwilling:
    """An Excel that answers nothing."""

    calculation = "automatic"

    def __init__(self, code: int) -> None:
        self._code = code

    @property
    def books(self) -> object:
        raise ComError(self._code)


def test_a_busy_excel_keeps_no_other_from_its_cells(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    elsewhere = Caller("C:\\elsewhere.xlsx", "P&L", 2, 3)
    opened(monkeypatch, [Unwilling(REJECTED), excel(log)])  # type: ignore[list-item]

    assert mark_in_excel([ONE, elsewhere]) == [elsewhere]
    assert log == [("P&L", (2, 3), (2, 3)), "calculate"]


def test_an_excel_that_is_gone_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, log: list[object]
) -> None:
    opened(monkeypatch, [Unwilling(DISCONNECTED), excel(log)])  # type: ignore[list-item]

    assert mark_in_excel([ONE]) == []
    assert log == [("P&L", (2, 3), (2, 3)), "calculate"]


def test_on_windows_xlwings_neither_insists_nor_ends_other_excels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it comes it asks a busy Excel without a pause, and kills those without a workbook."""
    killed: list[str] = []

    def cleanup() -> None:
        killed.append("EXCEL.EXE")

    windows = ModuleType("xlwings._xlwindows")
    windows.__dict__.update(N_COM_ATTEMPTS=0, cleanup=cleanup)
    monkeypatch.setitem(sys.modules, "xlwings._xlwindows", windows)
    monkeypatch.setattr(xlwings, "_xlwindows", windows, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    opened(monkeypatch, [])
    spared: list[object] = []
    monkeypatch.setattr(atexit, "unregister", spared.append)

    assert mark_in_excel([ONE]) == []
    spare_other_excels()

    assert windows.__dict__["N_COM_ATTEMPTS"] == 1
    assert spared == [cleanup]
