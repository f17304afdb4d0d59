from __future__ import annotations

import pytest

from tests.report.analyses import clean_workbook, model_workbook
from tickmark.model.edit import AddSheet, CellStyle, WrittenCell
from tickmark.report.sheet import live_sheet
from tickmark.write.live import free_name, typed_text
from tickmark.write.live_looks import Patch, patches
from tickmark.write.looks import CellFormat


def header(*names: str) -> tuple[WrittenCell, ...]:
    return tuple(WrittenCell(name, CellStyle.HEADER) for name in names)


@pytest.mark.parametrize(
    ("taken", "name"),
    [
        ([], "Tickmark audit"),
        (["tickmark AUDIT"], "Tickmark audit 2"),
        (["Tickmark audit", "Tickmark audit 2"], "Tickmark audit 3"),
        (["Tickmark audit 2"], "Tickmark audit"),
    ],
)
def test_a_new_sheet_never_takes_the_name_of_another(taken: list[str], name: str) -> None:
    assert free_name("Tickmark audit", taken) == name


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@A1", "'quoted'", "1/2", "TRUE", "12%", "1e5", " =1", "plain", ""]
)
def test_every_text_gets_the_apostrophe_that_keeps_it_a_text(text: str) -> None:
    assert typed_text(text) == f"'{text}"


def test_what_no_cell_can_hold_is_replaced() -> None:
    assert typed_text("a\x00b\ud800c\rd\ne\tf") == "'a\ufffdb\ufffdc\ufffdd\ne\tf"


def test_equal_cells_are_dressed_together() -> None:
    high = tuple(WrittenCell("high", CellStyle.HIGH) for _ in range(2))
    text = WrittenCell("text", CellStyle.WRAPPED)
    sheet = AddSheet("S", (header("a", "b", "c"), *((*high, text) for _ in range(100))))

    found = patches(sheet)

    assert found == [
        Patch(CellFormat(CellStyle.HEADER), 1, 1, 1, 3),
        Patch(CellFormat(CellStyle.HIGH, ruled=True), 2, 1, 101, 2),
        Patch(CellFormat(CellStyle.WRAPPED, ruled=True), 2, 3, 101, 3),
    ]
    assert found[1].a1 == "A2:B101"


def test_plain_cells_need_no_call_at_all() -> None:
    assert (
        patches(AddSheet("S", ((WrittenCell("a"), WrittenCell(None)), (), (WrittenCell(1),)))) == []
    )


def test_a_gap_ends_a_rectangle() -> None:
    title = (WrittenCell("t", CellStyle.TITLE),)

    found = patches(AddSheet("S", (title, (), title, title)))

    assert [patch.a1 for patch in found] == ["A1", "A3:A4"]


def test_no_cell_is_dressed_twice() -> None:
    sheet = live_sheet(model_workbook(), name="S", version="1", run_id="r", finished="")

    cells = [
        (row, column)
        for patch in patches(sheet)
        for row in range(patch.top, patch.bottom + 1)
        for column in range(patch.left, patch.right + 1)
    ]

    assert len(cells) == len(set(cells))


def test_the_table_comes_first_with_its_header_frozen() -> None:
    sheet = live_sheet(
        model_workbook(), name="Tickmark audit", version="0.1.0", run_id="run-1",
        finished="2026-11-20T14:04:40+01:00",
    )  # fmt: skip

    first = sheet.frozen_rows
    assert [cell.value for cell in sheet.rows[first - 1]] == [
        "#", "Severity", "Rule", "Where", "What", "Evidence", "Fix",
    ]  # fmt: skip
    assert sheet.filter_range.startswith(f"A{first}:G")
    assert sheet.rows[0][0].value == "Tickmark audit"


def test_without_findings_there_is_nothing_to_filter() -> None:
    sheet = live_sheet(clean_workbook(), name="S", version="1", run_id="r", finished="")

    assert (sheet.filter_range, sheet.frozen_rows) == ("", 1)
    assert any(row and row[0].value == "No findings." for row in sheet.rows)
