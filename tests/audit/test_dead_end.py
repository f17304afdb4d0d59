"""The rule dead-end: calculations that look like steps and that nothing uses."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.books import CellSpec, book, sheet
from tickmark.audit.rule import Facts
from tickmark.audit.rules.dead_end import dead_end
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.finding import Finding, Severity, Tier
from tickmark.model.workbook import DefinedName, Workbook
from tickmark.structure.formulas import formulas_of

Cells = dict[str, CellSpec]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _findings(workbook: Workbook) -> list[Finding]:
    return list(dead_end.check(Facts(workbook, formulas_of(workbook))))


def _model(*, without: tuple[int, ...] = ()) -> Cells:
    """Units and price by month, sales, costs and profit, which leaves the sales of some out.

    Rows: 2 units, 3 price, 4 sales, 5 costs, 6 profit; months in columns B to M.
    """
    cells: Cells = {
        "A1": "Month",
        "A2": "Units",
        "A3": "Price",
        "A4": "Sales",
        "A5": "Costs",
        "A6": "Profit",
    }
    for column, month in enumerate(MONTHS, 2):
        at = [cell_address(row, column) for row in range(1, 7)]
        cells |= {at[0]: month, at[1]: 100.0 + column, at[2]: 2.5}
        cells |= {at[3]: (f"={at[1]}*{at[2]}", 250.0), at[4]: (f"={at[1]}*1.5", 150.0)}
        left = at[1] if column in without else at[3]
        cells[at[5]] = (f"={left}-{at[4]}", 100.0)
    return cells


def _turned(cells: Cells) -> Cells:
    """The same with rows and columns exchanged."""
    turned: Cells = {}
    for address, value in cells.items():
        area = RangeRef.parse(address)
        place = cell_address(area.left, area.top)
        turned[place] = (_turn(value[0]), value[1]) if isinstance(value, tuple) else value
    return turned


def _turn(formula: str) -> str:
    """A formula with the rows and columns of its cells exchanged."""

    def exchanged(match: re.Match[str]) -> str:
        area = RangeRef.parse(match[0])
        return cell_address(area.left, area.top)

    return re.sub(r"[A-Z]+[0-9]+", exchanged, formula)


def test_a_month_that_the_next_row_leaves_out_is_told() -> None:
    (finding,) = _findings(book(_model(without=(7,))))

    assert finding == Finding(
        rule="dead-end",
        severity=Severity.LOW,
        message="G4 calculates what nothing uses, while 11 of 11 copies beside it are used.",
        sheet="Sheet1",
        ranges=("G4",),
        evidence={"found": "=G2*G3", "used beside": "11 of 11"},
        fix="Refer to the cells where they belong, or delete them.",
        confidence=0.5,
        tier=Tier.MORE,
        key="R[-2]C*R[-1]C",
        siblings=("F4", "H4"),
    )


def test_the_same_is_told_down_a_column() -> None:
    (finding,) = _findings(book(_turned(_model(without=(7,)))))

    assert (finding.ranges, finding.siblings) == (("D7",), ("D6", "D8"))


def test_two_cells_of_one_formula_are_one_finding() -> None:
    cells = _model(without=(5, 10)) | {"N4": ("=SUM(B6:M6)", 1.0)}

    (finding,) = _findings(book(cells))

    assert finding.ranges == ("E4", "J4")


@pytest.mark.parametrize(
    "cells",
    [
        _model(),
        _turned(_model()),
        _model(without=(2,)),
        _model(without=(13,)),
        _model(without=(4, 5, 6, 7, 8)),
        _model(without=(4, 6, 8, 10)),
        _model(without=(7,)) | {"A9": ("=SUM(B4:M4)", 3000.0)},
        _model(without=(7,)) | {"A9": ('=INDIRECT("G4")', 250.0)},
        {"A1": 1, "B1": ("=A1*2", 2)},
    ],
)
def test_results_ends_and_other_patterns_stay_silent(cells: Cells) -> None:
    assert _findings(book(cells)) == []


def test_macros_and_names_count_as_uses() -> None:
    cells = _model(without=(7,))

    assert _findings(replace(book(cells), has_macros=True)) == []
    assert _findings(book(cells, names=[DefinedName("July", "Sheet1!$G$4")])) == []


def test_a_printed_part_counts_as_seen() -> None:
    workbook = book(_model(without=(7,)))
    page = workbook.sheets[0]
    details = replace(page.details, print_areas=(RangeRef("Sheet1", 1, 1, 6, 13),))

    assert _findings(replace(workbook, sheets=(replace(page, details=details),))) == []


def _steps(row: Cells) -> dict[str, Cells]:
    """A sheet of steps in rows 2 to 8, each used by the next or by the report, and the report."""
    steps: Cells = {"A1": "Step"}
    for number in range(2, 9):
        steps[f"A{number}"] = f"Step {number}"
        for column in "BCDEF":
            steps[f"{column}1"] = f"Year {column}"
            source = f"{column}{number - 1}" if number > 2 else f"Inputs!{column}2"
            steps[f"{column}{number}"] = (f"={source}+{number}", 10.0 * number)
    for column in "BCDEF":
        steps[f"{column}6"] = (f"={column}4+6", 60.0)
    steps |= row
    report: Cells = {f"{column}2": (f"=Steps!{column}8", 80.0) for column in "BCDEF"}
    inputs: Cells = {f"{column}2": 5.0 for column in "BCDEF"}
    return {"Inputs": inputs, "Steps": steps, "Report": report}


def _row(text: str, *, value: float | str = 50.0) -> Cells:
    return {f"{column}5": (text.replace("?", column), value) for column in "BCDEF"}


def test_a_line_between_used_lines_is_told_on_a_sheet_that_feeds_others() -> None:
    (finding,) = _findings(book(_steps(_row("=?4+5"))))

    assert (finding.sheet, finding.ranges, finding.confidence) == ("Steps", ("B5:F5",), 0.3)
    assert finding.message == (
        "B5:F5 calculate what nothing uses, while 6 of 6 other lines of the table are used."
    )


@pytest.mark.parametrize(
    "row",
    [
        _row("=?4/?3"),
        _row("=?4-?3") | {"A5": "Check"},
        _row('=IF(?4>0,"up","down")', value="up"),
        _row("=SUM(?2:?4)") | {"A5": "Total"},
    ],
)
def test_ratios_checks_texts_and_totals_stay_silent(row: Cells) -> None:
    assert _findings(book(_steps(row))) == []


def test_a_line_on_a_sheet_that_feeds_no_other_stays_silent() -> None:
    sheets = _steps(_row("=?4+5"))
    del sheets["Report"]

    assert _findings(book(sheets)) == []


def test_hidden_formulas_that_feed_nothing_are_told() -> None:
    cells: Cells = {"A1": 2, "B1": ("=A1*2", 4), "C1": ("=A1*3", 6)}

    (finding,) = _findings(book({"S": sheet(cells, hidden_columns=((3, 3),))}))

    assert (
        finding.message == "1 formula in the hidden column C calculates what nothing outside uses."
    )
    assert finding.ranges == ("C1",)


def test_a_hidden_sheet_that_feeds_nothing_is_told() -> None:
    hidden = sheet({"A1": ("=Shown!A1*2", 2), "A2": ("=A1*2", 4)}, state="hidden")

    (finding,) = _findings(book({"Shown": {"A1": 1}, "Old": hidden}))

    assert (finding.sheet, finding.ranges) == ("Old", ())


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": 2, "B1": ("=C1*2", 12), "C1": ("=A1*3", 6)},
        {"A1": 2, "C1": 6, "C2": "text"},
        {"A1": 2, "B1": ("=D1+1", 13), "C1": ("=A1*3", 6), "D1": ("=C1*2", 12)},
    ],
)
def test_hidden_formulas_that_feed_others_stay_silent(cells: Cells) -> None:
    assert _findings(book({"S": sheet(cells, hidden_columns=((3, 4),))})) == []


@pytest.mark.parametrize("name", ["Model old", "Copy of Model", "Model (2)", "backup_2021"])
def test_a_sheet_that_looks_left_over_is_told(name: str) -> None:
    old: Cells = {"A1": ("=Model!A1*2", 2)}

    (finding,) = _findings(book({"Model": {"A1": 1}, name: old}))

    assert (finding.sheet, finding.severity) == (name, Severity.INFO)


@pytest.mark.parametrize("name", ["Report", "Gold", "Copyright", "Template", "Summary 2"])
def test_a_sheet_of_results_stays_silent(name: str) -> None:
    assert _findings(book({"Model": {"A1": 1}, name: {"A1": ("=Model!A1*2", 2)}})) == []


def test_a_left_over_sheet_that_another_uses_stays_silent() -> None:
    sheets = {"Old": {"A1": ("=5*2", 10)}, "Model": {"A1": ("=Old!A1", 10)}}

    assert _findings(book(sheets)) == []
