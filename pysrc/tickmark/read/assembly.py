"""Blocks of converted cells to the cells of a sheet: in order, once each, with their own texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tickmark.model.address import cell_address
from tickmark.model.grid import NO_FORMULA, CellKind, Cells
from tickmark.read.cells import CellColumns
from tickmark.read.problems import Problem

_NAMES = ("rows", "columns", "kinds", "values", "styles", "formulas")

Arrays = dict[str, npt.NDArray[Any]]


def assemble(source: CellColumns) -> Cells:
    """All converted cells of a sheet, sorted; what is dropped is added to the problems."""
    if not source.blocks:
        return Cells.empty()
    joined = [np.concatenate(parts) for parts in zip(*source.blocks, strict=True)]
    source.blocks.clear()
    data: Arrays = dict(zip(_NAMES, joined, strict=True))
    _drop_orphans(source, data)
    _sort(source, data)
    numbers = data["kinds"] == CellKind.NUMBER
    data["kinds"][numbers & source.formats.is_date[data["styles"]]] = CellKind.DATE
    data["styles"] = source.formats.styles[data["styles"]]
    return Cells(
        **data,
        texts=_used_texts(source, data),
        formula_texts=tuple(source.formulas.texts),
        formula_groups=source.formulas.groups,
    )


def _drop_orphans(source: CellColumns, data: Arrays) -> None:
    """Members of a shared formula without master keep their value and lose the formula."""
    orphans = source.formulas.orphans()
    lost = np.isin(data["formulas"], list(orphans)) if orphans else np.zeros(0, np.bool_)
    if not lost.any():
        return
    where = _address(data, int(np.flatnonzero(lost)[0]))
    source.problems.add(Problem.NO_MASTER, where, int(np.count_nonzero(lost)))
    data["formulas"][lost] = NO_FORMULA
    _keep(data, ~(lost & (data["kinds"] == CellKind.EMPTY)))


def _sort(source: CellColumns, data: Arrays) -> None:
    """Sort by row, then column; of cells with one address the last in the file stays."""
    keys = data["rows"].astype(np.int64) << 15 | data["columns"]
    if (np.diff(keys) > 0).all():
        return
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    last = np.append(keys[1:] != keys[:-1], np.True_)
    repeated = int(np.count_nonzero(~last))
    if repeated:
        where = _address(data, int(order[np.flatnonzero(~last)[0]]))
        source.problems.add(Problem.TWICE, where, repeated)
    _keep(data, order[last])


def _used_texts(source: CellColumns, data: Arrays) -> tuple[str, ...]:
    """The texts that cells use; the values of those cells become indexes into them."""
    textual = (data["kinds"] == CellKind.TEXT) | (data["kinds"] == CellKind.ERROR)
    indexes = data["values"][textual].astype(np.int64)
    shared = source.strings
    own = list(source.own)
    used = np.zeros(len(shared) + len(own), np.bool_)
    used[indexes] = True
    data["values"][textual] = (np.cumsum(used) - 1)[indexes]
    return tuple(
        shared[at] if at < len(shared) else own[at - len(shared)]
        for at in np.flatnonzero(used).tolist()
    )


def _address(data: Arrays, at: int) -> str:
    return cell_address(int(data["rows"][at]), int(data["columns"][at]))


def _keep(data: Arrays, chosen: npt.NDArray[Any]) -> None:
    for name in _NAMES:
        data[name] = data[name][chosen]
