"""LibreOffice found, its extension tool run, and what the doctor makes of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tickmark.errors import InputError, WriteRefused
from tickmark.excel import libreoffice
from tickmark.excel.check import State
from tickmark.excel.libreoffice import LibreOffice

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the tool is a shell script here")


def tool(folder: Path, body: str) -> LibreOffice:
    """An installation whose unopkg notes its arguments and does what the body says."""
    program = folder / "program"
    program.mkdir()
    script = program / "unopkg"
    script.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{body}\n')
    script.chmod(0o755)
    (program / "soffice").symlink_to(script)
    return LibreOffice(program, folder / "profile")


@pytest.fixture(autouse=True)
def no_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "_unopkg_refuses", lambda: False)


def asked(folder: Path) -> str:
    return (folder / "asked").read_text().replace((folder / "profile").as_uri(), "PROFILE")


def test_the_installation_on_the_path_is_found_behind_its_link(tmp_path: Path) -> None:
    office = tool(tmp_path, "")
    link = tmp_path / "soffice"
    link.symlink_to(office.program / "soffice")
    (office.program / "soffice").unlink()
    (office.program / "soffice").write_text("")

    found = libreoffice.find_libreoffice(lambda name: str(link) if name == "soffice" else None)

    assert found == LibreOffice(office.program)


def test_a_machine_without_libreoffice_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libreoffice, "_PLACES", {})

    with pytest.raises(InputError, match="LibreOffice was not found; install it"):
        libreoffice.needed_libreoffice(lambda _: None)


def test_the_extension_is_added_in_place_of_an_earlier_one(tmp_path: Path) -> None:
    office = tool(tmp_path, f'cp "$4" {tmp_path}/taken')
    libreoffice.install(office, b"content")

    words = asked(tmp_path).split()
    assert words[:3] == ["add", "--force", "--suppress-license"]
    assert Path(words[3]).name == "tickmark.oxt"
    assert words[4:] == ["-env:UserInstallation=PROFILE"]
    assert (tmp_path / "taken").read_bytes() == b"content"


def test_a_refusal_says_why(tmp_path: Path) -> None:
    office = tool(tmp_path, 'echo "ERROR: The lock is held." >&2; exit 1')

    with pytest.raises(WriteRefused, match=r"\(The lock is held\); close LibreOffice"):
        libreoffice.install(office, b"content")
    with pytest.raises(WriteRefused, match=r"\(The lock is held\); close LibreOffice"):
        libreoffice.uninstall(office)


def test_a_tool_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="unopkg cannot be run: No such file"):
        libreoffice.install(LibreOffice(tmp_path), b"content")


def test_removing_tells_whether_there_was_one(tmp_path: Path) -> None:
    office = tool(tmp_path, "")
    assert libreoffice.uninstall(office)
    assert asked(tmp_path) == "remove tickmark.calc -env:UserInstallation=PROFILE\n"

    (office.program / "unopkg").write_text(
        '#!/bin/sh\necho "ERROR: There is no such extension deployed: tickmark.calc" >&2\nexit 1\n'
    )
    assert not libreoffice.uninstall(office)


def test_the_installed_version_is_read_from_the_list(tmp_path: Path) -> None:
    office = tool(tmp_path, 'echo "Identifier: tickmark.calc"; echo "  Version: 1.2.3"')

    assert libreoffice.installed_version(office) == "1.2.3"


@pytest.mark.parametrize(
    ("installed", "problem", "state", "found"),
    [
        ("", "", State.NOT_APPLICABLE, "the extension is not installed"),
        (None, "", State.UNKNOWN, "its tool says nothing to root"),
        ("0.9", "", State.FAILED, "the extension is of Tickmark 0.9, this is 1.0"),
        ("1.0", "no module", State.FAILED, "the backend does not start: no module"),
        ("1.0", "", State.OK, "the extension of Tickmark 1.0; its backend answers"),
    ],
)
def test_the_doctor_tells_how_the_extension_is(
    installed: str | None, problem: str, state: State, found: str
) -> None:
    (check,) = libreoffice.examine(
        LibreOffice(Path()), "1.0", installed=lambda _: installed, answers=lambda: problem
    )

    assert (check.state, check.found) == (state, found)
    assert bool(check.fix) == (state in {State.FAILED, State.UNKNOWN})


def test_the_backend_of_this_python_is_found_to_answer() -> None:
    (check,) = libreoffice.examine(LibreOffice(Path()), "1.0", installed=lambda _: "1.0")

    assert check.state is State.OK


def test_the_backend_loads_nothing_from_the_folder_that_it_starts_in(tmp_path: Path) -> None:
    (tmp_path / "tickmark").mkdir()
    (tmp_path / "tickmark" / "__init__.py").write_text("raise SystemExit('a stranger')")
    (tmp_path / "json.py").write_text("raise SystemExit('a stranger')")
    ran = subprocess.run(  # noqa: S603 - this Python
        libreoffice.backend_command(),
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "TICKMARK_HOME": str(tmp_path / "home")},
        input=b"",
        capture_output=True,
        check=True,
        timeout=60,
    )

    assert [json.loads(line) for line in ran.stdout.splitlines()] == [{"ready": True}]
