"""The engine over LibreOffice does what Excel does with the public API of xlwings."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwings

from tests.books import CellSpec, save, sheet
from tests.libreoffice.dialogue import Dialogue
from tests.libreoffice.office import Office


@pytest.fixture
def page(calc: xlwings.App) -> xlwings.Sheet:
    """The sheet of a new book."""
    return calc.books.add().sheets[0]


@pytest.fixture
def opened(calc: xlwings.App, tmp_path: Path) -> xlwings.Book:
    """A saved workbook with numbers, formulas and an error, opened."""
    cells: dict[str, CellSpec] = {
        "A1": "Item",
        "B1": "Amount",
        "A2": "Rent",
        "B2": 1200,
        "A3": "Heat",
        "B3": 80.5,
    }
    formulas: dict[str, CellSpec] = {"B4": "=SUM(B2:B3)", "B5": "=1/0"}
    path = save(tmp_path / "costs.xlsx", {"Cost plan": sheet(cells | formulas)})
    return calc.books.open(path)


def dated(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute)  # noqa: DTZ001 - Excel's moments have no zone


@pytest.mark.parametrize(
    ("written", "read", "formula"),
    [
        pytest.param(5, 5.0, "5", id="number"),
        pytest.param("plain", "plain", "plain", id="text"),
        pytest.param(True, True, "TRUE", id="truth"),
        pytest.param(None, None, "", id="nothing"),
        pytest.param(dated(2024, 3, 1, 12, 30), dated(2024, 3, 1, 12, 30), None, id="moment"),
        pytest.param(dt.date(2024, 3, 1), dated(2024, 3, 1), "45352", id="date"),
        pytest.param("=1+1", 2.0, "=1+1", id="formula"),
        pytest.param("'=1+1", "=1+1", "=1+1", id="apostrophe keeps a text"),
        pytest.param("''P&L'!C5", "'P&L'!C5", "'P&L'!C5", id="two apostrophes"),
        pytest.param("-5", -5.0, "-5", id="typed number"),
        pytest.param("+2*3", 6.0, "=+2*3", id="typed formula"),
        pytest.param("12%", 0.12, "0.12", id="typed percentage"),
        pytest.param("2024-03-01", dated(2024, 3, 1), "45352", id="typed date"),
        pytest.param("TRUE", True, "TRUE", id="typed truth"),
        pytest.param("'0012", "0012", "0012", id="digits that stay text"),
        pytest.param("12 months", "12 months", "12 months", id="digits in a text"),
        pytest.param("#N/A", None, "#N/A", id="error value"),
    ],
)
def test_a_value_is_taken_as_if_it_had_been_typed(
    page: xlwings.Sheet, written: object, read: object, formula: str | None
) -> None:
    page["B2"].value = written

    assert page["B2"].value == read
    assert type(page["B2"].value) is type(read)
    if formula is not None:
        assert page["B2"].formula == formula


def test_a_cell_with_the_format_of_a_text_takes_everything_as_text(page: xlwings.Sheet) -> None:
    page["A1"].number_format = "@"
    page["A1"].value = "=1+1"

    assert page["A1"].value == "=1+1"


def test_a_text_that_is_too_long_for_a_cell_is_refused(page: xlwings.Sheet) -> None:
    with pytest.raises(ValueError, match="32,768 characters"):
        page["A1"].value = "x" * 32_768


@pytest.mark.parametrize(
    ("formula", "code", "text"),
    [
        ("=1/0", -2146826281, "#DIV/0!"),
        ("=NA()", -2146826246, "#N/A"),
        ("=NOSUCHNAME", -2146826259, "#NAME?"),
        ('="a"+1', -2146826273, "#VALUE!"),
        ("=SQRT(-1)", -2146826252, "#NUM!"),
    ],
)
def test_an_error_is_a_code_as_over_com_and_none_as_a_value(
    page: xlwings.Sheet, formula: str, code: int, text: str
) -> None:
    page["A1"].formula2 = formula

    assert page["A1"].raw_value == code
    assert page["A1"].value is None
    assert page["A1"].options(err_to_str=True).value == text


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM('Cost plan'!B2:B3,3)", 1283.5),
        ('=IF(B2>2,"a;b,c",{1,2;3,4})', "a;b,c"),
        ("=INDEX({1,2;3,4},2,1)", 3.0),
        ("=SUM($A$1:B2,(B2,B3))*COUNT(B:B)", None),
        ("=ROWS((A1:A2,B1))", None),
        ('=HYPERLINK("#\'Cost plan\'!C5","C5")', "C5"),
        ('=LLM_ANALYZE(A1:C5,"why?")', None),
        ("=XLOOKUP(1,A1:A2,B1:B2)", None),
        ("=TRUE()", True),
    ],
)
def test_formulas_go_in_and_out_in_the_words_of_excel(
    opened: xlwings.Book, formula: str, value: object
) -> None:
    page = opened.sheets["Cost plan"]
    page["H20"].formula = formula

    assert page["H20"].formula == formula
    assert page["H20"].formula2 == formula
    if value is not None:
        assert page["H20"].value == value


def test_one_formula_fills_a_range_with_moving_references(page: xlwings.Sheet) -> None:
    page["B1:C2"].formula = "=A1*$A$1"

    assert page["B1:C2"].formula == (("=A1*$A$1", "=B1*$A$1"), ("=A2*$A$1", "=B2*$A$1"))


def test_a_formula_that_excel_would_refuse_is_refused(page: xlwings.Sheet) -> None:
    with pytest.raises(ValueError, match="not a formula"):
        page["A1"].value = "=SUM(1"


def test_a_lost_reference_stays_in_sight(page: xlwings.Sheet) -> None:
    page["B2"].formula = "=A1+1"
    page.book.impl.document.Sheets.getByIndex(0).Rows.removeByIndex(0, 1)

    assert page["B1"].formula == "=#REF!+1"


def test_a_frame_goes_in_and_comes_out_with_its_dates(page: xlwings.Sheet) -> None:
    frame = pd.DataFrame(
        {"Region": ["North", "South"], "Due": pd.to_datetime(["2024-01-31", "2024-02-29"])}
    )
    page["B2"].options(index=False).value = frame
    read: Any = page["B2"].expand().options(pd.DataFrame, index=False).value

    assert page["B2"].expand().address == "$B$2:$C$4"
    assert read.to_dict("list") == frame.to_dict("list")


def test_ranges_move_and_grow_as_in_excel(opened: xlwings.Book) -> None:
    page = opened.sheets[0]

    assert page["A1"].expand("down").address == "$A$1:$A$3"
    assert page["A1"].expand("right").address == "$A$1:$B$1"
    assert page["B2"].end("down").address == "$B$5"
    assert page["A5"].end("up").address == "$A$3"
    assert page["A9"].end("right").address == "$XFD$9"
    assert page["B2"].offset(1, 1).resize(2, 2).address == "$C$3:$D$4"
    assert page["B2"].current_region.address == "$A$1:$B$5"
    assert page.used_range.address == "$A$1:$B$5"
    assert page.range((2, 1), (3, 2)).value == [["Rent", 1200.0], ["Heat", 80.5]]
    assert page["B5"].get_address(False, False, external=True) == "'[costs.xlsx]Cost plan'!B5"


def test_sheets_are_added_beside_others_and_deleted_but_for_the_last(
    opened: xlwings.Book,
) -> None:
    opened.sheets.add("After", after=opened.sheets[0])
    opened.sheets.add("Before", before=opened.sheets[0])

    assert opened.sheet_names == ["Before", "Cost plan", "After"]
    assert opened.sheets.active.name == "Before"
    with pytest.raises(ValueError, match="COST PLAN"):
        opened.sheets.add("COST PLAN")

    opened.sheets["Before"].delete()
    opened.sheets["after"].visible = False
    with pytest.raises(ValueError, match="one visible sheet"):
        opened.sheets[0].delete()
    assert opened.sheet_names == ["Cost plan", "After"]


def test_names_of_the_book_and_of_a_sheet_are_kept_apart(opened: xlwings.Book) -> None:
    page = opened.sheets[0]
    opened.names.add("Total", "='Cost plan'!$B$4")
    page.names.add("_Mark", "='Cost plan'!$A$1")

    assert {name.name: name.refers_to for name in opened.names} == {
        "Total": "='Cost plan'!$B$4",
        "'Cost plan'!_Mark": "='Cost plan'!$A$1",
    }
    assert [name.name for name in page.names] == ["'Cost plan'!_Mark"]
    assert opened.names["Total"].refers_to_range.address == "$B$4"

    page.names["_Mark"].delete()
    assert "_Mark" not in opened.names


def test_the_active_book_is_the_one_activated_last(calc: xlwings.App) -> None:
    first, second = calc.books.add(), calc.books.add()

    assert calc.books.active == second
    first.activate()
    assert calc.books.active == first
    first.sheets[0]["B2:C3"].select()
    selection = calc.selection
    assert selection is not None
    assert (selection.sheet.book.name, selection.address) == (first.name, "$B$2:$C$3")


def test_looks_are_read_back(page: xlwings.Sheet) -> None:
    cell = page["B2"]
    cell.color = (255, 200, 0)
    cell.font.bold = True
    cell.font.color = "#0000ff"
    cell.font.size = 14
    cell.number_format = "#,##0.00"
    cell.column_width = 30
    cell.row_height = 40
    cell.wrap_text = True
    cell.horizontal_alignment = "center"
    cell.vertical_alignment = "top"
    cell.borders.set("edge_bottom", line_style="continuous", weight="medium", color="#010203")

    assert cell.color == (255, 200, 0)
    assert (cell.font.bold, cell.font.color, cell.font.size) == (True, (0, 0, 255), 14.0)
    assert cell.number_format == "#,##0.00"
    assert not page["B2:B3"].number_format  # cells that differ have none together
    assert (cell.column_width, cell.row_height, cell.wrap_text) == (30.0, 40.0, True)
    assert (cell.horizontal_alignment, cell.vertical_alignment) == ("center", "top")
    edge = cell.borders["edge_bottom"]
    assert (edge.line_style, edge.weight, edge.color) == ("continuous", "medium", (1, 2, 3))
    assert (page["A1"].color, page["A1"].font.bold) == (None, False)


def test_notes_are_added_changed_and_deleted(page: xlwings.Sheet) -> None:
    page["A1"].add_note("first")
    note = page["A1"].note
    assert note is not None
    note.text = "second"
    page["A2"].add_note("other")

    assert note.text == "second"
    note.delete()
    assert page["A1"].note is None
    assert page["A2"].note is not None


def test_a_result_sheet_is_right_after_saving(opened: xlwings.Book, saved: Path) -> None:
    """Filter, frozen rows, grid, link, look, names and error values, as openpyxl reads them."""
    page = opened.sheets.add("Result", after=opened.sheets[0])
    page["A1"].value = [["Cell", "What"], ["'=B4", True], [None, dated(2024, 3, 1)]]
    page["C2"].add_hyperlink("#'Cost plan'!B4", "B4")
    page["A1:B1"].font.bold = True
    page["A1:B3"].autofilter.apply_comparison(1, "not_equal_to", None)
    assert page["A3"].rows.hidden
    page["A1:B3"].autofilter.clear(1)
    page.freeze_panes.freeze_at("1:1")
    page.show_gridlines = False
    page.names.add("_Mark", "=Result!$A$1")
    opened.sheets[0].activate()
    opened.save(saved)

    assert opened.fullname == str(saved)
    book_read = openpyxl.load_workbook(saved)
    read = book_read["Result"]
    assert [[cell.value for cell in row] for row in read["A1:B3"]] == [
        ["Cell", "What"],
        ["=B4", True],
        [None, dated(2024, 3, 1)],
    ]
    assert read["A2"].data_type == "s"
    assert (read["C2"].value, read["C2"].hyperlink.location) == ("B4", "'Cost plan'!B4")
    assert (read["A1"].font.b, read["A2"].font.b) == (True, False)
    assert (read.auto_filter.ref, read.freeze_panes) == ("A1:B3", "A2")
    assert (read.sheet_view.showGridLines, read.row_dimensions[3].hidden) == (False, False)
    assert read.defined_names["_Mark"].attr_text == "Result!$A$1"
    costs = book_read["Cost plan"]
    assert (costs["B4"].value, costs["B5"].value) == ("=SUM(B2:B3)", "=1/0")
    assert (costs.freeze_panes, costs.sheet_view.showGridLines) == (None, True)


def test_a_saved_copy_leaves_the_book_where_it_is_and_unsaved(
    opened: xlwings.Book, saved: Path
) -> None:
    before = opened.fullname
    opened.sheets[0]["A2"].value = "changed"
    opened.api.SaveCopyAs(str(saved))

    assert (opened.fullname, opened.api.Saved) == (before, False)
    assert openpyxl.load_workbook(saved)["Cost plan"]["A2"].value == "changed"
    assert openpyxl.load_workbook(before)["Cost plan"]["A2"].value == "Rent"


def test_a_refusal_of_libreoffice_is_an_error_of_python(
    opened: xlwings.Book, tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError, match=r"LibreOffice refused .*impl_store"):
        opened.save(tmp_path / "costs.xlsx" / "inside a file.xlsx")


def test_words_with_the_user_are_kept_and_answered(calc: xlwings.App, dialogue: Dialogue) -> None:
    dialogue.will_answer("Why?", False, "yes")
    answers = [
        calc.api.InputBox("Your question", "Tickmark"),
        calc.api.InputBox("Again"),
        calc.alert("Send it?", "Tickmark", buttons="yes_no"),
        calc.alert("Done", "Tickmark"),
    ]
    calc.status_bar = "Reading"
    calc.status_bar = False

    assert answers == ["Why?", False, "yes", "ok"]
    assert dialogue.said("question") == ["Tickmark: Your question", "Again"]
    assert dialogue.said("alert") == ["Tickmark: Send it?", "Tickmark: Done"]
    assert dialogue.said("status") == ["Reading", ""]


def test_another_process_finds_the_book_through_plain_xlwings(
    office: Office, opened: xlwings.Book
) -> None:
    """What RunPython starts knows nothing of LibreOffice and gets its caller all the same."""
    code = (
        "import xlwings as xw; book = xw.Book.caller();"
        "book.sheets[0]['D1'].value = book.sheets[0]['B4'].value * 2;"
        "import json; print(json.dumps([book.name, xw.apps.active.pid]))"
    )
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-B", "-c", code, "--wb=costs.xlsx", "--from_xl=1", "--hwnd=0"],
        env=office.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == ["costs.xlsx", office.process.pid]
    assert opened.sheets[0]["D1"].value == 2561.0


def test_a_process_without_xlwings_does_not_load_it(office: Office) -> None:
    code = "import sys; print('xlwings' in sys.modules, 'uno' in sys.modules)"
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-c", code],
        env=office.environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "False False\n"


def test_the_engine_tells_a_version_of_excel_that_has_everything(calc: xlwings.App) -> None:
    assert str(calc.version) == "16.0"
    assert calc.engine.name == "libreoffice"
