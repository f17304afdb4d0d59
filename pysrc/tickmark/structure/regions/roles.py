"""Roles of boxes: which are tables, key-value blocks, titles, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tickmark.model.address import RangeRef
from tickmark.model.region import Edge, Reason, Region, Role
from tickmark.structure.regions.confidence import DRAWN, OF_ROLE, confidence_of, touched_edges
from tickmark.structure.regions.draft import Draft, Origin
from tickmark.structure.regions.headers import Header
from tickmark.structure.regions.kinds import TEXT
from tickmark.structure.regions.notes import notes_of
from tickmark.structure.regions.parts import Part, owners_of
from tickmark.structure.regions.paths import column_paths
from tickmark.structure.regions.raster import Box, Raster
from tickmark.structure.regions.reasons import Layout, drawn_by_author, edge_reasons
from tickmark.structure.regions.stacks import split
from tickmark.structure.regions.tally import tally_of
from tickmark.structure.regions.titles import Titles, name_of, titles_of
from tickmark.structure.regions.totals import Totals
from tickmark.structure.regions.verdicts import verdict_of, verdict_of_text


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft with its header and totals."""

    draft: Draft
    header: Header
    totals: Totals


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """The parts of a raster and how they belong together."""

    layout: Layout
    judged: Sequence[Judged]
    titles: Titles
    notes: dict[int, list[int]]
    date1904: bool


def regions_from(
    raster: Raster, judged: tuple[Judged, ...], *, date1904: bool = False
) -> tuple[Region, ...]:
    """The regions that drafts of one raster become, with titles and notes told to their tables."""
    parts = [part for number, one in enumerate(judged) for part in _parts(raster, number, one)]
    owners = owners_of(raster, parts)
    titles = titles_of(raster, parts, owners)
    notes: dict[int, list[int]] = {}
    for note, body in notes_of(parts, owners, titles.between).items():
        notes.setdefault(body, []).append(note)
    roles = [
        Role.TITLE if number in titles.parts else part.role for number, part in enumerate(parts)
    ]
    sheet = _Sheet(Layout(raster, parts, roles, owners), judged, titles, notes, date1904)
    return tuple(_region(sheet, number) for number in range(len(parts)))


def _parts(raster: Raster, number: int, judged: Judged) -> list[Part]:
    """The parts of a draft: itself, or a title and the notes below it."""
    draft = judged.draft
    box = draft.box
    if box.height == box.width == 1 and draft.origin is Origin.CUT:
        text = raster.text(box.top, box.left).strip()
        return [Part(box, verdict_of_text([text]), number)]
    tally = tally_of(raster, box)
    found = split(raster, draft, tally)
    if found:
        return [Part(one, verdict, number) for one, verdict in found]
    return [Part(box, verdict_of(raster, draft, tally, judged.header), number)]


def _region(sheet: _Sheet, number: int) -> Region:
    part, role = sheet.layout.parts[number], sheet.layout.roles[number]
    judged = sheet.judged[part.draft]
    area = sheet.layout.raster.range_of(part.box)
    if role is Role.TABLE:
        return _table(sheet, number, judged)
    cue = part.verdict.cue
    if role is Role.TITLE and part.role is not Role.TITLE:
        cue = "its text names what stands near"
    if role not in {Role.KEY_VALUE, Role.LIST}:
        return Region(area, role, OF_ROLE[role], (Reason(Edge.ROLE, cue),))
    return Region(
        area,
        role,
        OF_ROLE[role],
        (Reason(Edge.ROLE, cue),),
        header_columns=int(role is Role.KEY_VALUE and _is_labelled(sheet.layout.raster, part.box)),
        name=_name(sheet, number),
        title=_title(sheet, number),
        notes=_notes(sheet, number),
    )


def _is_labelled(raster: Raster, box: Box) -> bool:
    """Whether labels stand in the first column of several."""
    first = raster.kinds[box.top : box.bottom + 1, box.left]
    return box.width > 1 and bool((first == TEXT).any())


def _table(sheet: _Sheet, number: int, judged: Judged) -> Region:
    raster, part = sheet.layout.raster, sheet.layout.parts[number]
    header, totals, table = judged.header, judged.totals, judged.draft.table
    area = raster.range_of(part.box)
    known = (*header.reasons, *totals.reasons)
    role = Reason(Edge.ROLE, part.verdict.cue)
    if table is not None:
        area = table.range
        header = replace(header, rows=min(table.header_rows, area.bottom - area.top + 1))
    drawn = table is not None or judged.draft.origin is Origin.PIVOT
    edges = (
        drawn_by_author(part.verdict.cue) if drawn else edge_reasons(sheet.layout, number, known)
    )
    return Region(
        area,
        Role.TABLE,
        _confidence(sheet, number, header),
        (*edges, role, *known),
        header_rows=header.rows,
        header_columns=header.columns,
        sections=_rows(raster, area, header.sections),
        repeated_headers=_rows(raster, area, header.repeated),
        total_rows=_total_rows(raster, area, judged),
        total_columns=_columns(raster, area, totals.columns),
        column_paths=_paths(sheet, part.box, area, header),
        cross_tabulation=header.cross_tabulation,
        name=table.name if table is not None else _name(sheet, number),
        title=_title(sheet, number),
        notes=_notes(sheet, number),
        list_object=table.name if table is not None else "",
    )


def _confidence(sheet: _Sheet, number: int, header: Header) -> float:
    likeness = sheet.layout.parts[number].verdict.likeness
    if likeness is None:
        return DRAWN
    touched = touched_edges(sheet.layout.parts, sheet.layout.owners, number)
    return confidence_of(likeness, header, touched)


def _paths(sheet: _Sheet, box: Box, area: RangeRef, header: Header) -> tuple[tuple[str, ...], ...]:
    """The header paths of all columns of a range; its box may end with the raster before it."""
    header = replace(header, rows=min(header.rows, box.height))
    paths = column_paths(sheet.layout.raster, box, header, date1904=sheet.date1904)
    left = sheet.layout.raster.left + box.left - area.left
    right = area.right - area.left + 1 - left - box.width
    return (*((),) * left, *paths, *((),) * right)


def _total_rows(raster: Raster, area: RangeRef, judged: Judged) -> tuple[RangeRef, ...]:
    """The total rows; those of a ListObject are its last ones, subtotals elsewhere aside."""
    table = judged.draft.table
    rows = set(judged.totals.rows)
    if table is not None and table.totals_rows:
        last, height = area.bottom - raster.top, area.bottom - area.top + 1
        rows |= set(range(last - min(table.totals_rows, height, 8) + 1, last + 1))
    return _rows(raster, area, tuple(sorted(rows)))


def _rows(raster: Raster, area: RangeRef, rows: tuple[int, ...]) -> tuple[RangeRef, ...]:
    return tuple(
        RangeRef(area.sheet, raster.top + row, area.left, raster.top + row, area.right)
        for row in rows
    )


def _columns(raster: Raster, area: RangeRef, columns: tuple[int, ...]) -> tuple[RangeRef, ...]:
    return tuple(
        RangeRef(area.sheet, area.top, raster.left + column, area.bottom, raster.left + column)
        for column in columns
    )


def _title(sheet: _Sheet, number: int) -> RangeRef | None:
    title = sheet.titles.of.get(number)
    return None if title is None else sheet.layout.raster.range_of(sheet.layout.parts[title].box)


def _name(sheet: _Sheet, number: int) -> str:
    title = sheet.titles.of.get(number)
    return "" if title is None else name_of(sheet.layout.raster, sheet.layout.parts[title].box)


def _notes(sheet: _Sheet, number: int) -> tuple[RangeRef, ...]:
    found = sheet.notes.get(number, [])
    return tuple(sorted(sheet.layout.raster.range_of(sheet.layout.parts[one].box) for one in found))
