"""How many rows at the top of a box are its header."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

import numpy as np

from tickmark.structure.regions.appearance import Mask
from tickmark.structure.regions.evidence import Evidence
from tickmark.structure.regions.header_looks import HeaderRows, header_by_looks, row_name
from tickmark.structure.regions.header_profile import Profile, figure
from tickmark.structure.regions.header_runs import is_numbering, runs_of
from tickmark.structure.regions.header_words import Look, is_unit
from tickmark.structure.regions.kinds import DATE, NUMBER
from tickmark.structure.regions.looks import part
from tickmark.structure.regions.raster import Box, Raster

_AHEAD: Final = 3
_FAR: Final = 6
_NAMES: Final = 4
_FULL: Final = 0.34
"""A share of the columns of figures that a header names."""

_SHAPED: Final = 256


class _Kind(Enum):
    BLANK = "blank"
    HEAD = "head"
    DATA = "data"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class _Row:
    """What a top row is.

    `heads` counts its texts, years and dates over columns of figures or over blank ones, `share` is
    that of columns of figures with one; `plain` counts the figures that head nothing.
    """

    kind: _Kind
    heads: int = 0
    share: float = 0.0
    cells: int = 0
    plain: int = 0
    cue: str = ""


def header_rows_of(profile: Profile, evidence: Evidence) -> HeaderRows:
    """The header rows of a box; at least one row is left for the data."""
    box = profile.box
    if box.height < 2:
        return HeaderRows()
    told = _told(profile.raster, box, evidence)
    if told is not None:
        return told
    scanned = _scanned(profile)
    if not scanned.count:
        scanned = header_by_looks(profile, evidence)
    if scanned.count:
        scanned.count = min(_with_merges(profile, scanned.count), box.height - 1)
        _add_blank_rows(profile, scanned)
    return scanned


def _told(raster: Raster, box: Box, evidence: Evidence) -> HeaderRows | None:
    """What a ListObject or a filter says."""
    area = raster.range_of(box)
    for table in evidence.tables:
        if table.range == area:
            rows = min(table.header_rows, box.height - 1)
            cue = f"row {area.top} is the header of the table {table.name}"
            return HeaderRows(rows, [cue] if rows else [])
    filtered = evidence.filter_range
    if filtered is None or not filtered.meets(area) or filtered.top < area.top:
        return None
    rows = filtered.top - area.top + 1
    columns = min(filtered.right, area.right) - max(filtered.left, area.left) + 1
    if rows >= min(box.height, 8) or 2 * columns < box.width or filtered.bottom <= filtered.top:
        return None
    return HeaderRows(rows, [f"row {filtered.top} has the buttons of a filter"])


def _scanned(profile: Profile) -> HeaderRows:
    """Rows down to the last one that heads the figures below it, before the first one of data."""
    found = HeaderRows()
    style: tuple[str, ...] = ()
    passed = 0
    best = 0.0
    for row in range(min(profile.rows, profile.box.height - 1)):
        own = _row(profile, row, found.count, style)
        if row < found.count or own.kind is _Kind.BLANK:
            continue
        partial = own.kind is not _Kind.HEAD and found.count and best < _FULL
        names = _names_ahead(profile, row) if partial else 0
        if names:
            found.count, best = names + 1, _FULL
            found.cues.append(f"{row_name(profile, names)} names the columns")
        elif own.kind is _Kind.HEAD:
            if not found.count and passed and own.heads < 2 and own.share < 0.34:
                break
            found.count = row + 1
            found.cues.append(own.cue)
            best = max(best, own.share)
            style = style or profile.contrasts(row)
        elif own.kind is _Kind.DATA:
            if best >= _FULL or not _head_ahead(profile, row):
                break
        elif found.count:
            if not style or own.cells < 2 or profile.contrasts(row) != style:
                break
            found.count = row + 1
            found.cues.append(f"{row_name(profile, row)} is {style[0]} like the row above")
        else:
            passed += 1
    return found


def _names_ahead(profile: Profile, row: int) -> int:
    """The row below one without a name of its own that names the columns, key columns too.

    Such rows of days stand below months, and above the names of the other columns. 0 for none.
    """
    below = profile.below(row)
    if profile.top[row][0] != Look.BLANK or not below.texts[0] or below.is_figures[0]:
        return 0
    for ahead in range(row + 1, min(row + _FAR, profile.rows, profile.box.height - 1)):
        looks = profile.top[ahead]
        if looks[0] != Look.BLANK and figure(looks).any():
            return 0
        if looks[0] == Look.TEXT:
            own = _row(profile, ahead, 0, ())
            if own.kind is _Kind.HEAD and own.heads >= _NAMES and not own.plain:
                return ahead
    return 0


def _head_ahead(profile: Profile, row: int) -> bool:
    """Whether a row of figures stands above a full header, such as one with weights."""
    for ahead in range(row + 1, min(row + _AHEAD, profile.rows, profile.box.height - 1)):
        own = _row(profile, ahead, 0, ())
        if own.kind is _Kind.HEAD and own.heads >= 2 and own.share >= 0.6 and not own.plain:
            return True
    return False


def _row(profile: Profile, row: int, above: int, style: tuple[str, ...]) -> _Row:
    """What a top row is, below a number of header rows."""
    looks, below = profile.top[row], profile.below(row)
    cells = int((looks != Look.BLANK).sum())
    if not cells:
        return _Row(_Kind.BLANK)
    texts, figures, numeric = looks == Look.TEXT, figure(looks), below.is_figures
    calculated = below.is_calculated & ~numeric
    over = ((texts | (looks == Look.SIGN)) & numeric) | (
        texts & ~profile.formulas[row] & calculated
    )
    over |= (looks == Look.WRITTEN) & numeric & ~below.is_written
    runs = runs_of(profile, row, below, above, texts)
    blank = texts & below.is_blank & bool(below.filled.any())
    columns = int((numeric | calculated).sum())
    count = int(over.sum() + runs.sum())
    heads, share = count + int(blank.sum()), count / max(1, columns)
    plain = int((figures & ~runs & ~over).sum())
    either = _Row(_Kind.EITHER, heads, share, cells, plain)
    if above and is_numbering(profile, row):
        cue = f"{row_name(profile, row)} numbers the columns"
        return replace(either, kind=_Kind.HEAD, cue=cue)
    if heads and 2 * plain <= heads:
        if above and not _goes_on(profile, row, either, style, count):
            return either
        return replace(either, kind=_Kind.HEAD, cue=_cue(profile, row, over, runs, blank))
    return replace(either, kind=_Kind.DATA) if plain else either


def _goes_on(
    profile: Profile, row: int, own: _Row, style: tuple[str, ...], over_figures: int
) -> bool:
    """Whether a row below a header row is one more, and not a record without figures."""
    first = profile.top[row][0] != Look.BLANK
    if own.cells == 1 and first:
        return False
    if style and profile.contrasts(row) == style:
        return True
    if not over_figures:
        return not first and own.heads > 1 and 2 * own.heads >= own.cells
    corner = not profile.top[:row, 0].any()
    many = own.heads > 1 or (corner and own.share == 1)
    return not first or (many and own.share >= 0.4) or _is_units(profile, row)


def _is_units(profile: Profile, row: int) -> bool:
    """Whether all texts of a row but the first are units of measure."""
    box = profile.box
    texts = np.flatnonzero(np.isin(profile.top[row], (Look.TEXT, Look.SIGN)))[:_SHAPED].tolist()
    units = [
        is_unit(profile.raster.text(box.top + row, box.left + column)) for column in texts if column
    ]
    return bool(units) and all(units)


def _with_merges(profile: Profile, count: int) -> int:
    """The count of header rows down to the end of the merges that begin in them."""
    box, raster = profile.box, profile.raster
    own = raster.merge_of[box.top + count - 1, box.left : box.right + 1]
    if not own.any():
        return count
    top = Box(box.top + count, box.left, box.top + profile.rows - 1, box.right)
    figures = np.isin(part(raster.kinds, top), (NUMBER, DATE)).any(axis=1)
    free = int(np.argmax(figures)) if figures.any() else top.height
    merges = [raster.merges[number - 1] for number in np.unique(own[own > 0]).tolist()]
    most = min(box.top + count + free, box.bottom)
    ends = (merge.bottom for merge in merges if merge.top >= box.top and merge.bottom < most)
    return max(ends, default=box.top + count - 1) - box.top + 1


def _add_blank_rows(profile: Profile, found: HeaderRows) -> None:
    box, raster = profile.box, profile.raster
    seen = raster.occupied[box.top + found.count : box.bottom + 1, box.left : box.right + 1]
    rows = np.flatnonzero(seen[: profile.rows].any(axis=1))
    blank = int(rows[0]) if len(rows) else 0
    found.cues += [f"{row_name(profile, found.count + at)} is blank" for at in range(blank)]
    found.count += blank


def _cue(profile: Profile, row: int, over: Mask, runs: Mask, blank: Mask) -> str:
    looks = profile.top[row]
    style = " and ".join(profile.contrasts(row))
    if over.any():
        what = "text over numbers" if not runs.any() else "texts and years over numbers"
    elif runs.any():
        years = (looks == Look.YEAR)[runs].any()
        dates = (looks == Look.DATE)[runs].any()
        what = f"{'years' if years else 'dates' if dates else 'numbers in steps'} over numbers"
    else:
        what = "text over blank columns" if blank.any() else "text"
    return f"{row_name(profile, row)} is {f'{style} {what}' if style else what}"
