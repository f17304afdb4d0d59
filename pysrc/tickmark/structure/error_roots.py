"""Which error values are the cause and which only pass on the error of another cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind
from tickmark.structure.calls import Use
from tickmark.structure.cell_index import CellIndex
from tickmark.structure.formulas import NO_TEMPLATE, Formulas


@dataclass(frozen=True, slots=True)
class ErrorRoot:
    """A cell whose error no cell it refers to has, and the number of cells that show it too."""

    sheet: int
    position: int
    error: str
    followers: int


def error_roots(formulas: Formulas) -> tuple[ErrorRoot, ...]:
    """The root causes among all cells with an error value, by sheet and position.

    A formula cell follows where a cell that it refers to directly holds the same error; each is
    counted for one root. Of cells that have their error from each other in a circle, the first
    counts as the root.
    """
    found: list[ErrorRoot] = []
    for error in _errors(formulas):
        found.extend(_roots(formulas, error))
    return tuple(sorted(found, key=lambda root: (root.sheet, root.position)))


def _errors(formulas: Formulas) -> list[str]:
    texts: set[str] = set()
    for sheet in formulas.workbook.sheets:
        cells = sheet.cells
        numbers = np.unique(cells.values[cells.kinds == CellKind.ERROR])
        texts.update(cells.texts[int(number)] for number in numbers)
    return sorted(texts)


def _positions(formulas: Formulas, error: str) -> list[npt.NDArray[np.intp]]:
    """For each sheet, the positions of the cells that hold an error."""
    found = []
    for sheet in formulas.workbook.sheets:
        cells = sheet.cells
        numbers = [number for number, text in enumerate(cells.texts) if text == error]
        found.append(
            np.flatnonzero((cells.kinds == CellKind.ERROR) & np.isin(cells.values, numbers))
        )
    return found


def _roots(formulas: Formulas, error: str) -> Iterator[ErrorRoot]:
    sheets = formulas.workbook.sheets
    index = CellIndex(
        (sheet.cells, at) for sheet, at in zip(sheets, _positions(formulas, error), strict=True)
    )
    causes = [_cause(formulas, index, number) for number in range(len(index))]
    roots = _followed(causes)
    followers = np.bincount(roots, minlength=len(index)) - 1 if roots else np.empty(0, int)
    for number, root in enumerate(roots):
        if root == number:
            sheet = index.places[number][0]
            yield ErrorRoot(sheet, index.positions[number], error, int(followers[number]))


def _cause(formulas: Formulas, index: CellIndex, number: int) -> int:
    """A directly referenced cell with the same error; the cell itself where there is none."""
    sheet, row, column = index.places[number]
    own = formulas.sheets[sheet]
    template = int(own.template_of[index.positions[number]])
    if template == NO_TEMPLATE:
        return number
    rows, columns = own.templates[template].distance(row, column)
    for area in formulas.precedents[sheet][template]:
        if area.use is Use.POSITION:
            continue
        spans = index.spans(formulas.scope.sheets[area.sheet.casefold()], area.edges(rows, columns))
        for first, last in spans:
            other = first if first != number else first + 1
            if other < last:
                return other
    return number


def _followed(causes: Sequence[int]) -> list[int]:
    """The root of each cell; the lowest number of a circle is its root."""
    roots = [-1] * len(causes)
    for start in range(len(causes)):
        path: list[int] = []
        step: dict[int, int] = {}
        at = start
        while roots[at] < 0 and at not in step:
            step[at] = len(path)
            path.append(at)
            at = causes[at]
        root = roots[at] if roots[at] >= 0 else min(path[step[at] :])
        for number in path:
            roots[number] = root
    return roots
