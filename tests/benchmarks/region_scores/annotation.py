"""Labels of `annotation.txt`: ranges of headers and totals below a line for each table.

A table begins with `#Table`, workbook, sheet, top-left and bottom-right cell, with tabs between.
The lines that follow name a part each (`#Top`, `#Left`, `#IndexName`, `#ValueName[...]`,
`#RowTotal`, ...), with its ranges behind it or on the lines below; `&` behind a range says that it
spans further ones, `@` begins words that stand in no cell. Only some tables of a sheet are drawn:
one of each kind.

Header rows end between two rows: the last one that holds a `#Top` range, or a name above the first
row of `#Left` (a merged cell to its end), and the row before the first one of `#Left`. What stands
between them (units, blank rows) the annotation gives to neither, so both bounds count as right.
Header columns end with the last column of `#Left`; without `#Left` there are none. Blank columns
right of them may count or not, which only the sheet can tell; see `with_blank_columns`.
Total rows are those of `#RowTotal`; those of `#RowAggregated` (means and the like) may count or
not; columns likewise. A table whose totals lie outside of it tells nothing about totals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from tests.benchmarks.region_scores.labels import Between, LabelledSheet, LabelledTable, Totals
from tickmark.errors import AddressError
from tickmark.model.address import RangeRef

Parts = Mapping[str, Sequence[RangeRef]]

_RANGE = re.compile(r"[A-Z]{1,3}[0-9]+(:[A-Z]{1,3}[0-9]+)?&?")
_NAMES = ("IndexName", "ValueName")
_ROW_TOTALS = ("RowTotal", "CrossRowTotal")
_COLUMN_TOTALS = ("ColTotal", "CrossColTotal")
_ROW_FIGURES = ("RowAggregated", "CrossRowAggregated")
_COLUMN_FIGURES = ("ColAggregated", "CrossColAggregated")


def labels_of(text: str, workbooks: Iterable[str]) -> tuple[LabelledSheet, ...]:
    """The labels of those workbooks, one object a sheet, in the order of the file."""
    wanted = set(workbooks)
    found: dict[tuple[str, str], list[LabelledTable]] = {}
    for head, lines in _tables(text.splitlines()):
        if head[0] in wanted:
            found.setdefault((head[0], head[1]), []).append(_table(head, lines))
    return tuple(
        LabelledSheet(workbook, sheet, tuple(tables)) for (workbook, sheet), tables in found.items()
    )


def with_blank_columns(table: LabelledTable, blank: frozenset[int]) -> LabelledTable:
    """The label, for a sheet where those columns are blank in the table's rows: blank ones right of
    the header columns may count as such.
    """
    if table.header_columns is None or not table.header_columns.low:
        return table
    high = table.header_columns.low
    while table.range.left + high in blank:
        high += 1
    return replace(table, header_columns=Between(table.header_columns.low, high))


def _tables(lines: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Head and further lines of each table."""
    starts = [number for number, line in enumerate(lines) if line.startswith("#Table\t")]
    for start, end in pairwise([*starts, len(lines)]):
        yield lines[start].rstrip("\r").split("\t")[1:], lines[start + 1 : end]


def _table(head: Sequence[str], lines: Sequence[str]) -> LabelledTable:
    _, sheet, first, last = head[:4]
    area = RangeRef.parse(f"{first}:{last}", sheet=sheet)
    parts = _parts(lines, sheet)
    left = parts.get("Left", ())
    columns = max((one.right for one in left), default=area.left - 1) - area.left + 1
    rows, further = _totals(parts, area, down=True)
    across, figures = _totals(parts, area, down=False)
    sound = all(one is not None for one in (rows, further, across, figures))
    return LabelledTable(
        area,
        header_rows=_header_rows(parts, area),
        header_columns=Between(columns, columns),
        total_rows=Totals(rows or frozenset(), (rows or frozenset()) | (further or frozenset()))
        if sound
        else None,
        total_columns=Totals(
            across or frozenset(), (across or frozenset()) | (figures or frozenset())
        )
        if sound
        else None,
    )


def _parts(lines: Sequence[str], sheet: str) -> dict[str, list[RangeRef]]:
    """The ranges of each part; those of `#ValueName[...]` together."""
    found: dict[str, list[RangeRef]] = {}
    part = ""
    for line in lines:
        words = line.rstrip("\r").split("\t")
        if words[0].startswith("#"):
            part = words.pop(0)[1:].partition("[")[0]
        for word in words:
            if _RANGE.fullmatch(word):
                try:
                    found.setdefault(part, []).append(
                        RangeRef.parse(word.removesuffix("&"), sheet=sheet)
                    )
                except AddressError:
                    continue
    return found


def _header_rows(parts: Parts, area: RangeRef) -> Between:
    left = [one for one in parts.get("Left", ()) if area.meets(one)]
    data = min((one.top for one in left), default=None)
    heads = [*parts.get("Top", ())]
    heads += [one for name in _NAMES for one in parts.get(name, ())]
    last = area.top - 1
    for one in heads:
        if area.meets(one) and (data is None or one.bottom < data):
            merged = [merge.bottom for merge in parts.get("Merged", ()) if merge.meets(one)]
            last = max(last, one.bottom, *merged)
    if data is None:
        return Between(last - area.top + 1, last - area.top + 1)
    last = min(last, data - 1)
    return Between(last - area.top + 1, data - area.top)


def _totals(
    parts: Parts, area: RangeRef, *, down: bool
) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Rows (or columns) of totals, and those of other figures; None where one lies outside."""
    names = (_ROW_TOTALS, _ROW_FIGURES) if down else (_COLUMN_TOTALS, _COLUMN_FIGURES)
    return _lines(parts, names[0], area, down=down), _lines(parts, names[1], area, down=down)


def _lines(
    parts: Parts, names: Sequence[str], area: RangeRef, *, down: bool
) -> frozenset[int] | None:
    found: set[int] = set()
    for one in (one for name in names for one in parts.get(name, ())):
        if not area.meets(one):
            return None
        first, last = (one.top, one.bottom) if down else (one.left, one.right)
        found.update(range(first, last + 1))
    return frozenset(found)
