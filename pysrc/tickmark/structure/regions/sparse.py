"""Regions of what is too large for the few cells in it to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tickmark.model.address import RangeRef
from tickmark.model.region import Edge, Reason, Region, Role
from tickmark.structure.regions.appearance import Appearance
from tickmark.structure.regions.confidence import DRAWN, OF_ROLE
from tickmark.structure.regions.draft import Origin
from tickmark.structure.regions.raster import as_box
from tickmark.structure.regions.remainders import remainder
from tickmark.structure.regions.taken import Taken
from tickmark.structure.regions.windows import Window

_FAR_APART: Final = Reason(Edge.ROLE, "its cells lie too far apart to be told from each other")


def unread(appearance: Appearance, window: Window, taken: Sequence[Taken]) -> Iterator[Region]:
    """The regions of a sparse window: its taken range, or its island around those reaching in."""
    for at in window.taken:
        yield _drawn(window, taken[at])
    holes = [as_box(taken[at].range) for at in window.reaching]
    for island in window.islands:
        for piece in remainder(island, holes):
            area = _fitted(appearance, RangeRef(window.area.sheet, *piece))
            if area is not None:
                yield Region(area, Role.CELLS, 0.0, (_FAR_APART,))


def _drawn(window: Window, taken: Taken) -> Region:
    table = taken.table
    if table is None:
        role = Role.NOTES if taken.origin is Origin.PROSE else Role.TABLE
        return Region(window.area, role, DRAWN if role is Role.TABLE else OF_ROLE[role])
    return Region(
        table.range,
        Role.TABLE,
        DRAWN,
        (Reason(Edge.ROLE, f"ListObject {table.name} was drawn by the author"),),
        header_rows=table.header_rows,
        name=table.name,
        list_object=table.name,
    )


def _fitted(appearance: Appearance, area: RangeRef) -> RangeRef | None:
    """The range around the cells with content in a range; None where there are none."""
    inside = appearance.places.within(area)
    inside = inside[appearance.filled_in[inside]]
    if not len(inside):
        return None
    rows, columns = appearance.sheet.cells.rows[inside], appearance.sheet.cells.columns[inside]
    return RangeRef(area.sheet, int(rows[0]), int(columns.min()), int(rows[-1]), int(columns.max()))
