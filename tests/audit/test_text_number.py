"""The rule text-number: what it accuses and what it leaves alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from tests.books import CellSpec, Value, book, sheet
from tickmark.audit.number_text import is_amount, is_date, names_codes, number_in
from tickmark.audit.rule import Facts
from tickmark.audit.rules.text_number import text_number
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]


def _findings(workbook: Workbook) -> list[Finding]:
    return list(text_number.check(Facts(workbook, formulas_of(workbook))))


def _list(values: Sequence[Value], *, header: str = "Amount", total: str = "") -> Cells:
    """Customers in A with values in B from row 2 on, and a formula below in the total row."""
    cells: Cells = {"A1": "Customer", "B1": header}
    for row, value in enumerate(values, 2):
        cells[f"A{row}"] = f"Customer {chr(63 + row)}"
        cells[f"B{row}"] = value
    if total:
        last = len(values) + 1
        cells[f"A{last + 1}"] = "Total"
        cells[f"B{last + 1}"] = (f"={total}(B2:B{last})", 1000.0)
    return cells


def test_a_number_that_a_sum_leaves_out_is_accused_with_the_sum() -> None:
    (finding,) = _findings(book(_list([120, 340, "1,200", 90, 75], total="SUM")))

    assert finding == Finding(
        rule="text-number",
        severity=Severity.HIGH,
        message='B4 holds the number "1,200" as text; B7 leaves it out.',
        sheet="Sheet1",
        ranges=("B4",),
        evidence={
            "found": '"1,200"',
            "expected": "1200",
            "numbers in the column": "5",
            "left out by": "B7 =SUM(B2:B6)",
        },
        fix="Turn the text into a number, and look for where it comes from.",
        confidence=0.95,
        tier=Tier.DEFAULT,
        key="number SUM(R[-5]C:R[-1]C)",
        siblings=("B3", "B5"),
    )


@pytest.mark.parametrize(
    "text",
    ["1,200", " 12.5", "12.5 ", "1 200", "1\u00a0200", "(500)", "12%", "\u22125", "$5", "77", "5-"],
)
@pytest.mark.parametrize("function", ["SUM", "AVERAGE", "MAX", "COUNT"])
def test_all_ways_to_write_a_number_are_found_under_all_functions_that_leave_texts_out(
    text: str, function: str
) -> None:
    (finding,) = _findings(book(_list([120, 340, text, 90, 75], total=function)))

    assert (finding.severity, finding.tier, finding.ranges) == (
        Severity.HIGH,
        Tier.DEFAULT,
        ("B4",),
    )


def test_a_column_of_nothing_but_texts_under_a_sum_is_one_finding() -> None:
    (finding,) = _findings(book(_list(["12", "15", "18", "11"], total="SUM")))

    assert (finding.ranges, finding.confidence) == (("B2:B5",), 0.85)


def test_a_formula_that_gives_a_text_under_a_sum_is_accused() -> None:
    cells = _list([120, 340, 50, 90, 75], total="SUM") | {"B4": ('=LEFT("50 EUR",2)', "50")}

    (finding,) = _findings(book(cells))

    assert (finding.ranges, finding.evidence["formula"]) == (("B4",), '=LEFT("50 EUR",2)')


def test_columns_side_by_side_are_one_finding() -> None:
    cells: Cells = {"A1": "Town", "B1": "Spring", "C1": "Summer", "D1": "Autumn"}
    for row in range(2, 8):
        cells |= {f"A{row}": f"Town {chr(63 + row)}", f"D{row}": 8.5 + row}
        cells |= {f"B{row}": 7.5 + row, f"C{row}": 3.5 * row}
    cells |= {"B4": "11.5", "C4": "14.0", "C6": "21.0"}
    cells |= {f"{c}8": (f"=SUM({c}2:{c}7)", 50.0) for c in "BCD"} | {"A8": "Total"}

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("B4:C4", "C6")


def test_a_text_among_numbers_that_nothing_reads_is_told_when_asked_for() -> None:
    (finding,) = _findings(book(_list([120, 340, "1,200", 90, 75])))

    assert (finding.severity, finding.tier, finding.ranges) == (Severity.LOW, Tier.MORE, ("B4",))


def test_a_column_of_amounts_that_are_all_text_is_told_when_asked_for() -> None:
    (finding,) = _findings(book(_list(["1,200", "2,350", "$12", "15%"])))

    assert (finding.tier, finding.ranges) == (Tier.MORE, ("B2:B5",))


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ([120, 340, "n/a", 90, 75], "Amount"),
        ([120, 340, "-", 90, 75], "Amount"),
        ([120, 340, "", 90, 75], "Amount"),
        ([120, 340, "late", 90, 75], "Amount"),
        ([120, 340, "0", 90, 75], "Amount"),
        ([120, 340, "(1)", 90, 75], "Amount"),
        ([120, 340, "007", 90, 75], "Amount"),
        ([120, 340, "12345678901", 90, 75], "Amount"),
        ([120, 340, "2019", 90, 75], "Amount"),
        ([2017, 2018, "2019", 2020, 2021], "Year"),
        ([120, 340, dt.date(2024, 1, 5), 90, 75], "Amount"),
        ([120, 340, True, 90, 75], "Amount"),
    ],
)
def test_placeholders_codes_years_and_real_values_under_a_sum_stay_silent(
    values: list[Value], header: str
) -> None:
    findings = _findings(book(_list(values, header=header, total="SUM")))

    assert [one for one in findings if one.tier is Tier.DEFAULT] == []


@pytest.mark.parametrize(
    ("values", "header"),
    [
        (["12", "15", "18", "11"], "Amount"),
        (["1.1", "1.2", "2.1", "2.10"], "Section"),
        (["0120", "0340", "0500"], "Zip"),
        ([120, 340, "500", 90, 75], "Account No."),
        ([120, 340, "500", 90, 75], "Product ID"),
        (["1001", "1002", "1003"], "Code"),
        (["10", "12a", "12b", "14"], "House"),
        ([1, 2, 3, "4", "5a", "5b"], "House"),
        (["2019", "2020", "2021"], "Year"),
    ],
)
def test_codes_and_lists_of_texts_stay_silent(values: list[Value], header: str) -> None:
    assert _findings(book(_list(values, header=header))) == []


def test_headers_that_are_years_as_text_stay_silent_under_a_sum_that_takes_them_in() -> None:
    cells: Cells = {"A1": "Region", "B1": "2019", "C1": "2020", "D1": "2021"}
    for row in range(2, 7):
        cells |= {f"A{row}": f"Region {chr(63 + row)}"}
        cells |= {f"{c}{row}": 10.0 * row for c in "BCD"}
    cells |= {"A7": "Total"} | {f"{c}7": (f"=SUM({c}1:{c}6)", 200.0) for c in "BCD"}

    assert _findings(book(cells)) == []


def test_a_row_that_numbers_the_columns_stays_silent() -> None:
    cells: Cells = {"A1": "Region", "B1": "Births", "C1": "Deaths", "D1": "Moves"}
    cells |= {"A2": "1", "B2": "2", "C2": "3", "D2": "4"}
    for row in range(3, 9):
        cells |= {f"A{row}": f"Region {chr(63 + row)}"}
        cells |= {f"{c}{row}": 10.0 * row for c in "BCD"}
    cells |= {"A9": "Total"} | {f"{c}9": (f"=SUM({c}2:{c}8)", 200.0) for c in "BCD"}

    assert _findings(book(cells)) == []


def test_a_row_of_years_below_numbers_stays_silent() -> None:
    cells: Cells = {"A1": "Item", "B1": "Plan", "C1": "Budget"}
    for row in range(2, 12):
        cells |= {
            f"A{row}": f"Item {chr(63 + row)}",
            f"B{row}": 900.0 * row,
            f"C{row}": 950.0 * row,
        }
    cells |= {"B6": "2021", "C6": "2022"}

    assert _findings(book(cells)) == []


def test_one_amount_that_looks_like_a_year_is_told_when_asked_for() -> None:
    (finding,) = _findings(book(_list([900, 1800, "2021", 3600, 4500])))

    assert (finding.tier, finding.ranges) == (Tier.MORE, ("B4",))


def test_a_sum_over_a_row_of_a_table_with_codes_stays_silent() -> None:
    cells: Cells = {"A1": "Shop", "B1": "Code", "C1": "Spring", "D1": "Summer", "E1": "Total"}
    for row in range(2, 7):
        cells |= {f"A{row}": f"Shop {chr(63 + row)}", f"B{row}": f"{row}71"}
        cells |= {f"C{row}": 5.0 * row, f"D{row}": 6.0 * row}
        cells |= {f"E{row}": (f"=SUM(B{row}:D{row})", 11.0 * row)}

    assert _findings(book(cells)) == []


def test_a_count_of_texts_by_a_function_that_sees_them_stays_silent() -> None:
    cells = _list(["12", "15", "18", "11"]) | {"A7": "Answers", "B7": ("=COUNTA(B2:B5)", 4)}

    assert _findings(book(cells)) == []


def test_a_date_as_text_among_dates_is_told_when_asked_for() -> None:
    dates: list[Value] = [dt.date(2024, 1, day) for day in range(5, 10)]
    (finding,) = _findings(book(_list([*dates, "13/01/2024", "14/01/2024"], header="Paid on")))

    assert (finding.tier, finding.ranges) == (Tier.MORE, ("B7:B8",))
    assert finding.message == ('2 dates are stored as text (B7:B8); B7 holds "13/01/2024".')


def test_dates_as_text_in_a_column_of_texts_stay_silent() -> None:
    assert _findings(book(_list(["13/01/2024", "14/01/2024", "15/01/2024"]))) == []


def _lookup(keys: Sequence[Value], sought: Value, result: Value, formula: str = "") -> Cells:
    """A price list in A and B with a lookup in E2 whose key stands in D2."""
    cells: Cells = {"A1": "Item", "B1": "Price", "D1": "Item", "E1": "Price", "D2": sought}
    for row, key in enumerate(keys, 2):
        cells |= {f"A{row}": key, f"B{row}": 2.5 * row}
    return cells | {"E2": (formula or "=VLOOKUP(D2,A2:B6,2,FALSE)", result)}


def test_keys_that_are_text_in_the_table_and_numbers_in_the_lookup_are_accused() -> None:
    (finding,) = _findings(book(_lookup(["101", "102", "103", "104", "105"], 103, "#N/A")))

    assert finding.ranges == ("A4",)
    assert finding.message == (
        'A4 holds the key "103" as text, so that the lookup in E2 does not find it: it seeks a '
        "number among text."
    )
    assert (finding.severity, finding.tier) == (Severity.HIGH, Tier.DEFAULT)


@pytest.mark.parametrize(
    "formula",
    [
        "=VLOOKUP(D2,A2:B6,2,FALSE)",
        "=INDEX(B2:B6,MATCH(D2,A2:A6,0))",
        "=IFERROR(VLOOKUP(D2,A2:B6,2,0),0)",
        "=_xlfn.XLOOKUP(D2,A2:A6,B2:B6)",
    ],
)
def test_a_key_that_is_text_in_the_lookup_and_a_number_in_the_table_is_accused(
    formula: str,
) -> None:
    (finding,) = _findings(book(_lookup([101, 102, 103, 104, 105], "103", "#N/A", formula)))

    assert finding.ranges == ("D2",)


@pytest.mark.parametrize(
    ("keys", "sought", "result"),
    [
        ([101, 102, 103, 104, 105], 103, 10.0),
        (["101", "102", "103", "104", "105"], "103", 10.0),
        ([101, 102, 103, 104, 105], 999, "#N/A"),
        ([101, 102, 103, 104, 105], "x103", "#N/A"),
        ([101, 102, 103, "103", 105], "103", 10.0),
        (["a", "b", "c", "d", "e"], "b", 10.0),
        ([101, 102, 103, 104, 105], None, "#N/A"),
        ([101, 102, 103, 104, 105], "103", 10.0),
    ],
)
def test_lookups_whose_keys_have_one_type_or_no_like_stay_silent(
    keys: list[Value], sought: Value, result: Value
) -> None:
    assert _findings(book(_lookup(keys, sought, result))) == []


def test_a_key_that_the_formula_converts_stays_silent() -> None:
    formula = "=VLOOKUP(VALUE(D2),A2:B6,2,FALSE)"

    assert _findings(book(_lookup([101, 102, 103, 104, 105], "103", "#N/A", formula))) == []


def test_a_sum_on_another_sheet_is_named_with_it() -> None:
    data = sheet(_list([120, 340, "1,200", 90, 75]))
    workbook = book({"Data": data, "Sum up": sheet({"A1": ("=SUM(Data!B2:B6)", 625)})})

    (finding,) = _findings(workbook)

    assert finding.message == "B4 holds the number \"1,200\" as text; 'Sum up'!A1 leaves it out."


def test_control_characters_of_a_text_do_not_get_into_the_message() -> None:
    (finding,) = _findings(book(_list([120, 340, "\x1f500", 90, 75], total="SUM")))

    assert finding.message == 'B4 holds the number " 500" as text; B7 leaves it out.'


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234,567.89", 1234567.89),
        ("1,5", 1.5),
        ("500-", -500.0),
        ("12%", 0.12),
        ("EUR 5", 5.0),
        ("12*", None),
        ("1.", None),
        ("2E10", None),
        ("10-12", None),
        ("1/2", None),
        ("Q1", None),
        ("", None),
    ],
)
def test_numbers_in_texts(text: str, number: float | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("Account No.", True),
        ("ZIP code", True),
        ("Item #", True),
        ("Invoice", True),
        ("Invoice amount", False),
        ("Number of employees", False),
        ("Amount", False),
        ("Notes", False),
    ],
)
def test_labels_of_codes(label: str, codes: bool) -> None:
    assert names_codes(label) == codes


def test_dates_and_amounts_in_texts() -> None:
    assert [is_date(text) for text in ("3/4/2024", "2024-05-01", "13/13/2024", "5")] == [
        True,
        True,
        False,
        False,
    ]
    assert [is_amount(text) for text in ("1,200", "12%", "(500)", "12", "1.2")] == [
        True,
        True,
        True,
        False,
        False,
    ]
