"""Cells that belong together: copies of one formula, and cells that touch."""

from __future__ import annotations

from collections.abc import Sequence


def connected_groups(
    places: Sequence[tuple[int, int]], labels: Sequence[int]
) -> list[tuple[int, ...]]:
    """Groups of cells, given by row and column, that have one label or touch by a side.

    Each group holds positions in `places`, in order; groups are ordered by their first.
    """
    parent = list(range(len(places)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    def join(one: int, other: int) -> None:
        first, last = sorted((root(one), root(other)))
        parent[last] = first

    at_place = {place: at for at, place in enumerate(places)}
    first_of: dict[int, int] = {}
    for at, ((row, column), label) in enumerate(zip(places, labels, strict=True)):
        join(at, first_of.setdefault(label, at))
        for neighbour in ((row, column + 1), (row + 1, column)):
            if neighbour in at_place:
                join(at, at_place[neighbour])
    groups: dict[int, list[int]] = {}
    for at in range(len(places)):
        groups.setdefault(root(at), []).append(at)
    return [tuple(group) for group in groups.values()]
