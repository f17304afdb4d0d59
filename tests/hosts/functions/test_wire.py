"""Calls as COM and JSON bring them, and tables on their way back."""

from __future__ import annotations

import json

import pytest

from tickmark.hosts.functions.call import Caller, Unpacked
from tickmark.hosts.functions.wire import COM_ERRORS, call_from, rows_for_json
from tickmark.model.address import RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent

CONTEXT = (r"C:\books\plan.xlsx", "Plan", 7, 2, 1, 1, False)
FROM_COM = (
    "range",
    r"C:\books\plan.xlsx",
    "Sales 2026",
    3.0,
    2,
    (("Region", -2146826246), (45000.0, True)),
    (("Region", "=NA()"), ("45000", "=TRUE()")),
    (0, 0, 2, 2, "General", 1, 0, 1, 1, "dd/mm/yyyy"),
)
CONTENT = RangeContent(
    (("Region", ErrorValue("#N/A")), (45000.0, True)),
    RangeRef("Sales 2026", 3, 2, 4, 3),
    r"C:\books\plan.xlsx",
    (("", "=NA()"), ("", "=TRUE()")),
    (("General", "General"), ("dd/mm/yyyy", "General")),
)


def test_a_range_from_com_arrives_with_values_formulas_formats_and_place() -> None:
    call = call_from("llm_ask", (FROM_COM, ("value", "why?"), ("missing",)), CONTEXT)

    assert call.function == "LLM_ASK"
    assert call.arguments == (CONTENT, "why?", None)
    assert call.caller == Caller(r"C:\books\plan.xlsx", "Plan", 7, 2)
    assert not call.wizard


def test_the_same_range_from_json_is_the_same() -> None:
    packed = json.loads(json.dumps(FROM_COM).replace("-2146826246", '{"error": "#N/A"}'))

    assert call_from("LLM_ASK", [packed], list(CONTEXT)).arguments == (CONTENT,)


def test_one_cell_may_come_without_rows() -> None:
    packed = ("range", "", "S", 1, 1, 3.0, "=1+2", (0, 0, 1, 1, "0.0"))

    assert call_from("F", (packed,), ()).arguments == (
        RangeContent(((3.0,),), RangeRef("S", 1, 1, 1, 1), "", (("=1+2",),), (("0.0",),)),
    )


def test_formulas_and_formats_that_were_not_seen_stay_empty() -> None:
    packed = ("range", "", "S", 1, 1, ((1.0, 2.0),), None, ())

    assert call_from("F", (packed,), ()).arguments == (
        RangeContent(((1.0, 2.0),), RangeRef("S", 1, 1, 1, 2)),
    )


def test_a_text_that_only_looks_like_a_formula_is_none() -> None:
    packed = ("range", "", "S", 1, 1, "=A1", "=A1", ())
    (content,) = call_from("F", (packed,), ()).arguments

    assert isinstance(content, RangeContent)
    assert content.formulas == (("",),)


@pytest.mark.parametrize(
    ("packed", "argument"),
    [
        (("missing",), None),
        (("value", None), None),
        (("value", 3), 3.0),
        (("value", True), True),
        (("value", -2146826281), ErrorValue("#DIV/0!")),
        (("value", {"error": "#REF!"}), ErrorValue("#REF!")),
        (("value", float("nan")), ErrorValue("#NUM!")),
        (("values", ((1.0, "a"), (None, False))), RangeContent(((1.0, "a"), (None, False)))),
        (("values", (1.0, 2.0)), RangeContent(((1.0, 2.0),))),
        (("problem", "the range has several areas"), Unpacked("the range has several areas")),
    ],
)
def test_what_stands_in_no_cells_arrives_too(packed: object, argument: object) -> None:
    assert call_from("F", (packed,), ()).arguments == (argument,)


@pytest.mark.parametrize(
    "packed",
    [
        None,
        "range",
        (),
        ("value",),
        ("unknown", 1),
        ("value", object()),
        ("values", ((1.0,), (1.0, 2.0))),
        ("values", ()),
        ("range", "", "S", 0, 1, 1.0, "", ()),
        ("range", "", "S", 1, 16385, 1.0, "", ()),
        ("range", "", "S", 1.5, 1, 1.0, "", ()),
        ("range", "", "S", 1, 1, ((1.0, 2.0),), ("",), ()),
        ("range", "", "S", 1, 1, 1.0, "", (0, 0, 1, 1)),
        ("range", "", "S", 1, 1, 1.0, "", (0, -1, 1, 1, "General")),
        ("range", "", "S", 1, 1, 1.0, "", (0, 0, 1, 1, 7)),
    ],
)
def test_a_broken_argument_is_told_and_costs_no_other(packed: object) -> None:
    broken, whole = call_from("F", (packed, ("value", "x")), ()).arguments

    assert isinstance(broken, Unpacked)
    assert "did not arrive whole" in broken.reason
    assert whole == "x"


@pytest.mark.parametrize(
    "context",
    [(), ("book", "S", 0, 0, 0, 0, False), ("book", "S", "x", 1, 1, 1, False), (1, 2, 3, 4, 5, 6)],
)
def test_an_unknown_caller_is_none(context: tuple[object, ...]) -> None:
    assert call_from("F", (), context).caller is None


def test_the_wizard_is_told_by_true_alone() -> None:
    assert call_from("F", (), ("b", "S", 1, 1, 1, 1, True)).wizard
    assert not call_from("F", (), ("b", "S", 1, 1, 1, 1, "no")).wizard


def test_errors_of_com_are_those_of_excel() -> None:
    assert [COM_ERRORS[code] for code in (-2146826288, -2146826265, -2146826246)] == [
        "#NULL!",
        "#REF!",
        "#N/A",
    ]


def test_a_table_for_json_holds_nothing_that_json_does_not_know() -> None:
    rows = rows_for_json((("a", 1.5, None), (True, float("inf"), float("nan"))))

    assert json.dumps(rows, allow_nan=False) == '[["a", 1.5, null], [true, "#NUM!", "#NUM!"]]'


def test_dates_of_a_workbook_that_counts_from_1904_are_those_that_it_shows() -> None:
    values = ((44_561.0, 0.5, 1.25, 7.0, "text"),)
    formats = (
        *(0, 0, 1, 1, "yyyy-mm-dd"),
        *(0, 1, 1, 1, "h:mm"),
        *(0, 2, 1, 1, "[h]:mm"),
        *(0, 3, 1, 1, "0.00"),
        *(0, 4, 1, 1, "yyyy"),
    )
    packed = ("range 1904", "", "S", 1, 1, values, None, formats)

    argument = call_from("F", [packed], ()).argument(0)

    assert isinstance(argument, RangeContent)
    assert argument.values == ((46_023.0, 0.5, 1.25, 7.0, "text"),)
