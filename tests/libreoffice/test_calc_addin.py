"""The worksheet functions in a real Calc: extension, backend process, and a Claude on loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

from tests.libreoffice import office as offices
from tests.libreoffice.office import Office
from tests.messages_api import KEY, MessagesApi
from tests.request_answers import default_answer
from tickmark import __version__
from tickmark.excel import libreoffice
from tickmark.excel.oxt import extension, sources

SECONDS = 30.0
WAIT = "#LLM wait"


@dataclass
class Claude:
    """The server; while `open` is not set, no answer leaves it."""

    api: MessagesApi
    open: threading.Event = field(default_factory=threading.Event)


@pytest.fixture(scope="module")
def claude() -> Iterator[Claude]:
    def held(content: dict[str, Any]) -> str:
        assert served.open.wait(SECONDS)
        return default_answer(content)

    with MessagesApi(held) as api:
        served = Claude(api)
        yield served
        served.open.set()


@pytest.fixture(scope="module")
def calc_office(
    claude: Claude, tmp_path_factory: pytest.TempPathFactory, office: Office
) -> Iterator[Office]:
    """An office with the extension, beside the one of the test run, which has none."""
    assert office.folder.is_dir()
    folder = tmp_path_factory.mktemp("calc")
    program = offices.program()
    assert program is not None
    own = libreoffice.LibreOffice(program, folder / "profile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANTHROPIC_BASE_URL", claude.api.url)
        patch.setenv("ANTHROPIC_API_KEY", KEY)
        command = libreoffice.backend_command()
        libreoffice.install(own, extension(sources(), command, __version__))
        running = offices.start(folder)
    try:
        yield running
    finally:
        offices.stop(running)


@dataclass(frozen=True)
class Calc:
    """The running office, to make and open documents in."""

    desktop: Any
    context: Any
    uno: Any

    def properties(self, **values: object) -> tuple[Any, ...]:
        made = []
        for name, value in values.items():
            one = self.uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            one.Name, one.Value = name, value
            made.append(one)
        return tuple(made)

    def press(self, entry: str) -> None:
        """Choose an entry of the Tickmark menu."""
        name = "tickmark.calc.Menu"
        manager = self.context.ServiceManager
        manager.createInstanceWithContext(name, self.context).trigger(entry)

    def open(self, url: str = "private:factory/scalc") -> Any:
        return self.desktop.loadComponentFromURL(url, "_blank", 0, self.properties(Hidden=True))


@pytest.fixture
def calc_app(calc_office: Office, claude: Claude) -> Iterator[Calc]:
    uno = offices.load_uno(calc_office.folder)
    context = offices.connect(calc_office.folder, calc_office.pipe)
    name = "com.sun.star.frame.Desktop"
    desktop = context.ServiceManager.createInstanceWithContext(name, context)
    claude.open.set()
    yield Calc(desktop, context, uno)
    claude.open.set()
    components = desktop.getComponents().createEnumeration()
    while components.hasMoreElements():
        components.nextElement().close(True)


@pytest.fixture
def sheet(calc_app: Calc) -> Any:
    return filled(calc_app.open())


def filled(document: Any) -> Any:
    sheet = document.Sheets.getByIndex(0)
    sheet.Name = "Sales"
    rows = (
        ("Region", "Sales", "Share"),
        ("North", "40", "=B2/SUM(B2:B3;0)"),
        ("South", "60", "=1/0"),
    )
    sheet.getCellRangeByName("A1:C3").setFormulaArray(rows)
    return sheet


def enter(sheet: Any, address: str, formula: str) -> None:
    sheet.getCellRangeByName(address).setFormula(formula)


def shown(sheet: Any, address: str) -> str:
    return str(sheet.getCellRangeByName(address).getString())


def until(happened: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end, f"still not so: {what}"
        time.sleep(0.05)


def answered(sheet: Any, address: str) -> str:
    def is_answered() -> bool:
        text = shown(sheet, address)
        assert text in {WAIT, ""} or not text.startswith("#LLM"), text
        return text != WAIT

    until(is_answered, f"{address} has an answer")
    return shown(sheet, address)


def backend(office: Office) -> psutil.Process:
    """The backend process of an office."""
    for process in psutil.Process(office.process.pid).children(recursive=True):
        if libreoffice.BACKEND_MODULE in process.cmdline():
            return process
    raise AssertionError("no backend runs")


def test_a_formula_computes_from_values_formulas_and_place(sheet: Any, claude: Claude) -> None:
    enter(sheet, "E1", '=LLM_ASK(A1:C3;"Which region is larger?")')
    answer = answered(sheet, "E1")

    sent = claude.api.calls[-1].user
    assert "Sales" in answer
    assert "=B2/SUM(B2:B3,0)" in sent
    assert "#DIV/0!" in sent
    assert "Which region is larger?" in sent


def test_twenty_cells_are_entered_before_the_first_answer_leaves(
    sheet: Any, claude: Claude
) -> None:
    claude.open.clear()
    before = claude.api.answered
    for row in range(1, 21):
        enter(sheet, f"F{row}", f'=LLM_ASK(A1:C3;"Question {row}?")')

    assert [shown(sheet, f"F{row}") for row in range(1, 21)] == [WAIT] * 20
    assert claude.api.answered == before
    claude.open.set()
    assert all(answered(sheet, f"F{row}") for row in range(1, 21))
    assert claude.api.answered == before + 20


def test_many_recalculations_ask_once(calc_app: Calc, claude: Claude) -> None:
    document = calc_app.open()
    sheet = filled(document)
    claude.open.clear()
    before = len(claude.api.calls)
    enter(sheet, "E1", '=LLM_ASK(A1:C3;"Asked once?")')
    enter(sheet, "E2", '=LLM_ASK(A1:C3;"Asked once?")')
    for _ in range(20):
        document.calculateAll()
    claude.open.set()
    answer = answered(sheet, "E1")
    for _ in range(20):
        document.calculateAll()
        assert shown(sheet, "E2") == answer

    assert len(claude.api.calls) == before + 1


def test_a_reopened_document_asks_nothing_again(
    calc_app: Calc, claude: Claude, tmp_path: Path
) -> None:
    document = calc_app.open()
    sheet = filled(document)
    enter(sheet, "E1", '=LLM_CLASSIFY(A2:A3;"North; South")')
    answer = answered(sheet, "E1")
    url = (tmp_path / "book.ods").as_uri()
    document.storeToURL(url, calc_app.properties(FilterName="calc8"))
    document.close(True)
    before = len(claude.api.calls)

    again = calc_app.open(url)
    again.calculateAll()

    assert shown(again.Sheets.getByIndex(0), "E1") == answer
    assert len(claude.api.calls) == before


def test_a_document_that_counts_days_from_1904_asks_about_the_dates_it_shows(
    calc_app: Calc, claude: Claude
) -> None:
    document = calc_app.open()
    sheet = filled(document)
    start = calc_app.uno.createUnoStruct("com.sun.star.util.Date")
    start.Day, start.Month, start.Year = 1, 1, 1904
    document.NullDate = start
    date = sheet.getCellRangeByName("B3")
    date.setValue(44_561)
    language = calc_app.uno.createUnoStruct("com.sun.star.lang.Locale")
    date.NumberFormat = document.NumberFormats.queryKey("YYYY-MM-DD", language, False)
    assert date.getString() == "2026-01-01"

    enter(sheet, "E1", '=LLM_ASK(A1:B3;"When is it?")')
    answered(sheet, "E1")

    assert "2026-01-01" in claude.api.calls[-1].user


def test_a_table_fills_an_array_formula_and_tells_its_size_in_one_cell(sheet: Any) -> None:
    area = sheet.getCellRangeByName("E1:I4")
    area.setArrayFormula('=LLM_ANALYZE(A1:C3;"why?")')
    enter(sheet, "K1", '=LLM_ANALYZE(A1:C3;"why?")')
    heading = answered(sheet, "E1")

    headings = [sheet.getCellByPosition(column, 0).getString() for column in range(4, 9)]
    assert headings[1:] == ["Evidence", "Value", "Check", "Confidence"]
    assert heading.startswith("Finding (")
    assert heading.endswith(" rows, 5 columns)")
    assert answered(sheet, "K1") == heading
    assert sheet.getCellRangeByName("E2").getString()


def test_literals_and_arrays_are_classified(sheet: Any) -> None:
    enter(sheet, "E1", '=LLM_CLASSIFY("taxi";"taxi; Food")')
    sheet.getCellRangeByName("E2:E3").setArrayFormula('=LLM_CLASSIFY(A2:A3;"North; South")')

    assert answered(sheet, "E1") == "taxi"
    assert (answered(sheet, "E2"), shown(sheet, "E3")) == ("North", "South")


def test_the_audit_is_free_and_status_and_cost_know_the_cell(sheet: Any, claude: Claude) -> None:
    before = len(claude.api.calls)
    sheet.getCellRangeByName("E1:J2").setArrayFormula("=LLM_AUDIT(A1:C3)")
    enter(sheet, "L1", "=LLM_STATUS(E1)")
    enter(sheet, "L2", '=LLM_COST("today")')
    until(lambda: shown(sheet, "E1").startswith("Severity"), "the audit is there")
    until(lambda: shown(sheet, "L1") in {"done", "cached"}, "its status is told")

    assert sheet.getCellRangeByName("G2").getString() == "Sales!C3"
    assert float(shown(sheet, "L2")) >= 0
    assert len(claude.api.calls) == before


def test_a_killed_backend_is_told_and_the_next_calculation_recovers(
    calc_app: Calc, calc_office: Office, claude: Claude
) -> None:
    document = calc_app.open()
    sheet = filled(document)
    enter(sheet, "E1", '=LLM_ASK(A1:C3;"Paid before?")')
    paid = answered(sheet, "E1")
    claude.open.clear()
    enter(sheet, "E2", '=LLM_ASK(A1:C3;"In the middle?")')
    assert shown(sheet, "E2") == WAIT  # a hidden document computes what is looked at
    until(lambda: "In the middle?" in claude.api.calls[-1].user, "the question is sent")
    before = claude.api.answered

    backend(calc_office).kill()
    until(lambda: shown(sheet, "E2") == "#LLM backend: it has ended; recalculate", "it is told")
    assert shown(sheet, "E1") == paid
    claude.open.set()

    def recovered() -> bool:
        document.calculateAll()
        return not shown(sheet, "E2").startswith("#LLM")

    until(recovered, "a new backend answers")
    assert shown(sheet, "E1") == paid
    assert [one.user for one in claude.api.calls].count(claude.api.calls[-1].user) <= 2
    assert claude.api.answered <= before + 2


def test_formulas_of_a_file_from_excel_are_repaired(calc_app: Calc, tmp_path: Path) -> None:
    path = tmp_path / "excel.xlsx"
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"] = "North"
    page["B1"] = '=LLM_CLASSIFY(A1,"North; South")'
    book.save(path)
    document = calc_app.open(path.as_uri())
    sheet = document.Sheets.getByIndex(0)
    calc_app.press("repair")

    assert answered(sheet, "B1") == "North"


def test_the_menu_pauses_and_resumes(calc_app: Calc) -> None:
    sheet = filled(calc_app.open())
    tries = iter(range(1000))
    word = ""

    def paused() -> bool:
        nonlocal word
        word = f"tram {next(tries)}"
        enter(sheet, "E1", f'=LLM_CLASSIFY("{word}";"{word}; Food")')
        until(lambda: shown(sheet, "E1") != WAIT, "the cell knows more")
        return shown(sheet, "E1").startswith("#LLM paused")

    calc_app.press("pause")
    until(paused, "nothing is sent any more")
    calc_app.press("resume")

    until(lambda: shown(sheet, "E1") == word, "the cell goes on by itself")


def test_what_costs_money_is_not_pressed_without_a_window(
    calc_app: Calc, calc_office: Office
) -> None:
    wishes = offices.home(calc_office.folder) / "state" / "wishes"
    calc_app.press("pause")
    calc_app.press("resume")
    calc_app.press("refresh")
    calc_app.press("run")

    assert [path.name for path in wishes.iterdir()] == ["paused"]


def test_the_function_wizard_knows_functions_and_arguments(calc_app: Calc) -> None:
    descriptions = calc_app.context.ServiceManager.createInstanceWithContext(
        "com.sun.star.sheet.FunctionDescriptions", calc_app.context
    )
    found = {}
    for index in range(descriptions.getCount()):
        one = {prop.Name: prop.Value for prop in descriptions.getByIndex(index)}
        if one["Name"].startswith("LLM_"):
            found[one["Name"]] = [argument.Name for argument in one["Arguments"]]

    assert len(found) == 9
    assert found["LLM_ANALYZE"] == ["range", "question", "options"]
    assert found["LLM_TRANSFORM"] == ["values", "instruction", "examples", "options"]
