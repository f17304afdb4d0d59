"""Typed values of one column, from cells."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import CellKind, Cells
from tickmark.model.workbook import Workbook
from tickmark.structure.dates import LAST_SERIAL, LAST_SERIAL_1904
from tickmark.structure.frame_cells import Positions
from tickmark.structure.number_formats import shows_duration, shows_time_only
from tickmark.structure.placeholders import is_placeholder

if TYPE_CHECKING:
    from pandas.api.extensions import ExtensionArray

_DAY_MS: Final = 86_400_000
_EPOCH: Final = np.datetime64("1899-12-30", "ms")
_EPOCH_1904: Final = np.datetime64("1904-01-01", "ms")
_LEAP_DAY: Final = 60
_LARGEST_WHOLE: Final = 2.0**53
"""Above it, doubles no longer tell one whole number from the next."""

_NUMBER, _TEXT, _BOOL, _MOMENT, _DURATION = range(1, 6)

_PLAIN: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?')
_FRACTION: Final = re.compile(r"\.[0#?]|[%/]|[0#?]e[+-]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class TypedValues:
    """Values of one type in an array of pandas or numpy, and why some of them are missing.

    `errors` counts error values, `placeholders` texts such as `n/a` among numbers, by text.
    """

    array: ExtensionArray | npt.NDArray[Any]
    errors: int = 0
    placeholders: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Content:
    """What stands at which places of a column: kinds (`_NUMBER`, …), values, texts' numbers."""

    workbook: Workbook
    cells: Cells
    places: npt.NDArray[np.intp]
    kinds: npt.NDArray[np.uint8]
    numbers: npt.NDArray[np.float64]
    styles: npt.NDArray[np.int32]

    def of(self, kind: int) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.kinds == kind)

    def texts(self, at: npt.NDArray[np.intp]) -> list[str]:
        texts = self.cells.texts
        return [texts[number] for number in self.numbers[at].astype(np.int64).tolist()]

    def moments(self, at: npt.NDArray[np.intp]) -> npt.NDArray[np.datetime64]:
        """As structure.dates: day 60 of the 1900 system, which never was, is 1 March."""
        milliseconds = np.rint(self.numbers[at] * _DAY_MS).astype(np.int64)
        if self.workbook.date1904:
            return _EPOCH_1904 + milliseconds.astype("timedelta64[ms]")
        milliseconds += np.where(milliseconds // _DAY_MS <= _LEAP_DAY, _DAY_MS, 0)
        return _EPOCH + milliseconds.astype("timedelta64[ms]")

    def durations(self, at: npt.NDArray[np.intp]) -> npt.NDArray[np.timedelta64]:
        return np.rint(self.numbers[at] * _DAY_MS).astype(np.int64).astype("timedelta64[ms]")


def typed_values(workbook: Workbook, cells: Cells, positions: Positions) -> TypedValues:
    """The values of the cells at some positions (below 0: missing), as one array of one type.

    Whole numbers are Int64 (nullable), unless their number format has decimals or shows parts of
    a whole: such a column is float64 by its author's intent, and stays so in next month's file,
    where a value is not whole. Other numbers are float64, dates datetime64, durations (`[h]:mm`)
    and times of a day (`h:mm`) timedelta64, truth values boolean, texts str, several kinds object.
    Error values are missing. So are placeholders such as `n/a`, `-` or `..` where all other values
    are numbers, dates or truth values; a column with any other text keeps all of them.
    """
    content, errors = _content(workbook, cells, positions)
    kinds = set(np.unique(content.kinds).tolist())
    placeholders: Mapping[str, int] = {}
    if len(kinds) == 2 and _TEXT in kinds:  # noqa: PLR2004 - texts and one other kind
        texts = content.texts(content.of(_TEXT))
        if all(map(is_placeholder, set(texts))):
            placeholders = dict(sorted(Counter(texts).items()))
            kinds.discard(_TEXT)
    array = _array(content, kinds, len(positions))
    return TypedValues(array, errors, placeholders)


def as_text(texts: Sequence[str | None]) -> TypedValues:
    """Texts that are not the content of single cells, None where one is missing."""
    places = np.array([at for at, text in enumerate(texts) if text is not None], np.intp)
    return TypedValues(_strings([one for one in texts if one is not None], places, len(texts)))


def as_one_quantity(columns: Sequence[TypedValues]) -> tuple[TypedValues, ...]:
    """Columns of one quantity: whole numbers are float64 where any other column has parts."""
    kinds = [str(one.array.dtype) for one in columns]
    parts = any(
        kind == "float64" and not np.isnan(np.asarray(one.array)).all()
        for kind, one in zip(kinds, columns, strict=True)
    )
    return tuple(
        replace(one, array=one.array.to_numpy("float64", na_value=np.nan))
        if parts and kind == "Int64" and not isinstance(one.array, np.ndarray)
        else one
        for kind, one in zip(kinds, columns, strict=True)
    )


def _content(workbook: Workbook, cells: Cells, positions: Positions) -> tuple[_Content, int]:
    """What the cells hold, and how many of them hold an error."""
    places = np.flatnonzero(positions >= 0)
    positions = positions[places]
    own = cells.kinds[positions]
    errors = int(np.count_nonzero(own == CellKind.ERROR))
    keep = (own != CellKind.ERROR) & (own != CellKind.EMPTY)
    places, positions, own = places[keep], positions[keep], own[keep]
    values = cells.values[positions]  # noqa: PD011 - not of pandas
    styles = cells.styles[positions]
    kinds = np.full(len(own), _NUMBER, np.uint8)
    kinds[own == CellKind.TEXT] = _TEXT
    kinds[own == CellKind.BOOL] = _BOOL
    dates = np.flatnonzero(own == CellKind.DATE)
    if len(dates):
        kinds[dates] = _date_kinds(workbook, values[dates], styles[dates])
    return _Content(workbook, cells, places, kinds, values, styles), errors


def _date_kinds(
    workbook: Workbook, values: npt.NDArray[np.float64], styles: npt.NDArray[np.int32]
) -> npt.NDArray[np.uint8]:
    """Moment, duration or, beyond the dates there are, number."""
    numbers, which = np.unique(styles, return_inverse=True)
    formats = [workbook.styles[number].number_format for number in numbers.tolist()]
    elapsed = np.array([shows_duration(code) for code in formats], np.bool_)[which]
    clock = np.array([shows_time_only(code) for code in formats], np.bool_)[which]
    last = LAST_SERIAL_1904 if workbook.date1904 else LAST_SERIAL
    kinds = np.full(len(values), _NUMBER, np.uint8)
    kinds[(values >= 0) & (values < last)] = _MOMENT
    kinds[elapsed] = np.where(np.abs(values[elapsed]) <= LAST_SERIAL, _DURATION, _NUMBER)
    of_day = clock & ~elapsed & (values >= 0) & (values < 1)
    # A time of day beside dates is a moment of the day before the first, as Excel counts.
    if not (kinds[~of_day] == _MOMENT).any():
        kinds[of_day] = _DURATION
    return kinds


def _array(content: _Content, kinds: set[int], length: int) -> ExtensionArray | npt.NDArray[Any]:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    if len(kinds) > 1:
        return _objects(content, length)
    kind = kinds.pop() if kinds else _NUMBER
    at = content.of(kind)
    places = content.places[at]
    if kind == _TEXT:
        return _strings(content.texts(at), places, length)
    if kind == _NUMBER:
        return _numbers(content, at, length)
    missing = np.ones(length, np.bool_)
    missing[places] = False
    if kind == _BOOL:
        truths = np.zeros(length, np.bool_)
        truths[places] = content.numbers[at] != 0
        return pd.arrays.BooleanArray(truths, missing)
    if kind == _MOMENT:
        moments = np.full(length, np.datetime64("NaT"), "datetime64[ms]")
        moments[places] = content.moments(at)
        return moments
    durations = np.full(length, np.timedelta64("NaT"), "timedelta64[ms]")
    durations[places] = content.durations(at)
    return durations


def _numbers(
    content: _Content, at: npt.NDArray[np.intp], length: int
) -> ExtensionArray | npt.NDArray[Any]:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    values, places = content.numbers[at], content.places[at]
    if len(at) and _are_whole(values) and not _show_fractions(content, at):
        whole, missing = np.zeros(length, np.int64), np.ones(length, np.bool_)
        whole[places], missing[places] = values.astype(np.int64), False
        return pd.arrays.IntegerArray(whole, missing)
    numbers = np.full(length, np.nan)
    numbers[places] = values
    return numbers


def _are_whole(values: npt.NDArray[np.float64]) -> bool:
    return bool((np.abs(values) <= _LARGEST_WHOLE).all() and (values == np.rint(values)).all())


def _show_fractions(content: _Content, at: npt.NDArray[np.intp]) -> bool:
    """Whether a number format of these numbers has decimals, per cent or fractions."""
    formats = {
        content.workbook.styles[number].number_format
        for number in np.unique(content.styles[at]).tolist()
    }
    return any(_FRACTION.search(_PLAIN.sub("", code)) for code in formats)


def _strings(texts: list[str], places: npt.NDArray[np.intp], length: int) -> ExtensionArray:
    import pandas as pd  # noqa: PLC0415 - costs start-up time

    values: npt.NDArray[Any] = np.full(length, None, object)
    values[places] = texts
    try:
        return pd.array(values, dtype="str")
    except UnicodeEncodeError:  # half a character, which pyarrow does not store
        return pd.array(values, dtype=pd.StringDtype("python", na_value=np.nan))


def _objects(content: _Content, length: int) -> npt.NDArray[Any]:
    """Values of several types, whole numbers as int, so that codes look like codes."""
    values: npt.NDArray[Any] = np.full(length, None, object)
    for kind in np.unique(content.kinds).tolist():
        at = content.of(kind)
        values[content.places[at]] = _plain(content, kind, at)
    return values


def _plain(content: _Content, kind: int, at: npt.NDArray[np.intp]) -> npt.NDArray[Any]:
    plain: npt.NDArray[Any] = np.empty(len(at), object)
    own = content.numbers[at]
    if kind == _TEXT:
        plain[:] = content.texts(at)
    elif kind == _BOOL:
        plain[:] = (own != 0).tolist()
    elif kind == _MOMENT:
        plain[:] = content.moments(at).astype(dt.datetime)
    elif kind == _DURATION:
        plain[:] = content.durations(at).astype(dt.timedelta)
    else:
        whole = (np.abs(own) <= _LARGEST_WHOLE) & (own == np.rint(own))
        plain[:] = own.tolist()
        plain[whole] = own[whole].astype(np.int64).tolist()
    return plain
