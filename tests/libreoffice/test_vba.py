"""Our VBA, called from cells and buttons of a live Calc document.

LibreOffice hands a formula's error values to macros as 0, TRUE as 1, several areas not at all, and
tells no caller; what it cannot hand over comes from a macro of the test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xlwings

from tests.libreoffice.office import ROOT, Office, home
from tickmark.excel.build import Flavour, build
from tickmark.hosts.buttons import BUTTONS
from tickmark.hosts.functions.call import Unpacked
from tickmark.hosts.functions.wire import call_from
from tickmark.model.range_content import RangeContent

HERE = Path(__file__).parent
STUBS = {
    "xlwings": "xlwings_stub.bas",
    "XLPyStub": "xlpy_stub.cls",
    "ControlStub": "control_stub.cls",
    "Probe": "probe.bas",
}
RIBBON = ROOT / "xlwings_addin" / "ribbon" / "customUI14.xml"
MISSING = ["missing"]
NO_CALLER = ["", "", 0, 0, 0, 0, False]
DATA = [["Item", 2025], ["Rent", 1200.5], ["Heat", "=B2*2"], [None, "two\nlines"]]


@pytest.fixture
def book(calc: xlwings.App, tmp_path: Path) -> xlwings.Book:
    """The workbook flavour with a sheet of data and an empty one for formulas."""
    modules = {name: (HERE / file).read_text(encoding="ascii") for name, file in STUBS.items()}
    path = tmp_path / "flavour.xlsm"
    path.write_bytes(build(Flavour.WORKBOOK, modules))
    opened = calc.books.open(path)
    opened.sheets.add("Data")["A1"].value = DATA
    opened.sheets["Data"]["B2:B3"].number_format = "#,##0.00"
    opened.sheets.add("Calls")
    return opened


def shown(book: xlwings.Book, formula: str) -> Any:
    cell = book.sheets["Calls"]["A1"]
    cell.formula = formula
    return cell.value


def asked(book: xlwings.Book, formula: str) -> list[Any]:
    """Name, packed arguments and context of a call from a cell, as Python would get them."""
    module, function, arguments, workbook, _ = json.loads(shown(book, formula))
    assert (module, function) == ("xlwings_addin.udfs", "call")
    assert workbook == "Object"
    return list(arguments)


def run(book: xlwings.Book, macro: str, *arguments: object) -> Any:
    return book.app.impl.run(f"'{book.name}'!{macro}", arguments)


def notes(book: xlwings.Book) -> list[str]:
    return str(run(book, "xlwings.Notes")).splitlines()


def test_a_range_arrives_with_values_formulas_formats_and_place(book: xlwings.Book) -> None:
    name, (cells, question, options), context = asked(book, '=LLM_ANALYZE(Data!A1:B4,"why?")')

    assert (name, question, options, context) == (
        "LLM_ANALYZE",
        ["value", "why?"],
        MISSING,
        NO_CALLER,
    )
    assert cells == [
        "range",
        book.name,
        "Data",
        1,
        1,
        [["Item", 2025], ["Rent", 1200.5], ["Heat", 2401], [None, "two\nlines"]],
        [["Item", "2025"], ["Rent", "1200.5"], ["Heat", "=B2*2"], ["", "two\nlines"]],
        [
            *(0, 0, 4, 1, "General"),
            *(0, 1, 1, 1, "General"),
            *(1, 1, 1, 1, "#,##0.00"),
            *(2, 1, 1, 1, "#,##0.00"),
            *(3, 1, 1, 1, "General"),
        ],
    ]


def test_what_a_cell_sends_is_what_python_unpacks(book: xlwings.Book) -> None:
    """The form that VBA packs is the form that the functions read."""
    call = call_from(*asked(book, '=LLM_ASK(Data!B2:B3,"Which is larger?")'))
    cells = call.argument(0)

    assert isinstance(cells, RangeContent)
    assert cells.area is not None
    assert (call.function, call.argument(1), call.argument(2)) == (
        "LLM_ASK",
        "Which is larger?",
        None,
    )
    assert (cells.area.sheet, cells.area.a1) == ("Data", "B2:B3")
    assert cells.values == ((1200.5,), (2401.0,))
    assert cells.formulas == (("",), ("=B2*2",))
    assert cells.formats == (("#,##0.00",), ("#,##0.00",))


def test_two_ranges_keep_their_own_formats(book: xlwings.Book) -> None:
    _, (first, second, _), _ = asked(book, "=LLM_CLASSIFY(Data!A1:A2,Data!B2:B3)")

    assert (first[5], second[5]) == ([["Item"], ["Rent"]], [[1200.5], [2401]])
    assert first[7] == [0, 0, 2, 1, "General"]
    assert second[7] == [0, 0, 2, 1, "#,##0.00"]


def test_one_cell_is_a_lone_value_with_its_place(book: xlwings.Book) -> None:
    _, (cell, *_), _ = asked(book, "=LLM_EXPLAIN(Data!B3)")

    assert cell == ["range", book.name, "Data", 3, 2, 2401, "=B2*2", [0, 0, 1, 1, "#,##0.00"]]


@pytest.mark.parametrize(
    ("area", "place", "rows"),
    [
        pytest.param("Data!A:B", (1, 1), 4, id="whole columns"),
        pytest.param("Data!B2:B1048576", (2, 2), 3, id="never cut at the top"),
        pytest.param("Data!A2:XFD3", (2, 1), 2, id="cut at the right"),
        pytest.param("Data!D9:E20", (9, 4), 1, id="beyond the used cells one cell is left"),
    ],
)
def test_a_range_is_cut_to_the_used_cells_at_bottom_and_right(
    book: xlwings.Book, area: str, place: tuple[int, int], rows: int
) -> None:
    _, (cells, *_), _ = asked(book, f"=LLM_ANALYZE({area})")
    values = cells[5] if isinstance(cells[5], list) else [[cells[5]]]

    assert (cells[3], cells[4]) == place
    assert len(values) == rows
    assert all(len(row) <= 2 for row in values)


@pytest.mark.parametrize(
    ("formula", "packed"),
    [
        ("=LLM_STATUS()", MISSING),
        ("=LLM_STATUS(1.5+1)", ["value", 2.5]),
        ('=LLM_COST("today")', ["value", "today"]),
        ('=LLM_COST("say ""no""")', ["value", 'say "no"']),
        ("=LLM_COST({1,2;3,4})", ["values", [[1, 2], [3, 4]]]),
        (
            "=LLM_COST(Data!A4)",
            ["range", "flavour.xlsm", "Data", 4, 1, None, "", [0, 0, 1, 1, "General"]],
        ),
    ],
)
def test_literals_arrays_and_blanks_are_told_apart(
    book: xlwings.Book, formula: str, packed: object
) -> None:
    assert asked(book, formula)[1] == [packed]


def test_every_function_calls_python_by_its_own_name(book: xlwings.Book) -> None:
    cells = "Data!A1:A2"
    formulas = {
        "LLM_ANALYZE": f"=LLM_ANALYZE({cells})",
        "LLM_ASK": f'=LLM_ASK({cells},"q")',
        "LLM_EXPLAIN": "=LLM_EXPLAIN(Data!B3)",
        "LLM_AUDIT": f"=LLM_AUDIT({cells})",
        "LLM_EXTRACT": f'=LLM_EXTRACT({cells},"name")',
        "LLM_CLASSIFY": f'=LLM_CLASSIFY({cells},"a; b")',
        "LLM_TRANSFORM": f'=LLM_TRANSFORM({cells},"tidy")',
        "LLM_COST": "=LLM_COST()",
        "LLM_STATUS": "=LLM_STATUS()",
    }

    assert {name: asked(book, formula)[0] for name, formula in formulas.items()} == {
        name: name for name in formulas
    }


def test_more_than_a_hundred_thousand_cells_are_a_problem_in_words(book: xlwings.Book) -> None:
    large = book.sheets.add("Large")
    large["A1"].value = [[1] * 251] * 400

    _, (cells, *_), _ = asked(book, "=LLM_ANALYZE(Large!A:XFD)")

    assert cells == ["problem", "it has 100400 cells; give at most 100000"]


def test_several_areas_are_a_problem_in_words(book: xlwings.Book) -> None:
    packed = run(book, "Probe.SeveralAreas")

    assert packed == ("problem", "it has several areas; give one block of cells")
    assert call_from("LLM_ASK", [packed], NO_CALLER).arguments == (Unpacked(packed[1]),)


def test_error_values_pass_as_errors(book: xlwings.Book) -> None:
    _, _, (_, packed, _), *_ = json.loads(run(book, "Probe.ErrorValues"))

    assert packed == [["values", [[{"error": 2042}, None], [None, "text"]]]]


def test_a_server_that_cannot_start_is_a_sentence_and_is_not_tried_for_each_cell(
    book: xlwings.Book,
) -> None:
    run(book, "xlwings.CutOff")
    first = shown(book, "=LLM_STATUS()")
    second = shown(book, "=LLM_COST()")

    assert first == second
    assert first.startswith("#LLM backend: Python did not start; run tickmark excel doctor")
    assert notes(book) == ["XLPy"]


def test_a_server_that_died_is_a_sentence_and_is_given_up(book: xlwings.Book) -> None:
    asked(book, "=LLM_STATUS()")
    run(book, "xlwings.SetFault", 462)
    text = shown(book, "=LLM_COST()")
    run(book, "xlwings.SetFault", 0)
    again = asked(book, "=LLM_AUDIT(Data!A1)")[0]

    assert text.startswith("#LLM backend: Python did not answer")
    assert again == "LLM_AUDIT"
    assert notes(book) == ["XLPy", "KillPy", "XLPy"]


def test_each_button_of_the_ribbon_runs_its_own_constant_command(book: xlwings.Book) -> None:
    buttons = [one for one in ET.parse(RIBBON).iter() if one.get("onAction")]  # noqa: S314 - ours
    tags = [one.get("tag", "") for one in buttons]
    for tag in tags:
        run(book, "Probe.Press", tag)

    assert {one.get("onAction") for one in buttons} == {"TickmarkPressed"}
    assert sorted(tags) == sorted(BUTTONS)
    assert notes(book) == [
        f"import xlwings_addin.ribbon; xlwings_addin.ribbon.pressed('{tag}')" for tag in tags
    ]


@pytest.mark.parametrize("tag", ["", "x'); import os; ('", "Log", "a" * 41, "log\n"])
def test_what_is_no_tag_runs_nothing(book: xlwings.Book, tag: str) -> None:
    run(book, "Probe.Press", tag)

    assert notes(book) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (None, "Cost today"),
        ("", "Cost today"),
        ("0.41 of 5.00 USD\nmore", "0.41 of 5.00 USD"),
        ("x" * 30, "x" * 20),
    ],
)
def test_the_label_of_the_cost_is_the_first_line_of_its_file(
    office: Office, book: xlwings.Book, text: str | None, label: str
) -> None:
    file = home(office.folder) / "state" / "cost.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    if text is not None:
        file.write_text(text, encoding="ascii")

    assert run(book, "Probe.CostLabel") == label
