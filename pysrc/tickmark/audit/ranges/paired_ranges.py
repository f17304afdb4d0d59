"""Ranges that one function call reads side by side, and those that do not fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.audit.ranges.read_areas import areas_at
from tickmark.model.address import MAX_COLUMN, MAX_ROW
from tickmark.structure.expression import Call, Expression, Referred, expression, walk
from tickmark.structure.formulas import Formulas
from tickmark.structure.reference import Reference, ReferenceKind

Numbers = npt.NDArray[np.int64]


class Misfit(StrEnum):
    """How two ranges fail to fit: one is longer, or they are as long and start elsewhere."""

    LENGTH = "length"
    OFFSET = "offset"


ALL: Final = -1
"""Along both axes: each cell has its counterpart."""
ROWS, COLUMNS = 0, 1
LONGER: Final = 2
"""Along the axis of a vector."""
ALIKE: Final = 3
"""Along the axis of the other one, which is a vector."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two references of a formula, by number, that a function reads side by side.

    `one_way` and `other_way` are one of ROWS, COLUMNS, LONGER, ALIKE and ALL: along which axis each
    is compared. `aligned` tells that cells of one row (or column) of a sheet belong together.
    """

    function: str
    one: int
    other: int
    one_way: int = ALL
    other_way: int = ALL
    aligned: bool = True


_CRITERIA_FROM_1: Final = frozenset({"SUMIFS", "AVERAGEIFS", "MAXIFS", "MINIFS"})
_ALL: Final = frozenset(
    {"SUMPRODUCT", "CORREL", "SLOPE", "INTERCEPT", "RSQ", "COVAR", "COVARIANCE.P", "COVARIANCE.S"}
)


def pairs_of(text: str) -> tuple[Pair, ...]:
    """The pairs of references of a formula (without `=`) that must fit each other."""
    tree = expression(text)
    if tree is None:
        return ()
    found: list[Pair] = []
    for node in walk(tree):
        if isinstance(node, Call):
            found.extend(_of_call(node))
    return tuple(found)


def _of_call(call: Call) -> Iterator[Pair]:
    name, arguments = call.function, call.arguments
    if name in _CRITERIA_FROM_1:
        yield from _against(name, arguments[:1], arguments[1::2])
    elif name == "COUNTIFS":
        yield from _against(name, arguments[:1], arguments[2::2])
    elif name in {"SUMIF", "AVERAGEIF"}:
        yield from _against(name, arguments[:1], arguments[2:3])
    elif name in _ALL:
        yield from _against(name, arguments[:1], arguments[1:], aligned=False)
    elif name in {"XLOOKUP", "LOOKUP"}:
        way = ALIKE if name == "XLOOKUP" else LONGER
        for pair in _against(name, arguments[1:2], arguments[2:3]):
            yield Pair(name, pair.one, pair.other, LONGER, way)
    elif name == "INDEX":
        yield from _of_index(arguments)


def _against(
    name: str, first: Sequence[Expression], others: Sequence[Expression], *, aligned: bool = True
) -> Iterator[Pair]:
    for one in first:
        for other in others:
            if isinstance(one, Referred) and isinstance(other, Referred):
                yield Pair(name, one.number, other.number, aligned=aligned)


def _of_index(arguments: Sequence[Expression]) -> Iterator[Pair]:
    """INDEX whose row or column is what MATCH finds, and nothing added to it."""
    if not arguments or not isinstance(arguments[0], Referred):
        return
    array = arguments[0].number
    single = len(arguments) == 2  # noqa: PLR2004 - the array and one place in it
    for way, place in enumerate(arguments[1:3]):
        match place:
            case Call("MATCH" | "XMATCH", (_, Referred(vector), *_)):
                yield Pair("INDEX and MATCH", array, vector, LONGER if single else way, LONGER)
            case _:
                pass


@dataclass(frozen=True, slots=True)
class Misfitting:
    """A pair that does not fit in some cells: how, which cells (positions), and both areas there.

    `one` and `other` (n, 4) are top, left, bottom and right in these cells.
    """

    pair: Pair
    misfit: Misfit
    positions: npt.NDArray[np.intp]
    one: Numbers
    other: Numbers


def misfits(
    formulas: Formulas, number: int, at: int, positions: npt.NDArray[np.intp]
) -> Iterator[Misfitting]:
    """The pairs of a template, held by some cells, that do not fit in some of these."""
    own = formulas.sheets[number]
    template = own.templates[at]
    references = formulas.references[number][at]
    for pair in pairs_of(template.text):
        one, other = references[pair.one], references[pair.other]
        if not (_is_plain(one) and _is_plain(other)):
            continue
        first = areas_at(own, template, one, positions)
        second = areas_at(own, template, other, positions)
        length, offset = _compared(pair, first, second, same_sheet=_sheet(one) == _sheet(other))
        for misfit, wrong in ((Misfit.LENGTH, length), (Misfit.OFFSET, offset)):
            if wrong.any():
                yield Misfitting(pair, misfit, positions[wrong], first[wrong], second[wrong])


def _sheet(one: Reference) -> str:
    return one.sheet.casefold()


def _is_plain(one: Reference) -> bool:
    plain = one.kind is ReferenceKind.AREA and not one.book and not one.last_sheet
    return plain and not one.spill and not one.to_next and one.area is not None


def _compared(
    pair: Pair, one: Numbers, other: Numbers, *, same_sheet: bool
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Where the lengths differ, and where ranges as long as each other are shifted a little."""
    none = np.zeros(len(one), np.bool_)
    sizes = [area[:, 2:] - area[:, :2] + 1 for area in (one, other)]
    whole = [_whole(area) for area in (one, other)]
    # A single cell stands for a range as large as the other one; one way decides for a vector.
    if pair.function in {"SUMIF", "AVERAGEIF"} and bool(np.all(sizes[1] == 1)):
        return none, none
    at = np.arange(len(one))
    longer = [np.where(size[:, 0] >= size[:, 1], ROWS, COLUMNS) for size in sizes]
    if pair.one_way == ALL:
        axes = [longer[0], longer[0]]
        wrong = (sizes[0] != sizes[1]).any(axis=1)
    else:
        axes = [
            longer[0] if pair.one_way == LONGER else np.full(len(one), pair.one_way),
            longer[0] if pair.other_way == ALIKE else longer[1],
        ]
        wrong = sizes[0][at, axes[0]] != sizes[1][at, axes[1]]
        for way, size in zip((pair.one_way, pair.other_way), sizes, strict=True):
            # INDEX counts on along the rows of a table where only one place is given.
            if way == LONGER:
                wrong &= size.min(axis=1) == 1
    wrong &= ~(whole[0] & whole[1])
    many = (sizes[0].max(axis=1) > 1) & (sizes[1].max(axis=1) > 1)
    wrong &= many
    if not same_sheet or not pair.aligned:
        return wrong, none
    same_way = axes[0] == axes[1]
    start = one[at, axes[0]], other[at, axes[1]]
    length = sizes[0][at, axes[0]]
    shift = np.abs(start[0] - start[1])
    near = (shift > 0) & (2 * shift <= length) & same_way & ~wrong & many
    return wrong, np.asarray(near & (sizes[0][at, axes[0]] == sizes[1][at, axes[1]]), np.bool_)


def _whole(area: Numbers) -> npt.NDArray[np.bool_]:
    rows = (area[:, 0] == 1) & (area[:, 2] == MAX_ROW)
    return np.asarray(rows | ((area[:, 1] == 1) & (area[:, 3] == MAX_COLUMN)), np.bool_)
