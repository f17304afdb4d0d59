"""Where the add-in goes: Windows, macOS, and nowhere on Linux."""

from __future__ import annotations

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from tickmark.errors import InputError
from tickmark.excel.places import Places, System, addin_place, excel_container, places

OFFICE = "/Users/asa/Library/Group Containers/UBF8T346G9.Office/User Content.localized"


def windows(folder: PurePath | None = None) -> Places:
    home = PureWindowsPath(r"C:\Users\Åsa Ek")
    roaming = home / "AppData" / "Roaming"
    return places("windows", home=home, roaming=roaming, xlwings="0.37.8", folder=folder)


def unix(system: System, folder: PurePath | None = None) -> Places:
    home = PurePosixPath("/Users/asa")
    return places(system, home=home, roaming=home / "roaming", xlwings="0.37.8", folder=folder)


def test_windows_starts_add_ins_from_the_users_start_up_folder() -> None:
    found = windows()

    assert found == Places(
        addin=PureWindowsPath(
            r"C:\Users\Åsa Ek\AppData\Roaming\Microsoft\Excel\XLSTART\Tickmark.xlam"
        ),
        conf=PureWindowsPath(r"C:\Users\Åsa Ek\.tickmark\tickmark.conf"),
        others=(PureWindowsPath(r"C:\Users\Åsa Ek\AppData\Roaming\Microsoft\AddIns"),),
    )


def test_macos_needs_the_container_and_the_applescript_too() -> None:
    found = unix("macos")

    assert found == Places(
        addin=PurePosixPath(f"{OFFICE}/Startup.localized/Excel/Tickmark.xlam"),
        conf=PurePosixPath("/Users/asa/Library/Containers/com.microsoft.Excel/Data/tickmark.conf"),
        script=PurePosixPath(
            "/Users/asa/Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript"
        ),
        launcher=PurePosixPath("/Users/asa/.tickmark/python"),
        others=(PurePosixPath(f"{OFFICE}/Add-Ins.localized"),),
    )


def test_the_conf_on_macos_lies_in_what_excel_takes_for_the_users_folder() -> None:
    conf = unix("macos").conf

    assert conf is not None
    assert conf.parent == excel_container(PurePosixPath("/Users/asa"))


def test_another_folder_takes_the_add_in_and_leaves_the_start_up_folder_to_be_watched() -> None:
    found = windows(PureWindowsPath(r"D:\trusted"))

    assert found.addin == PureWindowsPath(r"D:\trusted\Tickmark.xlam")
    assert (
        PureWindowsPath(r"C:\Users\Åsa Ek\AppData\Roaming\Microsoft\Excel\XLSTART") in found.others
    )


def test_linux_has_no_place_unless_a_folder_is_named() -> None:
    nowhere = unix("linux")
    named = unix("linux", PurePosixPath("/srv/addin"))

    assert nowhere == Places()
    assert named == Places(addin=PurePosixPath("/srv/addin/Tickmark.xlam"))
    with pytest.raises(InputError, match=r"Excel does not run on Linux; .*--libreoffice"):
        addin_place(nowhere)
