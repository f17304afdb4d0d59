"""Colours as parts write them: by value, by place in a theme or palette, lightened or darkened."""

from __future__ import annotations

import colorsys
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.read.markup import Attributes, number

OFFICE: Final = (
    "FFFFFF", "000000", "EEECE1", "1F497D", "4F81BD", "C0504D",
    "9BBB59", "8064A2", "4BACC6", "F79646", "0000FF", "800080",
)  # fmt: skip
"""The colours of the theme that stands where a workbook has none, by theme index."""

INDEXED: Final = (
    "000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF",
    "000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF",
    "800000", "008000", "000080", "808000", "800080", "008080", "C0C0C0", "808080",
    "9999FF", "993366", "FFFFCC", "CCFFFF", "660066", "FF8080", "0066CC", "CCCCFF",
    "000080", "FF00FF", "FFFF00", "00FFFF", "800080", "800000", "008080", "0000FF",
    "00CCFF", "CCFFFF", "CCFFCC", "FFFF99", "99CCFF", "FF99CC", "CC99FF", "FFCC99",
    "3366FF", "33CCCC", "99CC00", "FFCC00", "FF9900", "FF6600", "666699", "969696",
    "003366", "339966", "003300", "333300", "993300", "993366", "333399", "333333",
)  # fmt: skip
"""The default palette (ECMA-376 part 1, 18.8.27); those behind it are the system's."""

_VALUE = re.compile(r"#?(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_FULL = 255


@dataclass(frozen=True, slots=True)
class Palette:
    """What the numbers of colours mean in a workbook; unknown colours are empty."""

    theme: Sequence[str] = OFFICE
    indexed: Sequence[str] = INDEXED

    def colour(self, attributes: Attributes) -> str:
        """`RRGGBB` of a colour element; empty where it is automatic or unknown."""
        if "theme" in attributes:
            plain = _at(self.theme, attributes["theme"])
        elif "rgb" in attributes:
            plain = value(attributes["rgb"])
        else:
            plain = _at(self.indexed, attributes.get("indexed"))
        tint = _tint(attributes.get("tint"))
        return tinted(plain, tint) if plain and tint else plain


def value(text: str) -> str:
    """`RRGGBB` in capitals of a text such as `FFC00000`; the first pair, opacity, is not shown."""
    found = _VALUE.fullmatch(text.strip())
    return found[1].upper() if found else ""


def tinted(colour: str, tint: float) -> str:
    """A colour made lighter (up to 1) or darker (down to -1), as ECMA-376 part 1, 18.8.19 says."""
    red, green, blue = (int(colour[at : at + 2], 16) / _FULL for at in (0, 2, 4))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    mixed = colorsys.hls_to_rgb(hue, light, saturation)
    return "".join(f"{round(part * _FULL):02X}" for part in mixed)


def _at(colours: Sequence[str], place: str | None) -> str:
    index = number(place, -1)
    return colours[index] if 0 <= index < len(colours) else ""


def _tint(text: str | None) -> float:
    try:
        tint = float(text or 0)
    except ValueError:
        return 0.0
    return max(-1.0, min(1.0, tint)) if math.isfinite(tint) else 0.0
