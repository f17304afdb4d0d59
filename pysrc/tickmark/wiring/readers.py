"""Settings to what reads and converts workbook files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tickmark.errors import SettingError
from tickmark.model.workbook import Workbook
from tickmark.settings import Settings, converted_folder

if TYPE_CHECKING:
    from tickmark.read.converted_files import ConvertedFiles
    from tickmark.read.office import Office

OFF: Final = "off"
"""The value of the setting `soffice` with which no LibreOffice is started."""


class Reader(Protocol):
    """What reads a workbook file within the limits of the settings; it travels to processes."""

    def __call__(self, path: str | Path, *, password: str | None = None) -> Workbook:
        """Read a file; raises WorkbookRefused."""
        ...


def reader(
    settings: Settings, *, details: bool = True, processes: int = 1, converts: bool = True
) -> Reader:
    """The reader of workbook files that the settings ask for; `processes` 0 is one a core.

    `converts` False starts no LibreOffice, for those who cannot wait the seconds that it takes.
    Raises SettingError where the setting `soffice` names no program.
    """
    from tickmark.read.workbook import read_workbook  # noqa: PLC0415 - loads numpy and zip files

    limits = replace(settings.limits, file_bytes=settings.max_file_mb * 1_000_000)
    return partial(
        read_workbook,
        limits=limits,
        details=details,
        processes=processes,
        office=office(settings) if converts else None,
    )


def office(settings: Settings) -> Office | None:
    """The LibreOffice that converts old formats; None where none is found or wanted.

    Raises SettingError where the setting names no program.
    """
    from tickmark.excel.libreoffice import (  # noqa: PLC0415 - for few commands
        LibreOffice,
        find_libreoffice,
    )
    from tickmark.read.office import Office  # noqa: PLC0415 - likewise

    wanted = settings.soffice
    if wanted.lower() == OFF:
        return None
    found = find_libreoffice()
    program = found.tool("soffice") if found is not None else None
    if wanted:
        place = Path(wanted).expanduser()
        program = LibreOffice(place).tool("soffice") if place.is_dir() else place
        if not place.is_absolute() or not program.is_file():
            raise SettingError(
                f"soffice is {wanted!r}, where no program is; give the whole path of LibreOffice's "
                "soffice, or off."
            )
    return Office(program, converted_folder()) if program is not None else None


def converted_files() -> ConvertedFiles:
    """The workbooks of old formats that are kept as .xlsx in the user's cache folder."""
    from tickmark.read.converted_files import ConvertedFiles  # noqa: PLC0415 - for few commands

    return ConvertedFiles(converted_folder())
