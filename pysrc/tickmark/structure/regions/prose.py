"""Running text: sentences and remarks, and the merged cells that hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Appearance
from tickmark.structure.regions.claims import granted

_LONG: Final = 60
_SENTENCE: Final = 60
_WORDS: Final = 9
_PARAGRAPH: Final = 110
_REMARK = re.compile(
    r"(notes?|sources?|n\.?b\.?|remarks?|footnotes?|disclaimer)(\s*[:.\d(]|\s+[-\u2013(\d]|$)"
    r"|https?:|[*†‡]+\s*\S.{16}|\[.{16,}\]$|\(\d\)\s",
    re.IGNORECASE,
)


def is_remark(text: str) -> bool:
    """Whether a text begins like a note, a source or a footnote."""
    return _REMARK.match(text) is not None


def is_running_text(text: str) -> bool:
    """Whether a text is a sentence or remark rather than a label or a title."""
    sentence = len(text) >= _SENTENCE and text.count(" ", 0, 1000) >= _WORDS
    if sentence and (len(text) >= _PARAGRAPH or text.endswith((".", "!", "?", ";"))):
        return True
    return len(text) >= 3 * _SENTENCE or is_remark(text)


def prose_of(appearance: Appearance, known: Sequence[RangeRef]) -> tuple[RangeRef, ...]:
    """The merges of several rows and columns that hold a long text: no table has such a cell.

    Those that meet a known range or an earlier one are left out. Known ranges do not overlap.
    """
    cells = appearance.sheet.cells
    found: list[RangeRef] = []
    for merge in appearance.merges:
        if merge.bottom == merge.top or merge.right - merge.left < 2:
            continue
        at = cells.position(merge.top, merge.left)
        if at is None or appearance.kinds[at] != CellKind.TEXT:
            continue
        text = cells.texts[int(cells.values[at])]
        if len(text) >= _LONG and text.count(" ") >= 6:
            found.append(merge)
    return tuple(found[at] for at in granted(found, known))
