"""Figure `anchors`: edges of labelled tables that structural anchors keep, and at what cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tests.benchmarks.region_scores.goals import Goal, Report
from tests.benchmarks.region_scores.labels import LabelledSheet
from tests.benchmarks.region_scores.parts import filled
from tests.benchmarks.region_scores.scores import share
from tests.benchmarks.region_scores.sets import Folders, LabelledSet, drawn_set, tables_set
from tickmark.model.address import RangeRef
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, Workbook
from tickmark.structure.formulas import formulas_of
from tickmark.structure.regions.anchors import anchors_of
from tickmark.structure.regions.detect import regions_of

FIGURE = "edges of labelled tables kept by structural anchors, and cells kept"
NEIGHBOURS = (0, 1, 2, 4)
EDGES, CELLS = 0.995, 0.40
MOST = 50_000_000
"""Places of a used range above which the plain rule is not tried."""

Lines: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kept:
    """Edges of drawn tables and filled cells: how many there are, how many are kept."""

    edges: int = 0
    edges_kept: int = 0
    cells: int = 0
    cells_kept: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """What a rule gets: a sheet of a workbook, what was found on it, and (the oracle) its labels.

    `templates` are aligned with the cells.
    """

    workbook: Workbook
    sheet: Sheet
    templates: npt.NDArray[np.int32]
    regions: Sequence[Region]
    used: RangeRef
    label: LabelledSheet


def figure(folders: Folders, *, aside: bool) -> Iterator[Report]:
    """One report a set."""
    sets = [tables_set(folders, aside=False), drawn_set(folders, aside=False)]
    if aside:
        sets.append(tables_set(folders, aside=True))
    for own in sets:
        if isinstance(own, str):
            yield Report((f"  {own}",), {"left_out": [own]})
        else:
            yield _report(own)


def kept(sheet: Sheet, label: LabelledSheet, rows: Lines, columns: Lines) -> Kept:
    """What remains of a sheet where only those rows and columns do, both sorted."""
    tables = [table.range for table in label.tables]
    across = [row for one in tables for row in (one.top, one.bottom)]
    down = [column for one in tables for column in (one.left, one.right)]
    seen = filled(sheet)
    at_rows, at_columns = sheet.cells.rows[seen], sheet.cells.columns[seen]
    inside = np.isin(at_rows, rows) & np.isin(at_columns, columns)
    return Kept(
        len(across) + len(down),
        int(np.isin(across, rows).sum() + np.isin(down, columns).sum()),
        len(at_rows),
        int(inside.sum()),
    )


def plain(one: Input, neighbours: int) -> tuple[Lines, Lines]:
    """Rows and columns whose kinds of cells differ from those of the one before, and the last."""
    used = one.used
    kinds = np.zeros((used.bottom - used.top + 1, used.right - used.left + 1), np.uint8)
    cells = one.sheet.cells
    kinds[cells.rows - used.top, cells.columns.astype(np.int64) - used.left] = cells.kinds
    rows = used.top + _changes(kinds)
    columns = used.left + _changes(kinds.T)
    return _near(rows, neighbours), _near(columns, neighbours)


def oracle(one: Input, neighbours: int) -> tuple[Lines, Lines]:
    """The labelled edges themselves."""
    tables = [table.range for table in one.label.tables]
    rows = np.array([row for area in tables for row in (area.top, area.bottom)])
    columns = np.array([column for area in tables for column in (area.left, area.right)])
    return _near(rows, neighbours), _near(columns, neighbours)


def alone(one: Input, neighbours: int) -> tuple[Lines, Lines]:
    """The anchors of the product, from the cells alone."""
    found = anchors_of(one.sheet, one.workbook.styles, one.templates, k=neighbours)
    return found.rows, found.columns


def with_regions(one: Input, neighbours: int) -> tuple[Lines, Lines]:
    """The anchors of the product, with the edges of the regions it found."""
    found = anchors_of(
        one.sheet, one.workbook.styles, one.templates, regions=one.regions, k=neighbours
    )
    return found.rows, found.columns


OWN = ("anchors", "with regions")
RULES: Mapping[str, Callable[[Input, int], tuple[Lines, Lines]]] = {
    "anchors": alone,
    "with regions": with_regions,
    "plain rule": plain,
    "oracle": oracle,
}


def _report(own: LabelledSet) -> Report:
    found: dict[tuple[str, int], list[Kept]] = {(name, k): [] for name in RULES for k in NEIGHBOURS}
    sheets = 0
    for book in own.read():
        formulas = formulas_of(book.workbook)
        regions = regions_of(formulas)
        templates = {sheet.sheet.name: sheet.template_of for sheet in formulas.sheets}
        for label in book.labels:
            sheet = book.workbook[label.sheet]
            used = sheet.used_range
            if used is None or not label.tables or used.cells > MOST:
                continue
            sheets += 1
            name = label.sheet
            one = Input(book.workbook, sheet, templates[name], regions[name], used, label)
            for (rule, k), every in found.items():
                every.append(kept(sheet, label, *RULES[rule](one, k)))
    state = "set aside" if own.set_aside else "tuning"
    return Report(
        tuple(_lines(f"{own.name} ({state}), {sheets} sheets", found)),
        {
            "set": own.name,
            "set_aside": own.set_aside,
            "rules": {
                f"{name}, k={k}": {
                    "edges": edges_share(every),
                    "cells": cells_share(every),
                    "cells_mean_of_sheets": cells_mean(every),
                }
                for (name, k), every in found.items()
            },
        },
        tuple(_goals(state, found)) if own.name == "tables" and sheets else (),
    )


def edges_share(sheets: Sequence[Kept]) -> float:
    """Edges kept of all edges."""
    return share(sum(one.edges_kept for one in sheets), sum(one.edges for one in sheets))


def cells_share(sheets: Sequence[Kept]) -> float:
    """Cells kept of all filled cells."""
    return share(sum(one.cells_kept for one in sheets), sum(one.cells for one in sheets))


def cells_mean(sheets: Sequence[Kept]) -> float:
    """Mean of the sheets' shares of cells kept."""
    return sum(share(one.cells_kept, one.cells) for one in sheets) / max(1, len(sheets))


def _lines(head: str, found: Mapping[tuple[str, int], Sequence[Kept]]) -> Iterator[str]:
    yield f"  {head}: edges kept / filled cells kept, mean of sheets"
    yield f"  {'':12}" + "".join(f"{f'k = {k}':>16}" for k in NEIGHBOURS)
    for name in RULES:
        shares = (
            f"{edges_share(every):.1%}/{cells_share(every):.0%}, {cells_mean(every):.0%}"
            for every in (found[name, k] for k in NEIGHBOURS)
        )
        yield f"  {name:12}" + "".join(f"{one:>16}" for one in shares)


def _goals(state: str, found: Mapping[tuple[str, int], Sequence[Kept]]) -> Iterator[Goal]:
    """Edges kept by the neighbourhood that keeps most of them with few enough cells."""
    for name in OWN:
        every = [found[name, k] for k in NEIGHBOURS]
        few = [one for one in every if cells_share(one) <= CELLS]
        best = max(map(edges_share, few), default=0.0)
        yield Goal(
            f"{name}: edges, <= {CELLS:.0%} cells, {state}",
            f"{best:.1%}",
            f">= {EDGES:.1%}",
            best >= EDGES,
        )


def _changes(kinds: npt.NDArray[np.uint8]) -> Lines:
    """Numbers of the rows that differ from the one before, the first and the last among them."""
    differs = np.ones(len(kinds), np.bool_)
    differs[1:-1] = (kinds[1:-1] != kinds[:-2]).any(axis=1)
    return np.flatnonzero(differs)


def _near(lines: Sequence[int] | Lines, neighbours: int) -> Lines:
    """The lines and those up to so many away, sorted."""
    around = np.arange(-neighbours, neighbours + 1)
    return np.unique(np.asarray(lines, np.int64)[:, None] + around)
