"""`tickmark excel install`, `uninstall` and `doctor` as a user calls them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tickmark.excel.build import build
from tickmark.excel.libreoffice import LibreOffice
from tickmark.excel.places import System, places
from tickmark.excel.setup import Setup
from tickmark.hosts.cli import excel_install
from tickmark.hosts.cli.app import run
from tickmark.settings import state_folder
from tickmark.write.atomic_file import replacing

CANARY = "sk-canary-key"


@pytest.fixture(autouse=True)
def no_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's LibreOffice is neither asked nor changed."""
    monkeypatch.setattr("tickmark.excel.libreoffice.find_libreoffice", lambda *_: None)


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="what Linux says")


@linux_only
def test_linux_is_told_in_one_sentence_that_excel_does_not_run_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["excel", "install"]) == 2
    assert capsys.readouterr().err == (
        "tickmark: Excel does not run on Linux; `tickmark excel install --libreoffice` installs "
        "the add-in for LibreOffice instead.\n"
    )


@linux_only
def test_a_folder_takes_the_add_in_and_gives_it_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "addins"

    assert run(["excel", "install", "--folder", str(folder)]) == 0
    assert (folder / "Tickmark.xlam").read_bytes() == build()
    assert f"Wrote {folder / 'Tickmark.xlam'}" in capsys.readouterr().out

    assert run(["excel", "uninstall"]) == 0
    assert capsys.readouterr().out == f"Removed {folder / 'Tickmark.xlam'}\n"
    assert not (tmp_path / "new").exists()


@linux_only
def test_a_dry_run_says_the_actions_and_does_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["excel", "install", "--dry-run", "--folder", str(tmp_path / "x")]) == 0

    assert capsys.readouterr().out == f"Write {tmp_path / 'x' / 'Tickmark.xlam'}\n"
    assert not (tmp_path / "x").exists()
    assert not state_folder().exists()


def test_where_nothing_is_installed_uninstall_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["excel", "uninstall"]) == 0
    assert capsys.readouterr().out == "Nothing is installed.\n"


@linux_only
def test_the_doctor_gives_one_json_object_in_the_shape_of_the_other_doctor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)

    assert run(["excel", "doctor", "--json"]) == 2

    out, err = capsys.readouterr()
    record = json.loads(out)
    checks = {check["name"]: check for check in record["checks"]}
    assert (record["schema_version"], record["ok"]) == (1, False)
    assert [name for name, check in checks.items() if check["state"] == "failed"] == ["system"]
    assert checks["ribbon command"] == {
        "name": "ribbon command",
        "ok": True,
        "state": "ok",
        "needed": True,
        "found": "starts Tickmark 0.1.0 with xlwings 0.37.8",
        "fix": "",
    }
    assert checks["api key"]["found"] == "set (ANTHROPIC_API_KEY)"
    assert CANARY not in out + err


@linux_only
def test_the_doctor_on_a_terminal_names_each_fix(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["excel", "doctor"]) == 2

    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "FAIL system: Excel does not run on Linux",
        "     Use the command line, or `tickmark excel install --libreoffice` for LibreOffice.",
    ]
    assert "note api key: not set: rules only" in lines
    assert any(line.startswith("n/a  excel, add-in, versions, ") for line in lines)


@linux_only
def test_a_wrong_setting_fails_the_doctor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TICKMARK_DAILY_COST", "much")

    run(["excel", "doctor"])

    out = capsys.readouterr().out
    assert "FAIL settings: TICKMARK_DAILY_COST" in out
    assert "?    daily limit: the settings cannot be read" in out


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_without_libreoffice_its_add_in_is_refused_with_a_sentence(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["excel", command, "--libreoffice"]) == 2
    assert capsys.readouterr().err == (
        "tickmark: LibreOffice was not found; install it, or put the folder of its soffice on the "
        "PATH.\n"
    )


def test_a_dry_run_names_the_libreoffice_that_would_be_changed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "tickmark.excel.libreoffice.find_libreoffice", lambda *_: LibreOffice(tmp_path)
    )

    assert run(["excel", "install", "--libreoffice", "--dry-run"]) == 0
    assert run(["excel", "uninstall", "--libreoffice", "--dry-run"]) == 0

    assert capsys.readouterr().out == (
        f"Install the extension tickmark.calc in {tmp_path}\n"
        f"Remove the extension tickmark.calc from {tmp_path}\n"
    )


def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: System) -> Setup:
    """The commands meet another system, with all its files below the test's folder."""
    home = tmp_path / "home"
    setup = Setup(
        system=system,
        places=places(system, home=home, roaming=home / "AppData", xlwings="0.37.8"),
        version="0.1.0",
        interpreter=sys.executable,
        pythonpath=tuple,
        encoding="utf-8",
        build=build,
        script=lambda: b"script",
        shorten=lambda path: path,
        replacing=replacing,
        state=state_folder(),
    )
    monkeypatch.setattr(excel_install, "setup_here", lambda _: setup)
    return setup


@linux_only
def test_windows_is_told_what_was_written_and_what_still_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = pretend(monkeypatch, tmp_path, "windows")

    assert run(["excel", "install"]) == 2

    out = capsys.readouterr().out
    assert out.startswith(f"Wrote {setup.places.conf}\nWrote {setup.places.addin}\n\n")
    assert f"ok   add-in: {setup.places.addin}, as built by this Tickmark" in out
    assert f"ok   python: {sys.executable}" in out
    assert "ok   versions: Tickmark 0.1.0, xlwings 0.37.8" in out
    # There is no cmd.exe and no library of xlwings here.
    assert "FAIL function server: No such file or directory" in out
    assert "FAIL xlwings dll: xlwings32-0.37.8.dll or xlwings64-0.37.8.dll is not beside" in out


def test_a_strangers_file_that_cannot_be_read_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setup = pretend(monkeypatch, tmp_path, "windows")
    Path(str(setup.places.addin)).mkdir(parents=True)

    assert run(["excel", "install"]) == 2

    err = capsys.readouterr().err
    assert err.startswith(f"tickmark: {setup.places.addin} cannot be read (")
    assert err.count("\n") == 1
