"""What an encoding is made from: one sheet with its formulas, its regions and what may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tickmark.encode.preface_links import SheetLinks, sheet_links
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.concealment import Mask, unseen_cells
from tickmark.structure.formulas import Formulas, SheetFormulas, sheet_formulas
from tickmark.structure.regions.detect import regions_of, sheet_regions


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One sheet, ready to be encoded.

    `visible` is aligned with the cells of the sheet: the others are counted and never told.
    `unseen` are the cells that a reader of the sheet cannot see, whether they may be told or not.
    `book` are the formulas of the whole workbook and `links` what the sheet reads of others, None
    where the sheet stands alone.
    """

    workbook: Workbook
    sheet: Sheet
    formulas: SheetFormulas
    regions: tuple[Region, ...]
    visible: Mask
    unseen: Mask
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
    """The sheets of a workbook in order; with `hidden` also what cannot be seen may be shown."""
    if regions is None:
        regions = regions_of(formulas)
    links = sheet_links(formulas, hidden=hidden)
    unseen = [unseen_cells(formulas.workbook, own.sheet) for own in formulas.sheets]
    return tuple(
        Source(
            workbook=formulas.workbook,
            sheet=own.sheet,
            formulas=own,
            regions=regions[own.sheet.name],
            visible=_visible(mask, hidden=hidden),
            unseen=mask,
            book=formulas,
            links=links.get(own.sheet.name),
        )
        for own, mask in zip(formulas.sheets, unseen, strict=True)
    )


def source_of(workbook: Workbook, sheet: Sheet, *, hidden: bool = False) -> Source:
    """One sheet by itself, without its links to others."""
    own = sheet_formulas(sheet)
    unseen = unseen_cells(workbook, sheet)
    return Source(
        workbook=workbook,
        sheet=sheet,
        formulas=own,
        regions=sheet_regions(workbook, sheet),
        visible=_visible(unseen, hidden=hidden),
        unseen=unseen,
    )


def _visible(unseen: Mask, *, hidden: bool) -> Mask:
    return np.ones(len(unseen), np.bool_) if hidden else ~unseen
