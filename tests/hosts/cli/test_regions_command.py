"""`tickmark regions`, end to end on real files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from tests.books import save, sheet
from tests.hosts.test_incomplete import SECOND, without
from tests.read.parts import zipped
from tests.read.test_encrypted import encrypted
from tickmark.hosts.cli.app import run
from tickmark.model.edit import SHEET_MARK

HEADS = ("Region", "Units", "Price", "Sales")
LINES = (("North", 3, 2.5), ("South", 4, 3.5), ("East", 5, 4.5), ("West", 6, 1.5))
SALES: dict[str, Any] = {
    **{f"{column}1": head for column, head in zip("ABCD", HEADS, strict=True)},
    **{
        f"{column}{row}": value
        for row, line in enumerate(LINES, 2)
        for column, value in zip("ABCD", (*line, f"=B{row}*C{row}"), strict=True)
    },
}
REGION_KEYS = {
    *("range", "role", "header_rows", "header_columns", "total_rows", "total_columns"),
    *("confidence", "name", "title", "notes", "sections", "repeated_headers"),
    *("cross_tabulation", "list_object", "column_paths", "reasons"),
}
HOSTILE = "</text><script>alert(1)</script>&\x0b\u202e\u2066"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Sales in a ListObject, a second sheet with nothing, a hidden one with a little list."""
    monkeypatch.chdir(tmp_path)
    save(
        Path("model.xlsx"),
        {
            "P&L": sheet(SALES, tables=(("Sales", "A1:D5"),)),
            "Blank": {},
            "Away": sheet({"B2": "Term", "B3": 12}, state="hidden"),
        },
    )
    return "model.xlsx"


def record(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one JSON object on stdout."""
    made: dict[str, Any] = json.loads(capsys.readouterr().out)
    return made


def test_json_has_the_promised_shape(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regions", model, "--json"]) == 0

    made = record(capsys)
    sheets = made.pop("sheets")
    assert made == {
        "schema_version": 1,
        "workbook": "model.xlsx",
        "complete": True,
        "problems": [],
    }
    assert [(one["sheet"], one["state"], one["used_range"]) for one in sheets] == [
        ("P&L", "visible", "A1:D5"),
        ("Blank", "visible", None),
        ("Away", "hidden", "B2:B3"),
    ]
    assert sheets[1]["regions"] == []
    (sales,) = sheets[0]["regions"]
    assert set(sales) == REGION_KEYS
    told = ("range", "role", "header_rows", "list_object", "total_rows")
    assert {key: sales[key] for key in told} == {
        "range": "A1:D5",
        "role": "table",
        "header_rows": 1,
        "list_object": "Sales",
        "total_rows": [],
    }
    assert sales["confidence"] == 0.99
    assert sales["column_paths"] == [[head] for head in HEADS]
    assert all(set(one) == {"edge", "cue"} for one in sales["reasons"])
    assert {"top", "left", "bottom", "right", "role"} <= {one["edge"] for one in sales["reasons"]}


def test_the_text_tells_each_sheet_and_its_regions(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["regions", model]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == ""
    assert lines[0] == "model.xlsx"
    assert lines[1].startswith("  3 sheets: 1 table")
    assert "'P&L'!A1:D5: 1 region" in lines
    assert re.search(r"^  A1:D5  table +\d+%  Sales$", out, re.MULTILINE)
    assert "Blank: empty" in lines
    assert "Away!B2:B3 (hidden): 1 region" in lines


def test_one_sheet_is_told_alone_by_its_name_in_any_case(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["regions", model, "--sheet", "p&l", "--json"]) == 0
    alone = record(capsys)
    assert run(["regions", model, "--json"]) == 0
    whole = record(capsys)

    assert alone["sheets"] == whole["sheets"][:1]


def test_a_picture_shows_all_visible_sheets(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regions", model, "--svg", "all.svg"]) == 0

    assert capsys.readouterr() == ("all.svg\n", "")
    texts = [one.text for one in ET.fromstring(Path("all.svg").read_bytes()).iter() if one.text]  # noqa: S314 - our own file
    assert {"P&L", "Blank", "Units", "North", "4.5"} < set(texts)
    assert "Not drawn: 1 hidden sheet, Away." in texts
    assert any(re.fullmatch(r"A1:D5 table \d+%  Sales", text) for text in texts)


def test_a_hidden_sheet_is_drawn_where_it_is_named(model: str) -> None:
    assert run(["regions", model, "--sheet", "Away", "--svg", "away.svg", "--quiet"]) == 0

    text = Path("away.svg").read_text(encoding="utf-8")
    assert ">Away (hidden)<" in text
    assert ">Term<" in text
    assert "P&amp;L" not in text


def test_a_picture_goes_to_stdout_alone(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regions", model, "--svg", "-"]) == 0

    out = capsys.readouterr().out
    assert ET.fromstring(out).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - our own file


def test_tables_are_written_and_named(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["regions", model, "--frames", "tables"]) == 0

    (named,) = capsys.readouterr().out.splitlines()
    assert Path(named).parent == Path("tables")
    assert Path(named).read_text(encoding="utf-8").splitlines()[:2] == [
        "Region,Units,Price,Sales",
        "North,3,2.5,",
    ]


def test_json_stands_beside_files_and_tells_them(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["regions", model, "--json", "--frames", "new/tables", "--svg", "a.svg"]) == 0

    made = record(capsys)
    (file,) = made["frames"]
    name = file.pop("file")
    assert file == {"sheet": "P&L", "range": "A1:D5", "rows": 4, "columns": 4}
    assert (Path("new/tables") / name).is_file()
    assert Path("a.svg").is_file()


def test_a_damaged_sheet_is_told_and_the_others_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("book.xlsx").write_bytes(zipped(without(SECOND)))

    assert run(["regions", "book.xlsx", "--json"]) == 3
    out, err = capsys.readouterr()
    made = json.loads(out)
    assert (made["complete"], [one["sheet"] for one in made["sheets"]]) == (False, ["Data"])
    assert made["problems"] == [
        "book.xlsx: sheet 'More' could not be read: its part xl/worksheets/sheet2.xml is missing."
    ]
    assert err == f"tickmark: {made['problems'][0]}\n"
    assert run(["regions", "book.xlsx", "--quiet"]) == 3
    assert capsys.readouterr().err == ""
    assert run(["regions", "book.xlsx", "--sheet", "More"]) == 2
    assert "sheet 'More' could not be read" in capsys.readouterr().err


def test_a_password_opens_an_encrypted_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("locked.xlsx").write_bytes(encrypted("secret"))

    assert run(["regions", "locked.xlsx"]) == 2
    assert "--password" in capsys.readouterr().err
    assert run(["regions", "locked.xlsx", "--password", "secret"]) == 0


def test_sheets_that_tickmark_wrote_are_passed_over(
    model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(model)
    page = book.create_sheet("Answers")
    page["A1"] = "an answer"
    page.defined_names[SHEET_MARK] = DefinedName(SHEET_MARK, attr_text="Answers!$A$1")
    book.save(model)

    assert run(["regions", model, "--json"]) == 0
    assert [one["sheet"] for one in record(capsys)["sheets"]] == ["P&L", "Blank", "Away"]


def test_no_text_of_a_workbook_is_markup_or_steers_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    hostile = HOSTILE.replace("\x0b", "")  # openpyxl writes no control characters
    cells = {f"{column}{row}": f"{hostile}{row}" for row in range(1, 9) for column in "ABC"}
    save(Path("hostile.xlsx"), {'<b> & "x"\u202e': cells})

    assert run(["regions", "hostile.xlsx", "--reasons"]) == 0
    text = capsys.readouterr().out
    assert run(["regions", "hostile.xlsx", "--svg", "-"]) == 0
    picture = capsys.readouterr().out

    assert not re.search(r"[\u202e\u2066]", text + picture)
    assert max(map(len, text.splitlines())) <= 80
    tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(picture).iter()}  # noqa: S314 - our own file
    assert "script" not in tags
    assert "&lt;/text&gt;" in picture


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.xlsx"], "missing.xlsx does not exist; name a workbook"),
        (["-"], "This command reads one workbook file; name it instead of -."),
        (["model.xlsx", "--sheet", "Nope"], "has no sheet 'Nope'; it has 'P&L', 'Blank', 'Away'."),
        (["model.xlsx", "--svg", "model.xlsx"], "model.xlsx is a workbook, which is never written"),
        (["model.xlsx", "--svg", "new.xlsx"], "new.xlsx is a workbook, which is never written"),
        (["model.xlsx", "--svg", "deep"], "deep is a folder; give --svg a file in it."),
        (["model.xlsx", "--svg", "no/a.svg"], "no is no folder; make it"),
        (["model.xlsx", "--svg", "-", "--json"], "Only one of --json and --svg - can go to stdout"),
        (["model.xlsx", "--frames", "deep"], "deep holds other files; name a new folder"),
        (["model.xlsx", "--frames", "notes.txt"], "notes.txt is a file; name a new folder"),
        (["model.xlsx", "--frames", "-"], "--frames needs a folder; '-' is none."),
        (["model.xlsx", "--frames", "x\0y"], "cannot be written"),
        (["model.xlsx", "--frames-format", "csv"], "--frames-format needs --frames DIR"),
        (["model.xlsx", "--frames-totals"], "--frames-totals needs --frames DIR"),
        (["model.xlsx", "--frames", "t", "--frames-format", "xml"], "'csv', 'parquet'"),
        (["model.xlsx", "--limit", "nothing=1"], "nothing"),
        ([], "Missing argument 'BOOK'"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_two(
    arguments: list[str], sentence: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("notes.txt").write_text("notes", encoding="utf-8")
    Path("deep").mkdir()
    Path("deep/notes.txt").write_text("notes", encoding="utf-8")
    before = Path(model).read_bytes()

    assert run(["regions", *arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1
    assert Path(model).read_bytes() == before
    assert Path("deep/notes.txt").read_text(encoding="utf-8") == "notes"
