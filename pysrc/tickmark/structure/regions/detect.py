"""Finds the regions of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import Formulas
from tickmark.structure.regions.appearance import Appearance, appearance_of
from tickmark.structure.regions.boxes import drafts_of
from tickmark.structure.regions.draft import Draft
from tickmark.structure.regions.evidence import Evidence, evidence_of
from tickmark.structure.regions.headers import Header, header_of
from tickmark.structure.regions.islands import islands_of
from tickmark.structure.regions.raster import Raster, raster_of
from tickmark.structure.regions.roles import Judged, regions_from
from tickmark.structure.regions.sparse import unread
from tickmark.structure.regions.sums import Sums, sums_of
from tickmark.structure.regions.taken import Taken, taken_by
from tickmark.structure.regions.totals import Totals, totals_of
from tickmark.structure.regions.windows import Window, windows_of


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """What is known of a sheet before its regions are; `taken` need not be looked for.

    The ListObjects are among those, not in the evidence: no other box meets one.
    """

    appearance: Appearance
    evidence: Evidence
    taken: tuple[Taken, ...]
    sums: Sums
    date1904: bool


def regions_of(formulas: Formulas) -> Mapping[str, tuple[Region, ...]]:
    """The regions of each sheet of a workbook, by its name; of two with one name, the first's."""
    return {
        own.sheet.name: sheet_regions(formulas.workbook, own.sheet, formulas)
        for own in reversed(formulas.sheets)
    }


def sheet_regions(
    workbook: Workbook, sheet: Sheet, formulas: Formulas | None = None
) -> tuple[Region, ...]:
    """The regions of a sheet, sorted by top, then left; each cell with content is in just one.

    Without `formulas`, totals go by their labels and values, and any formula is like any other.
    """
    templates = None
    if formulas is not None:
        templates = next((own.template_of for own in formulas.sheets if own.sheet is sheet), None)
    used = sheet.used_range
    if used is None:
        return ()
    appearance = appearance_of(sheet, workbook.styles, templates)
    evidence = evidence_of(sheet)
    sums = sums_of(formulas, sheet.name) if formulas is not None else Sums()
    taken = taken_by(appearance, evidence)
    layout = _Layout(appearance, replace(evidence, tables=()), taken, sums, workbook.date1904)
    ranges = [one.range for one in taken]
    found: list[Region] = []
    for window in windows_of(appearance.places, used, islands_of(appearance, ranges), ranges):
        if window.sparse:
            found += unread(appearance, window, taken)
        else:
            found += _read(layout, window)
    return tuple(sorted(found, key=lambda one: one.range))


def _read(layout: _Layout, window: Window) -> tuple[Region, ...]:
    """The regions of a window."""
    raster = raster_of(layout.appearance, window.area)
    taken = [layout.taken[at] for at in window.taken]
    drafts = drafts_of(
        raster,
        [raster.moved(island) for island in window.islands],
        [Draft(raster.box_of(one.range), one.origin, table=one.table) for one in taken],
        [raster.box_of(layout.taken[at].range) for at in window.reaching],
        [raster.box_of(area) for area in layout.evidence.print_areas if area.meets(window.area)],
    )
    judged = tuple(_judged(layout, raster, draft) for draft in drafts)
    return regions_from(raster, judged, date1904=layout.date1904)


def _judged(layout: _Layout, raster: Raster, draft: Draft) -> Judged:
    box, table = draft.box, draft.table
    if box.height == box.width == 1 and table is None:
        return Judged(draft, Header(), Totals())
    if table is None:
        header = header_of(raster, box, layout.evidence)
        return Judged(draft, header, totals_of(raster, box, header, layout.sums))
    own = replace(layout.evidence, tables=(replace(table, range=raster.range_of(box)),))
    header = replace(header_of(raster, box, own), rows=min(table.header_rows, box.height))
    totals = totals_of(raster, box, header, layout.sums, table.totals_rows)
    return Judged(draft, header, totals)
