"""The add-in as one file, made from the texts of this installation."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final
from xml.etree import ElementTree as ET

from tickmark import __version__
from tickmark.errors import InputError
from tickmark.excel.icons import draw
from tickmark.excel.ovba import Kind, Module, class_module, document, standard, vba_project
from tickmark.excel.package import CODE_NAMES, Content, package
from tickmark.excel.upstream import MODULE, upstream_modules, xlwings_version

PROJECT: Final = "Tickmark"

_OWN: Final = ("TickmarkCells", "TickmarkFunctions", "TickmarkRibbon")
# What our modules call of xlwings' class without its name.
_GATE: Final = "TickmarkPython"
_LOGO: Final = "tickmark"
# A relation names one picture, which Excel scales from 96 dpi. Twice the size of the button is
# sharp on fine screens and shrinks by a whole number on others.
_PICTURE_SIZES: Final = {"large": 64, "normal": 32}


class Flavour(StrEnum):
    """What is built: the add-in of Excel, or a workbook with our modules for other programs."""

    ADDIN = "xlam"
    WORKBOOK = "xlsm"


def build(flavour: Flavour = Flavour.ADDIN, modules: Mapping[str, str] | None = None) -> bytes:
    """The file; equal texts and the same xlwings give equal bytes.

    `modules` adds modules by name, or puts others in place of ours: texts of .bas or .cls files.
    A workbook is for programs that cannot compile the VBA of xlwings, so it needs a module
    `xlwings` there, with RunPython and XLPy. Raises InputError with what to mend.
    """
    given = dict(modules or {})
    if flavour is Flavour.WORKBOOK and MODULE not in given:
        raise InputError(f"A workbook flavour needs a module {MODULE!r} among its modules.")
    project = _project(flavour, given)
    ribbon = _ribbon()
    return package(
        Content(
            vba=vba_project(PROJECT, project),
            ribbon=ribbon,
            pictures=_pictures(ribbon),
            thumbnail=_picture(_LOGO, 64),
            properties={
                "Tickmark": __version__,
                "xlwings": xlwings_version(),
                "VBA": sha256("\0".join(module.code for module in project).encode()).hexdigest(),
            },
            notes=(
                f"Tickmark {__version__}",
                "Worksheet functions and a ribbon tab: rules find, a model explains, code checks.",
                f"Made by `tickmark excel build` for xlwings {xlwings_version()}.",
            ),
            visible=flavour is Flavour.WORKBOOK,
        )
    )


def _project(flavour: Flavour, given: Mapping[str, str]) -> tuple[Module, ...]:
    """Documents first, then xlwings' modules, ours and those given, each name once."""
    workbook, sheet = CODE_NAMES
    found = {
        workbook: document(workbook, Kind.WORKBOOK, _own(f"{workbook}.cls")),
        sheet: document(sheet, Kind.SHEET),
    }
    if flavour is Flavour.ADDIN:
        found |= {module.name: module for module in upstream_modules()}
        found[_GATE] = standard(_GATE, _own(f"{_GATE}.bas"))
    found |= {name: standard(name, _own(f"{name}.bas")) for name in _OWN}
    for name, text in given.items():
        is_class = text.startswith("VERSION 1.0 CLASS")
        found[name] = class_module(name, text) if is_class else standard(name, text)
    return tuple(found.values())


def _own(name: str) -> str:
    """The text of a module of ours. Raises InputError for anything but ASCII."""
    content = _text(_resources() / "vba" / name)
    for number, line in enumerate(content.splitlines(), 1):
        if not line.isascii():
            strange = next(character for character in line if not character.isascii())
            raise InputError(
                f"{name}, line {number}, has {strange!r}: VBA is kept in the code page of each "
                "system, so only ASCII is the same on all; write it with ASCII."
            )
    return content


def _ribbon() -> str:
    return _text(_resources() / "ribbon" / "customUI14.xml")


def _pictures(ribbon: str) -> dict[str, bytes]:
    """A picture for each name in the ribbon, as large as its largest button needs it."""
    try:
        root = ET.fromstring(ribbon)  # noqa: S314 - a file of this package
    except ET.ParseError as error:
        raise InputError(f"customUI14.xml is no XML: {error}.") from error
    sizes: dict[str, int] = {}
    for element in root.iter():
        name = element.get("image")
        if name:
            size = _PICTURE_SIZES[element.get("size", "normal")]
            sizes[name] = max(size, sizes.get(name, 0))
    return {name: _picture(name, sizes[name]) for name in sorted(sizes)}


@cache
def _picture(name: str, size: int) -> bytes:
    return draw(_text(_resources() / "ribbon" / "icons" / f"{name}.svg"), name, size)


def _resources() -> Traversable:
    return files("xlwings_addin")


def _text(resource: Traversable) -> str:
    """Raises InputError where the file is missing or no UTF-8."""
    try:
        return resource.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{resource} cannot be read ({type(error).__name__}); install Tickmark again."
        ) from error
