"""The content fingerprint of a workbook: equal where it says the same, however it is stored.

Those of ranges, which do not depend on their place, are in `structure/fingerprints.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.model.workbook import Sheet, Style, Workbook

_VERSION: Final = "Tickmark content 1"

Numbers = npt.NDArray[np.int64]


def fingerprint(workbook: Workbook) -> str:
    """A hex SHA-256 over all that a workbook says.

    Of each sheet its name, state and place, its cells with their values, kinds, formulas and
    looks, its layout and details; of the workbook its names, links, date system and details. Not
    where and how it is stored: path, bytes, format, order of shared strings, numbers of styles and
    formulas, order of names, tables and merges; and no notes or problems of the reader. A formula
    that is written once for several cells differs from the same one written in each. What was not
    read, such as details that were not asked for, counts as not there.
    """
    content = _Content()
    content.texts(
        [
            _VERSION,
            _spelt((workbook.date1904, workbook.has_macros)),
            *sorted(map(_spelt, workbook.names)),
            *sorted(map(_spelt, workbook.external_links)),
            *sorted(_spelt(one.sheet) for one in workbook.failures),
            _spelt(workbook.details),
        ]
    )
    for sheet in workbook.sheets:
        _add_sheet(content, sheet, workbook.styles)
    return content.digest.hexdigest()


class _Content:
    """Bytes on their way into a digest, each piece with its length."""

    def __init__(self) -> None:
        self.digest = sha256()

    def bytes(self, piece: bytes) -> None:
        self.digest.update(b"%d\n" % len(piece))
        self.digest.update(piece)

    def texts(self, texts: Sequence[str]) -> None:
        self.array(np.fromiter(map(len, texts), np.int64, len(texts)), "<i8")
        self.bytes("".join(texts).encode("utf-8", "surrogatepass"))

    def array(self, array: npt.NDArray[Any], kind: str) -> None:
        self.bytes(np.ascontiguousarray(array, kind).tobytes())


def _add_sheet(content: _Content, sheet: Sheet, styles: Sequence[Style]) -> None:
    tables = sorted(map(_spelt, sheet.tables))
    layout = (sheet.name, sheet.state, sheet.hidden_rows, sheet.hidden_columns)
    content.texts([_spelt(layout), *tables, _spelt(sheet.details)])
    merges = sorted((one.top, one.left, one.bottom, one.right) for one in sheet.merges)
    content.array(np.array(merges, np.int64), "<i8")
    _add_cells(content, sheet.cells, styles)


def _add_cells(content: _Content, cells: Cells, styles: Sequence[Style]) -> None:
    content.array(cells.rows, "<i4")
    content.array(cells.columns, "<i2")
    content.array(cells.kinds, "u1")
    spelt = (cells.kinds == CellKind.TEXT) | (cells.kinds == CellKind.ERROR)
    valued = ~spelt & (cells.kinds != CellKind.EMPTY)
    content.array(cells.values[valued] + 0.0, "<f8")  # of two zeros one
    _add_indexed(content, cells.values[spelt].astype(np.int64), cells.texts)
    _add_indexed(content, cells.styles.astype(np.int64), styles)
    with_formula = cells.formulas != NO_FORMULA
    content.array(with_formula, "u1")
    groups = cells.formula_groups
    formulas: Sequence[object] = cells.formula_texts
    if groups:
        formulas = [
            (text, groups[index]) if index in groups else text
            for index, text in enumerate(cells.formula_texts)
        ]
    _add_indexed(content, cells.formulas[with_formula].astype(np.int64), formulas)


def _add_indexed(content: _Content, indexes: Numbers, listed: Sequence[object]) -> None:
    """What indexes mean: different things in the order of first use, and which of them is where."""
    first = np.full(len(listed), len(indexes), np.int64)
    # Of several cells that use one the last that is assigned stays: the first cell.
    first[indexes[::-1]] = np.arange(len(indexes))[::-1]
    used = np.flatnonzero(first < len(indexes))
    used = used[np.argsort(first[used])]
    things = [listed[at] for at in used.tolist()]
    different = dict.fromkeys(things)
    new = np.zeros(len(listed), np.int64)
    new[used] = np.arange(len(used))
    if len(different) < len(things):
        places = {one: place for place, one in enumerate(different)}
        new[used] = [places[one] for one in things]
    others = [place for place, one in enumerate(different) if not isinstance(one, str)]
    content.array(np.array(others, np.int64), "<i8")
    content.texts([one if isinstance(one, str) else _spelt(one) for one in different])
    content.array(new[indexes], "<i4")


def _spelt(value: object) -> str:
    """A value as a text that no other value has; fields as their class sets them are left out.

    So a field that is added to a class changes no fingerprint of a workbook without it.
    """
    match value:
        case Enum():
            return _spelt(value.value)
        case str() | bool() | int() | float() | None:
            return ascii(value)
        case Mapping():
            return f"{{{_joined(sorted((_spelt(k), _spelt(v)) for k, v in value.items()))}}}"
        case tuple() | list():
            return f"({_joined(value)})"
        case _:
            return _spelt_fields(value)


def _joined(values: Iterable[object]) -> str:
    return ",".join(map(_spelt, values))


def _spelt_fields(value: Any) -> str:  # noqa: ANN401 - a dataclass of the model
    spelt = [
        f"{name}={_spelt(given)}"
        for name, usual in _usual(type(value))  # type: ignore[arg-type] # classes can be hashed
        if (given := getattr(value, name)) != usual
    ]
    return f"{type(value).__name__}({','.join(spelt)})"


@lru_cache(maxsize=256)
def _usual(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    """The fields of a dataclass and what they are where nothing else is said."""
    usual: list[tuple[str, object]] = []
    for one in dataclasses.fields(kind):
        made = one.default_factory
        given = made() if made is not dataclasses.MISSING else one.default
        usual.append((one.name, given))
    return tuple(usual)
