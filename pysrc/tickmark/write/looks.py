"""How the looks of written cells are drawn; colours only underline what the words say.

Severities take the hues of the palette of Okabe and Ito, which stay apart for colour-blind eyes:
vermilion, orange, blue, grey and bluish green, dark on a pale ground (contrast above 7 to 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tickmark.model.edit import CellStyle
from tickmark.write.xml_text import cell_text

TAB_COLOUR: Final = "33475B"
RULE: Final = "C9D1D9"
"""Colour of the lines between the rows of a table."""

_EXACT: Final = 2**53

CellValue = str | float | bool | None
"""What one cell can hold."""


@dataclass(frozen=True, slots=True)
class Look:
    """Font, fill, line and alignment of a cell; colours are RRGGBB, "" or 0 leaves the default."""

    bold: bool = False
    underlined: bool = False
    size: int = 0
    colour: str = ""
    fill: str = ""
    bottom_line: str = ""
    wrapped: bool = False
    vertical: Literal["top", "center"] = "top"
    indent: int = 0


@dataclass(frozen=True, slots=True, order=True)
class CellFormat:
    """A look; `as_text` keeps what could be a formula a text even when somebody edits the cell.

    `ruled` puts a thin line below.
    """

    style: CellStyle
    as_text: bool = False
    ruled: bool = False

    @property
    def bottom_line(self) -> tuple[Literal["thin", "medium"], str] | None:
        """Thickness and colour of the line below, if there is one."""
        look = LOOKS[self.style]
        if look.bottom_line:
            return "medium", look.bottom_line
        return ("thin", RULE) if self.ruled else None


@dataclass(frozen=True, slots=True)
class Styles:
    """Where formats stand in a workbook, and the size in points of its own font."""

    indices: Mapping[CellFormat, int]
    size: float = 11.0


LOOKS: Final = {
    CellStyle.PLAIN: Look(),
    CellStyle.TITLE: Look(bold=True, size=16),
    CellStyle.HEADING: Look(bold=True, size=12),
    CellStyle.HEADER: Look(
        bold=True,
        colour="FFFFFF",
        fill="33475B",
        bottom_line="1B2733",
        wrapped=True,
        vertical="center",
        indent=1,
    ),
    CellStyle.WRAPPED: Look(wrapped=True, indent=1),
    CellStyle.MUTED: Look(colour="595959"),
    CellStyle.LINK: Look(colour="0B57A4", underlined=True, wrapped=True, indent=1),
    CellStyle.HIGH: Look(bold=True, colour="7A2900", fill="FBDDCC", indent=1),
    CellStyle.MEDIUM: Look(bold=True, colour="5C3F00", fill="FCE9BF", indent=1),
    CellStyle.LOW: Look(bold=True, colour="07426F", fill="D9EBF8", indent=1),
    CellStyle.INFO: Look(bold=True, colour="404A54", fill="E9ECEF", indent=1),
    CellStyle.GOOD: Look(bold=True, colour="004A36", fill="CFEDE2", indent=1),
}


def writable(value: CellValue) -> CellValue:
    """A value as a cell can hold it.

    Text within Excel's limit; NaN, infinities and integers that a double cannot hold as text;
    None for nothing and for empty text.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool) or (isinstance(value, int) and abs(value) <= _EXACT):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return cell_text(str(value))
