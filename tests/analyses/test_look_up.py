"""What a model can look up: exact, bounded, clear about mistakes, and never a hidden cell."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books import book, sheet
from tests.encode.random_books import random_books
from tickmark.analyses.look_up import TOOLS, LookUps
from tickmark.analyses.look_ups.shown_book import ShownBook
from tickmark.encode.source import sources_of
from tickmark.errors import InputError
from tickmark.llm.model import ToolCall
from tickmark.llm.reading import LookedUp
from tickmark.llm.tokens import estimate_tokens
from tickmark.model.address import RangeRef, cell_address
from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.model.workbook import DefinedName, Sheet, Style, Workbook
from tickmark.structure.concealment import unseen_cells
from tickmark.structure.formulas import formulas_of

MODEL = book(
    {
        "Inputs": {"A1": "Price", "B1": 3, "A2": "Units", "B2": 40, "A3": "Growth", "B3": 0.1},
        "P&L": sheet(
            {
                "B1": "Plan",
                "C1": "Next",
                "A2": "Revenue",
                "B2": ("=Inputs!B1*Inputs!B2", 120),
                "C2": ("=B2*(1+Inputs!B3)", 132),
                "A3": "Secret costs",
                "B3": 9,
                "A4": "Profit",
                "B4": ("=B2-B3", 111),
                "C4": ("=C2-C3", 132),
            },
            hidden_rows=((3, 3),),
        ),
        "Vault": sheet({"A1": "canary", "B1": ("='P&L'!B4", 111)}, state="hidden"),
    },
    names=[DefinedName("Growth", "Inputs!$B$3"), DefinedName("Deep", "Vault!$A$1")],
)


def shown(workbook: Workbook) -> ShownBook:
    formulas = formulas_of(workbook)
    return ShownBook(formulas, sources_of(formulas), estimate_tokens)


BOOK = shown(MODEL)


def looked(name: str, **arguments: object) -> str:
    return LookUps(BOOK).functions[name](arguments)


def test_each_tool_that_is_offered_does_something() -> None:
    assert [one.name for one in TOOLS] == list(LookUps(BOOK).functions)
    assert all(one.schema["additionalProperties"] is False for one in TOOLS)


@pytest.mark.parametrize("area", ["A1:C4", "$A$1:$C$4", "'P&L'!A1:C4", "A:C", "1:4", "a1:c4"])
def test_expand_gives_values_and_formulas_of_a_range(area: str) -> None:
    assert looked("expand", sheet="p&l", range=area) == (
        "# P&L|A1:C4\n"
        "# hidden 2 cells|rows 3\n"
        "# table A1:C4|totals 4\n"
        "B1 Plan|Next\n"
        "A2 Revenue|=Inputs!B1*Inputs!B2 -> 120|=B2*(1+Inputs!B3) -> 132\n"
        "A4 Profit\n"
        "B4:C4 =B2-B3 -> 111|132"
    )


def test_expand_takes_a_name_and_a_sheet_in_quotes() -> None:
    assert looked("expand", sheet="Inputs", range="Growth") == "# Inputs|B3\nB3 0.1"
    assert looked("expand", sheet="'P&L'", range="B4") == "# P&L|B4\nB4 =B2-B3 -> 111"


def test_expand_says_where_nothing_stands() -> None:
    assert looked("expand", sheet="P&L", range="Z1:Z9") == "'P&L'!Z1:Z9 holds no filled cells."
    assert looked("expand", sheet="P&L", range="A3:B3") == (
        "'P&L'!A3:B3 holds 2 hidden cells, not shown."
    )


def test_expand_is_bounded_and_says_so() -> None:
    tall = shown(book({"S": {f"A{row}": row * 1.37 + row % 7 for row in range(1, 9000)}}))

    text = LookUps(tall).functions["expand"]({"sheet": "S", "range": "A:A"})

    assert estimate_tokens(text) < 3100
    assert text.endswith("# not all of these cells are told one by one; ask for smaller ranges")


def test_trace_gives_precedents_with_labels_formulas_and_values() -> None:
    assert looked("trace", cell="P&L!C4", direction="precedents", depth=9) == (
        "'P&L'!C4: Profit, Next\n"
        "C4 =C2-C3 -> 132\n"
        "precedents, 1 step: 2 cells in 1 range\n"
        "'P&L'!C2:C3: Next\n"
        "C2 =B2*(1+Inputs!B3) -> 132\n"
        "precedents, 9 steps: 6 cells in 3 ranges\n"
        "Inputs!B1:B3, 'P&L'!B2, 'P&L'!C2:C3"
    )


def test_trace_counts_dependents_that_are_hidden_and_places_none_of_them() -> None:
    assert looked("trace", cell="Inputs!B1", direction="dependents", depth=5) == (
        "Inputs!B1: Price\n"
        "B1 3\n"
        "dependents, 1 step: 1 cell in 1 range\n"
        "'P&L'!B2: Revenue, Plan\n"
        "B2 =Inputs!B1*Inputs!B2 -> 120\n"
        "dependents, 5 steps: 4 cells in 2 ranges\n"
        "'P&L'!B2:C2, 'P&L'!B4:C4\n"
        "# 1 hidden cell is not shown"
    )
    assert "No dependents." in looked("trace", cell="'P&L'!C4", direction="dependents")


def test_trace_is_bounded() -> None:
    cells = {f"{'BD'[row % 2]}{row}": (f"=$A$1*{row}", row) for row in range(1, 2000)}
    wide = shown(book({"S": {"A1": 1, **cells}}))

    text = LookUps(wide).functions["trace"]({"cell": "A1", "direction": "dependents", "depth": 3})

    assert len(text) < 8000
    assert "dependents, 1 step: 1,999 cells in 1,999 ranges" in text
    assert "and 1,939 more ranges" in text


def test_find_gives_labels_with_their_row_formulas_and_numbers() -> None:
    assert looked("find", text="PROFIT") == (
        "PROFIT: 1 cell\n"
        "'P&L'!A4:\n"
        "A4 Profit\n"
        "B4:C4 =B2-B3 -> 111|132\n"
        "# 4 hidden cells were not looked through"
    )
    assert looked("find", text="Inputs!").splitlines()[:2] == ["Inputs!: 2 cells", "'P&L'!B2:C2:"]
    assert looked("find", text=0.1).splitlines()[1:3] == ["Inputs!B3: Growth", "B3 0.1"]
    assert looked("find", text="40").splitlines()[1:3] == ["Inputs!B2: Units", "B2 40"]


@pytest.mark.parametrize("text", ["Secret costs", "canary", "9", "nowhere at all"])
def test_find_does_not_betray_whether_a_hidden_cell_holds_something(text: str) -> None:
    first, last = looked("find", text=text).splitlines()

    assert first.endswith(": 0 cells")
    assert last == "# 4 hidden cells were not looked through"


def test_find_tells_the_nearest_of_each_sheet_first_and_is_bounded() -> None:
    many = {f"A{row}": f"cost number {row} of many" for row in range(1, 900)}
    own = shown(book({"One": {**many, "A900": "Cost", "B900": 7}, "Two": {"A5": "Cost", "B5": 8}}))

    text = LookUps(own).functions["find"]({"text": "cost"})

    lines = text.splitlines()
    assert lines[:5] == [
        "cost: 901 cells (One 900, Two 1)",
        "One!A900:",
        "A900 Cost|7",
        "Two!A5:",
        "A5 Cost|8",
    ]
    assert "more places" in lines[-1]
    assert len(text) < 8000


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("expand", {"sheet": "P&L"}, "expand needs range, a text."),
        ("expand", {"sheet": "P&L", "range": ""}, "expand needs range, a text."),
        ("expand", {"sheet": ["P&L"], "range": "A1"}, "expand needs sheet, a text."),
        ("expand", {"sheet": "x", "range": "A1"}, "There is no sheet x; there are Inputs, P&L."),
        (
            "expand",
            {"sheet": "vault", "range": "A1"},
            "The sheet vault is hidden; its cells are not shown.",
        ),
        (
            "expand",
            {"sheet": "P&L", "range": "Vault!A1"},
            "The sheet Vault is hidden; its cells are not shown.",
        ),
        (
            "expand",
            {"sheet": "P&L", "range": "Inputs!A1"},
            "Inputs!A1 is no range of the sheet P&L.",
        ),
        (
            "expand",
            {"sheet": "P&L", "range": "A0"},
            "A0 is no range of the sheet; write it like B2:D9.",
        ),
        (
            "expand",
            {"sheet": "P&L", "range": "A1", "x": 1},
            "expand takes sheet, range; 'x' is none.",
        ),
        (
            "expand",
            {"sheet": "P&L", "range": "A" * 201},
            "range of expand is longer than 200 characters.",
        ),
        (
            "trace",
            {"cell": "C4", "direction": "precedents"},
            "C4 is no cell, range, name or table; write it like Inputs!B2.",
        ),
        (
            "trace",
            {"cell": "P&L!C4", "direction": "up"},
            "trace needs direction, one of precedents, dependents.",
        ),
        (
            "trace",
            {"cell": "P&L!C4", "direction": "precedents", "depth": 0},
            "depth of trace is a whole number from 1 to 50.",
        ),
        (
            "trace",
            {"cell": "P&L!C4", "direction": "precedents", "depth": True},
            "depth of trace is a whole number from 1 to 50.",
        ),
        (
            "trace",
            {"cell": "P&L!B3", "direction": "dependents"},
            "'P&L'!B3 is hidden; its cells are not shown.",
        ),
        (
            "trace",
            {"cell": "Vault!B1", "direction": "precedents"},
            "The sheet Vault is hidden; its cells are not shown.",
        ),
        (
            "trace",
            {"cell": "Deep", "direction": "dependents"},
            "Deep names hidden cells, which are not shown.",
        ),
        ("find", {"text": "  "}, "find needs text, a text."),
        ("find", {}, "find needs text, a text."),
    ],
)
def test_wrong_arguments_are_one_clear_sentence(
    name: str, arguments: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        looked(name, **arguments)

    assert str(caught.value) == sentence


def test_the_cells_that_look_ups_told_are_known() -> None:
    look_ups = LookUps(BOOK)
    call = ToolCall("1", "expand", {"sheet": "P&L", "range": "A1:C4"})
    other = ToolCall("2", "expand", {"sheet": "Inputs", "range": "A1"})
    text = look_ups.functions["expand"](call.arguments)
    look_ups.functions["expand"](other.arguments)

    cells = look_ups.shown([LookedUp(1, call, text, done=True), LookedUp(2, other, "", done=False)])

    assert [name for name, _ in cells] == ["P&L"]
    assert [cells[0][1].meets(RangeRef.parse(a, sheet="P&L")) for a in ("B4", "B3", "A1")] == [
        True,
        False,
        False,
    ]
    assert look_ups.told(call).cells == 8


WHITE = Style(font_colour="FFFFFF")


def with_canaries(workbook: Workbook, rng: Random) -> Workbook:
    """The workbook with some white cells, and a canary in each cell that cannot be seen."""
    sheets = []
    for page in workbook.sheets:
        styles = page.cells.styles.copy()
        styles[np.array([rng.random() < 0.15 for _ in styles], np.bool_)] = len(workbook.styles)
        sheets.append(replace(page, cells=replace(page.cells, styles=styles)))
    workbook = replace(workbook, sheets=tuple(sheets), styles=(*workbook.styles, WHITE))
    return replace(workbook, sheets=tuple(_marked(workbook, page) for page in workbook.sheets))


def _marked(workbook: Workbook, page: Sheet) -> Sheet:
    cells = page.cells
    unseen = unseen_cells(workbook, page)
    kinds, values, formulas = cells.kinds.copy(), cells.values.copy(), cells.formulas.copy()
    texts = (*cells.texts, "canary in a cell")
    formula_texts = (*cells.formula_texts, 'N("canary in a formula")+98765.25')
    typed = unseen & (formulas == NO_FORMULA)
    kinds[typed], values[typed] = CellKind.TEXT, len(texts) - 1
    computed = unseen & (formulas != NO_FORMULA)
    formulas[computed] = len(formula_texts) - 1
    kinds[computed], values[computed] = CellKind.NUMBER, 98765.25
    return replace(
        page,
        cells=replace(
            cells,
            kinds=kinds,
            values=values,
            formulas=formulas,
            texts=texts,
            formula_texts=formula_texts,
            formula_groups={},
        ),
    )


def _asked(own: ShownBook, rng: Random) -> list[tuple[str, dict[str, object]]]:
    sheets = [one.sheet.name for one in own.sources]

    def cell() -> str:
        return cell_address(rng.randrange(1, 40), rng.randrange(1, 16))

    def place() -> str:
        name = rng.choice(sheets).replace("'", "''")
        return f"'{name}'!{cell()}" + rng.choice(("", f":{cell()}"))

    found: list[tuple[str, dict[str, object]]] = []
    for _ in range(3):
        area = rng.choice((f"{cell()}:{cell()}", cell(), "A:Z", "1:60"))
        found.append(("expand", {"sheet": rng.choice(sheets), "range": area}))
        way = rng.choice(("precedents", "dependents"))
        found.append(("trace", {"cell": place(), "direction": way, "depth": rng.choice((1, 4))}))
    found += [("find", {"text": text}) for text in ("a", "canary", "98765.25", "=", "1")]
    return found


@settings(max_examples=80, deadline=None)
@given(workbook=random_books(25), seed=st.integers(0, 1 << 32))
def test_nothing_of_a_hidden_cell_is_in_any_result(workbook: Workbook, seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - no secret
    with np.errstate(over="ignore", invalid="ignore"):
        own = shown(with_canaries(workbook, rng))
        look_ups = LookUps(own)
        for name, arguments in _asked(own, rng):
            told = partial(look_ups.functions[name], arguments)
            try:
                text = told()
            except InputError as error:
                text = str(error)
            # What was asked for is repeated; nothing else may hold it.
            heading, _, rest = text.partition("\n")
            assert "canary" not in (rest if name == "find" else text)
            assert "98765" not in (rest if name == "find" else text)
            if arguments.get("text") in {"canary", "98765.25"}:
                assert heading.endswith(": 0 cells")
            for page, cells in look_ups.told(ToolCall("", name, arguments)).shown:
                source = own.sheets[page.casefold()]
                kept = source.sheet.cells.chosen(source.unseen)
                for row, column in zip(kept.rows.tolist(), kept.columns.tolist(), strict=True):
                    assert not cells.meets(RangeRef(page, row, column, row, column))
