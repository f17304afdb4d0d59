"""The saved file behind a range is read once for each time it is saved."""

from __future__ import annotations

import datetime as dt
import os
from functools import partial
from pathlib import Path

import pytest

from tests.books import save
from tickmark.hosts.functions.saved_books import SavedBooks
from tickmark.read.limits import Limits
from tickmark.read.workbook import read_workbook

NOW = dt.datetime(2026, 11, 20, 15, 0, 0, tzinfo=dt.UTC)


def saved_at(path: Path, hour: int, minute: int, day: int = 20) -> Path:
    moment = dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC).timestamp()
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def books() -> SavedBooks:
    return SavedBooks(now=lambda: NOW)


def test_a_saved_workbook_is_read_with_the_time_of_saving(
    tmp_path: Path, books: SavedBooks
) -> None:
    path = saved_at(save(tmp_path / "b.xlsx", {"Data": {"A1": "Region"}}), 10, 42)
    found = books.get(str(path))

    assert found is not None
    assert found.at == "10:42"
    assert [sheet.name for sheet in found.workbook.sheets] == ["Data"]


def test_the_time_of_another_day_has_its_date(tmp_path: Path, books: SavedBooks) -> None:
    path = saved_at(save(tmp_path / "b.xlsx", {"A1": 1}), 10, 42, day=19)
    found = books.get(str(path))

    assert found is not None
    assert found.at == "2026-11-19 10:42"


def test_it_is_read_once_until_it_is_saved_again(tmp_path: Path, books: SavedBooks) -> None:
    path = saved_at(save(tmp_path / "b.xlsx", {"A1": 1}), 10, 42)
    first = books.get(str(path))
    assert books.get(str(path)) is first

    save(path, {"A1": 1, "B1": 2})
    saved_at(path, 10, 43)
    again = books.get(str(path))
    assert again is not first
    assert again is not None
    assert len(again.workbook.sheets[0].cells) == 2


def test_the_two_workbooks_used_last_are_remembered(tmp_path: Path, books: SavedBooks) -> None:
    paths = [str(save(tmp_path / f"{n}.xlsx", {"A1": n})) for n in range(3)]
    first, second = books.get(paths[0]), books.get(paths[1])
    assert books.get(paths[0]) is first
    books.get(paths[2])

    assert books.get(paths[0]) is first
    assert books.get(paths[1]) is not second


@pytest.mark.parametrize(
    "path",
    [
        "",
        "Book1",
        "b.xlsx",
        "https://example.sharepoint.com/b.xlsx",
        "/nowhere/b.xlsx",
        "\x00",
        "x" * 5000,
    ],
)
def test_what_is_no_file_has_no_saved_workbook(books: SavedBooks, path: str) -> None:
    assert books.get(path) is None


def test_a_folder_and_a_damaged_file_have_none(tmp_path: Path, books: SavedBooks) -> None:
    damaged = tmp_path / "b.xlsx"
    damaged.write_bytes(b"PK\x03\x04 and nothing more")

    assert books.get(str(tmp_path)) is None
    assert books.get(str(damaged)) is None


def test_a_file_that_is_gone_has_none_any_more(tmp_path: Path, books: SavedBooks) -> None:
    path = save(tmp_path / "b.xlsx", {"A1": 1})
    assert books.get(str(path)) is not None
    path.unlink()

    assert books.get(str(path)) is None


def test_a_file_above_the_limit_is_not_read(tmp_path: Path) -> None:
    path = save(tmp_path / "b.xlsx", {"A1": 1})

    assert (
        SavedBooks(reader=lambda: partial(read_workbook, limits=Limits(file_bytes=100))).get(
            str(path)
        )
        is None
    )
