"""What an encoding is made from: one sheet with its formulas, its regions and what may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.encode.preface_links import SheetLinks, sheet_links
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import Formulas, SheetFormulas, sheet_formulas
from tickmark.structure.regions.detect import regions_of, sheet_regions


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One sheet, ready to be encoded.

    `visible` is aligned with the cells of the sheet: the others are counted and never told. `book`
    are the formulas of the whole workbook and `links` what the sheet reads of others, None where
    the sheet stands alone.
    """

    workbook: Workbook
    sheet: Sheet
    formulas: SheetFormulas
    regions: tuple[Region, ...]
    visible: npt.NDArray[np.bool_]
    book: Formulas | None = None
    links: SheetLinks | None = None

    @property
    def hidden(self) -> int:
        """Number of cells that are not told."""
        return len(self.visible) - int(np.count_nonzero(self.visible))


def sources_of(
    formulas: Formulas,
    *,
    hidden: bool = False,
    regions: Mapping[str, tuple[Region, ...]] | None = None,
) -> tuple[Source, ...]:
    """The sheets of a workbook in order; with `hidden` also hidden cells may be shown."""
    if regions is None:
        regions = regions_of(formulas)
    links = sheet_links(formulas, hidden=hidden)
    return tuple(
        Source(
            workbook=formulas.workbook,
            sheet=own.sheet,
            formulas=own,
            regions=regions[own.sheet.name],
            visible=_visible(own.sheet, hidden=hidden),
            book=formulas,
            links=links.get(own.sheet.name),
        )
        for own in formulas.sheets
    )


def source_of(workbook: Workbook, sheet: Sheet, *, hidden: bool = False) -> Source:
    """One sheet by itself, without its links to others."""
    own = sheet_formulas(sheet)
    return Source(
        workbook=workbook,
        sheet=sheet,
        formulas=own,
        regions=sheet_regions(workbook, sheet),
        visible=_visible(sheet, hidden=hidden),
    )


def _visible(sheet: Sheet, *, hidden: bool) -> npt.NDArray[np.bool_]:
    return np.ones(len(sheet.cells), np.bool_) if hidden else ~sheet.hidden_cells()
