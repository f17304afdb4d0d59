"""Reasons: why the edges of a region lie where they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tickmark.model.address import MAX_COLUMN, MAX_ROW, column_letters
from tickmark.model.region import Edge, Reason, Role
from tickmark.structure.regions.parts import Owners, Part, owners_beyond
from tickmark.structure.regions.raster import Raster

_EDGES: Final = (Edge.TOP, Edge.LEFT, Edge.BOTTOM, Edge.RIGHT)
_SAID: Final = {
    Role.TITLE: "the title",
    Role.NOTES: "the notes",
    Role.TABLE: "the table",
    Role.KEY_VALUE: "the key-value block",
    Role.LIST: "the list",
    Role.CELLS: "the cells",
}


def drawn_by_author(cue: str) -> tuple[Reason, ...]:
    """The same reason for each edge."""
    return tuple(Reason(edge, cue) for edge in _EDGES)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The parts of a raster, their roles in the end, and who owns each place."""

    raster: Raster
    parts: Sequence[Part]
    roles: Sequence[Role]
    owners: Owners


def edge_reasons(layout: Layout, number: int, known: Sequence[Reason]) -> tuple[Reason, ...]:
    """What stands beyond each edge of a part: blank lines, or what the next cells belong to.

    Edges with a `known` reason are left out.
    """
    raster, owners = layout.raster, layout.owners
    box = layout.parts[number].box
    told = {reason.edge for reason in known}
    lines = {
        Edge.TOP: _row(raster, box.top - 1),
        Edge.LEFT: _column(raster, box.left - 1),
        Edge.BOTTOM: _row(raster, box.bottom + 1),
        Edge.RIGHT: _column(raster, box.right + 1),
    }
    found = []
    for edge, seen in owners_beyond(owners, box).items():
        if edge not in told:
            first = int(seen[seen.argmax()]) if len(seen) else 0
            found.append(Reason(edge, _cue(layout, edge, lines[edge], first)))
    return tuple(found)


def _row(raster: Raster, row: int) -> str:
    number = raster.top + row
    return f"row {number}" if 1 <= number <= MAX_ROW else ""


def _column(raster: Raster, column: int) -> str:
    number = raster.left + column
    return f"column {column_letters(number)}" if 1 <= number <= MAX_COLUMN else ""


def _cue(layout: Layout, edge: Edge, line: str, owner: int) -> str:
    if not line:
        return f"the sheet {'begins' if edge in {Edge.TOP, Edge.LEFT} else 'ends'} here"
    if not owner:
        return f"{line} is blank"
    role = layout.roles[owner - 1]
    area = layout.raster.range_of(layout.parts[owner - 1].box)
    if role in {Role.TITLE, Role.NOTES}:
        return f"{line} is left out: {_SAID[role]} {area.a1}"
    return f"{line} belongs to {_SAID[role]} {area.a1}"
