"""The prototype's rule, stated anew over our reader: the encoder that has to be beaten.

Level 0 tells all values; level 1, the skeleton, types instead of numbers and of texts far from
structural anchors (k = 2). Formulas are groups of relative copies at both levels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.benchmarks.encode_scores.plain_cells import PlainSheet, number_text
from tests.benchmarks.encode_scores.prototype_grid import (
    FLOAT,
    INTEGER,
    TEXT,
    YEAR,
    Grid,
    Keys,
    Labels,
    Types,
    grid_of,
    rectangles,
)
from tests.benchmarks.encode_scores.told_values import told_value
from tickmark.encode.claim import Claim, FormulaText, Summary, TypeWord, Value
from tickmark.model.address import RangeRef
from tickmark.model.grid import CellKind

NEIGHBOURS = 2
LONGEST = 200
"""Characters of a text; a longer one ends in three points."""

FEW, SAMPLE = 4, 24
"""Samples of a block of texts, and characters of each."""

NUMBERS_WITH_BOUNDS, TEXTS_WITH_SAMPLES = 8, 16
"""Cells from which a block tells more than its type."""

_WORDS = {1: "text", 2: "int", 3: "float", 5: "bool", 6: "date"}
_TYPE_WORDS = {
    1: TypeWord.TEXT,
    2: TypeWord.INTEGER,
    3: TypeWord.NUMBER,
    5: TypeWord.BOOL,
    6: TypeWord.DATE,
}

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text and what it says."""

    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """What cells of a group have in common: a value (`v`), a type (`t`) or a formula (`f`)."""

    kind: str
    value: str
    type: int = 0


def prototype_lines(sheet: PlainSheet, keys: Keys, *, level: int) -> Iterator[Line]:
    """The lines of a sheet; none for one without values."""
    if not len(sheet.rows):
        return
    grid = grid_of(sheet)
    types = _widened(grid.types) if level else grid.types
    labels, numbers = _labelled(grid, types, keys, level)
    found: dict[int, list[list[int]]] = {}
    for rectangle in rectangles(numbers).tolist():
        found.setdefault(rectangle[4], []).append(rectangle[:4])
    for number, label in enumerate(labels, 1):
        if number in found:
            yield _line(sheet.name, label, found[number], grid, keys)


def _widened(types: Types) -> Types:
    """Columns that are mostly fractions take their whole numbers for such too."""
    floats = (types == FLOAT).sum(0)
    integers = ((types == INTEGER) | (types == YEAR)).sum(0)
    mixed = (floats * 5 > integers) & (floats > 0)
    whole = (types == INTEGER) | (types == YEAR)
    return np.where(whole & mixed[None, :], FLOAT, types).astype(np.int8)


def _labelled(grid: Grid, types: Types, keys: Keys, level: int) -> tuple[list[_Label], Labels]:
    """All labels in order of first use, and the number of each cell's (from 1)."""
    numbers = np.zeros(types.shape, np.int64)
    known: dict[_Label, int] = {}
    height, width = types.shape
    for (row, column), key in keys.of.items():
        if row < height and column < width and types[row, column]:
            numbers[row, column] = known.setdefault(_Label("f", key), len(known) + 1)
    near = _near_anchors(types) if level else np.ones(height, bool)
    cheap = _cheap(grid, types) if level else frozenset()
    plain = (types != 0) & (numbers == 0)
    rows, columns = np.nonzero(plain)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        text, code = grid.texts[row, column], int(types[row, column])
        exact = bool(near[row]) or (code == TEXT and text in cheap)
        label = _label(text, code, exact=exact) if level else _Label("v", text)
        numbers[row, column] = known.setdefault(label, len(known) + 1)
    return list(known), numbers


def _label(text: str, code: int, *, exact: bool) -> _Label:
    if code == TEXT and exact:
        return _Label("v", text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")
    if code == YEAR:
        return _Label("v", text) if exact else _Label("t", "", INTEGER)
    return _Label("t", "", code)


def _near_anchors(types: Types) -> Mask:
    """Rows near one whose pattern of types differs from the row above."""
    height, width = types.shape
    pattern = np.where((types == YEAR) | (types == FLOAT), INTEGER, types)
    changes = np.full(height, width)
    changes[1:] = (pattern[1:] != pattern[:-1]).sum(1)
    anchors = np.flatnonzero(changes > 0) if width else np.zeros(0, np.int64)
    near = _near(anchors, height, 0 if len(anchors) > height // 3 else NEIGHBOURS)
    if near.mean() > 0.5 and height > 60:
        strongest = np.argsort(-changes, kind="stable")[: max(12, height // 20)]
        near = _near(strongest, height, 1)
    near[: min(height, 6)] = True
    near[-2:] = True
    return near


def _near(anchors: npt.NDArray[np.int64], height: int, neighbours: int) -> Mask:
    steps = np.zeros(height + 1, np.int64)
    np.add.at(steps, np.maximum(0, anchors - neighbours), 1)
    np.add.at(steps, np.minimum(height, anchors + neighbours + 1), -1)
    return np.cumsum(steps[:height]) > 0


def _cheap(grid: Grid, types: Types) -> frozenset[str]:
    """Texts whose runs down the columns are few and long."""
    runs: Counter[str] = Counter()
    count: Counter[str] = Counter()
    columns, rows = np.nonzero(types.T == TEXT)
    before, last = "", (-1, -1)
    for column, row in zip(columns.tolist(), rows.tolist(), strict=True):
        text = grid.texts[row, column]
        count[text] += 1
        if text != before or last != (column, row - 1):
            runs[text] += 1
        before, last = text, (column, row)
    return frozenset(text for text, n in count.items() if n >= 4 * runs[text] and n >= 8)


def _line(name: str, label: _Label, found: list[list[int]], grid: Grid, keys: Keys) -> Line:
    areas = [
        RangeRef(name, top + 1, left + 1, bottom + 1, right + 1)
        for top, left, bottom, right in found
    ]
    if label.kind == "t":
        told = [_typed(area, label.type, grid) for area in areas]
        text = f"<{_WORDS[label.type]}>|" + ",".join(part for part, _ in told)
        return Line(text, tuple(claim for _, claim in told))
    addresses = ",".join(area.a1 for area in areas)
    if label.kind == "f":
        first = keys.first[label.value]
        # The formula is that of the first cell by rows, wherever its rectangle stands in the list.
        ordered = sorted(areas, key=lambda area: (area.top, area.left))
        claim = Claim(name, tuple(ordered), formula=FormulaText(first))
        return Line(f"{first}|{addresses}", (claim,))
    text = label.value.replace("\n", " ")
    return Line(f"{text}|{addresses}", (Claim(name, tuple(areas), constant=told_value(text)),))


def _typed(area: RangeRef, code: int, grid: Grid) -> tuple[str, Claim]:
    """A rectangle of one type: its address with what is told of its values, and the claim."""
    word = _TYPE_WORDS[code]
    if code in (INTEGER, FLOAT) and area.cells >= NUMBERS_WITH_BOUNDS:
        inside = grid.numbers[area.top - 1 : area.bottom, area.left - 1 : area.right]
        low, high = _six_digits(float(np.nanmin(inside))), _six_digits(float(np.nanmax(inside)))
        summary = Summary(word, low=float(low), high=float(high))
        return f"{area.a1}({low}..{high})", Claim(area.sheet, (area,), summary=summary)
    if code == TEXT and area.cells >= TEXTS_WITH_SAMPLES:
        texts = dict.fromkeys(
            grid.texts[row, column]
            for column in range(area.left - 1, area.right)
            for row in range(area.top - 1, area.bottom)
        )
        samples = [text[:SAMPLE].strip() for text in list(texts)[:FEW]]
        summary = Summary(
            word,
            distinct=len(texts),
            samples=tuple(Value(CellKind.TEXT, sample) for sample in samples),
        )
        told = f"{area.a1}({len(texts)} distinct: {'; '.join(samples)})"
        return told, Claim(area.sheet, (area,), summary=summary)
    return area.a1, Claim(area.sheet, (area,), summary=Summary(word))


def _six_digits(number: float) -> str:
    whole = number.is_integer() and abs(number) < 1e6
    return number_text(number) if whole else f"{number:.6g}"
