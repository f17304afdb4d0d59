"""Everything that the doctor of the add-in looks at, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field

from tickmark.excel.places import System


@dataclass(frozen=True, slots=True)
class Office:
    """The installed Excel; empty fields are not known. `bits` is 32 or 64."""

    version: str = ""
    bits: int = 0
    edition: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Addin:
    """The add-in file.

    `fresh` tells whether it equals a new build, None where none could be made (`problem`). The
    versions are those in its own properties. `marked` means that the system takes it for a
    download. `twins` are other files of the same name that Excel may load.
    """

    path: str = ""
    exists: bool = False
    fresh: bool | None = None
    problem: str = ""
    tickmark: str = ""
    xlwings: str = ""
    marked: bool = False
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conf:
    """The user's tickmark.conf; `problem` where VBA could not read it."""

    path: str = ""
    exists: bool = False
    problem: str = ""
    interpreter: str = ""
    interpreter_exists: bool = False


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that was tried as Excel starts it: versions found, or what went wrong."""

    tickmark: str = ""
    xlwings: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Switch:
    """A setting of the Trust Center that is set; `policy` where the user cannot change it."""

    name: str
    value: int
    policy: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """A trusted folder, with the folders below it or without."""

    path: str
    below: bool = False


@dataclass(frozen=True, slots=True)
class Trust:
    """What Excel's Trust Center says; `locations` is None where it keeps no list."""

    switches: tuple[Switch, ...] = ()
    locations: tuple[Location, ...] | None = None
    disabled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A running Excel: started by a program, or before the add-in was placed."""

    pid: int
    automated: bool = False
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """xlwings' AppleScript: in place, and the one of this xlwings."""

    path: str = ""
    exists: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A machine as the add-in meets it; `extension` where LibreOffice has Tickmark's functions."""

    system: System
    tickmark: str
    xlwings: str
    python: str
    office: Office = field(default_factory=Office)
    addin: Addin = field(default_factory=Addin)
    conf: Conf = field(default_factory=Conf)
    functions: Ran | None = None
    ribbon: Ran | None = None
    dlls: tuple[str, ...] = ()
    trust: Trust = field(default_factory=Trust)
    processes: tuple[Process, ...] = ()
    script: Script = field(default_factory=Script)
    cloud_folders: tuple[str, ...] = ()
    daily_cost: float | None = None
    extension: bool = False
