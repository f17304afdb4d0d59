"""The user's wishes reach the desks of all processes, whole and in any order."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tickmark.hosts.functions.control import Control, Wishes
from tickmark.model.address import RangeRef


@pytest.fixture
def control(tmp_path: Path) -> Control:
    return Control(tmp_path / "state" / "wishes")


def test_at_first_nothing_is_wished_and_no_file_is_made(control: Control, tmp_path: Path) -> None:
    assert control.read() == Wishes()
    assert list(tmp_path.iterdir()) == []


def test_each_word_to_run_is_a_new_one(control: Control) -> None:
    words = set()
    for _ in range(3):
        control.run_queued()
        words.add(control.read().run)

    assert len(words) == 3
    assert "" not in words


def test_pause_lasts_until_it_is_taken_back(control: Control) -> None:
    control.pause()
    assert control.read() == Wishes(paused=True)
    control.pause(paused=False)
    assert control.read() == Wishes()


def test_wishes_do_not_undo_each_other(control: Control, tmp_path: Path) -> None:
    control.pause()
    control.run_queued()
    Control(tmp_path / "state" / "wishes").refresh_all()

    wishes = control.read()
    assert wishes.paused
    assert wishes.run
    assert wishes.refresh


def test_a_refresh_of_some_cells_names_them(control: Control) -> None:
    areas = (RangeRef("P&L", 2, 3, 9, 3), RangeRef("Größe ☃", 1, 1, 1, 1))
    control.refresh("C:\\büch.xlsx", areas)

    wishes = control.read()
    assert wishes.refresh
    assert (wishes.book, wishes.areas) == ("C:\\büch.xlsx", areas)
    control.refresh_all()
    assert (control.read().book, control.read().areas) == ("", ())


@pytest.mark.parametrize(
    "damage", ["ab\n[", 'ab\n["b", [["S", 1]]]', 'ab\n["b", [["S", "x", 1, 1, 1]]]', "ab\nnull"]
)
def test_a_damaged_refresh_of_some_cells_is_not_one_of_all(
    control: Control, tmp_path: Path, damage: str
) -> None:
    control.refresh("book", ())
    (tmp_path / "state" / "wishes" / "refresh").write_text(damage, encoding="ascii")

    assert control.read() == Wishes()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_the_files_are_their_owners_only(control: Control, tmp_path: Path) -> None:
    control.pause()
    control.run_queued()
    control.refresh_all()

    files = list((tmp_path / "state" / "wishes").iterdir())
    assert sorted(file.name for file in files) == ["paused", "refresh", "run"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


@pytest.mark.parametrize("damage", [b"\xff\xfe", b"", b"maybe"])
def test_a_damaged_wish_is_none(control: Control, tmp_path: Path, damage: bytes) -> None:
    control.pause()
    (tmp_path / "state" / "wishes" / "paused").write_bytes(damage)

    assert control.read() == Wishes()
