"""Cells of an argument as texts."""

from __future__ import annotations

import pytest

from tests.hosts.functions.asking import cells
from tickmark.errors import ArgumentPending, ArgumentRefused
from tickmark.hosts.functions.call import Unpacked
from tickmark.hosts.functions.cell_texts import (
    CellText,
    Fault,
    cells_of,
    listed,
    texts_of,
    value_text,
)
from tickmark.model.range_content import ErrorValue, RangeContent, Scalar


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        ("", "General", ""),
        (" \t\xa0", "General", ""),
        (" a  b \n", "General", "a  b"),
        (True, "General", "TRUE"),
        (12.0, "General", "12"),
        (0.1, "0.00", "0.1"),
        (1234567.5, "#,##0", "1234567.5"),
        (0.125, "0.0%", "12.5%"),
        (0.0584028605483, "0.0%", "5.84028605483%"),
        (0.29, "0%", "29%"),
        (45413.0, "yyyy-mm-dd", "2024-05-01"),
        (45413.5625, "dd/mm/yyyy hh:mm", "2024-05-01T13:30:00"),
        (0.5625, "h:mm", "13:30:00"),
        (45413.0, "@", "45413"),
    ],
)
def test_a_value_is_read_the_way_its_sheet_shows_it(
    value: Scalar, number_format: str, text: str
) -> None:
    assert value_text(value, number_format) == text


def test_a_single_value_is_one_cell() -> None:
    assert cells_of(7.0, "values") == ((CellText("7", 7.0),),)


def test_a_cell_in_error_is_a_fault_that_names_its_address() -> None:
    content = cells("B6", "#LLMs", ErrorValue("#N/A"), "#LLM budget: used up")

    assert [row[0].text for row in cells_of(content, "values")] == [
        "#LLMs",
        Fault("#N/A in B7"),
        Fault("#LLM budget: used up in B8"),
    ]


def test_a_fault_of_an_array_names_its_argument() -> None:
    content = RangeContent(((ErrorValue("#DIV/0!"),),))

    assert cells_of(content, "values")[0][0].text == Fault("#DIV/0! in values")


def test_a_cell_that_waits_makes_the_formula_wait() -> None:
    with pytest.raises(ArgumentPending) as pending:
        cells_of(cells("A1", "x", "#LLM wait"), "values")
    assert str(pending.value) == "A2 waits for an answer"


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (None, "values is empty"),
        (Unpacked("several areas; give one"), "several areas; give one"),
        (cells("C3", ErrorValue("#REF!")), "#REF! in C3"),
        (cells("C3", "#LLM key: none is set"), "#LLM key: none is set in C3"),
        ("#LLM offline", "#LLM offline in values"),
    ],
)
def test_where_every_cell_has_to_be_sound_the_first_other_is_named(
    argument: Scalar | RangeContent | Unpacked, message: str
) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        texts_of(argument, "values")
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a; b ;;c", ("a", "b", "c")),
        ("a, b,c", ("a", "b", "c")),
        ("a, b; c", ("a, b", "c")),
        (" ; ", ()),
        ("a", ("a",)),
    ],
)
def test_a_list_is_cut_at_semicolons_or_else_at_commas(text: str, parts: tuple[str, ...]) -> None:
    assert listed(text) == parts
