"""The cells of one sheet that a model was shown, kept small for the check of what it cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True, eq=False)
class ShownCells:
    """Cells as rectangles: `edges` (n, 4) are top, left, bottom, right, 1-based and inclusive."""

    edges: npt.NDArray[np.int32]

    @classmethod
    def of(cls, areas: Iterable[RangeRef]) -> ShownCells:
        """All cells of areas of one sheet."""
        edges = [(area.top, area.left, area.bottom, area.right) for area in areas]
        return cls(np.array(edges, np.int32).reshape(-1, 4))

    def meets(self, area: RangeRef) -> bool:
        """Whether a range of the sheet holds one of the cells."""
        top, left, bottom, right = self.edges.T
        inside = (top <= area.bottom) & (left <= area.right)
        return bool(np.any(inside & (bottom >= area.top) & (right >= area.left)))
