"""`tickmark trace`, end to end on real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.books import CellSpec, save, sheet
from tests.hosts.cli.model_book import model_book
from tests.hosts.test_incomplete import SECOND, without
from tests.read.old_books import number, old_book
from tests.read.old_books import sheet as old_sheet
from tests.read.parts import zipped
from tickmark.hosts.cli.app import run

PL = "P&L"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return model_book(tmp_path)


def places(*texts: str) -> list[dict[str, str]]:
    """Records of places such as `P&L!C2:C4`."""
    return [{"sheet": sheet, "range": area} for sheet, _, area in (t.partition("!") for t in texts)]


def test_json_of_precedents_has_the_promised_shape(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", model, "P&L!C4", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1,
        "workbook": "model.xlsx",
        "complete": True,
        "problems": [],
        "cell": {"sheet": PL, "range": "C4"},
        "cells": places("P&L!C4"),
        "label": "Profit, 2025 E",
        "formula": "=C2-C3",
        "r1c1": "=R[-2]C-R[-1]C",
        "direction": "precedents",
        "depth": None,
        "count": 6,
        "ranges": places("Inputs!B1:B3", "P&L!B2", "P&L!C2:C3"),
        "all_ranges": 3,
        "truncated": False,
        "sheets": [{"sheet": "Inputs", "cells": 3}, {"sheet": PL, "cells": 3}],
        "direct": [
            {
                "sheet": PL,
                "range": "C2",
                "label": "Revenue, 2025 E",
                "formula": "=B2*(1+Growth)",
                "r1c1": "=RC[-1]*(1+Growth)",
            },
            {
                "sheet": PL,
                "range": "C3",
                "label": "Costs, 2025 E",
                "formula": "=C2*0.4",
                "r1c1": "=R[-1]C*0.4",
            },
        ],
        "direct_count": 2,
        "unknown": 0,
        "unresolved": [],
        "books": [],
    }


def test_json_of_dependents_has_the_promised_shape(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", model, "growth", "--json", "--dependents", "--depth", "1"]) == 0

    assert json.loads(capsys.readouterr().out) == {
        "schema_version": 1,
        "workbook": "model.xlsx",
        "complete": True,
        "problems": [],
        "cell": {"sheet": "Inputs", "range": "B3"},
        "cells": places("Inputs!B3"),
        "label": "Growth",
        "formula": None,
        "r1c1": None,
        "direction": "dependents",
        "depth": 1,
        "count": 1,
        "ranges": places("P&L!C2"),
        "all_ranges": 1,
        "truncated": False,
        "sheets": [{"sheet": PL, "cells": 1}],
        "direct": [
            {
                "sheet": PL,
                "range": "C2",
                "label": "Revenue, 2025 E",
                "formula": "=B2*(1+Growth)",
                "r1c1": "=RC[-1]*(1+Growth)",
            }
        ],
        "direct_count": 1,
        "unknown": 1,
        "unresolved": [],
        "books": [],
    }


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["P&L!C4"], ("precedents", 6, places("Inputs!B1:B3", "P&L!B2", "P&L!C2:C3"))),
        (["Inputs!B1"], ("dependents", 6, places("P&L!B2:C4"))),
        (
            ["'p&l'!$c$4", "--depth", "2"],
            ("precedents", 4, places("Inputs!B3", "P&L!B2", "P&L!C2:C3")),
        ),
        (["P&L!C4", "--dependents"], ("dependents", 0, [])),
        (["Inputs!B1", "--precedents"], ("precedents", 0, [])),
        (["Inputs!B1:B3"], ("dependents", 6, places("P&L!B2:C4"))),
        (["P&L!A1:C4"], ("precedents", 7, places("Inputs!B1:B3", "P&L!B2:C3"))),
        (["Inputs!Z99"], ("dependents", 0, [])),
        (["P&L!B8"], ("precedents", 2, places("P&L!B8:C8"))),
    ],
)
def test_a_place_is_traced_where_its_formulas_lead(
    arguments: list[str],
    answer: tuple[str, int, list[dict[str, str]]],
    model: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["trace", model, *arguments, "--json"]) == 0

    made = json.loads(capsys.readouterr().out)
    assert (made["direction"], made["count"], made["ranges"]) == answer


def test_the_text_tells_the_cell_its_neighbours_and_the_rest(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", model, "P&L!C4"]) == 0

    out, err = capsys.readouterr()
    assert err == ""
    assert out == (
        "'P&L'!C4: Profit, 2025 E\n"
        "  formula  =C2-C3\n"
        "  in R1C1  =R[-2]C-R[-1]C\n"
        "\n"
        "Direct precedents: 2 cells in 2 rectangles\n"
        "  'P&L'!C2  Revenue, 2025 E  =B2*(1+Growth)\n"
        "  'P&L'!C3  Costs, 2025 E    =C2*0.4\n"
        "\n"
        "All precedents: 6 cells in 3 rectangles\n"
        "  Inputs: 3 cells\n"
        "    B1:B3\n"
        "  'P&L': 3 cells\n"
        "    B2, C2:C3\n"
        "\n"
        "It has no dependents.\n"
    )


def test_a_name_is_told_with_its_cells_and_what_may_be_hidden(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", model, "growth"]) == 0

    assert capsys.readouterr().out == (
        "growth = Inputs!B3: Growth\n"
        "  value  0.1\n"
        "\n"
        "Direct dependents: 1 cell in 1 rectangle\n"
        "  'P&L'!C2  Revenue, 2025 E  =B2*(1+Growth)\n"
        "\n"
        "All dependents: 3 cells in 1 rectangle\n"
        "  'P&L': 3 cells\n"
        "    C2:C4\n"
        "\n"
        "1 formula of the workbook may need it too (INDIRECT, OFFSET or the like).\n"
        "It has no precedents.\n"
    )


def test_references_that_lead_nowhere_are_told(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trace", model, "P&L!B5"]) == 0

    assert capsys.readouterr().out == (
        "'P&L'!B5: Lost, 2024 A\n"
        "  formula  =#REF!+Nope\n"
        "\n"
        "No precedents: its formula refers to no cells.\n"
        "\n"
        "#REF! leads nowhere: its cells were deleted.\n"
        "Nope leads nowhere: no such name.\n"
        "It has no dependents.\n"
    )


def test_a_table_and_a_sheetless_address_are_places_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cells: dict[str, CellSpec] = {
        "A1": "Item",
        "B1": "Price",
        "A2": "x",
        "B2": 1,
        "A3": "y",
        "B3": 2,
        "D1": "=SUM(B2:B3)",
    }
    save(Path("t.xlsx"), {"Data": sheet(cells, tables=(("Prices", "A1:B3"),))})

    assert run(["trace", "t.xlsx", "Prices"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "Prices = Data!A2:B3"
    assert run(["trace", "t.xlsx", "D1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ranges"] == places("Data!B2:B3")


def test_long_answers_are_cut_and_their_totals_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = {f"{'BD'[row % 2]}{row}": f"=$A$1*{row}" for row in range(1, 201)}
    save(Path("long.xlsx"), {"S": {"A1": 1, **cells}})

    assert run(["trace", "long.xlsx", "S!A1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "Direct dependents: 200 cells in 200 rectangles" in lines
    assert "  and 180 more rectangles" in lines
    assert "  S: 200 cells" in lines
    assert len(lines) < 40


def test_what_could_not_be_read_is_told_and_gives_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_SOFFICE", "off")
    Path("b.xls").write_bytes(old_book(old_sheet("Data", number(0, 0, 1.0))))
    Path("book.xlsx").write_bytes(zipped(without(SECOND)))

    assert run(["trace", "b.xls", "Data!A1", "--precedents"]) == 3
    out, err = capsys.readouterr()
    assert "No precedents: the formulas of this workbook could not be read." in out
    assert err.startswith("tickmark: Formulas not available for this format (.xls)")
    assert run(["trace", "book.xlsx", "Data!A1", "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out)["complete"] is False
    assert "sheet 'More' could not be read" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["model.xlsx", "Nope!C4"], "The workbook has no sheet 'Nope'; it has Inputs, P&L."),
        (["model.xlsx", "C4"], "'C4' names no sheet; write it like Inputs!C4."),
        (["model.xlsx", "Nonsense"], "'Nonsense' is no cell, range, name or table"),
        (["model.xlsx", "P&L!XFE1"], "'P&L!XFE1' is no cell, range, name or table"),
        (["model.xlsx", "P&L!A1048577"], "is no cell, range, name or table"),
        (["model.xlsx", "P&L!A0"], "is no cell, range, name or table"),
        (["model.xlsx", ""], "is no cell, range, name or table"),
        (["model.xlsx", "P&L!"], "is no cell, range, name or table"),
        (["model.xlsx", "[1]Sheet1!A1"], "is no cell, range, name or table"),
        (["model.xlsx", "=SUM(1,2)"], "is no cell, range, name or table"),
        (["model.xlsx", "P&L!C4", "--precedents", "--dependents"], "not both"),
        (
            ["model.xlsx", "P&L!C4", "--depth", "0"],
            "'--depth': Input should be greater than or equal to 1",
        ),
        (["missing.xlsx", "P&L!C4"], "missing.xlsx does not exist"),
        (["model.xlsx"], "Missing argument 'PLACE'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_two(
    arguments: list[str], sentence: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Path(model).is_file()
    assert run(["trace", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
