"""Tables as CSV and Parquet files, and the index beside them."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.books import book, sheet
from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.write.frame_files import FrameFile, FrameFormat, write_frames

WORKBOOK = book(
    {
        "P&L": sheet(
            {
                "A1": "Item",
                "B1": 2024,
                "D1": "Paid",
                "E1": "Code",
                "F1": "Due",
                "G1": "Took",
                "A2": "Sales",
                "B2": 10,
                "D2": True,
                "E2": 7,
                "F2": dt.date(2024, 1, 1),
                "G2": dt.datetime(1899, 12, 31, 12),  # noqa: DTZ001 - spreadsheets know no time zone
                "A3": ("=B9", "=cmd()"),
                "B3": "n/a",
                "E3": "-x",
                "A5": "Ä\n; b",
                "B5": "#N/A",
                "D5": False,
                "E5": True,
                "A6": "Sum",
                "B6": 10,
            },
            formats={"G2": "[h]:mm"},
        ),
        "Other": {"A1": "note"},
    }
)
TABLE = Region(
    RangeRef.parse("P&L!A1:G6"),
    Role.TABLE,
    0.75,
    header_rows=1,
    header_columns=1,
    total_rows=(RangeRef.parse("P&L!A6:G6"),),
    column_paths=(("Item",), ("2024",), (), ("Paid",), ("State", "=Code"), ("Due",), ("Took",)),
    name="Profit/loss",
)
NOTES = Region(RangeRef.parse("Other!A1"), Role.NOTES, 1.0)


def _index(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    return record


def test_csv_files_hold_the_data_with_guarded_texts(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "tables"
    files = write_frames(WORKBOOK, [TABLE, NOTES], folder)
    assert files == (FrameFile("P_L-Profit_loss.csv", TABLE.range, 3, 6),)
    assert sorted(one.name for one in folder.iterdir()) == ["P_L-Profit_loss.csv", "frames.json"]
    assert (folder / files[0].name).read_bytes().decode() == (
        "Item,2024,Paid,State / =Code,Due,Took\n"
        "Sales,10,True,7,2024-01-01,1 days 12:00:00\n"
        "'=cmd(),,,'-x,,\n"
        '"Ä\n; b",,False,True,,\n'
    )


def test_totals_stay_where_they_are_wanted(tmp_path: Path) -> None:
    (file,) = write_frames(WORKBOOK, [TABLE], tmp_path / "t", totals=True)

    assert (tmp_path / "t" / file.name).read_text("utf-8").splitlines()[-1].startswith("Sum,10")
    (record,) = json.loads((tmp_path / "t" / "frames.json").read_text("utf-8"))["tables"]
    assert record["left_out"]["total_rows"] == []
    assert record["sheet_rows"][-1][-1] == 6


def test_parquet_files_keep_types_and_texts(tmp_path: Path) -> None:
    files = write_frames(WORKBOOK, [TABLE], tmp_path, file_format=FrameFormat.PARQUET)
    assert [one.name for one in files] == ["P_L-Profit_loss.parquet"]
    frame = pd.read_parquet(tmp_path / files[0].name)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {
        "Item": "str",
        "2024": "Int64",
        "Paid": "boolean",
        "State / =Code": "str",
        "Due": "datetime64[ms]",
        "Took": "timedelta64[ms]",
    }
    assert frame["Item"].tolist() == ["Sales", "=cmd()", "Ä\n; b"]
    assert frame["State / =Code"].tolist() == ["7", "-x", "True"]
    assert frame["2024"].isna().tolist() == [False, True, True]


def test_the_index_tells_what_is_where_and_what_is_not(tmp_path: Path) -> None:
    write_frames(WORKBOOK, [TABLE, NOTES], tmp_path)
    columns = [
        ("Item", ["Item"], "A", "str", True, 0, {}, 1),
        ("2024", ["2024"], "B", "Int64", False, 1, {"n/a": 1}, 0),
        ("Paid", ["Paid"], "D", "boolean", False, 0, {}, 0),
        ("State / =Code", ["State", "=Code"], "E", "object", False, 0, {}, 1),
        ("Due", ["Due"], "F", "datetime64[ms]", False, 0, {}, 0),
        ("Took", ["Took"], "G", "timedelta64[ms]", False, 0, {}, 0),
    ]
    keys = ("name", "path", "sheet_column", "dtype", "key", "errors", "placeholders", "apostrophes")
    assert _index(tmp_path) == {
        "schema_version": 1,
        "workbook": "book.xlsx",
        "sha256": "0" * 64,
        "tables": [
            {
                "file": "P_L-Profit_loss.csv",
                "sheet": "P&L",
                "range": "A1:G6",
                "name": "Profit/loss",
                "confidence": 0.75,
                "rows": 3,
                "columns": [dict(zip(keys, one, strict=True)) for one in columns],
                "sheet_rows": [[2, 3], [5, 5]],
                "left_out": {
                    "header_rows": [[1, 1]],
                    "repeated_headers": [],
                    "sections": [],
                    "total_rows": ["A6:G6"],
                    "total_columns": [],
                    "blank_rows": 1,
                    "blank_columns": ["C"],
                },
            }
        ],
        "not_written": [
            {"sheet": "Other", "range": "A1", "role": "notes", "name": "", "reason": "not a table"}
        ],
    }


def test_names_of_files_come_from_sheets_and_tables(tmp_path: Path) -> None:
    spec: dict[str, object] = {
        "CON": {"A1": 1},
        "../up": {"A1": 1},
        "UP": {"A1": 1},
        "...": {"A1": 1},
    }
    workbook = book(spec)
    regions = [Region(RangeRef(name, 1, 1, 1, 1), Role.TABLE, 1.0) for name in spec]
    regions += [replace(regions[0], name="con"), replace(regions[1], name="UP")]
    files = write_frames(workbook, regions, tmp_path)
    assert [one.name for one in files] == [
        "CON-A1.csv",
        "up-A1.csv",
        "UP-A1-2.csv",
        "sheet-A1.csv",
        "CON-con.csv",
        "up-UP.csv",
    ]


def test_no_table_leaves_the_index_alone(tmp_path: Path) -> None:
    nothing = Region(RangeRef("P&L", 20, 1, 21, 2), Role.TABLE, 1.0)
    assert write_frames(WORKBOOK, [NOTES, nothing], tmp_path) == ()
    assert [one.name for one in tmp_path.iterdir()] == ["frames.json"]
    assert [one["reason"] for one in _index(tmp_path)["not_written"]] == ["not a table", "no data"]


@pytest.mark.parametrize("file_format", list(FrameFormat))
def test_half_characters_are_written_as_their_codes(
    tmp_path: Path, file_format: FrameFormat
) -> None:
    workbook = book({"A1": "a\ud800", "A2": "b"})
    region = Region(RangeRef("Sheet1", 1, 1, 2, 1), Role.TABLE, 1.0)
    (file,) = write_frames(workbook, [region], tmp_path, file_format=file_format)
    path = tmp_path / file.name
    frame = pd.read_csv(path) if file_format is FrameFormat.CSV else pd.read_parquet(path)
    assert frame["A"].tolist() == ["a\\ud800", "b"]


def test_a_carriage_return_begins_no_row_of_csv(tmp_path: Path) -> None:
    workbook = book({"A1": "a\r=b()", "B1": 1, "A2": "c\r\nd\r", "B2": 2})
    region = Region(RangeRef("Sheet1", 1, 1, 2, 2), Role.TABLE, 1.0)
    (file,) = write_frames(workbook, [region], tmp_path)
    assert (tmp_path / file.name).read_bytes() == b'A,B\n"a\n\'=b()",1\n"c\r\nd\n",2\n'


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds other files; name a new folder with --frames"):
        write_frames(WORKBOOK, [TABLE], tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot be written: .*; choose another --frames folder"):
        write_frames(WORKBOOK, [TABLE], tmp_path / "file")


def test_parquet_without_pyarrow_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'tickmark\[parquet\]'"):
        write_frames(WORKBOOK, [TABLE], tmp_path / "x", file_format=FrameFormat.PARQUET)
    assert not (tmp_path / "x").exists()
