"""A part of a sheet, to be encoded as if it were all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tickmark.encode.source import Source
from tickmark.errors import AddressError
from tickmark.model.address import RangeRef
from tickmark.model.book_details import BookDetails
from tickmark.model.region import Region, Role
from tickmark.model.sheet_details import SheetDetails
from tickmark.structure.formulas import SheetFormulas


def excerpt(source: Source, area: RangeRef) -> Source:
    """The cells of a range with their formulas, and what of the layout lies inside it.

    Raises AddressError where the range is one of another sheet.
    """
    whole = source.sheet
    if area.sheet.casefold() not in {"", whole.name.casefold()}:
        raise AddressError(f"{area} is no range of the sheet {whole.name!r}.")
    area = replace(area, sheet=whole.name)
    positions = whole.cells.within(area)
    cells = replace(
        whole.cells,
        rows=whole.cells.rows[positions],
        columns=whole.cells.columns[positions],
        kinds=whole.cells.kinds[positions],
        values=whole.cells.values[positions],
        styles=whole.cells.styles[positions],
        formulas=whole.cells.formulas[positions],
    )
    sheet = replace(
        whole,
        cells=cells,
        merges=tuple(one for one in whole.merges if _lies_in(one, area)),
        tables=tuple(one for one in whole.tables if _lies_in(one.range, area)),
        details=SheetDetails(),
    )
    workbook = replace(
        source.workbook, sheets=(sheet,), names=(), external_links=(), details=BookDetails()
    )
    formulas = SheetFormulas(
        sheet, source.formulas.templates, source.formulas.template_of[positions]
    )
    return Source(
        workbook=workbook,
        sheet=sheet,
        formulas=formulas,
        regions=tuple(_parts(source.regions, area)),
        visible=source.visible[positions],
        unseen=source.unseen[positions],
    )


def _parts(regions: Iterable[Region], area: RangeRef) -> Iterable[Region]:
    """The regions inside a range; of one that is cut, what is left are mere cells."""
    for region in regions:
        if _lies_in(region.range, area):
            yield region
        elif region.range.meets(area):
            edges = RangeRef(
                area.sheet,
                max(area.top, region.range.top),
                max(area.left, region.range.left),
                min(area.bottom, region.range.bottom),
                min(area.right, region.range.right),
            )
            yield Region(range=edges, role=Role.CELLS, confidence=region.confidence)


def _lies_in(inner: RangeRef, area: RangeRef) -> bool:
    return area.contains(inner.top, inner.left) and area.contains(inner.bottom, inner.right)
