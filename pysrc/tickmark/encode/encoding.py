"""The text of a sheet for a model, and which cells stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tickmark.model.address import RangeRef


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """A sheet as text.

    `legend` maps each address in the text to its area; the areas do not overlap. `tokens` is what
    `text` counts. `shown_cells` lie in the areas of the legend, `summarised_cells` of them are told
    only together with others, by count, first, last and extreme values; `left_out` are the A1
    ranges of the visible cells that had no room; `hidden_cells` are never shown, only counted.
    """

    text: str
    legend: Mapping[str, RangeRef]
    tokens: int
    shown_cells: int
    left_out: tuple[str, ...] = ()
    hidden_cells: int = 0
    summarised_cells: int = 0

    @property
    def shown(self) -> tuple[RangeRef, ...]:
        """The areas that the text says something about, in its order."""
        return tuple(self.legend.values())

    def contains(self, row: int, column: int) -> bool:
        """Whether the text says something about a cell."""
        return any(area.contains(row, column) for area in self.legend.values())
