"""What is set aside, which tables count as drawn, and that the detector does not see them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.region_scores import made_sheets
from tests.benchmarks.region_scores.anchors_kept import Input, Kept, kept, oracle, plain
from tests.benchmarks.region_scores.labels import LabelledSheet, LabelledTable, exactly, just
from tests.benchmarks.region_scores.sets import (
    Folders,
    drawn_aside,
    drawn_set,
    list_objects,
    put_aside,
    samples_set,
    tables_set,
    without_list_objects,
)
from tests.books import CellSpec, book, save, sheet
from tickmark.model.address import RangeRef
from tickmark.model.workbook import Sheet, Table

NONE: frozenset[int] = frozenset()
NAMES = [f"{number}.xlsx" for number in range(1, 13)]
LABEL = (
    '{"workbook": "%s", "sheet": "S", "tables": [{"range": "A1:B3", "header_rows": 1, '
    '"header_columns": 1, "total_rows": [], "total_columns": []}]}\n'
)


def folders(place: Path) -> Folders:
    """Folders of a name each inside one."""
    names = ("tables", "workbooks", "errors", "samples", "drawn")
    return Folders(*(place / name for name in names))


def test_the_nine_smallest_hashes_are_set_aside() -> None:
    assert sorted(set(NAMES) - put_aside(NAMES)) == ["2.xlsx", "6.xlsx", "9.xlsx"]


def test_about_a_third_of_the_drawn_workbooks_is_set_aside_whatever_the_others_are() -> None:
    aside = ["2.xlsx", "3.xlsx", "6.xlsx", "9.xlsx", "10.xlsx"]

    assert [name for name in NAMES if drawn_aside(name)] == aside


def test_tables_of_one_line_and_tables_without_content_are_left_out() -> None:
    cells: dict[str, CellSpec] = {
        "A1": "x",
        "B1": "y",
        "A2": 1,
        "D1": "z",
        "E1": "u",
        "G1": "v",
        "G2": 5,
        "A9": "w",
    }
    tables = (("Good", "A1:B3"), ("Blank", "D1:E3"), ("Narrow", "G1:G3"))
    workbook = book({"S": sheet(cells, tables=tables)})

    assert list_objects("a.xlsx", workbook) == (
        LabelledSheet(
            "a.xlsx",
            "S",
            (
                LabelledTable(
                    RangeRef("S", 1, 1, 3, 2), header_rows=exactly(1), total_rows=just(NONE)
                ),
            ),
        ),
    )


def test_list_objects_are_hidden_with_the_filter_that_is_theirs() -> None:
    workbook = book({"S": sheet({"A1": "x", "B1": "y", "A2": 1}, tables=(("Good", "A1:B3"),))})
    (own,) = workbook.sheets

    def filtered(area: str) -> Sheet:
        details = replace(own.details, filter_range=RangeRef.parse(area, sheet="S"))
        made = replace(workbook, sheets=(replace(own, details=details),))
        return without_list_objects(made).sheets[0]

    assert filtered("A1:B3").tables == ()
    assert filtered("A1:B3").details.filter_range is None
    assert filtered("E1:F9").details.filter_range == RangeRef("S", 1, 5, 9, 6)


def test_totals_rows_of_a_list_object_are_its_last_rows() -> None:
    workbook = book({"S": {"A1": "x", "B1": "y", "A2": 1, "A4": 1}})
    table = Table("Good", RangeRef("S", 1, 1, 4, 2), ("x", "y"), totals_rows=1)
    made = replace(workbook, sheets=(replace(workbook.sheets[0], tables=(table,)),))

    ((label,),) = (one.tables for one in list_objects("a.xlsx", made))
    assert label.total_rows == just(frozenset({4}))


def test_a_set_without_its_folder_says_so(tmp_path: Path) -> None:
    missing = folders(tmp_path)

    assert str(tables_set(missing, aside=False)).startswith("tables: there is no annotation.txt")
    assert str(samples_set(missing)).startswith("samples: there is no folder")
    assert str(drawn_set(missing, aside=False)).startswith("drawn: there are no labels")


def test_drawn_labels_are_split_and_what_is_not_there_is_among_the_missing(tmp_path: Path) -> None:
    own = folders(tmp_path)
    own.drawn.mkdir()
    own.workbooks.mkdir()
    save(own.workbooks / "1.xlsx", {"S": {"A1": "x", "B1": "y", "A2": 1}})
    names = ("1.xlsx", "4.xlsx", "6.xlsx")
    (own.drawn / "a.jsonl").write_text("".join(LABEL % name for name in names), encoding="utf-8")
    (own.drawn / "b.jsonl").write_text("{}\n", encoding="utf-8")

    tuning, aside = drawn_set(own, aside=False), drawn_set(own, aside=True)

    assert not isinstance(tuning, str)
    assert not isinstance(aside, str)
    assert tuning.missing == ["4.xlsx: no such workbook", "b.jsonl: line 1: KeyError('sheet')"]
    assert aside.missing == ["6.xlsx: no such workbook", "b.jsonl: line 1: KeyError('sheet')"]
    assert [(one.name, one.labels[0].tables[0].range.a1) for one in tuning.read()] == [
        ("1.xlsx", "A1:B3")
    ]


def test_kept_edges_and_cells_are_counted() -> None:
    workbook = book({"A1": "x", "B1": "y", "A2": 1, "B2": 2, "A3": 3, "B3": 4, "A4": 5, "B4": 6})
    (own,) = workbook.sheets
    label = LabelledSheet("a.xlsx", own.name, (LabelledTable(RangeRef(own.name, 1, 1, 4, 2)),))

    def counted(rows: list[int], columns: list[int]) -> Kept:
        return kept(own, label, np.array(rows), np.array(columns))

    assert counted([1, 2, 4], [1, 2]) == Kept(edges=4, edges_kept=4, cells=8, cells_kept=6)
    assert counted([1, 2], [2]) == Kept(edges=4, edges_kept=2, cells=8, cells_kept=2)


def test_the_plain_rule_keeps_changes_and_ends_and_the_oracle_keeps_labels() -> None:
    workbook = book({"B2": "x", "B3": 1, "B4": 2, "B5": 3, "B6": 4, "C6": 5})
    (own,) = workbook.sheets
    label = LabelledSheet("a.xlsx", own.name, (LabelledTable(RangeRef(own.name, 2, 2, 5, 2)),))
    used = own.used_range
    assert used is not None
    one = Input(workbook, own, np.empty(0, np.int32), (), used, label)

    assert [found.tolist() for found in plain(one, 0)] == [[2, 3, 6], [2, 3]]
    assert [found.tolist() for found in oracle(one, 0)] == [[2, 5], [2]]
    assert [found.tolist() for found in oracle(one, 1)] == [[1, 2, 3, 4, 5, 6], [1, 2, 3]]


@pytest.mark.parametrize(
    ("kind", "count", "cells", "used"),
    [
        ("ledger", 2_000, 40_000 + 2 * 15 + 15 + 20 + 1, "A1:T2006"),
        ("islands", 250, 3_000, "A1:SD16"),
        ("chess board", 1_000, 1_000, "A1:ALL2"),
        ("corners", 2, 2, "A1:XFD1048576"),
        ("diagonal", 9_000, 9_000, "A1:XFC9000"),
    ],
)
def test_made_sheets_have_the_cells_that_they_should(
    kind: str, count: int, cells: int, used: str
) -> None:
    (own,) = made_sheets.SHEETS[kind](count).sheets

    places = own.cells.rows.astype(np.int64) * 20_000 + own.cells.columns
    assert own.used_range is not None
    assert (len(own.cells), own.used_range.a1) == (cells, used)
    assert (np.diff(places) > 0).all()
