"""What the cells of a header may say: numbers kept as texts, years, months, units, totals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tickmark.structure.formulas import NO_TEMPLATE
from tickmark.structure.placeholders import is_placeholder
from tickmark.structure.regions.raster import Raster, are_years

MOST_TEXTS: Final = 20_000
"""So many different texts of a box are looked into; the others count as words."""


class Look:
    """What a cell is to somebody who looks for headers."""

    BLANK: Final = 0
    TEXT: Final = 1
    NUMBER: Final = 2
    YEAR: Final = 3
    """A whole number, or a text of digits, that may be a year, or one with a month: 202604."""
    DATE: Final = 4
    OTHER: Final = 5
    """A truth value, an error, a formula that shows nothing."""
    NOTHING: Final = 6
    """A text that stands for no value, such as `-` or `n/a`."""
    WRITTEN: Final = 7
    """A number kept as text."""
    SIGN: Final = 8
    """A sign that is a unit, such as `%` or `£`; among the data it says nothing of its own."""


KINDS_OF_LOOK: Final = 9
"""How many there are."""

Looks = npt.NDArray[np.uint8]

_OF_KIND: Final = np.array(
    [Look.BLANK, Look.NUMBER, Look.TEXT, Look.OTHER, Look.OTHER, Look.DATE], np.uint8
)
"""By CellKind."""

_SIGNS: Final = frozenset("£$€¥₹%\u2030#№")
_YEAR = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])?")
_NUMBER = re.compile(r"[-+]?[£$€¥]? ?\d[\d,.' ]*%?|\([£$€¥]? ?\d[\d,.' ]+\)")
_UNIT = re.compile(
    r"[(\[].{1,24}[)\]]|[£$€¥%‰#]|(?:[£$€¥r]|usd|eur|gbp|nzd|us\$|nz\$)?'?\s?(?:000s?|m|mn|bn|k|million"
    r"s?|thousands?|billions?)|units?|%.{0,12}|[kmgtp]?(?:wh?|j|g|t|b|hz|v|pa)|km|cm|mm|m[²³23]|kt|mt"
    r"|tonnes?|tons?|hours?|hrs|minutes|min|days?|years?|usd|eur|gbp|no\.?|nr\.?|pct\.?|qty",
    re.IGNORECASE,
)
_MONTHS: Final = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_DAYS: Final = (
    "mon tue wed thu fri sat sun",
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
)
_NAMED: Final = frozenset(word for words in (*_MONTHS, *_DAYS) for word in words.split())
_PERIOD = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])|(?:fy|cy|ye)?\s?'?(?:19|20)\d\d(?:\s?[-/\u2013]\s?\d{2,4})?[a-z]?"
    r"|(?:fy|cy)\s?'?\d\d[a-z]?|'\d\d"
    r"|(?:q|h|qtr|quarter|half)\s?\d(?:\W{0,3}(?:fy|cy|19|20)?'?\d\d)?"
    r"|\d\s?(?:q|h|st|nd|rd|th)\s?(?:qtr|quarter|half)?\W{0,3}(?:(?:19|20)?\d\d)?"
    r"|\d{1,2}[/.-]\d{1,2}[/.-](?:\d\d){1,2}|\d{4}-\d\d(?:-\d\d)?(?:T[\d:]+)?"
    r"|(?:year|month|week|day|period|yr|wk|m|y|w|d|p)\s?\d{1,4}",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(?:grand |sub-?)?total\w*|sum|all|gesamt|summe|insgesamt|итого|всего|ensemble", re.IGNORECASE
)
_NAME_OF_IDS = re.compile(
    r"(?:.*\b)?(?:ids?|code|no|nr|num|number|ref|key|seq|index|sku|guid|isbn|account|acct)\b[.:]?"
    r"|.{0,12}(?:#|№)|.*_id|rank|n[°º]",
    re.IGNORECASE,
)


def looks_of(raster: Raster, rows: npt.NDArray[np.intp], left: int, right: int) -> Looks:
    """The look of each cell in rows of a raster, from a column to another one."""
    columns = slice(left, right + 1)
    kinds = raster.kinds[rows, columns]
    texts = raster.text_of[rows, columns]
    found = _OF_KIND[kinds]
    if not kinds.size:
        return np.asarray(found, np.uint8)
    found[are_years(raster.values[rows, columns]) & (found == Look.NUMBER)] = Look.YEAR
    made = raster.templates[rows, columns] != NO_TEMPLATE
    found[(found == Look.BLANK) & made] = Look.OTHER
    written = texts >= 0
    ids, back = np.unique(texts[written], return_inverse=True)
    of_text = np.full(len(ids), Look.TEXT, np.uint8)
    known = ids[:MOST_TEXTS].tolist()
    of_text[: len(known)] = [_look_of(raster.texts[number][:64].strip()) for number in known]
    found[written] = of_text[back.ravel()]
    found[(found == Look.BLANK) & made] = Look.TEXT
    return np.asarray(found, np.uint8)


@lru_cache(maxsize=4096)
def _look_of(bare: str) -> int:
    if not bare:
        return Look.BLANK
    if _YEAR.fullmatch(bare):
        return Look.YEAR
    if bare in _SIGNS:
        return Look.SIGN
    if is_placeholder(bare) and not _SIGNS & set(bare):
        return Look.NOTHING
    return Look.WRITTEN if _NUMBER.fullmatch(bare) else Look.TEXT


def is_unit(text: str) -> bool:
    """Whether a text is a unit of measure, such as `£m`, `%` or `(kg)`."""
    return len(text) < 28 and _UNIT.fullmatch(text.strip()) is not None


def is_period(text: str) -> bool:
    """Whether a text is a year, quarter, month, week or day: `FY24`, `Q1 2024`, `Jan-24`."""
    bare = text[:40].strip()
    if _PERIOD.fullmatch(bare):
        return True
    first = re.split(r"[\W\d_]", bare, maxsplit=1)[0]
    return first.lower() in _NAMED


def is_total(text: str) -> bool:
    """Whether a text is the name of a total."""
    return _TOTAL.fullmatch(text[:40].strip(" :")) is not None


def names_ids(text: str) -> bool:
    """Whether a column of that name holds the ids of its rows."""
    return _NAME_OF_IDS.fullmatch(text[:40].strip()) is not None


def family(text: str) -> str:
    """A text without its digits, so that `Test 1` and `Test 2` are the same; "" without digits."""
    bare = re.sub(r"\d+", "0", text[:60].strip().lower())
    return bare if "0" in bare else ""


def shape(text: str) -> str:
    """How a text is built: letters, digits and other signs, each run once."""
    found = re.sub(r"[^\W\d_]+", "a", text[:40])
    return re.sub(r"(?:a +)+a", "a", re.sub(r"\d+", "0", found)).strip()
