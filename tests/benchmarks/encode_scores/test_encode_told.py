"""What the decoders of other encoders' texts take from them."""

from __future__ import annotations

import pytest

from tests.benchmarks.encode_scores.comma_text import comma_lines, comma_told
from tests.benchmarks.encode_scores.markdown_tables import markdown_sheets, markdown_told
from tests.benchmarks.encode_scores.plain_cells import plain_sheets
from tests.benchmarks.encode_scores.sheetwise_text import sheetwise_sheets, sheetwise_told
from tests.benchmarks.encode_scores.told_sheet import ToldSheet, whole, within_budget
from tests.benchmarks.encode_scores.told_values import agrees, told_value
from tests.benchmarks.encode_scores.vanilla import vanilla_lines, vanilla_told
from tests.books import book
from tickmark.encode.claim import Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

CELLS = {
    "B2": "Item",
    "C2": "Price",
    "B3": "a|b,c",
    "C3": 1.5,
    "B4": "two\nlines",
    "C4": 3,
    "D4": True,
    "B6": "#REF!",
}


def constants(told: ToldSheet) -> dict[str, float | str | bool | None]:
    """Values by address."""
    return {
        claim.areas[0].a1: claim.constant.value
        for claim in told.claims
        if claim.constant is not None
    }


def test_a_vanilla_text_has_the_used_range_with_its_blank_cells() -> None:
    sheet = plain_sheets(book({"B2": "x", "D3": 2.0}))[0]

    assert [*vanilla_lines(sheet)] == ["|B2,x|C2,|D2,", "|B3,|C3,|D3,2"]


def test_a_vanilla_text_gives_back_texts_with_bars_and_line_breaks() -> None:
    sheet = plain_sheets(book(CELLS))[0]
    told = vanilla_told("Sheet1", "\n".join(vanilla_lines(sheet)), cut=False)

    assert constants(told) == {
        "B2": "Item",
        "C2": "Price",
        "B3": "a|b,c",
        "C3": 1.5,
        "B4": "two\nlines",
        "C4": 3.0,
        "D4": True,
        "B6": "#REF!",
    }
    assert told.described == (whole("Sheet1"),)


def test_a_vanilla_text_cut_short_says_nothing_of_the_rows_below() -> None:
    told = vanilla_told("S", "|B2,x|C2,\n|B3,|C3,2", cut=True)

    assert constants(told) == {"B2": "x", "C3": 2.0}
    assert told.described == (RangeRef("S", 1, 1, 3, 16_384),)


def test_errors_can_be_left_out_as_some_readers_do() -> None:
    sheet = plain_sheets(book(CELLS), errors=False)[0]

    assert sheet.box == (2, 2, 4, 4)


def test_csv_is_read_as_if_it_began_in_a1() -> None:
    sheet = plain_sheets(book(CELLS))[0]
    told = comma_told("Sheet1", "\n".join(comma_lines(sheet)), cut=False)

    assert constants(told) == {
        "A1": "Item",
        "B1": "Price",
        "A2": "a|b,c",
        "B2": 1.5,
        "A3": "two\nlines",
        "B3": 3.0,
        "C3": True,
        "A5": "#REF!",
    }


def test_a_markdown_table_is_read_without_what_pandas_made_up() -> None:
    text = (
        "## My sheet\n| Item | Unnamed: 1 |\n| --- | --- |\n| a\\|b | NaN |\n"
        "| 2024-05-01 00:00:00 | 1.5 |\n\n## Other\n| x |\n| --- |"
    )
    sheets = markdown_sheets(text)
    told = markdown_told("My sheet", "\n".join(sheets["My sheet"]), cut=False)

    assert [*sheets] == ["My sheet", "Other"]
    assert constants(told) == {"A1": "Item", "A2": "a|b", "A3": 45_413.0, "B3": 1.5}


def test_a_text_of_sheetwise_gives_values_at_the_addresses_it_names() -> None:
    text = (
        "## Sheet: S\n# Data (Compressed 1.2x)\n\n## Values:\nEUR|A1:A3,C5\n12.0|B2\nno|address\n"
        "\n## Types:\nInteger: 12 cells"
    )
    told = sheetwise_told("S", "\n".join(sheetwise_sheets(text)["S"]), cut=True)

    assert [(claim.constant, claim.areas) for claim in told.claims] == [
        (
            Value(CellKind.TEXT, "EUR"),
            (RangeRef("S", 1, 1, 3, 1), RangeRef("S", 5, 3, 5, 3)),
        ),
        (Value(CellKind.NUMBER, 12.0), (RangeRef("S", 2, 2, 2, 2),)),
    ]
    assert told.described == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Value(CellKind.NUMBER, 12.0)),
        (" -1.5e3 ", Value(CellKind.NUMBER, -1500.0)),
        ("True", Value(CellKind.BOOL, value=True)),
        ("#N/A", Value(CellKind.ERROR, "#N/A")),
        ("1900-01-15", Value(CellKind.DATE, 15.0)),
        ("2024-05-01 12:00:00", Value(CellKind.DATE, 45_413.5)),
        ("06:00:00", Value(CellKind.DATE, 0.25)),
        ("2024-13-01", Value(CellKind.TEXT, "2024-13-01")),
        ("12 %", Value(CellKind.TEXT, "12 %")),
    ],
)
def test_bare_texts_are_taken_for_what_they_look_like(text: str, value: Value) -> None:
    assert told_value(text) == value


@pytest.mark.parametrize(
    ("told", "true", "same"),
    [
        (Value(CellKind.NUMBER, 1.234567), Value(CellKind.NUMBER, 1.2345671), True),
        (Value(CellKind.NUMBER, 1.2345), Value(CellKind.NUMBER, 1.2346), False),
        (Value(CellKind.TEXT, "a  b"), Value(CellKind.TEXT, "a b "), True),
        (Value(CellKind.TEXT, "a"), Value(CellKind.TEXT, "ab"), False),
        (Value(CellKind.TEXT, "a", length=9), Value(CellKind.TEXT, "a"), False),
        (Value(CellKind.NUMBER, 12.0), Value(CellKind.TEXT, "12"), True),
        (Value(CellKind.NUMBER, 1.0), Value(CellKind.BOOL, value=True), False),
        (Value(CellKind.NUMBER, 1.0), Value(CellKind.ERROR, "#REF!"), False),
        (Value(CellKind.NUMBER, 45_413.0), Value(CellKind.DATE, 45_413.0), True),
        (Value(CellKind.DATE, 45_413.5), Value(CellKind.DATE, 45_413.6), False),
    ],
)
def test_values_agree_as_any_reader_would_judge(told: Value, true: Value, same: bool) -> None:
    assert agrees(told, true) is same


def test_a_budget_takes_lines_from_the_start_and_says_whether_some_are_missing() -> None:
    def words(text: str) -> int:
        return len(text.split())

    assert within_budget(["a b", "c", "d e"], 3, words) == (["a b", "c"], True)
    assert within_budget(["a b", "c"], 3, words) == (["a b", "c"], False)
    assert within_budget(["a b c d"], 2, words) == ([], True)
