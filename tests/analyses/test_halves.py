"""Questions cut in two: nothing of a part is lost, and each part stands for itself."""

from __future__ import annotations

from tickmark.analyses.forms import RemarkForm, SheetForm, WorkbookForm
from tickmark.analyses.halves import PART, ROWS, SHEET, WORKBOOK
from tickmark.analyses.packed_forms import RowsForm
from tickmark.llm.model import Prompt

ENCODED = """# P&L|A1:D20
# table A3:D20
A1 Title
A3:D4 Item|2023|2024|2025
4 Sales|1|2|3
A5:A9 a|b|c|d|e
B5:D9 <int 1..9>
A10:D10 Total|=SUM(B5:B9) -> 1

Findings of fixed rules:
- high error-value, P&L D7: bad"""


def prompt(data: str) -> Prompt:
    return Prompt("m", "system", "Sum up.", data=data)


def test_both_halves_of_a_sheet_keep_its_header_and_the_findings() -> None:
    halves = SHEET.halves(prompt(ENCODED))

    assert halves is not None
    first, second = halves
    assert first.data == (
        "# P&L|A1:D20\n# table A3:D20\nA1 Title\nA3:D4 Item|2023|2024|2025\n4 Sales|1|2|3\n\n"
        "Findings of fixed rules:\n- high error-value, P&L D7: bad"
    )
    assert second.data == (
        "# P&L|A1:D20\n# table A3:D20\nA5:A9 a|b|c|d|e\nB5:D9 <int 1..9>\n"
        "A10:D10 Total|=SUM(B5:B9) -> 1\n\nFindings of fixed rules:\n"
        "- high error-value, P&L D7: bad"
    )


def test_a_part_says_once_that_it_is_one() -> None:
    halves = SHEET.halves(prompt(ENCODED))
    assert halves is not None
    again = SHEET.halves(halves[1])

    assert halves[0].user == f"Sum up.\n\n{PART}"
    assert again is not None
    assert again[1].user == f"Sum up.\n\n{PART}"


def test_no_list_is_torn_from_its_first_line() -> None:
    whole = prompt("# S|A1:B9\nA1:B9 x|1\n2 y|2\n3 z|3\n4 w|4")

    assert SHEET.halves(whole) is None


def test_a_single_line_cannot_be_cut() -> None:
    assert SHEET.halves(prompt("# S|A1\nA1 long")) is None
    assert SHEET.halves(prompt("")) is None


def test_the_parts_of_a_sheet_make_one_reading() -> None:
    one = SheetForm(summary="First.", remarks=[RemarkForm(text="r", cells=["A1"])])
    two = SheetForm(summary="Second.", remarks=[RemarkForm(text="s", cells=["B9"])])

    assert SHEET.join([one, two]) == SheetForm(
        summary="First. Second.",
        remarks=[RemarkForm(text="r", cells=["A1"]), RemarkForm(text="s", cells=["B9"])],
    )


def test_a_workbook_is_cut_between_its_sheets() -> None:
    data = "flow A > B\nSheet A: 3 cells.\n  Reading: a\nSheet B: 4 cells.\n  Reading: b"

    halves = WORKBOOK.halves(prompt(data))

    assert halves is not None
    assert halves[0].data == "flow A > B\nSheet A: 3 cells.\n  Reading: a"
    assert halves[1].data == "flow A > B\nSheet B: 4 cells.\n  Reading: b"
    joined = WORKBOOK.join([WorkbookForm(summary="One."), WorkbookForm(summary="Two.")])
    assert joined == WorkbookForm(summary="One. Two.")


def test_rows_keep_their_numbers() -> None:
    halves = ROWS.halves(prompt('Categories: a, b\nTexts:\n1: "x"\n2: "y"\n3: "z"\n4: "w"'))

    assert halves is not None
    assert halves[0].data == 'Categories: a, b\nTexts:\n1: "x"\n2: "y"'
    assert halves[1].data == 'Categories: a, b\nTexts:\n3: "z"\n4: "w"'
    assert ROWS.join([RowsForm(rows=[1]), RowsForm(rows=[2])]) == RowsForm(rows=[1, 2])
