"""One sheet with its regions drawn as SVG, in as much detail as is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.region import Region
from tickmark.model.workbook import Sheet, SheetState, Workbook
from tickmark.report.regions_axis import Axis, Lanes, inside
from tickmark.report.regions_boxes import backgrounds, labels, outlines, region_parts
from tickmark.report.regions_cell_texts import (
    CellText,
    breadth,
    cell_texts,
    cut,
    short_power,
    shown_cells,
)
from tickmark.report.regions_cells import kind_paths, kinds_of
from tickmark.report.regions_layout import (
    PADDING,
    TOP,
    Detail,
    column_lanes,
    header_lanes,
    placed_columns,
    placed_rows,
    row_lanes,
    running_on,
    wanted_lanes,
)
from tickmark.report.regions_words import readable, role_counts, weightiest
from tickmark.report.wording import counted


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG elements of a sheet with their size."""

    width: int
    height: int
    markup: str

    @property
    def size(self) -> int:
        """Bytes in a file."""
        return len(self.markup.encode())


_EMPTY: Final = 40
_BELOW: Final = 16
_LEAST_BYTES: Final = 30
_MOST_LABELS: Final = 60
_LONG: Final = 700
_TALL: Final = 5


def empty_drawing(sheet: Sheet) -> Drawing:
    """A sheet without cells: its name."""
    return Drawing(300, _EMPTY, _heading(sheet, "empty", ""))


def sheet_drawing(
    workbook: Workbook, sheet: Sheet, found: Sequence[Region], detail: Detail, most: int
) -> Drawing | None:
    """A sheet; None where it needs more lanes than the detail allows, or more than `most` bytes."""
    used = sheet.used_range
    if used is None:
        return empty_drawing(sheet)
    regions = [one for one in found if one.range.meets(used)]
    rows, columns = row_lanes(used, regions, detail), column_lanes(used, regions, detail)
    if rows is None or columns is None:
        return None
    chosen = weightiest(regions, detail.boxes)
    kinds = kinds_of(sheet, rows, columns)
    texts: list[CellText] = []
    if not detail.small:
        wanted = wanted_lanes(regions, rows, columns, detail)
        shown = shown_cells(sheet, rows, columns, wanted)
        if len(shown) * _LEAST_BYTES > most:
            return None
        texts = list(cell_texts(workbook, sheet, rows, columns, kinds=kinds, shown=shown))
    margin = 14 + 6 * len(str(used.bottom))
    headers = header_lanes(regions, rows, columns)
    x = placed_columns(columns, texts, headers, regions, detail, margin=margin)
    above = not detail.small or len(chosen) <= _MOST_LABELS
    tops = np.unique([rows.of(one.range.top) for one in chosen if above]).astype(np.int64)
    y = placed_rows(rows, tops, detail)
    colours = kind_paths(kinds, running_on(regions, rows, columns), y, x)
    width = int(x.ends[-1]) + 8
    parts = [
        _heading(sheet, _counts(used, regions), _left_out(regions, chosen, rows, columns)),
        *backgrounds(chosen, y, x),
        *(f'<path class="k{letter}" d="{path}"/>' for letter, path in colours),
        "" if detail.small else _grid(y, x),
        *region_parts([one for one in chosen if not detail.small or _tall(one, rows)], y, x),
        *_texts(texts, y, x),
        *_breaks(y, x),
        *outlines(chosen, y, x, thin=detail.small, reasons=detail.reasons),
        *labels(chosen, y, x, max(width, 360), above=above),
        *_numbers(y, sheet.hidden_rows),
        *_column_names(y, x, sheet.hidden_columns),
    ]
    drawing = Drawing(width, int(y.ends[-1]) + _BELOW, "\n".join(filter(None, parts)))
    return drawing if drawing.size <= most else None


def _tall(region: Region, rows: Lanes) -> bool:
    """Whether a region is tall enough for its parts to be told apart in tiles."""
    return rows.of(region.range.bottom) - rows.of(region.range.top) >= _TALL


def _heading(sheet: Sheet, told: str, note: str) -> str:
    name = readable(sheet.name, 60)
    state = "" if sheet.state is SheetState.VISIBLE else " (hidden)"
    lines = [f'<text class="name" x="8" y="16">{escape(name + state, quote=False)}</text>']
    shown = f"{told}. {note}" if note else told
    lines.append(f'<text class="small" x="8" y="31">{escape(shown, quote=False)}</text>')
    return "".join(lines)


def _counts(used: RangeRef, regions: Sequence[Region]) -> str:
    counts = role_counts(regions)
    return f"{used.a1}: {counts}" if counts else used.a1


def _left_out(
    regions: Sequence[Region], chosen: Sequence[Region], rows: Lanes, columns: Lanes
) -> str:
    """A sentence on what the drawing does not show."""
    told = []
    for lanes, noun in ((rows, "row"), (columns, "column")):
        hidden = int((lanes.lasts - lanes.firsts + 1)[lanes.breaks].sum())
        if hidden:
            told.append(f"{counted(hidden, noun)} left out at the breaks")
    if rows.tile > 1 or columns.tile > 1:
        cells = f"{counted(rows.tile, 'row')} by {counted(columns.tile, 'column')}"
        told.append(f"each tile shows {cells}")
    if len(chosen) < len(regions):
        left = len(regions) - len(chosen)
        told.append(f"{counted(left, 'smaller region has', 'smaller regions have')} no box")
    return f"{'; '.join(told).capitalize()}." if told else ""


def _grid(rows: Axis, columns: Axis) -> str:
    """White lines between cells."""
    left, right = int(columns.starts[0]), int(columns.ends[-1])
    top, bottom = int(rows.starts[0]), int(rows.ends[-1])
    across = "".join(f"M{left} {y}H{right}" for y in rows.ends.tolist())
    down = "".join(f"M{x} {top}V{bottom}" for x in columns.ends.tolist())
    return f'<path class="grid" d="{across}{down}"/>'


def _texts(texts: Iterable[CellText], rows: Axis, columns: Axis) -> Iterator[str]:
    for one in texts:
        start, own = int(columns.starts[one.first]), int(columns.ends[one.own])
        last = own if one.right else int(columns.ends[one.last])
        room = last - start - 2 * PADDING + (0 if last == own else -2)
        text = (_fitting if one.right else cut)(one.text, room, bold=one.bold)
        if not text:
            continue
        x = own - PADDING if one.right else start + PADDING
        names = " ".join(filter(None, ("e" if one.right else "", "s" if one.bold else "")))
        name = f' class="{names}"' if names else ""
        y = int(rows.ends[one.row]) - 4
        yield f'<text x="{x}" y="{y}"{name}>{escape(text, quote=False)}</text>'


def _fitting(text: str, room: float, *, bold: bool) -> str:
    """A number in as few digits as fit, a date cut to its day or year; empty where none fits."""
    choices = [text, text.partition(" ")[0]]
    try:
        amount = float(text.replace(",", ""))
        choices += [short_power(f"{amount:.{digits}g}") for digits in (4, 3, 2, 1)]
    except ValueError:
        choices += [text[:4]] if text[4:5] == "-" else []
    return next((one for one in choices if breadth(one, bold=bold) <= room), "")


def _breaks(rows: Axis, columns: Axis) -> Iterator[str]:
    """Bands over the lines that are left out, with how many they are."""
    left, right = int(columns.starts[0]), int(columns.ends[-1])
    top, bottom = int(rows.starts[0]), int(rows.ends[-1])
    for lane in np.flatnonzero(columns.lanes.breaks).tolist():
        x, wide = int(columns.starts[lane]), int(columns.ends[lane] - columns.starts[lane])
        yield (
            f'<rect fill="url(#break)" x="{x}" y="{top}" width="{wide}" height="{bottom - top}"/>'
        )
    for lane in np.flatnonzero(rows.lanes.breaks).tolist():
        y, high = int(rows.starts[lane]), int(rows.ends[lane] - rows.starts[lane])
        many = int(rows.lanes.lasts[lane] - rows.lanes.firsts[lane] + 1)
        yield (
            f'<rect fill="url(#break)" x="{left}" y="{y}" width="{right - left}" height="{high}"/>'
        )
        yield f'<text class="left-out" x="{left + 4}" y="{y + high - 3}">{many:,} rows</text>'


def _numbers(rows: Axis, hidden: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Row numbers at the left, as many as there is room for."""
    lanes, free = rows.lanes, 0
    unseen = inside(lanes, hidden)
    right = 10 + 6 * len(str(int(lanes.lasts[-1])))
    for lane, (start, end) in enumerate(zip(rows.starts.tolist(), rows.ends.tolist(), strict=True)):
        middle = (start + end) // 2
        if middle - 4 < free:
            continue
        free = middle + 5
        text = "⋮" if lanes.breaks[lane] else str(lanes.firsts[lane])
        name = "axis e hid" if unseen[lane] and not lanes.breaks[lane] else "axis e"
        yield f'<text class="{name}" x="{right}" y="{middle + 3}">{text}</text>'


def _column_names(rows: Axis, columns: Axis, hidden: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Column letters above, and below too where a sheet is long."""
    lanes, top, bottom = columns.lanes, TOP - 4, int(rows.ends[-1])
    unseen = inside(lanes, hidden)
    lines = [top, bottom + 10] if bottom - top > _LONG else [top]
    for y in lines:
        free = 0
        for lane, (start, end) in enumerate(
            zip(columns.starts.tolist(), columns.ends.tolist(), strict=True)
        ):
            text = "⋯" if lanes.breaks[lane] else column_letters(int(lanes.firsts[lane]))
            middle, half = (start + end) // 2, 3 * len(text)
            if middle - half < free:
                continue
            free = middle + half + 3
            name = "axis m hid" if unseen[lane] and not lanes.breaks[lane] else "axis m"
            yield f'<text class="{name}" x="{middle}" y="{y}">{text}</text>'
