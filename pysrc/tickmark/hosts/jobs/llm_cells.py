"""Cells of an open sheet whose formulas call LLM functions, as blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tickmark.hosts.functions.states import is_state
from tickmark.model.address import RangeRef

if TYPE_CHECKING:
    from xlwings import Range, Sheet

_TEXTS: Final = re.compile(r'"[^"]*"')
_CALL: Final = re.compile(r"\b(LLM_[A-Z]+)\s*\(", re.IGNORECASE)


class Kind(StrEnum):
    """How the formulas of a block fill its cells."""

    CELLS = "cells"
    SPILL = "spill"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Block:
    """Cells that are frozen together.

    `area` is A1; `formulas` are those of its cells, for a spill or an array the only one. `ready`
    is False where a value is a state such as `#LLM wait`, an error or missing.
    """

    area: str
    functions: tuple[str, ...]
    formulas: tuple[tuple[str, ...], ...]
    kind: Kind
    ready: bool


def functions_in(formula: str) -> tuple[str, ...]:
    """The LLM functions that a formula calls, in order, each once; texts in it do not count."""
    if not formula.startswith("="):
        return ()
    found = (match[1].upper() for match in _CALL.finditer(_TEXTS.sub('""', formula)))
    return tuple(dict.fromkeys(found))


def blocks_in(sheet: Sheet, areas: Sequence[RangeRef]) -> list[Block]:
    """The blocks of the areas; what stands below each other with the same functions is one."""
    singles: list[tuple[int, int, str, bool]] = []
    blocks: dict[str, Block] = {}
    for row, column, formula in _calling(sheet, areas):
        cell = sheet.range((row, column))
        whole, kind = _array_of(cell)
        if whole is None:
            singles.append((column, row, formula, _is_answer(cell.value)))
        else:
            area = whole.get_address(row_absolute=False, column_absolute=False)
            values = [value for line in _rows(whole.options(ndim=2).value) for value in line]
            ready = _is_answer(values[0]) and not any(is_state(value) for value in values)
            blocks[area] = Block(area, functions_in(formula), ((formula,),), kind, ready)
    return [*blocks.values(), *_columns(sorted(set(singles)))]


def used(sheet: Sheet, address: str) -> list[RangeRef]:
    """The areas of a selection such as `$A$1:$B$9,$D:$D`, cut to the used range of the sheet."""
    last = sheet.used_range
    bottom, right = last.row + last.shape[0] - 1, last.column + last.shape[1] - 1
    areas = []
    for part in address.split(","):
        chosen = sheet.range(part)
        (height, width), top, left = chosen.shape, chosen.row, chosen.column
        if top <= bottom and left <= right:
            low, far = min(bottom, top + height - 1), min(right, left + width - 1)
            areas.append(RangeRef(sheet.name, top, left, low, far))
    return areas


def whole_sheet(sheet: Sheet) -> list[RangeRef]:
    """All cells up to the end of the used range."""
    last = sheet.used_range
    bottom, right = last.row + last.shape[0] - 1, last.column + last.shape[1] - 1
    return [RangeRef(sheet.name, 1, 1, bottom, right)]


def calls_in(sheet: Sheet, areas: Sequence[RangeRef]) -> int:
    """Number of cells in the areas whose formulas call an LLM function."""
    return sum(1 for _ in _calling(sheet, areas))


def _calling(sheet: Sheet, areas: Sequence[RangeRef]) -> Iterator[tuple[int, int, str]]:
    for area in areas:
        cells = sheet.range((area.top, area.left), (area.bottom, area.right))
        for row, line in enumerate(_rows(_formulas(cells)), area.top):
            for column, formula in enumerate(line, area.left):
                if isinstance(formula, str) and functions_in(formula):
                    yield row, column, formula


def _formulas(cells: Range) -> Any:  # noqa: ANN401 - a text, or rows of texts
    """Formulas as Excel shows them today, or as it always did where that is not known."""
    with suppress(AttributeError, NotImplementedError):
        return cells.formula2
    return cells.formula


def _rows(values: Any) -> list[list[Any]]:  # noqa: ANN401 - what xlwings gives for a range
    """Rows of what xlwings gives as a scalar, a list or a list of lists."""
    if not isinstance(values, (list, tuple)):
        return [[values]]
    return [list(line) if isinstance(line, (list, tuple)) else [line] for line in values]


def _array_of(cell: Range) -> tuple[Range | None, Kind]:
    """The cells that one formula fills together with this one, if there are more.

    No public property of xlwings tells.
    """
    native = cell.api
    if getattr(native, "HasSpill", False) is True:
        return cell.sheet.range(native.SpillingToRange.Address), Kind.SPILL
    if getattr(native, "HasArray", False) is True:
        return cell.sheet.range(native.CurrentArray.Address), Kind.ARRAY
    own = getattr(cell.impl, "array_range", None)
    return (None, Kind.CELLS) if own is None else (cell.sheet.range(own.address), Kind.ARRAY)


def _is_answer(value: object) -> bool:
    """Whether a value is there to be kept: neither a state, nor an error, nor nothing."""
    return value is not None and not is_state(value)


def _columns(singles: Sequence[tuple[int, int, str, bool]]) -> Iterator[Block]:
    """Single cells of equal functions below each other as one block each."""
    run: list[tuple[int, int, str, bool]] = []
    for one in [*singles, None]:
        if one is not None and run and _continues(run[-1], one):
            run.append(one)
            continue
        if run:
            column, top = run[0][:2]
            yield Block(
                area=RangeRef("", top, column, run[-1][1], column).a1,
                functions=functions_in(run[0][2]),
                formulas=tuple((formula,) for _, _, formula, _ in run),
                kind=Kind.CELLS,
                ready=run[0][3],
            )
        run = [one] if one is not None else []


def _continues(last: tuple[int, int, str, bool], one: tuple[int, int, str, bool]) -> bool:
    return (
        (one[0], one[1]) == (last[0], last[1] + 1)
        and one[3] == last[3]
        and functions_in(one[2]) == functions_in(last[2])
    )
