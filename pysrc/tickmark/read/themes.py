"""The theme part: the colours that styles name by number."""

from __future__ import annotations

from typing import Final

from tickmark.read.colours import value
from tickmark.read.markup import Attributes, walk
from tickmark.read.package import Package, PartUnreadable

_ORDER: Final = (
    "lt1", "dk1", "lt2", "dk2", "accent1", "accent2",
    "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink",
)  # fmt: skip
"""Names by theme index: Excel counts light before dark, other than the part."""

_SYSTEM: Final = {"windowText": "000000", "window": "FFFFFF"}
_DRAWING: Final = (
    "http://schemas.openxmlformats.org/drawingml/2006/main}",
    "http://purl.oclc.org/ooxml/drawingml/main}",
)
_SCHEME: Final = ["theme", "themeElements", "clrScheme"]
_BEHIND: Final = ["theme", "themeElements", "fontScheme"]


def read_theme(package: Package, part: str) -> tuple[str, ...]:
    """The colours of a theme by theme index; empty where one is written in a way not read.

    Raises PartUnreadable.
    """
    found: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, attributes: Attributes) -> bool:
        path.append(_local(name))
        if path[:3] == _SCHEME and len(path) == len(_SCHEME) + 2:
            found.setdefault(path[3], _colour(path[4], attributes))
        return path == _BEHIND

    def end(_name: str) -> None:
        path.pop()

    walk(package, part, start, end)
    if not found:
        raise PartUnreadable(f"its part {part} names no colours")
    return tuple(found.get(name, "") for name in _ORDER)


def _local(name: str) -> str:
    for vocabulary in _DRAWING:
        if name.startswith(vocabulary):
            return name[len(vocabulary) :]
    return "?"


def _colour(name: str, attributes: Attributes) -> str:
    given = attributes.get("val", "")
    if name == "srgbClr":
        return value(given)
    if name == "sysClr":
        return value(attributes.get("lastClr", "")) or _SYSTEM.get(given, "")
    return ""
