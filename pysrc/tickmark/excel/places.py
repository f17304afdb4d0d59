"""Where the parts of the add-in go on each system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final, Literal

from tickmark.errors import InputError

System = Literal["windows", "macos", "linux"]

ADDIN: Final = "Tickmark.xlam"
CONF: Final = "tickmark.conf"


@dataclass(frozen=True, slots=True)
class Places:
    """Full paths; None is what this system has no use for.

    `addin` is where Excel opens it at its start; `conf` and `script` are where xlwings' VBA looks;
    `launcher` starts a Python whose own path that VBA cannot carry; `others` are further folders
    from which Excel could load a second add-in of the same name.
    """

    addin: PurePath | None = None
    conf: PurePath | None = None
    script: PurePath | None = None
    launcher: PurePath | None = None
    others: tuple[PurePath, ...] = ()


def places(
    system: System,
    *,
    home: PurePath,
    roaming: PurePath,
    xlwings: str,
    folder: PurePath | None = None,
) -> Places:
    """The places of a system.

    `home` is the user's folder, `roaming` is %APPDATA% (Windows only), `xlwings` the version whose
    AppleScript is meant, `folder` takes the add-in instead of Excel's start-up folder.
    """
    if system == "windows":
        excel = roaming / "Microsoft" / "Excel" / "XLSTART"
        return Places(
            addin=(folder or excel) / ADDIN,
            conf=home / ".tickmark" / CONF,
            others=_without(folder or excel, (excel, roaming / "Microsoft" / "AddIns")),
        )
    if system == "macos":
        content = home / "Library" / "Group Containers" / "UBF8T346G9.Office"
        excel = content / "User Content.localized" / "Startup.localized" / "Excel"
        return Places(
            addin=(folder or excel) / ADDIN,
            conf=excel_container(home) / CONF,
            script=home.joinpath(
                *("Library", "Application Scripts", "com.microsoft.Excel", script_name(xlwings))
            ),
            launcher=home / ".tickmark" / "python",
            others=_without(
                folder or excel, (excel, content / "User Content.localized" / "Add-Ins.localized")
            ),
        )
    return Places(addin=folder / ADDIN if folder else None)


def excel_container(home: PurePath) -> PurePath:
    """What Excel on macOS takes for the user's folder; it is there once Excel has run."""
    return home / "Library" / "Containers" / "com.microsoft.Excel" / "Data"


def script_name(xlwings: str) -> str:
    """The AppleScript by which xlwings' VBA starts Python on macOS; its name has the version."""
    return f"xlwings-{xlwings}.applescript"


def addin_place(found: Places) -> PurePath:
    """Where the add-in goes; raises InputError where Excel does not run."""
    if found.addin is None:
        raise InputError(
            "Excel does not run on Linux; `tickmark excel install --libreoffice` installs the "
            "add-in for LibreOffice instead."
        )
    return found.addin


def _without(own: PurePath, folders: Sequence[PurePath]) -> tuple[PurePath, ...]:
    return tuple(folder for folder in folders if folder != own)
