"""Values of cells as Excel hands them over COM, out of Calc and into it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.libreoffice import engine_formulas

Scalar = float | int | str | bool | dt.datetime | None

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - serial dates have no zone

# Error values as COM delivers them, and Calc's numbers for them.
ERRORS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
_CODES = {text: code for code, text in ERRORS.items()}
_CALC_ERRORS = {
    502: "#NUM!",
    503: "#NUM!",
    521: "#NULL!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
_MOST_CHARACTERS = 32_767
_DATE_CODE, _MOMENT_CODE = "m/d/yyyy", "m/d/yyyy h:mm"

# Kinds of number formats (com.sun.star.util.NumberFormat) and of results (sheet.FormulaResult).
_DATE, _TIME, _TEXT, _LOGICAL = 2, 4, 256, 1024
_ERROR_RESULT = 4

# What Excel would read as a number, a date or a truth value when somebody typed it.
_LOOKS_TYPED = re.compile(
    r"\s*(?:[-+$€£(]*\s*\.?\d|TRUE\s*$|FALSE\s*$|#[A-Z/0]+[!?A]\s*$"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]\d)",
    re.IGNORECASE,
)


def read(document: Any, cells: Any) -> tuple[tuple[Scalar, ...], ...]:
    """Rows of values of a cell range: dates by number format, errors as COM's codes."""
    rows = [[None if value == "" else value for value in row] for row in cells.getDataArray()]
    corner = cells.RangeAddress
    for address, kind in _formats(document, cells):
        if not kind & (_DATE | _LOGICAL):
            continue
        for row in range(address.StartRow - corner.StartRow, address.EndRow - corner.StartRow + 1):
            for column in range(
                address.StartColumn - corner.StartColumn, address.EndColumn - corner.StartColumn + 1
            ):
                value = rows[row][column]
                if isinstance(value, float):
                    rows[row][column] = _dated(value) if kind & _DATE else bool(value)
    for area in cells.queryFormulaCells(_ERROR_RESULT).RangeAddresses:
        for row in range(area.StartRow - corner.StartRow, area.EndRow - corner.StartRow + 1):
            for column in range(
                area.StartColumn - corner.StartColumn, area.EndColumn - corner.StartColumn + 1
            ):
                error = cells.getCellByPosition(column, row).getError()
                rows[row][column] = _CODES[_CALC_ERRORS.get(error, "#VALUE!")]
    return tuple(map(tuple, rows))


def write(document: Any, cells: Any, rows: Sequence[Sequence[Scalar]]) -> None:
    """Puts rows of values into a range of their size, as Excel does with its property Value.

    A text is taken as if it had been typed, unless the cell has the format of a text: an equals
    sign starts a formula, an apostrophe in front vanishes and protects the rest.
    """
    cells.setDataArray(tuple(tuple(map(_plain, row)) for row in rows))
    for at_row, row in enumerate(rows):
        for at_column, value in enumerate(row):
            if isinstance(value, str) and _is_special(value):
                _write_text(document, cells.getCellByPosition(at_column, at_row), value)
            elif isinstance(value, bool):
                _format_unformatted(document, cells.getCellByPosition(at_column, at_row), "BOOLEAN")
            elif isinstance(value, dt.datetime):
                code = _DATE_CODE if value.time() == dt.time() else _MOMENT_CODE
                _format_unformatted(document, cells.getCellByPosition(at_column, at_row), code)


def typed(document: Any, cell: Any, text: str) -> None:
    """Puts a text into a cell as if it had been typed there."""
    if _is_special(text):
        _write_text(document, cell, text)
    else:
        cell.setString(text)


def clean(
    data: Iterable[Iterable[Scalar]],
    datetime_builder: Callable[..., Any],
    empty_as: Any,
    number_builder: Callable[[float], Any] | None,
    err_to_str: bool,
) -> list[list[Any]]:
    """Values as the caller of xlwings wants them."""

    def one(value: Scalar) -> Any:
        if value is None or value == "":
            return empty_as
        if isinstance(value, dt.datetime):
            return datetime_builder(
                year=value.year,
                month=value.month,
                day=value.day,
                hour=value.hour,
                minute=value.minute,
                second=value.second,
                microsecond=value.microsecond,
                tzinfo=None,
            )
        if isinstance(value, float) and number_builder is not None:
            return number_builder(value)
        if isinstance(value, int) and value in ERRORS:
            return ERRORS[value] if err_to_str else None
        return value

    return [[one(value) for value in row] for row in data]


def prepare(value: Any, options: Any) -> Scalar:
    """One value of Python as COM would take it."""
    del options
    if hasattr(value, "to_pydatetime"):
        value = None if value != value else value.to_pydatetime()  # noqa: PLR0124 - NaT
    if hasattr(value, "item"):
        value = value.item()  # a scalar of numpy
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if isinstance(value, (bool, int, float, str)):
        return value
    message = f"Excel takes no {type(value).__name__} as the value of a cell"
    raise TypeError(message)


def number_format(document: Any, key: int) -> str:
    """The code of a number format as Excel shows it."""
    known = document.NumberFormats.getByKey(key)
    if known.Type & _LOGICAL:
        return "General"
    code: str = known.FormatString
    if known.Type & (_DATE | _TIME) and not known.Type & _TEXT:
        parts = re.split(r'("[^"]*"|AM/PM)', code)
        code = "".join(part if at % 2 else part.lower() for at, part in enumerate(parts))
    return code


def format_key(document: Any, code: str) -> int:
    """Calc's number for a format code of Excel; raises ValueError for one that is none."""
    formats, english = document.NumberFormats, _english(document)
    key: int = formats.queryKey(code, english, False)
    if key != -1:
        return key
    try:
        added: int = formats.addNew(code, english)
    except Exception as error:
        message = f"this is no number format: {code}"
        raise ValueError(message) from error
    return added


def _formats(document: Any, cells: Any) -> Iterable[tuple[Any, int]]:
    """Areas of one look, with the kind of their number format."""
    groups = cells.UniqueCellFormatRanges
    for at in range(groups.Count):
        group = groups.getByIndex(at)
        kind = document.NumberFormats.getByKey(group.NumberFormat).Type
        for address in group.RangeAddresses:
            yield address, kind


def _dated(serial: float) -> dt.datetime:
    """A serial date, exact to the millisecond."""
    return EPOCH + dt.timedelta(milliseconds=round(serial * 86_400_000))


def _plain(value: Scalar) -> float | str:
    """A value as Calc's data arrays know it; texts that need a second look are left out."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / dt.timedelta(days=1)
    if isinstance(value, str):
        if len(value) > _MOST_CHARACTERS:
            message = f"Excel takes no text of {len(value):,} characters in a cell"
            raise ValueError(message)
        return "" if _is_special(value) else value
    return float(value)


def _is_special(text: str) -> bool:
    """Whether Excel might not take a typed text for just that text."""
    return text[:1] in {"'", "=", "+", "-", "@"} or _LOOKS_TYPED.match(text) is not None


def _write_text(document: Any, cell: Any, text: str) -> None:
    """A text that is typed into a cell, where it may become something else."""
    if document.NumberFormats.getByKey(cell.NumberFormat).Type & _TEXT:
        cell.setString(text)
    elif text.startswith("'"):
        _write_plain(cell, text[1:])
    elif text.upper() in _CODES:
        cell.setFormula("=" + text.upper())
    elif _LOOKS_TYPED.match(text) and _is_number(cell, text.strip()):
        _format_typed(document, cell, text.strip())
    elif engine_formulas.is_formula(text):
        parse = engine_formulas.parser(document)
        engine_formulas.write(parse, cell, text if text[0] == "=" else "=" + text)
    else:
        _write_plain(cell, text)


def _is_number(cell: Any, text: str) -> bool:
    """Whether Calc takes a text for a number, which the cell then holds."""
    kept = cell.NumberFormat
    cell.setFormula(text)
    cell.NumberFormat = kept
    return bool(cell.Type.value == "VALUE")


def _write_plain(cell: Any, text: str) -> None:
    """A text as it is; Calc alone would give a cell with a text like 12 the format of texts."""
    kept = cell.NumberFormat
    cell.setString(text)
    cell.NumberFormat = kept


def _format_typed(document: Any, cell: Any, text: str) -> None:
    """The number format that Excel gives a cell into which a number, date or truth was typed."""
    if text.upper() in {"TRUE", "FALSE"}:
        _format_unformatted(document, cell, "BOOLEAN")
    elif text.endswith("%"):
        _format_unformatted(document, cell, "0%")
    elif ":" in text and not re.search(r"[/-]|[a-z]{3}", text, re.IGNORECASE):
        _format_unformatted(document, cell, "h:mm")
    elif re.search(r"\d[/-]\d|[a-z]{3}", text, re.IGNORECASE):
        _format_unformatted(document, cell, _DATE_CODE)


def _format_unformatted(document: Any, cell: Any, code: str) -> None:
    """Gives a cell without a number format the one that Excel would choose."""
    if number_format(document, cell.NumberFormat) == "General":
        cell.NumberFormat = format_key(document, code)


def _english(document: Any) -> Any:
    """The locale in which Excel's format codes are written."""
    locale = document.CharLocale
    locale.Language, locale.Country = "en", "US"
    return locale
