"""Content addresses of a live range that do not depend on where it stands.

Formulas are spelled in three ways, for three ways in which cells come to stand elsewhere:

- BESIDE: references inside the range by their distance from its first cell, all others by place.
  Equal after rows were inserted between the range and what it refers to.
- TOGETHER: all references on the own sheet by their distance from the first cell. Equal after rows
  were inserted above the range and all that it refers to.
- COPIED: relative references by their distance from their own cell, absolute ones by place. Equal
  after copying.

A range with thousands of formulas that are no copies of each other is spelled as it stands: reading
them would hold up the calculation. It is equal only where it was.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef
from tickmark.model.range_content import ErrorValue, RangeContent
from tickmark.structure.formulas import NO_TEMPLATE, SheetFormulas, Template, sheet_formulas
from tickmark.structure.number_formats import GENERAL
from tickmark.structure.range_sheet import place_of, range_workbook
from tickmark.structure.references import Reference, ReferenceKind, references
from tickmark.structure.relative import r1c1

REMEMBERED: Final = 512
MOST_DIFFERENT: Final = 3_000
COMPARED: Final = 300
# A prime, so that no column is passed over.
_STRIDE: Final = 7_919

Numbers = npt.NDArray[np.int64]


class Spelling(StrEnum):
    """How the references of formulas are spelled in a content address."""

    BESIDE = "beside"
    TOGETHER = "together"
    COPIED = "copied"


def fingerprints(content: RangeContent) -> Mapping[Spelling, str]:
    """A hex SHA-256 for each spelling, over shape, values with types, formats and formulas.

    All three are equal where no formula refers to cells by address. Sheet, workbook and place are
    not part of them.
    """
    rest = sha256(_constants(content).encode()).hexdigest()
    if not any(map(any, content.formulas)):
        return dict.fromkeys(Spelling, rest)
    place = place_of(content)
    key = sha256(json.dumps([rest, content.formulas, str(place)]).encode()).digest()
    found = _recent.get(key)
    if found is None:
        if _different(content, place) > MOST_DIFFERENT:
            found = dict.fromkeys(Spelling, key.hex())
        else:
            formulas = sheet_formulas(range_workbook(content).sheets[0])
            groups = _groups(formulas, place)
            found = {spelling: _digest(rest, groups, spelling, place) for spelling in Spelling}
        with _lock:
            while len(_recent) >= REMEMBERED:
                del _recent[next(iter(_recent))]
            _recent[key] = found
    return found


# A cell is calculated again and again with the same range.
_lock = threading.Lock()
_recent: dict[bytes, Mapping[Spelling, str]] = {}


def _different(content: RangeContent, place: RangeRef) -> float:
    """About how many formulas of a range are no copies of each other.

    Among some of many, those that come up once tell what share of all is like them.
    """
    cells = [
        (text, place.top + down, place.left + across)
        for down, texts in enumerate(content.formulas)
        for across, text in enumerate(texts)
        if text
    ]
    if len(cells) <= MOST_DIFFERENT:
        return len(cells)
    chosen = {number * _STRIDE % len(cells) for number in range(COMPARED)}
    counts = Counter(r1c1(*cells[number]) for number in chosen)
    single = sum(count == 1 for count in counts.values())
    return len(counts) - single + single * len(cells) / len(chosen)


def _constants(content: RangeContent) -> str:
    plain = all(code == GENERAL for row in content.formats for code in row)
    parts = [content.shape, content.values, () if plain else content.formats]
    return json.dumps(parts, default=_error)


def _error(value: object) -> object:
    if isinstance(value, ErrorValue):
        return {"error": value.text}
    message = f"{type(value).__name__} is no value of a cell"
    raise TypeError(message)


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """The cells of one template.

    `skeleton` is its text with a mark in place of each reference. `cells` are rows and columns
    (n, 2); `edges` are top, left, bottom and right of each reference in each cell (n, k, 4), 0
    where a whole row or column has no edge; `relative` (k, 4) tells which of them move in copying,
    `own` (k) which references lie on the own sheet, `real` (k, 4) which edges are not open.
    """

    skeleton: str
    cells: Numbers
    edges: Numbers
    relative: npt.NDArray[np.bool_]
    own: npt.NDArray[np.bool_]
    real: npt.NDArray[np.bool_]


def _groups(formulas: SheetFormulas, place: RangeRef) -> list[_Group]:
    order = np.argsort(formulas.template_of, kind="stable")
    sorted_templates = formulas.template_of[order]
    starts = np.searchsorted(sorted_templates, np.arange(len(formulas.templates)))
    ends = np.append(starts[1:], len(order))
    cells = formulas.sheet.cells
    places = np.stack([cells.rows, cells.columns], axis=1).astype(np.int64)
    return [
        _group(template, places[order[start:end]], place.sheet)
        for template, start, end in zip(
            formulas.templates, starts.tolist(), ends.tolist(), strict=True
        )
        if start < end and sorted_templates[start] != NO_TEMPLATE
    ]


def _group(template: Template, cells: Numbers, sheet: str) -> _Group:
    pieces: list[str] = []
    areas: list[Reference] = []
    at = 0
    for reference in references(template.text, sheet):
        start = template.text.find(reference.text, at)
        if start < 0 or reference.kind is not ReferenceKind.AREA:
            continue  # names and tables stay as written, and so do corners that blanks part
        prefix = "" if _is_own(reference, sheet) else _place(reference)
        moving = "".join("r" if one else "a" for one in reference.relative)
        pieces += [template.text[at:start], f"\x00{prefix}\x00{moving}\x00"]
        at = start + len(reference.text)
        areas.append(reference)
    base = np.array([_edges(one) for one in areas], np.int64).reshape(-1, 4)
    relative = np.array([one.relative for one in areas], np.bool_).reshape(-1, 4)
    moved = (cells - (template.row, template.column))[:, [0, 1, 0, 1]]
    real = base != 0
    return _Group(
        skeleton="".join((*pieces, template.text[at:])),
        cells=cells,
        edges=base[None] + np.where(relative & real, moved[:, None], 0),
        relative=relative,
        own=np.array([_is_own(one, sheet) for one in areas], np.bool_),
        real=real,
    )


def _is_own(reference: Reference, sheet: str) -> bool:
    return (
        not reference.book
        and reference.last_sheet in {"", reference.sheet}
        and reference.sheet.casefold() == sheet.casefold()
    )


def _place(reference: Reference) -> str:
    return f"[{reference.book}]{reference.sheet}:{reference.last_sheet}".casefold()


def _edges(reference: Reference) -> tuple[int, int, int, int]:
    """The edges of an area, 0 for those that a whole row or column does not have."""
    if reference.area is None:
        return 0, 0, 0, 0
    top, left, bottom, right = reference.edges()
    rows = (0, 0) if (top, bottom) == (1, MAX_ROW) else (top, bottom)
    columns = (0, 0) if (left, right) == (1, MAX_COLUMN) else (left, right)
    return rows[0], columns[0], rows[1], columns[1]


def _digest(rest: str, groups: list[_Group], spelling: Spelling, place: RangeRef) -> str:
    """Equal for equal cells, however they are parted into templates."""
    by_skeleton: dict[str, list[Numbers]] = {}
    for group in groups:
        by_skeleton.setdefault(group.skeleton, []).append(_spelled(group, spelling, place))
    digest = sha256(rest.encode())
    for skeleton in sorted(by_skeleton):
        lines = np.concatenate(by_skeleton[skeleton])
        lines = lines[np.lexsort((lines[:, 1], lines[:, 0]))]
        for part in _parts(skeleton, lines):
            digest.update(part)
    return digest.hexdigest()


def _parts(skeleton: str, lines: Numbers) -> Iterator[bytes]:
    text = skeleton.encode("utf-8", "surrogatepass")
    yield f"\n{len(text)} {lines.shape}\n".encode()
    yield text
    yield np.ascontiguousarray(lines, "<i8").tobytes()


def _spelled(group: _Group, spelling: Spelling, place: RangeRef) -> Numbers:
    """For each cell its place in the range, then the numbers of its references."""
    origin = np.array([place.top, place.left], np.int64)
    corners = origin[[0, 1, 0, 1]]
    own = group.own[None, :, None]
    if spelling is Spelling.COPIED:
        spelled = group.edges - np.where(group.relative, group.cells[:, [0, 1, 0, 1]][:, None], 0)
    elif spelling is Spelling.TOGETHER:
        spelled = group.edges - np.where(own, corners, 0)
    else:
        inside = own & _inside(group.edges, place)[:, :, None]
        spelled = group.edges - np.where(inside, corners, 0)
        spelled = np.concatenate((spelled, inside.astype(np.int64)), axis=2)
    if spelling is not Spelling.BESIDE:
        spelled = np.where(group.real, spelled, 0)
    return np.concatenate((group.cells - origin, spelled.reshape(len(group.cells), -1)), axis=1)


def _inside(edges: Numbers, place: RangeRef) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = (
        (edges[:, :, 0] >= place.top)
        & (edges[:, :, 1] >= place.left)
        & (edges[:, :, 2] <= place.bottom)
        & (edges[:, :, 3] <= place.right)
        & (edges[:, :, 0] > 0)
        & (edges[:, :, 1] > 0)
    )
    return inside
