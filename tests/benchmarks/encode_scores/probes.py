"""Questions about a workbook with their answers, drawn from its cells by a seeded generator.

value    what stands in a cell
lookup   what stands in the row of one text and under another, both found nowhere else on the sheet
type     of which kind all data of a field of a table is
min, max, sum   of a field of numbers of a table
sharing  which cells of the sheet hold the formula of a cell, as copies
odd      which cells of a column or row do not hold the formula that nearly all others hold

A field is a column of a table, or a row where it is wider than high, as where years run across.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.encode_scores.claim_check import SheetTruth
from tickmark.encode.claim import Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Workbook

Cell = tuple[int, int]
SHARES: Mapping[str, int] = {
    "value": 60,
    "lookup": 50,
    "type": 20,
    "min": 10,
    "max": 10,
    "sum": 10,
    "sharing": 20,
    "odd": 20,
}
"""Questions of each kind about one workbook, where it has so many."""

KINDS = tuple(SHARES)
MOST_SHARING = 200_000
FEWEST_DATA, FEWEST_COPIES = 3, 4
NEARLY_ALL, MOST_ODD = 0.8, 5


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `cell` or `area` is what is asked for; `texts` are label and header.

    `answer` is a Value, a CellKind, a float, or a frozenset of cells.
    """

    kind: str
    sheet: str
    answer: Value | CellKind | float | frozenset[Cell]
    cell: Cell | None = None
    area: RangeRef | None = None
    texts: tuple[Value, Value] | None = None


def probes_of(
    workbook: Workbook, regions: Mapping[str, Sequence[Region]], *, seed: int
) -> list[Probe]:
    """The questions about a workbook, at most SHARES of each kind."""
    made = random.Random(seed)  # noqa: S311 - to draw, not to hide
    every: dict[str, list[Probe]] = {kind: [] for kind in KINDS}
    for sheet in workbook.sheets:
        if not len(sheet.cells):
            continue
        truth = SheetTruth(sheet)
        own = regions.get(sheet.name, ())
        for probe in (
            *_values(truth, made),
            *_lookups(truth, own, made),
            *_columns(truth, own),
            *_formulas(truth, made),
        ):
            every[probe.kind].append(probe)
    return [
        probe
        for kind, found in every.items()
        for probe in made.sample(found, min(SHARES[kind], len(found)))
    ]


def _values(truth: SheetTruth, made: random.Random) -> Iterator[Probe]:
    """Filled cells; more of large sheets than of small ones, but not as many more."""
    filled = np.flatnonzero(truth.cells.kinds != CellKind.EMPTY).tolist()
    for at in made.sample(filled, min(len(filled), SHARES["value"])):
        yield Probe("value", truth.sheet.name, Value(*truth.value(at)), cell=_cell(truth, at))


def _lookups(truth: SheetTruth, regions: Sequence[Region], made: random.Random) -> Iterator[Probe]:
    cells = truth.cells
    texts = [*cells.texts]
    spelled = {number: " ".join(text.split()) for number, text in enumerate(texts)}
    is_text = cells.kinds == CellKind.TEXT
    count = Counter(spelled[int(number)] for number in cells.values[is_text].tolist())
    found = []
    for region in regions:
        data = _data(region)
        if region.role is not Role.TABLE or data is None or not region.header_rows:
            continue
        header_row = region.range.top + region.header_rows - 1
        labels = _single(
            truth, RangeRef("", data.top, region.range.left, data.bottom, region.range.left), count
        )
        headers = _single(
            truth, RangeRef("", header_row, region.range.left + 1, header_row, data.right), count
        )
        for label in made.sample(labels, min(len(labels), SHARES["lookup"])):
            for header in made.sample(headers, min(len(headers), 4)):
                row, column = int(cells.rows[label]), int(cells.columns[header])
                at = cells.position(row, column)
                if at is not None and cells.kinds[at] != CellKind.EMPTY:
                    pair = Value(*truth.value(label)), Value(*truth.value(header))
                    found.append(
                        Probe(
                            "lookup",
                            truth.sheet.name,
                            Value(*truth.value(at)),
                            cell=(row, column),
                            texts=pair,
                        )
                    )
    yield from made.sample(found, min(len(found), SHARES["lookup"]))


def _single(truth: SheetTruth, area: RangeRef, count: Mapping[str, int]) -> list[int]:
    """Cells of an area with a text that stands nowhere else on the sheet."""
    found = []
    for at in truth.cells.within(area).tolist():
        kind, value = truth.value(at)
        if kind is CellKind.TEXT and value and count[" ".join(str(value).split())] == 1:
            found.append(at)
    return found


def _columns(truth: SheetTruth, regions: Sequence[Region]) -> Iterator[Probe]:
    """Kinds of whole fields of tables, and what numbers of such a field come to."""
    name = truth.sheet.name
    for region in regions:
        data = _data(region)
        if region.role is not Role.TABLE or data is None:
            continue
        for area in _fields(data):
            held = truth.cells.within(area)
            kinds = set(truth.cells.kinds[held].tolist())
            if len(held) < FEWEST_DATA or len(kinds) != 1 or kinds == {CellKind.EMPTY}:
                continue
            kind = CellKind(kinds.pop())
            yield Probe("type", name, kind, area=area)
            if kind is CellKind.NUMBER:
                numbers = truth.cells.values[held]
                yield Probe("min", name, float(numbers.min()), area=area)
                yield Probe("max", name, float(numbers.max()), area=area)
                yield Probe("sum", name, float(numbers.sum()), area=area)


def _fields(data: RangeRef) -> Iterator[RangeRef]:
    """The columns of an area, or its rows where it is wider than high."""
    if data.right - data.left > data.bottom - data.top:
        for row in range(data.top, data.bottom + 1):
            yield RangeRef(data.sheet, row, data.left, row, data.right)
    else:
        for column in range(data.left, data.right + 1):
            yield RangeRef(data.sheet, data.top, column, data.bottom, column)


def _data(region: Region) -> RangeRef | None:
    """A table without its headers and without totals at its end.

    In a table that is higher than wide the columns of labels are fields as well.
    """
    area = region.range
    bottom, right = area.bottom, area.right
    while any(total.top <= bottom <= total.bottom for total in region.total_rows):
        bottom -= 1
    while any(total.left <= right <= total.right for total in region.total_columns):
        right -= 1
    top, left = area.top + region.header_rows, area.left
    if right - left > bottom - top:
        left += region.header_columns
    if top > bottom or left > right:
        return None
    return RangeRef(area.sheet, top, left, bottom, right)


def _formulas(truth: SheetTruth, made: random.Random) -> Iterator[Probe]:
    """Copies of formulas over the sheet, and columns in which nearly all cells hold one."""
    cells, name = truth.cells, truth.sheet.name
    groups: dict[str, list[int]] = {}
    for at, key in truth.keys.items():
        if key[0] != "array":
            groups.setdefault(key[0], []).append(at)
    several = [held for held in groups.values() if 1 < len(held) <= MOST_SHARING]
    for held in made.sample(several, min(len(several), SHARES["sharing"])):
        at = made.choice(held)
        answer = frozenset(_cell(truth, one) for one in held)
        yield Probe("sharing", name, answer, cell=_cell(truth, at))
    found = []
    for lines in (cells.columns.tolist(), cells.rows.tolist()):
        by_line: dict[int, list[int]] = {}
        for at in truth.keys:
            by_line.setdefault(lines[at], []).append(at)
        for held in by_line.values():
            found += [*_odd(truth, held, name)]
    yield from made.sample(found, min(len(found), SHARES["odd"]))


def _odd(truth: SheetTruth, held: Sequence[int], name: str) -> Iterator[Probe]:
    """One question about each formula that nearly fills its part of a column or row."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for at in held:
        groups.setdefault(truth.keys[at], []).append(at)
    for key, copies in groups.items():
        if len(copies) < FEWEST_COPIES or key[0] == "array":
            continue
        area = RangeRef(name, *_cell(truth, copies[0]), *_cell(truth, copies[-1]))
        every = truth.cells.within(area).tolist()
        others = [at for at in every if truth.keys.get(at) != key]
        if 0 < len(others) <= MOST_ODD and len(copies) >= NEARLY_ALL * len(every):
            answer = frozenset(_cell(truth, at) for at in others)
            yield Probe("odd", name, answer, area=area)


def _cell(truth: SheetTruth, at: int) -> Cell:
    return int(truth.cells.rows[at]), int(truth.cells.columns[at])
