"""Injected errors: where each is put, and the workbook before and after."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import numpy as np

from tests.benchmarks.audit_scores.accusations import Accusation, Place
from tests.benchmarks.audit_scores.edited_book import (
    LOST,
    At,
    Value,
    after_deletion,
    excerpt,
    with_formula,
    with_values,
    without_row,
)
from tests.benchmarks.audit_scores.mutation_kinds import TEXTS, MutationKind
from tests.benchmarks.audit_scores.own_audit import OwnAudit
from tests.benchmarks.audit_scores.recalculation import Recalculation
from tests.benchmarks.audit_scores.sites import Site, numeric, sites
from tickmark.model.address import MAX_COLUMN, RangeRef
from tickmark.model.workbook import Workbook
from tickmark.structure.formulas import NO_TEMPLATE, Formulas, formulas_of
from tickmark.structure.graph import FormulaGraph, graph_of
from tickmark.structure.pieces import pieces
from tickmark.structure.references import references

MOST_FORMULAS = 3_000
"""A workbook with more is audited sheet by sheet, each with the cells that it refers to."""

FEWEST_FORMULAS = 20
MOST_DEPENDENTS = 20_000
RUN_SHARE = 0.8
"""Share of the draws among cells in runs of copies; the others stand alone."""

TRIES = 60
"""Draws for each error that is wanted of a kind."""

OF_NUMBERS = frozenset({MutationKind.VALUE, MutationKind.SIGN, MutationKind.UNIT})
"""Kinds that only a formula with a number can have."""

_BY_PLACE = re.compile(r"(?<![A-Z.])(OFFSET|INDIRECT|ROWS?|COUNTBLANK|CELL|ADDRESS)\(")
"""What counts rows, so that a deleted row is not the same as a blank one."""


@dataclass(eq=False)
class Twin:
    """A workbook or an excerpt, untouched, with what the audit says of it.

    `places` maps where cells stand in the whole workbook to where they stand here.
    """

    workbook: Workbook
    places: Mapping[At, At] | None
    auditor: OwnAudit

    @cached_property
    def accusations(self) -> list[Accusation]:
        """The findings of the default tier."""
        return self.auditor.accusations(self.workbook)

    @cached_property
    def accused(self) -> frozenset[Place]:
        """The cells that are accused without any error."""
        return frozenset(place for one in self.accusations for place in one.cells)

    def place(self, at: At) -> At | None:
        """Where a cell of the whole workbook stands here."""
        return at if self.places is None else self.places.get(at)


@dataclass(frozen=True, eq=False)
class Injection:
    """An error in a copy of a twin: the wrong cells, and the first one's formula before and after.

    `row` is the row that was deleted from the sheet of that number. `needing` are the cells that
    depend on the wrong ones.
    """

    kind: MutationKind
    site: Site
    twin: Twin
    workbook: Workbook
    wrong: frozenset[Place]
    after: str
    needing: frozenset[Place] = frozenset()
    row: tuple[int, int] | None = None


@dataclass(eq=False)
class Subject:
    """A real workbook into which errors are put."""

    name: str
    workbook: Workbook
    recalculation: Recalculation
    auditor: OwnAudit = field(default_factory=OwnAudit)

    @cached_property
    def formulas(self) -> Formulas:
        return formulas_of(self.workbook)

    @cached_property
    def graph(self) -> FormulaGraph:
        return graph_of(self.formulas)

    @cached_property
    def twins(self) -> Mapping[int, Twin]:
        """The twin in which the cells of each sheet are looked at, by the number of the sheet."""
        counts = [sheet.cells.formula_count for sheet in self.workbook.sheets]
        if sum(counts) <= MOST_FORMULAS:
            whole = Twin(self.workbook, None, self.auditor)
            return {number: whole for number, count in enumerate(counts) if count}
        return {
            number: Twin(*excerpt(self.formulas, number), self.auditor)
            for number, count in enumerate(counts)
            if FEWEST_FORMULAS <= count <= MOST_FORMULAS
        }

    @cached_property
    def sites(self) -> list[Site]:
        """The formula cells that are looked at and can be recalculated."""
        return [
            site
            for site in sites(self.formulas)
            if site.at[0] in self.twins and self.recalculation.trusts(site.at)
        ]

    @cached_property
    def pools(self) -> tuple[list[Site], list[Site]]:
        """The sites in runs of copies, and the others."""
        return (
            [site for site in self.sites if site.in_run],
            [site for site in self.sites if not site.in_run],
        )

    @cached_property
    def naming(self) -> Mapping[tuple[int, int], list[Site]]:
        """The formula cells that refer to one row alone, by number of the sheet and row."""
        found = defaultdict(list)
        for site in sites(self.formulas):
            rows = {
                (part.sheet, part.edges[0])
                for part in site.parts
                if part.sheet is not None and part.edges[0] == part.edges[2]
            }
            for one in rows:
                found[one].append(site)
        return found

    def injections(self, kind: MutationKind, count: int, random: Random) -> Iterator[Injection]:
        """Up to so many errors of a kind, each in a clean cell."""
        seen: set[tuple[At, str]] = set()
        for _ in range(TRIES * count):
            pool = self.pools[int(random.random() >= RUN_SHARE)]
            if len(seen) == count:
                return
            if not pool:
                continue
            made = self._injection(kind, random.choice(pool), random)
            if made is not None and (made.site.at, made.after) not in seen:
                seen.add((made.site.at, made.after))
                yield made

    def _injection(self, kind: MutationKind, site: Site, random: Random) -> Injection | None:
        twin = self.twins[site.at[0]]
        if self._place(site) in twin.accused:
            return None
        if kind is MutationKind.ROW:
            return self._row_deleted(site, twin, random)
        if kind in OF_NUMBERS and not numeric(site.kind(site.at[0], site.row, site.column)):
            return None
        if kind is MutationKind.VALUE:
            return self._overwritten(site, twin)
        text = TEXTS[kind](site, random)
        return None if text is None else self._rewritten(kind, site, twin, text)

    def _overwritten(self, site: Site, twin: Twin) -> Injection | None:
        at = twin.place(site.at)
        if at is None:
            return None
        workbook = with_formula(twin.workbook, at, None)
        value = site.own.sheet.cells.value(site.at[1])
        wrong = frozenset({self._place(site)})
        return Injection(MutationKind.VALUE, site, twin, workbook, wrong, repr(value))

    def _rewritten(self, kind: MutationKind, site: Site, twin: Twin, text: str) -> Injection | None:
        at = twin.place(site.at)
        same = pieces(text, site.row, site.column) == pieces(site.text, site.row, site.column)
        needing = self._needing(RangeRef(self._sheet(site), *(site.row, site.column) * 2))
        if at is None or same or needing is None or not self._new_areas_fit(site, text, needing):
            return None
        values = self.recalculation.after({site.at: text}, {site.at, *needing})
        if values is None:
            return None
        workbook = with_values(with_formula(twin.workbook, at, text), _moved(values, twin))
        wrong = frozenset({self._place(site)})
        return Injection(kind, site, twin, workbook, wrong, text, self._places(needing))

    def _new_areas_fit(self, site: Site, text: str, needing: Iterable[At]) -> bool:
        """Whether what the new formula refers to is no circle and stands whole in the twin."""
        twin = self.twins[site.at[0]]
        circle = {*needing, site.at}
        numbers = self.formulas.scope.sheets
        for one in references(text, self._sheet(site), site.row, site.column):
            number = numbers.get(one.sheet.casefold())
            if one.area is None or one.book or number is None:
                continue
            inside = self.workbook.sheets[number].cells.within(one.area).tolist()
            if any((number, at) in circle or twin.place((number, at)) is None for at in inside):
                return False
            if number == site.at[0] and one.area.contains(site.row, site.column):
                return False
        return True

    def _row_deleted(self, site: Site, twin: Twin, random: Random) -> Injection | None:
        """The row of a cell that the formula names is deleted; all that named it is wrong."""
        rows = {
            (part.sheet, part.edges[0])
            for part in site.parts
            if part.sheet is not None
            and part.edges[0] == part.edges[2]
            and (part.sheet, part.edges[0]) != (site.at[0], site.row)
            and (twin.places is None or part.sheet == site.at[0])
        }
        if not rows:
            return None
        number, row = random.choice(sorted(rows))
        sheet = self.workbook.sheets[number]
        line = RangeRef(sheet.name, row, 1, row, MAX_COLUMN)
        blank: dict[At, str | None] = {
            (number, at): None for at in sheet.cells.within(line).tolist()
        }
        needing = self._needing(line, blank)
        shorter = without_row(self._formulas_of(twin), number, row)
        if needing is None or shorter is None or self._counts_rows(line):
            return None
        lost = [one for one in self.naming[number, row] if one.at not in blank]
        texts = {
            one.at: after_deletion(one.text, self._sheet(one), sheet.name, row, moved=False)
            for one in lost
        }
        values = self.recalculation.after({**blank, **texts}, needing)
        if values is None or not all(LOST in text for text in texts.values()):
            return None
        here = _moved(values, twin)
        gone = np.array([place[1] for at in blank if (place := twin.place(at)) is not None])
        up = {
            (sheet_at, at - int((gone < at).sum()) if sheet_at == number else at): value
            for (sheet_at, at), value in here.items()
        }
        named = [one.at for one in lost if twin.place(one.at) is not None]
        wrong, others = (
            frozenset(
                (name, line - (name == sheet.name and line > row), column)
                for name, line, column in self._places(every)
            )
            for every in (named, needing)
        )
        after = after_deletion(site.text, self._sheet(site), sheet.name, row)
        return Injection(
            MutationKind.ROW,
            site,
            twin,
            with_values(shorter, up),
            wrong,
            after,
            others - wrong,
            row=(number, row),
        )

    def _counts_rows(self, line: RangeRef) -> bool:
        """Whether a formula that refers to a row counts rows or names cells by their place."""
        near = self._positions(self.graph.dependents(line, 1).ranges)
        texts = {
            self.formulas.sheets[number]
            .templates[int(self.formulas.sheets[number].template_of[at])]
            .text
            for number, at in near
        }
        return any(_BY_PLACE.search(text.upper()) for text in texts)

    def _needing(self, area: RangeRef, without: Iterable[At] = ()) -> list[At] | None:
        """The formula cells that depend on some cells; None where they cannot all be told."""
        found = self.graph.dependents(area)
        if found.count > MOST_DEPENDENTS:
            return None
        left = set(without)
        needing = [at for at in self._positions(found.ranges) if at not in left]
        return needing if all(map(self.recalculation.trusts, needing)) else None

    def _positions(self, areas: Iterable[RangeRef]) -> list[At]:
        numbers = self.formulas.scope.sheets
        found = []
        for area in areas:
            number = numbers[area.sheet.casefold()]
            own = self.formulas.sheets[number]
            inside = own.sheet.cells.within(area)
            inside = inside[own.template_of[inside] != NO_TEMPLATE]
            found += [(number, at) for at in inside.tolist()]
        return found

    def _formulas_of(self, twin: Twin) -> Formulas:
        return self.formulas if twin.places is None else formulas_of(twin.workbook)

    def _places(self, every: Iterable[At]) -> frozenset[Place]:
        sheets = self.workbook.sheets
        return frozenset(
            (
                sheets[number].name,
                int(sheets[number].cells.rows[at]),
                int(sheets[number].cells.columns[at]),
            )
            for number, at in every
        )

    def _sheet(self, site: Site) -> str:
        return self.workbook.sheets[site.at[0]].name

    def _place(self, site: Site) -> Place:
        return self._sheet(site), site.row, site.column


def _moved(values: Mapping[At, Value], twin: Twin) -> dict[At, Value]:
    """Values by where their cells stand in the twin."""
    found = ((twin.place(at), value) for at, value in values.items())
    return {at: value for at, value in found if at is not None}
