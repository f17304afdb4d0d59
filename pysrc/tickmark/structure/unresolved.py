"""References that lead nowhere: lost cells, and sheets, names and tables that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tickmark.model.address import CellRef, RangeRef
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference, ReferenceKind
from tickmark.structure.scope import Scope


class Reason(StrEnum):
    """Why a reference leads nowhere."""

    LOST = "lost"
    UNKNOWN_SHEET = "unknown-sheet"
    UNREAD_SHEET = "unread-sheet"
    UNKNOWN_NAME = "unknown-name"
    UNKNOWN_TABLE = "unknown-table"
    UNREADABLE = "unreadable"


REASONS: Final = {
    Reason.LOST: "its cells were deleted",
    Reason.UNKNOWN_SHEET: "no such sheet",
    Reason.UNREAD_SHEET: "that sheet could not be read",
    Reason.UNKNOWN_NAME: "no such name",
    Reason.UNKNOWN_TABLE: "no such table or column",
    Reason.UNREADABLE: "not readable as a formula",
}
"""Each reason in words."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A reference as it is written on a sheet, and where.

    `cell` is the first cell of the sheet that holds it, `cells` the number of all; for UNREADABLE
    the text is a whole formula without `=`.
    """

    reason: Reason
    text: str
    cell: CellRef
    cells: int


def unresolved(formulas: Formulas) -> tuple[Unresolved, ...]:
    """All references that lead nowhere, by sheet, row and column; each text once a sheet."""
    found: list[Unresolved] = []
    for number, own in enumerate(formulas.sheets):
        merged: dict[tuple[str, Reason], tuple[int, int, int]] = {}
        counts = own.counts().tolist()
        for at, (template, cells) in enumerate(zip(own.templates, counts, strict=True)):
            place = template.row, template.column
            for key in dict.fromkeys(lost_references(formulas, number, at)):
                row, column, before = merged.get(key, (*place, 0))
                merged[key] = (*min((row, column), place), before + cells)
        for (text, reason), (row, column, cells) in merged.items():
            found.append(Unresolved(reason, text, CellRef(own.sheet.name, row, column), cells))
    order = {sheet: number for number, sheet in enumerate(formulas.scope.order)}
    found += _unparsed(formulas)
    return tuple(sorted(found, key=lambda one: (order[one.cell.sheet], one.cell, one.text)))


def lost_references(formulas: Formulas, sheet: int, template: int) -> Iterator[tuple[str, Reason]]:
    """The references of a template that lead nowhere, as written, and why."""
    own = formulas.sheets[sheet]
    at = own.templates[template].row, own.templates[template].column
    for reference in formulas.references[sheet][template]:
        if reference.kind is ReferenceKind.BROKEN:
            yield reference.text, Reason.LOST
        elif not reference.book:
            reason = _sheet_reason(formulas, reference) or _name_reason(
                formulas.scope, reference, own.sheet.name, at
            )
            if reason is not None:
                yield reference.text, reason


def _sheet_reason(formulas: Formulas, reference: Reference) -> Reason | None:
    """What is wrong with the sheets that a reference names."""
    named = {one.casefold() for one in (reference.sheet, reference.last_sheet) if one}
    missing = named - formulas.scope.sheets.keys()
    if not missing:
        return None
    failed = {one.sheet.casefold() for one in formulas.workbook.failures}
    return Reason.UNREAD_SHEET if missing <= failed else Reason.UNKNOWN_SHEET


def _name_reason(
    scope: Scope, reference: Reference, sheet: str, at: tuple[int, int]
) -> Reason | None:
    """What is wrong with the name or table of a reference."""
    if reference.kind is ReferenceKind.NAME and reference.name.casefold() not in scope.tables:
        if scope.name(reference.name, reference.sheet or sheet) is None:
            return Reason.UNKNOWN_NAME
        return Reason.LOST if scope.is_broken((reference,), sheet) else None
    if reference.kind is ReferenceKind.TABLE:
        where = RangeRef(sheet, *at, *at)
        there = next(iter(scope.resolved(reference, where)), None) is not None
        return None if there else Reason.UNKNOWN_TABLE
    return None


def _unparsed(formulas: Formulas) -> Iterator[Unresolved]:
    sizes: dict[CellRef, int] = {}
    if formulas.unparsed:
        for own in formulas.sheets:
            for template, cells in zip(own.templates, own.counts().tolist(), strict=True):
                sizes[CellRef(own.sheet.name, template.row, template.column)] = cells
    for one in formulas.unparsed:
        yield Unresolved(Reason.UNREADABLE, one.text, one.cell, sizes[one.cell])
