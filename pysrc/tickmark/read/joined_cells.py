"""The cells of one sheet from two readings: the file's own values, and what LibreOffice exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind, Cells

_COLUMNS: Final = ("rows", "columns", "kinds", "values", "styles", "formulas")
_DAYS_TO_1904: Final = 1462
_MOMENTS: Final = (1, 2)
"""The styles of `columns.STYLES` whose serial numbers count from an epoch."""
_SAME_MOMENT: Final = 2e-8
"""Days within which two moments are one: calamine's are whole milliseconds."""

Arrays = dict[str, npt.NDArray[Any]]
Errors = Mapping[tuple[int, int], str]


def with_errors(cells: Cells, errors: Errors) -> Cells:
    """Values without formulas, together with errors at places that hold none."""
    if not errors:
        return cells
    return joined_cells(_error_cells(errors), cells, first_style=1, date1904=False)


def joined_cells(exported: Cells, own: Cells, *, first_style: int, date1904: bool) -> Cells:
    """The cells of both readings; where both know a value the file's own counts.

    Formulas and styles are those of the export. A style of `own` other than 0 gets the index
    `first_style` plus it minus 1, where the export has no cell. `date1904` tells that the export
    counts days from 1904, as `own` never does.
    """
    one, two = _arrays(exported), _arrays(own)
    two["values"][_textual(two)] += len(exported.texts)
    if date1904:
        counted = (two["kinds"] == CellKind.DATE) & np.isin(two["styles"], _MOMENTS)
        two["values"][counted] -= _DAYS_TO_1904
    at, known = _places(_keys(one), _keys(two))
    _take_values(one, two, at[known], np.flatnonzero(known))
    alone = {name: column[~known] for name, column in two.items()}
    alone["styles"] = np.where(alone["styles"] > 0, alone["styles"] + first_style - 1, 0)
    alone["formulas"] = np.full(len(alone["rows"]), NO_FORMULA, np.int32)
    every = {
        name: np.concatenate([one[name], alone[name]]).astype(one[name].dtype) for name in _COLUMNS
    }
    order = np.argsort(_keys(every), kind="stable")
    every = {name: column[order] for name, column in every.items()}
    texts = _used_texts(every, (*exported.texts, *own.texts))
    return Cells(
        **every,
        texts=texts,
        formula_texts=exported.formula_texts,
        formula_groups=exported.formula_groups,
    )


def _error_cells(errors: Errors) -> Cells:
    places = sorted(errors)
    texts = tuple(sorted(set(errors.values())))
    number = {text: at for at, text in enumerate(texts)}
    count = len(places)
    return Cells(
        rows=np.array([row for row, _ in places], np.int32),
        columns=np.array([column for _, column in places], np.int16),
        kinds=np.full(count, CellKind.ERROR, np.uint8),
        values=np.array([number[errors[place]] for place in places], np.float64),
        styles=np.zeros(count, np.int32),
        formulas=np.full(count, NO_FORMULA, np.int32),
        texts=texts,
    )


def _arrays(cells: Cells) -> Arrays:
    return {name: np.array(getattr(cells, name)) for name in _COLUMNS}


def _keys(data: Arrays) -> npt.NDArray[np.int64]:
    return data["rows"].astype(np.int64) << 15 | data["columns"]


def _textual(data: Arrays) -> npt.NDArray[np.bool_]:
    return np.isin(data["kinds"], (CellKind.TEXT, CellKind.ERROR))


def _places(
    known: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """For each wanted key its place among the known ones, and whether it is there."""
    if not len(known):
        return np.zeros(len(wanted), np.intp), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return at, known[at] == wanted


def _take_values(
    one: Arrays, two: Arrays, into: npt.NDArray[np.intp], of: npt.NDArray[np.intp]
) -> None:
    """Put the values of some cells of `two` into cells of `one`, as dates where those are."""
    kinds = two["kinds"][of]
    values = two["values"][of]
    before = one["kinds"][into]
    # Whether a number is a date is for its format to tell, which only the export knows.
    timely = np.isin(before, (CellKind.NUMBER, CellKind.DATE))
    timely &= np.isin(kinds, (CellKind.NUMBER, CellKind.DATE))
    same = timely & (kinds == CellKind.DATE)
    same &= np.abs(values - one["values"][into]) < _SAME_MOMENT
    one["kinds"][into] = np.where(timely, before, kinds)
    one["values"][into] = np.where(same, one["values"][into], values)


def _used_texts(data: Arrays, texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts that cells use, each once; the values of those cells become indexes into them."""
    textual = _textual(data)
    used, index = np.unique(data["values"][textual].astype(np.int64), return_inverse=True)
    first: dict[str, int] = {}
    place = np.array([first.setdefault(texts[at], len(first)) for at in used.tolist()], np.float64)
    data["values"][textual] = place[index] if len(used) else 0.0
    return tuple(first)
