"""Boxes with their roles, and which of them owns a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.region import Edge, Role
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.verdicts import Verdict

Owners = npt.NDArray[np.int32]
"""For each place of a raster 1 + the number of the part that owns it, else 0."""


@dataclass(frozen=True, slots=True)
class Part:
    """A box of a raster, its role, and the number of the draft that it comes from."""

    box: Box
    verdict: Verdict
    draft: int

    @property
    def role(self) -> Role:
        """The role of the box on its own."""
        return self.verdict.role


def owners_of(raster: Raster, parts: Sequence[Part]) -> Owners:
    """Which part owns each place."""
    owners = np.zeros(raster.kinds.shape, np.int32)
    for number, part in enumerate(parts, 1):
        box = part.box
        owners[box.top : box.bottom + 1, box.left : box.right + 1] = number
    return owners


def owners_beyond(owners: Owners, box: Box) -> dict[Edge, Owners]:
    """The owners of the places right beyond each edge of a box, none beyond the raster."""
    rows, columns = slice(box.top, box.bottom + 1), slice(box.left, box.right + 1)
    beyond = {
        Edge.TOP: owners[max(box.top - 1, 0) : box.top, columns],
        Edge.LEFT: owners[rows, max(box.left - 1, 0) : box.left],
        Edge.BOTTOM: owners[box.bottom + 1 : box.bottom + 2, columns],
        Edge.RIGHT: owners[rows, box.right + 1 : box.right + 2],
    }
    return {edge: places.ravel() for edge, places in beyond.items()}


def owners_in(owners: Owners, top: int, left: int, bottom: int, right: int) -> Iterator[list[int]]:
    """For each row of a window, cut at the edges of the raster, the parts that own cells in it."""
    for row in range(max(top, 0), min(bottom, owners.shape[0] - 1) + 1):
        seen = owners[row, max(left, 0) : right + 1]
        found = seen[seen > 0]
        yield [] if not len(found) else list(dict.fromkeys((found - 1).tolist()))
