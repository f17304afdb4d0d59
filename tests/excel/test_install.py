"""Installing and removing on Windows and macOS: what is written, kept, copied, left."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import pytest

from tests.excel.addins import addin
from tickmark.errors import InputError, WriteRefused
from tickmark.excel.install import (
    Found,
    Step,
    Wanted,
    digest,
    install_plan,
    new_folders,
    planned,
    recorded,
    uninstall_plan,
)
from tickmark.excel.marks import Marks, marks_of
from tickmark.excel.places import System, places
from tickmark.excel.record import Entry, Record, parse_record, record_bytes
from tickmark.excel.setup import Setup, install, read_record, recorded_addin, uninstall
from tickmark.write.atomic_file import replacing

PLACE = PurePath("/start/Tickmark.xlam")
NEW = Wanted(PLACE, b"new")
STARTUP = (
    "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel"
)
COPIES = Path("/state/copies")


def record_of(*entries: tuple[PurePath, bytes]) -> Record:
    return Record(tuple(Entry(str(path), digest(content)) for path, content in entries))


def steps(found: dict[PurePath, Found], record: Record, wanted: Wanted = NEW) -> list[Step]:
    return [action.step for action in install_plan([wanted], found, record)]


def test_a_free_place_is_written() -> None:
    assert steps({}, Record()) == [Step.WRITE]


def test_what_is_so_already_is_kept() -> None:
    assert steps({PLACE: Found(b"new")}, Record()) == [Step.KEEP]


def test_what_we_wrote_is_replaced_without_a_copy() -> None:
    assert steps({PLACE: Found(b"old")}, record_of((PLACE, b"old"))) == [Step.REPLACE]


def test_what_bears_our_mark_is_replaced_even_without_a_record() -> None:
    assert steps({PLACE: Found(b"old", ours=True)}, Record()) == [Step.REPLACE]


def test_a_strangers_file_is_copied_first() -> None:
    (action,) = install_plan([NEW], {PLACE: Found(b"theirs")}, Record())

    assert (action.step, action.reason) == (Step.BACK_UP, "it is not Tickmark's")


def test_what_a_user_changed_is_copied_first_though_it_bears_our_mark() -> None:
    found = {PLACE: Found(b"edited", ours=True)}

    (action,) = install_plan([NEW], found, record_of((PLACE, b"old")))

    assert (action.step, action.reason) == (Step.BACK_UP, "it was changed")


def test_an_installation_elsewhere_is_taken_away_so_that_excel_loads_one() -> None:
    earlier = PurePath("/other/Tickmark.xlam")
    record = record_of((earlier, b"old"))

    removed = install_plan([NEW], {earlier: Found(b"old")}, record)
    left = install_plan([NEW], {earlier: Found(b"edited")}, record)

    assert [(one.step, one.path) for one in removed] == [
        (Step.WRITE, PLACE),
        (Step.REMOVE, earlier),
    ]
    assert [one.step for one in left] == [Step.WRITE, Step.LEAVE]


def test_a_dry_run_says_each_step_and_where_copies_go() -> None:
    actions = install_plan([NEW], {PLACE: Found(b"theirs")}, Record())

    assert planned(actions, COPIES) == (
        f"Back up and replace {PLACE} (it is not Tickmark's; the copy goes to {COPIES})",
    )


def test_removing_takes_only_what_is_as_we_wrote_it() -> None:
    conf, gone = PurePath("/home/tickmark.conf"), PurePath("/home/gone")
    record = record_of((PLACE, b"ours"), (conf, b"ours"), (gone, b"ours"))
    found = {PLACE: Found(b"ours"), conf: Found(b"ours", users=("SHOW CONSOLE",))}

    actions = uninstall_plan(record, found)

    assert [(one.step, one.path, one.reason) for one in actions] == [
        (Step.REMOVE, PLACE, ""),
        (Step.LEAVE, conf, "you set SHOW CONSOLE in it"),
    ]


def test_a_marked_file_without_a_record_is_left_and_named() -> None:
    (action,) = uninstall_plan(Record(), {PLACE: Found(b"x", ours=True)})

    assert action.step is Step.LEAVE
    assert uninstall_plan(Record(), {PLACE: Found(b"x")}) == ()


def test_a_shared_file_that_was_there_is_not_recorded_as_ours() -> None:
    script = Wanted(PurePath("/scripts/xlwings.applescript"), b"script", shared=True)

    there = install_plan([script], {script.path: Found(b"script")}, Record())
    fresh = install_plan([script], {}, Record())

    assert recorded([script], there, Record()).paths() == ()
    assert recorded([script], fresh, Record()).paths() == (str(script.path),)


def test_the_record_survives_its_file() -> None:
    record = Record((Entry("/a/Tickmark.xlam", "00ff"),), ("/a",))

    assert parse_record(record_bytes(record)) == record


@pytest.mark.parametrize("content", [b"", b"[]", b'{"entries": 3, "folders": []}', b"\xff"])
def test_what_is_no_record_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "excel.json"
    path.write_bytes(content)

    with pytest.raises(InputError, match=r"excel\.json cannot be read"):
        read_record(path)


def test_the_folders_to_make_are_named_from_the_outside() -> None:
    assert new_folders([PurePath("/nowhere-at-all/a/x"), PurePath("/nowhere-at-all/b/y")]) == (
        str(Path("/nowhere-at-all")),
        str(Path("/nowhere-at-all/a")),
        str(Path("/nowhere-at-all/b")),
    )


def test_an_add_in_says_what_made_it() -> None:
    assert marks_of(addin("0.1.0")) == Marks("0.1.0", "0.37.8")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", addin(name="Author")])
def test_another_file_has_no_marks(content: bytes) -> None:
    assert marks_of(content) is None


SetUp = Callable[..., Setup]


@pytest.fixture
def set_up(tmp_path: Path) -> SetUp:
    """An installation below the test's folder; Excel on macOS has run already."""

    def made(system: System, **values: Any) -> Setup:  # noqa: ANN401 - fields of Setup
        home = tmp_path / "home"
        found = places(system, home=home, roaming=home / "AppData", xlwings="0.37.8")
        if system == "macos" and found.conf is not None:
            Path(found.conf).parent.mkdir(parents=True, exist_ok=True)
        setup = Setup(
            system=system,
            places=found,
            version="0.1.0",
            interpreter="/opt/venv/bin/python",
            pythonpath=lambda: ("/opt/lib",),
            encoding="cp1252",
            build=addin,
            script=lambda: b"script",
            shorten=lambda path: path,
            replacing=replacing,
            state=tmp_path / "state",
        )
        return replace(setup, **values)

    return made


def tree(folder: Path) -> dict[str, bytes]:
    """Files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_windows_gets_the_add_in_and_its_conf_and_loses_them_again(
    set_up: SetUp, tmp_path: Path
) -> None:
    setup = set_up("windows")

    lines = install(setup)

    files = tree(tmp_path / "home")
    assert list(files) == [
        ".tickmark/tickmark.conf",
        "AppData/Microsoft/Excel/XLSTART/Tickmark.xlam",
    ]
    assert files["AppData/Microsoft/Excel/XLSTART/Tickmark.xlam"] == addin()
    assert b'"INTERPRETER_WIN","/opt/venv/bin/python"\r\n' in files[".tickmark/tickmark.conf"]
    assert b'"PYTHONPATH","/opt/lib"\r\n' in files[".tickmark/tickmark.conf"]
    assert lines == (f"Wrote {setup.places.conf}", f"Wrote {setup.places.addin}")

    assert uninstall(setup) == (f"Removed {setup.places.conf}", f"Removed {setup.places.addin}")
    assert not (tmp_path / "home").exists()
    assert not setup.record_file.exists()


def test_a_dry_run_changes_nothing(set_up: SetUp, tmp_path: Path) -> None:
    setup = set_up("windows")

    lines = install(setup, dry_run=True)

    assert lines == (f"Write {setup.places.conf}", f"Write {setup.places.addin}")
    assert list(tmp_path.iterdir()) == []


def test_installing_twice_keeps_what_is_so_already(set_up: SetUp) -> None:
    setup = set_up("windows")
    install(setup)

    assert install(setup) == (
        f"Kept {setup.places.conf} (it is so already)",
        f"Kept {setup.places.addin} (it is so already)",
    )
    assert all(line.startswith("Removed") for line in uninstall(setup))


def test_a_new_version_replaces_the_old_one_without_a_copy(set_up: SetUp) -> None:
    install(set_up("windows", build=lambda: addin("0.0.9"), version="0.0.9"))
    setup = set_up("windows")

    assert install(setup) == (f"Replaced {setup.places.conf}", f"Replaced {setup.places.addin}")
    assert not setup.backups.exists()


def test_a_strangers_add_in_is_copied_to_our_folder_not_beside_it(set_up: SetUp) -> None:
    setup = set_up("windows")
    place = Path(str(setup.places.addin))
    place.parent.mkdir(parents=True)
    place.write_bytes(b"theirs")

    lines = install(setup)

    assert [path.name for path in place.parent.iterdir()] == ["Tickmark.xlam"]
    assert tree(setup.backups) == {"Tickmark-1.xlam": b"theirs"}
    assert f"what was there is now {setup.backups / 'Tickmark-1.xlam'}" in lines[-1]
    assert uninstall(setup)[-1] == (
        f"Left {setup.backups} (copies of files that were there before)"
    )
    assert tree(setup.backups) == {"Tickmark-1.xlam": b"theirs"}


def test_two_strangers_files_get_two_copies(set_up: SetUp) -> None:
    setup = set_up("windows")
    place = Path(str(setup.places.addin))
    place.parent.mkdir(parents=True)
    for content in (b"first", b"second"):
        place.write_bytes(content)
        install(setup)

    assert tree(setup.backups) == {"Tickmark-1.xlam": b"first", "Tickmark-2.xlam": b"second"}


def test_what_a_user_set_in_the_conf_outlives_installing_and_removing(set_up: SetUp) -> None:
    setup = set_up("windows")
    install(setup)
    conf = Path(str(setup.places.conf))
    conf.write_bytes(conf.read_bytes().replace(b'"SHOW CONSOLE","False"', b'"SHOW CONSOLE","True"'))

    install(replace(setup, version="0.2.0"))

    assert b'"TICKMARK","0.2.0"' in conf.read_bytes()
    assert b'"SHOW CONSOLE","True"' in conf.read_bytes()
    assert b'"SHOW CONSOLE","True"' in tree(setup.backups)["tickmark-1.conf"]
    assert f"Left {conf} (you set SHOW CONSOLE in it)" in uninstall(setup)
    assert conf.exists()


def test_an_add_in_that_a_user_changed_is_not_removed(set_up: SetUp) -> None:
    setup = set_up("windows")
    install(setup)
    place = Path(str(setup.places.addin))
    place.write_bytes(b"edited")

    lines = uninstall(setup)

    assert f"Left {place} (it was changed since; delete it if you like)" in lines
    assert place.read_bytes() == b"edited"


def test_without_a_record_nothing_is_removed(set_up: SetUp) -> None:
    setup = set_up("windows")
    install(setup)
    setup.record_file.unlink()

    lines = uninstall(setup)

    assert len(lines) == 2
    assert all(line.startswith("Left ") for line in lines)
    assert Path(str(setup.places.addin)).exists()


def test_an_installation_that_breaks_off_can_be_removed(set_up: SetUp, tmp_path: Path) -> None:
    setup = set_up("windows")
    Path(str(setup.places.addin)).mkdir(parents=True)

    with pytest.raises(WriteRefused):
        install(setup)
    Path(str(setup.places.addin)).rmdir()
    Path(str(setup.places.conf)).parent.mkdir(parents=True, exist_ok=True)
    install(setup)
    uninstall(setup)

    assert tree(tmp_path / "home") == {}


def test_a_locked_file_asks_to_close_excel(set_up: SetUp) -> None:
    setup = set_up("windows")
    place = Path(str(setup.places.addin))

    def only_addin_locked(target: Path) -> AbstractContextManager[tuple[Path, BinaryIO]]:
        if target == place:
            raise PermissionError(13, "Permission denied", str(target))
        return replacing(target)

    with pytest.raises(WriteRefused, match=r"Tickmark\.xlam cannot be changed .*close Excel"):
        install(replace(setup, replacing=only_addin_locked))


def test_macos_gets_the_applescript_and_the_conf_in_excels_container(
    set_up: SetUp, tmp_path: Path
) -> None:
    setup = set_up("macos", encoding="ascii")

    install(setup)

    files = tree(tmp_path / "home")
    assert list(files) == [
        "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript",
        "Library/Containers/com.microsoft.Excel/Data/tickmark.conf",
        f"{STARTUP}/Tickmark.xlam",
    ]
    conf = files["Library/Containers/com.microsoft.Excel/Data/tickmark.conf"]
    assert b'"INTERPRETER_MAC","/opt/venv/bin/python"\n' in conf

    uninstall(setup)
    assert tree(tmp_path / "home") == {}
    assert Path(str(setup.places.conf)).parent.is_dir()


def test_an_applescript_that_xlwings_placed_stays(set_up: SetUp) -> None:
    setup = set_up("macos", encoding="ascii")
    script = Path(str(setup.places.script))
    script.parent.mkdir(parents=True)
    script.write_bytes(b"script")

    install(setup)
    uninstall(setup)

    assert script.read_bytes() == b"script"


@pytest.mark.skipif(sys.platform == "win32", reason="a script of Unix")
def test_a_python_with_a_blank_in_its_path_is_started_by_a_launcher_on_macos(
    set_up: SetUp, tmp_path: Path
) -> None:
    if " " in str(tmp_path):
        pytest.skip("the test's own folder is not plain")
    setup = set_up("macos", encoding="ascii", interpreter="/opt/my env/bin/python")

    install(setup)

    launcher = tmp_path / "home" / ".tickmark" / "python"
    assert launcher.read_text() == "#!/bin/sh\nexec '/opt/my env/bin/python' \"$@\"\n"
    assert stat.S_IMODE(launcher.stat().st_mode) == 0o755
    conf = Path(str(setup.places.conf)).read_text()
    assert f'"INTERPRETER_MAC","{launcher}"' in conf


def test_macos_without_a_first_start_of_excel_is_refused_before_anything_is_written(
    set_up: SetUp, tmp_path: Path
) -> None:
    setup = set_up("macos")
    Path(str(setup.places.conf)).parent.rmdir()

    with pytest.raises(InputError, match="Start Excel once"):
        install(setup)
    assert tree(tmp_path) == {}


def test_an_xlwings_without_its_applescript_is_refused(set_up: SetUp) -> None:
    with pytest.raises(InputError, match=r"has no xlwings-0\.37\.8\.applescript"):
        install(set_up("macos", script=lambda: None))


def test_a_path_that_excel_cannot_read_is_refused_before_anything_is_written(
    set_up: SetUp, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="Excel cannot start /opt/用户/python"):
        install(set_up("windows", interpreter="/opt/用户/python"))
    assert tree(tmp_path) == {}


def test_linux_without_a_folder_is_told_of_libreoffice(set_up: SetUp) -> None:
    with pytest.raises(InputError, match="--libreoffice"):
        install(set_up("linux"))


def test_the_record_tells_where_the_add_in_is(set_up: SetUp) -> None:
    setup = set_up("windows")
    install(setup)

    record = read_record(setup.record_file)

    assert recorded_addin(record) == setup.places.addin
    assert json.loads(setup.record_file.read_text())["schema_version"] == 1
