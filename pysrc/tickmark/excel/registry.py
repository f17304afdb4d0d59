"""The Windows registry behind one function, and what it says about Excel."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tickmark.excel.facts import Location, Office, Switch, Trust


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its values by name in lower case, and the names of its subkeys."""

    values: Mapping[str, object] = field(default_factory=dict)
    subkeys: tuple[str, ...] = ()


ReadKey = Callable[[str], Key | None]
"""Reads a key such as `HKCU\\Software\\Microsoft\\Office`; None where it is not there."""

_OFFICE: Final = r"Software\Microsoft\Office"
_POLICIES: Final = r"Software\Policies\Microsoft\Office"
_CLOUD: Final = r"Software\Policies\Microsoft\Cloud\Office"
# name, key below the Office version: where the Trust Center keeps what can stop an add-in.
_SWITCHES: Final = (
    ("VBAOff", "Common"),
    ("VBAWarnings", r"Excel\Security"),
    ("DisableAllAddins", r"Excel\Security"),
    ("RequireAddinSig", r"Excel\Security"),
    ("RequireAlwaysOnMacroSig", r"Common\Security"),
    ("AllLocationsDisabled", r"Excel\Security\Trusted Locations"),
)
_OPEN = re.compile(r"open\d*")


def read_key(path: str) -> Key | None:
    """A key of this machine's registry; None where there is none, and on other systems."""
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - on Windows only

    root, _, below = path.partition("\\")
    hive = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}.get(
        root, winreg.HKEY_CLASSES_ROOT
    )
    try:
        with winreg.OpenKey(hive, below, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as key:
            subkeys, values, _ = winreg.QueryInfoKey(key)
            found: dict[str, object] = {}
            for index in range(values):
                name, value, kind = winreg.EnumValue(key, index)
                if kind == winreg.REG_EXPAND_SZ and isinstance(value, str):
                    value = winreg.ExpandEnvironmentStrings(value)
                found[name.lower()] = value
            return Key(found, tuple(winreg.EnumKey(key, index) for index in range(subkeys)))
    except OSError:
        return None


def office_of(read: ReadKey) -> Office:
    """The installed Excel as the registry describes it; empty where there is none."""
    run = _text(read, r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe", "")
    click = r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration"
    folder = run.rpartition("\\")[0]
    if "\\windowsapps\\" in run.lower():
        return Office(office_version(read), _bits_of(run), "Microsoft Store", folder)
    version = _text(read, click, "versiontoreport")
    if version:
        platform = _text(read, click, "platform").lower()
        bits = {"x86": 32, "x64": 64}.get(platform, 0)
        return Office(version, bits, "Click-to-Run", folder)
    if not run:
        return Office()
    return Office(office_version(read), _bits_of(run), "installer package", folder)


def office_version(read: ReadKey) -> str:
    """The version under which Excel keeps its keys, such as 16.0."""
    current = _text(read, r"HKCR\Excel.Application\CurVer", "")
    number = current.rpartition(".")[2]
    return f"{number}.0" if number.isdecimal() else "16.0"


def trust_of(read: ReadKey) -> Trust:
    """What the Trust Center says to add-ins."""
    version = office_version(read)
    base = f"HKCU\\{_OFFICE}\\{version}\\Excel"
    return Trust(
        switches=tuple(_switches(read, version)),
        locations=_locations(read, version),
        disabled=tuple(_disabled(read(f"{base}\\Resiliency\\DisabledItems"))),
    )


def opened_addins(read: ReadKey) -> tuple[str, ...]:
    """Paths of add-ins that Excel opens because they are ticked in its dialog."""
    key = read(f"HKCU\\{_OFFICE}\\{office_version(read)}\\Excel\\Options")
    values = key.values if key else {}
    entries = [str(value) for name, value in values.items() if _OPEN.fullmatch(name)]
    return tuple(entry.removeprefix("/R").strip().strip('"') for entry in entries)


def _switches(read: ReadKey, version: str) -> Iterator[Switch]:
    for name, below in _SWITCHES:
        for place, policy in (
            (f"HKLM\\{_POLICIES}", True),
            (f"HKCU\\{_POLICIES}", True),
            (f"HKCU\\{_CLOUD}", True),
            (f"HKCU\\{_OFFICE}", False),
        ):
            key = read(f"{place}\\{version}\\{below}")
            value = key.values.get(name.lower()) if key else None
            if isinstance(value, int):
                yield Switch(name, value, policy)
                break


def _locations(read: ReadKey, version: str) -> tuple[Location, ...] | None:
    """Trusted folders of the user and of policies; None where no list is kept."""
    found: list[Location] = []
    listed = False
    for place in (f"HKCU\\{_OFFICE}", f"HKCU\\{_POLICIES}", f"HKLM\\{_POLICIES}"):
        top = f"{place}\\{version}\\Excel\\Security\\Trusted Locations"
        key = read(top)
        for name in key.subkeys if key else ():
            path = _text(read, f"{top}\\{name}", "path")
            below = read(f"{top}\\{name}")
            if path and below:
                listed = listed or not place.endswith(_POLICIES)
                found.append(Location(path, bool(below.values.get("allowsubfolders"))))
    return tuple(found) if listed else None


def _disabled(key: Key | None) -> Iterator[str]:
    """Texts of the disabled items: each value holds a path and a title in UTF-16."""
    for value in key.values.values() if key else ():
        if isinstance(value, bytes):
            # Twelve bytes of lengths come first.
            yield " ".join(value[12:].decode("utf-16-le", errors="replace").split("\0")).strip()


def _bits_of(path: str) -> int:
    return 32 if "(x86)" in path.lower() else 64


def _text(read: ReadKey, path: str, name: str) -> str:
    key = read(path)
    value = key.values.get(name) if key else None
    return value if isinstance(value, str) else ""
