"""The encoding of a sheet: every claim right, every visible cell once, never over the budget."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import CellSpec, book, sheet
from tickmark.encode.encoding import Encoding
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.values import NOT_CALCULATED, number_value
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import Cell, CellKind, FormulaGroup, FormulaKind
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.dates import date_text
from tickmark.structure.relative import formula_text


def tokens(text: str) -> int:
    """A counter for tests."""
    return len(text) // 4 + 1


def _encoded(workbook: Workbook, budget: int = 100_000, page: int = 0) -> Encoding:
    return encode_sheet(workbook, workbook.sheets[page], budget=budget, tokens=tokens)


def _lines(encoding: Encoding) -> list[str]:
    """The lines of cells, without the header."""
    lines = encoding.text.split("\n")
    return [line for line in lines if re.match(r"[A-Z]{1,3}[0-9]+[: ]", line)]


def test_cells_stand_at_their_addresses_row_by_row() -> None:
    cells: dict[str, CellSpec] = {
        "B5": "Revenue",
        "C5": 120,
        "D5": ("=C5*2", 240),
        "B6": dt.date(2024, 5, 1),
        "C6": True,
        "D6": "#N/A",
        "E6": ("=D6", "#N/A"),
        "F6": "=E6",
    }
    encoding = _encoded(book({"P&L": sheet(cells)}))
    assert encoding.text == (
        "Sheet: P&L\n"
        "Used range: B5:F6; visible: 8 cells, 3 formulas, 2 errors\n"
        "Cells as address: value; a formula stands before ->, its value behind; a cell with -> "
        "alone holds the copied formula named above; values of copies are listed by rows.\n"
        "B5: Revenue | C5: 120 | D5: =C5*2 -> 240\n"
        "B6: 2024-05-01 | C6: TRUE | D6: #N/A | E6:F6: =D6 (copied right) -> #N/A; (not calculated)"
    )
    assert encoding.tokens == tokens(encoding.text)
    assert (encoding.shown_cells, encoding.hidden_cells, encoding.left_out) == (8, 0, ())
    assert encoding.legend["E6:F6"] == RangeRef("P&L", 6, 5, 6, 6)
    assert encoding.contains(6, 6)
    assert not encoding.contains(5, 5)


def test_copies_are_written_once() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": row for row in range(1, 6)}
    page = sheet(cells, shared={"C1:D5": "=A1*$A$1"})
    assert _lines(_encoded(book({"S": page})))[0] == (
        "A1: 1 | C1:D5: =A1*$A$1 (copied down and right) -> " + "; ".join([NOT_CALCULATED] * 10)
    )


def test_the_values_of_many_copies_stand_in_their_rows() -> None:
    cells: dict[str, CellSpec] = {f"A{row}": row for row in range(1, 21)}
    cells |= {f"B{row}": (f"=A{row}*2", row * 2) for row in range(1, 21)}
    lines = _lines(_encoded(book(cells)))
    assert lines[0] == (
        "A1: 1 | B1:B20: =A1*2 (copied down) -> 20 numbers, first 2, last 40, min 2, max 40"
    )
    assert lines[1] == "A2: 2 | B2: -> 4"


def test_a_merged_cell_tells_how_far_it_reaches() -> None:
    page = sheet({"B1": "Actuals", "B2": 1}, merges=("B1:D1",))
    assert _lines(_encoded(book({"S": page}))) == ["B1 (merged to D1): Actuals", "B2: 1"]


def test_tables_are_named_with_their_columns() -> None:
    page = sheet({"A1": "Date", "B1": "Am;ount", "A2": 1, "B2": 2}, tables=(("Sales", "A1:B2"),))
    assert 'Table "Sales": A1:B2; columns Date; "Am;ount"' in _encoded(book({"S": page})).text


def test_hidden_cells_are_counted_and_nothing_of_them_is_shown() -> None:
    cells: dict[str, CellSpec] = {
        f"{letter}{row}": f"{letter}{row} secret" if letter == "C" or row in {3, 4} else 1
        for letter in "ABCD"
        for row in range(1, 7)
    }
    cells["D1"] = ("=LEN(C1)", 9)
    page = sheet(
        cells,
        hidden_rows=((3, 3), (4, 4)),
        hidden_columns=((3, 3),),
        tables=(("Seen", "A3:C6"), ("secret", "A3:B4"), ("Wide", "B1:D2")),
        merges=("C1:D1",),
    )
    encoding = _encoded(book({"S": page}))
    assert "secret" not in encoding.text
    assert "Hidden and not shown: 12 cells (rows 3:4; columns C:C)" in encoding.text
    assert (encoding.hidden_cells, encoding.shown_cells) == (12, 12)
    assert not encoding.contains(3, 1)
    assert not encoding.contains(1, 3)


def test_a_hidden_sheet_shows_nothing_but_its_count() -> None:
    page = sheet({"A1": "secret"}, state="veryHidden", tables=(("secret", "A1:A1"),))
    encoding = _encoded(book({"S": page}))
    assert encoding.text == (
        "Sheet: S\nUsed range: A1; visible: 0 cells, 0 formulas, 0 errors\n"
        "Hidden and not shown: 1 cell (the whole sheet is hidden)"
    )
    assert (encoding.shown, encoding.hidden_cells) == ((), 1)


def test_an_empty_sheet_is_said_to_be_empty() -> None:
    assert _encoded(book({"S": sheet({})})).text == "Sheet: S\nEmpty."


@pytest.mark.parametrize("name", ["a\nB1: 5", "x | B1: 5", "S"])
def test_a_cell_cannot_fake_another_line_or_cell(name: str) -> None:
    text = "x | B9: 5\nB7: 1\r\nLeft out: nothing\u2028B8: 2"
    encoding = _encoded(book({name: {"A1": text, "A2": ("=A1", text), "A3": ('="\n"&A1', text)}}))
    assert [line.split(":")[0] for line in _lines(encoding)] == ["A1", "A2", "A3"]
    assert len(encoding.text.splitlines()) == 6
    assert set(encoding.legend) == {"A1", "A2", "A3"}


def test_dates_respect_the_system_and_durations_their_format() -> None:
    page = sheet({"A1": dt.date(2024, 1, 1), "A2": dt.date(1900, 1, 2)}, formats={"A2": "[h]:mm"})
    workbook = replace(book({"S": page}), date1904=True)
    assert _lines(_encoded(workbook)) == ["A1: 2028-01-02", "A2: 72:00:00"]


def test_an_array_formula_and_a_data_table_say_what_they_are() -> None:
    for kind, word in ((FormulaKind.ARRAY, "array"), (FormulaKind.DATA_TABLE, "data table")):
        workbook = book({"S": {"A1": ("=B1:B2*2", 1), "A2": 2}})
        group = FormulaGroup(kind, 1, 1, RangeRef("S", 1, 1, 2, 1))
        workbook.sheets[0].cells.formula_groups[0] = group  # type: ignore[index]
        assert _lines(_encoded(workbook)) == [f"A1:A2: =B1:B2*2 ({word}) -> 1; 2"]


def _ledger(rows: int) -> Workbook:
    cells: dict[str, CellSpec] = {"A1": "Day", "B1": "Region", "C1": "Amount", "D1": "Tax"}
    for row in range(2, rows + 2):
        cells[f"A{row}"] = dt.date(2024, 1, 1) + dt.timedelta(days=row)
        cells[f"B{row}"] = f"Region {row % 3}"
        cells[f"C{row}"] = row * 1.5
        cells[f"D{row}"] = (f"=C{row}*0.2", row * 0.3)
    return book(cells)


def test_the_middle_of_a_long_table_is_summarised_by_column() -> None:
    encoding = _encoded(_ledger(500), budget=400)
    summary = next(line for line in _lines(encoding) if ":A" in line)
    assert encoding.shown_cells == 2004
    assert 1_900 < encoding.summarised_cells < 2_004
    assert _encoded(_ledger(5), budget=4000).summarised_cells == 0
    assert encoding.left_out == ()
    assert re.fullmatch(
        r"A(\d+):A499: \d+ dates, first [\d-]+, last [\d-]+, min [\d-]+, max 2025-05-14 \| "
        r"B\1:B499: \d+ texts, 3 different: Region \d; Region \d; Region \d \| "
        r"C\1:C499: \d+ numbers, first [\d.]+, last 748.5, min [\d.]+, max 748.5",
        summary,
    )


def test_a_wide_table_is_summarised_by_row() -> None:
    cells: dict[str, CellSpec] = {"A1": "Year", "A2": "Supply", "A3": "Demand"}
    for column in range(2, 202):
        cells[cell_address(1, column)] = dt.date(1900 + column // 2, 1, 1)
        cells[cell_address(2, column)] = column * 2
        cells[cell_address(3, column)] = column * 3
    years = "200 dates, first 1901-01-01, last 2000-01-01, min 1901-01-01, max 2000-01-01"
    assert _lines(_encoded(book(cells), budget=200)) == [
        f"A1: Year | B1:GS1: {years}",
        "A2: Supply | B2:GS2: 200 numbers, first 4, last 402, min 4, max 402",
        "A3: Demand | B3:GS3: 200 numbers, first 6, last 603, min 6, max 603",
    ]


def test_formulas_of_their_own_in_the_middle_of_a_table_are_summarised() -> None:
    cells: dict[str, CellSpec] = {}
    for row in range(1, 400):
        cells[f"A{row}"] = row
        cells[f"B{row}"] = (f"=A{row}*{row}", row * row)
    text = _encoded(book(cells), budget=300).text
    assert re.search(r"B\d+:B397: \d+ formulas, \d+ different, first =A\d+\*\d+, \d+ numbers", text)


def test_what_has_no_room_is_listed_by_range_after_head_and_tail() -> None:
    cells: dict[str, CellSpec] = {}
    for row in range(1, 300):
        letter = "ABCD"[row % 4]
        cells[f"{letter}{row}"] = f"text of row {row}"
    encoding = _encoded(book(cells), budget=300)
    lines = _lines(encoding)
    assert lines[0] == "B1: text of row 1"
    assert lines[-1] == "D299: text of row 299"
    assert encoding.text.split("\n")[-1].startswith("Left out for lack of room: ")
    assert encoding.left_out


@pytest.mark.parametrize("budget", [0, 1, 2, 5, 10, 20, 40, 60, 80, 120, 200, 500, 2000])
def test_no_budget_is_ever_exceeded(budget: int) -> None:
    encoding = _encoded(_ledger(200), budget=budget)
    assert encoding.tokens <= budget
    assert encoding.tokens == (tokens(encoding.text) if encoding.text else 0)


def test_a_counter_that_dislikes_the_text_still_gets_its_way() -> None:
    workbook = _ledger(50)
    encoding = encode_sheet(
        workbook, workbook.sheets[0], budget=500, tokens=lambda text: 3 * len(text.encode())
    )
    assert 3 * len(encoding.text.encode()) <= 500


def test_more_budget_never_shows_less() -> None:
    workbook = _ledger(300)
    shown = [_encoded(workbook, budget=budget).shown_cells for budget in range(50, 4000, 150)]
    assert shown == sorted(shown)


# A reader of the text: what it claims is held against the sheet.


def _parts(text: str, separator: str) -> list[str]:
    """A text cut at a separator outside of quotes."""
    parts, inside, start, at = [], False, 0, 0
    while at < len(text):
        if text[at] == "\\" and inside:
            at += 2
        elif text.startswith(separator, at) and not inside:
            parts.append(text[start:at])
            start = at = at + len(separator)
        else:
            inside ^= text[at] == '"'
            at += 1
    return [*parts, text[start:]]


def _claims(line: str) -> list[tuple[str, str]]:
    """Addresses and claims of a line."""
    found = []
    for piece in _parts(line, " | "):
        address, _, claim = piece.partition(": ")
        found.append((address.partition(" ")[0], claim))
    return found


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text


def _claimed(cell: Cell, workbook: Workbook) -> str:
    """What the text has to claim about the value of a cell."""
    match cell.kind:
        case CellKind.NUMBER:
            return number_value(float(cell.value or 0))
        case CellKind.DATE:
            return date_text(
                float(cell.value or 0), number_format=workbook.styles[cell.style].number_format
            )
        case CellKind.BOOL:
            return str(cell.value).upper()
        case CellKind.EMPTY:
            return NOT_CALCULATED
        case _:
            return str(cell.value)


def _check(claim: str, area: RangeRef, page: Sheet, workbook: Workbook) -> None:
    inside = page.cells.within(area)
    inside = inside[~page.hidden_cells()[inside]]
    first = page.cells[int(inside[0])]
    if claim.startswith("-> "):
        assert _unquoted(claim[3:]) == _claimed(first, workbook)
        assert first.formula >= 0
        return
    formula, arrow, value = claim.rpartition(" -> ")
    if arrow and formula.startswith(("=", '"=')):
        text, _, spread = formula.rpartition(" (copied")
        text = text or spread
        assert _unquoted(text) == formula_text(page, int(inside[0]))
    else:
        value = claim
    summary = re.match(r"\d+ (numbers?|texts?|dates?|truth values?|errors?|formulas?|not)\b", value)
    if summary is None:
        values = [_unquoted(text) for text in _parts(value, "; ")]
        assert values == [_claimed(page.cells[int(at)], workbook) for at in inside]
        return
    numbers = page.cells.values[inside][page.cells.kinds[inside] == CellKind.NUMBER]
    told = re.search(r"(\d+) numbers?, first (\S+), last (\S+), min (\S+), max ([^,\s]+)", value)
    assert (told is None) == (len(numbers) == 0)
    if told is not None:
        wanted = [len(numbers), numbers[0], numbers[-1], numbers.min(), numbers.max()]
        assert list(told.groups()) == [str(wanted[0]), *map(number_value, wanted[1:])]


WORDS = st.sampled_from(
    [
        "Revenue",
        "x | B9: 5",
        "a\nB2: 7",
        "120",
        "=A1",
        " pad ",
        'say "q"',
        "long " * 30,
        "-> 5",
        "数;",
    ]
)
VALUES = (
    st.integers(-999, 999)
    | st.floats(-1e6, 1e6)
    | st.booleans()
    | WORDS
    | st.sampled_from(["#N/A", "#REF!"])
    | st.dates(dt.date(1950, 1, 1), dt.date(2099, 1, 1))
)
FORMULA_TEXTS = st.sampled_from(
    ["=A{r}*2", "=$A$1", '="a | b"&A{r}', "=SUM(B$1:B{r})", '=A{r}&"-> 1"', "=1+1"]
)


@st.composite
def _books(draw: st.DrawFn) -> Workbook:
    cells: dict[str, CellSpec] = {}
    for column in range(1, draw(st.integers(1, 5)) + 1):
        kind = draw(st.sampled_from(["mixed", "numbers", "texts", "formulas", "sparse"]))
        for row in range(1, draw(st.integers(1, 24)) + 1):
            address = cell_address(row, column)
            if kind == "sparse" and draw(st.booleans()):
                continue
            if kind == "formulas":
                text = draw(FORMULA_TEXTS) if draw(st.integers(0, 5)) == 0 else "=A{r}*2"
                cells[address] = (text.format(r=row), draw(VALUES | st.none()))
            elif kind == "numbers":
                cells[address] = draw(st.integers(0, 99))
            elif kind == "texts":
                cells[address] = draw(WORDS)
            else:
                cells[address] = draw(VALUES)
    hidden_rows = ((3, 4),) if draw(st.booleans()) else ()
    hidden_columns = ((2, 2),) if draw(st.booleans()) else ()
    merges = ("A1:B1",) if draw(st.booleans()) else ()
    page = sheet(cells, hidden_rows=hidden_rows, hidden_columns=hidden_columns, merges=merges)
    return book({"S": page})


@settings(max_examples=150, deadline=None)
@given(_books(), st.sampled_from([30, 80, 150, 300, 600, 100_000]))
def test_every_claim_is_right_and_every_visible_cell_is_told_or_left_out_once(
    workbook: Workbook, budget: int
) -> None:
    page = workbook.sheets[0]
    encoding = _encoded(workbook, budget)
    assert encoding.tokens <= budget
    covered = np.zeros(len(page.cells), int)
    for area in encoding.shown:
        covered[page.cells.within(area)] += 1
    hidden = page.hidden_cells()
    assert not covered[hidden].any()
    assert int(covered.sum()) == encoding.shown_cells
    for text in encoding.left_out:
        covered[page.cells.within(RangeRef.parse(text, sheet="S"))] += 1
    assert np.all(covered[~hidden] == 1)
    assert encoding.hidden_cells == int(hidden.sum())
    told = set()
    for line in _lines(encoding):
        for address, claim in _claims(line):
            area = RangeRef.parse(address, sheet="S")
            if "(first " not in claim and "…" not in claim:
                _check(claim, area, page, workbook)
            told.add(address)
    assert set(encoding.legend) <= told
    assert all(area.a1 == address for address, area in encoding.legend.items())
