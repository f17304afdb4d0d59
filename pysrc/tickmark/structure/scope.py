"""What the names in references stand for: sheets, defined names and tables of a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tickmark.model.address import RangeRef
from tickmark.model.workbook import DefinedName, Table, Workbook
from tickmark.structure.calls import Use
from tickmark.structure.references import Reference, ReferenceKind, references, taken
from tickmark.structure.tables import table_areas

MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """Sheets in order, defined names and tables, all found without regard to case.

    `sheets` maps a folded sheet name to its place in the workbook; `names` are found by folded
    scope (empty for the workbook) and folded name; `tables` by folded name.
    """

    order: tuple[str, ...]
    sheets: Mapping[str, int]
    names: Mapping[tuple[str, str], DefinedName]
    tables: Mapping[str, Table]

    def name(self, name: str, sheet: str) -> DefinedName | None:
        """The defined name that a formula on a sheet means; the sheet's own come first."""
        folded = name.casefold()
        own = self.names.get((sheet.casefold(), folded))
        return own if own is not None else self.names.get(("", folded))

    def resolved(self, reference: Reference, at: RangeRef) -> Iterator[Reference]:
        """The areas of this workbook that a reference of the formula in the cell `at` means.

        Names and structured references are followed, 3D references become one area a sheet, sheets
        get the spelling of the workbook. Nothing is found behind other workbooks, lost references,
        unknown names and what only a calculation can tell. A name that comes up again while names
        are followed is not followed again.
        """
        return self._resolved(reference, at, set())

    def books(self, found: Iterable[Reference], sheet: str) -> frozenset[str]:
        """The other workbooks behind references of a sheet's formula, as written in brackets."""
        return frozenset(self._books(found, sheet, set()))

    def books_in(self, text: str, sheet: str) -> frozenset[str]:
        """The other workbooks behind a formula text of a sheet."""
        return self.books(_read(text, sheet), sheet)

    def _books(self, found: Iterable[Reference], sheet: str, seen: set[str]) -> Iterator[str]:
        for reference in found:
            if reference.book:
                yield reference.book
            elif reference.kind is ReferenceKind.NAME:
                name = self._unseen(reference, sheet, seen)
                if name is not None:
                    yield from self._books(_read(name.refers_to, sheet), sheet, seen)

    def is_broken(self, found: Iterable[Reference], sheet: str) -> bool:
        """Whether a reference of a sheet's formula has lost its cells, itself or in a name."""
        return self._is_broken(found, sheet, set())

    def is_broken_text(self, text: str, sheet: str) -> bool:
        """Whether a formula text of a sheet has lost cells, itself or in a name."""
        return self.is_broken(_read(text, sheet), sheet)

    def _is_broken(self, found: Iterable[Reference], sheet: str, seen: set[str]) -> bool:
        for reference in found:
            if reference.kind is ReferenceKind.BROKEN:
                return True
            if reference.kind is ReferenceKind.NAME and not reference.book:
                name = self._unseen(reference, sheet, seen)
                if name is not None and self._is_broken(_read(name.refers_to, sheet), sheet, seen):
                    return True
        return False

    def _unseen(self, reference: Reference, sheet: str, seen: set[str]) -> DefinedName | None:
        """The name that a reference means, unless it is unknown or was followed before."""
        name = self.name(reference.name, reference.sheet or sheet)
        if name is None or len(seen) > MOST_NAMES:
            return None
        key = f"{name.sheet}!{name.name}"
        if key in seen:
            return None
        seen.add(key)
        return name

    def _resolved(self, reference: Reference, at: RangeRef, seen: set[str]) -> Iterator[Reference]:
        if reference.book:
            return
        match reference.kind:
            case ReferenceKind.AREA:
                yield from self._areas(reference)
            case ReferenceKind.NAME:
                yield from self._named(reference, at, seen)
            case ReferenceKind.TABLE:
                yield from self._table(reference, at)
            case ReferenceKind.BROKEN:
                return

    def _areas(self, reference: Reference) -> Iterator[Reference]:
        first = self.sheets.get(reference.sheet.casefold())
        last = self.sheets.get(reference.last_sheet.casefold()) if reference.last_sheet else first
        if first is None or last is None or reference.area is None:
            return
        if first == last and reference.sheet == self.order[first]:
            yield reference
            return
        for name in self.order[min(first, last) : max(first, last) + 1]:
            yield replace(
                reference, sheet=name, last_sheet="", area=replace(reference.area, sheet=name)
            )

    def _named(self, reference: Reference, at: RangeRef, seen: set[str]) -> Iterator[Reference]:
        if self.name(reference.name, reference.sheet or at.sheet) is None:
            table = self.tables.get(reference.name.casefold())
            if table is not None:  # a table's bare name means its data
                yield from _in_table(reference, table_areas(table, "", at.top))
            return
        name = self._unseen(reference, at.sheet, seen)
        for inner in _read(name.refers_to, at.sheet) if name is not None else ():
            for found in self._resolved(inner, at, seen):
                yield _through_name(found, reference, at)

    def _table(self, reference: Reference, at: RangeRef) -> Iterator[Reference]:
        table = self.tables.get(reference.name.casefold())
        if not reference.name:
            own = (one for one in self.tables.values() if one.range.sheet == at.sheet)
            table = next((one for one in own if one.range.contains(at.top, at.left)), None)
        if table is not None:
            yield from _in_table(reference, table_areas(table, reference.item, at.top))


def scope_of(workbook: Workbook) -> Scope:
    """The scope of a workbook's formulas."""
    order = tuple(sheet.name for sheet in workbook.sheets)
    return Scope(
        order=order,
        sheets={name.casefold(): index for index, name in enumerate(order)},
        names={(one.sheet.casefold(), one.name.casefold()): one for one in workbook.names},
        tables={table.name.casefold(): table for one in workbook.sheets for table in one.tables},
    )


@lru_cache(maxsize=1_024)
def _read(text: str, sheet: str) -> tuple[Reference, ...]:
    return references(text, sheet)


def _through_name(found: Reference, reference: Reference, at: RangeRef) -> Reference:
    """An area of a name's formula as a reference of the formula that uses the name."""
    if any(found.relative):  # stored as seen from cell A1
        edges = found.edges(at.top - 1, at.left - 1)
        found = replace(found, area=RangeRef(found.sheet, *edges))
    found = replace(found, text=reference.text)
    if found.function:
        return found if found.use is not Use.VALUE else replace(found, use=reference.use)
    # The name is nothing but the area, so the call around the name decides.
    return taken(replace(found, use=Use.VALUE), reference.use, reference.function)


def _in_table(
    reference: Reference, areas: tuple[tuple[RangeRef, bool], ...]
) -> Iterator[Reference]:
    for area, this_row in areas:
        found = replace(
            reference,
            kind=ReferenceKind.AREA,
            sheet=area.sheet,
            area=area,
            relative=(this_row, False, this_row, False),
        )
        yield taken(found, reference.use, reference.function)
