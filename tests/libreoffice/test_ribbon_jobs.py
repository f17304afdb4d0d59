"""Buttons pressed in a live document: their jobs, their sheets, the user's own cells."""

from __future__ import annotations

import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.books import save
from tests.libreoffice.dialogue import Dialogue
from tests.libreoffice.office import ROOT, Office
from tests.messages_api import Fault, MessagesApi
from tickmark.hosts.functions import local_desk
from tickmark.hosts.job_log import log_file
from tickmark.hosts.jobs.frozen import frozen_blocks
from tickmark.hosts.jobs.work import main
from tickmark.hosts.ribbon import press
from tickmark.model.address import RangeRef
from tickmark.settings import state_folder
from tickmark.wiring import spending

if TYPE_CHECKING:
    import xlwings
    from openpyxl.worksheet.worksheet import Worksheet

ARGUMENTS = ["--wb=book.xlsx", "--from_xl=1", "--app=Calc", "--hwnd=0"]
BOOK = {
    "P&L": {
        "A1": "Item", "B1": "2025", "C1": "2026",
        "A2": "Sales", "B2": 100, "C2": "=B2*1.1",
        "A3": "Costs", "B3": 60, "C3": "=B3*1.1",
        "A4": "Rent", "B4": 10, "C4": 12,
        "A5": "Other", "B5": 5, "C5": "=B5*1.1",
        "A6": "Total", "B6": "=SUM(B2:B5)", "C6": "=SUM(C2:C5)/Inputs!B9",
    },
    "Inputs": {"A1": "'=1+1", "A2": "a & b <c>", "A3": "'); import os"},
}  # fmt: skip


def in_this_process(command: Sequence[str], _folder: Path) -> int:
    """Carry an order out at once, where the tests have their engine."""
    main(command[-2:])
    return 0


def pressed(tag: str) -> None:
    press(tag, ARGUMENTS, start=in_this_process)


@pytest.fixture
def book(calc: xlwings.App, tmp_path: Path) -> xlwings.Book:
    opened = calc.books.open(str(save(tmp_path / "book.xlsx", BOOK)))
    opened.sheets["P&L"].range("A1").select()
    return opened


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesApi]:
    with MessagesApi() as running:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", running.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        yield running


def cells(book: xlwings.Book) -> Mapping[str, tuple[str, Any]]:
    """Formulas and constants of every sheet, with their extent."""
    return {
        sheet.name: (sheet.used_range.address, sheet.used_range.formula) for sheet in book.sheets
    }


def reopened(book: xlwings.Book, path: Path) -> openpyxl.Workbook:
    book.save(str(path))
    return openpyxl.load_workbook(path)


def column(page: Worksheet, letter: str) -> list[object]:
    return [cell.value for cell in page[letter]]


def facts(page: Worksheet) -> dict[str, str]:
    """The labels in the first column of a result sheet with the texts in the third."""
    rows = page.iter_rows(values_only=True)
    return {str(row[0]): str(row[2]) for row in rows if row[0] and row[2]}


def test_an_audit_writes_one_sheet_and_leaves_the_users_cells(
    book: xlwings.Book, saved: Path, dialogue: Dialogue
) -> None:
    before, path = cells(book), book.fullname

    pressed("audit-workbook")

    after = dict(cells(book))
    assert after.pop("Tickmark audit")
    assert after == before
    assert book.fullname == path
    assert dialogue.said("alert") == []
    assert dialogue.said("status")[-1] == ""
    page = reopened(book, saved)["Tickmark audit"]
    assert page["A1"].value == "Tickmark audit"
    assert page.auto_filter.ref == f"A3:G{page.freeze_panes and 4}"
    assert page.freeze_panes == "A4"
    assert page["D4"].value == "'P&L'!C6"
    assert page["D4"].hyperlink.location == "'P&L'!C6"
    assert facts(page)["Cost"] == "$0.00"


def test_reading_leaves_the_saved_state_of_the_document(book: xlwings.Book) -> None:
    before = book.api.Saved

    pressed("estimate")

    assert book.api.Saved == before


def test_an_analysis_tells_model_cost_coverage_and_run(
    book: xlwings.Book, saved: Path, dialogue: Dialogue, api: MessagesApi
) -> None:
    pressed("analyze-workbook")

    page = reopened(book, saved)["Tickmark analysis"]
    told = facts(page)
    assert told["Model"] == "claude-sonnet-5-5"
    assert told["Cost"].startswith("$0.0")
    assert told["Cost"].endswith("for 3 calls")
    assert "Run" in told
    assert "Coverage" in column(page, "A")
    assert len(api.calls) == 3
    progress = dialogue.said("status")
    assert any("2 of 2 sheets, 0.0" in line for line in progress)
    assert spending().spent().usd > 0
    assert (state_folder() / "cost.txt").read_text(encoding="ascii").endswith(" of 1.00 USD\n")


def test_one_sheet_is_one_call_that_sees_no_other_sheet(
    book: xlwings.Book, saved: Path, api: MessagesApi
) -> None:
    pressed("analyze-sheet")

    (call,) = api.calls
    assert "Sales" in call.user
    assert "a & b <c>" not in call.user
    page = reopened(book, saved)["Tickmark analysis"]
    assert "Inputs" not in column(page, "C")


def test_without_a_key_rules_are_run_and_the_sheet_says_so(book: xlwings.Book, saved: Path) -> None:
    pressed("analyze-workbook")

    page = reopened(book, saved)["Tickmark analysis"]
    assert facts(page)["Model"] == "Rules only, no model was asked"
    assert "Rules only: no API key is set (`tickmark key set`, or ANTHROPIC_API_KEY)." in column(
        page, "A"
    )


def test_a_refused_key_is_told_on_the_sheet_and_the_rules_are_there(
    book: xlwings.Book, saved: Path, api: MessagesApi
) -> None:
    api.fault_of = lambda _: Fault(status=401)

    pressed("analyze-sheet")

    page = reopened(book, saved)["Tickmark analysis"]
    assert "Missing" in column(page, "A")
    assert "'P&L'!C6" in column(page, "D")


def test_a_formula_from_the_model_or_a_cell_stays_text(
    book: xlwings.Book, saved: Path, api: MessagesApi
) -> None:
    api.answer = lambda _: (
        '{"summary": "=1+1", "remarks": [{"text": "=HYPERLINK(1)", "cells": ["B2"]}]}'
    )

    pressed("analyze-sheet")

    page = reopened(book, saved)["Tickmark analysis"]
    texts = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {"=1+1", "=HYPERLINK(1)"} <= {cell.value for cell in texts}
    assert {cell.data_type for cell in texts} == {"s", "n"}


def test_our_own_results_are_not_analysed_again(book: xlwings.Book, saved: Path) -> None:
    pressed("audit-workbook")
    pressed("audit-workbook")

    written = reopened(book, saved)
    assert written.sheetnames == ["P&L", "Inputs", "Tickmark audit", "Tickmark audit 2"]
    first, second = (written[name] for name in written.sheetnames[2:])
    before, after = column(first, "C"), column(second, "C")
    assert len(after) > len(before)
    assert before[:-1] == [
        text if "-" not in str(text) else before[row]
        for row, text in enumerate(after[: len(before) - 1])
    ]
    assert "Tickmark audit" not in after
    assert "Passed over, since Tickmark's mark says that it wrote them: Tickmark audit." in column(
        second, "A"
    )


@pytest.mark.parametrize(
    ("answer", "selected", "cells"),
    [("yes", "D1:D3", "2 cells"), ("yes", "D2", "1 cell"), ("no", "D1:D3", "2 cells")],
)
def test_refresh_asks_anew_for_the_selected_functions_where_the_user_says_yes(
    book: xlwings.Book,
    dialogue: Dialogue,
    answer: str,
    selected: str,
    cells: str,
) -> None:
    sheet = book.sheets["P&L"]
    sheet.range("D2").formula = '=LLM_ASK(A1:B5,"why?")'
    sheet.range("D3").formula = '=LLM_ASK(A1:B5,"when?")'
    sheet.activate()
    sheet.range(selected).select()
    dialogue.will_answer(answer)

    pressed("refresh")

    (asked,) = dialogue.said("alert")
    assert asked == (
        f"Tickmark: Ask the model anew for {cells} with LLM functions? Their answers are sent and "
        "paid again."
    )
    wishes = local_desk.control().read()
    areas = (RangeRef.parse(selected, sheet="P&L"),) if answer == "yes" else ()
    assert wishes.areas == areas
    assert wishes.book == (book.fullname if areas else "")


def test_a_result_as_the_active_sheet_is_refused_in_a_sentence(
    book: xlwings.Book, dialogue: Dialogue
) -> None:
    pressed("audit-sheet")

    book.sheets["Tickmark audit"].activate()
    book.sheets["Tickmark audit"].range("A1").select()
    pressed("audit-sheet")

    (told,) = dialogue.said("alert")
    assert told == (
        "Tickmark: Tickmark audit is no worksheet of yours: it is a chart, or a result of "
        "Tickmark; choose another sheet and press the button again."
    )
    assert list((state_folder() / "locks").iterdir()) == []


@pytest.mark.parametrize(("answer", "left"), [("yes", 2), ("no", 4)])
def test_remove_asks_once_and_takes_only_our_sheets(
    book: xlwings.Book, dialogue: Dialogue, answer: str, left: int
) -> None:
    before = cells(book)
    pressed("audit-sheet")
    pressed("audit-workbook")
    dialogue.will_answer(answer)

    pressed("remove")

    assert len(book.sheets) == left
    assert {name: value for name, value in cells(book).items() if name in before} == before
    assert len(dialogue.said("alert")) == 1
    assert "Tickmark audit and Tickmark audit 2?" in dialogue.said("alert")[0]


def test_next_selects_the_cell_of_the_finding_also_without_the_result_sheet(
    book: xlwings.Book, dialogue: Dialogue
) -> None:
    pressed("audit-workbook")
    dialogue.will_answer("yes")
    pressed("remove")
    book.sheets["Inputs"].activate()

    pressed("next")

    selection = book.app.selection
    assert selection is not None
    assert (book.sheets.active.name, selection.address) == ("P&L", "$C$6")
    assert dialogue.said("status")[-1].startswith("Tickmark: Finding 1 of 1: high error-value")


def test_explain_and_ask_answer_on_a_sheet_with_links(
    book: xlwings.Book, saved: Path, dialogue: Dialogue, api: MessagesApi
) -> None:
    book.sheets["P&L"].range("C6").select()
    pressed("explain")
    dialogue.will_answer("=Which item is largest?")
    book.sheets["P&L"].range("A1:C6").select()
    pressed("ask")

    assert dialogue.said("alert") == []
    written = reopened(book, saved)
    assert written.sheetnames[2:] == ["Tickmark answer", "Tickmark answer 2"]
    page = written["Tickmark answer 2"]
    assert page["B2"].value == "=Which item is largest?"
    assert page["B2"].data_type == "s"
    assert ["Cells shown", "'P&L'!A1:C6"] in [list(r[:2]) for r in page.iter_rows(values_only=True)]
    assert page.freeze_panes == "A3"
    assert len(api.calls) == 2
    assert "Which item is largest?" in api.calls[1].user


def test_no_question_costs_nothing(book: xlwings.Book, api: MessagesApi) -> None:
    pressed("ask")

    assert len(book.sheets) == 2
    assert api.calls == []


def test_an_estimate_sends_nothing_and_names_calls_and_money(
    book: xlwings.Book, dialogue: Dialogue, api: MessagesApi
) -> None:
    pressed("estimate")

    (told,) = dialogue.said("alert")
    assert "Sheet P&L: 1 call to claude-sonnet-5-5, about " in told
    assert "Workbook: 3 calls to claude-sonnet-5-5, about " in told
    assert "Nothing was sent." in told
    assert (api.seen, len(book.sheets)) == ([], 2)


def test_the_report_is_that_of_the_last_run_and_made_where_there_was_none(
    book: xlwings.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def opens(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", opens)

    pressed("report")
    pressed("report")
    pressed("audit-workbook")
    pressed("report")

    assert len(book.sheets) == 3
    assert opened[0] == opened[1] != opened[2]
    page = Path(opened[2].removeprefix("file://")).read_text(encoding="utf-8")
    assert "1 high finding" in page


def test_the_doctor_writes_both_commands_checks_on_a_sheet(book: xlwings.Book, saved: Path) -> None:
    pressed("doctor")

    page = reopened(book, saved)["Tickmark doctor"]
    assert {"python", "api key", "system"} <= set(column(page, "B"))
    assert page.freeze_panes == "A4"


ECHO = """Function LLM_ASK(data)
LLM_ASK = data
End Function
Function LLM_ANALYZE(data)
LLM_ANALYZE = data
End Function
"""


@pytest.fixture
def answered(book: xlwings.Book) -> xlwings.Sheet:
    """A sheet whose LLM functions, written in Basic, give back what they get."""
    libraries = book.impl.document.BasicLibraries
    if not libraries.hasByName("Standard"):
        libraries.createLibrary("Standard")
    libraries.getByName("Standard").insertByName("Echo", ECHO)
    page = book.sheets["Inputs"]
    page.range("D1:D2").formula = [['=LLM_ASK("=2+2")'], ["=LLM_ASK(A2)"]]
    page.range("D3").formula = '=LLM_ASK("#LLM wait")'
    page.range("E1").formula = "=1+1"
    return page


def test_freeze_turns_answers_into_values_and_back(
    answered: xlwings.Sheet, dialogue: Dialogue
) -> None:
    before = answered.range("A1:E3").formula
    answered.range("A1:E3").select()

    pressed("freeze")

    assert answered.range("D1:D3").value == ["=2+2", "a & b <c>", "#LLM wait"]
    frozen = [line[0] for line in answered.range("D1:D3").formula]
    assert frozen[1:] == ["a & b <c>", '=LLM_ASK("#LLM wait")']
    assert answered.range("E1").formula == "=1+1"
    note = answered.range("D1").note
    assert note is not None
    assert note.text.startswith("Tickmark froze LLM_ASK at ")
    assert answered.range("D2").note is None
    assert dialogue.said("alert") == [
        "Tickmark: 1 block frozen on Inputs. 1 block without an answer yet stayed as formulas."
    ]

    answered.range("D1:D2").select()
    pressed("freeze")

    assert answered.range("A1:E3").formula == before
    assert answered.range("D1").note is None
    assert frozen_blocks() == ()


def test_one_selected_cell_means_the_sheet_and_a_table_is_frozen_whole(
    book: xlwings.Book, answered: xlwings.Sheet, saved: Path
) -> None:
    answered.range("D3").clear_contents()
    answered.range("G1:H2").formula_array = "=LLM_ANALYZE('P&L'!A2:B3)"
    answered.range("A1").select()

    pressed("freeze")

    assert answered.range("G1:H2").value == [["Sales", 100.0], ["Costs", 60.0]]
    page = reopened(book, saved)["Inputs"]
    assert [[cell.value for cell in row] for row in page["G1:H2"]] == [
        ["Sales", 100], ["Costs", 60],
    ]  # fmt: skip
    assert page["D1"].data_type == "s"
    assert page["G1"].comment is not None

    answered.range("H2").select()
    pressed("freeze")

    assert answered.range("G1").formula == "=LLM_ANALYZE('P&L'!A2:B3)"
    assert answered.range("D2").formula == "a & b <c>"


def test_our_note_goes_to_a_cell_without_one(answered: xlwings.Sheet) -> None:
    answered.range("D1").add_note("mine")
    answered.range("D1:D2").select()

    pressed("freeze")

    note = answered.range("D2").note
    assert note is not None
    assert note.text.startswith("Tickmark froze LLM_ASK at ")
    # LibreOffice itself drops a note where a value is set, which Excel does not.
    assert answered.range("D1").note is None
    assert answered.range("D2").formula == "a & b <c>"


def test_a_full_run_python_command_ends_in_a_sheet(
    office: Office, book: xlwings.Book, tmp_path: Path
) -> None:
    code = (
        "import xlwings.utils;xlwings.utils.prepare_sys_path('false;;;;;;');"
        "import xlwings_addin.ribbon; xlwings_addin.ribbon.pressed('audit-sheet')"
    )
    environment = office.environment({"TICKMARK_HOME": str(tmp_path / "tickmark-home")})

    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-B", "-c", code, *ARGUMENTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    locks = state_folder() / "locks"
    end = time.monotonic() + 60
    while list(locks.iterdir()):
        assert time.monotonic() < end, "the detached job did not end"
        time.sleep(0.1)
    assert [sheet.name for sheet in book.sheets] == ["P&L", "Inputs", "Tickmark audit"]
    assert "1 high finding" in log_file().read_text(encoding="utf-8")
