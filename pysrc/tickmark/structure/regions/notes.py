"""Notes: running text that explains the tables above it or left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tickmark.model.region import Role
from tickmark.structure.regions.parts import Owners, Part, owners_in

_BODIES: Final = frozenset({Role.TABLE, Role.KEY_VALUE})
_REACH: Final = 3
_BESIDE: Final = 2


def notes_of(
    parts: Sequence[Part], owners: Owners, between: Mapping[int, int]
) -> Mapping[int, int]:
    """For each note that explains a part, the number of that part.

    A note stands at most two blank rows below it, other notes between them aside, or at most one
    blank column right of it. `between` tells the notes that stand between a part and its title.
    """
    found = dict(between)
    notes = [number for number, part in enumerate(parts) if part.role is Role.NOTES]
    for number in sorted(notes, key=lambda one: parts[one].box):
        if number in found:
            continue
        body = _above(parts, owners, number, found)
        if body is None:
            body = _left(parts, owners, number)
        if body is not None:
            found[number] = body
    return found


def _above(
    parts: Sequence[Part], owners: Owners, number: int, found: Mapping[int, int]
) -> int | None:
    box = parts[number].box
    rows = list(owners_in(owners, box.top - _REACH, box.left, box.top - 1, box.right))
    nearest = next((row for row in reversed(rows) if row), [])
    for one in nearest:
        if parts[one].role in _BODIES:
            return one
        if parts[one].role is Role.NOTES:
            return found.get(one)
    return None


def _left(parts: Sequence[Part], owners: Owners, number: int) -> int | None:
    box = parts[number].box
    last = min(box.bottom, box.top + _REACH)
    for row in owners_in(owners, box.top, box.left - _BESIDE, last, box.left - 1):
        for one in row:
            if parts[one].role in _BODIES:
                return one
    return None
