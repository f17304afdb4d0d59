"""A run over an old format: whole with a LibreOffice, incomplete without, and none in functions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.read.fake_soffice import asked, fake_office
from tests.read.old_books import error, number, old_book, sheet
from tests.read.parts import parts, values, zipped
from tickmark.errors import SettingError
from tickmark.excel.libreoffice import LibreOffice
from tickmark.hosts.cli.app import run
from tickmark.hosts.functions import saved_books
from tickmark.read import read_workbook
from tickmark.read.office import Office
from tickmark.settings import Settings, converted_folder
from tickmark.wiring import office, reader

OLD = old_book(sheet("Data", number(0, 0, 1.0), number(1, 0, 2.0), error(2, 0, 0x17)))
EXPORT = zipped(
    parts(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><f>A1*2</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="e"><f>#REF!+1</f><v>#REF!</v></c></row>'
    )
)


def analyzed(capsys: pytest.CaptureFixture[str], path: Path, out: Path) -> tuple[int, str, str]:
    """Exit code, and the status and the sentences of the one workbook."""
    code = run(["analyze", str(path), "--no-model", "--out", str(out), "--jsonl", "--quiet"])
    (line,) = capsys.readouterr().out.splitlines()
    record = json.loads(line)
    return code, record["status"], " ".join((*record["problems"], *record["notes"]))


def test_with_a_libreoffice_an_old_workbook_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = fake_office(tmp_path, EXPORT).program
    monkeypatch.setenv("TICKMARK_SOFFICE", str(program))
    path = tmp_path / "b.xls"
    path.write_bytes(OLD)
    code, status, notes = analyzed(capsys, path, tmp_path / "out")
    assert (code, status) == (0, "ok")
    assert "Formulas were read through LibreOffice 9.1." in notes
    (companion,) = (tmp_path / "out").rglob("*.analysed.xlsx")
    assert "Tickmark analysis" in [one.name for one in read_workbook(companion).sheets]
    assert len(asked(tmp_path)) == 1
    assert len(list(converted_folder().glob("*.xlsx"))) == 1


def test_without_one_it_is_incomplete_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TICKMARK_SOFFICE", "off")
    path = tmp_path / "b.xls"
    path.write_bytes(OLD)
    code, status, notes = analyzed(capsys, path, tmp_path / "out")
    assert (code, status) == (3, "incomplete")
    assert "Formulas not available for this format (.xls)" in notes
    assert "install LibreOffice" in notes


def test_a_setting_that_names_no_program_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TICKMARK_SOFFICE", "soffice")
    (tmp_path / "b.xls").write_bytes(OLD)
    assert run(["analyze", str(tmp_path / "b.xls"), "--no-model"]) == 2
    assert "soffice is 'soffice', where no program is" in capsys.readouterr().err


def test_worksheet_functions_start_no_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = LibreOffice(fake_office(tmp_path, EXPORT).program.parent)
    monkeypatch.setattr("tickmark.excel.libreoffice.find_libreoffice", lambda: found)
    path = tmp_path / "b.xls"
    path.write_bytes(OLD)
    saved = saved_books.SavedBooks().get(str(path))
    assert saved is not None
    assert values(saved.workbook["Data"]) == {"A1": 1.0, "A2": 2.0, "A3": "#REF!"}
    assert asked(tmp_path) == []
    assert reader(Settings())(path).formulas_available
    assert len(asked(tmp_path)) == 1


def test_the_program_is_the_one_of_the_setting_or_the_one_that_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "soffice"
    program.touch()
    found = LibreOffice(Path("/found"))
    monkeypatch.setattr("tickmark.excel.libreoffice.find_libreoffice", lambda: found)
    kept = converted_folder()
    assert office(Settings()) == Office(found.tool("soffice"), kept)
    assert office(Settings(soffice=str(program))) == Office(program, kept)
    assert office(Settings(soffice=str(tmp_path))) == Office(program, kept)
    assert office(Settings(soffice="OFF")) is None
    with pytest.raises(SettingError, match="give the whole path"):
        office(Settings(soffice="./soffice"))
    monkeypatch.setattr("tickmark.excel.libreoffice.find_libreoffice", lambda: None)
    assert office(Settings()) is None
