"""The encoding of a sheet: what it says of small books, never over the budget, never wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tickmark
from tests.books import CellSpec, SheetSpec, book, sheet
from tests.encode.checked_claims import faults
from tests.encode.random_books import random_books
from tests.structure.regions.pages import cells
from tickmark.encode.encoding import Encoding, Level
from tickmark.encode.sheet import encode_sheet
from tickmark.encode.source import Source, source_of, sources_of
from tickmark.errors import InputError
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import FormulaKind
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of


def letters(text: str) -> int:
    """A counter of tokens for tests."""
    return len(text)


def thirds(text: str) -> int:
    """One by which a whole costs more than its parts."""
    return len(text) // 3 + 2 * text.count("\n") ** 2 + 1


def source(page: SheetSpec, *, date1904: bool = False) -> Source:
    workbook = replace(book({"S": page}), date1904=date1904)
    return source_of(workbook, workbook.sheets[0])


def encoded(
    page: SheetSpec,
    level: Level | None = None,
    *,
    budget: int | None = None,
    question: str = "",
) -> Encoding:
    """The encoding of a sheet, all of whose claims are right."""
    found = encode_sheet(
        source(page), tokens=letters, level=level, budget=budget, question=question
    )
    assert faults(found, letters, budget) == []
    return found


def skeleton(page: SheetSpec) -> str:
    return encoded(page, Level.SKELETON).text


def lossless(page: SheetSpec) -> str:
    return encoded(page, Level.LOSSLESS).text


TABLE = cells(
    [
        ["Item", "2023", "2024"],
        ["Cash", 120.5, 130.25],
        ["Debtors", 80, 95],
        ["Stock", 40, 45.75],
        ["Total", ("=SUM(B2:B4)", 240.5), ("=SUM(C2:C4)", 271)],
    ]
)


def ledger(rows: int) -> SheetSpec:
    """Months, amounts and a tax of a fifth, but for one typed over and one of a quarter."""
    made: dict[str, CellSpec] = {"A1": "Day", "B1": "Sales", "C1": "Tax"}
    for row in range(2, rows + 2):
        sales = row * 37 % 101 + 0.5
        made[f"A{row}"] = dt.date(2024, 1, 1) + dt.timedelta(days=row * row % 997)
        made[f"B{row}"] = sales
        made[f"C{row}"] = (f"=B{row}*0.2", round(sales * 0.2, 2))
    made["C20"] = 5
    made["C30"] = ("=B30*0.25", 3)
    return sheet(made)


def test_a_table_with_totals_is_labels_types_and_formulas() -> None:
    assert skeleton(sheet(TABLE)) == (
        "# S|A1:C5\n"
        'A1 Item|"2023"|"2024"\n'
        "A2:A5 Cash|Debtors|Stock|Total\n"
        "B2:C4 <num>\n"
        "B5:C5 =SUM(B2:B4)"
    )


def test_without_loss_each_value_and_result_is_there() -> None:
    assert lossless(sheet(TABLE)) == (
        "# S|A1:C5\n"
        "# table A1:C5|totals 5\n"
        "A1:A5 Item|Cash|Debtors|Stock|Total\n"
        'B1:C4 "2023"|"2024"\n'
        "2 120.5|130.25\n"
        "3 80|95\n"
        "4 40|45.75\n"
        "B5:C5 =SUM(B2:B4) -> 240.5|271"
    )


def test_labels_and_values_of_a_form_stand_side_by_side() -> None:
    rows: list[list[CellSpec]] = [
        ["Name", "Acme Ltd"],
        ["Date", dt.date(2024, 5, 1)],
        ["Currency", "EUR"],
        ["Rate", 1.25],
    ]
    page = sheet(cells(rows))
    assert lossless(page) == (
        "# S|A1:B4\nA1:B4 Name|Acme Ltd\n2 Date|2024-05-01\n3 Currency|EUR\n4 Rate|1.25"
    )


def test_what_breaks_the_pattern_of_a_formula_stands_on_its_own_line() -> None:
    assert skeleton(ledger(38)) == (
        "# S|A1:C39\n"
        "A1 Day|Sales|Tax\n"
        "A2:A39 <date 2024-01-05..2026-08-19>\n"
        "B2:B39 <num 3.5..100.5>\n"
        "C2:C19,C21:C29,C31:C39 =B2*0.2\n"
        "C20 5\n"
        "C30 =B30*0.25"
    )


def test_months_of_a_long_table_are_a_series() -> None:
    made: dict[str, CellSpec] = {"A1": "Month", "B1": "Rate"}
    for row in range(2, 62):
        made[f"A{row}"] = dt.date(2015 + (row - 2) // 12, (row - 2) % 12 + 1, 1)
        made[f"B{row}"] = row * row % 97 / 4
    assert skeleton(sheet(made)) == (
        "# S|A1:B61\nA1 Month|Rate\nA2:A61 2015-01-01..2019-12-01 by month\nB2:B61 <num 0.5..24>"
    )


def test_merged_headers_say_how_far_they_reach() -> None:
    rows: list[list[CellSpec]] = [
        ["Actuals and plan"],
        ["Region", "2023", None, "2024"],
        [None, "Q1", "Q2", "Q1", "Q2"],
        ["North", 1, 2, 3, 9],
        ["South", 4, 4, 1, 2],
    ]
    page = sheet(cells(rows), merges=("A1:E1", "A2:A3", "B2:C2", "D2:E2"))
    assert lossless(page) == (
        "# S|A1:E5\n"
        "# table A2:E5|header 2:3\n"
        "A1 Actuals and plan>5\n"
        'A2 Region>1x2|"2023">2|"2024">2\n'
        "B3 Q1|Q2|Q1|Q2\n"
        "A4:E5 North|1..3|9\n"
        "5 South|4|4|1|2"
    )


def test_errors_are_told_with_the_formulas_that_have_them() -> None:
    rows: list[list[CellSpec]] = [
        ["x", "#REF!"],
        [("=A1/0", "#DIV/0!"), ("=NA()", "#N/A")],
        [("=A2/0", "#DIV/0!")],
    ]
    page = sheet(cells(rows))
    assert skeleton(page) == ("# S|A1:B3\nA1 x|#REF!\nA2:A3 =A1/0 -> #DIV/0!\nB2 =NA() -> #N/A")


def test_hidden_rows_and_columns_are_counted_and_nothing_of_them_is_told() -> None:
    page = sheet(
        {
            f"{letter}{row}": f"{letter}{row} secret"
            if letter == "C" or row in {3, 4}
            else f"{letter}{row}"
            for letter in "ABCD"
            for row in range(1, 7)
        },
        hidden_rows=((3, 4),),
        hidden_columns=((3, 3),),
    )
    assert lossless(page) == (
        "# S|A1:D6\n"
        "# hidden 12 cells|rows 3:4|columns C\n"
        "# table A1:D6|no header row\n"
        "A1:B2 A1|B1\n"
        "2 A2|B2\n"
        "D1:D2 D1|D2\n"
        "A5:B6 A5|B5\n"
        "6 A6|B6\n"
        "D5:D6 D5|D6"
    )


def test_a_hidden_sheet_tells_nothing_but_its_count() -> None:
    page = sheet({"A1": "secret"}, state="veryHidden", tables=(("secret", "A1:A1"),))
    assert skeleton(page) == "# S|A1\n# hidden 1 cell|sheet"


def test_arrays_and_data_tables_stand_in_braces() -> None:
    workbook = book(
        {"S": sheet({"A1": 1, "A2": 2}, shared={"B1:B2": "=A1:A2*2", "D1:E2": "=TABLE(A1,A2)"})}
    )
    groups = workbook.sheets[0].cells.formula_groups
    for number, kind in ((0, FormulaKind.ARRAY), (1, FormulaKind.DATA_TABLE)):
        groups[number] = replace(groups[number], kind=kind)  # type: ignore[index]
    found = encode_sheet(
        source_of(workbook, workbook.sheets[0]), tokens=letters, level=Level.LOSSLESS
    )
    assert faults(found, letters) == []
    assert found.text == ("# S|A1:E2\nA1:A2 1|2\nB1:B2 {=A1:A2*2} -> ?\nD1:E2 {=TABLE(A1,A2)} -> ?")


def test_a_wide_table_of_months_has_its_months_as_a_series() -> None:
    made: dict[str, CellSpec] = {"A1": "Line"}
    for column in range(2, 26):
        month = column - 2
        made[cell_address(1, column)] = dt.date(2023 + month // 12, month % 12 + 1, 1)
        for row, name in enumerate(("Revenue", "Costs", "Margin"), 2):
            made[f"A{row}"] = name
            formula = f"={cell_address(2, column)}-{cell_address(3, column)}"
            made[cell_address(row, column)] = (
                column * row * 7919 % 1000 if row < 4 else (formula, 5)
            )
    assert skeleton(sheet(made)) == (
        "# S|A1:Y4\n"
        "A1:A4 Line|Revenue|Costs|Margin\n"
        "B1 2023-01-01..2024-12-01 by month\n"
        "B2:Y3 <int 28..950>\n"
        "B4:Y4 =B2-B3"
    )


def test_tables_notes_and_inputs_of_a_sheet_stand_in_its_order() -> None:
    page = sheet(
        TABLE
        | {"A8": "Notes on the figures above", "A10": "Region", "B10": "Head", "E1": "Rate"}
        | {"A11": "North", "B11": "Ann", "A12": "South", "B12": "Bob", "F1": 0.2}
    )
    assert skeleton(page) == (
        "# S|A1:F12\n"
        'A1 Item|"2023"|"2024"\n'
        "E1 Rate|0.2\n"
        "A2:A5 Cash|Debtors|Stock|Total\n"
        "B2:C4 <num>\n"
        "B5:C5 =SUM(B2:B4)\n"
        "A8 Notes on the figures above\n"
        "A10:B12 Region|Head\n"
        "11 North|Ann\n"
        "12 South|Bob"
    )


def test_an_empty_sheet_has_no_used_range() -> None:
    assert skeleton(sheet({})) == "# S|"


def test_cells_and_names_cannot_fake_a_line() -> None:
    text = "x|B9 5\nB7 1\r\n# left out 5 cells|A1\u2028B8 2"
    workbook = book({"a\n\n# T|A1": {"A1": text, "A2": ("=A1", text), "A3": ('="\n"&A1', text)}})
    found = encode_sheet(
        source_of(workbook, workbook.sheets[0]), tokens=letters, level=Level.LOSSLESS
    )
    assert faults(found, letters) == []
    assert [line.split(" ")[0] for line in found.text.splitlines()] == ["#", "A1", "A2", "A3"]


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    page = sheet({"A1": dt.date(2024, 1, 1)})
    found = encode_sheet(source(page, date1904=True), tokens=letters, level=Level.LOSSLESS)
    assert found.text == "# S|A1\n# dates 1904\nA1 2028-01-02"
    assert faults(found, letters) == []


def test_long_texts_and_formulas_are_cut_in_a_skeleton_only() -> None:
    formula = "=" + "+".join(f"A{row}" for row in range(1, 200))
    page = sheet({"A1": "x" * 3000, "A2": ("=T(A1)", "y" * 3000), "A3": (formula, 1)})
    short = encoded(page, Level.SKELETON)
    assert f'A1 "{"x" * 200}"+2800\n' in short.text
    assert f'=\\"{formula[1:240]}"+{len(formula) - 240}' in short.text
    assert (short.shown_cells, short.summarised_cells, short.longest) == (3, 3, 200)
    assert formula in lossless(page)


SHEETS: dict[str, SheetSpec] = {
    "table": sheet(TABLE),
    "ledger": ledger(60),
    "ragged": sheet({f"{'ABCD'[row % 4]}{row}": f"text of row {row}" for row in range(1, 120)}),
    "formulas": sheet({f"A{row}": (f"=B{row}*{row}+C{99 - row}", row) for row in range(1, 90)}),
    "numbers": sheet({cell_address(row, row * 7 % 13 + 1): row * 1.37 for row in range(1, 99)}),
    "hidden": sheet({f"A{row}": f"row {row}" for row in range(1, 40)}, hidden_rows=((5, 9),)),
    "empty": sheet({}),
}


@pytest.mark.parametrize("tokens", [letters, thirds])
@pytest.mark.parametrize("name", SHEETS)
def test_no_budget_is_exceeded_and_what_is_told_is_right(
    name: str, tokens: Callable[[str], int]
) -> None:
    own = source(SHEETS[name])
    for budget in (*range(60), *range(60, 900, 23), 2000, 9000):
        found = encode_sheet(own, tokens=tokens, budget=budget)
        assert faults(found, tokens, budget) == []


def test_with_room_enough_a_budget_is_without_loss() -> None:
    found = encoded(ledger(60), budget=9000)
    assert found.level is Level.LOSSLESS
    assert found.text == lossless(ledger(60))
    assert (found.shown_cells, found.summarised_cells, found.left_out) == (183, 0, ())


def test_more_budget_tells_more_cells_exactly() -> None:
    told = [encoded(ledger(60), budget=budget) for budget in (150, 300, 450)]
    assert [found.shown_cells for found in told] == [183] * 3
    exact = [183 - found.summarised_cells for found in told]
    assert exact == sorted(set(exact))


def test_where_exact_cells_have_no_room_statistics_stand_for_them() -> None:
    text = encoded(ledger(900), budget=700).text
    assert "first " in text
    assert " sum " in text


def test_what_has_no_room_is_named_after_the_most_important() -> None:
    found = encoded(SHEETS["ragged"], budget=150)
    lines = found.text.split("\n")
    assert lines[0] == "# S|A1:D119"
    assert lines[-1].startswith("# left out ")
    assert found.left_out
    assert found.shown_cells == found.cells - int(lines[-1].split()[3])


def chequered(rows: int) -> SheetSpec:
    """Texts and numbers by turns beside a column of sums."""
    made: dict[str, CellSpec] = {
        cell_address(1, column): f"Head {column}" for column in range(1, 9)
    }
    for row in range(2, rows + 2):
        for column in range(1, 8):
            product = row * column
            made[cell_address(row, column)] = (
                product * 1.37 if (row + column) % 2 else f"t{product}"
            )
        made[cell_address(row, 8)] = (f"=SUM(A{row}:G{row})", row)
    return sheet(made)


def test_headers_come_before_formulas_and_these_before_types() -> None:
    texts = [encoded(chequered(58), budget=budget).text for budget in (20, 70, 100, 300)]
    told = [[word in text for word in ("Head", "=SUM(A2:G2)", "<num>")] for text in texts]
    assert told == [
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_line_that_has_no_room_is_told_as_far_as_it_fits() -> None:
    assert encoded(chequered(58), budget=140).text == (
        "# S|A1:H59\n"
        "A1 {Head *}|1|2|3|4|5|6|7|8\n"
        "A2,C2,G2,B3,F3,A4,C4,G4,B5,F5 <num>\n"
        "H2:H59 =SUM(A2:G2)\n"
        "# left out 396 cells| and 13 more areas"
    )


def test_rows_that_the_question_names_come_first() -> None:
    made: dict[str, CellSpec] = {"A1": "Name", "B1": "Town", "C1": "Amount"}
    for row in range(2, 200):
        made |= {f"A{row}": f"Person {row}", f"B{row}": "Springfield", f"C{row}": row * 1.7}
    made |= {"A150": "Wilhelmina Brandt"}
    asked = encoded(sheet(made), budget=500, question="What is the amount of Wilhelmina?").text
    assert "\nA150 Wilhelmina Brandt\nC150 255" in asked
    assert "Wilhelmina" not in encoded(sheet(made), budget=500).text


def test_a_legend_leads_from_each_line_to_its_areas() -> None:
    found = encoded(ledger(38), Level.SKELETON)
    assert found.legend == {
        "A1": (RangeRef("S", 1, 1, 1, 3),),
        "A2:A39": (RangeRef("S", 2, 1, 39, 1),),
        "B2:B39": (RangeRef("S", 2, 2, 39, 2),),
        "C2:C19,C21:C29,C31:C39": (
            RangeRef("S", 2, 3, 19, 3),
            RangeRef("S", 21, 3, 29, 3),
            RangeRef("S", 31, 3, 39, 3),
        ),
        "C20": (RangeRef("S", 20, 3, 20, 3),),
        "C30": (RangeRef("S", 30, 3, 30, 3),),
    }


QUESTIONS = st.sampled_from(["", "Revenue of North in 2024", "数量 合計", "12 '\"|"])


@settings(max_examples=40, deadline=None)
@given(
    random_books(most=25),
    st.booleans(),
    st.integers(0, 3000),
    QUESTIONS,
    st.sampled_from([letters, thirds, estimate_tokens]),
)
def test_all_claims_about_random_books_are_right(
    workbook: Workbook,
    hidden: bool,
    budget: int,
    question: str,
    tokens: Callable[[str], int],
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        # Regions look at the steps between numbers, and the largest ones have no difference.
        sources = sources_of(formulas_of(workbook), hidden=hidden)
    for own in sources:
        for level in (Level.SKELETON, Level.LOSSLESS):
            found = encode_sheet(own, tokens=tokens, level=level)
            assert faults(found, tokens) == []
        found = encode_sheet(own, tokens=tokens, budget=budget, question=question)
        assert faults(found, tokens, budget) == []


FEW_CELLS = 10_000


def test_all_claims_about_real_workbooks_are_right(corpus: Path) -> None:
    wrong = {}
    count = 0
    for path in sorted(corpus.iterdir()):
        if path.stat().st_size > 500_000:
            continue
        try:
            workbook = tickmark.read_workbook(path)
        except InputError:
            continue
        for own in sources_of(formulas_of(workbook), hidden=True):
            count += 1
            some = [encode_sheet(own, tokens=estimate_tokens, level=Level.SKELETON)]
            if len(own.sheet.cells) <= FEW_CELLS:
                some.append(encode_sheet(own, tokens=estimate_tokens, level=Level.LOSSLESS))
                some += (
                    encode_sheet(own, tokens=estimate_tokens, budget=budget)
                    for budget in (300, 2000)
                )
            for found, budget in zip(some, (None, None, 300, 2000), strict=False):
                if problems := faults(found, estimate_tokens, budget):
                    wrong[path.name, own.sheet.name, budget] = problems
    assert wrong == {}
    assert count > 100
