"""The text of a sheet for a model, and which cells stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Protocol

from tickmark.encode.excerpt import excerpt
from tickmark.encode.search import find
from tickmark.encode.source import Source
from tickmark.encode.told_cells import told_cells
from tickmark.errors import InputError
from tickmark.model.address import RangeRef
from tickmark.model.shown_cells import ShownCells

NO_CELLS = (
    "This encoding travelled without its cells; encode the sheet again to expand it or to find "
    "values."
)


class Level(StrEnum):
    """How much of a sheet its text tells."""

    SKELETON = "skeleton"
    """Labels, headers and formulas, the rest by its type."""
    LOSSLESS = "lossless"
    """Every value and every formula."""
    BUDGET = "budget"
    """As much as a number of tokens allows."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """A sheet as text in the notation of docs/encoding.md.

    `legend` maps the addresses at the front of each line to the areas behind it; no two lines hold
    one cell. `tokens` is what `text` counts. `cells` are those of the sheet that may be shown;
    `shown_cells` of them stand behind a line, `summarised_cells` of these are told only together
    with others, without their results or cut; texts of more than `longest` characters are cut.
    `left_out` are the A1 ranges of the cells that had no room; `hidden_cells` are never shown,
    only counted.

    `source` are the cells themselves, for `expand` and `find`, and `lossless` encodes parts of
    them. Both stay behind when an encoding is pickled or copied, since they hold the whole
    workbook.
    """

    text: str
    legend: Mapping[str, tuple[RangeRef, ...]]
    tokens: int
    level: Level
    cells: int
    shown_cells: int
    left_out: tuple[str, ...] = ()
    hidden_cells: int = 0
    summarised_cells: int = 0
    longest: int = 0
    source: Source | None = field(default=None, repr=False, compare=False)
    lossless: Lossless | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        bare = self.without_source()
        return Encoding, tuple(getattr(bare, one.name) for one in fields(bare))

    def shown(self) -> ShownCells:
        """The filled cells that the text says something about.

        Raises InputError where the cells stayed behind.
        """
        return told_cells(self._source(), self.left_out)

    def expand(self, area: RangeRef | str, budget: int | None = None) -> Encoding:
        """The exact cells of a range of the sheet, such as one of the legend or `B5:D90`.

        Hidden cells stay hidden; a `budget` bounds the tokens, then not all may be exact. Raises
        AddressError for no range of this sheet, InputError where the cells stayed behind.
        """
        source = self._source()
        if isinstance(area, str):
            area = RangeRef.parse(area, sheet=source.sheet.name)
        if self.lossless is None:
            raise InputError(NO_CELLS)
        return self.lossless(excerpt(source, area), budget=budget)

    def find(self, value: float | str | bool) -> tuple[RangeRef, ...]:  # noqa: FBT001 - the value that is looked for
        """The visible cells that hold a value, as few ranges; `search.find` tells which do.

        Raises InputError where the cells stayed behind.
        """
        return find(self._source(), value)

    def without_source(self) -> Encoding:
        """The encoding without the cells that it was made from, to be kept or sent."""
        return replace(self, source=None, lossless=None)

    def _source(self) -> Source:
        if self.source is None:
            raise InputError(NO_CELLS)
        return self.source


class Lossless(Protocol):
    """Encodes all cells of a source without loss, or as much of them as a budget allows."""

    def __call__(self, source: Source, *, budget: int | None = None) -> Encoding: ...  # noqa: D102 - told by the class
