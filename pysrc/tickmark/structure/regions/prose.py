"""Merged cells that hold running text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.structure.regions.appearance import Appearance
from tickmark.structure.regions.claims import granted

_LONG: Final = 60


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
