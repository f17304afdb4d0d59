"""`tickmark decode`, end to end."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tickmark.hosts.cli.app import run

TEXT = "# P&L|A1:C2\nA1 Item|Größe\nA2:B2 =C1*2 -> 3|4\n\n# Two|A1\nA1 x\n"
LINES = [
    {"sheet": "P&L", "range": "A1", "kind": "text", "value": "Item", "exact": True},
    {"sheet": "P&L", "range": "B1", "kind": "text", "value": "Größe", "exact": True},
    {
        "sheet": "P&L",
        "range": "A2",
        "kind": "number",
        "value": 3,
        "exact": True,
        "formula": "=C1*2",
    },
    {
        "sheet": "P&L",
        "range": "B2",
        "kind": "number",
        "value": 4,
        "exact": True,
        "formula": "=D1*2",
    },
    {"sheet": "Two", "range": "A1", "kind": "text", "value": "x", "exact": True},
]


def told(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    out, err = capsys.readouterr()
    assert not err
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_text_is_told_cell_by_cell(
    encoding: str, ends: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "model.txt"
    file.write_bytes(TEXT.replace("\n", ends).encode(encoding))

    assert run(["decode", str(file)]) == 0

    assert told(capsys) == LINES


def test_the_json_of_encode_is_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = TEXT.split("\n\n")
    sheets = [{"sheet": "P&L", "text": first, "tokens": 9}, {"sheet": "Two", "text": second}]
    file = tmp_path / "model.json"
    file.write_text(json.dumps({"schema_version": 1, "sheets": sheets}), encoding="utf-8")

    assert run(["decode", str(file)]) == 0

    assert told(capsys) == LINES


def test_stdin_is_read_for_a_dash(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))

    assert run(["decode", "-"]) == 0

    assert told(capsys) == LINES


def test_many_cells_are_all_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "long.txt"
    file.write_text("# S|A1:A2500\nA1:A2500 1..2500\n", encoding="utf-8")

    assert run(["decode", str(file)]) == 0

    assert [line["value"] for line in told(capsys)] == list(range(1, 2501))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"# S|A1\nA1 x\nA1 y\n", "Line 3: A1 is told in line 2, too."),
        (b"no encoding", "Line 1: a sheet begins with its name"),
        (b"", "the text is empty"),
        (b"\xff\x00\x81", "is no text in UTF-8"),
        (b"{", "is neither an encoded text nor the JSON of `tickmark encode --json`"),
        (b"[" * 100_000, "is neither an encoded text nor the JSON"),
        (b"[1]", "is neither an encoded text nor the JSON"),
        (b'{"sheets": [{"sheet": "S", "text": 5}]}', "is neither an encoded text nor the JSON"),
        (
            b'{"sheets": [{"sheet": "S", "text": "# S|A1\\nA1"}]}',
            "The text of the sheet 'S' in file.txt: Line 2: a line has no blank",
        ),
        (b"# S|A1\nA1:XFD1048576 0", "more than 20,000,000 cells"),
    ],
)
def test_what_is_no_encoding_is_refused_in_a_sentence(
    content: bytes,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.txt").write_bytes(content)

    assert run(["decode", "file.txt"]) == 2

    out, err = capsys.readouterr()
    assert not out
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("file", ["", "missing.txt", ".", "a\x00b"])
def test_a_file_that_cannot_be_read_is_named(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["decode", file]) == 2

    assert "file" in capsys.readouterr().err.lower()
