"""Labels of headers and totals become counts, or bounds where the annotation leaves some open."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.region_scores import annotation, drawn
from tests.benchmarks.region_scores.labels import Between, LabelledSheet, LabelledTable, Totals
from tickmark.model.address import RangeRef

NONE: frozenset[int] = frozenset()


def labelled(text: str) -> LabelledTable:
    """The one table of an annotation."""
    (sheet,) = annotation.labels_of(text, ["a.xlsx"])
    (table,) = sheet.tables
    return table


def written(area: str, *lines: str) -> str:
    """A table of a.xlsx with the lines below it."""
    first, last = area.split(":")
    return f"#Table\ta.xlsx\tS\t{first}\t{last}\n" + "\n".join(lines)


def test_tables_are_grouped_by_sheet_and_other_workbooks_left_out() -> None:
    text = (
        "#Table\ta.xlsx\tS\tB2\tC4\n#Class\t1\n#Left\nB3:B4\n#ValueName[Sum]\tC2\n\n"
        "#Table\tb.xlsx\tS\tA1\tB9\n\n"
        "#Table\ta.xlsx\tS\tF2\tG4\n\n"
    )

    assert annotation.labels_of(text, ["a.xlsx"]) == (
        LabelledSheet(
            "a.xlsx",
            "S",
            (
                LabelledTable(
                    RangeRef("S", 2, 2, 4, 3),
                    Between(1, 1),
                    Between(1, 1),
                    Totals(NONE, NONE),
                    Totals(NONE, NONE),
                ),
                LabelledTable(
                    RangeRef("S", 2, 6, 4, 7),
                    Between(0, 0),
                    Between(0, 0),
                    Totals(NONE, NONE),
                    Totals(NONE, NONE),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (("#Top", "B1:D1", "#Left", "A2:A9"), Between(1, 1)),
        (("#Top", "B1&\tD1&", "B2:D2", "#Left", "A3:A9"), Between(2, 2)),
        (("#Top", "B1:D1", "#Left", "A4:A9"), Between(1, 3)),
        (("#Left", "A3:A9", "#IndexName\tA1", "#ValueName[x]\tB2"), Between(2, 2)),
        (("#ValueName[x]\tA1", "#ValueName[y]\tB1"), Between(1, 1)),
        (("#Merged\tB1:B2", "#Left", "A4:A9", "#ValueName[x]\tB1"), Between(2, 3)),
        (("#Top", "B1:D1", "#Left", "A2:A7", "#ValueName[sum]\tA9"), Between(1, 1)),
        (("#Top", "B1:D1", "#Left", "A2:A9", "#IndexName\t@Title\tSales in A9"), Between(1, 1)),
    ],
    ids=[
        *("one row", "two rows", "rows of neither kind may count", "names of the index and values"),
        *("no index", "a merged name", "a name among the row labels is none", "words are no cells"),
    ],
)
def test_header_rows_end_below_the_last_name_and_above_the_first_label(
    lines: tuple[str, ...], rows: Between
) -> None:
    assert labelled(written("A1:D9", *lines)).header_rows == rows


def test_header_columns_are_those_of_left_and_blank_ones_right_of_them_may_count() -> None:
    table = labelled(written("A1:H9", "#Left", "A2&\tA6&", "B2:B9"))

    assert table.header_columns == Between(2, 2)
    blank = annotation.with_blank_columns(table, frozenset({3, 4, 6}))
    assert blank.header_columns == Between(2, 4)


def test_a_table_without_header_columns_gets_none_from_blank_columns() -> None:
    table = labelled(written("A1:H9", "#ValueName[x]\tB1"))

    assert annotation.with_blank_columns(table, frozenset({1})) == table


def test_totals_are_needed_and_other_figures_may_count() -> None:
    table = labelled(
        written("A1:D9", "#RowTotal\tA5", "#ColTotal\tD1", "#RowAggregated\tA9", "#ColAggregated")
    )

    assert table.total_rows == Totals(frozenset({5}), frozenset({5, 9}))
    assert table.total_columns == Totals(frozenset({4}), frozenset({4}))
    assert table.total_rows.holds(frozenset({5, 9}))
    assert not table.total_rows.holds(frozenset({9}))
    assert not table.total_rows.holds(frozenset({5, 6}))


def test_totals_outside_of_their_table_tell_nothing() -> None:
    table = labelled(written("A1:D9", "#RowTotal\tA5\tA20"))

    assert table.total_rows is None
    assert table.total_columns is None


def test_a_drawn_sheet_has_all_its_parts() -> None:
    line = json.dumps(
        {
            "workbook": "a.xlsx",
            "sheet": "P&L",
            "tables": [
                {
                    "range": "A4:C20",
                    "header_rows": 2,
                    "header_columns": 1,
                    "total_rows": [20],
                    "total_columns": ["C"],
                    "title": "A1",
                }
            ],
            "key_value": ["E1:F3"],
            "titles": ["A1"],
            "notes": [],
            "doubt": "A2 could be a note",
        }
    )

    assert drawn.labels_of(f"{line}\n\n") == (
        LabelledSheet(
            "a.xlsx",
            "P&L",
            (
                LabelledTable(
                    RangeRef("P&L", 4, 1, 20, 3),
                    Between(2, 2),
                    Between(1, 1),
                    Totals(frozenset({20}), frozenset({20})),
                    Totals(frozenset({3}), frozenset({3})),
                ),
            ),
            whole=True,
            key_value=(RangeRef("P&L", 1, 5, 3, 6),),
            titles=(RangeRef("P&L", 1, 1, 1, 1),),
            doubt="A2 could be a note",
        ),
    )


def test_a_broken_line_is_named() -> None:
    with pytest.raises(ValueError, match="line 2: KeyError"):
        drawn.labels_of('\n{"workbook": "a.xlsx"}')
