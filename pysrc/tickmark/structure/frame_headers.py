"""Names of the columns of a table, from its header cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from tickmark.model.address import RangeRef, column_letters
from tickmark.model.grid import CellKind
from tickmark.structure.dates import date_text
from tickmark.structure.frame_cells import NOTHING, FrameCells, covering

Path = tuple[str, ...]

_LONGEST_NAME: Final = 255
_UNSEEN: Final = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Controls, signs of direction and of no width: nobody could type a name that has them."""


def header_paths(source: FrameCells, area: RangeRef, header_rows: int) -> tuple[Path, ...]:
    """For each column of an area the texts of its header cells, the outermost first.

    A merged cell names all columns that it covers. () for a column without any.
    """
    paths: list[list[str]] = [[] for _ in range(area.left, area.right + 1)]
    numbers = np.arange(area.left, area.right + 1)
    for row in range(area.top, min(area.top + header_rows, area.bottom + 1)):
        own = _row_texts(source, row, area)
        anchors = covering(source.merged_across(row), numbers)
        for column, anchor in zip(numbers.tolist(), anchors.tolist(), strict=True):
            text = own.get(column) or (own.get(anchor) if anchor != NOTHING else None)
            if text:
                paths[column - area.left].append(text)
    return tuple(map(tuple, paths))


def cell_text(source: FrameCells, position: int) -> str:
    """What a cell says in one line: `2024` for a year, ISO for a date, "" for an error."""
    cells = source.cells
    value = cells.value(position)
    kind = cells.kinds[position]
    if value is None or kind == CellKind.ERROR:
        return ""
    if kind == CellKind.DATE and isinstance(value, float):
        code = source.workbook.styles[int(cells.styles[position])].number_format
        return date_text(value, date1904=source.workbook.date1904, number_format=code)
    if isinstance(value, float):
        return f"{value:.15g}"
    return one_line(str(value))


def one_line(text: str) -> str:
    """A text fit to be a name: blanks and line breaks single, nothing unseen, bounded.

    Half characters become `?`.
    """
    text = _UNSEEN.sub("", text[: 4 * _LONGEST_NAME])
    text = " ".join(text.split())[:_LONGEST_NAME].rstrip()
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def unique_names(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The paths, all different: the first of a kind keeps its name, the next has ` (2)` added.

    A number that another path bears by itself is passed over.
    """
    names: list[Path] = []
    taken = set(paths)
    counts: dict[Path, int] = {}
    for path in paths:
        number = counts.get(path, 0) + 1
        name = path
        while number > 1 and name in taken:
            name = (*path[:-1], f"{path[-1]} ({number})")
            number += name in taken
        taken.add(name)
        counts[path] = number
        names.append(name)
    return tuple(names)


def named(paths: Sequence[Path], columns: Sequence[int]) -> tuple[Path, ...]:
    """Paths cleaned; a column without any is named by its letters."""
    cleaned = (tuple(filter(None, map(one_line, path))) for path in paths)
    return tuple(
        path or (column_letters(column),) for path, column in zip(cleaned, columns, strict=True)
    )


def joined(path: Path) -> str:
    """A path as one name, such as `Sales / 2024`."""
    return " / ".join(path)


def _row_texts(source: FrameCells, row: int, area: RangeRef) -> dict[int, str]:
    """Texts of the cells of a row inside an area, by column."""
    cells = source.cells
    found = cells.within(RangeRef(area.sheet, row, area.left, row, area.right))
    return {
        int(cells.columns[position]): cell_text(source, position) for position in found.tolist()
    }
