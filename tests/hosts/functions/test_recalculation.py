"""Cells whose answers have come are calculated again, in batches, patiently."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from types import SimpleNamespace

import pytest
import xlwings

from tickmark.hosts.functions.call import Caller
from tickmark.hosts.functions.recalculation import Recalculation, recalculate_in_excel

ONE = Caller("C:\\m.xlsx", "P&L", 2, 3)
TWO = Caller("C:\\m.xlsx", "P&L", 3, 3)


class Sink:
    """Notes the batches; says busy for the first ones, or fails."""

    def __init__(self, busy: int = 0, *, error: bool = False) -> None:
        self.batches: list[list[Caller]] = []
        self.done = threading.Event()
        self._busy = busy
        self._error = error

    def __call__(self, callers: Sequence[Caller]) -> Sequence[Caller]:
        self.batches.append(list(callers))
        if len(self.batches) <= self._busy:
            if self._error:
                message = "call was rejected by callee"
                raise OSError(message)
            return callers
        self.done.set()
        return []


@pytest.fixture
def recalculations() -> Iterator[list[Recalculation]]:
    made: list[Recalculation] = []
    yield made
    for one in made:
        one.close()
    assert not [t for t in threading.enumerate() if t.name == "recalculation"]


def test_cells_are_calculated_once_though_reported_twice(
    recalculations: list[Recalculation],
) -> None:
    hold, sink = threading.Event(), Sink()

    def slow(callers: Sequence[Caller]) -> Sequence[Caller]:
        hold.wait(10)
        return sink(callers)

    recalculations.append(one := Recalculation(slow))
    one.changed([ONE])
    one.changed([ONE, TWO])
    one.changed([TWO])
    hold.set()
    assert sink.done.wait(10)
    one.close()
    assert [cell for batch in sink.batches for cell in batch].count(TWO) == 1


@pytest.mark.parametrize("error", [False, True])
def test_a_busy_excel_is_asked_again(recalculations: list[Recalculation], error: bool) -> None:
    sink = Sink(busy=3, error=error)
    recalculations.append(one := Recalculation(sink, first_wait=0.001))
    one.changed([ONE, TWO])
    assert sink.done.wait(10)
    assert sink.batches == [[ONE, TWO]] * 4


class Cells:
    def __init__(self, log: list[object], place: object) -> None:
        self.api = SimpleNamespace(Dirty=lambda: log.append(place))


class Worksheet:
    def __init__(self, name: str, log: list[object]) -> None:
        self.name = name
        self._log = log

    def range(self, first: object, last: object) -> Cells:
        return Cells(self._log, (self.name, first, last))


class Worksheets(list[Worksheet]):
    def __getitem__(self, name: object) -> Worksheet:  # type: ignore[override]
        return next(sheet for sheet in self if sheet.name.casefold() == str(name).casefold())


def app(log: list[object], calculation: str, fullname: str) -> SimpleNamespace:
    sheets = Worksheets([Worksheet("P&L", log), Worksheet("Notes", log)])
    books = [
        SimpleNamespace(
            fullname=fullname, name=fullname.rsplit("\\", maxsplit=1)[-1], sheets=sheets
        )
    ]
    return SimpleNamespace(
        books=books, calculation=calculation, calculate=lambda: log.append("calculate")
    )


def test_cells_are_marked_in_every_excel_that_has_the_book_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log: list[object] = []
    apps = [app(log, "automatic", "C:\\M.xlsx"), app(log, "automatic", "C:\\other.xlsx")]
    monkeypatch.setattr(xlwings, "apps", apps)
    spilled = Caller("c:\\m.xlsx", "p&l", 5, 1, rows=1, columns=4)
    gone = Caller("c:\\m.xlsx", "Deleted", 1, 1)
    assert recalculate_in_excel([ONE, spilled, gone]) == []
    assert log == [("P&L", (2, 3), (2, 3)), ("P&L", (5, 1), (5, 4)), "calculate"]


def test_manual_calculation_stays_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[object] = []
    monkeypatch.setattr(xlwings, "apps", [app(log, "manual", "C:\\m.xlsx")])
    assert recalculate_in_excel([ONE]) == []
    assert log == [("P&L", (2, 3), (2, 3))]


def test_a_cell_that_excel_refuses_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    log: list[object] = []
    excel = app(log, "automatic", "C:\\m.xlsx")

    def refuse() -> None:
        raise OSError

    sheet = excel.books[0].sheets["P&L"]
    monkeypatch.setattr(
        sheet, "range", lambda *_: SimpleNamespace(api=SimpleNamespace(Dirty=refuse))
    )
    monkeypatch.setattr(xlwings, "apps", [excel])
    assert recalculate_in_excel([ONE, TWO]) == [ONE, TWO]
    assert log == []
