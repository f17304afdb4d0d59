"""Worksheet functions through xlwings' own code for Windows: decorators, VBA, COM server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.messages_api import KEY, MessagesApi
from tests.xlwings_addin.pywin32_stub import in_windows

# A desk that answers with what it was asked, so that a loss on the way shows.
DESK = """
import xlwings_addin.udfs as udfs

class Echo:
    def answer(self, call):
        asked.append(call)
        return table

asked, table = [], (("Finding", "Value"), ("ok", 1.5))
udfs._desk = lambda: Echo()
"""

RANGE = (
    "('range', 'C:\\\\books\\\\costs.xlsx', 'Cost plan', 1, 1, "
    "(('Item', 'Amount'), ('Rent', 1200.0), (None, -2146826281)), "
    "(('Item', 'Amount'), ('Rent', '1200'), ('', '=B2/0')), "
    "(0, 0, 3, 1, 'General', 0, 1, 3, 1, '#,##0.00'))"
)
CONTEXT = "('C:\\\\books\\\\costs.xlsx', 'Cost plan', 9, 4, 1, 1, False)"


def answered(code: str, more: str = "") -> Any:  # noqa: ANN401 - what the code answers
    return in_windows(DESK + more + "\n" + code)


def test_xlwings_is_the_one_for_windows_with_its_own_engine() -> None:
    answer = in_windows(
        "import xlwings, xlwings.udfs\n"
        "answer = [xlwings.engines.active.name, xlwings.func is xlwings.udfs.xlfunc,"
        " xlwings.engines.active.impl.__module__]"
    )

    assert answer == ["excel", True, "xlwings._xlwindows"]


def test_excel_hands_over_its_workbook_and_the_calling_cell_too() -> None:
    answer = answered(
        "book, caller = ComBook('Tickmark.xlam', ['Tickmark']), ComRange([[None]])\n"
        f"answer = call('xlwings_addin.udfs', 'call', ('LLM_COST', (), {CONTEXT}), book, caller)"
    )

    assert answer == [["Finding", "Value"], ["ok", 1.5]]


def test_packed_arguments_reach_the_desk_as_excel_packed_them() -> None:
    """Values, formulas, number formats, place, error values and what was left out."""
    answer = answered(
        f"table_back = call('xlwings_addin.udfs', 'call', ('llm_analyze', "
        f"({RANGE}, ('value', 'why?'), ('missing',)), {CONTEXT}))\n"
        "(one,) = asked\n"
        "cells, question, options = one.arguments\n"
        "answer = [table_back, one.function, question, options, one.wizard,"
        " cells.book, cells.area.sheet, cells.area.a1, repr(cells.values),"
        " cells.formulas, cells.formats,"
        " [one.caller.book, one.caller.sheet, one.caller.row, one.caller.column]]"
    )

    assert answer == [
        [["Finding", "Value"], ["ok", 1.5]],
        "LLM_ANALYZE",
        "why?",
        None,
        False,
        "C:\\books\\costs.xlsx",
        "Cost plan",
        "A1:B3",
        "(('Item', 'Amount'), ('Rent', 1200.0), (None, ErrorValue(text='#DIV/0!')))",
        [["", ""], ["", ""], ["", "=B2/0"]],
        [["General", "#,##0.00"]] * 3,
        ["C:\\books\\costs.xlsx", "Cost plan", 9, 4],
    ]


@pytest.mark.parametrize(
    ("table", "cell"),
    [
        pytest.param("(('#LLM wait',),)", "#LLM wait", id="state"),
        pytest.param("(('=1+1',),)", "=1+1", id="text like a formula"),
        pytest.param("((0.41,),)", 0.41, id="number"),
        pytest.param("((True,),)", True, id="truth"),
        pytest.param("((None,),)", "", id="nothing"),
        pytest.param("(('a', 'b'),)", ["a", "b"], id="row"),
        pytest.param("(('a',), (2.0,))", [["a"], [2.0]], id="column"),
    ],
)
def test_a_table_comes_back_in_the_shape_that_excel_spills(table: str, cell: object) -> None:
    answer = answered(
        f"answer = call('xlwings_addin.udfs', 'call', ('LLM_STATUS', (), {CONTEXT}))",
        f"table = {table}",
    )

    assert answer == cell


@pytest.mark.parametrize(
    ("packed", "argument"),
    [
        pytest.param("('value', 5.0)", "5.0", id="number"),
        pytest.param("('value', True)", "True", id="truth"),
        pytest.param("('value', -2146826246)", "ErrorValue(text='#N/A')", id="error"),
        pytest.param(
            "('values', ((1.0, 2.0), ('a', None)))", "((1.0, 2.0), ('a', None))", id="array"
        ),
        pytest.param("('missing',)", "None", id="left out"),
        pytest.param(
            "('problem', 'several areas')", "Unpacked(reason='several areas')", id="problem"
        ),
    ],
)
def test_each_kind_of_argument_passes_the_conversions_unchanged(packed: str, argument: str) -> None:
    answer = answered(
        f"call('xlwings_addin.udfs', 'call', ('LLM_ASK', ({packed},), {CONTEXT}))\n"
        "argument = asked[0].arguments[0]\n"
        "answer = repr(getattr(argument, 'values', argument))"
    )

    assert answer == argument


def test_the_generator_of_vba_knows_the_one_function_with_its_three_arguments() -> None:
    lines = in_windows("import xlwings_addin.udfs as udfs\nanswer = vba(udfs).splitlines()")

    assert lines[0] == "Function call(function, packed, context)"
    assert (
        'call = XLPy.CallUDF("xlwings_addin.udfs", "call", Array(function, packed, context), '
        "ThisWorkbook, Application.Caller)"
    ) in [line.strip() for line in lines]


def test_ranges_missing_arguments_and_frames_are_converted_by_xlwings() -> None:
    """The machinery itself, with a function that uses all of it."""
    answer = in_windows(
        "import sys, types, pandas as pd, xlwings as xw\n"
        "@xw.func\n"
        "@xw.arg('data', pd.DataFrame, index=False)\n"
        "@xw.ret(index=False)\n"
        "def means(data, label, digits=1):\n"
        "    return data.describe().loc[['mean']].round(digits).assign(label=label)\n"
        "made = types.ModuleType('made'); made.means = means\n"
        "made.__file__ = __import__('os').__file__; sys.modules['made'] = made\n"
        "cells = ComRange([['a', 'b'], [1.0, 2.25], [4.0, None]])\n"
        "answer = [call('made', 'means', (cells, 'x', MISSING)),"
        " call('made', 'means', (cells, 'x', 0)),"
        " made.means.__xlfunc__['args'][2]['optional']]"
    )

    assert answer == [
        [["a", "b", "label"], [2.5, 2.2, "x"]],
        [["a", "b", "label"], [2.0, 2.0, "x"]],
        1,
    ]


def until_answered(function: str, arguments: str) -> str:
    """Code that calls a function until it answers: what came first, last, and once more."""
    return (
        "import time\n"
        "def ask():\n"
        "    return call('xlwings_addin.udfs', 'call',"
        f" ('{function}', ({arguments}), {CONTEXT}))\n"
        "answer = [ask()]\n"
        "end = time.monotonic() + 60\n"
        "while ask() == '#LLM wait' and time.monotonic() < end:\n"
        "    time.sleep(0.05)\n"
        "answer += [ask(), ask()]"
    )


def test_an_audit_comes_back_as_a_table_and_sends_nothing(tmp_path: Path) -> None:
    """COM server, desk, rules and back, for a column of formulas with one number in it."""
    rows = range(1, 9)
    values = tuple((float(row), 10.0 * row) for row in rows)
    formulas = tuple((str(row), "50" if row == 5 else f"=A{row}*10") for row in rows)
    packed = ("range", "", "Plan", 1, 1, values, formulas, (0, 0, 8, 2, "General"))
    with MessagesApi() as api:
        environment = {
            "TICKMARK_HOME": str(tmp_path),
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": KEY,
        }
        _, table, again = in_windows(until_answered("LLM_AUDIT", f"{packed!r},"), environment)
        calls = len(api.calls)

    assert [row[:3] for row in table[:2]] == [
        ["Severity", "Rule", "Cell"],
        ["medium", "number-among-formulas", "Plan!B5"],
    ]
    assert (again, calls) == (table, 0)


def test_a_question_waits_and_is_paid_once_for_good(tmp_path: Path) -> None:
    """Later calls, and those of a later Excel, come from the cache."""
    packed = "('range', '', 'Plan', 1, 1, (('Rent', 1200.0),), (('Rent', '1200'),), ())"
    code = until_answered("LLM_ASK", f"{packed}, ('value', 'What is the rent?')")
    with MessagesApi() as api:
        environment = {
            "TICKMARK_HOME": str(tmp_path),
            "ANTHROPIC_BASE_URL": api.url,
            "ANTHROPIC_API_KEY": KEY,
        }
        first_excel = in_windows(code, environment)
        second_excel = in_windows(code, environment)
        calls = len(api.calls)

    text = "Sheet Plan: 2 cells seen; the first is A1: Rent. Asked: What is the rent? [Plan!A1]"
    assert first_excel == ["#LLM wait", text, text]
    assert second_excel[1:] == [text, text]
    assert calls == 1
