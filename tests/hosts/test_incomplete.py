"""What a damaged file loses is told wherever its results are shown, and nothing else is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.read.parts import (
    CONTENT_TYPES,
    MAIN,
    WORKBOOK_TYPE,
    Content,
    parts,
    relationships,
    zipped,
)
from tickmark.hosts.cli.app import run
from tickmark.read import read_workbook

CELLS = '<c r="A1"><v>1</v></c><c r="B1" t="s"><v>0</v></c><c r="C1" t="e"><v>#REF!</v></c>'
STRINGS = "<si><t>word</t></si>"
SECOND = "xl/worksheets/sheet2.xml"
OTHER = f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>2</v></c></row></sheetData></worksheet>'
RESULT_SHEET = "Tickmark analysis"


def two_sheets(cells: str = CELLS) -> dict[str, Content]:
    """A workbook whose sheets `Data` and `More` have cells, a text and an error value."""
    made = parts(cells, strings=STRINGS)
    made["[Content_Types].xml"] = (
        f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{WORKBOOK_TYPE}"/></Types>'
    )
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="More" sheetId="2" r:id="rId4"/></sheets>'
    )
    made["xl/_rels/workbook.xml.rels"] = relationships(
        ("rId1", "worksheet", "worksheets/sheet1.xml"),
        ("rId2", "styles", "styles.xml"),
        ("rId3", "sharedStrings", "sharedStrings.xml"),
        ("rId4", "worksheet", "worksheets/sheet2.xml"),
    )
    made[SECOND] = OTHER
    return made


def without(name: str) -> dict[str, Content]:
    made = two_sheets()
    del made[name]
    return made


def with_comments(content: str) -> dict[str, Content]:
    rels = relationships(("rId1", "comments", "../comments1.xml"))
    made = {**two_sheets(), "xl/worksheets/_rels/sheet1.xml.rels": rels}
    return {**made, "xl/comments1.xml": content}


CASES: Mapping[str, tuple[dict[str, Content], list[str], str, int]] = {
    "missing sheet": (
        without(SECOND),
        [],
        "It could not be read: its part xl/worksheets/sheet2.xml is missing.",
        3,
    ),
    "missing styles": (
        without("xl/styles.xml"),
        [],
        "Formats are unknown, dates look like numbers: its part xl/styles.xml is missing.",
        4,
    ),
    "missing texts": (
        without("xl/sharedStrings.xml"),
        [],
        "1 cell read without value: the text is missing from the shared strings (first: B1).",
        3,
    ),
    "bad address": (
        two_sheets(CELLS.replace('r="A1"', 'r="A0"')),
        [],
        "1 cell skipped: what stands as address is none (first: A0).",
        3,
    ),
    "damaged comments": (
        with_comments(f'<comments xmlns="{MAIN}"><commentList><comment'),
        [],
        (
            "Comments are missing from the sheet: its part xl/comments1.xml is no well-formed XML "
            "(line 1: unclosed token)."
        ),
        4,
    ),
    "cells over the limit": (
        two_sheets(),
        ["--limit", "sheet_cells=2"],
        "Only the first 2 cells were read; --limit sheet_cells=N allows more.",
        3,
    ),
    "elements over the limit": (
        two_sheets(),
        ["--limit", "elements=13", "--limit", "part_bytes=1e9"],
        "its part xl/styles.xml has more than 13 elements; --limit elements=N allows more.",
        4,
    ),
}


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("out")


def record(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.jsonl").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_loss_is_told_everywhere_and_loses_nothing_else(
    case: tuple[dict[str, Content], list[str], str, int],
    result: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, options, sentence, cells = case
    Path("book.xlsx").write_bytes(zipped(file))

    code = run(["analyze", "book.xlsx", "--out", "out", *options])

    told = record(result)
    sentences = [
        *told["problems"],
        *(problem for sheet in told["sheets"] for problem in sheet["problems"]),
        *(sheet["error"] for sheet in told["sheets"] if sheet["error"]),
    ]
    assert code == 3
    assert told["status"] == "incomplete"
    assert told["coverage"]["cells"] == cells
    assert [one for one in sentences if sentence in one] != []
    ended = json.loads((result / "run.json").read_text(encoding="utf-8"))
    assert (ended["exit_code"], ended["incomplete"], ended["failed"]) == (3, 1, 0)
    assert sentence in " ".join(capsys.readouterr().out.split())
    html = (result / "report.html").read_text(encoding="utf-8")
    assert sentence.replace("'", "&#39;") in html
    assert "analysed only in part" in html
    shown = read_workbook(result / told["output"])[RESULT_SHEET].cells.texts
    assert sentence in " ".join(" ".join(shown).split())
    assert "Missing" in shown


def test_a_remark_makes_no_workbook_incomplete(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = two_sheets()
    file["xl/_rels/workbook.xml.rels"] = str(file["xl/_rels/workbook.xml.rels"]).replace(
        'worksheet" Target="worksheets/sheet2.xml"', 'dialogsheet" Target="worksheets/sheet2.xml"'
    )
    Path("book.xlsm").write_bytes(zipped(file))

    code = run(["analyze", "book.xlsm", "--out", "out"])

    told = record(result)
    assert code == 0
    assert told["status"] == "ok"
    assert told["problems"] == []
    assert told["notes"] == ["'More' is a dialog sheet; it was not read."]
    assert "only in part" not in capsys.readouterr().out


def test_a_limit_of_another_name_is_refused_before_anything_is_read(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("book.xlsx").write_bytes(zipped(two_sheets()))

    assert run(["analyze", "book.xlsx", "--out", "out", "--limit", "cells=5"]) == 2
    assert "'cells' is no limit; known are zip_members, " in capsys.readouterr().err
    assert not result.exists()


def test_every_limit_is_shown_with_its_origin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TICKMARK_LIMITS", "ratio=300")

    assert run(["config", "show", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)["settings"]
    assert shown["limits.ratio"] == {"value": 300, "origin": "TICKMARK_LIMITS"}
    assert shown["limits.child_seconds"] == {"value": 120.0, "origin": "default"}
