"""Suppressions: findings that a settings file says are known and accepted, each with a reason."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Final

from tickmark.errors import AddressError
from tickmark.model.address import MAX_COLUMN, MAX_ROW, RangeRef, column_number
from tickmark.model.finding import Finding

TABLE: Final = "audit.suppress"

_SELECTING: Final = ("rule", "path", "sheet", "range", "fingerprint")
_KNOWN: Final = (*_SELECTING, "reason", "expires")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{8,16}")
_COLUMNS: Final = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS: Final = re.compile(r"\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")

Place = Callable[[str, str], str]
"""A path as it is seen from the folder of a file, with `/`: `place(file, path)`."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry: a finding that fits all that is given is suppressed.

    `path` is a pattern for the workbook's path below the folder of the settings file, or for its
    bare name; `areas` (without sheet) have to hold all accused cells; `fingerprint` is the whole
    one or its first 8 digits or more. It holds up to and on the day `expires`. `origin` is the
    settings file, `number` the place of the entry in it, from 1.
    """

    reason: str
    rule: str = ""
    path: str = ""
    sheet: str = ""
    areas: tuple[RangeRef, ...] = ()
    fingerprint: str = ""
    expires: dt.date | None = None
    origin: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """What sentences call it: `tickmark.toml: audit.suppress entry 2 (rule dead-end)`."""
        pairs = (("rule", self.rule), ("path", self.path), ("sheet", self.sheet))
        told = [f"{word} {text}" for word, text in pairs if text]
        told += [f"range {', '.join(area.a1 for area in self.areas)}"] if self.areas else []
        told += [f"fingerprint {self.fingerprint}"] if self.fingerprint else []
        return f"{self.origin}: {TABLE} entry {self.number} ({', '.join(told)})"

    def holds(self, today: dt.date) -> bool:
        """Whether it has not expired."""
        return self.expires is None or today <= self.expires

    def fits_path(self, path: str, place: Place) -> bool:
        """Whether it speaks of a workbook."""
        seen = place(self.origin, path)
        names = (seen, seen.rpartition("/")[2])
        return not self.path or any(fnmatch(name, self.path) for name in names)

    def fits(self, finding: Finding) -> bool:
        """Whether it speaks of a finding in such a workbook."""
        if self.rule and finding.rule != self.rule:
            return False
        if self.sheet and finding.sheet.casefold() != self.sheet.casefold():
            return False
        if self.fingerprint and not finding.fingerprint.startswith(self.fingerprint):
            return False
        return not self.areas or _inside(finding, self.areas)


def parse_suppressions(raw: object, origin: str) -> tuple[Suppression, ...]:
    """The entries of a settings file; raises ValueError with a sentence about all wrong ones."""
    if not isinstance(raw, list):
        message = f"{TABLE} has to be a list of tables; write [[{TABLE}]] before each"
        raise ValueError(message)  # noqa: TRY004 - a wrong value of a setting like others
    found: list[Suppression] = []
    wrong: list[str] = []
    for number, entry in enumerate(raw, 1):
        try:
            found.append(_suppression(entry, origin, number))
        except ValueError as error:
            wrong.append(f"{TABLE} entry {number}: {error}")
    if wrong:
        raise ValueError("; ".join(wrong))
    return tuple(found)


def _suppression(entry: object, origin: str, number: int) -> Suppression:
    if not isinstance(entry, Mapping):
        message = f"it has to be a table; write [[{TABLE}]] before each"
        raise ValueError(message)  # noqa: TRY004 - as above
    unknown = [str(key) for key in entry if key not in _KNOWN]
    if unknown:
        message = f"{unknown[0]!r} is not known; an entry has {', '.join(_KNOWN)}"
        raise ValueError(message)
    texts = {key: _text(key, entry[key]) for key in _KNOWN if key in entry and key != "expires"}
    if not texts.get("reason"):
        raise ValueError("it has no reason; tell in `reason` why this is accepted")
    if not any(key in texts for key in _SELECTING):
        raise ValueError(f"it says not what it is about; give one of {', '.join(_SELECTING)}")
    fingerprint = texts.get("fingerprint", "").lower()
    if fingerprint and not _FINGERPRINT.fullmatch(fingerprint):
        raise ValueError(f"fingerprint is {fingerprint!r}; 8 to 16 hexadecimal digits are needed")
    return Suppression(
        reason=texts["reason"],
        rule=texts.get("rule", ""),
        path=texts.get("path", "").replace("\\", "/").removeprefix("./"),
        sheet=texts.get("sheet", ""),
        areas=_areas(texts["range"]) if "range" in texts else (),
        fingerprint=fingerprint,
        expires=_day(entry["expires"]) if "expires" in entry else None,
        origin=origin,
        number=number,
    )


def _text(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        message = f"{key} is {value!r}; a text is needed"
        raise ValueError(message)
    return value.strip()


def _day(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"expires is {value!r}; a day such as 2027-03-31 is needed") from None


def _areas(text: str) -> tuple[RangeRef, ...]:
    if "!" in text:
        raise ValueError(f"range is {text!r}; give the name of the sheet apart, as `sheet`")
    return tuple(_area(part.strip()) for part in text.split(","))


def _area(text: str) -> RangeRef:
    """A range such as B2, B2:D9, B:D or 2:9."""
    if columns := _COLUMNS.fullmatch(text):
        left, right = sorted(map(column_number, columns.groups()))
        return RangeRef("", 1, left, MAX_ROW, right)
    if rows := _ROWS.fullmatch(text):
        top, bottom = sorted(map(int, rows.groups()))
        return RangeRef("", top, 1, min(bottom, MAX_ROW), MAX_COLUMN)
    try:
        area = RangeRef.parse(text)
    except AddressError:
        raise ValueError(f"range is {text!r}; write it like B2:D9, B:D or 2:9") from None
    return area


def _inside(finding: Finding, areas: Iterable[RangeRef]) -> bool:
    """Whether a finding has cells and each of its rectangles lies in one of the areas."""
    try:
        accused = [RangeRef.parse(text) for text in finding.ranges]
    except AddressError:
        return False
    around = tuple(areas)
    return bool(accused) and all(
        any(
            area.contains(one.top, one.left) and area.contains(one.bottom, one.right)
            for area in around
        )
        for one in accused
    )
