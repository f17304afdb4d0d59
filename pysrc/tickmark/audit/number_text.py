"""Texts that say a number or a date, and those that only look so: codes, years, footnotes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from tickmark.structure.field_types import LONGEST_NUMBER, date_serial, number_of

_LIKELY: Final = re.compile(r"[^\w]*(?:[A-Za-z]{1,3}\$?\s*)?[-+\u2212(]?\s*\W?\s?[\d.,]", re.ASCII)
_COMMAS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BEHIND: Final = re.compile(r"([^-]*\d)\s?-")
_CODE: Final = re.compile(
    r"[-+(\s]*0\d"  # a zero in front
    r"|\d{10,}"  # an account, a card, a product
    r"|\+\s?\d{5,}"  # a telephone
    r"|\(\d\)"  # a footnote or the number of a column
    r"|.*\d\.\s*$"  # the number of a paragraph
    r"|.*\d[eE][-+]?\d"  # a code such as 2E10
)
_AMOUNT: Final = re.compile(r"\d[.,' \u00a0\u2009\u202f]\d{3}(?!\d)|%|[$£¥€₹]|^\s*\(.*\)\s*$|\d-$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_UNCLEAR_DATE: Final = re.compile(rf"{_MONTH}([-/]){_MONTH}\1(?:19|20)\d\d", re.ASCII)


_CODES: Final = re.compile(
    r"\b(?:id|ids|code|codes|zip|postcode|postal|plz|phone|tel|telephone|fax|mobile|sku|isbn|issn|ean"
    r"|upc|iban|bic|ssn|cusip|isin|naics|sic|fips|ref|serial|barcode|version|cas|uuid|guid|konto)\b"
    r"|(?:\b(?:no|nr|num|number|nummer|n\u00ba|n\u00b0|key|account|acct|invoice|order|item|part|lot|line"
    r"|row|year|page|room|level|grade|class|section|chapter)|\#)\W*$"
)


def names_codes(label: str) -> bool:
    """Whether a label says that the cells it names hold codes, not quantities."""
    return _CODES.search(label.casefold()) is not None


@lru_cache(maxsize=65_536)
def number_in(text: str) -> float | None:
    """The number that a text says; None for one that says none, and for one that is a code.

    Blanks around it, group marks, a currency, `%`, brackets or a minus behind it for negative
    numbers are allowed; `1,234` is read as 1234. Codes have a zero in front or ten digits or more.
    """
    if len(text) > LONGEST_NUMBER or _LIKELY.match(text) is None:
        return None
    plain = text.strip()
    if _CODE.match(plain):
        return None
    if behind := _BEHIND.fullmatch(plain):
        plain = f"-{behind[1]}"
    for form in (plain, _COMMAS.sub("", plain)):
        try:
            return number_of(form)
        except ValueError:
            continue
    return None


def is_amount(text: str) -> bool:
    """Whether a text that says a number is no code: it has group marks, a currency or `%`."""
    return _AMOUNT.search(text.strip()) is not None


def is_year(text: str) -> bool:
    """Whether a text is nothing but a year from 1900 to 2099."""
    return _YEAR.fullmatch(text.strip()) is not None


def is_date(text: str) -> bool:
    """Whether a text is a date in digits; day and month may be in doubt."""
    plain = text.strip()
    if len(plain) > LONGEST_NUMBER or _UNCLEAR_DATE.fullmatch(plain):
        return len(plain) <= LONGEST_NUMBER
    try:
        date_serial(plain)
    except ValueError:
        return False
    return True
