"""The cells of a sheet part on their way into columns: texts gathered, converted in blocks.

Texts of addresses, types, styles and values are kept for some thousand cells at a time and turned
into numpy arrays together, which costs a fraction of a conversion per cell.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import repeat
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tickmark.model.grid import NO_FORMULA, CellKind
from tickmark.read.addresses import rows_and_columns
from tickmark.read.dates import serial_of_iso
from tickmark.read.formulas import Formulas
from tickmark.read.package import PartUnreadable
from tickmark.read.problems import Problem, Problems
from tickmark.read.styles import CellFormats
from tickmark.read.texts import unescape

MISSING: Final = "nan"
"""Stands in the list of values for a cell without value; known by identity, not by its letters."""

BLOCK: Final = 1 << 15

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)
_TRUTH = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0}


class _Type(IntEnum):
    """What the `t` attribute of a cell says."""

    NUMBER = 0
    SHARED = 1
    BOOL = 2
    TEXT = 3
    ERROR = 4
    ISO_DATE = 5


_TYPES = {
    None: _Type.NUMBER,
    "n": _Type.NUMBER,
    "s": _Type.SHARED,
    "b": _Type.BOOL,
    "str": _Type.TEXT,
    "inlineStr": _Type.TEXT,
    "e": _Type.ERROR,
    "d": _Type.ISO_DATE,
}
_KINDS = np.array(
    [
        CellKind.NUMBER,
        CellKind.TEXT,
        CellKind.BOOL,
        CellKind.TEXT,
        CellKind.ERROR,
        CellKind.DATE,
    ],
    np.uint8,
)


@dataclass(slots=True, eq=False)
class CellColumns:
    """Cells of one sheet while it is read.

    The lists `addresses`, `types` and `styles` have an entry for each cell begun, `values` for
    each one ended; `formula_at` and `formula_of` give the place in the lists and the formula of
    those that have one. A block has the arrays rows, columns, kinds, values, styles (as in the
    file) and formulas; the index of a text counts the shared strings first, then `own` ones.
    """

    strings: Sequence[str]
    formats: CellFormats
    formulas: Formulas
    problems: Problems
    longest: int
    date1904: bool = False
    addresses: list[str] = field(default_factory=list)
    types: list[str | None] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    formula_at: list[int] = field(default_factory=list)
    formula_of: list[int] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict)
    blocks: list[tuple[npt.NDArray[Any], ...]] = field(default_factory=list)
    seen: int = 0
    last: str = ""

    @property
    def begun(self) -> int:
        """Number of cells begun so far, those without value too."""
        return self.seen + len(self.addresses)

    def convert(self, most: int | None = None) -> None:
        """Turn the cells ended so far, or the first `most` of them, into arrays.

        Raises PartUnreadable for cells inside cells.
        """
        ended = len(self.values)
        if len(self.addresses) > ended + 1:
            raise PartUnreadable("its cells stand inside each other")
        count = ended if most is None else min(most, ended)
        if count:
            self._convert(count)
        self.seen += ended
        self.last = self.addresses[-1] if self.addresses else self.last
        for column in (self.addresses, self.types, self.styles, self.values):
            del column[:ended]
        open_from = bisect_left(self.formula_at, ended)
        self.formula_at[:] = [at - ended for at in self.formula_at[open_from:]]
        del self.formula_of[:open_from]

    def _convert(self, count: int) -> None:
        addresses = self.addresses[:count]
        rows, columns = rows_and_columns(addresses)
        kinds, values = self._kinds_and_values(count)
        formulas = np.full(count, NO_FORMULA, np.int32)
        with_formula = bisect_left(self.formula_at, count)
        formulas[self.formula_at[:with_formula]] = self.formula_of[:with_formula]
        stored = (kinds != CellKind.EMPTY) | (formulas != NO_FORMULA)
        bad = stored & (rows == 0)
        if bad.any():
            self.problems.add_all(Problem.ADDRESS, [addresses[at] for at in np.flatnonzero(bad)])
            stored &= ~bad
        styles = self._styles(count)
        block = (rows, columns.astype(np.int16), kinds, values, styles, formulas)
        self.blocks.append(tuple(column[stored] for column in block))

    def _kinds_and_values(
        self, count: int
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
        codes = np.fromiter(
            map(_TYPES.get, self.types[:count], repeat(_Type.TEXT)), np.uint8, count
        )
        if not _TYPES.keys() >= set(self.types[:count]):
            strange = [at for at, kind in enumerate(self.types[:count]) if kind not in _TYPES]
            self.problems.add_all(Problem.TYPE, [self.addresses[at] for at in strange])
        kinds = _KINDS[codes]
        texts = self.values[:count]
        for at in np.flatnonzero(codes >= _Type.TEXT).tolist():
            if texts[at] is not MISSING:
                self._encode(at, int(codes[at]), texts, kinds)
        joined = "".join(texts)
        if joined.isascii() and "_" not in joined:
            try:
                values = np.fromiter(map(float, texts), np.float64, count)
            except ValueError:
                values = self._one_by_one(texts, codes, kinds)
        else:
            values = self._one_by_one(texts, codes, kinds)
        if not np.isfinite(values).all():
            self._not_finite(texts, values, kinds)
        self._check_shared(codes, values, kinds)
        return kinds, values

    def _encode(self, at: int, code: int, texts: list[str], kinds: npt.NDArray[np.uint8]) -> None:
        """Replace a text by its index in the sheet's texts, an ISO date by its serial number."""
        if code == _Type.ISO_DATE:
            serial = serial_of_iso(texts[at], date1904=self.date1904)
            if serial is not None:
                texts[at] = repr(serial)
                return
            self.problems.add(Problem.NUMBER, self.addresses[at])
            kinds[at] = CellKind.TEXT
        texts[at] = str(self._text(texts[at], at))

    def _text(self, text: str, at: int) -> int:
        if len(text) > self.longest:
            self.problems.add(Problem.LONG_TEXT, self.addresses[at])
            text = text[: self.longest]
        return self.own_text(text)

    def own_text(self, text: str) -> int:
        """Index of a text that is no shared string."""
        return self.own.setdefault(unescape(text), len(self.strings) + len(self.own))

    def _one_by_one(
        self, texts: list[str], codes: npt.NDArray[np.uint8], kinds: npt.NDArray[np.uint8]
    ) -> npt.NDArray[np.float64]:
        """Values of a block in which at least one text is no number."""
        values = np.full(len(texts), np.nan)
        for at, text in enumerate(texts):
            if text is MISSING:
                continue
            if _NUMBER.fullmatch(text):
                values[at] = float(text)
            elif codes[at] == _Type.BOOL and text.strip().lower() in _TRUTH:
                values[at] = _TRUTH[text.strip().lower()]
            elif not text.strip():
                texts[at] = MISSING
            else:
                self._keep_as_text(at, texts, values, kinds)
        return values

    def _not_finite(
        self, texts: list[str], values: npt.NDArray[np.float64], kinds: npt.NDArray[np.uint8]
    ) -> None:
        """Cells without value become empty; `inf` and `nan` stay as text."""
        for at in np.flatnonzero(~np.isfinite(values)).tolist():
            if texts[at] is MISSING:
                kinds[at] = CellKind.EMPTY
            else:
                self._keep_as_text(at, texts, values, kinds)

    def _keep_as_text(
        self,
        at: int,
        texts: list[str],
        values: npt.NDArray[np.float64],
        kinds: npt.NDArray[np.uint8],
    ) -> None:
        self.problems.add(Problem.NUMBER, self.addresses[at])
        values[at] = self._text(texts[at], at)
        kinds[at] = CellKind.TEXT

    def _check_shared(
        self,
        codes: npt.NDArray[np.uint8],
        values: npt.NDArray[np.float64],
        kinds: npt.NDArray[np.uint8],
    ) -> None:
        """Cells that point behind the shared strings become empty."""
        lost = (codes == _Type.SHARED) & (kinds == CellKind.TEXT)
        lost &= ~((values >= 0) & (values < len(self.strings)) & (values % 1 == 0))
        if lost.any():
            places = np.flatnonzero(lost)
            self.problems.add_all(Problem.SHARED, [self.addresses[at] for at in places])
            kinds[lost] = CellKind.EMPTY
            values[lost] = np.nan

    def _styles(self, count: int) -> npt.NDArray[np.int32]:
        texts = self.styles[:count]
        try:
            styles = np.fromiter(map(int, texts), np.int64, count)
        except (ValueError, OverflowError):
            styles = np.array([int(t) if t.isdecimal() and len(t) < 9 else -1 for t in texts])  # noqa: PLR2004 - fits 32 bits
        known = len(self.formats.styles)
        bad = (styles < 0) | (styles >= known)
        if bad.any():
            if known > 1:
                places = np.flatnonzero(bad)
                self.problems.add_all(Problem.STYLE, [self.addresses[at] for at in places])
            styles[bad] = 0
        return styles.astype(np.int32)
