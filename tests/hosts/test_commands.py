"""The small commands: key, config, cache, doctor, and how faults end."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from tests.file_keyring import FileKeyring
from tests.messages_api import MessagesApi
from tickmark.hosts.cli.app import run
from tickmark.hosts.doctor import examine
from tickmark.settings import converted_folder

CANARY = "sk-canary-key"


@pytest.fixture
def keychain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:

    path = tmp_path / "keychain"
    monkeypatch.setenv("TICKMARK_TEST_KEYRING", str(path))
    before = keyring.get_keyring()
    keyring.set_keyring(FileKeyring())  # type: ignore[no-untyped-call] # keyring has no types there
    yield path
    keyring.set_keyring(before)


def test_a_key_from_a_pipe_goes_into_the_keychain_and_shows_nowhere(
    keychain: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CANARY}\n"))

    assert run(["key", "set"]) == 0
    assert run(["config", "show"]) == 0
    assert run(["doctor"]) == 0

    out, err = capsys.readouterr()
    assert keychain.read_text() == CANARY
    assert CANARY not in out + err
    assert "keychain" in out


@pytest.mark.parametrize("typed", ["\n", "two words\n", ""])
@pytest.mark.usefixtures("keychain")
def test_what_is_no_key_is_refused(
    typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))

    assert run(["key", "set"]) == 2
    assert "No key was given" in capsys.readouterr().err


def test_the_provider_is_asked_whether_it_takes_the_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with MessagesApi() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "test-key")
        assert run(["key", "test"]) == 0
        monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
        assert run(["key", "test"]) == 5

    out, err = capsys.readouterr()
    assert "takes the key (ANTHROPIC_API_KEY)" in out
    assert CANARY not in out + err


def test_without_a_key_there_is_nothing_to_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["key", "test"]) == 2
    assert "tickmark key set" in capsys.readouterr().err


def test_every_setting_is_shown_with_its_origin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TICKMARK_JOBS", "3")

    assert run(["config", "show", "--json"]) == 0

    record = json.loads(capsys.readouterr().out)
    assert record["settings"]["jobs"] == {"value": 3, "origin": "TICKMARK_JOBS"}
    assert record["settings"]["max_cost"] == {"value": 1.0, "origin": "default"}
    assert record["key"] == {"set": False, "origin": None}


def test_an_empty_cache_is_counted_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cache", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["replies"] == 0
    assert run(["cache", "clear"]) == 0
    assert "0 answers forgotten" in capsys.readouterr().out


def test_converted_workbooks_are_counted_and_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    kept = converted_folder()
    kept.mkdir(parents=True)
    (kept / "a.xlsx").write_bytes(bytes(1_500_000))

    assert run(["cache", "stats", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["converted"] == {
        "path": str(kept),
        "workbooks": 1,
        "bytes": 1_500_000,
    }
    assert run(["cache", "stats"]) == 0
    assert f"1 converted workbooks, 1.5 MB, in {kept}" in capsys.readouterr().out
    assert run(["cache", "clear"]) == 0
    assert "1 converted workbooks deleted." in capsys.readouterr().out
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "found", "needed"),
    [
        ("off", "switched off", False),
        ("/no/such/program", "soffice is '/no/such/program', where no", True),
    ],
)
def test_the_doctor_tells_whether_formulas_of_old_formats_are_read(
    setting: str, found: str, needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKMARK_SOFFICE", setting)

    check = next(one for one in examine() if one.name == "libreoffice")

    assert (check.ok, check.needed) == (False, needed)
    assert check.found.startswith(found)
    assert check.fix


def test_the_doctor_names_the_libreoffice_that_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "soffice"
    program.touch()
    (tmp_path / "bootstraprc").write_text("ProductKey=LibreOffice 9.1\n", encoding="utf-8")
    monkeypatch.setenv("TICKMARK_SOFFICE", str(program))

    check = next(one for one in examine() if one.name == "libreoffice")

    assert (check.ok, check.found) == (True, f"LibreOffice 9.1, {program}")


def test_a_sound_installation_passes_and_a_missing_key_is_only_a_note(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["doctor", "--json"]) == 0

    record = json.loads(capsys.readouterr().out)
    key = next(check for check in record["checks"] if check["name"] == "api key")
    assert record["ok"] is True
    assert (key["ok"], key["needed"]) == (False, False)


def test_a_wrong_setting_fails_the_doctor_with_its_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TICKMARK_JOBS", "many")

    failed = [check for check in examine() if check.needed and not check.ok]

    assert [check.name for check in failed] == ["settings"]
    assert "TICKMARK_JOBS" in failed[0].found
    assert failed[0].fix


def test_an_unexpected_fault_is_a_sentence_unless_debugging(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("tickmark.hosts.cli.config.load_settings", broken)

    assert run(["config", "show"]) == 2
    err = capsys.readouterr().err
    assert "an unexpected RuntimeError; this is a fault of Tickmark" in err
    assert CANARY not in err

    monkeypatch.setenv("TICKMARK_DEBUG", "1")
    with pytest.raises(RuntimeError):
        run(["config", "show"])


def test_version_and_help_leave_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "tickmark 0.1.0\n"
    assert run(["analyze", "--help"]) == 0
    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())
