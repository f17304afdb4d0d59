"""One set through Tickmark and its peers: what each found on every labelled sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.region_scores.labels import LabelledSheet
from tests.benchmarks.region_scores.matching import Boxes, boxes_of, matched, nearest
from tests.benchmarks.region_scores.parts import Part, RoleCounts, parts_of, roles_of
from tests.benchmarks.region_scores.peers import PEERS, filled
from tests.benchmarks.region_scores.scores import SheetCounts, counted, size_class
from tests.benchmarks.region_scores.sets import LabelledSet, Read
from tickmark.model.address import RangeRef
from tickmark.model.region import Region, Role
from tickmark.model.workbook import Sheet
from tickmark.structure.formulas import formulas_of
from tickmark.structure.regions.detect import regions_of

TICKMARK = "tickmark"


@dataclass(frozen=True, slots=True)
class Miss:
    """A drawn table that was not found exactly, the found one nearest to it, and how far off."""

    workbook: str
    sheet: str
    drawn: RangeRef
    found: RangeRef | None
    reasons: str = ""

    @property
    def off(self) -> tuple[int, int, int, int] | None:
        """Top, left, bottom and right of the found box less those of the drawn one."""
        one, other = self.found, self.drawn
        if one is None:
            return None
        return (
            one.top - other.top,
            one.left - other.left,
            one.bottom - other.bottom,
            one.right - other.right,
        )


@dataclass(slots=True)
class Detection:
    """All that was found in a set: counts by candidate; parts, roles and misses of Tickmark.

    `confidences` has that of each found table and whether the table is exactly right, on wholly
    labelled sheets.
    """

    own: LabelledSet
    counts: dict[str, list[SheetCounts]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    roles: dict[str, RoleCounts] = field(default_factory=dict)
    misses: list[Miss] = field(default_factory=list)
    confidences: list[tuple[float, bool]] = field(default_factory=list)
    workbooks: int = 0
    sheets: int = 0
    doubtful: int = 0


def detected(own: LabelledSet, roles: frozenset[Role] = frozenset({Role.TABLE})) -> Detection:
    """Every labelled sheet of a set; regions of those roles count as found tables."""
    found = Detection(own)
    for book in own.read():
        regions = regions_of(formulas_of(book.workbook))
        found.workbooks += 1
        for label in book.labels:
            _add(found, book, label, regions=regions[label.sheet], roles=roles)
    return found


def _add(
    found: Detection,
    book: Read,
    label: LabelledSheet,
    *,
    regions: Sequence[Region],
    roles: frozenset[Role],
) -> None:
    sheet = book.workbook[label.sheet]
    found.sheets += 1
    found.doubtful += bool(label.doubt)
    tables = [region for region in regions if region.role in roles]
    used = sheet.used_range
    size = size_class(used.cells if used else 0)
    drawn = boxes_of(table.range for table in label.tables)
    for name, boxes in _candidates(sheet, tables).items():
        counts = SheetCounts(book.name, size, counted(drawn, boxes))
        found.counts.setdefault(name, []).append(counts)
    found.parts += parts_of(label, tables)
    found.misses += _misses(label, regions, tables)
    if label.whole:
        boxes = boxes_of(region.range for region in tables)
        right = {other for _, other in matched(drawn, boxes, 0)}
        found.confidences += [
            (region.confidence, number in right) for number, region in enumerate(tables)
        ]
        for role, counts in roles_of(label, sheet, regions).items():
            found.roles[role] = found.roles.get(role, RoleCounts()) + counts


def _candidates(sheet: Sheet, tables: Sequence[Region]) -> Mapping[str, Boxes]:
    seen = filled(sheet)
    return {
        TICKMARK: boxes_of(region.range for region in tables),
        **{name: rule(seen) for name, rule in PEERS.items()},
    }


def _misses(
    label: LabelledSheet, regions: Sequence[Region], tables: Sequence[Region]
) -> list[Miss]:
    drawn = boxes_of(table.range for table in label.tables)
    right = {one for one, _ in matched(drawn, boxes_of(region.range for region in tables), 0)}
    every = boxes_of(region.range for region in regions)
    missed = []
    for number, table in enumerate(label.tables):
        if number in right:
            continue
        at = nearest(every, drawn[number])
        region = None if at is None else regions[at]
        missed.append(
            Miss(
                label.workbook,
                label.sheet,
                table.range,
                None if region is None else region.range,
                "" if region is None else _said(region),
            )
        )
    return missed


def _said(region: Region) -> str:
    cues = "; ".join(f"{reason.edge.value}: {reason.cue}" for reason in region.reasons)
    return f"{region.role.value}; {cues}" if cues else region.role.value
