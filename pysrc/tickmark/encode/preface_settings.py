"""Rules, remarks and settings of a sheet as counts and places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tickmark.encode.preface_hidden import Hidden
from tickmark.encode.preface_tables import tables_of
from tickmark.encode.preface_words import area_word, column_words, listed, phrase, row_words
from tickmark.encode.source import Source
from tickmark.model.address import RangeRef
from tickmark.model.sheet_details import SheetDetails

MOST_PLACES: Final = 8
FEW_PLACES: Final = 4
MOST_RULES: Final = 5_000
"""Rules that are looked at; a file may hold any number."""


def rule_lines(source: Source, hidden: Hidden) -> Iterator[str]:
    """Where typing is restricted, where looks follow from values, what is filtered."""
    used, details = source.sheet.used_range, source.sheet.details
    if used is None:
        return
    kinds: dict[str, list[RangeRef]] = {}
    for rule in details.validations[:MOST_RULES]:
        if rule.kind != "none":
            kinds.setdefault(rule.kind, []).extend(rule.ranges)
    words = [
        f"{phrase(kind)} {places}"
        for kind, areas in sorted(kinds.items())
        if (places := _places(areas, used, hidden))
    ]
    if words:
        yield f"# validated {listed(words, MOST_PLACES, '|')}"
    areas = [area for rule in details.conditional_formats[:MOST_RULES] for area in rule.ranges]
    places = _places(areas, used, hidden, most=FEW_PLACES)
    if places:
        yield f"# conditional formats {places}"
    yield from _filters(source, hidden)


def note_lines(source: Source, hidden: Hidden) -> Iterator[str]:
    """How many remarks, pictures and other things there are, and where."""
    words = list(_counted(source.sheet.details, hidden))
    if words:
        yield f"# holds {'|'.join(words)}"


def setting_lines(source: Source, hidden: Hidden) -> Iterator[str]:
    """What is locked, looks otherwise than it is, stays in view or is printed."""
    details = source.sheet.details
    words = ["protected"] if details.protection is not None else []
    words += ["zeros look empty"] if details.hides_zeros else []
    words += ["calculated by the rules of Lotus 1-2-3"] if details.lotus_rules else []
    if words:
        yield f"# {'|'.join(words)}"
    yield from _frozen(source, hidden)
    used = source.sheet.used_range
    printed = [
        area
        for area in details.print_areas
        if used is not None and used.meets(area) and not hidden.covers(area)
    ]
    if printed and printed != [used]:
        own = source.sheet.name
        yield f"# print {listed([area_word(area, own) for area in printed], MOST_PLACES)}"


def _filters(source: Source, hidden: Hidden) -> Iterator[str]:
    area = source.sheet.details.filter_range
    areas = [] if area is None or hidden.covers(area) else [area.a1]
    areas += [
        f"{table.filter_range.a1} in use"
        for table in source.sheet.tables[:MOST_RULES]
        if table.filtered and table.filter_range and not hidden.covers(table.filter_range)
    ]
    if areas:
        yield f"# filter {listed(areas, MOST_PLACES)}"


def _counted(details: SheetDetails, hidden: Hidden) -> Iterator[str]:
    cells = (one.cell for one in details.comments)
    notes = [RangeRef(one.sheet, one.row, one.column, one.row, one.column) for one in cells]
    yield from _with_places("comment", notes, hidden)
    yield from _with_places("picture", _anchors(details, "picture"), hidden)
    controls = [one for one in _anchors(details, "control") if not one or not hidden.covers(one)]
    shapes = [one for one in details.shapes if one.kind not in {"picture", "control"}]
    lines = (one.cell for one in details.sparklines)
    for count, noun in (
        (len(controls), "control"),
        (len(shapes), "shape"),
        (
            sum(
                not hidden.covers(RangeRef(one.sheet, one.row, one.column, one.row, one.column))
                for one in lines
            ),
            "sparkline",
        ),
        (len(details.slicers), "slicer"),
        (len(details.scenarios), "scenario"),
    ):
        if count:
            yield _count(count, noun)


def _anchors(details: SheetDetails, kind: str) -> list[RangeRef | None]:
    return [one.anchor for one in details.shapes if one.kind == kind and not one.hidden]


def _with_places(noun: str, places: Sequence[RangeRef | None], hidden: Hidden) -> Iterator[str]:
    seen = [one for one in places if one is None or not hidden.covers(one)]
    if not seen:
        return
    firsts = [RangeRef(one.sheet, one.top, one.left, one.top, one.left).a1 for one in seen if one]
    where = f" at {listed(firsts, MOST_PLACES)}" if firsts else ""
    yield f"{_count(len(seen), noun)}{where}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _places(
    areas: Iterable[RangeRef], used: RangeRef, hidden: Hidden, most: int = MOST_PLACES
) -> str:
    """The largest of the areas as far as they lie in the used range, in order."""
    inside = {
        RangeRef(
            used.sheet,
            max(one.top, used.top),
            max(one.left, used.left),
            min(one.bottom, used.bottom),
            min(one.right, used.right),
        )
        for one in areas
        if one.meets(used)
    }
    seen = [one for one in inside if not hidden.covers(one)]
    largest = sorted(seen, key=lambda one: (-one.cells, one))[:most]
    text = ",".join(one.a1 for one in sorted(largest))
    return f"{text} and {len(seen) - most} more" if len(seen) > most else text


def _frozen(source: Source, hidden: Hidden) -> Iterator[str]:
    """What stays in view, where no table tells that it is headers."""
    details = source.sheet.details
    rows, columns = details.frozen_rows, details.frozen_columns
    tables = tables_of(source, hidden)
    words = []
    if rows and not any(0 <= rows - one.range.top < max(one.header_rows, 1) for one in tables):
        words.append(f"rows {row_words([(1, rows)])[0]}")
    if columns and not any(
        0 <= columns - one.range.left < max(one.header_columns, 1) for one in tables
    ):
        words.append(f"columns {column_words([(1, columns)])[0]}")
    if words:
        yield f"# frozen {'|'.join(words)}"
