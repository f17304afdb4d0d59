"""What the names in references stand for: sheets, defined names and tables of a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from tickmark.model.address import RangeRef
from tickmark.model.grid import FormulaKind
from tickmark.model.workbook import DefinedName, Table, Workbook
from tickmark.structure.calls import Use
from tickmark.structure.pieces import split
from tickmark.structure.reference import Reference, ReferenceKind, taken
from tickmark.structure.references import references
from tickmark.structure.skeleton import Skeleton, skeleton
from tickmark.structure.tables import table_areas

MOST_NAMES = 100
"""Names that are followed for one reference, those within names among them."""
MOST_FOLLOWED = 200
"""Names that are followed for one formula."""


@dataclass(slots=True)
class _Followed:
    """The names followed for one reference, and how many for the whole formula."""

    names: set[str] = field(default_factory=set)
    count: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Sheets in order, defined names and tables, all found without regard to case.

    `sheets` maps a folded sheet name to its place in the workbook; `names` are found by folded
    scope (empty for the workbook) and folded name; `tables` by folded name. `functions` are the
    names with a LAMBDA, in upper case. `spills` are the ranges that dynamic arrays fill, by folded
    sheet name, row and column of their first cell.
    """

    order: tuple[str, ...]
    sheets: Mapping[str, int]
    names: Mapping[tuple[str, str], DefinedName]
    tables: Mapping[str, Table]
    functions: frozenset[str]
    spills: Mapping[tuple[str, int, int], RangeRef]

    def name(self, name: str, sheet: str) -> DefinedName | None:
        """The defined name that a formula on a sheet means; the sheet's own come first."""
        folded = name.casefold()
        own = self.names.get((sheet.casefold(), folded))
        return own if own is not None else self.names.get(("", folded))

    def resolved(self, reference: Reference, at: RangeRef) -> Iterator[Reference]:
        """The areas of this workbook that a reference of the formula in the cell `at` means.

        Names and structured references are followed, 3D references become one area a sheet, `A1#`
        what is filled from A1, sheets get the spelling of the workbook. Nothing is found behind
        other workbooks, lost references, unknown names and what only a calculation can tell. A
        name that comes up again while names are followed is not followed again.
        """
        return self._resolved(reference, at, _Followed())

    def all_resolved(self, found: Iterable[Reference], at: RangeRef) -> Iterator[Reference]:
        """The areas that the references of a formula in the cell `at` mean.

        As `resolved`, and `First:Last` becomes the area around both ends. Each reference is
        followed anew, but a name that is taken in one way several times is told once.
        """
        seen = _Followed()
        told: set[Reference] = set()
        for group in _ranges(found):
            if len(group) > 1:
                ends = [tuple(islice(self._anew(one, at, seen), 2)) for one in group]
                if all(len(end) == 1 for end in ends):
                    yield from _around(ends)
                    continue
            for reference in group:
                if reference.kind is ReferenceKind.NAME:
                    if reference in told:
                        continue
                    told.add(reference)
                yield from self._anew(reference, at, seen)

    def calls(self, made: Skeleton, sheet: str) -> tuple[Reference, ...]:
        """The names with a LAMBDA that a formula of a sheet calls as functions."""
        wanted = made.calls & self.functions if self.functions else None
        if not wanted:
            return ()
        found = [self.name(function, sheet) for function in sorted(wanted)]
        return tuple(
            Reference(ReferenceKind.NAME, one.name, name=one.name, function=one.name.upper())
            for one in found
            if one is not None
        )

    def books(self, found: Iterable[Reference], sheet: str) -> frozenset[str]:
        """The other workbooks behind references of a sheet's formula, as written in brackets."""
        return frozenset(self._books(found, sheet, _Followed()))

    def books_in(self, text: str, sheet: str) -> frozenset[str]:
        """The other workbooks behind a formula text of a sheet."""
        return self.books(self._read(text, sheet), sheet)

    def _books(self, found: Iterable[Reference], sheet: str, seen: _Followed) -> Iterator[str]:
        for reference in found:
            if reference.book:
                yield reference.book
            elif reference.kind is ReferenceKind.NAME:
                name = self._unseen(reference, sheet, seen)
                if name is not None:
                    yield from self._books(self._inside(name, sheet), sheet, seen)

    def is_broken(self, found: Iterable[Reference], sheet: str) -> bool:
        """Whether a reference of a sheet's formula has lost its cells, itself or in a name."""
        return self._is_broken(found, sheet, _Followed())

    def is_broken_text(self, text: str, sheet: str) -> bool:
        """Whether a formula text of a sheet has lost cells, itself or in a name."""
        return self.is_broken(self._read(text, sheet), sheet)

    def _is_broken(self, found: Iterable[Reference], sheet: str, seen: _Followed) -> bool:
        for reference in found:
            if reference.kind is ReferenceKind.BROKEN:
                return True
            if reference.kind is ReferenceKind.NAME and not reference.book:
                name = self._unseen(reference, sheet, seen)
                if name and self._is_broken(self._inside(name, sheet), sheet, seen):
                    return True
        return False

    def is_unknown(self, found: Iterable[Reference], made: Skeleton, sheet: str) -> bool:
        """Whether some cells that a formula depends on are known only when it is calculated.

        `found` are its references, `made` is its skeleton; names are followed.
        """
        return self._is_unknown(found, made, sheet, _Followed())

    def _is_unknown(
        self, found: Iterable[Reference], made: Skeleton, sheet: str, seen: _Followed
    ) -> bool:
        if made.unknown or (made.plain and not self.functions):
            return made.unknown
        for reference in found:
            if reference.kind is ReferenceKind.NAME and not reference.book:
                name = self._unseen(reference, sheet, seen)
                inner = self._inside(name, sheet) if name is not None else ()
                if name and self._is_unknown(inner, _skeleton(name.refers_to), sheet, seen):
                    return True
        return False

    def _read(self, text: str, sheet: str) -> tuple[Reference, ...]:
        """The references of a formula, the names that it calls among them."""
        found = references(text, sheet)
        return (*found, *self.calls(_skeleton(text), sheet)) if self.functions else found

    def _inside(self, name: DefinedName, sheet: str) -> Iterable[Reference]:
        """The references of a name's formula, used on a sheet.

        Names in it are first looked for on the name's own sheet.
        """
        found = self._read(name.refers_to, sheet)
        if not name.sheet:
            return found
        own = name.sheet.casefold()
        return [
            replace(one, sheet=name.sheet)
            if not one.sheet and (own, one.name.casefold()) in self.names
            else one
            for one in found
        ]

    def _unseen(self, reference: Reference, sheet: str, seen: _Followed) -> DefinedName | None:
        """The name that a reference means, unless it is unknown or was followed before."""
        name = self.name(reference.name, reference.sheet or sheet)
        if name is None or len(seen.names) > MOST_NAMES or seen.count >= MOST_FOLLOWED:
            return None
        key = f"{name.sheet}!{name.name}"
        if key in seen.names:
            return None
        seen.names.add(key)
        seen.count += 1
        return name

    def _all_resolved(
        self, found: Iterable[Reference], at: RangeRef, seen: _Followed
    ) -> Iterator[Reference]:
        ends: list[tuple[Reference, ...]] = []
        for reference in found:
            if reference.to_next or ends:
                ends.append(tuple(self._resolved(reference, at, seen)))
            else:
                yield from self._resolved(reference, at, seen)
            if ends and not reference.to_next:
                yield from _around(ends)
                ends = []

    def _anew(self, reference: Reference, at: RangeRef, seen: _Followed) -> Iterator[Reference]:
        """The areas of a reference whatever names were followed before."""
        seen.names.clear()
        return self._resolved(reference, at, seen)

    def _resolved(self, reference: Reference, at: RangeRef, seen: _Followed) -> Iterator[Reference]:
        if reference.book:
            return
        match reference.kind:
            case ReferenceKind.AREA:
                found = self._areas(reference)
            case ReferenceKind.NAME:
                found = self._named(reference, at, seen)
            case ReferenceKind.TABLE:
                found = self._table(reference, at)
            case ReferenceKind.BROKEN:
                return
        yield from map(self._spilled, found) if reference.spill else found

    def _spilled(self, reference: Reference) -> Reference:
        """All cells that the dynamic array in a cell fills, the cell itself where none stands."""
        area, (down, across, _, _) = reference.area, reference.relative
        if area is None:
            return reference
        filled = self.spills.get((area.sheet.casefold(), area.top, area.left))
        if filled is None:
            return reference
        return replace(
            reference,
            area=replace(filled, sheet=area.sheet),
            relative=(down, across, down, across),
            spill=False,
        )

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

    def _named(self, reference: Reference, at: RangeRef, seen: _Followed) -> Iterator[Reference]:
        if self.name(reference.name, reference.sheet or at.sheet) is None:
            table = self.tables.get(reference.name.casefold())
            if table is not None:  # a table's bare name means its data
                yield from _in_table(reference, table_areas(table, "", at.top))
            return
        name = self._unseen(reference, at.sheet, seen)
        if name is not None:
            for found in self._all_resolved(self._inside(name, at.sheet), at, seen):
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
        functions=frozenset(
            one.name.upper() for one in workbook.names if "LAMBDA(" in one.refers_to.upper()
        ),
        spills=dict(_spills(workbook)),
    )


def _spills(workbook: Workbook) -> Iterator[tuple[tuple[str, int, int], RangeRef]]:
    for sheet in workbook.sheets:
        for group in sheet.cells.formula_groups.values():
            if group.kind is FormulaKind.DYNAMIC_ARRAY:
                yield (sheet.name.casefold(), group.row, group.column), group.range


@lru_cache(maxsize=1_024)
def _skeleton(text: str) -> Skeleton:
    return skeleton(split(text))


def _ranges(found: Iterable[Reference]) -> Iterator[list[Reference]]:
    """The references one by one, those that are ends of one range together."""
    group: list[Reference] = []
    for reference in found:
        group.append(reference)
        if not reference.to_next:
            yield group
            group = []
    if group:
        yield group


def _around(ends: list[tuple[Reference, ...]]) -> Iterable[Reference]:
    """The area around all ends of a range, or the ends alone where they make none."""
    found = [reference for end in ends for reference in end]
    areas = [reference.area for reference in found if reference.area is not None]
    sheets = {area.sheet for area in areas}
    if any(len(end) != 1 for end in ends) or len(areas) < len(found) or len(sheets) > 1:
        return found
    tops = [(one.top, two.relative[0]) for one, two in zip(areas, found, strict=True)]
    lefts = [(one.left, two.relative[1]) for one, two in zip(areas, found, strict=True)]
    bottoms = [(one.bottom, two.relative[2]) for one, two in zip(areas, found, strict=True)]
    rights = [(one.right, two.relative[3]) for one, two in zip(areas, found, strict=True)]
    edges = min(tops), min(lefts), max(bottoms), max(rights)
    area = RangeRef(areas[0].sheet, *(edge for edge, _ in edges))
    up, before, down, behind = (moves for _, moves in edges)
    text = ":".join(reference.text for reference in found)
    joined = replace(found[0], text=text, area=area, relative=(up, before, down, behind))
    return [taken(replace(joined, use=Use.VALUE), found[0].use, found[0].function)]


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
