"""Lines told shorter together: what they become, whatever else stands in the sheet."""

from __future__ import annotations

from tests.books import CellSpec, SheetSpec, book, sheet
from tests.encode.checked_claims import faults
from tests.structure.regions.pages import cells
from tickmark.encode.encoding import Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import source_of


def lines(page: SheetSpec) -> list[str]:
    """The lines about the cells of a sheet, told without loss."""
    workbook = book({"S": page})
    source = source_of(workbook, workbook.sheets[0])
    found = encode_sheet(source, tokens=len, level=Level.LOSSLESS)
    assert faults(found, len) == []
    return [line for line in found.text.split("\n") if not line.startswith("#")]


def test_one_value_in_several_places_is_told_once() -> None:
    assert lines(sheet({"A1": "n/a", "D9": "n/a", "H20": "n/a"})) == ["A1,D9,H20 n/a"]


def test_a_value_with_a_bar_in_several_cells_of_a_row_is_no_list() -> None:
    page: dict[str, CellSpec] = {f"{letter}1": "x|y" for letter in "ABCDEFG"}
    assert lines(sheet(page | {"H1": ("=Q7", 1)})) == [
        'A1:F1 "x|y"',
        'G1 "x|y"|=Q7 -> 1',
    ]


def test_a_list_that_stood_before_is_named_by_its_first_cell() -> None:
    months = ["January", "February", "March"]
    page = cells([["Sales", *months], [], [], [], ["Costs", *months]])
    page |= {"F10": months[0], "F11": months[1], "F12": months[2]}
    page |= {"H20": months[0], "H21": months[1], "H22": months[2]}
    assert lines(sheet(page)) == [
        "A1 Sales|January|February|March",
        "A5 Costs|January|February|March",
        "F10:F12 January|February|March",
        "H20:H22 as F10",
    ]


def test_a_long_list_is_named_wherever_it_begins() -> None:
    page: dict[str, CellSpec] = {}
    for row in range(1, 31):
        page |= {f"A{row}": f"x{row * row}", f"D{row + 40}": f"x{row * row}"}
    found = lines(sheet(page))
    assert found[0].startswith("A1:A30 x1|x4|x9|")
    assert found[-1] == "D41:D70 as A1"


def test_a_cell_merged_over_others_is_named_as_one_cell() -> None:
    title = "Revenue by geography in millions"
    page = sheet(
        {"A1": title, "A5": title, "A9": f"{title}!", "A13": f"{title}!"},
        merges=("A1:F1", "A5:F5", "A9:C9", "A13:C13"),
    )
    assert lines(page) == [
        f"A1 {title}>6",
        "A5 as A1",
        f"A9 {title}!>3",
        "A13 as A9",
    ]


def test_a_label_its_formula_and_what_follows_share_a_line() -> None:
    page: dict[str, CellSpec] = {
        "A1": "Discount",
        "B1": ("=NPV(D1,D2:D9)", 12.5),
        "A2": "Debt",
        "B2": ("=SUM(D2:D4)-7", 3),
        "A3": "Equity",
        "B3": ("=B1-B2", 9.5),
        "E3": "see above",
    }
    assert lines(sheet(page)) == [
        "A1 Discount|=NPV(D1,D2:D9) -> 12.5",
        "A2 Debt|=SUM(D2:D4)-7 -> 3",
        "A3 Equity|=B1-B2 -> 9.5|||see above",
    ]


def test_a_formula_that_breaks_a_pattern_stays_by_itself() -> None:
    page: dict[str, CellSpec] = {f"B{row}": (f"=D{row}*2", row) for row in range(1, 9)}
    page |= {f"A{row}": f"Line {row * row}" for row in range(1, 9)}
    page["B4"] = ("=D4*3", 4)
    assert "B4 =D4*3 -> 4" in lines(sheet(page))


def test_formulas_in_quotes_and_arrays_keep_their_places() -> None:
    page: dict[str, CellSpec] = {"A1": "Sum", "B1": ('="a | b"&D1', "a | b"), "C1": ("=D1*2", 2)}
    assert lines(sheet(page)) == ['A1 Sum|=\\"\\"a | b\\"&D1" -> "a | b"|=D1*2 -> 2']
