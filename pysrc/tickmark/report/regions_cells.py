"""The kinds of a sheet's cells over the lanes of a picture, and their colours as paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.workbook import Sheet
from tickmark.report.regions_axis import Axis, Lanes
from tickmark.structure.outline import LETTERS, kind_ranks

KIND_COLOURS: Final[Mapping[str, str]] = {
    "t": "#e1e6ea",
    "n": "#b6def6",
    "d": "#e8c6dd",
    "b": "#eee38a",
    "f": "#a3dac8",
    "e": "#f0b48c",
}
"""Letters of an outline to tints of the colours that the pictures of a report have for them."""

Kinds = npt.NDArray[np.uint8]

_MOST_MERGES: Final = 100_000


def kinds_of(sheet: Sheet, rows: Lanes, columns: Lanes) -> Kinds:
    """For each lane of rows and columns the index into LETTERS of its most telling cell.

    A merged cell fills its range. The lanes hold the whole used range.
    """
    cells = sheet.cells
    made = np.zeros(len(rows) * len(columns), np.uint8)
    at = rows.of_all(cells.rows).astype(np.int64) * len(columns) + columns.of_all(cells.columns)
    np.maximum.at(made, at, kind_ranks(sheet))
    kinds = made.reshape(len(rows), len(columns))
    for top, left, bottom, right in merged(sheet, rows, columns):
        kinds[top : bottom + 1, left : right + 1] = kinds[top, left]
    return kinds


def merged(sheet: Sheet, rows: Lanes, columns: Lanes) -> Iterator[tuple[int, int, int, int]]:
    """Merged cells in lanes: top, left, bottom, right."""
    last_row, last_column = int(rows.lasts[-1]), int(columns.lasts[-1])
    first_row, first_column = int(rows.firsts[0]), int(columns.firsts[0])
    for area in sheet.merges[:_MOST_MERGES]:
        if first_row <= area.top <= last_row and first_column <= area.left <= last_column:
            yield (
                rows.of(area.top),
                columns.of(area.left),
                rows.of(area.bottom),
                columns.of(area.right),
            )


def kind_paths(
    kinds: Kinds, run_on: npt.NDArray[np.bool_], rows: Axis, columns: Axis
) -> Iterator[tuple[str, str]]:
    """For each kind that is there its letter and an SVG path of rectangles.

    Equal runs of neighbouring rows are one rectangle; a gap above a row has its colours where
    `run_on` tells that a region runs on over it.
    """
    paths: dict[int, list[str]] = {}
    open_runs: dict[tuple[int, int, int], int] = {}
    end = 0
    for row, top, bottom in _bands(kinds, run_on, rows):
        runs = set(_runs(row))
        for run in open_runs.keys() - runs:
            _close(paths, run, open_runs[run], end, columns)
        open_runs = {run: open_runs.get(run, top) for run in runs}
        end = bottom
    for run, start in open_runs.items():
        _close(paths, run, start, end, columns)
    for kind, path in sorted(paths.items()):
        yield LETTERS[kind], "".join(path)


def _bands(
    kinds: Kinds, run_on: npt.NDArray[np.bool_], rows: Axis
) -> Iterator[tuple[Kinds, int, int]]:
    """Rows and the gaps between them from top to bottom, each with its edges."""
    end = int(rows.starts[0])
    for lane, (start, following) in enumerate(
        zip(rows.starts.tolist(), rows.ends.tolist(), strict=True)
    ):
        if start > end:
            yield np.where(run_on[lane], kinds[lane], np.uint8(0)), end, start
        yield kinds[lane], start, following
        end = following


def _runs(row: Kinds) -> Iterator[tuple[int, int, int]]:
    """Runs of one kind other than empty: kind, first and last lane."""
    starts = np.flatnonzero(np.diff(row, prepend=255))
    ends = np.append(starts[1:], len(row)) - 1
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        if row[first]:
            yield int(row[first]), first, last


def _close(
    paths: dict[int, list[str]], run: tuple[int, int, int], top: int, bottom: int, columns: Axis
) -> None:
    kind, first, last = run
    left, right = int(columns.starts[first]), int(columns.ends[last])
    wide = right - left
    paths.setdefault(kind, []).append(f"M{left} {top}h{wide}v{bottom - top}h-{wide}z")
