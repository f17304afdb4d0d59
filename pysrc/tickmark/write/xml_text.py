"""Text as it stands in the XML of a workbook: escaped, cut to Excel's limits, never markup."""

from __future__ import annotations

import re
from typing import Final

LONGEST_TEXT: Final = 32_767
"""Most characters of one cell, counted in UTF-16 units as Excel counts them."""

CUT_MARK: Final = " … [cut: Excel holds no more than 32,767 characters in a cell]"

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MARKUP: Final = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\t"): "&#9;",
    ord("\n"): "&#10;",
}


def excel_string(text: str) -> str:
    """Characters that XML cannot hold as `_xHHHH_`, a literal `_xHHHH_` kept from being read so.

    The form of ST_Xstring (ISO/IEC 29500-1, 22.9.2.19); a carriage return is among them, as XML
    would turn it into a line feed.
    """
    kept = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _UNWRITABLE.sub(lambda match: f"_x{ord(match[0]):04X}_", kept)


def markup(text: str) -> str:
    """Text that came out of a workbook's XML, ready to go into it again."""
    return text.translate(_MARKUP)


def xml_escaped(text: str) -> str:
    """Text ready for an element or a double-quoted attribute; Excel reads it back unchanged."""
    return markup(excel_string(text))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def cut_to(text: str, most: int, mark: str = "") -> str:
    """The start of a text within `most` UTF-16 units, ending in `mark` where something is lost."""
    if units(text) <= most:
        return text
    room = most - units(mark)
    kept = text[:room]
    while units(kept) > room:
        kept = kept[: len(kept) - max(1, (units(kept) - room) // 2)]
    return kept + mark


def cell_text(text: str) -> str:
    """A text within the limit of one cell, its end marked where it is cut."""
    return cut_to(text, LONGEST_TEXT, CUT_MARK)


def could_be_formula(text: str) -> bool:
    """Whether Excel would take the text for a formula, were it typed in."""
    return text.startswith(("=", "+", "-", "@"))
