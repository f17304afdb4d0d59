from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.report.analyses import (
    HOSTILE,
    YES,
    all_kinds,
    clean_workbook,
    failed_workbook,
    hostile_workbook,
    incomplete_workbook,
    large_workbook,
    model_workbook,
)
from tickmark.model.address import RangeRef
from tickmark.model.analysis import Analysis, Citation, Remark, Status
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.report.sheet import result_sheet


def made(analysis: Analysis) -> AddSheet:
    return result_sheet(
        analysis, version="0.1.0", run_id="run-1", finished="2026-11-20T14:04:40+01:00"
    )


def cells(sheet: AddSheet) -> Iterator[WrittenCell]:
    return (cell for row in sheet.rows for cell in row)


def texts(sheet: AddSheet) -> list[str]:
    return [str(cell.value) for cell in cells(sheet) if cell.value is not None]


def values(sheet: AddSheet, row: int) -> list[object]:
    return [cell.value for cell in sheet.rows[row - 1]]


def test_the_head_says_what_was_analysed_when_and_for_how_much() -> None:
    sheet = made(model_workbook())
    assert sheet.name == "Tickmark analysis"
    head = [[cell.value for cell in row] for row in sheet.rows[:10]]
    assert head == [
        ["Tickmark analysis"],
        [("8 findings (3 high, 2 medium, 2 low and 1 info), in 5 sheets, 1,592 cells and "
         "712 formulas.")],
        [],
        ["Source file", None, "group/models/Three statement model FY26 v7 (final).xlsx"],
        ["SHA-256", None, model_workbook().sha256],
        ["Analysed", None, "20 Nov 2026, 14:04 UTC+01:00"],
        ["Model", None, "claude-sonnet-4-6"],
        ["Cost", None, "$0.12 for 6 calls, 1 answered from cache"],
        ["Run", None, "run-1"],
        ["Tickmark", None, "0.1.0"],
    ]  # fmt: skip


def test_the_findings_are_a_table_with_a_filter_over_exactly_its_rows() -> None:
    sheet = made(model_workbook())
    span = RangeRef.parse(sheet.filter_range)
    assert values(sheet, span.top) == [
        "#",
        "Severity",
        "Rule",
        "Where",
        "What",
        "Evidence",
        "Fix",
    ]
    assert [values(sheet, row)[0] for row in range(span.top + 1, span.bottom + 1)] == [
        1, 2, 3, 4, 5, 6, 7, 8,
    ]  # fmt: skip
    assert (span.left, span.right) == (1, 7)
    assert values(sheet, span.top + 3) == [
        3,
        "▲ high",
        "inconsistent-formula",
        "'P&L'!E12",
        "A number stands where the cells to the left and right hold the same formula.",
        "expected: =E8*Inputs!$B$14\nfound: 118,400\nneighbours: D12, F12",
        "=E8*Inputs!$B$14",
    ]


def test_places_link_to_their_cells_but_never_to_hidden_sheets() -> None:
    linked = {str(cell.value): cell.link for cell in cells(made(model_workbook())) if cell.link}
    assert linked["'P&L'!E12"] == "'P&L'!E12"
    assert linked["Inputs!B7, B9, B12, B15, B18, B21 and 2 more"] == "Inputs!B7"
    assert linked["P&L"] == "'P&L'!A1"
    assert not any("old calc" in text for text in linked)


def test_a_citation_without_sheet_links_to_the_sheet_it_was_made_about() -> None:
    linked = {str(cell.value): cell.link for cell in cells(made(model_workbook())) if cell.link}
    assert linked["F36"] == "'Balance sheet'!F36"


def test_an_unsupported_citation_is_marked_and_not_linked() -> None:
    sheet = made(model_workbook())
    (row,) = [row for row in sheet.rows if any(cell.value == "'P&L'!Z99" for cell in row)]
    assert [cell.link for cell in row] == ["", "", "", "", "", ""]
    assert row[5] == WrittenCell("✗ not in sheet", CellStyle.HIGH)


def test_a_companion_of_a_format_that_keeps_no_sheets_has_no_links() -> None:
    assert not any(cell.link for cell in cells(made(replace(model_workbook(), format="xls"))))


@pytest.mark.parametrize("analysis", all_kinds(), ids=lambda one: one.path[-12:])
def test_every_link_is_a_cell_of_a_visible_sheet_of_the_workbook(analysis: Analysis) -> None:
    visible = {one.name for one in analysis.sheets if one.state == "visible"}
    links = [RangeRef.parse(cell.link) for cell in cells(made(analysis)) if cell.link]
    assert {link.sheet for link in links} <= visible


def test_no_text_of_a_stranger_becomes_a_link() -> None:
    hostile = replace(hostile_workbook(), findings=hostile_workbook().findings * 2)
    links = [cell.link for cell in cells(made(hostile)) if cell.link]
    assert not any("javascript" in link or HOSTILE in link for link in links)


def test_rules_only_is_said_plainly() -> None:
    sheet = made(replace(clean_workbook(), model="", summary=""))
    assert "Rules only, no model was asked" in texts(sheet)
    assert not any("words of the model" in text for text in texts(sheet))
    assert not any("shown to the model" in text for text in texts(sheet))


def test_a_clean_workbook_says_so_and_has_no_filter() -> None:
    sheet = made(clean_workbook())
    assert "No findings." in texts(sheet)
    assert sheet.filter_range == ""


def test_what_is_missing_is_named_and_a_lost_sheet_is_not_called_empty() -> None:
    sheet = made(incomplete_workbook())
    said = texts(sheet)
    assert "Missing" in said
    assert "Actuals: The sheet part is damaged at byte 20,114; open and save it in Excel." in said
    assert "not known" in said
    assert "not read, see above" in said
    assert "empty" not in said


def test_a_failed_workbook_says_why() -> None:
    assert texts(made(failed_workbook()))[1].startswith("Not analysed: group/board/salaries.xlsx")


def test_many_findings_are_capped_with_a_sentence() -> None:
    sheet = made(large_workbook(sheets=2, findings=5_010))
    assert "10 more findings in results.jsonl." in texts(sheet)
    span = RangeRef.parse(sheet.filter_range)
    assert span.bottom - span.top == 5_000


def test_weaker_hints_are_counted() -> None:
    assert "1 weaker hint in results.jsonl." in texts(made(model_workbook()))


def test_dismissed_findings_are_counted_and_not_listed() -> None:
    found = replace(model_workbook().findings[0], message="Gone.", dismissed="in Excel")
    told = texts(made(replace(model_workbook(), findings=(found,))))

    assert "1 finding dismissed in Excel, in results.jsonl." in told
    assert "Gone." not in told


def test_wide_letters_get_shorter_lines() -> None:
    sheet = made(replace(clean_workbook(), summary="売" * 200))
    assert max(len(text) for text in texts(sheet) if text.startswith("売")) == 65


@pytest.mark.parametrize("analysis", all_kinds(), ids=lambda one: one.path[-12:])
def test_the_last_line_says_how_to_remove_everything(analysis: Analysis) -> None:
    last = made(analysis).rows[-1]
    assert [cell.value for cell in last] == [
        "Delete this sheet to remove everything Tickmark added."
    ]


@pytest.mark.parametrize("analysis", all_kinds(), ids=lambda one: one.path[-12:])
def test_every_text_fits_a_cell_and_a_file(analysis: Analysis) -> None:
    for text in texts(made(analysis)):
        text.encode()
        assert len(text) < 32_767


def test_sheet_names_are_compared_as_excel_does() -> None:
    clean = clean_workbook()
    loud = replace(clean.sheets[0], remarks=(Remark("x", (Citation("ORDERS", "A1", YES),)),))
    sheet = made(replace(clean, sheets=(loud,)))
    assert {str(cell.value): cell.link for cell in cells(sheet) if cell.link}["ORDERS!A1"] == (
        "Orders!A1"
    )


def test_an_incomplete_workbook_without_an_error_names_its_notes_as_missing() -> None:
    cut = replace(
        clean_workbook(),
        status=Status.INCOMPLETE,
        notes=("Only the first million cells were read.",),
    )
    said = texts(made(cut))
    assert said[said.index("Missing") + 1] == "Only the first million cells were read."
    assert "Notes" not in said
