"""How many columns at the left of a box name its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tickmark.model.address import column_letters
from tickmark.structure.regions.evidence import Evidence
from tickmark.structure.regions.header_profile import FIGURES, Profile, figure
from tickmark.structure.regions.header_words import KINDS_OF_LOOK, Look, is_period, names_ids

_MOST: Final = 64
"""So many columns at the left are looked into; no table has more key columns."""

_DESCRIBES: Final = re.compile(
    r"(?:\b|_)(desc\w*|comments?|remarks?|notes?|definition|meaning|explanation)\b", re.IGNORECASE
)
"""Names of columns that say what a code means, at any length."""

_PLAIN: Final = 3
_LONG: Final = 60


class _Kind(Enum):
    BLANK = "blank"
    LABEL = "texts"
    TIME = "dates or years"
    IDS = "ids"
    FIGURE = "figures"


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """The count of key columns, and a clause that says why."""

    count: int = 0
    cue: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """What stands below the header: looks of sampled rows and their rows in the raster."""

    profile: Profile
    rows: npt.NDArray[np.intp]
    looks: npt.NDArray[np.uint8]
    heads: Sequence[str]


class _Counts(NamedTuple):
    texts: int
    written: int
    figures: int
    times: int
    numbers: int


def key_columns_of(
    profile: Profile, header_rows: int, heads: Sequence[str], evidence: Evidence
) -> KeyColumns:
    """The key columns of a box; `heads` are the innermost texts of its header."""
    box = profile.box
    if box.width < 2 or header_rows >= box.height:
        return KeyColumns()
    body = _body(profile, header_rows, heads)
    if not len(body.rows):
        return KeyColumns()
    width = min(box.width, _MOST + 1)
    kinds = _kinds(body, width)
    count = _count(body, kinds, header_rows)
    while 0 < count < box.width - 1 and count < width and _is_gap(body, kinds, count):
        count += 1
    count = min(count, box.width - 1)
    if not count:
        return KeyColumns()
    most = min(_leading(kinds), box.width - 1, 2 * _PLAIN)
    for last, cue in _marks(evidence):
        marked = last - (profile.raster.left + box.left - 1)
        if 0 < marked <= most:
            return KeyColumns(marked, cue.format(_letter(profile, marked - 1)))
    return KeyColumns(count, _cue(profile, kinds, count))


def _marks(evidence: Evidence) -> Iterator[tuple[int, str]]:
    """The last column that the author marked as naming the rows, each with a cue."""
    yield evidence.frozen_columns, "the panes are frozen right of {}"
    if evidence.title_columns is not None:
        yield evidence.title_columns[1], "{} is the last that repeats on each printed page"


def _body(profile: Profile, header_rows: int, heads: Sequence[str]) -> _Body:
    rows, looks = profile.body(header_rows)
    # Rows with one cell are sections and blanks, which say nothing about columns.
    several = (looks != Look.BLANK).sum(axis=1) > 1
    if several.any():
        rows, looks = rows[several], looks[several]
    return _Body(profile, rows, looks, heads)


def _kinds(body: _Body, width: int) -> list[_Kind]:
    """The kind of each of the first columns."""
    each = np.arange(width) * KINDS_OF_LOOK + body.looks[:, :width]
    counts = np.bincount(each.ravel(), minlength=width * KINDS_OF_LOOK)
    return [
        _kind(
            body,
            column,
            _Counts(
                texts=own[Look.TEXT],
                written=own[Look.WRITTEN],
                figures=sum(own[look] for look in FIGURES),
                times=own[Look.YEAR] + own[Look.DATE],
                numbers=own[Look.NUMBER],
            ),
        )
        for column, own in enumerate(counts.reshape(width, KINDS_OF_LOOK).tolist())
    ]


def _kind(body: _Body, column: int, counts: _Counts) -> _Kind:
    texts, figures = counts.texts, counts.figures
    head = body.heads[column] if body.heads else ""
    if not texts and not figures:
        return _Kind.BLANK
    written = counts.written and 2 * counts.written >= figures
    if written and (names_ids(head) or _are_numerals(body, column)):
        texts, figures = texts + counts.written, figures - counts.written
    if texts >= figures:
        return _Kind.LABEL
    if 5 * counts.times >= 4 * figures and not is_period(head):
        return _Kind.TIME
    if 5 * counts.numbers >= 4 * figures and _are_ids(body, column, head):
        return _Kind.IDS
    return _Kind.FIGURE


def _are_numerals(body: _Body, column: int) -> bool:
    """Whether texts are whole numbers, each another one, such as item numbers kept as texts."""
    texts = _some_texts(body, column)
    return all(text.isdigit() for text in texts) and len(set(texts)) >= 0.9 * len(texts)


def _values(body: _Body, column: int) -> npt.NDArray[np.float64]:
    box = body.profile.box
    return np.asarray(body.profile.raster.values[body.rows, box.left + column], np.float64)


def _are_ids(body: _Body, column: int, head: str) -> bool:
    """Whether numbers are ids: by the name of the column, or since they alone go up or down."""
    values = _values(body, column)[body.looks[:, column] == Look.NUMBER]
    if len(values) < 2:
        return False
    steps = np.diff(values)
    if not _is_monotone(values):
        whole = bool((values % 1 == 0).all())
        return whole and names_ids(head) and len(np.unique(values)) >= 0.9 * len(values)
    even = float(np.isclose(steps, np.median(steps)).mean())
    if names_ids(head) or (len(steps) > 1 and even == 1) or (len(steps) > 4 and even >= 0.6):
        return True
    others = range(column + 1, min(column + 6, body.profile.box.width))
    series = [_values(body, other) for other in others]
    series = [one[~np.isnan(one)] for one in series]
    known = [_is_monotone(one) for one in series if len(one) > 1]
    return len(steps) > 1 and 2 * sum(known) < len(known)


def _is_monotone(values: npt.NDArray[np.float64]) -> bool:
    steps = np.diff(values)
    return bool((steps > 0).all() or (steps < 0).all())


def _count(body: _Body, kinds: list[_Kind], header_rows: int) -> int:
    """The key columns by what the columns hold."""
    first = next((kind for kind in kinds if kind is not _Kind.BLANK), _Kind.BLANK)
    if first in {_Kind.FIGURE, _Kind.BLANK} or _are_lists(body):
        return 0
    start = kinds.index(first)
    if not header_rows:
        others = {kind for kind in kinds if kind is not _Kind.BLANK}
        return 0 if len(others) == 1 or first is _Kind.IDS else start + 1
    periods = _before_periods(body, kinds)
    if periods:
        return periods
    if start and _head(body, 0) not in {"", _head(body, start)}:
        return 0  # records may leave the first of their fields blank, names of rows are not
    if first is _Kind.TIME and (body.looks[:, start] == Look.DATE).any():
        return start + 1
    return _of_records(body, kinds, start)


def _are_lists(body: _Body) -> bool:
    """Whether each column is a list of its own: texts without gaps that end in different rows."""
    seen = body.looks != Look.BLANK
    if figure(body.looks).any() or body.profile.box.width < 3:
        return False
    lengths = seen.sum(axis=0)
    lengths = lengths[lengths > 0]
    if len(lengths) < 3 or 4 * lengths[0] > 3 * len(seen):
        return False
    without_gaps = not (seen[1:] & ~seen[:-1]).any()
    return without_gaps and len(np.unique(lengths)) >= 3


def _of_records(body: _Body, kinds: list[_Kind], start: int) -> int:
    """The key columns of a box whose columns have names; `start` is the first one with content."""
    run = _leading(kinds) if kinds[start] is not _Kind.IDS else _after_ids(kinds, body, start)
    unique = _unique_prefix(body, run)
    labels = [at for at, kind in enumerate(kinds) if kind is _Kind.LABEL]
    rest = sum(kind is not _Kind.BLANK for kind in kinds[run:])
    mixed = sum(at >= run for at in labels) > 0.34 * rest
    if mixed or run >= body.profile.box.width or _Kind.FIGURE not in kinds:
        few = unique if unique - start <= _PLAIN else 0
        return _with_name(body, kinds, few or start + 1, start, described=False)
    if kinds[start] is _Kind.LABEL:
        last = max(at for at in labels if at < run) + 1
        if last - start <= _PLAIN and not (unique == start + 1 and _is_code(body, start)):
            years = last < run and kinds[last] is _Kind.TIME
            years = years and not (body.looks[:, last] == Look.DATE).any()
            return unique if years and unique == last + 1 else last
    if unique:
        return _with_name(body, kinds, unique, start, described=True)
    return run if kinds[start] is not _Kind.IDS else start + 1


def _leading(kinds: list[_Kind]) -> int:
    """How many columns at the left hold texts, dates or nothing; ids only where they begin."""
    run = 0
    for at, kind in enumerate(kinds):
        if kind is _Kind.FIGURE or (kind is _Kind.IDS and run and kinds[0] is not _Kind.IDS):
            break
        if kind is not _Kind.BLANK:
            run = at + 1
    return run


def _after_ids(kinds: list[_Kind], body: _Body, start: int) -> int:
    """The key columns that ids begin: a second column of ids, the name of what they number."""
    run = start + 1
    while run < len(kinds) and kinds[run] is _Kind.IDS and names_ids(_head(body, run)):
        run += 1
    while run < len(kinds) and kinds[run] is _Kind.LABEL:
        run += 1
    return run


def _before_periods(body: _Body, kinds: list[_Kind]) -> int:
    """The columns left of a run of years or months that heads the rest."""
    heads = list(body.heads)
    if not heads:
        return 0
    first = next((at for at, head in enumerate(heads) if is_period(head)), 0)
    rest = [head for head in heads[first:] if head]
    if not first or len(rest) < 3 or sum(map(is_period, rest)) < 0.75 * len(rest):
        return 0
    if first >= len(kinds) or any(kind is _Kind.FIGURE for kind in kinds[:first]):
        return 0
    return first


def _with_name(body: _Body, kinds: list[_Kind], unique: int, start: int, *, described: bool) -> int:
    """The columns that tell rows apart, with the name, or the description, that follows a code."""
    if unique != start + 1 or not (kinds[start] is _Kind.IDS or _is_code(body, start)):
        return unique
    while unique < len(kinds) and kinds[unique] is _Kind.IDS and names_ids(_head(body, unique)):
        unique += 1
    following = unique < len(kinds) and kinds[unique] is _Kind.LABEL
    named = following and (described or not _DESCRIBES.search(_head(body, unique)))
    return unique + 1 if named and _is_name(body, unique, start) else unique


def _unique_prefix(body: _Body, run: int) -> int:
    """How many of the first columns it takes to tell the rows apart; 0 where they cannot."""
    keys: list[object] = [None] * len(body.rows)
    for column in range(run):
        keys = list(zip(keys, _codes(body, column).tolist(), strict=True))
        if len(set(keys)) >= 0.95 * len(keys):
            return column + 1
    return 0


def _codes(body: _Body, column: int) -> npt.NDArray[np.float64]:
    """A number for each value of a column, the same for the same value."""
    raster, at = body.profile.raster, body.profile.box.left + column
    texts = raster.text_of[body.rows, at]
    values = np.nan_to_num(raster.values[body.rows, at], nan=-0.5)
    return np.asarray(np.where(texts >= 0, -1.0 - texts, values), np.float64)


def _some_texts(body: _Body, column: int) -> list[str]:
    raster, at = body.profile.raster, body.profile.box.left + column
    ids = raster.text_of[body.rows, at]
    return [raster.texts[number].strip() for number in ids[ids >= 0][:40].tolist()]


def _is_code(body: _Body, column: int) -> bool:
    """Whether texts are ids: one word each, with digits."""
    texts = _some_texts(body, column)
    codes = sum(" " not in text and any(sign.isdigit() for sign in text[:40]) for text in texts)
    return bool(texts) and codes >= 0.6 * len(texts)


def _is_name(body: _Body, column: int, code: int) -> bool:
    """Whether texts are short, in words, and each goes with one code."""
    texts = _some_texts(body, column)
    codes, names = _codes(body, code), _codes(body, column)
    few = min(len(np.unique(codes)), len(np.unique(names)))
    if not texts or len(np.unique(np.column_stack([codes, names]), axis=0)) > few / 0.9:
        return False
    links = any("://" in text[:12] for text in texts)
    return not links and sum(map(len, texts)) <= _LONG * len(texts)


def _is_gap(body: _Body, kinds: list[_Kind], column: int) -> bool:
    return kinds[column] is _Kind.BLANK and not _head(body, column)


def _head(body: _Body, column: int) -> str:
    return body.heads[column] if column < len(body.heads) else ""


def _letter(profile: Profile, column: int) -> str:
    return f"column {column_letters(profile.raster.left + profile.box.left + column)}"


def _cue(profile: Profile, kinds: list[_Kind], count: int) -> str:
    first = next(at for at, kind in enumerate(kinds) if kind is not _Kind.BLANK)
    last = max((at for at in range(count) if kinds[at] is not _Kind.BLANK), default=first)
    if last <= first:
        return f"{_letter(profile, first)} holds {kinds[first].value} that name the rows"
    left = profile.raster.left + profile.box.left
    area = f"columns {column_letters(left + first)} to {column_letters(left + last)}"
    return f"{area} hold {kinds[first].value} that name the rows"
