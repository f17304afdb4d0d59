"""Which cells a skeleton tells exactly: headers, labels, exceptions, and what is cheap to tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tickmark.encode.region_columns import cheap_columns, grouped
from tickmark.encode.source import Source
from tickmark.encode.standing import Mask, Standing, VisibleCells
from tickmark.model.grid import CellKind
from tickmark.model.region import Role
from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.ordering import changes, counted

WIDE = 24
"""In regions of so many cells a row labels cost little beside what they name."""

RARE = 2
"""At most so many constants in a row or column of formulas are exceptions."""

MANY_MORE = 3
"""There are at least so many times as many formulas."""

_ROWS = 1 << 21


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to how many rows of data the labels and the texts of a region are told one by one.

    Labels of rows with formulas of their own are told in regions of up to `models` rows, and so are
    all labels where rows are long; in taller ones than `labels` up to `rest` that remain.
    `small` is about how many tokens the numbers of a region may cost to be told; without `notes`
    the first cell of running text stands for the others. At most the first `headers` cells that
    head a region are told, and as many errors. Columns of at most `few` cells are told.
    """

    labels: int = 24
    rest: int = 20
    models: int = 150
    texts: int = 4
    keys: int = 24
    small: int = 4
    notes: bool = False
    headers: int = 400
    few: int = 0


def selected(source: Source, cells: VisibleCells, limits: Limits) -> Mask:
    """For each visible cell whether its value, or the result of its formula, is told exactly."""
    if not len(cells):
        return np.zeros(0, np.bool_)
    values = source.sheet.cells.values[cells.positions]
    plain = ~cells.is_formula
    texts = plain & (cells.kinds == CellKind.TEXT)
    heading = cells.standings == Standing.HEADER
    kept = ~_beyond(cells, heading, limits.headers)
    chosen: Mask = texts & _told_texts(source, cells, limits, kept)
    errors = plain & (cells.kinds == CellKind.ERROR)
    chosen |= errors & ~_beyond(cells, errors, limits.headers)
    others = plain & ~texts
    naming = (cells.standings <= Standing.HEADER) & (cells.standings > Standing.LOOSE)
    chosen |= others & naming & kept
    chosen |= others & _keys(source, cells, limits)
    chosen |= plain & _among_copies(cells)
    chosen |= _among_formulas(cells, others & ~chosen)
    dates1904 = source.workbook.date1904
    chosen |= cheap_columns(cells, values, plain & ~chosen, date1904=dates1904)
    chosen |= _few(cells, values, plain & ~chosen, limits)
    if limits.few:
        groups = grouped(cells, plain & ~chosen)
        if len(groups.order):
            chosen[groups.order[np.repeat(groups.sizes <= limits.few, groups.sizes)]] = True
    return chosen


def _told_texts(source: Source, cells: VisibleCells, limits: Limits, kept: Mask) -> Mask:
    """Texts that name things: outside of long regions all, inside those that head or total.

    `kept` leaves out the headers that are too many.
    """
    short = cells.heights <= limits.texts
    labels = cells.standings == Standing.LABEL
    short |= labels & (cells.heights <= limits.labels)
    short |= labels & (cells.heights <= limits.models) & _in_own_rows(cells)
    short |= _keys(source, cells, limits)
    naming = (cells.standings == Standing.TITLE) | (cells.standings == Standing.HEADER)
    left = labels & ~short & (cells.kinds == CellKind.TEXT)
    few = np.bincount(cells.regions[left] + 1, minlength=int(cells.regions.max()) + 2)
    short |= left & (few <= limits.rest)[cells.regions + 1]
    if limits.labels:
        wide = np.bincount(cells.regions + 1)[cells.regions + 1] >= WIDE * cells.heights
        short |= left & (cells.heights <= limits.models) & wide
    told: Mask = short | (naming & kept) | (cells.standings == Standing.TOTAL)
    notes = cells.standings == Standing.NOTE
    if notes.any() and not limits.notes:
        _, firsts = np.unique(cells.regions[notes], return_index=True)
        told[notes] = False
        told[np.flatnonzero(notes)[firsts]] = True
    return told


def _in_own_rows(cells: VisibleCells) -> Mask:
    """The cells of rows with a formula that is no copy of the one above or below."""
    order = np.lexsort((cells.rows, cells.columns))
    column, row, template = cells.columns[order], cells.rows[order], cells.templates[order]
    copied = (
        (column[1:] == column[:-1]) & (row[1:] == row[:-1] + 1) & (template[1:] == template[:-1])
    )
    own = template != NO_TEMPLATE
    own &= ~np.append(False, copied) & ~np.append(copied, False)
    # A row of a region, whichever column its formula stands in.
    _, line = np.unique(cells.regions[order] * _ROWS + row, return_inverse=True)
    found = np.zeros(len(cells), np.bool_)
    found[order] = (np.bincount(line, weights=own) > 0)[line]
    return found


def _beyond(cells: VisibleCells, some: Mask, most: int) -> Mask:
    """Of some cells those that come after the first ones of their region."""
    found = np.zeros(len(cells), np.bool_)
    at = np.flatnonzero(some)
    if len(at):
        order = at[np.argsort(cells.regions[at], kind="stable")]
        starts = np.flatnonzero(changes(cells.regions[order]))
        found[order] = counted(np.diff(starts, append=len(order)))[1] >= most
    return found


def _keys(source: Source, cells: VisibleCells, limits: Limits) -> Mask:
    """The cells of key-value blocks that are not long."""
    roles = np.array([region.role is Role.KEY_VALUE for region in source.regions] + [False])
    mask: Mask = roles[cells.regions] & (cells.heights <= limits.keys)
    return mask


def _among_copies(cells: VisibleCells) -> Mask:
    """Lone constants between two copies of one formula, above each other or side by side."""
    beside: list[Mask] = []
    lone: list[Mask] = []
    for lines, places in ((cells.columns, cells.rows), (cells.rows, cells.columns)):
        order = np.lexsort((places, lines))
        line, place = lines[order], places[order]
        template = cells.templates[order]
        near = (line[1:] == line[:-1]) & (place[1:] == place[:-1] + 1)
        # The template before and behind each cell in its line, NO_TEMPLATE where there is none.
        before = np.append(NO_TEMPLATE, np.where(near, template[:-1], NO_TEMPLATE))
        behind = np.append(np.where(near, template[1:], NO_TEMPLATE), NO_TEMPLATE)
        plain = np.append(False, near & (template[:-1] == NO_TEMPLATE))
        plain |= np.append(near & (template[1:] == NO_TEMPLATE), False)
        for found, mask in (
            (beside, (before == behind) & (before != NO_TEMPLATE) & (template == NO_TEMPLATE)),
            (lone, ~plain),
        ):
            placed = np.zeros(len(cells), np.bool_)
            placed[order] = mask
            found.append(placed)
    among: Mask = (beside[0] & lone[1]) | (beside[1] & lone[0])
    return among


def _among_formulas(cells: VisibleCells, chosen: Mask) -> Mask:
    """The one or two chosen cells of a column, or a row, that holds many more formulas.

    Whole rows or columns of them are inputs, not exceptions.
    """
    chosen = chosen & (cells.standings >= Standing.TOTAL)
    found = np.zeros(len(cells), np.bool_)
    if not chosen.any():
        return found
    columns, rows = (
        np.unique((cells.regions + 1) * _ROWS + own, return_inverse=True)[1]
        for own in (cells.columns, cells.rows)
    )
    for line, across in ((columns, rows), (rows, columns)):
        formulas = np.bincount(line, weights=cells.is_formula)
        others = np.bincount(line, weights=chosen)
        rare = (others <= RARE) & (formulas >= MANY_MORE * others)
        alone = chosen & rare[line]
        found |= alone & (np.bincount(across, weights=alone) <= RARE)[across]
    return found


def _few(
    cells: VisibleCells, values: npt.NDArray[np.float64], chosen: Mask, limits: Limits
) -> Mask:
    """Short numbers of regions that have only a few of them."""
    found = np.zeros(len(cells), np.bool_)
    at = np.flatnonzero(chosen & (cells.kinds != CellKind.TEXT))
    if not len(at):
        return found
    groups, inverse = np.unique(cells.regions[at], return_inverse=True)
    lengths = _digits(values[at])
    price = np.bincount(inverse, weights=lengths / 3 + 1, minlength=len(groups))
    counts = np.bincount(inverse, minlength=len(groups))
    few = (price <= limits.small) | (counts == 1)
    found[at] = few[inverse]
    return found


def _digits(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """About how many characters numbers have."""
    whole = values == np.round(values)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        left = np.maximum(np.floor(np.log10(np.maximum(np.abs(values), 1))), 0) + 1
        cents = np.isclose(values * 100, np.round(values * 100), rtol=0, atol=1e-9)
    return np.where(whole, left, np.where(cents, left + 3, 17))
