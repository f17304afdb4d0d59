"""`tickmark graph`, end to end on real files."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests.books import save, sheet
from tests.hosts.cli.model_book import model_book
from tests.hosts.test_incomplete import SECOND, without
from tests.read.old_books import number, old_book
from tests.read.old_books import sheet as old_sheet
from tests.read.parts import zipped
from tests.read.test_encrypted import encrypted
from tickmark.hosts.cli.app import run
from tickmark.model.edit import SHEET_MARK
from tickmark.structure import formulas

PL = "P&L"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return model_book(tmp_path)


def record(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON object on stdout."""
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


def test_json_has_the_promised_shape(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", model, "--json"]) == 0

    made = record(capsys)
    seconds = made.pop("seconds")
    assert sorted(seconds) == ["build", "read"]
    assert all(isinstance(value, float) and value >= 0 for value in seconds.values())
    edges = made["edges"]
    assert 0 < edges <= 12
    assert made == {
        "schema_version": 1,
        "workbook": "model.xlsx",
        "complete": True,
        "problems": [],
        "cells": 26,
        "formulas": 10,
        "filled_cells": 0,
        "references": 12,
        "unique_formulas": 8,
        "nodes": 13,
        "blocks": 8,
        "edges": edges,
        "plain_edges": edges,
        "edge_ratio": pytest.approx(edges / 12, abs=1e-6),
        "cycles": [[{"sheet": PL, "range": "B8:C8"}]],
        "cycles_complete": True,
        "cycle_details": [
            {
                "cells": 2,
                "path": [{"sheet": PL, "range": "B8"}, {"sheet": PL, "range": "C8"}],
                "certain": True,
                "intended": False,
            }
        ],
        "levels": 4,
        "level_details": [
            {
                "level": 1,
                "cells": 5,
                "steps": 2,
                "ranges": [
                    {"sheet": PL, "range": "B2"},
                    {"sheet": PL, "range": "B5:B6"},
                    {"sheet": PL, "range": "B8:C8"},
                ],
            },
            level(2, 1, "C2"),
            level(3, 2, "B3:C3"),
            level(4, 2, "B4:C4"),
        ],
        "critical_path": {
            "steps": 4,
            "stage_count": 4,
            "stages": [
                stage(1, "B2", 1, "Revenue, 2024 A", "=Inputs!B1*Inputs!B2"),
                stage(2, "C2", 1, "Revenue, 2025 E", "=B2*(1+Growth)"),
                stage(3, "B3:C3", 2, "Costs", "=B2*0.4"),
                stage(4, "B4:C4", 2, "Profit", "=B2-B3"),
            ],
        },
        "sheets": [
            {"sheet": "Inputs", "state": "visible", "formulas": 0, "filled_cells": 0, "blocks": 0},
            {"sheet": PL, "state": "visible", "formulas": 10, "filled_cells": 0, "blocks": 8},
        ],
        "sheet_order": [["Inputs"], [PL]],
        "sheet_edges": [{"from": "Inputs", "to": PL, "references": 3}],
        "books": [],
        "inputs": [
            input_cell("B1", "Price", 6),
            input_cell("B2", "Volume", 6),
            input_cell("B3", "Growth", 3),
        ],
        "constants": 3,
        "inputs_complete": True,
        "unused_inputs": [
            {"sheet": "Inputs", "range": "B4", "cells": 1, "label": "Spare", "certain": False}
        ],
        "unresolved": [
            lost("B5", "#REF!", "lost"),
            lost("B5", "Nope", "unknown-name"),
            lost("C8", "Missing!A1", "unknown-sheet"),
        ],
        "unknown": [{"sheet": PL, "range": "B6", "cells": 1, "formula": '=INDIRECT("B"&2)'}],
    }


def level(number: int, cells: int, area: str) -> dict[str, object]:
    return {"level": number, "cells": cells, "steps": 1, "ranges": [{"sheet": PL, "range": area}]}


def stage(number: int, area: str, cells: int, label: str, formula: str) -> dict[str, object]:
    place = {"sheet": PL, "range": area, "cells": cells, "label": label, "formula": formula}
    return {"stage": number, **place, "steps": 1}


def input_cell(area: str, label: str, dependents: int) -> dict[str, object]:
    place = {"sheet": "Inputs", "range": area, "cells": 1, "label": label, "formula": None}
    return {**place, "dependents": dependents, "exact": True}


def lost(area: str, reference: str, reason: str) -> dict[str, object]:
    return {"sheet": PL, "range": area, "cells": 1, "reference": reference, "reason": reason}


def test_the_text_tells_the_same_in_sections(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["graph", model]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert max(map(len, lines)) <= 80
    assert lines[0] == "model.xlsx"
    assert "  Formulas    10 on 1 of 2 sheets; 8 different, in 8 blocks" in lines
    assert "  Circular    1 circular reference over 2 cells" in lines
    assert "  2  'P&L'         10  Inputs 3" in lines
    assert "  'P&L'!B8 → C8 → B8" in lines
    assert "  1  5 cells  'P&L'!B2, B5:B6, B8:C8" in lines
    assert "  'P&L'!C2     Revenue, 2025 E  =B2*(1+Growth)" in lines
    assert "  Inputs!B3  Growth         3  0.1" in lines
    assert "  'P&L'!B5  Nope        no such name" in lines
    assert "  'P&L'!B6  =INDIRECT(\"B\"&2)" in lines


def test_a_workbook_without_formulas_is_told_in_two_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    assert run(["graph", "list.csv"]) == 0
    assert capsys.readouterr().out.splitlines() == ["list.csv", "  1 sheet, no formulas"]
    assert run(["graph", "list.csv", "--json"]) == 0
    assert (made := record(capsys))["formulas"] == 0
    assert (made["levels"], made["cycles"], made["edge_ratio"]) == (0, [], 0.0)
    assert run(["graph", "list.csv", "--dot", "-"]) == 0
    assert '[label="list\\nno formulas"' in capsys.readouterr().out


def test_formulas_that_cannot_be_read_are_no_empty_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TICKMARK_SOFFICE", "off")
    Path("b.xls").write_bytes(old_book(old_sheet("Data", number(0, 0, 1.0))))

    assert run(["graph", "b.xls"]) == 3
    out, err = capsys.readouterr()
    assert out.splitlines() == ["b.xls", "  Formulas could not be read from this file."]
    assert err.startswith("tickmark: Formulas not available for this format (.xls)")
    assert run(["graph", "b.xls", "--json", "--quiet"]) == 3
    out, err = capsys.readouterr()
    made = json.loads(out)
    assert (made["complete"], err) == (False, "")
    assert "install LibreOffice" in made["problems"][0]


def test_a_damaged_sheet_is_told_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("book.xlsx").write_bytes(zipped(without(SECOND)))

    assert run(["graph", "book.xlsx", "--json"]) == 3
    out, err = capsys.readouterr()
    made = json.loads(out)
    assert (made["complete"], [one["sheet"] for one in made["sheets"]]) == (False, ["Data"])
    assert made["problems"] == [
        "book.xlsx: sheet 'More' could not be read: its part xl/worksheets/sheet2.xml is missing."
    ]
    assert err == f"tickmark: {made['problems'][0]}\n"


def test_references_beyond_the_bound_make_the_graph_incomplete(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(formulas, "MOST_PRECEDENTS", 4)

    assert run(["graph", model]) == 3
    out, err = capsys.readouterr()
    assert "  The workbook has too many references to follow all; some are missing here." in out
    assert err == "tickmark: model.xlsx has too many references to follow all of them.\n"
    assert run(["trace", model, "P&L!C4", "--json"]) == 3
    assert record(capsys)["complete"] is False


def test_a_password_opens_an_encrypted_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("locked.xlsx").write_bytes(encrypted("secret"))

    assert run(["graph", "locked.xlsx"]) == 2
    assert "--password" in capsys.readouterr().err
    assert run(["graph", "locked.xlsx", "--password", "secret"]) == 0


def test_files_are_written_and_named(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", model, "--dot", "a.dot", "--mermaid", "a.mmd"]) == 0

    assert capsys.readouterr() == ("a.dot\na.mmd\n", "")
    dot = Path("a.dot").read_text(encoding="utf-8").splitlines()
    assert '    n6 [label="B8\\n=C8+1" shape=box style=filled fillcolor="#fbe3e1" ' in "\n".join(
        dot
    )
    assert '  n0 -> n1 [label="1"];' in dot
    mermaid = Path("a.mmd").read_text(encoding="utf-8").splitlines()
    assert mermaid[0] == "flowchart LR"
    assert '  subgraph g1["P#38;L"]' in mermaid
    assert '  n0 -->|"1"| n1' in mermaid
    assert "  class n6,n7 cycle" in mermaid
    assert sorted(Path().iterdir()) == [Path(one) for one in ("a.dot", "a.mmd", model)]


def test_a_page_is_written(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", model, "--html", "map.html", "--quiet"]) == 0

    assert capsys.readouterr().out == "map.html\n"
    page = Path("map.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "P&amp;L" in page


def test_json_stands_beside_files(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", model, "--json", "--dot", "a.dot"]) == 0

    assert record(capsys)["formulas"] == 10
    assert Path("a.dot").is_file()


def test_a_drawing_goes_to_stdout_alone(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["graph", model, "--mermaid", "-", "--level", "sheets"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "flowchart LR",
        '  n0["Inputs<br/>no formulas"]',
        '  n1["P#38;L<br/>10 formulas"]',
        '  n0 -->|"3"| n1',
    ]


def test_many_blocks_are_drawn_as_sheets_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = {f"B{row}": f"=Data!A{row}*{row}" for row in range(1, 31)}
    save(Path("many.xlsx"), {"Data": {"A1": 1}, "Sums": cells})

    assert run(["graph", "many.xlsx", "--mermaid", "-"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == '  n0 -->|"30"| n1'
    assert err == (
        "tickmark: Drawn are the sheets, since 30 blocks would be too many; use --level blocks for "
        "these.\n"
    )
    assert run(["graph", "many.xlsx", "--mermaid", "-", "--level", "blocks"]) == 0
    assert capsys.readouterr().out.count("-->") == 30


MERMAID_LINE = re.compile(r"flowchart LR|subgraph g\d\[_]|end|n\d\(?\[_]\)?|n\d --> ?(\|_\|)? n\d")
DOT_LINE = re.compile(
    r"digraph workbook \{|rankdir=LR;|(graph|node|edge) \[.*];|subgraph cluster_\d \{|\}"
    r"|(label|color)=_;|n\d \[label=_ shape=\w+ style=(_|filled) fillcolor=_];"
    r"|n\d -> n\d( \[label=_])?;"
)
HOSTILE = 'x"]; %%{init: {}}%% <b> & direction TB \\N'


def test_no_text_of_a_workbook_is_markup_or_steers_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    save(
        Path("hostile.xlsx"),
        {
            'a"; } <b>': {
                "A1": 'label "]; end \u202e',
                "B1": 2,
                "A2": "x",
                "B2": f'=B1&"{HOSTILE}"',
            },
            "%%{init} --> n1": sheet({"A1": "='a\"; } <b>'!B2", "A2": "=\u2066Bad"}),
        },
    )

    assert run(["graph", "hostile.xlsx", "--mermaid", "-"]) == 0
    mermaid = capsys.readouterr().out
    assert run(["graph", "hostile.xlsx", "--dot", "-"]) == 0
    dot = capsys.readouterr().out
    assert run(["graph", "hostile.xlsx"]) == 0
    text = capsys.readouterr().out

    for line in mermaid.splitlines():
        assert MERMAID_LINE.fullmatch(re.sub('"[^"]*"', "_", line.strip()))
    assert all(one not in mermaid for one in ("%%", "direction TB", "<b>", "javascript:"))
    for line in dot.splitlines():
        assert DOT_LINE.fullmatch(re.sub(r'"(?:[^"\\]|\\.)*"', "_", line.strip()))
    assert "\u202e" not in text
    assert "\u2066" not in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.xlsx"], "missing.xlsx does not exist; name a workbook"),
        (["notes.txt"], "notes.txt is no workbook that Tickmark reads"),
        (["broken.xlsx"], "broken.xlsx is damaged"),
        (["."], "names 2 workbooks; this command takes one."),
        (["-"], "This command reads one workbook file; name it instead of -."),
        (["model.xlsx", "--dot", "model.xlsx"], "model.xlsx is a workbook, which is never written"),
        (["model.xlsx", "--dot", "new.XLSM"], "new.XLSM is a workbook, which is never written"),
        (["model.xlsx", "--html", "copy.dat"], "copy.dat is a workbook, which is never written"),
        (["model.xlsx", "--dot", "no/such/a.dot"], "no/such is no folder; make it"),
        (["model.xlsx", "--html", "deep"], "deep is a folder; give --html a file in it."),
        (["model.xlsx", "--dot", "--mermaid"], "--dot needs a file, or - for stdout"),
        (["model.xlsx", "--dot", ""], "--dot needs a file, or - for stdout"),
        (["model.xlsx", "--dot", "x\0y"], "cannot be written"),
        (["model.xlsx", "--dot", "x" * 300], "cannot be written"),
        (["model.xlsx", "--dot", "-", "--mermaid", "-"], "can go to stdout."),
        (["model.xlsx", "--dot", "-", "--json"], "can go to stdout."),
        (["model.xlsx", "--dot", "a", "--html", "a"], "--dot and --html need a file each."),
        (["model.xlsx", "--level", "cells", "--dot", "-"], "'auto', 'blocks', 'sheets'"),
        (["model.xlsx", "--limit", "nothing=1"], "nothing"),
        ([], "Missing argument 'BOOK'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_two(
    arguments: list[str], sentence: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("notes.txt").write_text("notes", encoding="utf-8")
    Path("broken.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    Path("copy.dat").write_bytes(Path(model).read_bytes())
    Path("deep").mkdir()
    before = Path(model).read_bytes()

    assert run(["graph", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert Path(model).read_bytes() == before


def test_a_pipe_or_device_stays_what_it_is(model: str) -> None:
    if not Path(os.devnull).is_char_device():
        pytest.skip("no devices here")

    assert run(["graph", model, "--dot", os.devnull]) == 0
    assert Path(os.devnull).is_char_device()


def test_sheets_that_tickmark_wrote_are_no_part_of_the_graph(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(model)
    page = book.create_sheet("Answers")
    page["A1"] = "='P&L'!B2"
    page.defined_names[SHEET_MARK] = DefinedName(SHEET_MARK, attr_text="Answers!$A$1")
    book.save(model)

    assert run(["graph", model, "--json"]) == 0
    assert [one["sheet"] for one in record(capsys)["sheets"]] == ["Inputs", PL]
